"""GET: filters, sorting, paging, single orders, integrations, logs and statuses."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import official_documents
import pytest
from sandbox_harness import MakeSandbox, SandboxHarness

from tui.sandbox.times import read_instant


@pytest.fixture
def seeded(make_sandbox: MakeSandbox) -> SandboxHarness:
    return make_sandbox(orders=700, settle=0.0)


def details(row: dict[str, Any]) -> dict[str, Any]:
    return dict(row["order_details"])


async def test_pages_contain_every_order_once_from_the_newest(seeded: SandboxHarness) -> None:
    response = await seeded.client.get("/orders")
    assert len(response.json()["data"]) == 100
    ids = [int(row["id"]) for row in await seeded.everything()]
    assert len(ids) == 700
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 700


@official_documents.needs_document()
async def test_a_page_is_valid_by_the_document(seeded: SandboxHarness) -> None:
    check = official_documents.order_validator()
    for row in (await seeded.client.get("/orders")).json()["data"]:
        assert check.is_valid(row)


SORTS = (
    "pk",
    "-pk",
    "order_number",
    "-order_number",
    "order_created_at",
    "-order_created_at",
    "order_updated_at",
    "-order_updated_at",
    "integration",
    "integration,-order_created_at",
    "-integration,order_number",
    "order_updated_at,-integration,order_number",
)


def _values(row: dict[str, Any], key: str) -> Any:
    updated = details(row).get("order_updated_at")
    return {
        "pk": int(row["id"]),
        "integration": details(row)["integration"]["id"],
        "order_number": row["order_number"],
        "order_created_at": read_instant(details(row)["order_created_at"]),
        # Absent values sort first, and by id among themselves.
        "order_updated_at": (updated is not None, read_instant(updated) or int(row["id"])),
    }[key]


@pytest.mark.parametrize("sort", SORTS)
async def test_every_sort_holds_across_pages_in_both_directions(seeded: SandboxHarness, sort: str) -> None:
    rows = await seeded.everything(sort=sort, page_size="90")
    keys = sort.split(",")
    last = keys[0].startswith("-")
    expected = sorted(rows, key=lambda row: int(row["id"]), reverse=last)
    for key in reversed(keys):
        expected.sort(key=lambda row: _values(row, key.removeprefix("-")), reverse=key.startswith("-"))
    assert [row["id"] for row in rows] == [row["id"] for row in expected]
    assert len(rows) == 700

    response = await seeded.client.get("/orders", params={"sort": sort, "page_size": "90"})
    assert "prev" not in response.links
    second = await seeded.client.get(response.links["next"]["url"])
    third = await seeded.client.get(second.links["next"]["url"])
    back = await seeded.client.get(third.links["prev"]["url"])
    assert back.json() == second.json()
    first = await seeded.client.get(back.links["prev"]["url"])
    assert first.json() == response.json()
    assert "prev" not in first.links


@pytest.mark.parametrize("sort", ["nonsense", "order_number,nonsense", "-pk,status", ""])
async def test_an_unknown_sort_is_silently_replaced(seeded: SandboxHarness, sort: str) -> None:
    plain = await seeded.client.get("/orders")
    assert (await seeded.client.get("/orders", params={"sort": sort})).json() == plain.json()


async def test_a_conflicting_sort_is_ignored(seeded: SandboxHarness) -> None:
    response = await seeded.client.get("/orders?sort=order_number")
    assert (await seeded.client.get("/orders?sort=order_number,-order_number")).json() == response.json()


async def test_links_are_absolute_and_keep_the_query(seeded: SandboxHarness) -> None:
    response = await seeded.client.get("/orders?page_size=3&sort=-order_number&unknown=1")
    url = urlsplit(response.links["next"]["url"])
    query = parse_qs(url.query)
    assert (url.scheme, url.netloc, url.path) == ("http", "sandbox", "/api/v3/orders")
    assert query.keys() == {"page_size", "sort", "unknown", "cursor"}
    assert query["cursor"][0].isascii()


async def test_cursors_made_as_in_the_document_work(seeded: SandboxHarness) -> None:
    ids = [row["id"] for row in await seeded.everything()]
    first_id = 41_203_300
    forward = f"bz0wJnA9{'NDEyMDMzMDA='}"  # o=0&p=41203300
    rows = (await seeded.client.get("/orders", params={"cursor": forward, "page_size": "5"})).json()["data"]
    assert [int(row["id"]) for row in rows] == [first_id - n for n in range(1, 6)]
    response = await seeded.client.get("/orders", params={"cursor": "cj0xJnA9NDEyMDMzMDA=", "page_size": "5"})
    assert [int(row["id"]) for row in response.json()["data"]] == [first_id + n for n in range(5, 0, -1)]
    assert str(first_id) in ids


@pytest.mark.parametrize(
    "cursor", ["nonsense", "cD1ub3BlJng9MQ==", "%%%", "cD1bMSwyXQ==", "cD10cnVl", "bz0tMQ==", "cD0xLjU=", "cD1OYU4="]
)
async def test_an_invalid_cursor_is_not_found(seeded: SandboxHarness, cursor: str) -> None:
    response = await seeded.client.get("/orders", params={"cursor": cursor})
    assert response.status_code == 404
    assert response.json() == {
        "errors": [{"status": "404", "code": "not_found", "title": "Invalid cursor", "detail": "Invalid cursor"}]
    }


@pytest.mark.parametrize(
    ("size", "count"),
    [("1", 1), ("150", 150), ("200", 200), ("500", 200), ("0", 1), ("-3", 1), ("x", 100), ("2.0", 2), ("nan", 100)],
)
async def test_page_size_is_clamped(seeded: SandboxHarness, size: str, count: int) -> None:
    assert len((await seeded.client.get("/orders", params={"page_size": size})).json()["data"]) == count


async def test_filters_ignore_case_and_match_the_whole_text(seeded: SandboxHarness) -> None:
    everything = await seeded.everything()
    row = next(row for row in everything if row["order_number"].startswith("NL-"))
    for name, value in (("order_number", row["order_number"]), ("order_id", row["order_id"])):
        for text in (value.lower(), value.upper()):
            found = await seeded.everything(**{name: text})
            assert row["id"] in [hit["id"] for hit in found]
            assert {hit[name] for hit in found} == {value}
        assert await seeded.everything(**{name: value[:-1]}) == []
    found = await seeded.everything(status="UNFULFILLED")
    assert {details(hit)["status"]["code"] for hit in found} == {"unfulfilled"}
    assert len(found) == sum(details(hit)["status"]["code"] == "unfulfilled" for hit in everything)


async def test_several_shops_are_separated_by_commas(seeded: SandboxHarness) -> None:
    found = await seeded.everything(integration="7, 412088")
    everything = await seeded.everything()
    expected = [row["id"] for row in everything if details(row)["integration"]["id"] in (7, 412088)]
    assert [row["id"] for row in found] == expected
    assert await seeded.everything(integration="801177") == []


async def test_an_unknown_shop_is_an_invalid_parameter(seeded: SandboxHarness) -> None:
    response = await seeded.client.get("/orders?integration=7,128")
    assert response.status_code == 400
    assert response.json() == {
        "errors": [
            {
                "status": "400",
                "code": "invalid_choice",
                "title": "Invalid Choice",
                "detail": "Select a valid choice. 128 is not one of the available choices.",
                "source": {"parameter": "integration"},
            }
        ]
    }


async def test_unknown_and_empty_parameters_are_ignored(seeded: SandboxHarness) -> None:
    plain = (await seeded.client.get("/orders")).json()
    assert (await seeded.client.get("/orders?search=x&filter[order_number]=1&status=&sort=")).json() == plain


@pytest.mark.parametrize("key", ["order_created_at", "order_updated_at"])
@pytest.mark.parametrize("sort", ["", "-order_number", "integration"])
@pytest.mark.parametrize("ending", ["", "_min", "_max"])
async def test_dates_are_whole_days_in_utc(seeded: SandboxHarness, key: str, ending: str, sort: str) -> None:
    day = "2026-11-20"
    found = await seeded.everything(**{key + ending: day, "sort": sort})
    begin, end = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)

    def inside(row: dict[str, Any]) -> bool:
        text = details(row).get(key)
        if text is None:
            return False
        moment = datetime.fromisoformat(text)
        return (ending == "_max" or moment >= begin) and (ending == "_min" or moment < end)

    expected = {row["id"] for row in await seeded.everything() if inside(row)}
    assert {row["id"] for row in found} == expected
    assert expected


async def test_the_last_moment_of_a_day_belongs_to_it(harness: SandboxHarness) -> None:
    for number, moment in enumerate(
        ("2026-11-20T23:59:59.999999Z", "2026-11-21T01:59:59+02:00", "2026-11-21T00:00:00Z")
    ):
        await harness.create(order_id=f"o{number}", order_details__order_created_at=moment)
    found = await harness.everything(order_created_at_max="2026-11-20")
    assert sorted(row["order_id"] for row in found) == ["o0", "o1"]


async def test_all_invalid_dates_are_reported(seeded: SandboxHarness) -> None:
    response = await seeded.client.get("/orders?order_created_at=yesterday&order_updated_at_max=2026-02-30")
    assert response.status_code == 400
    assert [node["source"]["parameter"] for node in response.json()["errors"]] == [
        "order_created_at",
        "order_updated_at_max",
    ]


async def test_ids_are_text_when_read(seeded: SandboxHarness) -> None:
    row = (await seeded.client.get("/orders")).json()["data"][0]
    assert isinstance(row["id"], str)
    assert await seeded.get(int(row["id"])) == row


@pytest.mark.parametrize("path", ["1", "0", "-1", "abc", "99999999999999999999"])
async def test_an_unknown_order(seeded: SandboxHarness, path: str) -> None:
    response = await seeded.client.get(f"/orders/{path}")
    assert response.status_code == 404
    assert response.json() == {
        "errors": [
            {
                "status": "404",
                "code": "not_found",
                "title": "Not found",
                "detail": "The order could not be found with the search criteria given",
            }
        ]
    }


async def test_the_list_of_shops_includes_the_failing_one(seeded: SandboxHarness) -> None:
    shops = (await seeded.client.get("/integrations")).json()["data"]
    assert len(shops) == 7
    failing = [shop for shop in shops if shop["started_failing_at"]]
    assert [shop["started_failing_at"] for shop in failing] == ["2026-11-23T02:13:07Z"]
    response = await seeded.client.get(f"/integrations/{failing[0]['id']}")
    assert response.json()["data"] == failing[0]
    by_type = (await seeded.client.get("/integrations?sort=-integration_type")).json()["data"]
    assert [shop["type"] for shop in by_type] == sorted((shop["type"] for shop in shops), reverse=True)


async def test_the_error_of_an_unknown_shop_has_a_numeric_status(seeded: SandboxHarness) -> None:
    response = await seeded.client.get("/integrations/4")
    assert response.status_code == 404
    assert response.json()["errors"][0]["status"] == 404


async def test_logs_are_paged_by_time(seeded: SandboxHarness) -> None:
    response = await seeded.client.get("/integrations/logs")
    seen = response.json()["data"]
    assert len(seen) == 25
    while "next" in response.links:
        response = await seeded.client.get(response.links["next"]["url"])
        seen += response.json()["data"]
    times = [log["created_at"] for log in seen]
    assert len(seen) == 60
    assert times == sorted(times, reverse=True)
    assert len({log["id"] for log in seen}) == 60
    shop_logs = await seeded.client.get("/integrations/688341/logs?page_size=100")
    assert shop_logs.json()["data"] == seen
    assert (await seeded.client.get("/integrations/7/logs")).json()["data"] == []
    assert (await seeded.client.get("/integrations/4/logs")).status_code == 404
    assert (await seeded.client.get("/integrations/logs?cursor=nonsense")).status_code == 404


async def test_only_the_prestashop_has_statuses(seeded: SandboxHarness) -> None:
    url = "/shop-order-statuses"
    statuses = (await seeded.client.get(f"{url}?integration_id=285519&language=nl-nl")).json()["data"]
    assert statuses[0]["status"] == "Betaling aanvaard"
    assert all(status["deleted_at"] is None for status in statuses)
    more = (await seeded.client.get(f"{url}?integration_id=285519&show_deleted=true")).json()["data"]
    assert len(more) == len(statuses) + 1
    assert (await seeded.client.get(f"{url}?integration_id=7")).json() == {"data": []}
    missing = await seeded.client.get(url)
    assert missing.status_code == 400
    assert missing.json()["errors"][0]["detail"] == "Integration ID is a required GET parameter"
    mapping = (await seeded.client.get(f"{url}/mapping?integration_id=285519")).json()["data"]["mapping"]
    assert {entry["status_category"] for entry in mapping} == {"READY_TO_SEND", "IN_TRANSIT", "DELIVERED", "CANCEL"}
    assert [entry["is_valid"] for entry in mapping].count(False) == 1


async def test_the_credentials_belong_to_a_shop(seeded: SandboxHarness) -> None:
    data = (await seeded.client.get("/user/auth/metadata")).json()["data"]
    assert data == {"user_id": 100_001, "integration_id": 7}


async def test_a_trailing_slash_is_ignored(seeded: SandboxHarness) -> None:
    assert (await seeded.client.get("/orders/")).json() == (await seeded.client.get("/orders")).json()


async def test_unknown_methods_and_paths(seeded: SandboxHarness) -> None:
    put = await seeded.client.put("/orders/1", json={})
    assert put.status_code == 405
    assert put.json()["errors"][0]["status"] == "405"
    options = await seeded.client.options("/orders/1")
    assert options.headers["allow"] == "GET, PATCH, DELETE"
    assert (await seeded.client.get("/parcels")).status_code == 404

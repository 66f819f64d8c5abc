"""Each operation: the request that is sent and the result that is returned."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from fake_transport import Make, answer, raw, refusal

from tui.api.client import Client, Identifiers, OrderQuery, order_key
from tui.api.codec import Document, Json
from tui.api.errors import (
    ApiError,
    ConfigError,
    InvalidCursor,
    InvalidRequest,
    InvalidResponse,
    NotFound,
    NotSent,
    OutcomeUnknown,
    ReadOnly,
    RequestRefused,
)
from tui.api.pointer import Pointer, Scope
from tui.api.query import mismatches, sort_warning


def order(id: str = "1", **details: Json) -> Document:
    number = details.pop("number", f"N-{id}")
    return {"id": id, "order_id": f"o{id}", "order_number": number, "order_details": details}


def sent(request: httpx.Request) -> tuple[str, str, dict[str, str]]:
    return request.method, request.url.path.removeprefix("/api/v3"), dict(request.url.params)


Call = Callable[[Client], Awaitable[object]]


@pytest.mark.parametrize(
    ("call", "method", "path", "parameters"),
    [
        (lambda c: c.list_orders(), "GET", "/orders", {"page_size": "100"}),
        (lambda c: c.list_integrations(), "GET", "/integrations", {}),
        (lambda c: c.list_integrations("-last_fetch"), "GET", "/integrations", {"sort": "-last_fetch"}),
        (lambda c: c.integration_logs(), "GET", "/integrations/logs", {"page_size": "25"}),
        (
            lambda c: c.integration_logs(7, cursor="2023-03-01T02:02:00+01:00", page_size=100),
            "GET",
            "/integrations/7/logs",
            {"page_size": "100", "cursor": "2023-03-01T02:02:00+01:00"},
        ),
        (
            lambda c: c.shop_order_statuses(7, "nl-nl", True),
            "GET",
            "/shop-order-statuses",
            {"integration_id": "7", "language": "nl-nl", "show_deleted": "true"},
        ),
        (
            lambda c: c.list_shipments("NL-1 &2", 7),
            "GET",
            "/shipments",
            {"order_number": "NL-1 &2", "integration_id": "7", "page_size": "100"},
        ),
        (lambda c: c.list_sender_addresses(), "GET", "/addresses/sender-addresses", {"page_size": "100"}),
        (lambda c: c.shop_order_statuses("7"), "GET", "/shop-order-statuses", {"integration_id": "7"}),
    ],
)
async def test_list_paths(make: Make, call: Call, method: str, path: str, parameters: dict[str, str]) -> None:
    client, script = make(answer([]))
    await call(client)
    assert [sent(request) for request in script.requests] == [(method, path, parameters)]


async def test_an_answer_without_shipments_is_an_empty_page(make: Make) -> None:
    client, _ = make(raw(200, b"{}"), answer([]), answer([{"order_number": "1"}]))
    for count in (0, 0, 1):
        page = await client.list_shipments("1", 7)
        assert (len(page.shipments), page.next) == (count, None)


async def test_shipping_options_are_a_question_and_may_be_absent(make: Make) -> None:
    option = {"code": "postnl:standard"}
    client, script = make(answer(None), answer([option]), raw(503, ""), read_only=True)
    assert await client.list_shipping_options() == ()
    assert await client.list_shipping_options() == (option,)
    with pytest.raises(OutcomeUnknown):
        await client.list_shipping_options()
    assert [(request.method, request.content) for request in script.requests] == [("POST", b"{}")] * 3


async def test_shipments_are_only_asked_for_by_number_and_shop(make: Make) -> None:
    client, script = make()
    for number, shop in (("", 7), (" ", 7), ("1", "shop")):
        with pytest.raises(InvalidRequest):
            await client.list_shipments(number, shop)
    assert not script.requests


async def test_list_parameters(make: Make) -> None:
    client, script = make(answer([]))
    day = date(2026, 8, 1)
    query = OrderQuery(
        (41, 68),
        "A&b #1",
        "ö",
        "Unshipped",
        day,
        day,
        datetime(2026, 8, 2, 12),
        day,
        day,
        day,
        ("integration", "-pk"),
        200,
    )
    await client.list_orders(query, cursor="cj0xJnA9MzAw+/==")
    assert sent(script.requests[0])[2] == {
        "integration": "41,68",
        "order_number": "A&b #1",
        "order_id": "ö",
        "status": "Unshipped",
        "order_created_at": "2026-08-01",
        "order_created_at_min": "2026-08-01",
        "order_created_at_max": "2026-08-02",
        "order_updated_at": "2026-08-01",
        "order_updated_at_min": "2026-08-01",
        "order_updated_at_max": "2026-08-01",
        "sort": "integration,-pk",
        "page_size": "200",
        "cursor": "cj0xJnA9MzAw+/==",
    }
    assert b"cursor=cj0xJnA9MzAw%2B%2F%3D%3D" in script.requests[0].url.query


@pytest.mark.parametrize(
    "query",
    [
        OrderQuery(page_size=0),
        OrderQuery(page_size=201),
        OrderQuery(sort=("created_at",)),
        OrderQuery(sort=("--pk",)),
        OrderQuery(integration=(0,)),
    ],
)
async def test_queries_that_the_service_would_silently_misread_are_refused(make: Make, query: OrderQuery) -> None:
    client, script = make(answer([]))
    with pytest.raises(InvalidRequest):
        await client.list_orders(query)
    assert script.requests == []


async def test_the_next_page_is_read_from_the_configured_address(make: Make) -> None:
    link = '<https://evil.example/v3/orders?cursor=a%3D>; rel="next", </x?cursor=b>; rel="prev"'
    client, script = make(answer([order("1"), order("2")], Link=link), answer([]))
    page = await client.list_orders()
    assert (page.next, page.previous, page.warnings, len(page.mismatches)) == ("a=", "b", (), 0)
    assert page.orders == (order("1"), order("2"))
    await client.list_orders(cursor=page.next)
    assert script.requests[1].url.host == "127.0.0.1"
    assert sent(script.requests[1])[1:] == ("/orders", {"page_size": "100", "cursor": "a="})


async def test_numbers_are_exact_and_documents_complete(make: Make) -> None:
    body = b'{"data": [{"id": 9007199254740993, "x": 3.10, "new": {"a": [null, ""]}}], "meta": 1}'
    client, _ = make(raw(200, body))
    (document,) = (await client.list_orders()).orders
    assert document == {"id": 9007199254740993, "x": Decimal("3.10"), "new": {"a": [None, ""]}}
    assert str(document["x"]) == "3.10"


@pytest.mark.parametrize(
    ("link", "rows", "text"),
    [
        ("<?page=2>; rel=next", [], "may be more"),
        ("<?cursor=here>; rel=next", [], "may be more"),
        ("", [order("1"), 7, None], "2 of 3 rows could not be read"),
        ("", [order(str(n)) for n in range(1, 102)], "101 orders instead of at most 100"),
    ],
)
async def test_pages_with_warnings(make: Make, link: str, rows: list[Any], text: str) -> None:
    client, _ = make(answer(rows, Link=link))
    page = await client.list_orders(cursor="here")
    assert page.next is None
    assert text in " ".join(page.warnings)


def times(created: Json = None, updated: Json = None) -> Document:
    details = {"order_created_at": created, "order_updated_at": updated}
    return order(**{name: value for name, value in details.items() if value is not None})


DAY = date(2026, 8, 3)


@pytest.mark.parametrize(
    ("query", "row", "fits"),
    [
        (OrderQuery(), {}, True),
        (OrderQuery(status="Unshipped"), order(status={"code": "UNSHIPPED"}), True),
        (OrderQuery(status="Unshipped"), order(status={"code": "unshipped_late"}), False),
        (OrderQuery(status="Unshipped"), order(status=None), False),
        (OrderQuery(status="Unshipped"), order(status="unshipped"), False),
        (OrderQuery(order_number="abc"), order(number="ABC"), True),
        (OrderQuery(order_number="straße"), order(number="STRASSE"), True),
        (OrderQuery(order_number="12"), order(number=12), True),
        (OrderQuery(order_number="abc"), order(number="abcd"), False),
        (OrderQuery(order_id="O1"), order("1"), True),
        (OrderQuery(order_id="O1"), order("2"), False),
        (OrderQuery(integration=(7, 8)), order(integration={"id": 8}), True),
        (OrderQuery(integration=(7, 8)), order(integration={"id": "8"}), True),
        (OrderQuery(integration=(7, 8)), order(integration={"id": 9}), False),
        (OrderQuery(integration=(7,)), order(integration=7), False),
        (OrderQuery(order_created_at=DAY), times("2026-08-03T12:00:00Z"), True),
        (OrderQuery(order_created_at=DAY), times("2026-08-02T00:00:00.000001+00:00"), True),
        (OrderQuery(order_created_at=DAY), times("2026-08-04T23:59:59+00:00"), True),
        (OrderQuery(order_created_at=DAY), times("2026-08-05T01:00:00+02:00"), True),
        (OrderQuery(order_created_at=DAY), times("2026-08-05T00:00:00Z"), False),
        (OrderQuery(order_created_at=DAY), times("2026-08-01T23:59:59Z"), False),
        (OrderQuery(order_created_at=DAY), times("not a time"), True),
        (OrderQuery(order_created_at=DAY), times(), False),
        (OrderQuery(order_created_at_min=DAY), times("2030-01-01T00:00:00Z"), True),
        (OrderQuery(order_created_at_min=DAY), times("2026-08-01T00:00:00Z"), False),
        (OrderQuery(order_created_at_max=DAY), times("2020-01-01T00:00:00Z"), True),
        (OrderQuery(order_created_at_max=DAY), times("2026-08-05T00:00:00Z"), False),
        (OrderQuery(order_updated_at_min=DAY), times("2026-08-03T00:00:00Z"), False),
        (OrderQuery(order_updated_at_min=DAY), times(updated="2026-08-03T00:00:00Z"), True),
        (OrderQuery(order_updated_at_max=date.max), times(updated="9999-12-31T23:00:00-10:00"), True),
        (OrderQuery(order_updated_at_min=date.min), times(updated="0001-01-01T00:00:00+10:00"), True),
    ],
)
def test_mismatches(query: OrderQuery, row: Document, fits: bool) -> None:
    assert list(mismatches(query, [row]).values()) == ([] if fits else [(0,)])


async def test_an_ignored_filter_gives_warnings_and_keeps_all_rows(make: Make) -> None:
    rows = [order("1", status={"code": "paid"}), order("2", status={"code": "OPEN"}), order("3")]
    client, _ = make(answer(rows))
    page = await client.list_orders(OrderQuery(status="open", integration=(7,)))
    assert page.orders == tuple(rows)
    assert (len(page.mismatches), page.mismatches) == (3, (0, 1, 2))
    assert any("2 of 3 orders do not match the status filter" in warning for warning in page.warnings)
    assert any("3 of 3 orders do not match the integration filter" in warning for warning in page.warnings)
    page = await client.list_orders(OrderQuery(status="open"))
    assert page.mismatches == (0, 2)


def numbers(*values: Json) -> list[Document]:
    return [{"order_number": value} for value in values]


def created(*values: str) -> list[Document]:
    return [times(value) for value in values]


@pytest.mark.parametrize(
    ("sort", "rows", "sorted_"),
    [
        ((), [order("1"), order("2")], True),
        (("pk",), [order("9"), order("10")], True),
        (("pk",), [order("10"), order("9")], False),
        (("-pk",), [order("9"), order("10")], False),
        (("-pk", "pk"), [order("10"), order("9")], True),
        (("pk",), [{"id": "x"}, order("1")], True),
        (("order_number",), numbers("10", "9"), True),
        (("order_number",), numbers("9", "10"), False),
        (("order_number",), numbers("a-1", "A2", "b"), True),
        (("order_number",), numbers("B", "a"), True),  # correct when compared by code points
        (("order_number",), numbers("a", "B"), True),  # correct when compared without case
        (("order_number",), numbers("b", "a"), False),
        (("order_number",), numbers("b", None, "a"), True),
        (("-order_created_at",), created("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"), True),
        (("-order_created_at",), created("2026-01-02T00:00:00+02:00", "2026-01-01T23:00:00Z"), False),
        (("order_created_at",), created("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000+00:00"), True),
        (("order_updated_at",), [times(updated="2026-01-02T00:00:00Z"), times(updated="2026-01-01T00:00:00Z")], False),
        (("integration", "-pk"), [order("1", integration={"id": 2}), order("2", integration={"id": 1})], False),
        (("integration", "-pk"), [order("1", integration={"id": 1}), order("2", integration={"id": 2})], True),
        (("integration", "-pk"), [order("1", integration={"id": 1}), order("2", integration={"id": 1})], False),
    ],
)
def test_sort_warning(sort: tuple[str, ...], rows: list[Document], sorted_: bool) -> None:
    assert (sort_warning(sort, rows) is None) is sorted_


@pytest.mark.parametrize("call", [lambda c: c.list_orders(cursor="old"), lambda c: c.integration_logs(cursor="old")])
async def test_an_unknown_cursor(make: Make, call: Call) -> None:
    client, _ = make(refusal(404, {"status": "404", "code": "not_found", "detail": "Invalid cursor"}))
    with pytest.raises(InvalidCursor) as caught:
        await call(client)
    assert (caught.value.status, caught.value.problems[0].detail, caught.value.confirmed_by_service) == (
        404,
        "Invalid cursor",
        True,
    )


@pytest.mark.parametrize(
    ("cursor", "step"), [(None, refusal(404, {"detail": "x"})), ("old", raw(404, b"<html>nginx", "text/html"))]
)
async def test_a_404_without_a_cursor_is_not_an_invalid_cursor(make: Make, cursor: str, step: httpx.Response) -> None:
    client, _ = make(step)
    with pytest.raises(NotFound) as caught:
        await client.list_orders(cursor=cursor)
    assert type(caught.value) is NotFound


async def test_an_unknown_shop_is_a_problem_of_the_parameter(make: Make) -> None:
    error = {"status": "400", "code": "invalid_choice", "detail": "No.", "source": {"parameter": "integration"}}
    client, _ = make(refusal(400, error))
    with pytest.raises(RequestRefused) as caught:
        await client.list_orders(OrderQuery(integration=(128,)))
    assert caught.value.problems[0].parameter == "integration"


@pytest.mark.parametrize(("asked", "path"), [("12", "/orders/12"), ("0012", "/orders/12"), (12, "/orders/12")])
async def test_get_order(make: Make, asked: Any, path: str) -> None:
    client, script = make(answer({"id": 12, "order_id": "a"}))
    assert await client.get_order(asked) == {"id": 12, "order_id": "a"}
    assert sent(script.requests[0]) == ("GET", path, {})


BAD_IDS = ["", "0", "-1", "a", "1/../2", "1?x", "1 2", "١", "1.5", "9" * 31, "12\n3", True, None, 0, -3, 1.5]


@pytest.mark.parametrize("id", BAD_IDS)
@pytest.mark.parametrize(
    "call",
    [
        lambda c, id: c.get_order(id),
        lambda c, id: c.patch_order(id, {"notes": "x"}),
        lambda c, id: c.delete_order(id),
        lambda c, id: c.integration_logs("" if id is None else id),
        lambda c, id: c.shop_order_statuses(id),
        lambda c, id: c.shop_order_status_mapping(id),
    ],
)
async def test_ids_must_be_numbers(make: Make, call: Callable[[Client, Any], Awaitable[object]], id: Any) -> None:
    client, script = make(answer({}))
    with pytest.raises(InvalidRequest):
        await call(client, id)
    assert script.requests == []


@pytest.mark.parametrize(
    ("body", "bytes_"),
    [
        ({"notes": "é", "n": Decimal("3.50")}, b'{"notes":"\\u00e9","n":3.50}'),
        (b'{ "notes" : "\xc3\xa9" }\n', b'{ "notes" : "\xc3\xa9" }\n'),
    ],
)
async def test_patch_order(make: Make, body: Json | bytes, bytes_: bytes) -> None:
    client, script = make(answer({"id": 12, "order_id": "a", "order_number": "A"}), partner_id="partner-1")
    assert await client.patch_order("12", body) == Identifiers("12", "a", "A")
    (request,) = script.requests
    assert (request.method, request.url.path, request.content) == ("PATCH", "/api/v3/orders/12", bytes_)
    assert request.headers["content-type"] == "application/json"
    assert "sendcloud-partner-id" not in request.headers


@pytest.mark.parametrize("body", [{}, [], None, "x", b"{}", b"[]", b"{", b"", b"\xff"])
async def test_invalid_changes_are_not_sent(make: Make, body: Any) -> None:
    client, script = make(answer({}))
    with pytest.raises(InvalidRequest):
        await client.patch_order("12", body)
    assert script.requests == []


async def test_a_patch_response_about_another_order_leaves_the_outcome_unknown(make: Make) -> None:
    client, _ = make(answer({"id": 13}))
    with pytest.raises(OutcomeUnknown, match="about 13 instead of 12"):
        await client.patch_order("12", {"notes": "x"})


async def test_a_patch_response_without_a_body_is_a_success(make: Make) -> None:
    client, _ = make(raw(204, b""))
    assert await client.patch_order("12", {"notes": "x"}) == Identifiers("12", "", "")


async def test_a_refused_patch_names_the_field(make: Make) -> None:
    pointer = "order/order_details/order_items"
    client, _ = make(refusal(400, {"detail": "Could not find specified item.", "source": {"pointer": pointer}}))
    with pytest.raises(RequestRefused) as caught:
        await client.patch_order("12", {"notes": "x"})
    (problem,) = caught.value.problems
    assert (problem.scope, problem.pointer, problem.raw_pointer) == (
        Scope.THIS,
        Pointer.of("order_details", "order_items"),
        pointer,
    )


@pytest.mark.parametrize(
    ("step", "gone"),
    [
        (raw(204, b""), True),
        (raw(200, b""), True),
        (refusal(404, {"code": "not_found", "detail": "x"}), False),
        (refusal(410, {"detail": "x"}), False),
    ],
)
async def test_delete_order(make: Make, step: httpx.Response, gone: bool) -> None:
    client, script = make(step)
    assert await client.delete_order("12") is gone
    (request,) = script.requests
    assert (request.method, request.url.path, request.content) == ("DELETE", "/api/v3/orders/12", b"")


@pytest.mark.parametrize("step", [raw(404, b"<html>", "text/html"), raw(404, b"")])
async def test_a_404_from_a_proxy_does_not_confirm_a_deletion(make: Make, step: httpx.Response) -> None:
    client, _ = make(step)
    with pytest.raises(NotFound):
        await client.delete_order("12")


IDENTIFIERS = {"id": 664, "order_id": "a", "order_number": "A"}


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("orders", [[{"order_id": "a"}], b'[ {"order_id": "a"} ]'])
async def test_upsert_orders(make: Make, status: int, orders: Any) -> None:
    client, script = make(answer([IDENTIFIERS], status), partner_id="partner-1")
    (identifiers,) = await client.upsert_orders(orders)
    assert identifiers == Identifiers("664", "a", "A")
    assert identifiers.raw == IDENTIFIERS
    (request,) = script.requests
    assert request.content == (orders if isinstance(orders, bytes) else b'[{"order_id":"a"}]')
    assert (request.method, request.url.path) == ("POST", "/api/v3/orders")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["sendcloud-partner-id"] == "partner-1"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (IDENTIFIERS, [("664", "a", "A")]),
        ([{"id": "664", "order_id": 7}], [("664", "7", "")]),
        ([{}, None, IDENTIFIERS], [("", "", ""), ("664", "a", "A")]),
        ([], []),
    ],
)
async def test_unusual_responses_to_a_batch_are_accepted(
    make: Make, data: Any, expected: list[tuple[str, str, str]]
) -> None:
    client, _ = make(answer(data, 201))
    assert [
        (identifiers.id, identifiers.order_id, identifiers.order_number)
        for identifiers in await client.upsert_orders([{}])
    ] == expected


@pytest.mark.parametrize(
    ("orders", "text"),
    [
        ([], "batch is empty"),
        (b"[]", "batch is empty"),
        ([{}] * 101, "not 101"),
        (b"[" + b"{}," * 100 + b"{}]", "not 101"),
        (b"{}", "list"),
        (b"[{]", "not JSON"),
    ],
)
async def test_invalid_batches_are_not_sent(make: Make, orders: Any, text: str) -> None:
    client, script = make(answer([]))
    with pytest.raises(InvalidRequest, match=text):
        await client.upsert_orders(orders)
    assert script.requests == []


async def test_a_batch_may_have_a_hundred_orders(make: Make) -> None:
    client, script = make(answer([], 201))
    await client.upsert_orders([{}] * 100)
    assert len(json.loads(script.requests[0].content)) == 100


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.patch_order("12", {"notes": "x"}),
        lambda c: c.delete_order("12"),
        lambda c: c.upsert_orders([{}]),
    ],
)
async def test_a_read_only_client_sends_no_writes(make: Make, call: Call) -> None:
    client, script = make(answer([]), read_only=True)
    with pytest.raises(ReadOnly):
        await call(client)
    assert script.requests == []
    assert issubclass(ReadOnly, NotSent)


async def test_exception_logs_of_shops_are_not_logged(make: Make) -> None:
    logs = [{"id": 1, "request": {"headers": {"Authorization": "Bearer shop-secret"}}}]
    client, _ = make(answer(logs, Link="<?cursor=2023-03-01T02:02:00+01:00>; rel=next"))
    page = await client.integration_logs(7)
    assert (page.logs, page.next) == (tuple(logs), "2023-03-01T02:02:00+01:00")
    assert client.log.entries[0].withheld
    assert "shop-secret" not in repr(client.log.entries)


@pytest.mark.parametrize("page_size", [0, 101])
async def test_page_size_of_exception_logs(make: Make, page_size: int) -> None:
    client, _ = make(answer([]))
    with pytest.raises(InvalidRequest):
        await client.integration_logs(page_size=page_size)


async def test_status_mapping(make: Make) -> None:
    client, script = make(answer({"integration_id": 7, "mapping": []}))
    assert (await client.shop_order_status_mapping(7))["mapping"] == []
    assert [sent(request) for request in script.requests] == [
        ("GET", "/shop-order-statuses/mapping", {"integration_id": "7"})
    ]


@pytest.mark.parametrize(
    ("data", "user", "shop"),
    [
        ({"user_id": 5, "integration_id": 7}, "5", 7),
        ({"user_id": "5", "integration_id": "7"}, "5", 7),
        ({"user_id": 5, "integration_id": None}, "5", None),
        ({"user_id": 5, "integration_id": "x"}, "5", None),
    ],
)
async def test_auth_metadata(make: Make, data: Any, user: str, shop: int | None) -> None:
    client, script = make(answer(data))
    metadata = await client.auth_metadata()
    assert (metadata.user_id, metadata.integration_id) == (user, shop)
    assert script.lines == ["GET /api/v3/user/auth/metadata"]


async def test_auth_metadata_without_a_user_is_invalid(make: Make) -> None:
    client, _ = make(answer({}))
    with pytest.raises(InvalidResponse, match="who the credentials belong to"):
        await client.auth_metadata()


@pytest.mark.parametrize("partner", ["a\r\nX: 1", "é", " ", ""])
def test_an_invalid_partner_id_is_refused(make: Make, partner: str) -> None:
    with pytest.raises(ConfigError):
        make(answer([]), partner_id=partner)


@pytest.mark.parametrize(
    ("id", "key"), [(669, "669"), ("669", "669"), (Decimal("669.0"), "669"), (None, ""), (True, ""), ([], "")]
)
def test_canonical_ids(id: Json, key: str) -> None:
    assert order_key({"id": id}) == key


async def test_every_error_is_an_api_error_with_a_message(make: Make) -> None:
    for status in (*range(300, 600, 7), 600, 999):
        client, _ = make(raw(status, b'{"errors": {"a": ["b"]}}'))
        for call in (client.get_order("1"), client.patch_order("1", {"a": 1}), client.upsert_orders([{}])):
            with pytest.raises(ApiError) as caught:
                await call
            assert str(caught.value)[-1] == "."
            assert str(status) != str(caught.value)

"""GET /shipments: labels of some orders, found by number and shop; sender addresses."""

from typing import Any

import httpx
import official_documents
import pytest
from sandbox_harness import MakeSandbox, SandboxHarness

from tui.sandbox.shipments import kind_of


@pytest.fixture
def seeded(make_sandbox: MakeSandbox) -> SandboxHarness:
    return make_sandbox(orders=400, settle=0.0)


async def shipments(harness: SandboxHarness, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    response = await harness.client.get("/shipments", params={"page_size": "10", **query})
    while True:
        assert response.status_code == 200, response.text
        found += response.json()["data"]
        if "next" not in response.links:
            return found
        response = await harness.client.get(response.links["next"]["url"])


def identify(row: dict[str, Any]) -> tuple[str, str]:
    return row["order_number"], str(row["order_details"]["integration"]["id"])


async def test_shipments_are_found_by_number_and_shop(seeded: SandboxHarness) -> None:
    everything = await shipments(seeded)
    assert len({shipment["id"] for shipment in everything}) == len(everything) > 40
    states = {parcel["status"]["code"] for shipment in everything for parcel in shipment["parcels"]}
    assert {"READY_TO_SEND", "CANCELLED", "ANNOUNCEMENT_FAILED"} <= states
    numbers = {shipment["order_number"] for shipment in everything}
    for row in await seeded.everything():
        number, shop = identify(row)
        found = await shipments(seeded, order_number=number, integration_id=shop)
        assert [parcel["status"]["code"] for one in reversed(found) for parcel in one["parcels"]] == [
            code for code, _ in (kind_of(int(row["id"])) if number in numbers else ())
        ]
        assert not await shipments(seeded, order_number=number, integration_id="1")


async def test_numbers_are_compared_without_case_and_by_their_beginning_if_odd(make_sandbox: MakeSandbox) -> None:
    plain, odd = make_sandbox(orders=400), make_sandbox(orders=400, odd=True)
    for harness, is_odd in ((plain, False), (odd, True)):
        number = next(one["order_number"] for one in await shipments(harness) if one["order_number"].startswith("NL"))
        assert await shipments(harness, order_number=number.lower())
        assert bool(await shipments(harness, order_number=number[:-1])) is is_odd


async def test_orders_that_a_client_created_have_no_labels(seeded: SandboxHarness) -> None:
    for n in range(20):
        await seeded.create(order_id=f"mine-{n}", order_number=f"MINE-{n}")
    seeded.clock.seconds += 90 * 24 * 3600
    assert not [shipment for shipment in await shipments(seeded) if shipment["order_number"].startswith("MINE")]


async def test_an_invalid_cursor_is_not_found(seeded: SandboxHarness) -> None:
    assert (await seeded.client.get("/shipments", params={"cursor": "%%%"})).status_code == 404


async def test_shipments_cannot_be_written(seeded: SandboxHarness) -> None:
    assert (await seeded.client.post("/shipments", json={})).status_code == 405


@official_documents.needs_document()
async def test_answers_are_valid_by_the_documents(seeded: SandboxHarness) -> None:
    content = "get/responses/200/content/application~1json/schema"
    for path, name in (("shipments", "shipments"), ("addresses~1sender-addresses", "sender-addresses")):
        response: httpx.Response = await seeded.client.get("/" + path.replace("~1", "/"), params={"page_size": "100"})
        body = response.json()
        for shipment in body["data"] if name == "shipments" else ():
            # The former is the order's, which may be incomplete; the latter is declared wrong (SQ11).
            shipment["to_address"], shipment["errors"] = shipment["from_address"], []
        official_documents.validator(f"/paths/~1{path}/{content}", name).validate(body)


async def test_shipping_options_name_the_fields_that_they_require(seeded: SandboxHarness) -> None:
    options = (await seeded.client.post("/shipping-options", json={})).json()["data"]
    fields = {option["code"]: option["requirements"]["fields"] for option in options}
    assert fields["mondial_relay:point_relais"] == ["to_telephone"]
    assert fields["postnl:standard"] == []

"""POST, PATCH and DELETE: two checks that report everything, delayed saving, merging, and the error texts."""

import json
from typing import Any

import official_documents
import pytest
from sandbox_harness import MakeSandbox, SandboxHarness, order


def errors(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 400, response.text
    return list(response.json()["errors"])


def errors_of(response: Any) -> list[tuple[str | None, str]]:
    return [(node.get("source", {}).get("pointer"), node["detail"]) for node in errors(response)]


async def test_ids_are_numbers_in_write_responses(harness: SandboxHarness) -> None:
    response = await harness.post(order(), order(order_id="2", order_number="N2"))
    assert response.status_code == 201
    first, second = response.json()["data"]
    assert isinstance(first["id"], int)
    assert second == {"id": first["id"] + 1, "order_id": "2", "order_number": "N2"}
    assert (await harness.get(first["id"]))["id"] == str(first["id"])


async def test_orders_read_back_with_times_as_the_service_writes_them(harness: SandboxHarness) -> None:
    sent = order()
    stored = await harness.get(await harness.create())
    expected = order(order_details__order_created_at="2026-11-22T10:00:00.556000+00:00")
    assert {key: stored[key] for key in sent} == expected
    assert stored.keys() - sent.keys() == {"id", "created_at", "modified_at"}


async def test_the_same_key_replaces_the_order_and_keeps_id_and_created_at(harness: SandboxHarness) -> None:
    id = await harness.create()
    before = await harness.get(id)
    again = order(order_number="OTHER")
    del again["shipping_address"]
    response = await harness.post(again)
    assert response.json()["data"][0]["id"] == id
    after = await harness.get(id)
    assert "shipping_address" not in after
    assert after["order_number"] == "OTHER"
    assert after["created_at"] == before["created_at"]
    assert after["modified_at"] > before["modified_at"]
    assert len(await harness.everything()) == 1


async def test_the_same_order_id_in_another_shop_is_another_order(harness: SandboxHarness) -> None:
    first = await harness.create()
    assert await harness.create(order_details__integration={"id": 739283}) != first


@pytest.mark.parametrize("shop", [7, 739283, 412088, 285519, 561204, 688341, 801177])
async def test_every_shop_of_the_account_accepts_orders(harness: SandboxHarness, shop: int) -> None:
    assert await harness.create(order_details__integration={"id": shop})


@pytest.mark.parametrize("shop", ["7.0", "70e-1"])
async def test_a_whole_number_may_be_written_as_a_decimal(harness: SandboxHarness, shop: str) -> None:
    body = json.dumps([order()]).replace('"id": 7', f'"id": {shop}').encode()
    response = await harness.client.post("/orders", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 201, response.text
    assert len(await harness.everything(integration="7")) == 1


async def test_a_number_too_large_for_any_shop(harness: SandboxHarness) -> None:
    response = await harness.post(order(order_details__integration={"id": 10**30}))
    assert errors_of(response)[0][0] == "/data/attributes/[0]/order_details/integration/id"


@pytest.mark.parametrize("number", ["1e9999999999999999999", "-2.50E-99999999999999999999", "1e" + "9" * 5000])
async def test_numbers_that_no_decimal_represents_are_stored_as_written(harness: SandboxHarness, number: str) -> None:
    headers = {"content-type": "application/json"}
    body = json.dumps([order()]).replace('"value": 14.5', f'"value": {number}', 1).encode()
    response = await harness.client.post("/orders", content=body, headers=headers)
    assert response.status_code == 201, response.text
    id = response.json()["data"][0]["id"]
    for address in (f"/orders/{id}", "/orders"):
        assert f'"value":{number},"currency"' in (await harness.client.get(address)).text
    change = f'{{"shipping_details": {{"measurement": {{"weight": {{"value": {number}, "unit": "kg"}}}}}}}}'
    response = await harness.client.patch(f"/orders/{id}", content=change.encode(), headers=headers)
    assert response.status_code in (200, 400), response.text
    is_stored = f'"weight":{{"value":{number}' in (await harness.client.get(f"/orders/{id}")).text
    assert is_stored is (response.status_code == 200)


async def test_an_empty_batch_is_accepted(harness: SandboxHarness) -> None:
    response = await harness.client.post("/orders", json=[])
    assert (response.status_code, response.json()) == (201, {"data": []})


async def test_the_first_check_reports_all_errors_of_all_orders(harness: SandboxHarness) -> None:
    broken = order(order_details__order_items__0__quantity=0, shipping_address__city="")
    missing = order()
    del missing["order_id"], missing["order_details"]["integration"]
    response = await harness.post(broken, order(order_id="fine"), missing, 7, order(id=669))
    found = errors_of(response)
    assert ("/data/attributes/[0]/order_details/order_items/0/quantity", "Input should be greater than 0") in found
    assert ("/data/attributes/[0]/shipping_address/city", "String should have at least 1 character") in found
    assert ("/data/attributes/[2]/order_details/integration", "Field required") in found
    assert ("/data/attributes/[2]/order_id", "Field required") in found
    assert "/data/attributes/[3]" in [pointer for pointer, _ in found]
    assert ("/data/attributes/[4]/id", "Input should be a valid string") in found
    assert len(found) == 6
    assert {(node["status"], node["code"], "title" in node) for node in errors(response)} == {("400", "invalid", False)}
    assert await harness.everything() == []


async def test_the_second_check_reports_all_wrong_references(harness: SandboxHarness) -> None:
    id = await harness.create(order_id="abc-123")
    response = await harness.post(
        order(order_id="new"),
        order(order_details__integration={"id": 99999}),
        order(id=str(id), order_id="other"),
        order(id="5", order_id="x"),
        order(id=str(id), order_id="abc-123", order_details__integration={"id": 739283}),
    )
    assert errors_of(response) == [
        ("/data/attributes/[1]/order_details/integration/id", "Integration with id 99999 does not exist"),
        ("/data/attributes/[2]/order_id", "Order id abc-123 cannot be changed"),
        ("/data/attributes/[3]/id", "Order with id 5 does not exist"),
        ("/data/attributes/[4]/order_details/integration/id", "Integration id 7 cannot be changed"),
    ]
    assert [row["order_id"] for row in await harness.everything()] == ["abc-123"]


async def test_schema_errors_are_reported_before_references(harness: SandboxHarness) -> None:
    response = await harness.post(order(order_details__integration={"id": 99999}), order(order_number=""))
    assert [pointer for pointer, _ in errors_of(response)] == ["/data/attributes/[1]/order_number"]


@pytest.mark.parametrize("body", [{"order_id": "1"}, "text", 7])
async def test_a_body_that_is_not_a_list(harness: SandboxHarness, body: Any) -> None:
    response = await harness.client.post("/orders", json=body)
    assert errors(response) == [
        {
            "status": "400",
            "code": "non_field_errors",
            "title": "Wrong format",
            "detail": "Wrong request format, expected list of objects",
        }
    ]


async def test_a_body_that_is_not_json(harness: SandboxHarness) -> None:
    headers = {"content-type": "application/json"}
    response = await harness.client.post("/orders", content=b'[{"order_id": }]', headers=headers)
    assert errors(response)[0]["title"] == "Wrong format"
    untyped = await harness.client.post("/orders", content=b"[]")
    assert untyped.status_code == 415


async def test_too_many_orders(harness: SandboxHarness) -> None:
    response = await harness.post(*[{}] * 101)
    assert errors_of(response) == [("/data/attributes/", "Orders list should have at most 100 items, not 101")]
    assert (await harness.post(*[order(order_id=str(n)) for n in range(100)])).status_code == 201


async def test_duplicates_in_a_batch_are_one_order_and_the_last_one_wins(harness: SandboxHarness) -> None:
    response = await harness.post(order(order_number="first"), order(order_number="last"))
    ids = {row["id"] for row in response.json()["data"]}
    assert len(ids) == 1
    assert (await harness.get(ids.pop()))["order_number"] == "last"
    assert len(await harness.everything()) == 1


async def test_an_unknown_partner_is_an_invalid_header(harness: SandboxHarness) -> None:
    response = await harness.client.post("/orders", json=[order()], headers={"Sendcloud-Partner-Id": "nobody"})
    assert errors(response)[0]["source"] == {"header": "Sendcloud-Partner-Id"}
    known = next(iter(harness.sandbox.settings.partners))
    response = await harness.client.post("/orders", json=[order()], headers={"Sendcloud-Partner-Id": known})
    assert response.status_code == 201


async def test_other_currencies_are_accepted_with_odd_only(make_sandbox: MakeSandbox) -> None:
    chf = order(payment_details__total_price={"value": 1, "currency": "CHF"})
    strict, odd = make_sandbox(settle=0.0), make_sandbox(settle=0.0, odd=True)
    assert errors_of(await strict.post(chf))[0][0] == "/data/attributes/[0]/payment_details/total_price/currency"
    assert (await odd.post(chf)).status_code == 201
    without_name = order()
    del without_name["order_number"]
    assert errors(await odd.post(without_name))[0]["code"] == "missing"


async def test_decimals_and_lone_surrogates_survive(harness: SandboxHarness) -> None:
    text = b'[{"order_id":"d","order_number":"\\ud83d","order_details":{"integration":{"id":7},"status":{"code":"x"},'
    text += b'"order_created_at":"2026-11-22T10:00:00Z","order_items":[]},"payment_details":{"total_price":'
    text += b'{"value":0.10000000000000000000001,"currency":"EUR"},"status":{"code":"paid"}}}]'
    response = await harness.client.post("/orders", content=text, headers={"content-type": "application/json"})
    assert response.status_code == 201, response.text
    stored = await harness.client.get(f"/orders/{response.json()['data'][0]['id']}")
    assert b'"value":0.10000000000000000000001' in stored.content
    assert b'"order_number":"\\ud83d"' in stored.content


class TestSaving:
    """Accepted orders are not readable immediately (Q2.9)."""

    async def test_a_new_order_is_readable_only_after_settling(self, make_sandbox: MakeSandbox) -> None:
        harness = make_sandbox(settle=2.0)
        id = (await harness.post(order())).json()["data"][0]["id"]
        harness.clock.seconds += 1.9
        assert (await harness.client.get(f"/orders/{id}")).status_code == 404
        assert await harness.everything(order_id="555413") == []
        assert (await harness.patch(id, {"order_number": "x"})).status_code == 404
        assert (await harness.client.delete(f"/orders/{id}")).status_code == 404
        harness.clock.seconds += 0.2
        assert (await harness.get(id))["order_id"] == "555413"
        assert len(await harness.everything(order_id="555413")) == 1

    async def test_an_existing_order_shows_its_new_values_only_after_settling(self, make_sandbox: MakeSandbox) -> None:
        harness = make_sandbox(settle=2.0)
        id = await harness.create()
        await harness.post(order(order_number="NEW"))
        assert (await harness.get(id))["order_number"] == "OXSDFGHTD-12"
        harness.clock.seconds += 2.1
        assert (await harness.get(id))["order_number"] == "NEW"

    async def test_a_batch_with_a_busy_order_is_refused(self, make_sandbox: MakeSandbox) -> None:
        harness = make_sandbox(settle=2.0)
        first = (await harness.post(order())).json()["data"][0]["id"]
        response = await harness.post(order(order_id="other"), order())
        assert errors(response) == [
            {
                "status": "400",
                "code": "invalid",
                "detail": "We are still processing a previous request. Please try again in a moment.",
                "source": {"pointer": "/data"},
            }
        ]
        harness.clock.seconds += 2.1
        response = await harness.post(order(order_id="other"), order())
        assert [row["id"] for row in response.json()["data"]] == [first + 1, first]

    async def test_a_patch_is_immediate_and_applies_to_the_accepted_order(self, make_sandbox: MakeSandbox) -> None:
        harness = make_sandbox(settle=2.0)
        id = await harness.create()
        await harness.post(order(order_details__notes="replaced"))
        assert (await harness.patch(id, {"order_number": "PATCHED"})).status_code == 200
        for _ in range(2):
            stored = await harness.get(id)
            assert (stored["order_number"], stored["order_details"]["notes"]) == ("PATCHED", "replaced")
            harness.clock.seconds += 5

    async def test_ids_of_deleted_orders_are_not_reused(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        assert (await harness.client.delete(f"/orders/{id}")).status_code == 204
        assert await harness.create() > id


class TestPatch:
    async def test_the_response_has_identifiers_only(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        response = await harness.patch(id, {"order_number": "N"})
        assert (response.status_code, response.json()) == (
            200,
            {"data": {"id": id, "order_id": "555413", "order_number": "N"}},
        )

    async def test_objects_are_merged_lists_replaced_and_nulls_removed(self, harness: SandboxHarness) -> None:
        id = await harness.create(shipping_address__po_box="PO 1")
        before = await harness.get(id)
        change = {
            "shipping_address": {"house_number": "16", "po_box": None},
            "order_details": {"tags": ["one"], "notes": None, "status": {"code": "on_hold"}},
        }
        assert (await harness.patch(id, change)).status_code == 200
        after = await harness.get(id)
        assert after["shipping_address"] == order()["shipping_address"] | {"house_number": "16"}
        assert after["order_details"]["tags"] == ["one"]
        assert "notes" not in after["order_details"]
        assert after["order_details"]["status"] == {"code": "on_hold", "message": "Fulfilled"}
        assert after["order_details"]["order_items"] == before["order_details"]["order_items"]
        assert after["modified_at"] > before["modified_at"]
        assert after["created_at"] == before["created_at"]
        assert [row["id"] for row in await harness.everything(status="ON_HOLD")] == [str(id)]

    async def test_null_is_kept_in_required_nullable_fields(self, harness: SandboxHarness) -> None:
        ship_with = {"type": "shipping_option_code", "properties": {"shipping_option_code": "x", "contract_id": 2}}
        id = await harness.create(shipping_details={"ship_with": ship_with})
        ship_with["properties"] = {"shipping_option_code": None, "contract_id": None}
        assert (await harness.patch(id, {"shipping_details": {"ship_with": ship_with}})).status_code == 200
        after = (await harness.get(id))["shipping_details"]["ship_with"]
        assert after == {"type": "shipping_option_code", "properties": {"shipping_option_code": None}}

    async def test_items_are_found_by_name(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        change = {"name": "Scented Candle", "quantity": 3, "measurement": {"weight": {"value": 1, "unit": "kg"}}}
        assert (await harness.patch(id, {"order_details": {"order_items": [change]}})).status_code == 200
        first, second = (await harness.get(id))["order_details"]["order_items"]
        assert first == order()["order_details"]["order_items"][0]
        assert second == order()["order_details"]["order_items"][1] | change

    async def test_of_items_with_the_same_name_the_first_is_changed(self, harness: SandboxHarness) -> None:
        duplicate = order()["order_details"]["order_items"][0]
        id = await harness.create(order_details__order_items=[duplicate, duplicate])
        await harness.patch(id, {"order_details": {"order_items": [{"name": duplicate["name"], "quantity": 9}]}})
        assert [item["quantity"] for item in (await harness.get(id))["order_details"]["order_items"]] == [9, 1]

    async def test_an_unknown_item(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        items = [{"name": "Nothing", "quantity": 1}, {"name": "Cylinder candle", "quantity": 5}]
        response = await harness.patch(id, {"order_details": {"order_items": items}})
        assert errors(response) == [
            {
                "status": "400",
                "code": "invalid",
                "title": "Invalid",
                "detail": "Could not find specified item.",
                "source": {"pointer": "order/order_details/order_items"},
            }
        ]
        assert (await harness.get(id))["order_details"]["order_items"] == order()["order_details"]["order_items"]

    async def test_an_item_without_a_name(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        response = await harness.patch(id, {"order_details": {"order_items": [{"quantity": 1}]}})
        assert errors_of(response) == [("order/order_details/order_items/0/name", "Field required")]

    async def test_an_unknown_order(self, harness: SandboxHarness) -> None:
        response = await harness.patch(5, {"order_number": "x"})
        assert response.status_code == 404
        assert response.json() == {
            "errors": [
                {
                    "status": "404",
                    "code": "not_found",
                    "title": "Not found",
                    "detail": "Could not find specified item.",
                }
            ]
        }

    async def test_the_customers_phone_has_another_name(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        await harness.patch(id, {"customer_details": {"phone": "+322", "phone_number": "+999"}})
        assert (await harness.get(id))["customer_details"] == {"name": "Jane Doe", "phone_number": "+322"}

    async def test_fields_unknown_to_patch_are_silently_ignored(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        before = await harness.get(id)
        item = {"name": "Cylinder candle", "ean": "1", "variant_id": "2", "image_url": "x", "dangerous_goods": {}}
        change = {
            "surprise": 1,
            "payment_details": {"is_cash_on_delivery": True, "x": None},
            "order_details": {"order_items": [item]},
            "id": "1",
            "created_at": "2020-01-01T00:00:00Z",
        }
        assert (await harness.patch(id, change)).status_code == 200
        after = await harness.get(id)
        assert {**after, "modified_at": before["modified_at"]} == before

    async def test_manufacturer_product_ids_are_stored_and_too_long_ones_refused(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        item = {"name": "Cylinder candle", "manufacturer_product_id": "M" * 70, "manufacturer_product_id_std": "0123"}
        assert (await harness.patch(id, {"order_details": {"order_items": [item]}})).status_code == 200
        kept = (await harness.get(id))["order_details"]["order_items"][0]
        assert (kept["manufacturer_product_id"], kept["manufacturer_product_id_std"]) == ("M" * 70, "0123")
        item["manufacturer_product_id"] += "M"
        assert (await harness.patch(id, {"order_details": {"order_items": [item]}})).status_code == 400
        assert (await harness.get(id))["order_details"]["order_items"][0] == kept

    async def test_the_order_id_may_be_sent_but_not_changed(self, harness: SandboxHarness) -> None:
        id = await harness.create()
        assert (await harness.patch(id, {"id": str(id), "order_id": "555413"})).status_code == 200
        response = await harness.patch(id, {"order_id": "other", "order_details": {"integration": {"id": 739283}}})
        assert errors_of(response) == [
            ("order/order_id", "Order id 555413 cannot be changed"),
            ("order/order_details/integration/id", "Integration id 7 cannot be changed"),
        ]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"shipping_address": {"city": None}}, "order/shipping_address/city"),
            ({"shipping_address": {"city": ""}}, "order/shipping_address/city"),
            ({"service_point_details": {}}, "order/service_point_details"),
            (
                {"order_details": {"order_items": [{"name": "Cylinder candle", "quantity": "2"}]}},
                "order/order_details/order_items/0/quantity",
            ),
            (
                {"shipping_details": {"measurement": {"weight": {"value": 2}}}},
                "order/shipping_details/measurement/weight/unit",
            ),
        ],
    )
    async def test_schema_errors_in_the_dialect_of_patch(
        self, harness: SandboxHarness, change: Any, pointer: str
    ) -> None:
        id = await harness.create()
        before = await harness.get(id)
        assert [pointer for pointer, _ in errors_of(await harness.patch(id, change))] == [pointer]
        assert await harness.get(id) == before

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"order_number": ""}, "order/order_number"),
            ({"order_details": {"status": {"code": ""}}}, "order/order_details/status/code"),
            ({"billing_address": {"city": "Oss"}}, "order/billing_address/name"),
            (
                {"order_details": {"order_items": [{"name": "Cylinder candle", "quantity": 0}]}},
                "order/order_details/order_items/0/quantity",
            ),
            ({"service_point_details": {"id": "5"}}, "order/service_point_details"),
        ],
    )
    async def test_a_merge_that_breaks_the_order_is_refused(
        self, harness: SandboxHarness, change: Any, pointer: str
    ) -> None:
        id = await harness.create(service_point_details={"carrier_service_point_id": "9"})
        before = await harness.get(id)
        response = await harness.patch(id, change)
        assert errors_of(response)[0][0] == pointer
        assert await harness.get(id) == before

    async def test_earlier_errors_do_not_block_a_patch(self, make_sandbox: MakeSandbox) -> None:
        text = b'{"id":"669","order_id":"a","order_number":"b","order_details":{"integration":{"id":7},"status":'
        text += b'{"code":"x"},"order_created_at":"2026-11-22T10:00:00Z","order_items":[{"name":"c","quantity":1,'
        text += b'"total_price":{"value":1},"sku":null}],"notes":null},"payment_details":{"total_price":{"value":1,'
        text += b'"currency":"CHF"},"status":{"code":"paid"},"freight_costs":{"value":5.95}},"shipping_address":null}'
        harness = make_sandbox(settle=0.0, plant=(text,))
        assert (await harness.patch(669, {"order_number": "fine"})).status_code == 200
        response = await harness.patch(669, {"shipping_address": {"city": "Oss"}})
        assert "order/shipping_address/name" in [pointer for pointer, _ in errors_of(response)]
        stored = await harness.get(669)
        assert (stored["order_number"], stored["shipping_address"]) == ("fine", None)

    @pytest.mark.parametrize("body", [[], "text"])
    async def test_a_body_that_is_not_an_object(self, harness: SandboxHarness, body: Any) -> None:
        response = await harness.patch(await harness.create(), body)
        assert errors(response)[0]["detail"] == "Wrong request format, expected object"


async def test_deleting_an_order(harness: SandboxHarness) -> None:
    id = await harness.create()
    response = await harness.client.delete(f"/orders/{id}")
    assert (response.status_code, response.content) == (204, b"")
    assert await harness.everything() == []
    again = await harness.client.delete(f"/orders/{id}")
    assert again.status_code == 404
    assert again.json()["errors"][0]["detail"] == "The order could not be found with the search criteria given"


@official_documents.needs_document()
@pytest.mark.parametrize("method", ["post", "patch"])
async def test_the_documents_request_examples_are_accepted(make_sandbox: MakeSandbox, method: str) -> None:
    known = (
        official_documents.examples("post", "/orders", "request")["UpdateBatchOrders"]
        if official_documents.FOLDER.exists()
        else []
    )
    harness = make_sandbox(settle=0.0, plant=tuple(json.dumps(order).encode() for order in known))
    path = "/orders" if method == "post" else "/orders/{id}"
    for name, value in official_documents.examples(method, path, "request").items():
        response = await harness.client.request(method, path.replace("{id}", "669"), json=value)
        assert response.is_success, (name, response.text)


@official_documents.needs_document()
async def test_error_responses_are_valid_by_the_document(harness: SandboxHarness) -> None:
    check = official_documents.validator("/components/schemas/errors")
    answers = [
        await harness.post({}, 7, order(payment_details=None)),
        await harness.client.post("/orders", json={}),
        await harness.client.get("/orders?integration=1"),
        await harness.client.get("/orders?cursor=x"),
        await harness.client.get("/orders/1"),
        await harness.client.get("/orders", auth=("wrong", "pair")),
        await harness.client.put("/orders"),
    ]
    for response in answers:
        assert response.is_client_error
        assert not list(check.iter_errors(response.json())), response.text


ODD_NUMBERS = ("1e999999", "1e1000000", "-1e999999", "1e-999999", "9" * 4999, "9" * 4000, "9" * 20, "1E+400")


@pytest.mark.parametrize("odd", [False, True])
async def test_numbers_beyond_arithmetic_never_fail(make_sandbox: MakeSandbox, odd: bool) -> None:
    harness = make_sandbox(settle=0.0, odd=odd)
    id = (await harness.post(order())).json()["data"][0]["id"]
    headers = {"content-type": "application/json"}
    for name in ("order_details__integration", "order_details__order_items", "payment_details__total_price"):
        value = {"id": "@@"} if "integration" in name else {"value": "@@", "currency": "EUR"}
        item = [{"name": "Cylinder candle", "quantity": "@@", "total_price": {"value": "@@", "currency": "EUR"}}]
        text = json.dumps(order(**{name: item if "items" in name else value}))
        for number in ODD_NUMBERS:
            body = text.replace('"@@"', number)
            for method, path, content in (("POST", "/orders", f"[{body}]"), ("PATCH", f"/orders/{id}", body)):
                answer = await harness.client.request(method, path, content=content, headers=headers)
                assert answer.status_code in (200, 201, 400), (name, number[:12])
    assert (await harness.client.get("/orders")).status_code == 200


async def test_a_body_that_is_too_large_is_refused(harness: SandboxHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sandbox.app.LONGEST_BODY", 10_000)
    for method, path in (
        ("POST", "/orders"),
        ("PUT", "http://sandbox/sandbox/faults"),
        ("POST", "http://sandbox/oauth2/token"),
    ):
        answer = await harness.client.request(
            method, path, content=b" " * 10_001, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 413

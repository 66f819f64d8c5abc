"""POST, PATCH and DELETE: two passes that tell everything, saving that takes time, merging, and the words used."""

import json
from typing import Any

import official_documents
import pytest
from sandbox_harness import Bench, MakeBench, order


def errors(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 400, answer.text
    return list(answer.json()["errors"])


def told(answer: Any) -> list[tuple[str | None, str]]:
    return [(node.get("source", {}).get("pointer"), node["detail"]) for node in errors(answer)]


async def test_ids_are_numbers_in_answers_to_writes(bench: Bench) -> None:
    answer = await bench.post(order(), order(order_id="2", order_number="N2"))
    assert answer.status_code == 201
    first, second = answer.json()["data"]
    assert isinstance(first["id"], int)
    assert second == {"id": first["id"] + 1, "order_id": "2", "order_number": "N2"}
    assert (await bench.get(first["id"]))["id"] == str(first["id"])


async def test_what_was_sent_is_read_back_with_times_as_the_service_writes_them(bench: Bench) -> None:
    sent = order()
    stored = await bench.get(await bench.create())
    expected = order(order_details__order_created_at="2026-11-22T10:00:00.556000+00:00")
    assert {key: stored[key] for key in sent} == expected
    assert stored.keys() - sent.keys() == {"id", "created_at", "modified_at"}


async def test_the_same_key_replaces_wholly_and_keeps_id_and_arrival(bench: Bench) -> None:
    id = await bench.create()
    before = await bench.get(id)
    again = order(order_number="OTHER")
    del again["shipping_address"]
    answer = await bench.post(again)
    assert answer.json()["data"][0]["id"] == id
    after = await bench.get(id)
    assert "shipping_address" not in after
    assert after["order_number"] == "OTHER"
    assert after["created_at"] == before["created_at"]
    assert after["modified_at"] > before["modified_at"]
    assert len(await bench.everything()) == 1


async def test_the_same_order_id_in_another_shop_is_another_order(bench: Bench) -> None:
    first = await bench.create()
    assert await bench.create(order_details__integration={"id": 739283}) != first


@pytest.mark.parametrize("shop", [7, 739283, 412088, 285519, 561204, 688341, 801177])
async def test_every_shop_of_the_account_takes_orders(bench: Bench, shop: int) -> None:
    assert await bench.create(order_details__integration={"id": shop})


@pytest.mark.parametrize("shop", ["7.0", "70e-1"])
async def test_a_whole_number_may_be_written_as_a_decimal(bench: Bench, shop: str) -> None:
    body = json.dumps([order()]).replace('"id": 7', f'"id": {shop}').encode()
    answer = await bench.client.post("/orders", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 201, answer.text
    assert len(await bench.everything(integration="7")) == 1


async def test_a_number_too_large_for_any_shop(bench: Bench) -> None:
    answer = await bench.post(order(order_details__integration={"id": 10**30}))
    assert told(answer)[0][0] == "/data/attributes/[0]/order_details/integration/id"


async def test_an_empty_batch_is_accepted(bench: Bench) -> None:
    answer = await bench.client.post("/orders", json=[])
    assert (answer.status_code, answer.json()) == (201, {"data": []})


async def test_the_first_pass_tells_every_problem_of_every_order(bench: Bench) -> None:
    broken = order(order_details__order_items__0__quantity=0, shipping_address__city="")
    missing = order()
    del missing["order_id"], missing["order_details"]["integration"]
    answer = await bench.post(broken, order(order_id="fine"), missing, 7, order(id=669))
    found = told(answer)
    assert ("/data/attributes/[0]/order_details/order_items/0/quantity", "Input should be greater than 0") in found
    assert ("/data/attributes/[0]/shipping_address/city", "String should have at least 1 character") in found
    assert ("/data/attributes/[2]/order_details/integration", "Field required") in found
    assert ("/data/attributes/[2]/order_id", "Field required") in found
    assert "/data/attributes/[3]" in [pointer for pointer, _ in found]
    assert ("/data/attributes/[4]/id", "Input should be a valid string") in found
    assert len(found) == 6
    assert {(node["status"], node["code"], "title" in node) for node in errors(answer)} == {("400", "invalid", False)}
    assert await bench.everything() == []


async def test_the_second_pass_tells_every_wrong_reference_and_nothing_is_written(bench: Bench) -> None:
    id = await bench.create(order_id="abc-123")
    answer = await bench.post(
        order(order_id="new"),
        order(order_details__integration={"id": 99999}),
        order(id=str(id), order_id="other"),
        order(id="5", order_id="x"),
        order(id=str(id), order_id="abc-123", order_details__integration={"id": 739283}),
    )
    assert told(answer) == [
        ("/data/attributes/[1]/order_details/integration/id", "Integration with id 99999 does not exist"),
        ("/data/attributes/[2]/order_id", "Order id abc-123 cannot be changed"),
        ("/data/attributes/[3]/id", "Order with id 5 does not exist"),
        ("/data/attributes/[4]/order_details/integration/id", "Integration id 7 cannot be changed"),
    ]
    assert [row["order_id"] for row in await bench.everything()] == ["abc-123"]


async def test_shapes_are_told_before_references(bench: Bench) -> None:
    answer = await bench.post(order(order_details__integration={"id": 99999}), order(order_number=""))
    assert [pointer for pointer, _ in told(answer)] == ["/data/attributes/[1]/order_number"]


@pytest.mark.parametrize("body", [{"order_id": "1"}, "text", 7])
async def test_what_is_no_list(bench: Bench, body: Any) -> None:
    answer = await bench.client.post("/orders", json=body)
    assert errors(answer) == [
        {
            "status": "400",
            "code": "non_field_errors",
            "title": "Wrong format",
            "detail": "Wrong request format, expected list of objects",
        }
    ]


async def test_what_is_no_json(bench: Bench) -> None:
    headers = {"content-type": "application/json"}
    answer = await bench.client.post("/orders", content=b'[{"order_id": }]', headers=headers)
    assert errors(answer)[0]["title"] == "Wrong format"
    untyped = await bench.client.post("/orders", content=b"[]")
    assert untyped.status_code == 415


async def test_too_many(bench: Bench) -> None:
    answer = await bench.post(*[{}] * 101)
    assert told(answer) == [("/data/attributes/", "Orders list should have at most 100 items, not 101")]
    assert (await bench.post(*[order(order_id=str(n)) for n in range(100)])).status_code == 201


async def test_twins_in_a_batch_are_one_order_and_the_last_stays(bench: Bench) -> None:
    answer = await bench.post(order(order_number="first"), order(order_number="last"))
    ids = {row["id"] for row in answer.json()["data"]}
    assert len(ids) == 1
    assert (await bench.get(ids.pop()))["order_number"] == "last"
    assert len(await bench.everything()) == 1


async def test_an_unknown_partner_is_a_bad_header(bench: Bench) -> None:
    answer = await bench.client.post("/orders", json=[order()], headers={"Sendcloud-Partner-Id": "nobody"})
    assert errors(answer)[0]["source"] == {"header": "Sendcloud-Partner-Id"}
    known = next(iter(bench.sandbox.settings.partners))
    answer = await bench.client.post("/orders", json=[order()], headers={"Sendcloud-Partner-Id": known})
    assert answer.status_code == 201


async def test_a_foreign_currency_is_taken_by_the_odd_service_only(make_bench: MakeBench) -> None:
    chf = order(payment_details__total_price={"value": 1, "currency": "CHF"})
    strict, odd = make_bench(settle=0.0), make_bench(settle=0.0, odd=True)
    assert told(await strict.post(chf))[0][0] == "/data/attributes/[0]/payment_details/total_price/currency"
    assert (await odd.post(chf)).status_code == 201
    nameless = order()
    del nameless["order_number"]
    assert errors(await odd.post(nameless))[0]["code"] == "missing"


async def test_decimals_and_half_characters_survive(bench: Bench) -> None:
    text = b'[{"order_id":"d","order_number":"\\ud83d","order_details":{"integration":{"id":7},"status":{"code":"x"},'
    text += b'"order_created_at":"2026-11-22T10:00:00Z","order_items":[]},"payment_details":{"total_price":'
    text += b'{"value":0.10000000000000000000001,"currency":"EUR"},"status":{"code":"paid"}}}]'
    answer = await bench.client.post("/orders", content=text, headers={"content-type": "application/json"})
    assert answer.status_code == 201, answer.text
    stored = await bench.client.get(f"/orders/{answer.json()['data'][0]['id']}")
    assert b'"value":0.10000000000000000000001' in stored.content
    assert b'"order_number":"\\ud83d"' in stored.content


class TestSaving:
    """Accepted is not yet readable (Q2.9)."""

    async def test_a_new_order_is_readable_only_after_settling(self, make_bench: MakeBench) -> None:
        bench = make_bench(settle=2.0)
        id = (await bench.post(order())).json()["data"][0]["id"]
        bench.clock.seconds += 1.9
        assert (await bench.client.get(f"/orders/{id}")).status_code == 404
        assert await bench.everything(order_id="555413") == []
        assert (await bench.patch(id, {"order_number": "x"})).status_code == 404
        assert (await bench.client.delete(f"/orders/{id}")).status_code == 404
        bench.clock.seconds += 0.2
        assert (await bench.get(id))["order_id"] == "555413"
        assert len(await bench.everything(order_id="555413")) == 1

    async def test_an_existing_order_shows_its_new_values_only_after_settling(self, make_bench: MakeBench) -> None:
        bench = make_bench(settle=2.0)
        id = await bench.create()
        await bench.post(order(order_number="NEW"))
        assert (await bench.get(id))["order_number"] == "OXSDFGHTD-12"
        bench.clock.seconds += 2.1
        assert (await bench.get(id))["order_number"] == "NEW"

    async def test_an_order_in_work_is_busy_and_its_batch_is_refused_whole(self, make_bench: MakeBench) -> None:
        bench = make_bench(settle=2.0)
        first = (await bench.post(order())).json()["data"][0]["id"]
        answer = await bench.post(order(order_id="other"), order())
        assert errors(answer) == [
            {
                "status": "400",
                "code": "invalid",
                "detail": "We are still processing a previous request. Please try again in a moment.",
                "source": {"pointer": "/data"},
            }
        ]
        bench.clock.seconds += 2.1
        answer = await bench.post(order(order_id="other"), order())
        assert [row["id"] for row in answer.json()["data"]] == [first + 1, first]

    async def test_a_patch_is_immediate_and_comes_after_what_was_accepted(self, make_bench: MakeBench) -> None:
        bench = make_bench(settle=2.0)
        id = await bench.create()
        await bench.post(order(order_details__notes="replaced"))
        assert (await bench.patch(id, {"order_number": "PATCHED"})).status_code == 200
        for _ in range(2):
            stored = await bench.get(id)
            assert (stored["order_number"], stored["order_details"]["notes"]) == ("PATCHED", "replaced")
            bench.clock.seconds += 5

    async def test_ids_of_deleted_orders_are_not_given_again(self, bench: Bench) -> None:
        id = await bench.create()
        assert (await bench.client.delete(f"/orders/{id}")).status_code == 204
        assert await bench.create() > id


class TestPatch:
    async def test_the_answer_has_identifiers_only(self, bench: Bench) -> None:
        id = await bench.create()
        answer = await bench.patch(id, {"order_number": "N"})
        assert (answer.status_code, answer.json()) == (
            200,
            {"data": {"id": id, "order_id": "555413", "order_number": "N"}},
        )

    async def test_objects_merge_lists_are_replaced_and_null_takes_away(self, bench: Bench) -> None:
        id = await bench.create(shipping_address__po_box="PO 1")
        before = await bench.get(id)
        change = {
            "shipping_address": {"house_number": "16", "po_box": None},
            "order_details": {"tags": ["one"], "notes": None, "status": {"code": "on_hold"}},
        }
        assert (await bench.patch(id, change)).status_code == 200
        after = await bench.get(id)
        assert after["shipping_address"] == order()["shipping_address"] | {"house_number": "16"}
        assert after["order_details"]["tags"] == ["one"]
        assert "notes" not in after["order_details"]
        assert after["order_details"]["status"] == {"code": "on_hold", "message": "Fulfilled"}
        assert after["order_details"]["order_items"] == before["order_details"]["order_items"]
        assert after["modified_at"] > before["modified_at"]
        assert after["created_at"] == before["created_at"]
        assert [row["id"] for row in await bench.everything(status="ON_HOLD")] == [str(id)]

    async def test_null_stays_where_the_key_must_be_there_and_may_be_null(self, bench: Bench) -> None:
        ship_with = {"type": "shipping_option_code", "properties": {"shipping_option_code": "x", "contract_id": 2}}
        id = await bench.create(shipping_details={"ship_with": ship_with})
        ship_with["properties"] = {"shipping_option_code": None, "contract_id": None}
        assert (await bench.patch(id, {"shipping_details": {"ship_with": ship_with}})).status_code == 200
        after = (await bench.get(id))["shipping_details"]["ship_with"]
        assert after == {"type": "shipping_option_code", "properties": {"shipping_option_code": None}}

    async def test_items_are_found_by_name(self, bench: Bench) -> None:
        id = await bench.create()
        change = {"name": "Scented Candle", "quantity": 3, "measurement": {"weight": {"value": 1, "unit": "kg"}}}
        assert (await bench.patch(id, {"order_details": {"order_items": [change]}})).status_code == 200
        first, second = (await bench.get(id))["order_details"]["order_items"]
        assert first == order()["order_details"]["order_items"][0]
        assert second == order()["order_details"]["order_items"][1] | change

    async def test_of_twins_the_first_is_changed(self, bench: Bench) -> None:
        twin = order()["order_details"]["order_items"][0]
        id = await bench.create(order_details__order_items=[twin, twin])
        await bench.patch(id, {"order_details": {"order_items": [{"name": twin["name"], "quantity": 9}]}})
        assert [item["quantity"] for item in (await bench.get(id))["order_details"]["order_items"]] == [9, 1]

    async def test_an_item_that_is_not_there(self, bench: Bench) -> None:
        id = await bench.create()
        items = [{"name": "Nothing", "quantity": 1}, {"name": "Cylinder candle", "quantity": 5}]
        answer = await bench.patch(id, {"order_details": {"order_items": items}})
        assert errors(answer) == [
            {
                "status": "400",
                "code": "invalid",
                "title": "Invalid",
                "detail": "Could not find specified item.",
                "source": {"pointer": "order/order_details/order_items"},
            }
        ]
        assert (await bench.get(id))["order_details"]["order_items"] == order()["order_details"]["order_items"]

    async def test_an_item_without_a_name(self, bench: Bench) -> None:
        id = await bench.create()
        answer = await bench.patch(id, {"order_details": {"order_items": [{"quantity": 1}]}})
        assert told(answer) == [("order/order_details/order_items/0/name", "Field required")]

    async def test_an_order_that_is_not_there(self, bench: Bench) -> None:
        answer = await bench.patch(5, {"order_number": "x"})
        assert answer.status_code == 404
        assert answer.json() == {
            "errors": [
                {
                    "status": "404",
                    "code": "not_found",
                    "title": "Not found",
                    "detail": "Could not find specified item.",
                }
            ]
        }

    async def test_the_customer_s_phone_has_another_name(self, bench: Bench) -> None:
        id = await bench.create()
        await bench.patch(id, {"customer_details": {"phone": "+322", "phone_number": "+999"}})
        assert (await bench.get(id))["customer_details"] == {"name": "Jane Doe", "phone_number": "+322"}

    async def test_what_patch_does_not_know_is_ignored_in_silence(self, bench: Bench) -> None:
        id = await bench.create()
        before = await bench.get(id)
        item = {"name": "Cylinder candle", "ean": "1", "variant_id": "2", "image_url": "x", "dangerous_goods": {}}
        change = {
            "surprise": 1,
            "payment_details": {"is_cash_on_delivery": True, "x": None},
            "order_details": {"order_items": [item]},
            "id": "1",
            "created_at": "2020-01-01T00:00:00Z",
        }
        assert (await bench.patch(id, change)).status_code == 200
        after = await bench.get(id)
        assert {**after, "modified_at": before["modified_at"]} == before

    async def test_manufacturer_product_ids_are_kept_and_too_long_ones_refused(self, bench: Bench) -> None:
        id = await bench.create()
        item = {"name": "Cylinder candle", "manufacturer_product_id": "M" * 70, "manufacturer_product_id_std": "0123"}
        assert (await bench.patch(id, {"order_details": {"order_items": [item]}})).status_code == 200
        kept = (await bench.get(id))["order_details"]["order_items"][0]
        assert (kept["manufacturer_product_id"], kept["manufacturer_product_id_std"]) == ("M" * 70, "0123")
        item["manufacturer_product_id"] += "M"
        assert (await bench.patch(id, {"order_details": {"order_items": [item]}})).status_code == 400
        assert (await bench.get(id))["order_details"]["order_items"][0] == kept

    async def test_the_order_id_may_be_named_but_not_changed(self, bench: Bench) -> None:
        id = await bench.create()
        assert (await bench.patch(id, {"id": str(id), "order_id": "555413"})).status_code == 200
        answer = await bench.patch(id, {"order_id": "other", "order_details": {"integration": {"id": 739283}}})
        assert told(answer) == [
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
    async def test_shapes_are_refused_in_the_dialect_of_patch(self, bench: Bench, change: Any, pointer: str) -> None:
        id = await bench.create()
        before = await bench.get(id)
        assert [place for place, _ in told(await bench.patch(id, change))] == [pointer]
        assert await bench.get(id) == before

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
    async def test_a_merge_that_breaks_the_order_is_refused(self, bench: Bench, change: Any, pointer: str) -> None:
        id = await bench.create(service_point_details={"carrier_service_point_id": "9"})
        before = await bench.get(id)
        answer = await bench.patch(id, change)
        assert told(answer)[0][0] == pointer
        assert await bench.get(id) == before

    async def test_what_was_broken_before_does_not_stand_in_the_way(self, make_bench: MakeBench) -> None:
        text = b'{"id":"669","order_id":"a","order_number":"b","order_details":{"integration":{"id":7},"status":'
        text += b'{"code":"x"},"order_created_at":"2026-11-22T10:00:00Z","order_items":[{"name":"c","quantity":1,'
        text += b'"total_price":{"value":1},"sku":null}],"notes":null},"payment_details":{"total_price":{"value":1,'
        text += b'"currency":"CHF"},"status":{"code":"paid"},"freight_costs":{"value":5.95}},"shipping_address":null}'
        bench = make_bench(settle=0.0, plant=(text,))
        assert (await bench.patch(669, {"order_number": "fine"})).status_code == 200
        answer = await bench.patch(669, {"shipping_address": {"city": "Oss"}})
        assert "order/shipping_address/name" in [place for place, _ in told(answer)]
        stored = await bench.get(669)
        assert (stored["order_number"], stored["shipping_address"]) == ("fine", None)

    @pytest.mark.parametrize("body", [[], "text"])
    async def test_what_is_no_object(self, bench: Bench, body: Any) -> None:
        answer = await bench.patch(await bench.create(), body)
        assert errors(answer)[0]["detail"] == "Wrong request format, expected object"


async def test_what_is_deleted_is_gone(bench: Bench) -> None:
    id = await bench.create()
    answer = await bench.client.delete(f"/orders/{id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await bench.everything() == []
    again = await bench.client.delete(f"/orders/{id}")
    assert again.status_code == 404
    assert again.json()["errors"][0]["detail"] == "The order could not be found with the search criteria given"


@official_documents.needs_document()
@pytest.mark.parametrize("method", ["post", "patch"])
async def test_the_document_s_request_examples_are_accepted(make_bench: MakeBench, method: str) -> None:
    known = (
        official_documents.examples("post", "/orders", "request")["UpdateBatchOrders"]
        if official_documents.FOLDER.exists()
        else []
    )
    bench = make_bench(settle=0.0, plant=tuple(json.dumps(one).encode() for one in known))
    path = "/orders" if method == "post" else "/orders/{id}"
    for name, value in official_documents.examples(method, path, "request").items():
        answer = await bench.client.request(method, path.replace("{id}", "669"), json=value)
        assert answer.is_success, (name, answer.text)


@official_documents.needs_document()
async def test_refusals_are_what_the_document_allows(bench: Bench) -> None:
    check = official_documents.validator("/components/schemas/errors")
    answers = [
        await bench.post({}, 7, order(payment_details=None)),
        await bench.client.post("/orders", json={}),
        await bench.client.get("/orders?integration=1"),
        await bench.client.get("/orders?cursor=x"),
        await bench.client.get("/orders/1"),
        await bench.client.get("/orders", auth=("wrong", "pair")),
        await bench.client.put("/orders"),
    ]
    for answer in answers:
        assert answer.is_client_error
        assert not list(check.iter_errors(answer.json())), answer.text

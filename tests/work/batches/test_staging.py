"""The batch: staged, judged, looked up, sent, refused, mended, followed, and found again after a crash."""

import asyncio
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from batch_harness import NOTES, QUANTITY, SHOP, Make, add_json, pointers, service_refuses, stage
from sandbox_harness import NOW, order

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.codec import encode
from tui.api.pointer import Pointer
from tui.orders.edits.list_items import remove_entry
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Fault, FaultRule, Faults
from tui.sandbox.serve import serving
from tui.store.batches import KEEP, StagedState
from tui.store.db import StoreError
from tui.store.journal import WriteState
from tui.store.store import Store
from tui.store.store import utc_now as store_now
from tui.work.account import open_account
from tui.work.batches.bulk_edit import setting, take
from tui.work.batches.staged_order import PlannedAction, StagedStatus, meta_of
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.file_import.json_reader import ImportFileError


async def test_three_staged_one_wrong_refused_mended_sent_verified(make: Make) -> None:
    house = await make()
    a, b, c = stage(house.staging, order(order_id="A"), order(order_id="B"), order(order_id="C"))
    await house.staging.look()
    assert house.states() == dict.fromkeys("ABC", StagedStatus.READY)
    await service_refuses(house, ("/data/attributes/[1]/shipping_address/city", "Not a city"))
    await house.send()
    assert house.states() == {"A": StagedStatus.READY, "B": StagedStatus.REFUSED, "C": StagedStatus.READY}
    assert pointers(house.staging, b) == ["/shipping_address/city"]
    assert "refused all 3" in house.staging.said[-1].words
    assert "2 not named can go again" in house.staging.said[-1].words
    assert await house.there() == {}
    house.staging.editing.put(b, Pointer.of("shipping_address", "city"), "Oss", "city")
    assert house.states()["B"] is StagedStatus.REFUSED, "the same value again is no change"
    house.staging.editing.put(b, Pointer.of("shipping_address", "city"), "Uden", "city")
    assert pointers(house.staging, b) == []
    assert pointers(house.staging, b, stale=True) == ["/shipping_address/city"]
    await house.send()
    assert house.states() == dict.fromkeys("ABC", StagedStatus.SENT)
    await house.account.follower.until_done()
    assert house.states() == dict.fromkeys("ABC", StagedStatus.VERIFIED)
    assert pointers(house.staging, b, stale=True) == []
    assert sorted(await house.there()) == ["A", "B", "C"]
    assert {a, b, c} == {one.id for one in house.staging.orders}


async def test_what_is_found_here_keeps_an_order_back_until_it_is_let_go_all_the_same(make: Make) -> None:
    house = await make()
    (a,) = stage(house.staging, order(order_id="A", order_details__order_items__0__quantity=0))
    await house.staging.look()
    assert house.states() == {"A": StagedStatus.TO_FIX}
    assert house.staging.plan().count == 0
    assert house.staging.editing.release([a], in_spite=True) == 1
    assert house.states() == {"A": StagedStatus.READY}
    await house.send()
    assert house.states() == {"A": StagedStatus.REFUSED}
    assert pointers(house.staging, a) == [str(QUANTITY)]


async def test_problems_follow_their_items(make: Make) -> None:
    house = await make()
    (a,) = stage(house.staging, order(order_id="A"))
    await service_refuses(
        house,
        ("/data/attributes/[0]/order_details/order_items/1/hs_code", "Field required"),
        ("/data/attributes/[0]/order_details/order_items/0/sku", "no"),
    )
    await house.send()
    house.staging.editing.change(a, lambda edit: edit.insert(ITEMS, 0, {"name": "First"}, "item"))
    assert pointers(house.staging, a) == [str(ITEMS / 2 / "hs_code"), str(ITEMS / 1 / "sku")]
    house.staging.editing.change(a, lambda edit: ITEMS if edit.remove(ITEMS / 1, "item") else None)
    assert pointers(house.staging, a) == [str(ITEMS / 1 / "hs_code")]
    assert pointers(house.staging, a, stale=True) == [str(ITEMS)]
    staging = await house.crash()
    assert pointers(staging, a) == [str(ITEMS / 1 / "hs_code")]


async def test_pointers_that_lead_nowhere_and_problems_of_the_batch_are_kept(make: Make) -> None:
    house = await make()
    a, b = stage(house.staging, order(order_id="A"), order(order_id="B"))
    await service_refuses(
        house,
        ("/data/attributes/[0]/nowhere/at/all", "Strange"),
        ("/data/attributes/", "The batch as a whole"),
        ("/data/attributes/[7]/order_id", "Nobody's"),
    )
    await house.send()
    assert pointers(house.staging, a) == ["/nowhere/at/all"]
    assert house.states() == {"A": StagedStatus.REFUSED, "B": StagedStatus.READY}
    said = house.staging.said[-1]
    assert {problem.detail for problem in said.problems} == {"The batch as a whole", "Nobody's"}
    house.staging.editing.put(a, NOTES, "x", "note")
    assert house.states()["A"] is StagedStatus.READY, "which change was meant cannot be told"
    staging = await house.crash()
    assert staging.said == [said]
    assert b in {one.id for one in staging.orders}


async def test_an_existing_order_waits_until_it_is_released(make: Make) -> None:
    house = await make(settle=0.0)
    stage(house.staging, order(order_id="A"))
    await house.send()
    await house.account.follower.until_done()
    read = (await house.there())["A"]
    house.staging.editing.remove_orders([one.id for one in house.staging.orders])
    (same,) = house.staging.editing.add_copies([read], as_update=True)
    found = house.staging.get(same)
    assert found is not None
    assert found.does is PlannedAction.SAME
    assert found.document["id"] == str(read["id"])
    house.staging.editing.put(same, NOTES, "Ring once", "note")
    assert house.states() == {"A": StagedStatus.UPDATE}
    assert [str(change.pointer) for change in found.differences] == [str(NOTES)]
    assert house.staging.plan().count == 0
    house.staging.editing.release([same])
    await house.send()
    await house.account.follower.until_done()
    assert house.states() == {"A": StagedStatus.VERIFIED}
    there = await house.there()
    assert (len(there), NOTES.get(there["A"])) == (1, "Ring once")


async def test_an_order_of_a_file_that_exists_is_found_to_be_an_update(make: Make) -> None:
    house = await make(settle=0.0)
    stage(house.staging, order(order_id="A"))
    await house.send()
    await house.account.follower.until_done()
    house.staging.editing.remove_orders([one.id for one in house.staging.orders])
    new, same = stage(house.staging, order(order_id="A", order_number="other"), order(order_id="N"))
    assert house.staging.plan().count == 0, "what is not looked up does not go"
    await house.staging.look()
    assert house.states() == {"A": StagedStatus.UPDATE, "N": StagedStatus.READY}
    house.staging.editing.put(new, Pointer.of("order_id"), "B", "order id")
    await house.staging.look()
    assert house.states() == {"B": StagedStatus.READY, "N": StagedStatus.READY}
    house.staging.editing.put(same, Pointer.of("order_id"), "B", "order id")
    assert house.states() == {"B": StagedStatus.TO_FIX}
    assert len(house.staging.plan().staying) == 1


async def test_an_update_whose_order_changed_since_the_review_stays_here(make: Make) -> None:
    house = await make(settle=0.0)
    stage(house.staging, order(order_id="A"))
    await house.send()
    await house.account.follower.until_done()
    read = (await house.there())["A"]
    house.staging.editing.remove_orders([one.id for one in house.staging.orders])
    (id,) = stage(house.staging, order(order_id="A", order_number="other"))
    await house.staging.look(again=True)
    house.staging.editing.release([id])
    plan = house.staging.plan()
    assert plan.count == 1
    await house.account.client.patch_order(str(read["id"]), {"shipping_address": {"city": "Uden"}})
    await house.staging.send(plan)
    assert (await house.there())["A"]["shipping_address"]["city"] == "Uden"
    assert "changed since the review and stayed here" in house.staging.said[-1].words
    await house.staging.send(house.staging.plan())
    await house.account.follower.until_done()
    assert (await house.there())["A"]["order_number"] == "other"


async def test_an_update_is_set_on_what_changed_there_and_waits_where_both_changed(make: Make) -> None:
    house = await make(settle=0.0)
    stage(house.staging, order(order_id="A"))
    await house.send()
    await house.account.follower.until_done()
    read = (await house.there())["A"]
    (old,) = house.staging.orders
    house.staging.editing.remove_orders([old.id])
    (id,) = house.staging.editing.add_copies([read], as_update=True)
    house.staging.editing.put(id, NOTES, "mine", "note")
    house.staging.editing.release([id])
    await house.account.client.patch_order(str(read["id"]), {"shipping_address": {"city": "Uden"}})
    await house.staging.look(again=True)
    found = house.staging.get(id)
    assert found is not None
    assert Pointer.of("shipping_address", "city").get(found.document) == "Uden"
    assert [str(change.pointer) for change in found.differences] == [str(NOTES)]
    assert house.states() == {"A": StagedStatus.READY}
    await house.account.client.patch_order(str(read["id"]), {"order_details": {"notes": "theirs"}})
    await house.staging.look(again=True)
    assert house.states() == {"A": StagedStatus.UPDATE}
    assert NOTES.get(found.document) == "mine"


async def test_a_verified_order_edited_again_becomes_an_update(make: Make) -> None:
    house = await make()
    (a,) = stage(house.staging, order(order_id="A"))
    await house.send()
    await house.account.follower.until_done()
    house.staging.editing.put(a, NOTES, "Ring once", "note")
    found = house.staging.get(a)
    assert found is not None
    assert (found.does, house.states()) == (PlannedAction.UPDATE, {"A": StagedStatus.UPDATE})
    assert [str(change.pointer) for change in found.edit.changes()] == [str(NOTES)]
    assert house.staging.editing.undo() is not None
    assert house.states() == {"A": StagedStatus.SAME}
    house.staging.editing.redo()
    staging = await house.crash()
    assert house.states() == {"A": StagedStatus.UPDATE}
    await staging.look([a], again=True)
    staging.editing.release([a])
    await house.send()
    await house.account.follower.until_done()
    there = await house.there()
    assert (len(there), NOTES.get(there["A"])) == (1, "Ring once")


async def test_what_is_known_of_an_order_is_on_disk_also_where_only_its_steps_are_saved(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await make(settle=0.0)
    (a,) = stage(house.staging, order(order_id="A"))
    await house.send()
    await house.account.follower.until_done()
    (copy,) = house.staging.editing.add_copies([(await house.there())["A"]], as_update=True)
    store = house.account.store.batches
    rows = store.save_log
    saved: list[object] = []

    def save_log(*given: Any, **more: Any) -> int:
        saved.append(more["meta"])
        return rows(*given, **more)

    monkeypatch.setattr(store, "save_log", save_log)
    editing = house.staging.editing
    for id, work in (
        (copy, lambda: editing.put(copy, NOTES, "one", "notes")),
        (copy, lambda: editing.put(copy, NOTES, "two", "notes")),
        (copy, lambda: editing.release([copy], in_spite=True)),
        (copy, lambda: editing.put(copy, NOTES, "three", "notes")),
        (copy, lambda: editing.undo_in(copy)),
        (a, lambda: editing.put(a, NOTES, "four", "notes")),
        (a, lambda: editing.put(a, NOTES, "five", "notes")),
    ):
        work()
        found, row = house.staging.get(id), store.get(id)
        assert found is not None
        assert row is not None
        assert row.meta == meta_of(found)
    # The whole order that was read is among it, and is not written with every field.
    assert saved == [KEEP] * 5


async def test_flags_that_cannot_be_kept_are_as_they_were(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    house = await make(settle=0.0)
    ids = stage(house.staging, order(order_id="A"), order(order_id="B"))
    house.staging.editing.hold(ids[:1])

    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(house.account.store.batches, "set_all", full)
        patch.setattr(house.account.store.batches, "save_logs", full)
        change = setting(house.staging, house.staging.orders, ("order_details", "notes"), "x")
        for work in (
            lambda: house.staging.editing.hold(ids),
            lambda: house.staging.editing.release(ids, in_spite=True),
            lambda: take(house.staging, change, "notes"),
        ):
            with pytest.raises(StoreError):
                work()
    assert [(one.held, one.insisted) for one in house.staging.orders] == [(True, None), (False, None)]
    assert [(one.version, [*one.edit.changes()]) for one in house.staging.orders] == [(1, []), (1, [])]
    assert take(house.staging, change, "notes") == 2
    await house.crash()
    assert [(one.version, NOTES.get(one.document)) for one in house.staging.orders] == [(2, "x"), (2, "x")]


async def test_a_change_that_was_previewed_is_not_done_to_what_changed_since(make: Make) -> None:
    house = await make(settle=0.0)
    a, _ = stage(house.staging, order(order_id="A"), order(order_id="B"))
    name = (*ITEMS.tokens, "*", "name")
    preview = setting(house.staging, house.staging.orders, name, "Cup")
    house.staging.editing.change(a, lambda edit: remove_entry(edit, ITEMS / 0))
    assert take(house.staging, preview, "name") == 1
    assert house.staging.editing.undo() == ("name, 1 order", [house.staging.orders[1].id])
    house.staging.editing.redo()
    first, second = house.staging.orders
    assert "Cup" not in str(first.document)
    assert (ITEMS / 0 / "name").get(second.document) == "Cup"


async def test_copies_are_new_orders_with_ids_of_their_own(make: Make) -> None:
    house = await make()
    read = {**order(order_id="A", order_number="N-1"), "id": 9, "created_at": "2026-11-01T00:00:00Z"}
    ids = house.staging.editing.add_copies([read, read])
    assert house.staging.editing.undo() == ("2 orders added", ids)
    assert house.staging.orders == []
    house.staging.editing.redo()
    documents = [one.document for one in house.staging.orders]
    assert [(one["order_id"], one["order_number"]) for one in documents] == [
        ("A-copy", "N-1-copy"),
        ("A-copy-2", "N-1-copy-2"),
    ]
    assert all("id" not in one and "created_at" not in one for one in documents)
    await house.send()
    await house.account.follower.until_done()
    assert sorted(await house.there()) == ["A-copy", "A-copy-2"]
    assert len(ids) == 2


async def test_a_blank_order_says_what_is_missing_and_takes_its_number_as_id(make: Make) -> None:
    house = await make()
    examples = [order(payment_details__total_price__currency="CHF"), order(order_details__status__code="fulfilled")]
    id = house.staging.editing.add_blank(SHOP, [examples[0]])
    found = house.staging.get(id)
    assert found is not None
    missing = {str(one.problem.pointer) for one in house.staging.findings(found) if one.stops}
    assert {"/order_id", "/order_number", "/order_details/order_items/0/name"} <= missing
    assert Pointer.of("payment_details", "total_price", "currency").get(found.document) == "CHF"
    house.staging.editing.put(id, Pointer.of("order_number"), "T-1", "order number")
    assert (found.document["order_number"], found.document["order_id"]) == ("T-1", "T-1")
    house.staging.editing.undo()
    assert "order_id" not in found.document


@pytest.mark.parametrize("wrap", ["list", "data", "one", "lines"])
async def test_orders_come_out_of_every_kind_of_json(make: Make, tmp_path: Path, wrap: str) -> None:
    house = await make()
    orders = [order(order_id="A"), order(order_id="B")]
    text = {
        "list": encode(orders),
        "data": encode({"data": orders}),
        "one": encode(orders[0]),
        "lines": b"\n".join(encode(one) for one in orders) + b"\n",
    }[wrap]
    path = tmp_path / "orders.json"
    path.write_bytes(b"\xef\xbb\xbf" + text)
    ids, intake = add_json(house.staging, path)
    assert not intake.refused
    assert [one.document["order_id"] for one in house.staging.orders] == (["A"] if wrap == "one" else ["A", "B"])
    assert len(ids) == len(house.staging.orders)
    assert house.staging.orders[0].source.endswith("of orders.json")


async def test_no_entry_of_a_file_is_dropped_silently(make: Make) -> None:
    house = await make()
    ids, intake = add_json(house.staging, encode([order(order_id="A"), "text", None, {}, [1], 5]).decode())
    assert len(ids) == 1
    assert [one.place for one in intake.refused] == ["entry 2", "entry 3", "entry 4", "entry 5", "entry 6"]
    lines = "\n".join([encode(order(order_id="B")).decode(), "{broken", "", encode(order(order_id="C")).decode()])
    ids, intake = add_json(house.staging, lines)
    assert len(ids) == 2
    assert [(one.place, "not JSON" in one.reason) for one in intake.refused] == [("line 2", True)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"[]", "empty list"),
        (b'[{"a": 1}', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'[\n {"a": 1},\n {"b": }\n]', "line 3"),
        (None, "directory"),
    ],
)
async def test_files_that_will_not_do_are_refused_in_a_sentence(
    make: Make, tmp_path: Path, content: bytes | None, words: str
) -> None:
    house = await make()
    path = tmp_path / "file.json"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(ImportFileError, match=words):
        add_json(house.staging, path)
    with pytest.raises(ImportFileError, match="There is no file"):
        add_json(house.staging, tmp_path / "none.json")
    assert house.staging.orders == []


async def test_more_than_a_hundred_go_in_several_requests(make: Make) -> None:
    house = await make()
    stage(house.staging, *(order(order_id=f"A{n}") for n in range(230)))
    await house.staging.look()
    plan = house.staging.plan()
    assert [len(request) for request in plan.requests] == [100, 100, 30]
    await house.staging.send(plan)
    await house.account.follower.until_done()
    assert house.staging.counts() == {StagedStatus.VERIFIED: 230}


async def test_a_busy_service_leaves_everything_ready(make: Make) -> None:
    house = await make()
    stage(house.staging, order(order_id="A"))
    house.sandbox.breaker.faults = Faults.parse(["busy=1"])
    await house.send()
    assert house.states() == {"A": StagedStatus.READY}
    assert "busy" in house.staging.said[-1].words
    house.sandbox.breaker.faults = Faults()
    await house.send()
    assert house.states() == {"A": StagedStatus.SENT}


async def test_a_service_that_turns_us_away_ends_the_sending(make: Make) -> None:
    house = await make()
    stage(house.staging, *(order(order_id=f"A{n}") for n in range(150)))
    await house.staging.look()
    plan = house.staging.plan()
    house.sandbox.breaker.faults = Faults.parse(["unauthorised=1"])
    await house.staging.send(plan)
    assert len(house.staging.said) == 1
    assert "can go again" in house.staging.said[0].words
    assert house.staging.counts() == {StagedStatus.READY: 150}


async def test_a_lost_answer_is_looked_up_and_nothing_exists_twice(make: Make) -> None:
    house = await make(settle=0.0)
    stage(house.staging, order(order_id="A"), order(order_id="B"))
    await house.staging.look()
    house.sandbox.breaker.faults = Faults.parse(["error_after=1:POST:/orders"])
    plan = house.staging.plan()
    await house.staging.send(plan)
    assert house.states() == {"A": StagedStatus.SENT, "B": StagedStatus.SENT}
    await house.account.follower.until_done()
    assert house.states() == {"A": StagedStatus.VERIFIED, "B": StagedStatus.VERIFIED}
    assert len(await house.there()) == 2


async def test_an_answer_that_cannot_be_found_out_is_unknown_until_it_is(make: Make) -> None:
    house = await make(settle=0.0)
    (a,) = stage(house.staging, order(order_id="A"))
    await house.staging.look()
    plan = house.staging.plan()
    house.sandbox.breaker.faults = Faults.parse(["error=1"])
    await house.staging.send(plan)
    assert house.states() == {"A": StagedStatus.DOUBT}
    assert house.staging.plan([a]).count == 0
    with pytest.raises(BatchLocked, match="on its way"):
        house.staging.editing.put(a, NOTES, "x", "note")
    house.sandbox.breaker.faults = Faults()
    await house.staging.ask_again([a])
    await house.account.follower.until_done()
    assert house.states() == {"A": StagedStatus.VERIFIED}
    assert len(await house.there()) == 1


async def test_an_accepted_order_that_never_shows_is_missing_and_can_be_looked_for_again(make: Make) -> None:
    house = await make(settle=100000.0)
    (a,) = stage(house.staging, order(order_id="A"))
    await house.send()
    await house.account.follower.until_done()
    assert house.states() == {"A": StagedStatus.DOUBT}
    found = house.staging.get(a)
    assert found is not None
    assert found.state is StagedState.MISSING
    assert "again" in await house.staging.ask_again([a])
    assert house.states() == {"A": StagedStatus.SENT}


async def test_everything_is_there_after_a_crash(make: Make) -> None:
    house = await make()
    a, b, c = stage(house.staging, order(order_id="A"), order(order_id="B"), order(order_id="C"))
    house.staging.editing.put(a, NOTES, "typed", "note")
    house.staging.editing.hold([b])
    house.staging.editing.remove_orders([c])
    staging = await house.crash()
    assert [one.id for one in staging.orders] == [a, b]
    assert NOTES.get(staging.orders[0].document) == "typed"
    await staging.look()
    assert house.states() == {"A": StagedStatus.READY, "B": StagedStatus.HELD}
    assert staging.editing.undo() == ("1 order removed", [c])
    assert [one.id for one in staging.orders] == [a, b, c]
    assert staging.editing.undo() == ("1 order held", [b])
    assert staging.editing.undo() == ("note", [a])
    assert NOTES.get(staging.orders[0].document) == "Ring twice"
    assert staging.editing.undo() == ("3 orders added", [a, b, c])
    assert staging.orders == []
    assert staging.editing.undo() is None
    for _ in range(4):
        assert staging.editing.redo() is not None
    assert house.states() == {"A": StagedStatus.READY, "B": StagedStatus.HELD}


async def test_a_crash_while_it_was_out_is_resolved_at_the_next_start(make: Make) -> None:
    house = await make(settle=0.0)
    stage(house.staging, order(order_id="A"), order(order_id="B"))
    await house.staging.look()
    came = asyncio.Event()
    transport = house.account.client._transport._http._transport  # type: ignore[attr-defined]
    real = transport.handle_async_request

    async def hang(request: httpx.Request) -> httpx.Response:
        answer = await real(request)
        if request.method == "POST":
            came.set()
            await asyncio.Event().wait()
        return answer

    transport.handle_async_request = hang
    sending = asyncio.create_task(house.staging.send(house.staging.plan()))
    await came.wait()
    staging = await house.crash()
    await asyncio.gather(sending, return_exceptions=True)
    assert house.states() == {"A": StagedStatus.SENT, "B": StagedStatus.SENT}
    for outcome in await house.account.outbox.recover():
        staging.settle(outcome)
    await house.account.follower.until_done()
    assert house.states() == {"A": StagedStatus.VERIFIED, "B": StagedStatus.VERIFIED}
    assert len(await house.there()) == 2


async def test_what_changed_since_the_review_stays_here(make: Make) -> None:
    house = await make()
    a, b, _ = stage(house.staging, order(order_id="A"), order(order_id="B"), order(order_id="C"))
    await house.staging.look()
    plan = house.staging.plan()
    house.staging.editing.put(a, NOTES, "later", "note")
    house.staging.editing.hold([b])
    await house.staging.send(plan)
    assert house.states() == {"A": StagedStatus.READY, "B": StagedStatus.HELD, "C": StagedStatus.SENT}
    assert "2 orders changed since the review" in house.staging.said[0].words
    await house.staging.send(plan)
    await house.account.follower.until_done()
    assert list(await house.there()) == ["C"]


async def test_a_second_copy_sees_who_has_the_batch_and_can_take_it_over(make: Make) -> None:
    house = await make()
    (a,) = stage(house.staging, order(order_id="A"))
    first, store = house.staging, house.account.store
    second = await house.open()
    assert second.owner is not None
    assert "process" in second.owner
    with pytest.raises(BatchLocked, match="in the hands of"):
        second.editing.put(a, NOTES, "x", "note")
    assert NOTES.get(second.orders[0].document) == "Ring twice"
    second.take_over()
    assert second.editing.put(a, NOTES, "x", "note")
    with pytest.raises(BatchLocked):
        first.editing.put(a, NOTES, "y", "note")
    assert first.owner is not None
    assert NOTES.get(first.orders[0].document) == "x"
    store.close()


async def test_a_read_only_copy_gets_the_batch_when_the_other_has_gone(make: Make) -> None:
    house = await make()
    (a,) = stage(house.staging, order(order_id="A"))
    store = house.account.store
    second = await house.open()
    store.close()
    with pytest.raises(BatchLocked, match="Now it is yours"):
        second.editing.put(a, NOTES, "x", "note")
    assert second.editing.put(a, NOTES, "x", "note")


async def test_an_order_that_shows_otherwise_is_told_field_by_field(make: Make) -> None:
    house = await make(settle=4.0)
    (a,) = stage(house.staging, order(order_id="A"))
    await house.send()
    house.clock.passed += 10
    (there,) = (await house.account.client.list_orders()).orders
    await house.account.client.patch_order(str(there["id"]), {"order_details": {"notes": "somebody else"}})
    await house.account.follower.until_done()
    assert house.states() == {"A": StagedStatus.DOUBT}
    assert pointers(house.staging, a) == [str(NOTES)]
    staging = await house.crash()
    assert pointers(staging, a) == [str(NOTES)]
    staging.editing.put(a, NOTES, "mine again", "note")
    assert pointers(staging, a, stale=True) == [str(NOTES)]
    assert house.states() == {"A": StagedStatus.UPDATE}


async def test_a_crash_between_a_refusal_and_its_meaning_loses_no_problem(make: Make) -> None:
    house = await make()
    a, _ = stage(house.staging, order(order_id="A"), order(order_id="B"))
    house.staging.editing.change(a, lambda edit: ITEMS if edit.remove(ITEMS / 0, "item") else None)
    house.staging.sender.settle = lambda _: None  # type: ignore[method-assign]
    await service_refuses(house, ("/data/attributes/[0]/order_details/order_items/0/sku", "no"))
    await house.send()
    staging = await house.crash()
    assert pointers(staging, a) == [str(ITEMS / 0 / "sku")]
    staging.editing.change(a, lambda edit: edit.insert(ITEMS, 0, {"name": "First"}, "item"))
    assert pointers(staging, a) == [str(ITEMS / 1 / "sku")]
    assert house.states() == {"A": StagedStatus.REFUSED, "B": StagedStatus.READY}


@pytest.mark.parametrize("fault", ["lost", "cut", "dropped", "html_after"])
async def test_over_a_socket_an_answer_that_never_came_makes_no_double(tmp_path: Path, fault: str) -> None:
    sandbox = Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW))
    with serving(sandbox) as url:
        store = Store(tmp_path / "data")
        client = Client(url, BasicAuth("demo", "demo"))

        async def soon(_: float) -> None:
            await asyncio.sleep(0.01)

        bench = await open_account(client, store, "demo", now=store_now, zone=ZoneInfo("Europe/Amsterdam"), sleep=soon)
        staging = Staging(bench)
        stage(staging, order(order_id="A"), order(order_id="B"))
        assert await staging.look() is None
        sandbox.breaker.faults = Faults(rules=(FaultRule(Fault(fault), times=1, method="POST"),))
        await staging.send(staging.plan())
        orders = (await client.list_orders()).orders
        assert sorted(str(one["order_id"]) for one in orders) == ["A", "B"]
        assert staging.counts() == {StagedStatus.SENT: 2}
        states = {
            event.state for write in store.writes.all(bench.account_id) for event in store.writes.events(write.id)
        }
        assert WriteState.UNKNOWN in states, "else nothing was tried here"
        await client.aclose()
        store.close()
    sandbox.close()


async def test_a_copy_that_lost_the_batch_while_it_hung_sends_nothing_more(make: Make) -> None:
    house = await make()
    stage(house.staging, *(order(order_id=f"A{n}") for n in range(150)))
    await house.staging.look()
    first, store = house.staging, house.account.store
    plan = first.plan()
    transport = house.account.client._transport._http._transport  # type: ignore[attr-defined]
    real = transport.handle_async_request
    second: list[Staging] = []

    async def taken_over(request: httpx.Request) -> httpx.Response:
        answer = await real(request)
        if request.method == "POST":
            second.append(await house.open())
            second[0].take_over()
        return answer

    transport.handle_async_request = taken_over
    with pytest.raises(BatchLocked):
        await first.send(plan)
    assert len(await house.there()) == 100
    second[0].reopen()
    assert second[0].counts() == {StagedStatus.SENT: 100, StagedStatus.READY: 50}
    store.close()

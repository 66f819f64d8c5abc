"""The batch: staging, checks, lookup, sending, refusals, corrections, verifying, and reopening after a crash."""

import asyncio
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from batch_harness import NOTES, QUANTITY, SHOP, BatchHarness, Make, add_json, pointers, stage
from interception import Send
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
from tui.work.batches.bulk_edit import apply_preview, preview_values
from tui.work.batches.staged_order import PlannedAction, meta_of
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.file_import.json_reader import ImportFileError
from tui.work.writes.send_state import SendState


async def existing_order(harness: BatchHarness) -> Any:
    """Send order A, remove it from the batch, and return it as the service has it."""
    stage(harness.staging, order(order_id="A"))
    await harness.send()
    await harness.account.verifier.until_done()
    read = (await harness.remote_orders())["A"]
    harness.staging.editing.remove_orders([order.id for order in harness.staging.orders])
    return read


async def test_refused_order_is_fixed_sent_and_verified(make: Make) -> None:
    harness = await make()
    a, b, c = stage(harness.staging, order(order_id="A"), order(order_id="B"), order(order_id="C"))
    await harness.staging.refresh_remote()
    assert harness.states() == dict.fromkeys("ABC", SendState.READY)
    harness.interceptor.refuse_next(("/data/attributes/[1]/shipping_address/city", "Not a city"))
    await harness.send()
    assert harness.states() == {"A": SendState.READY, "B": SendState.REFUSED, "C": SendState.READY}
    assert pointers(harness.staging, b) == ["/shipping_address/city"]
    assert "refused all 3" in harness.staging.notices[-1].text
    assert "Press w to send the 2 others again" in harness.staging.notices[-1].text
    assert await harness.remote_orders() == {}
    harness.staging.editing.put(b, Pointer.of("shipping_address", "city"), "Oss", "city")
    assert harness.states()["B"] is SendState.REFUSED, "the same value is no change"
    harness.staging.editing.put(b, Pointer.of("shipping_address", "city"), "Uden", "city")
    assert pointers(harness.staging, b) == []
    assert pointers(harness.staging, b, stale=True) == ["/shipping_address/city"]
    await harness.send()
    assert harness.states() == dict.fromkeys("ABC", SendState.ACCEPTED)
    await harness.account.verifier.until_done()
    assert harness.states() == dict.fromkeys("ABC", SendState.VERIFIED)
    assert pointers(harness.staging, b, stale=True) == []
    assert sorted(await harness.remote_orders()) == ["A", "B", "C"]
    assert {a, b, c} == {order.id for order in harness.staging.orders}


async def test_local_error_holds_an_order_until_it_is_released(make: Make) -> None:
    harness = await make()
    (a,) = stage(harness.staging, order(order_id="A", order_details__order_items__0__quantity=0))
    await harness.staging.refresh_remote()
    assert harness.states() == {"A": SendState.INVALID}
    assert harness.staging.plan().count == 0
    assert harness.staging.editing.release([a], force=True) == 1
    assert harness.states() == {"A": SendState.READY}
    await harness.send()
    assert harness.states() == {"A": SendState.REFUSED}
    assert pointers(harness.staging, a) == [str(QUANTITY)]


async def test_problems_follow_their_items(make: Make) -> None:
    harness = await make()
    (a,) = stage(harness.staging, order(order_id="A"))
    harness.interceptor.refuse_next(
        ("/data/attributes/[0]/order_details/order_items/1/hs_code", "Field required"),
        ("/data/attributes/[0]/order_details/order_items/0/sku", "no"),
    )
    await harness.send()
    harness.staging.editing.change(a, lambda edit: edit.insert(ITEMS, 0, {"name": "First"}, "item"))
    assert pointers(harness.staging, a) == [str(ITEMS / 2 / "hs_code"), str(ITEMS / 1 / "sku")]
    harness.staging.editing.change(a, lambda edit: ITEMS if edit.remove(ITEMS / 1, "item") else None)
    assert pointers(harness.staging, a) == [str(ITEMS / 1 / "hs_code")]
    assert pointers(harness.staging, a, stale=True) == [str(ITEMS)]
    staging = await harness.crash()
    assert pointers(staging, a) == [str(ITEMS / 1 / "hs_code")]


async def test_unknown_pointers_and_batch_problems_are_kept(make: Make) -> None:
    harness = await make()
    a, b = stage(harness.staging, order(order_id="A"), order(order_id="B"))
    harness.interceptor.refuse_next(
        ("/data/attributes/[0]/nowhere/at/all", "Strange"),
        ("/data/attributes/", "The batch as a whole"),
        ("/data/attributes/[7]/order_id", "Nobody's"),
    )
    await harness.send()
    assert pointers(harness.staging, a) == ["/nowhere/at/all"]
    assert harness.states() == {"A": SendState.REFUSED, "B": SendState.READY}
    notice = harness.staging.notices[-1]
    assert {problem.detail for problem in notice.problems} == {"The batch as a whole", "Nobody's"}
    harness.staging.editing.put(a, NOTES, "x", "note")
    assert harness.states()["A"] is SendState.READY, "the intended change is ambiguous"
    staging = await harness.crash()
    assert staging.notices == [notice]
    assert b in {order.id for order in staging.orders}


async def test_existing_order_waits_for_release(make: Make) -> None:
    harness = await make(settle=0.0)
    read = await existing_order(harness)
    (same,) = harness.staging.editing.add_copies([read], as_update=True)
    found = harness.staging.get(same)
    assert found is not None
    assert found.action is PlannedAction.SAME
    assert found.document["id"] == str(read["id"])
    harness.staging.editing.put(same, NOTES, "Ring once", "note")
    assert harness.states() == {"A": SendState.CONFLICT}
    assert [str(change.pointer) for change in found.differences] == [str(NOTES)]
    assert harness.staging.plan().count == 0
    harness.staging.editing.release([same])
    await harness.send()
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.VERIFIED}
    remote = await harness.remote_orders()
    assert (len(remote), NOTES.get(remote["A"])) == (1, "Ring once")


async def test_existing_order_of_a_file_becomes_an_update(make: Make) -> None:
    harness = await make(settle=0.0)
    stage(harness.staging, order(order_id="A"))
    await harness.send()
    await harness.account.verifier.until_done()
    harness.staging.editing.remove_orders([order.id for order in harness.staging.orders])
    new, same = stage(harness.staging, order(order_id="A", order_number="other"), order(order_id="N", order_number="N"))
    assert harness.staging.plan().count == 0, "an order that was not looked up is not sent"
    await harness.staging.refresh_remote()
    assert harness.states() == {"A": SendState.CONFLICT, "N": SendState.READY}
    harness.staging.editing.put(new, Pointer.of("order_id"), "B", "order id")
    await harness.staging.refresh_remote()
    assert harness.states() == {"B": SendState.READY, "N": SendState.READY}
    harness.staging.editing.put(same, Pointer.of("order_id"), "B", "order id")
    assert harness.states() == {"B": SendState.INVALID}
    assert len(harness.staging.plan().skipped) == 1


async def test_update_of_an_order_changed_since_the_review_is_held(make: Make) -> None:
    harness = await make(settle=0.0)
    read = await existing_order(harness)
    (id,) = stage(harness.staging, order(order_id="A", order_number="other"))
    await harness.staging.refresh_remote(again=True)
    harness.staging.editing.release([id])
    plan = harness.staging.plan()
    assert plan.count == 1
    await harness.account.client.patch_order(str(read["id"]), {"shipping_address": {"city": "Uden"}})
    await harness.staging.send(plan)
    assert (await harness.remote_orders())["A"]["shipping_address"]["city"] == "Uden"
    assert "changed since the review and was not sent" in harness.staging.notices[-1].text
    await harness.staging.send(harness.staging.plan())
    await harness.account.verifier.until_done()
    assert (await harness.remote_orders())["A"]["order_number"] == "other"


async def test_update_is_merged_and_waits_on_a_conflict(make: Make) -> None:
    harness = await make(settle=0.0)
    stage(harness.staging, order(order_id="A"))
    await harness.send()
    await harness.account.verifier.until_done()
    read = (await harness.remote_orders())["A"]
    (old,) = harness.staging.orders
    harness.staging.editing.remove_orders([old.id])
    (id,) = harness.staging.editing.add_copies([read], as_update=True)
    harness.staging.editing.put(id, NOTES, "mine", "note")
    harness.staging.editing.release([id])
    await harness.account.client.patch_order(str(read["id"]), {"shipping_address": {"city": "Uden"}})
    await harness.staging.refresh_remote(again=True)
    found = harness.staging.get(id)
    assert found is not None
    assert Pointer.of("shipping_address", "city").get(found.document) == "Uden"
    assert [str(change.pointer) for change in found.differences] == [str(NOTES)]
    assert harness.states() == {"A": SendState.READY}
    await harness.account.client.patch_order(str(read["id"]), {"order_details": {"notes": "theirs"}})
    await harness.staging.refresh_remote(again=True)
    assert harness.states() == {"A": SendState.CONFLICT}
    assert NOTES.get(found.document) == "mine"


async def test_verified_order_edited_again_becomes_an_update(make: Make) -> None:
    harness = await make()
    (a,) = stage(harness.staging, order(order_id="A"))
    await harness.send()
    await harness.account.verifier.until_done()
    harness.staging.editing.put(a, NOTES, "Ring once", "note")
    found = harness.staging.get(a)
    assert found is not None
    assert (found.action, harness.states()) == (PlannedAction.UPDATE, {"A": SendState.CONFLICT})
    assert [str(change.pointer) for change in found.edit.changes()] == [str(NOTES)]
    assert harness.staging.editing.undo() is not None
    assert harness.states() == {"A": SendState.UNCHANGED}
    harness.staging.editing.redo()
    staging = await harness.crash()
    assert harness.states() == {"A": SendState.CONFLICT}
    await staging.refresh_remote([a], again=True)
    staging.editing.release([a])
    await harness.send()
    await harness.account.verifier.until_done()
    remote = await harness.remote_orders()
    assert (len(remote), NOTES.get(remote["A"])) == (1, "Ring once")


async def test_metadata_on_disk_is_current_where_only_the_log_is_saved(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness = await make(settle=0.0)
    (a,) = stage(harness.staging, order(order_id="A"))
    await harness.send()
    await harness.account.verifier.until_done()
    (copy,) = harness.staging.editing.add_copies([(await harness.remote_orders())["A"]], as_update=True)
    store = harness.account.store.batches
    rows = store.save_log
    saved: list[object] = []

    def save_log(*given: Any, **more: Any) -> int:
        saved.append(more["meta"])
        return rows(*given, **more)

    monkeypatch.setattr(store, "save_log", save_log)
    editing = harness.staging.editing
    for id, work in (
        (copy, lambda: editing.put(copy, NOTES, "one", "notes")),
        (copy, lambda: editing.put(copy, NOTES, "two", "notes")),
        (copy, lambda: editing.release([copy], force=True)),
        (copy, lambda: editing.put(copy, NOTES, "three", "notes")),
        (copy, lambda: editing.undo_in(copy)),
        (a, lambda: editing.put(a, NOTES, "four", "notes")),
        (a, lambda: editing.put(a, NOTES, "five", "notes")),
    ):
        work()
        found, row = harness.staging.get(id), store.get(id)
        assert found is not None
        assert row is not None
        assert row.meta == meta_of(found)
    # The order that was read is included, and is not written again for every field.
    assert saved == [KEEP] * 5


async def test_flags_that_cannot_be_saved_are_unchanged(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    harness = await make(settle=0.0)
    ids = stage(harness.staging, order(order_id="A"), order(order_id="B"))
    harness.staging.editing.hold(ids[:1])

    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(harness.account.store.batches, "set_all", full)
        patch.setattr(harness.account.store.batches, "save_logs", full)
        change = preview_values(harness.staging, harness.staging.orders, [(("order_details", "notes"), "x")])
        for work in (
            lambda: harness.staging.editing.hold(ids),
            lambda: harness.staging.editing.release(ids, force=True),
            lambda: apply_preview(harness.staging, change, "notes"),
        ):
            with pytest.raises(StoreError):
                work()
    assert [(order.held, order.override_version) for order in harness.staging.orders] == [(True, None), (False, None)]
    assert [(order.version, [*order.edit.changes()]) for order in harness.staging.orders] == [(1, []), (1, [])]
    assert apply_preview(harness.staging, change, "notes") == 2
    await harness.crash()
    assert [(order.version, NOTES.get(order.document)) for order in harness.staging.orders] == [(2, "x"), (2, "x")]


async def test_previewed_change_skips_orders_changed_since(make: Make) -> None:
    harness = await make(settle=0.0)
    a, _ = stage(harness.staging, order(order_id="A"), order(order_id="B"))
    name = (*ITEMS.tokens, "*", "name")
    preview = preview_values(harness.staging, harness.staging.orders, [(name, "Cup")])
    harness.staging.editing.change(a, lambda edit: remove_entry(edit, ITEMS / 0))
    assert apply_preview(harness.staging, preview, "name") == 1
    assert harness.staging.editing.undo() == ("name, 1 order", [harness.staging.orders[1].id])
    harness.staging.editing.redo()
    first, second = harness.staging.orders
    assert "Cup" not in str(first.document)
    assert (ITEMS / 0 / "name").get(second.document) == "Cup"


async def test_copies_are_new_orders_with_new_ids(make: Make) -> None:
    harness = await make()
    read = {**order(order_id="A", order_number="N-1"), "id": 9, "created_at": "2026-11-01T00:00:00Z"}
    ids = harness.staging.editing.add_copies([read, read])
    assert harness.staging.editing.undo() == ("2 orders added", ids)
    assert harness.staging.orders == []
    harness.staging.editing.redo()
    documents = [order.document for order in harness.staging.orders]
    assert [(document["order_id"], document["order_number"]) for document in documents] == [
        ("A-copy", "N-1-copy"),
        ("A-copy-2", "N-1-copy-2"),
    ]
    assert all("id" not in document and "created_at" not in document for document in documents)
    await harness.send()
    await harness.account.verifier.until_done()
    assert sorted(await harness.remote_orders()) == ["A-copy", "A-copy-2"]
    assert len(ids) == 2


async def test_blank_order_lists_missing_fields_and_uses_its_number_as_id(make: Make) -> None:
    harness = await make()
    examples = [order(payment_details__total_price__currency="CHF"), order(order_details__status__code="fulfilled")]
    id = harness.staging.editing.add_blank(SHOP, [examples[0]])
    found = harness.staging.get(id)
    assert found is not None
    missing = {str(finding.problem.pointer) for finding in harness.staging.findings(found) if finding.stops}
    assert {"/order_id", "/order_number", "/order_details/order_items/0/name"} <= missing
    assert Pointer.of("payment_details", "total_price", "currency").get(found.document) == "CHF"
    harness.staging.editing.put(id, Pointer.of("order_number"), "T-1", "order number")
    assert (found.document["order_number"], found.document["order_id"]) == ("T-1", "T-1")
    harness.staging.editing.undo()
    assert "order_id" not in found.document


@pytest.mark.parametrize("wrap", ["list", "data", "one", "lines"])
async def test_every_json_shape_is_read_as_orders(make: Make, tmp_path: Path, wrap: str) -> None:
    harness = await make()
    orders = [order(order_id="A"), order(order_id="B")]
    text = {
        "list": encode(orders),
        "data": encode({"data": orders}),
        "one": encode(orders[0]),
        "lines": b"\n".join(encode(order) for order in orders) + b"\n",
    }[wrap]
    path = tmp_path / "orders.json"
    path.write_bytes(b"\xef\xbb\xbf" + text)
    ids, parsed_file = add_json(harness.staging, path)
    assert not parsed_file.refused
    assert [order.document["order_id"] for order in harness.staging.orders] == (["A"] if wrap == "one" else ["A", "B"])
    assert len(ids) == len(harness.staging.orders)
    assert harness.staging.orders[0].source.endswith("of orders.json")


async def test_no_entry_of_a_file_is_dropped_silently(make: Make) -> None:
    harness = await make()
    ids, parsed_file = add_json(harness.staging, encode([order(order_id="A"), "text", None, {}, [1], 5]).decode())
    assert len(ids) == 1
    assert [refusal.place for refusal in parsed_file.refused] == ["entry 2", "entry 3", "entry 4", "entry 5", "entry 6"]
    lines = "\n".join([encode(order(order_id="B")).decode(), "{broken", "", encode(order(order_id="C")).decode()])
    ids, parsed_file = add_json(harness.staging, lines)
    assert len(ids) == 2
    assert [(refusal.place, "not JSON" in refusal.reason) for refusal in parsed_file.refused] == [("line 2", True)]


@pytest.mark.parametrize(
    ("content", "text"),
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
async def test_unusable_files_are_refused_with_a_sentence(
    make: Make, tmp_path: Path, content: bytes | None, text: str
) -> None:
    harness = await make()
    path = tmp_path / "file.json"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(ImportFileError, match=text):
        add_json(harness.staging, path)
    with pytest.raises(ImportFileError, match="There is no file"):
        add_json(harness.staging, tmp_path / "none.json")
    assert harness.staging.orders == []


async def test_more_than_a_hundred_orders_take_several_requests(make: Make) -> None:
    harness = await make()
    stage(harness.staging, *(order(order_id=f"A{n}") for n in range(230)))
    await harness.staging.refresh_remote()
    plan = harness.staging.plan()
    assert [len(request) for request in plan.requests] == [100, 100, 30]
    await harness.staging.send(plan)
    await harness.account.verifier.until_done()
    assert harness.staging.counts() == {SendState.VERIFIED: 230}


async def test_busy_service_leaves_orders_ready(make: Make) -> None:
    harness = await make()
    stage(harness.staging, order(order_id="A"))
    harness.sandbox.fault_injector.faults = Faults.parse(["busy=1"])
    await harness.send()
    assert harness.states() == {"A": SendState.READY}
    assert "busy" in harness.staging.notices[-1].text
    harness.sandbox.fault_injector.faults = Faults()
    await harness.send()
    assert harness.states() == {"A": SendState.ACCEPTED}


async def test_denied_access_ends_the_sending(make: Make) -> None:
    harness = await make()
    stage(harness.staging, *(order(order_id=f"A{n}") for n in range(150)))
    await harness.staging.refresh_remote()
    plan = harness.staging.plan()
    harness.sandbox.fault_injector.faults = Faults.parse(["unauthorised=1"])
    await harness.staging.send(plan)
    assert len(harness.staging.notices) == 1
    assert "Press w to send" in harness.staging.notices[0].text
    assert harness.staging.counts() == {SendState.READY: 150}


async def test_lost_answer_is_looked_up_without_duplicates(make: Make) -> None:
    harness = await make(settle=0.0)
    stage(harness.staging, order(order_id="A"), order(order_id="B"))
    await harness.staging.refresh_remote()
    harness.sandbox.fault_injector.faults = Faults.parse(["error_after=1:POST:/orders"])
    plan = harness.staging.plan()
    await harness.staging.send(plan)
    assert harness.states() == {"A": SendState.ACCEPTED, "B": SendState.ACCEPTED}
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.VERIFIED, "B": SendState.VERIFIED}
    assert len(await harness.remote_orders()) == 2


async def test_unresolved_answer_stays_unknown(make: Make) -> None:
    harness = await make(settle=0.0)
    (a,) = stage(harness.staging, order(order_id="A"))
    await harness.staging.refresh_remote()
    plan = harness.staging.plan()
    harness.sandbox.fault_injector.faults = Faults.parse(["error=1"])
    await harness.staging.send(plan)
    assert harness.states() == {"A": SendState.UNKNOWN}
    assert harness.staging.plan([a]).count == 0
    with pytest.raises(BatchLocked, match="in flight"):
        harness.staging.editing.put(a, NOTES, "x", "note")
    harness.sandbox.fault_injector.faults = Faults()
    await harness.staging.check_again([a])
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.VERIFIED}
    assert len(await harness.remote_orders()) == 1


async def test_accepted_order_that_never_appears_is_missing(make: Make) -> None:
    harness = await make(settle=86400.0)
    (a,) = stage(harness.staging, order(order_id="A"))
    await harness.send()
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.DIFFERS}
    found = harness.staging.get(a)
    assert found is not None
    assert found.state is StagedState.MISSING
    assert "again" in await harness.staging.check_again([a])
    assert harness.states() == {"A": SendState.ACCEPTED}


async def test_batch_survives_a_crash(make: Make) -> None:
    harness = await make()
    a, b, c = stage(harness.staging, order(order_id="A"), order(order_id="B"), order(order_id="C"))
    harness.staging.editing.put(a, NOTES, "typed", "note")
    harness.staging.editing.hold([b])
    harness.staging.editing.remove_orders([c])
    staging = await harness.crash()
    assert [order.id for order in staging.orders] == [a, b]
    assert NOTES.get(staging.orders[0].document) == "typed"
    await staging.refresh_remote()
    assert harness.states() == {"A": SendState.READY, "B": SendState.HELD}
    assert staging.editing.undo() == ("1 order removed", [c])
    assert [order.id for order in staging.orders] == [a, b, c]
    assert staging.editing.undo() == ("1 order held", [b])
    assert staging.editing.undo() == ("note", [a])
    assert NOTES.get(staging.orders[0].document) == "Ring twice"
    assert staging.editing.undo() == ("3 orders added", [a, b, c])
    assert staging.orders == []
    assert staging.editing.undo() is None
    for _ in range(4):
        assert staging.editing.redo() is not None
    assert harness.states() == {"A": SendState.READY, "B": SendState.HELD}


async def test_crash_with_a_request_in_flight_is_resolved_after_restart(make: Make) -> None:
    harness = await make(settle=0.0)
    stage(harness.staging, order(order_id="A"), order(order_id="B"))
    await harness.staging.refresh_remote()
    requested = asyncio.Event()

    async def hang(request: httpx.Request, send: Send) -> httpx.Response:
        answer = await send(request)
        requested.set()
        await asyncio.Event().wait()
        return answer

    harness.interceptor.intercept("POST", hang)
    sending = asyncio.create_task(harness.staging.send(harness.staging.plan()))
    await requested.wait()
    staging = await harness.crash()
    await asyncio.gather(sending, return_exceptions=True)
    assert harness.states() == {"A": SendState.SENDING, "B": SendState.SENDING}
    for outcome in await harness.account.outbox.recover():
        staging.settle(outcome)
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.VERIFIED, "B": SendState.VERIFIED}
    assert len(await harness.remote_orders()) == 2


async def test_order_changed_since_the_review_is_not_sent(make: Make) -> None:
    harness = await make()
    a, b, _ = stage(harness.staging, order(order_id="A"), order(order_id="B"), order(order_id="C"))
    await harness.staging.refresh_remote()
    plan = harness.staging.plan()
    harness.staging.editing.put(a, NOTES, "later", "note")
    harness.staging.editing.hold([b])
    await harness.staging.send(plan)
    assert harness.states() == {"A": SendState.READY, "B": SendState.HELD, "C": SendState.ACCEPTED}
    assert "2 orders changed since the review" in harness.staging.notices[0].text
    await harness.staging.send(plan)
    await harness.account.verifier.until_done()
    assert list(await harness.remote_orders()) == ["C"]


async def test_second_process_sees_the_owner_and_can_take_over(make: Make) -> None:
    harness = await make()
    (a,) = stage(harness.staging, order(order_id="A"))
    first, store = harness.staging, harness.account.store
    second = await harness.open()
    assert second.owner is not None
    assert "process" in second.owner
    with pytest.raises(BatchLocked, match="locked by"):
        second.editing.put(a, NOTES, "x", "note")
    assert NOTES.get(second.orders[0].document) == "Ring twice"
    second.take_over()
    assert second.editing.put(a, NOTES, "x", "note")
    with pytest.raises(BatchLocked):
        first.editing.put(a, NOTES, "y", "note")
    assert first.owner is not None
    assert NOTES.get(first.orders[0].document) == "x"
    store.close()


async def test_batch_is_taken_when_its_owner_has_exited(make: Make) -> None:
    harness = await make()
    (a,) = stage(harness.staging, order(order_id="A"))
    store = harness.account.store
    second = await harness.open()
    store.close()
    with pytest.raises(BatchLocked, match="The batch is yours now"):
        second.editing.put(a, NOTES, "x", "note")
    assert second.editing.put(a, NOTES, "x", "note")


async def test_differing_order_is_reported_by_field(make: Make) -> None:
    harness = await make(settle=4.0)
    (a,) = stage(harness.staging, order(order_id="A"))
    await harness.send()
    harness.clock.passed += 10
    (remote,) = (await harness.account.client.list_orders()).orders
    await harness.account.client.patch_order(str(remote["id"]), {"order_details": {"notes": "somebody else"}})
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.DIFFERS}
    assert pointers(harness.staging, a) == [str(NOTES)]
    staging = await harness.crash()
    assert pointers(staging, a) == [str(NOTES)]
    staging.editing.put(a, NOTES, "mine again", "note")
    assert pointers(staging, a, stale=True) == [str(NOTES)]
    assert harness.states() == {"A": SendState.CONFLICT}


async def test_crash_after_a_refusal_loses_no_problem(make: Make) -> None:
    harness = await make()
    a, _ = stage(harness.staging, order(order_id="A"), order(order_id="B"))
    harness.staging.editing.change(a, lambda edit: ITEMS if edit.remove(ITEMS / 0, "item") else None)
    harness.staging.sender.settle = lambda _: None  # type: ignore[method-assign]
    harness.interceptor.refuse_next(("/data/attributes/[0]/order_details/order_items/0/sku", "no"))
    await harness.send()
    staging = await harness.crash()
    assert pointers(staging, a) == [str(ITEMS / 0 / "sku")]
    staging.editing.change(a, lambda edit: edit.insert(ITEMS, 0, {"name": "First"}, "item"))
    assert pointers(staging, a) == [str(ITEMS / 1 / "sku")]
    assert harness.states() == {"A": SendState.REFUSED, "B": SendState.READY}


@pytest.mark.parametrize("fault", ["lost", "cut", "dropped", "html_after"])
async def test_lost_answer_over_a_socket_creates_no_duplicate(tmp_path: Path, fault: str) -> None:
    sandbox = Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW))
    with serving(sandbox) as url:
        store = Store(tmp_path / "data")
        client = Client(url, BasicAuth("demo", "demo"))

        async def soon(_: float) -> None:
            await asyncio.sleep(0.01)

        account = await open_account(
            client, store, "demo", now=store_now, zone=ZoneInfo("Europe/Amsterdam"), sleep=soon
        )
        staging = Staging(account)
        stage(staging, order(order_id="A"), order(order_id="B"))
        assert await staging.refresh_remote() is None
        sandbox.fault_injector.faults = Faults(rules=(FaultRule(Fault(fault), times=1, method="POST"),))
        await staging.send(staging.plan())
        orders = (await client.list_orders()).orders
        assert sorted(str(order["order_id"]) for order in orders) == ["A", "B"]
        assert staging.counts() == {SendState.ACCEPTED: 2}
        states = {
            event.state for write in store.writes.all(account.account_id) for event in store.writes.events(write.id)
        }
        assert WriteState.UNKNOWN in states, "the test needs at least one"
        await client.aclose()
        store.close()
    sandbox.close()


async def test_process_that_lost_the_batch_sends_nothing_more(make: Make) -> None:
    harness = await make()
    stage(harness.staging, *(order(order_id=f"A{n}") for n in range(150)))
    await harness.staging.refresh_remote()
    first, store = harness.staging, harness.account.store
    plan = first.plan()
    second: list[Staging] = []

    async def answer_taken_over(request: httpx.Request, send: Send) -> httpx.Response:
        answer = await send(request)
        second.append(await harness.open())
        second[0].take_over()
        return answer

    harness.interceptor.intercept("POST", answer_taken_over)
    with pytest.raises(BatchLocked):
        await first.send(plan)
    assert len(await harness.remote_orders()) == 100
    second[0].reopen()
    assert second[0].counts() == {SendState.ACCEPTED: 100, SendState.READY: 50}
    store.close()

"""Undoing writes on the real sandbox: it restores values, overwrites no newer ones, and reports what it cannot restore."""

import copy
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from sandbox_account import (
    CITY,
    IDS,
    NAME,
    NOTES,
    NOW,
    TAGS,
    change,
    draft_of,
    follow,
    newest,
    open_sandbox_account,
    send,
)
from sandbox_harness import ORDER

from tui.api.codec import Document
from tui.keymap import usual_key
from tui.orders.edits.compare import compare
from tui.orders.paths import ITEMS
from tui.store.journal import WriteState
from tui.work.account import Account
from tui.work.batches.staging import Staging
from tui.work.drafts.drafts import Draft
from tui.work.journal.entries import JournalEntry, open_entry
from tui.work.journal.undo import UndoOutcome, UndoResult, step_name, summary, undo
from tui.work.writes.send_state import SendState


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    async with open_sandbox_account(tmp_path) as account:
        yield account


@pytest.fixture
def staging(account: Account) -> Staging:
    return Staging(account)


def are_equivalent(a: Document, b: Document) -> bool:
    """Return whether two orders are equivalent; an upsert formats times differently."""
    first, second = ({key: value for key, value in order.items() if key != "modified_at"} for order in (a, b))
    return not compare(first, second) and not compare(second, first)


async def undone(account: Account, staging: Staging, *entries: JournalEntry) -> UndoResult:
    results = await undo(account, staging, entries, step_name(entries[0], UTC))
    assert len(results) == 1
    return results[0]


async def test_patch_is_undone_by_its_inverse(account: Account, staging: Staging) -> None:
    before = await account.client.get_order(IDS[0])
    entry = await change(account, IDS[0], (CITY, "Breda"), (TAGS, ["gift"]), (ITEMS / 1 / "sku", "T"))
    result = await undone(account, staging, entry)
    assert result.outcome is UndoOutcome.DRAFTED
    draft = account.drafts.get(IDS[0])
    assert draft is not None
    assert [step.name for step in draft.edit.steps] == ["undo of 23 Nov 08:00"]
    assert draft.undecided == []
    await send(account, draft)
    assert are_equivalent(await account.client.get_order(IDS[0]), before)
    # The undo can be undone.
    assert (await undone(account, staging, newest(account))).outcome is UndoOutcome.DRAFTED
    again = account.drafts.get(IDS[0])
    assert again is not None
    await send(account, again)
    assert CITY.get(await account.client.get_order(IDS[0])) == "Breda"


async def test_added_value_is_removed_by_a_full_order(account: Account, staging: Staging) -> None:
    before = await account.client.get_order(IDS[0])
    weight = ITEMS / 1 / "measurement"
    entry = await change(account, IDS[0], (weight, {"weight": {"value": 2, "unit": "kg"}}))
    assert (await undone(account, staging, entry)).outcome is UndoOutcome.DRAFTED
    draft = account.drafts.get(IDS[0])
    assert draft is not None
    assert draft.sending.not_patchable
    await send(account, draft)
    assert are_equivalent(await account.client.get_order(IDS[0]), before)


async def test_undo_of_an_upsert_restores_removed_items(account: Account, staging: Staging) -> None:
    before = await account.client.get_order(IDS[0])
    draft = account.drafts.of(IDS[0], before, NOW)
    draft.edit.remove(ITEMS / 0, "item")
    draft.edit.insert(ITEMS, 1, {**copy.deepcopy(ORDER["order_details"]["order_items"][1]), "name": "New"}, "item")
    account.drafts.save(draft)
    await send(account, draft)
    names = [item["name"] for item in ITEMS.get(await account.client.get_order(IDS[0]))]  # type: ignore[union-attr, call-overload, index]
    assert names == ["Scented Candle", "New"]
    entry = newest(account)
    assert entry.write.new.kind == "upsert"
    result = await undone(account, staging, entry)
    assert result.outcome is UndoOutcome.DRAFTED, result
    back = account.drafts.get(IDS[0])
    assert back is not None
    assert back.sending.not_patchable, "a removed item is added again, which needs the full order"
    await send(account, back)
    names = [item["name"] for item in ITEMS.get(await account.client.get_order(IDS[0]))]  # type: ignore[union-attr, call-overload, index]
    assert names == ["Cylinder candle", "Scented Candle"]


async def test_later_remote_change_is_a_conflict(account: Account, staging: Staging) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"), (NAME, "Jan"))
    await account.client.patch_order(IDS[0], {"shipping_address": {"city": "Gent"}})
    result = await undone(account, staging, entry)
    assert result.outcome is UndoOutcome.CONFLICT
    draft = account.drafts.get(IDS[0])
    assert draft is not None
    (conflict,) = draft.undecided
    assert (conflict.pointer, conflict.base, conflict.theirs, conflict.mine) == (CITY, "Breda", "Gent", "Oss")
    status = await account.draft_sender.send(draft, draft.sending.body)
    assert status.state is SendState.CONFLICT, "an undecided conflict is not sent"
    assert CITY.get(await account.client.get_order(IDS[0])) == "Gent"
    draft.take_theirs(draft.undecided[0], "theirs")
    account.drafts.save(draft)
    await send(account, draft)
    document = await account.client.get_order(IDS[0])
    assert (CITY.get(document), NAME.get(document)) == ("Gent", "John Doe")


async def test_undo_is_one_step_on_top_of_an_existing_draft(account: Account, staging: Staging) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"), (NAME, "Jan"))
    await draft_of(account, IDS[0], (NOTES, "mine"), (NAME, "Piet"))
    result = await undone(account, staging, entry)
    assert result.outcome is UndoOutcome.DRAFTED
    assert "on top of your draft" in result.message
    draft = account.drafts.get(IDS[0])
    assert draft is not None
    values = [pointer.get(draft.edit.document) for pointer in (NOTES, NAME, CITY)]
    assert values == ["mine", "John Doe", "Oss"]
    assert draft.edit.undo() == "undo of 23 Nov 08:00"
    values = [pointer.get(draft.edit.document) for pointer in (NOTES, NAME, CITY)]
    assert values == ["mine", "Piet", "Breda"]


async def test_reverted_change_has_nothing_to_undo(account: Account, staging: Staging) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    await account.client.patch_order(IDS[0], {"shipping_address": {"city": "Oss"}})
    result = await undone(account, staging, entry)
    assert (result.outcome, account.drafts.all()) == (UndoOutcome.NOTHING, [])


async def test_undo_of_a_deleted_order_is_reported(account: Account, staging: Staging) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    await account.client.delete_order(IDS[0])
    assert (await undone(account, staging, entry)).outcome is UndoOutcome.GONE
    assert account.drafts.all() == []


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (WriteState.REFUSED, "not written"),
        (WriteState.NOT_SENT, "not written"),
        (WriteState.NOT_APPLIED, "not written"),
        (WriteState.UNKNOWN, "not known"),
        (WriteState.ACCEPTED, "still being sent"),
    ],
)
async def test_unconfirmed_write_cannot_be_undone(
    account: Account, staging: Staging, state: WriteState, text: str
) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    account.store.writes.step(entry.write.id, state)
    result = await undone(account, staging, newest(account))
    assert (result.outcome, account.drafts.all()) == (UndoOutcome.NOTHING, [])
    assert text in result.message


async def test_failed_attempt_is_ignored_beside_a_written_one(account: Account, staging: Staging) -> None:
    first = await change(account, IDS[0], (CITY, "Breda"))
    account.store.writes.step(first.write.id, WriteState.NOT_SENT)
    failed = newest(account)
    written = await change(account, IDS[0], (CITY, "Bergen"))
    assert (await undone(account, staging, failed, written)).outcome is UndoOutcome.DRAFTED


async def test_undo_of_a_deletion_stages_the_order_and_reports_losses(account: Account, staging: Staging) -> None:
    document = await account.client.get_order(IDS[0])
    assert (await account.draft_sender.delete(IDS[0], document)).deleted
    entry = newest(account)
    result = await undone(account, staging, entry)
    assert result.outcome is UndoOutcome.STAGED
    assert "a new id" in result.message
    assert "shipments" in result.message
    (staged,) = staging.orders
    assert (staged.document["order_number"], staged.document["order_id"]) == (f"N-{IDS[0]}", f"S-{IDS[0]}")
    assert "id" not in staged.document
    again = await undone(account, staging, entry)
    assert (again.outcome, len(staging.orders)) == (UndoOutcome.NOTHING, 1)
    await staging.refresh_remote()
    await staging.send(staging.plan())
    await follow(account)
    orders = (await account.client.list_orders()).orders
    (back,) = [order for order in orders if order["order_number"] == f"N-{IDS[0]}"]
    assert back["id"] != IDS[0]
    assert CITY.get(back) == "Oss"
    assert (await undone(account, staging, entry)).message.startswith(f"N-{IDS[0]} exists again")
    result = await undone(account, staging, newest(account))
    assert result.outcome is UndoOutcome.NOTHING
    assert "D in the list" in result.message


async def test_bulk_change_is_undone_with_a_result_per_order(account: Account, staging: Staging) -> None:
    for id in IDS:
        await change(account, id, (TAGS, ["hold"]), job="hold")
    await change(account, IDS[0], (NOTES, "second write of the same job"), job="hold")
    await account.client.patch_order(IDS[1], {"order_details": {"tags": ["hold", "theirs"]}})
    await account.client.delete_order(IDS[2])
    ids = [write for write, _ in account.store.journal_queries.find(account.account_id, job="hold")]
    entries = [entry for id in ids if (entry := open_entry(account.store, account.client.base_url, id)) is not None]
    seen: list[tuple[int, int]] = []
    results = await undo(account, staging, entries, "undo of hold", lambda now: seen.append((now.done, now.total)))
    assert {result.named.remote_id: result.outcome for result in results} == {
        IDS[0]: UndoOutcome.DRAFTED,
        IDS[1]: UndoOutcome.CONFLICT,
        IDS[2]: UndoOutcome.GONE,
    }
    assert seen == [(3, 3)]
    draft = account.drafts.get(IDS[0])
    assert draft is not None
    assert [step.name for step in draft.edit.steps] == ["undo of hold"]
    assert (NOTES.get(draft.edit.document), TAGS.get(draft.edit.document)) == ("Ring twice", ["fragile", "gift"])
    assert summary(results, usual_key) == "3 orders: 1 drafted, 1 drafted with conflicts, 1 gone. w reviews."


async def test_one_order_of_an_upsert_can_be_undone(account: Account, staging: Staging) -> None:
    drafts: Sequence[Draft] = [await draft_of(account, id, (CITY, "Breda")) for id in IDS]
    await account.draft_sender.send_as_upsert(list(drafts))
    await follow(account)
    entry = newest(account)
    assert len(entry.parts) == 3
    result = await undone(account, staging, replace(entry, only=1))
    assert (result.named.remote_id, result.outcome) == (IDS[1], UndoOutcome.DRAFTED), result
    results = await undo(account, staging, [entry], "undo")
    assert [result.outcome for result in results] == [
        UndoOutcome.DRAFTED,
        UndoOutcome.NOTHING,
        UndoOutcome.DRAFTED,
    ] or [result.outcome for result in results] == [UndoOutcome.DRAFTED] * 3

"""Undo of writes: drafts the inverse of a write on the order as it is now. The review sends the drafts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final, cast

from tui.api.codec import Document, Json
from tui.api.errors import ApiError
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.query import id_text
from tui.api.wording import count_of
from tui.keymap import Context, KeyOf
from tui.orders.edits.edit import Edit, same_or_absent
from tui.orders.edits.merge import Conflict, matches, merge
from tui.orders.paths import KEY, LISTS
from tui.orders.progress import OnProgress, Progress
from tui.store.db import StoreError
from tui.store.journal import WriteKind, WriteState
from tui.store.journal_queries import OrderNames
from tui.work.account import Account
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.drafts.drafts import Draft
from tui.work.journal.entries import JournalEntry, Part, after
from tui.work.writes.lookup import key_of, look_up
from tui.work.writes.send_state import NOT_WRITTEN

_AT_ONCE: Final = 50

LOST: Final = "It gets a new Sendcloud id; shipments, labels and links of the old order are not restored."


class UndoOutcome(StrEnum):
    """The result of undoing a write of one order: whether it can be undone, and what was drafted or staged."""

    DRAFTED = "drafted"
    CONFLICT = "drafted with conflicts"
    STAGED = "staged as a new order"
    NOTHING = "nothing to undo"
    GONE = "gone"
    FAILED = "not undone"


@dataclass(frozen=True, slots=True)
class UndoResult:
    """The result for one order, with a message for the user."""

    named: OrderNames
    outcome: UndoOutcome
    message: str


def why_not(entry: JournalEntry) -> str | None:
    """Why a write cannot be undone, whatever the service has now, as a message; None if it may be."""
    state = entry.write.state
    if entry.state in NOT_WRITTEN:
        return f"It was not written ({entry.description}), so there is nothing to undo."
    if state is WriteState.UNKNOWN:
        return "It is not known yet whether it was written; it can be undone after the lookup."
    if entry.state.is_open:
        return "It is still being sent; it can be undone when its result is known."
    return None


async def undo(
    account: Account,
    staging: Staging,
    entries: Sequence[JournalEntry],
    name: str,
    progress: OnProgress = lambda _: None,
) -> list[UndoResult]:
    """Draft the inverse of writes, with one result for each order. Several writes of an order become one step.

    `name` is the name of that step. Values that changed on the service since become conflicts of the draft. An existing
    draft gets the undo on top. Deleted orders are staged as new ones.
    """
    results: list[UndoResult] = []
    by_order: dict[str, list[tuple[JournalEntry, Part]]] = {}
    deleted: list[Part] = []
    for entry in sorted(entries, key=lambda entry: -entry.write.id):
        reason = why_not(entry)
        for part in entry.parts:
            if reason is not None:
                results.append(UndoResult(part.named, UndoOutcome.NOTHING, reason))
            elif entry.write.new.kind is WriteKind.DELETE:
                deleted.append(part)
            elif part.before is None:
                deletes = account.key("drop", Context.TRIAGE)
                message = f"This write created the order; to undo it, delete the order: {deletes} in the list."
                results.append(UndoResult(part.named, UndoOutcome.NOTHING, message))
            else:
                by_order.setdefault(part.remote_id, []).append((entry, part))
    total, done = len(by_order) + len(deleted), 0
    orders = list(by_order.values())
    for start in range(0, len(orders), _AT_ONCE):
        chunk = orders[start : start + _AT_ONCE]
        targets = [writes[0][1].target for writes in chunk]
        for writes, found in zip(chunk, await look_up(account.client, targets), strict=True):
            results.append(_undo_one(account, writes, found, name))
        done += len(chunk)
        progress(Progress(done, total))
    for start in range(0, len(deleted), _AT_ONCE):
        parts = deleted[start : start + _AT_ONCE]
        results_found = await look_up(account.client, [replace(part.target, remote_id=None) for part in parts])
        results.extend(
            _stage(staging, part, found, account.key) for part, found in zip(parts, results_found, strict=True)
        )
        done += len(parts)
        progress(Progress(done, total))
    # If one write of an order could be undone, its failed attempts are not reported.
    undone = {result.named for result in results if result.outcome is not UndoOutcome.NOTHING}
    return [result for result in results if result.outcome is not UndoOutcome.NOTHING or result.named not in undone]


def step_name(entry: JournalEntry, zone: tzinfo) -> str:
    """The name of the undo of a write among the steps of a draft."""
    when = entry.write.at.astimezone(zone)
    return f"undo of {entry.write.new.job or f'{when:%d %b %H:%M}'}"


def summary(results: Sequence[UndoResult], key: KeyOf) -> str:
    """Summarise the results in one sentence. `key`: the names of the keys of commands."""
    if len(results) == 1:
        return results[0].message
    counts = Counter(result.outcome for result in results)
    parts = ", ".join(f"{counts[outcome]} {outcome}" for outcome in UndoOutcome if counts[outcome])
    drafted = counts[UndoOutcome.DRAFTED] + counts[UndoOutcome.CONFLICT]
    hint = f" {key('review', Context.JOURNAL)} reviews." if drafted else ""
    return f"{len(results)} orders: {parts}.{hint}"


def _undo_one(
    account: Account, writes: Sequence[tuple[JournalEntry, Part]], found: Document | ApiError | None, name: str
) -> UndoResult:
    part = writes[0][1]
    named, remote_id = part.named, part.remote_id
    if isinstance(found, ApiError):
        return UndoResult(named, UndoOutcome.FAILED, f"{named.name} could not be read: {found}")
    if found is None or id_text(found.get("id")) != remote_id:
        return UndoResult(named, UndoOutcome.GONE, f"{named.name} no longer exists, so nothing can be undone.")
    if account.draft_sender.is_unsettled(remote_id):
        return UndoResult(
            named,
            UndoOutcome.FAILED,
            f"{named.name} has a change that is being sent; undo it when its result is known.",
        )
    own = account.drafts.get(remote_id)
    draft = account.drafts.of(remote_id, found, account.now())
    account.drafts.rebase(draft, found, account.now())
    inverses = [inverse for entry, part in writes if (inverse := _inverse(entry, part, name)) is not None]
    changed, conflicts = apply_inverses(draft, inverses, name)
    if not changed:
        return UndoResult(
            named, UndoOutcome.NOTHING, f"{named.name} already has its former values; there is nothing to undo."
        )
    account.draft_sender.forget(remote_id)
    account.drafts.save(draft)
    onto = ", on top of your draft" if own is not None else ""
    if conflicts:
        count = f"{count_of(len(conflicts), 'field')} also changed on the service"
        opens, chooses = account.key("order", Context.JOURNAL), account.key("empty_value", Context.EDIT)
        reviews = account.key("review", Context.JOURNAL)
        message = f"{named.name}: drafted{onto}; {count}: {opens}, then {chooses} chooses. {reviews} reviews."
        return UndoResult(named, UndoOutcome.CONFLICT, message)
    return UndoResult(
        named,
        UndoOutcome.DRAFTED,
        f"{named.name}: drafted with its former values{onto}. {account.key('review', Context.JOURNAL)} reviews.",
    )


def _inverse(entry: JournalEntry, part: Part, name: str) -> Edit | None:
    made = after(entry.write, part)
    if made is None or part.before is None:
        return None
    inverse = Edit.diff(made, part.before, name)
    return inverse if inverse.dirty else None


def apply_inverses(draft: Draft, inverses: Iterable[Edit], name: str) -> tuple[bool, list[Conflict]]:
    """Apply inverse edits to a draft as one step. Returns whether it changed, and the conflicts with the service.

    The base of the draft must be the order as it is now. The conflicts are added to the draft.
    """
    document = draft.edit.document
    found: list[tuple[Pointer | None, Pointer, Conflict]] = []
    for inverse in inverses:
        merged = merge(inverse, document)
        document = _in_old_order(inverse, document, merged.edit.document)
        for conflict in merged.conflicts:
            placed = merged.edit.to_positions(conflict.pointer)
            # An item that the undo removes is named by its position before.
            removed = conflict.pointer.parent / conflict.pointer.name.removeprefix(KEY)
            found.append((placed, draft.edit.to_keys(removed), conflict))
    if not draft.edit.replace_document(document, name):
        return False, []
    conflicts = []
    for placed, removed, conflict in found:
        pointer = removed if placed is None else draft.edit.to_keys(placed)
        there = _on_service(draft.edit, pointer)
        # A different spelling of the sent value is no change, and a change in the draft alone can be undone there.
        if matches(pointer, conflict.base, there) or same_or_absent(conflict.base, there):
            continue
        conflicts.append(replace(conflict, pointer=pointer, theirs=there))
    changed = {conflict.pointer for conflict in conflicts}
    draft.conflicts = [*(conflict for conflict in draft.conflicts if conflict.pointer not in changed), *conflicts]
    return True, conflicts


def _in_old_order(inverse: Edit, there: Document, merged: Document) -> Document:
    """Restore the order of lists that nobody changed since; a merge appends restored items."""
    for place in LISTS:
        made, was = place.get(inverse.base), place.get(inverse.document)
        if isinstance(made, list) and isinstance(was, list) and matches(place, made, place.get(there)):
            merged = cast(Document, place.put(merged, was))
    return merged


def _on_service(edit: Edit, keyed: Pointer) -> Json | Absent:
    placed = edit.to_positions(keyed)
    if placed is not None:
        return edit.base_value(placed)
    number = keyed.name.removeprefix(KEY)
    return (keyed.parent / number).get(edit.base) if number.isdigit() else ABSENT


def _stage(staging: Staging, part: Part, found: Document | ApiError | None, key: KeyOf) -> UndoResult:
    """Stage the stored document of a deleted order as a new order with its number and order id."""
    named, document = part.named, part.before or {}
    if isinstance(found, ApiError):
        return UndoResult(named, UndoOutcome.FAILED, f"{named.name} could not be looked up: {found}")
    if found is not None:
        message = f"{named.name} exists again, as #{id_text(found.get('id'))}; nothing was staged."
        return UndoResult(named, UndoOutcome.NOTHING, message)
    if any(key_of(order.document) == key_of(document) and not order.sent for order in staging.orders):
        return UndoResult(
            named,
            UndoOutcome.NOTHING,
            f"{named.name} is already staged as a new order; {key('batches', Context.JOURNAL)} opens the composer.",
        )
    try:
        staging.editing.add_again(document)
    except (BatchLocked, StoreError) as error:
        return UndoResult(named, UndoOutcome.FAILED, f"{named.name} was not staged: {error}")
    return UndoResult(
        named,
        UndoOutcome.STAGED,
        f"{named.name} is staged as new: a new id, no shipments or links. {key('batches', Context.JOURNAL)} shows it.",
    )

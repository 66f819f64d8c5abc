"""Undoing what was sent: the inverse of a write, set on what the service has now, as drafts that go out by the review."""

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
from tui.orders.edits.edit import Edit, same_or_absent
from tui.orders.edits.merge import Conflict, matches, merge
from tui.orders.paths import LISTS
from tui.orders.progress import OnProgress, Progress
from tui.store.db import StoreError
from tui.store.journal import WriteKind, WriteState
from tui.store.journal_queries import OrderNames
from tui.work.account import Account
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.drafts.drafts import Draft
from tui.work.journal.entries import JournalEntry, Part, after
from tui.work.writes.lookup import LookupTarget, key_of, look_up
from tui.work.writes.send_state import NOT_WRITTEN

_AT_ONCE: Final = 50
_KEY: Final = "~"

LOST: Final = "It gets a new Sendcloud id; shipments, labels and links of the old one do not come back."


class UndoOutcome(StrEnum):
    """What undoing came to for one order."""

    DRAFTED = "drafted"
    CONFLICT = "drafted with fields to decide"
    STAGED = "staged as a new order"
    NOTHING = "nothing to undo"
    GONE = "gone"
    FAILED = "not undone"


@dataclass(frozen=True, slots=True)
class UndoResult:
    """One order: what it came to, and a sentence about it."""

    named: OrderNames
    undone: UndoOutcome
    words: str


def why_not(entry: JournalEntry) -> str | None:
    """Why there is nothing to undo in a write, in a sentence, whatever the service has; None if there may be."""
    state = entry.write.state
    if entry.state in NOT_WRITTEN:
        return f"It was not written ({entry.description}), so there is nothing to undo."
    if state is WriteState.UNKNOWN:
        return "Whether it was written is not known yet; it can be undone when that was looked up."
    if entry.state.is_open:
        return "It is still on its way; it can be undone when its end is known."
    return None


async def undo(
    account: Account,
    staging: Staging,
    entries: Sequence[JournalEntry],
    name: str,
    progress: OnProgress = lambda _: None,
) -> list[UndoResult]:
    """Draft the inverse of writes, one result for each order they had; several writes of an order are one step.

    `name` is the name of that step. What changed on the service since is kept as a clash of the draft, and nothing is
    overwritten. A draft that is there already stays, and gets the undo on top. Orders that were deleted are staged anew.
    """
    results: list[UndoResult] = []
    by_order: dict[str, list[tuple[JournalEntry, Part]]] = {}
    deleted: list[Part] = []
    for entry in sorted(entries, key=lambda one: -one.write.id):
        reason = why_not(entry)
        for part in entry.parts:
            if reason is not None:
                results.append(UndoResult(part.named, UndoOutcome.NOTHING, reason))
            elif entry.write.new.kind is WriteKind.DELETE:
                deleted.append(part)
            elif part.before is None:
                words = "This write made the order, so to undo it is to delete it: D in the list does."
                results.append(UndoResult(part.named, UndoOutcome.NOTHING, words))
            else:
                by_order.setdefault(part.remote_id, []).append((entry, part))
    total, done = len(by_order) + len(deleted), 0
    orders = list(by_order.values())
    for start in range(0, len(orders), _AT_ONCE):
        some = orders[start : start + _AT_ONCE]
        wanted = [_wanted(writes[0][1]) for writes in some]
        for writes, found in zip(some, await look_up(account.client, wanted), strict=True):
            results.append(_undo_one(account, writes, found, name))
        done += len(some)
        progress(Progress(done, total))
    for start in range(0, len(deleted), _AT_ONCE):
        parts = deleted[start : start + _AT_ONCE]
        there = await look_up(account.client, [replace(_wanted(part), remote_id=None) for part in parts])
        results.extend(_stage(staging, part, found) for part, found in zip(parts, there, strict=True))
        done += len(parts)
        progress(Progress(done, total))
    # Of an order that was written at last, the attempts before it are no news.
    undone = {result.named for result in results if result.undone is not UndoOutcome.NOTHING}
    return [result for result in results if result.undone is not UndoOutcome.NOTHING or result.named not in undone]


def step_name(entry: JournalEntry, zone: tzinfo) -> str:
    """How the undo of a write is called among the steps of a draft."""
    when = entry.write.at.astimezone(zone)
    return f"undo of {entry.write.new.job or f'{when:%d %b %H:%M}'}"


def told(results: Sequence[UndoResult]) -> str:
    """The results in one sentence."""
    if len(results) == 1:
        return results[0].words
    counts = Counter(result.undone for result in results)
    parts = ", ".join(f"{counts[undone]} {undone}" for undone in UndoOutcome if counts[undone])
    drafted = counts[UndoOutcome.DRAFTED] + counts[UndoOutcome.CONFLICT]
    return f"{len(results)} orders: {parts}.{' w reviews.' if drafted else ''}"


def _undo_one(
    account: Account, writes: Sequence[tuple[JournalEntry, Part]], found: Document | ApiError | None, name: str
) -> UndoResult:
    part = writes[0][1]
    named, remote_id = part.named, part.remote_id
    if isinstance(found, ApiError):
        return UndoResult(named, UndoOutcome.FAILED, f"{named.name} could not be read: {found}")
    if found is None or id_text(found.get("id")) != remote_id:
        return UndoResult(
            named, UndoOutcome.GONE, f"{named.name} is not there any more, so nothing can be undone in it."
        )
    if account.corrections.is_unsettled(remote_id):
        return UndoResult(
            named, UndoOutcome.FAILED, f"{named.name} has a change on its way; undo when its end is known."
        )
    own = account.drafts.get(remote_id)
    draft = account.drafts.of(remote_id, found, account.now())
    account.drafts.rebase(draft, found, account.now())
    inverses = [inverse for entry, one in writes if (inverse := _inverse(entry, one, name)) is not None]
    changed, clashes = put_on(draft, inverses, name)
    if not changed:
        return UndoResult(
            named, UndoOutcome.NOTHING, f"{named.name} is as it was before already; there is nothing to undo."
        )
    account.corrections.forget(remote_id)
    account.drafts.save(draft)
    onto = ", on top of your draft of it" if own is not None else ""
    if clashes:
        count = f"{count_of(len(clashes), 'field')} changed there since"
        words = f"{named.name}: drafted{onto}; {count}: o, then c decides. w reviews."
        return UndoResult(named, UndoOutcome.CONFLICT, words)
    return UndoResult(named, UndoOutcome.DRAFTED, f"{named.name}: drafted as it was before{onto}. w reviews.")


def _inverse(entry: JournalEntry, part: Part, name: str) -> Edit | None:
    made = after(entry.write, part)
    if made is None or part.before is None:
        return None
    inverse = Edit.diff(made, part.before, name)
    return inverse if inverse.dirty else None


def put_on(draft: Draft, inverses: Iterable[Edit], name: str) -> tuple[bool, list[Conflict]]:
    """Put inverse edits on top of a draft as one step: whether that changes it, and what the service changed since.

    The draft must stand on what the service has now. Its clashes are kept with it.
    """
    document = draft.edit.document
    found: list[tuple[Pointer | None, Pointer, Conflict]] = []
    for inverse in inverses:
        merged = merge(inverse, document)
        document = _in_old_order(inverse, document, merged.edit.document)
        for clash in merged.conflicts:
            placed = merged.edit.to_positions(clash.pointer)
            # What the undo takes out again is named by where it stands before.
            removed = clash.pointer.parent / clash.pointer.name.removeprefix(_KEY)
            found.append((placed, draft.edit.to_keys(removed), clash))
    if not draft.edit.replace_document(document, name):
        return False, []
    clashes = []
    for placed, removed, clash in found:
        pointer = removed if placed is None else draft.edit.to_keys(placed)
        there = _on_service(draft.edit, pointer)
        # Another spelling of what was sent is no change, and what only the draft changed the user can undo.
        if matches(pointer, clash.base, there) or same_or_absent(clash.base, there):
            continue
        clashes.append(replace(clash, pointer=pointer, theirs=there))
    changed = {clash.pointer for clash in clashes}
    draft.clashes = [*(clash for clash in draft.clashes if clash.pointer not in changed), *clashes]
    return True, clashes


def _in_old_order(inverse: Edit, there: Document, merged: Document) -> Document:
    """The merged order with its lists as they were, where nobody changed them since: a merge adds at the end."""
    for place in LISTS:
        made, was = place.get(inverse.base), place.get(inverse.document)
        if isinstance(made, list) and isinstance(was, list) and matches(place, made, place.get(there)):
            merged = cast(Document, place.put(merged, was))
    return merged


def _on_service(edit: Edit, keyed: Pointer) -> Json | Absent:
    placed = edit.to_positions(keyed)
    if placed is not None:
        return edit.base_value(placed)
    number = keyed.name.removeprefix(_KEY)
    return (keyed.parent / number).get(edit.base) if number.isdigit() else ABSENT


def _stage(staging: Staging, part: Part, found: Document | ApiError | None) -> UndoResult:
    """The kept document of a deleted order as a new one, with its number and order id."""
    named, document = part.named, part.before or {}
    if isinstance(found, ApiError):
        return UndoResult(named, UndoOutcome.FAILED, f"Whether {named.name} is there again could not be read: {found}")
    if found is not None:
        words = f"{named.name} is there again, as #{id_text(found.get('id'))}; nothing was staged."
        return UndoResult(named, UndoOutcome.NOTHING, words)
    if any(key_of(order.document) == key_of(document) and not order.sent for order in staging.orders):
        return UndoResult(
            named, UndoOutcome.NOTHING, f"{named.name} is staged as a new order already; B opens the composer."
        )
    try:
        staging.editing.add_again(document)
    except (BatchLocked, StoreError) as error:
        return UndoResult(named, UndoOutcome.FAILED, f"{named.name} was not staged: {error}")
    return UndoResult(
        named, UndoOutcome.STAGED, f"{named.name} is staged as new: a new id, no shipments or links. B shows it."
    )


def _wanted(part: Part) -> LookupTarget:
    order_id, shop = part.key if any(part.key) else key_of(part.before or {})
    return LookupTarget(order_id, shop, part.remote_id or None)

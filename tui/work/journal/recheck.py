"""Rechecks the changes of a day: which values are unchanged, and which the shop's synchronisation reverted (Q3.15)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from tui.api.client import Client
from tui.api.codec import Document, Json
from tui.api.errors import ApiError
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.query import id_text
from tui.orders.edits.edit import Change
from tui.orders.edits.matching import match_items, name_of
from tui.orders.edits.merge import matches
from tui.orders.fields import entry_of
from tui.orders.paths import KEY
from tui.orders.progress import OnProgress, Progress
from tui.store.journal import WriteKind, WriteState
from tui.store.journal_queries import OrderNames
from tui.store.store import Store
from tui.work.journal.entries import JournalEntry, Part, after, open_entry
from tui.work.writes.lookup import look_up

_AT_ONCE: Final = 50
DONE: Final = (WriteState.CONFIRMED, WriteState.VERIFIED)


class RecheckResult(StrEnum):
    """What happened to a verified value since. The worst result comes first."""

    REVERTED = "reverted"
    CHANGED = "changed again"
    GONE = "gone"
    UNREAD = "not read"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class RecheckedChange:
    """One value: before the change (`was`), as verified (`wanted`), and as it is now (`there`), at `pointer` of
    `document`."""

    order_id: str
    named: OrderNames
    write: int
    at: datetime
    pointer: Pointer
    was: Json | Absent
    wanted: Json | Absent
    there: Json | Absent
    result: RecheckResult
    message: str = ""
    document: Document | None = field(default=None, repr=False)


def entries_of_day(store: Store, account_id: int, base_url: str, day: date, zone: tzinfo) -> list[JournalEntry]:
    """The verified changes of a day in the zone, oldest first, without deletions."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    kinds = (WriteKind.PATCH, WriteKind.UPSERT)
    places = store.journal_queries.find(account_id, states=DONE, kinds=kinds, since=start, until=end)
    entries = (open_entry(store, base_url, id) for id, _ in reversed(places))
    return [entry for entry in entries if entry is not None]


async def recheck(
    client: Client, entries: Sequence[JournalEntry], progress: OnProgress = lambda _: None
) -> list[RecheckedChange]:
    """Read the orders of these writes again, and compare each value with its last write; worst results first.

    May be cancelled at any time. An order that could not be read has one entry that says why.
    """
    orders = list(_by_order(entries).values())
    checks: list[RecheckedChange] = []
    for start in range(0, len(orders), _AT_ONCE):
        chunk = orders[start : start + _AT_ONCE]
        targets = [writes[-1][1].target for writes in chunk]
        for writes, found in zip(chunk, await look_up(client, targets), strict=True):
            checks.extend(_compared(writes, found))
        progress(Progress(min(start + _AT_ONCE, len(orders)), len(orders)))
    ranks = list(RecheckResult)
    return sorted(checks, key=lambda check: ranks.index(check.result))


def compare_with(
    entries: Iterable[JournalEntry], document_of: Callable[[str], Document | None]
) -> Iterator[RecheckedChange]:
    """Compare the values of these writes, the oldest first, with orders that are known already.

    `document_of` returns the order with a Sendcloud id; None leaves it out.
    """
    for order_id, writes in _by_order(entries).items():
        document = document_of(order_id)
        if document is not None:
            yield from _compared(writes, document)


def _by_order(entries: Iterable[JournalEntry]) -> dict[str, list[tuple[JournalEntry, Part]]]:
    """The writes by order: by its Sendcloud id, or else by its upsert key."""
    by_order: dict[str, list[tuple[JournalEntry, Part]]] = {}
    for entry in entries:
        for part in entry.parts:
            by_order.setdefault(part.remote_id or f"{part.key}", []).append((entry, part))
    return by_order


def updated(check: RecheckedChange, document: Document) -> RecheckedChange:
    """The change after its order was read once more."""
    there = check.pointer.get(document)
    result = RecheckResult.UNCHANGED if matches(check.pointer, check.wanted, there) else check.result
    return replace(check, there=there, result=result, document=document)


def _compared(
    writes: Sequence[tuple[JournalEntry, Part]], found: Document | ApiError | None
) -> Iterator[RecheckedChange]:
    entry, part = writes[-1]
    known = (part.remote_id, part.named, entry.write.id, entry.write.at)
    whole = Pointer(())
    if isinstance(found, ApiError):
        yield RecheckedChange(*known, whole, ABSENT, ABSENT, ABSENT, RecheckResult.UNREAD, str(found))
        return
    if found is None or (part.remote_id and id_text(found.get("id")) != part.remote_id):
        yield RecheckedChange(*known, whole, ABSENT, ABSENT, ABSENT, RecheckResult.GONE, "the order no longer exists")
        return
    values: dict[Pointer, _Value] = {}
    for entry, part in writes:
        made = part.sent if part.before is None else after(entry.write, part)
        for change in part.changes:
            pointer = _pointer_now(change, part.before or {}, made or {}, found)
            if pointer is not None:
                earlier = values[pointer].before if pointer in values else []
                values[pointer] = _Value(entry, change, [*earlier, change.was])
    order_id = id_text(found.get("id"))
    for pointer, value in values.items():
        there = pointer.get(found)
        wanted, was = value.change.now, value.change.was
        if matches(pointer, wanted, there):
            result = RecheckResult.UNCHANGED
        elif any(matches(pointer, before, there) for before in value.before):
            result = RecheckResult.REVERTED
        else:
            result = RecheckResult.CHANGED
        write = value.entry.write
        yield RecheckedChange(order_id, part.named, write.id, write.at, pointer, was, wanted, there, result, "", found)


@dataclass(frozen=True, slots=True)
class _Value:
    """The last write of a value, and all values before the writes of that day."""

    entry: JournalEntry
    change: Change
    before: list[Json | Absent]


def _pointer_now(change: Change, before: Document, made: Document, found: Document) -> Pointer | None:
    """The pointer of a changed value in the order as read now; None if it is ambiguous, or only the position changed."""
    if change.moved:
        return None
    item_pointer = entry_of(change.pointer)
    if item_pointer is None:
        return change.pointer
    list_pointer, token = item_pointer.parent, item_pointer.name
    here, there = list_pointer.get(before if token.startswith(KEY) else made), list_pointer.get(found)
    if not isinstance(here, list) or not isinstance(there, list) or not token.removeprefix(KEY).isdigit():
        return None
    number = int(token.removeprefix(KEY))
    if number >= len(here):
        return None
    matched = match_items(here, there)
    if number in matched.ambiguous:
        return None  # never guess among duplicates
    index = matched.found.get(number)
    if index is None:
        names = [name_of(item) for item in there]
        index = names.index(name_of(here[number])) if name_of(here[number]) in names else len(there)
    return list_pointer / index + change.pointer.relative_to(item_pointer)

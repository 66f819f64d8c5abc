"""Reading today's changes again: which still stand, and which the shop's synchronisation has taken back (Q3.15)."""

from collections.abc import Iterator, Sequence
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
from tui.orders.paths import LISTS
from tui.orders.progress import OnProgress, Progress
from tui.store.journal import WriteKind, WriteState
from tui.store.journal_queries import OrderNames
from tui.store.store import Store
from tui.work.journal.entries import JournalEntry, Part, after, open_entry
from tui.work.writes.lookup import LookupTarget, key_of, look_up

_AT_ONCE: Final = 50
_DONE: Final = (WriteState.CONFIRMED, WriteState.VERIFIED)


class RecheckResult(StrEnum):
    """What became of a value that was confirmed."""

    TAKEN_BACK = "taken back"
    CHANGED = "changed again"
    GONE = "gone"
    UNREAD = "not read"
    STANDS = "still so"


@dataclass(frozen=True, slots=True)
class RecheckedChange:
    """One value: what it was, what was confirmed, and what is there. `pointer` leads into `document`, what is there."""

    order_id: str
    named: OrderNames
    write: int
    at: datetime
    pointer: Pointer
    was: Json | Absent
    wanted: Json | Absent
    there: Json | Absent
    verdict: RecheckResult
    words: str = ""
    document: Document | None = field(default=None, repr=False)


def entries_of_day(store: Store, account_id: int, base_url: str, day: date, zone: tzinfo) -> list[JournalEntry]:
    """The confirmed changes of a day in the zone, the first one first; deletions are not among them."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    kinds = (WriteKind.PATCH, WriteKind.UPSERT)
    places = store.journal_queries.find(account_id, states=_DONE, kinds=kinds, since=start, until=end)
    entries = (open_entry(store, base_url, id) for id, _ in reversed(places))
    return [entry for entry in entries if entry is not None]


async def recheck(
    client: Client, entries: Sequence[JournalEntry], progress: OnProgress = lambda _: None
) -> list[RecheckedChange]:
    """Read the orders of these writes again, and judge each value by the last write of it; the bad news first.

    May be cancelled at any time. An order that could not be read has one check that says why.
    """
    by_order: dict[str, list[tuple[JournalEntry, Part]]] = {}
    for entry in entries:
        for part in entry.parts:
            by_order.setdefault(part.remote_id or f"{part.key}", []).append((entry, part))
    orders = list(by_order.values())
    checks: list[RecheckedChange] = []
    for start in range(0, len(orders), _AT_ONCE):
        some = orders[start : start + _AT_ONCE]
        wanted = [_wanted(writes[-1][1]) for writes in some]
        for writes, found in zip(some, await look_up(client, wanted), strict=True):
            checks.extend(_judged(writes, found))
        progress(Progress(min(start + _AT_ONCE, len(orders)), len(orders)))
    ranks = list(RecheckResult)
    return sorted(checks, key=lambda check: ranks.index(check.verdict))


def seen_again(check: RecheckedChange, document: Document) -> RecheckedChange:
    """The check after its order was read once more: whether the value stands now."""
    there = check.pointer.get(document)
    verdict = RecheckResult.STANDS if matches(check.pointer, check.wanted, there) else check.verdict
    return replace(check, there=there, verdict=verdict, document=document)


def _wanted(part: Part) -> LookupTarget:
    order_id, shop = part.key if any(part.key) else key_of(part.before or {})
    return LookupTarget(order_id, shop, part.remote_id or None)


def _judged(
    writes: Sequence[tuple[JournalEntry, Part]], found: Document | ApiError | None
) -> Iterator[RecheckedChange]:
    entry, part = writes[-1]
    known = (part.remote_id, part.named, entry.write.id, entry.write.at)
    whole = Pointer(())
    if isinstance(found, ApiError):
        yield RecheckedChange(*known, whole, ABSENT, ABSENT, ABSENT, RecheckResult.UNREAD, str(found))
        return
    if found is None or (part.remote_id and id_text(found.get("id")) != part.remote_id):
        yield RecheckedChange(
            *known, whole, ABSENT, ABSENT, ABSENT, RecheckResult.GONE, "the order is not there any more"
        )
        return
    values: dict[Pointer, _Value] = {}
    for entry, part in writes:
        made = part.sent if part.before is None else after(entry.write, part)
        for change in part.changes:
            place = _place(change, part.before or {}, made or {}, found)
            if place is not None:
                values[place] = _Value(entry, change, [*(values[place].before if place in values else []), change.was])
    order_id = id_text(found.get("id"))
    for place, value in values.items():
        there = place.get(found)
        wanted, was = value.change.now, value.change.was
        if matches(place, wanted, there):
            verdict = RecheckResult.STANDS
        elif any(matches(place, one, there) for one in value.before):
            verdict = RecheckResult.TAKEN_BACK
        else:
            verdict = RecheckResult.CHANGED
        write = value.entry.write
        yield RecheckedChange(order_id, part.named, write.id, write.at, place, was, wanted, there, verdict, "", found)


@dataclass(frozen=True, slots=True)
class _Value:
    """The last write of a value, and all that the value was before writes of that day."""

    entry: JournalEntry
    change: Change
    before: list[Json | Absent]


def _place(change: Change, before: Document, made: Document, found: Document) -> Pointer | None:
    """Where a changed value stands in what was read now; None where that cannot be told, or its order alone changed."""
    if change.moved:
        return None
    for place in LISTS:
        if len(change.pointer) <= len(place) or not change.pointer.startswith(place):
            continue
        token = change.pointer.tokens[len(place)]
        removed = token.startswith("~")
        here, there = place.get(before if removed else made), place.get(found)
        if not isinstance(here, list) or not isinstance(there, list) or not token.removeprefix("~").isdigit():
            return None
        number = int(token.removeprefix("~"))
        if number >= len(here):
            return None
        matched = match_items(here, there)
        if number in matched.ambiguous:
            return None  # twins are never guessed
        at = matched.found.get(number)
        if at is None:
            names = [name_of(one) for one in there]
            at = names.index(name_of(here[number])) if name_of(here[number]) in names else len(there)
        return Pointer((*place.tokens, str(at), *change.pointer.tokens[len(place) + 1 :]))
    return change.pointer

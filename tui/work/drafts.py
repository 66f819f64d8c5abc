"""Drafts: the edits of orders that the service has, on disk before they are on the screen (decisions 7, 18)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from tui.api.codec import Document, Json, same
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer
from tui.orders.compare import compare
from tui.orders.edit import Edit, same_or_absent
from tui.orders.fields import LISTS
from tui.orders.patch import Patch, smallest_patch
from tui.store.store import Store


@dataclass(slots=True)
class Draft:
    """The edit of one order. `read_at`: when its base was read. `stored`: whether it is on disk yet."""

    order_id: str
    edit: Edit
    read_at: datetime
    stored: bool = False
    kept: Json = None
    """The steps as they are on disk, by which this copy of the app knows its own draft from another copy's."""

    @property
    def patch(self) -> Patch:
        return smallest_patch(self.edit)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that was changed here and on the service since: what it was, what it is there, what it is here."""

    pointer: Pointer
    base: Json | Absent
    theirs: Json | Absent
    mine: Json | Absent


@dataclass(frozen=True, slots=True)
class Typing:
    """Text in an editor that was not taken yet. `place`: the order's id, or a staged order's (which has letters)."""

    place: str
    pointer: Pointer
    text: str


class Drafts:
    """All drafts of an account. Each change is durable before the call returns."""

    def __init__(self, store: Store, account: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._account = account
        self._now = now
        self._drafts: dict[str, Draft] = {}
        for kept in store.edits.all(account):
            edit = Edit.load(cast(Document, kept.base), kept.log)
            self._drafts[kept.order_id] = Draft(kept.order_id, edit, kept.read_at, stored=True, kept=kept.log)

    def all(self) -> list[Draft]:
        """The drafts that change something, the oldest first."""
        return [draft for draft in self._drafts.values() if draft.edit.dirty]

    def get(self, order_id: str) -> Draft | None:
        """The draft of an order, if it changes something."""
        draft = self._drafts.get(order_id)
        return draft if draft is not None and draft.edit.dirty else None

    def of(self, order_id: str, document: Document, read_at: datetime) -> Draft:
        """The draft of an order, begun from this document if there is none yet."""
        draft = self._drafts.get(order_id)
        if draft is None or not (draft.edit.dirty or draft.edit.steps):
            draft = self._drafts[order_id] = Draft(order_id, Edit(document), read_at)
        return draft

    def save(self, draft: Draft) -> None:
        """Bring the steps of a draft to the platter; a draft that changes nothing and can be forgotten is."""
        if not draft.edit.steps:
            self.drop(draft)
        else:
            self._keep(draft, draft.read_at)
        self._drafts[draft.order_id] = draft

    def _keep(self, draft: Draft, read_at: datetime) -> None:
        log = draft.edit.log()
        if self._store.edits.get(self._account, draft.order_id) is None:
            # New, or another copy of the app has sent and dropped its draft of the same order.
            self._store.edits.start(self._account, draft.order_id, draft.edit.base, read_at, log)
        self._store.edits.rebase(self._account, draft.order_id, draft.edit.base, read_at, log)
        draft.stored, draft.kept = True, log

    def drop(self, draft: Draft) -> None:
        """Forget a draft; what it said stays in the journal if it was sent."""
        self._drafts.pop(draft.order_id, None)
        if draft.stored:
            found = self._store.edits.get(self._account, draft.order_id)
            if found is not None and same(found.log, draft.kept):
                self._store.edits.drop(self._account, draft.order_id)
            draft.stored = False

    def rebase(self, draft: Draft, document: Document, read_at: datetime) -> list[Clash]:
        """Set a draft on what the service has now. What both sides changed otherwise is returned, mine being kept."""
        if same(draft.edit.base, document):
            draft.read_at = read_at
            return []
        clashes, moved = merge(draft.edit, document)
        draft.edit = moved
        draft.read_at = read_at
        if draft.stored:
            self._keep(draft, read_at)
        return clashes

    def type(self, typing: Typing) -> None:
        """Keep the text in an open editor, before it is drawn."""
        self._store.state.put(self._account, _typing_key(typing.place, typing.pointer), typing.text)

    def untype(self, place: str, pointer: Pointer) -> None:
        """Forget what was typed here: it was taken, or given up."""
        self._store.state.delete(self._account, _typing_key(place, pointer))

    def typed(self, place: str) -> dict[Pointer, str]:
        """What was typed into the fields of an order and never taken."""
        prefix = _typing_key(place, ROOT)
        kept = self._store.state.all(self._account, prefix)
        return {Pointer.parse(key.removeprefix(prefix)): str(text) for key, text in kept.items()}


def _typing_key(place: str, pointer: Pointer) -> str:
    return f"typing:{place}:{pointer}"


def merge(edit: Edit, theirs: Document) -> tuple[list[Clash], Edit]:
    """The same changes on a newer document; what both changed is told and stays as the user made it."""
    clashes: list[Clash] = []
    values: list[tuple[Pointer, Json | Absent]] = []
    removed: list[Pointer] = []
    added: dict[Pointer, Json] = {}
    for change in edit.changes():
        entry = _entry_of(edit, change.pointer)
        if entry is not None and entry.name.startswith("~"):
            there = _entry_there(edit, entry.parent / entry.name.removeprefix("~"), theirs)
            if there is not None:  # else it is gone there, too
                removed.append(there)
                if not same_or_absent(there.get(theirs), change.was):
                    clashes.append(Clash(there, change.was, there.get(theirs), ABSENT))
            continue
        if entry is not None and (origin := edit.origin(entry)) is None:
            added[entry] = cast(Json, entry.get(edit.document))
            continue
        there = change.pointer
        if entry is not None:
            place = _entry_there(edit, cast(Pointer, origin), theirs)
            if place is None:
                clashes.append(Clash(change.pointer, change.was, ABSENT, change.now))
                continue
            there = place + change.pointer.relative_to(entry)
        now_there = there.get(theirs)
        if _is_met(there, change.now, now_there):
            continue
        if not same_or_absent(now_there, change.was):
            clashes.append(Clash(there, change.was, now_there, change.now))
        values.append((there, change.now))
    moved = Edit(theirs)
    moved.put_all(_applicable(values), _ON_NEWER)
    for place in sorted(removed, key=lambda entry: int(entry.name), reverse=True):
        moved.remove(place, _ON_NEWER)
    for entry, value in added.items():
        entries = entry.parent.get(moved.document)
        if _has_new(entry.parent, value, edit.base, theirs):
            continue
        moved.insert(entry.parent, len(entries) if isinstance(entries, list) else 0, value, _ON_NEWER)
    return clashes, moved


_ON_NEWER = "your changes, on what the service has now"


def _entry_of(edit: Edit, pointer: Pointer) -> Pointer | None:
    """The entry of a list that this is or lies in."""
    for place in LISTS:
        if len(pointer) > len(place) and pointer.startswith(place) and isinstance(place.get(edit.document), list):
            return Pointer(pointer.tokens[: len(place) + 1])
    return None


def _entry_there(edit: Edit, origin: Pointer, theirs: Document) -> Pointer | None:
    """Where an entry of the base stands in the newer document: found by name, and by its place among those of a name."""
    place, was = origin.parent, origin.get(edit.base)
    name = was.get("name") if isinstance(was, dict) else None
    entries = place.get(theirs)
    names = [one.get("name") if isinstance(one, dict) else None for one in entries] if isinstance(entries, list) else []
    places = [position for position, other in enumerate(names) if other == name]
    if len(places) == 1:
        return place / places[0]
    return origin if int(origin.name) in places else None


def _is_met(pointer: Pointer, wanted: Json | Absent, there: Json | Absent) -> bool:
    """Whether the service has what was wanted, in whatever spelling; null was met by taking the key away (Q4.16)."""
    if wanted is ABSENT or there is ABSENT:
        return wanted is there or wanted is None
    return not compare(pointer.put({}, wanted), pointer.put({}, there))


def _has_new(place: Pointer, wanted: Json, base: Document, theirs: Document) -> bool:
    """Whether an entry like this came to the service's list since the base was read: it was sent, and is there."""
    before, now = place.get(base), place.get(theirs)
    known = before if isinstance(before, list) else []
    come = [one for one in now if not any(same(one, other) for other in known)] if isinstance(now, list) else []
    return any(not compare(wanted, one) for one in come)


def _applicable(values: Iterable[tuple[Pointer, Json | Absent]]) -> list[tuple[Pointer, Json | Absent]]:
    return sorted(values, key=lambda pair: (pair[1] is ABSENT, pair[0]))

"""Three-way merge by pointer: the same changes on a newer document, and what both sides changed (QUIRKS 3.14)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from tui.api.codec import Document, Json, same
from tui.api.pointer import ABSENT, Absent, Pointer, position_of
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import KEY, Change, Edit, EditOperation, EditStep, same_or_absent
from tui.orders.edits.matching import Match, match
from tui.orders.fields import field_at
from tui.orders.paths import LISTS

_ON_NEWER = "your changes, on what the service has now"
_STAMPS = ("modified_at",)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was changed here and on the service since: what it was, what it is there, what it is here.

    `pointer` names entries of lists by their keys in the merged edit, so that it stays when entries move. Where
    something goes whole (a price, a measure, a list whose entries cannot be told apart) the clash is about the whole.
    `decided`: the user keeps what is here.
    """

    pointer: Pointer
    base: Json | Absent
    theirs: Json | Absent
    mine: Json | Absent
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """`edit`: mine on theirs, with mine where both changed; `taken`: what only the service changed.

    `clashes` are new, `earlier` those of before that this merge has not settled.
    """

    edit: Edit
    clashes: tuple[Conflict, ...]
    taken: tuple[Change, ...]
    earlier: tuple[Conflict, ...] = ()


def merge(edit: Edit, theirs: Document, earlier: Sequence[Conflict] = (), *, sent: bool = False) -> Merged:
    """Set an edit on a newer document. Items are matched by name, then by order; twins are never guessed (Q3.2).

    What one side alone changed is merged; what both changed otherwise is a clash, and nothing of either is lost. The
    steps of the edit stay its steps where all of them come to the same on the newer document. `sent`: this is what came
    of sending the edit, so that a null is done with where there is no key, even if there never was one.
    """
    work = _Merging(edit, theirs, sent=sent)
    merged = work.merged()
    clashes = work.clashes()
    kept = tuple(work.again(earlier, clashes))
    return Merged(merged, clashes, tuple(_taken(edit.base, theirs, [*clashes, *kept])), kept)


def is_met(pointer: Pointer, wanted: Json | Absent, there: Json | Absent) -> bool:
    """Whether the service has what was wanted, in whatever spelling; null and no key are one (Q4.16)."""
    if wanted is ABSENT or wanted is None or there is ABSENT:
        return wanted in (ABSENT, None) and there in (ABSENT, None)
    return not compare(pointer.put({}, wanted), pointer.put({}, there))


def is_open(edit: Edit, clash: Conflict) -> bool:
    """Whether a clash is not decided, and the edit still says otherwise than the service at its place."""
    if clash.decided:
        return False
    pointer = edit.placed(clash.pointer)
    here = ABSENT if pointer is None else pointer.get(edit.document)
    return not same_or_absent(here, clash.theirs)


def take_theirs(edit: Edit, clash: Conflict, name: str) -> bool:
    """Give the service's side of a clash back, as one step; False if it is that already."""
    place = clash.pointer.parent
    pointer = edit.placed(clash.pointer)
    if pointer is None:
        # An entry that was removed here and changed there.
        number = clash.pointer.name.removeprefix(KEY)
        return place in LISTS and number.isdigit() and edit.restore(place, int(number), name)
    if clash.pointer in LISTS and isinstance(clash.theirs, list):
        return edit.become(cast(Document, pointer.put(edit.document, clash.theirs)), name)
    return edit.put_all([(pointer, clash.theirs)], name)


def _taken(base: Document, theirs: Document, clashes: Sequence[Conflict]) -> Iterator[Change]:
    """What only the service changed, with the places it has there."""
    for change in Edit.between(base, theirs, "").changes():
        keyed = _keyed(change.pointer)
        known = (keyed.startswith(clash.pointer) or clash.pointer.startswith(keyed) for clash in clashes)
        if change.pointer.name not in _STAMPS and not any(known):
            yield change


def _keyed(pointer: Pointer) -> Pointer:
    """A place of the newer document as an edit of it names it."""
    for place in LISTS:
        if len(pointer) > len(place) and pointer.startswith(place):
            token, rest = pointer.tokens[len(place)], pointer.tokens[len(place) + 1 :]
            if position_of(token) is not None:
                return Pointer((*place.tokens, KEY + token, *rest))
    return pointer


class _Merging:
    """One merge: changes of the edit are carried over one by one; what goes whole is judged as a whole."""

    def __init__(self, edit: Edit, theirs: Document, *, sent: bool) -> None:
        self._edit = edit
        self._sent = sent
        self._theirs = theirs
        self._changes = list(edit.changes())
        self._matches: dict[Pointer, Match] = {}
        self._clashes: dict[Pointer, Conflict] = {}
        self._values: list[tuple[Pointer, Json | Absent]] = []
        self._removed: dict[Pointer, None] = {}
        self._added: dict[Pointer, Json] = {}
        self._gone: dict[Pointer, Conflict] = {}
        self._come: dict[Pointer, list[Json]] = {}
        self._wholes = tuple(self._whole_lists())

    def merged(self) -> Edit:
        """Mine on theirs; where it can be, with the steps that led to mine."""
        for change in self._changes:
            if not any(change.pointer.startswith(place) for place in self._wholes):
                self._carry(change)
        moved = Edit(self._theirs)
        moved.reserve(self._edit.made)
        moved.put_all(sorted(self._values, key=lambda pair: (pair[1] is ABSENT, pair[0])), _ON_NEWER)
        for entry in sorted(self._removed, key=lambda entry: int(entry.name), reverse=True):
            moved.remove(entry, _ON_NEWER)
        for place in LISTS:
            if place in self._wholes:
                self._list_as_mine(moved, place)
            else:
                self._arrange(moved, place)
                self._add_entries(moved, place)
        moved.squash(self._edit.steps[0].name if self._edit.done == 1 else _ON_NEWER)
        replayed = None if self._wholes or self._edit.done < 2 else self._replayed()
        return replayed if replayed is not None and same(replayed.document, moved.document) else moved

    def clashes(self) -> tuple[Conflict, ...]:
        """The new clashes, without those that are part of another one."""
        found = self._clashes
        return tuple(
            found[pointer]
            for pointer in sorted(found)
            if not any(pointer != other and pointer.startswith(other) for other in found)
        )

    def again(self, earlier: Sequence[Conflict], fresh: Sequence[Conflict]) -> Iterator[Conflict]:
        """The earlier clashes at their places in the merged edit, without those that a new one is about."""
        for clash in earlier:
            pointer = self._rekeyed(clash.pointer)
            if pointer is None or any(
                pointer.startswith(one.pointer) or one.pointer.startswith(pointer) for one in fresh
            ):
                continue
            yield replace(clash, pointer=pointer)

    # Lists that cannot be merged entry by entry.

    def _whole_lists(self) -> Iterator[Pointer]:
        for place in LISTS:
            base, there = place.get(self._edit.base), place.get(self._theirs)
            here = [change for change in self._changes if change.pointer.startswith(place)]
            if not here or not isinstance(base, list) or not isinstance(place.get(self._edit.document), list):
                continue
            if not isinstance(there, list):
                yield place
                continue
            known = self._matches[place] = match(base, there)
            touched = {origin for change in here if (origin := self._origin(change.pointer, place)) is not None}
            stand = [known.found[position] for position in sorted(known.found)]
            both_moved = any(change.moved for change in here) and (bool(known.unsure) or stand != sorted(stand))
            if touched & known.unsure or both_moved:
                yield place

    def _origin(self, pointer: Pointer, place: Pointer) -> int | None:
        """The place in the base of the entry that a change is in; None for an added one, and for the list itself."""
        if len(pointer) == len(place):
            return None
        token = pointer.tokens[len(place)]
        if token.startswith(KEY):
            return int(token.removeprefix(KEY))
        origin = self._edit.origin(place / token)
        return None if origin is None else int(origin.name)

    def _list_as_mine(self, moved: Edit, place: Pointer) -> None:
        base, mine = place.get(self._edit.base), cast(Json, place.get(self._edit.document))
        there = place.get(self._theirs)
        if not is_met(place, mine, there):
            moved.become(cast(Document, place.put(moved.document, mine)), _ON_NEWER)
            self._clashes[place] = Conflict(place, base, there, mine)

    # Entries.

    def _add_entries(self, moved: Edit, place: Pointer) -> None:
        for entry, value in self._added.items():
            if entry.parent != place or (entry not in self._gone and self._has_new(place, value)):
                continue
            at = self._place_for(moved, entry)
            if entry not in self._gone:
                moved.insert(place, at, value, _ON_NEWER, key=self._edit.keyed(entry).name)
            else:
                gone, keyed = self._gone[entry], moved.keyed(moved.insert(place, at, value, _ON_NEWER))
                self._clashes[keyed] = Conflict(keyed, gone.base, gone.theirs, gone.mine)

    def _place_for(self, moved: Edit, entry: Pointer) -> int:
        """Where an added entry comes: at the end if it was added there, else behind the one that it stood behind."""
        place, mine = entry.parent, self._edit.keys(entry.parent)
        known, there = self._matches.get(entry.parent), moved.keys(entry.parent)

        def key_there(key: str) -> str:
            number = key.removeprefix(KEY)
            if not number.isdigit() or known is None:
                return key
            return f"{KEY}{known.found[int(number)]}" if int(number) in known.found else ""

        at = int(entry.name)
        if not any(key_there(key) in there and key.removeprefix(KEY).isdigit() for key in mine[at + 1 :]):
            entries = place.get(moved.document)
            return len(entries) if isinstance(entries, list) else 0
        before = [there.index(key_there(key)) for key in mine[:at] if key_there(key) in there]
        return before[-1] + 1 if before else 0

    def _has_new(self, place: Pointer, wanted: Json) -> bool:
        """Whether an entry like this came to the service's list since the base was read: it was sent, and is there."""
        if place not in self._come:
            now, known = place.get(self._theirs), self._matches.get(place)
            old = set(known.found.values()) if known is not None else set()
            self._come[place] = [one for at, one in enumerate(now) if at not in old] if isinstance(now, list) else []
        come = self._come[place]
        found = next((at for at, one in enumerate(come) if not compare(wanted, one)), None)
        if found is not None:
            del come[found]
        return found is not None

    def _arrange(self, moved: Edit, place: Pointer) -> None:
        """The entries that both have, in the user's order, on the places that they have among the others."""
        known, mine = self._matches.get(place), place.get(self._edit.document)
        if known is None or not isinstance(mine, list):
            return
        if not any(change.moved and change.pointer == place for change in self._changes):
            return
        origins = [self._edit.origin(place / position) for position in range(len(mine))]
        there = [known.found.get(int(origin.name)) for origin in origins if origin is not None]
        wanted = [key for one in there if one is not None and (key := f"{KEY}{one}") in moved.keys(place)]
        places = [number for number, key in enumerate(moved.keys(place)) if key in wanted]
        for number, key in zip(places, wanted, strict=True):
            moved.move(place / moved.keys(place).index(key), number, _ON_NEWER)

    # One change.

    def _carry(self, change: Change) -> None:
        place = self._list_of(change.pointer)
        if place is None:
            if not change.moved:
                self._value(change.pointer, change.pointer, change)
            return
        entry = Pointer(change.pointer.tokens[: len(place) + 1])
        if entry.name.startswith(KEY):
            self._remove(place, int(entry.name.removeprefix(KEY)), change)
            return
        origin = self._edit.origin(entry)
        if origin is None:
            self._added[entry] = cast(Json, entry.get(self._edit.document))
            return
        known = self._matches.get(place)
        there = known.found.get(int(origin.name)) if known is not None else None
        if there is None:
            # The service removed what was changed here: it is added again, which is for the user to decide.
            mine = self._added[entry] = cast(Json, entry.get(self._edit.document))
            self._gone[entry] = Conflict(entry, origin.get(self._edit.base), ABSENT, mine)
            return
        self._value(place / there + change.pointer.relative_to(entry), change.pointer, change)

    def _list_of(self, pointer: Pointer) -> Pointer | None:
        """The list of objects that a change lies in."""
        for place in LISTS:
            inside = len(pointer) > len(place) and pointer.startswith(place)
            if inside and isinstance(place.get(self._edit.document), list):
                return place
        return None

    def _remove(self, place: Pointer, origin: int, change: Change) -> None:
        known = self._matches.get(place)
        there = known.found.get(origin) if known is not None else None
        if there is None:
            return  # it is gone there, too
        self._removed[place / there] = None
        now = (place / there).get(self._theirs)
        if not same_or_absent(now, change.was):
            keyed = place / f"{KEY}{there}"
            self._clashes[keyed] = Conflict(keyed, change.was, now, ABSENT)

    def _value(self, there: Pointer, here: Pointer, change: Change) -> None:
        now = there.get(self._theirs)
        # What the service has not touched is still to be changed, if only in its spelling.
        if is_met(there, change.now, now) and (self._sent or not same_or_absent(now, change.was)):
            return
        unit = _unit(there)
        if unit != there:
            above = Pointer(here.tokens[: len(here) - (len(there) - len(unit))])
            if self._changed_beside(unit, there, above):
                # Half of each side would mean nothing.
                mine, keyed = above.get(self._edit.document), _keyed(unit)
                self._clashes[keyed] = Conflict(keyed, self._edit.base_value(above), unit.get(self._theirs), mine)
                self._values.append((unit, mine))
                return
        if not same_or_absent(now, change.was):
            keyed = _keyed(there)
            self._clashes[keyed] = Conflict(keyed, change.was, now, change.now)
        self._values.append((there, change.now))

    def _changed_beside(self, unit: Pointer, there: Pointer, above: Pointer) -> bool:
        """Whether the service changed another part of what goes whole."""
        now, was, part = unit.get(self._theirs), self._edit.base_value(above), there.relative_to(unit)
        if not isinstance(now, dict) or not isinstance(was, dict):
            return False
        return not same(part.drop(now), part.drop(was))

    # The steps.

    def _replayed(self) -> Edit | None:
        """The steps of the edit done again on the newer document; None where one of them cannot be."""
        steps = []
        for step in self._edit.steps[: self._edit.done]:
            touches = []
            for touch in step.touches:
                if touch.keys is not None:
                    return None
                pointer = self._rekeyed(touch.pointer)
                if pointer is not None:  # else its entry is gone there
                    touches.append(EditOperation(pointer, touch.before, touch.after, touch.at))
            steps.append(EditStep(step.name, tuple(touches)))
        moved = Edit(self._theirs)
        moved.reserve(self._edit.made)
        return moved if moved.replay(steps) else None

    def _rekeyed(self, pointer: Pointer) -> Pointer | None:
        for place in LISTS:
            if len(pointer) <= len(place) or not pointer.startswith(place):
                continue
            number = pointer.tokens[len(place)].removeprefix(KEY)
            if not number.isdigit():
                return pointer
            known = self._matches.get(place)
            there = known.found.get(int(number)) if known is not None else None
            rest = pointer.tokens[len(place) + 1 :]
            return None if there is None else Pointer((*place.tokens, f"{KEY}{there}", *rest))
        return pointer


def _unit(pointer: Pointer) -> Pointer:
    """The outermost thing around this that goes whole; the pointer itself if there is none."""
    for length in range(1, len(pointer) + 1):
        part = Pointer(pointer.tokens[:length])
        known = field_at(part)
        if known is not None and known.whole:
            return part
    return pointer

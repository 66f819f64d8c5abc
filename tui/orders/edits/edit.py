"""An edit: what was read, what the user makes of it, and the log of steps in between that can be undone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

from tui.api.codec import Document, Json, same
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer, position_of
from tui.orders.edits.matching import pair
from tui.orders.fields import field_at
from tui.orders.paths import LISTS

KEY: Final = "~"
"""Begins the key of an entry: followed by its place in the base, or by `n` and a number if it was added."""


ItemKeys: TypeAlias = dict[Pointer, tuple[str, ...]]
"""The keys of the entries of lists of objects, in their order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs: where (with positions of the edited document), what it was, what it is to be.

    `moved`: the entries of a list of objects stand in another order; the values are then the names of those that were
    read, in the old and in the new order.
    """

    pointer: Pointer
    was: Json | Absent
    now: Json | Absent
    moved: bool = False


@dataclass(frozen=True, slots=True)
class EditOperation:
    """One recorded change of the log. Its pointer names entries of lists by key; `at` is a place in such a list.

    `keys`: where lists were replaced with what stands around them, the keys of their entries before and after.
    """

    pointer: Pointer
    before: Json | Absent
    after: Json | Absent
    at: int | None = None
    keys: tuple[ItemKeys, ItemKeys] | None = None


@dataclass(frozen=True, slots=True)
class EditStep:
    """What one action of the user changed, under the name that undo shows."""

    name: str
    touches: tuple[EditOperation, ...]


@dataclass(slots=True)
class Edit:
    """A document being edited.

    `base` is never changed. Entries of the lists of objects have keys of their own, so that a pointer kept in the log,
    in a problem or in a mark still means the same item after items were moved or removed (design, decision 14).
    """

    base: Document
    steps: list[EditStep] = field(default_factory=list)
    done: int = 0
    document: Document = field(init=False)
    _keys: dict[Pointer, list[str]] = field(init=False, default_factory=dict)
    _made: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.document = self.base
        for place in LISTS:
            entries = place.get(self.base)
            if isinstance(entries, list):
                self._keys[place] = [f"{KEY}{position}" for position in range(len(entries))]
        for step in self.steps[: self.done]:
            for touch in step.touches:
                self._redo(touch)

    @classmethod
    def between(cls, base: Document, wanted: Document, name: str) -> "Edit":
        """The edit that makes one document of another, as one step."""
        edit = cls(base)
        edit.become(wanted, name)
        return edit

    # What the user does

    def put(self, pointer: Pointer, value: Json, name: str) -> bool:
        """Set the value here as one step; False if it is that already."""
        return self._step(name, [(pointer, value)])

    def drop(self, pointer: Pointer, name: str) -> bool:
        """Leave out what is here as one step; an object that becomes empty by it goes too, unless it was read so."""
        targets = pointer
        while len(targets) > 1:
            above = targets.parent.get(self.document)
            if not isinstance(above, dict) or set(above) - {targets.name} or targets.parent in LISTS:
                break
            if (
                isinstance(targets.parent.parent.get(self.document), list)
                or targets.parent.get(self.base) is not ABSENT
            ):
                break
            targets = targets.parent
        return self._step(name, [(targets, ABSENT)])

    def put_all(self, values: Iterable[tuple[Pointer, Json | Absent]], name: str) -> bool:
        """Several values as one step."""
        return self._step(name, values)

    def revert(self, pointer: Pointer, name: str) -> bool:
        """Give back what was read here."""
        value = self.base_value(pointer)
        return self.drop(pointer, name) if value is ABSENT else self._step(name, [(pointer, value)])

    def insert(self, place: Pointer, position: int, entry: Json, name: str, *, key: str = "") -> Pointer:
        """Put a new entry into a list of objects and return its pointer. `key`: one that was reserved for it."""
        self._cut()
        touches = []
        if not isinstance(place.get(self.document), list):
            touches.extend(self._touch_at(place, []))
        if not key:
            self._made += 1
        keyed = place / (key or f"{KEY}n{self._made}")
        touches.append(EditOperation(keyed, ABSENT, entry, position))
        self._apply(keyed, entry, position)
        self._record(EditStep(name, tuple(touches)))
        return place / position

    def remove(self, pointer: Pointer, name: str) -> bool:
        """Take an entry out of a list of objects."""
        return self._step(name, [(pointer, ABSENT)])

    def restore(self, place: Pointer, origin: int, name: str) -> bool:
        """Bring an entry of the base back that was removed, as near to its old place as can be; False if it is there."""
        entries = place.get(self.base)
        keys = self._keys.get(place, [])
        key = f"{KEY}{origin}"
        if key in keys or not isinstance(entries, list) or origin >= len(entries):
            return False
        before = {f"{KEY}{position}" for position in range(origin)}
        at = max((position + 1 for position, other in enumerate(keys) if other in before), default=0)
        self._cut()
        touches = [] if isinstance(place.get(self.document), list) else self._touch_at(place, [])
        touches.append(EditOperation(place / key, ABSENT, entries[origin], at))
        self._redo(touches[-1])
        self._record(EditStep(name, tuple(touches)))
        return True

    def move(self, pointer: Pointer, position: int, name: str) -> Pointer:
        """Put an entry of a list of objects in another place of the list, as one step; the pointer it has then."""
        place, here = pointer.parent, int(pointer.name)
        count = len(cast(list[Json], place.get(self.document)))
        position = max(0, min(position, count - 1))
        if position != here:
            self._cut()
            self._record(EditStep(name, tuple(self._move(place, here, position))))
        return place / position

    def become(self, document: Document, name: str) -> bool:
        """Make the edited document equal to another one, as one step; False if it is.

        Entries of the lists of objects stay the same entries where `tui.orders.edits.matching.pair` finds them again.
        """
        touches = tuple(self._becoming(ROOT, self.document, document))
        if not touches:
            return False
        self._cut()
        self._record(EditStep(name, touches))
        return True

    def replay(self, steps: Iterable[EditStep]) -> bool:
        """Do the steps of an edit of another document here, each touch from what stands here now.

        False, and the edit is of no use, where one of them cannot be done.
        """
        for step in steps:
            touches: list[EditOperation] = []
            lifted: dict[str, Json] = {}
            for touch in step.touches:
                if touch.pointer.parent in LISTS and touch.at is not None:
                    again = self._replayed(touch, lifted)
                    if again is None:
                        return False
                    touches.extend(again)
                elif (placed := self.placed(touch.pointer)) is not None:
                    if any(place.startswith(placed) for place in LISTS):
                        return False
                    touches.extend(self._touch_at(placed, touch.after))
            self._record(EditStep(step.name, tuple(touches)))
        return True

    def squash(self, name: str) -> None:
        """All that was done as one step of this name."""
        touches = tuple(touch for step in self.steps[: self.done] for touch in step.touches)
        self.steps = [EditStep(name, touches)] if touches else []
        self.done = len(self.steps)

    def undo(self) -> str | None:
        """Take back the last step; its name, or None if there is none."""
        if not self.done:
            return None
        self.done -= 1
        step = self.steps[self.done]
        for touch in reversed(step.touches):
            self._undo(touch)
        return step.name

    def redo(self) -> str | None:
        """Do again what was undone last; its name, or None."""
        if self.done == len(self.steps):
            return None
        step = self.steps[self.done]
        self.done += 1
        for touch in step.touches:
            self._redo(touch)
        return step.name

    # What came of it

    @property
    def made(self) -> int:
        """How many keys were made for added entries."""
        return self._made

    def reserve(self, made: int) -> None:
        """Let no new key be one of the first so many, which another edit has given away."""
        self._made = max(self._made, made)

    def keys(self, place: Pointer) -> tuple[str, ...]:
        """The keys of the entries of a list of objects, in their order."""
        return tuple(self._keys.get(place, ()))

    @property
    def dirty(self) -> bool:
        return next(self.changes(), None) is not None

    def value(self, pointer: Pointer) -> Json | Absent:
        return pointer.get(self.document)

    def base_value(self, pointer: Pointer) -> Json | Absent:
        """What was read at this place of the edited document; ABSENT for an entry that was added."""
        origin = self.origin(pointer)
        return ABSENT if origin is None else origin.get(self.base)

    def origin(self, pointer: Pointer) -> Pointer | None:
        """Where this place of the edited document stood in the base, or None for an entry that was added."""
        keyed = self.keyed(pointer)
        for place in LISTS:
            if len(keyed) > len(place) and keyed.startswith(place):
                number = keyed.tokens[len(place)].removeprefix(KEY)
                if not number.isdigit():
                    return None
                return Pointer((*place.tokens, number, *keyed.tokens[len(place) + 1 :]))
        return pointer

    def changes(self) -> Iterator[Change]:
        """What differs from the base, value by value, in document order; entries of lists are matched by their keys."""
        yield from self._differences(self.base, self.document, ROOT)

    def keyed(self, pointer: Pointer) -> Pointer:
        """The pointer with keys in place of positions."""
        for place in LISTS:
            if len(pointer) > len(place) and pointer.startswith(place):
                token, keys = pointer.tokens[len(place)], self._keys.get(place, [])
                position = position_of(token, len(keys))
                if position is not None:
                    return Pointer((*place.tokens, keys[position], *pointer.tokens[len(place) + 1 :]))
        return pointer

    def placed(self, keyed: Pointer) -> Pointer | None:
        """The pointer with positions in place of keys; None if its entry is gone."""
        for place in LISTS:
            if len(keyed) > len(place) and keyed.startswith(place):
                token, keys = keyed.tokens[len(place)], self._keys.get(place, [])
                if token in keys:
                    return Pointer((*place.tokens, str(keys.index(token)), *keyed.tokens[len(place) + 1 :]))
                return None if token.startswith(KEY) else keyed
        return keyed

    def gone(self, place: Pointer) -> list[int]:
        """The positions in the base of the entries of this list that the edit has removed."""
        entries = place.get(self.base)
        kept = set(self._keys.get(place, []))
        count = len(entries) if isinstance(entries, list) else 0
        return [position for position in range(count) if f"{KEY}{position}" not in kept]

    # To disk and back

    def log(self) -> Json:
        """The steps as JSON; with the base they give the edit back (`Edit.load`)."""
        steps: list[Json] = [
            {"name": step.name, "touches": [_dump(touch) for touch in step.touches]} for step in self.steps
        ]
        return {"done": self.done, "made": self._made, "steps": steps}

    @classmethod
    def load(cls, base: Document, log: Json) -> "Edit":
        """Rebuild an edit from its base and its log."""
        if not isinstance(log, dict):
            return cls(base)
        steps = [
            EditStep(str(step["name"]), tuple(_load(touch) for touch in cast(list[Document], step["touches"])))
            for step in cast(list[Document], log.get("steps") or [])
        ]
        edit = cls(base, steps, cast(int, log.get("done") or 0))
        edit._made = cast(int, log.get("made") or 0)
        return edit

    # How it is done

    def _step(self, name: str, values: Iterable[tuple[Pointer, Json | Absent]]) -> bool:
        wanted = [
            (pointer, value) for pointer, value in values if not same_or_absent(pointer.get(self.document), value)
        ]
        if not wanted:
            return False
        self._cut()
        keyed = [(self.keyed(pointer), value) for pointer, value in wanted]
        touches = []
        for pointer, value in keyed:
            placed = self.placed(pointer)
            if placed is not None:
                touches.extend(self._touch_at(placed, value))
        self._record(EditStep(name, tuple(touches)))
        return True

    def _touch_at(self, pointer: Pointer, value: Json | Absent) -> list[EditOperation]:
        # What stands in the way of a missing object (null, or a value of another type) is replaced by an object first,
        # and the outermost object that is missing is made by itself, so that undo takes it away again.
        found = pointer.parent.resolve(self.document)
        touches = []
        if value is not ABSENT and not _can_hold(found.node, (*found.missing.tokens, pointer.name)[0]):
            touches.append(self._touch(found.found, {}))
        elif value is not ABSENT and found.missing.tokens and isinstance(found.node, dict):
            touches.append(self._touch(found.found / found.missing.tokens[0], {}))
        touches.append(self._touch(pointer, value))
        return touches

    def _touch(self, pointer: Pointer, value: Json | Absent) -> EditOperation:
        keyed, before = self.keyed(pointer), pointer.get(self.document)
        at = position_of(pointer.name) if pointer.parent in LISTS else None
        lists = [place for place in LISTS if place.startswith(pointer)]
        keys = {place: tuple(self._keys[place]) for place in lists if place in self._keys}
        self._apply(keyed, value, at)
        renewed = {place: tuple(self._keys[place]) for place in lists if place in self._keys}
        return EditOperation(keyed, before, value, at, (keys, renewed) if keys or renewed else None)

    def _replayed(self, touch: EditOperation, lifted: dict[str, Json]) -> list[EditOperation] | None:
        """A touch of a whole entry, done here; `lifted` has those taken out, to be put in again, in the same step."""
        place, key = touch.pointer.parent, touch.pointer.name
        entries, keys = place.get(self.document), self._keys.get(place, [])
        if not isinstance(entries, list):
            return None
        at = keys.index(key) if key in keys else None
        if touch.after is ABSENT:
            if at is None:
                return []
            lifted[key] = entries[at]
            done = EditOperation(touch.pointer, entries[at], ABSENT, at)
        elif at is None:
            done = EditOperation(touch.pointer, ABSENT, lifted.pop(key, touch.after), min(touch.at or 0, len(entries)))
        else:
            done = EditOperation(touch.pointer, entries[at], touch.after, at)
        self._redo(done)
        return [done]

    def _redo(self, touch: EditOperation) -> None:
        self._apply(touch.pointer, touch.after, touch.at)
        if touch.keys is not None:
            self._keys.update({place: list(keys) for place, keys in touch.keys[1].items()})

    def _undo(self, touch: EditOperation) -> None:
        self._apply(touch.pointer, touch.before, touch.at)
        if touch.keys is not None:
            self._keys.update({place: list(keys) for place, keys in touch.keys[0].items()})

    def _move(self, place: Pointer, here: int, there: int) -> Iterator[EditOperation]:
        entry = cast(list[Json], place.get(self.document))[here]
        keyed = place / self._keys[place][here]
        for touch in (EditOperation(keyed, entry, ABSENT, here), EditOperation(keyed, ABSENT, entry, there)):
            self._redo(touch)
            yield touch

    def _becoming(self, pointer: Pointer, here: Json | Absent, wanted: Json | Absent) -> Iterator[EditOperation]:
        """Make what stands here equal to what is wanted, touch by touch."""
        if same_or_absent(here, wanted):
            return
        if pointer in LISTS and isinstance(here, list) and isinstance(wanted, list):
            yield from self._becoming_list(pointer, here, wanted)
        elif isinstance(here, dict) and isinstance(wanted, dict):
            for key in [*here, *(key for key in wanted if key not in here)]:
                yield from self._becoming(pointer / key, here.get(key, ABSENT), wanted.get(key, ABSENT))
        else:
            yield self._touch(pointer, wanted)

    def _becoming_list(self, place: Pointer, here: list[Json], wanted: list[Json]) -> Iterator[EditOperation]:
        pairs = pair(here, wanted)
        keys = list(self._keys[place])
        key_at = {there: keys[position] for position, there in pairs.items()}
        for position in reversed([position for position in range(len(here)) if position not in pairs]):
            yield self._touch(place / position, ABSENT)
        for position, entry in enumerate(wanted):
            key = key_at.get(position)
            if key is None:
                self._made += 1
                touch = EditOperation(place / f"{KEY}n{self._made}", ABSENT, entry, position)
                self._redo(touch)
                yield touch
                continue
            stands = self._keys[place].index(key)
            if stands != position:
                yield from self._move(place, stands, position)
            yield from self._becoming(place / position, (place / position).get(self.document), entry)

    def _cut(self) -> None:
        # A new step ends what could be redone.
        del self.steps[self.done :]

    def _record(self, step: EditStep) -> None:
        self.steps.append(step)
        self.done = len(self.steps)

    def _apply(self, keyed: Pointer, value: Json | Absent, at: int | None) -> None:
        place = keyed.parent
        if place in LISTS and at is not None:
            self._apply_entry(place, keyed.name, value, at)
            return
        pointer = self.placed(keyed)
        if pointer is None:
            return
        if value is ABSENT:
            self.document = cast(Document, pointer.drop(self.document))
        else:
            self.document = cast(Document, pointer.put(self.document, value))
        for listed in LISTS:
            if listed.startswith(pointer):
                self._renew_keys(listed)

    def _apply_entry(self, place: Pointer, key: str, value: Json | Absent, at: int) -> None:
        entries = list(cast(list[Json], place.get(self.document) or []))
        keys = self._keys.setdefault(place, [])
        if value is ABSENT:
            position = keys.index(key)
            del entries[position], keys[position]
        elif key in keys:
            entries[keys.index(key)] = value
        else:
            entries.insert(at, value)
            keys.insert(at, key)
        self.document = cast(Document, place.put(self.document, cast(Json, entries)))

    def _renew_keys(self, place: Pointer) -> None:
        """After a list, or an object around it, was replaced as a whole."""
        entries = place.get(self.document)
        count = len(entries) if isinstance(entries, list) else 0
        keys = self._keys.get(place, [])[:count]
        base = place.get(self.base)
        for position in range(len(keys), count):
            key = f"{KEY}{position}"
            if key in keys or not isinstance(base, list) or position >= len(base):
                self._made += 1
                key = f"{KEY}n{self._made}"
            keys.append(key)
        self._keys[place] = keys

    def _differences(self, base: Json | Absent, mine: Json | Absent, pointer: Pointer) -> Iterator[Change]:
        if base is mine or same_or_absent(base, mine):
            return
        if pointer in LISTS and isinstance(base, list) and isinstance(mine, list):
            keys = self._keys[pointer]
            for position, entry in enumerate(mine):
                number = keys[position].removeprefix(KEY)
                before = base[int(number)] if number.isdigit() else ABSENT
                yield from self._differences(before, entry, pointer / position)
            for position in self.gone(pointer):
                yield Change(pointer / f"{KEY}{position}", base[position], ABSENT)
            order = [int(key.removeprefix(KEY)) for key in keys if key.removeprefix(KEY).isdigit()]
            if order != sorted(order):
                yield Change(pointer, _names(base, sorted(order)), _names(base, order), moved=True)
            return
        known = field_at(pointer)
        divisible = not pointer.tokens or pointer.parent in LISTS or (known is not None and known.members)
        if divisible and isinstance(mine, dict) and (isinstance(base, dict) or base is ABSENT or base is None):
            before = base if isinstance(base, dict) else {}
            if before or mine:
                for key in [*before, *(key for key in mine if key not in before)]:
                    yield from self._differences(before.get(key, ABSENT), mine.get(key, ABSENT), pointer / key)
                return
        yield Change(pointer, base, mine)


def _can_hold(node: Json, token: str) -> bool:
    """Whether a member of this name can be put here; some services write an empty object as a list."""
    return isinstance(node, dict) or (isinstance(node, list) and position_of(token, len(node) + 1) is not None)


def same_or_absent(a: Json | Absent, b: Json | Absent) -> bool:
    """JSON equality in which absent equals only absent."""
    if a is ABSENT or b is ABSENT:
        return a is b
    return same(a, b)


def _dump(touch: EditOperation) -> Json:
    entry: dict[str, Json] = {"pointer": str(touch.pointer)}
    if touch.before is not ABSENT:
        entry["before"] = touch.before
    if touch.after is not ABSENT:
        entry["after"] = touch.after
    if touch.at is not None:
        entry["at"] = touch.at
    if touch.keys is not None:
        entry["keys"] = [{str(place): list(keys) for place, keys in known.items()} for known in touch.keys]
    return entry


def _load(entry: Document) -> EditOperation:
    at, keys = entry.get("at"), entry.get("keys")
    return EditOperation(
        Pointer.parse(cast(str, entry["pointer"])),
        entry.get("before", ABSENT),
        entry.get("after", ABSENT),
        int(at) if isinstance(at, int) else None,
        (_load_keys(keys[0]), _load_keys(keys[1])) if isinstance(keys, list) else None,
    )


def _load_keys(kept: Json) -> ItemKeys:
    known = cast(dict[str, list[str]], kept)
    return {Pointer.parse(place): tuple(keys) for place, keys in known.items()}


def _names(entries: list[Json], order: Iterable[int]) -> list[Json]:
    named = [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
    return [name if isinstance(name := named[position], str) and name else f"#{position + 1}" for position in order]

"""An edit: what was read, what the user makes of it, and the log of steps in between that can be undone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from tui.api.codec import Document, Json, same
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer, position_of
from tui.orders.fields import LISTS, field_at

_KEY = "~"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs: where (with positions of the edited document), what it was, what it is to be."""

    pointer: Pointer
    was: Json | Absent
    now: Json | Absent


@dataclass(frozen=True, slots=True)
class Touch:
    """One recorded change of the log. Its pointer names entries of lists by key; `at` is a place in such a list."""

    pointer: Pointer
    before: Json | Absent
    after: Json | Absent
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one action of the user changed, under the name that undo shows."""

    name: str
    touches: tuple[Touch, ...]


@dataclass(slots=True)
class Edit:
    """A document being edited.

    `base` is never changed. Entries of the lists of objects have keys of their own, so that a pointer kept in the log,
    in a problem or in a mark still means the same item after items were moved or removed (design, decision 14).
    """

    base: Document
    steps: list[Step] = field(default_factory=list)
    done: int = 0
    document: Document = field(init=False)
    _keys: dict[Pointer, list[str]] = field(init=False, default_factory=dict)
    _made: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.document = self.base
        for place in LISTS:
            entries = place.get(self.base)
            if isinstance(entries, list):
                self._keys[place] = [f"{_KEY}{position}" for position in range(len(entries))]
        for step in self.steps[: self.done]:
            for touch in step.touches:
                self._apply(touch.pointer, touch.after, touch.at)

    @classmethod
    def between(cls, base: Document, wanted: Document, name: str) -> "Edit":
        """The edit that makes one document of another, as one step."""
        edit = cls(base)
        edit.become(wanted, name)
        return edit

    # What the user does

    def become(self, document: Document, name: str) -> bool:
        """STUB until the one of main is here: top-level values whole."""
        keys = [*document, *(key for key in self.document if key not in document)]
        return self.put_all([(Pointer.of(key), document.get(key, ABSENT)) for key in keys], name)

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

    def insert(self, place: Pointer, position: int, entry: Json, name: str) -> Pointer:
        """Put a new entry into a list of objects and return its pointer."""
        self._cut()
        touches = []
        if not isinstance(place.get(self.document), list):
            touches.append(self._touch(place, []))
        self._made += 1
        keyed = place / f"{_KEY}n{self._made}"
        touches.append(Touch(keyed, ABSENT, entry, position))
        self._apply(keyed, entry, position)
        self._record(Step(name, tuple(touches)))
        return place / position

    def remove(self, pointer: Pointer, name: str) -> bool:
        """Take an entry out of a list of objects."""
        return self._step(name, [(pointer, ABSENT)])

    def undo(self) -> str | None:
        """Take back the last step; its name, or None if there is none."""
        if not self.done:
            return None
        self.done -= 1
        step = self.steps[self.done]
        for touch in reversed(step.touches):
            self._apply(touch.pointer, touch.before, touch.at)
        return step.name

    def redo(self) -> str | None:
        """Do again what was undone last; its name, or None."""
        if self.done == len(self.steps):
            return None
        step = self.steps[self.done]
        self.done += 1
        for touch in step.touches:
            self._apply(touch.pointer, touch.after, touch.at)
        return step.name

    # What came of it

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
                number = keyed.tokens[len(place)].removeprefix(_KEY)
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
                return None if token.startswith(_KEY) else keyed
        return keyed

    def gone(self, place: Pointer) -> list[int]:
        """The positions in the base of the entries of this list that the edit has removed."""
        entries = place.get(self.base)
        kept = set(self._keys.get(place, []))
        count = len(entries) if isinstance(entries, list) else 0
        return [position for position in range(count) if f"{_KEY}{position}" not in kept]

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
            Step(str(step["name"]), tuple(_load(touch) for touch in cast(list[Document], step["touches"])))
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
        self._record(Step(name, tuple(touches)))
        return True

    def _touch_at(self, pointer: Pointer, value: Json | Absent) -> list[Touch]:
        # What stands in the way of a missing object (null, or a value of another type) is replaced by an object first.
        found = pointer.parent.resolve(self.document)
        touches = []
        if value is not ABSENT and not isinstance(found.node, dict | list):
            touches.append(self._touch(found.found, {}))
        touches.append(self._touch(pointer, value))
        return touches

    def _touch(self, pointer: Pointer, value: Json | Absent) -> Touch:
        keyed, before = self.keyed(pointer), pointer.get(self.document)
        at = position_of(pointer.name) if pointer.parent in LISTS else None
        touch = Touch(keyed, before, value, at)
        self._apply(keyed, value, at)
        return touch

    def _cut(self) -> None:
        # A new step ends what could be redone.
        del self.steps[self.done :]

    def _record(self, step: Step) -> None:
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
            key = f"{_KEY}{position}"
            if key in keys or not isinstance(base, list) or position >= len(base):
                self._made += 1
                key = f"{_KEY}n{self._made}"
            keys.append(key)
        self._keys[place] = keys

    def _differences(self, base: Json | Absent, mine: Json | Absent, pointer: Pointer) -> Iterator[Change]:
        if base is mine or same_or_absent(base, mine):
            return
        if pointer in LISTS and isinstance(base, list) and isinstance(mine, list):
            keys = self._keys[pointer]
            for position, entry in enumerate(mine):
                number = keys[position].removeprefix(_KEY)
                before = base[int(number)] if number.isdigit() else ABSENT
                yield from self._differences(before, entry, pointer / position)
            for position in self.gone(pointer):
                yield Change(pointer / f"{_KEY}{position}", base[position], ABSENT)
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


def same_or_absent(a: Json | Absent, b: Json | Absent) -> bool:
    """JSON equality in which absent equals only absent."""
    if a is ABSENT or b is ABSENT:
        return a is b
    return same(a, b)


def _dump(touch: Touch) -> Json:
    entry: dict[str, Json] = {"pointer": str(touch.pointer)}
    if touch.before is not ABSENT:
        entry["before"] = touch.before
    if touch.after is not ABSENT:
        entry["after"] = touch.after
    if touch.at is not None:
        entry["at"] = touch.at
    return entry


def _load(entry: Document) -> Touch:
    at = entry.get("at")
    return Touch(
        Pointer.parse(cast(str, entry["pointer"])),
        entry.get("before", ABSENT),
        entry.get("after", ABSENT),
        int(at) if isinstance(at, int) else None,
    )

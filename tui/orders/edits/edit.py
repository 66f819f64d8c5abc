"""An edit of one order: the document as read, the edited document, and the log of undoable steps between them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from tui.api.codec import Document, Json, as_document, as_list, same
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer, position_of, present
from tui.orders.edits.matching import pair_items
from tui.orders.fields import entry_of, field_at
from tui.orders.paths import KEY, LISTS

ItemKeys: TypeAlias = dict[Pointer, tuple[str, ...]]
"""For each list of objects, the keys of its items, in order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs from the base. The pointer has the indexes of the edited document.

    `moved`: the items of a list were reordered. The values are then the names of the items from the base, in the old
    and in the new order.
    """

    pointer: Pointer
    was: Json | Absent
    now: Json | Absent
    moved: bool = False


@dataclass(frozen=True, slots=True)
class EditOperation:
    """One recorded change. Its pointer identifies list items by key; `index` is the item's index in its list.

    `keys`: if lists were replaced together with an object around them, the keys of their items before and after.
    """

    pointer: Pointer
    before: Json | Absent
    after: Json | Absent
    index: int | None = None
    keys: tuple[ItemKeys, ItemKeys] | None = None


@dataclass(frozen=True, slots=True)
class EditStep:
    """Everything that one user action changed, under the name that undo shows."""

    name: str
    operations: tuple[EditOperation, ...]


@dataclass(slots=True)
class Edit:
    """A document being edited.

    `base` never changes. Items of the lists of objects have keys, so that a pointer in the log, in a problem or in a
    mark still identifies the same item after items were moved or removed. `done`: how many of
    `steps` are applied; the others can be redone.
    """

    base: Document
    steps: list[EditStep] = field(default_factory=list)
    done: int = 0
    document: Document = field(init=False)
    _keys: dict[Pointer, list[str]] = field(init=False, default_factory=dict)
    _key_count: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.document = self.base
        for list_pointer in LISTS:
            items = list_pointer.get(self.base)
            if isinstance(items, list):
                self._keys[list_pointer] = [f"{KEY}{index}" for index in range(len(items))]
        for step in self.steps[: self.done]:
            for operation in step.operations:
                self._run(operation)

    @classmethod
    def diff(cls, base: Document, wanted: Document, name: str) -> "Edit":
        """Create an edit that turns one document into another in a single step."""
        edit = cls(base)
        edit.replace_document(wanted, name)
        return edit

    # Changes

    def put(self, pointer: Pointer, value: Json, name: str) -> bool:
        """Set a value in one step. Returns False if the value is unchanged."""
        return self._step(name, [(pointer, value)])

    def drop(self, pointer: Pointer, name: str) -> bool:
        """Remove a value in one step, and with it an enclosing object that becomes empty, unless the base has that object."""
        target = pointer
        while len(target) > 1:
            parent = target.parent.get(self.document)
            if not isinstance(parent, dict) or set(parent) - {target.name} or target.parent in LISTS:
                break
            if isinstance(target.parent.parent.get(self.document), list) or target.parent.get(self.base) is not ABSENT:
                break
            target = target.parent
        return self._step(name, [(target, ABSENT)])

    def put_all(self, values: Iterable[tuple[Pointer, Json | Absent]], name: str) -> bool:
        """Set several values in one step."""
        return self._step(name, values)

    def revert(self, pointer: Pointer, name: str) -> bool:
        """Restore the value of the base."""
        value = self.base_value(pointer)
        return self.drop(pointer, name) if value is ABSENT else self._step(name, [(pointer, value)])

    def insert(self, list_pointer: Pointer, index: int, item: Json, name: str, *, key: str = "") -> Pointer:
        """Insert a new item into a list of objects and return its pointer. `key`: a key that was reserved for it."""
        operations = []
        if not isinstance(list_pointer.get(self.document), list):
            operations.extend(self._put_with_parents(list_pointer, []))
        if not key:
            self._key_count += 1
        key_pointer = list_pointer / (key or f"{KEY}n{self._key_count}")
        operations.append(EditOperation(key_pointer, ABSENT, item, index))
        self._apply(key_pointer, item, index)
        self._record(EditStep(name, tuple(operations)))
        return list_pointer / index

    def remove(self, pointer: Pointer, name: str) -> bool:
        """Remove an item from a list of objects."""
        return self._step(name, [(pointer, ABSENT)])

    def restore(self, list_pointer: Pointer, base_index: int, name: str) -> bool:
        """Restore a removed item of the base, as close to its old position as possible. Returns False if it exists."""
        items = as_list(list_pointer.get(self.base))
        keys = self._keys.get(list_pointer, [])
        key = f"{KEY}{base_index}"
        if key in keys or base_index >= len(items):
            return False
        before = {f"{KEY}{earlier}" for earlier in range(base_index)}
        index = max((at + 1 for at, other in enumerate(keys) if other in before), default=0)
        operations = (
            [] if isinstance(list_pointer.get(self.document), list) else self._put_with_parents(list_pointer, [])
        )
        operations.append(EditOperation(list_pointer / key, ABSENT, items[base_index], index))
        self._run(operations[-1])
        self._record(EditStep(name, tuple(operations)))
        return True

    def move(self, pointer: Pointer, index: int, name: str) -> Pointer:
        """Move an item within its list in one step and return its new pointer."""
        list_pointer, old_index = pointer.parent, int(pointer.name)
        count = len(cast(list[Json], list_pointer.get(self.document)))
        index = max(0, min(index, count - 1))
        if index != old_index:
            self._record(EditStep(name, tuple(self._move(list_pointer, old_index, index))))
        return list_pointer / index

    def replace_document(self, document: Document, name: str) -> bool:
        """Make the edited document equal to another one in one step. Returns False if it already is.

        List items keep their keys where `tui.orders.edits.matching.pair_items` recognises them.
        """
        operations = tuple(self._replace(ROOT, self.document, document))
        if not operations:
            return False
        self._record(EditStep(name, operations))
        return True

    def replay(self, steps: Iterable[EditStep]) -> bool:
        """Apply the steps of another document's edit to this one.

        Returns False if a step cannot be applied; this edit is then incomplete and must be discarded.
        """
        for step in steps:
            operations: list[EditOperation] = []
            removed_items: dict[str, Json] = {}
            for operation in step.operations:
                if operation.pointer.parent in LISTS and operation.index is not None:
                    item_operations = self._replay_item(operation, removed_items)
                    if item_operations is None:
                        return False
                    operations.extend(item_operations)
                elif (pointer := self.to_positions(operation.pointer)) is not None:
                    if any(list_pointer.startswith(pointer) for list_pointer in LISTS):
                        return False
                    operations.extend(self._put_with_parents(pointer, operation.after))
            self._record(EditStep(step.name, tuple(operations)))
        return True

    def squash(self, name: str) -> None:
        """Combine all applied steps into one step of this name."""
        operations = tuple(operation for step in self.steps[: self.done] for operation in step.operations)
        self.steps = [EditStep(name, operations)] if operations else []
        self.done = len(self.steps)

    def undo(self) -> str | None:
        """Undo the last step and return its name, or None if there is none."""
        if not self.done:
            return None
        self.done -= 1
        step = self.steps[self.done]
        for operation in reversed(step.operations):
            self._run(operation, undo=True)
        return step.name

    def redo(self) -> str | None:
        """Redo the step that was undone last and return its name, or None."""
        if self.done == len(self.steps):
            return None
        step = self.steps[self.done]
        self.done += 1
        for operation in step.operations:
            self._run(operation)
        return step.name

    # Results

    def reserve_keys(self, other: "Edit") -> None:
        """Skip the keys that another edit uses for added items."""
        self._key_count = max(self._key_count, other._key_count)

    def keys(self, list_pointer: Pointer) -> tuple[str, ...]:
        """The keys of the items of a list, in order."""
        return tuple(self._keys.get(list_pointer, ()))

    @property
    def dirty(self) -> bool:
        return next(self.changes(), None) is not None

    def value(self, pointer: Pointer) -> Json | Absent:
        return pointer.get(self.document)

    def base_value(self, pointer: Pointer) -> Json | Absent:
        """The base's value for a pointer of the edited document; ABSENT inside an item that was added."""
        base_pointer = self.base_pointer(pointer)
        return ABSENT if base_pointer is None else base_pointer.get(self.base)

    def base_pointer(self, pointer: Pointer) -> Pointer | None:
        """Translate a pointer of the edited document to the base; None inside an item that was added."""
        key_pointer = self.to_keys(pointer)
        item_pointer = entry_of(key_pointer)
        if item_pointer is None:
            return pointer
        number = item_pointer.name.removeprefix(KEY)
        return item_pointer.parent / number + key_pointer.relative_to(item_pointer) if number.isdigit() else None

    def changes(self) -> Iterator[Change]:
        """Yield each value that differs from the base, in document order. List items are matched by key."""
        yield from self._changes_below(self.base, self.document, ROOT)

    def to_keys(self, pointer: Pointer) -> Pointer:
        """Replace list indexes in a pointer by item keys."""
        item_pointer = entry_of(pointer)
        if item_pointer is None:
            return pointer
        keys = self._keys.get(item_pointer.parent, [])
        index = position_of(item_pointer.name, len(keys))
        return pointer if index is None else item_pointer.parent / keys[index] + pointer.relative_to(item_pointer)

    def to_positions(self, key_pointer: Pointer) -> Pointer | None:
        """Replace item keys in a pointer by list indexes; None if the item no longer exists."""
        item_pointer = entry_of(key_pointer)
        if item_pointer is None:
            return key_pointer
        key, keys = item_pointer.name, self._keys.get(item_pointer.parent, [])
        if key in keys:
            return item_pointer.parent / keys.index(key) + key_pointer.relative_to(item_pointer)
        return None if key.startswith(KEY) else key_pointer

    def removed_indexes(self, list_pointer: Pointer) -> list[int]:
        """The base indexes of the items that the edit removed from a list."""
        kept = set(self._keys.get(list_pointer, []))
        count = len(as_list(list_pointer.get(self.base)))
        return [index for index in range(count) if f"{KEY}{index}" not in kept]

    # Storage

    def log(self) -> Json:
        """The steps as JSON. `Edit.load` rebuilds the edit from them and the base."""
        steps: list[Json] = [
            {"name": step.name, "touches": [_operation_to_json(operation) for operation in step.operations]}
            for step in self.steps
        ]
        return {"done": self.done, "made": self._key_count, "steps": steps}

    @classmethod
    def load(cls, base: Document, log: Json) -> "Edit":
        """Rebuild an edit from its base and its log."""
        if not isinstance(log, dict):
            return cls(base)
        steps = [
            EditStep(
                str(step["name"]),
                tuple(_operation_from_json(operation) for operation in cast(list[Document], step["touches"])),
            )
            for step in cast(list[Document], log.get("steps") or [])
        ]
        edit = cls(base, steps, cast(int, log.get("done") or 0))
        edit._key_count = cast(int, log.get("made") or 0)
        return edit

    # Implementation

    def _step(self, name: str, values: Iterable[tuple[Pointer, Json | Absent]]) -> bool:
        changed = [
            (pointer, value) for pointer, value in values if not same_or_absent(pointer.get(self.document), value)
        ]
        if not changed:
            return False
        by_key = [(self.to_keys(pointer), value) for pointer, value in changed]
        operations = []
        for pointer, value in by_key:
            position_pointer = self.to_positions(pointer)
            if position_pointer is not None:
                operations.extend(self._put_with_parents(position_pointer, value))
        self._record(EditStep(name, tuple(operations)))
        return True

    def _put_with_parents(self, pointer: Pointer, value: Json | Absent) -> list[EditOperation]:
        # A null or a value of another type where an object is needed is replaced by an object first. The outermost
        # missing object is created by an operation of its own, so that undo removes it again.
        found = pointer.parent.resolve(self.document)
        operations = []
        if value is not ABSENT and not _can_hold(found.node, (*found.missing.tokens, pointer.name)[0]):
            operations.append(self._put(found.found, {}))
        elif value is not ABSENT and found.missing.tokens and isinstance(found.node, dict):
            operations.append(self._put(found.found / found.missing.tokens[0], {}))
        operations.append(self._put(pointer, value))
        return operations

    def _put(self, pointer: Pointer, value: Json | Absent) -> EditOperation:
        key_pointer, before = self.to_keys(pointer), pointer.get(self.document)
        index = position_of(pointer.name) if pointer.parent in LISTS else None
        lists = [list_pointer for list_pointer in LISTS if list_pointer.startswith(pointer)]
        keys_before = {
            list_pointer: tuple(self._keys[list_pointer]) for list_pointer in lists if list_pointer in self._keys
        }
        self._apply(key_pointer, value, index)
        keys_after = {
            list_pointer: tuple(self._keys[list_pointer]) for list_pointer in lists if list_pointer in self._keys
        }
        return EditOperation(
            key_pointer, before, value, index, (keys_before, keys_after) if keys_before or keys_after else None
        )

    def _replay_item(self, operation: EditOperation, removed_items: dict[str, Json]) -> list[EditOperation] | None:
        """Apply an operation on a whole list item. `removed_items`: items that this step removed and may insert again."""
        list_pointer, key = operation.pointer.parent, operation.pointer.name
        items, keys = list_pointer.get(self.document), self._keys.get(list_pointer, [])
        if not isinstance(items, list):
            return None
        index = keys.index(key) if key in keys else None
        if operation.after is ABSENT:
            if index is None:
                return []
            removed_items[key] = items[index]
            replayed = EditOperation(operation.pointer, items[index], ABSENT, index)
        elif index is None:
            replayed = EditOperation(
                operation.pointer,
                ABSENT,
                removed_items.pop(key, operation.after),
                min(operation.index or 0, len(items)),
            )
        else:
            replayed = EditOperation(operation.pointer, items[index], operation.after, index)
        self._run(replayed)
        return [replayed]

    def _run(self, operation: EditOperation, *, undo: bool = False) -> None:
        self._apply(operation.pointer, operation.before if undo else operation.after, operation.index)
        if operation.keys is not None:
            keys_after = operation.keys[0 if undo else 1]
            self._keys.update({list_pointer: list(keys) for list_pointer, keys in keys_after.items()})

    def _move(self, list_pointer: Pointer, old_index: int, new_index: int) -> Iterator[EditOperation]:
        item = cast(list[Json], list_pointer.get(self.document))[old_index]
        key_pointer = list_pointer / self._keys[list_pointer][old_index]
        for operation in (
            EditOperation(key_pointer, item, ABSENT, old_index),
            EditOperation(key_pointer, ABSENT, item, new_index),
        ):
            self._run(operation)
            yield operation

    def _replace(self, pointer: Pointer, current: Json | Absent, wanted: Json | Absent) -> Iterator[EditOperation]:
        """Make the current value equal to the wanted one, and yield the operations."""
        if same_or_absent(current, wanted):
            return
        if pointer in LISTS and isinstance(current, list) and isinstance(wanted, list):
            yield from self._replace_list(pointer, current, wanted)
        elif isinstance(current, dict) and isinstance(wanted, dict):
            for key in [*current, *(key for key in wanted if key not in current)]:
                yield from self._replace(pointer / key, current.get(key, ABSENT), wanted.get(key, ABSENT))
        else:
            yield self._put(pointer, wanted)

    def _replace_list(self, list_pointer: Pointer, current: list[Json], wanted: list[Json]) -> Iterator[EditOperation]:
        pairs = pair_items(current, wanted)
        keys = list(self._keys[list_pointer])
        key_by_index = {new_index: keys[index] for index, new_index in pairs.items()}
        for index in reversed([index for index in range(len(current)) if index not in pairs]):
            yield self._put(list_pointer / index, ABSENT)
        for index, item in enumerate(wanted):
            key = key_by_index.get(index)
            if key is None:
                self._key_count += 1
                operation = EditOperation(list_pointer / f"{KEY}n{self._key_count}", ABSENT, item, index)
                self._run(operation)
                yield operation
                continue
            current_index = self._keys[list_pointer].index(key)
            if current_index != index:
                yield from self._move(list_pointer, current_index, index)
            yield from self._replace(list_pointer / index, (list_pointer / index).get(self.document), item)

    def _record(self, step: EditStep) -> None:
        """Append a step; steps that were undone can no longer be redone."""
        self.steps[self.done :] = [step]
        self.done = len(self.steps)

    def _apply(self, key_pointer: Pointer, value: Json | Absent, index: int | None) -> None:
        list_pointer = key_pointer.parent
        if list_pointer in LISTS and index is not None:
            self._apply_entry(list_pointer, key_pointer.name, value, index)
            return
        pointer = self.to_positions(key_pointer)
        if pointer is None:
            return
        if value is ABSENT:
            self.document = cast(Document, pointer.drop(self.document))
        else:
            self.document = cast(Document, pointer.put(self.document, value))
        for inner_list in LISTS:
            if inner_list.startswith(pointer):
                self._renew_keys(inner_list)

    def _apply_entry(self, list_pointer: Pointer, key: str, value: Json | Absent, index: int) -> None:
        items = [*as_list(list_pointer.get(self.document))]
        keys = self._keys.setdefault(list_pointer, [])
        if value is ABSENT:
            current_index = keys.index(key)
            del items[current_index], keys[current_index]
        elif key in keys:
            items[keys.index(key)] = value
        else:
            items.insert(index, value)
            keys.insert(index, key)
        self.document = cast(Document, list_pointer.put(self.document, items))

    def _renew_keys(self, list_pointer: Pointer) -> None:
        """Assign keys after a list, or an object around it, was replaced as a whole."""
        count = len(as_list(list_pointer.get(self.document)))
        keys = self._keys.get(list_pointer, [])[:count]
        base_count = len(as_list(list_pointer.get(self.base)))
        for index in range(len(keys), count):
            key = f"{KEY}{index}"
            if key in keys or index >= base_count:
                self._key_count += 1
                key = f"{KEY}n{self._key_count}"
            keys.append(key)
        self._keys[list_pointer] = keys

    def _changes_below(self, base: Json | Absent, mine: Json | Absent, pointer: Pointer) -> Iterator[Change]:
        if base is mine or same_or_absent(base, mine):
            return
        if pointer in LISTS and isinstance(base, list) and isinstance(mine, list):
            keys = self._keys[pointer]
            for index, item in enumerate(mine):
                number = keys[index].removeprefix(KEY)
                before = base[int(number)] if number.isdigit() else ABSENT
                yield from self._changes_below(before, item, pointer / index)
            for index in self.removed_indexes(pointer):
                yield Change(pointer / f"{KEY}{index}", base[index], ABSENT)
            order = [int(key.removeprefix(KEY)) for key in keys if key.removeprefix(KEY).isdigit()]
            if order != sorted(order):
                yield Change(pointer, _names(base, sorted(order)), _names(base, order), moved=True)
            return
        known = field_at(pointer)
        is_divisible = not pointer.tokens or pointer.parent in LISTS or (known is not None and known.has_members)
        if is_divisible and isinstance(mine, dict) and (isinstance(base, dict) or base is ABSENT or base is None):
            before = as_document(base)
            if before or mine:
                for key in [*before, *(key for key in mine if key not in before)]:
                    yield from self._changes_below(before.get(key, ABSENT), mine.get(key, ABSENT), pointer / key)
                return
        yield Change(pointer, base, mine)


def _can_hold(node: Json, token: str) -> bool:
    """Whether a member of this name can be set on a node. Some services write an empty object as an empty list."""
    return isinstance(node, dict) or (isinstance(node, list) and position_of(token, len(node) + 1) is not None)


def same_or_absent(a: Json | Absent, b: Json | Absent) -> bool:
    """JSON equality. Absent equals only absent."""
    if a is ABSENT or b is ABSENT:
        return a is b
    return same(a, b)


def _operation_to_json(operation: EditOperation) -> Json:
    keys: list[Json] = [
        {str(list_pointer): list(keys) for list_pointer, keys in known.items()} for known in operation.keys or ()
    ]
    return present(
        {
            "pointer": str(operation.pointer),
            "before": operation.before,
            "after": operation.after,
            "at": ABSENT if operation.index is None else operation.index,
            "keys": keys or ABSENT,
        }
    )


def _operation_from_json(stored: Document) -> EditOperation:
    index, keys = stored.get("at"), stored.get("keys")
    return EditOperation(
        Pointer.parse(cast(str, stored["pointer"])),
        stored.get("before", ABSENT),
        stored.get("after", ABSENT),
        int(index) if isinstance(index, int) else None,
        (_keys_from_json(keys[0]), _keys_from_json(keys[1])) if isinstance(keys, list) else None,
    )


def _keys_from_json(stored: Json) -> ItemKeys:
    known = cast(dict[str, list[str]], stored)
    return {Pointer.parse(list_pointer): tuple(keys) for list_pointer, keys in known.items()}


def _names(items: list[Json], order: Iterable[int]) -> list[Json]:
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    return [name if isinstance(name := names[index], str) and name else f"#{index + 1}" for index in order]

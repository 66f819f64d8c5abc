"""Three-way merge by pointer: applies an edit to a newer document and finds conflicts (QUIRKS 3.14)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from tui.api.codec import Document, Json, as_list, same
from tui.api.pointer import ABSENT, Absent, Pointer, position_of
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import Change, Edit, EditOperation, EditStep, same_or_absent
from tui.orders.edits.matching import Match, match_items
from tui.orders.fields import atomic_parent, entry_of
from tui.orders.paths import KEY, LISTS

_STEP_NAME = "your changes, applied to the newer order"
_STAMPS = ("modified_at",)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that both the user and the service changed, to different values.

    `pointer` identifies list items by their keys in the merged edit, so that it stays valid when items move. For a value
    that is only sent as a whole (a price, a measure, a list whose items cannot be told apart) the conflict is about the
    whole. `decided`: the user chose to keep `mine`. `by`: who has `theirs`, as a word for users.
    """

    pointer: Pointer
    base: Json | Absent
    theirs: Json | Absent
    mine: Json | Absent
    decided: bool = False
    by: str = "service"


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a merge.

    `edit`: the user's changes, applied to the service's document; where both changed a value, it has the user's.
    `remote_changes`: what only the service changed. `conflicts`: the new ones. `earlier`: previous conflicts that this
    merge did not resolve.
    """

    edit: Edit
    conflicts: tuple[Conflict, ...]
    remote_changes: tuple[Change, ...]
    earlier: tuple[Conflict, ...] = ()


def merge(edit: Edit, theirs: Document, earlier: Sequence[Conflict] = (), *, sent: bool = False) -> Merged:
    """Apply an edit to a newer document.

    Items are matched by name, then by order; items of the same name are never guessed (Q3.2). A change of one side is
    merged; different changes of both sides are a conflict, and neither value is lost. The steps of the edit are kept if
    they lead to the same result on the newer document. `sent`: `theirs` is the order after this edit was sent, so a null
    counts as done if the key is missing, even if the order never had it.
    """
    work = _Merge(edit, theirs, sent=sent)
    merged = work.result()
    conflicts = work.conflicts()
    kept = tuple(work.rebased_conflicts(earlier, conflicts))
    return Merged(merged, conflicts, tuple(_remote_changes(edit.base, theirs, [*conflicts, *kept])), kept)


def matches(pointer: Pointer, expected: Json | Absent, actual: Json | Absent) -> bool:
    """Whether two values mean the same, however they are spelled. Null and a missing key are equal (Q4.16)."""
    if expected is ABSENT or expected is None or actual is ABSENT:
        return expected in (ABSENT, None) and actual in (ABSENT, None)
    return not compare(pointer.put({}, expected), pointer.put({}, actual))


def is_undecided(edit: Edit, conflict: Conflict) -> bool:
    """Whether a conflict was not decided and the edit still differs from the service's value."""
    if conflict.decided:
        return False
    pointer = edit.to_positions(conflict.pointer)
    current = ABSENT if pointer is None else pointer.get(edit.document)
    return not same_or_absent(current, conflict.theirs)


def take_theirs(edit: Edit, conflict: Conflict, name: str) -> bool:
    """Resolve a conflict with the service's value, in one step. Returns False if the edit already has it."""
    list_pointer = conflict.pointer.parent
    pointer = edit.to_positions(conflict.pointer)
    if pointer is None:
        # The item was removed in this edit and changed by the service.
        number = conflict.pointer.name.removeprefix(KEY)
        return list_pointer in LISTS and number.isdigit() and edit.restore(list_pointer, int(number), name)
    if conflict.pointer in LISTS and isinstance(conflict.theirs, list):
        return edit.replace_document(cast(Document, pointer.put(edit.document, conflict.theirs)), name)
    return edit.put_all([(pointer, conflict.theirs)], name)


def _remote_changes(base: Document, theirs: Document, conflicts: Sequence[Conflict]) -> Iterator[Change]:
    """Yield what only the service changed, with pointers of its document."""
    for change in Edit.diff(base, theirs, "").changes():
        key_pointer = _with_key(change.pointer)
        overlaps = (
            key_pointer.startswith(conflict.pointer) or conflict.pointer.startswith(key_pointer)
            for conflict in conflicts
        )
        if change.pointer.name not in _STAMPS and not any(overlaps):
            yield change


def _with_key(pointer: Pointer) -> Pointer:
    """Translate a pointer of the newer document to the item keys that an edit of it uses."""
    item_pointer = entry_of(pointer)
    if item_pointer is None or position_of(item_pointer.name) is None:
        return pointer
    return item_pointer.parent / f"{KEY}{item_pointer.name}" + pointer.relative_to(item_pointer)


class _Merge:
    """One merge. Carries the changes of an edit over one by one; values that are sent as a whole are merged as a whole."""

    def __init__(self, edit: Edit, theirs: Document, *, sent: bool) -> None:
        self._edit = edit
        self._sent = sent
        self._theirs = theirs
        self._changes = list(edit.changes())
        self._matches: dict[Pointer, Match] = {}
        self._conflicts: dict[Pointer, Conflict] = {}
        self._new_values: list[tuple[Pointer, Json | Absent]] = []
        self._removed: dict[Pointer, None] = {}
        self._added: dict[Pointer, Json] = {}
        self._gone_remotely: dict[Pointer, Conflict] = {}
        self._new_remote_items: dict[Pointer, list[Json]] = {}
        self._atomic_lists = tuple(self._find_atomic_lists())

    def result(self) -> Edit:
        """The edit applied to the newer document, with its original steps if possible."""
        for change in self._changes:
            if not any(change.pointer.startswith(list_pointer) for list_pointer in self._atomic_lists):
                self._carry(change)
        merged = Edit(self._theirs)
        merged.reserve_keys(self._edit)
        merged.put_all(sorted(self._new_values, key=lambda pair: (pair[1] is ABSENT, pair[0])), _STEP_NAME)
        for item_pointer in sorted(self._removed, key=lambda item_pointer: int(item_pointer.name), reverse=True):
            merged.remove(item_pointer, _STEP_NAME)
        for list_pointer in LISTS:
            if list_pointer in self._atomic_lists:
                self._keep_my_list(merged, list_pointer)
            else:
                self._reorder(merged, list_pointer)
                self._add_items(merged, list_pointer)
        merged.squash(self._edit.steps[0].name if self._edit.done == 1 else _STEP_NAME)
        replayed = None if self._atomic_lists or self._edit.done < 2 else self._replay()
        return replayed if replayed is not None and same(replayed.document, merged.document) else merged

    def conflicts(self) -> tuple[Conflict, ...]:
        """The new conflicts, without those inside another one."""
        found = self._conflicts
        return tuple(
            found[pointer]
            for pointer in sorted(found)
            if not any(pointer != other and pointer.startswith(other) for other in found)
        )

    def rebased_conflicts(self, earlier: Sequence[Conflict], new_conflicts: Sequence[Conflict]) -> Iterator[Conflict]:
        """Yield earlier conflicts with the keys of the merged edit, except those that overlap a new one."""
        for conflict in earlier:
            pointer = self._with_new_keys(conflict.pointer)
            if pointer is None or any(
                pointer.startswith(new.pointer) or new.pointer.startswith(pointer) for new in new_conflicts
            ):
                continue
            yield replace(conflict, pointer=pointer)

    # Lists that cannot be merged item by item.

    def _find_atomic_lists(self) -> Iterator[Pointer]:
        for list_pointer in LISTS:
            base, remote = list_pointer.get(self._edit.base), list_pointer.get(self._theirs)
            mine = [change for change in self._changes if change.pointer.startswith(list_pointer)]
            if not mine or not isinstance(base, list) or not isinstance(list_pointer.get(self._edit.document), list):
                continue
            if not isinstance(remote, list):
                yield list_pointer
                continue
            match = self._matches[list_pointer] = match_items(base, remote)
            touched = {
                base_index
                for change in mine
                if (base_index := self._base_index(change.pointer, list_pointer)) is not None
            }
            order = [match.found[index] for index in sorted(match.found)]
            both_moved = any(change.moved for change in mine) and (bool(match.ambiguous) or order != sorted(order))
            if touched & match.ambiguous or both_moved:
                yield list_pointer

    def _base_index(self, pointer: Pointer, list_pointer: Pointer) -> int | None:
        """The base index of the item that a change is in; None for an added item and for the list itself."""
        if len(pointer) == len(list_pointer):
            return None
        token = pointer.tokens[len(list_pointer)]
        if token.startswith(KEY):
            return int(token.removeprefix(KEY))
        base_pointer = self._edit.base_pointer(list_pointer / token)
        return None if base_pointer is None else int(base_pointer.name)

    def _keep_my_list(self, merged: Edit, list_pointer: Pointer) -> None:
        base, mine = list_pointer.get(self._edit.base), cast(Json, list_pointer.get(self._edit.document))
        remote = list_pointer.get(self._theirs)
        if not matches(list_pointer, mine, remote):
            merged.replace_document(cast(Document, list_pointer.put(merged.document, mine)), _STEP_NAME)
            self._conflicts[list_pointer] = Conflict(list_pointer, base, remote, mine)

    # Items.

    def _add_items(self, merged: Edit, list_pointer: Pointer) -> None:
        for item_pointer, value in self._added.items():
            if item_pointer.parent != list_pointer or (
                item_pointer not in self._gone_remotely and self._was_added_remotely(list_pointer, value)
            ):
                continue
            index = self._index_for(merged, item_pointer)
            if item_pointer not in self._gone_remotely:
                merged.insert(list_pointer, index, value, _STEP_NAME, key=self._edit.to_keys(item_pointer).name)
            else:
                gone, key_pointer = (
                    self._gone_remotely[item_pointer],
                    merged.to_keys(merged.insert(list_pointer, index, value, _STEP_NAME)),
                )
                self._conflicts[key_pointer] = Conflict(key_pointer, gone.base, gone.theirs, gone.mine)

    def _index_for(self, merged: Edit, item_pointer: Pointer) -> int:
        """The index for an added item: at the end if the user added it there, else after its predecessor in the edit."""
        list_pointer, my_keys = item_pointer.parent, self._edit.keys(item_pointer.parent)
        match, keys = self._matches.get(item_pointer.parent), merged.keys(item_pointer.parent)

        def merged_key(key: str) -> str:
            number = key.removeprefix(KEY)
            if not number.isdigit() or match is None:
                return key
            return f"{KEY}{match.found[int(number)]}" if int(number) in match.found else ""

        index = int(item_pointer.name)
        if not any(merged_key(key) in keys and key.removeprefix(KEY).isdigit() for key in my_keys[index + 1 :]):
            return len(as_list(list_pointer.get(merged.document)))
        before = [keys.index(merged_key(key)) for key in my_keys[:index] if merged_key(key) in keys]
        return before[-1] + 1 if before else 0

    def _was_added_remotely(self, list_pointer: Pointer, expected: Json) -> bool:
        """Whether the service's list gained an equal item since the base was read, as after sending this edit."""
        if list_pointer not in self._new_remote_items:
            match = self._matches.get(list_pointer)
            matched = set(match.found.values()) if match is not None else set()
            self._new_remote_items[list_pointer] = [
                item for index, item in enumerate(as_list(list_pointer.get(self._theirs))) if index not in matched
            ]
        new_items = self._new_remote_items[list_pointer]
        found = next((index for index, item in enumerate(new_items) if not compare(expected, item)), None)
        if found is not None:
            del new_items[found]
        return found is not None

    def _reorder(self, merged: Edit, list_pointer: Pointer) -> None:
        """Put the items that both sides have into the user's order. Other items keep their places."""
        match, mine = self._matches.get(list_pointer), list_pointer.get(self._edit.document)
        if match is None or not isinstance(mine, list):
            return
        if not any(change.moved and change.pointer == list_pointer for change in self._changes):
            return
        base_pointers = [self._edit.base_pointer(list_pointer / index) for index in range(len(mine))]
        remote_indexes = [
            match.found.get(int(base_pointer.name)) for base_pointer in base_pointers if base_pointer is not None
        ]
        wanted = [
            key
            for remote_index in remote_indexes
            if remote_index is not None and (key := f"{KEY}{remote_index}") in merged.keys(list_pointer)
        ]
        slots = [index for index, key in enumerate(merged.keys(list_pointer)) if key in wanted]
        for index, key in zip(slots, wanted, strict=True):
            merged.move(list_pointer / merged.keys(list_pointer).index(key), index, _STEP_NAME)

    # One change.

    def _carry(self, change: Change) -> None:
        item_pointer = entry_of(change.pointer)
        if item_pointer is None or not isinstance(item_pointer.parent.get(self._edit.document), list):
            if not change.moved:
                self._carry_value(change.pointer, change.pointer, change)
            return
        list_pointer = item_pointer.parent
        if item_pointer.name.startswith(KEY):
            self._remove(list_pointer, int(item_pointer.name.removeprefix(KEY)), change)
            return
        base_pointer = self._edit.base_pointer(item_pointer)
        if base_pointer is None:
            self._added[item_pointer] = cast(Json, item_pointer.get(self._edit.document))
            return
        remote_index = self._remote_index(list_pointer, int(base_pointer.name))
        if remote_index is None:
            # The service removed an item that the user changed: add it again, and let the user decide.
            item = self._added[item_pointer] = cast(Json, item_pointer.get(self._edit.document))
            self._gone_remotely[item_pointer] = Conflict(item_pointer, base_pointer.get(self._edit.base), ABSENT, item)
            return
        self._carry_value(
            list_pointer / remote_index + change.pointer.relative_to(item_pointer), change.pointer, change
        )

    def _remove(self, list_pointer: Pointer, base_index: int, change: Change) -> None:
        remote_index = self._remote_index(list_pointer, base_index)
        if remote_index is None:
            return  # the service removed it, too
        self._removed[list_pointer / remote_index] = None
        remote = (list_pointer / remote_index).get(self._theirs)
        if not same_or_absent(remote, change.was):
            key_pointer = list_pointer / f"{KEY}{remote_index}"
            self._conflicts[key_pointer] = Conflict(key_pointer, change.was, remote, ABSENT)

    def _carry_value(self, remote_pointer: Pointer, my_pointer: Pointer, change: Change) -> None:
        remote = remote_pointer.get(self._theirs)
        # A value that the service did not touch is still changed, even if only its spelling differs.
        if matches(remote_pointer, change.now, remote) and (self._sent or not same_or_absent(remote, change.was)):
            return
        parent = atomic_parent(remote_pointer)
        if parent != remote_pointer:
            my_parent = Pointer(my_pointer.tokens[: len(my_pointer) - (len(remote_pointer) - len(parent))])
            if self._siblings_changed(parent, remote_pointer, my_parent):
                # A mix of both sides would make no sense.
                mine, key_pointer = my_parent.get(self._edit.document), _with_key(parent)
                self._conflicts[key_pointer] = Conflict(
                    key_pointer, self._edit.base_value(my_parent), parent.get(self._theirs), mine
                )
                self._new_values.append((parent, mine))
                return
        if not same_or_absent(remote, change.was):
            key_pointer = _with_key(remote_pointer)
            self._conflicts[key_pointer] = Conflict(key_pointer, change.was, remote, change.now)
        self._new_values.append((remote_pointer, change.now))

    def _siblings_changed(self, parent: Pointer, remote_pointer: Pointer, my_parent: Pointer) -> bool:
        """Whether the service changed another part of a value that is sent as a whole."""
        remote, was, part = (
            parent.get(self._theirs),
            self._edit.base_value(my_parent),
            remote_pointer.relative_to(parent),
        )
        if not isinstance(remote, dict) or not isinstance(was, dict):
            return False
        return not same(part.drop(remote), part.drop(was))

    # Steps.

    def _replay(self) -> Edit | None:
        """Apply the steps of the edit to the newer document; None if a step cannot be applied."""
        steps = []
        for step in self._edit.steps[: self._edit.done]:
            operations = []
            for operation in step.operations:
                if operation.keys is not None:
                    return None
                pointer = self._with_new_keys(operation.pointer)
                if pointer is not None:  # else the service removed its item
                    operations.append(EditOperation(pointer, operation.before, operation.after, operation.index))
            steps.append(EditStep(step.name, tuple(operations)))
        merged = Edit(self._theirs)
        merged.reserve_keys(self._edit)
        return merged if merged.replay(steps) else None

    def _with_new_keys(self, pointer: Pointer) -> Pointer | None:
        item_pointer = entry_of(pointer)
        number = item_pointer.name.removeprefix(KEY) if item_pointer is not None else ""
        if item_pointer is None or not number.isdigit():
            return pointer
        list_pointer = item_pointer.parent
        remote_index = self._remote_index(list_pointer, int(number))
        if remote_index is None:
            return None
        return list_pointer / f"{KEY}{remote_index}" + pointer.relative_to(item_pointer)

    def _remote_index(self, list_pointer: Pointer, base_index: int) -> int | None:
        """The index that an item of the base has in the service's document; None if it has none."""
        match = self._matches.get(list_pointer)
        return match.found.get(base_index) if match is not None else None

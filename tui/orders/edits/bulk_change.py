"""Bulk changes: values and tags to set on many orders, and the request that applies them to each order."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.api.errors import Problem
from tui.api.models import Group, Invalid
from tui.api.pointer import ABSENT, Absent, Pointer, present
from tui.orders.checks.registry import find_problems
from tui.orders.edits.edit import Change, Edit
from tui.orders.edits.merge import matches
from tui.orders.edits.request_choice import RequestChoice, choose_request, choose_upsert
from tui.orders.edits.upsert import unknown_pointers
from tui.orders.fields import Field, all_fields, field_at, label_of
from tui.orders.paths import EVERY_ITEM, ITEMS, LISTS, TAGS, is_item_path
from tui.orders.value_parser import show_value

VERSION: Final = 1
"""The version of the JSON form.

Later versions are not read, because a change that is only partly understood would do something else.
"""

_IDENTIFYING: Final = (("order_number",), (*EVERY_ITEM, "name"), (*EVERY_ITEM, "item_id"))
"""Fields that identify an order or item, and so cannot have the same value in all."""


@dataclass(frozen=True, slots=True)
class FieldAssignment:
    """A field and the value to set. A path with `*` stands for every item of an order.

    `value`: None to remove the value on the service, ABSENT while it is not chosen yet. `only_empty`: keep existing
    values; an amount and its currency or unit count as one value.
    """

    path: tuple[str, ...]
    value: Json | Absent = ABSENT
    only_empty: bool = False

    @property
    def pointer(self) -> Pointer:
        """The pointer of its row in a form. With `*` in it, it matches nothing in a document."""
        return Pointer(self.path)

    @property
    def is_item_field(self) -> bool:
        return is_item_path(self.path)


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to change in each order. `unknown`: parts of the stored form that this version has no field for."""

    name: str = ""
    assignments: tuple[FieldAssignment, ...] = ()
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing in any order."""
        return not (
            self.add_tags or self.remove_tags or any(assignment.value is not ABSENT for assignment in self.assignments)
        )

    @property
    def summary(self) -> str:
        """What it does, on one line: `status unfulfilled, tags +hold`. May contain unsafe text."""
        parts = [
            f"{short_label(assignment)} {show_value('json', assignment.value)}{' where empty' if assignment.only_empty else ''}"
            for assignment in self.assignments
            if assignment.value is not ABSENT
        ]
        tags = [f"+{tag}" for tag in self.add_tags] + [f"-{tag}" for tag in self.remove_tags]
        return ", ".join([*parts, *([f"tags {' '.join(tags)}"] if tags else [])])

    def assignment(self, path: tuple[str, ...]) -> FieldAssignment | None:
        return next((assignment for assignment in self.assignments if assignment.path == path), None)

    def with_assignment(self, assignment: FieldAssignment) -> "BulkChange":
        """A copy with this assignment in place of the one for the same field, or at the end."""
        if self.assignment(assignment.path) is None:
            return replace(self, assignments=(*self.assignments, assignment))
        return replace(
            self, assignments=tuple(assignment if old.path == assignment.path else old for old in self.assignments)
        )

    def without(self, path: tuple[str, ...]) -> "BulkChange":
        return replace(
            self, assignments=tuple(assignment for assignment in self.assignments if assignment.path != path)
        )

    def with_tags(self, add: tuple[str, ...], remove: tuple[str, ...]) -> "BulkChange":
        """A copy with these tags, without duplicates. A tag that is both added and removed is added."""
        added = tuple(dict.fromkeys(add))
        return replace(self, add_tags=added, remove_tags=tuple(tag for tag in dict.fromkeys(remove) if tag not in add))

    def to_json(self) -> Document:
        assignments: list[Json] = [
            present(
                {
                    "path": [*assignment.path],
                    "value": assignment.value,
                    "only_empty": True if assignment.only_empty else ABSENT,
                }
            )
            for assignment in self.assignments
        ]
        return {
            "version": VERSION,
            "name": self.name,
            "sets": assignments,
            "add_tags": [*self.add_tags],
            "remove_tags": [*self.remove_tags],
        }

    @classmethod
    def from_json(cls, value: Json) -> "BulkChange | None":
        """Read the result of `to_json` leniently; None if it is something else or of a later version."""
        if not isinstance(value, dict):
            return None
        version = value.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version > VERSION:
            return None
        assignments: dict[tuple[str, ...], FieldAssignment] = {}
        unknown: list[str] = []
        for stored in as_list(value.get("sets")):
            path = _texts(stored.get("path")) if isinstance(stored, dict) else ()
            if isinstance(stored, dict) and path in _settable_paths():
                assignments[path] = FieldAssignment(path, stored.get("value", ABSENT), stored.get("only_empty") is True)
            else:
                unknown.append("/".join(path) or "?")
        name = value.get("name")
        bulk = cls(name if isinstance(name, str) else "", tuple(assignments.values()), unknown=tuple(unknown))
        return bulk.with_tags(_texts(value.get("add_tags")), _texts(value.get("remove_tags")))


@dataclass(frozen=True, slots=True)
class Applied:
    """A bulk change applied to one order. `request`: the preferred one, a PATCH if possible. `upsert`: the full order.

    `no_patch` and `no_upsert`: why that kind of request is not possible, as texts for users. `blocked_reasons`: why
    neither is possible, or why the change cannot be applied to this order at all. `unknown_count`: how many parts of
    the order the schema does not know; an upsert might lose them (Q2.6, Q8.32).
    """

    edit: Edit
    request: RequestChoice
    upsert: RequestChoice
    changes: tuple[Change, ...]
    blocked_reasons: tuple[str, ...] = ()
    no_patch: tuple[str, ...] = ()
    no_upsert: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unknown_count: int = 0

    @property
    def is_unchanged(self) -> bool:
        """Whether the order already has all values."""
        return not self.changes and not self.blocked_reasons


@cache
def settable() -> tuple[Field, ...]:
    """The fields that a bulk change may set: values that can change on an existing order. Tags are added and removed."""
    return tuple(
        known
        for known in all_fields()
        if not known.has_members
        and not known.read_only
        and not known.immutable
        and known.path != TAGS.tokens
        and known.path not in _IDENTIFYING
        and not any(known.path[: len(list_pointer)] == list_pointer.tokens for list_pointer in LISTS[1:])
    )


def short_label(assignment: FieldAssignment) -> str:
    """A short label for a field: `Ship to city`, `items' HS code`, `status`."""
    known = field_at(assignment.pointer)
    if known is None:
        return "/".join(assignment.path)
    if assignment.is_item_field:
        return f"items' {known.caption}"
    return known.caption if known.group is Group.ORDER else f"{known.group} {known.caption}"


def apply(bulk: BulkChange, document: Document) -> Applied:
    """Apply the change to an order as read, in one step with the change's name, and choose the request for it."""
    edit = Edit(document)
    reasons = apply_to_edit(bulk, edit)
    changes = tuple(edit.changes())
    request, upsert = choose_request(edit), choose_upsert(edit)
    if reasons or not changes:
        return Applied(edit, request, upsert, changes, tuple(reasons))
    blocked = [change.reason for change in request.blocked]
    no_patch = [_without_hint(change.reason) for change in request.not_patchable] or _describe(request.invalid)
    no_upsert = _describe(upsert.invalid)
    blocked_reasons = blocked or (no_patch if no_patch and no_upsert else [])
    return Applied(
        edit,
        request,
        upsert,
        changes,
        tuple(dict.fromkeys(blocked_reasons)),
        tuple(dict.fromkeys(no_patch)),
        tuple(dict.fromkeys(no_upsert)),
        tuple(_warnings(edit, request)),
        len(unknown_pointers(document)),
    )


def apply_to_edit(bulk: BulkChange, edit: Edit) -> list[str]:
    """Apply the change to an edit in one step.

    Returns the reasons why it cannot be applied; the edit is then unchanged.
    """
    values: list[tuple[Pointer, Json | Absent]] = []
    reasons: list[str] = []
    for assignment in bulk.assignments:
        if assignment.value is ABSENT:
            continue
        pointers = list(_pointers(assignment, edit.document))
        if assignment.is_item_field and not pointers:
            reasons.append("the order has no items")
        values += [(pointer, assignment.value) for pointer in pointers if _wants(assignment, pointer, edit.document)]
    tags = _tags_after(bulk, edit.document)
    if isinstance(tags, str):
        reasons.append(tags)
    elif tags is not None:
        values.append((TAGS, tags))
    if not reasons:
        edit.put_all(values, bulk.name or bulk.summary)
    return list(dict.fromkeys(reasons))


def changed_since(planned: tuple[Change, ...], applied: Applied) -> tuple[Change, ...]:
    """The planned fields whose value changed on the service since, with the old and the current value.

    A field that now has the planned value is not listed. Tags are never listed, because they are added to and removed
    from whatever tags there are.
    """
    planned_pointers = {change.pointer for change in planned}
    found = []
    for change in planned:
        current = change.pointer.get(applied.edit.base)
        if not matches(change.pointer, change.was, current) and not matches(change.pointer, change.now, current):
            found.append(Change(change.pointer, change.was, current))
    # A field that had the planned value before and must be changed now was changed by somebody.
    found += [
        Change(change.pointer, change.now, change.was)
        for change in applied.changes
        if change.pointer not in planned_pointers
    ]
    return tuple(change for change in found if not change.pointer.startswith(TAGS))


# Implementation.


@cache
def _settable_paths() -> frozenset[tuple[str, ...]]:
    return frozenset(known.path for known in settable())


def _pointers(assignment: FieldAssignment, document: Document) -> Iterator[Pointer]:
    if not assignment.is_item_field:
        yield assignment.pointer
        return
    for index, item in enumerate(as_list(ITEMS.get(document))):
        if isinstance(item, dict):
            yield ITEMS / index + Pointer(assignment.path[len(EVERY_ITEM) :])


def _wants(assignment: FieldAssignment, pointer: Pointer, document: Document) -> bool:
    if assignment.only_empty and not _is_empty(_deciding_pointer(pointer).get(document)):
        return False
    return not matches(pointer, assignment.value, pointer.get(document))


def _deciding_pointer(pointer: Pointer) -> Pointer:
    """The pointer that decides if a field is empty: an amount or measure is empty without its value, even with a unit."""
    known, value = field_at(pointer), pointer.parent / "value"
    return value if known is not None and known.named_by_parent and field_at(value) is not None else pointer


def _is_empty(value: Json | Absent) -> bool:
    return value is ABSENT or value is None or value == "" or value == []


def _tags_after(bulk: BulkChange, document: Document) -> list[Json] | str | None:
    """The order's new tags; others stay, in their order (Q8.31). None if nothing changes, a text if it is impossible."""
    if not bulk.add_tags and not bulk.remove_tags:
        return None
    found = TAGS.get(document)
    if found is not ABSENT and found is not None and not isinstance(found, list):
        return "its tags are not a list"
    before = as_list(found)
    after = [tag for tag in before if tag not in bulk.remove_tags]
    after += [tag for tag in bulk.add_tags if tag not in after]
    return after if after != before else None


def _describe(invalid: tuple[Invalid, ...]) -> list[str]:
    return [f"{label_of(error.pointer)}: {error.detail}" for error in invalid]


def _warnings(edit: Edit, request: RequestChoice) -> Iterator[str]:
    changed = {change.pointer for change in request.carried}
    for error in request.tolerated:
        if error.pointer in changed:
            yield f"{label_of(error.pointer)}: {error.detail}"
    problems_before = {_problem_key(problem) for problem in find_problems(edit.base)}
    for problem in find_problems(edit.document):
        if _problem_key(problem) not in problems_before:
            yield problem.title or problem.detail
    yield from _kept_units(edit)


def _kept_units(edit: Edit) -> Iterator[str]:
    """Yield the units that stay unchanged when a change sets only the number, such as kilograms in one item and grams
    in another."""
    kept: dict[str, dict[str, None]] = {}
    for change in edit.changes():
        if change.pointer.name != "value":
            continue
        for name in ("unit", "currency"):
            pointer = change.pointer.parent / name
            unit = pointer.get(edit.document)
            if isinstance(unit, str) and unit == pointer.get(edit.base):
                kept.setdefault(name, {})[unit] = None
    yield from (f"{name} stays {', '.join(units)}" for name, units in kept.items())


def _problem_key(problem: Problem) -> tuple[Pointer, str]:
    return problem.pointer, problem.code


def _without_hint(reason: str) -> str:
    # The hint after the semicolon is about the form.
    return reason.split("; ")[0]


def _texts(value: Json | Absent) -> tuple[str, ...]:
    return tuple(text for text in as_list(value) if isinstance(text, str) and text)

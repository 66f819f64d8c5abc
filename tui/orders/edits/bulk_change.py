"""One change for many orders: a recipe of values and tags, and what it comes to on each order by either road."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.models import Group, Invalid
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.checks.shipping import preflight
from tui.orders.edits.edit import Change, Edit
from tui.orders.edits.merge import matches
from tui.orders.edits.request_choice import RequestChoice, choose_request, choose_upsert
from tui.orders.edits.upsert import unknown_pointers
from tui.orders.fields import Field, all_fields, field_at, label_of
from tui.orders.paths import ANY, EVERY_ITEM, ITEMS, LISTS, TAGS
from tui.orders.value_parser import show_value

VERSION: Final = 1
"""Of a recipe as JSON. One of a later version is not read, since half of a change is another change."""

_OWN: Final = (("order_number",), (*EVERY_ITEM, "name"), (*EVERY_ITEM, "item_id"))
"""What tells one order or item from another is never the same in all."""


@dataclass(frozen=True, slots=True)
class FieldAssignment:
    """A field and the value it is to have; below the items its path has `*`, for every item of an order.

    `value`: None for "the service is to remove it", ABSENT while it is not chosen yet. `only_empty`: leave what is
    there; an amount and its currency or unit are judged together.
    """

    path: tuple[str, ...]
    value: Json | Absent = ABSENT
    only_empty: bool = False

    @property
    def pointer(self) -> Pointer:
        """The address of its row in a form. With `*` in it, it leads into no document."""
        return Pointer(self.path)

    @property
    def of_items(self) -> bool:
        return self.path[: len(EVERY_ITEM)] == EVERY_ITEM


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What is to become of each order. `unread`: parts of a stored recipe that this version has no field for."""

    name: str = ""
    sets: tuple[FieldAssignment, ...] = ()
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    unread: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing of any order."""
        return not (self.add_tags or self.remove_tags or any(one.value is not ABSENT for one in self.sets))

    @property
    def words(self) -> str:
        """What it does, on one line, as a stranger's text: `status unfulfilled, tags +hold`."""
        parts = [
            f"{short_label(one)} {show_value(_kind(one), one.value)}{' where empty' if one.only_empty else ''}"
            for one in self.sets
            if one.value is not ABSENT
        ]
        tags = [f"+{tag}" for tag in self.add_tags] + [f"-{tag}" for tag in self.remove_tags]
        return ", ".join([*parts, *([f"tags {' '.join(tags)}"] if tags else [])])

    def setting(self, path: tuple[str, ...]) -> FieldAssignment | None:
        return next((one for one in self.sets if one.path == path), None)

    def with_setting(self, setting: FieldAssignment) -> "BulkChange":
        """This recipe with the setting in the place of the one of that field, or at the end."""
        if self.setting(setting.path) is None:
            return replace(self, sets=(*self.sets, setting))
        return replace(self, sets=tuple(setting if one.path == setting.path else one for one in self.sets))

    def without(self, path: tuple[str, ...]) -> "BulkChange":
        return replace(self, sets=tuple(one for one in self.sets if one.path != path))

    def with_tags(self, add: tuple[str, ...], remove: tuple[str, ...]) -> "BulkChange":
        """With these tags, each once; what is both added and removed is added."""
        added = tuple(dict.fromkeys(add))
        return replace(self, add_tags=added, remove_tags=tuple(tag for tag in dict.fromkeys(remove) if tag not in add))

    def to_json(self) -> Document:
        sets: list[Json] = []
        for one in self.sets:
            entry: Document = {"path": [*one.path]}
            if one.value is not ABSENT:
                entry["value"] = one.value
            if one.only_empty:
                entry["only_empty"] = True
            sets.append(entry)
        return {
            "version": VERSION,
            "name": self.name,
            "sets": sets,
            "add_tags": [*self.add_tags],
            "remove_tags": [*self.remove_tags],
        }

    @classmethod
    def from_json(cls, value: Json) -> "BulkChange | None":
        """Read what `to_json` wrote, leniently; None for what is no recipe, or one of a later version."""
        if not isinstance(value, dict):
            return None
        version = value.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version > VERSION:
            return None
        sets: dict[tuple[str, ...], FieldAssignment] = {}
        unread: list[str] = []
        for entry in _list(value.get("sets")):
            path = _texts(entry.get("path")) if isinstance(entry, dict) else ()
            if isinstance(entry, dict) and path in _settable_paths():
                sets[path] = FieldAssignment(path, entry.get("value", ABSENT), entry.get("only_empty") is True)
            else:
                unread.append("/".join(path) or "?")
        name = value.get("name")
        recipe = cls(name if isinstance(name, str) else "", tuple(sets.values()), unread=tuple(unread))
        return recipe.with_tags(_texts(value.get("add_tags")), _texts(value.get("remove_tags")))


@dataclass(frozen=True, slots=True)
class Applied:
    """What a recipe comes to on one order: as it goes by itself, by PATCH where one can carry it, and as it goes whole.

    `no_patch` and `no_upsert`: why that road cannot carry it, in words for people; `cannot`: why none can, or why the
    recipe does not fit this order at all. `unread`: how much of the order the schema does not know, which might be lost
    if it is sent whole (Q2.6, Q8.32).
    """

    edit: Edit
    sending: RequestChoice
    whole: RequestChoice
    changes: tuple[Change, ...]
    cannot: tuple[str, ...] = ()
    no_patch: tuple[str, ...] = ()
    no_upsert: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: int = 0

    @property
    def already(self) -> bool:
        """Whether the order is so already."""
        return not self.changes and not self.cannot


@cache
def settable() -> tuple[Field, ...]:
    """The fields that a recipe may set: values that can change on an existing order. Tags are added and removed."""
    return tuple(
        known
        for known in all_fields()
        if not known.members
        and not known.read_only
        and not known.immutable
        and known.path != TAGS.tokens
        and known.path not in _OWN
        and not any(known.path[: len(place)] == place.tokens for place in LISTS[1:])
    )


def short_label(setting: FieldAssignment) -> str:
    """A field in a few words, where the whole label would not fit: `Ship to city`, `items' HS code`, `status`."""
    known = field_at(setting.pointer)
    if known is None:
        return "/".join(setting.path)
    if setting.of_items:
        return f"items' {known.caption}"
    return known.caption if known.group is Group.ORDER else f"{known.group} {known.caption}"


def full_label(path: tuple[str, ...]) -> str:
    """A field as the form calls it: `Every item, HS code`."""
    label = label_of(Pointer(path))
    group, _, rest = label.partition(f" {ANY}, ")
    return f"Every item, {rest}" if rest else group


def apply(recipe: BulkChange, document: Document) -> Applied:
    """The recipe on an order as it was read: an edit of one step named after it, and what can carry it."""
    edit = Edit(document)
    reasons = apply_to_edit(recipe, edit)
    changes = tuple(edit.changes())
    sending, whole = choose_request(edit), choose_upsert(edit)
    if reasons or not changes:
        return Applied(edit, sending, whole, changes, tuple(reasons))
    stuck = [one.reason for one in sending.blocked]
    no_patch = [_short(one.reason) for one in sending.not_patchable] or _wrong(sending.invalid)
    no_upsert = _wrong(whole.invalid)
    cannot = stuck or (no_patch if no_patch and no_upsert else [])
    return Applied(
        edit,
        sending,
        whole,
        changes,
        tuple(dict.fromkeys(cannot)),
        tuple(dict.fromkeys(no_patch)),
        tuple(dict.fromkeys(no_upsert)),
        tuple(_warnings(edit, sending)),
        len(unknown_pointers(document)),
    )


def apply_to_edit(recipe: BulkChange, edit: Edit) -> list[str]:
    """Make the recipe one step of an edit; why it does not fit, in which case the edit is left as it was."""
    values: list[tuple[Pointer, Json | Absent]] = []
    reasons: list[str] = []
    for setting in recipe.sets:
        if setting.value is ABSENT:
            continue
        places = list(_places(setting, edit.document))
        if setting.of_items and not places:
            reasons.append("it has no items")
        values += [(place, setting.value) for place in places if _wants(setting, place, edit.document)]
    tags = _tags_after(recipe, edit.document)
    if isinstance(tags, str):
        reasons.append(tags)
    elif tags is not None:
        values.append((TAGS, tags))
    if not reasons:
        edit.put_all(values, recipe.name or recipe.words)
    return list(dict.fromkeys(reasons))


def changed_since(planned: tuple[Change, ...], applied: Applied) -> tuple[Change, ...]:
    """The fields that show another value now than they did when the change was planned: what it was, what it is.

    What is there by now as it is to be counts as no change, and tags are added to and taken from whatever there is.
    """
    before = {change.pointer: change for change in planned}
    found = []
    for change in planned:
        there = change.pointer.get(applied.edit.base)
        if not matches(change.pointer, change.was, there) and not matches(change.pointer, change.now, there):
            found.append(Change(change.pointer, change.was, there))
    # What was so already and has to be changed now, was changed by somebody.
    found += [Change(one.pointer, one.now, one.was) for one in applied.changes if one.pointer not in before]
    return tuple(change for change in found if not change.pointer.startswith(TAGS))


# How it is done.


@cache
def _settable_paths() -> frozenset[tuple[str, ...]]:
    return frozenset(known.path for known in settable())


def _places(setting: FieldAssignment, document: Document) -> Iterator[Pointer]:
    if not setting.of_items:
        yield setting.pointer
        return
    items = ITEMS.get(document)
    for position, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield ITEMS / position + Pointer(setting.path[len(EVERY_ITEM) :])


def _wants(setting: FieldAssignment, place: Pointer, document: Document) -> bool:
    if setting.only_empty and not _is_empty(_judged_by(place).get(document)):
        return False
    return not matches(place, setting.value, place.get(document))


def _judged_by(place: Pointer) -> Pointer:
    """An amount or measure is empty when its value is: a unit alone is none."""
    known, value = field_at(place), place.parent / "value"
    return value if known is not None and known.named_by_parent and field_at(value) is not None else place


def _is_empty(value: Json | Absent) -> bool:
    return value is ABSENT or value is None or value == "" or value == []


def _tags_after(recipe: BulkChange, document: Document) -> list[Json] | str | None:
    """The tags that the order is to have: others' stay, in their order (Q8.31). None: as they are. A text: why not."""
    if not recipe.add_tags and not recipe.remove_tags:
        return None
    found = TAGS.get(document)
    if found is not ABSENT and found is not None and not isinstance(found, list):
        return "its tags are no list"
    before = found if isinstance(found, list) else []
    after = [tag for tag in before if tag not in recipe.remove_tags]
    after += [tag for tag in recipe.add_tags if tag not in after]
    return after if after != before else None


def _wrong(invalid: tuple[Invalid, ...]) -> list[str]:
    return [f"{label_of(one.pointer)}: {one.detail}" for one in invalid]


def _warnings(edit: Edit, sending: RequestChoice) -> Iterator[str]:
    changed = {change.pointer for change in sending.carried}
    for one in sending.tolerated:
        if one.pointer in changed:
            yield f"{label_of(one.pointer)}: {one.detail}"
    before = {_finding(problem) for problem in preflight(edit.base)}
    for problem in preflight(edit.document):
        if _finding(problem) not in before:
            yield problem.title or problem.detail
    yield from _units_that_stay(edit)


def _units_that_stay(edit: Edit) -> Iterator[str]:
    """2.5 is kilograms in one order and grams in the next: in what a number counts that a recipe sets without it."""
    stay: dict[str, dict[str, None]] = {}
    for change in edit.changes():
        if change.pointer.name != "value":
            continue
        for name in ("unit", "currency"):
            place = change.pointer.parent / name
            unit = place.get(edit.document)
            if isinstance(unit, str) and unit == place.get(edit.base):
                stay.setdefault(name, {})[unit] = None
    yield from (f"{name} stays {', '.join(units)}" for name, units in stay.items())


def _finding(problem: Problem) -> tuple[Pointer, str]:
    return problem.pointer, problem.code


def _short(reason: str) -> str:
    # What to do about it in a form is not what is done about it here.
    return reason.split("; ")[0]


def _kind(setting: FieldAssignment) -> str:
    known = field_at(setting.pointer)
    return known.kind if known is not None else "json"


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _texts(value: Json | Absent) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    return tuple(text for text in found if isinstance(text, str) and text)

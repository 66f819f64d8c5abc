"""Short texts for values, changes and problems, with the labels of the form."""

import re
from typing import Final

from tui.api.codec import Json
from tui.api.errors import Problem
from tui.api.models import Group, Kind
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.edits.edit import Change
from tui.orders.edits.matching import name_of
from tui.orders.fields import entry_of, field_at, label_of
from tui.orders.paths import KEY
from tui.orders.value_parser import show_value

_REQUIRED: Final = ("Required", "Field required")
"""The text of our schema and that of the service."""


def short_problem(problem: Problem) -> str:
    """Describe a problem for a narrow column: its title, else the name of the field and the main part of the detail."""
    pointer, field = problem.pointer, field_at(problem.pointer)
    if problem.title:
        return problem.title
    if field is None:
        label = problem.raw_pointer or (label_of(pointer) if pointer.tokens else "")
        return f"{label}: {problem.detail}" if label else problem.detail
    head = label_of(pointer).partition(", ")[0]
    item = head.removeprefix(f"{Group.ITEMS} ") if entry_of(pointer) is not None and field.group is Group.ITEMS else ""
    name = f"{f'item {item} ' if item else 'billing ' if field.group is Group.BILL_TO else ''}{field.caption}"
    if problem.detail in _REQUIRED:
        return f"no {name}"
    # The service says "Input should be greater than 0", our schema "Must be greater than 0".
    detail = re.sub("^(?:Must|Input should) ", "must ", problem.detail)
    return f"{name}: {detail}"


def change_label(change: Change) -> str:
    """The form's label for the place of a change; a removed list item is shown by its name."""
    token = change.pointer.name
    if token.startswith(KEY) and token.removeprefix(KEY).isdigit():
        name = name_of(change.was) if change.was is not ABSENT else None
        return f"removed: {name or label_of(change.pointer.parent / token.removeprefix(KEY))}"
    if change.moved:
        return f"order of {label_of(change.pointer).lower()}"
    return label_of(change.pointer)


def _is_nested(value: Json) -> bool:
    return isinstance(value, dict | list)


def display_value(pointer: Pointer, value: Json | Absent) -> str:
    """A value as the form shows it at this pointer."""
    known = field_at(pointer)
    if isinstance(value, dict) and value.keys() == {"value", "unit"} and not any(map(_is_nested, value.values())):
        return f"{show_value(Kind.NUMBER, value['value'])} {show_value(Kind.TEXT, value['unit'])}"
    return show_value(known.kind if known is not None and not known.has_members else "json", value)

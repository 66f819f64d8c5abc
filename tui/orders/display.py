"""How changes and values of an order are shown: the label of the place, and the value as its field shows it."""

from tui.api.codec import Json
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.edits.edit import KEY, Change, Edit
from tui.orders.edits.matching import name_of
from tui.orders.fields import field_at, label_of
from tui.orders.value_parser import show_value


def place_words(edit: Edit, change: Change) -> str:
    """Where a change is, in the words of the form; an entry that was removed by its name."""
    token = change.pointer.name
    if token.startswith(KEY) and token.removeprefix(KEY).isdigit():
        name = name_of(change.was) if change.was is not ABSENT else None
        return f"removed: {name or label_of(change.pointer.parent / token.removeprefix(KEY))}"
    if change.moved:
        return f"order of {label_of(change.pointer).lower()}"
    return label_of(change.pointer)


def shown_at(pointer: Pointer, value: Json | Absent) -> str:
    """A value as the field at this place shows it."""
    known = field_at(pointer)
    return show_value(known.kind if known is not None and not known.members else "json", value)

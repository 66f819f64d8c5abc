"""The groups of an order's form: their labels on the tab bar, and the one that a heading belongs to."""

from collections.abc import Iterable

from tui.api.models import Group
from tui.orders.fields import field_at
from tui.orders.paths import ITEMS
from tui.widgets.form_layout import GroupRow, SheetRow
from tui.widgets.tab_bar import TabLabel


def group_entries(rows: Iterable[SheetRow]) -> list[TabLabel]:
    """The groups of a form for the strip, with their counts of changes, problems and what is to be decided."""
    counts: dict[str, list[int]] = {str(group): [0, 0, 0] for group in Group}
    for row in rows:
        if isinstance(row, GroupRow) and (name := group_of(row)) in counts:
            for place, count in enumerate((row.changes, row.problems, row.conflicts)):
                counts[name][place] += count
    return [
        TabLabel(name, name, " ".join(f"{mark}{count}" for mark, count in zip("*!#", found, strict=True) if count))
        for name, found in counts.items()
    ]


def group_of(row: GroupRow) -> str:
    """The tab that a heading belongs to."""
    known = field_at(row.pointer / "name") if row.pointer.tokens else None
    if known is not None:
        return str(known.group)
    return str(Group.ITEMS) if row.pointer == ITEMS else row.title


def sentence(text: str) -> str:
    """A text as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""

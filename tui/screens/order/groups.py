"""The groups of an order's form on the tab bar."""

from collections.abc import Iterable

from tui.api.models import Group
from tui.orders.fields import field_at
from tui.orders.paths import ITEMS
from tui.widgets.form_layout import GroupRow, SheetRow
from tui.widgets.tab_bar import TabLabel


def group_entries(rows: Iterable[SheetRow]) -> list[TabLabel]:
    """The tabs of a form: its groups, with their counts of changes, problems and conflicts."""
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
    """A text with a capital at its start and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""

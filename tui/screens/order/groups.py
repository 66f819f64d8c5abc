"""The groups of an order's form on the tab bar."""

from collections.abc import Iterable
from typing import Any

from tui.api.models import Group
from tui.orders.fields import field_at
from tui.orders.paths import ITEMS
from tui.screens.common.commands import handles
from tui.screens.common.screen import BaseScreen
from tui.widgets.form_layout import GroupRow, SheetRow
from tui.widgets.sheet import OrderSheet
from tui.widgets.tab_bar import TabLabel


def group_entries(rows: Iterable[SheetRow]) -> list[TabLabel]:
    """The tabs of a form: its groups, with their counts of changes, problems and conflicts."""
    counts: dict[str, list[int]] = {str(group): [0, 0, 0] for group in Group}
    for row in rows:
        if isinstance(row, GroupRow) and (name := group_of(row)) in counts:
            for index, count in enumerate((row.changes, row.problems, row.conflicts)):
                counts[name][index] += count
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


class FormGroups:
    """Movement between the groups."""

    def __init__(self, screen: BaseScreen[Any], sheet: OrderSheet) -> None:
        self._screen = screen
        self._sheet = sheet
        self._names = [str(group) for group in Group]

    def current(self) -> str:
        """The group of the field under the cursor."""
        pointer = self._sheet.cursor_pointer
        known = field_at(pointer) if pointer is not None else None
        return str(known.group) if known is not None else str(Group.SHIP_TO)

    def go_to(self, name: str) -> None:
        for index, row in enumerate(self._sheet.rows):
            if isinstance(row, GroupRow) and group_of(row) == name:
                self._sheet.go_to_row(index)
                return
        self._screen.show_notice(f"{name} has no field in this view; {self._screen.key('view')} shows others.")

    @handles(tab_next=1, tab_previous=-1)
    def step(self, by: int) -> None:
        self.go_to(self._names[(self._names.index(self.current()) + by) % len(self._names)])

    @handles("tab_number")
    def go_to_number(self, key: str) -> None:
        """Go to a group by its number on the tab bar."""
        if 1 <= int(key) <= len(self._names):
            self.go_to(self._names[int(key) - 1])
        else:
            self._screen.show_notice(f"There is no tab {key}.")

"""Bare Textual apps to measure ours against: the same number of rows, and nothing else.

    python tests/bench/bare_textual.py lines|table ROWS

`lines`: a list and a form that draw their own lines. `table`: Textual's DataTable, and a form of Inputs.
"""

import sys

from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import DataTable, Input

FIELDS = 60
CELLS = ("NL-48213", "6", "13h", "BE", "Jeroen Maes", "1.20", "€ 63.50", "no house number")
COLUMNS = ("order", "s", "age", "cc", "recipient", "kg", "total", "why it will not ship")


class Lines(ScrollView, can_focus=True):
    """Lines with a cursor; only the changed lines are drawn again."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.cursor = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.lines))
        self.focus()

    def render_line(self, y: int) -> Strip:
        row = y + int(self.scroll_offset.y)
        style = self.rich_style
        if row >= len(self.lines):
            return Strip.blank(self.size.width, style)
        if row == self.cursor:
            style += type(style)(reverse=True)
        return Strip([Segment(self.lines[row], style)]).adjust_cell_length(self.size.width, style)

    def on_key(self, event: events.Key) -> None:
        by = {"down": 1, "pagedown": self.size.height}.get(event.key)
        if by is None:
            return
        event.stop()
        before, self.cursor = self.cursor, min(self.cursor + by, len(self.lines) - 1)
        top = int(self.scroll_offset.y)
        if self.cursor >= top + self.size.height:
            self.scroll_to(y=top + by, animate=False)
        else:
            self.refresh_line(before - top)
            self.refresh_line(self.cursor - top)


class LinesForm(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Lines([f"field {number:<16} value {number}" for number in range(FIELDS)])


class InputsForm(Screen[None]):
    AUTO_FOCUS = "Input"

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            for number in range(FIELDS):
                field = Input(f"value {number}", compact=True)
                field.cursor_blink = False
                yield field


class Bare(App[None]):
    CSS = "Screen { layout: vertical; } Lines, DataTable, VerticalScroll { height: 1fr; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, kind: str, count: int) -> None:
        super().__init__()
        self.kind, self.count = kind, count

    def compose(self) -> ComposeResult:
        if self.kind == "lines":
            yield Lines(["  ".join(CELLS) + f" {number}" for number in range(self.count)])
        else:
            yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        if self.kind == "table":
            table = self.query_one(DataTable)
            for name in COLUMNS:
                table.add_column(name, width=len(name) + 6)
            for _ in range(self.count):
                table.add_row(*CELLS)
            table.focus()

    def on_data_table_row_selected(self) -> None:
        self.push_screen(InputsForm())

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter" and self.kind == "lines":
            self.push_screen(LinesForm())
        elif event.key == "escape":
            self.pop_screen()


if __name__ == "__main__":
    Bare(sys.argv[1], int(sys.argv[2])).run(mouse=False)

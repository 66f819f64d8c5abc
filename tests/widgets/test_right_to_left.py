"""Right-to-left words stay in their column on a terminal that reorders lines, as Konsole, mlterm and Terminal.app do."""

from typing import Any

import pyte
import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, LayoutUpdate
from widget_harness import WidgetApp, screen_lines

from tui.widgets.output.frame import Frame
from tui.widgets.status import StatusLine
from tui.widgets.table import Column, OrderTable, RenderedRow
from tui.widgets.text import fit, isolated

ISOLATES = "\u2068\u2069"
COLUMNS = [Column("o", "order", 9), Column("n", "recipient", 14), Column("c", "city", 8), Column("k", "kg", 6)]
NAMES = ["דוד כהן", "محمد علي", "רחוב הרצל 12", "Ilse דוד Bakker", "שם (ב)", "3 נועם"]
CELLS = st.text(alphabet="abc דוכןمحعл 12.,()-:", max_size=14)


class ReorderingTerminal(pyte.Screen):
    """A terminal that stores isolates with the cell before them and reorders each line for display."""

    def draw(self, data: str) -> None:
        for char in data:
            if char in ISOLATES:
                row = self.buffer[self.cursor.y]
                cell = row[self.cursor.x - 1]
                row[self.cursor.x - 1] = cell._replace(data=cell.data + char)
            else:
                super().draw(char)

    def seen(self) -> list[str]:
        return [
            reordered("".join(self.buffer[y][x].data for x in range(self.columns)).rstrip()) for y in range(self.lines)
        ]


def reordered(line: str) -> str:
    """The characters of a line in display order."""
    return "".join(char for char in str(get_display(line, base_dir="L")) if char not in ISOLATES)


class OnReorderingTerminal(WidgetApp):
    """An app that writes its frames to a reordering terminal."""

    def prepare(self, width: int, height: int) -> None:
        self.frame, self.terminal = Frame(), ReorderingTerminal(width, height)
        self.stream = pyte.Stream(self.terminal)

    def _display(self, screen: Any, renderable: Any) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if isinstance(renderable, LayoutUpdate):
                self.prepare(*renderable.region.size)
            self.stream.feed(self.frame.write(renderable, self.console._color_system or ColorSystem.TRUECOLOR))
        super()._display(screen, renderable)


def test_terminal_of_these_tests_reorders() -> None:
    assert reordered("1 דוד 2 3") == "1 2 דוד 3"[:2] + "3 2 דוד"


async def test_names_do_not_move_neighbouring_columns() -> None:
    table = OrderTable(COLUMNS)
    table.load([RenderedRow(f"k{n}", (f"NL-{n}", name, "חיפה", "1.20"), "!") for n, name in enumerate(NAMES)])
    app = OnReorderingTerminal(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        for number in range(len(NAMES)):
            line = app.terminal.seen()[1 + number]
            assert line[4:13].strip() == f"NL-{number}", line
            assert line[29:37].strip() == "הפיח", line
            assert line[38:44].strip() == "1.20", line
        table.move(1)
        await pilot.pause()
        assert app.terminal.seen()[1][38:44].strip() == "1.20"


async def test_name_in_a_sentence_keeps_numbers_in_place() -> None:
    line = StatusLine()
    app = OnReorderingTerminal(line)
    async with app.run_test(size=(60, 4)) as pilot:
        line.set(["Drafted: weight, for דוד כהן. 2 drafts", "3 marked"])
        await pilot.pause()
        assert " ".join(app.terminal.seen()[0].split()) == "Drafted: weight, for ןהכ דוד. 2 drafts │ 3 marked"
        assert "\u2068דוד כהן\u2069" in screen_lines(app)[0]


@given(st.lists(CELLS, min_size=2, max_size=4))
def test_cells_keep_their_place(cells: list[str]) -> None:
    width = 16
    line = "|".join(isolated(f" {fit(cell, width)}") for cell in cells)
    assert cell_len(line) == (width + 2) * len(cells) - 1
    assert [len(part) for part in reordered(line).split("|")] == [width + 1] * len(cells)
    assert [sorted(part) for part in reordered(line).split("|")] == [sorted(f" {fit(cell, width)}") for cell in cells]


@pytest.mark.parametrize(
    ("piece", "marked"),
    [
        ("plain 12", "plain 12"),
        ("Émile Łoś", "Émile Łoś"),
        ("  דוד כהן   ", "  <דוד כהן>   "),
        ("רחוב הרצל 12", "<רחוב הרצל 12>"),
        ("12 רחוב", "<12 רחוב>"),
        ("for אבג 12. u undoes", "for <אבג> 12. u undoes"),
        ("דוד  כהן", "<דוד>  <כהן>"),
        ("ab דוד  1.20 kg", "ab <דוד>  1.20 kg"),
    ],
)
def test_right_to_left_runs_are_isolated(piece: str, marked: str) -> None:
    assert isolated(piece).replace("\u2068", "<").replace("\u2069", ">") == marked
    assert cell_len(isolated(piece)) == cell_len(piece)

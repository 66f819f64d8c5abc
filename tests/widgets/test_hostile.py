"""Untrusted text is shown safely in every widget, and does not stop the app."""

import unicodedata

import pytest
from textual.widget import Widget
from widget_harness import WidgetApp

from tui.api.pointer import Pointer
from tui.orders.value_parser import ValidValue
from tui.widgets.dialogs import QuestionBar
from tui.widgets.filter_line import FilterLine
from tui.widgets.form_layout import FieldRow, GroupRow, NoteRow
from tui.widgets.grid import GridCell, GridColumn, NoRows, OrderGrid
from tui.widgets.pager import Pager
from tui.widgets.problems import ProblemList, ProblemRow
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar, TabLabel
from tui.widgets.table import Column, OrderTable, RenderedRow

HOSTILE = [
    "[@click=app.x]y[/]",
    "[/foo]",
    "x [/ y",
    "[$nosuch]X[/]",
    "\x1b]52;c;aGk=\x07\x1b[2J",
    "\x9b2J\x9d0;t\x9c\x00\x7f",
    "a\r\nb\tc\x0bd\u2028e",
    "\u202edcba\u200b\ufeff\u2066",
    "\ud800\udc00\ude00",
    "\U000e0041\U000e0042",
    "日本👩🏽\u200d🚀❤\ufe0f🇳🇱e\u0301\u0301\u0301\u0301\u0301\u0301",
]
POINTER = Pointer.of("a")


class HostileRows(NoRows):
    """One row with the text in every possible place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def __len__(self) -> int:
        return 1

    def key_at(self, index: int) -> str:
        return self.text

    def index_of(self, key: str) -> int | None:
        return 0 if key == self.text else None

    def mark_of(self, index: int) -> tuple[str, str]:
        return self.text[:1], "error"

    def cell_at(self, index: int, column: str) -> GridCell:
        text = self.text
        row = FieldRow(POINTER, text, "choice", text, text, mark=text[:1], choices=((text, text), ("b", "b")))
        return GridCell(row, "error", more=1)


def widgets_with(text: str) -> list[Widget]:
    """Every widget, with the text in every possible place."""
    table = OrderTable([Column("a", text, 20, 1)], empty=text)
    table.load([RenderedRow(text, (text,), mark=text or " ")])
    table.set_footer(text)
    sheet = OrderSheet(empty=text)
    choices = ((text, text), ("b", "b"))
    sheet.load(
        [
            GroupRow(text, POINTER, hint=text),
            FieldRow(POINTER, text, "choice", text, text, was=text, mark=text[:1], choices=choices),
            NoteRow(POINTER, text, "error", text[:1]),
        ]
    )
    problems = ProblemList()
    problems.load([ProblemRow("o", POINTER, text, text, text[:1], title=text)])
    pager = Pager()
    pager.set_text(text)
    strip, status, keys, line, bar = TabBar(), StatusLine(), KeyLine(), FilterLine(), QuestionBar()
    strip.set_labels([TabLabel("k", text, text)])
    status.set([text, (text, "error")])
    keys.set([(text, text), ("?", text)])
    line.set(text, text)
    grid = OrderGrid(lambda pointer, kind, entered, choices: ValidValue(entered), empty=text)
    grid.load(HostileRows(text), [GridColumn("a", text, 12), GridColumn("b", text, 9, "right")])
    return [
        table,
        sheet,
        grid,
        problems,
        pager,
        strip,
        status,
        keys,
        line,
        bar,
        TitleLine(text, text),
        RuleLine(text, text),
    ]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [80, 25])
async def test_only_safe_characters_reach_the_terminal(text: str, width: int) -> None:
    widgets = widgets_with(text)
    app = WidgetApp(*widgets)
    async with app.run_test(size=(width, 40)) as pilot:
        for step in ("shown", "asked", "edited"):
            if step == "asked":
                bar = next(widget for widget in widgets if isinstance(widget, QuestionBar))
                bar.confirm(text, text)
            if step == "edited":
                bar.dismiss()
                sheet = next(widget for widget in widgets if isinstance(widget, OrderSheet))
                assert sheet.open_editor(POINTER)
                grid = next(widget for widget in widgets if isinstance(widget, OrderGrid))
                assert grid.open_editor()
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            drawn = "".join(segment.text for strip in strips for segment in strip)
            assert not [char for char in drawn if unicodedata.category(char)[0] == "C"]
            assert not set("\u2028\u2029\ufe0f") & set(drawn)
            assert all(strip.cell_length == width for strip in strips)
            assert not any(segment.style and segment.style.meta.get("@click") for strip in strips for segment in strip)

"""Tests for the diff renderer: it draws the same screen as Textual's output, with a fraction of the bytes."""

import random
from collections.abc import Callable

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from widget_harness import StyledScreen, WidgetApp

from tui.api.pointer import Pointer
from tui.widgets import diff_renderer
from tui.widgets.diff_renderer import DiffRenderer, Frame, UnsupportedUpdate
from tui.widgets.form_layout import FieldRow, GroupRow
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import TitleLine
from tui.widgets.tab_bar import TabBar, TabLabel
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell

NAMES = ["Aylin Yıldız", "日本 太郎", "👩🏽\u200d🚀 Émile", "e\u0301mile [red]", "plain"]


class Terminal:
    def __init__(self, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.Stream(self.screen)
        self.size = (width, height)

    def cells(self) -> list[list[tuple[object, ...]]]:
        width, height = self.size
        buffer = self.screen.buffer
        return [[_visible_attributes(buffer[y][x]) for x in range(width)] for y in range(height)]


def _visible_attributes(cell: pyte.screens.Char) -> tuple[object, ...]:
    """Return the visible attributes of a cell: a blank shows no foreground colour or weight."""
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough):
        return (" ", cell.bg)
    return tuple(cell)


class ComparingApp(WidgetApp):
    """Writes every update with Textual's renderer to one terminal, and with the diff renderer to another."""

    def prepare(self, width: int, height: int) -> None:
        self.frame = Frame()
        self.textual_terminal, self.diff_terminal = Terminal(width, height), Terminal(width, height)
        self.stock_bytes = self.sparse_bytes = 0

    def _display(self, screen, renderable) -> None:  # type: ignore[no-untyped-def]
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if isinstance(renderable, LayoutUpdate) and tuple(renderable.region.size) != self.textual_terminal.size:
                self.prepare(*renderable.region.size)
            textual_terminal = renderable.render_segments(self.console)
            diff_terminal = self.frame.write(renderable, self.console._color_system or ColorSystem.TRUECOLOR)
            self.textual_terminal.stream.feed(textual_terminal)
            self.diff_terminal.stream.feed(diff_terminal)
            self.stock_bytes, self.sparse_bytes = len(textual_terminal.encode()), len(diff_terminal.encode())
        super()._display(screen, renderable)


COLUMNS = [Column("o", "order", 9), Column("n", "recipient", 12, 1), Column("k", "kg", 6, align="right")]


def rows(count: int, seed: int) -> list[RenderedRow]:
    rng = random.Random(seed)
    return [
        RenderedRow(f"k{n}", (f"NL-{n}", rng.choice(NAMES), StyledCell("no weight", "error")), "!")
        for n in range(count)
    ]


@pytest.mark.parametrize("theme", ["textual-dark", "ansi-light"])
@pytest.mark.parametrize("seed", [1, 2])
async def test_screen_is_the_same_as_textuals(theme: str, seed: int) -> None:
    table, sheet, title, tab_bar = OrderTable(COLUMNS), OrderSheet(), TitleLine(), TabBar()
    app = ComparingApp(title, tab_bar, table, sheet)
    app.prepare(80, 24)
    rng = random.Random(seed)
    pointers = [Pointer.of("a", n) for n in range(20)]
    fields = [FieldRow(p, "field", "text", rng.choice(NAMES), rng.choice(NAMES), was="x") for p in pointers]
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        steps: list[Callable[[], object]] = [
            lambda: table.move(rng.choice([-3, -1, 1, 2])),
            lambda: table.page(rng.choice([-1, 1])),
            lambda: table.toggle_mark(),
            lambda: table.load(rows(200, rng.randrange(9))),
            lambda: sheet.load([GroupRow("日本", pointers[0]), *rng.sample(fields, 12)]),
            lambda: sheet.open_editor(),
            lambda: sheet.set_rows(fields[: rng.randrange(3, 20)]),
            lambda: title.set(rng.choice(NAMES) * 3, "right"),
            lambda: tab_bar.set_labels([TabLabel(str(n), rng.choice(NAMES)) for n in range(9)]),
            lambda: tab_bar.step(1),
        ]
        for number in range(60):
            rng.choice(steps)()
            if number == 40:
                await pilot.resize_terminal(61, 20)
            await pilot.pause()
            assert app.diff_terminal.cells() == app.textual_terminal.cells(), f"after step {number}"


async def test_cursor_key_writes_few_bytes() -> None:
    table = OrderTable(COLUMNS)
    app = ComparingApp(table)
    app.prepare(120, 40)
    async with app.run_test(size=(120, 40)) as pilot:
        table.load(rows(200, 0))
        await pilot.pause()
        table.move(1)
        await pilot.pause()
        assert app.diff_terminal.cells() == app.textual_terminal.cells()
        assert app.sparse_bytes <= 400
        assert app.sparse_bytes < app.stock_bytes
        assert "NL-1 " in app.diff_terminal.screen.display[2]


def layout(*lines: list[Segment]) -> LayoutUpdate:
    return LayoutUpdate([[Strip(line)] for line in lines], Region(0, 0, 6, len(lines)))


def test_unchanged_update_writes_nothing_unless_the_frame_is_forgotten() -> None:
    frame = Frame()
    update = layout([Segment("abcdef", Style(bold=True))])
    assert "abcdef" in frame.write(update, ColorSystem.STANDARD)
    assert frame.write(update, ColorSystem.STANDARD) == ""
    frame.forget()
    assert "abcdef" in frame.write(update, ColorSystem.STANDARD)


def test_half_overwritten_wide_character_is_removed() -> None:
    frame, terminal = Frame(), Terminal(6, 1)
    for text in ("日本語", "a本bcd", "日本語", "ab    "):
        terminal.stream.feed(frame.write(layout([Segment(text, Style())]), ColorSystem.STANDARD))
        assert terminal.screen.display[0].replace("\0", "") == text


def test_unsupported_updates_use_textuals_output() -> None:
    frame = Frame()
    with pytest.raises(UnsupportedUpdate):
        frame.write(layout([Segment("linked", Style(link="https://example.com"))]), ColorSystem.STANDARD)
    with pytest.raises(UnsupportedUpdate):
        frame.write(layout([Segment("too long by far", Style())]), ColorSystem.STANDARD)
    with pytest.raises(UnsupportedUpdate):
        frame.write(CompositorUpdate(), ColorSystem.STANDARD)
    app: DiffRenderer[None] = DiffRenderer()
    linked = layout([Segment("linked", Style(link="https://example.com"))])
    assert "linked" in diff_renderer._DiffUpdate(frame, linked).render_segments(app.console)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("", "1;31", "\x1b[1;31m"),
        ("1;31", "", "\x1b[m"),
        ("1;38;2;1;2;3;48;2;4;5;6", "1;38;2;1;2;3;48;2;9;9;9", "\x1b[48;2;9;9;9m"),
        ("38;5;9;48;5;1", "48;5;1", "\x1b[39m"),
        ("1;31", "31", "\x1b[22m"),
        ("1;2;31", "2;31", "\x1b[22;2m"),
        ("53;31", "31", "\x1b[0;31m"),
        ("91;101", "1;92;101", "\x1b[1;92m"),
    ],
)
def test_code_change_is_minimal(old: str, new: str, change: str) -> None:
    assert diff_renderer._code_change(old, new) == change


class Quiet(DiffRenderer[None]):
    def get_default_screen(self) -> StyledScreen:
        return StyledScreen()

    def compose(self) -> ComposeResult:
        yield TitleLine("x")


async def test_unknown_textual_version_is_not_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_renderer.textual, "__version__", "8.3.0")
    app = Quiet()
    async with app.run_test(size=(20, 3)):
        assert app._frame is None
    monkeypatch.setattr(diff_renderer.textual, "__version__", "8.2.9")
    app = Quiet()
    async with app.run_test(size=(20, 3)) as pilot:
        app.screen.refresh()
        await pilot.pause()
        assert app._frame is not None

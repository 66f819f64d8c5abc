"""Tests for the diff renderer: it draws the same screen as Textual's output, with a fraction of the bytes.

Random steps are drawn by both, and compared after every step in pyte, and now and then in tmux. `SENDCLOUD_SEEDS=300`
runs that many seeds.
"""

import os
import random
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from widget_harness import StyledScreen, WidgetApp

from tui.api.pointer import Pointer
from tui.widgets.form_layout import FieldRow, GroupRow
from tui.widgets.output import diff_renderer
from tui.widgets.output.diff_renderer import DiffRenderer
from tui.widgets.output.frame import Frame, UnsupportedUpdate
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

    def prepare(self, width: int, height: int, **options: bool) -> None:
        self.options = options or getattr(self, "options", {})
        self.frame = Frame(**self.options)
        self.outputs: list[tuple[str, str]] = []
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
            self.outputs.append((textual_terminal, diff_terminal))
            self.stock_bytes, self.sparse_bytes = len(textual_terminal.encode()), len(diff_terminal.encode())
        super()._display(screen, renderable)


COLUMNS = [Column("o", "order", 9), Column("n", "recipient", 12, 1), Column("k", "kg", 6, align="right")]


def rows(count: int, seed: int) -> list[RenderedRow]:
    rng = random.Random(seed)
    return [
        RenderedRow(f"k{n}", (f"NL-{n}", rng.choice(NAMES), StyledCell("no weight", "error")), "!")
        for n in range(count)
    ]


SEEDS = range(1, 1 + int(os.environ.get("SENDCLOUD_SEEDS", "2")))


async def storm(app: ComparingApp, seed: int, theme: str, check: Callable[[int], None]) -> None:
    """Random steps on all kinds of widgets, with a resize; `check` is called with the number of each step."""
    table, sheet, title, tab_bar = OrderTable(COLUMNS), OrderSheet(), TitleLine(), TabBar()
    app.widgets = (title, tab_bar, table, sheet)
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
            check(number)


@pytest.mark.parametrize("theme", ["textual-dark", "ansi-dark", "ansi-light"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_screen_is_the_same_as_textuals(theme: str, seed: int) -> None:
    app = ComparingApp()
    app.prepare(80, 24, scrolls=seed % 3 > 0, erases_cells=seed % 2 > 0)

    def check(number: int) -> None:
        assert app.diff_terminal.cells() == app.textual_terminal.cells(), f"after step {number}"

    await storm(app, seed, theme, check)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
@pytest.mark.parametrize("seed", SEEDS)
async def test_screen_in_tmux_is_the_same_as_textuals(seed: int, tmp_path: Path) -> None:
    app = ComparingApp()
    app.prepare(80, 24)
    shown: list[tuple[str, str, tuple[int, int]]] = []

    def check(number: int) -> None:
        if number in (19, 39, 59):
            stock, ours = ("".join(outputs) for outputs in zip(*app.outputs, strict=True))
            shown.append((stock, ours, app.textual_terminal.size))

    await storm(app, seed, "ansi-dark", check)
    for stock, ours, size in shown:
        assert cells_in_tmux(ours, size, tmp_path) == cells_in_tmux(stock, size, tmp_path)


def cells_in_tmux(output: str, size: tuple[int, int], folder: Path) -> list[list[tuple[object, ...]]]:
    """The cells that tmux shows after this output."""
    (folder / "output").write_text(output, newline="")
    (folder / "tmux.conf").write_text("set -g status off\n")
    # A server that is ending still listens on its socket, and the path of a socket must be short.
    socket = f"/tmp/{uuid.uuid4().hex}"
    tmux = ["tmux", "-S", socket, "-f", str(folder / "tmux.conf")]
    width, height = size
    shell = f"cat '{folder / 'output'}'; tmux -S '{socket}' wait-for -S shown; sleep 60"
    subprocess.run([*tmux, "new-session", "-d", "-x", str(width), "-y", str(height), shell], check=True)
    try:
        subprocess.run([*tmux, "wait-for", "shown"], check=True, timeout=10)
        found = subprocess.run([*tmux, "capture-pane", "-e", "-p", "-N"], check=True, capture_output=True, text=True)
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    terminal = Terminal(width, height)
    terminal.stream.feed(found.stdout.rstrip("\n").replace("\n", "\r\n"))
    return terminal.cells()


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


def test_a_part_of_an_unknown_screen_is_not_enough() -> None:
    frame = Frame()
    whole = layout([Segment("abcdef", Style())])
    part = ChopsUpdate([{0: Strip([Segment("abc", Style())]), 3: None}], [(0, 0, 3)], [[3, 6]])
    assert frame.lacks_rest(part)
    assert not frame.lacks_rest(whole)
    frame.write(whole, ColorSystem.STANDARD)
    assert not frame.lacks_rest(part)
    frame.forget()
    assert frame.lacks_rest(part)


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


class Quiet(DiffRenderer[None]):
    def get_default_screen(self) -> StyledScreen:
        return StyledScreen()

    def compose(self) -> ComposeResult:
        yield TitleLine("x")


async def test_textual_without_a_name_that_is_used_draws_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Quiet()
    async with app.run_test(size=(20, 3)) as pilot:
        app.screen.refresh()
        await pilot.pause()
        assert app._frame is not None
    monkeypatch.delattr(diff_renderer.Strip, "render_ansi")
    assert not diff_renderer.is_supported(app)
    monkeypatch.undo()
    monkeypatch.setattr(diff_renderer, "ChopsUpdate", type("ChopsUpdate", (), {"__init__": lambda self, pieces: None}))
    assert not diff_renderer.is_supported(app)


@pytest.mark.parametrize(("background", "is_drawn"), [("ansi_black", False), ("black 50%", True)])
async def test_a_screen_below_another_one_is_drawn_only_if_it_shows_through(background: str, is_drawn: bool) -> None:
    app = DiffRenderer[None]()
    async with app.run_test() as pilot:
        below, top = app.screen, Screen[None]()
        top.styles.background = background
        await app.push_screen(top)
        await pilot.pause()
        # What Textual draws besides the top screen, and what repaints that one when it changes.
        assert app._background_screens == ([below] if is_drawn else [])


@pytest.mark.parametrize(
    ("environment", "is_screen"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "screen-256color", "STY": "1.pts"}, True),
        ({"TERM": "screen.xterm-256color"}, True),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, False),
        ({"TERM": "tmux-256color"}, False),
    ],
)
def test_gnu_screen_is_recognised(environment: dict[str, str], is_screen: bool) -> None:
    assert diff_renderer._is_gnu_screen(environment) == is_screen

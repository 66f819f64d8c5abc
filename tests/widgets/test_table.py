"""Tests for the table: cursor, marks and scroll position follow their keys, and little is redrawn."""

import pytest
from widget_harness import WidgetApp, record_drawn_lines, screen_lines

from tui.widgets.lines import LineView
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell

COLUMNS = (Column("order", "order", 8), Column("name", "recipient", 10, flex=1), Column("kg", "kg", 6, align="right"))


def rows(count: int, start: int = 0) -> list[RenderedRow]:
    return [RenderedRow(f"k{n}", (f"NL-{n}", f"Name {n}", "1.20")) for n in range(start, start + count)]


async def test_table_shows_header_cursor_marks_and_footer() -> None:
    table = OrderTable(COLUMNS)
    async with WidgetApp(table).run_test(size=(40, 8)) as pilot:
        table.load(
            [RenderedRow("a", ("NL-1", "[red]x[/", StyledCell("3.1", "error")), mark="!", mark_style="error"), *rows(2)]
        )
        table.set_footer("end of list")
        table.toggle_mark()
        table.move(1)
        await pilot.pause()
        assert screen_lines(pilot.app)[:5] == [
            "    order    recipient                kg",
            " +! NL-1     [red]x[/                3.1",
            ">   NL-0     Name 0                 1.20",
            "    NL-1     Name 1                 1.20",
            "    end of list",
        ]


@pytest.mark.parametrize("way", ["end", "move", "footer later", "reload", "resize"])
async def test_footer_is_visible_below_the_last_row_of_a_full_page(way: str) -> None:
    table = OrderTable(COLUMNS)
    async with WidgetApp(table).run_test(size=(40, 8)) as pilot:
        table.load(rows(20))
        table.set_footer("" if way == "footer later" else "end of list")
        await pilot.pause()
        if way == "move":
            for _ in range(20):
                table.move(1)
        else:
            table.end()
        if way == "reload":
            table.load(rows(20))
        elif way == "resize":
            await pilot.resize_terminal(40, 6)
        table.set_footer("end of list")
        await pilot.pause()
        assert screen_lines(pilot.app)[-2:] == [
            ">   NL-19    Name 19                1.20",
            "    end of list",
        ]
        table.home()
        await pilot.pause()
        assert "end of list" not in "".join(screen_lines(pilot.app))


async def test_moving_the_cursor_redraws_two_lines() -> None:
    table = OrderTable(COLUMNS)
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.load(rows(100))
        await pilot.pause()
        drawn = record_drawn_lines(table)
        table.move(1)
        await pilot.pause()
        assert sorted(set(drawn)) == [1, 2]
        drawn.clear()
        table.refresh_row("k5")
        await pilot.pause()
        assert set(drawn) == {6}


async def test_cursor_at_the_edge_scrolls_by_half_a_page() -> None:
    table = OrderTable(COLUMNS)
    async with WidgetApp(table).run_test(size=(40, 11)) as pilot:
        table.load(rows(100))
        await pilot.pause()
        table.move(9)
        assert (table.cursor, table.top) == (9, 0)
        table.move(1)
        assert (table.cursor, table.top) == (10, 5)
        table.move(-6)
        assert (table.cursor, table.top) == (4, 0)
        table.page(1)
        assert (table.cursor, table.top) == (13, 9)
        table.half_page(1)
        assert (table.cursor, table.top) == (18, 14)
        table.end()
        assert (table.cursor, table.top) == (99, 90)
        table.home()
        assert (table.cursor, table.top) == (0, 0)


async def test_cursor_follows_its_key() -> None:
    table = OrderTable(COLUMNS)
    async with WidgetApp(table).run_test(size=(40, 11)) as pilot:
        table.load(rows(50))
        table.go_to_key("k20")
        await pilot.pause()
        place = table.cursor - table.top
        table.load([*rows(7, start=100), *rows(50)])
        assert table.cursor_key == "k20"
        assert table.cursor - table.top == place
        table.load(list(reversed(rows(50))))
        assert table.cursor_key == "k20"
        table.load([row for row in rows(50) if row.key != "k20"])
        assert table.cursor_key == "k19", "the next one in the order that was shown"
        table.load([])
        assert table.cursor_key is None
        await pilot.pause()
        assert "Nothing here." in screen_lines(pilot.app)[1]


async def test_marks_are_kept_when_rows_are_replaced() -> None:
    table = OrderTable(COLUMNS)
    app = WidgetApp(table)
    async with app.run_test(size=(40, 11)) as pilot:
        table.load(rows(5))
        table.mark_range(3, 1)
        assert table.marks == {"k1", "k2", "k3"}
        table.load(rows(2))
        table.invert_marks()
        assert table.marks == {"k0", "k2", "k3"}
        table.mark_all()
        table.set_marks([])
        await pilot.pause()
        assert len(app.take_messages(OrderTable.MarksChanged)) == 4


class CountingRows:
    """A hundred thousand rows. Counts how many were created."""

    def __init__(self) -> None:
        self.built = 0

    def __len__(self) -> int:
        return 100_000

    def row_at(self, index: int) -> RenderedRow:
        self.built += 1
        return rows(1, index)[0]

    def key_at(self, index: int) -> str:
        return f"k{index}"

    def index_of(self, key: str) -> int | None:
        return int(key[1:])


async def test_only_visible_rows_are_created() -> None:
    table = OrderTable(COLUMNS)
    source = CountingRows()
    async with WidgetApp(table).run_test(size=(40, 11)) as pilot:
        table.load(source)
        table.end()
        await pilot.pause()
        assert "NL-99999" in screen_lines(pilot.app)[10]
        assert source.built < 60


async def test_click_moves_then_activates() -> None:
    table = OrderTable(COLUMNS)
    app = WidgetApp(table)
    async with app.run_test(size=(40, 11)) as pilot:
        table.load(rows(50))
        await pilot.pause()
        await pilot.click(table, offset=(5, 4))
        assert table.cursor == 3
        assert not app.take_messages(LineView.Activated)
        await pilot.click(table, offset=(5, 4))
        assert [event.index for event in app.take_messages(LineView.Activated)] == [3]
        await pilot.click(table, offset=(5, 0))
        assert table.cursor == 3


async def test_narrower_window_keeps_the_cursor_visible() -> None:
    table = OrderTable(COLUMNS)
    async with WidgetApp(table).run_test(size=(40, 20)) as pilot:
        table.load(rows(50))
        table.go(15)
        await pilot.pause()
        await pilot.resize_terminal(34, 8)
        await pilot.pause()
        lines = screen_lines(pilot.app)
        assert any(line.startswith(">   NL-15") for line in lines)
        assert lines[0] == "    order    recipient          kg"


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
async def test_cursor_line_is_visible_in_every_theme(theme: str) -> None:
    table = OrderTable(COLUMNS)
    app = WidgetApp(table)
    async with app.run_test(size=(40, 8)) as pilot:
        app.theme = theme
        table.load(rows(3))
        await pilot.pause()
        cursor, other = (app.screen._compositor.render_strips()[y] for y in (1, 2))
        assert {segment.style for segment in cursor} != {segment.style for segment in other}


async def test_columns_that_are_too_wide_are_narrowed_so_that_the_last_one_is_visible() -> None:
    table = OrderTable((Column("a", "a", 20), Column("b", "b", 3), Column("c", "c", 20)))
    async with WidgetApp(table).run_test(size=(34, 4)) as pilot:
        table.load([RenderedRow("a", ("x" * 20, "abc", "y" * 20))])
        await pilot.pause()
        assert screen_lines(pilot.app)[1] == ">   xxxxxxxxxxx… abc yyyyyyyyyyyy…"


async def test_parts_of_a_cell_that_match_are_underlined() -> None:
    table = OrderTable((Column("name", "name", 12), Column("kg", "kg", 8, align="right")))
    async with WidgetApp(table).run_test(size=(40, 4)) as pilot:
        cells = (StyledCell("Özdemir\x1b & Co, long", "", [(0, 7)]), StyledCell("1.25", "dim", [(2, 4)]))
        table.load([RenderedRow("a", cells), *rows(1)])
        await pilot.pause()
        assert screen_lines(pilot.app)[1] == ">   Özdemir␛ &…      1.25"
        for y in (1,):
            marked = [segment.text for segment in table.render_line(y) if segment.style and segment.style.underline]
            assert marked == ["Özdemir", "25"], "also on the line of the cursor"

"""Tests for the problem list and the pager: wrapping and scrolling."""

from widget_harness import WidgetApp, screen_lines

from tui.api.pointer import Pointer
from tui.widgets.pager import MAX_LENGTH, Pager
from tui.widgets.problems import ProblemList, ProblemRow

NAME, CITY = Pointer.of("shipping_address", "name"), Pointer.of("shipping_address", "city")


async def test_problems_wrap_and_the_cursor_moves_between_them() -> None:
    problems = ProblemList()
    async with WidgetApp(problems).run_test(size=(50, 8)) as pilot:
        rows = [
            ProblemRow("o1", NAME, "Ship to, name", "service 09:41: String should have at least 1 character", "S"),
            ProblemRow("o2", CITY, "Ship to, city", "Field [/] required", title="BO-1"),
        ]
        problems.load(rows)
        problems.move(1)
        await pilot.pause()
        assert screen_lines(pilot.app)[:4] == [
            "  S Ship to, name    service 09:41: String should",
            "                     have at least 1 character",
            "> ! BO-1: Ship to,…  Field [/] required",
            "",
        ]
        assert problems.cursor_row == rows[1]
        problems.load(rows[1:])
        assert problems.cursor_row == rows[1]
        assert problems.go_to("o2", CITY)
        assert not problems.go_to("o1", NAME)
        problems.load([])
        assert problems.cursor_row is None
        await pilot.pause()
        assert "No problems." in screen_lines(pilot.app)[0]


async def test_last_piece_is_wrapped_in_its_column() -> None:
    pager = Pager()
    async with WidgetApp(pager).run_test(size=(31, 6)) as pilot:
        pager.set_lines(
            [
                [("  w  ", "info"), ("See every change as it will go; y there sends.", "")],
                [("a street of a very long name, and ", ""), ("was", "dim"), ("", "")],
                [],
                "the end",
            ]
        )
        await pilot.pause()
        assert screen_lines(pilot.app)[:5] == [
            "  w  See every change as it",
            "     will go; y there sends.",
            "a street of a very long name,…",
            "",
            "the end",
        ]


async def test_pager_wraps_scrolls_and_shows_safe_text() -> None:
    pager = Pager()
    async with WidgetApp(pager).run_test(size=(20, 5)) as pilot:
        pager.set_text("one two three four five six\r\n\x1b[2J\nlast")
        await pilot.pause()
        assert screen_lines(pilot.app) == ["one two three four", "five six", "␛[2J", "last", ""]
        pager.set_lines([[("styled", "title"), (" piece", "")], *(f"line {n}" for n in range(30))])
        pager.page(1)
        await pilot.pause()
        assert screen_lines(pilot.app)[0] == "line 3"
        pager.end()
        assert pager.top == 26


async def test_pager_shows_how_much_it_leaves_out() -> None:
    pager = Pager()
    async with WidgetApp(pager).run_test(size=(30, 5)) as pilot:
        pager.set_text("x\n" * MAX_LENGTH)
        pager.end()
        await pilot.pause()
        assert "1000000 more characters" in " ".join(screen_lines(pilot.app))

"""Tests for the problem list: wrapping, and the cursor."""

from widget_harness import WidgetApp, screen_lines

from tui.api.pointer import Pointer
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

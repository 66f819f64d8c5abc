"""Tests for the pager: wrapping and scrolling."""

from widget_harness import WidgetApp, screen_lines

from tui.widgets.pager import MAX_LENGTH, Pager


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

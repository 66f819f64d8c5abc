"""Tests for the comparison list: its columns, its notes, and a cursor that stays on its field."""

from widget_harness import WidgetApp, screen_lines

from tui.widgets.comparison import ComparisonList, ComparisonNote, ComparisonRow

ROWS = (
    ComparisonRow("name", "+", "name", "Jane", "John", "sure"),
    ComparisonRow("city", "-", "city", "Oss", "Oss\x1b[2J", "guess"),
    ComparisonRow("phone", "", "phone", "· empty ·", ""),
)


async def test_fields_and_notes_are_drawn_in_columns() -> None:
    comparison = ComparisonList(empty="Nothing found.")
    async with WidgetApp(comparison).run_test(size=(60, 8)) as pilot:
        assert screen_lines(pilot.app)[1] == "   Nothing found."
        comparison.load(ROWS, [ComparisonNote("The rest is ignored.", mark="!")])
        await pilot.pause()
        header, *lines = screen_lines(pilot.app)[:5]
        assert header.split() == ["field", "now", "from", "text"]
        assert [line[:3] for line in lines] == [">+ ", " - ", "   ", " ! "]
        assert lines[0].split() == [">+", "name", "Jane", "John", "sure"]
        assert "\x1b" not in lines[1]
        assert lines[3] == " ! The rest is ignored."


async def test_cursor_moves_over_fields_and_stays_on_its_field() -> None:
    comparison = ComparisonList()
    async with WidgetApp(comparison).run_test(size=(60, 8)) as pilot:
        assert comparison.cursor_key == ""
        comparison.load(ROWS, [ComparisonNote("A note.")])
        await pilot.pause()
        comparison.go(1)
        assert comparison.cursor_key == "city"
        comparison.load(ROWS[1:])
        assert (comparison.cursor, comparison.cursor_key) == (0, "city")
        assert comparison.painted_at is None
        comparison.load(ROWS[2:])
        assert comparison.cursor_key == "phone"
        await pilot.pause()
        painted = comparison.painted_at
        assert painted is not None
        comparison.load(ROWS[2:])
        assert comparison.painted_at == painted, "the same rows are not drawn again"

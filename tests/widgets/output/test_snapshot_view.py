"""Tests for lines that were on the screen before."""

from widget_harness import WidgetApp, screen_lines

from tui.widgets.output.snapshot_view import SnapshotView


async def test_lines_are_drawn_with_their_pens() -> None:
    view = SnapshotView([[(" 1067 ", "1;31"), ("Anna", "")], [("[b]x", "7")]])
    app = WidgetApp(view)
    async with app.run_test(size=(20, 4)):
        assert [line.rstrip() for line in screen_lines(app)] == [" 1067 Anna", "[b]x", "", ""]
        styles = [segment.style for segment in view.render_line(0)]
        assert styles[0] is not None
        assert styles[0].bold
        assert styles[0].color is not None
        assert styles[0].color.number == 1

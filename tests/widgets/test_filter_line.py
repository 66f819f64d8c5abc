"""Tests for the filter line: it opens, accepts text, and closes."""

from textual import events
from widget_harness import WidgetApp, screen_lines

from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine


async def test_filter_line_opens_accepts_text_and_closes() -> None:
    line = FilterLine()
    app = WidgetApp(line)
    async with app.run_test(size=(60, 3)) as pilot:
        line.set("is:new why:any", "service: date │ checked locally: why")
        await pilot.pause()
        assert screen_lines(app)[0] == " / is:new why:any      service: date │ checked locally: why"
        line.open()
        await pilot.press("end", "space", "x", "enter")
        assert [event.text for event in app.take_messages(InputLine.Submitted)] == ["is:new why:any x"]
        assert not line.is_open
        line.open("")
        app.post_message(events.Paste("a\nb"))
        await pilot.pause()
        assert "2 lines were joined" in screen_lines(app)[0]
        await pilot.press("escape")
        assert [event.text for event in app.take_messages(InputLine.Cancelled)] == ["a b"]
        assert [event.text for event in app.take_messages(InputLine.Changed)] == [
            "is:new why:any ",
            "is:new why:any x",
            "a b",
        ]

"""Tests for the one-line widgets: their content at a width, and that they redraw only on changes."""

import pytest
from textual import events
from widget_harness import WidgetApp, record_drawn_lines, screen_lines

from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar, TabLabel

SHOPS = [
    TabLabel("all", "all", "412"),
    TabLabel("1", "ShopNL", "188"),
    TabLabel("2", "Woo\x1bDE", "121"),
    TabLabel("3", "PrestaFR", "61", failing=True),
]


async def test_fixed_lines_are_drawn_and_redrawn_only_on_changes() -> None:
    title, rule, status, keys = TitleLine(), RuleLine(), StatusLine(), KeyLine()
    async with WidgetApp(title, rule, status, keys).run_test(size=(40, 6)) as pilot:
        title.set("PROD [b]kaas", "to fix 25")
        rule.set("NL-48213", "read 08:12")
        status.set(["2 drafts", ("3! failing", "error")])
        keys.set([("m", "fix"), ("Enter", "edit"), ("A", "address"), ("n", "next !"), ("?", "keys")])
        await pilot.pause()
        assert screen_lines(pilot.app)[:4] == [
            " PROD [b]kaas                 to fix 25",
            "── NL-48213 ────────────── read 08:12 ──",
            " 2 drafts │ 3! failing",
            " m fix  Enter edit  A address  ? keys",
        ]
        drawn = record_drawn_lines(status)
        status.set(["2 drafts", ("3! failing", "error")])
        await pilot.pause()
        assert not drawn
        status.set(["3 drafts"])
        await pilot.pause()
        assert drawn == [0]


async def test_cut_texts_end_with_an_ellipsis() -> None:
    rule, status = RuleLine(), StatusLine()
    async with WidgetApp(rule, status).run_test(size=(40, 6)) as pilot:
        rule.set("origin", "country · only as a whole")
        status.set(["confirmed: read again as sent", "changes no label"])
        await pilot.pause()
        assert screen_lines(pilot.app)[:2] == [
            "── origin ─ country · only as a whole ──",
            " confirmed: read again as sent │ chang…",
        ]


async def test_tab_bar_numbers_its_tabs_and_scrolls_to_the_current() -> None:
    tab_bar = TabBar()
    app = WidgetApp(tab_bar)
    async with app.run_test(size=(34, 3)) as pilot:
        tab_bar.set_labels(SHOPS)
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 412  1 ShopNL 188  2 Woo…>"
        assert tab_bar.select_number(3)
        await pilot.pause()
        assert screen_lines(app)[0] == "< 2 Woo␛DE 121  3! PrestaFR 61"
        assert not tab_bar.select_number(4)
        tab_bar.set_labels(SHOPS[2:])
        assert tab_bar.current == "3", "the current one stays current by its key"
        assert tab_bar.step(1)
        assert tab_bar.current == "2"
        await pilot.click(tab_bar, offset=(20, 0))
        assert [event.key for event in app.take_messages(TabBar.Selected)] == ["3", "2", "3"]


async def test_labels_of_empty_tabs_are_shortened_if_the_bar_is_too_long() -> None:
    tab_bar = TabBar()
    app = WidgetApp(tab_bar)
    entries = [TabLabel("a", "all", "250"), TabLabel("r", "refused", empty=True), TabLabel("v", "verified", "235")]
    async with app.run_test(size=(42, 3)) as pilot:
        tab_bar.set_labels([*entries, TabLabel("s", "same", empty=True)])
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 250  1 r…  2 verified 235  3 s…"
        await pilot.resize_terminal(36, 3)
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 250  1  2 verified 235  3"
        tab_bar.select_number(1)
        await pilot.pause()
        assert "1 refused" in screen_lines(app)[0]
        await pilot.resize_terminal(60, 3)
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 250  1 refused  2 verified 235  3 same"


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


@pytest.mark.parametrize("width", [10, 25, 80])
async def test_lines_can_be_drawn_at_any_width(width: int) -> None:
    title, rule, status, keys, tab_bar = TitleLine(), RuleLine(), StatusLine(), KeyLine(), TabBar()
    async with WidgetApp(title, rule, status, keys, tab_bar).run_test(size=(width, 6)) as pilot:
        title.set("日本" * 20, "x" * 60)
        rule.set("日本" * 20, "x" * 60)
        status.set(["y" * 90])
        keys.set([("Shift+Tab", "z" * 90)])
        tab_bar.set_labels([TabLabel("a", "w" * 90)])
        await pilot.pause()
        assert all(tab_bar.cell_length == width for tab_bar in pilot.app.screen._compositor.render_strips())

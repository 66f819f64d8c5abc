"""Tests for the title, rule, status and key lines: their content at a width, and that they redraw only on changes."""

import pytest
from widget_harness import WidgetApp, record_drawn_lines, screen_lines

from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar, TabLabel


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


async def test_a_long_notice_is_wrapped_and_takes_one_line_again_afterwards() -> None:
    status, keys = StatusLine(), KeyLine()
    app = WidgetApp(status, keys)
    text = "4 orders added from orders.csv. 4 cells of 3 columns were not imported."
    async with app.run_test(size=(40, 6)) as pilot:
        status.set([(text, "warning")])
        await pilot.pause()
        assert screen_lines(app)[:3] == [
            " 4 orders added from orders.csv. 4",
            " cells of 3 columns were not imported.",
            "",
        ]
        await pilot.resize_terminal(80, 6)
        await pilot.pause()
        assert screen_lines(app)[0] == f" {text}"
        await pilot.resize_terminal(40, 6)
        status.set([text * 9])
        await pilot.pause()
        assert screen_lines(app)[2].endswith("…")
        assert status.size.height == 3
        status.set([text, "draft saved"])
        await pilot.pause()
        assert status.size.height == 1

"""Tests for the tab bar: numbers, scrolling, and shortened labels."""

from widget_harness import WidgetApp, screen_lines

from tui.widgets.tab_bar import TabBar, TabLabel

SHOPS = [
    TabLabel("all", "all", "412"),
    TabLabel("1", "ShopNL", "188"),
    TabLabel("2", "Woo\x1bDE", "121"),
    TabLabel("3", "PrestaFR", "61", failing=True),
]


async def test_tab_bar_numbers_its_tabs_and_scrolls_to_the_current() -> None:
    tab_bar = TabBar()
    app = WidgetApp(tab_bar)
    async with app.run_test(size=(34, 3)) as pilot:
        tab_bar.set_labels(SHOPS)
        await pilot.pause()
        # Seven cells for the next tab would show three letters of its name.
        assert screen_lines(app)[0] == "  0 all 412  1 ShopNL 188  2     >"
        await pilot.resize_terminal(37, 3)
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 412  1 ShopNL 188  2 Woo␛DE…>"
        await pilot.resize_terminal(34, 3)
        await pilot.pause()
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


async def test_empty_tabs_lose_their_labels_from_the_last_if_the_bar_is_too_long() -> None:
    tab_bar = TabBar()
    app = WidgetApp(tab_bar)
    entries = [TabLabel("a", "all", "250"), TabLabel("r", "refused", empty=True), TabLabel("v", "verified", "235")]
    async with app.run_test(size=(43, 3)) as pilot:
        tab_bar.set_labels([*entries, TabLabel("s", "same", empty=True)])
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 250  1 refused  2 verified 235  3"
        await pilot.resize_terminal(36, 3)
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 250  1  2 verified 235  3"
        tab_bar.select_number(1)
        await pilot.pause()
        assert "1 refused" in screen_lines(app)[0]
        await pilot.resize_terminal(60, 3)
        await pilot.pause()
        assert screen_lines(app)[0] == "  0 all 250  1 refused  2 verified 235  3 same"


async def test_views_are_before_the_tabs_and_leave_half_of_the_line() -> None:
    tab_bar = TabBar()
    app = WidgetApp(tab_bar)
    views = [TabLabel("f", "to fix", "25"), TabLabel("n", "new", "400"), TabLabel("d", "due today", "61")]
    async with app.run_test(size=(60, 3)) as pilot:
        tab_bar.set_labels(SHOPS)
        tab_bar.set_views(views, None)
        await pilot.pause()
        assert screen_lines(app)[0] == " f to fix 25  n new 400 │  0 all 412  1 ShopNL 188  2      >"
        tab_bar.set_views(views, "d")
        await pilot.pause()
        assert screen_lines(app)[0].startswith(" f to fix 25  d due today 61 │  0 all 412"), "the current one is shown"
        await pilot.click(tab_bar, offset=(15, 0))
        await pilot.click(tab_bar, offset=(48, 0))
        assert [event.letter for event in app.take_messages(TabBar.ViewClicked)] == ["d"]
        assert [event.key for event in app.take_messages(TabBar.Selected)] == ["1"]

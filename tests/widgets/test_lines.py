"""Tests for the view of lines: the next page is drawn while nothing else happens."""

import asyncio
from collections.abc import Iterable

import pytest
from textual.pilot import Pilot
from widget_harness import WidgetApp

from tui.widgets import lines
from tui.widgets.key_queue import KeyQueue
from tui.widgets.lines import LineView, Piece

HEIGHT = 10


class Numbers(LineView):
    """Lines with their numbers. `drawn`: the lines that were drawn, in order."""

    def __init__(self, count: int = 100) -> None:
        super().__init__()
        self.count = count
        self.drawn: list[int] = []

    @property
    def line_count(self) -> int:
        return self.count

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        self.drawn.append(index)
        return ((f"{index}", ""),)


@pytest.fixture(autouse=True)
def short_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_REST", 0.01)


async def rest(pilot: Pilot[None], view: Numbers) -> list[int]:
    """Wait until nothing is drawn any more. Returns the lines that were drawn since the last call."""
    await pilot.pause()
    count = -1
    while count != len(view.drawn):
        count = len(view.drawn)
        await asyncio.sleep(0.1)
    drawn, view.drawn = view.drawn, []
    return drawn


async def test_the_next_page_is_drawn_in_advance_in_the_direction_of_scrolling() -> None:
    view = Numbers()
    async with WidgetApp(view).run_test(size=(40, HEIGHT)) as pilot:
        assert set(await rest(pilot, view)) == set(range(2 * HEIGHT))
        view.page(1)
        drawn = await rest(pilot, view)
        # The line of the cursor, then the page after the next one.
        assert drawn[0] == view.cursor == 9
        assert drawn[1:] == [*range(20, 29)]
        for _ in range(6):
            view.page(1)
        await rest(pilot, view)
        view.page(-1)
        assert set(await rest(pilot, view)) >= set(range(view.top - HEIGHT, view.top))


async def test_nothing_is_drawn_twice_and_nothing_after_the_last_line() -> None:
    view = Numbers(15)
    async with WidgetApp(view).run_test(size=(40, HEIGHT)) as pilot:
        drawn = await rest(pilot, view)
        assert sorted(drawn) == list(range(15))
        view.move(1)
        assert sorted(await rest(pilot, view)) == [0, 1]


async def test_a_line_that_changed_is_drawn_again() -> None:
    view = Numbers()
    async with WidgetApp(view).run_test(size=(40, HEIGHT)) as pilot:
        await rest(pilot, view)
        view.repaint_line(15)
        assert await rest(pilot, view) == []
        view.page(1)
        assert 15 in await rest(pilot, view)
        view.repaint()
        assert set(await rest(pilot, view)) == set(range(9, 29))


async def test_a_key_ends_it() -> None:
    class App(KeyQueue[None], WidgetApp):
        """Keys are always waiting."""

        keys_waiting = True  # type: ignore[assignment]

    view, app = Numbers(), App()
    app.widgets = (view,)
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        assert set(await rest(pilot, view)) == set(range(HEIGHT))


async def test_a_view_that_is_higher_than_what_is_kept_rests() -> None:
    view = Numbers(1000)
    async with WidgetApp(view).run_test(size=(40, 200)) as pilot:
        assert sorted(await rest(pilot, view)) == list(range(400))

"""Keys that are processed in order, and the frames that they cause."""

import asyncio
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.binding import Binding
from textual.constants import MAX_FPS
from textual.events import Key
from textual.screen import Screen
from textual.widget import Widget

from tui.widgets import key_queue
from tui.widgets.key_queue import KeyQueue, hold_frames


class Number(Widget):
    value = 0

    def render(self) -> str:
        return str(self.value)


class CountingApp(KeyQueue[None]):
    """Shows how often `n` was pressed, and counts its frames."""

    BINDINGS = [Binding("n", "count"), Binding("t", "count_twice")]

    def __init__(self) -> None:
        super().__init__()
        self.frames = 0
        self.number = Number()

    def get_default_screen(self) -> Screen[None]:
        screen = Screen[None]()
        hold_frames(screen)
        return screen

    def compose(self) -> ComposeResult:
        yield self.number

    def action_count(self) -> None:
        self.number.value += 1
        self.number.refresh()

    async def action_count_twice(self) -> None:
        """Count at once and again after several ticks of the timer."""
        self.action_count()
        await asyncio.sleep(5 / MAX_FPS)
        self.action_count()

    def _display(self, screen: Any, renderable: Any) -> None:
        self.frames += 1
        super()._display(screen, renderable)


@pytest.fixture
def stopped_timer(monkeypatch):
    """Textual's timer for frames does not fire."""
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 3600.0)


async def press(app: CountingApp, key: str = "n") -> int:
    """Press a key, not with Pilot, which draws what it has changed. Returns the number of frames that followed."""
    before = app.frames
    app.post_message(Key(key, key))
    while app.keys_read == 0 or app.keys_waiting:  # noqa: ASYNC110 - the queue has no event for its end
        await asyncio.sleep(0)
    return app.frames - before


async def test_a_key_is_drawn_without_waiting_for_the_timer(stopped_timer, monkeypatch):
    monkeypatch.setattr(key_queue, "_FRAME_GAP", 0.0)
    app = CountingApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert await press(app) == 1
        assert app.number.value == 1


async def test_a_second_key_within_a_frame_waits_for_the_timer(stopped_timer, monkeypatch):
    app = CountingApp()
    async with app.run_test():
        monkeypatch.setattr(key_queue, "_FRAME_GAP", 0.0)
        await press(app)
        app.keys_read = 0
        monkeypatch.setattr(key_queue, "_FRAME_GAP", 3600.0)
        assert await press(app) == 0
        assert app.number.value == 2


async def test_what_a_key_changes_in_several_steps_is_one_frame(monkeypatch):
    monkeypatch.setattr(key_queue, "_LONGEST_HOLD", 3600.0)
    app = CountingApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert await press(app, "t") == 1
        assert app.number.value == 2


async def test_a_key_that_takes_long_shows_its_steps(monkeypatch):
    monkeypatch.setattr(key_queue, "_LONGEST_HOLD", 0.0)
    app = CountingApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert await press(app, "t") == 2

"""Keys that are processed in order, and the frames that they cause."""

import asyncio
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Key
from textual.widget import Widget

from tui.widgets import key_queue
from tui.widgets.key_queue import KeyQueue


class Number(Widget):
    value = 0

    def render(self) -> str:
        return str(self.value)


class CountingApp(KeyQueue[None]):
    """Shows how often `n` was pressed, and counts its frames."""

    BINDINGS = [Binding("n", "count")]

    def __init__(self) -> None:
        super().__init__()
        self.frames = 0
        self.number = Number()

    def compose(self) -> ComposeResult:
        yield self.number

    def action_count(self) -> None:
        self.number.value += 1
        self.number.refresh()

    def _display(self, screen: Any, renderable: Any) -> None:
        self.frames += 1
        super()._display(screen, renderable)


@pytest.fixture
def stopped_timer(monkeypatch):
    """Textual's timer for frames does not fire."""
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 3600.0)


async def press(app: CountingApp) -> int:
    """Press `n`, not with Pilot, which draws what a key has changed. Returns the number of frames that followed."""
    before = app.frames
    app.post_message(Key("n", "n"))
    while app.keys_read == 0 or app.keys_waiting:
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

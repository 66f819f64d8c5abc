"""Processes keys in order: each is finished before the next one is dispatched, so that typing ahead is safe.

Textual sends a burst of keys to whatever has the focus when it arrives. On a slow connection `Enter j` would then move
the cursor of the list that Enter has just left, and `/abc` would run a, b and c as commands.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, TypeVar

from textual import constants, events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen

R = TypeVar("R")

_KEY_TIMEOUT = 1.0
"""Seconds that one widget may take for a key. After that the next key is dispatched."""


_FRAME_GAP = 1 / constants.MAX_FPS
"""Minimum seconds between two frames."""

_LONGEST_HOLD = 0.05
"""Seconds for which frames are held while a key is processed."""

_PASTE_GAP = 0.3
"""Seconds without a character after which a paste ends, if its start sequence was split."""


class EscapeState(Enum):
    """The state of an escape sequence that was split. PASTE: it was the start of a paste."""

    NONE = 0
    POSSIBLE = 1
    OPEN = 2
    FINAL = 3
    PASTE = 4


class KeyQueue(App[R], inherit_bindings=False):
    """Base of an app. Keys and pastes are queued until the effects of earlier ones (focus, screens) have happened.

    `keys_read`: how many keys and pastes were read since the start.
    """

    def __init__(self) -> None:
        super().__init__()
        self._queue: asyncio.Queue[events.Key | events.Paste] = asyncio.Queue()
        self._is_processing = False
        self._released = asyncio.Event()
        self._released.set()
        self._escape_state = EscapeState.NONE
        self._torn = ""
        self._torn_at = 0.0
        self._drawn_at = 0.0
        self.held: Screen[Any] | None = None
        """The screen that waits with its next frame until a key is processed."""
        self.keys_read = 0

    @property
    def keys_waiting(self) -> bool:
        """Whether a key was read and is not processed yet."""
        return self._is_processing or not self._queue.empty()

    def hold_keys(self) -> None:
        """Hold keys while their target is being opened. Keys that quit the app are not held."""
        self._released.clear()

    def release_keys(self, *, discard: bool = False) -> None:
        """Process held keys. `discard`: drop them instead, because their target could not be opened."""
        while discard and not self._queue.empty():
            self._queue.get_nowait()
        self._released.set()

    def on_load(self) -> None:
        self.run_worker(self._process_queue(), name="keys in order")

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.keys_read += 1
            leaves = isinstance(event, events.Key) and (event.character == "Q" or event.key == "ctrl+c")
            if not leaves or self._released.is_set():
                self._queue.put_nowait(event)
                return
        await super().on_event(event)

    async def _process_queue(self) -> None:
        while True:
            await self._released.wait()
            event = await self._queue.get()
            self._is_processing = True
            try:
                with self._one_frame():
                    for part in _split_alt(event):
                        if not isinstance(part, events.Key) or not self._is_orphaned_tail(part):
                            await self._process_event(part)
            finally:
                # A key that quits the app cancels this.
                self._is_processing = False

    @contextmanager
    def _one_frame(self) -> Iterator[None]:
        """Draw what a key changes in one frame, as soon as the key is processed.

        Textual's timer would draw some of it in the meantime and the rest up to a frame later. It still draws what takes
        long, and what follows sooner than a frame after the last one.
        """
        screen = self.held = self.screen
        late = asyncio.get_running_loop().call_later(_LONGEST_HOLD, self._release_frames)
        yield
        late.cancel()
        self._release_frames()
        # A screen that the key opens, or returns to, draws itself as a whole; parts of it before that would be mixed with
        # the screen that is left.
        draw, now = getattr(screen, "_on_timer_update", None), time.monotonic()
        is_due = self._queue.empty() and now - self._drawn_at >= _FRAME_GAP
        if draw is not None and self.screen is screen and is_due:
            self._drawn_at = now
            draw()

    def _release_frames(self) -> None:
        self.held = None

    async def _process_event(self, event: events.Key | events.Paste) -> None:
        pumps: list[MessagePump] = list((self.focused or self.screen).ancestors_with_self)
        await super().on_event(event)
        # The messages that the key has caused take the same way up; at the end of it, what changed is to be drawn.
        for pump in (*pumps, *pumps, self.screen, self):
            await _Drain(pump).ended()

    def _is_orphaned_tail(self, event: events.Key) -> bool:
        """Whether a key is the rest of a split sequence: a slow connection may split `Esc [ A`, and `[ A` must not run commands.

        If the split is after the `[`, Textual reports no Esc, so outside of editors every `[` counts as one.
        """
        character = event.character or ""
        state, self._escape_state = self._escape_state, EscapeState.NONE
        if event.key == "escape":
            self._escape_state = EscapeState.POSSIBLE
        elif state is EscapeState.PASTE and event.time - self._torn_at < _PASTE_GAP:
            self._escape_state, self._torn_at = EscapeState.PASTE, event.time
        elif state is EscapeState.OPEN and character and " " <= character <= "?":
            self._escape_state, self._torn = EscapeState.OPEN, self._torn + character
        elif state is EscapeState.OPEN and (self._torn, character) == ("200", "~"):
            self._escape_state, self._torn_at = EscapeState.PASTE, event.time
        elif state in (EscapeState.OPEN, EscapeState.FINAL):
            return "@" <= character <= "~"
        elif character == "[" and (state is EscapeState.POSSIBLE or not self._is_typed(event)):
            self._escape_state, self._torn = EscapeState.OPEN, ""
        elif character == "O" and state is EscapeState.POSSIBLE:
            self._escape_state = EscapeState.FINAL
        return self._escape_state not in (EscapeState.NONE, EscapeState.POSSIBLE)

    def _is_typed(self, event: events.Key) -> bool:
        return self.focused is not None and self.focused.check_consume_key(event.key, event.character)


def hold_frames(screen: Screen[Any]) -> None:
    """Let a screen wait with its next frame while a key is processed. To be called before it is shown."""
    draw = getattr(screen, "_on_timer_update", None)

    def draw_unless_held() -> None:
        # The timer continues, so that the frame is drawn at one of its next ticks.
        if draw is not None and not (isinstance(screen.app, KeyQueue) and screen.app.held is screen):
            draw()

    screen._on_timer_update = draw_unless_held  # type: ignore[method-assign]


def _split_alt(event: events.Key | events.Paste) -> list[events.Key | events.Paste]:
    """Split Alt and a key into Esc and the key. No command uses Alt, and Esc followed by y must not become Alt+y."""
    if not isinstance(event, events.Key) or not event.key.startswith("alt+") or not event.character:
        return [event]
    parts = [events.Key("escape", "\x1b"), events.Key(event.character, event.character)]
    for part in parts:
        part.time = event.time
    return [*parts]


class _Drain:
    """Waits until a pump has processed all its current messages."""

    def __init__(self, pump: MessagePump) -> None:
        self._loop = asyncio.get_running_loop()
        self._reached = self._loop.create_future()
        # `call_later` would let Textual inspect the signature of a new callable each time.
        self._is_waiting = pump.post_message(events.Callback(callback=self._end))

    async def ended(self) -> None:
        if self._is_waiting:
            # A pump that closes in the meantime never calls back. A timer of the loop, because `wait_for` makes a task.
            late = self._loop.call_later(_KEY_TIMEOUT, self._end)
            await self._reached
            late.cancel()

    def _end(self) -> None:
        if not self._reached.done():
            self._reached.set_result(None)

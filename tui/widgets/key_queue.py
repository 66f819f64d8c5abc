"""Keys in order: each is done with before the next one is looked at, so that typing ahead means what it says.

Textual hands a burst of keys to whatever has the focus when it arrives. On a slow line `Enter j` would then move the
cursor of the list that Enter has just left, and `/abc` would run a, b and c as commands.
"""

import asyncio
from enum import Enum
from typing import TypeVar

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

R = TypeVar("R")

_PATIENCE = 1.0
"""Seconds for one widget to be done with a key; after that the next key goes on its way."""


_PASTE_GAP = 0.3
"""Seconds between two characters after which a paste whose beginning was torn is over."""


class EscapeState(Enum):
    """How far a torn escape sequence has come. PASTE: it was the beginning of a paste."""

    NONE = 0
    POSSIBLE = 1
    OPEN = 2
    LAST = 3
    PASTE = 4


class KeyQueue(App[R], inherit_bindings=False):
    """An App base. Keys and pastes wait in line until what they led to (focus, screens) has happened."""

    def __init__(self) -> None:
        super().__init__()
        self._line: asyncio.Queue[events.Key | events.Paste] = asyncio.Queue()
        self._at_work = False
        self._may_go = asyncio.Event()
        self._may_go.set()
        self._tail = EscapeState.NONE
        self._torn = ""
        self._torn_at = 0.0

    @property
    def keys_waiting(self) -> bool:
        """Whether a key was read that is not done with yet."""
        return self._at_work or not self._line.empty()

    def hold_keys(self) -> None:
        """Let keys wait: what they are meant for is still being opened. Only those that leave the app do not."""
        self._may_go.clear()

    def release_keys(self, *, forget: bool = False) -> None:
        """Let them go on; `forget` those that waited, where what they were meant for is not there."""
        while forget and not self._line.empty():
            self._line.get_nowait()
        self._may_go.set()

    def on_load(self) -> None:
        self.run_worker(self._work_through(), name="keys in order")

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            leaves = isinstance(event, events.Key) and (event.character == "Q" or event.key == "ctrl+c")
            if not leaves or self._may_go.is_set():
                self._line.put_nowait(event)
                return
        await super().on_event(event)

    async def _work_through(self) -> None:
        while True:
            await self._may_go.wait()
            event = await self._line.get()
            self._at_work = True
            for part in _parts(event):
                if not isinstance(part, events.Key) or not self._is_orphaned_tail(part):
                    await self._let_through(part)
            self._at_work = False

    async def _let_through(self, event: events.Key | events.Paste) -> None:
        way: list[MessagePump] = list((self.focused or self.screen).ancestors_with_self)
        await super().on_event(event)
        for pump in (*way, self, self.screen, self):
            await _passed(pump)

    def _is_orphaned_tail(self, event: events.Key) -> bool:
        """A slow line may tear `Esc [ A` apart; what comes behind the Esc must not run commands.

        Where the tear is behind the `[`, Textual tells of no Esc: outside of editors `[` is always one.
        """
        character = event.character or ""
        tail, self._tail = self._tail, EscapeState.NONE
        if event.key == "escape":
            self._tail = EscapeState.POSSIBLE
        elif tail is EscapeState.PASTE and event.time - self._torn_at < _PASTE_GAP:
            self._tail, self._torn_at = EscapeState.PASTE, event.time
        elif tail is EscapeState.OPEN and character and " " <= character <= "?":
            self._tail, self._torn = EscapeState.OPEN, self._torn + character
        elif tail is EscapeState.OPEN and (self._torn, character) == ("200", "~"):
            self._tail, self._torn_at = EscapeState.PASTE, event.time
        elif tail in (EscapeState.OPEN, EscapeState.LAST):
            return "@" <= character <= "~"
        elif character == "[" and (tail is EscapeState.POSSIBLE or not self._is_typed(event)):
            self._tail, self._torn = EscapeState.OPEN, ""
        elif character == "O" and tail is EscapeState.POSSIBLE:
            self._tail = EscapeState.LAST
        return self._tail not in (EscapeState.NONE, EscapeState.POSSIBLE)

    def _is_typed(self, event: events.Key) -> bool:
        return self.focused is not None and self.focused.check_consume_key(event.key, event.character)


def _parts(event: events.Key | events.Paste) -> list[events.Key | events.Paste]:
    """An Alt is an Esc that was pressed just before: no key of ours needs Alt, and Esc must never become the key's y."""
    if not isinstance(event, events.Key) or not event.key.startswith("alt+") or not event.character:
        return [event]
    parts = [events.Key("escape", "\x1b"), events.Key(event.character, event.character)]
    for part in parts:
        part.time = event.time
    return [*parts]


async def _passed(pump: MessagePump) -> None:
    """Wait until the pump is done with all messages it has now."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        # A pump that is closed meanwhile calls nobody back.
        try:
            await asyncio.wait_for(done.wait(), _PATIENCE)
        except TimeoutError:
            return

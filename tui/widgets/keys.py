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


class Tail(Enum):
    """How far a torn escape sequence has come."""

    NONE = 0
    POSSIBLE = 1
    OPEN = 2


class KeysInOrder(App[R], inherit_bindings=False):
    """An App base. Keys and pastes wait in line until what they led to (focus, screens) has happened."""

    def __init__(self) -> None:
        super().__init__()
        self._line: asyncio.Queue[events.Key | events.Paste] = asyncio.Queue()
        self._at_work = False
        self._tail = Tail.NONE

    @property
    def keys_waiting(self) -> bool:
        """Whether a key was read that is not done with yet."""
        return self._at_work or not self._line.empty()

    def on_load(self) -> None:
        self.run_worker(self._work_through(), name="keys in order")

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._line.put_nowait(event)
            return
        await super().on_event(event)

    async def _work_through(self) -> None:
        while True:
            event = await self._line.get()
            if isinstance(event, events.Key) and self._is_orphaned_tail(event):
                continue
            self._at_work = True
            way: list[MessagePump] = list((self.focused or self.screen).ancestors_with_self)
            await super().on_event(event)
            for pump in (*way, self, self.screen, self):
                await _passed(pump)
            self._at_work = False

    def _is_orphaned_tail(self, event: events.Key) -> bool:
        """A slow line may tear `Esc [ A` apart; what comes behind the Esc must not run commands."""
        character = event.character or ""
        if event.key == "escape":
            self._tail = Tail.POSSIBLE
            return False
        if self._tail is Tail.POSSIBLE:
            self._tail = Tail.OPEN if character in ("[", "O") else Tail.NONE
            return self._tail is Tail.OPEN
        if self._tail is Tail.OPEN and not (character.isdigit() or character == ";"):
            self._tail = Tail.NONE
            return character.isalpha() or character == "~"
        return self._tail is Tail.OPEN


async def _passed(pump: MessagePump) -> None:
    """Wait until the pump is done with all messages it has now."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        # A pump that is closed meanwhile calls nobody back.
        try:
            await asyncio.wait_for(done.wait(), _PATIENCE)
        except TimeoutError:
            return

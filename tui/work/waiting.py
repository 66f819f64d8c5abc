"""What is said while the service lets a request wait."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tui.api.client import Client

_SHOWN_EVERY = 1.0
_NAMED_AFTER = 1.5
"""Seconds after which a wait is named."""


def waiting_text(client: Client, stop: str) -> str:
    """What the oldest request waits for, and since when; empty if none waits long. `stop`: what ends it."""
    seconds = client.waiting_for
    if seconds is None or seconds < _NAMED_AFTER:
        return ""
    if client.paused_for >= 1:
        return f"the service asked for a pause, {math.ceil(client.paused_for)} s left, {stop}"
    if client.is_waiting_for_write:
        return f"waiting for the answer to a write, {int(seconds)} s; it cannot be stopped"
    return f"waiting for the service, {int(seconds)} s, {stop}"


async def name_waits(client: Client, stop: str, show: Callable[[str], None]) -> None:
    """Say what is waited for whenever it changes, and what ends it, until this is cancelled.

    Nothing is done while there is no request.
    """
    shown = ""
    while True:
        await client.request_started.wait()
        client.request_started.clear()
        while client.waiting_for is not None:
            await asyncio.sleep(_SHOWN_EVERY)
            text = waiting_text(client, stop)
            if text != shown:
                shown = text
                show(text)


@asynccontextmanager
async def waits_named(client: Client, stop: str, show: Callable[[str], None]) -> AsyncIterator[None]:
    """Say what is waited for, and what ends it, until the context ends."""
    naming = asyncio.create_task(name_waits(client, stop, show))
    try:
        yield
    finally:
        naming.cancel()
        show("")

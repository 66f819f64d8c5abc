"""Waits until the event loop is idle; Textual's own wait sleeps for 20 ms at a time.

Textual regards a process as idle if it uses no CPU for 20 ms, and waits for that three times per key. Here the loop,
its threads and the screen are queried, so that a test waits no longer than necessary.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import textual.app
import textual.pilot
from textual._context import active_app
from textual.screen import Screen

QUIET_TURNS = 2
"""How many turns in a row without work make the loop idle: one turn may only have passed on a result."""

LONGEST = 10.0
"""Seconds to wait for a loop that always has work."""

LONGEST_THREADS = 0.25
"""Seconds to wait for threads: some wait for the next step of the test."""

THREAD_POLL = 0.001
"""Seconds between two checks of busy threads."""


async def loop_idle(min_sleep: float = 0.0, max_sleep: float = LONGEST) -> None:
    """Return when no callback is ready to run, no thread is busy and the screen is drawn.

    Timers that are not due yet do not count. The arguments are those of Textual's `wait_for_idle`.
    """
    started = monotonic()
    await asyncio.sleep(0)
    while await wait_until_quiet(started) and draw():
        pass


async def wait_until_quiet(started: float) -> bool:
    """Wait until the loop is quiet. Return False if it takes too long."""
    loop: Any = asyncio.get_running_loop()
    turns = 0
    while turns < QUIET_TURNS:
        waited = monotonic() - started
        if waited > LONGEST:
            return False
        busy = waited < LONGEST_THREADS and threads_busy(loop)
        await asyncio.sleep(THREAD_POLL if busy else 0)
        turns = 0 if busy or loop._ready else turns + 1
    return True


def threads_busy(loop: Any) -> bool:
    """Return whether a function runs in the loop's thread pool (`asyncio.to_thread`) or waits for a thread."""
    pool: ThreadPoolExecutor | None = loop._default_executor
    return pool is not None and (not pool._work_queue.empty() or pool._idle_semaphore._value < len(pool._threads))


def draw() -> bool:
    """Draw the current screen now, which Textual would do 60 times a second. False if nothing was to be drawn."""
    app = active_app.get(None)
    if app is None or app._batch_count or not app._screen_stack:
        return False
    if app._resize_event is not None:
        app._check_resize()
        return True
    screen: Screen[Any] = app.screen
    pending = (
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )
    if pending and screen.is_running:
        screen._on_timer_update()
    return bool(pending)


def use_loop_idle() -> None:
    """Let Textual's pilot wait by `loop_idle`."""
    textual.app.wait_for_idle = loop_idle
    textual.pilot.wait_for_idle = loop_idle

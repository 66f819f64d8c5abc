"""Position, marks and query survive whatever happens to the list: by keys, each event on its own."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import NOW, AppHarness, open_app
from interception import Send

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.triage.screen import TriageScreen
from tui.widgets.table import OrderTable

QUERY = "is:open sort:-total"


def table(harness: AppHarness) -> OrderTable:
    return harness.app.screen.query_one(OrderTable)


def place(harness: AppHarness) -> tuple[Any, ...]:
    """The order under the cursor with its line on the screen, the marks, and the query."""
    (row,) = (line for line in harness.lines if line.startswith(">"))
    screen = harness.app.screen
    assert isinstance(screen, TriageScreen)
    return table(harness).cursor_key, row, table(harness).marks, screen._filter_line.filter


async def go_to_place(harness: AppHarness) -> tuple[Any, ...]:
    """Enter a query, mark three orders, and move below the first screen."""
    await harness.until("all read")
    await harness.press("slash")
    await harness.type(QUERY)
    await harness.press("enter")
    await harness.until("of 300 │ all read")
    await harness.press("pagedown", "pagedown", "space", "j", "space", "space", "k")
    await harness.until("3 marked")
    found = place(harness)
    assert found[0] != table(harness)._source.key_at(0)
    return found


async def refresh(harness: AppHarness) -> None:
    await harness.press("R")
    await harness.until(lambda: not harness.app.workspace.sync.state.is_reading)
    await harness.until("all read")


async def fail(harness: AppHarness) -> None:
    async def refuse(request: httpx.Request, send: Send) -> httpx.Response:
        return httpx.Response(500, text="broken") if "/orders" in request.url.path else await send(request)

    harness.interceptor.intercept("GET", refuse)
    await harness.press("R")
    await harness.until("Not up to date")


async def lose_cursor(harness: AppHarness) -> None:
    lost = []

    async def answer(request: httpx.Request, send: Send) -> httpx.Response:
        if "cursor" in request.url.params and not lost:
            lost.append(request.url.params["cursor"])
            return httpx.Response(
                404, json={"errors": [{"status": "404", "code": "not_found", "detail": "Cursor not found"}]}
            )
        return await send(request)

    harness.interceptor.intercept("GET", answer)
    await refresh(harness)
    await harness.until(lambda: lost)
    await harness.until("all read")


async def resize(harness: AppHarness) -> None:
    for size in ((160, 45), (40, 10), (80, 24)):
        await harness.pilot.resize_terminal(*size)
        await harness.pilot.pause()
        assert table(harness).cursor_key in harness.app.screen.order["id"]


@pytest.mark.parametrize("event", [refresh, fail, lose_cursor, resize], ids=lambda event: event.__name__)
async def test_position_marks_and_query_survive(tmp_path: Path, event: Callable[[AppHarness], Awaitable[None]]) -> None:
    async with open_app(tmp_path) as harness:
        before = await go_to_place(harness)
        await event(harness)
        await harness.pilot.pause()
        assert place(harness) == before


async def test_position_marks_and_query_survive_a_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        before = await go_to_place(harness)
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until(lambda: table(harness).cursor_key == before[0])
        await harness.until("all read")
        assert place(harness) == before
    box.close()


async def test_position_marks_and_query_survive_a_restart_of_the_cursor_while_all_orders_are_read(
    tmp_path: Path,
) -> None:
    asked, released = asyncio.Event(), asyncio.Event()

    async def answer(request: httpx.Request, send: Send) -> httpx.Response:
        if "cursor" in request.url.params and not released.is_set():
            asked.set()
            await released.wait()
            error = {"status": "404", "code": "not_found", "detail": "Cursor not found"}
            return httpx.Response(404, json={"errors": [error]})
        return await send(request)

    async with open_app(tmp_path, opened=False, orders=900) as harness:
        harness.interceptor.intercept("GET", answer)
        await harness.until(lambda: harness.app.open_screens)
        await harness.until(asked.is_set)
        await harness.press("slash")
        await harness.type(QUERY)
        await harness.press("enter")
        await harness.until("of 200 so far")
        await harness.press("pagedown", "space", "j", "space", "k")
        await harness.until("2 marked")
        key, _, marks, query = place(harness)
        assert harness.app.workspace.orders.window.index_of(key)
        released.set()
        await harness.until("of 900 │ all read")
        after = place(harness)
        assert (after[0], after[2], after[3]) == (key, marks, query)

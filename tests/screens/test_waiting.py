"""Slow answers and pauses are named while they last, also at the first request; the keys keep working."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from app_harness import open_app
from interception import Send

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.work.bulk.runner import Jobs
from tui.work.waiting import waiting_text


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name waits after some milliseconds instead of 1.5 seconds."""
    monkeypatch.setattr("tui.work.waiting._SHOWN_EVERY", 0.02)
    monkeypatch.setattr("tui.screens.system.opening._ASKED_EVERY", 0.02)
    monkeypatch.setattr("tui.work.waiting._NAMED_AFTER", 0.1)


@pytest.mark.usefixtures("impatient")
async def test_a_slow_answer_is_named_until_it_comes(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(120, 30)) as harness:
        await harness.until("all read")
        assert "waiting for" not in harness.text
        release = asyncio.Event()

        async def slow(request: httpx.Request, send: Send) -> httpx.Response:
            await release.wait()
            return await send(request)

        harness.interceptor.intercept("GET", slow)
        await harness.press("R")
        await harness.until("waiting for the service, 0 s, Ctrl+C stops")
        await harness.press("j")
        release.set()
        await harness.until(lambda: "waiting for" not in harness.text)


@pytest.mark.usefixtures("impatient")
async def test_ctrl_c_ends_the_reads_in_flight_at_once(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(120, 30)) as harness:
        await harness.until("all read")
        cancelled: list[str] = []

        async def never(request: httpx.Request, send: Send) -> httpx.Response:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(request.url.path)
                raise
            raise AssertionError

        harness.interceptor.intercept("GET", never)
        await harness.press("R")
        await harness.until("waiting for the service, 0 s, Ctrl+C stops")
        await harness.press("ctrl+c")
        await harness.until("Reading stopped; R reads again.")
        await harness.until(lambda: harness.app.workspace.account.client.in_flight == 0)
        assert any(path.endswith("/orders") for path in cancelled)
        await harness.until(lambda: "waiting for the service" not in harness.text)
        await harness.until(lambda: harness.app.workspace.sync.state.is_paused)
        assert harness.app.workspace.sync.state.error is None
        harness.interceptor.handler = None
        await harness.press("R")
        await harness.until("all read")


@pytest.mark.usefixtures("impatient")
async def test_a_write_in_flight_is_named_and_not_stopped(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(120, 30)) as harness:
        await harness.until("all read")
        client, release = harness.app.workspace.account.client, asyncio.Event()

        async def slow(request: httpx.Request, send: Send) -> httpx.Response:
            await release.wait()
            return await send(request)

        harness.interceptor.intercept("PATCH", slow)
        order = harness.app.workspace.orders.local.window()[0].key
        writing = asyncio.ensure_future(client.patch_order(order, {"order_number": "changed"}))
        await harness.until("waiting for the answer to a write, 0 s; it cannot be stopped")
        await harness.press("ctrl+c")
        await harness.until("Writes are not stopped; a lost answer is looked up.")
        assert not writing.done()
        release.set()
        await writing


async def test_ctrl_c_stops_the_reads_before_a_review(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(120, 30)) as harness:
        await harness.until("all read")
        await harness.press("enter")
        await harness.until("── Ship to")
        await harness.replace("Els P")
        client = harness.app.workspace.account.client

        async def never(request: httpx.Request, send: Send) -> httpx.Response:
            # Whether an order has a label may be asked at any time.
            if "shipments" in request.url.path:
                return await send(request)
            await asyncio.Event().wait()
            raise AssertionError

        harness.interceptor.intercept("GET", never)
        screen = harness.app.screen
        await harness.press("w")
        await harness.until(lambda: client.in_flight)
        await harness.press("ctrl+c")
        await harness.until("Reading stopped; r reads again.")
        await harness.until(lambda: not client.in_flight)
        assert harness.app.screen is screen, "no review is shown"
        harness.interceptor.handler = None
        await harness.press("w")
        await harness.until("1 order will be written")
        await harness.press("ctrl+c")
        await harness.until("Nothing is being read.")
        await harness.press("y")
        await harness.until(lambda: harness.app.screen is screen)


async def test_ctrl_c_does_not_stop_the_reads_of_a_running_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(tmp_path, size=(120, 30)) as harness:
        await harness.until("all read")
        client, release = harness.app.workspace.account.client, asyncio.Event()
        order = harness.app.workspace.orders.local.window()[0].key

        async def slow(request: httpx.Request, send: Send) -> httpx.Response:
            await release.wait()
            return await send(request)

        harness.interceptor.intercept("GET", slow)
        running = SimpleNamespace(sent_count=0, planned_count=1, waiting=())
        monkeypatch.setattr(Jobs, "running", property(lambda _: [running]))
        reading = asyncio.ensure_future(client.get_order(order))
        await harness.until(lambda: client.in_flight)
        await harness.press("ctrl+c")
        release.set()
        assert (await reading)["id"] == order
        monkeypatch.undo()


@pytest.mark.usefixtures("impatient")
async def test_the_first_request_is_named_and_the_screen_can_be_left(tmp_path: Path) -> None:
    async with open_app(tmp_path, opened=False) as harness:

        async def never(request: httpx.Request, send: Send) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        harness.interceptor.intercept("GET", never)
        await harness.until("waiting for the service, 0 s, Ctrl+C quits")
        await harness.press("ctrl+c")
        await harness.until(lambda: harness.app.return_code is not None or not harness.app.is_running)


class Slow(httpx.AsyncBaseTransport):
    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.reached = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.answers:
            answer = self.answers.pop(0)
            return httpx.Response(answer.status_code, headers=answer.headers, stream=answer.stream)
        self.reached.set()
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture
async def waiting_clients(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Client]]:
    monkeypatch.setattr("tui.work.waiting._NAMED_AFTER", 0.0)
    clients: list[Client] = []
    yield clients
    for client in clients:
        await client.aclose()


async def test_a_pause_is_named_with_what_is_left(waiting_clients: list[Client]) -> None:
    pause = httpx.Response(429, headers={"Retry-After": "30"})
    client = Client("http://127.0.0.1/v3", BasicAuth("a", "b"), transport=Slow(pause))
    waiting_clients.append(client)
    assert waiting_text(client, "Ctrl+C stops") == ""
    reading = asyncio.create_task(client.auth_metadata())
    async with asyncio.timeout(5):
        while not client.paused_for:  # noqa: ASYNC110 - a test polls from outside
            await asyncio.sleep(0.001)
    assert client.request_started.is_set()
    assert waiting_text(client, "Ctrl+C stops") in (
        "the service asked for a pause, 30 s left, Ctrl+C stops",
        "the service asked for a pause, 31 s left, Ctrl+C stops",
    )
    reading.cancel()
    await asyncio.wait([reading])
    assert client.waiting_for is None

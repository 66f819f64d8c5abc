"""The whole app with a sandbox in the same process, driven by keys; reads the text that it shows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from interception import Interceptor
from sandbox_client import sandbox_client
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tui.accounts import Accounts
from tui.api.budget import Budget, Rate
from tui.api.codec import decode
from tui.app import OrdersApp
from tui.config.profiles import Basic, Profile, Secret
from tui.config.service_urls import OWN_URL
from tui.config.settings import Settings
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.service import Service

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TIMEOUT = 15.0
UNLIMITED = Rate(1_000_000, 100_000)
"""More requests than a test sends. At the service's rate, two thirds of the time of some tests would be pauses."""


@dataclass
class AppHarness:
    """The running app. `press` sends keys and waits until the app is idle."""

    app: OrdersApp
    pilot: Pilot[int]
    sandbox: Sandbox
    interceptor: Interceptor

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await self._settled()

    async def type(self, text: str) -> None:
        """Send all letters at once, as a fast typist does; the pilot would wait 40 ms after each."""
        for letter in text:
            event = events.Key(_character_to_key(letter), letter)
            event.set_sender(self.app)
            self.app.post_message(event)
        await self._settled()

    async def replace(self, text: str) -> None:
        """Open the editor under the cursor, replace its line, accept it."""
        await self.press("enter", "ctrl+e", "ctrl+u")
        await self.type(text)
        await self.press("enter")

    async def _settled(self) -> None:
        # Sent keys are first in the app's own queue; `keys_waiting` counts them only after they left it.
        processed = asyncio.Event()
        if self.app.call_later(processed.set):
            with suppress(TimeoutError):
                await asyncio.wait_for(processed.wait(), TIMEOUT)
        # An app that failed handles no more keys; the test must report the failure and not wait.
        while self.app.keys_waiting and self.app._exception is None:  # noqa: ASYNC110 - a test polls from outside
            await asyncio.sleep(0.001)
        await self.pilot.pause()

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def line_with(self, text: str) -> str:
        return next((line for line in self.lines if text in line), "")

    async def until(self, condition: str | Callable[[], object]) -> None:
        """Wait until the screen contains this text, or until the callable returns true."""

        def holds() -> object:
            return condition in self.text if isinstance(condition, str) else condition()

        deadline = asyncio.get_running_loop().time() + TIMEOUT
        while not holds():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"condition not met: {condition}\n{self.text}")
            await asyncio.sleep(0.01)
            await self.pilot.pause()

    async def order(self, order_id: str) -> Any:
        """Return an order as it is in the sandbox now."""
        transport = httpx.ASGITransport(self.sandbox.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://s/api/v3", auth=("demo", "demo")) as client:
            answer = await client.get(f"/orders/{order_id}")
            body = decode(answer.content)
            assert isinstance(body, dict)
            return body.get("data")


@asynccontextmanager
async def open_app(
    folder: Path,
    *,
    sandbox: Sandbox | None = None,
    size: tuple[int, int] = (80, 24),
    read_only: bool = False,
    ticking: bool = False,
    app_settings: Settings | None = None,
    opened: bool = True,
    later: timedelta = timedelta(),
    **settings: Any,
) -> AsyncIterator[AppHarness]:
    """Open the app on a folder. A given sandbox stays open afterwards, for a second start. The clock runs only if `ticking`,
    and begins `later` than NOW.

    If `opened` is false the app is returned while the account is still being opened.
    """
    started = monotonic()

    def now() -> datetime:
        return NOW + later + timedelta(seconds=monotonic() - started if ticking else 0)

    own_sandbox = sandbox or Sandbox(SandboxSettings(**{"orders": 300, "now": NOW, "settle": 0.2, **settings}))

    interceptor = Interceptor(httpx.ASGITransport(own_sandbox.asgi, raise_app_exceptions=False))

    async def connect(profile: Profile) -> Service:
        client = sandbox_client(interceptor, read_only=read_only, budget=Budget(reads=UNLIMITED, writes=UNLIMITED))
        return Service(client, "demo", lambda: None)

    profile = Profile("TEST", OWN_URL, Basic("demo", Secret("demo")), read_only, label="kaas&co")
    app = OrdersApp(profile, Accounts(profile, connect), folder, now=now, settings=app_settings)
    try:
        async with app.run_test(size=size) as pilot:
            harness = AppHarness(app, pilot, own_sandbox, interceptor)
            if opened:
                await harness.until(lambda: app.open_screens)
            yield harness
    finally:
        if sandbox is None:
            own_sandbox.close()

"""The sandbox on a socket, with a record of its requests, and answers that a test can hold back."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.serve import serving

WRITES = ("POST", "PATCH", "DELETE")


class WatchedApp:
    """ASGI middleware that records requests. `requests`: method and path of each request, in order."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._changed = threading.Condition()
        self.requests: list[tuple[str, str]] = []
        self.held_method: str | None = None
        """Requests of this method are carried out, and their answers are held back."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with self._changed:
            self.requests.append((scope["method"], scope["path"].removeprefix("/api/v3")))
            self._changed.notify_all()

        async def answer(message: Any) -> None:
            while scope["method"] == self.held_method:  # noqa: ASYNC110 - set by another thread
                await asyncio.sleep(0.005)
            await send(message)

        await self._app(scope, receive, answer)

    def wait(self, method: str, count: int = 1, timeout: float = 20.0) -> None:
        """Wait until this many requests of a method were received."""
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: sum(requested == method for requested, _ in self.requests) >= count, timeout
            )
        assert arrived, f"no {method} was received, only {self.requests}"


class Service:
    """The sandbox as a test uses it: over HTTP, like the app."""

    def __init__(self, url: str, watched: WatchedApp) -> None:
        self.url = url
        self.watched = watched
        self.client = httpx.Client(base_url=url, auth=("demo", "demo"))

    def set_faults(self, **faults: Any) -> None:
        """Replace the injected faults."""
        self.client.put(self.url.replace("/api/v3", "/sandbox/faults"), json=faults).raise_for_status()

    def order(self, id: str) -> Any:
        return self.client.get(f"/orders/{id}").raise_for_status().json()["data"]

    def orders(self, **query: str) -> list[Any]:
        """Return the first page of a list."""
        return list(self.client.get("/orders", params=query).raise_for_status().json()["data"])

    def writes(self) -> list[tuple[str, str]]:
        """Return every write that was received, with any outcome."""
        return [request for request in self.watched.requests if request[0] in WRITES]

    def until(self, condition: Any, timeout: float = 20.0) -> None:
        """Wait until the condition is true."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, "the condition was not met in time"
            time.sleep(0.01)


@contextmanager
def serve_sandbox(settings: SandboxSettings, change: Callable[[Sandbox], None] = lambda _: None) -> Iterator[Service]:
    """Serve a sandbox; `change` is called with it first."""
    sandbox = Sandbox(settings)
    change(sandbox)
    watched = WatchedApp(sandbox.asgi)
    sandbox.asgi = watched  # type: ignore[assignment]
    try:
        with serving(sandbox) as url:
            service = Service(url, watched)
            yield service
            watched.held_method = None
            service.client.close()
    finally:
        sandbox.close()

"""The sandbox on a socket, watched: what was asked of it, and answers held until a test lets them go."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.serve import serving

WRITES = ("POST", "PATCH", "DELETE")


class WatchedApp:
    """An ASGI app in front of another. `requests`: method and path of each that came, in order."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._changed = threading.Condition()
        self.requests: list[tuple[str, str]] = []
        self.held_method: str | None = None
        """Requests of this method are done, and their answers wait."""

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
        """Wait until so many requests of a method have come."""
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: sum(requested == method for requested, _ in self.requests) >= count, timeout
            )
        assert arrived, f"{method} never came; there came {self.requests}"


class Service:
    """What a test asks of the sandbox, by the same HTTP as the app."""

    def __init__(self, url: str, watched: WatchedApp) -> None:
        self.url = url
        self.watched = watched
        self.client = httpx.Client(base_url=url, auth=("demo", "demo"))

    def set_faults(self, **faults: Any) -> None:
        """What goes wrong from now on, instead of what did."""
        self.client.put(self.url.replace("/api/v3", "/sandbox/faults"), json=faults).raise_for_status()

    def order(self, id: str) -> Any:
        return self.client.get(f"/orders/{id}").raise_for_status().json()["data"]

    def orders(self, **query: str) -> list[Any]:
        """The first page of a list."""
        return list(self.client.get("/orders", params=query).raise_for_status().json()["data"])

    def writes(self) -> list[tuple[str, str]]:
        """Every write that came, whatever became of it."""
        return [request for request in self.watched.requests if request[0] in WRITES]

    def until(self, condition: Any, timeout: float = 20.0) -> None:
        """Wait until this is true of the service."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, "the service never came to that"
            time.sleep(0.01)


@contextmanager
def serve_sandbox(settings: SandboxSettings) -> Iterator[Service]:
    sandbox = Sandbox(settings)
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

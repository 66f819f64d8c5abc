"""A clock that only sleeping advances, and a transport that answers from a script."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tui.api.client import Client

BASE = "http://127.0.0.1:8000/api/v3"
START = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000.0)

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.seconds += seconds


Step = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Script(httpx.AsyncBaseTransport):
    """Answers the requests with its steps in order; the last step repeats."""

    def __init__(self, *steps: Step, delay: float | None = None) -> None:
        self.steps = list(steps)
        self.delay = delay
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        if self.delay is not None:
            await asyncio.sleep(self.delay)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return streamed(step(request) if callable(step) else step)

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]


def streamed(response: httpx.Response) -> httpx.Response:
    """A fresh response that is read from its stream, as one from a socket. A response with content counts as read."""
    return httpx.Response(response.status_code, headers=response.headers, stream=response.stream)


class BrokenStream(httpx.AsyncByteStream):
    """A response body that ends with an error."""

    def __init__(self, start: bytes, error: Exception) -> None:
        self.start, self.error = start, error

    async def __aiter__(self) -> Any:
        yield self.start
        raise self.error


def broken_body(status: int, start: bytes, error: Exception | None = None) -> Callable[[httpx.Request], httpx.Response]:
    broken = error or httpx.RemoteProtocolError("peer closed connection without sending complete message body")
    return lambda request: httpx.Response(status, stream=BrokenStream(start, broken))


def answer(data: Any, status: int = 200, **headers: str) -> httpx.Response:
    return raw(status, json.dumps({"data": data}), **headers)


def refusal(status: int, *errors: dict[str, Any], **headers: str) -> httpx.Response:
    return raw(status, json.dumps({"errors": list(errors)}), **headers)


def raw(status: int, body: str | bytes, type: str = "application/json", **headers: str) -> httpx.Response:
    header_names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=body, headers={"Content-Type": type, **header_names})


BUSY = {
    "status": "400",
    "code": "invalid",
    "detail": "We are still processing a previous request. Please try again in a moment.",
    "source": {"pointer": "/data"},
}


Make = Callable[..., tuple[Client, Script]]
"""The `make` fixture: takes steps and options of a Client, returns the client and its script."""

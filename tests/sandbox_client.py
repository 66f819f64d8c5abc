"""A client with the sandbox's credentials."""

from typing import Any

import httpx
from shared_clock import WireClock

from tui.api.auth import BasicAuth
from tui.api.client import Client

BASE_URL = "http://127.0.0.1/api/v3"


def sandbox_client(transport: httpx.AsyncBaseTransport, clock: WireClock | None = None, **options: Any) -> Client:
    """Return a client that uses this transport, and this clock if one is given."""
    times: dict[str, Any] = {} if clock is None else {"clock": clock, "sleep": clock.sleep}
    return Client(BASE_URL, BasicAuth("demo", "demo"), transport=transport, **times, **options)

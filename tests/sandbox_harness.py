"""A sandbox over ASGI with a frozen date and a clock that only tests advance, and a valid order."""

import copy
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from tui.sandbox.app import Sandbox

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

ORDER: dict[str, Any] = {
    "order_id": "555413",
    "order_number": "OXSDFGHTD-12",
    "order_details": {
        "integration": {"id": 7},
        "status": {"code": "fulfilled", "message": "Fulfilled"},
        "order_created_at": "2026-11-22T10:00:00.556Z",
        "order_items": [
            {"name": "Cylinder candle", "quantity": 1, "total_price": {"value": 3.5, "currency": "EUR"}},
            {"name": "Scented Candle", "quantity": 2, "sku": "S", "total_price": {"value": 11, "currency": "EUR"}},
        ],
        "notes": "Ring twice",
        "tags": ["fragile", "gift"],
    },
    "payment_details": {"total_price": {"value": 14.5, "currency": "EUR"}, "status": {"code": "paid"}},
    "shipping_details": {"measurement": {"weight": {"value": 0.4, "unit": "kg"}}},
    "customer_details": {"name": "Jane Doe", "phone_number": "+311"},
    "shipping_address": {
        "name": "John Doe",
        "address_line_1": "Lansdown Glade",
        "house_number": "15",
        "postal_code": "5341XT",
        "city": "Oss",
        "country_code": "NL",
    },
}


@dataclass
class Clock:
    """A clock that only a test or `sleep` advances."""

    seconds: float = NOW.timestamp()
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class SandboxHarness:
    """A sandbox, a client for it, and its clock."""

    sandbox: Sandbox
    client: httpx.AsyncClient
    clock: Clock

    async def post(self, *orders: Any) -> httpx.Response:
        return await self.client.post("/orders", json=list(orders))

    async def create(self, **changes: Any) -> int:
        """Create an order and wait until it is readable."""
        response = await self.post(order(**changes))
        assert response.status_code == 201, response.text
        self.clock.seconds += 100
        return int(response.json()["data"][0]["id"])

    async def get(self, id: int) -> dict[str, Any]:
        response = await self.client.get(f"/orders/{id}")
        assert response.status_code == 200, response.text
        return dict(response.json()["data"])

    async def patch(self, id: int, change: Any) -> httpx.Response:
        return await self.client.patch(f"/orders/{id}", json=change)

    async def pages(self, **query: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield all pages of a list, following its links."""
        response = await self.client.get("/orders", params=query)
        while True:
            assert response.status_code == 200, response.text
            yield response.json()["data"]
            if "next" not in response.links:
                return
            response = await self.client.get(response.links["next"]["url"])

    async def everything(self, **query: str) -> list[dict[str, Any]]:
        return [row async for page in self.pages(**query) for row in page]


def order(**changes: Any) -> dict[str, Any]:
    """Return a copy of ORDER with changes; the name of a change is a path separated by double underscores."""
    document = copy.deepcopy(ORDER)
    for path, value in changes.items():
        *parents, last = path.split("__")
        node: Any = document
        for key in parents:
            node = node[int(key)] if key.isdigit() else node[key]
        node[last] = value
    return document


MakeSandbox = Callable[..., SandboxHarness]

"""Sandboxes for the tests of this folder."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sandbox_harness import NOW, Bench, Clock, MakeBench

from tui.sandbox.app import Sandbox, SandboxSettings


@pytest.fixture
async def make_bench() -> AsyncIterator[MakeBench]:
    benches: list[Bench] = []

    def make(**settings: Any) -> Bench:
        clock = settings.pop("clock", None) or Clock()
        settings = {"orders": 0, "now": NOW, "clock": clock, "sleep": clock.sleep, **settings}
        sandbox = Sandbox(SandboxSettings(**settings))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(sandbox.asgi),
            base_url="http://sandbox/api/v3",
            auth=("demo", "demo"),
            follow_redirects=False,
        )
        benches.append(Bench(sandbox, client, clock))
        return benches[-1]

    yield make
    for bench in benches:
        await bench.client.aclose()
        bench.sandbox.close()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """Empty, and saving at once."""
    return make_bench(settle=0.0)

"""Sandboxes for the tests of this folder."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sandbox_harness import NOW, Clock, MakeSandbox, SandboxHarness

from tui.sandbox.app import Sandbox, SandboxSettings


@pytest.fixture
async def make_sandbox() -> AsyncIterator[MakeSandbox]:
    harnesses: list[SandboxHarness] = []

    def make(**settings: Any) -> SandboxHarness:
        clock = settings.pop("clock", None) or Clock()
        settings = {"orders": 0, "now": NOW, "clock": clock, "sleep": clock.sleep, **settings}
        sandbox = Sandbox(SandboxSettings(**settings))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(sandbox.asgi),
            base_url="http://sandbox/api/v3",
            auth=("demo", "demo"),
            follow_redirects=False,
        )
        harnesses.append(SandboxHarness(sandbox, client, clock))
        return harnesses[-1]

    yield make
    for harness in harnesses:
        await harness.client.aclose()
        harness.sandbox.close()


@pytest.fixture
def harness(make_sandbox: MakeSandbox) -> SandboxHarness:
    """An empty sandbox that saves immediately."""
    return make_sandbox(settle=0.0)

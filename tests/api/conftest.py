"""Clients of a scripted transport (tests/fake_transport.py) that sleep on its clock."""

from random import Random
from typing import Any

import pytest
from fake_transport import BASE, FakeClock, Make, Script, Step

from tui.api.auth import Auth, BasicAuth
from tui.api.client import Client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def make(clock: FakeClock) -> Make:
    def build(
        *steps: Step, auth: Auth | None = None, base: str = BASE, delay: float | None = None, **options: Any
    ) -> tuple[Client, Script]:
        script = Script(*steps, delay=delay)
        credentials = auth or BasicAuth("public", "very-secret-key")
        client = Client(
            base, credentials, transport=script, clock=clock, sleep=clock.sleep, random=Random(1), **options
        )
        return client, script

    return build

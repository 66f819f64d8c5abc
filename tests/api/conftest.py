"""Clients that speak to a script (tests/scripted.py) and sleep on its clock."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from scripted import BASE, FakeClock, Script, Step

from tui.api.auth import Auth, BasicAuth
from tui.api.client import Client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


Make = Callable[..., tuple[Client, Script]]


@pytest.fixture
def make(clock: FakeClock) -> Make:
    def build(*steps: Step, auth: Auth | None = None, base: str = BASE, **options: Any) -> tuple[Client, Script]:
        script = Script(*steps)
        credentials = auth or BasicAuth("public", "very-secret-key")
        client = Client(
            base, credentials, transport=script, clock=clock, sleep=clock.sleep, random=Random(1), **options
        )
        return client, script

    return build

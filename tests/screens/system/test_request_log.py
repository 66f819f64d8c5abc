"""The request log: newest first, bodies on demand, no secrets; it can be closed while requests arrive."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from app_harness import open_app

from tui.api.request_log import RequestOutcome
from tui.screens.common.routes import Back
from tui.screens.system.request_log import RequestLogScreen


async def test_requests_are_listed_with_bodies_on_demand(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("T")
        await harness.until("/user/auth/metadata")
        assert "200" in harness.line_with("/api/v3/orders?")
        await harness.press("G")
        assert harness.line_with("/user/auth/metadata").startswith(">")
        await harness.press("enter")
        await harness.until('"user_id"')
        assert "GET /api/v3/user/auth/metadata" in harness.lines[0]
        assert "Basic" not in harness.text
        await harness.press("q", "q")
        assert "to fix" in harness.lines[0]


async def test_how_a_failed_request_ended_is_shown_whole(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        log = harness.app.workspace.account.log
        for outcome in RequestOutcome:
            log.add(replace(log.entries[-1], status=None, outcome=outcome))
        await harness.press("T")
        for outcome in RequestOutcome:
            await harness.until(f" {outcome} ")


@pytest.mark.parametrize("way", ["back", "exit"])
async def test_log_can_be_closed_while_requests_arrive(tmp_path: Path, way: str) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("T")
        await harness.until("/user/auth/metadata")
        screen = harness.app.screen
        assert isinstance(screen, RequestLogScreen)
        log = harness.app.workspace.account.log
        if way == "back":
            harness.app.workspace.go(Back())
        else:
            harness.app.exit()
        for _ in range(2000):
            log.add(log.entries[-1])
            await asyncio.sleep(0)

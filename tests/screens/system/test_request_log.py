"""The log of requests: the newest first, bodies on demand, no secrets; and left while requests come."""

import asyncio
from pathlib import Path

import pytest
from app_harness import housed

from tui.screens.common.routes import Back
from tui.screens.system.request_log import RequestLogScreen


async def test_requests_are_listed_with_bodies_on_demand(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("T")
        await house.until("/user/auth/metadata")
        assert "200" in house.line_with("/api/v3/orders?")
        await house.press("G")
        assert house.line_with("/user/auth/metadata").startswith(">")
        await house.press("enter")
        await house.until('"user_id"')
        assert "GET /api/v3/user/auth/metadata" in house.lines[0]
        assert "Basic" not in house.text
        await house.press("q", "q")
        assert "to fix" in house.lines[0]


@pytest.mark.parametrize("way", ["back", "exit"])
async def test_log_can_be_closed_while_requests_arrive(tmp_path: Path, way: str) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("T")
        await house.until("/user/auth/metadata")
        screen = house.app.screen
        assert isinstance(screen, RequestLogScreen)
        log = house.app.workspace.account.log
        if way == "back":
            house.app.workspace.go(Back())
        else:
            house.app.exit()
        for _ in range(2000):
            log.add(log.entries[-1])
            await asyncio.sleep(0)

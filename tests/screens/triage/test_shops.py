"""The shops of triage: read once at the first start; the page says where goods are sent from."""

import asyncio
from pathlib import Path

import pytest
from app_harness import AppHarness, open_app

from tui.sandbox.faults import Faults
from tui.screens.triage import screen


def reads(harness: AppHarness) -> int:
    log = harness.app.workspace.account.log
    return sum(entry.target.partition("?")[0].endswith("/integrations") for entry in log.entries)


async def test_the_first_start_reads_the_shops_once(tmp_path: Path) -> None:
    async with open_app(tmp_path, orders=50) as harness:
        await harness.until("all read")
        assert reads(harness) == 1
        await harness.press("R")
        await harness.until(lambda: reads(harness) == 2)


async def test_the_page_of_shops_says_where_goods_are_sent_from(tmp_path: Path) -> None:
    async with open_app(tmp_path, orders=50) as harness:
        await harness.until("all read")
        await harness.press("I")
        await harness.until("sends from NL 4612 PN (by the account's sender addresses)")


async def test_the_shops_are_read_again_until_the_service_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "_SHOPS_AGAIN", 0.05)
    async with open_app(tmp_path, orders=50, faults=Faults.parse(["cut=1:GET:/integrations"])) as harness:
        await harness.until("The shops could not be read")
        assert harness.app.workspace.account.shops is None
        harness.sandbox.fault_injector.faults = Faults()
        await harness.until(lambda: harness.app.workspace.account.shops is not None)


async def test_a_refused_key_is_not_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "_SHOPS_AGAIN", 0.01)
    async with open_app(tmp_path, orders=50, faults=Faults.parse(["unauthorised=1:GET:/integrations"])) as harness:
        await harness.until("The shops could not be read")
        before = reads(harness)
        await asyncio.sleep(0.1)
        assert reads(harness) == before


async def test_the_shops_of_the_last_time_are_shown_while_they_cannot_be_read(tmp_path: Path) -> None:
    async with open_app(tmp_path, orders=50) as harness:
        await harness.until("all read")
        await harness.until(lambda: harness.app.workspace.account.shops is not None)
        tabs = [label.key for label in harness.app.screen.tab_bar._labels]
    async with open_app(tmp_path, orders=50, faults=Faults.parse(["cut=1:GET:/integrations"])) as harness:
        await harness.until("The shops could not be read")
        assert harness.app.workspace.account.shops is None
        assert [label.key for label in harness.app.screen.tab_bar._labels] == tabs

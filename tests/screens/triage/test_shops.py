"""The shops of triage: read once at the first start; the page says where goods are sent from."""

from pathlib import Path

from app_harness import AppHarness, open_app


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

"""The report of a day: who changed what, counts, values before and after; texts of strangers are escaped."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, date
from pathlib import Path

import pytest
from sandbox_account import CITY, IDS, NAME, change, open_sandbox_account

from tui.work.account import Account
from tui.work.journal.day_report import ReportFormat, export_report, reported_orders

TODAY = date(2026, 11, 23)


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    async with open_sandbox_account(tmp_path / "data") as account:
        yield account


async def export(account: Account, path: Path, format: ReportFormat, day: date = TODAY) -> str:
    await export_report(account, day, UTC, path, format)
    return read(path)


def read(path: Path) -> str:
    return path.read_text("utf-8-sig")


async def test_text_counts_and_lists_the_changes(account: Account, tmp_path: Path) -> None:
    await change(account, IDS[0], (CITY, "Breda"), job="cities")
    await change(account, IDS[1], (CITY, "Gent"), (NAME, "Jan\x1b[2J"))
    text = await export(account, tmp_path / "r.txt", ReportFormat.TEXT)
    user = (await reported_orders(account, TODAY, UTC))[0].user
    assert text.startswith("Report of Mon 23 Nov 2026 (UTC), ")
    assert "2 orders written, 2 different" in text
    assert [line.split() for line in text.splitlines() if line.startswith("  verified")] == [["verified", "2"]]
    assert f"  {user} NL" in text
    assert "Ship to, city                Oss -> Breda" in text
    assert f"N-{IDS[0]} · #{IDS[0]}" in text
    assert "cities" in text
    assert "Jan\\x1b[2J" in text
    assert "\x1b" not in text


async def test_a_table_has_a_row_for_each_field(account: Account, tmp_path: Path) -> None:
    name = (await account.client.get_order(IDS[1]))["shipping_address"]["name"]
    await change(account, IDS[1], (CITY, "Gent"), (NAME, "=1+1"))
    rows = list(csv.DictReader(io.StringIO(await export(account, tmp_path / "r.csv", ReportFormat.TABLE))))
    assert {(row["order"], row["field"], row["before"], row["after"]) for row in rows} == {
        (f"N-{IDS[1]}", "Ship to, city", "Oss", "Gent"),
        (
            f"N-{IDS[1]}",
            "Ship to, name",
            name,
            "'=1+1",
        ),
    }
    assert {(row["profile"], row["sent as"], row["outcome"]) for row in rows} == {("NL", "patch", "verified")}


async def test_a_deletion_and_another_day(account: Account, tmp_path: Path) -> None:
    await account.draft_sender.delete(IDS[2], await account.client.get_order(IDS[2]))
    text = await export(account, tmp_path / "r.txt", ReportFormat.TEXT)
    assert "deleted" in text
    assert "the order                    " in text
    text = await export(account, tmp_path / "s.txt", ReportFormat.TEXT, date(2026, 11, 22))
    assert "Nothing was written." in text


async def test_an_existing_file_is_never_replaced(account: Account, tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        await export(account, tmp_path / "r.txt", ReportFormat.TEXT)
    assert (tmp_path / "r.txt").read_text() == "mine"

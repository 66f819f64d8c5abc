"""The journal by keys alone: search, entries, undo through the review, restored orders, export, recheck."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import NOW, AppHarness, open_app

from tui.config.settings import Settings
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.edit.screen import EditScreen
from tui.screens.journal.recheck import RecheckScreen
from tui.screens.journal.screen import JournalScreen
from tui.screens.review.screen import ReviewScreen
from tui.screens.triage.screen import TriageScreen
from tui.store.journal import NewWrite, WriteKind, WriteState
from tui.store.store import Store


async def send(harness: AppHarness) -> None:
    await harness.press("w")
    await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
    await harness.press("y")
    await harness.until(lambda: harness.app.workspace.account.drafts.all() == [])


async def correct(harness: AppHarness, name: str = "Jan Klaassen") -> dict[str, Any]:
    """Correct the recipient of the order under the cursor, wait until it is verified, and return the order as it was."""
    await harness.until("all read")
    order = dict(harness.app.screen.order)
    await harness.press("enter")
    await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
    await harness.replace(name)
    await send(harness)
    return order


async def journal(harness: AppHarness) -> JournalScreen:
    await harness.press("L")
    await harness.until(lambda: isinstance(harness.app.screen, JournalScreen))
    screen = harness.app.screen
    assert isinstance(screen, JournalScreen)
    return screen


async def patch(harness: AppHarness, order_id: str, body: Any) -> None:
    """Another client of the same account."""
    transport = httpx.ASGITransport(harness.sandbox.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://s/api/v3", auth=("demo", "demo")) as client:
        assert (await client.patch(f"/orders/{order_id}", json=body)).status_code == 200


def recipient(order: dict[str, Any]) -> Any:
    return order["shipping_address"]["name"]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_journal_shows_field_before_and_after(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size) as harness:
        order = await correct(harness)
        screen = await journal(harness)
        row = next(line for line in harness.lines if "patch" in line)
        assert order["order_number"][:8] in row
        assert "Ship to, name" in row
        assert "verified" in row
        assert row[2] == "="
        await harness.until("* Ship to, name")
        assert recipient(order)[:10] in harness.text
        assert "Jan Klaassen" in harness.text
        assert "0 all 1" in harness.text
        assert "3 done 1" in harness.text
        await harness.press("enter")
        assert "http://127.0.0.1/api/v3" in harness.text
        assert "TEST" in harness.text
        assert "sending: queued" in harness.text
        await harness.press("v")
        assert '"base_url": "http://127.0.0.1/api/v3"' in harness.text
        await harness.press("v", "q")
        assert screen.table.has_focus
        assert all(len(line) <= size[0] for line in harness.lines)
        await harness.press("q")
        assert isinstance(harness.app.screen, EditScreen)


async def test_undo_is_reviewed_sent_and_restores_the_old_value(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await correct(harness)
        await journal(harness)
        await harness.press("u")
        await harness.until("drafted with its former values. w reviews")
        assert recipient(await harness.order(order["id"])) == "Jan Klaassen", "nothing is sent before the review"
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert recipient(order)[:10] in harness.line_with("Jan Klaassen")
        await harness.press("y")
        await harness.until("3 done 2")
        assert recipient(await harness.order(order["id"])) == recipient(order)
        assert harness.app.workspace.account.drafts.all() == []


async def test_conflict_of_an_undo_waits_for_a_decision(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await correct(harness)
        await patch(harness, order["id"], {"shipping_address": {"name": "Somebody Else"}})
        await journal(harness)
        await harness.press("u")
        await harness.until("1 field also changed on the service: o, then c chooses")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "nothing can be sent" in harness.text
        await harness.press("y", "n")
        assert recipient(await harness.order(order["id"])) == "Somebody Else"
        await harness.press("o")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))


async def test_undo_of_a_deletion_stages_the_order_and_lists_losses(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        order = dict(harness.app.screen.order)
        await harness.press("D")
        await harness.type(order["order_number"])
        await harness.press("enter")
        account = harness.app.workspace.account
        await harness.until(
            lambda: account.store.journal_queries.find(account.account_id, states=[WriteState.CONFIRMED])
        )
        await journal(harness)
        assert "deleted 1" in harness.text
        assert "whole order" in harness.text
        assert "shipments, labels" in harness.text
        await harness.press("u")
        await harness.until("is staged as new: a new id, no shipments or links. B shows it.")
        (staged,) = harness.app.workspace.staging.orders
        assert (staged.document["order_number"], "id" in staged.document) == (order["order_number"], False)
        await harness.press("B")
        await harness.until(order["order_number"])


async def test_journal_opens_at_the_newest_write_of_an_order(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        first = await correct(harness, "First")
        await harness.press("J")
        await harness.until("2 of 300")
        await harness.press("1")
        await harness.replace("Second")
        await send(harness)
        await harness.press("q", "g")
        assert isinstance(harness.app.screen, TriageScreen)
        screen = await journal(harness)
        assert screen.order_here == first["id"]
        assert screen.table.row_count == 2
        await harness.press("slash")
        await harness.type("second")
        await harness.press("enter")
        assert screen.table.row_count == 1
        assert screen.order_here != first["id"]
        await harness.press("q")
        assert screen.table.row_count == 2
        await harness.press("4")
        assert "No writes match." in harness.text
        await harness.press("q")
        await journal(harness)
        await harness.press("q", "j")
        await harness.press("j", "L")
        await harness.until("No writes for that order")


async def test_sorting_by_order_gives_each_order_a_row(tmp_path: Path) -> None:
    async with open_app(tmp_path, ticking=True) as harness:
        await harness.until("all read")
        account = harness.app.workspace.account
        shown = [order.document for order in harness.app.workspace.orders.window if order.document.get("order_id")][:3]
        drafts = []
        for order in shown:
            draft = account.drafts.of(order["id"], order, NOW)
            draft.edit.put_all([(pointer_to_city(), "Bulkdorp")], "city")
            account.drafts.save(draft)
            drafts.append(draft)
        statuses = await account.draft_sender.send_as_upsert(drafts)
        assert len(statuses) == 3
        await harness.until(lambda: harness.app.workspace.account.drafts.all() == [])
        screen = await journal(harness)
        assert "3 orders" in harness.text
        await harness.press("o")
        assert "has several orders" in harness.text
        await harness.press("s", "o")
        assert screen.table.row_count == 3
        assert screen.order_here in {order["id"] for order in shown}
        await harness.press("j", "u")
        name = screen.brief.first.name if screen.brief is not None else ""
        await harness.until(f"{name} only")
        await harness.press("o")
        await harness.until("drafted with its former values")
        assert [draft.order_id for draft in account.drafts.all()] == [screen.order_here]


async def test_export_creates_a_new_file_only(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await correct(harness)
        await journal(harness)
        await harness.press("X", "j")
        assert "journal-2026-11-23.jsonl" in harness.text
        await harness.press("enter")
        await harness.until("1 write exported, readable only by you")
        path = tmp_path / "journal-2026-11-23.jsonl"
        (line,) = path.read_text().splitlines()
        assert json.loads(line)["profile"] == "TEST"
        await harness.press("X", "j")
        assert "journal-2026-11-23-2.jsonl" in harness.text
        await harness.press("ctrl+u")
        await harness.type(str(path))
        await harness.press("enter")
        await harness.until("The file exists already")
        assert len(path.read_text().splitlines()) == 1
        await harness.press("X", "j", "escape")
        assert harness.app.screen.list_view.has_focus


async def test_report_of_the_day_is_exported(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await correct(harness)
        await journal(harness)
        await harness.press("X", "t")
        assert "report-2026-11-23.txt" in harness.text
        await harness.press("enter")
        await harness.until("1 order exported, readable only by you")
        assert "Report of Mon 23 Nov 2026" in (tmp_path / "report-2026-11-23.txt").read_text()
        await harness.press("X", "t")
        assert "report-2026-11-23-2.txt" in harness.text
        await harness.press("escape")
        await harness.press("X", "c", "enter")
        await harness.until("1 order exported")
        assert (tmp_path / "report-2026-11-23.csv").exists()


async def test_reverted_changes_are_listed_and_drafted_again(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await correct(harness)
        await journal(harness)
        await harness.press("r")
        await harness.until(lambda: isinstance(harness.app.screen, RecheckScreen))
        assert "1 unchanged" in harness.text
        await patch(harness, order["id"], {"shipping_address": {"name": recipient(order)}})
        await harness.press("r")
        await harness.until("reverted")
        assert "Ship to, name" in harness.text
        assert harness.line_with("reverted").startswith("> !") or "!" in harness.line_with("reverted")
        await harness.press("m")
        await harness.until("drafted again")
        await harness.press("u")
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("m", "w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.press("y")
        await harness.until(lambda: harness.app.workspace.account.drafts.all() == [])
        assert recipient(await harness.order(order["id"])) == "Jan Klaassen"
        await harness.until("1 unchanged")
        assert "reverted" not in harness.line_with("> ="), "what was sent again is checked again"
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))


async def test_bulk_change_is_undone_with_a_line_per_order(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        account = harness.app.workspace.account
        real = account.store.writes.record
        account.store.writes.record = lambda account, new: real(account, replace(new, job="hold"))  # type: ignore[method-assign]
        orders = [harness.app.workspace.orders.window[index].document for index in range(3)]
        for order in orders:
            draft = account.drafts.of(order["id"], order, NOW)
            draft.edit.put_all([(pointer_to_city(), "Bulkdorp")], "hold")
            account.drafts.save(draft)
        await send(harness)
        await harness.until(lambda: not account.draft_sender.unsettled)
        await journal(harness)
        assert "hold: Ship to, city" in harness.text
        await harness.press("u")
        await harness.until("all of hold")
        await harness.press("j")
        await harness.until("3 orders: 3 drafted")
        assert len(account.drafts.all()) == 3
        assert harness.text.count("drafted with its former values") == 3
        assert harness.text.count(orders[0]["order_number"]) == 1, "each order is named once in its line"


def pointer_to_city() -> Any:
    from tui.api.pointer import Pointer

    return Pointer.of("shipping_address", "city")


async def test_write_in_flight_at_a_crash_is_reported_after_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW, settle=0.2))
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("all read")
        order = dict(harness.app.screen.order)
        account = harness.app.workspace.account.account_id
    store = Store(tmp_path, now=lambda: NOW)
    body = b'{"shipping_address":{"city":"Never"}}'
    changes: Any = [{"pointer": "/shipping_address/city", "was": "x", "now": "Never"}]
    new = NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{order['id']}", body, order, changes, order_id=order["id"])
    store.writes.record(account, new)
    store.close()
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("Sent when the app ended")
        await journal(harness)
        await harness.until("not sent")
        await harness.press("enter")
        assert "the app quit here; the next start resumed it" in harness.text
        await harness.press("q", "u")
        await harness.until("nothing to undo")
    box.close()


async def test_app_closed_in_the_journal_reopens_the_journal(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("all read")
        await journal(harness)
        assert "No writes yet." in harness.text
        await harness.press("u", "enter", "n", "v", "o", "X", "tab", "J", "w")
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, JournalScreen))
    box.close()


async def test_old_writes_are_removed_at_start_and_reported(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("all read")
        account = harness.app.workspace.account.account_id
    store = Store(tmp_path, now=lambda: NOW.replace(month=1))
    write = store.writes.record(account, NewWrite(WriteKind.PATCH, "PATCH", "/orders/1", b"{}", {}, order_id="1"))
    store.writes.step(write.id, WriteState.CONFIRMED)
    store.close()
    async with open_app(tmp_path, sandbox=box) as harness:
        await journal(harness)
        assert "0 all 1" in harness.text, "without the setting everything is kept"
    async with open_app(tmp_path, sandbox=box, app_settings=Settings(keep_days=90)) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, JournalScreen))
        await harness.until(lambda: harness.app.workspace.account.store.writes.get(write.id) is None)
        await harness.press("q", "L")
        await harness.until("1 write older than 90 days removed")
    box.close()


async def test_a_clock_that_was_set_back_is_marked(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(120, 30)) as harness:
        await harness.until("all read")
        account = harness.app.workspace.account
        for number, minutes in enumerate((0, 120, 5)):
            at = NOW + timedelta(minutes=minutes)
            account.store.writes._now = lambda at=at: at
            id = str(number)
            new = NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{id}", b"{}", {"id": id}, order_id=id)
            account.store.writes.step(account.store.writes.record(account.account_id, new).id, WriteState.NOT_SENT)
        await journal(harness)
        await harness.until("The clock was set back before this write")
        marked = [line for line in harness.lines if re.search(r"\d\d:00 <", line)]
        assert [("#2" in line, "#1" in line) for line in marked] == [(True, False)]
        await harness.press("j")
        await harness.until(lambda: "The clock was set back" not in harness.text)

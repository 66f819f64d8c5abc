"""The journal by keys alone: found, read, undone through the review, deleted orders brought back, exported, rechecked."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import NOW, House, housed

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.edit.screen import EditScreen
from tui.screens.journal.recheck import RecheckScreen
from tui.screens.journal.screen import JournalScreen
from tui.screens.review.screen import ReviewScreen
from tui.screens.triage.screen import TriageScreen
from tui.settings import Settings
from tui.store.journal import NewWrite, WriteKind, WriteState
from tui.store.store import Store


async def enter(house: House, text: str) -> None:
    """Open the editor under the cursor, replace its text, take it."""
    await house.press("enter", "ctrl+e", "ctrl+u")
    await house.type(text)
    await house.press("enter")


async def send(house: House) -> None:
    await house.press("w")
    await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
    await house.press("y")
    await house.until(lambda: house.app.workspace.account.drafts.all() == [])


async def correct(house: House, name: str = "Jan Klaassen") -> dict[str, Any]:
    """Correct the recipient of the order under the cursor of the list, and see it verified; the order as it was."""
    await house.until("100+ read")
    order = dict(house.app.screen.order)
    await house.press("enter")
    await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.sheet.rows)
    await enter(house, name)
    await send(house)
    return order


async def journal(house: House) -> JournalScreen:
    await house.press("L")
    await house.until(lambda: isinstance(house.app.screen, JournalScreen))
    screen = house.app.screen
    assert isinstance(screen, JournalScreen)
    return screen


async def patch(house: House, order_id: str, body: Any) -> None:
    """Another client of the same account."""
    transport = httpx.ASGITransport(house.sandbox.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://s/api/v3", auth=("demo", "demo")) as client:
        assert (await client.patch(f"/orders/{order_id}", json=body)).status_code == 200


def recipient(order: dict[str, Any]) -> Any:
    return order["shipping_address"]["name"]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_journal_shows_field_before_and_after(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path, size=size) as house:
        order = await correct(house)
        screen = await journal(house)
        row = next(line for line in house.lines if "patch" in line)
        assert order["order_number"][:8] in row
        assert "Ship to, name" in row
        assert "verified" in row
        assert row[2] == "="
        await house.until("* Ship to, name")
        assert recipient(order)[:10] in house.text
        assert "Jan Klaassen" in house.text
        assert "0 all 1" in house.text
        assert "3 done 1" in house.text
        await house.press("enter")
        assert "http://127.0.0.1/api/v3" in house.text
        assert "TEST" in house.text
        assert "sending: queued" in house.text
        await house.press("v")
        assert '"base_url": "http://127.0.0.1/api/v3"' in house.text
        await house.press("v", "q")
        assert screen.table.has_focus
        assert all(len(line) <= size[0] for line in house.lines)
        await house.press("q")
        assert isinstance(house.app.screen, EditScreen)


async def test_undo_is_reviewed_sent_and_restores_the_old_value(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await correct(house)
        await journal(house)
        await house.press("u")
        await house.until("drafted with its former values. w reviews")
        assert recipient(await house.order(order["id"])) == "Jan Klaassen", "nothing goes before the review"
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert recipient(order)[:10] in house.line_with("Jan Klaassen")
        await house.press("y")
        await house.until("3 done 2")
        assert recipient(await house.order(order["id"])) == recipient(order)
        assert house.app.workspace.account.drafts.all() == []


async def test_conflict_of_an_undo_waits_for_a_decision(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await correct(house)
        await patch(house, order["id"], {"shipping_address": {"name": "Somebody Else"}})
        await journal(house)
        await house.press("u")
        await house.until("1 field changed there since: o, then c decides")
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "nothing can be sent" in house.text
        await house.press("y", "n")
        assert recipient(await house.order(order["id"])) == "Somebody Else"
        await house.press("o")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))


async def test_undo_of_a_deletion_stages_the_order_and_lists_losses(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        order = dict(house.app.screen.order)
        await house.press("D")
        await house.type(order["order_number"])
        await house.press("enter")
        bench = house.app.workspace.account
        await house.until(lambda: bench.store.journal_queries.find(bench.account_id, states=[WriteState.CONFIRMED]))
        await journal(house)
        assert "deleted 1" in house.text
        assert "the whole order" in house.text
        assert "shipments, labels" in house.text
        await house.press("u")
        await house.until("is staged as new: a new id, no shipments or links. B shows it.")
        (staged,) = house.app.workspace.staging.orders
        assert (staged.document["order_number"], "id" in staged.document) == (order["order_number"], False)
        await house.press("B")
        await house.until(order["order_number"])


async def test_journal_opens_at_the_newest_write_of_an_order(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        first = await correct(house, "First")
        await house.press("J")
        await house.until("2 of 100")
        await house.press("1")
        await enter(house, "Second")
        await send(house)
        await house.press("q", "g")
        assert isinstance(house.app.screen, TriageScreen)
        screen = await journal(house)
        assert screen.order_here == first["id"]
        assert screen.table.row_count == 2
        await house.press("slash")
        await house.type("second")
        await house.press("enter")
        assert screen.table.row_count == 1
        assert screen.order_here != first["id"]
        await house.press("q")
        assert screen.table.row_count == 2
        await house.press("4")
        assert "No write is like this." in house.text
        await house.press("q")
        await journal(house)
        await house.press("q", "j")
        await house.press("j", "L")
        await house.until("Nothing was written to that order.")


async def test_sorting_by_order_gives_each_order_a_row(tmp_path: Path) -> None:
    async with housed(tmp_path, ticking=True) as house:
        await house.until("100+ read")
        bench = house.app.workspace.account
        shown = [order for order in house.app.workspace.orders.orders if order.get("order_id")][:3]
        drafts = []
        for order in shown:
            draft = bench.drafts.of(order["id"], order, NOW)
            draft.edit.put_all([(pointer_to_city(), "Bulkdorp")], "city")
            bench.drafts.save(draft)
            drafts.append(draft)
        standings = await bench.draft_sender.send_as_upsert(drafts)
        assert len(standings) == 3
        await house.until(lambda: house.app.workspace.account.drafts.all() == [])
        screen = await journal(house)
        assert "3 orders" in house.text
        await house.press("o")
        assert "about several orders" in house.text
        await house.press("s", "o")
        assert screen.table.row_count == 3
        assert screen.order_here in {order["id"] for order in shown}
        await house.press("j", "u")
        name = screen.brief.first.name if screen.brief is not None else ""
        await house.until(f"{name} only")
        await house.press("o")
        await house.until("drafted with its former values")
        assert [draft.order_id for draft in bench.drafts.all()] == [screen.order_here]


async def test_export_creates_a_new_file_only(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await correct(house)
        await journal(house)
        await house.press("X")
        assert "journal-2026-11-23.jsonl" in house.text
        await house.press("enter")
        await house.until("1 write, for your eyes only")
        path = tmp_path / "journal-2026-11-23.jsonl"
        (line,) = path.read_text().splitlines()
        assert json.loads(line)["profile"] == "TEST"
        await house.press("X", "enter")
        await house.until("There is a file of that name")
        assert len(path.read_text().splitlines()) == 1
        await house.press("X", "escape")
        assert house.app.screen.list_view.has_focus


async def test_reverted_changes_are_listed_and_drafted_again(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await correct(house)
        await journal(house)
        await house.press("r")
        await house.until(lambda: isinstance(house.app.screen, RecheckScreen))
        assert "1 still so" in house.text
        await patch(house, order["id"], {"shipping_address": {"name": recipient(order)}})
        await house.press("r")
        await house.until("taken back")
        assert "Ship to, name" in house.text
        assert house.line_with("taken back").startswith("> !") or "!" in house.line_with("taken back")
        await house.press("m")
        await house.until("drafted again")
        await house.press("u")
        assert house.app.workspace.account.drafts.all() == []
        await house.press("m", "w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.press("y")
        await house.until(lambda: house.app.workspace.account.drafts.all() == [])
        assert recipient(await house.order(order["id"])) == "Jan Klaassen"
        await house.until("1 still so")
        assert "taken back" not in house.line_with("> ="), "what was sent again is judged again"
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))


async def test_bulk_change_is_undone_with_a_line_per_order(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        bench = house.app.workspace.account
        real = bench.store.writes.record
        bench.store.writes.record = lambda account, new: real(account, replace(new, job="hold"))  # type: ignore[method-assign]
        orders = house.app.workspace.orders.orders[:3]
        for order in orders:
            draft = bench.drafts.of(order["id"], order, NOW)
            draft.edit.put_all([(pointer_to_city(), "Bulkdorp")], "hold")
            bench.drafts.save(draft)
        await send(house)
        await house.until(lambda: not bench.draft_sender.unsettled)
        await journal(house)
        assert "hold: Ship to, city" in house.text
        await house.press("u")
        await house.until("the whole of hold")
        await house.press("j")
        await house.until("3 orders: 3 drafted")
        assert len(bench.drafts.all()) == 3
        assert house.text.count("drafted with its former values") == 3
        assert house.text.count(orders[0]["order_number"]) == 1, "each order is named once in its line"


def pointer_to_city() -> Any:
    from tui.api.pointer import Pointer

    return Pointer.of("shipping_address", "city")


async def test_write_in_flight_at_a_crash_is_reported_after_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW, settle=0.2))
    async with housed(tmp_path, sandbox=box) as house:
        await house.until("100+ read")
        order = dict(house.app.screen.order)
        account = house.app.workspace.account.account_id
    store = Store(tmp_path, now=lambda: NOW)
    body = b'{"shipping_address":{"city":"Never"}}'
    changes: Any = [{"pointer": "/shipping_address/city", "was": "x", "now": "Never"}]
    new = NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{order['id']}", body, order, changes, order_id=order["id"])
    store.writes.record(account, new)
    store.close()
    async with housed(tmp_path, sandbox=box) as house:
        await house.until("Sent when the app ended")
        await journal(house)
        await house.until("not sent")
        await house.press("enter")
        assert "the app ended here; the next start took it up" in house.text
        await house.press("q", "u")
        await house.until("nothing to undo")
    box.close()


async def test_app_left_in_the_journal_reopens_there(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path, sandbox=box) as house:
        await house.until("100+ read")
        await journal(house)
        assert "Nothing was written yet." in house.text
        await house.press("u", "enter", "n", "v", "o", "X", "tab", "J", "w")
    async with housed(tmp_path, sandbox=box) as house:
        await house.until(lambda: isinstance(house.app.screen, JournalScreen))
    box.close()


async def test_old_writes_are_removed_at_start_and_reported(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path, sandbox=box) as house:
        await house.until("100+ read")
        account = house.app.workspace.account.account_id
    store = Store(tmp_path, now=lambda: NOW.replace(month=1))
    write = store.writes.record(account, NewWrite(WriteKind.PATCH, "PATCH", "/orders/1", b"{}", {}, order_id="1"))
    store.writes.step(write.id, WriteState.CONFIRMED)
    store.close()
    async with housed(tmp_path, sandbox=box) as house:
        await journal(house)
        assert "0 all 1" in house.text, "without a setting all is kept"
    async with housed(tmp_path, sandbox=box, app_settings=Settings(keep_days=90)) as house:
        await house.until(lambda: isinstance(house.app.screen, JournalScreen))
        await house.until(lambda: house.app.workspace.account.store.writes.get(write.id) is None)
        await house.press("q", "L")
        await house.until("1 writes older than 90 days were removed")
    box.close()

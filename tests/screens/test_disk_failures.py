"""Late answers and failing disks never take keys that were meant for something else, and never end the app."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from app_harness import AppHarness, open_app
from interception import Send

from tui.api.errors import Unreachable
from tui.api.pointer import Pointer
from tui.screens.common.pages import PageScreen
from tui.screens.common.screen import BaseScreen
from tui.screens.common.search_screen import SearchScreen
from tui.screens.edit.screen import EditScreen
from tui.screens.review.drafts import review_item
from tui.screens.review.screen import ReviewScreen
from tui.store.db import StoreError
from tui.work.batches.staging import BatchLocked
from tui.work.writes.backoff import RetrySchedule
from tui.work.writes.send_state import SendState

NAME = Pointer.of("shipping_address", "name")


async def opened(harness: AppHarness) -> str:
    await harness.until("all read")
    order = harness.app.screen.order
    await harness.press("enter")
    await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
    return str(order["id"])


def delay_reads(harness: AppHarness) -> asyncio.Event:
    """Hold back reads of single orders until the event is set."""
    client, release = harness.app.workspace.account.client, asyncio.Event()
    real = client.get_order

    async def delayed_get(id: str) -> Any:
        await release.wait()
        return await real(id)

    client.get_order = delayed_get
    return release


async def test_late_review_does_not_cover_an_open_editor(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await opened(harness)
        await harness.replace("Jan Klaassen")
        release = delay_reads(harness)
        await harness.press("w", "enter")
        await harness.type("1")
        release.set()
        await harness.until("The review is ready; w shows it.")
        assert harness.app.screen.sheet.editing is not None
        await harness.type("y")
        assert harness.app.screen.sheet.editor_text.endswith("1y")
        assert not harness.app.workspace.account.store.writes.all(harness.app.workspace.account.account_id)


@pytest.mark.parametrize(("key", "screen"), [("question_mark", PageScreen), ("colon", SearchScreen)])
async def test_late_review_does_not_cover_another_screen(tmp_path: Path, key: str, screen: type[BaseScreen]) -> None:
    async with open_app(tmp_path) as harness:
        await opened(harness)
        await harness.replace("Jan Klaassen")
        release = delay_reads(harness)
        await harness.press("w", key)
        await harness.until(lambda: isinstance(harness.app.screen, screen))
        release.set()
        await harness.until(lambda: not any(worker.group == "review" for worker in harness.app.workers))
        assert isinstance(harness.app.screen, screen)
        await harness.press("escape")
        await harness.until("The review is ready; w shows it.")


async def test_review_lists_remote_changes(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(120, 40)) as harness:
        id = await opened(harness)
        await harness.replace("Jan Klaassen")
        transport = httpx.ASGITransport(harness.sandbox.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://s/api/v3", auth=("demo", "demo")) as other:
            await other.patch(f"/orders/{id}", json={"shipping_address": {"name": "Somebody Else"}})
        await harness.press("G", "w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.until("now Somebody Else on the service")
        assert "chooses the value" in harness.text
        await harness.press("y")
        assert not harness.app.workspace.account.store.writes.all(harness.app.workspace.account.account_id)
        await harness.press("n")
        await harness.until(lambda: not isinstance(harness.app.screen, ReviewScreen))
        row = harness.app.screen.sheet.cursor_field
        assert (str(row.pointer), row.mark) == ("/shipping_address/name", "#")


async def test_review_names_the_fields_that_require_a_full_order(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        order = harness.app.screen.order
        draft = harness.app.workspace.account.drafts.of(order["id"], order, harness.app.workspace.now())
        assert draft.edit.drop(Pointer.of("shipping_address", "city"), "city absent")
        assert draft.edit.drop(Pointer.of("shipping_address", "postal_code"), "postcode absent")
        lines = ["".join(text for text, _ in line) for line in review_item(draft, None).lines]
        place = Pointer.of("shipping_address", "address_line_1")
        street = str(place.get(order))
        draft.edit.put(place, "Elsewhere", "street")
        lines += ["".join(text for text, _ in line) for line in review_item(draft, None).lines]
        assert len(street) > 22
        assert f"      was {street}" in lines
        assert any(
            line.startswith("  ~ sent as a full order because of Ship to, postcode; Ship to, city: a PATCH cannot")
            for line in lines
        ) or any(
            line.startswith("  ~ sent as a full order because of Ship to, city; Ship to, postcode: a PATCH cannot")
            for line in lines
        )


@pytest.mark.parametrize("error", [BatchLocked("This batch is in other hands."), StoreError("The disk is full.")])
async def test_locked_batch_is_reported_when_staging(tmp_path: Path, error: Exception) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")

        def refuse(*_: Any, **__: Any) -> str:
            raise error

        harness.app.workspace.staging.editing.add_copies = refuse  # type: ignore[method-assign]
        await harness.press("a", "c")
        await harness.until(f"{error} Nothing was staged.")
        await opened(harness)
        await harness.press("a", "n")
        await harness.until(f"{error} Nothing was staged.")


def refuse_writes(harness: AppHarness, refused: bool) -> None:
    """Let every write to the store fail, or none."""
    database = harness.app.workspace.account.store._database
    database.read(lambda c: c.execute(f"PRAGMA query_only={'ON' if refused else 'OFF'}").fetchone())


async def test_changes_that_could_not_be_stored_are_stored_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.work.unsaved._TRIED_EVERY", 0.05)
    async with open_app(tmp_path) as harness:
        id = await opened(harness)
        refuse_writes(harness, True)
        await harness.replace("Jan")
        await harness.until("Not saved: The file is read-only")
        assert harness.app.workspace.account.store.edits.get(harness.app.workspace.account.account_id, id) is None
        refuse_writes(harness, False)
        await harness.until("What could not be saved before is saved now.")
    async with open_app(tmp_path, opened=False) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        (draft,) = harness.app.workspace.account.drafts.all()
        assert NAME.get(draft.edit.document) == "Jan"


async def test_quitting_asks_while_changes_are_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.work.unsaved._TRIED_EVERY", 60.0)
    async with open_app(tmp_path) as harness:
        await opened(harness)
        refuse_writes(harness, True)
        await harness.replace("Jan")
        await harness.press("Q")
        await harness.until("y quit and lose them")
        assert "The last changes are not saved. The file is read-only" in harness.text
        await harness.press("escape")
        assert harness.app.return_code is None
        refuse_writes(harness, False)
        await harness.press("Q")
        await harness.until(lambda: harness.app.return_code == 0)
    async with open_app(tmp_path, opened=False) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        (draft,) = harness.app.workspace.account.drafts.all()
        assert NAME.get(draft.edit.document) == "Jan"


async def test_changes_that_are_lost_at_the_end_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.work.unsaved._TRIED_EVERY", 60.0)
    async with open_app(tmp_path) as harness:
        await opened(harness)
        refuse_writes(harness, True)
        await harness.replace("Jan")
        await harness.press("Q", "y")
        await harness.until(lambda: harness.app.return_code == 0)
        harness.app.prepare_end()
        assert harness.app.last_words[-1].startswith("The last changes are not saved, or may not survive")


async def test_nothing_is_sent_on_a_full_disk_and_the_order_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.work.unsaved._TRIED_EVERY", 0.05)
    async with open_app(tmp_path, size=(120, 30)) as harness:
        id = await opened(harness)
        await harness.replace("Jan Klaassen")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        sender, store = harness.app.workspace.account.draft_sender, harness.app.workspace.account.store
        real = store.writes.record

        def full(*_: Any) -> Any:
            raise StoreError("The disk is full: orders.sqlite3 cannot be used.")

        store.writes.record = full  # type: ignore[method-assign]
        await harness.press("y")
        await harness.until("Nothing was sent, because it must be stored first. The disk is full")
        status = sender.status(id)
        assert status is not None
        assert status.state is SendState.NOT_SENT
        assert not any(entry.method == "PATCH" for entry in harness.app.workspace.account.log.entries)
        store.writes.record = real  # type: ignore[method-assign]
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.press("y")
        await harness.until("verified")


async def test_a_result_that_could_not_be_stored_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.work.unsaved._TRIED_EVERY", 0.05)
    async with open_app(tmp_path, size=(120, 30)) as harness:
        id = await opened(harness)
        await harness.replace("Jan Klaassen")
        sender = harness.app.workspace.account.draft_sender
        (draft,) = harness.app.workspace.account.drafts.all()

        async def answered_on_a_full_disk(request: httpx.Request, send: Send) -> httpx.Response:
            answer = await send(request)
            refuse_writes(harness, True)
            return answer

        harness.interceptor.intercept("PATCH", answered_on_a_full_disk)
        status = await sender.send(draft, draft.sending.body)
        assert status.state is SendState.UNKNOWN
        assert status.message.startswith("The result could not be stored and will be looked up.")
        refuse_writes(harness, False)
        await harness.until("verified")
        assert sum(entry.method == "PATCH" for entry in harness.app.workspace.account.log.entries) == 1
        assert NAME.get(await harness.order(id)) == "Jan Klaassen"


async def test_keys_work_while_another_program_writes_to_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.work.unsaved._TRIED_EVERY", 0.05)
    async with open_app(tmp_path) as harness:
        await opened(harness)
        with closing(sqlite3.connect(tmp_path / "orders.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            started = monotonic()
            await harness.replace("Jan")
            assert "Not saved: Another program is writing" in harness.text
            await harness.press("j", "k")
            assert monotonic() - started < 3
            assert "was" in harness.line_with("Jan")
            other.execute("ROLLBACK")
        await harness.until("What could not be saved before is saved now.")
        account = harness.app.workspace.account
        assert account.store.edits.all(account.account_id)


async def test_full_disk_while_sending_does_not_crash(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await opened(harness)
        await harness.replace("Jan Klaassen")

        async def full(*_: Any, **__: Any) -> Any:
            raise StoreError("The disk is full.")

        harness.app.workspace.account.outbox.patch = full  # type: ignore[method-assign]
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.press("y")
        await harness.until("The disk is full.")
        assert harness.app.workspace.account.drafts.all()


async def test_quitting_asks_while_an_order_is_in_flight(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        id = await opened(harness)
        await harness.replace("Jan Klaassen")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        release = delay_reads(harness)
        await harness.press("y")
        assert not harness.app.workspace.account.outbox.unfinished
        await harness.press("Q")
        await harness.until("1 write is in flight.")
        await harness.press("w")
        release.set()
        await harness.until(lambda: harness.app.return_code == 0)
        assert NAME.get(await harness.order(id)) == "Jan Klaassen"


async def test_full_disk_does_not_stop_verification(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")

        def full(*_: Any) -> Any:
            raise StoreError("The disk is full.")

        harness.app.workspace.account.store.verifications.open = full  # type: ignore[method-assign]
        harness.app.workspace.account.verifier.wake()
        await harness.until("Accepted orders are not being verified: The disk is full.")


async def test_unknown_outcome_is_looked_up_by_r_and_not_resent(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        id = await opened(harness)
        await harness.replace("Jan Klaassen")
        corrections = harness.app.workspace.account.draft_sender
        (draft,) = harness.app.workspace.account.drafts.all()
        outbox, real = harness.app.workspace.account.outbox, harness.app.workspace.account.client.get_order

        async def fail_reads(order: str) -> Any:
            raise Unreachable("No connection.")

        async def lose_answer(request: httpx.Request, send: Send) -> httpx.Response:
            await send(request)
            harness.app.workspace.account.client.get_order = fail_reads  # type: ignore[method-assign]
            raise httpx.ReadError("The connection broke.")

        harness.interceptor.intercept("PATCH", lose_answer)
        outbox._context = replace(outbox._context, schedule=RetrySchedule.of(0.01))
        status = await corrections.send(draft, draft.sending.body)
        assert status.state is SendState.UNKNOWN
        harness.app.workspace.account.client.get_order = real  # type: ignore[method-assign]
        harness.interceptor.handler = None
        await harness.press("d")
        assert "Jan Klaassen" in harness.text
        await harness.press("q", "r")
        await harness.until("verified")
        assert sum(entry.method == "PATCH" for entry in harness.app.workspace.account.log.entries) == 1
        assert (await harness.order(id))["shipping_address"]["name"] == "Jan Klaassen"

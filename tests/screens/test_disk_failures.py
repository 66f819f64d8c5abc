"""What comes late or cannot be done never takes keys that were meant for something else, and never ends the app."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import House, housed
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


async def opened(house: House) -> str:
    await house.until("100+ read")
    order = house.app.screen.order
    await house.press("enter")
    await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.sheet.rows)
    return str(order["id"])


async def rename(house: House, text: str) -> None:
    await house.press("enter", "ctrl+e", "ctrl+u")
    await house.type(text)
    await house.press("enter")


async def test_late_review_does_not_cover_an_open_editor(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await opened(house)
        await rename(house, "Jan Klaassen")
        client, gate = house.app.workspace.account.client, asyncio.Event()
        real = client.get_order

        async def slowly(id: str) -> Any:
            await gate.wait()
            return await real(id)

        client.get_order = slowly
        await house.press("w", "enter")
        await house.type("1")
        gate.set()
        await house.until("The review is ready; w shows it.")
        assert house.app.screen.sheet.editing is not None
        await house.type("y")
        assert house.app.screen.sheet.editor_text.endswith("1y")
        assert not house.app.workspace.account.store.writes.all(house.app.workspace.account.account_id)


@pytest.mark.parametrize(("key", "screen"), [("question_mark", PageScreen), ("colon", SearchScreen)])
async def test_late_review_does_not_cover_another_screen(tmp_path: Path, key: str, screen: type[BaseScreen]) -> None:
    async with housed(tmp_path) as house:
        await opened(house)
        await rename(house, "Jan Klaassen")
        client, gate = house.app.workspace.account.client, asyncio.Event()
        real = client.get_order

        async def slowly(id: str) -> Any:
            await gate.wait()
            return await real(id)

        client.get_order = slowly
        await house.press("w", key)
        await house.until(lambda: isinstance(house.app.screen, screen))
        gate.set()
        await house.until(lambda: not any(one.group == "review" for one in house.app.workers))
        assert isinstance(house.app.screen, screen)
        await house.press("escape")
        await house.until("The review is ready; w shows it.")


async def test_review_lists_remote_changes(tmp_path: Path) -> None:
    async with housed(tmp_path, size=(120, 40)) as house:
        id = await opened(house)
        await rename(house, "Jan Klaassen")
        transport = httpx.ASGITransport(house.sandbox.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://s/api/v3", auth=("demo", "demo")) as other:
            await other.patch(f"/orders/{id}", json={"shipping_address": {"name": "Somebody Else"}})
        await house.press("G", "w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.until("is Somebody Else there now")
        assert "decides which side stands" in house.text
        await house.press("y")
        assert not house.app.workspace.account.store.writes.all(house.app.workspace.account.account_id)
        await house.press("n")
        await house.until(lambda: not isinstance(house.app.screen, ReviewScreen))
        row = house.app.screen.sheet.cursor_field
        assert (str(row.pointer), row.mark) == ("/shipping_address/name", "#")


async def test_review_names_the_fields_that_require_a_full_order(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        order = house.app.screen.order
        draft = house.app.workspace.account.drafts.of(order["id"], order, house.app.workspace.now())
        assert draft.edit.drop(Pointer.of("shipping_address", "city"), "city absent")
        assert draft.edit.drop(Pointer.of("shipping_address", "postal_code"), "postcode absent")
        told = ["".join(text for text, _ in line) for line in review_item(draft, None).lines]
        place = Pointer.of("shipping_address", "address_line_1")
        street = str(place.get(order))
        draft.edit.put(place, "Elsewhere", "street")
        told += ["".join(text for text, _ in line) for line in review_item(draft, None).lines]
        assert len(street) > 22
        assert f"      was {street}" in told
        assert any(
            line.startswith("  ~ sent as a full order because of Ship to, postcode; Ship to, city: a PATCH cannot")
            for line in told
        ) or any(
            line.startswith("  ~ sent as a full order because of Ship to, city; Ship to, postcode: a PATCH cannot")
            for line in told
        )


@pytest.mark.parametrize("error", [BatchLocked("This batch is in other hands."), StoreError("The disk is full.")])
async def test_locked_batch_is_reported_when_staging(tmp_path: Path, error: Exception) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")

        def refuse(*_: Any, **__: Any) -> str:
            raise error

        house.app.workspace.staging.editing.add_copies = refuse  # type: ignore[method-assign]
        await house.press("a", "c")
        await house.until(f"{error} Nothing was staged.")
        await opened(house)
        await house.press("a", "n")
        await house.until(f"{error} Nothing was staged.")


async def test_full_disk_while_sending_does_not_crash(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await opened(house)
        await rename(house, "Jan Klaassen")

        async def full(*_: Any, **__: Any) -> Any:
            raise StoreError("The disk is full.")

        house.app.workspace.account.outbox.patch = full  # type: ignore[method-assign]
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.press("y")
        await house.until("The disk is full.")
        assert house.app.workspace.account.drafts.all()


async def test_quitting_asks_while_an_order_is_in_flight(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        id = await opened(house)
        await rename(house, "Jan Klaassen")
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        client, gate = house.app.workspace.account.client, asyncio.Event()
        real = client.get_order

        async def slowly(id: str) -> Any:
            await gate.wait()
            return await real(id)

        client.get_order = slowly
        await house.press("y")
        assert not house.app.workspace.account.outbox.under_way
        await house.press("Q")
        await house.until("1 write is in flight.")
        await house.press("w")
        gate.set()
        await house.until(lambda: house.app.return_code == 0)
        assert NAME.get(await house.order(id)) == "Jan Klaassen"


async def test_full_disk_does_not_stop_verification(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")

        def full(*_: Any) -> Any:
            raise StoreError("The disk is full.")

        house.app.workspace.account.store.verifications.open = full  # type: ignore[method-assign]
        house.app.workspace.account.verifier.wake()
        await house.until("Accepted orders are not followed now: The disk is full.")


async def test_unknown_outcome_is_looked_up_by_r_and_not_resent(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        id = await opened(house)
        await rename(house, "Jan Klaassen")
        corrections = house.app.workspace.account.draft_sender
        (draft,) = house.app.workspace.account.drafts.all()
        outbox, real = house.app.workspace.account.outbox, house.app.workspace.account.client.get_order

        async def deaf(order: str) -> Any:
            raise Unreachable("No connection.")

        async def lose(request: httpx.Request, send: Send) -> httpx.Response:
            await send(request)
            house.app.workspace.account.client.get_order = deaf  # type: ignore[method-assign]
            raise httpx.ReadError("The connection broke.")

        house.interceptor.intercept("PATCH", lose)
        outbox._context = replace(outbox._context, schedule=RetrySchedule.of(0.01))
        standing = await corrections.send(draft, draft.sending.body)
        assert standing.state is SendState.UNKNOWN
        house.app.workspace.account.client.get_order = real  # type: ignore[method-assign]
        house.interceptor.handler = None
        await house.press("d")
        assert "Jan Klaassen" in house.text
        await house.press("q", "r")
        await house.until("verified")
        assert sum(entry.method == "PATCH" for entry in house.app.workspace.account.log.entries) == 1
        assert (await house.order(id))["shipping_address"]["name"] == "Jan Klaassen"

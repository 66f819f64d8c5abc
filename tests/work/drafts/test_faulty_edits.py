"""Many random edits while a third of all requests fails: the journal and the service agree.

SENDCLOUD_EDITS=300 pytest tests/work/drafts/test_faulty_edits.py: runs all edits; the suite runs a sample.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any, cast

import httpx
import pytest
from sandbox_client import sandbox_client
from sandbox_harness import NOW, order
from shared_clock import WireClock

from tui.api.client import Client
from tui.api.codec import Document, decode
from tui.api.errors import ApiError
from tui.api.pointer import Pointer
from tui.api.query import id_text
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import Edit
from tui.orders.edits.list_items import copy_entry, move_entry, remove_entry
from tui.orders.edits.patch import expected_after_patch, with_get_names
from tui.orders.edits.upsert import STAMPS
from tui.orders.paths import ITEMS
from tui.sandbox import writing
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Fault, Faults
from tui.store.journal import WriteKind, WriteState
from tui.store.store import Store
from tui.work.account import Account, open_account
from tui.work.writes.send_state import SendState
from tui.work.writes.serialization import edited_order

EDITS = int(os.environ.get("SENDCLOUD_EDITS", "40"))
ORDERS = 12
SHARE = 0.3
NOTES = Pointer.of("order_details", "notes")
DONE = (WriteState.CONFIRMED, WriteState.VERIFIED)


class RestartHarness:
    """Repeated runs of the app on one folder and one sandbox; both use one clock."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.clock = WireClock()
        settings = SandboxSettings(orders=0, now=NOW, clock=self.clock, sleep=self.clock.sleep, settle=2.0, seed=seed)
        self.sandbox = Sandbox(settings)
        self.folder = folder
        self.seed = seed
        self.client: Client
        self.store: Store
        self.account: Account

    async def open(self) -> None:
        self.client = sandbox_client(httpx.ASGITransport(self.sandbox.asgi), self.clock, random=Random(self.seed))
        self.store = Store(self.folder, now=self.clock.now)
        self.account = await open_account(
            self.client,
            self.store,
            "demo",
            now=self.clock.now,
            zone=NOW.tzinfo,
            sleep=self.clock.sleep,  # type: ignore[arg-type]
        )

    async def settle(self) -> None:
        """Look up unknown writes and verify accepted ones, as the app does at its start and while it runs."""
        for outcome in await self.account.outbox.recover():
            self.account.draft_sender.settle_any(outcome)
        await self.account.verifier.until_done()

    async def close(self) -> None:
        await self.client.aclose()
        self.store.close()


@pytest.fixture
async def harness(tmp_path: Path, request: Any) -> AsyncIterator[RestartHarness]:
    harness = RestartHarness(tmp_path / "data", request.param)
    await harness.open()
    yield harness
    await harness.close()
    harness.sandbox.close()


def faults() -> Faults:
    """Return all kinds of faults with equal shares."""
    return Faults.parse([f"{fault}={SHARE / len(Fault):.4f}" for fault in Fault])


def change(edit: Edit, rng: Random, number: int) -> None:
    """Make one of the usual edits; every edit writes its number into the notes."""
    edit.put(NOTES, f"edit {number}", "notes")
    items = cast(list[Any], ITEMS.get(edit.document))
    match rng.randrange(8):
        case 0 if len(items) < 5:
            copy_entry(edit, ITEMS / rng.randrange(len(items)))
        case 1 if len(items) > 1:
            remove_entry(edit, ITEMS / rng.randrange(len(items)))
        case 2 if len(items) > 1:
            move_entry(edit, ITEMS / 0, 1)
        case 3:
            edit.put(ITEMS / 0 / "quantity", rng.randint(1, 9), "quantity")
        case 4:
            edit.put(Pointer.of("order_details", "tags"), [f"t{number}"], "tags")
        case 5:
            edit.put(ITEMS / 0 / "ean", str(number), "ean")
        case _:
            edit.put(Pointer.of("shipping_address", "city"), f"City {number}", "city")


@pytest.mark.parametrize("harness", range(2), indirect=True)
async def test_every_order_matches_the_journal(harness: RestartHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await create_orders(harness)
    before = {id: await harness.client.get_order(id) for id in ids}
    executed: Counter[str] = Counter()
    merged = writing.apply_patch

    def counted(body: Document, stored: Document) -> Document:
        executed[str(body)] += 1
        return merged(body, stored)

    monkeypatch.setattr(writing, "apply_patch", counted)
    rng = Random(harness.seed)
    results: Counter[SendState] = Counter()
    for number in range(EDITS):
        harness.sandbox.fault_injector.faults = faults()
        results[await edit_and_send(harness, rng.choice(ids), rng, number)] += 1
        if rng.random() < 0.1:
            # The app is killed and opened again.
            await harness.close()
            harness.sandbox.fault_injector.faults = Faults()
            await harness.open()
            harness.sandbox.fault_injector.faults = faults()
            await harness.settle()
    harness.sandbox.fault_injector.faults = Faults()
    await harness.settle()

    writes = sorted(harness.store.writes.all(harness.account.account_id, limit=-1), key=lambda write: write.id)
    ends = Counter(write.state for write in writes)
    assert not [write for write in writes if write.state.open], ends
    assert WriteState.DIFFERS not in ends
    assert WriteState.MISSING not in ends
    expected = dict(before)
    for write in writes:
        if write.state not in DONE:
            continue
        if write.new.kind is WriteKind.PATCH:
            id = str(write.new.order_id)
            expected[id] = expected_after_patch(expected[id], with_get_names(cast(Document, decode(write.new.body))))
        else:
            (item,) = write.new.items
            id = str(edited_order(item.staged))
            expected[id] = cast(Document, cast(list[Any], decode(write.new.body))[0])
    for id in ids:
        values = {key: value for key, value in expected[id].items() if key not in STAMPS}
        assert compare(values, await harness.client.get_order(id)) == [], id
    # Each PATCH was carried out once if the journal says so, and otherwise never.
    for write in writes:
        if write.new.kind is WriteKind.PATCH:
            assert executed[str(decode(write.new.body))] == (write.state in DONE), (write.id, write.state)
    keys = Counter([str(order["order_id"]) for order in await all_remote_orders(harness)])
    assert set(keys.values()) == {1}
    assert len(keys) == ORDERS
    # Otherwise no fault occurred, and the test proved nothing.
    assert results[SendState.VERIFIED] + results[SendState.ACCEPTED] > EDITS / 3
    steps = {step.state for write in writes for step in harness.store.writes.events(write.id)}
    assert WriteState.UNKNOWN in steps


async def create_orders(harness: RestartHarness) -> list[str]:
    for number in range(ORDERS):
        await harness.client.upsert_orders([cast(Document, decode(_body(number)))])
    harness.clock.passed += 100
    return [id_text(order["id"]) for order in await all_remote_orders(harness)]


def _body(number: int) -> bytes:
    import json

    return json.dumps(order(order_id=f"A{number}", order_number=f"N{number}")).encode()


async def all_remote_orders(harness: RestartHarness) -> list[Document]:
    return list((await harness.client.list_orders()).orders)


async def edit_and_send(harness: RestartHarness, id: str, rng: Random, number: int) -> SendState:
    """Read, change and send an order as the form and the review do; if reading fails nothing is changed."""
    corrections, drafts = harness.account.draft_sender, harness.account.drafts
    if corrections.is_unsettled(id):
        await harness.settle()
        if corrections.is_unsettled(id):
            return SendState.UNKNOWN
    try:
        document = await harness.client.get_order(id)
    except ApiError:
        return SendState.NOT_SENT
    draft = drafts.of(id, document, harness.clock.now())
    drafts.rebase(draft, document, harness.clock.now())
    for conflict in draft.undecided:
        draft.keep_mine(conflict)
    change(draft.edit, rng, number)
    drafts.save(draft)
    status = await corrections.send(draft, draft.sending.body)
    if status.state is SendState.VERIFIED:
        before, harness.sandbox.fault_injector.faults = harness.sandbox.fault_injector.faults, Faults()
        assert NOTES.get(await harness.client.get_order(id)) == f"edit {number}"
        harness.sandbox.fault_injector.faults = before
    return status.state

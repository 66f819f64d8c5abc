"""Many edits by a seeded script while a third of all requests fails: what the journal says is what the service has.

SENDCLOUD_EDITS=300 pytest tests/work/drafts/test_faulty_edits.py: the whole of it; the suite runs a sample.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any, cast

import httpx
import pytest
from sandbox_harness import NOW, order
from shared_clock import WireClock

from tui.api.auth import BasicAuth
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


class Life:
    """The app on one folder, again and again, and one sandbox; all time is one clock."""

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
        self.client = Client(
            "http://127.0.0.1/api/v3",
            BasicAuth("demo", "demo"),
            transport=httpx.ASGITransport(self.sandbox.asgi),
            clock=self.clock,
            sleep=self.clock.sleep,
            random=Random(self.seed),
        )
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
        """What an app does at its start and while it runs: look up what is unknown, follow what was accepted."""
        for outcome in await self.account.outbox.recover():
            self.account.draft_sender.settle_any(outcome)
        await self.account.verifier.until_done()

    async def close(self) -> None:
        await self.client.aclose()
        self.store.close()


@pytest.fixture
async def life(tmp_path: Path, request: Any) -> AsyncIterator[Life]:
    made = Life(tmp_path / "data", request.param)
    await made.open()
    yield made
    await made.close()
    made.sandbox.close()


def faults() -> Faults:
    """The whole list, each in its share."""
    return Faults.parse([f"{fault}={SHARE / len(Fault):.4f}" for fault in Fault])


def change(edit: Edit, dice: Random, number: int) -> None:
    """One of the things that people do; every edit leaves its number in the notes."""
    edit.put(NOTES, f"edit {number}", "notes")
    items = cast(list[Any], ITEMS.get(edit.document))
    match dice.randrange(8):
        case 0 if len(items) < 5:
            copy_entry(edit, ITEMS / dice.randrange(len(items)))
        case 1 if len(items) > 1:
            remove_entry(edit, ITEMS / dice.randrange(len(items)))
        case 2 if len(items) > 1:
            move_entry(edit, ITEMS / 0, 1)
        case 3:
            edit.put(ITEMS / 0 / "quantity", dice.randint(1, 9), "quantity")
        case 4:
            edit.put(Pointer.of("order_details", "tags"), [f"t{number}"], "tags")
        case 5:
            edit.put(ITEMS / 0 / "ean", str(number), "ean")
        case _:
            edit.put(Pointer.of("shipping_address", "city"), f"City {number}", "city")


@pytest.mark.parametrize("life", range(2), indirect=True)
async def test_every_order_matches_the_journal(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await plant(life)
    began = {id: await life.client.get_order(id) for id in ids}
    executed: Counter[str] = Counter()
    merged = writing.apply_patch

    def counted(body: Document, stored: Document) -> Document:
        executed[str(body)] += 1
        return merged(body, stored)

    monkeypatch.setattr(writing, "apply_patch", counted)
    dice = Random(life.seed)
    ways: Counter[SendState] = Counter()
    for number in range(EDITS):
        life.sandbox.fault_injector.faults = faults()
        ways[await one_edit(life, dice.choice(ids), dice, number)] += 1
        if dice.random() < 0.1:
            # The app ends where it stands, and another one opens.
            await life.close()
            life.sandbox.fault_injector.faults = Faults()
            await life.open()
            life.sandbox.fault_injector.faults = faults()
            await life.settle()
    life.sandbox.fault_injector.faults = Faults()
    await life.settle()

    writes = sorted(life.store.writes.all(life.account.account_id, limit=-1), key=lambda write: write.id)
    ends = Counter(write.state for write in writes)
    assert not [write for write in writes if write.state.open], ends
    assert WriteState.DIFFERS not in ends
    assert WriteState.MISSING not in ends
    said = dict(began)
    for write in writes:
        if write.state not in DONE:
            continue
        if write.new.kind is WriteKind.PATCH:
            id = str(write.new.order_id)
            said[id] = expected_after_patch(said[id], with_get_names(cast(Document, decode(write.new.body))))
        else:
            (item,) = write.new.items
            id = str(edited_order(item.staged))
            said[id] = cast(Document, cast(list[Any], decode(write.new.body))[0])
    for id in ids:
        values = {key: value for key, value in said[id].items() if key not in STAMPS}
        assert compare(values, await life.client.get_order(id)) == [], id
    # Each PATCH was done once if it is called done, and never if it is not.
    for write in writes:
        if write.new.kind is WriteKind.PATCH:
            assert executed[str(decode(write.new.body))] == (write.state in DONE), (write.id, write.state)
    keys = Counter([str(one["order_id"]) for one in await everything(life)])
    assert set(keys.values()) == {1}
    assert len(keys) == ORDERS
    # Else the faults missed, and nothing was tried here.
    assert ways[SendState.VERIFIED] + ways[SendState.ACCEPTED] > EDITS / 3
    steps = {step.state for write in writes for step in life.store.writes.events(write.id)}
    assert WriteState.UNKNOWN in steps


async def plant(life: Life) -> list[str]:
    for number in range(ORDERS):
        await life.client.upsert_orders([cast(Document, decode(_body(number)))])
    life.clock.passed += 100
    return [id_text(one["id"]) for one in await everything(life)]


def _body(number: int) -> bytes:
    import json

    return json.dumps(order(order_id=f"A{number}", order_number=f"N{number}")).encode()


async def everything(life: Life) -> list[Document]:
    return list((await life.client.list_orders()).orders)


async def one_edit(life: Life, id: str, dice: Random, number: int) -> SendState:
    """Read, change, send, as the form and the review do; where reading fails nothing is changed."""
    corrections, drafts = life.account.draft_sender, life.account.drafts
    if corrections.is_unsettled(id):
        await life.settle()
        if corrections.is_unsettled(id):
            return SendState.UNKNOWN
    try:
        document = await life.client.get_order(id)
    except ApiError:
        return SendState.NOT_SENT
    draft = drafts.of(id, document, life.clock.now())
    drafts.rebase(draft, document, life.clock.now())
    for conflict in draft.undecided:
        draft.keep_mine(conflict)
    change(draft.edit, dice, number)
    drafts.save(draft)
    standing = await corrections.send(draft, draft.sending.body)
    if standing.state is SendState.VERIFIED:
        before, life.sandbox.fault_injector.faults = life.sandbox.fault_injector.faults, Faults()
        assert NOTES.get(await life.client.get_order(id)) == f"edit {number}"
        life.sandbox.fault_injector.faults = before
    return standing.state

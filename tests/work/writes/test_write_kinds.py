"""Drafts sent as upserts to the real sandbox: changes that a PATCH cannot carry, conflicts, and many at once."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from official_documents import needs_document, post_validator
from sandbox_client import sandbox_client
from sandbox_harness import ORDER

from tui.api.codec import Document, decode
from tui.api.models import Operation
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.edit import Edit
from tui.orders.edits.list_items import add_entry, addable, copy_entry, move_entry, remove_entry
from tui.orders.edits.request_choice import choose_request
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Faults
from tui.store.journal import WriteKind, WriteState
from tui.store.store import Store
from tui.work.account import Account, open_account
from tui.work.drafts.drafts import Draft, Drafts
from tui.work.drafts.sender import DraftSendStatus
from tui.work.writes.send_state import SendState

CITY = Pointer.of("shipping_address", "city")
POINT = Pointer.of("service_point_details")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
IDS = ("700001", "700002", "700003")


async def at_once(_: float) -> None:
    """Skip a pause."""


def planted(id: str) -> bytes:
    order = {**ORDER, "id": id, "order_id": f"o{id}", "order_number": f"N{id}", "service_point_details": {"id": "10"}}
    return json.dumps(order).encode()


@pytest.fixture
def sandbox() -> Any:
    box = Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW, plant=tuple(planted(id) for id in IDS)))
    yield box
    box.close()


@pytest.fixture
async def account(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Account]:
    transport = httpx.ASGITransport(sandbox.asgi, raise_app_exceptions=False)
    client = sandbox_client(transport, sleep=at_once)
    store = Store(tmp_path, now=lambda: NOW)
    yield await open_account(client, store, "demo", now=lambda: NOW, zone=UTC, sleep=at_once)
    store.close()
    await client.aclose()


async def make_draft(account: Account, change: Callable[[Edit], object], id: str = IDS[0]) -> Draft:
    draft = account.drafts.of(id, await account.client.get_order(id), NOW)
    change(draft.edit)
    account.drafts.save(draft)
    return draft


async def follow_to_end(account: Account, id: str = IDS[0]) -> DraftSendStatus:
    for follow in account.verifier.pending:
        account.store.verifications.record_attempt(follow.id, attempts=0, due=NOW)
    await account.verifier.check_due()
    status = account.draft_sender.status(id)
    assert status is not None
    return status


def names_of(document: Document) -> list[Any]:
    return [item["name"] for item in ITEMS.get(document)]  # type: ignore[union-attr,index]


CHANGES: dict[str, tuple[Callable[[Edit], object], Callable[[Document], bool]]] = {
    "an item removed": (
        lambda edit: remove_entry(edit, ITEMS / 0),
        lambda order: names_of(order) == ["Scented Candle"],
    ),
    "an item added": (
        lambda edit: edit.insert(
            ITEMS, 2, {"name": "Mug", "quantity": 1, "total_price": {"value": 1, "currency": "EUR"}}, "added"
        ),
        lambda order: names_of(order)[2:] == ["Mug"],
    ),
    "an item copied": (
        lambda edit: copy_entry(edit, ITEMS / 0 / "quantity"),
        lambda order: names_of(order) == ["Cylinder candle", "Cylinder candle (copy)", "Scented Candle"],
    ),
    "an item renamed": (
        lambda edit: edit.put(ITEMS / 1 / "name", "Other", "name"),
        lambda order: names_of(order)[1] == "Other",
    ),
    "items in another order": (
        lambda edit: move_entry(edit, ITEMS / 0, 1),
        lambda order: names_of(order) == ["Scented Candle", "Cylinder candle"],
    ),
    "the service point removed": (
        lambda edit: edit.drop(POINT, "no point"),
        lambda order: POINT.get(order) in (ABSENT, None),
    ),
    "the other id of the service point": (
        lambda edit: edit.put_all([(POINT / "carrier_service_point_id", "C1"), (POINT / "id", ABSENT)], "point"),
        lambda order: POINT.get(order) == {"carrier_service_point_id": "C1"},
    ),
    "an EAN": (
        lambda edit: edit.put(ITEMS / 0 / "ean", "123", "ean"),
        lambda order: (ITEMS / 0 / "ean").get(order) == "123",
    ),
    "dangerous goods": (
        lambda edit: edit.put(ITEMS / 0 / "dangerous_goods" / "id_number", "UN1", "goods"),
        lambda order: (ITEMS / 0 / "dangerous_goods").get(order) == {"id_number": "UN1"},
    ),
    "cash on delivery": (
        lambda edit: edit.put(Pointer.of("payment_details", "is_cash_on_delivery"), True, "cod"),
        lambda order: Pointer.of("payment_details", "is_cash_on_delivery").get(order) is True,
    ),
    "what may not be null in a PATCH": (
        lambda edit: edit.drop(Pointer.of("customer_details"), "no customer"),
        lambda order: Pointer.of("customer_details").get(order) in (ABSENT, None),
    ),
}


@needs_document()
@pytest.mark.parametrize("what", CHANGES)
async def test_change_that_a_patch_cannot_carry_is_sent_as_upsert(account: Account, what: str) -> None:
    change, is_done = CHANGES[what]
    draft = await make_draft(account, change)
    sending = draft.sending
    assert sending.operation is Operation.POST
    assert sending.can_send
    status = await account.draft_sender.send(draft, sending.body)
    assert status.state is SendState.ACCEPTED
    assert (await follow_to_end(account)).state is SendState.VERIFIED
    assert is_done(await account.client.get_order(IDS[0]))
    assert account.drafts.all() == []
    (write,) = account.store.writes.all(account.account_id)
    assert (write.new.kind, write.state) == (WriteKind.UPSERT, WriteState.VERIFIED)
    assert not list(post_validator().iter_errors(json.loads(write.new.body)))


async def test_items_with_equal_names_are_sent_as_upsert(account: Account) -> None:
    await account.client.get_order(IDS[0])
    draft = await make_draft(account, lambda edit: edit.put(ITEMS / 1 / "name", "Cylinder candle", "duplicate"))
    await account.draft_sender.send(draft, draft.sending.body)
    await follow_to_end(account)
    draft = await make_draft(account, lambda edit: edit.put(ITEMS / 1 / "quantity", 7, "quantity"))
    assert draft.sending.operation is Operation.POST
    assert "two items" in draft.sending.not_patchable[0].reason
    await account.draft_sender.send(draft, draft.sending.body)
    assert (await follow_to_end(account)).state is SendState.VERIFIED
    items: Any = ITEMS.get(await account.client.get_order(IDS[0]))
    assert [item["quantity"] for item in items] == [1, 7]


async def test_value_kept_by_the_service_is_reported(account: Account) -> None:
    draft = await make_draft(account, lambda edit: edit.drop(POINT, "no point"))
    await account.draft_sender.send(draft, draft.sending.body)
    # Q2.6: it is not documented that an upsert removes the values it leaves out.
    await account.client.patch_order(IDS[0], {"service_point_details": {"id": "10"}})
    for _ in range(20):
        await follow_to_end(account)
    status = account.draft_sender.status(IDS[0])
    assert status is not None
    for follow in account.store.verifications.of_write(account.store.writes.all(account.account_id)[0].id):
        account.store.verifications.record_attempt(follow.id, attempts=99, due=NOW)
    await account.verifier.check_due()
    status = account.draft_sender.status(IDS[0])
    assert status is not None
    assert status.state is SendState.DIFFERS
    assert [problem.pointer for problem in status.problems] == [POINT]
    assert account.drafts.all()


async def test_open_conflict_blocks_sending_until_a_side_is_chosen(account: Account) -> None:
    draft = await make_draft(account, lambda edit: edit.put(CITY, "Mine", "city"))
    await account.client.patch_order(IDS[0], {"shipping_address": {"city": "Theirs"}})
    body = draft.sending.body
    for _ in range(2):
        assert (await account.draft_sender.send(draft, body)).state is SendState.CONFLICT
    # The waiting state is stored, too.
    (kept,) = Drafts(account.store, account.account_id, lambda: NOW).all()
    assert [conflict.theirs for conflict in kept.undecided] == ["Theirs"]
    draft.take_theirs(draft.undecided[0], "theirs")
    assert not draft.undecided
    assert not draft.edit.dirty
    draft.edit.undo()
    assert draft.undecided
    draft.keep_mine(draft.undecided[0])
    account.drafts.save(draft)
    assert not Drafts(account.store, account.account_id, lambda: NOW).all()[0].undecided
    assert (await account.draft_sender.send(draft, draft.sending.body)).state is SendState.VERIFIED
    assert CITY.get(await account.client.get_order(IDS[0])) == "Mine"


async def test_decided_conflict_reopens_after_another_remote_change(account: Account) -> None:
    draft = await make_draft(account, lambda edit: edit.put(CITY, "Mine", "city"))
    await account.client.patch_order(IDS[0], {"shipping_address": {"city": "Theirs"}})
    await account.draft_sender.read_again(draft)
    draft.keep_mine(draft.undecided[0])
    await account.client.patch_order(IDS[0], {"shipping_address": {"name": "Other"}})
    assert await account.draft_sender.read_again(draft) is None
    await account.client.patch_order(IDS[0], {"shipping_address": {"city": "Again"}})
    status = await account.draft_sender.read_again(draft)
    assert status is not None
    assert [conflict.theirs for conflict in draft.undecided] == ["Again"]


async def test_many_full_orders_take_one_request(account: Account) -> None:
    drafts = [await make_draft(account, lambda edit: edit.put(CITY, "Breda", "city"), id) for id in IDS]
    statuses = await account.draft_sender.send_as_upsert(drafts)
    assert {status.state for status in statuses.values()} == {SendState.ACCEPTED}
    for id in IDS:
        assert (await follow_to_end(account, id)).state is SendState.VERIFIED
        assert CITY.get(await account.client.get_order(id)) == "Breda"
    assert account.drafts.all() == []
    assert sum(entry.method == "POST" for entry in account.log.entries) == 1


async def test_refusal_of_one_order_lets_the_others_be_resent(account: Account, sandbox: Sandbox) -> None:
    drafts = [await make_draft(account, lambda edit: edit.put(CITY, "Breda", "city"), id) for id in IDS]
    real = account.client.upsert_orders

    async def refuse(orders: bytes) -> Any:
        changed: Any = decode(orders)
        changed[1]["order_number"] = ""
        return await real(changed)

    account.client.upsert_orders = refuse  # type: ignore[method-assign,assignment]
    statuses = await account.draft_sender.send_as_upsert(drafts)
    assert [statuses[id].state for id in IDS] == [
        SendState.NOT_SENT,
        SendState.REFUSED,
        SendState.NOT_SENT,
    ]
    assert [str(problem.pointer) for problem in statuses[IDS[1]].problems] == ["/order_number"]
    assert len(account.drafts.all()) == 3


@pytest.mark.parametrize("fault", ["error_after=1:POST", "lost=1:POST", "cut=1:POST", "dropped=1:POST"])
async def test_lost_answer_of_a_full_order_is_looked_up(account: Account, sandbox: Sandbox, fault: str) -> None:
    draft = await make_draft(account, lambda edit: remove_entry(edit, ITEMS / 0))
    sandbox.fault_injector.faults = Faults.parse([fault])
    status = await account.draft_sender.send(draft, draft.sending.body)
    sandbox.fault_injector.faults = Faults.parse([])
    if fault.startswith("dropped"):
        assert status.state in (SendState.UNKNOWN, SendState.NOT_SENT)
        assert names_of(await account.client.get_order(IDS[0])) == ["Cylinder candle", "Scented Candle"]
        assert account.drafts.all()
        return
    assert status.state is SendState.ACCEPTED
    assert (await follow_to_end(account)).state is SendState.VERIFIED
    assert names_of(await account.client.get_order(IDS[0])) == ["Scented Candle"]


def test_every_kind_of_list_item_can_be_added() -> None:
    edit = Edit(json.loads(planted(IDS[0])))
    kinds = list(addable())
    assert len({kind.key for kind in kinds} | {"c", "u", "n"}) == len(kinds) + 3
    for kind in kinds:
        pointer = add_entry(edit, kind)
        assert isinstance(pointer.parent.get(edit.document), dict)
    assert choose_request(edit).operation is Operation.POST

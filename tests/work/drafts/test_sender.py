"""Sending drafts to the real sandbox: each possible outcome, and its effect on the draft."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_transport import streamed
from interception import Interceptor, Send, refusal
from sandbox_client import sandbox_client
from sandbox_harness import ORDER

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.errors import Unreachable
from tui.api.pointer import Pointer
from tui.orders.edits.patch import with_get_names
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Faults
from tui.store.journal import WriteState
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.account import Account, open_account, open_remembered
from tui.work.drafts.drafts import Draft, Drafts, TypedText
from tui.work.writes.send_state import SendState

CITY = Pointer.of("shipping_address", "city")
NAME = Pointer.of("shipping_address", "name")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ID = "700001"


async def at_once(_: float) -> None:
    """Skip a pause."""


@pytest.fixture
def sandbox() -> Any:
    planted = json.dumps({**ORDER, "id": ID}).encode()
    box = Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW, plant=(planted,)))
    yield box
    box.close()


@pytest.fixture
def interceptor(sandbox: Sandbox) -> Interceptor:
    return Interceptor(httpx.ASGITransport(sandbox.asgi, raise_app_exceptions=False))


@pytest.fixture
async def account(interceptor: Interceptor, tmp_path: Path) -> AsyncIterator[Account]:
    client = sandbox_client(interceptor, sleep=at_once)
    store = Store(tmp_path, now=lambda: NOW)
    yield await open_account(client, store, "demo", now=lambda: NOW, zone=UTC, sleep=at_once)
    store.close()
    await client.aclose()


async def make_draft(account: Account, pointer: Pointer = CITY, value: Any = "Breda") -> Draft:
    document = await account.client.get_order(ID)
    draft = account.drafts.of(ID, document, NOW)
    draft.edit.put(pointer, value, "city")
    account.drafts.save(draft)
    return draft


async def city(account: Account) -> Any:
    return CITY.get(await account.client.get_order(ID))


async def test_sent_draft_is_confirmed_by_reading_back(account: Account) -> None:
    draft = await make_draft(account)
    status = await account.draft_sender.send(draft, draft.sending.body)
    assert status.state is SendState.VERIFIED
    assert await city(account) == "Breda"
    assert account.drafts.all() == []
    (write,) = account.store.writes.all(account.account_id)
    assert write.new.body == b'{"shipping_address":{"city":"Breda"}}'


async def test_changes_made_while_sending_stay_a_draft(account: Account) -> None:
    draft = await make_draft(account)
    body = draft.sending.body
    real = account.outbox.patch

    async def delayed_send(*given: Any, **more: Any) -> Any:
        outcome = await real(*given, **more)
        draft.edit.put(NAME, "Typed meanwhile", "name")
        account.drafts.save(draft)
        return outcome

    account.outbox.patch = delayed_send  # type: ignore[method-assign]
    assert (await account.draft_sender.send(draft, body)).state is SendState.VERIFIED
    (left,) = account.drafts.all()
    assert [change.pointer for change in left.edit.changes()] == [NAME]


async def test_conflicting_change_is_not_overwritten(account: Account) -> None:
    draft = await make_draft(account)
    body = draft.sending.body
    await account.client.patch_order(ID, {"shipping_address": {"city": "Gent"}})
    status = await account.draft_sender.send(draft, body)
    assert status.state is SendState.CONFLICT
    assert [conflict.theirs for conflict in draft.undecided] == ["Gent"]
    assert await city(account) == "Gent"
    assert [change.was for change in account.drafts.all()[0].edit.changes()] == ["Gent"]


async def test_unrelated_remote_change_is_merged(account: Account) -> None:
    draft = await make_draft(account)
    await account.client.patch_order(ID, {"shipping_address": {"name": "Theirs"}})
    assert (await account.draft_sender.send(draft, draft.sending.body)).state is SendState.VERIFIED
    document = await account.client.get_order(ID)
    assert (CITY.get(document), NAME.get(document)) == ("Breda", "Theirs")


async def test_deleted_order_keeps_its_draft(account: Account) -> None:
    draft = await make_draft(account)
    await account.client.delete_order(ID)
    status = await account.draft_sender.send(draft, draft.sending.body)
    assert (status.state, status.message) == (SendState.CONFLICT, "The order no longer exists; the draft is kept.")
    assert len(account.drafts.all()) == 1


async def test_refusal_keeps_the_draft_and_names_the_field(account: Account) -> None:
    # The document allows a PATCH to empty the list, and the order would then have no items.
    draft = await make_draft(account, Pointer.of("order_number"), "")
    status = await account.draft_sender.send(draft, draft.sending.body)
    assert status.state is SendState.REFUSED
    assert [str(problem.pointer) for problem in status.problems] == ["/order_number"]
    assert len(account.drafts.all()) == 1
    again = open_remembered(account.client, account.store, "demo", now=lambda: NOW, zone=UTC)
    assert again is not None
    kept = again.draft_sender.status(ID)
    assert kept is not None
    assert kept.problems == status.problems


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("order/order_details/order_items", "/order_details/order_items"),
        ("order/order_details/order_items/0/quantity", "/order_details/order_items/1/quantity"),
        ("order/order_details/order_items/[0]/quantity", "/order_details/order_items/1/quantity"),
        ("order.order_details.order_items[0].quantity", "/order_details/order_items/1/quantity"),
        ("order/customer_details/phone", "/customer_details/phone_number"),
        ("/data/attributes/shipping_address/city", "/shipping_address/city"),
        ("/data/attributes/[0]/shipping_address/city", "/shipping_address/city"),
        ("/data/attributes/0/shipping_address/city", "/shipping_address/city"),
        ("/data/attributes/order/shipping_address/city", "/shipping_address/city"),
        ("/data/attributes/orders/[0]/shipping_address/city", "/shipping_address/city"),
        ("/data/attributes/orders/0/shipping_address/city", "/shipping_address/city"),
        ("orders/0/shipping_address/city", "/shipping_address/city"),
        ("body/shipping_address/city", "/shipping_address/city"),
        ("/shipping_address/city", "/shipping_address/city"),
        ("#/shipping_address/city", "/shipping_address/city"),
        ("shipping_address.city", "/shipping_address/city"),
        ("body/unknown_field", "/unknown_field"),
        ("order", ""),
        ("/data/attributes/", ""),
        ("/data", ""),
        ("", ""),
    ],
)
async def test_every_pointer_dialect_names_the_field(
    account: Account, interceptor: Interceptor, pointer: str, expected: str
) -> None:
    draft = await make_draft(account, ITEMS / 1 / "quantity", 9)

    async def refuse(_request: httpx.Request, _send: Send) -> httpx.Response:
        return refusal((pointer, "No"))

    interceptor.intercept("PATCH", refuse)
    status = await account.draft_sender.send(draft, draft.sending.body)
    assert status.state is SendState.REFUSED
    assert [(str(problem.pointer), problem.detail) for problem in status.problems] == [(expected, "No")]


async def test_lost_answer_is_looked_up_and_never_resent(account: Account, sandbox: Sandbox) -> None:
    draft = await make_draft(account)
    sandbox.fault_injector.faults = Faults.parse(["error_after=1:PATCH"])
    assert (await account.draft_sender.send(draft, draft.sending.body)).state is SendState.VERIFIED
    assert await city(account) == "Breda"
    assert sum(entry.method == "PATCH" for entry in account.log.entries) == 1


async def test_a_lost_answer_is_told_while_the_order_is_looked_up(
    account: Account, sandbox: Sandbox, interceptor: Interceptor
) -> None:
    draft = await make_draft(account)
    body = draft.sending.body
    messages: list[str] = []

    def note(order_id: str) -> None:
        status = account.draft_sender.status(order_id)
        messages.append("" if status is None else status.message)

    account.draft_sender.on_change = note
    sandbox.fault_injector.faults = Faults.parse(["error_after=1:PATCH"])
    assert (await account.draft_sender.send(draft, body)).state is SendState.VERIFIED
    assert messages[:2] == ["in flight", "the answer was lost; the order is being looked up"]
    # A write of another copy of the app does not change what is said about an order that is not in flight.
    (write,) = account.store.writes.all(account.account_id)
    account.draft_sender.on_write(replace(write, last=replace(write.last, state=WriteState.UNKNOWN)))
    assert messages[-1] != messages[1]


async def test_deletion_is_verified_and_drops_the_draft(account: Account) -> None:
    draft = await make_draft(account)
    status = await account.draft_sender.delete(ID, draft.edit.base)
    assert (status.state, status.deleted) == (SendState.VERIFIED, True)
    assert account.drafts.all() == []


async def test_drafts_and_typed_text_survive_the_process(account: Account) -> None:
    await make_draft(account)
    account.drafts.save_typed(TypedText(ID, NAME, "half a wo"))
    account.drafts.save_typed(TypedText(ID, CITY, "x"))
    account.drafts.drop_typed(ID, CITY)
    later = Drafts(account.store, account.account_id, lambda: NOW)
    assert [change.now for change in later.all()[0].edit.changes()] == ["Breda"]
    assert later.typed(ID) == {NAME: "half a wo"}
    assert later.typed("7") == {}


async def test_credentials_identify_the_account_without_a_user_id(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        errors = [{"status": "404", "code": "not_found", "detail": "no"}]
        return streamed(httpx.Response(404, json={"errors": errors}))

    client = Client(
        "http://127.0.0.1/v3", BasicAuth("k", "s" * 9), transport=httpx.MockTransport(answer), sleep=at_once
    )
    store = Store(tmp_path, now=lambda: NOW)
    account = await open_account(client, store, "k", now=lambda: NOW, zone=UTC)
    assert await account.read_shops() == []
    other = await open_account(client, store, "another", now=lambda: NOW, zone=UTC)
    assert account.account_id != other.account_id
    store.close()
    await client.aclose()


def follow_to_end(expected: Any) -> Verification:
    return Verification(
        "",
        "",
        expected,
        NOW,
        ID,
        part_of_items=True,
        id=1,
        account_id=1,
        write=1,
        state=VerificationState.VERIFIED,
        attempts=1,
        since=NOW,
        mismatches=None,
        updated_at=NOW,
    )


async def test_changes_made_during_verification_stay_a_draft(account: Account) -> None:
    draft = await make_draft(account)
    draft.edit.put(ITEMS / 1 / "quantity", 9, "quantity")
    draft.edit.put(Pointer.of("order_details", "notes"), None, "no note")
    sent = with_get_names(draft.sending.body)
    draft.edit.put(NAME, "Typed meanwhile", "name")
    draft.edit.put(CITY, "Tilburg", "city again")
    account.drafts.save(draft)
    account.draft_sender.on_verification(follow_to_end(sent), None)
    (left,) = account.drafts.all()
    changes = {change.pointer: (change.was, change.now) for change in left.edit.changes()}
    assert changes == {CITY: ("Breda", "Tilburg"), NAME: ("John Doe", "Typed meanwhile")}


async def test_draft_seen_completely_is_done(account: Account) -> None:
    draft = await make_draft(account)
    read = await account.client.get_order(ID)
    account.draft_sender.on_verification(follow_to_end(with_get_names(draft.sending.body)), read)
    assert account.drafts.all() == []
    status = account.draft_sender.status(ID)
    assert status is not None
    assert status.state is SendState.VERIFIED
    assert status.document is read


async def test_unresolved_write_is_not_forgotten(account: Account) -> None:
    account.draft_sender.looking_up(ID)
    account.draft_sender.forget(ID)
    assert account.draft_sender.is_unsettled(ID)


async def test_two_processes_keep_each_others_drafts(account: Account) -> None:
    draft = await make_draft(account)
    others = Drafts(account.store, account.account_id, lambda: NOW)
    (theirs,) = others.all()
    theirs.edit.put(NAME, "Theirs", "name")
    others.save(theirs)
    # The draft that this process sent and drops is not the one that the other process saved.
    account.drafts.drop(draft)
    assert [change.pointer for change in Drafts(account.store, account.account_id, lambda: NOW).all()[0].edit.changes()]
    # A draft that another process dropped is saved again.
    account.store.edits.drop(account.account_id, ID)
    others.save(theirs)
    assert not others.rebase(theirs, {**theirs.edit.base, "order_number": "new"}, NOW).conflicts
    (again,) = Drafts(account.store, account.account_id, lambda: NOW).all()
    assert NAME in {change.pointer for change in again.edit.changes()}


async def test_a_result_that_only_the_journal_has_is_found_at_the_next_start(account: Account) -> None:
    draft = await make_draft(account)
    (status,) = (await account.draft_sender.send_as_upsert([draft])).values()
    assert status.state is SendState.ACCEPTED
    (verification,) = account.store.verifications.open(account.account_id)
    # The process ends after the result was stored, before the draft was dropped.
    account.store.verifications.settle(verification.id, VerificationState.VERIFIED)
    again = open_remembered(account.client, account.store, "demo", now=lambda: NOW, zone=UTC)
    assert again is not None
    assert again.draft_sender.is_unsettled(ID)
    again.draft_sender.catch_up()
    found = again.draft_sender.status(ID)
    assert found is not None
    assert found.state is SendState.VERIFIED
    assert again.drafts.all() == []


async def test_a_lost_answer_that_was_looked_up_by_an_ended_process_is_no_longer_awaited(
    account: Account, sandbox: Sandbox
) -> None:
    draft = await make_draft(account)
    sandbox.fault_injector.faults = Faults.parse(["error_after=1:PATCH"])
    account.client.get_order = fails(account.client.get_order, after=1)  # type: ignore[method-assign]
    status = await account.draft_sender.send(draft, draft.sending.body)
    assert status.state is SendState.UNKNOWN
    (write,) = account.store.writes.all(account.account_id)
    account.store.writes.step(write.id, WriteState.NOT_APPLIED)
    again = open_remembered(account.client, account.store, "demo", now=lambda: NOW, zone=UTC)
    assert again is not None
    again.draft_sender.catch_up()
    found = again.draft_sender.status(ID)
    assert found is not None
    assert found.state is SendState.NOT_SENT
    assert again.drafts.all()


def fails(call: Callable[[str], Awaitable[Any]], *, after: int) -> Callable[[str], Awaitable[Any]]:
    """A read that fails after it was called so often."""
    calls = count(1)

    async def failing(id: str) -> Any:
        if next(calls) > after:
            raise Unreachable("No connection.")
        return await call(id)

    return failing

"""Rechecking today's changes: values that another client reverted are reported by field, and no others."""

from collections.abc import AsyncIterator
from datetime import UTC, date
from pathlib import Path

import pytest
from sandbox_account import CITY, IDS, NAME, TAGS, change, draft_of, follow, newest, open_sandbox_account, send

from tui.api.errors import ServerFault
from tui.api.pointer import Pointer
from tui.orders.paths import ITEMS
from tui.store.journal import WriteState
from tui.work.account import Account
from tui.work.journal.recheck import RecheckedChange, RecheckResult, entries_of_day, recheck

TODAY = date(2026, 11, 23)


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    async with open_sandbox_account(tmp_path) as account:
        yield account


async def checked(account: Account, day: date = TODAY) -> list[RecheckedChange]:
    entries = entries_of_day(account.store, account.account_id, account.client.base_url, day, UTC)
    return await recheck(account.client, entries)


async def test_each_value_is_compared_with_current_data(account: Account) -> None:
    await change(account, IDS[0], (CITY, "Breda"), (NAME, "Jan"), (TAGS, ["b", "a"]))
    await account.client.patch_order(IDS[0], {"shipping_address": {"city": "Oss", "name": "Someone"}})
    found = {check.pointer: check for check in await checked(account)}
    assert {pointer: check.result for pointer, check in found.items()} == {
        CITY: RecheckResult.REVERTED,
        NAME: RecheckResult.CHANGED,
        TAGS: RecheckResult.UNCHANGED,
    }
    city = found[CITY]
    assert (city.was, city.wanted, city.there, city.order_id) == ("Oss", "Breda", "Oss", IDS[0])
    assert next(check.result for check in await checked(account)) is RecheckResult.REVERTED, "reverted values are first"


async def test_only_the_last_write_of_a_value_counts(account: Account) -> None:
    await change(account, IDS[0], (CITY, "Breda"))
    await change(account, IDS[0], (CITY, "Gent"))
    assert [check.result for check in await checked(account)] == [RecheckResult.UNCHANGED]
    await account.client.patch_order(IDS[0], {"shipping_address": {"city": "Oss"}})
    (check,) = await checked(account)
    assert check.result is RecheckResult.REVERTED, "any value from before that day's writes counts as reverted"


async def test_items_are_found_by_name_at_any_position(account: Account) -> None:
    await change(account, IDS[0], (ITEMS / 1 / "sku", "T"))
    draft = account.drafts.of(IDS[0], await account.client.get_order(IDS[0]), account.now())
    draft.edit.remove(ITEMS / 0, "item")
    account.drafts.save(draft)
    await send(account, draft)
    found = {str(check.pointer): check.result for check in await checked(account)}
    assert found[str(ITEMS / 0 / "sku")] is RecheckResult.UNCHANGED
    assert set(found.values()) == {RecheckResult.UNCHANGED}


async def test_deleted_or_unreadable_orders_are_reported(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for id in IDS[:2]:
        await change(account, id, (CITY, "Breda"))
    await account.client.delete_order(IDS[0])
    real = account.client.get_order

    async def failing(id: str) -> object:
        if id == IDS[1]:
            raise ServerFault("The service has an error.", status=500)
        return await real(id)

    monkeypatch.setattr(account.client, "get_order", failing)
    found = {check.named.remote_id: check for check in await checked(account)}
    assert found[IDS[0]].result is RecheckResult.GONE
    assert found[IDS[1]].result is RecheckResult.UNREAD
    assert "error" in found[IDS[1]].message


async def test_many_orders_of_a_shop_are_read_by_list(account: Account) -> None:
    drafts = [await draft_of(account, id, (CITY, "Breda")) for id in IDS]
    await account.draft_sender.send_as_upsert(drafts)
    await follow(account)
    assert newest(account).write.state is WriteState.VERIFIED
    assert [check.result for check in await checked(account)] == [RecheckResult.UNCHANGED] * 3


async def test_only_confirmed_changes_of_the_day_are_rechecked(account: Account) -> None:
    await change(account, IDS[0], (CITY, "Breda"))
    assert await checked(account, date(2026, 11, 22)) == []
    assert await checked(account, date(2026, 11, 24)) == []
    await account.draft_sender.delete(IDS[1], await account.client.get_order(IDS[1]))
    assert [check.order_id for check in await checked(account)] == [IDS[0]]


async def test_measurement_sent_as_a_whole_is_compared_as_recorded(account: Account) -> None:
    weight = Pointer.of("order_details", "order_items", 0, "measurement")
    await change(account, IDS[0], (weight, {"weight": {"value": 2, "unit": "kg"}}))
    assert {check.result for check in await checked(account)} == {RecheckResult.UNCHANGED}
    await account.client.patch_order(
        IDS[0],
        {
            "order_details": {
                "order_items": [
                    {"name": "Cylinder candle", "measurement": {"weight": {"value": 3, "unit": "kg"}}},
                ]
            }
        },
    )
    assert RecheckResult.CHANGED in {check.result for check in await checked(account)}

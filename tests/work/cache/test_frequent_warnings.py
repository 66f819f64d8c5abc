"""Which warnings of a shop are frequent, and what switching one off changes."""

from pathlib import Path
from typing import Any

import pytest
from check_orders import PARCEL, changed, shippable
from sandbox_account import open_sandbox_account

from tui.orders.checks.context import Level, ShopSettings
from tui.orders.checks.registry import find_problems
from tui.store.store import Store
from tui.work.account import Account
from tui.work.cache.frequent_warnings import FrequentWarning, frequent_warnings
from tui.work.cache.index import OrderIndex
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.switched_checks import SwitchedChecks

HELD = {"/order_details/tags": ["hold"]}
NO_NAME = {"/shipping_address/name": ""}
SHIPPED = {"/order_details/status/code": "shipped"}


def index_of(account: Account, *changes: dict[str, Any]) -> OrderIndex:
    """Return an index of an order for each of the changes, of shop 7."""
    knowledge = OrderKnowledge(account)
    local = open_orders(account, knowledge, in_memory=True)
    local.keep([changed(shippable(), change) | {"id": str(place)} for place, change in enumerate(changes, 1)])
    index = OrderIndex(local, knowledge)
    index.find_frequent()
    return index


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([HELD] * 4 + [{}] * 9, (FrequentWarning(7, "on_hold", 4, 13),)),
        ([HELD] * 3 + [{}] * 7, ()),  # 30 % is not more than 30 %
        ([HELD] * 9, ()),  # of few orders nothing is frequent
        ([HELD] * 4 + [{}] * 6 + [HELD | SHIPPED] * 9, (FrequentWarning(7, "on_hold", 4, 10),)),
        ([NO_NAME] * 10, ()),  # an error stays with its order
    ],
)
async def test_more_than_a_share_of_the_open_orders(
    tmp_path: Path, changes: list[dict[str, Any]], found: tuple[FrequentWarning, ...]
) -> None:
    async with open_sandbox_account(tmp_path) as account:
        index = index_of(account, *changes)
        assert index.frequent == frequent_warnings(account, index.local.cache) == found
        index.local.close()


async def test_the_level_of_the_shop_decides_what_is_a_warning(tmp_path: Path) -> None:
    async with open_sandbox_account(tmp_path) as account:
        account.shop_settings = {7: ShopSettings(checks={"on_hold": Level.ERROR, "no_name": Level.WARNING})}
        index = index_of(account, *[HELD | NO_NAME] * 10)
        assert [warning.code for warning in index.frequent] == ["no_name"]
        index.local.close()


async def test_rows_leave_out_frequent_warnings_only(tmp_path: Path) -> None:
    async with open_sandbox_account(tmp_path) as account:
        heavy = {PARCEL: {"value": 71, "unit": "kg"}}
        index = index_of(account, *[HELD] * 9, HELD | heavy)
        order = index.find("10")
        assert order is not None
        assert [problem.code for problem in index.own_problems(order)] == ["weight_implausible"]
        assert {problem.code for problem in index.problems(order)} == {"weight_implausible", "on_hold"}
        assert str(index.frequent_of(order)[0]) == "on hold: 10 of 10 open orders"
        assert index.frequent_of({}) == ()
        index.local.close()


async def test_a_check_that_is_switched_off_is_off_everywhere_and_after_a_restart(tmp_path: Path) -> None:
    async with open_sandbox_account(tmp_path / "data") as account:
        account.shop_settings = {7: ShopSettings("GB", checks={"unpaid": Level.ERROR})}
        before = account.known_shops.settings
        assert account.known_shops.settings is before
        account.switched_checks.switch(7, "on_hold", is_on=False)
        order = changed(shippable("GB"), HELD)
        context = account.known_shops.context(order)
        assert dict(context.shop.checks) == {"unpaid": Level.ERROR, "on_hold": Level.OFF}
        assert context.shop.sender_country == "GB"
        assert "on_hold" not in {problem.code for problem in find_problems(order, context)}
        again = SwitchedChecks(account.store, account.account_id)
        assert (again.off(7), again.off(8)) == ({"on_hold"}, frozenset())
        again.switch(7, "on_hold", is_on=True)
        assert SwitchedChecks(account.store, account.account_id).off(7) == frozenset()


async def test_a_shop_without_settings_keeps_the_zone_of_the_profile(tmp_path: Path) -> None:
    async with open_sandbox_account(tmp_path / "data") as account:
        account.switched_checks.switch(9, "totals", is_on=False)
        assert account.known_shops.settings[9].zone is account.zone


@pytest.mark.parametrize("stored", [None, [], {"7": "on_hold", "x": ["a"], "8": [1, "totals"]}])
def test_odd_stored_values_switch_nothing_off_by_mistake(tmp_path: Path, stored: Any) -> None:
    store = Store(tmp_path, profile="NL")
    account_id = store.account_id("https://example.test", "user")
    if stored is not None:
        store.screen_states.put(account_id, "checks off", stored)
    switched = SwitchedChecks(store, account_id)
    assert switched.off(7) == frozenset()
    assert switched.off(8) <= {"totals"}
    store.close()

"""Tests for the checks before sending."""

from check_orders import FIRST, SHIP_TO, changed, shippable

from tui.api.errors import Blocks
from tui.api.pointer import ABSENT
from tui.orders.checks.context import NO_SHOPS, AccountShops, Level, ShopSettings
from tui.orders.checks.sending import check_duplicates, check_order, check_shop


def test_a_valid_order_has_no_problems() -> None:
    assert check_order(shippable(), AccountShops(frozenset({7}))) == []
    assert check_order(shippable(), NO_SHOPS) == []


def test_only_some_problems_block_sending() -> None:
    wrong = {
        "/payment_details/total_price/currency": "CHF",
        "/order_details/integration/id": 9,
        SHIP_TO: ABSENT,
        f"{FIRST}/quantity": 0,
    }
    found = {
        problem.code: problem.blocks
        for problem in check_order(changed(shippable(), wrong), AccountShops(frozenset({7})))
    }
    assert found == {
        "literal_error": Blocks.NOTHING,
        "currency": Blocks.NOTHING,
        "greater_than": Blocks.SEND,
        "no_address": Blocks.SHIP,
        "unknown_shop": Blocks.SEND,
    }


def test_the_schema_is_reported_once_for_a_value() -> None:
    found = check_order(changed(shippable(), {f"{SHIP_TO}/name": ""}), NO_SHOPS)
    assert [(str(problem.pointer), problem.blocks) for problem in found] == [(f"{SHIP_TO}/name", Blocks.SEND)]


def test_damage_is_reported_in_place_of_an_error_of_the_schema() -> None:
    found = check_order(changed(shippable(), {"/order_details/order_created_at": "46349"}), NO_SHOPS)
    assert [(problem.code, problem.blocks) for problem in found] == [("serial_date", Blocks.SEND)]


def test_settings_of_the_shop_are_used() -> None:
    order = changed(shippable(), {f"{SHIP_TO}/house_number": "", f"{SHIP_TO}/address_line_2": ""})
    off = ShopSettings(checks={"no_house_number": Level.OFF})
    assert [problem.code for problem in check_order(order, AccountShops(settings={8: off}))] == ["no_house_number"]
    assert check_order(order, AccountShops(settings={7: off})) == []


def test_shop_is_checked_if_the_shops_are_known() -> None:
    seven = AccountShops(frozenset({7}))
    assert check_shop(shippable(), NO_SHOPS) == check_shop(shippable(), seven) == check_shop({}, seven) == []
    (problem,) = check_shop(shippable(), AccountShops(frozenset()))
    assert (problem.code, problem.blocks) == ("unknown_shop", Blocks.SEND)


def test_duplicate_is_reported_for_the_second_order() -> None:
    other = {**shippable(), "order_id": "2"}
    assert check_duplicates({"a": shippable(), "b": other, "c": shippable()}).keys() == {"c"}

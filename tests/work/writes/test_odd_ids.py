"""Ids and positions that are no valid numbers do not stop the app."""

from typing import Any, cast

import pytest

from tui.api.client import Client, Page
from tui.api.pointer import Dialect, read_pointer
from tui.orders.edits.edit import Edit
from tui.orders.edits.upsert import to_upsert
from tui.orders.fields import label_of
from tui.orders.paths import ITEMS
from tui.work.account import Shop
from tui.work.writes.lookup import LookupTarget, look_up

ODD = ["²", "9" * 5000, "٣", "", "-1", "1.5"]


class Answers:
    def __init__(self, odd: Any) -> None:
        self.odd = odd

    async def list_orders(self, *_: Any, **__: Any) -> Page:
        return Page(({"id": self.odd}, {"id": "7"}), None)

    async def get_order(self, _: str) -> Any:
        return {"id": self.odd}


@pytest.mark.parametrize("odd", ODD)
async def test_orders_are_looked_up_by_ids_of_any_type(odd: str) -> None:
    client = cast(Client, Answers(odd))
    for shop, remote in (("5", odd), (odd, None), (odd, odd)):
        found = await look_up(client, [LookupTarget(f"a{n}", shop, remote) for n in range(5)])
        assert len(found) == 5
        assert not any(isinstance(result, Exception) for result in found)
    assert Shop.read({"id": odd}) is None


async def test_order_without_order_id_is_found_by_id() -> None:
    remote = [{"id": str(n), "order_details": {"integration": {"id": 5}}} for n in range(9, 0, -1)]

    class Service:
        async def list_orders(self, *_: Any, **__: Any) -> Page:
            return Page(tuple(remote), None)  # type: ignore[arg-type]

        async def get_order(self, id: str) -> Any:
            return next(order for order in remote if order["id"] == id)

    found = await look_up(cast(Client, Service()), [LookupTarget("", "5", str(n)) for n in range(1, 6)])
    assert [result["id"] for result in found if isinstance(result, dict)] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("odd", ODD)
def test_pointer_with_an_odd_index_is_shown_verbatim(odd: str) -> None:
    target = read_pointer(f"/data/attributes/[0]/order_details/order_items/{odd}/quantity", Dialect.POST)
    assert label_of(target.pointer)
    edit = Edit({"order_details": {"order_items": [{"name": "a"}]}})
    assert edit.to_keys(ITEMS / odd / "quantity") == ITEMS / odd / "quantity"


@pytest.mark.parametrize("odd", [{"a": 1}, True, [1]])
def test_id_of_another_type_is_not_converted(odd: Any) -> None:
    assert to_upsert({"id": odd}, keep_id=True)[0]["id"] is odd
    assert to_upsert({"id": 5}, keep_id=True)[0]["id"] == "5"

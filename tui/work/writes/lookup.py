"""Looks up orders on the service, with as few reads as possible."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tui.api.client import Client, Page
from tui.api.codec import Document
from tui.api.errors import ApiError, NotFound, OrderTooLarge, RequestRefused
from tui.api.query import OrderQuery, id_number, id_text
from tui.orders.paths import SHOP

_FEW = 3
"""Up to this many orders of a shop are read one by one; for more, the shop's newest pages are read first."""

_AT_ONCE = 5
"""Concurrent reads of single orders."""

_MANY = 200
"""The maximum number of orders that are looked up by their numbers one by one."""

_MAX_SINGLE = 1000
"""The same limit if the shop's list is too long: one minute of the rate limit for reads."""

_MAX_LISTED_PAGES = 50
"""The maximum number of pages of a shop's list that are read to find orders by number."""

_PAGE = 200
_MAX_PAGES = 3


@dataclass(frozen=True, slots=True)
class LookupTarget:
    """An order to find: by the service's id if that is known, else by the upsert key (Q1.4)."""

    order_id: str
    integration: str
    remote_id: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.order_id, self.integration


LookupResult: TypeAlias = Document | ApiError | None
"""The order; None if the service says that it does not exist; the error if it could not be read."""


async def look_up(client: Client, targets: Sequence[LookupTarget]) -> list[LookupResult]:
    """Look up each order once. Returns the results in the same order."""
    newest = await _newest(client, targets)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def find(target: LookupTarget) -> LookupResult:
        if (order := newest.get(target)) is not None:
            return order
        if newest.lacks(target):
            return None
        async with slots:
            try:
                return await (_by_key(client, target) if target.remote_id is None else _by_id(client, target.remote_id))
            except ApiError as error:
                return error

    return list(await asyncio.gather(*(find(target) for target in targets)))


class NotLookedUp:
    """The result for an order whose number could not be looked up among all orders of its shop."""


NumberResult: TypeAlias = LookupResult | NotLookedUp
"""Another order with the same number; None if there is none."""


class NumberSearch:
    """For each order, finds another one of the same shop with the same number but a different order id.

    `of`: the total number of orders to look up. Up to 200 are looked up one by one. For more, the shop's list is
    read once, which takes one request for 200 orders. If it is longer than 10,000 orders, up to 1,000 are looked up one
    by one; of more, only those whose order id is their number, because their file has no ids of the shop.
    """

    def __init__(self, client: Client, *, of: int) -> None:
        self._client = client
        self._is_listed, self._is_every = of > _MANY, of <= _MAX_SINGLE
        self._listed: dict[str, _Listed] = {}

    async def find(self, orders: Sequence[Document]) -> list[NumberResult]:
        """Look up the numbers of orders that the service does not have. Returns the results in the same order."""
        slots = asyncio.Semaphore(_AT_ONCE)
        if self._is_listed:
            for shop in {key_of(order)[1] for order in orders} - self._listed.keys():
                if number := id_number(shop):
                    try:
                        self._listed[shop] = await _list_numbers(self._client, number, shop)
                    except RequestRefused:
                        self._listed[shop] = _Listed()
                    except ApiError as error:
                        return [error] * len(orders)

        async def find(order: Document) -> NumberResult:
            (order_id, shop), number = key_of(order), id_text(order.get("order_number"))
            if not number or not id_number(shop):
                return None
            listed = self._listed.get(shop)
            if listed is not None:
                known = next((one for one in listed.by_number[number] if key_of(one)[0] not in ("", order_id)), None)
                if known is not None or listed.is_complete:
                    return known
                if number != order_id and not self._is_every:
                    return NotLookedUp()
            async with slots:
                try:
                    return await _by_number(self._client, number, shop, order_id)
                except RequestRefused:
                    return None
                except ApiError as error:
                    return error

        return list(await asyncio.gather(*(find(order) for order in orders)))


@dataclass(slots=True)
class _Listed:
    """The orders of a shop by number. `is_complete`: whether these are all."""

    by_number: defaultdict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    is_complete: bool = False


async def _list_numbers(client: Client, number: int, shop: str) -> _Listed:
    """Read the newest orders of a shop, up to the limit of pages. Raises ApiError."""
    query = OrderQuery(integration=(number,), sort=("-pk",), page_size=_PAGE)
    found, cursor, has_all = _Listed(), None, True
    for _ in range(_MAX_LISTED_PAGES):
        try:
            page = await client.list_orders(query, cursor=cursor)
        except OrderTooLarge as error:
            page, has_all = Page((), error.next), False
        for order in page.orders:
            if key_of(order)[1] == shop:
                found.by_number[id_text(order.get("order_number"))].append(order)
        cursor = page.next
        if cursor is None:
            found.is_complete = has_all
            break
    return found


async def _by_number(client: Client, number: str, shop: str, own_id: str) -> Document | None:
    query = OrderQuery(order_number=number, integration=(int(shop),))
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        page = await client.list_orders(query, cursor=cursor)
        for order in page.orders:
            order_id, of_shop = key_of(order)
            # The filter ignores case, may match parts (Q4.8), or may be ignored (Q4.12).
            if of_shop == shop and id_text(order.get("order_number")) == number and order_id not in ("", own_id):
                return order
        cursor = page.next
        if cursor is None:
            break
    return None


def key_of(order: Document) -> tuple[str, str]:
    """The upsert key of an order, its integration as text; empty where it has none."""
    return id_text(order.get("order_id")), id_text(SHOP.get(order))


@dataclass(slots=True)
class _Newest:
    """The newest orders of shops, and the lowest id read of each shop whose pages came in the order of ids."""

    orders: dict[tuple[str, str], Document] = field(default_factory=dict)
    ids: dict[str, Document] = field(default_factory=dict)
    lowest: dict[str, int] = field(default_factory=dict)

    def get(self, target: LookupTarget) -> Document | None:
        """The order, if it is on the pages; an order without an order id is found by its own id."""
        if all(target.key):
            return self.orders.get(target.key)
        return self.ids.get(target.remote_id) if target.remote_id else None

    def lacks(self, target: LookupTarget) -> bool:
        """Whether an order with this id would have to be on the pages, and is not: it is not visible yet."""
        number = id_number(target.remote_id or "")
        return number is not None and target.integration in self.lowest and number > self.lowest[target.integration]


async def _newest(client: Client, targets: Sequence[LookupTarget]) -> _Newest:
    shops: dict[str, list[LookupTarget]] = defaultdict(list)
    for target in targets:
        shops[target.integration].append(target)
    found = _Newest()
    for shop, of_shop in shops.items():
        if len(of_shop) > _FEW and (number := id_number(shop)):
            await _read_newest(client, number, shop, of_shop, found)
    return found


async def _read_newest(client: Client, number: int, shop: str, targets: Sequence[LookupTarget], found: _Newest) -> None:
    """Read a shop's newest pages while that takes fewer reads than reading each order."""
    query = OrderQuery(integration=(number,), sort=("-pk",), page_size=_PAGE)
    missing, cursor = list(targets), None
    while True:
        try:
            page = await client.list_orders(query, cursor=cursor)
        except ApiError:
            return  # each order is read on its own then, and reports the error
        found.orders |= {key_of(order): order for order in page.orders}
        found.ids |= {id_text(order.get("id")): order for order in page.orders}
        ids = [id_number(id_text(order.get("id"))) for order in page.orders]
        numbers = [id for id in ids if id is not None]
        above = found.lowest.get(shop)
        # A service that does not know the sort ignores it (Q4.11); then the page proves nothing.
        in_order = bool(numbers) and len(numbers) == len(ids) and numbers == sorted(numbers, reverse=True)
        if in_order and (cursor is None or (above is not None and above > numbers[0])):
            found.lowest[shop] = numbers[-1]
        before, cursor = len(missing), page.next
        missing = [target for target in missing if found.get(target) is None and not found.lacks(target)]
        if cursor is None or len(missing) <= _FEW or before - len(missing) <= _FEW:
            return


async def _by_id(client: Client, remote_id: str) -> Document | None:
    try:
        return await client.get_order(remote_id)
    except NotFound as error:
        if not error.confirmed_by_service:  # an error page of a proxy is not an answer of the service
            raise
        return None


async def _by_key(client: Client, target: LookupTarget) -> Document | None:
    if not target.order_id:
        return None  # an empty filter would be ignored, and all orders would come
    shop = id_number(target.integration)
    shops = (shop,) if shop else ()
    query = OrderQuery(order_id=target.order_id, integration=shops)
    try:
        return await _in_pages(client, query, target)
    except RequestRefused:
        if not shops:
            raise
    # The service refuses to filter by a shop that the account does not have; the order id alone still finds the order.
    return await _in_pages(client, OrderQuery(order_id=target.order_id), target)


async def _in_pages(client: Client, query: OrderQuery, target: LookupTarget) -> Document | None:
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        page = await client.list_orders(query, cursor=cursor)
        # The filter ignores case, may match parts (Q4.8), or may be ignored (Q4.12).
        for order in page.orders:
            if key_of(order) == target.key:
                return order
        cursor = page.next
        if cursor is None:
            break
    return None

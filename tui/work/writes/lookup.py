"""Finding orders as the service has them now, with as few reads as can be."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tui.api.client import Client
from tui.api.codec import Document
from tui.api.errors import ApiError, NotFound, RequestRefused
from tui.api.query import OrderQuery, id_number, id_text
from tui.orders.paths import SHOP

_FEW = 3
"""So many orders of a shop are asked for one by one at once; of more, the shop's newest pages are read first."""

_AT_ONCE = 5
"""So many of them are asked for side by side."""

_PAGE = 200
_MOST_PAGES = 3


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
"""The order; None: the service says that there is none; an error: it could not be told."""


async def look_up(client: Client, wanted: Sequence[LookupTarget]) -> list[LookupResult]:
    """Look for each order once; the answers in the order asked."""
    newest = await _newest(client, wanted)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def find(one: LookupTarget) -> LookupResult:
        if (there := newest.get(one)) is not None:
            return there
        if newest.lacks(one):
            return None
        async with turns:
            try:
                return await (_by_key(client, one) if one.remote_id is None else _by_id(client, one.remote_id))
            except ApiError as error:
                return error

    return list(await asyncio.gather(*(find(one) for one in wanted)))


def key_of(order: Document) -> tuple[str, str]:
    """The upsert key of an order, its integration as text; empty where it has none."""
    return id_text(order.get("order_id")), id_text(SHOP.get(order))


@dataclass(slots=True)
class _Newest:
    """The newest orders of shops, and the least id read of each shop, where its pages came in the order of ids."""

    orders: dict[tuple[str, str], Document] = field(default_factory=dict)
    ids: dict[str, Document] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)

    def get(self, one: LookupTarget) -> Document | None:
        """The order, if it stands on the pages; one that has no order id is known by its own id."""
        if all(one.key):
            return self.orders.get(one.key)
        return self.ids.get(one.remote_id) if one.remote_id else None

    def lacks(self, one: LookupTarget) -> bool:
        """Whether an order with this id would stand on the pages, and does not: it is not to be seen yet."""
        number = id_number(one.remote_id or "")
        return number is not None and one.integration in self.least and number > self.least[one.integration]


async def _newest(client: Client, wanted: Sequence[LookupTarget]) -> _Newest:
    shops: dict[str, list[LookupTarget]] = defaultdict(list)
    for one in wanted:
        shops[one.integration].append(one)
    found = _Newest()
    for shop, its in shops.items():
        if len(its) > _FEW and (number := id_number(shop)):
            await _read_newest(client, number, shop, its, found)
    return found


async def _read_newest(client: Client, number: int, shop: str, wanted: Sequence[LookupTarget], found: _Newest) -> None:
    """Read a shop's newest pages for as long as that takes fewer reads than to ask for each order by itself."""
    query = OrderQuery(integration=(number,), sort=("-pk",), page_size=_PAGE)
    missing, cursor = list(wanted), None
    while True:
        try:
            page = await client.list_orders(query, cursor=cursor)
        except ApiError:
            return  # each is asked for by itself then, and says what is wrong
        found.orders |= {key_of(order): order for order in page.orders}
        found.ids |= {id_text(order.get("id")): order for order in page.orders}
        ids = [id_number(id_text(order.get("id"))) for order in page.orders]
        numbers = [id for id in ids if id is not None]
        above = found.least.get(shop)
        # A sort that the service does not know falls back silently (Q4.11), and then the page proves nothing.
        in_order = bool(numbers) and len(numbers) == len(ids) and numbers == sorted(numbers, reverse=True)
        if in_order and (cursor is None or (above is not None and above > numbers[0])):
            found.least[shop] = numbers[-1]
        before, cursor = len(missing), page.next
        missing = [one for one in missing if found.get(one) is None and not found.lacks(one)]
        if cursor is None or len(missing) <= _FEW or before - len(missing) <= _FEW:
            return


async def _by_id(client: Client, remote_id: str) -> Document | None:
    try:
        return await client.get_order(remote_id)
    except NotFound as error:
        if not error.confirmed_by_service:  # a page of somebody in between is no word of the service
            raise
        return None


async def _by_key(client: Client, one: LookupTarget) -> Document | None:
    if not one.order_id:
        return None  # the filter would be left out, and everything would come
    shop = id_number(one.integration)
    shops = (shop,) if shop else ()
    query = OrderQuery(order_id=one.order_id, integration=shops)
    try:
        return await _in_pages(client, query, one)
    except RequestRefused:
        if not shops:
            raise
    # A shop that the account does not have cannot be filtered by; its orders would show by their id.
    return await _in_pages(client, OrderQuery(order_id=one.order_id), one)


async def _in_pages(client: Client, query: OrderQuery, one: LookupTarget) -> Document | None:
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_orders(query, cursor=cursor)
        # The filter ignores case and perhaps takes parts (Q4.8), or is ignored itself (Q4.12).
        for order in page.orders:
            if key_of(order) == one.key:
                return order
        cursor = page.next
        if cursor is None:
            break
    return None

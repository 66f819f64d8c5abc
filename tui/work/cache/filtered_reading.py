"""Reads the orders that the service finds by its own filters, so that they appear before all orders are read."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tui.api.client import Client
from tui.api.errors import InvalidCursor, OrderTooLarge
from tui.api.query import LARGEST_PAGE, OrderQuery
from tui.orders.query.service_terms import ServiceAnswer
from tui.work.cache.local_orders import LocalOrders

MOST_PAGES: Final = 5


async def read_filtered(
    client: Client, orders: LocalOrders, query: OrderQuery, on_page: Callable[[], None] = lambda: None
) -> ServiceAnswer:
    """Read the orders of a query, the newest first, at most `MOST_PAGES` pages, and keep them. Raises ApiError, StoreError.

    It says nothing about orders that are not in the answer: none is removed, and no range of ids counts as read. If the
    service ignores a filter (Q4.12), its answer is not complete.
    """
    asked = replace(query, sort=("-pk",), page_size=LARGEST_PAGE)
    cursor: str | None = None
    count, is_filtered, has_all = 0, True, True
    for _ in range(MOST_PAGES):
        try:
            page = await client.list_orders(asked, cursor=cursor)
        except InvalidCursor:
            return ServiceAnswer(count, is_complete=False)
        except OrderTooLarge as error:
            cursor, has_all = error.next, False
            if cursor is None:
                break
            continue
        await asyncio.to_thread(orders.keep, page.orders)
        on_page()
        count += len(page.orders) - len(page.mismatches)
        is_filtered = is_filtered and not page.mismatches
        cursor = page.next
        if cursor is None or not is_filtered:
            break
    return ServiceAnswer(count, is_complete=cursor is None and is_filtered and has_all)

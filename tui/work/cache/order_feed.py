"""`OrderFeed`: a filtered list of orders that is read page by page, always one page ahead."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo

from tui.api.client import Client, Page
from tui.api.codec import Document
from tui.api.errors import ApiError, InvalidCursor
from tui.api.pointer import Pointer
from tui.api.query import OrderQuery, id_text, order_key, read_instant
from tui.orders.paths import NUMBER, ORDER_ID, ORDERED_AT, SHOP, STATUS, UPDATED_AT
from tui.orders.query.filters import Days, Filter

_DAY = timedelta(days=1)


def to_query(filter: Filter, shops: Sequence[int] = (), *, page_size: int = 100) -> OrderQuery:
    """Build a query that returns at least the orders that fit a filter: dates are one day wider on each side (Q4.9),
    and a status is sent only if it is the only one (Q4.8)."""
    return OrderQuery(
        integration=tuple(shops),
        order_number=filter.number,
        order_id=filter.order_id,
        status=filter.statuses[0] if len(filter.statuses) == 1 else None,
        order_created_at_min=_earlier(filter.ordered.first),
        order_created_at_max=_later(filter.ordered.last),
        order_updated_at_min=_earlier(filter.updated.first),
        order_updated_at_max=_later(filter.updated.last),
        sort=filter.sort,
        page_size=page_size,
    )


def fits(order: Document, filter: Filter, shops: Sequence[int], zone: tzinfo) -> bool:
    """Whether an order fits the filter. Days are those of `zone`; texts must be equal.

    The search terms of the filter are not checked here.
    """
    return (
        (not shops or id_text(SHOP.get(order)) in {str(shop) for shop in shops})
        and _is_text(order, NUMBER, filter.number)
        and _is_text(order, ORDER_ID, filter.order_id)
        and (not filter.statuses or any(_is_text(order, STATUS, status) for status in filter.statuses))
        and _is_within(order, ORDERED_AT, filter.ordered, zone)
        and _is_within(order, UPDATED_AT, filter.updated, zone)
    )


@dataclass(slots=True)
class _Rows:
    """The orders read so far, by key and without duplicates."""

    orders: dict[str, Document] = field(default_factory=dict)
    read: int = 0
    pages: int = 0
    next: str | None = None
    warnings: dict[str, None] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return self.pages > 0 and self.next is None


class OrderFeed:
    """The orders that fit a filter, as far as they were read. Reads may be cancelled at any time without losing orders.

    `orders` grows with each `more`, and is replaced as a whole by `refresh`; an order that is received twice, because
    the list changed between two pages, keeps its position and is shown as last read. `error` is the last error, until a
    read succeeds. `on_change` is called after each change of what is shown.
    """

    def __init__(
        self,
        client: Client,
        filter: Filter | None = None,
        *,
        shops: Sequence[int] = (),
        zone: tzinfo,
        page_size: int = 100,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.filter = filter or Filter()
        self.shops = tuple(shops)
        self.zone = zone
        self.query = to_query(self.filter, shops, page_size=page_size)
        self.error: ApiError | None = None
        self._client = client
        self._on_change = on_change
        self._rows = _Rows()
        self._ahead: asyncio.Task[Page] | None = None
        self._reading = asyncio.Lock()

    @property
    def orders(self) -> tuple[Document, ...]:
        return tuple(self._rows.orders.values())

    @property
    def keyed(self) -> tuple[tuple[str, Document], ...]:
        """The orders with the keys that `get` takes: their ids, if they have one."""
        return tuple(self._rows.orders.items())

    @property
    def read(self) -> int:
        """How many orders the service sent, including those that do not fit."""
        return self._rows.read

    @property
    def pages(self) -> int:
        return self._rows.pages

    @property
    def complete(self) -> bool:
        """Whether all orders were read."""
        return self._rows.complete

    @property
    def loading(self) -> bool:
        """Whether a caller is waiting for a page; reading ahead does not count."""
        return self._reading.locked()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about responses that do not match the query."""
        return tuple(self._rows.warnings)

    def get(self, key: str) -> Document | None:
        """The order with this key (tui.api.query.order_key), as read last."""
        return self._rows.orders.get(key)

    def put(self, order: Document) -> None:
        """Replace an order by a newer reading. Does nothing if the order is not listed."""
        key = order_key(order)
        if key in self._rows.orders:
            self._rows.orders[key] = order
            self._on_change()

    def drop(self, key: str) -> None:
        """Remove an order that was deleted."""
        if self._rows.orders.pop(key, None) is not None:
            self._on_change()

    async def more(self) -> int:
        """Read the next page. Returns how many orders that fit are new; 0 at the end, and on an error (see `error`)."""
        async with self._reading:
            if self.complete:
                return 0
            before = len(self._rows.orders)
            try:
                page = await self._next_page()
            except InvalidCursor:
                # The position is lost: start again at page one, and keep the orders until that is read (Q4.5).
                await self._read_again(self._rows.pages + 1)
                return max(0, len(self._rows.orders) - before)
            except ApiError as error:
                self._failed(error)
                return 0
            self._add(self._rows, page)
            self._done(self._rows)
            return len(self._rows.orders) - before

    async def refresh(self) -> None:
        """Read as many pages again as were read, and replace all at once. On an error nothing changes; see `error`."""
        async with self._reading:
            await self._read_again(max(1, self._rows.pages))

    def stop(self) -> None:
        """Stop reading ahead. The orders stay, and `more` continues from there."""
        if self._ahead is not None:
            self._ahead.cancel()
            self._ahead = None

    async def _next_page(self) -> Page:
        """The page read ahead, or else the next one. If the caller is cancelled, the page is kept for the next one."""
        task = self._ahead or self._read_ahead(self._rows.next)
        try:
            page = await asyncio.shield(task)
        except ApiError:
            self._ahead = None
            raise
        except asyncio.CancelledError:
            if task.cancelled():
                self._ahead = None
            raise
        self._ahead = None
        return page

    def _read_ahead(self, cursor: str | None) -> asyncio.Task[Page]:
        self._ahead = asyncio.create_task(self._client.list_orders(self.query, cursor=cursor))
        # Retrieve the error even if the page is never asked for.
        self._ahead.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._ahead

    async def _read_again(self, pages: int) -> None:
        self.stop()
        rows = _Rows()
        try:
            while rows.pages < pages and not rows.complete:
                self._add(rows, await self._client.list_orders(self.query, cursor=rows.next))
        except ApiError as error:
            self._failed(error)
            return
        self._done(rows)

    def _add(self, rows: _Rows, page: Page) -> None:
        for order in page.orders:
            if fits(order, self.filter, self.shops, self.zone):
                rows.orders[order_key(order) or f"without id, row {rows.read}"] = order
            rows.read += 1
        rows.pages += 1
        rows.next = page.next
        rows.warnings |= dict.fromkeys(page.warnings)

    def _done(self, rows: _Rows) -> None:
        self._rows = rows
        self.error = None
        if rows.next is not None and self._ahead is None:
            self._read_ahead(rows.next)
        self._on_change()

    def _failed(self, error: ApiError) -> None:
        self.error = error
        self._on_change()


def _earlier(day: date | None) -> date | None:
    return day - _DAY if day is not None and day > date.min else day


def _later(day: date | None) -> date | None:
    return day + _DAY if day is not None and day < date.max else day


def _is_text(order: Document, pointer: Pointer, wanted: str | None) -> bool:
    # The service ignores case (Q4.8), and may take parts of a text for the whole.
    return wanted is None or id_text(pointer.get(order)).casefold() == wanted.strip().casefold()


def _is_within(order: Document, pointer: Pointer, days: Days, zone: tzinfo) -> bool:
    if days.first is None and days.last is None:
        return True
    when = read_instant(pointer.get(order))
    if when is None:
        return False
    day = when.astimezone(zone).date()
    return (days.first is None or days.first <= day) and (days.last is None or day <= days.last)

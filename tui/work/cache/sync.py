"""`OrderSync`: reads all orders of an account into its cache, and keeps the cache up to date.

Pages are sorted by `-pk`, the order that the service's list has by default (Q4.11). A read that was interrupted continues
where it stopped, because the ranges of ids that were read completely are recorded.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tui.api.client import Client, Page
from tui.api.errors import (
    ApiError,
    Forbidden,
    InvalidCursor,
    NotAuthorised,
    NotFound,
    OrderTooLarge,
    ReadStopped,
    ResponseTooLarge,
)
from tui.api.query import LARGEST_PAGE, OrderQuery, id_number, order_key
from tui.api.wording import count_of
from tui.keymap import Context, KeyOf, usual_key
from tui.orders.query.conditions import Between, Condition, Not, OneOf, SortKey
from tui.work.cache.id_ranges import IdRanges
from tui.work.cache.local_orders import LocalOrders
from tui.work.free_memory import release_memory
from tui.work.writes.backoff import Now, Sleep, sleep_or_event

REQUESTS_A_MINUTE: Final = 300
"""How many of the 1000 reads a minute that the service allows (Q6.1) the sync uses."""
_UNPACED: Final = 20
_KEPT_AT_ONCE: Final = 50
"""Orders of a page that are stored together. The first ones are shown while the others are being checked."""
OPEN_EVERY: Final = 15 * 60.0
"""Seconds after which the orders back to the oldest open one are read again."""
ALL_EVERY: Final = 24 * 3600.0
"""Seconds after which all orders are read again."""

_QUERY: Final = OrderQuery(sort=("-pk",), page_size=LARGEST_PAGE)
_SHARE_THAT_MAY_BE_GONE: Final = 0.02
_PAUSES: Final = (5.0, 10.0, 20.0, 60.0, 300.0)
"""Seconds before the next attempt, by the number of consecutive errors."""
_SKIPPED: Final = "What it contains, and whether it changed, is not known."
_OPEN: Final[Condition] = Not(OneOf("stage", ("finished",)))
_RANGES, _COMPLETE, _ALL_READ, _OPEN_READ, _SWEEP = "ranges", "complete_at", "all_read_at", "open_read_at", "sweep"


class UnexpectedAnswer(Exception):
    """The answers of a sync cannot be trusted, so nothing is removed. str() is a sentence for users."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """The progress of the sync. Times are seconds since 1970.

    `read`: orders read in the current sync. `is_complete`: all orders up to the newest one read are in the cache.
    `complete_at`: when the cache was last complete. `error`: why reading stopped, until it succeeds. `notice`:
    what the user should know about the last sync.
    """

    read: int = 0
    is_reading: bool = False
    is_paused: bool = False
    is_complete: bool = False
    complete_at: float | None = None
    error: ApiError | None = None
    notice: str = ""


class OrderSync:
    """Reads in the background while `run` runs. `on_change` is called after each page and at the end of each sync."""

    def __init__(
        self,
        client: Client,
        orders: LocalOrders,
        *,
        now: Now,
        sleep: Sleep = asyncio.sleep,
        on_change: Callable[[], None] = lambda: None,
        every: float | None = None,
        key: KeyOf = usual_key,
    ) -> None:
        """`every`: seconds between two reads of all open orders while they are watched; None: `OPEN_EVERY`.

        `key`: the names of the keys of commands, for sentences.
        """
        self.on_change = on_change
        self.is_watching = every is not None
        self._every = OPEN_EVERY if every is None else every
        self._key = key
        self._client = client
        self._orders = orders
        self._now = now
        self._sleep = sleep
        self._wanted = asyncio.Event()
        self._is_whole_wanted = False
        self._requests = 0
        self._skipped: list[str] = []
        """Sentences about the orders that were too large to be read in the current sync."""
        self._ranges = IdRanges.from_json(orders.cache.state(_RANGES))
        self.state = SyncState(is_complete=self._ranges.is_complete, complete_at=self._time(_COMPLETE))

    # Commands

    def refresh(self) -> None:
        """Read all open orders again now; resume if reading was paused."""
        self._set(is_paused=False)
        self._is_whole_wanted = True
        self._wanted.set()

    def pause(self) -> None:
        """Send no further request until `refresh`. A ReadStopped of the request in flight pauses, too."""
        self._set(is_paused=True, is_reading=False)

    async def run(self) -> None:
        """Read what is new, and again after each interval, until this is cancelled. Raises StoreError."""
        failures = 0
        while True:
            self._wanted.clear()
            try:
                await self.read_once()
                while await asyncio.to_thread(self._orders.describe_outdated):
                    pass
                # Pages of orders take several MB each.
                await asyncio.to_thread(release_memory)
                self.on_change()
                failures = 0
                pause = self._every
            except (NotAuthorised, Forbidden):
                pause = ALL_EVERY
            except ApiError:
                pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
                failures += 1
            await sleep_or_event(pause, self._wanted, self._sleep)

    async def read_once(self) -> None:
        """Read what is new and what is due to be read again. Raises ApiError and StoreError; see `state`."""
        self._requests = 0
        self._skipped = []
        self._set(is_reading=True, read=0, error=None, notice="")
        try:
            await self._read_what_is_due()
            if self._skipped:
                self._set(notice=" ".join([*self._skipped, _SKIPPED, self.state.notice]).rstrip())
        except ReadStopped:
            self._set(is_paused=True)
        except ApiError as error:
            self._set(error=error)
            raise
        except UnexpectedAnswer as problem:
            self._set(notice=str(problem))
        finally:
            self._set(is_reading=False)

    async def _read_what_is_due(self) -> None:
        is_first = not self._ranges.is_complete
        await self._read_new()
        if self.state.is_paused:
            return
        if is_first:
            self._note_time(_ALL_READ, _OPEN_READ)
            if self._orders.seen_at == float("inf"):
                self._orders.set_seen()
        elif self._is_due(_ALL_READ, ALL_EVERY):
            await self._sweep(0)
        elif self._is_whole_wanted or self._is_due(_OPEN_READ, self._every):
            await self._sweep(self._oldest_open())
        self._is_whole_wanted = False

    # Reading

    async def _read_new(self) -> None:
        """Read from the newest order down to the first one that is already known."""
        cursor: str | None = None
        newest: int | None = None
        lost: set[str] = set()
        while not self.state.is_paused:
            try:
                page = await self._page(cursor)
            except InvalidCursor:
                if cursor is None or cursor in lost:
                    raise
                # The position is lost (Q4.5). All is read again from the newest order on, passing what is known.
                lost.add(cursor)
                cursor = newest = None
                continue
            await self._keep(page)
            ids = _ids(page)
            cursor = page.next
            if ids:
                newest = newest or ids[0]
                low = ids[-1] if cursor is not None else 0
                known = self._ranges.add(low, newest, cursor)
                if known.low < low and known.cursor is not None and known.cursor not in lost:
                    cursor, newest = known.cursor, known.low
                elif known.low < low and known.low == 0:
                    cursor = None
                self._orders.cache.put_state(_RANGES, self._ranges.to_json())
            if cursor is None:
                self._note_time(_COMPLETE)
                self._set(is_complete=True, complete_at=float(self._seconds()))
                return

    async def _sweep(self, down_to: int) -> None:
        """Read all orders again whose id is at least `down_to`, and note which no longer exist."""
        sweep = self._next_sweep()
        newest: int | None = None
        cursor: str | None = None
        while not self.state.is_paused:
            page = await self._page(cursor)
            await self._keep(page, sweep)
            ids = _ids(page)
            newest = newest or (ids[0] if ids else None)
            cursor = page.next
            if cursor is None or (ids and ids[-1] < down_to):
                break
        else:
            return
        await self._note_gone(sweep, down_to, newest or 0)
        self._note_time(*([_ALL_READ, _OPEN_READ] if down_to == 0 else [_OPEN_READ]))

    async def _note_gone(self, sweep: int, low: int, high: int) -> None:
        cache = self._orders.cache
        missing = cache.missing_from(sweep, low, high)
        count = cache.count(Between("pk", low, high))
        if len(missing) > max(1, count * _SHARE_THAT_MAY_BE_GONE):
            raise UnexpectedAnswer(
                f"The service no longer lists {len(missing)} of {count} orders. That is unusual, so none was removed "
                f"from this list. {self._key('refresh_all', Context.TRIAGE)} reads again."
            )
        gone = []
        for key in missing:
            await self._pace()
            try:
                self._orders.keep([await self._client.get_order(key)], sweep)
            except NotFound as error:
                if not error.confirmed_by_service:
                    raise
                gone.append(key)
            except ResponseTooLarge:
                pass  # it exists; `_page` skipped it
        if gone:
            self._orders.mark_gone(gone)
            self._set(notice=f"{count_of(len(gone), 'order')} no longer in Sendcloud: shipped or deleted.")

    async def _page(self, cursor: str | None) -> Page:
        if cursor is not None:
            await self._pace()
        try:
            page = await self._client.list_orders(_QUERY, cursor=cursor)
        except OrderTooLarge as error:
            self._skipped.append(str(error))
            return Page((), error.next)
        if not page.orders and (page.next is not None or (cursor is None and self._orders.cache.count())):
            raise UnexpectedAnswer(
                "The service sent a page without orders, which is unexpected. No order was removed from this list. "
                f"{self._key('refresh_all', Context.TRIAGE)} reads again."
            )
        return page

    async def _keep(self, page: Page, sweep: int | None = None) -> None:
        for start in range(0, len(page.orders), _KEPT_AT_ONCE):
            orders = page.orders[start : start + _KEPT_AT_ONCE]
            await asyncio.to_thread(self._orders.keep, orders, sweep)
            self._set(read=self.state.read + len(orders))

    async def _pace(self) -> None:
        """Wait before a request, but not before the first ones of a sync: a small account is read at once."""
        self._requests += 1
        if self._requests > _UNPACED:
            await self._sleep(60 / REQUESTS_A_MINUTE)

    # State

    def _note_time(self, *keys: str) -> None:
        for key in keys:
            self._orders.cache.put_state(key, self._seconds())

    def _oldest_open(self) -> int:
        """The id of the oldest order that is not finished; a large one if there is none."""
        oldest = self._orders.window(_OPEN, [SortKey("pk")], limit=1)
        return (id_number(oldest[0].key) or 0) if oldest else max((range.high for range in self._ranges), default=0)

    def _next_sweep(self) -> int:
        last = self._orders.cache.state(_SWEEP)
        number = (last if isinstance(last, int) else 0) + 1
        self._orders.cache.put_state(_SWEEP, number)
        return number

    def _is_due(self, key: str, every: float) -> bool:
        last = self._time(key)
        return last is None or not 0 <= self._seconds() - last < every

    def _time(self, key: str) -> float | None:
        stored = self._orders.cache.state(key)
        return float(stored) if isinstance(stored, int) else None

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.on_change()


def _ids(page: Page) -> list[int]:
    """The ids of a page, the newest first; none if one is not a number, or if they are not sorted."""
    ids = [id_number(order_key(order)) for order in page.orders]
    numbers = [id for id in ids if id is not None]
    return numbers if len(numbers) == len(ids) and numbers == sorted(numbers, reverse=True) else []

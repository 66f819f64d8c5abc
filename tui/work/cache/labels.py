"""`LabelReader`: asks the service whether orders have a label: those that need work, and the one under the cursor."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from tui.api.client import Client
from tui.api.errors import ApiError, Forbidden, InvalidResponse, NotAuthorised, NotFound, RequestRefused
from tui.orders.label import Label
from tui.orders.labels import LABELLED, label_from
from tui.orders.paths import NUMBER, SHOP
from tui.orders.query.conditions import All, OneOf
from tui.orders.query.folding import fold_value
from tui.orders.summary import text_at
from tui.work.cache.index import NEEDS_WORK
from tui.work.cache.local_orders import LocalOrders
from tui.work.writes.backoff import Now, Sleep, sleep_or_event

ASKED_A_MINUTE: Final = 60
"""How many of the 1000 reads a minute that the service allows (Q6.1) are questions about labels."""
ASKED_AGAIN: Final = 3600.0
"""Seconds after which an order that needs work is asked for again."""
_LABELLED_AGAIN: Final = 24 * 3600.0
"""The same for an order with a label, which may be cancelled."""
_AT_CURSOR_AGAIN: Final = 120.0
_PAUSE: Final = 60.0
_FOUND_AT_ONCE: Final = 20
"""How many orders one look at the cache finds, because it reads all orders."""
_LABELLED: Final = OneOf("flag", (LABELLED,))


class LabelReader:
    """Asks while `run` runs, one order at a time, unless `is_busy` (orders are being read) or `is_paused` returns true.

    `on_answer` is called with the key of each order that was asked for.
    """

    def __init__(
        self,
        client: Client,
        orders: LocalOrders,
        *,
        now: Now,
        sleep: Sleep = asyncio.sleep,
        is_busy: Callable[[], bool] = lambda: False,
        is_paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self.on_answer: Callable[[str], None] = lambda _: None
        self.is_refused = False
        """The service does not show shipments to these credentials; it is not asked again."""
        self._client = client
        self._orders = orders
        self._now = now
        self._sleep = sleep
        self._is_busy = is_busy
        self._is_paused = is_paused
        self._wanted = ""
        self._woken = asyncio.Event()
        self._to_ask: deque[str] = deque()

    def want(self, key: str) -> None:
        """Ask for this order next, unless that was done a moment ago."""
        self._wanted = key
        self._woken.set()

    async def run(self) -> None:
        """Ask until this is cancelled or the service does not show shipments. Raises StoreError."""
        while not self.is_refused:
            self._woken.clear()
            key = None if self._is_paused() else await asyncio.to_thread(self._next)
            if key is None:
                await sleep_or_event(_PAUSE, self._woken, self._sleep)
                continue
            try:
                await self.ask(key)
                await self._sleep(60 / ASKED_A_MINUTE)
            except ApiError:  # of the connection, which the list reports; it is tried again
                self._to_ask.appendleft(key)
                await self._sleep(_PAUSE)

    async def ask(self, key: str) -> Label | None:
        """Ask for the labels of an order and keep the answer; None if it cannot be asked for. Raises ApiError, StoreError."""
        order = await asyncio.to_thread(self._orders.find, key)
        number, shop = (text_at(order.document if order else {}, pointer).strip() for pointer in (NUMBER, SHOP))
        at = self._now().timestamp()
        if order is None or self.is_refused:
            return None
        if not (number and shop.isascii() and shop.isdigit()):
            label = Label(at, None, note="it has no number or no shop")
        elif (count := await asyncio.to_thread(self._same_number, number, shop)) > 1:
            label = Label(at, None, note=f"{count} orders of this shop have the number")
        else:
            try:
                page = await self._client.list_shipments(number, shop)
                label = label_from(page.shipments, order.document, at, is_all=page.next is None)
            except (NotFound, Forbidden, NotAuthorised):
                self.is_refused = True
                return None
            except (RequestRefused, InvalidResponse):
                label = Label(at, None, note="the service did not answer the question")
        await asyncio.to_thread(self._orders.keep_label, key, label)
        self.on_answer(key)
        return label

    def _next(self) -> str | None:
        """The order to ask for now."""
        now = self._now().timestamp()
        wanted, self._wanted = self._wanted, ""
        if wanted:
            known = self._orders.label(wanted)
            if known is None or now - known.asked_at > _AT_CURSOR_AGAIN:
                return wanted
        if self._is_busy():
            return None
        while self._to_ask:
            key = self._to_ask.popleft()
            # It may have been asked for in the meantime, at the cursor.
            known = self._orders.label(key)
            if known is None or known.asked_at < now - ASKED_AGAIN:
                return key
        find = self._orders.cache.to_ask
        found = find(NEEDS_WORK, now - ASKED_AGAIN, _FOUND_AT_ONCE) or find(
            _LABELLED, now - _LABELLED_AGAIN, _FOUND_AT_ONCE
        )
        self._to_ask.extend(found)
        return self._to_ask.popleft() if found else None

    def _same_number(self, number: str, shop: str) -> int:
        """How many orders of a shop have this number: shipments name the number only, which need not be unique (Q1.5)."""
        return self._orders.cache.count(All((OneOf("shop", (shop,)), OneOf("number", (fold_value(number),)))))

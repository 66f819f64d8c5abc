"""`OwnWrites`: keeps orders as this app reads them before and after its writes, whose changes are not those of others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tui.api.codec import Document
from tui.api.query import order_key
from tui.store.db import StoreError
from tui.work.account import Account
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.private_marks import OrderMarks


@dataclass(frozen=True, slots=True)
class OwnWrites:
    """Keeps the orders that the writes of an account read.

    `show_notice` is called with a sentence and its style if one cannot be kept.
    """

    account: Account
    orders: LocalOrders
    marks: OrderMarks
    show_notice: Callable[[str, str], None]

    def __post_init__(self) -> None:
        account = self.account
        account.draft_sender.on_read = self._read
        account.on_read_back = self._read_back
        self.orders.being_written = lambda: account.being_written

    def keep(self, order_id: str, document: Document, at: datetime | None = None) -> None:
        """Keep an order as this app has written it. Its private marks stay. Raises StoreError."""
        mark = self.marks.of(order_id)
        self.orders.keep([document], at=at, is_own=True)
        self.marks.renew(order_id, mark)

    def _read(self, document: Document) -> None:
        """Keep what others changed before this app writes the order."""
        try:
            self.orders.keep([document], is_own=False)
        except StoreError as error:
            self.show_notice(f"An order that was read is not kept: {error}", "error")

    def _read_back(self, document: Document) -> None:
        """Keep an order of the list as this app has written it."""
        try:
            if self.orders.find(order_key(document)) is not None:
                self.keep(order_key(document), document)
        except StoreError as error:
            self.show_notice(f"An order that was read back is not kept: {error}", "error")

"""Reads the orders of shop and filter page by page, with progress."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from tui.api.codec import Document
from tui.api.errors import ApiError, NotFound
from tui.orders.query import filters
from tui.orders.query.filters import Filter
from tui.orders.summary import searchable_text
from tui.screens.common.screen import BaseScreen
from tui.widgets.text import safe
from tui.work.cache.order_feed import OrderFeed

_READ_FOR_WORDS = 1000


class OrderReader:
    """Reads one list of orders into the index of the workspace. Reading stops when the screen closes.

    `rows_changed` is called when the index shows other orders, `progress_changed` after each page, and `place_found`
    when the remembered order was read, or does not exist.
    """

    def __init__(
        self,
        screen: BaseScreen[Any],
        rows_changed: Callable[[], None],
        progress_changed: Callable[[], None],
        place_found: Callable[[], None],
    ) -> None:
        self.filter = Filter()
        self.feed: OrderFeed | None = None
        self.read_at: datetime | None = None
        self.wanted_key: str | None = None
        """The order to move the cursor to once it is read."""
        self.wanted_depth = 0
        self._screen = screen
        self._workspace = screen.workspace
        self._rows_changed = rows_changed
        self._progress_changed = progress_changed
        self._place_found = place_found
        self._page_wanted = False

    def begin(self, shop: str | None) -> None:
        """Start reading the orders of a shop, or of all shops, from page one."""
        if self.feed is not None:
            self.feed.stop()
        shops = (int(shop),) if shop is not None and shop.isdigit() else ()
        account = self._workspace.account
        self.feed = OrderFeed(account.client, self.filter, shops=shops, zone=account.zone, on_change=self._feed_changed)
        self._workspace.orders.begin(self.feed)
        self._page_wanted = False
        self._rows_changed()
        self.read("read orders", self._more_until_wanted())

    def read(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run work that reads, replacing any reading in progress."""
        self._screen.run_worker(work, name=name, group="read", exclusive=True)

    async def _more_until_wanted(self) -> None:
        feed = self.feed
        if feed is None:
            return
        await self._then_tell(feed.more())
        while not feed.error and not feed.complete and self._wants_more(feed):
            await self._then_tell(feed.more())
        self.wanted_key = None
        self._place_found()
        await self._read_on()

    def _wants_more(self, feed: OrderFeed) -> bool:
        """Whether the remembered order is still to be read, or no order matches the words yet."""
        if self.wanted_key is not None and feed.get(self.wanted_key) is None:
            return feed.read < self.wanted_depth
        return not self._workspace.orders.orders and feed.read < _READ_FOR_WORDS

    def _feed_changed(self) -> None:
        if self._screen.is_attached:
            self._rows_changed()

    def want_page(self) -> None:
        """Read one more page after the current one."""
        self._page_wanted = True
        if self.feed is not None and not self.feed.loading:
            self.read("read a page more", self._read_on())

    async def _read_on(self) -> None:
        """Read while pages are wanted. The table may ask for the next page before this one is finished."""
        while self._page_wanted and self.feed is not None and self.feed.error is None and not self.feed.complete:
            self._page_wanted = False
            await self._then_tell(self.feed.more())

    async def _then_tell(self, reading: Awaitable[object]) -> None:
        await reading
        if self.feed is not None and self.feed.error is None:
            self.read_at = self._workspace.now()
        self._progress_changed()

    def refresh(self) -> None:
        """Read all pages again."""
        feed = self.feed
        if feed is not None:
            self.read("read all again", self._then_tell(feed.refresh() if feed.pages else feed.more()))

    async def read_order(self, order_id: str) -> None:
        """Read one order again and show a notice."""
        account = self._workspace.account
        try:
            document = await account.client.get_order(order_id)
        except NotFound as error:
            gone = "The order no longer exists." if error.confirmed_by_service else str(error)
            self._screen.show_notice(gone, "warning")
            return
        except ApiError as error:
            self._screen.show_notice(str(error), "error")
            return
        account.draft_sender.forget(order_id)
        self.read_at = self._workspace.now()
        if self.feed is not None:
            self.feed.put(document)
        self._screen.show_notice("Refreshed.")

    # What is shown.

    def show_fitting(self) -> None:
        """Show the orders that match the local filter in the index."""
        if self.feed is not None:
            self._workspace.orders.show([(key, order) for key, order in self.feed.keyed if self._fits(order)])

    def _fits(self, order: Document) -> bool:
        """Whether an order has the problems and words of the filter."""
        wanted, index = self.filter, self._workspace.orders
        problems = index.problems(order) if wanted.why or wanted.terms else ()
        match wanted.why:
            case "":
                fits = True
            case filters.BLOCKED_REASON:
                fits = index.will_not_ship(order)
            case filters.ANY_REASON:
                fits = bool(problems)
            case filters.NO_REASON:
                fits = not problems
            case word:
                fits = any(word in problem.title.lower() for problem in problems)
        if not fits or not wanted.terms:
            return fits
        titles = " ".join(problem.title for problem in problems)
        text = f"{searchable_text(order)}\n{titles.lower()}"
        return all(word in text for word in wanted.terms)

    @property
    def has_more(self) -> bool:
        """Whether another page can be read."""
        feed = self.feed
        return feed is not None and feed.error is None and not feed.complete and feed.pages > 0

    @property
    def tail(self) -> str:
        """The line below the last order."""
        feed = self.feed
        if feed is None:
            return ""
        if feed.error is not None:
            return f"Reading stopped: {feed.error}  R reads again."
        if feed.complete:
            return "end" if self._workspace.orders.orders else ""
        return "more …"

    @property
    def empty_text(self) -> str:
        """The text of a list without orders."""
        feed, wanted = self.feed, self.filter
        if feed is not None and feed.error is not None:
            return "Nothing was read."
        if feed is None or not feed.pages:
            return "Reading …"
        if (wanted.terms or wanted.why) and feed.read:
            what = "contains these words" if wanted.terms else f"matches why:{safe(wanted.why)}"
            return f"None of the {feed.read} orders read {what}. / changes the filter."
        return "No orders here." if not wanted.narrows_query else "No orders match this filter. / changes it."

    @property
    def progress(self) -> str:
        """What the service filters, what is filtered locally, and how many orders were read."""
        feed, shown = self.feed, len(self._workspace.orders.orders)
        if feed is None:
            return ""
        known = f"{feed.read} read" if feed.complete else f"{feed.read}+ read"
        if shown != feed.read:
            known = f"{shown} of {known}"
        asked = ", ".join(_asked(self.filter)) if self.filter.narrows_query else "all"
        return f"service: {asked} │ checked locally: why │ {known}"


def _asked(wanted: Filter) -> list[str]:
    names = [
        ("number", wanted.number),
        ("id", wanted.order_id),
        ("status", len(wanted.statuses) == 1),
        ("date", wanted.ordered.first or wanted.ordered.last),
        ("updated", wanted.updated.first or wanted.updated.last),
    ]
    return [name for name, given in names if given] or ["all"]

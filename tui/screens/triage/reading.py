"""`OrderReader`: shows the orders of the cache that match the query, and updates while all orders are being read."""

import asyncio
import os
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from textual.timer import Timer

from tui.api.errors import ApiError, ReadStopped
from tui.orders.query.completion import complete
from tui.orders.query.conditions import CODES, EVERY_ORDER, LISTS, All, Between, Condition, Not, OneOf, SortKey
from tui.orders.query.language import Query, parse
from tui.orders.query.meaning import QueryContext
from tui.orders.query.service_terms import ServiceAnswer, ServiceTerms, service_terms, who_answered, within_shop
from tui.orders.query.syntax import Both, QueryError
from tui.screens.common.screen import BaseScreen
from tui.work.cache.facets import FACETS, count_by
from tui.work.cache.filtered_reading import read_filtered
from tui.work.cache.local_orders import OrderWindow
from tui.work.cache.query_context import query_context
from tui.work.stored import StoreError
from tui.work.writes.backoff import sleep_or_event

EVERYTHING = Query(Both(), EVERY_ORDER)
_IS_OPEN = Not(OneOf("stage", ("finished",)))
_FIRST_ROWS = 200
_CANDIDATES = 6
_EVERY = 1.0
"""Minimum seconds between two lookups in the cache while orders are being read."""
_SHARE = 10
"""The pause after a lookup, as a multiple of the time that it took."""


class OrderReader:
    """Looks up the orders of a query in the cache, and again when orders were read.

    `marked` returns the keys of the orders that are marked in the list. `rows_changed` is called when the index shows
    other orders, `progress_changed` when more was read.
    """

    def __init__(
        self,
        screen: BaseScreen[Any],
        marked: Callable[[], Collection[str]],
        rows_changed: Callable[[], None],
        progress_changed: Callable[[], None],
    ) -> None:
        self.query = EVERYTHING
        self._line = ""
        self.answer: ServiceAnswer | None = None
        """What the service answered to the terms of the query that it knows, while not all orders are read."""
        self._asked: ServiceTerms | None = None
        self._marked = marked
        self.shop: str | None = None
        """The id of the only shop whose orders are shown."""
        self.to_fix = 0
        """How many of the orders shown have an error."""
        self.known = 0
        """How many orders the cache has."""
        self.next_due: datetime | None = None
        """When the next of all open orders must be handed over."""
        self.news: Mapping[str, str] = {}
        """While the orders are watched: the orders that are new or changed since they were last seen, by key."""
        self.by_shop: dict[str, int] | None = None
        """How many orders of each shop match the query; None until they were counted."""
        self._screen = screen
        self._workspace = screen.workspace
        self._rows_changed = rows_changed
        self._progress_changed = progress_changed
        self._shown_revision = -1
        self._has_all = False
        self._changed = asyncio.Event()
        self._urgent = asyncio.Event()
        self._snooze_end: Timer | None = None

    @property
    def condition(self) -> Condition:
        """The condition that the shown orders match."""
        if self.shop is None:
            return self.query.condition
        return All((OneOf("shop", (self.shop,)), self.query.condition))

    def context(self) -> QueryContext:
        """What a query may refer to, as it is now."""
        workspace = self._workspace
        return query_context(workspace.account, workspace.orders.local, workspace.marks, self._marked())

    def parse(self, line: str) -> Query:
        """Parse a query. Raises QueryError."""
        return parse(line, self.context())

    def set_line(self, line: str) -> None:
        """Set the query. Raises QueryError, and changes nothing, if it is invalid."""
        self.query, self._line = self.parse(line), line

    def complete(self, line: str) -> tuple[str, str]:
        """Complete the end of a query while it is unambiguous; the notice lists what may follow, with counts."""
        found = complete(line, len(line), self.context(), self._values_seen)
        begun = line[found.start : found.end]
        fitting = [entry for entry in found.candidates if entry.text.lower().startswith(begun.lower())]
        texts = [entry.text for entry in fitting or found.candidates]
        if not texts:
            return line, "nothing to complete"
        common = texts[0] if len(texts) == 1 else os.path.commonprefix(texts)  # noqa: RUF071 - no paths
        done = common if common.lower().startswith(begun.lower()) else begun
        shown = [f"{entry.text} {entry.count or ''}".strip() for entry in (fitting or found.candidates)[:_CANDIDATES]]
        return line[: found.start] + done + line[found.end :], "" if len(texts) == 1 else "  ".join(shown)

    def _values_seen(self, field: str) -> dict[str, int]:
        name = FACETS.get(field, field)
        if name not in (*CODES, *LISTS):
            return {}
        if field == "why":
            account, local = self._workspace.account, self._workspace.orders.local
            return {value.name: value.count for value in count_by(account, local, EVERY_ORDER, [field])[field]}
        return dict(self._workspace.orders.local.cache.facets(EVERY_ORDER, [name])[name])

    def begin(self) -> None:
        """Show the orders of the query: the first ones at once, the others as soon as they are found."""
        local = self._workspace.orders.local
        first = local.window(self.condition, self.query.sort, limit=_FIRST_ROWS)
        self._has_all = len(first) < _FIRST_ROWS
        self._show(first, local.revision)
        self.look_again()
        self._ask_service()

    def _ask_service(self) -> None:
        """Ask the service for the terms that it can answer, unless all orders are here."""
        workspace, terms = self._workspace, None
        if not workspace.sync.state.is_complete:
            terms = service_terms(self.query, self.context())
            if self.shop is not None and workspace.account.shop(self.shop) is not None:
                terms = within_shop(terms, self.shop)
        if terms == self._asked:
            return
        self._asked, self.answer = terms, None
        if terms is not None:
            self._screen.run_worker(
                self._read_filtered(terms), name="ask the service", group="filtered", exclusive=True
            )

    async def _read_filtered(self, terms: ServiceTerms) -> None:
        client, local = self._workspace.account.client, self._workspace.orders.local
        try:
            answer = await read_filtered(client, local, terms.query, self.reading_changed)
        except ReadStopped:
            return
        except (ApiError, StoreError) as error:
            self._screen.show_notice(
                f"The service could not be asked for {' '.join(terms.answered)}: {error}", "warning"
            )
            return
        if terms == self._asked and not self._workspace.sync.state.is_complete:
            self.answer = answer
            self._screen.show_notice(who_answered(terms, answer))
            self._progress_changed()

    def look_again(self) -> None:
        """Look up the orders of the query again."""
        self._urgent.set()
        self._changed.set()

    def reading_changed(self) -> None:
        """Show the progress and look up the orders of the query again: at most once a second while orders are read."""
        if not self._workspace.sync.state.is_reading:
            self._urgent.set()
            self._progress_changed()
        self.orders_changed()

    def orders_changed(self) -> None:
        """Look up the orders of the query again if the cache changed: a tenth of the time at most."""
        if self._workspace.orders.local.revision != self._shown_revision:
            self._changed.set()

    async def follow(self) -> None:
        """Look up the orders whenever that is requested, until this is cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._urgent.clear()
            started = time.monotonic()
            try:
                await self._look()
            except (QueryError, StoreError) as error:
                # A shop that the query names may be gone, and the file may be damaged. The rows stay as they are.
                self._screen.show_notice(f"The list was not updated: {error}", "error")
            self._look_at_next_end()
            pause = _SHARE * (time.monotonic() - started)
            if self._workspace.sync.state.is_reading:
                pause = max(pause, _EVERY)
            await sleep_or_event(pause, self._urgent, asyncio.sleep)

    def _look_at_next_end(self) -> None:
        """Look up the orders again when the next snooze ends."""
        if self._snooze_end is not None:
            self._snooze_end.stop()
            self._snooze_end = None
        if (end := self._workspace.marks.next_end) is not None:
            seconds = max(_EVERY, (end - self._workspace.now()).total_seconds())
            self._snooze_end = self._screen.set_timer(seconds, self.look_again)

    async def _look(self) -> None:
        # Drafts, marks and the time may have changed what the query means.
        self.set_line(self._line)
        local, condition, sort = self._workspace.orders.local, self.condition, self.query.sort
        revision = local.revision
        query = self.query.condition
        put_off = self._workspace.marks.keys(lambda mark: mark.is_put_off)
        needs_work = All((self._workspace.orders.needs_work, Not(OneOf("key", tuple(put_off)))))
        window, counts, shops, self.next_due, self.news = await asyncio.to_thread(
            lambda: (
                local.window(condition, sort),
                local.cache.counts([All((condition, needs_work)), EVERY_ORDER]),
                dict(local.cache.facets(query, ["shop"])["shop"]),
                self._next_due(),
                self._news() if self._workspace.sync.is_watching else {},
            )
        )
        if self._workspace.sync.state.is_complete:
            await asyncio.to_thread(self._workspace.orders.find_frequent)
        if condition == self.condition and sort == self.query.sort:
            (self.to_fix, self.known), self.by_shop, self._has_all = counts, shops, True
            self._show(window, revision)

    def _next_due(self) -> datetime | None:
        index = self._workspace.orders
        is_next = Between("due", low=self._workspace.now().timestamp(), excludes_low=True)
        for order in index.local.window(All((is_next, _IS_OPEN)), [SortKey("due")], limit=1):
            return index.knowledge.listed(order, ()).due
        return None

    def _news(self) -> dict[str, str]:
        local = self._workspace.orders.local
        new = dict.fromkeys(local.cache.new_since(local.seen_at), "new")
        return dict.fromkeys(local.cache.changed_since(local.seen_at), "changed") | new

    def _show(self, window: OrderWindow, revision: int) -> None:
        self._shown_revision = revision
        self._workspace.orders.show(window, self.condition)
        if self._screen.is_attached:
            self._rows_changed()

    # What is said about it.

    @property
    def empty_text(self) -> str:
        """The text of a list without orders."""
        state = self._workspace.sync.state
        if self.known:
            return (
                f"No order matches. {self._screen.key('filter')} changes the query."
                if self.query != EVERYTHING
                else "No orders here."
            )
        if state.error is not None:
            return f"Nothing was read. {self._screen.key('refresh_all')} tries again."
        return "No orders here." if state.is_complete else "Reading …"

    @property
    def progress(self) -> str:
        """How many orders are shown, of how many, and how far they were read."""
        state, shown = self._workspace.sync.state, len(self._workspace.orders.window)
        if not self._has_all:
            return "looking up …"
        count = f"{shown} of {self.known}" if shown != self.known else f"{shown}"
        is_current = self._shown_revision == self._workspace.orders.local.revision
        if state.complete_at is None or not state.is_complete or not is_current:
            more = "" if self.answer is None or self.answer.is_complete else "+"
            by_service = f" │ {self.answer.count}{more} by the service" if self.answer is not None else ""
            return f"{count} so far{by_service}"
        at = datetime.fromtimestamp(state.complete_at, self._workspace.account.zone)
        return f"{count} │ all read {at:%H:%M}"

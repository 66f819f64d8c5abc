"""`ViewCounts`: how many orders each view has, counted in a thread a moment after something changed."""

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Any, Final

from tui.orders.query.conditions import Condition
from tui.orders.query.language import QueryError
from tui.screens.common.screen import BaseScreen
from tui.screens.triage.reading import OrderReader
from tui.screens.triage.views.list_views import ListViews
from tui.work.stored import StoreError

_MOMENT: Final = 0.3
_WHILE_READING: Final = 3.0
"""Seconds between a change and the count, and between two counts while orders are being read."""
_SHARE: Final = 10
"""The pause before a count, as a multiple of the time that the last one took, if that was long."""
_LONG: Final = 0.2


class ViewCounts:
    """Counts again only if orders, drafts, private marks or views changed. `counted` is called when a count changed."""

    def __init__(
        self, screen: BaseScreen[Any], reader: OrderReader, views: ListViews, counted: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._reader = reader
        self._views = views
        self._counted = counted
        self._wanted = asyncio.Event()
        self._known: Hashable = None

    def look_again(self) -> None:
        """Count again soon, if something changed since the last count."""
        if self._state() != self._known:
            self._wanted.set()

    async def follow(self) -> None:
        """Count whenever that is requested, until this is cancelled."""
        took = 0.0
        while True:
            await self._wanted.wait()
            pause = _WHILE_READING if self._screen.workspace.sync.state.is_reading else _MOMENT
            await asyncio.sleep(max(pause, _SHARE * took) if took > _LONG else pause)
            self._wanted.clear()
            state = self._state()
            started = time.monotonic()
            try:
                counts = await asyncio.to_thread(self.count)
            except StoreError as error:
                self._screen.show_notice(f"The views were not counted: {error}", "error")
                continue
            took = time.monotonic() - started
            self._known = state
            if counts != self._views.counts:
                self._views.counts = counts
                self._counted()

    def _state(self) -> Hashable:
        """What the counts depend on."""
        workspace = self._screen.workspace
        drafts = frozenset(draft.order_id for draft in workspace.account.drafts.all())
        minute = int(workspace.now().timestamp()) // 60
        return workspace.orders.local.revision, workspace.marks.revision, drafts, self._views.all, minute

    def count(self) -> dict[str, int]:
        """The number of orders of each view by its letter; on any thread. Raises StoreError."""
        conditions: dict[str, Condition] = {}
        for view in self._views.all:
            try:
                conditions[view.letter] = self._reader.parse(view.query).condition
            except QueryError:
                # It names a shop that is gone. The view has no count; opening it says why.
                continue
        counts = self._screen.workspace.orders.local.cache.counts([*conditions.values()])
        return dict(zip(conditions, counts, strict=True))

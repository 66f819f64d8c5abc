"""`UnreadableRows`: reports rows that could not be read from disk when they were drawn, and draws them again."""

from typing import Any

from textual.timer import Timer

from tui.screens.common.screen import BaseScreen
from tui.widgets.table import OrderTable
from tui.work.stored import StoreError

RETRIED = 5.0
"""Seconds before the rows are drawn again."""


class UnreadableRows:
    """`report` is called while rows are drawn."""

    def __init__(self, screen: BaseScreen[Any], table: OrderTable) -> None:
        self._screen = screen
        self._table = table
        self._retry: Timer | None = None

    def report(self, error: StoreError) -> None:
        """Report an error after the frame, and draw the rows again a moment later."""
        self._screen.call_later(self._screen.show_notice, f"Orders cannot be shown: {error}", "error")
        if self._retry is None:
            self._retry = self._screen.set_timer(RETRIED, self._draw_again)

    def _draw_again(self) -> None:
        self._retry = None
        self._table.repaint()

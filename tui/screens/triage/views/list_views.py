"""`ListViews`: the views of the order list, which one is open, and its columns."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tui.orders.query.saved_views import EVERY, QueryView, ViewColumn, from_json, to_json, views_of
from tui.work.account import Account

_SAVED: Final = "views"


class ListViews:
    """The built-in views and the user's, which are stored. `letter` is that of the view that was opened last.

    Methods that store something raise StoreError.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._own = from_json(account.store.screen_states.get(account.account_id, _SAVED))
        self.letter = EVERY.letter
        self.keeps_marks = False
        """Whether marks stay when another view is opened."""
        self.counts: Mapping[str, int] = {}
        """How many orders each view has, by letter, as counted last."""

    @property
    def all(self) -> tuple[QueryView, ...]:
        """All views, that of all orders last."""
        return views_of(self._own)

    @property
    def current(self) -> QueryView:
        """The view that was opened last; its query may have been changed since."""
        return self.find(self.letter)

    def find(self, letter: str) -> QueryView:
        """The view with a letter; that of all orders if there is none."""
        return next((view for view in self.all if view.letter == letter), self.all[-1])

    def put(self, view: QueryView) -> None:
        """Store a view in place of the one with its letter."""
        self._store([*(known for known in self._own if known.letter != view.letter), view])

    def remove(self, letter: str) -> bool:
        """Remove the user's view with a letter; a built-in one is as it was then. Returns whether there was one."""
        own = [view for view in self._own if view.letter != letter]
        is_removed = len(own) < len(self._own)
        if is_removed:
            self._store(own)
        return is_removed

    def set_columns(self, letter: str, columns: tuple[ViewColumn, ...]) -> None:
        """Store the columns of a view."""
        self.put(replace(self.find(letter), columns=columns))

    def _store(self, own: list[QueryView]) -> None:
        self._account.store.screen_states.put(self._account.account_id, _SAVED, to_json(own))
        self._own = own

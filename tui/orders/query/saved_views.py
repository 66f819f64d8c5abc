"""Saved views: named queries, built in or saved by the user."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tui.api.codec import Json, as_list


@dataclass(frozen=True, slots=True)
class QueryView:
    """A query with a name, and the letter that opens it after `v`."""

    letter: str
    name: str
    query: str


BUILT_IN: Final = (
    QueryView("f", "to fix", "is:open is:error -is:snoozed -is:done"),
    QueryView("n", "new", "is:new is:open"),
    QueryView("d", "due today", "is:due"),
    QueryView("h", "on hold", "is:hold is:open"),
    QueryView("u", "unpaid", "is:unpaid is:open"),
    QueryView("b", "abroad", "is:abroad is:open"),
    QueryView("o", "overwritten", "is:overwritten"),
    QueryView("z", "snoozed", "is:snoozed"),
    QueryView("k", "unknown status", "is:unknown"),
)
"""The built-in views. A view of the user replaces the built-in one with the same letter."""

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
"""The letters that a view may have."""


def views_of(saved: Iterable[QueryView]) -> tuple[QueryView, ...]:
    """All views: the built-in ones, each replaced by the user's view with the same letter, and the user's others."""
    by_letter = {view.letter: view for view in (*BUILT_IN, *saved)}
    return tuple(by_letter.values())


def to_json(views: Iterable[QueryView]) -> Json:
    """The user's views as stored."""
    return [{"letter": view.letter, "name": view.name, "query": view.query} for view in views]


def from_json(stored: Json) -> list[QueryView]:
    """The user's views as `to_json` returned them; entries in another format are left out."""
    views = []
    for entry in as_list(stored):
        match entry:
            case {"letter": str(letter), "name": str(name), "query": str(query)} if letter in tuple(LETTERS):
                views.append(QueryView(letter, name, query))
    return views

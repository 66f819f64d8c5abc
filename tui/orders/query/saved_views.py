"""Saved views: named queries, built in or saved by the user."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from tui.api.codec import Json, as_document, as_list

WIDEST: Final = 60
"""The largest width of a column, in cells."""


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view, by its name in `tui.orders.columns`. `width`: in cells; 0 for the usual width."""

    name: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class QueryView:
    """A query with a name, and the letter that opens it after `v`. The query includes the sort order.

    `columns`: those that the list shows, in order; none for the usual columns.
    """

    letter: str
    name: str
    query: str
    columns: tuple[ViewColumn, ...] = ()


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

EVERY: Final = QueryView("0", "all orders", "")
"""The view of all orders. Only its columns and its sort order can be changed."""

_SORT: Final = "sort:"

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
"""The letters that a view may have."""


def without_sort(line: str) -> str:
    """A query without its sort order."""
    return " ".join(word for word in line.split() if not word.startswith(_SORT))


def sort_of(line: str) -> list[str]:
    """The sort orders of a query: `-total`."""
    return [word.removeprefix(_SORT) for word in line.split() if word.startswith(_SORT)]


def with_sort(line: str, sort: str) -> str:
    """A query with another sort order."""
    return f"{without_sort(line)} {_SORT}{sort}".strip()


def views_of(saved: Iterable[QueryView]) -> tuple[QueryView, ...]:
    """All views: the built-in ones, each replaced by the user's view with the same letter, the user's, all orders."""
    by_letter = {view.letter: view for view in (*BUILT_IN, *saved)}
    every = by_letter.pop(EVERY.letter, EVERY)
    return (*by_letter.values(), every)


def to_json(views: Iterable[QueryView]) -> Json:
    """The user's views as stored."""
    return [
        {
            "letter": view.letter,
            "name": view.name,
            "query": view.query,
            "columns": [[column.name, column.width] for column in view.columns],
        }
        for view in views
    ]


def from_json(stored: Json) -> list[QueryView]:
    """The user's views as `to_json` returned them; entries in another format are left out."""
    views = []
    for entry in as_list(stored):
        match entry:
            case {"letter": str(letter), "name": str(name), "query": str(query)} if letter in (*LETTERS, EVERY.letter):
                columns = tuple(_columns(as_document(entry).get("columns")))
                if letter != EVERY.letter:
                    views.append(QueryView(letter, name, query, columns))
                elif not without_sort(query):
                    views.append(replace(EVERY, query=query, columns=columns))
    return views


def _columns(stored: Json) -> Iterator[ViewColumn]:
    for entry in as_list(stored):
        match entry:
            case [str(name), int(width)] if 0 <= width <= WIDEST:
                yield ViewColumn(name, width)

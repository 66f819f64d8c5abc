"""Orders as rows of the triage table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from tui.api.codec import Document
from tui.api.errors import Problem
from tui.api.query import id_number
from tui.orders.columns import COLUMNS, ListedOrder
from tui.orders.display import change_label
from tui.orders.fields import field_at
from tui.orders.formats import time_text
from tui.orders.paths import (
    SHIP_TO,
    SHOP,
    STATUS,
    TOTAL,
)
from tui.orders.query.conditions import Contains, OneOf
from tui.orders.query.highlights import highlights
from tui.orders.summary import (
    item_count,
    money_at,
    order_name,
    ordered_at_text,
    text_at,
    weight_text,
)
from tui.screens.order.preview import state_mark, why_text
from tui.widgets.table import CellText, Column, RenderedRow, StyledCell
from tui.work.cache.local_orders import CachedOrder, OrderWindow
from tui.work.cache.private_marks import PrivateMark
from tui.work.drafts.drafts import Draft
from tui.work.drafts.sender import DraftSendStatus
from tui.work.stored import StoreError
from tui.work.writes.send_state import LABELS, SendState

_SHOP_NAME: Final = 3
"""The width from which a shop is shown by its name instead of its number."""
_UNREADABLE: Final = StyledCell("cannot be read from the cache", "conflict")


@dataclass(frozen=True, slots=True)
class RowStatus:
    """The send state of an order: its mark, the text of the last column, and its style.

    `is_settled`: nothing is left to do about the state, so that the order's errors are shown with it.
    """

    mark: str
    text: str
    tone: str = ""
    is_settled: bool = False


def status_mark(status: DraftSendStatus, draft: Draft | None) -> RowStatus | None:
    """The row's mark and text for a sent order; a verified order with a new draft shows as a draft again."""
    if status.state is SendState.VERIFIED and draft is not None:
        return None
    mark, label, style = LABELS[status.state]
    is_settled = status.state is SendState.VERIFIED and not status.deleted
    return RowStatus(mark, label if is_settled else status.message, style, is_settled)


def draft_status(draft: Draft) -> RowStatus:
    """How the table shows an order with unsent changes."""
    return RowStatus("*", f"draft: {_changed_fields(draft)}", "changed")


def private_status(mark: PrivateMark, zone: tzinfo) -> RowStatus | None:
    """How the table shows an order that the user snoozed, flagged or set to done on this machine."""
    if mark.snoozed_until is not None:
        return RowStatus("z", f"snoozed until {time_text(mark.snoozed_until.astimezone(zone))}", "dim")
    if mark.done_at is not None:
        return RowStatus("x", f"done {time_text(mark.done_at.astimezone(zone))}", "dim")
    return None


def _changed_fields(draft: Draft) -> str:
    """What a draft changes, for its row: the label of the first changed field, and how many more there are."""
    changes = list(draft.edit.changes())
    if not changes:
        return "items moved"
    pointer = draft.edit.to_positions(changes[0].pointer)
    known = field_at(pointer) if pointer is not None else None
    first = known.caption if known is not None else change_label(changes[0])
    return first if len(changes) == 1 else f"{first} +{len(changes) - 1}"


@dataclass(slots=True)
class OrderRows:
    """Provides rows when they are drawn."""

    window: OrderWindow
    shop_numbers: Mapping[int, int]
    now: datetime
    zone: tzinfo | None
    columns: Sequence[Column]
    state_of: Callable[[CachedOrder], RowStatus | None]
    problems_of: Callable[[Document], tuple[Problem, ...]]
    is_finished: Callable[[CachedOrder], bool]
    is_flagged: Callable[[str], bool]
    listed: Callable[[CachedOrder, tuple[Problem, ...]], ListedOrder]
    terms: Sequence[Contains | OneOf]
    """The texts of the query, which are highlighted."""
    news: Mapping[str, str]
    """What is new about orders, by key: new or changed."""
    report: Callable[[StoreError], object]
    """Called when an order cannot be read from the cache; its row says so."""

    def __len__(self) -> int:
        return len(self.window)

    def key_at(self, index: int) -> str:
        try:
            return self.window[index].key
        except StoreError as error:
            self.report(error)
            return f"unreadable {index}"

    def index_of(self, key: str) -> int | None:
        return self.window.index_of(key)

    def row_at(self, index: int) -> RenderedRow:
        try:
            return self._row(index)
        except StoreError as error:
            self.report(error)
            cells = tuple(_UNREADABLE if column.key == "why" else "" for column in self.columns)
            return RenderedRow(f"unreadable {index}", cells, "#", "conflict")

    def _row(self, index: int) -> RenderedRow:
        cached = self.window[index]
        order = cached.document
        is_finished = self.is_finished(cached)
        # The problems of a finished order are no work; they are in the preview.
        problems = () if is_finished else self.problems_of(order)
        state = self.state_of(cached)
        mark, tone = state_mark(problems)
        reason = why_text(problems)
        if state is not None and not (state.is_settled and mark == "!"):
            mark, tone, reason = state.mark, state.tone, state.text
        elif state is not None:
            reason = f"{state.text}; left: {reason}"
        if is_finished and state is None:
            label = cached.label if cached.label and cached.label.is_made else None
            reason = f"has a label: {label.status}" if label else f"finished: {text_at(order, STATUS)}"
            tone = "dim"
        is_flagged = self.is_flagged(cached.key)
        why = StyledCell(": ".join(filter(None, (self.news.get(cached.key), "flagged" * is_flagged, reason))), tone)
        if mark == " " and is_flagged:
            mark, tone = "f", "info"
        listed = self.listed(cached, problems)
        cells = (why if column.key == "why" else self._cell(column, listed) for column in self.columns)
        return RenderedRow(cached.key, tuple(cells), mark, tone)

    def _cell(self, column: Column, listed: ListedOrder) -> CellText:
        order = listed.document
        match column.key:
            case "number":
                text = order_name(order)
            case "shop":
                text = self._shop(order) if column.width < _SHOP_NAME else listed.shop
            case "created":
                text = ordered_at_text(order, self.zone)
            case "due":
                text = f"{listed.due:%a %H:%M}" if listed.due is not None else ""
            case "name":
                text = text_at(order, SHIP_TO / "name") or text_at(order, SHIP_TO / "company_name")
            case "items":
                text = str(item_count(order) or "")
            case "weight":
                text = weight_text(order)
            case "total":
                text = money_at(order, TOTAL)
            case name:
                value = COLUMNS[name].value(listed)
                text = "" if value is None else str(value)
        # The column of the shop's ids is the only one whose name is not that of the field.
        parts = highlights(text, self.terms, "id" if column.key == "order_id" else column.key) if self.terms else ()
        return StyledCell(text, "", parts) if parts else text

    def _shop(self, order: Document) -> str:
        number = id_number(text_at(order, SHOP))
        position = self.shop_numbers.get(number) if number is not None else None
        return str(position) if position is not None and position < 10 else "?"

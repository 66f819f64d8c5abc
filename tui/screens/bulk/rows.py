"""How a bulk change is shown: tabs by state, a row for each order, the details of one order, the review."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.api.codec import Json
from tui.api.wording import count_of
from tui.orders.checks.sending import MAX_ORDERS
from tui.orders.display import display_value
from tui.orders.edits.edit import Change
from tui.orders.fields import field_at, label_of
from tui.orders.paths import TAGS
from tui.orders.value_parser import show_value
from tui.screens.common.table_rows import KeyedRows
from tui.screens.review.screen import ReviewItem, ReviewPlan
from tui.widgets.lines import Piece
from tui.widgets.tab_bar import TabLabel
from tui.widgets.table import Column, RenderedRow, StyledCell
from tui.widgets.text import fit, safe
from tui.work.bulk.job import Job, JobOrder, WriteCost, WriteCosts, write_kind
from tui.work.stored import WriteKind
from tui.work.writes.send_state import LABELS, SendState

ALL = "all"

COLUMNS = (
    Column("order", "order", 10, 1),
    Column("state", "state", 13),
    Column("what", "what changes", 30, 6),
)

_SHOWN_BY_CHANGES = frozenset({SendState.READY, SendState.SENDING, SendState.VERIFIED, SendState.HELD})


@dataclass(slots=True)
class JobRows(KeyedRows[JobOrder]):
    """Provides rows when they are drawn."""

    def row_at(self, index: int) -> RenderedRow:
        order = self.elements[index]
        mark, label, style = LABELS[order.state]
        what = change_words(order.changes)
        if order.message and order.state not in _SHOWN_BY_CHANGES:
            what = order.message
        elif order.message and order.state is SendState.READY:
            what = f"{what}   ~ {order.message}"
        dim = "dim" if order.state in (SendState.HELD, SendState.UNCHANGED) else ""
        return RenderedRow(order.id, (order.name, StyledCell(label, style), StyledCell(what, dim)), mark, style)


def change_words(changes: Sequence[Change]) -> str:
    """`status fulfilled → on_hold; tags +hold`"""
    return "; ".join(
        f"{_caption(change)} {tag_words(change)}"
        if change.pointer == TAGS
        else f"{_caption(change)} {display_value(change.pointer, change.was)} → {display_value(change.pointer, change.now)}"
        for change in changes
    )


def tag_words(change: Change) -> str:
    """`+hold -gift`: the change of an order's tags; other tags stay."""
    was = change.was if isinstance(change.was, list) else []
    now = change.now if isinstance(change.now, list) else []
    gone, come = [tag for tag in was if tag not in now], [tag for tag in now if tag not in was]
    return " ".join([*(f"+{_tag(tag)}" for tag in come), *(f"-{_tag(tag)}" for tag in gone)])


def _tag(tag: Json) -> str:
    return show_value("json" if not isinstance(tag, str) else "text", tag)


def tab_labels(job: Job) -> list[TabLabel]:
    """The tab of all orders, then one for each state that occurs."""
    counts = [TabLabel(state, state.label, str(count)) for state, count in job.counts.items()]
    return [TabLabel(ALL, "all", str(len(job.orders))), *counts]


def detail_lines(order: JobOrder) -> list[list[Piece]]:
    """The details of one order: its result, then each field with its old and new value."""
    lines: list[list[Piece]] = []
    if order.message:
        lines.append([(f" {safe(order.message)}", order.state.style)])
    lines.extend([(" ", ""), *_pieces(change)] for change in order.changes)
    return lines


def cost_words(cost: WriteCost) -> str:
    """`58 writes, 174 reads, 31 s`"""
    seconds = cost.seconds
    time = f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s" if seconds >= 1 else "at once"
    return f"{count_of(cost.writes, 'write')}, {cost.reads} reads, {time}"


def kind_summary(plan: WriteCosts, kind: WriteKind) -> str:
    """Both write kinds with their cost, the chosen one first."""
    names = {WriteKind.PATCH: "PATCH", WriteKind.UPSERT: "upsert"}
    other = WriteKind.UPSERT if kind is WriteKind.PATCH else WriteKind.PATCH
    return f"{names[kind]}: {cost_words(plan.cost(kind))} │ o: {names[other]}: {cost_words(plan.cost(other))}"


def review_of(job: Job, plan: WriteCosts, *, read_only: bool) -> ReviewPlan:
    """Every order as it will be sent: one PATCH each, or full orders in requests of up to 100."""
    patched: list[JobOrder] = []
    whole: list[JobOrder] = []
    for order in job.waiting:
        if order.applied is not None:
            (patched if write_kind(order.applied, job.kind) is WriteKind.PATCH else whole).append(order)
    items = [_patch_item(order) for order in patched]
    items += [_upsert_item(whole[start : start + MAX_ORDERS]) for start in range(0, len(whole), MAX_ORDERS)]
    staying = {state: count for state, count in job.counts.items() if state is not SendState.READY}
    notes = [f"{job.recipe.summary}, on {len(patched) + len(whole)} orders. {cost_words(plan.cost(job.kind))}."]
    if whole:
        notes.append(
            f"{len(whole)} are sent as full orders: all of a request or none; data that the API does not show may be lost."
        )
    if staying:
        notes.append("Not sent: " + ", ".join(f"{count} {state.label}" for state, count in staying.items()) + ".")
    if read_only:
        notes.append("Read-only: this account cannot write.")
    return ReviewPlan(job.name, items, 0 if read_only else len(patched) + len(whole), notes)


def body_of(order: JobOrder, kind: WriteKind) -> Json:
    """The request body for this order, or its part of one."""
    if order.applied is None or not order.changes:
        return None
    by_patch = write_kind(order.applied, kind) is WriteKind.PATCH
    return order.applied.request.body if by_patch else order.applied.upsert.body


def _patch_item(order: JobOrder) -> ReviewItem:
    body = order.applied.request.body if order.applied is not None else None
    return ReviewItem(order.name, _lines(order), f"PATCH /orders/{order.id}", body)


def _upsert_item(orders: Sequence[JobOrder]) -> ReviewItem:
    lines: list[list[Piece]] = []
    bodies: list[Json] = []
    for order in orders:
        lines.append([(f"  {safe(order.name)}", "title")])
        lines.extend(_lines(order))
        if order.applied is not None:
            bodies.append(order.applied.upsert.body)
    return ReviewItem(f"{len(orders)} full orders in one request", lines, "POST /orders", bodies)


def _lines(order: JobOrder) -> list[list[Piece]]:
    lines: list[list[Piece]] = [[("  * ", "changed"), *_pieces(change)] for change in order.changes]
    if order.message:
        lines.append([(f"  ~ {safe(order.message)}", "warning")])
    return lines


def _pieces(change: Change) -> list[Piece]:
    """A line of field, old value and new value."""
    return [
        (fit(label_of(change.pointer), 24) + " ", ""),
        (fit(display_value(change.pointer, change.was), 22) + " ", "dim"),
        (safe(tag_words(change) if change.pointer == TAGS else display_value(change.pointer, change.now)), "changed"),
    ]


def _caption(change: Change) -> str:
    known = field_at(change.pointer)
    return known.caption if known is not None else change.pointer.name

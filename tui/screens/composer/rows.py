"""How staged orders are shown: as rows, as problems in a list, and as requests in the review."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from rich.cells import cell_len

from tui.api.codec import Json
from tui.api.errors import Problem, Severity
from tui.api.pointer import ABSENT, ROOT, Pointer
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.display import display_value, short_problem
from tui.orders.edits.edit import Change
from tui.orders.fields import field_at, label_of
from tui.orders.paths import SHIP_TO, TOTAL
from tui.orders.summary import item_count, money_at, order_name, text_at
from tui.orders.value_parser import SHOWN_ABSENT
from tui.screens.common.table_rows import KeyedRows
from tui.screens.order.form_rows import FormNote
from tui.screens.review.screen import ReviewItem, ReviewPlan
from tui.widgets.form_layout import FieldRow, SheetRow
from tui.widgets.lines import Piece
from tui.widgets.problems import ProblemRow
from tui.widgets.tab_bar import TabLabel
from tui.widgets.table import CellText, Column, RenderedRow, StyledCell
from tui.widgets.text import fit, safe, wrap
from tui.work.batches.lazy_orders import ListedOrders
from tui.work.batches.sender import PlannedOrder, SendPlan
from tui.work.batches.staged_order import Finding, PlannedAction, StagedOrder
from tui.work.batches.staging import Staging
from tui.work.stored import StagedState, StoreError
from tui.work.writes.send_state import SendState

ALL = "all"
TABS: Final[Mapping[str, frozenset[SendState]]] = {
    "refused": frozenset({SendState.REFUSED}),
    "to fix": frozenset({SendState.INVALID}),
    "update": frozenset({SendState.CONFLICT}),
    "ready": frozenset({SendState.READY, SendState.NOT_SENT}),
    "held": frozenset({SendState.HELD}),
    "sent": frozenset({SendState.SENDING, SendState.ACCEPTED}),
    "verified": frozenset({SendState.VERIFIED}),
    "doubt": frozenset({SendState.UNKNOWN, SendState.DIFFERS}),
    "same": frozenset({SendState.UNCHANGED}),
}
"""The tabs of the composer, from number 1, and the states that each lists. The keys are stored."""

COLUMNS = (
    Column("order", "order", 12, 1),
    Column("does", "action", 6),
    Column("country", "cc", 2),
    Column("recipient", "recipient", 12, 1),
    Column("items", "it", 2, 0, "right"),
    Column("total", "total", 9, 0, "right"),
    Column("problem", "problem", 22, 5),
)
_UNREADABLE: Final[tuple[CellText, ...]] = (*[""] * (len(COLUMNS) - 1), StyledCell("cannot be read", "conflict"))
_FEW = 10
"""A review with more orders than this lists those with warnings at the top."""
_LONGEST_CELL = 44
_BAD = frozenset({"refused", "to fix", "doubt"})


@dataclass(slots=True)
class StagedRows(KeyedRows[StagedOrder]):
    """Provides rows when they are drawn."""

    elements: ListedOrders
    staging: Staging
    zone: tzinfo | None
    report: Callable[[StoreError], object]
    """Called when an order cannot be read from disk; its row says so."""

    def key_at(self, index: int) -> str:
        return self.elements.ids[index]

    def row_at(self, index: int) -> RenderedRow:
        try:
            return self._row(self.elements[index])
        except StoreError as error:
            self.report(error)
            return RenderedRow(self.key_at(index), _UNREADABLE, "#", "conflict")

    def _row(self, order: StagedOrder) -> RenderedRow:
        document = order.document
        mark, tone = mark_of(self.staging, order)
        does = order.action
        cells = (
            order_name(document),
            ""
            if order.sent
            else StyledCell(
                does, "conflict" if does is PlannedAction.UPDATE else "" if does is PlannedAction.NEW else "dim"
            ),
            text_at(document, SHIP_TO / "country_code"),
            text_at(document, SHIP_TO / "name") or text_at(document, SHIP_TO / "company_name"),
            str(item_count(document) or ""),
            money_at(document, TOTAL),
            StyledCell(problem_text(self.staging, order, self.zone), tone),
        )
        return RenderedRow(order.id, cells, mark, tone)


def tab_of(state: SendState) -> str:
    """The tab that lists the orders in a state."""
    return next(tab for tab, states in TABS.items() if state in states)


def tab_labels(staging: Staging) -> list[TabLabel]:
    """The tab of all orders, and each other tab with the number of its orders."""
    counts = staging.counts()
    least = "≥ " if staging.unchecked else ""
    labels = [TabLabel(ALL, ALL, str(len(staging.by_id)))]
    for tab, states in TABS.items():
        count = sum(counts[state] for state in states)
        label = "fix" if tab == "to fix" else tab
        labels.append(TabLabel(tab, label, f"{least}{count}" if count else "", bool(count) and tab in _BAD, not count))
    return labels


def mark_of(staging: Staging, order: StagedOrder) -> tuple[str, str]:
    """The mark of an order's row, and its style."""
    state = staging.send_state(order)
    if staging.sender.is_waiting(order.id) and state is not SendState.UNKNOWN:
        state = SendState.SENDING
    if state is SendState.READY:
        found = [finding.problem.severity for finding in staging.findings(order) if not finding.stale]
        if Severity.ERROR in found:
            return "!", "error"
        if found:
            return "~", "warning"
    return state.mark, state.style


def problem_text(staging: Staging, order: StagedOrder, zone: tzinfo | None) -> str:
    """The text of the last column: the first problem, or the progress of the order."""
    when = f"{order.since.astimezone(zone):%H:%M}"
    state, is_waiting = staging.send_state(order), staging.sender.is_waiting(order.id)
    if is_waiting and order.state is not StagedState.SENT and state is not SendState.UNKNOWN:
        return "queued"
    findings = [finding for finding in staging.findings(order) if not finding.stale]
    match state:
        case SendState.ACCEPTED:
            return f"accepted {when}, verifying"
        case SendState.SENDING:
            return "in flight"
        case SendState.VERIFIED:
            return f"verified {when}"
        case SendState.UNCHANGED:
            return "already up to date"
        case SendState.CONFLICT:
            return update_text(order)
        case SendState.HELD:
            return f"held{': ' + _first(findings) if findings else ''}"
        case SendState.UNKNOWN if is_waiting:
            return "response lost, checking"
        case SendState.UNKNOWN:
            return f"response lost; {staging.key('refresh', Context.COMPOSER)} looks it up, resends if missing"
        case SendState.DIFFERS if order.state is StagedState.MISSING:
            return f"accepted but not found; {staging.key('refresh', Context.COMPOSER)} looks it up again"
        case SendState.READY if any(finding.stops for finding in findings):
            return f"sent despite: {_first(findings)}"
        case SendState.READY if order.action is PlannedAction.UNKNOWN:
            return "not looked up yet" if not staging.is_refreshing else "being looked up"
    return _first(findings)


def update_text(order: StagedOrder) -> str:
    """What releasing an update would do; cleared values first (Q2.6)."""
    cleared = [label_of(change.pointer) for change in order.differences if change.now is ABSENT]
    if cleared:
        return f"would clear {', '.join(cleared[:2])}{' …' if len(cleared) > 2 else ''}"
    changed = [label_of(change.pointer) for change in order.differences]
    return f"would change {changed[0]}" if len(changed) == 1 else f"would change {len(changed)} fields"


def _first(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    text = short_problem(findings[0].problem)
    return text if len(findings) == 1 else f"{text} +{len(findings) - 1}"


def location_text(finding: Finding) -> str:
    """The place of a finding in the words of the form; the raw pointer if the schema does not know it."""
    problem = finding.problem
    known = field_at(problem.pointer)
    if problem.pointer == ROOT or known is None:
        return problem.raw_pointer or label_of(problem.pointer)
    label = label_of(problem.pointer)
    return label if "," in label or label.startswith(str(known.group)) else f"{known.group}, {label}"


def cell_text(order: StagedOrder, finding: Finding) -> str:
    """The place of the value in its file. A long column name is cut."""
    cell = order.place(finding.problem.pointer)
    return fit(cell, min(_LONGEST_CELL, cell_len(safe(cell))))


def notes_of(staging: Staging, order: StagedOrder, zone: tzinfo | None) -> list[FormNote]:
    """The problems of an order as its form shows them."""
    notes = []
    for finding in staging.findings(order):
        proposal = None if finding.stale else staging.proposed_fix(order, finding)
        when = f"{finding.at.astimezone(zone):%H:%M}" if finding.at is not None else ""
        fix = proposal.text if proposal else ""
        notes.append(FormNote(finding.problem, when, finding.stale, fix, cell_text(order, finding)))
    return notes


def as_composed(order: StagedOrder, rows: Sequence[SheetRow]) -> list[SheetRow]:
    """The form rows of a new order, without change marks on fields that were absent before."""
    if order.fixed:
        return list(rows)
    return [
        replace(row, was=None, mark="" if row.mark == "*" else row.mark)
        if isinstance(row, FieldRow) and row.was == SHOWN_ABSENT
        else row
        for row in rows
    ]


def problem_rows(staging: Staging, orders: Sequence[StagedOrder], zone: tzinfo | None) -> list[ProblemRow]:
    """Every problem: those of the whole request, then those that prevent sending, then warnings."""
    rows = [
        ProblemRow("", problem.pointer, _named(problem), problem.detail, "S", "service")
        for notice in staging.notices
        for problem in notice.problems
    ]
    doubtful: list[ProblemRow] = []
    for order in orders:
        if order.sent and order.state is not StagedState.DIFFERS:
            continue
        name = order_name(order.document)
        for finding, note in zip(staging.findings(order), notes_of(staging, order, zone), strict=True):
            fix = f"   m: {note.fix}" if note.fix else ""
            mark, tone = _mark_of_note(note)
            text = f"{_note_text(note)}{fix}"
            row = ProblemRow(order.id, note.problem.pointer, location_text(finding), text, mark, tone, name)
            (rows if finding.stops else doubtful).append(row)
    return [*rows, *doubtful]


def _note_text(note: FormNote) -> str:
    """The text of a problem in the lists, with the time of the service's response."""
    when = f"{note.when} service: " if note.when else ""
    return f"{when}{note.problem.detail}{' (changed since)' if note.stale else ''}"


def _mark_of_note(note: FormNote) -> tuple[str, str]:
    """The mark of a problem in the lists, and its style."""
    if note.stale:
        return " ", "dim"
    return note.mark, {"S": "service", "!": "error"}.get(note.mark, "warning")


def _named(problem: Problem) -> str:
    """What a problem of the whole request is about, as the service spells it; `/data` is the whole body."""
    named = (("parameter", problem.parameter), ("header", problem.header))
    names = [(problem.raw_pointer or "").removesuffix("/data"), *(f"{kind} {name}" for kind, name in named if name)]
    return ", ".join(filter(None, names)) or "the request"


def finding_lines(
    staging: Staging, order: StagedOrder, zone: tzinfo | None, width: int, here: Pointer | None = None
) -> Iterator[list[Piece]]:
    """The problems of one order with their values, for the pane below the list; those at `here` first."""
    notes = notes_of(staging, order, zone)
    if here is not None:
        notes.sort(key=lambda note: not (note.problem.pointer.tokens and here.startswith(note.problem.pointer)))
    for note in notes:
        problem = note.problem
        known = field_at(problem.pointer)
        shown = display_value(problem.pointer, problem.pointer.get(order.document))
        if problem.pointer == ROOT or (known is not None and known.has_members):
            shown = ""
        mark, tone = _mark_of_note(note)
        text = safe(_note_text(note))
        head: list[Piece] = [
            (f" {mark} ", tone),
            (fit(location_text(Finding(problem)), 24) + " ", "dim" if note.stale else ""),
        ]
        cell: Piece = (note.cell, "dim")
        if cell_len(text) <= width - 46:
            yield [*head, (fit(shown, 16) + "  ", "dim"), (text, tone)]
            under = [cell] if note.cell else []
        else:
            room = width - 29 - (cell_len(note.cell) + 3 if note.cell else 0)
            yield [*head, (fit(shown, min(room, cell_len(safe(shown)))) + "   ", "dim"), cell]
            yield from ([("      ", ""), (part, tone)] for part in wrap(text, width - 8))
            under = []
        if note.fix:
            under = [*((f"{text}   ", tone) for text, tone in under), (f"m: {safe(note.fix)}", "info")]
        if under:
            yield [(" " * 6, ""), *under]


def change_lines(changes: Sequence[Change]) -> Iterator[list[Piece]]:
    """The lines of an update's changes, cleared values first."""
    for change in sorted(changes, key=lambda change: change.now is not ABSENT):
        mark, tone = ("-", "error") if change.now is ABSENT else ("*", "changed")
        now = "is cleared" if change.now is ABSENT else safe(display_value(change.pointer, change.now))
        yield [
            (f"    {mark} ", tone),
            (fit(label_of(change.pointer), 24) + " ", ""),
            (fit(display_value(change.pointer, change.was), 20) + " ", "dim"),
            (now, tone),
        ]


def review_plan(
    staging: Staging, plan: SendPlan, *, read_only: bool, notes: Sequence[str], continue_after_refusal: bool = False
) -> ReviewPlan:
    """The requests as they would be sent, then the orders not sent and why."""
    items = []
    for number, request in enumerate(plan.requests, 1):
        count = count_of(len(request), "order")
        heading = f"request {number} of {len(plan.requests)}: {count}{', all or none are accepted' if len(request) > 1 else ''}"
        lines = [line for planned in request for line in _request_lines(staging, planned)]
        body: Json = [planned.document for planned in request]
        items.append(ReviewItem(heading, lines, "POST /orders", body))
    if plan.skipped:
        lines = []
        for id, reason in plan.skipped:
            order = staging.get(id)
            name = order_name(order.document) if order is not None else id
            lines.append([(f"  {fit(name, 16)} ", "dim"), (safe(reason), "dim")])
        items.append(ReviewItem(f"{len(plan.skipped)} not sent", lines))
    all_notes = list(notes)
    doubtful = [
        order_name(order.document)
        for request in plan.requests
        for planned in request
        if (order := staging.get(planned.id)) is not None and any(not found.stale for found in staging.findings(order))
    ]
    if doubtful and plan.count > _FEW:
        more = f" and {len(doubtful) - 3} more" if len(doubtful) > 3 else ""
        all_notes.append(
            f"{count_of(len(doubtful), 'order')} with warnings, shown below: {', '.join(doubtful[:3])}{more}."
        )
    if read_only:
        all_notes.insert(0, "Read-only: this account cannot write.")
    requests = count_of(len(plan.requests), "request")
    several = any(len(request) > 1 for request in plan.requests)
    return ReviewPlan(
        requests, items, 0 if read_only else plan.count, all_notes, continue_after_refusal if several else None
    )


def _request_lines(staging: Staging, planned: PlannedOrder) -> Iterator[list[Piece]]:
    document = planned.document
    facts = (text_at(document, SHIP_TO / "country_code"), text_at(document, SHIP_TO / "name"))
    items = item_count(document) or 0
    address = " ".join(filter(None, facts)) or "no address"
    yield [
        (f"  {fit(planned.action, 6)} ", "conflict" if planned.action is PlannedAction.UPDATE else "good"),
        (fit(order_name(document), 16) + " ", ""),
        (fit(address, 24) + " ", ""),
        (f"{count_of(items, 'item')}  {safe(money_at(document, TOTAL))}", "dim"),
    ]
    order = staging.get(planned.id)
    if order is None:
        return
    if planned.action is PlannedAction.UPDATE:
        yield from change_lines(order.differences)
    for finding in staging.findings(order):
        if finding.stale:
            continue
        is_error = finding.problem.severity is Severity.ERROR
        text = f"{location_text(finding)}: {finding.problem.detail}"
        mark = "despite" if finding.stops else "!" if is_error else "~"
        yield [(f"    {mark} {safe(text)}", "error" if is_error else "warning")]

"""The history of the open batch: its requests, the result of each order, and export."""

from collections.abc import Iterator

from textual.app import ComposeResult

from tui.api.codec import Json, encode
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.fields import label_of
from tui.screens.common.commands import handles
from tui.screens.common.exporting import ask_export_path, report_export
from tui.screens.common.routes import Back, ShowLines, ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.input_line import InputLine
from tui.widgets.lines import Piece
from tui.widgets.pager import TextLine
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell
from tui.widgets.text import fit, safe
from tui.work.journal.batch_history import HistoryRequest, export_history, sent_documents
from tui.work.writes.send_state import SendState

_COLUMNS = (
    Column("at", "sent", 16),
    Column("orders", "orders", 6, 0, "right"),
    Column("words", "outcome", 20, 1),
    Column("counts", "orders by outcome", 26, 3),
)
_WORST = (SendState.UNKNOWN, SendState.REFUSED, SendState.DIFFERS)
"""A request gets the mark of the first of these states that one of its orders has."""


class HistoryScreen(BaseScreen[None]):
    """Lists the newest request first; Enter shows its orders."""

    WHERE = Context.HISTORY

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.table = OrderTable(_COLUMNS, empty="Nothing in this batch has been sent yet.")
        self.line = InputLine("export to (.jsonl or .csv): ", hides=True)
        self._requests: dict[str, HistoryRequest] = {}

    def compose(self) -> ComposeResult:
        return self.framed(self.table, self.line)

    @property
    def request(self) -> HistoryRequest | None:
        """The request under the cursor."""
        return self._requests.get(self.table.cursor_key or "")

    @handles("refresh")
    def show_all(self, key: str = "") -> None:
        zone = self.workspace.account.zone
        staging = self.workspace.staging
        self._requests = {str(request.id): request for request in staging.history()}
        rows = []
        for key, request in self._requests.items():
            states = {order.state: order.shown for order in request.orders}
            shown = next((states[state] for state in _WORST if state in states), None)
            mark, _, tone = shown or next(iter(states.values()), (" ", "", ""))
            cells = (
                f"{request.at.astimezone(zone):%Y-%m-%d %H:%M}",
                str(len(request.orders)),
                StyledCell(f"{request.description}{f', {request.status}' if request.status else ''}", tone),
                ", ".join(f"{count} {outcome}" for outcome, count in request.counts.items()),
            )
            rows.append(RenderedRow(key, cells, mark, tone))
        self.table.load(rows)
        self.title_line.set(f"{self.workspace.profile} · history", f"{staging.name} · {count_of(len(rows), 'request')}")
        self.show_status()

    def status_items(self) -> list[str]:
        requests = self._requests.values()
        written = {order.staged for request in requests for order in request.orders if order.was_written}
        return [
            f"{count_of(len(written), 'order')} written",
            f"{self.key('open')} shows the orders",
            f"{self.key('long_text')} shows what was sent",
        ]

    @handles("open")
    def open(self, key: str) -> None:
        request = self.request
        if request is not None:
            at = f"{request.at.astimezone(self.workspace.account.zone):%Y-%m-%d %H:%M:%S}"
            self.workspace.go(ShowLines(f"Sent {at} by {request.by}: {request.description}", list(_lines(request))))

    @handles("view")
    def back(self, key: str) -> None:
        self.workspace.go(Back())

    @handles("long_text")
    def show_sent(self, key: str) -> None:
        request = self.request
        if request is None:
            return
        sent: Json = [*sent_documents(self.workspace.account.store, request)]
        self.workspace.go(ShowText("POST /orders, as it was sent", encode(sent, indent=2).decode()))

    @handles("export")
    async def export(self, key: str) -> None:
        requests = list(self._requests.values())
        if not requests:
            self.show_notice("There is nothing to export.")
        else:
            path = await ask_export_path(self, self.line, "batch")
            if path is not None:
                exporting = export_history(self.workspace.account.store, requests, path)
                await report_export(self, exporting, "sent order", path)


def _lines(request: HistoryRequest) -> Iterator[TextLine]:
    """The lines of a request: each order, those with problems first."""
    for problem in request.problems:
        yield [(f" S whole request: {safe(problem.detail)}", "service")]
    for order in sorted(request.orders, key=lambda order: not order.problems):
        mark, label, tone = order.shown
        head: list[Piece] = [
            (f" {mark} {fit(order.name, 18)} ", tone),
            (fit(f"version {order.version}", 12), "dim"),
            (fit(label, 14), tone),
            (safe(f"#{order.remote_id}" if order.remote_id else ""), "dim"),
        ]
        yield head
        for problem in order.problems:
            yield [(f"     {safe(label_of(problem.pointer))}: {safe(problem.detail)}", "service")]

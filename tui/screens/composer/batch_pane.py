"""The batch as a list: its orders, or their problems."""

from datetime import tzinfo

from textual.app import ComposeResult
from textual.containers import Container

from tui.screens.composer.rows import COLUMNS, StagedRows, problem_rows
from tui.screens.composer.state import ComposerState, ViewMode
from tui.widgets.problems import ProblemList, ProblemRow
from tui.widgets.table import OrderTable
from tui.work.batches.staging import Staging

EMPTY = """Nothing is staged. Ways in:
a b  a blank order of a shop       a s  keeps one as a template for a t
a f  a file: JSON, CSV, xlsx ...   paste: JSON, cells of a spreadsheet
In the list of orders: a stages a copy of the order, ; a of all marked.
From elsewhere: ssh host sendcloud-orders submit - < file"""


class BatchPane(Container):
    """The list of orders and the list of problems, of which one is shown. The first one holds the marks."""

    DEFAULT_CSS = """
    BatchPane { height: 1fr; }
    """

    def __init__(self, state: ComposerState, staging: Staging) -> None:
        super().__init__()
        self._state = state
        self._staging = staging
        self.table = OrderTable(COLUMNS, empty=EMPTY, id="orders")
        self.problems = ProblemList(empty="No problems here; v goes on to the table.", id="problems")

    def compose(self) -> ComposeResult:
        return (self.table, self.problems)

    def show(self, zone: tzinfo) -> None:
        """Load the rows. Marks of orders that are not in the batch any more are dropped."""
        if self.table.marks:
            self.table.set_marks(self.table.marks & {order.id for order in self._staging.orders})
        state = self._state
        self.table.load(StagedRows(state.shown, self._staging, zone))
        if state.chosen is not None and self._staging.get(state.chosen) is not None:
            self.table.go_to_key(state.chosen)
        state.chosen = self.table.cursor_key
        if state.mode is ViewMode.PROBLEMS:
            self.problems.load(problem_rows(self._staging, state.shown, zone))
            self.follow_problem()

    def follow_problem(self) -> ProblemRow | None:
        """Choose the order of the problem under the cursor. Returns the problem if it is of an order."""
        row = self.problems.cursor_row
        if self._state.in_form or self._state.mode is not ViewMode.PROBLEMS or row is None or not row.order:
            return None
        self._state.chosen = row.order
        self.table.go_to_key(row.order)
        return row

    def go_to_first_error(self, id: str | None) -> None:
        """Go to the first error of an order in the list of problems, which has its warnings further down."""
        first = next((row for row in self.problems.rows if row.order == id and row.mark != "~"), None)
        if first is not None:
            self.problems.go_to(first.order, first.pointer)

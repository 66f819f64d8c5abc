"""The recheck of a day's changes: which values are still as written. The others can be drafted again."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from textual import on
from textual.app import ComposeResult

from tui.keymap import Context
from tui.orders.display import display_value
from tui.orders.fields import label_of
from tui.orders.formats import day_text
from tui.screens.common.commands import handles
from tui.screens.common.routes import EditOrder
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.review.drafts import review_drafts
from tui.widgets.lines import Piece
from tui.widgets.pager import Pager
from tui.widgets.status import RuleLine
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell
from tui.work.drafts.drafts import Draft
from tui.work.journal.recheck import RecheckedChange, RecheckResult, entries_of_day, recheck, updated
from tui.work.writes.send_state import SendState

_COLUMNS = (
    Column("order", "order", 10, 1),
    Column("field", "field", 16, 2),
    Column("was", "was", 10, 2),
    Column("wanted", "verified", 10, 2),
    Column("there", "now", 10, 2),
    Column("verdict", "", 13),
)
_MARKS = {
    RecheckResult.REVERTED: ("!", "error"),
    RecheckResult.CHANGED: ("~", "warning"),
    RecheckResult.GONE: ("#", "conflict"),
    RecheckResult.UNREAD: ("#", "conflict"),
    RecheckResult.UNCHANGED: ("=", "good"),
}


class RecheckScreen(BaseScreen[None]):
    """One row for each value; values that changed since come first."""

    WHERE = Context.RECHECK
    KEYS = (
        ("next_problem", "next reverted"),
        ("open", "edit form"),
        ("fix", "draft it again"),
        ("review", "review"),
        ("refresh", "read again"),
        ("undo", "undo"),
        ("keys", "keys"),
    )
    CSS = """
    RecheckScreen OrderTable { height: 1fr; }
    #check { height: 4; }
    """

    def __init__(self, workspace: Workspace, day: date, checks: Sequence[RecheckedChange]) -> None:
        super().__init__(workspace)
        self._day = day
        self._checks = list(checks)
        self.table = OrderTable(_COLUMNS, empty="Nothing to recheck.", id="checks")
        self._rule = RuleLine(id="check-rule")
        self._pane = Pager(id="check")

    def compose(self) -> ComposeResult:
        return self.framed(self.table, self._rule, self._pane)

    def status_items(self) -> Sequence[str | Piece]:
        counts = Counter(check.result for check in self._checks)
        facts: list[str | Piece] = [
            (f"{counts[verdict]} {verdict}", _MARKS[verdict][1]) for verdict in RecheckResult if counts[verdict]
        ]
        return facts or ["nothing was changed"]

    def show_all(self) -> None:
        drafts = self.workspace.account.drafts
        bad = sum(check.result is not RecheckResult.UNCHANGED for check in self._checks)
        drafted = len(drafts.all())
        left = f"{self.workspace.profile} · RECHECK · changes of {day_text(self._day)}"
        self.title_line.set(left, f"drafted {drafted}" if drafted else f"{bad} changed since")
        rows = []
        for index, check in enumerate(self._checks):
            mark, tone = _MARKS[check.result]
            if self._is_drafted(check):
                mark, tone = "*", "changed"
            values = [display_value(check.pointer, value) for value in (check.was, check.wanted, check.there)]
            about = [label_of(check.pointer), *values] if check.pointer.tokens else [check.message, "", "", ""]
            verdict = StyledCell("drafted again" if mark == "*" else check.result, tone)
            rows.append(RenderedRow(str(index), (check.named.name, *about, verdict), mark, tone))
        self.table.load(rows)
        self._show_check()
        self.show_status()

    @on(OrderTable.CursorMoved)
    def _show_check(self) -> None:
        """Show the values of the row in full."""
        check, rule, pane = self.check, self._rule, self._pane
        if check is None:
            rule.set()
            pane.set_lines([])
            return
        when = check.at.astimezone(self.workspace.account.zone)
        if not check.pointer.tokens:
            rule.set(check.named.name, check.result)
            pane.set_lines([check.message, f"written {when:%H:%M:%S}"])
        else:
            rule.set(f"{check.named.name} · {label_of(check.pointer)}", check.result)
            values = (("was", check.was), (f"verified {when:%H:%M}", check.wanted), ("now", check.there))
            pane.set_lines([f"{label:<15} {display_value(check.pointer, value)}" for label, value in values])

    def _is_drafted(self, check: RecheckedChange) -> bool:
        draft = self.workspace.account.drafts.get(check.order_id)
        return (
            draft is not None
            and check.result is not RecheckResult.UNCHANGED
            and draft.edit.value(check.pointer) == check.wanted
        )

    @property
    def check(self) -> RecheckedChange | None:
        cursor = self.table.cursor
        return self._checks[cursor] if cursor < len(self._checks) else None

    @property
    def order_here(self) -> str | None:
        return check.order_id or None if (check := self.check) is not None else None

    def order_changed(self, order_id: str) -> None:
        status = self.workspace.account.draft_sender.status(order_id)
        if status is not None and status.state is SendState.VERIFIED and status.document is not None:
            self._checks = [
                updated(check, status.document) if check.order_id == order_id and check.pointer.tokens else check
                for check in self._checks
            ]
        if self.is_attached:
            if status is not None and status.state is not SendState.SENDING:
                self.show_notice("")
            self.show_all()

    @handles("open")
    def open(self, key: str) -> None:
        check = self.check
        if check is None or check.result is RecheckResult.GONE or not check.order_id.isdecimal():
            self.show_notice("There is no order to open here.")
        else:
            self.workspace.go(EditOrder(check.order_id))

    @handles(next_problem=1, previous_problem=-1)
    def step_problem(self, by: int) -> None:
        index = self.table.cursor + by
        while 0 <= index < len(self._checks):
            if self._checks[index].result is not RecheckResult.UNCHANGED:
                self.table.go(index)
                return
            index += by
        self.show_notice(f"No {'further' if by > 0 else 'earlier'} change that was reverted.")

    @handles("fix")
    def fix(self, key: str) -> None:
        """Draft the verified value again, based on the current order."""
        check, account = self.check, self.workspace.account
        if check is None or check.document is None or not check.pointer.tokens:
            self.show_notice("There is no value to draft.")
            return
        if check.result is RecheckResult.UNCHANGED:
            self.show_notice("It still has the verified value.")
            return
        draft = account.drafts.of(check.order_id, check.document, self.workspace.now())
        if not draft.edit.put_all([(check.pointer, check.wanted)], f"{label_of(check.pointer)} again"):
            self.show_notice("Already drafted.")
            return
        account.draft_sender.forget(check.order_id)
        self._save(draft)
        self.show_notice(
            f"Drafted again: {label_of(check.pointer)} of {check.named.name}. {self.key('undo')} undoes it, "
            f"{self.key('review')} reviews."
        )

    @handles("undo")
    def undo(self, key: str) -> None:
        check = self.check
        draft = self.workspace.account.drafts.get(check.order_id) if check is not None else None
        name = draft.edit.undo() if draft is not None else None
        if draft is None or name is None:
            self.show_notice("Nothing to undo on this order.")
        else:
            self._save(draft)
            self.show_notice(f"Undone: {name}.")

    def _save(self, draft: Draft) -> None:
        self.workspace.account.drafts.save(draft)
        self.workspace.order_changed(draft.order_id)
        self.show_all()

    @handles("review")
    def review(self, key: str) -> None:
        review_drafts(self, self.workspace.account.drafts.all())

    @handles("refresh")
    def read_again(self, key: str) -> None:
        self.show_notice("Refreshing the orders …")
        self.run_worker(self._read(), name="read changes again", group="read", exclusive=True)

    async def _read(self) -> None:
        account = self.workspace.account
        entries = entries_of_day(account.store, account.account_id, account.client.base_url, self._day, account.zone)
        self._checks = await recheck(account.client, entries)
        self.show_all()
        self.show_notice("Refreshed.")

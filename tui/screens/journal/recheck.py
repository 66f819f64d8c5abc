"""Today's changes, read again: what still stands, and what was taken back; the way to draft it once more."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from textual import on
from textual.app import ComposeResult

from tui.api.pointer import ABSENT
from tui.keymap import Context
from tui.orders.display import display_value
from tui.orders.fields import label_of
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import keys_of
from tui.screens.common.routes import EditOrder
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.review.drafts import review_drafts
from tui.widgets.dialogs import QuestionBar
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell
from tui.work.journal.recheck import RecheckedChange, RecheckResult, entries_of_day, recheck, updated
from tui.work.writes.send_state import SendState

_COLUMNS = (
    Column("order", "order", 10, 1),
    Column("field", "field", 16, 2),
    Column("was", "was", 10, 2),
    Column("wanted", "verified", 10, 2),
    Column("there", "there now", 10, 2),
    Column("verdict", "", 13),
)
_MARKS = {
    RecheckResult.TAKEN_BACK: ("!", "error"),
    RecheckResult.CHANGED: ("~", "warning"),
    RecheckResult.GONE: ("#", "conflict"),
    RecheckResult.UNREAD: ("#", "conflict"),
    RecheckResult.STANDS: ("=", "good"),
}


_KEYS = (
    ("next_problem", "next taken back"),
    ("open", "its form"),
    ("fix", "draft it again"),
    ("review", "review"),
    ("refresh", "read again"),
    ("undo", "undo"),
    ("keys", "keys"),
)


class RecheckScreen(BaseScreen[None]):
    """One row a value; the bad news first."""

    WHERE = Context.RECHECK
    CSS = """
    RecheckScreen OrderTable { height: 1fr; }
    #check { height: 4; }
    """

    def __init__(self, workspace: Workspace, day: date, checks: Sequence[RecheckedChange]) -> None:
        super().__init__(workspace)
        self._day = day
        self._checks = list(checks)

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield OrderTable(_COLUMNS, empty="Nothing to read again.", id="checks")
        yield RuleLine(id="check-rule")
        yield Pager(id="check")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def table(self) -> OrderTable:
        return self.query_one("#checks", OrderTable)

    @property
    def list_view(self) -> LineView:
        return self.table

    def on_mount(self) -> None:
        super().on_mount()
        self._show()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._show()

    def show_keys(self) -> None:
        self.query_one(KeyLine).set(keys_of(self.WHERE, _KEYS))

    def status_items(self) -> Sequence[str | Piece]:
        counts = Counter(check.result for check in self._checks)
        facts: list[str | Piece] = [
            (f"{counts[verdict]} {verdict}", _MARKS[verdict][1]) for verdict in RecheckResult if counts[verdict]
        ]
        return facts or ["nothing was changed"]

    def _show(self) -> None:
        drafts = self.workspace.account.drafts
        bad = sum(check.result is not RecheckResult.STANDS for check in self._checks)
        drafted = len(drafts.all())
        left = f"{self.workspace.profile} · changes of {self._day:%a %d %b}, read again"
        self.query_one(TitleLine).set(left, f"drafted {drafted}" if drafted else f"{bad} not as they were left")
        rows = []
        for place, check in enumerate(self._checks):
            mark, tone = _MARKS[check.result]
            if self._is_drafted(check):
                mark, tone = "*", "changed"
            values = [display_value(check.pointer, value) for value in (check.was, check.wanted, check.there)]
            label = label_of(check.pointer) if check.pointer.tokens else check.message
            if not check.pointer.tokens:
                values = ["", "", ""]
            verdict = "drafted again" if mark == "*" else check.result
            rows.append(
                RenderedRow(str(place), (check.named.name, label, *values, StyledCell(verdict, tone)), mark, tone)
            )
        self.table.load(rows)
        self._show_check()
        self.show_status()

    def _show_check(self) -> None:
        """The values of the row whole."""
        check = self.check
        rule, pane = self.query_one("#check-rule", RuleLine), self.query_one("#check", Pager)
        if check is None:
            rule.set()
            pane.set_lines([])
            return
        when = check.at.astimezone(self.workspace.account.zone)
        if not check.pointer.tokens:
            rule.set(check.named.name, check.result)
            pane.set_lines([check.message, f"written {when:%H:%M:%S}"])
            return
        rule.set(f"{check.named.name} · {label_of(check.pointer)}", check.result)
        values = (("was", check.was), (f"verified {when:%H:%M}", check.wanted), ("there now", check.there))
        pane.set_lines([f"{words:<15} {display_value(check.pointer, value)}" for words, value in values])

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self._show_check()

    def _is_drafted(self, check: RecheckedChange) -> bool:
        draft = self.workspace.account.drafts.get(check.order_id)
        return (
            draft is not None
            and check.result is not RecheckResult.STANDS
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
                self.clear_notice()
            self._show()

    @handles("open")
    def open(self, key: str) -> None:
        check = self.check
        if check is None or check.result is RecheckResult.GONE or not check.order_id.isdecimal():
            self.show_notice("There is no order to open here.")
            return
        self.workspace.go(EditOrder(check.order_id))

    @on(OrderTable.Activated)
    def _activated(self) -> None:
        self.open("enter")

    @handles("next_problem")
    def next_problem(self, key: str) -> None:
        self._step(1)

    @handles("previous_problem")
    def previous_problem(self, key: str) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        place = self.table.cursor + by
        while 0 <= place < len(self._checks):
            if self._checks[place].result is not RecheckResult.STANDS:
                self.table.go(place)
                return
            place += by
        self.show_notice(f"No {'further' if by > 0 else 'earlier'} change that does not stand.")

    @handles("fix")
    def fix(self, key: str) -> None:
        """Draft the verified value again, on the order as it is now."""
        check, account = self.check, self.workspace.account
        if check is None or check.document is None or not check.pointer.tokens:
            self.show_notice("There is no value to draft here.")
            return
        if check.result is RecheckResult.STANDS:
            self.show_notice("It still has the verified value.")
            return
        draft = account.drafts.of(check.order_id, check.document, self.workspace.now())
        name = f"{label_of(check.pointer)}, once more"
        wanted = check.wanted
        done = draft.edit.drop(check.pointer, name) if wanted is ABSENT else draft.edit.put(check.pointer, wanted, name)
        if not done:
            self.show_notice("It is drafted already.")
            return
        account.draft_sender.forget(check.order_id)
        account.drafts.save(draft)
        self.workspace.order_changed(check.order_id)
        self._show()
        self.show_notice(f"Drafted again: {label_of(check.pointer)} of {check.named.name}. u takes it back, w reviews.")

    @handles("undo")
    def undo(self, key: str) -> None:
        check, account = self.check, self.workspace.account
        draft = account.drafts.get(check.order_id) if check is not None else None
        name = draft.edit.undo() if draft is not None else None
        if draft is None or name is None:
            self.show_notice("Nothing to undo on this order.")
            return
        account.drafts.save(draft)
        self.workspace.order_changed(draft.order_id)
        self._show()
        self.show_notice(f"Undone: {name}.")

    @handles("review")
    def review(self, key: str) -> None:
        review_drafts(self, self.workspace.account.drafts.all())

    @handles("refresh")
    def read_again(self, key: str) -> None:
        self.show_notice("Reading the orders again …")
        self.run_worker(self._read(), name="read changes again", group="read", exclusive=True)

    async def _read(self) -> None:
        account = self.workspace.account
        entries = entries_of_day(account.store, account.account_id, account.client.base_url, self._day, account.zone)
        self._checks = await recheck(account.client, entries)
        self._show()
        self.show_notice("Read again.")

"""The journal: every write with its change and outcome, sorted by time, order or outcome; undo."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import decode, encode
from tui.api.wording import count_of
from tui.keymap import Context
from tui.screens.common.commands import handles
from tui.screens.common.general_commands import TabCommands
from tui.screens.common.routes import Back, OpenJournal, Page
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import remember_place
from tui.screens.journal.commands import WriteCommands
from tui.screens.journal.entry_lines import CLOCK_BACK, entry_lines, many_lines, preview_lines
from tui.screens.journal.rows import WriteList, columns, key_of_place
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager, TextLine
from tui.widgets.status import RuleLine
from tui.widgets.tab_bar import TabBar, TabLabel
from tui.widgets.table import OrderTable
from tui.widgets.text import safe
from tui.work.journal.entries import description, entry_line
from tui.work.stored import JournalRow, JournalSort
from tui.work.writes.send_state import SendState

_ALL = "all"
_GROUP_LABELS = {"going": "in flight"}
_WIDE = 120
_LONGEST_NUMBER = 64


class JournalScreen(BaseScreen[None]):
    """`order_id`: start at the newest write of this order."""

    WHERE = Context.JOURNAL
    KEYS = (
        ("open", "open"),
        ("undo", "undo"),
        ("review", "review"),
        ("next_problem", "next !"),
        ("filter", "filter"),
        ("sort", "sort"),
        ("recheck", "recheck"),
        ("export", "export"),
        ("keys", "keys"),
    )
    GROUPS = (TabCommands, WriteCommands)
    CSS = """
    #journal { height: 1fr; layout: vertical; }
    #journal OrderTable { height: 1fr; }
    #journal #entry-side { height: 8; layout: vertical; }
    #journal #entry { height: 1fr; }
    #journal.-wide { layout: horizontal; }
    #journal.-wide #entry-side { width: 40%; height: 1fr; }
    #journal.-whole OrderTable { display: none; }
    #journal.-whole #entry-side { width: 1fr; height: 1fr; }
    """

    def __init__(self, workspace: Workspace, order_id: str | None = None) -> None:
        super().__init__(workspace)
        self.tab_bar = TabBar()
        self.table = OrderTable(columns(False, False), empty="No writes yet.", id="writes")
        self.pane = Pager(id="entry")
        self._rule = RuleLine(id="entry-rule")
        self._filter_line = FilterLine()
        self._line = InputLine("export to: ", hides=True)
        self._writes = WriteList(workspace, self.table)
        self.groups = (
            TabCommands(self, self.tab_bar, "There is no group {}."),
            WriteCommands(self, self._writes, self._line),
        )
        self._wanted_order = order_id
        self._as_json = False

    def compose(self) -> ComposeResult:
        body = Container(self.table, Container(self._rule, self.pane, id="entry-side"), id="journal")
        return self.framed(self.tab_bar, self._filter_line, body, self._line)

    def on_mount(self) -> None:
        self.show_all()
        self._go_to_order(self._wanted_order)

    def on_screen_resume(self) -> None:
        remember_place(self, OpenJournal())

    def on_resize(self) -> None:
        is_wide = self.size.width >= _WIDE
        if is_wide != self._writes.is_wide:
            self._writes.is_wide = is_wide
            self.query_one("#journal").set_class(is_wide, "-wide")
            self.show_all()
        # The lines depend on the width of the pane, which is known after the layout.
        self.call_after_refresh(lambda: self._show_entry(keep_position=True))

    @property
    def is_whole(self) -> bool:
        """Whether the entry uses the whole screen."""
        return self.query_one("#journal").has_class("-whole")

    @property
    def list_view(self) -> LineView:
        return self.pane if self.is_whole or self.pane.has_focus else self.table

    @property
    def brief(self) -> JournalRow | None:
        """The write under the cursor."""
        return self._writes.brief

    @property
    def order_here(self) -> str | None:
        return self._writes.order_id

    # What is shown.

    def show_all(self) -> None:
        """Update the list. Cursor and scroll position stay with their write."""
        if not self.is_attached:
            return
        writes, account = self._writes, self.workspace.account
        writes.count()
        labels = [TabLabel(_ALL, "all", str(writes.total or ""))]
        labels += [
            TabLabel(
                group,
                _GROUP_LABELS.get(group, group),
                str(count or ""),
                failing=group == "unknown" and count > 0,
                empty=not count,
            )
            for group, count in writes.groups.items()
        ]
        self.tab_bar.set_labels(labels, self.tab_bar.current or _ALL)
        current = self.tab_bar.current
        writes.group = None if current in (None, _ALL) else current
        writes.read()
        shown = count_of(writes.total, "write")
        if writes.is_narrowed:
            shown = f"{len(writes.rows or ())} of {shown}"
        self._filter_line.set(writes.words, f"by {writes.sorting} │ {shown}")
        drafted = len(account.drafts.all())
        self.title_line.set(f"{self.workspace.heading} · JOURNAL", f"drafted {drafted}" if drafted else "")
        self._show_entry(keep_position=True)
        self.show_status()

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self._show_entry()

    def _show_entry(self, *, keep_position: bool = False) -> None:
        brief = self.brief
        if not self.is_attached:
            return
        if brief is None:
            self._rule.set()
            self.pane.set_lines([])
        else:
            name = brief.first.name if brief.orders == 1 else f"{brief.orders} orders"
            self._rule.set(name, description(brief.state, brief.kind))
            self.pane.set_lines(self._lines_of(brief), keep_position=keep_position)

    def _lines_of(self, brief: JournalRow) -> list[TextLine]:
        """The lines of a write for the pane, with a note if the clock was set back before it."""
        note: list[TextLine] = [[(CLOCK_BACK, "warning")]] if brief.is_clock_back and not self._as_json else []
        return note + self._lines_of_write(brief)

    def _lines_of_write(self, brief: JournalRow) -> list[TextLine]:
        """In full, as JSON, or a summary beside the list."""
        account, width = self.workspace.account, self.pane.drawn_width
        if not self.is_whole and brief.orders > 1:
            named = account.store.journal_queries.orders(brief.id)
            return list(many_lines(brief, named, account.store.writes.events(brief.id), account.zone, account.key))
        entry = self._writes.open(brief.id)
        if entry is None:
            return ["This write was removed from the journal."] if self.is_whole else []
        if not self.is_whole:
            return list(preview_lines(entry, account.zone, width, self.pane.body_height - 2, account.key))
        if self._as_json:
            text = encode(decode(entry_line(entry), limit=1 << 30), indent=2).decode()
            return [safe(line) for line in text.split("\n")]
        return list(entry_lines(entry, account.zone, width))

    def status_items(self) -> Sequence[str | Piece]:
        account = self.workspace.account
        under_way = len(account.outbox.unfinished)
        facts: list[str | Piece] = [f"{under_way} in flight"] if under_way else []
        drafted = len(account.drafts.all())
        facts.append(
            f"{count_of(drafted, 'draft')}; {self.key('review')} reviews"
            if drafted
            else f"{self.key('undo')} drafts an undo"
        )
        return facts

    def order_changed(self, order_id: str) -> None:
        draft_sender = self.workspace.account.draft_sender
        status = draft_sender.status(order_id)
        if status is not None and status.state is not SendState.SENDING and not draft_sender.unsettled:
            self.show_notice("")
        self.store_changed()

    def reopen(self, page: Page) -> bool:
        if isinstance(page, OpenJournal):
            self._go_to_order(page.order_id)
        return isinstance(page, OpenJournal)

    def _go_to_order(self, order_id: str | None) -> None:
        """Move the cursor to the newest write of an order, in the unfiltered list."""
        if order_id is None:
            return
        account = self.workspace.account
        found = account.store.journal_queries.find(account.account_id, order=order_id)
        if not found and self._writes.total:
            self.show_notice("No writes for that order; showing all writes.")
        if not found:
            return
        if self._writes.is_narrowed or self._writes.sorting is not JournalSort.TIME:
            self._writes.words, self._writes.sorting = "", JournalSort.TIME
            self.tab_bar.select(_ALL)
            self.show_all()
        self.table.go_to_key(key_of_place(found[0]))
        self._show_entry()

    # Moving.

    @on(TabBar.Selected)
    def _group_chosen(self) -> None:
        self.show_all()
        self._show_entry()

    @handles("pane")
    def switch_pane(self, key: str) -> None:
        if not self.is_whole:
            (self.table if self.pane.has_focus else self.pane).focus(scroll_visible=False)

    @handles("open")
    def open(self, key: str) -> None:
        if self.brief is not None and not self.is_whole:
            self._set_whole(True)

    def _set_whole(self, whole: bool) -> None:
        self.query_one("#journal").set_class(whole, "-whole")
        self._as_json = False
        (self.pane if whole else self.table).focus(scroll_visible=False)
        self.call_after_refresh(self._show_entry)

    @handles("as_json")
    def show_json(self, key: str) -> None:
        if self._writes.brief is None:
            return
        self._as_json = not self._as_json
        if not self.is_whole:
            self.query_one("#journal").add_class("-whole")
            self._as_json = True
            self.give_focus()
        self.call_after_refresh(self._show_entry)

    @handles("back")
    def back(self, key: str) -> None:
        if self.is_whole:
            self._set_whole(False)
        elif self.pane.has_focus:
            self.table.focus(scroll_visible=False)
        elif self._writes.words:
            self._narrow("")
        else:
            self.workspace.go(Back())

    @handles(next_order=1, previous_order=-1)
    def step_order(self, by: int) -> None:
        self.table.move(by)

    @handles(next_problem=1, previous_problem=-1)
    def step_problem(self, by: int) -> None:
        if not self._writes.step_problem(by):
            direction = "further" if by > 0 else "earlier"
            self.show_notice(f"No {direction} write that failed or is unresolved.")

    # Narrowing and sorting.

    @handles("filter")
    def filter(self, key: str) -> None:
        self._filter_line.open()

    @on(InputLine.Submitted)
    def _submitted(self, event: InputLine.Submitted) -> None:
        if isinstance(event.control, FilterLine):
            self._narrow(event.text.strip())

    def _narrow(self, words: str) -> None:
        self._writes.words = words
        self.show_all()
        self._show_entry()

    def pasted(self, text: str) -> None:
        number = text.strip()
        if not number or len(number) > _LONGEST_NUMBER or "\n" in number:
            super().pasted(text)
        else:
            self.run_dialog(self._ask_about_number(number))

    async def _ask_about_number(self, number: str) -> None:
        if await self.ask(f"Pasted: {number}.", [("g", "its writes")]):
            self._narrow(number)

    @handles("sort")
    async def sort(self, key: str) -> None:
        sortings = {"t": JournalSort.TIME, "o": JournalSort.ORDER, "e": JournalSort.OUTCOME}
        answer = await self.ask("Sort by", [("t", "time"), ("o", "order"), ("e", "outcome")])
        if answer is not None:
            self._writes.sorting = sortings[answer]
            self.show_all()
            self.table.home()

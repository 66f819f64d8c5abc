"""Triage: the orders of each shop, and why they will not ship."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from tui.api.codec import Document
from tui.api.errors import ApiError, NotAuthorised, Problem, ReadStopped
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.checks.fix import Fix
from tui.orders.checks.fixes import FROM_HISTORY, fix_for
from tui.orders.formats import time_text
from tui.orders.order_state import OrderState
from tui.orders.query.conditions import asks_for_warnings
from tui.orders.query.saved_views import EVERY
from tui.orders.summary import order_name, ordered_at
from tui.screens.common.commands import handles
from tui.screens.common.general_commands import TabCommands
from tui.screens.common.routes import OpenComposer, OpenTriage, Page
from tui.screens.common.screen import BaseScreen
from tui.screens.common.unreadable_rows import UnreadableRows
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import remember_place
from tui.screens.order.address import looks_like_address, offer_address
from tui.screens.order.preview import preview_lines
from tui.screens.triage.changes import ChangeCommands
from tui.screens.triage.draft_commands import DraftCommands
from tui.screens.triage.export_commands import ExportCommands
from tui.screens.triage.list_commands import ListCommands
from tui.screens.triage.list_title import ListTitle
from tui.screens.triage.mark_commands import MarkCommands
from tui.screens.triage.matches import marked_lines, matches_in
from tui.screens.triage.next_order import NextOrder
from tui.screens.triage.order_list import ALL, OrderList
from tui.screens.triage.private_commands import PrivateCommands
from tui.screens.triage.reading import OrderReader
from tui.screens.triage.rows import OrderRows, RowStatus, draft_status, private_status, status_mark
from tui.screens.triage.table_commands import TableCommands
from tui.screens.triage.view_commands import ViewCommands
from tui.screens.triage.views.column_choices import BESIDE_PREVIEW, NARROW, WIDE, columns_of
from tui.screens.triage.views.list_views import ListViews
from tui.screens.triage.views.view_counts import ViewCounts
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager
from tui.widgets.status import RuleLine
from tui.widgets.tab_bar import TabBar, TabLabel
from tui.widgets.table import Column, OrderTable
from tui.widgets.text import fit, safe
from tui.work.cache.local_orders import CachedOrder
from tui.work.file_import.json_reader import describe_paste
from tui.work.writes.send_state import SendState

_WIDE = 120
_BESIDE = 160
"""Minimum width for the preview beside the list. Below it, the last column of the list would be cut."""
_SIDE_WIDTH = 47
"""The width of the preview beside the list."""
_TWO_COLUMNS = 60
_PREVIEW_HEIGHT = {"normal": 8, "compact": 4, "list": 0}
"""Lines of the preview below the list, by the density of the settings; 0 for none, also beside the list."""
_LEAST_PREVIEW = 3
_LEAST_LIST = 5
"""Minimum height of the list, in lines: the header and four orders."""
_LINES_OUTSIDE = 5
"""Lines used by title, tabs, filter, status and keys."""
_REASONS_BESIDE_ADDRESS = 5
_LONGEST_NUMBER = 64
_MOST_NUMBERS = 400
_REST = 0.15
"""Seconds without a move of the cursor before an order is compared with others."""
_SHOPS_AGAIN = 15.0
"""Seconds after which the shops are read again if the service did not answer."""


class TriageScreen(BaseScreen[None]):
    """The first screen: the orders of a query, as they were read last, and a preview of the one under the cursor."""

    WHERE = Context.TRIAGE
    HOW_TO_RESUME = "{refresh_all} reads again"
    GROUPS = (
        TabCommands,
        ListCommands,
        ViewCommands,
        DraftCommands,
        ChangeCommands,
        PrivateCommands,
        ExportCommands,
        TableCommands,
        MarkCommands,
    )
    CSS = f"""
    #triage {{ height: 1fr; layout: vertical; }}
    #triage OrderTable {{ height: 1fr; }}
    #triage #side {{ height: 8; layout: vertical; }}
    #triage #preview {{ height: 1fr; }}
    #triage.-wide {{ layout: horizontal; }}
    #triage.-wide #side {{ width: {_SIDE_WIDTH}; height: 1fr; padding-left: 1; }}
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.tab_bar = TabBar()
        self.table = OrderTable(NARROW, empty="Reading …", id="orders")
        self.preview = Pager(id="preview")
        self._rule = RuleLine(id="rule")
        self._filter_line = FilterLine()
        self._prompt = InputLine(hides=True)
        self._reader = OrderReader(self, lambda: self.table.marks, self._rows_changed, self._progress_changed)
        self._views = ListViews(workspace.account)
        self._orders = OrderList(
            self,
            self._reader,
            self.tab_bar,
            self._filter_line,
            self._prompt,
            self.table,
            self.preview,
            self._views,
            NextOrder(workspace, self.table),
        )
        self._counts = ViewCounts(self, self._reader, self._views, self._show_views)
        changes = ChangeCommands(self._orders)
        self._private = PrivateCommands(self._orders)
        self._drafts = DraftCommands(self._orders, self._private)
        self._marks = MarkCommands(self._orders, changes)
        self._tables = TableCommands(self._orders, self._drafts.group)
        tabs = TabCommands(self, self.tab_bar, "There is no shop {}.")
        self.groups = (
            tabs,
            ListCommands(self._orders),
            ViewCommands(self._orders, self._counts),
            self._drafts,
            changes,
            self._private,
            ExportCommands(self._orders),
            self._tables,
            self._marks,
        )
        self._hidden_marks = 0
        """How many marked orders are not in the list."""
        self._stores_cursor = False
        """Whether the cursor will be stored when the list is drawn."""
        self._title = ListTitle(self, self._reader)
        self._shown = workspace.orders.window
        """The orders of the table."""
        self._compared: tuple[Document, tuple[Problem, ...]] | None = None
        """The order that was compared with the others last, with its problems."""
        self._fixes: dict[str, Fix | None] = {}
        """The fixes of that order that use earlier orders, by code."""
        self._comparing: Timer | None = None
        self._unreadable = UnreadableRows(self, self.table)

    def compose(self) -> ComposeResult:
        self._side = Container(self._rule, self.preview, id="side")
        return self.framed(
            self.tab_bar, self._filter_line, self._prompt, Container(self.table, self._side, id="triage")
        )

    @property
    def list_view(self) -> LineView:
        return self.preview if self.preview.has_focus else self.table

    @property
    def order(self) -> Document | None:
        """The order under the cursor, as read last."""
        return self._orders.order

    @property
    def order_here(self) -> str | None:
        order = self.order
        return order_key(order) if order is not None else None

    def reopen(self, page: Page) -> bool:
        return isinstance(page, OpenTriage)

    def on_mount(self) -> None:
        index = self.workspace.orders
        index.cursor, index.move_cursor = lambda: self.table.cursor, self.table.go
        index.settled = self._orders.next_order.settled
        self.workspace.sync.on_change = self._reader.reading_changed
        self.workspace.labels.on_answer = self._label_answered
        shop, self._orders.next_order.wanted = self._orders.restore()
        self._show_shops(shop)
        self._orders.begin()
        self._filter_line.complete = self._reader.complete
        self._filter_line.history = self._orders.history()
        self.run_worker(self._reader.follow(), name="look up orders")
        self.run_worker(self._counts.follow(), name="count the orders of the views")
        self.run_worker(
            self._read_shops(self.workspace.account.first_shops), name="read the shops", group="shops", exclusive=True
        )

    def on_screen_resume(self) -> None:
        remember_place(self, OpenTriage())
        # Another screen may have changed drafts, the columns, or the settings.
        self.on_resize()
        if self.table.columns != self._columns:
            self._show_rows()
        self.table.repaint()
        self._show_preview()

    def on_resize(self) -> None:
        density = self.workspace.preferences.settings.density
        wanted, is_beside = _PREVIEW_HEIGHT[density], _has_preview_beside(self.size.width, density)
        self.query_one("#triage").set_class(is_beside, "-wide")
        height = min(wanted, self.size.height - _LINES_OUTSIDE - _LEAST_LIST)
        self._side.display = is_beside or height >= _LEAST_PREVIEW
        self._side.styles.height = "1fr" if is_beside else max(height, _LEAST_PREVIEW)
        if self.table.columns != self._columns:
            self._show_rows()

    @property
    def _columns(self) -> tuple[Column, ...]:
        # The app's size is known before the screen is laid out.
        width = self.app.size.width
        is_short = width - _SIDE_WIDTH < _WIDE and _has_preview_beside(
            width, self.workspace.preferences.settings.density
        )
        usual = BESIDE_PREVIEW if is_short else WIDE if width >= _WIDE else NARROW
        return columns_of(self._views.current.columns, usual)

    # Shops.

    async def _read_shops(self, read: Callable[[], Awaitable[object]]) -> None:
        """Read the shops, again until the service answers; an error is reported once."""
        is_reported = False
        while True:
            try:
                await read()
                break
            except ReadStopped:
                return
            except ApiError as error:
                if not is_reported:
                    self.show_notice(f"The shops could not be read: {error}", "error")
                if isinstance(error, NotAuthorised):
                    return
                is_reported = True
                await asyncio.sleep(_SHOPS_AGAIN)
        self._show_rows()

    def _show_shops(self, current: str) -> None:
        account = self.workspace.account
        counts = self._reader.by_shop
        labels = [TabLabel(ALL, "all", str(sum(counts.values())) if counts is not None else "")]
        labels += [
            TabLabel(
                str(shop.id),
                shop.name,
                str(counts.get(str(shop.id), 0)) if counts is not None else "",
                failing=bool(shop.failing_since),
            )
            for shop in account.latest_shops
        ]
        if current != ALL and all(label.key != current for label in labels):
            # A remembered shop, until the list of shops is read.
            labels.append(TabLabel(current, f"shop {current}" if account.shops is None else f"{current} (gone)"))
        self.tab_bar.set_labels(labels, current)
        self._show_views()
        self._title.show()

    def _show_views(self) -> None:
        """Show the views that have orders on the tab bar, with their counts."""
        counts, view = self._views.counts, self._orders.open_view
        open_letter = view.letter if view is not None else None
        labels = [
            TabLabel(view.letter, view.name, str(counts.get(view.letter, "")))
            for view in self._views.all
            if view.letter != EVERY.letter and (counts.get(view.letter) or view.letter == open_letter)
        ]
        self.tab_bar.set_views(labels, open_letter)

    @on(TabBar.ViewClicked)
    def _view_clicked(self, event: TabBar.ViewClicked) -> None:
        self._orders.show_view(self._views.find(event.letter))

    @on(TabBar.Selected)
    def _shop_chosen(self) -> None:
        self._orders.next_order.wanted = None
        self._orders.begin()

    @handles("refresh_all")
    def refresh_all(self, key: str) -> None:
        self.workspace.sync.refresh()
        self.run_worker(
            self._read_shops(self.workspace.account.refresh), name="read the shops", group="shops", exclusive=True
        )
        self.show_status()

    # What was read.

    def _rows_changed(self) -> None:
        self._show_rows()
        self._orders.next_order.rows_changed(is_complete=self.workspace.sync.state.is_complete)
        with self.report_store_errors():
            self._private.draft_ended()

    def _progress_changed(self) -> None:
        if self.is_attached:
            self._filter_line.set(self._filter_line.filter, self._reader.progress)
            self.table.set_empty(self._reader.empty_text)
            self.show_status()

    def _label_answered(self, key: str) -> None:
        self._reader.orders_changed()
        if self.is_current and key == self.order_here:
            self._show_preview()

    def stop_reading(self) -> bool:
        is_reading = self.workspace.sync.state.is_reading
        if is_reading:
            self.workspace.sync.pause()
        return super().stop_reading() or is_reading

    @on(InputLine.Submitted)
    @on(InputLine.Cancelled)
    def _filter_closed(self, event: InputLine.Submitted | InputLine.Cancelled) -> None:
        if event.control is self._filter_line:
            if isinstance(event, InputLine.Submitted):
                self._orders.set_query(event.text.strip())
            else:
                self.show_notice("")  # about a query that was refused

    @on(InputLine.Opened)
    def _filter_opened(self, event: InputLine.Opened) -> None:
        if event.control is not self._filter_line:
            return
        event.prevent_default()
        self.key_line.set(
            [
                ("Enter", "accept"),
                ("Tab", "complete"),
                ("↑", "earlier"),
                ("is: why: country: city: sku: total>", "or words"),
            ]
        )

    # What is shown.

    def _show_rows(self) -> None:
        account, index, columns = self.workspace.account, self.workspace.orders, self._columns
        self.table.set_columns(columns)
        rows = OrderRows(
            index.window,
            {shop.id: number for number, shop in enumerate(account.latest_shops, 1)},
            self.workspace.now(),
            account.zone,
            columns,
            self._status_of,
            # A query for warnings is answered in each row.
            index.problems if asks_for_warnings(index.condition) else index.own_problems,
            lambda order: index.knowledge.state(order) is OrderState.FINISHED,
            lambda key: self.workspace.marks.of(key).flagged_at is not None,
            index.knowledge.listed,
            self._reader.query.terms,
            self._reader.news,
            self._unreadable.report,
        )
        self.table.load(rows, index.window.position_after(self._shown, self.table.cursor))
        self._shown = index.window
        self._hidden_marks = index.hidden(self.table.marks)
        self.table.set_footer("end" if index.window and self.workspace.sync.state.is_complete else "")
        self._show_shops(self.tab_bar.current or ALL)
        self._progress_changed()
        self._show_preview()
        self._counts.look_again()

    def _status_of(self, order: CachedOrder) -> RowStatus | None:
        account = self.workspace.account
        status, draft = account.draft_sender.status(order.key), account.drafts.get(order.key)
        if status is not None and status.state is SendState.VERIFIED and order.read_at > status.at.timestamp():
            status = None
        if status is not None and (mark := status_mark(status, draft)) is not None:
            return mark
        if draft is not None:
            return draft_status(draft)
        return private_status(self.workspace.marks.of(order.key), account.zone)

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self._orders.next_order.cursor_moved()
        if self.is_current:
            self._show_preview()
        if self._orders.next_order.wanted is None and not self._stores_cursor:
            # Once for all moves until the list is drawn.
            self._stores_cursor = True
            self.call_after_refresh(self._store_cursor)

    def _store_cursor(self) -> None:
        self._stores_cursor = False
        self._orders.remember()

    @on(OrderTable.MarksChanged)
    def _marks_changed(self) -> None:
        self._orders.remember()
        self._hidden_marks = self.workspace.orders.hidden(self.table.marks)
        self.show_status()

    def _read_time(self) -> str:
        cached = self._orders.cached
        if cached is None:
            return ""
        zone = self.workspace.account.zone
        read, now = datetime.fromtimestamp(cached.read_at, zone), self.workspace.now().astimezone(zone)
        return f"read {read:%H:%M}" if read.date() == now.date() else f"read {time_text(read)}"

    def _show_preview(self) -> None:
        order = self.order
        if order is None:
            self._rule.set()
            self.preview.set_lines([])
            return
        account, key = self.workspace.account, order_key(order)
        draft = account.drafts.get(key)
        shown = draft.edit.document if draft is not None else order
        problems = self._problems_of(shown)
        count = count_of(len(problems), "problem") if problems else "no problems"
        self._rule.set(f"{order_name(order)} · {count}{' · draft' if draft else ''}", self._read_time())
        width = self.preview.size.width
        kept = self.workspace.orders.local.find(key)
        state = self.workspace.orders.knowledge.state_text(kept) if kept is not None else ""
        has_label = kept is not None and kept.label is not None and bool(kept.label.is_made)
        beside = None if width < _TWO_COLUMNS else _REASONS_BESIDE_ADDRESS
        when = ordered_at(shown) if beside is None else None  # beside the list, which has no room for it
        ordered = time_text(when.astimezone(account.zone)) if when is not None else ""
        lines = list(preview_lines(shown, problems, beside, self._propose, "" if has_label else state, ordered))
        if has_label:
            lines.insert(0, [(f"{safe(state)}: no work left", "good")])
        codes = {problem.code for problem in problems}
        lines += [
            [(safe(f"{warning}; {self.key('switch_check')} switches it off for the shop"), "dim")]
            for warning in self.workspace.orders.frequent_of(shown)
            if warning.code in codes
        ]
        if note := self.workspace.marks.of(key).note:
            lines.insert(0, [(f"private note: {safe(note)}", "info")])
        status = account.draft_sender.status(key)
        if status is not None:
            lines.insert(0, [(safe(status.message), "service" if status.problems else "info")])
        matches = matches_in(shown, self._reader.query.terms)
        in_row = {column.key for column in self.table.columns}
        self.preview.set_lines(_lay_out(lines, width), mark=lambda laid_out: marked_lines(laid_out, matches, in_row))

    def _problems_of(self, order: Document) -> tuple[Problem, ...]:
        """The problems of the order at the cursor: those of its own, and a moment later also those among other orders."""
        if self._compared is not None and self._compared[0] is order:
            return self._compared[1]
        if self._comparing is not None:
            self._comparing.stop()
        self._comparing = self.set_timer(_REST, lambda: self._start_comparing(order))
        return self.workspace.orders.problems(order)

    def _start_comparing(self, order: Document) -> None:
        self.run_worker(self._compare(order), name="compare with other orders", group="compare", exclusive=True)

    async def _compare(self, order: Document) -> None:
        self.workspace.labels.want(order_key(order))
        with self.report_store_errors():
            index = self.workspace.orders
            found = await asyncio.to_thread(index.problems_among, order)
            codes = [problem for problem in found if problem.code in FROM_HISTORY]
            fixes = await asyncio.to_thread(lambda: {problem.code: index.fix(order, problem) for problem in codes})
            self._compared, self._fixes = (order, found), fixes
            if fixes or found != index.problems(order):
                self._show_preview()

    def _propose(self, order: Document, problem: Problem) -> Fix | None:
        """The fix of a problem; one that uses earlier orders as soon as the order was compared with them."""
        is_compared = self._compared is not None and self._compared[0] is order
        return self._fixes.get(problem.code) if is_compared and problem.code in self._fixes else fix_for(order, problem)

    def status_items(self) -> Sequence[str | Piece]:
        account, state = self.workspace.account, self.workspace.sync.state
        drafted, on_way = len(account.drafts.all()), len(account.outbox.unfinished)
        failing = sum(bool(shop.failing_since) for shop in account.shops or ())
        facts: list[str | Piece] = []
        if state.is_reading and not state.is_complete:
            facts.append((f"reading … {state.read} so far, {self.key('stop')} stops", "info"))
        elif state.is_paused:
            facts.append((f"reading is paused, {self.key('refresh_all')} resumes", "warning"))
        if state.error is not None:
            facts.append((f"Not up to date: {state.error} {self.key('refresh_all')} tries again.", "error"))
        elif state.notice:
            facts.append((state.notice, "warning"))
        if paused := account.client.paused_for:
            facts.append((f"the service asks to wait {paused:.0f} s", "warning"))
        facts.append(f"{count_of(drafted, 'draft')}, {on_way} in flight")
        facts.extend(
            (f"change: {job.sent_count} of {job.planned_count}", "info") for job in self.workspace.jobs.running
        )
        if self._tables.has_unused:
            facts.append((f"an edited table waits, {self.key('as_text')}", "warning"))
        if self.table.marks:
            kept = ", kept" if self._views.keeps_marks else ""
            hidden = f", {self._hidden_marks} not in this list" if self._hidden_marks else ""
            facts.append(f"{len(self.table.marks)} marked{kept}{hidden}")
        if failing:
            facts.append((f"{count_of(failing, 'shop')} failing, {self.key('shops')}", "error"))
        if frequent := self.workspace.orders.frequent:
            facts.append(f"{count_of(len(frequent), 'frequent warning')}, {self.key('switch_check')}")
        if news := Counter(self._reader.news.values()):
            facts.append((", ".join(f"{news[word]} {word}" for word in ("new", "changed") if news[word]), "info"))
        return facts

    # What happened elsewhere.

    def store_changed(self) -> None:
        if self.is_attached:
            self.show_all()

    def show_all(self) -> None:
        self.show_status()
        self._title.show()

    def order_changed(self, order_id: str) -> None:
        account = self.workspace.account
        status = account.draft_sender.status(order_id)
        order = self.workspace.orders.find(order_id)
        name = order_name(order) if order is not None else order_id
        if status is not None and status.state is SendState.VERIFIED:
            # What was marked for it is done; a deleted order is gone.
            self.table.set_marks(self.table.marks - {order_id})
        self.table.refresh_row(order_id)
        self._reader.look_again()
        if status is not None and status.state is not SendState.SENDING and not account.draft_sender.unsettled:
            self.show_notice("")
            if status.deleted:
                self.show_notice(f"{name} {status.message}; {self.key('journal')} shows the deleted order.", "good")
        if self.is_current:
            self._show_preview()
        self.store_changed()

    def pasted(self, text: str) -> None:
        number = text.strip()
        if (
            describe_paste(text)
            or pasted_numbers(text)
            or looks_like_address(text)
            or (0 < len(number) <= _LONGEST_NUMBER and "\n" not in number)
        ):
            self.run_dialog(self._ask_about_paste(text))
        else:
            super().pasted(text)

    async def _ask_about_paste(self, text: str) -> None:
        """Ask what to do with pasted orders, order numbers, an address, or one order number."""
        number = text.strip()
        if numbers := pasted_numbers(text):
            answers = [("l", "list these orders"), ("m", "mark them")]
            if answer := await self.ask(f"Pasted {len(numbers)} numbers:", answers):
                self._marks.find_numbers(numbers, mark=answer == "m")
        elif description := describe_paste(text):
            if await self.ask(f"Pasted {description}:", [("o", "read as orders, in the composer")]):
                self.workspace.go(OpenComposer(paste=text))
        elif looks_like_address(text):
            if await offer_address(self, text):
                await self._drafts.open_address(text)
        elif await self.ask(f"Pasted: {number}.", [("g", "go to this order")]):
            self._orders.set_query(f'number:="{number}"')


def pasted_numbers(text: str) -> list[str]:
    """The order numbers of a list with one in each line; none if it is something else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    are_numbers = all(
        len(line) <= _LONGEST_NUMBER and len(line.split()) == 1 and any(map(str.isdigit, line)) for line in lines
    )
    return list(dict.fromkeys(lines)) if are_numbers and 2 <= len(lines) <= _MOST_NUMBERS else []


def _lay_out(lines: Sequence[Sequence[Piece]], width: int) -> list[list[Piece]]:
    """Put pairs of pieces side by side; in a narrow pane, put all right pieces below the left ones."""
    pairs = [line for line in lines if len(line) == 2]
    if width < _TWO_COLUMNS and pairs:
        first = lines.index(pairs[0])
        both = [*(line[0] for line in pairs), *(line[1] for line in pairs)]
        rest = [line for line in lines[first:] if len(line) != 2]
        lines = [*lines[:first], *([piece] for piece in both if piece[0]), *rest]
    left = max(24, width // 2 - 2)
    return [
        [(f" {fit(line[0][0], left)} ", line[0][1]), line[1]] if len(line) == 2 else [(" ", ""), *line]
        for line in lines
    ]


def _has_preview_beside(width: int, density: str) -> bool:
    return width >= _BESIDE and _PREVIEW_HEIGHT[density] > 0

"""The list of orders as it is read and shown: shops, filter, pages, preview, and how it is found again."""

from collections.abc import Awaitable, Coroutine, Sequence
from datetime import date, datetime
from typing import cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.worker import Worker

from tui.api.codec import Document, Json
from tui.api.errors import ApiError
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.fields import field_at
from tui.orders.query import filters
from tui.orders.query.filters import Filter, FilterError, parse_filter
from tui.orders.summary import order_name, searchable_text
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenTriage
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.order.preview import preview_lines, state_mark
from tui.screens.triage.rows import NARROW, WIDE, OrderRows, RowStatus, standing_mark
from tui.widgets.dialogs import QuestionBar
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar, TabLabel
from tui.widgets.table import OrderTable
from tui.widgets.text import fit, safe
from tui.work.cache.order_feed import OrderFeed
from tui.work.drafts.drafts import Draft
from tui.work.writes.send_state import SendState

_STATE = "triage"
_WIDE = 120
_BESIDE = 160
"""Columns for the preview beside the list: with fewer, the last column of the list would be cut."""
_TWO_COLUMNS = 60
_PREVIEW_HEIGHT = 8
_LEAST_PREVIEW = 3
_LEAST_LIST = 5
"""Lines: the header and four orders stay visible, however small the terminal is."""
_LINES_OUTSIDE = 5
"""Title, tabs, filter, status and keys."""
_REASONS_BESIDE_ADDRESS = 5
_ALL = "all"


class OrdersScreen(BaseScreen[None]):
    """What the service filtered and what was judged here are told apart."""

    WHERE = Context.TRIAGE
    READ_AGAIN = "R reads again"
    CSS = """
    #triage { height: 1fr; layout: vertical; }
    #triage OrderTable { height: 1fr; }
    #triage #side { height: 8; layout: vertical; }
    #triage #preview { height: 1fr; }
    #triage.-wide { layout: horizontal; }
    #triage.-wide #side { width: 46; height: 1fr; }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._feed: OrderFeed | None = None
        self._filter = Filter()
        self._read_at: datetime | None = None
        self._wanted_key: str | None = None
        self._wanted_depth = 0
        self._is_wide = False
        self._page_wanted = False

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield TabBar()
        yield FilterLine()
        with Container(id="triage"):
            yield OrderTable(NARROW, empty="Reading …", id="orders")
            with Container(id="side"):
                yield RuleLine(id="rule")
                yield Pager(id="preview")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    # How it begins, and is found again.

    def on_mount(self) -> None:
        super().on_mount()
        index = self.workspace.orders
        index.cursor, index.move_cursor = lambda: self.table.cursor, self.table.go
        kept = self.workspace.account.store.screen_states.get(self.workspace.account.account_id, _STATE)
        left = kept if isinstance(kept, dict) else {}
        self._restore(left)
        self._show_strip(str(left.get("shop") or _ALL))
        self._begin()
        self.run_worker(self._read_shops(), name="read the shops")

    def _restore(self, left: dict[str, Json]) -> None:
        line = left.get("filter")
        if isinstance(line, str):
            try:
                self._filter = parse_filter(line, self._today())
                self.query_one(FilterLine).set(line)
            except FilterError:
                self.query_one(FilterLine).set("")
        marks = left.get("marks")
        if isinstance(marks, list):
            self.table.set_marks(str(mark) for mark in marks)
        cursor, depth = left.get("cursor"), left.get("read")
        self._wanted_key = cursor if isinstance(cursor, str) else None
        self._wanted_depth = depth if isinstance(depth, int) else 0

    def _remember(self) -> None:
        account, table = self.workspace.account, self.table
        marks: list[Json] = [*sorted(table.marks)]
        state: Json = {
            "shop": self.tab_bar.current,
            "filter": self.query_one(FilterLine).filter,
            "cursor": self._wanted_key or table.cursor_key,
            "marks": marks,
            "read": self._feed.read if self._feed is not None else 0,
        }
        with self.report_store_errors():
            account.store.screen_states.put(account.account_id, _STATE, state)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.remember_place(OpenTriage())
        self.store_changed()

    def on_resize(self) -> None:
        is_beside = self.size.width >= _BESIDE
        self.query_one("#triage").set_class(is_beside, "-wide")
        side = self.query_one("#side")
        height = min(_PREVIEW_HEIGHT, self.size.height - _LINES_OUTSIDE - _LEAST_LIST)
        side.display = is_beside or height >= _LEAST_PREVIEW
        side.styles.height = "1fr" if is_beside else max(height, _LEAST_PREVIEW)
        wide = self.size.width >= _WIDE
        if wide != self._is_wide:
            self._is_wide = wide
            self.table.set_columns(WIDE if wide else NARROW)
            self._show_rows()

    @property
    def table(self) -> OrderTable:
        return self.query_one("#orders", OrderTable)

    @property
    def preview(self) -> Pager:
        return self.query_one("#preview", Pager)

    @property
    def tab_bar(self) -> TabBar:
        return self.query_one(TabBar)

    @property
    def list_view(self) -> LineView:
        return self.preview if self.preview.has_focus else self.table

    # Shops.

    async def _read_shops(self) -> None:
        try:
            await self.workspace.account.read_shops()
        except ApiError as error:
            self.show_notice(f"The shops could not be read: {error}", "error")
            return
        self._show_strip(self.tab_bar.current or _ALL)
        self._show_rows()
        self.show_status()

    def _show_strip(self, current: str) -> None:
        entries = [TabLabel(_ALL, "all")]
        entries += [
            TabLabel(str(shop.id), shop.name, failing=bool(shop.failing_since))
            for shop in self.workspace.account.shops or ()
        ]
        if current != _ALL and all(entry.key != current for entry in entries):
            # A shop remembered from last time, until the list is there.
            entries.append(
                TabLabel(current, f"shop {current}" if self.workspace.account.shops is None else f"{current} (gone)")
            )
        self.tab_bar.set_labels(entries, current)
        self._show_title()

    def _show_title(self) -> None:
        account, index = self.workspace.account, self.workspace.orders
        drafted = len(account.drafts.all())
        to_fix = sum(map(index.will_not_ship, index.orders))
        mode = "READ ONLY" if account.client.read_only else "WRITES"
        facts = [f"to fix {to_fix}" if index.orders else "", f"drafted {drafted}" if drafted else ""]
        self.query_one(TitleLine).set(f"{self.workspace.profile} · {mode}", " · ".join(filter(None, facts)))

    @on(TabBar.Selected)
    def _shop_chosen(self) -> None:
        self._wanted_key, self._wanted_depth = None, 0
        self._begin()

    # Reading.

    def _begin(self) -> None:
        """Begin to read what shop and filter ask for, from page one."""
        if self._feed is not None:
            self._feed.stop()
        current = self.tab_bar.current
        shops = (int(current),) if current is not None and current.isdigit() else ()
        account = self.workspace.account
        self._feed = OrderFeed(
            account.client, self._filter, shops=shops, zone=account.zone, on_change=self._feed_changed
        )
        self.workspace.orders.begin(self._feed)
        self._page_wanted = False
        self.table.set_empty("Reading …")
        self._show_rows()
        self._read("read orders", self._more_until_wanted())

    def _read(self, name: str, work: Coroutine[None, None, None]) -> None:
        self.run_worker(work, name=name, group="read", exclusive=True)

    async def _more_until_wanted(self) -> None:
        feed = self._feed
        if feed is None:
            return
        await self._then_tell(feed.more())
        while not feed.error and not feed.complete and self._wants_more(feed):
            await self._then_tell(feed.more())
        self._wanted_key = None
        self._remember()
        await self._read_on()

    def _wants_more(self, feed: OrderFeed) -> bool:
        """Whether the place where the user was last time is still to come, or nothing fits the words yet."""
        if self._wanted_key is not None and feed.get(self._wanted_key) is None:
            return feed.read < self._wanted_depth
        return not self.workspace.orders.orders and feed.read < 1000

    def _feed_changed(self) -> None:
        feed = self._feed
        if feed is None or not self.is_attached:
            return
        self._show_rows()
        if self._wanted_key is not None and self.table.go_to_key(self._wanted_key):
            self._wanted_key = None

    def _show_rows(self) -> None:
        feed = self._feed
        if feed is None:
            return
        shown = [(key, order) for key, order in feed.keyed if self._fits(order)]
        account, index = self.workspace.account, self.workspace.orders
        index.show(shown)
        numbers = {shop.id: place + 1 for place, shop in enumerate(account.shops or ())}
        self.table.load(
            OrderRows(
                index.orders,
                index.keys,
                numbers,
                self.workspace.now(),
                account.zone,
                WIDE if self._is_wide else NARROW,
                self._onway,
                index.problems,
            )
        )
        self._tell_reading(feed)
        self._show_title()
        self._show_preview()

    def _fits(self, order: Document) -> bool:
        """Whether it is so as what is narrowed here wants it."""
        wanted = self._filter
        if wanted.why:
            problems = self.workspace.orders.problems(order)
            match wanted.why:
                case filters.BLOCKED_REASON:
                    is_so = state_mark(problems)[0] == "!"
                case filters.ANY_REASON:
                    is_so = bool(problems)
                case filters.NO_REASON:
                    is_so = not problems
                case word:
                    is_so = any(word in problem.title.lower() for problem in problems)
            if not is_so:
                return False
        return not wanted.terms or all(word in self._hay(order) for word in wanted.terms)

    def _hay(self, order: Document) -> str:
        problems = " ".join(problem.title for problem in self.workspace.orders.problems(order))
        return f"{searchable_text(order)}\n{problems.lower()}"

    def _tell_reading(self, feed: OrderFeed) -> None:
        shown = len(self.workspace.orders.orders)
        if feed.error is not None:
            tail = f"Reading stopped: {feed.error}  R reads again."
        elif feed.complete:
            tail = "end" if shown else ""
        else:
            tail = "more below …"
        more = feed.error is None and not feed.complete and feed.pages > 0
        self.table.set_empty(_empty_text(feed, self._filter))
        self.table.set_footer(tail, has_more=more)
        known = f"{feed.read} read" if feed.complete else f"{feed.read}+ read"
        if shown != feed.read:
            known = f"{shown} of {known}"
        asked = "service: " + ", ".join(_asked(self._filter)) if self._filter.narrows_query else "service: all"
        line = self.query_one(FilterLine)
        line.set(line.filter, f"{asked} │ judged here: why │ {known}")
        self.show_status()

    @on(OrderTable.NearEnd)
    def _near_end(self) -> None:
        self._page_wanted = True
        if self._feed is not None and not self._feed.loading:
            self._read("read a page more", self._read_on())

    async def _read_on(self) -> None:
        """Read while pages are wanted: the table may ask for the next one before this one is done with."""
        while self._page_wanted and self._feed is not None and self._feed.error is None and not self._feed.complete:
            self._page_wanted = False
            await self._then_tell(self._feed.more())

    async def _then_tell(self, reading: Awaitable[object]) -> None:
        await reading
        if self._feed is not None and self._feed.error is None:
            self._read_at = self.workspace.now()
        self.show_status()
        self._show_preview()

    def stop_reading(self) -> bool:
        running = [worker for worker in self.workers if worker.group == "read" and worker.is_running]
        for worker in cast("list[Worker[object]]", running):
            worker.cancel()
        if self._feed is not None:
            self._feed.stop()
        return bool(running)

    # What is shown of an order.

    def _onway(self, key: str) -> RowStatus | None:
        account = self.workspace.account
        standing = account.corrections.status(key)
        draft = account.drafts.get(key)
        if (
            standing is not None
            and standing.state is SendState.VERIFIED
            and self._read_at
            and self._read_at > standing.at
        ):
            standing = None
        if standing is not None and (mark := standing_mark(standing, draft)) is not None:
            return mark
        if draft is not None:
            return RowStatus("*", f"draft: {_changed_fields(draft)}", "changed")
        return None

    @property
    def order(self) -> Document | None:
        """The order under the cursor, as it was read last."""
        key = self.table.cursor_key
        if key is None or self._feed is None:
            return None
        return self._feed.get(key)

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self._show_preview()
        if self._wanted_key is None:
            self._remember()

    @on(OrderTable.MarksChanged)
    def _marks_changed(self) -> None:
        self._remember()
        self.show_status()

    def _show_preview(self) -> None:
        order = self.order
        rule = self.query_one("#rule", RuleLine)
        if order is None:
            rule.set()
            self.preview.set_lines([])
            return
        key = order_key(order)
        draft = self.workspace.account.drafts.get(key)
        shown = draft.edit.document if draft is not None else order
        problems = self.workspace.orders.problems(shown)
        count = count_of(len(problems), "reason") if problems else "nothing found"
        read = f"read {self._read_at.astimezone(self.workspace.account.zone):%H:%M}" if self._read_at else ""
        rule.set(f"{order_name(order)} · {count}{' · draft' if draft else ''}", read)
        is_beside = self.preview.size.width < _TWO_COLUMNS
        lines = list(preview_lines(shown, problems, None if is_beside else _REASONS_BESIDE_ADDRESS))
        standing = self.workspace.account.corrections.status(key)
        if standing is not None:
            lines.insert(0, [(safe(standing.message), "service" if standing.problems else "info")])
        self.preview.set_lines(_set_out(lines, self.preview.size.width))

    def status_items(self) -> Sequence[str | Piece]:
        account = self.workspace.account
        drafted, on_way = len(account.drafts.all()), len(account.outbox.under_way)
        failing = sum(bool(shop.failing_since) for shop in account.shops or ())
        read = f"read {self._read_at.astimezone(account.zone):%H:%M}" if self._read_at else ""
        feed = self._feed
        warnings = feed.warnings if feed is not None else ()
        facts: list[str | Piece] = []
        if feed is not None and feed.loading:
            facts.append(("reading … Ctrl+C stops", "info"))
        if paused := account.client.paused_for:
            facts.append((f"the service asks to wait {paused:.0f} s", "warning"))
        facts.append(f"{count_of(drafted, 'draft')}, {on_way} on the way")
        facts.extend((f"change: {job.gone} of {job.going}", "info") for job in self.workspace.jobs.running)
        if self.table.marks:
            facts.append(f"{len(self.table.marks)} marked")
        facts.append(read)
        if failing:
            facts.append((f"{count_of(failing, 'shop')} failing, I says why", "error"))
        facts.extend((warning, "warning") for warning in warnings[:1])
        return facts

    def store_changed(self) -> None:
        if not self.is_attached:
            return
        self.show_status()
        self._show_title()

    def order_changed(self, order_id: str) -> None:
        account, feed = self.workspace.account, self._feed
        standing = account.corrections.status(order_id)
        name = order_name(order) if (order := self.find(order_id)) is not None else order_id
        if feed is not None and standing is not None:
            if standing.deleted:
                feed.drop(order_id)
                self.table.set_marks(self.table.marks - {order_id})
            elif standing.document is not None:
                feed.put(standing.document)
        self.table.refresh_row(order_id)
        if standing is not None and standing.state is not SendState.SENDING and not account.corrections.unsettled:
            self.clear_notice()
            if standing.deleted:
                self.show_notice(f"{name} {standing.message}; L keeps what it was.", "good")
        if self.is_current:
            self._show_preview()
        self.store_changed()

    def find(self, order_id: str) -> Document | None:
        """An order of the list as it was read last."""
        return self.workspace.orders.find(order_id)

    @property
    def shown_keys(self) -> Sequence[str]:
        """The orders of the list, in its order."""
        return self.workspace.orders.keys

    def give_focus(self) -> None:
        line = self.query_one(FilterLine)
        (line if line.is_open else self.list_view).focus(scroll_visible=False)

    def show_line_keys(self, line: InputLine) -> None:
        super().show_line_keys(line)
        if isinstance(line, FilterLine):
            names = " ".join(f"{name}:" for name in filters.FILTER_NAMES)
            self.query_one(KeyLine).set([("Enter", "take it"), ("Esc", "not"), (names, "or words")])

    @handles("filter")
    def do_filter(self, key: str) -> None:
        self.query_one(FilterLine).open()

    @on(InputLine.Submitted)
    def _filtered(self, event: InputLine.Submitted) -> None:
        if not isinstance(event.line, FilterLine):
            return
        self._set_filter(event.text.strip())

    def _set_filter(self, text: str) -> None:
        """Read what the line asks for; a line that cannot be understood changes nothing."""
        try:
            self._filter = parse_filter(text, self._today())
        except FilterError as error:
            line = self.query_one(FilterLine)
            line.set(line.filter)
            line.reopen(text)
            self.show_notice(str(error), "error")
            return
        self.clear_notice()
        self.query_one(FilterLine).set(text)
        self._wanted_key, self._wanted_depth = self.table.cursor_key, 0
        self._begin()

    def _today(self) -> date:
        return self.workspace.now().astimezone(self.workspace.account.zone).date()


def _changed_fields(draft: Draft) -> str:
    """What a draft changes, for its row: the label of the first changed field, and how many more there are."""
    pointers = [change.pointer for change in draft.edit.changes()]
    if not pointers:
        return "items moved"
    pointer = draft.edit.to_positions(pointers[0])
    known = field_at(pointer) if pointer is not None else None
    first = known.caption if known is not None else pointers[0].name
    return first if len(pointers) == 1 else f"{first} +{len(pointers) - 1}"


def _empty_text(feed: OrderFeed, wanted: Filter) -> str:
    if feed.error is not None:
        return "Nothing was read."
    if not feed.pages:
        return "Reading …"
    if (wanted.terms or wanted.why) and feed.read:
        what = "has these words" if wanted.terms else f"is so: why:{safe(wanted.why)}"
        return f"None of the {feed.read} orders read {what}. / changes that."
    return "No orders here." if not wanted.narrows_query else "No order fits this filter. / changes it."


def _asked(wanted: Filter) -> list[str]:
    names = [
        ("number", wanted.number),
        ("id", wanted.order_id),
        ("status", len(wanted.statuses) == 1),
        ("date", wanted.ordered.first or wanted.ordered.last),
        ("updated", wanted.updated.first or wanted.updated.last),
    ]
    return [name for name, given in names if given] or ["all"]


def _set_out(lines: Sequence[Sequence[Piece]], width: int) -> list[list[Piece]]:
    """Pairs of pieces side by side where there is room, else what is on the right below all that is on the left."""
    pairs = [line for line in lines if len(line) == 2]
    if width < _TWO_COLUMNS and pairs:
        place = lines.index(pairs[0])
        both = [*(line[0] for line in pairs), *(line[1] for line in pairs)]
        rest = [line for line in lines[place:] if len(line) != 2]
        lines = [*lines[:place], *([piece] for piece in both if piece[0]), *rest]
    left = max(24, width // 2 - 2)
    return [
        [(f" {fit(line[0][0], left)} ", line[0][1]), line[1]] if len(line) == 2 else [(" ", ""), *line]
        for line in lines
    ]

"""The batch as it is shown: the strip of states, the list, the problems, the table, the form of the order chosen."""

from collections.abc import Sequence

from textual import events, on

from tui.api.codec import Json
from tui.api.models import Group, Operation
from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.orders.fields import field_at, label_of
from tui.orders.paths import SHOP
from tui.orders.summary import order_name, text_at
from tui.orders.value_parser import Choices
from tui.screens.common.routes import OpenComposer
from tui.screens.common.workspace_actions import remember_place
from tui.screens.composer.panes import EMPTY, PanesScreen
from tui.screens.composer.rows import (
    ALL,
    StagedRows,
    as_composed,
    finding_lines,
    notes_of,
    problem_rows,
    tab_labels,
    tab_of,
)
from tui.screens.composer.sending import sending_facts
from tui.screens.composer.view_state import RowSorting, SearchIndex, ViewMode, fits, looking_words, status_summary
from tui.screens.order.form_rows import FormNote, FormSpec, sheet_rows
from tui.screens.order.groups import group_entries, group_of
from tui.screens.order.preview import preview_lines
from tui.store.db import StoreError
from tui.widgets.filter_line import FilterLine
from tui.widgets.form_layout import FieldRow, GroupRow, SheetRow
from tui.widgets.lines import Piece
from tui.widgets.pager import Pager
from tui.widgets.problems import ProblemList, ProblemRow
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import RuleLine, TitleLine
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.widgets.text import safe
from tui.work.batches.staged_order import StagedOrder
from tui.work.writes.send_state import SendState

_STATE = "composer"
_WIDE = 150
"""Columns for list and form side by side: with fewer, the last column of the list would be cut."""


class BatchScreen(PanesScreen):
    """What the panes show of the batch, kept up with what happens to it."""

    READ_AGAIN = "w looks at all, r at this order"

    # How it begins, and is found again.

    def on_mount(self) -> None:
        super().on_mount()
        self.staging.on_change = self._something_changed
        kept = self.workspace.account.store.screen_states.get(self.workspace.account.account_id, _STATE)
        left = kept if isinstance(kept, dict) else {}
        self._standing = str(left.get("standing") or ALL)
        self._passing: str | None = None
        self._words = str(left.get("words") or "")
        self._chosen = str(left["order"]) if left.get("order") else None
        shown, by = left.get("shown"), left.get("sort")
        self._shown = next((one for one in ViewMode if one == shown), ViewMode.ORDERS)
        self._sorting = RowSorting(by if isinstance(by, str) else "", left.get("down") is True)
        self._top = left["top"] if isinstance(left.get("top"), int) else 0  # type: ignore[assignment]
        marks = left.get("marks")
        self.table.set_marks(str(mark) for mark in marks if isinstance(mark, str)) if isinstance(marks, list) else None
        in_sheet, pointer = left.get("sheet") is True, left.get("pointer")
        self._arrange()
        self.show_all()
        if in_sheet and self.order is not None:
            self.open_sheet(Pointer.parse(str(pointer)) if pointer else None)
        else:
            self.call_after_refresh(self.table.set_top, self._top)
        self.look()

    def on_unmount(self) -> None:
        self.staging.on_change = lambda: None

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        remember_place(self, OpenComposer())
        self.staging.reload_if_taken_over()
        self.show_all()
        self.look()

    def on_resize(self, event: events.Resize) -> None:
        wide = event.size.width >= _WIDE
        if wide != self._is_wide:
            self._is_wide = wide
            self._arrange()
            self._show_side()

    def remember(self) -> None:
        """Where the user is, for the next start."""
        if not self.is_attached:
            return
        marks: list[Json] = []
        marks += sorted(self.table.marks)
        pointer = self.sheet.cursor_pointer if self._in_sheet else None
        state: Json = {
            "order": self._chosen,
            "standing": self._standing,
            "words": self._words,
            "shown": str(self._shown),
            "sort": self._sorting.by,
            "down": self._sorting.down,
            "sheet": self._in_sheet,
            "pointer": str(pointer) if pointer is not None else None,
            "top": self.table.top,
            "marks": marks,
        }
        self.workspace.account.store.screen_states.put(self.workspace.account.account_id, _STATE, state)

    # News.

    def _something_changed(self) -> None:
        """Show it once for all the news of one turn."""
        if not self._is_due and self.is_attached:
            self._is_due = True
            self.call_later(self._show_news)

    def _show_news(self) -> None:
        self._is_due = False
        if not self.is_active:
            return
        self._follow_cursor()
        if self._said_sending and not self.staging.sender.waiting:
            self._said_sending = False
            self.clear_notice()
        if self._looks_first:
            self.show_notice(f"Before the review {looking_words(self.staging)}.")
        self.show_all()

    def _follow_cursor(self) -> None:
        """The order chosen is the one under the cursor, also where the word of its move is still on the way."""
        if not self._in_sheet and self._shown is not ViewMode.PROBLEMS:
            view = self.grid if self._shown is ViewMode.TABLE else self.table
            self._chosen = view.cursor_key or self._chosen

    def say_sending(self, words: str) -> None:
        """What is said until it is known what became of what was sent."""
        self.show_notice(words)
        self._said_sending = True

    def store_changed(self) -> None:
        self._something_changed()

    def look(self) -> None:
        """Ask the service, beside everything else, which of the orders it has already."""
        if not self.staging.is_refreshing and any(order.needs_refresh() for order in self.staging.orders):
            self.run_worker(self._look(), name="look up staged orders", group="read")

    async def _look(self) -> None:
        error: Exception | None
        try:
            error = await self.staging.refresh_remote()
        except StoreError as full:
            error = full
        if error is not None and self.is_attached:
            self.show_notice(f"What is new and what exists could not be looked up: {error} r tries again.", "warning")

    def stop_reading(self) -> bool:
        running = [worker for worker in self.workers if worker.group in ("read", "review") and worker.is_running]
        for worker in running:
            worker.cancel()
        return bool(running)

    # The list.

    def show_all(self) -> None:
        """Everything, after anything may have changed."""
        if self._batch != self.staging.batch:
            self._batch = self.staging.batch
            self._stays.clear()
            self._kept.clear()
            self.other_batch()
        if self.table.marks:
            # Of what is there: marks of another batch, or of what was removed, would be counted and do nothing.
            self.table.set_marks(self.table.marks & {order.id for order in self.staging.orders})
        if self._chosen is not None and self.staging.get(self._chosen) is None and self._in_sheet:
            self.close_sheet()
        self._orders = self._sorting.sorted(self.staging, [one for one in self.staging.orders if self._fits(one)])
        zone = self.workspace.account.zone
        self.table.load(StagedRows(self._orders, self.staging, zone))
        if self._chosen is not None and self.staging.get(self._chosen) is not None:
            self.table.go_to_key(self._chosen)
        self._chosen = self.table.cursor_key
        shown = "" if self._standing == ALL and not self._words else "No order is so: 0 shows all, / narrows otherwise."
        for view in (self.table, self.grid):
            view.set_empty(shown if self.staging.orders else EMPTY)
        if self._shown is ViewMode.TABLE:
            self.show_grid()
        if self._shown is ViewMode.PROBLEMS:
            self.problems.load(problem_rows(self.staging, self._orders, zone))
            self._follow_problem()
        self._show_filter()
        self._show_title()
        self._show_strip()
        self._show_said()
        self._show_side()
        self.show_status()

    def _show_filter(self) -> None:
        self.query_one(FilterLine).set("" if self._in_sheet else self._words, "found here, in what is staged")

    def other_batch(self) -> None:
        """Another batch was opened: what was made for the orders of the one before is made anew."""
        self._sorting = RowSorting(self._sorting.by, self._sorting.down)
        self._texts = SearchIndex()

    def show_grid(self) -> None:
        """Bring the table to what the batch is now."""

    def _fits(self, order: StagedOrder) -> bool:
        if (self._in_sheet and order.id == self._chosen) or order.id in self._stays:
            # What one is working on stays, whatever becomes of it.
            return True
        if self._standing != ALL and tab_of(self.staging.send_state(order)) != self._standing:
            return False
        return fits(self.staging, order, self._words, self._texts)

    def _show_title(self) -> None:
        account = self.workspace.account
        mode = "READ ONLY" if account.client.read_only else "WRITES"
        count = len(self.staging.orders)
        right = f"{self.staging.name} · {count_of(count, 'order')} staged"
        if self.staging.owner is not None:
            right = f"{self.staging.owner} has this batch; B takes it over"
        elif self._in_sheet and (order := self.order) is not None:
            place = next((n for n, one in enumerate(self._orders, 1) if one is order), 0)
            shop_id = order.key[2]
            shop = account.shop(shop_id)
            facts = [order_name(order.document), shop.name if shop else "", f"{place} of {len(self._orders)}"]
            right = " · ".join(filter(None, facts))
        self.query_one(TitleLine).set(f"{self.workspace.profile} · {mode}", right)

    def _show_strip(self) -> None:
        if not self._in_sheet:
            self.tab_bar.first_number = 0
            self.tab_bar.set_labels(tab_labels(self.staging), self._standing)
            return
        self.tab_bar.first_number = 1
        self.tab_bar.set_labels(group_entries(self.sheet.rows), self.current_group())

    def current_group(self) -> str:
        pointer = self.sheet.cursor_pointer
        known = field_at(pointer) if pointer is not None else None
        return str(known.group) if known is not None else str(Group.SHIP_TO)

    def _show_said(self) -> None:
        """The word of the service about the last sending: the worst of it, else the last."""
        pane = self.query_one("#said", Pager)
        said = self.staging.notices
        worst = next((one for one in reversed(said) if one.style != "good"), said[-1] if said else None)
        counts = self.staging.counts()
        is_under_way = bool(counts[SendState.SENDING] + counts[SendState.ACCEPTED])
        is_over = worst is not None and worst.style == "good" and not is_under_way
        if worst is None or is_over or self._in_sheet:
            pane.remove_class("-shown", "-two")
            return
        words = f"{worst.at.astimezone(self.workspace.account.zone):%H:%M} {worst.text}"
        pane.set_lines([words])
        pane.add_class("-shown")
        pane.set_class(len(safe(words)) > self.size.width - 2, "-two")

    @on(TabBar.Selected)
    def _strip_chosen(self, event: TabBar.Selected) -> None:
        if self._in_sheet:
            self.go_to_group(event.key)
            return
        self._standing = event.key
        self._stays.clear()
        self.show_all()
        if self._shown is ViewMode.PROBLEMS and not self.problems.rows:
            self.show_view(ViewMode.ORDERS)
        self.remember()

    def show_view(self, wanted: ViewMode) -> None:
        """One of orders, problems, table in the first pane."""
        self.grid.leave_editor()
        self._shown = wanted
        self._stays.clear()
        self._loaded = None
        # Who only passes by the list of problems comes back to the order that was chosen.
        chosen = self._chosen = self._passing or self._chosen
        self.table.go_to_key(chosen or "")
        self._passing = chosen if wanted is ViewMode.PROBLEMS else None
        self._arrange()
        self.show_keys()
        self.show_all()
        if wanted is ViewMode.PROBLEMS:
            # Errors stand above all doubts, and are not to be out of sight for a doubt.
            errors = (row for row in self.problems.rows if row.order == chosen and row.mark != "~")
            if (first := next(errors, None)) is not None:
                self.problems.go_to(first.order, first.pointer)
        self.give_focus()

    @on(OrderTable.CursorMoved, "#orders")
    def _row_moved(self) -> None:
        if not self._in_sheet and self._shown is ViewMode.ORDERS:
            self._chosen = self.table.cursor_key
            self._show_side()
            self.remember()

    @on(ProblemList.CursorMoved, "#problems")
    def _problem_moved(self) -> None:
        row = self._follow_problem()
        self._passing = None
        if row is not None:
            self._show_side()
            if self.is_split:
                self.sheet.go_to(row.pointer)
            self.remember()

    def _follow_problem(self) -> ProblemRow | None:
        """Choose the order of the problem under the cursor; the problem, if it is of an order."""
        row = self.problems.cursor_row
        if self._in_sheet or self._shown is not ViewMode.PROBLEMS or row is None or not row.order:
            return None
        self._chosen = row.order
        self.table.go_to_key(row.order)
        return row

    @on(OrderTable.MarksChanged, "#orders")
    def _marks_changed(self) -> None:
        self.remember()
        self.show_status()

    # The order chosen.

    def _show_side(self, pointer: Pointer | None = None) -> None:
        if self._asks:
            return
        order = self.order
        rule, preview = self.query_one("#rule", RuleLine), self.query_one("#preview", Pager)
        if order is None:
            rule.set()
            preview.set_lines([])
            self._loaded = None
            self.sheet.load([])
            self._show_field()
            return
        zone = self.workspace.account.zone
        count = sum(not finding.stale for finding in self.staging.findings(order))
        told = count_of(count, "problem") if count else "nothing to fix"
        rule.set(" · ".join(filter(None, (order_name(order.document), order.source))), told)
        if self._in_sheet or self.is_split:
            self._show_form(order, pointer)
        else:
            row = self.problems.cursor_row if self._shown is ViewMode.PROBLEMS else None
            here = (
                self.grid.cursor_pointer if self._shown is ViewMode.TABLE else row.pointer if row is not None else None
            )
            lines = list(finding_lines(self.staging, order, zone, self.size.width, here))
            preview.set_lines([*lines, *(_one_column(line) for line in preview_lines(order.document, ()))])

    def show_rule(self, title: str) -> None:
        """What stands over the pane at the side or below, in place of the order's name."""
        order = self.order
        count = sum(not one.stale for one in self.staging.findings(order)) if order is not None else 0
        told = count_of(count, "problem") if count else "nothing to fix"
        name = order_name(order.document) if order is not None else ""
        self.query_one("#rule", RuleLine).set(" · ".join(filter(None, (name, title))), told if order else "")

    def show_preview(self, title: str, lines: list[list[Piece]]) -> None:
        """What a question is about, in the pane until `end_preview`, whatever news comes meanwhile."""
        self._asks = True
        batch = self.query_one("#batch")
        batch.add_class("-asks")
        batch.remove_class("-sheet")
        self.query_one("#rule", RuleLine).set(title)
        self.query_one("#preview", Pager).set_lines(lines)

    def end_preview(self) -> None:
        """Back to what the panes are for."""
        self._asks = False
        self.query_one("#batch").remove_class("-asks")
        self._arrange()
        self._show_side()

    def _show_form(self, order: StagedOrder, pointer: Pointer | None = None) -> None:
        if self._loaded != order.id:
            self._typed = self.typed_of(order.id)
            self._loaded = order.id
            self.sheet.load(self.rows(order), pointer)
        else:
            self.sheet.set_rows(self.rows(order))
        self._show_field()

    def rows(self, order: StagedOrder) -> list[SheetRow]:
        """The rows of the form of an order."""
        notes = notes_of(self.staging, order, self.workspace.account.zone)
        notes.extend(FormNote.typed(pointer, text) for pointer, text in self._typed.items())
        spec = FormSpec(
            order.edit,
            Operation.POST,
            self._view,
            notes,
            (),
            self.workspace.account.zone,
            self._suggestions(order),
            self._field_words,
            fixed=order.fixed,
        )
        return as_composed(order, sheet_rows(spec))

    def _suggestions(self, order: StagedOrder) -> dict[tuple[str, ...], Choices]:
        return self.workspace.orders.suggestions(text_at(order.edit.document, SHOP))

    def _show_field(self) -> None:
        rule, pane = self.query_one("#field", RuleLine), self.query_one("#help", Pager)
        row = self.sheet.cursor_row
        if not isinstance(row, FieldRow):
            rule.set()
            pane.set_lines([])
            return
        known = field_at(row.pointer)
        kind = known.kind.replace("_", " ") if known is not None else "unknown to the document"
        needed = "needed" if known is not None and known.post.required else ""
        rule.set(label_of(row.pointer), " · ".join(filter(None, (kind, needed))))
        lines: list[list[Piece]] = [[(f" {safe(text)}", tone)] for text, tone in _helps(row) if text]
        pane.set_lines(lines)

    def open_sheet(self, pointer: Pointer | None = None) -> None:
        """Into the form of the order chosen, at a field."""
        order = self.order
        if order is None:
            return
        self._in_sheet = True
        self._arrange()
        self._show_side(pointer)
        if pointer is not None:
            # It has its height only after the panes were arranged.
            self.call_after_refresh(self.sheet.go_to, pointer)
        self._show_filter()
        self._show_title()
        self._show_strip()
        self._show_said()
        self.show_keys()
        self.give_focus()
        self.remember()
        if self._typed:
            place = next(iter(self._typed))
            self.show_notice(f"What was typed in {label_of(place)} is kept; Enter there goes on with it.")

    def close_sheet(self) -> None:
        """Back to the list."""
        self.sheet.leave_editor()
        self._in_sheet = False
        self._field_words = ""
        self._arrange()
        self.show_keys()
        self.show_all()
        self.give_focus()
        self.remember()

    @on(OrderSheet.CursorMoved)
    def _field_moved(self) -> None:
        self._show_field()
        if self._in_sheet:
            if self.tab_bar.current != self.current_group():
                self._show_strip()
            self.remember()

    def go_to_group(self, name: str) -> None:
        for index, row in enumerate(self.sheet.rows):
            if isinstance(row, GroupRow) and group_of(row) == name:
                self.sheet.go_to_row(index)
                return
        self.show_notice(f"{name} has no field in this view; v shows others.")

    def status_items(self) -> Sequence[str | Piece]:
        marks = self.table.marks
        hidden = len(marks - {order.id for order in self._orders})
        sending = sending_facts(self.staging, self.workspace.account.zone)
        return [*sending, *status_summary(self.workspace.account, self.staging, len(marks), hidden)]


def _helps(row: FieldRow) -> list[tuple[str, str]]:
    reason = f"{row.reason[:1].upper()}{row.reason[1:]}." if row.reason else ""
    return [(reason, "warning"), (row.help, "dim")]


def _one_column(line: list[Piece]) -> list[Piece]:
    return [(" ", ""), *(piece for piece in line if piece[0])]

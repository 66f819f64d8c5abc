"""The batch as it is shown: the strip of states, the list, the problems, the form of the order that was chosen."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import Json
from tui.api.models import Group, Operation
from tui.api.pointer import Pointer
from tui.keymap import NAMES, Where, commands_in
from tui.orders.entry import Entry, parse_entry
from tui.orders.fields import field_at, label_of
from tui.orders.glance import haystack, order_name
from tui.screens.base import HouseScreen
from tui.screens.listing import preview_lines
from tui.screens.orderform import group_entries, group_of
from tui.screens.rooms import remember_place
from tui.screens.rows import Choices, FormSpec, Note, View, sheet_rows
from tui.screens.stagedrows import (
    ALL,
    COLUMNS,
    StagedRows,
    as_composed,
    finding_lines,
    notes_of,
    problem_rows,
    strip_entries,
)
from tui.screens.triage import TriageScreen
from tui.store.db import StoreError
from tui.widgets.ask import AskLine
from tui.widgets.dialogs import QuestionBar
from tui.widgets.filter import FilterLine
from tui.widgets.form import FieldRow, GroupRow, SheetRow
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager
from tui.widgets.problems import ProblemList
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.strip import EntryStrip
from tui.widgets.table import OrderTable
from tui.widgets.text import safe
from tui.work.drafts import Typing
from tui.work.staged import StagedOrder, Standing
from tui.work.staging import Staging

_STATE = "composer"
_WIDE = 120
_EMPTY = "Nothing is staged. a adds: b a blank order, f a file. In the list of orders, a stages a copy."

_LIST_KEYS = (
    ("open", "open"),
    ("next_problem", "next !"),
    ("add", "add"),
    ("mend", "mend"),
    ("mark", "mark"),
    ("hold", "hold"),
    ("review", "review"),
    ("view", "problems"),
    ("filter", "narrow"),
    ("keys", "keys"),
)
_SHEET_KEYS = (
    ("open", "edit"),
    ("next_problem", "next !"),
    ("mend", "mend"),
    ("address", "address"),
    ("absent", "clear"),
    ("add", "item"),
    ("undo", "undo"),
    ("review", "review"),
    ("pane", "list"),
    ("view", "fields"),
    ("keys", "keys"),
)


class BatchScreen(HouseScreen):
    """Two panes: the list (orders, or their problems) and the form. In narrow terminals one of them is in sight."""

    WHERE = Where.COMPOSER
    CSS: ClassVar[str] = """
    #said { height: 1; display: none; }
    #said.-shown { display: block; }
    #said.-two { height: 2; }
    BatchScreen FilterLine, #line { display: none; }
    BatchScreen FilterLine.-open, #line.-open { display: block; }
    #batch { height: 1fr; layout: vertical; }
    #batch #left { height: 1fr; }
    #batch #problems { display: none; }
    #batch.-problems #problems { display: block; }
    #batch.-problems #orders { display: none; }
    #batch #side { height: 8; layout: vertical; }
    #batch #form, #batch #field, #batch #help { display: none; }
    #batch #help { height: 2; }
    #batch.-sheet #left, #batch.-sheet #preview { display: none; }
    #batch.-sheet #side { height: 1fr; }
    #batch.-sheet #form, #batch.-sheet #field, #batch.-sheet #help { display: block; }
    #batch.-wide { layout: horizontal; }
    #batch.-wide #left { display: block; width: 1fr; }
    #batch.-wide #side { height: 1fr; width: 1fr; border-left: vkey $border-blurred; }
    #batch.-wide #preview { display: none; }
    #batch.-wide #form, #batch.-wide #field, #batch.-wide #help { display: block; }
    """

    def __init__(self, staging: Staging) -> None:
        super().__init__()
        self.staging = staging
        self._orders: list[StagedOrder] = []
        self._chosen: str | None = None
        self._in_sheet = False
        self._shows_problems = False
        self._standing: str = ALL
        self._words = ""
        self._field_words = ""
        self._view = View.USUAL
        self._typed: dict[Pointer, str] = {}
        self._loaded: str | None = None
        self._is_wide = False
        self._is_due = False
        self._said_sending = False
        self._top = 0
        self.line_done: Callable[[str], None] = lambda _: None
        """What the line at the bottom is asked for."""

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield EntryStrip()
        yield Pager(id="said")
        yield FilterLine()
        with Container(id="batch"):
            with Container(id="left"):
                yield OrderTable(COLUMNS, empty=_EMPTY, id="orders")
                yield ProblemList(empty="No problems here; v shows the orders.", id="problems")
            with Container(id="side"):
                yield RuleLine(id="rule")
                yield Pager(id="preview")
                yield OrderSheet(reader=self._read_entry, typing_hook=self._typing, empty="No order.", id="form")
                yield RuleLine(id="field")
                yield Pager(id="help")
        yield AskLine(id="line")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def table(self) -> OrderTable:
        return self.query_one("#orders", OrderTable)

    @property
    def problems(self) -> ProblemList:
        return self.query_one("#problems", ProblemList)

    @property
    def sheet(self) -> OrderSheet:
        return self.query_one("#form", OrderSheet)

    @property
    def strip(self) -> EntryStrip:
        return self.query_one(EntryStrip)

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.sheet.editing is not None

    @property
    def list_view(self) -> LineView:
        if self._in_sheet:
            return self.sheet
        return self.problems if self._shows_problems else self.table

    @property
    def order(self) -> StagedOrder | None:
        """The order that was chosen."""
        return self.staging.get(self._chosen) if self._chosen is not None else None

    # How it begins, and is found again.

    def on_mount(self) -> None:
        super().on_mount()
        self.staging.on_change = self._something_changed
        kept = self.house.bench.store.state.get(self.house.bench.account, _STATE)
        left = kept if isinstance(kept, dict) else {}
        self._standing = str(left.get("standing") or ALL)
        self._words = str(left.get("words") or "")
        self._chosen = str(left["order"]) if left.get("order") else None
        self._shows_problems = left.get("problems") is True
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
        remember_place(self, "composer")
        self.show_all()
        self.look()

    def on_resize(self, event: events.Resize) -> None:
        wide = event.size.width >= _WIDE
        if wide != self._is_wide:
            self._is_wide = wide
            self._arrange()
            self._show_side()

    def _arrange(self) -> None:
        batch = self.query_one("#batch")
        batch.set_class(self._is_wide, "-wide")
        batch.set_class(self._in_sheet, "-sheet")
        batch.set_class(self._shows_problems, "-problems")

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
            "problems": self._shows_problems,
            "sheet": self._in_sheet,
            "pointer": str(pointer) if pointer is not None else None,
            "top": self.table.top,
            "marks": marks,
        }
        self.house.bench.store.state.put(self.house.bench.account, _STATE, state)

    # News.

    def _something_changed(self) -> None:
        """Show it once for all the news of one turn."""
        if not self._is_due and self.is_attached:
            self._is_due = True
            self.call_later(self._show_news)

    def _show_news(self) -> None:
        self._is_due = False
        if not self.is_attached or not self.is_current:
            return
        if self._said_sending and not self.staging.shipping.waiting:
            self._said_sending = False
            self.unsay()
        self.show_all()

    def say_sending(self, words: str) -> None:
        """What is said until it is known what became of what was sent."""
        self.say(words)
        self._said_sending = True

    def news(self) -> None:
        self._something_changed()

    def look(self) -> None:
        """Ask the service, beside everything else, which of the orders it has already."""
        if not self.staging.looking and any(order.needs_look() for order in self.staging.orders):
            self.run_worker(self._look(), name="look up staged orders", group="read")

    async def _look(self) -> None:
        error: Exception | None
        try:
            error = await self.staging.look()
        except StoreError as full:
            error = full
        if error is not None and self.is_attached:
            self.say(f"What is new and what exists could not be looked up: {error} r tries again.", "warning")

    def stop_reading(self) -> bool:
        running = [worker for worker in self.workers if worker.group == "read" and worker.is_running]
        for worker in running:
            worker.cancel()
        return bool(running)

    def give_focus(self) -> None:
        """To the line that is open, else to the pane that one works in."""
        line = next((line for line in self.query(AskLine) if line.is_open), None)
        (line or self.list_view).focus(scroll_visible=False)

    def show_keys(self) -> None:
        """Those of the pane that one is in, the way to the service among the first."""
        wanted = _SHEET_KEYS if self._in_sheet else _LIST_KEYS
        keys = {command.id: command.keys[0] for command in commands_in(self.WHERE)}
        words = {"view": "orders"} if self._shows_problems and not self._in_sheet else {}
        self.query_one(KeyLine).set([(NAMES.get(keys[id], keys[id]), words.get(id, word)) for id, word in wanted])

    # The list.

    def show_all(self) -> None:
        """Everything, after anything may have changed."""
        if self._chosen is not None and self.staging.get(self._chosen) is None and self._in_sheet:
            self.close_sheet()
        self._orders = [order for order in self.staging.orders if self._fits(order)]
        zone = self.house.bench.zone
        self.table.load(StagedRows(self.staging, self._orders, zone))
        if self._chosen is not None and self.staging.get(self._chosen) is not None:
            self.table.go_to_key(self._chosen)
        self._chosen = self.table.cursor_key
        shown = "" if self._standing == ALL and not self._words else "No order is so: 0 shows all, / narrows otherwise."
        self.table.set_empty(shown if self.staging.orders else _EMPTY)
        if self._shows_problems:
            self.problems.load(problem_rows(self.staging, self._orders, zone))
        self._show_title()
        self._show_strip()
        self._show_said()
        self._show_side()
        self.show_status()

    def _fits(self, order: StagedOrder) -> bool:
        if self._in_sheet and order.id == self._chosen:
            # What one is working on stays, whatever becomes of it.
            return True
        if self._standing != ALL and self.staging.standing(order) != self._standing:
            return False
        words = self._words.lower().split()
        return not words or all(word in f"{haystack(order.document)}\n{order.source.lower()}" for word in words)

    def _show_title(self) -> None:
        bench = self.house.bench
        mode = "READ ONLY" if bench.client.read_only else "WRITES"
        count = len(self.staging.orders)
        right = f"composer · {count} order{'' if count == 1 else 's'} staged"
        if self.staging.owner is not None:
            right = f"{self.staging.owner} has this batch; B takes it over"
        elif self._in_sheet and (order := self.order) is not None:
            place = next((n for n, one in enumerate(self._orders, 1) if one is order), 0)
            shop_id = order.key[2]
            shop = bench.shop(shop_id)
            facts = [order_name(order.document), shop.name if shop else "", f"{place} of {len(self._orders)}"]
            right = " · ".join(filter(None, facts))
        self.query_one(TitleLine).set(f"{self.house.account_name} · {mode}", right)

    def _show_strip(self) -> None:
        if not self._in_sheet:
            self.strip.first_number = 0
            self.strip.set_entries(strip_entries(self.staging), self._standing)
            return
        self.strip.first_number = 1
        self.strip.set_entries(group_entries(self.sheet.rows), self.current_group())

    def current_group(self) -> str:
        pointer = self.sheet.cursor_pointer
        known = field_at(pointer) if pointer is not None else None
        return str(known.group) if known is not None else str(Group.SHIP_TO)

    def _show_said(self) -> None:
        """The word of the service about the last sending: the worst of it, else the last."""
        pane = self.query_one("#said", Pager)
        said = self.staging.said
        worst = next((one for one in reversed(said) if one.tone != "good"), said[-1] if said else None)
        is_over = worst is not None and worst.tone == "good" and not self.staging.counts()[Standing.SENT]
        if worst is None or is_over or self._in_sheet:
            pane.remove_class("-shown", "-two")
            return
        words = f"{worst.at.astimezone(self.house.bench.zone):%H:%M} {worst.words}"
        pane.set_lines([words])
        pane.add_class("-shown")
        pane.set_class(len(safe(words)) > self.size.width - 2, "-two")

    @on(EntryStrip.Selected)
    def _strip_chosen(self, event: EntryStrip.Selected) -> None:
        if self._in_sheet:
            self.go_to_group(event.key)
            return
        self._standing = event.key
        self.show_all()
        if self._shows_problems and not self.problems.rows:
            self.show_problems(False)
        self.remember()

    def show_problems(self, wanted: bool) -> None:
        """The list of problems in place of the list of orders, or back."""
        self._shows_problems = wanted
        self._arrange()
        self.show_keys()
        self.show_all()
        self.give_focus()

    @on(OrderTable.CursorMoved, "#orders")
    def _row_moved(self) -> None:
        if not self._in_sheet and not self._shows_problems:
            self._chosen = self.table.cursor_key
            self._show_side()
            self.remember()

    @on(ProblemList.CursorMoved, "#problems")
    def _problem_moved(self) -> None:
        row = self.problems.cursor_row
        if not self._in_sheet and self._shows_problems and row is not None and row.order:
            self._chosen = row.order
            self.table.go_to_key(row.order)
            self._show_side()
            if self._is_wide:
                self.sheet.go_to(row.pointer)
            self.remember()

    @on(OrderTable.MarksChanged, "#orders")
    def _marks_changed(self) -> None:
        self.remember()
        self.show_status()

    # The order chosen.

    def _show_side(self, pointer: Pointer | None = None) -> None:
        order = self.order
        rule, preview = self.query_one("#rule", RuleLine), self.query_one("#preview", Pager)
        if order is None:
            rule.set()
            preview.set_lines([])
            self._loaded = None
            self.sheet.load([])
            self._show_field()
            return
        zone = self.house.bench.zone
        count = sum(not finding.stale for finding in self.staging.findings(order))
        told = f"{count} problem{'' if count == 1 else 's'}" if count else "nothing to fix"
        rule.set(" · ".join(filter(None, (order_name(order.document), order.source))), told)
        if self._in_sheet or self._is_wide:
            self._show_form(order, pointer)
        else:
            lines = list(finding_lines(self.staging, order, zone, self.size.width))
            preview.set_lines([*lines, *(_one_column(line) for line in preview_lines(order.document, ()))])

    def _show_form(self, order: StagedOrder, pointer: Pointer | None = None) -> None:
        if self._loaded != order.id:
            self._typed = self.house.bench.drafts.typed(_place(order.id))
            self._loaded = order.id
            self.sheet.load(self.rows(order), pointer)
        else:
            self.sheet.set_rows(self.rows(order))
        self._show_field()

    def rows(self, order: StagedOrder) -> list[SheetRow]:
        """The rows of the form of an order."""
        notes = notes_of(self.staging, order, self.house.bench.zone)
        notes.extend(Note.typed(pointer, text) for pointer, text in self._typed.items())
        spec = FormSpec(
            order.edit,
            Operation.POST,
            self._view,
            notes,
            (),
            self.house.bench.zone,
            self._suggestions(),
            self._field_words,
            fixed=order.fixed,
        )
        return as_composed(order, sheet_rows(spec))

    def _suggestions(self) -> dict[tuple[str, ...], Choices]:
        triage = next((screen for screen in self.house.house_screens() if isinstance(screen, TriageScreen)), None)
        return triage.suggestions() if triage is not None else {}

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
        self._show_title()
        self._show_strip()
        self._show_said()
        self.show_keys()
        self.give_focus()
        self.remember()
        if self._typed:
            place = next(iter(self._typed))
            self.say(f"What was typed in {label_of(place)} is kept; Enter there goes on with it.")

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
            if self.strip.current != self.current_group():
                self._show_strip()
            self.remember()

    def go_to_group(self, name: str) -> None:
        for index, row in enumerate(self.sheet.rows):
            if isinstance(row, GroupRow) and group_of(row) == name:
                self.sheet.go_to_row(index)
                return
        self.say(f"{name} has no field in this view; v shows others.")

    # The editor.

    def _read_entry(self, pointer: Pointer, kind: str, text: str, choices: Choices) -> Entry:
        now: datetime = self.house.now().astimezone(self.house.bench.zone)
        return parse_entry(kind, text, choices=choices, now=now)

    def _typing(self, pointer: Pointer, text: str) -> None:
        if self._loaded is not None:
            self.house.bench.drafts.type(Typing(_place(self._loaded), pointer, text))

    def untype(self, pointer: Pointer) -> bool:
        """Forget what was typed in a field and not taken; whether there was anything."""
        if self._loaded is not None:
            self.house.bench.drafts.untype(_place(self._loaded), pointer)
        return self._typed.pop(pointer, None) is not None

    def facts(self) -> Sequence[str | Piece]:
        staging = self.staging
        bench = self.house.bench
        facts: list[str | Piece] = []
        if staging.looking:
            facts.append(("looking up what exists … Ctrl+C stops", "info"))
        if paused := bench.client.paused_for:
            facts.append((f"the service asks to wait {paused:.0f} s", "warning"))
        if staging.saved_at is not None:
            facts.append(f"on disk {staging.saved_at.astimezone(bench.zone):%H:%M:%S}")
        elif staging.orders:
            facts.append("all on disk")
        counts = staging.counts()
        if ready := counts[Standing.READY]:
            requests = -(-ready // 100)
            facts.append(f"{ready} ready = {requests} request{'' if requests == 1 else 's'}")
        if away := counts[Standing.SENT]:
            facts.append((f"{away} on the way", "info"))
        if self.table.marks:
            facts.append(f"{len(self.table.marks)} marked")
        if counts[Standing.UPDATE]:
            facts.append("UPDATE waits until z releases it")
        return facts


def _place(staged: str) -> str:
    """Under this name what is typed in a staged order is kept; no order of the service is called so."""
    return f"staged {staged}"


def _helps(row: FieldRow) -> list[tuple[str, str]]:
    reason = f"{row.reason[:1].upper()}{row.reason[1:]}." if row.reason else ""
    return [(reason, "warning"), (row.help, "dim")]


def _one_column(line: list[Piece]) -> list[Piece]:
    return [(" ", ""), *(piece for piece in line if piece[0])]

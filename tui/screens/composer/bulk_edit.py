"""The same on many staged orders at once: marks, one field set on all, one kind of problem mended on all."""

from collections.abc import Callable, Iterator, Sequence

from tui.api.codec import Json
from tui.api.models import Kind, Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.wording import count_of
from tui.orders.checks.spreadsheet_damage import DAMAGE_CODES
from tui.orders.edits.bulk_change import full_label
from tui.orders.edits.edit import Edit
from tui.orders.fields import Field, field_at, label_of, path_of
from tui.orders.paths import ANY
from tui.orders.summary import order_name
from tui.orders.value_parser import KINDS_OF_LINES, show_value
from tui.screens.common.callbacks import ask_then, value_then
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import marked_keys
from tui.screens.common.routes import ShowLines
from tui.screens.common.table_rows import mark_by
from tui.screens.composer.form_pane import keeps, nothings
from tui.screens.composer.grid_pane import GridScreen
from tui.screens.composer.grid_rows import OWN, column_fields, place_of
from tui.screens.composer.view_state import ViewMode
from tui.screens.order.form_rows import FormSpec, choices_of
from tui.screens.order.pickers import Choice, ValueScreen, field_picker, value_in
from tui.widgets.form_layout import FieldRow
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe
from tui.work.batches.bulk_edit import BulkEditKind as ProblemKind
from tui.work.batches.bulk_edit import (
    BulkEditPreview,
    apply_preview,
    fixable_kinds,
    ids_with,
    kind_of,
    preview_fixes,
    preview_value,
)
from tui.work.batches.staged_order import Finding, StagedOrder
from tui.work.drafts.drafts import TypedText
from tui.work.writes.send_state import SendState

_WRONG = (SendState.REFUSED, SendState.INVALID)
_KINDS_OFFERED = 6


class FixingScreen(GridScreen):
    """What acts on the marks. Marks are of orders, and the same in every view; hidden ones are counted and told."""

    _same: tuple[frozenset[str], ProblemKind] | None = None
    """What was marked as having the same kind of problem, and which kind that is."""

    # Marks.

    @handles("mark")
    def do_mark(self, key: str) -> None:
        order = self.order
        if self._in_sheet or order is None:
            self.show_notice("Orders are marked in their list; Esc leads there.")
            return
        self.table.toggle_mark(order.id)
        self.grid.refresh_row(order.id)
        is_marked = order.id in self.table.marks
        if self._shown is ViewMode.PROBLEMS:
            self.show_notice(f"{order_name(order.document)} {'marked' if is_marked else 'no more marked'}.")
        self.list_view.move(1)

    @handles("marks")
    def do_marks(self, key: str) -> None:
        answers = [("a", "all here"), ("n", "none"), ("i", "invert"), ("p", "with problems"), ("s", "same problem")]

        def chosen(answer: str) -> None:
            if answer == "p":
                self._mark_doubtful()
            elif not mark_by(self.table, answer):
                self._mark_same()
            self.grid.repaint()

        ask_then(self, "Mark", answers, chosen)

    def problems_here(self) -> list[Finding]:
        """The problems at the cursor, one of each kind; where it is on none, those of the order."""
        order = self.order
        if order is None:
            return []
        found = [one for one in self.staging.findings(order) if not one.stale]
        here = self.pointer_here
        at_cursor = [one for one in found if here is not None and here in (one.problem.pointer, place_of(order, one))]
        return list({kind_of(one): one for one in reversed(at_cursor or found)}.values())[::-1]

    @property
    def pointer_here(self) -> Pointer | None:
        """The field that the cursor is on, in any view."""
        if self._in_sheet:
            return self.sheet.cursor_pointer
        if self._shown is ViewMode.TABLE:
            return self.grid.cursor_pointer
        row = self.problems.cursor_row if self._shown is ViewMode.PROBLEMS else None
        return row.pointer if row is not None else None

    def _ask_kind(self, title: str, kinds: Sequence[tuple[Finding, int]], done: Callable[[Finding], None]) -> None:
        """Which of several kinds of problems, each with how many orders have it; one alone needs no question."""
        if len(kinds) == 1:
            done(kinds[0][0])
            return
        offered = kinds[:_KINDS_OFFERED]
        # In the line alone no more than the first letters of each would have room.
        lines: list[list[Piece]] = [
            [(f" {number}  ", "mark"), (f"{fit(_kind_words(one), 56)} ", ""), (count_of(count, "order"), "dim")]
            for number, (one, count) in enumerate(offered, 1)
        ]
        self.show_preview(f"{title}: which of these?", lines)

        def chosen(answer: str) -> None:
            self.end_preview()
            done(offered[int(answer) - 1][0])

        ask_then(self, title, [(str(number), "") for number in range(1, len(offered) + 1)], chosen, self.end_preview)

    def _mark_doubtful(self) -> None:
        """Those here that the list tells a problem of, errors and warnings alike: most proposals are for warnings."""
        found = [one for one in self._orders if any(not it.stale for it in self.staging.findings(one))]
        wrong = sum(self.staging.send_state(one) in _WRONG for one in found)
        self.table.set_marks(one.id for one in found)
        self.show_notice(f"{len(found)} marked: {wrong} to fix (!), {len(found) - wrong} doubtful (~).")

    def _mark_same(self) -> None:
        """All orders with the problem here, those that the list does not show included."""
        found = self.problems_here()
        if not found:
            self.show_notice("This order has no problem.")
            return
        orders = self.staging.orders
        counted = [(one, len(ids_with(self.staging, orders, kind_of(one)))) for one in found]
        self._ask_kind("The same problem", counted, self._mark_having)

    def _mark_having(self, finding: Finding) -> None:
        same = ids_with(self.staging, self.staging.orders, kind_of(finding))
        self.table.set_marks(same)
        self._same = (frozenset(same), kind_of(finding))
        self.grid.repaint()
        hidden = len(set(same) - {order.id for order in self._orders})
        shown = f", {hidden} not shown here" if hidden else ""
        self.show_notice(f"{len(same)} marked{shown}. ; m mends, ; c sets a field on all: {_kind_words(finding)}.")

    @property
    def _marked_for(self) -> ProblemKind | None:
        """The kind of problem for which exactly these orders were marked."""
        return self._same[1] if self._same is not None and self._same[0] == self.table.marks else None

    @handles("on_marked")
    def do_on_marked(self, key: str) -> None:
        marks = self.table.marks
        if not marks:
            self.show_notice("Nothing is marked; Space marks.")
            return
        hidden = len(marks - {order.id for order in self._orders})
        self.next_on_marked = True
        self.show_notice(
            f"On {len(marks)} marked{f', {hidden} of them not shown' if hidden else ''}: {marked_keys(self.WHERE)}"
        )

    # One field.

    @handles("set_field")
    def do_set_field(self, key: str) -> None:
        here = self.pointer_here
        if not self.on_marked and self._in_sheet:
            self.clear_field(self.sheet.cursor_field)
            return
        if not self.on_marked and self._shown is ViewMode.TABLE:
            cell = self.grid.cell
            self.clear_field(cell.row if cell is not None else None)
            return
        orders = self.targets()
        if not orders:
            return
        ids = [order.id for order in orders]
        offered = [one for one in column_fields() if one.path not in OWN]
        same = self._marked_for
        place = path_of(here) if here is not None else same.path if same is not None else ()
        meant = [one for one in offered if place and one.path[: len(place)] == place]
        first = [Choice(full_label(one.path), "/".join(one.path), field=one) for one in meant]
        title = f"Set a field on {count_of(len(orders), 'order')}"

        def chosen(choice: Choice) -> None:
            if choice.field is not None:
                self._ask_value(choice.field, ids)

        fields = [one for one in offered if one not in meant]
        value = self.ask_screen(field_picker(self.workspace, title, (), fields, first))
        value_then(self, value, chosen)

    def _ask_value(self, known: Field, ids: Sequence[str]) -> None:
        orders = self._found(ids)
        if not orders:
            return
        first = orders[0]
        value = value_in(first.document, known.path)
        pointer = Pointer(tuple("0" if token == ANY else token for token in known.path))
        spec = FormSpec(Edit(first.document), Operation.POST, suggestions=self._suggestions(first))
        row = FieldRow(
            pointer,
            full_label(known.path),
            known.kind,
            value,
            show_value(known.kind, value),
            choices=choices_of(spec, pointer, known),
            help=known.help,
            multiline=known.kind in KINDS_OF_LINES,
        )

        place, drafts = f"staged * {self.staging.batch}", self.workspace.account.drafts

        def put(entered: Json | Absent) -> None:
            self._preview(preview_value(self.staging, self._found(ids), known.path, entered), full_label(known.path))

        def done(values: dict[Pointer, Json]) -> None:
            drafts.untype(place, pointer)
            # Enter on what the first order has means that, for all of them.
            entered = values.get(pointer, value)
            if entered not in (ABSENT, None, "", []):
                put(entered)
                return
            meant: dict[str, Json | Absent] = {"a": ABSENT, "e": [] if known.kind is Kind.TAGS else "", "n": None}
            ask_then(
                self, f"{known.caption} of {len(orders)} becomes", nothings(known), lambda answer: put(meant[answer])
            )

        def typing(pointer: Pointer, text: str) -> None:
            with self.report_store_errors():
                drafts.type(TypedText(place, pointer, text))

        title = f"{full_label(known.path)} on {count_of(len(orders), 'order')}"
        begun = drafts.typed(place).get(pointer)
        screen = ValueScreen(
            self.workspace, title, [row], typing, replaces=True, keeps=True, begun=begun, may_be_empty=True
        )
        values = self.ask_screen(screen)
        value_then(self, values, done)

    # One kind of problem.

    @handles("fix_problem")
    def do_fix_problem(self, key: str) -> None:
        if not self.on_marked:
            self.mend_here(self.pointer_here)
            return
        orders = self.targets()
        kinds = fixable_kinds(self.staging, orders)
        if not kinds:
            self.show_notice("There is no proposal for the problems of the marked orders.")
            return
        here = next(
            (one for one in self.problems_here() if self.pointer_here is not None and kind_of(one) in kinds), None
        )
        if (same := self._marked_for) in kinds:
            here = kinds[same][0]
        counted = [(found[0], len(found)) for found in kinds.values()]
        self._ask_kind("Mend", [(here, 0)] if here is not None else counted, lambda one: self._mend_all(orders, one))

    def _mend_all(self, orders: Sequence[StagedOrder], finding: Finding) -> None:
        self._preview(preview_fixes(self.staging, orders, kind_of(finding)), f"mend: {_kind_words(finding)}")

    # Before it is done.

    def _preview(self, preview: BulkEditPreview, name: str) -> None:
        """What would change, in the pane, until the question about it is answered."""
        if not preview.values:
            reasons = {reason for _, reason in preview.skipped}
            self.show_notice(f"Nothing would change: {'; '.join(sorted(reasons))}.")
            return
        count = count_of(len(preview.values), "order")
        lines = list(_preview_lines(preview))
        first = preview.changes[0]
        self.show_preview(f"{count}: {name}", lines)

        def chosen(answer: str) -> None:
            self.end_preview()
            if answer == "p":
                self.workspace.go(ShowLines(f"{count}: {name}", lines))
                self.call_after_refresh(self._preview, preview, name)
            else:
                self._take(preview, name)

        stays = f", {len(preview.skipped)} stay" if preview.skipped else ""
        words = f"{count}{stays}: {label_of(first.pointer)}: {_shown(first.pointer, first.was)} -> {_shown(first.pointer, first.will)}"
        ask_then(self, words, [("t", "take it"), ("p", "all of it")], chosen, self.end_preview)

    @keeps
    def _take(self, preview: BulkEditPreview, name: str) -> None:
        self._stays.update(preview.values)
        count = apply_preview(self.staging, preview, name)
        self.edited()
        self.show_notice(f"{name[:1].upper()}{name[1:]}: {count_of(count, 'order')} changed. u takes all of it back.")

    def _found(self, ids: Sequence[str]) -> list[StagedOrder]:
        return [order for id in ids if (order := self.staging.get(id)) is not None]

    # From problem to problem.

    @handles("next_problem")
    def do_next_problem(self, key: str) -> None:
        self._step_problem(1)

    @handles("previous_problem")
    def do_previous_problem(self, key: str) -> None:
        self._step_problem(-1)

    def _step_problem(self, by: int) -> None:
        """The next problem of the form or the row, else of the next order that has one, and around."""
        if self._in_sheet and self.sheet.step_problem(by):
            return
        in_table = self._shown is ViewMode.TABLE and not self._in_sheet
        if in_table and self._step_cell(by):
            return
        starts_here = not (self._in_sheet or in_table)
        count = len(self._orders)
        here = next((n for n, order in enumerate(self._orders) if order.id == self._chosen), 0)
        for step in range(0 if starts_here else 1, count + 1 if count else 0):
            order = self._orders[(here + by * step) % count]
            if not self._stops(order):
                continue
            self._to_problem(order, by, in_table=in_table)
            if not 0 <= here + by * step < count or (step == count and not starts_here):
                self.show_notice("Around, from the first one." if by > 0 else "Around, from the last one.")
            return
        shown = {order.id for order in self._orders}
        hidden = sum(bool(self._stops(order)) for order in self.staging.orders if order.id not in shown)
        self.show_notice(
            f"No problem is left here; {hidden} orders not shown have some." if hidden else "No problem is left here."
        )

    def _stops(self, order: StagedOrder) -> list[Finding]:
        standing = self.staging.send_state(order)
        if (order.sent and standing not in (SendState.UNKNOWN, SendState.DIFFERS)) or (
            standing is SendState.READY and order.override_version is None
        ):
            return []
        return [finding for finding in self.staging.findings(order) if finding.stops]

    def _step_cell(self, by: int) -> bool:
        """The next cell of this row with a problem that stops the order; whether there is one."""
        column = self.grid.column + by
        while (cell := self.grid.cell_at(self.grid.cursor, column)) is not None:
            if cell.row is not None and cell.row.mark in ("!", "S"):
                self.grid.go_to_column(column)
                return True
            column += by
        return False

    def _choose(self, id: str, pointer: Pointer | None = None) -> None:
        self.sheet.leave_editor()
        self._chosen = id
        if self._in_sheet and (order := self.order) is not None:
            self._show_form(order, pointer)
        self.show_all()
        self.remember()

    def _to_problem(self, order: StagedOrder, by: int, *, in_table: bool) -> None:
        if in_table and self._to_cells(order, by):
            return
        self._choose(order.id)
        if not self._in_sheet:
            self.open_sheet()
        self._show_form(order)

        def go() -> None:
            # To the end of the form, and from there on to its first problem, or its last.
            (self.sheet.end if by < 0 else self.sheet.home)()
            if not self.sheet.has_problem_here():
                self.sheet.step_problem(by)

        self.call_after_refresh(go)

    def _to_cells(self, order: StagedOrder, by: int) -> bool:
        """The first, or last, problem cell of another row; whether the table can show one of them."""
        self.grid.go_to_cell(order.id)
        self._chosen = order.id
        self.grid.go_to_column(0 if by > 0 else len(self.grid.columns) - 1)
        cell = self.grid.cell
        if (cell is not None and cell.row is not None and cell.row.mark in ("!", "S")) or self._step_cell(by):
            return True
        places = (place_of(order, finding) for finding in self._stops(order))
        return any(place is not None and self.to_cell(order, place) for place in places)


def _preview_lines(preview: BulkEditPreview) -> Iterator[list[Piece]]:
    for change in preview.changes:
        yield [
            (f" {fit(change.name, 14)} ", ""),
            (f"{fit(label_of(change.pointer), 22)} ", "dim"),
            (f"{safe(_shown(change.pointer, change.was))} -> ", "dim"),
            (safe(_shown(change.pointer, change.will)), "changed"),
        ]
    for name, reason in preview.skipped:
        yield [(f" {fit(name, 14)} ", "dim"), (safe(f"stays: {reason}"), "dim")]


def _shown(pointer: Pointer, value: Json | Absent) -> str:
    known = field_at(pointer)
    return show_value(known.kind if known is not None else "json", value)


def _kind_words(finding: Finding) -> str:
    """What such problems have in common, without the value that this one is about."""
    problem = finding.problem
    if problem.code in DAMAGE_CODES:
        return problem.title.partition(": ")[0]
    return problem.title or f"{label_of(problem.pointer)}: {problem.detail}"

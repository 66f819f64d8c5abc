"""Commands on many staged orders: marking, setting one field, fixing one kind of problem."""

from collections.abc import Iterator, Sequence

from tui.api.codec import Json
from tui.api.models import Kind, Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.wording import count_of
from tui.orders.checks.registry import DAMAGE_CODES
from tui.orders.display import display_value
from tui.orders.edits.edit import Edit
from tui.orders.fields import Field, full_label, label_of, path_of
from tui.orders.paths import ANY
from tui.orders.summary import order_name
from tui.orders.value_parser import KINDS_OF_LINES, show_value
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import marked_keys
from tui.screens.common.questions import ask_which
from tui.screens.common.routes import ShowLines
from tui.screens.common.table_rows import mark_by
from tui.screens.composer.grid_rows import OWN, column_fields, visible_pointer
from tui.screens.composer.panes import suggestions
from tui.screens.composer.staged_target import empty_choices
from tui.screens.composer.state import ViewMode
from tui.screens.composer.view import ComposerCommands, ComposerView
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
    preview_values,
)
from tui.work.batches.staged_order import Finding, StagedOrder
from tui.work.writes.send_state import SendState

_WRONG = (SendState.REFUSED, SendState.INVALID)


class StagedMarkCommands(ComposerCommands):
    """Commands on marks. Marks are the same in every view. Notices count marked orders that are not shown."""

    def __init__(self, view: ComposerView) -> None:
        super().__init__(view)
        self._marked_kind: tuple[frozenset[str], ProblemKind] | None = None
        """The orders marked for one kind of problem, and that kind."""

    @handles("mark")
    def toggle_mark(self, key: str) -> None:
        view, order = self._view, self._view.order
        if view.state.in_form or order is None:
            view.screen.show_notice("Orders are marked in the list; Esc goes there.")
            return
        view.batch.table.toggle_mark(order.id)
        view.grid.refresh_row(order.id)
        if view.state.mode is ViewMode.PROBLEMS:
            change = "marked" if order.id in view.marks else "unmarked"
            view.screen.show_notice(f"{order_name(order.document)} {change}.")
        view.list_view.move(1)

    @handles("marks")
    async def ask_marks(self, key: str) -> None:
        answers = [("a", "all here"), ("n", "none"), ("i", "invert"), ("p", "with problems"), ("s", "same problem")]
        answer = await self._screen.ask("Mark", answers)
        if answer == "p":
            self._mark_with_problems()
        elif answer == "s":
            await self._ask_same_problem()
        elif answer is not None:
            mark_by(self._view.batch.table, answer)
        self._view.grid.repaint()

    @handles("on_marked")
    def use_marks(self, key: str) -> None:
        """Let the next command act on all marked orders."""
        count, hidden = len(self._view.marks), self._view.state.not_shown(self._view.marks)
        if not count:
            self._screen.show_notice(f"No orders marked; {self._screen.key('mark')} marks.")
        else:
            self._screen.next_on_marked = True
            shown = f", {hidden} not shown" if hidden else ""
            self._screen.show_notice(f"On {count} marked{shown}: {marked_keys(self._screen.commands)}")

    def _mark_with_problems(self) -> None:
        """Mark the listed orders with errors or warnings; most fixes are for warnings."""
        shown = self._view.state.shown
        found = [order for order in shown if any(not finding.stale for finding in self._staging.findings(order))]
        wrong = sum(self._staging.send_state(order) in _WRONG for order in found)
        self._view.batch.table.set_marks(order.id for order in found)
        self._screen.show_notice(f"{len(found)} marked: {wrong} to fix (!), {len(found) - wrong} with warnings (~).")

    async def _ask_same_problem(self) -> None:
        """Mark all orders with the problem under the cursor, including those not listed."""
        found = self.problems_here()
        if not found:
            self._screen.show_notice("This order has no problem.")
            return
        orders = self._staging.orders
        counted = [(finding, len(ids_with(self._staging, orders, kind_of(finding)))) for finding in found]
        finding = await self.ask_kind("The same problem", counted)
        if finding is None:
            return
        same = ids_with(self._staging, self._staging.orders, kind_of(finding))
        self._view.batch.table.set_marks(same)
        self._marked_kind = (frozenset(same), kind_of(finding))
        hidden = self._view.state.not_shown(same)
        shown = f", {hidden} not shown" if hidden else ""
        self._screen.show_notice(
            f"{len(same)} marked{shown}. {self._screen.key('on_marked')} {self._screen.key('fix_problem')} fixes, "
            f"{self._screen.key('on_marked')} {self._screen.key('set_field')} sets a field on all: {_kind_words(finding)}."
        )

    @property
    def marked_kind(self) -> ProblemKind | None:
        """The kind of problem that exactly these orders were marked for."""
        known = self._marked_kind
        return known[1] if known is not None and known[0] == self._view.marks else None

    def problems_here(self) -> list[Finding]:
        """The problems under the cursor, one of each kind, or else those of the order."""
        order, here = self._view.order, self._view.pointer_here
        if order is None:
            return []
        found = [finding for finding in self._staging.findings(order) if not finding.stale]
        at_cursor = [
            finding
            for finding in found
            if here is not None and here in (finding.problem.pointer, visible_pointer(order, finding))
        ]
        return list({kind_of(finding): finding for finding in reversed(at_cursor or found)}.values())[::-1]

    async def ask_kind(self, title: str, kinds: Sequence[tuple[Finding, int]]) -> Finding | None:
        """Ask for one of several kinds of problems, with the number of orders of each. A single kind is returned."""
        if len(kinds) == 1:
            return kinds[0][0]
        titles = [f"{_kind_words(finding)}, {count_of(count, 'order')}" for finding, count in kinds]
        chosen = await ask_which(self._screen, f"{title}: which one?", titles)
        return kinds[chosen][0] if chosen is not None else None


class BulkCommands(ComposerCommands):
    """Changes of all marked orders. Each has a preview and is one step for undo."""

    def __init__(self, view: ComposerView, marks: StagedMarkCommands) -> None:
        super().__init__(view)
        self._marks = marks

    # One field.

    @handles("set_field")
    async def set_field(self, key: str) -> None:
        """Ask for a field and its value, for the marked orders or the current one."""
        orders, here = self._view.targets(), self._view.pointer_here
        if not orders:
            return
        ids = [order.id for order in orders]
        offered = [known for known in column_fields() if known.path not in OWN]
        kind = self._marks.marked_kind
        path = path_of(here) if here is not None else kind.path if kind is not None else ()
        likely = [known for known in offered if path and known.path[: len(path)] == path]
        first = [Choice(full_label(known.path), "/".join(known.path), field=known) for known in likely]
        others = [known for known in offered if known not in likely]
        title = f"Set a field on {count_of(len(orders), 'order')}"
        choice = await self._screen.ask_screen(field_picker(self._view.workspace, title, (), others, first))
        if choice is not None and choice.field is not None:
            await self._ask_value(choice.field, ids)

    async def _ask_value(self, known: Field, ids: Sequence[str]) -> None:
        orders = self._orders(ids)
        if not orders:
            return
        row = self._value_row(known, orders[0])
        screen = ValueScreen(
            self._view.workspace,
            f"{full_label(known.path)} on {count_of(len(orders), 'order')}",
            [row],
            typed_key=f"staged * {self._staging.batch}",
            continues=True,
            replaces=True,
            may_be_empty=True,
        )
        values = await self._screen.ask_screen(screen)
        if values is not None:
            # Enter on the value of the first order sets that value on all.
            entered = values.pop(row.pointer, row.value)
            # A typed unit is set, too: its path is that of the field, with the name of the unit.
            beside = [((*known.path[:-1], pointer.name), value) for pointer, value in values.items()]
            await self._set(known, ids, entered, beside)

    def _value_row(self, known: Field, first: StagedOrder) -> FieldRow:
        """An editable row of the field, with the first order's value."""
        value = value_in(first.document, known.path)
        pointer = Pointer(tuple("0" if token == ANY else token for token in known.path))
        spec = FormSpec(Edit(first.document), Operation.POST, suggestions=suggestions(self._view.workspace, first))
        return FieldRow(
            pointer,
            full_label(known.path),
            known.kind,
            value,
            show_value(known.kind, value),
            choices=choices_of(spec, pointer, known),
            help=known.help,
            multiline=known.kind in KINDS_OF_LINES,
        )

    async def _set(
        self, known: Field, ids: Sequence[str], entered: Json | Absent, beside: Sequence[tuple[tuple[str, ...], Json]]
    ) -> None:
        """Set a value, and those beside it; if it is empty, ask how it is sent."""
        value = entered
        if entered in (ABSENT, None, "", []):
            choices = {choice.key: choice for choice in empty_choices(known)}
            answers = [(choice.key, choice.label) for choice in choices.values()]
            answer = await self._screen.ask(f"{known.caption} of {len(ids)} becomes", answers)
            if answer is None:
                return
            value = [] if answer == "e" and known.kind is Kind.TAGS else choices[answer].value
        preview = preview_values(self._staging, self._orders(ids), [(known.path, value), *beside])
        await self._confirm(preview, full_label(known.path))

    def _orders(self, ids: Sequence[str]) -> list[StagedOrder]:
        return [order for id in ids if (order := self._staging.get(id)) is not None]

    # One kind of problem.

    @handles("fix_problem")
    async def fix_problem(self, key: str) -> None:
        """Fix one kind of problem on all marked orders, or the problem of the current order."""
        if not self._screen.on_marked:
            self._view.fix_here()
            return
        orders = self._view.targets()
        kinds = fixable_kinds(self._staging, orders)
        if not kinds:
            self._screen.show_notice("No fix is proposed for the problems of the marked orders.")
            return
        finding = self._known_kind(kinds)
        if finding is None:
            finding = await self._marks.ask_kind("Fix", [(found[0], len(found)) for found in kinds.values()])
        if finding is not None:
            await self._confirm(preview_fixes(self._staging, orders, kind_of(finding)), f"fix: {_kind_words(finding)}")

    def _known_kind(self, kinds: dict[ProblemKind, list[Finding]]) -> Finding | None:
        """The kind of problem that the orders were marked for, or the one under the cursor."""
        kind = self._marks.marked_kind
        if kind is not None and kind in kinds:
            return kinds[kind][0]
        if self._view.pointer_here is None:
            return None
        return next((finding for finding in self._marks.problems_here() if kind_of(finding) in kinds), None)

    # The question before it is done.

    async def _confirm(self, preview: BulkEditPreview, name: str) -> None:
        """Show what would change, and apply it if the user confirms."""
        if not preview.values:
            reasons = {reason for _, reason in preview.skipped}
            self._screen.show_notice(f"Nothing would change: {'; '.join(sorted(reasons))}.")
            return
        count, lines, first = count_of(len(preview.values), "order"), list(_preview_lines(preview)), preview.changes[0]
        stays = f", {count_of(len(preview.skipped), 'stays', 'stay')}" if preview.skipped else ""
        was, will = display_value(first.pointer, first.was), display_value(first.pointer, first.will)
        question = f"{count}{stays}: {label_of(first.pointer)}: {was} -> {will}"
        answers = [("y", "apply"), ("p", "show all")]
        answer = await self._view.ask_about(f"{count}: {name}", lines, question, answers)
        if answer == "p":
            self._view.workspace.go(ShowLines(f"{count}: {name}", lines))
            self._screen.call_after_refresh(self._screen.run_dialog, self._confirm(preview, name))
        elif answer is not None:
            self._take(preview, name)

    def _take(self, preview: BulkEditPreview, name: str) -> None:
        with self._view.saving():
            self._view.state.pinned.update(preview.values)
            count = apply_preview(self._staging, preview, name)
            self._view.show_order()
            title = f"{name[:1].upper()}{name[1:]}"
            self._screen.show_notice(
                f"{title}: {count_of(count, 'order')} changed. {self._screen.key('undo')} undoes all of it."
            )


def _preview_lines(preview: BulkEditPreview) -> Iterator[list[Piece]]:
    for change in preview.changes:
        yield [
            (f" {fit(change.name, 14)} ", ""),
            (f"{fit(label_of(change.pointer), 22)} ", "dim"),
            (f"{safe(display_value(change.pointer, change.was))} -> ", "dim"),
            (safe(display_value(change.pointer, change.will)), "changed"),
        ]
    for name, reason in preview.skipped:
        yield [(f" {fit(name, 14)} ", "dim"), (safe(f"stays: {reason}"), "dim")]


def _kind_words(finding: Finding) -> str:
    """The name of a kind of problem, without this order's value."""
    problem = finding.problem
    if problem.code in DAMAGE_CODES or problem.code.startswith("confirm_"):
        return problem.title.partition(": ")[0]
    return problem.title or f"{label_of(problem.pointer)}: {problem.detail}"

"""One order as a form: every field, what was changed and what it was, problems at their fields, the editor."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from tui.api.codec import Document, Json
from tui.api.errors import ApiError, NotFound, Origin, Problem, Severity
from tui.api.models import Group, Operation
from tui.api.pointer import ABSENT, Pointer
from tui.keymap import Context
from tui.orders.checks.shipping import at_every_item
from tui.orders.checks.spreadsheet_damage import DAMAGE_CODES, find_problems, fix_for
from tui.orders.display import display_value
from tui.orders.edits.merge import Conflict
from tui.orders.edits.request_choice import RequestChoice
from tui.orders.fields import exclusive_values, field_at, label_of, required_in
from tui.orders.paths import LISTS, NOTES, SHOP
from tui.orders.summary import order_name, text_at
from tui.orders.value_parser import Choices, ParsedEntry, parse_entry
from tui.screens.common.callbacks import value_then
from tui.screens.common.key_lines import editor_keys
from tui.screens.common.routes import EditOrder
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import remember_place
from tui.screens.order.external_editor import edit_text
from tui.screens.order.form_rows import ConflictNote, FormNote, FormSpec, FormView, RowCache, sheet_rows
from tui.screens.order.groups import group_entries, sentence
from tui.widgets.dialogs import QuestionBar
from tui.widgets.filter_line import FilterLine
from tui.widgets.form_layout import FieldRow, SheetRow
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar
from tui.widgets.text import fit, safe, wrap
from tui.work.drafts.drafts import Draft, TypedText
from tui.work.drafts.sender import DraftSendStatus
from tui.work.writes.send_state import SendState

_HELP_LINES = 3


class FormScreen(BaseScreen[None]):
    """The form of an order of the service, and its draft: read, judged, shown, kept."""

    WHERE = Context.EDIT
    CSS: ClassVar[str] = """
    #field-help { height: 3; }
    """

    def __init__(self, workspace: Workspace, order_id: str) -> None:
        super().__init__(workspace)
        self._order_id = order_id
        self._draft: Draft | None = None
        self._view = FormView.USUAL
        self._words = ""
        self._sending: RequestChoice | None = None
        self._notes: list[FormNote] = []
        self._typed: dict[Pointer, str] = {}
        self._arrived: Document | None = None
        self._made = RowCache()
        self._was_left = False

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield TabBar(first_number=1)
        yield FilterLine(hides=True, id="field-words")
        yield OrderSheet(reader=self._read_entry, typing_hook=self._typing, empty="Reading …")
        yield RuleLine(id="rule")
        yield Pager(id="field-help")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def sheet(self) -> OrderSheet:
        return self.query_one(OrderSheet)

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.sheet.editing is not None

    @property
    def list_view(self) -> LineView:
        return self.sheet

    def on_mount(self) -> None:
        super().on_mount()
        self._open(self._order_id)
        if self._typed:
            place = next(iter(self._typed))
            self.show_notice(f"What was typed in {label_of(place)} is kept; Enter there goes on with it.")

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        remember_place(self, EditOrder(self._order_id))
        # What was just opened is shown already.
        if self._draft is not None and self._was_left:
            self._take_over()
            self._show()

    def on_screen_suspend(self) -> None:
        self._was_left = True

    # The order.

    def _open(self, order_id: str, pointer: Pointer | None = None) -> None:
        """Show an order: the draft of it, or what the list has; and read it again."""
        account = self.workspace.account
        self._order_id, self._arrived, self._made = order_id, None, RowCache()
        self._typed = account.drafts.typed(order_id)
        remember_place(self, EditOrder(order_id))
        self._draft = account.drafts.get(order_id)
        found = self.workspace.orders.find(order_id)
        if self._draft is None and found is not None:
            self._draft = account.drafts.of(order_id, found, self.workspace.now())
        if self._draft is not None:
            self._judge()
            self.sheet.load(self._rows(), pointer or next(iter(self._typed), None))
            self._after()
        self.run_worker(self._read(order_id), name="read the order again", group="read", exclusive=True)

    async def _read(self, order_id: str) -> None:
        account = self.workspace.account
        try:
            document = await account.client.get_order(order_id)
        except NotFound as error:
            gone = (
                "The order is not on the service any more; a stages it as a new one."
                if error.confirmed_by_service
                else str(error)
            )
            self.show_notice(gone, "conflict")
            return
        except ApiError as error:
            self.show_notice(f"Shown as it was read before: {error}", "warning")
            return
        if order_id != self._order_id:
            return
        if self.sheet.editing is not None:
            # Items may stand elsewhere now, and what is being typed must not come into another one.
            self._arrived = document
            return
        self._take_in(document)

    def _take_in(self, document: Document) -> None:
        """Set the draft on the order as it was just read, and tell what the service changed meanwhile."""
        account, first, self._arrived = self.workspace.account, self._draft is None, None
        draft = account.drafts.get(self._order_id) or self._draft
        if draft is None:
            draft = account.drafts.of(self._order_id, document, self.workspace.now())
        merged = account.drafts.rebase(draft, document, self.workspace.now())
        self._draft = draft
        if merged.conflicts:
            words = _names(draft, [clash.pointer for clash in merged.conflicts])
            self.show_notice(f"Changed there too, c decides: {words}.", "conflict")
        elif merged.remote_changes and draft.edit.dirty:
            self.show_notice(
                f"Merged what the service changed: {_names(draft, [one.pointer for one in merged.remote_changes])}."
            )
        self._judge()
        if first:
            self.sheet.load(self._rows(), next(iter(self._typed), None))
        else:
            self.sheet.set_rows(self._rows())
        self._after()

    def _take_over(self) -> None:
        """After something else may have changed or dropped the draft."""
        draft = self.workspace.account.drafts.get(self._order_id)
        standing = self.workspace.account.corrections.status(self._order_id)
        if draft is not None:
            self._draft = draft
        elif standing is not None and standing.document is not None:
            self._draft = self.workspace.account.drafts.of(self._order_id, standing.document, standing.at)

    def _judge(self) -> None:
        """What is known to be wrong: by the service, by the PATCH's schema, and what keeps the order from shipping."""
        draft = self._draft
        if draft is None:
            return
        document = draft.edit.document
        self._sending = draft.sending
        standing = self.workspace.account.corrections.status(self._order_id)
        self._notes = self._service_notes(standing, draft)
        stops = ((one, Severity.ERROR) for one in self._sending.invalid)
        doubts = ((one, Severity.WARNING) for one in self._sending.tolerated)
        for one, severity in (*stops, *doubts):
            problem = Problem(one.detail, one.code, pointer=one.pointer, severity=severity, origin=Origin.LOCAL)
            self._notes.append(_note(document, problem))
        known = {note.problem.pointer for note in self._notes}
        for blocked in self._sending.blocked:
            self._notes.append(
                FormNote(Problem(blocked.reason, "blocked", pointer=blocked.pointer, origin=Origin.LOCAL))
            )
        for problem in (one for found in find_problems(document) for one in at_every_item(document, found)):
            # What the schema or the service says of a damaged value has the same proposal.
            if problem.code not in DAMAGE_CODES or problem.pointer not in known:
                self._notes.append(_note(document, problem))
        self._notes.extend(FormNote.typed(pointer, text) for pointer, text in self._typed.items())

    def _service_notes(self, standing: DraftSendStatus | None, draft: Draft) -> list[FormNote]:
        if standing is None:
            return []
        when = f"{standing.at.astimezone(self.workspace.account.zone):%H:%M}"
        return [_note(draft.edit.document, problem, when) for problem in standing.problems]

    def _rows(self) -> list[SheetRow]:
        draft = self._draft
        if draft is None:
            return []
        zone = self.workspace.account.zone
        conflicts = [_conflict(draft, clash, f"{draft.read_at.astimezone(zone):%H:%M}") for clash in draft.clashes]
        spec = FormSpec(
            draft.edit,
            Operation.PATCH,
            self._view,
            self._notes,
            conflicts,
            zone,
            self._suggestions(),
            self._words,
            fixed=True,
        )
        return sheet_rows(spec, self._made)

    def _suggestions(self) -> dict[tuple[str, ...], Choices]:
        if self._draft is None:
            return {}
        return self.workspace.orders.suggestions(text_at(self._draft.edit.document, SHOP))

    def _show(self) -> None:
        self._judge()
        self.sheet.set_rows(self._rows())
        self._after()

    def _after(self) -> None:
        self._show_title()
        self._show_strip()
        self._show_help()
        self.show_status()

    def _show_title(self) -> None:
        draft = self._draft
        if draft is None:
            return
        account = self.workspace.account
        place, count = self.workspace.orders.place_of(self._order_id)
        shop_id = text_at(draft.edit.document, SHOP)
        shop = account.shop(shop_id)
        facts = [order_name(draft.edit.document), shop.name if shop else "", f"{place} of {count}" if place else ""]
        changed = sum(1 for _ in draft.edit.changes())
        errors = sum(note.problem.severity is Severity.ERROR for note in self._notes)
        open_clashes = len(draft.undecided)
        facts += [f"* {changed}" if changed else "", f"! {errors}" if errors else ""]
        facts += [f"# {open_clashes}" if open_clashes else ""]
        mode = "READ ONLY" if account.client.read_only else "WRITES"
        self.query_one(TitleLine).set(f"{self.workspace.profile} · {mode}", " · ".join(filter(None, facts)))

    def _show_strip(self) -> None:
        self.query_one(TabBar).set_labels(group_entries(self.sheet.rows), self._current_group())

    def _current_group(self) -> str:
        pointer = self.sheet.cursor_pointer
        known = field_at(pointer) if pointer is not None else None
        return str(known.group) if known is not None else str(Group.SHIP_TO)

    def _show_help(self) -> None:
        row, draft = self.sheet.cursor_row, self._draft
        rule, pane = self.query_one("#rule", RuleLine), self.query_one("#field-help", Pager)
        told: list[Piece] = []
        if isinstance(row, FieldRow):
            rule.set(label_of(row.pointer), self._told_of(row))
            known = field_at(row.pointer)
            limits = sentence(", ".join(known.limits)) if known is not None else ""
            if row.reason:
                told.append((sentence(row.reason), "warning"))
            elif row.full_order_reason:
                told.append((f"Sent as a full order: {row.full_order_reason}.", "info"))
            told += [(" ".join(filter(None, (row.help, limits))), ""), (str(row.pointer), "dim")]
        else:
            rule.set()
        # Always in sight, whatever there is to say of the field.
        note = text_at(draft.edit.document, NOTES) if draft is not None else ""
        pane.set_lines(_help_lines(told, f'customer note: "{note}"' if note else "", pane.drawn_width - 2))

    def _told_of(self, row: FieldRow) -> str:
        """What the field holds, and what nothing may mean in it, by which road (Q3.8-3.10)."""
        known = field_at(row.pointer)
        if known is None:
            return "unknown to the document · read only"
        kind = known.kind.replace("_", " ")
        if not row.editable:
            return f"{kind} · read only"
        ways = [word for word, allowed in (("null", known.patch.nullable), ("empty", known.patch.empty)) if allowed]
        if ways and not row.full_order_reason:
            return f"{kind} · may be {' or '.join(ways)}"
        needed = self._draft is not None and required_in(row.pointer, known, self._draft.edit.document)
        return f"{kind} · {'needed' if needed else 'removed only by a full order'}"

    def status_items(self) -> Sequence[str | Piece]:
        draft = self._draft
        if draft is None:
            return ["reading …"]
        zone = self.workspace.account.zone
        standing = self.workspace.account.corrections.status(self._order_id)
        facts: list[str | Piece] = []
        if standing is not None and not (standing.state is SendState.VERIFIED and draft.edit.dirty):
            facts.append(
                (
                    standing.message,
                    "service" if standing.problems else "good" if standing.state is SendState.VERIFIED else "info",
                )
            )
        if undecided := len(draft.undecided):
            facts.append((f"{undecided} to decide: c", "conflict"))
        facts.append("draft on disk" if draft.edit.dirty else "nothing changed")
        if self._sending is not None and self._sending.operation is Operation.POST:
            facts.append(("sent as a full order", "info"))
        facts.append(f"read {draft.read_at.astimezone(zone):%H:%M}")
        if draft.edit.dirty:
            facts.append("printed labels are not updated")
        return facts

    def order_changed(self, order_id: str) -> None:
        if order_id != self._order_id or not self.is_attached:
            return
        standing = self.workspace.account.corrections.status(order_id)
        if standing is not None and standing.state is not SendState.SENDING:
            self.clear_notice()
        if self.sheet.editing is None:
            self._take_over()
            self._show()
            if standing is not None and standing.state is SendState.CONFLICT:
                self._to_decision()

    def _to_decision(self) -> None:
        """To the first field that has to be decided, wherever the cursor was: `n` from below it would pass it by."""
        draft, row = self._draft, self.sheet.cursor_field
        if draft is None or (row is not None and row.mark == "#"):
            return
        for clash in draft.undecided:
            if (place := draft.edit.to_positions(clash.pointer)) is not None and self.sheet.go_to(place):
                return

    def store_changed(self) -> None:
        if self.is_attached:
            self.show_status()

    # The editor.

    def _read_entry(self, pointer: Pointer, kind: str, text: str, choices: Choices) -> ParsedEntry:
        now: datetime = self.workspace.now().astimezone(self.workspace.account.zone)
        return parse_entry(kind, text, choices=choices, now=now)

    def _typing(self, pointer: Pointer, text: str) -> None:
        with self.report_store_errors():
            self.workspace.account.drafts.type(TypedText(self._order_id, pointer, text))

    @on(OrderSheet.FieldChanged)
    def _changed(self, event: OrderSheet.FieldChanged) -> None:
        with self.report_store_errors():
            self._put(event.pointer, event.value)

    @on(OrderSheet.EditorOpened)
    def _opened(self) -> None:
        self.query_one(KeyLine).set(editor_keys(several_lines=self.sheet.is_multiline))

    @on(OrderSheet.EditorLeft)
    def _left(self, event: OrderSheet.EditorLeft) -> None:
        if self.sheet.editing is None:
            self.show_keys()
        if event.text is None:
            is_news = self._typed.pop(event.pointer, None) is not None
            self.workspace.account.drafts.untype(self._order_id, event.pointer)
        else:
            is_news = True
            self._typed[event.pointer] = event.text
            self.show_notice("Left without taking; Enter there goes on with what was typed.")
        if self._arrived is not None and self.sheet.editing is None:
            self._take_in(self._arrived)
        elif is_news:
            self._show()

    @on(OrderSheet.EditRefused)
    def _refused(self, event: OrderSheet.EditRefused) -> None:
        self.show_notice(event.reason[:1].upper() + event.reason[1:] + ".", "warning")

    @on(OrderSheet.ExternalEditor)
    def _external(self, event: OrderSheet.ExternalEditor) -> None:
        value_then(self, edit_text(self, event.text), self.sheet.fill_editor)

    @on(OrderSheet.CursorMoved)
    def _moved(self) -> None:
        self._show_help()
        strip = self.query_one(TabBar)
        if strip.current != self._current_group():
            self._show_strip()

    def _put(self, pointer: Pointer, value: Json) -> None:
        draft = self._draft
        if draft is None:
            return
        known = field_at(pointer)
        clash = draft.clash_at(pointer)
        changed = draft.edit.put_all(
            exclusive_values(pointer, value), known.caption if known is not None else pointer.name
        )
        if clash is not None:
            # What is entered here is what the user wants there.
            draft.keep_mine(clash)
        if changed or clash is not None:
            self._save(draft)

    def _save(self, draft: Draft) -> None:
        account = self.workspace.account
        standing = account.corrections.status(draft.order_id)
        if standing is not None and standing.state not in (SendState.REFUSED, SendState.DIFFERS):
            account.corrections.forget(draft.order_id)
        with self.report_store_errors():
            account.drafts.save(draft)
        self._show()


def _help_lines(told: Iterable[Piece], note: str, width: int) -> list[list[Piece]]:
    """What is told of a field, most needed first, in the lines of the pane; the last one is the note's if there is one."""
    room = _HELP_LINES - bool(note)
    lines: list[list[Piece]] = []
    for text, tone in told:
        if not text:
            continue
        parts = wrap(safe(text), width)
        left = room - len(lines)
        if len(parts) > left > 0:
            parts = [*parts[: left - 1], fit(" ".join(parts[left - 1 :]), width)]
        lines.extend([(f" {part}", tone), ("", "")] for part in parts[:left])
    return [*lines, [(f" {fit(safe(note), width)}", "info"), ("", "")]] if note else lines


def _names(draft: Draft, pointers: Sequence[Pointer]) -> str:
    names = [label_of(draft.edit.to_positions(pointer) or pointer.parent) for pointer in pointers]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(dict.fromkeys(names[:3])) + more


def _note(document: Document, problem: Problem, when: str = "") -> FormNote:
    """A problem, with what `m` proposes for it."""
    proposal = fix_for(document, problem)
    return FormNote(problem, when, fix=proposal.text if proposal is not None else "")


def _conflict(draft: Draft, clash: Conflict, when: str) -> ConflictNote:
    """A clash as the form tells it. What is as the service has it was decided, too."""
    placed = draft.edit.to_positions(clash.pointer)
    there, was = display_value(clash.pointer, clash.theirs), display_value(clash.pointer, clash.base)
    if clash.pointer in LISTS:
        words = f"service: {label_of(clash.pointer)} changed, and which entry became which cannot be told"
    elif placed is None:
        words = f"service: what was removed here was changed: {there}"
    elif clash.theirs is ABSENT and clash.pointer.parent in LISTS:
        words = "service: this was removed"
    else:
        words = f"service: {there} (was {was})"
    if clash in draft.undecided:
        return ConflictNote(placed or clash.pointer, f"{when} {words}   c: m mine, t theirs")
    stands = "yours goes over it" if clash.decided else "theirs stands"
    return ConflictNote(placed or clash.pointer, f"{when} {words}; {stands}; c decides again", decided=True)

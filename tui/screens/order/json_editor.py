"""A whole order as JSON, edited here or in $EDITOR: problems are shown under their lines, and `w` applies the text."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer

from tui.api.codec import Document, same
from tui.api.errors import Problem, Severity
from tui.api.models import Operation
from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.edits.json_text import MAX_LENGTH, InvalidJson, ParsedJson, format_json, line_of, parse_json
from tui.orders.fields import field_at, label_of
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import keys_of
from tui.screens.common.routes import Back, ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.order.external_editor import TextFormat, edit_text
from tui.widgets.dialogs import QuestionBar
from tui.widgets.editing.text_buffer import BufferPosition
from tui.widgets.editing.text_editor import RowNote, TextEditor, normalize_lines
from tui.widgets.lines import Piece
from tui.widgets.status import RuleLine
from tui.widgets.text import SUBSTITUTES
from tui.work.account import Account
from tui.work.batches.staging import BatchLocked
from tui.work.editor_texts import TextPlace
from tui.work.stored import StoreError

_ORDER: Final = TextFormat("order.json", 4 * MAX_LENGTH, keeps_bytes=True)
_STEP: Final = "edited as JSON"
_PAUSE: Final = 0.2
"""Seconds after the last change until the text is checked."""

_KEPT_AT_ONCE: Final = 64 * 1024
"""Longest text that is stored at every change. A longer one is stored at intervals."""

_KEPT_EVERY: Final = 0.3

_LIVE_KEYS = (
    ("Esc", "stop editing"),
    ("Enter", "new line"),
    ("Ctrl+U K W", "delete"),
    ("PgUp PgDn", "move"),
)


class JsonTarget(Protocol):
    """The order being edited."""

    OPERATION: ClassVar[Operation]

    @property
    def json_key(self) -> str:
        """The key of the order's text."""

    @property
    def document(self) -> Document:
        """The order with its changes."""

    def check_json(self, wanted: Document) -> list[Problem]:
        """Find the problems of a document. Called in a thread."""

    def replace_document(self, began: Document, wanted: Document, name: str) -> bool:
        """Apply the difference between the document that the text began from and the wanted one, as one step.

        Returns whether anything changed. Raises BatchLocked and StoreError.
        """


@dataclass(frozen=True, slots=True)
class _PlaceholderGlyph:
    """A pasted placeholder glyph, which this screen shows in place of another character."""

    line: int
    column: int
    glyph: str


@dataclass(frozen=True, slots=True)
class _Validation:
    """The problems in a version of the text. `lines`: the line of each pointer, in text order."""

    version: int
    found: ParsedJson | InvalidJson
    problems: Sequence[Problem] = ()
    strays: Sequence[_PlaceholderGlyph] = ()
    lines: Sequence[tuple[int, Pointer]] = field(default=(), repr=False)

    @property
    def errors(self) -> int:
        return sum(problem.severity is Severity.ERROR for problem in self.problems) + len(self.strays)


class JsonScreen(BaseScreen[None]):
    """Edits an order as JSON. Nothing is sent. The text is stored at every change. `applied` shows the result."""

    WHERE = Context.JSON
    KEYS = (
        ("edit_line", "edit"),
        ("next_problem", "next !"),
        ("as_json_edit", "$EDITOR"),
        ("undo", "undo"),
        ("apply", "apply"),
        ("back", "back, keep text"),
        ("keys", "keys"),
    )

    def __init__(self, workspace: Workspace, target: JsonTarget, applied: Callable[[], None]) -> None:
        super().__init__(workspace)
        self._target = target
        self._applied = applied
        self._document = self._began = target.document
        self.edit = TextEditor(max_length=MAX_LENGTH, on_change=self._changed)
        self._fresh = format_json(self._document)
        self._validation: _Validation | None = None
        self._pause: Timer | None = None
        self._keeping: Timer | None = None
        self._awaited: asyncio.Future[_Validation | None] | None = None

    def compose(self) -> ComposeResult:
        return self.framed(self.edit, RuleLine())

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.edit.is_editing

    @property
    def is_changed(self) -> bool:
        return self.edit.buffer.text != self._fresh

    def on_mount(self) -> None:
        self.edit.load(self._fresh)
        title = f"{self.workspace.profile} · JSON · {order_name(self._document)}"
        self.title_line.set(title, f"{self.key('apply')} applies it to the draft")
        self._bring_back()
        self._check_now()

    def on_unmount(self) -> None:
        if self._keeping is not None:
            self._keep()

    def status_items(self) -> Sequence[str | Piece]:
        validation = self._validation
        facts: list[str | Piece] = []
        if validation is None:
            facts.append("reading …")
        elif isinstance(validation.found, InvalidJson):
            facts.append((f"line {validation.found.line}, column {validation.found.column}: invalid JSON", "error"))
        elif validation.errors:
            facts.append((count_of(validation.errors, "problem"), "error"))
        else:
            facts.append(("valid", "good"))
        facts.append("text saved" if self.is_changed else "nothing changed")
        facts.append("nothing is sent from here")
        return facts

    def show_keys(self) -> None:
        self.key_line.set(_LIVE_KEYS if self.edit.is_editing else keys_of(self.commands, self.KEYS))

    # The stored text.

    def _bring_back(self) -> None:
        """Restore the stored text as a step that can be undone."""
        account, key = self.workspace.account, self._target.json_key
        kept = account.store.screen_states.get(account.account_id, _key(key))
        began = account.store.screen_states.get(account.account_id, _key(key, "began"))
        if not isinstance(kept, dict) or not isinstance(kept.get("text"), str):
            return
        self._began = began if isinstance(began, dict) else self._document
        self.edit.set_text(normalize_lines(cast(str, kept["text"])))
        row = kept.get("row")
        self.edit.go_to(BufferPosition(min(row, len(self.edit.buffer.rows) - 1) if isinstance(row, int) else 0, 0))
        changed = "" if same(self._began, self._document) else "; newer order changes are kept"
        self.show_notice(f"Your earlier text was restored{changed}. {self.key('undo')} undoes that.")

    def _changed(self) -> None:
        """Store the text before it is drawn; a long one a little later, because that would be slow."""
        self._answer(None)
        if sum(map(len, self.edit.buffer.rows)) <= _KEPT_AT_ONCE:
            self._keep()
        elif self._keeping is None:
            self._keeping = self.set_timer(_KEPT_EVERY, self._keep)
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._check_now)

    def _keep(self) -> None:
        self._stop_keeping()
        account, key, text = self.workspace.account, self._target.json_key, self.edit.buffer.text
        with self.report_store_errors():
            if text == self._fresh:
                forget_text(account, key)
                return
            state = account.store.screen_states
            if state.get(account.account_id, _key(key)) is None:
                state.put(account.account_id, _key(key, "began"), self._began)
            state.put(account.account_id, _key(key), {"text": text, "row": self.edit.row})

    def _stop_keeping(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None

    # Problems.

    def _check_now(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        self.run_worker(self._check(), name="check the text", group="check", exclusive=True)

    async def _check(self) -> None:
        buffer = self.edit.buffer
        version, text = buffer.version, buffer.text
        validation = await asyncio.to_thread(_validated, version, text, self._target.check_json, self._fresh)
        if version != self.edit.buffer.version:
            return
        self._validation = validation
        self.edit.set_notes(self._notes(validation))
        self._show_field()
        self.show_status()
        self._answer(validation if not self.query_one(QuestionBar).is_open else None)

    async def _validate(self) -> _Validation | None:
        """Check the current text. Returns None if the text changes first."""
        if self._validation is not None and self._validation.version == self.edit.buffer.version:
            return self._validation
        self._answer(None)
        self._awaited = asyncio.get_running_loop().create_future()
        awaited = self._awaited
        self._check_now()
        return await awaited

    def _answer(self, validation: _Validation | None) -> None:
        awaited, self._awaited = self._awaited, None
        if awaited is not None and not awaited.done():
            awaited.set_result(validation)

    def _position_of(self, broken: InvalidJson) -> BufferPosition:
        return self.edit.buffer.position_of(broken.line, broken.column)

    def _notes(self, validation: _Validation) -> dict[int, list[RowNote]]:
        notes: dict[int, list[RowNote]] = {}
        spot_of = self.edit.buffer.position_of
        if isinstance(validation.found, InvalidJson):
            spot = self._position_of(validation.found)
            return {spot.row: [RowNote("!", f"line {_described(validation.found)}", "error", spot.column)]}
        for stray in validation.strays:
            spot = spot_of(stray.line, stray.column)
            text = f"{stray.glyph} stands for a character that cannot be shown and is never sent: delete it"
            notes.setdefault(spot.row, []).append(RowNote("!", text, "error", spot.column))
        for problem in validation.problems:
            row = spot_of(line_of(problem.pointer, validation.found.positions), 1).row
            mark, tone = ("!", "error") if problem.severity is Severity.ERROR else ("~", "warning")
            notes.setdefault(row, []).append(RowNote(mark, f"{label_of(problem.pointer)}: {problem.detail}", tone))
        return notes

    @on(TextEditor.CursorMoved)
    def _show_field(self) -> None:
        """Show the name of the field at the cursor, as in the form."""
        buffer = self.edit.buffer
        line = buffer.line_and_column(BufferPosition(self.edit.row, 0))[0]
        last = buffer.line_and_column(BufferPosition(len(buffer.rows) - 1, 0))[0]
        facts = [f"line {line} of {last}"]
        label = ""
        validation = self._validation
        if validation is not None and validation.version == buffer.version and validation.lines:
            index = bisect_right(validation.lines, line, key=lambda pair: pair[0]) - 1
            pointer = validation.lines[max(0, index)][1]
            label = label_of(pointer)
            known = field_at(pointer)
            if known is not None and not known.has_members:
                needed = known.rule(self._target.OPERATION).required
                facts[:0] = [
                    known.kind.replace("_", " "),
                    "needed" if needed else "read only" if known.read_only else "",
                ]
        self.query_one(RuleLine).set(label, " · ".join(filter(None, facts)))

    # Editing.

    @handles("edit_line")
    def edit_line(self, key: str) -> None:
        validation, column = self._validation, None
        if validation is not None and isinstance(validation.found, InvalidJson):
            spot = self._position_of(validation.found)
            column = spot.column if spot.row == self.edit.row else None
        self.edit.start_editing(column)
        self.show_keys()

    @on(TextEditor.Activated)
    def _activated(self) -> None:
        self.edit_line("enter")

    @on(TextEditor.EditingEnded)
    def _left(self) -> None:
        self.show_keys()
        self._keep()
        self._check_now()

    @on(TextEditor.Refused)
    def _refused(self, event: TextEditor.Refused) -> None:
        self.show_notice(event.message, "warning")

    def pasted(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            self.show_notice(f"Nothing was pasted: {len(text)} characters, and {MAX_LENGTH} fit.", "warning")
        else:
            self.run_dialog(self._ask_to_replace(text))

    async def _ask_to_replace(self, text: str) -> None:
        if await self.ask(f"{len(text)} characters were pasted.", [("y", "replace the whole text")]):
            self.edit.set_text(normalize_lines(text))
            self._check_now()

    @handles("undo")
    def undo(self, key: str) -> None:
        self.show_notice("Undone." if self.edit.undo() else "Nothing to undo in this text.")

    @handles("redo")
    def redo(self, key: str) -> None:
        self.show_notice("Redone." if self.edit.redo() else "Nothing to redo.")

    @handles(next_problem=1, previous_problem=-1)
    async def step_problem(self, by: int) -> None:
        if await self._validate() is None:
            return
        if not self.edit.notes:
            self.show_notice("This text has no problems.")
        elif self.edit.step_note(by) is None:
            (self.edit.home if by > 0 else self.edit.end)()
            if self.edit.row not in self.edit.notes:
                self.edit.step_note(by)
            self.show_notice("Wrapped around to the first one." if by > 0 else "Wrapped around to the last one.")

    @handles("long_text")
    def long_text(self, key: str) -> None:
        buffer = self.edit.buffer
        line, _ = buffer.line_and_column(BufferPosition(self.edit.row, 0))
        notes = [note.text for note in self.edit.notes.get(self.edit.row, ())]
        self.workspace.go(ShowText(f"Line {line}", "\n\n".join([buffer.line_text(self.edit.row), *notes])))

    # $EDITOR.

    @property
    def _place(self) -> TextPlace:
        """Where the text is stored if the app ends while it is open in $EDITOR: where this screen stores it."""
        key = self._target.json_key
        name = f"the JSON text of {order_name(self._document)}"
        return TextPlace(
            _key(key),
            name,
            "as_json_edit",
            Context.JSON,
            {"row": self.edit.row},
            {_key(key, "began"): self._began},
        )

    @handles("as_json_edit")
    async def edit_outside(self, key: str) -> None:
        """Edit the text in $EDITOR, then show its problems."""
        again = True
        while again:
            line, _ = self.edit.buffer.line_and_column(BufferPosition(self.edit.row, 0))
            text = await edit_text(self, self.edit.buffer.text, self._place, _ORDER, line=line)
            if text is None:
                return
            self.edit.set_text(normalize_lines(text))
            self._keep()
            validation = await self._validate()
            again = validation is not None and await self._show_problems(validation)

    async def _show_problems(self, validation: _Validation) -> bool:
        """Show the problems of the text from $EDITOR. Returns whether the user wants to edit it there again."""
        if isinstance(validation.found, InvalidJson):
            self.edit.go_to(self._position_of(validation.found))
            answer = await self.ask(f"Line {_described(validation.found)}.", [("e", "$EDITOR"), ("i", "here")])
            if answer == "i":
                self.call_after_refresh(self.edit_line, answer)
            return answer == "e"
        if validation.errors:
            self.edit.home()
            if self.edit.row not in self.edit.notes:
                self.edit.step_note(1)
            self.show_notice(
                f"{count_of(validation.errors, 'problem')}: {self.key('next_problem')} goes to each, "
                f"{self.key('as_json_edit')} edits again, {self.key('apply')} applies.",
                "warning",
            )
        else:
            self.show_notice(f"Valid; {self.key('apply')} applies it to the draft.", "good")
        return False

    # Applying it.

    @handles("apply")
    async def apply(self, key: str) -> None:
        validation = await self._validate()
        if validation is None:
            return
        found = validation.found
        if isinstance(found, InvalidJson):
            self.edit.go_to(self._position_of(found))
            self.show_notice(f"Not applied: line {found.line}, column {found.column} must be fixed first.", "error")
        else:
            question = f"Apply despite {count_of(validation.errors, 'problem')}?"
            if validation.errors and not await self.ask(question, [("y", "apply")]):
                self.show_notice(f"Not applied; {self.key('next_problem')} goes to the problems.")
            else:
                self._apply(found.document)

    def _apply(self, document: Document) -> None:
        notice = "Nothing was changed."
        try:
            if not same(document, self._document):
                notice = "Nothing changed: the order already has these values."
                if self._target.replace_document(self._began, document, _STEP):
                    self._applied()
                    notice = f"Drafted from JSON; {self.key('undo')} undoes it."
        except (BatchLocked, StoreError) as error:
            self.show_notice(f"Not applied: {error}", "warning")
            return
        with self.report_store_errors():
            forget_text(self.workspace.account, self._target.json_key)
        self._leave(notice)

    @handles("back")
    def back(self, key: str) -> None:
        self._keep()
        self._leave(f"The JSON text is kept; {self.key('as_json_edit')} continues it." if self.is_changed else "")

    def _leave(self, notice: str) -> None:
        self._stop_keeping()
        self.workspace.go(Back())
        if notice:
            self.workspace.show_notice(notice)


def has_text(account: Account, json_key: str) -> bool:
    """Whether text of this order is stored."""
    return account.store.screen_states.get(account.account_id, _key(json_key)) is not None


def forget_text(account: Account, json_key: str) -> None:
    """Delete the stored text of an order. Raises StoreError."""
    account.store.screen_states.delete(account.account_id, _key(json_key))
    account.store.screen_states.delete(account.account_id, _key(json_key, "began"))


def _key(json_key: str, what: str = "text") -> str:
    return f"json:{what}:{json_key}"


def _described(broken: InvalidJson) -> str:
    """Where the text is not valid JSON, and why."""
    return f"{broken.line}, column {broken.column}: {broken.message}"


def _validated(version: int, text: str, check: Callable[[Document], list[Problem]], fresh: str) -> _Validation:
    """Parse and check a text. Runs in a thread, because a long text takes longer than a frame."""
    found = parse_json(text)
    if isinstance(found, InvalidJson):
        return _Validation(version, found)
    lines = sorted(
        ((position.line, pointer) for pointer, position in found.positions.items()), key=lambda pair: pair[0]
    )
    return _Validation(version, found, check(found.document), list(_strays(text, fresh)), lines)


def _strays(text: str, fresh: str) -> Iterator[_PlaceholderGlyph]:
    """The placeholder glyphs in a text, except those that the order already had."""
    odd = SUBSTITUTES & set(text) - set(fresh)
    if not odd:
        return
    for number, line in enumerate(text.split("\n"), 1):
        for glyph in sorted(odd & set(line)):
            yield _PlaceholderGlyph(number, line.index(glyph) + 1, glyph)

"""A whole order as JSON: edited here or in $EDITOR, every mistake under its line, taken only when it is valid or said so."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer

from tui.api.codec import Document, Json, same
from tui.api.errors import Problem, Severity
from tui.api.models import Operation
from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.edits.json_text import MAX_LENGTH, InvalidJson, ParsedJson, format_json, line_of, parse_json
from tui.orders.fields import field_at, label_of
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import keys_of
from tui.screens.common.routes import Back, ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.order.external_editor import TextFormat, edit_text
from tui.widgets.dialogs import QuestionBar
from tui.widgets.editing.text_buffer import BufferPosition
from tui.widgets.editing.text_editor import RowNote, TextEditor, normalize_lines
from tui.widgets.lines import LineView, Piece
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.text import SUBSTITUTES
from tui.work.account import Account
from tui.work.batches.staging import BatchLocked
from tui.work.stored import StoreError

_ORDER: Final = TextFormat("order.json", 4 * MAX_LENGTH, keeps_bytes=True)
_PAUSE: Final = 0.2
"""Seconds without a change after which the text is judged."""

_KEPT_AT_ONCE: Final = 64 * 1024
"""Characters of a text that is kept at every change; a longer one is kept this often:"""

_KEPT_EVERY: Final = 0.3

_KEYS = (
    ("edit_line", "edit"),
    ("next_problem", "next !"),
    ("as_json_edit", "$EDITOR"),
    ("undo", "undo"),
    ("apply", "apply to the draft"),
    ("back", "leave, kept"),
    ("keys", "keys"),
)
_LIVE_KEYS = (
    ("Esc", "end editing; all is kept"),
    ("Enter", "new line"),
    ("Ctrl+U K W", "delete"),
    ("PgUp PgDn", "move"),
)


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """What is edited. `place` names it among the texts that are kept.

    `judge` says what is wrong with a document; it is called on a thread of its own. `take` is given the document that
    the text began from and the one it says now, and returns what to tell; it may raise BatchLocked and StoreError.
    """

    place: str
    title: str
    document: Document
    operation: Operation
    judge: Callable[[Document], list[Problem]]
    take: Callable[[Document, Document], str]


@dataclass(frozen=True, slots=True)
class _PlaceholderGlyph:
    """A glyph of this screen that stands for something else, and was pasted as if it were text (decision 21)."""

    line: int
    column: int
    glyph: str


@dataclass(frozen=True, slots=True)
class _Validation:
    """What was found in the text of that version. `lines`: where each pointer begins, in the order of the text."""

    version: int
    found: ParsedJson | InvalidJson
    problems: Sequence[Problem] = ()
    strays: Sequence[_PlaceholderGlyph] = ()
    lines: Sequence[tuple[int, Pointer]] = field(default=(), repr=False)

    @property
    def errors(self) -> int:
        return sum(problem.severity is Severity.ERROR for problem in self.problems) + len(self.strays)


class JsonScreen(BaseScreen[None]):
    """It writes nothing to the service. The text in progress is on disk at every change, and offered again."""

    WHERE = Context.JSON
    CSS: ClassVar[str] = ""

    def __init__(self, workspace: Workspace, order: JsonDocument) -> None:
        super().__init__(workspace)
        self._order = order
        self.edit = TextEditor(max_length=MAX_LENGTH, on_change=self._changed)
        self._fresh = format_json(order.document)
        self._began = order.document
        self._verdict: _Validation | None = None
        self._pause: Timer | None = None
        self._keeping: Timer | None = None
        self._awaited: asyncio.Future[_Validation | None] | None = None

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield self.edit
        yield RuleLine()
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def list_view(self) -> LineView:
        return self.edit

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.edit.is_editing

    @property
    def is_changed(self) -> bool:
        return self.edit.buffer.text != self._fresh

    def on_mount(self) -> None:
        self.edit.load(self._fresh)
        title = self.query_one(TitleLine)
        title.set(f"{self.workspace.profile} · JSON · {self._order.title}", "w applies it to the draft")
        super().on_mount()
        self._bring_back()
        self._judge_now()

    def on_unmount(self) -> None:
        if self._keeping is not None:
            self._keep()

    def status_items(self) -> Sequence[str | Piece]:
        verdict = self._verdict
        facts: list[str | Piece] = []
        if verdict is None:
            facts.append("reading …")
        elif isinstance(verdict.found, InvalidJson):
            facts.append((f"line {verdict.found.line}, column {verdict.found.column}: no JSON yet", "error"))
        elif verdict.errors:
            facts.append((count_of(verdict.errors, "problem"), "error"))
        else:
            facts.append(("valid", "good"))
        facts.append("text kept on disk" if self.is_changed else "nothing changed")
        facts.append("nothing is sent from here")
        return facts

    def show_keys(self) -> None:
        self.query_one(KeyLine).set(_LIVE_KEYS if self.edit.is_editing else keys_of(self.WHERE, _KEYS))

    # What is kept.

    def _bring_back(self) -> None:
        """The text that was left here, as a step that undo takes back."""
        account = self.workspace.account
        kept = account.store.screen_states.get(account.account_id, _key(self._order.place))
        began = account.store.screen_states.get(account.account_id, _key(self._order.place, "began"))
        if not isinstance(kept, dict) or not isinstance(kept.get("text"), str):
            return
        self._began = began if isinstance(began, dict) else self._order.document
        self.edit.set_text(cast(str, kept["text"]))
        row = kept.get("row")
        self.edit.go_to(BufferPosition(min(row, len(self.edit.buffer.rows) - 1) if isinstance(row, int) else 0, 0))
        changed = "" if same(self._began, self._order.document) else "; the order changed since, which stays"
        self.show_notice(f"The text from before goes on{changed}. u gives the order as it is.")

    def _changed(self) -> None:
        """Keep the text before it is drawn; a long one a little later, since its size would be felt."""
        self._answer(None)
        if sum(map(len, self.edit.buffer.rows)) <= _KEPT_AT_ONCE:
            self._keep()
        elif self._keeping is None:
            self._keeping = self.set_timer(_KEPT_EVERY, self._keep)
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._judge_now)

    def _keep(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None
        account, text = self.workspace.account, self.edit.buffer.text
        with self.report_store_errors():
            if text == self._fresh:
                forget_text(account, self._order.place)
                return
            state = account.store.screen_states
            if state.get(account.account_id, _key(self._order.place)) is None:
                state.put(account.account_id, _key(self._order.place, "began"), self._began)
            value: Json = {"text": text, "row": self.edit.row}
            state.put(account.account_id, _key(self._order.place), value)

    # What is wrong.

    def _judge_now(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        self.run_worker(self._judge(), name="judge the text", group="judge", exclusive=True)

    async def _judge(self) -> None:
        buffer = self.edit.buffer
        version, text = buffer.version, buffer.text
        verdict = await asyncio.to_thread(_judged, version, text, self._order.judge, self._fresh)
        if version != self.edit.buffer.version:
            return
        self._verdict = verdict
        self.edit.set_notes(self._notes(verdict))
        self._show_place()
        self.show_status()
        self._answer(verdict if not self.query_one(QuestionBar).is_open else None)

    async def _current_verdict(self) -> _Validation | None:
        """What is found in the text as it is now; None if the text changes first."""
        if self._verdict is not None and self._verdict.version == self.edit.buffer.version:
            return self._verdict
        self._answer(None)
        self._awaited = asyncio.get_running_loop().create_future()
        awaited = self._awaited
        self._judge_now()
        return await awaited

    def _answer(self, verdict: _Validation | None) -> None:
        awaited, self._awaited = self._awaited, None
        if awaited is not None and not awaited.done():
            awaited.set_result(verdict)

    def _notes(self, verdict: _Validation) -> dict[int, list[RowNote]]:
        notes: dict[int, list[RowNote]] = {}
        spot_of = self.edit.buffer.position_of
        if isinstance(verdict.found, InvalidJson):
            broken = verdict.found
            spot = spot_of(broken.line, broken.column)
            words = f"line {broken.line}, column {broken.column}: {broken.message}"
            return {spot.row: [RowNote("!", words, "error", spot.column)]}
        for stray in verdict.strays:
            spot = spot_of(stray.line, stray.column)
            words = f"{stray.glyph} stands for a character that cannot be shown and is never sent: delete it"
            notes.setdefault(spot.row, []).append(RowNote("!", words, "error", spot.column))
        for problem in verdict.problems:
            row = spot_of(line_of(problem.pointer, verdict.found.positions), 1).row
            mark, tone = ("!", "error") if problem.severity is Severity.ERROR else ("~", "warning")
            notes.setdefault(row, []).append(RowNote(mark, f"{label_of(problem.pointer)}: {problem.detail}", tone))
        return notes

    def _show_place(self) -> None:
        """The field of the line at the cursor, as the form names it."""
        buffer = self.edit.buffer
        line = buffer.line_and_column(BufferPosition(self.edit.row, 0))[0]
        last = buffer.line_and_column(BufferPosition(len(buffer.rows) - 1, 0))[0]
        facts = [f"line {line} of {last}"]
        label = ""
        verdict = self._verdict
        if verdict is not None and verdict.version == buffer.version and verdict.lines:
            place = bisect_right(verdict.lines, line, key=lambda pair: pair[0]) - 1
            pointer = verdict.lines[max(0, place)][1]
            label = label_of(pointer)
            known = field_at(pointer)
            if known is not None and not known.has_members:
                needed = known.rule(self._order.operation).required
                facts[:0] = [
                    known.kind.replace("_", " "),
                    "needed" if needed else "read only" if known.read_only else "",
                ]
        self.query_one(RuleLine).set(label, " · ".join(filter(None, facts)))

    @on(TextEditor.CursorMoved)
    def _moved(self) -> None:
        self._show_place()

    # Editing.

    @handles("edit_line")
    def edit_line(self, key: str) -> None:
        verdict, row = self._verdict, self.edit.row
        column = None
        if verdict is not None and isinstance(verdict.found, InvalidJson):
            spot = self.edit.buffer.position_of(verdict.found.line, verdict.found.column)
            column = spot.column if spot.row == row else None
        self.edit.start_editing(column)
        self.show_keys()

    @on(TextEditor.Activated)
    def _activated(self) -> None:
        self.edit_line("enter")

    @on(TextEditor.Left)
    def _left(self) -> None:
        self.show_keys()
        self._keep()
        self._judge_now()

    @on(TextEditor.Refused)
    def _refused(self, event: TextEditor.Refused) -> None:
        self.show_notice(event.message, "warning")

    def pasted(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            self.show_notice(f"Nothing was pasted: {len(text)} characters, and {MAX_LENGTH} fit.", "warning")
            return

        self.run_dialog(self._ask_to_replace(text))

    async def _ask_to_replace(self, text: str) -> None:
        if await self.ask(f"{len(text)} characters were pasted.", [("y", "replace the whole text")]):
            self.edit.set_text(normalize_lines(text))
            self._judge_now()

    @handles("undo")
    def undo(self, key: str) -> None:
        self.show_notice("Undone." if self.edit.undo() else "Nothing to undo in this text.")

    @handles("redo")
    def redo(self, key: str) -> None:
        self.show_notice("Done again." if self.edit.redo() else "Nothing to do again.")

    @handles("next_problem")
    async def next_problem(self, key: str) -> None:
        await self._step_problem(1)

    @handles("previous_problem")
    async def previous_problem(self, key: str) -> None:
        await self._step_problem(-1)

    async def _step_problem(self, by: int) -> None:
        if await self._current_verdict() is None:
            return
        if not self.edit.notes:
            self.show_notice("Nothing is wrong with this text.")
        elif self.edit.step_note(by) is None:
            (self.edit.home if by > 0 else self.edit.end)()
            if self.edit.row not in self.edit.notes:
                self.edit.step_note(by)
            self.show_notice("Around, from the first one." if by > 0 else "Around, from the last one.")

    @handles("long_text")
    def long_text(self, key: str) -> None:
        buffer = self.edit.buffer
        line, _ = buffer.line_and_column(BufferPosition(self.edit.row, 0))
        notes = [note.text for note in self.edit.notes.get(self.edit.row, ())]
        self.workspace.go(ShowText(f"Line {line}", "\n\n".join([buffer.line_text(self.edit.row), *notes])))

    # $EDITOR.

    @handles("as_json_edit")
    async def edit_outside(self, key: str) -> None:
        """Edit the text in $EDITOR, and tell where it is wrong then."""
        again = True
        while again:
            line, _ = self.edit.buffer.line_and_column(BufferPosition(self.edit.row, 0))
            text = await edit_text(self, self.edit.buffer.text, _ORDER, line=line)
            if text is None:
                return
            self.edit.set_text(normalize_lines(text))
            self._keep()
            verdict = await self._current_verdict()
            again = verdict is not None and await self._tell_of(verdict)

    async def _tell_of(self, verdict: _Validation) -> bool:
        """Show where the text that came back is wrong; whether the user wants to go on in $EDITOR."""
        if isinstance(verdict.found, InvalidJson):
            broken = verdict.found
            self.edit.go_to(self.edit.buffer.position_of(broken.line, broken.column))
            words = f"Line {broken.line}, column {broken.column}: {broken.message}."
            answer = await self.ask(words, [("e", "$EDITOR"), ("i", "here")])
            if answer == "i":
                self.call_after_refresh(self.edit_line, answer)
            return answer == "e"
        if verdict.errors:
            self.edit.home()
            if self.edit.row not in self.edit.notes:
                self.edit.step_note(1)
            self.show_notice(
                f"{count_of(verdict.errors, 'problem')}: n goes to each, E edits again, w applies it all the same.",
                "warning",
            )
        else:
            self.show_notice("Valid; w applies it to the draft.", "good")
        return False

    # Taking it.

    @handles("apply")
    async def apply(self, key: str) -> None:
        verdict = await self._current_verdict()
        if verdict is None:
            return
        found = verdict.found
        if isinstance(found, InvalidJson):
            self.edit.go_to(self.edit.buffer.position_of(found.line, found.column))
            self.show_notice(f"Not applied: line {found.line}, column {found.column} must be fixed first.", "error")
            return
        question = f"Apply despite {count_of(verdict.errors, 'problem')}?"
        if verdict.errors and not await self.ask(question, [("y", "apply")]):
            self.show_notice("Not applied; n goes to the problems.")
            return
        self._take(found.document)

    def _take(self, document: Document) -> None:
        if same(document, self._order.document):
            words = "Nothing was changed."
        else:
            try:
                words = self._order.take(self._began, document)
            except (BatchLocked, StoreError) as error:
                self.show_notice(f"Not applied: {error}", "warning")
                return
        with self.report_store_errors():
            forget_text(self.workspace.account, self._order.place)
        self._leave(words)

    @handles("back")
    def back(self, key: str) -> None:
        self._keep()
        self._leave("The JSON text is kept; E goes on with it." if self.is_changed else "")

    def _leave(self, words: str) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None
        self.workspace.go(Back())
        if words:
            self.workspace.show_notice(words)


def has_text(account: Account, place: str) -> bool:
    """Whether a text was left at that place."""
    return account.store.screen_states.get(account.account_id, _key(place)) is not None


def forget_text(account: Account, place: str) -> None:
    """Forget the text of that place: it was taken, or is no longer wanted. Raises StoreError."""
    account.store.screen_states.delete(account.account_id, _key(place))
    account.store.screen_states.delete(account.account_id, _key(place, "began"))


def _key(place: str, what: str = "text") -> str:
    return f"json:{what}:{place}"


def _judged(version: int, text: str, judge: Callable[[Document], list[Problem]], fresh: str) -> _Validation:
    """Read and judge a text; on a thread of its own, since a long one takes as long as several frames."""
    found = parse_json(text)
    if isinstance(found, InvalidJson):
        return _Validation(version, found)
    lines = sorted(((place.line, pointer) for pointer, place in found.positions.items()), key=lambda pair: pair[0])
    return _Validation(version, found, judge(found.document), list(_strays(text, fresh)), lines)


def _strays(text: str, fresh: str) -> Iterator[_PlaceholderGlyph]:
    """The substitutes of this screen in a text, but for those that the order had already."""
    odd = SUBSTITUTES & set(text) - set(fresh)
    if not odd:
        return
    for number, line in enumerate(text.split("\n"), 1):
        for glyph in sorted(odd & set(line)):
            yield _PlaceholderGlyph(number, line.index(glyph) + 1, glyph)

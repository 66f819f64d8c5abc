"""Questions at the bottom of the screen. Only keys that were pressed after the question was painted answer it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from textual import events

from tui.widgets.editing.text_model import TextModel
from tui.widgets.lines import Piece
from tui.widgets.messages import WidgetMessage
from tui.widgets.status_text import StatusText
from tui.widgets.text import fit, safe

AnswerCallback: TypeAlias = Callable[[str | None], object]
"""Called with the key of the answer, or None for "cancel"."""

_MIN_TITLE_LENGTH = 6

_UNCONSUMED_KEYS = frozenset({"ctrl+c", "ctrl+z", "ctrl+l"})


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    key: str
    title: str


class QuestionBar(StatusText, can_focus=True):
    """Asks a question and keeps the focus until it is answered. Enter, Space and pastes are ignored; Escape cancels."""

    DEFAULT_CSS = """
    QuestionBar { display: none; }
    QuestionBar.-open { display: block; }
    """

    @dataclass(eq=False)
    class Answered(WidgetMessage["QuestionBar"]):
        answer: str | None

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._question = ""
        self._answers: tuple[QuestionAnswer, ...] = ()
        self._expected: str | None = None
        self._editing = TextModel("")
        self._notice = ""
        self._callback: AnswerCallback | None = None
        self._is_open = False

    @property
    def is_open(self) -> bool:
        return self._is_open

    def ask(
        self, question: str, answers: Sequence[QuestionAnswer | tuple[str, str]], callback: AnswerCallback | None = None
    ) -> None:
        """Offer answers by key, such as ``[("y", "send"), ("n", "do not send")]``. An open question is cancelled."""
        self._open(question, callback)
        self._answers = tuple(
            answer if isinstance(answer, QuestionAnswer) else QuestionAnswer(*answer) for answer in answers
        )
        self._expected = None

    def confirm(self, question: str, expected: str, callback: AnswerCallback | None = None) -> None:
        """Ask to type a text, such as the order's number. The answer is that text, or None."""
        self._open(question, callback)
        self._answers = ()
        self._expected = expected
        self._editing = TextModel("")

    async def answer(self, question: str, answers: Sequence[tuple[str, str]] = (), *, expected: str = "") -> str | None:
        """Ask, and wait for the key of the answer, or for the expected text to be typed; None on Escape."""
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        def then(chosen: str | None) -> None:
            if not answer.done():
                answer.set_result(chosen)

        if expected:
            self.confirm(question, expected, then)
        else:
            self.ask(question, answers, then)
        return await answer

    def dismiss(self) -> None:
        """Cancel the question."""
        if self._is_open:
            self._answer(None)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self._is_open and key not in _UNCONSUMED_KEYS

    def on_key(self, event: events.Key) -> None:
        if not self.check_consume_key(event.key, event.character):
            return
        event.stop().prevent_default()
        if self.painted_at is None or event.time < self.painted_at:
            return
        if event.key == "escape":
            self._answer(None)
        elif self._expected is not None:
            self._type(event, self._expected)
        else:
            for answer in self._answers:
                if answer.key in (event.key, event.character):
                    self._answer(answer.key)
                    return

    def on_paste(self, event: events.Paste) -> None:
        if self._is_open:
            event.stop().prevent_default()
            self._show_notice("pastes are ignored here")

    def on_blur(self) -> None:
        if self._is_open:
            self.call_later(self._hold_focus)

    def pieces(self, width: int) -> Iterable[Piece]:
        answer_pieces = [*self._answer_pieces(), (" Esc ", "title"), ("cancel", "dim")]
        if self._notice:
            answer_pieces.append((f"  {safe(self._notice)}", "warning"))
        question = safe(self._question)
        available = max(width // 5, width - 3 - sum(cell_len(text) for text, _ in answer_pieces))
        available = min(available, cell_len(question))
        yield f" {fit(question, available)} ", "title"
        yield from _shorten_titles(answer_pieces, width - 3 - available)

    def _answer_pieces(self) -> Iterable[Piece]:
        if self._expected is not None:
            available = min(40, max(8, len(self._expected) + 4))
            visual_line, _ = self._editing.window(available, 0)
            yield from (("[", "title"), *self._editing.pieces(visual_line, available), ("] ", "title"))
            yield from (("Enter", "title"), (" yes ", "dim"))
        for answer in self._answers:
            yield f" {safe(answer.key)} ", "title"
            yield f"{safe(answer.title)} ", ""

    def _type(self, event: events.Key, expected: str) -> None:
        if event.key == "enter":
            typed = self._editing.text.strip()
            if typed == expected.strip():
                self._answer(expected)
            else:
                self._show_notice("does not match" if typed else "")
        elif self._editing.key(event.key, event.character):
            self._show_notice("")

    def _open(self, question: str, callback: AnswerCallback | None) -> None:
        self.dismiss()
        self._question, self._callback, self._notice = question, callback, ""
        self.painted_at = None
        self._is_open = True
        self.add_class("-open")
        self.focus(scroll_visible=False)
        self.repaint_line(0)

    def _answer(self, answer: str | None) -> None:
        callback, self._callback = self._callback, None
        self._is_open = False
        self.painted_at = None
        self.remove_class("-open")
        self.post_message(self.Answered(self, answer))
        if callback is not None:
            callback(answer)

    def _show_notice(self, notice: str) -> None:
        self._notice = notice
        self.repaint_line(0)

    def _hold_focus(self) -> None:
        if self._is_open and self.app.app_focus:
            self.focus(scroll_visible=False)


def _shorten_titles(pieces: Sequence[Piece], width: int) -> Sequence[Piece]:
    """Cut the longest texts of the answers until all keys are visible."""
    found = list(pieces)
    while sum(cell_len(text) for text, _ in found) > width:
        index = max(range(len(found)), key=lambda index: cell_len(found[index][0]))
        text, style = found[index]
        if cell_len(text) <= _MIN_TITLE_LENGTH:
            break
        found[index] = fit(text.rstrip(), cell_len(text) - 2) + " ", style
    return found

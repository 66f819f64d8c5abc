"""Questions at the bottom of the screen. Only keys that were pressed after the question was painted answer it.

A question that does not fit on one line is shown as a panel: the question, then its answers in columns.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from textual import events

from tui.widgets.editing.text_model import TextModel
from tui.widgets.lines import Piece, fit_pieces
from tui.widgets.messages import WidgetMessage
from tui.widgets.status_text import StatusText
from tui.widgets.text import fit, safe, wrap

AnswerCallback: TypeAlias = Callable[[str | None], object]
"""Called with the key of the answer, or None for "cancel"."""

_LEAST_HEIGHT = 3
_PART_OF_SCREEN = 3
"""A panel uses at most this part of the lines of the screen."""

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
        self._lines: list[list[Piece]] = [[]]

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
        self._arrange()

    def confirm(self, question: str, expected: str, callback: AnswerCallback | None = None) -> None:
        """Ask to type a text, such as the order's number. The answer is that text, or None."""
        self._open(question, callback)
        self._answers = ()
        self._expected = expected
        self._editing = TextModel("")
        self._arrange()

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

    def on_resize(self, event: events.Resize) -> None:
        if self._is_open:
            self._arrange()

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        return self._lines[index]

    def _arrange(self) -> None:
        """Lay out the question for the size of the screen: on one line if it fits, otherwise as a panel."""
        width, height = self.screen.size
        question = safe(self._question)
        answers: list[list[Piece]] = [
            [(f" {safe(answer.key)} ", "title"), (f"{safe(answer.title)} ", "")] for answer in self._answers
        ]
        answers.append([(" Esc ", "title"), ("cancel", "dim")])
        typed = list(self._typed_pieces())
        notice: list[Piece] = [(f"  {safe(self._notice)}", "warning")] if self._notice else []
        flat = [(f" {question} ", "title"), *typed, *(piece for answer in answers for piece in answer), *notice]
        if _length(flat) < width:
            lines = [flat]
        else:
            most = max(_LEAST_HEIGHT, height // _PART_OF_SCREEN)
            below = [*([typed] if typed else []), *_in_columns(answers, width - 1, max(1, most - 1 - bool(typed)))]
            asked = _wrapped(question, width - 2, max(1, most - len(below)))
            lines = [*([(f" {line}", "title")] for line in asked), *below]
            lines[-1] = [*lines[-1], *notice]
        self._lines = lines
        self.styles.height = len(lines)
        self.repaint()

    def _typed_pieces(self) -> Iterable[Piece]:
        if self._expected is not None:
            available = min(40, max(8, len(self._expected) + 4))
            visual_line, _ = self._editing.window(available, 0)
            yield from (("[", "title"), *self._editing.pieces(visual_line, available), ("] ", "title"))
            yield from (("Enter", "title"), (" yes ", "dim"))

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
        self._arrange()

    def _hold_focus(self) -> None:
        if self._is_open and self.app.app_focus:
            self.focus(scroll_visible=False)


def _in_columns(entries: Sequence[Sequence[Piece]], width: int, height: int) -> list[list[Piece]]:
    """Entries of safe text in as many columns as they need, downwards; cut only if they exceed the height.

    A single column has its entries wrapped if the height allows.
    """
    longest = max(map(_length, entries))
    columns = max(1, min(len(entries), width // longest))
    columns = max(columns, -(-len(entries) // height))
    if columns == 1:
        wrapped = [line for entry in entries for line in _hanging(entry, width)]
        if len(wrapped) <= height:
            return wrapped
    rows, column_width = -(-len(entries) // columns), min(width // columns, longest + 1)
    lines: list[list[Piece]] = [[] for _ in range(rows)]
    for index, entry in enumerate(entries):
        cells = list(fit_pieces(entry, min(column_width, longest)))
        lines[index % rows] += [*cells, (" " * (column_width - _length(cells)), "")]
    return lines


def _hanging(entry: Sequence[Piece], width: int) -> Iterable[list[Piece]]:
    """An entry of a key and a title, which is wrapped in its own column."""
    *head, (text, style) = entry
    start = _length(head)
    first, *rest = wrap(text.rstrip(), width - start)
    yield [*head, (first, style)]
    yield from ([(" " * start, ""), (line, style)] for line in rest)


def _wrapped(text: str, width: int, height: int) -> list[str]:
    """The lines of a safe text; if there are too many, the last one is cut."""
    lines = wrap(text, width)
    return lines if len(lines) <= height else [*lines[: height - 1], fit(" ".join(lines[height - 1 :]), width)]


def _length(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)

"""Questions at the bottom of the screen. Only keys that were read after the question was painted answer it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tui.widgets.editing.text_model import TextModel
from tui.widgets.lines import Piece
from tui.widgets.status_text import StatusText
from tui.widgets.text import fit, safe

Then: TypeAlias = Callable[[str | None], object]
"""Called with the key of the answer, or None for "not"."""

_SHORTEST_WORD = 6

_PASSED_ON = frozenset({"ctrl+c", "ctrl+z", "ctrl+l"})


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    key: str
    title: str


class QuestionBar(StatusText, can_focus=True):
    """Waits, without a time limit, with the focus. Enter, Space and a paste answer nothing; Escape means not."""

    DEFAULT_CSS = """
    QuestionBar { display: none; }
    QuestionBar.-open { display: block; }
    """

    class Answered(Message):
        def __init__(self, bar: "QuestionBar", answer: str | None) -> None:
            super().__init__()
            self.bar = bar
            self.answer = answer

        @property
        def control(self) -> "QuestionBar":
            return self.bar

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._question = ""
        self._answers: tuple[QuestionAnswer, ...] = ()
        self._expected: str | None = None
        self._editing = TextModel("")
        self._notice = ""
        self._then: Then | None = None
        self._is_open = False

    @property
    def is_open(self) -> bool:
        return self._is_open

    def ask(self, question: str, answers: Sequence[QuestionAnswer | tuple[str, str]], then: Then | None = None) -> None:
        """Offer answers by keys, as ``[("y", "send"), ("n", "not")]``. An open question is answered with None."""
        self._open(question, then)
        self._answers = tuple(one if isinstance(one, QuestionAnswer) else QuestionAnswer(*one) for one in answers)
        self._expected = None

    def confirm(self, question: str, expected: str, then: Then | None = None) -> None:
        """Ask to type a text, such as the order's number. The answer is that text, or None."""
        self._open(question, then)
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
        """Close the question as if it was answered with not."""
        if self._is_open:
            self._answer(None)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self._is_open and key not in _PASSED_ON

    def on_key(self, event: events.Key) -> None:
        if not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        event.prevent_default()
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
            event.stop()
            event.prevent_default()
            self._say_notice("a paste answers nothing")

    def on_blur(self) -> None:
        if self._is_open:
            self.call_later(self._hold_focus)

    def pieces(self, width: int) -> Iterable[Piece]:
        ways = [*self._ways(), (" Esc ", "title"), ("not", "dim")]
        if self._notice:
            ways.append((f"  {safe(self._notice)}", "warning"))
        question = safe(self._question)
        room = max(width // 5, width - 3 - sum(cell_len(text) for text, _ in ways))
        room = min(room, cell_len(question))
        yield f" {fit(question, room)} ", "title"
        yield from _narrowed(ways, width - 3 - room)

    def _ways(self) -> Iterable[Piece]:
        if self._expected is not None:
            room = min(40, max(8, len(self._expected) + 4))
            stretch, _ = self._editing.window(room, 0)
            before, caret, after = self._editing.draw(stretch, room, caret=True)
            yield from (("[", "title"), (before, "edit"), (caret, "caret"), (after, "edit"), ("] ", "title"))
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
                self._say_notice("that is not it" if typed else "")
        elif self._editing.key(event.key, event.character):
            self._say_notice("")

    def _open(self, question: str, then: Then | None) -> None:
        self.dismiss()
        self._question, self._then, self._notice = question, then, ""
        self.painted_at = None
        self._is_open = True
        self.add_class("-open")
        self.focus(scroll_visible=False)
        self.repaint_line(0)

    def _answer(self, answer: str | None) -> None:
        then, self._then = self._then, None
        self._is_open = False
        self.painted_at = None
        self.remove_class("-open")
        self.post_message(self.Answered(self, answer))
        if then is not None:
            then(answer)

    def _say_notice(self, notice: str) -> None:
        self._notice = notice
        self.repaint_line(0)

    def _hold_focus(self) -> None:
        if self._is_open and self.app.app_focus:
            self.focus(scroll_visible=False)


def _narrowed(ways: Sequence[Piece], width: int) -> Sequence[Piece]:
    """The ways to answer, the longest words cut until each key is in sight."""
    found = list(ways)
    while sum(cell_len(text) for text, _ in found) > width:
        place = max(range(len(found)), key=lambda index: cell_len(found[index][0]))
        text, tone = found[place]
        if cell_len(text) <= _SHORTEST_WORD:
            break
        found[place] = fit(text.rstrip(), cell_len(text) - 2) + " ", tone
    return found

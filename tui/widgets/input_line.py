"""A one-line input: a prompt and a text. Base of the filter line and of prompts."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from textual import events
from textual.geometry import Offset

from tui.widgets.editing.text_model import EDITING_KEYS, TextModel
from tui.widgets.lines import LineView, Piece
from tui.widgets.messages import WidgetMessage
from tui.widgets.text import safe

Completion: TypeAlias = Callable[[str], tuple[str, str]]
"""Completes a typed text while that is unambiguous, with a notice about possible continuations."""

_KEYS = EDITING_KEYS | {"enter", "escape", "tab", "shift+tab", "up", "down"}


class InputLine(LineView, can_focus=True):
    """Accepts text while it is open. It takes the focus when it opens; on its message the screen moves the focus back.

    An input that `hides` uses no line of the screen while it is closed. `complete`, if set, is called with the text when
    Tab is pressed, and returns the completed text and a notice about possible continuations. `history`: earlier texts,
    the newest last, which ↑ and ↓ bring back.
    """

    DEFAULT_CSS = """
    InputLine { height: 1; }
    """

    has_cursor = False

    @dataclass(eq=False)
    class LineMessage(WidgetMessage["InputLine"]):
        text: str

    class Opened(LineMessage):
        """The input was opened."""

    class Changed(LineMessage):
        pass

    class Submitted(LineMessage):
        """Enter was pressed, and the input was closed."""

    class Cancelled(LineMessage):
        """Escape was pressed, and the input was closed. `text`: what it contained."""

    def __init__(self, prompt: str = "", *, hides: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.prompt = prompt
        self._hides = hides
        self.display = not hides
        self._editing: TextModel | None = None
        self._scroll = 0
        self.notice = ""
        self.complete: Completion | None = None
        self.history: list[str] = []
        self._earlier = 0
        self._answer: asyncio.Future[str | None] | None = None

    @property
    def line_count(self) -> int:
        return 1

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        return self.pieces(width)

    @property
    def is_open(self) -> bool:
        return self._editing is not None

    @property
    def text(self) -> str:
        return "" if self._editing is None else self._editing.text

    def open(self, text: str = "") -> None:
        self._editing = TextModel(text)
        self._scroll = self._earlier = 0
        self.notice = ""
        self.can_focus = True
        self.display = True
        self.focus(scroll_visible=False)
        self._draw()
        self.post_message(self.Opened(self, text))

    async def ask(self, prompt: str, text: str = "", *, complete: Completion | None = None) -> str | None:
        """Open the line with a prompt, and wait for what is entered, without spaces around it; None on Escape."""
        self.prompt, self.complete = prompt, complete
        self._answer = asyncio.get_running_loop().create_future()
        self.open(text)
        return await self._answer

    def select_all(self) -> None:
        if self._editing is not None:
            self._editing.select_all()

    def close(self) -> None:
        self._editing = None
        self.display = self._stays_visible()
        self.repaint_line(0)

    def _stays_visible(self) -> bool:
        """Whether the input stays visible when it closes."""
        return not self._hides

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self.is_open and (key in _KEYS or (character is not None and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        if self._editing is None or not self.check_consume_key(event.key, event.character):
            return
        event.stop().prevent_default()
        before = self._editing.text
        if event.key == "enter":
            self.submit(before)
        elif event.key == "escape":
            self.close()
            self._answered(None)
            self.post_message(self.Cancelled(self, before))
        elif event.key == "tab" and self.complete is not None:
            text, self.notice = self.complete(before)
            if text != before:
                self._editing = TextModel(text)
                self.post_message(self.Changed(self, text))
            self._draw()
        elif event.key in ("up", "down") and self.history:
            self._go_in_history(1 if event.key == "up" else -1)
        elif self._editing.key(event.key, event.character):
            self.notice = ""
            if self._editing.text != before:
                self.post_message(self.Changed(self, self._editing.text))
            self._draw()

    def _go_in_history(self, by: int) -> None:
        """Show an earlier text, or a later one; after the last one the line is empty."""
        self._earlier = max(0, min(len(self.history), self._earlier + by))
        text = self.history[-self._earlier] if self._earlier else ""
        self._editing = TextModel(text)
        self.post_message(self.Changed(self, text))
        self._draw()

    def on_paste(self, event: events.Paste) -> None:
        if self._editing is None:
            return
        event.stop().prevent_default()
        self.notice = self._editing.paste(event.text)
        self.post_message(self.Changed(self, self._editing.text))
        self._draw()

    def submit(self, text: str) -> None:
        self.close()
        self._answered(text.strip())
        self.post_message(self.Submitted(self, text))

    def _answered(self, text: str | None) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(text)

    def pieces(self, width: int) -> Iterable[Piece]:
        if self._editing is None:
            return
        prompt, notice = safe(self.prompt), f"  {safe(self.notice)}" if self.notice else ""
        available = max(8, width - len(prompt) - 1 - len(notice))
        visual_line, self._scroll = self._editing.window(available, self._scroll)
        yield f" {prompt}", "title"
        yield from self._editing.pieces(visual_line, available)
        yield notice, "warning"

    def _draw(self) -> None:
        self.repaint_line(0)
        if self.is_attached and self._editing is not None:
            visual_line, _ = self._editing.window(max(8, self.size.width - len(self.prompt) - 1), self._scroll)
            before = self._editing.draw(visual_line, 0, caret=True)[0]
            self.app.cursor_position = self.content_region.offset + Offset(1 + len(self.prompt) + len(before), 0)

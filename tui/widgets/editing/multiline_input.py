"""An input for text of several lines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.geometry import Offset

from tui.widgets.editing.text_model import EDITING_KEYS, TextModel, VisualLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.messages import WidgetMessage

_KEYS = EDITING_KEYS | {"enter", "up", "down", "pageup", "pagedown"}


class MultilineInput(LineView):
    """Accepts all text keys while it has the focus. The screen handles Tab and Esc.

    `typing_hook`: called at every change, before it is drawn, so that the text can be stored first.
    """

    has_cursor = False

    @dataclass(eq=False)
    class Changed(WidgetMessage["MultilineInput"]):
        """The text changed. `pasted`: by a paste."""

        text: str
        pasted: bool

    def __init__(self, *, hint: str = "", typing_hook: Callable[[str], None], id: str | None = None) -> None:
        super().__init__(id=id)
        self._editing = TextModel("", multiline=True)
        self._hint = hint
        self._typing_hook = typing_hook
        self._visual_lines: list[VisualLine] = [VisualLine(0, 0, 0)]
        self._width = 0
        self.notice = ""

    @property
    def text(self) -> str:
        return self._editing.text

    def fill(self, text: str) -> None:
        """Replace the text without calling the hook or posting a message."""
        self._editing = TextModel("", multiline=True)
        self._editing.paste(text)
        self._show()
        self.set_top(0)

    def insert(self, text: str, *, pasted: bool = True) -> None:
        """Insert a text at the caret, as if pasted or typed."""
        before = self._editing.text
        self.notice = self._editing.paste(text)
        self._changed(pasted=pasted and self._editing.text != before)

    def scroll_to_text(self, text: str) -> None:
        """Scroll to the first line that contains a text."""
        for index, visual_line in enumerate(self._visual_lines):
            if text and text in self._editing.draw(visual_line, self._width, caret=False)[0]:
                self.set_top(max(0, index - 1))
                return

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self.has_focus and (key in _KEYS or (character is not None and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        if not self.check_consume_key(event.key, event.character):
            return
        event.stop().prevent_default()
        self.notice = ""
        if event.key in ("up", "down", "pageup", "pagedown"):
            by = {"up": -1, "down": 1, "pageup": -self.body_height, "pagedown": self.body_height}[event.key]
            self._editing.move_row(by, self._width)
            self._show()
        else:
            before = self._editing.text
            self._editing.key(event.key, event.character)
            if self._editing.text != before:
                self._changed(pasted=False)
            else:
                self._show()

    def on_paste(self, event: events.Paste) -> None:
        event.stop().prevent_default()
        self.insert(event.text)

    # Drawing.

    @property
    def line_count(self) -> int:
        return len(self._visual_lines)

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        is_empty = not self._editing.text
        is_here = self.has_focus and index == self._editing.caret_row(self._visual_lines)
        before, caret, after = self._editing.draw(self._visual_lines[index], max(2, width - 1), caret=is_here)
        yield " " + before, "edit"
        if caret:
            yield caret, "caret"
        if is_empty and index == 0:
            yield (self._hint, "dim")
        else:
            yield after, "edit"

    def on_focus(self) -> None:
        self._show()

    def on_blur(self) -> None:
        self.repaint()

    def _changed(self, *, pasted: bool) -> None:
        self._typing_hook(self._editing.text)
        self._show()
        self.post_message(self.Changed(self, self._editing.text, pasted))

    def _show(self) -> None:
        self.lay_out(self.drawn_width)
        row = self._editing.caret_row(self._visual_lines)
        if self.has_focus:
            self.top = max(min(self.top, row), row - self.body_height + 1)
        self.repaint()
        if self.is_attached and self.has_focus:
            before, _, _ = self._editing.draw(self._visual_lines[row], 0, caret=True)
            self.app.cursor_position = self.content_region.offset + Offset(1 + cell_len(before), row - self.top)

    def lay_out(self, width: int) -> None:
        self._width = max(4, width - 1)
        self._visual_lines = self._editing.visual_lines(self._width)

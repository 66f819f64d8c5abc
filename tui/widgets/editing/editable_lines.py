"""Lines of which one can hold a live editor: its keys, pastes, and the lines it takes under its own."""

from collections.abc import Iterable

from textual import events
from textual.geometry import Offset

from tui.api.codec import Json
from tui.api.pointer import Pointer
from tui.orders.value_parser import InvalidText, ValidValue
from tui.widgets.editing.field_editor import EDITOR_KEYS, LiveEditor
from tui.widgets.lines import LineView, Piece


class EditableLines(LineView):
    """Base of sheet and grid. An open editor stands on the cursor's line; its further lines come below that one.

    A *row* here is a line of the content, without those of the editor.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._editor: LiveEditor | None = None
        self._under = 0

    # What a subclass gives.

    @property
    def row_count(self) -> int:
        raise NotImplementedError

    def draw_row(self, row: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        raise NotImplementedError

    def place_of(self, editor: LiveEditor) -> tuple[int, int]:
        """Where the box of the editor begins in its line, and how wide it is, in cells."""
        raise NotImplementedError

    def open_beside(self, by: int) -> None:
        """Edit the next or previous field that can be edited, if there is one."""
        raise NotImplementedError

    def editor_typed(self, editor: LiveEditor) -> None:
        """The text changed; called before it is drawn."""
        raise NotImplementedError

    def editor_took(self, editor: LiveEditor, value: Json) -> None:
        """A value was entered."""
        raise NotImplementedError

    def editor_left(self, editor: LiveEditor, taken: bool, text: str | None) -> None:
        """`taken`: by Enter or Tab. `text` is what stood in it if it was edited and not taken, else None."""
        raise NotImplementedError

    def editor_wanted(self, editor: LiveEditor) -> None:
        """Its text is wanted in $EDITOR."""
        raise NotImplementedError

    def repaint_box(self, editor: LiveEditor) -> None:
        """Draw the cursor's line again, after a key in the editor."""
        self.repaint_line(self.cursor)

    # The editor.

    @property
    def editing(self) -> Pointer | None:
        """The field whose editor is open."""
        return None if self._editor is None else self._editor.pointer

    @property
    def edits_lines(self) -> bool:
        """Whether the editor that is open has several lines, so that Enter does not take."""
        return self._editor is not None and self._editor.is_multiline

    @property
    def editor_text(self) -> str | None:
        return None if self._editor is None else self._editor.text

    def take(self) -> bool:
        """Take what was entered and close the editor. If it cannot be taken, say why and stay."""
        editor = self._editor
        if editor is None:
            return True
        entry = editor.take()
        if isinstance(entry, InvalidText):
            editor.reason = entry.reason
            self.draw_editor(editor)
            return False
        self.close_editor()
        if isinstance(entry, ValidValue):
            self.editor_took(editor, entry.value)
        self.editor_left(editor, True, None)
        return True

    def leave_editor(self) -> None:
        """Close the editor without taking; the message offers the text in progress."""
        editor = self._editor
        if editor is None:
            return
        self.close_editor()
        self.editor_left(editor, False, editor.text if editor.editing.is_changed else None)

    def take_and_edit(self, by: int) -> None:
        """Take, and edit the next or previous field that can be edited."""
        if self.take():
            self.open_beside(by)

    def select_whole(self) -> None:
        """The first letter typed replaces what stands in the open editor."""
        if self._editor is not None:
            self._editor.editing.select_whole()
            self.draw_editor(self._editor)

    def fill_editor(self, text: str) -> None:
        """Put a text in the open editor, as one from $EDITOR."""
        if self._editor is not None:
            self._editor.fill(text)
            self._typed(self._editor)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Keep bindings of screen and app from what an open editor uses."""
        return self._editor is not None and (key in EDITOR_KEYS or (character is not None and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        editor = self._editor
        if editor is None or not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        event.prevent_default()
        match event.key:
            case "escape":
                self.leave_editor()
            case "tab":
                self.take_and_edit(1)
            case "shift+tab":
                self.take_and_edit(-1)
            case "enter" if not editor.is_multiline:
                if self.take():
                    self.move(1)
            case "ctrl+g":
                self.editor_wanted(editor)
            case key:
                before = editor.text
                editor.key(key, event.character, self.size.width)
                if editor.text != before:
                    self._typed(editor)
                else:
                    self.draw_editor(editor)

    def on_paste(self, event: events.Paste) -> None:
        if self._editor is None:
            return
        event.stop()
        event.prevent_default()
        self._editor.paste(event.text)
        self._typed(self._editor)

    def clicked(self, index: int) -> None:
        row = self.row_at(index)
        if row is not None and (self._editor is None or (row != self.cursor and self.take())):
            super().clicked(row)

    # Its lines.

    @property
    def line_count(self) -> int:
        return self.row_count + self._under

    def row_at(self, index: int) -> int | None:
        """The row at this line of the view; None for lines of the editor."""
        if self._under and index > self.cursor:
            return index - self._under if index > self.cursor + self._under else None
        return index if 0 <= index < self.row_count else None

    def repaint_row(self, row: int) -> None:
        self.repaint_line(row if row <= self.cursor else row + self._under)

    def is_stop(self, index: int) -> bool:
        return self.row_at(index) is not None

    def go(self, index: int) -> None:
        # The lines of an open editor stand below the cursor, and go when it does.
        row = self.row_at(index)
        if self._editor is not None and row is not None and row != self.cursor:
            self.leave_editor()
        super().go(index if row is None else row)

    def lay_out(self, width: int) -> None:
        self._under = self._editor.height(width, self._room) if self._editor is not None else 0

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        row = self.row_at(index)
        if row is None:
            return self._editor.draw_under(index - self.cursor - 1, self._under, width) if self._editor else ()
        return self.draw_row(row, width, is_cursor)

    def show_editor(self, editor: LiveEditor) -> None:
        """Open this editor on the cursor's line."""
        self._editor = editor
        self.draw_editor(editor)

    def draw_editor(self, editor: LiveEditor) -> None:
        """Draw the lines of the editor, and those below if it grew or shrank."""
        height = editor.height(self.size.width, self._room)
        if height != self._under:
            self._under = height
            self.repaint()
            self.show_line(self.cursor + height)
            self.show_line(self.cursor)
        else:
            self.repaint_box(editor)
            for line in range(self.cursor + 1, self.cursor + height + 1):
                self.repaint_line(line)
        if self.is_attached and not editor.is_multiline:
            # Input methods open their window at the caret.
            start, width = self.place_of(editor)
            caret = Offset(start + editor.caret_column(width), self.cursor - self.top + self.header_height)
            self.app.cursor_position = self.content_region.offset + caret

    def close_editor(self) -> None:
        self._editor = None
        if self._under:
            self._under = 0
            self.repaint()
        else:
            self.repaint_line(self.cursor)

    @property
    def _room(self) -> int:
        """Lines an editor may take under its field."""
        return max(2, min(12, self.body_height // 2))

    def _typed(self, editor: LiveEditor) -> None:
        self.editor_typed(editor)
        self.draw_editor(editor)

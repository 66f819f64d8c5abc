"""Lines with a live editor in one of them: its keys and pastes, and the extra lines that it needs."""

from collections.abc import Iterable

from textual import events
from textual.geometry import Offset

from tui.api.pointer import Pointer
from tui.orders.value_parser import InvalidText, ValidValue
from tui.widgets.editing.field_editor import EDITOR_KEYS, LiveEditor
from tui.widgets.lines import LineView, Piece


class EditableLines(LineView):
    """Base of sheet and grid. An open editor is on the cursor's line, with its extra lines below.

    A *row* is a line of the content, not counting the extra lines of the editor.
    """

    def __init__(self, *, empty: str, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(empty=empty, id=id, classes=classes)
        self._editor: LiveEditor | None = None
        self._editor_height = 0

    # Implemented by subclasses.

    @property
    def row_count(self) -> int:
        raise NotImplementedError

    def draw_row(self, row: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        raise NotImplementedError

    def box_of(self, editor: LiveEditor) -> tuple[int, int]:
        """Start and width of the editor's box in its line, in cells."""
        raise NotImplementedError

    def open_next(self, by: int) -> None:
        """Edit the next or previous editable field, if there is one."""
        raise NotImplementedError

    def text_typed(self, editor: LiveEditor) -> None:
        """Called when the text changed, before it is drawn."""
        raise NotImplementedError

    def value_accepted(self, editor: LiveEditor, entry: ValidValue) -> None:
        """Called when a value was accepted."""
        raise NotImplementedError

    def editor_closed(self, editor: LiveEditor, accepted: bool, text: str | None) -> None:
        """Called when the editor was closed. `accepted`: by Enter or Tab. `text`: its edited text if not accepted."""
        raise NotImplementedError

    def external_editor_requested(self, editor: LiveEditor) -> None:
        """Called when the user wants to edit the text in $EDITOR."""
        raise NotImplementedError

    def repaint_box(self, editor: LiveEditor) -> None:
        """Redraw the cursor's line after a key in the editor."""
        self.repaint_line(self.cursor)

    # The editor.

    @property
    def editing(self) -> Pointer | None:
        """The pointer of the field whose editor is open."""
        return None if self._editor is None else self._editor.pointer

    @property
    def is_multiline(self) -> bool:
        """Whether the open editor has several lines, so that Enter does not accept."""
        return self._editor is not None and self._editor.is_multiline

    @property
    def editor_text(self) -> str | None:
        return None if self._editor is None else self._editor.text

    def accept(self) -> bool:
        """Accept the entry and close the editor. If the entry is invalid, show the reason and return False."""
        editor = self._editor
        if editor is None:
            return True
        entry = editor.accept()
        if isinstance(entry, InvalidText):
            editor.reason = entry.reason
            self.draw_editor(editor)
            return False
        self.close_editor()
        if isinstance(entry, ValidValue):
            self.value_accepted(editor, entry)
        self.editor_closed(editor, True, None)
        return True

    def leave_editor(self) -> None:
        """Close the editor without accepting. The message has the text in progress."""
        editor = self._editor
        if editor is None:
            return
        self.close_editor()
        self.editor_closed(editor, False, editor.text if editor.editing.is_changed else None)

    def accept_and_edit_next(self, by: int) -> None:
        """Accept the entry, and edit the next or previous editable field."""
        if self.accept():
            self.open_next(by)

    def select_all(self) -> None:
        """Select the whole text of the open editor, so that the first letter typed replaces it."""
        if self._editor is not None:
            self._editor.editing.select_all()
            self.draw_editor(self._editor)

    def fill_editor(self, text: str) -> None:
        """Replace the text in the open editor, for instance by one from $EDITOR."""
        if self._editor is not None:
            self._editor.fill(text)
            self._text_changed(self._editor)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Keep keys that an open editor uses from the bindings of screen and app."""
        return self._editor is not None and (key in EDITOR_KEYS or (character is not None and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        editor = self._editor
        if editor is None or not self.check_consume_key(event.key, event.character):
            return
        event.stop().prevent_default()
        match event.key:
            case "escape":
                self.leave_editor()
            case "tab":
                self.accept_and_edit_next(1)
            case "shift+tab":
                self.accept_and_edit_next(-1)
            case "enter" if not editor.is_multiline:
                if self.accept():
                    self.move(1)
            case "ctrl+g":
                self.external_editor_requested(editor)
            case key:
                before = editor.text
                editor.key(key, event.character, self.size.width)
                if editor.text != before:
                    self._text_changed(editor)
                else:
                    self.draw_editor(editor)

    def on_paste(self, event: events.Paste) -> None:
        if self._editor is None:
            return
        event.stop().prevent_default()
        self._editor.paste(event.text)
        self._text_changed(self._editor)

    def clicked(self, index: int) -> None:
        row = self.row_at(index)
        if row is not None and (self._editor is None or (row != self.cursor and self.accept())):
            super().clicked(row)

    # Lines.

    @property
    def line_count(self) -> int:
        return self.row_count + self._editor_height

    def row_at(self, index: int) -> int | None:
        """The row at a line of the view; None for extra lines of the editor."""
        if self._editor_height and index > self.cursor:
            return index - self._editor_height if index > self.cursor + self._editor_height else None
        return index if 0 <= index < self.row_count else None

    def repaint_row(self, row: int) -> None:
        self.repaint_line(row if row <= self.cursor else row + self._editor_height)

    def is_selectable(self, index: int) -> bool:
        return self.row_at(index) is not None

    def go(self, index: int) -> None:
        # The extra lines of an open editor are below the cursor, and disappear when it moves.
        row = self.row_at(index)
        if self._editor is not None and row is not None and row != self.cursor:
            self.leave_editor()
        super().go(index if row is None else row)

    def lay_out(self, width: int) -> None:
        self._editor_height = self._editor.height(width, self._room) if self._editor is not None else 0

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        row = self.row_at(index)
        if row is None:
            return self._editor.draw_under(index - self.cursor - 1, self._editor_height, width) if self._editor else ()
        return self.draw_row(row, width, is_cursor)

    def show_editor(self, editor: LiveEditor) -> None:
        """Open an editor on the cursor's line."""
        self._editor = editor
        self.draw_editor(editor)

    def draw_editor(self, editor: LiveEditor) -> None:
        """Redraw the lines of the editor, and those below if its height changed."""
        height = editor.height(self.size.width, self._room)
        if height != self._editor_height:
            self._editor_height = height
            self.repaint()
            self.show_line(self.cursor + height)
            self.show_line(self.cursor)
        else:
            self.repaint_box(editor)
            for line in range(self.cursor + 1, self.cursor + height + 1):
                self.repaint_line(line)
        if self.is_attached and not editor.is_multiline:
            # Input methods open their window at the terminal cursor.
            start, width = self.box_of(editor)
            caret = Offset(start + editor.caret_column(width), self.cursor - self.top + self.header_height)
            self.app.cursor_position = self.content_region.offset + caret

    def close_editor(self) -> None:
        self._editor = None
        if self._editor_height:
            self._editor_height = 0
            self.repaint()
        else:
            self.repaint_line(self.cursor)

    @property
    def _room(self) -> int:
        """The most extra lines that an editor may use."""
        return max(2, min(12, self.body_height // 2))

    def _text_changed(self, editor: LiveEditor) -> None:
        self.text_typed(editor)
        self.draw_editor(editor)

"""Edits a text in the user's editor. No text is lost, and no file is left behind once its text was taken."""

import asyncio
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from textual.app import SuspendNotSupported

from tui.keymap import Context
from tui.orders.fields import label_of
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.editing.editable_lines import EditableLines
from tui.work.drafts.drafts import TypedText
from tui.work.editor_texts import TextPlace
from tui.work.stored import StoreError

_OURS: Final = "SENDCLOUD_"
"""Environment variables with this prefix are for this app and may be secret."""

_TAKE_A_LINE: Final = frozenset(
    {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "joe", "jed", "mg", "kak"}
)
"""Editors that accept `+12` before the file as the line to start on."""


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text is stored in the file. `longest`: the maximum size in bytes.

    `keeps_bytes`: bytes that are not UTF-8 become lone surrogates (`surrogateescape`), so that they can be reported at
    their position. Otherwise the user is asked, and lone surrogates are part of the text.
    """

    name: str
    longest: int
    keeps_bytes: bool = False


FIELD: Final = TextFormat("field.txt", 256 * 1024)


async def edit_text(
    screen: BaseScreen[Any], text: str, place: TextPlace, format: TextFormat = FIELD, *, line: int | None = None
) -> str | None:
    """Edit a text in $VISUAL or $EDITOR, starting on a line if the editor supports it. Returns the changed text.

    Returns None if nothing was changed or the file cannot be read; a notice says so. The user decides before text is
    lost. The file is readable only by the user and is removed afterwards. If the app ends before, what was saved in the
    file is stored at `place` at the next start.
    """
    account = screen.workspace.account
    place = replace(
        place,
        errors="surrogateescape" if format.keeps_bytes else "surrogatepass",
        ends_with_newline=text.endswith("\n"),
    )
    try:
        path = account.store.editor_files.put(format.name, to_bytes(text, format), place.to_json(account.account_id))
    except StoreError as error:
        screen.show_notice(str(error), "error")
        return None
    edited: str | None = None
    # If this is cancelled because the app ends, the file stays.
    try:
        edited = await EditorSession(screen, path, text, format).edit(line)
    except NothingToTake as nothing:
        screen.show_notice(str(nothing), nothing.style)
    _remove(screen, path)
    return edited


def edit_field(screen: BaseScreen[Any], editor: EditableLines, text: str, place: str) -> None:
    """Edit the text of an open field editor in $EDITOR, and put the result into the field editor.

    `place`: the key of the unsaved texts of the order.
    """
    pointer = editor.editing
    if pointer is None:
        return
    # The command that opens a field has another name in the form of an order.
    command = "edit_field" if screen.WHERE is Context.EDIT else "open"
    key = TypedText(place, pointer, text).key
    kept = TextPlace(key, f"the field {label_of(pointer)}", command, screen.WHERE)

    async def edit() -> None:
        edited = await edit_text(screen, text, kept)
        if edited is not None:
            editor.fill_editor(edited)

    screen.run_dialog(edit())


def _remove(screen: BaseScreen[Any], path: Path) -> None:
    try:
        screen.workspace.account.store.editor_files.remove(path)
    except StoreError as error:
        screen.show_notice(str(error), "error")


def to_bytes(text: str, format: TextFormat) -> bytes:
    """The bytes of the file. Multiline text ends with a line feed, as editors write it."""
    if format.keeps_bytes:
        text = text if text.endswith("\n") else text + "\n"
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")
    return text.encode("utf-8", "surrogatepass")


class NothingToTake(Exception):
    """There is no changed text. The message says why; the notice has this style."""

    def __init__(self, text: str, style: str = "info") -> None:
        super().__init__(text)
        self.style = style


class UnreadableText(Exception):
    """The text of the file cannot be read; the message says why."""


class EditorSession:
    """One file, edited in $EDITOR as often as the user wants."""

    def __init__(self, screen: BaseScreen[Any], path: Path, text: str, format: TextFormat) -> None:
        self._screen = screen
        self._path = path
        self._text = text
        self._format = format

    async def edit(self, line: int | None = None) -> str:
        """The changed text, after the user has fixed what cannot be read. Raises NothingToTake."""
        while True:
            await self._painted()
            status, data = self._run(line)
            line = None
            if status != 0 and await self._asks_again(status, data):
                continue
            try:
                found = self._decoded(data)
            except UnreadableText as error:
                await self._ask(str(error), [("e", "edit it again")])
                continue
            # Editors end a file with a line break that nobody typed.
            found = found.removesuffix("\n") if not self._text.endswith("\n") else found
            if found == self._text:
                raise NothingToTake("Nothing was changed.")
            return found

    async def _painted(self) -> None:
        """Wait for the next frame, so that an answered question disappears before the editor starts."""
        painted = asyncio.Event()
        if self._screen.call_after_refresh(painted.set):
            await painted.wait()

    def _run(self, line: int | None) -> tuple[int, bytes | int]:
        """Run the editor. Returns its exit status and the file's content, or the file's size if it is too large."""
        # VISUAL takes precedence, as in git.
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            status = _run(self._screen.workspace, command, self._path, line)
        except (OSError, ValueError, SuspendNotSupported) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            text = f"The editor {command!r} could not be started: {reason}. Nothing was changed."
            raise NothingToTake(text, "error") from error
        try:
            size = self._path.stat().st_size
            return status, size if size > self._format.longest else self._path.read_bytes()
        except OSError as error:
            text = f"The file from the editor cannot be read: {error.strerror}. Nothing was changed."
            raise NothingToTake(text, "error") from error

    async def _asks_again(self, status: int, data: bytes | int) -> bool:
        """After an editor failed, ask whether to edit the changed text again or to use it."""
        how = f"ended with {status}" if status > 0 else f"ended by {_signal(-status)}"
        if data == to_bytes(self._text, self._format):
            raise NothingToTake(f"Editor {how}; nothing was changed.", "warning")
        return await self._ask(f"Editor {how}; the text changed.", [("e", "edit it again"), ("y", "accept")]) == "e"

    def _decoded(self, data: bytes | int) -> str:
        if isinstance(data, int):
            most = self._format.longest // 1024
            raise UnreadableText(f"The text has {data // 1024} KB; at most {most} KB are read.")
        try:
            return data.decode("utf-8", "surrogateescape" if self._format.keeps_bytes else "surrogatepass")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "surrogatepass")) + 1
            byte = data[error.start]
            raise UnreadableText(f"Line {line}, column {column}: the byte 0x{byte:02X} is not UTF-8.") from None

    async def _ask(self, question: str, answers: Sequence[tuple[str, str]]) -> str:
        """Ask what to do with a text that cannot be used as it is. The file is kept until the answer."""
        answer = await self._screen.ask(question, answers)
        if answer is None:
            raise NothingToTake("Discarded; nothing was changed.")
        return answer


def _run(workspace: Workspace, command: str, path: Path, line: int | None) -> int:
    """Run the editor in the terminal. Returns its exit status, negative for a signal. Raises OSError, ValueError."""
    arguments = shlex.split(command)
    if not arguments:
        raise ValueError("the command is empty")
    if line is not None and os.path.basename(arguments[0]) in _TAKE_A_LINE:
        arguments.append(f"+{line}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    status = 0
    failed: OSError | None = None
    with workspace.account.store.editor_files.in_editor(path) as mark, workspace.suspend(), _keys_are_the_editors():
        # The terminal is restored only if no exception leaves the context.
        try:
            # The user's own editor.
            arguments.append(str(path))
            status = subprocess.run(arguments, env=environment, pass_fds=(mark,), check=False).returncode  # noqa: S603
        except OSError as error:
            failed = error
    if failed is not None:
        raise failed
    return status


@contextmanager
def _keys_are_the_editors() -> Iterator[None]:
    """Ignore Ctrl+C and Ctrl+\\ while the editor runs; the terminal sends them to this process, too."""
    numbers = (signal.SIGINT, signal.SIGQUIT)
    # Not SIG_IGN, because the editor would inherit it.
    before = [signal.signal(number, lambda *_: None) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

"""A text in the user's own editor, and back: nothing of it is lost, and no file is left behind."""

import asyncio
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from textual.app import SuspendNotSupported

from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.editing.editable_lines import EditableLines
from tui.work.stored import StoreError

_OURS: Final = "SENDCLOUD_"
"""Environment variables with this prefix are for this program, and may be secret."""

_TAKE_A_LINE: Final = frozenset(
    {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "joe", "jed", "mg", "kak"}
)
"""Editors known to understand `+12` before the file as the line to begin on."""


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text travels. `longest` counts bytes.

    `keeps_bytes`: bytes that are no UTF-8 come back as lone surrogates (`surrogateescape`), so that they can be reported at
    their place; else the user is asked, and lone surrogates are those of the text itself.
    """

    name: str
    longest: int
    keeps_bytes: bool = False


FIELD: Final = TextFormat("field.txt", 256 * 1024)


async def edit_text(
    screen: BaseScreen[Any], text: str, format: TextFormat = FIELD, *, line: int | None = None
) -> str | None:
    """Let the user edit a text in $VISUAL or $EDITOR, beginning on a line if the editor can; the text to take.

    It is None where nothing was changed, or nothing can be read, which a notice says. Where text could be lost, the user
    decides first. The file is the user's alone and is gone afterwards, after a crash at the next start.
    """
    files = screen.workspace.account.store.editor_files
    try:
        path = files.put(format.name, to_bytes(text, format))
        try:
            return await EditorSession(screen, path, text, format).edit(line)
        except NothingToTake as nothing:
            screen.show_notice(str(nothing), nothing.style)
            return None
        finally:
            _remove(screen, path)
    except StoreError as error:
        screen.show_notice(str(error), "error")
        return None


def edit_field(screen: BaseScreen[Any], editor: EditableLines, text: str) -> None:
    """Let the user edit the text of an open field editor in $EDITOR, and put the result into that editor."""

    async def edit() -> None:
        edited = await edit_text(screen, text)
        if edited is not None:
            editor.fill_editor(edited)

    screen.run_dialog(edit())


def _remove(screen: BaseScreen[Any], path: Path) -> None:
    try:
        screen.workspace.account.store.editor_files.remove(path)
    except StoreError as error:
        screen.show_notice(str(error), "error")


def to_bytes(text: str, format: TextFormat) -> bytes:
    """The bytes of the file; what has many lines ends its last one, as editors do."""
    if format.keeps_bytes:
        text = text if text.endswith("\n") else text + "\n"
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")
    return text.encode("utf-8", "surrogatepass")


class NothingToTake(Exception):
    """Why there is no text to take, and the style of the notice that says so."""

    def __init__(self, text: str, style: str = "info") -> None:
        super().__init__(text)
        self.style = style


class UnreadableText(Exception):
    """Why the text of the file cannot be read."""


class EditorSession:
    """One file that is edited in $EDITOR, as often as the user wants."""

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
        """Wait for the next frame, so that an answered question is gone before the editor gets the terminal."""
        painted = asyncio.Event()
        if self._screen.call_after_refresh(painted.set):
            await painted.wait()

    def _run(self, line: int | None) -> tuple[int, bytes | int]:
        """Run the editor; its exit status, and what is in the file, or its size where that is too much to be read."""
        # As a shell would choose it.
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
            text = f"The editor left no file that can be read: {error.strerror}. Nothing was changed."
            raise NothingToTake(text, "error") from error

    async def _asks_again(self, status: int, data: bytes | int) -> bool:
        """After an editor that failed, ask whether to edit the changed text again, else it is taken."""
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
        """What the user wants with a text that cannot simply be taken; the file waits for the answer."""
        answer = await self._screen.ask(question, answers)
        if answer is None:
            raise NothingToTake("It was left; nothing was changed.")
        return answer


def _run(workspace: Workspace, command: str, path: Path, line: int | None) -> int:
    """Give the terminal to the editor until it ends; its exit status, negative for a signal. Raises OSError, ValueError."""
    arguments = shlex.split(command)
    if not arguments:
        raise ValueError("the command is empty")
    if line is not None and os.path.basename(arguments[0]) in _TAKE_A_LINE:
        arguments.append(f"+{line}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    status = 0
    failed: OSError | None = None
    with workspace.suspend(), _keys_are_the_editors():
        try:
            # The user's own editor.
            status = subprocess.run([*arguments, str(path)], check=False, env=environment).returncode  # noqa: S603
        except OSError as error:
            # The terminal is only taken back where nothing leaves the context early.
            failed = error
    if failed is not None:
        raise failed
    return status


@contextmanager
def _keys_are_the_editors() -> Iterator[None]:
    """Ctrl+C and Ctrl+\\ go to every program on the terminal; here they mean nothing while the editor has it."""
    numbers = (signal.SIGINT, signal.SIGQUIT)
    # A handler, and not SIG_IGN, which the editor would inherit.
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

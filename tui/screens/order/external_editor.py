"""A text in the user's own editor, and back: nothing of it is lost on the way, and no file of it stays."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from textual.app import SuspendNotSupported

from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.store.db import StoreError

_OURS: Final = "SENDCLOUD_"
"""What begins so in the environment is for this program, and may be a secret."""

_TAKE_A_LINE: Final = frozenset(
    {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "joe", "jed", "mg", "kak"}
)
"""Editors known to understand `+12` before the file as the line to begin on."""


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text travels. `longest` counts bytes.

    `keeps_bytes`: bytes that are no UTF-8 come back as lone surrogates (`surrogateescape`), for whoever tells of them at
    their place; else the user is asked, and lone surrogates are those of the text itself.
    """

    name: str
    longest: int
    keeps_bytes: bool = False


FIELD: Final = TextFormat("field.txt", 256 * 1024)


def edit_text(
    screen: BaseScreen[Any],
    text: str,
    take: Callable[[str], object],
    manner: TextFormat = FIELD,
    *,
    line: int | None = None,
) -> None:
    """Let the user edit a text in $VISUAL or $EDITOR, beginning on a line if the editor can.

    `take` is called with the text if it was changed and can be read, at once or after the user has mended it. Whatever
    else happens is said on the screen; where text could be lost, the user decides first. The file is the
    user's alone and is gone afterwards, after a crash at the next start.
    """
    try:
        path = screen.workspace.account.store.editor_files.put(manner.name, to_bytes(text, manner))
        EditorSession(screen, path, text, take, manner).go(line)
    except StoreError as error:
        screen.show_notice(str(error), "error")


def to_bytes(text: str, manner: TextFormat) -> bytes:
    """The bytes of the file; what has many lines ends its last one, as editors do."""
    if manner.keeps_bytes:
        text = text if text.endswith("\n") else text + "\n"
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")
    return text.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes, manner: TextFormat) -> str:
    """The text of the file, without the line break at its end that nobody typed. Raises UnicodeDecodeError."""
    return data.decode("utf-8", "surrogateescape" if manner.keeps_bytes else "surrogatepass")


def editor_command() -> str:
    """The user's editor, as a shell would be told."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"


class EditorSession:
    """One file on its way to the editor and back, as often as the user wants."""

    def __init__(
        self, screen: BaseScreen[Any], path: Path, text: str, take: Callable[[str], object], manner: TextFormat
    ) -> None:
        self._screen = screen
        self._path = path
        self._text = text
        self._take = take
        self._manner = manner

    def go(self, line: int | None = None) -> None:
        command = editor_command()
        try:
            status = _run(self._screen.workspace, command, self._path, line)
        except (OSError, ValueError, SuspendNotSupported) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._end(f"The editor {command!r} could not be started: {reason}. Nothing was changed.", "error")
            return
        try:
            data = self._read()
        except OSError as error:
            self._end(f"The editor left no file that can be read: {error.strerror}. Nothing was changed.", "error")
            return
        if status != 0:
            self._ended_badly(status, data)
        else:
            self._came(data)

    def _read(self) -> bytes | int:
        """What is in the file, or its size where that is too much to be read."""
        size = self._path.stat().st_size
        return size if size > self._manner.longest else self._path.read_bytes()

    def _ended_badly(self, status: int, data: bytes | int) -> None:
        how = f"ended with {status}" if status > 0 else f"ended by {_signal(-status)}"
        if data == to_bytes(self._text, self._manner):
            self._end(f"Editor {how}; nothing was changed.", "warning")
            return
        self._ask(f"Editor {how}; the text changed.", lambda: self._came(data))

    def _came(self, data: bytes | int) -> None:
        if isinstance(data, int):
            self._ask(f"The text has {data // 1024} KB; at most {self._manner.longest // 1024} KB are read.")
            return
        try:
            found = from_bytes(data, self._manner)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "surrogatepass")) + 1
            self._ask(f"Line {line}, column {column}: the byte 0x{data[error.start]:02X} is not UTF-8.")
            return
        # Editors end a file with a line break that nobody typed.
        found = found.removesuffix("\n") if not self._text.endswith("\n") else found
        if found == self._text:
            self._end("Nothing was changed.")
            return
        self._end("")
        self._take(found)

    def _ask(self, words: str, take: Callable[[], object] | None = None) -> None:
        """What the user wants with a text that cannot simply be taken; the file waits for the answer."""
        answers = [("e", "edit it again"), *([("t", "take it")] if take is not None else [])]

        def chosen(answer: str) -> None:
            if take is not None and answer == "t":
                take()
            else:
                self.go()

        self._screen.ask_then(words, answers, chosen, lambda: self._end("It was left; nothing was changed."))

    def _end(self, words: str, tone: str = "info") -> None:
        try:
            self._screen.workspace.account.store.editor_files.remove(self._path)
        except StoreError as error:
            words, tone = f"{words} {error}", "error"
        if words:
            self._screen.show_notice(words, tone)


def _run(workspace: Workspace, command: str, path: Path, line: int | None) -> int:
    """Give the terminal to the editor until it ends; its exit status, negative for a signal. Raises OSError, ValueError."""
    words = shlex.split(command)
    if not words:
        raise ValueError("the command is empty")
    if line is not None and os.path.basename(words[0]) in _TAKE_A_LINE:
        words.append(f"+{line}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    status = 0
    failed: OSError | None = None
    with workspace.suspend(), _keys_are_the_editors():
        try:
            # The user's own editor.
            status = subprocess.run([*words, str(path)], check=False, env=environment).returncode  # noqa: S603
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

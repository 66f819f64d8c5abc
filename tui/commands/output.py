"""What the headless commands share: exit codes, output lines, and how a command ends early."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from types import FrameType

from tui.widgets.text import safe

SUCCESS, PROBLEMS, USAGE, DENIED, UNKNOWN = 0, 1, 2, 3, 4
"""Exit codes; the highest wins. DENIED: the service is unreachable or denied access. UNKNOWN: an outcome is not known."""


class CommandEnded(Exception):
    """The command cannot continue; str() is a sentence for users."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Interrupted(CommandEnded):
    """The command was interrupted by a signal; the exit code says so."""

    def __init__(self, number: int) -> None:
        name = signal.Signals(number).name
        super().__init__(f"Stopped by {name}. Orders already sent will be recognised on the next run.", 128 + number)


def guarded(work: Callable[[], int]) -> int:
    """Run a command so that signals and I/O errors end it with a message and an exit code."""
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return work()
    except CommandEnded as end:
        say(str(end))
        return end.code
    except OSError as error:
        say(f"Cannot continue: {error.strerror or error}. Orders already sent will be recognised on the next run.")
        return DENIED
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> None:
    raise Interrupted(number)


def json_line(value: dict[str, object]) -> str:
    """Encode as ASCII, so that untrusted text cannot affect a terminal."""
    return json.dumps(value, ensure_ascii=True)


class WaitLine:
    """Names on standard error, if it is a terminal, what is waited for."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, text: str) -> None:
        """Show this text instead of the last one; an empty one clears the line."""
        if text != self._shown and sys.stderr.isatty():
            write_error(f"\r\x1b[K{text}")
        self._shown = text


def print_lines(lines: Iterable[str]) -> None:
    """Print lines to standard output; a closed pipe is not an error."""
    _write(f"{line}\n".encode() for line in lines)


def print_table(data: bytes) -> None:
    """Write a table in CSV to standard output, as it is; to a terminal as safe text. A closed pipe is not an error."""
    if sys.stdout.isatty():
        print_lines(map(safe, data.decode("utf-8-sig").rstrip("\r\n").split("\r\n")))
    else:
        _write([data])


def _write(parts: Iterable[bytes]) -> None:
    try:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    except OSError as error:
        # Discard the rest of the buffer, or flushing at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def say(text: str) -> None:
    """Print a sentence to standard error."""
    write_error(f"sendcloud-orders: {safe(text)}\n")


def say_if(text: str) -> None:
    """Print a sentence to standard error, if there is one."""
    if text:
        say(text)


def ask(question: str) -> str | None:
    """The line that the user enters, without spaces around it; None at the end of the input."""
    try:
        return input(question).strip()
    except EOFError:
        return None


def write_error(text: str) -> None:
    """Write to standard error, unless it is closed."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        # Standard error is closed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())

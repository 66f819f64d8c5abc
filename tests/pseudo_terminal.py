"""The real program in a real pseudo-terminal: keys are sent as bytes, the screen is read, signals are real signals."""

import os
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "tui")
TIMEOUT = 10.0

KEYS = {
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "space": b" ",
    "backspace": b"\x7f",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "backtab": b"\x1b[Z",
}

TOKEN = re.compile(
    rb"(?P<csi>\x1b\[(?P<mark>[<=>?]?)(?P<numbers>[0-9;:]*)(?P<between>[ -/]*)(?P<end>[@-~]))"
    rb"|(?P<string>\x1b[\]P_^X](?:[^\x07\x1b\x9c]|\x1b(?!\\))*(?:\x07|\x1b\\))"
    rb"|(?P<short>\x1b[ -/]*[0-~])"
    rb"|(?P<control>[\x00-\x1f\x7f])"
    rb"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*|[\]P_^X](?:[^\x07\x1b]|\x1b(?!\\))*\x1b?|[ -/]*)?\Z", re.DOTALL)
_QUERIES = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[0c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>41;370;0c",
    b"\x1b[>q": b"\x1bP>|XTerm(370)\x1b\\",
    b"\x1b]10;?\x1b\\": b"\x1b]10;rgb:dddd/dddd/dddd\x1b\\",
    b"\x1b]11;?\x1b\\": b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
}
_ISOLATES = re.compile(rb"\xe2\x81[\xa6-\xa9]")
_KNOWN_MODES = frozenset({1, 7, 25, 1000, 1002, 1003, 1004, 1006, 1049, 2004, 2026})
_OTHER_SCREEN = 1049
_TAKES_TERMINAL = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)


ALLOWED = re.compile(
    rb"\x1b\[(?:\d+(?:;\d+)?)?H|\x1b\[\d*C|\x1b\[\d+[GdLMX]|\x1b\[K|\x1b\[2J|\x1b\[(?:\d+;\d+)?r|[\r\n\b]|\x1b\[[\d;]*m|\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"
    rb"|\x1b\[\?(?:2026|2048)\$p|\x1b\[>\d+u|\x1b\[<u"
)
"""The control sequences that the app writes: movements, erasures, styles, and modes of the terminal."""
ISOLATES = frozenset("\u2068\u2069")
"""The only characters of direction that the app writes, around right-to-left words."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the output. `kind`: csi, string, short, control or text."""

    kind: str
    data: bytes

    @property
    def private_mode(self) -> tuple[int, bool] | None:
        """The mode that `CSI ? number h` or `l` sets, and whether it is switched on."""
        found = re.fullmatch(rb"\x1b\[\?(\d+)([hl])", self.data)
        return (int(found[1]), found[2] == b"h") if found else None


def tokens(stream: bytes) -> Iterator[Token]:
    """Yield the output piece by piece, without an unfinished sequence at the end."""
    end = 0
    for match in TOKEN.finditer(stream):
        if match.start() != end:
            raise AssertionError(f"unknown sequence in the output:  {stream[end : match.start()][:80]!r}")
        end = match.end()
        kind = "csi" if match["csi"] else str(match.lastgroup)
        yield Token(kind, match[0])


class Terminal:
    """A program with its own controlling terminal. Use it as a context manager.

    `environment` is the program's whole environment, besides the variables that a terminal sets.
    """

    def __init__(
        self,
        command: Sequence[str] = PROGRAM,
        *,
        environment: Mapping[str, str] | None = None,
        size: tuple[int, int] = (80, 24),
        folder: Path = ROOT,
    ) -> None:
        self._screen = pyte.Screen(*size)
        self._feed = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self._stream = bytearray()
        self._fed = self._answered = 0
        self._ended = False
        self.last_output_at = 0.0
        """When the last bytes were received, on the clock of `started`."""
        self.arrivals: list[tuple[float, int]] = []
        """When output was received, on the clock of `started`, and how many bytes there were then."""
        self._fd, self._line = os.openpty()
        self._set_size(*size)
        self.modes_before = termios.tcgetattr(self._line)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            # Threads already run, so nothing may be done between fork and exec: the child's first line does it.
            [sys.executable, "-I", "-S", "-c", _TAKES_TERMINAL, *command],
            stdin=self._line,
            stdout=self._line,
            stderr=self._line,
            start_new_session=True,
            cwd=folder,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                "TZ": "UTC",
                **(environment or {}),
            },
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Input

    def write(self, data: bytes) -> None:
        """Send bytes as they are, in one write."""
        os.write(self._fd, data)

    def press(self, *keys: str) -> None:
        """Send keys: names of KEYS, `ctrl+x`, or characters."""
        self.write(b"".join(map(encoded, keys)))

    def type(self, text: str) -> None:
        self.write(text.encode())

    def paste(self, text: str) -> None:
        """Send a bracketed paste."""
        self.write(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        with self._changed:
            self.settle()
            self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    # Output

    @property
    def stream(self) -> bytes:
        """All bytes that were written so far."""
        with self._changed:
            return bytes(self._stream)

    @property
    def lines(self) -> list[str]:
        with self._changed:
            self.settle()
            # The emulator's own `display` fails if half of a wide character was overwritten.
            rows, columns = self._screen.buffer, range(self._screen.columns)
            return ["".join(rows[y][x].data for x in columns).rstrip() for y in range(self._screen.lines)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def cells(self) -> list[list[object]]:
        """Return the cells of the screen, each with its character, colours and attributes."""
        with self._changed:
            self.settle()
            screen = self._screen
            return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]

    def line_with(self, text: str) -> str:
        """Return the first line that contains this text, or an empty string."""
        return next((line for line in self.lines if text in line), "")

    def wait(self, condition: "str | Callable[[Terminal], object]", timeout: float = TIMEOUT) -> None:
        """Wait until the screen contains this text, or until the callable returns true. AssertionError shows the screen."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                seen = len(self._stream)
            if condition in self.text if isinstance(condition, str) else condition(self):
                return
            with self._changed:
                left = deadline - time.monotonic()
                if left <= 0 or (self._ended and seen == len(self._stream)):
                    how = "ended without" if self._ended else "never showed"
                    raise AssertionError(f"the program {how} {condition!r}; the screen was:\n{self.text}")
                if seen == len(self._stream):
                    # Some conditions do not depend on the screen.
                    self._changed.wait(min(left, 0.05))

    def wait_until_quiet(self, silence: float, timeout: float = TIMEOUT) -> None:
        """Wait until nothing was written for this many seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                seen = len(self._stream)
                if not self._changed.wait_for(lambda: len(self._stream) != seen or self._ended, silence) or self._ended:  # noqa: B023
                    return
                if time.monotonic() > deadline:
                    raise AssertionError("the program did not stop writing")

    def settle(self) -> None:
        """Apply all output so far to the screen."""
        data = bytes(self._stream[self._fed :])
        unfinished = _UNFINISHED.search(data)
        data = data[: unfinished.start()] if unfinished else data
        self._fed += len(data)
        self._feed.feed(b"".join(_for_screen(token) for token in tokens(data)))

    # End

    def send_signal(self, number: int) -> None:
        """Send a signal to the program only, not to its process group."""
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """Kill the program with SIGKILL and wait until it has ended."""
        self.send_signal(signal.SIGKILL)
        self.ended()

    def ended(self, timeout: float = TIMEOUT) -> int:
        """Wait for the end and return the exit status, negative for a signal. All output has been read by then."""
        status = self.process.wait(timeout)
        # Children of the program may keep the terminal open for a moment; this process must not.
        if self._line >= 0:
            os.close(self._line)
            self._line = -1
        self._reader.join(timeout)
        return status

    def modes_now(self) -> list[object]:
        """Return the terminal's settings, in the form of `modes_before`."""
        return termios.tcgetattr(self._fd)

    def private_modes(self) -> dict[int, bool]:
        """Return the private modes that the program set, with their present state."""
        return dict(mode for token in tokens(self.stream) if (mode := token.private_mode))

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.ended()
        os.close(self._fd)

    def _set_size(self, columns: int, rows: int) -> None:
        ioctl(self._line, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._fd, 65536)
            except OSError:
                data = b""
            last_output_at = time.perf_counter()
            with self._changed:
                self._stream += data
                self._ended = not data
                if data:
                    self.last_output_at = last_output_at
                    self.arrivals.append((last_output_at, len(self._stream)))
                replies = b"".join(self._replies())
                self._changed.notify_all()
            if replies:
                os.write(self._fd, replies)
            if not data:
                return

    def _replies(self) -> Iterator[bytes]:
        """Yield the replies of a plain xterm to the queries in the output."""
        data = bytes(self._stream[self._answered :])
        unfinished = _UNFINISHED.search(data)
        data = data[: unfinished.start()] if unfinished else data
        self._answered += len(data)
        for token in tokens(data):
            if token.data in _QUERIES:
                yield _QUERIES[token.data]
            elif asked := re.fullmatch(rb"\x1b\[\?(\d+)\$p", token.data):
                number = int(asked[1])
                yield b"\x1b[?%d;%d$y" % (number, 2 if number in _KNOWN_MODES else 0)


def demo_environment(folder: str) -> dict[str, str]:
    """Return the environment of a program with the sandbox's credentials and this data folder."""
    return {
        "HOME": folder,
        "SENDCLOUD_ORDERS_DATA": folder,
        "SENDCLOUD_PUBLIC_KEY": "demo",
        "SENDCLOUD_SECRET_KEY": "demo",
    }


def encoded(key: str) -> bytes:
    """Return the bytes that a plain xterm sends for a key."""
    if key.startswith("ctrl+"):
        return bytes([ord(key[5:].upper()) & 31])
    return KEYS.get(key) or key.encode()


def _for_screen(token: Token) -> bytes:
    """The token for the emulator, which has one screen: it is erased where a terminal would switch to its other one.

    Empty if it does not know the token: strings, and prefixes other than `?`.
    """
    if token.private_mode is not None and token.private_mode[0] == _OTHER_SCREEN:
        return b"\x1b[2J\x1b[H"
    if token.kind == "csi":
        match = TOKEN.fullmatch(token.data)
        assert match is not None
        is_known = (
            match["mark"] in (b"", b"?") and not match["between"] and match["end"] not in (b"c", b"n", b"u", b"t")
        )
        return token.data if is_known else b""
    if token.kind == "text":
        # The emulator drops the rest of a text after a character of direction.
        return _ISOLATES.sub(b"", token.data)
    return token.data if token.kind == "control" else b""


Start = Callable[..., Terminal]
"""The `start` fixture: size, environment and the text to wait for to a running program."""

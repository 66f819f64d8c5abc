"""Measures single keys of a program in a pseudo-terminal: times, bytes, and the cells that changed."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from figures import Figure
from pseudo_terminal import PROGRAM, Terminal

GAP = 0.1
"""Seconds without output after which the answer to a key is complete. What the app adds later is counted as bytes only."""
QUIET = 0.3
RUN_COST = 4
"""Bytes that a run of changed cells may cost besides its cells."""
AMOUNT = re.compile(r"[€$£] +\d")


@dataclass
class Keys:
    """The measurements of a key: times to the first and to the last byte in ms, bytes, changed cells, and their runs."""

    firsts: list[float] = field(default_factory=list)
    lasts: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    cells: int = 0
    runs: int = 0

    def first(self, title: str, aim: float | None = None) -> Figure:
        return Figure(title, median(self.firsts), "ms", aim, f"best {min(self.firsts):.1f} ms")

    def last(self, title: str, aim: float | None = None) -> Figure:
        return Figure(title, median(self.lasts), "ms", aim, f"best {min(self.lasts):.1f} ms")

    def bytes(self, title: str, aim: float | None = None) -> Figure:
        detail = f"median {median(self.sizes):.0f} B, most {max(self.sizes)} B"
        return Figure(title, mean(self.sizes), "B", aim, detail)

    def efficiency(self, title: str, aim: float) -> Figure:
        least, count = self.cells + RUN_COST * self.runs, len(self.sizes)
        detail = f"{mean(self.sizes):.0f} B for {self.cells / count:.0f} cells in {self.runs / count:.0f} runs"
        return Figure(title, sum(self.sizes) / least, "×", aim, detail)


def press(terminal: Terminal, keys: Keys, key: str, until: str = "", *, count: int = 1) -> None:
    """Press a key several times, each time after the output has ended, and add the measurements to `keys`.

    `until`: a text that the answer shows.
    """
    for _ in range(count):
        # The cells first: emulating what was sent so far takes time, in which more may arrive.
        cells = terminal.cells()
        before, arrived = len(terminal.stream), len(terminal.arrivals)
        started = time.perf_counter()
        terminal.press(key)
        # What arrived while the cells were emulated is added now, with its own time.
        terminal.wait(lambda t, arrived=arrived, started=started: answers(t, arrived, started), 10)
        if until:
            terminal.wait(until, 60)
        terminal.wait_until_quiet(QUIET, 60)
        times = answers(terminal, arrived, started)
        last = next((at for at, after in pairwise(times) if after - at > GAP), times[-1])
        keys.firsts.append((times[0] - started) * 1000)
        keys.lasts.append((last - started) * 1000)
        keys.sizes.append(len(terminal.stream) - before)
        changed, runs = difference(cells, terminal.cells())
        keys.cells += changed
        keys.runs += runs


def answers(terminal: Terminal, arrived: int, started: float) -> list[float]:
    """When output was received after a key was pressed."""
    return [at for at, _ in terminal.arrivals[arrived:] if at >= started]


def difference(before: list[list[object]], after: list[list[object]]) -> tuple[int, int]:
    """Count the cells that differ, and their runs within lines."""
    cells = runs = 0
    for old_line, new_line in zip(before, after, strict=True):
        is_run = False
        for old, new in zip(old_line, new_line, strict=True):
            cells += old != new
            runs += old != new and not is_run
            is_run = old != new
    return cells, runs


def last_number(terminal: Terminal) -> str:
    """The order number of the last visible row of the order list."""
    row = [line for line in terminal.lines if AMOUNT.search(line)][-1]
    # Long numbers are cut on some screens only.
    return row[2:].split()[0].lstrip("!~ ").rstrip("…")


def open_list(url: str, environment: dict[str, str], size: tuple[int, int]) -> Terminal:
    """The app in a terminal, as soon as the order list takes keys."""
    terminal = Terminal([*PROGRAM, "--url", url], environment=environment, size=size)
    terminal.wait("Enter open", 60)
    terminal.wait_until_quiet(1.0)
    return terminal


def quit_app(terminal: Terminal) -> None:
    terminal.press("Q")
    terminal.ended(60)


def megabytes(terminal: Terminal) -> float:
    """The resident memory of the program."""
    found = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(terminal.process.pid)], capture_output=True, text=True, check=True
    )
    return int(found.stdout) / 1024


def cpu_seconds(terminal: Terminal) -> float:
    """The processor time that the program's threads have used, as far as the system tells."""
    tasks = Path(f"/proc/{terminal.process.pid}/task")
    if not tasks.exists():
        return 0.0
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def idle(terminal: Terminal, title: str, seconds: float) -> list[Figure]:
    """Bytes and processor time while nothing is pressed."""
    terminal.wait_until_quiet(2.0, 60)
    size, used = len(terminal.stream), cpu_seconds(terminal)
    time.sleep(seconds)
    share = (cpu_seconds(terminal) - used) / seconds * 100
    return [
        Figure(f"{title}, {seconds:.0f} s", len(terminal.stream) - size, "B", 0),
        Figure(f"{title}, processor", share, "%", 0.1),
    ]


def held(terminal: Terminal, key: str, seconds: float, rate: float = 30.0) -> tuple[float, float]:
    """Hold a key. Returns ms from the last key to the last byte, and the longest silence in between."""
    arrived, started = len(terminal.arrivals), time.perf_counter()
    sent = started
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, started + number / rate - time.perf_counter()))
        sent = time.perf_counter()
        terminal.press(key)
    terminal.wait_until_quiet(0.5, 60)
    times = [at for at, _ in terminal.arrivals[arrived:]]
    within = [started, *(at for at in times if at <= sent)]
    silence = max(after - at for at, after in pairwise(within))
    after = [at for at in times if at > sent]
    # What is drawn when the cursor has rested is no late frame.
    last = sent
    for at in after:
        if at - last > GAP and last != sent:
            break
        last = at
    return (last - sent) * 1000, silence * 1000


@contextmanager
def switched_interval() -> Iterator[None]:
    """Let the thread that reads the terminal run soon after its data arrived, whatever the emulator is doing."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def loads() -> float:
    return os.getloadavg()[0]

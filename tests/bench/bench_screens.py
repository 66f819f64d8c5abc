"""Run by hand: the time and bytes that the screens take, compared with bare Textual apps in the same run.

    python tests/bench/bench_screens.py [COLUMNSxROWS]

Each program runs in a pseudo-terminal as truecolor xterm; our app reads from a sandbox over HTTP. The times of a key
are from writing it to the first byte, and to the last byte before 200 ms without output.

Measured on an AMD EPYC (2 cores, other work beside it), Linux, Python 3.11.7, Textual 8.2.8, at 80x24, in ms and bytes,
of ours / bare lines / bare DataTable with a form of 60 Inputs: first rows 554 and 4.6 kB / 188 and 14.8 kB / 281 and
47.5 kB (ours reads them over HTTP); cursor key 3.7 and 771 B, the preview by 33 / 1.8 and 1.5 kB / 6.9 and 4.3 kB; page
4.4 and 1.3 kB / 7.7 and 4.8 kB / 27 and 11.7 kB; opening an order 20, done by 74, 2.2 kB / 14, 61, 14.6 kB / 103, 322,
18.3 kB; a letter typed 2.5 and 47 B / - / 10 and 224 B; five idle seconds 0 B; memory 80 / 36 / 53 MB.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from pseudo_terminal import PROGRAM, Terminal, demo_environment  # noqa: E402

from tui.sandbox.app import SandboxSettings  # noqa: E402
from tui.sandbox.serve import serving  # noqa: E402

RUNS = 5
ROWS = 200
QUIET = 0.2
IDLE = 5.0
BARE = str(Path(__file__).parent / "bare_textual.py")


@dataclass
class Figures:
    """The measurements of one program; times in ms. `costs`: for each step the first times, the last times and the bytes."""

    starts: list[float] = field(default_factory=list)
    start_bytes: list[int] = field(default_factory=list)
    costs: dict[str, tuple[list[float], list[float], list[int]]] = field(default_factory=dict)
    idle: int = 0
    megabytes: float = 0.0


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a program; the texts that show that its rows and its form are drawn; the keys that begin to edit."""

    start: Callable[[], Terminal]
    rows: str
    form: str
    edit: Sequence[str] | None = None


def measure(program: Program) -> Figures:
    """Start a program several times; in the last start move, page, open and close an order, type, and wait."""
    figures = Figures()
    for run in range(RUNS):
        with program.start() as terminal:
            terminal.wait(lambda t: re.search(program.rows, t.text), 60)
            figures.starts.append((terminal.last_output_at - terminal.started) * 1000)
            terminal.wait_until_quiet(0.5)
            figures.start_bytes.append(len(terminal.stream))
            if run == RUNS - 1:
                _steps(terminal, figures, program)
    return figures


def _steps(terminal: Terminal, figures: Figures, program: Program) -> None:
    for name, key, count in (("cursor key", "down", 30), ("page", "pagedown", 3)):
        for _ in range(count):
            _press(terminal, figures, name, key)
    for _ in range(5):
        _press(terminal, figures, "open an order", "enter", program.form)
        _press(terminal, figures, "back to the list", "escape")
    before = len(terminal.stream)
    time.sleep(IDLE)
    figures.idle = len(terminal.stream) - before
    found = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(terminal.process.pid)], capture_output=True, text=True, check=True
    )
    figures.megabytes = int(found.stdout) / 1024
    if program.edit is not None:
        _press(terminal, Figures(), "", "enter", program.form)
        for key in program.edit:
            _press(terminal, Figures(), "", key)
        for letter in "Jeroen Maes":
            _press(terminal, figures, "a letter typed", letter)


def _press(terminal: Terminal, figures: Figures, name: str, key: str, until: str = "") -> None:
    before, started = len(terminal.stream), time.perf_counter()
    terminal.press(key)
    terminal.wait(lambda t: len(t.stream) > before, 5)
    first = terminal.last_output_at
    if until:
        terminal.wait(until)
    terminal.wait_until_quiet(QUIET)
    firsts, lasts, sizes = figures.costs.setdefault(name, ([], [], []))
    firsts.append((first - started) * 1000)
    lasts.append((terminal.last_output_at - started) * 1000)
    sizes.append(len(terminal.stream) - before)


def show(programs: dict[str, Figures]) -> None:
    """Print a table: our app, and the others with their ratio to it."""
    names = list(programs)
    ours = programs[names[0]]
    print(f"{'':24}" + "".join(f"{name:>26}" for name in names))

    def line(title: str, of: Callable[[Figures], float], unit: str, name: str = "") -> None:
        base = of(ours)
        known = [programs[n] for n in names[1:]]
        cells = [f"{base:,.1f} {unit}"]
        cells += [
            f"{of(program):,.1f} {unit} ({of(program) / base if base else 0:.2f}x)"
            if not name or name in program.costs
            else "-"
            for program in known
        ]
        print(f"{title:24}" + "".join(f"{cell:>26}" for cell in cells))

    line("start to first rows", lambda f: median(f.starts), "ms")
    line("  bytes", lambda f: median(f.start_bytes), "B")
    for name in ours.costs:
        line(f"{name}, first", lambda f, name=name: median(f.costs[name][0]), "ms", name)
        line("  last", lambda f, name=name: median(f.costs[name][1]), "ms", name)
        line("  bytes", lambda f, name=name: mean(f.costs[name][2]), "B", name)
    line(f"idle {IDLE:g} s", lambda f: f.idle, "B")
    line("memory", lambda f: f.megabytes, "MB")


@contextmanager
def ours(size: tuple[int, int]) -> Iterator[Program]:
    """Start the app on a sandbox of 2,000 orders, with an existing store."""
    with serving(SandboxSettings(orders=2000)) as url, tempfile.TemporaryDirectory() as folder:
        environment = demo_environment(folder)
        with Terminal([*PROGRAM, "--url", url], environment=environment, size=size) as first:
            first.wait("all read")
            first.press("Q")
            first.ended()
        yield Program(
            lambda: Terminal([*PROGRAM, "--url", url], environment=environment, size=size),
            r"€ +\d",
            "Ship to",
            ["enter"],
        )


def bare(kind: str, size: tuple[int, int], form: str, edit: Sequence[str] | None = None) -> Program:
    environment = {"TEXTUAL_ANIMATIONS": "none"}
    command = [sys.executable, BARE, kind, str(ROWS)]
    return Program(lambda: Terminal(command, environment=environment, size=size), "Jeroen", form, edit)


def main(size: tuple[int, int]) -> None:
    print(_machine())
    print(f"{size[0]}x{size[1]}, {RUNS} starts, {ROWS} rows; medians of times, means of bytes")
    with ours(size) as program:
        programs = {"ours": measure(program)}
    programs["bare lines"] = measure(bare("lines", size, "field 0"))
    programs["bare DataTable, Inputs"] = measure(bare("table", size, "value 0", []))
    show(programs)


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    import textual

    return (
        f"{cpu}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()}, "
        f"Python {platform.python_version()}, Textual {textual.__version__}"
    )


if __name__ == "__main__":
    columns, _, rows = (sys.argv[1] if len(sys.argv) > 1 else "80x24").partition("x")
    main((int(columns), int(rows)))

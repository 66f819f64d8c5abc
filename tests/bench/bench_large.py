"""Run by hand: the response times of a large batch, compared with a bare Textual app with an Input in the same run.

    python tests/bench/bench_large.py [ORDERS ...]

For each size a CSV file of this many orders is staged by keys in a pseudo-terminal (the aim is under 5 s for 10,000)
and edited; our app reads from a sandbox over HTTP. Times are from writing the key to the first byte, and to the last
one before 200 ms without output. The longest pause while orders are staged shows whether the screen ever blocks.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from bench_screens import QUIET, Figures, _machine, _press, bare, show  # noqa: E402
from pseudo_terminal import PROGRAM, Terminal, demo_environment  # noqa: E402
from table_files import rows, text  # noqa: E402

from tui.sandbox.app import SandboxSettings  # noqa: E402
from tui.sandbox.serve import serving  # noqa: E402

SIZE = (100, 30)
TIMEOUT = 120.0


def large(orders: int) -> Figures:
    figures = Figures()
    with serving(SandboxSettings(orders=20)) as url, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_bytes(text(rows(orders)).encode())
        environment = demo_environment(folder)
        command = [*PROGRAM, "--url", url]
        with Terminal(command, environment=environment, size=SIZE) as terminal:
            terminal.wait("20 read")
            terminal.press("B")
            terminal.wait("Nothing is staged")
            terminal.press("a")
            terminal.wait("f file")
            terminal.press("f")
            terminal.wait("file:")
            terminal.type(str(path))
            terminal.press("enter")
            terminal.wait("w stages them")
            terminal.wait_until_quiet(0.5)
            _stage(terminal, orders)
            # Looking up the existing orders would take minutes.
            terminal.wait_until_quiet(0.1)
            terminal.press("ctrl+c")
            terminal.wait_until_quiet(QUIET, TIMEOUT)
            _work(terminal, figures)
            terminal.press("Q")
            terminal.ended()
        with Terminal(command, environment=environment, size=SIZE) as terminal:
            terminal.wait("orders staged", TIMEOUT)
            terminal.press("ctrl+c")
            figures.starts = [(terminal.last_output_at - terminal.started) * 1000]
            figures.start_bytes = [len(terminal.stream)]
    return figures


def _stage(terminal: Terminal, orders: int) -> None:
    started, silence, text = time.perf_counter(), 0.0, set[str]()
    heard, size = started, len(terminal.stream)
    terminal.press("w")
    while "added from" not in terminal.text:
        text.update(line for line in terminal.lines if "Esc stops" in line)
        if len(terminal.stream) != size:
            size = len(terminal.stream)
            silence, heard = max(silence, time.perf_counter() - heard), time.perf_counter()
        if time.perf_counter() - started > TIMEOUT:
            raise TimeoutError(terminal.text)
        time.sleep(0.02)
    print(
        f"{orders:,} orders: staged in {time.perf_counter() - started:.2f} s, {len(text)} counts seen, "
        f"longest silence {silence:.2f} s"
    )


def _work(terminal: Terminal, figures: Figures) -> None:
    for name, key, count in (("cursor key", "j", 8), ("next problem", "n", 4), ("page", "pagedown", 3)):
        for _ in range(count):
            _press(terminal, figures, name, key)
    terminal.press("v")
    terminal.wait_until_quiet(QUIET)
    _press(terminal, figures, "the table", "v")
    for _ in range(4):
        _press(terminal, Figures(), "", "enter")
        for letter in "Mae":
            _press(terminal, figures, "a letter typed", letter)
        _press(terminal, figures, "taken, down", "enter")


def main(sizes: list[int]) -> None:
    print(_machine())
    found = {f"ours, {orders:,}": large(orders) for orders in sizes}
    figures = found["bare Inputs"] = Figures()
    with bare("table", SIZE, "value 0", []).start() as terminal:
        terminal.wait("Jeroen", 60)
        terminal.wait_until_quiet(1.0)
        figures.starts, figures.start_bytes = (
            [(terminal.last_output_at - terminal.started) * 1000],
            [len(terminal.stream)],
        )
        for _ in range(8):
            _press(terminal, figures, "cursor key", "down")
        _press(terminal, Figures(), "", "enter", "value 0")
        for letter in "Jeroen Maes":
            _press(terminal, figures, "a letter typed", letter)
    show(found)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100, 10_000])

"""Run by hand: the time to convert 10,000 rows into orders, compared with the csv module in the same run.

    python tests/bench/bench_import.py [ROWS]

The aim is under 5 seconds for 10,000 rows. The command `check` is measured as a whole, with its peak memory, beside a
file of one row. The peak memory of reading is measured by tracemalloc for this many rows and for half and
twice as many, each in its own process: the memory per thousand rows must not grow with their number.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from table_files import rows, text, workbook

from tui.work.file_import.reader import read_source


def best(work: Callable[[], object], times: int = 3) -> float:
    """Return the seconds of the fastest of several runs."""
    found = []
    for _ in range(times):
        started = perf_counter()
        work()
        found.append(perf_counter() - started)
    return min(found)


def main(count: int) -> None:
    # First: a child begins with the peak memory of its parent.
    check(1)
    check(count)
    table = rows(count, decimal=",", per_order=2)
    data = text(table, ";").encode("utf-8-sig")
    read_source(data[:2000], "warm.csv", shop=1)
    plain = best(lambda: list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")))
    ours = best(lambda: read_source(data, "orders.csv", shop=1))
    book = workbook({"Orders": table})
    sheet = best(lambda: read_source(book, "orders.xlsx", shop=1))
    print(f"{count} rows of {len(table[0])} columns, {len(data) // 1024} kB, two rows an order")
    print(f"csv module      {plain:7.3f} s")
    print(f"CSV to orders   {ours:7.3f} s   {ours / plain:6.1f} × csv   (aim: 5 s for 10,000)")
    print(f"xlsx to orders  {sheet:7.3f} s   {sheet / plain:6.1f} × csv")
    for several in (count // 2, count, count * 2):
        subprocess.run([sys.executable, __file__, "memory", str(several)], check=True)


def check(count: int) -> None:
    """Print the seconds and the peak memory of the command `check` for a file with an order in each row."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(text(rows(count, decimal=","), ";").encode("utf-8-sig"))
        file.flush()
        command = [sys.executable, "-m", "tui", "check", "--shop", "1", file.name]
        started = perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode in (0, 1)
        print(f"check, {count:6,} orders {perf_counter() - started:6.2f} s, peak {usage.ru_maxrss / 1024:.0f} MB")


def memory(count: int) -> None:
    """Print the peak memory of reading this many rows, in a process that does nothing else."""
    data = text(rows(count, decimal=",", per_order=2), ";").encode("utf-8-sig")
    read_source(data[:2000], "warm.csv", shop=1)
    tracemalloc.start()
    intake = read_source(data, "orders.csv", shop=1)
    kept, peak = (size / 2**20 for size in tracemalloc.get_traced_memory())
    assert len(intake.orders) == (count + 1) // 2
    each = 1000 / count
    print(
        f"memory, {count:6,} rows {peak:7.1f} MB peak, {kept:.1f} MB kept: {peak * each:.2f} and {kept * each:.2f} MB per "
        f"1,000 rows"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        memory(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

"""How long 10,000 rows take to become orders, beside reading them with the csv module in the same run.

    python tests/bench/bench_import.py [ROWS]

The aim is under 5 seconds for 10,000 rows; the peak of memory is told by tracemalloc, in a run of its own.
"""

import csv
import io
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from tablefiles import rows, text, workbook

from tui.work.importing import read_any


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest of some runs."""
    found = []
    for _ in range(times):
        started = perf_counter()
        work()
        found.append(perf_counter() - started)
    return min(found)


def main(count: int) -> None:
    table = rows(count, decimal=",", per_order=2)
    data = text(table, ";").encode("utf-8-sig")
    read_any(data[:2000], "warm.csv", shop=1)
    plain = best(lambda: list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")))
    ours = best(lambda: read_any(data, "orders.csv", shop=1))
    book = workbook({"Orders": table})
    sheet = best(lambda: read_any(book, "orders.xlsx", shop=1))
    print(f"{count} rows of {len(table[0])} columns, {len(data) // 1024} kB, two rows an order")
    print(f"csv module      {plain:7.3f} s")
    print(f"CSV to orders   {ours:7.3f} s   {ours / plain:6.1f} × csv   (aim: 5 s for 10,000)")
    print(f"xlsx to orders  {sheet:7.3f} s   {sheet / plain:6.1f} × csv")
    tracemalloc.start()
    intake = read_any(data, "orders.csv", shop=1)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"memory          {peak / 2**20:7.1f} MB peak, {kept / 2**20:.1f} MB kept, {peak / len(data):.1f} × the file")
    assert len(intake.orders) == (count + 1) // 2


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

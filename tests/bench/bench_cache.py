"""Run by hand: the speed of the cache of orders, and the memory of paging through all of them.

    python tests/bench/bench_cache.py [ORDERS]

Without a screen: orders of the sandbox are copied under new ids until there are this many (by default 50,000). Times are
medians in ms; the first rows are those that the list paints before the others are found. The ratio compares with reading
and parsing one page of 200 orders as JSON, measured in the same run.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import cast

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from app_harness import NOW  # noqa: E402

from tui.api.codec import Document, decode, encode  # noqa: E402
from tui.orders.checks.context import CheckContext  # noqa: E402
from tui.orders.checks.registry import CHECKS, find_problems, title_of  # noqa: E402
from tui.orders.query.conditions import EVERY_ORDER, Facts  # noqa: E402
from tui.orders.query.facts import FactsContext, facts_of  # noqa: E402
from tui.orders.query.language import parse  # noqa: E402
from tui.orders.query.meaning import QueryContext  # noqa: E402
from tui.orders.query.saved_views import BUILT_IN  # noqa: E402
from tui.sandbox.app import Sandbox, SandboxSettings  # noqa: E402
from tui.store.order_cache import OrderCache, cache_path  # noqa: E402
from tui.work.cache.local_orders import LocalOrders  # noqa: E402

RUNS = 5
SEEDED = 2000
PAGE = 200
QUERIES = (
    "ozdemir",
    "kerkstraat gent",
    "0612",
    "is:open is:error",
    "is:open why:no_weight country:de",
    "total>100 -tag:gift",
)
FACETS = ("problem", "shop", "country", "status", "payment", "carrier_code", "sku", "tag", "day")


def seeded() -> list[Document]:
    """Return the orders of a sandbox."""
    box = Sandbox(SandboxSettings(orders=SEEDED, now=NOW))
    bodies = box.data.bodies([row[0] for row in box.data.connection.execute("SELECT id FROM orders")])
    box.close()
    return [cast(Document, decode(body)) for body in bodies]


def describe(document: Document) -> Facts:
    """Return the facts of an order, with its problems."""
    problems = [(problem.code, problem.severity.value) for problem in find_problems(document)]
    return facts_of(document, FactsContext("open", problems))


def median_ms(work: Callable[[], object]) -> float:
    """Return the median time of some runs in ms."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return median(times)


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    samples = seeded()
    page = encode([*samples[:PAGE]])
    unit = median_ms(lambda: decode(page))
    print(f"reading a page of {PAGE} orders as JSON: {unit:.1f} ms")
    checks = median_ms(lambda: [find_problems(order, CheckContext(now=NOW)) for order in samples[:PAGE]])
    print(
        f"checking these {PAGE} orders: {checks:.1f} ms ({checks / unit:.1f}×), {1000 * checks / PAGE:.0f} µs an order"
    )
    with tempfile.TemporaryDirectory() as folder:
        local = LocalOrders(OrderCache(cache_path(Path(folder), 1)), describe, lambda: "1", lambda: datetime.now(UTC))
        started = time.perf_counter()
        for start in range(0, count, PAGE):
            local.keep([samples[n % len(samples)] | {"id": str(41000000 + n)} for n in range(start, start + PAGE)])
        seconds = time.perf_counter() - started
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
        print(f"{count} orders kept: {1000 * seconds * PAGE / count:.0f} ms a page, {size:.0f} MB on disk")
        context = QueryContext(NOW, UTC, titles={check.code: title_of(check.code) for check in CHECKS})
        for line in ("", *QUERIES):
            condition = parse(line, context).condition
            first = median_ms(lambda condition=condition: list(local.window(condition, limit=PAGE))[:20])
            every = median_ms(lambda condition=condition: local.window(condition))
            found = len(local.window(condition))
            print(
                f"{line or 'no query':40} first rows {first:6.1f} ms ({first / unit:.1f}×)   all {found:7} {every:6.1f} ms"
            )
        facets = median_ms(lambda: local.cache.facets(EVERY_ORDER, FACETS))
        print(f"{'facets of all orders':40} {facets:6.1f} ms ({facets / unit:.1f}×)")
        views = [parse(view.query, context).condition for view in BUILT_IN]
        counts = median_ms(lambda: local.cache.counts(views))
        print(f"{'counts of all views, in one pass':40} {counts:6.1f} ms ({counts / unit:.1f}×)")
        window = local.window()
        before = megabytes()
        for position in range(0, len(window), 20):
            window[position]
        print(f"paging through all: {before:.0f} MB before, {megabytes():.0f} MB after ({megabytes() / before:.2f}×)")
        local.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)

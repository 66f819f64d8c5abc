"""A large account: 200,000 orders paged through in the app, and queries and facets over 50,000 in the cache."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import cast

from app_figures import Size
from app_harness import NOW
from figures import Figure
from pseudo_terminal import PROGRAM, Terminal, demo_environment
from steps import GAP, Keys, held, megabytes, open_list, press, quit_app

from tui.api.codec import Document, decode
from tui.orders.checks.registry import CHECKS, find_problems, title_of
from tui.orders.query.conditions import EVERY_ORDER, Facts
from tui.orders.query.facts import FactsContext, facts_of
from tui.orders.query.language import parse
from tui.orders.query.meaning import QueryContext
from tui.orders.query.saved_views import BUILT_IN
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.serve import serving
from tui.store.order_cache import OrderCache, cache_path
from tui.work.cache.local_orders import LocalOrders

PAGED = 200_000
QUERIED = 50_000
SEEDED = 2000
PAGE = 200
RUNS = 5
QUERIES = ("ozdemir", "kerkstraat gent", "0612", "is:open is:error", "is:open why:no_weight country:de")
FACETS = ("problem", "shop", "country", "status", "payment", "carrier_code", "sku", "tag", "day")


def large_figures(size: Size) -> list[Figure]:
    return [*cache_figures(), *paging_figures(size)]


def paging_figures(size: Size) -> list[Figure]:
    """Page-down held for a minute among all orders, then the end: memory and the latest frame."""
    with serving(SandboxSettings(orders=PAGED)) as url, TemporaryDirectory() as folder:
        environment = demo_environment(folder)
        with Terminal([*PROGRAM, "--url", url], environment=environment, size=size) as terminal:
            # The app sends at most 300 requests a minute.
            terminal.wait("all read", 1200)
            quit_app(terminal)
        end = Keys()
        with open_list(url, environment, size) as terminal:
            terminal.wait_until_quiet(5.0, 60)
            before = megabytes(terminal)
            late, silence = held(terminal, "pagedown", 60)
            paged = megabytes(terminal)
            press(terminal, end, "G")
            at_end = megabytes(terminal)
            quit_app(terminal)
    growth = (max(paged, at_end) / before - 1) * 100
    return [
        Figure(
            f"{PAGED:,} orders paged for a minute, growth of memory",
            growth,
            "%",
            10,
            f"{before:.0f} to {at_end:.0f} MB",
        ),
        Figure("  longest time without a frame while the key is held", silence, "ms", 1000 * GAP),
        Figure("  last frame after the last key", late, "ms", 1000 * GAP),
        end.last("  to the end of the list", 1000 * GAP),
    ]


def cache_figures() -> list[Figure]:
    """The first rows of queries over the cache, facets, and the counts of the views, without a screen."""
    samples = seeded()
    with TemporaryDirectory() as folder:
        local = LocalOrders(OrderCache(cache_path(Path(folder), 1)), describe, lambda: "1", lambda: datetime.now(UTC))
        for start in range(0, QUERIED, PAGE):
            local.keep([samples[n % SEEDED] | {"id": str(41000000 + n)} for n in range(start, start + PAGE)])
        context = QueryContext(NOW, UTC, titles={check.code: title_of(check.code) for check in CHECKS})
        firsts = {}
        for line in QUERIES:
            condition = parse(line, context).condition
            firsts[line] = typical(lambda condition=condition: list(local.window(condition, limit=PAGE))[:20])
        facets = typical(lambda: local.cache.facets(EVERY_ORDER, FACETS))
        views = [parse(view.query, context).condition for view in BUILT_IN]
        counts = typical(lambda: local.cache.counts(views))
        local.close()
    slowest = max(firsts, key=lambda line: firsts[line])
    return [
        Figure(f"first rows of a query over {QUERIED:,} orders, the slowest", firsts[slowest], "ms", 50, slowest),
        Figure(f"facets of {QUERIED:,} orders", facets, "ms", 200, f"{len(FACETS)} fields"),
        Figure(f"counts of all views over {QUERIED:,} orders", counts, "ms", None, f"{len(views)} views"),
    ]


def seeded() -> list[Document]:
    """The orders of a sandbox."""
    box = Sandbox(SandboxSettings(orders=SEEDED, now=NOW))
    bodies = box.data.bodies([row[0] for row in box.data.connection.execute("SELECT id FROM orders")])
    box.close()
    return [cast(Document, decode(body)) for body in bodies]


def describe(document: Document) -> Facts:
    """The facts of an order, with its problems."""
    problems = [(problem.code, problem.severity.value) for problem in find_problems(document)]
    return facts_of(document, FactsContext("open", problems))


def typical(work: Callable[[], object]) -> float:
    """The median time of some runs in ms."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return median(times)

"""Run by hand: how fast the sandbox seeds 200,000 orders, and how long it takes to serve a page of them.

    python tests/bench/bench_sandbox.py [orders]

Measured on an AMD EPYC (2 cores, other work beside it), Linux, Python 3.11.7, SQLite 3.40.1: 200,000 orders seeded in
9.0 s (22,187 a second, 620 MB); of 84 filters and sorts, six pages of 100 each through httpx, the slowest page took
8.4 ms (a range of six old days sorted by order number), the median of the slowest 0.8 ms.
"""

import asyncio
import platform
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import median

import httpx

from tui.sandbox.app import Sandbox, SandboxSettings

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FILTERS = (
    {},
    {"integration": "739283"},
    {"integration": "7,739283,412088"},
    {"integration": "801177"},
    {"status": "fulfilled"},
    {"status": "ON_HOLD"},
    {"status": "nonsense"},
    {"order_created_at": "2026-11-22"},
    {"order_created_at_min": "2026-10-28", "order_created_at_max": "2026-11-02"},
    {"order_created_at_max": "2026-11-01"},
    {"order_updated_at_min": "2026-11-15", "integration": "285519"},
    {"order_updated_at": "2026-11-22", "status": "completed"},
    {"order_number": "nl-60000"},
    {"order_id": "7100000"},
)
SORTS = ("", "pk", "order_created_at", "-order_updated_at", "-order_number", "integration,-order_created_at")


async def main(orders: int) -> None:
    print(_machine())
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        sandbox = Sandbox(SandboxSettings(data=Path(folder) / "bench.db", orders=orders, now=NOW))
        took = time.perf_counter() - started
        size = (Path(folder) / "bench.db").stat().st_size / 1e6
        print(f"seeded {orders} orders in {took:.1f} s: {orders / took:,.0f} a second, {size:.0f} MB")
        transport = httpx.ASGITransport(sandbox.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("demo", "demo")) as client:
            await _pages(client)
        sandbox.close()


async def _pages(client: httpx.AsyncClient) -> None:
    slow: list[tuple[float, str]] = []
    for query, sort in product(FILTERS, SORTS):
        times = []
        url = str(httpx.URL("/api/v3/orders", params={**query, "page_size": "100", **({"sort": sort} if sort else {})}))
        for _ in range(6):
            started = time.perf_counter()
            answer = await client.get(url)
            times.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, answer.text
            if "next" not in answer.links:
                break
            url = answer.links["next"]["url"]
        slow.append((max(times), f"{query} {sort or '(-pk)'} median {median(times):.1f}"))
    slow.sort(reverse=True)
    print(f"{len(slow)} filters and sorts, up to 6 pages each, httpx included:")
    print(f"median of the slowest pages {median(time for time, _ in slow):.1f} ms")
    for milliseconds, what in slow[:12]:
        print(f"{milliseconds:7.1f} ms  {what}")


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return f"{cpu}, {platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))

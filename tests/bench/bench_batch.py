"""Run by hand: the cost of checking a batch, compared with a plain pydantic loop over the same orders in the same run.

    python tests/bench/bench_batch.py [ORDERS] [ITEMS]

The orders are valid, as most are. Each figure is the best of several rounds, since other work on the machine only
adds to it.
"""

import copy
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from sandbox_harness import ORDER  # noqa: E402

from tui.api.client import Client  # noqa: E402
from tui.api.models import Order  # noqa: E402
from tui.api.pointer import Pointer  # noqa: E402
from tui.orders.checks.context import AccountShops  # noqa: E402
from tui.orders.checks.sending import check_order  # noqa: E402
from tui.orders.paths import ITEMS  # noqa: E402
from tui.store.batches import NewStaged  # noqa: E402
from tui.store.store import Store  # noqa: E402
from tui.work.account import Account, Shop, open_remembered  # noqa: E402
from tui.work.batches.staging import Staging  # noqa: E402

ROUNDS = 7
SHOP = 7


def large(number: int, items: int) -> dict[str, Any]:
    """A valid order with many items and values in most fields."""
    document = copy.deepcopy(ORDER)
    price = {"value": Decimal("3.5"), "currency": "EUR"}
    document |= {"order_id": f"A{number}", "order_number": f"N{number}"}
    document["order_details"]["order_items"] = [
        {
            "name": f"Mug {index}",
            "quantity": 1,
            "unit_price": dict(price),
            "total_price": dict(price),
            "sku": f"S-{index}",
            "hs_code": "691110",
            "country_of_origin": "NL",
            "measurement": {"weight": {"value": Decimal("0.4"), "unit": "kg"}},
        }
        for index in range(items)
    ]
    document["payment_details"]["total_price"] = {"value": Decimal("3.5") * items, "currency": "EUR"}
    return document


def best(work: Callable[[], object]) -> float:
    """Return the time of the fastest round in milliseconds."""
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    return min(found)


def opened(folder: Path) -> Staging:
    """Open a stored batch without a service."""
    store = Store(folder)
    client = cast(Client, SimpleNamespace(base_url="https://example.test"))
    account_id = store.account_id(client.base_url, "credentials me")
    store.screen_states.put(account_id, "user", "me")
    account: Account | None = open_remembered(
        client, store, "me", now=lambda: datetime.now(UTC), zone=ZoneInfo("Europe/Amsterdam")
    )
    assert account is not None
    account.shops = [Shop(SHOP, "Own", "api", "", {})]
    return Staging(account)


def main() -> None:
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    items = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    documents = [large(number, items) for number in range(orders)]
    shops = AccountShops(frozenset([SHOP]))

    bare = best(lambda: [Order.model_validate(document) for document in documents])

    def check() -> None:
        for document in documents:
            # Use another order each time, so that no part of it is cached.
            check_order(copy.deepcopy(document), shops)

    copying = best(lambda: [copy.deepcopy(document) for document in documents])
    whole = best(check) - copying

    with tempfile.TemporaryDirectory() as folder:
        staging = opened(Path(folder))
        ids = staging.editing.add([NewStaged(document) for document in documents])
        staging.counts()
        state = {"n": 0}

        def keystroke() -> None:
            state["n"] += 1
            staging.editing.put(ids[orders // 2], ITEMS / 3 / "name", f"Mug {state['n']}", "name")
            staging.counts()

        def check_again() -> None:
            state["n"] += 1
            order = staging.get(ids[orders // 2])
            assert order is not None
            order.edit.put(Pointer.of("order_details", "notes"), f"n {state['n']}", "note")
            staging.counts()

        change, only = best(keystroke), best(check_again)

    print(f"{orders} orders of {items} items; milliseconds, and times a bare pydantic loop over all of them")
    for name, value in (
        ("pydantic alone, all orders", bare),
        ("all orders judged", whole),
        ("a change kept and shown", change),
        ("  of it judging and counting", only),
    ):
        print(f"  {name:<30} {value:8.2f}  {value / bare:6.2f}")


if __name__ == "__main__":
    main()

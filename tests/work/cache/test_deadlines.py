"""`due` and `late` in queries and facets equal what the checks find, at any time and without describing orders again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from check_orders import shippable
from sandbox_account import open_sandbox_account

from tui.orders.checks.context import Level, ShopSettings
from tui.orders.query.conditions import EVERY_ORDER
from tui.orders.query.language import parse
from tui.work.account import Account
from tui.work.cache.facets import count_by
from tui.work.cache.index import OrderIndex
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.private_marks import OrderMarks
from tui.work.cache.query_context import query_context

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def found(account: Account, orders: LocalOrders, line: str) -> set[str]:
    context = query_context(account, orders, OrderMarks(account.store, account.account_id, orders, account.now))
    return set(orders.window(parse(line, context).condition).keys())


@pytest.mark.parametrize("level", [None, *Level])
async def test_queries_find_what_the_checks_find_as_time_passes(tmp_path: Path, level: Level | None) -> None:
    async with open_sandbox_account(tmp_path) as account:
        account.shop_settings = {7: ShopSettings(checks={"late": level, "due": Level.WARNING} if level else {})}
        knowledge = OrderKnowledge(account)
        orders = open_orders(account, knowledge, in_memory=True)
        documents = {}
        for number in range(12):
            order = shippable("NL" if number % 3 else "BE") | {"id": str(number + 1)}
            order["order_details"]["order_created_at"] = (START + timedelta(hours=9 * number)).isoformat()
            order["order_details"]["status"] = {"code": "shipped" if number % 4 == 3 else "unfulfilled"}
            documents[order["id"]] = order
        orders.keep(list(documents.values()))
        for hours in range(0, 140, 5):
            now = START + timedelta(hours=hours)
            account.now = lambda now=now: now
            problems = {key: knowledge.problems(order) for key, order in documents.items()}
            for code in ("late", "due"):
                with_code = {key for key, some in problems.items() if code in {problem.code for problem in some}}
                assert found(account, orders, f"why:{code}") == with_code
                counts = {value.name: value.count for value in count_by(account, orders, EVERY_ORDER, ["why"])["why"]}
                assert counts.get(code, 0) == len(with_code)
            for severity in ("error", "warning"):
                first = {key for key, some in problems.items() if some and some[0].severity.value == severity}
                assert found(account, orders, f"is:{severity}") == first
            assert found(account, orders, "why:any") == {key for key, some in problems.items() if some}
            index = OrderIndex(orders, knowledge)
            assert set(orders.window(index.needs_work).keys()) == found(account, orders, "is:error -is:finished")
        orders.close()

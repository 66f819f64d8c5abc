"""Checks before sending: each order of a batch by the schema and all checks, and duplicates among them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tui.api.codec import Document
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.models import Operation, validate_order
from tui.api.query import id_text
from tui.orders.checks.context import AccountShops
from tui.orders.checks.registry import DAMAGE_CODES, find_problems, run_check
from tui.orders.paths import ORDER_ID, SHOP

MAX_ORDERS: Final = 100
"""The maximum number of orders per request (Q2.2)."""

MAX_BYTES: Final = 4_000_000
"""The maximum size of a request in bytes. The service documents no limit. Similar servers commonly accept 5 or 10 MB,
and a hundred typical orders have 0.2 MB, so only unusual batches are split."""


def check_order(order: Document, shops: AccountShops) -> list[Problem]:
    """Find all problems of an order that is sent by POST: errors of the schema, and those of the checks.

    At a pointer that the schema refuses, damage by a spreadsheet is reported instead, because it is more specific and
    can be fixed; the other checks are not.
    """
    found = find_problems(order, shops.context(order))
    damaged = {problem.pointer: problem for problem in found if problem.code in DAMAGE_CODES}
    problems = []
    refused = set()
    for invalid in validate_order(order, Operation.POST):
        severity = Severity.WARNING if invalid.tolerated else Severity.ERROR
        refused.add(invalid.pointer)
        if invalid.pointer in damaged:
            problems.append(replace(damaged[invalid.pointer], severity=severity, sendable=False))
        else:
            problems.append(
                Problem(
                    invalid.detail,
                    invalid.code,
                    pointer=invalid.pointer,
                    severity=severity,
                    reported_by=ReportedBy.LOCAL,
                )
            )
    return problems + [problem for problem in found if problem.pointer not in refused]


def check_shop(order: Document, shops: AccountShops) -> list[Problem]:
    """Check that the order's shop belongs to the account, if its shops are known."""
    return run_check("unknown_shop", order, shops.context(order))


def check_duplicates(orders: Mapping[str, Document]) -> dict[str, Problem]:
    """Find the staged orders, by their own id, that would overwrite another one of the batch (Q2.11)."""
    staged_by_key: dict[tuple[object, object], list[str]] = defaultdict(list)
    for staged_id, order in orders.items():
        order_id, shop = ORDER_ID.get(order), SHOP.get(order)
        if isinstance(order_id, str) and order_id and isinstance(shop, int):
            # The service trims ids, so that one with surrounding spaces is the same.
            staged_by_key[id_text(order_id), shop].append(staged_id)
    problems: dict[str, Problem] = {}
    for (shared_id, _), staged_ids in staged_by_key.items():
        for staged_id in staged_ids[1:]:
            detail = f"This batch has order {str(shared_id)[:40]!r} of this shop {len(staged_ids)} times."
            problems[staged_id] = Problem(detail, "twice", pointer=ORDER_ID, reported_by=ReportedBy.LOCAL)
    return problems

"""Checks before sending: each order of a batch by the schema and the shipping checks, and duplicates among them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from tui.api.codec import Document
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.models import Operation, validate_order
from tui.api.pointer import Pointer
from tui.api.query import id_text
from tui.orders.checks.shipping import preflight
from tui.orders.checks.spreadsheet_damage import find_damage
from tui.orders.paths import ORDER_ID, SHOP

MAX_ORDERS: Final = 100
"""Orders per request (Q2.2)."""

MAX_BYTES: Final = 4_000_000
"""Size of a request. The service documents no limit. Similar servers commonly accept 5 or 10 MB, and a hundred typical
orders have 0.2 MB, so only unusual batches are split."""

_MAX_ID_LENGTH = 64
_ERROR_CODES = {"no_items", "quantity"}


def check_order(order: Document, shops: Collection[int] | None) -> list[Problem]:
    """Find all problems of an order that is sent by POST: schema errors, and warnings for anything doubtful.

    `shops`: the account's integrations, or None if unknown.
    """
    damage_by_pointer = {problem.pointer: problem for problem in find_damage(order)}
    problems = []
    for invalid in validate_order(order, Operation.POST):
        severity = Severity.WARNING if invalid.tolerated else Severity.ERROR
        if invalid.pointer in damage_by_pointer:
            # The spreadsheet damage is more specific, and it can be fixed.
            damage_by_pointer[invalid.pointer] = replace(damage_by_pointer[invalid.pointer], severity=severity)
        else:
            problems.append(
                Problem(
                    invalid.detail,
                    invalid.code,
                    "",
                    pointer=invalid.pointer,
                    severity=severity,
                    reported_by=ReportedBy.LOCAL,
                )
            )
    problems += damage_by_pointer.values()
    problems += check_shop(order, shops)
    order_id = ORDER_ID.get(order)
    if isinstance(order_id, str) and len(order_id) > _MAX_ID_LENGTH:
        # The service was seen to refuse this, although its documentation has no limit (Q1.8).
        detail = f"The service may refuse more than {_MAX_ID_LENGTH} characters; this has {len(order_id)}."
        problems.append(
            Problem(detail, "long_id", pointer=ORDER_ID, severity=Severity.WARNING, reported_by=ReportedBy.LOCAL)
        )
    reported = {problem.pointer for problem in problems}
    for problem in preflight(order):
        if problem.pointer in reported:
            continue
        if problem.code in _ERROR_CODES:
            problems.append(_error(problem.pointer, problem.code, problem.detail))
        else:
            # The service accepts orders that cannot be shipped, for instance without an address.
            problems.append(
                Problem(
                    problem.detail,
                    problem.code,
                    problem.title,
                    pointer=problem.pointer,
                    severity=Severity.WARNING,
                    reported_by=ReportedBy.LOCAL,
                )
            )
    return problems


def check_shop(order: Document, shops: Collection[int] | None) -> list[Problem]:
    """Check that the order's shop belongs to the account, if its shops are known."""
    shop = SHOP.get(order)
    if shops is None or not isinstance(shop, int) or shop in shops:
        return []
    return [_error(SHOP, "unknown_shop", f"This account has no integration {shop}.")]


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
            problems[staged_id] = _error(ORDER_ID, "twice", detail)
    return problems


def _error(pointer: Pointer, code: str, detail: str) -> Problem:
    return Problem(detail, code=code, pointer=pointer, reported_by=ReportedBy.LOCAL)

"""What is wrong with orders that are to be sent together, as far as it can be known before they go."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from tui.api.codec import Document
from tui.api.errors import Origin, Problem, Severity
from tui.api.models import Operation, validate_order
from tui.api.pointer import Pointer
from tui.api.query import id_text
from tui.orders.checks.shipping import preflight
from tui.orders.checks.spreadsheet_damage import find_damage
from tui.orders.paths import ORDER_ID, SHOP

MAX_ORDERS: Final = 100
"""Orders in one request (Q2.2)."""

MAX_BYTES: Final = 4_000_000
"""Of one request. The service names no limit; servers like it commonly take 5 or 10 MB, and a hundred usual orders have
0.2 MB, so that this splits only what is unusual."""

_LONGEST_ID = 64
_ALSO_ERRORS = {"no_items", "quantity"}


def check_order(order: Document, shops: Collection[int] | None) -> list[Problem]:
    """All problems of one order to be sent by POST: errors by the schema, and warnings of everything doubtful.

    `shops`: the account's integrations, or None where they are not known.
    """
    damaged = {problem.pointer: problem for problem in find_damage(order)}
    found = []
    for invalid in validate_order(order, Operation.POST):
        severity = Severity.WARNING if invalid.tolerated else Severity.ERROR
        if invalid.pointer in damaged:
            # What a spreadsheet did says more, and can be mended.
            damaged[invalid.pointer] = replace(damaged[invalid.pointer], severity=severity)
        else:
            found.append(
                Problem(
                    invalid.detail, invalid.code, "", pointer=invalid.pointer, severity=severity, origin=Origin.LOCAL
                )
            )
    found += damaged.values()
    found += check_shop(order, shops)
    order_id = ORDER_ID.get(order)
    if isinstance(order_id, str) and len(order_id) > _LONGEST_ID:
        # Seen refused by the service although its document says nothing of it (Q1.8).
        detail = f"The service may refuse more than {_LONGEST_ID} characters; this has {len(order_id)}."
        found.append(Problem(detail, "long_id", pointer=ORDER_ID, severity=Severity.WARNING, origin=Origin.LOCAL))
    known = {problem.pointer for problem in found}
    for problem in preflight(order):
        if problem.pointer in known:
            continue
        if problem.code in _ALSO_ERRORS:
            found.append(_error(problem.pointer, problem.code, problem.detail))
        else:
            # Unsendable and unshippable are two things: the service takes an order without an address.
            found.append(
                Problem(
                    problem.detail,
                    problem.code,
                    problem.title,
                    pointer=problem.pointer,
                    severity=Severity.WARNING,
                    origin=Origin.LOCAL,
                )
            )
    return found


def check_shop(order: Document, shops: Collection[int] | None) -> list[Problem]:
    """Whether the order's shop is one of the account's, if they are known."""
    shop = SHOP.get(order)
    if shops is None or not isinstance(shop, int) or shop in shops:
        return []
    return [_error(SHOP, "unknown_shop", f"This account has no integration {shop}.")]


def check_duplicates(orders: Mapping[str, Document]) -> dict[str, Problem]:
    """The staged orders (by their own id) that another one of the batch would overwrite (Q2.11)."""
    places: dict[tuple[object, object], list[str]] = defaultdict(list)
    for staged, order in orders.items():
        order_id, shop = ORDER_ID.get(order), SHOP.get(order)
        if isinstance(order_id, str) and order_id and isinstance(shop, int):
            # An id with a space around it is found again as the one without.
            places[id_text(order_id), shop].append(staged)
    found: dict[str, Problem] = {}
    for (key, _), ids in places.items():
        for staged in ids[1:]:
            detail = f"Order {str(key)[:40]!r} of this shop stands in this batch {len(ids)} times."
            found[staged] = _error(ORDER_ID, "twice", detail)
    return found


def _error(pointer: Pointer, code: str, detail: str) -> Problem:
    return Problem(detail, code=code, pointer=pointer, origin=Origin.LOCAL)

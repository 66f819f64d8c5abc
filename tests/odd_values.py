"""Values of unexpected types, and orders with such a value at any pointer."""

import os
from decimal import Decimal
from typing import cast

from strategies import full_order

from tui.api.codec import Document, Json, RawNumber
from tui.api.pointer import Pointer, walk

DEEP: Json = "x"
for _ in range(60):
    DEEP = {"a": [DEEP]}

ODD: dict[str, Json] = {
    "object": {},
    "list": [],
    "null": None,
    "true": True,
    "zero": 0,
    "empty": "",
    "escape": "\x1b[2J",
    "half a character": "\ud800",
    "huge": Decimal("1e400"),
    "tiny": Decimal("-1e-400"),
    "digits": int("9" * 400),
    "beyond arithmetic": Decimal("1e1000000"),
    "below arithmetic": Decimal("-1e-1000000"),
    "beyond Decimal": RawNumber("1e9999999999999999999"),
    "below Decimal": RawNumber("-1.50E-99999999999999999999"),
    "more digits than Python converts": Decimal("9" * 4999),
    "text of digits": "9" * 5000,
    "text beyond arithmetic": "1e1000000",
    "deep": DEEP,
    "objects": [{}, {"name": "Mug"}, None, [[]]],
    "other object": {"value": {"value": []}, "name": ["x"], "code": {}, "0": 1, "~1": 2, "": 3},
}
ALL_PLACES = bool(os.environ.get("SENDCLOUD_EXAMPLES"))
OddOrders = list[tuple[Pointer, Document]]


def odd_orders(value: Json, one_in: int = 1) -> OddOrders:
    """Return for each pointer of a complete order the order with the value at that pointer.

    `one_in`: use every n-th pointer only, starting at a different one for each value.
    """
    order, odd = full_order(items=1), list(ODD.values()).index(value)
    pointers = [pointer for pointer, _ in walk(order) if pointer.tokens]
    chosen = (
        pointers if ALL_PLACES else [pointer for number, pointer in enumerate(pointers) if (number + odd) % one_in == 0]
    )
    return [(pointer, cast(Document, pointer.put(order, value))) for pointer in chosen]

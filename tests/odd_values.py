"""Values of a type never seen, and full orders that have them: each at any place."""

import os
from decimal import Decimal
from typing import cast

from strategies import full

from tui.api.codec import Document, Json
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
    "deep": DEEP,
    "objects": [{}, {"name": "Mug"}, None, [[]]],
    "other object": {"value": {"value": []}, "name": ["x"], "code": {}, "0": 1, "~1": 2, "": 3},
}
EVERY = bool(os.environ.get("SENDCLOUD_EXAMPLES"))
Places = list[tuple[Pointer, Document]]


def odd_orders(value: Json, of: int = 1) -> Places:
    """A full order once for each of its places, with the value there; one in `of`, others for each value."""
    order, odd = full(items=1), list(ODD.values()).index(value)
    places = [place for place, _ in walk(order) if place.tokens]
    chosen = places if EVERY else [place for number, place in enumerate(places) if (number + odd) % of == 0]
    return [(place, cast(Document, place.put(order, value))) for place in chosen]

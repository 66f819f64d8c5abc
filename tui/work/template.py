"""Documents that a new order begins with: a blank one, learned from its shop, and a copy of another."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer
from tui.orders.fields import ITEMS
from tui.orders.glance import NUMBER, PAID, PLACED, STATUS, TOTAL, text_at
from tui.orders.listed import new_entry

ORDER_ID = Pointer.of("order_id")
ORDER_NUMBER = NUMBER
_UPDATED = Pointer.of("order_details", "order_updated_at")


def blank(shop: int, now: datetime, examples: Sequence[Document] = ()) -> Document:
    """What POST requires as far as it can be known; the rest is absent, so that the form shows it as missing.

    Status, payment status and currency are those that most of the examples have.
    """
    currency = _usual(examples, TOTAL / "currency") or "EUR"
    return {
        "order_details": {
            "integration": {"id": shop},
            "status": {"code": _usual(examples, STATUS) or "unfulfilled"},
            "order_created_at": now.isoformat(timespec="seconds"),
            "order_items": [new_entry(ITEMS, {"payment_details": {"total_price": {"currency": currency}}})],
        },
        "payment_details": {
            "total_price": {"currency": currency},
            "status": {"code": _usual(examples, PAID) or "paid"},
        },
    }


def copied(document: Document, now: datetime, taken: Collection[str]) -> Document:
    """A copy as an order of its own, placed now: number and id say that it is one, and no other order has the id."""
    copy: Json = _UPDATED.drop(document)
    copy = PLACED.put(copy, now.isoformat(timespec="seconds"))
    order_id, number = text_at(document, ORDER_ID), text_at(document, ORDER_NUMBER)
    suffix, times = "-copy", 1
    while f"{order_id or number}{suffix}" in taken:
        times += 1
        suffix = f"-copy-{times}"
    copy = ORDER_ID.put(copy, f"{order_id or number}{suffix}")
    return cast(Document, ORDER_NUMBER.put(copy, f"{number or order_id}{suffix}"))


def _usual(examples: Sequence[Document], pointer: Pointer) -> str:
    counts = Counter(text for example in examples if (text := text_at(example, pointer)))
    return counts.most_common(1)[0][0] if counts else ""

"""Documents that a new order begins with: a blank one, learned from its shop, a copy of another, a kept template."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer
from tui.orders.edits.list_items import new_entry
from tui.orders.paths import ITEMS, NUMBER, ORDER_ID, ORDERED_AT, PAYMENT_STATUS, STATUS, TOTAL, UPDATED_AT
from tui.orders.summary import text_at
from tui.work.account import Account

_KEPT = "order.template:"


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
            "status": {"code": _usual(examples, PAYMENT_STATUS) or "paid"},
        },
    }


def copied(document: Document, now: datetime, taken: Collection[str]) -> Document:
    """A copy as an order of its own, placed now: number and id say that it is one, and no other order has the id."""
    copy: Json = UPDATED_AT.drop(document)
    copy = ORDERED_AT.put(copy, now.isoformat(timespec="seconds"))
    order_id, number = text_at(document, ORDER_ID), text_at(document, NUMBER)
    suffix, times = "-copy", 1
    while f"{order_id or number}{suffix}" in taken:
        times += 1
        suffix = f"-copy-{times}"
    copy = ORDER_ID.put(copy, f"{order_id or number}{suffix}")
    return cast(Document, NUMBER.put(copy, f"{number or order_id}{suffix}"))


_OWN = ("id", "order_id", "order_number", "order_details/order_created_at", "order_details/order_updated_at")
"""What tells one order from another is never part of a template."""


def as_template(document: Document) -> Document:
    """An order without what is its own only."""
    kept: Json = document
    for path in _OWN:
        kept = Pointer.parse(f"/{path}").drop(kept)
    return cast(Document, kept)


def from_template(template: Document, now: datetime) -> Document:
    """A new order, placed now; its number is to be entered."""
    return cast(Document, ORDERED_AT.put(template, now.isoformat(timespec="seconds")))


class Templates:
    """The templates of an account, by name."""

    def __init__(self, account: Account) -> None:
        self._state = account.store.screen_states
        self._account_id = account.account_id

    def all(self) -> dict[str, Document]:
        found = self._state.all(self._account_id, _KEPT)
        names = sorted(found, key=lambda key: (key.casefold(), key))
        return {key.removeprefix(_KEPT): kept for key in names if isinstance(kept := found[key], dict)}

    def find(self, words: str) -> tuple[str, Document] | None:
        """The template of that name, else the one whose name begins so, if there is just one."""
        kept = self.all()
        if words in kept:
            return words, kept[words]
        begun = [name for name in kept if words and name.casefold().startswith(words.casefold())]
        return (begun[0], kept[begun[0]]) if len(begun) == 1 else None

    def save(self, name: str, template: Document) -> None:
        """Keep a template, in the place of another of that name."""
        self._state.put(self._account_id, _KEPT + name, template, durable=True)


def _usual(examples: Sequence[Document], pointer: Pointer) -> str:
    counts = Counter(text for example in examples if (text := text_at(example, pointer)))
    return counts.most_common(1)[0][0] if counts else ""

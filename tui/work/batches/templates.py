"""Documents for new orders: blank ones with the defaults of their shop, copies of orders, and saved templates."""

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

_PREFIX = "order.template:"


def blank_order(shop: int, now: datetime, examples: Sequence[Document] = ()) -> Document:
    """The required fields that can be filled in; the form shows the others as missing.

    Status, payment status and currency are the most common ones of `examples`.
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


def copy_of(document: Document, now: datetime, used_ids: Collection[str]) -> Document:
    """Copy an order to a new one with the order date `now`.

    Number and order id get the suffix `-copy`, with a number if the order id is already used.
    """
    copy: Json = UPDATED_AT.drop(document)
    copy = ORDERED_AT.put(copy, now.isoformat(timespec="seconds"))
    order_id, number = text_at(document, ORDER_ID), text_at(document, NUMBER)
    suffix, times = "-copy", 1
    while f"{order_id or number}{suffix}" in used_ids:
        times += 1
        suffix = f"-copy-{times}"
    copy = ORDER_ID.put(copy, f"{order_id or number}{suffix}")
    return cast(Document, NUMBER.put(copy, f"{number or order_id}{suffix}"))


_IDENTIFYING = ("id", "order_id", "order_number", "order_details/order_created_at", "order_details/order_updated_at")
"""Fields that identify one order and are never part of a template."""


def as_template(document: Document) -> Document:
    """An order without the fields that identify it."""
    template: Json = document
    for path in _IDENTIFYING:
        template = Pointer.parse(f"/{path}").drop(template)
    return cast(Document, template)


def from_template(template: Document, now: datetime) -> Document:
    """A new order with the order date `now` and no number."""
    return cast(Document, ORDERED_AT.put(template, now.isoformat(timespec="seconds")))


class Templates:
    """The templates of an account, by name."""

    def __init__(self, account: Account) -> None:
        self._state = account.store.screen_states
        self._account_id = account.account_id

    def all(self) -> dict[str, Document]:
        found = self._state.all(self._account_id, _PREFIX)
        names = sorted(found, key=lambda key: (key.casefold(), key))
        return {key.removeprefix(_PREFIX): template for key in names if isinstance(template := found[key], dict)}

    def find(self, text: str) -> tuple[str, Document] | None:
        """The template of that name, else the only one whose name starts with it."""
        templates = self.all()
        if text in templates:
            return text, templates[text]
        matches = [name for name in templates if text and name.casefold().startswith(text.casefold())]
        return (matches[0], templates[matches[0]]) if len(matches) == 1 else None

    def save(self, name: str, template: Document) -> None:
        """Save a template. It replaces one of the same name."""
        self._state.put(self._account_id, _PREFIX + name, template, durable=True)


def _usual(examples: Sequence[Document], pointer: Pointer) -> str:
    counts = Counter(text for example in examples if (text := text_at(example, pointer)))
    return counts.most_common(1)[0][0] if counts else ""

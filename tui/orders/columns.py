"""The columns in which orders can be listed and exported: one table of names, titles and values.

Imports no models, so that rows from the cache are painted without pydantic.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.api.errors import Problem, Severity
from tui.api.pointer import Absent, Pointer
from tui.api.query import order_key, read_instant
from tui.orders.paths import (
    DELIVERY_INDICATOR,
    ITEMS,
    NOTES,
    NUMBER,
    ORDER_ID,
    ORDERED_AT,
    PAYMENT_STATUS,
    SHIP_TO,
    SHIPPING_OPTION,
    SHOP,
    STATUS,
    TOTAL,
    UPDATED_AT,
)
from tui.orders.summary import age_text, email_of, item_count, kilograms, phone_of, tags_of, text_at


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order with what was found about it. `shop`: the name of its shop, if it is known. `due`: see `due_at`."""

    document: Document
    problems: Sequence[Problem]
    stage: str
    shop: str
    now: datetime
    zone: tzinfo
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderColumn:
    """A column by its name in queries and options.

    `sort`: the field of a query that sorts by it, with a dash if the highest values come first; "" if none does.
    """

    name: str
    title: str
    value: Callable[[ListedOrder], Json]
    sort: str = ""


def _text(name: str, title: str, pointer: Pointer, sort: str | None = None) -> OrderColumn:
    return OrderColumn(name, title, lambda order: text_at(order.document, pointer), name if sort is None else sort)


def _address(name: str, title: str, member: str, sort: str | None = None) -> OrderColumn:
    return _text(name, title, SHIP_TO / member, sort)


def _time(name: str, title: str, pointer: Pointer) -> OrderColumn:
    return OrderColumn(
        name, title, lambda order: _local(read_instant(pointer.get(order.document)), order.zone), f"-{name}"
    )


def _local(when: datetime | None, zone: tzinfo) -> str:
    return when.astimezone(zone).isoformat(timespec="minutes") if when is not None else ""


def _number(value: Json | Absent) -> Json:
    return value if isinstance(value, int | Decimal | str) and not isinstance(value, bool) else ""


def _item_texts(order: ListedOrder, member: str) -> str:
    return ", ".join(filter(None, (text_at(item, Pointer.of(member)) for item in as_list(ITEMS.get(order.document)))))


def _quantity(order: ListedOrder) -> int:
    quantities = (Pointer.of("quantity").get(item) for item in as_list(ITEMS.get(order.document)))
    return sum(value for value in quantities if isinstance(value, int) and not isinstance(value, bool))


def _why(order: ListedOrder) -> str:
    return "; ".join(
        problem.title or problem.detail for problem in order.problems if problem.severity is Severity.ERROR
    )


COLUMNS: Final = {
    column.name: column
    for column in (
        _text("number", "order", NUMBER),
        OrderColumn("id", "id", lambda order: order_key(order.document), "-pk"),
        _text("order_id", "order id", ORDER_ID, "id"),
        OrderColumn("shop", "shop", lambda order: order.shop or text_at(order.document, SHOP), "shop"),
        OrderColumn("age", "age", lambda order: age_text(order.document, order.now), "created"),
        _time("created", "ordered", ORDERED_AT),
        _time("updated", "updated", UPDATED_AT),
        OrderColumn("due", "due", lambda order: _local(order.due, order.zone), "due"),
        _text("status", "status", STATUS),
        _text("payment", "payment", PAYMENT_STATUS),
        OrderColumn("stage", "stage", lambda order: order.stage, "stage"),
        _address("country", "cc", "country_code"),
        _address("state", "state", "state_province_code"),
        _address("postcode", "postcode", "postal_code"),
        _address("city", "city", "city"),
        _address("street", "street", "address_line_1"),
        _address("house_number", "number", "house_number", ""),
        _address("name", "recipient", "name"),
        _address("company", "company", "company_name"),
        OrderColumn("email", "email", lambda order: email_of(order.document), "email"),
        OrderColumn("phone", "phone", lambda order: phone_of(order.document), "phone"),
        OrderColumn("items", "items", lambda order: item_count(order.document) or 0, "-items"),
        OrderColumn("quantity", "quantity", _quantity, "-quantity"),
        OrderColumn("sku", "SKUs", lambda order: _item_texts(order, "sku"), "sku"),
        OrderColumn("item", "items", lambda order: _item_texts(order, "name"), "item"),
        OrderColumn("weight", "kg", lambda order: kilograms(order.document), "-weight"),
        OrderColumn("total", "total", lambda order: _number((TOTAL / "value").get(order.document)), "-total"),
        _text("currency", "currency", TOTAL / "currency"),
        OrderColumn(
            "carrier",
            "carrier",
            lambda order: text_at(order.document, SHIPPING_OPTION) or text_at(order.document, DELIVERY_INDICATOR),
            "carrier",
        ),
        OrderColumn("tag", "tags", lambda order: ", ".join(tags_of(order.document)), "tag"),
        _text("note", "note", NOTES),
        OrderColumn("why", "why it will not ship", _why, "why"),
        OrderColumn("warnings", "warnings", lambda order: sum(p.severity is Severity.WARNING for p in order.problems)),
    )
}
"""Every column by its name."""

DEFAULT_COLUMNS: Final = ("number", "shop", "age", "country", "name", "weight", "total", "currency", "stage", "why")
"""The columns of a list for which none were chosen."""


def titles_of(names: Sequence[str]) -> list[Json]:
    """The titles of some columns: the head of a table. Raises KeyError for an unknown one."""
    return [COLUMNS[name].title for name in names]


def cells_of(order: ListedOrder, names: Sequence[str]) -> list[Json]:
    """The values of an order in some columns: a row of a table. Raises KeyError for an unknown one."""
    return [COLUMNS[name].value(order) for name in names]

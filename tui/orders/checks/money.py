"""Checks of prices and payment. Each is named by its code; the registry says when it fires."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tui.api.codec import as_document
from tui.api.pointer import Pointer
from tui.orders.checks.context import CheckContext
from tui.orders.checks.facts import CheckedOrder, Found, excerpt, found, text_at_pointer
from tui.orders.numbers import computable_text
from tui.orders.paths import CURRENCY, ITEMS, PAYMENT_STATUS, TOTAL
from tui.orders.status_words import is_unpaid

LINE_TOTAL: Final = Pointer.of("total_price", "value")
UNIT_PRICE: Final = Pointer.of("unit_price", "value")
LINE_CURRENCY: Final = Pointer.of("total_price", "currency")
_TOTAL: Final = TOTAL / "value"
_ON_DELIVERY: Final = Pointer.of("payment_details", "is_cash_on_delivery")
_PAYMENT_TEXT: Final = PAYMENT_STATUS.parent / "message"
_EXTRAS: Final = (("freight_costs", 1), ("other_costs", 1), ("estimated_shipping_price", 1), ("discount_granted", -1))
"""Amounts that a total may include in addition to the lines, with their sign."""
_CURRENCIES: Final = frozenset({"EUR", "GBP", "USD"})
"""The currencies that the document lists (Q8.1); carriers may refuse others (Q8.2)."""


def currency(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The document lists three; others may work (Q8.1, Q8.2)."""
    total = text_at_pointer(order.document, CURRENCY)
    if total and total not in _CURRENCIES:
        yield found(CURRENCY, currency=excerpt(total), reason="Carriers may refuse it for labels.")
    other = next((item for item in order.items if total and item.currency and item.currency != total), None)
    if other is not None:
        reason = f"The order's total is in {excerpt(total)}."
        yield found(ITEMS / other.index + LINE_CURRENCY, currency=excerpt(other.currency), reason=reason)


def totals(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The service does not check this (Q8.6)."""
    total = computable_text(_TOTAL.get(order.document))
    lines_total = Decimal(0)
    for item in order.items:
        if item.line is None:
            return
        lines_total += item.line
    if total is None or total == lines_total or not order.items:
        return
    extras = Decimal(0)
    payment = as_document(order.document.get("payment_details"))
    for name, sign in _EXTRAS:
        extras += (computable_text(as_document(payment.get(name)).get("value")) or 0) * sign
    if total != lines_total + extras and abs(total - lines_total) > max(Decimal("0.05"), abs(extras)):
        yield found(_TOTAL, lines=lines_total, total=total)


def negative_line(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Labels for such orders were refused with 422 (SQ4.8)."""
    for item in order.items:
        if item.line is not None and item.line < 0:
            yield found(ITEMS / item.index + LINE_TOTAL, amount=item.line)
        elif item.unit is not None and item.unit < 0:
            yield found(ITEMS / item.index + UNIT_PRICE, amount=item.unit)


def unpaid(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """A free text of the shop (Q8.26)."""
    code = text_at_pointer(order.document, PAYMENT_STATUS)
    if not code or _ON_DELIVERY.get(order.document) is True:
        return
    if is_unpaid(code, text_at_pointer(order.document, _PAYMENT_TEXT)):
        yield found(PAYMENT_STATUS, payment=excerpt(code.lower(), 20))

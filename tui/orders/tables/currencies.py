"""Compares the currencies written beside the amounts of an order with its currency."""

from collections.abc import Mapping

from tui.api.pointer import Pointer
from tui.orders.parsed import GuessKind, How, ParsedOrder
from tui.orders.paths import CURRENCY, SHIP_TO
from tui.orders.tables.context import ImportContext, error, warning
from tui.orders.tables.values.amounts import currency_of, may_mean

Signs = Mapping[Pointer, tuple[str, str]]
"""The sign or code beside each amount, with the text of its cell."""


def first_currency(order: ParsedOrder, signs: Signs) -> str:
    """The currency beside the first amount, or "" if it is not known."""
    sign = next(iter(signs.values()), ("", ""))[0]
    return currency_of(sign, _country(order))[0] if sign else ""


def check_currencies(order: ParsedOrder, context: ImportContext, signs: Signs) -> None:
    """Report amounts in a currency other than the order's, and hold the order if its currency is only a guess."""
    country = _country(order)
    is_from_sign = CURRENCY in order.derived and order.derived[CURRENCY].how is How.COMPUTED
    for pointer, (sign, text) in signs.items():
        currency = (pointer.parent / "currency").get(order.document)
        code, is_certain = currency_of(sign, country)
        if not isinstance(currency, str) or not may_mean(sign, currency):
            detail = f"{text[:40]!r} is in {code or sign}, but the currency here is {currency}."
            report = warning if code else error
            order.problems.append(report(pointer, "currency", detail))
        elif is_from_sign and not is_certain:
            text = f"The sign {sign} is read as {currency}; other currencies have the same sign."
            context.guess(order, CURRENCY, GuessKind.PRICE, text, title="currency?")
            is_from_sign = False


def _country(order: ParsedOrder) -> str:
    code = (SHIP_TO / "country_code").get(order.document)
    return code if isinstance(code, str) else ""

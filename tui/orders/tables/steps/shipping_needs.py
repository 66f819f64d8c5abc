"""Finds the items that are not shipped, such as downloads, and the dates of orders that are in the future."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from tui.orders.names import normalized
from tui.orders.parsed import ParsedOrder, UnusedCell
from tui.orders.paths import DELIVERY_INDICATOR, ITEMS, ORDERED_AT, STATUS
from tui.orders.patterns import late_pattern
from tui.orders.status_words import flag_of
from tui.orders.tables.context import ImportContext, item_rows, warning
from tui.orders.tables.steps.status_hints import hold, place_of

_NEEDS_COLUMN: Final = late_pattern(
    r"(\w+ )*(requires?|needs?) (shipping|delivery)|shippable|is shippable|versandpflichtig|versandfahig|(a|necessite une?) (expedier|livraison)"
    r"|verzendbaar|requiere envio|richiede (la )?spedizione|wymaga wysylki|kraver frakt|kraever forsendelse|requer envio"
)
_DIGITAL_COLUMN: Final = late_pattern(
    r"((lineitem|line item|item|product|is|artikel|produkt|ist) )*"
    r"(virtual|digital|downloadable|download|intangible|virtuell|virtuel|virtueel|virtuale|wirtualny)( (product|item|goods?|artikel|produkt))?"
)
_TYPE_COLUMN: Final = late_pattern(
    r"(product|item|line ?item|listings?|order|artikel|produkt|produit|producto|prodotto) ?(type|typ|art|kind|tipo)|produktart|artikelart"
    r"|producttype|type (de |d )?(produit|article)|tipo (de |di )?(producto|articulo|prodotto|articolo|produto|artigo)"
)
_DIGITAL: Final = frozenset(
    [
        "digital",
        "digital product",
        "digital goods",
        "digital download",
        "virtual",
        "virtual product",
        "download",
        "downloadable",
        "downloads",
        "e book",
        "ebook",
        "gift card",
        "giftcard",
        "gift certificate",
        "voucher",
        "service",
        "services",
        "digitales produkt",
        "virtuell",
        "virtuel",
        "virtueel",
        "virtuale",
        "numerique",
        "produit numerique",
        "produit virtuel",
        "gutschein",
        "geschenkgutschein",
        "dienstleistung",
        "digitaal",
        "cadeaubon",
        "dienst",
        "carte cadeau",
        "prestation",
        "digitale",
        "servizio",
        "buono regalo",
        "servicio",
        "tarjeta regalo",
        "cyfrowy",
        "wirtualny",
        "usluga",
        "digitalt",
        "tjanst",
        "presentkort",
        "gavekort",
        "tjeneste",
        "servico",
    ]
)
_TOLERANCE: Final = timedelta(days=1)


def check_shipping_needs(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order in which nothing is shipped; warn about single items that are not."""
    digital: dict[int, UnusedCell] = {}
    for cell in order.unused:
        needs_shipping = _needs_shipping(context.mapping.header[cell.column], cell.text)
        if needs_shipping is not None:
            context.understood.add((cell.row, cell.column))
        if needs_shipping is False:
            digital.setdefault(cell.row, cell)
    method = DELIVERY_INDICATOR.get(order.document)
    if (
        isinstance(method, str)
        and normalized(method) in _DIGITAL
        and (cell_of_method := order.cells.get(DELIVERY_INDICATOR))
    ):
        text = f"{cell_of_method[1]} is {method!r}: nothing in the order is to be shipped."
        hold(order, context, DELIVERY_INDICATOR, cell_of_method[1], text)
    if not digital:
        return
    rows = item_rows(order)
    found = {index: digital[row] for index, row in rows.items() if row in digital}
    is_whole = len(found) == len(rows)
    for index, cell in found.items():
        name = context.mapping.header[cell.column]
        if is_whole:
            text = f"{name} is {cell.text!r}: nothing in the order is to be shipped."
            hold(order, context, place_of(order, STATUS, cell, name), name, text)
            return
        detail = f"{name} is {cell.text!r}: this item is not shipped. It is sent with the order, and adds to its total."
        order.problems.append(warning(ITEMS / index / "name", "not_shipped", detail, "not shipped?"))


@lru_cache(maxsize=4096)
def _needs_shipping(column: str, text: str) -> bool | None:
    """Whether an item is shipped by this cell; None if it does not say so."""
    heading = normalized(column)
    if _NEEDS_COLUMN.fullmatch(heading):
        return flag_of(text)
    if _DIGITAL_COLUMN.fullmatch(heading) and (flag := flag_of(text)) is not None:
        return not flag
    return False if _TYPE_COLUMN.fullmatch(heading) and normalized(text) in _DIGITAL else None


def check_order_date(order: ParsedOrder, context: ImportContext) -> None:
    """Warn about an order date that is more than a day ahead: day and month may be swapped."""
    text = ORDERED_AT.get(order.document)
    if ORDERED_AT not in order.cells or not isinstance(text, str):
        return
    try:
        placed = datetime.fromisoformat(text)
    except ValueError:
        return  # reported as unread
    if placed.tzinfo is not None and placed - context.now > _TOLERANCE:
        detail = f"The order date {text[:10]} is in the future. Day and month may be swapped."
        order.problems.append(warning(ORDERED_AT, "future_date", detail, "future date"))

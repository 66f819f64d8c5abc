"""Columns whose headings name several things: their cells tell what they are, or the order is held until it is confirmed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from tui.orders.money import amount_at
from tui.orders.names import normalized
from tui.orders.parsed import GuessKind, ParsedOrder
from tui.orders.paths import CURRENCY, EVERY_ITEM, ITEMS, FieldPath
from tui.orders.patterns import late_pattern
from tui.orders.status_words import flag_of, known_phrase
from tui.orders.tables import heading_words as words
from tui.orders.tables.context import ImportContext, item_rows
from tui.orders.tables.headings import NUMBER_PATH, ORDER_ID_PATH, SHIP, guess_fields
from tui.orders.tables.mapping import (
    CURRENCY_PATH,
    ITEM_DESCRIPTION_PATH,
    ITEM_NAME_PATH,
    ITEM_WEIGHT_PATH,
    ITEM_WEIGHT_UNIT_PATH,
    QUANTITY_PATH,
    SHOP_PATH,
    STATUS_PATH,
    WEIGHT_PATH,
    WEIGHT_UNIT_PATH,
    ColumnMapping,
)
from tui.orders.tables.table import Table
from tui.orders.tables.values.amounts import COMMON_CURRENCIES, unit_named

_EMAIL: Final = late_pattern(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SMALL_NUMBER: Final = late_pattern(r"[1-9]\d{0,2}")
_AMOUNTS: Final = frozenset(["amount", "item amount", "product amount"])
SKU_PATH: Final[FieldPath] = (*EVERY_ITEM, "sku")
MATERIAL_PATH: Final[FieldPath] = (*EVERY_ITEM, "material_content")
STREET_PATH: Final[FieldPath] = (SHIP, "address_line_1")
HOUSE_NUMBER_PATH: Final[FieldPath] = (SHIP, "house_number")
_AMOUNT_NAMES: Final = ("unit_price", "total_price")
_TYPE_COLUMNS: Final = frozenset(
    ["line type", "item type", "line item type", "lineitem type", "positionstyp", "type de ligne", "regeltype"]
)
_NO_ARTICLES: Final = frozenset(
    [
        *words.ORDER_ALONE["payment_details/estimated_shipping_price/value"].split("|"),
        *words.ORDER_ALONE["payment_details/discount_granted/value"].split("|"),
        *(
            "delivery",
            "livraison",
            "levering",
            "consegna",
            "wysylka",
            "dostawa",
            "coupon",
            "gutschein",
            "voucher",
            "fee",
            "refund",
        ),
        *[
            "subtotal",
            "sub total",
            "total",
            "grand total",
            "zwischensumme",
            "summe",
            "gesamt",
            "gesamtsumme",
            "gesamtbetrag",
            "sous total",
            "subtotaal",
            "totaal",
            "totale",
            "totalt",
            "suma",
            "razem",
            "tax",
            "taxes",
            "vat",
            "mwst",
            "mehrwertsteuer",
            "btw",
            "tva",
            "iva",
            "moms",
            "insurance",
            "versicherung",
            "gift wrap",
        ],
    ]
)
"""Names of lines that are not articles."""
_ON_DELIVERY_PATH: Final[FieldPath] = ("payment_details", "is_cash_on_delivery")
_MATERIALS: Final = frozenset(["material", "materiaal", "materiale", "matiere", "item material", "artikel material"])
"""What an article is made of, and its number in the words of ERP systems."""
_NUMBERS: Final = frozenset(words.NUMBER_WORDS.split("|"))
_CODE: Final = late_pattern(r"(?=.*\d)[\w./-]{2,}")
_SUBSTANCE: Final = late_pattern(
    r"(?!.*[A-Z]-[A-Z])(?:\d{1,3}(?:[.,]\d+)? ?%|[^\d])*[^\W\d_]{3}(?:\d{1,3}(?:[.,]\d+)? ?%|[^\d])*"
)
_WITH_NUMBER: Final = late_pattern(r"\d[\w /-]{0,5}$|^\d+\w?[ ,]")
_NAMES: Final = ((SHIP, "name"), ("customer_details", "name"))


def refine_doubtful(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """Correct the fields of columns whose every cell shows that they are something else than their headings say."""
    mapping = _refine_article(_refine_units(mapping, table), table)
    for column, path in enumerate(mapping.paths):
        if path == MATERIAL_PATH and normalized(mapping.header[column]) in _MATERIALS:
            mapping = _refine_material(mapping, table, column)
        elif path == HOUSE_NUMBER_PATH and _may_be_order_number(mapping, table, column):
            mapping = mapping.moved(column, NUMBER_PATH)
        elif path == SHOP_PATH and not _all(table, column, lambda text: text.isdecimal()):
            mapping = mapping.moved(column, None)  # the shop's name
        elif path in _NAMES and _all(table, column, str.isdecimal):
            mapping = mapping.moved(column, None)  # the customer's number
        elif path == _ON_DELIVERY_PATH and normalized(mapping.header[column]) == "cod":
            if not _all(table, column, lambda text: flag_of(text) is not None):
                mapping = mapping.moved(column, SKU_PATH if SKU_PATH not in mapping.paths else None)
        elif path in _NAMES and _all(table, column, lambda text: _EMAIL.fullmatch(text) is not None):
            email = (*path[:-1], "email")
            mapping = mapping.moved(column, email if email not in mapping.paths else None)
        elif path == (SHIP, "state_province_code") and _all(table, column, _is_status):
            mapping = mapping.moved(column, STATUS_PATH if STATUS_PATH not in mapping.paths else None)
        elif _may_count(mapping, column) and _all(
            table, column, lambda text: _SMALL_NUMBER.fullmatch(text) is not None
        ):
            mapping = mapping.moved(column, QUANTITY_PATH)
            mapping = replace(mapping, guessed=mapping.guessed | {QUANTITY_PATH})
    return mapping


def check_doubtful(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order whose item names, quantities or currency are from a column that may be something else."""
    guessed = context.mapping.guessed
    _check_articles(order, context)
    for path, reading in (
        (ITEM_NAME_PATH, "name"),
        (QUANTITY_PATH, "quantity"),
        (MATERIAL_PATH, "material content"),
    ):
        if path not in guessed:
            continue
        for index in item_rows(order):
            pointer = ITEMS / index / path[-1]
            if pointer in order.cells:
                column = order.cells[pointer][1]
                text = f"{column} may be something else. It is read as the {reading} of an item."
                context.guess(order, pointer, GuessKind.ITEMS, text, subject=column, title=f"{reading} of item?")
    if CURRENCY_PATH in guessed and CURRENCY in order.derived:
        code = CURRENCY.get(order.document)
        del order.derived[CURRENCY]
        text = f"The sign in the headings is read as {code}; other currencies have the same sign."
        context.guess(order, CURRENCY, GuessKind.PRICE, text, title="currency?")


def _refine_units(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """Find the currencies and the units of weights in columns with other names."""
    wanted: list[tuple[FieldPath, Callable[[str], bool]]] = []
    if CURRENCY_PATH not in mapping.paths:
        wanted.append((CURRENCY_PATH, COMMON_CURRENCIES.__contains__))
    for value, unit in ((WEIGHT_PATH, WEIGHT_UNIT_PATH), (ITEM_WEIGHT_PATH, ITEM_WEIGHT_UNIT_PATH)):
        if value in mapping.paths and unit not in mapping.paths:
            wanted.append((unit, lambda text: bool(unit_named(text, "weight"))))
    for path, test in wanted:
        column = next((column for column in mapping.columns_of(None) if _all(table, column, test)), None)
        if column is not None:
            mapping = replace(mapping.moved(column, path), guessed=mapping.guessed - {path})
    return mapping


def _check_articles(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order with an item that seems to be shipping costs, a discount or the like."""
    header = context.mapping.header
    types = {
        cell.row: cell.text
        for cell in order.unused
        if normalized(header[cell.column]) in _TYPE_COLUMNS and normalized(cell.text) in _NO_ARTICLES
    }
    items = ITEMS.get(order.document)
    rows = item_rows(order) if types else {}
    for index, item in enumerate(items if isinstance(items, list) else ()):
        price = min((amount for name in _AMOUNT_NAMES if (amount := amount_at(item, name)) is not None), default=0)
        name = item.get("name") if isinstance(item, dict) else None
        if rows.get(index) in types or price < 0 or (isinstance(name, str) and normalized(name) in _NO_ARTICLES):
            text = f"{name} seems to be a cost or a discount, not an article. It is sent as an item."
            context.guess(order, ITEMS / index / "name", GuessKind.ITEMS, text, title="no article?")


def _refine_article(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """Distinguish the codes of articles from their names, if one column may be either and another one has the names."""
    if mapping.paths.count(ITEM_NAME_PATH) != 1 or SKU_PATH in mapping.paths:
        return mapping
    code = mapping.paths.index(ITEM_NAME_PATH)
    if not _all(table, code, lambda text: _CODE.fullmatch(text) is not None):
        return mapping
    names = [
        column
        for column, (guesses, path) in enumerate(zip(guess_fields(mapping.header), mapping.paths, strict=True))
        if column != code
        and path in (None, ITEM_DESCRIPTION_PATH)
        and any(guess.path in (ITEM_NAME_PATH, ITEM_DESCRIPTION_PATH) for guess in guesses)
        and _all(table, column, lambda text: _CODE.fullmatch(text) is None)
    ]
    return mapping.moved(code, SKU_PATH).moved(names[0], ITEM_NAME_PATH) if names else mapping


def _refine_material(mapping: ColumnMapping, table: Table, column: int) -> ColumnMapping:
    """Distinguish article numbers, as ERP systems name them, from what the articles are made of."""
    if _all(table, column, lambda text: _CODE.fullmatch(text) is not None):
        return mapping.moved(column, SKU_PATH if SKU_PATH not in mapping.paths else None)
    if _all(table, column, lambda text: _SUBSTANCE.fullmatch(text) is not None):
        return mapping
    return replace(mapping, guessed=mapping.guessed | {MATERIAL_PATH})


def _may_be_order_number(mapping: ColumnMapping, table: Table, column: int) -> bool:
    """Whether a bare `Number` beside the street is the order's, because each street has a house number."""
    if NUMBER_PATH in mapping.paths or ORDER_ID_PATH in mapping.paths or STREET_PATH not in mapping.paths:
        return False
    street = mapping.paths.index(STREET_PATH)
    return normalized(mapping.header[column]) in _NUMBERS and _all(
        table, street, lambda text: _WITH_NUMBER.search(text) is not None
    )


def _may_count(mapping: ColumnMapping, column: int) -> bool:
    path = mapping.paths[column]
    return (
        path is not None
        and path[-2:] == ("total_price", "value")
        and QUANTITY_PATH not in mapping.paths
        and normalized(mapping.header[column]) in _AMOUNTS
    )


def _is_status(text: str) -> bool:
    return len(text) > 3 and known_phrase(text) is not None


def _all(table: Table, column: int, test: Callable[[str], bool]) -> bool:
    """Whether a column has cells and each passes the test."""
    cells = list(_cells(table, column))
    return bool(cells) and all(map(test, cells))


def _cells(table: Table, column: int) -> Iterator[str]:
    for row in table.rows:
        if column < len(row.cells) and (text := row.cells[column].strip()):
            yield text

"""Reads several items from one cell, as some shops write them: `2x Candle; 1x Holder`, or fields with names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, cast

from tui.api.codec import CodecError, Document, Json, decode
from tui.api.errors import Problem
from tui.api.pointer import ABSENT, Pointer
from tui.orders.money import as_json_number
from tui.orders.names import normalized
from tui.orders.parsed import Derivation, GuessKind, How, ParsedOrder, UnusedCell
from tui.orders.paths import CURRENCY, ITEMS, SHIP_TO
from tui.orders.patterns import late_pattern
from tui.orders.tables.context import ImportContext, error, item_rows, set_value
from tui.orders.tables.values.amounts import currency_of, parse_money

_FIELDS: Final = {
    "name": "name|product name|item name|title|product title|item|product|artikel|artikelname|produktname|produkt|bezeichnung"
    "|productnaam|titel|nom|produit|article|nombre|producto|nome|prodotto|articolo|nazwa|produkt navn|navn|namn|produto",
    "quantity": "quantity|qty|product qty|product quantity|item quantity|menge|anzahl|aantal|quantite|qte|cantidad|quantita"
    "|ilosc|antal|quantidade|amount",
    "sku": "sku|product sku|item sku|artikelnummer|art nr|article number|artikelnr|reference|ref|referencia|kod|artikelkode",
    "product_id": "product id|item id|produkt id",
    "unit_price/value": "unit price|product unit price|price|product price|item price|preis|einzelpreis|prijs|prix"
    "|prix unitaire|precio|prezzo|cena|pris|preco|cost",
    "total_price/value": "total|product total price|line total|item total|total price|gesamt|gesamtpreis|totaal",
    "description": "product variation details|variation|variations|variant|options|option|meta|product options|attributes"
    "|eigenschaften|opties",
    "": "product weight|weight|tax|total tax|subtotal|sub total|subtotal tax|sub total tax|refunded|variation id|id|type"
    "|product type|discount|taxes|tax class|line item id|order item id|image|url|category|vendor|barcode|currency|gewicht|order product id",
}
"""The names of fields in a cell. Those without a path are not read."""

_COLUMNS: Final = late_pattern(
    r"(?:(?:order|ordered|line|sales?|cart|purchased|bestell\w*|bestelde|lista? (?:de|di|van)|liste des?|list of)? ?"
    r"(?:items?|products?|articles?|artikel|artikelen|producten|produkte?|positionen|produits|articulos|productos|articoli"
    r"|prodotti|produkty|pozycje|artiklar|produkter|varer|varor|artigos|produtos|line items?|lineitems)"
    r"(?: (?:details?|list|ordered|purchased|summary|name|names|\d{1,2}))?)"
    r"|product details|order details|contents?|inhalt|inhoud|contenu|contenido|contenuto|zawartosc"
)
"""Names of columns that have items."""
_KEY: Final = late_pattern(r"(?:^|(?<=[,|;\n(]))\s*([^\W\d][\w .]{0,30}?)\s*[:=]\s*")
_TIMES: Final = r"(?:x|×|\*|X)"
_FIRST: Final = late_pattern(
    rf"\(?(\d{{1,4}})\s*(?:{_TIMES}|st\.?|stk\.?|pcs\.?)\)?\s+(\S.*)|(\d{{1,4}}){_TIMES}([^\W\d]\S*.*)",
    re.DOTALL | re.IGNORECASE,
)
_LAST: Final = late_pattern(
    rf"(.*\S)\s*(?:\s{_TIMES}\s?(\d{{1,4}})|×\s*(\d{{1,4}})|[\[(]\s*{_TIMES}\s*(\d{{1,4}})\s*[)\]]"
    r"|[,\s(\[-]+\s*(?:qty|quantity|menge|anzahl|aantal|quantité|qté|cantidad|quantità|ilość|antal|quantidade)\s*[:.=]?\s*(\d{1,4})[)\]]?)",
    re.DOTALL | re.IGNORECASE,
)
_SKU: Final = late_pattern(r"\s*[\[(](?:SKU|Art\.?-?(?:Nr|nr)\.?|Ref)\s*[:.]?\s*([^()\[\]]{1,60})[)\]]", re.IGNORECASE)
_MAYBE_PACKED: Final = late_pattern(
    rf"\b\d{{1,4}}\s?{_TIMES}\s+(?!\d)|(?<!\d)\s{_TIMES}\s?\d{{1,4}}\b(?!\s*(?:cm|mm|m|ml|l|g|kg)\b)|\d\s{_TIMES}\s?\d$"
)
_CODES: Final = late_pattern(r"[\w./-]+(\s*[,;|]\s*[\w./-]+)+")
_SEPARATORS: Final = (r"\r?\n|<br\s*/?>", r"\s*;\s*", r"\s*\|\s*", r"\s*,\s+", r"\s+\+\s+", r",", r"\s+/\s+")


@dataclass(slots=True)
class PackedItem:
    """An item of a cell: its values by path, as texts."""

    values: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=8192)
def unpack(text: str) -> tuple[PackedItem, ...]:
    """The items in the text of a cell. Empty if it has none, or if anything in it is not understood."""
    stripped = text.strip()
    if stripped.startswith(("[", "{")):
        return _unpack_json(stripped)
    return _unpack_fields(stripped) or _unpack_list(stripped)


def _unpack_fields(text: str) -> tuple[PackedItem, ...]:
    """`Product Name: Candle, Product Qty: 2 | Product Name: …`. A repeated field begins another item."""
    keys = [match for match in _KEY.finditer(text) if normalized(match[1]) in _paths()]
    if len(keys) < 2 or keys[0].start() != 0:
        return ()
    items: list[PackedItem] = []
    seen: set[str] = set()
    for position, match in enumerate(keys):
        end = keys[position + 1].start() if position + 1 < len(keys) else len(text)
        key, value = normalized(match[1]), text[match.end() : end].strip(" ,|;\r\n\t)(")
        if not items or key in seen:
            items.append(PackedItem())
            seen = set()
        seen.add(key)
        path = _paths()[key]
        value = re.split(r"\s*\|\s*[\w ]{1,30}:", value)[0]  # a field that is not known
        if path and value:
            items[-1].values.setdefault(path, value)
    return tuple(items) if all("name" in item.values or "sku" in item.values for item in items) else ()


def _unpack_list(text: str) -> tuple[PackedItem, ...]:
    """`2x Candle; Holder (SKU H-1) x 1`: every part has a quantity."""
    for separator in _SEPARATORS:
        parts = [part.strip() for part in re.split(separator, text) if part.strip()]
        items = [item for part in parts if (item := _unpack_part(part)) is not None]
        if len(parts) > 1 and len(items) == len(parts):
            return tuple(items)
    # `2x Candle, Holder` may be one item or two.
    single = None if any(sign in text for sign in ("\n", ";", "|", ", ")) else _unpack_part(text)
    return (single,) if single is not None else ()


def _unpack_part(part: str) -> PackedItem | None:
    first, last = _FIRST.fullmatch(part), _LAST.fullmatch(part)
    if (first is None) == (last is None):
        return None
    if first is not None:
        quantity, name = (first[1], first[2]) if first[1] else (first[3], first[4])
    elif last is not None:
        quantity, name = next(number for number in last.groups()[1:] if number), last[1]
        if name[-1:].isdigit() and not _SKU.search(name):
            return None  # `Frame 20 x 30` is a size
    values = {"quantity": quantity}
    if sku := _SKU.search(name):
        values["sku"] = sku[1].strip()
        name = name[: sku.start()] + name[sku.end() :]
    name = name.strip(" -–:,")
    if not name or (
        re.match(r"\d", name) and first is not None and re.match(r"\d+([.,]\d+)?\s*(cm|mm|m|ml|l|g|kg)?\b(\s|$)", name)
    ):
        return None  # `2 x 250 g` is a size
    return PackedItem({"name": name, **values})


def _unpack_json(text: str) -> tuple[PackedItem, ...]:
    try:
        found = decode(text)
    except CodecError:
        return ()
    found = found if isinstance(found, list) else [found]
    items = []
    for entry in found:
        if not isinstance(entry, dict):
            return ()
        item = PackedItem()
        for key, value in entry.items():
            path = _paths().get(normalized(str(key)))
            if path and isinstance(value, str | int | Decimal) and not isinstance(value, bool) and str(value):
                item.values.setdefault(path, str(value))
        items.append(item)
    return tuple(items) if all("name" in item.values or "sku" in item.values for item in items) else ()


@lru_cache(maxsize=1)
def _paths() -> dict[str, str]:
    return {name: path for path, names in _FIELDS.items() for name in names.split("|")}


def split_packed_items(orders: Sequence[ParsedOrder], context: ImportContext) -> None:
    """Split the cells that have several items. A cell that may have several and cannot be split holds its order."""
    columns = {
        index
        for index, (name, path) in enumerate(zip(context.mapping.header, context.mapping.paths, strict=True))
        if path is None and _COLUMNS.fullmatch(normalized(name))
    }
    for order in orders:
        _split_names(order, context)
        if columns:
            _split_unused(order, columns, context)


def _split_names(order: ParsedOrder, context: ImportContext) -> None:
    items = _items(order)
    replacements: dict[int, tuple[PackedItem, ...]] = {}
    for index, item in enumerate(items):
        key = _key_of_text(item)
        if not _may_be_packed(item, key):
            continue
        parts, quantity = unpack(str(item.get(key) or "")), item.get("quantity")
        pointer = ITEMS / index / (key if item.get(key) else "sku")
        column = order.cells[pointer][1] if pointer in order.cells else ""
        is_list = len(parts) > 1 or key != "name" or bool(_unpack_fields(str(item.get(key) or "").strip()))
        is_sum = quantity == _pieces(parts) and is_list
        if parts and (quantity is None or is_sum):
            if len(parts) > 1 and (others := [other for other in item if other not in (key, "quantity")]):
                detail = f"{column} has several items in one cell, but {others[0]} has one value. Give each item its own row."
                order.problems.append(error(pointer, "packed_items", detail, "several items"))
            else:
                replacements[index] = parts
        elif key != "name":
            order.problems.append(_not_read(pointer, column))
        elif quantity is None or is_list or _lists_names(item) or _is_list_of_codes(str(item.get("sku") or "")):
            text = f"{column} may have several items or a quantity in one cell. It is read as one item."
            context.guess(order, pointer, GuessKind.ITEMS, text, subject=column, title="several items?")
    if replacements:
        _replace(order, replacements, context)


def _key_of_text(item: dict[str, Any]) -> str:
    """The field that may have packed items: the name, or the description of an item without a name."""
    return "name" if item.get("name") or not item.get("description") or item.get("sku") else "description"


def _may_be_packed(item: dict[str, Any], key: str) -> bool:
    text, sku = item.get(key), item.get("sku")
    if isinstance(text, str) and (
        key != "name"
        or any(sign in text for sign in (";", "|", "\n", "<br", "[{"))
        or _MAYBE_PACKED.search(text)
        or _LAST.fullmatch(text)
        or (text.count(":") > 1 and _unpack_fields(text.strip()))
    ):
        return True
    return isinstance(sku, str) and _is_list_of_codes(sku)


def _lists_names(item: dict[str, Any]) -> bool:
    """Whether a name may be those of several items, because there are pieces enough for all."""
    names = [part for part in re.split(r"[;\n]", str(item.get("name") or "")) if re.search(r"[^\W\d_]{3}", part)]
    quantity = item.get("quantity")
    return isinstance(quantity, int) and quantity >= len(names) > 1


def _is_list_of_codes(sku: str) -> bool:
    return _CODES.fullmatch(sku) is not None and re.fullmatch(r"\d+,\d{1,2}", sku) is None


def _pieces(parts: Sequence[PackedItem]) -> int:
    quantities = [part.values.get("quantity", "1") for part in parts]
    return sum(int(Decimal(quantity)) for quantity in quantities if _is_count(quantity))


def _not_read(pointer: Pointer, column: str) -> Problem:
    detail = f"The items in {column} cannot be read. Write `2x Candle; 1x Holder`, or give each item its own row."
    return error(pointer, "packed_items", detail, "items not read")


def _split_unused(order: ParsedOrder, columns: set[int], context: ImportContext) -> None:
    packed = [cell for cell in order.unused if cell.column in columns and not _is_count(cell.text)]
    items = _items(order)
    header = context.mapping.header
    if packed and _use_as_names(order, packed, context):
        return
    if not packed or any(item.get("name") or item.get("sku") for item in items):
        return
    read = [(cell, unpack(cell.text)) for cell in packed]
    for cell, parts in read:
        if not parts:
            order.problems.append(_not_read(ITEMS, header[cell.column]))
            return
    total = sum(_pieces(parts) for _, parts in read)
    if any(set(item) - {"quantity"} for item in items) or any(item["quantity"] != total for item in items):
        name = header[packed[0].column]
        detail = f"{name} has items, but other columns have values of one item. Map only one of them."
        order.problems.append(error(ITEMS, "packed_items", detail, "several items"))
        return
    order.cells = {pointer: cell for pointer, cell in order.cells.items() if not pointer.startswith(ITEMS)}
    order.document = cast(Document, ITEMS.put(order.document, []))
    for cell, parts in read:
        _append(order, parts, cell.row, header[cell.column], context)
        order.unused.remove(cell)
        order.used += 1


def _use_as_names(order: ParsedOrder, packed: Sequence[UnusedCell], context: ImportContext) -> bool:
    """Use cells such as `Contents` as the names of items that have quantities of their own and no names."""
    items, index_by_row = _items(order), {row: index for index, row in item_rows(order).items()}
    is_plain = all(not unpack(cell.text) and not _may_be_packed({"name": cell.text}, "name") for cell in packed)
    has_quantities = len(packed) == len(items) and all(
        item.get("quantity") is not None and not item.get("name") for item in items
    )
    if not (is_plain and has_quantities and {cell.row for cell in packed} == set(index_by_row)):
        return False
    for cell in packed:
        pointer = ITEMS / index_by_row[cell.row] / "name"
        order.document = cast(Document, pointer.put(order.document, cell.text))
        order.cells[pointer] = (cell.row, context.mapping.header[cell.column])
        order.unused.remove(cell)
        order.used += 1
    return True


def _replace(order: ParsedOrder, replacements: dict[int, tuple[PackedItem, ...]], context: ImportContext) -> None:
    """Replace items by those that their names have. Cells and problems of the other items follow them."""
    items, rows = _items(order), item_rows(order)
    cells, problems = order.cells, order.problems
    order.cells = {pointer: cell for pointer, cell in cells.items() if not pointer.startswith(ITEMS)}
    order.problems = [problem for problem in problems if not problem.pointer.startswith(ITEMS)]
    order.document = cast(Document, ITEMS.put(order.document, []))
    for index, item in enumerate(items):
        old, new = ITEMS / index, ITEMS / len(_items(order))
        source = old / _key_of_text(item)
        column = cells[source][1] if source in cells else ""
        if index in replacements:
            changed = {"quantity", _key_of_text(item)}
            kept = {key: value for key, value in item.items() if key not in changed}
            _append(order, replacements[index], rows.get(index, order.rows[0]), column, context, kept)
        else:
            order.document = cast(Document, ITEMS.put(order.document, [*_items(order), item]))
            changed = set()
        if index not in replacements or len(replacements[index]) == 1:
            length = len(old)
            order.cells |= {
                new + Pointer(pointer.tokens[length:]): cell
                for pointer, cell in cells.items()
                if pointer.startswith(old) and pointer.tokens[length] not in changed
            }
            order.problems += [
                replace(problem, pointer=new + Pointer(problem.pointer.tokens[length:]))
                for problem in problems
                if problem.pointer.startswith(old)
            ]


def _append(
    order: ParsedOrder,
    parts: Sequence[PackedItem],
    row: int,
    column: str,
    context: ImportContext,
    kept: dict[str, Json] | None = None,
) -> None:
    decimal = context.mapping.layout.decimal if context.mapping.layout is not None else "."
    for part in parts:
        pointer = ITEMS / len(_items(order))
        item: Json = dict(kept or {})
        for path, text in part.values.items():
            value_pointer = Pointer(tuple(path.split("/")))
            value = _value(path, text, decimal)
            if value is None:
                detail = f"{text!r} in {column} cannot be read as a number."
                order.problems.append(error(pointer + value_pointer, "unread", detail, "not a number"))
                value = text
            item = value_pointer.put(item, value)
            if path.endswith("/value") and (currency := _currency(text, decimal, order)):
                item = (value_pointer.parent / "currency").put(item, currency)
                if CURRENCY.get(order.document) in (ABSENT, None):
                    set_value(order, CURRENCY, currency, How.COMPUTED, "from the currency sign of the amounts")
            order.cells[pointer + value_pointer] = (row, column)
            order.derived[pointer + value_pointer] = Derivation(How.SPLIT, f"from the items in {column}")
        order.document = cast(Document, ITEMS.put(order.document, [*_items(order), item]))


def _value(path: str, text: str, decimal: str) -> Json:
    """The value of a field; None if it has to be a number and is none."""
    if path == "quantity":
        return int(Decimal(text)) if _is_count(text) else None
    if path.endswith("/value"):
        amount = parse_money(text, decimal)
        return as_json_number(Decimal(amount.number)) if amount is not None else None
    return text


def _currency(text: str, decimal: str, order: ParsedOrder) -> str:
    """The currency beside an amount, or ""."""
    amount, country = parse_money(text, decimal), (SHIP_TO / "country_code").get(order.document)
    return (
        currency_of(amount.currency, country if isinstance(country, str) else "")[0]
        if amount is not None and amount.currency
        else ""
    )


def _is_count(text: str) -> bool:
    return re.fullmatch(r"\d{1,6}(\.0+)?", text) is not None


def _items(order: ParsedOrder) -> list[dict[str, Any]]:
    found = ITEMS.get(order.document)
    return cast(list[dict[str, Any]], found) if isinstance(found, list) else []

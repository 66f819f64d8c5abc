"""Checks quantities against the columns of a table that were not used: returned, refunded, cancelled and shipped ones."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from tui.api.pointer import Pointer
from tui.orders.money import amount_at, as_json_number
from tui.orders.names import normalized
from tui.orders.numbers import countable
from tui.orders.parsed import GuessKind, How, ParsedOrder
from tui.orders.paths import ITEMS, TOTAL
from tui.orders.patterns import late_pattern
from tui.orders.tables import heading_words as words
from tui.orders.tables.context import ImportContext, error, item_rows, set_value
from tui.orders.tables.mapping import QUANTITY_PATH
from tui.orders.tables.steps.statuses import ENDED
from tui.orders.tables.unused import Concern, concern_of, is_ignored

_IMPLAUSIBLE: Final = 10_000
"""From this quantity on, the number is probably something else."""

_QUANTITY: Final = late_pattern(
    rf"\b({words.QUANTITY_WORDS}|\w*mengen?|\w*anzahl|\w*aantal|\w*antal|qtys|quantities|qtes|quantites|nombre|cant"
    r"|number of (items|pieces|units|products|articles)|no of (items|pieces|units)|count)\b"
)
"""Words for a quantity (EN, DE, FR, NL, ES, IT, PL, SV, DA, PT)."""
_COMPOUND_ENDED: Final = late_pattern(
    r"\b(storno|retour|retouren|ruckgabe|erstattungs|gutschrifts|retur)\w*(menge|anzahl|aantal|antal)\b"
)
_SHIPPED: Final = late_pattern(
    r"\b(shipped|fulfilled|dispatched|delivered|sent|versandt\w*|versendet\w*|geliefert\w*|verzonden|geleverd|expedie\w*"
    r"|livree?s?|enviad\w*|spedit\w*|consegnat\w*|wyslan\w*|skicka[dt]\w*|levererad\w*|levererat|afsendt\w*|leveret"
    r"|ausgeliefert\w*|uitgeleverd|verstuurd|servie?s?|servid\w*|entregad\w*|entregue\w*|expedid\w*|evas[aeio]"
    r"|zrealizowan\w*|wydan\w*|order lines delivery)\b"
)
_LEFT: Final = late_pattern(
    r"(quantity |qty )?((remaining|left|outstanding|open) )?to (ship|deliver|send|dispatch)|to be (shipped|delivered)|(noch )?zu (liefern|versenden)"
    r"|reste a (livrer|expedier)|(nog )?te (leveren|verzenden)|(pendiente|por) (de )?(enviar|entregar)|da (consegnare|spedire)"
    r"|do wyslania|kvar att (leverera|skicka)|mangler at sende|por (enviar|expedir)"
)
"""Names of columns with the quantity that is left to ship."""
_OTHER_QUANTITY: Final = late_pattern(
    r"\b(stock|lager\w*|inventory|available|verfugbar\w*|voorraad\w*|stocke?|magazyn\w*|disponible\w*|min|max|minimum|maximum"
    r"|pack|package|packages|parcel|parcels|box|boxes|label|labels|backordered|reserved|unit|price|discount|invoiced|factured"
    r"|collo|colli|pakete|days|tage|note|notes|page|pages)\b"
)
"""Words of columns whose numbers count something else."""
_NOT_QUANTITY: Final = late_pattern(
    r"\b(id|ids|number|nr|no|num|numero|nummer|\w*nummer|sku|ean|upc|gtin|isbn|asin|code|\w*code|ref|reference|phone|tel|telefon"
    r"|mobile|zip|plz|post\w*|price|preis|prix|prijs|precio|prezzo|cena|pris|preco|cost|costs|kosten|total|sum|summe|amount"
    r"|\w*(betrag|bedrag|preis|prijs|rabatt|korting|kosten|summe|steuer|umsatz)|revenue|gross|net|weight|gewicht|poids|peso|waga|vikt|vaegt|length|width|height|depth|lange|breite|hohe|lengte|breedte|hoogte"
    r"|size|tax|taxes|vat|mwst|btw|tva|iva|rate|percent|prozent|year|month|day|date|time|datum|pos|position|line|row|index"
    r"|rank|priority|page|version|discount|rabatt|fee|fees|shipping|versand|verzend\w*|shop|store|location|lat|lng|latitude"
    r"|longitude|age|rating|points|score|floor|house\w*|street|hs|tariff|color|colour|farbe|status|batch|user|customer)\b"
)
"""Words of columns whose numbers are no quantities."""
_COUNT: Final = late_pattern(
    r"x?\s*(\d{1,4})(?:[.,]0+)?\s*(?:x|pcs?|pieces?|units?|st|stk|stuck|stück|stuks|szt|pz|ud)?\.?", re.IGNORECASE
)


def find_quantity_columns(orders: Sequence[ParsedOrder], context: ImportContext) -> None:
    """Find the unused columns that may be quantities, if the file has no column for them: whole numbers in each row."""
    if QUANTITY_PATH in context.mapping.paths:
        return
    found: dict[int, bool] = {}
    for order in orders:
        for cell in order.unused:
            if found.get(cell.column, True):
                found[cell.column] = _COUNT.fullmatch(cell.text) is not None
    header = context.mapping.header
    context.quantity_columns = frozenset(
        column
        for column, is_count in found.items()
        if is_count and _may_be_quantity(header[column]) and concern_of(header[column], header) is not Concern.NOTHING
    )


def check_quantities(order: ParsedOrder, context: ImportContext) -> None:
    """Compare quantities with the unused columns of their rows: subtract returned items, and hold contradictions."""
    _check_plausible(order, context)
    numbers = [(cell, kind) for cell in order.unused if (kind := _kind_of(context.mapping.header[cell.column]))]
    if context.quantity_columns:
        numbers += [
            (cell, "quantity")
            for cell in order.unused
            if cell.column in context.quantity_columns and not _kind_of(context.mapping.header[cell.column])
        ]
    if not numbers:
        return
    items = _items(order)
    rows = item_rows(order)
    item_by_row = {row: index for index, row in rows.items() if [*rows.values()].count(row) == 1}
    ordered = [item.get("quantity") for item in items]
    total = sum(quantity for quantity in ordered if isinstance(quantity, int))
    for cell, kind in numbers:
        index = item_by_row.get(cell.row, 0 if len(items) == 1 else None)
        match = _COUNT.fullmatch(cell.text.lstrip("-"))
        count = int(match[1]) if match else None
        if index is None or count is None or not isinstance(ordered[index], int):
            continue
        context.understood.add((cell.row, cell.column))
        column, pointer = context.mapping.header[cell.column], ITEMS / index / "quantity"
        if kind == "ended" and count:
            _subtract(order, pointer, count, column, context)
        elif kind == "shipped" and count and not _is_left(order, pointer):
            text = f"{column} has {count}, so a part of this item was shipped already. The quantity is the ordered one."
            context.guess(order, pointer, GuessKind.ITEMS, text, subject=column, title="shipped in part")
        elif (
            kind == "quantity"
            and count != ordered[index]
            and (_is_assumed(order, pointer) or (count != total and not is_ignored(column, context.mapping.header)))
        ):
            _hold_contradiction(order, pointer, cell.text, column, context)


def _is_left(order: ParsedOrder, pointer: Pointer) -> bool:
    """Whether the quantity is the one that is left to ship, by its column."""
    return pointer in order.cells and bool(_LEFT.search(normalized(order.cells[pointer][1])))


def _check_plausible(order: ParsedOrder, context: ImportContext) -> None:
    for index, item in enumerate(_items(order)):
        quantity, pointer = item.get("quantity"), ITEMS / index / "quantity"
        if isinstance(quantity, int) and quantity >= _IMPLAUSIBLE and pointer in order.cells:
            column = order.cells[pointer][1]
            text = f"{column} has {quantity}, which is implausible for one order."
            context.guess(order, pointer, GuessKind.ITEMS, text, subject=column, title="implausible")


def _subtract(order: ParsedOrder, pointer: Pointer, count: int, column: str, context: ImportContext) -> None:
    quantity = countable(pointer.get(order.document))
    if quantity is None:
        return
    left = quantity - count
    if left < 0:
        text = f"{column} has more pieces than the quantity of the item. The quantity was not changed."
        context.guess(order, pointer, GuessKind.ITEMS, text, subject=column, title="more returned")
        return
    item_pointer = pointer.parent
    unit, line = (amount_at(item_pointer.get(order.document), name) for name in ("unit_price", "total_price"))
    set_value(order, pointer, left, How.COMPUTED, f"{quantity} − {count} of {column}")
    if left == 0:
        detail = f"Nothing is left of this item: {quantity} minus {count} of {column}. Remove the item or the order."
        order.problems.append(error(pointer, "nothing_left", detail, "nothing left"))
        return
    if unit is not None and line == unit * quantity:
        text = f"unit price × {left}, without {count} of {column}"
        set_value(order, item_pointer / "total_price" / "value", as_json_number(unit * left), How.COMPUTED, text)
        total, value = TOTAL / "value", amount_at(order.document.get("payment_details"), "total_price")
        if value is not None and total in order.derived and order.derived[total].how is How.COMPUTED:
            set_value(order, total, as_json_number(value - unit * count), How.COMPUTED, order.derived[total].text)


def _hold_contradiction(order: ParsedOrder, pointer: Pointer, found: str, column: str, context: ImportContext) -> None:
    if _is_assumed(order, pointer):
        text = f"Quantity 1 is assumed, but the column {column} has numbers and is not used."
        context.guess(order, pointer, GuessKind.ITEMS, text, subject=column, title=f"quantity {found[:6]}?")
    else:
        text = f"The column {column} has another quantity and is not used."
        context.guess(order, pointer, GuessKind.ITEMS, text, subject=column, title=f"quantity {found[:6]}?")


def _is_assumed(order: ParsedOrder, pointer: Pointer) -> bool:
    derivation = order.derived.get(pointer)
    return derivation is not None and derivation.how is How.ASSUMED


@lru_cache(maxsize=4096)
def _kind_of(name: str) -> str:
    """What the numbers of an unused column count: `ended` (returned and the like), `shipped`, `quantity`, or ""."""
    heading = normalized(name)
    if _COMPOUND_ENDED.search(heading):
        return "ended"
    if _LEFT.fullmatch(heading):
        return "quantity"
    if not _QUANTITY.search(heading):
        return ""
    if ENDED.search(heading):
        return "ended"
    if re.search(r"\b(not|to|zu|te|da|a|por|do) \w+$|\bopen|\boffen", heading):
        return "quantity"
    if _SHIPPED.search(heading):
        return "shipped"
    return "" if _OTHER_QUANTITY.search(heading) else "quantity"


@lru_cache(maxsize=4096)
def _may_be_quantity(name: str) -> bool:
    heading = normalized(name)
    return bool(_kind_of(name)) or not (_NOT_QUANTITY.search(heading) or _OTHER_QUANTITY.search(heading))


def _items(order: ParsedOrder) -> list[dict[str, Any]]:
    found = ITEMS.get(order.document)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

"""What the statuses of shops mean: whether an order is to be shipped, and the status codes of the service."""

import re
from functools import lru_cache
from typing import Final

from tui.api.pointer import ABSENT, Pointer
from tui.orders.names import normalized
from tui.orders.parsed import GuessKind, How, ParsedOrder, UnusedCell
from tui.orders.paths import PAYMENT_STATUS, STATUS
from tui.orders.patterns import late_pattern
from tui.orders.status_words import NO_FLAGS, WAITS, Meaning, flag_meaning, flag_of, meaning_of
from tui.orders.tables.address_headings import address_heading
from tui.orders.tables.context import ImportContext, set_value
from tui.orders.tables.steps.status_hints import (
    REASONS,
    check_notes,
    check_paid_amount,
    check_tracking,
    hold,
    place_of,
    reason_in_column,
)

_CODES: Final = {
    Meaning.OPEN: "unfulfilled",
    Meaning.PAID: "unfulfilled",
    Meaning.AUTHORIZED: "unfulfilled",
    Meaning.COMPLETED: "fulfilled",
    Meaning.SHIPPED: "fulfilled",
    Meaning.PARTLY_SHIPPED: "partial",
    Meaning.CANCELLED: "cancelled",
    Meaning.REFUNDED: "refunded",
    Meaning.PARTLY_REFUNDED: "unfulfilled",
    Meaning.PARTLY_PAID: "unfulfilled",
    Meaning.RETURNED: "returned",
    Meaning.FAILED: "cancelled",
    Meaning.ON_HOLD: "on_hold",
    Meaning.UNPAID: "unfulfilled",
    Meaning.PENDING: "unfulfilled",
    Meaning.DRAFT: "on_hold",
    Meaning.PICKUP: "unfulfilled",
    Meaning.ON_DELIVERY: "unfulfilled",
    Meaning.NO_ORDER: "on_hold",
}
"""The service's codes of an order's status."""

_PAYMENT_CODES: Final = {
    Meaning.OPEN: "unpaid",
    Meaning.PAID: "paid",
    Meaning.AUTHORIZED: "authorized",
    Meaning.COMPLETED: "paid",
    Meaning.CANCELLED: "voided",
    Meaning.REFUNDED: "refunded",
    Meaning.PARTLY_REFUNDED: "partially_refunded",
    Meaning.PARTLY_PAID: "partially_paid",
    Meaning.FAILED: "failed",
    Meaning.ON_HOLD: "pending",
    Meaning.UNPAID: "unpaid",
    Meaning.PENDING: "pending",
    Meaning.ON_DELIVERY: "pending",
}
"""The service's codes of a payment's status. Other meanings are not statuses of a payment."""

_SAY_PAYMENT: Final = frozenset(
    {Meaning.UNPAID, Meaning.PENDING, Meaning.REFUNDED, Meaning.PARTLY_PAID, Meaning.PARTLY_REFUNDED}
)
"""Statuses of an order that say what was paid."""
_SAY_NOTHING: Final = frozenset({Meaning.FAILED, Meaning.DRAFT, Meaning.ON_HOLD, Meaning.CANCELLED, Meaning.NO_ORDER})
"""Statuses of an order with which it may not have been paid."""

_STATUS_COLUMN: Final = late_pattern(
    r"\b(\w*status|statut|stato|estado del? \w+|estado do \w+|zustand|state of \w+|\w+ state"
    r"|(etat|estado|stan) (de la |da |de l |du |d |de )?(commande|expedition|livraison|envoi|paiement|reglement|traitement|colis|preparation"
    r"|pago|pedido|envio|entrega|pagamento|encomenda|zamowienia|platnosci|wysylki|realizacji|przesylki|dostawy))\b"
)
_OTHER_STATUS: Final = late_pattern(
    r"kunde|customer|client|klant|klient|stock|lager|newsletter|produ|prodo|item|artikel|article|tax|vat|mwst|mitglied|member"
    r"|loyal|user|account|export|import|sync|mail|label|invoice|rechnung|facture|factuur|risk|fraud|review"
)
"""Words of columns with the status of something else than the order."""
_PAYMENT_COLUMN: Final = late_pattern(r"pay|paid|paie|financ|zahl|betal|betaal|pag[ao]|platn|bezahl")
_SHIPPING_COLUMN: Final = late_pattern(
    r"fulfil|ship|deliver|dispatch|versand|liefer|verzend|lever|expedi|livrais|spediz|consegna|envio|entrega|wysyl|dostaw"
)
ENDED: Final = late_pattern(
    r"\b(ge)?(cancel|annul|storn|anul|avbest|avbok|widerruf|refund|ruckerstatt|erstatt|rembourse|terugbeta|terugbetaal|reembol"
    r"|rimbors|zwrot|zwroc|aterbetal|tilbagebetal|tilbakebetal|return|retour|devol|devuel|reso\b|resi\b)"
)
"""Words for cancelled, refunded or returned in the name of a column."""
_NO_END_COLUMN: Final = late_pattern(
    r"\b(contra|contrareembolso|accepted|\w+menge|\w+anzahl|\w+aantal|policy|deadline|until|before|bis|frist|terms|url|link|possible|moglich|allowed|able|address|adresse|adres|label"
    r"|qty|quantity|quantities|menge|anzahl|stuck|aantal|quantite|cantidad|quantita|ilosc|antal|quantidade|count|pieces|units"
    r"|carrier|tracking|method|portal|contact|mail|email|phone|code|id|number|instructions|period|days|tage)\b"
)
_SHIPPED_AT_COLUMN: Final = late_pattern(
    r"(date|datum|data|fecha|dato|datetime) (shipped|fulfilled|dispatched|versendet|verzonden|sent)|(shipped|fulfilled|dispatched"
    r"|despatched|posted|sent) (at|on|date|time)( date| time)?|(versendet|verschickt|versandt|geliefert) am|(verzonden|verstuurd) op"
    r"|(expedie|envoye) le|(enviado|spedito|enviada) (el|il|em)|wyslano dnia|data wyslania|skickad den|afsendt den"
)
_PAID_AT_COLUMN: Final = late_pattern(
    r"(paid|payment|captured) (at|on|date|time|received)|(date|datum|data|fecha|dato) (paid|paiement|de paiement|betaald"
    r"|de pago|pagamento|di pagamento|do pagamento|zaplaty|platnosci|bezahlt)|(bezahlt|gezahlt) am|zahlungsdatum|zahldatum"
    r"|betaald op|betaaldatum|betaldatum|paye le|betald den|betalingsdato|betalningsdatum|oplacono dnia"
)
_COLLECTED_COLUMN: Final = late_pattern(
    r"(cod|cash on delivery) (amount|value|total)|nachnahme ?betrag|montant (du )?contre remboursement|rembours ?bedrag"
    r"|kwota pobrania|importe contra ?reembolso|importo contrassegno|postforskott belopp|efterkrav belob"
)
_ON_DELIVERY: Final = Pointer.of("payment_details", "is_cash_on_delivery")
_NOTHING: Final = late_pattern(
    r"(no|nein|nee|non|nie|nej|nao|n|false|falsch|faux|onwaar|none|null|nan|n a|keine?|0[0 ]*|)"
)


def _is_paid_on_delivery(order: ParsedOrder, context: ImportContext) -> bool:
    if _ON_DELIVERY.get(order.document) is True:
        return True
    for cell in order.unused:
        name = context.mapping.header[cell.column]
        if _COLLECTED_COLUMN.fullmatch(normalized(name)) and re.search("[1-9]", cell.text):
            set_value(order, _ON_DELIVERY, True, How.COMPUTED, f"{name} is {cell.text}")
            return True
    return any(
        meaning_of(cell.text) is Meaning.ON_DELIVERY
        for cell in order.unused
        if _PAYMENT_COLUMN.search(normalized(context.mapping.header[cell.column]))
    )


def check_statuses(order: ParsedOrder, context: ImportContext) -> None:
    """Convert the statuses of an order to the service's codes, and hold an order that is not to be shipped."""
    is_on_delivery = _is_paid_on_delivery(order, context)
    meaning = _check_order_status(order, context, is_on_delivery)
    _check_payment_status(order, context, meaning, is_on_delivery)
    for cell in order.unused:
        name = context.mapping.header[cell.column]
        kind = _kind_of_column(name)
        if kind in ("cancelled", "shipped", "paid"):
            context.understood.add((cell.row, cell.column))
        if kind == "cancelled" and not _NOTHING.fullmatch(normalized(cell.text)):
            text = f"{name} is filled: the order was cancelled, refunded or returned, or is to be."
            hold(order, context, place_of(order, STATUS, cell, name), name, text)
        elif kind == "shipped" and re.search(r"\d", cell.text):
            text = f"{name} is filled: the order was shipped already."
            hold(order, context, place_of(order, STATUS, cell, name), name, text)
        elif kind in ("status", "payment status") and _check_unused_status(order, context, cell, kind, is_on_delivery):
            context.understood.add((cell.row, cell.column))
        elif not kind:
            _check_hint(order, context, cell)
    check_notes(order, context)
    check_paid_amount(order, context)
    if PAYMENT_STATUS in order.derived and order.derived[PAYMENT_STATUS].how is How.ASSUMED:
        _check_assumed_payment(order, context)


def _check_hint(order: ParsedOrder, context: ImportContext, cell: UnusedCell) -> None:
    reason = reason_in_column(order, cell, context)
    if reason is None and not check_tracking(order, cell, context):
        return
    context.understood.add((cell.row, cell.column))
    if reason:
        is_unpaid = reason.endswith("not paid.")
        if is_unpaid and PAYMENT_STATUS not in order.cells:
            _derive_payment(order, "unpaid", f"from the column {context.mapping.header[cell.column]}")
        name = context.mapping.header[cell.column]
        if not is_unpaid and _PAYMENT_COLUMN.search(normalized(name)) and PAYMENT_STATUS not in order.cells:
            meaning = _payment_meaning(name, cell.text)
            if meaning is not None:
                _derive_payment(order, _PAYMENT_CODES[meaning], f"from the column {name}")
        pointer = place_of(order, PAYMENT_STATUS if is_unpaid else STATUS, cell, name)
        hold(order, context, pointer, name, reason)


@lru_cache(maxsize=4096)
def _kind_of_column(name: str) -> str:
    """What an unused column says: `status`, `payment status`, `cancelled`, `shipped` (a time), `paid` (a time), or ""."""
    words = normalized(name)
    if _PAID_AT_COLUMN.fullmatch(words):
        return "paid"
    if _SHIPPED_AT_COLUMN.fullmatch(words):
        return "shipped"
    if _STATUS_COLUMN.search(words) and not re.search(
        r"\b(code|province|region|country|id|ship\w* state|bill\w* state|city|zip|postcode|address|county)\b", words
    ):
        return "payment status" if _PAYMENT_COLUMN.search(words) else "status"
    if ENDED.search(words) and not _NO_END_COLUMN.search(words):
        return "cancelled"
    return ""


def _check_order_status(order: ParsedOrder, context: ImportContext, is_on_delivery: bool) -> Meaning | None:
    text = STATUS.get(order.document)
    if text is ABSENT and STATUS.tokens in context.mapping.paths and context.mapping.fills_defaults:
        column = context.mapping.header[context.mapping.paths.index(STATUS.tokens)]
        if _SHIPPING_COLUMN.search(normalized(column)):
            set_value(order, STATUS, _CODES[Meaning.OPEN], How.ASSUMED, f"unfulfilled, because {column} is empty")
            return Meaning.OPEN
    if STATUS not in order.cells or not isinstance(text, str):
        return None
    column = order.cells[STATUS][1]
    meaning = _meaning_in(column, text)
    if meaning is None:
        _ask(
            order,
            context,
            STATUS,
            column,
            f"{column} is {text!r}, which is not known as a status. It is sent as it is.",
        )
        return None
    _set_code(order, STATUS, text, _CODES[meaning])
    if _stops(meaning, is_on_delivery):
        hold(order, context, STATUS, column, f"{column} is {text!r}: {REASONS[meaning]}.")
    return meaning


def _check_payment_status(
    order: ParsedOrder, context: ImportContext, status: Meaning | None, is_on_delivery: bool
) -> None:
    text = PAYMENT_STATUS.get(order.document)
    if not isinstance(text, str):
        return
    if PAYMENT_STATUS not in order.cells:
        if is_on_delivery:
            _derive_payment(order, "pending", "the order is paid on delivery")
        elif status is not None or STATUS in order.cells:
            _derive_payment_by(order, status)
        return
    column = order.cells[PAYMENT_STATUS][1]
    meaning = _payment_meaning(column, text)
    if meaning is None:
        _ask(order, context, PAYMENT_STATUS, column, f"{column} is {text!r}, which is not known as a payment status.")
        return
    _set_code(order, PAYMENT_STATUS, text, _PAYMENT_CODES[meaning])
    if _stops(meaning, is_on_delivery):
        reason = "the order is not paid" if meaning is Meaning.UNPAID else REASONS[meaning]
        hold(order, context, PAYMENT_STATUS, column, f"{column} is {text!r}: {reason}.")


def _derive_payment_by(order: ParsedOrder, status: Meaning | None) -> None:
    """Correct an assumed *paid* by the status of the order. `status`: None if it is not understood."""
    if status in _SAY_PAYMENT:
        _derive_payment(order, _PAYMENT_CODES[status], "from the order status")
    elif status is None or status in _SAY_NOTHING:
        _derive_payment(order, "pending", "from the order status, which does not say that it was paid")


def _check_unused_status(
    order: ParsedOrder, context: ImportContext, cell: UnusedCell, kind: str, is_on_delivery: bool
) -> bool:
    """Check the status in an unused column. Returns whether it was understood or reported."""
    column, text = context.mapping.header[cell.column], cell.text
    if kind == "status":
        meaning = _meaning_in(column, text)
        if meaning is not None and _stops(meaning, is_on_delivery):
            pointer = place_of(order, STATUS, cell, column)
            hold(order, context, pointer, column, f"{column} is {text!r}: {REASONS[meaning]}.")
        has_status = not {STATUS.tokens, PAYMENT_STATUS.tokens}.isdisjoint(context.mapping.paths)
        is_assumed = PAYMENT_STATUS in order.derived and order.derived[PAYMENT_STATUS].how is How.ASSUMED
        is_of_order = not _OTHER_STATUS.search(normalized(column)) and address_heading(normalized(column)) is None
        if is_assumed and is_of_order and not has_status:
            _derive_payment_by(order, meaning)
        return meaning is not None
    meaning = _payment_meaning(column, text)
    pointer = place_of(order, PAYMENT_STATUS, cell, column)
    if meaning is None:
        _ask(order, context, pointer, column, f"{column} is {text!r}, which is not known as a payment status.")
    elif _stops(meaning, is_on_delivery):
        hold(order, context, pointer, column, f"{column} is {text!r}: {REASONS[meaning]}.")
    if PAYMENT_STATUS not in order.cells and meaning is not None:
        _derive_payment(order, _PAYMENT_CODES[meaning], f"from the column {column}")
    elif PAYMENT_STATUS not in order.cells:
        _derive_payment(order, "pending", f"from the column {column}, which does not say that it was paid")
    return True


def _check_assumed_payment(order: ParsedOrder, context: ImportContext) -> None:
    """Correct an assumed *paid* by the columns about it, and hold an order whose date of payment is empty."""
    header = context.mapping.header
    columns = [index for index, name in enumerate(header) if _kind_of_column(name) in ("paid", "payment status")]
    named = [*dict.fromkeys(column for _, column in order.cells.values() if _kind_of_column(column) == "paid")]
    named += [header[cell.column] for cell in order.unused if cell.column in columns and re.search(r"\d", cell.text)]
    if named:
        _derive_payment(order, "paid", f"{named[0]} is filled")
    elif columns:
        name = header[columns[0]]
        is_date = _kind_of_column(name) == "paid"
        _derive_payment(order, "unpaid" if is_date else "pending", f"{name} says nothing")
        if is_date:
            hold(order, context, PAYMENT_STATUS, name, f"{name} has no date: the order is not paid.")


def _meaning_in(column: str, text: str) -> Meaning | None:
    """The meaning of an order's status. In a column about shipping, what is pending or open is to be shipped."""
    meaning = meaning_of(text)
    if _SHIPPING_COLUMN.search(normalized(column)) and meaning in (Meaning.PENDING, Meaning.UNPAID):
        return Meaning.OPEN
    return meaning


def _payment_meaning(column: str, text: str) -> Meaning | None:
    """The meaning of a payment's status, or None if it is not one."""
    meaning = meaning_of(text)
    is_flag = flag_of(text)
    if is_flag is not None and (flag_meaning(column) is Meaning.PAID or normalized(text) not in NO_FLAGS):
        return Meaning.PAID if is_flag else Meaning.UNPAID
    if meaning is Meaning.OPEN:
        return Meaning.UNPAID if WAITS.search(normalized(text)) or "offen" in normalized(text) else None
    if meaning is Meaning.ON_HOLD:
        return Meaning.PENDING
    if meaning is Meaning.PARTLY_SHIPPED:
        return Meaning.PARTLY_PAID
    return meaning if meaning in _PAYMENT_CODES else None


def _stops(meaning: Meaning, is_on_delivery: bool) -> bool:
    if is_on_delivery and meaning in (Meaning.PENDING, Meaning.UNPAID, Meaning.ON_DELIVERY):
        return False
    return meaning in REASONS


def _set_code(order: ParsedOrder, pointer: Pointer, text: str, code: str) -> None:
    """Replace a shop's word by the service's code. The service's own codes stay."""
    if text == code or text in _CODES.values() or text in _PAYMENT_CODES.values() or text == "unshipped":
        return
    set_value(order, pointer, code, How.COMPUTED, f"for {text!r} in the file")
    order.converted += 1


def _derive_payment(order: ParsedOrder, code: str, text: str) -> None:
    set_value(order, PAYMENT_STATUS, code, How.COMPUTED, text)


def _ask(order: ParsedOrder, context: ImportContext, pointer: Pointer, column: str, text: str) -> None:
    """Hold an order with a status that is not known."""
    context.guess(
        order, pointer, GuessKind.STATUS, f"{text} Is it to be shipped?", subject=column, title="unknown status"
    )

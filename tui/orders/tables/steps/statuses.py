"""What the statuses of shops mean: whether an order is to be shipped, and the status codes of the service."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tui.api.pointer import ABSENT, Pointer
from tui.orders.parsed import GuessKind, How, ParsedOrder
from tui.orders.paths import PAYMENT_STATUS, STATUS
from tui.orders.tables.context import ImportContext, set_value, warning
from tui.orders.tables.headings import normalized


class Meaning(StrEnum):
    """What a status says about an order."""

    OPEN = "open"
    PAID = "paid"
    AUTHORIZED = "authorized"
    COMPLETED = "completed"
    SHIPPED = "shipped"
    PARTLY_SHIPPED = "partly shipped"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly refunded"
    PARTLY_PAID = "partly paid"
    RETURNED = "returned"
    FAILED = "failed"
    ON_HOLD = "on hold"
    UNPAID = "unpaid"
    PENDING = "pending"
    DRAFT = "draft"
    PICKUP = "pickup"
    ON_DELIVERY = "paid on delivery"


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

_REASONS: Final = {
    Meaning.COMPLETED: "the order was completed already",
    Meaning.SHIPPED: "the order was shipped already",
    Meaning.PARTLY_SHIPPED: "a part of the order was shipped already",
    Meaning.CANCELLED: "the order was cancelled",
    Meaning.REFUNDED: "the order was refunded",
    Meaning.PARTLY_REFUNDED: "a part of the order was refunded",
    Meaning.PARTLY_PAID: "only a part of the order was paid",
    Meaning.RETURNED: "the order was returned",
    Meaning.FAILED: "the order failed",
    Meaning.ON_HOLD: "the order is on hold",
    Meaning.UNPAID: "the order is not paid",
    Meaning.PENDING: "the order is not paid yet",
    Meaning.DRAFT: "the order is only a draft",
    Meaning.PICKUP: "the customer picks the order up",
}
"""Why an order of this status is not to be shipped. The other statuses do not stop an order."""

_PHRASES: Final = {
    Meaning.OPEN: "open|offen|new|neu|nieuw|nouveau|nouvelle|nuevo|nuovo|nowe|nowy|ny|novo|nova|unfulfilled|unshipped"
    "|not fulfilled|processing|in progress|in process|in bearbeitung|in behandeling|verwerken|en cours|en cours de traitement"
    "|en cours de preparation|preparation en cours|en proceso|procesando|in lavorazione|in elaborazione|w realizacji"
    "|przetwarzane|behandlas|under behandling|behandles|em processamento|processando|confirmed|bestatigt|bevestigd"
    "|confirme|confirmado|confermato|potwierdzone|bekraftad|bekraeftet|accepted|acknowledged|received|eingegangen|ontvangen"
    "|processing in progress|ready|bereit|sales order|sale|picking|picked|packed|gepackt|verpackt|ingepakt|printed|gedruckt"
    "|on backorder paid|backorder paid|production|in production|released|freigegeben|approved|por enviar|a enviar"
    "|do wyslania|open|ouvert|abierto|aperto|otwarte|oppen|aben|aberto|null|not shipped yet|unsent|active|aktiv",
    Meaning.PAID: "paid|paid in full|bezahlt|betaald|paye|payee|pagado|pagada|pagato|pagata|oplacone|zaplacone|betald"
    "|betalt|pago|paga|captured|settled|succeeded|success|payment accepted|payment received|paiement accepte"
    "|paiement a distance accepte|remote payment accepted|betaling aanvaard|zahlung eingegangen|zahlung erhalten"
    "|komplett bezahlt|vollstandig bezahlt|completely paid|pago aceptado|pagamento accettato|platnosc zaakceptowana"
    "|betalning accepterad|pagamento aceite|overpaid|cleared|yes|ja|oui|si|tak|sim|true|wahr|vrai|waar|x|1|y",
    Meaning.AUTHORIZED: "authorized|authorised|autorisiert|geautoriseerd|autorise|autorizado|autorizzato|reserved|reserviert",
    Meaning.COMPLETED: "completed|complete|done|closed|finished|archived|abgeschlossen|erledigt|fertig|voltooid|afgerond"
    "|afgehandeld|termine|terminee|complete|completada|completado|finalizado|completato|completata|completo|concluido"
    "|concluida|zrealizowane|zakonczone|slutford|slutfort|fullfort|fuldfort|gennemfort|faerdig|avslutad|afsluttet|klar"
    "|locked|archiviert|historical",
    Meaning.SHIPPED: "fulfilled|shipped|sent|dispatched|despatched|delivered|in transit|out for delivery|versendet|versandt"
    "|verschickt|geliefert|zugestellt|ausgeliefert|verzonden|verstuurd|geleverd|bezorgd|afgeleverd|expedie|expediee"
    "|envoye|envoyee|livre|livree|enviado|enviada|entregado|entregada|spedito|spedita|evaso|evasa|consegnato|consegnata"
    "|wyslane|wyslano|dostarczone|dostarczono|skickad|skickat|levererad|afsendt|sendt|leveret|expedido|entregue"
    "|en cours de livraison|in consegna|unterwegs|shipping label created|label printed",
    Meaning.PARTLY_SHIPPED: "partial|partially|partly|partially fulfilled|partially shipped|partiallyshipped|teilversandt"
    "|teilgeliefert|in teillieferung",
    Meaning.CANCELLED: "cancelled|canceled|cancel|void|voided|declined|abgebrochen|abgelehnt|expired|deleted"
    "|geloscht|verwijderd|ungultig|afgewezen|refuse|rechazado|rifiutato|odrzucone|avbruten|afbrudt|recusado|trash|fraud"
    "|suspected fraud|denied|verfallen|afgebroken|chargeback|charged back|ruckbelastung|disputed|dispute",
    Meaning.REFUNDED: "refunded|fully refunded|refund|credited|gutgeschrieben|gutschrift|erstattet|credite",
    Meaning.RETURNED: "returned|return|returns|retour|retoure|zuruckgeschickt|zuruckgesendet|retourne|devuelto|devolvido"
    "|reso|restituito|zwrocone|zwrot|returnerad|returneret",
    Meaning.FAILED: "failed|failure|error|payment error|fehlgeschlagen|fehler|mislukt|echoue|erreur de paiement|fallido"
    "|error en pago|fallito|errore di pagamento|nieudane|blad platnosci|misslyckad|mislykket|falhou|falhado|payment failed"
    "|zahlung fehlgeschlagen|betaling mislukt|paiement echoue",
    Meaning.ON_HOLD: "on hold|onhold|hold|holded|held|paused|blocked|manual verification required|payment review|in review"
    "|under review|in wartestellung|wartend|zuruckgestellt|angehalten|gesperrt|pausiert|in de wacht|geblokkeerd"
    "|en attente|en pause|bloque|en espera|retenido|in sospeso|sospeso|bloccato|wstrzymane|vilande|pausad|pa vent"
    "|i bero|em espera|suspenso|backorder|on backorder|on backorder not paid|partially held|preorder|pre order",
    Meaning.UNPAID: "unpaid|not paid|outstanding|overdue|due|reminded|unbezahlt|offen unbezahlt|zahlungserinnerung|erinnert"
    "|gemahnt|1 mahnstufe|2 mahnstufe|onbetaald|impaye|impago|impagado|non pagato|nieoplacone|niezaplacone|obetald"
    "|ubetalt|no|nein|nee|non|nie|nao|nej|false|falsch|faux|onwaar|0|n",
    Meaning.PENDING: "pending|incomplete|in attesa|oczekujace|vantar|afventer|pendente|pendiente|ausstehend|in afwachting"
    "|pending payment|wacht op betaling|checkout draft|processing payment|payment in progress|in bezahlung",
    Meaning.DRAFT: "draft|quotation|quotation sent|quote|entwurf|angebot|concept|offerte|brouillon|devis|borrador"
    "|presupuesto|bozza|preventivo|szkic|wersja robocza|utkast|kladde|rascunho|orcamento|auto draft|unconfirmed|abandoned"
    "|abandoned cart",
    Meaning.PICKUP: "awaiting pickup|ready for pickup|local pickup|selbstabholung|abholung|abholbereit|afhalen"
    "|klaar om af te halen|pret pour le retrait|listo para recoger|pronto per il ritiro|picked up|abgeholt|opgehaald",
    Meaning.ON_DELIVERY: "cash on delivery|cod|nachnahme|rembours|onder rembours|contre remboursement|contra reembolso"
    "|contrassegno|za pobraniem|pobranie|postforskott|efterkrav|contra entrega|awaiting cash on delivery validation"
    "|awaiting cod validation|en attente de paiement a la livraison",
}
"""Statuses as the shops write them (EN, DE, FR, NL, ES, IT, PL, SV, DA, PT), without accents and in lower case."""

_STEMS: Final = (
    (
        Meaning.CANCELLED,
        r"cancel|rejec|annul|geannul|gecancel|stornier|storno|anulow|anulad|anulac|avbest|avbok|avbrut|cancelad|widerruf|voided",
    ),
    (
        Meaning.REFUNDED,
        r"refund|ruckerstatt|erstattet|rembourse|terugbeta|reembols|rimbors|zwrocon|aterbetal|tilbagebetal",
    ),
    (Meaning.RETURNED, r"returned|retourn|geretour|retoure|devuelt|devolvid|restituit|returnerad|returneret"),
    (Meaning.FAILED, r"failed|fehlgeschlagen|mislukt|echoue|fallid|fallit|misslyck|mislyk|falhou"),
    (Meaning.ON_HOLD, r"on hold|wstrzyman|zuruckgestellt"),
    (
        Meaning.SHIPPED,
        r"ship|dispatch|despatch|fulfil|deliver|versand|versend|verschick|geliefert|lieferung|verzend|verzonden|verstuur"
        r"|bezorg|geleverd|expedi|livrais|livre|envoi|envoye|envi|entreg|spedi|consegn|wysyl|wysla|dostarcz|skick"
        r"|lever|afsend|sendt|evas|evad",
    ),
    (
        Meaning.PAID,
        r"paid|payment|pay|bezahl|zahlung|betaal|betaling|betald|betalt|betalning|paiement|paye|pagad|pagat|pagament|pago"
        r"|oplac|zaplac|platnos",
    ),
    (Meaning.PICKUP, r"pickup|pick up|abhol|abgeholt|afhal|afgehaald|retrait|recoger|ritiro|avhamt|afhent"),
    (
        Meaning.OPEN,
        r"processing|preparation|bearbeitung|behandeling|lavorazione|realizacji|preparacion|bearbeitet|nowe|nowy|neue|nuevo|nuovo",
    ),
)
"""Beginnings of words, most decisive first, for statuses that are no known phrase."""

_PARTLY: Final = re.compile(r"\b(part|teil|gedeelte|deels|parcial|parzial|czesc|delvis)")
_NOT: Final = re.compile(
    r"\b(not|no|non|nicht|niet|nie|nao|inte|ej|ikke|pas|un|never|noch)\b|\b(unbezahl|onbetaal|impay|nieop)"
)
_TO_DO: Final = re.compile(
    r"\b(ready|to|be|bereit|zu|pret|prete|a|klaar|te|om|listo|para|por|pronto|da|per|gotow\w*|do|klar|till|til|att|at|wait\w*"
    r"|awaiting|pending|wart\w*|ausstehend|attente|wacht|afwachting|pendiente|espera|attesa|oczek\w*|vantar|afventer"
    r"|aguard\w*|pendente|offen\w*|outstanding|preparing|prepar\w*|versandbereit|verzendklaar)\b"
)
_WAITS: Final = re.compile(
    r"\b(wait\w*|awaiting|pending|wart\w*|ausstehend\w*|attente|wacht|afwachting|pendiente|espera|attesa|oczek\w*|vantar"
    r"|afventer|aguard\w*|pendente|offen\w*|outstanding|open|missing|required|expected|due)\b"
)

_STATUS_COLUMN: Final = re.compile(
    r"\b(\w*status|statut|stato|estado del? \w+|estado do \w+|zustand|state of \w+|\w+ state)\b"
)
_PAYMENT_COLUMN: Final = re.compile(r"pay|paid|paie|financ|zahl|betal|betaal|pag[ao]|platn|bezahl")
_SHIPPING_COLUMN: Final = re.compile(
    r"fulfil|ship|deliver|dispatch|versand|liefer|verzend|lever|expedi|livrais|spediz|consegna|envio|entrega|wysyl|dostaw"
)
ENDED: Final = re.compile(
    r"\b(ge)?(cancel|annul|storn|anul|avbest|avbok|widerruf|refund|ruckerstatt|erstatt|rembourse|terugbeta|terugbetaal|reembol"
    r"|rimbors|zwrot|zwroc|aterbetal|tilbagebetal|tilbakebetal|return|retour|devol|devuel|reso\b|resi\b)"
)
"""Words for cancelled, refunded or returned in the name of a column."""
_NO_END_COLUMN: Final = re.compile(
    r"\b(contra|contrareembolso|accepted|\w+menge|\w+anzahl|\w+aantal|policy|deadline|until|before|bis|frist|terms|url|link|possible|moglich|allowed|able|address|adresse|adres|label"
    r"|qty|quantity|quantities|menge|anzahl|stuck|aantal|quantite|cantidad|quantita|ilosc|antal|quantidade|count|pieces|units"
    r"|carrier|tracking|method|portal|contact|mail|email|phone|code|id|number|instructions|period|days|tage)\b"
)
_SHIPPED_AT_COLUMN: Final = re.compile(
    r"(date|datum|data|fecha|dato|datetime) (shipped|fulfilled|dispatched|versendet|verzonden|sent)|(shipped|fulfilled|dispatched"
    r"|sent) (at|on|date|time)|(versendet|verschickt|versandt|geliefert) am|(verzonden|verstuurd) op"
    r"|(expedie|envoye) le|(enviado|spedito|enviada) (el|il|em)|wyslano dnia|data wyslania|skickad den|afsendt den"
)
_PAID_AT_COLUMN: Final = re.compile(
    r"(paid|payment|captured) (at|on|date|time|received)|(date|datum|data|fecha|dato) (paid|paiement|de paiement|betaald"
    r"|de pago|pagamento|di pagamento|do pagamento|zaplaty|platnosci|bezahlt)|(bezahlt|gezahlt) am|zahlungsdatum|zahldatum"
    r"|betaald op|betaaldatum|betaldatum|paye le|betald den|betalingsdato|betalningsdatum|oplacono dnia"
)
_ON_DELIVERY: Final = Pointer.of("payment_details", "is_cash_on_delivery")
_NOTHING: Final = re.compile(
    r"(no|nein|nee|non|nie|nej|nao|n|false|falsch|faux|onwaar|none|null|nan|n a|keine?|0[0 ]*|)"
)


@lru_cache(maxsize=1)
def _phrases() -> dict[str, Meaning]:
    return {phrase: meaning for meaning, phrases in _PHRASES.items() for phrase in phrases.split("|")}


@lru_cache(maxsize=4096)
def meaning_of(text: str) -> Meaning | None:
    """What a status text means, or None if it is not understood."""
    words = re.sub(r"[^\w]+", " ", normalized(text)).strip()
    for known in (
        words,
        words.removeprefix("wc "),
        re.sub(r"^(order|status|bestellung|commande|pedido|ordine) ", "", words),
    ):
        if known in _phrases():
            return _phrases()[known]
    meaning = next((meaning for meaning, stems in _STEMS if re.search(rf"\b({stems})", words)), None)
    if meaning is None:
        return Meaning.PENDING if _WAITS.search(words) and len(words.split()) <= 2 else None
    is_partly, is_not, is_to_do = (bool(pattern.search(words)) for pattern in (_PARTLY, _NOT, _TO_DO))
    match meaning:
        case Meaning.SHIPPED if is_not or is_to_do:
            return Meaning.OPEN
        case Meaning.PAID if is_not:
            return Meaning.UNPAID
        case Meaning.PAID if _WAITS.search(words):
            return Meaning.PENDING
        case Meaning.PAID if not re.search(r"paid|bezahlt|betaald|betald|betalt|paye|pagad|pagat|oplac|zaplac", words):
            return None
        case Meaning.CANCELLED | Meaning.REFUNDED | Meaning.RETURNED if is_not:
            return None
    partly = {
        Meaning.SHIPPED: Meaning.PARTLY_SHIPPED,
        Meaning.REFUNDED: Meaning.PARTLY_REFUNDED,
        Meaning.PAID: Meaning.PARTLY_PAID,
        Meaning.CANCELLED: Meaning.PARTLY_REFUNDED,
    }
    return partly.get(meaning, meaning) if is_partly else meaning


def _is_paid_on_delivery(order: ParsedOrder, context: ImportContext) -> bool:
    if _ON_DELIVERY.get(order.document) is True:
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
            _hold(
                order,
                context,
                STATUS,
                name,
                f"{name} is filled: the order was cancelled, refunded or returned, or is to be.",
            )
        elif kind == "shipped" and re.search(r"\d", cell.text):
            _hold(order, context, STATUS, name, f"{name} is filled: the order was shipped already.")
        elif kind in ("status", "payment status") and _check_unused_status(
            order, context, name, cell.text, kind, is_on_delivery
        ):
            context.understood.add((cell.row, cell.column))
    if PAYMENT_STATUS in order.derived and order.derived[PAYMENT_STATUS].how is How.ASSUMED:
        _check_paid_dates(order, context)


@lru_cache(maxsize=4096)
def _kind_of_column(name: str) -> str:
    """What an unused column says: `status`, `payment status`, `cancelled`, `shipped` (a time), `paid` (a time), or ""."""
    words = normalized(name)
    if _PAID_AT_COLUMN.fullmatch(words):
        return "paid"
    if _SHIPPED_AT_COLUMN.fullmatch(words):
        return "shipped"
    if _STATUS_COLUMN.search(words) and not re.search(
        r"\b(code|province|region|country|id|ship\w* state|bill\w* state)\b", words
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
        detail = f"{column} is {text!r}, which is not known as a status. It is sent as it is."
        order.problems.append(warning(STATUS, "unknown_status", detail, "unknown status"))
        return None
    _set_code(order, STATUS, text, _CODES[meaning])
    if _stops(meaning, is_on_delivery):
        _hold(order, context, STATUS, column, f"{column} is {text!r}: {_REASONS[meaning]}.")
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
        elif status in (
            Meaning.UNPAID,
            Meaning.PENDING,
            Meaning.REFUNDED,
            Meaning.PARTLY_PAID,
            Meaning.PARTLY_REFUNDED,
        ):
            _derive_payment(order, _PAYMENT_CODES[status], "from the order status")
        elif status in (Meaning.FAILED, Meaning.DRAFT, Meaning.ON_HOLD):
            _derive_payment(order, "pending", "from the order status, which does not say that it was paid")
        return
    column = order.cells[PAYMENT_STATUS][1]
    meaning = _payment_meaning(text)
    if meaning is None:
        detail = f"{column} is {text!r}, which is not known as a payment status."
        _hold(order, context, PAYMENT_STATUS, column, detail)
        return
    _set_code(order, PAYMENT_STATUS, text, _PAYMENT_CODES[meaning])
    if _stops(meaning, is_on_delivery):
        reason = "the order is not paid" if meaning is Meaning.UNPAID else _REASONS[meaning]
        _hold(order, context, PAYMENT_STATUS, column, f"{column} is {text!r}: {reason}.")


def _check_unused_status(
    order: ParsedOrder, context: ImportContext, column: str, text: str, kind: str, is_on_delivery: bool
) -> bool:
    """Check the status in an unused column. Returns whether it was understood or reported."""
    if kind == "status":
        meaning = _meaning_in(column, text)
        if meaning is not None and _stops(meaning, is_on_delivery):
            _hold(order, context, STATUS, column, f"{column} is {text!r}: {_REASONS[meaning]}.")
        return meaning is not None
    meaning = _payment_meaning(text)
    if meaning is None or _stops(meaning, is_on_delivery):
        detail = "it is not known as a payment status" if meaning is None else _REASONS[meaning]
        _hold(order, context, PAYMENT_STATUS, column, f"{column} is {text!r}: {detail}.")
    if meaning is not None and PAYMENT_STATUS not in order.cells:
        _derive_payment(order, _PAYMENT_CODES[meaning], f"from the column {column}")
    return True


def _check_paid_dates(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order without a payment date in a file that has such a column."""
    columns = [index for index, name in enumerate(context.mapping.header) if _kind_of_column(name) == "paid"]
    if not columns or any(cell.column in columns for cell in order.unused):
        return
    names = {context.mapping.header[index] for index in columns}
    if names & {column for _, column in order.cells.values()}:
        return
    name = context.mapping.header[columns[0]]
    _derive_payment(order, "unpaid", f"{name} is empty")
    _hold(order, context, PAYMENT_STATUS, name, f"{name} is empty: the order is not paid.")


def _meaning_in(column: str, text: str) -> Meaning | None:
    """The meaning of an order's status. In a column about shipping, what is pending or open is to be shipped."""
    meaning = meaning_of(text)
    if _SHIPPING_COLUMN.search(normalized(column)) and meaning in (Meaning.PENDING, Meaning.UNPAID):
        return Meaning.OPEN
    return meaning


def _payment_meaning(text: str) -> Meaning | None:
    """The meaning of a payment's status, or None if it is not one."""
    meaning = meaning_of(text)
    if meaning is Meaning.OPEN:
        return Meaning.UNPAID if _WAITS.search(normalized(text)) or "offen" in normalized(text) else None
    if meaning is Meaning.ON_HOLD:
        return Meaning.PENDING
    if meaning is Meaning.PARTLY_SHIPPED:
        return Meaning.PARTLY_PAID
    return meaning if meaning in _PAYMENT_CODES else None


def _stops(meaning: Meaning, is_on_delivery: bool) -> bool:
    if is_on_delivery and meaning in (Meaning.PENDING, Meaning.UNPAID, Meaning.ON_DELIVERY):
        return False
    return meaning in _REASONS


def _set_code(order: ParsedOrder, pointer: Pointer, text: str, code: str) -> None:
    """Replace a shop's word by the service's code. Words of the service stay."""
    if text == code or text in _CODES.values() or text in _PAYMENT_CODES.values() or text == "unshipped":
        return
    set_value(order, pointer, code, How.COMPUTED, f"for {text!r} in the file")
    order.converted += 1


def _derive_payment(order: ParsedOrder, code: str, text: str) -> None:
    set_value(order, PAYMENT_STATUS, code, How.COMPUTED, text)


def _hold(order: ParsedOrder, context: ImportContext, pointer: Pointer, column: str, text: str) -> None:
    context.guess(
        order, pointer, GuessKind.STATUS, f"{text} Is it to be shipped?", subject=column, title="not to be shipped"
    )

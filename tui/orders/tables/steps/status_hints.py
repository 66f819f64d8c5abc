"""Finds out from columns that are no statuses whether an order is to be shipped: flags, dates, notes and tags."""

import re
from functools import lru_cache
from typing import Final

from tui.api.pointer import Pointer
from tui.orders.money import amount_at
from tui.orders.names import normalized
from tui.orders.parsed import GuessKind, How, ParsedOrder, UnusedCell
from tui.orders.paths import NUMBER, PAYMENT_STATUS, SHIP_TO, STATUS, TOTAL
from tui.orders.patterns import late_pattern
from tui.orders.status_words import Meaning, flag_meaning, flag_of, known_phrase, meaning_of
from tui.orders.tables.address_headings import address_heading
from tui.orders.tables.context import ImportContext, set_value, warning
from tui.orders.tables.values.dates import Unread, parse_time

REASONS: Final = {
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
    Meaning.NO_ORDER: "it is a duplicate or a test",
}
"""Why an order of this status is not to be shipped. The other statuses do not stop an order."""

_ENDED: Final = frozenset({Meaning.CANCELLED, Meaning.REFUNDED, Meaning.PARTLY_REFUNDED, Meaning.RETURNED})
_SAID_ANYWHERE: Final = _ENDED | {Meaning.ON_HOLD}
"""What a short text says about an order in any column, even if the whole text is no known phrase."""
_SHIPPED: Final = frozenset({Meaning.SHIPPED, Meaning.COMPLETED, Meaning.PARTLY_SHIPPED})
_AMBIGUOUS: Final = frozenset(
    [
        "klar",
        "complete",
        "complet",
        "concept",
        "due",
        "done",
        "fertig",
        "partial",
        "partially",
        "partly",
        "test",
        "error",
        "hold",
        "void",
        "stop",
        "stopp",
        "doppelt",
        "dubbel",
        "dubbla",
        "ferme",
        "fermee",
        "zu",
        "offen",
        "return",
        "returns",
        "retour",
        "locked",
        "closed",
        "geschlossen",
        "sent",
        "incomplete",
        "due",
        "held",
        "blocked",
        "sendt",
        "offerte",
        "angebot",
        "quote",
        "delivered",
        "retenido",
        "reserviert",
        "reso",
        "pausiert",
        "stopped",
        "expired",
        "deleted",
        "refuse",
    ]
)
"""Statuses that mean something else in a column of unknown meaning: a colour, a brand, an option."""
_MAX_WORDS: Final = 4
_MAX_LENGTH: Final = 60

_DUE_COLUMN: Final = late_pattern(
    r"((outstanding|open|unpaid) (balance|amount)|(amount|balance|total) (due|outstanding|owed|owing)|offener betrag|restbetrag"
    r"|offener rechnungsbetrag|zahlbetrag offen|reste a payer|montant du|solde du|openstaand( bedrag| saldo)?|nog te betalen"
    r"|saldo pendiente|importe pendiente|pendiente de pago|importo dovuto|saldo dovuto|kwota do zaplaty|pozostalo do zaplaty"
    r"|kvar att betala|obetalt belopp|restbelob|valor em divida|saldo devedor)"
)
_PAYMENT_COLUMN: Final = late_pattern(
    r"payment|payments|zahlung|zahlungen|paiement|reglement|betaling|pago|pagamento|platnosc|betalning"
)
_PAID_AMOUNT: Final = late_pattern(
    r"(amount|total) paid|paid amount|gezahlter betrag|bezahlter betrag|bereits bezahlt|montant (paye|regle)|deja paye"
    r"|betaald bedrag|importe pagado|importo pagato|zaplacono|kwota zaplacona|betalt belopp|betalt belob|valor pago"
)
_SHIP_DATE_COLUMN: Final = late_pattern(
    r"(ship|shipping|shipment|dispatch|despatch) date|date of (shipment|dispatch)|versanddatum|versandtag|date d expedition"
    r"|date expedition|date d envoi|verzenddatum|fecha de envio|fecha envio|data di spedizione|data spedizione|data wysylki"
    r"|avsandningsdatum|utskicksdatum|afsendelsesdato|forsendelsesdato|data de envio|data de expedicao"
)
_HELD_UNTIL: Final = late_pattern(
    r"(hold|held|on hold|pause) (until|till|to)|((do )?not|don t) (ship|send|dispatch|deliver) before|(ship|send|dispatch) (after|not before)"
    r"|nicht (versenden|liefern) vor|(versand|lieferung|lieferbar|versenden) (ab|nicht vor)|ne pas (expedier|livrer) avant"
    r"|niet (verzenden|leveren) voor|(verzenden|leveren) vanaf|no enviar antes de|non spedire prima( del)?|nie wysylac przed"
    r"|(skicka|leverera) (inte fore|tidigast)|send (ikke for|tidligst)|nao enviar antes de"
)
_TRACKING_COLUMN: Final = late_pattern(
    r"(\w+ )?tracking( (number|numbers|no|nr|code|id|numero))?|trackingnumber|trackingnummer|tracking nummer|sendungsnummern?"
    r"|paketnummer|numero de suivi|n de suivi|track (and |en |)?trace( code| nummer)?|numero de seguimiento|numero di tracking"
    r"|codice (di )?tracciamento|numer (przesylki|sledzenia)|nr przesylki|sparningsnummer|kollinummer|sporingsnummer"
    r"|codigo de rastreio|numero de rastreio|awb|awb number|consignment number"
)
_TRACKING_NUMBER: Final = late_pattern(r"(?=.*\d)[A-Za-z0-9 -]{6,40}")
_SHIPPER_COLUMN: Final = late_pattern(
    r"(order |item |lineitem )?fulfil?l?ment( (channel|by|service|method|type|party))?|fulfil?led by|shipped by|versand(art)? durch"
    r"|versender|versandkanal|expedie par|mode d expedition|canal de distribution|gestionado por|canal de gestion|logistique|logistica"
    r"|canale (di gestione|logistico)|gestito da|verzonden door|verzendkanaal|kanal realizacji"
)
_MARKETPLACE: Final = late_pattern(
    r"(.* )?(amazon\w*|afn|fba|fbb|lvb|zfs|wfs|fbc|bol|zalando|kaufland|cdiscount)|logistiek via bol( com)?"
)
"""A marketplace as the one who ships, with the names of its services: *AFN*, *Fulfilled by Amazon*."""
_NOTES: Final = Pointer.of("order_details", "notes")
_TAGS: Final = Pointer.of("order_details", "tags")
_DELIVERY: Final = Pointer.of("shipping_details", "delivery_indicator")
_SENTENCES: Final = late_pattern(r"[\n.!?;|,]+|\s[-–—]\s")
_WORD_OF_CANCEL: Final = late_pattern(
    r"\b(cancelled|canceled|storniert|storno|annule|annulee|geannuleerd|cancelado|cancelada|anulado|anulada|annullato|annullata"
    r"|anulowane|anulowano|avbestallt|avbruten|makulerad|annulleret|annuler|annuleren|cancel|stornieren|annuleer|cancelar|anulac"
    r"|annullare|anular|avboka|annullere)\b"
)
_MAY_CANCEL: Final = late_pattern("cancel|storn|annul|anul|avb|makul", re.IGNORECASE)
_MAY_WAIT: Final = late_pattern(
    r"\b((not|never|nothing) (to )?(ship|send|deliver|dispatch|post)\w* (before|until|till)|(hold|keep|wait) (back |on )?(until|till|for)"
    r"|(ship|send|deliver|dispatch) (after|only after|not before)|nicht vor \S+( \S+){0,3} (versenden|verschicken|liefern|senden|zustellen)"
    r"|(versand|lieferung|versenden|liefern|verschicken) (erst|ab|nicht vor)|erst (ab|am|nach|wenn|im)\b.{0,30}\b(versenden|verschicken|liefern|senden)"
    r"|warten bis|noch nicht (versenden|verschicken|liefern)|ne pas (expedier|envoyer|livrer) (avant|tant)|pas avant|attendre"
    r"|niet (voor|verzenden voor|leveren voor|bezorgen voor)|pas (verzenden|leveren|bezorgen) (na|vanaf|op)|wachten (tot|met)"
    r"|no (enviar|entregar|mandar) (antes|hasta)|esperar|non (spedire|consegnare|inviare) prima|aspettare|(nie )?(wysylac|wyslac|wyslijcie|prosze wyslac) (przed|po|dopiero)"
    r"|(skicka|leverera|sand) (inte|tidigast)|vanta med|ikke (send\w*|lever\w*) for|vent med|nao (enviar|entregar) antes|aguardar"
    r"|(will|wird|wordt) (be )?(collected|picked up|abgeholt|opgehaald|afgehaald)|(customer|kunde|client|klant) (collects|holt ab|haalt)"
    r"|will (collect|pick up)|selbstabhol\w*|vient chercher|viene a recoger|ritira|odbior osobisty|hamtas|afhentes)\b"
)
"""Words of notes to ship later, or not at all because the customer collects the order."""
_OTHER_ADDRESS: Final = late_pattern(
    r"\b((neue|andere|abweichende|geanderte|neuen|anderen|abweichenden) (liefer)?(adresse|anschrift|lieferadresse)|(new|different|other|changed) address"
    r"|(nouvelle|autre) adresse|(nieuw|ander) (adres|bezorgadres|afleveradres)|(nueva|otra) direccion|(nuovo|altro) indirizzo"
    r"|(nowy|inny) adres|(ny|annan) adress|(ny|anden) adresse|(nova|outra) morada|packstation \d+|postnummer \d{6,10}|postnr \d{6,10})\b"
)
"""Words of notes with another address."""
_DIGITS: Final = late_pattern(r"\d+")
_PLEA: Final = late_pattern(r"\b(not|no|nicht|niet|nie|ne|non|pas|inte|ikke|nao|never|subscription|policy|if)\b")


_EXAMPLE: Final = late_pattern(
    r"(e\.? ?g\.?|z\.? ?b\.?|p\.? ?ex\.?|example|beispiel|sample|exemple|voorbeeld|ejemplo|esempio|przyklad|przykład|exempel"
    r"|eksempel|exemplo)\b",
    re.IGNORECASE,
)
_EXAMPLE_NAMES: Final = frozenset(["max mustermann", "erika mustermann", "john doe", "jane doe"])


@lru_cache(maxsize=4096)
def _said_anywhere(text: str) -> Meaning | None:
    """What a cell of a column of unknown meaning says about whether the order is to be shipped."""
    if len(text) > _MAX_LENGTH or len(text.split()) > _MAX_WORDS:
        return None
    words = normalized(text)
    if words in _AMBIGUOUS or len(words.split()) > _MAX_WORDS:
        return None
    if (known := known_phrase(text)) is not None:
        return known if known in REASONS and known is not Meaning.PICKUP else None
    meaning = meaning_of(text)
    return meaning if meaning in _SAID_ANYWHERE else None


def _without_digits(text: str) -> str:
    """The text with one digit for each number, so that texts with running numbers are judged once."""
    return _DIGITS.sub("0", text)


@lru_cache(maxsize=4096)
def _is_unpaid(text: str) -> bool:
    return normalized(text) in ("open", "offen", "ouvert") or meaning_of(text) in (Meaning.UNPAID, Meaning.PENDING)


@lru_cache(maxsize=4096)
def _is_zero(text: str) -> bool:
    return not re.search(r"[1-9]", text)


def reason_in_column(order: ParsedOrder, cell: UnusedCell, context: ImportContext) -> str | None:
    """Why an order is not to be shipped by the cell of an unused column.

    "" if the cell says that nothing is in the way; None if it says nothing about this.
    """
    name = context.mapping.header[cell.column]
    words, asked = normalized(name), flag_meaning(name)
    if asked in REASONS and address_heading(words) is None:
        flag = flag_of(cell.text)
        if flag is False or (_is_zero(cell.text) and not re.search(r"[^\W\d_]", cell.text)):
            return ""
        if flag or re.search(r"\d", cell.text) or asked not in _SHIPPED | {Meaning.PICKUP}:
            return f"{name} is {cell.text!r}: {REASONS[asked]}."
    if _DUE_COLUMN.fullmatch(words) and PAYMENT_STATUS not in order.cells and not _is_zero(cell.text):
        return f"{name} is {cell.text}: the order is not paid."
    if _PAYMENT_COLUMN.fullmatch(words) and PAYMENT_STATUS not in order.cells and _is_unpaid(cell.text):
        return f"{name} is {cell.text!r}: the order is not paid."
    if _HELD_UNTIL.fullmatch(words) and _is_future(cell.text, context):
        return f"{name} is {cell.text}: the order is not to be shipped before."
    if _SHIP_DATE_COLUMN.fullmatch(words) and _is_past(cell.text, context):
        return f"{name} is {cell.text}: the order seems to be shipped already."
    if _SHIPPER_COLUMN.fullmatch(words) and _MARKETPLACE.fullmatch(normalized(cell.text)):
        return f"{name} is {cell.text!r}: the marketplace ships the order."
    if name in context.mapping.ignored or address_heading(words) is not None:
        return None
    meaning = _said_anywhere(_without_digits(cell.text))
    return f"{name} is {cell.text!r}: {REASONS[meaning]}." if meaning is not None else None


def check_paid_amount(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order of which nothing was paid by its amount paid, if no column says more."""
    cell = order.cells.get(TOTAL / "value")
    total = amount_at(order.document.get("payment_details"), "total_price")
    if cell is None or total != 0 or PAYMENT_STATUS in order.cells or not _PAID_AMOUNT.fullmatch(normalized(cell[1])):
        return
    set_value(order, PAYMENT_STATUS, "unpaid", How.COMPUTED, f"unpaid, from the column {cell[1]}")
    hold(order, context, PAYMENT_STATUS, cell[1], f"{cell[1]} is 0: the order is not paid.")


def check_tracking(order: ParsedOrder, cell: UnusedCell, context: ImportContext) -> bool:
    """Warn about a tracking number: the order may have been shipped already. Returns whether this is one."""
    name = context.mapping.header[cell.column]
    if not _TRACKING_COLUMN.fullmatch(normalized(name)) or not _TRACKING_NUMBER.fullmatch(cell.text):
        return False
    detail = f"{name} has a number: the order seems to have been shipped already. It would be shipped again."
    order.problems.append(warning(STATUS, "tracking_number", detail, "shipped before?"))
    return True


def check_notes(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order whose note or tag says in a few words that it is not to be shipped; warn if a sentence may say so."""
    notes, tags, method = (pointer.get(order.document) for pointer in (_NOTES, _TAGS, _DELIVERY))
    texts = [(_NOTES, part) for part in _SENTENCES.split(notes)] if isinstance(notes, str) else []
    texts += [(_TAGS, tag) for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    for pointer, text in texts:
        meaning = _said_anywhere(_without_digits(text))
        if meaning is not None:
            column = _column(order, pointer)
            hold(order, context, pointer, column, f"{column} has {text.strip()!r}: {REASONS[meaning]}.")
            return
    number, name = order.document.get("order_number"), (SHIP_TO / "name").get(order.document)
    if _EXAMPLE.match(str(number)) or str(name).casefold() in _EXAMPLE_NAMES:
        detail = "This looks like the example row of a template. Remove it, unless it is an order."
        order.problems.append(warning(NUMBER, "example_row", detail, "an example?"))
    if isinstance(notes, str) and _MAY_WAIT.search(normalized(notes)):
        detail = "The note may say when the order is to be shipped, or that it is collected. Read it before you send the order."
        order.problems.append(warning(_NOTES, "wait_in_note", detail, "ship later?"))
    if isinstance(notes, str) and _OTHER_ADDRESS.search(normalized(notes)):
        detail = "The note may have another address. Read it before you send the order."
        order.problems.append(warning(_NOTES, "address_in_note", detail, "another address?"))
    if isinstance(notes, str) and _may_cancel(notes):
        detail = "The note may say that the order was cancelled. Read it before you send the order."
        order.problems.append(warning(_NOTES, "status_in_note", detail, "cancelled?"))
    if isinstance(method, str) and known_phrase(method) is Meaning.PICKUP:
        column = _column(order, _DELIVERY)
        hold(order, context, _DELIVERY, column, f"{column} is {method!r}: {REASONS[Meaning.PICKUP]}.")


@lru_cache(maxsize=1024)
def _may_cancel(notes: str) -> bool:
    if not _MAY_CANCEL.search(notes):
        return False
    parts = (normalized(part) for part in _SENTENCES.split(notes))
    return any(_WORD_OF_CANCEL.search(part) and not _PLEA.search(part) for part in parts)


def _is_future(text: str, context: ImportContext) -> bool:
    days = [parse_time(text, dates, context.now) for dates in ("dmy", "mdy")]
    return any(not isinstance(day, Unread) and day[:10] > context.now.isoformat()[:10] for day in days)


def _is_past(text: str, context: ImportContext) -> bool:
    days = [parse_time(text, dates, context.now) for dates in ("dmy", "mdy")]
    today = context.now.isoformat()[:10]
    known = [day for day in days if not isinstance(day, Unread)]
    return bool(known) and all(day[:10] < today for day in known)


def _column(order: ParsedOrder, pointer: Pointer) -> str:
    return order.cells[pointer][1] if pointer in order.cells else pointer.name


def place_of(order: ParsedOrder, pointer: Pointer, cell: UnusedCell, column: str) -> Pointer:
    """Where to report what an unused column says about a status: not at the cell of another column."""
    if pointer not in order.cells:
        return pointer
    row, names = order.cells.get(pointer.parent, (cell.row, column))
    order.cells[pointer.parent] = (row, names if column in names else f"{names}, {column}")
    return pointer.parent


def hold(order: ParsedOrder, context: ImportContext, pointer: Pointer, column: str, text: str) -> None:
    """Hold an order that should not be shipped according to a column of the file."""
    text = f"{text} Is it to be shipped?"
    context.guess(order, pointer, GuessKind.CANCELLED, text, subject=column, title="not to be shipped")

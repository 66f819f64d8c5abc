"""The words of shops for the statuses of orders and payments, and what they mean."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tui.orders.names import normalized
from tui.orders.patterns import late_pattern


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
    NO_ORDER = "no order"


_PHRASES: Final = {
    Meaning.OPEN: "open|offen|new|neu|nieuw|nouveau|nouvelle|nuevo|nuovo|nowe|nowy|ny|novo|nova|unfulfilled|unshipped"
    "|not fulfilled|processing|in progress|in process|in bearbeitung|in behandeling|verwerken|en cours|en cours de traitement"
    "|en cours de preparation|preparation en cours|en proceso|procesando|in lavorazione|in elaborazione|w realizacji"
    "|przetwarzane|behandlas|under behandling|behandles|em processamento|processando|confirmed|bestatigt|bevestigd"
    "|confirme|confirmado|confermato|potwierdzone|bekraftad|bekraeftet|accepted|acknowledged|received|eingegangen|ontvangen"
    "|processing in progress|ready|bereit|sales order|sale|picking|picked|packed|gepackt|verpackt|ingepakt|printed|gedruckt"
    "|on backorder paid|backorder paid|production|in production|released|freigegeben|approved|por enviar|a enviar"
    "|do wyslania|open|ouvert|abierto|aperto|otwarte|oppen|aben|aberto|null|not shipped yet|unsent|active|aktiv"
    "|need to be sent|to be sent|verkaufsauftrag|bon de commande|verkooporder|pedido de venta|ordine di vendita|non traite|non traitee",
    Meaning.PAID: "paid|paid in full|bezahlt|betaald|paye|payee|pagado|pagada|pagato|pagata|oplacone|zaplacone|betald"
    "|betalt|pago|paga|captured|settled|succeeded|success|payment accepted|payment received|paiement accepte"
    "|paiement a distance accepte|remote payment accepted|betaling aanvaard|zahlung eingegangen|zahlung erhalten"
    "|komplett bezahlt|vollstandig bezahlt|completely paid|pago aceptado|pagamento accettato|platnosc zaakceptowana"
    "|betalning accepterad|pagamento aceite|overpaid|cleared|aprobado|aprovado|approvato|saldato|uregulowane|uregulowano|settled in full|beglichen|voldaan|regle|reglee",
    Meaning.AUTHORIZED: "authorized|authorised|autorisiert|geautoriseerd|autorise|autorizado|autorizzato|reserved|reserviert",
    Meaning.COMPLETED: "completed|complete|done|closed|finished|archived|abgeschlossen|erledigt|fertig|voltooid|afgerond"
    "|afgehandeld|termine|terminee|complete|completada|completado|finalizado|completato|completata|completo|concluido"
    "|concluida|zrealizowane|zakonczone|slutford|slutfort|fullfort|fuldfort|gennemfort|faerdig|avslutad|afsluttet|klar"
    "|locked|archiviert|historical|lukket|stangd|ferme|fermee|gesloten|cerrado|cerrada|chiuso|chiusa|zamkniete|zamkniety"
    "|fechado|fechada|geschlossen",
    Meaning.SHIPPED: "fulfilled|shipped|sent|dispatched|despatched|delivered|in transit|out for delivery|versendet|versandt"
    "|verschickt|geliefert|zugestellt|ausgeliefert|verzonden|verstuurd|geleverd|bezorgd|afgeleverd|expedie|expediee"
    "|envoye|envoyee|livre|livree|enviado|enviada|entregado|entregada|spedito|spedita|evaso|evasa|consegnato|consegnata"
    "|wyslane|wyslano|dostarczone|dostarczono|skickad|skickat|levererad|afsendt|sendt|leveret|expedido|entregue"
    "|en cours de livraison|in consegna|unterwegs|shipping label created|label printed|label created|label erstellt|etikett erstellt|etikett gedruckt|etiquette creee|etiqueta creada|etichetta creata|label aangemaakt|etykieta utworzona|collected|ausgefuhrt|verschifft",
    Meaning.PARTLY_SHIPPED: "partial|partially|partly|partially fulfilled|partially shipped|partiallyshipped|teilversandt"
    "|teilgeliefert|in teillieferung",
    Meaning.CANCELLED: "cancelled|canceled|cancel|void|voided|declined|abgebrochen|abgelehnt|expired|deleted"
    "|geloscht|verwijderd|ungultig|afgewezen|refuse|rechazado|rifiutato|odrzucone|avbruten|afbrudt|recusado|trash|fraud"
    "|suspected fraud|denied|verfallen|afgebroken|chargeback|charged back|ruckbelastung|disputed|dispute|makulerad|makuleret|withdrawn|zuruckgezogen"
    "|zuruckgewiesen|geweigerd|nekad|afvist|estorno|estornado|estornada",
    Meaning.REFUNDED: "credit note|credit memo|credit order|note de credit|avoir|creditnota|creditfactuur|nota de abono|nota de credito"
    "|nota di credito|nota credito|kreditnota|kreditfaktura|krediterad|krediteret|gecrediteerd|gutschrift erstellt|rechnungskorrektur"
    "|korekta|refunded|fully refunded|refund|credited|gutgeschrieben|gutschrift|erstattet|credite",
    Meaning.RETURNED: "return order|return request|return requested|rma|retourenauftrag|rucklaufer|retur|ordre de retour|commande de retour"
    "|retourorder|pedido de devolucion|ordine di reso|returned|return|returns|retour|retoure|zuruckgeschickt|zuruckgesendet|retourne|devuelto|devolvido"
    "|reso|restituito|zuruckgegeben|rucksendung|returned to sender|zwrocone|zwrot|returnerad|returneret",
    Meaning.FAILED: "failed|failure|error|payment error|fehlgeschlagen|fehler|mislukt|echoue|erreur de paiement|fallido"
    "|error en pago|fallito|errore di pagamento|nieudane|blad platnosci|misslyckad|mislykket|falhou|falhado|payment failed"
    "|zahlung fehlgeschlagen|betaling mislukt|paiement echoue",
    Meaning.ON_HOLD: "on hold|onhold|hold|holded|held|paused|blocked|manual verification required|payment review|in review"
    "|under review|in wartestellung|wartend|zuruckgestellt|angehalten|gesperrt|pausiert|in de wacht|geblokkeerd"
    "|en attente|en pause|bloque|en espera|retenido|in sospeso|sospeso|bloccato|wstrzymane|vilande|pausad|pa vent"
    "|i bero|em espera|suspenso|backorder|on backorder|on backorder not paid|partially held|preorder|pre order|pa hold|parkeret|parkerad|sat i bero|stop|stopp|stopped|gestoppt",
    Meaning.UNPAID: "unpaid|not paid|outstanding|openstaand|overdue|due|reminded|unbezahlt|offen unbezahlt|zahlungserinnerung|erinnert"
    "|gemahnt|1 mahnstufe|2 mahnstufe|onbetaald|impaye|impago|impagado|non pagato|nieoplacone|niezaplacone|obetald"
    "|ubetalt|da pagare|a payer|por pagar|a pagar|te betalen|zu zahlen|to be paid|at betale|att betala|do zaplaty|in verzug|mahnung",
    Meaning.PENDING: "pending|incomplete|in attesa|oczekujace|vantar|afventer|pendente|pendiente|ausstehend|in afwachting"
    "|pending payment|wacht op betaling|checkout draft|processing payment|payment in progress|in bezahlung",
    Meaning.DRAFT: "draft|quotation|quotation sent|quote|entwurf|angebot|concept|offerte|brouillon|devis|borrador"
    "|presupuesto|bozza|preventivo|szkic|wersja robocza|utkast|kladde|rascunho|orcamento|auto draft|unconfirmed|abandoned"
    "|abandoned cart",
    Meaning.NO_ORDER: "duplicate|duplicate order|doublette|dublette|doppelt|doublon|duplicado|duplicaat|dubbel|duplicato|duplikat"
    "|dubblett|dublet|test|test order|testbestellung|testauftrag|commande test|testbestelling|pedido de prueba|ordine di prova"
    "|ordine di test|zamowienie testowe|testorder|testordre|encomenda de teste|spam",
    Meaning.PICKUP: "pickup|pick up|store pickup|in store pickup|pickup in store|click and collect|click collect|local pick up"
    "|abholung im laden|abholung vor ort|abholung im geschaft|abholer|selbstabholer|filialabholung|retrait en magasin|retrait sur place"
    "|recogida en tienda|ritiro in negozio|ritiro in sede|afhalen in winkel|afhalen in de winkel|odbior osobisty|odbior w sklepie"
    "|hamta i butik|afhentning i butik|levantamento em loja|levantar na loja|awaiting pickup|ready for pickup|local pickup|selbstabholung|abholung|abholbereit|afhalen"
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
    (Meaning.RETURNED, r"returned|retourn|geretour|retoure|retour\b|devuelt|devolvid|restituit|returnerad|returneret"),
    (Meaning.FAILED, r"failed|fehlgeschlagen|mislukt|echoue|fallid|fallit|misslyck|mislyk|falhou"),
    (
        Meaning.ON_HOLD,
        r"on hold|pa hold|wstrzyman|zuruckgestellt|back ?order|restord|restnot|\w*ruckstand|nachbestell|rupture|reappro|nabestel"
        r"|esaurit|sin stock|de stock|out of stock|niet op voorraad|brak towar|slut i lager|udsolgt|esgotad|agotad|vorbestell"
        r"|precommand|pre ?order|voorbestel|preventa|przedsprzedaz|forbestil|forudbestil|forhandsbestall|zalegle|nicht lieferbar"
        r"|nicht vorratig|ausverkauft|uitverkocht|lieferstopp|versandstopp|liefersperre|versandsperre",
    ),
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
        r"processing|preparazion|przygotow|forbered|vorbereitung|voorbereid|preparation|bearbeitung|behandeling|lavorazione|realizacji|preparacion|bearbeitet|nowe|nowy|neue|nuevo|nuovo",
    ),
)
"""Beginnings of words, most decisive first, for statuses that are no known phrase."""

_PARTLY: Final = late_pattern(r"\b(part|teil|gedeelte|deels|parcial|parzial|czesc|delvis)")
_NOT: Final = late_pattern(
    r"\b(not|no|non|nicht|niet|nie|nao|inte|ej|ikke|pas|un|never|noch)\b|\b(unbezahl|onbetaal|impay|nieop)"
)
_TO_DO: Final = late_pattern(
    r"\b(ready|to|be|bereit|zu|pret|prete|a|klaar|te|om|listo|para|por|pronto|da|per|gotow\w*|do|klar|till|til|att|at|wait\w*"
    r"|awaiting|pending|wart\w*|ausstehend|attente|wacht|afwachting|pendiente|espera|attesa|oczek\w*|vantar|afventer"
    r"|aguard\w*|pendente|offen\w*|outstanding|preparing|prepar\w*|versandbereit|verzendklaar)\b"
)
_DO_NOT_SHIP: Final = late_pattern(
    r"\b((do not|dont|don t|never) (ship|send|dispatch|despatch|deliver|fulfil\w*|post)|not to be (shipped|sent|dispatched)"
    r"|no ship|nicht (versenden|verschicken|ausliefern|liefern|senden|verpacken)|ne pas (expedier|envoyer|livrer)"
    r"|niet (verzenden|versturen|leveren|opsturen)|no (enviar|mandar|entregar)|non (spedire|inviare|consegnare|evadere)"
    r"|nie (wysylac|wyslac|wysylaj|wysylamy|realizowac)|(skicka|sand|leverera) (inte|ej)|(send|lever|afsend) ikke"
    r"|(skal|ma) ikke (sendes|leveres)|(far|ska) (inte|ej) skickas|nao (enviar|expedir|entregar|despachar))\b"
)
"""Orders not to ship, unlike *not shipped*."""
_TOGETHER: Final = late_pattern(r"\b(teil|teilweise)(?=storn|erstatt|ruckerst|bezahl|versand|versend|gelief|retour)")
"""German words for *partly* that are written together with the rest."""
YES: Final = frozenset(
    [
        "yes",
        "ja",
        "oui",
        "si",
        "tak",
        "sim",
        "true",
        "wahr",
        "vrai",
        "waar",
        "verdadero",
        "vero",
        "prawda",
        "sant",
        "sand",
        "verdadeiro",
        "x",
        "y",
        "j",
        "t",
        "o",
        "1",
        "✓",
        "✔",
    ]
)
NO: Final = frozenset(
    [
        "no",
        "nein",
        "nee",
        "non",
        "nie",
        "nao",
        "nej",
        "not",
        "false",
        "falsch",
        "faux",
        "onwaar",
        "falso",
        "falsz",
        "falskt",
        "falsk",
        "n",
        "f",
        "0",
        "none",
        "null",
        "nan",
        "-",
    ]
)
"""Words of flags. They are statuses only in a column that asks a question, such as *Paid*."""
NO_FLAGS: Final = frozenset(["0", "1", "none", "null", "nan", ""])
"""Words of flags that do not say yes or no about a payment."""
_NOT_PAID: Final = frozenset({Meaning.UNPAID, Meaning.PENDING, Meaning.FAILED, Meaning.PARTLY_PAID})
WAITS: Final = late_pattern(
    r"\b(wait\w*|awaiting|pending|wart\w*|ausstehend\w*|attente|wacht|afwachting|pendiente|espera|attesa|oczek\w*|vantar"
    r"|afventer|aguard\w*|pendente|offen\w*|outstanding|open|missing|required|expected|due)\b"
)


@lru_cache(maxsize=1)
def _phrases() -> dict[str, Meaning]:
    return {phrase: meaning for meaning, phrases in _PHRASES.items() for phrase in phrases.split("|")}


@lru_cache(maxsize=1024)
def known_phrase(text: str) -> Meaning | None:
    """What a text means that is a known status as a whole."""
    return _phrases().get(re.sub(r"[^\w]+|_+", " ", normalized(text)).strip())


@lru_cache(maxsize=1024)
def flag_meaning(name: str) -> Meaning | None:
    """The status that a yes/no column asks for, such as *Shipped?*, *Is cancelled* or *Bereits versendet*."""
    words = re.sub(r"[^\w]+|_+", " ", normalized(name)).strip()
    words = re.sub(
        r"^(is|was|already|order|has been|been|ist|wurde|bereits|schon|deja|est|is al|reeds|al|ya|gia|juz|redan|allerede|ja) ",
        "",
        words,
    )
    words = re.sub(r" (reason|grund|since|seit|motif|reden|motivo)$", "", words)
    return Meaning.ON_HOLD if _DO_NOT_SHIP.fullmatch(words) else _phrases().get(words)


@lru_cache(maxsize=1024)
def flag_of(text: str) -> bool | None:
    """Whether a text says yes or no; None if it says neither."""
    word = normalized(text) or text.strip()
    return True if word in YES else False if word in NO else None


def is_unpaid(code: str, message: str = "") -> bool:
    """Whether a payment status says that money is still to come. The message counts if the code is not understood."""
    text, meaning = _understood(code, message)
    return meaning in _NOT_PAID or (meaning is Meaning.OPEN and WAITS.search(normalized(text)) is not None)


def is_on_hold(code: str, message: str = "") -> bool:
    """Whether an order's status says that it is on hold. The message counts if the code is not understood."""
    return _understood(code, message)[1] is Meaning.ON_HOLD


def _understood(code: str, message: str) -> tuple[str, Meaning | None]:
    by_code = meaning_of(code)
    return (code, by_code) if by_code is not None else (message, meaning_of(message))


@lru_cache(maxsize=1024)
def meaning_of(text: str) -> Meaning | None:
    """What a status text means, or None if it is not understood."""
    words = _TOGETHER.sub(r"\1 ", re.sub(r"[^\w]+|_+", " ", normalized(text)).strip())
    if _DO_NOT_SHIP.search(words):
        return Meaning.ON_HOLD
    for known in (
        words,
        words.removeprefix("wc "),
        re.sub(r"^(order|status|bestellung|commande|pedido|ordine) ", "", words),
    ):
        if known in _phrases():
            return _phrases()[known]
    meaning = next((meaning for meaning, stems in _STEMS if re.search(rf"\b({stems})", words)), None)
    if meaning is None:
        return Meaning.PENDING if WAITS.search(words) and len(words.split()) <= 2 else None
    is_partly, is_not, is_to_do = (bool(pattern.search(words)) for pattern in (_PARTLY, _NOT, _TO_DO))
    match meaning:
        case Meaning.SHIPPED if is_not or is_to_do:
            return Meaning.OPEN
        case Meaning.PAID if is_not:
            return Meaning.UNPAID
        case Meaning.PAID if WAITS.search(words):
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

"""Recognises the rows around the data of a report: titles, footers, totals, record counts and repeated headers."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.patterns import late_pattern
from tui.orders.tables.headings import is_known

# Each line: one language. Words are lower case, without accents.

_TOTALS: Final = "|".join(
    (
        "totals?|grand totals?|sub ?totals?|sums?|overall total|total (?:amount|orders|sales|quantity)|end total",
        "summen?|gesamt|gesamtsumme|zwischensumme|teilsumme|gesamtergebnis|ergebnis|gesamtbetrag|insgesamt|endsumme",
        "total general|sous total|somme|totaux|montant total|total commandes",
        "totaal|subtotaal|eindtotaal|som|totalen|totaalbedrag|tussentotaal",
        "suma|suma total|totales|importe total|total pedidos",
        "totale|totali|somma|totale generale|totale complessivo|subtotale",
        "razem|lacznie|suma koncowa|ogolem|suma czesciowa|w sumie",
        "totalt|summa|delsumma|totalsumma|slutsumma",
        "i alt|ialt|samlet|delsum|totalsum|hovedtotal",
        "total geral|soma|totais|somatorio|valor total",
    )
)
_COUNTED: Final = "|".join(
    (
        "records?|orders?|rows?|entries|entry|line items?|lines?|results?|transactions?|sales|shipments?",
        "datensatze?|bestellung(?:en)?|auftrag|auftrage|zeilen?|eintrage?|positionen|ergebnisse|treffer",
        "enregistrements?|commandes?|lignes?|resultats?|ventes?",
        "bestelling(?:en)?|rijen|rij|regels?|resultaten|orderregels",
        "registros?|pedidos?|filas?|lineas?|resultados?|ventas?",
        "ordini|ordine|righe|riga|risultati|vendite",
        "rekord(?:y|ow)?|zamowien(?:ia|ie)?|wiersz(?:y|e)?|pozycj[aei]|wynik(?:i|ow)?",
        "poster?|ordrar|bestallning(?:ar)?|rader|rad|resultat",
        "ordrer|ordre|bestilling(?:er)?|raekker|raekke|linjer|resultater",
        "registos?|encomendas?|linhas?|vendas?",
    )
)
_COUNT_WORDS: Final = (
    "number of|total|total number of|count|anzahl(?: der)?|nombre (?:de|d)|aantal|numero de|numero di|liczba|antal|"
    "n(?:o|r)?(?: de| di)?|gesamtzahl(?: der)?|totaal aantal|nombre total de|total de|totale"
)
_MADE: Final = "|".join(
    (
        "generated|exported|created|printed|downloaded|produced|report (?:generated|created|date|run)|export(?:ed)? date",
        "exportiert|erstellt|erzeugt|generiert|gedruckt|heruntergeladen|"
        r"st[a]nd|datum des exports|exportdatum",
        "genere|exporte|cree|edite|imprime|telecharge|date d export",
        "gegenereerd|geexporteerd|aangemaakt|gemaakt|afgedrukt|gedownload|exportdatum",
        "generado|exportado|creado|impreso|descargado|fecha de exportacion",
        "generato|esportato|creato|stampato|scaricato|data esportazione",
        "wygenerowano|wyeksportowano|utworzono|wydrukowano|pobrano|data eksportu",
        "genererad|exporterad|skapad|utskriven|nedladdad",
        "genereret|eksporteret|oprettet|udskrevet|downloadet",
        "gerado|exportado|criado|impresso|baixado|transferido|data de exportacao",
    )
)
_ABOUT: Final = (
    r"(?:(?:id|identifiant|identyfikator|nom|nombre|nome|name|nazwa|navn|namn|naam)(?: d\w*| van| av| af| des)? )?"
    "(?:seller|shop|store|account|merchant|user|report|marketplace|company|verkaufer|haendler|handler|konto|mitglied|"
    "vendeur|boutique|compte|verkoper|winkel|vendedor|tienda|cuenta|venditore|negozio|sprzedawc[ay]|sklepu?|saljare|"
    "butik|saelger|loja|conta)s?(?: ?(?:id|name|nr|no|number|nom|nombre|naam|navn|namn))?"
    "|filters?|period|date range|time ?zone|zeitraum|periode|periodo|okres|plage de dates|intervallo|source|quelle"
    "|currency|wahrung|devise|valuta|moneda|note|hinweis|remarque|nota|uwaga|printed by|exported by"
)
_ENDS: Final = (
    r"(?:end of (?:file|report|export|list|data|orders)|eof|fin (?:du|de|del) \w+|ende (?:des|der) \w+|einde(?: van)?.*|"
    r"fine (?:del|dei|della|report|file).*|koniec.*|slut(?: pa)?.*|fim d[oe].*)"
)
_TOTAL_CELL: Final = late_pattern(rf"(?:{_TOTALS})|(?:{_TOTALS}) \S*\d\S*|\S*\d\S* (?:{_TOTALS})")
_SENTENCE: Final = late_pattern(
    rf"\d[\d., ]* (?:{_COUNTED})\b.*"
    rf"|(?:{_COUNT_WORDS}) ?(?:{_COUNTED})(?: \w+){{0,2}}(?: \d[\d., ]*)?"
    rf"|(?:{_COUNTED})(?: \w+){{1,2}} \d[\d., ]*"
    rf"|(?:{_COUNT_WORDS}) \d[\d., ]* (?:{_COUNTED})\b.*"
    rf"|(?:{_MADE})\b.*"
    rf"|{_ENDS}"
    r"|(?:page|seite|pagina|strona|sida|side) \d+(?: .*)?"
)
_LABEL: Final = late_pattern(rf"{_ABOUT}|{_COUNTED}")
"""Texts that may be before a colon."""
_NUMBER: Final = late_pattern(r"[-+]?[\d.,'’\s\xa0%]*\d[\d.,'’\s\xa0%]*")
_LINE: Final = late_pattern(r"[-–—=*_.#+~|\s]*")
_CURRENCY: Final = late_pattern(r"[A-Z]{3}(?=\b|\d)|US\$|[€£$]|\b(?:zł|kr\.?)(?!\w)|zł")
_MAX_TITLE_CELLS: Final = 3
_HEADER_CELLS: Final = 3
HEADER_ROWS: Final = 15
"""The number of rows at the top that may contain the header."""


def header_index(rows: Sequence[Sequence[str]]) -> int:
    """The index of the header: the first row, unless a later one has more known names and only titles are above it."""
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows[:HEADER_ROWS]]
    known = [_count_known(cells) for cells in filled[:2]]
    if len(filled) > 1 and _is_group_row(filled[0], filled[1], known):
        return 1
    if not filled or (known[0] > 1 and known[0] * 2 >= len(filled[0])):
        return 0
    known += map(_count_known, filled[2:])
    for index, cells in enumerate(filled):
        if len(cells) > 1 and (known[index] > 1 or (known[index] and index and max(map(len, filled[:index])) == 1)):
            return index if known[index] * 3 >= len(cells) and known[index] > known[0] else 0
    return 0


def _is_group_row(groups: Sequence[str], names: Sequence[str], known: Sequence[int]) -> bool:
    """Whether the first row has names of groups of columns, and the second one those of the columns."""
    is_header = known[1] * 2 >= len(names) > 3 and not any(sign.isdigit() for name in names for sign in name[:1])
    return is_header and len(groups) * 2 <= len(names) and known[1] > 2 * known[0]


def known_share(rows: Sequence[Sequence[str]]) -> float:
    """The highest share of known names in a row that may be the header."""
    highest = 0.0
    for row in rows[:HEADER_ROWS]:
        if 1 < len(row) < 200:
            highest = max(highest, _count_known([cell.strip() for cell in row]) / len(row))
        if highest == 1.0:
            break  # looking up the names takes longer than all else
    return highest


def is_title(cells: Sequence[str], width: int) -> bool:
    """Whether a row above a header of this width is a title, and not data."""
    filled = sum(bool(cell.strip()) for cell in cells)
    return filled <= _MAX_TITLE_CELLS and (filled == 1 or filled * 2 < width)


def is_header(texts: Sequence[str]) -> bool:
    """Whether these texts are names of columns."""
    names = [stripped for text in texts if (stripped := text.strip())]
    if len(names) < _HEADER_CELLS or any(sign.isdigit() for name in names for sign in name):
        return False
    return all(_is_known(name) for name in names)


def is_remark(texts: Sequence[str]) -> bool:
    """Whether a row is only a sentence in its first cell."""
    return bool(texts) and not any(texts[1:]) and len(re.findall(r"[^\W\d_]{2,}", texts[0])) > 2


def is_line(texts: Sequence[str]) -> bool:
    """Whether a row is a line drawn with characters, such as `-----`."""
    return all(map(_LINE.fullmatch, texts))


def is_footer(texts: Sequence[str]) -> bool:
    """Whether a row that names no order is a total, a record count or a note of the program that wrote the file."""
    filled = [text for text in texts if text]
    words = [text for text in filled if not _is_amount(text)]
    if not words:
        return False
    if (
        _TOTAL_CELL.fullmatch(_plain(words[0]))
        and len(words) <= 2
        and all(_TOTAL_CELL.fullmatch(_plain(word)) or _is_count(word) for word in words)
    ):
        return True
    if len(filled) > _MAX_TITLE_CELLS:
        return False
    label, colon, rest = " ".join(filled).partition(":")
    if colon and rest.strip() and _LABEL.fullmatch(_plain(label)):
        return True
    return _SENTENCE.fullmatch(_plain(" ".join(filled))) is not None


def _is_amount(text: str) -> bool:
    return _NUMBER.fullmatch(_CURRENCY.sub("", text).strip() or "-") is not None


def _is_count(text: str) -> bool:
    return re.fullmatch(rf"\d+ (?:{_COUNTED})|(?:{_COUNTED})", _plain(text)) is not None


def _count_known(texts: Iterable[str]) -> int:
    return sum(_is_known(text[:200]) for text in texts)


@lru_cache(maxsize=4096)
def _is_known(name: str) -> bool:
    return is_known(name)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Words in lower case, without accents and punctuation."""
    return normalize(text.replace("æ", "ae").replace("Æ", "AE"))

"""Descriptions of goods that customs refuse as too vague.

As of 2026-11-01: a part of the stop words of the EU's Import Control System 2 (European Commission, TAXUD.A.3, in force
since 2 February 2026, with the additions of 4 May 2026), limited to words that may be the name of an item, and their
translations in the languages of the app. A description is refused if it consists only of such a word.
"""

from functools import cache, lru_cache
from typing import Final

from tui.orders.names import normalized

_WORDS: Final = (
    "accessories|accessory|aid products|apparel|appliances|articles|article|as ordered|as per attached invoice|attached"
    "|bazaar goods|birthday gift|birthday gifts|bits|cargo|commercial|commercial goods|commodity|component|components"
    "|consumer goods|contents|daily necessities|daily use|different products|e commerce|electronic goods|electronic items"
    "|electronics|ensemble|equipment|fake|general cargo|general goods|gift|gifts|gift box|good|goods|household goods"
    "|household items|item|items|machine|machinery|merchandise|misc|miscellaneous|n a|na|no commercial value|no description"
    "|none|object|objects|order|other|others|package|parcel|part|parts|personal effects|personal items|present|presents"
    "|product|products|sample|samples|set|spare parts|stuff|supplies|test|thing|things|tools|toys|unknown|various"
    "|various goods|various products|webshop order|xxx"
    "|artikel|ware|waren|geschenk|geschenke|produkt|produkte|diverses|verschiedenes|muster|teile|zubehor"
    "|goederen|cadeau|cadeaus|diversen|onderdelen|monster|marchandise|marchandises|produit|produits|divers|echantillon"
    "|articulo|articulos|regalo|regalos|producto|productos|varios|muestra|articolo|articoli|prodotto|prodotti|merce|vari"
    "|campione|towar|towary|prezent|prezenty|rozne|probka|vara|varor|gava|diverse|varer|gave|artigo|artigos|presente"
)


@cache
def _words() -> frozenset[str]:
    return frozenset(_WORDS.split("|"))


@lru_cache(maxsize=1024)
def is_vague(description: str) -> bool:
    """Whether a description consists only of a vague word, or has no word at all."""
    words = normalized(description).rstrip("0123456789 ")
    return words in _words() or not words

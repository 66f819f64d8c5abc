"""Cells that stand for no value: null markers of databases, and errors of spreadsheets."""

from typing import Final

from tui.orders.fields import Field

_DATABASES: Final = (
    "NULL null (null) (NULL) <null> <NULL> [null] [NULL] \\N NaN nan NAN NaT <NA> None none NONE nil undefined "
    "N/A n/a N/a n.a. N.A. #N/A n/d N/D s/d k.A. k.a. n.v.t. nvt - -- --- – — ‒ − "
    "n.a N.A n.d. N.D. n.b. (blank) (leer) (vide) (leeg) (vacío) (vuoto) (puste) (tom) (vazio) (empty) (none) (n/a) ? ?? ??? . .. ... "
    "tbd TBD tba TBA unknown Unknown UNKNOWN unbekannt Unbekannt inconnu Inconnu onbekend Onbekend desconocido Desconocido "
    "sconosciuto Sconosciuto nieznany Nieznany okänd Okänd ukendt Ukendt desconhecido Desconhecido "
    "keine keiner entfällt aucun aucune geen ninguno ninguna nessuno nessuna brak ingen inget nenhum nenhuma"
)
_SPREADSHEETS: Final = (
    "#N/A #N/A! #NV #N/D #N/B #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL! #SPILL! #CALC! #BEZUG! #WERT! #ZAHL! #NOM? "
    "#VALEUR! #NOMBRE! #¿NOMBRE? #¡VALOR! #¡REF! #¡DIV/0! #¡NUM! #VALORE! #RIF! #NOME? #VERW! #WAARDE! #NAAM? #GETAL! "
    "#ADR! #ARG! #NAZWA? #LICZBA! #DZIEL/0! #BRAK! #SAKNAS! #OTILLGÄNGLIGT! #REFERENS! #VÄRDEFEL! #NAMN? #I/T "
    "#REFERENCE! #VÆRDI! #NAVN? #VALOR!"
)
NULL_MARKERS: Final = frozenset(
    [*_DATABASES.split(), *_SPREADSHEETS.split(), "k. A.", "n. v. t.", "[object Object]", "nicht vorhanden"]
)
"""Texts of whole cells. `Null` and `Nan`, as a person's name is written, are not among them."""

_ALSO_VALUES: Final = {"NA": frozenset({"country_code", "country_of_origin", "state_province_code", "name"})}
"""Markers that are values of some fields: Namibia, Naples, a surname."""
_NEVER_EMPTY: Final = frozenset({"quantity", "currency"})
_STATUS: Final = ("status", "code")
"""Fields whose default would be wrong: a quantity that is not known is not 1, and a status not *paid*."""

_ZERO_IS_EMPTY: Final = frozenset(
    {"company_name", "address_line_2", "po_box", "state_province_code", "phone_number", "email"}
)
"""Fields of addresses for which `0` is no value: programs write it for a number that they do not have."""
_FLOORS: Final = frozenset(
    ["etage", "floor", "etages", "verdieping", "piso", "andar", "piano", "vaning", "sal", "pietro"]
)
"""Words of headings with which `0` is a value: the ground floor."""

CANDIDATES: Final = NULL_MARKERS | frozenset(_ALSO_VALUES)


def is_null_marker(text: str, field: Field) -> bool:
    """Whether a cell of this field stands for no value. The whole cell is compared, and case matters."""
    name = field.path[-1]
    if (
        text not in CANDIDATES
        or name in _NEVER_EMPTY
        or field.path[-2:] == _STATUS
        or name in _ALSO_VALUES.get(text, ())
    ):
        return False
    return text.casefold() not in field.choices


def is_zero_empty(field: Field, heading: str) -> bool:
    """Whether `0` stands for no value in a column with this normalized heading."""
    return field.path[-1] in _ZERO_IS_EMPTY and _FLOORS.isdisjoint(heading.split(" "))

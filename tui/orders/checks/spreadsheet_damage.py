"""What spreadsheets do to data: found in the order as it stands, and mended only by proposal."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from tui.api.codec import Document, Json
from tui.api.errors import Origin, Problem, Severity
from tui.api.models import Kind
from tui.api.pointer import Pointer
from tui.orders.addresses.formats import dialling_code, is_postcode
from tui.orders.checks import shipping as preflight
from tui.orders.checks.proposal import Fix
from tui.orders.fields import field_at
from tui.orders.money import missing_total
from tui.orders.value_parser import ValidValue, parse_entry

DAMAGE_CODES: Final = frozenset(["lost_zeros", "scientific", "serial_date", "decimal_comma", "formula", "lost_plus"])

_SCIENTIFIC: Final = re.compile(r"([-+]?\d(?:[.,]\d+)?)[eE]\+(\d{1,2})", re.ASCII)
_SERIAL: Final = re.compile(r"([2-7]\d{4})(?:[.,](\d+))?", re.ASCII)
_CODE_COMMA: Final = re.compile(r"\d{2,10}(?:,\d{1,4})+", re.ASCII)
_DIGITS: Final = re.compile(r"[1-9]\d*", re.ASCII)
_CHAPTER_DOTTED: Final = re.compile(r"[1-9]\d{2}\.\d{2}(?:\.\d{2})*", re.ASCII)
_QUOTED: Final = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
_LINK: Final = re.compile(r'=HYPERLINK\("[^"]*"[,;]\s*"([^"]*)"\)', re.IGNORECASE)
_SUM: Final = re.compile(r"=\s*([-+]?\d{1,15}(?:\.\d{1,9})?)\s*(?:([-+*/])\s*(\d{1,15}(?:\.\d{1,9})?))?", re.ASCII)
_DAY_0: Final = datetime(1899, 12, 30)
_NATIONAL: Final = {"NL": (9,), "FR": (9,), "GB": (10,), "BE": (8, 9), "CH": (9,)}
"""Digits of a phone number behind the zero that it begins with at home."""
_DATES: Final = frozenset(["order_created_at", "order_updated_at", "handover_at", "deliver_at", "invoice_date"])
_NAMED: Final = _DATES | {"hs_code", "postal_code", "phone_number"}
_CHAPTER_LOST: Final = (5, 7, 9)
"""HS codes have an even number of digits; the chapters 01 to 09 begin with a zero."""


def find_damage(order: Document) -> list[Problem]:
    """The values that look as if a spreadsheet had rewritten them, as warnings, in document order."""
    found: list[Problem] = []
    _walk_object(order, [], found)
    return found


def find_problems(order: Document) -> list[Problem]:
    """Why an order will not ship (errors) and what is doubtful or damaged in it (warnings), worst first.

    Of a damaged value the damage is told, as severe as what `preflight` says of it.
    """
    damaged = {problem.pointer: problem for problem in find_damage(order)}
    found = []
    for problem in preflight.preflight(order):
        if (worse := damaged.get(problem.pointer)) is None:
            found.append(problem)
        elif problem.severity is Severity.ERROR:
            damaged[problem.pointer] = replace(worse, severity=Severity.ERROR)
    return sorted([*found, *damaged.values()], key=lambda problem: problem.severity is Severity.WARNING)


def fix_for(order: Document, problem: Problem) -> Fix | None:
    """The proposal for a problem, whoever found it, if there is one; every `m` of the app proposes this.

    It is of `preflight`, or of damage at the problem's place, or a total that the lines tell.
    """
    if problem.code not in DAMAGE_CODES and (found_before := preflight.fix_for(order, problem)) is not None:
        return found_before
    value = problem.pointer.get(order)
    if not value and (total := missing_total(order, problem.pointer)) is not None:
        return Fix(total[0], ((total[1], total[2]),))
    if not isinstance(value, str) or not value:
        return None
    found = _found(problem.pointer, value, _country_beside(order, problem.pointer))
    if found is None or found[1] is None or (problem.code in DAMAGE_CODES and found[0] != problem.code):
        return None
    wanted = _typed(problem.pointer, found[1])
    return None if wanted is None else Fix(f"{found[1]}{found[2]}", ((problem.pointer, wanted),))


def _walk_object(node: Document, place: list[str], found: list[Problem]) -> None:
    # All values of all orders of a batch come by here: most are done with in a line.
    for key, value in node.items():
        if isinstance(value, str):
            if value and (key in _NAMED or value[0] == "=" or "+" in value):
                code = node.get("country_code")
                _look(place, key, value, code.strip().upper() if isinstance(code, str) else "", found)
        elif isinstance(value, dict):
            place.append(key)
            _walk_object(value, place, found)
            place.pop()
        elif isinstance(value, list):
            place.append(key)
            _walk_list(value, place, found)
            place.pop()


def _walk_list(node: list[Json], place: list[str], found: list[Problem]) -> None:
    for position, value in enumerate(node):
        if isinstance(value, dict | list):
            place.append(str(position))
            if isinstance(value, dict):
                _walk_object(value, place, found)
            else:
                _walk_list(value, place, found)
            place.pop()


def _look(place: list[str], key: str, text: str, country: str, found: list[Problem]) -> None:
    if _is_sound(key, text, country):
        return
    pointer = Pointer((*place, key))
    seen = _found(pointer, text, country)
    if seen is not None:
        title, detail = _WORDS[seen[0]]
        shown = text if len(text) <= 20 else f"{text[:19]}…"
        severity, origin = Severity.WARNING, Origin.LOCAL
        found.append(Problem(detail, seen[0], f"{title}: {shown}", pointer=pointer, severity=severity, origin=origin))


_WORDS: Final = {
    "lost_zeros": ("zeros lost", "A spreadsheet seems to have taken the zeros in front."),
    "scientific": ("1E+ number", "A spreadsheet has written this number short; digits may be lost."),
    "serial_date": ("date as a number", "This is a date as spreadsheets count the days."),
    "decimal_comma": ("comma in a code", "A spreadsheet seems to have made the dot of this code a decimal comma."),
    "formula": ("formula", "This is a formula of a spreadsheet, not what it comes to."),
    "lost_plus": ("phone without +", "A spreadsheet seems to have taken the + in front."),
}


@lru_cache(maxsize=4096)
def _is_sound(name: str, text: str, country: str) -> bool:
    """Whether nothing is wrong with a value; the same codes stand in very many items."""
    return _found(Pointer((name,)), text, country) is None


def _found(pointer: Pointer, text: str, country: str) -> tuple[str, str | None, str] | None:
    """The damage at a value: its code, what it should be (None: nobody can tell), and words behind that."""
    name = pointer.name
    if text[0] == "=" and len(text) > 1:
        return "formula", _formula(text), ""
    if match := _SCIENTIFIC.fullmatch(text):
        digits = match[1].replace(",", ".")
        whole = f"{Decimal(digits).scaleb(int(match[2])):f}"
        known = len(digits.lstrip("+-").replace(".", ""))
        lossy = known <= int(match[2])
        return "scientific", whole.partition(".")[0], ", the digits behind are lost: see the file" if lossy else ""
    if name in _DATES and (match := _SERIAL.fullmatch(text)):
        return "serial_date", _serial(pointer, match), ""
    if name == "hs_code":
        if _CODE_COMMA.fullmatch(text):
            return "decimal_comma", text.replace(",", "."), ""
        if (_DIGITS.fullmatch(text) and len(text) in _CHAPTER_LOST) or _CHAPTER_DOTTED.fullmatch(text):
            return "lost_zeros", f"0{text}", ""
    if name == "postal_code" and _DIGITS.fullmatch(text) and country and is_postcode(country, text) is False:
        longer = next((more for more in (f"0{text}", f"00{text}") if is_postcode(country, more)), None)
        return ("lost_zeros", longer, "") if longer is not None else None
    if name == "phone_number" and _DIGITS.fullmatch(text):
        dial = dialling_code(country)
        if dial and text.startswith(dial) and 8 <= len(text) - len(dial) <= 11:
            return "lost_plus", f"+{text}", ""
        if len(text) in _NATIONAL.get(country, ()):
            return "lost_zeros", f"0{text}", ""
    return None


def _country_beside(order: Document, pointer: Pointer) -> str:
    code = (pointer.parent / "country_code").get(order)
    return code.strip().upper() if isinstance(code, str) else ""


def _serial(pointer: Pointer, match: re.Match[str]) -> str:
    moment = _DAY_0 + timedelta(days=float(f"{match[1]}.{match[2] or 0}"))
    known = field_at(pointer)
    if known is not None and known.kind is Kind.DATE_TEXT:
        return moment.date().isoformat()
    # Spreadsheets know no zones; a day's time is meant where the file was made, most likely here.
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0).astimezone().isoformat()


def _formula(text: str) -> str | None:
    if match := _QUOTED.fullmatch(text):
        return match[1].replace('""', '"')
    if match := _LINK.fullmatch(text):
        return match[1]
    match = _SUM.fullmatch(text)
    if match is None:
        return None
    first, second = Decimal(match[1]), Decimal(match[3] or 0)
    match match[2]:
        case None:
            return match[1]
        case "+":
            first += second
        case "-":
            first -= second
        case "*":
            first *= second
        case _ if second:
            first = round(first / second, 6)
        case _:
            return None
    return f"{first.normalize():f}"


def _typed(pointer: Pointer, text: str) -> Json:
    """The proposal as its field holds it; None where it cannot."""
    known = field_at(pointer)
    if known is None or known.kind in (Kind.TEXT, Kind.WORD, Kind.LINES, Kind.JSON, Kind.TAGS):
        return text
    entry = parse_entry(known.kind, text)
    return entry.value if isinstance(entry, ValidValue) else None

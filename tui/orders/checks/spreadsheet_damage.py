"""Finds values that a spreadsheet has damaged, and proposes fixes."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from tui.api.codec import Document, Json
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.models import Kind
from tui.api.pointer import Pointer
from tui.orders.addresses.formats import dialling_code, is_postcode
from tui.orders.checks import shipping
from tui.orders.checks.fix import Fix
from tui.orders.checks.number_dates import typed_codes, typed_numbers
from tui.orders.fields import field_at
from tui.orders.money import missing_total
from tui.orders.value_parser import ValidValue, parse_entry

DAMAGE_CODES: Final = frozenset(
    [
        "lost_zeros",
        "scientific",
        "serial_date",
        "decimal_comma",
        "formula",
        "lost_plus",
        "number_as_date",
        "number_as_decimal",
    ]
)

_SCIENTIFIC: Final = re.compile(r"([-+]?\d(?:[.,]\d+)?)[eE]\+(\d{1,2})", re.ASCII)
_SERIAL: Final = re.compile(r"([2-7]\d{4})(?:[.,](\d+))?", re.ASCII)
_CODE_COMMA: Final = re.compile(r"\d{2,10}(?:,\d{1,4})+", re.ASCII)
_DIGITS: Final = re.compile(r"[1-9]\d*", re.ASCII)
_CHAPTER_DOTTED: Final = re.compile(r"[1-9]\d{2}\.\d{2}(?:\.\d{2})*", re.ASCII)
_QUOTED: Final = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
_LINK: Final = re.compile(r'=HYPERLINK\("[^"]*"[,;]\s*"([^"]*)"\)', re.IGNORECASE)
_SUM: Final = re.compile(r"=\s*([-+]?\d{1,15}(?:\.\d{1,9})?)\s*(?:([-+*/])\s*(\d{1,15}(?:\.\d{1,9})?))?", re.ASCII)
_DAY_0: Final = datetime(1899, 12, 30)
_NATIONAL_LENGTHS: Final = {"NL": (9,), "FR": (9,), "GB": (10,), "BE": (8, 9), "CH": (9,), "SE": (9,), "IE": (9,)}
"""Lengths of national phone numbers without the leading zero."""
_DATES: Final = frozenset(["order_created_at", "order_updated_at", "handover_at", "deliver_at", "invoice_date"])
_CODES: Final = frozenset(
    [
        *("house_number", "po_box", "postal_code", "phone_number", "order_number", "order_id", "sku", "ean", "hs_code"),
        *("item_id", "product_id", "variant_id", "manufacturer_product_id", "manufacturer_product_id_std", "mid_code"),
        *("post_number", "carrier_service_point_id", "commercial_invoice_number"),
    ]
)
"""Fields of digits that are no number to calculate with."""
_HOUSE_NUMBERS: Final = frozenset(["house_number", "address_line_2"])
_DATED_CODES: Final = frozenset(["sku", "order_number", "order_id"])
_CHECKED_NAMES: Final = _DATES | _CODES | _HOUSE_NUMBERS
_DECIMAL: Final = re.compile(r"(\d{1,18})[.,]0", re.ASCII)
_DECIMALS: Final = re.compile(r"(\d{1,18})[.,]0{1,3}", re.ASCII)
"""The same in a field that has no other use for a point."""
_NO_POINT: Final = frozenset(["house_number", "postal_code", "phone_number"])
_GERMAN_MOBILE: Final = re.compile(r"1[567]\d{8,9}", re.ASCII)
_LENGTHS_WITHOUT_ZERO: Final = (5, 7, 9)
"""HS codes have an even number of digits; those of chapters 01 to 09 start with a zero."""


def find_damage(order: Document) -> list[Problem]:
    """Find values that a spreadsheet seems to have rewritten, as warnings, in document order."""
    found: list[Problem] = []
    _walk_object(order, [], found)
    return found


def find_problems(order: Document) -> list[Problem]:
    """Find what prevents an order from being shipped (errors) and what is doubtful or damaged (warnings), errors first.

    For a damaged value the damage is reported, with the severity that `shipping` gives the value.
    """
    damage_by_pointer = {problem.pointer: problem for problem in find_damage(order)}
    problems = []
    for problem in shipping.preflight(order):
        if (damage := damage_by_pointer.get(problem.pointer)) is None:
            problems.append(problem)
        elif problem.severity is Severity.ERROR:
            damage_by_pointer[problem.pointer] = replace(damage, severity=Severity.ERROR)
    return sorted([*problems, *damage_by_pointer.values()], key=lambda problem: problem.severity.rank)


def fix_for(order: Document, problem: Problem) -> Fix | None:
    """Propose a fix for any problem, if there is one. The key `m` uses this on every screen.

    The fix is that of `shipping`, or repairs damage at the problem's pointer, or fills in a missing total.
    """
    if problem.code not in DAMAGE_CODES and (fix := shipping.fix_for(order, problem)) is not None:
        return fix
    value = problem.pointer.get(order)
    if not value and (proposal := missing_total(order, problem.pointer)) is not None:
        return Fix(proposal[0], ((proposal[1], proposal[2]),))
    if not isinstance(value, str) or not value:
        return None
    diagnosis = _diagnose(problem.pointer, value, _country_of(order, problem.pointer))
    if diagnosis is None or diagnosis[1] is None or (problem.code in DAMAGE_CODES and diagnosis[0] != problem.code):
        return None
    value_to_set = _as_field_value(problem.pointer, diagnosis[1])
    return None if value_to_set is None else Fix(f"{diagnosis[1]}{diagnosis[2]}", ((problem.pointer, value_to_set),))


def _walk_object(node: Document, tokens: list[str], found: list[Problem]) -> None:
    # This runs for every value of a batch, so most values are skipped quickly.
    for key, value in node.items():
        if isinstance(value, str):
            if value and (key in _CHECKED_NAMES or value[0] == "=" or "+" in value):
                code = node.get("country_code")
                _check_value(tokens, key, value, code.strip().upper() if isinstance(code, str) else "", found)
        elif isinstance(value, dict):
            tokens.append(key)
            _walk_object(value, tokens, found)
            tokens.pop()
        elif isinstance(value, list):
            tokens.append(key)
            _walk_list(value, tokens, found)
            tokens.pop()


def _walk_list(node: list[Json], tokens: list[str], found: list[Problem]) -> None:
    for index, value in enumerate(node):
        if isinstance(value, dict | list):
            tokens.append(str(index))
            if isinstance(value, dict):
                _walk_object(value, tokens, found)
            else:
                _walk_list(value, tokens, found)
            tokens.pop()


def _check_value(tokens: list[str], key: str, text: str, country: str, found: list[Problem]) -> None:
    if _is_intact(key, text, country):
        return
    pointer = Pointer((*tokens, key))
    diagnosis = _diagnose(pointer, text, country)
    if diagnosis is not None:
        title, detail = _TEXTS[diagnosis[0]]
        excerpt = text if len(text) <= 20 else f"{text[:19]}…"
        found.append(
            Problem(
                detail,
                diagnosis[0],
                f"{title}: {excerpt}",
                pointer=pointer,
                severity=Severity.WARNING,
                reported_by=ReportedBy.LOCAL,
            )
        )


_TEXTS: Final = {
    "lost_zeros": ("zeros lost", "A spreadsheet seems to have removed the leading zeros."),
    "scientific": ("1E+ number", "A spreadsheet has shortened this number; digits may be lost."),
    "serial_date": ("date as a number", "This is a date in the day numbers of a spreadsheet."),
    "decimal_comma": ("comma in a code", "A spreadsheet seems to have replaced the dot in this code by a comma."),
    "formula": ("formula", "This is a spreadsheet formula, not its result."),
    "number_as_date": ("date", "A spreadsheet seems to have made a date of this number."),
    "number_as_decimal": ("decimal zero", "A spreadsheet seems to have added a decimal zero to this number."),
    "lost_plus": ("phone without +", "A spreadsheet seems to have removed the leading +."),
}


@lru_cache(maxsize=4096)
def _is_intact(name: str, text: str, country: str) -> bool:
    """Whether a value is undamaged. Cached, because many items have the same codes."""
    return _diagnose(Pointer((name,)), text, country) is None


def _diagnose(pointer: Pointer, text: str, country: str) -> tuple[str, str | None, str] | None:
    """The damage to a value: its code, the original value (None if unknown), and a note to append to the proposal."""
    name = pointer.name
    if text[0] == "=" and len(text) > 1:
        return "formula", _formula_result(text), ""
    if match := _SCIENTIFIC.fullmatch(text):
        digits = match[1].replace(",", ".")
        whole = f"{Decimal(digits).scaleb(int(match[2])):f}"
        known = len(digits.lstrip("+-").replace(".", ""))
        lossy = known <= int(match[2])
        return "scientific", whole.partition(".")[0], ", the remaining digits are lost: see the file" if lossy else ""
    if name in _DATES and (match := _SERIAL.fullmatch(text)):
        return "serial_date", _date_from_serial(pointer, match), ""
    if name in _HOUSE_NUMBERS or name in _DATED_CODES:
        typed = typed_codes(text) if name in _DATED_CODES else typed_numbers(text, country)
        if typed and (name != "address_line_2" or not text.isdecimal()):
            others = ", ".join(typed[1:3])
            return "number_as_date", typed[0], f" (or {others})" if others else ""
    if name in _CODES and (match := (_DECIMALS if name in _NO_POINT else _DECIMAL).fullmatch(text)):
        inner = _diagnose(pointer, match[1], country)
        return "number_as_decimal", inner[1] if inner is not None else match[1], ""
    if name == "hs_code":
        if _CODE_COMMA.fullmatch(text):
            return "decimal_comma", text.replace(",", "."), ""
        if (_DIGITS.fullmatch(text) and len(text) in _LENGTHS_WITHOUT_ZERO) or _CHAPTER_DOTTED.fullmatch(text):
            return "lost_zeros", f"0{text}", ""
    if name == "postal_code" and _DIGITS.fullmatch(text) and country and is_postcode(country, text) is False:
        with_zeros = next((more for more in (f"0{text}", f"00{text}") if is_postcode(country, more)), None)
        return ("lost_zeros", with_zeros, "") if with_zeros is not None else None
    if name == "phone_number" and _DIGITS.fullmatch(text):
        dial = dialling_code(country)
        if dial and text.startswith(dial) and 8 <= len(text) - len(dial) <= 11:
            return "lost_plus", f"+{text}", ""
        if len(text) in _NATIONAL_LENGTHS.get(country, ()) or (country == "DE" and _GERMAN_MOBILE.fullmatch(text)):
            return "lost_zeros", f"0{text}", ""
    return None


def _country_of(order: Document, pointer: Pointer) -> str:
    code = (pointer.parent / "country_code").get(order)
    return code.strip().upper() if isinstance(code, str) else ""


def _date_from_serial(pointer: Pointer, match: re.Match[str]) -> str:
    time = _DAY_0 + timedelta(days=float(f"{match[1]}.{match[2] or 0}"))
    field = field_at(pointer)
    if field is not None and field.kind is Kind.DATE_TEXT:
        return time.date().isoformat()
    # Spreadsheets have no time zones; the file was most likely made in this one.
    return (time + timedelta(microseconds=500_000)).replace(microsecond=0).astimezone().isoformat()


def _formula_result(text: str) -> str | None:
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


def _as_field_value(pointer: Pointer, text: str) -> Json:
    """The proposal as a value of its field; None if the field cannot hold it."""
    field = field_at(pointer)
    if field is None or field.kind in (Kind.TEXT, Kind.WORD, Kind.LINES, Kind.JSON, Kind.TAGS):
        return text
    entry = parse_entry(field.kind, text)
    return entry.value if isinstance(entry, ValidValue) else None

"""Finds values that a spreadsheet has damaged, and proposes fixes."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer
from tui.orders.addresses.formats import dialling_code, is_postcode
from tui.orders.checks.facts import Found, excerpt
from tui.orders.checks.fix import Fix
from tui.orders.checks.number_dates import typed_codes, typed_numbers
from tui.orders.patterns import late_pattern

_HTML: Final = late_pattern(r"&(?:amp|quot|apos|lt|gt|nbsp|#[0-9]{2,5}|#x[0-9A-Fa-f]{2,4});")
_SCIENTIFIC: Final = late_pattern(r"([-+]?\d(?:[.,]\d+)?)[eE]\+(\d{1,2})", re.ASCII)
_SERIAL: Final = late_pattern(r"([2-7]\d{4})(?:[.,](\d+))?", re.ASCII)
_CODE_COMMA: Final = late_pattern(r"\d{2,10}(?:,\d{1,4})+", re.ASCII)
_DIGITS: Final = late_pattern(r"[1-9]\d*", re.ASCII)
_CHAPTER_DOTTED: Final = late_pattern(r"[1-9]\d{2}\.\d{2}(?:\.\d{2})*", re.ASCII)
_QUOTED: Final = late_pattern(r'="((?:[^"]|"")*)"', re.DOTALL)
_LINK: Final = late_pattern(r'=HYPERLINK\("[^"]*"[,;]\s*"([^"]*)"\)', re.IGNORECASE)
_SUM: Final = late_pattern(r"=\s*([-+]?\d{1,15}(?:\.\d{1,9})?)\s*(?:([-+*/])\s*(\d{1,15}(?:\.\d{1,9})?))?", re.ASCII)
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
"""Fields of digits that are codes, not quantities."""
_HOUSE_NUMBERS: Final = frozenset(["house_number", "address_line_2"])
_NUMBER_AT_END: Final = late_pattern(
    r"(?<=\s)(?:\d\d-[A-Z][a-zäéûç]{2}|[A-Z][a-zäéûç]{2}-\d\d|\d\d?\. [A-Z][a-zä]{2,8}|\d{1,4}\.0)\Z"
)
"""The number of a street that a spreadsheet has changed before it was joined to the street."""
_LETTER: Final = late_pattern(r"[^\W\d_]")
_BEFORE_DATES: Final = late_pattern(
    r".*\b(des|der|du|de|of|del|dei|le|la|vom|stra(ß|ss)e|str\.?|platz|allee|ul\.?|rue|place)", re.IGNORECASE
)
"""Streets named after a date, up to the date: `Straße des 17. Juni`."""
_DATED_CODES: Final = frozenset(["sku", "order_number", "order_id"])
_CHECKED_NAMES: Final = _DATES | _CODES | _HOUSE_NUMBERS | {"address_line_1"}
_DECIMAL: Final = late_pattern(r"(\d{1,18})[.,]0", re.ASCII)
_DECIMALS: Final = late_pattern(r"(\d{1,18})[.,]0{1,3}", re.ASCII)
"""The same in a field that has no other use for a point."""
_NO_POINT: Final = frozenset(["house_number", "postal_code", "phone_number"])
_GERMAN_MOBILE: Final = late_pattern(r"1[567]\d{8,9}", re.ASCII)
_LENGTHS_WITHOUT_ZERO: Final = (5, 7, 9)
"""HS codes have an even number of digits; those of chapters 01 to 09 start with a zero."""


def damaged_values(order: Document) -> list[tuple[str, Found]]:
    """Find values that a spreadsheet seems to have rewritten, with the code of the damage, in document order."""
    found: list[tuple[str, Found]] = []
    _walk_object(order, [], found)
    return found


def repair(order: Document, pointer: Pointer, code: str = "") -> Fix | None:
    """Propose the original of a damaged value at a pointer, if it is known. `code`: only for this damage."""
    value = pointer.get(order)
    if not isinstance(value, str) or not value:
        return None
    diagnosis = _diagnose(pointer, value, _country_of(order, pointer))
    if diagnosis is None or diagnosis[1] is None or (code and diagnosis[0] != code):
        return None
    value_to_set = _as_field_value(pointer, diagnosis[1])
    return None if value_to_set is None else Fix(f"{diagnosis[1]}{diagnosis[2]}", ((pointer, value_to_set),))


def _walk_object(node: Document, tokens: list[str], found: list[tuple[str, Found]]) -> None:
    # This runs for every value of a batch, so most values are skipped quickly.
    for key, value in node.items():
        if type(value) is str:
            if key in _CHECKED_NAMES or "+" in value or "&" in value or value[:1] == "=":
                code = node.get("country_code")
                country = code.strip().upper() if isinstance(code, str) else ""
                if value and not _is_intact(key, value, country):
                    _check_value(tokens, key, value, country, found)
        elif type(value) is dict:
            tokens.append(key)
            _walk_object(value, tokens, found)
            tokens.pop()
        elif type(value) is list:
            tokens.append(key)
            _walk_list(value, tokens, found)
            tokens.pop()


def _walk_list(node: list[Json], tokens: list[str], found: list[tuple[str, Found]]) -> None:
    for index, value in enumerate(node):
        if isinstance(value, dict | list):
            tokens.append(str(index))
            if isinstance(value, dict):
                _walk_object(value, tokens, found)
            else:
                _walk_list(value, tokens, found)
            tokens.pop()


def _check_value(tokens: list[str], key: str, text: str, country: str, found: list[tuple[str, Found]]) -> None:
    pointer = Pointer((*tokens, key))
    diagnosis = _diagnose(pointer, text, country)
    if diagnosis is not None:
        found.append((diagnosis[0], Found((pointer,), {"value": excerpt(text, 20)})))


@lru_cache(maxsize=1024)
def _is_intact(name: str, text: str, country: str) -> bool:
    """Whether a value is undamaged. Cached, because many items have the same codes."""
    return _diagnose(Pointer((name,)), text, country) is None


def _diagnose(pointer: Pointer, text: str, country: str) -> tuple[str, str | None, str] | None:
    """The damage to a value: its code, the original value (None if unknown), and a note to append to the proposal."""
    name = pointer.name
    if text[0] == "=" and len(text) > 1:
        return "formula", _formula_result(text), ""
    if "&" in text and _HTML.search(text):
        from html import unescape  # 1 ms and 0.2 MB, for damaged texts only

        return "html_entity", unescape(text), ""
    if match := _SCIENTIFIC.fullmatch(text):
        digits = match[1].replace(",", ".")
        whole = f"{Decimal(digits).scaleb(int(match[2])):f}"
        known = len(digits.lstrip("+-").replace(".", ""))
        # Where digits are lost, zeros in their place would be another number.
        return "scientific", None if known <= int(match[2]) else whole.partition(".")[0], ""
    if name in _DATES and (match := _SERIAL.fullmatch(text)):
        return "serial_date", _date_from_serial(pointer, match), ""
    if name in _HOUSE_NUMBERS or name in _DATED_CODES:
        typed = typed_codes(text) if name in _DATED_CODES else typed_numbers(text, country)
        if typed and (name != "address_line_2" or not text.isdecimal()):
            others = ", ".join(typed[1:3])
            return "number_as_date", typed[0], f" (or {others})" if others else ""
    if name == "address_line_1":
        return _diagnose_street(text, country)
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


def _diagnose_street(text: str, country: str) -> tuple[str, str | None, str] | None:
    match = _NUMBER_AT_END.search(text)
    if match is None:
        return None
    street = text[: match.start()].rstrip()
    has_name = any(_LETTER.search(word) for word in street.split()[-1:])
    if not has_name or "\n" in street or _BEFORE_DATES.fullmatch(street):
        return None
    if match[0].endswith(".0"):
        return "number_as_decimal", text.removesuffix(".0"), ""
    typed = typed_numbers(match[0], country)
    return ("number_as_date", f"{street} {typed[0]}", "") if typed else None


def _country_of(order: Document, pointer: Pointer) -> str:
    code = (pointer.parent / "country_code").get(order)
    return code.strip().upper() if isinstance(code, str) else ""


def _date_from_serial(pointer: Pointer, match: re.Match[str]) -> str:
    time = _DAY_0 + timedelta(days=float(f"{match[1]}.{match[2] or 0}"))
    from tui.api.models import Kind  # needs pydantic, as does the next import
    from tui.orders.fields import field_at

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
    from tui.api.models import Kind
    from tui.orders.fields import field_at
    from tui.orders.value_parser import ValidValue, parse_entry

    field = field_at(pointer)
    if field is None or field.kind in (Kind.TEXT, Kind.WORD, Kind.LINES, Kind.JSON, Kind.TAGS):
        return text
    entry = parse_entry(field.kind, text)
    return entry.value if isinstance(entry, ValidValue) else None

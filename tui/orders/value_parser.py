"""Converts between typed text and JSON values, by the kind of a field.

Kinds are those of `tui.api.models.Kind`. Text is refused only if its kind cannot hold it at all. Checking values against
the schema is the job of validation.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final, TypeAlias

from tui.api.codec import CodecError, Json, decode, encode
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.patterns import late_pattern

Choices: TypeAlias = tuple[tuple[str, str], ...]
"""Code and name of each choice, in the order in which they are offered."""

SHOWN_ABSENT: Final = "· absent ·"
SHOWN_NULL: Final = "· null ·"
SHOWN_EMPTY: Final = "· empty ·"
SHOWN_NONE: Final = "· none ·"

KINDS_OF_LINES: Final = frozenset({"lines", "tags", "json"})
"""Kinds that are edited over several lines."""


@dataclass(frozen=True, slots=True)
class ValidValue:
    """A value that was read from text.

    `beside`: values to set with it, such as the unit of a weight. `note`: how the text was read, if that may surprise.
    """

    value: Json
    beside: tuple[tuple[Pointer, Json], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class InvalidText:
    """The reason why a text is not valid, for the line below the field."""

    reason: str


ParsedEntry: TypeAlias = ValidValue | InvalidText


def parse_entry(kind: str, text: str, *, choices: Choices = (), now: datetime | None = None) -> ParsedEntry:
    """Parse what was typed. Times without a zone are in the zone of `now`, by default this machine's current UTC offset."""
    read = _READERS.get(kind, _read_text)
    return read(text, _Context(tuple(choices), now or datetime.now().astimezone()))


def entry_text(kind: str, value: Json | Absent) -> str:
    """The initial text of an editor: the value as one would type it. Absent and null are empty."""
    if value is ABSENT or value is None:
        return ""
    if kind == "json":
        return encode(value, indent=2).decode() if _is_nested(value) else encode(value).decode()
    if isinstance(value, list) and kind == "tags" and all(_is_single_line(tag) for tag in value):
        return "\n".join(str(tag) for tag in value)
    return _value_text(value)


def editing_kind(kind: str, value: Json | Absent) -> str:
    """The kind to edit a value as. A value that its field cannot hold as typed text is edited as JSON."""
    if value is ABSENT or value is None or kind == "json":
        return kind
    if kind == "tags":
        return kind if isinstance(value, list) and all(_is_single_line(tag) for tag in value) else "json"
    if _is_nested(value):
        return "json"
    if kind in ("text", "word") and isinstance(value, str) and re.search(r"[\r\n]", value):
        return "lines"
    return kind


def show_value(kind: str, value: Json | Absent, *, zone: tzinfo | None = None) -> str:
    """A value on one line. Absent, null, empty and zero look different. The text may be unsafe for a terminal.

    Times are shown in `zone`, if it is given and they can be parsed.
    """
    if value is ABSENT:
        return SHOWN_ABSENT
    if value is None:
        return SHOWN_NULL
    if isinstance(value, list):
        if not value:
            return SHOWN_NONE
        if all(isinstance(entry, str) for entry in value):
            return ", ".join(_quote_if_ambiguous(str(entry), separators=",") for entry in value)
    if _is_nested(value):
        return encode(value).decode()
    if isinstance(value, str):
        if kind == "datetime" and zone is not None and (moment := _parse_instant(value, zone)) is not None:
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        return _quote_if_ambiguous(value) if value else SHOWN_EMPTY
    return _value_text(value)


# Parsing, by kind.


@dataclass(frozen=True, slots=True)
class _Context:
    choices: Choices
    now: datetime


def _read_text(text: str, context: _Context) -> ParsedEntry:
    return ValidValue(text)


def _read_integer(text: str, context: _Context) -> ParsedEntry:
    text = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        return InvalidText("a whole number is needed, such as 12" if text else _NEEDED)
    return ValidValue(int(text)) if len(text) <= _MAX_DIGITS else InvalidText(_TOO_LONG)


def _read_number(text: str, context: _Context) -> ParsedEntry:
    number_text = _decimal_text(text)
    if isinstance(number_text, InvalidText):
        return number_text
    return ValidValue(Decimal(number_text) if "." in number_text else int(number_text))


def _read_money_text(text: str, context: _Context) -> ParsedEntry:
    number_text = _decimal_text(text)
    return number_text if isinstance(number_text, InvalidText) else ValidValue(number_text)


def _read_bool(text: str, context: _Context) -> ParsedEntry:
    word = text.strip().lower()
    if word in ("y", "yes", "true", "1"):
        return ValidValue(True)
    if word in ("n", "no", "false", "0"):
        return ValidValue(False)
    return InvalidText("yes or no is needed")


def _read_choice(text: str, context: _Context) -> ParsedEntry:
    found = _find_choice(text, context.choices)
    if found is not None:
        return ValidValue(found)
    # Unlisted values are accepted: real orders have values that the API's lists lack (Q8.1).
    return ValidValue(text.strip()) if text.strip() else InvalidText(_NEEDED)


def _read_country(text: str, context: _Context) -> ParsedEntry:
    found = _find_choice(text, context.choices)
    if found is not None:
        return ValidValue(found)
    word = text.strip()
    if re.fullmatch(r"[A-Za-z]{2}", word):
        return ValidValue(word.upper())
    return InvalidText("no country has this code or name" if word else _NEEDED)


def _read_state(text: str, context: _Context) -> ParsedEntry:
    found = _find_choice(text, context.choices)
    word = text.strip()
    if found is not None:
        return ValidValue(found)
    return ValidValue(word.upper() if re.fullmatch(r"[A-Za-z0-9-]{1,6}", word) else word)


def _read_datetime(text: str, context: _Context) -> ParsedEntry:
    text = text.strip()
    if _parse_instant(text) is not None:
        return ValidValue(text.upper().replace(" ", "T"))
    moment = _parse_loose_time(text, context.now)
    if isinstance(moment, InvalidText):
        return moment
    time_text = moment.isoformat(timespec="seconds")
    # Historic zones have offsets with seconds, which RFC 3339 cannot express.
    return ValidValue(time_text) if _parse_instant(time_text) else InvalidText("this is too long ago")


def _read_date_text(text: str, context: _Context) -> ParsedEntry:
    # The field is free text (Q8.28). Only an obvious loose date is converted.
    word = text.strip()
    if re.fullmatch(r"today|yesterday|tomorrow|[+-][0-9]{1,4}[dw]", word, re.IGNORECASE):
        moment = _parse_loose_time(word, context.now)
        if isinstance(moment, datetime):
            return ValidValue(moment.date().isoformat())
    return ValidValue(text)


def _read_tags(text: str, context: _Context) -> ParsedEntry:
    return ValidValue([line.strip() for line in text.split("\n") if line.strip()])


def _read_json(text: str, context: _Context) -> ParsedEntry:
    if not text.strip():
        return InvalidText('JSON is needed; "" is empty text')
    try:
        return ValidValue(decode(text))
    except CodecError as error:
        return InvalidText(str(error))


_READERS: Final[dict[str, Callable[[str, _Context], ParsedEntry]]] = {
    "text": _read_text,
    "word": _read_text,
    "lines": _read_text,
    "integer": _read_integer,
    "number": _read_number,
    "money_text": _read_money_text,
    "bool": _read_bool,
    "choice": _read_choice,
    "country": _read_country,
    "state": _read_state,
    "datetime": _read_datetime,
    "date_text": _read_date_text,
    "tags": _read_tags,
    "json": _read_json,
}

_NEEDED = "a value is needed; the command 'empty, null or absent' clears it"
_TOO_LONG = "this is too long for a number"
_MAX_DIGITS = 40
_MAX_TIME_LENGTH = 60
_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:[.,]([0-9]*))?")
_INSTANT = late_pattern(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.]\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_SPANS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _find_choice(text: str, choices: Choices) -> str | None:
    """The code of the choice whose code or name was typed, ignoring case."""
    word = text.strip().casefold()
    for code, name in choices:
        if word and word in (code.casefold(), name.casefold()):
            return code
    return None


def _decimal_text(text: str) -> str | InvalidText:
    """Convert a number with a decimal point or comma to JSON. Digits stay as typed: `3.50`."""
    text = "".join(text.split())
    if not text:
        return InvalidText(_NEEDED)
    match = _DECIMAL.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        grouped = re.fullmatch(r"[+-]?[0-9]{1,3}(?:[.,'][0-9]{3})+(?:[.,][0-9]+)?", text)
        return InvalidText(
            "write it without thousands separators" if grouped else "a number is needed, such as 3.50 or 3,50"
        )
    if len(text) > _MAX_DIGITS:
        return InvalidText(_TOO_LONG)
    sign = "-" if match[1] == "-" else ""
    whole = match[2].lstrip("0") or "0"
    return f"{sign}{whole}.{match[3]}" if match[3] else f"{sign}{whole}"


def _parse_instant(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Parse a full time with a zone (RFC 3339) and convert it to `zone`; None if it is not one."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _parse_loose_time(text: str, now: datetime) -> datetime | InvalidText:
    """Parse `today`, `-2d`, `14:30`, `yesterday 9:15`, `2025-11-23 14:30` or `23-11-2025` in the zone of `now`."""
    hint = InvalidText("a time is needed: 2025-11-23 14:30, 14:30, today, -2d")
    word = text.lower().strip()
    if len(word) > _MAX_TIME_LENGTH:
        return hint
    if word == "now":
        return now.replace(microsecond=0)
    if span := re.fullmatch(r"([+-]?[0-9]{1,5})([hm])", word):
        return (now.astimezone(UTC) + int(span[1]) * _SPANS[span[2]]).astimezone(now.tzinfo).replace(microsecond=0)
    match = re.fullmatch(r"(.*?)(?:(?:^|[ t]+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.][0-9]+)?)?)?", word)
    if not word or match is None:
        return hint
    day = _parse_loose_day(match[1], now.date())
    if not isinstance(day, date):
        return day or hint
    try:
        local = datetime(day.year, day.month, day.day, int(match[2] or 0), int(match[3] or 0), int(match[4] or 0))
        return local.replace(tzinfo=now.tzinfo)
    except (ValueError, OverflowError):
        return hint


def _parse_loose_day(word: str, today: date) -> date | InvalidText | None:
    if word in _DAYS or not word:
        return today + timedelta(days=_DAYS.get(word, 0))
    try:
        if span := re.fullmatch(r"([+-][0-9]{1,5})([dw])", word):
            return today + int(span[1]) * _SPANS[span[2]]
        if ymd := re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", word):
            return date(int(ymd[1]), int(ymd[2]), int(ymd[3]))
        if dmy := re.fullmatch(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})", word):
            if dmy[2] == "/":
                return InvalidText("day or month first? Write 2025-11-23")
            return date(int(dmy[4]), int(dmy[3]), int(dmy[1]))
    except (ValueError, OverflowError):
        return InvalidText("there is no such day")
    return None


# Formatting.


def _is_nested(value: Json | Absent) -> bool:
    return isinstance(value, dict | list)


def _is_single_line(tag: Json) -> bool:
    """Whether a tag can be edited on a line of its own without loss."""
    return isinstance(tag, str) and tag == tag.strip() != "" and "\n" not in tag and "\r" not in tag


def _value_text(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return f"{value:f}" if isinstance(exponent, int) and -_MAX_DIGITS < exponent < _MAX_DIGITS else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict | list):
        return encode(value).decode()
    return "" if value is None else value


def _quote_if_ambiguous(text: str, separators: str = "") -> str:
    """Put quotes around text that would look like a marker such as `· null ·`, or like nothing."""
    is_unambiguous = (
        text == text.strip() and text and text[0] not in '"·' and not any(char in text for char in separators)
    )
    return text if is_unambiguous else f'"{text}"'

"""Between what a person types and JSON: reading an entry by the kind of its field, and showing a value.

Kinds are those of `tui.api.models.Kind`. Nothing here judges a value by the schema: an entry is refused only if it
cannot be what its kind holds at all. The rest is validation's business, which says it at the field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final, TypeAlias

from tui.api.codec import CodecError, Json, decode, encode
from tui.api.pointer import ABSENT, Absent

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
    value: Json


@dataclass(frozen=True, slots=True)
class InvalidText:
    """Why the entry cannot be taken, as a sentence for the line under the field."""

    reason: str


ParsedEntry: TypeAlias = ValidValue | InvalidText


def parse_entry(kind: str, text: str, *, choices: Choices = (), now: datetime | None = None) -> ParsedEntry:
    """What was typed as a value. `now` has the zone that loose times are meant in; its default is this machine's, at today's offset from UTC."""
    read = _READERS.get(kind, _read_text)
    return read(text, _Context(tuple(choices), now or datetime.now().astimezone()))


def entry_text(kind: str, value: Json | Absent) -> str:
    """What an editor begins with: the value as one would type it. Absent and null begin empty."""
    if value is ABSENT or value is None:
        return ""
    if kind == "json":
        return encode(value, indent=2).decode() if _is_nested(value) else encode(value).decode()
    if isinstance(value, list) and kind == "tags" and all(_is_line(tag) for tag in value):
        return "\n".join(str(tag) for tag in value)
    return _plain(value)


def editing_kind(kind: str, value: Json | Absent) -> str:
    """The kind to edit this value as: what its field cannot hold as typed text is edited as JSON."""
    if value is ABSENT or value is None or kind == "json":
        return kind
    if kind == "tags":
        return kind if isinstance(value, list) and all(_is_line(tag) for tag in value) else "json"
    if _is_nested(value):
        return "json"
    if kind in ("text", "word") and isinstance(value, str) and re.search(r"[\r\n]", value):
        return "lines"
    return kind


def show_value(kind: str, value: Json | Absent, *, zone: tzinfo | None = None) -> str:
    """A value on one line, as a stranger's text: absent, null, empty and zero look different.

    Times are shown in `zone`, if it is given and they can be read.
    """
    if value is ABSENT:
        return SHOWN_ABSENT
    if value is None:
        return SHOWN_NULL
    if isinstance(value, list):
        if not value:
            return SHOWN_NONE
        if all(isinstance(tag, str) for tag in value):
            return ", ".join(_quoted(str(tag), more=",") for tag in value)
    if _is_nested(value):
        return encode(value).decode()
    if isinstance(value, str):
        if kind == "datetime" and zone is not None and (moment := _instant(value, zone)) is not None:
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        return _quoted(value) if value else SHOWN_EMPTY
    return _plain(value)


# How each kind is read.


@dataclass(frozen=True, slots=True)
class _Context:
    choices: Choices
    now: datetime


def _read_text(text: str, context: _Context) -> ParsedEntry:
    return ValidValue(text)


def _read_integer(text: str, context: _Context) -> ParsedEntry:
    text = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        return InvalidText("a whole number is needed, as 12" if text else _NEEDED)
    return ValidValue(int(text)) if len(text) <= _DIGITS else InvalidText(_TOO_LONG)


def _read_number(text: str, context: _Context) -> ParsedEntry:
    written = _decimal_text(text)
    if isinstance(written, InvalidText):
        return written
    return ValidValue(Decimal(written) if "." in written else int(written))


def _read_money_text(text: str, context: _Context) -> ParsedEntry:
    written = _decimal_text(text)
    return written if isinstance(written, InvalidText) else ValidValue(written)


def _read_bool(text: str, context: _Context) -> ParsedEntry:
    word = text.strip().lower()
    if word in ("y", "yes", "true", "1"):
        return ValidValue(True)
    if word in ("n", "no", "false", "0"):
        return ValidValue(False)
    return InvalidText("yes or no is needed")


def _read_choice(text: str, context: _Context) -> ParsedEntry:
    found = _choice(text, context.choices)
    if found is not None:
        return ValidValue(found)
    # An unlisted word goes through: real orders carry what the document's lists lack (Q8.1).
    return ValidValue(text.strip()) if text.strip() else InvalidText(_NEEDED)


def _read_country(text: str, context: _Context) -> ParsedEntry:
    found = _choice(text, context.choices)
    if found is not None:
        return ValidValue(found)
    word = text.strip()
    if re.fullmatch(r"[A-Za-z]{2}", word):
        return ValidValue(word.upper())
    return InvalidText("no country has this code or name" if word else _NEEDED)


def _read_state(text: str, context: _Context) -> ParsedEntry:
    found = _choice(text, context.choices)
    word = text.strip()
    if found is not None:
        return ValidValue(found)
    return ValidValue(word.upper() if re.fullmatch(r"[A-Za-z0-9-]{1,6}", word) else word)


def _read_datetime(text: str, context: _Context) -> ParsedEntry:
    text = text.strip()
    if _instant(text) is not None:
        return ValidValue(text.upper().replace(" ", "T"))
    moment = _loose(text, context.now)
    if isinstance(moment, InvalidText):
        return moment
    written = moment.isoformat(timespec="seconds")
    # Zones of long ago have offsets with seconds, which RFC 3339 cannot write.
    return ValidValue(written) if _instant(written) else InvalidText("that is too long ago")


def _read_date_text(text: str, context: _Context) -> ParsedEntry:
    # The field is free text (Q8.28); only what is plainly a loose date is made one.
    word = text.strip()
    if re.fullmatch(r"today|yesterday|tomorrow|[+-][0-9]{1,4}[dw]", word, re.IGNORECASE):
        moment = _loose(word, context.now)
        if isinstance(moment, datetime):
            return ValidValue(moment.date().isoformat())
    return ValidValue(text)


def _read_tags(text: str, context: _Context) -> ParsedEntry:
    return ValidValue([line.strip() for line in text.split("\n") if line.strip()])


def _read_json(text: str, context: _Context) -> ParsedEntry:
    if not text.strip():
        return InvalidText('JSON is needed; "" is an empty text')
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

_NEEDED = "something is needed here; c sets empty, null or absent"
_TOO_LONG = "that is too long for a number"
_DIGITS = 40
_LONGEST_TIME = 60
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.]\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_SPANS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _choice(text: str, choices: Choices) -> str | None:
    """The code whose code or name was typed, in any case."""
    word = text.strip().casefold()
    for code, name in choices:
        if word and word in (code.casefold(), name.casefold()):
            return code
    return None


def _decimal_text(text: str) -> str | InvalidText:
    """A number as JSON writes it, from one with a decimal point or comma. Digits stay as typed: `3.50`."""
    text = re.sub(r"\s", "", text)
    if not text:
        return InvalidText(_NEEDED)
    match = re.fullmatch(r"([+-]?)([0-9]*)(?:[.,]([0-9]*))?", text)
    if match is None or not (match[2] or match[3]):
        grouped = re.fullmatch(r"[+-]?[0-9]{1,3}(?:[.,'][0-9]{3})+(?:[.,][0-9]+)?", text)
        return InvalidText(
            "write it without a sign for thousands" if grouped else "a number is needed, as 3.50 or 3,50"
        )
    if len(text) > _DIGITS:
        return InvalidText(_TOO_LONG)
    sign = "-" if match[1] == "-" else ""
    whole = match[2].lstrip("0") or "0"
    return f"{sign}{whole}.{match[3]}" if match[3] else f"{sign}{whole}"


def _instant(text: str, zone: tzinfo = UTC) -> datetime | None:
    """A full time with its zone (RFC 3339), as a time in `zone`; None if it is none."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _loose(text: str, now: datetime) -> datetime | InvalidText:
    """`today`, `-2d`, `14:30`, `yesterday 9:15`, `2025-11-23 14:30`, `23-11-2025`: in the zone of `now`."""
    hint = InvalidText("a time is needed: 2025-11-23 14:30, 14:30, today, -2d")
    word = text.lower().strip()
    if len(word) > _LONGEST_TIME:
        return hint
    if word == "now":
        return now.replace(microsecond=0)
    if span := re.fullmatch(r"([+-]?[0-9]{1,5})([hm])", word):
        return (now.astimezone(UTC) + int(span[1]) * _SPANS[span[2]]).astimezone(now.tzinfo).replace(microsecond=0)
    match = re.fullmatch(r"(.*?)(?:(?:^|[ t]+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.][0-9]+)?)?)?", word)
    if not word or match is None:
        return hint
    day = _loose_day(match[1], now.date())
    if not isinstance(day, date):
        return day or hint
    try:
        local = datetime(day.year, day.month, day.day, int(match[2] or 0), int(match[3] or 0), int(match[4] or 0))
        return local.replace(tzinfo=now.tzinfo)
    except (ValueError, OverflowError):
        return hint


def _loose_day(word: str, today: date) -> date | InvalidText | None:
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


# How values are written.


def _is_nested(value: Json | Absent) -> bool:
    return isinstance(value, dict | list)


def _is_line(tag: Json) -> bool:
    """Whether a tag can stand on a line of its own and come back unharmed."""
    return isinstance(tag, str) and tag == tag.strip() != "" and "\n" not in tag and "\r" not in tag


def _plain(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return f"{value:f}" if isinstance(exponent, int) and -_DIGITS < exponent < _DIGITS else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict | list):
        return encode(value).decode()
    return "" if value is None else value


def _quoted(text: str, more: str = "") -> str:
    """Quotes around what would otherwise look like something else: a shown state, or nothing."""
    plain = text == text.strip() and text and text[0] not in '"·' and not any(char in text for char in more)
    return text if plain else f'"{text}"'

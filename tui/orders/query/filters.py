"""The filter line: what the user types, read into what the service can filter by and what is narrowed here."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from tui.api.query import SORT_KEYS

HELP = (
    ("number:NL-48213", "one order by its number"),
    ("id:1896e94b", "one order by the shop's order id"),
    ("status:unshipped", "by the shop's status; several with commas are told apart here"),
    ("date:yesterday", "ordered on a day: today, yesterday, -3d, 2026-11-22, or 2026-11-20..2026-11-22"),
    ("updated:-7d..", "touched by the shop since then"),
    ("sort:-order_created_at", f"by {', '.join(SORT_KEYS)}; - for falling"),
    ("why:any", "not going to ship, or doubtful; why:stop only the former, why:none neither, why:weight one reason"),
    ("words", "any other words narrow what was read, here, by recipient, city, number, tag or problem"),
)

FILTER_NAMES = tuple(word.partition(":")[0] for word, _ in HELP if ":" in word)
"""What stands before a colon."""
BLOCKED_REASON, ANY_REASON, NO_REASON = "stop", "any", "none"
"""What `why:` may ask for beside a word of a reason."""


class FilterError(ValueError):
    """A word of the filter line cannot be understood; the message names it and says what would do."""


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days in the profile's zone, both ends included; None is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter line, understood. `words` narrow locally, as `why` does; everything else is asked of the service."""

    number: str | None = None
    order_id: str | None = None
    statuses: tuple[str, ...] = ()
    ordered: Days = field(default_factory=Days)
    updated: Days = field(default_factory=Days)
    sort: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    why: str = ""
    """What is judged here of each order: STOPS, ANY_WHY, NO_WHY, or a word of a reason."""

    @property
    def asks(self) -> bool:
        """Whether the service is asked for less than everything."""
        return bool(self.number or self.order_id or self.statuses) or self.ordered != Days() or self.updated != Days()


def parse_filter(line: str, today: date) -> Filter:
    """Read a filter line. Raises FilterError for a word that begins like a filter and is none."""
    number = order_id = None
    statuses: tuple[str, ...] = ()
    ordered = updated = Days()
    sort: tuple[str, ...] = ()
    words: list[str] = []
    why = ""
    for word in _words(line):
        key, colon, value = word.partition(":")
        match key.lower() if colon else "":
            case "number" | "order_number":
                number = _given(key, value)
            case "id" | "order_id":
                order_id = _given(key, value)
            case "status":
                statuses = tuple(part for part in _given(key, value).split(",") if part)
            case "date" | "created" | "order_created_at":
                ordered = _days(value, today)
            case "updated" | "order_updated_at":
                updated = _days(value, today)
            case "sort":
                sort = _sort(value)
            case "why":
                why = _given(key, value).lower()
            case "":
                words.append(word.lower())
            case _:
                raise FilterError(f"There is no filter {key[:20]!r}; there are {', '.join(FILTER_NAMES)}.")
    return Filter(number, order_id, statuses, ordered, updated, sort, tuple(words), why)


def _words(line: str) -> list[str]:
    # A value with blanks is quoted: status:"on hold".
    return [re.sub(r'"', "", word) for word in re.findall(r'(?:[^\s"]|"[^"]*"?)+', line)]


def _given(key: str, value: str) -> str:
    if not value:
        raise FilterError(f"After {key}: a value is missing.")
    return value


def _sort(value: str) -> tuple[str, ...]:
    keys = tuple(part for part in value.split(",") if part)
    for key in keys:
        if key.removeprefix("-") not in SORT_KEYS:
            raise FilterError(f"The service cannot sort by {key[:20]!r}; it can by {', '.join(SORT_KEYS)}.")
    return keys


def _days(value: str, today: date) -> Days:
    first, dots, last = value.partition("..")
    if not dots:
        day = _day(first, today)
        return Days(day, day)
    if not first and not last:
        raise FilterError("A span of days needs at least one end, as 2026-11-20.. or ..yesterday")
    return Days(_day(first, today) if first else None, _day(last, today) if last else None)


def _day(text: str, today: date) -> date:
    match text.lower():
        case "today":
            return today
        case "yesterday":
            return today - timedelta(days=1)
    if ago := re.fullmatch(r"-?(\d{1,4})d", text):
        return today - timedelta(days=int(ago[1]))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FilterError(f"{text[:20]!r} is no day; write today, yesterday, -3d or {today.isoformat()}.") from None

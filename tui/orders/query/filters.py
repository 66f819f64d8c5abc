"""The filter line: parses what the user types into filters of the service and filters that are applied locally."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from tui.api.query import SORT_KEYS

HELP = (
    ("number:NL-48213", "one order by its number"),
    ("id:1896e94b", "one order by the shop's order id"),
    ("status:unshipped", "by the shop's status; several, separated by commas, are filtered locally"),
    ("date:yesterday", "by order date: today, yesterday, -3d, 2026-11-22, or 2026-11-20..2026-11-22"),
    ("updated:-7d..", "by the date of the shop's last update"),
    ("sort:-order_created_at", f"by {', '.join(SORT_KEYS)}; - for descending"),
    ("why:any", "with errors or warnings; why:stop with errors, why:none without either, why:weight with one reason"),
    ("words", "any other words search the loaded orders: recipient, city, number, tag or problem"),
)

FILTER_NAMES = tuple(example.partition(":")[0] for example, _ in HELP if ":" in example)
"""The filter names, which come before a colon."""
BLOCKED_REASON, ANY_REASON, NO_REASON = "stop", "any", "none"
"""The values of `why:` other than a word of a reason."""


class FilterError(ValueError):
    """A term of the filter line is invalid. The message names it and says what is valid."""


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days in the profile's zone, both ends included. None means open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter line. `terms` and `why` are applied locally, everything else by the service."""

    number: str | None = None
    order_id: str | None = None
    statuses: tuple[str, ...] = ()
    ordered: Days = field(default_factory=Days)
    updated: Days = field(default_factory=Days)
    sort: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    why: str = ""
    """Which problems an order must have: `stop`, `any`, `none`, or a word of a reason."""

    @property
    def narrows_query(self) -> bool:
        """Whether the service returns less than all orders."""
        return bool(self.number or self.order_id or self.statuses) or self.ordered != Days() or self.updated != Days()


def parse_filter(line: str, today: date) -> Filter:
    """Parse a filter line. Raises FilterError for a term that looks like a filter but is not one."""
    number = order_id = None
    statuses: tuple[str, ...] = ()
    ordered = updated = Days()
    sort: tuple[str, ...] = ()
    terms: list[str] = []
    why = ""
    for term in _split_terms(line):
        key, colon, value = term.partition(":")
        match key.lower() if colon else "":
            case "number" | "order_number":
                number = _require_value(key, value)
            case "id" | "order_id":
                order_id = _require_value(key, value)
            case "status":
                statuses = tuple(part for part in _require_value(key, value).split(",") if part)
            case "date" | "created" | "order_created_at":
                ordered = _days(value, today)
            case "updated" | "order_updated_at":
                updated = _days(value, today)
            case "sort":
                sort = _sort(value)
            case "why":
                why = _require_value(key, value).lower()
            case "":
                terms.append(term.lower())
            case _:
                raise FilterError(f"Unknown filter {key[:20]!r}. Filters: {', '.join(FILTER_NAMES)}.")
    return Filter(number, order_id, statuses, ordered, updated, sort, tuple(terms), why)


def _split_terms(line: str) -> list[str]:
    # A value with spaces is quoted: status:"on hold".
    return [re.sub(r'"', "", term) for term in re.findall(r'(?:[^\s"]|"[^"]*"?)+', line)]


def _require_value(key: str, value: str) -> str:
    if not value:
        raise FilterError(f"A value is missing after {key}:")
    return value


def _sort(value: str) -> tuple[str, ...]:
    keys = tuple(part for part in value.split(",") if part)
    for key in keys:
        if key.removeprefix("-") not in SORT_KEYS:
            raise FilterError(f"Cannot sort by {key[:20]!r}. Sort keys: {', '.join(SORT_KEYS)}.")
    return keys


def _days(value: str, today: date) -> Days:
    first, dots, last = value.partition("..")
    if not dots:
        day = _day(first, today)
        return Days(day, day)
    if not first and not last:
        raise FilterError("A range of days needs at least one end, such as 2026-11-20.. or ..yesterday")
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
        raise FilterError(f"{text[:20]!r} is not a day. Use today, yesterday, -3d or {today.isoformat()}.") from None

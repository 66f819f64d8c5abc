"""`OrderQuery`: the parameters of the order list, and checks that the response matches them (Q4.6–4.12)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from tui.api.codec import Document, Json
from tui.api.errors import InvalidRequest
from tui.api.pointer import ABSENT, Absent, Pointer

__all__ = [
    "SORT_KEYS",
    "OrderQuery",
    "encode_query",
    "id_number",
    "id_text",
    "mismatches",
    "order_key",
    "read_instant",
    "sort_warning",
]

SORT_KEYS = ("integration", "order_number", "order_created_at", "order_updated_at", "pk")
"""Each may be prefixed with `-`. The service silently replaces any other key by `-pk` (Q4.11)."""

LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """The parameters of `GET /orders` (Orders, "Retrieve a list of orders") except the cursor, under their own names.

    Empty texts and None are not sent. Dates are the shop's, and the service documents neither their zone nor whether
    `_max` includes its day (Q4.9): request one more day on each side and filter the rows locally.
    """

    integration: tuple[int, ...] = ()
    order_number: str | None = None
    order_id: str | None = None
    status: str | None = None
    order_created_at: date | None = None
    order_created_at_min: date | None = None
    order_created_at_max: date | None = None
    order_updated_at: date | None = None
    order_updated_at_min: date | None = None
    order_updated_at_max: date | None = None
    sort: tuple[str, ...] = ()
    page_size: int = 100

    def parameters(self) -> list[tuple[str, str]]:
        """The query parameters. Raises InvalidRequest; see `check`."""
        self.check()
        pairs = [
            ("integration", ",".join(str(shop) for shop in self.integration)),
            ("order_number", self.order_number or ""),
            ("order_id", self.order_id or ""),
            ("status", self.status or ""),
            *((name, _day(value)) for name, value in self._dates()),
            ("sort", ",".join(self.sort)),
            ("page_size", str(self.page_size)),
        ]
        return [(name, value) for name, value in pairs if value]

    def check(self) -> None:
        """Raise InvalidRequest for values that the service would silently misread."""
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise InvalidRequest(f"The page size must be 1 to {LARGEST_PAGE}, not {self.page_size}. Nothing was sent.")
        for key in self.sort:
            if key.removeprefix("-") not in SORT_KEYS:
                raise InvalidRequest(
                    f"Orders cannot be sorted by {key!r}, only by {', '.join(SORT_KEYS)}. Nothing was sent."
                )
        if any(isinstance(shop, bool) or shop < 1 for shop in self.integration):
            raise InvalidRequest("An integration id must be a number from 1. Nothing was sent.")

    def _dates(self) -> Iterator[tuple[str, date | None]]:
        yield "order_created_at", self.order_created_at
        yield "order_created_at_min", self.order_created_at_min
        yield "order_created_at_max", self.order_created_at_max
        yield "order_updated_at", self.order_updated_at
        yield "order_updated_at_min", self.order_updated_at_min
        yield "order_updated_at_max", self.order_updated_at_max


def encode_query(pairs: Sequence[tuple[str, str]]) -> str:
    """Encode a query, escaping everything but letters, digits and `-._~`: a cursor keeps its `=` and `+` (Q4.2).

    Raises InvalidRequest for a text with half a character (a lone surrogate), which has no form in a query.
    """
    try:
        return "&".join(
            f"{quote(name, safe='')}={quote(value, safe='', errors='surrogateescape')}" for name, value in pairs
        )
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            f"The service cannot be asked for {error.object!a}: it has half a character. Nothing was sent."
        ) from None


def id_text(value: Json | Absent) -> str:
    """An id in canonical form, as text: 669, "669" and 669.0 are the same (Q1.1). Empty if there is none."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return ""
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() and value.adjusted() < 30 else str(value)
    return str(value)


def id_number(text: str) -> int | None:
    """An id as a number; None if it cannot be one (it has at most 30 digits)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 30 else None


def order_key(order: Document) -> str:
    """Sendcloud's id of an order as text; empty if it has none yet."""
    return id_text(order.get("id"))


def read_instant(value: Json | Absent) -> datetime | None:
    """Parse a time of the service; None if it is absent or invalid. A time without a zone is read as UTC."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        when = datetime.fromisoformat(value.strip())
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_SHOP = Pointer.of("order_details", "integration", "id")
_STATUS = Pointer.of("order_details", "status", "code")
_CREATED = Pointer.of("order_details", "order_created_at")
_UPDATED = Pointer.of("order_details", "order_updated_at")
_NUMBER = Pointer.of("order_number")
_ORDER_ID = Pointer.of("order_id")
_ID = Pointer.of("id")

_SLACK = timedelta(days=1)


def mismatches(query: OrderQuery, orders: Sequence[Document]) -> dict[str, tuple[int, ...]]:
    """For each parameter of the query, the indices of the orders that do not match it.

    Texts are compared in full, ignoring case; dates with one day of tolerance. A time that cannot be read counts as a
    match, an absent one does not.
    """
    found: dict[str, tuple[int, ...]] = {}
    for name, matches in _checks(query):
        indices = tuple(index for index, order in enumerate(orders) if not matches(order))
        if indices:
            found[name] = indices
    return found


def _checks(query: OrderQuery) -> Iterator[tuple[str, Callable[[Document], bool]]]:
    if query.integration:
        shops = {str(shop) for shop in query.integration}
        yield "integration", lambda order: id_text(_SHOP.get(order)) in shops
    for name, wanted, pointer in (
        ("order_number", query.order_number, _NUMBER),
        ("order_id", query.order_id, _ORDER_ID),
        ("status", query.status, _STATUS),
    ):
        if wanted:
            yield name, _same_text(pointer, wanted)
    for name, exact, low, high, pointer in (
        ("order_created_at", query.order_created_at, query.order_created_at_min, query.order_created_at_max, _CREATED),
        ("order_updated_at", query.order_updated_at, query.order_updated_at_min, query.order_updated_at_max, _UPDATED),
    ):
        if exact or low or high:
            yield name, _between(pointer, exact or low, exact or high)


def _same_text(pointer: Pointer, wanted: str) -> Callable[[Document], bool]:
    folded = wanted.strip().casefold()
    return lambda order: id_text(pointer.get(order)).casefold() == folded


def _between(pointer: Pointer, low: date | None, high: date | None) -> Callable[[Document], bool]:
    first = date.min if low is None or low <= date.min + _SLACK else low - _SLACK
    last = date.max if high is None or high >= date.max - _SLACK else high + _SLACK

    def matches(order: Document) -> bool:
        value = pointer.get(order)
        if value is None or value is ABSENT or value == "":
            return False
        when = read_instant(value)
        return when is None or first <= when.date() <= last

    return matches


def sort_warning(sort: Sequence[str], orders: Sequence[Document]) -> str | None:
    """A sentence if the orders are not sorted as requested.

    Pairs that lack a value are not compared, and order numbers only where every sensible text collation agrees.
    """
    keys: dict[str, bool] = {}
    for key in sort:
        keys.setdefault(key.removeprefix("-"), key.startswith("-"))  # the first of two conflicting keys counts
    if not keys:
        return None
    for index in range(1, len(orders)):
        if _inverted(keys, orders[index - 1], orders[index]):
            return f"The service did not sort by {','.join(sort)}: row {index + 1} should be above row {index}."
    return None


def _inverted(keys: dict[str, bool], before: Document, after: Document) -> bool:
    for name, descending in keys.items():
        verdict = _order_by(name, before, after)
        if verdict is None:
            return False
        if verdict:
            return (verdict > 0) != descending
    return False


def _order_by(name: str, before: Document, after: Document) -> int | None:
    """-1, 0 or 1 for before < after, equal, before > after; None if that cannot be decided."""
    if name == "order_number":
        return _order_of_texts(_NUMBER.get(before), _NUMBER.get(after))
    if name in ("pk", "integration"):
        pointer = _ID if name == "pk" else _SHOP
        texts = id_text(pointer.get(before)), id_text(pointer.get(after))
        if not all(text.isascii() and text.isdigit() and len(text) < 40 for text in texts):
            return None
        first, second = int(texts[0]), int(texts[1])
        return (first > second) - (first < second)
    pointer = _CREATED if name == "order_created_at" else _UPDATED
    early, late = read_instant(pointer.get(before)), read_instant(pointer.get(after))
    return None if early is None or late is None else (early > late) - (early < late)


def _order_of_texts(before: Json | Absent, after: Json | Absent) -> int | None:
    if not isinstance(before, str) or not isinstance(after, str):
        return None
    if before == after:
        return 0
    bare = ["".join(c for c in text.casefold() if c.isalnum()) for text in (before, after)]
    verdicts = {
        (a > b) - (a < b) for a, b in ((before, after), (before.casefold(), after.casefold()), (bare[0], bare[1]))
    }
    return verdicts.pop() if len(verdicts) == 1 else None


def _day(value: date | None) -> str:
    return "" if value is None else f"{value.year:04}-{value.month:02}-{value.day:02}"

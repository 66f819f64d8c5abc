"""Random orders and queries that find some of them, for tests that evaluate queries in several ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from odd_values import ODD

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer, walk
from tui.orders.query.conditions import Facts
from tui.orders.query.facts import FactsContext, facts_of
from tui.orders.query.meaning import QueryContext
from tui.orders.query.syntax import quote
from tui.orders.query.vocabulary import FIELDS, IS_WORDS, KEY_WORDS, SORT_FIELDS, FieldKind

T = TypeVar("T")

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
"""A Wednesday."""
CONTEXT = QueryContext(
    NOW,
    ZoneInfo("Europe/Amsterdam"),
    {"7": "Mijn Winkel", "8": "eBay", "9": "Café Ölstraße"},
    {"no_weight": "no weight", "zero_weight": "weight is zero", "postcode": "postcode", "city_postcode": "other city"},
    {
        word: {str(number) for number in range(1, 60) if number % (place + 2) == 0}
        for place, word in enumerate(KEY_WORDS)
    },
)

NAMES = (
    "Jan Jansen",
    "Zoë Özdemir",
    "J. & M. O'Neill",
    "İrem Łoś",
    "Straßer GmbH",
    "100% \\_x",
    "李雷",
    "zo\u0308e",
    "or",
)
CITIES = ("Den Haag", "'s-Gravenhage", "Köln", "Delft", "København", "", None)
COUNTRIES = ("NL", "de", "Nederland", "Deutschland", "UK", "??", "", None)
POSTCODES = ("1012 AB", "1012AB", "50667", "", None)
STREETS = ("Kerkstraat", "Straße des 17. Juni", "Rue de l’Église", "", None)
EMAILS = ("jan@example.org", "ZOE@Example.com", "", None)
PHONES = ("06-12345678", "+31 6 12345678", "0031612345678", "(0221) 99 88 77", "", None)
STATUSES = (("unshipped", "Unshipped"), ("on-hold", "On hold"), ("completed", "Voltooid"), ("paid", ""), ("", None))
PAYMENTS = (("paid", "Order has been paid"), ("pending", "Waiting"), ("unpaid", None), (None, "Paid"))
SKUS = ("MUG-1", "MUG-10", "Ünï", "a, b", "", None)
ITEMS = ("Mug", "Blue mug, large", "Tasse à café", '5" pipe', None)
TAGS = ("gift", "Fragile", "a, b", "über")
NOTES = ("Please ring twice", "line one\nline two", "none", "", None)
TIMES = (
    "2026-11-25T09:29:59Z",
    "2026-11-24T23:00:00+00:00",
    "2026-11-24T22:59:59Z",
    "2026-11-22T10:00:00.5Z",
    "soon",
    None,
)
NUMBERS = (0, 1, 2, Decimal("2.50"), Decimal("41.90"), Decimal("-3"), Decimal("1e-9"), None, "12.5")
CODES = (("no_weight", "error"), ("postcode", "warning"), ("unpaid", "warning"), ("combine", "info"))


@dataclass(frozen=True, slots=True)
class OrderCase:
    """An order, what is known of it, and its facts."""

    document: Document
    context: FactsContext

    @property
    def facts(self) -> Facts:
        return facts_of(self.document, self.context)


def random_order(seed: int) -> OrderCase:
    """An order that looks like those of shops, some fields of which are absent, empty or of another type."""
    return make_order(Random(seed))


def orders() -> st.SearchStrategy[OrderCase]:
    """Orders as of `random_order`."""
    return st.randoms(use_true_random=False).map(make_order)


def random_query(seed: int) -> str:
    """A valid query in `CONTEXT`."""
    return make_query(Random(seed))


def queries() -> st.SearchStrategy[str]:
    """Queries as of `random_query`."""
    return st.randoms(use_true_random=False).map(make_query)


def make_order(rng: Random) -> OrderCase:
    pick = rng.choice
    status, payment = pick(STATUSES), pick(PAYMENTS)
    address = {
        "name": pick(NAMES),
        "company_name": pick((*NAMES, "", None)),
        "address_line_1": pick(STREETS),
        "house_number": pick(("12", "12-3", None)),
        "postal_code": pick(POSTCODES),
        "city": pick(CITIES),
        "country_code": pick(COUNTRIES),
        "state_province_code": pick(("IT-RM", "rm", None)),
        "phone_number": pick(PHONES),
        "email": pick(EMAILS),
    }
    document: Json = {
        "id": str(rng.randint(1, 60)),
        "order_id": pick(("1896e94b", "12", "A-ä", None)),
        "order_number": pick(("NL-48213", "NL-48214", "#1001", "or", 1001, None)),
        "shipping_address": _some_of(rng, address),
        "customer_details": _some_of(rng, {"email": pick(EMAILS), "phone_number": pick(PHONES)}),
        "order_details": {
            "integration": {"id": pick((7, "8", 9, None))},
            "status": {"code": status[0], "message": status[1]},
            "order_created_at": pick(TIMES),
            "order_updated_at": pick(TIMES),
            "notes": pick(NOTES),
            "tags": rng.sample(TAGS, rng.randint(0, 2)),
            "order_items": [_item(rng) for _ in range(rng.randint(0, 3))],
        },
        "payment_details": {
            "status": {"code": payment[0], "message": payment[1]},
            "total_price": {"value": pick(NUMBERS), "currency": pick(("EUR", "CHF", None))},
        },
        "shipping_details": {
            "is_local_pickup": pick((True, False, None)),
            "measurement": pick((None, {"weight": {"value": pick(NUMBERS), "unit": pick(("kg", "g"))}})),
            "delivery_indicator": pick(("PostNL standard", None)),
            "ship_with": pick((None, {"properties": {"shipping_option_code": "postnl:standard"}})),
        },
        "service_point_details": pick((None, {}, {"id": "1234"})),
    }
    if rng.random() < 0.2:
        pointer = rng.choice([pointer for pointer, _ in walk(document) if pointer.tokens])
        document = pointer.put(document, pick(tuple(ODD.values()))) if pointer != Pointer.of("id") else document
    context = FactsContext(
        pick(("open", "finished", "unknown")),
        rng.sample(CODES, rng.randint(0, 3)),
        pick((True, False)),
        pick((True, False)),
        pick((None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(hours=3), NOW + timedelta(days=1))),
    )
    return OrderCase(cast(Document, document), context)


def make_query(rng: Random) -> str:
    text = _either(rng, rng.randint(0, 3))
    if rng.random() < 0.3:
        keys = rng.sample(SORT_FIELDS, rng.randint(1, 3))
        text += f" sort:{','.join(rng.choice(('', '-')) + key for key in keys)}"
    return text


def _some_of(rng: Random, fields: dict[str, str | None]) -> Json:
    return {name: value for name, value in fields.items() if rng.random() < 0.9} if rng.random() < 0.95 else None


def _item(rng: Random) -> Json:
    return {
        "name": rng.choice(ITEMS),
        "sku": rng.choice(SKUS),
        "quantity": rng.choice((1, 2, 3, None, Decimal("1.0"))),
        "hs_code": rng.choice(("6109.10", "610910", None)),
        "country_of_origin": rng.choice(("CN", "China", None)),
        "ean": rng.choice(("8712345678906", "", None)),
        "measurement": rng.choice((None, {"weight": {"value": rng.choice(NUMBERS), "unit": "kg"}})),
    }


def _either(rng: Random, depth: int) -> str:
    return " or ".join(_both(rng, depth) for _ in range(rng.choice((1, 1, 2))))


def _both(rng: Random, depth: int) -> str:
    return rng.choice((" ", "  ", " and ")).join(_negation(rng, depth) for _ in range(rng.choice((1, 1, 2, 3))))


def _negation(rng: Random, depth: int) -> str:
    sign = rng.choice(("", "", "", "-", "not ", "NOT -"))
    return sign + (f"({_either(rng, depth - 1)})" if depth > 0 and rng.random() < 0.4 else _term(rng))


def _term(rng: Random) -> str:
    match rng.randint(0, 5):
        case 0:
            return quote(_part(rng, _texts(rng)))
        case 1:
            return f"is:{','.join(rng.sample(tuple(IS_WORDS), rng.randint(1, 2)))}"
        case 2:
            return rng.choice(("why:any", "why:none", "why:error", "why:weight", "why:=postcode", "why:city"))
        case _:
            return _field_term(rng, rng.choice(tuple(FIELDS)))


def _field_term(rng: Random, name: str) -> str:
    kind = FIELDS[name].kind
    if rng.random() < 0.15:
        return f"{name}:{rng.choice(('any', 'none'))}"
    if kind in (FieldKind.TEXT, FieldKind.EXACT):
        texts = _values_of(name)
        values = [quote(_part(rng, texts) if kind is FieldKind.TEXT else rng.choice(texts)) for _ in range(2)]
        return f"{name}{rng.choice((':', ':='))}{','.join(values[: rng.randint(1, 2)])}"
    values = ("0", "1", "2.5", "41.90", "-3", "12.5") if kind is FieldKind.NUMBER else _DATES
    low, high = rng.choice(values), rng.choice(values)
    return rng.choice(
        (
            f"{name}:{values[0]},{values[1]}",
            f"{name}{rng.choice(('>', '>=', '<', '<=', ':>='))}{low}",
            f"{name}:{low}..{high}",
            f"{name}:{low}..,..{high}",
        )
    )


_DATES = ("2026-11-22", "today", "yesterday", "monday", "Tomorrow", "-3d", "-6h", "+2h")


def _texts(rng: Random) -> Sequence[str]:
    return _filled(rng.choice((NAMES, CITIES, STREETS, EMAILS, PHONES, SKUS, ITEMS, TAGS, NOTES, POSTCODES)))


def _values_of(name: str) -> Sequence[str]:
    found: dict[str, Sequence[str | None]] = {
        "shop": ("7", "8", "mijn winkel", "cafe olstrasse"),
        "number": ("NL-48213", "#1001", "or"),
        "id": ("1896E94B", "12", "a-A"),
        "status": tuple(text for status in STATUSES for text in status),
        "payment": tuple(text for payment in PAYMENTS for text in payment),
        "country": COUNTRIES,
        "state": ("it-rm", "RM"),
        "city": CITIES,
        "postcode": POSTCODES,
        "street": STREETS,
        "email": EMAILS,
        "phone": PHONES,
        "sku": SKUS,
        "item": ITEMS,
        "tag": TAGS,
        "note": NOTES,
        "carrier": ("postnl", "PostNL standard"),
        "currency": ("eur", "CHF"),
        "hs": ("6109", "6109.10"),
        "origin": ("CN", "china"),
        "ean": ("8712",),
    }
    return _filled(found.get(name, NAMES))


def _filled(texts: Sequence[str | None]) -> Sequence[str]:
    return [text for text in texts if text]


def _part(rng: Random, texts: Sequence[str]) -> str:
    """A text, or a part of it that is not only marks and blanks."""
    text = rng.choice(texts)
    start = rng.randrange(len(text))
    part = text[start : start + rng.randint(1, 6)].strip()
    return part if rng.random() < 0.7 and any(char.isalnum() for char in part) else text

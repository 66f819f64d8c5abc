"""Checks before shipping: what carriers and customs need and the order lacks (QUIRKS 8, 13)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.models import Group
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.wording import count_of
from tui.orders.addresses.formats import is_postcode
from tui.orders.addresses.house_number import split_street
from tui.orders.checks.fix import Fix
from tui.orders.countries import country_name
from tui.orders.fields import field_at
from tui.orders.paths import ITEMS, PAYMENT_STATUS, SHIP_TO, TOTAL, WEIGHT

_CUSTOMS_UNION: Final = frozenset(re.findall("..", "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEITLTLULVMTNLPLPTROSESISKMC"))
_OUTSIDE_CUSTOMS_AREA: Final = {"ES": ("35", "38", "51", "52"), "IT": ("23041", "22061")}
"""Postcodes of EU countries outside the customs area: Canaries, Ceuta, Melilla, Livigno, Campione."""
_MAX_LENGTHS: Final = {"name": 35, "company_name": 35, "house_number": 20, "city": 26, "address_line_2": 35}
_MAX_STREET_LENGTH: Final = 32
_ADDITION: Final = re.compile(r"(apt|app|appt|bus|flat|unit|etage|building|bât|bat)?\W*\d*\w?", re.IGNORECASE)
# Each part ends where the next begins, so that a long text is scanned only once.
_EMAIL: Final = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")


_ITEM_WEIGHT = Pointer.of("measurement", "weight", "value")
_LINE_TOTAL = Pointer.of("total_price", "value")
_PICKUP: Final = Pointer.of("shipping_details", "is_local_pickup")
_COUNTRY: Final = SHIP_TO / "country_code"
_POSTCODE: Final = SHIP_TO / "postal_code"
_TOTAL: Final = TOTAL / "value"
_EXTRAS: Final = tuple(
    (Pointer.of("payment_details", name, "value"), sign)
    for name, sign in (
        ("freight_costs", 1),
        ("other_costs", 1),
        ("estimated_shipping_price", 1),
        ("discount_granted", -1),
    )
)
"""Amounts that a total may include besides the lines, with their sign."""
_PER_ITEM_CODES: Final = frozenset({"no_hs_code", "no_country_of_origin", "no_weight"})


def preflight(order: Document) -> list[Problem]:
    """Find what prevents this order from being shipped (errors) and what is doubtful (warnings), errors first."""
    found = [
        *_check_address(order),
        *_check_weight(order),
        *_check_customs(order),
        *_check_items(order),
        *_check_money(order),
    ]
    return sorted(found, key=lambda problem: problem.severity is Severity.WARNING)


def at_every_item(order: Document, problem: Problem) -> Iterator[Problem]:
    """Yield the problem for each item that it concerns, if it concerns several."""
    if problem.code not in _PER_ITEM_CODES or not problem.pointer.startswith(ITEMS):
        yield problem
        return
    inner = Pointer(problem.pointer.tokens[len(ITEMS) + 1 :])
    for index, item in enumerate(_item_objects(order)):
        value = inner.get(item)
        if not isinstance(value, int | Decimal) and not (isinstance(value, str) and value.strip()):
            yield replace(problem, pointer=ITEMS / index + inner)


def fix_for(order: Document, problem: Problem) -> Fix | None:
    """Propose a fix for a problem found by `preflight`, if there is one. `spreadsheet_damage.fix_for` has more."""
    if problem.code in ("street_number", "no_house_number"):
        street = (SHIP_TO / "address_line_1").get(order)
        split = split_street(street, _text(order, _COUNTRY)) if isinstance(street, str) else None
        if split is None:
            return None
        values = ((SHIP_TO / "address_line_1", split[0]), (SHIP_TO / "house_number", split[1]))
        return Fix(f"{split[0]} │ {split[1]}", values)
    if problem.code == "swapped_lines":
        lines = [_text(order, SHIP_TO / name) for name in ("address_line_1", "address_line_2")]
        values = ((SHIP_TO / "address_line_1", lines[1]), (SHIP_TO / "address_line_2", lines[0]))
        return Fix(f"street {lines[1]}, line 2 {lines[0]}", values)
    return None


def needs_customs(country: str, postcode: str) -> bool:
    """Whether goods from the EU cross a customs border on the way to this address."""
    return country not in _CUSTOMS_UNION or postcode.replace(" ", "").startswith(
        _OUTSIDE_CUSTOMS_AREA.get(country, ("\0",))
    )


def _check_address(order: Document) -> Iterator[Problem]:
    if _PICKUP.get(order) is True:
        return
    address = SHIP_TO.get(order)
    if not isinstance(address, dict):
        yield _error(SHIP_TO, "no_address", "no address", "The order has no shipping address.")
        return
    for name in ("name", "address_line_1", "postal_code", "city", "country_code"):
        if not _text_of(address, name).strip():
            label = _label(SHIP_TO / name)
            yield _error(SHIP_TO / name, f"no_{name}", f"no {label}", f"The address has no {label}.")
    yield from _check_country(address)
    yield from _check_street(address)
    name = _text_of(address, "name")
    if _EMAIL.search(name):
        yield _warning(
            SHIP_TO / "name", "email_in_name", "e-mail in the name", "There is an e-mail address in the name."
        )
    for field, limit in _MAX_LENGTHS.items():
        value = _text_of(address, field)
        if len(value) > limit:
            label = _label(SHIP_TO / field)
            detail = f"Some carriers print at most {limit} characters; this has {len(value)}."
            yield _warning(SHIP_TO / field, "long", f"{label} too long ({len(value)}/{limit})", detail)


def _check_country(address: Document) -> Iterator[Problem]:
    code = _text_of(address, "country_code").strip()
    postcode = _text_of(address, "postal_code").strip()
    if code and not country_name(code):
        detail = f"{code!r} is not a two-letter country code."
        yield _error(SHIP_TO / "country_code", "unknown_country", f"country {code[:12]}?", detail)
    elif postcode and is_postcode(code.upper(), postcode) is False:
        detail = f"Postcodes in {country_name(code)} have another format."
        yield _warning(SHIP_TO / "postal_code", "postcode", f"postcode {postcode[:10]}", detail)


def _check_street(address: Document) -> Iterator[Problem]:
    street = _text_of(address, "address_line_1").strip()
    number = _text_of(address, "house_number").strip()
    second = _text_of(address, "address_line_2").strip()
    if not street:
        return
    if not number and _ADDITION.fullmatch(street) and re.search(r"[^\W\d]{3}", second):
        detail = "The street seems to be in line 2, and the addition in the street."
        yield _warning(SHIP_TO / "address_line_1", "swapped_lines", "lines swapped?", detail)
        return
    if not number and split_street(street, _text_of(address, "country_code")) is not None:
        detail = "The house number is part of the street; some carriers need it in its own field."
        yield _warning(SHIP_TO / "house_number", "street_number", "number in street", detail)
    elif not number and not _text_of(address, "po_box") and not re.search(r"\d", street + second):
        yield _error(SHIP_TO / "house_number", "no_house_number", "no house number", "The address has no house number.")
    if len(f"{street} {number}".strip()) > _MAX_STREET_LENGTH:
        length = len(f"{street} {number}".strip())
        detail = (
            f"Some carriers print at most {_MAX_STREET_LENGTH} characters of street and number; these have {length}."
        )
        yield _warning(SHIP_TO / "address_line_1", "long", f"street too long ({length}/{_MAX_STREET_LENGTH})", detail)


def _check_weight(order: Document) -> Iterator[Problem]:
    if isinstance((WEIGHT / "value").get(order), int | Decimal):
        return
    items = _item_objects(order)
    without = [index for index, item in enumerate(items) if not isinstance(_ITEM_WEIGHT.get(item), int | Decimal)]
    if without:
        pointer = (
            ITEMS / without[0] / "measurement" / "weight" / "value" if len(items) > len(without) else (WEIGHT / "value")
        )
        title = "no weight" if len(without) == len(items) else f"no weight, {count_of(len(without), 'item')}"
        detail = "Neither the parcel nor all items have a weight."
        yield _error(pointer, "no_weight", title, detail)


def _check_customs(order: Document) -> Iterator[Problem]:
    country = _text(order, _COUNTRY).strip().upper()
    if not country or not country_name(country):
        return
    if not needs_customs(country, _text(order, _POSTCODE).strip()):
        return
    items = _item_objects(order)
    for name, label in (("hs_code", "HS code"), ("country_of_origin", "origin")):
        without = [index for index, item in enumerate(items) if not _text_of(item, name).strip()]
        if without:
            title = f"{label}, {count_of(len(without), 'item')}"
            detail = f"Customs in {country_name(country)} require this for every item."
            yield _error(ITEMS / without[0] / name, f"no_{name}", title, detail)
    customs = Pointer.of("customs_details")
    if not isinstance(customs.get(order), dict):
        title = "Canaries etc.: no customs" if country in _CUSTOMS_UNION else "no customs data"
        detail = (
            f"{country_name(country)} is outside the EU customs area; invoice number and shipment type are missing."
        )
        yield _error(customs / "shipment_type", "no_customs", title, detail)


def _check_items(order: Document) -> Iterator[Problem]:
    items = _item_objects(order)
    if not items:
        yield _error(ITEMS, "no_items", "no items", "The order has no items.")
    for index, item in enumerate(items):
        quantity = item.get("quantity")
        if isinstance(quantity, int | Decimal) and not isinstance(quantity, bool) and quantity <= 0:
            yield _error(
                ITEMS / index / "quantity", "quantity", f"quantity {quantity}", "The quantity must be at least 1."
            )
        name = item.get("name")
        if not isinstance(name, str) or not name:
            yield _warning(ITEMS / index / "name", "no_item_name", "item without name", "The item has no name.")


def _check_money(order: Document) -> Iterator[Problem]:
    payment = _text(order, PAYMENT_STATUS).lower()
    if payment in ("unpaid", "pending", "open"):
        yield _warning(PAYMENT_STATUS, "unpaid", payment, f"The shop reports the payment as {payment}.")
    total = _decimal(_TOTAL.get(order))
    line_totals = [_decimal(_LINE_TOTAL.get(item)) for item in _item_objects(order)]
    known = [line for line in line_totals if line is not None]
    if total is None or len(known) != len(line_totals) or not line_totals:
        return
    extras = Decimal(0)
    for pointer, sign in _EXTRAS:
        extras += (_decimal(pointer.get(order)) or Decimal(0)) * sign
    lines_total = sum(known, Decimal(0))
    if total not in (lines_total, lines_total + extras) and abs(total - lines_total) > max(
        Decimal("0.05"), abs(extras)
    ):
        detail = f"The lines add up to {lines_total}, but the order total is {total}. The service does not check this."
        yield _warning(_TOTAL, "totals", f"lines add up to {lines_total}", detail)


def _item_objects(order: Document) -> list[Document]:
    return [entry for entry in as_list(ITEMS.get(order)) if isinstance(entry, dict)]


def _text_of(node: Document, name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _text(document: Json, pointer: Pointer) -> str:
    value = pointer.get(document)
    return value if isinstance(value, str) else ""


def _decimal(value: Json | Absent) -> Decimal | None:
    if isinstance(value, bool) or value is ABSENT:
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,20}(\.\d{1,10})?", value, re.ASCII):
        return Decimal(value)
    return None


def _label(pointer: Pointer) -> str:
    known = field_at(pointer)
    return known.label if known is not None and known.group is Group.SHIP_TO else pointer.name


def _error(pointer: Pointer, code: str, title: str, detail: str) -> Problem:
    return Problem(detail, code=code, title=title, pointer=pointer, reported_by=ReportedBy.LOCAL)


def _warning(pointer: Pointer, code: str, title: str, detail: str) -> Problem:
    return Problem(
        detail, code=code, title=title, pointer=pointer, severity=Severity.WARNING, reported_by=ReportedBy.LOCAL
    )

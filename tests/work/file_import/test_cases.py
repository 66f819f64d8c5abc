"""Files as real shops export them: each order is right at every field, or held with the reason, or warned about.

| case | right | held (code) | warned (code) |
| --- | --- | --- | --- |
The table is `CASES` below: the values that must be read, and the problems that must be found. A field of an order
that is neither in `values` nor derived is not allowed to be wrong: `values` names every field that the case is about.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tui.api.errors import Severity
from tui.api.pointer import ABSENT, Pointer
from tui.orders.parsed import GuessKind
from tui.work.file_import.json_reader import ImportFileError
from tui.work.file_import.reader import read_source
from tui.work.file_import.validate import FileEntry, entries_of

FILES = Path(__file__).parents[2] / "fixtures" / "files"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ITEM = "/order_details/order_items"
SHIP = "/shipping_address"
RITA = {
    f"{SHIP}/name": "Rita Getter",
    f"{SHIP}/postal_code": "04109",
    f"{SHIP}/city": "Leipzig",
    f"{SHIP}/country_code": "DE",
}
LIEFERWEG = RITA | {f"{SHIP}/address_line_1": "Lieferweg 3"}


@dataclass(frozen=True, slots=True)
class Case:
    """What a file must become. `values`: by order number and pointer. `held`, `warned`: codes by order number."""

    file: str
    values: dict[str, dict[str, Any]]
    held: dict[str, set[str]] = field(default_factory=dict)
    warned: dict[str, set[str]] = field(default_factory=dict)
    accept: frozenset[GuessKind] = frozenset()


CASES = [
    Case(
        "address-second-line-lost.csv",
        {"L1": {f"{SHIP}/address_line_2": "Apt 44 c/o Otto", f"{SHIP}/house_number": "3"}},
    ),
    Case(
        "billing-contact-only.csv",
        {
            "B1": LIEFERWEG
            | {f"{SHIP}/email": "rita@example.org", f"{SHIP}/phone_number": "0341555", "/billing_address": ABSENT}
        },
    ),
    Case(
        "bol-extra-address.csv",
        {
            "1234567891": {
                f"{SHIP}/house_number": "12 A",
                f"{SHIP}/address_line_2": "achterhuis",
                f"{ITEM}/0/name": "Kaars groot",
                f"{ITEM}/0/sku": "SKU-1",
            }
        },
        held={"1234567891": {"confirm_cancelled"}},
    ),
    Case(
        "buyer-name-on-parcel.csv",
        {"186": LIEFERWEG | {"/customer_details/name": "Kim Payer", f"{ITEM}/0/quantity": 2}},
    ),
    Case(
        "country-as-woocommerce-says.csv",
        {
            "C1": {f"{SHIP}/country_code": "GB"},
            "C2": {f"{SHIP}/country_code": "US"},
            "C3": {f"{SHIP}/country_code": "GR"},
        },
    ),
    Case(
        "ebay-report-frame.csv",
        {
            "33-00003-00004": LIEFERWEG
            | {
                f"{ITEM}/0/name": "Brass lamp",
                f"{ITEM}/0/quantity": 2,
                f"{ITEM}/0/unit_price/value": "10.00",
                f"{ITEM}/1/name": "Shade",
                f"{ITEM}/1/unit_price/value": "5.00",
                f"{ITEM}/2": ABSENT,
                "/payment_details/total_price/value": "27.99",
            }
        },
    ),
    Case(
        "ebay-sku-price-total.csv",
        {
            "33-00003-00003": LIEFERWEG
            | {
                f"{ITEM}/0/sku": "LAMP-1",
                f"{ITEM}/0/product_id": "335001234567",
                f"{ITEM}/0/unit_price/value": "10.00",
                f"{ITEM}/0/total_price/value": "20.00",
                f"{ITEM}/0/description": "[Colour:Red]",
                "/payment_details/estimated_shipping_price/value": "2.99",
                "/payment_details/total_price/value": "22.99",
            }
        },
    ),
    Case("etsy-order-type.csv", {"39001": LIEFERWEG | {"/service_point_details": ABSENT, f"{ITEM}/0/quantity": 2}}),
    Case("excel-sep-line.csv", {"E1": RITA}),
    Case(
        "heading-twice.csv",
        {
            "Y1": LIEFERWEG
            | {
                f"{SHIP}/address_line_2": ABSENT,
                "/billing_address/address_line_1": "Rechnungsweg 1",
                "/billing_address/name": "Kim Payer",
            }
        },
    ),
    Case("house-number-addition.csv", {"N1": {f"{SHIP}/house_number": "12 B"}}),
    Case(
        "house-number-as-date.csv",
        {},
        held={
            "H1": {"confirm_address"},
            "H2": {"confirm_address"},
            "H3": {"confirm_address"},
            "H4": {"confirm_address"},
        },
    ),
    Case(
        "import-remap-joins.csv",
        {"J1": LIEFERWEG | {"/billing_address/address_line_1": "Rechnungsweg 1", "/billing_address/name": "Kim Payer"}},
    ),
    Case("mojibake-macroman.csv", {}, held={"E1": {"confirm_encoding"}}),
    Case(
        "mojibake-macroman.csv",
        {"E1": {f"{SHIP}/name": "Jürg Größe", f"{SHIP}/address_line_1": "Löwenstraße", f"{SHIP}/city": "Köln"}},
        accept=frozenset({GuessKind.ENCODING}),
    ),
    Case("mojibake-twice-utf8.csv", {}, held={"E1": {"confirm_encoding"}}),
    Case(
        "mojibake-twice-utf8.csv",
        {"E1": {f"{SHIP}/name": "Jürg Größe", f"{SHIP}/address_line_1": "Löwenstraße", f"{SHIP}/city": "Köln"}},
        accept=frozenset({GuessKind.ENCODING}),
    ),
    Case("not-to-be-shipped.csv", {}, held={"#1309": {"confirm_cancelled"}, "#1310": {"confirm_cancelled"}}),
    Case(
        "quantity-name-unknown.csv",
        {
            "HT-1": LIEFERWEG
            | {
                f"{ITEM}/0/quantity": 6,
                f"{ITEM}/0/total_price/value": "75.00",
                "/order_details/order_created_at": "2026-08-25T00:00:00+00:00",
            }
        },
    ),
    Case("street-split-proposals.csv", {"S1": {f"{SHIP}/address_line_1": "Birkenried 1 1/3"}}),
    Case(
        "two-addresses-abweichend.csv",
        {"A-1": LIEFERWEG | {"/billing_address/name": "Kim Payer", "/billing_address/city": "Bonn"}},
    ),
    Case(
        "two-addresses-post-to.csv",
        {
            "11-00001-00001": {
                f"{SHIP}/name": "Rita Getter",
                f"{SHIP}/address_line_1": "12 Maple Street",
                f"{SHIP}/city": "York",
                f"{SHIP}/postal_code": "YO1 7HH",
                f"{SHIP}/country_code": "GB",
                "/billing_address/name": "Kim Payer",
            }
        },
    ),
    Case("two-customers-one-number.csv", {}, held={"2222": {"conflict"}}),
    Case("unit-weight.csv", {}, held={"R1": {"confirm_unit"}}),
    Case(
        "unit-weight.csv",
        {
            "R1": {
                f"{ITEM}/0/measurement/weight/value": "0.2",
                f"{ITEM}/0/measurement/weight/unit": "kg",
                "/shipping_details/measurement/weight/value": "0.5",
            }
        },
        accept=frozenset({GuessKind.UNIT}),
    ),
    Case("weight-in-grams-unsaid.csv", {}, held={"SC-1": {"confirm_unit"}}),
    Case(
        "weight-in-grams-unsaid.csv",
        {"SC-1": {f"{ITEM}/0/measurement/weight/value": 200, f"{ITEM}/0/measurement/weight/unit": "g"}},
        accept=frozenset({GuessKind.UNIT}),
    ),
    Case(
        "woo-notes-and-transaction.csv",
        {"V1": LIEFERWEG | {"/order_details/notes": "Leave with the neighbour", f"{ITEM}/0/item_id": ABSENT}},
    ),
    Case("words-for-nothing.csv", {}, held={"K1": {"missing"}, "K2": {"missing"}}),
    Case(
        "xlsx-formats.xlsx",
        {"X1": {f"{SHIP}/postal_code": "04109"}},
        held={"X1": {"confirm_weight"}, "X2": {"confirm_address"}},
    ),
    Case("zip-with-apostrophe.csv", {"#Z1": {f"{SHIP}/postal_code": "4132"}, "#Z2": {f"{SHIP}/postal_code": "04109"}}),
]


def entries(case: Case) -> dict[str, FileEntry]:
    parsed = read_source(FILES / case.file, case.file, shop=7, accepted=case.accept, now=NOW)
    assert not parsed.refused, parsed.refused
    found = {str(entry.document.get("order_number")): entry for entry in entries_of(parsed)}
    assert len(found) == len(parsed.orders)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}{'+accept' if case.accept else ''}")
def test_file_is_right_or_held(case: Case) -> None:
    found = entries(case)
    for number, values in case.values.items():
        document = found[number].document
        actual = {pointer: Pointer.parse(pointer).get(document) for pointer in values}
        assert {pointer: str(value) for pointer, value in actual.items()} == {
            pointer: str(value) for pointer, value in values.items()
        }
    for number, entry in found.items():
        errors = {problem.code for problem in entry.errors}
        warnings = {problem.code for problem in entry.problems if problem.severity is Severity.WARNING}
        assert case.held.get(number, set()) <= errors, (number, errors)
        assert not errors or number in case.held, (number, [str(problem) for problem in entry.errors])
        assert case.warned.get(number, set()) <= warnings, (number, warnings)


def test_months_are_read_in_any_language() -> None:
    found = entries(Case("dates-with-month-names.csv", {}))
    dates = {number: str(entry.document["order_details"]["order_created_at"])[:10] for number, entry in found.items()}
    assert dates == dict.fromkeys(["D1", "D2", "D3", "D4", "D5"], "2026-08-02")


def test_foreign_json_is_named_once() -> None:
    with pytest.raises(ImportFileError, match="Shopify") as refused:
        read_source(FILES / "foreign-json.json", "foreign-json.json", shop=7)
    assert "Nothing was added" in str(refused.value)

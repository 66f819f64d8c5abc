"""Who gets an order: two recipients under one number, and the contact data of the payer."""

import pytest
from order_files import NOW, errors, read_case, read_rows_of, value, warnings

from tui.api.pointer import ABSENT
from tui.orders.parsed import How, ParsedOrder
from tui.orders.paths import BILL_TO, SHIP_TO
from tui.orders.tables.context import ImportContext
from tui.orders.tables.mapping import ColumnMapping
from tui.orders.tables.steps.recipients import complete_billing, complete_contacts
from tui.work.file_import.reader import read_source

TWO = ("two_recipients", str(SHIP_TO))
ITEM = {"Item name": "Candle", "Quantity": "1", "Line total": "10.00"}


def test_case_of_two_customers_with_one_number() -> None:
    (order,) = read_case("two-customers-one-number.csv").orders
    assert TWO in errors(order)
    assert ("conflict", "/shipping_address/name") in errors(order)


@pytest.mark.parametrize(
    ("headings", "first", "second"),
    [
        (
            ("Empfänger", "Straße", "PLZ"),
            ("Rita Getter", "Lieferweg 3", "04109"),
            ("Otto Other", "Anderweg 9", "53111"),
        ),
        (("Naam", "Straat", "Postcode"), ("Riet", "Damrak 1", "1012LG"), ("Jan", "Kerkstraat 2", "9000")),
        (("Nom", "Adresse", "Code postal"), ("Noé", "Rue A 1", "75007"), ("Léa", "Rue B 2", "75008")),
    ],
)
def test_another_name_and_place_are_two_recipients(
    headings: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    rows = [{"Order number": "1", **dict(zip(headings, found, strict=True)), **ITEM} for found in (first, second)]
    (order,) = read_rows_of(*rows, address=False).orders
    assert TWO in errors(order)


def test_several_items_of_one_customer_stay_one_order() -> None:
    rows = [{"Order number": "1", **ITEM, "Item name": name} for name in ("Candle", "Holder")]
    (order,) = read_rows_of(*rows).orders
    assert errors(order) == []


@pytest.mark.parametrize(
    ("field", "text", "is_error", "is_two"),
    [
        ("Name", "RITA GETTER", False, False),
        ("Name", "Otto Other", True, False),
        ("Country", "AT", True, False),
        ("City", "Bonn", True, False),
        ("Email", "other@example.org", False, False),
    ],
)
def test_one_difference_is_no_second_recipient(field: str, text: str, is_error: bool, is_two: bool) -> None:
    first = {"Order number": "1", "Email": "rita@example.org", **ITEM}
    (order,) = read_rows_of(first, {**first, field: text}).orders
    assert bool(errors(order)) is is_error
    assert (TWO in errors(order)) is is_two
    assert is_error or "conflict" in [code for code, _ in warnings(order)]


def test_case_of_a_billing_contact_alone() -> None:
    (order,) = read_case("billing-contact-only.csv").orders
    assert errors(order) == []
    assert BILL_TO.get(order.document) is ABSENT
    assert value(order, "/shipping_address/email") == "rita@example.org"
    assert value(order, "/shipping_address/phone_number") == "0341555"
    assert order.cells[SHIP_TO / "email"] == (2, "Email (billing)")


CONTEXT = ImportContext(ColumnMapping((), ()), NOW)


def test_billing_contact_without_a_place_is_left_out() -> None:
    order = ParsedOrder({"shipping_address": {"name": "Rita"}, "billing_address": {"email": "pay@example.org"}})
    order.cells[BILL_TO / "email"] = (2, "E-mail of the payer")
    complete_contacts(order, CONTEXT)
    complete_billing(order, CONTEXT)
    assert order.document == {"shipping_address": {"name": "Rita", "email": "pay@example.org"}}
    assert order.cells == {SHIP_TO / "email": (2, "E-mail of the payer")}
    assert {pointer: derivation.how for pointer, derivation in order.derived.items()} == {
        SHIP_TO / "email": How.COPIED,
        BILL_TO: How.EMPTIED,
    }


def test_billing_address_without_any_name_is_left_out() -> None:
    order = ParsedOrder({"billing_address": {"address_line_1": "Weg 1", "city": "Bonn"}})
    complete_billing(order, CONTEXT)
    assert order.document == {}
    assert order.derived[BILL_TO].how is How.EMPTIED


def test_customer_contact_fills_an_empty_shipping_contact() -> None:
    row = {"Order number": "1", "Shipping email": "", "Billing email": "pay@example.org", **ITEM}
    (order,) = read_rows_of(row).orders
    assert value(order, "/shipping_address/email") == "pay@example.org"
    assert order.derived[SHIP_TO / "email"].how is How.COPIED


def test_contact_of_a_whole_billing_address_is_copied_and_the_address_stays() -> None:
    row = {
        "Order number": "1",
        "Customer full name": "Paula Payer",
        "Billing address": "Zahlweg",
        "Billing city": "Bonn",
        "Billing zip": "53111",
        "Billing country": "DE",
        "Billing email": "pay@example.org",
        **ITEM,
    }
    (order,) = read_rows_of(row).orders
    assert value(order, "/shipping_address/email") == "pay@example.org"
    assert value(order, "/billing_address/city") == "Bonn"
    assert value(order, "/billing_address/name") == "Paula Payer"
    assert order.derived[BILL_TO / "name"].how is How.COPIED


def test_contact_of_the_recipient_is_not_replaced() -> None:
    row = {"Order number": "1", "Shipping email": "rita@example.org", "Billing email": "pay@example.org", **ITEM}
    (order,) = read_rows_of(row).orders
    assert value(order, "/shipping_address/email") == "rita@example.org"


@pytest.mark.parametrize(
    ("heading", "first", "second"),
    [
        ("Empfänger", "Rita Getter", "Getter, Rita"),
        ("Destinataire", "Rita Getter", "RITA  GETTER"),
        ("Straße", "Hauptstr. 3", "Hauptstraße 3"),
        ("Postcode", "D-04109", "04109"),
        ("Postcode", "1012 LG", "1012LG"),
        ("Land", "DE", "Deutschland"),
        ("Country", "United Kingdom (UK)", "GB"),
    ],
)
def test_same_recipient_written_differently_is_not_held(heading: str, first: str, second: str) -> None:
    rows = [{"Order number": "1", heading: text, **ITEM} for text in (first, second)]
    (order,) = read_rows_of(*rows, address=False).orders
    assert errors(order) == []


DELIVERED = {"name": "Rita Getter", "address_line_1": "Lieferweg 3", "postal_code": "04109", "city": "Leipzig"}


@pytest.mark.parametrize(
    "headings",
    [
        "Leveres til navn;Leveres til adresse;Leveres til postnr;Leveres til by",
        "Lev.namn;Lev.adress;Lev.postnr;Lev.ort",
        "Name LI;Straße LI;PLZ LI;Ort LI",
        "Del Name;Del Street;Del Postcode;Del City",
        "Livré à nom;Livré à adresse;Livré à CP;Livré à ville",
        "Consegnare a nome;Consegnare a indirizzo;Consegnare a CAP;Consegnare a città",
    ],
)
def test_delivery_headings(headings: str) -> None:
    payer = "Name RE;Straße RE;PLZ RE;Ort RE" if " LI" in headings else "Inv Name;Inv Street;Inv Postcode;Inv City"
    text = f"Order;{payer};{headings};Country;Item;Qty;Line total\n1;Kim Payer;Weg 1;53111;Bonn;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Cup;2;7"
    (order,) = read_source(text.encode(), "orders.csv", shop=7).orders
    assert {name: value(order, f"/shipping_address/{name}") for name in DELIVERED} == DELIVERED
    assert value(order, "/billing_address/name") == "Kim Payer"
    assert errors(order) == []


@pytest.mark.parametrize(
    "names", ["Postcode cijfers;Postcode letters", "Postcode;Letters", "Postcode;Postcode letters"]
)
def test_dutch_postcode_in_two_columns(names: str) -> None:
    text = f"Order;Naam;Straat;Huisnr;{names};Plaats;Land;Item;Qty;Line total\n1;Rita;Damrak;3;1012;LG;Amsterdam;NL;Cup;2;7"
    (order,) = read_source(text.encode(), "orders.csv", shop=7).orders
    assert value(order, "/shipping_address/postal_code") == "1012 LG"


def test_two_addresses_with_the_same_headings_are_asked_about() -> None:
    header = "Order;Name;Street;Zip;City;Name;Street;Zip;City;Country;Item;Qty;Line total\n"
    rows = "1;Kim Payer;Weg 1;53111;Bonn;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Cup;2;7\n"
    rows += "2;Kim Payer;Weg 1;53111;Bonn;Kim Payer;Weg 1;53111;Bonn;DE;Cup;2;7\n3;Kim Payer;Weg 1;53111;Bonn;;;;;DE;Cup;2;7\n"
    other, same, empty = read_source((header + rows).encode(), "orders.csv", shop=7).orders
    assert {name: value(other, f"/shipping_address/{name}") for name in DELIVERED} == DELIVERED
    assert errors(other) == [("confirm_address", "/shipping_address")]
    assert errors(same) == errors(empty) == []
    assert value(empty, "/shipping_address/city") == "Bonn"


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Shipping Title", "Mrs"),
        ("Civilité (livraison)", "Mme"),
        ("Lieferadresse Anrede", "Frau"),
        ("Aanhef levering", "Mw"),
        ("Via", "web"),
    ],
)
def test_columns_that_say_nothing_about_the_parcel(heading: str, text: str) -> None:
    header = f"Order;Name;Street;Zip;City;Country;Item;Qty;Line total;{heading}\n"
    (order,) = read_source(
        f"{header}1;Rita;Lieferweg 3;04109;Leipzig;DE;Cup;2;7;{text}".encode(), "a.csv", shop=7
    ).orders
    assert "unused_column" not in [problem.code for problem in order.problems]
    assert errors(order) == []


@pytest.mark.parametrize(("heading", "text"), [("Branch city", "Berlin"), ("Suffix", "A")])
def test_columns_that_are_warned_about_but_do_not_hold(heading: str, text: str) -> None:
    header = f"Order;Name;Street;Zip;City;Country;Item;Qty;Line total;{heading}\n"
    (order,) = read_source(
        f"{header}1;Rita;Lieferweg 3;04109;Leipzig;DE;Cup;2;7;{text}".encode(), "a.csv", shop=7
    ).orders
    assert "unused_column" in [problem.code for problem in order.problems]
    assert errors(order) == []

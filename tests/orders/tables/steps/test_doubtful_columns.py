"""Columns whose headings name several things."""

import pytest
from order_files import errors, read_rows_of, value

from tui.api.pointer import ABSENT
from tui.orders.parsed import GuessKind, ParsedOrder
from tui.work.file_import.reader import read_source

PLACE = "Street;Zip;City;Country"
IN_LEIPZIG = "Lieferweg 3;04109;Leipzig;DE"


def read(text: str, *accepted: GuessKind) -> ParsedOrder:
    (order,) = read_source(text.encode(), "orders.csv", shop=7, accepted=accepted).orders
    return order


def codes(order: ParsedOrder) -> list[str]:
    return [code for code, _ in errors(order)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Order;Recipient;Street;Zip;City;Country;Name;Qty;Unit price",
            "A;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;2;10.00",
        ),
        (
            "Order;Klant;Adres;Postcode;Plaats;Land;Naam;Aantal;Stuksprijs",
            "A;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;2;10.00",
        ),
        (
            "Bestellung;Kunde;Straße;PLZ;Ort;Land;Name;Menge;Einzelpreis",
            "A;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;2;10,00",
        ),
        (
            "Zamówienie;Odbiorca;Ulica;Kod pocztowy;Miasto;Kraj;Nazwa;Ilość;Cena jednostkowa",
            "A;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;2;10,00",
        ),
    ],
)
def test_a_bare_name_beside_items_is_confirmed(header: str, row: str) -> None:
    order = read(f"{header}\n{row}\n")
    assert value(order, "/shipping_address/name") == "Rita Getter"
    assert value(order, "/order_details/order_items/0/name") == "Candle"
    assert "confirm_items" in codes(order)
    order = read(f"{header}\n{row}\n", GuessKind.ITEMS)
    assert "confirm_items" not in codes(order)


def test_a_bare_name_of_a_person_is_not_asked_about() -> None:
    order = read(f"Order;Name;{PLACE};Item;Qty;Unit price\nA;Rita Getter;{IN_LEIPZIG};Candle;2;10.00\n")
    assert value(order, "/shipping_address/name") == "Rita Getter"
    assert errors(order) == []


def test_whole_numbers_under_amount_may_be_quantities() -> None:
    order = read(f"Order;Name;{PLACE};Item;Amount\nA;Rita Getter;{IN_LEIPZIG};Candle;2\n")
    assert value(order, "/order_details/order_items/0/quantity") == 2
    assert "confirm_items" in codes(order)


def test_an_amount_with_cents_is_money() -> None:
    order = read(f"Order;Name;{PLACE};Item;Qty;Amount\nA;Rita Getter;{IN_LEIPZIG};Candle;2;20.00\n")
    assert value(order, "/order_details/order_items/0/quantity") == 2
    assert errors(order) == []


def test_the_name_of_a_shop_is_no_number_of_an_integration() -> None:
    order = read(f"Order;Shop;Name;{PLACE};Item;Qty;Price\nA;Etsy;Rita Getter;{IN_LEIPZIG};Candle;2;10.00\n")
    assert "unread" not in codes(order)


def test_a_contact_with_addresses_is_an_e_mail() -> None:
    row = f"A;Rita Getter;{IN_LEIPZIG};rita@example.org;Candle;2;10.00"
    order = read(f"Order;Name;{PLACE};Contact;Item;Qty;Price\n{row}\n")
    assert value(order, "/customer_details/email") == "rita@example.org"


@pytest.mark.parametrize(("heading", "text"), [("State", "processing"), ("State", "cancelled")])
def test_a_state_with_statuses_is_no_province(heading: str, text: str) -> None:
    order = read(f"Order;{heading};Name;{PLACE};Item;Qty;Price\nA;{text};Rita Getter;{IN_LEIPZIG};Candle;2;10.00\n")
    assert value(order, "/shipping_address/state_province_code") is ABSENT
    assert (text == "cancelled") == bool(errors(order))


def test_a_state_with_provinces_is_one() -> None:
    order = read(
        "Order;State;Name;Street;Zip;City;Country;Item;Qty;Price\nA;NY;Rita;5 Main St;10001;NY;US;Candle;2;10\n"
    )
    assert value(order, "/shipping_address/state_province_code") == "NY"


@pytest.mark.parametrize(
    ("heading", "currency", "is_held"),
    [
        ("Unit price (USD)", "USD", False),
        ("Unit price £", "GBP", False),
        ("Preis in EUR", "EUR", False),
        ("Unit price ($)", "USD", True),
    ],
)
def test_the_currency_of_a_heading(heading: str, currency: str, is_held: bool) -> None:
    order = read(f"Order;Name;{PLACE};Item;Qty;{heading}\nA;Rita Getter;{IN_LEIPZIG};Candle;2;10.00\n")
    assert value(order, "/payment_details/total_price/currency") == currency
    assert ("confirm_price" in codes(order)) == is_held


ITEM = "/order_details/order_items/0"


@pytest.mark.parametrize(
    "heading", ["Material", "Materialnummer", "Material No.", "Nr materiału", "Code matière", "Matnr"]
)
def test_article_numbers_of_an_erp_system_are_the_sku(heading: str) -> None:
    order = read(f"Order;Name;{PLACE};{heading};Bezeichnung;Qty;Line total\nA;Rita;{IN_LEIPZIG};C-1001;Candle;2;7.00")
    assert value(order, f"{ITEM}/sku") == "C-1001"
    assert value(order, f"{ITEM}/material_content") is ABSENT
    assert codes(order) == []


@pytest.mark.parametrize("text", ["Leather", "100% cotton", "80 % Wolle, 20 % Seide"])
def test_what_articles_are_made_of_is_not_the_sku(text: str) -> None:
    order = read(f"Order;Name;{PLACE};Material;Item;Qty;Line total\nA;Rita;{IN_LEIPZIG};{text};Shirt;2;7.00")
    assert value(order, f"{ITEM}/material_content") == text
    assert value(order, f"{ITEM}/sku") is ABSENT
    assert codes(order) == []


def test_material_of_both_kinds_is_asked_about_in_each_order() -> None:
    rows = f"A;Rita;{IN_LEIPZIG};Wood;Chair;2;7.00\nB;Otto;{IN_LEIPZIG};M-200;Table;1;7.00"
    orders = read_source(f"Order;Name;{PLACE};Material;Item;Qty;Line total\n{rows}".encode(), "a.csv", shop=7).orders
    assert [codes(order) for order in orders] == [["confirm_items"], ["confirm_items"]]


def test_material_codes_beside_a_sku_are_not_lost_silently() -> None:
    order = read(f"Order;Name;{PLACE};SKU;Material;Item;Qty;Line total\nA;Rita;{IN_LEIPZIG};S-1;M-200;Table;1;7.00")
    assert value(order, f"{ITEM}/sku") == "S-1"
    assert "unused_column" in [problem.code for problem in order.problems]


@pytest.mark.parametrize(("street", "number", "house"), [("Lieferweg 3", "77", ABSENT), ("Lieferweg", ABSENT, "77")])
def test_bare_number_beside_the_street(street: str, number: object, house: object) -> None:
    order = read(f"Number;Street;Zip;City;Country;Name;Item;Qty\n77;{street};04109;Leipzig;DE;Rita;Candle;2")
    assert value(order, "/order_number") == number
    assert value(order, "/shipping_address/house_number") == house


@pytest.mark.parametrize("name", ["Subtotal", "Total", "MwSt", "Versicherung"])
def test_a_row_with_a_sum_is_no_article(name: str) -> None:
    rows = [{"Order number": "1", "Item name": item, "Quantity": "1", "Line total": "7"} for item in ("Candle", name)]
    (order,) = read_rows_of(*rows).orders
    assert errors(order) == [("confirm_items", "/order_details/order_items/1/name")]

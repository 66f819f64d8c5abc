"""Columns that are no statuses, but say that an order is not to be shipped."""

import pytest
from order_files import errors, read_rows_of, value, warnings

from tui.orders.parsed import GuessKind
from tui.orders.paths import PAYMENT_STATUS, STATUS
from tui.orders.status_words import Meaning, meaning_of

ITEM = {"Item name": "Candle", "Quantity": "1", "Unit price": "10.00"}


@pytest.mark.parametrize(
    ("note", "is_warned"),
    [
        ("hold until paid", True),
        ("Bitte nicht vor 1.12. versenden", True),
        ("Versand erst im Dezember", True),
        ("wird abgeholt", True),
        ("Ne pas expédier avant le 15 décembre", True),
        ("Niet voor 5 december bezorgen", True),
        ("No enviar antes del lunes", True),
        ("Non spedire prima di lunedì", True),
        ("Bitte bis Freitag versenden", False),
        ("Nicht knicken", False),
        ("Please leave it at the door", False),
    ],
)
def test_a_note_to_ship_later_is_a_warning(note: str, is_warned: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "Candle", "Quantity": "1", "Note": note}).orders
    assert (("wait_in_note", "/order_details/notes") in warnings(order)) is is_warned


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("Payment", "Refunded", "refunded"),
        ("Payment", "Chargeback", "voided"),
        ("Payment", "Klarna", "paid"),
        ("Bearbeitung Status", "Sonderfall", "pending"),
        ("Bearbeitung Status", "Erstattet", "refunded"),
        ("Kundenstatus", "VIP", "paid"),
    ],
)
def test_paid_is_not_assumed_where_another_column_may_say_otherwise(column: str, text: str, code: str) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "Candle", "Quantity": "1", column: text}).orders
    assert value(order, str(PAYMENT_STATUS)) == code


def test_a_label_that_was_created_holds_the_order() -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, "Label created": "yes"}).orders
    assert ("confirm_cancelled", str(STATUS)) in errors(order)


@pytest.mark.parametrize(
    ("column", "text", "is_held"),
    [
        ("fulfillment-channel", "Amazon", True),
        ("Fulfillment channel", "AFN", True),
        ("Fulfilled by", "Fulfilled by Amazon", True),
        ("Fulfilment", "LVB", True),
        ("fulfillment-channel", "Merchant", False),
        ("Fulfillment channel", "MFN", False),
        ("Sales channel", "Amazon.de", False),
    ],
)
def test_an_order_that_the_marketplace_ships_is_held(column: str, text: str, is_held: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "Candle", "Quantity": "1", column: text}).orders
    assert bool([one for one in errors(order) if one[0] == "confirm_cancelled"]) is is_held


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Shipped", "yes"),
        ("Shipped?", "TRUE"),
        ("Bereits versendet", "ja"),
        ("Expédié", "oui"),
        ("Verzonden", "x"),
        ("Wysłane", "tak"),
        ("Erledigt", "x"),
        ("On hold", "address check"),
        ("Hold reason", "address check"),
        ("Gesperrt", "ja"),
        ("Do not ship", "1"),
        ("Test order", "yes"),
        ("Avbruten", "ja"),
        ("Phase", "Cancelled"),
        ("Foo", "annulé"),
        ("Info 2", "Cancelled 12/11/2026"),
        ("Info", "Kunde hat storniert"),
        ("Spalte 7", "niet verzenden"),
        ("Fulfillment", "fulfilled"),
        ("Versanddatum", "01.11.2026"),
        ("Date d'expédition", "02/11/2026"),
    ],
)
def test_held_by_the_status(heading: str, text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}).orders
    assert errors(order) == [("confirm_cancelled", str(STATUS))]
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}, accept=[GuessKind.CANCELLED]).orders
    assert errors(order) == []


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Shipped", "no"),
        ("Versendet", "nein"),
        ("Expédié", "0"),
        ("On hold", "false"),
        ("Cancelled at", "0000-00-00"),
        ("Ship date", "2026-12-05"),
        ("Farbe", "klar"),
        ("Expédié", "Colissimo"),
        ("Collection", "Concept"),
        ("Sold via", "Return of the King"),
        ("Notes", "Please do not cancel this order"),
        ("Notes", "Bitte nicht stornieren"),
        ("Amount due", "0.00"),
        ("Payment", "PayPal"),
        ("Shipping method", "DHL Paket"),
        ("Shipping method", "Pickup point"),
    ],
)
def test_near_misses_are_not_held(heading: str, text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}).orders
    assert errors(order) == []
    assert value(order, str(PAYMENT_STATUS)) == "paid"
    assert {"status_in_note", "tracking_number"}.isdisjoint(code for code, _ in warnings(order))


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Amount due", "45.00"),
        ("Offener Betrag", "12,00"),
        ("Reste à payer", "12,00"),
        ("Openstaand bedrag", "12,00"),
        ("Zahlung", "offen"),
        ("Payment", "pending"),
        ("Amount paid", "0.00"),
    ],
)
def test_held_because_nothing_was_paid(heading: str, text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}).orders
    assert errors(order) == [("confirm_cancelled", str(PAYMENT_STATUS))]
    assert value(order, str(PAYMENT_STATUS)) == "unpaid"


@pytest.mark.parametrize(
    ("heading", "text", "pointer"),
    [
        ("Bemerkung", "storniert", "/order_details/notes"),
        ("Notes", "CANCELLED by customer, do not ship", "/order_details/notes"),
        ("Tags", "VIP, do-not-ship", "/order_details/tags"),
        ("Tags", "annulée", "/order_details/tags"),
        ("Versandart", "Selbstabholung", "/shipping_details/delivery_indicator"),
        ("Shipping method", "Local pickup", "/shipping_details/delivery_indicator"),
    ],
)
def test_held_by_notes_tags_and_methods(heading: str, text: str, pointer: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}).orders
    assert errors(order) == [("confirm_cancelled", pointer)]


def test_long_note_about_a_cancellation_is_a_warning() -> None:
    text = "The customer phoned on Monday and said that he wants the whole thing cancelled"
    (order,) = read_rows_of({"Order number": "1", "Notes": text, **ITEM}).orders
    assert errors(order) == []
    assert ("status_in_note", "/order_details/notes") in warnings(order)


@pytest.mark.parametrize("heading", ["Tracking number", "Sendungsnummer", "Numéro de suivi", "Track & trace"])
def test_tracking_number_is_a_warning(heading: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: "JJD0003400001", **ITEM}).orders
    assert errors(order) == []
    assert ("tracking_number", str(STATUS)) in warnings(order)


@pytest.mark.parametrize("text", ["X", "5", "Lieblingskunde"])
def test_paid_is_not_assumed_beside_an_unknown_status(text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", "Status": text, **ITEM}).orders
    assert value(order, str(PAYMENT_STATUS)) == "pending"
    assert errors(order) == [("confirm_status", str(STATUS))]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Do not ship", Meaning.ON_HOLD),
        ("Nicht versenden", Meaning.ON_HOLD),
        ("Ne pas expédier", Meaning.ON_HOLD),
        ("Niet verzenden", Meaning.ON_HOLD),
        ("Nie wysyłać", Meaning.ON_HOLD),
        ("Skicka inte", Meaning.ON_HOLD),
        ("nicht versendet", Meaning.OPEN),
        ("Non spedito", Meaning.OPEN),
        ("Back-ordered", Meaning.ON_HOLD),
        ("Lieferrückstand", Meaning.ON_HOLD),
        ("En rupture de stock", Meaning.ON_HOLD),
        ("Restnoterad", Meaning.ON_HOLD),
        ("Teilstorniert", Meaning.PARTLY_REFUNDED),
        ("Makulerad", Meaning.CANCELLED),
        ("Zamknięte", Meaning.COMPLETED),
        ("Doublette", Meaning.NO_ORDER),
        ("yes", None),
    ],
)
def test_more_meanings(text: str, meaning: Meaning | None) -> None:
    assert meaning_of(text) is meaning


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Store pickup", "yes"),
        ("Click & Collect", "1"),
        ("Versandart", "Abholung im Laden"),
        ("Versandart", "Download"),
    ],
)
def test_an_order_that_is_collected_or_downloaded_is_held(column: str, text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, column: text}).orders
    assert [code for code, _ in errors(order)] == ["confirm_cancelled"]


@pytest.mark.parametrize("column", ["City, State Zip", "Buyer State"])
def test_a_state_of_a_country_is_no_status(column: str) -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, column: "NY"}).orders
    assert value(order, str(PAYMENT_STATUS)) == "paid"


@pytest.mark.parametrize(
    ("note", "is_warned"),
    [
        ("Neue Adresse: Neuer Weg 9, 04105 Leipzig", True),
        ("Bitte an Packstation 104, Postnr 12345678", True),
        ("please ship to my new address", True),
        ("Nieuw adres: Damrak 3", True),
        ("Nouvelle adresse : 12 rue de Lyon", True),
        ("Deliver to the neighbour", False),
        ("Bitte bei der Adresse klingeln", False),
    ],
)
def test_a_note_with_another_address_is_a_warning(note: str, is_warned: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "Candle", "Quantity": "1", "Note": note}).orders
    assert (("address_in_note", "/order_details/notes") in warnings(order)) is is_warned

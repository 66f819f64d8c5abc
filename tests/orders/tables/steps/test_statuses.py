"""Statuses of shops: which orders are not to be shipped, and the codes of the service."""

import pytest
from order_files import errors, read_case, read_rows_of, value

from tui.api.pointer import ABSENT
from tui.orders.parsed import Derivation, GuessKind, How
from tui.orders.paths import PAYMENT_STATUS, STATUS
from tui.orders.status_words import Meaning, meaning_of

STATUS_ERROR = ("confirm_cancelled", str(STATUS))
PAYMENT_ERROR = ("confirm_cancelled", str(PAYMENT_STATUS))
ITEM = {"Item name": "Candle", "Quantity": "1", "Unit price": "10.00"}


def test_case_of_voided_and_refunded_orders() -> None:
    voided, refunded = read_case("not-to-be-shipped.csv").orders
    assert errors(voided) == [PAYMENT_ERROR, ("confirm_cancelled", str(STATUS.parent))]
    assert errors(refunded) == [PAYMENT_ERROR]
    assert value(voided, str(PAYMENT_STATUS)) == "voided"


def test_case_of_a_cancel_request() -> None:
    (order,) = read_case("bol-extra-address.csv").orders
    assert errors(order) == [STATUS_ERROR]
    assert "annuleringsverzoek" in order.problems[0].detail


def test_case_of_a_technical_order_type() -> None:
    (order,) = read_case("etsy-order-type.csv").orders
    assert errors(order) == []
    assert value(order, "/order_details/order_items/0/quantity") == 2


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Storniert", Meaning.CANCELLED),
        ("Annulée", Meaning.CANCELLED),
        ("Geannuleerd", Meaning.CANCELLED),
        ("Cancelado pelo cliente", Meaning.CANCELLED),
        ("Anulowane", Meaning.CANCELLED),
        ("cancellation requested", Meaning.CANCELLED),
        ("Remboursé", Meaning.REFUNDED),
        ("Rimborsato", Meaning.REFUNDED),
        ("Teilweise erstattet", Meaning.PARTLY_REFUNDED),
        ("Zahlung ausstehend", Meaning.PENDING),
        ("En attente du paiement par virement bancaire", Meaning.PENDING),
        ("wacht op betaling", Meaning.PENDING),
        ("In attesa di pagamento", Meaning.PENDING),
        ("Oczekiwanie na płatność", Meaning.PENDING),
        ("não pago", Meaning.UNPAID),
        ("nicht versendet", Meaning.OPEN),
        ("Prêt à expédier", Meaning.OPEN),
        ("Da spedire", Meaning.OPEN),
        ("te verzenden", Meaning.OPEN),
        ("Awaiting Fulfillment", Meaning.OPEN),
        ("wc-processing", Meaning.OPEN),
        ("PartiallyShipped", Meaning.PARTLY_SHIPPED),
        ("Expédié", Meaning.SHIPPED),
        ("Skickad", Meaning.SHIPPED),
        ("Wysłane", Meaning.SHIPPED),
        ("Payment error", Meaning.FAILED),
        ("Brouillon", Meaning.DRAFT),
        ("wc-on-hold", Meaning.ON_HOLD),
        ("not cancelled", None),
        ("Lieblingskunde", None),
        ("online", None),
    ],
)
def test_meanings(text: str, meaning: Meaning | None) -> None:
    assert meaning_of(text) is meaning


@pytest.mark.parametrize(
    ("heading", "text", "code", "is_held"),
    [
        ("Order status", "Processing", "unfulfilled", False),
        ("Order status", "In Bearbeitung", "unfulfilled", False),
        ("Order status", "En cours de préparation", "unfulfilled", False),
        ("Order status", "Completed", "fulfilled", True),
        ("Order status", "Cancelled", "cancelled", True),
        ("Order status", "unshipped", "unshipped", False),
        ("Order status", "on_hold", "on_hold", True),
        ("Fulfillment status", "PENDING", "unfulfilled", False),
        ("Fulfillment status", "fulfilled", "fulfilled", True),
    ],
)
def test_order_statuses_become_codes(heading: str, text: str, code: str, is_held: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}).orders
    assert value(order, str(STATUS)) == code
    assert errors(order) == ([STATUS_ERROR] if is_held else [])


def test_unknown_order_status_is_asked_about() -> None:
    (order,) = read_rows_of({"Order number": "1", "Order status": "Lieblingskunde", **ITEM}).orders
    assert value(order, str(STATUS)) == "Lieblingskunde"
    assert errors(order) == [("confirm_status", str(STATUS))]


@pytest.mark.parametrize(
    "text", ["Pending payment", "Zahlung ausstehend", "En attente de paiement", "wacht op betaling"]
)
def test_paid_is_not_assumed_against_the_order_status(text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", "Order status": text, **ITEM}).orders
    assert value(order, str(PAYMENT_STATUS)) == "pending"
    assert order.derived[PAYMENT_STATUS].how is How.COMPUTED
    assert errors(order) == [STATUS_ERROR]


@pytest.mark.parametrize(
    ("text", "code", "is_held"),
    [
        ("Bezahlt", "paid", False),
        ("Betaald", "paid", False),
        ("Payé", "paid", False),
        ("authorized", "authorized", False),
        ("Remboursé", "refunded", True),
        ("pending", "pending", True),
        ("unbezahlt", "unpaid", True),
        ("partially_refunded", "partially_refunded", True),
    ],
)
def test_payment_statuses(text: str, code: str, is_held: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", "Payment status": text, **ITEM}).orders
    assert value(order, str(PAYMENT_STATUS)) == code
    assert errors(order) == ([PAYMENT_ERROR] if is_held else [])


def test_unknown_payment_status_is_asked_about() -> None:
    (order,) = read_rows_of({"Order number": "1", "Payment status": "Invoice 14", **ITEM}).orders
    assert value(order, str(PAYMENT_STATUS)) == "Invoice 14"
    assert errors(order) == [("confirm_status", str(PAYMENT_STATUS))]


def test_unpaid_order_on_delivery_is_not_held() -> None:
    row = {"Order number": "1", "Payment status": "pending", "Cash on delivery": "yes", **ITEM}
    (order,) = read_rows_of(row).orders
    assert errors(order) == []


def test_unused_payment_column_is_not_ignored() -> None:
    (order,) = read_rows_of({"Order number": "1", "Zahlungsstatus Shop": "offen", **ITEM}).orders
    assert errors(order) == [PAYMENT_ERROR]
    assert value(order, str(PAYMENT_STATUS)) == "unpaid"


@pytest.mark.parametrize(
    ("heading", "text", "is_held"),
    [
        ("Cancelled at", "2026-09-12", True),
        ("Storniert am", "12.09.2026", True),
        ("Demande d'annulation", "oui", True),
        ("Refund amount", "12.00", True),
        ("Refund amount", "0.00", False),
        ("annuleringsverzoek", "Nee", False),
        ("Fulfilled at", "2026-09-12", True),
        ("Date shipped", "2026-09-12", True),
        ("Dispatched on date", "2026-09-12", True),
        ("Shipped on date", "2026-09-12", True),
        ("Return address", "Weg 1", False),
        ("Cancellation policy", "14 days", False),
        ("Contra reembolso", "si", False),
    ],
)
def test_filled_columns_about_the_end_of_an_order(heading: str, text: str, is_held: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}).orders
    assert (STATUS_ERROR in errors(order)) is is_held


def test_order_without_a_payment_date_in_a_file_that_has_them() -> None:
    paid, unpaid = read_rows_of(
        {"Order number": "1", "Bezahlt am": "2026-09-12", **ITEM}, {"Order number": "2", **ITEM}
    ).orders
    assert errors(paid) == []
    assert errors(unpaid) == [PAYMENT_ERROR]
    assert value(unpaid, str(PAYMENT_STATUS)) == "unpaid"
    assert paid.derived[PAYMENT_STATUS] == Derivation(How.COMPUTED, "Bezahlt am is filled")


@pytest.mark.parametrize(("text", "is_held"), [("Blorp", True), ("", False)])
def test_paid_is_not_assumed_where_a_payment_status_does_not_say_it(text: str, is_held: bool) -> None:
    row = {"Order number": "1", "Zahlungsstatus Shop": text, **ITEM}
    for accept in ([], [GuessKind.STATUS]):
        (order,) = read_rows_of(row, accept=accept).orders
        assert value(order, str(PAYMENT_STATUS)) == "pending"
        assert errors(order) == ([("confirm_status", str(PAYMENT_STATUS))] if is_held and not accept else [])


def test_each_column_about_a_status_is_named_as_the_source_of_what_it_says() -> None:
    row = {"Order number": "1", "Fulfillment Status": "unfulfilled", "Cancelled at": "2026-09-12", "Refund": "yes"}
    (order,) = read_rows_of({**row, **ITEM}).orders
    assert errors(order) == [("confirm_cancelled", str(STATUS.parent))] * 2
    assert order.cells[STATUS.parent] == (2, "Cancelled at, Refund")
    assert order.cells[STATUS] == (2, "Fulfillment Status")


def test_different_statuses_of_the_rows_hold_an_order() -> None:
    rows = [{"Order number": "1", "Order status": text, **ITEM} for text in ("processing", "cancelled")]
    (order,) = read_rows_of(*rows).orders
    assert ("conflict", str(STATUS)) in errors(order)


def test_order_that_is_not_to_be_shipped_is_sent_only_if_that_is_named() -> None:
    others = [kind for kind in GuessKind if kind is not GuessKind.CANCELLED]
    assert ("confirm_cancelled", str(STATUS.parent)) in errors(read_case("not-to-be-shipped.csv", others).orders[0])
    voided, _ = read_case("not-to-be-shipped.csv", [GuessKind.CANCELLED]).orders
    assert errors(voided) == []
    assert voided.derived[STATUS.parent].how is How.CONFIRMED


def test_empty_fulfilment_status_is_open_and_an_empty_payment_status_is_not_paid() -> None:
    columns = {"Fulfillment Status": "", "Financial Status": ""}
    full = {"Order number": "1", "Fulfillment Status": "unfulfilled", "Financial Status": "paid", **ITEM}
    _, order = read_rows_of(full, {"Order number": "2", **columns, **ITEM}).orders
    assert value(order, str(STATUS)) == "unfulfilled"
    assert order.derived[STATUS].how is How.ASSUMED
    assert value(order, str(PAYMENT_STATUS)) is ABSENT


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Etat expédition", "Partiellement expédiée"),
        ("État de la livraison", "Expédié le 22/11"),
        ("Estado envío", "Enviado"),
        ("Estado pago", "Pendiente"),
        ("Stan przesyłki", "Wysłana"),
        ("Order type", "Return order"),
        ("Order type", "Credit note"),
        ("Auftragsart", "Gutschrift erstellt"),
    ],
)
def test_other_statuses_that_stop_an_order(heading: str, text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: text, **ITEM}).orders
    assert [code for code, _ in errors(order)] == ["confirm_cancelled"]

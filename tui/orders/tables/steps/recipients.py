"""Who gets an order: recognizes two orders under one number, and completes contact data and billing addresses."""

import re
from typing import Final, cast

from tui.api.codec import Document
from tui.api.errors import Problem, Severity
from tui.api.pointer import Pointer
from tui.orders.names import normalized
from tui.orders.parsed import Derivation, GuessKind, How, ParsedOrder
from tui.orders.paths import BILL_TO, PAYMENT_STATUS, SHIP_TO, STATUS, FieldPath
from tui.orders.tables.context import ImportContext, error, set_value, warning
from tui.orders.tables.mapping import SHIP_STREET_PATH
from tui.orders.tables.values.places import country_in_cell

_NAMES: Final = ("name", "company_name")
_PLACES: Final = ("address_line_1", "address_line_2", "house_number", "po_box", "postal_code", "city", "country_code")
_DECISIVE: Final = ("address_line_1", "house_number", "postal_code")
_CONTACTS: Final = ("email", "phone_number")
_BILLING_PLACES: Final = ("address_line_1", "postal_code", "city")
_CUSTOMER: Final = Pointer.of("customer_details")


def conflict_problem(pointer: Pointer, detail: str, first_text: str, text: str, recipient: FieldPath) -> Problem:
    """The problem of a row whose value differs from the first row of its order.

    It holds the order if it is about who gets it or whether it is to be shipped. `recipient`: the address that it goes to.
    """
    is_address = pointer.tokens[:1] == recipient and pointer.name in (*_NAMES, *_PLACES)
    if (is_address or pointer in (STATUS, PAYMENT_STATUS)) and not _is_same(pointer.name, first_text, text):
        return error(pointer, "conflict", detail, "rows differ")
    return warning(pointer, "conflict", detail)


def _is_same(name: str, first: str, other: str) -> bool:
    """Whether two texts are the same value, written differently: `Hauptstr.` and `Hauptstraße`, `DE` and `Germany`."""
    if normalized(first) == normalized(other):
        return True
    if name == "country_code":
        return country_in_cell(first) == country_in_cell(other) != ""
    if name == "postal_code":
        plain = [re.sub(r"[^A-Z0-9]", "", re.sub(r"^[A-Z]{1,2}-", "", text.upper())) for text in (first, other)]
        return plain[0] == plain[1]
    words = [re.sub(r"strasse\b", "str", normalized(text)).split() for text in (first, other)]
    return words[0] == words[1] or (name == "name" and sorted(words[0]) == sorted(words[1]))


def check_second_address(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order with two addresses whose headings are the same, until it is confirmed which one it goes to."""
    if SHIP_STREET_PATH not in context.mapping.guessed or not isinstance(BILL_TO.get(order.document), dict):
        return
    column = order.cells.get(SHIP_TO / "address_line_1", (0, ""))[1]
    if column and any((SHIP_TO / name).get(order.document) != (BILL_TO / name).get(order.document) for name in _PLACES):
        text = "The file has two addresses with the same headings. Orders go to the second one; the first is the billing address."
        context.guess(order, SHIP_TO, GuessKind.ADDRESS, text, subject=column, title="which address?")


def check_recipients(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order whose rows differ in the name and in the street or postcode."""
    if len(order.rows) == 1:
        return
    recipient = recipient_of(context.mapping.paths)
    fields = {
        problem.pointer.name
        for problem in order.problems
        if problem.code == "conflict" and problem.severity is Severity.ERROR and problem.pointer.tokens[:1] == recipient
    }
    if not fields.isdisjoint(_NAMES) and not fields.isdisjoint(_DECISIVE):
        detail = (
            "Rows of this order have different recipients, but the same order number. "
            "Give each recipient a number of its own, or correct the rows."
        )
        order.problems.append(error(Pointer(recipient), "two_recipients", detail, "two recipients"))


def recipient_of(paths: tuple[FieldPath | None, ...]) -> FieldPath:
    """The address that decides where an order goes: the billing address if no column has a shipping address."""
    has_shipping = any(path is not None and path[:1] == SHIP_TO.tokens for path in paths)
    return SHIP_TO.tokens if has_shipping else BILL_TO.tokens


def complete_contacts(order: ParsedOrder, context: ImportContext) -> None:
    """Complete the contact data of the recipient by those of the payer or customer, for messages about the delivery."""
    if not context.mapping.fills_defaults or not isinstance(SHIP_TO.get(order.document), dict):
        return
    for name in _CONTACTS:
        if (SHIP_TO / name).get(order.document):
            continue
        for source, text in ((BILL_TO, "from the billing contact"), (_CUSTOMER, "from the customer")):
            contact = (source / name).get(order.document)
            if isinstance(contact, str) and contact:
                set_value(order, SHIP_TO / name, contact, How.COPIED, text)
                if (source / name) in order.cells:
                    order.cells[SHIP_TO / name] = order.cells[source / name]
                break


def complete_billing(order: ParsedOrder, context: ImportContext) -> None:
    """Give a billing address without a name that of the customer, and one without a country column that of the recipient.

    A billing address without a place is left out: it would hold the order.
    """
    billing = BILL_TO.get(order.document)
    if not isinstance(billing, dict) or not context.mapping.fills_defaults:
        return
    if not any(billing.get(name) for name in _BILLING_PLACES):
        _leave_out_billing(order, "left out, because the file has no street, postcode or city of it")
    elif not billing.get("name"):
        customer, company = (_CUSTOMER / "name").get(order.document), billing.get("company_name")
        if isinstance(customer, str) and customer:
            set_value(order, BILL_TO / "name", customer, How.COPIED, "from the customer")
        elif company:
            set_value(order, BILL_TO / "name", company, How.COPIED, "from the company")
        else:
            _leave_out_billing(order, "left out, because the file has no name for it")
            return
    country = (SHIP_TO / "country_code").get(order.document)
    if BILL_TO in order.derived or (BILL_TO / "country_code").tokens in context.mapping.paths:
        return
    if not billing.get("country_code") and isinstance(country, str) and country:
        set_value(order, BILL_TO / "country_code", country, How.COPIED, "from the shipping address")


def complete_country(order: ParsedOrder, context: ImportContext) -> None:
    """Use the country of the billing address for a delivery address without a country column, if that is confirmed."""
    pointer = SHIP_TO / "country_code"
    country = (BILL_TO / "country_code").get(order.document)
    if pointer.tokens in context.mapping.paths or not context.mapping.fills_defaults:
        return
    if isinstance(country, str) and country and not pointer.get(order.document) and (SHIP_TO / "city") in order.cells:
        set_value(order, pointer, country, How.COPIED, "from the billing address")
        column = order.cells.get(BILL_TO / "country_code", (0, ""))[1]
        text = "The delivery address has no column for the country. That of the billing address is used."
        context.guess(order, pointer, GuessKind.ADDRESS, text, subject=column, title="country?")


def _leave_out_billing(order: ParsedOrder, text: str) -> None:
    order.document = cast(Document, BILL_TO.drop(order.document))
    for pointer in [pointer for pointer in (*order.cells, *order.derived) if pointer.startswith(BILL_TO)]:
        order.cells.pop(pointer, None)
        order.derived.pop(pointer, None)
    order.problems = [problem for problem in order.problems if not problem.pointer.startswith(BILL_TO)]
    order.derived[BILL_TO] = Derivation(How.EMPTIED, text)

"""Whether an order has a label, judged by shipments as the service sends them."""

from datetime import UTC
from typing import Any

import pytest
from official_documents import document as official
from official_documents import needs_document

from tui.api.codec import Document
from tui.orders.label import Label
from tui.orders.labels import label_from, label_json, label_text, state_with_label, with_label
from tui.orders.order_state import OrderState
from tui.orders.query.conditions import Facts

READY, CANCELLED, FAILED = "READY_TO_SEND", "CANCELLED", "ANNOUNCEMENT_FAILED"
LABEL = [{"type": "label"}]


def parcel(status: str = READY, announced: str | None = "2026-11-20T08:00:00Z", documents: Any = ()) -> dict[str, Any]:
    status_object = {"code": status, "message": status.replace("_", " ").capitalize()}
    return {"status": status_object, "announced_at": announced, "documents": list(documents), "tracking_number": "3S1"}


def shipment(*parcels: dict[str, Any], number: Any = "A-1", **values: Any) -> Document:
    return {"order_number": number, "parcels": list(parcels), "carrier": {"name": "PostNL"}, **values}


def order(number: Any = "A-1", placed: Any = None) -> Document:
    return {"order_number": number, "order_details": {"integration": {"id": 7}, "order_created_at": placed}}


def label(*shipments: Document, is_all: bool = True) -> Label:
    return label_from(shipments, order(), 100.0, is_all=is_all)


@pytest.mark.parametrize(
    ("shipments", "is_made"),
    [
        ([], False),
        ([shipment(parcel())], True),
        ([shipment(parcel(announced=None, documents=LABEL))], True),
        ([shipment(parcel(announced=None, documents=[{"document_type": "label"}]))], True),
        ([shipment(parcel("ANNOUNCING", None))], False),
        ([shipment(parcel(announced=None, documents=[{"type": "cn23"}]))], False),
        ([shipment(parcel(CANCELLED))], False),
        ([shipment(parcel("CANCELLATION_REQUESTED"))], False),
        ([shipment(parcel(FAILED))], False),
        ([shipment(parcel("DELIVERY_ATTEMPT_FAILED"))], True),
        # Of two parcels one has no label: the order is not done.
        ([shipment(parcel(), parcel(FAILED))], False),
        ([shipment(parcel(), parcel(CANCELLED))], True),
        ([shipment(parcel(FAILED)), shipment(parcel())], True),
        ([shipment(parcel(CANCELLED)), shipment(parcel(FAILED))], False),
        # Other orders: parts of the number, another case, another shop.
        ([shipment(parcel(), number="A-12")], False),
        ([shipment(parcel(), number="a-1")], False),
        ([shipment(parcel(), number="#A-1")], False),
        ([shipment(parcel(), number=None)], False),
        ([shipment(parcel(), integration_id=8)], False),
        ([shipment(parcel(), integration={"id": "8"})], False),
        ([shipment(parcel(), integration_id="7")], True),
        # Anything may be absent or of an unexpected type.
        ([{"order_number": "A-1"}], False),
        ([{"order_number": "A-1", "parcels": [None, "x", {"status": "READY", "documents": {}}]}], False),
    ],
)  # fmt: skip
def test_only_a_whole_shipment_of_this_order_is_a_label(shipments: list[Document], is_made: bool) -> None:
    assert label(*shipments).is_made is is_made


def test_numbers_may_be_numbers() -> None:
    assert label_from([shipment(parcel(), number=48213)], order("48213"), 1.0, is_all=True).is_made


@pytest.mark.parametrize(
    ("placed", "is_made"),
    [
        ("2026-11-19T08:00:00Z", True),
        ("2026-11-20T20:00:00Z", True),  # the clocks of shop and service may differ
        ("2026-11-22T08:00:00Z", False),
        ("yesterday", True),
    ],
)
def test_a_number_that_was_used_before_has_no_label_yet(placed: str, is_made: bool) -> None:
    assert label_from([shipment(parcel())], order(placed=placed), 1.0, is_all=True).is_made is is_made


def test_a_full_page_of_other_orders_says_nothing() -> None:
    answer = label(shipment(parcel(), number="A-12"), is_all=False)
    assert answer.is_made is None
    assert label(shipment(parcel()), is_all=False).is_made


def test_the_newest_label_is_shown_and_else_what_stands_in_its_way() -> None:
    old = shipment(parcel("DELIVERED", "2026-11-18T08:00:00Z"), carrier={"code": "dpd"})
    made = label(old, shipment(parcel()))
    assert (made.carrier, made.status, made.tracking) == ("PostNL", "Ready to send", "3S1")
    text = label_text(made, OrderState.OPEN, UTC)
    assert text == "label made Fri 20 Nov 08:00 (PostNL, Ready to send)"
    failed = label(shipment(parcel(), parcel(FAILED)))
    assert "no label, last shipment: Announcement failed" in label_text(failed, OrderState.OPEN, UTC)


def test_texts_say_what_is_known() -> None:
    assert label_text(None, OrderState.OPEN, UTC) == "open according to the shop"
    assert label_text(label(), OrderState.UNKNOWN, UTC).startswith("unknown status, no label")
    assert label_text(label(), OrderState.OPEN, UTC) == "open, no label (asked Thu 01 Jan 00:01)"
    unclear = Label(100.0, None, note="2 orders of this shop have the number")
    assert "not known whether it has a label: 2 orders" in label_text(unclear, OrderState.UNKNOWN, UTC)
    assert label_text(Label(100.0, True), OrderState.OPEN, UTC) == "has a label"


def test_json_tells_unknown_from_none() -> None:
    assert label_json(None) is None
    none, made = label_json(label()), label_json(label(shipment(parcel())))
    assert isinstance(none, dict)
    assert isinstance(made, dict)
    assert (none["made"], none["asked_at"], none["made_at"]) == (False, "1970-01-01T00:01:40+00:00", None)
    assert (made["made"], made["made_at"], made["tracking_number"]) == (True, "2026-11-20T08:00:00+00:00", "3S1")


@pytest.mark.parametrize(("is_made", "stage"), [(True, "finished"), (False, "open"), (None, "open")])
def test_an_order_with_a_label_is_finished(is_made: bool | None, stage: str) -> None:
    facts = Facts({}, {"stage": "open"}, {"flag": ("abroad",)}, {})
    known = with_label(facts, Label(1.0, is_made))
    assert known.codes["stage"] == stage
    assert ("labelled" in known.lists["flag"]) is bool(is_made)
    assert "abroad" in known.lists["flag"]
    assert state_with_label(OrderState.OPEN, Label(1.0, is_made)).value == stage
    assert facts.codes["stage"] == "open"


@needs_document()
def test_the_documents_examples() -> None:
    examples = official("shipments")["paths"]["/shipments"]["get"]["responses"]["200"]["content"]["application/json"]
    (example,) = examples["examples"].values()
    found = label_from(example["value"]["data"], order("1234567890"), 1.0, is_all=True)
    assert (found.is_made, found.status, found.carrier) == (False, "Cancelled", "postnl")

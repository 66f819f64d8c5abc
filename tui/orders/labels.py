"""Whether an order has a label, judged by the shipments of its number: an order has no field for it (Q4.14, SQ5.2)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from tui.api.codec import Document, Json, as_document, as_list
from tui.api.query import id_text, read_instant
from tui.orders.formats import time_text
from tui.orders.label import Label
from tui.orders.order_state import OrderState
from tui.orders.paths import NUMBER, SHOP
from tui.orders.query.conditions import Facts
from tui.orders.summary import ordered_at, text_at

LABELLED: Final = "labelled"
"""The flag of an order with a label (`tui.orders.query.conditions.FLAGS`)."""
_TOLERANCE: Final = timedelta(days=1)
"""The shop's clock and zone may be wrong."""
_STATES: Final = {
    OrderState.OPEN: "open according to the shop",
    OrderState.FINISHED: "finished according to the shop",
    OrderState.UNKNOWN: "unknown status, counts as open",
}


def label_from(shipments: Iterable[Document], order: Document, asked_at: float, *, is_all: bool) -> Label:
    """The label of an order, whose number is not empty.

    The service may also send shipments of similar numbers, of other shops, and cancelled and failed ones (SQ5.3): the
    number is compared exactly, the shop wherever a shipment names it. Shops may use a number again, so that a shipment
    from before the order was placed is not its own. `is_all`: there are no further pages.
    """
    number, shop, placed = text_at(order, NUMBER).strip(), text_at(order, SHOP).strip(), ordered_at(order)
    earliest = 0.0 if placed is None else (placed - _TOLERANCE).timestamp()
    found = [
        (newest, shipment)
        for shipment in shipments
        if _is_of(shipment, number, shop) and ((newest := _newest(shipment)) >= earliest or not newest)
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    made = next((shipment for _, shipment in found if _is_made(shipment)), None)
    if made is not None:
        return _label(made, asked_at, is_made=True)
    if not is_all:
        return Label(asked_at, None, note="the service sent too many shipments of other orders")
    return _label(found[0][1], asked_at, is_made=False) if found else Label(asked_at, False)


def with_label(facts: Facts, label: Label | None) -> Facts:
    """The facts of an order that is finished in effect because it has a label; other facts as they are."""
    if label is None or not label.is_made:
        return facts
    flags = (*facts.lists.get("flag", ()), LABELLED)
    stage = {"stage": OrderState.FINISHED.value}
    return Facts(facts.texts, facts.codes | stage, facts.lists | {"flag": flags}, facts.numbers)


def state_with_label(by_shop: OrderState, label: Label | None) -> OrderState:
    """An order with a label needs no other one, whatever its shop says: it is finished."""
    return OrderState.FINISHED if label is not None and label.is_made else by_shop


def label_text(label: Label | None, by_shop: OrderState, zone: tzinfo) -> str:
    """What is known about whether an order is done: its label, or else only the shop's word. Contains untrusted text."""
    if label is None:
        return _STATES[by_shop]
    if label.is_made:
        about = ", ".join(filter(None, (label.carrier, label.status)))
        made = f"label made {_moment(label.made_at, zone)}" if label.made_at is not None else "has a label"
        return f"{made} ({about})" if about else made
    asked = _moment(label.asked_at, zone)
    if label.is_made is None:
        return f"{_STATES[by_shop]}; not known whether it has a label: {label.note} (asked {asked})"
    status = "unknown status" if by_shop is OrderState.UNKNOWN else by_shop.value
    last = f", last shipment: {label.status}" if label.status else ""
    return f"{status}, no label{last} (asked {asked})"


def label_json(label: Label | None) -> Json:
    """A label for machines; None if the service was not asked."""
    if label is None:
        return None
    return {
        "made": label.is_made,
        "status": label.status or None,
        "carrier": label.carrier or None,
        "made_at": None if label.made_at is None else _iso(label.made_at),
        "tracking_number": label.tracking or None,
        "asked_at": _iso(label.asked_at),
        "note": label.note or None,
    }


def _is_of(shipment: Document, number: str, shop: str) -> bool:
    if id_text(shipment.get("order_number")) != number:
        return False
    # No document says under which name a shipment has its shop.
    named = id_text(shipment.get("integration_id")) or id_text(as_document(shipment.get("integration")).get("id"))
    return named in ("", shop)


def _is_made(shipment: Document) -> bool:
    """Whether every parcel that is not cancelled has a label, and there is at least one."""
    packages = [package for package in _packages(shipment) if "CANCEL" not in _code(package)]
    return bool(packages) and all(map(_has_label, packages))


def _has_label(package: Document) -> bool:
    """A parcel has a label once it is announced; a failed announcement makes none (SQ3.7)."""
    code = _code(package)
    if "ANNOUNC" in code and "FAIL" in code:
        return False
    types = {
        document.get("document_type") or document.get("type")  # the latter is deprecated (SQ9.5)
        for document in map(as_document, as_list(package.get("documents")))
    }
    return "label" in types or bool(package.get("announced_at"))


def _label(shipment: Document, asked_at: float, *, is_made: bool) -> Label:
    packages = _packages(shipment)
    # If there is no label, the status of a package without one says why.
    shown = next((package for package in packages if not is_made and not _has_label(package)), None)
    shown = shown or next((package for package in packages if "CANCEL" not in _code(package)), (packages or [{}])[0])
    status, carrier = as_document(shown.get("status")), as_document(shipment.get("carrier"))
    option = as_document(as_document(shipment.get("ship_with")).get("properties")).get("shipping_option_code")
    by_option = option.partition(":")[0] if isinstance(option, str) else ""
    made = read_instant(shown.get("announced_at")) or read_instant(shown.get("created_at"))
    return Label(
        asked_at,
        is_made,
        id_text(status.get("message")) or id_text(status.get("code")),
        id_text(carrier.get("name")) or id_text(carrier.get("code")) or by_option,
        made.timestamp() if is_made and made is not None else None,
        id_text(shown.get("tracking_number")),
    )


def _packages(shipment: Document) -> list[Document]:
    return [package for package in as_list(shipment.get("parcels")) if isinstance(package, dict)]


def _code(package: Document) -> str:
    status = as_document(package.get("status"))
    return (id_text(status.get("code")) or id_text(status.get("message"))).upper()


def _newest(shipment: Document) -> float:
    times = (
        read_instant(package.get(name)) for package in _packages(shipment) for name in ("announced_at", "created_at")
    )
    return max((time.timestamp() for time in times if time is not None), default=0.0)


def _moment(at: float, zone: tzinfo) -> str:
    return time_text(datetime.fromtimestamp(at, zone))


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")

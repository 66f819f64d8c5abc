"""GET /shipments of the sandbox: some orders of the seed data have labels, cancelled ones or failed ones. Read only."""

import base64
import binascii
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, cast

from tui.api.codec import Document, Json, as_document, decode
from tui.sandbox.account_data import SENDER_ADDRESSES
from tui.sandbox.data import FIRST_ID, SandboxData, fold_case
from tui.sandbox.order_query import InvalidCursorError
from tui.sandbox.times import MICRO, to_micros, to_text

_SHIPPED_AFTER: Final = timedelta(days=2)
"""Younger orders have no label yet."""
_READY = ("READY_TO_SEND", "Ready to send")
_SORTED = ("SORTED", "Sorted")
_DELIVERED = ("DELIVERED", "Delivered")
_CANCELLED = ("CANCELLED", "Cancelled")
_FAILED = ("ANNOUNCEMENT_FAILED", "Announcement failed")
_KINDS: Final[dict[int, tuple[tuple[str, str], ...]]] = {
    0: (_READY,),
    1: (_SORTED,),
    2: (_CANCELLED,),
    3: (_FAILED,),
    4: (_FAILED, _DELIVERED),
    5: (_CANCELLED, _READY),
}
"""The statuses of an order's shipments, the oldest first. Orders of other kinds have none."""
_SHARES: Final = 17

_BY_NUMBER: Final = "number_key = :number"
_BY_PREFIX: Final = "substr(number_key, 1, length(:number)) = :number"


def find(
    data: SandboxData, *, number: str, shop: str, cursor: str, size: int, now: datetime, odd: bool
) -> tuple[list[Json], str | None]:
    """A page of shipments of the newest orders first, and the cursor of the next page.

    An empty `number` or `shop` has no effect; numbers are compared without case. `odd`: the beginning of a number is
    enough, so that the answer has shipments of other orders. Raises InvalidCursorError.
    """
    seeded = data.value("seeded_orders")
    last = FIRST_ID + (seeded if isinstance(seeded, int) else 0)
    before = last if not cursor else min(last, _decoded(cursor))
    tests = ["id >= :first", "id < :before", "created < :latest"]
    if number:
        tests.append(_BY_PREFIX if odd else _BY_NUMBER)
    if shop:
        tests.append("integration = :shop")
    sql = f"SELECT id, created, body FROM orders WHERE {' AND '.join(tests)} ORDER BY id DESC"  # noqa: S608
    values = {
        "number": fold_case(number),
        "shop": shop,
        "first": FIRST_ID,
        "before": before,
        "latest": to_micros(now - _SHIPPED_AFTER),
    }
    found: list[Json] = []
    for id, created, body in data.connection.execute(sql, values):
        shipments = list(_shipments(id, created, cast(Document, decode(body))))
        if found and len(found) + len(shipments) > size:
            return found, base64.b64encode(str(id + 1).encode()).decode()
        found += shipments
    return found, None


def _decoded(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor.encode("ascii"), validate=True))
    except (ValueError, binascii.Error) as error:
        raise InvalidCursorError(cursor) from error


def kind_of(id: int) -> tuple[tuple[str, str], ...]:
    """The statuses of the shipments of the seed order with this id."""
    return _KINDS.get(id * 2_654_435_761 % 2**32 % _SHARES, ())


def _shipments(id: int, created: int, order: Document) -> Iterator[Document]:
    """The shipments of an order, the newest first."""
    kinds = kind_of(id)
    for place in reversed(range(len(kinds))):
        code, message = kinds[place]
        announced = created + (24 + place) * 3600 * MICRO
        package = id * 10 + place
        has_label = code != _FAILED[0]
        yield {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox/{id}/{place}")),
            "order_number": order["order_number"],
            "total_order_price": {"currency": "EUR", "value": "11.11"},
            "parcels": [
                {
                    "id": package,
                    "status": {"code": code, "message": message},
                    "documents": [_label_of(package)] if has_label else [],
                    "weight": {"value": "1.320", "unit": "kg"},
                    "tracking_number": f"3SYZXG{package}" if has_label else "",
                    "tracking_url": None,
                    "created_at": to_text(announced),
                    "updated_at": to_text(announced + 3600 * MICRO),
                    "announced_at": to_text(announced) if has_label else None,
                    "label_notes": None,
                    "parcel_items": [],
                }
            ],
            "from_address": SENDER_ADDRESSES[0],
            "to_address": as_document(order.get("shipping_address")),
            "ship_with": {
                "type": "shipping_option_code",
                "properties": {"shipping_option_code": "postnl:standard", "contract_id": 517},
            },
            "carrier": {"code": "postnl", "name": "PostNL"},
            "errors": []
            if has_label
            else [{"status": "400", "code": "parcel_announcement_error", "detail": "Missing required data: phone"}],
        }


def _label_of(package: int) -> Document:
    link = f"https://panel.sendcloud.sc/api/v3/parcels/{package}/documents/label"
    return {"type": "label", "size": "a6", "link": link}

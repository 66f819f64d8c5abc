"""Completes what a table says about a service point: without its id, the service refuses it (Q8.22)."""

import re
from typing import Final

from tui.api.codec import Document
from tui.api.pointer import Pointer
from tui.orders.parsed import How, ParsedOrder
from tui.orders.paths import SHIP_TO
from tui.orders.tables.context import ImportContext, set_value, warning

_POINT: Final = Pointer.of("service_point_details")
_POST_NUMBER: Final = _POINT / "post_number"
_IDS: Final = ("id", "carrier_service_point_id")
_AT_DHL: Final = re.compile(r"\b(pack ?station|post ?filiale|paket ?box)\b", re.IGNORECASE)


def complete_service_point(order: ParsedOrder, context: ImportContext) -> None:
    """Write the Postnummer of a Packstation without an id into the second line, where DHL accepts it too.

    Whatever else a table has about a service point without an id is left out, with a warning.
    """
    point = _POINT.get(order.document)
    if not isinstance(point, dict) or any(point.get(name) for name in _IDS):
        return
    order.document = {name: value for name, value in order.document.items() if name != _POINT.name}
    number = point.get("post_number")
    for name, value in point.items():
        if value in (None, "") or (name == "post_number" and _write_post_number(order, str(number))):
            continue
        column = order.cells[_POINT / name][1] if _POINT / name in order.cells else name
        detail = (
            f"{column} has {str(value)[:40]!r}, which is not sent: it belongs to a service point, "
            "and the file has no column with the service point's id. Enter the id and this value, if one is meant."
        )
        order.problems.append(warning(_POINT / "id", "no_service_point", detail, "no service point"))


def _write_post_number(order: ParsedOrder, number: str) -> bool:
    """Whether the address is a Packstation or the like, whose second line has the number now."""
    address = SHIP_TO.get(order.document)
    if not isinstance(address, dict) or not _AT_DHL.search(_text_of(address)):
        return False
    if number in _text_of(address):
        return True
    before = address.get("address_line_2")
    line = f"{before}, {number}" if isinstance(before, str) and before else number
    column = order.cells[_POST_NUMBER][1] if _POST_NUMBER in order.cells else "post number"
    set_value(
        order, SHIP_TO / "address_line_2", line, How.COMPUTED, f"with {column}, because there is no service point id"
    )
    return True


def _text_of(address: Document) -> str:
    return " ".join(value for value in address.values() if isinstance(value, str))

"""Named pointers into an order.

Imports no models, so that rows from the cache are painted without pydantic.
"""

from typing import Final, TypeAlias

from tui.api.pointer import Pointer

ANY: Final = "*"
"""Stands for the index of a list item in the path of a field."""

KEY: Final = "~"
"""Prefix of the key of a list item inside an edit. An index into the base follows, or `n` and a number for an item that was added."""

LISTS: Final = (
    Pointer.of("order_details", "order_items"),
    Pointer.of("customs_details", "tax_numbers", "sender"),
    Pointer.of("customs_details", "tax_numbers", "receiver"),
    Pointer.of("customs_details", "tax_numbers", "importer_of_record"),
)
"""The lists of objects. Their items have an identity of their own inside an edit."""

ITEMS: Final = LISTS[0]

ORDER_ID: Final = Pointer.of("order_id")
NUMBER: Final = Pointer.of("order_number")
SHOP: Final = Pointer.of("order_details", "integration", "id")
STATUS: Final = Pointer.of("order_details", "status", "code")
ORDERED_AT: Final = Pointer.of("order_details", "order_created_at")
UPDATED_AT: Final = Pointer.of("order_details", "order_updated_at")
NOTES: Final = Pointer.of("order_details", "notes")
TAGS: Final = Pointer.of("order_details", "tags")
PAYMENT_STATUS: Final = Pointer.of("payment_details", "status", "code")
TOTAL: Final = Pointer.of("payment_details", "total_price")
SHIP_TO: Final = Pointer.of("shipping_address")
CUSTOMER: Final = Pointer.of("customer_details")
BILL_TO: Final = Pointer.of("billing_address")
SHIPPING_OPTION: Final = Pointer.of("shipping_details", "ship_with", "properties", "shipping_option_code")
DELIVERY_INDICATOR: Final = Pointer.of("shipping_details", "delivery_indicator")
WEIGHT: Final = Pointer.of("shipping_details", "measurement", "weight")
CURRENCY: Final = TOTAL / "currency"

FieldPath: TypeAlias = tuple[str, ...]
"""The path of a field in the schema; an index into a list of objects is `ANY`."""

EVERY_ITEM: Final[FieldPath] = (*ITEMS.tokens, ANY)


def is_weight(pointer: Pointer) -> bool:
    """Whether a field holds the number of a weight."""
    return pointer.tokens[-2:] == ("weight", "value")


def is_item_path(path: FieldPath) -> bool:
    """Whether a path is that of a field of the order items."""
    return path[: len(EVERY_ITEM)] == EVERY_ITEM

"""Recognises the JSON orders of other systems by their keys, so that they are refused with one sentence."""

from collections.abc import Sequence
from typing import Final

from tui.api.codec import Json

_SYSTEMS: Final[tuple[tuple[str, str], ...]] = (
    # Each line: the system, and keys that its orders have together and the service's do not.
    ("Shopify", "line_items financial_status"),
    ("Shopify", "line_items fulfillment_status"),
    ("Shopify", "line_items order_number total_price"),
    ("Shopify (GraphQL)", "lineItems displayFinancialStatus"),
    ("Shopify (GraphQL)", "lineItems shippingAddress displayFulfillmentStatus"),
    ("WooCommerce", "line_items shipping billing"),
    ("WooCommerce", "line_items date_created"),
    ("Magento", "increment_id items"),
    ("Magento", "increment_id entity_id"),
    ("BigCommerce", "billing_address products date_created"),
    ("BigCommerce", "status_id items_total"),
    ("PrestaShop", "id_customer id_carrier"),
    ("PrestaShop", "id_address_delivery current_state"),
    ("Etsy", "receipt_id transactions"),
    ("Etsy", "receipt_id buyer_user_id"),
    ("Billbee", "BillBeeOrderId"),
    ("Billbee", "OrderItems ShippingAddress"),
    ("Shopware", "orderCustomer lineItems"),
    ("Shopware", "orderNumber deliveries"),
    ("Shopware 5", "number customerId paymentId"),
    ("Amazon", "AmazonOrderId"),
    ("Amazon", "amazonOrderId"),
    ("eBay", "orderId lineItems fulfillmentStartInstructions"),
    ("eBay", "orderFulfillmentStatus"),
    ("bol.com", "orderId orderItems shipmentDetails"),
    ("bol.com", "orderId orderItems orderPlacedDateTime"),
    ("Squarespace", "lineItems fulfillmentStatus"),
    ("Wix", "lineItems buyerInfo"),
    ("Wix", "lineItems priceSummary"),
    ("Ecwid", "vendorOrderNumber"),
    ("Ecwid", "items shippingPerson"),
    ("Lightspeed", "orderProducts addressShippingName"),
    ("Lightspeed", "addressShippingStreet"),
    ("ShipStation", "orderKey shipTo"),
    ("ShipStation", "orderNumber shipTo items"),
    ("Odoo", "order_line partner_id"),
    ("Kaufland", "id_order_unit"),
    ("Zalando", "order_number order_lines"),
    ("Sendcloud's parcels", "parcel_items"),
    ("Sendcloud's parcels", "shipping_method to_service_point"),
)
_KEYS: Final = tuple((name, frozenset(keys.split())) for name, keys in _SYSTEMS)
_WRAPPERS: Final = (
    "orders",
    "Orders",
    "items",
    "results",
    "data",
    "Data",
    "order",
    "payload",
    "edges",
    "node",
    "result",
)
_DEPTH: Final = 4


def system_of(entry: Json) -> str:
    """The system that an order is from by its keys; empty if that is unknown, or if it is in the service's form."""
    if not isinstance(entry, dict) or "order_details" in entry:
        return ""
    attributes = entry.get("attributes")
    keys = entry.keys() | attributes.keys() if isinstance(attributes, dict) else entry.keys()
    return next((name for name, needed in _KEYS if keys >= needed), "")


def system_of_file(whole: Json, depth: int = _DEPTH) -> str:
    """The system that all orders of a document are from; empty if that is unknown or some are in the service's form."""
    if isinstance(whole, list):
        return _system_of_all(whole, depth)
    if not isinstance(whole, dict) or "order_details" in whole:
        return ""
    if found := system_of(whole):
        return found
    inner = next((whole[key] for key in _WRAPPERS if isinstance(whole.get(key), list | dict)), None)
    return system_of_file(inner, depth - 1) if inner is not None and depth else ""


def _system_of_all(entries: Sequence[Json], depth: int) -> str:
    found = {system_of_file(entry, depth - 1) if depth else "" for entry in entries}
    return min(found) if entries and "" not in found else ""

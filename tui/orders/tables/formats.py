"""The usual export files of shops, marketplaces and shipping tools, recognised by their headings.

To teach the import a format, add a line: its name, headings that only this format has together, and those of its
headings that mean something else than the words say. Headings are normalized as by `headings.normalized`.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """One kind of export file. It is recognised if a file has all headings of `signs`.

    `fields`: the path of a heading whose words mislead; for items it begins with `item:`, and an empty one means that
    the column is no part of an order.
    """

    name: str
    signs: frozenset[str]
    fields: dict[str, str] = field(default_factory=dict, hash=False)


def _format(name: str, signs: str, /, **fields: str) -> KnownFormat:
    return KnownFormat(name, frozenset(signs.split("|")), {key.replace("_", " "): path for key, path in fields.items()})


_SHIPPING = "payment_details/estimated_shipping_price/value"
_TOTAL = "payment_details/total_price/value"
_EBAY = {
    "item number": "item:product_id",
    "custom label": "item:sku",
    "custom label sku": "item:sku",
    "sold for": "item:unit_price/value",
    "total price": _TOTAL,
    "variation details": "item:description",
    "transaction id": "item:item_id",
    "sales record number": "",
    "buyer username": "",
    "order earnings": "",
    "item location": "",
    "payment method": "",
}
_EBAY_DE = {
    "artikelnummer": "item:product_id",
    "bestandseinheit": "item:sku",
    "verkauft fur": "item:unit_price/value",
    "gesamtpreis": _TOTAL,
    "variantendetails": "item:description",
    "verpackung und versand": _SHIPPING,
    "verkaufsprotokollnummer": "",
    "nutzername des kaufers": "",
    "transaktionsnummer": "item:item_id",
}
_EBAY_FR = {
    "numero de l objet": "item:product_id",
    "libelle personnalise": "item:sku",
    "prix de vente": "item:unit_price/value",
    "prix total": _TOTAL,
    "details de l option": "item:description",
    "date de vente": "order_details/order_created_at",
    "numero de la vente": "",
    "pseudo de l acheteur": "",
}
_EBAY_IT = {
    "numero oggetto": "item:product_id",
    "etichetta personalizzata": "item:sku",
    "prezzo di vendita": "item:unit_price/value",
    "prezzo totale": _TOTAL,
    "dettagli variante": "item:description",
    "data vendita": "order_details/order_created_at",
    "numero registro vendite": "",
    "nome utente acquirente": "",
}
_EBAY_ES = {
    "numero de articulo": "item:product_id",
    "etiqueta personalizada": "item:sku",
    "precio de venta": "item:unit_price/value",
    "precio total": _TOTAL,
    "detalles de la variacion": "item:description",
    "fecha de venta": "order_details/order_created_at",
    "numero de registro de venta": "",
    "nombre de usuario del comprador": "",
}
_AMAZON = {
    "order id": "order_id",
    "order item id": "item:item_id",
    "item price": "item:total_price/value",
    "shipping price": _SHIPPING,
    "product name": "item:name",
    "purchase date": "order_details/order_created_at",
    "quantity shipped": "",
    "payments date": "",
    "reporting date": "",
    "promise date": "",
    "number of items": "",
    "address type": "",
}
_AOE = {
    "item cost": "item:unit_price/value",
    "quantity refund": "item:quantity",
    "item number": "",
    "order total amount": _TOTAL,
    "address 1 2 shipping": "shipping_address/address_line_1",
    "address 1 2 billing": "billing_address/address_line_1",
    "customer note": "order_details/notes",
    "discount amount": "",
    "coupon code": "",
}
_WOO_PLUGIN = {
    "customer note": "order_details/notes",
    "order notes": "",
    "transaction id": "",
    "order total": _TOTAL,
    "shipping total": _SHIPPING,
    "order key": "",
    "customer id": "",
    "customer user": "",
    "customer ip address": "",
    "customer user agent": "",
    "order subtotal": "payment_details/subtotal_price/value",
}

_BOL = {
    "bestelnummer": "order_number",
    "referentie": "item:sku",
    "prijs": "item:unit_price/value",
    "producttitel": "item:name",
    "adres verz toevoeging": "shipping_address/address_line_2",
    "telnummerbezorging": "shipping_address/phone_number",
    "adres fact toevoeging": "billing_address/address_line_2",
}

FORMATS: Final = (
    KnownFormat(
        "Shopify orders",
        frozenset({"lineitem name", "name"}),
        {
            "name": "order_number",
            "id": "order_id",
            "shipping address1": "shipping_address/address_line_1",
            "billing address1": "billing_address/address_line_1",
            "lineitem price": "item:unit_price/value",
            "fulfillment status": "order_details/status/code",
            "lineitem fulfillment status": "",
            "lineitem discount": "",
            "payment reference": "",
            "location": "",
            "notes": "order_details/notes",
        },
    ),
    KnownFormat("WooCommerce orders (Advanced Order Export)", frozenset({"item cost", "quantity refund"}), _AOE),
    KnownFormat("WooCommerce orders (Advanced Order Export)", frozenset({"address 1 2 shipping"}), _AOE),
    KnownFormat("WooCommerce orders (WebToffee)", frozenset({"order key", "customer note", "wt import key"}), _WOO_PLUGIN),
    KnownFormat("WooCommerce orders", frozenset({"customer note", "order notes"}), _WOO_PLUGIN),
    KnownFormat(
        "WooCommerce orders",
        frozenset({"order number", "customer note", "shipping address 1", "billing address 1"}),
        {"customer note": "order_details/notes", "transaction id": ""},
    ),
    _format(
        "Magento orders", "purchase point|ship to name",
        id="order_number", ship_to_name="shipping_address/name", customer_name="customer_details/name",
        grand_total_purchased=_TOTAL, grand_total_base="", purchase_point="", customer_group="",
    ),
    _format(
        "PrestaShop orders", "new client",
        id="order_id", customer="shipping_address/name", delivery="shipping_address/country_code", new_client="",
        payment="", reference="order_number",
    ),
    _format(
        "Etsy orders", "sale date|number of items|order value",
        full_name="shipping_address/name", first_name="", last_name="", order_type="", payment_type="",
        order_value="", order_total=_TOTAL, number_of_items="", buyer="customer_details/name", buyer_user_id="",
        date_shipped="", status="order_details/status/code", order_net="", shipping=_SHIPPING,
    ),
    _format(
        "Etsy order items", "sale date|transaction id|ship name",
        transaction_id="item:item_id", listing_id="item:product_id", order_type="", payment_type="", price="item:unit_price/value",
        item_total="item:total_price/value", order_shipping=_SHIPPING, variations="item:description", listings_type="",
        buyer="customer_details/name", date_paid="", date_shipped="",
    ),
    KnownFormat("eBay orders (UK)", frozenset({"post to name", "buyer name"}), _EBAY),
    KnownFormat("eBay orders (US)", frozenset({"ship to name", "custom label"}), _EBAY),
    KnownFormat("eBay orders (US)", frozenset({"sales record number", "buyer username"}), _EBAY),
    KnownFormat("eBay orders (Germany)", frozenset({"name des empfangers", "angebotstitel"}), _EBAY_DE),
    KnownFormat("eBay orders (Germany)", frozenset({"verkaufsprotokollnummer"}), _EBAY_DE),
    KnownFormat("eBay orders (France)", frozenset({"nom du destinataire", "titre de l objet"}), _EBAY_FR),
    KnownFormat("eBay orders (Italy)", frozenset({"nome destinatario", "titolo oggetto"}), _EBAY_IT),
    KnownFormat("eBay orders (Spain)", frozenset({"nombre del destinatario", "titulo del articulo"}), _EBAY_ES),
    KnownFormat(
        "Amazon order report",
        frozenset({"amazon order id", "item price"}),
        {**_AMAZON, "amazon order id": "order_id", "merchant order id": "", "asin": "item:product_id", "item status": ""},
    ),
    KnownFormat(
        "Amazon unshipped orders",
        frozenset({"quantity to ship", "recipient name"}),
        {**_AMAZON, "quantity to ship": "item:quantity", "quantity purchased": ""},
    ),
    KnownFormat("Amazon orders", frozenset({"quantity purchased", "recipient name"}), _AMAZON),
    KnownFormat("Amazon orders", frozenset({"quantity purchased", "item price"}), _AMAZON),
    KnownFormat("bol orders", frozenset({"bestelnummer", "adres verz straat"}), _BOL),
    KnownFormat("bol orders", frozenset({"bestelnummer", "referentie", "prijs"}), _BOL),
    _format(
        "Shopware orders", "ordernumber|orderstatus|paymentstatus",
        ordernumber="order_number", orderstatus="order_details/status/code", paymentstatus="payment_details/status/code",
    ),
    KnownFormat(
        "Shopware orders",
        frozenset({"order number", "order date time", "line items label"}),
        {
            "id": "order_id",
            "state machine state technical name": "order_details/status/code",
            "transactions state machine state technical name": "payment_details/status/code",
            "deliveries state machine state technical name": "",
            "amount total": _TOTAL,
            "shipping total": _SHIPPING,
            "line items payload product number": "item:sku",
        },
    ),
    _format(
        "Shopware orders", "order time|invoice amount|cleared",
        number="order_number", invoice_amount=_TOTAL, invoice_shipping=_SHIPPING, cleared="payment_details/status/code",
        price="item:unit_price/value", internal_comment="",
    ),
    _format(
        "Shopify orders (Matrixify)", "line type|line title|line quantity",
        name="order_number", id="order_id", price_total=_TOTAL, price_total_shipping=_SHIPPING, line_type="",
    ),
    _format(
        "BigCommerce orders", "order id|shipping first name|product details",
        customer_name="customer_details/name", order_total_inc_tax=_TOTAL, shipping_cost_inc_tax=_SHIPPING,
        customer_message="order_details/notes", product_details="item:name", merchant_notes="", staff_notes="",
        total_quantity="", total_shipped="", order_notes="",
    ),
    _format(
        "Squarespace orders", "order id|lineitem name|financial status|shipping name",
        order_id="order_number", lineitem_variant="item:description", lineitem_price="item:unit_price/value",
        private_notes="",
    ),
    _format(
        "Wix orders", "order number|recipient name|delivery address|item variant",
        item_variant="item:description", additional_checkout_info="", item_custom_text="item:description",
        price="item:unit_price/value",
    ),
    _format(
        "Odoo sales orders", "order reference|order lines product|order lines quantity",
        order_lines_product="item:name", order_lines_quantity="item:quantity", order_lines_unit_price="item:unit_price/value",
        order_lines_subtotal="item:total_price/value", order_reference="order_number",
    ),
    _format(
        "Lightspeed orders", "order number|shipping country|products total|shipment method",
        products_total="payment_details/subtotal_price/value",
    ),
    _format(
        "Billbee orders", "ordernumber|orderdate|shipping zip|articlequantity",
        ordernumber="order_number", articlequantity="item:quantity", articletitle="item:name", articlesku="item:sku",
    ),
    _format(
        "JTL orders", "auftragsnummer|lieferadresse strasse|artikelnummer",
        externe_auftragsnummer="order_id", auftragsnummer="order_number",
    ),
    _format("JTL orders", "auftragsnummer|externe auftragsnummer", externe_auftragsnummer="order_id"),
    _format(
        "Sendcloud CSV", "customer name|street name|house number|postal code|country code|order reference",
        item_value="item:unit_price/value", order_reference="order_number",
    ),
    _format(
        "ShipStation orders", "ship to name|item qty|order number",
        item_qty="item:quantity", item_price="item:unit_price/value",
    ),
    _format(
        "Shippo orders", "order number|recipient name|street line 1|item title",
        item_price="item:unit_price/value", street_number="shipping_address/house_number", order_amount=_TOTAL,
    ),
    _format(
        "DHL shipments", "empfanger name 1|empfanger strasse|empfanger plz",
        empfanger_name_1="shipping_address/name", empfanger_name_2_postnummer="shipping_address/company_name",
        sendungsreferenz="order_number",
    ),
)  # fmt: skip


def format_of_header(names: Collection[str]) -> KnownFormat | None:
    """The format whose headings a file has, by normalized names; None if it is none of these."""
    return _format_of(frozenset(names))


@lru_cache(maxsize=64)
def _format_of(names: frozenset[str]) -> KnownFormat | None:
    found = [known for known in FORMATS if known.signs <= names]
    return max(found, key=lambda known: len(known.signs), default=None)

"""Known column names: of the service's CSV import, of shop systems, and of our labels and paths."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.edits.bulk_change import full_label
from tui.orders.fields import Field, all_fields
from tui.orders.paths import ANY, BILL_TO, EVERY_ITEM, NUMBER, ORDER_ID, SHIP_TO, FieldPath

SHIP: Final = SHIP_TO.name
BILL: Final = BILL_TO.name
NUMBER_PATH: Final[FieldPath] = NUMBER.tokens
ORDER_ID_PATH: Final[FieldPath] = ORDER_ID.tokens


@dataclass(frozen=True, slots=True)
class HeadingGuess:
    """A field that a column may contain. Lower ranks are more likely.

    `is_part`: several columns together make the value. `is_addition`: it adds to a value that may also be
    complete without it. `unit`: the unit in the column's name, as in `Weight (g)`.
    """

    path: FieldPath
    rank: int
    is_part: bool = False
    is_addition: bool = False
    unit: str = ""


@lru_cache(maxsize=4096)
def normalized(name: str) -> str:
    """Normalize a column name for comparison: `Ship-to ZIP_code` becomes `ship to zip code`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return normalize(apart.replace("#", " number ").replace("ß", "ss"))


@cache
def mappable() -> tuple[Field, ...]:
    """The fields that a column can be mapped to."""
    return tuple(known for known in all_fields() if not known.has_members and not known.read_only)


def guess_fields(header: Sequence[str]) -> list[list[HeadingGuess]]:
    """For each column, the fields that it may contain, likeliest first."""
    names = [normalized(name) for name in header]
    special = _shop_meanings(frozenset(names))
    result = []
    for name, raw in zip(names, header, strict=True):
        name_without_unit, unit = _split_unit(name)
        candidates = [HeadingGuess(special[name_without_unit], -1)] if name_without_unit in special else []
        for key in dict.fromkeys((name_without_unit, *_variants(name_without_unit))):
            candidates += [replace(guess, unit=unit) for guess in _aliases().get(key, ())]
        if exact := _paths_by_name().get(raw.strip().strip("/").replace(".", "/").casefold()):
            candidates.insert(0, HeadingGuess(exact, -2))
        result.append(sorted(candidates, key=lambda guess: guess.rank))
    return result


def is_known(name: str) -> bool:
    """Whether a column of this name can be mapped without its neighbours."""
    return bool(guess_fields([name])[0])


# Each line: the last part of the path, then column names, likeliest first.

_ADDRESS: Final = {
    "name": "name|full name|recipient name|recipient|addressee|contact name|customer name|naam|nom|nombre|nome|empfanger",
    "company_name": "company name|company|bedrijf|bedrijfsnaam|firma|societe|empresa|azienda",
    "address_line_1": "street name|street|address|address line 1|address 1|address1|address 1 2|straat|straatnaam|adres"
    "|strasse|adresse|rue|calle|direccion|indirizzo|line 1|address line|streetname",
    "house_number": "house number|house no|house nr|huisnummer|hausnummer|street number|number|no|housenumber",
    "address_line_2": "address line 2|address 2|address2|line 2|apartment|adresszusatz|complement|suite",
    "po_box": "po box|postbox|postbus|postfach",
    "postal_code": "postal code|postcode|zip|zip code|zipcode|postalcode|plz|postleitzahl|code postal|cap|codigo postal",
    "city": "city|town|plaats|woonplaats|plaatsnaam|ort|stadt|ville|ciudad|citta",
    "country_code": "country code|country|country iso|country iso 2|land|landcode|landercode|pays|pais|paese|country name",
    "state_province_code": "state code|province code|state|province|region|provincie|bundesland|state province"
    "|province name|county",
    "phone_number": "phone number|phone|telephone|telefoon|telefoonnummer|telefon|mobile|tel|telefono",
    "email": "email|email address|e mail|mail|emailadres|e mail address|customer email|buyer email|e mail adresse",
}
_NAME_PARTS: Final = "first name|last name|voornaam|tussenvoegsel|achternaam|vorname|nachname|prenom|firstname|lastname"
_PREFIXES: Final = {
    SHIP: "shipping|shipping address|ship|ship to|delivery|delivery address|recipient|receiver|lieferadresse|liefer"
    "|verzending|verz|bezorging|customer||buyer",
    BILL: "billing|billing address|bill|bill to|invoice|invoice address|rechnungsadresse|rechnung|facturatie|fact",
}
_ITEM: Final = {
    "name": "item name|product name|lineitem name|line item name|item title|title|product|product title|titel|artikel"
    "|artikelname|article|produkt|productnaam|item description|omschrijving|bezeichnung|produit|item",
    "quantity": "quantity|item quantity|qty|quantity purchased|lineitem quantity|product quantity|aantal|menge|anzahl"
    "|quantite|cantidad|quantita|quantity refund|product qty|pieces|stuks|stuck",
    "unit_price/value": "unit price|item value|item price|price|lineitem price|item cost|product price|value|prijs"
    "|preis|prix|precio|prezzo|einzelpreis|stuckpreis|stukprijs|price per item|value per item|item value eur",
    "unit_price/currency": "item currency|item value currency|unit price currency",
    "total_price/value": "line total|item total|total price|row total|order line total|lineitem total|regel totaal"
    "|gesamtpreis|total line amount",
    "total_price/currency": "line total currency",
    "sku": "sku|item sku|lineitem sku|product sku|article number|artikelnummer|product reference|product code|item number"
    "|item no|seller sku|stock keeping unit",
    "description": "description|product description|variant|variations|variant title|item properties",
    "measurement/weight/value": "item weight|weight per item|product weight|lineitem weight|weight per unit",
    "measurement/weight/unit": "item weight unit",
    "hs_code": "hs code|harmonized system code|harmonised system code|hscode|item hs code|tariff number|tariff code"
    "|customs code|zolltarifnummer|goederencode|commodity code|hs tariff number|hs tariff code",
    "country_of_origin": "country of origin|origin country|origin|item origin|origin country code|land van herkomst"
    "|ursprungsland|country of manufacture|item country of origin",
    "item_id": "item id|order item id|line item id|lineitem id|transaction id",
    "product_id": "product id|asin|listing id",
    "variant_id": "variant id|variation id",
    "ean": "ean|gtin|barcode|ean code|ean13|upc",
    "manufacturer_product_id": "manufacturer product id|mpn|manufacturer part number|manufacturer part no"
    "|manufacturer number|manufacturer code|supplier product code|herstellernummer|fabrikantnummer",
    # A column named GTIN or UPC fills the item's EAN, unless another column does; then it fills this field.
    "manufacturer_product_id_std": "manufacturer product id std|standard product id|gtin|upc|gtin 14|gtin14"
    "|global trade item number|isbn|jan",
    "image_url": "image url|image|product image",
    "mid_code": "mid code",
    "material_content": "material|material content",
    "intended_use": "intended use",
}
_ORDER: Final = {
    "order_number": "order number|order reference|order no|order nr|reference|order name|bestelnummer|bestellnummer"
    "|auftragsnummer|ordernummer|numero de commande|order ref|referentie|bestellnr|order",
    "order_id": "order id|external order id|orderid|shop order id|external reference|amazon order id",
    "order_details/integration/id": "shop|integration id|integration|shop id|sendcloud integration",
    "order_details/status/code": "order status|status|fulfillment status",
    "order_details/order_created_at": "order date|ordered at|created at|purchase date|date|sale date|order created at"
    "|besteldatum|bestelldatum|date created|order placed|created|date added|orderdatum|datum|order date time",
    "order_details/order_updated_at": "updated at|last update date|modified|date updated",
    "order_details/notes": "notes|customer note|note|order note|comment|buyer note|customer notes|opmerking"
    "|bemerkung|delivery instructions",
    "order_details/tags": "tags|labels",
    "payment_details/total_price/value": "order total|total|grand total|order total amount|order value|totaal|gesamt"
    "|grand total purchased|total amount|total order value|total paid|gesamtbetrag|totaalbedrag",
    "payment_details/total_price/currency": "currency|currency code|order currency|valuta|wahrung|devise|moneda",
    "payment_details/subtotal_price/value": "subtotal|order subtotal|order subtotal amount|subtotaal",
    "payment_details/status/code": "payment status|financial status|paid|betaalstatus|zahlungsstatus",
    "payment_details/estimated_shipping_price/value": "shipping|shipping price|order shipping amount|shipping cost"
    "|order shipping|shipping costs|shipping amount|verzendkosten|versandkosten|shipping and handling",
    "payment_details/estimated_tax_price/value": "tax|taxes|order total tax amount|tax amount|vat|order tax",
    "payment_details/discount_granted/value": "discount|discount amount|cart discount amount|korting|rabatt",
    "payment_details/insurance_costs/value": "insurance|insured value|insurance amount",
    "payment_details/invoice_date": "invoice date|factuurdatum|rechnungsdatum",
    "payment_details/is_cash_on_delivery": "cash on delivery|cod",
    "customs_details/commercial_invoice_number": "commercial invoice|customs invoice number|customs invoice number"
    "|invoice number|commercial invoice number|customs invoice nr",
    "customs_details/shipment_type": "shipment type|customs shipment type",
    "customs_details/export_type": "export type",
    "shipping_details/delivery_indicator": "delivery indicator|delivery method|shipping method|shipping method title"
    "|ship service level|delivery option|checkout shipping method|delivery wish",
    "shipping_details/ship_with/properties/shipping_option_code": "shipping option|shipping option code|ship with",
    "shipping_details/ship_with/properties/contract_id": "contract|contract id",
    "shipping_details/measurement/weight/value": "weight|parcel weight|total weight|order weight|gewicht|poids|peso"
    "|shipment weight|package weight",
    "shipping_details/measurement/weight/unit": "weight unit|unit of weight|parcel weight unit",
    "shipping_details/measurement/dimension/length": "length|parcel length|lengte|lange",
    "shipping_details/measurement/dimension/width": "width|parcel width|breedte|breite",
    "shipping_details/measurement/dimension/height": "height|parcel height|hoogte|hohe",
    "shipping_details/measurement/dimension/unit": "dimension unit|size unit|dimensions unit",
    "shipping_details/is_local_pickup": "local pickup|pickup|is local pickup",
    "service_point_details/id": "service point id|service point|to service point|to service point id|afhaalpunt",
    "service_point_details/carrier_service_point_id": "carrier service point id|pickup point id|parcel shop id",
    "service_point_details/post_number": "post number|to post number|postnummer",
}
_CUSTOMER: Final = {"customer_details/name": "customer full name|buyer name|buyer|klant|kunde"}

_SHOP_MEANINGS: Final[dict[str, dict[str, str]]] = {
    # Shopify: `Name` is the order number (#1001), `Id` is Shopify's internal number.
    "lineitem name": {
        "name": "order_number",
        "id": "order_id",
        "shipping address1": "shipping_address/address_line_1",
        "billing address1": "billing_address/address_line_1",
    },
    # Amazon: the item price is the line total.
    "quantity purchased": {"item price": "item:total_price/value"},
    # bol: the reference is the seller's name for the offer.
    "bestelnummer": {"referentie": "item:sku", "prijs": "item:unit_price/value"},
    # Magento: the id is the number that customers see.
    "purchase point": {"id": "order_number", "ship to name": "shipping_address/name"},
    # PrestaShop: an internal number, and a reference made of letters.
    "new client": {"id": "order_id", "customer": "shipping_address/name", "delivery": "shipping_address/country_code"},
}
"""The meaning of column names in one shop system's export, by a name that only that export has."""

_UNITS: Final = {
    "kg": "kg",
    "kilogram": "kg",
    "g": "g",
    "gr": "g",
    "gram": "g",
    "grams": "g",
    "lb": "lbs",
    "lbs": "lbs",
    "oz": "oz",
    "cm": "cm",
    "mm": "mm",
}


@cache
def _aliases() -> dict[str, tuple[HeadingGuess, ...]]:
    found: dict[str, list[HeadingGuess]] = {}

    def add(name: str, guess: HeadingGuess) -> None:
        found.setdefault(name, []).append(guess)

    for group, prefix_list in _PREFIXES.items():
        for position, prefix in enumerate(prefix_list.split("|")):
            for member, names in _ADDRESS.items():
                for rank, name in enumerate(names.split("|")):
                    add(f"{prefix} {name}".strip(), HeadingGuess((group, member), 10 * position + rank))
            for suffix in _NAME_PARTS.split("|"):
                add(f"{prefix} {suffix}".strip(), HeadingGuess((group, "name"), 10 * position + 5, is_part=True))
            for suffix in ("toevoeging", "addition", "suffix", "house number suffix", "huisnummer toevoeging"):
                add(
                    f"{prefix} {suffix}".strip(),
                    HeadingGuess((group, "house_number"), 10 * position + 5, is_addition=True),
                )
            for suffix in ("address 3", "address line 3"):
                add(
                    f"{prefix} {suffix}".strip(),
                    HeadingGuess((group, "address_line_2"), 10 * position + 5, is_addition=True),
                )
    for name, member in (
        ("customer name", "name"),
        ("customer email", "email"),
        ("telnummerbezorging", "phone_number"),
    ):
        add(name, HeadingGuess((SHIP, member), 3))
    for table, base in ((_ITEM, EVERY_ITEM), (_ORDER, ()), (_CUSTOMER, ())):
        for path, names in table.items():
            for rank, name in enumerate(names.split("|")):
                add(name, HeadingGuess((*base, *path.split("/")), rank))
    for label_path, label in _labels():
        add(label, HeadingGuess(label_path, 40))
    return {
        name: tuple(sorted(guesses_of_name, key=lambda guess: guess.rank)) for name, guesses_of_name in found.items()
    }


def _labels() -> Iterator[tuple[FieldPath, str]]:
    paths_by_caption: dict[str, list[FieldPath]] = {}
    for known in mappable():
        yield known.path, normalized(full_label(known.path))
        if known.path[: len(EVERY_ITEM)] == EVERY_ITEM:
            yield known.path, normalized(f"items {known.caption}")
            yield known.path, normalized(f"item {known.caption}")
        paths_by_caption.setdefault(normalized(known.caption), []).append(known.path)
    yield from ((paths[0], caption) for caption, paths in paths_by_caption.items() if len(paths) == 1)


@cache
def _paths_by_name() -> dict[str, FieldPath]:
    """Fields by path, such as `order_details/order_items/*/sku`; for items also without the star or with a 0."""
    found: dict[str, FieldPath] = {}
    for known in mappable():
        full_path = "/".join(known.path)
        for name in (full_path, full_path.replace(f"/{ANY}", ""), full_path.replace(ANY, "0")):
            found[name.casefold()] = known.path
        if known.path[: len(EVERY_ITEM)] == EVERY_ITEM:
            found["/".join(known.path[1:]).casefold()] = known.path
    return found


def _shop_meanings(names: frozenset[str]) -> dict[str, FieldPath]:
    found: dict[str, FieldPath] = {}
    for sign, meanings in _SHOP_MEANINGS.items():
        if sign in names:
            for name, path in meanings.items():
                base, _, rest = path.rpartition("item:")
                found[name] = (*(EVERY_ITEM if base or path.startswith("item:") else ()), *rest.split("/"))
    return found


def unit_in(name: str) -> str:
    """The unit in a column name such as `Gewicht (kg)`, or ""."""
    return _split_unit(normalized(name))[1]


def _split_unit(name: str) -> tuple[str, str]:
    words = name.split(" ")
    if len(words) > 1 and words[-1] in _UNITS:
        kept = words[:-1]
        if len(kept) > 1 and kept[-1] == "in":
            kept = kept[:-1]
        return " ".join(kept), _UNITS[words[-1]]
    return name, ""


def _variants(words: str) -> Iterator[str]:
    """Yield variants of a name: `shipping first name` for `first name shipping`, `verz straat` for `adres verz straat`."""
    parts = words.split(" ")
    if len(parts) > 1:
        yield " ".join([parts[-1], *parts[:-1]])
    if parts[0] in ("adres", "adresse") and len(parts) > 2:
        yield " ".join(parts[1:])
    if parts[0] in ("order", "parcel", "to", "your") and len(parts) > 1:
        yield " ".join(parts[1:])

"""Tests for headings: whose address a column has, in ten languages, as prefix, suffix, bracket, path or one word."""

import pytest
from order_files import read_rows_of, value

from tui.orders.paths import EVERY_ITEM, ORDERED_AT
from tui.orders.tables.address_headings import NamePart, name_parts
from tui.orders.tables.mapping import suggest_mapping
from tui.orders.tables.unused import Concern, concern_of

ITEM = "/".join(EVERY_ITEM)

HEADERS = {
    "English": "Order number=order_number|Customer name=customer_details/name|Dispatch name=S/name|Dispatch address=S/address_line_1"
    "|Dispatch address 2=S/address_line_2|Dispatch postcode=S/postal_code|Dispatch city=S/city|Dispatch country=S/country_code"
    "|Invoice address street=B/address_line_1|Invoice address postcode=B/postal_code|Invoice address city=B/city"
    "|Ordered qty=I/quantity|Product title=I/name|Email (customer)=S/email",
    "German": "Bestellnr.=order_number|Empfängername=S/name|Lieferstraße=S/address_line_1|Liefer-Hausnummer=S/house_number"
    "|Lieferadresse PLZ=S/postal_code|Lieferort=S/city|Lieferland=S/country_code|Lieferadresse Zusatz=S/address_line_2"
    "|Rechnungsadresse Straße=B/address_line_1|Rechnungs-PLZ=B/postal_code|Rechnungsort=B/city|Rechnungsempfänger=B/name"
    "|Artikelbezeichnung=I/name|Artikelmenge=I/quantity|Einzelpreis=I/unit_price/value|Gesamtbetrag=payment_details/total_price/value",
    "French": "Numéro de commande=order_number|Nom du destinataire=S/name|Adresse de livraison - Rue=S/address_line_1"
    "|Code postal livraison=S/postal_code|Ville de livraison=S/city|Pays (livraison)=S/country_code"
    "|Adresse de facturation=B/address_line_1|Code postal facturation=B/postal_code|Ville facturation=B/city"
    "|Nom du produit=I/name|Quantité commandée=I/quantity|Prix unitaire=I/unit_price/value|Référence article=I/sku",
    "Dutch": "Ordernummer=order_number|Naam ontvanger=S/name|Afleveradres straat=S/address_line_1|Afleveradres huisnummer=S/house_number"
    "|Afleveradres huisnummertoevoeging=S/house_number|Afleverpostcode=S/postal_code|Afleverplaats=S/city|Afleverland=S/country_code"
    "|Factuuradres straat=B/address_line_1|Factuurpostcode=B/postal_code|Factuurplaats=B/city|Productnaam=I/name"
    "|Hoeveelheid=I/quantity|Stuksprijs=I/unit_price/value",
    "Spanish": "Número de pedido=order_number|Nombre del destinatario=S/name|Dirección de envío=S/address_line_1"
    "|Código postal de envío=S/postal_code|Ciudad de envío=S/city|País de envío=S/country_code|Dirección de facturación=B/address_line_1"
    "|Código postal de facturación=B/postal_code|Ciudad de facturación=B/city|Nombre del producto=I/name|Cantidad pedida=I/quantity"
    "|Precio unitario=I/unit_price/value",
    "Italian": "Numero ordine=order_number|Nome destinatario=S/name|Indirizzo di spedizione=S/address_line_1|CAP spedizione=S/postal_code"
    "|Città spedizione=S/city|Paese spedizione=S/country_code|Indirizzo di fatturazione=B/address_line_1|CAP fatturazione=B/postal_code"
    "|Città fatturazione=B/city|Nome prodotto=I/name|Quantità=I/quantity|Prezzo unitario=I/unit_price/value",
    "Polish": "Numer zamówienia=order_number|Odbiorca - imię i nazwisko=S/name|Adres dostawy ulica=S/address_line_1"
    "|Adres dostawy kod pocztowy=S/postal_code|Adres dostawy miasto=S/city|Adres dostawy kraj=S/country_code"
    "|Adres do faktury ulica=B/address_line_1|Adres do faktury kod pocztowy=B/postal_code|Adres do faktury miasto=B/city"
    "|Nazwa produktu=I/name|Ilość zamówiona=I/quantity|Cena jednostkowa=I/unit_price/value",
    "Swedish": "Beställningsnummer=order_number|Mottagarens namn=S/name|Leveransadress=S/address_line_1|Leverans postnummer=S/postal_code"
    "|Leverans ort=S/city|Leverans land=S/country_code|Fakturaadress=B/address_line_1|Faktura postnummer=B/postal_code"
    "|Faktura ort=B/city|Produktnamn=I/name|Antal beställda=I/quantity|Styckpris=I/unit_price/value",
    "Danish": "Ordrenummer=order_number|Modtagers navn=S/name|Leveringsadresse=S/address_line_1|Levering postnummer=S/postal_code"
    "|Levering by=S/city|Levering land=S/country_code|Faktureringsadresse=B/address_line_1|Fakturering postnummer=B/postal_code"
    "|Fakturering by=B/city|Varenavn=I/name|Antal bestilt=I/quantity|Stykpris=I/unit_price/value",
    "Portuguese": "Número da encomenda=order_number|Nome do destinatário=S/name|Morada de entrega=S/address_line_1"
    "|Código postal de entrega=S/postal_code|Cidade de entrega=S/city|País de entrega=S/country_code"
    "|Morada de faturação=B/address_line_1|Código postal de faturação=B/postal_code|Cidade de faturação=B/city"
    "|Nome do produto=I/name|Quantidade encomendada=I/quantity|Preço unitário=I/unit_price/value",
}


def mapped(header: list[str]) -> dict[str, str]:
    mapping = suggest_mapping(header)
    return {name: "/".join(path or ()) for name, path in zip(header, mapping.paths, strict=True)}


def full(text: str) -> str:
    head, _, rest = text.partition("/")
    return "/".join(
        [{"S": "shipping_address", "B": "billing_address", "I": ITEM}.get(head, head), *([rest] if rest else [])]
    )


@pytest.mark.parametrize("language", HEADERS)
def test_delivery_and_billing_addresses_are_told_apart(language: str) -> None:
    pairs = [column.partition("=") for column in HEADERS[language].split("|")]
    wanted = {heading: full(path) for heading, _, path in pairs}
    assert mapped(list(wanted)) == wanted


@pytest.mark.parametrize(
    ("columns", "shipping"),
    [
        (["Name", "Street", "City"], ["Name", "Street", "City"]),
        (["Buyer name", "Buyer street", "Buyer city"], ["Buyer name", "Buyer street", "Buyer city"]),
        (["Buyer name", "Buyer street", "Buyer city", "Name", "Street", "City"], ["Name", "Street", "City"]),
        (["Name", "Street", "City", "Ship to name", "Ship to street", "Ship to city"],
         ["Ship to name", "Ship to street", "Ship to city"]),
        (["Bill To Name", "Bill To Address", "Bill To City", "Ship To Name", "Ship To Address", "Ship To City"],
         ["Ship To Name", "Ship To Address", "Ship To City"]),
        (["Buyer's Address Line 1", "Buyer's City", "Recipient's Name", "Recipient's Address Line 1", "Recipient's City"],
         ["Recipient's Name", "Recipient's Address Line 1", "Recipient's City"]),
        (["Street 1", "Full Name", "Ship City", "Ship Zipcode"], ["Street 1", "Full Name", "Ship City", "Ship Zipcode"]),
        (["Sender name", "Sender street", "Sender city", "Name", "Street", "City"], ["Name", "Street", "City"]),
        (["Absender Ort", "Absender Straße", "Ort", "Straße"], ["Ort", "Straße"]),
        (["Kunde Name", "Kunde Straße", "Kunde Ort", "Lieferadresse Name", "Lieferadresse Straße", "Lieferadresse Ort"],
         ["Lieferadresse Name", "Lieferadresse Straße", "Lieferadresse Ort"]),
    ],
)  # fmt: skip
def test_the_address_of_the_recipient_is_chosen(columns: list[str], shipping: list[str]) -> None:
    found = mapped(columns)
    assert [name for name in columns if found[name].startswith("shipping_address")] == shipping


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        (heading, f"{ITEM}/quantity")
        for heading in (
            "Item Qty", "Qty Ordered", "Order quantity", "Ordered qty", "Units", "Hoeveelheid", "Qté", "Quantité commandée",
            "Artikelmenge", "Menge bestellt", "Anz.", "Stk.", "Item - Qty", "Cant.", "Q.tà", "Ilość sztuk", "Aantal besteld",
        )
    ]
    + [
        (heading, "shipping_address/house_number")
        for heading in (
            "House number extension", "houseNumberExtension", "shippingAddressNumberAddition", "Huisnummertoevoeging",
            "Hausnummerzusatz", "Busnummer", "Numer lokalu", "Shipping house number addition",
        )
    ]
    + [
        (heading, "shipping_address/address_line_1") for heading in ("Address 1&2 (Shipping)", "Adresse 1 & 2 (Lieferung)")
    ]
    + [
        (heading, "shipping_address/address_line_2")
        for heading in (
            "Street2", "Street 2", "Street Line 2", "Zusatz", "Adresszusatz 1", "Apartment number", "Complément d'adresse",
            "Adresregel 2", "Dirección 2", "Indirizzo 2", "Address line 3", "Piso", "Lägenhet",
        )
    ],
)  # fmt: skip
def test_a_heading_is_known_by_itself(heading: str, path: str) -> None:
    assert mapped(["Order number", heading])[heading] == path


@pytest.mark.parametrize(
    "heading",
    [
        "Type",
        "Order Type",
        "Method",
        "Returned quantity",
        "Stock quantity",
        "Quantity available",
        "Sender street",
        "IP address",
    ],
)
def test_a_misleading_heading_has_no_field(heading: str) -> None:
    assert mapped(["Order number", heading])[heading] == ""


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        (["Nom", "Prénom"], {"Nom": "shipping_address/name", "Prénom": "shipping_address/name"}),
        (["Nombre", "Apellidos"], {"Nombre": "shipping_address/name", "Apellidos": "shipping_address/name"}),
        (["Cognome", "Nome"], {"Cognome": "shipping_address/name", "Nome": "shipping_address/name"}),
    ],
)
def test_name_and_surname_are_joined(columns: list[str], parts: dict[str, str]) -> None:
    assert mapped([*columns, "Via", "Ville"]).items() >= parts.items()


def test_parts_of_names_have_an_order() -> None:
    assert name_parts(["Vorname", "Achternaam", "Shipping first name", "Lieferadresse Nachname", "Stadt"]) == [
        NamePart.FIRST, NamePart.LAST, NamePart.FIRST, NamePart.LAST, None,
    ]  # fmt: skip
    assert name_parts(["Nom (livraison)", "Prénom (livraison)"]) == [NamePart.LAST, NamePart.FIRST]


@pytest.mark.parametrize("number", ["Nr.", "No", "Number", "Numéro"])
def test_a_bare_number_is_a_house_number_only_behind_a_street(number: str) -> None:
    assert mapped([number, "Name", "Street", "City"])[number] == "order_number"
    assert mapped(["Order number", "Name", "Street", number, "City"])[number] == "shipping_address/house_number"
    assert mapped(["Order number", number, "Name", "Street", "City"])[number] == ""


@pytest.mark.parametrize("column", ["Kundennr", "Customer no", "Klantnummer"])
def test_a_customer_number_is_no_house_number(column: str) -> None:
    header = ("Order number", column, "Name", "Street", "City")
    assert "house_number" not in mapped(list(header))[column]
    assert concern_of(column, header) is not Concern.ADDRESS


def test_the_french_heading_of_a_sku() -> None:
    assert mapped(["N° de commande", "Article", "UGS", "Quantité"])["UGS"] == f"{ITEM}/sku"


def test_a_second_set_of_the_same_headings_belongs_to_the_party_before_it() -> None:
    header = ["Recipient name", "Delivery city", "Billing name", "Delivery city (2)", "Item", "Item (2)"]
    found = mapped(header)
    assert found["Delivery city"] == "shipping_address/city"
    assert found["Delivery city (2)"] == "billing_address/city"
    assert found["Item (2)"] == ""


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("Title|First name|Last name|Product|Qty", "Title=|Product=I/name"),
        ("Titel|Vorname|Nachname|Artikel|Menge", "Titel=|Artikel=I/name"),
        ("Title|SKU|Qty", "Title=I/name"),
        ("No.|Order|Name|Street|Zip", "No.="),
        ("Name|Street|No.|Zip", "No.=S/house_number"),
        ("Nr|Rue|Code postal", "Nr=S/house_number"),
        ("Name|Suffix|Street|Zip", "Suffix="),
        ("Name|Street|House number|Suffix|Zip", "Suffix=S/house_number"),
        ("Name|Street|City|Item|Qty|Unit", "Unit="),
        ("Kunden-Nr.|Kundenname|Kundenstraße|Kunden-PLZ|Kundenort", "Kunden-Nr.=|Kundenstraße=S/address_line_1"),
        ("Customer no|Customer name|Customer street|Customer city", "Customer no="),
        ("Rechnungsnr|Rechnungsadresse Straße|Rechnungsadresse Ort|Name|Straße|Ort", "Rechnungsnr="),
        ("Invoice|Name|Street|City", "Invoice="),
        ("Rechnung|Versand|Name|Straße|Ort", "Rechnung="),
        ("Prénom|Nom|Référence|Désignation|Quantité|Numéro de commande", "Référence=I/sku|Numéro de commande=order_number"),
        ("Reference|Name|Street", "Reference=order_number"),
        ("Reference|Order number|Item", "Reference=|Order number=order_number"),
        ("PLZ|Ort|Postnummer", "PLZ=S/postal_code|Postnummer=service_point_details/post_number"),
        ("Navn|Adresse|Postnummer|By", "Postnummer=S/postal_code"),
        ("Comment|Customer comment", "Comment=|Customer comment=order_details/notes"),
        ("Opmerking|Opmerking klant", "Opmerking=|Opmerking klant=order_details/notes"),
        ("Interne Bemerkung|Kundenkommentar", "Interne Bemerkung=|Kundenkommentar=order_details/notes"),
        ("Total tax|Net amount|Grand total|Qty|Item", "Total tax=|Net amount="),
        ("Item|Farbe|Größe|Menge", "Farbe=I/description|Größe=I/description"),
        ("SKU|Description|Qty", "Description=I/name"),
        ("SKU|Item name|Description|Qty", "Description=I/description"),
        ("bill_to_name|bill_to_street|bill_to_city|ship_to_name|ship_to_street|ship_to_city",
         "bill_to_name=B/name|bill_to_city=B/city|ship_to_name=S/name|ship_to_city=S/city"),
        ("Ref.|Designação|Qtd", "Ref.=I/sku"),
        ("Odbiorca nazwa|Odbiorca ulica|Odbiorca miasto", "Odbiorca nazwa=S/name"),
        ("Odbiorca nazwa firmy|Odbiorca ulica|Odbiorca miasto", "Odbiorca nazwa firmy=S/company_name"),
        ("Ship to|Ship to address|City", "Ship to=S/name|Ship to address=S/address_line_1"),
        ("Deliver to|Deliver to street|Deliver to city", "Deliver to=S/name"),
        ("Name|Street|Zip|City|Delivery address", "Street=S/address_line_1|Delivery address="),
        ("Einzelpreis netto|Einzelpreis brutto|Menge", "Einzelpreis brutto=I/unit_price/value|Einzelpreis netto="),
    ],
)  # fmt: skip
def test_the_meaning_of_a_heading_depends_on_its_neighbours(header: str, wanted: str) -> None:
    found = mapped(header.split("|"))
    expected = {name: full(path) for name, _, path in (pair.partition("=") for pair in wanted.split("|"))}
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        (heading, "I/quantity")
        for heading in ("Antal st", "Ilość szt.", "Uds.", "Aant.", "Bestellmenge", "No. of pcs", "Order Qty", "Gekaufte Menge")
    ]
    + [
        (heading, "I/unit_price/value")
        for heading in (
            "P.U. HT", "Prix unitaire TTC", "Prijs p/st", "Precio ud.", "Prezzo unit.", "Cena za sztukę", "Preço unit.",
            "Stk. pris", "Prijs incl. btw", "VK-Preis", "Price (incl. VAT)", "Unit price ex VAT",
        )
    ]
    + [
        (heading, "S/address_line_2")
        for heading in ("Calle 2", "Rue 2", "Straat 2", "Lieferadresse 2", "Flat / Unit", "c/o / Etage", "Bâtiment, étage")
    ]
    + [(heading, "S/house_number") for heading in ("Husnr. bogstav", "House no. add.", "Hausnummernzusatz")]
    + [(heading, "S/address_line_1") for heading in ("Lieferadresse 1", "shipping.address.line1", "Adresse livraison 1")]
    + [
        (heading, "S/name")
        for heading in ("Endkunde", "End customer name", "z. Hd.", "T.a.v.", "Gift recipient", "Nom livr.", "Lief. Name")
    ],
)  # fmt: skip
def test_an_unusual_heading_is_known(heading: str, path: str) -> None:
    assert mapped(["Order number", "Item", heading])[heading] == full(path)


@pytest.mark.parametrize(
    "header", [["Nom", "Prénom"], ["Nom livraison", "Prénom livraison"], ["Cognome", "Nome"], ["Apellidos", "Nombre"]]
)
def test_the_first_name_comes_first(header: list[str]) -> None:
    assert name_parts(header) == [NamePart.LAST, NamePart.FIRST]


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("Item number", "sku"),
        ("articleNumber", "sku"),
        ("Product number", "sku"),
        ("Line item number", "sku"),
        ("Numer produktu", "sku"),
        ("Number of items", "quantity"),
        ("Items number", "quantity"),
        ("Item count", "quantity"),
    ],
)
def test_number_of_an_article_is_no_quantity(name: str, member: str) -> None:
    assert suggest_mapping(["Order", name, "Item name"]).paths[1] == ("order_details", "order_items", "*", member)


def test_contact_that_an_order_is_shipped_to_is_a_name() -> None:
    header = [
        "Order",
        "Ship to contact",
        "Ship to address",
        "Ship to city",
        "Bill to contact",
        "Bill to address",
        "Bill to city",
    ]
    assert [path and path[-1] for path in suggest_mapping(header).paths] == [
        "order_number",
        *("name", "address_line_1", "city"),
        *("name", "address_line_1", "city"),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Erstelldatum", "Erstellungsdatum", "Erstellt am", "Aankoopdatum", "Orderdatum en tijd", "Date achat",
        "Date d'achat", "Date création", "Fecha de compra", "Fecha de creación", "Data acquisto", "Data creazione",
        "Data zakupu", "Data utworzenia", "Inköpsdatum", "Skapad", "Købsdato", "Oprettet", "Data da compra",
        "Transaction date", "Data doc.", "Belegdatum", "Document date",
    ],
)  # fmt: skip
def test_heading_of_an_order_date(heading: str) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "Candle", "Quantity": "1", heading: "2026-08-02"}).orders
    assert value(order, str(ORDERED_AT)) == "2026-08-02T00:00:00+00:00"


@pytest.mark.parametrize("heading", ["Extension", "House extension", "Huisnr. toev."])
def test_extension_belongs_to_the_house_number_beside_it(heading: str) -> None:
    cells = {"Order number": "1", "Name": "Rita", "Street": "Lieferweg", "No": "3", heading: "B", "City": "Leipzig"}
    (order,) = read_rows_of({**cells, "Item name": "Candle", "Quantity": "1"}, address=False).orders
    assert value(order, "/shipping_address/house_number") in ("3 B", "3B")


def test_extension_without_a_house_number_is_no_house_number() -> None:
    paths = suggest_mapping(["Order number", "Name", "Street", "Phone", "Extension", "City"]).paths
    assert paths[4] is None


def test_ship_to_contact_is_the_recipient_and_not_the_customer() -> None:
    cells = {
        "Order number": "1", "Item name": "Candle", "Quantity": "1", "Customer": "Paul Payer",
        "Ship to contact": "Rita Getter", "Ship to street": "Lieferweg 3", "Ship to zip": "04109",
        "Ship to city": "Leipzig", "Ship to country": "DE",
    }  # fmt: skip
    (order,) = read_rows_of(cells, address=False).orders
    assert value(order, "/shipping_address/name") == "Rita Getter"
    assert value(order, "/customer_details/name") == "Paul Payer"


@pytest.mark.parametrize("heading", ["Fulfillment channel", "Channel", "Fulfilled by"])
def test_afn_is_no_currency(heading: str) -> None:
    cells = {"Order number": "1", "Item name": "Candle", "Quantity": "1", "Unit price": "10.00", heading: "AFN"}
    (order,) = read_rows_of(cells).orders
    assert value(order, "/payment_details/total_price/currency") == "EUR"


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("Land/Region (Versand)", "shipping_address/country_code"),
        ("Country / Region (Shipping)", "shipping_address/country_code"),
        ("Pays/région (livraison)", "shipping_address/country_code"),
        ("Country/Region", "shipping_address/country_code"),
        ("Menge (- Erstattung)", "order_details/order_items/*/quantity"),
        ("Warenkorb-Rabattbetrag", "payment_details/discount_granted/value"),
    ],
)
def test_headings_of_woocommerce_in_other_languages(heading: str, path: str) -> None:
    header = ["Order number", "Name", "Street", "Zip", "City", heading, "Item name", "Unit price"]
    assert "/".join(suggest_mapping(header).paths[5] or ()) == path


def test_time_of_the_order_goes_to_its_date() -> None:
    assert suggest_mapping(["Order number", "Bestelldatum", "Uhrzeit"]).paths[2] == ORDERED_AT.tokens
    assert suggest_mapping(["Order number", "Uhrzeit"]).paths[1] is None


def test_other_destination_of_an_italian_list_gets_the_parcel() -> None:
    cells = {
        "N. doc.": "1542/A", "Ragione sociale": "Rossi S.p.A.", "Indirizzo": "Via Roma 12", "CAP": "20121",
        "Località": "Milano", "Dest. diversa ragione sociale": "Magazzino Rossi",
        "Dest. diversa indirizzo": "Via dell'Industria, 5/B", "Dest. diversa CAP": "00118",
        "Dest. diversa località": "Roma", "Nazione": "Italia", "Descrizione": "Vaso", "Q.tà": "2",
    }  # fmt: skip
    (order,) = read_rows_of(cells, address=False).orders
    assert value(order, "/order_number") == "1542/A"
    assert value(order, "/shipping_address/company_name") == "Magazzino Rossi"
    assert value(order, "/shipping_address/postal_code") == "00118"
    assert value(order, "/billing_address/city") == "Milano"


def test_order_without_the_other_destination_goes_to_the_company() -> None:
    cells = {
        "N. doc.": "1543/A", "Ragione sociale": "Bianchi S.n.c.", "Indirizzo": "Via Roma 12", "CAP": "118",
        "Località": "Roma", "Dest. diversa indirizzo": "", "Dest. diversa CAP": "", "Dest. diversa località": "",
        "Nazione": "Italia", "Descrizione": "Vaso", "Q.tà": "2",
    }  # fmt: skip
    parsed = read_rows_of(cells, address=False)
    assert value(parsed.orders[0], "/shipping_address/name") == "Bianchi S.n.c."
    assert [(guess.subject, guess.kind) for guess in parsed.guesses] == [("CAP", "address")]

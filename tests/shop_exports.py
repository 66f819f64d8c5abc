"""One known order as the usual shops, marketplaces and shipping tools export it.

Each format is a line of headings. `Heading=key` has the value `key` of `VALUES`; a heading without a key has an unrelated
technical value, `Heading=` is empty. Keys that begin with `item` have a value for each item.
"""

import csv
import io
from dataclasses import dataclass
from typing import Final

VALUES: Final = {
    "number": "10047",
    "hash number": "#10047",
    "id": "900047",
    "date": "2026-08-22",
    "us date": "8/22/2026",
    "etsy date": "08/22/26",
    "month date": "Aug-22-26",
    "german date": "22.08.2026",
    "name": "Rita Getter",
    "first": "Rita",
    "last": "Getter",
    "payer": "Kim Payer",
    "payer first": "Kim",
    "payer last": "Payer",
    "payer street": "Rechnungsweg 1",
    "payer zip": "53111",
    "payer city": "Bonn",
    "country": "DE",
    "country name": "Germany",
    "land": "Deutschland",
    "pays": "Allemagne",
    "germania": "Germania",
    "alemania": "Alemania",
    "company": "Getter GmbH",
    "street": "Lieferweg 3",
    "street name": "Lieferweg",
    "house": "3",
    "line 2": "Hinterhaus",
    "zip": "04109",
    "city": "Leipzig",
    "email": "rita@example.org",
    "phone": "+49341555000",
    "note": "Leave with the neighbour",
    "shipping": "4.95",
    "total": "32.95",
    "currency": "EUR",
    "open": "unfulfilled",
    "processing": "processing",
    "paid": "paid",
    "zero": "0.00",
    "one": "1",
    "sku": "C-1",
}
ITEMS: Final = (
    {
        "name": "Candle",
        "sku": "C-1",
        "quantity": "2",
        "price": "10.00",
        "total": "20.00",
        "id": "4001",
        "variant": "red",
    },
    {
        "name": "Holder",
        "sku": "H-1",
        "quantity": "1",
        "price": "8.00",
        "total": "8.00",
        "id": "4002",
        "variant": "small",
    },
)
POINTERS: Final = {
    "number": "/order_number",
    "hash number": "/order_number",
    "id": "/order_id",
    "name": "/shipping_address/name",
    "first": "/shipping_address/name",
    "payer": "/billing_address/name",
    "payer street": "/billing_address/address_line_1",
    "payer zip": "/billing_address/postal_code",
    "payer city": "/billing_address/city",
    "country": "/shipping_address/country_code",
    "company": "/shipping_address/company_name",
    "street": "/shipping_address/address_line_1",
    "street name": "/shipping_address/address_line_1",
    "house": "/shipping_address/house_number",
    "line 2": "/shipping_address/address_line_2",
    "zip": "/shipping_address/postal_code",
    "city": "/shipping_address/city",
    "email": "/shipping_address/email",
    "phone": "/shipping_address/phone_number",
    "note": "/order_details/notes",
    "shipping": "/payment_details/estimated_shipping_price/value",
    "total": "/payment_details/total_price/value",
    "currency": "/payment_details/total_price/currency",
    "sku": "/order_details/order_items/0/sku",
}
ITEM_POINTERS: Final = {
    "name": "name",
    "sku": "sku",
    "quantity": "quantity",
    "price": "unit_price/value",
    "total": "total_price/value",
    "id": "item_id",
    "variant": "description",
}


@dataclass(frozen=True, slots=True)
class Export:
    """An export format. `first_row_only`: the values of the order stand in the first of its rows."""

    name: str
    columns: str
    first_row_only: bool = False
    delimiter: str = ","


EXPORTS: Final = (
    Export(
        "Shopify orders",
        "Name=hash number|Email=email|Financial Status=paid|Paid at=date|Fulfillment Status=open|Fulfilled at=|Accepts Marketing"
        "|Currency=currency|Subtotal=zero|Shipping=shipping|Taxes=zero|Total=total|Discount Code=|Discount Amount=|Shipping Method"
        "|Created at=date|Lineitem quantity=item quantity|Lineitem name=item name|Lineitem price=item price"
        "|Lineitem compare at price=|Lineitem sku=item sku|Lineitem requires shipping|Lineitem taxable"
        "|Lineitem fulfillment status|Billing Name=payer|Billing Street=payer street|Billing Address1=payer street"
        "|Billing Address2=|Billing Company=|Billing City=payer city|Billing Zip=payer zip|Billing Province=|Billing Country=country"
        "|Billing Phone=|Shipping Name=name|Shipping Street=street|Shipping Address1=street|Shipping Address2=line 2"
        "|Shipping Company=company|Shipping City=city|Shipping Zip=zip|Shipping Province=|Shipping Country=country"
        "|Shipping Phone=phone|Notes=note|Note Attributes=|Cancelled at=|Payment Method|Payment Reference|Refunded Amount="
        "|Vendor|Outstanding Balance=zero|Employee|Location|Device ID|Id=id|Tags=|Risk Level|Source|Lineitem discount=zero|Receipt Number",
        first_row_only=True,
    ),
    Export(
        "WooCommerce orders (Advanced Order Export)",
        "Order Number=number|Order Status=processing|Order Date=date|Customer Note=note|First Name (Billing)=payer first"
        "|Last Name (Billing)=payer last|Company (Billing)=|Address 1&2 (Billing)=payer street|City (Billing)=payer city"
        "|State Code (Billing)=|Postcode (Billing)=payer zip|Country Code (Billing)=country|Email (Billing)=email"
        "|Phone (Billing)=phone|First Name (Shipping)=first|Last Name (Shipping)=last|Address 1&2 (Shipping)=street"
        "|City (Shipping)=city|State Code (Shipping)=|Postcode (Shipping)=zip|Country Code (Shipping)=country"
        "|Payment Method Title|Cart Discount Amount=|Order Subtotal Amount=zero|Shipping Method Title|Order Shipping Amount=shipping"
        "|Order Refund Amount=|Order Total Amount=total|Order Total Tax Amount=zero|SKU=item sku|Item #|Item Name=item name"
        "|Quantity (- Refund)=item quantity|Item Cost=item price|Coupon Code=|Discount Amount=",
    ),
    Export(
        "Magento orders",
        "ID=number|Purchase Point|Purchase Date=date|Bill-to Name=payer|Ship-to Name=name|Grand Total (Base)=zero"
        "|Grand Total (Purchased)=total|Status=processing|Customer Email=email|Customer Group|Payment Method",
    ),
    Export(
        "Etsy orders",
        "Sale Date=etsy date|Order ID=id|Buyer User ID|Full Name=name|First Name=first|Last Name=last|Number of Items=one"
        "|Payment Method|Date Shipped=|Street 1=street|Street 2=line 2|Ship City=city|Ship State=|Ship Zipcode=zip"
        "|Ship Country=country name|Currency=currency|Order Value=zero|Coupon Code=|Coupon Details=|Discount Amount=|Shipping Discount="
        "|Shipping=shipping|Sales Tax=|Order Total=total|Card Processing Fees=zero|Order Net=zero|Adjusted Order Total="
        "|Buyer=name|Order Type|Payment Type|InPerson Discount=|InPerson Location=|SKU=sku",
    ),
    Export(
        "Etsy order items",
        "Sale Date=etsy date|Item Name=item name|Buyer=name|Quantity=item quantity|Price=item price|Coupon Code=|Coupon Details="
        "|Discount Amount=|Shipping Discount=|Order Shipping=shipping|Order Sales Tax=|Item Total=item total|Currency=currency"
        "|Transaction ID=item id|Listing ID|Date Paid=etsy date|Date Shipped=|Ship Name=name|Ship Address1=street"
        "|Ship Address2=line 2|Ship City=city|Ship State=|Ship Zipcode=zip|Ship Country=country name|Order ID=id"
        "|Variations=item variant|Order Type|Listings Type|Payment Type|InPerson Discount=|InPerson Location=|SKU=item sku",
    ),
    Export(
        "eBay orders (US)",
        "Sales Record Number|Order Number=number|Buyer Username|Buyer Name=payer|Buyer Email=|Buyer Note=note"
        "|Buyer Address 1=payer street|Buyer Address 2=|Buyer City=payer city|Buyer State=|Buyer Zip=payer zip"
        "|Buyer Country=country name|Ship To Name=name|Ship To Phone=phone|Ship To Address 1=street|Ship To Address 2=line 2"
        "|Ship To City=city|Ship To State=|Ship To Zip=zip|Ship To Country=country name|Item Number|Item Title=item name"
        "|Custom Label=item sku|Sold Via Promoted Listings|Quantity=item quantity|Sold For=item price"
        "|Shipping And Handling=shipping|Total Price=total|Payment Method|Sale Date=month date|Paid On Date=month date"
        "|Shipping Service|Tracking Number=|Transaction ID=item id|Variation Details=item variant",
    ),
    Export(
        "eBay orders (UK)",
        "Sales record number|Order number=number|Buyer username|Buyer name=payer|Buyer address 1=payer street|Buyer city=payer city"
        "|Buyer postcode=payer zip|Buyer country=country name|Post to name=name|Post to phone=phone|Post to address 1=street"
        "|Post to address 2=line 2|Post to city=city|Post to postcode=zip|Post to country=country name|Item number"
        "|Item title=item name|Custom label=item sku|Quantity=item quantity|Sold for=item price|Postage and packaging=shipping"
        "|Total price=total|Sale date=month date|Paid on date=month date|Variation details=item variant",
    ),
    Export(
        "eBay orders (Germany)",
        "Verkaufsprotokollnummer|Bestellnummer=number|Nutzername des Käufers|Name des Käufers=payer"
        "|Adresse 1 des Käufers=payer street|Ort des Käufers=payer city|PLZ des Käufers=payer zip|Land des Käufers=land"
        "|Name des Empfängers=name|Telefonnummer des Empfängers=phone|Adresse 1 des Empfängers=street"
        "|Adresse 2 des Empfängers=line 2|Ort des Empfängers=city|PLZ des Empfängers=zip|Land des Empfängers=land"
        "|Artikelnummer|Angebotstitel=item name|Bestandseinheit=item sku|Anzahl=item quantity|Verkauft für=item price"
        "|Verpackung und Versand=shipping|Gesamtpreis=total|Verkauft am=german date",
        delimiter=";",
    ),
    Export(
        "Amazon orders",
        "order-id=id|order-item-id=item id|purchase-date=date|payments-date=date|buyer-email=email|buyer-name=payer"
        "|buyer-phone-number=phone|sku=item sku|product-name=item name|quantity-purchased=item quantity|currency=currency"
        "|item-price=item total|item-tax=zero|shipping-tax=zero|ship-service-level|recipient-name=name|ship-address-1=street"
        "|ship-address-2=line 2|ship-address-3=|ship-city=city|ship-state=|ship-postal-code=zip|ship-country=country",
        delimiter="\t",
    ),
    Export(
        "Amazon unshipped orders",
        "order-id=id|order-item-id=item id|purchase-date=date|payments-date=date|reporting-date|promise-date|days-past-promise"
        "|buyer-email=email|buyer-name=payer|buyer-phone-number=phone|sku=item sku|product-name=item name"
        "|quantity-purchased=item quantity|quantity-shipped=|quantity-to-ship=item quantity|ship-service-level|recipient-name=name"
        "|ship-address-1=street|ship-address-2=line 2|ship-address-3=|ship-city=city|ship-state=|ship-postal-code=zip"
        "|ship-country=country",
        delimiter="\t",
    ),
    Export(
        "bol orders",
        "bestelnummer=number|voornaam_verzending=first|achternaam_verzending=last|bedrijfsnaam_verzending=company"
        "|adres_verz_straat=street name|adres_verz_huisnummer=house|adres_verz_toevoeging=line 2|postcode_verzending=zip"
        "|woonplaats_verzending=city|land_verzending=country|referentie=item sku|producttitel=item name|aantal=item quantity"
        "|prijs=item price|besteldatum=date|emailadres=email|telnummerbezorging=phone",
        delimiter=";",
    ),
    Export(
        "Squarespace orders",
        "Order ID=number|Email=email|Financial Status=paid|Fulfillment Status=open|Currency=currency|Subtotal=zero|Shipping=shipping"
        "|Taxes=zero|Total=total|Created at=date|Lineitem quantity=item quantity|Lineitem name=item name|Lineitem price=item price"
        "|Lineitem sku=item sku|Lineitem variant=item variant|Billing Name=payer|Billing Address1=payer street"
        "|Billing City=payer city|Billing Zip=payer zip|Billing Country=country|Shipping Name=name|Shipping Address1=street"
        "|Shipping Address2=line 2|Shipping City=city|Shipping Zip=zip|Shipping Country=country|Shipping Phone=phone",
        first_row_only=True,
    ),
    Export(
        "Wix orders",
        "Order number=number|Date created=date|Recipient name=name|Recipient phone=phone|Contact email=email"
        "|Delivery country=country|Delivery city=city|Delivery address=street|Delivery ZIP/postal code=zip|Billing name=payer"
        "|Billing country=country|Billing city=payer city|Billing address=payer street|Billing ZIP/postal code=payer zip"
        "|Item=item name|Item's variant=item variant|SKU=item sku|Qty=item quantity|Price=item price|Currency=currency"
        "|Shipping rate=shipping|Total=total|Fulfillment status=open|Payment status=paid",
    ),
    Export(
        "Odoo sales orders",
        "Order Reference=number|Order Date=date|Customer=name|Delivery Address/Street=street|Delivery Address/Street2=line 2"
        "|Delivery Address/Zip=zip|Delivery Address/City=city|Delivery Address/Country=country name|Delivery Address/Email=email"
        "|Order Lines/Product=item name|Order Lines/Quantity=item quantity|Order Lines/Unit Price=item price|Total=total",
        first_row_only=True,
    ),
    Export(
        "Lightspeed orders",
        "Order number=number|Order date=date|Shipping name=name|Shipping company=company|Shipping street=street name"
        "|Shipping number=house|Shipping zipcode=zip|Shipping city=city|Shipping country=country|E-mail=email|Phone=phone"
        "|Product title=item name|SKU=item sku|Quantity=item quantity|Product price=item price|Products total=zero|Shipment method"
        "|Shipment costs=shipping|Total=total",
    ),
    Export(
        "JTL orders",
        "Auftragsnummer=number|Auftragsdatum=german date|Lieferadresse Vorname=first|Lieferadresse Nachname=last"
        "|Lieferadresse Firma=company|Lieferadresse Straße=street|Lieferadresse Adresszusatz=line 2|Lieferadresse PLZ=zip"
        "|Lieferadresse Ort=city|Lieferadresse Land=land|Lieferadresse E-Mail=email|Rechnungsadresse Nachname=payer last"
        "|Rechnungsadresse Straße=payer street|Rechnungsadresse PLZ=payer zip|Rechnungsadresse Ort=payer city"
        "|Rechnungsadresse Land=land|Artikelnummer=item sku|Artikelname=item name|Menge=item quantity|Einzelpreis=item price",
        delimiter=";",
    ),
    Export(
        "Sendcloud CSV",
        "Customer name=name|Company name=company|Street name=street name|House number=house|Postal code=zip|City=city"
        "|Country code=country|Email=email|Phone number=phone|Order reference=number|Item name=item name|SKU=item sku"
        "|Quantity=item quantity|Item value=item price",
    ),
    Export(
        "ShipStation orders",
        "Order - Number=number|Date - Order Date=us date|Ship To - Name=name|Ship To - Company=company|Ship To - Address 1=street"
        "|Ship To - Address 2=line 2|Ship To - City=city|Ship To - State=|Ship To - Postal Code=zip|Ship To - Country=country"
        "|Ship To - Phone=phone|Customer Email=email|Item - SKU=item sku|Item - Name=item name|Item - Qty=item quantity"
        "|Item - Price=item price|Amount - Order Total=total|Amount - Order Shipping=shipping",
    ),
    Export(
        "Shippo orders",
        "Order Number=number|Order Date=date|Recipient Name=name|Company=company|Email=email|Phone=phone|Street Line 1=street name"
        "|Street Number=house|Street Line 2=line 2|City=city|State/Province=|Zip/Postal Code=zip|Country=country"
        "|Item Title=item name|SKU=item sku|Quantity=item quantity|Item Price=item price|Item Currency=currency"
        "|Order Amount=total|Order Currency=currency",
    ),
    Export(
        "eBay orders (France)",
        "Numéro de la vente|Numéro de commande=number|Pseudo de l'acheteur|Nom de l'acheteur=payer"
        "|E-mail de l'acheteur=|Note de l'acheteur=note|Adresse 1 de l'acheteur=payer street"
        "|Adresse 2 de l'acheteur=|Ville de l'acheteur=payer city|Province/Région/État de l'acheteur="
        "|Code postal de l'acheteur=payer zip|Pays de l'acheteur=pays|Nom du destinataire=name"
        "|Téléphone du destinataire=phone|Adresse 1 du destinataire=street|Adresse 2 du destinataire=line 2"
        "|Ville du destinataire=city|Code postal du destinataire=zip|Pays du destinataire=pays|Numéro de l'objet"
        "|Titre de l'objet=item name|Libellé personnalisé=item sku|Quantité=item quantity|Prix de vente=item price"
        "|Frais de livraison=shipping|Prix total=total|Mode de paiement|Date de vente=german date"
        "|Détails de l'option=item variant",
        delimiter=";",
    ),
    Export(
        "eBay orders (Italy)",
        "Numero registro vendite|Numero ordine=number|Nome utente acquirente|Nome acquirente=payer"
        "|Email acquirente=|Indirizzo 1 acquirente=payer street|Città acquirente=payer city"
        "|CAP acquirente=payer zip|Paese acquirente=germania|Nome destinatario=name|Telefono destinatario=phone"
        "|Indirizzo 1 destinatario=street|Indirizzo 2 destinatario=line 2|Città destinatario=city"
        "|CAP destinatario=zip|Paese destinatario=germania|Numero oggetto|Titolo oggetto=item name"
        "|Etichetta personalizzata=item sku|Quantità=item quantity|Prezzo di vendita=item price"
        "|Spedizione e imballaggio=shipping|Prezzo totale=total|Data vendita=german date"
        "|Dettagli variante=item variant",
        delimiter=";",
    ),
    Export(
        "eBay orders (Spain)",
        "Número de registro de venta|Número de pedido=number|Nombre de usuario del comprador"
        "|Nombre del comprador=payer|Dirección 1 del comprador=payer street|Ciudad del comprador=payer city"
        "|Código postal del comprador=payer zip|País del comprador=alemania|Nombre del destinatario=name"
        "|Dirección 1 del destinatario=street|Ciudad del destinatario=city|Código postal del destinatario=zip"
        "|País del destinatario=alemania|Número de artículo|Título del artículo=item name"
        "|Etiqueta personalizada=item sku|Cantidad=item quantity|Precio de venta=item price"
        "|Gastos de envío=shipping|Precio total=total",
        delimiter=";",
    ),
    Export(
        "Amazon order report",
        "amazon-order-id=id|merchant-order-id=|purchase-date=date|last-updated-date=date|order-status=processing"
        "|fulfillment-channel=|sales-channel=|order-channel=|ship-service-level=|product-name=item name"
        "|sku=item sku|asin|item-status=|quantity=item quantity|currency=currency|item-price=item total"
        "|item-tax=zero|shipping-price=zero|shipping-tax=zero|gift-wrap-price=|gift-wrap-tax=|item-promotion-discount="
        "|ship-promotion-discount=|ship-city=city|ship-state=|ship-postal-code=zip|ship-country=country"
        "|promotion-ids=|recipient-name=name|ship-address-1=street|buyer-name=payer|buyer-email=email",
        delimiter="\t",
    ),
    Export(
        "Shopware orders",
        "id=id|orderNumber=number|orderDateTime=date|stateMachineState.technicalName=open"
        "|transactions.stateMachineState.technicalName=paid|deliveries.stateMachineState.technicalName=open"
        "|orderCustomer.firstName=payer first|orderCustomer.lastName=payer last|orderCustomer.email=email"
        "|billingAddress.street=payer street|billingAddress.zipcode=payer zip|billingAddress.city=payer city"
        "|billingAddress.country.iso=country|deliveries.shippingOrderAddress.firstName=first"
        "|deliveries.shippingOrderAddress.lastName=last|deliveries.shippingOrderAddress.street=street"
        "|deliveries.shippingOrderAddress.zipcode=zip|deliveries.shippingOrderAddress.city=city"
        "|deliveries.shippingOrderAddress.country.iso=country|amountTotal=total|shippingTotal=shipping"
        "|lineItems.label=item name|lineItems.quantity=item quantity|lineItems.unitPrice=item price"
        "|lineItems.payload.productNumber=item sku",
        delimiter=";",
    ),
    Export(
        "JTL orders",
        "Auftragsnummer=number|Externe Auftragsnummer=id|Auftragsdatum=german date|Kundennummer"
        "|Rechnungsadresse: Vorname=payer first|Rechnungsadresse: Nachname=payer last"
        "|Rechnungsadresse: Straße=payer street|Rechnungsadresse: PLZ=payer zip|Rechnungsadresse: Ort=payer city"
        "|Rechnungsadresse: Land (ISO)=country|Lieferadresse: Vorname=first"
        "|Lieferadresse: Nachname=last|Lieferadresse: Firma=company|Lieferadresse: Straße=street"
        "|Lieferadresse: Adresszusatz=line 2|Lieferadresse: PLZ=zip|Lieferadresse: Ort=city"
        "|Lieferadresse: Land (ISO)=country|Lieferadresse: Tel=phone|Lieferadresse: E-Mail=email"
        "|Position: Artikelnummer=item sku|Position: Artikelname=item name|Position: Anzahl=item quantity"
        "|Position: VK Brutto=item price",
        delimiter=";",
    ),
)

LANGUAGES: Final = (
    Export(
        "German file",
        "Bestellnr.=number|Bestelldatum=german date|Empfängername=name|Lieferstraße=street name"
        "|Liefer-Hausnummer=house|Lieferadresse PLZ=zip|Lieferort=city|Lieferland=land|Rechnungsempfänger=payer"
        "|Rechnungsadresse Straße=payer street|Rechnungs-PLZ=payer zip|Rechnungsort=payer city"
        "|Artikelbezeichnung=item name|Artikelnummer=item sku|Artikelmenge=item quantity|Einzelpreis=item price"
        "|Gesamtbetrag=total|Versandkosten=shipping",
        delimiter=";",
    ),
    Export(
        "French file",
        "Numéro de commande=number|Nom du destinataire=name|Adresse de livraison - Rue=street"
        "|Code postal livraison=zip|Ville de livraison=city|Pays (livraison)=country"
        "|Adresse de facturation=payer street|Code postal facturation=payer zip|Ville facturation=payer city"
        "|Nom facturation=payer|Nom du produit=item name|Quantité commandée=item quantity|Prix unitaire=item price"
        "|Référence article=item sku|Téléphone (livraison)=phone|E-mail (livraison)=email",
        delimiter=";",
    ),
    Export(
        "Dutch file",
        "Ordernummer=number|Naam ontvanger=name|Afleveradres straat=street name|Afleveradres huisnummer=house"
        "|Afleverpostcode=zip|Afleverplaats=city|Afleverland=country|Factuuradres straat=payer street"
        "|Factuurpostcode=payer zip|Factuurplaats=payer city|Naam factuuradres=payer|Productnaam=item name"
        "|Artikelnummer=item sku|Hoeveelheid=item quantity|Stuksprijs=item price|Opmerking=note",
        delimiter=";",
    ),
    Export(
        "Spanish file",
        "Número de pedido=number|Nombre del destinatario=name|Dirección de envío=street|Código postal de envío=zip"
        "|Ciudad de envío=city|País de envío=country|Dirección de facturación=payer street"
        "|Código postal de facturación=payer zip|Ciudad de facturación=payer city|Nombre de facturación=payer"
        "|Nombre del producto=item name|Cantidad pedida=item quantity|Precio unitario=item price"
        "|Teléfono de envío=phone",
        delimiter=",",
    ),
    Export(
        "Italian file",
        "Numero ordine=number|Nome destinatario=name|Indirizzo di spedizione=street|CAP spedizione=zip"
        "|Città spedizione=city|Paese spedizione=country|Indirizzo di fatturazione=payer street"
        "|CAP fatturazione=payer zip|Città fatturazione=payer city|Nome fatturazione=payer|Nome prodotto=item name"
        "|Quantità=item quantity|Prezzo unitario=item price|Totale ordine=total|Spese di spedizione=shipping",
        delimiter=";",
    ),
    Export(
        "Polish file",
        "Numer zamówienia=number|Odbiorca - imię i nazwisko=name|Adres dostawy ulica=street"
        "|Adres dostawy kod pocztowy=zip|Adres dostawy miasto=city|Adres dostawy kraj=country"
        "|Adres do faktury ulica=payer street|Adres do faktury kod pocztowy=payer zip"
        "|Adres do faktury miasto=payer city|Płatnik=payer|Nazwa produktu=item name|Ilość zamówiona=item quantity"
        "|Cena jednostkowa=item price",
        delimiter=";",
    ),
    Export(
        "Swedish file",
        "Beställningsnummer=number|Mottagarens namn=name|Leveransadress=street|Leverans postnummer=zip"
        "|Leverans ort=city|Leverans land=country|Fakturaadress=payer street|Faktura postnummer=payer zip"
        "|Faktura ort=payer city|Faktura namn=payer|Produktnamn=item name|Antal=item quantity|Styckpris=item price",
        delimiter=";",
    ),
    Export(
        "Danish file",
        "Ordrenummer=number|Modtagers navn=name|Leveringsadresse=street|Levering postnummer=zip|Levering by=city"
        "|Levering land=country|Faktureringsadresse=payer street|Fakturering postnummer=payer zip"
        "|Fakturering by=payer city|Fakturering navn=payer|Varenavn=item name|Antal bestilt=item quantity"
        "|Stykpris=item price",
        delimiter=";",
    ),
    Export(
        "Portuguese file",
        "Número da encomenda=number|Nome do destinatário=name|Morada de entrega=street"
        "|Código postal de entrega=zip|Cidade de entrega=city|País de entrega=country"
        "|Morada de faturação=payer street|Código postal de faturação=payer zip|Cidade de faturação=payer city"
        "|Nome de faturação=payer|Nome do produto=item name|Quantidade encomendada=item quantity"
        "|Preço unitário=item price",
        delimiter=";",
    ),
)
"""Files of no known format, with headings in one language each."""


def table(export: Export) -> list[list[str]]:
    """The header and the rows of the known order in a format."""
    pairs = [column.partition("=") for column in export.columns.split("|")]
    has_items = any(key.startswith("item ") for _, _, key in pairs)
    rows = [[heading for heading, _, _ in pairs]]
    key_columns = {"number", "hash number", "id"}
    for index, item in enumerate(ITEMS if has_items else ITEMS[:1]):
        row = []
        for heading, equals, key in pairs:
            if key.startswith("item "):
                row.append(item[key.removeprefix("item ")])
            elif export.first_row_only and index and key not in key_columns:
                row.append("")
            else:
                row.append(VALUES[key] if key else "" if equals else f"tech{len(heading)}")
        rows.append(row)
    return rows


def text(export: Export) -> str:
    """The file of a format."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=export.delimiter, lineterminator="\r\n").writerows(table(export))
    return out.getvalue()


def expected(export: Export) -> dict[str, str]:
    """The values that the order must have, by pointer."""
    keys = [column.partition("=")[2] for column in export.columns.split("|")]
    found = {POINTERS[key]: VALUES["name" if key == "first" else key] for key in keys if key in POINTERS}
    if "payer street" not in keys:
        found.pop(POINTERS["payer"], None)
    if any(key in ("country name", "land", "pays", "germania", "alemania") for key in keys):
        found[POINTERS["country"]] = "DE"
    for index, item in enumerate(ITEMS):
        for key in keys:
            if key.startswith("item "):
                name = key.removeprefix("item ")
                found[f"/order_details/order_items/{index}/{ITEM_POINTERS[name]}"] = item[name]
    return found

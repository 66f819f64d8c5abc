"""The known order of `shop_exports` as shops, warehouses and people write it, in formats that have no name."""

from typing import Final

from shop_exports import Export

FILES: Final = (
    Export(
        "consignee en",
        "Order No=number|Order Date=date|Buyer=payer|Buyer Address=payer street|Buyer Postcode=payer zip"
        "|Buyer Town=payer city|Consignee=name|Consignee Address=street|Consignee Postcode=zip|Consignee Town=city"
        "|Consignee Country=country|Item=item name|Qty=item quantity|Unit Price=item price",
    ),
    Export(
        "destination en",
        "Order ID=id|Sold To Name=payer|Sold To Street=payer street|Sold To City=payer city|Sold To Zip=payer zip"
        "|Destination Name=name|Destination Street=street|Destination City=city|Destination Zip=zip"
        "|Destination Country=country|SKU=item sku|Description=item name|Quantity=item quantity"
        "|Unit Price=item price",
    ),
    Export(
        "dispatch bracket",
        "Order ref=number|Name (dispatch)=name|Street (dispatch)=street|City (dispatch)=city"
        "|Postcode (dispatch)=zip|Country (dispatch)=country|Name (invoice)=payer|Street (invoice)=payer street"
        "|City (invoice)=payer city|Postcode (invoice)=payer zip|Product=item name|Ordered qty=item quantity"
        "|Price each=item price",
    ),
    Export(
        "erp en 3pl",
        "SO Number=number|Customer=payer|Customer Address 1=payer street|Customer City=payer city"
        "|Customer Zip=payer zip|Ship-To Name=name|Ship-To Address 1=street|Ship-To Address 2=line 2"
        "|Ship-To City=city|Ship-To Zip=zip|Ship-To Country=country|Line No=|Item Code=item sku"
        "|Item Description=item name|Order Qty=item quantity|Unit Price=item price",
    ),
    Export(
        "de abw kurz",
        "Auftragsnr.=number|Kunde=payer|Straße=payer street|PLZ=payer zip|Ort=payer city|Land=land|Lief. Name=name"
        "|Lief. Straße=street|Lief. PLZ=zip|Lief. Ort=city|Lief. Land=land|Artikelbezeichnung=item name"
        "|Menge=item quantity|Einzelpreis=item price",
        delimiter=";",
    ),
    Export(
        "de lieferanschrift",
        "Belegnummer=number|Rechnungsempfänger Name=payer|Rechnungsempfänger Straße=payer street"
        "|Rechnungsempfänger PLZ=payer zip|Rechnungsempfänger Ort=payer city|Warenempfänger Name=name"
        "|Warenempfänger Straße=street|Warenempfänger PLZ=zip|Warenempfänger Ort=city|Warenempfänger Land=land"
        "|Artikel-Nr.=item sku|Bezeichnung=item name|Menge=item quantity|VK Preis=item price",
        delimiter=";",
    ),
    Export(
        "de lieferung an",
        "Bestell-Nr=number|Besteller=payer|Lieferung an=name|Lieferung an Straße=street|Lieferung an PLZ=zip"
        "|Lieferung an Ort=city|Lieferung an Land=land|Produkt=item name|Stückzahl=item quantity"
        "|Stückpreis=item price",
        delimiter=";",
    ),
    Export(
        "fr destinataire",
        "N° commande=number|Date commande=german date|Client=payer|Adresse client=payer street|CP client=payer zip"
        "|Ville client=payer city|Destinataire=name|Adresse destinataire=street"
        "|Complément adresse destinataire=line 2|CP destinataire=zip|Ville destinataire=city"
        "|Pays destinataire=pays|Désignation=item name|Qté commandée=item quantity|P.U. HT=item price",
        delimiter=";",
    ),
    Export(
        "fr livr abbr",
        "Commande n°=number|Nom fact.=payer|Adresse fact.=payer street|CP fact.=payer zip|Ville fact.=payer city"
        "|Nom livr.=name|Adresse livr.=street|CP livr.=zip|Ville livr.=city|Pays livr.=pays|Réf. article=item sku"
        "|Libellé=item name|Qté=item quantity|Prix unitaire TTC=item price|Total ligne TTC=item total",
        delimiter=";",
    ),
    Export(
        "nl bezorg",
        "Bestelling=number|Besteld door=payer|Bezorgnaam=name|Bezorgadres=street|Bezorg postcode=zip"
        "|Bezorgplaats=city|Bezorgland=country|Product=item name|Aant.=item quantity|Stuksprijs=item price",
        delimiter=";",
    ),
    Export(
        "es entrega",
        "Nº pedido=number|Cliente=payer|Dirección=payer street|C.P.=payer zip|Población=payer city"
        "|Dirección de entrega - Nombre=name|Dirección de entrega - Calle=street|Dirección de entrega - C.P.=zip"
        "|Dirección de entrega - Población=city|Dirección de entrega - País=country|Artículo=item name"
        "|Uds.=item quantity|Precio ud.=item price",
        delimiter=";",
    ),
    Export(
        "it destinatario",
        "Num. ordine=number|Intestatario fattura=payer|Indirizzo fatt.=payer street|CAP fatt.=payer zip"
        "|Città fatt.=payer city|Destinatario=name|Indirizzo dest.=street|CAP dest.=zip|Località dest.=city"
        "|Nazione dest.=country|Descrizione articolo=item name|Q.tà=item quantity|Prezzo unit.=item price",
        delimiter=";",
    ),
    Export(
        "pl odbiorca",
        "Nr zamówienia=number|Nabywca=payer|Nabywca ulica=payer street|Nabywca kod=payer zip"
        "|Nabywca miasto=payer city|Odbiorca=name|Odbiorca ulica=street|Odbiorca kod pocztowy=zip"
        "|Odbiorca miejscowość=city|Odbiorca kraj=country|Towar=item name|Ilość szt.=item quantity"
        "|Cena jedn.=item price",
        delimiter=";",
    ),
    Export(
        "sv leverans",
        "Ordernr=number|Kund=payer|Gatuadress=payer street|Postnr=payer zip|Ort=payer city|Leveransnamn=name"
        "|Leveransadress=street|Leveranspostnr=zip|Leveransort=city|Leveransland=country|Benämning=item name"
        "|Antal st=item quantity|À-pris=item price",
        delimiter=";",
    ),
    Export(
        "da levering",
        "Ordrenr.=number|Kundenavn=payer|Adresse=payer street|Postnr.=payer zip|By=payer city|Leveringsnavn=name"
        "|Leveringsadresse=street|Leveringspostnr.=zip|Leveringsby=city|Leveringsland=country|Varetekst=item name"
        "|Antal stk.=item quantity|Stk. pris=item price",
        delimiter=";",
    ),
    Export(
        "pt entrega",
        "Nº encomenda=number|Cliente=payer|Morada=payer street|Cód. postal=payer zip|Localidade=payer city"
        "|Entrega - Nome=name|Entrega - Morada=street|Entrega - Cód. postal=zip|Entrega - Localidade=city"
        "|Entrega - País=country|Artigo=item name|Qtd.=item quantity|Preço unit.=item price",
        delimiter=";",
    ),
    Export(
        "path slash",
        "order/number=number|delivery/contact/name=name|delivery/address/street=street"
        "|delivery/address/zipcode=zip|delivery/address/city=city|delivery/address/country=country"
        "|invoice/contact/name=payer|invoice/address/street=payer street|invoice/address/zipcode=payer zip"
        "|invoice/address/city=payer city|lines/product=item name|lines/qty=item quantity|lines/price=item price",
    ),
    Export(
        "path dot",
        "order.id=id|shipping.name=name|shipping.address.line1=street|shipping.address.line2=line 2"
        "|shipping.address.postal_code=zip|shipping.address.city=city|shipping.address.country=country"
        "|billing_details.name=payer|billing_details.address.line1=payer street"
        "|billing_details.address.postal_code=payer zip|billing_details.address.city=payer city"
        "|line_items.name=item name|line_items.quantity=item quantity|line_items.price=item price",
    ),
    Export(
        "camel",
        "orderNumber=number|customerName=payer|customerStreet=payer street|customerCity=payer city"
        "|customerZip=payer zip|shipToName=name|shipToStreet1=street|shipToStreet2=line 2|shipToCity=city"
        "|shipToPostalCode=zip|shipToCountry=country|itemName=item name|itemQuantity=item quantity"
        "|itemUnitPrice=item price",
    ),
    Export(
        "billbee de",
        "Rechnungsnr|Bestellnr=number|Bestelldatum=german date|Shop=|Versandadresse Firma=company"
        "|Versandadresse Vorname=first|Versandadresse Nachname=last|Versandadresse Straße=street name"
        "|Versandadresse Hausnr=house|Versandadresse Zusatz=line 2|Versandadresse PLZ=zip"
        "|Versandadresse Stadt=city|Versandadresse Land=land|Rechnungsadresse Vorname=payer first"
        "|Rechnungsadresse Nachname=payer last|Rechnungsadresse PLZ=payer zip|Rechnungsadresse Stadt=payer city"
        "|Artikelname=item name|SKU=item sku|Menge=item quantity|Einzelpreis=item price|Gesamtpreis=item total"
        "|Versandkosten=shipping|Verkäufernotiz=|Käufernotiz=note",
        delimiter=";",
    ),
    Export(
        "odoo de",
        "Bestellreferenz=number|Auftragsdatum=date|Kunde=payer|Lieferadresse/Name=name|Lieferadresse/Straße=street"
        "|Lieferadresse/Straße 2=line 2|Lieferadresse/PLZ=zip|Lieferadresse/Stadt=city|Lieferadresse/Land=land"
        "|Auftragszeilen/Produkt=item name|Auftragszeilen/Menge=item quantity|Auftragszeilen/Stückpreis=item price"
        "|Auftragszeilen/Zwischensumme=item total|Gesamt=total",
        first_row_only=True,
    ),
    Export(
        "odoo fr",
        "Référence de la commande=number|Client=payer|Adresse de livraison/Nom=name"
        "|Adresse de livraison/Rue=street|Adresse de livraison/Rue 2=line 2|Adresse de livraison/Code postal=zip"
        "|Adresse de livraison/Ville=city|Adresse de livraison/Pays=pays|Lignes de la commande/Article=item name"
        "|Lignes de la commande/Quantité=item quantity|Lignes de la commande/Prix unitaire=item price|Total=total",
        first_row_only=True,
    ),
    Export(
        "odoo es",
        "Referencia del pedido=number|Cliente=payer|Dirección de entrega/Nombre=name"
        "|Dirección de entrega/Calle=street|Dirección de entrega/Calle 2=line 2|Dirección de entrega/C.P.=zip"
        "|Dirección de entrega/Ciudad=city|Dirección de entrega/País=country|Líneas del pedido/Producto=item name"
        "|Líneas del pedido/Cantidad=item quantity|Líneas del pedido/Precio unitario=item price|Total=total",
        first_row_only=True,
    ),
    Export(
        "odoo nl",
        "Orderreferentie=number|Klant=payer|Afleveradres/Naam=name|Afleveradres/Straat=street"
        "|Afleveradres/Straat 2=line 2|Afleveradres/Postcode=zip|Afleveradres/Plaats=city"
        "|Afleveradres/Land=country|Orderregels/Product=item name|Orderregels/Hoeveelheid=item quantity"
        "|Orderregels/Prijs per eenheid=item price|Totaal=total",
        first_row_only=True,
    ),
    Export(
        "prestashop fr",
        "ID commande=id|Référence=number|Prénom livraison=first|Nom livraison=last|Société livraison=company"
        "|Adresse livraison=street|Complément livraison=line 2|CP livraison=zip|Ville livraison=city"
        "|Pays livraison=pays|Tél. livraison=phone|Prénom facturation=payer first|Nom facturation=payer last"
        "|Adresse facturation=payer street|CP facturation=payer zip|Ville facturation=payer city"
        "|E-mail client=email|Réf. produit=item sku|Nom produit=item name|Quantité=item quantity"
        "|Prix unitaire TTC=item price|Total payé=total|Frais de port TTC=shipping|Message client=note",
        delimiter=";",
    ),
    Export(
        "lightspeed c",
        "Order=number|Datum=german date|Status=|E-mail=email|Klant voornaam=payer first"
        "|Klant achternaam=payer last|Factuur postcode=payer zip|Factuur plaats=payer city|Factuur land=country"
        "|Verzend naam=name|Verzend straat=street name|Verzend huisnummer=house|Verzend postcode=zip"
        "|Verzend plaats=city|Verzend land=country|Productnaam=item name|Variant=item variant|Artikelcode=item sku"
        "|Aantal=item quantity|Prijs incl. btw=item price|Verzendkosten=shipping|Totaal=total|Opmerking klant=note"
        "|Interne notitie=",
        delimiter=";",
    ),
    Export(
        "woo sv",
        "Ordernummer=number|Orderstatus=|Orderdatum=date|Förnamn (Leverans)=first|Efternamn (Leverans)=last"
        "|Adress 1 (Leverans)=street|Adress 2 (Leverans)=line 2|Postnummer (Leverans)=zip|Ort (Leverans)=city"
        "|Landskod (Leverans)=country|Förnamn (Faktura)=payer first|Efternamn (Faktura)=payer last"
        "|Adress 1 (Faktura)=payer street|Postnummer (Faktura)=payer zip|Ort (Faktura)=payer city"
        "|E-post (Faktura)=email|Artikelnamn=item name|Artikelnr=item sku|Antal=item quantity|Styckpris=item price",
        delimiter=";",
    ),
    Export(
        "allegro",
        "Numer zamówienia=number|Login kupującego|Imię i nazwisko kupującego=payer|Odbiorca imię i nazwisko=name"
        "|Odbiorca adres=street|Odbiorca kod=zip|Odbiorca miasto=city|Odbiorca kraj=country|Telefon odbiorcy=phone"
        "|Nazwa oferty=item name|Sygnatura=item sku|Liczba sztuk=item quantity|Cena za sztukę=item price"
        "|Koszt dostawy=shipping|Uwagi kupującego=note",
        delimiter=";",
    ),
    Export(
        "otto",
        "Bestellnummer=number|Positions-ID=item id|Lieferadresse Anrede=|Lieferadresse Vorname=first"
        "|Lieferadresse Nachname=last|Lieferadresse Straße=street name|Lieferadresse Hausnummer=house"
        "|Lieferadresse Zusatz=line 2|Lieferadresse PLZ=zip|Lieferadresse Ort=city|Lieferadresse Land=country"
        "|Rechnungsadresse Vorname=payer first|Rechnungsadresse Nachname=payer last|Rechnungsadresse PLZ=payer zip"
        "|Rechnungsadresse Ort=payer city|Artikelbezeichnung=item name|SKU=item sku|Menge=item quantity"
        "|Verkaufspreis=item price",
        delimiter=";",
    ),
    Export(
        "cdiscount",
        "N° de commande=number|Civilité livraison=|Nom livraison=last|Prénom livraison=first"
        "|Adresse livraison 1=street|Adresse livraison 2=line 2|Code postal livraison=zip|Ville livraison=city"
        "|Pays livraison=pays|Référence vendeur=item sku|Désignation produit=item name|Quantité=item quantity"
        "|Prix unitaire=item price",
        delimiter=";",
    ),
    Export(
        "ecwid",
        "order_number=number|date=date|payment_status=|fulfillment_status=|total=total|shipping_fee=shipping"
        "|shipping_name=name|shipping_company=company|shipping_address=street|shipping_city=city"
        "|shipping_postal_code=zip|shipping_country_code=country|shipping_phone=phone|billing_name=payer"
        "|billing_address=payer street|billing_city=payer city|billing_postal_code=payer zip|customer_email=email"
        "|customer_comments=note|private_admin_notes=|product_name=item name|product_sku=item sku"
        "|product_quantity=item quantity|product_price=item price|product_options=item variant",
    ),
    Export(
        "clean fr",
        "Numéro de commande=number|Date=german date|Civilité=|Prénom=first|Nom=last|Société=company|Adresse=street"
        "|Complément d'adresse=line 2|Code postal=zip|Ville=city|Pays=pays|E-mail=email|Téléphone=phone"
        "|Référence=item sku|Désignation=item name|Quantité=item quantity|Prix unitaire=item price"
        "|Frais de port=shipping|Total TTC=total|Mode de paiement=|Mode de livraison=",
        delimiter=";",
    ),
    Export(
        "clean es",
        "Número de pedido=number|Fecha=german date|Nombre=first|Apellidos=last|Empresa=company|Dirección=street"
        "|Código postal=zip|Ciudad=city|Provincia=|País=country|Correo electrónico=email|Teléfono=phone"
        "|Referencia=item sku|Producto=item name|Cantidad=item quantity|Precio unitario=item price"
        "|Gastos de envío=shipping|Total=total|Forma de pago=",
        delimiter=";",
    ),
    Export(
        "clean it",
        "Numero ordine=number|Data=german date|Nome=first|Cognome=last|Indirizzo=street|CAP=zip|Città=city"
        "|Provincia=|Nazione=country|Email=email|Telefono=phone|Codice articolo=item sku|Prodotto=item name"
        "|Quantità=item quantity|Prezzo unitario=item price|Spese di spedizione=shipping|Totale ordine=total"
        "|Metodo di pagamento=",
        delimiter=";",
    ),
    Export(
        "clean pl",
        "Numer zamówienia=number|Data zamówienia=date|Imię=first|Nazwisko=last|Firma=company|Ulica=street name"
        "|Nr domu=house|Kod pocztowy=zip|Miasto=city|Kraj=country|E-mail=email|Telefon=phone|SKU=item sku"
        "|Nazwa produktu=item name|Ilość=item quantity|Cena=item price|Koszt wysyłki=shipping|Razem=total"
        "|Sposób płatności=",
        delimiter=";",
    ),
    Export(
        "clean sv",
        "Ordernummer=number|Orderdatum=date|Förnamn=first|Efternamn=last|Adress=street|Postnummer=zip|Ort=city"
        "|Land=country|E-post=email|Telefon=phone|Artikelnummer=item sku|Artikel=item name|Antal=item quantity"
        "|Pris=item price|Frakt=shipping|Totalt=total|Betalsätt=",
        delimiter=";",
    ),
    Export(
        "clean da",
        "Ordrenummer=number|Dato=date|Navn=name|Adresse=street|Postnummer=zip|By=city|Land=country|E-mail=email"
        "|Telefon=phone|Varenummer=item sku|Varenavn=item name|Antal=item quantity|Pris=item price|Fragt=shipping"
        "|I alt=total|Betalingsmetode=",
        delimiter=";",
    ),
    Export(
        "clean pt",
        "Número da encomenda=number|Data=date|Nome=name|Morada=street|Código postal=zip|Localidade=city"
        "|País=country|E-mail=email|Telefone=phone|Referência=item sku|Produto=item name|Quantidade=item quantity"
        "|Preço unitário=item price|Portes=shipping|Total=total|Método de pagamento=",
        delimiter=";",
    ),
    Export(
        "end customer",
        "Order=number|Customer name=payer|Customer street=payer street|Customer zip=payer zip"
        "|Customer city=payer city|End customer name=name|End customer street=street|End customer zip=zip"
        "|End customer city=city|End customer country=country|Product=item name|Qty=item quantity"
        "|Unit price=item price",
    ),
    Export(
        "endkunde de",
        "Bestellnr=number|Händler=payer|Händler Straße=payer street|Händler PLZ=payer zip|Händler Ort=payer city"
        "|Endkunde=name|Endkunde Straße=street|Endkunde PLZ=zip|Endkunde Ort=city|Endkunde Land=country"
        "|Artikel=item name|Menge=item quantity|Einzelpreis=item price",
        delimiter=";",
    ),
    Export(
        "dropship nl",
        "Ordernr=number|Reseller naam=payer|Reseller straat=payer street|Reseller postcode=payer zip"
        "|Reseller plaats=payer city|Eindklant naam=name|Eindklant straat=street|Eindklant postcode=zip"
        "|Eindklant plaats=city|Eindklant land=country|Artikel=item name|Aantal=item quantity"
        "|Stuksprijs=item price",
        delimiter=";",
    ),
    Export(
        "recipient bare address",
        "Order=number|Buyer=payer|Recipient=name|Address=street|City=city|Zip=zip|Country=country|Item=item name"
        "|Qty=item quantity|Unit price=item price",
    ),
    Export(
        "customer ship nested",
        "Order=number|Customer billing name=payer|Customer billing street=payer street"
        "|Customer billing city=payer city|Customer billing zip=payer zip|Customer shipping name=name"
        "|Customer shipping street=street|Customer shipping city=city|Customer shipping zip=zip"
        "|Customer shipping country=country|Item=item name|Qty=item quantity|Unit price=item price",
    ),
    Export(
        "brackets nl",
        "Bestelnr=number|Naam (factuur)=payer|Straat (factuur)=payer street|Postcode (factuur)=payer zip"
        "|Plaats (factuur)=payer city|Naam (verzending)=name|Straat (verzending)=street|Postcode (verzending)=zip"
        "|Plaats (verzending)=city|Land (verzending)=country|Product=item name|Aantal=item quantity"
        "|Prijs=item price",
        delimiter=";",
    ),
    Export(
        "brackets da",
        "Ordre=number|Navn (betaler)=payer|Adresse (betaler)=payer street|Postnr (betaler)=payer zip"
        "|By (betaler)=payer city|Navn (modtager)=name|Adresse (modtager)=street|Postnr (modtager)=zip"
        "|By (modtager)=city|Land (modtager)=country|Vare=item name|Antal=item quantity|Pris=item price",
        delimiter=";",
    ),
    Export(
        "short en",
        "Order=number|BillName=payer|BillAddr1=payer street|BillCity=payer city|BillZip=payer zip|ShipName=name"
        "|ShipAddr1=street|ShipAddr2=line 2|ShipCity=city|ShipZip=zip|ShipCountry=country|Item=item name"
        "|Qty=item quantity|UnitPrice=item price",
    ),
    Export(
        "snake",
        "order_no=number|bill_to_name=payer|bill_to_street=payer street|bill_to_city=payer city"
        "|bill_to_zip=payer zip|ship_to_name=name|ship_to_street=street|ship_to_city=city|ship_to_zip=zip"
        "|ship_to_country_code=country|product_name=item name|qty_ordered=item quantity|unit_price=item price",
    ),
    Export(
        "netsuite",
        "Document Number=number|Customer=payer|Shipping Attention=name|Shipping Address 1=street"
        "|Shipping Address 2=line 2|Shipping City=city|Shipping Zip=zip|Shipping Country Code=country"
        "|Billing Address 1=payer street|Billing City=payer city|Billing Zip=payer zip|Item=item name"
        "|Quantity=item quantity|Item Rate=item price",
    ),
    Export(
        "sage fr",
        "N° pièce=number|Intitulé client=payer|Nom livraison=name|Adresse livraison=street|Complément=line 2"
        "|Code postal livraison=zip|Ville livraison=city|Pays livraison=pays|Réf. article=item sku"
        "|Désignation=item name|Qté=item quantity|PU HT=item price",
        delimiter=";",
    ),
    Export(
        "danea it",
        "Doc. n.=number|Cliente=payer|Dest. nome=name|Dest. indirizzo=street|Dest. CAP=zip|Dest. città=city"
        "|Dest. nazione=country|Cod. articolo=item sku|Descrizione=item name|Q.tà=item quantity"
        "|Prezzo netto=item price",
        delimiter=";",
    ),
    Export(
        "holded es",
        "Núm. documento=number|Cliente=payer|Nombre envío=name|Dirección envío=street|CP envío=zip"
        "|Población envío=city|País envío=country|SKU=item sku|Concepto=item name|Unidades=item quantity"
        "|Precio=item price",
        delimiter=";",
    ),
    Export(
        "subiekt pl",
        "Nr dokumentu=number|Kontrahent=payer|Odbiorca nazwa=name|Odbiorca ulica=street|Odbiorca kod=zip"
        "|Odbiorca miasto=city|Odbiorca kraj=country|Symbol=item sku|Nazwa towaru=item name|Ilość=item quantity"
        "|Cena netto=item price",
        delimiter=";",
    ),
    Export(
        "fortnox sv",
        "Ordernr=number|Kundnamn=payer|Leveransnamn=name|Leveransadress1=street|Leveransadress2=line 2"
        "|Leveranspostnr=zip|Leveransort=city|Leveransland=country|Artnr=item sku|Benämning=item name"
        "|Best.antal=item quantity|Pris=item price",
        delimiter=";",
    ),
    Export(
        "economic da",
        "Ordrenummer=number|Kundens navn=payer|Leveringssted navn=name|Leveringssted adresse=street"
        "|Leveringssted postnr=zip|Leveringssted by=city|Leveringssted land=country|Varenr=item sku"
        "|Beskrivelse=item name|Antal=item quantity|Salgspris=item price",
        delimiter=";",
    ),
    Export(
        "3pl plain",
        "Ref=number|Cust Ref|Cons Name=name|Cons Addr1=street|Cons Addr2=line 2|Cons City=city|Cons PCode=zip"
        "|Cons Ctry=country|Part No=item sku|Desc=item name|Qty=item quantity|Unit Price=item price",
    ),
)

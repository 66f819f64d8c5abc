"""Files of ERP systems, shops, marketplaces and people in ten languages: right at every field, or held."""

from dataclasses import dataclass
from typing import Final

import pytest
from order_files import NOW, errors, value

from tui.work.file_import.reader import read_source

POINTERS: Final = {
    "name": "/shipping_address/name",
    "street": "/shipping_address/address_line_1",
    "line 2": "/shipping_address/address_line_2",
    "number": "/shipping_address/house_number",
    "zip": "/shipping_address/postal_code",
    "city": "/shipping_address/city",
    "payer": "/billing_address/name",
    "customer": "/customer_details/name",
    "item": "/order_details/order_items/0/name",
    "sku": "/order_details/order_items/0/sku",
    "qty": "/order_details/order_items/0/quantity",
    "price": "/order_details/order_items/0/unit_price/value",
    "currency": "/payment_details/total_price/currency",
}


@dataclass(frozen=True, slots=True)
class SiblingFile:
    """A file and what its first order must be. `values`: `name=value` of `POINTERS`. `held`: codes of each order."""

    name: str
    header: str
    rows: tuple[str, ...]
    values: str
    held: tuple[str, ...]


FILES: Final = (
    SiblingFile(
        "erp sap fr",
        "Document de vente;Client;Donneur d'ordre;Réceptionnaire;Rue;Code postal;Ville;Pays;Article;Désignation;Quantité commandée;UQ;Prix net;Poids brut;Unité de poids",
        ("450001;100234;Kim Payer;Rita Getter;Rue de Lyon 3;75012;Paris;FR;M-1001;Bougie;6;PCE;3,50;1,2;KG",),
        "name=Rita Getter|street=Rue de Lyon 3|zip=75012|city=Paris|item=Bougie|sku=M-1001|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp navision nl",
        "Nr.;Orderklantnr.;Verkoop aan naam;Verzenden-aan naam;Verzenden-aan adres;Verzenden-aan postcode;Verzenden-aan plaats;Verzenden-aan land;Regelnr.;Artikelnr.;Omschrijving;Aantal;Eenheidsprijs",
        ("VO-1;K100;Kim Payer;Rita Getter;Damrak 3;1012 LG;Amsterdam;NL;10000;K-1;Kaars;6;3,50",),
        "name=Rita Getter|street=Damrak 3|zip=1012 LG|city=Amsterdam|customer=Kim Payer|item=Kaars|sku=K-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp dynamics da",
        "Ordrenr.;Debitornr.;Faktureres til navn;Leveringsnavn;Leveringsadresse;Leveringspostnr.;Leveringsby;Leveringsland;Varenr.;Beskrivelse;Antal;Enhedspris",
        ("SO-1;D10;Kim Payer;Rita Getter;Vej 3;8000;Aarhus;DK;L-1;Lys;6;3,50",),
        "name=Rita Getter|street=Vej 3|zip=8000|city=Aarhus|customer=Kim Payer|item=Lys|sku=L-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp sage es",
        "Nº Doc;Cód. cliente;Razón social;Nombre envío;Domicilio envío;CP envío;Población envío;País envío;Cód. artículo;Descripción;Uds.;Precio ud.;Importe",
        ("P-1;C10;Payer SL;Rita Getter;Calle Mayor 3;28013;Madrid;ES;V-1;Vela;6;3,50;21,00",),
        "name=Rita Getter|street=Calle Mayor 3|zip=28013|city=Madrid|item=Vela|sku=V-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp fortnox sv",
        "Dokumentnr;Kundnamn;Lev.namn;Lev.adress 1;Lev.adress 2;Lev.postnr;Lev.ort;Lev.land;Artikelnr;Benämning;Antal;Pris",
        ("1;Kim Payer;Rita Getter;Gatan 3;c/o Otto;111 22;Stockholm;SE;L-1;Ljus;6;3,50",),
        "name=Rita Getter|street=Gatan 3|line 2=c/o Otto|zip=111 22|city=Stockholm|customer=Kim Payer|item=Ljus|sku=L-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp subiekt pl",
        "Nr dokumentu;Kontrahent;Odbiorca;Adres odbiorcy;Kod pocztowy odbiorcy;Miejscowość odbiorcy;Kraj odbiorcy;Symbol;Nazwa towaru;Ilość;J.m.;Cena brutto",
        ("ZK 1;Kim Payer;Rita Getter;Długa 3;00-238;Warszawa;PL;S-1;Świeca;6;szt.;3,50",),
        "name=Rita Getter|street=Długa 3|zip=00-238|city=Warszawa|customer=Kim Payer|item=Świeca|sku=S-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp primavera pt",
        "Documento;Cliente;Nome entrega;Morada entrega;C. Postal entrega;Localidade entrega;País entrega;Artigo;Descrição;Quantidade;P. Unit.",
        ("ENC 1;Kim Payer;Rita Getter;Rua Augusta 3;1100-053;Lisboa;PT;V-1;Vela;6;3,50",),
        "name=Rita Getter|street=Rua Augusta 3|zip=1100-053|city=Lisboa|customer=Kim Payer|item=Vela|sku=V-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp lexware de",
        "Auftragsnr;Kd-Nr;Name1;Name2;Str.;PLZ;Ort;Land;LA Name1;LA Str.;LA PLZ;LA Ort;LA Land;ArtNr;ArtBez;Menge;EP netto;Gesamt netto",
        ("1;10;Kim Payer;;Weg 1;53111;Bonn;DE;Rita Getter;Lieferweg 3;04109;Leipzig;DE;K-1;Kerze;6;3,50;21,00",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|payer=Kim Payer|item=Kerze|sku=K-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp odoo fr",
        "Référence de la commande;Client;Adresse de livraison/Nom;Adresse de livraison/Rue;Adresse de livraison/Code postal;Adresse de livraison/Ville;Adresse de livraison/Pays;Lignes de la commande/Article;Lignes de la commande/Quantité;Lignes de la commande/Prix unitaire",
        ("S01;Kim Payer;Rita Getter;Rue 3;75012;Paris;France;[B-1] Bougie;6,000;3,50",),
        "name=Rita Getter|street=Rue 3|zip=75012|city=Paris|customer=Kim Payer|item=[B-1] Bougie|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp netsuite",
        "Document Number;Name;Ship To Name;Shipping Address 1;Shipping Zip;Shipping City;Shipping Country;Item;Description;Quantity;Item Rate;Amount",
        ("SO1;Kim Payer;Rita Getter;12 Maple St;10001;New York;US;C-1;Candle;6;3.50;21.00",),
        "name=Rita Getter|street=12 Maple St|zip=10001|city=New York|customer=Kim Payer|item=Candle|sku=C-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp weclapp",
        "Auftragsnummer;Kunde;Lieferempfänger;Lieferstraße;Liefer-PLZ;Lieferort;Lieferland;Artikelnummer;Artikelname;Menge;Einzelpreis (netto);Gesamtgewicht (kg)",
        ("1;Kim Payer;Rita Getter;Lieferweg 3;04109;Leipzig;Deutschland;K-1;Kerze;6;3,50;1,250",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|customer=Kim Payer|item=Kerze|sku=K-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "erp exact nl",
        "Verkooporder;Debiteur;Afleveradres: Naam;Afleveradres: Straat;Afleveradres: Postcode;Afleveradres: Plaats;Afleveradres: Land;Artikelcode;Artikelomschrijving;Aantal besteld;Aantal geleverd;Prijs",
        ("1;Kim Payer;Rita Getter;Damrak 3;1012 LG;Amsterdam;NL;K-1;Kaars;6;0;3,50",),
        "name=Rita Getter|street=Damrak 3|zip=1012 LG|city=Amsterdam|item=Kaars|sku=K-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "opencart en",
        "order_id;firstname;lastname;shipping_firstname;shipping_lastname;shipping_address_1;shipping_city;shipping_postcode;shipping_country;product_name;model;quantity;price;order_status",
        ("1;Kim;Payer;Rita;Getter;12 Maple St;York;YO1 7HH;United Kingdom;Candle;C-1;6;3.50;Processing",),
        "name=Rita Getter|street=12 Maple St|zip=YO1 7HH|city=York|customer=Kim Payer|item=Candle|sku=C-1|qty=6|price=3.50",
        ("confirm_price",),
    ),
    SiblingFile(
        "ecwid",
        "order_number;customer_name;shipping_person_name;shipping_street;shipping_city;shipping_zip;shipping_country_code;sku;name;quantity;price;fulfillment_status;payment_status",
        ("1;Kim Payer;Rita Getter;Lieferweg 3;Leipzig;04109;DE;C-1;Candle;6;3.50;AWAITING_PROCESSING;PAID",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|customer=Kim Payer|item=Candle|sku=C-1|qty=6|price=3.50",
        ("confirm_items",),
    ),
    SiblingFile(
        "gambio de",
        "orders_id;customers_name;delivery_name;delivery_street_address;delivery_house_number;delivery_postcode;delivery_city;delivery_country;products_model;products_name;products_quantity;products_price",
        ("1;Kim Payer;Rita Getter;Lieferweg;3;04109;Leipzig;Germany;K-1;Kerze;6;3.5000",),
        "name=Rita Getter|street=Lieferweg|number=3|zip=04109|city=Leipzig|customer=Kim Payer|item=Kerze|sku=K-1|qty=6|price=3.5000",
        ("",),
    ),
    SiblingFile(
        "xtc de",
        "Bestellnummer;Kunde;Lieferadresse: Vorname;Lieferadresse: Nachname;Lieferadresse: Straße;Lieferadresse: Hausnummer;Lieferadresse: PLZ;Lieferadresse: Stadt;Lieferadresse: Land;Artikel: Nummer;Artikel: Name;Artikel: Anzahl;Artikel: Preis",
        ("1;Kim Payer;Rita;Getter;Lieferweg;3;04109;Leipzig;DE;K-1;Kerze;6;3,50",),
        "name=Rita Getter|street=Lieferweg|number=3|zip=04109|city=Leipzig|customer=Kim Payer|item=Kerze|sku=K-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "cdon sv",
        "Ordernummer;Köpare;Mottagare;Gatuadress;Postnummer;Postort;Land;Produkt;Artikelnummer;Antal;Styckpris;Status",
        ("1;Kim Payer;Rita Getter;Gatan 3;111 22;Stockholm;Sverige;Ljus;L-1;6;3,50;Väntar på leverans",),
        "name=Rita Getter|street=Gatan 3|zip=111 22|city=Stockholm|customer=Kim Payer|item=Ljus|sku=L-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "allegro pl",
        "Numer zamówienia;Login kupującego;Kupujący;Odbiorca przesyłki;Ulica i numer (dostawa);Kod pocztowy (dostawa);Miasto (dostawa);Kraj (dostawa);Oferta;Sygnatura;Liczba sztuk;Cena za szt.;Status płatności",
        ("1;kim;Kim Payer;Rita Getter;Długa 3;00-238;Warszawa;Polska;Świeca;S-1;6;3,50;Opłacone",),
        "name=Rita Getter|street=Długa 3|zip=00-238|city=Warszawa|customer=Kim Payer|item=Świeca|sku=S-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "cdiscount fr",
        "N° de commande;Civilité facturation;Nom facturation;Civilité livraison;Nom livraison;Prénom livraison;Adresse livraison;Code postal livraison;Ville livraison;Pays livraison;Réf. produit;Libellé produit;Quantité;Prix unitaire;Frais de port;État",
        ("1;M.;Payer;Mme;Getter;Rita;Rue 3;75012;Paris;FR;B-1;Bougie;6;3,50;4,90;En attente d'expédition",),
        "name=Rita Getter|street=Rue 3|zip=75012|city=Paris|customer=Payer|item=Bougie|sku=B-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "zalando zfs",
        "Order Number;Customer Name;Shipping Name;Shipping Street;Shipping Zip;Shipping City;Shipping Country;EAN;Article Name;Qty ordered;Qty cancelled;Unit Price",
        ("1;Kim Payer;Rita Getter;Lieferweg 3;04109;Leipzig;DE;4006381333931;Candle;6;2;3.50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|customer=Kim Payer|item=Candle|qty=4|price=3.50",
        ("",),
    ),
    SiblingFile(
        "otto de",
        "Auftragsnummer;Rechnungsempfänger;Lieferempfänger Vorname;Lieferempfänger Nachname;Lieferempfänger Straße;Lieferempfänger Hausnr.;Lieferempfänger PLZ;Lieferempfänger Ort;SKU;Produkttitel;Positionsmenge;Stückpreis;Positionsstatus",
        ("1;Kim Payer;Rita;Getter;Lieferweg;3;04109;Leipzig;K-1;Kerze;6;3,50;PROCESSABLE",),
        "name=Rita Getter|street=Lieferweg|number=3|zip=04109|city=Leipzig|customer=Kim Payer|item=Kerze|sku=K-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "kaufland de",
        "Bestell-ID;Käufer;Empfänger Name;Empfänger Straße;Empfänger Nr.;Empfänger PLZ;Empfänger Stadt;Empfänger Land;Angebots-ID;Artikelname;Anzahl;Preis pro Stück",
        ("1;Kim Payer;Rita Getter;Lieferweg;3;04109;Leipzig;DE;K-1;Kerze;6;3,50",),
        "name=Rita Getter|street=Lieferweg|number=3|zip=04109|city=Leipzig|customer=Kim Payer|item=Kerze|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "miravia es",
        "Nº de pedido;Comprador;Destinatario;Dirección de envío;CP;Ciudad;Provincia;País;SKU del vendedor;Nombre del producto;Cantidad;Precio unitario;Estado del pedido",
        ("1;Kim Payer;Rita Getter;Calle Mayor 3;28013;Madrid;Madrid;España;V-1;Vela;6;3,50;Pendiente de envío",),
        "name=Rita Getter|street=Calle Mayor 3|zip=28013|city=Madrid|customer=Kim Payer|item=Vela|sku=V-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "tiktok",
        "Order ID;Order Status;Recipient;Address Line 1;Zipcode;City;Country;Seller SKU;Product Name;Variation;Quantity;SKU Unit Original Price;SKU Subtotal After Discount;Order Amount",
        ("1;To ship;Rita Getter;12 Maple St;YO1 7HH;York;United Kingdom;C-1;Candle;Red;6;3.50;21.00;24.99",),
        "name=Rita Getter|street=12 Maple St|zip=YO1 7HH|city=York|item=Candle|sku=C-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "gift",
        "Order;Buyer;Gift for;Street;Zip;City;Country;Item;Quantity;Price;Gift message",
        ("1;Kim Payer;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;Happy birthday",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|customer=Kim Payer|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "pos two qty",
        "Order;Name;Street;Zip;City;Country;Item;Qty ordered;Qty to ship;Price",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;4;3.50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_items",),
    ),
    SiblingFile(
        "be bus",
        "Bestelling;Naam;Straat;Nr;Bus;Postcode;Gemeente;Land;Artikel;Aantal;Prijs",
        ("1;Rita Getter;Kerkstraat;3;B2;2000;Antwerpen;BE;Kaars;6;3,50",),
        "name=Rita Getter|street=Kerkstraat|number=3 bus B2|zip=2000|city=Antwerpen|item=Kaars|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "pl lokal",
        "Zamówienie;Imię;Nazwisko;Ulica;Nr domu;Nr lokalu;Kod;Miasto;Kraj;Produkt;Ilość;Cena",
        ("1;Rita;Getter;Długa;3;5;00-238;Warszawa;PL;Świeca;6;3,50",),
        "name=Rita Getter|street=Długa|number=3/5|zip=00-238|city=Warszawa|item=Świeca|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "es piso",
        "Pedido;Nombre;Apellidos;Calle;Número;Piso;Puerta;C.P.;Población;País;Producto;Cant.;Precio",
        ("1;Rita;Getter;Calle Mayor;3;2;B;28013;Madrid;ES;Vela;6;3,50",),
        "name=Rita Getter|street=Calle Mayor|line 2=2 B|number=3|zip=28013|city=Madrid|item=Vela|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "da etage",
        "Ordre;Fornavn;Efternavn;Vejnavn;Husnr;Etage;Dør;Postnr;By;Land;Vare;Antal;Pris",
        ("1;Rita;Getter;Vej;3;2;tv;8000;Aarhus;DK;Lys;6;3,50",),
        "name=Rita Getter|street=Vej|line 2=2 tv|number=3|zip=8000|city=Aarhus|item=Lys|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "status it",
        "Ordine;Destinatario;Indirizzo;CAP;Città;Paese;Articolo;Quantità;Prezzo;Stato ordine;Stato pagamento",
        (
            "1;Rita Getter;Via Roma 3;00184;Roma;IT;Candela;6;3,50;In preparazione;Pagato",
            "2;Rita Getter;Via Roma 3;00184;Roma;IT;Candela;6;3,50;Annullato;Rimborsato",
        ),
        "name=Rita Getter|street=Via Roma 3|zip=00184|city=Roma|item=Candela|qty=6|price=3.50",
        ("", "confirm_cancelled"),
    ),
    SiblingFile(
        "status nl",
        "Bestelnr;Naam;Adres;Postcode;Plaats;Land;Artikel;Aantal;Prijs;Status",
        (
            "1;Rita Getter;Damrak 3;1012 LG;Amsterdam;NL;Kaars;6;3,50;Klaar voor verzending",
            "2;Rita Getter;Damrak 3;1012 LG;Amsterdam;NL;Kaars;6;3,50;Retour ontvangen",
            "3;Rita Getter;Damrak 3;1012 LG;Amsterdam;NL;Kaars;6;3,50;In behandeling",
        ),
        "name=Rita Getter|street=Damrak 3|zip=1012 LG|city=Amsterdam|item=Kaars|qty=6|price=3.50",
        ("", "confirm_cancelled", ""),
    ),
    SiblingFile(
        "cancel flag pl",
        "Zamówienie;Odbiorca;Ulica;Kod pocztowy;Miasto;Kraj;Towar;Ilość;Cena;Anulowane",
        (
            "1;Rita Getter;Długa 3;00-238;Warszawa;PL;Świeca;6;3,50;TAK",
            "2;Rita Getter;Długa 3;00-238;Warszawa;PL;Świeca;6;3,50;NIE",
        ),
        "name=Rita Getter|street=Długa 3|zip=00-238|city=Warszawa|item=Świeca|qty=6|price=3.50",
        ("confirm_cancelled", ""),
    ),
    SiblingFile(
        "sku listing",
        "Order;Name;Street;Zip;City;Country;Listing no;Own item no;Title;Qty;Price",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;335001;C-1;Candle;6;3.50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|sku=C-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "taxes",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Net unit price;Gross unit price;VAT %;Line net;Line gross",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;2.94;3.50;19;17.65;21.00",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "company as buyer",
        "Auftrag;Firma;Ansprechpartner;Straße;PLZ;Ort;Lieferfirma;Lieferansprechpartner;Lieferstraße;Lieferplz;Lieferort;Lieferland;Artikel;Menge;Preis",
        ("1;Payer AG;Kim Payer;Weg 1;53111;Bonn;Getter GmbH;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Kerze;6;3,50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|payer=Kim Payer|item=Kerze|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "third party",
        "Order;Sold-to;Ship-to;Ship-to street;Ship-to zip;Ship-to city;Ship-to country;Material;Short text;Order qty;Confirmed qty;Net price",
        ("1;100023;Rita Getter;Lieferweg 3;04109;Leipzig;DE;100-200;Candle;6;5;3,50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|sku=100-200|qty=6|price=3.50",
        ("confirm_items",),
    ),
    SiblingFile(
        "shipto code",
        "Order;Sold-to party;Ship-to party;Name ship-to;Street;Zip;City;Country;Material;Description;Qty;Price",
        ("1;100023;100024;Rita Getter;Lieferweg 3;04109;Leipzig;DE;100-200;Candle;6;3,50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|sku=100-200|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "dropship",
        "PO Number;Vendor;Ship From;Customer Name;Ship To Address;Ship To City;Ship To Zip;Ship To Country;Vendor SKU;Merchant SKU;Item;Qty;Cost;Retail",
        ("1;ACME;Berlin;Rita Getter;Lieferweg 3;Leipzig;04109;DE;V-1;C-1;Candle;6;3.50;7.00",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|sku=C-1|qty=6",
        ("",),
    ),
    SiblingFile(
        "b company name2",
        "Auftrag;Name 1;Name 2;Name 3;Straße;PLZ;Ort;Land;Artikel;Menge;Einzelpreis",
        ("1;Getter GmbH;z.Hd. Rita Getter;Abt. 3;Lieferweg 3;04109;Leipzig;DE;Kerze;6;3,50",),
        "name=Getter GmbH|street=Lieferweg 3|line 2=z.Hd. Rita Getter Abt. 3|zip=04109|city=Leipzig|item=Kerze|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "f qty dec",
        "Zamówienie;Odbiorca;Ulica;Kod pocztowy;Miasto;Kraj;Towar;Ilość;Cena brutto",
        (
            "1;Rita Getter;Długa 3;00-238;Warszawa;PL;Świeca;6,000;1.250,00 zł",
            "2;Otto;Długa 3;00-238;Warszawa;PL;Świeca;1,000;12,50 zł",
        ),
        "name=Rita Getter|street=Długa 3|zip=00-238|city=Warszawa|item=Świeca|qty=6|price=1250.00|currency=PLN",
        ("", ""),
    ),
    SiblingFile(
        "g qty amb",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6.000;350",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=350",
        ("confirm_items",),
    ),
    SiblingFile(
        "i ship line item",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price",
        (
            "1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50",
            "1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Shipping;1;4.90",
        ),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_items",),
    ),
    SiblingFile(
        "k type col",
        "Order;Line type;Name;Street;Zip;City;Country;Item;Qty;Unit price",
        (
            "1;product;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50",
            "1;shipping;Rita Getter;Lieferweg 3;04109;Leipzig;DE;DHL;1;4.90",
            "1;discount;Rita Getter;Lieferweg 3;04109;Leipzig;DE;SUMMER;1;-2.00",
        ),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_items",),
    ),
    SiblingFile(
        "n currency col",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;Curr.",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;PLN",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50|currency=PLN",
        ("",),
    ),
    SiblingFile(
        "q weight mixed",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;Weight;Weight UoM",
        (
            "1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;200;g",
            "2;Otto;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;0.2;kg",
        ),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_weight", "confirm_weight"),
    ),
    SiblingFile(
        "y antal levererat",
        "Ordernr;Namn;Adress;Postnr;Ort;Land;Artikel;Beställt antal;Levererat antal;Restantal;Pris",
        ("1;Rita Getter;Gatan 3;111 22;Stockholm;SE;Ljus;6;2;4;3,50",),
        "name=Rita Getter|street=Gatan 3|zip=111 22|city=Stockholm|item=Ljus|qty=6|price=3.50",
        ("confirm_items",),
    ),
    SiblingFile(
        "za service point",
        "Order;Name;Street;Zip;City;Country;Pickup point;Pickup address;Pickup zip;Pickup city;Item;Qty;Unit price",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Kiosk 4;Markt 1;04109;Leipzig;Candle;6;3.50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_address",),
    ),
    SiblingFile(
        "zk priority",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;Hold until",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;2027-01-01",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_cancelled",),
    ),
    SiblingFile(
        "zp cod",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;COD amount",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;21.00",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "zl on behalf",
        "Order;Ordered by;Ordered for;Street;Zip;City;Country;Item;Qty;Unit price",
        ("1;Kim Payer;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50",),
        "name=Kim Payer|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_address",),
    ),
    SiblingFile(
        "e house range",
        "Order;Name;Street;No;Zip;City;Country;Item;Qty;Unit price",
        ("1;Rita Getter;Lieferweg;3-5;04109;Leipzig;DE;Candle;6;3.50",),
        "name=Rita Getter|street=Lieferweg|number=3-5|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "v delivery country only",
        "Order;Name;Street;Zip;City;Delivery country;Item;Qty;Unit price",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "ship-to alone",
        "Order;Ship-to;Ship-to address;Ship-to ZIP;Ship-to city;Ship-to country;Bill-to;Item;Qty;Price per unit",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Kim Payer;Candle;6;3.50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "destinataire si different",
        "N° commande;Date;Client;Adresse;CP;Ville;Pays;Destinataire (si différent);Adresse dest.;CP dest.;Ville dest.;Article;Qté;PU TTC",
        (
            "1;2026-10-01;Kim Payer;Rue 1;69001;Lyon;FR;Rita Getter;Rue 3;75012;Paris;Bougie;6;3,50",
            "2;2026-10-01;Kim Payer;Rue 1;69001;Lyon;FR;;;;;Bougie;6;3,50",
        ),
        "name=Rita Getter|street=Rue 3|zip=75012|city=Paris|payer=Kim Payer|customer=Kim Payer|item=Bougie|qty=6|price=3.50",
        ("confirm_address", ""),
    ),
    SiblingFile(
        "abweichender empfanger",
        "Auftrag;Kunde;Strasse;PLZ;Ort;Land;Abweichender Empfänger;Abweichende Strasse;Abweichende PLZ;Abweichender Ort;Artikel;Menge;Stückpreis",
        (
            "1;Kim Payer;Weg 1;53111;Bonn;DE;Rita Getter;Lieferweg 3;04109;Leipzig;Kerze;6;3,50",
            "2;Kim Payer;Weg 1;53111;Bonn;DE;;;;;Kerze;6;3,50",
        ),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|payer=Kim Payer|customer=Kim Payer|item=Kerze|qty=6|price=3.50",
        ("confirm_address", ""),
    ),
    SiblingFile(
        "enviar a",
        "Pedido;Facturar a;Enviar a;Dirección;CP;Población;País;Artículo;Uds;PVP",
        ("1;Kim Payer;Rita Getter;Calle Mayor 3;28013;Madrid;ES;Vela;6;3,50",),
        "name=Rita Getter|street=Calle Mayor 3|zip=28013|city=Madrid|customer=Kim Payer|item=Vela|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "spedire a",
        "Ordine;Intestatario;Spedire a;Indirizzo;CAP;Località;Prov.;Nazione;Codice;Descrizione;Q.tà;Pr. unit.",
        ("1;Kim Payer;Rita Getter;Via Roma 3;00184;Roma;RM;IT;C-1;Candela;6;3,50",),
        "name=Rita Getter|street=Via Roma 3|zip=00184|city=Roma|customer=Kim Payer|item=Candela|sku=C-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "leverans",
        "Order nr;Beställare;Leverans namn;Leverans gata;Leverans postnr;Leverans ort;Land;Artikel nr;Artikel;Antal;Pris inkl moms",
        ("1;Kim Payer;Rita Getter;Gatan 3;111 22;Stockholm;SE;L-1;Ljus;6;3,50",),
        "name=Rita Getter|street=Gatan 3|zip=111 22|city=Stockholm|customer=Kim Payer|item=Ljus|sku=L-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "modtager",
        "Ordre;Køber;Modtager;Modtager adresse;Modtager postnr;Modtager by;Modtager land;Varenr;Vare;Stk.;Pris",
        ("1;Kim Payer;Rita Getter;Vej 3;8000;Aarhus;DK;L-1;Lys;6;3,50",),
        "name=Rita Getter|street=Vej 3|zip=8000|city=Aarhus|customer=Kim Payer|item=Lys|sku=L-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "entregar a",
        "Encomenda;Faturar a;Entregar a;Morada;Código Postal;Localidade;País;Ref.;Artigo;Qtd.;Preço unit.",
        ("1;Kim Payer;Rita Getter;Rua Augusta 3;1100-053;Lisboa;PT;V-1;Vela;6;3,50",),
        "name=Rita Getter|street=Rua Augusta 3|zip=1100-053|city=Lisboa|customer=Kim Payer|item=Vela|sku=V-1|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "addressee",
        "Order;Recipient;Addressee street;Addressee zip;Addressee town;Country;Product;Number of pieces;Price a piece",
        ("1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "northwind",
        "OrderID;Ship Via;Freight;ShipName;ShipAddress;ShipCity;ShipRegion;ShipPostalCode;ShipCountry;ProductName;UnitPrice;Quantity;Discount",
        ("1;3;32.38;Rita Getter;Lieferweg 3;Leipzig;;04109;Germany;Candle;3.50;6;0",),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "paid flag",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;Paid?",
        (
            "1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;no",
            "2;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;yes",
            "3;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;partly",
        ),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_cancelled", "", "confirm_cancelled"),
    ),
    SiblingFile(
        "finnish status",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;Order state",
        (
            "1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;Peruutettu",
            "2;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;Stornované",
        ),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_status", "confirm_cancelled"),
    ),
    SiblingFile(
        "notes",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;Remarks",
        (
            "1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;deliver to neighbour at Weg 9",
            "2;Rita;Lieferweg 3;04109;Leipzig;DE;Candle;6;3.50;ANNULLEREN",
        ),
        "name=Rita Getter|street=Lieferweg 3|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("", "confirm_cancelled"),
    ),
    SiblingFile(
        "destination country",
        "Order;Name;Street;Zip;City;Country;Item;Qty;Unit price;Destination country",
        ("1;Rita Getter;Lieferweg 3;1010;Wien;DE;Candle;6;3.50;AT",),
        "name=Rita Getter|street=Lieferweg 3|zip=1010|city=Wien|item=Candle|qty=6|price=3.50",
        ("confirm_address",),
    ),
    SiblingFile(
        "addition add",
        "Order;Name;Street;House;Add.;Zip;City;Country;Item;Qty;Unit price",
        ("1;Rita Getter;Damrak;3;A;1012 LG;Amsterdam;NL;Candle;6;3.50",),
        "name=Rita Getter|street=Damrak|number=3 A|zip=1012 LG|city=Amsterdam|item=Candle|qty=6|price=3.50",
        ("",),
    ),
    SiblingFile(
        "house number range",
        "Order;Name;Street;House no. from;House no. to;Zip;City;Country;Item;Qty;Unit price",
        ("1;Rita Getter;Lieferweg;3;5;04109;Leipzig;DE;Candle;6;3.50",),
        "name=Rita Getter|street=Lieferweg|zip=04109|city=Leipzig|item=Candle|qty=6|price=3.50",
        ("confirm_address",),
    ),
    SiblingFile(
        "entrance floor door",
        "Order;Name;Street;Entrance;Floor;Door;Zip;City;Country;Item;Qty;Unit price",
        ("1;Rita Getter;Gatan 3;B;2;tv;111 22;Stockholm;SE;Candle;6;3.50",),
        "name=Rita Getter|street=Gatan 3|line 2=B 2 tv|zip=111 22|city=Stockholm|item=Candle|qty=6|price=3.50",
        ("",),
    ),
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_file_is_right_or_held(file: SiblingFile) -> None:
    text = "\n".join((file.header, *file.rows))
    orders = read_source(text.encode(), "orders.csv", shop=7, now=NOW).orders
    wanted = dict(pair.split("=", 1) for pair in file.values.split("|"))
    assert {name: str(value(orders[0], POINTERS[name])) for name in wanted} == wanted
    assert [" ".join(sorted({code for code, _ in errors(order)})) for order in orders] == [*file.held]

"""Usual files without mistakes: no order of them is held, and nothing is warned about."""

import pytest
from order_files import NOW

from tui.work.file_import.reader import read_source

FILES = {
    "titles before names": (
        "Numéro de commande;Civilité livraison;Prénom livraison;Nom livraison;Adresse livraison;Code postal livraison;Ville livraison;Pays livraison;Civilité facturation;Nom facturation;Produit;Quantité;Prix unitaire TTC",
        "1;Mme;Rita;Getter;12 rue de Lyon;75012;Paris;FR;M.;Kim Payer;Bougie;2;3,50",
    ),
    "title of the customer": (
        "Numéro de commande;Client - Civilité;Client - Nom;Adresse;Code postal;Ville;Pays;Produit;Quantité;Prix unitaire TTC",
        "1;Mme;Rita Getter;12 rue de Lyon;75012;Paris;FR;Bougie;2;3,50",
    ),
    "via web": (
        "Order number;Name;Address;Postal code;City;Country;Item name;Quantity;Unit price;Via;Source;Channel",
        "1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;2;3.50;web;web;Online Store",
    ),
    "via as a street": (
        "Numero ordine;Nome;Via;CAP;Città;Provincia;Paese;Prodotto;Quantità;Prezzo unitario",
        "1;Rita Getter;Via Roma 3;20121;Milano;MI;IT;Candela;2;3,50",
    ),
    "code beside postcode": (
        "Numer zamówienia;Imię i nazwisko;Ulica;Kod pocztowy;Miasto;Kraj;Kod;Nazwa produktu;Ilość;Cena",
        "1;Rita Getter;Długa 3;00-238;Warszawa;PL;SW-1;Świeca;2;3,50",
    ),
    "code as postcode": (
        "Numer zamówienia;Imię i nazwisko;Ulica;Kod;Miasto;Kraj;Nazwa produktu;Ilość;Cena",
        "1;Rita Getter;Długa 3;00-238;Warszawa;PL;Świeca;2;3,50",
    ),
    "titles in German": (
        "Bestellnummer;Lieferadresse Anrede;Lieferadresse Titel;Lieferadresse Vorname;Lieferadresse Nachname;Lieferadresse Straße;Lieferadresse PLZ;Lieferadresse Ort;Lieferadresse Land;Artikel;Menge;Einzelpreis;MwSt-Satz;Zahlungsart;Versandart;Kundengruppe",
        "1;Frau;Dr.;Rita;Getter;Lieferweg 3;04109;Leipzig;DE;Kerze;2;3,50;19;PayPal;DHL Paket;Endkunde",
    ),
    "Dutch": (
        "Bestelnummer;Aanhef;Voornaam;Tussenvoegsel;Achternaam;Straat;Huisnummer;Toevoeging;Postcode;Plaats;Land;Artikel;Aantal;Prijs per stuk;Betaalmethode;Verzendmethode;Taal",
        "1;Mevr.;Rita;van der;Getter;Damrak;3;A;1012 LG;Amsterdam;NL;Kaars;2;3,50;iDEAL;PostNL;nl",
    ),
    "Spanish": (
        "Número de pedido;Tratamiento;Nombre;Apellidos;Dirección;Código postal;Población;Provincia;País;Artículo;Cantidad;Precio unitario;Forma de pago;Idioma;Grupo",
        "1;Sra.;Rita;Getter López;Calle Mayor 5;28013;Madrid;Madrid;ES;Vela;2;3,50;Tarjeta;es;Clientes",
    ),
    "Swedish": (
        "Ordernummer;Förnamn;Efternamn;Adress;Postnummer;Ort;Land;Artikel;Antal;Pris per st;Betalsätt;Fraktsätt;Språk",
        "1;Rita;Getter;Gatan 3;111 22;Stockholm;SE;Ljus;2;35,00;Klarna;PostNord;sv",
    ),
    "Danish": (
        "Ordrenummer;Fornavn;Efternavn;Adresse;Postnr.;By;Land;Vare;Antal;Stykpris;Betalingsmetode;Leveringsmetode;Kundegruppe",
        "1;Rita;Getter;Vej 3;8000;Aarhus;DK;Lys;2;35,00;MobilePay;GLS;Privat",
    ),
    "Portuguese": (
        "Número da encomenda;Nome;Morada;Código postal;Localidade;Distrito;País;Artigo;Quantidade;Preço unitário;NIF;Método de pagamento",
        "1;Rita Getter;Rua Augusta 3;1100-053;Lisboa;Lisboa;PT;Vela;2;3,50;123456789;MB Way",
    ),
    "Italian": (
        "Numero ordine;Data;Titolo;Nome;Cognome;Indirizzo;CAP;Città;Provincia;Paese;Telefono;Email;Prodotto;Quantità;Prezzo unitario;Codice fiscale;Metodo di pagamento;Corriere",
        "1;20/11/2026;Sig.ra;Rita;Getter;Via Roma 3;20121;Milano;MI;IT;021234567;r@e.org;Candela;2;3,50;RTAGTR80A41F205X;PayPal;BRT",
    ),
    "WooCommerce": (
        "Order Number,Order Status,Order Date,Customer Note,First Name (Shipping),Last Name (Shipping),Company (Shipping),Address 1&2 (Shipping),City (Shipping),State Code (Shipping),Postcode (Shipping),Country Code (Shipping),Payment Method Title,Item #,SKU,Item Name,Quantity,Item Cost,Coupon Code,Order Total Amount",
        "1001,Processing,2026-11-20 10:00,,Rita,Getter,,Lieferweg 3,Leipzig,SN,04109,DE,PayPal,1,C-1,Candle,2,3.50,,7.00",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_found_in_a_clean_file(name: str) -> None:
    header, row = FILES[name]
    (order,) = read_source(f"{header}\n{row}".encode(), "orders.csv", shop=7, now=NOW).orders
    assert [(problem.code, problem.detail) for problem in order.problems] == []

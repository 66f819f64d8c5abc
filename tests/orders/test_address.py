"""Addresses as people write them are read into the right fields, and no word of any text is lost."""

import re
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.orders.address import FIELDS, Reading, Sure, read_address
from tui.orders.blocks import clean

NAMES = {
    "n": "name",
    "co": "company_name",
    "s": "address_line_1",
    "h": "house_number",
    "s2": "address_line_2",
    "box": "po_box",
    "z": "postal_code",
    "c": "city",
    "cc": "country_code",
    "st": "state_province_code",
    "tel": "phone_number",
    "mail": "email",
}


def values(reading: Reading) -> dict[str, str]:
    short = {long: name for name, long in NAMES.items()}
    return {short[found.field]: found.value for found in reading.found}


def block(text: str) -> str:
    """A line break is written as ¶ here."""
    return re.sub(r" ?¶ ?", "\n", text)


JAN = {"n": "Jan Jansen", "s": "Kerkstraat 12", "z": "1012 AB", "c": "Amsterdam", "cc": "NL"}
MAX = {"n": "Max Mustermann", "s": "Musterstraße 5a", "z": "10115", "c": "Berlin", "cc": "DE"}
LUC = {"n": "Luc Martin", "s": "12 rue du Bac", "z": "75007", "c": "Paris", "cc": "FR"}
ANA = {"n": "Ana García", "s": "Calle Mayor 5", "z": "28013", "c": "Madrid", "cc": "ES"}
MARIO = {"n": "Mario Rossi", "s": "Via Roma 12", "z": "00184", "c": "Roma", "cc": "IT"}
JOHN = {"n": "John Smith", "s": "10 Downing Street", "z": "SW1A 2AA", "c": "London", "cc": "GB"}
JANE = {"n": "Jane Doe", "s": "742 Evergreen Terrace", "z": "62704", "c": "Springfield", "cc": "US", "st": "US-IL"}
EWA = {"n": "Ewa Nowak", "s": "ul. Długa 5", "z": "31-147", "c": "Kraków", "cc": "PL"}

DUTCH = [
    ("Jan Jansen ¶ Kerkstraat 12 ¶ 1012 AB Amsterdam", JAN),
    ("Jan Jansen ¶ Kerkstraat 12 ¶ 1012AB Amsterdam", JAN | {"z": "1012AB"}),
    ("Jan Jansen ¶ Kerkstraat 12 ¶ 1012 AB Amsterdam ¶ Nederland", JAN),
    ("Jan Jansen ¶ Kerkstraat 12 ¶ NL-1012 AB Amsterdam", JAN),
    ("Jan Jansen, Kerkstraat 12, 1012 AB Amsterdam", JAN),
    ("Jan Jansen Kerkstraat 12 1012 AB Amsterdam", JAN),
    ("Jan Jansen; Kerkstraat 12; 1012 AB; Amsterdam; Nederland", JAN),
    ("Jan Jansen ¶ Kerkstraat 12-2 ¶ 1012 AB Amsterdam", JAN | {"s": "Kerkstraat 12-2"}),
    ("Jan Jansen ¶ Kerkstraat 12 hs ¶ 1012 AB Amsterdam", JAN | {"s": "Kerkstraat 12 hs"}),
    ("Jan Jansen ¶ 1e Helmersstraat 12 B ¶ 1054 AB Amsterdam", JAN | {"s": "1e Helmersstraat 12 B", "z": "1054 AB"}),
    ("JAN JANSEN ¶ KERKSTRAAT 12 ¶ 1012 AB  AMSTERDAM", JAN | {"n": "JAN JANSEN", "s": "KERKSTRAAT 12", "c": "AMSTERDAM"}),
    ("Jan Jansen ¶ Damrak 1 ¶ 2595 BM Den Haag", JAN | {"s": "Damrak 1", "z": "2595 BM", "c": "Den Haag"}),
    ("Jan Jansen ¶ Postbus 123 ¶ 1000 AB Amsterdam", JAN | {"s": "Postbus 123", "box": "Postbus 123", "z": "1000 AB"}),
    ("Bakkerij Stoep B.V. ¶ t.a.v. Jan Jansen ¶ Kerkstraat 12 ¶ 1012 AB Amsterdam", JAN | {"co": "Bakkerij Stoep B.V."}),
    ("Jan Jansen ¶ Kerkstraat ¶ 12 ¶ 1012 AB ¶ Amsterdam", JAN | {"s": "Kerkstraat", "h": "12"}),
    ("Jan Jansen ¶ Kerkstraat 12 ¶ 3e verdieping ¶ 1012 AB Amsterdam", JAN | {"s2": "3e verdieping"}),
    ("Jan Jansen, Kerkstraat 12 ¶ 1012 AB Amsterdam ¶ 06-12345678", JAN | {"tel": "06-12345678"}),
]  # fmt: skip
GERMAN = [
    ("Max Mustermann ¶ Musterstraße 5a ¶ 10115 Berlin", MAX),
    ("Max Mustermann ¶ Musterstraße 5a ¶ D-10115 Berlin", MAX),
    ("Max Mustermann ¶ Musterstraße 5a ¶ D 10115 Berlin", MAX),
    ("Max Mustermann ¶ Musterstraße 5a ¶ 10115 Berlin ¶ Deutschland", MAX),
    ("Max Mustermann ¶ Musterstraße 5a ¶ 10115 Berlin, DE", MAX),
    ("Herrn ¶ Max Mustermann ¶ Musterstraße 5a ¶ 10115 Berlin", MAX),
    ("Max Mustermann ¶ Musterstr. 5a ¶ 01067 Dresden", MAX | {"s": "Musterstr. 5a", "z": "01067", "c": "Dresden"}),
    ("Max Mustermann ¶ Straße des 17. Juni 135 ¶ 10623 Berlin", MAX | {"s": "Straße des 17. Juni 135", "z": "10623"}),
    ("Max Mustermann ¶ Musterstraße 5a, 3. OG links ¶ 10115 Berlin", MAX | {"s2": "3. OG links"}),
    ("Max Mustermann ¶ c/o Meyer ¶ Musterstraße 5a ¶ 10115 Berlin", MAX | {"s2": "c/o Meyer"}),
    ("Muster GmbH & Co. KG ¶ z. Hd. Max Mustermann ¶ Musterstraße 5a ¶ 10115 Berlin", MAX | {"co": "Muster GmbH & Co. KG"}),
    ("Max Mustermann ¶ 12345678 ¶ Packstation 123 ¶ 53113 Bonn", MAX | {"box": "12345678", "s": "Packstation 123", "z": "53113", "c": "Bonn"}),
    ("Max Mustermann ¶ Postnummer 12345678 ¶ Packstation 123 ¶ 53113 Bonn", MAX | {"box": "12345678", "s": "Packstation 123", "z": "53113", "c": "Bonn"}),
    ("Max Mustermann ¶ Postfach 1234 ¶ 10115 Berlin ¶ Deutschland", MAX | {"s": "Postfach 1234", "box": "Postfach 1234"}),
    ("Max Mustermann, Musterstraße 5a, 10115 Berlin, Tel. 030 1234567", MAX | {"tel": "030 1234567"}),
    ("Max Mustermann ¶ Am Markt 7 ¶ 60311 Frankfurt am Main", MAX | {"s": "Am Markt 7", "z": "60311", "c": "Frankfurt am Main"}),
]  # fmt: skip
FRENCH = [
    ("Luc Martin ¶ 12 rue du Bac ¶ 75007 Paris", LUC),
    ("Luc Martin ¶ 12, rue du Bac ¶ 75007 Paris", LUC | {"s": "12, rue du Bac"}),
    ("Luc Martin ¶ 12 rue du Bac ¶ F-75007 Paris", LUC),
    ("Luc Martin ¶ 12 bis rue du Bac ¶ 75007 PARIS CEDEX 07 ¶ FRANCE", LUC | {"s": "12 bis rue du Bac", "c": "PARIS CEDEX 07"}),
    ("M. Luc Martin ¶ 12 rue du Bac ¶ 75007 Paris", LUC | {"n": "M. Luc Martin"}),
    ("Luc Martin, 12 rue du Bac, 75007 Paris, France", LUC),
    ("Luc Martin, 12, rue du Bac, 75007 Paris", LUC | {"s": "12, rue du Bac"}),
    ("Luc Martin ¶ Bât. A, esc. 2 ¶ 12 rue du Bac ¶ 75007 Paris", LUC | {"s2": "Bât. A, esc. 2"}),
    ("Luc Martin ¶ 12 rue du 8 mai 1945 ¶ 69003 Lyon", LUC | {"s": "12 rue du 8 mai 1945", "z": "69003", "c": "Lyon"}),
    ("Martin SARL ¶ Luc Martin ¶ 12 rue du Bac ¶ BP 12 ¶ 75007 Paris", LUC | {"co": "Martin SARL", "box": "BP 12"}),
    ("Luc Martin ¶ 8 bd de la Liberté ¶ 59000 Lille", LUC | {"s": "8 bd de la Liberté", "z": "59000", "c": "Lille"}),
    ("Luc Martin ¶ 3 av. Foch ¶ 94240 L'Haÿ-les-Roses", LUC | {"s": "3 av. Foch", "z": "94240", "c": "L'Haÿ-les-Roses"}),
    ("Luc Martin ¶ 12 rue du Bac ¶ 75007 Paris ¶ Tél : 06 12 34 56 78", LUC | {"tel": "06 12 34 56 78"}),
    ("Nom : Luc Martin ¶ Adresse : 12 rue du Bac ¶ CP : 75007 ¶ Ville : Paris ¶ Pays : France", LUC),
]  # fmt: skip
SPANISH = [
    ("Ana García ¶ Calle Mayor 5 ¶ 28013 Madrid", ANA),
    ("Ana García ¶ Calle Mayor, 5 ¶ 28013 Madrid", ANA | {"s": "Calle Mayor, 5"}),
    ("Ana García ¶ Calle Mayor 5, 3º B ¶ 28013 Madrid", ANA | {"s2": "3º B"}),
    ("Ana García ¶ C/ Mayor 5 ¶ 28013 Madrid", ANA | {"s": "C/ Mayor 5"}),
    ("Ana García ¶ Calle Mayor 5 ¶ 28013 Madrid ¶ España", ANA),
    ("Ana García ¶ Calle Mayor 5 ¶ 28921 Alcorcón (Madrid)", ANA | {"z": "28921", "c": "Alcorcón", "st": "ES-M"}),
    ("Ana García ¶ Calle Mayor 5 ¶ 28921 Alcorcón ¶ Madrid ¶ España", ANA | {"z": "28921", "c": "Alcorcón", "st": "ES-M"}),
    ("Ana García, Calle Mayor 5, 28013 Madrid, España", ANA),
    ("Ana García, Calle Mayor, 5, 28013 Madrid", ANA | {"s": "Calle Mayor, 5"}),
    ("Ana García ¶ Avda. de América 12 ¶ 35001 Las Palmas", ANA | {"s": "Avda. de América 12", "z": "35001", "c": "Las Palmas"}),
    ("Flores S.L. ¶ Ana García ¶ Calle Mayor 5 ¶ 28013 Madrid", ANA | {"co": "Flores S.L."}),
    ("Ana García ¶ Apartado de Correos 123 ¶ 28080 Madrid ¶ España", ANA | {"s": "Apartado de Correos 123", "box": "Apartado de Correos 123", "z": "28080"}),
    ("Nombre: Ana García ¶ Dirección: Calle Mayor 5 ¶ Código postal: 28013 ¶ Ciudad: Madrid ¶ Provincia: Madrid ¶ País: España", ANA | {"st": "ES-M"}),
    ("Ana García ¶ Calle Mayor 5 ¶ E-28013 Madrid ¶ +34 612 345 678", ANA | {"tel": "+34 612 345 678"}),
]  # fmt: skip
ITALIAN = [
    ("Mario Rossi ¶ Via Roma 12 ¶ 00184 Roma", MARIO),
    ("Mario Rossi ¶ Via Roma, 12 ¶ 00184 Roma RM", MARIO | {"s": "Via Roma, 12", "st": "IT-RM"}),
    ("Mario Rossi ¶ Via Roma 12 ¶ 00184 Roma (RM)", MARIO | {"st": "IT-RM"}),
    ("Mario Rossi ¶ Via Roma 12 ¶ 00184 ROMA RM ¶ ITALIA", MARIO | {"c": "ROMA", "st": "IT-RM"}),
    ("Mario Rossi, Via Roma 12, 00184 Roma (RM), Italia", MARIO | {"st": "IT-RM"}),
    ("Mario Rossi, Via Roma, 12, 00184 Roma, RM", MARIO | {"s": "Via Roma, 12", "st": "IT-RM"}),
    ("Mario Rossi ¶ Via Roma 12/A ¶ I-00184 Roma", MARIO | {"s": "Via Roma 12/A"}),
    ("Mario Rossi ¶ Corso Italia 3 ¶ 16145 Genova GE", MARIO | {"s": "Corso Italia 3", "z": "16145", "c": "Genova", "st": "IT-GE"}),
    ("Mario Rossi ¶ Via Roma 12, interno 4, scala B ¶ 00184 Roma", MARIO | {"s2": "interno 4, scala B"}),
    ("Rossi S.r.l. ¶ Mario Rossi ¶ Via Roma 12 ¶ 00184 Roma", MARIO | {"co": "Rossi S.r.l."}),
    ("Mario Rossi ¶ presso Bianchi ¶ Via Roma 12 ¶ 00184 Roma", MARIO | {"s2": "presso Bianchi"}),
    ("Mario Rossi ¶ Casella Postale 45 ¶ 00184 Roma ¶ Italia", MARIO | {"s": "Casella Postale 45", "box": "Casella Postale 45"}),
    ("Mario Rossi ¶ Via Roma 12 ¶ 00184 Roma ¶ cell. 333 1234567", MARIO | {"tel": "333 1234567"}),
    ("Nome: Mario ¶ Cognome: Rossi ¶ Via: Via Roma 12 ¶ CAP: 00184 ¶ Città: Roma ¶ Prov.: RM", MARIO | {"st": "IT-RM"}),
]  # fmt: skip
BRITISH = [
    ("John Smith ¶ 10 Downing Street ¶ London ¶ SW1A 2AA", JOHN),
    ("John Smith ¶ 10 Downing Street ¶ London SW1A 2AA", JOHN),
    ("John Smith ¶ 10 Downing Street ¶ London, SW1A 2AA ¶ United Kingdom", JOHN),
    ("John Smith ¶ 10 Downing Street, London ¶ SW1A 2AA ¶ UK", JOHN),
    ("John Smith, 10 Downing Street, London SW1A 2AA", JOHN),
    ("John Smith, 10 Downing Street, London, SW1A 2AA, England", JOHN),
    ("Mr John Smith ¶ 10 Downing Street ¶ LONDON ¶ SW1A2AA", JOHN | {"n": "Mr John Smith", "c": "LONDON", "z": "SW1A2AA"}),
    ("John Smith ¶ Flat 2 ¶ 10 Downing Street ¶ London ¶ SW1A 2AA", JOHN | {"s2": "Flat 2"}),
    ("John Smith ¶ Flat 2, 10 Downing Street ¶ London ¶ SW1A 2AA", JOHN | {"s2": "Flat 2"}),
    ("John Smith ¶ 10 Downing Street ¶ Westminster ¶ London ¶ SW1A 2AA", JOHN | {"s2": "Westminster"}),
    ("Smith & Sons Ltd ¶ FAO John Smith ¶ 10 Downing Street ¶ London ¶ SW1A 2AA", JOHN | {"co": "Smith & Sons Ltd"}),
    ("John Smith ¶ 221B Baker Street ¶ London NW1 6XE", JOHN | {"s": "221B Baker Street", "z": "NW1 6XE"}),
    ("John Smith ¶ P.O. Box 12 ¶ Oxford ¶ OX1 4AA", JOHN | {"s": "P.O. Box 12", "box": "P.O. Box 12", "c": "Oxford", "z": "OX1 4AA"}),
    ("John Smith ¶ 3 High St ¶ Stoke-on-Trent ¶ ST1 1AA ¶ +44 20 7946 0958", JOHN | {"s": "3 High St", "c": "Stoke-on-Trent", "z": "ST1 1AA", "tel": "+44 20 7946 0958"}),
]  # fmt: skip
AMERICAN = [
    ("Jane Doe ¶ 742 Evergreen Terrace ¶ Springfield, IL 62704", JANE),
    ("Jane Doe ¶ 742 Evergreen Terrace ¶ Springfield, IL 62704-1234 ¶ USA", JANE | {"z": "62704-1234"}),
    ("Jane Doe ¶ 742 Evergreen Terrace ¶ Springfield IL 62704", JANE),
    ("Jane Doe ¶ 742 Evergreen Terrace ¶ Springfield, Illinois 62704", JANE),
    ("Jane Doe, 742 Evergreen Terrace, Springfield, IL 62704, United States", JANE),
    ("Jane Doe ¶ 742 Evergreen Terrace, Apt 4 ¶ Springfield, IL 62704", JANE | {"s2": "Apt 4"}),
    ("Jane Doe ¶ 742 Evergreen Terrace ¶ Suite 300 ¶ Springfield, IL 62704", JANE | {"s2": "Suite 300"}),
    ("Jane Doe ¶ 350 5th Avenue ¶ New York, NY 10118", JANE | {"s": "350 5th Avenue", "c": "New York", "z": "10118", "st": "US-NY"}),
    ("Jane Doe ¶ 1600 Pennsylvania Ave NW ¶ Washington, DC 20500", JANE | {"s": "1600 Pennsylvania Ave NW", "c": "Washington", "z": "20500", "st": "US-DC"}),
    ("Acme Inc. ¶ Attn: Jane Doe ¶ 742 Evergreen Terrace ¶ Springfield, IL 62704", JANE | {"co": "Acme Inc."}),
    ("Jane Doe ¶ PO Box 123 ¶ Springfield, IL 62704", JANE | {"s": "PO Box 123", "box": "PO Box 123"}),
    ("Jane Doe ¶ 742 Evergreen Terrace ¶ Springfield ¶ IL 62704 ¶ (217) 555-0123", JANE | {"tel": "(217) 555-0123"}),
    ("Jane Doe ¶ 12 Main St ¶ Salt Lake City, UT 84101", JANE | {"s": "12 Main St", "c": "Salt Lake City", "z": "84101", "st": "US-UT"}),
]  # fmt: skip
POLISH = [
    ("Ewa Nowak ¶ ul. Długa 5 ¶ 31-147 Kraków", EWA),
    ("Ewa Nowak ¶ ul. Długa 5 ¶ 31-147 Kraków ¶ Polska", EWA),
    ("Ewa Nowak ¶ ul. Marszałkowska 12/34 ¶ 00-950 Warszawa", EWA | {"s": "ul. Marszałkowska 12/34", "z": "00-950", "c": "Warszawa"}),
    ("Ewa Nowak ¶ ul. Długa 5 m. 7 ¶ 31-147 Kraków", EWA | {"s": "ul. Długa 5 m. 7"}),
    ("Ewa Nowak ¶ ul. Długa 5 lok. 7 ¶ 31-147 Kraków", EWA | {"s": "ul. Długa 5 lok. 7"}),
    ("Ewa Nowak ¶ ul. Długa 5, m. 7 ¶ 31-147 Kraków", EWA | {"s2": "m. 7"}),
    ("Ewa Nowak, ul. Długa 5, 31-147 Kraków", EWA),
    ("Ewa Nowak ¶ Długa 5 ¶ PL-31-147 Kraków", EWA | {"s": "Długa 5"}),
    ("Ewa Nowak ¶ os. Słoneczne 4/12 ¶ 31-958 Kraków", EWA | {"s": "os. Słoneczne 4/12", "z": "31-958"}),
    ("Ewa Nowak ¶ al. Jana Pawła II 12 ¶ 00-124 Warszawa", EWA | {"s": "al. Jana Pawła II 12", "z": "00-124", "c": "Warszawa"}),
    ("Kwiaty Sp. z o.o. ¶ Ewa Nowak ¶ ul. Długa 5 ¶ 31-147 Kraków", EWA | {"co": "Kwiaty Sp. z o.o."}),
    ("Ewa Nowak ¶ skr. poczt. 12 ¶ 31-147 Kraków", EWA | {"s": "skr. poczt. 12", "box": "skr. poczt. 12"}),
    ("Imię i nazwisko: Ewa Nowak ¶ Ulica: ul. Długa 5 ¶ Kod pocztowy: 31-147 ¶ Miasto: Kraków ¶ Telefon: 601 234 567", EWA | {"tel": "601 234 567"}),
]  # fmt: skip
OTHERS = [
    ("Els Peeters ¶ Kerkstraat 12 bus 3 ¶ 9000 Gent ¶ België", {"n": "Els Peeters", "s": "Kerkstraat 12 bus 3", "z": "9000", "c": "Gent", "cc": "BE"}),
    ("Eva Huber ¶ Hauptgasse 4/2/11 ¶ A-1010 Wien", {"n": "Eva Huber", "s": "Hauptgasse 4/2/11", "z": "1010", "c": "Wien", "cc": "AT"}),
    ("Urs Keller ¶ Bahnhofstrasse 1 ¶ CH-8001 Zürich", {"n": "Urs Keller", "s": "Bahnhofstrasse 1", "z": "8001", "c": "Zürich", "cc": "CH"}),
    ("Lars Berg ¶ Storgatan 5 ¶ 111 22 Stockholm ¶ Sverige", {"n": "Lars Berg", "s": "Storgatan 5", "z": "111 22", "c": "Stockholm", "cc": "SE"}),
    ("Ann Roy ¶ 12 Main Street ¶ Toronto, ON M5V 2T6 ¶ Canada", {"n": "Ann Roy", "s": "12 Main Street", "z": "M5V 2T6", "c": "Toronto", "cc": "CA", "st": "CA-ON"}),
    ("Sean Byrne ¶ 12 Main Street ¶ Dublin ¶ D02 X285 ¶ Ireland", {"n": "Sean Byrne", "s": "12 Main Street", "z": "D02 X285", "c": "Dublin", "cc": "IE"}),
    ("Rui Dias ¶ Rua Augusta 12 ¶ 1100-053 Lisboa ¶ Portugal", {"n": "Rui Dias", "s": "Rua Augusta 12", "z": "1100-053", "c": "Lisboa", "cc": "PT"}),
    ("Sean Byrne ¶ 12 Main Street ¶ Dublin 4 ¶ Ireland", {"n": "Sean Byrne", "s": "12 Main Street", "c": "Dublin 4", "cc": "IE"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [*DUTCH, *GERMAN, *FRENCH, *SPANISH, *ITALIAN, *BRITISH, *AMERICAN, *POLISH, *OTHERS],
)
def test_an_address_is_read(text: str, wanted: dict[str, str]) -> None:
    reading = read_address(block(text))
    assert values(reading) == wanted
    assert reading.unplaced == ()
    assert reading.others == 0


def test_there_are_a_dozen_of_each() -> None:
    for country in (DUTCH, GERMAN, FRENCH, SPANISH, ITALIAN, BRITISH, AMERICAN, POLISH):
        assert len(country) >= 12

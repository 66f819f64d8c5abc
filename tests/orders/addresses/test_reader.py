"""Tests for parsing addresses: the right fields, and no word of any text is lost."""

import re
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.orders.addresses.reader import read_address
from tui.orders.addresses.result import FIELDS, Confidence, ParsedAddress
from tui.orders.addresses.sections import clean

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


def values(parsed: ParsedAddress) -> dict[str, str]:
    short = {long: name for name, long in NAMES.items()}
    return {short[found.field]: found.value for found in parsed.found}


def block(text: str) -> str:
    """Replace ¶ by line breaks."""
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
    ("Mario Rossi - Via Roma 12/B int. 3 - 00184 Roma (RM) - Italy - 3331234567", MARIO | {"s": "Via Roma 12/B int. 3", "st": "IT-RM", "tel": "3331234567"}),
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
    ("John Smith ¶ The Old Rectory ¶ Church Lane ¶ Little Snoring ¶ Norfolk ¶ NR21 0HY", JOHN | {"s2": "The Old Rectory", "s": "Church Lane", "c": "Little Snoring", "z": "NR21 0HY", "st": "GB-NFK"}),
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
    ("Jane Doe ¶ Acme Inc., 5th floor ¶ 742 Evergreen Terrace ¶ Springfield, IL 62704", JANE | {"co": "Acme Inc.", "s2": "5th floor"}),
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
    ("Nazwisko: Nowak ¶ Imię: Ewa ¶ Ulica i nr: ul. Długa 5 ¶ Kod pocztowy i miasto: 31-147 Kraków", EWA),
    ("Imię i nazwisko: Ewa Nowak ¶ Ulica: ul. Długa 5 ¶ Kod pocztowy: 31-147 ¶ Miasto: Kraków ¶ Telefon: 601 234 567", EWA | {"tel": "601 234 567"}),
]  # fmt: skip
OTHERS = [
    ("Els Peeters ¶ Kerkstraat 12 bus 3 ¶ 9000 Gent ¶ België", {"n": "Els Peeters", "s": "Kerkstraat 12 bus 3", "z": "9000", "c": "Gent", "cc": "BE"}),
    ("Eva Huber ¶ Hauptgasse 4/2/11 ¶ A-1010 Wien", {"n": "Eva Huber", "s": "Hauptgasse 4/2/11", "z": "1010", "c": "Wien", "cc": "AT"}),
    ("Urs Keller ¶ Bahnhofstrasse 1 ¶ CH-8001 Zürich", {"n": "Urs Keller", "s": "Bahnhofstrasse 1", "z": "8001", "c": "Zürich", "cc": "CH"}),
    ("Lars Berg ¶ Storgatan 5 ¶ 111 22 Stockholm ¶ Sverige", {"n": "Lars Berg", "s": "Storgatan 5", "z": "111 22", "c": "Stockholm", "cc": "SE"}),
    ("Ann Roy ¶ 12 Main Street ¶ Toronto, ON M5V 2T6 ¶ Canada", {"n": "Ann Roy", "s": "12 Main Street", "z": "M5V 2T6", "c": "Toronto", "cc": "CA", "st": "CA-ON"}),
    ("Sean Byrne ¶ 12 Main Street ¶ Dublin ¶ D02 X285 ¶ Ireland", {"n": "Sean Byrne", "s": "12 Main Street", "z": "D02 X285", "c": "Dublin", "cc": "IE"}),
    ("Luc Weber ¶ 12, rue du Fossé ¶ L-1536 Luxembourg", {"n": "Luc Weber", "s": "12, rue du Fossé", "z": "1536", "c": "Luxembourg", "cc": "LU"}),
    ("Rui Dias ¶ Rua Augusta 12 ¶ 1100-053 Lisboa ¶ Portugal", {"n": "Rui Dias", "s": "Rua Augusta 12", "z": "1100-053", "c": "Lisboa", "cc": "PT"}),
    ("Sean Byrne ¶ 12 Main Street ¶ Dublin 4 ¶ Ireland", {"n": "Sean Byrne", "s": "12 Main Street", "c": "Dublin 4", "cc": "IE"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [*DUTCH, *GERMAN, *FRENCH, *SPANISH, *ITALIAN, *BRITISH, *AMERICAN, *POLISH, *OTHERS],
)
def test_address_is_parsed(text: str, expected: dict[str, str]) -> None:
    parsed = read_address(block(text))
    assert values(parsed) == expected
    assert parsed.unplaced == ()
    assert parsed.other_addresses == 0


def test_there_are_enough_addresses_of_each_country() -> None:
    for country in (DUTCH, GERMAN, FRENCH, SPANISH, ITALIAN, BRITISH, AMERICAN, POLISH):
        assert len(country) >= 12


MESSY: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
    (
        "Hallo,\r\n\r\nMijn nieuwe adres is:\r\n\r\nJan Jansen\r\nKerkstraat 12\r\n1012 AB Amsterdam\r\n\r\nGroetjes,\r\nJan",
        JAN,
        (),
    ),
    (
        "> Beste Sanne,\n> Graag naar het nieuwe adres sturen:\n>\n> Jan Jansen\n> Kerkstraat 12\n> 1012 AB Amsterdam\n>\n> Bedankt!",
        JAN,
        (),
    ),
    (
        "Jan Jansen,\nKerkstraat 12,\n1012 AB Amsterdam,\nNederland.\n\n-- \nJan Jansen | Directeur\nT: 020 123 45 67\nE: jan@example.nl",
        JAN | {"tel": "020 123 45 67", "mail": "jan@example.nl"},
        ("Jan Jansen | Directeur",),
    ),
    ("Jan Jansen\n\n\nKerkstraat 12\n\n\n1012 AB Amsterdam\n\n\nNederland", JAN, ()),
    ("\tJan\u00a0Jansen\n\u00a0\u00a0Kerkstraat\u00a012\n1012\u00a0AB\u2003Amsterdam", JAN, ()),
    ("Jan Jansen ⏎ Kerkstraat 12 ⏎ 1012 AB Amsterdam", JAN, ()),
    (
        "Oud adres:\nJan Jansen\nDamrak 1\n1012 LG Amsterdam\n\nNieuw adres:\nJan Jansen\nKerkstraat 12\n1012 AB Amsterdam",
        JAN,
        ("Jan Jansen", "Damrak 1", "1012 LG Amsterdam"),
    ),
    (
        "Factuuradres:\nAcme B.V.\nDamrak 1\n1012 LG Amsterdam\n\nAfleveradres:\nJan Jansen\nKerkstraat 12\n1012 AB Amsterdam",
        JAN,
        ("Acme B.V.", "Damrak 1", "1012 LG Amsterdam"),
    ),
    (
        "Naam\tJan Jansen\nStraat\tKerkstraat 12\nPostcode\t1012 AB\nWoonplaats\tAmsterdam\nLand\tNederland",
        JAN,
        (),
    ),
    ("Voornaam\nJan\nAchternaam\nJansen\nStraat\nKerkstraat\nHuisnummer\n12\nPostcode\n1012 AB\nPlaats\nAmsterdam",
     JAN | {"s": "Kerkstraat", "h": "12"}, ()),
    (
        "> Van: jan@klant.nl\n> Onderwerp: adres\n>\n> het moet zijn: Jan Jansen, p/a Bakkerij Bol, Kerkstraat 12, 1012 AB Amsterdam\n"
        "> en mijn telefoonnummer is 06 12 34 56 78",
        JAN | {"s2": "p/a Bakkerij Bol", "tel": "06 12 34 56 78"},
        ("Van: jan@klant.nl", "Onderwerp: adres", "het moet zijn:", "en mijn telefoonnummer is"),
    ),
    ("Jan Jansen\tKerkstraat 12\t1012 AB\tAmsterdam\tNL", JAN, ()),
    (
        "Hello team\nPlease use the following address from now on. 12 Orchard Close, Bexhill-on-Sea, East Sussex TN39 4AB. Thanks, Margaret Hale",
        {"n": "Margaret Hale", "s": "12 Orchard Close", "c": "Bexhill-on-Sea", "st": "GB-ESX", "z": "TN39 4AB", "cc": "GB"},
        ("Please use the following address from now on.",),
    ),
    ("Naam: Jan Jansen, Adres: Kerkstraat 12, Postcode: 1012 AB, Plaats: Amsterdam", JAN, ()),
    (
        "Sehr geehrte Damen und Herren,\n\nbitte ändern Sie meine Adresse auf:\nMax Mustermann\nMusterstraße 5a\n10115 Berlin\n\n"
        "Mit freundlichen Grüßen\nMax Mustermann",
        MAX,
        (),
    ),
    ("Dear team, please send it to Jan Jansen, Kerkstraat 12, 1012 AB Amsterdam. Thanks!", JAN, ("please send it to",)),
    (
        "Bonjour,\nVoici ma nouvelle adresse :\nLuc Martin\n12 rue du Bac\n75007 Paris\nDigicode 1234A\nMerci d'avance",
        LUC,
        ("Digicode 1234A",),
    ),
    ("Bestelnummer: 48213\nJan Jansen\nKerkstraat 12\n1012 AB Amsterdam\nOpmerking: bij de buren", JAN,
     ("Bestelnummer: 48213", "Opmerking: bij de buren")),
    ("\x1b[31mJan Jansen\x1b[0m\nKerk\u200bstraat 12\x07\n\u202e1012 AB Amsterdam", JAN, ()),
    ("<jan@example.nl> Jan Jansen\nKerkstraat 12\n1012 AB Amsterdam\n+31 6 12345678", JAN | {"mail": "jan@example.nl", "tel": "+31 6 12345678"}, ()),
    ("Kerkstraat 12\n1012 AB Amsterdam\n\nGroet,\nJan Jansen", JAN, ()),
    ("tel 06-12345678", {"tel": "06-12345678"}, ()),
    ("Wanneer komt mijn pakket?", {}, ("Wanneer komt mijn pakket?",)),
    ("", {}, ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "leftover"), MESSY)
def test_mail_is_parsed_and_other_words_are_reported(
    text: str, expected: dict[str, str], leftover: tuple[str, ...]
) -> None:
    parsed = read_address(text)
    assert values(parsed) == expected
    assert parsed.unplaced == leftover


@pytest.mark.parametrize(
    ("current", "country", "candidates"),
    [("", "", ("DE", "FR", "ES", "IT")), ("DE", "DE", ()), ("es", "ES", ()), ("Frankrijk", "FR", ())],
)
def test_order_country_decides_what_the_text_leaves_open(
    current: str, country: str, candidates: tuple[str, ...]
) -> None:
    parsed = read_address("Kim Novak\nLindenhof 3\n12345 Neustadt", {"country_code": current})
    assert parsed.value("country_code") == country
    assert parsed.possible_countries[:4] == candidates


@pytest.mark.parametrize(
    ("text", "country", "confidence"),
    [
        ("Via Roma 12\n00184 Roma", "IT", Confidence.LIKELY),
        ("Kim Novak\nLindenhof 3\n12345 Neustadt\n+49 30 1234567", "DE", Confidence.LIKELY),
        ("Kim Novak\nLindenhof 3\n12345 Neustadt\nDeutschland", "DE", Confidence.SURE),
        ("Kim Novak\nLindenhof 3\n1234 AB Neustadt\nDeutschland", "DE", Confidence.SURE),
    ],
)
def test_evidence_in_the_text_outweighs_the_order_country(text: str, country: str, confidence: Confidence) -> None:
    found = read_address(text, {"country_code": "ES"}).get("country_code")
    assert found is not None
    assert (found.value, found.confidence) == (country, confidence)


@pytest.mark.parametrize(
    ("street", "split"),
    [
        ("Kerkstraat 12B", ("Kerkstraat", "12B")),
        ("ul. Długa 5 m. 7", ("ul. Długa", "5 m. 7")),
        ("12 bis rue du Bac", ("rue du Bac", "12 bis")),
        ("12 rue du 8 mai 1945", ("rue du 8 mai 1945", "12")),
        ("350 5th Avenue", ("5th Avenue", "350")),
        ("Via Roma, 12/A", ("Via Roma", "12/A")),
        ("Calle Mayor nº 5", ("Calle Mayor", "5")),
        ("1e Helmersstraat 12-2", ("1e Helmersstraat", "12-2")),
        ("Plein 1944 12", ("Plein 1944", "12")),
        ("Via Garibaldi 4/B int. 3", ("Via Garibaldi", "4/B int. 3")),
        ("12 High Street Flat 5", ("High Street Flat 5", "12")),
        ("Kerkstraat", None),
    ],
)
def test_split_is_proposed_and_the_street_is_unchanged(street: str, split: tuple[str, str] | None) -> None:
    parsed = read_address(f"Name: Jo\nStreet: {street}\nCity: Somewhere")
    assert parsed.value("address_line_1") == street
    assert parsed.split == split


def test_choice_selects_one_of_several_addresses() -> None:
    text = block("Jan Jansen ¶ Kerkstraat 12 ¶ 1012 AB Amsterdam ¶ ¶ Max Mustermann ¶ Musterstraße 5a ¶ 10115 Berlin")
    first, second, third = (read_address(text, choice=choice) for choice in range(3))
    assert (first.other_addresses, first.value("city"), second.value("city"), third.value("city")) == (1, "Amsterdam", "Berlin", "Amsterdam")  # fmt: skip
    assert "Musterstraße 5a" in first.unplaced
    assert "Kerkstraat 12" in second.unplaced


def test_heading_decides_which_address_is_used() -> None:
    text = block(
        "Rechnungsadresse: ¶ Max Mustermann ¶ Musterstraße 5a ¶ 10115 Berlin ¶ ¶ Lieferadresse: ¶ Eva ¶ Weg 1 ¶ 01067 Dresden"
    )
    assert read_address(text).value("city") == "Dresden"
    assert read_address(text, billing=True).value("city") == "Berlin"


def test_values_have_their_source_text() -> None:
    parsed = read_address(block("Naam: Jan Jansen ¶ Kerkstraat 12 ¶ 00184 Roma (RM) ¶ Italia"))
    assert {found.field: (found.value, found.source) for found in parsed.found} == {
        "name": ("Jan Jansen", "Naam Jan Jansen"),
        "address_line_1": ("Kerkstraat 12", "Kerkstraat 12"),
        "postal_code": ("00184", "00184"),
        "city": ("Roma", "Roma"),
        "state_province_code": ("IT-RM", "RM"),
        "country_code": ("IT", "Italia"),
    }


WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        "Jan Jansen Kerkstraat 12 12B 1012 AB 10115 75007 Berlin Paris Roma (RM) SW1A 2AA London IL 62704 "
        "00-950 ul. rue 12/34 GmbH B.V. c/o t.a.v. Tel.: Naam: E-Mail: Straße: Adres: Deutschland NL "
        "Nederland Postbus Packstation Hallo, Groeten bis jan@example.nl +31 06-12345678 > -- , ; : | = 3. OG "
        "Flat Factuuradres: Oud adres: mijn nieuwe adres is please send to ⏎",
    )
)
GAPS = st.sampled_from([" ", "\n", ", ", "\n\n", "\r\n", "\t", "   ", " - ", ". "])
BLOCKS = st.lists(st.tuples(WORDS, GAPS), max_size=30).map(lambda parts: "".join(word + gap for word, gap in parts))


def word_counts(parsed: ParsedAddress) -> Counter[str]:
    """Count all words of a parsed address."""
    shown = [found.source for found in parsed.found] + [*parsed.unplaced, *parsed.ignored]
    return Counter(word for text in shown for word in re.findall(r"\w+", text))


@given(st.one_of(st.text(max_size=400), BLOCKS))
@settings(max_examples=300, deadline=None)
def test_any_text_is_parsed_without_losing_a_word(text: str) -> None:
    parsed = read_address(text, {"country_code": "NL"})
    expected = Counter(re.findall(r"\w+", clean(text)))
    assert not expected - word_counts(parsed)
    assert all(found.field in FIELDS and found.value.strip() for found in parsed.found)
    assert len({found.field for found in parsed.found}) == len(parsed.found)


@given(BLOCKS)
@settings(max_examples=100, deadline=None)
def test_values_have_only_words_of_the_text(text: str) -> None:
    cleaned = set(re.findall(r"\w+", clean(text)))
    for found in read_address(text).found:
        if found.field not in ("country_code", "state_province_code"):
            assert set(re.findall(r"\w+", found.value)) <= cleaned, found


@pytest.mark.parametrize(
    "text",
    [
        "Jan Jansen\n" * 6000,
        "1012 AB Amsterdam\n" * 3800,
        "Kerkstraat 12, " * 4300,
        "1 " * 32000,
        "a" * 65536,
        "1" * 65536,
        "naam: " * 10900,
        ":" * 65536,
        "a@" * 32000,
        "+31 " * 16000,
        "((((" * 16000,
        "12 bis " * 9300,
        " \n" * 32000,
        "\t" * 65536,
        "12345 " + "A" * 200 + "\n",
        ("x " * 100 + "\n") * 320,
        ("1012 AB " * 20 + "\n") * 400,
        ("Straße " * 20 + "12345 Neustadt, Deutschland\n") * 300,
    ],
    ids=range(18),
)
def test_large_or_hostile_text_takes_bounded_time(text: str) -> None:
    read_address("Jan\nKerkstraat 12\n1012 AB Amsterdam")  # do not measure what is loaded once
    started = time.process_time()
    read_address(text[:65536])
    assert time.process_time() - started < 1.5

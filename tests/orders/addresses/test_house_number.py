"""Tests for splitting street lines: what is proposed, and what must not be split."""

import pytest

from tui.orders.addresses.house_number import split_street
from tui.orders.addresses.months import MONTHS, WEEKDAYS
from tui.orders.checks.fixes import fix_for
from tui.orders.checks.registry import find_problems
from tui.orders.paths import SHIP_TO


@pytest.mark.parametrize(
    ("street", "split"),
    [
        ("Birkenried 1 1/3", ("Birkenried", "1 1/3")),
        ("Lindenallee 7 1/2 a", ("Lindenallee", "7 1/2 a")),
        ("Lindenstr. 12½", ("Lindenstr.", "12½")),
        ("1234 SR 99", ("SR 99", "1234")),
        ("12 Highway 99", ("Highway 99", "12")),
        ("10 Downing Street Flat 3", ("Downing Street Flat 3", "10")),
        ("123 Main St Apt 4B", ("Main St Apt 4B", "123")),
        ("123 Main St # 4", ("Main St # 4", "123")),
        ("Calle Mayor 5, 3º B", ("Calle Mayor", "5, 3º B")),
        ("Rua Augusta 12, 3º Esq", ("Rua Augusta", "12, 3º Esq")),
        ("Via Roma 12 int. 3", ("Via Roma", "12 int. 3")),
        ("ul. Długa 5/7 m. 3", ("ul. Długa", "5/7 m. 3")),
        ("Nørregade 12, 3. tv", ("Nørregade", "12, 3. tv")),
        ("Storgatan 5 lgh 1102", ("Storgatan", "5 lgh 1102")),
        ("Hauptstr. 5 Haus 2", ("Hauptstr.", "5 Haus 2")),
        ("Wiener Str. 12 Stiege 2 Tür 5", ("Wiener Str.", "12 Stiege 2 Tür 5")),
        ("Str. 17. Juni 135", ("Str. 17. Juni", "135")),
        ("Straße des 17. Juni 135", ("Straße des 17. Juni", "135")),
        ("Via XX Settembre 12", ("Via XX Settembre", "12")),
        ("Plaza 2 de Mayo 3", ("Plaza 2 de Mayo", "3")),
        ("ul. 11 Listopada 5", ("ul. 11 Listopada", "5")),
        ("Rue du 8 Mai 1945 12", ("Rue du 8 Mai 1945", "12")),
        ("12 rue du 8 mai 1945", ("rue du 8 mai 1945", "12")),
        ("12 May Street", ("May Street", "12")),
        ("5th Avenue 10", ("5th Avenue", "10")),
        ("10 5th Avenue", ("5th Avenue", "10")),
        ("10, Rue X", ("Rue X", "10")),
        ("12 bis rue du Bac", ("rue du Bac", "12 bis")),
        ("Mannheim C 4, 12", ("Mannheim C 4", "12")),
        ("Kerkstraat 12 bis A", ("Kerkstraat", "12 bis A")),
        ("Kerkstraat 12 hs", ("Kerkstraat", "12 hs")),
        ("Kerkstraat 12-14 a", ("Kerkstraat", "12-14 a")),
        ("Plein 1944 12", ("Plein 1944", "12")),
        ("Postbusstraat 5", ("Postbusstraat", "5")),
        ("Station Road 12", ("Station Road", "12")),
        ("Mannerheimintie 5 B as 5", ("Mannerheimintie", "5 B as 5")),
    ],
)
def test_number_is_split_from_its_street(street: str, split: tuple[str, str]) -> None:
    assert split_street(street) == split


@pytest.mark.parametrize(
    "street",
    [
        *("Postfach 12 34", "PO Box 12", "P.O. Box 7", "Postbus 123", "Packstation 104", "DHL Packstation 104"),
        *("BP 12", "CS 12345", "skr. poczt. 12", "Skrytka pocztowa 5", "Apartado 12", "Casella Postale 12", "Box 123"),
        *("12 rue du Bac, BP 40", "Hauptstr. 5 Postfach 12"),
        *("Rue du 8 Mai 1945", "Rue du 8 Mai", "Avenue du 14 Juillet", "Straße des 17. Juni", "Plac 3 Maja"),
        *("Plaza 2 de Mayo", "2 de Mayo", "4 Septembre", "Plein 1944", "Rue de la Révolution de 1848"),
        *("Highway 12", "County Road 12", "Carretera N-340 km 12", "Strada Statale 12", "Route 66"),
        *("PSC 3 Box 1234", "CMR 450 Box 12", "BFPO 57", "RR 2", "HC 1 Box 20", "č.p. 45", "Váci út 22. II. em. 5."),
        *("5th Avenue", "East 5th", "Haus 5 am See", "Flat 3", "Unit 5", "Wohnung 3"),
    ],
)
def test_nothing_is_split_from_boxes_days_and_numbered_roads(street: str) -> None:
    assert split_street(street) is None


@pytest.mark.parametrize(("country", "number"), [("US", "12"), ("GB", "12"), ("FR", "12"), ("DE", "4"), ("", "4")])
def test_country_decides_between_two_numbers(country: str, number: str) -> None:
    found = split_street("12 High Street 4", country)
    assert found is not None
    assert found[1] == number


@pytest.mark.parametrize("street", ["Postfach 12 34", "Rue du 8 Mai 1945", "BP 12"])
def test_no_fix_is_proposed_where_nothing_is_split(street: str) -> None:
    order = SHIP_TO.put({}, {"address_line_1": street, "country_code": "FR"})
    assert not any(fix_for(order, problem) for problem in find_problems(order))  # type: ignore[arg-type]
    assert "street_number" not in {problem.code for problem in find_problems(order)}  # type: ignore[arg-type]


def test_names_of_months_are_complete() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert (MONTHS["aout"], MONTHS["marz"], MONTHS["pazdziernika"], MONTHS["maj"], MONTHS["set"]) == (8, 3, 10, 5, 9)
    assert {"so", "dimanche", "feira"} <= WEEKDAYS


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Kerkstraat 12B", ("Kerkstraat", "12B")),
        ("Kerkstraat  12  bis", ("Kerkstraat", "12 bis")),
        ("Kerkstraat, nr. 12", ("Kerkstraat", "12")),
        ("Hauptstr. 1-3", ("Hauptstr.", "1-3")),
        ("12 rue du Bac", ("rue du Bac", "12")),
        ("12 rue du 8 mai 1945", ("rue du 8 mai 1945", "12")),
        ("4 High Street Flat 2", ("High Street Flat 2", "4")),
        ("1234 5th Avenue", ("5th Avenue", "1234")),
        ("Kerkstraat", None),
        ("12", None),
        ("", None),
        ("x" * 300 + " 12", None),
    ],
)
def test_house_number_is_split_off_at_either_end(line: str, parts: tuple[str, str] | None) -> None:
    assert split_street(line) == parts


@pytest.mark.parametrize(
    "street",
    [
        "Hauptstr. 5 // App. 12",
        "Hauptplatz 5/Top 3",
        "Laan 1940-1945",
        "Storgatan 5, 2 tr",
        "Rua da Paz lote 5",
        "Rua A, 100 apto 12",
        "Fő utca 5. 2/3",
        "Str. Lungă nr. 5, bl. A, sc. 2, ap. 10",
        "Mannerheimintie 5 B 12",
    ],
)
def test_number_of_a_flat_or_a_year_is_no_house_number(street: str) -> None:
    assert split_street(street) is None


@pytest.mark.parametrize(
    ("country", "street", "split"),
    [
        ("US", "123 E 5th St", ("E 5th St", "123")),
        ("US", "77 W Main St", ("W Main St", "77")),
        ("US", "77 A Main St", ("Main St", "77 A")),
        ("FR", "12 E rue du Bac", ("rue du Bac", "12 E")),
        ("DE", "Q 7, 24", ("Q 7", "24")),
        ("NL", "Laan 1940-1945 3", ("Laan 1940-1945", "3")),
    ],
)
def test_directions_belong_to_the_street(country: str, street: str, split: tuple[str, str]) -> None:
    assert split_street(street, country) == split

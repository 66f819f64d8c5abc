"""Tests for text whose letters were damaged before the file was written."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.errors import Severity
from tui.api.pointer import Pointer
from tui.orders.parsed import GuessKind, How, ParsedFile, ParsedOrder
from tui.orders.paths import ITEMS
from tui.orders.tables.text.mojibake import repaired
from tui.work.file_import.reader import read_source

SHIP = Pointer.of("shipping_address")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = (
    "Jürg Größe",
    "Löwenstraße",
    "Kraków",
    "Łódź",
    "Señor Núñez",
    "Besançon",
    "Åsa Öberg",
    "Çağlar Yıldız",
    "São João",
    "5 €",
)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("times", [1, 2, 3])
def test_misread_utf_8_is_repaired(word: str, times: int) -> None:
    damaged = word
    for _ in range(times):
        damaged = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in damaged.encode())
    assert damaged != word
    assert repaired(damaged) == word


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp437", "cp1254"])
@pytest.mark.parametrize("word", ["Jürg Größe", "Köln", "Hélène", "Muñoz"])
def test_utf_8_misread_in_another_encoding_is_repaired(word: str, encoding: str) -> None:
    damaged = word.encode().decode(encoding, "ignore")
    assert repaired(damaged) == word


@pytest.mark.parametrize(
    ("word", "meant", "read_as"),
    [
        ("Jürg Größe", "mac_roman", "cp1252"),
        ("Hélène", "mac_roman", "cp1252"),
        ("José", "mac_roman", "cp1252"),
        ("Zürich", "cp850", "cp1252"),
        ("Größe", "cp1252", "mac_roman"),
        ("Köln", "cp1252", "cp850"),
        ("Łódź", "cp1250", "cp1252"),
    ],
)
def test_words_of_another_one_byte_encoding_are_reread(word: str, meant: str, read_as: str) -> None:
    damaged = "".join(bytes((byte,)).decode(read_as, "ignore") or chr(byte) for byte in word.encode(meant))
    assert repaired(damaged) == word


@pytest.mark.parametrize(
    ("damaged", "word"),
    [
        ("libertÃ ", "libertà "),
        ("libertÃ", "libertà"),
        ("voilÃ la", "voilà la"),
        ("20Â°", "20°"),
        ("CafÃ© Müller", "Café Müller"),
    ],
)
def test_parts_of_a_text_are_repaired(damaged: str, word: str) -> None:
    assert repaired(damaged) == word


@pytest.mark.parametrize(
    "text",
    [
        "Ãngela",
        "São Paulo",
        "SÃO JOÃO",
        "IRMÃ SILVA",
        "Ångström",
        "Ærø",
        "château",
        "Â",
        "TĂŞNAD",
        "Ähnlich",
        "Ältere",
        "CAFÉ’S",
        "„Straße“",
        "Noël – 5 €",
        "Đurđa Ğ Ž",
        "Ελλάδα",
        "Москва",
        "東京",
        "√2 ¬",
        "naïve façade",
        "Foo™Bar",
        "LEGO®Star",
        "n°5, 20°C, m²",
        "5×3 cm, ½ Zoll, Ø12",
        "McÉwan",
        "O’Néill",
        "ŠKODA",
        "Dvořák",
        "Đặng",
        "№ 5",
        "§ 5 – ¿Qué?",
    ],
)
def test_real_words_are_left_alone(text: str) -> None:
    assert repaired(text) == text


@pytest.mark.parametrize(
    "letters",
    [
        "äöüßÄÖÜ",
        "éèêàçôûîëïœÉÈÀÇÔ",
        "ãõáéíóúâêôçÃÕÁÉÍÓÚÂÊÔÇ",
        "åäöÅÄÖæøÆØ",
        "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
        "çğıöşüÇĞİÖŞÜ",
        "ăâîșțĂÂÎȘȚ",
    ],
)
@given(data=st.data())
def test_letters_of_a_language_are_never_changed(letters: str, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from(f"{letters}abcnrstABC .-'")))
    for cased in (text.lower(), text.upper(), text.title()):
        assert repaired(cased) == cased


def read(row: str, *, accepted: tuple[GuessKind, ...] = ()) -> ParsedFile:
    header = "Order number,Name,Address,Postal code,City,Country,Item,Quantity,Price"
    return read_source(f"{header}\n{row}\n".encode(), "orders.csv", shop=7, accepted=accepted, now=NOW)


def codes(order: ParsedOrder) -> list[tuple[str, Pointer]]:
    return [(problem.code, problem.pointer) for problem in order.problems]


DAMAGED = "A1,JÃ¼rg GrÃ¶ÃŸe,LÃ¶wenstraÃŸe 3,50667,KÃ¶ln,Ã–sterreich,Kerze,1,5.00"


def test_damaged_cells_hold_the_order_with_a_proposal() -> None:
    result = read(DAMAGED)
    [order] = result.orders
    found = {problem.pointer: problem for problem in order.problems if problem.code == "confirm_encoding"}
    assert {SHIP / "name", SHIP / "address_line_1", SHIP / "city"} <= found.keys()
    assert all(problem.severity is Severity.ERROR for problem in found.values())
    assert '"Jürg Größe"' in found[SHIP / "name"].detail
    assert (SHIP / "city").get(order.document) == "KÃ¶ln"
    assert [guess.kind for guess in result.guesses if guess.subject == "City"] == [GuessKind.ENCODING]


def test_confirmed_repairs_are_used_and_recorded() -> None:
    [order] = read(DAMAGED, accepted=(GuessKind.ENCODING,)).orders
    assert (SHIP / "name").get(order.document) == "Jürg Größe"
    assert (SHIP / "city").get(order.document) == "Köln"
    assert (SHIP / "country_code").get(order.document) == "AT"
    assert order.derived[SHIP / "city"].how is How.REPAIRED
    assert "KÃ¶ln" in order.derived[SHIP / "city"].text
    assert "confirm_encoding" not in dict(codes(order))


def test_lost_letters_cannot_be_confirmed() -> None:
    [order] = read("A1,J�rg,Weg 3,50667,Köln,DE,Kerze,1,5.00", accepted=(GuessKind.ENCODING,)).orders
    assert ("lost_letters", SHIP / "name") in codes(order)


def test_question_marks_inside_words_are_a_warning() -> None:
    [order] = read("A1,J?rg M?ller,Weg 3,50667,Köln,DE,Really? Yes,1,5.00").orders
    assert [(problem.code, problem.severity) for problem in order.problems if problem.code == "lost_letter"] == [
        ("lost_letter", Severity.WARNING)
    ]
    assert (ITEMS / 0 / "name").get(order.document) == "Really? Yes"


def test_damaged_heading_is_recognised() -> None:
    data = (
        "Bestellnummer;Name;StraÃŸe;PLZ;Ort;Land;Artikel;Menge;StÃ¼ckpreis\nA1;Max;Weg 3;50667;Bonn;DE;Kerze;1;5,00\n"
    )
    [order] = read_source(data.encode(), "orders.csv", shop=7).orders
    assert (SHIP / "address_line_1").get(order.document) == "Weg 3"


def test_a_few_damaged_bytes_in_utf_8_are_reported_at_their_cell() -> None:
    header = "Order number,Name,City,Item,Quantity,Price\n"
    rows = "".join(f"A{number},Jürg Größe,Köln,Öl,1,5.00\n" for number in range(5))
    data = (header + rows).encode() + b"B1,J\xfcrg,Bonn,Mug,1,5.00\n"
    orders = read_source(data, "orders.csv", shop=7).orders
    assert [("lost_letters", SHIP / "name") in codes(order) for order in orders] == [False] * 5 + [True]
    assert (SHIP / "name").get(orders[0].document) == "Jürg Größe"

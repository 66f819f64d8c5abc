"""Tests for the detection of one-byte encodings by the words that their letters make."""

import pytest

from tui.orders.tables.text.encodings import ENCODINGS, choose_encoding, decode_bytes, describe_guess, encoding_named

NAMES = {
    "German": "Jürg Größe;Löwenstraße 3;Köln;Kerze für Öl\nMüller;Hauptstraße;München;Ärmel",
    "French": "René Lefèvre;12 rue de la Forêt;Orléans;Hélène;François;Évry;Noël;Benoît",
    "Spanish": "José Núñez;Calle Muñoz 5, 3º B;Málaga;España;Álvaro;León",
    "Portuguese": "João Simões;Rua São José;Guimarães;Conceição;Ângela",
    "Italian": "Nicolò Rossi;Via Libertà 3;Forlì;Città",
    "Dutch": "Noé;Coördinator;België;Zoë",
    "Swedish": "Åsa Öberg;Ängelholm;Malmö;Göteborg;Västerås",
    "Danish": "Søren Kjær;Østergade 4;Århus;København;Ærø",
    "Icelandic": "Guðrún Þórsdóttir;Reykjavík;Ísafjörður",
    "Polish": "Łukasz Wiśniewski;ul. Długa 5;Łódź;Gdańsk;Poznań;Częstochowa",
    "Czech": "Jiří Dvořák;Nováček;Němec;Plzeň;Žižkov",
    "Hungarian": "Győr;Erdős Lőrinc;Szűcs;Hegedűs;Kőszeg;Tőzsér",
    "Romanian": "Ştefan;Bucureşti;Constanţa;Brăila",
    "Turkish": "Ayşe Yıldız;Çağlar Şahin;İstanbul;Oğuz;Güneş",
    "Croatian": "Kovačić;Šibenik;Đurđa;Ivić",
}
WESTERN = ("cp1252", "iso8859-15", "mac_roman", "cp850", "cp437")


def readings() -> list[tuple[str, str]]:
    """Every language with every encoding that has all its letters."""
    found = []
    for language, text in NAMES.items():
        for encoding in (*WESTERN, "cp1250", "cp852", "iso8859-2", "cp1254"):
            try:
                text.encode(encoding)
            except UnicodeEncodeError:
                continue
            found.append((language, encoding))
    return found


@pytest.mark.parametrize(("language", "encoding"), readings())
def test_letters_are_right_or_the_encoding_is_a_guess(language: str, encoding: str) -> None:
    text = NAMES[language]
    choice = choose_encoding(text.encode(encoding))
    is_right = decode_bytes(text.encode(encoding), choice.encoding) == text
    assert is_right or choice.examples
    assert is_right or language == "Hungarian"  # ő and ű are õ and û of Estonian in Windows-1252


@pytest.mark.parametrize(
    "language", ["German", "French", "Spanish", "Portuguese", "Italian", "Dutch", "Swedish", "Danish"]
)
def test_usual_names_in_windows_1252_are_no_guess(language: str) -> None:
    choice = choose_encoding(NAMES[language].encode("cp1252"))
    assert choice.encoding == "cp1252"
    assert choice.examples == ()
    assert describe_guess(choice) == ""


@pytest.mark.parametrize("word", ["Köln", "Müller", "Straße", "Forêt", "Zürich", "Ærø", "Málaga", "L’Haÿ", "O’Brien"])
def test_a_single_word_in_windows_1252_is_no_guess(word: str) -> None:
    data = f"Name;City;Price\nMax;{word};5,00\n".encode("cp1252")
    choice = choose_encoding(data)
    assert decode_bytes(data, choice.encoding) == data.decode("cp1252")


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("Köln", "mac_roman"),
        ("Größe", "mac_roman"),
        ("Hélène", "mac_roman"),
        ("Zürich", "cp850"),
        ("Hauptstraße", "cp850"),
        ("Hélène", "cp437"),
        ("Długa", "cp1250"),
        ("Dvořák", "cp1250"),
        ("Yıldız", "cp1254"),
    ],
)
def test_a_single_word_is_recognised(word: str, encoding: str) -> None:
    data = f"Name;City\nMax;{word}\n".encode(encoding)
    choice = choose_encoding(data)
    assert word in decode_bytes(data, choice.encoding)
    assert choice.examples == (word,)
    assert word in describe_guess(choice)


def test_symbols_alone_are_windows_1252() -> None:
    data = "Price;Note\n5,00 €;“fine” – 20°\n".encode("cp1252")
    assert choose_encoding(data) == choose_encoding(b"plain")


def test_large_files_are_decided_quickly() -> None:
    words = [f"{name}{number}" for number in range(4000) for name in ("Jürg", "Größe")]
    assert choose_encoding(";".join(words).encode("mac_roman")).encoding == "mac_roman"


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Mac Roman", "mac_roman"),
        ("macroman", "mac_roman"),
        ("latin-1", "cp1252"),
        ("ISO-8859-15", "iso8859-15"),
        ("ibm850", "cp850"),
        ("utf8", "utf-8"),
        ("Windows-1250", "cp1250"),
    ],
)
def test_encodings_are_found_by_usual_names(name: str, encoding: str) -> None:
    assert encoding_named(name) == encoding
    assert encoding in ENCODINGS


def test_unknown_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="'klingon' is not a known encoding: expected one of UTF-8"):
        encoding_named("klingon")

"""Folding of texts: case, diacritics, letters, and what SQLite cannot store."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.orders.query.folding import digits, fold, fold_value


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("Kerkstraat 12", "kerkstraat 12"),
        ("Özdemir", "ozdemir"),
        ("O\u0308ZDEMIR", "ozdemir"),
        ("Straße STRASSE ẞ", "strasse strasse ss"),
        ("København Ø", "kobenhavn o"),
        ("Łódź łoś", "lodz los"),
        ("Đorđe", "dorde"),
        ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),
        ("Ærø Œuvre œuf", "aero oeuvre oeuf"),
        ("ﬁne ½ ＡＢ", "fine 1⁄2 ab"),
        ("Ὀδυσσεύς ΟΔΥΣΣΕΥΣ", "οδυσσευσ οδυσσευσ"),
        ("李雷", "李雷"),
        ("a\0b\ud800c", "abc"),
        ("a\0b", "ab"),
        ("a\u00a0b", "a b"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_character_is_folded_completely() -> None:
    """Folding a folded character changes nothing, leaves no mark, and leaves nothing that cannot be stored."""
    for code in range(sys.maxunicode + 1):
        folded = fold(chr(code))
        assert fold(folded) == folded
        assert folded == folded.casefold()
        assert not any(
            unicodedata.category(char)[0] == "M" or char == "\0" or "\ud800" <= char <= "\udfff" for char in folded
        )


@given(st.text(), st.text())
def test_folding_is_idempotent_and_folds_each_part(first: str, second: str) -> None:
    assert fold(fold(first)) == fold(first)
    assert fold(first + second) == fold(first) + fold(second)
    fold(first).encode("utf-8")


@given(st.text())
def test_letters_in_composed_and_decomposed_form_are_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_a_value_has_single_blanks() -> None:
    assert fold_value("  Den\u00a0 Haag\r\nNL ") == "den haag nl"
    assert fold_value(" \u0301 ") == ""


@pytest.mark.parametrize(
    ("text", "found"), [("+31 (0)6-12", "31061 2".replace(" ", "")), ("٣١", "31"), ("x²½", ""), ("", "")]
)
def test_digits(text: str, found: str) -> None:
    assert digits(text) == found

"""Tests for safe text: it cannot act on a terminal, and has exactly the requested width."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from tui.widgets.text import SUBSTITUTES, cut, fit, has_substitutes, safe, spans, wrap

ANYTHING = st.text(alphabet=st.characters(exclude_categories=()), max_size=60) | st.text(
    alphabet="ab \n\r\t\x1b\x9b\x7f\u200d\ufe0f\u20e3👩🏽❤1́̂日\u202e\ud800\U0001f1f3\U000e0041", max_size=60
)


def is_harmless(text: str) -> bool:
    return all(unicodedata.category(char)[0] != "C" for char in text) and not set("\u2028\u2029\n\r\ufe0f") & set(text)


@given(ANYTHING)
def test_safe_text_has_no_control_or_invisible_characters(text: str) -> None:
    shown = safe(text)
    assert is_harmless(shown)
    assert cell_len(shown) == sum(get_character_cell_size(char) for char in shown)
    assert safe(shown) == shown


@given(ANYTHING)
def test_spans_lose_nothing(text: str) -> None:
    pieces = list(spans(text))
    assert "".join(original for _, original in pieces) == text
    assert "".join(shown for shown, _ in pieces) == safe(text)
    assert all(shown and original for shown, original in pieces)


@given(ANYTHING, st.integers(0, 40), st.sampled_from(["left", "right"]))
def test_fit_fills_exactly_its_cells(text: str, width: int, align: str) -> None:
    shown = fit(text, width, align)  # type: ignore[arg-type]
    assert cell_len(shown) == width
    assert is_harmless(shown)


@given(ANYTHING, st.integers(0, 20), st.integers(0, 20))
def test_cut_fills_exactly_its_cells(text: str, start: int, width: int) -> None:
    assert cell_len(cut(safe(text), start, width)) == width


@given(ANYTHING, st.integers(2, 30))
def test_wrapped_lines_fit_and_keep_every_word(text: str, width: int) -> None:
    shown = safe(text, newline="\n")
    lines = wrap(shown, width)
    assert lines
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(shown.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ASCII [red]", "plain ASCII [red]"),
        ("Jörg Şahin Łódź €", "Jörg Şahin Łódź €"),
        ("a\nb", "a ⏎ b"),
        ("a\r\nb\u2028c", "a ⏎ b ⏎ c"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b2J", "�2J"),
        ("tab\there", "tab␉here"),
        ("abc\u202edcba", "abc�dcba"),
        ("pay\u200dpal", "pay�pal"),
        ("\ud800", "�"),
        ("e\u0301", "e\u0301"),
        ("\u0301e", "�e"),
        ("👩🏽\u200d🚀", "👩🚀"),
        ("❤\ufe0f\ufe0f", "❤�"),
        ("1\ufe0f\u20e3", "1"),
        ("🇳🇱", "NL"),
        ("日本", "日本"),
        ("\U000e0041", "�"),
        ("a\u034fb\u3164", "a�b�"),
        (None, "None"),
        (12, "12"),
    ],
)
def test_substitutes(text: object, shown: str) -> None:
    assert safe(text) == shown


def test_stacked_marks_are_bounded() -> None:
    shown = safe("e" + "\u0301" * 50)
    assert shown.count("\u0301") < 50
    assert "�" in shown


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("Kanzlei Dr. Brandt", 12, "left", "Kanzlei Dr.…"),
        ("3.10", 6, "right", "  3.10"),
        ("日本語", 5, "left", "日本…"),
        ("日本語", 4, "left", "日… "),
        ("ab", 0, "left", ""),
        ("x" * 100_000, 3, "left", "xx…"),
    ],
)
def test_fit(text: str, width: int, align: str, shown: str) -> None:
    assert fit(text, width, align) == shown  # type: ignore[arg-type]


@given(ANYTHING)
def test_has_substitutes(text: str) -> None:
    assert has_substitutes(text) == (safe(text) != text)
    new = {char for shown, original in spans(text) if shown != original for char in shown if char not in original}
    letters = {char for char in new if "A" <= char <= "Z" or char == " "}
    assert new - letters <= SUBSTITUTES


def test_a_megabyte_of_accented_letters_in_one_line_is_wrapped_at_once() -> None:
    # This once took minutes, because the rest of the text was measured again for each line.
    text = "é" * 500_000
    assert wrap(safe(text), 100) == ["é" * 100] * 5_000


@given(st.text(alphabet="ab é\u0301\u200d👩🏽\ufe0f\u20e37\x1b\n\ud800\u05d0", max_size=40))
def test_long_runs_of_plain_letters_are_as_safe_as_each_letter(text: str) -> None:
    long = "x" * 300 + text + "y" * 3
    assert safe(long) == "".join(shown for shown, _ in spans(long))

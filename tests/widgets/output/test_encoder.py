"""Tests for the encoder: movements, erasures and colour changes take the fewest bytes."""

import pytest

from tui.widgets.output.encoder import BLANK, Cell, Encoder


def cells(text: str, pen: str = "") -> list[Cell]:
    return [(char, pen) if char != " " else BLANK for char in text]


def encoded(*lines: tuple[int, str, str], erases_cells: bool = True) -> str:
    """The output for lines that change from one text into another."""
    encoder = Encoder(erases_cells=erases_cells)
    for y, old, new in lines:
        encoder.write_row(y, cells(old), cells(new))
    return encoder.take()


@pytest.mark.parametrize(
    ("lines", "output"),
    [
        ([(0, "abc", "xbc")], "\x1b[Hx"),
        ([(4, "abc", "abx")], "\x1b[5;3Hx"),
        ([(4, "abcdefghijklmnop", "xbcdefghijklmnoy")], "\x1b[5Hx\x1b[16Gy"),
        ([(4, "abcdefghi", "xbcyefghi")], "\x1b[5Hxbcy"),
        ([(4, "abcd", "abxd"), (5, "abcd", "xbcd")], "\x1b[5;3Hx\r\nx"),
        ([(4, "abcdef", "abxdef"), (7, "abcdef", "abcxef")], "\x1b[5;3Hx\x1b[8dx"),
        # Whether the cursor is behind the last column is not known.
        ([(4, "abc", "abx"), (7, "abc", "abx")], "\x1b[5;3Hx\x1b[8;3Hx"),
        # Terminals may disagree about the width of a character.
        ([(4, "abcdefghijklmnop", "äbcdefghijklmnox")], "\x1b[5Hä\x1b[16Gx"),
        ([(4, "abcdefghijklmnop", "🚀bcdefghijklmnox")], "\x1b[5H🚀\x1b[5;16Hx"),
    ],
)
def test_cursor_moves_by_the_shortest_sequence(lines: list[tuple[int, str, str]], output: str) -> None:
    assert encoded(*lines) == output


@pytest.mark.parametrize(
    ("old", "new", "output"),
    [
        ("abcdef", "abc   ", "\x1b[1;4H   "),
        ("abcdefg", "abc    ", "\x1b[1;4H\x1b[K"),
        ("abcdefghi", "a      hi", "\x1b[1;2H\x1b[6X"),
        ("abcdefghijklmnop", "x            nox", "\x1b[Hx\x1b[12X\x1b[14Gnox"),
    ],
)
def test_blank_cells_are_erased_if_that_is_shorter(old: str, new: str, output: str) -> None:
    assert encoded((0, old, new)) == output


def test_gnu_screen_is_sent_blanks() -> None:
    assert encoded((0, "abcdefghi", "a      hi"), erases_cells=False) == "\x1b[1;2H      "


def test_erasing_uses_the_default_background() -> None:
    encoder = Encoder()
    encoder.write_row(0, cells("abcdefgh"), [("x", "44"), *cells("       ")])
    assert encoder.take() == "\x1b[H\x1b[44mx\x1b[m\x1b[K"
    encoder.write_row(0, cells("abcdefgh"), [("x", "1;31"), *cells("       ")])
    assert encoder.take() == "\r\x1b[1;31mx\x1b[K\x1b[m"


def test_the_end_of_a_line_is_erased_with_its_background() -> None:
    old = [*cells("ab      "), *cells("  ")]
    new = [("a", "1;30;47"), ("b", "30;47"), *[(" ", "47")] * 8]
    encoder = Encoder()
    encoder.write_row(0, old, new)
    assert encoder.take() == "\x1b[H\x1b[1;30;47ma\x1b[22mb\x1b[K\x1b[m"
    without = Encoder(erases_cells=False)
    without.write_row(0, old, new)
    assert without.take() == "\x1b[H\x1b[1;30;47ma\x1b[22mb        \x1b[m"
    # An underline would be erased.
    encoder.write_row(1, old, [("a", "4"), *[(" ", "4")] * 9])
    assert encoder.take() == "\r\n\x1b[4ma         \x1b[m"


def test_output_ends_with_the_default_pen_and_the_next_one_knows_the_cursor() -> None:
    encoder = Encoder()
    encoder.write_row(2, cells("ab"), [("x", "31"), ("b", "")])
    assert encoder.take() == "\x1b[3H\x1b[31mx\x1b[m"
    encoder.write_row(2, cells("ab"), cells("ay"))
    assert encoder.take() == "y"
    encoder.lose_cursor()
    encoder.write_row(2, cells("ab"), cells("ay"))
    assert encoder.take() == "\x1b[3;2Hy"


def test_lines_are_scrolled_in_a_region() -> None:
    encoder = Encoder()
    encoder.scroll(3, 10, 2)
    assert encoder.take() == "\x1b[4;10r\x1b[4H\x1b[2M\x1b[r"
    encoder.scroll(3, 10, -1)
    assert encoder.take() == "\x1b[4;10r\x1b[4H\x1b[1L\x1b[r"

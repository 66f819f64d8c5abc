"""Tests for changes between pens."""

import pytest

from tui.widgets.output import pens


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("", "1;31", "\x1b[1;31m"),
        ("1;31", "", "\x1b[m"),
        ("1;38;2;1;2;3;48;2;4;5;6", "1;38;2;1;2;3;48;2;9;9;9", "\x1b[48;2;9;9;9m"),
        ("38;5;9;48;5;1", "48;5;1", "\x1b[39m"),
        ("1;31", "31", "\x1b[22m"),
        ("1;2;31", "2;31", "\x1b[22;2m"),
        ("53;31", "31", "\x1b[0;31m"),
        ("91;101", "1;92;101", "\x1b[1;92m"),
    ],
)
def test_code_change_is_minimal(old: str, new: str, change: str) -> None:
    assert pens.change(old, new) == change


@pytest.mark.parametrize(
    ("codes", "expected"),
    [("49", ""), ("39;49", ""), ("1;39;49", "1"), ("31;49", "31"), ("38;5;9;49", "38;5;9"), ("1;44", "1;44")],
)
def test_default_colours_are_left_out(codes: str, expected: str) -> None:
    assert pens.normalized(codes) == expected

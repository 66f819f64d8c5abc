"""Tests for finding lines that moved."""

from tui.widgets.output.encoder import BLANK, Cell
from tui.widgets.output.scrolling import Scroll, apply_scroll, find_scroll


def line(text: str) -> list[Cell]:
    return [(char, "") for char in text.ljust(40, ".")]


OLD = [line("title"), *(line(letter * 40) for letter in "abcdefghij"), line("keys")]


def changed(*moved: int, by: int) -> dict[int, list[Cell]]:
    return {y: OLD[y + by] for y in moved}


def test_lines_that_moved_up_or_down_are_found() -> None:
    assert find_scroll(OLD, changed(*range(1, 8), by=3) | {8: line("new"), 9: line("a"), 10: line("b")}) == Scroll(
        1, 11, 3
    )
    assert find_scroll(OLD, changed(*range(4, 11), by=-3)) == Scroll(1, 11, -3)


def test_a_line_that_also_changed_does_not_prevent_it() -> None:
    assert find_scroll(OLD, changed(*range(1, 8), by=3) | {4: line("> cursor")}) == Scroll(1, 11, 3)


def test_nothing_is_scrolled_if_little_is_saved() -> None:
    assert find_scroll(OLD, changed(1, by=1)) is None
    assert find_scroll(OLD, {y: line("new") for y in range(1, 9)}) is None
    assert find_scroll(OLD, {y: OLD[y] for y in range(1, 9)}) is None
    # The lines between would have to be drawn again.
    assert find_scroll(OLD, {1: OLD[10], 2: line("a"), 3: line("b"), 4: line("c")}) is None


def test_lines_that_are_scrolled_in_are_blank() -> None:
    blank = [BLANK] * 40
    assert apply_scroll(OLD, Scroll(1, 5, 2)) == [OLD[3], OLD[4], blank, blank]
    assert apply_scroll(OLD, Scroll(1, 5, -1)) == [blank, OLD[1], OLD[2], OLD[3]]

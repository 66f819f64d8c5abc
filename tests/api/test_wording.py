"""Counts in English sentences."""

import pytest

from tui.api.wording import count_of, word_for


@pytest.mark.parametrize(
    ("number", "forms", "text"),
    [
        (0, ("order",), "0 orders"),
        (1, ("order",), "1 order"),
        (2, ("order",), "2 orders"),
        (1, ("batch", "batches"), "1 batch"),
        (3, ("batch", "batches"), "3 batches"),
        (1, ("order is", "orders are"), "1 order is"),
        (0, ("order is", "orders are"), "0 orders are"),
    ],
)
def test_a_noun_agrees_with_its_number(number: int, forms: tuple[str, ...], text: str) -> None:
    assert count_of(number, *forms) == text


def test_noun_without_a_count() -> None:
    assert [word_for(number, "has", "have") for number in (0, 1, 2)] == ["have", "has", "have"]

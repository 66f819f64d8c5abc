"""Answers by number show as many titles as fit in the question."""

from tui.screens.common.key_lines import numbered_answers


def test_titles_are_shown_beside_their_numbers_as_far_as_they_fit() -> None:
    titles = ["Webshop NL", "Webshop DE", "Marketplace", "Outlet", "Wholesale", "Popup"]
    assert numbered_answers(titles, 160) == [(str(number), title) for number, title in enumerate(titles, 1)]
    assert numbered_answers(titles, 80) == [
        ("1", "Webshop NL"),
        ("2", "Webshop DE"),
        ("3", "Marketplace"),
        ("4", "Outlet"),
        ("5", ""),
        ("6", ""),
    ]
    assert numbered_answers(titles, 20) == [(str(number), "") for number in range(1, 7)]

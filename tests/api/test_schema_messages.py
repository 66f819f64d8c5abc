"""Sentences for the schema's errors: each says what to enter."""

from typing import Any

import pytest

from tui.api.schema_messages import message_for

LISTED = {"expected": "'kg', 'g' or 'oz'"}


@pytest.mark.parametrize(
    ("code", "context", "value", "sentence"),
    [
        ("missing", {}, {}, "Required"),
        ("string_type", {}, 5, "Must be text"),
        ("string_type", {}, None, "Must be text, not null"),
        ("int_from_float", {}, 1.5, "Must be a whole number"),
        ("string_too_short", {"min_length": 1}, "", "Must not be empty"),
        ("string_too_short", {"min_length": 2}, "a", "Must have at least 2 characters"),
        ("string_too_long", {"max_length": 3}, "abcd", "Must have at most 3 characters (has 4)"),
        ("greater_than", {"gt": 0}, 0, "Must be greater than 0"),
        ("greater_than_equal", {"ge": 0}, -1, "Must be 0 or more"),
        ("literal_error", LISTED, "t", "Must be one of kg, g, oz"),
        ("one_of", {"names": "id and name"}, {}, "Must have exactly one of id and name"),
        ("value_error", {"reason": "calendar"}, "2026-02-30", "This date or time does not exist"),
        ("value_error", {}, "x", "Must be an email address, such as name@example.com"),
        ("other", {}, "x", "Must be something else"),
        ("other", {}, None, "Must be something else, not null"),
    ],
)
def test_each_error_says_what_to_enter(code: str, context: dict[str, Any], value: object, sentence: str) -> None:
    assert message_for(code, "Input should be something else", context, value, tolerated=False) == sentence


def test_tolerated_value_is_only_reported_as_unlisted() -> None:
    sentence = "The API lists kg, g, oz; other codes may work"
    assert message_for("literal_error", "", LISTED, "t", tolerated=True) == sentence

"""Tests for parsing typed text and for showing values."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.codec import Json, same
from tui.api.models import Kind
from tui.api.pointer import ABSENT
from tui.orders.countries import countries, country_name, states
from tui.orders.value_parser import _READERS, InvalidText, ValidValue, editing_kind, entry_text, parse_entry, show_value

NOW = datetime(2025, 11, 23, 16, 20, 7, 55, tzinfo=ZoneInfo("Europe/Amsterdam"))


def test_every_kind_of_the_schema_has_a_reader() -> None:
    assert set(_READERS) == {str(kind) for kind in Kind}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", " kept as typed ", " kept as typed "),
        ("text", "", ""),
        ("integer", " 12 ", 12),
        ("integer", "-3", -3),
        ("number", "3.50", Decimal("3.50")),
        ("number", "3,50", Decimal("3.50")),
        ("number", "012", 12),
        ("number", ",5", Decimal("0.5")),
        ("money_text", "3,99", "3.99"),
        ("money_text", "4.", "4"),
        ("bool", "Yes", True),
        ("bool", "n", False),
        ("choice", "KG", "kg"),
        ("choice", "pounds", "lbs"),
        ("choice", "stone", "stone"),
        ("word", "KG", "KG"),
        ("tags", "gift, red\n\n  fragile ", ["gift, red", "fragile"]),
        ("tags", "", []),
        ("json", '{"a": 1.50}', {"a": Decimal("1.50")}),
        ("date_text", "yesterday", "2025-11-22"),
        ("date_text", "23.11.25", "23.11.25"),
        ("datetime", "2025-11-01T10:00:00.123456+00:00", "2025-11-01T10:00:00.123456+00:00"),
        ("datetime", "2025-11-01 10:00:00Z", "2025-11-01T10:00:00Z"),
        ("datetime", "today", "2025-11-23T00:00:00+01:00"),
        ("datetime", "-2d", "2025-11-21T00:00:00+01:00"),
        ("datetime", "14:30", "2025-11-23T14:30:00+01:00"),
        ("datetime", "yesterday 9:05", "2025-11-22T09:05:00+01:00"),
        ("datetime", "now", "2025-11-23T16:20:07+01:00"),
        ("datetime", "-2h", "2025-11-23T14:20:07+01:00"),
        ("datetime", "2025-07-01 14:30", "2025-07-01T14:30:00+02:00"),
        ("datetime", "2025-07-01T14:30", "2025-07-01T14:30:00+02:00"),
        ("datetime", "1-7-2025", "2025-07-01T00:00:00+02:00"),
        ("datetime", "1.7.2025 8:00", "2025-07-01T08:00:00+02:00"),
    ],
)
def test_text_is_parsed_by_kind(kind: str, text: str, value: Json) -> None:
    entry = parse_entry(kind, text, choices=(("kg", "kilograms"), ("lbs", "Pounds")), now=NOW)
    assert entry == ValidValue(value)
    assert type(entry.value) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("country", "be"),
        ("country", "Belgium"),
    ],
)
def test_country_is_parsed_by_code_and_name(kind: str, text: str) -> None:
    assert parse_entry(kind, text, choices=countries()) == ValidValue("BE")


def test_state_is_parsed_by_code_and_name() -> None:
    italy = states("IT")
    assert parse_entry("state", "it-rm", choices=italy) == ValidValue("IT-RM")
    assert parse_entry("state", "roma", choices=italy) == ValidValue("IT-RM")
    assert parse_entry("state", "rm", choices=italy) == ValidValue("RM")
    assert states("ZZ") == ()
    assert country_name("nl") == "Netherlands"
    assert country_name("XX") == ""


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        ("integer", "1.5", "whole"),
        ("integer", "", "clears it"),
        ("integer", "9" * 50, "long"),
        ("integer", "١٢", "whole"),
        ("number", "abc", "number"),
        ("number", "1.234,50", "thousands"),
        ("number", "1e5", "number"),
        ("number", ".", "number"),
        ("number", "9" * 50, "long"),
        ("bool", "maybe", "yes or no"),
        ("choice", "", "clears it"),
        ("country", "Nowhere", "no country"),
        ("datetime", "soon", "2025-11-23"),
        ("datetime", "03/04/2025", "day or month"),
        ("datetime", "2025-02-30", "no such day"),
        ("datetime", "25:00", "time is needed"),
        ("datetime", "-99999w", "too long ago"),
        ("datetime", "", "time is needed"),
        ("json", "{", "line 1"),
        ("json", " ", "JSON"),
    ],
)
def test_reason_of_invalid_text_says_what_is_needed(kind: str, text: str, word: str) -> None:
    entry = parse_entry(kind, text, now=NOW)
    assert isinstance(entry, InvalidText)
    assert word in entry.reason


@given(st.sampled_from(sorted(Kind)), st.text(max_size=30))
def test_parsing_never_raises(kind: str, text: str) -> None:
    assert isinstance(parse_entry(kind, text, now=NOW), ValidValue | InvalidText)


SCALARS = st.text() | st.integers() | st.booleans() | st.decimals(allow_nan=False, allow_infinity=False)


@given(st.sampled_from(sorted(Kind)), SCALARS | st.lists(SCALARS) | st.dictionaries(st.text(), SCALARS) | st.none())
def test_any_value_can_be_shown_and_edited(kind: str, value: Json) -> None:
    show_value(kind, value, zone=ZoneInfo("America/New_York"))
    if value is not None and editing_kind(kind, value) == "json":
        entry = parse_entry("json", entry_text("json", value))
        assert isinstance(entry, ValidValue)
        assert same(entry.value, value)


@given(st.lists(st.text()))
def test_edited_tags_are_parsed_back_equal(tags: list[str]) -> None:
    kind = editing_kind("tags", list(tags))
    entry = parse_entry(kind, entry_text(kind, list(tags)))
    assert entry == ValidValue(tags)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("text", ABSENT, "· absent ·"),
        ("text", None, "· null ·"),
        ("text", "", "· empty ·"),
        ("tags", [], "· none ·"),
        ("integer", 0, "0"),
        ("text", "· null ·", '"· null ·"'),
        ("text", " ", '" "'),
        ("text", "12B", "12B"),
        ("number", Decimal("3.10"), "3.10"),
        ("number", Decimal("1E+3"), "1000"),
        ("number", Decimal("1E+999999"), "1E+999999"),
        ("money_text", "3.990", "3.990"),
        ("bool", True, "yes"),
        ("tags", ["gift", "a, b"], 'gift, "a, b"'),
        ("json", {"a": [1]}, '{"a":[1]}'),
        ("datetime", "2025-11-23T14:30:00.5Z", "2025-11-23 15:30:00"),
        ("datetime", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("datetime", "last week", "last week"),
    ],
)
def test_show_value(kind: str, value: Json, shown: str) -> None:
    assert show_value(kind, value, zone=ZoneInfo("Europe/Amsterdam")) == shown


@pytest.mark.parametrize(
    ("kind", "value", "edited_as"),
    [
        ("text", "a\nb", "lines"),
        ("text", 12, "text"),
        ("text", {"a": 1}, "json"),
        ("tags", ["a\nb"], "json"),
        ("tags", [" a"], "json"),
        ("tags", "gift", "json"),
        ("tags", None, "tags"),
        ("number", [1], "json"),
    ],
)
def test_value_that_a_field_cannot_hold_is_edited_as_json(kind: str, value: Json, edited_as: str) -> None:
    assert editing_kind(kind, value) == edited_as

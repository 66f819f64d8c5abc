"""Regular expressions that are compiled when they are first used."""

import importlib
import pkgutil
import re

import pytest

import tui.orders
from tui.orders.patterns import late_pattern

LATE = type(late_pattern(""))


def test_a_late_pattern_works_like_a_compiled_one() -> None:
    late, compiled = late_pattern(r"(?P<number>\d+) pieces", re.IGNORECASE), re.compile("(?P<number>\\d+) pieces", re.I)
    for text in ("12 Pieces", "a 1 pieces b 2 pieces", "none"):
        assert [match.groupdict() for match in late.finditer(text)] == [m.groupdict() for m in compiled.finditer(text)]
        assert bool(late.fullmatch(text)) == bool(compiled.fullmatch(text))
        assert late.sub("-", text) == compiled.sub("-", text)
    assert (late.pattern, late.flags) == (compiled.pattern, compiled.flags)


def test_a_late_pattern_is_compiled_by_its_first_use() -> None:
    wrong = late_pattern("(")
    with pytest.raises(re.error, match="missing"):
        wrong.search("text")


def test_all_late_patterns_are_valid() -> None:
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(tui.orders.__path__, "tui.orders.")
    ]
    late = [value for module in modules for value in vars(module).values() if isinstance(value, LATE)]
    assert len(late) > 100
    assert all(re.compile(one.pattern, one.flags).groups == one.groups for one in late)

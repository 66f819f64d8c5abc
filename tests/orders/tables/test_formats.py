"""Tests for the usual export formats: each is recognised, read right at every field, and nothing in it is reported."""

import pytest
from shop_exports import EXPORTS, Export, expected, text

from tui.api.errors import Severity
from tui.api.pointer import Pointer
from tui.orders.tables.formats import FORMATS, format_of_header
from tui.work.file_import.reader import TableSource, open_source, read_source


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_export_is_recognised_and_right_at_every_field(export: Export) -> None:
    data = text(export).encode()
    opened = open_source(data, "export.csv")
    assert isinstance(opened, TableSource)
    assert opened.format_name == export.name
    parsed = read_source(data, "export.csv", shop=7)
    assert not parsed.refused
    (order,) = parsed.orders
    wanted = expected(export)
    assert {pointer: str(Pointer.parse(pointer).get(order.document)) for pointer in wanted} == wanted
    grave = [
        f"{problem.code} {problem.pointer} {problem.detail}"
        for problem in order.problems
        if problem.severity is not Severity.INFO
    ]
    assert grave == []


def test_a_format_is_recognised_by_all_its_signs_only() -> None:
    assert format_of_header([]) is None
    for known in FORMATS:
        found = format_of_header(known.signs)
        assert found is not None
        assert found.name == known.name
        if len(known.signs) > 1:
            one_short = format_of_header(sorted(known.signs)[1:])
            assert one_short is None or one_short is not known

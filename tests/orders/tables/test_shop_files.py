"""Files of shops, warehouses and people, in ten languages: each is right at every field and is not held."""

import pytest
from shop_exports import Export, expected, text
from shop_files import FILES

from tui.api.errors import Severity
from tui.api.pointer import Pointer
from tui.work.file_import.reader import read_source


@pytest.mark.parametrize("export", FILES, ids=lambda export: export.name)
def test_file_is_right_at_every_field(export: Export) -> None:
    parsed = read_source(text(export).encode(), "orders.csv", shop=7)
    assert not parsed.refused
    (order,) = parsed.orders
    wanted = expected(export)
    assert {pointer: str(Pointer.parse(pointer).get(order.document)) for pointer in wanted} == wanted
    errors = [problem.detail for problem in order.problems if problem.severity is Severity.ERROR]
    assert errors == []

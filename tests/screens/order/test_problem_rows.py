"""Every problem that a check finds is shown at a field that can be changed, or says what to do instead."""

from typing import Any

import pytest
from check_cases import CASES
from check_orders import changed, shippable

from tui.api.models import Operation
from tui.orders.checks.context import CheckContext
from tui.orders.checks.registry import find_problems
from tui.orders.edits.edit import Edit
from tui.screens.order.form_rows import FormNote, FormSpec, sheet_rows
from tui.widgets.form_layout import FieldRow, NoteRow

INSTEAD = {
    "unknown_shop": "Enter the number of one of its shops in a new order",
    "long_id": "a in the order list stages a copy",
    "eori": "add it as a tax number in the form",
    "ioss": "add it as a tax number in the form",
}
"""What the problems say whose field cannot be changed, or does not exist yet."""


@pytest.mark.parametrize("operation", [Operation.PATCH, Operation.POST])
@pytest.mark.parametrize(("code", "country", "problem", "context"), [(*case[:3], case[4]) for case in CASES])
def test_a_problem_is_at_a_field_that_can_be_changed(
    operation: Operation, code: str, country: str, problem: dict[str, Any], context: CheckContext | None
) -> None:
    document = changed(shippable(country), problem)
    found = next(problem for problem in find_problems(document, context or CheckContext()) if problem.code == code)
    rows = sheet_rows(FormSpec(Edit(document), operation, notes=[FormNote(found)], fixed=True))
    place = next(index for index, row in enumerate(rows) if isinstance(row, NoteRow))
    assert place > 0
    above = rows[place - 1]
    if isinstance(above, FieldRow) and not above.editable:
        assert INSTEAD[code] in found.detail
        assert above.reason
    elif isinstance(above, FieldRow) and code in INSTEAD:
        assert INSTEAD[code] in found.detail or above.pointer == found.pointer
    elif isinstance(above, FieldRow):
        assert above.pointer.startswith(found.pointer) or found.pointer.startswith(above.pointer)

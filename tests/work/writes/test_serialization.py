"""Problems and mismatches are stored and read without loss."""

from decimal import Decimal

import pytest

from tui.api.codec import decode, encode
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.pointer import ABSENT, Pointer, Scope
from tui.orders.edits.compare import Mismatch
from tui.work.writes.serialization import (
    mismatch_from_json,
    mismatch_to_json,
    problem_from_json,
    problems_from_json,
    problems_to_json,
)

FULL = Problem(
    "no \ud800",
    code="invalid",
    title="t",
    status=400,
    scope=Scope.ORDER,
    order=0,
    pointer=Pointer.of("a/b", 0, "~", ""),
    raw_pointer="",
    parameter="integration",
    header="Sendcloud-Partner-Id",
    severity=Severity.WARNING,
    reported_by=ReportedBy.LOCAL,
)


@pytest.mark.parametrize("problem", [FULL, Problem("plain"), Problem("", scope=Scope.BATCH, raw_pointer="/data/")])
def test_problems_round_trip(problem: Problem) -> None:
    assert problems_from_json(decode(encode(problems_to_json([problem])))) == [problem]


@pytest.mark.parametrize("actual", [ABSENT, None, "", Decimal("3.10"), [1]])
def test_mismatches_round_trip_with_absent_and_null(actual: object) -> None:
    mismatch = Mismatch(Pointer.of("a", 0), "x", actual)  # type: ignore[arg-type]
    back = mismatch_from_json(decode(encode(mismatch_to_json(mismatch))))
    assert back == mismatch
    assert type(back.actual) is type(actual)


def test_unknown_stored_value_is_refused() -> None:
    for value in ("text", 1, [1]):
        with pytest.raises(ValueError):
            problem_from_json(value)  # type: ignore[arg-type]
    assert problems_from_json(None) == []

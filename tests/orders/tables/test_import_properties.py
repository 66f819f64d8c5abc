"""An order comes back the same from any export format, language, dialect and encoding; a renamed column is never lost silently."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop_exports import EXPORTS, LANGUAGES, Export, expected, table

from tui.api.errors import Severity
from tui.api.pointer import ABSENT, Pointer
from tui.orders.parsed import GuessKind, ParsedOrder
from tui.work.file_import.json_reader import ImportFileError
from tui.work.file_import.reader import read_source
from tui.work.file_import.validate import entries_of

ALL = (*EXPORTS, *LANGUAGES)
WITH_ITEMS = [export for export in ALL if "=item price" in export.columns or "=item total" in export.columns]
"""The formats that have what the service requires of an order."""


def written(rows: list[list[str]], delimiter: str, quoting: Any = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


@settings(deadline=None)
@given(
    st.sampled_from(WITH_ITEMS),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.randoms(use_true_random=False),
)
def test_an_order_comes_back_from_any_dialect(
    export: Export, delimiter: str, quoting: Any, end: str, encoding: str, random: Any
) -> None:
    rows = table(export)
    order = list(range(len(rows[0])))
    if not export.first_row_only and random.random() < 0.5:
        random.shuffle(order)
    data = written([[row[place] for place in order] for row in rows], delimiter, quoting, end).encode(encoding)
    (entry,) = entries_of(read_source(data, "export.csv", shop=7, accepted=list(GuessKind)))
    wanted = expected(export)
    assert {pointer: str(Pointer.parse(pointer).get(entry.document)) for pointer in wanted} == wanted
    assert [str(problem) for problem in entry.errors] == []


@pytest.mark.parametrize("export", ALL, ids=lambda export: export.name)
def test_a_column_with_an_unknown_heading_is_never_lost_silently(export: Export) -> None:
    wanted = {pointer: value for pointer, value in expected(export).items() if not pointer.endswith("/item_id")}
    for column in range(len(table(export)[0])):
        rows = table(export)
        if not any(row[column] for row in rows[1:]) or rows[1][column].startswith("tech"):
            continue
        rows[0][column] = "Xyzzy plugh"
        try:
            entries = entries_of(read_source(written(rows, ",").encode(), "export.csv", shop=7))
        except ImportFileError:
            continue
        for entry in entries:
            is_same = all(str(Pointer.parse(at).get(entry.document)) == value for at, value in wanted.items())
            grave = [problem for problem in entry.problems if problem.severity is not Severity.INFO]
            assert is_same or any("Xyzzy" in problem.detail for problem in grave) or entry.errors, (
                table(export)[0][column],
                [str(problem) for problem in grave],
            )


def test_nothing_of_the_sample_is_absent() -> None:
    parsed = read_source(written(table(EXPORTS[0]), ",").encode(), "export.csv", shop=7)
    order: ParsedOrder = parsed.orders[0]
    assert Pointer.parse("/shipping_address/name").get(order.document) is not ABSENT

"""What is wrong gets a word at its place and is kept; nothing that comes or is typed stops the form."""

from datetime import UTC

import pytest
from housed import NOW
from odd import ODD, odd_orders
from widgets.stage import Stage, shown

from tui.api.codec import Document
from tui.api.errors import Origin, Problem
from tui.api.models import Operation
from tui.api.pointer import ROOT, Pointer
from tui.orders.edit import Edit
from tui.orders.preflight import preflight
from tui.orders.roads import whole_order
from tui.screens.listing import NARROW, WIDE, OrderRows, preview_lines
from tui.screens.rows import FormSpec, Note, View, sheet_rows
from tui.widgets.form import FieldRow, NoteRow, SheetRow
from tui.widgets.sheet import OrderSheet


def notes_of(edit: Edit, place: Pointer) -> list[Note]:
    """All that can be said of an order, and a word of the service about one place."""
    said = Problem("Not so", pointer=place, raw_pointer=str(place), origin=Origin.SERVICE)
    invalid = [Problem(one.detail, one.code, pointer=one.pointer) for one in whole_order(edit).doubtful]
    return [Note(problem) for problem in (said, *preflight(edit.document), *invalid)]


def rows_of(document: Document, place: Pointer, view: View = View.ALL, words: str = "") -> list[SheetRow]:
    edit = Edit(document)
    edit.put(Pointer.of("order_number"), "changed", "number")
    spec = FormSpec(edit, Operation.PATCH, view, notes_of(edit, place), zone=UTC, words=words, fixed=True)
    return sheet_rows(spec)


@pytest.mark.parametrize("odd", ODD)
def test_the_form_has_rows_for_it_and_a_place_for_each_problem(odd: str) -> None:
    for number, (place, order) in enumerate(odd_orders(ODD[odd], of=6)):
        rows = rows_of(order, place)
        told = [row.text for row in rows if isinstance(row, NoteRow)]
        edit = Edit(order)
        edit.put(Pointer.of("order_number"), "changed", "number")
        for note in notes_of(edit, place):
            assert any(note.problem.detail in text for text in told), (place, note)
        rows_of(order, place, list(View)[number % len(View)], words="name" if number % 2 else "")


@pytest.mark.parametrize("odd", ODD)
def test_the_list_and_its_preview_show_it(odd: str) -> None:
    for place, order in odd_orders(ODD[odd], of=4):
        for columns in (NARROW, WIDE):
            rows = OrderRows([order], ["1"], {7: 1}, NOW, UTC, columns, lambda _: None, {})
            assert len(rows.row_at(0).cells) == len(columns), place
            assert list(preview_lines(order, rows.problems(order)))


async def test_its_form_is_drawn_and_its_editors_open() -> None:
    sheet = OrderSheet()
    async with Stage(sheet).run_test(size=(80, 24)) as pilot:
        for number, odd in enumerate(ODD):
            for place, order in odd_orders(ODD[odd], of=70):
                sheet.load(rows_of(order, place))
                fields = [row for row in sheet.rows if isinstance(row, FieldRow) and row.pointer.startswith(place)]
                for row in fields[:2]:
                    if sheet.open_editor(row.pointer):
                        await pilot.press("x" if number % 2 else "down")
                        assert sheet.editing == row.pointer
                sheet.end()
                await pilot.pause()
                lines = shown(pilot.app)
                assert not {char for line in lines for char in line if ord(char) < 32 or 0xD800 <= ord(char) < 0xE000}
                assert ROOT not in {row.pointer for row in fields}

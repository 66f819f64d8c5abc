"""Invalid values are kept and reported at their field; no input from the service or the user breaks the form."""

from datetime import UTC
from pathlib import Path
from typing import cast

import httpx
import pytest
from app_harness import NOW, AppHarness, open_app
from odd_values import ODD, odd_orders
from sandbox_harness import order as sample
from textual import events
from widget_harness import WidgetApp, screen_lines

from tui.api.codec import Document
from tui.api.errors import Problem, ReportedBy
from tui.api.models import Operation
from tui.api.pointer import ROOT, Pointer
from tui.orders.checks.registry import find_problems
from tui.orders.columns import COLUMNS, ListedOrder
from tui.orders.edits.edit import Edit
from tui.orders.edits.request_choice import choose_upsert
from tui.orders.order_state import OrderState, order_state
from tui.orders.paths import ITEMS, NOTES, SHIP_TO
from tui.orders.query.language import QueryContext, parse
from tui.orders.query.saved_views import ViewColumn
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.seed_data import OWN_SHOP
from tui.screens.edit.screen import EditScreen
from tui.screens.order.form_rows import FormNote, FormSpec, FormView, sheet_rows
from tui.screens.order.preview import preview_lines
from tui.screens.triage.matches import marked_lines, matches_in
from tui.screens.triage.rows import OrderRows
from tui.screens.triage.screen import TriageScreen
from tui.screens.triage.views.column_choices import NARROW, WIDE, columns_of
from tui.widgets.form_layout import FieldRow, NoteRow, SheetRow
from tui.widgets.sheet import OrderSheet
from tui.work.cache.local_orders import CachedOrder, OrderWindow


def notes_of(edit: Edit, pointer: Pointer) -> list[FormNote]:
    """Return all local problems of an order, and one of the service at this pointer."""
    service_problem = Problem("Not so", pointer=pointer, raw_pointer=str(pointer), reported_by=ReportedBy.SERVICE)
    invalid = [
        Problem(problem.detail, problem.code, pointer=problem.pointer) for problem in choose_upsert(edit).tolerated
    ]
    return [FormNote(problem) for problem in (service_problem, *find_problems(edit.document), *invalid)]


def rows_of(document: Document, pointer: Pointer, view: FormView = FormView.ALL, text: str = "") -> list[SheetRow]:
    edit = Edit(document)
    edit.put(Pointer.of("order_number"), "changed", "number")
    spec = FormSpec(edit, Operation.PATCH, view, notes_of(edit, pointer), zone=UTC, words=text, fixed=True)
    return sheet_rows(spec)


@pytest.mark.parametrize("odd", ODD)
def test_form_shows_odd_documents_and_each_problem(odd: str) -> None:
    for number, (pointer, order) in enumerate(odd_orders(ODD[odd], one_in=6)):
        rows = rows_of(order, pointer)
        notes = [row.text for row in rows if isinstance(row, NoteRow)]
        edit = Edit(order)
        edit.put(Pointer.of("order_number"), "changed", "number")
        for note in notes_of(edit, pointer):
            assert any(note.problem.detail in text for text in notes), (pointer, note)
        rows_of(order, pointer, list(FormView)[number % len(FormView)], text="name" if number % 2 else "")


CONTEXT = QueryContext(NOW, UTC)
EVERY_COLUMN = columns_of([ViewColumn(name) for name in COLUMNS], NARROW)


@pytest.mark.parametrize("odd", ODD)
def test_list_and_preview_show_odd_documents(odd: str) -> None:
    for pointer, order in odd_orders(ODD[odd], one_in=4):
        for columns in (NARROW, WIDE, EVERY_COLUMN):
            rows = OrderRows(
                cast("OrderWindow", [CachedOrder(1, "1", order, 0.0)]),
                {7: 1},
                NOW,
                UTC,
                columns,
                lambda _: None,
                lambda order: tuple(find_problems(order)),
                lambda order: order_state(order.document, None, {}) is OrderState.FINISHED,
                lambda _: False,
                lambda order, problems: ListedOrder(order.document, problems, "open", "Shop", NOW, UTC, NOW),
                parse("a 1", CONTEXT).terms,
                {},
                print,
            )
            assert len(rows.row_at(0).cells) == len(columns), pointer
            lines = list(preview_lines(order, rows.problems_of(order)))
            assert lines
            assert len(marked_lines(lines, matches_in(order, rows.terms))) >= len(lines)


async def test_form_of_odd_documents_opens_editors() -> None:
    sheet = OrderSheet()
    async with WidgetApp(sheet).run_test(size=(80, 24)) as pilot:
        for number, odd in enumerate(ODD):
            for pointer, order in odd_orders(ODD[odd], one_in=70):
                sheet.load(rows_of(order, pointer))
                fields = [row for row in sheet.rows if isinstance(row, FieldRow) and row.pointer.startswith(pointer)]
                for row in fields[:2]:
                    if sheet.open_editor(row.pointer):
                        await pilot.press("x" if number % 2 else "down")
                        assert sheet.editing == row.pointer
                sheet.end()
                await pilot.pause()
                lines = screen_lines(pilot.app)
                assert not {char for line in lines for char in line if ord(char) < 32 or 0xD800 <= ord(char) < 0xE000}
                assert ROOT not in {row.pointer for row in fields}


def full_order_document() -> Document:
    """Return an order with 500 items."""
    order = sample(order_id="crowd", order_number="CROWD-1")
    details = order["order_details"]
    price = {"value": 3.5, "currency": "EUR"}
    details["integration"] = {"id": OWN_SHOP}
    details["order_items"] = [{"name": f"Mug {n}", "quantity": 1, "total_price": price} for n in range(500)]
    return order


async def paste(harness: AppHarness, text: str) -> None:
    harness.app.post_message(events.Paste(text))
    await harness.press()


async def test_500_items_and_megabyte_pastes(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=120, now=NOW, settle=0.0))
    transport = httpx.ASGITransport(box.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://s/api/v3", auth=("demo", "demo")) as client:
        assert (await client.post("/orders", json=[full_order_document()])).status_code == 201
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("CROWD-1")
        for text in ("y" * 2**20, "y\n" * 2**19, "\x1b[2J" * 2**18):
            await paste(harness, text)
            assert isinstance(harness.app.screen, TriageScreen)
            await harness.press("escape")
        assert harness.app.workspace.account.drafts.all() == []

        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        screen = harness.app.screen
        assert isinstance(screen, EditScreen)
        sheet = screen.sheet
        assert sheet.go_to(ITEMS / 499 / "quantity")
        await harness.press("enter")
        await harness.type("2")
        await harness.press("enter")
        assert screen.draft is not None
        assert screen.draft.choice.body == {"order_details": {"order_items": [{"name": "Mug 499", "quantity": 12}]}}
        await harness.press("u")

        for pointer in (SHIP_TO / "name", NOTES):
            sheet.go_to(pointer)
            before = pointer.get(screen.draft.edit.document)
            await harness.press("enter", "end")
            for text in ("y" * 2**20, "y\n" * 2**19):
                await paste(harness, text)
                assert "nothing was pasted: 1024 KB" in harness.text
                assert sheet.editor_text == before
            await paste(harness, "Jan \x1b[2J\ud800" + "y" * 60_000)
            assert "2 control characters left out" in harness.text
            long = f"{before}Jan [2J" + "y" * 60_000
            assert sheet.editor_text == long
            await harness.press("home", "end", "tab", "escape")
            assert pointer.get(screen.draft.edit.document) == long
        # A long value does not prevent sending: no limit is documented (Q8.16), so it is a warning at the field.
        sheet.go_to(SHIP_TO / "name")
        assert "Some carriers print at most 35 characters; this value has 6" in harness.text
        assert screen.draft.choice.can_send
        assert len(screen.draft.edit.document["order_details"]["order_items"]) == 500  # type: ignore[index,call-overload,arg-type]
    box.close()

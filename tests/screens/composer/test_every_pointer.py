"""Each spelling of a pointer in each form of refusal is shown at its order, field and cell and in the list, or at the batch."""

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import open_app
from batch_harness import BatchHarness, move_to_front, stage
from composer_harness import add_file, enter_composer, review, send_states
from interception import Handler, Send
from sandbox_harness import order

from tui.api.models import Operation
from tui.api.pointer import ROOT
from tui.orders.paths import ITEMS
from tui.screens.composer.grid_rows import GridRows, key_of
from tui.screens.composer.rows import notes_of, problem_rows
from tui.screens.order.form_rows import FormSpec, sheet_rows
from tui.widgets.form_layout import FieldRow, GroupRow, NoteRow
from tui.work.batches.sender import SendPlan
from tui.work.batches.staged_order import Finding
from tui.work.writes.send_state import SendState

DETAIL = "Nobody but the service knows"
TARGET = "T"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BatchHarness]:
    harness = BatchHarness(tmp_path / "data")
    await harness.open()
    yield harness
    harness.account.store.close()
    await harness.account.client.aclose()
    harness.sandbox.close()


def entry(**source: Any) -> dict[str, Any]:
    return {"status": "400", "code": "invalid", "detail": DETAIL, "source": source}


def parts_of(raw: str) -> list[str]:
    return re.split(r"/" if "/" in raw else r"\.", raw)


def nested(raw: str) -> Any:
    message: Any = [DETAIL]
    for part in reversed(parts_of(raw)):
        message = {part: message}
    return message


Body = Callable[[str], Any]

PLACED: dict[str, Body] = {
    "list": lambda raw: {"errors": [entry(pointer=raw)]},
    "list with nulls": lambda raw: {"errors": [{**entry(pointer=raw, parameter=None, header=None), "title": None}]},
    "one object": lambda raw: {"errors": entry(pointer=raw)},
    "bare list": lambda raw: [entry(pointer=raw)],
    "bare object": lambda raw: entry(pointer=raw),
    "error": lambda raw: {"error": {"code": 400, "message": DETAIL, "source": {"pointer": raw}}},
    "title only": lambda raw: {"errors": [{"title": DETAIL, "source": {"pointer": raw}}]},
    "status a number": lambda raw: {"errors": [{**entry(pointer=raw), "status": 400}]},
    "source a text": lambda raw: {"errors": [{"status": "400", "code": "x", "detail": DETAIL, "source": raw}]},
    "pointer in parts": lambda raw: {"errors": [entry(pointer=parts_of(raw))]},
    "loc": lambda raw: {"detail": [{"loc": parts_of(raw), "msg": DETAIL, "type": "missing"}]},
    "loc with numbers": lambda raw: {
        "detail": [
            {"loc": [int(part) if part.isdigit() else part for part in parts_of(raw)], "msg": DETAIL, "type": "x"}
        ]
    },
    "map": lambda raw: {"errors": {raw: [DETAIL]}},
    "map without errors": lambda raw: {raw: DETAIL},
    "nested map": lambda raw: {"errors": nested(raw)},
}
"""Error bodies that report a problem at a pointer."""

UNPLACED: dict[str, Any] = {
    "no source": {"errors": [{"status": "400", "code": "invalid", "detail": DETAIL}]},
    "source null": {"errors": [{"detail": DETAIL, "source": None}]},
    "source empty": {"errors": {"detail": DETAIL, "code": "x", "status": 400, "source": {}}},
    "pointer null": {"errors": [{"detail": DETAIL, "source": {"pointer": None}}]},
    "texts": {"errors": [DETAIL]},
    "text": {"errors": DETAIL},
    "error": {"error": {"message": DETAIL, "code": 400}},
    "error a text": {"error": DETAIL},
    "message": {"message": DETAIL},
    "a bare text": DETAIL,
    "non-field": {"errors": {"non_field_errors": [DETAIL]}},
    "web page": f"<html><h1>{DETAIL}</h1></html>".encode(),
    "plain text": DETAIL.encode(),
}
"""Error bodies that report a problem without a pointer."""


@dataclass(frozen=True)
class Case:
    """`{n}` is the position of the order in the request. `row` and `cell`: the fields at which the form and the table show
    the problem, if not the field itself. An empty row is the top of the form, an empty cell the order's row."""

    raw: str
    field_label: str
    row: str | None = None
    cell: str | None = None


ITEM = "/order_details/order_items"
SOME_FIELD = f"{ITEM}/1/quantity"

AT_ORDERS = [
    Case("/data/attributes/[{n}]" + SOME_FIELD, SOME_FIELD),
    Case("/data/attributes/{n}" + SOME_FIELD, SOME_FIELD),
    Case("data/attributes/[{n}]" + SOME_FIELD, SOME_FIELD),
    Case("/data/attributes/[{n}]/order_details/order_items/[1]/quantity", SOME_FIELD),
    Case("/data/attributes/[{n}]/order_details/order_items[1]/quantity", SOME_FIELD),
    Case("/data/attributes/orders/[{n}]" + SOME_FIELD, SOME_FIELD),
    Case("/data/attributes/orders/{n}/order_id", "/order_id"),
    Case("/data/attributes/orders[{n}]/order_id", "/order_id"),
    Case("/data/attributes/order/{n}/order_id", "/order_id"),
    Case("/data/orders/{n}/order_id", "/order_id"),
    Case("/data/{n}/order_id", "/order_id"),
    Case("/orders/{n}/order_id", "/order_id"),
    Case("[{n}]/order_id", "/order_id"),
    Case("/{n}/order_id", "/order_id"),
    Case("{n}" + SOME_FIELD, SOME_FIELD),
    Case("#/{n}/order_id", "/order_id"),
    Case("body/{n}" + SOME_FIELD, SOME_FIELD),
    Case("/body/{n}/order_id", "/order_id"),
    Case("orders[{n}].order_id", "/order_id"),
    Case("[{n}].order_details.order_items[1].quantity", SOME_FIELD),
    Case("{n}.order_details.order_items.1.quantity", SOME_FIELD),
    Case("body.{n}.order_id", "/order_id"),
    Case("$[{n}].order_id", "/order_id"),
    Case("data.attributes[{n}].order_id", "/order_id"),
    # A value that was not sent, and so is missing at its pointer.
    Case("/data/attributes/[{n}]" + f"{ITEM}/0/hs_code", f"{ITEM}/0/hs_code"),
    Case("/data/attributes/orders/{n}/customs_details/shipment_type", "/customs_details/shipment_type"),
    Case("/data/attributes/[{n}]/billing_address/city", "/billing_address/city"),
    # A whole object is shown at its first field.
    Case("/data/attributes/[{n}]/order_details/integration", "/order_details/integration", *["/order_details/integration/id"] * 2),
    Case("/data/attributes/[{n}]/payment_details/total_price/", "/payment_details/total_price", *["/payment_details/total_price/value"] * 2),
    Case("/data/attributes/[{n}]/order_details/order_items", ITEM, *[f"{ITEM}/0/name"] * 2),
    Case("/data/attributes/[{n}]/order_details/order_items/1", f"{ITEM}/1", f"{ITEM}/1", f"{ITEM}/1/name"),
    # Segments that come from a union of types.
    Case("/data/attributes/[{n}]/payment_details/Price/total_price/value", "/payment_details/total_price/value"),
    # Only a part of the pointer exists.
    Case("/data/attributes/[{n}]/shipping_address/nowhere/at/all", "/shipping_address/nowhere/at/all", *["/shipping_address/name"] * 2),
    Case("/data/attributes/[{n}]" + f"{ITEM}/1/nowhere", f"{ITEM}/1/nowhere", f"{ITEM}/1", f"{ITEM}/1/name"),
    Case("/data/attributes/[{n}]/order_id/0/deeper", "/order_id/0/deeper", *["/order_id"] * 2),
    Case("/data/attributes/[{n}]" + f"{ITEM}/7/quantity", f"{ITEM}/7/quantity", *[f"{ITEM}/0/name"] * 2),
    Case("/data/attributes/[{n}]/order_details/tags/5", "/order_details/tags/5", *["/order_details/tags"] * 2),
    # No part of the pointer exists.
    Case("/data/attributes/[{n}]", "", "", ""),
    Case("/data/attributes/[{n}]/", "", "", ""),
    Case("/data/attributes/orders/[{n}]", "", "", ""),
    Case("/data/attributes/orders/{n}", "", "", ""),
    Case("/data/attributes/[{n}]/nobody/knows", "/nobody/knows", "", ""),
    Case("/data/attributes/[{n}]/[0]/nowhere", "/0/nowhere", "", ""),
]  # fmt: skip

BATCH_ERRORS = [
    "",
    "/",
    "/data",
    "/data/",
    "/data/attributes",
    "/data/attributes/",
    "/data/attributes/order_id",
    "/data/attributes/order/order_id",
    "/data/attributes/sender_address_id",
    "/data/attributes/[99]/order_id",
    "/data/attributes/orders/99/order_id",
    "/data/attributes/[-1]/order_id",
    "/data/attributes/[x]/order_id",
    "/data/attributes/99999999999/order_id",
    "order/order_details/order_items",
    "body/unknown_field",
    "order_id",
    "order_details.notes",
    "order_details/order_items/1/quantity",
    "nobody knows what this is",
]


async def staged(harness: BatchHarness) -> dict[str, str]:
    """Make a batch in another order, with one order held; return the ids by the orders' names."""
    staging = harness.staging
    staging.create("batch")
    names = ["A", "held", "gone", TARGET, "B", "C"]
    ids = dict(zip(names, stage(staging, *(order(order_id=f"{n} here", order_number=n) for n in names)), strict=True))
    move_to_front(harness, ids["C"], rank=-1)
    staging.open_batch("batch")
    assert await staging.refresh_remote() is None
    staging.editing.hold([ids["held"]])
    return ids


async def refused(harness: BatchHarness, ids: dict[str, str], body: Body, raw: str) -> None:
    """Send the batch: one order is removed after the review, and the others move before the answer arrives."""
    staging = harness.staging
    if staging.send_state(next(order for order in staging.orders if order.id == ids[TARGET])) is SendState.REFUSED:
        staging.editing.release([ids[TARGET]], force=True)
    plan = staging.plan()
    if staging.get(ids["gone"]) is not None:
        staging.editing.remove_orders([ids["gone"]])

    async def refuse(request: httpx.Request, send: Send) -> httpx.Response:
        sent = [order["order_number"] for order in json.loads(request.content)]
        assert sorted(sent) == ["A", "B", "C", TARGET]
        move_to_front(harness, ids["B"], rank=-2)
        message = body(raw.replace("{n}", str(sent.index(TARGET))))
        content = message if isinstance(message, bytes) else json.dumps(message).encode()
        return httpx.Response(400, content=content, headers={"content-type": "application/json"})

    await answered(harness, plan, refuse)


async def answered(harness: BatchHarness, plan: SendPlan, answer: Handler) -> None:
    harness.interceptor.intercept("POST", answer)
    await harness.staging.send(plan)
    harness.interceptor.handler = None


def findings_at(harness: BatchHarness, id: str) -> list[Finding]:
    found = harness.staging.get(id)
    assert found is not None
    return [finding for finding in harness.staging.findings(found) if finding.at is not None]


def form_place(harness: BatchHarness, id: str) -> str:
    """Return the field or heading under which the form shows the problem; empty at the top."""
    found = harness.staging.get(id)
    assert found is not None
    notes = notes_of(harness.staging, found, harness.account.zone)
    place = ""
    for row in sheet_rows(FormSpec(found.edit, Operation.POST, notes=notes, zone=harness.account.zone)):
        if isinstance(row, FieldRow | GroupRow):
            place = str(row.pointer)
        elif isinstance(row, NoteRow) and DETAIL in row.text:
            return place
    raise AssertionError("the form does not tell it")


def table_place(harness: BatchHarness, id: str) -> str:
    """Return the cell at which the table shows the problem; empty for the order's row."""
    orders = harness.staging.orders
    rows = GridRows(
        elements=orders,
        staging=harness.staging,
        marks=frozenset,
        zone=harness.account.zone,
        suggest=lambda _: {},
        typed=lambda *_: None,
    )
    index = rows.index_of(id)
    assert index is not None
    assert rows.mark_of(index)[0] == "S"
    (place,) = [
        place
        for place, findings in rows.problems_of(orders[index]).items()
        if any(DETAIL in finding.problem.detail for finding in findings)
    ]
    if place == ROOT:
        return ""
    cell = rows.cell_at(index, key_of(place))
    assert cell.row is not None
    assert cell.row.mark == "S"
    assert cell.row.pointer == place
    return str(place)


@pytest.mark.parametrize("case", AT_ORDERS, ids=lambda case: case.raw)
async def test_error_is_shown_at_its_order_field_cell_and_list_row(harness: BatchHarness, case: Case) -> None:
    ids = await staged(harness)
    staging, target = harness.staging, ids[TARGET]
    for shape, body in PLACED.items():
        await refused(harness, ids, body, case.raw)
        assert [order.id for order in staging.orders if findings_at(harness, order.id)] == [target], shape
        assert not staging.notices[-1].problems, shape
        (finding,) = findings_at(harness, target)
        assert (str(finding.problem.pointer), finding.problem.detail) == (case.field_label, DETAIL), shape
        assert form_place(harness, target) == (case.field_label if case.row is None else case.row), shape
        assert table_place(harness, target) == (case.field_label if case.cell is None else case.cell), shape
        (row,) = [
            problem_row for problem_row in problem_rows(staging, staging.orders, None) if DETAIL in problem_row.text
        ]
        assert (row.order, str(row.pointer), row.mark, row.title) == (target, case.field_label, "S", TARGET), shape
        assert row.label, shape
        if case.field_label.startswith(f"{ITEM}/") and "/7/" not in case.field_label:
            staging.editing.change(target, lambda edit: edit.insert(ITEMS, 0, {"name": "First"}, "item"))
            (finding,) = findings_at(harness, target)
            assert finding.problem.pointer.tokens[2] == str(int(case.field_label.split("/")[3]) + 1), shape
            staging.editing.undo()


@pytest.mark.parametrize("raw", BATCH_ERRORS)
async def test_error_without_an_order_is_shown_on_the_batch(harness: BatchHarness, raw: str) -> None:
    ids = await staged(harness)
    for shape, body in PLACED.items():
        await refused(harness, ids, body, raw)
        assert_batch_notice(harness, shape)
        (row,) = [
            problem_row
            for problem_row in problem_rows(harness.staging, harness.staging.orders, None)
            if DETAIL in problem_row.text
        ]
        # `/data` is the whole request, which the label says in words (Q5.1.7).
        pieces = [part for part in re.split(r"[/.\[\]]", raw) if part and raw != "/data"]
        assert all(piece in row.label for piece in pieces), shape
        assert row.label, shape


@pytest.mark.parametrize("shape", UNPLACED)
async def test_error_without_a_pointer_is_shown_on_the_batch(harness: BatchHarness, shape: str) -> None:
    await refused(harness, await staged(harness), lambda _: UNPLACED[shape], "")
    assert_batch_notice(harness, shape)


@pytest.mark.parametrize("name", ["parameter", "header"])
async def test_error_of_a_parameter_or_header_names_it(harness: BatchHarness, name: str) -> None:
    await refused(harness, await staged(harness), lambda _: {"errors": [entry(**{name: "X-Partner"})]}, "")
    assert_batch_notice(harness, name)
    (row,) = [
        problem_row
        for problem_row in problem_rows(harness.staging, harness.staging.orders, None)
        if DETAIL in problem_row.text
    ]
    assert row.label == f"{name} X-Partner"


def assert_batch_notice(harness: BatchHarness, shape: str) -> None:
    staging = harness.staging
    assert [order.id for order in staging.orders if findings_at(harness, order.id)] == [], shape
    assert any(DETAIL in problem.detail for problem in staging.notices[-1].problems), shape
    assert DETAIL in staging.notices[-1].text, shape
    (row,) = [problem_row for problem_row in problem_rows(staging, staging.orders, None) if DETAIL in problem_row.text]
    assert (row.order, row.mark) == ("", "S"), shape
    assert staging.counts()[SendState.READY] == 4, shape


@pytest.mark.parametrize(
    ("raw", "field_label"),
    [
        ("", ""),
        ("/data/attributes/", ""),
        ("order_id", "/order_id"),
        ("order_details.notes", "/order_details/notes"),
        ("/data/attributes/order_id", "/order_id"),
        ("/data/attributes/order/order_id", "/order_id"),
        ("order/order_details/order_items", ITEM),
        ("body/order_details/notes", "/order_details/notes"),
        ("order_details/order_items/1/quantity", SOME_FIELD),
        ("/shipping_address/city", "/shipping_address/city"),
        ("body/unknown_field", "/unknown_field"),
    ],
)
async def test_single_order_needs_no_index(harness: BatchHarness, raw: str, field_label: str) -> None:
    staging = harness.staging
    (id,) = stage(staging, order(order_id="alone"))
    assert await staging.refresh_remote() is None
    for shape, body in PLACED.items():

        async def refuse(request: httpx.Request, send: Send, body: Body = body) -> httpx.Response:
            return httpx.Response(400, json=body(raw))

        await answered(harness, staging.plan(), refuse)
        (finding,) = findings_at(harness, id)
        assert (str(finding.problem.pointer), finding.problem.detail) == (field_label, DETAIL), shape
        assert staging.send_state(staging.orders[0]) is SendState.REFUSED, shape
        staging.editing.release([id], force=True)


async def test_errors_return_with_a_restored_order_or_item(harness: BatchHarness) -> None:
    ids = await staged(harness)
    await refused(harness, ids, PLACED["list"], "/data/attributes/orders/{n}" + SOME_FIELD)
    staging, target = harness.staging, ids[TARGET]
    staging.editing.change(target, lambda edit: ITEMS if edit.remove(ITEMS / 1, "item") else None)
    (finding,) = findings_at(harness, target)
    assert (finding.problem.pointer, finding.stale) == (ITEMS, True)
    assert form_place(harness, target) == f"{ITEM}/0/name"
    staging.editing.undo()
    (finding,) = findings_at(harness, target)
    assert (str(finding.problem.pointer), finding.stale) == (SOME_FIELD, False)
    staging.editing.remove_orders([target])
    assert not [
        problem_row for problem_row in problem_rows(staging, staging.orders, None) if DETAIL in problem_row.text
    ]
    staging.editing.undo()
    assert form_place(harness, target) == SOME_FIELD
    assert table_place(harness, target) == SOME_FIELD


async def test_errors_of_one_pointer_stay_together_in_order(harness: BatchHarness) -> None:
    def body(raw: str) -> Any:
        errors = (("shipping_address/city", "one"), ("order_id", "two"), ("shipping_address/city", "three"))
        return {"errors": [{**entry(pointer=raw + place), "detail": f"{DETAIL}, {word}"} for place, word in errors]}

    ids = await staged(harness)
    await refused(harness, ids, body, "/data/attributes/[{n}]/")
    found = [
        (str(finding.problem.pointer), finding.problem.detail.split(", ")[1])
        for finding in findings_at(harness, ids[TARGET])
    ]
    assert found == [("/shipping_address/city", "one"), ("/shipping_address/city", "three"), ("/order_id", "two")]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_error_is_reached_by_keys_in_form_table_and_list(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path / "data", size=size) as app:
        screen = await enter_composer(app)
        names = [f"P{number}" for number in range(4)]
        await add_file(app, tmp_path, *(order(order_id=name, order_number=name) for name in names))
        await app.press("g", "D", "j", "z")
        assert send_states(app) == ["ready", "held", "ready"]
        # P2 of P1 to P3 is held, so the second order that was sent is P3.
        app.interceptor.refuse_next(("/data/attributes/orders/1/shipping_address/city", DETAIL))
        await review(app)
        await app.press("y")
        await app.until("refused all 2 orders sent")
        assert send_states(app) == ["ready", "held", "refused"]
        await app.press("g", "n")
        assert screen.order is not None
        assert screen.order.document["order_id"] == "P3"
        assert str(screen.sheet.cursor_pointer) == "/shipping_address/city"
        assert DETAIL in app.text
        await app.press("escape", "g", "v")
        row = screen.problems.cursor_row
        assert row is not None
        assert (row.title, str(row.pointer)) == ("P3", "/shipping_address/city")
        assert f"service: {DETAIL}" in " ".join(app.line_with("P3: ").split())
        await app.press("v", "g", "n")
        assert str(screen.grid.cursor_pointer) == "/shipping_address/city"
        assert screen.grid.cell is not None
        assert screen.grid.cell.row is not None
        assert screen.grid.cell.row.mark == "S"


async def test_error_shown_elsewhere_names_its_original_pointer(harness: BatchHarness) -> None:
    ids = await staged(harness)
    await refused(harness, ids, PLACED["list"], f"/data/attributes/[{{n}}]{ITEM}/7/quantity")
    found = harness.staging.get(ids[TARGET])
    assert found is not None
    rows = sheet_rows(FormSpec(found.edit, Operation.POST, notes=notes_of(harness.staging, found, None)))
    (message,) = [row.text for row in rows if isinstance(row, NoteRow) and DETAIL in row.text]
    assert f"{ITEM}/7/quantity)" in message

"""Each spelling of a pointer in each shape of a refusal: at its order, field, cell and in the list, or at the batch."""

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import housed
from batch_harness import House, stage
from composer_harness import add_file, enter_composer, review, standings
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

SAID = "Nobody but the service knows"
TARGET = "T"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path / "data")
    await made.open()
    yield made
    made.account.store.close()
    await made.account.client.aclose()
    made.sandbox.close()


def entry(**source: Any) -> dict[str, Any]:
    return {"status": "400", "code": "invalid", "detail": SAID, "source": source}


def parts_of(raw: str) -> list[str]:
    return re.split(r"/" if "/" in raw else r"\.", raw)


def nested(raw: str) -> Any:
    told: Any = [SAID]
    for part in reversed(parts_of(raw)):
        told = {part: told}
    return told


Body = Callable[[str], Any]

PLACED: dict[str, Body] = {
    "list": lambda raw: {"errors": [entry(pointer=raw)]},
    "list with nulls": lambda raw: {"errors": [{**entry(pointer=raw, parameter=None, header=None), "title": None}]},
    "one object": lambda raw: {"errors": entry(pointer=raw)},
    "bare list": lambda raw: [entry(pointer=raw)],
    "bare object": lambda raw: entry(pointer=raw),
    "error": lambda raw: {"error": {"code": 400, "message": SAID, "source": {"pointer": raw}}},
    "title only": lambda raw: {"errors": [{"title": SAID, "source": {"pointer": raw}}]},
    "status a number": lambda raw: {"errors": [{**entry(pointer=raw), "status": 400}]},
    "source a text": lambda raw: {"errors": [{"status": "400", "code": "x", "detail": SAID, "source": raw}]},
    "pointer in parts": lambda raw: {"errors": [entry(pointer=parts_of(raw))]},
    "loc": lambda raw: {"detail": [{"loc": parts_of(raw), "msg": SAID, "type": "missing"}]},
    "loc with numbers": lambda raw: {
        "detail": [{"loc": [int(one) if one.isdigit() else one for one in parts_of(raw)], "msg": SAID, "type": "x"}]
    },
    "map": lambda raw: {"errors": {raw: [SAID]}},
    "map without errors": lambda raw: {raw: SAID},
    "nested map": lambda raw: {"errors": nested(raw)},
}
"""Bodies that say of a place that something is wrong."""

UNPLACED: dict[str, Any] = {
    "no source": {"errors": [{"status": "400", "code": "invalid", "detail": SAID}]},
    "source null": {"errors": [{"detail": SAID, "source": None}]},
    "source empty": {"errors": {"detail": SAID, "code": "x", "status": 400, "source": {}}},
    "pointer null": {"errors": [{"detail": SAID, "source": {"pointer": None}}]},
    "texts": {"errors": [SAID]},
    "text": {"errors": SAID},
    "error": {"error": {"message": SAID, "code": 400}},
    "error a text": {"error": SAID},
    "message": {"message": SAID},
    "a bare text": SAID,
    "non-field": {"errors": {"non_field_errors": [SAID]}},
    "web page": f"<html><h1>{SAID}</h1></html>".encode(),
    "plain text": SAID.encode(),
}
"""Bodies that say of no place that something is wrong."""


@dataclass(frozen=True)
class Case:
    """`{n}` is the place of the order among those sent; `row` and `cell` the fields at which the form and the table show
    it, where it is not the field itself. An empty row is the top of the form, an empty cell the order's row."""

    raw: str
    lands: str
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
    # What was not sent, and so is missing at its place.
    Case("/data/attributes/[{n}]" + f"{ITEM}/0/hs_code", f"{ITEM}/0/hs_code"),
    Case("/data/attributes/orders/{n}/customs_details/shipment_type", "/customs_details/shipment_type"),
    Case("/data/attributes/[{n}]/billing_address/city", "/billing_address/city"),
    # Objects as a whole are shown at their first field.
    Case("/data/attributes/[{n}]/order_details/integration", "/order_details/integration", *["/order_details/integration/id"] * 2),
    Case("/data/attributes/[{n}]/payment_details/total_price/", "/payment_details/total_price", *["/payment_details/total_price/value"] * 2),
    Case("/data/attributes/[{n}]/order_details/order_items", ITEM, *[f"{ITEM}/0/name"] * 2),
    Case("/data/attributes/[{n}]/order_details/order_items/1", f"{ITEM}/1", f"{ITEM}/1", f"{ITEM}/1/name"),
    # Segments that a union of types has put in.
    Case("/data/attributes/[{n}]/payment_details/Price/total_price/value", "/payment_details/total_price/value"),
    # Part of the way only.
    Case("/data/attributes/[{n}]/shipping_address/nowhere/at/all", "/shipping_address/nowhere/at/all", *["/shipping_address/name"] * 2),
    Case("/data/attributes/[{n}]" + f"{ITEM}/1/nowhere", f"{ITEM}/1/nowhere", f"{ITEM}/1", f"{ITEM}/1/name"),
    Case("/data/attributes/[{n}]/order_id/0/deeper", "/order_id/0/deeper", *["/order_id"] * 2),
    Case("/data/attributes/[{n}]" + f"{ITEM}/7/quantity", f"{ITEM}/7/quantity", *[f"{ITEM}/0/name"] * 2),
    Case("/data/attributes/[{n}]/order_details/tags/5", "/order_details/tags/5", *["/order_details/tags"] * 2),
    # None of the way.
    Case("/data/attributes/[{n}]", "", "", ""),
    Case("/data/attributes/[{n}]/", "", "", ""),
    Case("/data/attributes/orders/[{n}]", "", "", ""),
    Case("/data/attributes/orders/{n}", "", "", ""),
    Case("/data/attributes/[{n}]/nobody/knows", "/nobody/knows", "", ""),
    Case("/data/attributes/[{n}]/[0]/nowhere", "/0/nowhere", "", ""),
]  # fmt: skip

AT_THE_BATCH = [
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


async def staged(house: House) -> dict[str, str]:
    """A batch put in another order, one of it held; the ids by the orders' names."""
    staging = house.staging
    staging.create("batch")
    names = ["A", "held", "gone", TARGET, "B", "C"]
    ids = dict(zip(names, stage(staging, *(order(order_id=f"{n} here", order_number=n) for n in names)), strict=True))
    house.account.store.batches.move([ids["C"]], before=ids["A"])
    staging.open_batch("batch")
    assert await staging.refresh_remote() is None
    staging.editing.hold([ids["held"]])
    return ids


async def refused(house: House, ids: dict[str, str], body: Body, raw: str) -> None:
    """Send it: one order is removed after the review, and the rest moves while the answer is on its way."""
    staging = house.staging
    if staging.send_state(next(one for one in staging.orders if one.id == ids[TARGET])) is SendState.REFUSED:
        staging.editing.release([ids[TARGET]], force=True)
    plan = staging.plan()
    if staging.get(ids["gone"]) is not None:
        staging.editing.remove_orders([ids["gone"]])

    async def refuse(request: httpx.Request, send: Send) -> httpx.Response:
        sent = [one["order_number"] for one in json.loads(request.content)]
        assert sorted(sent) == ["A", "B", "C", TARGET]
        house.account.store.batches.move([ids["B"]], before=ids["C"])
        told = body(raw.replace("{n}", str(sent.index(TARGET))))
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        return httpx.Response(400, content=content, headers={"content-type": "application/json"})

    await answered(house, plan, refuse)


async def answered(house: House, plan: SendPlan, answer: Handler) -> None:
    house.interceptor.intercept("POST", answer)
    await house.staging.send(plan)
    house.interceptor.handler = None


def told_at(house: House, id: str) -> list[Finding]:
    found = house.staging.get(id)
    assert found is not None
    return [one for one in house.staging.findings(found) if one.at is not None]


def form_place(house: House, id: str) -> str:
    """The field, or the heading, under which the form tells it; empty at the top."""
    found = house.staging.get(id)
    assert found is not None
    notes = notes_of(house.staging, found, house.account.zone)
    place = ""
    for row in sheet_rows(FormSpec(found.edit, Operation.POST, notes=notes, zone=house.account.zone)):
        if isinstance(row, FieldRow | GroupRow):
            place = str(row.pointer)
        elif isinstance(row, NoteRow) and SAID in row.text:
            return place
    raise AssertionError("the form does not tell it")


def table_place(house: House, id: str) -> str:
    """The cell at which the table shows it, also as the cell of its column; empty for the order's row."""
    orders = house.staging.orders
    rows = GridRows(
        elements=orders,
        staging=house.staging,
        marks=frozenset,
        zone=house.account.zone,
        suggest=lambda _: {},
        typed=lambda *_: None,
    )
    index = rows.index_of(id)
    assert index is not None
    assert rows.mark_of(index)[0] == "S"
    (place,) = [
        place
        for place, findings in rows.problems_of(orders[index]).items()
        if any(SAID in one.problem.detail for one in findings)
    ]
    if place == ROOT:
        return ""
    cell = rows.cell_at(index, key_of(place))
    assert cell.row is not None
    assert cell.row.mark == "S"
    assert cell.row.pointer == place
    return str(place)


@pytest.mark.parametrize("case", AT_ORDERS, ids=lambda case: case.raw)
async def test_error_is_shown_at_its_order_field_cell_and_list_row(house: House, case: Case) -> None:
    ids = await staged(house)
    staging, target = house.staging, ids[TARGET]
    for shape, body in PLACED.items():
        await refused(house, ids, body, case.raw)
        assert [one.id for one in staging.orders if told_at(house, one.id)] == [target], shape
        assert not staging.notices[-1].problems, shape
        (finding,) = told_at(house, target)
        assert (str(finding.problem.pointer), finding.problem.detail) == (case.lands, SAID), shape
        assert form_place(house, target) == (case.lands if case.row is None else case.row), shape
        assert table_place(house, target) == (case.lands if case.cell is None else case.cell), shape
        (row,) = [one for one in problem_rows(staging, staging.orders, None) if SAID in one.text]
        assert (row.order, str(row.pointer), row.mark, row.title) == (target, case.lands, "S", TARGET), shape
        assert row.label, shape
        if case.lands.startswith(f"{ITEM}/") and "/7/" not in case.lands:
            staging.editing.change(target, lambda edit: edit.insert(ITEMS, 0, {"name": "First"}, "item"))
            (finding,) = told_at(house, target)
            assert finding.problem.pointer.tokens[2] == str(int(case.lands.split("/")[3]) + 1), shape
            staging.editing.undo()


@pytest.mark.parametrize("raw", AT_THE_BATCH)
async def test_error_without_an_order_is_shown_on_the_batch(house: House, raw: str) -> None:
    ids = await staged(house)
    for shape, body in PLACED.items():
        await refused(house, ids, body, raw)
        told_of_the_batch(house, shape)
        (row,) = [one for one in problem_rows(house.staging, house.staging.orders, None) if SAID in one.text]
        pieces = [part for part in re.split(r"[/.\[\]]", raw) if part]
        assert all(piece in row.label for piece in pieces), shape
        assert row.label, shape


@pytest.mark.parametrize("shape", UNPLACED)
async def test_error_without_a_pointer_is_shown_on_the_batch(house: House, shape: str) -> None:
    await refused(house, await staged(house), lambda _: UNPLACED[shape], "")
    told_of_the_batch(house, shape)


@pytest.mark.parametrize("name", ["parameter", "header"])
async def test_error_of_a_parameter_or_header_names_it(house: House, name: str) -> None:
    await refused(house, await staged(house), lambda _: {"errors": [entry(**{name: "X-Partner"})]}, "")
    told_of_the_batch(house, name)
    (row,) = [one for one in problem_rows(house.staging, house.staging.orders, None) if SAID in one.text]
    assert row.label == f"{name} X-Partner"


def told_of_the_batch(house: House, shape: str) -> None:
    staging = house.staging
    assert [one.id for one in staging.orders if told_at(house, one.id)] == [], shape
    assert any(SAID in one.detail for one in staging.notices[-1].problems), shape
    assert SAID in staging.notices[-1].text, shape
    (row,) = [one for one in problem_rows(staging, staging.orders, None) if SAID in one.text]
    assert (row.order, row.mark) == ("", "S"), shape
    assert staging.counts()[SendState.READY] == 4, shape


@pytest.mark.parametrize(
    ("raw", "lands"),
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
async def test_single_order_needs_no_index(house: House, raw: str, lands: str) -> None:
    staging = house.staging
    (id,) = stage(staging, order(order_id="alone"))
    assert await staging.refresh_remote() is None
    for shape, body in PLACED.items():

        async def refuse(request: httpx.Request, send: Send, body: Body = body) -> httpx.Response:
            return httpx.Response(400, json=body(raw))

        await answered(house, staging.plan(), refuse)
        (finding,) = told_at(house, id)
        assert (str(finding.problem.pointer), finding.problem.detail) == (lands, SAID), shape
        assert staging.send_state(staging.orders[0]) is SendState.REFUSED, shape
        staging.editing.release([id], force=True)


async def test_errors_return_with_a_restored_order_or_item(house: House) -> None:
    ids = await staged(house)
    await refused(house, ids, PLACED["list"], "/data/attributes/orders/{n}" + SOME_FIELD)
    staging, target = house.staging, ids[TARGET]
    staging.editing.change(target, lambda edit: ITEMS if edit.remove(ITEMS / 1, "item") else None)
    (finding,) = told_at(house, target)
    assert (finding.problem.pointer, finding.stale) == (ITEMS, True)
    assert form_place(house, target) == f"{ITEM}/0/name"
    staging.editing.undo()
    (finding,) = told_at(house, target)
    assert (str(finding.problem.pointer), finding.stale) == (SOME_FIELD, False)
    staging.editing.remove_orders([target])
    assert not [one for one in problem_rows(staging, staging.orders, None) if SAID in one.text]
    staging.editing.undo()
    assert form_place(house, target) == SOME_FIELD
    assert table_place(house, target) == SOME_FIELD


async def test_errors_of_one_pointer_stay_together_in_order(house: House) -> None:
    def body(raw: str) -> Any:
        said = (("shipping_address/city", "one"), ("order_id", "two"), ("shipping_address/city", "three"))
        return {"errors": [{**entry(pointer=raw + place), "detail": f"{SAID}, {word}"} for place, word in said]}

    ids = await staged(house)
    await refused(house, ids, body, "/data/attributes/[{n}]/")
    found = [(str(one.problem.pointer), one.problem.detail.split(", ")[1]) for one in told_at(house, ids[TARGET])]
    assert found == [("/shipping_address/city", "one"), ("/shipping_address/city", "three"), ("/order_id", "two")]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_error_is_reached_by_keys_in_form_table_and_list(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path / "data", size=size) as app:
        screen = await enter_composer(app)
        names = [f"P{number}" for number in range(4)]
        await add_file(app, tmp_path, *(order(order_id=name, order_number=name) for name in names))
        await app.press("g", "D", "j", "z")
        assert standings(app) == ["ready", "held", "ready"]
        # Of P1 to P3, of which P2 is held, the second that went is P3.
        app.interceptor.refuse_next(("/data/attributes/orders/1/shipping_address/city", SAID))
        await review(app)
        await app.press("y")
        await app.until("refused all 2 orders sent")
        assert standings(app) == ["ready", "held", "refused"]
        await app.press("g", "n")
        assert screen.order is not None
        assert screen.order.document["order_id"] == "P3"
        assert str(screen.sheet.cursor_pointer) == "/shipping_address/city"
        assert SAID in app.text
        await app.press("escape", "g", "v")
        row = screen.problems.cursor_row
        assert row is not None
        assert (row.title, str(row.pointer)) == ("P3", "/shipping_address/city")
        assert f"service: {SAID}" in " ".join(app.line_with("P3: ").split())
        await app.press("v", "g", "n")
        assert str(screen.grid.cursor_pointer) == "/shipping_address/city"
        assert screen.grid.cell is not None
        assert screen.grid.cell.row is not None
        assert screen.grid.cell.row.mark == "S"


async def test_error_shown_elsewhere_names_its_original_pointer(house: House) -> None:
    ids = await staged(house)
    await refused(house, ids, PLACED["list"], f"/data/attributes/[{{n}}]{ITEM}/7/quantity")
    found = house.staging.get(ids[TARGET])
    assert found is not None
    rows = sheet_rows(FormSpec(found.edit, Operation.POST, notes=notes_of(house.staging, found, None)))
    (told,) = [row.text for row in rows if isinstance(row, NoteRow) and SAID in row.text]
    assert f"{ITEM}/7/quantity)" in told

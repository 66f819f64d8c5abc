"""Named batches: any number, each with its orders, its undo log, its last notice, and one owner."""

import pytest
from batch_harness import NOTES, BatchHarness, Make, stage
from sandbox_harness import order

from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.pointer import Pointer
from tui.orders.paths import ITEMS
from tui.store.batches import NewStaged, StagedState
from tui.work.batches.staged_order import import_problem, service_problem_to_json
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.file_import.provenance import cells_to_json
from tui.work.writes.send_state import SendState


def names(harness: BatchHarness) -> list[str]:
    return [batch.name for batch in harness.staging.batches()]


async def test_batches_keep_their_orders_and_undo_and_the_last_one_opens(make: Make) -> None:
    harness = await make()
    staging = harness.staging
    stage(staging, order(order_id="A"))
    staging.create("  black   friday ")
    assert (staging.name, staging.orders) == ("black friday", [])
    stage(staging, order(order_id="B"), order(order_id="C"))
    staging.create("third")
    staging.open_batch("staged orders")
    assert [order.document["order_id"] for order in staging.orders] == ["A"]
    (a,) = (order.id for order in staging.orders)
    assert staging.editing.undo() == ("1 order added", [a])
    assert staging.orders == []
    staging.open_batch("black friday")
    assert [order.document["order_id"] for order in staging.orders] == ["B", "C"]
    staging = await harness.crash()
    assert (staging.name, len(staging.orders)) == ("black friday", 2)
    assert [(batch.name, batch.count) for batch in staging.batches()] == [
        ("third", 0),
        ("black friday", 2),
        ("staged orders", 0),
    ]
    assert staging.batches()[1].counts == {StagedState.DRAFT: 2}


async def test_named_batch_is_created_at_its_first_change(make: Make) -> None:
    harness = await make()
    other = Staging(harness.account, "nightly")
    assert (other.name, names(harness)) == ("nightly", [])
    stage(other, order(order_id="A"))
    assert names(harness) == ["nightly"]
    again = Staging(harness.account, "nightly")
    assert [order.document["order_id"] for order in again.orders] == ["A"]
    with pytest.raises(BatchLocked, match="at most 60"):
        stage(Staging(harness.account, "x" * 61), order(order_id="A"))


async def test_batch_names_are_unique_and_removal_can_be_undone(make: Make) -> None:
    harness = await make()
    staging = harness.staging
    staging.create("one")
    (a,) = stage(staging, order(order_id="A"))
    staging.create("two")
    for work in (lambda: staging.create("one"), lambda: staging.rename("two", "one"), lambda: staging.create(" ")):
        with pytest.raises(BatchLocked):
            work()
    staging.rename("two", "zwei")
    assert staging.name == "zwei"
    staging.remove("one")
    assert names(harness) == ["zwei"]
    staging.remove("zwei")
    assert (names(harness), staging.orders) == ([], [])
    staging = await harness.crash()
    assert staging.put_back() == "zwei"
    assert staging.put_back() == "one"
    assert staging.put_back() is None
    staging.open_batch("one")
    assert [order.id for order in staging.orders] == [a]


async def test_batch_with_orders_in_flight_cannot_be_removed(make: Make) -> None:
    harness = await make()
    (a,) = stage(harness.staging, order(order_id="A"))
    (info,) = harness.staging.batches()
    harness.account.store.batches.set_all(info.id, [(a, StagedState.UNKNOWN, False, {})])
    with pytest.raises(BatchLocked, match="1 order of this batch is in flight"):
        harness.staging.remove("staged orders")
    assert names(harness) == ["staged orders"]


async def test_two_processes_own_two_batches(make: Make) -> None:
    harness = await make()
    first, store = harness.staging, harness.account.store
    first.create("mine")
    (a,) = stage(first, order(order_id="A"))
    second = await harness.open()
    assert second.owner is not None
    assert second.name == "mine"
    (info,) = second.batches()
    assert info.is_elsewhere
    for work in (lambda: second.rename("mine", "x"), lambda: second.remove("mine")):
        with pytest.raises(BatchLocked, match="locked by"):
            work()
    second.create("theirs")
    stage(second, order(order_id="B"))
    first.editing.put(a, NOTES, "still mine", "note")
    with pytest.raises(BatchLocked, match="locked by"):
        first.remove("theirs")
    second.open_batch("mine")
    assert NOTES.get(second.orders[0].document) == "still mine"
    assert not next(batch for batch in first.batches() if batch.name == "theirs").is_elsewhere, "the batch was left"
    first.editing.put(a, NOTES, "newer", "note")
    second.reload_if_taken_over()
    assert NOTES.get(second.orders[0].document) == "newer"
    second.take_over()
    first.reload_if_taken_over()
    assert first.owner is not None
    store.close()
    second.reload_if_taken_over()
    assert second.owner is None


async def test_last_notice_stays_with_its_batch(make: Make) -> None:
    harness = await make()
    stage(harness.staging, order(order_id="A"))
    await harness.send()
    notices = harness.staging.notices
    assert notices
    harness.staging.create("other")
    assert harness.staging.notices == []
    harness.staging.open_batch("staged orders")
    assert harness.staging.notices == notices
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.VERIFIED}


async def test_cells_and_conversion_problems_follow_their_items(make: Make) -> None:
    harness = await make(settle=0.0)
    document = order(order_id="A", order_details__order_items__1__quantity=1)
    quantity, name = ITEMS / 1 / "quantity", ITEMS / 0 / "name"
    cells = {quantity: (8, "qty"), name: (7, "item"), Pointer.of("order_id"): (7, "id")}
    problem = Problem("Not a number: 1 pc", "number", pointer=quantity, reported_by=ReportedBy.LOCAL)
    meta = {
        "source": "row 7 of f.csv",
        "file": "f.csv",
        "row": 7,
        "cells": cells_to_json(cells),
        "noted": [service_problem_to_json(import_problem(problem, document, harness.clock.now()))],
        "derived": {"/order_number": "from the order id"},
    }
    (id,) = harness.staging.editing.add([NewStaged(document, meta=meta)])
    staging = await harness.crash()
    found = staging.get(id)
    assert found is not None
    assert (found.origin.file, found.origin.row, found.source) == ("f.csv", 7, "row 7 of f.csv")
    assert found.cell(quantity) == (8, "qty")
    assert found.derived(Pointer.of("order_number")) == "from the order id"
    places = {
        str(quantity): 'row 8, column "qty"',
        str(ITEMS / 1 / "sku"): "row 8",
        str(ITEMS / 1): "row 8",
        "/order_number": "row 7, from the order id",
        "/shipping_address/city": "",
        "/nowhere": "",
        "": "",
    }
    assert {place: found.place(Pointer.parse(place)) for place in places} == places
    assert [str(finding.problem.pointer) for finding in staging.findings(found) if finding.stops] == [str(quantity)]
    staging.editing.change(id, lambda edit: edit.move(ITEMS / 1, 0, "move"))
    assert found.cell(ITEMS / 0 / "quantity") == (8, "qty")
    assert found.cell(ITEMS / 1 / "name") == (7, "item")
    assert [str(finding.problem.pointer) for finding in staging.findings(found) if finding.stops] == [
        str(ITEMS / 0 / "quantity")
    ]
    staging.editing.put(id, ITEMS / 0 / "quantity", 2, "quantity")
    assert not [finding for finding in staging.findings(found) if finding.stops]
    await harness.send()
    await harness.account.verifier.until_done()
    staging.editing.put(id, NOTES, "again", "note")
    staging = await harness.crash()
    found = staging.get(id)
    assert found is not None
    staging.editing.change(id, lambda edit: edit.insert(ITEMS, 0, {"name": "Mine"}, "item"))
    assert found.place(ITEMS / 0 / "name") == "", "the added item is in no row of the file"
    staging.editing.undo()
    assert found.cell(ITEMS / 1 / "name") == (7, "item"), "the new version begins with the items in this order"
    assert found.cell(Pointer.of("order_id")) == (7, "id")


@pytest.mark.parametrize(
    ("severity", "texts"),
    [
        (Severity.WARNING, {"Two rows differ", "Must be an email address"}),
        (Severity.ERROR, {"Two rows differ"}),
    ],
)
async def test_import_warning_hides_no_error(make: Make, severity: Severity, texts: set[str]) -> None:
    harness = await make()
    document = order(order_id="A", shipping_address__email="jan(at)x")
    place = Pointer.of("shipping_address", "email")
    problem = Problem("Two rows differ", "conflict", pointer=place, severity=severity, reported_by=ReportedBy.LOCAL)
    (id,) = harness.staging.editing.add(
        [
            NewStaged(
                document,
                meta={"noted": [service_problem_to_json(import_problem(problem, document, harness.clock.now()))]},
            )
        ]
    )
    found = harness.staging.findings(next(order for order in harness.staging.orders if order.id == id))
    here = [finding.problem.detail.split(",")[0] for finding in found if finding.problem.pointer == place]
    assert (set(here), len(here)) == (texts, len(texts))
    assert harness.states() == {"A": SendState.INVALID}

"""A large file on its way into a batch: in portions, beside everything else, all of its orders or none."""

import asyncio
from typing import Any

import pytest
from batch_harness import NOTES, House, Make, stage
from hypothesis import given
from hypothesis import strategies as st
from sandbox_harness import order
from table_files import rows, text, workbook

from tui.api.pointer import Pointer
from tui.orders.checks.sending import check_duplicates
from tui.orders.edits.edit import Edit
from tui.orders.parsed import ParsedFile
from tui.orders.progress import Progress
from tui.store.batches import StagedState
from tui.work.batches.duplicates import DuplicateIndex
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked
from tui.work.batches.staging_chunks import CHUNK_SIZE, ChunkedStaging
from tui.work.file_import.reader import ImportStopped, read_source

MANY = CHUNK_SIZE * 2 + 50
DATA = text(rows(MANY)).encode()


def intake(data: bytes = DATA) -> ParsedFile:
    return read_source(data, "orders.csv", shop=7)


def quiet(_: Progress) -> None:
    """Progress that nobody looks at."""


def on_disk(house: House) -> int:
    """Orders that the file holds of any batch, whether they are seen or not."""
    found = house.account.store.batches._database.read(lambda c: c.execute("SELECT count(*) FROM staged").fetchone())
    return int(found[0])


def exact(value: Any) -> Any:
    """A value with the types of its parts, for 1 is not 1.0 and neither is Decimal("1")."""
    match value:
        case dict():
            return {key: exact(part) for key, part in value.items()}
        case list():
            return [exact(part) for part in value]
        case _:
            return type(value).__name__, str(value)


async def test_chunks_keep_their_order_and_are_one_undo_step(make: Make) -> None:
    house = await make()
    stage(house.staging, order(order_id="first"))
    seen: list[tuple[int, int]] = []
    ids = await house.staging.editing.add_in_chunks(
        intake(), "orders.csv", lambda now: seen.append((now.done, now.total))
    )
    assert seen == [(0, MANY), (CHUNK_SIZE, MANY), (2 * CHUNK_SIZE, MANY)]
    assert [one.id for one in house.staging.orders][1:] == ids
    assert house.staging.orders[5].source == "row 6 of orders.csv"
    assert house.staging.editing.undo() == (f"{MANY} orders added", ids)
    assert len(house.staging.orders) == 1
    house.staging.editing.redo()
    staging = await house.crash()
    assert [one.id for one in staging.orders][1:] == ids
    staging.editing.undo()
    assert [one.document["order_id"] for one in staging.orders] == ["first"]


@pytest.mark.parametrize(
    "data",
    [
        text(rows(12, decimal=",", per_order=3), ";").encode(),
        workbook(
            {
                "Orders": [
                    rows(1)[0],
                    ["Jan", "", "Damrak", 1.0, 1067.0, "Dresden", "DE", "", "A", "Mug", "S", 2.0, 12.0, 0.5],
                ]
            }
        ),
        b'[{"order_id": "A", "payment_details": {"total_price": {"value": 3.50, "currency": "EUR"}}, "x": 1e2}]',
        text([*rows(2), [*rows(1)[1][:11], "two", "1.10.00", "kg"]]).encode(),
    ],
    ids=["csv", "xlsx", "json", "with cells that cannot be read"],
)
async def test_staged_orders_match_the_stored_ones(make: Make, data: bytes) -> None:
    house = await make()
    await house.staging.editing.add_in_chunks(intake(data), "orders", quiet)
    shown = house.staging.orders
    staging = await house.crash()
    assert len(shown) == len(staging.orders) > 0
    for before, after in zip(shown, staging.orders, strict=True):
        assert exact(before.document) == exact(after.document)
        assert before.origin.dump() == after.origin.dump()
        assert before.import_problems == after.import_problems
        assert [one.problem for one in before.findings(None)] == [one.problem for one in after.findings(None)]


async def test_stopped_import_leaves_nothing(make: Make) -> None:
    house = await make()
    (first,) = stage(house.staging, order(order_id="first"))

    def stop(progress: Progress) -> None:
        if progress.done:
            assert on_disk(house) == 1 + CHUNK_SIZE
            raise ImportStopped("stopped")

    with pytest.raises(ImportStopped):
        await house.staging.editing.add_in_chunks(intake(), "orders.csv", stop)
    assert ([one.id for one in house.staging.orders], on_disk(house)) == ([first], 1)
    assert house.staging.editing.undo() == ("1 order added", [first])
    assert len(await house.staging.editing.add_in_chunks(intake(), "orders.csv", quiet)) == MANY


async def test_interrupted_import_is_removed_after_restart(make: Make) -> None:
    house = await make()
    stage(house.staging, order(order_id="first"))
    staging = house.staging
    taking = ChunkedStaging.of(house.account.store.batches, staging.batch or 0, "x", house.clock.now(), None)
    taking.stage(intake().orders[:CHUNK_SIZE])
    store = house.account.store
    second = await house.open()
    assert second.owner is not None
    assert (len(second.orders), on_disk(house)) == (1, 1 + CHUNK_SIZE)
    store.close()
    staging = await house.crash()
    assert staging.owner is None
    assert (len(staging.orders), on_disk(house)) == (1, 1)


async def test_other_processes_see_an_import_only_when_complete(make: Make) -> None:
    house = await make()
    first = house.staging
    (a,) = stage(first, order(order_id="first"))
    store = house.account.store
    second = await house.open()

    def take_over(progress: Progress) -> None:
        second.reopen()
        assert len(second.orders) == 1
        if progress.done == CHUNK_SIZE:
            second.take_over()

    with pytest.raises(BatchLocked, match="another copy"):
        await first.editing.add_in_chunks(intake(), "orders.csv", take_over)
    assert first.owner is not None
    assert [one.id for one in first.orders] == [a]
    assert on_disk(house) == 1
    store.close()


async def test_one_import_at_a_time(make: Make) -> None:
    house = await make()
    staging = house.staging
    stage(staging, order(order_id="first"))
    staging.create("other")
    task = asyncio.create_task(staging.editing.add_in_chunks(intake(), "orders.csv", quiet))
    await asyncio.sleep(0)
    assert staging.is_importing
    for leave in (lambda: staging.open_batch("staged orders"), lambda: staging.create("third")):
        with pytest.raises(BatchLocked, match="being added"):
            leave()
    with pytest.raises(BatchLocked, match="Another file"):
        await staging.editing.add_in_chunks(intake(), "again.csv", quiet)
    staging.rename("other", "renamed")
    blank = staging.editing.add_blank(7)
    assert staging.editing.put(blank, NOTES, "typed meanwhile", "note")
    ids = await task
    assert len(ids) == MANY
    assert sorted(one.id for one in staging.orders) == sorted([*ids, blank])
    kept = staging.get(blank)
    assert kept is not None
    assert NOTES.get(kept.document) == "typed meanwhile"
    assert (staging.name, staging.is_importing) == ("renamed", False)


async def test_duplicates_of_a_second_file_are_reported(make: Make) -> None:
    house = await make()
    await house.staging.editing.add_in_chunks(intake(), "orders.csv", quiet)
    await house.staging.editing.add_in_chunks(intake(text(rows(2)).encode()), "again.csv", quiet)
    assert [bool(one.duplicate_problem) for one in house.staging.orders] == [False] * MANY + [True, True]
    house.staging.editing.undo()
    assert not any(one.duplicate_problem for one in house.staging.orders)


async def test_checking_in_slices_yields_to_the_event_loop(make: Make) -> None:
    house = await make()
    await house.staging.editing.add_in_chunks(intake(), "orders.csv", quiet)
    staging = await house.crash()
    task, turns = asyncio.create_task(staging.check_all()), 0
    while not task.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > MANY // 100
    assert all("send state" in one._cache for one in staging.orders)


Change = tuple[int, str | None]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, "", "A", "B", "C"])), max_size=30))
def test_duplicate_index_matches_a_full_scan(changes: list[Change]) -> None:
    twins, orders = DuplicateIndex(), dict[str, StagedOrder]()
    for place, name in changes:
        id = str(place)
        if name is None:
            orders.pop(id, None)
        else:
            document: Any = {"order_id": name, "order_details": {"integration": {"id": 7}}}
            if id in orders:
                orders[id].edit = Edit(document)
            else:
                orders[id] = StagedOrder(id, Edit(document), 1, StagedState.DRAFT, None)  # type: ignore[arg-type]
        twins.update([id], orders)
        wanted = check_duplicates({id: one.document for id, one in orders.items()})
        assert {id: one.duplicate_problem for id, one in orders.items() if one.duplicate_problem is not None} == wanted


@pytest.mark.parametrize("tokens", [("a",), ("a", "0", "b"), ("a/b", "~"), ("", ""), ("~1", "x"), ("a~0", "/")])
def test_pointer_round_trips(tokens: tuple[str, ...]) -> None:
    written = str(Pointer(tokens))
    assert Pointer.parse(written) == Pointer(tokens)
    assert written.count("/") == len(tokens)

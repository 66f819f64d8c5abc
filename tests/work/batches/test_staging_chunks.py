"""Adding a large file to a batch: in portions, beside other work, all of its orders or none."""

import asyncio
from typing import Any

import pytest
from batch_harness import NOTES, BatchHarness, Make, stage
from hypothesis import given
from hypothesis import strategies as st
from sandbox_harness import order
from table_files import rows, text, workbook

from tui.api.pointer import Pointer
from tui.orders.checks.context import NO_SHOPS
from tui.orders.checks.sending import check_duplicates
from tui.orders.edits.edit import Edit
from tui.orders.parsed import ParsedFile
from tui.orders.progress import Progress
from tui.store.batches import StagedState
from tui.work.batches import open_batch
from tui.work.batches.duplicates import DuplicateIndex
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked
from tui.work.batches.staging_chunks import CHUNK_SIZE, ChunkedStaging
from tui.work.file_import.reader import ImportStopped, read_source

MANY = CHUNK_SIZE * 2 + 50
DATA = text(rows(MANY)).encode()


def parsed_file(data: bytes = DATA) -> ParsedFile:
    return read_source(data, "orders.csv", shop=7)


def quiet(_: Progress) -> None:
    """Ignore progress."""


def on_disk(harness: BatchHarness) -> int:
    """Count the stored orders of all batches, visible or not."""
    found = harness.account.store.batches._database.read(lambda c: c.execute("SELECT count(*) FROM staged").fetchone())
    return int(found[0])


def exact(value: Any) -> Any:
    """Return a value with the types of its parts, since 1, 1.0 and Decimal("1") compare equal."""
    match value:
        case dict():
            return {key: exact(part) for key, part in value.items()}
        case list():
            return [exact(part) for part in value]
        case _:
            return type(value).__name__, str(value)


async def test_chunks_keep_their_order_and_are_one_undo_step(make: Make) -> None:
    harness = await make()
    stage(harness.staging, order(order_id="first"))
    seen: list[tuple[int, int]] = []
    ids = await harness.staging.editing.add_in_chunks(
        parsed_file(), "orders.csv", lambda now: seen.append((now.done, now.total))
    )
    assert seen == [(0, MANY), (CHUNK_SIZE, MANY), (2 * CHUNK_SIZE, MANY)]
    assert [order.id for order in harness.staging.orders][1:] == ids
    assert harness.staging.orders[5].source == "row 6 of orders.csv"
    assert harness.staging.editing.undo() == (f"{MANY} orders added", ids)
    assert len(harness.staging.orders) == 1
    harness.staging.editing.redo()
    staging = await harness.crash()
    assert [order.id for order in staging.orders][1:] == ids
    staging.editing.undo()
    assert [order.document["order_id"] for order in staging.orders] == ["first"]


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
    harness = await make()
    harness.staging.editing.add_parsed(parsed_file(data), "orders")
    shown = harness.staging.orders
    staging = await harness.crash()
    assert len(shown) == len(staging.orders) > 0
    for before, after in zip(shown, staging.orders, strict=True):
        assert exact(before.document) == exact(after.document)
        assert before.origin.dump() == after.origin.dump()
        assert before.import_problems == after.import_problems
        assert [finding.problem for finding in before.findings(NO_SHOPS)] == [
            finding.problem for finding in after.findings(NO_SHOPS)
        ]


async def test_stopped_import_leaves_nothing(make: Make) -> None:
    harness = await make()
    (first,) = stage(harness.staging, order(order_id="first"))

    def stop(progress: Progress) -> None:
        if progress.done:
            assert on_disk(harness) == 1 + CHUNK_SIZE
            raise ImportStopped("stopped")

    with pytest.raises(ImportStopped):
        await harness.staging.editing.add_in_chunks(parsed_file(), "orders.csv", stop)
    assert ([order.id for order in harness.staging.orders], on_disk(harness)) == ([first], 1)
    assert harness.staging.editing.undo() == ("1 order added", [first])
    assert len(await harness.staging.editing.add_in_chunks(parsed_file(), "orders.csv", quiet)) == MANY


async def test_interrupted_import_is_removed_after_restart(make: Make) -> None:
    harness = await make()
    stage(harness.staging, order(order_id="first"))
    staging = harness.staging
    chunked = ChunkedStaging.of(harness.account.store.batches, staging.batch or 0, "x", harness.clock.now())
    chunked.stage(parsed_file().orders[:CHUNK_SIZE])
    store = harness.account.store
    second = await harness.open()
    assert second.owner is not None
    assert (len(second.orders), on_disk(harness)) == (1, 1 + CHUNK_SIZE)
    store.close()
    staging = await harness.crash()
    assert staging.owner is None
    assert (len(staging.orders), on_disk(harness)) == (1, 1)


async def test_other_processes_see_an_import_only_when_complete(make: Make) -> None:
    harness = await make()
    first = harness.staging
    (a,) = stage(first, order(order_id="first"))
    store = harness.account.store
    second = await harness.open()

    def take_over(progress: Progress) -> None:
        second.reopen()
        assert len(second.orders) == 1
        if progress.done == CHUNK_SIZE:
            second.take_over()

    with pytest.raises(BatchLocked, match="another copy"):
        await first.editing.add_in_chunks(parsed_file(), "orders.csv", take_over)
    assert first.owner is not None
    assert [order.id for order in first.orders] == [a]
    assert on_disk(harness) == 1
    store.close()


async def test_one_import_at_a_time(make: Make) -> None:
    harness = await make()
    staging = harness.staging
    stage(staging, order(order_id="first"))
    staging.create("other")
    task = asyncio.create_task(staging.editing.add_in_chunks(parsed_file(), "orders.csv", quiet))
    await asyncio.sleep(0)
    assert staging.is_importing
    for leave in (lambda: staging.open_batch("staged orders"), lambda: staging.create("third")):
        with pytest.raises(BatchLocked, match="being added"):
            leave()
    with pytest.raises(BatchLocked, match="Another file"):
        await staging.editing.add_in_chunks(parsed_file(), "again.csv", quiet)
    staging.rename("other", "renamed")
    blank = staging.editing.add_blank(7)
    assert staging.editing.put(blank, NOTES, "typed meanwhile", "note")
    ids = await task
    assert len(ids) == MANY
    assert sorted(order.id for order in staging.orders) == sorted([*ids, blank])
    kept = staging.get(blank)
    assert kept is not None
    assert NOTES.get(kept.document) == "typed meanwhile"
    assert (staging.name, staging.is_importing) == ("renamed", False)


async def test_duplicates_of_a_second_file_are_reported(make: Make) -> None:
    harness = await make()
    await harness.staging.editing.add_in_chunks(parsed_file(), "orders.csv", quiet)
    await harness.staging.editing.add_in_chunks(parsed_file(text(rows(2)).encode()), "again.csv", quiet)
    assert [bool(order.duplicate_problem) for order in harness.staging.orders] == [False] * MANY + [True, True]
    harness.staging.editing.undo()
    assert not any(order.duplicate_problem for order in harness.staging.orders)


async def test_checking_in_slices_yields_to_the_event_loop(make: Make) -> None:
    harness = await make()
    await harness.staging.editing.add_in_chunks(parsed_file(), "orders.csv", quiet)
    staging = await harness.crash()
    task, loop_turns = asyncio.create_task(staging.check_orders()), 0
    while not (staging.by_id.is_complete and all("send state" in order._cache for order in staging.orders)):
        loop_turns += 1
        await asyncio.sleep(0)
    task.cancel()
    # Each order is restored, then checked.
    assert loop_turns > MANY // 50


async def test_a_large_batch_is_counted_as_far_as_it_is_checked(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_batch, "CHECKED_AT_ONCE", 10)
    harness = await make()
    await harness.staging.editing.add_in_chunks(parsed_file(), "orders.csv", quiet)
    for added in harness.staging.orders:
        harness.staging.send_state(added)
    whole = harness.staging.counts()
    assert whole.total() == MANY
    staging = await harness.crash()
    changes: list[int] = []
    staging.on_change = lambda: changes.append(staging.counts().total())
    assert (staging.counts().total(), staging.unchecked, staging.ready().total()) == (0, MANY, 0)
    # What is drawn is checked before.
    staging.send_state(staging.by_id[next(iter(staging.by_id))])
    assert (staging.counts().total(), staging.unchecked) == (1, MANY - 1)
    task = asyncio.create_task(staging.check_orders())
    while not changes or changes[-1] < MANY:  # noqa: ASYNC110 - a test polls from outside
        await asyncio.sleep(0)
    task.cancel()
    assert (staging.counts(), staging.unchecked) == (whole, 0)


Change = tuple[int, str | None]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, "", "A", "B", "C"])), max_size=30))
def test_duplicate_index_matches_a_full_scan(changes: list[Change]) -> None:
    duplicates, orders = DuplicateIndex(), dict[str, StagedOrder]()
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
        duplicates.update([id], orders)
        expected = check_duplicates({id: order.document for id, order in orders.items()})
        assert {
            id: order.duplicate_problem for id, order in orders.items() if order.duplicate_problem is not None
        } == expected


@pytest.mark.parametrize("tokens", [("a",), ("a", "0", "b"), ("a/b", "~"), ("", ""), ("~1", "x"), ("a~0", "/")])
def test_pointer_round_trips(tokens: tuple[str, ...]) -> None:
    written = str(Pointer(tokens))
    assert Pointer.parse(written) == Pointer(tokens)
    assert written.count("/") == len(tokens)

"""A power cut at every step of a run of the app: nothing is lost and nothing is sent twice.

The steps are before and after each commit, before each request, and after a request was carried out but not answered.
(The state in which an answer was received but not stored is the step before the next commit.)
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from batch_harness import NOTES, QUANTITY, BatchHarness, pointers, stage
from power_cut import CutPoint, bodies, count_steps, empty_sandbox
from sandbox_harness import order

from tui.api.codec import decode, encode
from tui.orders.checks.sending import MAX_BYTES
from tui.sandbox.faults import Fault, FaultRule, Faults
from tui.store.db import StoreError
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.file_import.json_reader import read_orders
from tui.work.file_import.validate import entries_of
from tui.work.submit.results import SubmitOptions, SubmitOutcome
from tui.work.submit.run import Submission
from tui.work.writes.backoff import RetrySchedule
from tui.work.writes.lookup import key_of
from tui.work.writes.send_state import SendState

Scenario = Callable[[CutPoint], Awaitable[None]]
Prepare = Callable[[BatchHarness], Awaitable[None]]


async def cut_at_each_step(
    folder: Path,
    scenario: Scenario,
    prepare: Prepare | None = None,
    at_cut: Callable[[BatchHarness], None] | None = None,
) -> AsyncIterator[CutPoint]:
    """Run a scenario repeatedly, each time in a new folder and cut one step later, until it runs to its end."""
    harness = BatchHarness(folder)
    for step in count(1):
        empty_sandbox(harness)
        harness.folder = folder / str(step)
        cut = CutPoint(harness, step, partial(at_cut, harness) if at_cut is not None else None)
        with count_steps(cut):
            await harness.open()
            if prepare is not None:
                await prepare(harness)
            cut.begin()
            await cut.run(scenario)
            print(f"step {step}: {cut.steps[-1]}")  # shown if the test fails
            try:
                yield cut
            finally:
                harness.account.store.close()
                await harness.account.client.aclose()
        if not cut.reached:
            break
    harness.sandbox.close()


def by_name(staging: Staging) -> dict[str, StagedOrder]:
    """Return the staged orders by order id, which must be unique."""
    found = {str(order.document["order_id"]): order for order in staging.orders}
    assert len(found) == len(staging.orders), "no order is staged twice"
    return found


def assert_kept(cut: CutPoint) -> None:
    """Everything that was reported as done is stored right after the cut."""
    staged = by_name(cut.harness.staging)
    notes: dict[str, str] = {}
    for event, *about in cut.reported:
        if event == "staged":
            assert set(about) <= set(staged), "all staged orders are stored"
        if event == "typed":
            notes[about[0]] = about[1]
    for name, text in notes.items():
        # The edit after the last reported one is stored completely or not at all.
        assert NOTES.get(staged[name].document) in (text, cut.typing)


async def finish(harness: BatchHarness) -> None:
    """Recover as the app does at its start, and send until everything is done, as a user does."""
    staging = harness.staging

    def of(*states: SendState) -> list[str]:
        return [order.id for order in staging.orders if staging.send_state(order) in states]

    for outcome in await harness.account.outbox.recover():
        staging.settle(outcome)
    for _ in range(3):
        assert await staging.refresh_remote() is None
        staging.editing.release(of(SendState.CONFLICT))
        await staging.send(staging.plan(), continue_after_refusal=True)
        await harness.account.verifier.until_done()
        await staging.check_again(of(SendState.UNKNOWN, SendState.DIFFERS))


def assert_sent_once(cut: CutPoint, names: tuple[str, ...]) -> None:
    """The service wrote each order once; a repeated request was identical and followed enough lookups."""
    assert cut.written == Counter({(name, "7"): 1 for name in names})
    left = [(number, body) for number, body in enumerate(cut.posted) if number not in cut.refused]
    for place, (number, body) in enumerate(left):
        if body in (later for _, later in left[place + 1 :]):
            assert cut.reads[number + 1] >= len(RetrySchedule().lookups), "it was looked up before it was sent again"
    keys = [key_of(order) for body in {body for _, body in left} for order in bodies(body)]
    assert len(keys) == len(set(keys)), "a repeated request is identical"


# Sending


async def send_all(harness: BatchHarness) -> None:
    staging = harness.staging
    await staging.refresh_remote()
    await staging.send(staging.plan(), continue_after_refusal=True)
    await harness.account.verifier.until_done()


async def type_and_send(cut: CutPoint) -> None:
    staging = cut.harness.staging
    ids = stage(staging, *(order(order_id=name) for name in "ABC"))
    cut.reported.append(("staged", *"ABC"))
    for text in ("first", "second"):
        cut.typing = text
        staging.editing.put(ids[0], NOTES, text, "note")
        cut.reported.append(("typed", "A", text))
    await send_all(cut.harness)
    assert set(staging.counts()) == {SendState.VERIFIED}


@pytest.mark.parametrize(
    ("fault", "a_request"),
    [(None, 2), (Fault.LOST, 100), (Fault.DROPPED, 100), (Fault.BUSY, 100), (Fault.ERROR_AFTER, 2)],
)
async def test_sending_and_verifying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault | None, a_request: int
) -> None:
    monkeypatch.setattr("tui.work.batches.send_queue.split_into_requests.__defaults__", (a_request, MAX_BYTES))

    async def prepare(harness: BatchHarness) -> None:
        rules = () if fault is None else (FaultRule(fault, times=1, method="POST"),)
        harness.sandbox.fault_injector.faults = Faults(rules=rules)

    cuts = 0
    async for cut in cut_at_each_step(tmp_path, type_and_send, prepare):
        cuts += 1
        staging = await cut.harness.crash()
        assert_kept(cut)
        names = tuple(by_name(staging))
        assert names in ((), tuple("ABC")), "an import is complete or absent"
        await finish(cut.harness)
        assert staging.counts() == ({SendState.VERIFIED: 3} if names else {})
        assert_sent_once(cut, names)
        assert sorted(await cut.harness.remote_orders()) == list(names)
    assert cuts > 20


async def test_second_power_cut_during_recovery(tmp_path: Path) -> None:
    """The answer to the POST is lost; the power is cut again at every step of lookup and verification."""

    async def cut_once(harness: BatchHarness) -> None:
        wire = harness.wire
        first = CutPoint(harness, "before the answer to POST /orders")
        await harness.crash()
        await first.run(type_and_send)
        assert first.reached
        harness.wire = wire
        await harness.crash()

    async def recover(cut: CutPoint) -> None:
        await finish(cut.harness)

    async for cut in cut_at_each_step(tmp_path, recover, cut_once):
        staging = await cut.harness.crash()
        await finish(cut.harness)
        assert staging.counts() == {SendState.VERIFIED: 3}
        assert (cut.posted, cut.written) == ([], Counter()), "it was written by the first run"
        assert len(await cut.harness.remote_orders()) == 3


async def test_refusal_and_resending_of_the_rest(tmp_path: Path) -> None:
    async def scenario(cut: CutPoint) -> None:
        staging = cut.harness.staging
        ids = stage(staging, *(order(order_id=name) for name in "ABC"))
        staging.editing.put(ids[1], QUANTITY, 0, "quantity")
        cut.reported.append(("staged", *"ABC"))
        staging.editing.release(ids[1:2], force=True)
        cut.reported.append(("let go",))
        await send_all(cut.harness)

    async for cut in cut_at_each_step(tmp_path, scenario):
        staging = await cut.harness.crash()
        assert_kept(cut)
        staged = by_name(staging)
        if not cut.reported:
            continue
        await finish(cut.harness)
        assert staging.send_state(staged["A"]) is staging.send_state(staged["C"]) is SendState.VERIFIED
        bad = staged["B"]
        if ("let go",) in cut.reported:
            assert staging.send_state(bad) is SendState.REFUSED
            assert pointers(staging, bad.id) == [str(QUANTITY)]
        else:
            assert staging.send_state(bad) in (SendState.REFUSED, SendState.INVALID)
        assert cut.written == Counter({("A", "7"): 1, ("C", "7"): 1})


async def test_updates_and_a_second_version(tmp_path: Path) -> None:
    """Existing orders are changed, verified, changed again and sent again."""

    async def prepare(harness: BatchHarness) -> None:
        await harness.account.client.upsert_orders(encode([order(order_id=name) for name in "AB"]))
        harness.clock.passed += 100

    async def scenario(cut: CutPoint) -> None:
        staging = cut.harness.staging
        ids = stage(staging, *(order(order_id=name, order_details__notes="first") for name in "AB"))
        cut.reported.append(("staged", *"AB"))
        cut.reported.append(("typed", "A", "first"))
        await staging.refresh_remote()
        staging.editing.release(ids)
        await send_all(cut.harness)
        cut.typing = "second"
        staging.editing.put(ids[0], NOTES, "second", "note")
        cut.reported.append(("typed", "A", "second"))
        cut.reported.append(("releasing",))
        staging.editing.release(ids[:1])
        await send_all(cut.harness)

    async for cut in cut_at_each_step(tmp_path, scenario, prepare):
        staging = await cut.harness.crash()
        assert_kept(cut)
        if not (names := by_name(staging)):
            continue
        if NOTES.get(names["A"].document) == "second" and ("releasing",) not in cut.reported:
            assert staging.send_state(names["A"]) is SendState.CONFLICT, "this version was not released"
        await finish(cut.harness)
        assert staging.counts() == {SendState.VERIFIED: 2}, staging.notices
        versions = {encode(order) for body in cut.posted for order in bodies(body)}
        assert cut.written == Counter(key_of(order) for order in map(decode, versions)), "each version was written once"
        staged = await cut.harness.remote_orders()
        assert {name: NOTES.get(staged[name]) for name in names} == {
            name: NOTES.get(order.document) for name, order in by_name(staging).items()
        }


async def test_submitted_file(tmp_path: Path) -> None:
    text = encode([order(order_id=name) for name in "ABC"]).decode()
    options = SubmitOptions(retry_for=60)

    async def submit(harness: BatchHarness) -> Submission:
        run = Submission(harness.account, harness.staging, entries_of(read_orders(text)), "orders.json", options)
        await run.run()
        return run

    async def scenario(cut: CutPoint) -> None:
        await submit(cut.harness)

    async for cut in cut_at_each_step(tmp_path, scenario):
        await cut.harness.crash()
        run = await submit(cut.harness)
        assert [result.outcome for result in run.results()] == [SubmitOutcome.VERIFIED] * 3
        by_name(cut.harness.staging)
        assert_sent_once(cut, tuple("ABC"))
        assert len(await cut.harness.remote_orders()) == 3


# Another process takes over the batch


async def test_takeover_at_any_step_of_sending(tmp_path: Path) -> None:
    """The new owner sends and verifies the batch; the former owner still runs to its end."""
    copies: list[BatchHarness] = []
    finishing: list[asyncio.Task[None]] = []

    async def open_another(harness: BatchHarness) -> None:
        copies.append(copy(harness))
        await copies[-1].open()

    def take_over(_: BatchHarness) -> None:
        other = copies[-1].staging
        other.reopen()
        other.take_over()
        finishing.append(asyncio.create_task(finish(copies[-1])))

    async def scenario(cut: CutPoint) -> None:
        staging = cut.harness.staging
        with suppress(BatchLocked):
            ids = stage(staging, *(order(order_id=name) for name in "ABC"))
            cut.reported.append(("staged", *"ABC"))
            cut.typing = "typed"
            staging.editing.put(ids[0], NOTES, "typed", "note")
            cut.reported.append(("typed", "A", "typed"))
            await send_all(cut.harness)

    async for cut in cut_at_each_step(tmp_path, scenario, open_another, take_over):
        other = copies[-1]
        if cut.reached:
            await finishing[-1]
        cut.harness.account.store.close()
        cut.harness.account, cut.harness.staging = other.account, other.staging
        other.staging.reopen()
        assert_kept(cut)
        await finish(other)
        names = tuple(by_name(other.staging))
        assert other.staging.counts() == ({SendState.VERIFIED: len(names)} if names else {})
        assert cut.written == Counter({(name, "7"): 1 for name in names})


async def test_takeover_at_any_step_of_a_large_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.work.batches.editing.CHUNK_SIZE", 2)
    parsed_file = read_orders(encode([order(order_id=name) for name in "ABCDE"]).decode())
    copies: list[BatchHarness] = []

    async def open_another(harness: BatchHarness) -> None:
        stage(harness.staging, order(order_id="before"))
        copies.append(copy(harness))
        await copies[-1].open()

    def take_over(_: BatchHarness) -> None:
        copies[-1].staging.take_over()

    async def scenario(cut: CutPoint) -> None:
        with suppress(BatchLocked, StoreError):
            await cut.harness.staging.editing.add_in_chunks(parsed_file, "large.json", lambda _: None)
            cut.reported.append(("staged", *"ABCDE"))

    async for cut in cut_at_each_step(tmp_path, scenario, open_another, take_over):
        other = copies[-1]
        cut.harness.staging.reopen()
        seen_here = tuple(by_name(cut.harness.staging))
        cut.harness.account.store.close()
        cut.harness.account, cut.harness.staging = other.account, other.staging
        other.staging.reopen()
        assert_kept(cut)
        assert tuple(by_name(other.staging)) == seen_here
        assert seen_here in (("before",), ("before", *"ABCDE"))


# Editing


Seen = dict[str, object]


def seen(staging: Staging) -> Seen:
    """Return content and held state of each order in the batch."""
    return {name: (encode(order.document), order.held) for name, order in by_name(staging).items()}


@dataclass(frozen=True)
class Step:
    """An edit of a batch."""

    text: str
    do: Callable[[Staging], object]


def id_of(staging: Staging, name: str) -> str:
    return by_name(staging)[name].id


def put(name: str, text: str) -> Step:
    return Step(f"{name}: {text}", lambda staging: staging.editing.put(id_of(staging, name), NOTES, text, "note"))


def on_all(staging: Staging) -> None:
    staging.editing.put_each({order.id: [(NOTES, "all")] for order in staging.orders}, "note")


EDIT_STEPS = (
    Step("import", lambda staging: stage(staging, *(order(order_id=name) for name in "ABC"))),
    put("A", "one"),
    put("A", "two"),
    put("B", "three"),
    Step("undo", lambda staging: staging.editing.undo()),
    Step("redo", lambda staging: staging.editing.redo()),
    Step("undo in A", lambda staging: staging.editing.undo_in(id_of(staging, "A"))),
    Step("hold", lambda staging: staging.editing.hold([id_of(staging, "B")])),
    Step("all", on_all),
    Step("undo all", lambda staging: staging.editing.undo()),
    Step("remove", lambda staging: staging.editing.remove_orders([id_of(staging, "C")])),
    Step("undo remove", lambda staging: staging.editing.undo()),
    Step("remove again", lambda staging: staging.editing.redo()),
    Step("blank", lambda staging: stage(staging, order(order_id="D"))),
)


async def test_typing_holding_removing_and_undo(tmp_path: Path) -> None:
    """Each order is as before or as after the step that was cut, and every step can be undone."""

    async def scenario(cut: CutPoint) -> None:
        for step in EDIT_STEPS:
            cut.reported.append((step.text, seen(cut.harness.staging)))
            step.do(cut.harness.staging)
        cut.reported.append(("end", seen(cut.harness.staging)))

    cuts = [
        (cut, await cut.harness.crash(), seen(cut.harness.staging))
        async for cut in cut_at_each_step(tmp_path, scenario)
    ]
    states = [staged for _, staged in cuts[-1][0].reported]
    for cut, _, staged in cuts[:-1]:
        place = len(cut.reported) - 1
        before, after = states[place], states[place + 1]
        assert staged.keys() in (before.keys(), after.keys()), cut.reported[-1][0]
        for name, value in staged.items():
            assert value in (before.get(name), after.get(name)), cut.reported[-1][0]


async def test_large_import_is_complete_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The import is staged in portions; a cut leaves nothing of it, and it can be repeated."""
    monkeypatch.setattr("tui.work.batches.editing.CHUNK_SIZE", 2)
    names = tuple("ABCDEFG")
    parsed_file = read_orders(encode([order(order_id=name) for name in names]).decode())

    async def scenario(cut: CutPoint) -> None:
        stage(cut.harness.staging, order(order_id="before"))
        cut.reported.append(("staged", "before"))
        await cut.harness.staging.editing.add_in_chunks(parsed_file, "large.json", lambda _: None)
        cut.reported.append(("staged", *names))

    async for cut in cut_at_each_step(tmp_path, scenario):
        staging = await cut.harness.crash()
        assert_kept(cut)
        staged = tuple(by_name(staging))
        assert staged in ((), ("before",), ("before", *names))
        if "before" in staged and "A" not in staged:
            await staging.editing.add_in_chunks(parsed_file, "large.json", lambda _: None)
            assert tuple(by_name(staging)) == ("before", *names)


async def test_edits_can_be_undone_after_a_power_cut(tmp_path: Path) -> None:
    async def scenario(cut: CutPoint) -> None:
        for step in EDIT_STEPS:
            cut.reported.append((step.text,))
            step.do(cut.harness.staging)

    async for cut in cut_at_each_step(tmp_path, scenario):
        staging = await cut.harness.crash()
        staged = seen(staging)
        steps = 0
        while staging.editing.undo() is not None:
            steps += 1
        last, is_removal = cut.steps[-1], cut.reported[-1][0] == "remove"
        is_logged = last != "before the commit of undo_log.save"
        is_between = not is_logged or (last.startswith("after") and not last.endswith("undo_log.save"))
        if is_between and not is_removal:
            continue  # the step is stored and can be undone in its order, but is not in the batch's log
        assert seen(staging) == {}, "every step was undone"
        for _ in range(steps):
            assert staging.editing.redo() is not None
        if is_logged and is_removal:
            staged.pop("C", None)  # logged but not carried out yet: redo carries it out
        assert seen(staging) == staged


async def test_batches_created_renamed_removed_and_restored(tmp_path: Path) -> None:
    async def scenario(cut: CutPoint) -> None:
        staging = cut.harness.staging
        stage(staging, order(order_id="A"))
        cut.reported.append(("staged", "A"))
        staging.create("two")
        stage(staging, order(order_id="B"))
        cut.reported.append(("staged", "B"))
        staging.rename("two", "three")
        staging.open_batch("staged orders")
        staging.rename("three", "four")
        staging.remove("four")
        staging.put_back()
        staging.remove("staged orders")
        stage(staging, order(order_id="C"))
        cut.reported.append(("staged", "C"))

    async for cut in cut_at_each_step(tmp_path, scenario):
        staging = await cut.harness.crash()
        while staging.put_back() is not None:
            pass
        names: list[str] = []
        for info in staging.batches():
            assert info.owner is None or not info.owner.alive or info.owner.mine
            staging.open_batch(info.name)
            assert staging.owner is None
            names += by_name(staging)
        assert len(names) == len(set(names))
        assert set(names) >= {about[1] for about in cut.reported}
        assert len({info.name for info in staging.batches()}) == len(staging.batches())

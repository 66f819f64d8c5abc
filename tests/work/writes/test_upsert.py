"""Upserts: matching of answers and problems, lost answers, and which orders are sent again."""

import asyncio
import random
from collections.abc import Callable

import pytest
from fake_service import LostAnswer, OutboxHarness, Service, is_not_applied, order

from tui.api.client import Identifiers
from tui.api.codec import Document
from tui.api.errors import NotAuthorised, Problem, RequestRefused, ServiceBusy, Unreachable
from tui.api.pointer import Pointer, Scope
from tui.store.batches import NewStaged, Staged, StagedState
from tui.store.journal import WriteState
from tui.work.batches.staged_order import problems_by_order
from tui.work.writes.backoff import RetrySchedule
from tui.work.writes.outbox import AlreadySent, Outgoing
from tui.work.writes.outcomes import (
    WriteAccepted,
    WriteNotSent,
    WriteRefused,
    WriteUnknown,
    WriteVerified,
)
from tui.work.writes.serialization import problems_from_json


def stage(harness: OutboxHarness, *orders: Document) -> list[Outgoing]:
    batches = harness.store.batches
    batch = batches.create(harness.account_id, f"b{len(batches.all(harness.account_id))}").id
    ids = harness.store.batches.stage(batch, [NewStaged(order) for order in orders])
    return [Outgoing(staged, 1, order) for staged, order in zip(ids, orders, strict=True)]


def staged(harness: OutboxHarness, order: Outgoing) -> Staged:
    found = harness.store.batches.get(order.staged)
    assert found is not None
    return found


def problem(order: int | None, *path: str, scope: Scope = Scope.ORDER) -> Problem:
    return Problem("no", scope=scope, order=order, pointer=Pointer.of(*path), raw_pointer="/data/attributes/…")


async def test_accepted_orders_have_ids_and_are_verified(harness: OutboxHarness) -> None:
    harness.service.settle = 9
    outgoing = stage(harness, order("A", notes="a"), order("B", notes="b"))
    outcome = await harness.outbox.upsert(outgoing)
    assert isinstance(outcome, WriteAccepted)
    assert outcome.remote_ids == {outgoing[0].staged: "1", outgoing[1].staged: "2"}
    assert [staged(harness, order).state for order in outgoing] == [StagedState.ACCEPTED] * 2
    assert [staged(harness, order).remote_id for order in outgoing] == ["1", "2"]
    await harness.verifier.until_done()
    assert [staged(harness, order).state for order in outgoing] == [StagedState.VERIFIED] * 2
    assert harness.states(outcome.write.id) == ["recorded", "sent", "accepted", "verified"]


@pytest.mark.parametrize(
    ("raised", "ids"),
    [
        ([("7", "A"), ("8", "B"), ("9", "A")], ["7", "8", "9"]),
        ([("8", "B"), ("7", "A"), ("9", "A")], [None, "8", "9"]),
        ([("8", "B")], [None, "8", None]),
        ([("7", "A")], ["7", None, "7"]),
        ([], [None, None, None]),
        ([("", "A"), ("x", "Z"), ("9", "A"), ("1", "B")], [None, "1", "9"]),
    ],
)
async def test_answers_are_matched_by_order_id_and_position(
    harness: OutboxHarness, monkeypatch: pytest.MonkeyPatch, raised: list[tuple[str, str]], ids: list[str | None]
) -> None:
    async def upsert(orders: bytes) -> list[Identifiers]:
        return [Identifiers(id, order_id, "") for id, order_id in raised]

    monkeypatch.setattr(harness.service, "upsert_orders", upsert)
    outgoing = stage(harness, order("A", 1), order("B", 1), order("A", 2))
    outcome = await harness.outbox.upsert(outgoing)
    assert isinstance(outcome, WriteAccepted)
    assert [outcome.remote_ids.get(order.staged) for order in outgoing] == ids


async def test_refusal_marks_named_orders_and_resets_the_rest(harness: OutboxHarness) -> None:
    outgoing = stage(harness, order("A"), order("B"), order("C"))
    problems = [problem(2, "order_id"), problem(2, "notes"), problem(0), problem(None, scope=Scope.BATCH), problem(9)]
    harness.service.faults["upsert"] = [RequestRefused("no", problems=problems, status=400, body=b"raw")]
    outcome = await harness.outbox.upsert(outgoing)
    assert isinstance(outcome, WriteRefused)
    assert outcome.by_staged == {outgoing[2].staged: tuple(problems[:2]), outgoing[0].staged: (problems[2],)}
    assert outcome.problems == tuple(problems[3:])
    assert [staged(harness, order).state for order in outgoing] == [
        StagedState.REFUSED,
        StagedState.DRAFT,
        StagedState.REFUSED,
    ]
    recorded = problems_by_order(outcome.write)
    assert [[finding.problem for finding in recorded[each.staged]] for each in outgoing] == [
        [problems[2]],
        [],
        problems[:2],
    ]
    assert outcome.write.last.answer == b"raw"
    assert problems_from_json(outcome.write.last.problems) == problems


@pytest.mark.parametrize(
    ("error", "write_state", "state"),
    [
        (ServiceBusy("busy", status=400, problems=[Problem("try again")]), WriteState.BUSY, StagedState.REFUSED),
        (Unreachable("no network"), WriteState.NOT_SENT, StagedState.DRAFT),
        (NotAuthorised("keys", status=401), WriteState.NOT_SENT, StagedState.DRAFT),
    ],
)
async def test_denied_write_can_be_sent_again(
    harness: OutboxHarness, error: Exception, write_state: WriteState, state: StagedState
) -> None:
    outgoing = stage(harness, order("A"))
    harness.service.faults["upsert"] = [error]
    outcome = await harness.outbox.upsert(outgoing)
    assert (type(outcome), outcome.write.state) == (WriteNotSent, write_state)
    assert staged(harness, outgoing[0]).state is state
    assert isinstance(await harness.outbox.upsert(outgoing), WriteAccepted)


async def test_done_or_in_flight_orders_are_never_resent(harness: OutboxHarness) -> None:
    done, new = stage(harness, order("A"), order("B"))
    await harness.outbox.upsert([done])
    with pytest.raises(AlreadySent) as raised:
        await harness.outbox.upsert([done, new])
    assert raised.value.staged == (done.staged,)
    assert len(harness.service.sent("upsert")) == 1
    harness.service.open = asyncio.Event()
    waiting = asyncio.create_task(harness.outbox.upsert([new]))
    await asyncio.sleep(0)
    with pytest.raises(AlreadySent):
        await harness.outbox.upsert([new])
    harness.service.open.set()
    await waiting


async def test_lost_answer_is_found_and_not_resent(harness: OutboxHarness) -> None:
    harness.service.settle = 20
    outgoing = stage(harness, *(order(f"A{n}") for n in range(6)))
    harness.service.faults["upsert"] = [LostAnswer(done=True)]
    outcome = await harness.outbox.upsert(outgoing)
    assert isinstance(outcome, WriteAccepted)
    assert len(harness.service.sent("upsert")) == 1
    await harness.verifier.until_done()
    assert {staged(harness, order).state for order in outgoing} == {StagedState.VERIFIED}
    assert {staged(harness, order).remote_id for order in outgoing} == set("123456")


async def test_missing_order_is_resent_byte_for_byte(harness: OutboxHarness) -> None:
    outgoing = stage(harness, order("A", notes="\ud800"), order("B"))
    harness.service.faults["upsert"] = [LostAnswer(done=False), LostAnswer(done=False)]
    started = harness.time.now()
    assert isinstance(await harness.outbox.upsert(outgoing), WriteAccepted)
    assert (harness.time.now() - started).total_seconds() >= 120
    first, *others = harness.service.sent("upsert")
    assert others == [first, first]
    await harness.verifier.until_done()
    assert len(harness.service.orders) == 2


async def test_resending_is_limited(harness: OutboxHarness) -> None:
    outgoing = stage(harness, order("A"))
    harness.service.faults["upsert"] = [LostAnswer(done=False)] * 9
    outcome = await harness.outbox.upsert(outgoing)
    assert isinstance(outcome, WriteUnknown)
    assert len(harness.service.sent("upsert")) == harness.schedule.attempts
    assert staged(harness, outgoing[0]).state is StagedState.UNKNOWN
    with pytest.raises(AlreadySent):
        await harness.outbox.upsert(outgoing)


@pytest.mark.parametrize(
    "error", [Unreachable("gone"), ServiceBusy("busy", status=400), NotAuthorised("keys", status=401)]
)
async def test_denied_resend_does_not_settle_the_first_attempt(harness: OutboxHarness, error: Exception) -> None:
    harness.service.settle = 100
    outgoing = stage(harness, order("A"))
    harness.service.faults["upsert"] = [LostAnswer(done=True), error]
    assert isinstance(await harness.outbox.upsert(outgoing), WriteAccepted)
    assert harness.states(1).count("not sent") == 0


async def test_nothing_is_resent_while_lookups_fail(harness: OutboxHarness) -> None:
    outgoing = stage(harness, order("A"))
    harness.service.faults["upsert"] = [LostAnswer(done=True)]
    harness.service.faults["list"] = [Unreachable("no")] * 99
    assert isinstance(await harness.outbox.upsert(outgoing), WriteUnknown)
    assert len(harness.service.sent("upsert")) == 1
    harness.service.faults["list"] = []
    assert [type(outcome) for outcome in await harness.outbox.recover()] == [WriteAccepted]


async def test_identical_existing_order_proves_nothing(harness: OutboxHarness) -> None:
    harness.service.add("A", notes="same")
    same, new = stage(harness, order("A", notes="same"), order("B"))
    same = Outgoing(same.staged, 1, same.order, base=dict(harness.service.orders["1"]))
    harness.service.faults["upsert"] = [LostAnswer(done=False)]
    assert isinstance(await harness.outbox.upsert([same, new]), WriteAccepted)
    assert len(harness.service.sent("upsert")) == 2
    await harness.verifier.until_done()
    assert [staged(harness, order).state for order in (same, new)] == [StagedState.VERIFIED] * 2
    assert len(harness.service.orders) == 2


async def test_one_new_order_proves_the_whole_request(harness: OutboxHarness) -> None:
    first, second = stage(harness, order("A"), order("B"))
    harness.service.faults["upsert"] = [LostAnswer(done=False)]
    harness.service.add("A")
    assert isinstance(await harness.outbox.upsert([first, second]), WriteAccepted)
    assert len(harness.service.sent("upsert")) == 1


async def test_unknown_write_is_not_resent_over_a_newer_one(harness: OutboxHarness) -> None:
    harness.schedule = RetrySchedule(attempts=1)
    harness.restart()
    a, b = stage(harness, order("A", notes="one"), order("B"))
    harness.service.faults["upsert"] = [LostAnswer(done=False)]
    assert isinstance(await harness.outbox.upsert([a, b]), WriteUnknown)
    harness.store.batches.save_log(a.staged, ["mended"])
    assert isinstance(await harness.outbox.upsert([Outgoing(a.staged, 2, order("A", notes="two"))]), WriteAccepted)
    (raised,) = await harness.outbox.recover()
    assert is_not_applied(raised)
    assert len(harness.service.sent("upsert")) == 2
    assert staged(harness, b).state is StagedState.DRAFT
    await harness.verifier.until_done()
    assert (staged(harness, a).state, staged(harness, a).version) == (StagedState.VERIFIED, 2)


async def test_unknown_write_is_not_resent_over_a_patch_or_delete(harness: OutboxHarness) -> None:
    harness.schedule = RetrySchedule(attempts=1)
    harness.restart()
    number = harness.service.add("A", notes="zero")
    (a,) = stage(harness, order("A", notes="one"))
    a = Outgoing(a.staged, 1, a.order, base=dict(harness.service.orders[number]))
    harness.service.faults["upsert"] = [LostAnswer(done=False)]
    assert isinstance(await harness.outbox.upsert([a]), WriteUnknown)
    patched = await harness.outbox.patch(number, b'{"notes": "two"}', dict(harness.service.orders[number]))
    assert isinstance(patched, WriteVerified)
    (outcome,) = await harness.outbox.recover()
    assert is_not_applied(outcome)
    assert harness.service.orders[number]["notes"] == "two"


async def test_after_a_crash_an_upsert_is_looked_up_before_resending(
    harness: OutboxHarness, crash: Callable[[], None]
) -> None:
    outgoing = stage(harness, order("A"), order("B"))
    harness.service.open = asyncio.Event()
    waiting = asyncio.create_task(harness.outbox.upsert(outgoing))
    queued = asyncio.create_task(harness.outbox.upsert(stage(harness, order("C"))))
    await harness.service.received["upsert"].wait()
    crash()
    await asyncio.gather(waiting, queued, return_exceptions=True)
    harness.service.open.set()
    harness.service.calls.clear()
    assert staged(harness, outgoing[0]).state is StagedState.SENT
    assert [type(outcome) for outcome in await harness.outbox.recover()] == [WriteAccepted, WriteNotSent]
    methods = [method for method, _ in harness.service.calls]
    assert methods[: methods.index("upsert")].count("list") > 5
    await harness.verifier.until_done()
    assert sorted(str(order["order_id"]) for order in harness.service.orders.values()) == ["A", "B"]


class FlakyService(Service):
    """A service in which three of ten calls fail in one of the sandbox's ways."""

    rng = random.Random(0)

    def _fault(self, method: str) -> Exception | None:
        if self.rng.random() > 0.3:
            return None
        if method in ("get", "list"):
            return Unreachable("no")
        return self.rng.choice(
            [LostAnswer(done=True), LostAnswer(done=False), Unreachable("no"), ServiceBusy("busy", status=400)]
        )


@pytest.mark.parametrize("seed", range(3))
async def test_under_faults_and_crashes_every_order_matches_the_journal(
    harness: OutboxHarness, crash: Callable[[], None], seed: int
) -> None:
    service = FlakyService(harness.time)
    service.rng = random.Random(seed)
    service.settle = 8
    harness.service = service
    harness.restart()
    outgoing = stage(harness, *(order(f"A{n}", notes=str(n)) for n in range(60)))
    numbers = [service.add(f"P{n}", notes="old") for n in range(30)]
    crashed: list[BaseException] = []
    for _ in range(25):
        left = [order for order in outgoing if not harness.store.writes.already_sent(order.staged, 1)]
        work = [harness.outbox.upsert(left[place : place + 7]) for place in range(0, len(left), 7)]
        patches = [number for number in numbers if service.orders[number]["notes"] == "old"]
        work += [harness.outbox.patch(number, b'{"notes": "new"}', dict(service.orders[number])) for number in patches]
        ended = asyncio.gather(harness.outbox.recover(), *work, return_exceptions=True)
        for _ in range(service.rng.randrange(1, 40)):
            await asyncio.sleep(0)
        crash()
        crashed += [result for result in await ended if isinstance(result, BaseException)]
    for _ in range(20):
        await harness.outbox.recover()
        left = [order for order in outgoing if not harness.store.writes.already_sent(order.staged, 1)]
        if left:
            await harness.outbox.upsert(left)
        await harness.verifier.until_done()
    assert {type(error) for error in crashed} == {asyncio.CancelledError}
    assert len(crashed) > 30
    keys = [str(order["order_id"]) for order in service.orders.values()]
    assert sorted(keys) == sorted([*(f"A{n}" for n in range(60)), *(f"P{n}" for n in range(30))])
    assert {staged(harness, order).state for order in outgoing} == {StagedState.VERIFIED}
    for write in harness.store.writes.all(harness.account_id, limit=-1):
        assert not write.state.open
        if write.state is WriteState.CONFIRMED:
            assert service.orders[write.new.order_id or ""]["notes"] == "new"

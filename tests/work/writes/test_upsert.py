"""Upserts: matching of answers and problems, lost answers, and what goes again and what never does."""

import asyncio
import random
from collections.abc import Callable

import pytest
from fake_service import Bench, Lost, Service, is_not_applied, order

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


def stage(bench: Bench, *orders: Document) -> list[Outgoing]:
    batches = bench.store.batches
    batch = batches.create(bench.account_id, f"b{len(batches.all(bench.account_id))}").id
    ids = bench.store.batches.stage(batch, [NewStaged(one) for one in orders])
    return [Outgoing(staged, 1, one) for staged, one in zip(ids, orders, strict=True)]


def staged(bench: Bench, one: Outgoing) -> Staged:
    found = bench.store.batches.get(one.staged)
    assert found is not None
    return found


def problem(order: int | None, *path: str, scope: Scope = Scope.ORDER) -> Problem:
    return Problem("no", scope=scope, order=order, pointer=Pointer.of(*path), raw_pointer="/data/attributes/…")


async def test_accepted_orders_have_ids_and_are_verified(bench: Bench) -> None:
    bench.service.settle = 9
    going = stage(bench, order("A", notes="a"), order("B", notes="b"))
    outcome = await bench.outbox.upsert(going)
    assert isinstance(outcome, WriteAccepted)
    assert outcome.remote_ids == {going[0].staged: "1", going[1].staged: "2"}
    assert [staged(bench, one).state for one in going] == [StagedState.ACCEPTED] * 2
    assert [staged(bench, one).remote_id for one in going] == ["1", "2"]
    await bench.verifier.until_done()
    assert [staged(bench, one).state for one in going] == [StagedState.VERIFIED] * 2
    assert bench.states(outcome.write.id) == ["recorded", "sent", "accepted", "verified"]


@pytest.mark.parametrize(
    ("told", "ids"),
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
    bench: Bench, monkeypatch: pytest.MonkeyPatch, told: list[tuple[str, str]], ids: list[str | None]
) -> None:
    async def upsert(orders: bytes) -> list[Identifiers]:
        return [Identifiers(id, order_id, "") for id, order_id in told]

    monkeypatch.setattr(bench.service, "upsert_orders", upsert)
    going = stage(bench, order("A", 1), order("B", 1), order("A", 2))
    outcome = await bench.outbox.upsert(going)
    assert isinstance(outcome, WriteAccepted)
    assert [outcome.remote_ids.get(one.staged) for one in going] == ids


async def test_refusal_marks_named_orders_and_resets_the_rest(bench: Bench) -> None:
    going = stage(bench, order("A"), order("B"), order("C"))
    problems = [problem(2, "order_id"), problem(2, "notes"), problem(0), problem(None, scope=Scope.BATCH), problem(9)]
    bench.service.faults["upsert"] = [RequestRefused("no", problems=problems, status=400, body=b"raw")]
    outcome = await bench.outbox.upsert(going)
    assert isinstance(outcome, WriteRefused)
    assert outcome.by_staged == {going[2].staged: tuple(problems[:2]), going[0].staged: (problems[2],)}
    assert outcome.problems == tuple(problems[3:])
    assert [staged(bench, one).state for one in going] == [StagedState.REFUSED, StagedState.DRAFT, StagedState.REFUSED]
    recorded = problems_by_order(outcome.write)
    assert [[one.problem for one in recorded[each.staged]] for each in going] == [[problems[2]], [], problems[:2]]
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
    bench: Bench, error: Exception, write_state: WriteState, state: StagedState
) -> None:
    going = stage(bench, order("A"))
    bench.service.faults["upsert"] = [error]
    outcome = await bench.outbox.upsert(going)
    assert (type(outcome), outcome.write.state) == (WriteNotSent, write_state)
    assert staged(bench, going[0]).state is state
    assert isinstance(await bench.outbox.upsert(going), WriteAccepted)


async def test_done_or_in_flight_orders_are_never_resent(bench: Bench) -> None:
    done, new = stage(bench, order("A"), order("B"))
    await bench.outbox.upsert([done])
    with pytest.raises(AlreadySent) as told:
        await bench.outbox.upsert([done, new])
    assert told.value.staged == (done.staged,)
    assert len(bench.service.sent("upsert")) == 1
    bench.service.open = asyncio.Event()
    waiting = asyncio.create_task(bench.outbox.upsert([new]))
    await asyncio.sleep(0)
    with pytest.raises(AlreadySent):
        await bench.outbox.upsert([new])
    bench.service.open.set()
    await waiting


async def test_lost_answer_is_found_and_not_resent(bench: Bench) -> None:
    bench.service.settle = 20
    going = stage(bench, *(order(f"A{n}") for n in range(6)))
    bench.service.faults["upsert"] = [Lost(done=True)]
    outcome = await bench.outbox.upsert(going)
    assert isinstance(outcome, WriteAccepted)
    assert len(bench.service.sent("upsert")) == 1
    await bench.verifier.until_done()
    assert {staged(bench, one).state for one in going} == {StagedState.VERIFIED}
    assert {staged(bench, one).remote_id for one in going} == set("123456")


async def test_missing_order_is_resent_byte_for_byte(bench: Bench) -> None:
    going = stage(bench, order("A", notes="\ud800"), order("B"))
    bench.service.faults["upsert"] = [Lost(done=False), Lost(done=False)]
    started = bench.time.now()
    assert isinstance(await bench.outbox.upsert(going), WriteAccepted)
    assert (bench.time.now() - started).total_seconds() >= 120
    first, *others = bench.service.sent("upsert")
    assert others == [first, first]
    await bench.verifier.until_done()
    assert len(bench.service.orders) == 2


async def test_resending_is_limited(bench: Bench) -> None:
    going = stage(bench, order("A"))
    bench.service.faults["upsert"] = [Lost(done=False)] * 9
    outcome = await bench.outbox.upsert(going)
    assert isinstance(outcome, WriteUnknown)
    assert len(bench.service.sent("upsert")) == bench.schedule.attempts
    assert staged(bench, going[0]).state is StagedState.UNKNOWN
    with pytest.raises(AlreadySent):
        await bench.outbox.upsert(going)


@pytest.mark.parametrize(
    "error", [Unreachable("gone"), ServiceBusy("busy", status=400), NotAuthorised("keys", status=401)]
)
async def test_denied_resend_says_nothing_about_the_first_attempt(bench: Bench, error: Exception) -> None:
    bench.service.settle = 100
    going = stage(bench, order("A"))
    bench.service.faults["upsert"] = [Lost(done=True), error]
    assert isinstance(await bench.outbox.upsert(going), WriteAccepted)
    assert bench.states(1).count("not sent") == 0


async def test_nothing_is_resent_while_lookups_fail(bench: Bench) -> None:
    going = stage(bench, order("A"))
    bench.service.faults["upsert"] = [Lost(done=True)]
    bench.service.faults["list"] = [Unreachable("no")] * 99
    assert isinstance(await bench.outbox.upsert(going), WriteUnknown)
    assert len(bench.service.sent("upsert")) == 1
    bench.service.faults["list"] = []
    assert [type(outcome) for outcome in await bench.outbox.recover()] == [WriteAccepted]


async def test_identical_existing_order_proves_nothing(bench: Bench) -> None:
    bench.service.add("A", notes="same")
    same, new = stage(bench, order("A", notes="same"), order("B"))
    same = Outgoing(same.staged, 1, same.order, base=dict(bench.service.orders["1"]))
    bench.service.faults["upsert"] = [Lost(done=False)]
    assert isinstance(await bench.outbox.upsert([same, new]), WriteAccepted)
    assert len(bench.service.sent("upsert")) == 2
    await bench.verifier.until_done()
    assert [staged(bench, one).state for one in (same, new)] == [StagedState.VERIFIED] * 2
    assert len(bench.service.orders) == 2


async def test_one_new_order_proves_the_whole_request(bench: Bench) -> None:
    first, second = stage(bench, order("A"), order("B"))
    bench.service.faults["upsert"] = [Lost(done=False)]
    bench.service.add("A")
    assert isinstance(await bench.outbox.upsert([first, second]), WriteAccepted)
    assert len(bench.service.sent("upsert")) == 1


async def test_unknown_write_is_not_resent_over_a_newer_one(bench: Bench) -> None:
    bench.schedule = RetrySchedule(attempts=1)
    bench.restart()
    a, b = stage(bench, order("A", notes="one"), order("B"))
    bench.service.faults["upsert"] = [Lost(done=False)]
    assert isinstance(await bench.outbox.upsert([a, b]), WriteUnknown)
    bench.store.batches.save_log(a.staged, ["mended"])
    assert isinstance(await bench.outbox.upsert([Outgoing(a.staged, 2, order("A", notes="two"))]), WriteAccepted)
    (told,) = await bench.outbox.recover()
    assert is_not_applied(told)
    assert len(bench.service.sent("upsert")) == 2
    assert staged(bench, b).state is StagedState.DRAFT
    await bench.verifier.until_done()
    assert (staged(bench, a).state, staged(bench, a).version) == (StagedState.VERIFIED, 2)


async def test_unknown_write_is_not_resent_over_a_patch_or_delete(bench: Bench) -> None:
    bench.schedule = RetrySchedule(attempts=1)
    bench.restart()
    number = bench.service.add("A", notes="zero")
    (a,) = stage(bench, order("A", notes="one"))
    a = Outgoing(a.staged, 1, a.order, base=dict(bench.service.orders[number]))
    bench.service.faults["upsert"] = [Lost(done=False)]
    assert isinstance(await bench.outbox.upsert([a]), WriteUnknown)
    patched = await bench.outbox.patch(number, b'{"notes": "two"}', dict(bench.service.orders[number]))
    assert isinstance(patched, WriteVerified)
    (outcome,) = await bench.outbox.recover()
    assert is_not_applied(outcome)
    assert bench.service.orders[number]["notes"] == "two"


async def test_after_a_crash_an_upsert_is_looked_up_before_resending(bench: Bench, crash: Callable[[], None]) -> None:
    going = stage(bench, order("A"), order("B"))
    bench.service.open = asyncio.Event()
    waiting = asyncio.create_task(bench.outbox.upsert(going))
    queued = asyncio.create_task(bench.outbox.upsert(stage(bench, order("C"))))
    await bench.service.came["upsert"].wait()
    crash()
    await asyncio.gather(waiting, queued, return_exceptions=True)
    bench.service.open.set()
    bench.service.calls.clear()
    assert staged(bench, going[0]).state is StagedState.SENT
    assert [type(told) for told in await bench.outbox.recover()] == [WriteAccepted, WriteNotSent]
    methods = [method for method, _ in bench.service.calls]
    assert methods[: methods.index("upsert")].count("list") > 5
    await bench.verifier.until_done()
    assert sorted(str(one["order_id"]) for one in bench.service.orders.values()) == ["A", "B"]


class Flaky(Service):
    """Three of ten calls fail in one of the ways of the sandbox."""

    dice = random.Random(0)

    def _fault(self, method: str) -> Exception | None:
        if self.dice.random() > 0.3:
            return None
        if method in ("get", "list"):
            return Unreachable("no")
        return self.dice.choice([Lost(done=True), Lost(done=False), Unreachable("no"), ServiceBusy("busy", status=400)])


@pytest.mark.parametrize("seed", range(3))
async def test_under_faults_and_crashes_every_order_matches_the_journal(
    bench: Bench, crash: Callable[[], None], seed: int
) -> None:
    service = Flaky(bench.time)
    service.dice = random.Random(seed)
    service.settle = 8
    bench.service = service
    bench.restart()
    going = stage(bench, *(order(f"A{n}", notes=str(n)) for n in range(60)))
    numbers = [service.add(f"P{n}", notes="old") for n in range(30)]
    crashed: list[BaseException] = []
    for _ in range(25):
        left = [one for one in going if not bench.store.writes.already_sent(one.staged, 1)]
        work = [bench.outbox.upsert(left[place : place + 7]) for place in range(0, len(left), 7)]
        patches = [number for number in numbers if service.orders[number]["notes"] == "old"]
        work += [bench.outbox.patch(number, b'{"notes": "new"}', dict(service.orders[number])) for number in patches]
        ended = asyncio.gather(bench.outbox.recover(), *work, return_exceptions=True)
        for _ in range(service.dice.randrange(1, 40)):
            await asyncio.sleep(0)
        crash()
        crashed += [result for result in await ended if isinstance(result, BaseException)]
    for _ in range(20):
        await bench.outbox.recover()
        left = [one for one in going if not bench.store.writes.already_sent(one.staged, 1)]
        if left:
            await bench.outbox.upsert(left)
        await bench.verifier.until_done()
    assert {type(error) for error in crashed} == {asyncio.CancelledError}
    assert len(crashed) > 30
    keys = [str(one["order_id"]) for one in service.orders.values()]
    assert sorted(keys) == sorted([*(f"A{n}" for n in range(60)), *(f"P{n}" for n in range(30))])
    assert {staged(bench, one).state for one in going} == {StagedState.VERIFIED}
    for write in bench.store.writes.all(bench.account_id, limit=-1):
        assert not write.state.open
        if write.state is WriteState.CONFIRMED:
            assert service.orders[write.new.order_id or ""]["notes"] == "new"

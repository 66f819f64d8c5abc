"""PATCH and DELETE: every answer, including a lost one, leads to the correct outcome."""

import asyncio
from collections.abc import Callable

import pytest
from fake_service import LostAnswer, OutboxHarness, is_not_applied, not_found

from tui.api.codec import encode
from tui.api.errors import (
    ApiError,
    Forbidden,
    InvalidResponse,
    NotAuthorised,
    NotFound,
    Problem,
    RateLimited,
    ReadOnly,
    Redirected,
    RequestRefused,
    ServiceBusy,
    Unreachable,
)
from tui.api.pointer import Pointer
from tui.store.journal import WriteState
from tui.store.verifications import VerificationState
from tui.work.writes.outcomes import (
    OrderDeleted,
    OrderGone,
    WriteAccepted,
    WriteDiffers,
    WriteNotSent,
    WriteOutcome,
    WriteRefused,
    WriteUnknown,
    WriteVerified,
)

BODY = b'{"notes": "new",  "city": "Gent"}'


async def patch(harness: OutboxHarness, number: str, body: bytes = BODY) -> WriteOutcome:
    return await harness.outbox.patch(number, body, dict(harness.service.orders[number]), {"why": "test"})


async def test_patch_is_recorded_sent_unchanged_and_read_back(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    harness.service.open = asyncio.Event()
    waiting = asyncio.create_task(patch(harness, number))
    await harness.service.received["patch"].wait()
    (write,) = harness.store.writes.open(harness.account_id)
    assert (write.state, write.new.body, write.new.changes) == (WriteState.SENT, BODY, {"why": "test"})
    assert harness.outbox.unfinished == (write.id,)
    harness.service.open.set()
    outcome = await waiting
    assert isinstance(outcome, WriteVerified)
    assert outcome.document["notes"] == "new"
    assert harness.service.sent("patch") == [(number, BODY)]
    assert harness.states(write.id) == ["recorded", "sent", "answered", "confirmed"]
    assert [step.state for step in harness.steps] == ["recorded", "sent", "answered", "confirmed"]
    assert harness.outbox.unfinished == ()


async def test_phone_is_verified_under_its_read_name(harness: OutboxHarness) -> None:
    number = harness.service.add("A", customer_details={"phone_number": "1"})
    harness.service.ignored = {"customer_details"}
    await harness.service.patch_order(number, b'{"customer_details": {"phone_number": "2"}}')
    harness.service.orders[number]["customer_details"] = {"phone_number": "2"}
    outcome = await patch(harness, number, b'{"customer_details": {"phone": "2"}}')
    assert isinstance(outcome, WriteVerified)


async def test_a_cleared_field_is_confirmed_when_it_is_absent_or_null(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    assert isinstance(await patch(harness, number, b'{"notes": null}'), WriteVerified)


async def test_silently_ignored_change_differs_at_its_pointer(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    harness.service.ignored = {"city"}
    outcome = await patch(harness, number)
    assert isinstance(outcome, WriteDiffers)
    assert [(str(mismatch.pointer), mismatch.expected, mismatch.actual) for mismatch in outcome.mismatches] == [
        ("/city", "Gent", "Aalst")
    ]
    assert outcome.write.state is WriteState.DIFFERS


async def test_delayed_change_is_verified_until_it_shows(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    harness.service.ignored = {"notes", "city"}
    outcome = await patch(harness, number)
    assert isinstance(outcome, WriteAccepted)
    (follow,) = harness.verifier.pending
    assert (follow.remote_id, follow.order_id, follow.integration) == (number, "A", "5")
    harness.service.orders[number] |= {"notes": "new", "city": "Gent"}
    await harness.verifier.until_done()
    ended = harness.store.writes.get(outcome.write.id)
    assert ended is not None
    assert ended.state is WriteState.CONFIRMED


async def test_change_that_never_shows_differs(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    harness.service.ignored = {"notes", "city"}
    outcome = await patch(harness, number)
    await harness.verifier.until_done()
    assert harness.store.verifications.of_write(outcome.write.id)[0].state is VerificationState.DIFFERS


async def test_failed_read_back_is_not_a_failed_write(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    harness.service.faults["get"] = [Unreachable("no")] * 3
    assert isinstance(await patch(harness, number), WriteAccepted)
    await harness.verifier.until_done()
    assert harness.store.writes.all(harness.account_id)[0].state is WriteState.CONFIRMED


def unproven() -> NotFound:
    return NotFound("A page in between says 404.", status=404)


@pytest.mark.parametrize(
    ("error", "kind", "state"),
    [
        (
            RequestRefused("no", problems=[Problem("too long", pointer=Pointer.of("city"))], status=400),
            WriteRefused,
            "refused",
        ),
        (ServiceBusy("busy", status=400), WriteNotSent, "busy"),
        (not_found(), OrderGone, "gone"),
        (unproven(), WriteNotSent, "not sent"),
        (Unreachable("no network"), WriteNotSent, "not sent"),
        (RateLimited("wait", status=429), WriteNotSent, "not sent"),
        (NotAuthorised("keys", status=401), WriteNotSent, "not sent"),
        (Forbidden("no", status=403), WriteNotSent, "not sent"),
        (Redirected("there", status=302), WriteNotSent, "not sent"),
        (ReadOnly("reading only"), WriteNotSent, "not sent"),
    ],
)
@pytest.mark.parametrize("method", ["patch", "delete"])
async def test_error_without_effect_is_reported(
    harness: OutboxHarness, method: str, error: ApiError, kind: type, state: str
) -> None:
    number = harness.service.add("A", notes="old")
    harness.service.faults[method] = [error]
    outcome = await (patch(harness, number) if method == "patch" else harness.outbox.delete(number, {}))
    assert type(outcome) is kind
    assert outcome.write.state == state
    assert outcome.write.last.status == error.status
    assert len(harness.service.sent(method)) == 1
    assert harness.store.writes.open(harness.account_id) == []
    if isinstance(outcome, WriteRefused):
        assert outcome.problems == error.problems


async def test_a_lost_answer_is_looked_up_and_confirmed_without_sending_again(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    harness.service.faults["patch"] = [LostAnswer(done=True)]
    outcome = await patch(harness, number)
    assert isinstance(outcome, WriteVerified)
    assert harness.states(outcome.write.id) == ["recorded", "sent", "unknown", "confirmed"]
    assert len(harness.service.sent("patch")) == 1


async def test_invalid_answer_counts_as_lost(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    harness.service.faults["patch"] = [InvalidResponse("it is a web page", status=200)]
    assert is_not_applied(await patch(harness, number))


async def test_lost_write_is_not_applied_after_all_lookups(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    harness.service.faults["patch"] = [LostAnswer(done=False)]
    started = harness.time.now()
    outcome = await patch(harness, number)
    assert is_not_applied(outcome)
    assert (harness.time.now() - started).total_seconds() >= 60
    assert harness.service.orders[number]["notes"] == "old"
    assert len(harness.service.sent("patch")) == 1


async def test_late_write_is_confirmed(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    harness.service.faults["patch"] = [LostAnswer(done=False)]
    harness.service.saving.append(
        (
            harness.time.now().replace(minute=0, second=20),
            number,
            {**harness.service.orders[number], "notes": "new", "city": "Gent"},
        )
    )
    assert isinstance(await patch(harness, number), WriteVerified)


async def test_lost_answer_with_partial_effect_differs(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    harness.service.faults["patch"] = [LostAnswer(done=True)]
    harness.service.ignored = {"city"}
    outcome = await patch(harness, number)
    assert isinstance(outcome, WriteDiffers)
    assert [str(mismatch.pointer) for mismatch in outcome.mismatches] == ["/city"]


async def test_lost_answer_with_concurrent_write_differs(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    base = dict(harness.service.orders[number])
    harness.service.orders[number]["notes"] = "theirs"
    harness.service.faults["patch"] = [LostAnswer(done=False)]
    assert isinstance(await harness.outbox.patch(number, BODY, base), WriteDiffers)


async def test_failed_lookup_claims_nothing_until_recovered(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old", city="Aalst")
    harness.service.faults["patch"] = [LostAnswer(done=True)]
    harness.service.faults["get"] = [Unreachable("no network")] * len(harness.schedule.lookups)
    outcome = await patch(harness, number)
    assert isinstance(outcome, WriteUnknown)
    assert isinstance(outcome.error, Unreachable)
    assert [write.id for write in harness.store.writes.open(harness.account_id)] == [outcome.write.id]
    (outcomes,) = await harness.outbox.recover()
    assert isinstance(outcomes, WriteVerified)
    assert await harness.outbox.recover() == []


async def test_one_lookup_does_not_prove_absence(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    harness.service.faults["patch"] = [LostAnswer(done=False)]
    harness.service.faults["get"] = [None, *[Unreachable("no network")] * len(harness.schedule.lookups)]
    assert isinstance(await patch(harness, number), WriteUnknown)


async def test_deleted_order_is_gone_on_lookup(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    base = harness.service.orders.pop(number)
    harness.service.faults["patch"] = [LostAnswer(done=False)]
    assert isinstance(await harness.outbox.patch(number, BODY, base), OrderGone)


async def test_delete_is_idempotent(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    first = await harness.outbox.delete(number, {"kept": True})
    second = await harness.outbox.delete(number, {})
    assert isinstance(first, OrderDeleted)
    assert isinstance(second, OrderDeleted)
    assert (first.already, second.already) == (False, True)
    assert first.write.new.base == {"kept": True}


@pytest.mark.parametrize(("done", "kind"), [(True, OrderDeleted), (False, WriteNotSent)])
async def test_lost_delete_is_looked_up_and_never_resent(harness: OutboxHarness, done: bool, kind: type) -> None:
    number = harness.service.add("A")
    harness.service.faults["delete"] = [LostAnswer(done=done)]
    outcome = await harness.outbox.delete(number, {})
    assert type(outcome) is kind
    assert outcome.write.state is (WriteState.CONFIRMED if done else WriteState.NOT_APPLIED)
    assert len(harness.service.sent("delete")) == 1


async def test_proxy_404_does_not_prove_a_deletion(harness: OutboxHarness) -> None:
    number = harness.service.add("A")
    harness.service.faults["delete"] = [LostAnswer(done=False)]
    harness.service.faults["get"] = [unproven()] * len(harness.schedule.lookups)
    assert isinstance(await harness.outbox.delete(number, {}), WriteUnknown)


async def test_cancelled_caller_does_not_cancel_the_write(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    harness.service.open = asyncio.Event()
    waiting = asyncio.create_task(patch(harness, number))
    await harness.service.received["patch"].wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    harness.service.open.set()
    await harness.outbox.drain()
    assert harness.store.writes.all(harness.account_id)[0].state is WriteState.CONFIRMED


async def test_one_write_in_flight_and_writes_of_an_order_keep_their_order(harness: OutboxHarness) -> None:
    numbers = [harness.service.add(f"A{n}", notes="old") for n in range(10)]
    bodies = [(number, encode({"notes": str(round_)})) for round_ in range(3) for number in numbers]
    outcomes = await asyncio.gather(*(patch(harness, number, body) for number, body in bodies))
    assert {type(outcome) for outcome in outcomes} == {WriteVerified}
    assert harness.service.most_at_once == 1
    assert {order["notes"] for order in harness.service.orders.values()} == {"2"}


async def test_lost_answer_blocks_only_its_order(harness: OutboxHarness) -> None:
    first, second = harness.service.add("A", notes="old"), harness.service.add("B", notes="old")
    harness.service.faults["patch"] = [LostAnswer(done=False)]
    lost = asyncio.create_task(patch(harness, first))
    await asyncio.sleep(0)
    started = harness.time.now()
    after = asyncio.create_task(patch(harness, first, b'{"notes": "after"}'))
    assert isinstance(await patch(harness, second), WriteVerified)
    assert (harness.time.now() - started).total_seconds() < 10
    assert not lost.done()
    assert is_not_applied(await lost)
    assert isinstance(await after, WriteVerified)


async def test_after_a_crash_waiting_writes_are_unsent_and_in_flight_ones_looked_up(
    harness: OutboxHarness, crash: Callable[[], None]
) -> None:
    numbers = [harness.service.add(f"A{n}", notes="old", city="Aalst") for n in range(3)]
    harness.service.open = asyncio.Event()
    tasks = [asyncio.create_task(patch(harness, number)) for number in numbers]
    await harness.service.received["patch"].wait()
    crash()
    for task in tasks:
        with pytest.raises(asyncio.CancelledError):
            await task
    harness.service.open.set()
    harness.service.orders[numbers[0]] |= {"notes": "new", "city": "Gent"}  # the request did arrive
    outcomes = await harness.outbox.recover()
    assert [type(outcome) for outcome in outcomes] == [WriteVerified, WriteNotSent, WriteNotSent]
    assert [outcome.write.new.order_id for outcome in outcomes] == numbers
    assert len(harness.service.sent("patch")) == 1
    assert harness.store.writes.open(harness.account_id) == []


async def test_after_a_crash_before_the_read_back_the_order_is_read(
    harness: OutboxHarness, crash: Callable[[], None]
) -> None:
    number = harness.service.add("A", notes="old")
    write = harness.store.writes.record(harness.account_id, _patch_of(harness, number))
    harness.store.writes.step(write.id, WriteState.SENT)
    harness.store.writes.step(write.id, WriteState.ANSWERED)
    harness.service.orders[number] |= {"notes": "new", "city": "Gent"}
    crash()
    assert [type(outcome) for outcome in await harness.outbox.recover()] == [WriteVerified]


def _patch_of(harness: OutboxHarness, number: str):  # type: ignore[no-untyped-def]
    from tui.store.journal import NewWrite, WriteKind

    base = dict(harness.service.orders[number])
    return NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{number}", BODY, base, order_id=number)

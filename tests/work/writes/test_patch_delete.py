"""PATCH and DELETE: every answer, lost ones included, becomes the outcome that is true."""

import asyncio
from collections.abc import Callable

import pytest
from fake_service import Bench, Lost, is_not_applied, not_found

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


async def patch(bench: Bench, number: str, body: bytes = BODY) -> WriteOutcome:
    return await bench.outbox.patch(number, body, dict(bench.service.orders[number]), {"why": "test"})


async def test_patch_is_recorded_sent_unchanged_and_read_back(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    bench.service.open = asyncio.Event()
    waiting = asyncio.create_task(patch(bench, number))
    await bench.service.came["patch"].wait()
    (write,) = bench.store.writes.open(bench.account_id)
    assert (write.state, write.new.body, write.new.changes) == (WriteState.SENT, BODY, {"why": "test"})
    assert bench.outbox.under_way == (write.id,)
    bench.service.open.set()
    outcome = await waiting
    assert isinstance(outcome, WriteVerified)
    assert outcome.document["notes"] == "new"
    assert bench.service.sent("patch") == [(number, BODY)]
    assert bench.states(write.id) == ["recorded", "sent", "answered", "confirmed"]
    assert [step.state for step in bench.steps] == ["recorded", "sent", "answered", "confirmed"]
    assert bench.outbox.under_way == ()


async def test_phone_is_verified_under_its_read_name(bench: Bench) -> None:
    number = bench.service.add("A", customer_details={"phone_number": "1"})
    bench.service.ignored = {"customer_details"}
    await bench.service.patch_order(number, b'{"customer_details": {"phone_number": "2"}}')
    bench.service.orders[number]["customer_details"] = {"phone_number": "2"}
    outcome = await patch(bench, number, b'{"customer_details": {"phone": "2"}}')
    assert isinstance(outcome, WriteVerified)


async def test_a_cleared_field_is_confirmed_when_it_is_absent_or_null(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    assert isinstance(await patch(bench, number, b'{"notes": null}'), WriteVerified)


async def test_silently_ignored_change_differs_at_its_pointer(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    bench.service.ignored = {"city"}
    outcome = await patch(bench, number)
    assert isinstance(outcome, WriteDiffers)
    assert [(str(one.pointer), one.expected, one.actual) for one in outcome.mismatches] == [("/city", "Gent", "Aalst")]
    assert outcome.write.state is WriteState.DIFFERS


async def test_delayed_change_is_verified_until_it_shows(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    bench.service.ignored = {"notes", "city"}
    outcome = await patch(bench, number)
    assert isinstance(outcome, WriteAccepted)
    (follow,) = bench.verifier.pending
    assert (follow.remote_id, follow.order_id, follow.integration) == (number, "A", "5")
    bench.service.orders[number] |= {"notes": "new", "city": "Gent"}
    await bench.verifier.until_done()
    ended = bench.store.writes.get(outcome.write.id)
    assert ended is not None
    assert ended.state is WriteState.CONFIRMED


async def test_change_that_never_shows_differs(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    bench.service.ignored = {"notes", "city"}
    outcome = await patch(bench, number)
    await bench.verifier.until_done()
    assert bench.store.verifications.of_write(outcome.write.id)[0].state is VerificationState.DIFFERS


async def test_failed_read_back_is_not_a_failed_write(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    bench.service.faults["get"] = [Unreachable("no")] * 3
    assert isinstance(await patch(bench, number), WriteAccepted)
    await bench.verifier.until_done()
    assert bench.store.writes.all(bench.account_id)[0].state is WriteState.CONFIRMED


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
    bench: Bench, method: str, error: ApiError, kind: type, state: str
) -> None:
    number = bench.service.add("A", notes="old")
    bench.service.faults[method] = [error]
    outcome = await (patch(bench, number) if method == "patch" else bench.outbox.delete(number, {}))
    assert type(outcome) is kind
    assert outcome.write.state == state
    assert outcome.write.last.status == error.status
    assert len(bench.service.sent(method)) == 1
    assert bench.store.writes.open(bench.account_id) == []
    if isinstance(outcome, WriteRefused):
        assert outcome.problems == error.problems


async def test_a_lost_answer_is_looked_up_and_confirmed_without_sending_again(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    bench.service.faults["patch"] = [Lost(done=True)]
    outcome = await patch(bench, number)
    assert isinstance(outcome, WriteVerified)
    assert bench.states(outcome.write.id) == ["recorded", "sent", "unknown", "confirmed"]
    assert len(bench.service.sent("patch")) == 1


async def test_invalid_answer_counts_as_lost(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    bench.service.faults["patch"] = [InvalidResponse("it is a web page", status=200)]
    assert is_not_applied(await patch(bench, number))


async def test_lost_write_is_not_applied_after_all_lookups(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    bench.service.faults["patch"] = [Lost(done=False)]
    started = bench.time.now()
    outcome = await patch(bench, number)
    assert is_not_applied(outcome)
    assert (bench.time.now() - started).total_seconds() >= 60
    assert bench.service.orders[number]["notes"] == "old"
    assert len(bench.service.sent("patch")) == 1


async def test_late_write_is_confirmed(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    bench.service.faults["patch"] = [Lost(done=False)]
    bench.service.saving.append(
        (
            bench.time.now().replace(minute=0, second=20),
            number,
            {**bench.service.orders[number], "notes": "new", "city": "Gent"},
        )
    )
    assert isinstance(await patch(bench, number), WriteVerified)


async def test_lost_answer_with_partial_effect_differs(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    bench.service.faults["patch"] = [Lost(done=True)]
    bench.service.ignored = {"city"}
    outcome = await patch(bench, number)
    assert isinstance(outcome, WriteDiffers)
    assert [str(one.pointer) for one in outcome.mismatches] == ["/city"]


async def test_lost_answer_with_concurrent_write_differs(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    base = dict(bench.service.orders[number])
    bench.service.orders[number]["notes"] = "theirs"
    bench.service.faults["patch"] = [Lost(done=False)]
    assert isinstance(await bench.outbox.patch(number, BODY, base), WriteDiffers)


async def test_failed_lookup_claims_nothing_until_recovered(bench: Bench) -> None:
    number = bench.service.add("A", notes="old", city="Aalst")
    bench.service.faults["patch"] = [Lost(done=True)]
    bench.service.faults["get"] = [Unreachable("no network")] * len(bench.schedule.lookups)
    outcome = await patch(bench, number)
    assert isinstance(outcome, WriteUnknown)
    assert isinstance(outcome.error, Unreachable)
    assert [write.id for write in bench.store.writes.open(bench.account_id)] == [outcome.write.id]
    (told,) = await bench.outbox.recover()
    assert isinstance(told, WriteVerified)
    assert await bench.outbox.recover() == []


async def test_one_lookup_does_not_prove_absence(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    bench.service.faults["patch"] = [Lost(done=False)]
    bench.service.faults["get"] = [None, *[Unreachable("no network")] * len(bench.schedule.lookups)]
    assert isinstance(await patch(bench, number), WriteUnknown)


async def test_deleted_order_is_gone_on_lookup(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    base = bench.service.orders.pop(number)
    bench.service.faults["patch"] = [Lost(done=False)]
    assert isinstance(await bench.outbox.patch(number, BODY, base), OrderGone)


async def test_delete_is_idempotent(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    first = await bench.outbox.delete(number, {"kept": True})
    second = await bench.outbox.delete(number, {})
    assert isinstance(first, OrderDeleted)
    assert isinstance(second, OrderDeleted)
    assert (first.already, second.already) == (False, True)
    assert first.write.new.base == {"kept": True}


@pytest.mark.parametrize(("done", "kind"), [(True, OrderDeleted), (False, WriteNotSent)])
async def test_lost_delete_is_looked_up_and_never_resent(bench: Bench, done: bool, kind: type) -> None:
    number = bench.service.add("A")
    bench.service.faults["delete"] = [Lost(done=done)]
    outcome = await bench.outbox.delete(number, {})
    assert type(outcome) is kind
    assert outcome.write.state is (WriteState.CONFIRMED if done else WriteState.NOT_APPLIED)
    assert len(bench.service.sent("delete")) == 1


async def test_proxy_404_does_not_prove_a_deletion(bench: Bench) -> None:
    number = bench.service.add("A")
    bench.service.faults["delete"] = [Lost(done=False)]
    bench.service.faults["get"] = [unproven()] * len(bench.schedule.lookups)
    assert isinstance(await bench.outbox.delete(number, {}), WriteUnknown)


async def test_cancelled_caller_does_not_cancel_the_write(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    bench.service.open = asyncio.Event()
    waiting = asyncio.create_task(patch(bench, number))
    await bench.service.came["patch"].wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    bench.service.open.set()
    await bench.outbox.drain()
    assert bench.store.writes.all(bench.account_id)[0].state is WriteState.CONFIRMED


async def test_one_write_in_flight_and_writes_of_an_order_keep_their_order(bench: Bench) -> None:
    numbers = [bench.service.add(f"A{n}", notes="old") for n in range(10)]
    bodies = [(number, encode({"notes": str(turn)})) for turn in range(3) for number in numbers]
    outcomes = await asyncio.gather(*(patch(bench, number, body) for number, body in bodies))
    assert {type(outcome) for outcome in outcomes} == {WriteVerified}
    assert bench.service.most_at_once == 1
    assert {order["notes"] for order in bench.service.orders.values()} == {"2"}


async def test_lost_answer_blocks_only_its_order(bench: Bench) -> None:
    first, second = bench.service.add("A", notes="old"), bench.service.add("B", notes="old")
    bench.service.faults["patch"] = [Lost(done=False)]
    lost = asyncio.create_task(patch(bench, first))
    await asyncio.sleep(0)
    started = bench.time.now()
    after = asyncio.create_task(patch(bench, first, b'{"notes": "after"}'))
    assert isinstance(await patch(bench, second), WriteVerified)
    assert (bench.time.now() - started).total_seconds() < 10
    assert not lost.done()
    assert is_not_applied(await lost)
    assert isinstance(await after, WriteVerified)


async def test_after_a_crash_waiting_writes_are_unsent_and_in_flight_ones_looked_up(
    bench: Bench, crash: Callable[[], None]
) -> None:
    numbers = [bench.service.add(f"A{n}", notes="old", city="Aalst") for n in range(3)]
    bench.service.open = asyncio.Event()
    tasks = [asyncio.create_task(patch(bench, number)) for number in numbers]
    await bench.service.came["patch"].wait()
    crash()
    for task in tasks:
        with pytest.raises(asyncio.CancelledError):
            await task
    bench.service.open.set()
    bench.service.orders[numbers[0]] |= {"notes": "new", "city": "Gent"}  # it did arrive
    told = await bench.outbox.recover()
    assert [type(outcome) for outcome in told] == [WriteVerified, WriteNotSent, WriteNotSent]
    assert [outcome.write.new.order_id for outcome in told] == numbers
    assert len(bench.service.sent("patch")) == 1
    assert bench.store.writes.open(bench.account_id) == []


async def test_after_a_crash_before_the_read_back_the_order_is_read(bench: Bench, crash: Callable[[], None]) -> None:
    number = bench.service.add("A", notes="old")
    write = bench.store.writes.record(bench.account_id, _patch_of(bench, number))
    bench.store.writes.step(write.id, WriteState.SENT)
    bench.store.writes.step(write.id, WriteState.ANSWERED)
    bench.service.orders[number] |= {"notes": "new", "city": "Gent"}
    crash()
    assert [type(outcome) for outcome in await bench.outbox.recover()] == [WriteVerified]


def _patch_of(bench: Bench, number: str):  # type: ignore[no-untyped-def]
    from tui.store.journal import NewWrite, WriteKind

    base = dict(bench.service.orders[number])
    return NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{number}", BODY, base, order_id=number)

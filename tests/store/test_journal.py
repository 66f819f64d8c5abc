"""The table of writes, and the effects of its events on staged orders and verifications."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from store_clock import Clock

from tui.store.batches import NewStaged, StagedState
from tui.store.db import StoreError
from tui.store.journal import NewVerification, NewWrite, SentItem, StagedUpdate, WriteKind, WriteState
from tui.store.store import Store
from tui.store.verifications import VerificationState

PATCH = NewWrite(WriteKind.PATCH, "PATCH", "/orders/12", b'{"notes": "\\ud800"}', {"id": "12"}, {"a": 1}, order_id="12")


def upsert(*items: SentItem) -> NewWrite:
    return NewWrite(WriteKind.UPSERT, "POST", "/orders", b"[{}]", [None], items=items)


def stage_one(store: Store, account: int) -> SentItem:
    batch = store.batches.create(account, "b").id
    (staged,) = store.batches.stage(batch, [NewStaged({"order_id": "A-1"})])
    return SentItem(staged, 1, "A-1", "5")


def test_a_write_is_stored_byte_for_byte_with_all_events(store: Store, account: int, clock: Clock) -> None:
    write = store.writes.record(account, PATCH)
    assert write.state is WriteState.RECORDED
    assert write.new == PATCH
    clock.advance(1)
    store.writes.step(write.id, WriteState.SENT)
    clock.advance(1)
    ended = store.writes.step(
        write.id, WriteState.REFUSED, status=400, answer=b"\xff{cut", problems=[{"detail": "no"}], detail={"n": 1}
    )
    assert ended == store.writes.get(write.id)
    assert (ended.state, ended.last.status, ended.last.answer) == (WriteState.REFUSED, 400, b"\xff{cut")
    assert (ended.last.problems, ended.last.detail, ended.last.at) == ([{"detail": "no"}], {"n": 1}, clock())
    steps = store.writes.events(write.id)
    assert [step.state for step in steps] == [WriteState.RECORDED, WriteState.SENT, WriteState.REFUSED]
    assert steps[2].at - steps[0].at == timedelta(seconds=2)
    with pytest.raises(StoreError, match="no write"):
        store.writes.step(999, WriteState.SENT)


def test_writes_are_filtered(store: Store, account: int, clock: Clock) -> None:
    item = stage_one(store, account)
    first = store.writes.record(account, PATCH).id
    clock.advance(60)
    second = store.writes.record(account, upsert(item)).id
    store.writes.record(store.account_id("https://other", "1"), PATCH)
    store.writes.step(first, WriteState.CONFIRMED)

    def ids(**filters: object) -> list[int]:
        return [write.id for write in store.writes.all(account, **filters)]  # type: ignore[arg-type]

    assert ids() == [second, first]
    assert ids(staged=item.staged) == [second]
    assert ids(states=[WriteState.CONFIRMED, WriteState.GONE]) == [first]
    assert ids(after=first) == [second]
    assert ids(limit=1) == [second]
    assert [write.id for write in store.writes.open(account)] == [second]
    assert store.writes.all(account)[0].new.items == (item,)


def test_only_writes_of_dead_processes_are_adopted(open_store: Callable[[], Store]) -> None:
    ended, running, own = open_store(), open_store(), open_store()
    account = own.account_id("u", "1")
    left = [ended.writes.record(account, PATCH).id for _ in range(3)]
    ended.writes.step(left[1], WriteState.SENT)
    ended.writes.step(left[2], WriteState.CONFIRMED)
    running.writes.record(account, PATCH)
    own_write = own.writes.record(account, PATCH).id
    ended.close()
    adopted = own.writes.adopt(account)
    assert [(write.id, write.state) for write in adopted] == [
        (left[0], WriteState.RECORDED),
        (left[1], WriteState.SENT),
        (own_write, WriteState.RECORDED),
    ]
    assert adopted[1].last.detail == {"left_by": ended.sessions.mine}
    assert [write.id for write in running.writes.adopt(account)] == [own_write - 1]


def test_an_event_updates_write_staged_order_and_verification_together(
    store: Store, account: int, clock: Clock
) -> None:
    item = stage_one(store, account)
    write = store.writes.record(account, upsert(item)).id
    assert store.writes.already_sent(item.staged, 1)
    store.writes.step(
        write,
        WriteState.ACCEPTED,
        staged=[StagedUpdate(item.staged, 1, StagedState.ACCEPTED, remote_id="77")],
        verifications=[NewVerification("A-1", "5", {"v": 1}, clock(), remote_id="77", staged=item.staged, version=1)],
    )
    assert store.writes.already_sent(item.staged, 1)
    assert not store.writes.already_sent(item.staged, 2)
    staged = store.batches.get(item.staged)
    assert staged is not None
    assert (staged.state, staged.remote_id) == (StagedState.ACCEPTED, "77")
    (follow,) = store.verifications.open(account)
    assert (follow.order_id, follow.integration, follow.expected, follow.remote_id) == ("A-1", "5", {"v": 1}, "77")

    store.verifications.record_attempt(follow.id, attempts=1, due=clock() + timedelta(seconds=3))
    assert store.verifications.open(account)[0].attempts == 1
    store.verifications.settle(follow.id, VerificationState.VERIFIED)
    assert store.verifications.open(account) == []
    verified = store.batches.get(item.staged)
    assert verified is not None
    assert verified.state is StagedState.VERIFIED
    ended = store.writes.get(write)
    assert ended is not None
    assert ended.state is WriteState.VERIFIED


def test_an_event_of_an_older_version_does_not_change_the_state_of_a_newer_one(store: Store, account: int) -> None:
    item = stage_one(store, account)
    write = store.writes.record(account, upsert(item)).id
    store.batches.save_log(item.staged, ["typed while it was out"])
    update = StagedUpdate(item.staged, 1, StagedState.REFUSED)
    store.writes.step(write, WriteState.REFUSED, staged=[update])
    staged = store.batches.get(item.staged)
    assert staged is not None
    assert (staged.state, staged.version) == (StagedState.DRAFT, 2)


@pytest.mark.parametrize(
    ("states", "end"),
    [
        ((VerificationState.VERIFIED, VerificationState.VERIFIED), WriteState.VERIFIED),
        ((VerificationState.VERIFIED, VerificationState.DIFFERS), WriteState.DIFFERS),
        ((VerificationState.MISSING, VerificationState.DIFFERS), WriteState.MISSING),
        ((VerificationState.VERIFIED,), WriteState.ACCEPTED),
    ],
)
def test_a_write_gets_the_worst_result_of_its_orders(
    store: Store, account: int, clock: Clock, states: tuple[VerificationState, ...], end: WriteState
) -> None:
    write = store.writes.record(account, upsert()).id
    follows = [NewVerification(name, "5", {}, clock()) for name in ("A", "B")]
    store.writes.step(write, WriteState.ACCEPTED, verifications=follows)
    for follow, state in zip(store.verifications.of_write(write), states, strict=False):
        store.verifications.settle(follow.id, state)
    ended = store.writes.get(write)
    assert ended is not None
    assert ended.state is end


def test_a_newer_version_supersedes_the_verification_of_the_older(store: Store, account: int, clock: Clock) -> None:
    item = stage_one(store, account)
    write = store.writes.record(account, upsert(item)).id
    for version in (1, 2):
        new = NewVerification("A-1", "5", {"v": version}, clock(), staged=item.staged, version=version)
        store.writes.step(write, WriteState.ACCEPTED, verifications=[new])
    old, new_one = store.verifications.of_staged(item.staged)
    assert (old.state, new_one.state) == (VerificationState.SUPERSEDED, VerificationState.ACCEPTED)
    assert store.verifications.settle(old.id, VerificationState.MISSING).state is VerificationState.SUPERSEDED


def test_verifications_can_be_reopened_and_adopted(open_store: Callable[[], Store], clock: Clock) -> None:
    ended, own = open_store(), open_store()
    account = own.account_id("u", "1")
    write = ended.writes.record(account, upsert()).id
    ended.writes.step(write, WriteState.ACCEPTED, verifications=[NewVerification("A", "5", {}, clock())])
    assert own.verifications.adopt(account) == []
    ended.close()
    (follow,) = own.verifications.adopt(account)
    own.verifications.settle(follow.id, VerificationState.MISSING, mismatches=[{"a": 1}])
    assert own.verifications.open(account) == []
    own.verifications.resume(follow.id)
    assert [(found.id, found.attempts) for found in own.verifications.open(account)] == [(follow.id, 0)]


@pytest.mark.parametrize(
    ("state", "held"), [(WriteState.REFUSED, False), (WriteState.NOT_SENT, False), (WriteState.UNKNOWN, True)]
)
def test_refused_orders_can_be_resent_and_unknown_ones_cannot(
    store: Store, account: int, state: WriteState, held: bool
) -> None:
    item = stage_one(store, account)
    store.writes.step(store.writes.record(account, upsert(item)).id, state)
    assert store.writes.already_sent(item.staged, 1) is held


def test_missing_orders_can_be_resent(store: Store, account: int, clock: Clock) -> None:
    item = stage_one(store, account)
    write = store.writes.record(account, upsert(item)).id
    store.writes.step(
        write,
        WriteState.ACCEPTED,
        verifications=[NewVerification("A-1", "5", {}, clock(), staged=item.staged, version=1)],
    )
    (follow,) = store.verifications.of_write(write)
    store.verifications.settle(follow.id, VerificationState.MISSING)
    assert not store.writes.already_sent(item.staged, 1)


CHILD = Path(__file__).with_name("busy_child.py")


@pytest.mark.parametrize("seed", range(4))
def test_committed_data_survives_sigkill(tmp_path: Path, seed: int) -> None:
    """More runs: SENDCLOUD_KILLS=100 pytest tests/store -k sigkill."""
    random = Random(seed)
    for _ in range(int(os.environ.get("SENDCLOUD_KILLS", "8")) // 4):
        folder = tmp_path / f"data{random.random()}"
        with subprocess.Popen([sys.executable, str(CHILD), str(folder)], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(random.randrange(1, 400))]
            child.send_signal(signal.SIGKILL)
            lines += child.stdout.readlines()
        # A line cut off by the kill was printed after its commit.
        committed = max(int(line) for line in lines if line.endswith("\n"))
        store = Store(folder)
        account = store.account_id("u", "1")
        assert store._database.read(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
        assert store.screen_states.get(account, "n") in (committed, committed + 1)
        (batch,) = store.batches.all(account)
        staged = store.batches.staged(store.batches.ids(batch.id))
        assert [order.base for order in staged] == [{"n": n} for n in range(len(staged))]
        assert len(staged) in (committed // 3 + 1, committed // 3 + 2)
        assert len(store.writes.adopt(account)) in (committed, committed + 1, committed + 2)
        assert batch.owner is not None
        assert not batch.owner.alive
        store.close()

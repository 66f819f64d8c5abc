"""Batches: ids, order, versions, owners."""

from collections.abc import Callable
from typing import cast

import pytest
from store_clock import Clock

from tui.store.batches import NewStaged, NotOwner, StagedState
from tui.store.db import StoreError
from tui.store.store import Store


def names(store: Store, batch: int) -> list[object]:
    return [staged.base for staged in store.batches.staged(store.batches.ids(batch))]


def test_orders_keep_their_position_and_id(store: Store, account: int) -> None:
    batch = store.batches.create(account, "back\ud800orders").id
    a, b = store.batches.stage(batch, [NewStaged("a"), NewStaged("b")])
    (c,) = store.batches.stage(batch, [NewStaged("c", log=[1], meta={"row": 8}, released=True)])
    assert names(store, batch) == ["a", "b", "c"]
    assert len({a, b, c}) == 3
    third = store.batches.get(c)
    assert third is not None
    assert (third.log, third.meta, third.released, third.version) == ([1], {"row": 8}, True, 1)
    assert store.batches.all(account)[0].name == "back\ud800orders"


def test_a_change_of_content_makes_a_new_draft_version(store: Store, account: int) -> None:
    batch = store.batches.create(account, "b").id
    (order,) = store.batches.stage(batch, [NewStaged({"v": 1})])
    store.batches.set_all(batch, [(order, StagedState.REFUSED, False, None)])
    refused = store.batches.get(order)
    assert refused is not None
    assert (refused.state, refused.version) == (StagedState.REFUSED, 1)
    assert store.batches.save_log(order, ["step"]) == 2
    assert store.batches.rebase(order, {"v": 2}, []) == 3
    corrected = store.batches.get(order)
    assert corrected is not None
    assert (corrected.state, corrected.version, corrected.base, corrected.log) == (StagedState.DRAFT, 3, {"v": 2}, [])
    store.batches.set_all(batch, [(order, StagedState.DRAFT, True, {"a": 1})])
    kept = store.batches.get(order)
    assert kept is not None
    assert (kept.version, kept.state, kept.meta, kept.released) == (3, StagedState.DRAFT, {"a": 1}, True)


def test_removed_orders_are_restored_to_their_position(store: Store, account: int) -> None:
    batch = store.batches.create(account, "b").id
    ids = store.batches.stage(batch, [NewStaged(n) for n in range(4)])
    store.batches.drop(ids[1:3])
    assert names(store, batch) == [0, 3]
    store.batches.restore(ids[1:3])
    assert names(store, batch) == [0, 1, 2, 3]


def test_staging_is_all_or_nothing(store: Store, account: int) -> None:
    batch = store.batches.create(account, "b").id
    with pytest.raises(StoreError):
        store.batches.stage(batch, [NewStaged(1), NewStaged(2, released=cast(bool, object()))])
    assert names(store, batch) == []


def test_one_process_owns_a_batch_and_another_can_take_it_over(open_store: Callable[[], Store], clock: Clock) -> None:
    first, second = open_store(), open_store()
    account = first.account_id("u", "1")
    batch = first.batches.create(account, "b").id
    (order,) = first.batches.stage(batch, [NewStaged(1)])

    assert not second.batches.claim(batch)
    seen = second.batches.all(account)[0].owner
    assert seen is not None
    assert (seen.session, seen.alive, seen.mine, seen.since) == (first.sessions.mine, True, False, clock())
    with pytest.raises(NotOwner):
        second.batches.save_log(order, [])

    clock.advance(60)
    assert second.batches.claim(batch, take_over=True)
    with pytest.raises(NotOwner):
        first.batches.save_log(order, ["typed into the copy that hung"])
    second.batches.save_log(order, ["mine"])
    assert not first.batches.claim(batch)

    second.batches.release(batch)
    assert first.batches.all(account)[0].owner is None
    assert first.batches.claim(batch)
    assert first.batches.claim(batch)


def test_the_batch_of_a_dead_owner_can_be_claimed(open_store: Callable[[], Store]) -> None:
    first, second = open_store(), open_store()
    account = first.account_id("u", "1")
    batch = first.batches.create(account, "b").id
    assert not second.batches.claim(batch)
    first.close()
    owner = second.batches.all(account)[0].owner
    assert owner is not None
    assert not owner.alive
    assert second.batches.claim(batch)


def test_a_removed_batch_is_not_listed(store: Store, account: int) -> None:
    batch = store.batches.create(account, "old").id
    store.batches.rename(batch, "new")
    assert [found.name for found in store.batches.all(account)] == ["new"]
    store.batches.remove(batch)
    assert store.batches.all(account) == []
    with pytest.raises(StoreError):
        store.batches.claim(999)

"""Stored screen states and drafts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from store_clock import Clock

from tui.store.db import StoreError
from tui.store.store import Store

READ = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def test_state_is_stored_by_account_and_found_by_prefix(store: Store, account: int) -> None:
    other = store.account_id("https://other", "7")
    store.screen_states.put(account, "view/a", 1)
    store.screen_states.put(account, "view/é\ud800", 2)
    store.screen_states.put(account, "views", 3)
    store.screen_states.put(other, "view/a", 4, durable=True)
    assert store.screen_states.all(account, "view/") == {"view/a": 1, "view/é\ud800": 2}
    assert store.screen_states.all(account) == {"view/a": 1, "view/é\ud800": 2, "views": 3}
    store.screen_states.delete(account, "view/a")
    assert store.screen_states.get(account, "view/a", "none") == "none"
    assert store.screen_states.get(other, "view/a") == 4


def test_swap_requires_the_expected_value(store: Store, account: int) -> None:
    store.screen_states.put(account, "job", {"by": "a"})
    assert store.screen_states.swap(account, "job", {"by": "a"}, {"by": "b"})
    assert not store.screen_states.swap(account, "job", {"by": "a"}, {"by": "c"})
    assert store.screen_states.get(account, "job") == {"by": "b"}
    assert not store.screen_states.swap(account, "none", {"by": "a"}, {"by": "c"})


def test_prefixes_are_not_patterns(store: Store, account: int) -> None:
    store.screen_states.put(account, "a_b", 1)
    store.screen_states.put(account, "a%b", 2)
    store.screen_states.put(account, 'a"b', 3)
    assert store.screen_states.all(account, "a_") == {"a_b": 1}
    assert store.screen_states.all(account, 'a"') == {'a"b': 3}
    store.screen_states.put(account, "a_\x7f~\U0010ffff", 4)
    assert store.screen_states.all(account, "a_") == {"a_b": 1, "a_\x7f~\U0010ffff": 4}


def test_an_edit_survives_save_rebase_and_restart(open_store: Callable[[], Store], clock: Clock) -> None:
    store = open_store()
    account = store.account_id("u", "1")
    started = store.edits.start(account, "12", {"id": "12", "v": 1}, READ)
    assert started == store.edits.get(account, "12")
    clock.advance(5)
    assert store.edits.save_log(account, started, [{"step": 1}], READ) == replace(started, log=[{"step": 1}])
    saved = open_store().edits.get(account, "12")
    assert saved is not None
    assert (saved.base, saved.read_at, saved.log) == ({"id": "12", "v": 1}, READ, [{"step": 1}])
    store.edits.rebase(account, "12", {"id": "12", "v": 2}, clock(), ["merged"])
    assert [(edit.base, edit.log) for edit in store.edits.all(account)] == [({"id": "12", "v": 2}, ["merged"])]


def test_starting_an_edit_twice_keeps_the_first(store: Store, account: int) -> None:
    store.edits.save_log(account, store.edits.start(account, "12", {"v": 1}, READ), ["mine"], READ)
    again = store.edits.start(account, "12", {"v": 2}, READ)
    assert (again.base, again.log) == ({"v": 1}, ["mine"])


def test_edits_are_listed_by_account_in_order_of_creation(store: Store, account: int) -> None:
    other = store.account_id("https://other", "7")
    for order in ("9", "1", "5"):
        store.edits.start(account, order, {}, READ)
    store.edits.start(other, "9", {}, READ)
    store.edits.drop(account, "1")
    store.edits.drop(account, "never there")
    assert [edit.order_id for edit in store.edits.all(account)] == ["9", "5"]
    assert store.edits.get(account, "1") is None


def test_log_is_saved_only_on_its_base_document(store: Store, account: int) -> None:
    first = store.edits.start(account, "12", {"v": 1}, READ)
    second = store.edits.rebase(account, "12", {"v": 2}, READ + timedelta(seconds=1), ["theirs"])
    assert store.edits.save_log(account, first, ["mine"], READ) is None
    assert store.edits.get(account, "12") == second
    store.edits.drop(account, "12")
    third = store.edits.start(account, "12", {"v": 3}, READ + timedelta(seconds=2))
    assert store.edits.save_log(account, second, ["mine"], READ) is None
    assert store.edits.get(account, "12") == third


def test_saving_a_deleted_edit_fails(store: Store, account: int) -> None:
    edit = store.edits.start(account, "12", {}, READ)
    store.edits.drop(account, "12")
    assert store.edits.save_log(account, edit, ["mine"], READ) is None
    assert store.edits.get(account, "12") is None
    with pytest.raises(StoreError, match="no longer exists"):
        store.edits.rebase(account, "12", {}, READ, [])


def test_unused_documents_are_deleted(store: Store, account: int) -> None:
    store.edits.start(account, "12", {"v": 1}, READ)
    for v in range(5):
        store.edits.rebase(account, "12", {"v": v}, READ, [])
    store.edits.drop(account, "12")
    assert store._database.read(lambda c: c.execute("SELECT count(*) FROM document").fetchone()[0]) == 0

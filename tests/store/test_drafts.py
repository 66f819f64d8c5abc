"""Stored screen states and drafts."""

from collections.abc import Callable
from datetime import UTC, datetime

from tui.api.codec import Json
from tui.store.db import pack
from tui.store.drafts import StoredEdit
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


def put(store: Store, account: int, id: str, old: StoredEdit | None, base: Json, log: Json = None) -> StoredEdit | None:
    return store.edits.replace(account, id, old, base, READ, log)


def test_an_edit_survives_changes_of_log_and_base_and_a_restart(open_store: Callable[[], Store]) -> None:
    store = open_store()
    account = store.account_id("u", "1")
    base: Json = {"id": "12", "v": 1}
    started = put(store, account, "12", None, base)
    assert started is not None
    assert started == store.edits.get(account, "12")
    changed = put(store, account, "12", started, base, [{"step": 1}])
    assert changed == StoredEdit("12", base, READ, [{"step": 1}], started.base_id)
    saved = open_store().edits.get(account, "12")
    assert saved is not None
    assert (saved.base, saved.read_at, saved.log) == (base, READ, [{"step": 1}])
    put(store, account, "12", changed, {"id": "12", "v": 2}, ["merged"])
    assert [(edit.base, edit.log) for edit in store.edits.all(account)] == [({"id": "12", "v": 2}, ["merged"])]


def test_an_edit_that_another_process_changed_is_not_replaced(store: Store, account: int) -> None:
    base: Json = {"v": 1}
    mine = put(store, account, "12", None, base)
    theirs = put(store, account, "12", mine, base, ["theirs"])
    assert theirs is not None
    assert put(store, account, "12", mine, base, ["mine"]) is None
    assert put(store, account, "12", None, {"v": 2}, ["new"]) is None
    assert store.edits.get(account, "12") == theirs
    store.edits.drop(account, "12")
    assert put(store, account, "12", theirs, base, ["again"]) is not None


def test_edits_are_listed_by_account_in_order_of_creation(store: Store, account: int) -> None:
    other = store.account_id("https://other", "7")
    for order in ("9", "1", "5"):
        put(store, account, order, None, {})
    put(store, other, "9", None, {})
    store.edits.drop(account, "1")
    store.edits.drop(account, "never there")
    assert [edit.order_id for edit in store.edits.all(account)] == ["9", "5"]
    assert store.edits.get(account, "1") is None


def test_unused_documents_are_deleted(store: Store, account: int) -> None:
    edit = put(store, account, "12", None, {"v": 1})
    for v in range(5):
        edit = put(store, account, "12", edit, {"v": v})
    store.edits.drop(account, "12")
    assert store._database.read(lambda c: c.execute("SELECT count(*) FROM document").fetchone()[0]) == 0


def test_changes_of_other_processes_are_noticed(open_store: Callable[[], Store]) -> None:
    store, other = open_store(), open_store()
    account = store.account_id("u", "1")
    before = store.changes_of_others()
    store.screen_states.put(account, "a", 1)
    assert store.changes_of_others() == before
    other.screen_states.put(account, "a", 2)
    assert store.changes_of_others() != before


def test_an_edit_that_cannot_be_read_hides_no_other(store: Store, account: int) -> None:
    for order in ("1", "2", "3"):
        put(store, account, order, None, {"v": order})
    store._database.write(lambda c: c.execute("UPDATE edit SET log_json = '{' WHERE order_id = ?", (pack("2"),)))
    assert [edit.order_id for edit in store.edits.all(account)] == ["1", "3"]
    assert store.edits.unreadable == 1

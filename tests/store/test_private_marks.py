"""The user's marks of orders: stored by account and order, and removed when they are empty."""

from collections.abc import Callable
from datetime import UTC, datetime

from tui.store.private_marks import PrivateMark
from tui.store.store import Store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_marks_survive_a_restart(open_store: Callable[[], Store]) -> None:
    store = open_store()
    first, second = (store.account_id("https://example.test", user) for user in "12")
    marks = {"7": PrivateMark(AT, AT, AT, "v1", "call back \ud800 é"), "8": PrivateMark(note="x")}
    store.private_marks.put(first, marks.items())
    assert open_store().private_marks.all(first) == marks
    assert open_store().private_marks.all(second) == {}


def test_an_empty_mark_is_removed(store: Store, account: int) -> None:
    store.private_marks.put(account, [("7", PrivateMark(note="x")), ("8", PrivateMark(flagged_at=AT))])
    store.private_marks.put(account, [("7", PrivateMark(version="v2"))])
    assert store.private_marks.all(account) == {"8": PrivateMark(flagged_at=AT)}

"""The database file: permissions, files that are refused, and failing transactions."""

import signal
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from tui.api.codec import Json, decode
from tui.store.db import Database, NewerStore, StoreBusy, StoreError, backup_path
from tui.store.schema import MIGRATIONS
from tui.store.store import FILE, Store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_user_can_read_the_files(store: Store, account: int) -> None:
    store.screen_states.put(account, "a", 1)
    assert mode(store.path.parent) == 0o700
    assert {mode(path) for path in store.path.parent.glob(FILE + "*")} == {0o600}
    assert {mode(path) for path in (store.path.parent / "locks").iterdir()} == {0o600}


def test_a_folder_readable_by_others_is_made_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    Store(folder).close()
    assert mode(folder) == 0o700


def test_a_folder_with_all_files_of_the_app_is_made_private_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    Store(folder).close()
    made = (
        "cache-1.sqlite3",
        "last-screen-0123456789abcdef.json",
        "last-output.json",
        "sandbox.sqlite",
        ".orders.sqlite3.1",
        "crashes/crash-1.txt",
        "scratch/a/b.json",
    )
    for name in made:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    folder.chmod(0o755)
    (folder / "locks").chmod(0o755)
    Store(folder).close()
    assert (mode(folder), mode(folder / "locks")) == (0o700, 0o700)


def test_a_folder_and_files_of_others_keep_their_rights(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("theirs")
    tmp_path.chmod(0o755)
    target = tmp_path / "theirs.db"
    with sqlite3.connect(target) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    target.chmod(0o644)
    (tmp_path / FILE).symlink_to(target)
    with pytest.raises(StoreError, match="another program"):
        Store(tmp_path)
    assert (mode(target), mode(tmp_path)) == (0o644, 0o755)
    (tmp_path / FILE).unlink()
    Store(tmp_path).close()
    assert (mode(tmp_path), mode(tmp_path / FILE)) == (0o755, 0o600)


def test_accounts_are_distinct_and_stable(store: Store) -> None:
    first = store.account_id("https://a", "1")
    assert store.account_id("https://a", "1") == first
    assert len({first, store.account_id("https://a", "2"), store.account_id("https://b", "1")}) == 3


@pytest.mark.parametrize(
    "content",
    [b"this is no database at all, but long enough to have a header" * 20, b"SQLite format 3\0" + b"\xff" * 4096],
)
def test_a_file_that_is_no_database_is_refused_and_unchanged(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / FILE).write_bytes(content)
    with pytest.raises(StoreError, match=FILE):
        Store(folder)
    assert (folder / FILE).read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store(tmp_path)
    assert path.read_bytes() == before


def test_a_newer_file_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / FILE
    Database(path, [*MIGRATIONS, "CREATE TABLE future (a);"]).close()
    with pytest.raises(NewerStore, match="Update the app"):
        Store(tmp_path)


def test_an_older_file_is_migrated_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / FILE
    old = Database(path, ["CREATE TABLE a (x);\nINSERT INTO a VALUES (1);"])
    old.close()
    new = Database(path, ["not run again", "ALTER TABLE a ADD y DEFAULT 2;"])
    assert tuple(new.read(lambda c: c.execute("SELECT * FROM a").fetchone())) == (1, 2)
    new.close()


def test_a_copy_is_made_before_a_migration(tmp_path: Path) -> None:
    path = tmp_path / FILE
    Database(path, ["CREATE TABLE a (x);\nINSERT INTO a VALUES (1);"]).close()
    assert not list(tmp_path.glob("*version*"))
    Database(path, ["", "DELETE FROM a;"]).close()
    backup = backup_path(path, 1)
    assert mode(backup) == 0o600
    old = Database(backup, [""])
    assert [tuple(row) for row in old.read(lambda c: c.execute("SELECT * FROM a").fetchall())] == [(1,)]
    old.close()


def test_a_failing_migration_leaves_the_old_version(tmp_path: Path) -> None:
    path = tmp_path / FILE
    Database(path, ["CREATE TABLE a (x);"]).close()
    with pytest.raises(StoreError):
        Database(path, ["", "ALTER TABLE a ADD y;\nCREATE TABLE a (x);"])
    again = Database(path, ["CREATE TABLE a (x);"])
    columns = again.read(lambda c: [row["name"] for row in c.execute("PRAGMA table_info(a)")])
    assert columns == ["x"]
    again.close()


def test_a_folder_that_cannot_be_created_raises(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "file" / "data")


def test_a_failing_transaction_is_rolled_back_and_the_next_one_works(store: Store, account: int) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM state")
        raise ZeroDivisionError

    store.screen_states.put(account, "kept", 1)
    with pytest.raises(ZeroDivisionError):
        store._database.write(fail)
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.screen_states.put(999, "a", 1)
    assert store.screen_states.all(account) == {"kept": 1}


def test_nested_transactions_raise(store: Store, account: int) -> None:
    with pytest.raises(RuntimeError):
        store._database.write(lambda c: store.screen_states.get(account, "a"))


def test_a_file_locked_by_another_process_raises_store_busy(store: Store, account: int) -> None:
    second = sqlite3.connect(store.path, isolation_level=None)
    second.execute("BEGIN IMMEDIATE")
    store._database.read(lambda c: c.execute("PRAGMA busy_timeout=1").fetchone())
    with pytest.raises(StoreBusy):
        store.screen_states.put(account, "a", 1)
    second.execute("ROLLBACK")
    second.close()
    store.screen_states.put(account, "a", 1)


def test_only_the_first_call_waits_for_another_process(tmp_path: Path) -> None:
    store = Store(tmp_path, busy_seconds=0.3)
    account = store.account_id("u", "1")
    second = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    second.execute("BEGIN IMMEDIATE")
    times = []
    for _ in range(4):
        started = time.monotonic()
        with pytest.raises(StoreBusy, match="Another program is writing"):
            store.screen_states.put(account, "a", 1)
        times.append(time.monotonic() - started)
    assert times[0] >= 0.25
    assert max(times[1:]) < 0.1
    assert store.screen_states.get(account, "a") is None, "reading never waits"
    second.execute("ROLLBACK")
    store.screen_states.put(account, "a", 1)
    second.execute("BEGIN IMMEDIATE")
    threading.Timer(0.1, lambda: second.execute("ROLLBACK")).start()
    store.screen_states.put(account, "a", 2)
    second.close()
    store.close()


def test_a_full_disk_is_named_before_the_path(store: Store, account: int) -> None:
    pages = store._database.read(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    store._database.read(lambda c: c.execute(f"PRAGMA max_page_count={pages}").fetchone())
    with pytest.raises(StoreError, match=r"^The disk is full .*orders\.sqlite3 cannot be used\.$"):
        store.screen_states.put(account, "a", "x" * 100_000)
    store._database.read(lambda c: c.execute("PRAGMA max_page_count=100000").fetchone())
    store.screen_states.put(account, "a", "x" * 100_000)


def test_calls_from_many_threads(store: Store, account: int) -> None:
    def work(n: int) -> None:
        for i in range(20):
            store.screen_states.put(account, f"{n}/{i}", n * i)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert store.screen_states.all(account) == {f"{n}/{i}": n * i for n in range(8) for i in range(20)}


def test_a_signal_handler_can_flush_and_write_while_a_call_waits(store: Store, account: int) -> None:
    signalled = threading.Event()

    def handler(*_: object) -> None:
        store.screen_states.put(account, "by the handler", True)
        store.flush()
        signalled.set()

    def slow(connection: sqlite3.Connection) -> int:
        signal.raise_signal(signal.SIGUSR1)
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGUSR1)
        return 5

    previous = signal.signal(signal.SIGUSR1, handler)
    try:
        assert store._database.write(slow) == 5
    finally:
        signal.signal(signal.SIGUSR1, previous)
    assert signalled.is_set()
    assert store.screen_states.get(account, "by the handler") is True


def test_a_closed_store_raises(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.account_id("a", "b")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        "",
        [],
        {},
        Decimal("3.10"),
        Decimal("1E+400"),
        10**3000,
        "\ud800 \x00 \U0001f600",
        {"\udfff": ["é"]},
    ],
)
def test_values_survive_a_round_trip(store: Store, account: int, value: object) -> None:
    store.screen_states.put(account, "k", value)  # type: ignore[arg-type]
    back = store.screen_states.get(account, "k", "default")
    assert back == value
    assert type(back) is type(value)
    assert str(back) == str(value)


def test_a_log_can_contain_the_deepest_document(store: Store, account: int) -> None:
    deepest = decode("[" * 199 + "]" * 199)
    log: Json = [{"step": {"value": {"order": deepest}}}]
    store.screen_states.put(account, "k", log)
    assert store.screen_states.get(account, "k") == log

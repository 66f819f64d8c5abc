"""Backup and restore of the store: complete, private, never over another file, and never under a running copy."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.store import backup
from tui.store.backup import StoreInUse, back_up, check_backup, restore
from tui.store.db import StoreError
from tui.store.order_cache import OrderCache, cache_path
from tui.store.store import FILE, Store

NOW = datetime(2026, 11, 29, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def put(folder: Path, value: str) -> None:
    store = Store(folder)
    store.screen_states.put(store.account_id("https://a.example", "7"), "k", value)
    store.close()


def value(folder: Path) -> object:
    store = Store(folder)
    found = store.screen_states.get(store.account_id("https://a.example", "7"), "k")
    store.close()
    return found


def test_an_empty_store_backs_up(folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "backup")
    check_backup(tmp_path / "backup")


def test_a_store_in_use_backs_up_and_restores_on_another_machine(folder: Path, tmp_path: Path) -> None:
    store = Store(folder)
    store.screen_states.put(store.account_id("https://a.example", "7"), "k", "in use")
    before = os.umask(0)
    try:
        back_up(folder, tmp_path / "backup")
    finally:
        os.umask(before)
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "data"]
    other = tmp_path / "other"
    assert restore(other, tmp_path / "backup", NOW) is None
    assert value(other) == "in use"
    assert (other / FILE).stat().st_mode & 0o777 == 0o600
    store.close()


def test_restore_keeps_the_store_before_and_removes_caches(folder: Path, tmp_path: Path) -> None:
    put(folder, "first")
    back_up(folder, tmp_path / "backup")
    put(folder, "second")
    cache = cache_path(folder, 1)
    OrderCache(cache).close()
    kept = restore(folder, tmp_path / "backup", NOW)
    assert kept == folder / f"{FILE}.before-restore-20261129-120005"
    assert not cache.exists()
    assert value(folder) == "first"
    check_backup(kept)
    assert restore(folder, kept, NOW.replace(minute=1)) is not None
    assert value(folder) == "second"


def test_restore_refuses_while_another_copy_runs(folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "backup")
    store = Store(folder)
    with pytest.raises(StoreInUse):
        restore(folder, tmp_path / "backup", NOW)
    store.close()
    assert restore(folder, tmp_path / "backup", NOW)


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_a_file_is_never_replaced_by_a_backup(folder: Path, tmp_path: Path, make: Callable[[Path], None]) -> None:
    target = tmp_path / "mine"
    make(target)
    with pytest.raises(StoreError, match="exists and is not replaced"):
        back_up(folder, target)
    assert os.path.lexists(target)


def test_a_failed_backup_leaves_no_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "x")

    def fail(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise StoreError("disk full")

    monkeypatch.setattr(backup, "_copy", fail)
    with pytest.raises(StoreError, match="disk full"):
        back_up(folder, tmp_path / "backup")
    with pytest.raises(StoreError, match=r"No such file or directory: .* cannot be written"):
        back_up(folder, tmp_path / "missing" / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def damaged(path: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "data", path)
    data = bytearray(path.read_bytes())
    data[5000:60000] = b"\xa5" * 55000
    path.write_bytes(data)


def newer(path: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "data", path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=999")


def foreign(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")


def incomplete(path: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "data", path)
    Path(f"{path}-wal").write_bytes(b"x")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (damaged, "damaged|not an intact"),
        (newer, "newer version"),
        (foreign, "not a backup"),
        (incomplete, "without backup-wal"),
        (lambda path, _: path.write_text("orders\n" * 1000), "not an intact backup"),
        (lambda path, _: path.touch(), "not a backup"),
        (lambda path, _: path.mkdir(), "not a file"),
        (lambda path, _: None, "not a file"),
    ],
)
def test_only_an_intact_backup_is_restored(
    folder: Path, tmp_path: Path, make: Callable[[Path, Path], None], text: str
) -> None:
    put(folder, "present")
    make(tmp_path / "backup", tmp_path)
    with pytest.raises(StoreError, match=text):
        restore(folder, tmp_path / "backup", NOW)
    assert value(folder) == "present"

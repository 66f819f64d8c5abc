"""A damaged store: noticed, set aside, and recovered row by row; a lost one is told."""

import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.api.codec import Document
from tui.store.db import StoreDamaged, StoreError, backup_path, check_mark
from tui.store.journal import NewWrite, WriteKind
from tui.store.store import FILE, Store

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PAGE = 4096


def order(number: int) -> Document:
    return {"order_id": f"own-{number}", "order_number": f"N-{number}", "notes": f"note {number} " * 60}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a store with states, drafts and writes."""
    folder = tmp_path_factory.mktemp("filled")
    store = Store(folder)
    account = store.account_id("https://a", "1")
    for number in range(40):
        store.screen_states.put(account, f"key {number}", "x" * 300)
        store.edits.replace(account, str(number), None, order(number), AT, {"steps": [number]})
        store.writes.record(
            account, NewWrite(WriteKind.PATCH, "PATCH", "/orders/1", b"{}", order(number), order_id="1")
        )
    store.close()
    return (folder / FILE).read_bytes()


def damage(folder: Path, data: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_bytes(data)
    (folder / f"{FILE}.exists").touch()


def counted(store: Store) -> tuple[int, int, int]:
    """How many states, drafts and writes there are."""
    accounts = store.accounts()
    return (
        sum(len(store.screen_states.all(account)) for account in accounts),
        sum(len(store.edits.all(account)) for account in accounts),
        sum(len(store.writes.all(account, limit=-1)) for account in accounts),
    )


def contents(folder: Path) -> tuple[int, int, int, str]:
    """The same of the store in a folder, and its notice."""
    store = Store(folder)
    found = counted(store)
    store.close()
    return *found, store.notice


def test_a_sound_file_is_opened_without_a_word(tmp_path: Path, filled: bytes) -> None:
    damage(tmp_path, filled)
    assert contents(tmp_path) == (40, 40, 40, "")
    assert not list(tmp_path.glob("*damaged*"))


def test_each_damaged_page_costs_little_and_the_damage_is_told(tmp_path: Path, filled: bytes) -> None:
    recovered = []
    for number in range(1, len(filled) // PAGE):
        folder = tmp_path / str(number)
        data = bytearray(filled)
        data[number * PAGE : (number + 1) * PAGE] = os.urandom(PAGE)
        damage(folder, bytes(data))
        *counts, notice = contents(folder)
        assert contents(folder)[3] == "", "the recovered file is sound"
        if not notice:
            assert counts == [40, 40, 40], "a page that is not used"
            continue
        assert "The stored data was damaged" in notice
        (aside,) = folder.glob(f"{FILE}.damaged-*")
        assert aside.name in notice
        assert aside.read_bytes() == data
        assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
        recovered.append(sum(counts))
    assert len(recovered) > 10
    assert sorted(recovered)[len(recovered) // 2] > 90, "most rows are recovered in most cases"


def test_a_file_whose_schema_is_lost_is_replaced_and_kept(tmp_path: Path, filled: bytes) -> None:
    damage(tmp_path, os.urandom(PAGE) + filled[PAGE:])
    *counts, notice = contents(tmp_path)
    assert counts == [0, 0, 0]
    assert "0 rows recovered" in notice
    (aside,) = tmp_path.glob(f"{FILE}.damaged-*")
    assert len(aside.read_bytes()) == len(filled)


@pytest.mark.parametrize("rest", ["empty", "missing"])
def test_a_lost_file_is_told(tmp_path: Path, filled: bytes, rest: str) -> None:
    damage(tmp_path, b"")
    if rest == "missing":
        (tmp_path / FILE).unlink()
    assert contents(tmp_path)[3].startswith("The stored data is gone")
    assert contents(tmp_path)[3] == ""


def test_a_new_folder_is_no_loss(tmp_path: Path) -> None:
    assert contents(tmp_path / "data") == (0, 0, 0, "")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / FILE).touch()
    assert contents(tmp_path / "other")[3] == ""


def test_a_damaged_file_that_another_copy_uses_is_left_as_it_is(tmp_path: Path, filled: bytes) -> None:
    damage(tmp_path, filled)
    other = Store(tmp_path)
    data = filled[: 2 * PAGE] + b"\xaa" * (len(filled) - 2 * PAGE)
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(StoreError, match="quit that one first"):
        Store(tmp_path)
    assert not list(tmp_path.glob("*damaged*"))
    with suppress(StoreError):
        other.close()


def test_damage_that_is_met_later_is_checked_at_the_next_start(
    open_store: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: bytes
) -> None:
    monkeypatch.setattr("tui.store.recovery._MAX_CHECKED", 0)
    damage(tmp_path / "data", filled[: -20 * PAGE] + b"\xaa" * 20 * PAGE)
    store = open_store()
    assert store.notice == ""
    with pytest.raises(StoreDamaged, match="start again to repair it"):
        counted(store)
    assert check_mark(store.path).exists()
    store.close()
    assert "was damaged" in open_store().notice
    assert not check_mark(store.path).exists()


def test_copies_made_before_migrations_expire_after_a_week(tmp_path: Path) -> None:
    Store(tmp_path).close()
    old, new = backup_path(tmp_path / FILE, 1), backup_path(tmp_path / FILE, 2)
    for path, days in ((old, 8), (new, 6)):
        path.touch()
        at = time.time() - days * 86_400
        os.utime(path, (at, at))
    Store(tmp_path).close()
    assert not old.exists()
    assert new.exists()

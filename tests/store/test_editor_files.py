"""Editor files: private, and removed on close or at the next start unless an editor changed them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.store.db import StoreError
from tui.store.store import Store

ROOT = Path(__file__).parents[2]

CHILD = """
import sys
from pathlib import Path
from tui.store.db import StoreError
from tui.store.store import Store
store = Store(Path(sys.argv[1]))
path = store.editor_files.put("order.json", b"{}")
path.with_name(".order.json.swp").write_bytes(b"what an editor keeps")
print(path, flush=True)
sys.stdin.read()
"""


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_private_and_removed_with_everything_beside_it(store: Store, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = store.editor_files.put("order.json", b"{}\n")
    finally:
        os.umask(before)
    assert path.is_relative_to(tmp_path / "data" / "scratch")
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    assert path.read_bytes() == b"{}\n"
    path.with_name(".order.json.swp").touch()
    (path.parent / "backup").mkdir()
    (path.parent / "backup" / "link").symlink_to(tmp_path / "data")
    store.editor_files.remove(path)
    assert list((tmp_path / "data" / "scratch").iterdir()) == []
    assert (tmp_path / "data" / "orders.sqlite3").exists()
    store.editor_files.remove(path)


def test_folder_names_are_unique(store: Store) -> None:
    assert len({store.editor_files.put("a", b"").parent for _ in range(20)}) == 20


def test_remaining_files_are_removed_on_close(open_store: Callable[[], Store], tmp_path: Path) -> None:
    first, second = open_store(), open_store()
    first.editor_files.put("a", b"")
    theirs = second.editor_files.put("b", b"")
    first.close()
    assert [place.name for place in (tmp_path / "data" / "scratch").iterdir()] == [theirs.parent.name]


def test_files_of_a_killed_process_are_removed_at_the_next_start(
    open_store: Callable[[], Store], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", CHILD, str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        path = Path(child.stdout.readline().strip())
        mine = open_store().editor_files.put("mine", b"")
        assert path.exists(), "its process is alive"
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert path.exists()
    open_store()
    assert not path.parent.exists()
    assert mine.exists()


def test_files_without_a_session_are_removed_and_those_of_others_stay(
    open_store: Callable[[], Store], tmp_path: Path
) -> None:
    open_store().close()
    scratch = tmp_path / "data" / "scratch"
    (scratch / f"{'0' * 16}-{'1' * 16}").mkdir()
    (scratch / "letters").mkdir()
    (scratch / "file-1").touch()
    open_store()
    assert {entry.name for entry in scratch.iterdir()} == {"letters", "file-1"}


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    (theirs / f"{'0' * 16}-{'1' * 16}").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "scratch").symlink_to(theirs)
    with pytest.raises(StoreError, match="It is a link"):
        Store(tmp_path / "data")
    assert len(list(theirs.iterdir())) == 1


def test_changed_files_of_dead_sessions_stay_until_they_are_removed(open_store: Callable[[], Store]) -> None:
    first = open_store()
    path = first.editor_files.put("order.json", b"{}", {"key": "7"})
    first.editor_files.put("other.json", b"{}")
    path.write_bytes(b"{ }")
    assert open_store().editor_files.left() == [], "its session is alive"
    first.close()
    second = open_store()
    (left,) = second.editor_files.left()
    assert (left.path, left.data, left.about) == (path, b"{ }", {"key": "7"})
    second.editor_files.remove(left.path)
    assert open_store().editor_files.left() == []
    assert not path.parent.exists()


def test_files_that_an_editor_has_open_stay_until_it_ends(open_store: Callable[[], Store]) -> None:
    first = open_store()
    changed, unchanged = (first.editor_files.put(name, b"{}", {"key": "7"}) for name in ("a.json", "b.json"))
    changed.write_bytes(b"{ }")
    with first.editor_files.in_editor(changed) as one, first.editor_files.in_editor(unchanged) as other:
        command = [sys.executable, "-c", "input()"]
        editor = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(one, other))
    with editor:
        first.sessions.close()
        second = open_store()
        assert second.editor_files.left() == []
        assert changed.exists()
        assert unchanged.exists()
        editor.kill()
    third = open_store()
    assert [left.path for left in third.editor_files.left()] == [changed]
    assert not unchanged.parent.exists()

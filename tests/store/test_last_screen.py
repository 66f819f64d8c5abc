"""Tests for the screen that is kept for the next start."""

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui.store.last_screen import LastOutput, LastScreen, ScreenSnapshot, load_started

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
ACCOUNT = ("https://example.com/api/v3", "key")
UNTIL = NOW + timedelta(days=90)
SNAPSHOT = ScreenSnapshot(80, NOW, UNTIL, "start", [[(" 1067 ", "1;31"), ("Anna\xa0Weber … \u2068א\u2069", "")], []])
TIMES = {"at": NOW.isoformat(), "until": UNTIL.isoformat()}


def test_a_snapshot_is_kept_for_its_account_and_private(tmp_path: Path) -> None:
    kept = LastScreen(tmp_path, ACCOUNT)
    assert kept.load(NOW) is None
    kept.save(SNAPSHOT)
    assert kept.load(NOW) == SNAPSHOT
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert LastScreen(tmp_path, (ACCOUNT[0], "other")).load(NOW) is None
    assert [path.name for path in tmp_path.iterdir()] == [kept.path.name]
    kept.remove()
    kept.remove()
    assert not kept.path.exists()


def test_an_old_snapshot_is_not_shown(tmp_path: Path) -> None:
    kept = LastScreen(tmp_path, ACCOUNT)
    kept.save(SNAPSHOT)
    assert kept.load(UNTIL - timedelta(seconds=1)) == SNAPSHOT
    assert kept.load(UNTIL) is None


def test_the_snapshot_of_a_start_is_found_among_all_accounts(tmp_path: Path) -> None:
    assert load_started(tmp_path / "missing", "start", NOW) is None
    other, newer = (
        replace(SNAPSHOT, start="other"),
        replace(SNAPSHOT, at=NOW + timedelta(hours=1)),
    )
    for number, snapshot in enumerate((SNAPSHOT, newer, other)):
        LastScreen(tmp_path, (ACCOUNT[0], str(number))).save(snapshot)
    (tmp_path / "last-screen-damaged.json").write_text("[")
    assert load_started(tmp_path, "start", NOW) == SNAPSHOT
    assert load_started(tmp_path, "start", NOW + timedelta(hours=2)) == newer
    assert load_started(tmp_path, "other", NOW) == other
    assert load_started(tmp_path, "", NOW) is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '{"lines": 5}',
        json.dumps({"width": 80, **TIMES, "start": "", "lines": [[["\x1b[2J", ""]]]}),
        json.dumps({"width": 80, **TIMES, "start": "", "lines": [[["a", "m\x1b[2J"]]]}),
        json.dumps({"width": 80, **TIMES, "at": "2026-11-29T08:00:00", "start": "", "lines": []}),
        json.dumps({"width": 80, **TIMES, "start": "", "lines": [[["a"]]]}),
        json.dumps({"width": 80, "at": "2026-11-29T08:00:00+00:00", "lines": []}),
        "[" * 100_000,
    ],
)
def test_a_file_that_was_changed_is_ignored(tmp_path: Path, content: str) -> None:
    kept = LastScreen(tmp_path, ACCOUNT)
    kept.path.write_text(content)
    assert kept.load(NOW) is None


def test_a_file_of_this_form_is_loaded(tmp_path: Path) -> None:
    kept = LastScreen(tmp_path, ACCOUNT)
    kept.path.write_text(json.dumps({"width": 80, **TIMES, "start": "", "lines": [[["a", "1"]]]}))
    assert kept.load(NOW) == ScreenSnapshot(80, NOW, UNTIL, "", [[("a", "1")]])


def test_how_much_was_sent_is_kept(tmp_path: Path) -> None:
    assert LastOutput.load(tmp_path) is None
    output = LastOutput(keys=3, frames=4, size=1200, cells=500, drawn=5000)
    output.save(tmp_path)
    assert LastOutput.load(tmp_path) == output
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"keys": 1e999}', "[" * 100_000])
def test_other_counts_are_ignored(tmp_path: Path, content: str) -> None:
    (tmp_path / "last-output.json").write_text(content)
    assert LastOutput.load(tmp_path) is None

"""Reports of internal errors: useful without a single value, readable by the user only, and bounded in number."""

import sqlite3
import stat
from pathlib import Path

import pytest

from tui.crash_reports import all_reports, describe, report_text, write_report

MARK = "geheim-4711"


def failing(text: str) -> BaseException:
    """An error with causes and parts, all of whose texts and variables contain this text."""
    local = {"key": text, text: [text]}
    try:
        try:
            try:
                sqlite3.connect(":memory:").execute(f"SELECT {text!r} FROM nowhere")
            except sqlite3.Error as error:
                error.add_note(text)
                raise KeyError(text, local) from error
        except KeyError:
            Path("/nowhere", text).read_text()
    except OSError as error:
        other = ValueError(text)
        group = ExceptionGroup(text, [error, other])
        group.__traceback__ = error.__traceback__
        return group
    raise AssertionError


def test_a_report_has_versions_and_stacks_and_no_values() -> None:
    text = report_text(failing(MARK))
    assert MARK not in text
    assert str(Path(__file__).parent) not in text
    for part in ("Python 3.", "textual 8.", "SQLite 3.", "ExceptionGroup", "builtins.FileNotFoundError errno 2"):
        assert part in text
    for part in ("while handling builtins.KeyError", "caused by sqlite3.OperationalError SQLITE_ERROR", "part "):
        assert part in text
    assert "tests/test_crash_reports.py:" in text


def test_only_the_user_can_read_the_reports(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sentences = describe(folder, failing(MARK))
    path = all_reports(folder)[-1]
    assert path is not None
    assert str(path) in sentences
    assert "start again to continue" in sentences
    assert MARK not in sentences
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_newest_reports_are_kept(tmp_path: Path) -> None:
    assert all_reports(tmp_path) == []
    written = [write_report(tmp_path, ValueError()) for _ in range(25)]
    assert all_reports(tmp_path)[-1] == written[-1]
    assert sorted((tmp_path / "crashes").iterdir()) == written[5:]


def test_without_a_place_for_the_report_it_is_printed(tmp_path: Path) -> None:
    (tmp_path / "crashes").write_text("a file")
    sentences = describe(tmp_path, failing(MARK), ends=False)
    assert "No report could be written (File exists)" in sentences
    assert "FileNotFoundError" in sentences
    assert MARK not in sentences
    assert "start again" not in sentences


def test_a_headless_command_that_fails_prints_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tui import cli

    def fail(arguments: list[str]) -> int:
        raise failing(MARK)

    monkeypatch.setenv("SENDCLOUD_ORDERS_DATA", str(tmp_path))
    monkeypatch.setattr(cli, "_run", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main(["list"])
    assert ended.value.code == 70
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("sendcloud-orders: Internal error (ExceptionGroup")
    assert MARK not in shown.err
    assert all_reports(tmp_path) != []

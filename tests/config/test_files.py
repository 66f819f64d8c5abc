"""Writing the settings file: comments stay, the file is private, and nothing is lost when writing fails."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.config.files import add_profile, write_settings
from tui.config.settings import SettingsError, read_settings

Write = Callable[..., Path]
VALUES = {"public_key": "pub", "secret_command": ["pass", "show", "kaas"], "read_only": True}


def test_a_new_file_and_its_folder_are_private(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path / "a" / "b"))
    before = os.umask(0)
    try:
        path = add_profile("kaas & co", VALUES, default=True)
    finally:
        os.umask(before)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [name.name for name in path.parent.iterdir()] == ["settings.toml"]
    settings = read_settings()
    assert (settings.default, [*settings.profiles]) == ("kaas & co", ["kaas & co"])
    assert path.read_text() == (
        'default = "kaas & co"\n\n[profiles."kaas & co"]\npublic_key = "pub"\n'
        'secret_command = ["pass", "show", "kaas"]\nread_only = true\n'
    )


def test_comments_and_other_tables_stay(write: Write) -> None:
    before = (
        "# mine\n\n[journal]  # a quarter\nkeep_days = 90\n\n[profiles.old] # the old one\npublic_key = 'x' # test\n\n"
        "[shops.7]\ncut_off = 12:00:00\n"
    )
    file = write(before)
    add_profile("new", VALUES, default=False)
    text = file.read_text()
    assert [line for line in before.splitlines() if line and line not in text] == []
    assert [*read_settings().profiles] == ["old", "new"]
    assert read_settings().default is None
    add_profile("third", VALUES, default=True)
    assert read_settings().default == "third"
    assert read_settings().keep_days == 90


def test_a_profile_is_never_replaced(write: Write) -> None:
    file = write("[profiles.old]\npublic_key = 'x'\n")
    with pytest.raises(SettingsError, match="has a profile 'old' already"):
        add_profile("old", VALUES, default=True)
    assert file.read_text() == "[profiles.old]\npublic_key = 'x'\n"


@pytest.mark.parametrize("text", ["[profiles", "[profils]\n", "default = 'x'\n"])
def test_an_invalid_file_is_left_unchanged(write: Write, text: str) -> None:
    file = write(text)
    with pytest.raises(SettingsError, match=str(file)):
        add_profile("new", VALUES, default=True)
    assert file.read_text() == text


def test_invalid_values_are_not_written(file: Path) -> None:
    with pytest.raises(SettingsError, match="public_key"):
        add_profile("new", {"secret_command": ["x"]}, default=True)
    assert not file.exists()


def test_a_link_stays_a_link(tmp_path: Path, file: Path) -> None:
    target = tmp_path / "dotfiles.toml"
    target.write_text("# mine\n")
    file.symlink_to(target)
    add_profile("new", VALUES, default=True)
    assert file.is_symlink()
    assert target.read_text().startswith("# mine\n")
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["replace", "fsync"])
def test_the_old_file_stays_when_writing_fails(write: Write, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    file = write("# mine\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if name == "replace" else os, name, fail)
    with pytest.raises(SettingsError, match=f"No space left on device: {file} cannot be written"):
        write_settings("# new\n")
    monkeypatch.undo()
    assert file.read_text() == "# mine\n"
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]

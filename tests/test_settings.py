"""The settings file: valid settings, and one error sentence for everything else."""

from pathlib import Path

import pytest

from tui.settings import SETTINGS, Settings, SettingsError, config_folder, read_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path))
    return tmp_path / SETTINGS


def test_defaults_without_a_file(file: Path) -> None:
    assert read_settings() == Settings(keep_days=None)
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "days"), [("", None), ("[journal]\n", None), ("[journal]\nkeep_days = 90 # a quarter\n", 90)]
)
def test_valid_settings(file: Path, text: str, days: int | None) -> None:
    file.write_text(text)
    assert read_settings().keep_days == days


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[journal\n", "not valid TOML"),
        ("[journl]\nkeep_days = 9", ", line 1: 'journl' is not a setting; did you mean 'journal'?"),
        ("keep_days = 9", "'keep_days' is not a setting; did you mean 'journal'?"),
        ("journal = 3", "must be a table"),
        ("[journal]\nkeep = 9", ", line 2: 'keep' in [journal] is not a setting; did you mean 'keep_days'?"),
        ("[journal]\nkeep_days = 0", "keep_days = 0"),
        ("[journal]\nkeep_days = -1", "keep_days = -1"),
        ("[journal]\nkeep_days = 1.5", "keep_days = 1.5"),
        ("[journal]\nkeep_days = true", "keep_days = True"),
        ('[journal]\nkeep_days = "90"', "keep_days = '90'"),
        ("[journal]\nkeep_days = 999999", "keep_days = 999999"),
    ],
)
def test_invalid_settings_raise_with_one_sentence(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert message in str(refused.value)
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_unreadable_files(file: Path) -> None:
    file.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings()
    file.unlink()
    file.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings()


def test_the_default_folder_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENDCLOUD_ORDERS_CONFIG", raising=False)
    assert config_folder().name == "sendcloud-orders"

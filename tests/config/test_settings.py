"""The settings file: valid settings, and one error sentence for everything else."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from tui.config.locations import config_folder
from tui.config.settings import Settings, SettingsError, read_settings
from tui.config.time_zone import local_zone
from tui.orders.checks.context import Level, ShopSettings


def test_defaults_without_a_file(file: Path) -> None:
    assert read_settings() == Settings(keep_days=None)
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "days"), [("", None), ("[journal]\n", None), ("[journal]\nkeep_days = 90 # a quarter\n", 90)]
)
def test_valid_settings(file: Path, text: str, days: int | None) -> None:
    file.write_text(text)
    assert read_settings().keep_days == days


@pytest.mark.parametrize(("text", "seconds"), [("", None), ('every = "5m"', 300), ('every = "2h"', 7200)])
def test_how_often_orders_are_read_while_they_are_watched(file: Path, text: str, seconds: float | None) -> None:
    file.write_text(f"[watch]\n{text}\n")
    assert read_settings().watch_every == seconds


@pytest.mark.parametrize("value", ["0m", "5", "5s", "25h", "1000m", ""])
def test_an_invalid_time_between_two_reads_is_refused(file: Path, value: str) -> None:
    file.write_text(f'[watch]\nevery = "{value}"\n')
    with pytest.raises(SettingsError, match=r"line 2: every = .* in \[watch\] must be a time"):
        read_settings()


def test_settings_of_shops(file: Path) -> None:
    file.write_text(
        """
[shops."412088"]
sender_country = "GB"
sender_postcode = "BT1 5GS"
handling_days = 0
cut_off = "14:30"
days_off = [2026-12-25, "sunday"]
heaviest_item = 25.5
checks.totals = "off"
checks.unpaid = "error"

[shops.7]
"""
    )
    shops = read_settings().shops
    assert shops[412088] == ShopSettings(
        "GB",
        "BT1 5GS",
        0,
        time(14, 30),
        frozenset({date(2026, 12, 25)}),
        frozenset({6}),
        local_zone(),
        heaviest_item=Decimal("25.5"),
        checks={"totals": Level.OFF, "unpaid": Level.ERROR},
    )
    assert shops[7] == ShopSettings(zone=local_zone())


def test_tags_of_private_marks(file: Path) -> None:
    file.write_text('[marks]\ntags = {done = "packed", flagged = "look at it"}\n')
    assert read_settings().mark_tags == {"done": "packed", "flagged": "look at it"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[marks]\ntags = {don = 'x'}", ": 'don' in [marks.tags] is not a setting; did you mean 'done'?"),
        (
            "[marks]\ntags = {done = ''}",
            "line 2: done = '' in [marks.tags] must be a tag: a text without blanks around it",
        ),
        ("[marks]\ntags = {done = ' x'}", "line 2: done = ' x' in [marks.tags] must be a tag"),
        ("[marks]\ntags = {done = 'x', flagged = 'x'}", "line 2: [marks.tags] has one tag for two marks"),
        ("[journal\n", "not valid TOML"),
        ("[journl]\nkeep_days = 9", ", line 1: 'journl' is not a setting; did you mean 'journal'?"),
        ("keep_days = 9", "'keep_days' is not a setting; did you mean 'keys'?"),
        ("journal = 3", "must be a table"),
        ("[journal]\nkeep = 9", ", line 2: 'keep' in [journal] is not a setting; did you mean 'keep_days'?"),
        ("# keep_days = 9\n[journal]\n# keep_days = 8\nkeep_days = 0", "line 4: keep_days = 0"),
        ("[journal]\nkeep_days = 0", "keep_days = 0"),
        ("[journal]\nkeep_days = -1", "keep_days = -1"),
        ("[journal]\nkeep_days = 1.5", "keep_days = 1.5"),
        ("[journal]\nkeep_days = true", "keep_days = True"),
        ('[journal]\nkeep_days = "90"', "keep_days = '90'"),
        ("[journal]\nkeep_days = 999999", "keep_days = 999999"),
        ("[shops.7]\nsender_contry = 'NL'", "line 2: 'sender_contry' in [shops.\"7\"] is not a setting"),
        (
            "[shops.7]\n\n[shops.8]\nsender_country = 'nl'",
            "line 4: sender_country = 'nl' in [shops.\"8\"] must be the two",
        ),
        ("[shops.7]\nhandling_days = 1.5", "handling_days = 1.5"),
        ("[shops.7]\ncut_off = 'noon'", "cut_off = 'noon' in [shops.\"7\"] must be a time of day"),
        ("[shops.7]\ndays_off = ['sonntag']", "line 2: days_off = 'sonntag'"),
        ("[shops.wick]\ncut_off = '12:00'", "'wick' is not the number of a shop"),
        ("[shops]\n7 = 3", '7 must be a table: [shops."7"]'),
        (
            "[shops.7]\nchecks.no_wait = 'off'",
            "line 2: 'no_wait' in [shops.\"7\".checks] is not a setting; did you mean 'no_weight'?",
        ),
        ("[shops.7]\nchecks.no_weight = 'on'", 'line 2: no_weight = \'on\' in [shops."7".checks] must be "off"'),
    ],
)
def test_invalid_settings_raise_with_one_sentence(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert message in str(refused.value)
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_byte_order_mark_is_ignored(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[journal]\nkeep_days = 9\n")
    assert read_settings().keep_days == 9


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

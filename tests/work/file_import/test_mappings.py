"""All refused rows of an import are kept completely until they are written into a file."""

from typing import Any, cast

import pytest
from fake_service import OutboxHarness

from tui.store.db import Database
from tui.work.account import Account
from tui.work.file_import.mappings import Mappings

LARGE = ("naïve;1067;reason 😀\r\n" * 500_000).encode()


@pytest.fixture
def mappings(harness: OutboxHarness) -> Mappings:
    return Mappings(cast(Account, harness))


def test_refused_rows_round_trip_and_only_the_last_import_is_kept(mappings: Mappings, harness: OutboxHarness) -> None:
    assert mappings.refused() is None
    mappings.keep_refused("large.csv", LARGE)
    assert len(LARGE) > 10 * 2**20
    assert mappings.refused() == ("large.csv", LARGE)
    assert mappings.refused_of() == "large.csv"
    mappings.keep_refused("small.csv", b"a;b\r\n")
    assert mappings.refused() == ("small.csv", b"a;b\r\n")
    assert len(harness.store.screen_states.keys(harness.account_id, "import.refused")) == 2
    mappings.forget_refused()
    assert mappings.refused() is None
    assert harness.store.screen_states.keys(harness.account_id, "import.refused") == []


def test_format_of_an_older_version_is_read(mappings: Mappings, harness: OutboxHarness) -> None:
    harness.store.screen_states.put(harness.account_id, "import.refused", {"name": "a.csv", "csv": "x\r\n"})
    assert mappings.refused() == ("a.csv", b"x\r\n")


class PowerCut(BaseException):
    pass


@pytest.mark.parametrize("commits", range(8))
def test_power_cut_keeps_the_refused_rows_of_one_import(
    mappings: Mappings, harness: OutboxHarness, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    monkeypatch.setattr("tui.work.file_import.mappings._CHUNK_SIZE", 4)
    mappings.keep_refused("old.csv", b"old rows")
    write, done = Database.write, [0]

    def cut(self: Database, work: Any, *, durable: bool = False) -> Any:
        if done[0] == commits:
            raise PowerCut
        done[0] += 1
        return write(self, work, durable=durable)

    def save_and_forget() -> None:
        mappings.keep_refused("new.csv", b"new rows that are more")
        mappings.forget_refused()

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", cut)
        with pytest.raises(PowerCut):
            save_and_forget()
    refused = mappings.refused()
    assert refused in (("old.csv", b"old rows"), ("new.csv", b"new rows that are more"))

"""Journal entries: their texts, their export, and the removal of old ones."""

import json
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sandbox_account import CITY, IDS, NAME, change, draft_of, follow, newest, open_sandbox_account

from tui.store.journal import WriteKind, WriteState
from tui.work.account import Account
from tui.work.journal.entries import (
    GROUPS,
    PRUNED,
    after,
    description,
    entry_line,
    export,
    group_of,
    open_entry,
    prune_journal,
    states_of,
)
from tui.work.writes.send_state import SendState


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    async with open_sandbox_account(tmp_path / "data") as account:
        yield account


def test_every_outcome_has_a_group_and_a_label() -> None:
    found = {(state, kind) for group in GROUPS for state in states_of(group)[0] for kind in states_of(group)[1]}
    every = {(state, kind) for state in WriteState for kind in WriteKind} - {(WriteState.VERIFIED, WriteKind.DELETE)}
    assert found == every, "a deletion is confirmed by its answer"
    for state, kind in found:
        assert description(state, kind)
        assert (state in states_of(group_of(state, kind))[0], kind in states_of(group_of(state, kind))[1]) == (
            True,
            True,
        )


async def test_outcomes_of_an_export_are_public(account: Account) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    outcomes = {
        WriteState.RECORDED: "waits to go",
        WriteState.SENT: "is being sent",
        WriteState.ANSWERED: "taken, is being read again",
        WriteState.ACCEPTED: "accepted, not seen yet",
        WriteState.UNKNOWN: "outcome unknown",
        WriteState.CONFIRMED: "confirmed",
        WriteState.VERIFIED: "seen as sent",
        WriteState.DIFFERS: "shows something else",
        WriteState.MISSING: "accepted and never seen",
        WriteState.REFUSED: "refused",
        WriteState.BUSY: "the service was busy",
        WriteState.NOT_SENT: "not sent",
        WriteState.NOT_APPLIED: "not applied",
        WriteState.GONE: "the order was gone",
    }
    for state in WriteState:
        account.store.writes.step(entry.write.id, state)
        assert json.loads(entry_line(newest(account)))["outcome"] == outcomes[state]


async def test_entry_has_user_order_changes_and_outcome(account: Account) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    assert (entry.write.profile, entry.base_url, entry.name) == ("NL", "http://127.0.0.1/api/v3", f"N-{IDS[0]}")
    assert "@" in entry.write.by
    assert (entry.description, entry.state) == ("verified", SendState.VERIFIED)
    (part,) = entry.parts
    assert [(change.pointer, change.was, change.now) for change in part.changes] == [(CITY, "Oss", "Breda")]
    result = after(entry.write, part)
    assert result is not None
    assert (CITY.get(part.before), CITY.get(result)) == ("Oss", "Breda")
    assert [step.state for step in entry.steps] == ["recorded", "sent", "answered", "confirmed"]


async def test_upsert_has_one_part_per_order(account: Account) -> None:
    drafts = [await draft_of(account, IDS[0], (CITY, "Breda")), await draft_of(account, IDS[1], (NAME, "Jan"))]
    await account.draft_sender.send_as_upsert(drafts)
    await follow(account)
    entry = newest(account)
    assert entry.name == "2 orders"
    assert [[change.pointer for change in part.changes] for part in entry.parts] == [[CITY], [NAME]]
    result = after(entry.write, entry.parts[1])
    assert result is not None
    assert (NAME.get(result), CITY.get(result), result["id"]) == ("Jan", "Oss", IDS[1])


async def test_export_has_one_line_per_write_in_a_private_file(account: Account, tmp_path: Path) -> None:
    await change(account, IDS[0], (CITY, "Br\ud800eda\u2028\n"))
    await change(account, IDS[1], (NAME, "Jan"))
    await account.draft_sender.delete(IDS[2], await account.client.get_order(IDS[2]))
    ids = [write.id for write in reversed(account.store.writes.all(account.account_id))]
    path = tmp_path / "out.jsonl"
    assert await export(account.store, account.client.base_url, ids, path) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    raw = path.read_bytes()
    assert raw.endswith(b"\n")
    lines = [json.loads(line) for line in raw.split(b"\n")[:-1]]
    assert [line["id"] for line in lines] == ids
    first, _, last = lines
    (order,) = first["orders"]
    assert (order["id"], order["order_number"]) == (IDS[0], f"N-{IDS[0]}")
    assert order["changes"] == [{"pointer": "/shipping_address/city", "was": "Oss", "now": "Br\ud800eda\u2028\n"}]
    assert order["before"]["shipping_address"]["city"] == "Oss"
    assert order["after"]["shipping_address"]["city"] == "Br\ud800eda\u2028\n"
    assert (first["profile"], first["road"], first["state"]) == ("NL", "patch", "confirmed")
    assert first["outcome"] == "confirmed"
    assert first["body"] == {"shipping_address": {"city": "Br\ud800eda\u2028\n"}}
    assert (last["road"], last["outcome"], last["body"]) == ("delete", "deleted", None)
    assert last["orders"][0]["before"]["order_number"] == f"N-{IDS[2]}"
    assert b"authorization" not in raw.lower()
    assert b"ZGVtbzpkZW1v" not in raw, "the credentials, as in the header"


async def test_export_never_overwrites_and_removes_a_partial_file(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        await export(account.store, account.client.base_url, [entry.write.id], path)
    assert path.read_text() == "mine"
    other = tmp_path / "other.jsonl"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        await export(account.store, account.client.base_url, [entry.write.id], other)
    assert not other.exists()


async def test_change_of_an_upsert_is_derived_from_its_bodies(account: Account) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    line = json.loads(entry_line(entry))
    assert line["orders"][0]["changes"]


async def test_old_writes_are_pruned_and_counted(account: Account) -> None:
    entry = await change(account, IDS[0], (CITY, "Breda"))
    assert await prune_journal(account.store, account.now(), 1) == 0
    assert account.store.screen_states.get(account.account_id, PRUNED) is None
    assert await prune_journal(account.store, account.now() + timedelta(days=2), 1) == 1
    assert open_entry(account.store, account.client.base_url, entry.write.id) is None
    kept = account.store.screen_states.get(account.account_id, PRUNED)
    assert isinstance(kept, dict)
    assert (kept["count"], kept["days"]) == (1, 1)

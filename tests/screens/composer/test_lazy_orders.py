"""The composer over a batch that is not restored yet, and over one with an order that cannot be read from disk."""

from pathlib import Path

import pytest
from app_harness import AppHarness, open_app
from composer_harness import add_file, enter_composer, row
from sandbox_harness import order

from tui.background import BackgroundWork
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.work.batches import open_batch
from tui.work.batches.remote_refresh import RemoteRefresh

COUNT = 60


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat a batch of COUNT orders as a large one."""
    monkeypatch.setattr(open_batch, "CHECKED_AT_ONCE", 10)


async def stage_many(harness: AppHarness, folder: Path) -> list[str]:
    """Stage COUNT orders, the last of which is a duplicate of the first. Returns their ids."""
    await enter_composer(harness)
    names = [*(f"T{n}" for n in range(COUNT - 1)), "T0"]
    await add_file(harness, folder, *(order(order_id=name, order_number=name) for name in names))
    return list(harness.app.workspace.staging.by_id)


def damage(harness: AppHarness, id: str) -> None:
    """Replace the stored document of an order by a part of one."""
    command = "UPDATE document SET body_json = '{' WHERE id = (SELECT base FROM staged WHERE id = ?)"
    batches = harness.app.workspace.account.store.batches
    batches._database.write(lambda connection: connection.execute(command, (id,)))


async def test_a_start_shows_the_rows_before_the_batch_is_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = Sandbox(SandboxSettings(orders=20, settle=0.0))
    async with open_app(tmp_path / "data", sandbox=sandbox) as harness:
        await stage_many(harness, tmp_path)
        await harness.press("end", "home")

    async def nothing(*_: object, **__: object) -> None:
        """Restore no orders in the background."""

    with monkeypatch.context() as patch:
        patch.setattr(BackgroundWork, "_check_batch", nothing)
        patch.setattr(RemoteRefresh, "refresh", nothing)
        async with open_app(tmp_path / "data", sandbox=sandbox) as harness:
            await harness.until(lambda: row(harness, "T5"))
            staging = harness.app.workspace.staging
            by_id = staging.by_id
            assert 5 < len(by_id.restored) < COUNT
            assert staging.unchecked >= COUNT - len(by_id.restored)
            # What a command needs is restored first.
            await harness.press("end")
            assert row(harness, "T0")[:1] == ">"
            await harness.press("n")
            assert by_id.is_complete
            assert "This batch has order 'T0' of this shop 2 times" in harness.text
            await harness.press("escape")
    async with open_app(tmp_path / "data", sandbox=sandbox) as harness:
        await harness.until("This batch has order 'T0' of this shop 2 times")
        assert harness.app.workspace.staging.by_id.is_complete


@pytest.mark.parametrize("place", [4, COUNT - 1])
async def test_an_order_that_cannot_be_read_is_reported_and_keys_continue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    monkeypatch.setattr("tui.screens.common.unreadable_rows.RETRIED", 0.1)
    sandbox = Sandbox(SandboxSettings(orders=20, settle=0.0))
    async with open_app(tmp_path / "data", sandbox=sandbox) as harness:
        ids = await stage_many(harness, tmp_path)
        await harness.press("home")
        damage(harness, ids[place])
    async with open_app(tmp_path / "data", sandbox=sandbox) as harness:
        await harness.until(": A stored value cannot be read")
        await harness.until(lambda: row(harness, "T7"))
        await harness.press(*(["down"] * place if place < 10 else ["end"]))
        await harness.until("Orders cannot be shown: A stored value cannot be read")
        assert next(line for line in harness.lines if line.startswith("> #")).endswith(" cannot be read")
        for key in ("enter", "n", "w", "v", "v", "v", "m", "x", "1", "0", "space", "; w"):
            await harness.press(*key.split(), "escape")
        await harness.pilot.resize_terminal(160, 40)
        assert harness.app.return_code is None
        assert not harness.app.workspace.staging.by_id.is_complete

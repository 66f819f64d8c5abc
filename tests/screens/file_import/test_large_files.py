"""A large file by keys alone: progress is shown, keys work meanwhile, Esc removes everything again."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app_harness import AppHarness, open_app
from table_files import rows, text

from tui.orders.tables.mapping import SHOP_PATH
from tui.screens.common.pages import PageScreen
from tui.screens.composer.screen import ComposerScreen
from tui.screens.file_import.screen import ImportScreen
from tui.store.batches import Batches
from tui.work.batches.staging_chunks import CHUNK_SIZE
from tui.work.file_import import reader as importing

MANY = CHUNK_SIZE * 3
WAIT = 10.0


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Make all portions but the first wait in their thread."""
    opened, stage = threading.Event(), Batches.stage

    def waiting(self: Batches, batch: int, orders: object, **given: object) -> list[str]:
        count = self._database.read(lambda c: c.execute("SELECT count(*) FROM staged").fetchone()[0])
        if given.get("import_id") and count >= CHUNK_SIZE:
            opened.wait(WAIT)
        return stage(self, batch, orders, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Batches, "stage", waiting)
    yield opened
    opened.set()


def composing(harness: AppHarness) -> Callable[[], bool]:
    return lambda: isinstance(harness.app.screen, ComposerScreen)


def write_file(path: Path) -> None:
    path.write_bytes(text(rows(MANY)).encode())


async def stage_file(harness: AppHarness, path: Path) -> None:
    write_file(path)
    await harness.until("all read")
    await harness.press("B")
    await harness.until(composing(harness))
    await harness.press("a", "f")
    await harness.type(str(path))
    await harness.press("enter")
    await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
    screen = harness.app.screen
    assert isinstance(screen, ImportScreen)
    screen._change(screen.mapping.with_constant(SHOP_PATH, 1))
    await harness.press("w")


async def test_keys_respond_during_a_large_import(tmp_path: Path, release: threading.Event) -> None:
    async with open_app(tmp_path / "data") as harness:
        await stage_file(harness, tmp_path / "orders.csv")
        await harness.until(f"staged {CHUNK_SIZE} of {MANY} orders; Esc stops")
        await harness.press("?")
        await harness.until(lambda: isinstance(harness.app.screen, PageScreen) and "Keys in" in harness.text)
        await harness.press("q")
        await harness.until(composing(harness))
        await harness.press("Q")
        await harness.until("A file is being added.")
        await harness.press("escape")
        assert harness.app.workspace.staging.orders == []
        release.set()
        await harness.until(f"{MANY} orders added from orders.csv")
        assert len(harness.app.workspace.staging.orders) == MANY
        await harness.press("u")
        await harness.until(f"Undone: {MANY} orders added")
        assert harness.app.workspace.staging.orders == []


async def test_escape_stops_and_adds_nothing(tmp_path: Path, release: threading.Event) -> None:
    async with open_app(tmp_path / "data") as harness:
        await stage_file(harness, tmp_path / "orders.csv")
        await harness.until(f"staged {CHUNK_SIZE} of {MANY} orders")
        await harness.press("escape")
        assert composing(harness)()
        release.set()
        await harness.until("It was stopped. Nothing was added.")
        assert harness.app.workspace.staging.orders == []
        assert not harness.app.workspace.staging.is_importing
        await harness.press("u")
        assert "Nothing to undo." in harness.text


async def test_escape_stops_reading_a_table_and_keeps_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, read = threading.Event(), importing.to_orders

    def waiting(*given: object, **more: object) -> object:
        if more.get("progress") is not None:
            release.wait(WAIT)
        return read(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "to_orders", waiting)
    async with open_app(tmp_path / "data") as harness:
        await stage_file(harness, tmp_path / "orders.csv")
        await harness.until("Reading …")
        await harness.press("escape")
        release.set()
        await harness.until("It was stopped. Nothing was added.")
        assert isinstance(harness.app.screen, ImportScreen)
        await harness.press("escape", "y")
        await harness.until(composing(harness))
        assert harness.app.workspace.staging.orders == []

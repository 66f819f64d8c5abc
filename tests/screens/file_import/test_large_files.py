"""A large file by keys alone: its count goes on, keys are answered meanwhile, Esc takes all of it back."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app_harness import House, housed
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
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """All but the first portion wait here, in their thread."""
    opened, stage = threading.Event(), Batches.stage

    def waiting(self: Batches, batch: int, orders: object, **given: object) -> list[str]:
        count = self._database.read(lambda c: c.execute("SELECT count(*) FROM staged").fetchone()[0])
        if given.get("import_id") and count >= CHUNK_SIZE:
            opened.wait(WAIT)
        return stage(self, batch, orders, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Batches, "stage", waiting)
    yield opened
    opened.set()


def composing(house: House) -> Callable[[], bool]:
    return lambda: isinstance(house.app.screen, ComposerScreen)


def write_file(path: Path) -> None:
    path.write_bytes(text(rows(MANY)).encode())


async def stage_file(house: House, path: Path) -> None:
    write_file(path)
    await house.until("100+ read")
    await house.press("B")
    await house.until(composing(house))
    await house.press("a", "f")
    await house.type(str(path))
    await house.press("enter")
    await house.until(lambda: isinstance(house.app.screen, ImportScreen))
    screen = house.app.screen
    assert isinstance(screen, ImportScreen)
    screen._change(screen.mapping.with_constant(SHOP_PATH, 1))
    await house.press("w")


async def test_keys_respond_during_a_large_import(tmp_path: Path, gate: threading.Event) -> None:
    async with housed(tmp_path / "data") as house:
        await stage_file(house, tmp_path / "orders.csv")
        await house.until(f"staged {CHUNK_SIZE} of {MANY} orders; Esc stops")
        await house.press("?")
        await house.until(lambda: isinstance(house.app.screen, PageScreen) and "Keys in" in house.text)
        await house.press("q")
        await house.until(composing(house))
        await house.press("Q")
        await house.until("A file is being added.")
        await house.press("escape")
        assert house.app.workspace.staging.orders == []
        gate.set()
        await house.until(f"{MANY} orders added from orders.csv")
        assert len(house.app.workspace.staging.orders) == MANY
        await house.press("u")
        await house.until(f"Undone: {MANY} orders added")
        assert house.app.workspace.staging.orders == []


async def test_escape_stops_and_adds_nothing(tmp_path: Path, gate: threading.Event) -> None:
    async with housed(tmp_path / "data") as house:
        await stage_file(house, tmp_path / "orders.csv")
        await house.until(f"staged {CHUNK_SIZE} of {MANY} orders")
        await house.press("escape")
        assert composing(house)()
        gate.set()
        await house.until("It was stopped. Nothing was added.")
        assert house.app.workspace.staging.orders == []
        assert not house.app.workspace.staging.is_importing
        await house.press("u")
        assert "Nothing to undo." in house.text


async def test_escape_stops_reading_a_table_and_keeps_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, read = threading.Event(), importing.to_orders

    def waiting(*given: object, **more: object) -> object:
        if more.get("progress") is not None:
            gate.wait(WAIT)
        return read(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "to_orders", waiting)
    async with housed(tmp_path / "data") as house:
        await stage_file(house, tmp_path / "orders.csv")
        await house.until("Reading …")
        await house.press("escape")
        gate.set()
        await house.until("It was stopped. Nothing was added.")
        assert isinstance(house.app.screen, ImportScreen)
        await house.press("escape")
        await house.until(composing(house))
        assert house.app.workspace.staging.orders == []

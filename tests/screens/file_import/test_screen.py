"""A table from file to staged orders by keys alone: mapping, layout, preview, refused rows, and the same columns again."""

import threading
from pathlib import Path
from typing import Any

import pytest
from app_harness import House, housed
from table_files import rows, text, workbook
from textual import events

from tui.orders.paths import ITEMS
from tui.screens.composer import file_adding
from tui.screens.composer.screen import ComposerScreen
from tui.screens.file_import.screen import ImportScreen
from tui.widgets.problems import ProblemList
from tui.work.file_import.mappings import Mappings

SIZES = [(80, 24), (160, 45)]


async def open_file(house: House, path: Path) -> None:
    await house.until("100+ read")
    await house.press("B")
    await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
    await again(house, path)


async def again(house: House, path: Path) -> None:
    await house.press("a", "f")
    await house.type(str(path))
    await house.press("enter")


def importing(house: House) -> ImportScreen:
    screen = house.app.screen
    assert isinstance(screen, ImportScreen)
    return screen


def damaged() -> list[list[str]]:
    table = rows(3, decimal=",")
    table[1][4] = "1067"
    table[2][11] = "two"
    return [*table, [*table[1], "shifted"]]


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_file_to_staged_orders_with_refused_rows_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(text(damaged(), ";").encode("utf-16"))
    async with housed(tmp_path / "data", size=size) as house:
        await open_file(house, path)
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        await house.until("semicolon · UTF-16 LE · decimal comma")
        assert "Ship to, name" in house.text
        assert "2 orders, 2 refused" in house.text
        await house.press("w")
        await house.until("Not taken from orders.csv")
        assert "row 5 has 17 cells, but the header has 16" in house.text
        await house.press("q")
        staged = house.app.workspace.staging.orders
        # The first order lost a row of its own, so all of it stays out.
        assert [one.document["order_number"] for one in staged] == ["BO-00001", "BO-00002"]
        assert (ITEMS / 0 / "quantity").get(staged[0].document) == "two"
        kept = house.app.workspace.account.store.batches.get(staged[0].id)
        assert kept is not None
        assert isinstance(kept.meta, dict)
        assert kept.meta["row"] == 3
        assert kept.meta["cells"][str(ITEMS / 0 / "quantity")] == [3, "Quantity"]  # type: ignore[index, call-overload]

        out = tmp_path / "refused.csv"
        await house.press("a", "r", "ctrl+u")
        for _ in range(40):
            await house.press("backspace")
        await house.type(str(out))
        await house.press("enter")
        await house.until("Written into")
        assert b"row 5 of the same order was refused" in out.read_bytes()
        # They have the addresses of people.
        assert out.stat().st_mode & 0o777 == 0o600


async def test_column_is_mapped_by_typing_saved_and_offered_again(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Nummer;Ding\nX1;Mug\nX2;Plate\n")
    async with housed(tmp_path / "data") as house:
        await open_file(house, path)
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        assert "not used" in house.line_with("Nummer")
        await house.press("w")
        assert "No column goes to a field yet" in house.text
        for field in ("order_number", "order_items name"):
            await house.press("enter")
            await house.type(field)
            await house.press("enter")
            await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        await house.until("X1")
        assert importing(house).mapping.mapped == 2
        await house.press("S")
        await house.type("odd shop")
        await house.press("enter")
        await house.until("Saved as odd shop")
        assert [one.name for one in Mappings(house.app.workspace.account).all()] == ["odd shop"]
        if importing(house).mapping.constant(("order_details", "integration", "id")) is None:
            await house.press("G", "enter")
            await house.until("The shop of all these orders")
            await house.press("enter")
        await house.press("w")
        await house.until("2 orders added from odd.csv")

        path.write_text("Ding;Nummer\nCup;X3\n")
        await again(house, path)
        await house.until("mapping odd shop")
        await house.press("m")
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        assert importing(house).mapping.paths[1] == ("order_number",)


async def test_file_is_not_added_to_another_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, go = tmp_path / "orders.json", threading.Event()
    path.write_text('{"order_number": "X1"}')
    real = file_adding.open_source

    def slowly(*args: Any, **named: Any) -> Any:
        go.wait(20)
        return real(*args, **named)

    monkeypatch.setattr(file_adding, "open_source", slowly)
    async with housed(tmp_path / "data") as house:
        house.app.workspace.staging.editing.add_blank(5)
        await open_file(house, path)
        house.app.workspace.staging.create("other")
        go.set()
        await house.until("Another batch was opened meanwhile; nothing of orders.json was added.")
        assert house.app.workspace.staging.orders == []


async def test_layout_and_constant_values_are_changed_by_keys(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name,Price\nA,Mug,1.234\n")
    async with housed(tmp_path / "data") as house:
        await open_file(house, path)
        await house.until("comma · UTF-8 · decimal point")
        assert "1.234" in house.line_with("~ 2 ")
        await house.press("s")
        await house.until("Read as comma · UTF-8 · decimal comma")
        assert "1234" in house.line_with("~ 2 ")
        await house.press("d")
        await house.until("semicolon")
        await house.press("d", "d", "d")
        await house.until(lambda: importing(house).source.table.layout.delimiter == ",")
        await house.press("G", "g", "j", "j", "j", "enter")
        await house.until(lambda: not isinstance(house.app.screen, ImportScreen))
        for _ in range(14):
            await house.press("backspace")
        await house.type("on_hold")
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        assert importing(house).mapping.constant(("order_details", "status", "code")) == "on_hold"
        await house.press("D")
        assert importing(house).mapping.constant(("order_details", "status", "code")) is None
        await house.press("q")
        assert isinstance(house.app.screen, ComposerScreen)
        assert not house.app.workspace.staging.orders


async def test_cells_pasted_from_a_spreadsheet_and_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(workbook({"Orders": rows(2)}))
    async with housed(tmp_path / "data") as house:
        await open_file(house, path)
        await house.until("sheet Orders")
        await house.press("q")
        house.app.screen.post_message(events.Paste(text(rows(2), "\t", end="\r")))
        await house.until("Pasted 3 rows of cells")
        await house.press("o")
        await house.until("Import pasted cells")
        await house.press("tab", "enter")
        await house.until("Worked out, or the same for all")


async def test_unreadable_table_is_reported_and_nothing_opens(tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\1")
    async with housed(tmp_path / "data") as house:
        await open_file(house, path)
        await house.until("binary data")
        assert isinstance(house.app.screen, ComposerScreen)


async def test_full_problem_text_is_shown_at_the_cursor(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name,Quantity\nA,Mug,1\nB,Plate,some\n")
    async with housed(tmp_path / "data") as house:
        await open_file(house, path)
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        assert "columns mapped" in house.text
        await house.press("j", "j")
        assert "row 3: Items 1, quantity: 'some' cannot be read: a whole number is needed" in house.lines[-2]
        await house.press("tab", "j")
        assert "'some' cannot be read: a whole number is needed. (Quantity" in house.lines[-2]


async def test_arrows_choose_among_matching_fields(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Gewicht (g)\nA,400\n")
    async with housed(tmp_path / "data") as house:
        await open_file(house, path)
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        await house.press("j", "enter")
        await house.type("weight")
        assert "saved change" not in house.text
        assert "change by its name" not in house.text
        first = house.line_with(">   ")
        await house.press("down", "down")
        assert "Send, parcel, weight " in house.line_with(">   ") != first
        await house.press("up", "up", "up", "enter")
        # The unit in the column's name went along to the items.
        weight = (*ITEMS.tokens, "*", "measurement", "weight")
        assert importing(house).mapping.paths[1] == (*weight, "value")
        assert importing(house).mapping.constant((*weight, "unit")) == "g"
        assert importing(house).mapping.constant(("shipping_details", "measurement", "weight", "unit")) is None
        await house.press(":")
        await house.press("down", "down", "pagedown")
        assert house.line_with(">   ").split()[1:3] != ["down", "j"]


async def test_default_shop_is_found_by_typing(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name\nA,Mug\n")
    shop = ("order_details", "integration", "id")
    async with housed(tmp_path / "data") as house:
        await open_file(house, path)
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        importing(house)._change(importing(house).mapping.with_constant(shop, None))
        await house.press("w")
        await house.until("Enter here chooses it")
        await house.press("enter")
        await house.until("The shop of all these orders")
        shops = house.app.workspace.account.shops or []
        assert all(str(one.id) in house.text for one in shops)
        await house.type(f"{shops[-1].kind} {shops[-1].id}")
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        assert importing(house).mapping.constant(shop) == shops[-1].id
        assert "for all:" in house.line_with(">   ") or "for all:" in house.line_with("> =")


@pytest.mark.parametrize("size", SIZES)
async def test_problem_names_the_source_cell_everywhere(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "orders.xlsx"
    table = rows(2)
    table[2][11] = "two"
    table[2][14] = "691200,5"
    path.write_bytes(workbook({"March": table, "Notes": [["read me"]]}))
    async with housed(tmp_path / "data", size=size) as house:
        await open_file(house, path)
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        await house.press("w")
        await house.until("2 orders added")

        def told(pane: int = -1) -> str:
            return " ".join(word for line in house.lines for word in line.split("▏")[pane].split())

        await house.press("g", "j")
        assert house.app.workspace.staging.orders[1].source == "row 3 of sheet March of orders.xlsx"
        assert 'row 3, column "Quantity"' in told()
        await house.press("enter")
        await house.press("n")
        assert 'row 3, column "Quantity"' in told()
        await house.press("escape", "v")
        await house.press("g", "j")
        row = house.app.screen.query_one("#problems", ProblemList).cursor_row
        assert row is not None
        assert row.pointer == ITEMS / 0 / "hs_code"
        assert 'row 3, column "HS code"' in told()
        assert "m: 691200.5" in told()
        await house.press("v")
        await house.until("column 1 of")
        await house.press("j")
        assert 'row 3, column "Quantity"' in told()
        assert all(len(line) <= size[0] for line in house.lines)

"""A table from file to staged orders by keys alone: mapping, layout, preview, refused rows, and the same columns again."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from app_harness import AppHarness, open_app
from table_files import rows, text, workbook
from textual import events

from tui.orders.paths import ITEMS
from tui.screens.composer.screen import ComposerScreen
from tui.screens.file_import.rows import key_of
from tui.screens.file_import.screen import ImportScreen
from tui.widgets.problems import ProblemList
from tui.work.file_import import reader
from tui.work.file_import.mappings import Mappings

SIZES = [(80, 24), (160, 45)]


async def open_file(harness: AppHarness, path: Path) -> None:
    await harness.until("all read")
    await harness.press("B")
    await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
    await again(harness, path)


async def again(harness: AppHarness, path: Path) -> None:
    await harness.press("a", "f")
    await harness.type(str(path))
    await harness.press("enter")


def importing(harness: AppHarness) -> ImportScreen:
    screen = harness.app.screen
    assert isinstance(screen, ImportScreen)
    return screen


async def to_columns(harness: AppHarness) -> None:
    """Go to the first column of the file: the row of a shop that was not chosen by the user is before it."""
    await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
    importing(harness).columns.go_to_key("c0")


def damaged() -> list[list[str]]:
    table = rows(3, decimal=",")
    table[1][4] = "1067"
    table[2][11] = "two"
    return [*table, [*table[1], "shifted"]]


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_file_to_staged_orders_with_refused_rows_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(text(damaged(), ";").encode("utf-16"))
    async with open_app(tmp_path / "data", size=size) as harness:
        await open_file(harness, path)
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        await harness.until("semicolon · UTF-16 LE · decimal comma")
        assert "Ship to, name" in harness.text
        assert "2 orders, 2 refused" in harness.text
        await harness.press("w")
        await harness.until("Refused rows of orders.csv")
        assert "row 5 has 17 cells, but the header has 16" in harness.text
        await harness.press("q")
        staged = harness.app.workspace.staging.orders
        # A row of the first order is refused, so the whole order is left out.
        assert [order.document["order_number"] for order in staged] == ["BO-00001", "BO-00002"]
        assert (ITEMS / 0 / "quantity").get(staged[0].document) == "two"
        kept = harness.app.workspace.account.store.batches.get(staged[0].id)
        assert kept is not None
        assert isinstance(kept.meta, dict)
        assert kept.meta["row"] == 3
        assert kept.meta["cells"][str(ITEMS / 0 / "quantity")] == [3, "Quantity"]  # type: ignore[index, call-overload]

        out = tmp_path / "refused.csv"
        await harness.press("a", "r", "ctrl+u")
        for _ in range(40):
            await harness.press("backspace")
        await harness.type(str(out))
        await harness.press("enter")
        await harness.until("Written into")
        assert b"row 5 of the same order was refused" in out.read_bytes()
        # The refused rows contain personal data.
        assert out.stat().st_mode & 0o777 == 0o600


async def test_column_is_mapped_by_typing_saved_and_offered_again(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Nummer;Ding\nX1;Mug\nX2;Plate\n")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await to_columns(harness)
        assert "not used" in harness.line_with("Nummer")
        await harness.press("w")
        assert "No column goes to a field yet" in harness.text
        for field in ("order_number", "order_items name"):
            await harness.press("enter")
            await harness.type(field)
            await harness.press("enter")
            await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        await harness.until("X1")
        assert importing(harness).mapping.mapped == 2
        await harness.press("S")
        await harness.type("odd shop")
        await harness.press("enter")
        await harness.until("Saved as odd shop")
        assert [item.name for item in Mappings(harness.app.workspace.account).all()] == ["odd shop"]
        if importing(harness).mapping.constant(("order_details", "integration", "id")) is None:
            await harness.press("G", "enter")
            await harness.until("The shop of all these orders")
            await harness.press("enter")
        await harness.press("w")
        await harness.until("2 orders added from odd.csv")

        path.write_text("Ding;Nummer\nCup;X3\n")
        await again(harness, path)
        await harness.until("mapping odd shop")
        await harness.press("m")
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        assert importing(harness).mapping.paths[1] == ("order_number",)


async def test_file_is_not_added_to_another_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, go = tmp_path / "orders.json", threading.Event()
    path.write_text('{"order_number": "X1"}')
    real = reader.open_source

    def delayed_read(*args: Any, **named: Any) -> Any:
        go.wait(20)
        return real(*args, **named)

    monkeypatch.setattr(reader, "open_source", delayed_read)
    async with open_app(tmp_path / "data") as harness:
        harness.app.workspace.staging.editing.add_blank(5)
        await open_file(harness, path)
        harness.app.workspace.staging.create("other")
        go.set()
        await harness.until("Another batch was opened; nothing from orders.json was added.")
        assert harness.app.workspace.staging.orders == []


async def test_layout_and_constant_values_are_changed_by_keys(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name,Price\nA,Mug,1.234\n")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until("comma · UTF-8 · decimal point")
        assert "1.234" in harness.line_with("! 2 ")
        await harness.press("s")
        await harness.until("Read as comma · UTF-8 · decimal comma")
        assert "1234" in harness.line_with("! 2 ")
        await harness.press("d")
        await harness.until("semicolon")
        await harness.press("d", "d", "d")
        await harness.until(lambda: importing(harness).source.table.layout.delimiter == ",")
        await harness.press("G", "g", "j", "j", "j", "j", "j", "enter")
        await harness.until(lambda: not isinstance(harness.app.screen, ImportScreen))
        for _ in range(14):
            await harness.press("backspace")
        await harness.type("on_hold")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        assert importing(harness).mapping.constant(("order_details", "status", "code")) == "on_hold"
        await harness.press("D")
        assert importing(harness).mapping.constant(("order_details", "status", "code")) is None
        await harness.press("q")
        await harness.until("Drop your changes here?")
        await harness.press("escape")
        assert isinstance(harness.app.screen, ImportScreen)
        await harness.press("q", "y")
        assert isinstance(harness.app.screen, ComposerScreen)
        assert not harness.app.workspace.staging.orders


async def test_cells_pasted_from_a_spreadsheet_and_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(workbook({"Orders": rows(2)}))
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until("sheet Orders")
        await harness.press("q")
        harness.app.screen.post_message(events.Paste(text(rows(2), "\t", end="\r")))
        await harness.until("Pasted 3 rows of cells")
        await harness.press("o")
        await harness.until("Import pasted cells")
        await harness.press("tab", "enter")
        await harness.until("Not in the file")


async def test_unreadable_table_is_reported_and_nothing_opens(tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\1")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until("binary data")
        assert isinstance(harness.app.screen, ComposerScreen)


async def test_full_problem_text_is_shown_at_the_cursor(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name,Quantity\nA,Mug,1\nB,Plate,some\n")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await to_columns(harness)
        await harness.until(lambda: "columns mapped" in harness.text)
        await harness.press("j", "j")
        shown = " ".join(line.strip() for line in harness.lines[-4:-2])
        assert shown == "row 3: Items 1, quantity: 'some' cannot be read: a whole number is needed. (Quantity, row 3)"
        await harness.press("tab", "j")
        shown = " ".join(line.strip() for line in harness.lines[-7:-2])
        assert "'some' cannot be read: a whole number is needed. (Quantity, row 3) │" in shown


async def test_arrows_choose_among_matching_fields(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Gewicht (g)\nA,400\n")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await to_columns(harness)
        await harness.press("j", "enter")
        await harness.type("weight")
        assert "saved change" not in harness.text
        assert "saved change" not in harness.text
        first = harness.line_with(">   ")
        await harness.press("down", "down")
        assert "Send, parcel, weight " in harness.line_with(">   ") != first
        await harness.press("up", "up", "up", "enter")
        # The unit in the column's name was applied to the items.
        weight = (*ITEMS.tokens, "*", "measurement", "weight")
        assert importing(harness).mapping.paths[1] == (*weight, "value")
        assert importing(harness).mapping.constant((*weight, "unit")) == "g"
        assert importing(harness).mapping.constant(("shipping_details", "measurement", "weight", "unit")) is None
        await harness.press(":")
        await harness.press("down", "down", "pagedown")
        assert harness.line_with(">   ").split()[1:3] != ["down", "j"]


async def test_default_shop_is_found_by_typing(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name\nA,Mug\n")
    shop = ("order_details", "integration", "id")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        importing(harness)._change(importing(harness).mapping.with_constant(shop, None))
        await harness.press("w")
        await harness.until("Enter here chooses it")
        await harness.press("enter")
        await harness.until("The shop of all these orders")
        shops = harness.app.workspace.account.shops or []
        assert all(str(shop.id) in harness.text for shop in shops)
        await harness.type(f"{shops[-1].kind} {shops[-1].id}")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        assert importing(harness).mapping.constant(shop) == shops[-1].id
        assert "for all:" in harness.line_with(">   ") or "for all:" in harness.line_with("> =")


@pytest.mark.parametrize("size", SIZES)
async def test_problem_names_the_source_cell_everywhere(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "orders.xlsx"
    table = rows(2)
    table[2][11] = "two"
    table[2][14] = "691200,5"
    path.write_bytes(workbook({"March": table, "Notes": [["read me"]]}))
    async with open_app(tmp_path / "data", size=size) as harness:
        await open_file(harness, path)
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        await harness.press("w")
        await harness.until("2 orders added")

        def problem_text(pane: int = -1) -> str:
            return " ".join(word for line in harness.lines for word in line.split("▏")[pane].split())

        await harness.press("g", "j")
        assert harness.app.workspace.staging.orders[1].source == "row 3 of sheet March of orders.xlsx"
        assert 'row 3, column "Quantity"' in problem_text()
        await harness.press("enter")
        await harness.press("n")
        assert 'row 3, column "Quantity"' in problem_text()
        await harness.press("p")
        await harness.until('From column "Quantity", row 3 of orders.xlsx.')
        await harness.press("q")
        await harness.press("escape", "v")
        await harness.press("g", "j")
        row = harness.app.screen.query_one("#problems", ProblemList).cursor_row
        assert row is not None
        assert row.pointer == ITEMS / 0 / "hs_code"
        assert 'row 3, column "HS code"' in problem_text()
        assert "m: 691200.5" in problem_text()
        await harness.press("v")
        await harness.until("column 1 of")
        await harness.press("j")
        assert 'row 3, column "Quantity"' in problem_text()
        assert all(len(line) <= size[0] for line in harness.lines)


@pytest.mark.parametrize(
    ("answer", "street", "second_line"),
    [("f", "Rechnungsweg 1", None), ("r", "Rechnungsweg 1", None), ("b", "Rechnungsweg 1 Lieferweg 3", None), ("c", "Rechnungsweg 1, Lieferweg 3", None),
     ("l", "Lieferweg 3", "Rechnungsweg 1"), ("escape", "Lieferweg 3", None)],
)  # fmt: skip
async def test_a_second_column_for_a_field_is_joined_only_as_answered(
    tmp_path: Path, answer: str, street: str, second_line: str | None
) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes((Path(__file__).parents[2] / "fixtures" / "files" / "import-remap-joins.csv").read_bytes())
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await to_columns(harness)
        await harness.press("j", "j", "enter")
        await harness.type("shipping_address address_line_1")
        await harness.press("enter")
        await harness.until("Join?")
        whole = " ".join(" ".join(harness.lines).split())
        assert "f uses Buyer address where it is filled, else Dispatch address" in whole
        await harness.press(answer)
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen) and "Join?" not in harness.text)
        if importing(harness).mapping.constant(("order_details", "integration", "id")) is None:
            importing(harness).source = replace(
                importing(harness).source,
                mapping=importing(harness).mapping.with_constant(("order_details", "integration", "id"), 5),
            )
        await harness.press("w")
        await harness.until("1 order added from")
        address = harness.app.workspace.staging.orders[0].document["shipping_address"]
        assert isinstance(address, dict)
        assert (address["address_line_1"], address.get("address_line_2")) == (street, second_line)


async def test_guesses_about_values_are_confirmed_one_by_one_and_are_shown_whole(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order number,Financial Status,Name,Street,House number,Zip,City,Country,Item,Price,Quantity\n"
        "A1,refunded,Rita,Weg,1,04109,Leipzig,DE,Cup,1,1\nA2,pending,Rita,Weg,1,04109,Leipzig,DE,Cup,1,1\n"
    )
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        await harness.until("2 guesses to confirm")
        shown = " ".join(line.strip() for line in harness.lines[-4:-2])
        assert shown.startswith("Enter confirms; orders are held until then: Financial Status is 'refunded'")
        assert shown.endswith("Is it to be shipped?")
        await harness.press("enter")
        await harness.until("1 guess to confirm")
        assert importing(harness).mapping.accepted == frozenset()
        assert "not to be shipped" in harness.text


async def test_a_guess_is_confirmed_by_enter_and_its_orders_are_no_longer_held(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order number,Name,Street,Zip,City,Country,Item,Price,Quantity,House street 3\nA1,Rita,Weg 1,04109,Leipzig,DE,Cup,1,1,Weg 9\n"
    )
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        await harness.until("confirm address?")
        assert "1 guess to confirm" in harness.text
        await harness.press("g", "g")
        assert "Enter confirms; orders are held until then" in harness.text
        await harness.press("enter")
        await harness.until("confirmed: address")
        assert "guess to confirm" not in harness.text
        await harness.press("enter")
        await harness.until("confirm address?")


async def test_an_unchanged_mapping_is_left_without_a_question(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name,Price\nA,Mug,1.234\n")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until("comma · UTF-8 · decimal point")
        await harness.press("q")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))


async def test_columns_that_hold_orders_are_shown_as_such_and_p_shows_each_row_whole(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    note = "a long remark " * 9
    path.write_text(
        "Order number,Name,Street,House number,Zip,City,Country,Item,Price,Quantity,Cancelled at,Remark\n"
        f"A1,Rita,Weg,1,04109,Leipzig,DE,Cup,1,1,2026-11-02,{note}end\n"
    )
    async with open_app(tmp_path / "data", size=(160, 45)) as harness:
        await open_file(harness, path)
        await harness.until("ship anyway?")
        assert "read as a status" in harness.line_with("K Cancelled at")
        await harness.press("g", "p")
        await harness.until("Enter confirms; orders are held until then: Cancelled at is filled")
        await harness.press("q")
        await harness.press("g", "j", "j")
        assert "1 not used" in harness.text
        await harness.press("p")
        await harness.until("Column L, Remark: not used.")
        assert "remark end" in " ".join(" ".join(harness.lines).split())
        await harness.press("q", "G")
        shop = (harness.app.workspace.account.shops or [])[0]
        importing(harness)._set_constant(("order_details", "integration", "id"), shop.id)
        importing(harness).columns.go_to_key(key_of(("order_details", "integration", "id")))
        await harness.press("p")
        await harness.until(f"for all rows without a value of their own: {shop.name}")
        await harness.press("q")
        assert shop.name in harness.line_with("Order, shop, integration")
        await harness.press("g", "enter")
        await harness.until("confirmed: ship")
        await harness.press("tab", "p")
        await harness.until("row 2 of orders.csv")


async def test_a_shop_that_the_user_did_not_choose_is_among_the_guesses(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Order number,Item name\nA,Mug\n")
    shop = ("order_details", "integration", "id")
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until("No shop in the file: that of your credentials. Enter chooses another.")
        assert importing(harness).columns.cursor_key == key_of(shop)
        assert shop in importing(harness).mapping.guessed
        await harness.press("enter")
        await harness.until("The shop of all these orders")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        assert shop not in importing(harness).mapping.guessed
        assert importing(harness).columns.cursor_key == "c0"


async def test_each_guess_names_its_column_and_the_values(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order number,Name,Street,Zip,City,Country,Item,Quantity,Pickup point,Abholstation\n"
        "1,Rita,Weg 3,4109,Leipzig,DE,Cup,1,P12,Nord\n"
    )
    async with open_app(tmp_path / "data") as harness:
        await open_file(harness, path)
        await harness.until("3 guesses to confirm")
        shown = [line.split("…")[-1].strip() for line in harness.lines if "confirm address?" in line]
        assert shown == ["Pickup point: P12", "Abholstation: Nord", "Zip: 4109"]
        importing(harness).columns.go_to_key("g2")
        await harness.until("It is sent unchanged. (column Zip)")

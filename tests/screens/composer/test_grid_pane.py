"""The composer's table by keys alone: cells edited in place, problems at their cells, many orders changed at once."""

import re
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, AppHarness, open_app
from composer_harness import add_file, composer, enter_composer
from sandbox_harness import order

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.common.search_screen import SearchScreen
from tui.screens.composer.screen import ComposerScreen
from tui.screens.review.screen import ReviewScreen
from tui.widgets.text import fit

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 45)])
CITY = "/shipping_address/city"


async def stage(harness: AppHarness, folder: Path, *orders: Any) -> ComposerScreen:
    """Open the composer and add these orders."""
    screen = await enter_composer(harness)
    await add_file(harness, folder, *orders)
    return screen


async def to_table(harness: AppHarness) -> None:
    await harness.press("g", "v", "v")
    await harness.until("column 1 of")


def batch(**changes: Any) -> list[dict[str, Any]]:
    """Three orders; the second has no city, the third two items with bad quantities."""
    return [
        order(order_id="A", order_number="A", **changes),
        order(order_id="B", order_number="B", shipping_address__city=""),
        order(
            order_id="C",
            order_number="C",
            order_details__order_items__1__quantity=0,
        ),
    ]


def at(screen: ComposerScreen) -> tuple[str, str]:
    """Return the order and the field under the cursor."""
    staged = screen.order
    return (str(staged.document["order_number"]) if staged is not None else "", str(screen.grid.cursor_pointer))


def texts(harness: AppHarness, name: str) -> list[Any]:
    return [order.document["shipping_address"].get(name) for order in harness.app.workspace.staging.orders]


@SIZES
async def test_problem_is_shown_at_its_cell_and_fixed_in_place(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path / "data", size=size) as harness:
        screen = await stage(harness, tmp_path, *batch())
        await to_table(harness)
        keys = [column.key for column in screen.grid.columns]
        assert keys[0] == "order_number"
        assert {"shipping_address/city", "order_details/order_items/*/quantity"} <= set(keys)
        await harness.press("n")
        assert at(screen) == ("B", CITY)
        assert screen.grid.cell is not None
        assert screen.grid.cell.row is not None
        assert screen.grid.cell.row.mark == "!"
        await harness.press("n")
        assert at(screen) == ("C", "/order_details/order_items/1/quantity")
        assert "! 0 +1" in " ".join(harness.line_with(" !  C ").split()).replace("!0", "! 0")
        await harness.press("enter", "ctrl+u")
        await harness.type("4")
        await harness.press("enter")
        assert harness.app.workspace.staging.orders[2].document["order_details"]["order_items"][1]["quantity"] == 4
        assert not [
            finding
            for finding in harness.app.workspace.staging.findings(harness.app.workspace.staging.orders[2])
            if finding.stops
        ]
        await harness.press("n")
        assert at(screen) == ("B", CITY)


@SIZES
async def test_enter_moves_down_tab_moves_right_and_escape_keeps_the_text(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path / "data", size=size, sandbox=box) as harness:
        screen = await stage(harness, tmp_path, *(order(order_id=n, order_number=n) for n in "ABC"))
        screen.view.set_columns([("order_number",), ("shipping_address", "name"), ("shipping_address", "city")])
        await to_table(harness)
        await harness.press("l", "enter", "ctrl+e", "ctrl+u")
        await harness.type("Ann")
        await harness.press("enter")
        assert at(screen) == ("B", "/shipping_address/name")
        await harness.press("enter", "ctrl+e", "ctrl+u")
        await harness.type("Bob")
        await harness.press("tab")
        assert str(screen.grid.editing) == CITY
        await harness.type(" aan Zee")
        assert harness.app.workspace.account.drafts.typed(f"staged {screen.state.chosen}")
        await harness.press("escape")
        assert texts(harness, "name") == ["Ann", "Bob", "John Doe"]
        assert texts(harness, "city") == ["Oss"] * 3
        assert "~" in harness.line_with("> ").replace("> ~", "", 1)
        await harness.press("h", "u")
        assert texts(harness, "name") == ["Ann", "John Doe", "John Doe"]
    async with open_app(tmp_path / "data", size=size, sandbox=box) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        await harness.until("column ")
        screen = composer(harness)
        assert [column.key for column in screen.grid.columns][1:] == ["shipping_address/name", "shipping_address/city"]
        await harness.press("l", "l", "enter")
        assert screen.grid.editor_text == "Oss aan Zee"
        await harness.press("enter")
        assert texts(harness, "city") == ["Oss", "Oss aan Zee", "Oss"]
    box.close()


async def test_wide_table_scrolls_by_columns_and_keeps_the_first(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await stage(
            harness, tmp_path, *(order(order_id=f"ORD-{n}", order_number=f"ORD-{n}") for n in range(3))
        )
        names = ("name", "address_line_1", "house_number", "postal_code", "city", "country_code")
        paths = [("order_number",), *(("shipping_address", n) for n in names), *(("billing_address", n) for n in names)]
        screen.view.set_columns(paths)
        await to_table(harness)
        for _ in range(len(paths) + 2):
            await harness.press("l")
        assert "This is the last column" in harness.text
        assert str(screen.grid.cursor_pointer) == "/billing_address/country_code"
        assert "ORD-1" in harness.text
        assert "Lansdown" not in "\n".join(harness.lines[:8])
        for _ in range(len(paths)):
            await harness.press("h")
        assert "Lansdown" in harness.text


async def test_columns_are_chosen_by_typing_and_saved(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await stage(harness, tmp_path, *batch())
        await to_table(harness)
        await harness.press("C")
        await harness.until(lambda: isinstance(harness.app.screen, SearchScreen))
        await harness.type("ship to, email")
        await harness.press("enter", "<")
        assert screen.grid.columns[-2].key == "shipping_address/email"
        await harness.press(">", "escape")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        assert screen.grid.columns[-1].key == "shipping_address/email"
        await harness.press("h")
        for _ in screen.grid.columns:
            await harness.press("l")
        await harness.press("less_than_sign")
        assert screen.grid.columns[-2].key == "shipping_address/email"
        await harness.press("C")
        await harness.until(lambda: isinstance(harness.app.screen, SearchScreen))
        await harness.type("usual")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        assert "shipping_address/email" not in [column.key for column in screen.grid.columns]


async def test_keystroke_redraws_one_cell(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await stage(harness, tmp_path, *batch())
        await to_table(harness)
        await harness.press("l", "enter")
        drawn: list[int] = []
        rows = screen.grid.draw_line

        def record(index: int, width: int, is_cursor: bool) -> Any:
            drawn.append(index)
            return rows(index, width, is_cursor)

        screen.grid.draw_line = record  # type: ignore[method-assign]
        await harness.type("x")
        assert set(drawn) == {screen.grid.cursor}


async def test_rows_are_sorted_and_filtered_by_problems_and_the_cursor_stays(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await stage(harness, tmp_path, *batch())
        await harness.press("G")
        assert at(screen)[0] == "C"
        await harness.press("s", "n", "s", "n")
        assert [order.document["order_number"] for order in screen.state.shown] == ["C", "B", "A"]
        assert at(screen)[0] == "C"
        await harness.press("s", "p")
        assert [order.document["order_number"] for order in screen.state.shown][-1] == "A"
        await harness.press("s", "a", "/")
        await harness.type("problem:quantity")
        await harness.press("enter")
        assert [order.document["order_number"] for order in screen.state.shown] == ["C"]
        await harness.press("J")
        assert "2 hidden by tab or filter" in harness.text
        await harness.press("space", "/")
        await harness.type("problem:city")
        await harness.press("enter")
        assert [order.document["order_number"] for order in screen.state.shown] == ["B"]
        await harness.until("1 marked, 1 not shown")
        await harness.press("semicolon")
        assert "On 1 marked, 1 not shown" in harness.text


@SIZES
async def test_same_problem_is_marked_fixed_and_undone_together(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path / "data", size=size) as harness:
        street = {
            "shipping_address__address_line_1": "Kerkstraat 12B",
            "shipping_address__house_number": "",
            "shipping_details": {},
        }
        wrong = [order(order_id=f"W{n}", order_number=f"W{n}", **street) for n in range(3)]
        await stage(harness, tmp_path, order(order_id="A", order_number="A"), *wrong)
        await harness.press("G", "asterisk", "s")
        line = harness.line_with("number in street, 3 orders")
        await harness.press(line.split("number in street")[0].split()[-1])
        assert "3 marked" in harness.text
        await harness.press("semicolon", "m")
        assert "3 orders" in harness.text
        assert "-> Kerkstraat" in harness.text
        assert texts(harness, "house_number") == ["15", "", "", ""]
        await harness.press("y")
        assert texts(harness, "house_number") == ["15", "12B", "12B", "12B"]
        await harness.press("u")
        assert texts(harness, "house_number") == ["15", "", "", ""]
        await harness.press("U")
        assert texts(harness, "address_line_1") == ["Lansdown Glade"] + ["Kerkstraat"] * 3


@SIZES
async def test_field_is_set_on_all_marked_after_a_preview(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path / "data", size=size) as harness:
        await stage(harness, tmp_path, *(order(order_id=n, order_number=n) for n in "ABC"))
        await harness.press("g", "space", "space", "semicolon", "c")
        await harness.until("Set a field on 2 orders")
        await harness.type("ship to, city")
        await harness.press("enter")
        await harness.until("on 2 orders")
        await harness.press("ctrl+e", "ctrl+u")
        await harness.type("Uden")
        await harness.press("enter")
        await harness.until("Oss -> Uden")
        assert "2 orders: Ship to, city: Oss -> Uden" in harness.text
        assert re.findall(r" (\w) +Ship to, city +Oss -> Uden", harness.text) == ["A", "B"]
        assert texts(harness, "city") == ["Oss"] * 3
        await harness.press("escape")
        assert texts(harness, "city") == ["Oss"] * 3
        await harness.press("semicolon", "c")
        await harness.until("Set a field on 2 orders")
        await harness.type("ship to, city")
        await harness.press("enter")
        await harness.until("on 2 orders")
        await harness.press("ctrl+e", "ctrl+u")
        await harness.type("Uden")
        await harness.press("enter")
        await harness.until("Oss -> Uden")
        await harness.press("y")
        assert texts(harness, "city") == ["Uden", "Uden", "Oss"]
        await harness.press("u")
        assert texts(harness, "city") == ["Oss"] * 3


async def test_problem_without_a_field_is_shown_on_its_order(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await stage(harness, tmp_path, *(order(order_id=n, order_number=n) for n in "ABC"))
        harness.interceptor.refuse_next(
            ("/data/attributes/[1]/nobody/knows/this", "A riddle"),
            ("/data/attributes/[2]/shipping_address/parcels/3", "Half a way"),
        )
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.press("y")
        await harness.until("refused all 3 orders sent")
        await to_table(harness)
        await harness.press("n")
        await harness.until(lambda: screen.state.in_form)
        await harness.pilot.pause()
        assert screen.order is not None
        assert screen.order.document["order_id"] == "B"
        assert "A riddle (at /data/attributes/[1]/nobody/knows/this)" in " ".join(harness.text.split())
        await harness.press("n")
        await harness.pilot.pause()
        assert screen.order.document["order_id"] == "C"
        assert "Half a way" in harness.text
        assert screen.view.form.groups.current() == "Ship to"


async def test_field_of_all_marked_is_cleared_and_typed_text_kept(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    weight = {"measurement": {"weight": {"value": 1.5, "unit": "kg"}}}

    async def choose(harness: AppHarness, field: str) -> None:
        await harness.press("semicolon", "c")
        await harness.until("Set a field on 3 orders")
        await harness.type(field)
        await harness.press("enter")
        await harness.until("on 3 orders")

    async with open_app(tmp_path / "data", sandbox=box) as harness:
        await stage(harness, tmp_path, *(order(order_id=n, order_number=n, shipping_details=weight) for n in "ABC"))
        await harness.press("asterisk", "a", "semicolon", "c")
        await harness.until("Set a field on 3 orders")
        await harness.type("nonsense")
        await harness.press("enter")
        # Enter with an empty value keeps what was typed.
        assert "No field matches. Esc cancels." in harness.text
        assert "field: nonsense" in harness.text
        await harness.press("escape")
        await choose(harness, "order notes")
        assert "asks if empty" in harness.text
        await harness.type("Half a wo")
    async with open_app(tmp_path / "data", sandbox=box) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        await choose(harness, "order notes")
        assert "│ Half a wo" in harness.text
        await harness.press("ctrl+e", "ctrl+u", "tab")
        await harness.until("becomes")
        await harness.press("a")
        await harness.until("Ring twice -> · absent ·")
        await harness.press("y")
        orders = harness.app.workspace.staging.orders
        assert ["notes" in order.document["order_details"] for order in orders] == [False] * 3
        await harness.press("u")
        assert [order.document["order_details"]["notes"] for order in orders] == ["Ring twice"] * 3
        # A number has no empty value, and is cleared the same way.
        await choose(harness, "shipping_details weight value")
        await harness.press("ctrl+e", "ctrl+u", "enter")
        await harness.until("becomes")
        await harness.press("a", "y")
        assert ["value" in order.document["shipping_details"]["measurement"]["weight"] for order in orders] == [
            False
        ] * 3
        await harness.press("u")
        await choose(harness, "order notes")
        assert "Half a wo" not in harness.text
        await harness.press("escape")
    box.close()


@SIZES
async def test_marks_of_one_problem_are_fixed_without_asking_which(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path / "data", size=size) as harness:
        item = "order_details__order_items__0__"
        wrong = {f"{item}quantity": 0, f"{item}hs_code": "6205,20", f"{item}sku": "8.7123456789012E+12"}
        await stage(harness, tmp_path, *(order(order_id=n, order_number=n, **wrong) for n in "ABC"))

        async def mark(kind: str) -> None:
            await harness.press("asterisk", "s")
            line = harness.line_with(f"{kind}, 3 orders")
            await harness.press(line.split(kind)[0].split()[-1])
            assert "3 marked. ; m fixes, ; c sets a field on all" in harness.text

        def values(name: str) -> list[Any]:
            return [
                order.document["order_details"]["order_items"][0][name]
                for order in harness.app.workspace.staging.orders
            ]

        await mark("1E+ number")
        await harness.press("semicolon", "m")
        await harness.until("-> 8712345678901")
        await harness.press("y")
        assert values("sku") == ["8712345678901"] * 3
        await mark("comma in a code")
        await harness.press("semicolon", "c")
        await harness.until("Set a field on 3 orders")
        assert "Every item, HS code" in harness.lines[3]
        await harness.press("escape", "space", "semicolon", "c")
        await harness.until("Set a field on 2 orders")
        assert "Every item, HS code" not in harness.lines[3]


async def test_no_two_columns_of_a_table_have_the_same_heading(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await stage(harness, tmp_path, *batch())
        paths = [("payment_details", "total_price", "value"), ("payment_details", "total_price", "currency")]
        screen.view.set_columns([("order_number",), *paths])
        await to_table(harness)
        titles = [fit(column.title, column.width).strip() for column in screen.grid.columns]
        assert titles[1:] == ["order total", "order total currency"]


async def test_fix_in_the_list_of_problems_is_that_of_the_line(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", size=(120, 40)) as harness:
        damaged = {"shipping_address__country_code": "DE", "shipping_address__postal_code": "1067"}
        screen = await stage(
            harness, tmp_path, order(order_id="A", order_number="A", shipping_address__city="", **damaged)
        )
        (staged,) = harness.app.workspace.staging.orders
        await harness.press("v")
        lines = screen.view.batch.problems

        async def fix(field: str) -> None:
            await harness.press("g")
            for _ in range(lines.line_count):
                line = lines.cursor_row
                if line is not None and line.pointer.name == field:
                    break
                await harness.press("j")
            await harness.press("m")

        await fix("city")
        assert "No fix is proposed here" in harness.text
        assert staged.document["shipping_address"]["postal_code"] == "1067"
        await fix("postal_code")
        assert "Changed: Ship to, postcode: 01067. u undoes it." in harness.text
        assert staged.document["shipping_address"]["postal_code"] == "01067"


async def test_tabs_of_the_form_count_all_fields_after_a_search(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", size=(120, 40)) as harness:
        await stage(harness, tmp_path, order(order_id="A", order_number="A", shipping_address__city=""))
        await harness.press("enter")
        await harness.until("1 Ship to !1")
        await harness.press("slash")
        await harness.type("currency")
        assert "1 Ship to !1" not in harness.text
        await harness.press("enter")
        assert "1 Ship to !1" in harness.text
        await harness.press("slash")
        await harness.type("zzz")
        await harness.press("enter")
        assert "No field matches 'zzz'; all fields are shown." in harness.text
        assert "1 Ship to !1" in harness.text

"""The composer by keys alone: staging, a refusal at its field, mending, sending, verified; and nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, housed
from composer_harness import add_file, composer, enter_composer, review, row, standings
from sandbox_harness import order
from textual import events

from tui.api.query import OrderQuery
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.common.pages import PageScreen
from tui.screens.composer.screen import ComposerScreen
from tui.screens.review.screen import ReviewScreen
from tui.work.file_import.mappings import Mappings


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_refused_order_is_fixed_at_its_field_sent_and_verified(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path / "data", size=size, ticking=True) as house:
        await enter_composer(house)
        assert "a b  a blank order" in house.text
        assert "ssh host sendcloud-orders submit - < file" in house.text
        await add_file(house, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(3)))
        await house.until(lambda: standings(house) == ["ready"] * 3)
        assert " new " in row(house, "T1")
        house.interceptor.refuse_next(("/data/attributes/[1]/shipping_address/city", "City not known"))
        await review(house)
        assert "3 orders will be written" in house.text
        await house.press("v")
        assert '"order_id": "T0"' in house.text
        await house.press("y")
        await house.until("refused all 3 orders sent; nothing was written")
        assert row(house, "T1")[2:3] == "S"
        assert house.line_with("1! refused 1")
        await house.press("n")
        screen = composer(house)
        assert str(screen.sheet.cursor_pointer) == "/shipping_address/city"
        assert "City not known" in house.text
        assert "T1" in house.lines[0]
        await house.press("enter", "ctrl+e", "ctrl+u")
        await house.type("Uden")
        await house.press("enter", "escape")
        assert standings(house) == ["ready"] * 3
        await review(house)
        await house.press("y")
        await house.until(lambda: standings(house) == ["verified"] * 3)
        await house.until("7 verified 3")
        assert row(house, "T1")[2:3] == "="


async def test_problems_are_shown_in_list_form_and_problem_list(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        bad = order(order_id="BAD", order_number="BAD", order_details__order_items__1__quantity=0)
        await add_file(house, tmp_path, order(order_id="OK", order_number="OK"), bad)
        await house.until(lambda: standings(house) == ["ready", "invalid"])
        await house.press("j")
        assert "item 2 quantity: must" in row(house, "BAD")
        assert any(line.startswith(" ! Items 2, quantity") for line in house.lines)
        await house.press("v")
        assert "BAD: Items 2, quantity" in house.text
        await house.press("enter")
        screen = composer(house)
        assert str(screen.sheet.cursor_pointer) == "/order_details/order_items/1/quantity"
        assert screen.sheet.cursor_field is not None
        assert screen.sheet.cursor_field.mark == "!"
        assert house.line_with("  quantity ").startswith(">!")


async def test_blank_order_is_created_and_completed_by_keys(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        screen = await enter_composer(house)
        await house.until(lambda: house.app.workspace.account.shops)
        await house.press("a", "b")
        shops = house.app.workspace.account.shops or []
        assert shops[0].name in house.lines[1]
        await house.press("1")
        await house.until(lambda: screen.sheet.cursor_pointer and screen.sheet.cursor_pointer.name == "order_number")
        await house.press("enter")
        await house.type("HAND-1")
        await house.press("enter")
        (one,) = house.app.workspace.staging.orders
        assert (one.document["order_id"], one.document["order_number"]) == ("HAND-1", "HAND-1")
        await house.press("4", "enter")
        await house.type("Mug")
        await house.press("enter")
        for _ in range(6):
            row = screen.sheet.cursor_field
            if row is not None and row.label == "line total":
                break
            await house.press("j")
        await house.press("enter")
        await house.type("9,50")
        await house.press("enter", "5", "enter")
        await house.type("9.50")
        await house.press("enter")
        await house.until(lambda: standings(house) == ["ready"])
        await house.press("u")
        assert standings(house) == ["invalid"]
        await house.press("U", "escape", "u", "u")
        assert standings(house) == ["invalid"]


async def test_copy_and_update_are_staged_in_triage(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", ticking=True) as house:
        await house.until("100+ read")
        read = dict(house.app.screen.order)
        await house.press("a", "c", "a", "u", "B")
        await house.until(
            lambda: isinstance(house.app.screen, ComposerScreen) and not house.app.workspace.staging.is_refreshing
        )
        copy, update = house.app.workspace.staging.orders
        assert (copy.document["order_id"], "id" in copy.document) == (f"{read['order_id']}-copy", False)
        assert update.document["id"] == str(read["id"])
        await house.press("j")
        assert "already up to date" in house.text
        await house.press("enter", "1", "enter", "ctrl+e")
        await house.type(" II")
        await house.press("enter", "escape")
        assert standings(house)[1] == "conflict"
        assert "would change Ship to, name" in house.text
        await review(house)
        assert "it would change an existing order; z releases it" in house.text
        await house.press("n", "z")
        assert standings(house)[1] == "ready"
        await house.press("w")
        await house.until("1 order will be written" if standings(house)[0] != "ready" else "2 orders will be written")
        assert " II" in house.line_with("* Ship to, name")
        await house.press("y")
        await house.until(lambda: standings(house)[1] == "verified")
        there = await house.order(str(read["id"]))
        assert there["shipping_address"]["name"].endswith(" II")


async def test_hold_release_marks_and_removal(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        await add_file(house, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(4)))
        await house.press("g", "space", "space", "semicolon", "z")
        assert standings(house) == ["held", "held", "ready", "ready"]
        await review(house)
        assert "2 orders will be written" in house.text
        assert "2 stay here" in house.text
        await house.press("n", "u")
        assert standings(house) == ["ready"] * 4
        await house.press("G", "D")
        assert len(house.app.workspace.staging.orders) == 3
        await house.press("semicolon", "D")
        assert [one.document["order_id"] for one in house.app.workspace.staging.orders] == ["T2"]
        await house.press("u", "u")
        assert [one.document["order_id"] for one in house.app.workspace.staging.orders] == ["T0", "T1", "T2", "T3"]


async def test_composer_is_restored_after_a_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path / "data", sandbox=box) as house:
        await enter_composer(house)
        await add_file(house, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(3)))
        await house.press("j", "enter", "1", "j", "enter", "ctrl+e")
        await house.type(" half")
        pointer = composer(house).sheet.cursor_pointer
    async with housed(tmp_path / "data", sandbox=box) as house:
        await house.until("is kept")
        assert "T1" in house.lines[0]
        assert composer(house).sheet.cursor_pointer == pointer
        await house.press("enter")
        assert " half" in house.text
        await house.press("enter", "escape")
        assert any("half" in str(one.document) for one in house.app.workspace.staging.orders)
    box.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "empty"), ("{broken", "not JSON"), (None, "no file")],
)
async def test_unusable_file_is_reported_in_a_sentence(tmp_path: Path, content: str | None, words: str) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        path = tmp_path / "x.json"
        if content is not None:
            path.write_text(content)
        await house.press("a", "f")
        await house.type(str(path))
        await house.press("enter")
        await house.until(words)
        assert house.app.workspace.staging.orders == []


async def test_refused_entries_are_listed_with_reasons(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        path = tmp_path / "x.json"
        path.write_text(json.dumps([order(order_id="T"), "[/red]\x1b[2J", 5]))
        await house.press("a", "f")
        await house.type(str(path))
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, PageScreen))
        assert "entry 2 is a text" in house.text
        assert "entry 3 is a number" in house.text


async def test_paste_runs_no_commands_and_can_be_read_as_orders(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        await add_file(house, tmp_path, order(order_id="T", order_number="T"))
        house.app.post_message(events.Paste("Dwy"))
        await house.until("A paste does nothing here")
        assert len(house.app.workspace.staging.orders) == 1
        house.app.post_message(events.Paste(json.dumps([order(order_id="P", order_number="P")])))
        await house.until("read as orders")
        await house.press("o")
        await house.until("added from pasted text")
        assert len(house.app.workspace.staging.orders) == 2


async def test_untrusted_text_does_not_affect_the_screen(tmp_path: Path) -> None:
    hostile = "[/red]\x1b[2J[@click=app.exit]x[/]\u202e"
    async with housed(tmp_path / "data", size=(160, 45)) as house:
        await enter_composer(house)
        bad = order(order_id=hostile, order_number=hostile, order_details__order_items__0__name=hostile)
        await add_file(house, tmp_path, {**bad, hostile: {hostile: 1}})
        house.interceptor.refuse_next((f"/data/attributes/[0]/{hostile}", hostile), ("/data/attributes/", hostile))
        await review(house)
        await house.press("y")
        await house.until("refused the order sent")
        await house.press("n", "escape", "v", "v", "w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "\x1b" not in house.text


async def test_with_read_only_credentials_nothing_is_sent(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", read_only=True) as house:
        await enter_composer(house)
        await add_file(house, tmp_path, order(order_id="T", order_number="T"))
        await review(house)
        await house.press("y")
        assert "nothing can be sent" in house.text
        assert isinstance(house.app.screen, ReviewScreen)


async def test_next_problem_crosses_orders_and_wraps(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        screen = await enter_composer(house)
        first = order(
            order_id="A", order_number="A", order_details__order_items__1__quantity=0, shipping_address__city=""
        )
        third = order(order_id="C", order_number="C", order_details__order_items__0__quantity=-1)
        await add_file(house, tmp_path, first, order(order_id="B", order_number="B"), third)
        seen = []
        for _ in range(4):
            await house.press("n")
            await house.pilot.pause()
            assert screen.order is not None
            seen.append((screen.order.document["order_id"], str(screen.sheet.cursor_pointer)))
        city, second, negative = (
            ("A", "/shipping_address/city"),
            ("A", "/order_details/order_items/1/quantity"),
            ("C", "/order_details/order_items/0/quantity"),
        )
        assert seen == [city, second, negative, city]
        assert "Around" in house.text
        await house.press("N")
        await house.pilot.pause()
        assert (screen.order.document["order_id"], str(screen.sheet.cursor_pointer)) == negative


async def test_batch_of_another_process_is_read_only_until_taken_over(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path / "data", sandbox=box) as house:
        await enter_composer(house)
        await add_file(house, tmp_path, order(order_id="T", order_number="T"))
        async with housed(tmp_path / "data", sandbox=box) as other:
            await other.until("B takes it over")
            await other.press("D")
            await other.until("locked by")
            assert len(other.app.workspace.staging.orders) == 1
            await other.press("B", "y")
            await other.until("This app has the batch now")
            await other.press("D")
            assert other.app.workspace.staging.orders == []
        await house.press("z")
        assert house.app.workspace.staging.orders == []
    box.close()


async def test_file_path_is_completed_and_keys_of_the_line_are_shown(tmp_path: Path) -> None:
    (tmp_path / "orders-monday.json").write_text(json.dumps(order(order_id="M", order_number="M")))
    (tmp_path / "orders-tuesday.json").write_text("[]")
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        await house.press("a", "f")
        assert house.lines[-1].split() == ["Enter", "accept", "Tab", "complete", "Esc", "cancel"]
        await house.type(f"{tmp_path}/or")
        await house.press("tab")
        assert "orders-monday.json orders-tuesday.json" in house.text
        await house.type("m")
        await house.press("tab", "enter")
        await house.until("1 order added from orders-monday.json")
        assert "Enter open" in house.lines[-1]


async def test_order_is_saved_as_template_and_reused(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        screen = await enter_composer(house)
        await add_file(house, tmp_path, order(order_id="T", order_number="T"))
        await house.press("a", "s")
        await house.type("Candles to Oss")
        await house.press("enter")
        assert "Saved as template Candles to Oss" in house.text
        Mappings(house.app.workspace.account).keep_refused("a file with a long name.csv", b"")
        await house.press("a")
        # Every way in is told whole, whatever there is.
        assert "t template  s as template  r refused  Esc cancel" in house.text
        await house.press("t", "1")
        await house.until(lambda: screen.state.in_form and screen.sheet.cursor_pointer is not None)
        _, made = house.app.workspace.staging.orders
        assert "order_id" not in made.document
        assert "order_number" not in made.document
        assert made.document["shipping_address"] == order()["shipping_address"]
        await house.press("enter")
        await house.type("T2")
        await house.press("enter")
        assert house.app.workspace.staging.orders[1].document["order_id"] == "T2"


async def test_cells_of_a_spreadsheet_are_offered_and_lines_of_json_are_read(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        house.app.post_message(events.Paste("order\tcity\rT1\tOss\r"))
        await house.until("Pasted 2 rows of cells")
        await house.press("escape")
        lines = "\n".join(json.dumps(order(order_id=f"L{n}", order_number=f"L{n}")) for n in range(2))
        house.app.post_message(events.Paste(lines))
        await house.until("read as orders")
        await house.press("o")
        await house.until("2 orders added from pasted text")


async def test_marked_orders_outside_the_list_are_read_and_staged(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await house.until("100+ read")
        triage: Any = house.app.screen
        client = house.app.workspace.account.client
        page = await client.list_orders(OrderQuery(page_size=200))
        unread = next(str(one["id"]) for one in page.orders if house.app.workspace.orders.find(str(one["id"])) is None)
        triage.table.set_marks([unread, triage.table.cursor_key])
        await house.press("semicolon", "a")
        await house.until("Stage 2 orders")
        await house.press("c")
        assert len(house.app.workspace.staging.orders) == 2


async def test_status_line_shows_the_cost_of_sending(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", size=(160, 45)) as house:
        await enter_composer(house)
        await add_file(house, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(101)))
        await house.until(lambda: standings(house) == ["ready"] * 101)
        await house.press("j")
        await house.until("ready: 101 new = 2 requests")


async def test_order_released_despite_an_unknown_shop_is_new(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        await house.until(lambda: house.app.workspace.account.shops)
        await add_file(house, tmp_path, order(order_id="T", order_number="T", order_details__integration__id=987654))
        assert standings(house) == ["invalid"]
        await house.press("z", "a")
        await house.until(lambda: standings(house) == ["ready"])
        await house.until(lambda: str(house.app.workspace.staging.orders[0].action) == "new")
        await review(house)
        assert "1 order will be written" in house.text


async def test_active_filter_is_visible_after_reopening_the_batch(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with housed(data) as house:
        await enter_composer(house)
        await add_file(
            house, tmp_path, order(order_id="A-1", order_number="A-1"), order(order_id="A-2", order_number="A-2")
        )
        await house.press("/")
        await house.type("A-1")
        await house.press("enter")
        await house.until("found here, in what is staged")
        await house.press("enter")
        await house.until("Ship to")
        assert "found here, in what is staged" not in house.text
        await house.press("escape")
        await house.until("found here, in what is staged")
    async with housed(data) as house:
        await house.until("found here, in what is staged")
        await house.press("/", "escape")
        await house.until(lambda: "found here, in what is staged" not in house.text)


async def test_long_review_lists_orders_with_warnings_first(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        good = [order(order_id=f"G{n}", order_number=f"G{n}") for n in range(12)]
        for one in good:
            one["shipping_details"] = {"measurement": {"weight": {"value": 1, "unit": "kg"}}}
        lost = order(order_id="LOST", order_number="LOST", shipping_details=good[0]["shipping_details"])
        lost["shipping_address"] = {**lost["shipping_address"], "country_code": "DE", "postal_code": "1067"}
        await add_file(house, tmp_path, *good, lost)
        await review(house)
        assert "1 of them with warnings, shown below: LOST." in house.text
        await house.press("n")
        await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
        await house.press("asterisk", "p")
        assert "1 marked: 0 to fix (!), 1 doubtful (~)." in house.text


async def test_review_offers_only_keys_that_work(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter_composer(house)
        bad = order(order_id="BAD", order_number="BAD", order_details__order_items__0__quantity=0)
        await add_file(house, tmp_path, bad)
        await review(house)
        assert "nothing can be sent, the lines say why" in house.text
        assert house.lines[-1].split() == ["n", "cancel", "v", "JSON", "?", "keys"]
        await house.press("n", "z", "a")
        await review(house)
        assert house.lines[-1].split() == ["y", "send", "n", "cancel", "v", "JSON", "?", "keys"]


async def test_problem_list_starts_at_the_chosen_order_beside_its_form(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", size=(160, 45)) as house:
        screen = await enter_composer(house)
        bad = [
            order(order_id=f"E{n}", order_number=f"E{n}", order_details__order_items__0__quantity=0) for n in range(3)
        ]
        await add_file(house, tmp_path, *bad, order(order_id="W", order_number="W"))
        await house.press("g", "j", "v")
        await house.until(lambda: screen.problems.cursor_row is not None)
        for name in ("E1", "E2"):
            row = screen.problems.cursor_row
            assert row is not None
            assert row.title == name
            assert screen.order is not None
            assert screen.order.document["order_id"] == name
            assert house.line_with(f"{name} · entry")
            # Mended, it goes, and what is beside the list is of the order that the cursor is on now.
            house.app.workspace.staging.editing.put(screen.order.id, ITEMS / 0 / "quantity", 1, "quantity")
            screen.view.show_all()
            await house.pilot.pause()


async def test_unchanged_order_is_neither_held_nor_released(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await house.until("100+ read")
        await house.press("a", "u", "B")
        await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
        await house.until(lambda: standings(house) == ["unchanged"])
        await house.press("z")
        await house.until("An order that the service has unchanged is not sent anyway.")
        assert not house.app.workspace.staging.orders[0].held

"""The composer by keys alone: staging, a refusal at its field, correcting, sending, verifying; nothing is lost."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, open_app
from composer_harness import add_file, composer, enter_composer, review, row, send_states
from sandbox_harness import order
from textual import events

from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.common.pages import PageScreen
from tui.screens.composer.screen import ComposerScreen
from tui.screens.review.screen import ReviewScreen
from tui.work.file_import.mappings import Mappings


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_refused_order_is_fixed_at_its_field_sent_and_verified(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path / "data", size=size, ticking=True) as harness:
        await enter_composer(harness)
        assert "a b  a blank order" in harness.text
        assert "ssh host sendcloud-orders submit - < file" in harness.text
        await add_file(harness, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(3)))
        await harness.until(lambda: send_states(harness) == ["ready"] * 3)
        assert " new " in row(harness, "T1")
        harness.interceptor.refuse_next(("/data/attributes/[1]/shipping_address/city", "City not known"))
        await review(harness)
        assert "3 orders will be written" in harness.text
        await harness.press("v")
        assert '"order_id": "T0"' in harness.text
        await harness.press("y")
        await harness.until("refused all 3 orders sent; nothing was written")
        assert row(harness, "T1")[2:3] == "S"
        assert harness.line_with("1! refused 1")
        await harness.press("n")
        screen = composer(harness)
        assert str(screen.sheet.cursor_pointer) == "/shipping_address/city"
        assert "City not known" in harness.text
        assert "T1" in harness.lines[0]
        await harness.press("enter", "ctrl+e", "ctrl+u")
        await harness.type("Uden")
        await harness.press("enter", "escape")
        assert send_states(harness) == ["ready"] * 3
        await review(harness)
        await harness.press("y")
        await harness.until(lambda: send_states(harness) == ["verified"] * 3)
        await harness.until("7 verified 3")
        assert row(harness, "T1")[2:3] == "="


async def test_problems_are_shown_in_list_form_and_problem_list(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        bad = order(order_id="BAD", order_number="BAD", order_details__order_items__1__quantity=0)
        await add_file(harness, tmp_path, order(order_id="OK", order_number="OK"), bad)
        await harness.until(lambda: send_states(harness) == ["ready", "invalid"])
        await harness.press("j")
        assert "item 2 quantity: must" in row(harness, "BAD")
        assert any(line.startswith(" ! Items 2, quantity") for line in harness.lines)
        await harness.press("v")
        assert "BAD: Items 2, quantity" in harness.text
        await harness.press("enter")
        screen = composer(harness)
        assert str(screen.sheet.cursor_pointer) == "/order_details/order_items/1/quantity"
        assert screen.sheet.cursor_field is not None
        assert screen.sheet.cursor_field.mark == "!"
        assert harness.line_with("  quantity ").startswith(">!")


async def test_enter_without_orders_says_what_adds_one(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        for keys in (["enter"], ["tab"], ["v", "v", "enter"]):
            await harness.press(*keys)
            assert "There is no order yet. a adds orders." in harness.text


async def test_blank_order_is_created_and_completed_by_keys(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await enter_composer(harness)
        await harness.until(lambda: harness.app.workspace.account.shops)
        await harness.press("a", "b")
        shops = harness.app.workspace.account.shops or []
        assert shops[0].name in harness.text
        await harness.press("1")
        await harness.until(lambda: screen.sheet.cursor_pointer and screen.sheet.cursor_pointer.name == "order_number")
        await harness.press("enter")
        await harness.type("HAND-1")
        await harness.press("enter")
        (staged,) = harness.app.workspace.staging.orders
        assert (staged.document["order_id"], staged.document["order_number"]) == ("HAND-1", "HAND-1")
        await harness.press("4", "enter")
        await harness.type("Mug")
        await harness.press("enter")
        for _ in range(6):
            row = screen.sheet.cursor_field
            if row is not None and row.label == "line total":
                break
            await harness.press("j")
        await harness.press("enter")
        await harness.type("9,50")
        await harness.press("enter", "5", "enter")
        await harness.type("9.50")
        await harness.press("enter")
        await harness.until(lambda: send_states(harness) == ["ready"])
        await harness.press("u")
        assert send_states(harness) == ["invalid"]
        await harness.press("U", "escape", "u", "u")
        assert send_states(harness) == ["invalid"]


async def test_copy_and_update_are_staged_in_triage(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await harness.until("all read")
        read = dict(harness.app.screen.order)
        await harness.press("a", "c", "a", "u", "B")
        await harness.until(
            lambda: isinstance(harness.app.screen, ComposerScreen) and not harness.app.workspace.staging.is_refreshing
        )
        copy, update = harness.app.workspace.staging.orders
        assert (copy.document["order_id"], "id" in copy.document) == (f"{read['order_id']}-copy", False)
        assert update.document["id"] == str(read["id"])
        await harness.press("j")
        assert "already up to date" in harness.text
        await harness.press("enter", "1", "enter", "ctrl+e")
        await harness.type(" II")
        await harness.press("enter", "escape")
        assert send_states(harness)[1] == "conflict"
        assert "would change Ship to, name" in harness.text
        await review(harness)
        assert "it would change an existing order; z releases it" in harness.text
        await harness.press("n", "z")
        assert send_states(harness)[1] == "ready"
        await harness.press("w")
        await harness.until(
            "1 order will be written" if send_states(harness)[0] != "ready" else "2 orders will be written"
        )
        assert " II" in harness.line_with("* Ship to, name")
        await harness.press("y")
        await harness.until(lambda: send_states(harness)[1] == "verified")
        remote = await harness.order(str(read["id"]))
        assert remote["shipping_address"]["name"].endswith(" II")


async def test_hold_release_marks_and_removal(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        await add_file(harness, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(4)))
        await harness.press("g", "space", "space", "semicolon", "z")
        assert send_states(harness) == ["held", "held", "ready", "ready"]
        await review(harness)
        assert "2 orders will be written" in harness.text
        assert "2 not sent" in harness.text
        await harness.press("n", "u")
        assert send_states(harness) == ["ready"] * 4
        await harness.press("G", "D")
        assert len(harness.app.workspace.staging.orders) == 3
        await harness.press("semicolon", "D")
        assert [order.document["order_id"] for order in harness.app.workspace.staging.orders] == ["T2"]
        await harness.press("u", "u")
        assert [order.document["order_id"] for order in harness.app.workspace.staging.orders] == [
            "T0",
            "T1",
            "T2",
            "T3",
        ]


async def test_composer_is_restored_after_a_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path / "data", sandbox=box) as harness:
        await enter_composer(harness)
        await add_file(harness, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(3)))
        await harness.press("j", "enter", "1", "j", "enter", "ctrl+e")
        await harness.type(" half")
        pointer = composer(harness).sheet.cursor_pointer
    async with open_app(tmp_path / "data", sandbox=box) as harness:
        await harness.until("is kept")
        assert "T1" in harness.lines[0]
        assert composer(harness).sheet.cursor_pointer == pointer
        await harness.press("enter")
        assert " half" in harness.text
        await harness.press("enter", "escape")
        assert any("half" in str(order.document) for order in harness.app.workspace.staging.orders)
    box.close()


@pytest.mark.parametrize(
    ("content", "text"),
    [("", "empty"), ("{broken", "not JSON"), (None, "no file")],
)
async def test_unusable_file_is_reported_in_a_sentence(tmp_path: Path, content: str | None, text: str) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        path = tmp_path / "x.json"
        if content is not None:
            path.write_text(content)
        await harness.press("a", "f")
        await harness.type(str(path))
        await harness.press("enter")
        await harness.until(text)
        assert harness.app.workspace.staging.orders == []


async def test_refused_entries_are_listed_with_reasons(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        path = tmp_path / "x.json"
        path.write_text(json.dumps([order(order_id="T"), "[/red]\x1b[2J", 5]))
        await harness.press("a", "f")
        await harness.type(str(path))
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, PageScreen))
        assert "entry 2 is a text" in harness.text
        assert "entry 3 is a number" in harness.text


async def test_paste_runs_no_commands_and_can_be_read_as_orders(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        await add_file(harness, tmp_path, order(order_id="T", order_number="T"))
        harness.app.post_message(events.Paste("Dwy"))
        await harness.until("Pasting does nothing here")
        assert len(harness.app.workspace.staging.orders) == 1
        harness.app.post_message(events.Paste(json.dumps([order(order_id="P", order_number="P")])))
        await harness.until("read as orders")
        await harness.press("o")
        await harness.until("added from pasted text")
        assert len(harness.app.workspace.staging.orders) == 2


async def test_untrusted_text_does_not_affect_the_screen(tmp_path: Path) -> None:
    hostile = "[/red]\x1b[2J[@click=app.exit]x[/]\u202e"
    async with open_app(tmp_path / "data", size=(160, 45)) as harness:
        await enter_composer(harness)
        bad = order(order_id=hostile, order_number=hostile, order_details__order_items__0__name=hostile)
        await add_file(harness, tmp_path, {**bad, hostile: {hostile: 1}})
        harness.interceptor.refuse_next((f"/data/attributes/[0]/{hostile}", hostile), ("/data/attributes/", hostile))
        await review(harness)
        await harness.press("y")
        await harness.until("refused the order sent")
        await harness.press("n", "escape", "v", "v", "w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "\x1b" not in harness.text


async def test_with_read_only_credentials_nothing_is_sent(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", read_only=True) as harness:
        await enter_composer(harness)
        await add_file(harness, tmp_path, order(order_id="T", order_number="T"))
        await review(harness)
        await harness.press("y")
        assert "nothing can be sent" in harness.text
        assert isinstance(harness.app.screen, ReviewScreen)


async def test_next_problem_crosses_orders_and_wraps(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await enter_composer(harness)
        first = order(
            order_id="A", order_number="A", order_details__order_items__1__quantity=0, shipping_address__city=""
        )
        third = order(order_id="C", order_number="C", order_details__order_items__0__quantity=-1)
        await add_file(harness, tmp_path, first, order(order_id="B", order_number="B"), third)
        seen = []
        for _ in range(4):
            await harness.press("n")
            await harness.pilot.pause()
            assert screen.order is not None
            seen.append((screen.order.document["order_id"], str(screen.sheet.cursor_pointer)))
        city, second, negative = (
            ("A", "/shipping_address/city"),
            ("A", "/order_details/order_items/1/quantity"),
            ("C", "/order_details/order_items/0/quantity"),
        )
        assert seen == [city, second, negative, city]
        assert "Wrapped around" in harness.text
        await harness.press("N")
        await harness.pilot.pause()
        assert (screen.order.document["order_id"], str(screen.sheet.cursor_pointer)) == negative


async def test_batch_of_another_process_is_read_only_until_taken_over(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path / "data", sandbox=box) as harness:
        await enter_composer(harness)
        await add_file(harness, tmp_path, order(order_id="T", order_number="T"))
        async with open_app(tmp_path / "data", sandbox=box) as other:
            await other.until("B, then t takes it over")
            await other.press("D")
            await other.until("locked by")
            assert len(other.app.workspace.staging.orders) == 1
            await other.press("B", "y")
            await other.until("This copy of the app now owns the batch")
            await other.press("D")
            assert other.app.workspace.staging.orders == []
        await harness.press("z")
        assert harness.app.workspace.staging.orders == []
    box.close()


async def test_file_path_is_completed_and_keys_of_the_line_are_shown(tmp_path: Path) -> None:
    (tmp_path / "orders-monday.json").write_text(json.dumps(order(order_id="M", order_number="M")))
    (tmp_path / "orders-tuesday.json").write_text("[]")
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        await harness.press("a", "f")
        assert harness.lines[-1].split() == ["Enter", "accept", "Tab", "complete", "Esc", "cancel"]
        await harness.type(f"{tmp_path}/or")
        await harness.press("tab")
        assert "orders-monday.json orders-tuesday.json" in harness.text
        await harness.type("m")
        await harness.press("tab", "enter")
        await harness.until("1 order added from orders-monday.json")
        assert "Enter open" in harness.lines[-1]


async def test_order_is_saved_as_template_and_reused(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        screen = await enter_composer(harness)
        await add_file(harness, tmp_path, order(order_id="T", order_number="T"))
        await harness.press("a", "s")
        await harness.type("Candles to Oss")
        await harness.press("enter")
        assert "Saved as template Candles to Oss" in harness.text
        Mappings(harness.app.workspace.account).keep_refused("a file with a long name.csv", b"")
        await harness.press("a")
        # Every way to add orders is listed completely.
        assert "t template  s as template  r refused  Esc cancel" in harness.text
        await harness.press("t", "1")
        await harness.until(lambda: screen.state.in_form and screen.sheet.cursor_pointer is not None)
        _, copied = harness.app.workspace.staging.orders
        assert "order_id" not in copied.document
        assert "order_number" not in copied.document
        assert copied.document["shipping_address"] == order()["shipping_address"]
        await harness.press("enter")
        await harness.type("T2")
        await harness.press("enter")
        assert harness.app.workspace.staging.orders[1].document["order_id"] == "T2"


async def test_cells_of_a_spreadsheet_are_offered_and_lines_of_json_are_read(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        harness.app.post_message(events.Paste("order\tcity\rT1\tOss\r"))
        await harness.until("Pasted 2 rows of cells")
        await harness.press("escape")
        lines = "\n".join(json.dumps(order(order_id=f"L{n}", order_number=f"L{n}")) for n in range(2))
        harness.app.post_message(events.Paste(lines))
        await harness.until("read as orders")
        await harness.press("o")
        await harness.until("2 orders added from pasted text")


async def test_marked_orders_outside_the_list_are_read_and_staged(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await harness.until("all read")
        triage: Any = harness.app.screen
        client = harness.app.workspace.account.client
        # It arrives after the list was read.
        (added,) = await client.upsert_orders([order(order_id="late", order_number="LATE")])
        unread = added.id
        await asyncio.sleep(0.3)
        assert harness.app.workspace.orders.find(unread) is None
        triage.table.set_marks([unread, triage.table.cursor_key])
        await harness.press("semicolon", "a")
        await harness.until("Stage 2 orders")
        await harness.press("c")
        assert len(harness.app.workspace.staging.orders) == 2


async def test_status_line_shows_the_cost_of_sending(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", size=(160, 45)) as harness:
        await enter_composer(harness)
        await add_file(harness, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(101)))
        await harness.until(lambda: send_states(harness) == ["ready"] * 101)
        await harness.press("j")
        await harness.until("ready: 101 new = 2 requests")


async def test_order_released_despite_an_unknown_shop_is_new(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        await harness.until(lambda: harness.app.workspace.account.shops)
        await add_file(harness, tmp_path, order(order_id="T", order_number="T", order_details__integration__id=987654))
        assert send_states(harness) == ["invalid"]
        await harness.press("z", "a")
        await harness.until(lambda: send_states(harness) == ["ready"])
        await harness.until(lambda: str(harness.app.workspace.staging.orders[0].action) == "new")
        await review(harness)
        assert "1 order will be written" in harness.text


async def test_active_filter_is_visible_after_reopening_the_batch(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_app(data) as harness:
        await enter_composer(harness)
        await add_file(
            harness, tmp_path, order(order_id="A-1", order_number="A-1"), order(order_id="A-2", order_number="A-2")
        )
        await harness.press("/")
        await harness.type("A-1")
        await harness.press("enter")
        await harness.until("checked locally")
        await harness.press("enter")
        await harness.until("Ship to")
        assert "checked locally" not in harness.text
        await harness.press("escape")
        await harness.until("checked locally")
    async with open_app(data) as harness:
        await harness.until("checked locally")
        await harness.press("/", "escape")
        await harness.until(lambda: "checked locally" not in harness.text)


async def test_long_review_lists_orders_with_warnings_first(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        good = [order(order_id=f"G{n}", order_number=f"G{n}") for n in range(12)]
        for document in good:
            document["shipping_details"] = {"measurement": {"weight": {"value": 1, "unit": "kg"}}}
        lost = order(order_id="LOST", order_number="LOST", shipping_details=good[0]["shipping_details"])
        lost["shipping_address"] = {**lost["shipping_address"], "phone_number": "12"}
        await add_file(harness, tmp_path, *good, lost)
        await review(harness)
        assert "1 order with warnings, shown below: LOST." in harness.text
        await harness.press("n")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        await harness.press("asterisk", "p")
        assert "1 marked: 0 to fix (!), 1 with warnings (~)." in harness.text


async def test_damaged_json_is_held_until_it_is_fixed(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        lost = order(order_id="LOST", order_number="LOST")
        lost["shipping_address"] = {**lost["shipping_address"], "country_code": "DE", "postal_code": "1067"}
        await add_file(harness, tmp_path, lost)
        assert "2! fix 1" in harness.text
        await harness.press("m")
        await harness.until(lambda: "4 ready 1" in harness.text)


async def test_review_offers_only_keys_that_work(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter_composer(harness)
        bad = order(order_id="BAD", order_number="BAD", order_details__order_items__0__quantity=0)
        await add_file(harness, tmp_path, bad)
        await review(harness)
        assert "nothing can be sent; the lines above show why" in harness.text
        assert harness.lines[-1].split() == ["n", "cancel", "v", "JSON", "?", "keys"]
        await harness.press("n", "z", "a")
        await review(harness)
        assert harness.lines[-1].split() == ["y", "send", "n", "cancel", "v", "JSON", "?", "keys"]


async def test_problem_list_starts_at_the_chosen_order_beside_its_form(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", size=(160, 45)) as harness:
        screen = await enter_composer(harness)
        bad = [
            order(order_id=f"E{n}", order_number=f"E{n}", order_details__order_items__0__quantity=0) for n in range(3)
        ]
        await add_file(harness, tmp_path, *bad, order(order_id="W", order_number="W"))
        await harness.press("g", "j", "v")
        await harness.until(lambda: screen.problems.cursor_row is not None)
        for name in ("E1", "E2"):
            row = screen.problems.cursor_row
            assert row is not None
            assert row.title == name
            assert screen.order is not None
            assert screen.order.document["order_id"] == name
            assert harness.line_with(f"{name} · entry")
            # The corrected order is sent, and the pane beside the list shows the order under the cursor.
            harness.app.workspace.staging.editing.put(screen.order.id, ITEMS / 0 / "quantity", 1, "quantity")
            screen.view.show_all()
            await harness.pilot.pause()


async def test_unchanged_order_is_neither_held_nor_released(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await harness.until("all read")
        await harness.press("a", "u", "B")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        await harness.until(lambda: send_states(harness) == ["unchanged"])
        await harness.press("z")
        await harness.until("The service already has this order unchanged; it would not be sent anyway.")
        assert not harness.app.workspace.staging.orders[0].held

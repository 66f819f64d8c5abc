"""The form by keys alone: editing, reviewing, sending, and refusals at their field; nothing is lost."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import NOW, AppHarness, open_app
from interception import Send, refusal

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.edit.screen import EditScreen
from tui.screens.review.screen import ReviewScreen
from tui.screens.triage.screen import TriageScreen


async def open_first(harness: AppHarness) -> dict[str, Any]:
    """Open the form of the first order whose name can be edited."""
    await harness.until("all read")
    order = harness.app.screen.order
    await harness.press("enter")
    await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
    return dict(order)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_two_fields_are_corrected_sent_and_verified(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size) as harness:
        order = await open_first(harness)
        before = (await harness.order(order["id"]))["shipping_address"]["name"]
        await harness.replace("Jan Klaassen")
        await harness.press("j")
        await harness.replace("12B")
        assert "was" in harness.line_with("Jan Klaassen")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert before[:10] in harness.line_with("Jan Klaassen")
        assert "printed labels are not updated" in harness.text
        assert (await harness.order(order["id"]))["shipping_address"]["name"] == before
        await harness.press("v")
        assert '"name": "Jan Klaassen"' in harness.text
        await harness.press("y")
        await harness.until("verified")
        assert (await harness.order(order["id"]))["shipping_address"]["name"] == "Jan Klaassen"
        assert harness.app.workspace.account.drafts.all() == []


@pytest.mark.parametrize("key", ["J", "K"])
async def test_the_rows_of_the_next_order_are_made_in_advance(tmp_path: Path, key: str) -> None:
    async with open_app(tmp_path) as harness:
        await open_first(harness)
        screen = harness.app.screen
        if key == "K":
            await harness.press("J", "J", "J", "K")
        await harness.until(lambda: screen.pane._prepared.made)
        made = {id(row) for _, _, rows in screen.pane._prepared.made.values() for row in rows}
        await harness.press(key)
        shown = {id(row) for row in screen.sheet.rows}
        assert made & shown
        name = screen.draft.document["order_details"]["order_items"][0]["name"]
        assert f"Item 1 · {name}" in [getattr(row, "title", "") for row in screen.sheet.rows]


async def test_rows_made_in_advance_are_not_shown_for_another_order(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_first(harness)
        screen = harness.app.screen
        await harness.until(lambda: screen.pane._prepared.made)
        made = [row for _, _, rows in screen.pane._prepared.made.values() for row in rows]
        third = harness.app.workspace.orders.window[2]
        screen.open_order(third.key)
        assert not {id(row) for row in made} & {id(row) for row in screen.sheet.rows}
        name = third.document["order_details"]["order_items"][0]["name"]
        assert f"Item 1 · {name}" in [getattr(row, "title", "") for row in screen.sheet.rows]


async def test_drafts_of_several_orders_are_sent_in_one_review(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        first = await open_first(harness)
        await harness.replace("First Name")
        await harness.press("J")
        await harness.until("2 of 300")
        await harness.press("1")
        await harness.replace("Second Name")
        await harness.press("q", "w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "2 orders will be written" in harness.text
        await harness.press("y")
        await harness.until(lambda: harness.app.workspace.account.drafts.all() == [])
        assert (await harness.order(first["id"]))["shipping_address"]["name"] == "First Name"


async def test_leaving_the_review_sends_nothing_and_loses_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await open_first(harness)
        await harness.replace("Jan Klaassen")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.press("enter", "space", "n")
        assert isinstance(harness.app.screen, EditScreen)
        assert (await harness.order(order["id"]))["shipping_address"]["name"] != "Jan Klaassen"
        assert len(harness.app.workspace.account.drafts.all()) == 1


async def test_typed_text_survives_a_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        order = await open_first(harness)
        await harness.replace("Taken")
        await harness.press("enter")
        await harness.type("half a wo")
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        assert "Taken" in harness.text
        await harness.until("is kept")
        await harness.press("enter")
        assert "half a wo" in harness.text
        assert harness.app.workspace.account.drafts.all()[0].order_id == order["id"]
    box.close()


async def test_undo_redo_and_revert(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_first(harness)
        await harness.replace("Jan Klaassen")
        await harness.press("k", "u")
        assert "Undone: name" in harness.text
        assert "Jan Klaassen" not in harness.text
        await harness.press("U")
        assert "Jan Klaassen" in harness.text
        await harness.press("1", "backspace")
        assert harness.app.workspace.account.drafts.all() == []


async def test_refusal_is_shown_at_its_field_and_can_be_fixed(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await open_first(harness)
        await harness.replace("Jan Klaassen")

        async def refuse(_request: httpx.Request, _send: Send) -> httpx.Response:
            # The service refuses a value that the local checks accept.
            return refusal(("order/shipping_address/city", "Not on our list"))

        harness.interceptor.intercept("PATCH", refuse)
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.press("y")
        await harness.until("refused")
        harness.interceptor.handler = None
        await harness.press("1", "n")
        assert harness.app.screen.sheet.cursor_pointer.name == "city"
        assert "service 09:30: Not on our list" in harness.text
        assert harness.line_with("city")[1:2] == "S"
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.press("y")
        await harness.until("verified")
        assert (await harness.order(order["id"]))["shipping_address"]["name"] == "Jan Klaassen"


async def test_unsupported_patch_is_reported_at_the_field(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_first(harness)
        await harness.press("8")
        screen = harness.app.screen
        assert isinstance(screen, EditScreen)
        from tui.api.pointer import Pointer

        screen.sheet.go_to(Pointer.of("order_id"))
        await harness.press("enter")
        assert "cannot be changed once the order exists" in harness.text.lower()


async def test_remote_change_is_reported_and_not_overwritten(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await open_first(harness)
        await harness.replace("Mine")
        await harness.app.workspace.account.client.patch_order(order["id"], {"shipping_address": {"name": "Theirs"}})
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "Theirs" in harness.line_with("Mine")
        await harness.press("n")
        assert "again …" not in harness.text, "the notice about reading is gone"
        assert (await harness.order(order["id"]))["shipping_address"]["name"] == "Theirs"


async def test_next_problem_continues_on_the_next_order(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_first(harness)
        seen = set()
        for _ in range(6):
            await harness.press("n")
            screen = harness.app.screen
            assert isinstance(screen, EditScreen)
            row = screen.sheet.cursor_row
            seen.add((screen.order_id, str(row.pointer) if row else ""))
        assert len(seen) == 6
        assert len({order for order, _ in seen}) > 1


async def test_all_fields_of_the_schema_can_be_shown(tmp_path: Path) -> None:
    from tui.orders.fields import all_fields, path_of
    from tui.widgets.form_layout import FieldRow

    async with open_app(tmp_path) as harness:
        await open_first(harness)
        await harness.press("v")
        shown = {path_of(row.pointer) for row in harness.app.screen.sheet.rows if isinstance(row, FieldRow)}
        expected = {field.path for field in all_fields() if not field.has_members and "tax_numbers" not in field.path}
        assert expected <= shown


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_form_fills_the_screen_and_fields_have_help(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size) as harness:
        await open_first(harness)
        screen = harness.app.screen
        assert screen.sheet.region.height == size[1] - 8
        await harness.press("slash")
        assert screen.sheet.region.height == size[1] - 9
        await harness.type("postco")
        assert "postcode" in harness.text
        assert "house number" not in harness.text
        await harness.press("enter")
        assert screen.sheet.cursor_pointer.name == "postal_code"
        assert "house number" in harness.text


async def test_fix_is_a_draft_that_can_be_undone(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("slash")
        await harness.type("is:open why:street_number")
        await harness.press("enter")
        await harness.until(lambda: " of " in harness.lines[2])
        await harness.until(lambda: "number in street" in harness.text)
        harness.app.screen.table.home()
        while "m: " not in harness.text:
            await harness.press("j")
        await harness.press("m")
        await harness.until("Drafted")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert {change.pointer.name for change in draft.edit.changes()} == {"address_line_1", "house_number"}
        await harness.press("u")
        assert harness.app.workspace.account.drafts.all() == []
        assert isinstance(harness.app.screen, TriageScreen)


async def test_conflict_is_reported_once(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await open_first(harness)
        await harness.app.workspace.account.client.patch_order(order["id"], {"shipping_address": {"name": "Theirs"}})
        await harness.press("j", "j")
        await harness.replace("Somewhere")
        await harness.press("r")
        await harness.until("Theirs")
        await harness.press("w")
        await harness.until("the service changed Ship to, name")
        await harness.press("n", "g")
        await harness.replace("Mine after all")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "Theirs" in harness.line_with("Mine after all")
        assert "the service changed" not in harness.text


async def test_long_review_can_be_read_completely(tmp_path: Path) -> None:
    """At 80 columns: no value is cut, letters are typed as letters, and the rule counts the lines below."""
    async with open_app(tmp_path, size=(80, 16)) as harness:
        await open_first(harness)
        name = "Żaneta " + "van den Heuvel-Böhmermann " * 4 + "the last"
        await harness.replace(name)
        for step in range(4):
            await harness.press("j")
            await harness.replace(f"{step} " + "x" * 30)
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "the last" in harness.text
        assert "more, PgDn" in harness.text
        await harness.press("G")
        assert "more, PgDn" not in harness.text
        await harness.press("g", "v")
        assert "Żaneta van" in harness.text


async def test_field_help_is_shown_completely(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_first(harness)
        await harness.press("4")
        assert all("…" not in line for line in harness.lines[-5:-2])
        assert "finds the item by this name" in " ".join(" ".join(harness.lines[-5:-2]).split())
        await harness.press("?")
        await harness.press("pagedown")
        assert "sends.  ; first: on the marked" not in harness.text
        assert all(not line.endswith("…") for line in harness.lines)

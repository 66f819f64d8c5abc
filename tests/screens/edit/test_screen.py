"""The form by keys alone: editing, reviewing, sending, refusals at their field, and nothing lost on the way."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import NOW, House, housed
from interception import Send, refusal

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.edit.screen import EditScreen
from tui.screens.review.screen import ReviewScreen
from tui.screens.triage.screen import TriageScreen


async def open_first(house: House) -> dict[str, Any]:
    """Open the form of the first order whose name can be edited."""
    await house.until("100+ read")
    order = house.app.screen.order
    await house.press("enter")
    await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.sheet.rows)
    return dict(order)


async def enter(house: House, text: str) -> None:
    """Open the editor under the cursor, replace its text, take it."""
    await house.press("enter", "ctrl+e", "ctrl+u")
    await house.type(text)
    await house.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_two_fields_are_corrected_sent_and_verified(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path, size=size) as house:
        order = await open_first(house)
        before = (await house.order(order["id"]))["shipping_address"]["name"]
        await enter(house, "Jan Klaassen")
        await house.press("j")
        await enter(house, "12B")
        assert "was" in house.line_with("Jan Klaassen")
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert before[:10] in house.line_with("Jan Klaassen")
        assert "a label already printed does not change" in house.text
        assert (await house.order(order["id"]))["shipping_address"]["name"] == before
        await house.press("v")
        assert '"name": "Jan Klaassen"' in house.text
        await house.press("y")
        await house.until("verified")
        assert (await house.order(order["id"]))["shipping_address"]["name"] == "Jan Klaassen"
        assert house.app.workspace.account.drafts.all() == []


async def test_drafts_of_several_orders_go_out_in_one_review(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        first = await open_first(house)
        await enter(house, "First Name")
        await house.press("J")
        await house.until("2 of 100")
        await house.press("1")
        await enter(house, "Second Name")
        await house.press("q", "w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "2 orders will be written" in house.text
        await house.press("y")
        await house.until(lambda: house.app.workspace.account.drafts.all() == [])
        assert (await house.order(first["id"]))["shipping_address"]["name"] == "First Name"


async def test_leaving_the_review_sends_nothing_and_loses_nothing(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await open_first(house)
        await enter(house, "Jan Klaassen")
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.press("enter", "space", "n")
        assert isinstance(house.app.screen, EditScreen)
        assert (await house.order(order["id"]))["shipping_address"]["name"] != "Jan Klaassen"
        assert len(house.app.workspace.account.drafts.all()) == 1


async def test_typed_text_survives_a_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path, sandbox=box) as house:
        order = await open_first(house)
        await enter(house, "Taken")
        await house.press("enter")
        await house.type("half a wo")
    async with housed(tmp_path, sandbox=box) as house:
        await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.sheet.rows)
        assert "Taken" in house.text
        await house.until("is kept")
        await house.press("enter")
        assert "half a wo" in house.text
        assert house.app.workspace.account.drafts.all()[0].order_id == order["id"]
    box.close()


async def test_undo_redo_and_revert(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_first(house)
        await enter(house, "Jan Klaassen")
        await house.press("k", "u")
        assert "Undone: name" in house.text
        assert "Jan Klaassen" not in house.text
        await house.press("U")
        assert "Jan Klaassen" in house.text
        await house.press("1", "backspace")
        assert house.app.workspace.account.drafts.all() == []


async def test_refusal_is_shown_at_its_field_and_can_be_fixed(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await open_first(house)
        await enter(house, "Jan Klaassen")

        async def refuse(_request: httpx.Request, _send: Send) -> httpx.Response:
            # The service refuses what this side could not know.
            return refusal(("order/shipping_address/city", "Not on our list"))

        house.interceptor.intercept("PATCH", refuse)
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.press("y")
        await house.until("refused")
        house.interceptor.handler = None
        await house.press("1", "n")
        assert house.app.screen.sheet.cursor_pointer.name == "city"
        assert "service 09:30: Not on our list" in house.text
        assert house.line_with("city")[1:2] == "S"
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.press("y")
        await house.until("verified")
        assert (await house.order(order["id"]))["shipping_address"]["name"] == "Jan Klaassen"


async def test_unsupported_patch_is_reported_at_the_field(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_first(house)
        await house.press("8")
        screen = house.app.screen
        assert isinstance(screen, EditScreen)
        from tui.api.pointer import Pointer

        screen.sheet.go_to(Pointer.of("order_id"))
        await house.press("enter")
        assert "cannot be changed once the order exists" in house.text.lower()


async def test_remote_change_is_reported_and_not_overwritten(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await open_first(house)
        await enter(house, "Mine")
        await house.app.workspace.account.client.patch_order(order["id"], {"shipping_address": {"name": "Theirs"}})
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "Theirs" in house.line_with("Mine")
        await house.press("n")
        assert "again …" not in house.text, "what was said of the reading is over"
        assert (await house.order(order["id"]))["shipping_address"]["name"] == "Theirs"


async def test_next_problem_continues_on_the_next_order(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_first(house)
        seen = set()
        for _ in range(6):
            await house.press("n")
            screen = house.app.screen
            assert isinstance(screen, EditScreen)
            row = screen.sheet.cursor_row
            seen.add((screen.order_id, str(row.pointer) if row else ""))
        assert len(seen) == 6
        assert len({order for order, _ in seen}) > 1


async def test_all_fields_of_the_schema_can_be_shown(tmp_path: Path) -> None:
    from tui.orders.fields import all_fields, path_of
    from tui.widgets.form_layout import FieldRow

    async with housed(tmp_path) as house:
        await open_first(house)
        await house.press("v")
        shown = {path_of(row.pointer) for row in house.app.screen.sheet.rows if isinstance(row, FieldRow)}
        wanted = {field.path for field in all_fields() if not field.has_members and "tax_numbers" not in field.path}
        assert wanted <= shown


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_form_fills_the_screen_and_fields_have_help(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path, size=size) as house:
        await open_first(house)
        screen = house.app.screen
        assert screen.sheet.region.height == size[1] - 8
        await house.press("slash")
        assert screen.sheet.region.height == size[1] - 9
        await house.type("postco")
        assert "postcode" in house.text
        assert "house number" not in house.text
        await house.press("enter")
        assert screen.sheet.cursor_pointer.name == "postal_code"
        assert "house number" in house.text


async def test_fix_is_a_draft_that_can_be_undone(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("slash")
        await house.type("street")
        await house.press("enter")
        await house.until(lambda: " of " in house.lines[2])
        await house.until(lambda: "number in street" in house.text)
        house.app.screen.table.home()
        while "m: " not in house.text:
            await house.press("j")
        await house.press("m")
        await house.until("Drafted")
        (draft,) = house.app.workspace.account.drafts.all()
        assert {change.pointer.name for change in draft.edit.changes()} == {"address_line_1", "house_number"}
        await house.press("u")
        assert house.app.workspace.account.drafts.all() == []
        assert isinstance(house.app.screen, TriageScreen)


async def test_conflict_is_reported_once(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await open_first(house)
        await house.app.workspace.account.client.patch_order(order["id"], {"shipping_address": {"name": "Theirs"}})
        await house.press("j", "j")
        await enter(house, "Somewhere")
        await house.press("r")
        await house.until("Theirs")
        await house.press("w")
        await house.until("the service changed Ship to, name")
        await house.press("n", "g")
        await enter(house, "Mine after all")
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "Theirs" in house.line_with("Mine after all")
        assert "the service changed" not in house.text


async def test_long_review_can_be_read_completely(tmp_path: Path) -> None:
    """At 80 columns: no value is cut, letters are letters, and the rule counts what is still below."""
    async with housed(tmp_path, size=(80, 16)) as house:
        await open_first(house)
        name = "Żaneta " + "van den Heuvel-Böhmermann " * 4 + "the last"
        await enter(house, name)
        for step in range(4):
            await house.press("j")
            await enter(house, f"{step} " + "x" * 30)
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "the last" in house.text
        assert "more, PgDn" in house.text
        await house.press("G")
        assert "more, PgDn" not in house.text
        await house.press("g", "v")
        assert "Żaneta van" in house.text


async def test_field_help_is_shown_completely(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_first(house)
        await house.press("4")
        assert all("…" not in line for line in house.lines[-5:-2])
        assert "exactly as read" in " ".join(" ".join(house.lines[-5:-2]).split())
        await house.press("?")
        await house.press("pagedown")
        assert "sends.  ; first: on the marked" not in house.text
        assert all(not line.endswith("…") for line in house.lines)

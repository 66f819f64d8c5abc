"""Triage by keys alone: pages, shops, filters, marks, previews, deleting, and being found again."""

import asyncio
import json
from pathlib import Path

import pytest
from app_harness import NOW, House, housed
from sandbox_harness import order
from table_files import rows, text
from textual import events
from textual.events import Paste

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.common.pages import PageScreen
from tui.screens.composer.screen import ComposerScreen
from tui.screens.file_import.screen import ImportScreen
from tui.screens.system.opening import OpeningScreen
from tui.screens.triage.screen import TriageScreen
from tui.widgets.dialogs import QuestionBar
from tui.widgets.table import OrderTable

BAD = order(
    order_number="BAD-1",
    shipping_address__country_code="US",
    shipping_address__postal_code="",
    shipping_address__city="",
    shipping_address__house_number="",
    shipping_address__address_line_1="Main street",
    shipping_address__name="",
    order_details__order_items__0__quantity=0,
)
"""An order with more than five reasons not to ship."""
HOSTILE = "\x1b]52;c;aGk=\x07\x1b[2J[red]x[/nope] \u202e\x9b31m =cmd|' /C calc'!A1"


def table(house: House) -> OrderTable:
    return house.app.screen.query_one(OrderTable)


def marks_seen(house: House) -> set[str]:
    """The marks in front of the rows in sight."""
    return {line[2] for line in house.lines[4 : 4 + min(table(house).row_count, 10)]}


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_orders_of_all_shops_are_shown_with_reasons(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path, size=size) as house:
        await house.until("100+ read")
        assert "0 all" in house.text
        assert house.line_with("order ").count("why it will not ship") == 1
        assert any(line[2:3] == "!" for line in house.lines)
        assert all(len(line) <= size[0] for line in house.lines)


async def test_moving_down_reads_pages_until_the_end(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        for _ in range(6):
            await house.press("G")
        await house.until("300 read")
        assert table(house).row_count == 300
        await house.press("G")
        assert "│ 300 read" in house.text
        assert table(house).cursor == 299


async def test_shop_and_filter_narrow_the_request(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("1")
        await house.until(lambda: table(house).row_count > 0)
        await house.until("read")
        shop = house.app.screen.tab_bar.current
        assert shop is not None
        assert shop.isdigit()
        target = house.app.screen.order
        await house.press("0")
        await house.until("00+ read")
        await house.press("slash")
        await house.type(f"number:{target['order_number']}")
        await house.press("enter")
        await house.until("service: number")
        await house.until(lambda: table(house).row_count == 1)


async def test_invalid_filter_changes_nothing(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        before = table(house).row_count
        await house.press("slash")
        await house.type("city:Gent")
        await house.press("enter")
        assert "Unknown filter 'city'" in house.text
        assert table(house).row_count == before
        # What was typed is there to be mended, not to be typed again.
        assert "/ city:Gent" in house.text
        await house.press("ctrl+w")
        await house.type("why:stop")
        await house.press("enter")
        await house.until(lambda: "/ why:stop" in house.text and " of " in house.lines[2])
        assert marks_seen(house) == {"!"}


@pytest.mark.parametrize(("why", "marks"), [("any", {"!", "~"}), ("none", {" "}), ("weight", {"!"})])
async def test_why_filter_is_applied_locally(tmp_path: Path, why: str, marks: set[str]) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("slash")
        assert "why: or text" in house.lines[-1]
        await house.type(f"why:{why}")
        await house.press("enter")
        await house.until(lambda: f"/ why:{why}" in house.text and " of " in house.lines[2])
        assert marks_seen(house) == marks
        await house.press("slash")
        await house.type("why:nonsense")
        await house.press("enter")
        await house.until("orders read matches why:nonsense.")


async def test_wide_preview_shows_reasons_below_the_address(tmp_path: Path) -> None:
    async with housed(tmp_path, size=(160, 45)) as house:
        await house.until("100+ read")
        await house.press("n")
        order = house.app.screen.order
        lines = [line[114:].strip() for line in house.lines]
        name = lines.index(order["shipping_address"]["name"])
        assert any(line.startswith("! ") for line in lines[name + 1 :])


async def test_words_filter_locally_and_say_so(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("slash")
        await house.type("weight")
        await house.press("enter")
        await house.until(lambda: " of " in house.lines[2])
        assert 0 < table(house).row_count < 100


async def test_triage_is_restored_after_a_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path, sandbox=box) as house:
        await house.until("100+ read")
        await house.press("6")
        await house.until(lambda: table(house).row_count > 5)
        await house.press("j", "j", "space", "space", "j")
        key, marks, shop = table(house).cursor_key, table(house).marks, house.app.screen.tab_bar.current
        await house.press("slash")
        await house.type("sort:pk")
        await house.press("enter")
        await house.until(lambda: table(house).row_count > 5)
        await house.until(lambda: table(house).cursor_key == key)
    async with housed(tmp_path, sandbox=box) as house:
        await house.until(lambda: table(house).cursor_key == key)
        assert table(house).marks == marks
        assert house.app.screen.tab_bar.current == shop
        assert "sort:pk" in house.text
    box.close()


async def test_refreshing_keeps_cursor_and_marks(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("j", "j", "space", "j")
        key, marks = table(house).cursor_key, table(house).marks
        await house.press("R")
        await house.pilot.pause()
        await house.until(lambda: "reading" not in house.lines[22])
        assert (table(house).cursor_key, table(house).marks) == (key, marks)


async def test_delete_requires_typing_the_number(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("space", "k")
        target = house.app.screen.order
        await house.press("D")
        await house.press("y", "enter")
        assert await house.order(target["id"]) is not None
        await house.press("ctrl+u")
        await house.type(target["order_number"])
        await house.press("enter")
        await house.until(f"{target['order_number']} deleted; L keeps what it was.")
        assert table(house).cursor_key != target["id"]
        assert not table(house).marks
        assert await house.order(target["id"]) is None


async def test_paste_on_the_list_runs_no_commands(tmp_path: Path) -> None:

    async with housed(tmp_path) as house:
        await house.until("100+ read")
        target = house.app.screen.order
        house.app.post_message(Paste("D\ny\n"))
        await house.pilot.pause()
        assert "Nothing was changed" in house.text
        house.app.post_message(Paste(target["order_number"]))
        await house.pilot.pause()
        assert "go to this order" in house.text
        await house.press("g")
        await house.until(lambda: table(house).row_count == 1)


async def test_split_escape_sequence_runs_no_commands(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("escape", "[", "D")
        assert not house.app.screen.query_one(QuestionBar).is_open
        await house.press("escape", "O", "B", "j")
        assert isinstance(house.app.screen, TriageScreen)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_hostile_texts_are_shown_safely(tmp_path: Path, size: tuple[int, int]) -> None:
    planted = order(order_number="HOSTILE-1")
    address = planted["shipping_address"]
    for name in ("name", "address_line_1", "city"):
        address[name] = HOSTILE
    planted["order_details"]["notes"] = HOSTILE
    planted["order_details"]["tags"] = [HOSTILE]
    planted |= {"id": "99000001"}
    async with housed(tmp_path, plant=(json.dumps(planted).encode(),), size=size) as house:
        await house.until("100+ read")
        await house.press("slash")
        await house.type("number:HOSTILE-1")
        await house.press("enter")
        await house.until(lambda: table(house).row_count == 1)
        for keys in ((), ("p",), ("q", "enter"), ("n",), ("q", "w"), ("T",), ("q", "question_mark")):
            await house.press(*keys)
            for line in house.lines:
                assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or letter == "\u202e" for letter in line)


async def test_only_an_answer_after_the_question_deletes(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        target = house.app.screen.order
        await house.press("D", "escape")
        assert "Type its number" not in house.text
        assert await house.order(target["id"]) is not None


async def test_read_only_writes_nothing(tmp_path: Path) -> None:
    async with housed(tmp_path, read_only=True) as house:
        await house.until("100+ read")
        assert "READ ONLY" in house.text
        await house.press("D")
        assert "reading only" in house.text


async def test_type_ahead_reaches_the_screen_opened_before(tmp_path: Path) -> None:
    from textual.events import Key

    async with housed(tmp_path) as house:
        await house.until("100+ read")
        target = house.app.screen.order
        # All of it is read at once, as on a line that was stuck: open, down, edit, type, take.
        burst = [("enter", "\r"), ("j", "j"), ("enter", "\r"), ("ctrl+e", None), ("ctrl+u", None)]
        burst += [(letter, letter) for letter in "ACME"] + [("enter", "\r")]
        for key, character in burst:
            house.app.post_message(Key(key, character))
        await house.until(lambda: house.app.workspace.account.drafts.all())
        (draft,) = house.app.workspace.account.drafts.all()
        assert draft.order_id == target["id"]
        assert [change.now for change in draft.edit.changes()] == ["ACME"]


async def test_filter_typed_ahead_runs_no_commands(tmp_path: Path) -> None:
    from textual.events import Key

    async with housed(tmp_path) as house:
        await house.until("100+ read")
        for key in ("slash", *"weighta", "enter"):
            house.app.post_message(Key(key, "/" if key == "slash" else key if len(key) == 1 else "\r"))
        await house.until("/ weighta")
        assert not house.app.screen.query_one(QuestionBar).is_open
        assert house.app.workspace.staging.orders == []


async def test_active_filter_is_shown_after_the_composer(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("B")
        await house.until("staged")
        await house.press("q")
        await house.until("100+ read")
        await house.press("slash")
        await house.type("date:yes")
        assert "/ date:yes" in house.text


async def test_keys_typed_while_opening_reach_the_first_screen(tmp_path: Path) -> None:
    async with housed(tmp_path, opened=False) as house:
        assert not house.app.open_screens
        for key in ("B", "question_mark"):
            house.app.post_message(events.Key(key, {"question_mark": "?"}.get(key, key)))
        await house.until(lambda: isinstance(house.app.screen, PageScreen) and "Keys in" in house.text)
        await house.press("escape")
        assert isinstance(house.app.screen, ComposerScreen)


async def test_keys_typed_for_a_failed_start_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[OpeningScreen] = []
    gate, open_it = asyncio.Event(), OpeningScreen._try

    async def slowly(screen: OpeningScreen) -> None:
        tries.append(screen)
        await gate.wait()
        await open_it(screen)

    monkeypatch.setattr(OpeningScreen, "_try", slowly)
    (tmp_path / "file").write_text("")
    async with housed(tmp_path / "file" / "data", opened=False) as house:
        await house.until(lambda: tries)
        for key in "BR":
            house.app.post_message(events.Key(key, key))
        await house.until(lambda: house.app.keys_waiting)
        gate.set()
        await house.until("R tries again, Q leaves")
        await house.pilot.pause()
        assert len(tries) == 1
        await house.pilot.press("R")
        await house.until(lambda: len(tries) == 2 and "R tries again" in house.text)


async def test_orders_pasted_into_the_list_open_in_the_composer(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await house.until("100+ read")
        house.app.post_message(Paste(text(rows(2), "\t", end="\r")))
        await house.until("Pasted 3 rows of cells")
        await house.press("o")
        await house.until(lambda: isinstance(house.app.screen, ImportScreen))
        assert "Import pasted cells" in house.text
        await house.press("q", "q")
        # A composer that is open below takes them as well.
        await house.until("100+ read")
        house.app.post_message(Paste(json.dumps([order(order_id="P", order_number="P")])))
        await house.until("characters of JSON")
        await house.press("o")
        await house.until("1 order added from pasted text")


async def test_a_low_terminal_keeps_four_orders_on_the_screen(tmp_path: Path) -> None:
    async with housed(tmp_path, size=(40, 10)) as house:
        await house.until(lambda: table(house).row_count >= 100)
        assert table(house).body_height >= 4
        assert all(line.strip() for line in house.lines[4:8])


@pytest.mark.parametrize("size", [(160, 45), (200, 50)])
async def test_a_preview_beside_the_list_shows_every_reason(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path, size=size, plant=(json.dumps(BAD).encode(),)) as house:
        await house.until("100+ read")
        await house.press("slash")
        await house.type("number:BAD-1")
        await house.press("enter")
        await house.until(lambda: table(house).row_count == 1)
        order = house.app.screen.order
        reasons = house.app.screen.workspace.orders.problems(order)
        assert len(reasons) > 5
        assert [problem.title for problem in reasons if problem.title not in house.text] == []


async def test_an_unbound_key_says_so_once(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("%")
        assert "% is not bound here; ? lists the keys." in house.text
        await house.press("j")
        assert "is not bound here" not in house.text
        await house.press("%")
        assert "is not bound here" not in house.text


async def test_a_filter_error_is_gone_after_a_valid_filter(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("/")
        await house.type("date:nonsense")
        await house.press("enter")
        error = house.lines[-2]
        assert "nonsense" in error
        await house.press("ctrl+u")
        await house.type("candle")
        await house.press("enter")
        await house.until("/ candle")
        assert "nonsense" not in house.text

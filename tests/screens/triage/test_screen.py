"""Triage by keys alone: pages, shops, filters, marks, previews, deleting, and the stored view."""

import asyncio
import json
from pathlib import Path

import pytest
from app_harness import NOW, AppHarness, open_app
from rich.cells import cell_len
from sandbox_harness import order
from table_files import rows, text
from textual import events
from textual.events import Paste

from tui.config.settings import Settings
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Fault, FaultRule, Faults
from tui.screens.common.pages import PageScreen
from tui.screens.composer.screen import ComposerScreen
from tui.screens.file_import.screen import ImportScreen
from tui.screens.system.opening import OpeningScreen
from tui.screens.triage.screen import TriageScreen
from tui.store.db import StoreError
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
"""Return an order with more than five problems that prevent shipping."""
HOSTILE = "\x1b]52;c;aGk=\x07\x1b[2J[red]x[/nope] \u202e\x9b31m =cmd|' /C calc'!A1"


def table(harness: AppHarness) -> OrderTable:
    return harness.app.screen.query_one(OrderTable)


def marks_seen(harness: AppHarness) -> set[str]:
    """Return the marks of the visible rows."""
    return {line[2] for line in harness.lines[4 : 4 + min(table(harness).row_count, 10)]}


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_orders_of_all_shops_are_shown_with_reasons(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size) as harness:
        await harness.until("all read")
        assert "0 all" in harness.text
        assert harness.line_with("order ").count("why it will not ship") == 1
        assert any(line[2:3] == "!" for line in harness.lines)
        assert all(cell_len(line) <= size[0] for line in harness.lines)


async def test_the_end_of_the_list_is_the_last_order(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read 09:30")
        await harness.press("G")
        assert table(harness).cursor == 299
        assert harness.lines[13].strip() == "end"


async def test_shop_and_query_narrow_the_list(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("1")
        await harness.until(" of 300 │ all read")
        shop = harness.app.screen.tab_bar.current
        assert shop is not None
        assert shop.isdigit()
        target = harness.app.screen.order
        assert str(target["order_details"]["integration"]["id"]) == shop
        await harness.press("0")
        await query(harness, f"number:{target['order_number']}")
        await harness.until("1 of 300 │ all read")
        assert harness.app.screen.order == target


async def query(harness: AppHarness, line: str) -> None:
    """Type a query and accept it."""
    await harness.press("slash")
    await harness.type(line)
    await harness.press("enter")


async def test_invalid_query_changes_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        before = table(harness).row_count
        await query(harness, "town:Gent")
        assert "There is no field 'town'" in harness.text
        assert table(harness).row_count == before
        # The typed text is still there and can be corrected.
        assert "/ town:Gent" in harness.text
        # Giving it up leaves the list as it was, with its count and without the notice.
        await harness.press("escape")
        assert "There is no field" not in harness.text
        assert "300 │ all read" in harness.lines[2]
        await query(harness, "town:Gent")
        await harness.press("ctrl+w")
        await harness.type("why:error is:open")
        await harness.press("enter")
        await harness.until(lambda: "/ why:error is:open" in harness.text and " of 300" in harness.lines[2])
        assert marks_seen(harness) == {"!"}


@pytest.mark.parametrize(
    ("line", "marks"),
    [("is:problem", {"!", "~"}), ("why:none", {" "}), ("why:weight is:error", {"!"}), ("is:finished", {" "})],
)
async def test_queries_find_what_the_rows_show(tmp_path: Path, line: str, marks: set[str]) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await query(harness, f"{line} -is:finished" if "finished" not in line else line)
        await harness.until(lambda: f"/ {line}" in harness.text and " of 300" in harness.lines[2])
        assert marks_seen(harness) == marks


async def test_a_query_without_orders_says_so(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await query(harness, "zebrafinch")
        await harness.until("No order matches. / changes the query.")


async def test_letters_with_marks_are_found_without_them(tmp_path: Path) -> None:
    planted = order(order_number="TURK-1", shipping_address__name="Ümit Özdemırcı") | {"id": "99000001"}
    async with open_app(tmp_path, plant=(json.dumps(planted).encode(),)) as harness:
        await harness.until("all read")
        await query(harness, "ozdemirci umit")
        await harness.until("1 of 301")
        assert harness.app.screen.order["order_number"] == "TURK-1"


async def test_orders_are_shown_from_the_cache_while_the_service_fails(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        first = table(harness).cursor_key
    down = Faults(rules=(FaultRule(Fault.DROPPED, path="/orders*"),))
    async with open_app(tmp_path, faults=down) as harness:
        await harness.until("Not up to date")
        assert table(harness).row_count == 300
        assert table(harness).cursor_key == first
        assert "all read 09:30" in harness.text


async def test_a_deleted_order_leaves_the_list_after_it_was_read_again(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("all read")
        key = table(harness).cursor_key
        assert key is not None
        with box.data.writing():
            box.data.delete(int(key))
        await harness.press("r")
        await harness.until("no longer in Sendcloud")
        await harness.until(lambda: table(harness).row_count == 299)
        assert table(harness).cursor_key != key
    box.close()


async def test_wide_preview_shows_reasons_below_the_address(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(160, 45)) as harness:
        await harness.until("all read")
        await harness.press("n")
        order = harness.app.screen.order
        lines = [line[114:].strip() for line in harness.lines]
        name = next(place for place, line in enumerate(lines) if order["shipping_address"]["name"] in line)
        assert any(line.startswith("! ") for line in lines[name + 1 :])
        # The list beside it has no column for the time of the order, and room for the reasons instead.
        assert any(line.startswith("ordered ") for line in lines[name + 1 :])
        assert "ordered" not in harness.line_with("why it will not ship")


async def test_triage_is_restored_after_a_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("all read")
        await harness.press("6")
        await harness.until(lambda: table(harness).row_count > 5)
        await harness.press("j", "j", "space", "space", "j")
        key, marks, shop = table(harness).cursor_key, table(harness).marks, harness.app.screen.tab_bar.current
        await harness.press("slash")
        await harness.type("sort:pk")
        await harness.press("enter")
        await harness.until(lambda: table(harness).row_count > 5)
        await harness.until(lambda: table(harness).cursor_key == key)
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until(lambda: table(harness).cursor_key == key)
        assert table(harness).marks == marks
        assert harness.app.screen.tab_bar.current == shop
        assert "sort:pk" in harness.text
    box.close()


async def test_refreshing_keeps_cursor_and_marks(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("j", "j", "space", "j")
        key, marks = table(harness).cursor_key, table(harness).marks
        await harness.press("R")
        await harness.pilot.pause()
        await harness.until(lambda: "reading" not in harness.lines[22])
        assert (table(harness).cursor_key, table(harness).marks) == (key, marks)


async def test_delete_requires_typing_the_number(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("space", "k")
        target = harness.app.screen.order
        await harness.press("D")
        await harness.press("y", "enter")
        assert await harness.order(target["id"]) is not None
        await harness.press("ctrl+u")
        await harness.type(target["order_number"])
        await harness.press("enter")
        await harness.until(f"{target['order_number']} deleted; L shows the deleted order.")
        assert table(harness).cursor_key != target["id"]
        assert not table(harness).marks
        assert await harness.order(target["id"]) is None


async def test_paste_on_the_list_runs_no_commands(tmp_path: Path) -> None:

    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        target = harness.app.screen.order
        harness.app.post_message(Paste("D\ny\n"))
        await harness.pilot.pause()
        assert "Nothing was changed" in harness.text
        harness.app.post_message(Paste(target["order_number"]))
        await harness.pilot.pause()
        assert "go to this order" in harness.text
        await harness.press("g")
        await harness.until(lambda: table(harness).row_count == 1)


async def test_split_escape_sequence_runs_no_commands(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("escape", "[", "D")
        assert not harness.app.screen.query_one(QuestionBar).is_open
        await harness.press("escape", "O", "B", "j")
        assert isinstance(harness.app.screen, TriageScreen)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_hostile_texts_are_shown_safely(tmp_path: Path, size: tuple[int, int]) -> None:
    planted = order(order_number="HOSTILE-1")
    address = planted["shipping_address"]
    for name in ("name", "address_line_1", "city"):
        address[name] = HOSTILE
    planted["order_details"]["notes"] = HOSTILE
    planted["order_details"]["tags"] = [HOSTILE]
    planted |= {"id": "99000001"}
    async with open_app(tmp_path, plant=(json.dumps(planted).encode(),), size=size) as harness:
        await harness.until("all read")
        await harness.press("slash")
        await harness.type("number:HOSTILE-1")
        await harness.press("enter")
        await harness.until(lambda: table(harness).row_count == 1)
        for keys in ((), ("p",), ("q", "enter"), ("n",), ("q", "w"), ("T",), ("q", "question_mark")):
            await harness.press(*keys)
            for line in harness.lines:
                assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or letter == "\u202e" for letter in line)


async def test_only_an_answer_after_the_question_deletes(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        target = harness.app.screen.order
        await harness.press("D", "escape")
        assert "Type its number" not in harness.text
        assert await harness.order(target["id"]) is not None


async def test_read_only_writes_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path, read_only=True) as harness:
        await harness.until("all read")
        assert "read only" in harness.text
        await harness.press("D")
        assert "Read-only: this account cannot write." in harness.text


async def test_type_ahead_reaches_the_screen_opened_before(tmp_path: Path) -> None:
    from textual.events import Key

    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        target = harness.app.screen.order
        # All keys arrive at once, as on a slow connection: open, down, edit, type, accept.
        burst = [("enter", "\r"), ("j", "j"), ("enter", "\r"), ("ctrl+e", None), ("ctrl+u", None)]
        burst += [(letter, letter) for letter in "ACME"] + [("enter", "\r")]
        for key, character in burst:
            harness.app.post_message(Key(key, character))
        await harness.until(lambda: harness.app.workspace.account.drafts.all())
        (draft,) = harness.app.workspace.account.drafts.all()
        assert draft.order_id == target["id"]
        assert [change.now for change in draft.edit.changes()] == ["ACME"]


async def test_filter_typed_ahead_runs_no_commands(tmp_path: Path) -> None:
    from textual.events import Key

    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        for key in ("slash", *"weighta", "enter"):
            harness.app.post_message(Key(key, "/" if key == "slash" else key if len(key) == 1 else "\r"))
        await harness.until("/ weighta")
        assert not harness.app.screen.query_one(QuestionBar).is_open
        assert harness.app.workspace.staging.orders == []


async def test_active_filter_is_shown_after_the_composer(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("B")
        await harness.until("staged")
        await harness.press("q")
        await harness.until("all read")
        await harness.press("slash")
        await harness.type("date:yes")
        assert "/ date:yes" in harness.text


async def test_keys_typed_while_opening_reach_the_first_screen(tmp_path: Path) -> None:
    async with open_app(tmp_path, opened=False) as harness:
        assert not harness.app.open_screens
        for key in ("B", "question_mark"):
            harness.app.post_message(events.Key(key, {"question_mark": "?"}.get(key, key)))
        await harness.until(lambda: isinstance(harness.app.screen, PageScreen) and "Keys in" in harness.text)
        await harness.press("escape")
        assert isinstance(harness.app.screen, ComposerScreen)


async def test_keys_typed_for_a_failed_start_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[OpeningScreen] = []
    release, open_account = asyncio.Event(), OpeningScreen._try

    async def open_later(screen: OpeningScreen) -> None:
        tries.append(screen)
        await release.wait()
        await open_account(screen)

    monkeypatch.setattr(OpeningScreen, "_try", open_later)
    (tmp_path / "file").write_text("")
    async with open_app(tmp_path / "file" / "data", opened=False) as harness:
        await harness.until(lambda: tries)
        for key in "BR":
            harness.app.post_message(events.Key(key, key))
        await harness.until(lambda: harness.app.keys_waiting)
        release.set()
        await harness.until("R tries again, P opens another profile, Q quits")
        await harness.pilot.pause()
        assert len(tries) == 1
        await harness.pilot.press("R")
        await harness.until(lambda: len(tries) == 2 and "R tries again" in harness.text)


async def test_orders_pasted_into_the_list_open_in_the_composer(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await harness.until("all read")
        harness.app.post_message(Paste(text(rows(2), "\t", end="\r")))
        await harness.until("Pasted 3 rows of cells")
        await harness.press("o")
        await harness.until(lambda: isinstance(harness.app.screen, ImportScreen))
        assert "Import pasted cells" in harness.text
        await harness.press("q", "q")
        # An open composer below this screen takes them as well.
        await harness.until("all read")
        harness.app.post_message(Paste(json.dumps([order(order_id="P", order_number="P")])))
        await harness.until("characters of JSON")
        await harness.press("o")
        await harness.until("1 order added from pasted text")


async def test_a_low_terminal_keeps_four_orders_on_the_screen(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(40, 10)) as harness:
        await harness.until(lambda: table(harness).row_count >= 100)
        assert table(harness).body_height >= 4
        assert all(line.strip() for line in harness.lines[4:8])


@pytest.mark.parametrize("size", [(160, 45), (200, 50)])
async def test_a_preview_beside_the_list_shows_every_reason(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size, plant=(json.dumps(BAD).encode(),)) as harness:
        await harness.until("all read")
        await harness.press("slash")
        await harness.type("number:BAD-1")
        await harness.press("enter")
        await harness.until(lambda: table(harness).row_count == 1)
        order = harness.app.screen.order
        reasons = harness.app.screen.workspace.orders.problems(order)
        assert len(reasons) > 5
        assert [problem.title for problem in reasons if problem.title not in harness.text] == []


async def test_unbound_key_is_reported_once(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("%")
        assert "% is not bound here; ? lists the keys." in harness.text
        await harness.press("j")
        assert "is not bound here" not in harness.text
        await harness.press("%")
        assert "is not bound here" not in harness.text


async def test_a_filter_error_is_gone_after_a_valid_filter(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("/")
        await harness.type("date:nonsense")
        await harness.press("enter")
        error = harness.lines[-2]
        assert "nonsense" in error
        await harness.press("ctrl+u")
        await harness.type("candle")
        await harness.press("enter")
        await harness.until("/ candle")
        assert "nonsense" not in harness.text


async def test_a_draft_without_an_item_names_that_item(tmp_path: Path) -> None:
    planted = {**BAD, "order_number": "GONE-1"}
    item = planted["order_details"]["order_items"][0]["name"]  # type: ignore[index]
    async with open_app(tmp_path, size=(160, 45), plant=(json.dumps(planted).encode(),)) as harness:
        await harness.until("all read")
        await harness.press("slash")
        await harness.type("number:GONE-1")
        await harness.press("enter")
        await harness.until(lambda: table(harness).row_count == 1)
        await harness.press("enter")
        await harness.until("Ship to")
        await harness.press("4", "D")
        await harness.until(f"{item} removed")
        await harness.press("w")
        await harness.until("because of Items 1:")
        assert "~0" not in harness.text
        await harness.press("n", "q")
        await harness.until("draft: removed: ")
        await harness.press("enter")
        await harness.until("Ship to")
        await harness.press("u", "q")
        await harness.until(lambda: "draft: " not in harness.text and "no name" in harness.text)


async def test_a_query_that_names_a_shop_which_is_gone_keeps_the_list(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        account = harness.app.workspace.account
        name = account.shops[0].name
        await query(harness, f'shop:"{name}"')
        await harness.until(" of 300 │ all read")
        count = table(harness).row_count
        account.shops = account.shops[1:]
        await harness.press("S")
        await harness.until("The list was not updated: No shop is called")
        assert table(harness).row_count == count > 0
        await harness.press("slash", "ctrl+u", "enter")
        await harness.until("300 │ all read")


async def test_a_failing_cache_is_reported_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        cache = harness.app.workspace.orders.local.cache

        def fail(*_: object) -> int:
            raise StoreError("The cache cannot be used: disk I/O error")

        with monkeypatch.context() as patch:
            patch.setattr(cache, "counts", fail)
            await harness.press("S")
            await harness.until("The list was not updated: The cache cannot be used")
        assert table(harness).row_count == 300
        await query(harness, "is:open")
        await harness.until(" of 300 │ all read")


async def test_rows_that_cannot_be_read_are_reported_and_keys_continue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.common.unreadable_rows.RETRIED", 0.1)
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        cache = harness.app.workspace.orders.local.cache

        def fail(*_: object) -> object:
            raise StoreError("The cache cannot be used: disk I/O error")

        with monkeypatch.context() as patch:
            for method in ("rows", "get", "row_of", "keys", "changed_by_others_at"):
                patch.setattr(cache, method, fail)
            await harness.press("G", "k")
            await harness.until("Orders cannot be shown: The cache cannot be used")
            assert "cannot be read from t" in harness.text
            for key in ("space", "enter", "x", "r", "d", "m", "p", "n", "V", "Y", "z", "="):
                await harness.press(key, "escape")
            harness.app.workspace.order_changed("1")
            await harness.pilot.resize_terminal(100, 30)
            await harness.press("j")
            assert harness.app.return_code is None
        await harness.until(lambda: "cannot be read" not in harness.text)
        await query(harness, "is:open")
        await harness.until(" of 300 │ all read")


@pytest.mark.parametrize("key", ["r", "R", "j", "F"])
async def test_work_in_the_background_that_cannot_be_kept_is_reported(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        workspace = harness.app.workspace

        def fail(*_: object, **__: object) -> None:
            raise StoreError("The file cannot be used: disk I/O error")

        with monkeypatch.context() as patch:
            for owner, method in (
                (workspace.account.store.screen_states, "put"),
                (workspace.orders.local, "keep"),
                (workspace.orders.local.cache, "get"),
                (workspace.orders.local.cache, "facets"),
                (workspace.orders, "problems_among"),
            ):
                patch.setattr(owner, method, fail)
            await harness.press(key)
            await harness.until("The file cannot be used: disk I/O error")
            await harness.pilot.pause(0.3)
            assert harness.app.return_code is None
        await harness.press("escape")
        assert table(harness).row_count == 300


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (180, 50)])
async def test_the_preview_can_be_hidden(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size, app_settings=Settings(density="list")) as harness:
        await harness.until("all read")
        screen = harness.app.screen
        assert not screen.query_one("#side").display
        assert screen.table.size == (size[0], size[1] - 5)
        await harness.press("j", "tab", "j")
        assert screen.table.cursor == 2
        await harness.press("tab")
        assert "The preview is switched off; O shows the settings." in harness.text
        assert screen.table.has_focus


async def test_a_preview_without_room_gets_no_keys(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(80, 12)) as harness:
        await harness.until("all read")
        await harness.press("tab")
        assert "The terminal has no room for the preview." in harness.text
        await harness.press("j")
        assert harness.app.screen.table.cursor == 1

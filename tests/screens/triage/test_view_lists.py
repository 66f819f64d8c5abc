"""Columns, sort order, counts and marks of the views, and the marked matches of a query, by keys alone."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from app_harness import NOW, AppHarness, open_app
from sandbox_harness import order

from tui.config.settings import Settings
from tui.screens.triage.screen import TriageScreen
from tui.screens.triage.views.view_screen import ViewScreen
from tui.widgets.table import OrderTable
from tui.work.cache.local_orders import LocalOrders


def table(harness: AppHarness) -> OrderTable:
    return harness.app.screen.query_one(OrderTable)


def header(harness: AppHarness) -> list[str]:
    return harness.lines[3].split()


async def query(harness: AppHarness, line: str) -> None:
    await harness.press("slash", "ctrl+u")
    await harness.type(line)
    await harness.press("enter")


def planted(*numbers: str, **changes: object) -> tuple[bytes, ...]:
    return tuple(
        json.dumps(order(order_number=number, order_id=f"id-{number}", **changes) | {"id": f"9900000{index}"}).encode()
        for index, number in enumerate(numbers, 1)
    )


async def test_columns_are_chosen_moved_and_sized_by_key_for_one_view(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        usual = header(harness)
        await harness.press("v", "C")
        await harness.until("Columns of all orders")
        await harness.type("city")
        await harness.press("down", "enter", "<", "+", "+")
        assert "9 shown" in harness.lines[0]
        assert next(line for line in harness.lines[2:] if "city" in line).split()[-3:] == ["city", "10", "city"]
        await harness.press("ctrl+u")
        await harness.type("age")
        await harness.press("down", "enter", "<")
        assert "Enter shows the column first." in harness.text
        await harness.press("escape", "escape")
        await harness.until(lambda: isinstance(harness.app.screen, TriageScreen))
        await harness.until(
            lambda: header(harness) == ["order", "s", "cc", "recipient", "kg", "total", "city", "why", *usual[-4:]]
        )
    async with open_app(tmp_path) as harness:
        # The columns are stored, and belong to that view only.
        await harness.until("300 │ all read")
        assert "city" in header(harness)
        await harness.press("X", "c")
        await harness.until("export to:")
        await harness.press("ctrl+u")
        await harness.type(str(tmp_path / "list.csv"))
        await harness.press("enter")
        await harness.until("300 orders exported")
        titles = (tmp_path / "list.csv").read_text("utf-8-sig").splitlines()[0]
        assert titles == "order,shop,cc,recipient,kg,total,city,why it will not ship"
        await harness.press("v", "f")
        await harness.until("/ is:open is:error")
        assert header(harness) == usual
        await harness.press("v", "0")
        await harness.until(lambda: "city" in header(harness))
        await harness.press("v", "C", "home", "up", "up", "up", "up", "up", "up", "up", "up", "enter", "escape")
        await harness.until(lambda: isinstance(harness.app.screen, TriageScreen) and header(harness) == usual)


async def test_a_view_keeps_its_sort_order(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.press("v", "b")
        await harness.until("/ is:abroad is:open ")
        await harness.press("s")
        await harness.until("h city")
        await harness.press("h")
        await harness.until("/ is:abroad is:open sort:city")
        assert "b abroad" in harness.lines[1], "it is still the view"
        await harness.press("v", "0")
        await harness.until("300 │ all read")
        await harness.press("v", "b")
        await harness.until("/ is:abroad is:open sort:city")
        await harness.press("s", "h")
        await harness.until("/ is:abroad is:open sort:-city")


async def test_views_are_counted_on_the_tab_bar_only_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A label that is found changes counts, too.
    monkeypatch.setattr(LocalOrders, "keep_label", lambda *_: None)
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.until("f to fix")
        views = harness.app.screen._counts  # type: ignore[attr-defined]
        await harness.until(lambda: views._known == views._state())
        cache = harness.app.workspace.orders.local.cache
        passes: list[int] = []
        counts = cache.counts
        monkeypatch.setattr(cache, "counts", lambda found: (passes.append(len(found)), counts(found))[1])
        before = int(harness.lines[1].split()[3])
        await query(harness, "is:error is:open")
        await harness.until(" of 300 │ all read")
        await harness.pilot.pause(0.5)
        assert [count for count in passes if count > 2] == [], "another query changes no count"
        await harness.press("x")
        await harness.until(lambda: int(harness.lines[1].split()[3]) == before - 1)
        assert [count for count in passes if count > 2] == [10], "one pass for all views"


async def test_marks_belong_to_the_view_unless_they_are_kept(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.press("space", "space")
        await query(harness, "number:none")
        await harness.until("2 marked, 2 not in this list")
        await harness.press("v", "f")
        await harness.until("2 marks of the other view removed; * k keeps marks.")
        assert not table(harness).marks
        await harness.press("space", "*", "k")
        await harness.until("Marks stay when you open another view.")
        await harness.press("v", "h")
        await harness.until("1 marked, kept, 1 not in this list")
    async with open_app(tmp_path) as harness:
        await harness.until("1 marked, kept, 1 not in this list")
        await harness.press("*", "k")
        await harness.press("v", "0")
        await harness.until("1 mark of the other view removed")


async def test_a_verified_order_loses_its_mark_and_shows_the_errors_that_are_left(tmp_path: Path) -> None:
    wrong = {"shipping_address__name": "", "shipping_address__company_name": ""}
    async with open_app(tmp_path, plant=planted("LEFT-1", "LEFT-2", **wrong), ticking=True) as harness:
        await harness.until("all read")
        await query(harness, "number:LEFT")
        await harness.until("2 of 302")
        await harness.press("space", "space", "g", "t")
        await harness.until("Tags of LEFT-2")
        await harness.type("urgent")
        await harness.press("tab", "tab")
        await harness.until("Drafted:")
        await harness.press("w")
        await harness.until("will be written")
        await harness.press("y")
        await harness.until("verified; left: no name")
        assert harness.line_with("verified; left")[2] == "!"
        assert table(harness).marks == {"99000001"}


async def test_matches_of_a_query_are_marked_in_row_and_preview(tmp_path: Path) -> None:
    def marked(view: str) -> set[str]:
        widget = harness.app.screen.query_one(f"#{view}")
        lines = [widget.render_line(y) for y in range(1 if view == "orders" else 0, widget.size.height)]
        return {segment.text for line in lines for segment in line if segment.style and segment.style.underline}

    item = {"order_details__order_items__0__sku": "MUG-BLUE-9"}
    address = {"shipping_address__name": "Zoë Özdemir", "shipping_address__city": "Delft"}
    async with open_app(tmp_path, plant=planted("ZOE-1", **address, **item)) as harness:
        await harness.until("all read")
        await query(harness, "ozdemir city:delft blue")
        await harness.until("1 of 301")
        await harness.until(lambda: marked("orders") == {"Özdemir"})
        assert marked("preview") == {"Özdemir", "Delft", "BLUE"}
        # The SKU is shown only because it matches.
        assert "sku: MUG-BLUE-9" in harness.text
        await query(harness, "number:zoe -blue or number:ZOE")
        await harness.until(lambda: marked("orders") == {"ZOE"})
        assert marked("preview") == set()
        await query(harness, "")
        await harness.until("301 │ all read")
        assert marked("orders") == set()


async def test_the_title_counts_down_to_the_next_handover(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.until("hand over 16:00, in 6 h")
        now = NOW + timedelta(hours=5)
        harness.app.workspace.account.now = lambda: now
        object.__setattr__(harness.app.workspace, "now", lambda: now)
        harness.app.screen._title.show()
        await harness.until("hand over 16:00, in 1 h 30 min")


async def test_the_panel_of_another_service_is_not_offered(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("o")
        assert "This service has no panel" in harness.text
        harness.app.workspace.account.client.base_url = "https://panel.sendcloud.sc/api/v3"
        copied: list[str] = []
        harness.app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await harness.press("o")
        await harness.until("Y u copies the address:")
        assert "https://app.sendcloud.com/v2/shipping/list/orders?search=" in harness.text
        await harness.press("Y")
        await harness.until("u address in the panel")
        await harness.press("u")
        assert copied[0].startswith("https://app.sendcloud.com/v2/shipping/list/orders?search=")


async def test_watched_orders_that_are_new_are_named_and_the_cursor_stays(tmp_path: Path) -> None:
    async with open_app(tmp_path, app_settings=Settings(watch_every=0.3), ticking=True) as harness:
        await harness.until("300 │ all read")
        await harness.press("j", "j")
        here = table(harness).cursor_key
        client = harness.app.workspace.account.client
        document = await client.get_order(str(here))
        shop = {"order_id": "watch-1", "order_number": "WATCH-1"}
        new = {key: value for key, value in document.items() if key not in ("id", "created_at", "modified_at")} | shop
        await client.upsert_orders([new])
        await harness.until("1 new")
        assert table(harness).cursor_key == here
        await harness.press("g")
        await harness.until("WATCH-1")
        assert "new" in harness.line_with("WATCH-1")
        await harness.press("S")
        await harness.until(lambda: "1 new" not in harness.text)
        assert here in set(harness.app.workspace.orders.window.keys())


@pytest.mark.parametrize("change_first", [False, True])
async def test_watched_orders_that_only_this_app_changed_are_not_changed(tmp_path: Path, change_first: bool) -> None:
    async with open_app(tmp_path, app_settings=Settings(watch_every=0.3), ticking=True) as harness:
        await harness.until("300 │ all read")
        account, cache = harness.app.workspace.account, harness.app.workspace.orders.local.cache
        here = str(table(harness).cursor_key)
        await harness.press("x", "g", "t")
        await harness.type("own")
        await harness.press("tab", "tab", "w")
        await harness.until("REVIEW")
        if change_first:
            harness.app.workspace.sync.pause()
            await account.client.patch_order(here, {"order_details": {"notes": "of a colleague"}})
        await harness.press("y")
        await harness.until(lambda: not account.drafts.all() and not account.outbox.unfinished)
        harness.app.workspace.sync.refresh()
        read_at = cache.get(here).read_at
        await harness.until(lambda: cache.get(here).read_at > read_at + 0.5)
        assert "own" in (await harness.order(here))["order_details"]["tags"]
        assert cache.changed_since(harness.app.workspace.orders.local.seen_at) == [here] * change_first
        assert ("1 changed" in harness.text) is change_first
        assert bool(harness.app.workspace.marks.of(here).done_at) is not change_first


async def test_the_view_screen_starts_at_the_open_view(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("v", "h")
        await harness.until("/ is:hold is:open")
        await harness.press("v")
        await harness.until(lambda: isinstance(harness.app.screen, ViewScreen))
        assert table(harness).cursor_key == "h"


async def test_a_view_of_the_user_is_removed_and_a_built_in_one_restored(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await query(harness, "country:de")
        for letter, name in (("w", "w Germany"), ("f", "f other")):
            await harness.press("v", "S")
            await harness.until("letter and name of the view:")
            await harness.type(name)
            await harness.press("enter")
            await harness.until(f"Saved: v {letter} shows")
        await harness.press("v")
        await harness.until("other")
        await harness.press("home", "D")
        await harness.until("The view is as built in again.")
        assert "is:open is:error" in harness.lines[2]
        await harness.press("D")
        await harness.until("This view is built in, so it cannot be removed.")
        await harness.press("end", "up", "D")
        await harness.until("Removed: Germany.")
        assert "Germany" not in "\n".join(harness.lines[:-2])

"""Done, snoozed and flagged as tags, which are drafts that go through the review; and undo of private marks."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, AppHarness, open_app
from sandbox_harness import order

from tui.config.settings import Settings
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.widgets.table import OrderTable

TAGS = Settings(mark_tags={"done": "packed", "snoozed": "later", "flagged": "look"})


def table(harness: AppHarness) -> OrderTable:
    return harness.app.screen.query_one(OrderTable)


def key_here(harness: AppHarness) -> str:
    key = table(harness).cursor_key
    assert key is not None
    return key


def drafted_tags(harness: AppHarness, key: str) -> Any:
    draft = harness.app.workspace.account.drafts.get(key)
    return draft.edit.document["order_details"]["tags"] if draft is not None else None


async def test_marks_draft_tags_and_their_removal(tmp_path: Path) -> None:
    async with open_app(tmp_path, app_settings=TAGS) as harness:
        await harness.until("all read")
        key = key_here(harness)
        before = (await harness.order(key))["order_details"].get("tags") or []
        await harness.press("f")
        await harness.until("flagged on this machine, tag +look drafted.")
        assert drafted_tags(harness, key) == [*before, "look"]
        await harness.press("g", "z", "t")
        await harness.until("until it changes, tag +later")
        assert drafted_tags(harness, key) == [*before, "look", "later"]
        table(harness).go_to_key(key)
        await harness.press("f")
        await harness.until("no longer flagged, tag -look drafted.")
        assert drafted_tags(harness, key) == [*before, "later"]
        table(harness).go_to_key(key)
        await harness.press("z", "e")
        await harness.until("no longer snoozed, tag -later drafted.")
        assert harness.app.workspace.account.drafts.get(key) is None
        assert ((await harness.order(key))["order_details"].get("tags") or []) == before


async def test_a_tag_that_was_sent_does_not_end_done(tmp_path: Path) -> None:
    async with open_app(tmp_path, app_settings=TAGS) as harness:
        await harness.until("all read")
        keys = {key_here(harness)}
        await harness.press("space")
        keys.add(key_here(harness))
        await harness.press("space", ";", "x")
        await harness.until("2 orders set to done on this machine, tag +packed drafted.")
        await harness.press("w")
        await harness.until("REVIEW · 2 orders")
        await harness.press("y")
        account = harness.app.workspace.account
        await harness.until(lambda: not account.drafts.all() and not account.outbox.unfinished)
        for key in keys:
            assert "packed" in (await harness.order(key))["order_details"]["tags"]
        await harness.press("R")
        await harness.until("all read")
        assert harness.app.workspace.marks.keys(lambda mark: mark.done_at) == keys


async def test_a_colleagues_tag_stays_without_a_mark(tmp_path: Path) -> None:
    async with open_app(tmp_path, app_settings=Settings(mark_tags={"done": "packed"})) as harness:
        await harness.until("all read")
        key = key_here(harness)
        await harness.press("f")
        await harness.until("flagged on this machine.")
        assert drafted_tags(harness, key) is None


async def test_the_tag_of_a_snooze_that_ends_with_its_time_is_drafted_away(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box, app_settings=TAGS) as harness:
        await harness.until("all read")
        key = key_here(harness)
        await harness.press("z", "1")
        await harness.until("tag +later")
        await harness.press("w")
        await harness.until("REVIEW")
        await harness.press("y")
        account = harness.app.workspace.account
        await harness.until(lambda: not account.drafts.all() and not account.outbox.unfinished)
        assert "later" in (await harness.order(key))["order_details"]["tags"]
        assert harness.app.workspace.marks.of(key).snoozed_until
    # It ends while the app is closed.
    async with open_app(tmp_path, sandbox=box, app_settings=TAGS, later=timedelta(hours=1)) as harness:
        await harness.until("1 order no longer snoozed, tag -later drafted.")
        assert "later" not in drafted_tags(harness, key)
        assert "later" in (await harness.order(key))["order_details"]["tags"]
        # It is drafted once: what the user takes back is not drafted again.
        table(harness).go_to_key(key)
        await harness.press("u")
        await harness.until("Undone: ")
        await harness.press("R")
        await harness.until("all read")
        assert drafted_tags(harness, key) is None
    box.close()


async def test_the_tag_of_a_snooze_that_ends_while_the_app_runs_is_drafted_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(tmp_path, app_settings=TAGS) as harness:
        await harness.until("all read")
        key, marks = key_here(harness), harness.app.workspace.marks
        marks.snooze([key], NOW + timedelta(seconds=3))
        monkeypatch.setattr(marks, "_now", lambda: NOW)
        await harness.press("f")
        monkeypatch.setattr(marks, "_now", lambda: NOW + timedelta(seconds=3))
        await harness.until(lambda: "snoozed" not in marks.of(key).names)
        await harness.until(lambda: not marks.ended())


async def test_the_tags_of_marks_that_a_change_of_the_order_ends_are_drafted_away(tmp_path: Path) -> None:
    async with open_app(tmp_path, app_settings=TAGS) as harness:
        await harness.until("all read")
        key = key_here(harness)
        await harness.press("x")
        await harness.until("tag +packed drafted")
        workspace = harness.app.workspace
        document = {**(workspace.orders.find(key) or {}), "updated_elsewhere": "yes"}
        workspace.orders.local.keep([document])
        workspace.sync.on_change()
        await harness.until(lambda: drafted_tags(harness, key) is None)
        assert not workspace.marks.of(key).done_at


@pytest.mark.parametrize(
    ("keys", "done"),
    [
        ("x", "set to done on this machine"),
        ("f", "flagged on this machine"),
        ("z t", "snoozed until"),
        ("i a enter", "noted on this machine"),
    ],
)
async def test_undo_takes_back_a_private_mark_and_its_tag(tmp_path: Path, keys: str, done: str) -> None:
    async with open_app(tmp_path, app_settings=TAGS) as harness:
        await harness.until("all read")
        key, marks = key_here(harness), harness.app.workspace.marks
        await harness.press(*keys.split())
        await harness.until(done)
        await harness.press("j", "u")
        await harness.until("Undone: ")
        assert done in harness.text
        assert marks.of(key).is_empty
        assert harness.app.workspace.account.drafts.all() == []
        assert key_here(harness) == key
        await harness.press("U")
        await harness.until("Redone: ")
        assert not marks.of(key).is_empty
        assert bool(harness.app.workspace.account.drafts.all()) is (keys[0] != "i")


async def test_undo_brings_an_order_back_into_the_work_list(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("v", "f")
        await harness.until("/ is:open is:error")
        await harness.until("all read")
        key, count = key_here(harness), table(harness).row_count
        await harness.press("x")
        await harness.until(lambda: table(harness).row_count == count - 1)
        await harness.press("u")
        await harness.until("set to done on this machine.")
        # The list that would be counted still lacks the order.
        assert "left to fix" not in harness.text
        await harness.until(lambda: table(harness).row_count == count)
        await harness.until(lambda: key_here(harness) == key)


async def test_undo_of_marked_orders_marks_them_again(tmp_path: Path) -> None:
    async with open_app(tmp_path, app_settings=TAGS) as harness:
        await harness.until("all read")
        await harness.press("x", "g", "space", "space", "space")
        chosen, marks = table(harness).marks, harness.app.workspace.marks
        before = {key: marks.of(key).names for key in chosen}
        await harness.press(";", "x")
        await harness.until("3 orders set to done on this machine, tag +packed drafted.")
        await harness.press("u")
        await harness.until("Undone: 3 orders set to done on this machine, tag -packed drafted.")
        assert table(harness).marks == chosen
        assert {key: marks.of(key).names for key in chosen} == before


async def test_undo_takes_back_the_latest_action_first(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        drafts, marks = harness.app.workspace.account.drafts, harness.app.workspace.marks
        done = key_here(harness)
        await harness.press("x")
        await harness.until("set to done")
        await harness.press("t")
        await harness.type("x")
        await harness.press("tab", "tab")
        await harness.until("Drafted: ")
        await harness.press("u")
        await harness.until("Undone: ")
        assert not drafts.all()
        assert marks.of(done).done_at
        await harness.press("u")
        await harness.until("set to done on this machine.")
        assert not marks.of(done).done_at
        await harness.press("u")
        await harness.until("Nothing to undo on this order.")


@pytest.mark.parametrize("tags", [None, [], "absent"])
async def test_undo_leaves_no_draft_of_an_order_without_tags(tmp_path: Path, tags: Any) -> None:
    planted = order(order_number="BARE", order_id="bare") | {"id": "99000001"}
    planted["order_details"]["tags"] = tags
    if tags == "absent":
        del planted["order_details"]["tags"]
    async with open_app(tmp_path, app_settings=TAGS, plant=(json.dumps(planted).encode(),), orders=0) as harness:
        await harness.until("all read")
        await harness.press("x")
        await harness.until("tag +packed drafted")
        await harness.press("u")
        await harness.until("Undone: BARE set to done on this machine, tag -packed drafted.")
        assert harness.app.workspace.account.drafts.all() == []


async def test_the_tag_of_an_order_that_is_gone_is_not_drafted_away(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box, app_settings=TAGS) as harness:
        await harness.until("all read")
        key, workspace = key_here(harness), harness.app.workspace
        workspace.marks.snooze([key], NOW + timedelta(hours=1))
        workspace.orders.local.mark_gone([key])
    async with open_app(tmp_path, sandbox=box, app_settings=TAGS, later=timedelta(hours=1)) as harness:
        await harness.until(lambda: not harness.app.workspace.marks.ended())
        assert harness.app.workspace.account.drafts.all() == []
    box.close()

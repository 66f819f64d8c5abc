"""Done, snoozed and flagged as tags: drafts that go through the review; and the next order after each action."""

from pathlib import Path
from typing import Any

from app_harness import AppHarness, open_app

from tui.config.settings import Settings
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
        await harness.until("No longer snoozed, tag -later drafted.")
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

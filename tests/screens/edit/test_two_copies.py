"""Two copies of the app on one order: each sees the other and its changes; a conflict is shown and decided."""

from pathlib import Path

import pytest
from app_harness import NOW, AppHarness, open_app

from tui.api.pointer import Pointer
from tui.screens.edit.screen import EditScreen
from tui.store.store import Store
from tui.work.drafts.drafts import Draft, Drafts
from tui.work.drafts.presence import Presence

NAME = Pointer.of("shipping_address", "name")
COMPANY = Pointer.of("shipping_address", "company_name")


class OtherCopy:
    """Another copy of the app with the same order open."""

    def __init__(self, harness: AppHarness, folder: Path) -> None:
        account = harness.app.workspace.account
        screen = harness.app.screen
        assert isinstance(screen, EditScreen)
        assert screen.draft is not None
        self.store = Store(folder, now=lambda: NOW)
        self.drafts = Drafts(self.store, account.account_id, lambda: NOW)
        self.draft: Draft = self.drafts.of(screen.order_id, screen.draft.edit.base, NOW)
        self.presence = Presence(self.store, account.account_id)
        self.presence.enter(screen.order_id)

    def put(self, pointer: Pointer, value: str) -> None:
        self.draft.edit.put(pointer, value, "changed")
        self.drafts.save(self.draft)


async def test_both_copies_see_each_other_and_their_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.edit.screen._LOOK_EVERY", 0.05)
    async with open_app(tmp_path, size=(140, 40)) as harness:
        await harness.until("all read")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        other = OtherCopy(harness, tmp_path)
        await harness.until("also open in another copy")
        assert other.presence.others(other.draft.order_id) == 1

        other.put(COMPANY, "Kaarsen BV")
        await harness.until("Another copy of the app changed Ship to, company.")
        assert "Kaarsen BV" in harness.text

        await harness.replace("Jan Klaassen")
        assert other.drafts.join_others(other.draft)
        assert NAME.get(other.draft.edit.document) == "Jan Klaassen"

        other.put(NAME, "Piet")
        await harness.until("Another copy of the app changed Ship to, name")
        assert "Piet" in harness.line_with("name")

        other.store.close()
        account = harness.app.workspace.account
        account.store.screen_states.put(account.account_id, "a", 1)
        await harness.press("q")
        await harness.until(lambda: not isinstance(harness.app.screen, EditScreen))
        assert not account.store.screen_states.keys(
            account.account_id, f"open:{other.draft.order_id}:{account.store.sessions.mine}"
        )


async def test_a_conflict_with_another_copy_is_shown_and_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.edit.screen._LOOK_EVERY", 3600.0)
    async with open_app(tmp_path, size=(140, 40)) as harness:
        await harness.until("all read")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        other = OtherCopy(harness, tmp_path)
        other.put(NAME, "Piet")
        await harness.replace("Jan Klaassen")
        await harness.until("another copy: Piet (was")
        assert "1 to decide: c" in harness.text
        screen = harness.app.screen
        assert isinstance(screen, EditScreen)
        assert screen.sheet.go_to(NAME)
        await harness.press("c", "t")
        await harness.until(lambda: NAME.get(screen.draft.document) == "Piet")  # type: ignore[union-attr]
        other.store.close()

"""Undoing writes: drafts of what orders were before, for one order, a write, or a bulk change."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tui.orders.progress import Progress
from tui.screens.common.commands import handles
from tui.screens.common.routes import ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.journal.write_list import WriteList
from tui.screens.review.drafts import review_drafts
from tui.work.journal.entries import JournalEntry
from tui.work.journal.undo import UndoResult, step_name, summary, undo, why_not


class UndoCommands:
    """Undo, and the review of what it drafted."""

    def __init__(self, screen: BaseScreen[Any], writes: WriteList) -> None:
        self._screen = screen
        self._workspace = screen.workspace
        self._writes = writes

    @handles("undo")
    async def undo(self, key: str) -> None:
        brief, row = self._writes.brief, self._writes.place
        if brief is None or row is None:
            return
        answers = []
        if brief.orders > 1:
            answers.append(("w", f"all {brief.orders} orders of this write"))
        if brief.job is not None:
            answers.append(("j", f"the whole of {brief.job}"))
        if not answers:
            self._undo([brief.id], None)
            return
        if self._writes.is_one_order:
            answers.insert(0, ("o", f"{brief.first.name} only"))
        answer = await self._screen.ask("Undo", answers)
        if answer == "j":
            account = self._workspace.account
            found = account.store.journal_queries.find(account.account_id, job=brief.job)
            self._undo([id for id, _ in found], None)
        elif answer is not None:
            self._undo([brief.id], row[1] if answer == "o" else None)

    def _undo(self, ids: Sequence[int], only: int | None) -> None:
        self._screen.show_notice("Reading what is there now …")
        work = self._draft_inverse(ids, only)
        self._screen.run_worker(work, name="draft the way back", group="read", exclusive=True)

    async def _draft_inverse(self, ids: Sequence[int], only: int | None) -> None:
        workspace, screen = self._workspace, self._screen
        entries: list[JournalEntry] = []
        for id in ids:
            entry = self._writes.open(id)
            if entry is not None:
                entries.append(replace(entry, only=only))
            await asyncio.sleep(0)
        reason = why_not(entries[0]) if len(entries) == 1 else None
        if reason is not None or not entries:
            screen.show_notice(reason or "This write was removed from the journal.")
            return

        def show(progress: Progress) -> None:
            if progress.total > 1:
                screen.show_notice(f"{progress.done} of {progress.total} orders read again …")

        name = step_name(entries[0], workspace.account.zone)
        with screen.report_store_errors():
            results = await undo(workspace.account, workspace.staging, entries, name, show)
            for result in results:
                if result.named.remote_id:
                    workspace.order_changed(result.named.remote_id)
            screen.show_all()
            screen.show_notice(summary(results))
            if len(results) > 1 and screen.is_active and not screen.is_typing:
                # Orders that need attention come first.
                results.sort(key=lambda result: result.outcome == "drafted")
                workspace.go(ShowText(f"Undo: {summary(results)}", "\n".join(map(_line_of, results))))

    @handles("review")
    def review(self, key: str) -> None:
        review_drafts(self._screen, self._workspace.account.drafts.all())


def _line_of(result: UndoResult) -> str:
    name = result.named.name
    text = result.message.removeprefix(f"{name}: ").removesuffix(" w reviews.")
    return f"{name}  {text}" if text.startswith(str(result.outcome)) else f"{name}  {result.outcome}: {text}"

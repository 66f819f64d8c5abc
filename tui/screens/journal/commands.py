"""Commands on writes: undo, open the order, recheck, export."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tui.keymap import Context
from tui.orders.formats import day_text
from tui.orders.progress import Progress
from tui.screens.common.commands import handles
from tui.screens.common.exporting import ask_export_path, report_export
from tui.screens.common.routes import EditOrder, ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace_actions import look_up_again
from tui.screens.journal.recheck import RecheckScreen
from tui.screens.journal.rows import WriteList
from tui.screens.review.drafts import review_drafts
from tui.widgets.input_line import InputLine
from tui.work.journal.day_report import ReportFormat, export_report
from tui.work.journal.entries import JournalEntry, export
from tui.work.journal.recheck import entries_of_day, recheck
from tui.work.journal.undo import UndoResult, step_name, summary, undo, why_not
from tui.work.stored import WriteState


class WriteCommands:
    """Undo drafts the old values, which the review sends. `line` asks for the file of an export."""

    def __init__(self, screen: BaseScreen[Any], writes: WriteList, line: InputLine) -> None:
        self._screen = screen
        self._workspace = screen.workspace
        self._writes = writes
        self._line = line

    @handles("undo")
    async def undo(self, key: str) -> None:
        brief, row = self._writes.brief, self._writes.place
        if brief is None or row is None:
            return
        answers = []
        if brief.orders > 1:
            answers.append(("w", f"all {brief.orders} orders of this write"))
        if brief.job is not None:
            answers.append(("j", f"all of {brief.job}"))
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
        self._screen.show_notice("Reading the current values …")
        work = self._draft_inverse(ids, only)
        self._screen.run_worker(work, name="draft the undo", group="read", exclusive=True)

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
            screen.show_notice(summary(results, workspace.keymap.key))
            if len(results) > 1 and screen.is_active and not screen.is_typing:
                # Orders that need attention come first.
                hint = f" {screen.key('review')} reviews."
                results.sort(key=lambda result: result.outcome == "drafted")
                workspace.go(
                    ShowText(
                        f"Undo: {summary(results, workspace.keymap.key)}",
                        "\n".join(_line_of(result, hint) for result in results),
                    )
                )

    @handles("review")
    def review(self, key: str) -> None:
        review_drafts(self._screen, self._workspace.account.drafts.all())

    @handles("order")
    def open_order(self, key: str) -> None:
        order_id = self._writes.order_id
        if order_id is not None and order_id.isdecimal():
            self._workspace.go(EditOrder(order_id))
        elif self._writes.brief is not None:
            self._screen.show_notice(
                f"This row has several orders; {self._screen.key('sort')}, by order, shows a row for each."
            )
        else:
            self._screen.show_notice("No write selected.")

    @handles("recheck")
    async def recheck(self, key: str) -> None:
        brief, order_id = self._writes.brief, self._writes.order_id
        is_unknown = brief is not None and brief.state is WriteState.UNKNOWN
        if is_unknown and order_id and look_up_again(self._screen, order_id):
            return
        day = await self._ask_day("Recheck the changes of")
        if day is None:
            return
        self._screen.show_notice("Refreshing the orders …")
        self._screen.run_worker(self._read_again(day), name="read changes again", group="read", exclusive=True)

    async def _ask_day(self, question: str) -> date | None:
        """Today, or the day of the write under the cursor if the user chooses it; None if they cancel."""
        zone, brief = self._workspace.account.zone, self._writes.brief
        today = self._workspace.now().astimezone(zone).date()
        day = brief.at.astimezone(zone).date() if brief is not None else today
        if day == today:
            return today
        answers = [("t", "today"), ("d", f"{day_text(day)}, the day of this write")]
        answer = await self._screen.ask(question, answers)
        return None if answer is None else today if answer == "t" else day

    async def _read_again(self, day: date) -> None:
        account, screen = self._workspace.account, self._screen
        entries = entries_of_day(account.store, account.account_id, account.client.base_url, day, account.zone)
        if not entries:
            screen.show_notice(f"No change of {day_text(day)} was verified, so there is nothing to recheck.")
            return
        checks = await recheck(
            account.client, entries, lambda now: screen.show_notice(f"{now.done} of {now.total} orders read again …")
        )
        screen.show_notice("")
        if screen.is_active and not screen.is_typing:
            self._workspace.open(RecheckScreen(self._workspace, day, checks))
        else:
            screen.show_notice(f"Recheck finished; {screen.key('recheck', Context.JOURNAL)} shows the result.")

    @handles("export")
    async def export(self, key: str) -> None:
        answers = [("j", "this list, JSON lines"), ("t", "day's report, text"), ("c", "day's report, CSV")]
        answer = await self._screen.ask("Export", answers)
        if answer == "j":
            await self._export_list()
        elif answer is not None and (day := await self._ask_day("Report of")) is not None:
            await self._export_report(day, ReportFormat.TEXT if answer == "t" else ReportFormat.TABLE)

    async def _export_report(self, day: date, format: ReportFormat) -> None:
        account = self._workspace.account
        path = await ask_export_path(self._screen, self._line, "report", format.value, day)
        if path is not None:
            self._screen.show_notice("Exporting the report …")
            await report_export(self._screen, export_report(account, day, account.zone, path, format), "order", path)

    async def _export_list(self) -> None:
        rows = self._writes.rows
        if rows is None or not len(rows):
            self._screen.show_notice("There is nothing to export in this list.")
            return
        path = await ask_export_path(self._screen, self._line, "journal")
        rows = self._writes.rows
        if path is not None and rows is not None:
            account = self._workspace.account
            ids = sorted({id for id, _ in rows.elements})
            self._screen.show_notice(f"Exporting {len(ids)} writes …")
            exporting = export(account.store, account.client.base_url, ids, path)
            await report_export(self._screen, exporting, "write", path)


def _line_of(result: UndoResult, hint: str) -> str:
    name = result.named.name
    text = result.message.removeprefix(f"{name}: ").removesuffix(hint)
    return f"{name}  {text}" if text.startswith(str(result.outcome)) else f"{name}  {result.outcome}: {text}"

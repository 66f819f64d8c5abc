"""From a write to its order, reading again what the writes of a day changed, and exporting the writes of the list."""

from datetime import date
from typing import Any

from tui.screens.common.commands import handles
from tui.screens.common.exporting import ask_export_path, report_export
from tui.screens.common.routes import EditOrder
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace_actions import look_up_again
from tui.screens.journal.recheck import RecheckScreen
from tui.screens.journal.write_list import WriteList
from tui.store.journal import WriteState
from tui.widgets.input_line import InputLine
from tui.work.journal.entries import export
from tui.work.journal.recheck import entries_of_day, recheck


class RecordCommands:
    """Open, recheck and export. `line` asks for the file."""

    def __init__(self, screen: BaseScreen[Any], writes: WriteList, line: InputLine) -> None:
        self._screen = screen
        self._workspace = screen.workspace
        self._writes = writes
        self._line = line

    @handles("order")
    def open_order(self, key: str) -> None:
        order_id = self._writes.order_id
        if order_id is not None and order_id.isdecimal():
            self._workspace.go(EditOrder(order_id))
        elif self._writes.brief is not None:
            self._screen.show_notice("This row is about several orders; s by order has a row for each.")
        else:
            self._screen.show_notice("No write.")

    @handles("recheck")
    async def recheck(self, key: str) -> None:
        zone = self._workspace.account.zone
        today = self._workspace.now().astimezone(zone).date()
        brief, order_id = self._writes.brief, self._writes.order_id
        is_unknown = brief is not None and brief.state is WriteState.UNKNOWN
        if is_unknown and order_id and look_up_again(self._screen, order_id):
            return
        day = brief.at.astimezone(zone).date() if brief is not None else today
        if day != today:
            answers = [("t", "today"), ("d", f"{day:%a %d %b}, the day of this write")]
            answer = await self._screen.ask("Read again the changes of", answers)
            if answer is None:
                return
            day = today if answer == "t" else day
        self._screen.show_notice("Reading the orders again …")
        self._screen.run_worker(self._read_again(day), name="read changes again", group="read", exclusive=True)

    async def _read_again(self, day: date) -> None:
        account, screen = self._workspace.account, self._screen
        entries = entries_of_day(account.store, account.account_id, account.client.base_url, day, account.zone)
        if not entries:
            screen.show_notice(f"No change of {day:%a %d %b} was verified, so there is nothing to read again.")
            return
        checks = await recheck(
            account.client, entries, lambda now: screen.show_notice(f"{now.done} of {now.total} orders read again …")
        )
        screen.clear_notice()
        if screen.is_active and not screen.is_typing:
            self._workspace.open(RecheckScreen(self._workspace, day, checks))
        else:
            screen.show_notice("The changes were read again; r shows them.")

    @handles("export")
    async def export(self, key: str) -> None:
        rows = self._writes.rows
        if rows is None or not len(rows):
            self._screen.show_notice("There is nothing to export in this list.")
            return
        path = await ask_export_path(self._screen, self._line, "journal")
        rows = self._writes.rows
        if path is not None and rows is not None:
            account = self._workspace.account
            ids = sorted({id for id, _ in rows.places})
            self._screen.show_notice(f"Exporting {len(ids)} writes …")
            exporting = export(account.store, account.client.base_url, ids, path)
            await report_export(self._screen, exporting, "write", "", path)

"""The order under the cursor as JSON, and the marked orders as a table in $EDITOR, whose changes become drafts."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tui.api.codec import Document, same
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.edits.table_text import (
    USUAL_COLUMNS,
    TableChanges,
    UnknownColumn,
    column_paths,
    columns_named,
    read_text,
    to_text,
)
from tui.orders.summary import order_name
from tui.orders.tables.values.weight_entry import parse_weight
from tui.screens.common.commands import handles
from tui.screens.common.routes import EditOrder, ShowText
from tui.screens.order.external_editor import TextFormat, edit_text
from tui.screens.review.drafts import review_drafts
from tui.screens.triage.draft_group import DraftGroup
from tui.screens.triage.order_list import OrderCommands, OrderList
from tui.work.drafts.drafts import Draft
from tui.work.drafts.edited_table import KEY, EditedTable, UnusedTable, members_of
from tui.work.editor_texts import TextPlace

_FILE: Final = TextFormat("orders.tsv", 16 * 1024 * 1024)
_COLUMNS: Final = "triage.table"
"""The store key of the columns that were entered last."""
_STEP: Final = "table in $EDITOR"
_MOST_OFFERED: Final = 8


class TableCommands(OrderCommands):
    """Edits orders as text."""

    def __init__(self, orders: OrderList, group: DraftGroup) -> None:
        super().__init__(orders)
        self._group = group
        account = self._workspace.account
        self._unused = UnusedTable(account.store, account.account_id)
        self.has_unused = self._unused.get() is not None
        """Whether a table that was edited waits, because some of its lines could not be used."""

    @handles("as_text")
    async def edit_as_text(self, key: str) -> None:
        on_marked = self._screen.on_marked
        if (table := self._unused.get()) is not None:
            answers = [("e", "continue with it"), ("d", "discard it")]
            waiting = f"A table of {count_of(len(table.orders), 'order')} was edited and not used yet"
            answer = await self._screen.ask(waiting, answers)
            if answer == "e":
                await self._use(table)
            if answer != "d":
                return
            self._forget()
        if on_marked:
            await self._edit_marked()
        elif (order := self._orders.changeable()) is not None:
            self._orders.remember()
            self._workspace.go(EditOrder(order_key(order), as_json=True))

    async def _edit_marked(self) -> None:
        index, marks = self._workspace.orders, self._orders.table.marks
        listed = [key for key in index.window.keys() if key in marks]  # noqa: SIM118 - a window is no mapping
        wanted = [*listed, *sorted(marks - set(listed))]
        orders = {
            key: self._orders.draft_of(order).edit.document
            for key in wanted
            if key.isdecimal() and (order := index.find(key)) is not None
        }
        if not orders:
            self._screen.show_notice("None of the marked orders was read, so there is no table of them.", "warning")
            return
        names = await self._ask_columns(list(orders.values()))
        if not names:
            return
        missing = len(wanted) - len(orders)
        notes = [f"{count_of(missing, 'marked order')} not in the table: never read."] if missing else []
        table = EditedTable("", names, orders, notes)
        text = await edit_text(self._screen, to_text(orders, table.columns), _place(table), _FILE)
        if text is not None:
            await self._use(replace(table, text=text))

    async def _ask_columns(self, documents: Sequence[Document]) -> list[str]:
        """Ask for the names of the columns, proposing the last ones."""
        account = self._workspace.account
        kept = account.store.screen_states.get(account.account_id, _COLUMNS)
        line: str | None = kept if isinstance(kept, str) else USUAL_COLUMNS
        while line := await self._orders.prompt.ask("columns: ", line or "", complete=_complete):
            names = line.replace(",", " ").split()
            try:
                columns_named(names, documents)
            except UnknownColumn as error:
                self._screen.show_notice(str(error), "error")
                continue
            account.store.screen_states.put(account.account_id, _COLUMNS, line)
            return names
        return []

    async def _use(self, table: EditedTable) -> None:
        """Draft what the table changes. While a line cannot be used, ask whether to edit the text again."""
        try:
            columns = table.columns
        except UnknownColumn as error:
            self._screen.show_notice(str(error), "error")
            return
        now = self._workspace.now().astimezone(self._workspace.account.zone)
        while (changes := read_text(table.text, table.orders, columns, now, parse_weight)).problems:
            self._unused.put(table)
            self.has_unused = True
            first, count = changes.problems[0], count_of(len(changes.problems), "problem")
            answers = [("e", "edit again"), ("d", "discard"), ("p", f"show {count}")]
            answer = await self._screen.ask(f"Line {first.line}: {first.text}", answers)
            if answer is None:
                self._screen.show_notice(
                    f"Nothing was drafted. The text is kept; {self._screen.key('as_text')} continues with it.",
                    "warning",
                )
                return
            if answer == "d":
                self._forget()
                self._screen.show_notice("The text was discarded; nothing was changed.", "warning")
                return
            if answer == "p":
                lines = "\n".join(f"line {problem.line}: {problem.text}" for problem in changes.problems)
                self._workspace.go(ShowText(f"Nothing was drafted: {count}", lines))
                self._screen.call_after_refresh(self._screen.run_dialog, self._use(table))
                return
            text = await edit_text(self._screen, table.text, _place(table), _FILE, line=first.line)
            table = replace(table, text=text or table.text)
        self._draft(changes, table.orders, [*table.notes, *changes.notes])
        self._forget()

    def _forget(self) -> None:
        if self.has_unused:
            self._unused.forget()
            self.has_unused = False

    def _draft(self, changes: TableChanges, orders: Mapping[str, Document], notes: list[str]) -> None:
        drafts: list[Draft] = []
        for key, values in changes.values.items():
            order = self._workspace.orders.find(key)
            draft = self._orders.draft_of(order) if order is not None else None
            if draft is None or not same(draft.edit.document, orders[key]):
                notes.append(f"{order_name(orders[key])} changed while the text was edited; its line was not used.")
            elif draft.edit.put_all(values, _STEP):
                self._orders.save(draft)
                drafts.append(draft)
        if drafts:
            self._group.set(_STEP, [draft.order_id for draft in drafts])
            review_drafts(self._screen, drafts, notes)
        else:
            self._screen.show_notice(" ".join(["Nothing was changed.", *notes]))


def _place(table: EditedTable) -> TextPlace:
    """Where the text is stored if the app ends while it is open in $EDITOR: with the tables that were not used yet."""
    name = f"the table of {count_of(len(table.orders), 'order')}"
    return TextPlace(KEY, name, "as_text", Context.TRIAGE, members_of(table))


def _complete(line: str) -> tuple[str, str]:
    """Complete the last name while it is unambiguous; the notice lists what may follow."""
    start = max(line.rfind(" "), line.rfind(",")) + 1
    found = [name for name in column_paths() if name.startswith(line[start:])]
    if not found:
        return line, "no such column"
    certain = os.path.commonprefix(found)  # noqa: RUF071 - of names, letter by letter
    more = f" and {len(found) - _MOST_OFFERED} more" if len(found) > _MOST_OFFERED else ""
    return line[:start] + certain, "" if len(found) == 1 else "  ".join(found[:_MOST_OFFERED]) + more

"""The journal: every write with its change and its end, by time, order or outcome, and the way back from it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import decode, encode
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.progress import Progress
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, EditOrder, OpenComposer, OpenJournal, Page, ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import look_up_again
from tui.screens.journal.entry_lines import entry_lines, many_lines, preview_lines
from tui.screens.journal.recheck import RecheckScreen
from tui.screens.journal.rows import Place, WriteRows, columns, key_of_place
from tui.screens.review.drafts import review_drafts
from tui.store.journal import WriteState
from tui.store.journal_queries import JournalRow, JournalSort
from tui.widgets.dialogs import QuestionBar
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager, TextLine
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar
from tui.widgets.tab_bar import TabLabel as StripEntry
from tui.widgets.table import OrderTable
from tui.widgets.text import safe
from tui.work.journal.entries import (
    GROUPS,
    PRUNED,
    JournalEntry,
    description,
    entry_line,
    export,
    group_of,
    open_entry,
    states_of,
)
from tui.work.journal.recheck import entries_of_day, recheck
from tui.work.journal.undo import UndoResult, step_name, told, undo, why_not
from tui.work.typed_paths import at_home, completed
from tui.work.writes.send_state import SendState

_ALL = "all"
_WIDE = 120


class JournalScreen(BaseScreen[None]):
    """`order_id`: begin at the newest write of this order."""

    WHERE = Context.JOURNAL
    CSS = """
    #journal { height: 1fr; layout: vertical; }
    #journal OrderTable { height: 1fr; }
    #journal #entry-side { height: 8; layout: vertical; }
    #journal #entry { height: 1fr; }
    #journal.-wide { layout: horizontal; }
    #journal.-wide #entry-side { width: 40%; height: 1fr; }
    #journal.-whole OrderTable { display: none; }
    #journal.-whole #entry-side { width: 1fr; height: 1fr; }
    """

    def __init__(self, workspace: Workspace, order_id: str | None = None) -> None:
        super().__init__(workspace)
        self._wanted_order = order_id
        self._sorting = JournalSort.TIME
        self._words = ""
        self._rows: WriteRows | None = None
        self._what: dict[int, str] = {}
        self._total = 0
        self._several = False
        self._is_wide = False
        self._as_json = False
        self._is_stale = False
        self._was_left = False

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield TabBar()
        yield FilterLine()
        with Container(id="journal"):
            yield OrderTable(columns(False, False), empty="Nothing was written yet.", id="writes")
            with Container(id="entry-side"):
                yield RuleLine(id="entry-rule")
                yield Pager(id="entry")
        yield InputLine("into the file: ", hides=True, id="export-file")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    def on_mount(self) -> None:
        super().on_mount()
        self._reload()
        self.go_to_order(self._wanted_order)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.remember_place(OpenJournal())
        if self._was_left:
            self._reload()

    def on_screen_suspend(self) -> None:
        self._was_left = True

    def on_resize(self) -> None:
        wide = self.size.width >= _WIDE
        if wide != self._is_wide:
            self._is_wide = wide
            self.query_one("#journal").set_class(wide, "-wide")
            self._reload()
        # Its lines are made for its width, which is known when it is laid out.
        self.call_after_refresh(lambda: self._show_entry(keep_place=True))

    @property
    def table(self) -> OrderTable:
        return self.query_one("#writes", OrderTable)

    @property
    def pane(self) -> Pager:
        return self.query_one("#entry", Pager)

    @property
    def tab_bar(self) -> TabBar:
        return self.query_one(TabBar)

    @property
    def is_whole(self) -> bool:
        """Whether the entry has the screen for itself."""
        return self.query_one("#journal").has_class("-whole")

    @property
    def list_view(self) -> LineView:
        return self.pane if self.is_whole or self.pane.has_focus else self.table

    def show_keys(self) -> None:
        words = [("Enter", "open"), ("u", "undo"), ("w", "review"), ("n", "next !"), ("/", "filter"), ("s", "sort")]
        self.query_one(KeyLine).set([*words, ("r", "today again"), ("X", "export"), ("?", "keys")])

    # What is shown.

    def _reload(self) -> None:
        """Find again what is in the list; cursor and place stay with the write they are on."""
        self._is_stale = False
        if not self.is_attached:
            return
        account = self.workspace.account
        briefs = account.store.journal_queries
        counts = briefs.count(account.account_id)
        self._total = counts.total()
        groups = dict.fromkeys(GROUPS, 0)
        for (state, kind), count in counts.items():
            groups[group_of(state, kind)] += count
        entries = [StripEntry(_ALL, "all", str(self._total or ""))]
        entries += [
            StripEntry(group, group, str(count or ""), failing=group == "unknown" and count > 0, empty=not count)
            for group, count in groups.items()
        ]
        self.tab_bar.set_labels(entries, self.tab_bar.current or _ALL)
        self._several = len(briefs.writers(account.account_id)) > 1
        states, kinds = (None, None) if self._group is None else states_of(self._group)
        places = briefs.find(
            account.account_id, states=states, kinds=kinds, terms=self._words.split(), sort=self._sorting
        )
        by_order = self._sorting is JournalSort.ORDER
        now, zone = self.workspace.now(), account.zone
        self._rows = WriteRows(briefs, places, now, zone, self._several, by_order, self._what)
        self.table.set_columns(columns(self._is_wide, self._several))
        narrowed = self._words or self._group is not None
        self.table.set_empty("No write is like this." if narrowed and self._total else "Nothing was written yet.")
        self.table.load(self._rows)
        self.table.set_footer(self._tail())
        shown = f"{len(places)} of {self._total}" if narrowed else f"{self._total}"
        self.query_one(FilterLine).set(self._words, f"by {self._sorting} │ {shown} writes")
        mode = "READ ONLY" if account.client.read_only else "WRITES"
        drafted = len(account.drafts.all())
        self.query_one(TitleLine).set(
            f"{self.workspace.profile} · {mode} · JOURNAL", f"drafted {drafted}" if drafted else ""
        )
        self._show_entry(keep_place=True)

    @property
    def _group(self) -> str | None:
        current = self.tab_bar.current
        return None if current in (None, _ALL) else str(current)

    def _tail(self) -> str:
        account = self.workspace.account
        kept = account.store.screen_states.get(account.account_id, PRUNED)
        if not isinstance(kept, dict):
            return ""
        on = str(kept.get("at"))[:10]
        return f"{kept.get('count')} writes older than {kept.get('days')} days were removed on {on}, as settings.toml says."

    @property
    def place(self) -> Place | None:
        rows, cursor = self._rows, self.table.cursor
        return rows.places[cursor] if rows is not None and cursor < len(rows) else None

    @property
    def brief(self) -> JournalRow | None:
        """The write under the cursor."""
        rows, cursor = self._rows, self.table.cursor
        return rows.brief_at(cursor) if rows is not None and cursor < len(rows) else None

    @property
    def order_here(self) -> str | None:
        brief = self.brief
        is_one = brief is not None and (brief.orders == 1 or self._sorting is JournalSort.ORDER)
        return brief.first.remote_id or None if brief is not None and is_one else None

    def _open(self, id: int) -> JournalEntry | None:
        account = self.workspace.account
        return open_entry(account.store, account.client.base_url, id)

    def _show_entry(self, *, keep_place: bool = False) -> None:
        brief, account = self.brief, self.workspace.account
        if not self.is_attached:
            return
        pane, rule = self.pane, self.query_one("#entry-rule", RuleLine)
        if brief is None:
            rule.set()
            pane.set_lines([])
            return
        name = brief.first.name if brief.orders == 1 else f"{brief.orders} orders"
        rule.set(name, description(brief.state, brief.kind))
        width = pane.drawn_width
        lines: list[TextLine] = []
        if self.is_whole:
            entry = self._open(brief.id)
            if entry is None:
                lines = ["This write was removed from the journal."]
            elif self._as_json:
                lines = [
                    safe(line)
                    for line in encode(decode(entry_line(entry), limit=1 << 30), indent=2).decode().split("\n")
                ]
            else:
                lines = list(entry_lines(entry, account.zone, width))
        elif brief.orders == 1:
            entry = self._open(brief.id)
            lines = [] if entry is None else list(preview_lines(entry, account.zone, width, pane.body_height - 2))
        else:
            named = account.store.journal_queries.orders(brief.id)
            lines = list(many_lines(brief, named, account.store.writes.events(brief.id), account.zone))
        pane.set_lines(lines, keep_position=keep_place)

    def status_items(self) -> Sequence[str | Piece]:
        account = self.workspace.account
        under_way = len(account.outbox.under_way)
        facts: list[str | Piece] = [f"{under_way} on the way"] if under_way else []
        drafted = len(account.drafts.all())
        facts.append(f"{count_of(drafted, 'draft')}; w reviews" if drafted else "u drafts the way back")
        return facts

    def store_changed(self) -> None:
        if not self._is_stale and self.is_attached:
            # Many steps come at once; they are shown at once, too.
            self._is_stale = True
            self.call_after_refresh(self._reload)
            self.show_status()

    def order_changed(self, order_id: str) -> None:
        corrections = self.workspace.account.corrections
        standing = corrections.status(order_id)
        if standing is not None and standing.state is not SendState.SENDING and not corrections.unsettled:
            self.clear_notice()
        self.store_changed()

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self._show_entry()

    def reopen(self, page: Page) -> bool:
        if isinstance(page, OpenJournal):
            self.go_to_order(page.order_id)
        return isinstance(page, OpenJournal)

    def go_to_order(self, order_id: str | None) -> None:
        """Put the cursor on the newest write of an order, in the list of all."""
        if order_id is None:
            return
        account = self.workspace.account
        found = account.store.journal_queries.find(account.account_id, order=order_id)
        if not found:
            self.show_notice("Nothing was written to that order. Here is what was written to others.")
            return
        if self._words or self._group is not None or self._sorting is not JournalSort.TIME:
            self._words, self._sorting = "", JournalSort.TIME
            self.tab_bar.select(_ALL)
            self._reload()
        self.table.go_to_key(key_of_place(found[0]))
        self._show_entry()

    # Moving.

    @handles("tab_next")
    def do_tab_next(self, key: str) -> None:
        self.tab_bar.step(1)

    @handles("tab_previous")
    def do_tab_previous(self, key: str) -> None:
        self.tab_bar.step(-1)

    @handles("tab_number")
    def do_tab_number(self, key: str) -> None:
        if not self.tab_bar.select_number(int(key)):
            self.show_notice(f"There is no group {key}.")

    @on(TabBar.Selected)
    def _group_chosen(self) -> None:
        self._reload()
        self._show_entry()

    @handles("pane")
    def do_pane(self, key: str) -> None:
        if not self.is_whole:
            (self.table if self.pane.has_focus else self.pane).focus(scroll_visible=False)

    @handles("open")
    def do_open(self, key: str) -> None:
        if self.brief is not None and not self.is_whole:
            self._set_whole(True)

    @on(OrderTable.Activated)
    def _activated(self) -> None:
        self.do_open("enter")

    def _set_whole(self, whole: bool) -> None:
        self.query_one("#journal").set_class(whole, "-whole")
        self._as_json = False
        (self.pane if whole else self.table).focus(scroll_visible=False)
        self.call_after_refresh(self._show_entry)

    @handles("as_json")
    def do_as_json(self, key: str) -> None:
        if self.brief is None:
            return
        self._as_json = not self._as_json
        if not self.is_whole:
            self.query_one("#journal").add_class("-whole")
            self._as_json = True
            self.give_focus()
        self.call_after_refresh(self._show_entry)

    @handles("back")
    def do_back(self, key: str) -> None:
        if self.is_whole:
            self._set_whole(False)
        elif self.pane.has_focus:
            self.table.focus(scroll_visible=False)
        elif self._words:
            self._words = ""
            self._reload()
        else:
            self.workspace.go(Back())

    @handles("next_order")
    def do_next_order(self, key: str) -> None:
        self.table.move(1)

    @handles("previous_order")
    def do_previous_order(self, key: str) -> None:
        self.table.move(-1)

    @handles("next_problem")
    def do_next_problem(self, key: str) -> None:
        self._step_problem(1)

    @handles("previous_problem")
    def do_previous_problem(self, key: str) -> None:
        self._step_problem(-1)

    def _step_problem(self, by: int) -> None:
        rows = self._rows
        place = self.table.cursor + by
        while rows is not None and 0 <= place < len(rows):
            brief = rows.brief_at(place)
            if brief is not None and group_of(brief.state, brief.kind) in ("unknown", "differs", "failed"):
                self.table.go(place)
                return
            place += by
        self.show_notice(f"No {'further' if by > 0 else 'earlier'} write that did not end as it should.")

    # Narrowing and sorting.

    @handles("filter")
    def do_filter(self, key: str) -> None:
        self.query_one(FilterLine).open()

    @on(InputLine.Submitted)
    def _submitted(self, event: InputLine.Submitted) -> None:
        if event.line.id == "export-file":
            self._export(event.text.strip())
        elif isinstance(event.line, FilterLine):
            self._narrow(event.text.strip())

    def _narrow(self, words: str) -> None:
        self._words = words
        self._reload()
        self._show_entry()

    def pasted(self, text: str) -> None:
        number = text.strip()
        if not number or len(number) > 64 or "\n" in number:
            super().pasted(text)
            return
        self.ask_then(f"Pasted: {number}.", [("g", "its writes")], lambda _: self._narrow(number))

    @handles("sort")
    def do_sort(self, key: str) -> None:
        sortings = {"t": JournalSort.TIME, "o": JournalSort.ORDER, "e": JournalSort.OUTCOME}

        def chosen(answer: str) -> None:
            self._sorting = sortings[answer]
            self._reload()
            self.table.home()

        self.ask_then("Sort by", [("t", "time"), ("o", "order"), ("e", "how it ended")], chosen)

    # Undo.

    @handles("undo")
    def do_undo(self, key: str) -> None:
        brief, place = self.brief, self.place
        if brief is None or place is None:
            return
        answers = []
        if brief.orders > 1:
            answers.append(("w", f"all {brief.orders} orders of this write"))
        if brief.job is not None:
            answers.append(("j", f"the whole of {brief.job}"))
        one = brief.orders == 1 or self._sorting is JournalSort.ORDER
        if not answers:
            self._undo([brief.id], None)
            return
        if one:
            answers.insert(0, ("o", f"{brief.first.name} only"))

        def chosen(answer: str) -> None:
            if answer == "j":
                account = self.workspace.account
                self._undo(
                    [id for id, _ in account.store.journal_queries.find(account.account_id, job=brief.job)], None
                )
            else:
                self._undo([brief.id], place[1] if answer == "o" else None)

        self.ask_then("Undo", answers, chosen)

    def _undo(self, ids: Sequence[int], only: int | None) -> None:
        self.show_notice("Reading what is there now …")
        work = self._draft_inverse(ids, only)
        self.run_worker(work, name="draft the way back", group="read", exclusive=True)

    async def _draft_inverse(self, ids: Sequence[int], only: int | None) -> None:
        workspace = self.workspace
        entries: list[JournalEntry] = []
        for id in ids:
            entry = self._open(id)
            if entry is not None:
                entries.append(replace(entry, only=only))
            await asyncio.sleep(0)
        reason = why_not(entries[0]) if len(entries) == 1 else None
        if reason is not None or not entries:
            self.show_notice(reason or "This write was removed from the journal.")
            return

        def show(progress: Progress) -> None:
            if progress.total > 1:
                self.show_notice(f"{progress.done} of {progress.total} orders read again …")

        name = step_name(entries[0], workspace.account.zone)
        with self.report_store_errors():
            results = await undo(workspace.account, workspace.staging, entries, name, show)
            for result in results:
                if result.named.remote_id:
                    workspace.order_changed(result.named.remote_id)
            self._reload()
            self.show_notice(told(results))
            if len(results) > 1 and self.is_on_top and not self.is_typing:
                workspace.go(ShowText(f"Undo: {told(results)}", _each(results)))

    @handles("review")
    def do_review(self, key: str) -> None:
        review_drafts(self, self.workspace.account.drafts.all())

    @handles("order")
    def do_order(self, key: str) -> None:
        order_id = self.order_here
        if order_id is None or not order_id.isdecimal():
            self.show_notice(
                "This row is about several orders; s by order has a row for each." if self.brief else "No write."
            )
            return
        self.workspace.go(EditOrder(order_id))

    @handles("batches")
    def do_batches(self, key: str) -> None:
        self.workspace.go(OpenComposer())

    # Reading again, and export.

    @handles("recheck")
    def do_recheck(self, key: str) -> None:
        today = self.workspace.now().astimezone(self.workspace.account.zone).date()
        brief, order_id = self.brief, self.order_here
        if brief is not None and brief.state is WriteState.UNKNOWN and order_id and look_up_again(self, order_id):
            return
        day = brief.at.astimezone(self.workspace.account.zone).date() if brief is not None else today
        if day == today:
            self._recheck(today)
            return
        answers = [("t", "today"), ("d", f"{day:%a %d %b}, the day of this write")]
        self.ask_then(
            "Read again the changes of", answers, lambda answer: self._recheck(today if answer == "t" else day)
        )

    def _recheck(self, day: date) -> None:
        self.show_notice("Reading the orders again …")
        self.run_worker(self._read_again(day), name="read changes again", group="read", exclusive=True)

    async def _read_again(self, day: date) -> None:
        account = self.workspace.account
        entries = entries_of_day(account.store, account.account_id, account.client.base_url, day, account.zone)
        if not entries:
            self.show_notice(f"No change of {day:%a %d %b} was confirmed, so there is nothing to read again.")
            return
        checks = await recheck(
            account.client, entries, lambda now: self.show_notice(f"{now.done} of {now.total} orders read again …")
        )
        self.clear_notice()
        if self.is_on_top and not self.is_typing:
            self.workspace.open(RecheckScreen(self.workspace, day, checks))
        else:
            self.show_notice("The changes were read again; r shows them.")

    def stop_reading(self) -> bool:
        running = [worker for worker in self.workers if worker.group == "read" and worker.is_running]
        for worker in running:
            worker.cancel()
        return bool(running)

    @handles("export")
    def do_export(self, key: str) -> None:
        if self._rows is None or not len(self._rows):
            self.show_notice("There is nothing to export in this list.")
            return
        today = self.workspace.now().astimezone(self.workspace.account.zone).date()
        line = self.query_one("#export-file", InputLine)
        line.complete = completed
        line.open(str(self.workspace.account.store.path.parent / f"journal-{today:%Y-%m-%d}.jsonl"))

    def _export(self, name: str) -> None:
        rows = self._rows
        if not name or rows is None:
            self.show_notice("No file was named; nothing was exported.")
            return
        ids = sorted({id for id, _ in rows.places})
        self.show_notice(f"Exporting {len(ids)} writes …")
        self.run_worker(self._write_out(ids, at_home(Path(name))), name="export the journal", group="export")

    async def _write_out(self, ids: Sequence[int], path: Path) -> None:
        account = self.workspace.account
        with self.report_store_errors():
            try:
                count = await export(account.store, account.client.base_url, ids, path)
            except FileExistsError:
                self.show_notice(f"There is a file of that name; nothing was written. {path}", "warning")
            except OSError as error:
                self.show_notice(f"It cannot be written: {error.strerror}. {path}", "error")
            else:
                self.show_notice(f"{count_of(count, 'write')}, for your eyes only, in {path}")


def _each(results: Sequence[UndoResult]) -> str:
    """A line for each order, those to be looked at first."""
    ranked = sorted(results, key=lambda result: result.undone == "drafted")
    return "\n".join(_line_of(result) for result in ranked)


def _line_of(result: UndoResult) -> str:
    name = result.named.name
    words = result.words.removeprefix(f"{name}: ").removesuffix(" w reviews.")
    return f"{name}  {words}" if words.startswith(str(result.undone)) else f"{name}  {result.undone}: {words}"

"""The import screen: the layout of a table, the field of each column, and the first orders."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import Json
from tui.api.errors import ApiError
from tui.api.pointer import Pointer
from tui.api.wording import count_of, word_for
from tui.keymap import Context
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment
from tui.orders.fields import full_label
from tui.orders.parsed import Guess, ParsedFile
from tui.orders.progress import Progress
from tui.orders.tables.headings import mappable
from tui.orders.tables.mapping import SHOP_PATH, ColumnMapping
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.file_import.column_joining import ask_to_join
from tui.screens.file_import.detail import Detail
from tui.screens.file_import.layout_commands import LayoutCommands
from tui.screens.file_import.row_texts import TextCommands
from tui.screens.file_import.rows import (
    COLUMNS,
    PREVIEW,
    found_in,
    guess_help,
    holding_columns,
    is_guessed_shop,
    key_of,
    mapping_rows,
    order_text,
    path_of_key,
    preview_rows,
    problem_of_column,
    problem_paths,
    problem_words,
)
from tui.screens.file_import.shop_picker import shop_picker
from tui.screens.order.pickers import Choice, ValueScreen, field_picker, recipe_rows
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.table import OrderTable
from tui.work.file_import.json_reader import ImportFileError
from tui.work.file_import.mappings import Mappings
from tui.work.file_import.reader import ImportStopped, TableSource, preview, read_table, refused_csv
from tui.work.typed_paths import at_home, completed, new_file

_WIDE = 120
PREVIEWED: Final = 40
"""How many rows are shown as orders."""
LOOK: Final = 0.05
"""Seconds between two notices of the progress."""


class ImportProgress:
    """How far a reading or a staging in another thread has come, and whether it is to stop."""

    def __init__(self, doing: str = "read", things: str = "rows") -> None:
        self.doing, self.things = doing, things
        self._turns = cycle("|/-\\")
        self.progress, self.is_stopped = Progress(0, 0), False

    def __call__(self, progress: Progress) -> None:
        self.progress = progress
        if self.is_stopped:
            raise ImportStopped("It was stopped. Nothing was added.")

    def words(self, width: int = 20) -> str:
        """`| [#####.....] read 4,500 of 10,000 rows; Esc stops`, or the same for the step of the progress and its orders.

        The mark at the start turns with each call, because some steps cannot tell how far they have come.
        """
        turn = next(self._turns)
        done, total, task = self.progress.done, self.progress.total, self.progress.task
        if not total:
            return f"{turn} Reading …"
        full = min(width, done * width // total)
        bar = f"[{'#' * full}{'.' * (width - full)}]"
        doing, things = (task, "orders") if task else (self.doing, self.things)
        return f"{turn} {bar} {doing} {done:,} of {total:,} {things}; Esc stops"


class ImportScreen(BaseScreen[ParsedFile]):
    """Ends with what was read. Nothing is read as a whole before `w`, and nothing is sent.

    `at_once`: read it right away, by a mapping that is known.
    """

    WHERE = Context.IMPORT
    GROUPS = (LayoutCommands, TextCommands)
    CSS: ClassVar[str] = """
    #import { height: 1fr; layout: vertical; }
    #import #mapping { height: 3fr; }
    #import #orders { height: 2fr; }
    #import.-wide { layout: horizontal; }
    #import.-wide #mapping { width: 1fr; height: 1fr; }
    #import.-wide #orders { width: 1fr; height: 1fr; }
    """

    def __init__(self, workspace: Workspace, source: TableSource, *, at_once: bool = False) -> None:
        super().__init__(workspace)
        self.source = source
        self.line = InputLine(hides=True, id="line")
        self._at_once = at_once
        self._groups = (LayoutCommands(self), TextCommands(self))
        self.in_orders = False
        self.intake = ParsedFile((), ())
        self._counting: ImportProgress | None = None
        self._read: ParsedFile | None = None
        self._is_changed = False
        """Whether the user changed something that is not saved."""

    def compose(self) -> ComposeResult:
        yield TitleLine()
        with Container(id="import"):
            with Container(id="mapping"):
                yield RuleLine(id="layout")
                yield OrderTable(COLUMNS, empty="There are no columns.", id="columns")
            with Container(id="orders"):
                yield RuleLine(id="rule")
                yield OrderTable(PREVIEW, empty="No row makes an order yet.", id="preview")
        yield Detail(id="detail")
        yield self.line
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def columns(self) -> OrderTable:
        return self.query_one("#columns", OrderTable)

    @property
    def preview(self) -> OrderTable:
        return self.query_one("#preview", OrderTable)

    @property
    def command_groups(self) -> Sequence[object]:
        return self._groups

    @property
    def list_view(self) -> LineView:
        return self.preview if self.in_orders else self.columns

    @property
    def mapping(self) -> ColumnMapping:
        return self.source.mapping

    @property
    def _has_shop(self) -> bool:
        return SHOP_PATH in self.mapping.paths or self.mapping.constant(SHOP_PATH) is not None

    def on_mount(self) -> None:
        # Everything is shown when the screen is resumed, which follows.
        if not self._has_shop:
            self._guess_shop()
        if self._at_once:
            self.stage("w")

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#import").set_class(event.size.width >= _WIDE, "-wide")
        self.show_status()

    def status_items(self) -> list[str]:
        here = self._problem_here()
        if here and not self.query_one(Detail).display:
            return [here]
        mapping = self.mapping
        unused = len(set(mapping.unmapped) - holding_columns(self.intake))
        facts = [
            f"{mapping.mapped} columns mapped",
            f"{unused} not used" if unused else "",
            self.source.format_name,
        ]
        if not mapping.fills_defaults:
            facts.append("missing values stay absent")
        if mapping.name:
            facts.append(f"as saved: {mapping.name}")
        return [*facts, "nothing is staged yet"]

    def show_status(self) -> None:
        # While the app quits, a screen may have no widgets any more.
        for detail in self.query(Detail):
            detail.show(self._problem_here(), self.size.width)
        super().show_status()

    def _problem_here(self) -> str:
        """What is wrong with the order under the cursor, or with what its column holds: the rows have no room for it."""
        key = self.list_view.cursor_key if isinstance(self.list_view, OrderTable) else None
        if key is None:
            return ""
        if not self.in_orders and key.startswith("g"):
            return guess_help(self.intake.guesses[int(key[1:])], self.mapping, self.workspace.keymap.key)
        if not self.in_orders and key.startswith("k"):
            is_guess = is_guessed_shop(self.mapping, path_of_key(key), self.workspace.account.shops or ())
            return (
                f"No shop in the file: that of your credentials. {self.key('choose')} chooses another."
                if is_guess
                else ""
            )
        if not self.in_orders:
            return problem_of_column(self.intake, self.mapping.header[int(key[1:])], self.workspace.keymap.key)
        if key.isdigit():
            one = self.intake.orders[int(key)]
            return " │ ".join(
                problem_words(problem, one, self.workspace.keymap.key)
                for problem in found_in(one, self.workspace.account.known_shops)
            )
        return self.intake.refused[int(key[1:])].reason

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self.show_status()

    def show_all(self) -> None:
        """Show everything again, with the first rows read by the current mapping."""
        source, table = self.source, self.source.table
        self.intake = preview(source, PREVIEWED, now=self._now())
        rows = len(table.rows)
        self.query_one(TitleLine).set(
            f"Import {source.name}", f"{rows:,} {word_for(rows, 'row')} · {self.key('stage')} stages them"
        )
        unconfirmed = sum(not self.mapping.accepts(guess) for guess in self.intake.guesses)
        layout = " ".join(map(self.key, ("delimiter", "encoding", "decimal", "quote", "dates", "header")))
        guesses = f"{count_of(unconfirmed, 'guess', 'guesses')} to confirm" if unconfirmed else f"{layout} change it"
        self.query_one("#layout", RuleLine).set(table.layout.summary, guesses)
        problems = problem_paths(self.intake, self.mapping)
        self.columns.load(mapping_rows(source, self.intake, problems, self.workspace.account.shops or ()))
        self.preview.load(preview_rows(self.intake, self.workspace.account.known_shops))
        first = f"the first {PREVIEWED} rows" if rows > PREVIEWED else "all rows"
        count, refused = len(self.intake.orders), len(self.intake.refused)
        words = f"{count_of(count, 'order')}{f', {refused} refused' if refused else ''}"
        self.query_one("#rule", RuleLine).set(f"As they will be: {first}", words)
        self.show_status()

    def _now(self) -> Any:
        return self.workspace.now().astimezone(self.workspace.account.zone)

    def _change(self, mapping: ColumnMapping, *, by_user: bool = True) -> None:
        self._is_changed = self._is_changed or by_user
        self.source = replace(self.source, mapping=mapping)
        self.show_all()

    # Columns, and what is the same for all.

    @handles("pane")
    def switch_pane(self, key: str) -> None:
        self.in_orders = not self.in_orders
        self.give_focus()
        self.show_status()

    @on(OrderTable.Activated)
    def _activated(self) -> None:
        self.run_dialog(self.choose("enter"))

    @handles("choose")
    async def choose(self, key: str) -> None:
        row = self.columns.cursor_key
        if self.in_orders:
            self.open_order()
        elif row is not None and row.startswith("k"):
            await self._choose_value(path_of_key(row))
        elif row is not None and row.startswith("g"):
            self._confirm(self.intake.guesses[int(row[1:])])
        elif row is not None:
            await self._choose_field(int(row[1:]))

    async def _choose_field(self, place: int) -> None:
        """Choose the field that a column goes to."""
        not_used = Choice("not used", "the column is ignored")
        title = f"The field of {self.mapping.header[place]}"
        choice = await self.ask_screen(field_picker(self.workspace, title, (), mappable(), (not_used,)))
        if choice is None:
            return
        path = choice.field.path if choice.field is not None else None
        mapping = self.mapping.with_path(place, path)
        if path is not None and len(mapping.columns_of(path)) > 1:
            joined = await ask_to_join(self, mapping, place)
            if joined is None:
                return
            mapping = joined
        was_unused = self.mapping.paths[place] is None
        self._change(mapping)
        unused = [column for column in mapping.columns_of(None) if column != place]
        if was_unused and unused:
            self.columns.go_to_key(f"c{next((column for column in unused if column > place), unused[0])}")
        else:
            self.columns.go_to_key(f"c{place}")
            self.columns.move(1)

    def _confirm(self, guess: Guess) -> None:
        """Confirm a guess, or take that back."""
        is_accepted = not self.mapping.accepts(guess)
        self._change(self.mapping.with_accepted(guess, is_accepted=is_accepted))
        self.show_notice(
            "Confirmed; its orders are no longer held because of it."
            if is_accepted
            else "No longer confirmed; orders that depend on it are held."
        )

    def open_order(self) -> None:
        """Show the order, or the refused row, at the cursor."""
        key = self.preview.cursor_key or ""
        if key.isdigit():
            one = self.intake.orders[int(key)]
            self.workspace.go(
                ShowText(
                    f"{one.place} of {self.source.name}",
                    order_text(one, found_in(one, self.workspace.account.known_shops), self.workspace.keymap.key),
                )
            )
        elif key:
            refused = self.intake.refused[int(key[1:])]
            lines = [f"{refused.place} {refused.reason}", "", *refused.cells]
            self.workspace.go(ShowText(f"{refused.place} of {self.source.name}", "\n".join(lines)))

    @handles("ignore_column")
    def leave_out(self, key: str) -> None:
        row = self.columns.cursor_key or ""
        if self.in_orders or not row:
            self.show_notice(f"This works on a column. Press {self.key('pane')} to go there.")
        elif row.startswith("g"):
            self.show_notice(f"This works on a column. {self.key('choose')} confirms a guess.")
        elif row.startswith("c"):
            self._change(self.mapping.with_path(int(row[1:]), None))
        else:
            self._change(self.mapping.with_constant(path_of_key(row), None))

    @handles("constant")
    async def add_constant(self, key: str) -> None:
        title = "A value for all rows that say nothing"
        choice = await self.ask_screen(field_picker(self.workspace, title, (), mappable()))
        if choice is not None and choice.field is not None:
            await self._choose_value(choice.field.path)

    async def _choose_value(self, path: tuple[str, ...]) -> None:
        """Ask for the value of a field that is the same for all rows."""
        if path == SHOP_PATH:
            await self._choose_shop()
            return
        value = self.mapping.constant(path)
        setting = FieldAssignment(path) if value is None else FieldAssignment(path, value)
        rows = recipe_rows(BulkChange(assignments=(setting,)), {})[:1]
        title = f"{full_label(path)}, the same for all"
        values = await self.ask_screen(ValueScreen(self.workspace, title, rows))
        if values is not None and Pointer(path) in values:
            self._set_constant(path, values[Pointer(path)])

    def _set_constant(self, path: tuple[str, ...], value: Json) -> None:
        was_guessed = path == SHOP_PATH and path in self.mapping.guessed
        self._change(self.mapping.with_constant(path, value))
        self.columns.go_to_key("c0" if was_guessed else key_of(path))

    @handles("fill_in")
    def fill_defaults(self, key: str) -> None:
        self._change(replace(self.mapping, fills_defaults=not self.mapping.fills_defaults))

    # The shop.

    def _guess_shop(self) -> None:
        account = self.workspace.account
        if account.shops is None:
            self.run_worker(self._read_shops(), name="read the shops", group="read")
        elif len(account.shops) == 1:
            self._change(self.mapping.with_assumed(SHOP_PATH, account.shops[0].id), by_user=False)
        elif account.own_shop is not None:
            self._change(self.mapping.with_assumed(SHOP_PATH, account.own_shop), by_user=False)

    async def _read_shops(self) -> None:
        try:
            await self.workspace.account.read_shops()
        except ApiError as error:
            self.show_notice(f"The shops could not be read: {error} Their numbers can be typed.", "warning")
            return
        if self.workspace.account.shops is not None:
            self._guess_shop()

    async def _choose_shop(self) -> None:
        shops = self.workspace.account.shops or []
        if shops:
            title = "The shop of all these orders"
            shop = await self.ask_screen(shop_picker(self.workspace, title, shops))
            if shop is not None:
                self._set_constant(SHOP_PATH, shop)
            return
        text = await self.line.ask("shop number: ")
        if text and text.isascii() and text.isdigit() and len(text) < 19:
            self._change(self.mapping.with_constant(SHOP_PATH, int(text)))
        elif text:
            self.show_notice("A shop's number has digits only.", "warning")

    def take_source(self, source: TableSource) -> None:
        """Show a table that was read with another layout."""
        self._is_changed = True
        self.source = source
        if not self._has_shop:
            self._guess_shop()
        self.show_all()

    # Saving, staging.

    @handles("save_mapping")
    async def save_mapping(self, key: str) -> None:
        kept = Mappings(self.workspace.account)
        name = self.mapping.name
        if name and kept.get(name) == self.mapping:
            answer = await self.ask(f"Saved as {name}.", [("n", "save under another name"), ("f", "forget it")])
            if answer == "f":
                kept.forget(name)
                self._change(replace(self.mapping, name=""))
                self.show_notice(f"{name} is forgotten.")
            if answer != "n":
                return
        if new := await self.line.ask("name: ", name):
            mapping = replace(self.mapping, name=new)
            kept.save(mapping)
            self._change(mapping)
            self._is_changed = bool(mapping.confirmed)
            self.show_notice(f"Saved as {new}; it is offered again for the same columns.")

    @handles("refused")
    async def write_refused(self, key: str) -> None:
        if not self.intake.refused:
            self.show_notice("No row of those shown is refused.")
            return
        name = refused_name(self.source.name)
        if path := await self.line.ask("refused rows into: ", name, complete=completed):
            self.show_notice(write_new(Path(path), refused_csv(self.intake))[0])

    @handles("stage")
    def stage(self, key: str) -> None:
        if self._counting is not None:
            self.show_notice("It is being read already.")
        elif not self.mapping.mapped:
            self.show_notice(f"No column goes to a field yet; {self.key('choose')} on one chooses it.", "warning")
        elif not self._has_shop:
            self.columns.go_to_key(key_of(SHOP_PATH))
            self.in_orders = False
            self.give_focus()
            self.show_notice(f"These orders have no shop yet; {self.key('choose')} here chooses it.", "warning")
        else:
            self._counting = ImportProgress()
            self.run_worker(self._stage(self._counting), name="read the table", group="stage")

    async def _stage(self, counting: ImportProgress) -> None:
        self.show_notice(counting.words())
        timer = self.set_interval(LOOK, lambda: self.show_notice(counting.words()))
        try:
            intake = await asyncio.to_thread(read_table, self.source, progress=counting, now=self._now())
        except ImportFileError as error:
            self.show_notice(str(error), "warning")
            return
        finally:
            self._counting = None
            timer.stop()
        self._read = intake
        self._end()

    def on_screen_resume(self) -> None:
        self._end()

    def _end(self) -> None:
        """End with what was read, when no other screen is in front."""
        if self._read is not None and self.is_active:
            self.dismiss(self._read)

    def stop_reading(self) -> bool:
        if self._counting is not None:
            self._counting.is_stopped = True
        return self._counting is not None

    @handles("back")
    async def back(self, key: str) -> None:
        # Otherwise reading would continue, and stage orders although the screen was closed.
        if self.stop_reading():
            return
        if not self._is_changed or await self.ask("Drop your changes here? Nothing is staged.", [("y", "drop them")]):
            self.workspace.go(Back())


def refused_name(name: str) -> str:
    """The file that the refused rows of one are offered to be written into."""
    return f"{Path(name).stem}-refused.csv"


def write_new(path: Path, data: bytes) -> tuple[str, bool]:
    """Write a new file that only its owner can read: a sentence about it, and whether it was written. One that is there stays as it is."""
    path = at_home(path)
    try:
        with new_file(path) as file:
            file.write(data)
    except FileExistsError:
        return f"{path} is there already; nothing was written.", False
    except OSError as error:
        return f"{error.strerror}: {path} cannot be written.", False
    return f"Written into {path.absolute()}.", True

"""A table on its way to orders: how it is read, where each column goes, and its first rows as they will be."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from tui.api.codec import Json
from tui.api.errors import ApiError
from tui.api.pointer import Pointer
from tui.api.wording import count_of, word_for
from tui.keymap import Context
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment, full_label
from tui.orders.progress import Progress
from tui.orders.tables.headings import mappable
from tui.orders.tables.layout import DATES, DECIMALS, DELIMITERS, ENCODINGS, QUOTES, TableLayout
from tui.orders.tables.mapping import SHOP_PATH, ColumnMapping
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.file_import.rows import (
    COLUMNS,
    PREVIEW,
    found_in,
    key_of,
    mapping_rows,
    order_text,
    path_of_key,
    preview_rows,
    problem_of_column,
    problem_paths,
    problem_words,
)
from tui.screens.file_import.shop_picker import ShopScreen
from tui.screens.order.pickers import Choice, PickerScreen, ValueScreen, recipe_rows
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.table import OrderTable
from tui.work.file_import.json_reader import ImportFileError, ParsedFile
from tui.work.file_import.mappings import Mappings
from tui.work.file_import.reader import ImportStopped, TableSource, again, preview, refused_csv, take_in
from tui.work.typed_paths import at_home, completed, new_file

_WIDE = 120
_PREVIEWED = 40
_LOOK: Final = 0.2


class ImportProgress:
    """How far a reading or a staging in another thread has come, and whether it is to stop."""

    def __init__(self, doing: str = "read", things: str = "rows") -> None:
        self.doing, self.things = doing, things
        self.progress, self.is_stopped = Progress(0, 0), False

    def __call__(self, progress: Progress) -> None:
        self.progress = progress
        if self.is_stopped:
            raise ImportStopped("It was stopped. Nothing was added.")

    def words(self, width: int = 20) -> str:
        """`[#####.....] read 4,500 of 10,000 rows; Esc stops`"""
        done, total = self.progress.done, self.progress.total
        if not total:
            return "Reading …"
        full = min(width, done * width // total)
        bar = f"[{'#' * full}{'.' * (width - full)}]"
        return f"{bar} {self.doing} {done:,} of {total:,} {self.things}; Esc stops"


class ImportScreen(BaseScreen[None]):
    """Nothing is staged before `w`, and nothing sent by it: `done` is given what was read, and its name.

    `at_once`: stage it right away, by a mapping that is known.
    """

    WHERE = Context.IMPORT
    CSS: ClassVar[str] = """
    #import { height: 1fr; layout: vertical; }
    #import #mapping { height: 3fr; }
    #import #orders { height: 2fr; }
    #import.-wide { layout: horizontal; }
    #import.-wide #mapping { width: 1fr; height: 1fr; }
    #import.-wide #orders { width: 1fr; height: 1fr; }
    """

    def __init__(
        self,
        workspace: Workspace,
        source: TableSource,
        done: Callable[[ParsedFile, str], None],
        *,
        at_once: bool = False,
    ) -> None:
        super().__init__(workspace)
        self._at_once = at_once
        self.source = source
        self._done = done
        self._in_orders = False
        self._intake = ParsedFile((), ())
        self._counting: ImportProgress | None = None
        self._timer: Timer | None = None
        self._line_done: Callable[[str], None] = lambda text: None

    def compose(self) -> ComposeResult:
        yield TitleLine()
        with Container(id="import"):
            with Container(id="mapping"):
                yield RuleLine(id="layout")
                yield OrderTable(COLUMNS, empty="There are no columns.", id="columns")
            with Container(id="orders"):
                yield RuleLine(id="rule")
                yield OrderTable(PREVIEW, empty="No row makes an order yet.", id="preview")
        yield InputLine(hides=True, id="line")
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
    def list_view(self) -> LineView:
        return self.preview if self._in_orders else self.columns

    @property
    def mapping(self) -> ColumnMapping:
        return self.source.mapping

    def give_focus(self) -> None:
        line = self.query_one("#line", InputLine)
        (line if line.is_open else self.list_view).focus(scroll_visible=False)

    def on_mount(self) -> None:
        super().on_mount()
        if SHOP_PATH not in self.mapping.paths and self.mapping.constant(SHOP_PATH) is None:
            self._guess_shop()
        self.show_all()
        if self._at_once:
            self.do_stage("w")

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#import").set_class(event.size.width >= _WIDE, "-wide")

    def status_items(self) -> list[str]:
        here = self._problem_here()
        if here:
            return [here]
        mapping = self.mapping
        nowhere = len(mapping.unmapped)
        facts = [
            f"{mapping.mapped} columns mapped",
            f"{count_of(nowhere, 'goes', 'go')} nowhere" if nowhere else "",
        ]
        if not mapping.fills_defaults:
            facts.append("nothing is worked out")
        if mapping.name:
            facts.append(f"as saved: {mapping.name}")
        return [*facts, "nothing is staged yet"]

    def _problem_here(self) -> str:
        """What is wrong with the order under the cursor, or with what its column holds: the rows have no room for it."""
        key = self.list_view.cursor_key if isinstance(self.list_view, OrderTable) else None
        if key is None:
            return ""
        if not self._in_orders:
            return problem_of_column(self._intake, self.mapping.header[int(key[1:])]) if key.startswith("c") else ""
        if key.isdigit():
            one = self._intake.orders[int(key)]
            return " │ ".join(
                problem_words(problem, one, whole=True) for problem in found_in(one, self.workspace.account.shop_ids)
            )
        return self._intake.refused[int(key[1:])].reason

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self.show_status()

    def show_all(self) -> None:
        """Everything anew, with the first rows read by the mapping as it is."""
        source, table = self.source, self.source.table
        self._intake = preview(source, _PREVIEWED, now=self._now())
        rows = len(table.rows)
        self.query_one(TitleLine).set(f"Import {source.name}", f"{rows:,} {word_for(rows, 'row')} · w stages them")
        self.query_one("#layout", RuleLine).set(table.layout.summary, "d e s ' o f change it")
        self.columns.load(mapping_rows(source, problem_paths(self._intake, self.mapping)))
        self.preview.load(preview_rows(self._intake, self.workspace.account.shop_ids))
        first = f"the first {_PREVIEWED} rows" if rows > _PREVIEWED else "all rows"
        count, refused = len(self._intake.orders), len(self._intake.refused)
        words = f"{count_of(count, 'order')}{f', {refused} refused' if refused else ''}"
        self.query_one("#rule", RuleLine).set(f"As they will be: {first}", words)
        self.show_status()

    def _now(self) -> Any:
        return self.workspace.now().astimezone(self.workspace.account.zone)

    def _change(self, mapping: ColumnMapping) -> None:
        self.source = replace(self.source, mapping=mapping)
        self.show_all()

    # Columns, and what is the same for all.

    @handles("pane")
    def do_pane(self, key: str) -> None:
        self._in_orders = not self._in_orders
        self.give_focus()
        self.show_status()

    @on(OrderTable.Activated)
    def _activated(self) -> None:
        self.do_choose("enter")

    @handles("choose")
    def do_choose(self, key: str) -> None:
        if self._in_orders:
            self._open_order()
            return
        row = self.columns.cursor_key
        if row is None:
            return
        if row.startswith("k"):
            self._choose_value(path_of_key(row))
            return
        place = int(row[1:])

        def chosen(choice: Choice) -> None:
            self._change(self.mapping.with_path(place, choice.field.path if choice.field is not None else None))
            self.columns.move(1)

        nowhere = Choice("nowhere", "the column is left out")
        title = f"Where {self.mapping.header[place]} goes"
        self.workspace.open(PickerScreen(self.workspace, title, (), chosen, mappable(), (nowhere,)))

    def _open_order(self) -> None:
        key = self.preview.cursor_key or ""
        if key.isdigit():
            one = self._intake.orders[int(key)]
            self.workspace.go(
                ShowText(
                    f"{one.place} of {self.source.name}",
                    order_text(one, found_in(one, self.workspace.account.shop_ids)),
                )
            )
        elif key:
            refused = self._intake.refused[int(key[1:])]
            lines = [f"{refused.place} {refused.reason}", "", *refused.cells]
            self.workspace.go(ShowText(f"{refused.place} of {self.source.name}", "\n".join(lines)))

    @handles("ignore_column")
    def do_ignore_column(self, key: str) -> None:
        row = self.columns.cursor_key or ""
        if self._in_orders or not row:
            self.show_notice("That is for a column; Tab leads there.")
        elif row.startswith("c"):
            self._change(self.mapping.with_path(int(row[1:]), None))
        else:
            self._change(self.mapping.with_constant(path_of_key(row), None))

    @handles("constant")
    def do_constant(self, key: str) -> None:
        def chosen(choice: Choice) -> None:
            if choice.field is not None:
                self._choose_value(choice.field.path)

        self.workspace.open(
            PickerScreen(self.workspace, "A value for all rows that say nothing", (), chosen, mappable())
        )

    def _choose_value(self, path: tuple[str, ...]) -> None:
        if path == SHOP_PATH:
            self._ask_shop()
            return
        value = self.mapping.constant(path)
        setting = FieldAssignment(path) if value is None else FieldAssignment(path, value)

        def taken(values: dict[Pointer, Json]) -> None:
            if Pointer(path) in values:
                self._change(self.mapping.with_constant(path, values[Pointer(path)]))
                self.columns.go_to_key(key_of(path))

        rows = recipe_rows(BulkChange(assignments=(setting,)), {})[:1]
        self.workspace.open(ValueScreen(self.workspace, f"{full_label(path)}, the same for all", rows, taken))

    @handles("fill_in")
    def do_fill_in(self, key: str) -> None:
        self._change(replace(self.mapping, fills_defaults=not self.mapping.fills_defaults))

    # The shop.

    def _guess_shop(self) -> None:
        account = self.workspace.account
        if account.shops is None:
            self.run_worker(self._read_shops(), name="read the shops", group="read")
        elif len(account.shops) == 1:
            self._change(self.mapping.with_constant(SHOP_PATH, account.shops[0].id))
        elif account.own_shop is not None:
            self._change(self.mapping.with_constant(SHOP_PATH, account.own_shop))

    async def _read_shops(self) -> None:
        try:
            await self.workspace.account.read_shops()
        except ApiError as error:
            self.show_notice(f"The shops could not be read: {error} Their numbers can be typed.", "warning")
            return
        if self.workspace.account.shops is not None:
            self._guess_shop()

    def _ask_shop(self) -> None:
        shops = self.workspace.account.shops or []
        if not shops:
            self._ask_line("shop number: ", self._typed_shop)
            return

        def chosen(shop: int) -> None:
            self._change(self.mapping.with_constant(SHOP_PATH, shop))
            self.columns.go_to_key(key_of(SHOP_PATH))

        self.workspace.open(ShopScreen(self.workspace, "The shop of all these orders", shops, chosen))

    def _typed_shop(self, text: str) -> None:
        if text.isascii() and text.isdigit() and len(text) < 19:
            self._change(self.mapping.with_constant(SHOP_PATH, int(text)))
        elif text:
            self.show_notice("A shop's number has digits only.", "warning")

    # The layout.

    @handles("delimiter")
    def do_delimiter(self, key: str) -> None:
        if not self._is_workbook():
            self._read_as(
                replace(self.source.table.layout, delimiter=_next(DELIMITERS, self.source.table.layout.delimiter))
            )

    @handles("quote")
    def do_quote(self, key: str) -> None:
        if not self._is_workbook():
            self._read_as(replace(self.source.table.layout, quote=_next(QUOTES, self.source.table.layout.quote)))

    @handles("encoding")
    def do_encoding(self, key: str) -> None:
        if isinstance(self.source.data, str):
            self.show_notice("What was pasted has no encoding.")
        elif not self._is_workbook():
            self._read_as(
                replace(self.source.table.layout, encoding=_next(ENCODINGS, self.source.table.layout.encoding))
            )

    @handles("decimal")
    def do_decimal(self, key: str) -> None:
        self._read_as(replace(self.source.table.layout, decimal=_next(DECIMALS, self.source.table.layout.decimal)))

    @handles("dates")
    def do_dates(self, key: str) -> None:
        self._read_as(replace(self.source.table.layout, dates=_next(DATES, self.source.table.layout.dates)))

    @handles("header")
    def do_header(self, key: str) -> None:
        self._read_as(replace(self.source.table.layout, header=not self.source.table.layout.header))

    @handles("sheet")
    def do_sheet(self, key: str) -> None:
        sheets = self.source.sheets
        if len(sheets) < 2:
            self.show_notice("There is no other sheet.")
        else:
            names = dict.fromkeys(sheets, "")
            self._read_as(replace(self.source.table.layout, sheet=_next(names, self.source.table.layout.sheet)))

    def _is_workbook(self) -> bool:
        if self.source.sheets:
            self.show_notice("A workbook has no delimiter, quotes or encoding; t shows its next sheet.")
        return bool(self.source.sheets)

    def _read_as(self, layout: TableLayout) -> None:
        self.run_worker(self._reread(layout), name="read with another layout", group="read", exclusive=True)

    async def _reread(self, layout: TableLayout) -> None:
        known = Mappings(self.workspace.account).all()
        try:
            self.source = await asyncio.to_thread(again, self.source, layout, known)
        except ImportFileError as error:
            self.show_notice(f"Not with {layout.summary}: {error}", "warning")
            return
        if SHOP_PATH not in self.mapping.paths and self.mapping.constant(SHOP_PATH) is None:
            self._guess_shop()
        self.show_all()
        self.show_notice(f"Read as {layout.summary}.")

    # Saving, staging.

    def _ask_line(self, prompt: str, done: Callable[[str], None], text: str = "", *, path: bool = False) -> None:
        line = self.query_one("#line", InputLine)
        line.prompt = prompt
        line.complete = completed if path else None
        line.open(text)
        self._line_done = done

    @on(InputLine.Submitted, "#line")
    def _typed(self, event: InputLine.Submitted) -> None:
        with self.report_store_errors():
            self._line_done(event.text.strip())

    @handles("save_mapping")
    def do_save_mapping(self, key: str) -> None:
        kept = Mappings(self.workspace.account)
        name = self.mapping.name
        if name and kept.get(name) == self.mapping:

            def chosen(answer: str) -> None:
                if answer == "n":
                    self._ask_line("name: ", self._save, name)
                else:
                    kept.forget(name)
                    self._change(replace(self.mapping, name=""))
                    self.show_notice(f"{name} is forgotten.")

            self.ask_then(f"Saved as {name}.", [("n", "save under another name"), ("f", "forget it")], chosen)
        else:
            self._ask_line("name: ", self._save, name)

    def _save(self, name: str) -> None:
        if name:
            mapping = replace(self.mapping, name=name)
            Mappings(self.workspace.account).save(mapping)
            self._change(mapping)
            self.show_notice(f"Saved as {name}; it is offered again for the same columns.")

    @handles("refused")
    def do_refused(self, key: str) -> None:
        if not self._intake.refused:
            self.show_notice("No row of those shown is refused.")
            return

        def chosen(text: str) -> None:
            if text:
                self.show_notice(write_new(Path(text), refused_csv(self._intake))[0])

        self._ask_line("refused rows into: ", chosen, refused_name(self.source.name), path=True)

    @handles("stage")
    def do_stage(self, key: str) -> None:
        if self._counting is not None:
            self.show_notice("It is being read already.")
        elif not self.mapping.mapped:
            self.show_notice("No column goes to a field yet; Enter on one chooses it.", "warning")
        elif SHOP_PATH not in self.mapping.paths and self.mapping.constant(SHOP_PATH) is None:
            self.columns.go_to_key(key_of(SHOP_PATH))
            self._in_orders = False
            self.give_focus()
            self.show_notice("These orders have no shop yet; Enter here chooses it.", "warning")
        else:
            self._counting = ImportProgress()
            self._timer = self.set_interval(_LOOK, self._show_count)
            self.run_worker(self._stage(self._counting), name="read the table", group="stage")

    async def _stage(self, counting: ImportProgress) -> None:
        try:
            intake = await asyncio.to_thread(take_in, self.source, progress=counting, now=self._now())
        except ImportFileError as error:
            self.show_notice(str(error), "warning")
            return
        finally:
            self._counting = None
            if self._timer is not None:
                self._timer.stop()
        self.workspace.go(Back())
        self._done(intake, self.source.name)

    def _show_count(self) -> None:
        if self._counting is not None:
            self.show_notice(self._counting.words())

    def stop_reading(self) -> bool:
        if self._counting is not None:
            self._counting.is_stopped = True
        return self._counting is not None

    @handles("back")
    def do_back(self, key: str) -> None:
        # The reading would go on, and stage what it has read although the screen was left.
        if not self.stop_reading():
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
        return f"{path} cannot be written: {error.strerror}.", False
    return f"Written into {path.absolute()}.", True


def _next(choices: dict[str, str], here: str) -> str:
    names = list(choices)
    return names[(names.index(here) + 1) % len(names)] if here in names else names[0]

"""Adding to the batch: blank orders of a shop, copies, and what a file or a paste holds."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.cells import cell_len
from textual.timer import Timer

from tui.api.codec import Document
from tui.api.errors import ApiError
from tui.api.pointer import Pointer
from tui.api.query import OrderQuery
from tui.api.wording import count_of
from tui.orders.parsed import ParsedFile, ParsedOrder
from tui.screens.common.callbacks import ask_then, value_then
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, OpenComposer, Page, ShowText
from tui.screens.composer.form_pane import StagedFormScreen, keeps
from tui.screens.composer.rows import ALL
from tui.screens.file_import.screen import ImportProgress, ImportScreen, refused_name, write_new
from tui.store.db import StoreError
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.status import StatusLine
from tui.widgets.tab_bar import TabLabel as StripEntry
from tui.widgets.text import safe
from tui.work.account import Shop
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked
from tui.work.batches.staging_chunks import CHUNK_SIZE
from tui.work.batches.templates import Templates, as_template, from_template
from tui.work.file_import.json_reader import ImportFileError, describe_paste
from tui.work.file_import.mappings import Mappings
from tui.work.file_import.reader import TableSource, open_source, refused_csv
from tui.work.typed_paths import completed

_LEARNED_FROM = 20
_SHOPS_AT_ONCE = 9
_TEMPLATES_ASKED = 5
_LOOK = 0.2


class AddingScreen(StagedFormScreen):
    """The ways into the batch."""

    _counting: ImportProgress | None = None

    def on_mount(self) -> None:
        super().on_mount()
        if self.paste:
            self.call_later(self.read_pasted, self.paste)

    def reopen(self, page: Page) -> bool:
        if isinstance(page, OpenComposer) and page.paste:
            self.call_later(self.read_pasted, page.paste)
        return isinstance(page, OpenComposer)

    def targets(self) -> list[StagedOrder]:
        """The marked orders if `;` came first, else the chosen one."""
        if self.on_marked:
            return [order for order in self.staging.orders if order.id in self.table.marks]
        return [order] if (order := self.order) is not None else []

    def may_edit(self) -> bool:
        """Whether this batch is ours, or became so as the other copy has gone; nobody is to type in vain."""
        if self.staging.owner is not None:
            self.staging.reload_if_taken_over()
            self.show_all()
        if self.staging.owner is not None:
            self.show_notice(f"{self.staging.owner} has this batch; B takes it over.", "warning")
        return self.staging.owner is None

    @handles("add")
    def do_add(self, key: str) -> None:
        if self._in_sheet:
            self.add_entry()
            return
        targets = self.targets()
        answers = [("b", "blank"), ("f", "file")]
        if targets:
            answers.insert(1, ("c", "copy" if len(targets) == 1 else f"copy {len(targets)} orders"))
        if self._templates.all():
            answers.append(("t", "template"))
        if len(targets) == 1:
            answers.append(("s", "as template"))

        refused = Mappings(self.workspace.account).refused_of()
        if refused is not None:
            answers.append(("r", "refused"))

        def chosen(answer: str) -> None:
            match answer:
                case "b":
                    self._blank()
                case "r" if refused is not None:
                    self._ask_line("refused rows into: ", self._write_refused, refused_name(refused), path=True)
                case "c":
                    self._copy(targets)
                case "t":
                    self._ask_template()
                case "s":
                    self._ask_line("template's name: ", lambda name: self._save_template(targets[0], name))
                case _:
                    self._ask_line("file: ", self._add_file, path=True)

        ask_then(self, "Add", answers, chosen)

    # Templates.

    @property
    def _templates(self) -> Templates:
        return Templates(self.workspace.account)

    def _save_template(self, order: StagedOrder, name: str) -> None:
        if not name:
            self.show_notice("A template needs a name; nothing was saved.")
            return
        again = name in self._templates.all()
        with self.report_store_errors():
            self._templates.save(name, as_template(order.document))
            self.show_notice(f"{'Saved again' if again else 'Saved'} as template {name}; a t makes orders of it.")

    def _ask_template(self) -> None:
        names = list(self._templates.all())
        if len(names) <= _TEMPLATES_ASKED:
            answers = [(str(number), name) for number, name in enumerate(names, 1)]
            ask_then(self, "New order from", answers, lambda answer: self._from_template(names[int(answer) - 1]))
        else:
            self._ask_line(f"template, one of {', '.join(names)[:60]}: ", self._from_template)

    @keeps
    def _from_template(self, name: str) -> None:
        found = self._templates.find(name)
        if found is None:
            self.show_notice(f"There is no template {name}." if name else "Nothing was added.", "warning")
            return
        title, document = found
        new = ParsedOrder(from_template(document, self.workspace.now()), "new order", 0)
        ids = self.staging.editing.add_parsed(ParsedFile((new,), ()), f"template {title}")
        self._added(ids, f"Added from template {title}.")
        self.open_sheet(Pointer.of("order_number"))

    # Copies and blanks.

    @keeps
    def _write_refused(self, text: str) -> None:
        kept = Mappings(self.workspace.account)
        refused = kept.refused()
        if text and refused is not None:
            said, is_written = write_new(Path(text), refused[1])
            if is_written:
                kept.forget_refused()
            self.show_notice(said, "info" if is_written else "warning")

    @keeps
    def _copy(self, orders: Sequence[StagedOrder]) -> None:
        ids = self.staging.editing.add_copies(order.document for order in orders)
        self._added(ids[-1:], f"{count_of(len(orders), 'order')} copied; number and id end in -copy.")

    def _blank(self) -> None:
        shops = self.workspace.account.shops
        if shops is None:
            self.show_notice("Reading the shops …")
            self.run_worker(self._read_shops(), name="read the shops", group="read")
        elif len(shops) == 1:
            self._learn(shops[0].id)
        elif shops:
            own = self.workspace.account.own_shop
            self._ask_shop(sorted(shops, key=lambda shop: shop.id != own))
        else:
            self._ask_line("shop number: ", self._typed_shop)

    async def _read_shops(self) -> None:
        try:
            await self.workspace.account.read_shops()
        except ApiError as error:
            self.show_notice(f"The shops could not be read: {error} Their numbers can be typed.", "warning")
            self._ask_line("shop number: ", self._typed_shop)
            return
        self._blank()

    def _typed_shop(self, text: str) -> None:
        if text.isascii() and text.isdigit() and len(text) < 19:
            self._learn(int(text))
        elif text:
            self.show_notice("A shop's number has digits only. Nothing was added.", "warning")

    def _ask_shop(self, shops: Sequence[Shop], first: int = 0) -> None:
        """The shops stand on the strip with their numbers, until one is chosen or not."""
        here = list(shops[first : first + _SHOPS_AT_ONCE])
        # A number that stands beyond the edge would be an answer that nobody sees.
        while len(here) > 1 and sum(_entry_width(shop.name) for shop in here) > self.size.width - 2:
            here.pop()
        self.tab_bar.first_number = 1
        self.tab_bar.set_labels([StripEntry(f"shop {shop.id}", shop.name) for shop in here])
        answers = [(str(number), "") for number in range(1, len(here) + 1)]
        more = first + len(here) < len(shops)
        if more:
            answers.append(("m", "more"))

        def chosen(answer: str | None) -> None:
            if answer == "m":
                self.call_later(self._ask_shop, shops, first + len(here))
                return
            self._show_strip()
            if answer is not None:
                self._learn(here[int(answer) - 1].id)

        self.query_one(StatusLine).display = False
        self.query_one(QuestionBar).ask("Blank order for which shop?", answers, chosen)

    def _learn(self, shop: int) -> None:
        self.show_notice("Looking at the shop's last orders for status and currency …")
        self.run_worker(self._add_blank(shop), name="learn from the shop's orders", group="read")

    async def _add_blank(self, shop: int) -> None:
        examples: tuple[Document, ...] = ()
        words = "Blank order added. Enter edits; n leads to what is still needed."
        try:
            page = await self.workspace.account.client.list_orders(
                OrderQuery(integration=(shop,), page_size=_LEARNED_FROM)
            )
            examples = page.orders
        except ApiError as error:
            words = f"Blank order added with EUR and unfulfilled, since the shop's orders could not be read: {error}"
        self._stage_blank(shop, examples, words)

    @keeps
    def _stage_blank(self, shop: int, examples: Sequence[Document], words: str) -> None:
        id = self.staging.editing.add_blank(shop, examples)
        self._added([id], words)
        self.open_sheet(Pointer.of("order_number"))

    def _ask_line(self, prompt: str, done: Callable[[str], None], text: str = "", *, path: bool = False) -> None:
        line = self.query_one("#line", InputLine)
        line.prompt = prompt
        line.complete = completed if path else None
        line.open(text)
        self.line_done = done

    def _add_file(self, text: str) -> None:
        if text:
            path = Path(text)
            self.show_notice(f"Reading {path} …")
            self._read(path.name, path)

    def pasted(self, text: str) -> None:
        words = describe_paste(text)
        if self._in_sheet or not words:
            super().pasted(text)
            return
        ask_then(self, f"Pasted {words}:", [("o", "read as orders")], lambda _: self.read_pasted(text))

    def read_pasted(self, text: str) -> None:
        """Stage what was pasted, here or in the list of orders."""
        self._read("pasted cells" if "\t" in text and text.lstrip()[:1] not in ("[", "{") else "pasted text", text)

    def _read(self, name: str, source: Path | str) -> None:
        if self._counting is not None:
            self.show_notice("Another file is being added; Esc stops that.")
            return
        self.staging.reload_if_taken_over()
        if not self.may_edit():
            return
        counting = self._counting = ImportProgress()
        timer = self.set_interval(_LOOK, lambda: self.show_notice(counting.words()))
        self.run_worker(self._read_source(name, source, counting, timer), name="read orders", group="import")

    async def _read_source(self, name: str, source: Path | str, counting: ImportProgress, timer: Timer) -> None:
        account, batch = self.workspace.account, self.staging.batch
        try:
            opened = await asyncio.to_thread(
                open_source, source, name, known=Mappings(account).all(), progress=counting
            )
        except ImportFileError as error:
            self.show_notice(str(error), "warning")
            return
        finally:
            timer.stop()
            self._counting = None
        self.clear_notice()

        def done(intake: ParsedFile) -> None:
            if batch is not None and self.staging.batch != batch:
                self.show_notice(f"Another batch was opened meanwhile; nothing of {name} was added.", "warning")
                return
            self._take_in(intake, name)

        if isinstance(opened, ParsedFile):
            done(opened)
        elif opened.is_remembered:
            self._ask_mapping(opened, done)
        else:
            value = self.ask_screen(ImportScreen(self.workspace, opened))
            value_then(self, value, done)

    def _ask_mapping(self, source: TableSource, done: Callable[[ParsedFile], None]) -> None:
        """A table with columns that are known: one line instead of a screen."""
        rows = len(source.table.rows)

        def chosen(answer: str) -> None:
            screen = ImportScreen(self.workspace, source, at_once=answer == "s")
            value = self.ask_screen(screen)
            value_then(self, value, done)

        answers = [("s", "stage"), ("m", "see the mapping")]
        ask_then(self, f"{source.name}: {rows:,} rows, mapping {source.mapping.name}", answers, chosen)

    @handles("back")
    def do_back(self, key: str) -> None:
        if self._counting is None:
            self.workspace.go(Back())
        else:
            self.stop_reading()

    def stop_reading(self) -> bool:
        if self._counting is not None:
            self._counting.is_stopped = True
            return True
        return super().stop_reading()

    @keeps
    def _take_in(self, intake: ParsedFile, name: str) -> None:
        if intake.refused and intake.header:
            # Before anything is added, so that no end of the app comes between the orders and the rows that are none.
            Mappings(self.workspace.account).keep_refused(name, refused_csv(intake))
        if len(intake.orders) <= CHUNK_SIZE:
            self._taken_in(self.staging.editing.add_parsed(intake, name), intake, name)
            return
        counting = self._counting = ImportProgress("staged", "orders")
        timer = self.set_interval(_LOOK, lambda: self.show_notice(counting.words()))
        # It goes on when this screen is left by a way that does not stop it.
        self.workspace.start(self._stage(intake, name, counting, timer), name="stage orders")

    async def _stage(self, intake: ParsedFile, name: str, counting: ImportProgress, timer: Timer) -> None:
        try:
            ids = await self.staging.editing.add_in_chunks(intake, name, counting)
        except (BatchLocked, ImportFileError, StoreError) as error:
            if self.is_attached:
                self.show_all()
                self.show_notice(str(error), "warning")
            return
        finally:
            timer.stop()
            self._counting = None
        if self.is_attached:
            self._taken_in(ids, intake, name)

    def _taken_in(self, ids: Sequence[str], intake: ParsedFile, name: str) -> None:
        converted = sum(bool(one.converted) for one in intake.orders)
        words, more = f"{count_of(len(ids), 'order')} added from {name}", []
        if intake.refused:
            words += f"; {len(intake.refused)} refused"
        if intake.ignored:
            columns = len(intake.unmapped)
            more.append(f"{intake.ignored} cells of {count_of(columns, 'column')} went nowhere")
        if converted:
            more.append(f"{converted} with values put into the service's form")
        self._added(ids, f"{words}.", f" {'; '.join(more)}." if more else "")
        if intake.refused:
            lines = [f"{one.place} {one.reason}" for one in intake.refused]
            if intake.header:
                lines = [
                    "a r writes these rows into a file, with the reasons, to be mended and read again.",
                    "",
                    *lines,
                ]
            self.workspace.go(ShowText(f"Not taken from {name}", "\n".join(lines)))

    def _added(self, ids: Sequence[str], words: str, more: str = "") -> None:
        """Show what was added, and say so. `more` comes last, as a narrow screen cuts it."""
        if ids:
            self._chosen = ids[-1] if len(ids) == 1 else ids[0]
            if self._standing != ALL or self._words:
                self._standing, self._words = ALL, ""
        self.show_all()
        self.table.go_to_key(self._chosen or "")
        self.remember()
        self.show_notice(f"{words} u takes it back.{more}")
        self.look()


def _entry_width(name: str) -> int:
    """Cells of a shop on the strip, with its number."""
    return min(cell_len(safe(name)), 20) + 4

"""Adding to the batch: blank orders of a shop, templates, copies and files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.api.codec import Document
from tui.api.errors import ApiError
from tui.api.pointer import Pointer
from tui.api.query import OrderQuery
from tui.api.wording import count_of
from tui.orders.parsed import ParsedFile, ParsedOrder
from tui.screens.common.commands import handles
from tui.screens.common.questions import ask_which
from tui.screens.composer.file_adding import FileAdding, show_added
from tui.screens.composer.view import ComposerCommands, ComposerView
from tui.work.account import Shop
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.templates import Templates, as_template, from_template

if TYPE_CHECKING:
    from tui.work.file_import.mappings import Mappings

_LEARNED_FROM = 20
_FIRST_FIELD = Pointer.of("order_number")


class Adding(ComposerCommands):
    """The commands that add orders to the batch."""

    def __init__(self, view: ComposerView, files: FileAdding) -> None:
        super().__init__(view)
        self._files = files

    @handles("add")
    async def add(self, key: str) -> None:
        targets = self._view.targets()
        refused = self._mappings.refused_of()
        answers = [("b", "blank")]
        if targets:
            answers.append(("c", "copy" if len(targets) == 1 else f"copy {len(targets)} orders"))
        answers.append(("f", "file"))
        if self._templates.all():
            answers.append(("t", "template"))
        if len(targets) == 1:
            answers.append(("s", "as template"))
        if refused is not None:
            answers.append(("r", "refused"))
        match await self._screen.ask("Add", answers):
            case "b":
                self._add_blank()
            case "c":
                self._add_copies(targets)
            case "f":
                if path := await self._view.frame.ask_line("file: ", path=True):
                    self._files.read_file(Path(path))
            case "t":
                await self._add_from_template()
            case "s":
                await self._save_template(targets[0])
            case "r" if refused is not None:
                await self._write_refused(refused)

    @property
    def _templates(self) -> Templates:
        return Templates(self._view.workspace.account)

    @property
    def _mappings(self) -> "Mappings":
        from tui.work.file_import.mappings import Mappings

        return Mappings(self._view.workspace.account)

    def _add_copies(self, orders: Sequence[StagedOrder]) -> None:
        with self._view.saving():
            ids = self._view.staging.editing.add_copies(order.document for order in orders)
            show_added(self._view, ids[-1:], f"{count_of(len(orders), 'order')} copied; number and id end in -copy.")

    async def _write_refused(self, source: str) -> None:
        """Save the refused rows of the last import to a file."""
        from tui.screens.file_import.screen import refused_name, write_new

        path = await self._view.frame.ask_line("save refused rows to: ", refused_name(source), path=True)
        refused = self._mappings.refused()
        if not path or refused is None:
            return
        with self._view.saving():
            notice, is_written = write_new(Path(path), refused[1])
            if is_written:
                self._mappings.forget_refused()
            self._screen.show_notice(notice, "info" if is_written else "warning")

    # Templates.

    async def _save_template(self, order: StagedOrder) -> None:
        name = await self._view.frame.ask_line("template's name: ")
        if name is None:
            return
        if not name:
            self._screen.show_notice("A template needs a name; nothing was saved.")
        else:
            saved = "Updated" if name in self._templates.all() else "Saved"
            with self._screen.report_store_errors():
                self._templates.save(name, as_template(order.document))
                self._screen.show_notice(
                    f"{saved} as template {name}; {self._screen.key('add')} t creates orders from it."
                )

    async def _add_from_template(self) -> None:
        names = list(self._templates.all())
        chosen = await ask_which(self._screen, "New order from", names)
        if chosen is None:
            return
        name = names[chosen]
        found = self._templates.find(name)
        if found is None:
            self._screen.show_notice(f"There is no template {name}." if name else "Nothing was added.", "warning")
            return
        title, document = found
        new = ParsedOrder(from_template(document, self._view.workspace.now()), "new order", 0)
        with self._view.saving():
            ids = self._view.staging.editing.add_parsed(ParsedFile((new,), ()), f"template {title}")
            show_added(self._view, ids, f"Added from template {title}.")
            self._view.open_form(_FIRST_FIELD)

    # Blank orders.

    def _add_blank(self) -> None:
        shops = self._view.workspace.account.shops
        if shops is None:
            self._screen.show_notice("Reading the shops …")
            self._screen.run_worker(self._read_shops(), name="read the shops", group="read")
        else:
            self._screen.run_dialog(self._add_blank_of(shops))

    async def _read_shops(self) -> None:
        try:
            await self._view.workspace.account.read_shops()
        except ApiError as error:
            self._screen.show_notice(f"The shops could not be read: {error} Type a shop number instead.", "warning")
            self._screen.run_dialog(self._add_blank_of(()))
            return
        self._add_blank()

    async def _add_blank_of(self, shops: Sequence[Shop]) -> None:
        own = self._view.workspace.account.own_shop
        if len(shops) == 1:
            shop: int | None = shops[0].id
        elif shops:
            listed = sorted(shops, key=lambda shop: shop.id != own)
            chosen = await ask_which(self._screen, "Blank order for which shop?", [shop.name for shop in listed])
            shop = listed[chosen].id if chosen is not None else None
        else:
            shop = await self._ask_shop_number()
        if shop is not None:
            self._screen.show_notice("Reading the shop's last orders for status and currency …")
            self._screen.run_worker(self._add_blank_to(shop), name="learn from the shop's orders", group="read")

    async def _ask_shop_number(self) -> int | None:
        text = await self._view.frame.ask_line("shop number: ")
        if text and text.isascii() and text.isdigit() and len(text) < 19:
            return int(text)
        if text:
            self._screen.show_notice("A shop number has only digits. Nothing was added.", "warning")
        return None

    async def _add_blank_to(self, shop: int) -> None:
        examples: tuple[Document, ...] = ()
        edits, goes = self._screen.key("open"), self._screen.key("next_problem")
        notice = f"Blank order added. {edits} edits; {goes} goes to the next required field."
        query = OrderQuery(integration=(shop,), page_size=_LEARNED_FROM)
        try:
            examples = (await self._view.workspace.account.client.list_orders(query)).orders
        except ApiError as error:
            notice = f"Blank order added with EUR and unfulfilled, because the shop's orders could not be read: {error}"
        with self._view.saving():
            show_added(self._view, [self._view.staging.editing.add_blank(shop, examples)], notice)
            self._view.open_form(_FIRST_FIELD)

"""Export of the listed or the marked orders to a file."""

from typing import Final

from tui.orders.columns import COLUMNS, DEFAULT_COLUMNS
from tui.orders.query.conditions import OneOf
from tui.orders.query.folding import fold_value
from tui.screens.common.commands import handles
from tui.screens.common.exporting import ask_export_path, report_export
from tui.screens.triage.order_list import OrderCommands
from tui.work.cache.exports import OrderExport, export_orders

_ADDED: Final = ("order_id", "id", "created", "status", "payment", "postcode", "city", "email", "phone", "sku", "tag")
"""The columns of an exported table in addition to those of a list, unless the view has columns of its own."""


class ExportCommands(OrderCommands):
    """The export; `X` asks what is written and where."""

    @handles("export")
    async def export(self, key: str) -> None:
        index = self._workspace.orders
        window = index.window
        if self._screen.on_marked:
            keys = tuple(map(fold_value, self._orders.table.marks))
            window = index.local.window(OneOf("key", keys), self._orders.reader.query.sort)
        if not window:
            self._screen.show_notice("There are no orders to export.")
            return
        answers = [
            ("c", "CSV for spreadsheets"),
            ("j", "JSON lines, whole orders"),
            ("p", "pick list, units by SKU"),
        ]
        answer = await self._screen.ask(f"Export {len(window)} orders as", answers)
        if answer is None:
            return
        kind = {"c": OrderExport.TABLE, "j": OrderExport.DOCUMENTS, "p": OrderExport.PICK_LIST}[answer]
        self._orders.prompt.prompt = "export to: "
        path = await ask_export_path(self._screen, self._orders.prompt, "orders", kind.value)
        if path is not None:
            chosen = [column.name for column in self._orders.views.current.columns if column.name in COLUMNS]
            work = export_orders(window, kind, path, chosen or (*DEFAULT_COLUMNS, *_ADDED), index.knowledge.listed)
            await report_export(self._screen, work, "order", path)

"""The commands that read a table with another layout: delimiter, quotes, encoding, decimals, dates, header, sheet."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, Protocol

from tui.orders.tables.layout import DATES, DECIMALS, DELIMITERS, QUOTES, TableLayout
from tui.orders.tables.text.encodings import ENCODINGS
from tui.screens.common.commands import handles
from tui.screens.common.workspace import Workspace
from tui.work.file_import.json_reader import ImportFileError
from tui.work.file_import.mappings import Mappings
from tui.work.file_import.reader import TableSource, with_layout


class ImportTarget(Protocol):
    """The screen whose table is read again."""

    workspace: Workspace
    source: TableSource

    def key(self, id: str) -> str: ...

    def take_source(self, source: TableSource) -> None: ...

    def show_notice(self, text: str, tone: str = "info") -> None: ...

    def run_worker(self, work: Coroutine[Any, Any, None], name: str, group: str, *, exclusive: bool) -> object: ...


class LayoutCommands:
    """Each takes the next possibility, and reads the table again."""

    def __init__(self, screen: ImportTarget) -> None:
        self._screen = screen

    @property
    def _here(self) -> TableLayout:
        return self._screen.source.table.layout

    @handles("delimiter")
    def delimiter(self, key: str) -> None:
        if not self._is_workbook():
            self._read_as(replace(self._here, delimiter=_next(DELIMITERS, self._here.delimiter)))

    @handles("quote")
    def quote(self, key: str) -> None:
        if not self._is_workbook():
            self._read_as(replace(self._here, quote=_next(QUOTES, self._here.quote)))

    @handles("encoding")
    def encoding(self, key: str) -> None:
        if isinstance(self._screen.source.data, str):
            self._screen.show_notice("What was pasted has no encoding.")
        elif not self._is_workbook():
            self._read_as(replace(self._here, encoding=_next(ENCODINGS, self._here.encoding)))

    @handles("decimal")
    def decimal(self, key: str) -> None:
        self._read_as(replace(self._here, decimal=_next(DECIMALS, self._here.decimal)))

    @handles("dates")
    def dates(self, key: str) -> None:
        self._read_as(replace(self._here, dates=_next(DATES, self._here.dates)))

    @handles("header")
    def header(self, key: str) -> None:
        self._read_as(replace(self._here, header=not self._here.header))

    @handles("sheet")
    def sheet(self, key: str) -> None:
        sheets = self._screen.source.sheets
        if len(sheets) < 2:
            self._screen.show_notice("There is no other sheet.")
        else:
            names = dict.fromkeys(sheets, "")
            self._read_as(replace(self._here, sheet=_next(names, self._here.sheet)))

    def _is_workbook(self) -> bool:
        if self._screen.source.sheets:
            self._screen.show_notice(
                f"A workbook has no delimiter, quotes or encoding; {self._screen.key('sheet')} shows its next sheet."
            )
        return bool(self._screen.source.sheets)

    def _read_as(self, layout: TableLayout) -> None:
        self._screen.run_worker(self._reread(layout), name="read with another layout", group="read", exclusive=True)

    async def _reread(self, layout: TableLayout) -> None:
        known = Mappings(self._screen.workspace.account).all()
        try:
            source = await asyncio.to_thread(with_layout, self._screen.source, layout, known)
        except ImportFileError as error:
            self._screen.show_notice(f"Not with {layout.summary}: {error}", "warning")
            return
        self._screen.take_source(source)
        self._screen.show_notice(f"Read as {layout.summary}.")


def _next(choices: dict[str, str], here: str) -> str:
    names = list(choices)
    return names[(names.index(here) + 1) % len(names)] if here in names else names[0]

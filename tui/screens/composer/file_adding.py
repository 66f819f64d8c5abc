"""Adding orders from a file or a paste. It is read in the background; all its orders are staged, or none.

What reads tables is imported when something is added, because the first frame of the composer does not need it.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.timer import Timer

from tui.api.wording import count_of
from tui.orders.parsed import ParsedFile
from tui.screens.common.routes import ShowText
from tui.screens.composer.view import ComposerCommands, ComposerView
from tui.work.batches.staging import BatchLocked
from tui.work.batches.staging_chunks import CHUNK_SIZE
from tui.work.file_import.json_reader import ImportFileError, describe_paste
from tui.work.stored import StoreError

if TYPE_CHECKING:
    from tui.screens.file_import.screen import ImportProgress
    from tui.work.file_import.reader import TableSource

_FRAME = 0.02
"""Seconds in which a change is drawn."""


class FileAdding(ComposerCommands):
    """Reads one file or paste at a time."""

    def __init__(self, view: ComposerView) -> None:
        super().__init__(view)
        self._progress: ImportProgress | None = None

    @property
    def is_reading(self) -> bool:
        return self._progress is not None

    def stop(self) -> None:
        """Stop reading or staging. Nothing of the source is staged then."""
        if self._progress is not None:
            self._progress.is_stopped = True

    def read_file(self, path: Path) -> None:
        self._screen.show_notice(f"Reading {path} …")
        self._read(path.name, path)

    async def pasted(self, text: str) -> bool:
        """Offer to read a paste as orders. Returns False if it does not look like orders."""
        description = describe_paste(text)
        if not description:
            return False
        if await self._screen.ask(f"Pasted {description}:", [("o", "read as orders")]) is not None:
            self.read_pasted(text)
        return True

    def read_pasted(self, text: str) -> None:
        is_table = "\t" in text and text.lstrip()[:1] not in ("[", "{")
        self._read("pasted cells" if is_table else "pasted text", text)

    def _read(self, name: str, source: Path | str) -> None:
        if self.is_reading:
            self._screen.show_notice("Another file is being added; Esc stops it.")
            return
        self._staging.reload_if_taken_over()
        if self._view.may_edit():
            progress, timer = self._begin("read", "rows")
            work = self._read_source(name, source, progress, timer)
            self._screen.run_worker(work, name="read orders", group="import")

    def _begin(self, doing: str, things: str) -> "tuple[ImportProgress, Timer]":
        """Show the progress until `_end`."""
        from tui.screens.file_import.screen import LOOK, ImportProgress

        progress = self._progress = ImportProgress(doing, things)
        screen = self._screen
        return progress, screen.set_interval(LOOK, lambda: screen.show_notice(progress.words()))

    async def _draw(self, progress: "ImportProgress") -> None:
        """Draw the progress before something that takes as long as several notices: a list or another screen."""
        if self._screen.is_attached:
            self._screen.show_notice(progress.words())
            await asyncio.sleep(_FRAME)

    def _end(self, timer: Timer) -> None:
        timer.stop()
        self._progress = None

    async def _read_source(self, name: str, source: Path | str, progress: "ImportProgress", timer: Timer) -> None:
        from tui.screens.file_import.screen import PREVIEWED
        from tui.work.file_import.mappings import Mappings
        from tui.work.file_import.reader import open_source, preview

        known = Mappings(self._view.workspace.account).all()
        batch = self._staging.batch
        try:
            opened = await asyncio.to_thread(open_source, source, name, known=known, progress=progress)
            if not isinstance(opened, ParsedFile):
                # The numbers of the whole table, and what reading a row needs, are cached, so that the screen opens
                # without a delay.
                await asyncio.to_thread(preview, opened, PREVIEWED, now=self._view.workspace.now())
                await self._draw(progress)
        except ImportFileError as error:
            self._screen.show_notice(str(error), "warning")
            return
        finally:
            self._end(timer)
        self._screen.show_notice("")

        intake = opened if isinstance(opened, ParsedFile) else await self._ask_mapping(opened)
        if intake is not None and batch is not None and self._staging.batch != batch:
            self._screen.show_notice(f"Another batch was opened; nothing from {name} was added.", "warning")
        elif intake is not None:
            self._take_in(intake, name)

    async def _ask_mapping(self, source: "TableSource") -> ParsedFile | None:
        """Let the user map the columns of a table. If a mapping is known, ask whether to change it."""
        from tui.screens.file_import.screen import ImportScreen

        at_once, screen = False, self._screen
        if source.is_remembered:
            question = f"{source.name}: {len(source.table.rows):,} rows, mapping {source.mapping.name}"
            answer = await screen.ask(question, [("s", "stage"), ("m", "see the mapping")])
            if answer is None:
                return None
            at_once = answer == "s"
        return await screen.ask_screen(ImportScreen(self._view.workspace, source, at_once=at_once))

    # Staging what was read.

    def _take_in(self, intake: ParsedFile, name: str) -> None:
        from tui.work.file_import.mappings import Mappings
        from tui.work.file_import.reader import refused_csv

        with self._view.saving():
            if intake.refused and intake.header:
                # Store the refused rows first, so that a crash cannot lose them.
                Mappings(self._view.workspace.account).keep_refused(name, refused_csv(intake))
            if len(intake.orders) <= CHUNK_SIZE:
                self._show_taken(self._staging.editing.add_parsed(intake, name), intake, name)
                return
            progress, timer = self._begin("staged", "orders")
            # This continues when the screen is closed.
            self._view.workspace.start(self._stage(intake, name, progress, timer), name="stage orders")

    async def _stage(self, intake: ParsedFile, name: str, progress: "ImportProgress", timer: Timer) -> None:
        try:
            ids = await self._staging.editing.add_in_chunks(intake, name, progress)
            await self._draw(progress)
        except (BatchLocked, ImportFileError, StoreError) as error:
            if self._screen.is_attached:
                self._view.show_all()
                self._screen.show_notice(str(error), "warning")
            return
        finally:
            self._end(timer)
        if self._screen.is_attached:
            self._show_taken(ids, intake, name)

    def _show_taken(self, ids: Sequence[str], intake: ParsedFile, name: str) -> None:
        converted = sum(bool(order.converted) for order in intake.orders)
        notice, more = f"{count_of(len(ids), 'order')} added from {name}", []
        if intake.refused:
            notice += f"; {len(intake.refused)} refused"
        if intake.ignored:
            cells = count_of(intake.ignored, "cell")
            more.append(f"{cells} of {count_of(len(intake.unmapped), 'column')} went to no field")
        if converted:
            more.append(f"values of {count_of(converted, 'order')} were converted")
        show_added(self._view, ids, f"{notice}.", f" {'; '.join(more)}." if more else "")
        if intake.refused:
            lines = [f"{refused.place} {refused.reason}" for refused in intake.refused]
            if intake.header:
                lines = [
                    f"{self._screen.key('add')} r saves these rows with the reasons to a file, which you can correct "
                    "and add again.",
                    "",
                    *lines,
                ]
            self._view.workspace.go(ShowText(f"Refused rows of {name}", "\n".join(lines)))


def show_added(view: ComposerView, ids: Sequence[str], notice: str, more: str = "") -> None:
    """Go to the added orders and show a notice. `more` comes last, because a narrow screen cuts it."""
    if ids:
        view.state.chosen = ids[-1] if len(ids) == 1 else ids[0]
        view.state.clear_filter()
    view.show_all()
    view.batch.table.go_to_key(view.state.chosen or "")
    view.remember()
    view.screen.show_notice(f"{notice} {view.screen.key('undo')} undoes it.{more}")
    # Later, because it goes through all orders; the added ones are drawn first.
    view.screen.call_after_refresh(view.look_up)

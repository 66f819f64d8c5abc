"""The batches of the account, with progress and owner; create, rename, remove and open them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from textual.app import ComposeResult

from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.formats import short_time_text
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenComposer
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.input_line import InputLine
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell
from tui.work.batches.catalog import BatchInfo
from tui.work.batches.staging import BatchLocked
from tui.work.stored import StagedState
from tui.work.writes.send_state import SendState, project

_COLUMNS = (
    Column("name", "batch", 18, 2),
    Column("count", "orders", 6, 0, "right"),
    Column("states", "progress", 22, 2),
    Column("owner", "owner", 22, 2),
)
_SHOWN = (
    SendState.REFUSED,
    SendState.UNKNOWN,
    SendState.DIFFERS,
    SendState.READY,
    SendState.SENDING,
    SendState.ACCEPTED,
    SendState.VERIFIED,
)
_BAD = _SHOWN[:3]


class BatchesScreen(BaseScreen[None]):
    """Lists the newest batch first; Enter opens it in the composer."""

    WHERE = Context.BATCHES
    KEYS = (
        ("open", "open"),
        ("add", "add"),
        ("rename", "rename"),
        ("drop", "remove"),
        ("undo", "undo"),
        ("take_over", "take over"),
        ("keys", "keys"),
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.table = OrderTable(
            _COLUMNS, empty=f"No batch yet. {self.key('add')} creates one; staging an order creates one automatically."
        )
        self.line = InputLine("", hides=True)
        self._batches: dict[str, BatchInfo] = {}

    def compose(self) -> ComposeResult:
        return self.framed(self.table, self.line)

    @property
    def info(self) -> BatchInfo | None:
        """The batch under the cursor."""
        return self._batches.get(self.table.cursor_key or "")

    def on_mount(self) -> None:
        self.show_all()
        self.table.go_to_key(str(self.workspace.staging.batch))

    @handles("refresh")
    def show_all(self, key: str = "") -> None:
        """Show the list as stored, including changes by other running copies of the app."""
        self._batches = {str(info.id): info for info in self.workspace.staging.batches()}
        self.table.load([self._row(key, info) for key, info in self._batches.items()])
        count = count_of(len(self._batches), "batch", "batches")
        self.title_line.set(f"{self.workspace.profile} · batches", count)
        self.show_status()

    def _row(self, key: str, info: BatchInfo) -> RenderedRow:
        counts: Counter[SendState] = Counter()
        for stored, count in info.counts.items():
            counts[project(stored)] += count
        # Whether an unsent order is ready is known only when its batch is open.
        labels = {state: "unsent" if state is SendState.READY else state.label for state in _SHOWN}
        states = ", ".join(f"{counts[state]} {label}" for state, label in labels.items() if counts[state])
        mark, tone = ("S", "service") if any(counts[state] for state in _BAD) else (" ", "")
        name = StyledCell(info.name, "title" if self._is_open(info) else "")
        cells = (name, str(info.count or ""), StyledCell(states, tone), self._owner(info))
        if info.is_elsewhere:
            mark, tone = "#", "conflict"
        return RenderedRow(key, cells, mark, tone)

    def _is_open(self, info: BatchInfo) -> bool:
        return info.id == self.workspace.staging.batch

    def _owner(self, info: BatchInfo) -> StyledCell:
        owner = info.owner
        if owner is None or not owner.alive:
            made = short_time_text(info.created_at.astimezone(self.workspace.account.zone))
            return StyledCell(f"free, created {made}", "dim")
        if owner.mine:
            return StyledCell("open here" if self._is_open(info) else "yours", "good")
        since = short_time_text(owner.since.astimezone(self.workspace.account.zone))
        return StyledCell(f"{owner.user}@{owner.host}, process {owner.pid}, since {since}", "conflict")

    def status_items(self) -> list[str]:
        return [f"{self.key('open')} opens", "the journal keeps what was sent"]

    # Commands.

    @handles("open")
    def open(self, key: str) -> None:
        info = self.info
        if info is not None:
            self._open(info)

    def _open(self, info: BatchInfo, *, take_over: bool = False) -> None:
        with self._reporting():
            if not self._is_open(info):
                self.workspace.staging.open_batch(info.name)
            if take_over:
                self.workspace.staging.take_over()
            self.workspace.go(OpenComposer())

    @handles("add")
    async def create(self, key: str) -> None:
        if name := await self.line.ask("new batch: "):
            with self._reporting():
                self.workspace.staging.create(name)
                self.workspace.go(OpenComposer())

    @handles("rename")
    async def rename(self, key: str) -> None:
        info = self.info
        if info is not None and (name := await self.line.ask("name: ", info.name)):
            with self._reporting():
                self.workspace.staging.rename(info.name, name)
                self.show_all()

    @handles("drop")
    def remove_batch(self, key: str) -> None:
        info = self.info
        if info is None:
            return
        with self._reporting():
            self.workspace.staging.remove(info.name)
            self.show_all()
            unsent = info.counts[StagedState.DRAFT] + info.counts[StagedState.REFUSED]
            kept = " Orders on the service are not changed." if info.count > unsent else ""
            self.show_notice(f"{info.name} removed.{kept} {self.key('undo')} restores it.")

    @handles("undo")
    def bring_back(self, key: str) -> None:
        with self._reporting():
            name = self.workspace.staging.put_back()
            self.show_all()
            for key, info in self._batches.items():
                if info.name == name:
                    self.table.go_to_key(key)
            self.show_notice(f"{name} restored." if name else "No batch was removed.")

    @handles("take_over")
    async def take_over(self, key: str) -> None:
        info = self.info
        if info is None or not info.is_elsewhere:
            self.show_notice(f"No other copy has this batch open; {self.key('open')} opens it.")
        else:
            owner = f"{info.owner.user}@{info.owner.host}, process {info.owner.pid}" if info.owner else "Another copy"
            answers = [("y", "take over; the other copy becomes read-only")]
            if await self.ask(f"{owner} works on {info.name}.", answers):
                self._open(info, take_over=True)

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Show why a batch could not be changed."""
        try:
            yield
        except BatchLocked as error:
            self.show_all()
            self.show_notice(str(error), "warning")

"""The batches of the account: how far each is and who has it; new, rename, remove, open."""

from collections.abc import Callable

from textual import on

from tui.api.wording import count_of
from tui.keymap import Context
from tui.screens.common.commands import handles
from tui.screens.common.list_screen import ListScreen
from tui.screens.common.routes import OpenComposer
from tui.screens.common.workspace import Workspace
from tui.store.batches import StagedState
from tui.widgets.input_line import InputLine
from tui.widgets.status import TitleLine
from tui.widgets.table import Column, RenderedRow, StyledCell
from tui.work.batches.catalog import BatchInfo
from tui.work.batches.staging import BatchLocked

_COLUMNS = (
    Column("name", "batch", 18, 2),
    Column("count", "orders", 6, 0, "right"),
    Column("states", "how far", 22, 2),
    Column("owner", "whose", 22, 2),
)
_KEYS = (
    ("open", "open"),
    ("add", "add"),
    ("rename", "rename"),
    ("drop", "remove"),
    ("undo", "undo"),
    ("take_over", "take over"),
    ("keys", "keys"),
)
_WORDS = {
    StagedState.REFUSED: "refused",
    StagedState.UNKNOWN: "unknown",
    StagedState.DIFFERS: "differ",
    StagedState.MISSING: "missing",
    StagedState.DRAFT: "here",
    StagedState.SENT: "on the way",
    StagedState.ACCEPTED: "accepted",
    StagedState.VERIFIED: "verified",
}
_BAD = (StagedState.REFUSED, StagedState.UNKNOWN, StagedState.DIFFERS, StagedState.MISSING)


class BatchesScreen(ListScreen):
    """The newest first; Enter opens one in the composer."""

    WHERE = Context.BATCHES
    COLUMNS = _COLUMNS
    EMPTY = "No batch yet: a makes one, and whatever is staged makes one by itself."

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._batches: dict[str, BatchInfo] = {}
        self._done: Callable[[str], None] = lambda _: None

    @property
    def info(self) -> BatchInfo | None:
        """The batch under the cursor."""
        return self._batches.get(self.table.cursor_key or "")

    def on_mount(self) -> None:
        super().on_mount()
        self.show_all()
        self.table.go_to_key(str(self.workspace.staging.batch))

    def show_all(self) -> None:
        """The list as it is on disk, other running copies' changes included."""
        self._batches = {str(info.id): info for info in self.workspace.staging.batches()}
        self.table.load([self._row(key, info) for key, info in self._batches.items()])
        count = len(self._batches)
        words = count_of(count, "batch", "batches")
        self.query_one(TitleLine).set(f"{self.workspace.profile} · batches", words)
        self.show_status()

    def _row(self, key: str, info: BatchInfo) -> RenderedRow:
        states = ", ".join(f"{info.counts[state]} {word}" for state, word in _WORDS.items() if info.counts[state])
        bad = any(info.counts[state] for state in _BAD)
        mark, tone = ("S", "service") if bad else (" ", "")
        if info.is_elsewhere:
            mark, tone = "#", "conflict"
        is_open = info.id == self.workspace.staging.batch
        name = StyledCell(info.name, "title" if is_open else "")
        cells = (name, str(info.count or ""), StyledCell(states, "service" if bad else ""), self._owner(info))
        return RenderedRow(key, cells, mark, tone)

    def _owner(self, info: BatchInfo) -> StyledCell:
        owner = info.owner
        if owner is None or not owner.alive:
            made = f"{info.created_at.astimezone(self.workspace.account.zone):%d %b %H:%M}"
            return StyledCell(f"free, of {made}", "dim")
        if owner.mine:
            return StyledCell("open here" if info.id == self.workspace.staging.batch else "yours", "good")
        since = f"{owner.since.astimezone(self.workspace.account.zone):%d %b %H:%M}"
        return StyledCell(f"{owner.user}@{owner.host}, process {owner.pid}, since {since}", "conflict")

    def show_keys(self) -> None:
        self.show_commands(_KEYS)

    def status_items(self) -> list[str]:
        return ["Enter opens", "what was sent of a batch stays in the journal"]

    # What can be done.

    @handles("open")
    def do_open(self, key: str) -> None:
        info = self.info
        if info is not None and self._try(lambda: self._open(info)):
            self.workspace.go(OpenComposer())

    def _open(self, info: BatchInfo) -> None:
        if info.id != self.workspace.staging.batch:
            self.workspace.staging.open_batch(info.name)

    @handles("batches")
    def do_batches(self, key: str) -> None:
        self.workspace.go(OpenComposer())

    @handles("add")
    def do_add(self, key: str) -> None:
        self._ask_line("new batch: ", "", self._create)

    def _create(self, name: str) -> None:
        if self._try(lambda: self.workspace.staging.create(name)):
            self.workspace.go(OpenComposer())

    @handles("rename")
    def do_rename(self, key: str) -> None:
        info = self.info
        if info is not None:
            self._ask_line("name: ", info.name, lambda name: self._rename(info, name))

    def _rename(self, info: BatchInfo, name: str) -> None:
        if self._try(lambda: self.workspace.staging.rename(info.name, name)):
            self.show_all()

    @handles("drop")
    def do_drop(self, key: str) -> None:
        info = self.info
        if info is None:
            return
        if self._try(lambda: self.workspace.staging.remove(info.name)):
            self.show_all()
            sent = info.count - info.counts[StagedState.DRAFT] - info.counts[StagedState.REFUSED]
            kept = " The service keeps what it has." if sent else ""
            self.show_notice(f"{info.name} removed.{kept} u brings it back.")

    @handles("undo")
    def do_undo(self, key: str) -> None:
        names: list[str | None] = []
        if self._try(lambda: names.append(self.workspace.staging.put_back())):
            self.show_all()
            back = next((one for one in self._batches.values() if one.name == names[0]), None)
            if back is not None:
                self.table.go_to_key(str(back.id))
            self.show_notice(f"{names[0]} is back." if names[0] else "No batch was removed.")

    @handles("take_over")
    def do_take_over(self, key: str) -> None:
        info = self.info
        if info is None or not info.is_elsewhere:
            self.show_notice("Nobody else has this batch; Enter opens it.")
            return

        def chosen(_: str) -> None:
            if self._try(lambda: self._open(info)):
                self.workspace.staging.take_over()
                self.workspace.go(OpenComposer())

        owner = f"{info.owner.user}@{info.owner.host}, process {info.owner.pid}" if info.owner else "Another copy"
        self.ask_then(f"{owner} works on {info.name}.", [("t", "take it over; that copy can only look then")], chosen)

    def _try(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except BatchLocked as error:
            self.show_all()
            self.show_notice(str(error), "warning")
            return False
        return True

    # The line for a name.

    def _ask_line(self, prompt: str, text: str, done: Callable[[str], None]) -> None:
        line = self.line
        line.prompt = prompt
        line.open(text)
        self._done = done

    @on(InputLine.Submitted)
    def _line_taken(self, event: InputLine.Submitted) -> None:
        if event.text.strip():
            with self.report_store_errors():
                self._done(event.text)

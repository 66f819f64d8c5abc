"""The latest bulk changes and their results."""

from textual.app import ComposeResult

from tui.keymap import Context
from tui.orders.formats import short_time_text
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenBulk
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell
from tui.work.bulk.job import Job, JobStage
from tui.work.bulk.runner import JobConflict
from tui.work.writes.send_state import SendState

_COLUMNS = (
    Column("at", "when", 16),
    Column("name", "change", 18, 2),
    Column("stage", "", 9),
    Column("counts", "orders", 24, 3),
)
_TONES = {
    JobStage.RUNNING: "info",
    JobStage.PAUSED: "warning",
    JobStage.PLANNED: "changed",
    JobStage.CANCELLED: "warning",
}
_BAD = frozenset({SendState.REFUSED, SendState.UNKNOWN, SendState.DIFFERS, SendState.CONFLICT})


class JobsScreen(BaseScreen[None]):
    """Lists the newest first; Enter opens it."""

    WHERE = Context.JOBS

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        mark, marked, field, tags = (self.key(id, Context.TRIAGE) for id in ("mark", "on_marked", "set_field", "tags"))
        empty = f"No bulk changes yet: mark orders with {mark}, then press {marked} {field} or {marked} {tags}."
        self.table = OrderTable(_COLUMNS, empty=empty)
        self._jobs: dict[str, Job] = {}

    def compose(self) -> ComposeResult:
        return self.framed(self.table)

    def on_mount(self) -> None:
        self.title_line.set(f"{self.workspace.profile} · bulk changes", "the last 20")

    @handles("refresh")
    def show_all(self, key: str = "") -> None:
        """Show the list as stored, including changes by other running copies of the app."""
        jobs = self.workspace.jobs
        self._jobs = {job.id: job for job in jobs.recent()}
        zone = self.workspace.account.zone
        rows = []
        for job in self._jobs.values():
            counts = ", ".join(f"{count} {state.label}" for state, count in job.counts.items())
            stage = "elsewhere" if jobs.is_elsewhere(job) else str(job.stage)
            at = short_time_text(job.created_at.astimezone(zone))
            cells = (at, job.name, StyledCell(stage, _TONES.get(job.stage, "")), counts)
            mark, tone = ("!", "error") if _BAD & set(job.counts) else (" ", "")
            rows.append(RenderedRow(job.id, cells, mark, tone))
        self.table.load(rows)
        self.show_status()

    def status_items(self) -> list[str]:
        return [f"{self.key('open')} shows the results; the journal keeps what was sent"]

    @handles("open")
    def open(self, key: str) -> None:
        job = self.table.cursor_key
        if job is not None and self.workspace.jobs.get(job) is not None:
            self.workspace.go(OpenBulk(job))

    @handles("drop")
    async def forget(self, key: str) -> None:
        job = self._jobs.get(self.table.cursor_key or "")
        answers = [("y", "remove from this list; sent changes are not undone")]
        if job is None or not await self.ask(f"Remove {job.name} and its results?", answers):
            return
        try:
            self.workspace.jobs.drop(job)
        except JobConflict as error:
            self.show_notice(str(error), "warning")
        self.show_all()

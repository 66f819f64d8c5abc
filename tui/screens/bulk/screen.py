"""The screen of a bulk change: the change, each order with its new values, and the results."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.pointer import Pointer
from tui.keymap import Context
from tui.screens.bulk.context import BulkContext
from tui.screens.bulk.recipe import RecipeCommands
from tui.screens.bulk.rows import ALL, COLUMNS, JobRows, detail_lines, kind_summary, tab_labels
from tui.screens.bulk.sending import SendCommands
from tui.screens.common.commands import handles
from tui.screens.common.general_commands import TabCommands
from tui.screens.common.key_lines import editor_keys, keys_of
from tui.screens.common.routes import Back, EditOrder, OpenBulk, Page
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.order.external_editor import edit_field
from tui.screens.order.pickers import reader_of
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import RuleLine
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.work.bulk.job import Job, JobStage

_WIDE = 120

_KEYS_SENDING = (
    ("pause", "pause, resume"),
    ("stop", "cancel"),
    ("open", "open"),
    ("tab_next", "state"),
    ("back", "back"),
)
_KEYS_IN = {
    JobStage.PLANNED: (
        ("add", "add"),
        ("tags", "tags"),
        ("only_empty", "empty"),
        ("pane", "orders"),
        ("exclude", "exclude"),
        ("as_json", "JSON"),
        ("review", "review"),
        ("keys", "keys"),
    ),
    JobStage.RUNNING: (*_KEYS_SENDING, ("keys", "keys")),
    JobStage.PAUSED: (*_KEYS_SENDING, ("keys", "keys")),
}
_KEYS_AFTER = (("open", "open"), ("tab_next", "state"), ("retry", "try again"), ("back", "back"), ("keys", "keys"))


class BulkScreen(BaseScreen[None]):
    """Shows the recipe and the orders before sending, then only the orders."""

    WHERE = Context.BULK
    GROUPS = (TabCommands, RecipeCommands, SendCommands)
    CSS: ClassVar[str] = """
    #bulk { height: 1fr; layout: vertical; }
    #bulk #recipe { height: auto; }
    #bulk #recipe OrderSheet { height: 4; }
    #bulk.-begun #recipe { display: none; }
    #bulk #result { height: 1fr; }
    #bulk #detail { height: 3; }
    #bulk.-wide { layout: horizontal; }
    #bulk.-wide #recipe { width: 56; height: 1fr; }
    #bulk.-wide #recipe OrderSheet { height: 1fr; }
    #bulk.-wide #detail { height: 8; }
    """

    def __init__(self, workspace: Workspace, job_id: str, field: Pointer | None = None) -> None:
        super().__init__(workspace)
        job = workspace.jobs.get(job_id)
        if job is None:
            raise KeyError(f"There is no bulk change {job_id}.")
        self.tab_bar = TabBar()
        self.sheet = OrderSheet(
            reader=reader_of(workspace), typing_hook=lambda *typed: self._recipe.typing(*typed), empty=""
        )
        self.table = OrderTable(COLUMNS, empty="No orders in this state. Press 0 to show all.", id="orders")
        self._line = InputLine("name: ", hides=True)
        self._bulk = BulkContext(self, job, self.tab_bar, self.sheet, self.table, self.show_all)
        self._recipe = RecipeCommands(self._bulk, self._line)
        tabs = TabCommands(self, self.tab_bar, "There is no tab {}.")
        self.groups = (tabs, self._recipe, SendCommands(self._bulk, self._recipe))
        self._field = field
        self._kind_line, self._detail_line, self._detail = RuleLine(id="kind"), RuleLine(id="rule"), Pager(id="detail")

    def compose(self) -> ComposeResult:
        recipe = Container(self.sheet, id="recipe")
        result = Container(self._kind_line, self.table, self._detail_line, self._detail, id="result")
        return self.framed(self.tab_bar, Container(recipe, result, id="bulk"), self._line)

    @property
    def job(self) -> Job:
        """The job as read last."""
        return self._bulk.job

    @property
    def list_view(self) -> LineView:
        return self.sheet if self._bulk.in_recipe and self._bulk.is_open else self.table

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.sheet.editing is not None

    def reopen(self, page: Page) -> bool:
        return isinstance(page, OpenBulk) and page.job_id == self.job.id

    def on_mount(self) -> None:
        self._recipe.open(self._field)

    def on_screen_resume(self) -> None:
        self._bulk.reload()

    def on_resize(self, event: events.Resize) -> None:
        is_wide = event.size.width >= _WIDE
        self.query_one("#bulk").set_class(is_wide, "-wide")
        self._recipe.is_tall = is_wide
        self._recipe.resize()

    # What is shown.

    @on(TabBar.Selected)
    def show_all(self) -> None:
        """Redraw everything."""
        job = self.job
        self.query_one("#bulk").set_class(not self._bulk.is_open, "-begun")
        self.tab_bar.set_labels(tab_labels(job), self.tab_bar.current or ALL)
        current = self.tab_bar.current or ALL
        self.table.load(JobRows([order for order in job.orders.values() if current in (ALL, order.state)]))
        self._show_title()
        if job.stage is JobStage.PLANNED:
            costs = kind_summary(self.workspace.jobs.plan(job), job.kind)
            self._kind_line.set(costs if job.waiting else "nothing would be sent")
        else:
            self._kind_line.set(job.progress, job.note or job.recipe.summary)
        self._show_detail()
        self.show_status()
        if self.sheet.editing is None:
            self.show_keys()

    def _show_title(self) -> None:
        job = self.job
        stage = "dry run" if job.stage is JobStage.PLANNED else str(job.stage)
        if self.workspace.jobs.is_elsewhere(job):
            stage = f"another copy runs it, {self.key('refresh')} refreshes"
        facts = [job.name, stage, f"{len(job.orders)} orders" + (f", {job.selection}" if job.selection else "")]
        self.title_line.set(self.workspace.heading, " · ".join(facts))

    def show_keys(self) -> None:
        """Show the keys for the stage of the change."""
        wanted = _KEYS_IN.get(self.job.stage, _KEYS_AFTER)
        if self.job.stage is JobStage.PLANNED and not self._bulk.is_open:
            wanted = tuple((id, word) for id, word in wanted if id not in ("add", "tags", "only_empty", "pane"))
        self.key_line.set(keys_of(self.commands, wanted))

    @on(OrderTable.CursorMoved)
    def _show_detail(self) -> None:
        order = self._bulk.order
        if order is None:
            self._detail_line.set()
            self._detail.set_lines([])
        else:
            count = len(order.changes)
            self._detail_line.set(f"{order.name} · {order.state.label}", f"{count} fields" if count > 1 else "")
            self._detail.set_lines(detail_lines(order))

    def status_items(self) -> Sequence[str | Piece]:
        job = self.job
        if job.note:
            return [(job.note, "warning"), f"{self.key('pause')} resumes, {self.key('stop')} cancels"]
        match job.stage:
            case JobStage.PLANNED if self._recipe.is_reading:
                return [(f"reading … {self.key('stop')} stops", "info")]
            case JobStage.PLANNED if job.recipe.is_empty:
                return [f"{self.key('add')} adds a field, {self.key('tags')} tags; a dry run then shows each order"]
            case JobStage.PLANNED:
                unread = [(f"unknown fields: {', '.join(job.recipe.unknown)}", "warning")] if job.recipe.unknown else []
                return [
                    *unread,
                    f"{len(job.waiting)} would change, {self.key('review')} reviews",
                    "printed labels are not updated",
                ]
            case JobStage.RUNNING:
                sending = (f"sending: {job.sent_count} of {job.planned_count}", "info")
                return [
                    sending,
                    f"{self.key('pause')} pauses, {self.key('stop')} cancels, {self.key('back')} leaves it running",
                ]
            case JobStage.PAUSED:
                return [
                    (f"paused: {job.sent_count} of {job.planned_count}", "warning"),
                    f"{self.key('pause')} resumes, {self.key('stop')} cancels",
                ]
            case _:
                return [
                    f"{job.stage}: {job.sent_count} of {job.planned_count}",
                    f"{self.key('retry')} retries the orders shown",
                ]

    # What happens in the panes.

    @on(OrderSheet.EditorOpened)
    def _opened(self) -> None:
        self._recipe.resize()
        self.key_line.set(editor_keys(several_lines=self.sheet.is_multiline))

    @on(OrderSheet.EditorLeft)
    def _left(self, event: OrderSheet.EditorLeft) -> None:
        self._recipe.left(event.pointer, event.text)
        if self.sheet.editing is None:
            self._recipe.resize()
            self.show_keys()

    @on(OrderSheet.FieldChanged)
    def _entered(self, event: OrderSheet.FieldChanged) -> None:
        self._recipe.entered(event.pointer, event.entry)

    @on(OrderSheet.EditRefused)
    def _refused(self, event: OrderSheet.EditRefused) -> None:
        self.show_notice(event.reason)

    @on(OrderSheet.ExternalEditor)
    def _external(self, event: OrderSheet.ExternalEditor) -> None:
        edit_field(self, self.sheet, event.text, self._recipe.place)

    # Moving.

    @handles("pane")
    def switch_pane(self, key: str) -> None:
        if self._bulk.may_change():
            self._bulk.in_recipe = not self._bulk.in_recipe
            self.give_focus()

    @handles("open")
    def open(self, key: str) -> None:
        if self.list_view is self.sheet:
            pointer = self.sheet.cursor_pointer
            self.sheet.open_editor(None, self._recipe.typed().get(pointer) if pointer is not None else None)
        elif (order := self._bulk.order) is not None:
            self.workspace.go(EditOrder(order.id))

    @handles("refresh")
    def look_again(self, key: str) -> None:
        if self._bulk.is_open:
            self._recipe.look(again=True)
        else:
            self._bulk.reload()
            self.show_all()

    @handles("back")
    def back(self, key: str) -> None:
        self.sheet.leave_editor()
        self._recipe.drop_if_empty()
        self.workspace.go(Back())

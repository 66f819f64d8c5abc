"""The request log: method, path, status, time, and bodies on Enter. Credentials are never shown."""

from collections.abc import Callable

from textual.app import ComposeResult

from tui.api.request_log import LoggedRequest
from tui.keymap import Context
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import key_names
from tui.screens.common.routes import ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell

_COLUMNS = (
    Column("time", "time", 8),
    Column("method", "method", 6),
    Column("status", "status", 13),
    Column("ms", "ms", 6, 0, "right"),
    Column("path", "path", 30, 1),
)


class RequestLogScreen(BaseScreen[None]):
    """Lists the newest request first; Enter shows its bodies."""

    WHERE = Context.REQUESTS

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._log = workspace.account.log
        self._entries: tuple[LoggedRequest, ...] = ()
        self._stop: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        return self.framed(OrderTable(_COLUMNS, empty="No requests yet."))

    def on_mount(self) -> None:
        self.title_line.set("Requests")
        self._stop = self._log.listen(lambda _: self.show_all())
        self.show_all()

    def show_keys(self) -> None:
        self.key_line.set(
            [
                (key_names(self.commands, "open"), "bodies"),
                (key_names(self.commands, "down", "up"), "move"),
                (key_names(self.commands, "back"), "back"),
            ]
        )

    def on_unmount(self) -> None:
        self._stop()

    def show_all(self) -> None:
        if not self.is_attached or self not in self.app.screen_stack:
            # The screen is being closed.
            return
        zone = self.workspace.account.zone
        self._entries = tuple(reversed(self._log.entries))
        rows = []
        for entry in self._entries:
            failed = entry.status is None or entry.status >= 400
            status = StyledCell(str(entry.status or entry.outcome), "error" if failed else "good")
            time = f"{entry.time.astimezone(zone):%H:%M:%S}"
            rows.append(RenderedRow(str(entry.number), (time, entry.method, status, str(entry.ms), entry.target)))
        self.query_one(OrderTable).load(rows)

    @handles("open")
    def open(self, key: str) -> None:
        index = self.list_view.cursor
        if index < len(self._entries):
            entry = self._entries[index]
            self.workspace.go(ShowText(f"{entry.method} {entry.target}", entry_text(entry)))


def entry_text(entry: LoggedRequest) -> str:
    """A request and its response as untrusted text."""
    lines = [f"{entry.method} {entry.target}", f"{entry.outcome}, {entry.ms} ms", ""]
    if entry.note:
        lines += [entry.note, ""]
    if entry.withheld:
        lines += ["The bodies are not logged because they contain secrets.", ""]
    if entry.request_body:
        lines += ["sent:", entry.request_body.decode("utf-8", "replace"), ""]
    lines += [f"response {entry.status}{':' if entry.response_body else ''}" if entry.status else "no response"]
    if entry.response_body:
        lines.append(entry.response_body.decode("utf-8", "replace"))
    return "\n".join(lines)

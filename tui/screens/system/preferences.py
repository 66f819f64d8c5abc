"""The settings: each with its value and where that comes from. Enter changes one, and settings.toml with it."""

from textual.app import ComposeResult

from tui.config.preferences import PreferenceRow
from tui.config.settings import SettingsError
from tui.keymap import Context
from tui.screens.common.commands import handles
from tui.screens.common.questions import ask_which
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.table import Column, OrderTable, RenderedRow, StyledCell

_COLUMNS = (
    Column("title", "setting", 16),
    Column("value", "value", 20, 1),
    Column("origin", "from", 22),
    Column("restart", "", 12),
)


class PreferencesScreen(BaseScreen[None]):
    """Reads the file when it is shown, so that a change by another program is seen."""

    WHERE = Context.SETTINGS

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.table = OrderTable(_COLUMNS)
        self._rows: list[PreferenceRow] = []

    def compose(self) -> ComposeResult:
        return self.framed(self.table)

    def on_mount(self) -> None:
        self.title_line.set(f"{self.workspace.profile} · settings", "settings.toml")

    def show_all(self) -> None:
        try:
            self._rows = self.workspace.preferences.rows()
        except SettingsError as error:
            self._rows = []
            self.show_notice(f"{error}. Correct it with: sendcloud-orders config edit.", "error")
        self.table.load([_rendered(row) for row in self._rows])
        self.show_status()

    def status_items(self) -> list[str]:
        return [f"{self.key('open')} changes a value; comments of settings.toml stay"]

    @handles("open")
    async def open(self, key: str) -> None:
        if not self._rows:
            return
        preference = self._rows[self.table.cursor].preference
        chosen = await ask_which(self, f"{preference.title}:", [choice.words for choice in preference.choices])
        if chosen is None:
            return
        choice = preference.choices[chosen]
        try:
            await self.workspace.preferences.change(preference, choice.value)
        except SettingsError as error:
            self.show_notice(f"Nothing was changed: {error}.", "error")
            return
        self.show_all()
        when = "" if preference.at_once else " Used from the next start."
        self.show_notice(f"{preference.title}: {choice.words.partition(':')[0]}. Saved in settings.toml.{when}")


def _rendered(row: PreferenceRow) -> RenderedRow:
    restart = StyledCell("at the start" if row.needs_restart else "", "warning")
    cells = (row.preference.title, row.value, StyledCell(row.origin, "dim"), restart)
    return RenderedRow(row.preference.name, cells, "*" if row.needs_restart else " ")

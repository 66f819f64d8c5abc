"""`ListTitle`: the title of the order list, with a countdown to the next handover."""

from typing import Any

from textual.timer import Timer

from tui.screens.common.screen import BaseScreen
from tui.screens.triage.countdown import countdown
from tui.screens.triage.reading import OrderReader


class ListTitle:
    """Shows how many orders have errors and drafts. A timer runs only until the text of the countdown changes."""

    def __init__(self, screen: BaseScreen[Any], reader: OrderReader) -> None:
        self._screen = screen
        self._reader = reader
        self._timer: Timer | None = None

    def show(self) -> None:
        """Update the title."""
        workspace, to_fix = self._screen.workspace, self._reader.to_fix
        drafted = len(workspace.account.drafts.all())
        at_least = "" if workspace.sync.state.is_complete else "≥ "
        facts = [f"to fix {at_least}{to_fix}" if to_fix else "", f"drafted {drafted}" if drafted else ""]
        self._screen.title_line.set(workspace.heading, " · ".join(filter(None, [*facts, self._countdown()])))

    def _countdown(self) -> str:
        """The text of the countdown. A timer updates it when it changes."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        due, now, zone = self._reader.next_due, self._screen.workspace.now(), self._screen.workspace.account.zone
        if due is None or due <= now:
            return ""
        text, seconds = countdown(due.astimezone(zone), now.astimezone(zone))
        is_last = now.timestamp() + seconds >= due.timestamp()
        self._timer = self._screen.set_timer(seconds, self._reader.look_again if is_last else self.show)
        return text

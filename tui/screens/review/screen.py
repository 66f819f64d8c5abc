"""The review: shows every change before it is sent. Only `y` here sends."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult

from tui.api.codec import Json, pretty
from tui.api.wording import count_of
from tui.keymap import Context
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import keys_of
from tui.screens.common.routes import Back
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.lines import Piece
from tui.widgets.pager import Pager, TextLine
from tui.widgets.status import RuleLine
from tui.widgets.text import safe


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A request in the review: heading, lines, and the body (None: nothing is sent)."""

    heading: str
    lines: Sequence[Sequence[Piece]]
    request: str = ""
    body: Json = None


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """`orders`: how many orders will be written. If it is 0, nothing can be sent, and `notes` say why.

    `continue_after_refusal`: whether orders without errors are sent again after a refusal; None if that does not apply.
    """

    title: str
    items: Sequence[ReviewItem]
    orders: int
    notes: Sequence[str] = ()
    continue_after_refusal: bool | None = None


_STAYS = "~ If a request is refused, none of its orders are sent.  c: resend the orders without errors"
_RESENDS = "~ If a request is refused, the orders without errors are sent again.  c: do not resend"


@dataclass(frozen=True, slots=True)
class SendConfirmed:
    """The user confirmed. `continue_after_refusal`: whether orders without errors are sent again after a refusal."""

    continue_after_refusal: bool


class ReviewScreen(BaseScreen[SendConfirmed]):
    """Shows a plan and returns a confirmation on `y`."""

    WHERE = Context.REVIEW

    def __init__(self, workspace: Workspace, plan: ReviewPlan) -> None:
        super().__init__(workspace)
        self._plan = plan
        self._as_json = False
        self._continue_after_refusal = plan.continue_after_refusal is True

    def compose(self) -> ComposeResult:
        return self.framed(Pager(), RuleLine())

    def on_mount(self) -> None:
        plan = self._plan
        right = f"{count_of(plan.orders, 'order')} will be written" if plan.orders else "nothing can be sent"
        self.title_line.set(f"{self.workspace.profile} · REVIEW · {plan.title}", right)
        self.call_after_refresh(self._fill)

    def status_items(self) -> Sequence[str | Piece]:
        if not self._plan.orders:
            return ["nothing can be sent; the lines above show why", f"{self.key('not_send')} or Esc goes back"]
        return ["printed labels are not updated", f"{self.key('send')} sends, {self.key('not_send')} or Esc cancels"]

    def show_keys(self) -> None:
        """Show only the keys that work with this plan."""
        possible = {"send": self._plan.orders > 0, "toggle_resend": self._plan.continue_after_refusal is not None}
        commands = [command for command in self.commands if command.label]
        wanted = [(command.id, command.label) for command in commands if possible.get(command.id, True)]
        self.key_line.set(keys_of(self.commands, wanted))

    def _fill(self) -> None:
        lines: list[TextLine] = [f"~ {note}" for note in self._plan.notes]
        if self._plan.continue_after_refusal is not None:
            lines.append(_RESENDS if self._continue_after_refusal else _STAYS)
        for item in self._plan.items:
            if lines:
                lines.append("")
            lines.append([(safe(item.heading), "title")])
            if self._as_json and item.body is not None:
                lines.append([(f"  {safe(item.request)}", "info")])
                lines.extend("  " + text for text in pretty(item.body).split("\n"))
            else:
                lines.extend(item.lines)
        self.query_one(Pager).set_lines(lines)
        self._show_lines_below()

    @on(Pager.Scrolled)
    def _show_lines_below(self) -> None:
        pager = self.query_one(Pager)
        below = pager.line_count - pager.top - pager.body_height
        self.query_one(RuleLine).set("", f"{count_of(below, 'line')} more, PgDn" if below > 0 else "")

    @handles("as_json")
    def as_json(self, key: str) -> None:
        self._as_json = not self._as_json
        self._fill()

    @handles("toggle_resend")
    def toggle_resend(self, key: str) -> None:
        if self._plan.continue_after_refusal is None:
            self.show_notice("This applies only to requests with several orders.")
        else:
            self._continue_after_refusal = not self._continue_after_refusal
            self._fill()

    @handles("send")
    def send(self, key: str) -> None:
        # Ignore a y that was typed before the review was shown.
        painted_at = self.query_one(Pager).painted_at
        if painted_at is None or self.key_time < painted_at:
            return
        if not self._plan.orders:
            self.show_notice("Nothing here can be sent; the lines show why.")
        else:
            self.dismiss(SendConfirmed(self._continue_after_refusal))

    @handles(not_send=Back())
    def leave(self, route: Back) -> None:
        self.workspace.go(route)

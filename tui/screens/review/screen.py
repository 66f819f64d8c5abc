"""The review: every change as it will go, before anything goes. Only `y` here sends."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult

from tui.api.codec import Json, pretty
from tui.api.wording import count_of
from tui.keymap import Context, commands_in
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import keys_of
from tui.screens.common.routes import Back
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.dialogs import QuestionBar
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager, TextLine
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.text import safe


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One request as the review shows it: its heading, its lines, and the body as it will go (None: none goes)."""

    heading: str
    lines: Sequence[Sequence[Piece]]
    request: str = ""
    body: Json = None


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """`orders` is how many orders will be written; where it is 0 nothing can be sent, and `notes` say why.

    `goes_on`: whether orders without errors are sent again after a refusal; None if that does not apply.
    """

    title: str
    parcels: Sequence[ReviewItem]
    orders: int
    notes: Sequence[str] = ()
    goes_on: bool | None = None


_STAYS = "~ If a request is refused, none of its orders are sent.  c: resend the orders without errors"
_GOES_ON = "~ If a request is refused, the orders without errors are sent again.  c: do not resend"


@dataclass(frozen=True, slots=True)
class SendConfirmed:
    """The plan is to be sent. `goes_on`: whether orders without errors are sent again after a refusal."""

    goes_on: bool


class ReviewScreen(BaseScreen[SendConfirmed]):
    """Shows a plan, and ends on `y` with the confirmation to send it."""

    WHERE = Context.REVIEW

    def __init__(self, workspace: Workspace, plan: ReviewPlan) -> None:
        super().__init__(workspace)
        self._plan = plan
        self._as_json = False
        self._goes_on = plan.goes_on is True

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield Pager()
        yield RuleLine()
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def list_view(self) -> LineView:
        return self.query_one(Pager)

    def on_mount(self) -> None:
        plan = self._plan
        right = f"{count_of(plan.orders, 'order')} will be written" if plan.orders else "nothing can be sent"
        self.query_one(TitleLine).set(f"{self.workspace.profile} · REVIEW · {plan.title}", right)
        super().on_mount()
        self.call_after_refresh(self._fill)

    def status_items(self) -> Sequence[str | Piece]:
        if not self._plan.orders:
            return ["nothing can be sent, the lines say why", "n or Esc leaves"]
        return ["a label already printed does not change", "y sends, n or Esc does not"]

    def show_keys(self) -> None:
        """Those that do something here: what cannot be sent has no `y`, and a single order goes on without asking."""
        idle = {
            *(() if self._plan.orders else ("send",)),
            *(() if self._plan.goes_on is not None else ("toggle_resend",)),
        }
        wanted = [(one.id, one.label) for one in commands_in(self.WHERE) if one.label and one.id not in idle]
        self.query_one(KeyLine).set(keys_of(self.WHERE, wanted))

    def _fill(self) -> None:
        lines: list[TextLine] = [f"~ {note}" for note in self._plan.notes]
        if self._plan.goes_on is not None:
            lines.append(_GOES_ON if self._goes_on else _STAYS)
        for parcel in self._plan.parcels:
            if lines:
                lines.append("")
            lines.append([(safe(parcel.heading), "title")])
            if self._as_json and parcel.body is not None:
                lines.append([(f"  {safe(parcel.request)}", "info")])
                lines.extend("  " + text for text in pretty(parcel.body).split("\n"))
            else:
                lines.extend(parcel.lines)
        pager = self.query_one(Pager)
        pager.set_lines(lines)
        self._tell_of_more()

    @on(Pager.Scrolled)
    def _tell_of_more(self) -> None:
        pager = self.query_one(Pager)
        below = pager.line_count - pager.top - pager.body_height
        self.query_one(RuleLine).set("", f"{count_of(below, 'line')} more, PgDn" if below > 0 else "")

    @handles("as_json")
    def as_json(self, key: str) -> None:
        self._as_json = not self._as_json
        self._fill()

    @handles("toggle_resend")
    def go_on(self, key: str) -> None:
        if self._plan.goes_on is None:
            self.show_notice("That is a question only where several orders go in one request.")
            return
        self._goes_on = not self._goes_on
        self._fill()

    @handles("send")
    def send(self, key: str) -> None:
        # A y that was typed before the review could be read is no answer to it.
        painted_at = self.query_one(Pager).painted_at
        if painted_at is None or self.key_time < painted_at:
            return
        if not self._plan.orders:
            self.show_notice("Nothing here can be sent; the lines say why.")
            return
        self.dismiss(SendConfirmed(self._goes_on))

    @handles("not_send")
    def not_send(self, key: str) -> None:
        self.workspace.go(Back())

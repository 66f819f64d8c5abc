"""The lines around the composer's panes: title, tabs, filter, the service's last response, and the preview."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.checks.sending import MAX_ORDERS
from tui.orders.summary import order_name
from tui.screens.common.screen import BaseScreen
from tui.screens.composer.panes import StagedFormPane
from tui.screens.composer.rows import tab_labels
from tui.screens.composer.state import ComposerState
from tui.screens.order.groups import group_entries
from tui.screens.order.preview import preview_lines
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.lines import Piece
from tui.widgets.pager import Pager
from tui.widgets.status import RuleLine
from tui.widgets.tab_bar import TabBar
from tui.widgets.text import safe
from tui.work.account import Account
from tui.work.batches.staged_order import PlannedAction, StagedOrder
from tui.work.batches.staging import Staging
from tui.work.pace import least_seconds
from tui.work.typed_paths import completed
from tui.work.writes.send_state import SendState


class ComposerFrame:
    """Updates the lines above the panes and the preview beside them."""

    def __init__(self, screen: BaseScreen[None], state: ComposerState, form: StagedFormPane) -> None:
        self._screen = screen
        self._workspace = screen.workspace
        self._staging = screen.workspace.staging
        self._state = state
        self._form = form
        self.tabs = TabBar()
        self.answer = Pager(id="response")
        self.filter = FilterLine(hides=True)
        self.line = InputLine(hides=True, id="line")
        self.rule = RuleLine(id="rule")
        self.preview = Pager(id="preview")

    def show(self, order: StagedOrder | None) -> None:
        """Update all lines above the panes. `order` is the current one."""
        self._show_title(order)
        self.show_tabs()
        unchecked = self._staging.unchecked
        checked = f"checking, {count_of(unchecked, 'order')} left" if unchecked else "checked locally"
        self.filter.set("" if self._state.in_form else self._state.words, checked)
        self._show_answer()

    def _show_title(self, order: StagedOrder | None) -> None:
        staging = self._staging
        right = f"{staging.name} · {count_of(len(staging.by_id), 'order')} staged"
        if staging.owner is not None:
            lists, takes = self._screen.key("batches"), self._screen.key("take_over", Context.BATCHES)
            right = f"{lists}, then {takes} takes it over from {staging.owner}"
        elif self._state.in_form and order is not None:
            position = next((number for number, id in enumerate(self._state.shown.ids, 1) if id == order.id), 0)
            shop = self._workspace.account.shop(order.key[2])
            facts = [order_name(order.document), shop.name if shop else "", f"{position} of {len(self._state.shown)}"]
            right = " · ".join(filter(None, facts))
        self._screen.title_line.set(self._workspace.heading, right)

    def show_tabs(self) -> None:
        """Show the states of the batch, or the groups of the form, as tabs."""
        if self._state.in_form:
            self.tabs.first_number = 1
            self.tabs.set_labels(group_entries(self._form.sheet.rows), self._form.controller.groups.current())
        else:
            self.tabs.first_number = 0
            self.tabs.set_labels(tab_labels(self._staging), self._state.status)

    def _show_answer(self) -> None:
        """Show the worst response of the last send run, or else the last response."""
        notices = self._staging.notices
        worst = next(
            (notice for notice in reversed(notices) if notice.style != "good"), notices[-1] if notices else None
        )
        counts = self._staging.counts()
        is_under_way = bool(counts[SendState.SENDING] + counts[SendState.ACCEPTED])
        is_over = worst is not None and worst.style == "good" and not is_under_way
        if worst is None or is_over or self._state.in_form:
            self.answer.remove_class("-shown", "-two")
        else:
            text = f"{worst.at.astimezone(self._workspace.account.zone):%H:%M} {worst.text}"
            self.answer.set_lines([text])
            self.answer.add_class("-shown")
            self.answer.set_class(len(safe(text)) > self._screen.size.width - 2, "-two")

    # The line at the bottom.

    async def ask_line(self, prompt: str, text: str = "", *, path: bool = False) -> str | None:
        """Ask for a text, or the path of a file. Returns None on Esc."""
        return await self.line.ask(prompt, text, complete=completed if path else None)

    # The side pane.

    def show_rule(self, order: StagedOrder | None, title: str) -> None:
        """Describe the current order on the rule above the side pane."""
        if order is None:
            self.rule.set()
        else:
            count = sum(not finding.stale for finding in self._staging.findings(order))
            problems = count_of(count, "problem") if count else "nothing to fix"
            self.rule.set(" · ".join(filter(None, (order_name(order.document), title))), problems)

    def show_preview(self, order: StagedOrder, lines: Iterable[list[Piece]]) -> None:
        """Show an order in the side pane, its problems first."""
        self.preview.set_lines([*lines, *(_one_column(line) for line in preview_lines(order.document, ()))])


def _one_column(line: list[Piece]) -> list[Piece]:
    return [(" ", ""), *(piece for piece in line if piece[0])]


# The status line.


def sending_facts(staging: Staging, zone: tzinfo) -> Iterator[Piece]:
    """The progress of sending, for the status line."""
    progress = staging.sender.progress
    if progress is None:
        return
    if progress.paused:
        yield (
            f"paused, {progress.left} of {progress.total} left; {staging.key('review', Context.COMPOSER)} resumes",
            "warning",
        )
    elif progress.until is not None:
        yield (
            f"the service is busy; retry at {progress.until.astimezone(zone):%H:%M:%S}: "
            f"{staging.key('review', Context.COMPOSER)}",
            "warning",
        )
    else:
        yield f"sending, {progress.done} of {progress.total}", "info"


def lookup_text(staging: Staging) -> str:
    """The progress of looking up which orders exist on the service."""
    progress = staging.refresh_progress
    return f"looking up orders: {progress.done} of {progress.total}; {staging.key('stop', Context.COMPOSER)} stops"


def status_summary(account: Account, staging: Staging, marks: int, hidden: int) -> list[str | Piece]:
    """What sending the batch would do, with the requests and time needed."""
    facts: list[str | Piece] = []
    if staging.is_refreshing:
        facts.append((lookup_text(staging), "info"))
    if paused := account.client.paused_for:
        facts.append((f"the service asks to wait {paused:.0f} s", "warning"))
    if marks:
        facts.append(f"{marks} marked{f', {hidden} not shown' if hidden else ''}")
    if ready := staging.ready():
        requests = -(-ready.total() // MAX_ORDERS)
        unknown, updates = ready[PlannedAction.UNKNOWN], ready[PlannedAction.UPDATE]
        kinds = [
            f"{count} {word}"
            for count, word in ((ready.total() - updates - unknown, "new"), (updates, "update"), (unknown, "unknown"))
            if count
        ]
        facts.append(f"ready: {', '.join(kinds)} = {count_of(requests, 'request')}{_time(requests)}")
    counts = staging.counts()
    if same := counts[SendState.UNCHANGED]:
        facts.append(f"{same} same")
    if away := counts[SendState.SENDING] + counts[SendState.ACCEPTED]:
        facts.append((f"{away} in flight", "info"))
    if verified := counts[SendState.VERIFIED]:
        facts.append(f"{verified} verified")
    if counts[SendState.CONFLICT]:
        facts.append(f"UPDATE is not sent until {account.key('hold', Context.COMPOSER)} releases it")
    if staging.saved_at is not None:
        facts.append(f"saved {staging.saved_at.astimezone(account.zone):%H:%M:%S}")
    elif staging.by_id:
        facts.append("all saved")
    return facts


def _time(requests: int) -> str:
    """The minimum time that the rate limit allows, if it is a second or more."""
    seconds = least_seconds(requests)
    if seconds < 1:
        return ""
    return f", at least {seconds:.0f} s" if seconds < 120 else f", at least {seconds / 60:.0f} min"

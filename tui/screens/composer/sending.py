"""Sending the batch: looking up what exists, the review, and pausing or cancelling requests in flight."""

from collections.abc import Sequence

from tui.api.wording import count_of
from tui.keymap import Context
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenBatches
from tui.screens.composer.frame import lookup_text
from tui.screens.composer.rows import review_plan
from tui.screens.composer.view import ComposerCommands, ComposerView
from tui.screens.review.screen import ReviewScreen
from tui.work.account import Account
from tui.work.batches.sender import SendPlan
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked
from tui.work.stored import StoreError
from tui.work.writes.send_state import SendState

_CONTINUE_AFTER_REFUSAL = "review.goes_on"
"""The store key of the user's choice in the last review."""

_CHECKED = frozenset({SendState.SENDING, SendState.ACCEPTED, SendState.UNKNOWN, SendState.DIFFERS})
"""The states in which a write may have to be looked up; a copy of the app that ended may have left it."""


def continues_after_refusal(account: Account) -> bool:
    """The user's choice in the last review: whether orders that a refusal does not name are sent again."""
    return account.store.screen_states.get(account.account_id, _CONTINUE_AFTER_REFUSAL) is True


class StagedSendCommands(ComposerCommands):
    """The commands that look up, review and send. Only `y` in the review sends."""

    def __init__(self, view: ComposerView) -> None:
        super().__init__(view)
        self._is_looking = False
        """Whether the review opens when the lookup is finished."""
        self._shows_sending = False
        """Whether the notice is about sending in progress."""

    @handles("review")
    async def review(self, key: str) -> None:
        """Show the review. While orders are being sent, first ask whether to pause, resume or cancel that."""
        ids = [order.id for order in self._view.targets()] if self._screen.on_marked else None
        if self._staging.sender.progress is None:
            self._begin_review(ids)
        elif await self._ask_sending():
            self._begin_review(None)

    async def _ask_sending(self) -> bool:
        """Ask whether to pause, resume or cancel sending. Returns whether to review the other orders."""
        sender, screen = self._staging.sender, self._screen
        progress = sender.progress
        if progress is None:
            return True
        answers = [("g", "resume") if progress.paused else ("p", "pause"), ("c", "cancel"), ("w", "others")]
        state = "Paused" if progress.paused else "Sending"
        match await screen.ask(f"{state}: {progress.done} of {progress.total}.", answers):
            case None:
                pass
            case "p" if sender.pause():
                screen.show_notice("Paused: requests in flight finish, no more are sent.")
            case "g" if sender.resume():
                screen.show_notice("Sending resumed.")
            case "c":
                left = sender.cancel()
                screen.show_notice(f"{count_of(left, 'order')} were not sent; sent orders are not undone.")
            case "w":
                return True
            case _:
                screen.show_notice("Sending has finished already.")
        return False

    def _begin_review(self, ids: Sequence[str] | None) -> None:
        screen = self._screen
        if self._staging.owner is not None:
            screen.show_notice(
                f"{self._staging.owner} has this batch open; {screen.key('batches')}, then "
                f"{screen.key('take_over', Context.BATCHES)} takes it over.",
                "warning",
            )
        elif not self._staging.by_id:
            screen.show_notice(f"There is nothing to review; {screen.key('add')} adds orders.")
        else:
            screen.show_notice("Looking up which orders exist …")
            self._is_looking = True
            screen.run_worker(self._review(ids), name="look before the review", group="review", exclusive=True)

    async def _review(self, ids: Sequence[str] | None) -> None:
        error: Exception | None
        try:
            error = await self._staging.refresh_remote(ids, again=True)
        except StoreError as full:
            error = full
        finally:
            self._is_looking = False
        screen = self._screen
        if not screen.is_attached:
            return
        if screen.is_typing or not screen.is_active:
            screen.show_notice(f"The review is ready; {screen.key('review')} shows it.")
        else:
            screen.show_notice("")
            notes = [f"Could not look up which orders exist: {error}"] if error is not None else []
            await self._show_review(self._staging.plan(ids), notes, is_all=ids is None)

    async def _show_review(self, plan: SendPlan, notes: list[str], *, is_all: bool) -> None:
        workspace = self._view.workspace
        account = workspace.account
        if not plan.count and is_all:
            notes.append("Nothing is ready to be sent; the list shows why.")
        reviewed = review_plan(
            self._staging,
            plan,
            read_only=account.client.read_only,
            notes=notes,
            continue_after_refusal=continues_after_refusal(account),
        )
        confirmed = await self._screen.ask_screen(ReviewScreen(workspace, reviewed))
        if confirmed is not None:
            resends = confirmed.continue_after_refusal
            account.store.screen_states.put(account.account_id, _CONTINUE_AFTER_REFUSAL, resends)
            workspace.start(self._send(plan, continue_after_refusal=resends), name="send staged orders")
            self._screen.show_notice(f"{count_of(plan.count, 'order')} in flight; the list shows each.")
            self._shows_sending = True

    async def _send(self, plan: SendPlan, *, continue_after_refusal: bool) -> None:
        """Send the plan. Continues when the screen is closed."""
        try:
            await self._staging.send(plan, continue_after_refusal=continue_after_refusal)
        except (BatchLocked, StoreError) as error:
            self._view.workspace.show_notice(str(error), "error")

    def update_notice(self) -> None:
        """Show the progress of the lookup; remove the notice of a finished sending."""
        if self._shows_sending and not self._staging.sender.waiting:
            self._shows_sending = False
            self._screen.show_notice("")
        if self._is_looking:
            self._screen.show_notice(f"Before the review {lookup_text(self._staging)}.")

    # Looking an order up again, and other batches.

    @handles("refresh")
    def look_up_again(self, key: str) -> None:
        if self._staging.owner is not None:
            self._staging.reopen()
            self._view.show_all()
        else:
            order = self._view.order
            if order is not None:
                self._screen.show_notice("Looking up again …")
                self._screen.run_worker(self._look_up(order), name="look at an order again", group="look again")

    async def _look_up(self, order: StagedOrder) -> None:
        try:
            notice = await self._looked_up(order)
        except (BatchLocked, StoreError) as error:
            notice = str(error)
        if self._screen.is_attached:
            self._view.show_all()
            self._screen.show_notice(notice or "There is nothing to look up.")

    async def _looked_up(self, order: StagedOrder) -> str:
        notice = await self._staging.check_again([order.id]) if self._staging.send_state(order) in _CHECKED else ""
        if notice:
            return notice
        error = await self._staging.refresh_remote([order.id], again=True)
        return str(error) if error is not None else f"Looked up: {order.action}."

    @handles("batches")
    async def open_batches(self, key: str) -> None:
        if self._staging.owner is None:
            self._view.workspace.go(OpenBatches())
            return
        answers = [("y", "take over"), ("b", "other batches")]
        match await self._screen.ask("Another copy has this batch.", answers):
            case "b":
                self._view.workspace.go(OpenBatches())
            case "y":
                self._staging.take_over()
                self._view.show_all()
                self._screen.show_notice("This copy of the app now owns the batch.")

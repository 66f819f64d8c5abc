"""Sending the batch: looking up what exists, the review, and pausing or cancelling requests in flight."""

from collections.abc import Sequence

from tui.api.wording import count_of
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenBatches
from tui.screens.composer.frame import looking_words
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
"""Under this key the user's choice of the last review is stored."""


def continues_after_refusal(account: Account) -> bool:
    """The user's choice in the last review: whether orders that a refusal does not name are sent again."""
    return account.store.screen_states.get(account.account_id, _CONTINUE_AFTER_REFUSAL) is True


class StagedSendCommands(ComposerCommands):
    """Nothing is sent before `y` in the review."""

    def __init__(self, view: ComposerView) -> None:
        super().__init__(view)
        self._is_looking = False
        """Whether the review waits for the orders to be looked up."""
        self._shows_sending = False
        """Whether the notice is about a sending that goes on."""

    @handles("review")
    async def review(self, key: str) -> None:
        """Show what would be sent. While something is being sent, ask what is to become of that first."""
        ids = [order.id for order in self._view.targets()] if self._screen.on_marked else None
        if self._staging.sender.progress is None:
            self._begin_review(ids)
        elif await self._ask_sending():
            self._begin_review(None)

    async def _ask_sending(self) -> bool:
        """Pause, continue or cancel the sending. Returns whether the others are to be reviewed."""
        sender, screen = self._staging.sender, self._screen
        progress = sender.progress
        if progress is None:
            return True
        answers = [("g", "go on") if progress.paused else ("p", "pause"), ("c", "cancel"), ("w", "others")]
        state = "Paused" if progress.paused else "Sending"
        match await screen.ask(f"{state}: {progress.done} of {progress.total}.", answers):
            case None:
                pass
            case "p" if sender.pause():
                screen.show_notice("Paused: requests that were sent are finished, and no more are sent.")
            case "g" if sender.resume():
                screen.show_notice("Sending continues.")
            case "c":
                left = sender.cancel()
                screen.show_notice(f"{count_of(left, 'order')} were not sent; what was sent stays sent.")
            case "w":
                return True
            case _:
                screen.show_notice("It is over already.")
        return False

    def _begin_review(self, ids: Sequence[str] | None) -> None:
        screen = self._screen
        if self._staging.owner is not None:
            screen.show_notice(f"{self._staging.owner} has this batch; B takes it over.", "warning")
        elif not self._staging.orders:
            screen.show_notice("There is nothing to review; a adds orders.")
        else:
            screen.show_notice("Looking up again which orders exist …")
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
            screen.show_notice("The review is ready; w shows it.")
        else:
            screen.clear_notice()
            notes = [f"Which orders exist could not be looked up: {error}"] if error is not None else []
            await self._show_review(self._staging.plan(ids), notes, is_all=ids is None)

    async def _show_review(self, plan: SendPlan, notes: list[str], *, is_all: bool) -> None:
        workspace = self._view.workspace
        account = workspace.account
        if not plan.count and is_all:
            notes.append("Nothing is ready to be sent; the lines say why.")
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
        """Runs to its end, also when the screen is closed."""
        try:
            await self._staging.send(plan, continue_after_refusal=continue_after_refusal)
        except (BatchLocked, StoreError) as error:
            self._view.workspace.show_notice(str(error), "error")

    def update_notice(self) -> None:
        """Show the progress of the look-up; drop a notice about a sending that is over."""
        if self._shows_sending and not self._staging.sender.waiting:
            self._shows_sending = False
            self._screen.clear_notice()
        if self._is_looking:
            self._screen.show_notice(f"Before the review {looking_words(self._staging)}.")

    # Looking an order up again, and other batches.

    @handles("refresh")
    def look_up_again(self, key: str) -> None:
        if self._staging.owner is not None:
            self._staging.reopen()
            self._view.show_all()
        else:
            order = self._view.order
            if order is not None:
                self._screen.show_notice("Looking again …")
                self._screen.run_worker(self._look_up(order), name="look at an order again", group="look again")

    async def _look_up(self, order: StagedOrder) -> None:
        try:
            notice = await self._looked_up(order)
        except (BatchLocked, StoreError) as error:
            notice = str(error)
        if self._screen.is_attached:
            self._view.show_all()
            self._screen.show_notice(notice or "There is nothing to look for.")

    async def _looked_up(self, order: StagedOrder) -> str:
        if self._staging.send_state(order) in (SendState.UNKNOWN, SendState.DIFFERS):
            return await self._staging.check_again([order.id])
        error = await self._staging.refresh_remote([order.id], again=True)
        return str(error) if error is not None else f"It is {order.action}, as just looked up."

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
                self._screen.show_notice("This app has the batch now.")

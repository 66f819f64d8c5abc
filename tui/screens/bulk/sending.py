"""Commands on the orders of a bulk change: exclude, choose the write kind, review, send, pause and retry."""

from tui.api.codec import pretty
from tui.screens.bulk.context import BulkContext
from tui.screens.bulk.recipe import RecipeCommands
from tui.screens.bulk.rows import ALL, body_of, review_of
from tui.screens.bulk.running import start_job
from tui.screens.common.commands import handles
from tui.screens.common.routes import ShowText
from tui.screens.review.screen import ReviewScreen
from tui.work.bulk.job import RETRYABLE, JobStage
from tui.work.bulk.runner import JobConflict
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.stored import StoreError, WriteKind
from tui.work.writes.send_state import SendState

_AGAIN_OF_ALL = frozenset({SendState.NOT_SENT, SendState.REFUSED, SendState.CONFLICT, SendState.DIFFERS})


class SendCommands:
    """Commands on the orders. Only `y` in the review sends; then the job runs in the background."""

    def __init__(self, context: BulkContext, recipe: RecipeCommands) -> None:
        self._context = context
        self._recipe = recipe
        self._screen = context.screen
        self._workspace = context.workspace

    @handles("exclude")
    def leave_out(self, key: str) -> None:
        context = self._context
        order = context.order
        if order is None or context.in_recipe:
            self._screen.show_notice(f"Exclude orders in their list. Press {self._screen.key('pane')} to go there.")
            return
        try:
            if not self._workspace.jobs.leave_out(context.job, order.id):
                self._screen.show_notice(f"{order.name}: {order.state.label}; it would not be sent anyway.")
        except JobConflict as error:
            self._screen.show_notice(str(error))
        context.show_all()
        context.table.move(1)

    @handles("as_json")
    def show_body(self, key: str) -> None:
        order = self._context.order
        body = body_of(order, self._context.job.kind) if order is not None else None
        if order is None or body is None:
            self._screen.show_notice("No request is sent for this order.")
        else:
            self._workspace.go(ShowText(f"Request body of {order.name}", pretty(body)))

    @handles("method")
    def switch_kind(self, key: str) -> None:
        job = self._context.job
        other = WriteKind.UPSERT if job.kind is WriteKind.PATCH else WriteKind.PATCH
        try:
            self._workspace.jobs.choose(job, other)
        except JobConflict as error:
            self._screen.show_notice(str(error))
        self._context.show_all()

    @handles("review")
    async def review(self, key: str) -> None:
        job, jobs = self._context.job, self._workspace.jobs
        if job.stage is not JobStage.PLANNED:
            self._screen.show_notice(f"This change is {job.stage} already; {self._screen.key('retry')} retries orders.")
        elif self._recipe.is_reading:
            self._screen.show_notice("The dry run is not finished yet.")
        elif not job.waiting:
            self._screen.show_notice("Nothing would be sent; the list shows why.")
        else:
            plan = review_of(job, jobs.plan(job), read_only=self._workspace.account.client.read_only)
            if await self._screen.ask_screen(ReviewScreen(self._workspace, plan)) is not None:
                self._send()

    def _send(self) -> None:
        with self._screen.report_store_errors():
            SavedChanges(self._workspace.account).used(self._context.job.recipe)
        self._context.in_recipe = False
        self._context.tab_bar.select(ALL)
        start_job(self._workspace, self._context.job)

    @handles("pause")
    def pause(self, key: str) -> None:
        job, jobs = self._context.job, self._workspace.jobs
        if jobs.is_elsewhere(job):
            self._screen.show_notice("Another running copy of the app is sending this change.", "warning")
        elif job.stage is JobStage.RUNNING and jobs.is_running(job):
            jobs.pause(job)
            self._screen.show_notice(f"Paused. Requests in flight finish; {self._screen.key('pause')} resumes.")
        elif job.stage in (JobStage.PAUSED, JobStage.RUNNING):
            if jobs.is_running(job):
                self._screen.show_notice(
                    f"Writes in flight are still being looked up; then {self._screen.key('pause')} resumes."
                )
            else:
                start_job(self._workspace, job)
        else:
            self._screen.show_notice("Nothing is being sent.")

    @handles("stop")
    async def stop(self, key: str) -> None:
        job = self._context.job
        if job.stage not in (JobStage.RUNNING, JobStage.PAUSED):
            stopped = self._screen.stop_reading()
            self._screen.show_notice(
                f"The dry run was stopped; {self._screen.key('refresh')} runs it again."
                if stopped
                else "Nothing is being sent."
            )
            return
        if not await self._screen.ask(
            f"Cancel? {job.sent_count} of {job.planned_count} sent.", [("y", "cancel the rest")]
        ):
            return
        try:
            count = self._workspace.jobs.cancel(job)
        except (JobConflict, StoreError) as error:
            self._screen.show_notice(str(error), "warning")
            return
        self._context.show_all()
        self._screen.show_notice(f"Cancelled: {count} not sent; sent changes are not undone.")

    @handles("retry")
    def retry(self, key: str) -> None:
        if self._context.job.stage in (JobStage.RUNNING, JobStage.PAUSED):
            self._screen.show_notice(
                f"Orders can be retried when the others are finished; {self._screen.key('pause')} resumes, "
                f"{self._screen.key('stop')} cancels."
            )
            return
        current = self._context.tab_bar.current or ALL
        states = _AGAIN_OF_ALL if current == ALL else frozenset({SendState(current)}) & RETRYABLE
        if not states:
            self._screen.show_notice(f"Orders that are {current} cannot be retried; choose another tab.")
        else:
            self._screen.run_worker(self._retry(states), name="try again", group="read", exclusive=True)

    async def _retry(self, states: frozenset[SendState]) -> None:
        self._screen.show_notice("Refreshing …")
        try:
            count = await self._workspace.jobs.retry(self._context.job, states)
        except (JobConflict, StoreError) as error:
            self._screen.show_notice(str(error), "warning")
            return
        if self._screen.is_attached:
            self._context.tab_bar.select(ALL)
            self._context.show_all()
            self._screen.show_notice(
                f"{count} would change now; {self._screen.key('review')} reviews."
                if count
                else "None of them would change; the list shows why."
            )

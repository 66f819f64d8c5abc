"""The orders of a change over many: leaving out, the road, the review, the sending, and what became of each."""

from textual import on

from tui.api.codec import pretty
from tui.screens.bulk.form import ChangeScreen
from tui.screens.bulk.rows import ALL, body_of, review_of
from tui.screens.bulk.running import start_job
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, EditOrder, OpenBulk, Page, ShowText
from tui.screens.review.screen import ReviewScreen
from tui.store.db import StoreError
from tui.store.journal import WriteKind
from tui.widgets.sheet import OrderSheet
from tui.widgets.table import OrderTable
from tui.work.bulk.job import AGAIN, JobStage
from tui.work.bulk.runner import JobConflict
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.writes.send_state import SendState

_AGAIN_OF_ALL = frozenset({SendState.NOT_SENT, SendState.REFUSED, SendState.CONFLICT, SendState.DIFFERS})


class BulkScreen(ChangeScreen):
    """Nothing goes before the review's `y`; from there on it goes by itself, and can be paused and cancelled."""

    def reopen(self, page: Page) -> bool:
        return isinstance(page, OpenBulk) and page.job_id == self.job.id

    # The orders.

    @handles("tab_next")
    def do_tab_next(self, key: str) -> None:
        self.tab_bar.step(1)

    @handles("tab_previous")
    def do_tab_previous(self, key: str) -> None:
        self.tab_bar.step(-1)

    @handles("tab_number")
    def do_tab_number(self, key: str) -> None:
        if not self.tab_bar.select_number(int(key)):
            self.show_notice(f"There is no {key} on the strip.")

    @handles("pane")
    def do_pane(self, key: str) -> None:
        if self._may_change():
            self._in_sheet = not self._in_sheet
            self.give_focus()

    @handles("open")
    def do_open(self, key: str) -> None:
        if self.list_view is self.sheet:
            pointer = self.sheet.cursor_pointer
            self.sheet.open_editor(None, self._typed().get(pointer) if pointer is not None else None)
        elif (order := self._order) is not None:
            self.workspace.go(EditOrder(order.id))

    @on(OrderTable.Activated)
    @on(OrderSheet.Activated)
    def _activated(self) -> None:
        self.do_open("enter")

    @handles("exclude")
    def do_exclude(self, key: str) -> None:
        order = self._order
        if order is None or self._in_sheet:
            self.show_notice("Orders are left out in their list; Tab leads there.")
            return
        try:
            if not self.workspace.jobs.leave_out(self.job, order.id):
                self.show_notice(f"{order.name}: {order.state.label}; it is not sent anyway.")
        except JobConflict as error:
            self.show_notice(str(error))
        self.show_all()
        self.table.move(1)

    @handles("refresh")
    def do_refresh(self, key: str) -> None:
        if self._is_open:
            self._look(again=True)
        else:
            self.job = self.workspace.jobs.get(self.job.id) or self.job
            self.show_all()

    @handles("as_json")
    def do_as_json(self, key: str) -> None:
        order = self._order
        body = body_of(order, self.job.road) if order is not None else None
        if order is None or body is None:
            self.show_notice("No body is made for this order here.")
            return
        self.workspace.go(ShowText(f"What goes for {order.name}", pretty(body)))

    @handles("method")
    def do_method(self, key: str) -> None:
        try:
            self.workspace.jobs.choose(
                self.job, WriteKind.UPSERT if self.job.road is WriteKind.PATCH else WriteKind.PATCH
            )
        except JobConflict as error:
            self.show_notice(str(error))
        self.show_all()

    # The sending.

    @handles("review")
    def do_review(self, key: str) -> None:
        job, jobs = self.job, self.workspace.jobs
        if job.stage is not JobStage.PLANNED:
            self.show_notice(f"This change is {job.stage} already; R tries orders again.")
        elif self._is_dry:
            self.show_notice("The dry run is not done yet.")
        elif not job.waiting:
            self.show_notice("Nothing would be sent; the list says why.")
        else:
            review = review_of(job, jobs.plan(job), read_only=self.workspace.account.client.read_only)
            self.workspace.open(ReviewScreen(self.workspace, review, self._send))

    def _send(self) -> None:
        with self.report_store_errors():
            SavedChanges(self.workspace.account).used(self.job.recipe)
        self._in_sheet = False
        self.tab_bar.select(ALL)
        start_job(self.workspace, self.job)

    @handles("pause")
    def do_pause(self, key: str) -> None:
        job, jobs = self.job, self.workspace.jobs
        if jobs.is_elsewhere(job):
            self.show_notice("Another running copy of the app has this change under way.", "warning")
        elif job.stage is JobStage.RUNNING and jobs.is_running(job):
            jobs.pause(job)
            self.show_notice("Paused: what is on its way comes to its end. z goes on.")
        elif job.stage in (JobStage.PAUSED, JobStage.RUNNING):
            if jobs.is_running(job):
                self.show_notice("What was on its way is still being looked up; then z goes on.")
            else:
                start_job(self.workspace, job)
        else:
            self.show_notice("Nothing is being sent.")

    def stop_reading(self) -> bool:
        running = [worker for worker in self.workers if worker.group == "dry" and worker.is_running]
        for worker in running:
            worker.cancel()
        return bool(running)

    @handles("stop")
    def do_stop(self, key: str) -> None:
        job = self.job
        if job.stage not in (JobStage.RUNNING, JobStage.PAUSED):
            self.show_notice(
                "The dry run was stopped; r runs it again." if self.stop_reading() else "Nothing is being sent."
            )
            return

        def chosen(answer: str) -> None:
            try:
                count = self.workspace.jobs.cancel(job)
            except (JobConflict, StoreError) as error:
                self.show_notice(str(error), "warning")
                return
            self.show_all()
            self.show_notice(f"Cancelled: {count} not sent; what was sent stays sent.")

        self.ask_then(f"Cancel? {job.gone} of {job.going} sent.", [("c", "cancel the rest")], chosen)

    @handles("retry")
    def do_retry(self, key: str) -> None:
        job = self.job
        if job.stage in (JobStage.RUNNING, JobStage.PAUSED):
            self.show_notice("Orders are tried again when the rest is done; z goes on, Ctrl+C cancels.")
            return
        current = self.tab_bar.current or ALL
        states = _AGAIN_OF_ALL if current == ALL else frozenset({SendState(current)}) & AGAIN
        if not states:
            self.show_notice(f"Orders that are {current} are not tried again; choose another state on the strip.")
            return
        self.run_worker(self._retry(states), name="try again", group="dry", exclusive=True)

    async def _retry(self, states: frozenset[SendState]) -> None:
        self.show_notice("Reading again …")
        try:
            count = await self.workspace.jobs.retry(self.job, states)
        except (JobConflict, StoreError) as error:
            self.show_notice(str(error), "warning")
            return
        if self.is_attached:
            self.tab_bar.select(ALL)
            self.show_all()
            self.show_notice(
                f"{count} would change now; w reviews." if count else "None of them would change; the list says why."
            )

    @handles("back")
    def do_back(self, key: str) -> None:
        self.sheet.leave_editor()
        if self._is_open and self.job.recipe.is_empty:
            with self.report_store_errors():
                self.workspace.jobs.drop(self.job)
        self.workspace.go(Back())

"""Send a bulk change in the background, and resume jobs of an earlier run."""

from collections.abc import Sequence
from typing import Any

from tui.api.errors import ApiError
from tui.keymap import Context
from tui.screens.common.routes import OpenBulk
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import start_write
from tui.work.bulk.job import Job
from tui.work.bulk.runner import JobConflict


def start_job(workspace: Workspace, job: Job) -> None:
    """Send the waiting orders. The job continues when the screen is closed."""

    async def run() -> None:
        try:
            await workspace.jobs.run(job)
        except (JobConflict, ApiError) as error:
            workspace.show_notice(str(error), "warning")

    start_write(workspace, run(), name=f"change over many orders {job.id}")


async def ask_left(screen: BaseScreen[Any], left: Sequence[Job]) -> None:
    """Ask for each job that an earlier process left unfinished whether to resume it."""
    workspace = screen.workspace
    if left and screen.is_typing:
        screen.show_notice(
            f"A bulk change is not finished; {screen.key('changes', Context.TRIAGE)} in the order list shows it.",
            "warning",
        )
        return
    for job in left:
        text = f"{job.sent_count} of {job.planned_count} sent. Resume {job.name}?"
        answer = await screen.ask(text, [("y", "resume"), ("l", "later"), ("d", "drop the rest")])
        with screen.report_store_errors():
            if answer == "d":
                workspace.show_notice(
                    f"{workspace.jobs.cancel(job)} were not sent; {screen.key('changes', Context.TRIAGE)} shows the "
                    "results."
                )
            elif answer == "y":
                workspace.go(OpenBulk(job.id))
                start_job(workspace, job)
        if answer in ("y", None):
            return

"""`BulkContext`: what the commands of a bulk change are given: the job, the panes, and which of them has the keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.sheet import OrderSheet
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.work.bulk.job import Job, JobOrder, JobStage


@dataclass(slots=True)
class BulkContext:
    """`in_recipe`: whether keys go to the recipe, else to the orders. `show_all` shows everything after a change."""

    screen: BaseScreen[Any]
    job: Job
    tab_bar: TabBar
    sheet: OrderSheet
    table: OrderTable
    show_all: Callable[[], None]
    in_recipe: bool = False

    @property
    def workspace(self) -> Workspace:
        return self.screen.workspace

    @property
    def is_open(self) -> bool:
        """Whether the recipe may still be changed: nothing of it was sent."""
        return self.job.stage is JobStage.PLANNED and not any(order.planned for order in self.job.orders.values())

    @property
    def order(self) -> JobOrder | None:
        """The order under the cursor."""
        return self.job.orders.get(self.table.cursor_key or "")

    def may_change(self) -> bool:
        """Whether the recipe may be changed; a notice says why not."""
        if not self.is_open:
            self.screen.show_notice("This change was sent; . in the list of orders repeats it on others.")
        return self.is_open

    def reload(self) -> None:
        """Take the job as it is on disk, where another copy may have changed it."""
        self.job = self.workspace.jobs.get(self.job.id) or self.job

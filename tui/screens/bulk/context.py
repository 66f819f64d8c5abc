"""`BulkContext`, which the command groups of a bulk change share: the job, the panes, and which pane has the focus."""

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
    """`in_recipe`: whether keys go to the recipe rather than the orders. `show_all` redraws everything."""

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
        """Whether the recipe may still be changed, because nothing was sent."""
        return self.job.stage is JobStage.PLANNED and not any(order.planned for order in self.job.orders.values())

    @property
    def order(self) -> JobOrder | None:
        """The order under the cursor."""
        return self.job.orders.get(self.table.cursor_key or "")

    def may_change(self) -> bool:
        """Whether the recipe may be changed. If not, a notice says why."""
        if not self.is_open:
            self.screen.show_notice("This change was already sent; . in the order list repeats it on other orders.")
        return self.is_open

    def reload(self) -> None:
        """Read the job from disk, because another copy of the app may have changed it."""
        self.job = self.workspace.jobs.get(self.job.id) or self.job

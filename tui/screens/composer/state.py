"""What the composer shows: the current order, the view, and the listed orders."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tui.api.codec import Json
from tui.api.pointer import Pointer
from tui.screens.composer.row_order import RowSorting, SearchIndex, fits
from tui.screens.composer.rows import ALL, tab_of
from tui.work.batches.lazy_orders import ListedOrders
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import Staging


class ViewMode(StrEnum):
    """What the first pane shows."""

    ORDERS = "orders"
    PROBLEMS = "problems"
    TABLE = "table"


@dataclass(slots=True)
class ComposerState:
    """The state that all panes and command groups share."""

    chosen: str | None = None
    """The id of the current order."""
    in_form: bool = False
    mode: ViewMode = ViewMode.ORDERS
    status: str = ALL
    """Only orders in this tab are listed."""
    words: str = ""
    """Only orders that contain these words are listed."""
    sorting: RowSorting = field(default_factory=RowSorting)
    pinned: set[str] = field(default_factory=set)
    """Orders that the user works on. They stay listed even if the filter no longer matches."""
    shown: ListedOrders = field(default_factory=lambda: ListedOrders((), {}))
    """The listed orders, sorted."""
    batch: int | None = None
    before_problems: str | None = None
    """The current order before the list of problems was shown, until the cursor moves there."""
    is_wide: bool = False
    has_preview: bool = False
    """Whether the side pane shows what a question is about."""
    _search: SearchIndex = field(default_factory=SearchIndex)

    @property
    def is_split(self) -> bool:
        """Whether list and form are side by side. The table uses the full width."""
        return self.is_wide and (self.in_form or self.mode is not ViewMode.TABLE)

    @property
    def in_table(self) -> bool:
        """Whether keys go to the table."""
        return self.mode is ViewMode.TABLE and not self.in_form

    @property
    def is_filtered(self) -> bool:
        return self.status != ALL or bool(self.words)

    def begin_batch(self, batch: int | None) -> bool:
        """Reset the state if the batch changed. Returns whether it did."""
        if self.batch == batch:
            return False
        self.batch = batch
        self.pinned.clear()
        self.sorting = RowSorting(self.sorting.by, self.sorting.down)
        self._search = SearchIndex()
        return True

    def list_orders(self, staging: Staging) -> None:
        """Filter and sort the orders. A plain list of all of them needs none of them. Raises StoreError."""
        ids = [*staging.by_id]
        if self.is_filtered or self.sorting.by or self.mode is not ViewMode.ORDERS:
            listed = [order for order in staging.orders if self.lists(staging, order)]
            ids = [order.id for order in self.sorting.sorted(staging, listed)]
        self.shown = ListedOrders(ids, staging.by_id)

    def lists(self, staging: Staging, order: StagedOrder) -> bool:
        """Whether the list has this order."""
        if (self.in_form and order.id == self.chosen) or order.id in self.pinned:
            return True
        if self.status != ALL and tab_of(staging.send_state(order)) != self.status:
            return False
        return fits(staging, order, self.words, self._search)

    def clear_filter(self) -> None:
        self.status, self.words = ALL, ""

    def position(self) -> int:
        """The index of the current order in the list; 0 if it is not listed."""
        return next((index for index, id in enumerate(self.shown.ids) if id == self.chosen), 0)

    def not_shown(self, ids: Iterable[str]) -> int:
        """How many of these orders are not listed."""
        return len(set(ids).difference(self.shown.ids))


@dataclass(frozen=True, slots=True)
class SavedView:
    """The user's place, as stored for the next start. The JSON keys must not change."""

    order: str | None = None
    status: str = ALL
    words: str = ""
    mode: ViewMode = ViewMode.ORDERS
    sort: str = ""
    down: bool = False
    in_form: bool = False
    pointer: Pointer | None = None
    top: int = 0
    marks: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, stored: Json) -> "SavedView":
        kept = stored if isinstance(stored, dict) else {}
        by, pointer, top, marks = kept.get("sort"), kept.get("pointer"), kept.get("top"), kept.get("marks")
        return cls(
            order=str(kept["order"]) if kept.get("order") else None,
            status=str(kept.get("standing") or ALL),
            words=str(kept.get("words") or ""),
            mode=next((mode for mode in ViewMode if mode == kept.get("shown")), ViewMode.ORDERS),
            sort=by if isinstance(by, str) else "",
            down=kept.get("down") is True,
            in_form=kept.get("sheet") is True,
            pointer=Pointer.parse(str(pointer)) if pointer else None,
            top=top if isinstance(top, int) else 0,
            marks=tuple(mark for mark in marks if isinstance(mark, str)) if isinstance(marks, list) else (),
        )

    def to_json(self) -> Json:
        marks: list[Json] = [*sorted(self.marks)]
        return {
            "order": self.order,
            "standing": self.status,
            "words": self.words,
            "shown": str(self.mode),
            "sort": self.sort,
            "down": self.down,
            "sheet": self.in_form,
            "pointer": str(self.pointer) if self.pointer is not None else None,
            "top": self.top,
            "marks": marks,
        }

    def to_state(self) -> ComposerState:
        """The initial state. `in_form`, `pointer`, `top` and `marks` are for the panes."""
        sorting = RowSorting(self.sort, self.down)
        return ComposerState(self.order, mode=self.mode, status=self.status, words=self.words, sorting=sorting)

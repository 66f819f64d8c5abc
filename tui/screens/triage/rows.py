"""Orders as rows of the triage table, and one order as the lines of its preview."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from tui.api.codec import Document
from tui.api.errors import Problem, Severity
from tui.api.query import id_number
from tui.api.wording import count_of
from tui.orders.checks.spreadsheet_damage import find_problems, fix_for
from tui.orders.fields import label_of
from tui.orders.paths import (
    DELIVERY_INDICATOR,
    ITEMS,
    NOTES,
    PAYMENT_STATUS,
    SHIP_TO,
    SHIPPING_OPTION,
    SHOP,
    STATUS,
    TOTAL,
)
from tui.orders.summary import (
    address_lines,
    age_text,
    item_count,
    money_at,
    order_name,
    ordered_at_text,
    tags_of,
    text_at,
    weight_text,
)
from tui.widgets.lines import Piece
from tui.widgets.table import CellText, Column, RenderedRow, StyledCell
from tui.widgets.text import safe

NARROW = (
    Column("order", "order", 9, 2),
    Column("shop", "s", 1),
    Column("age", "age", 3, 0, "right"),
    Column("country", "cc", 2),
    Column("recipient", "recipient", 12, 3),
    Column("weight", "kg", 5, 0, "right"),
    Column("total", "total", 9, 0, "right"),
    Column("why", "why it will not ship", 18, 4),
)
WIDE = (
    Column("order", "order", 12, 1),
    Column("shop", "s", 1),
    Column("age", "age", 3, 0, "right"),
    Column("placed", "ordered", 16),
    Column("status", "status", 10, 1),
    Column("country", "cc", 2),
    Column("recipient", "recipient", 16, 2),
    Column("items", "it", 3, 0, "right"),
    Column("weight", "kg", 6, 0, "right"),
    Column("total", "total", 11, 0, "right"),
    Column("why", "why it will not ship", 20, 3),
)


@dataclass(frozen=True, slots=True)
class RowStatus:
    """What is under way or was said of an order: its mark, words for the last column, and their tone."""

    mark: str
    words: str
    tone: str = ""


@dataclass(slots=True)
class OrderRows:
    """Rows made when they are drawn; what is wrong with each is kept for each document it looked at."""

    orders: Sequence[Document]
    keys: Sequence[str]
    shop_numbers: Mapping[int, int]
    now: datetime
    zone: tzinfo | None
    columns: Sequence[Column]
    state_of: Callable[[str], RowStatus | None]
    judged: dict[int, tuple[Document, tuple[Problem, ...]]]
    _places: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.orders)

    def key_at(self, index: int) -> str:
        return self.keys[index]

    def index_of(self, key: str) -> int | None:
        if self._places is None:
            self._places = {key: index for index, key in enumerate(self.keys)}
        return self._places.get(key)

    def row_at(self, index: int) -> RenderedRow:
        order, key = self.orders[index], self.keys[index]
        problems = self.problems(order)
        state = self.state_of(key)
        mark, tone = state_mark(problems)
        if state is not None:
            mark, tone = state.mark, state.tone
        why = StyledCell(state.words, state.tone) if state is not None else StyledCell(why_text(problems), tone)
        cells: dict[str, CellText] = {
            "order": order_name(order),
            "shop": self._shop(order),
            "age": age_text(order, self.now),
            "placed": ordered_at_text(order, self.zone),
            "status": text_at(order, STATUS),
            "country": text_at(order, SHIP_TO / "country_code"),
            "recipient": text_at(order, SHIP_TO / "name") or text_at(order, SHIP_TO / "company_name"),
            "items": str(item_count(order) or ""),
            "weight": weight_text(order),
            "total": money_at(order, TOTAL),
            "why": why,
        }
        return RenderedRow(key, tuple(cells[column.key] for column in self.columns), mark, tone)

    def problems(self, order: Document) -> tuple[Problem, ...]:
        kept = self.judged.get(id(order))
        if kept is None or kept[0] is not order:
            kept = self.judged[id(order)] = (order, tuple(find_problems(order)))
        return kept[1]

    def _shop(self, order: Document) -> str:
        number = id_number(text_at(order, SHOP))
        place = self.shop_numbers.get(number) if number is not None else None
        return str(place) if place is not None and place < 10 else "?"


def state_mark(problems: Sequence[Problem]) -> tuple[str, str]:
    """The mark of an order and its tone: `!` will not ship, `~` doubtful."""
    if any(problem.severity is Severity.ERROR for problem in problems):
        return "!", "error"
    return ("~", "warning") if problems else (" ", "")


def why_text(problems: Sequence[Problem]) -> str:
    """The first reason in a few words, and how many more there are."""
    if not problems:
        return ""
    first = problems[0].title or problems[0].detail
    return first if len(problems) == 1 else f"{first} +{len(problems) - 1}"


def preview_lines(order: Document, problems: Sequence[Problem]) -> Iterator[list[Piece]]:
    """What one wants to know of an order before opening it: left its address, right why it will not ship."""
    left: list[Piece] = [(safe(line), "") for line in address_lines(order)] or [("no shipping address", "error")]
    right: list[Piece] = []
    for problem in problems:
        error = problem.severity is Severity.ERROR
        words = problem.title or problem.detail
        place = label_of(problem.pointer)
        right.append((f"{'!' if error else '~'} {safe(words)}", "error" if error else "warning"))
        proposal = fix_for(order, problem)
        if proposal is not None:
            right.append((f"    m: {safe(proposal.text)}", "info"))
        elif place.startswith("Items"):
            right.append((f"    {safe(place)}", "dim"))
    for row in range(max(len(left), min(len(right), 5))):
        start = left[row] if row < len(left) else ("", "")
        yield [start, right[row] if row < len(right) else ("", "")]
    count = item_count(order)
    facts = [
        count_of(count, "item") if count is not None else "no items",
        f"{money_at(order, TOTAL)} {text_at(order, PAYMENT_STATUS)}".strip(),
        text_at(order, STATUS),
        text_at(order, SHIPPING_OPTION),
        text_at(order, DELIVERY_INDICATOR),
    ]
    if tags := tags_of(order):
        facts.append("tags: " + ", ".join(tags))
    yield [(safe(" · ".join(filter(None, facts))), "dim")]
    if note := text_at(order, NOTES):
        yield [(f'note: "{safe(note)}"', "info")]
    items = ITEMS.get(order)
    names = [text_at(item, ITEMS.of("name")) for item in items] if isinstance(items, list) else []
    if names:
        yield [(safe(", ".join(names[:12])), "dim")]

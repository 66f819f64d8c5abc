"""Staged orders as a table of chosen fields: which columns there are, and what each cell shows and edits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final

from rich.cells import cell_len

from tui.api.models import Kind, Operation
from tui.api.pointer import ABSENT, ROOT, Pointer
from tui.keymap import Context
from tui.orders.edits.request_choice import IMMUTABLE
from tui.orders.fields import Field, all_fields, field_at, known_pointer, path_of, value_pointer
from tui.orders.paths import ANY, ITEMS, LISTS
from tui.orders.value_parser import KINDS_OF_LINES, Choices, show_value
from tui.screens.common.table_rows import KeyedRows
from tui.screens.composer.rows import mark_of
from tui.screens.order.form_rows import FormNote, FormSpec, choices_of
from tui.widgets.form_layout import FieldRow
from tui.widgets.grid import GridCell, GridColumn, needed_width
from tui.widgets.text import fit
from tui.work.batches.staged_order import Finding, StagedOrder
from tui.work.batches.staging import Staging

ColumnPath = tuple[str, ...]

NUMBER: Final[ColumnPath] = ("order_number",)
"""The column that stays visible."""

USUAL: Final[tuple[ColumnPath, ...]] = (
    NUMBER,
    *(("shipping_address", name) for name in ("name", "address_line_1", "house_number", "postal_code", "city")),
    ("shipping_address", "country_code"),
    ("payment_details", "total_price", "value"),
)
_MOST_COLUMNS = 16
_WIDEST, _SAMPLE_SIZE = 24, 500
OWN: Final = frozenset({NUMBER, ("order_id",), (*ITEMS.tokens, ANY, "item_id")})
"""Identifying fields; never set on many orders."""

_NEVER_OFFERED = frozenset({("order_id",), ("order_details", "order_created_at")})
_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})


def column_fields() -> list[Field]:
    """The possible columns: every editable value of the form. A value of an item is one column for all items."""
    lists = [place.tokens for place in LISTS[1:]]
    return [
        known
        for known in all_fields()
        if not known.has_members and not known.read_only and not any(known.path[: len(path)] == path for path in lists)
    ]


def title_of(path: ColumnPath) -> str:
    """The short name of a column."""
    known = field_at(Pointer(path))
    if known is None:
        return "/".join(path)
    return f"{'bill: ' if path[0] == 'billing_address' else 'item ' if ANY in path else ''}{known.caption}"


def usual_columns(staging: Staging, orders: Sequence[StagedOrder]) -> list[ColumnPath]:
    """The number, then fields with problems, then those that differ between orders, or else a default set."""
    offered = {known.path for known in column_fields()}
    wrong = {
        path_of(pointer)
        for order in orders
        for finding in staging.findings(order)
        if not finding.stale and (pointer := visible_pointer(order, finding)) is not None
    }
    some = orders[:_SAMPLE_SIZE]
    differing = [path for path in _by_use(offered) if path not in _NEVER_OFFERED and _differs(some, path)]
    ranked = [path for path in _by_use(offered) if path in wrong]
    ranked += [path for path in differing if path not in wrong]
    found = [NUMBER, *(path for path in ranked if path != NUMBER)][:_MOST_COLUMNS]
    return found if len(found) > 1 else list(USUAL)


def visible_pointer(order: StagedOrder, finding: Finding) -> Pointer | None:
    """The pointer of the form field that shows a problem; None if no field does."""
    wanted = known_pointer(finding.problem.pointer, order.document)
    while wanted != ROOT:
        if (pointer := value_pointer(wanted, order.document)) is not None:
            return pointer
        wanted = wanted.parent
    return None


def columns_of(orders: Sequence[StagedOrder], paths: Iterable[ColumnPath], source: "GridRows") -> list[GridColumn]:
    """The columns, as wide as their contents need."""
    some = range(min(len(orders), _SAMPLE_SIZE))
    found: list[GridColumn] = []
    for path in paths:
        known = field_at(Pointer(path))
        key, title = "/".join(path), title_of(path)
        width = needed_width((source.cell_at(index, key).text for index in some), title, _WIDEST)
        found.append(GridColumn(key, title, width, "right" if known and known.kind in _NUMBERS else "left"))
    # Titles that would be equal after cutting are not cut.
    cut = Counter(fit(column.title, column.width) for column in found)
    return [
        column
        if cut[fit(column.title, column.width)] == 1
        else replace(column, width=max(column.width, cell_len(column.title)))
        for column in found
    ]


@dataclass(slots=True)
class GridRows(KeyedRows[StagedOrder]):
    """Provides cells when they are drawn. The problems of an order are found once."""

    staging: Staging
    marks: Callable[[], frozenset[str]]
    zone: tzinfo | None
    suggest: Callable[[StagedOrder], Mapping[ColumnPath, Choices]]
    typed: Callable[[str, Pointer], str | None]
    _suggested: dict[str, Mapping[ColumnPath, Choices]] = field(default_factory=dict)
    _problems: dict[str, dict[Pointer, list[Finding]]] = field(default_factory=dict)

    def mark_of(self, index: int) -> tuple[str, str]:
        return mark_of(self.staging, self.elements[index])

    def is_marked(self, key: str) -> bool:
        return key in self.marks()

    def problems_of(self, order: StagedOrder) -> dict[Pointer, list[Finding]]:
        """Problems by the pointer of the field that shows them; at the root those without one."""
        found = self._problems.get(order.id)
        if found is None:
            found = {}
            for finding in self.staging.findings(order):
                if not finding.stale and not (order.sent and not finding.at):
                    found.setdefault(visible_pointer(order, finding) or ROOT, []).append(finding)
            self._problems[order.id] = found
        return found

    def cell_at(self, index: int, column: str) -> GridCell:
        order = self.elements[index]
        path = tuple(column.split("/"))
        known = field_at(Pointer(path))
        if known is None:
            return GridCell(reason="the API has no such field")
        problems = self.problems_of(order)
        pointer, more = self._place(order, path, problems)
        if pointer is None:
            opens, adds = (self.staging.key(id, Context.COMPOSER) for id in ("open", "add"))
            return GridCell(reason=f"the order has no items; add one in the form: {opens}, then {adds}")
        value = pointer.get(order.document)
        findings = problems.get(pointer, [])
        typed = self.typed(order.id, pointer)
        mark, tone = _worst(findings)
        if not mark and typed is not None:
            mark, tone = "~", "warning"
        reason = IMMUTABLE if order.fixed and known.immutable and ANY not in path else ""
        shop = order.key[2]
        if shop not in self._suggested:
            self._suggested[shop] = self.suggest(order)
        spec = FormSpec(order.edit, Operation.POST, suggestions=self._suggested[shop])
        row = FieldRow(
            pointer,
            known.caption,
            known.kind,
            value,
            show_value(known.kind, value, zone=self.zone) if value is not ABSENT or findings else "",
            mark=mark,
            choices=choices_of(spec, pointer, known),
            editable=not reason,
            reason=reason,
            help=known.help,
            multiline=known.kind in KINDS_OF_LINES,
        )
        return GridCell(row, tone, more)

    def _place(
        self, order: StagedOrder, path: ColumnPath, problems: Mapping[Pointer, object]
    ) -> tuple[Pointer | None, int]:
        """The pointer of a column in an order, by default of its first item with a problem; and how many other items have it."""
        if ANY not in path:
            return Pointer(path), 0
        entries = ITEMS.get(order.document)
        count = len(entries) if isinstance(entries, list) else 0
        places = [Pointer(tuple(str(at) if token == ANY else token for token in path)) for at in range(count)]
        if not places:
            return None, 0
        return next((pointer for pointer in places if pointer in problems), places[0]), count - 1


def key_of(pointer: Pointer) -> str:
    """The key of the column that shows a pointer."""
    return "/".join(path_of(pointer))


def _worst(findings: Sequence[Finding]) -> tuple[str, str]:
    """The mark of a cell and its style."""
    marks = {FormNote(finding.problem).mark for finding in findings}
    for mark, tone in (("S", "service"), ("!", "error"), ("~", "warning")):
        if mark in marks:
            return mark, tone
    return "", ""


def _by_use(offered: Iterable[ColumnPath]) -> Iterator[ColumnPath]:
    """Sort the usual fields first, then by the order of the form, rare fields last."""
    paths = set(offered)
    yield from (path for path in USUAL if path in paths)
    rest = [known for known in column_fields() if known.path in paths and known.path not in USUAL]
    yield from (known.path for known in sorted(rest, key=lambda known: known.rare))


def _differs(orders: Sequence[StagedOrder], path: ColumnPath) -> bool:
    pointer = Pointer(tuple("0" if token == ANY else token for token in path))
    seen: list[object] = []
    for order in orders:
        value = pointer.get(order.document)
        if isinstance(value, list | dict):
            continue
        if seen and (type(value), value) != seen[0]:
            return True
        seen = seen or [(type(value), value)]
    return False

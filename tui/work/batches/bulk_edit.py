"""Bulk edits of staged orders: a preview of the changes to each order, which is then applied as one action."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.api.codec import Document, Json, same
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.edits.edit import same_or_absent
from tui.orders.edits.request_choice import IMMUTABLE
from tui.orders.fields import exclusive_values, field_at, path_of
from tui.orders.paths import ANY
from tui.orders.summary import order_name
from tui.work.batches.staged_order import Finding, StagedOrder
from tui.work.batches.staging import Staging

Values: TypeAlias = Sequence[tuple[Pointer, Json | Absent]]

_Values: TypeAlias = Callable[[StagedOrder], Values | str]
"""The values to set in an order, or the reason why there are none."""


@dataclass(frozen=True, slots=True)
class BulkEditKind:
    """A kind of problem that can be fixed for many orders: its code and its field, in any item.

    For a problem without a code, its text is used.
    """

    code: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """The old and the new value of one field of an order."""

    order: str
    name: str
    pointer: Pointer
    was: Json | Absent
    will: Json | Absent


@dataclass(frozen=True, slots=True)
class BulkEditPreview:
    """The effect of a change: the changed fields, the values to set by order, and the skipped orders with reasons.

    `documents`: the orders as they were when the preview was made.
    """

    changes: tuple[FieldChange, ...]
    values: dict[str, tuple[tuple[Pointer, Json | Absent], ...]]
    skipped: tuple[tuple[str, str], ...]
    documents: dict[str, Document]


def kind_of(finding: Finding) -> BulkEditKind:
    problem = finding.problem
    return BulkEditKind(problem.code or problem.detail, path_of(problem.pointer))


def ids_with(staging: Staging, orders: Iterable[StagedOrder], kind: BulkEditKind) -> list[str]:
    """The ids of the orders with a problem of this kind that is not stale."""
    return [
        order.id
        for order in orders
        if any(not finding.stale and kind_of(finding) == kind for finding in staging.findings(order))
    ]


def preview_values(
    staging: Staging, orders: Sequence[StagedOrder], values_by_path: Sequence[tuple[tuple[str, ...], Json | Absent]]
) -> BulkEditPreview:
    """Preview setting fields of each order, the first of which was chosen; a field of items is set in every item."""
    path = values_by_path[0][0]
    known = field_at(Pointer(path))

    def values(order: StagedOrder) -> Values | str:
        if order.fixed and known is not None and known.immutable and ANY not in path:
            return IMMUTABLE
        found = [
            assignment
            for field_path, value in values_by_path
            for pointer in _pointers(order, field_path)
            for assignment in exclusive_values(pointer, value)
        ]
        return found or "it has no such item"

    return _preview(staging, orders, values)


def preview_fixes(staging: Staging, orders: Sequence[StagedOrder], kind: BulkEditKind) -> BulkEditPreview:
    """Preview the fixes for all problems of one kind."""

    def values(order: StagedOrder) -> Values | str:
        found: list[tuple[Pointer, Json | Absent]] = []
        for finding in staging.findings(order):
            if finding.stale or kind_of(finding) != kind or (fix := staging.proposed_fix(order, finding)) is None:
                continue
            is_gone = finding.problem.code == "gone"  # its id is removed then
            found += [(pointer, ABSENT if is_gone else value) for pointer, value in fix.values]
        return found or "there is no proposed fix for this problem"

    return _preview(staging, orders, values)


def fixable_kinds(staging: Staging, orders: Iterable[StagedOrder]) -> dict[BulkEditKind, list[Finding]]:
    """The kinds of problems that have a fix in these orders, most frequent first."""
    found: dict[BulkEditKind, list[Finding]] = {}
    for order in orders:
        for finding in staging.findings(order):
            if not finding.stale and staging.proposed_fix(order, finding) is not None:
                found.setdefault(kind_of(finding), []).append(finding)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def apply_preview(staging: Staging, preview: BulkEditPreview, name: str) -> int:
    """Apply a preview as one action. Returns the number of changed orders. Raises BatchLocked, StoreError.

    Orders that changed since the preview are skipped, because their items may have moved.
    """
    values = {
        id: some
        for id, some in preview.values.items()
        if (order := staging.get(id)) is not None
        and staging.editing.may_change(id)
        and same(order.document, preview.documents[id])
    }
    return staging.editing.put_each(values, name)


def _preview(staging: Staging, orders: Sequence[StagedOrder], values_of: _Values) -> BulkEditPreview:
    changes: list[FieldChange] = []
    values: dict[str, tuple[tuple[Pointer, Json | Absent], ...]] = {}
    skipped: list[tuple[str, str]] = []
    documents: dict[str, Document] = {}
    for order in orders:
        name = order_name(order.document)
        found = values_of(order) if staging.editing.may_change(order.id) else "it is in flight"
        if isinstance(found, str):
            skipped.append((name, found))
            continue
        here = [
            FieldChange(order.id, name, pointer, was, will)
            for pointer, will in found
            if not same_or_absent(was := pointer.get(order.document), will)
        ]
        if here:
            changes.extend(here)
            values[order.id] = tuple(found)
            documents[order.id] = order.document
        else:
            skipped.append((name, "already set"))
    return BulkEditPreview(tuple(changes), values, tuple(skipped), documents)


def _pointers(order: StagedOrder, path: tuple[str, ...]) -> Iterator[Pointer]:
    """The pointers of a path in this order: with `*`, one for each item of the list."""
    if ANY not in path:
        yield Pointer(path)
        return
    index = path.index(ANY)
    entries = Pointer(path[:index]).get(order.document)
    for position in range(len(entries) if isinstance(entries, list) else 0):
        yield Pointer((*path[:index], str(position), *path[index + 1 :]))

"""One change of many staged orders: what it would do to each, told before it is done, and done as one action."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.api.codec import Document, Json, same
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.edits.request_choice import IMMUTABLE
from tui.orders.fields import exclusive_values, field_at, path_of
from tui.orders.paths import ANY
from tui.orders.summary import order_name
from tui.work.batches.staged_order import Finding, StagedOrder
from tui.work.batches.staging import Staging

Values: TypeAlias = Sequence[tuple[Pointer, Json | Absent]]

_Values: TypeAlias = Callable[[StagedOrder], Values | str]
"""What is to be put into an order, or why nothing is."""


@dataclass(frozen=True, slots=True)
class BulkEditKind:
    """What problems that can be fixed together have in common: their code, and their field in any item.

    A problem without a code is identified by its text.
    """

    code: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value of an order, and what it would be."""

    order: str
    name: str
    pointer: Pointer
    was: Json | Absent
    will: Json | Absent


@dataclass(frozen=True, slots=True)
class BulkEditPreview:
    """What a change would do: value by value, by order what is to be put, and which orders stay as they are and why.

    `documents`: the orders that it was made for, as they were.
    """

    changes: tuple[FieldChange, ...]
    values: dict[str, tuple[tuple[Pointer, Json | Absent], ...]]
    staying: tuple[tuple[str, str], ...]
    documents: dict[str, Document]


def kind_of(finding: Finding) -> BulkEditKind:
    problem = finding.problem
    return BulkEditKind(problem.code or problem.detail, path_of(problem.pointer))


def having(staging: Staging, orders: Iterable[StagedOrder], kind: BulkEditKind) -> list[str]:
    """The ids of the orders with a problem of this kind that was not changed since."""
    return [
        order.id
        for order in orders
        if any(not finding.stale and kind_of(finding) == kind for finding in staging.findings(order))
    ]


def setting(
    staging: Staging, orders: Sequence[StagedOrder], path: tuple[str, ...], value: Json | Absent
) -> BulkEditPreview:
    """One value at one field of each order; below the items, of every item."""
    known = field_at(Pointer(path))

    def values(order: StagedOrder) -> Values | str:
        if order.fixed and known is not None and known.immutable and ANY not in path:
            return IMMUTABLE
        found = list(_places(order, path))
        return (
            [one for pointer in found for one in exclusive_values(pointer, value)] if found else "it has no such entry"
        )

    return _preview(staging, orders, values)


def fixing(staging: Staging, orders: Sequence[StagedOrder], kind: BulkEditKind) -> BulkEditPreview:
    """The proposals for the problems of one kind."""

    def values(order: StagedOrder) -> Values | str:
        found: list[tuple[Pointer, Json | Absent]] = []
        for finding in staging.findings(order):
            if finding.stale or kind_of(finding) != kind or (mend := order.proposed_fix(finding)) is None:
                continue
            is_gone = finding.problem.code == "gone"  # what it was there is left out then
            found += [(pointer, ABSENT if is_gone else value) for pointer, value in mend.values]
        return found or "it has no proposal for that problem"

    return _preview(staging, orders, values)


def proposals(staging: Staging, orders: Iterable[StagedOrder]) -> dict[BulkEditKind, list[Finding]]:
    """The kinds of problems of these orders for which there is a proposal, the most frequent first."""
    found: dict[BulkEditKind, list[Finding]] = {}
    for order in orders:
        for finding in staging.findings(order):
            if not finding.stale and order.proposed_fix(finding) is not None:
                found.setdefault(kind_of(finding), []).append(finding)
    return dict(sorted(found.items(), key=lambda one: -len(one[1])))


def take(staging: Staging, preview: BulkEditPreview, name: str) -> int:
    """Do what was previewed, as one action; how many orders changed. Raises BatchLocked, StoreError.

    An order that is another than in the preview stays: what was looked up meanwhile may have moved its items.
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
    staying: list[tuple[str, str]] = []
    documents: dict[str, Document] = {}
    for order in orders:
        name = order_name(order.document)
        found = values_of(order) if staging.editing.may_change(order.id) else "it is in flight"
        if isinstance(found, str):
            staying.append((name, found))
            continue
        here = [
            FieldChange(order.id, name, pointer, was, will)
            for pointer, will in found
            if not _is_same(was := pointer.get(order.document), will)
        ]
        if here:
            changes.extend(here)
            values[order.id] = tuple(found)
            documents[order.id] = order.document
        else:
            staying.append((name, "already set"))
    return BulkEditPreview(tuple(changes), values, tuple(staying), documents)


def _places(order: StagedOrder, path: tuple[str, ...]) -> Iterator[Pointer]:
    """Where a path leads in this order: with `*` in it, in every entry of the list."""
    if ANY not in path:
        yield Pointer(path)
        return
    place = path.index(ANY)
    entries = Pointer(path[:place]).get(order.document)
    for position in range(len(entries) if isinstance(entries, list) else 0):
        yield Pointer((*path[:place], str(position), *path[place + 1 :]))


def _is_same(one: Json | Absent, other: Json | Absent) -> bool:
    if one is ABSENT or other is ABSENT:
        return one is other
    return same(one, other)

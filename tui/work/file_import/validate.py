"""Checks the orders of a file: every entry with its problems. Uses neither the network nor the store."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from tui.api.codec import Document, Json
from tui.api.errors import Blocks, Problem, ReportedBy, Severity
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer
from tui.api.query import id_text
from tui.orders.checks.context import NO_SHOPS, AccountShops
from tui.orders.checks.sending import check_duplicates, check_order
from tui.orders.parsed import Derivation, How, ParsedFile, ParsedOrder, RefusedEntry
from tui.orders.paths import ORDERED_AT, SHOP
from tui.orders.progress import OnProgress, Progress
from tui.work.file_import.provenance import cell_near
from tui.work.gc_pause import gc_paused

_NUMBER = re.compile(r"\d+")
_PROGRESS_INTERVAL = 200


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One entry of a file. `position`: its number, from 0. `parsed` is None for an entry that is not an order.

    `problems`: those found without the service, by reading the file, by the schema and by known rules of the service;
    without `infos`.
    """

    position: int
    place: str
    parsed: ParsedOrder | None
    problems: tuple[Problem, ...] = ()
    row: int | None = None

    @property
    def document(self) -> Document:
        return self.parsed.document if self.parsed is not None else {}

    @property
    def order_id(self) -> str | None:
        """The order id as text."""
        id = self.document.get("order_id")
        return (id if isinstance(id, str) else id_text(id)) or None

    @property
    def integration(self) -> int | str | None:
        """The shop as the order has it: a number or a text."""
        shop = SHOP.get(self.document)
        return shop if isinstance(shop, int | str) and not isinstance(shop, bool) else None

    @property
    def key(self) -> tuple[str, str]:
        """The upsert key (Q1.4); a missing part is empty."""
        return id_text(self.document.get("order_id")), id_text(SHOP.get(self.document))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from being sent."""
        return tuple(one for one in self.problems if one.blocks is Blocks.SEND)

    @property
    def infos(self) -> list[Problem]:
        """The values that are not in the file, as infos. Made on demand: a large file has ten times as many of them as orders."""
        return derivation_infos(self.parsed) if self.parsed is not None else []

    @property
    def severity(self) -> Severity | None:
        """The highest severity of its problems."""
        return min((one.severity for one in self.problems), key=lambda severity: severity.rank, default=None)

    def cell(self, pointer: Pointer) -> tuple[int | None, str | None]:
        """Row (from 1) and column of a value; only the row if the value has no cell of its own."""
        if self.parsed is None:
            return self.row, None
        row, column = cell_near(self.parsed.cells, pointer)
        return (self.row if row is None else row), column


def entries_of(file: ParsedFile, shops: AccountShops = NO_SHOPS, progress: OnProgress | None = None) -> list[FileEntry]:
    """Check all entries of a file, in its order and with the refused ones. `shops`: those of the account, as far as they are known.

    `progress` is called with the number of checked orders and the total.
    """
    entries = [FileEntry(position, one.place, one, (), one.row) for position, one in enumerate(file.orders)]
    refused = [FileEntry(0, one.place, None, (_refusal_problem(one),), one.row) for one in file.refused]
    if refused:
        # Both are in the order of the file, and their places have numbers of the same kind.
        found = sorted([*entries, *refused], key=_file_position)
        entries = [replace(one, position=position) for position, one in enumerate(found)]
    with gc_paused(len(entries)):
        return check_entries(entries, shops, progress)


def check_entries(
    entries: Sequence[FileEntry], shops: AccountShops, progress: OnProgress | None = None
) -> list[FileEntry]:
    """Check entries, including for duplicates among them."""
    duplicates = check_duplicates({str(one.position): one.document for one in entries if one.parsed is not None})
    result = []
    for count, one in enumerate(entries):
        if progress is not None and count % _PROGRESS_INTERVAL == 0:
            progress(Progress(count, len(entries)))
        if one.parsed is None:
            result.append(one)
            continue
        # A problem from reading a cell is more precise than the schema's problem of the text that was left there.
        read = one.parsed.problems
        known = {problem.pointer for problem in read if problem.severity is Severity.ERROR}
        problems = [*read, *(found for found in check_order(one.document, shops) if found.pointer not in known)]
        if (duplicate := duplicates.get(str(one.position))) is not None:
            problems.insert(0, duplicate)
        problems.sort(key=lambda problem: problem.rank)
        result.append(replace(one, problems=tuple(problems)) if problems or one.problems else one)
    return result


def derivation_infos(parsed: ParsedOrder) -> list[Problem]:
    """The values that are not in the file, as infos."""
    return [
        Problem(
            _derivation_text(pointer.get(parsed.document), derivation),
            derivation.how.name.lower(),
            pointer=pointer,
            severity=Severity.INFO,
            reported_by=ReportedBy.LOCAL,
        )
        for pointer, derivation in parsed.derived.items()
    ]


def _derivation_text(value: Json | Absent, derivation: Derivation) -> str:
    reason = derivation.text.rstrip(".")
    if derivation.how is How.EMPTIED or isinstance(value, dict | list | Absent):
        return f"{derivation.how.capitalize()}: {reason}."
    return f"{str(value)[:60]} is {derivation.how}: {reason}."


def with_kept_date(parsed: ParsedOrder, existing: Document) -> Document:
    """The document of an order, with the order date of the existing order if the file has none."""
    placed = ORDERED_AT.get(existing)
    if ORDERED_AT not in parsed.derived or placed is ABSENT:
        return parsed.document
    return cast(Document, ORDERED_AT.put(parsed.document, placed))


def _refusal_problem(refusal: RefusedEntry) -> Problem:
    return Problem(
        f"{refusal.place[:1].upper()}{refusal.place[1:]} {refusal.reason}.",
        "no_order",
        pointer=ROOT,
        reported_by=ReportedBy.LOCAL,
    )


def _file_position(entry: FileEntry) -> float:
    if entry.row is not None:
        return entry.row
    number = _NUMBER.search(entry.place)
    return int(number[0]) if number is not None else float("inf")

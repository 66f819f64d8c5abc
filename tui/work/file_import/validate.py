"""A file of orders judged where it lies: each entry in its place, and all that is wrong with it. No network, no store."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import cast

from tui.api.codec import Document
from tui.api.errors import Origin, Problem, Severity
from tui.api.pointer import ABSENT, ROOT, Pointer
from tui.api.query import id_text
from tui.orders.checks.sending import check_duplicates, check_order
from tui.orders.parsed import ParsedFile, ParsedOrder, RefusedEntry
from tui.orders.paths import ORDERED_AT, SHOP
from tui.orders.progress import OnProgress, Progress
from tui.work.file_import.provenance import cell_near
from tui.work.gc_pause import gc_paused

_NUMBER = re.compile(r"\d+")
_TOLD_EVERY = 200


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One entry of a file. `position` counts from 0 over all of them; `arrival` is None for what is no order.

    `problems` are those of this side: of reading the file, by the schema, and by the service's unwritten rules.
    """

    position: int
    place: str
    arrival: ParsedOrder | None
    problems: tuple[Problem, ...] = ()
    row: int | None = None

    @property
    def document(self) -> Document:
        return self.arrival.document if self.arrival is not None else {}

    @property
    def order_id(self) -> str | None:
        """The shop's id as the order has it; of a number its digits."""
        id = self.document.get("order_id")
        return (id if isinstance(id, str) else id_text(id)) or None

    @property
    def integration(self) -> int | str | None:
        """The shop as the order names it, a number or a text."""
        shop = SHOP.get(self.document)
        return shop if isinstance(shop, int | str) and not isinstance(shop, bool) else None

    @property
    def key(self) -> tuple[str, str]:
        """The upsert key (Q1.4), its halves empty where there is none."""
        return id_text(self.document.get("order_id")), id_text(SHOP.get(self.document))

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.problems if one.severity is Severity.ERROR)

    def cell(self, pointer: Pointer) -> tuple[int | None, str | None]:
        """Row (from 1) and column of a value; the row alone where the value has no cell of its own."""
        if self.arrival is None:
            return self.row, None
        row, column = cell_near(self.arrival.cells, pointer)
        return (self.row if row is None else row), column


def entries_of(
    intake: ParsedFile, shops: Collection[int] | None = None, progress: OnProgress | None = None
) -> list[FileEntry]:
    """All entries of a file in its order, refused ones included, judged. `shops`: the account's, if they are known.

    `progress` is called with the number of checked orders and the total.
    """
    found = [FileEntry(0, one.place, one, (), one.row) for one in intake.orders]
    refused = [FileEntry(0, one.place, None, (_refusal_problem(one),), one.row) for one in intake.refused]
    if refused:
        # Both come in the file's order, and their places are numbered alike.
        found = sorted([*found, *refused], key=_file_position)
    entries = [replace(one, position=position) for position, one in enumerate(found)]
    with gc_paused(len(entries)):
        return check_entries(entries, shops, progress)


def check_entries(
    entries: Sequence[FileEntry], shops: Collection[int] | None, progress: OnProgress | None = None
) -> list[FileEntry]:
    """The entries with all problems that can be known of them here."""
    twins = check_duplicates({str(one.position): one.document for one in entries if one.arrival is not None})
    result = []
    for count, one in enumerate(entries):
        if progress is not None and count % _TOLD_EVERY == 0:
            progress(Progress(count, len(entries)))
        if one.arrival is None:
            result.append(one)
            continue
        # What reading said of a value says more than the schema can say of the value that it left.
        read = one.arrival.problems
        known = {problem.pointer for problem in read if problem.severity is Severity.ERROR}
        problems = [*read, *(found for found in check_order(one.document, shops) if found.pointer not in known)]
        if (twin := twins.get(str(one.position))) is not None:
            problems.insert(0, twin)
        problems.sort(key=lambda problem: problem.severity is Severity.WARNING)
        result.append(replace(one, problems=tuple(problems)))
    return result


def with_kept_date(arrival: ParsedOrder, kept: Document) -> Document:
    """What a file says; where it has no date, the order as it is kept says when it was placed, not this import."""
    placed = ORDERED_AT.get(kept)
    if ORDERED_AT not in arrival.derived or placed is ABSENT:
        return arrival.document
    return cast(Document, ORDERED_AT.put(arrival.document, placed))


def _refusal_problem(refusal: RefusedEntry) -> Problem:
    return Problem(
        f"{refusal.place[:1].upper()}{refusal.place[1:]} {refusal.reason}.",
        "no_order",
        pointer=ROOT,
        origin=Origin.LOCAL,
    )


def _file_position(entry: FileEntry) -> float:
    if entry.row is not None:
        return entry.row
    number = _NUMBER.search(entry.place)
    return int(number[0]) if number is not None else float("inf")

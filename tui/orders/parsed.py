"""The result of reading a file of orders: the orders, and the entries that are not orders."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tui.api.codec import Document
from tui.api.errors import Problem
from tui.api.pointer import Pointer


class How(StrEnum):
    """How a value that is not in the file was obtained. The values are words for users."""

    ASSUMED = "assumed"
    GIVEN = "set"
    COMPUTED = "computed"
    COPIED = "copied"
    SPLIT = "split"
    REPAIRED = "repaired"
    CONFIRMED = "confirmed"
    EMPTIED = "left empty"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Derivation:
    """The origin of a value that was not in the file. `text`: for the user."""

    how: How
    text: str


class GuessKind(StrEnum):
    """What a guess is about. The values are those of the option `--accept`, and are stored with a mapping."""

    PRICE = "price"
    WEIGHT = "weight"
    UNIT = "unit"
    ITEMS = "items"
    ENCODING = "encoding"
    STATUS = "status"
    ADDRESS = "address"
    CANCELLED = "cancelled"
    """The file says that the order is not to be shipped: it was cancelled, refunded or shipped, is on hold or not paid,
    needs no shipping, or is shipped by the marketplace."""


_CODE: Final = "confirm_"
"""The beginning of the code of a problem about a guess."""


def code_of(kind: GuessKind) -> str:
    """The code of the problem of a guess of this kind."""
    return f"{_CODE}{kind}"


def with_hint(problem: Problem, way: str) -> str:
    """The detail of a problem. If it is about a guess, with how to confirm it.

    `way`: the keys where the problem is shown, or the option, with `{kind}` for the kind of the guess.
    """
    if not problem.code.startswith(_CODE):
        return problem.detail
    return f"{problem.detail} To confirm: {way.format(kind=problem.code.removeprefix(_CODE))}."


class Memory(StrEnum):
    """What the confirmation of a guess applies to."""

    KIND = "kind"
    """All guesses of its kind, also in later files with the same columns: it is about what columns mean."""
    GUESS = "guess"
    """The same guess, also in later files with the same columns. Its sentence names the column and the value."""
    FILE = "file"
    """The same guess in this file."""


_MEMORIES: Final = {
    GuessKind.STATUS: Memory.GUESS,
    GuessKind.ADDRESS: Memory.GUESS,
    GuessKind.ITEMS: Memory.GUESS,
    GuessKind.CANCELLED: Memory.FILE,
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess about a file. `subject`: its column, or "" for the whole file. `text`: how it is read, as a sentence."""

    kind: GuessKind
    subject: str
    text: str
    memory: Memory = field(default=Memory.KIND, compare=False)

    @classmethod
    def of(cls, kind: GuessKind, subject: str, text: str, memory: Memory | None = None) -> "Guess":
        """A guess that is remembered like others of its kind, unless `memory` says otherwise."""
        return cls(kind, subject, text, memory or _MEMORIES.get(kind, Memory.KIND))


@dataclass(slots=True)
class UnusedCell:
    """A cell of a column without a field. `column`: its index."""

    row: int
    column: int
    text: str


@dataclass(slots=True)
class ParsedOrder:
    """An order read from a file, converted so that it can be sent.

    `place`: where it was in the file, as text. `converted`: the number of values that the conversion changed.

    The rest is for orders of a table. `rows`: its rows, from 1. `cells`: the row and column that each value came from.
    `problems`: cells that could not be read; the document has their text. `derived`: where derived and constant values
    came from. `used`: the number of cells that became values. `repeated`: cells of further rows whose field the first
    row has. `unused`: the filled cells of unmapped columns.
    """

    document: Document
    place: str = ""
    converted: int = 0
    rows: list[int] = field(default_factory=list)
    cells: dict[Pointer, tuple[int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    derived: dict[Pointer, Derivation] = field(default_factory=dict)
    used: int = 0
    repeated: int = 0
    unused: list[UnusedCell] = field(default_factory=list)

    @property
    def row(self) -> int | None:
        """Its first row in a table."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that is not part of any order: its place, and why; of a table its row, from 1, and its cells."""

    place: str
    reason: str
    row: int | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The content of a file.

    `notes`: sentences about the whole file. `header`: the columns of a table. `unmapped`: those of them without a
    field, and `ignored`: how many non-empty cells they have. `guesses`: guesses to be confirmed once.
    `not_data`: rows that are no orders, such as titles and totals, and why; they need no attention.
    """

    orders: tuple[ParsedOrder, ...]
    refused: tuple[RefusedEntry, ...] = ()
    notes: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    ignored: int = 0
    guesses: tuple[Guess, ...] = ()
    not_data: tuple[RefusedEntry, ...] = ()

"""What the steps that complete an order know about its file, and how they report guesses and problems."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from tui.api.codec import Document, Json
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.pointer import Pointer
from tui.orders.parsed import Derivation, Guess, GuessKind, How, Memory, ParsedOrder, code_of
from tui.orders.paths import ITEMS
from tui.orders.tables.mapping import ColumnMapping
from tui.orders.tables.values.decimal_signs import DecimalReading


@dataclass(slots=True)
class ImportContext:
    """What the steps that complete an order know about its file. They add the guesses that they met to `guesses`.

    `quantity_columns`: unused columns that may be quantities, in a file without a column for them. `understood`: the
    unused cells, by row and column, that a step has taken into account or reported. `marked_as_text`: row and column of
    the cells that begin with an apostrophe and an equals sign.
    """

    mapping: ColumnMapping
    now: datetime
    encoding_guess: str = ""
    """How the letters of the file were read, as a sentence, if that is a guess."""
    guesses: dict[Guess, None] = field(default_factory=dict)
    quantity_columns: frozenset[int] = frozenset()
    understood: set[tuple[int, int]] = field(default_factory=set)
    marked_as_text: set[tuple[int, str]] = field(default_factory=set)
    unclear_numbers: dict[int, dict[str, tuple[DecimalReading, str]]] = field(default_factory=dict)
    """By row and column, the numbers such as `1,250` that may be wrong by a factor of 1000, and how they are read."""

    def guess(
        self,
        order: ParsedOrder,
        pointer: Pointer,
        kind: GuessKind,
        text: str,
        *,
        subject: str = "",
        title: str = "",
        detail: str = "",
        memory: Memory | None = None,
    ) -> None:
        """Hold an order because of a guess. If the guess was confirmed, only record it at the value.

        `detail`: the sentence at the value of this order, if `text` is about the whole column. `memory`: what a
        confirmation is good for, if that is not as usual for the kind.
        """
        found = Guess.of(kind, subject, text, memory)
        self.guesses.setdefault(found)
        if self.mapping.accepts(found):
            order.derived.setdefault(pointer, Derivation(How.CONFIRMED, text))
            return
        order.problems.append(error(pointer, code_of(kind), detail or text, title or f"confirm {kind}"))


def item_rows(order: ParsedOrder) -> dict[int, int]:
    """The row of each item that was read from cells, by its index."""
    found: dict[int, int] = {}
    head = ITEMS.tokens
    size = len(head)
    for pointer, (row, _) in order.cells.items():
        tokens = pointer.tokens
        if tokens[:size] == head and len(tokens) > size:
            found.setdefault(int(tokens[size]), row)
    return found


def set_value(order: ParsedOrder, pointer: Pointer, value: Json, how: How, text: str) -> None:
    """Set a value that is not in the file, and record how it was obtained."""
    order.document = cast(Document, pointer.put(order.document, value))
    order.derived[pointer] = Derivation(how, text)


def warning(pointer: Pointer, code: str, detail: str, title: str = "") -> Problem:
    """A problem that does not hold an order."""
    return Problem(detail, code, title, pointer=pointer, severity=Severity.WARNING, reported_by=ReportedBy.LOCAL)


def error(pointer: Pointer, code: str, detail: str, title: str = "") -> Problem:
    """A problem that holds the order until it is fixed, or until the user sends the order anyway."""
    return Problem(detail, code, title, pointer=pointer, reported_by=ReportedBy.LOCAL)

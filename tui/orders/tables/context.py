"""What the steps that complete an order know about its file, and how they report guesses and problems."""

from dataclasses import dataclass, field
from datetime import datetime

from tui.api.errors import Origin, Problem, Severity
from tui.api.pointer import Pointer
from tui.orders.parsed import Derivation, Guess, GuessKind, How, ParsedOrder
from tui.orders.tables.mapping import ColumnMapping


@dataclass(slots=True)
class ImportContext:
    """What the steps that complete an order know about its file. They add the guesses that they met to `guesses`.

    `marked_as_text`: row and column of the cells that begin with an apostrophe and an equals sign.
    """

    mapping: ColumnMapping
    now: datetime
    encoding_guess: str = ""
    """How the letters of the file were read, as a sentence, if that is a guess."""
    guesses: dict[Guess, None] = field(default_factory=dict)
    marked_as_text: set[tuple[int, str]] = field(default_factory=set)

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
    ) -> None:
        """Hold an order because of a guess. If the guess was confirmed, only record it at the value.

        `detail`: the sentence at the value of this order, if `text` is about the whole column.
        """
        self.guesses.setdefault(Guess(kind, subject, text))
        if kind in self.mapping.accepted:
            order.derived.setdefault(pointer, Derivation(How.CONFIRMED, text))
            return
        detail = f"{detail or text} Confirm this on the import screen or with --accept {kind}."
        problem = Problem(detail, f"confirm_{kind}", title or f"confirm {kind}", pointer=pointer, origin=Origin.LOCAL)
        order.problems.append(problem)


def warning(pointer: Pointer, code: str, detail: str, title: str = "") -> Problem:
    """A problem that does not hold an order."""
    return Problem(detail, code, title, pointer=pointer, severity=Severity.WARNING, origin=Origin.LOCAL)


def error(pointer: Pointer, code: str, detail: str, title: str = "") -> Problem:
    """A problem that holds an order until it is fixed or sent despite it."""
    return Problem(detail, code, title, pointer=pointer, origin=Origin.LOCAL)

"""Which parts of a shown text match a query."""

from collections.abc import Iterable, Iterator

from tui.orders.query.conditions import Contains, OneOf
from tui.orders.query.facts import compact
from tui.orders.query.folding import digits, fold


def highlights(text: str, terms: Iterable[Contains | OneOf], field: str) -> list[tuple[int, int]]:
    """The parts of a text that match terms of a query (`Query.terms`), as start and end, in order, without overlap.

    `text`: a value of `field`, one of `TEXTS`, `CODES` or `LISTS`, as received; the results are positions in this text.
    """
    found: list[tuple[int, int]] = []
    for term in terms:
        fields = term.fields if isinstance(term, Contains) else (term.field,)
        needles = (term.text,) if isinstance(term, Contains) else term.values
        if field in fields:
            found.extend(part for needle in needles for part in _parts(needle, *_folded(text)))
        if field in fields and field in ("postcode", "hs"):
            found.extend(part for needle in needles for part in _parts(needle, *_compact(text)))
        if field == "phone" and "phone_digits" in fields:
            found.extend(part for needle in needles for part in _parts(needle, *_digits(text)))
    return _merged((start, _with_marks(text, end)) for start, end in found)


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text with one space for each gap, and the position in the text of each of its characters."""
    chars: list[str] = []
    positions: list[int] = []
    for position, char in enumerate(text):
        for folded in " " if char.isspace() else fold(char):
            if folded != " " or chars[-1:] != [" "]:
                chars.append(folded)
                positions.append(position)
    return "".join(chars), positions


def _compact(text: str) -> tuple[str, list[int]]:
    """The folded text as `facts.compact` makes it, with positions."""
    found = [(char, position) for char, position in zip(*_folded(text), strict=True) if compact(char)]
    return "".join(char for char, _ in found), [position for _, position in found]


def _digits(text: str) -> tuple[str, list[int]]:
    found = [(digit, position) for position, char in enumerate(text) if (digit := digits(char))]
    return "".join(digit for digit, _ in found), [position for _, position in found]


def _parts(needle: str, text: str, positions: list[int]) -> Iterator[tuple[int, int]]:
    start = text.find(needle) if needle else -1
    while start >= 0:
        end = start + len(needle)
        yield positions[start], positions[end - 1] + 1
        start = text.find(needle, end)


def _with_marks(text: str, end: int) -> int:
    """The end of a part with the marks that belong to its last letter."""
    while end < len(text) and not fold(text[end]):
        end += 1
    return end


def _merged(parts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

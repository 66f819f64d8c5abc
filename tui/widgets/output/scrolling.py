"""Finds lines of a frame that moved up or down, so that the terminal can scroll them instead of receiving them again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui.widgets.output.encoder import BLANK, Cell

_MIN_CHANGED = 4
_MIN_SAVED = 60
"""Cells; the sequences of a scrolled region have about 20 bytes."""


class Scroll(NamedTuple):
    """Lines from `top` to before `bottom` move up by `by`, or down if it is negative."""

    top: int
    bottom: int
    by: int


def find_scroll(old: Sequence[list[Cell]], changed: Mapping[int, list[Cell]]) -> Scroll | None:
    """The scroll after which the fewest cells differ; None if none saves enough. `changed`: new lines by number."""
    if len(changed) < _MIN_CHANGED:
        return None
    places: dict[tuple[Cell, ...], int] = {}
    for y, row in enumerate(old):
        places.setdefault(tuple(row), y)
    moves: dict[int, list[int]] = {}
    for y, row in changed.items():
        source = places.get(tuple(row))
        if source is not None and source != y and any(cell != BLANK for cell in row):
            moves.setdefault(source - y, []).append(y)
    if not moves:
        return None
    count = Counter({by: len(lines) for by, lines in moves.items()}).most_common(1)[0][0]
    lines = moves[count]
    top, bottom = min(lines) + min(0, count), max(lines) + max(0, count) + 1
    if len(lines) < 2 or top < 0 or bottom > len(old):
        return None
    scroll = Scroll(top, bottom, count)
    before = after = 0
    scrolled = apply_scroll(old, scroll)
    for y in range(top, bottom):
        new = changed.get(y, old[y])
        before += _differences(old[y], new)
        after += _differences(scrolled[y - top], new)
    return scroll if before - after >= _MIN_SAVED else None


def apply_scroll(rows: Sequence[list[Cell]], scroll: Scroll) -> list[list[Cell]]:
    """The lines of the scrolled region as they are afterwards."""
    region = [list(row) for row in rows[scroll.top : scroll.bottom]]
    erased = [[BLANK] * len(region[0]) for _ in range(abs(scroll.by))]
    return [*region[scroll.by :], *erased] if scroll.by > 0 else [*erased, *region[: scroll.by]]


def _differences(old: Sequence[Cell], new: Sequence[Cell]) -> int:
    return 0 if old == new else sum(a != b for a, b in zip(old, new, strict=True))

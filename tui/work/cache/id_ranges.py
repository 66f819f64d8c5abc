"""`IdRanges`: the ranges of ids within which every order was read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui.api.codec import Json, as_list


@dataclass(frozen=True, slots=True)
class IdRange:
    """All orders with an id from `low` to `high` were read. `cursor`: of the page below, None at the end of the list.

    `low` is 0 if the list ends with this range.
    """

    low: int
    high: int
    cursor: str | None = None

    def __contains__(self, id: object) -> bool:
        return isinstance(id, int) and self.low <= id <= self.high


class IdRanges:
    """Ranges that do not overlap, the highest first. Ids only increase, so a new order never falls into a range."""

    def __init__(self, ranges: Iterable[IdRange] = ()) -> None:
        self._ranges = sorted(ranges, key=lambda range: -range.high)

    def __iter__(self) -> Iterator[IdRange]:
        return iter(self._ranges)

    @property
    def is_complete(self) -> bool:
        """Whether everything up to the newest order that was read is known."""
        return len(self._ranges) == 1 and self._ranges[0].low == 0

    def add(self, low: int, high: int, cursor: str | None) -> IdRange:
        """Add a range that was read in one go, and return the range that it is part of now.

        It is joined with the ranges that it touches. The cursor is that of the range with the lowest id.
        """
        touched = [range for range in self._ranges if range.low <= high and low <= range.high]
        lowest = min([IdRange(low, high, cursor), *touched], key=lambda range: range.low)
        joined = IdRange(lowest.low, max([high, *(range.high for range in touched)]), lowest.cursor)
        kept = [range for range in self._ranges if range not in touched]
        self._ranges = sorted([*kept, joined], key=lambda range: -range.high)
        return joined

    def to_json(self) -> Json:
        """The ranges as stored."""
        return [[range.low, range.high, range.cursor] for range in self._ranges]

    @classmethod
    def from_json(cls, stored: Json) -> "IdRanges":
        """The ranges that `to_json` returned; none for anything else, so that all is read again."""
        ranges = []
        for entry in as_list(stored):
            match entry:
                case [int(low), int(high), str() | None as cursor]:
                    ranges.append(IdRange(low, high, cursor))
        return cls(ranges)

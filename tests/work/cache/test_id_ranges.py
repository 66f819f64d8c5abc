"""The ranges of ids that were read: joining, completeness, and how they are stored."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui.work.cache.id_ranges import IdRange, IdRanges


def test_pages_that_follow_each_other_become_one_range() -> None:
    ranges = IdRanges()
    ranges.add(801, 1000, "a")
    assert ranges.add(601, 1000, "b") == IdRange(601, 1000, "b")
    assert not ranges.is_complete
    ranges.add(0, 1000, None)
    assert ranges.is_complete


def test_a_new_reading_joins_the_range_that_it_reaches() -> None:
    ranges = IdRanges([IdRange(500, 900, "old")])
    assert ranges.add(950, 1200, "new") == IdRange(950, 1200, "new")
    assert [range.high for range in ranges] == [1200, 900]
    assert ranges.add(870, 1200, "newer") == IdRange(500, 1200, "old")
    assert len(list(ranges)) == 1


def test_whatever_is_not_a_list_of_ranges_means_that_nothing_was_read() -> None:
    for stored in (None, 7, "x", [[1, 2]], [["1", 2, None]], {"a": 1}):
        assert list(IdRanges.from_json(stored)) == []  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20))))
def test_an_id_is_known_if_it_was_in_an_added_range(pairs: list[tuple[int, int]]) -> None:
    ranges = IdRanges()
    for low, length in pairs:
        ranges.add(low, low + length, f"{low}")
    kept = list(IdRanges.from_json(ranges.to_json()))
    assert kept == list(ranges)
    for id in range(75):
        assert any(id in range for range in kept) == any(low <= id <= low + length for low, length in pairs)
    # They do not overlap, and the cursor belongs to the lower end.
    assert all(above.low > below.high for above, below in pairwise(kept))
    assert all(range.cursor == f"{range.low}" for range in kept)

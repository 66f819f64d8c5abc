"""Two copies of the app on the draft of one order: merged by pointer on disk, conflicts shown, nothing dropped."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sandbox_harness import NOW
from sandbox_harness import order as sample

from tui.api.codec import Document, as_document, decode, encode
from tui.api.pointer import Pointer
from tui.orders.edits.merge import take_theirs
from tui.orders.paths import ITEMS
from tui.store.store import Store
from tui.work.drafts.drafts import Draft, Drafts
from tui.work.drafts.presence import Presence

CITY = Pointer.of("shipping_address", "city")
NAME = Pointer.of("shipping_address", "name")
PLACES = (
    CITY,
    NAME,
    Pointer.of("shipping_address", "postal_code"),
    Pointer.of("order_details", "notes"),
    Pointer.of("customer_details", "email"),
    ITEMS / 0 / "sku",
    ITEMS / 1 / "name",
)
BASE: Document = as_document(decode(encode(sample(id="12"))))


class Copy:
    """One copy of the app with its draft of the order."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder, now=lambda: NOW)
        self.drafts = Drafts(self.store, self.store.account_id("u", "1"), lambda: NOW)
        self.draft = self.drafts.of("12", BASE, NOW)

    def put(self, pointer: Pointer, value: str) -> Draft:
        assert self.draft.edit.put(pointer, value, str(pointer))
        self.drafts.save(self.draft)
        return self.draft

    def value(self, pointer: Pointer) -> object:
        return pointer.get(self.draft.edit.document)


@pytest.fixture
def copies(tmp_path: Path) -> Callable[[], Copy]:
    return lambda: Copy(tmp_path)


def test_changes_of_different_fields_are_merged(copies: Callable[[], Copy]) -> None:
    first, second = copies(), copies()
    first.put(CITY, "Assen")
    first.put(CITY, "Delft")
    second.put(NAME, "Jan")
    assert (second.value(CITY), second.value(NAME)) == ("Delft", "Jan")
    assert [change.pointer for change in second.draft.joined] == [CITY]
    assert not second.draft.undecided
    assert first.drafts.join_others(first.draft)
    assert first.value(NAME) == "Jan"
    assert not first.drafts.join_others(first.draft)
    assert not second.drafts.join_others(second.draft)
    restarted = copies()
    assert (restarted.value(CITY), restarted.value(NAME)) == ("Delft", "Jan")


def test_different_values_of_one_field_are_a_conflict_for_both(copies: Callable[[], Copy]) -> None:
    first, second = copies(), copies()
    first.put(CITY, "Delft")
    second.put(CITY, "Gouda")
    (conflict,) = second.draft.undecided
    assert (conflict.pointer, conflict.theirs, conflict.mine, conflict.by) == (CITY, "Delft", "Gouda", "another copy")
    assert first.drafts.join_others(first.draft)
    restarted = copies()
    (kept,) = restarted.draft.undecided
    assert (kept.theirs, kept.by) == ("Delft", "another copy")
    assert take_theirs(second.draft.edit, conflict, "take")
    second.drafts.save(second.draft)
    assert second.value(CITY) == "Delft"
    assert not second.draft.undecided


def test_what_one_copy_takes_back_does_not_return(copies: Callable[[], Copy]) -> None:
    first = copies()
    first.put(CITY, "Delft")
    first.put(NAME, "Jan")
    second = copies()
    first.draft.edit.revert(CITY, "back")
    first.drafts.save(first.draft)
    second.put(PLACES[2], "2611 AA")
    assert second.value(CITY) == CITY.get(BASE)
    assert second.value(NAME) == "Jan"


def test_a_copy_that_undoes_everything_keeps_the_draft_of_the_other(copies: Callable[[], Copy]) -> None:
    first, second = copies(), copies()
    first.put(CITY, "Delft")
    assert second.drafts.join_others(second.draft)
    second.put(NAME, "Jan")
    while first.draft.edit.undo():
        pass
    first.draft.edit.steps.clear()
    first.drafts.save(first.draft)
    assert copies().value(NAME) == "Jan"


def test_each_copy_knows_whether_another_has_the_order_open(copies: Callable[[], Copy]) -> None:
    first, second = copies(), copies()
    one, two = (Presence(copy.store, copy.store.account_id("u", "1")) for copy in (first, second))
    one.enter("12")
    assert (one.others("12"), two.others("12")) == (0, 1)
    two.enter("12")
    assert (one.others("12"), two.others("12")) == (1, 1)
    two.enter("13")
    assert one.others("12") == 0
    second.store.close()
    assert one.others("13") == 0, "a copy that ended has nothing open"
    one.enter(None)
    assert not first.store.screen_states.keys(first.store.account_id("u", "1"), "open:")


@pytest.mark.parametrize("seed", range(30))
def test_no_value_is_lost_whatever_the_order(copies: Callable[[], Copy], seed: int) -> None:
    random = Random(seed)
    both = [copies(), copies()]
    typed: dict[Pointer, set[str]] = {}
    for number in range(12):
        copy, pointer = random.choice(both), random.choice(PLACES)
        copy.put(pointer, f"value {number}")
        typed.setdefault(pointer, set()).add(f"value {number}")
        if random.random() < 0.3:
            other = random.choice(both)
            other.drafts.join_others(other.draft)
    for copy in both:
        copy.drafts.join_others(copy.draft)
    for copy in (*both, copies()):
        for pointer, values in typed.items():
            assert copy.value(pointer) in values, pointer
    last = {pointer: copy.value(pointer) for pointer in PLACES for copy in both}
    for pointer in typed:
        ours = {copy.value(pointer) for copy in both}
        conflicted = {conflict.pointer for copy in both for conflict in copy.draft.conflicts}
        assert len(ours) == 1 or pointer in conflicted, (pointer, last)

"""The state of the composer: its lists, and how the view is stored for the next start."""

from pathlib import Path

import pytest
from batch_harness import BatchHarness, stage
from sandbox_harness import order

from tui.api.codec import Json
from tui.api.pointer import Pointer
from tui.screens.composer.rows import ALL
from tui.screens.composer.state import ComposerState, SavedView, ViewMode

STORED: Json = {
    "order": "a1",
    "standing": "to fix",
    "words": "oss",
    "shown": "table",
    "sort": "shipping_address/city",
    "down": True,
    "sheet": True,
    "pointer": "/shipping_address/city",
    "top": 3,
    "marks": ["a1", "b2"],
}


def test_the_view_is_stored_under_the_keys_that_earlier_versions_wrote() -> None:
    saved = SavedView.from_json(STORED)
    assert saved == SavedView(
        "a1",
        "to fix",
        "oss",
        ViewMode.TABLE,
        "shipping_address/city",
        True,
        True,
        Pointer.of("shipping_address", "city"),
        3,
        ("a1", "b2"),
    )
    assert saved.to_json() == STORED


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "table",
        {},
        {"order": None, "standing": None, "shown": "riddle", "sort": 5, "down": 1, "top": "3", "marks": "a1"},
        {"sheet": "yes", "pointer": None, "marks": [5, None]},
    ],
)
def test_a_view_that_cannot_be_read_is_the_usual_one(stored: Json) -> None:
    assert SavedView.from_json(stored) == SavedView()


def test_the_state_begins_as_it_was_stored() -> None:
    state = SavedView.from_json(STORED).to_state()
    assert (state.chosen, state.status, state.words, state.mode) == ("a1", "to fix", "oss", ViewMode.TABLE)
    assert (state.sorting.by, state.sorting.down) == ("shipping_address/city", True)
    assert not state.in_form, "the form opens once there is an order to show"


async def test_orders_in_work_stay_listed_with_any_filter(tmp_path: Path) -> None:
    harness = BatchHarness(tmp_path / "data")
    staging = await harness.open()
    good, bad = stage(
        staging,
        order(order_id="A", order_number="A"),
        order(order_id="B", order_number="B", shipping_address__city=""),
    )

    def listed() -> list[str]:
        state.list_orders(staging)
        return [order.id for order in state.shown]

    state = ComposerState(chosen=bad)
    assert (listed(), state.position(), state.is_filtered) == ([good, bad], 1, False)
    state.status = "to fix"
    assert (listed(), state.not_shown([good, bad])) == ([bad], 1)
    state.pinned.add(good)
    assert listed() == [good, bad]
    state.pinned.clear()
    state.words = "problem:nothing"
    assert listed() == []
    state.in_form = True
    assert listed() == [bad]
    state.in_form = False
    state.clear_filter()
    assert (state.status, listed()) == (ALL, [good, bad])
    assert state.begin_batch(7)
    assert not state.begin_batch(7)
    harness.account.store.close()
    await harness.account.client.aclose()
    harness.sandbox.close()


@pytest.mark.parametrize(
    ("mode", "in_form", "is_wide", "is_split", "in_table"),
    [
        (ViewMode.ORDERS, False, True, True, False),
        (ViewMode.TABLE, False, True, False, True),
        (ViewMode.TABLE, True, True, True, False),
        (ViewMode.PROBLEMS, False, False, False, False),
    ],
)
def test_list_and_form_are_side_by_side_if_there_is_room(
    mode: ViewMode, in_form: bool, is_wide: bool, is_split: bool, in_table: bool
) -> None:
    state = ComposerState(mode=mode, in_form=in_form, is_wide=is_wide)
    assert (state.is_split, state.in_table) == (is_split, in_table)

"""The send state: every stored state maps to one, and each has one label and mark."""

from itertools import chain

import pytest

from tui.store.batches import StagedState
from tui.store.journal import WriteState
from tui.store.verifications import VerificationState
from tui.widgets.styles import STYLE_CLASSES
from tui.work.writes.send_state import (
    DRAFT_TEXTS,
    JOB_TEXTS,
    LABELS,
    NOT_WRITTEN,
    OPEN,
    SendState,
    Unsent,
    from_stored,
    project,
)

STORED = [*WriteState, *VerificationState, *StagedState]


@pytest.mark.parametrize("stored", STORED, ids=lambda one: f"{type(one).__name__}.{one.name}")
def test_every_stored_state_has_a_send_state(stored: WriteState | VerificationState | StagedState) -> None:
    assert project(stored) is from_stored(str(stored))


def test_there_are_at_most_twelve_states_and_each_is_shown() -> None:
    assert len(SendState) <= 12
    assert set(LABELS) == set(SendState)
    assert len({label.label for label in LABELS.values()}) == len(SendState)
    for label in LABELS.values():
        assert len(label.mark) == 1
        assert label.mark.isascii()
        assert not label.style or f"line--{label.style}" in STYLE_CLASSES


def test_an_open_write_has_an_open_state_and_a_settled_one_only_while_it_is_verified() -> None:
    for state in WriteState:
        assert project(state).is_open == (state.open or state is WriteState.ACCEPTED)
    assert not OPEN & NOT_WRITTEN


@pytest.mark.parametrize(
    ("unsent", "state"),
    [
        (Unsent(), SendState.READY),
        (Unsent(overwrites=True), SendState.CONFLICT),
        (Unsent(held=True, overwrites=True), SendState.HELD),
        (Unsent(unchanged=True, held=True), SendState.UNCHANGED),
        (Unsent(invalid=True, held=True), SendState.INVALID),
        (Unsent(refused=True, invalid=True), SendState.REFUSED),
    ],
)
def test_state_of_an_unsent_order_follows_from_what_blocks_it(unsent: Unsent, state: SendState) -> None:
    assert project(StagedState.DRAFT, unsent) is state


def test_stored_texts_read_back_as_the_state_that_was_written() -> None:
    for state, text in chain(DRAFT_TEXTS.items(), JOB_TEXTS.items()):
        assert from_stored(text) is state
    assert set(JOB_TEXTS) == set(SendState)


@pytest.mark.parametrize(
    ("text", "state"),
    [("gone", SendState.CONFLICT), ("busy", SendState.NOT_SENT), ("not applied", SendState.NOT_SENT)],
)
def test_texts_that_earlier_versions_stored_are_read(text: str, state: SendState) -> None:
    assert from_stored(text) is state

"""Questions with many answers: every answer has a key of its own."""

from types import SimpleNamespace
from typing import Any

import pytest

from tui.screens.common.questions import ANSWER_KEYS, ask_which


@pytest.mark.parametrize(
    ("count", "keys", "chosen"),
    [(3, ["2"], 1), (3, [None], None), (33, ["z"], 32), (40, ["m", "2"], 34), (40, ["m", "m", "1"], 0)],
)
async def test_the_key_of_an_answer_is_its_place(count: int, keys: list[str | None], chosen: int | None) -> None:
    titles, pressed = [f"title {n}" for n in range(count)], iter(keys)
    offered: list[list[tuple[str, str]]] = []

    async def ask(question: str, answers: list[tuple[str, str]]) -> str | None:
        offered.append(answers)
        return next(pressed)

    screen: Any = SimpleNamespace(ask=ask)
    assert await ask_which(screen, "Which?", titles) == chosen
    assert all(len({key for key, _ in answers}) == len(answers) for answers in offered)
    assert [title for _, title in offered[0]][: len(ANSWER_KEYS)] == titles[: len(ANSWER_KEYS)]


def test_no_answer_is_a_confirmation() -> None:
    assert len(set(ANSWER_KEYS)) == len(ANSWER_KEYS)
    assert not set("ym") & set(ANSWER_KEYS)

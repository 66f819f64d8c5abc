"""Questions with many answers that have no keys of their own."""

from collections.abc import Sequence
from typing import Any, Final

from tui.screens.common.screen import BaseScreen

ANSWER_KEYS: Final = "123456789abcdefghijklnopqrstuvwxz"
"""The keys of the answers, in order. `y` only confirms, and `m` shows more answers."""
_MORE: Final = ("m", "more")


async def ask_which(screen: BaseScreen[Any], question: str, titles: Sequence[str]) -> int | None:
    """Ask for one of some titles. Returns its index, None on Esc. What exceeds the keys is shown after `m`."""
    first = 0
    while True:
        here = titles[first : first + len(ANSWER_KEYS)]
        answers = [*zip(ANSWER_KEYS, here, strict=False), *([_MORE] if len(here) < len(titles) else [])]
        answer = await screen.ask(question, answers)
        if answer is None:
            return None
        if answer != _MORE[0]:
            return first + ANSWER_KEYS.index(answer)
        first = first + len(here) if first + len(here) < len(titles) else 0

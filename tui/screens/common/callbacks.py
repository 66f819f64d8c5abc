"""Answers by callbacks, for the screens that are not written with `await` yet: those of composer and edit."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tui.screens.common.screen import BaseScreen

T = TypeVar("T")


def ask_then(
    screen: BaseScreen[Any],
    text: str,
    answers: Sequence[tuple[str, str]],
    done: Callable[[str], object],
    left: Callable[[], object] = lambda: None,
) -> None:
    """Ask a question; `done` is given the key, on Esc `left` is called."""
    value_then(screen, screen.ask(text, answers), done, left)


def value_then(
    screen: BaseScreen[Any],
    value: Awaitable[T | None],
    done: Callable[[T], object],
    left: Callable[[], object] = lambda: None,
) -> None:
    """Wait for a value; `done` is given it, without one `left` is called."""

    async def wait() -> None:
        found = await value
        if found is None:
            left()
        else:
            done(found)

    screen.run_dialog(wait())

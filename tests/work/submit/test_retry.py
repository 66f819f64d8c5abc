"""Retries of an unreachable service: growing pauses, for a limited time."""

import pytest

from tui.api.errors import NotAuthorised, Unreachable
from tui.work.submit.retry import RetryTimer, retry


def test_backoff_resets_after_success_and_ends() -> None:
    now = 0.0
    timer = RetryTimer(10.0, lambda: now)
    first = [timer.next() for _ in range(3)]
    assert first[0] is not None
    assert first[1] is not None
    assert first[1] > first[0]
    timer.reset()
    assert timer.next() == first[0]
    now = 11.0
    assert timer.next() is None


async def test_permanent_errors_are_not_retried() -> None:
    slept: list[float] = []
    errors: list[Exception] = [Unreachable("away"), Unreachable("away")]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def work() -> str:
        if errors:
            raise errors.pop()
        return "done"

    assert await retry(work, 60.0, sleep) == "done"
    assert len(slept) == 2
    errors.append(NotAuthorised("wrong keys"))
    with pytest.raises(NotAuthorised):
        await retry(work, 60.0, sleep)
    assert len(slept) == 2

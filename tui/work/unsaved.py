"""What could not be stored, because the disk was full or another program was writing; it is stored again later."""

import asyncio
from collections.abc import Awaitable, Callable

from tui.store.db import StoreError

_TRIED_EVERY = 2.0


class Unsaved:
    """The newest state of each thing that could not be stored. `on_change` is called when there is something."""

    def __init__(self) -> None:
        self._work: dict[str, Callable[[], object]] = {}
        self.on_change: Callable[[], None] = lambda: None

    def __bool__(self) -> bool:
        return bool(self._work)

    def __contains__(self, key: object) -> bool:
        return key in self._work

    def attempt(self, key: str, work: Callable[[], object]) -> None:
        """Store something, which replaces what was to be stored under this key. Raises StoreError; it is kept then."""
        try:
            work()
        except StoreError:
            self.keep(key, work)
            raise
        self._work.pop(key, None)

    def keep(self, key: str, work: Callable[[], object]) -> None:
        """Store something later."""
        self._work[key] = work
        self.on_change()

    def retry(self) -> None:
        """Store what is left. Raises StoreError at the first thing that cannot be stored yet."""
        for key in list(self._work):
            self._work[key]()
            self._work.pop(key, None)

    def failure(self) -> str:
        """Why something cannot be stored, after another attempt; empty if all is stored."""
        try:
            self.retry()
        except StoreError as error:
            return str(error)
        return ""


async def store_later(
    unsaved: Unsaved, show_notice: Callable[[str, str], None], resolve: Callable[[], Awaitable[object]]
) -> None:
    """Store what is left again and again, until this is cancelled; then call `resolve`, which looks up lost results."""
    failed = asyncio.Event()
    unsaved.on_change = failed.set
    while True:
        await failed.wait()
        await asyncio.sleep(_TRIED_EVERY)
        failed.clear()
        try:
            unsaved.retry()
        except StoreError:
            failed.set()
            continue
        show_notice("What could not be saved before is saved now.", "info")
        try:
            await resolve()
        except StoreError as error:
            show_notice(f"Writes in flight are looked up at the next start: {error}", "error")

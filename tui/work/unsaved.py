"""What could not be stored, because the disk was full or another program was writing; it is stored again later."""

from collections.abc import Callable

from tui.store.db import StoreError


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

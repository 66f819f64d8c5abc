"""The order list as it was last on the screen: kept when the app ends, shown by the next start until the account is open."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.store.last_screen import LastOutput, LastScreen, ListSnapshot


class LastList:
    """Keeps nothing if orders are kept in memory only, and shows nothing older than what the cache keeps."""

    def __init__(self, folder: Path, settings: Settings, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._settings = settings
        self._now = now

    def load(self, profile: Profile) -> ListSnapshot | None:
        """The list of an account; None if there is none."""
        if self._settings.no_cache:
            return None
        since = self._now() - timedelta(days=self._settings.keep_cache_days)
        return LastScreen(self._folder, profile.account_key).load(since)

    def keep(self, profile: Profile, width: int, lines: Sequence[list[tuple[str, str]]]) -> None:
        """Keep the list of an account; without lines, remove the one that is kept. Raises OSError."""
        last_screen = LastScreen(self._folder, profile.account_key)
        if lines and not self._settings.no_cache:
            last_screen.save(ListSnapshot(width, self._now(), list(lines)))
        else:
            last_screen.remove()

    def keep_counts(self, keys: int, frames: int, size: int, cells: int, drawn: int) -> None:
        """Keep how much was sent to the terminal, for `doctor`. Raises OSError."""
        LastOutput(keys, frames, size, cells, drawn).save(self._folder)

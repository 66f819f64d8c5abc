"""The screens as they were when the app ended: the next start shows them until the account is open."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.store.last_screen import LastOutput, LastScreen, ScreenSnapshot


class LastScreens:
    """One screen for each account. Nothing is kept if orders are kept in memory only, and nothing longer than in the cache.

    `start`: what identifies the command that opens the profile `started`.
    """

    def __init__(
        self, folder: Path, settings: Settings, now: Callable[[], datetime], started: Profile | None, start: str
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._now = now
        self._started = None if started is None else started.account_key
        self._start = start

    def load(self, profile: Profile) -> ScreenSnapshot | None:
        """The last screen of an account; None if there is none."""
        if self._settings.no_cache:
            return None
        return LastScreen(self._folder, profile.account_key).load(self._now())

    def keep(self, profile: Profile, width: int, lines: Sequence[list[tuple[str, str]]]) -> None:
        """Keep the screen of an account; without lines, remove the one that is kept. Raises OSError."""
        last_screen = LastScreen(self._folder, profile.account_key)
        if lines and not self._settings.no_cache:
            now = self._now()
            until = now + timedelta(days=self._settings.keep_cache_days)
            start = self._start if profile.account_key == self._started else ""
            last_screen.save(ScreenSnapshot(width, now, until, start, list(lines)))
        else:
            last_screen.remove()

    def keep_counts(self, keys: int, frames: int, size: int, cells: int, drawn: int) -> None:
        """Keep how much was sent to the terminal, for `doctor`. Raises OSError."""
        LastOutput(keys, frames, size, cells, drawn).save(self._folder)

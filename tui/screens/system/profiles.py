"""The list of profiles: opens another one, or connects an account."""

from collections.abc import Callable, Sequence
from typing import Final

from tui.config.profiles import Profile
from tui.screens.system.setup import SetupScreen

_NEW: Final = "new"
_PREFIX: Final = "profile "


class ProfilesScreen(SetupScreen[Profile]):
    """Returns the chosen profile; None to stay. `connect` opens the screen that connects an account.

    `notice`: why profiles are missing.
    """

    def __init__(
        self,
        profiles: Sequence[Profile],
        current: Profile | None,
        connect: Callable[[], None],
        leave: Callable[[int], None],
        notice: str = "",
    ) -> None:
        super().__init__(leave)
        self._notice = notice
        self._profiles = profiles
        self._current = current
        self._connect = connect

    def show_all(self) -> None:
        self.title_line.set("Profiles", f"open: {self._current.title}" if self._current is not None else "")
        rows = [(f"{_PREFIX}{profile.name}", profile.title, _details(profile)) for profile in self._profiles]
        self.show_rows(*rows, (_NEW, "new", "connect an account"))
        if self._current is not None:
            self.show_text("Opening another profile closes the screens of this one. Its drafts and staged orders stay.")
        if self._notice:
            self.show_notice(self._notice, "error")
        self.key_line.set([("↓ ↑", "move"), ("Enter", "open"), ("Esc", "back"), ("Q", "quit")])

    def chosen(self, key: str) -> None:
        if key == _NEW:
            self._connect()
            return
        profile = next(profile for profile in self._profiles if f"{_PREFIX}{profile.name}" == key)
        current = self._current
        if current is not None and (profile.name, profile.base_url) == (current.name, current.base_url):
            self.show_notice(f"{profile.title} is open.")
        else:
            self.dismiss(profile)


def _details(profile: Profile) -> str:
    if profile.credentials is None:
        return "made-up orders on this machine"
    return f"{'read only' if profile.read_only else 'writes'} · {profile.base_url}"

"""Opens the account of a profile in the app: the first one, and others after closing what belongs to the one before."""

from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from tui.accounts import Accounts
from tui.config.profiles import Profile
from tui.config.settings import SettingsError
from tui.last_screens import LastScreens
from tui.screens.system.opening import OpeningScreen

if TYPE_CHECKING:
    from tui.lifecycle import Session


class AccountHolder(Protocol):
    """The account that is open, as the app holds it."""

    profile: Profile | None
    session: "Session | None"

    async def open(self) -> None:
        """Open the account of the profile. Raises ApiError, StoreError, ConfigError, SettingsError."""

    async def close_account(self) -> None:
        """Close the account and its connection."""

    def waiting_for(self) -> str:
        """What the first request waits for; empty if it does not."""

    def hold_keys(self) -> None:
        """Hold keys until the account is open."""

    def release_keys(self, *, discard: bool = False) -> None:
        """Process or drop held keys."""


class ProfileSwitch:
    """Shows the screens that choose a profile. `holder` is the app, too. `last_screens`: what was last shown."""

    def __init__(self, app: App[Any], holder: AccountHolder, accounts: Accounts, last_screens: LastScreens) -> None:
        self._app = app
        self._last_screens = last_screens
        self._holder = holder
        self._accounts = accounts

    def start(self) -> None:
        """Open the profile of the start; without one, let the user choose."""
        if self._holder.profile is not None:
            self._app.push_screen(self._opening(self._holder.profile))
            return
        from tui.screens.system.connect import WelcomeScreen

        self._holder.release_keys()
        self._app.push_screen(WelcomeScreen(self.switch_to, self.connect, self._leave))
        if self._accounts.saved():
            # None of them is the default.
            self.choose()

    def choose(self) -> None:
        """Let the user choose a profile, and switch to it."""
        self._app.run_worker(self._choose(), name="choose a profile", group="profiles", exclusive=True)

    def connect(self) -> None:
        """Let the user connect an account, and switch to it."""
        from tui.screens.system.connect import ConnectScreen

        self._app.push_screen(ConnectScreen(self._accounts, self.switch_to, self._leave))

    def switch_to(self, profile: Profile) -> None:
        """Close the open account and open that of a profile."""
        self._app.run_worker(self._switch_to(profile), name="switch the profile", group="profiles")

    async def _choose(self) -> None:
        from tui.screens.system.profiles import ProfilesScreen

        notice = ""
        try:
            profiles = self._accounts.profiles()
        except SettingsError as error:
            profiles, notice = [], str(error)
        screen = ProfilesScreen(profiles, self._holder.profile, self.connect, self._leave, notice)
        profile = await self._app.push_screen_wait(screen)
        if profile is not None:
            await self._switch_to(profile)

    async def _switch_to(self, profile: Profile) -> None:
        session = self._holder.session
        if session is not None:
            await self._return_to(session)
            if not await session.closing.may_close("switch"):
                return
        profile = self._accounts.restricted(profile)
        self._holder.hold_keys()
        if session is not None:
            await session.stop_work()
        # The screens may use the store until they are removed.
        while len(self._app.screen_stack) > 2:
            await self._app.pop_screen()
        await self._holder.close_account()
        self._holder.profile = profile
        await self._app.switch_screen(self._opening(profile))

    def _leave(self, code: int) -> None:
        """End the app. If an account is open, its writes in flight are asked about first."""
        session = self._holder.session
        if session is None:
            self._app.exit(code)
            return

        async def leave() -> None:
            await self._return_to(session)
            session.closing.leave(lambda: self._app.exit(code))

        self._app.run_worker(leave(), name="leave", group="profiles")

    async def _return_to(self, session: "Session") -> None:
        """Close the screens above those of a session."""
        while self._app.screen not in session.navigator.screens:
            await self._app.pop_screen()

    def _opening(self, profile: Profile) -> OpeningScreen:
        return OpeningScreen(
            profile.title,
            self._holder.open,
            self._app.exit,
            self.choose,
            self._holder.waiting_for,
            last_screen=self._last_screens.load(profile),
        )

"""The accounts that the user can open: their profiles, connecting to one, and adding one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.config.profiles import Profile, Secret, demo_profile
from tui.config.secrets import reveal, save_in_keyring
from tui.config.settings import Settings, read_settings
from tui.service import Service, check_profile, connect

if TYPE_CHECKING:
    from tui.config.new_profile import NewProfile
    from tui.work.connection import ConnectionReport, During

_RETRY_FOR = 5.0

Connect = Callable[[Profile], Awaitable[Service]]


async def connect_in_app(profile: Profile, settings: Settings) -> Service:
    """Connect to a profile. A command or a keyring that takes time does not hold up the screen.

    Raises ConfigError, SettingsError.
    """
    check_profile(profile)
    if profile.credentials is not None:
        secret = await asyncio.to_thread(reveal, profile.credentials.secret)
        profile = replace(profile, credentials=replace(profile.credentials, secret=secret))
    return connect(profile, settings)


class Accounts:
    """`started`: the profile that the app was started with, which may come from the environment; None if there is none.

    `connect`: instead of `connect_in_app`. `settings`: those of the start. `read_only`: whether no account may be changed,
    whatever its profile says.
    """

    def __init__(
        self,
        started: Profile | None = None,
        connect: Connect | None = None,
        *,
        settings: Settings | None = None,
        read_only: bool = False,
    ) -> None:
        self._started = started
        self._read_only = read_only
        self.connect = connect or partial(connect_in_app, settings=settings or Settings())

    def profiles(self) -> list[Profile]:
        """All profiles that can be opened: those of the settings, that of the start, and the sandbox.

        Raises SettingsError.
        """
        found = self.saved()
        if self._started is not None and self._started.name not in [profile.name for profile in found]:
            found.insert(0, self._started)
        if all(profile.credentials is not None for profile in found):
            found.append(demo_profile())
        return [self.restricted(profile) for profile in found]

    def saved(self) -> list[Profile]:
        """The profiles of the settings. Raises SettingsError."""
        return list(read_settings().profiles.values())

    def restricted(self, profile: Profile) -> Profile:
        """The profile as it may be used in this run of the app."""
        return replace(profile, read_only=True) if self._read_only else profile

    async def check(self, new: "NewProfile", during: "During") -> "ConnectionReport":
        """Connect to an account that is not saved yet. Raises SettingsError, ConfigError for invalid values."""
        from tui.work.connection import check_connection

        service = await self.connect(new.profile())
        try:
            return await check_connection(service.client, during)
        finally:
            await service.client.aclose()
            service.close()

    async def save(self, new: "NewProfile") -> Profile:
        """Add a profile to the settings, the first one as the default. Raises SettingsError; then nothing is added."""
        return await asyncio.to_thread(_save, new)


def _save(new: "NewProfile") -> Profile:
    from tui.config.files import add_profile
    from tui.config.new_profile import KeptIn

    profile = new.profile()
    if new.kept_in is KeptIn.KEYRING:
        save_in_keyring(new.public, Secret(new.secret))
    add_profile(new.name, new.values(), default=not read_settings().profiles)
    return profile

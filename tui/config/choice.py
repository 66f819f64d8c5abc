"""Chooses the profile to start with: the options of the command line, then the environment, then the settings file."""

import os
from dataclasses import replace
from typing import Final, NamedTuple

from tui.config.profiles import (
    Basic,
    ClientCredentials,
    EnvironmentSecret,
    Profile,
    Secret,
    demo_profile,
    host_of,
    token_url_of,
)
from tui.config.service_urls import OWN_URL
from tui.config.settings import CLIENT_SECRET, SECRET_KEY, Settings, SettingsError, read_settings

PUBLIC_KEY, CLIENT_ID = "SENDCLOUD_PUBLIC_KEY", "SENDCLOUD_CLIENT_ID"
TOKEN_URL, PARTNER_ID = "SENDCLOUD_TOKEN_URL", "SENDCLOUD_PARTNER_ID"
PAIRS: Final = ((PUBLIC_KEY, SECRET_KEY), (CLIENT_ID, CLIENT_SECRET))
"""The variables of each kind of credentials: the public part, the secret."""


class ProfileChoice(NamedTuple):
    """The profile to start with, None if none is named, and the settings, which are read once."""

    profile: Profile | None
    settings: Settings


def choose_profile(
    *, name: str | None = None, url: str | None = None, demo: bool = False, read_only: bool = False
) -> ProfileChoice:
    """The profile that options, environment and settings name, with the settings. Raises SettingsError.

    `url`: for credentials of the environment; those of a profile are only sent to the profile's own URL.
    """
    if demo and (url is not None or name is not None):
        other = "--profile" if url is None else "--url"
        raise SettingsError(f"--demo uses the embedded sandbox and cannot be combined with {other}")
    if name is not None and url is not None:
        raise SettingsError("--profile has a URL already and cannot be combined with --url")
    settings = read_settings()
    if demo:
        return ProfileChoice(demo_profile(read_only=read_only), settings)
    profile = None if name is not None else _of_environment(OWN_URL if url is None else url)
    if profile is None and url is None:
        profile = settings.profile(name)
        _check_environment(profile)
    if profile is None:
        _refuse_halves()
        return ProfileChoice(None, settings)
    return ProfileChoice(replace(profile, read_only=True) if read_only else profile, settings)


def has_credentials() -> bool:
    """Whether the environment has any part of credentials."""
    return any(os.environ.get(variable) for pair in PAIRS for variable in pair)


def _of_environment(url: str) -> Profile | None:
    """The profile of the variables, if they have a complete key pair."""
    for public, secret in PAIRS:
        if not (os.environ.get(public) and os.environ.get(secret)):
            continue
        given, hidden = os.environ[public], Secret(os.environ[secret])
        credentials = (
            Basic(given, hidden) if public == PUBLIC_KEY else ClientCredentials(given, hidden, _token_url(url))
        )
        return Profile(host_of(url), url, credentials, partner_id=os.environ.get(PARTNER_ID) or None)
    return None


def _check_environment(profile: Profile | None) -> None:
    """Make sure that a secret of the environment is not used for the public key of another pair."""
    match profile:
        case Profile(credentials=Basic(public, EnvironmentSecret())):
            variable = PUBLIC_KEY
        case Profile(credentials=ClientCredentials(public, EnvironmentSecret())):
            variable = CLIENT_ID
        case _:
            return
    if os.environ.get(variable, public) != public:
        raise SettingsError(
            f"{variable} is not the one of profile {profile.name!r}, so the secret in the environment is not used for it"
        )


def _refuse_halves() -> None:
    for pair in PAIRS:
        if any(os.environ.get(variable) for variable in pair):
            raise SettingsError(f"Only one of {' and '.join(pair)} is set; both are required")


def _token_url(base_url: str) -> str:
    found = os.environ.get(TOKEN_URL) or token_url_of(base_url)
    if not found:
        raise SettingsError(f"Set {TOKEN_URL} too: the client secret is only sent to a host that you name")
    return found

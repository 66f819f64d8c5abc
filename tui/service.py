"""Connects to the service of a profile, for the app and for the headless commands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.config.locations import sandbox_file
from tui.config.profiles import Basic, ClientCredentials, Profile, Secret
from tui.config.secrets import reveal
from tui.config.settings import Settings

if TYPE_CHECKING:
    from tui.api.auth import Auth
    from tui.api.client import Client


@dataclass(frozen=True, slots=True)
class Service:
    """The client of a profile, the public name of its credentials, and a function to call when the program ends.

    `notice`: a sentence for the user about the demo's file.
    """

    client: "Client"
    name: str
    close: Callable[[], None]
    notice: str = ""


def check_profile(profile: Profile) -> None:
    """Raise ConfigError, a ValueError, if the address or the credentials are invalid."""
    if profile.credentials is not None:
        from tui.api.auth import check_address

        check_address(profile.base_url)
        # The secret may be kept elsewhere; it is read when it is needed.
        _authentication(profile.credentials, Secret("unread"))


def connect(profile: Profile, settings: Settings, retry_for: float | None = None) -> Service:
    """Connect to the service of a profile. Nothing is sent yet; reading the secret may take ten seconds.

    `retry_for`: seconds during which a request may be retried. Raises ConfigError if the profile is invalid or the
    demo's file is unusable, SettingsError if the secret is not available.
    """
    import httpx

    from tui.api.auth import BasicAuth
    from tui.api.budget import LONGEST_WAIT, Budget, rate_of
    from tui.api.client import Client
    from tui.api.errors import ConfigError

    if profile.credentials is None:
        from tui.sandbox.app import Sandbox, SandboxSettings

        try:
            sandbox = Sandbox(SandboxSettings(data=sandbox_file(), odd=True, rebuild=True))
        except ValueError as error:
            raise ConfigError(f"The demo's orders cannot be opened: {error}.") from error
        except OSError as error:
            raise ConfigError(f"The demo's orders cannot be stored ({error.strerror}): {error.filename}.") from error
        aside = sandbox.data.set_aside
        notice = (
            f"The demo's orders could not be read and were made again; the old file is {aside.name}." if aside else ""
        )
        transport = httpx.ASGITransport(sandbox.asgi, raise_app_exceptions=False)
        own = Client(
            "http://127.0.0.1/api/v3",
            BasicAuth("demo", "demo"),
            transport=transport,
            read_only=profile.read_only,
            retry_for=retry_for,
        )
        return Service(own, "demo", sandbox.close, notice)
    name, auth = _authentication(profile.credentials, reveal(profile.credentials.secret))
    client = Client(
        profile.base_url,
        auth,
        partner_id=profile.partner_id,
        read_only=profile.read_only,
        retry_for=retry_for,
        budget=Budget(
            reads=rate_of(settings.reads),
            writes=rate_of(settings.writes),
            longest=LONGEST_WAIT if retry_for is None else min(LONGEST_WAIT, retry_for),
        ),
    )
    return Service(client, name, lambda: None)


def _authentication(credentials: Basic | ClientCredentials, secret: Secret) -> "tuple[str, Auth]":
    """The public name of credentials, and the authentication made from them. Raises ConfigError."""
    from tui.api.auth import BasicAuth, OAuth2

    match credentials:
        case Basic(public):
            return public, BasicAuth(public, secret.value)
        case ClientCredentials(client_id, _, token_url):
            return client_id, OAuth2(client_id, secret.value, token_url)

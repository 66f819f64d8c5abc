"""The service of a profile: its client, and what ends with it; for the app and for the commands without a screen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.settings import Basic, ClientCredentials, Profile, sandbox_file

if TYPE_CHECKING:
    from tui.api.auth import Auth
    from tui.api.client import Client


@dataclass(frozen=True, slots=True)
class Service:
    """The client of a profile, the public name of its credentials, and what to call when the program ends."""

    client: "Client"
    name: str
    close: Callable[[], None]


def check_profile(profile: Profile) -> None:
    """Raise ConfigError, a ValueError, for an address and for keys that cannot be used."""
    if profile.credentials is not None:
        from tui.api.auth import check_address

        check_address(profile.base_url)
        _proof(profile.credentials)


def connect(profile: Profile, retry_for: float | None = None) -> Service:
    """The service of a profile: the client, whose name its credentials have, and what ends with the program.

    `retry_for`: seconds that one request may go on being tried again.
    Raises ConfigError for what cannot be used, the demo's file included.
    """
    import httpx

    from tui.api.auth import BasicAuth
    from tui.api.client import Client
    from tui.api.errors import ConfigError

    if profile.credentials is None:
        from tui.sandbox.app import Sandbox, SandboxSettings

        try:
            sandbox = Sandbox(SandboxSettings(data=sandbox_file(), odd=True))
        except ValueError as error:
            raise ConfigError(f"The demo's orders: {error}. Delete the file to begin anew.") from error
        except OSError as error:
            raise ConfigError(f"The demo's orders cannot be kept: {error.filename}: {error.strerror}.") from error
        transport = httpx.ASGITransport(sandbox.asgi, raise_app_exceptions=False)
        own = Client(
            "http://127.0.0.1/api/v3",
            BasicAuth("demo", "demo"),
            transport=transport,
            read_only=profile.read_only,
            retry_for=retry_for,
        )
        return Service(own, "demo", sandbox.close)
    name, auth = _proof(profile.credentials)
    client = Client(
        profile.base_url, auth, partner_id=profile.partner_id, read_only=profile.read_only, retry_for=retry_for
    )
    return Service(client, name, lambda: None)


def _proof(credentials: Basic | ClientCredentials) -> "tuple[str, Auth]":
    """The public name of credentials, and what proves them. Raises ConfigError."""
    from tui.api.auth import BasicAuth, OAuth2

    match credentials:
        case Basic(public, secret):
            return public, BasicAuth(public, secret.value)
        case ClientCredentials(client_id, secret, token_url):
            return client_id, OAuth2(client_id, secret.value, token_url)

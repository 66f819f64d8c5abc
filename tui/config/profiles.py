"""Profiles: the address and the credentials of an account, and where its secret is kept. Values only."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from tui.config.own_service import OWN_TOKEN_URL as OWN_TOKEN_URL
from tui.config.own_service import OWN_URL as OWN_URL

COLOURS: Final = ("red", "green", "yellow", "blue", "magenta", "cyan")
"""The colours that a profile can give to its title."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is never shown, neither in a repr nor in a traceback."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class EnvironmentSecret:
    """The secret in a variable of the environment."""

    variable: str


@dataclass(frozen=True, slots=True)
class SecretCommand:
    """The secret is the first line that this command prints. It is started without a shell."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyringSecret:
    """The secret in the system's keyring, under the public key or the client id."""

    user: str


SecretSource: TypeAlias = Secret | EnvironmentSecret | SecretCommand | KeyringSecret


@dataclass(frozen=True, slots=True)
class Basic:
    """HTTP Basic: the key pair of an integration."""

    public: str
    secret: SecretSource


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth2 client credentials; the secret is sent to the token URL only."""

    client_id: str
    secret: SecretSource
    token_url: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Address and credentials of one account. `credentials` is None for the embedded sandbox.

    `label`: the name on screens, by default the profile's own. `colour`: of the title, one of COLOURS or "".
    """

    name: str
    base_url: str
    credentials: Basic | ClientCredentials | None
    read_only: bool = False
    partner_id: str | None = None
    label: str = ""
    colour: str = ""

    @property
    def is_demo(self) -> bool:
        """Whether it is the embedded sandbox, in which nothing real can be changed."""
        return self.credentials is None

    @property
    def account_key(self) -> tuple[str, str]:
        """What identifies the account before it is open: the base URL and the public name of the credentials."""
        match self.credentials:
            case Basic(public, _):
                return self.base_url, public
            case ClientCredentials(client_id, _, _):
                return self.base_url, client_id
            case _:
                return self.base_url, ""

    @property
    def title(self) -> str:
        """The name on screens. Production and sandbox differ in the first word, so that colours are not needed.

        A service on this machine is LOCAL: usually a sandbox, but it may be a tunnel to a real account.
        """
        is_local = host_of(self.base_url) in ("localhost", "127.0.0.1", "::1")
        return f"{'DEMO' if self.is_demo else 'LOCAL' if is_local else 'PROD'} {self.label or self.name}"


def demo_profile(*, read_only: bool = False) -> Profile:
    """The profile of the embedded sandbox."""
    return Profile("sandbox", "http://sandbox.invalid/api/v3", None, read_only)


def host_of(url: str) -> str:
    """The host of a URL; the whole text if it has none or is not a URL, which is reported before anything is sent."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def token_url_of(base_url: str) -> str | None:
    """The OAuth2 token endpoint of Sendcloud's own service; None for any other, whose endpoint must be named."""
    is_own = base_url.startswith("https://") and host_of(base_url) == host_of(OWN_URL)
    return OWN_TOKEN_URL if is_own else None

"""Authentication: Basic and OAuth2 client credentials. No I/O here; the transport sends.

`Auth.header(now)` returns either the value of the Authorization header or a `TokenRequest` to be made first, whose
response is passed to `OAuth2.accept`. Tokens are never written to disk.
"""

import base64
import ipaddress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from tui.api.codec import CodecError, decode
from tui.api.error_bodies import read_problems
from tui.api.errors import ConfigError, TokenRefused, Unreachable, one_line
from tui.api.pointer import Dialect

__all__ = [
    "SENDCLOUD",
    "SENDCLOUD_TOKEN_URL",
    "Auth",
    "BasicAuth",
    "OAuth2",
    "TokenRequest",
    "check_address",
    "is_loopback",
    "is_sendcloud",
]

SENDCLOUD = "https://panel.sendcloud.sc/api/v3"
SENDCLOUD_TOKEN_URL = "https://account.sendcloud.com/oauth2/token/"  # noqa: S105
"""Sendcloud's own token endpoint (Q7.1). Any other base URL needs a token URL from the settings."""


def is_sendcloud(base_url: str) -> bool:
    """Whether a base URL is Sendcloud's own, so that Sendcloud's token URL applies to it."""
    try:
        parts = urlsplit(base_url)
        return parts.scheme == "https" and parts.hostname == "panel.sendcloud.sc" and parts.port in (None, 443)
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine. Nothing is resolved."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_address(url: str, what: str = "The address") -> None:
    """Raise ConfigError unless credentials may be sent to this URL: HTTPS, or HTTP on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"{what} is not a URL: {error}.") from None
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigError(f"{what} contains characters that are not allowed in a URL.")
    if parts.scheme not in ("https", "http") or not host:
        raise ConfigError(f"{what} must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"{what} must not contain credentials.")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise ConfigError(f"{what} must not have a query or a fragment.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigError(f"{what} must use https://: over http:// the credentials for {host} could be intercepted.")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A POST that fetches a token. Its header and body go to these URLs only, in turn, until one of them exists."""

    urls: tuple[str, ...]
    authorization: str = field(repr=False)
    body: bytes = b"grant_type=client_credentials&scope=api"
    content_type: str = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """The public and the secret key of an API integration (Q7.1)."""

    public: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.public or not self.secret:
            raise ConfigError("Both the public key and the secret key are required.")
        if ":" in self.public:
            raise ConfigError("The public key must not contain a colon.")

    def header(self, now: float) -> str:
        return _basic(self.public, self.secret)

    def reject(self, header: str) -> bool:
        """Handle a 401 for this header. Always False: keys do not expire, so there is no new one to try."""
        return False

    @property
    def secrets(self) -> tuple[str, ...]:
        """Strings that must never be displayed or logged."""
        return _long_enough_to_hide(self.secret, _basic(self.public, self.secret).removeprefix("Basic "))


@dataclass(slots=True)
class _Token:
    header: str
    renew_at: float | None


class OAuth2:
    """The client id and secret of an OAuth2 integration; the token is held in memory only."""

    def __init__(self, client_id: str, secret: str, token_url: str) -> None:
        if not client_id or not secret:
            raise ConfigError("Both the client id and the client secret are required.")
        check_address(token_url, "The token URL")
        self._client_id = client_id
        self._secret = secret
        self.token_url = token_url
        self._token: _Token | None = None

    def __repr__(self) -> str:
        return f"OAuth2(client_id={self._client_id!r}, token_url={self.token_url!r})"

    def header(self, now: float) -> str | TokenRequest:
        """The header to use, or the token request to make first: no token yet, or it is about to expire."""
        token = self._token
        if token is not None and (token.renew_at is None or now < token.renew_at):
            return token.header
        # RFC 6749, 2.3.1: both are form-encoded before they are joined.
        authorization = _basic(quote(self._client_id, safe=""), quote(self._secret, safe=""))
        return TokenRequest(self._urls, authorization)

    def accept(self, status: int, body: bytes, content_type: str, now: float) -> str:
        """Read the token response and return the header. Raises TokenRefused, or Unreachable if it is inconclusive."""
        if not 200 <= status < 300:
            raise self._refused(status, body, content_type)
        try:
            answer = decode(body, limit=1024 * 1024)
        except CodecError:
            answer = None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        kind = answer.get("token_type", "bearer") if isinstance(answer, dict) else None
        # The token goes into a header, so only visible ASCII is accepted.
        usable = isinstance(token, str) and token.isascii() and token.isprintable() and token and " " not in token
        if not usable or not isinstance(answer, dict) or not (isinstance(kind, str) and kind.lower() == "bearer"):
            raise Unreachable(
                "The token service responded without a usable token. No request was sent to the service itself. Check the "
                "token URL.",
                status=status,
            )
        header = f"Bearer {token}"
        self._token = _Token(header, _renewal(answer.get("expires_in"), now))
        return header

    def reject(self, header: str) -> bool:
        """Handle a 401 for this header: drop its token. Always True: a new token may be tried, once per request."""
        if self._token is not None and self._token.header == header:
            self._token = None
        return True

    @property
    def secrets(self) -> tuple[str, ...]:
        """Strings that must never be displayed or logged."""
        basic = _basic(quote(self._client_id, safe=""), quote(self._secret, safe="")).removeprefix("Basic ")
        token = self._token.header.removeprefix("Bearer ") if self._token else ""
        return _long_enough_to_hide(self._secret, basic, token)

    @property
    def _urls(self) -> tuple[str, ...]:
        if self.token_url != SENDCLOUD_TOKEN_URL:
            return (self.token_url,)
        # The Orders document has a trailing slash; Sendcloud's token page and existing programs do not.
        return (self.token_url, self.token_url.rstrip("/"))

    def _refused(self, status: int, body: bytes, content_type: str) -> TokenRefused | Unreachable:
        problems = read_problems(status, body, content_type, Dialect.BODY)
        detail = one_line(problems[0].detail, 200).rstrip(".")
        if status in (400, 401, 403):
            return TokenRefused(
                "The token service did not accept the client id and secret. Check both in the settings. No request was "
                f"sent to the service itself. It says: {detail}.",
                problems=problems,
                status=status,
            )
        return Unreachable(
            f"The token service did not issue a token ({status}): {detail}. No request was sent to the service itself. "
            "Try again later, or check the token URL.",
            problems=problems,
            status=status,
        )


Auth: TypeAlias = BasicAuth | OAuth2

_RENEW_BEFORE = 60.0


def _renewal(expires_in: object, now: float) -> float | None:
    """When to fetch the next token: a minute before expiry, or after nine tenths of a short lifetime."""
    if isinstance(expires_in, str) and expires_in.isascii() and expires_in.isdigit() and len(expires_in) < 10:
        expires_in = int(expires_in)
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | Decimal) or not 0 <= expires_in < 10**9:
        return None
    life = float(expires_in)
    return now + life - min(_RENEW_BEFORE, life / 10)


def _basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode("ascii")


def _long_enough_to_hide(*secrets: str) -> tuple[str, ...]:
    # Hiding a short secret ("demo") would also hide ordinary words.
    return tuple(secret for secret in secrets if len(secret) >= 8)

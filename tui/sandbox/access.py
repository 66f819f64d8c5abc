"""Access control: Basic and OAuth2 client credentials, and the service's rate limits."""

import base64
import binascii
import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qs

from starlette.responses import Response

from tui.sandbox.responses import json_response

TOKEN_SECONDS = 3600
READS_A_MINUTE = 1000
WRITES_A_MINUTE = 100
WRITES_A_SECOND = 15


class CredentialCheck(Enum):
    """The result of checking the credentials of a request."""

    GRANTED = "granted"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class AccessControl:
    """One key pair, which is also the OAuth2 client. `credentials`: PUBLIC:SECRET."""

    credentials: str
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        public, colon, secret = self.credentials.partition(":")
        if not (public and colon and secret):
            raise ValueError("credentials must have the form PUBLIC:SECRET")

    def check(self, authorization: str | None) -> CredentialCheck:
        scheme, _, value = (authorization or "").partition(" ")
        match scheme.lower():
            case "basic":
                is_valid = _basic(value) == self.credentials
            case "bearer":
                is_valid = self._is_valid_token(value.strip())
            case _:
                return CredentialCheck.MISSING
        return CredentialCheck.GRANTED if is_valid else CredentialCheck.WRONG

    def token(self, body: bytes, authorization: str | None) -> Response:
        """The response of the token endpoint (RFC 6749, 4.4). The client is named in the body or by Basic."""
        form = {key: values[-1] for key, values in parse_qs(body.decode("latin-1")).items()}
        client = f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
        scheme, _, value = (authorization or "").partition(" ")
        if scheme.lower() == "basic":
            client = _basic(value) or ""
        if client != self.credentials:
            return json_response(401, {"error": "invalid_client"})
        if form.get("grant_type") != "client_credentials":
            return json_response(400, {"error": "unsupported_grant_type"})
        if form.get("scope", "api") != "api":
            return json_response(400, {"error": "invalid_scope"})
        expiry = str(int(self.clock()) + TOKEN_SECONDS)
        token = f"{expiry}.{self._sign(expiry)}"
        return json_response(
            200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": "api"}
        )

    def _is_valid_token(self, token: str) -> bool:
        expiry, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(expiry).encode()):
            return False
        return int(expiry) > self.clock()

    def _sign(self, expiry: str) -> str:
        return hmac.new(self.credentials.encode(), expiry.encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Limits:
    """Rate limits: 1000 reads and 100 writes per minute, and writes in bursts of 15 per second (Q6.1)."""

    clock: Callable[[], float]
    reads: deque[float] = field(default_factory=deque)
    writes: deque[float] = field(default_factory=deque)

    def wait(self, method: str) -> float:
        """Seconds until this request is allowed; 0 allows it now and counts it."""
        now = self.clock()
        if method == "GET":
            times, most = self.reads, READS_A_MINUTE
        else:
            times, most = self.writes, WRITES_A_MINUTE
        while times and times[0] <= now - 60:
            times.popleft()
        if len(times) >= most:
            return times[0] + 60 - now
        if method != "GET" and len(times) >= WRITES_A_SECOND and times[-WRITES_A_SECOND] > now - 1:
            return times[-WRITES_A_SECOND] + 1 - now
        times.append(now)
        return 0.0


def _basic(value: str) -> str | None:
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None

"""API errors: `Problem`, what is wrong with one field, and the exceptions that callers can act on.

ApiError
├── NotSent            refused locally; nothing left this machine
│   ├── ReadOnly       the account is open in read-only mode
│   └── InvalidRequest also a ValueError; the call itself is wrong (empty batch, more than 100 orders): correct it
├── Unreachable        no connection, or a read without a response: nothing changed, try again later
│   └── ReadStopped    the user stopped it
├── OutcomeUnknown     the response to a write was lost, cut off or a 5xx: look the order up before resending
├── RequestRefused     400 and any other 4xx: nothing changed, show the problems at their fields
├── ServiceBusy        400, an earlier request is still being processed: nothing changed, wait and resend
├── NotAuthorised      401: stop all requests, ask for other credentials
│   └── TokenRefused   OAuth2: no token is issued, or a new one is not accepted
├── Forbidden          403: these credentials lack the permission; the session continues
├── NotFound           404 and 410: no such order (`confirmed_by_service`: the service itself said so)
│   └── InvalidCursor  404 for a cursor: start again at the first page
├── RateLimited        429 after retries: nothing changed, wait
├── ServerFault        5xx for a read, after retries: nothing changed, try again later
├── InvalidResponse    a 2xx for a read with an unusable body
│   └── ResponseTooLarge    its body is longer than the limit
│       └── OrderTooLarge   a single order of a list is: continue behind it
└── Redirected         3xx: not followed, the base URL is wrong

ConfigError            a ValueError: the address or credentials are invalid; raised before any request
└── InvalidVariable    a variable of the environment is, such as that of a proxy
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.api.pointer import ROOT, Pointer, Scope
from tui.api.wording import shorten

__all__ = [
    "ApiError",
    "Blocks",
    "ConfigError",
    "Forbidden",
    "InvalidCursor",
    "InvalidRequest",
    "InvalidResponse",
    "InvalidVariable",
    "NotAuthorised",
    "NotFound",
    "NotSent",
    "OrderTooLarge",
    "OutcomeUnknown",
    "Problem",
    "RateLimited",
    "ReadOnly",
    "ReadStopped",
    "Redirected",
    "ReportedBy",
    "RequestRefused",
    "ResponseTooLarge",
    "ServerFault",
    "ServiceBusy",
    "Severity",
    "TokenRefused",
    "Unreachable",
    "one_line",
]


class Severity(StrEnum):
    """How severe a problem is: errors prevent sending, infos only say where a value came from."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """The position in a list of problems, the most severe first."""
        return _RANKS[self]


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


class Blocks(StrEnum):
    """What a problem prevents. Only `SEND` holds an order back from sending."""

    SEND = "send"
    """The service would refuse the order, or the wrong goods or the wrong recipient are likely."""
    SHIP = "ship"
    """The order can be sent, but no label can be made yet."""
    NOTHING = "nothing"


class ReportedBy(StrEnum):
    """Who found a problem."""

    LOCAL = "here"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, or with the whole request.

    A `detail` from the service is untrusted text: escape it for display.

    `pointer` is relative to the order of `scope`; `raw_pointer` is its text as the service sent it, None if it sent none.
    `sendable`: the order can be sent despite the error.
    """

    detail: str
    code: str = ""
    title: str = ""
    status: int | None = None
    scope: Scope = Scope.THIS
    order: int | None = None
    pointer: Pointer = ROOT
    raw_pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    severity: Severity = Severity.ERROR
    reported_by: ReportedBy = ReportedBy.SERVICE
    sendable: bool = False

    @property
    def blocks(self) -> Blocks:
        """What the problem prevents; anything but an error prevents nothing."""
        if self.severity is not Severity.ERROR:
            return Blocks.NOTHING
        return Blocks.SHIP if self.sendable else Blocks.SEND

    @property
    def rank(self) -> tuple[int, bool]:
        """The position in a list of problems: what blocks sending first."""
        return self.severity.rank, self.sendable


class ConfigError(ValueError):
    """The configured address or credentials are invalid."""


class InvalidVariable(ConfigError):
    """A variable of the environment that the network needs is invalid, such as that of a proxy. `name`: which one."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name = name


class ApiError(Exception):
    """A request failed. `str()` is a sentence for users, without credentials.

    `body` is the part of the response body that arrived, `request_line` is like "PATCH /orders/12".
    """

    def __init__(
        self,
        message: str,
        *,
        problems: Iterable[Problem] = (),
        status: int | None = None,
        body: bytes = b"",
        request_line: str = "",
    ) -> None:
        super().__init__(message)
        self.problems = tuple(problems)
        self.status = status
        self.body = body
        self.request_line = request_line


class NotSent(ApiError):
    """Refused locally: nothing left this machine."""


class ReadOnly(NotSent):
    """A write was requested from a read-only client."""


class InvalidRequest(NotSent, ValueError):
    """The call is invalid in any case: an empty batch, more than 100 orders, an id that is not a number."""


class Unreachable(ApiError):
    """There was no connection, so nothing was sent; or a read was interrupted, so nothing changed."""


class ReadStopped(Unreachable):
    """A read was stopped before its response was complete."""


class OutcomeUnknown(ApiError):
    """A write was sent and its outcome is not known. Look the order up before sending anything again."""


class RequestRefused(ApiError):
    """The service refused the request; nothing was changed. Its problems say where and why."""


class ServiceBusy(ApiError):
    """An earlier request for the order is still being processed (Q2.10); nothing was changed. Resend it later."""


class NotAuthorised(ApiError):
    """The credentials were not accepted. Requests that are still waiting are not sent."""


class TokenRefused(NotAuthorised):
    """OAuth2: the token service issues no token, or the service does not accept one that was just issued."""


class Forbidden(ApiError):
    """The credentials are valid but lack the permission."""


class NotFound(ApiError):
    """There is no such resource. `confirmed_by_service`: the service said so itself, not a proxy in between."""

    confirmed_by_service: bool = False


class InvalidCursor(NotFound):
    """The service no longer knows the cursor (Q4.5). Start again at the first page."""


class RateLimited(ApiError):
    """The service asked for a longer pause than requests are allowed to wait.

    `retry_after` is in seconds where known.
    """

    retry_after: float | None = None


class ServerFault(ApiError):
    """The service failed several times while reading."""

    retry_after: float | None = None


class InvalidResponse(ApiError):
    """The response reports success but cannot be used: no JSON, too large, or about another order."""

    final: bool = False
    """Whether retrying is pointless."""


class ResponseTooLarge(InvalidResponse):
    """The body of a response to a read is longer than the limit.

    `begin`: the body up to the limit. `link`: the Link header, which says where the list continues.
    """

    begin: bytes = b""
    link: str | None = None


class OrderTooLarge(ResponseTooLarge):
    """A single order of a list is longer than the limit, so it was not read.

    `id`: empty if it is not known. `next`: the cursor of what follows, None at the end of the list.
    """

    id: str = ""
    next: str | None = None


class Redirected(ApiError):
    """The service redirected the request. Credentials are not sent to another address (Q4.17)."""


_LONGEST_WORD = 60
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")


def one_line(text: str, longest: int = 300) -> str:
    """Untrusted text as one printable line: control characters and bidirectional marks become spaces.

    A long word, such as an id, is shortened in the middle: both of its ends may tell which one it is.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: longest * 4]).split())
    line = _LONG_WORD.sub(lambda word: shorten(word[0], _LONGEST_WORD), line)
    return line if len(line) <= longest else line[: longest - 1] + "…"

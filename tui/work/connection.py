"""Checks a connection: whose the credentials are, which requests they allow, or exactly what is wrong."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from tui.api.client import Client
from tui.api.errors import (
    ApiError,
    Forbidden,
    InvalidResponse,
    NotAuthorised,
    NotFound,
    RateLimited,
    Redirected,
    RequestRefused,
    TokenRefused,
)
from tui.api.query import OrderQuery
from tui.api.wording import count_of

During: TypeAlias = Callable[[Client], AbstractAsyncContextManager[None]]
"""What is done while a connection is checked, such as saying what is waited for."""

MOST_OFFSET: Final = 120.0
"""Seconds by which the clocks may differ before it is reported."""


class Cause(StrEnum):
    """What is wrong with a connection."""

    KEY = "key"
    ACCESS = "access"
    NETWORK = "network"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    PERMISSION = "permission"
    ADDRESS = "address"
    CAPTIVE_PORTAL = "captive portal"
    SERVICE = "service"


_REMEDIES: Final = {
    Cause.KEY: "Check both keys in the panel under Settings, Integrations, Sendcloud API; an integration for OAuth2 needs "
    "a client id and secret.",
    Cause.ACCESS: "Check in the panel that the integration with this client id exists and has access; if not, make new "
    "credentials and correct the profile: sendcloud-orders config edit",
    Cause.NETWORK: "Check the network and the base URL.",
    Cause.PROXY: "Check HTTPS_PROXY and ALL_PROXY, or list the host in NO_PROXY.",
    Cause.CERTIFICATE: "If a company's proxy opens the connection, name its certificate in SSL_CERT_FILE.",
    Cause.CLOCK: "Set the clock of this machine. If it is right, the service's is wrong.",
    Cause.PERMISSION: "Give the integration this permission in the panel, or use other keys.",
    Cause.ADDRESS: "Check the base URL.",
    Cause.CAPTIVE_PORTAL: "Log in to the network, then try again.",
    Cause.SERVICE: "Try again later.",
}
"""What helps, by cause."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong: the cause, what happened, and what helps."""

    cause: Cause
    text: str

    @property
    def remedy(self) -> str:
        return _REMEDIES[self.cause]


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a check found. `user_id`: empty if the service does not say it. `shops`: None if they cannot be listed.

    `allowed`: what the credentials allow, in words. `troubles`: the first one prevents the use of the account if
    `works` is false.
    """

    user_id: str
    shops: int | None
    allowed: tuple[str, ...]
    troubles: tuple[Trouble, ...]
    works: bool

    @property
    def found(self) -> str:
        """What was found, as a sentence; empty if nothing was."""
        if not self.works:
            return ""
        account = f"account {self.user_id}" if self.user_id else "an account whose number the service does not say"
        shops = "shops not listed" if self.shops is None else count_of(self.shops, "shop")
        return f"Connected to {account}, {shops}. Works: {', '.join(self.allowed)}."


async def check_connection(client: Client, during: During = lambda _: nullcontext()) -> ConnectionReport:
    """Make three requests that change nothing, inside a context. Errors are part of the report."""
    async with during(client):
        return await _check(client)


async def _check(client: Client) -> ConnectionReport:
    user, shops = "", None
    allowed: list[str] = []
    troubles: list[Trouble] = []

    async def works(name: str, request: Awaitable[object]) -> bool:
        try:
            await request
        except ApiError as error:
            troubles.append(diagnose(error, name))
            return False
        allowed.append(name)
        return True

    async def read_user() -> None:
        nonlocal user
        user = (await client.auth_metadata()).user_id

    async def read_shops() -> None:
        nonlocal shops
        shops = len(await client.list_integrations())

    try:
        await read_user()
    except (NotFound, Forbidden, RequestRefused):
        pass  # this request is not in the service's documents; without it the account works as well
    except ApiError as error:
        troubles.append(diagnose(error, "the account"))
        if not isinstance(error, InvalidResponse):
            return ConnectionReport("", None, (), _with_clock(troubles, client), works=False)
    is_usable = await works("read orders", client.list_orders(OrderQuery(page_size=1)))
    await works("list shops", read_shops())
    return ConnectionReport(user, shops, tuple(allowed), _with_clock(troubles, client), works=is_usable)


def diagnose(error: ApiError, subject: str) -> Trouble:
    """What an error of the request for `subject` says about the connection."""
    text = str(error)
    if isinstance(error, Forbidden):
        return Trouble(Cause.PERMISSION, f"These credentials do not allow to {subject}. {text}")
    return Trouble(_cause(error, text.lower()), text)


def _cause(error: ApiError, text: str) -> Cause:
    if isinstance(error, NotAuthorised):
        return Cause.ACCESS if isinstance(error, TokenRefused) else Cause.KEY
    if "captive portal" in text:
        return Cause.CAPTIVE_PORTAL
    if isinstance(error, NotFound | Redirected):
        return Cause.ADDRESS
    if "certificate" in text:
        return Cause.CLOCK if "not yet valid" in text or "has expired" in text else Cause.CERTIFICATE
    if "proxy" in text:
        return Cause.PROXY
    return Cause.SERVICE if error.status is not None or isinstance(error, RateLimited) else Cause.NETWORK


def clock_trouble(client: Client) -> Trouble | None:
    """Whether this machine's clock differs from the service's, which the last response told."""
    offset = client.clock_offset
    if offset is None or abs(offset) <= MOST_OFFSET:
        return None
    direction = "behind" if offset > 0 else "ahead of"
    return Trouble(Cause.CLOCK, f"The clock of this machine is {abs(offset):.0f} seconds {direction} the service's.")


def _with_clock(troubles: list[Trouble], client: Client) -> tuple[Trouble, ...]:
    clock = clock_trouble(client)
    return (*troubles, clock) if clock is not None else tuple(troubles)

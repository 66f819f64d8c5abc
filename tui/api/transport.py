"""One request at the configured address: who asks, how fast, how often, how much is read, and what may be believed.

A write is never sent twice unless the service said that it did nothing (401 with an old token, 429, busy order). If its
answer is lost, cut, not understood or 5xx, OutcomeUnknown is raised. A cancelled write may have gone out as well and
raises CancelledError like anything else: whoever writes records "about to send" first and shields the call.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from random import Random
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from tui.api.auth import Auth, OAuth2, TokenRequest, check_address, is_loopback
from tui.api.budget import (
    LONGEST_WAIT,
    Budget,
    Clock,
    Sleep,
    SystemClock,
    read_http_date,
    read_retry_after,
    retry_delay,
)
from tui.api.errors import (
    ApiError,
    InvalidRequest,
    InvalidResponse,
    NotAuthorised,
    OutcomeUnknown,
    RateLimited,
    Redirected,
    ServerFault,
    Unreachable,
    error_for,
    one_line,
)
from tui.api.pointer import Dialect
from tui.api.request_log import LoggedRequest, RequestLog, RequestOutcome

__all__ = ["Request", "RequestLog", "ServiceResponse", "Transport"]

T = TypeVar("T")

_SHORTEST_READ = 3.0
"""Seconds that an answer to a read is waited for, whatever the patience."""

ANSWER_LIMIT = 32 * 1024 * 1024
"""Bytes of a body, unpacked. The largest page that can be asked for, 200 orders of 60 items, has about 6 MB."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. `path` begins with a slash and goes behind the base URL; `query` is encoded already.

    `secretive`: the bodies hold other people's secrets and are not logged.
    """

    method: str
    path: str
    query: str = ""
    body: bytes | None = None
    dialect: Dialect = Dialect.BODY
    headers: Mapping[str, str] = field(default_factory=dict)
    secretive: bool = False

    @property
    def write(self) -> bool:
        return self.method != "GET"

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """A whole answer with a status of success."""

    status: int
    body: bytes
    content_type: str
    link: str | None


@dataclass(slots=True)
class _PartialResponse:
    """What has come of an answer so far."""

    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytearray = field(default_factory=bytearray)
    trouble: str = ""
    unsent: bool = False
    too_large: bool = False


class Transport:
    """Sends requests below one base URL, each with the same credentials and out of the same budget."""

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        random: Random | None = None,
        log: RequestLog | None = None,
        budget: Budget | None = None,
        timeout: float = 30.0,
        patience: float | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> None:
        check_address(base_url)
        self.base_url = base_url.rstrip("/")
        self.log = log if log is not None else RequestLog()
        self._auth = auth
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._random = random or Random()
        self._patience = float("inf") if patience is None else patience
        self.budget = budget or Budget(self._clock, sleep, longest=min(LONGEST_WAIT, self._patience))
        self._timeout = timeout
        # A write has its time: who leaves before the answer comes does not know what became of it.
        self._read_timeout = min(timeout, max(self._patience, _SHORTEST_READ))
        self._limit = limit
        host = urlsplit(base_url).hostname or ""
        self._host = host
        self._http = httpx.AsyncClient(
            transport=transport,
            follow_redirects=False,
            # A proxy of the environment would see what goes to this machine's own ports unencrypted.
            trust_env=not is_loopback(host),
            timeout=_timeouts(timeout),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=20, keepalive_expiry=5.0),
            headers={"Accept": "application/json", "User-Agent": "sendcloud-orders"},
        )
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Q6.1 may mean 15 requests at the same time: so many are in flight at most, and reads never hold up writes.
        self._places = {False: asyncio.Semaphore(10), True: asyncio.Semaphore(5)}
        self._in_flight = 0
        self._denials = 0
        self._token_task: asyncio.Task[str] | None = None

    @property
    def in_flight(self) -> int:
        """Requests that are under way at this moment, without those that wait for their turn."""
        return self._in_flight

    async def aclose(self) -> None:
        if self._token_task is not None:
            self._token_task.cancel()
        await self._http.aclose()

    async def ask(self, request: Request, read: Callable[[ServiceResponse], T]) -> T:
        """Send a request until it is answered, and read the answer. `read` raises InvalidResponse for what it
        cannot be, with a few words of why ("it is not JSON")."""
        url = self._url(request)
        denials = self._denials
        until = self._clock.monotonic() + self._patience
        tried: Counter[type[ApiError]] = Counter()
        while True:
            try:
                answer = await self._authorised(request, url, denials)
                return self._read(request, answer, read)
            except ApiError as error:
                error.request_line = error.request_line or request.line
                tried[type(error)] += 1
                pause = retry_delay(error, tried[type(error)], write=request.write, random=self._random)
                if isinstance(error, RateLimited):
                    self.budget.pause(pause or error.retry_after or 0.0)
                if pause is None or self._clock.monotonic() + pause > until:
                    raise
                if not isinstance(error, RateLimited):
                    await self._sleep(pause)

    def _url(self, request: Request) -> httpx.URL:
        if not request.path.startswith("/"):
            raise InvalidRequest(f"The path {request.path!r} does not begin with a slash.")
        return httpx.URL(self.base_url + request.path + (f"?{request.query}" if request.query else ""))

    def _read(self, request: Request, answer: ServiceResponse, read: Callable[[ServiceResponse], T]) -> T:
        try:
            return read(answer)
        except InvalidResponse as error:
            body = self._hide(answer.body)
            if request.write:
                raise OutcomeUnknown(
                    f"The service answered {answer.status}, but the answer cannot be used: {error}. {_LOOK}",
                    problems=error.problems,
                    status=answer.status,
                    body=body,
                ) from error
            bad = InvalidResponse(
                f"The answer of {self._host} cannot be used: {error}. Nothing was changed. Check the address, or try "
                "again later.",
                problems=error.problems,
                status=answer.status,
                body=body,
            )
            bad.final = error.final
            raise bad from error

    async def _authorised(self, request: Request, url: httpx.URL, denials: int) -> ServiceResponse:
        """Send with credentials; once more with a fresh token where the first was refused (Q7)."""
        header, arriving = await self._budgeted(request, url, denials)
        if arriving.status == 401 and self._auth.reject(header):
            header, arriving = await self._budgeted(request, url, denials)
        return self._succeeded(request, arriving)

    async def _budgeted(self, request: Request, url: httpx.URL, denials: int) -> tuple[str, _PartialResponse]:
        async with self._places[request.write]:
            await self.budget.take(write=request.write)
            header = await self._authorization(denials)
            arriving = await self._send(
                request.method,
                url,
                {**request.headers, "Authorization": header}
                | ({"Content-Type": "application/json"} if request.body is not None else {}),
                request.body,
                withheld=request.secretive,
            )
        self._check_arrival(request, arriving)
        return header, arriving

    def _stop_if_denied(self, denials: int) -> None:
        # After a 401 whatever still waits is stopped (Q5.3); what is asked anew later goes out.
        if self._denials != denials:
            raise NotAuthorised(
                "The service did not accept the credentials of another request, so this one was not sent. Check the keys."
            )

    async def _authorization(self, denials: int) -> str:
        self._stop_if_denied(denials)
        wanted = self._auth.header(self._clock.monotonic())
        if isinstance(wanted, str):
            return wanted
        if self._token_task is None or self._token_task.done():
            self._token_task = asyncio.create_task(self._fetch_token(wanted))
            # Whatever is raised is raised to those who wait; if all were cancelled, nobody misses it.
            self._token_task.add_done_callback(lambda task: task.cancelled() or task.exception())
        # All who need a token wait for the same one; the first to give up does not take it from the others.
        return await asyncio.shield(self._token_task)

    async def _fetch_token(self, wanted: TokenRequest) -> str:
        headers = {"Authorization": wanted.authorization, "Content-Type": wanted.content_type}
        for url in wanted.urls:
            arriving = await self._send("POST", httpx.URL(url), headers, wanted.body, withheld=True, token=True)
            if arriving.status not in (301, 302, 307, 308, 404):
                break
        host = urlsplit(wanted.urls[0]).hostname
        if arriving.status is None or arriving.trouble:
            raise Unreachable(
                f"The token service at {host} gave no whole answer: {arriving.trouble}. Nothing was sent to the service "
                "itself. Check the network and the token URL, then try again."
            )
        if 300 <= arriving.status < 400:
            raise Redirected(
                f"The token service at {host} points to another address ({arriving.status}). It was not followed, so "
                "that the secret stays where it belongs. Check the token URL.",
                status=arriving.status,
            )
        if not isinstance(self._auth, OAuth2):  # only these ask for a token
            raise TypeError(type(self._auth).__name__)
        try:
            now = self._clock.monotonic()
            return self._auth.accept(arriving.status, bytes(arriving.body), _content_type(arriving), now)
        except NotAuthorised:
            self._denials += 1
            raise

    async def _send(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        withheld: bool,
        token: bool = False,
    ) -> _PartialResponse:
        """One sending and what came of it, logged in any case."""
        arriving = _PartialResponse()
        started, at = self._clock.monotonic(), self._clock.now()
        outcome = RequestOutcome.LOST
        self._in_flight += 1
        try:
            seconds = self._read_timeout if method == "GET" or token else self._timeout
            await self._exchange(method, url, headers, body, arriving, seconds)
            if arriving.status is None:
                outcome = RequestOutcome.UNSENT if arriving.unsent else RequestOutcome.LOST
            else:
                outcome = RequestOutcome.CUT if arriving.trouble else RequestOutcome.ANSWERED
            return arriving
        except asyncio.CancelledError:
            outcome = RequestOutcome.CANCELLED
            raise
        finally:
            self._in_flight -= 1
            sent, came = body or b"", bytes(arriving.body)
            target = url.raw_path.decode("ascii", "replace")
            self.log.add(
                LoggedRequest(
                    number=0,
                    time=at,
                    method=method,
                    target=f"{url.scheme}://{url.host}{url.path}" if token else self._hide(target.encode()).decode(),
                    status=arriving.status,
                    ms=round((self._clock.monotonic() - started) * 1000),
                    outcome=outcome,
                    note=arriving.trouble,
                    request_body=self._hide(sent),
                    response_body=self._hide(came),
                    request_size=len(sent),
                    response_size=len(came),
                    withheld=withheld,
                )
            )

    async def _exchange(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        body: bytes | None,
        arriving: _PartialResponse,
        seconds: float,
    ) -> None:
        try:
            # Transports inside the process know no timeouts of their own, and a trickle never ends theirs.
            async with (
                asyncio.timeout(seconds * 3),
                self._http.stream(
                    method, url, headers=dict(headers), content=body, timeout=_timeouts(seconds)
                ) as response,
            ):
                arriving.status = response.status_code
                arriving.headers = response.headers
                async for chunk in response.aiter_bytes():
                    room = self._limit - len(arriving.body)
                    arriving.body += chunk[:room]
                    if len(chunk) > room:
                        arriving.trouble = f"it has more than {self._limit} bytes"
                        arriving.too_large = True
                        return
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            # Only these are raised before the first byte goes out.
            arriving.unsent = True
            arriving.trouble = _reason(error)
        except (httpx.RequestError, TimeoutError, OSError) as error:
            arriving.trouble = _reason(error)

    def _check_arrival(self, request: Request, arriving: _PartialResponse) -> None:
        """Raise for an answer that did not come, or of which too much is missing to know what it said."""
        status, reason = arriving.status, arriving.trouble
        if not reason or (status is not None and 300 <= status < 500):
            return  # a refusal is a refusal, even if its text is cut
        if arriving.unsent:
            raise Unreachable(
                f"No connection to {self._host}: {reason}. Nothing was sent. Check the network and the address, then "
                "try again."
            )
        if request.write:
            raise OutcomeUnknown(
                f"The answer of {self._host} did not arrive whole: {reason}. {_LOOK}",
                status=status,
                body=self._hide(bytes(arriving.body)),
            )
        if arriving.too_large:
            error = InvalidResponse(
                f"The answer of {self._host} is too large: {reason}. Nothing was changed.", status=status
            )
            error.final = True
            raise error
        raise Unreachable(
            f"The answer of {self._host} did not arrive whole: {reason}. Nothing was changed. Try again.", status=status
        )

    def _succeeded(self, request: Request, arriving: _PartialResponse) -> ServiceResponse:
        status = arriving.status or 0
        body, content_type = bytes(arriving.body), _content_type(arriving)
        if 200 <= status < 300:
            return ServiceResponse(status, body, content_type, arriving.headers.get("link"))
        error = error_for(
            status,
            self._hide(body),
            content_type,
            request_line=request.line,
            dialect=request.dialect,
            write=request.write,
            detail=_whither(arriving.headers.get("location")),
        )
        if isinstance(error, RateLimited | ServerFault):
            # The service's own date is the measure for a date that the service names.
            now = read_http_date(arriving.headers.get("date")) or self._clock.now()
            error.retry_after = read_retry_after(arriving.headers.get("retry-after"), now)
        if isinstance(error, NotAuthorised):
            self._denials += 1
        raise error

    def _hide(self, data: bytes) -> bytes:
        """Whatever echoes a credential is shown and kept without it."""
        for secret in self._auth.secrets:
            data = data.replace(secret.encode(), b"[hidden]")
        return data


_LOOK = "It may have been done or not: look the order up before sending again."


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "no connection in time" if isinstance(error, httpx.ConnectTimeout) else "it took too long"
    said = one_line(str(error), 200).rstrip(".")
    if isinstance(error, httpx.ConnectError):
        return said or "nobody answers there"
    return f"the connection was broken off ({said})" if said else "the connection was broken off"


def _timeouts(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(10.0, seconds))


def _content_type(arriving: _PartialResponse) -> str:
    return str(arriving.headers.get("content-type", ""))


def _whither(location: str | None) -> str:
    """The host of a redirect, for the sentence: never its path or query, which may hold anything."""
    try:
        host = urlsplit(location or "").hostname
    except ValueError:
        host = None
    return f" at {one_line(host, 100)}" if host else ""

"""Sends one request: credentials, rate budget, retries, size limits, and how far a response can be trusted.

A write is never sent twice unless the service said that it did nothing (401 with an old token, 429, busy order). If
the response is lost, cut off, unusable or a 5xx, OutcomeUnknown is raised. A cancelled write may have been sent too
and raises CancelledError like anything else: callers record the write before sending it and shield the call.
"""

import asyncio
import re
import zlib
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
from tui.api.decompression import ACCEPTED, Decompressor, UnsupportedEncoding
from tui.api.error_bodies import error_for, read_problems
from tui.api.errors import (
    ApiError,
    InvalidRequest,
    InvalidResponse,
    NotAuthorised,
    OutcomeUnknown,
    RateLimited,
    ReadStopped,
    Redirected,
    ResponseTooLarge,
    ServerFault,
    TokenRefused,
    Unreachable,
    one_line,
)
from tui.api.network import check_proxies, proxy_variable, trusted_certificates
from tui.api.pointer import Dialect
from tui.api.request_log import LoggedRequest, RequestLog, RequestOutcome

__all__ = ["Request", "RequestLog", "ServiceResponse", "Transport"]

T = TypeVar("T")

_SHORTEST_READ = 3.0
"""The shortest read timeout in seconds, however small `retry_for` is."""

ANSWER_LIMIT = 32 * 1024 * 1024
"""The maximum size of a decompressed body in bytes. A page of 200 orders with 60 items each has about 6 MB."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `path` starts with a slash and is appended to the base URL; `query` is already encoded.

    `contains_secrets`: the bodies contain secrets of others and are not logged.
    """

    method: str
    path: str
    query: str = ""
    body: bytes | None = None
    dialect: Dialect = Dialect.BODY
    headers: Mapping[str, str] = field(default_factory=dict)
    contains_secrets: bool = False

    @property
    def write(self) -> bool:
        return self.method != "GET"

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """A complete response with a success status."""

    status: int
    body: bytes
    content_type: str
    link: str | None


@dataclass(slots=True)
class _PartialResponse:
    """The part of a response that has arrived."""

    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytearray = field(default_factory=bytearray)
    error: str = ""
    unsent: bool = False
    unusable: bool = False
    """The error would be the same again."""
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class _Turn:
    """An unfinished request: when it was begun, on the monotonic clock, and whether it is a write."""

    started: float
    is_write: bool


class Transport:
    """Sends requests below one base URL, with the same credentials and from the same rate budget."""

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
        retry_for: float | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> None:
        check_address(base_url)
        self.base_url = base_url.rstrip("/")
        self.log = log if log is not None else RequestLog()
        self._auth = auth
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._random = random or Random()
        self._retry_for = float("inf") if retry_for is None else retry_for
        self.budget = budget or Budget(self._clock, sleep, longest=min(LONGEST_WAIT, self._retry_for))
        self._timeout = timeout
        # Writes keep the full timeout: giving up early would leave their outcome unknown.
        self._read_timeout = min(timeout, max(self._retry_for, _SHORTEST_READ))
        self._limit = limit
        host = urlsplit(base_url).hostname or ""
        self._host = host
        # A proxy from the environment would see unencrypted requests to this machine.
        uses_environment = not is_loopback(host)
        if uses_environment:
            check_proxies()
        self._proxy = proxy_variable(base_url) if uses_environment else ""
        self._http = httpx.AsyncClient(
            transport=transport,
            follow_redirects=False,
            trust_env=uses_environment,
            verify=trusted_certificates(),
            timeout=_timeouts(timeout),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=20, keepalive_expiry=5.0),
            headers={"Accept": "application/json", "Accept-Encoding": ACCEPTED, "User-Agent": "sendcloud-orders"},
        )
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Q6.1 may mean 15 concurrent requests: never exceed that, and never let reads hold up writes.
        self._slots = {False: asyncio.Semaphore(10), True: asyncio.Semaphore(5)}
        self.in_flight = 0
        """The number of requests in flight, without those that wait for the rate budget."""
        self.writes_in_flight = 0
        """How many of them are writes."""
        self.clock_offset: float | None = None
        """Seconds by which the service's clock is ahead of this machine's, as its last response said; None if none did."""
        self._turns: dict[asyncio.Timeout, _Turn] = {}
        self.started = asyncio.Event()
        """Set when a request is begun."""
        self._denials = 0
        self._token_task: asyncio.Task[str] | None = None

    @property
    def waiting_for(self) -> float | None:
        """Seconds since the oldest unfinished request was begun, pauses and retries included; None if there is none."""
        return self._clock.monotonic() - self._oldest.started if self._turns else None

    @property
    def is_waiting_for_write(self) -> bool:
        """Whether the oldest unfinished request is a write."""
        return bool(self._turns) and self._oldest.is_write

    @property
    def _oldest(self) -> _Turn:
        return min(self._turns.values(), key=lambda turn: turn.started)

    def stop_reads(self) -> int:
        """Stop all reads at once, those that wait or are being retried included; they raise ReadStopped.

        Writes are not stopped: their outcome would be unknown. Returns the number of reads that were stopped.
        """
        reads = [scope for scope, turn in self._turns.items() if not turn.is_write and not scope.expired()]
        for scope in reads:
            scope.reschedule(0)
        return len(reads)

    async def aclose(self) -> None:
        if self._token_task is not None:
            self._token_task.cancel()
        await self._http.aclose()

    async def send(self, request: Request, read: Callable[[ServiceResponse], T]) -> T:
        """Send a request, with retries, and parse the response. `read` raises InvalidResponse if it cannot, with a short
        reason ("it is not JSON")."""
        url = self._url(request)
        scope = asyncio.timeout(None)
        self._turns[scope] = _Turn(self._clock.monotonic(), request.write)
        self.started.set()
        try:
            async with scope:
                return await self._retried(request, url, read)
        except TimeoutError:
            raise ReadStopped("Reading was stopped. Nothing was changed.", request_line=request.line) from None
        finally:
            del self._turns[scope]

    async def _retried(self, request: Request, url: httpx.URL, read: Callable[[ServiceResponse], T]) -> T:
        denials = self._denials
        until = self._clock.monotonic() + self._retry_for
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
            raise InvalidRequest(f"The path {request.path!r} does not start with a slash.")
        return httpx.URL(self.base_url + request.path + (f"?{request.query}" if request.query else ""))

    def _read(self, request: Request, answer: ServiceResponse, read: Callable[[ServiceResponse], T]) -> T:
        try:
            return read(answer)
        except InvalidResponse as error:
            body = self._hide(answer.body)
            if request.write:
                raise OutcomeUnknown(
                    f"The service responded {answer.status}, but the response cannot be used: {error}. {_LOOK_UP}",
                    problems=error.problems,
                    status=answer.status,
                    body=body,
                ) from error
            bad = InvalidResponse(
                f"The response from {self._host} cannot be used: {error}. Nothing was changed. Check the address, or try "
                "again later.",
                problems=error.problems,
                status=answer.status,
                body=body,
            )
            bad.final = error.final
            raise bad from error

    async def _authorised(self, request: Request, url: httpx.URL, denials: int) -> ServiceResponse:
        """Send with credentials; a second time with a new token if the first one was refused (Q7)."""
        header, response = await self._budgeted(request, url, denials)
        if response.status == 401 and self._auth.reject(header):
            header, response = await self._budgeted(request, url, denials)
            if response.status == 401:
                self._denials += 1
                raise self._new_token_refused(request, response)
        return self._succeeded(request, response)

    def _new_token_refused(self, request: Request, response: _PartialResponse) -> TokenRefused:
        problems = read_problems(401, self._hide(bytes(response.body)), _content_type(response), request.dialect)
        return TokenRefused(
            f"The service refuses the token that was just issued for this client id ({one_line(problems[0].detail, 100)}): "
            f"its access was probably revoked. Nothing was {'changed' if request.write else 'read'}, and no more requests "
            "are sent. Check the integration in the panel.",
            problems=problems,
            status=401,
            request_line=request.line,
        )

    async def _budgeted(self, request: Request, url: httpx.URL, denials: int) -> tuple[str, _PartialResponse]:
        async with self._slots[request.write]:
            await self.budget.take(write=request.write)
            header = await self._authorization(denials)
            response = await self._attempt(
                request.method,
                url,
                {**request.headers, "Authorization": header}
                | ({"Content-Type": "application/json"} if request.body is not None else {}),
                request.body,
                withheld=request.contains_secrets,
            )
        self._check_received(request, response)
        return header, response

    def _stop_if_denied(self, denials: int) -> None:
        # After a 401 all waiting requests are stopped (Q5.3); later ones are sent again.
        if self._denials != denials:
            raise NotAuthorised(
                "The service did not accept the credentials of an earlier request, so this one was not sent. Check the keys."
            )

    async def _authorization(self, denials: int) -> str:
        self._stop_if_denied(denials)
        header = self._auth.header(self._clock.monotonic())
        if isinstance(header, str):
            return header
        if self._token_task is None or self._token_task.done():
            self._token_task = asyncio.create_task(self._fetch_token(header))
            # Errors are raised to the waiting requests; retrieve them here in case all of those were cancelled.
            self._token_task.add_done_callback(lambda task: task.cancelled() or task.exception())
        # All requests wait for the same token; cancelling one of them must not cancel it for the others.
        return await asyncio.shield(self._token_task)

    async def _fetch_token(self, token_request: TokenRequest) -> str:
        headers = {"Authorization": token_request.authorization, "Content-Type": token_request.content_type}
        for url in token_request.urls:
            response = await self._attempt(
                "POST", httpx.URL(url), headers, token_request.body, withheld=True, token=True
            )
            if response.status not in (301, 302, 307, 308, 404):
                break
        host = urlsplit(token_request.urls[0]).hostname
        if response.status is None or response.error:
            raise Unreachable(
                f"The token service at {host} sent no complete response: {response.error}. No request was sent to the "
                "service itself. Check the network and the token URL, then try again."
            )
        if 300 <= response.status < 400:
            raise Redirected(
                f"The token service at {host} redirects to another address ({response.status}). The redirect was not "
                "followed, so that the secret is not sent elsewhere. Check the token URL.",
                status=response.status,
            )
        if not isinstance(self._auth, OAuth2):  # only OAuth2 returns token requests
            raise TypeError(type(self._auth).__name__)
        try:
            now = self._clock.monotonic()
            return self._auth.accept(response.status, bytes(response.body), _content_type(response), now)
        except NotAuthorised:
            self._denials += 1
            raise

    async def _attempt(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        withheld: bool,
        token: bool = False,
    ) -> _PartialResponse:
        """Make one attempt and log it, whatever its result."""
        response = _PartialResponse()
        started, at = self._clock.monotonic(), self._clock.now()
        outcome = RequestOutcome.LOST
        is_write = method != "GET" and not token
        self.in_flight += 1
        self.writes_in_flight += is_write
        try:
            seconds = self._read_timeout if method == "GET" or token else self._timeout
            await self._exchange(method, url, headers, body, response, seconds)
            if date := read_http_date(response.headers.get("date")):
                self.clock_offset = (date - self._clock.now()).total_seconds()
            if response.status is None:
                outcome = RequestOutcome.UNSENT if response.unsent else RequestOutcome.LOST
            else:
                outcome = RequestOutcome.CUT if response.error else RequestOutcome.ANSWERED
            return response
        except asyncio.CancelledError:
            outcome = RequestOutcome.CANCELLED
            raise
        finally:
            self.in_flight -= 1
            self.writes_in_flight -= is_write
            sent, came = body or b"", bytes(response.body)
            target = url.raw_path.decode("ascii", "replace")
            self.log.add(
                LoggedRequest(
                    number=0,
                    time=at,
                    method=method,
                    target=f"{url.scheme}://{url.host}{url.path}" if token else self._hide(target.encode()).decode(),
                    status=response.status,
                    ms=round((self._clock.monotonic() - started) * 1000),
                    outcome=outcome,
                    note=response.error,
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
        response: _PartialResponse,
        seconds: float,
    ) -> None:
        try:
            # In-process transports have no timeouts, and a server that trickles bytes never triggers httpx's.
            async with (
                asyncio.timeout(seconds * 3),
                self._http.stream(
                    method, url, headers=dict(headers), content=body, timeout=_timeouts(seconds)
                ) as stream,
            ):
                response.status = stream.status_code
                response.headers = stream.headers
                await self._receive(stream, response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            # Only these are raised before the first byte is sent to the service.
            response.unsent = True
            response.error = _reason(error)
        except (httpx.RequestError, TimeoutError, OSError) as error:
            response.error = _reason(error)

    async def _receive(self, stream: httpx.Response, response: _PartialResponse) -> None:
        """Read and decode the body, no further than its limit."""
        try:
            decompressor = Decompressor(stream.headers.get("content-encoding", ""))
            async for chunk in stream.aiter_raw():
                space = self._limit - len(response.body)
                data = decompressor.add(chunk, space + 1)
                response.body += data[:space]
                if len(data) > space:
                    response.error, response.unusable = f"it is too large, more than {self._limit} bytes", True
                    response.too_large = True
                    return
            if response.body and not decompressor.is_complete:
                response.error = "its compressed text ends too early"
        except UnsupportedEncoding as error:
            response.error, response.unusable = str(error), True
        except zlib.error:
            response.error = "its compression is corrupt"

    def _check_received(self, request: Request, response: _PartialResponse) -> None:
        """Raise if there is no response, or if too much of it is missing to tell what it said."""
        status, reason = response.status, response.error
        if not reason or (status is not None and 300 <= status < 500):
            return  # a refusal stays a refusal, even if its text is cut off
        if response.unsent:
            where = f"the network, the proxy in {self._proxy}" if self._proxy else "the network"
            raise Unreachable(
                f"No connection to {self._host}: {reason}. Nothing was sent. Check {where} and the address, then try "
                "again."
            )
        if request.write:
            raise OutcomeUnknown(
                f"The response from {self._host} is incomplete: {reason}. {_LOOK_UP}",
                status=status,
                body=self._hide(bytes(response.body)),
            )
        if response.unusable:
            text = f"The response from {self._host} cannot be used: {reason}. Nothing was changed."
            error = InvalidResponse(text, status=status)
            if response.too_large:
                error = ResponseTooLarge(text, status=status)
                error.begin, error.link = bytes(response.body), response.headers.get("link")
            error.final = True
            raise error
        raise Unreachable(
            f"The response from {self._host} is incomplete: {reason}. Nothing was changed. Try again.", status=status
        )

    def _succeeded(self, request: Request, response: _PartialResponse) -> ServiceResponse:
        status = response.status or 0
        body, content_type = bytes(response.body), _content_type(response)
        if 200 <= status < 300:
            return ServiceResponse(status, body, content_type, response.headers.get("link"))
        error = error_for(
            status,
            self._hide(body),
            content_type,
            request_line=request.line,
            dialect=request.dialect,
            write=request.write,
            detail=_redirect_host(response.headers.get("location")),
        )
        if isinstance(error, RateLimited | ServerFault):
            # A date in Retry-After is relative to the service's clock.
            now = read_http_date(response.headers.get("date")) or self._clock.now()
            error.retry_after = read_retry_after(response.headers.get("retry-after"), now)
        if isinstance(error, NotAuthorised):
            self._denials += 1
        raise error

    def _hide(self, data: bytes) -> bytes:
        """Replace credentials that the data may echo, before it is shown or stored."""
        for secret in self._auth.secrets:
            data = data.replace(secret.encode(), b"[hidden]")
        return data


_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED\] certificate verify failed: (.*?)(?: \(_ssl|$)")

_LOOK_UP = "It may or may not have been carried out: look the order up before sending again."


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "connecting took too long" if isinstance(error, httpx.ConnectTimeout) else "it took too long"
    detail = one_line(str(error), 200).rstrip(".")
    if untrusted := _UNTRUSTED.search(detail):
        return (
            f"its certificate is not trusted ({untrusted[1]}); a company's certificate belongs in the system's store or "
            "in the file that SSL_CERT_FILE names"
        )
    if isinstance(error, httpx.ProxyError):
        return f"the proxy refused the connection ({detail})"
    if isinstance(error, httpx.ConnectError):
        return detail or "the server does not respond"
    return f"the connection was interrupted ({detail})" if detail else "the connection was interrupted"


def _timeouts(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(10.0, seconds))


def _content_type(response: _PartialResponse) -> str:
    return str(response.headers.get("content-type", ""))


def _redirect_host(location: str | None) -> str:
    """The host of a redirect for the error message, never its path or query, which may contain anything."""
    try:
        host = urlsplit(location or "").hostname
    except ValueError:
        host = None
    return f" at {one_line(host, 100)}" if host else ""

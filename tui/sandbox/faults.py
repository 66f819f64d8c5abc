"""Faults on request: which faults, how often, for which requests, and the ASGI layer that causes them.

Two of them end the connection and need a socket: `lost` (no response is sent) and `cut` (half of its body is sent).
With httpx.ASGITransport, which has no socket, they raise ResponseLost through the client's call instead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random
from typing import Any, cast

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.api.codec import Json
from tui.sandbox.responses import error_object, error_response

Sleep = Callable[[float], Awaitable[None]]
Sever = Callable[[], None]


class Fault(StrEnum):
    """A kind of fault. `…_after`, `lost` and `cut` happen after the request was carried out."""

    DROPPED = "dropped"
    """The connection ends before the request is carried out."""
    LOST = "lost"
    CUT = "cut"
    RATE_LIMITED = "rate_limited"
    ERROR = "error"
    ERROR_AFTER = "error_after"
    HTML = "html"
    HTML_AFTER = "html_after"
    UNAUTHORISED = "unauthorised"
    BUSY = "busy"
    """POST /orders responds that an order is still being processed (Q2.10)."""
    SLOW = "slow"
    """Orders accepted by POST /orders take ten times as long to become readable."""


class RetryAfter(StrEnum):
    """The `Retry-After` header of a 429 (Q6.3)."""

    NONE = "none"
    SECONDS = "seconds"
    DATE = "date"
    MIXED = "mixed"
    """The other three in turn."""


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One fault, for requests with matching method and path (below /api/v3). `times` None means no limit."""

    fault: Fault
    rate: float = 1.0
    times: int | None = None
    method: str = "*"
    path: str = "*"


@dataclass(frozen=True, slots=True)
class Faults:
    """All faults. `latency` is in milliseconds; `settle`, in seconds, overrides the sandbox's own."""

    latency: float = 0.0
    settle: float | None = None
    retry_after: RetryAfter = RetryAfter.MIXED
    rules: tuple[FaultRule, ...] = ()

    @classmethod
    def parse(cls, options: Iterable[str]) -> "Faults":
        """Parse command line options: `latency=300`, `lost=0.1`, `busy=1:POST:/orders`. Raises ValueError."""
        faults = cls()
        for option in options:
            name, _, value = option.partition("=")
            amount, _, target = value.partition(":")
            method, _, path = target.partition(":")
            if name == "retry_after":
                faults = replace(faults, retry_after=RetryAfter(amount))
            elif name == "latency":
                faults = replace(faults, latency=_float(name, amount))
            elif name == "settle":
                faults = replace(faults, settle=_float(name, amount))
            else:
                rule = FaultRule(Fault(name), _rate(name, amount or "1"), None, method or "*", path or "*")
                faults = replace(faults, rules=(*faults.rules, rule))
        return faults

    @classmethod
    def from_json(cls, value: Json) -> "Faults":
        """Parse the JSON of the control path; the name of a fault with a rate is short for a rule. Raises ValueError."""
        if not isinstance(value, dict):
            raise ValueError("expected an object")
        faults, rules = cls(), []
        for key, node in value.items():
            match key:
                case "latency":
                    faults = replace(faults, latency=_float(key, node))
                case "settle":
                    faults = replace(faults, settle=None if node is None else _float(key, node))
                case "retry_after":
                    faults = replace(faults, retry_after=RetryAfter(str(node)))
                case "rules":
                    if not isinstance(node, list):
                        raise ValueError("rules: expected a list")
                    rules += [_rule(rule) for rule in node]
                case _:
                    rules.append(FaultRule(Fault(key), _rate(key, node)))
        return replace(faults, rules=tuple(rules))

    def to_json(self) -> dict[str, Json]:
        return cast(dict[str, Json], asdict(self) | {"rules": [asdict(rule) for rule in self.rules]})


@dataclass(slots=True)
class FaultInjector:
    """Picks the fault of each request. `faults` may be replaced at any time."""

    seed: int
    clock: Callable[[], float]
    faults: Faults = field(default_factory=Faults)
    _random: Random = field(init=False)
    _waits: int = 0

    def __post_init__(self) -> None:
        self._random = Random(f"faults {self.seed}")

    def pick_fault(self, method: str, path: str) -> Fault | None:
        """The fault of this request, from the first matching rule that is drawn; its `times` is decremented."""
        for position, rule in enumerate(self.faults.rules):
            if rule.method not in ("*", method) or not fnmatchcase(path, rule.path):
                continue
            if rule.fault in (Fault.BUSY, Fault.SLOW) and (method, path) != ("POST", "/orders"):
                continue
            if rule.rate < 1 and self._random.random() >= rule.rate:
                continue
            if rule.times is not None:
                rules = list(self.faults.rules)
                rules[position : position + 1] = [replace(rule, times=rule.times - 1)] if rule.times > 1 else []
                self.faults = replace(self.faults, rules=tuple(rules))
            return rule.fault
        return None

    def throttled(self, wait: float) -> Response:
        """A 429 response, with `Retry-After` as configured."""
        kind = self.faults.retry_after
        if kind is RetryAfter.MIXED:
            kind = (RetryAfter.SECONDS, RetryAfter.NONE, RetryAfter.DATE)[self._waits % 3]
            self._waits += 1
        seconds = max(1, -int(-wait // 1))
        match kind:
            case RetryAfter.SECONDS:
                headers = {"retry-after": str(seconds)}
            case RetryAfter.DATE:
                moment = datetime.fromtimestamp(self.clock() + seconds, UTC).replace(microsecond=0)
                headers = {"retry-after": format_datetime(moment, usegmt=True)}
            case _:
                headers = {}
        return error_response(
            429, error_object(429, "throttled", "Request was throttled.", title="Throttled"), headers=headers
        )


class ResponseLost(ConnectionError):
    """The response is lost and there is no socket to close. Raised through httpx.ASGITransport."""


class FaultGate:
    """The outermost ASGI layer, which delays requests and breaks responses. Only paths below `prefix` are affected."""

    def __init__(self, app: ASGIApp, fault_injector: FaultInjector, prefix: str, sleep: Sleep = asyncio.sleep) -> None:
        self.app = app
        self.fault_injector = fault_injector
        self.prefix = prefix
        self.sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(self.prefix).rstrip("/")
        fault = self.fault_injector.pick_fault(scope["method"], path)
        if self.fault_injector.faults.latency:
            await self.sleep(self.fault_injector.faults.latency / 1000)
        scope = {**scope, "sandbox.fault": fault}
        match fault:
            case None | Fault.BUSY | Fault.SLOW:
                await self.app(scope, receive, send)
            case Fault.RATE_LIMITED:
                await self.fault_injector.throttled(1)(scope, receive, send)
            case Fault.ERROR:
                await _server_error()(scope, receive, send)
            case Fault.HTML:
                await _bad_gateway()(scope, receive, send)
            case Fault.UNAUTHORISED:
                answer = error_object(401, "authentication_failed", "Invalid username/password.", pointer="/data")
                await error_response(401, answer)(scope, receive, send)
            case Fault.DROPPED:
                await _disconnect(scope, receive)
            case Fault.ERROR_AFTER | Fault.HTML_AFTER:
                await self._carry_out(scope, receive)
                page = _server_error() if fault is Fault.ERROR_AFTER else _bad_gateway()
                await page(scope, receive, send)
            case Fault.LOST:
                await self._carry_out(scope, receive)
                await _disconnect(scope, receive)
            case Fault.CUT:
                start, body = await self._carry_out(scope, receive)
                if body:
                    await send(start)
                    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
                await _disconnect(scope, receive)

    async def _carry_out(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """Carry out the request and return its response without sending it."""
        start: MutableMapping[str, Any] = {}
        parts: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, keep)
        return start, b"".join(parts)


async def _disconnect(scope: Scope, receive: Receive) -> None:
    sever: Sever | None = scope.get("extensions", {}).get("sandbox.sever")
    if sever is None:
        raise ResponseLost("the response was lost, as requested")
    sever()
    while (await receive())["type"] != "http.disconnect":
        pass


def _server_error() -> Response:
    return error_response(500, error_object(500, "unknown_error", "A server error occurred.", title="Server error"))


def _bad_gateway() -> Response:
    page = (
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
        "\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return HTMLResponse(page, status_code=502)


def _rule(value: Json) -> FaultRule:
    if not isinstance(value, dict) or not value.keys() <= {"fault", "rate", "times", "method", "path"}:
        raise ValueError("rules: expected objects with fault, rate, times, method, path")
    times = value.get("times")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise ValueError("times: expected an integer from 1, or null")
    return FaultRule(
        Fault(str(value.get("fault"))),
        _rate("rate", value.get("rate", 1)),
        times,
        str(value.get("method", "*")),
        str(value.get("path", "*")),
    )


def _rate(name: str, value: object) -> float:
    rate = _float(name, value)
    if rate > 1:
        raise ValueError(f"{name}: expected a share from 0 to 1")
    return rate


def _float(name: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise ValueError(f"{name}: expected a number") from None
    if not 0 <= number < 1e6:
        raise ValueError(f"{name}: expected a number from 0")
    return number

"""Retries, the rate budget, lost responses, hostile servers: what is sent, how often, and what is trusted."""

import asyncio
import gzip
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random

import httpx
import pytest
from fake_transport import BUSY, START, FakeClock, Make, Script, Step, answer, broken_body, raw, refusal

from tui.api.auth import BasicAuth
from tui.api.budget import Budget, Rate, read_retry_after, retry_delay
from tui.api.client import Client
from tui.api.errors import (
    ApiError,
    ConfigError,
    InvalidResponse,
    NotAuthorised,
    OutcomeUnknown,
    RateLimited,
    ReadStopped,
    Redirected,
    RequestRefused,
    ServerFault,
    ServiceBusy,
    Unreachable,
)
from tui.api.request_log import LoggedRequest, RequestLog, RequestOutcome

ORDER = {"id": "12", "order_number": "A"}
DONE = {"id": 12, "order_id": "a", "order_number": "A"}


async def get(client: Client) -> object:
    return await client.get_order("12")


async def patch(client: Client) -> object:
    return await client.patch_order("12", {"notes": "x"})


async def post(client: Client) -> object:
    return await client.upsert_orders([{"order_id": "a"}])


async def delete(client: Client) -> object:
    return await client.delete_order("12")


Call = Callable[[Client], Awaitable[object]]
WRITES = [patch, post, delete]


def good(call: Call) -> httpx.Response:
    if call is get:
        return answer(ORDER)
    return raw(204, b"") if call is delete else answer([DONE] if call is post else DONE, 201)


@pytest.mark.parametrize("call", [get, *WRITES])
async def test_reads_and_writes_are_retried_after_429(make: Make, clock: FakeClock, call: Call) -> None:
    client, script = make(raw(429, b""), raw(429, b"", Retry_After="7"), good(call))
    await call(client)
    assert len(script.requests) == 3
    assert len({request.content for request in script.requests}) == 1
    first, second = clock.slept
    assert 0.75 <= first <= 1.25
    assert 7 <= second <= 7.5


@pytest.mark.parametrize("call", WRITES)
async def test_a_busy_order_is_retried_byte_for_byte(make: Make, clock: FakeClock, call: Call) -> None:
    client, script = make(refusal(400, BUSY), refusal(400, BUSY), good(call))
    await call(client)
    assert len({request.content for request in script.requests}) == 1
    assert len(clock.slept) == 2
    assert clock.slept[0] < clock.slept[1]


@pytest.mark.parametrize(
    ("step", "kind", "sent"),
    [
        (raw(429, b""), RateLimited, 6),
        (refusal(400, BUSY), ServiceBusy, 6),
        (refusal(400, {"detail": "Field required"}), RequestRefused, 1),
        (refusal(422, {"detail": "x"}), RequestRefused, 1),
        (raw(408, b""), RequestRefused, 1),
        (refusal(401, {"detail": "x"}), NotAuthorised, 1),
        (raw(500, b""), OutcomeUnknown, 1),
        (raw(503, b"<html>", "text/html", Retry_After="1"), OutcomeUnknown, 1),
        (httpx.ReadTimeout(""), OutcomeUnknown, 1),
        (httpx.WriteTimeout(""), OutcomeUnknown, 1),
        (httpx.ReadError(""), OutcomeUnknown, 1),
        (httpx.WriteError(""), OutcomeUnknown, 1),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), OutcomeUnknown, 1),
        (httpx.ProxyError("504"), Unreachable, 1),
        (OSError("reset"), OutcomeUnknown, 1),
        (TimeoutError(), OutcomeUnknown, 1),
        (broken_body(200, b'{"da'), OutcomeUnknown, 1),
        (broken_body(200, b"", httpx.ReadError("")), OutcomeUnknown, 1),
        (broken_body(500, b"", httpx.ReadError("")), OutcomeUnknown, 1),
        (broken_body(400, b'{"errors": [', httpx.ReadError("")), RequestRefused, 1),
        (httpx.ConnectError("refused"), Unreachable, 1),
        (httpx.ConnectTimeout(""), Unreachable, 1),
        (httpx.PoolTimeout(""), Unreachable, 1),
        (raw(301, b"", Location="https://evil.example/?token=1"), Redirected, 1),
    ],
)
@pytest.mark.parametrize("call", WRITES)
async def test_failing_writes(make: Make, call: Call, step: Step, kind: type[ApiError], sent: int) -> None:
    client, script = make(step)
    with pytest.raises(ApiError) as caught:
        await call(client)
    assert type(caught.value) is kind
    assert len(script.requests) == sent
    assert caught.value.request_line == script.lines[0].replace("/api/v3", "")
    if kind is OutcomeUnknown:
        assert "look the order up" in str(caught.value)
    if kind is Unreachable:
        assert "Nothing was sent" in str(caught.value)


@pytest.mark.parametrize("call", [patch, post])
@pytest.mark.parametrize(
    "step",
    [
        raw(200, b'{"data": {"id": 12, "ord'),
        raw(201, b""),
        raw(200, b"<html>Sign in to the hotel's network</html>", "text/html"),
        raw(200, b'{"data": 5}'),
        raw(200, b'{"errors": [{"detail": "no"}]}'),
        raw(200, b"null"),
    ],
)
async def test_an_unusable_success_response_to_a_write_is_unknown(make: Make, call: Call, step: httpx.Response) -> None:
    client, script = make(step)
    with pytest.raises(OutcomeUnknown) as caught:
        await call(client)
    assert len(script.requests) == 1
    assert (caught.value.status, caught.value.body) == (step.status_code, step.content)


@pytest.mark.parametrize(
    ("step", "kind", "sent"),
    [
        (raw(500, b""), ServerFault, 3),
        (raw(599, b"<html>"), ServerFault, 3),
        (httpx.ReadTimeout(""), Unreachable, 3),
        (httpx.ReadError(""), Unreachable, 3),
        (httpx.ConnectError("refused"), Unreachable, 3),
        (httpx.DecodingError("bad gzip"), Unreachable, 3),
        (broken_body(200, b'{"da'), Unreachable, 3),
        (raw(200, b"<html>"), InvalidResponse, 3),
        (raw(200, b""), InvalidResponse, 3),
        (raw(200, b'{"data": {"id"'), InvalidResponse, 3),
        (raw(200, b'{"nothing": 1}'), InvalidResponse, 3),
        (answer({"id": "13"}), InvalidResponse, 1),
        (raw(400, b"<html>"), RequestRefused, 1),
        (broken_body(404, b'{"err'), ApiError, 1),
        (raw(302, b"", Location="/orders/"), Redirected, 1),
        (raw(304, b""), InvalidResponse, 3),
    ],
)
async def test_failing_reads(make: Make, clock: FakeClock, step: Step, kind: type[ApiError], sent: int) -> None:
    client, script = make(step)
    with pytest.raises(kind):
        await get(client)
    assert len(script.requests) == sent
    assert len(clock.slept) == sent - 1


@pytest.mark.parametrize(
    "step",
    [
        raw(502, b"<html>"),
        httpx.ReadError(""),
        raw(200, b"<html>"),
        broken_body(200, b"{"),
        raw(503, b"", Retry_After="2"),
    ],
)
async def test_a_failed_read_is_retried(make: Make, step: Step) -> None:
    client, script = make(step, answer(ORDER))
    assert await get(client) == ORDER
    assert len(script.requests) == 2


async def test_redirects_are_not_followed_and_only_their_host_is_shown(make: Make) -> None:
    client, script = make(raw(307, b"", Location="https://evil.example/path?key=1"))
    with pytest.raises(Redirected, match=r"evil\.example") as caught:
        await post(client)
    assert len(script.requests) == 1
    assert "key=1" not in str(caught.value)


async def test_credentials_and_cookies(make: Make) -> None:
    client, script = make(answer(ORDER, Set_Cookie="session=abc; Path=/"), base="http://localhost:9/some/base")
    await get(client)
    await get(client)
    first, second = script.requests
    assert first.headers["authorization"] == BasicAuth("public", "very-secret-key").header(0)
    assert str(first.url) == "http://localhost:9/some/base/orders/12"
    assert "cookie" not in second.headers
    assert "content-type" not in first.headers
    assert first.headers["accept"] == "application/json"


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("http://127.0.0.1:1/api/v3", "http://127.0.0.1:1/api/v3/orders/12"),
        ("http://127.0.0.1:1/api/v3/", "http://127.0.0.1:1/api/v3/orders/12"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1/orders/12"),
        ("https://h.example/a%2Fb", "https://h.example/a%2Fb/orders/12"),
    ],
)
async def test_the_base_url_is_kept(make: Make, base: str, asked: str) -> None:
    client, script = make(answer(ORDER), base=base)
    await get(client)
    assert str(script.requests[0].url) == asked


@pytest.mark.parametrize("base", ["http://h.example/", "https://u:p@h.example", "https://h.example/?a", "h.example"])
def test_an_unsafe_base_url_is_refused(make: Make, base: str) -> None:
    with pytest.raises(ConfigError):
        make(answer(ORDER), base=base)


async def test_a_401_stops_waiting_requests_but_not_later_ones(make: Make) -> None:
    client, script = make(refusal(401, {"detail": "Invalid username/password."}), delay=0.001)
    results = await asyncio.gather(*(get(client) for _ in range(30)), return_exceptions=True)
    assert {type(result) for result in results} == {NotAuthorised}
    assert len(script.requests) <= 10  # those that were already in flight
    before = len(script.requests)
    with pytest.raises(NotAuthorised, match="Invalid username/password"):
        await get(client)
    assert len(script.requests) == before + 1


@pytest.mark.parametrize("packed", [False, True])
async def test_an_endless_body_is_cut_off(make: Make, packed: bool) -> None:
    body = b'{"data": "' + b" " * 5_000_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    content = gzip.compress(body) if packed else body
    client, script = make(lambda _: httpx.Response(200, headers=headers, content=content), limit=1_000_000)
    with pytest.raises(InvalidResponse, match="too large"):
        await get(client)
    assert len(script.requests) == 1
    assert client.log.entries[0].response_size == 1_000_000
    with pytest.raises(OutcomeUnknown):
        await patch(client)


@pytest.mark.parametrize(
    ("encoding", "content", "reason", "tries"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(b"[]", mtime=0), mtime=0), "was not asked for", 1),
        ("br", b"xyz", "was not asked for", 1),
        ("gzip", b"no gzip at all", "its compression is corrupt", 3),
        ("gzip", gzip.compress(b"[]" * 900, mtime=0)[:-9], "ends too early", 3),
    ],
)
async def test_a_body_that_cannot_be_decoded(
    make: Make, encoding: str, content: bytes, reason: str, tries: int
) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": encoding}, stream=httpx.ByteStream(content))

    client, script = make(respond)
    with pytest.raises((InvalidResponse, Unreachable), match=reason):
        await get(client)
    assert len(script.requests) == tries
    assert script.requests[0].headers["accept-encoding"] == "gzip"
    with pytest.raises(OutcomeUnknown, match=reason):
        await patch(client)


class HangingTransport(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.reached.set()
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.parametrize(("call", "kind"), [(get, Unreachable), (patch, OutcomeUnknown)])
async def test_a_transport_without_timeouts_times_out(clock: FakeClock, call: Call, kind: type[ApiError]) -> None:
    client = Client(
        "http://localhost/",
        BasicAuth("a", "b"),
        transport=HangingTransport(),
        clock=clock,
        sleep=clock.sleep,
        timeout=0.01,
    )
    with pytest.raises(kind, match="too long"):
        await call(client)


@pytest.mark.parametrize("call", [get, patch])
async def test_a_cancelled_request_is_logged_and_frees_its_slot(clock: FakeClock, call: Call) -> None:
    hanging = HangingTransport()
    client = Client("http://localhost/", BasicAuth("a", "b"), transport=hanging, clock=clock, sleep=clock.sleep)
    task = asyncio.ensure_future(call(client))
    await hanging.reached.wait()
    assert client.in_flight == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert client.in_flight == 0
    assert [entry.outcome for entry in client.log.entries] == [RequestOutcome.CANCELLED]


async def test_reads_can_be_stopped_at_once_but_writes_cannot(clock: FakeClock) -> None:
    hanging = HangingTransport()
    async with Client("http://localhost/", BasicAuth("a", "b"), transport=hanging, clock=clock) as client:
        writing = asyncio.ensure_future(patch(client))
        await hanging.reached.wait()
        assert client.is_waiting_for_write
        clock.seconds += 1
        reading = [asyncio.ensure_future(get(client)) for _ in range(12)]  # more than may be in flight
        for _ in range(20):
            await asyncio.sleep(0)
        assert (client.in_flight, client.writes_in_flight) == (11, 1)
        assert client.stop_reads() == 12
        assert client.stop_reads() == 12
        for result in await asyncio.wait_for(asyncio.gather(*reading, return_exceptions=True), 5):
            assert type(result) is ReadStopped
        assert (client.in_flight, client.writes_in_flight, client.stop_reads()) == (1, 1, 0)
        assert not writing.done()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    outcomes = [entry.outcome for entry in client.log.entries]
    assert outcomes == [RequestOutcome.CANCELLED] * 11
    assert hanging.reached.is_set()


async def test_a_cancelled_read_stays_cancelled(clock: FakeClock) -> None:
    hanging = HangingTransport()
    async with Client("http://localhost/", BasicAuth("a", "b"), transport=hanging, clock=clock) as client:
        reading = asyncio.ensure_future(get(client))
        await hanging.reached.wait()
        client.stop_reads()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading


# The same on a real socket, where no fake decides what httpx raises

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n"


@pytest.mark.parametrize(
    ("message", "read_fails", "write_fails"),
    [
        (None, Unreachable, Unreachable),
        (b"", Unreachable, OutcomeUnknown),
        (HEAD, Unreachable, OutcomeUnknown),
        (HEAD + b'{"data": {"id": 12', Unreachable, OutcomeUnknown),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b'{"data": {"id": 12', InvalidResponse, OutcomeUnknown),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Unreachable, OutcomeUnknown),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"dat', Unreachable, OutcomeUnknown),
        (b"HTTP/1.1 400 Bad\r\nContent-Length: 99\r\n\r\n{", RequestRefused, RequestRefused),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 99\r\n\r\n{", Unreachable, OutcomeUnknown),
    ],
)
async def test_broken_connections(
    clock: FakeClock, message: bytes | None, read_fails: type[ApiError], write_fails: type[ApiError]
) -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(message or b"")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if message is None:
        server.close()
        await server.wait_closed()
    async with Client(
        f"http://127.0.0.1:{port}/api/v3", BasicAuth("a", "b"), clock=clock, sleep=clock.sleep, random=Random(1)
    ) as client:
        with pytest.raises(read_fails):
            await get(client)
        reads = len(heads)
        with pytest.raises(write_fails) as caught:
            await patch(client)
    server.close()
    assert type(caught.value) is write_fails
    assert len(heads) - reads == (0 if message is None else 1)
    assert reads == (0 if message is None else 1 if read_fails is RequestRefused else 3)


# The rate budget


async def test_rate_limits_are_never_exceeded(clock: FakeClock) -> None:
    budget = Budget(clock, clock.sleep, reads=Rate(1000, 15), writes=Rate(100, 15))
    for write, limit in ((True, 100), (False, 1000)):
        times = []
        for _ in range(limit * 3):
            await budget.take(write=write)
            times.append(clock.seconds)
        busiest_minute = max(sum(1 for at in times if start <= at < start + 60) for start in times)
        assert limit * 0.95 <= busiest_minute <= limit
        assert sum(1 for at in times if at == times[0]) in (14, 15)
        # A request that a server-side bucket of 15 would delay was sent too fast.
        level = 15.0
        for before, at in zip([times[0], *times], times, strict=False):
            level = min(15.0, level + (at - before) * limit / 60) - 1
            assert level >= 0


async def test_reads_and_writes_have_separate_budgets(clock: FakeClock) -> None:
    budget = Budget(clock, clock.sleep)
    for _ in range(14):
        await budget.take(write=True)
    await budget.take(write=False)
    assert clock.slept == []
    await budget.take(write=True)
    assert clock.slept == [pytest.approx(60 / 85)]


async def test_a_cancelled_wait_costs_nothing() -> None:
    clock = FakeClock()
    waiting = asyncio.Event()

    async def forever(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    budget = Budget(clock, forever, writes=Rate(100, 2))
    await budget.take(write=True)
    task = asyncio.create_task(budget.take(write=True))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    clock.seconds += 60 / 98 + 0.01
    await asyncio.wait_for(budget.take(write=True), 1)


async def test_a_429_pauses_all_requests(make: Make, clock: FakeClock) -> None:
    client, script = make(raw(429, b"", Retry_After="30"), answer(ORDER))
    started = clock.seconds
    await patch_quietly(client)
    assert clock.seconds - started >= 30
    assert client.paused_for == 0
    assert len(script.requests) == 2


async def patch_quietly(client: Client) -> None:
    await get(client)


async def test_a_long_pause_raises_instead_of_waiting(make: Make, clock: FakeClock) -> None:
    client, script = make(raw(429, b"", Retry_After="600"), answer(ORDER))
    with pytest.raises(RateLimited) as caught:
        await get(client)
    assert caught.value.retry_after == 600
    with pytest.raises(RateLimited, match="600 seconds"):
        await patch(client)
    assert (len(script.requests), clock.slept) == (1, [])
    clock.seconds += 601
    assert await get(client) == ORDER


async def test_no_header_pauses_the_budget_forever(make: Make, clock: FakeClock) -> None:
    client, _ = make(raw(429, b"", Retry_After="999999999"))
    with pytest.raises(RateLimited):
        await get(client)
    assert client.paused_for <= 900


NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Mon, 03 Aug 2026 09:00:20 GMT", 20.0),
        ("Monday, 03-Aug-26 09:00:20 GMT", 20.0),
        ("Mon Aug  3 09:00:20 2026", 20.0),
        ("Mon, 03 Aug 2026 08:00:00 GMT", 0.0),
        ("Mon, 03 Aug 2026 11:00:20 +0200", 20.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("nan", None),
        ("9" * 5000, None),
        ("Mon, 99 Xyz 99999 99:99:99 GMT", None),
        ("٣", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


async def test_a_retry_after_date_is_relative_to_the_services_clock(make: Make, clock: FakeClock) -> None:
    client, _ = make(
        raw(429, b"", Retry_After="Tue, 04 Aug 2026 00:00:10 GMT", Date="Tue, 04 Aug 2026 00:00:00 GMT"), answer(ORDER)
    )
    assert START.day == 3
    await get(client)
    assert 10 <= sum(clock.slept) <= 11


def limited(retry_after: float | None) -> RateLimited:
    error = RateLimited("x")
    error.retry_after = retry_after
    return error


@pytest.mark.parametrize(
    ("error", "tried", "write", "low", "high"),
    [
        (limited(None), 1, True, 0.75, 1.25),
        (limited(None), 5, True, 12, 20),
        (limited(None), 6, True, None, None),
        (limited(0), 1, True, 0, 0.25),
        (limited(0), 3, True, 3, 5),
        (limited(120), 1, False, 120, 120.25),
        (limited(121), 1, False, None, None),
        (ServiceBusy("x"), 1, True, 0.75, 1.25),
        (ServiceBusy("x"), 6, True, None, None),
        (ServerFault("x"), 1, False, 0.3, 0.7),
        (ServerFault("x"), 3, False, None, None),
        (ServerFault("x"), 1, True, None, None),
        (Unreachable("x"), 1, True, None, None),
        (RequestRefused("x"), 1, False, None, None),
        (NotAuthorised("x"), 1, False, None, None),
        (OutcomeUnknown("x"), 1, True, None, None),
    ],
)
def test_retry_delay(error: ApiError, tried: int, write: bool, low: float | None, high: float | None) -> None:
    for seed in range(50):
        pause = retry_delay(error, tried, write=write, random=Random(seed))
        if low is None or high is None:
            assert pause is None
        else:
            assert pause is not None
            assert low <= pause <= high


# The log


async def test_log_entries(make: Make, clock: FakeClock) -> None:
    client, _ = make(httpx.ConnectError("refused"), answer(ORDER))
    seen: list[LoggedRequest] = []
    stop = client.log.listen(seen.append)
    await get(client)
    stop()
    await patch(client)
    first, second, third = client.log.entries
    assert seen == [first, second]
    assert (first.outcome, first.status, first.note, first.number) == (RequestOutcome.UNSENT, None, "refused", 1)
    assert (second.outcome, second.status, second.method, second.target) == (
        RequestOutcome.ANSWERED,
        200,
        "GET",
        "/api/v3/orders/12",
    )
    assert second.response_body == answer(ORDER).content
    assert (third.method, third.request_body, third.request_size) == ("PATCH", b'{"notes":"x"}', 13)
    assert second.time >= first.time >= START


async def test_echoed_credentials_are_hidden(make: Make) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        secret = request.headers["authorization"]
        return refusal(400, {"detail": f"You sent {secret} and very-secret-key"}, Location="very-secret-key")

    client, _ = make(echo)
    with pytest.raises(RequestRefused) as caught:
        await patch(client)
    encoded = BasicAuth("public", "very-secret-key").header(0).removeprefix("Basic ")
    shown = f"{caught.value} {caught.value.problems} {caught.value.body!r} {client.log.entries}"
    assert "very-secret-key" not in shown
    assert encoded not in shown
    assert "[hidden]" in shown


def entry(size: int, **changes: object) -> LoggedRequest:
    return LoggedRequest(0, START, "GET", "/x", 200, 1, response_body=b"x" * size, response_size=size, **changes)  # type: ignore[arg-type]


def test_the_log_is_bounded() -> None:
    log = RequestLog(entries=4, body=100, bodies=250)
    for _ in range(3):
        log.add(entry(1000))
    assert [len(entry.response_body) for entry in log.entries] == [0, 100, 100]
    assert {entry.response_size for entry in log.entries} == {1000}
    for _ in range(30):
        log.add(entry(60))
    assert [entry.number for entry in log.entries] == [30, 31, 32, 33]
    assert [len(entry.response_body) for entry in log.entries] == [60, 60, 60, 60]
    log.add(entry(80, withheld=True))
    assert log.entries[-1].response_body == b""
    log.clear()
    log.add(entry(60))
    assert [entry.number for entry in log.entries] == [35]


def test_many_large_responses_keep_the_log_small() -> None:
    log = RequestLog(entries=50, body=1000, bodies=5000)
    for round_ in range(500):
        log.add(entry(1000 if round_ % 3 else 10))
        assert sum(len(entry.response_body) for entry in log.entries) <= 5000
    assert len(log.entries[-1].response_body) == 1000
    assert sum(1 for entry in log.entries if entry.response_body) >= 5


async def test_no_other_logger_gets_credentials(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, _ = make(answer(ORDER))
    await get(client)
    assert "very-secret-key" not in caplog.text
    assert "Basic " not in caplog.text


async def test_client_overhead_is_small(make: Make) -> None:
    client, _ = make(answer(ORDER))
    started = time.process_time()
    for _ in range(200):
        await get(client)
    assert time.process_time() - started < 2


def test_a_client_can_be_created_outside_an_event_loop() -> None:
    client = Client("https://panel.sendcloud.sc/api/v3", BasicAuth("a", "b"), transport=Script(answer(ORDER)))
    assert asyncio.run(_use(client)) == ORDER


async def _use(client: Client) -> object:
    async with client:
        return await get(client)


@pytest.mark.parametrize(("requests", "seconds"), [(0, 0.0), (14, 0.0), (99, 60.0), (184, 120.0)])
def test_rate_seconds(requests: int, seconds: float) -> None:
    assert Rate(100, 15).seconds(requests) == pytest.approx(seconds)

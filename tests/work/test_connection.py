"""The check of a connection says what was found, or exactly what is wrong."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from fake_transport import streamed
from shared_clock import WireClock

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.work.connection import Cause, ConnectionReport, check_connection

URL = "http://127.0.0.1/api/v3"
Answer = Callable[[httpx.Request], httpx.Response]


async def check(transport: httpx.AsyncBaseTransport, key: str = "demo") -> ConnectionReport:
    clock = WireClock()
    client = Client(URL, BasicAuth("demo", key), transport=transport, clock=clock, sleep=clock.sleep, retry_for=5.0)
    async with client:
        return await check_connection(client)


@pytest.fixture
async def sandbox() -> AsyncIterator[httpx.ASGITransport]:
    box = Sandbox(SandboxSettings(orders=3))
    yield httpx.ASGITransport(box.asgi)
    box.close()


async def test_account_shops_and_requests_that_work_are_named(sandbox: httpx.ASGITransport) -> None:
    report = await check(sandbox)
    assert report.works
    assert report.troubles == ()
    assert report.found == f"Connected to account {report.user_id}, 7 shops. Works: read orders, list shops."


async def test_a_wrong_key(sandbox: httpx.ASGITransport) -> None:
    report = await check(sandbox, "wrong")
    assert (report.works, report.found) == (False, "")
    (trouble,) = report.troubles
    assert trouble.cause is Cause.KEY
    assert "panel" in trouble.remedy


def raising(error: Exception) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return answer


def refusing(path: str, response: Callable[[], httpx.Response]) -> Answer:
    """Answer requests whose path ends so with this response, all others with an empty list."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(path):
            return response()
        user = {"user_id": 7} if request.url.path.endswith("metadata") else []
        return streamed(httpx.Response(200, json={"data": user}))

    return answer


def response(status: int, **more: Any) -> Callable[[], httpx.Response]:
    return lambda: streamed(httpx.Response(status, **more))


UNTRUSTED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"
EXPIRED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)"


@pytest.mark.parametrize(
    ("answer", "cause", "text"),
    [
        (raising(httpx.ConnectError("[Errno -2] Name or service not known")), Cause.NETWORK, "Name or service"),
        (raising(httpx.ConnectTimeout("")), Cause.NETWORK, "took too long"),
        (raising(httpx.ConnectError(UNTRUSTED)), Cause.CERTIFICATE, "self-signed"),
        (raising(httpx.ConnectError(EXPIRED)), Cause.CLOCK, "expired"),
        (raising(httpx.ProxyError("407 Proxy Authentication Required")), Cause.PROXY, "407"),
        (refusing("", response(200, html="<html>")), Cause.CAPTIVE_PORTAL, "captive portal"),
        (refusing("", response(302, headers={"location": "https://login.example"})), Cause.CAPTIVE_PORTAL, "login.ex"),
        (refusing("", response(500)), Cause.SERVICE, "500"),
        (refusing("", response(404, json={})), Cause.ADDRESS, "Not found"),
        (refusing("orders", response(403, json={})), Cause.PERMISSION, "do not allow to read orders"),
    ],
)
async def test_what_is_wrong_is_named(answer: Answer, cause: Cause, text: str) -> None:
    report = await check(httpx.MockTransport(answer))
    assert not report.works
    assert report.troubles[0].cause is cause
    assert text in report.troubles[0].text
    assert report.troubles[0].remedy


@pytest.mark.parametrize("status", [403, 404, 400])
async def test_an_account_works_without_a_number(status: int) -> None:
    report = await check(httpx.MockTransport(refusing("metadata", response(status, json={}))))
    assert report.works
    assert report.troubles == ()
    assert "number the service does not say" in report.found


async def test_a_missing_permission_for_shops_is_reported_but_no_obstacle() -> None:
    report = await check(httpx.MockTransport(refusing("integrations", response(403, json={}))))
    assert report.works
    assert [trouble.cause for trouble in report.troubles] == [Cause.PERMISSION]
    assert report.found.endswith("shops not listed. Works: read orders.")


@pytest.mark.parametrize(("minutes", "text"), [(10, "600 seconds behind"), (-10, "600 seconds ahead"), (1, "")])
async def test_a_wrong_clock(minutes: int, text: str) -> None:
    date = format_datetime(WireClock().now() + timedelta(minutes=minutes), usegmt=True)

    def answer(request: httpx.Request) -> httpx.Response:
        user = {"user_id": 7} if request.url.path.endswith("metadata") else []
        return streamed(httpx.Response(200, json={"data": user}, headers={"date": date}))

    report = await check(httpx.MockTransport(answer))
    assert report.works
    assert [(trouble.cause, text in trouble.text) for trouble in report.troubles] == [(Cause.CLOCK, True)] * bool(text)

"""Credentials: where they may be sent, when a token is fetched, and that they are never shown."""

import asyncio
import base64
import json
from typing import Any

import httpx
import pytest
from fake_transport import FakeClock, answer, raw, refusal, streamed

from tui.api.auth import (
    SENDCLOUD,
    SENDCLOUD_TOKEN_URL,
    Auth,
    BasicAuth,
    OAuth2,
    TokenRequest,
    check_address,
    is_loopback,
    is_sendcloud,
)
from tui.api.errors import ApiError, ConfigError, NotAuthorised, Redirected, Unreachable

TOKEN_URL = "https://tokens.example/oauth2/token"
JSON = "application/json"


def oauth(url: str = TOKEN_URL) -> OAuth2:
    return OAuth2("client-name", "client-secret-1", url)


def token(value: str = "token-1-abcdef", **more: Any) -> bytes:
    return json.dumps({"access_token": value, "token_type": "bearer", "expires_in": 3600, **more}).encode()


@pytest.mark.parametrize(
    ("url", "own"),
    [
        (SENDCLOUD, True),
        ("https://panel.sendcloud.sc:443/api/v3", True),
        ("https://PANEL.sendcloud.sc", True),
        ("http://panel.sendcloud.sc/api/v3", False),
        ("https://panel.sendcloud.sc:8443/api/v3", False),
        ("https://panel.sendcloud.sc.evil.example/", False),
        ("https://evil.example/panel.sendcloud.sc", False),
        ("https://panel.sendcloud.sc@evil.example/", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_is_sendcloud(url: str, own: bool) -> None:
    assert is_sendcloud(url) is own


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("", False),
    ],
)
def test_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


@pytest.mark.parametrize("url", [SENDCLOUD, "http://localhost:1/x", "http://[::1]:8000", "https://h/a%2Fb/"])
def test_valid_base_urls(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://shop.example/api/v3", "must use https"),
        ("http://127.0.0.1.example/", "must use https"),
        ("ftp://localhost/", "must begin with https"),
        ("panel.sendcloud.sc/api/v3", "must begin with https"),
        ("https:///api", "name a host"),
        ("https://me:secret-word@h/", "credentials"),
        ("https://h/?a=1", "query"),
        ("https://h/#", "query"),
        ("https://h/a b", "characters"),
        ("https://h/\r\nX: 1", "characters"),
        ("https://h:99999/", "not a URL"),
        ("https://[h/", "not a URL"),
        ("", "must begin"),
    ],
)
def test_invalid_base_urls(url: str, text: str) -> None:
    with pytest.raises(ConfigError, match=text) as caught:
        check_address(url)
    assert "secret-word" not in str(caught.value)
    with pytest.raises(ConfigError, match=text):
        OAuth2("a", "b", url)


def test_basic_header() -> None:
    auth = BasicAuth("public", "sécret-key")
    expected = "Basic " + base64.b64encode("public:sécret-key".encode()).decode()
    assert auth.header(0.0) == expected
    assert not auth.reject(expected)


@pytest.mark.parametrize(("public", "secret"), [("", "x"), ("x", ""), ("a:b", "x")])
def test_basic_requires_both_keys(public: str, secret: str) -> None:
    with pytest.raises(ConfigError):
        BasicAuth(public, secret)


@pytest.mark.parametrize("auth", [BasicAuth("public", "client-secret-1"), oauth()])
def test_repr_hides_secrets(auth: Auth) -> None:
    expected = auth.header(0.0)
    shown = f"{auth!r} {auth} {expected!r}" if isinstance(expected, TokenRequest) else f"{auth!r} {auth}"
    if isinstance(auth, OAuth2):
        auth.accept(200, token("token-1-abcdef"), JSON, 0.0)
        shown += repr(auth)
        assert "token-1-abcdef" in auth.secrets
    assert not [secret for secret in auth.secrets if secret in shown]
    assert "client-secret-1" in auth.secrets


def test_short_secrets_are_not_hidden() -> None:
    assert "demo" not in BasicAuth("demo", "demo").secrets


def test_token_request() -> None:
    expected = OAuth2("cl:ient", "s p+c", TOKEN_URL).header(0.0)
    assert isinstance(expected, TokenRequest)
    assert expected.urls == (TOKEN_URL,)
    assert base64.b64decode(expected.authorization.removeprefix("Basic ")) == b"cl%3Aient:s%20p%2Bc"
    assert expected.body == b"grant_type=client_credentials&scope=api"


@pytest.mark.parametrize(
    ("life", "fresh_at", "stale_at"),
    [
        (3600, 3539, 3541),
        ("3600", 3539, 3541),
        (100, 89, 91),
        (0, None, 0),
        (None, 10**8, None),
        (True, 10**8, None),
        (-5, 10**8, None),
        (1e30, 10**8, None),
        ("soon", 10**8, None),
        ([], 10**8, None),
    ],
)
def test_a_token_is_renewed_before_it_expires(life: Any, fresh_at: int | None, stale_at: int | None) -> None:
    auth = oauth()
    header = auth.accept(200, token(expires_in=life), JSON, 0.0)
    if fresh_at is not None:
        assert auth.header(float(fresh_at)) == header
    if stale_at is not None:
        assert isinstance(auth.header(float(stale_at)), TokenRequest)


def test_only_a_refused_token_is_dropped() -> None:
    auth = oauth()
    old = auth.accept(200, token("token-1-abcdef"), JSON, 0.0)
    new = auth.accept(200, token("token-2-abcdef"), JSON, 0.0)
    assert auth.reject(old)
    assert auth.header(0.0) == new
    assert auth.reject(new)
    assert isinstance(auth.header(0.0), TokenRequest)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b'{"error":"invalid_client","error_description":"No such client"}', NotAuthorised),
        (400, b'{"error":"invalid_scope"}', NotAuthorised),
        (403, b"", NotAuthorised),
        (500, b"<html>", Unreachable),
        (404, b"", Unreachable),
        (200, b"<html>", Unreachable),
        (200, b"", Unreachable),
        (200, b"[]", Unreachable),
        (200, b'{"access_token": 5}', Unreachable),
        (200, token(""), Unreachable),
        (200, token("two words"), Unreachable),
        (200, token("a\r\nX-Evil: 1"), Unreachable),
        (200, token("tökén"), Unreachable),
        (200, token(token_type="mac"), Unreachable),
        (200, token(token_type=None), Unreachable),
    ],
)
def test_token_responses_without_a_usable_token(status: int, body: bytes, kind: type[ApiError]) -> None:
    auth = oauth()
    with pytest.raises(kind) as caught:
        auth.accept(status, body, JSON, 0.0)
    assert "client-secret-1" not in str(caught.value)
    assert isinstance(auth.header(0.0), TokenRequest)


class Tokens(httpx.AsyncBaseTransport):
    """A token host and a service on another host; `good` holds the tokens that the service accepts."""

    def __init__(self, *given: httpx.Response | Exception, good: tuple[str, ...] = ("token-1-abcdef",)) -> None:
        self.given = list(given)
        self.good = good
        self.asked: list[httpx.Request] = []
        self.served: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.url.host == "127.0.0.1":
            self.served.append(request)
            confirmed_by_service = request.headers["authorization"] in {f"Bearer {good}" for good in self.good}
            metadata = answer({"user_id": 1, "integration_id": 2})
            return streamed(metadata if confirmed_by_service else refusal(401, {"detail": "No"}))
        self.asked.append(request)
        step = self.given.pop(0) if len(self.given) > 1 else self.given[0]
        if isinstance(step, Exception):
            raise step
        return streamed(step)


def client_of(tokens: Tokens, clock: FakeClock, auth: OAuth2 | None = None) -> Any:
    from tui.api.client import Client

    return Client("http://127.0.0.1/api/v3", auth or oauth(), transport=tokens, clock=clock, sleep=clock.sleep)


async def test_many_requests_wait_for_one_token(clock: FakeClock) -> None:
    tokens = Tokens(raw(200, token()))
    client = client_of(tokens, clock)
    await asyncio.gather(*(client.auth_metadata() for _ in range(8)))
    assert (len(tokens.asked), len(tokens.served)) == (1, 8)
    assert tokens.asked[0].headers["authorization"].startswith("Basic ")
    assert str(tokens.asked[0].url) == TOKEN_URL
    assert {request.headers["authorization"] for request in tokens.served} == {"Bearer token-1-abcdef"}


async def test_cancelling_one_request_keeps_the_token_fetch_for_the_others(clock: FakeClock) -> None:
    tokens = Tokens(raw(200, token()))
    client = client_of(tokens, clock)
    first, second = (asyncio.create_task(client.auth_metadata()) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (client.in_flight, tokens.asked) == (1, [])
    first.cancel()
    assert (await second).user_id == "1"
    with pytest.raises(asyncio.CancelledError):
        await first
    assert len(tokens.asked) == 1


async def test_an_expired_token_is_renewed_before_the_request(clock: FakeClock) -> None:
    tokens = Tokens(raw(200, token()), raw(200, token("token-2-abcdef")), good=("token-1-abcdef", "token-2-abcdef"))
    client = client_of(tokens, clock)
    await client.auth_metadata()
    clock.seconds += 3550
    await client.auth_metadata()
    assert [request.headers["authorization"] for request in tokens.served] == [
        "Bearer token-1-abcdef",
        "Bearer token-2-abcdef",
    ]


async def test_a_refused_token_is_renewed_once(clock: FakeClock) -> None:
    tokens = Tokens(raw(200, token("token-0-abcdef")), raw(200, token()))
    client = client_of(tokens, clock)
    assert (await client.auth_metadata()).user_id == "1"
    assert (len(tokens.asked), len(tokens.served)) == (2, 2)


async def test_a_service_that_refuses_every_token_gets_two_requests_only(clock: FakeClock) -> None:
    tokens = Tokens(raw(200, token("token-0-abcdef")))
    client = client_of(tokens, clock)
    with pytest.raises(NotAuthorised):
        await client.auth_metadata()
    assert (len(tokens.asked), len(tokens.served)) == (2, 2)


@pytest.mark.parametrize(
    ("given", "kind", "asked"),
    [
        (raw(401, b'{"error":"invalid_client"}'), NotAuthorised, 1),
        (raw(302, b"", Location="https://evil.example/"), Redirected, 1),
        (raw(503, b""), Unreachable, 3),
        (httpx.ConnectError("nobody"), Unreachable, 3),
        (httpx.ReadTimeout("slow"), Unreachable, 3),
    ],
)
async def test_without_a_token_nothing_is_sent_to_the_service(
    clock: FakeClock, given: httpx.Response | Exception, kind: type[ApiError], asked: int
) -> None:
    tokens = Tokens(given)
    client = client_of(tokens, clock)
    with pytest.raises(kind) as caught:
        await client.auth_metadata()
    assert (len(tokens.asked), tokens.served) == (asked, [])
    assert {request.url.host for request in tokens.asked} == {"tokens.example"}
    assert "client-secret-1" not in str(caught.value)


async def test_sendclouds_token_url_is_tried_with_and_without_trailing_slash(clock: FakeClock) -> None:
    tokens = Tokens(raw(404, b""), raw(200, token()))
    client = client_of(tokens, clock, oauth(SENDCLOUD_TOKEN_URL))
    await client.auth_metadata()
    assert [str(request.url) for request in tokens.asked] == [SENDCLOUD_TOKEN_URL, SENDCLOUD_TOKEN_URL.rstrip("/")]


async def test_the_log_contains_no_token_and_no_secret(clock: FakeClock) -> None:
    tokens = Tokens(raw(200, token()))
    client = client_of(tokens, clock)
    await client.auth_metadata()
    asked, served = client.log.entries
    assert (asked.target, asked.withheld, asked.response_body, asked.request_body) == (TOKEN_URL, True, b"", b"")
    assert asked.response_size == len(token())
    assert served.target == "/api/v3/user/auth/metadata"
    assert "token-1" not in repr(client.log.entries)

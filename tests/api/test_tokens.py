"""OAuth2 tokens that expire or are revoked while the app runs, against the sandbox on a clock that only tests advance."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fake_transport import refusal, streamed
from sandbox_harness import NOW, order
from shared_clock import WireClock

from tui.api.auth import OAuth2
from tui.api.client import Client
from tui.api.errors import ApiError, NotAuthorised, OutcomeUnknown, TokenRefused
from tui.sandbox.access import TOKEN_SECONDS
from tui.sandbox.app import Sandbox, SandboxSettings

BASE = "http://127.0.0.1/api/v3"
TOKENS = "http://127.0.0.1/oauth2/token/"
SECRET = "client-secret-1"


class Wire(httpx.AsyncBaseTransport):
    """Passes requests on to the sandbox and counts them. `revoked`: what the service answers 401 to.

    `lose`: the answer to the next request of this method is lost after it was processed. `pause`: seconds that the
    service asks for at the next request.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = httpx.ASGITransport(sandbox.asgi)
        self.counts: Counter[str] = Counter()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.revoked = False
        self.lose = ""
        self.pause = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        kind = "token" if request.url.path.startswith("/oauth2") else request.method
        self.counts[kind] += 1
        if self.revoked and kind != "token":
            return streamed(refusal(401, {"detail": "Token was revoked"}))
        if self.pause:
            pause, self.pause = self.pause, 0
            return streamed(httpx.Response(429, headers={"Retry-After": str(pause)}))
        response = await self._sandbox.handle_async_request(request)
        self.answers[kind, response.status_code] += 1
        if self.lose == kind and response.status_code != 401:
            self.lose = ""
            raise httpx.ReadError("The line dropped")
        return response


class Setup:
    def __init__(self) -> None:
        # The service's clock and that of this machine: a machine that was suspended is behind.
        self.service_clock, self.clock = WireClock(NOW), WireClock(NOW)
        settings = SandboxSettings(
            orders=3, settle=0.0, now=NOW, clock=self.service_clock, credentials=f"client-1:{SECRET}"
        )
        self.sandbox = Sandbox(settings)
        self.wire = Wire(self.sandbox)
        auth = OAuth2("client-1", SECRET, TOKENS)
        self.client = Client(BASE, auth, transport=self.wire, clock=self.clock, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Let time pass here and there."""
        self.clock.passed += seconds
        self.service_clock.passed += seconds

    def suspend(self, seconds: float) -> None:
        """Let time pass without this machine's monotonic clock, so that the token expires unnoticed."""
        self.service_clock.passed += seconds


@pytest.fixture
async def setup() -> AsyncIterator[Setup]:
    setup = Setup()
    yield setup
    await setup.client.aclose()
    setup.sandbox.close()


async def first_id(setup: Setup) -> str:
    return str((await setup.client.list_orders()).orders[0]["id"])


CHANGE: Any = {"order_number": "changed"}


async def test_a_token_is_renewed_before_it_expires_for_days(setup: Setup) -> None:
    id = await first_id(setup)
    for _ in range(200):
        setup.wait(TOKEN_SECONDS / 4)
        await setup.client.get_order(id)
        await setup.client.patch_order(id, CHANGE)
    assert 40 < setup.wire.counts["token"] < 70
    assert (setup.wire.counts["GET"], setup.wire.counts["PATCH"]) == (201, 200)
    assert not any(status == 401 for _, status in setup.wire.answers)


async def test_a_request_that_waited_uses_a_token_that_is_valid_when_it_is_sent(setup: Setup) -> None:
    id = await first_id(setup)
    setup.wait(TOKEN_SECONDS - 70)
    setup.wire.pause = 100
    await setup.client.patch_order(id, CHANGE)
    assert (setup.wire.counts["token"], setup.wire.counts["PATCH"]) == (2, 2)
    assert not any(status == 401 for _, status in setup.wire.answers)


async def test_an_expired_token_is_renewed_once_and_the_request_is_repeated(setup: Setup) -> None:
    id = await first_id(setup)
    setup.suspend(2 * TOKEN_SECONDS)
    await setup.client.get_order(id)
    setup.suspend(2 * TOKEN_SECONDS)
    await setup.client.patch_order(id, CHANGE)
    setup.suspend(2 * TOKEN_SECONDS)
    await setup.client.upsert_orders([order()])
    setup.suspend(2 * TOKEN_SECONDS)
    await setup.client.delete_order(id)
    assert setup.wire.counts["token"] == 5
    for kind, done in (("GET", 2), ("PATCH", 1), ("POST", 1), ("DELETE", 1)):
        assert setup.wire.answers[kind, 401] == 1, "an expired token: the service did nothing"
        assert (
            sum(count for (method, status), count in setup.wire.answers.items() if method == kind and status < 300)
            == done
        )


async def test_a_write_whose_answer_is_lost_after_the_renewal_is_not_repeated(setup: Setup) -> None:
    id = await first_id(setup)
    setup.suspend(2 * TOKEN_SECONDS)
    setup.wire.lose = "PATCH"
    with pytest.raises(OutcomeUnknown):
        await setup.client.patch_order(id, CHANGE)
    assert setup.wire.counts["PATCH"] == 2
    assert (await setup.client.get_order(id))["order_number"] == "changed"


@pytest.mark.parametrize("call", ["read", "write"])
async def test_a_revoked_access_is_said_in_one_sentence(setup: Setup, call: str) -> None:
    id = await first_id(setup)
    setup.wire.revoked = True
    before = setup.wire.counts.total()
    with pytest.raises(TokenRefused) as caught:
        await (setup.client.get_order(id) if call == "read" else setup.client.patch_order(id, CHANGE))
    assert setup.wire.counts.total() - before == 3, "the request, a new token, the request"
    assert "its access was probably revoked" in str(caught.value)
    assert "(Token was revoked)" in str(caught.value)
    assert f"Nothing was {'read' if call == 'read' else 'changed'}" in str(caught.value)
    assert "Check the integration in the panel" in str(caught.value)
    assert SECRET not in str(caught.value)
    setup.wire.revoked = False
    assert (await setup.client.get_order(id))["order_number"] != "changed"


async def test_a_client_that_was_removed_gets_no_token(setup: Setup) -> None:
    id = await first_id(setup)
    setup.sandbox.access = Sandbox(SandboxSettings(orders=0, credentials="other:keys")).access
    with pytest.raises(NotAuthorised) as caught:
        await setup.client.get_order(id)
    assert isinstance(caught.value, TokenRefused)
    assert "did not accept the client id and secret" in str(caught.value)


async def test_a_token_service_that_does_not_answer_is_no_refusal(setup: Setup) -> None:
    id = await first_id(setup)
    setup.suspend(2 * TOKEN_SECONDS)
    setup.wire.lose = "token"
    with pytest.raises(ApiError) as caught:
        await setup.client.patch_order(id, CHANGE)
    assert not isinstance(caught.value, NotAuthorised | OutcomeUnknown)
    assert "No request was sent to the service itself" in str(caught.value)
    assert (await setup.client.get_order(id))["order_number"] != "changed"

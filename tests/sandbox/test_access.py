"""Both kinds of credentials, and rate limits."""

import httpx
import pytest
from sandbox_harness import MakeSandbox, SandboxHarness, order

MISSING = {
    "status": "401",
    "code": "authentication_failed",
    "title": "No credentials",
    "detail": "Authentication credentials were not provided.",
}
DOCUMENTED = {
    "status": "401",
    "code": "authentication_failed",
    "title": "Invalid username/password.",
    "detail": "The username or password provided is incorrect. Please make a request with the valid credentials.",
}
RECORDED = {
    "status": "401",
    "code": "authentication_failed",
    "detail": "Invalid username/password.",
    "source": {"pointer": "/data"},
}


@pytest.mark.parametrize("path", ["/orders", "/orders/1", "/integrations", "/user/auth/metadata"])
async def test_requests_without_credentials_are_refused(harness: SandboxHarness, path: str) -> None:
    harness.client.auth = None
    response = await harness.client.get(path)
    assert (response.status_code, response.json()) == (401, {"errors": [MISSING]})


@pytest.mark.parametrize("header", ["Basic ZGVtbzp3cm9uZw==", "Basic !!", "Basic", "Bearer 1.2", "Bearer x", "bearer"])
@pytest.mark.parametrize("odd", [False, True])
async def test_wrong_credentials_as_documented_and_as_recorded(
    make_sandbox: MakeSandbox, header: str, odd: bool
) -> None:
    harness = make_sandbox(odd=odd)
    harness.client.auth = None
    response = await harness.client.get("/orders", headers={"Authorization": header})
    assert (response.status_code, response.json()) == (401, {"errors": [RECORDED if odd else DOCUMENTED]})


async def test_a_token_is_valid_for_an_hour(harness: SandboxHarness) -> None:
    harness.client.auth = None
    form = {"grant_type": "client_credentials", "scope": "api"}
    url = "http://sandbox/oauth2/token/"
    response = await harness.client.post(url, data={**form, "client_id": "demo", "client_secret": "demo"})
    token = response.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert (await harness.client.post(url, data=form, auth=("demo", "demo"))).json() == token
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await harness.client.get("/orders", headers=headers)).status_code == 200
    harness.clock.seconds += 3601
    assert (await harness.client.get("/orders", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "demo", "client_secret": "no"}, 401, "invalid_client"),
        ({}, 401, "invalid_client"),
        ({"grant_type": "password", "client_id": "demo", "client_secret": "demo"}, 400, "unsupported_grant_type"),
        (
            {"grant_type": "client_credentials", "client_id": "demo", "client_secret": "demo", "scope": "all"},
            400,
            "invalid_scope",
        ),
    ],
)
async def test_invalid_token_requests(harness: SandboxHarness, form: dict[str, str], status: int, error: str) -> None:
    harness.client.auth = None
    response = await harness.client.post("http://sandbox/oauth2/token/", data=form)
    assert (response.status_code, response.json()) == (status, {"error": error})


@pytest.mark.parametrize("credentials", ["demo", ":x", "x:", ""])
def test_credentials_must_be_a_pair(make_sandbox: MakeSandbox, credentials: str) -> None:
    with pytest.raises(ValueError, match="PUBLIC:SECRET"):
        make_sandbox(credentials=credentials)


async def test_read_limit(make_sandbox: MakeSandbox) -> None:
    harness = make_sandbox(limits=True)
    statuses = [(await harness.client.get("/user/auth/metadata")).status_code for _ in range(1001)]
    assert statuses == [200] * 1000 + [429]
    harness.clock.seconds += 60
    assert (await harness.client.get("/orders")).status_code == 200


async def test_write_limits(make_sandbox: MakeSandbox) -> None:
    harness = make_sandbox(limits=True)

    async def write() -> httpx.Response:
        return await harness.client.delete("/orders/1")

    assert [(await write()).status_code for _ in range(16)] == [404] * 15 + [429]
    harness.clock.seconds += 1
    for _ in range(85):
        harness.clock.seconds += 0.1
        assert (await write()).status_code == 404
    refused = await write()
    assert refused.status_code == 429
    assert refused.json()["errors"][0]["status"] == "429"
    assert (await harness.client.get("/orders")).status_code == 200
    harness.clock.seconds += 60
    assert (await write()).status_code == 404


async def test_without_limits_nothing_is_counted(harness: SandboxHarness) -> None:
    for number in range(120):
        assert (await harness.post(order(order_id=str(number)))).status_code == 201

"""An OAuth2 access that is revoked while the app runs is named on the screen; the screens stay usable."""

from pathlib import Path

import httpx
from app_harness import open_app
from fake_transport import refusal
from interception import Send

from tui.api.auth import OAuth2

SECRET = "client-secret-that-nobody-may-see"


async def test_a_revoked_access_is_named_and_restored(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(200, 30)) as harness:
        await harness.until("all read")
        basic, issued, is_revoked = httpx.BasicAuth("demo", "demo"), 0, False
        transport = harness.app.workspace.account.client._transport
        transport._auth = OAuth2("client-1", SECRET, "http://127.0.0.1/oauth2/token/")

        async def serve(request: httpx.Request, send: Send) -> httpx.Response:
            nonlocal issued
            if request.url.path == "/oauth2/token/":
                issued += 1
                return httpx.Response(200, json={"access_token": f"token-{issued}", "expires_in": 60})
            if is_revoked or request.headers["authorization"] != f"Bearer token-{issued}":
                return refusal(401, {"detail": "Token was revoked"})
            return await send(next(basic.auth_flow(request)))

        harness.interceptor.handler = serve
        await harness.press("R")
        await harness.until(lambda: issued == 1 and not harness.app.workspace.sync.state.is_reading)
        assert harness.app.workspace.sync.state.error is None
        is_revoked = True
        await harness.press("R")
        await harness.until("its access was probably revoked")
        assert SECRET not in harness.text
        await harness.press("enter")
        await harness.until("── Ship to")
        is_revoked = False
        await harness.press("escape", "R")
        await harness.until(lambda: harness.app.workspace.sync.state.error is None)

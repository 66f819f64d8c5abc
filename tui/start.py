"""Builds the app for a profile and runs it; what a first frame does not need is imported after it."""

import sys
from typing import TYPE_CHECKING

from tui.app import OrdersApp, Service
from tui.settings import Basic, ClientCredentials, Profile, data_folder, sandbox_file

if TYPE_CHECKING:
    from tui.api.auth import Auth


def run(profile: Profile, *, mouse: bool = False) -> int:
    """Run the app until it ends; its exit code. Raises ValueError for an address that cannot be used."""
    if profile.credentials is not None:
        from tui.api.auth import check_address

        check_address(profile.base_url)
    app = OrdersApp(profile.name, lambda: connect(profile), data_folder())
    code = app.run(mouse=mouse)
    for sentence in app.last_words:
        print(sentence, file=sys.stderr)
    return code if isinstance(code, int) else app.return_code or 0


def connect(profile: Profile) -> Service:
    """The service of a profile: the client, whose name its credentials have, and what ends with the app."""
    import httpx

    from tui.api.auth import BasicAuth, OAuth2
    from tui.api.client import Client

    if profile.credentials is None:
        from tui.sandbox.app import Sandbox, SandboxSettings

        sandbox = Sandbox(SandboxSettings(data=sandbox_file(), odd=True))
        transport = httpx.ASGITransport(sandbox.asgi, raise_app_exceptions=False)
        own = Client(
            "http://127.0.0.1/api/v3", BasicAuth("demo", "demo"), transport=transport, read_only=profile.read_only
        )
        return Service(own, "demo", sandbox.close)
    auth: Auth
    match profile.credentials:
        case Basic(public, secret):
            name, auth = public, BasicAuth(public, secret.value)
        case ClientCredentials(client_id, secret, token_url):
            name, auth = client_id, OAuth2(client_id, secret.value, token_url)
    client = Client(profile.base_url, auth, partner_id=profile.partner_id, read_only=profile.read_only)
    return Service(client, name, lambda: None)

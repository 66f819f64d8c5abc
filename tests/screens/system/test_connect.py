"""The first start and another account, by keys: the choice, the form, the check, saving, and opening."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_harness import NOW, AppHarness
from interception import Interceptor
from sandbox_client import BASE_URL
from textual import events

from tui.accounts import Accounts
from tui.api.auth import BasicAuth, OAuth2
from tui.api.client import Client
from tui.app import OrdersApp
from tui.closing import Closing
from tui.config.profiles import Basic, ClientCredentials, Profile, Secret, SecretCommand
from tui.config.secrets import reveal
from tui.config.service_urls import OWN_URL
from tui.config.settings import read_settings
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.system.connect import ConnectScreen, WelcomeScreen
from tui.screens.system.opening import OpeningScreen
from tui.screens.system.profiles import ProfilesScreen
from tui.screens.triage.screen import TriageScreen
from tui.service import Service

SECRET = "s3cret-that-nobody-may-see"


@dataclass
class Services:
    """Connects profiles to one sandbox. `opened`: the profiles, in order; `closed`: how many were closed."""

    sandbox: Sandbox
    interceptor: Interceptor
    opened: list[Profile]
    closed: int = 0

    async def connect(self, profile: Profile) -> Service:
        self.opened.append(profile)
        match profile.credentials:
            case None:
                auth: BasicAuth | OAuth2 = BasicAuth("demo", SECRET)
            case Basic(public, secret):
                auth = BasicAuth(public, reveal(secret).value)
            case ClientCredentials(client_id, secret, url):
                auth = OAuth2(client_id, reveal(secret).value, url)
        client = Client(BASE_URL, auth, transport=self.interceptor, read_only=profile.read_only, retry_for=1.0)
        client.base_url = profile.base_url
        return Service(client, "demo", self.close)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path / "config"))
    sandbox = Sandbox(SandboxSettings(orders=20, now=NOW, settle=0.0, credentials=f"demo:{SECRET}"))
    transport = Interceptor(httpx.ASGITransport(sandbox.asgi, raise_app_exceptions=False))
    yield Services(sandbox, transport, [])
    sandbox.close()


@asynccontextmanager
async def started(
    services: Services,
    folder: Path,
    profile: Profile | None = None,
    size: tuple[int, int] = (80, 24),
    *,
    read_only: bool = False,
) -> AsyncIterator[AppHarness]:
    accounts = Accounts(profile, services.connect, read_only=read_only)
    app = OrdersApp(profile, accounts, folder / "data", now=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        harness = AppHarness(app, pilot, services.sandbox, services.interceptor)
        await harness.until(
            lambda: (
                isinstance(app.screen, WelcomeScreen | ProfilesScreen) or app.open_screens or "R tries" in harness.text
            )
        )
        yield harness


async def enter(harness: AppHarness, text: str) -> None:
    """Edit the line at the cursor; the cursor moves to the next one."""
    await harness.press("enter")
    await harness.type(text)
    await harness.press("enter")


async def paste(harness: AppHarness, text: str) -> None:
    harness.app.post_message(events.Paste(text))
    await harness.press()
    await harness.pilot.pause()


async def connect_form(harness: AppHarness) -> ConnectScreen:
    """Choose to connect an account at the first start."""
    await harness.press("j", "enter")
    await harness.until(lambda: isinstance(harness.app.screen, ConnectScreen))
    await harness.until("profile name")
    screen = harness.app.screen
    assert isinstance(screen, ConnectScreen)
    return screen


async def test_the_sandbox_is_one_key_away(services: Services, tmp_path: Path) -> None:
    async with started(services, tmp_path) as harness:
        assert "try the sandbox" in harness.text
        await harness.press("enter")
        await harness.until("all read")
        assert harness.lines[0].startswith(" DEMO sandbox  ")
        assert "WRITES" not in harness.text
    assert [profile.credentials for profile in services.opened] == [None]
    assert services.closed == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_account_is_connected_checked_saved_and_opened(
    services: Services, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with started(services, tmp_path, size=size) as harness:
        await connect_form(harness)
        assert "Sendcloud panel: Settings, Integrations, Sendcloud API" in " ".join(harness.text.split())
        await enter(harness, "kaas & co")
        await harness.press("j", "j")
        await enter(harness, "demo")
        await harness.press("enter")
        await paste(harness, f"{SECRET}\n")
        assert "*" * len(SECRET) in harness.text
        await harness.press("enter")
        assert SECRET not in harness.text
        await harness.press("y")
        assert "First check" in harness.text
        await harness.press("w")
        await harness.until("Connected to account")
        assert "7 shops. Works: read orders, list shops." in " ".join(harness.text.split())
        assert not (tmp_path / "config").exists(), "nothing is saved before y"
        await harness.press("y")
        await harness.until("all read")
        assert harness.lines[0].startswith(" PROD kaas & co · WRITES")
    path = tmp_path / "config" / "settings.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    settings = read_settings()
    assert settings.default == "kaas & co"
    assert settings.profiles["kaas & co"] == Profile("kaas & co", OWN_URL, Basic("demo", Secret(SECRET)))
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes()


async def test_a_value_is_replaced_after_ctrl_u(services: Services, tmp_path: Path) -> None:
    async with started(services, tmp_path) as harness:
        await connect_form(harness)
        await harness.press("j", "enter")
        assert "Ctrl+U clear" in harness.text
        await harness.press("ctrl+u")
        await harness.type("http://127.0.0.1:8750/api/v3")
        await harness.press("enter")
        assert harness.line_with("base URL").split() == ["base", "URL", "http://127.0.0.1:8750/api/v3"]


async def test_a_wrong_key_is_named_and_not_saved(services: Services, tmp_path: Path) -> None:
    async with started(services, tmp_path) as harness:
        await connect_form(harness)
        await enter(harness, "kaas")
        await harness.press("j", "j")
        await enter(harness, "demo")
        await enter(harness, "wrong-secret")
        await harness.press("w")
        await harness.until("The account cannot be used")
        text = " ".join(harness.text.split())
        assert "does not accept these credentials" in text
        assert "→ Check both keys in the panel" in text
        await harness.press("y")
        assert "First check" in harness.text
        # The cursor is below the secret.
        await harness.press("k")
        await enter(harness, SECRET)
        assert "The account cannot be used" not in harness.text
        await harness.press("w")
        await harness.until("Connected to account")
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), "Check the network"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: x"), "SSL_CERT_FILE"),
    ],
)
async def test_what_prevents_a_connection_is_named(
    services: Services, tmp_path: Path, failure: Exception, text: str
) -> None:
    async def fail(request: httpx.Request, send: object) -> httpx.Response:
        raise failure

    services.interceptor.intercept("GET", fail)
    async with started(services, tmp_path) as harness:
        screen = await connect_form(harness)
        screen._new = replace(screen._new, name="kaas", public="demo", secret=SECRET)
        await harness.press("w")
        await harness.until("The account cannot be used")
        assert text in " ".join(harness.text.split())


async def test_missing_values_are_named_and_found(services: Services, tmp_path: Path) -> None:
    async with started(services, tmp_path) as harness:
        screen = await connect_form(harness)
        for field, title in (("name", "name"), ("public", "public"), ("secret", "secret")):
            await harness.press("w")
            await harness.until(f"The {title} is missing")
            assert screen.table.cursor_key == field
            await enter(harness, "x" * 9)
        assert services.opened == []


async def test_oauth_read_only_and_a_command(services: Services, tmp_path: Path) -> None:
    async with started(services, tmp_path) as harness:
        screen = await connect_form(harness)
        await enter(harness, "kaas")
        await harness.press("j", "enter")
        assert "OAuth2 client credentials" in harness.text
        await harness.press("j")
        await enter(harness, "id")
        await harness.press("G", "k", "enter", "enter")
        assert "a password manager" in harness.text
        assert "client secret  " not in harness.text
        await harness.press("j")
        await enter(harness, "pass show 'send cloud'")
        await harness.press("G", "enter")
        assert "no, read only" in harness.text
        profile = screen._new.profile()
    assert profile.read_only
    assert profile.credentials == ClientCredentials(
        "id", SecretCommand(("pass", "show", "send cloud")), "https://account.sendcloud.com/oauth2/token/"
    )


async def test_another_profile_is_opened_and_the_first_one_closed(services: Services, tmp_path: Path) -> None:
    first = Profile("kaas", OWN_URL, Basic("demo", Secret(SECRET)))
    async with started(services, tmp_path, first) as harness:
        await harness.until("all read")
        session = harness.app.session
        await harness.press("L")
        await harness.until("JOURNAL")
        await harness.press("P")
        await harness.until("Profiles")
        assert "PROD kaas" in harness.text
        await harness.press("enter")
        assert "is open" in harness.text
        await harness.press("escape")
        await harness.until("JOURNAL")
        await harness.press("P")
        await harness.until("DEMO sandbox")
        await harness.press("j", "enter")
        await harness.until("all read")
        assert harness.lines[0].startswith(" DEMO sandbox  ")
        assert [type(screen) for screen in harness.app.open_screens] == [TriageScreen]
        assert harness.app.session is not session
        assert services.closed == 1
        assert [worker.name for worker in harness.app.workers if worker.name == "read all orders"] == [
            "read all orders"
        ]
        await harness.press("P")
        await harness.until("PROD kaas")
        await harness.press("g", "enter")
        await harness.until("PROD kaas · WRITES")
    assert [profile.name for profile in services.opened] == ["kaas", "sandbox", "kaas"]
    assert services.closed == 3


async def test_writes_in_flight_keep_the_profile(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Profile("kaas", OWN_URL, Basic("demo", Secret(SECRET)))
    async with started(services, tmp_path, first) as harness:
        await harness.until("all read")
        session = harness.app.session
        monkeypatch.setattr(Closing, "_in_flight", 1)
        await harness.press("P")
        await harness.until("DEMO sandbox")
        await harness.press("j", "enter")
        await harness.until("1 write is in flight")
        assert "look up later" not in harness.text
        await harness.press("escape")
        assert harness.app.session is session
        await harness.press("P")
        await harness.until("DEMO sandbox")
        await harness.press("Q")
        await harness.until("quit now; look up later")
        assert harness.app.is_running
        await harness.press("escape")
        monkeypatch.undo()


async def test_a_start_that_fails_offers_other_profiles(services: Services, tmp_path: Path) -> None:
    wrong = Profile("kaas", OWN_URL, Basic("demo", Secret("wrong-secret")))
    async with started(services, tmp_path, wrong) as harness:
        await harness.until("R tries again, P opens another profile")
        assert isinstance(harness.app.screen, OpeningScreen)
        await harness.press("P")
        await harness.until(lambda: isinstance(harness.app.screen, ProfilesScreen))
        await harness.until("DEMO sandbox")
        await harness.press("j", "enter")
        await harness.until("all read")
        assert harness.lines[0].startswith(" DEMO sandbox  ")


async def test_invalid_settings_are_named_in_the_list(services: Services, tmp_path: Path) -> None:
    first = Profile("kaas", OWN_URL, Basic("demo", Secret(SECRET)))
    async with started(services, tmp_path, first) as harness:
        await harness.until("all read")
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "settings.toml").write_text("[profils]\n")
        await harness.press("P")
        await harness.until("did you mean 'profiles'?")
        await harness.press("escape")
        await harness.until("all read")


async def test_an_app_that_was_started_read_only_stays_so(services: Services, tmp_path: Path) -> None:
    first = Profile("kaas", OWN_URL, Basic("demo", Secret(SECRET)), read_only=True)
    async with started(services, tmp_path, first, read_only=True) as harness:
        await harness.until("PROD kaas · read only")
        await harness.press("P")
        await harness.until("DEMO sandbox")
        await harness.press("j", "enter")
        await harness.until("DEMO sandbox · read only")
    assert [profile.read_only for profile in services.opened] == [True, True]


async def test_without_a_default_the_profiles_are_offered(services: Services, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    text = "".join(f'[profiles.{name}]\npublic_key = "demo"\nsecret_key = "{SECRET}"\n' for name in ("one", "two"))
    (tmp_path / "config" / "settings.toml").write_text(text)
    (tmp_path / "config" / "settings.toml").chmod(0o600)
    async with started(services, tmp_path) as harness:
        await harness.until("PROD two")
        await harness.press("j", "enter")
        await harness.until("PROD two · WRITES")


async def test_the_title_has_the_colour_of_the_profile(services: Services, tmp_path: Path) -> None:
    first = Profile("kaas", OWN_URL, Basic("demo", Secret(SECRET)), colour="red")
    async with started(services, tmp_path, first) as harness:
        await harness.until("all read")
        assert title_style(harness).reverse
        assert title_style(harness).color.number == 1, "red in the palette of the terminal"
        await harness.press("P")
        await harness.until("DEMO sandbox")
        await harness.press("j", "enter")
        await harness.until("all read")
        assert not title_style(harness).reverse


def title_style(harness: AppHarness) -> Any:
    """Return the style of the first word of the title."""
    strips = harness.app.screen._compositor.render_strips()
    return next(segment.style for segment in strips[0] if segment.text.strip())

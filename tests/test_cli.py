"""The command line: one sentence for every usage error, and an untouched terminal."""

import asyncio
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tui import __version__
from tui.api.auth import SENDCLOUD, SENDCLOUD_TOKEN_URL
from tui.cli import GUESS_KINDS
from tui.config.profiles import COLOURS, token_url_of
from tui.config.service_urls import OWN_URL
from tui.orders.parsed import GuessKind
from tui.widgets.styles import TITLE_COLOURS

ROOT = Path(__file__).parents[1]
SECRET = "s3cret-that-nobody-may-see"
KEYS = {"SENDCLOUD_PUBLIC_KEY": "public", "SENDCLOUD_SECRET_KEY": SECRET}
CLIENT = {"SENDCLOUD_CLIENT_ID": "client", "SENDCLOUD_CLIENT_SECRET": SECRET}


@dataclass(frozen=True, slots=True)
class CommandResult:
    code: int
    out: bytes
    error: str


@dataclass(frozen=True, slots=True)
class Program:
    """Runs the program in a temporary folder with a minimal environment."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "VIRTUAL_ENV")}
        return {**kept, "HOME": str(self.folder), "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **more}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tui", *arguments]

    def run(
        self, *arguments: str, stdin: str = "terminal", stdout: str = "terminal", **environment: str
    ) -> CommandResult:
        """Run the program to its end. `out` is the output to a pipe or a pseudo-terminal."""
        master, slave = pty.openpty()
        started = subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            stdin=slave if stdin == "terminal" else subprocess.DEVNULL,
            stdout=slave if stdout == "terminal" else subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            piped, error = started.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.communicate()
            raise
        painted = b""
        while select.select([master], [], [], 0)[0]:
            painted += os.read(master, 65536)
        os.close(master)
        os.close(slave)
        return CommandResult(started.returncode, (piped or b"") + painted, error.decode())


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def assert_refused(ended: CommandResult, *texts: str) -> None:
    assert ended.code == 2, ended
    assert ended.out == b""
    assert ended.error.count("\n") == 1, ended.error
    assert ended.error.startswith("sendcloud-orders: ")
    assert ended.error.rstrip()[-1] in ".!"
    assert "\x1b" not in ended.error
    assert "Traceback" not in ended.error
    assert SECRET not in ended.error
    for word in texts:
        assert word in ended.error


def test_without_credentials_the_error_says_how_to_set_them(program: Program) -> None:
    names = ("SENDCLOUD_PUBLIC_KEY", "SENDCLOUD_SECRET_KEY", "SENDCLOUD_CLIENT_ID", "settings.toml", "--demo")
    assert_refused(program.run(stdin="none"), *names)
    assert_refused(program.run("--url", "https://other.example/v3"), *names)
    assert list(program.folder.iterdir()) == [], "a refused start leaves nothing on disk"


def test_without_a_default_profile_the_names_are_listed(program: Program) -> None:
    settings = program.folder / "settings.toml"
    settings.write_text("[profiles.one]\npublic_key = 'x'\n[profiles.two]\npublic_key = 'y'\n")
    refused = program.run("list", stdin="none", SENDCLOUD_ORDERS_CONFIG=str(program.folder))
    assert_refused(refused, "--profile", "one, two")


@pytest.mark.parametrize("given", [*KEYS, *CLIENT])
def test_a_missing_half_of_a_key_pair_is_named(program: Program, given: str) -> None:
    pair = {**KEYS, **CLIENT}
    other = next(name for names in (KEYS, CLIENT) if given in names for name in names if name != given)
    assert_refused(program.run(**{given: pair[given]}), given, other, "both")


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        (["--wrong"], ["--wrong", "--help"]),
        (["--dem"], ["--dem"]),
        (["--url"], ["--url", "expected one argument"]),
        (["orders"], ["orders"]),
        (["--demo", "--url", "https://other.example"], ["--demo", "--url"]),
        (["--demo", "--profile", "kaas"], ["--demo", "--profile"]),
        (["--profile", "kaas"], ["no profile 'kaas'"]),
        (["sandbox", "--wrong"], ["--wrong", "sandbox --help"]),
        (["sandbox", "--port", "http"], ["--port", "http"]),
        (["sandbox", "--port", "99999"], ["99999", "65535"]),
        (["sandbox", "--port", "-1"], ["-1"]),
        (["sandbox", "--orders", "many"], ["--orders"]),
        (["sandbox", "--orders", "-1"], ["orders"]),
        (["sandbox", "--orders", "1" + "0" * 30], ["orders"]),
        (["sandbox", "--settle", "nan"], ["settle"]),
        (["sandbox", "--settle", "-2"], ["settle"]),
        (["sandbox", "--now", "yesterday"], ["yesterday", "2026-11-23T08:00:00Z"]),
        (["sandbox", "--now", "2026-11-23T08:00:00"], ["time zone"]),
        (["sandbox", "--credentials", "half"], ["PUBLIC:SECRET"]),
        (["sandbox", "--fault", "earthquake=1"], ["--fault", "earthquake", "rate_limited"]),
        (["sandbox", "--fault", "lost=2"], ["--fault", "lost: expected a share from 0 to 1"]),
        (["sandbox", "--fault", "latency=slow"], ["--fault", "latency: expected a number"]),
        (["sandbox", "--data", "."], [". is a folder"]),
        (["sandbox", "--data", "no-database"], ["not a sandbox's file", "no-database"]),
    ],
    ids=" ".join,
)
def test_invalid_options(program: Program, arguments: list[str], texts: list[str]) -> None:
    (program.folder / "no-database").write_text("neither here nor there " * 1000)
    assert_refused(program.run(*arguments, **KEYS), *texts)


@pytest.mark.parametrize("arguments", [["--demo"], ["--url", "https://other.example/v3"]])
@pytest.mark.parametrize(("stdin", "stdout"), [("terminal", "pipe"), ("none", "terminal"), ("none", "pipe")])
def test_standard_streams_must_be_a_terminal(program: Program, arguments: list[str], stdin: str, stdout: str) -> None:
    assert_refused(program.run(*arguments, stdin=stdin, stdout=stdout, **KEYS), "terminal")


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_dumb_terminals_are_refused(program: Program, term: str) -> None:
    assert_refused(program.run("--demo", TERM=term), "TERM")


@pytest.mark.parametrize(
    "base",
    [
        "https://other.example/api/v3",
        "http://panel.sendcloud.sc/api/v3",
        "https://panel.sendcloud.sc.other.example/api/v3",
        "https://panel.sendcloud.sc@other.example/api/v3",
        "http://127.0.0.1:9/api/v3",
    ],
)
def test_a_client_secret_requires_an_explicit_token_url(program: Program, base: str) -> None:
    assert_refused(program.run("--url", base, **CLIENT), "SENDCLOUD_TOKEN_URL")


@pytest.mark.parametrize(
    ("base", "texts"),
    [
        ("http://other.example/api/v3", "https://"),
        ("ftp://other.example", "https://"),
        ("other.example/api/v3", "https://"),
        (f"https://user:{SECRET}@other.example", "credentials"),
        ("https://other.example/?a=1", "query"),
        ("https://[other", "URL"),
        ("https://other.example:port/", "URL"),
        ("", "https://"),
    ],
)
@pytest.mark.parametrize(
    "credentials", [KEYS, {**CLIENT, "SENDCLOUD_TOKEN_URL": "https://token.example"}], ids=["basic", "oauth"]
)
def test_invalid_base_urls_are_refused(program: Program, base: str, texts: str, credentials: dict[str, str]) -> None:
    assert_refused(program.run("--url", base, **credentials), texts)


def test_an_invalid_token_url_is_refused(program: Program) -> None:
    ended = program.run("--url", "https://other.example", **CLIENT, SENDCLOUD_TOKEN_URL="http://token.example")
    assert_refused(ended, "https://")


def test_an_invalid_key_is_refused(program: Program) -> None:
    assert_refused(program.run(SENDCLOUD_PUBLIC_KEY="a:b", SENDCLOUD_SECRET_KEY=SECRET), "colon")


def test_an_unusable_demo_file_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.config.locations import sandbox_file
    from tui.config.profiles import Profile
    from tui.config.settings import Settings
    from tui.service import connect

    monkeypatch.setenv("SENDCLOUD_ORDERS_DATA", str(tmp_path))
    sandbox_file().write_text("neither here nor there " * 1000)
    service = connect(Profile("DEMO", "http://sandbox.invalid/api/v3", None), Settings())
    assert "made again" in service.notice
    (old,) = tmp_path.glob("sandbox.sqlite.damaged-*")
    assert old.name in service.notice
    assert old.read_text().startswith("neither")
    asyncio.run(service.client.aclose())
    service.close()


@pytest.mark.parametrize("options", [[], ["--reset"]])
def test_sandbox_refuses_a_file_of_another_program(program: Program, tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    assert_refused(program.run("sandbox", "--port", "0", "--data", str(path), *options), str(path), "not a sandbox's")
    assert path.read_text() == "mine"


def test_help_and_version(program: Program) -> None:
    for stdout in ("pipe", "terminal"):
        result = program.run("--version", stdin="none", stdout=stdout, TERM="dumb")
        assert (result.code, result.out.split(), result.error) == (
            0,
            f"sendcloud-orders {__version__}".encode().split(),
            "",
        )
    result = program.run("--help", stdout="pipe", **KEYS)
    assert (result.code, result.error) == (0, "")
    for word in (*KEYS, *CLIENT, "SENDCLOUD_TOKEN_URL", "--demo", "--url", "--read-only", OWN_URL, "sandbox --help"):
        assert word.encode() in result.out
    assert SECRET.encode() not in result.out
    result = program.run("sandbox", "--help", stdout="pipe")
    assert (result.code, result.error) == (0, "")
    for word in ("port", "data", "credentials", "orders", "settle", "seed", "now", "odd", "limits", "reset", "fault"):
        assert f"--{word}".encode() in result.out


def test_duplicated_constants_are_equal() -> None:
    """The settings do not import the API, so they have copies of some constants."""
    assert OWN_URL == SENDCLOUD
    assert token_url_of(SENDCLOUD) == SENDCLOUD_TOKEN_URL
    assert COLOURS == TITLE_COLOURS


def test_package_metadata() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], project["requires-python"]) == ("sendcloud-orders", ">=3.11")
    assert project["scripts"] == {"sendcloud-orders": "tui.cli:main"}
    assert {"sandbox", "keyring", "socks", "test", "dev"} == project["optional-dependencies"].keys()
    assert not any(text.startswith("uvicorn") for text in project["dependencies"])
    (textual,) = [text for text in project["dependencies"] if text.startswith("textual")]
    assert ",<" in textual, "limited to the next major version"


class TestSandbox:
    @pytest.fixture
    def serve_sandbox(self, program: Program) -> "Iterator[subprocess.Popen[str]]":
        started = subprocess.Popen(
            program.command(
                "sandbox", "--port", "0", "--orders", "7", "--credentials", f"me:{SECRET}", "--settle", "0"
            ),
            cwd=program.folder,
            env=program.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield started
        finally:
            started.kill()
            started.communicate()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_it_prints_its_url_and_serves_until_a_signal(
        self, serve_sandbox: "subprocess.Popen[str]", number: signal.Signals
    ) -> None:
        assert serve_sandbox.stdout is not None
        line = serve_sandbox.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        assert len(httpx.get(f"{url}/orders", auth=("me", SECRET)).json()["data"]) == 7
        assert httpx.get(f"{url}/orders", auth=("me", "guess")).status_code == 401
        serve_sandbox.send_signal(number)
        out, error = serve_sandbox.communicate(timeout=30)
        assert (serve_sandbox.returncode, out, error) == (0, "", "")

    def test_a_port_in_use(self, program: Program) -> None:
        with socket.socket() as occupied:
            occupied.bind(("127.0.0.1", 0))
            occupied.listen()
            port = str(occupied.getsockname()[1])
            assert_refused(program.run("sandbox", "--port", port), port)


def test_an_unknown_setting_is_an_error(program: Program) -> None:
    (program.folder / "settings.toml").write_text("[journal]\nkeep_day = 90\n")
    ended = program.run("--demo", SENDCLOUD_ORDERS_CONFIG=str(program.folder))
    assert ended.code == 2
    assert ", line 2: 'keep_day' in [journal] is not a setting; did you mean 'keep_days'?" in ended.error
    assert ended.error.count("\n") == 1
    assert ended.out == b""


def test_the_kinds_of_guesses_are_those_of_the_import() -> None:
    assert sorted(GUESS_KINDS) == sorted(GuessKind)

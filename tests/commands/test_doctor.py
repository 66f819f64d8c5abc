"""`doctor` names every problem with its remedy, works without terminal and service, and contains no secret."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from shell import Shell
from skipped_time import CLOCK
from watched_service import Service, serve_sandbox

from tui.commands import machine_checks
from tui.commands.findings import DoctorFinding, Surroundings, quoted
from tui.config.profiles import OWN_URL, Basic, Profile, Secret
from tui.sandbox.app import SandboxSettings
from tui.store.last_screen import LastOutput
from tui.store.order_cache import OrderCache, cache_path
from tui.store.store import FILE, Store

SECRET = "s3cret-that-nobody-may-see"
PUBLIC = "public-key-that-is-not-shown"


def around(folder: Path, **environment: str) -> Surroundings:
    return Surroundings(environment, folder / "data", folder / "c" / "settings.toml", time.time(), None)


def problems(findings: Iterator[DoctorFinding]) -> list[str]:
    return [f"{finding.text} → {finding.remedy}" for finding in findings if finding.is_problem]


@pytest.fixture
def served() -> Iterator[Service]:
    with serve_sandbox(SandboxSettings(orders=3, credentials=f"{PUBLIC}:{SECRET}", clock=CLOCK.time)) as service:
        yield service


def test_nothing_wrong_without_account_terminal_and_service(shell: Shell) -> None:
    found = shell.run("doctor")
    assert (found.code, found.error) == (0, "")
    assert "no problems found" in found.out
    assert "account   none configured" in found.out
    assert not (shell.folder / "data").exists(), "nothing is made"


def test_a_working_account(shell: Shell, served: Service) -> None:
    shell.service = served
    found = shell.run("doctor", keys=f"{PUBLIC}:{SECRET}")
    assert found.code == 0, found.out
    assert "LOCAL 127.0.0.1, writes" in found.out
    assert "7 shops. Works: read orders, list shops." in found.out
    assert "its clock is" in found.out
    assert "no pause asked for" in found.out
    for secret in (SECRET, PUBLIC):
        assert secret not in found.out + found.error


def test_a_wrong_key_is_a_problem(shell: Shell, served: Service) -> None:
    shell.service = served
    found = shell.run("doctor", "--json", keys=f"{PUBLIC}:{SECRET}x")
    assert found.code == 1
    report = json.loads(found.out)
    (problem,) = [finding for finding in report["findings"] if finding["problem"]]
    assert report["problems"] == 1
    assert problem["area"] == "service"
    assert "does not accept these credentials" in problem["text"]
    assert "panel" in problem["remedy"]
    assert SECRET not in found.out


def test_an_unreachable_service_is_a_problem_unless_offline(shell: Shell, served: Service) -> None:
    shell.service = served
    unreachable = "http://127.0.0.1:9/api/v3"
    found = shell.run("doctor", url=unreachable)
    assert found.code == 1
    assert "No connection to 127.0.0.1" in found.out
    assert shell.run("doctor", "--offline", url=unreachable).code == 0


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ("[profils]\n", "did you mean 'profiles'?"),
        ('[profiles.a]\npublic_key = "x"\n', "set SENDCLOUD_SECRET_KEY"),
        ('[profiles.a]\npublic_key = "x"\nsecret_command = ["false"]\n', "secret_command false failed with code 1"),
        (f'[profiles.a]\npublic_key = "a:b"\nsecret_key = "{SECRET}"\n', "must not contain a colon"),
    ],
)
def test_problems_of_settings_and_secrets(shell: Shell, settings: str, text: str) -> None:
    Path(shell.write("settings.toml", settings)).chmod(0o600)
    found = shell.run("doctor")
    assert found.code == 1
    assert found.out.count(text) == 1
    assert "→ Correct it with: sendcloud-orders config edit" in found.out
    assert "none configured" not in found.out
    assert SECRET not in found.out


def test_a_profile_that_does_not_exist(shell: Shell) -> None:
    found = shell.run("doctor", "--profile", "x")
    assert found.code == 1
    assert "there is no profile 'x'" in found.out.lower()


@pytest.mark.parametrize("size", [(80, 24), (79, 24), (80, 23), None])
def test_the_size_of_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] | None
) -> None:
    monkeypatch.setattr(machine_checks, "_terminal_size", lambda: size)
    found = problems(machine_checks.check_terminal(around(tmp_path, TERM="xterm")))
    assert bool(found) == (size in ((79, 24), (80, 23)))


def test_a_terminal_without_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_checks, "_terminal_size", lambda: (80, 24))
    for term in ("", "dumb"):
        (found,) = problems(machine_checks.check_terminal(around(tmp_path, TERM=term)))
        assert "Set TERM" in found


def test_an_encoding_that_is_not_utf8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getpreferredencoding", lambda do_setlocale: "ANSI_X3.4-1968")
    assert "Set LANG" in problems(machine_checks.check_encoding(around(tmp_path)))[0]


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"NO_COLOR": "1"}, "none"),
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, "16 million"),
        ({"TERM": "tmux-256color"}, "256"),
        ({"TERM": "linux"}, "16"),
    ],
)
def test_colours(tmp_path: Path, environment: dict[str, str], colours: str) -> None:
    (found,) = machine_checks.check_colours(around(tmp_path, **environment))
    assert found.text.startswith(f"colours: {colours}")


def test_settings_of_tmux_that_hurt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"escape-time": "500", "default-terminal": "screen", "set-clipboard": "off"}
    monkeypatch.setattr(machine_checks, "_tmux", lambda *arguments: values[arguments[-1]])
    assert problems(machine_checks.check_tmux(around(tmp_path))) == [], "not inside tmux"
    found = problems(machine_checks.check_tmux(around(tmp_path, TMUX="/tmp/x,1,0")))
    assert [("~/.tmux.conf" in text) for text in found] == [True, True, True]
    values |= {"escape-time": "10", "default-terminal": "tmux-256color", "set-clipboard": "on"}
    assert problems(machine_checks.check_tmux(around(tmp_path, TMUX="/tmp/x,1,0"))) == []
    monkeypatch.setattr(machine_checks, "_tmux", lambda *_: None)
    assert problems(machine_checks.check_tmux(around(tmp_path, TMUX="/tmp/x,1,0"))) == []


def test_addresses_of_ssh_are_not_shown(tmp_path: Path) -> None:
    (found,) = machine_checks.check_ssh(around(tmp_path, SSH_CONNECTION="203.0.113.7 5 203.0.113.8 22"))
    assert "203" not in found.text


def test_folders_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    (found,) = problems(machine_checks.check_folders(around(tmp_path)))
    assert "chmod 700" in found
    (tmp_path / "data").chmod(0o700)
    assert problems(machine_checks.check_folders(around(tmp_path))) == []


def test_too_little_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(machine_checks.check_space(around(tmp_path))) == []
    monkeypatch.setattr(machine_checks, "_LEAST_SPACE", 2**80)
    assert "Make room" in problems(machine_checks.check_space(around(tmp_path)))[0]


def test_the_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert problems(machine_checks.check_database(around(tmp_path))) == []
    store = Store(data)
    findings = list(machine_checks.check_database(around(tmp_path)))
    assert problems(iter(findings)) == []
    assert "open in 1 running copy" in findings[-1].text
    store.close()
    with closing(sqlite3.connect(data / FILE)) as connection:
        connection.execute("PRAGMA user_version=999")
    assert "newer version" in problems(machine_checks.check_database(around(tmp_path)))[0]
    (data / FILE).write_text("neither here nor there " * 1000)
    assert "restore FILE" in problems(machine_checks.check_database(around(tmp_path)))[0]


def test_what_the_last_run_sent(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (drawing,) = (finding.text for finding in machine_checks.check_output(around(tmp_path)))
    assert drawing == "at most 60 frames a second, no animations, Esc is waited for 100 ms"
    LastOutput(keys=4, frames=9, size=1000, cells=25, drawn=100).save(data)
    _, sent, cells = (finding.text for finding in machine_checks.check_output(around(tmp_path)))
    assert sent == "the last run sent 1000 bytes in 9 frames for 4 keys, 250 bytes per key"
    assert cells == "25 cells sent, 75% of the drawn cells saved"
    LastOutput(keys=0, frames=0, size=0, cells=0, drawn=0).save(data)
    assert not any(finding.is_problem for finding in machine_checks.check_output(around(tmp_path)))


def test_how_the_terminal_is_used_over_ssh(tmp_path: Path) -> None:
    over_ssh = around(tmp_path, SSH_TTY="/dev/pts/1", ESCDELAY="250")
    (drawing,) = (finding.text for finding in machine_checks.check_output(over_ssh))
    assert drawing == "at most 30 frames a second, no animations, Esc is waited for 250 ms"


def test_the_cache(tmp_path: Path) -> None:
    data = tmp_path / "data"
    Store(data).close()
    OrderCache(cache_path(data, 1)).close()
    (found,) = machine_checks.check_cache(around(tmp_path))
    assert "is empty" in found.text
    cache_path(data, 1).write_text("neither here nor there " * 1000)
    assert "Delete" in problems(machine_checks.check_cache(around(tmp_path)))[0]


def test_the_newest_crash_report_is_named(tmp_path: Path) -> None:
    reports = tmp_path / "data" / "crashes"
    reports.mkdir(parents=True)
    for name in ("crash-20261128.txt", "crash-20261129.txt"):
        (reports / name).touch()
    (found,) = machine_checks.check_crashes(around(tmp_path))
    assert "2 reports" in found.text
    assert found.text.endswith("crash-20261129.txt")


def test_proxies_are_named_without_their_values(tmp_path: Path) -> None:
    environment = {"https_proxy": f"http://me:{SECRET}@proxy.example", "SSL_CERT_FILE": str(tmp_path / "missing")}
    findings = list(machine_checks.check_proxies(around(tmp_path, **environment)))
    assert findings[0].text == "variables: HTTPS_PROXY, SSL_CERT_FILE"
    assert "Correct SSL_CERT_FILE" in findings[1].remedy
    assert SECRET not in repr(findings)


def test_what_cannot_be_looked_at_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine_checks, "inspect_store", fail)
    found = problems(machine_checks.run_checks(around(tmp_path)))
    assert [text for text in found if "database" not in text and "cannot be checked" in text]


def test_paths_do_not_name_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data").mkdir(mode=0o700)
    assert (quoted(tmp_path / "a b"), quoted(Path("/a b"))) == ("~/'a b'", "'/a b'"), "a shell expands the first one"
    assert all(str(tmp_path) not in finding.text for finding in machine_checks.check_folders(around(tmp_path)))


def test_the_profile_is_named_without_its_key(tmp_path: Path) -> None:
    profile = Profile("kaas", OWN_URL, Basic(PUBLIC, Secret(SECRET)))
    surroundings = Surroundings(os.environ, tmp_path, tmp_path / "s", 0.0, profile)
    (found,) = machine_checks.check_profile_source(surroundings)
    assert found.text.startswith(f"PROD kaas, writes, {OWN_URL}")
    assert PUBLIC not in found.text

"""The README is correct: its paths, commands, variables, faults and files exist."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import readme_parts
from pseudo_terminal import PROGRAM, Terminal

from tui.commands.output import DENIED, PROBLEMS, SUCCESS, UNKNOWN, USAGE
from tui.config.schema import ProfileTable
from tui.config.settings import parse_settings
from tui.keymap import Context
from tui.orders.parsed import GuessKind
from tui.orders.tables.formats import FORMATS
from tui.sandbox.app import SandboxSettings
from tui.sandbox.faults import Fault, Faults, RetryAfter
from tui.sandbox.seed_data import SHOPS
from tui.sandbox.serve import serving
from tui.user_keys import Keymap
from tui.work.submit.results import SubmitOutcome

TEXT = readme_parts.text()
SECRET = "s3cret-that-nobody-may-see"


def options(line: str) -> list[str]:
    """Return the arguments of a `sendcloud-orders` line."""
    words = shlex.split(line)
    program = next(place for place, word in enumerate(words) if word.endswith("sendcloud-orders"))
    return words[program + 1 :]


def test_the_first_command_installs_and_starts_the_demo_alone() -> None:
    make, install, start = readme_parts.command("try").split(" && ")
    (venv,) = re.findall(r"^python3 -m venv (\S+)$", make)
    assert install == f"{venv}/bin/pip install ."
    assert start == f"{venv}/bin/sendcloud-orders --demo"


def test_the_second_command_installs_and_passes_the_tests() -> None:
    make, install, test = readme_parts.command("test").split(" && ")
    (venv,) = re.findall(r"^python3 -m venv (\S+)$", make)
    assert install == f"{venv}/bin/pip install -e '.[test]'"
    assert test == f"{venv}/bin/python -m pytest -n auto"


def test_every_named_path_exists() -> None:
    paths = set(re.findall(r"[`( ]((?:tui|tests|screenshots|\.ci)/[\w./-]*)", TEXT))
    assert len(paths) > 20
    assert sorted(path for path in paths if not (readme_parts.ROOT / path.rstrip(".")).exists()) == []


def test_every_internal_link_resolves() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in re.findall(r"^#+ (.*)$", TEXT, re.M)
    }
    links = re.findall(r"\]\(#([\w-]+)\)", TEXT)
    assert links
    assert set(links) <= anchors


def test_every_variable_is_read() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (readme_parts.ROOT / "tui").rglob("*.py"))
    sources += "".join(path.read_text(encoding="utf-8") for path in (readme_parts.ROOT / "tests").rglob("*.py"))
    paths = set(re.findall(r"SENDCLOUD_[A-Z_]+", TEXT))
    assert {name for name in paths if f'"{name}"' not in sources} == set()
    assert {"SENDCLOUD_PUBLIC_KEY", "SENDCLOUD_CLIENT_ID", "SENDCLOUD_TOKEN_URL", "SENDCLOUD_ORDERS_DATA"} <= paths


def test_every_named_test_exists() -> None:
    commands = [line.partition("#")[0] for line in readme_parts.command("commands").splitlines() if "pytest" in line]
    assert any("SENDCLOUD_KILLS" in line for line in commands)
    for line in commands:
        words = shlex.split(line)
        expected = words[words.index("-k") + 1] if "-k" in words else ""
        places = [readme_parts.ROOT / word for word in words if word.startswith("tests/")]
        for place in places:
            files = [place] if place.is_file() else [*place.rglob("test_*.py")]
            names = [name for file in files for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))]
            assert any(expected in name for name in names) or any(expected in file.stem for file in files), (
                line,
                place,
            )


def test_keys_of_the_file_walkthrough_exist() -> None:
    rows = [line.split("|")[1:-1] for line in readme_parts.block("way").strip().splitlines()[2:]]
    assert len(rows) == 9
    for where, keys, _ in rows:
        known = Keymap().commands_by_key(Context(where.strip()))
        assert set(re.findall(r"`(.)`", keys)) <= set(known), where
        assert "`" in keys


def test_every_fault_is_documented() -> None:
    table = TEXT[TEXT.index("| fault | what happens |") : TEXT.index("On the command line, `busy")]
    assert set(
        re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if "`" in line))
    ) == set(Fault)
    assert ", ".join(f"`{kind}`" for kind in RetryAfter) in TEXT
    (rule,) = Faults.parse(["busy=0.2:POST:/orders"]).rules
    assert "`busy=0.2:POST:/orders`" in TEXT
    assert (rule.fault, rule.rate, rule.method, rule.path) == (Fault.BUSY, 0.2, "POST", "/orders")


def test_sandbox_starts_as_documented(tmp_path: Path) -> None:
    arguments = options(readme_parts.command("sandbox").splitlines()[-1])
    port = arguments[arguments.index("--port") + 1]
    assert f"--url http://127.0.0.1:{port}/api/v3" in TEXT
    curl = shlex.split(readme_parts.command("faults"))
    assert f"http://127.0.0.1:{port}/sandbox/faults" in curl
    arguments[arguments.index("--port") + 1] = "0"
    started = subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments, "--orders", "3"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=readme_parts.ROOT,
    )
    try:
        assert started.stdout is not None
        base = next(word for word in started.stdout.readline().split() if word.startswith("http"))
        control = base.replace("/api/v3", "/sandbox/faults")
        body = json.loads(curl[curl.index("-d") + 1])
        with httpx.Client(auth=tuple(curl[curl.index("-u") + 1].split(":"))) as client:
            before = client.get(control).json()
            assert (before["latency"], [rule["fault"] for rule in before["rules"]]) == (300, ["lost"])
            after = client.request(curl[curl.index("-X") + 1], control, json=body).raise_for_status().json()
        assert (after["latency"], {rule["fault"] for rule in after["rules"]}) == (50, {"rate_limited", "busy"})
    finally:
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=30)
    assert started.returncode == 0


def test_commands_print_what_is_documented(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(fence("orders.csv", "csv"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SENDCLOUD_")}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(readme_parts.ROOT)}
    environment["SENDCLOUD_ORDERS_DATA"] = str(tmp_path / "data")
    transcript = re.split(r"^\$ (.*)\n", fence("headless", "console"), flags=re.M)[1:]
    assert len(transcript) == 4
    for command, output in zip(transcript[::2], transcript[1::2], strict=True):
        program = command.replace("sendcloud-orders", shlex.join(PROGRAM), 1)
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", program],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.stdout, done.returncode) == (output, 1), done.stderr


def test_formats_and_guesses_are_documented() -> None:
    assert readme_parts.block("formats").strip().split(", ") == sorted({known.name for known in FORMATS})
    kinds = re.findall(r"^\| `(\w+)` \|", readme_parts.block("guesses"), flags=re.M)
    assert sorted(kinds) == sorted(GuessKind)


def test_outcomes_and_exit_codes_are_documented() -> None:
    section = TEXT[TEXT.index("## Command line") : TEXT.index("## Security and your data")]
    assert {str(end) for end in SubmitOutcome} <= set(re.findall(r"`([\w-]+)`", section))
    assert {str(code) for code in (SUCCESS, PROBLEMS, USAGE, DENIED, UNKNOWN)} <= set(
        re.findall(r"^\| (\d) \|", section, re.M)
    )


def test_settings_are_valid() -> None:
    examples = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert len(examples) == 2
    settings = [parse_settings(example, Path("README.md")) for example in examples]
    assert any(each.profiles for each in settings)
    assert any(each.shops for each in settings)


def test_every_key_of_a_profile_is_documented() -> None:
    section = TEXT[TEXT.index("## Accounts") : TEXT.index("## Command line")]
    assert [name for name in ProfileTable.model_fields if name not in section] == []


def test_commands_for_secrets_are_valid() -> None:
    (row,) = [line for line in TEXT.splitlines() if "`secret_command =" in line]
    programs = [json.loads(text)[0] for text in re.findall(r"(\[\"[^`]*\])`", row)]
    assert programs == ["pass", "op", "gopass"]


def fence(name: str, kind: str) -> str:
    """Return the content of the only code fence in a block."""
    found = re.fullmatch(rf"```{kind}\n(.*?\n)```", readme_parts.block(name).strip(), re.DOTALL)
    assert found is not None, name
    return found[1]


def test_sandbox_has_the_documented_number_of_shops() -> None:
    words = {5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
    assert f"orders of {words[len(SHOPS)]} shops" in TEXT


@pytest.mark.parametrize(("system", "folder"), [("unix", ".local/share"), ("macos", "Library/Application Support")])
def test_data_folder_is_documented(system: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/someone")
    module = importlib.import_module(f"platformdirs.{system}")
    kind = module.Unix if system == "unix" else module.MacOS
    assert kind("sendcloud-orders", appauthor=False).user_data_dir == f"/home/someone/{folder}/sendcloud-orders"
    assert f"`~/{folder}/sendcloud-orders`" in TEXT


@pytest.mark.parametrize("oauth", [False, True], ids=["basic", "oauth"])
def test_stored_files_are_private_and_hold_no_secret(tmp_path: Path, oauth: bool) -> None:
    data = tmp_path / "data"
    with serving(SandboxSettings(orders=300, credentials=f"me:{SECRET}")) as url:
        keys = {"SENDCLOUD_PUBLIC_KEY": "me", "SENDCLOUD_SECRET_KEY": SECRET}
        if oauth:
            token = url.replace("/api/v3", "/oauth2/token/")
            keys = {"SENDCLOUD_CLIENT_ID": "me", "SENDCLOUD_CLIENT_SECRET": SECRET, "SENDCLOUD_TOKEN_URL": token}
        environment = {"HOME": str(tmp_path), "SENDCLOUD_ORDERS_DATA": str(data), **keys}
        with Terminal([*PROGRAM, "--url", url], environment=environment) as terminal:
            terminal.wait("all read")
            terminal.press("T")
            terminal.wait("/integrations")
            shown = terminal.text
            terminal.kill()
    assert SECRET not in shown
    assert data.stat().st_mode & 0o777 == 0o700
    for name in ("orders.sqlite3", "locks"):
        assert f"`{name}`" in TEXT
        assert (data / name).stat().st_mode & 0o077 == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        written = path.read_bytes()
        assert SECRET.encode() not in written, path
        assert b"Bearer " not in written, path
        assert b"Basic " not in written, path


def test_the_figures_are_those_of_the_recorded_run() -> None:
    assert readme_parts.block("figures") == readme_parts.figure_table()

"""The commands as real processes: killed, interrupted, with closed output, on a terminal; and run again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pseudo_terminal import ROOT, Terminal
from shell import orders, remote_order_ids
from watched_service import Service

Begin = Callable[..., "subprocess.Popen[str]"]
KILLS = int(os.environ.get("SENDCLOUD_KILLS", "4"))
UNLIMITED = ROOT / "tests" / "unlimited_program.py"
RUNS = 4
"""How many times one submission is killed before it may complete."""


@pytest.fixture
def begin(service: Service, tmp_path: Path) -> Begin:
    """Starts `submit` with one data folder; `stdout` is where standard output goes."""

    def begin(
        path: Path, *options: str, patience: str = "10", stdout: Any = subprocess.PIPE
    ) -> "subprocess.Popen[str]":
        command = [sys.executable, str(UNLIMITED), "submit", str(path), "--url", service.url, "--patience", patience]
        return subprocess.Popen(
            [*command, *options], env=environment(tmp_path), stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )  # fmt: skip

    return begin


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "VIRTUAL_ENV")}
    keys = {"SENDCLOUD_PUBLIC_KEY": "demo", "SENDCLOUD_SECRET_KEY": "demo"}
    return {**kept, **keys, "HOME": str(folder), "PYTHONPATH": str(ROOT), "SENDCLOUD_ORDERS_DATA": str(folder / "data")}


def wait_for_line(process: "subprocess.Popen[str]", text: str) -> None:
    """Read the process's output until it contains this text."""
    assert process.stderr is not None
    assert any(text in line for line in iter(process.stderr.readline, ""))


def write(folder: Path, count: int, prefix: str = "H") -> Path:
    path = folder / f"{prefix}.json"
    path.write_text(json.dumps(orders(count, prefix)))
    return path


def outcomes(out: str) -> list[tuple[str, str]]:
    return [(line["order_id"], line["outcome"]) for line in map(json.loads, out.splitlines())]


def verified(count: int, prefix: str = "H") -> list[tuple[str, str]]:
    return [(f"{prefix}-{n}", "verified") for n in range(count)]


@pytest.mark.parametrize("run", range(-(-KILLS // RUNS)))
def test_killed_at_any_moment_it_resumes_without_duplicates(
    service: Service, begin: Begin, tmp_path: Path, run: int
) -> None:
    """SIGKILL while it reads, stages, sends and verifies. More runs: SENDCLOUD_KILLS=100 pytest … -k killed."""
    random = Random(f"kill {run}")
    count = 101
    path = write(tmp_path, count)
    service.set_faults(latency=40)
    started = time.monotonic()
    ended = False
    for _ in range(RUNS):
        process = begin(path)
        # The start takes longest; the later phases must be hit, too.
        moment = random.uniform(0.2, 3.0)
        try:
            process.wait(moment)
            ended = True
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
    service.set_faults()
    process = begin(path)
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, (error, time.monotonic() - started, ended)
    assert outcomes(out) == verified(count)
    names = [f"H-{n}" for n in range(count)]
    service.until(lambda: len(remote_order_ids(service, names)) >= count)
    assert remote_order_ids(service, names) == sorted(names)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_sigterm_stops_between_requests_and_reports_every_order(
    service: Service, begin: Begin, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    path = write(tmp_path, 101)
    service.watched.held_method = "POST"
    process = begin(path)
    service.watched.wait("POST", timeout=60)
    process.send_signal(number)
    wait_for_line(process, "Stopping. A write is in flight")
    assert process.poll() is None, "the open request is awaited"
    service.watched.held_method = None
    out, error = process.communicate(timeout=30)
    assert process.returncode == code, error
    assert "Traceback" not in error
    outcomes_by_order = outcomes(out)
    assert [name for name, _ in outcomes_by_order] == [f"H-{n}" for n in range(101)]
    assert {end for _, end in outcomes_by_order[:100]} <= {"unknown", "verified"}
    assert {end for _, end in outcomes_by_order[100:]} == {"held"}
    assert len(service.writes()) == 1
    process = begin(path)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, outcomes(out)) == (0, verified(101)), error
    assert len(service.writes()) == 2


def test_a_signal_stops_a_read_at_once(service: Service, begin: Begin, tmp_path: Path) -> None:
    service.watched.held_method = "GET"
    process = begin(write(tmp_path, 3))
    service.watched.wait("GET")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=5)
    assert process.returncode == 130, error
    assert "Stopping. No write is in flight." in error
    assert "Traceback" not in error
    assert service.writes() == []
    service.watched.held_method = None


def test_a_signal_stops_the_lookup_of_a_submission_at_once(service: Service, begin: Begin, tmp_path: Path) -> None:
    process = begin(write(tmp_path, 3))
    process.communicate(timeout=60)
    writes = len(service.writes())
    service.watched.held_method = "GET"
    held = len([method for method, _ in service.watched.requests if method == "GET"])
    process = begin(write(tmp_path, 2, "I"))  # the account is known now, so the run itself reads
    service.watched.wait("GET", held + 1)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=5)
    assert process.returncode == 130, error
    assert outcomes(out) == [("I-0", "held"), ("I-1", "held")]
    assert len(service.writes()) == writes
    service.watched.held_method = None


def test_a_signal_stops_the_reading_of_a_list_at_once(service: Service, tmp_path: Path) -> None:
    service.watched.held_method = "GET"
    command = [sys.executable, "-m", "tui", "list", "--url", service.url]
    process = subprocess.Popen(command, env=environment(tmp_path), stdout=-1, stderr=-1, text=True, cwd=tmp_path)
    service.watched.wait("GET")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=5)
    assert (process.returncode, "Traceback" in error) == (130, False), error
    service.watched.held_method = None


def test_second_signal_exits_at_once(service: Service, begin: Begin, tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    service.watched.held_method = "POST"
    process = begin(path)
    service.watched.wait("POST")
    process.send_signal(signal.SIGTERM)
    wait_for_line(process, "Stopping")
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=5)
    assert (process.returncode, "Traceback" in error) == (143, False), error
    service.watched.held_method = None
    process = begin(path)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, outcomes(out)) == (0, verified(3)), error
    assert len(service.writes()) == 1


def test_closed_output_prints_no_traceback(service: Service, begin: Begin, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = begin(write(tmp_path, 2), stdout=writing)
    os.close(writing)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    assert "Traceback" not in error
    assert "Broken" not in error
    assert len(service.writes()) == 1


def test_progress_on_a_pipe_is_at_most_one_line_per_second(service: Service, begin: Begin, tmp_path: Path) -> None:
    service.set_faults(latency=60)
    started = time.monotonic()
    process = begin(write(tmp_path, 40))
    _, error = process.communicate(timeout=60)
    lines = error.splitlines()
    assert "\r" not in error
    assert "\x1b" not in error
    assert len(lines) - 1 <= time.monotonic() - started + 1
    assert lines[-1] == "sendcloud-orders: 40 orders: 40 verified; 1 write request."


def test_progress_on_a_terminal_is_one_line_without_questions(service: Service, tmp_path: Path) -> None:
    path = write(tmp_path, 2)
    command = [sys.executable, "-m", "tui", "submit", str(path), "--url", service.url]
    with Terminal(command, environment=environment(tmp_path), size=(200, 24)) as terminal:
        terminal.wait("2 orders: 2 verified; 1 write request.")
        assert terminal.ended() == 0
        shown = terminal.text
    assert "looking up" not in shown

"""Edge cases of `check` and `submit`: closed streams, long names, ids in the file, and batches of other processes."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from shell import Shell, orders

from tui.store.batches import NewStaged
from tui.store.store import Store

ROOT = Path(__file__).parents[1]


def run_isolated(
    account: Shell, *arguments: str, before: Callable[[], object], **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a separate process, after calling `before` in it."""
    assert account.service is not None
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SENDCLOUD_")}
    environment |= {"SENDCLOUD_PUBLIC_KEY": "demo", "SENDCLOUD_SECRET_KEY": "demo"}
    environment |= {"SENDCLOUD_ORDERS_DATA": str(account.folder / "data")}
    environment |= variables
    command = [sys.executable, "-m", "tui", arguments[0], "--url", account.service.url, *arguments[1:]]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, timeout=60, preexec_fn=before, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("closed", [1, 2], ids=["output", "error"])
def test_closed_streams(account: Shell, closed: int) -> None:
    path = account.write("a.json", [{**order, "shipping_details": {}} for order in orders(2)])
    for command in ("submit", "check"):
        done = run_isolated(account, command, path, before=lambda: os.close(closed))
        assert done.returncode == 0, done
        assert b"Traceback" not in done.stderr
        assert len(done.stdout.splitlines()) == (2 if closed == 2 else 0)
    assert account.remote_ids("H-0", "H-1") == ["H-0", "H-1"]


def test_a_full_disk_behind_the_output(account: Shell) -> None:
    path = account.write("a.json", orders(2))
    done = run_isolated(account, "submit", path, before=lambda: os.dup2(os.open("/dev/full", os.O_WRONLY), 1))
    assert done.returncode == 3, done
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr
    again = account.submit(path)
    assert (again.code, account.writes()) == (0, 1)


@pytest.mark.parametrize("descriptors", [8, 10, 11, 12, 20])
def test_too_few_file_descriptors(account: Shell, descriptors: int) -> None:
    path = account.write("a.json", orders(2))
    few = (descriptors, descriptors)
    # Without a descriptor for a connection, orders would be verified for four minutes.
    command = ("submit", "--retry-for", "10", path)
    done = run_isolated(account, *command, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few))
    assert b"Traceback" not in done.stderr, done
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["order_id"] for line in lines] == ["H-0", "H-1"], done
    assert (done.returncode == 0) is all(line["outcome"] == "verified" for line in lines)
    assert account.submit(path).code == 0


@pytest.mark.parametrize("name", [f"{'long ' * 20}a.json", "two  spaces.json", "line\nline.json"])
def test_any_file_name_makes_a_batch_that_is_found_again(account: Shell, name: str) -> None:
    path = account.write(name, orders(1))
    for _ in range(2):
        ended = account.submit(path)
        assert (ended.code, ended.outcomes) == (0, {"H-0": "verified"}), ended
    assert account.writes() == 1
    store = Store(account.folder / "data")
    try:
        names = [batch.name for number in store.accounts() for batch in store.batches.all(number)]
        assert len([name for name in names if name.startswith("submit ")]) == 1
    finally:
        store.close()


@pytest.mark.parametrize("batch", ["", "   ", "x" * 61])
def test_an_invalid_batch_name_is_a_usage_error(account: Shell, batch: str) -> None:
    ended = account.submit(account.write("a.json", orders(1)), "--batch", batch)
    assert (ended.code, ended.out, ended.error.count("\n")) == (2, "", 1), ended
    assert "batch" in ended.error


def test_an_order_with_an_id_is_updated(account: Shell) -> None:
    order_id = account.submit(account.write("a.json", orders(1))).lines[0]["id"]
    changed = [{**order, "id": order_id} for order in orders(1, shipping_address__city="Nijmegen")]
    path = account.write("b.json", changed)
    assert account.submit(path, "--dry-run").outcomes == {"H-0": "would-update"}
    ended = account.submit(path)
    assert (ended.code, ended.outcomes, account.writes()) == (0, {"H-0": "verified"}, 2), ended
    assert account.service is not None
    assert account.service.order(order_id)["shipping_address"]["city"] == "Nijmegen"


def test_the_id_of_another_order_is_not_reported_as_verified(account: Shell) -> None:
    order_id = account.submit(account.write("a.json", orders(1))).lines[0]["id"]
    ended = account.submit(account.write("b.json", [{**orders(1, "NEW")[0], "id": order_id}]))
    assert (ended.code, ended.outcomes) == (1, {"NEW-0": "refused"}), ended


def test_an_unknown_id_is_an_error_before_sending(account: Shell) -> None:
    path = account.write("a.json", [{**orders(1)[0], "id": "999999999"}])
    line = account.run("check", "--json", path).lines[0]
    assert (line["pointer"], line["severity"]) == ("/id", "error")
    for options in (["--dry-run"], []):
        ended = account.submit(path, *options)
        assert (ended.code, ended.outcomes) == (1, {"H-0": "held"}), ended
        assert ended.lines[0]["problems"][0]["pointer"] == "/id"
    assert account.writes() == 0


def test_ids_are_reported_as_in_the_file_and_stripped_for_lookup(account: Shell) -> None:
    ended = account.submit(
        account.write("a.json", [*orders(1, order_id=" S "), *orders(1, order_id="S")]), "--only-good"
    )
    assert [line["order_id"] for line in ended.lines] == [" S ", "S"]
    assert [line["outcome"] for line in ended.lines] == ["verified", "held"]
    assert ended.lines[1]["problems"][0]["pointer"] == "/order_id"


@pytest.mark.parametrize("lines", [False, True])
def test_duplicate_json_names_are_an_error(shell: Shell, lines: bool) -> None:
    twice = json.dumps(orders(1)[0]).replace('"order_number": ', '"order_number": "other", "order_number": ')
    good = json.dumps(orders(1, "G")[0])
    ended = shell.run("check", shell.write("a.json", f"{good}\n{twice}\n" if lines else f"[{good}, {twice}]"))
    assert ended.code == 1
    assert "'order_number' appears twice" in (ended.out if lines else ended.error)


def test_a_batch_of_another_copy_gives_no_results_for_unsent_content(account: Shell) -> None:
    assert account.submit(account.write("a.json", orders(2)), "--batch", "mine").code == 0
    other = Store(account.folder / "data")
    try:
        (batch,) = (found for number in other.accounts() for found in other.batches.all(number) if found.name == "mine")
        assert other.batches.claim(batch.id)
        other.batches.stage(batch.id, [NewStaged({})])
        changed = [*orders(1, shipping_address__city="Nijmegen"), *orders(2)[1:]]
        ended = account.submit(account.write("a.json", changed), "--batch", "mine")
        assert (ended.code, ended.outcomes) == (3, {"H-0": "held", "H-1": "verified"}), ended
        assert f"process {os.getpid()}" in ended.lines[0]["problems"][-1]["detail"]
    finally:
        other.close()


def test_retried_requests_are_counted(account: Shell) -> None:
    assert account.service is not None
    rule = {"fault": "dropped", "times": 1, "method": "POST", "path": "/orders"}
    account.service.set_faults(rules=[rule])
    ended = account.submit(account.write("a.json", orders(1)), patience="1")
    assert (ended.code, account.writes()) == (0, 2), ended
    assert "2 write requests" in ended.error


def test_special_files_are_an_error(shell: Shell) -> None:
    ended = shell.run("check", "/dev/null")
    assert (ended.code, ended.error) == (2, "sendcloud-orders: /dev/null is not a regular file.\n")


@pytest.mark.parametrize("zone", ["CET-1CEST,M3.5.0,M10.5.0/3", "Nowhere/Bogus", ""])
def test_any_time_zone(account: Shell, zone: str) -> None:
    path = account.write("a.json", orders(1))
    done = run_isolated(account, "submit", path, before=lambda: None, TZ=zone)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1), done


BEYOND_DECIMAL = "1.5e99999999999999999999"


def test_a_number_that_no_decimal_represents_goes_from_the_file_to_the_service_and_back(account: Shell) -> None:
    first, second = (json.dumps(order) for order in orders(2))
    content = f"[{first.replace('14.5', BEYOND_DECIMAL)},{second}]"
    file = account.write("orders.json", content)
    assert account.run("check", "--json", file).code in (0, 1)
    ended = account.submit(file)
    assert ended.outcomes == {"H-0": "verified", "H-1": "verified"}
    shown = account.run("show", "N-H-0")
    assert (shown.code, BEYOND_DECIMAL in shown.out) == (0, True)
    listed = account.run("list", "--json", "--raw", "number:N-H-0")
    assert BEYOND_DECIMAL in listed.out
    assert "N-H-1" in account.run("list", "--csv", "total:>1").out

"""`check` and `submit`: realistic files, the output for each order, and exit codes."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Self

import pytest
from sandbox_harness import order
from shell import SHOP, CommandResult, Shell, environment, orders

from tui.api.pointer import Pointer
from tui.cli import main
from tui.headless import ReadingProgress
from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.mapping import ColumnMapping
from tui.sandbox.writing import post_error
from tui.store.batches import NewStaged
from tui.store.store import Store

ROOT = Path(__file__).parents[1]
BAD = "order_details__order_items__0__quantity"

CSV = """Order number;Integration;Status;Name;Address;House number;Postal code;City;Country;Item name;Quantity;Line total;Total
1067;7;open;Anna;Hauptstr.;5;10115;Berlin;DE;Candle;2;7,00;7,00
1068;7;open;Jan;Damrak;1;1012LG;Amsterdam;NL;Candle;zwei;7,00;7,00
"""


def problems(ended: CommandResult) -> list[tuple[str | None, str]]:
    """Return the order and the pointer of each problem that keeps an order from being sent."""
    return [(line["order_id"], line["pointer"]) for line in ended.lines if line["blocks"] == "send"]


# check


class FakeStderr(io.StringIO):
    """A standard error stream that may be a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_reading_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    screen, clock = FakeStderr(is_terminal), [0.0]
    monkeypatch.setattr(sys, "stderr", screen)
    wait = ReadingProgress(lambda: clock[0])
    show = wait.listener("reading rows,")
    for seconds, done in ((0.9, 500), (1.0, 1000), (1.05, 1500), (1.2, 2000)):
        clock[0] = seconds
        show(Progress(done, 10_000))
    wait.end()
    shown = "\r\x1b[Kreading rows, 1,000 of 10,000\r\x1b[Kreading rows, 2,000 of 10,000\r\x1b[K"
    assert screen.getvalue() == (shown if is_terminal else "")
    wait.end()
    assert screen.getvalue() == (shown if is_terminal else "")


def test_progress_of_reading_and_checking(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: dict[str, list[tuple[int, int]]] = {}

    def listener(_: ReadingProgress, task: str) -> OnProgress:
        return lambda now: calls.setdefault(task, []).append((now.done, now.total))

    monkeypatch.setattr(ReadingProgress, "listener", listener)
    path = shell.write(
        "long.csv", CSV + "".join(f"{n};7;open;Anna;Damrak;1;1012LG;A;NL;C;1;7,00;7,00\n" for n in range(600))
    )
    assert shell.run("check", path).code == 1
    assert calls["reading rows,"][-1] == (602, 602)
    assert calls["checking orders,"] == [(done, 602) for done in (0, 200, 400, 600)]


@pytest.mark.parametrize(
    ("name", "content", "code", "found"),
    [
        ("good.json", orders(2), 0, []),
        ("one.json", orders(1)[0], 0, []),
        ("data.json", {"data": orders(1)}, 0, []),
        ("lines.jsonl", "".join(json.dumps(order) + "\n" for order in orders(2)), 0, []),
        ("bad.json", orders(1, **{BAD: 0}), 1, [("H-0", "/order_details/order_items/0/quantity")]),
        ("twice.json", [*orders(1), *orders(1)], 1, [("H-0", "/order_id")]),
        ("null.json", [*orders(1), None, *orders(1, "I")], 1, [(None, "")]),
        ("no-shop.json", [order(order_details__integration={})], 1, [("555413", "/order_details/integration/id")]),
        ("rows.csv", CSV, 1, [("1068", "/order_details/order_items/0/quantity")]),
        ("rows.tsv", CSV.replace(";", "\t"), 1, [("1068", "/order_details/order_items/0/quantity")]),
        ("latin.csv", CSV.replace("Anna", "Bäcker").encode("cp1252"), 1, [("1068", "/order_details/order_items/0/quantity")]),
        ("bom.csv", CSV.encode("utf-16"), 1, [("1068", "/order_details/order_items/0/quantity")]),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[:12] else "",
)  # fmt: skip
def test_check_finds_the_problem_and_its_order(
    shell: Shell, name: str, content: Any, code: int, found: list[tuple[str | None, str]]
) -> None:
    ended = shell.run("check", "--json", shell.write(name, content))
    assert (ended.code, problems(ended)) == (code, found), ended


@pytest.mark.parametrize(
    ("name", "content", "code", "text"),
    [
        ("empty.csv", "", 1, "empty"),
        ("blank.json", "  \n", 1, "empty"),
        ("broken.json", '[{"order_id": ', 1, "JSON"),
        ("prose.txt", "Dear colleagues,\nplease send these.\n", 1, ""),
        (".", None, 2, "directory"),
        ("absent.json", None, 2, "no file"),
    ],
)
@pytest.mark.parametrize("command", ["check", "submit"])
def test_files_without_orders(shell: Shell, command: str, name: str, content: str | None, code: int, text: str) -> None:
    path = shell.write(name, content) if content is not None else str(shell.folder / name)
    ended = shell.run(command, *(["--demo"] if command == "submit" else []), path)
    assert (ended.code, ended.out) == (code, "")
    assert text in ended.error
    assert ended.error.count("\n") == 1


def test_text_output_names_the_cell(shell: Shell) -> None:
    path = shell.write("rows.csv", CSV)
    lines = shell.run("check", path).out.splitlines()
    assert f"{path}:3:Quantity 1068 Items 1, quantity: 'zwei' cannot be read: a whole number is needed." in lines
    assert all(line.startswith(f"{path}:") for line in lines)
    (line,) = [line for line in shell.run("check", "--json", path).lines if line["blocks"] == "send"]
    assert (line["order"], line["row"], line["column"]) == (1, 3, "Quantity")


def test_guessed_encoding_is_printed_and_can_be_confirmed_or_named(shell: Shell) -> None:
    path = shell.write("mac.csv", CSV.replace("zwei", "2").replace("Anna", "Jürg").encode("mac_roman"))
    ended = shell.run("check", path)
    assert ended.code == 1
    assert f"{path}: It was read as Mac Roman." in ended.error
    assert (
        f'{path}:2:Name 1067 Ship to, name: The letters of the file were read as Mac Roman, for example "Jürg".'
        in ended.out
    )
    assert shell.run("check", "--accept", "encoding", path).code == 0
    named = shell.run("check", "--encoding", "mac-roman", path)
    assert (named.code, "It was read as Mac Roman." in named.error) == (0, True)


def test_problems_that_do_not_hold_an_order_are_a_success(shell: Shell) -> None:
    path = shell.write("a.json", [{**orders(1)[0], "shipping_details": {}}])
    ended = shell.run("check", "--json", path)
    assert ended.code == 0
    assert {(line["severity"], line["blocks"]) for line in ended.lines} == {("error", "ship")}
    text = shell.run("check", path)
    assert "cannot ship yet: The parcel has no weight with a unit, and not every item has one." in text.out
    assert "0 with errors, 1 that cannot ship yet, 0 with warnings only." in text.error


def test_a_shop_sets_what_is_checked(shell: Shell) -> None:
    path = shell.write("a.json", [{**orders(1)[0], "shipping_details": {}}])
    shell.write("settings.toml", '[shops.7]\nchecks.no_weight = "warning"\n')
    assert [(line["code"], line["blocks"]) for line in shell.run("check", "--json", path).lines] == [
        ("no_weight", "nothing")
    ]
    shell.write("settings.toml", '[shops.7]\nchecks.no_weight = "off"\n')
    assert shell.run("check", "--json", path).lines == []
    shell.write("settings.toml", "[shops.7]\nchecks.no_weight = 1\n")
    ended = shell.run("check", "--json", path)
    assert (ended.code, ended.lines) == (2, [])
    assert "line 2: no_weight = 1" in ended.error


def test_positions_count_all_entries(shell: Shell) -> None:
    path = shell.write("a.json", [None, *orders(1), 5, *orders(1, "I", **{BAD: 0})])
    lines = [line for line in shell.run("check", "--json", path).lines if line["blocks"] == "send"]
    assert [line["order"] for line in lines] == [0, 2, 3]


def test_untrusted_text_cannot_affect_the_terminal(shell: Shell) -> None:
    path = shell.write("a.json", orders(1, "evil\x1b[2J\u202e\ud800", **{BAD: 0}))
    assert "\x1b" not in (ended := shell.run("check", "--json", path)).out
    assert ended.lines[0]["order_id"].startswith("evil\x1b[2J\u202e\ud800")
    output = shell.run("check", path).out
    assert "evil" in output
    assert not {"\x1b", "\u202e"} & {*output}


def test_shop_applies_to_orders_without_one(shell: Shell) -> None:
    path = shell.write("a.json", [order(order_details__integration={}), *orders(1)])
    ended = shell.run("check", "--json", "--shop", "7", path)
    assert (ended.code, problems(ended)) == (0, [])


def test_check_without_an_account_uses_no_network_and_no_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(orders(1)))
    script = (
        f"import sys; sys.argv[1:] = ['check', {str(path)!r}]\n"
        "from tui.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, *sorted(sys.modules))"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SENDCLOUD_")}
    environment |= {"HOME": str(tmp_path), "SENDCLOUD_ORDERS_DATA": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    code, *names = done.stdout.splitlines()[-1].split()
    assert code == "0", done
    assert not {"httpx", "sqlite3", "textual", "starlette", "tui.store.store", "tui.api.client"} & set(names)
    assert not (tmp_path / "data").exists()


def test_check_with_an_account_knows_shops_and_existing_orders(account: Shell) -> None:
    assert account.submit(account.write("first.json", orders(1))).code == 0
    changed, same = orders(1, shipping_address__city="Nijmegen"), orders(1, "I")
    foreign = order(order_id="F", order_details__integration__id=99)
    ended = account.run("check", "--json", account.write("a.json", [*changed, *same, foreign]))
    assert ended.code == 1
    assert problems(ended) == [("F", "/order_details/integration/id")]
    (update,) = [line for line in ended.lines if "updates an existing order" in line["detail"]]
    assert update["order_id"] == "H-0"
    assert "city" in update["detail"]
    assert "1 new, 1 to update, 0 unchanged" in ended.error


# submit


def test_a_second_run_reports_the_same_without_a_request(account: Shell) -> None:
    path = account.write("a.json", orders(3))
    first = account.submit(path)
    assert (first.code, first.outcomes) == (0, {"H-0": "verified", "H-1": "verified", "H-2": "verified"})
    assert account.writes() == 1
    again = account.submit(path)
    assert (again.code, again.lines) == (0, first.lines)
    assert account.writes() == 1
    assert account.remote_ids("H-0", "H-1", "H-2") == ["H-0", "H-1", "H-2"]
    assert {line["integration"] for line in first.lines} == {SHOP}
    assert all(str(line["id"]).isdigit() for line in first.lines)
    assert set(first.lines[0]) == {"order_id", "integration", "id", "outcome", "problems"}


def test_a_local_error_prevents_sending_without_only_good(account: Shell) -> None:
    path = account.write("a.json", [*orders(2), *orders(1, "BAD", **{BAD: 0}), None])
    ended = account.submit(path)
    assert (ended.code, account.writes()) == (1, 0)
    assert account.service is not None
    assert not [path for _, path in account.service.watched.requests if "orders" in path], "no lookup is needed"
    assert [line["outcome"] for line in ended.lines] == ["held"] * 4
    assert "--only-good" in ended.lines[0]["problems"][-1]["detail"]
    assert ended.lines[2]["problems"][0]["pointer"] == "/order_details/order_items/0/quantity"
    ended = account.submit(path, "--only-good")
    assert ended.code == 1
    assert [line["outcome"] for line in ended.lines] == ["verified", "verified", "held", "held"]


def test_changed_content_makes_a_new_version(account: Shell) -> None:
    assert account.submit(account.write("a.json", orders(2))).code == 0
    changed = [*orders(1, shipping_address__city="Nijmegen"), *orders(2)[1:]]
    ended = account.submit(account.write("a.json", changed))
    assert (ended.code, set(ended.outcomes.values())) == (0, {"verified"})
    assert account.service is not None
    assert account.service.order(ended.lines[0]["id"])["shipping_address"]["city"] == "Nijmegen"
    assert account.remote_ids("H-0", "H-1") == ["H-0", "H-1"]
    assert account.writes() == 2


def test_updates_hold(account: Shell) -> None:
    assert account.submit(account.write("a.json", orders(1))).code == 0
    path = account.write("b.json", [*orders(1, shipping_address__city="Nijmegen"), *orders(1, "NEW")])
    ended = account.submit(path, "--updates", "hold")
    assert (ended.code, ended.outcomes) == (1, {"H-0": "held", "NEW-0": "verified"})
    assert "city" in ended.lines[0]["problems"][-1]["detail"]
    assert account.submit(path).outcomes == {"H-0": "verified", "NEW-0": "verified"}


def test_a_dry_run_stores_nothing(account: Shell) -> None:
    assert account.submit(account.write("a.json", orders(2))).code == 0
    path = account.write("b.json", [*orders(1), *orders(2, order_number="X")[1:], *orders(1, "NEW")])
    before = account.writes()
    ended = account.submit(path, "--dry-run")
    assert (ended.code, ended.outcomes) == (0, {"H-0": "same", "H-1": "would-update", "NEW-0": "would-create"})
    assert account.writes() == before
    assert account.run("submit", "--read-only", "--dry-run", path).code == 0


def test_no_verify_ends_when_accepted(account: Shell) -> None:
    path = account.write("a.json", orders(1))
    ended = account.submit(path, "--no-verify")
    assert (ended.code, ended.outcomes) == (0, {"H-0": "accepted"})
    assert (account.submit(path).outcomes, account.writes()) == ({"H-0": "verified"}, 1)


def test_orders_that_a_refusal_does_not_name_are_resent(account: Shell) -> None:
    """The service refuses one order that passes the local checks, and then another one."""
    pointed = post_error(0, Pointer.of("order_number"), "This number is spoken for").items()

    def check_batch(batch: list[Any], odd: bool) -> list[Any]:
        for index, document in enumerate(batch):
            if document["order_id"] in ("H-1", "H-3"):
                pointer = f"/data/attributes/[{index}]/order_number"
                return [{**dict(pointed), "source": {"pointer": pointer}}]
        return []

    account.monkeypatch.setattr("tui.sandbox.writing.check_batch", check_batch)
    path = account.write("a.json", orders(5))
    ended = account.submit(path)
    assert (ended.code, account.writes()) == (1, 3), ended.error
    assert [line["outcome"] for line in ended.lines] == ["verified", "refused", "verified", "refused", "verified"]
    (problem,) = [line for line in ended.lines[1]["problems"] if line["blocks"] == "send"]
    assert problem == {
        "pointer": "/order_number",
        "code": "invalid",
        "severity": "error",
        "blocks": "send",
        "detail": "This number is spoken for",
        "from": "service",
    }
    account.monkeypatch.undo()
    # The refused orders are sent once more, since nothing was written and the local checks pass.
    assert set(account.submit(path).outcomes.values()) == {"verified"}


def test_a_refusal_without_an_order_is_bisected(account: Shell) -> None:
    def check_batch(batch: list[Any], odd: bool) -> list[Any]:
        wrong = any(order["order_id"] == "H-2" for order in batch)
        return [{"status": "400", "code": "invalid", "detail": "One of these will not do"}] if wrong else []

    account.monkeypatch.setattr("tui.sandbox.writing.check_batch", check_batch)
    ended = account.submit(account.write("a.json", orders(5)))
    account.monkeypatch.undo()
    assert (ended.code, [line["outcome"] for line in ended.lines].count("verified")) == (1, 4)
    assert ended.outcomes["H-2"] == "refused"
    assert "will not do" in str(ended.lines[2]["problems"])


def test_an_unknown_shop_does_not_block_other_orders(account: Shell) -> None:
    path = account.write("a.json", [*orders(1), order(order_id="F", order_details__integration__id=99)])
    assert account.submit(path, "--dry-run").outcomes == {"H-0": "would-create", "F": "held"}
    ended = account.submit(path, "--only-good")
    assert (ended.code, ended.outcomes) == (1, {"H-0": "verified", "F": "held"})


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        ({"rules": [{"fault": "lost", "times": 1, "method": "POST"}]}, "verified", 0),
        ({"rules": [{"fault": "dropped", "times": 1, "method": "POST"}]}, "verified", 0),
        ({"rules": [{"fault": "busy", "times": 2}]}, "verified", 0),
        ({"rules": [{"fault": "error_after", "times": 1, "method": "POST"}]}, "verified", 0),
        ({"settle": 600}, "missing", 1),
        ({"rules": [{"fault": "dropped", "method": "POST"}]}, "unknown", 4),
    ],
    ids=str,
)  # fmt: skip
def test_outcomes_of_faults(account: Shell, fault: dict[str, Any], outcome: str, code: int) -> None:
    assert account.service is not None
    account.service.set_faults(**fault)
    ended = account.submit(account.write("a.json", orders(1)), patience="2")
    assert (ended.outcomes, ended.code) == ({"H-0": outcome}, code), ended
    account.service.set_faults()
    again = account.submit(account.write("a.json", orders(1)))
    if outcome != "missing":
        assert again.outcomes == {"H-0": "verified"}
        assert account.remote_ids("H-0") == ["H-0"]


@pytest.mark.parametrize(
    ("given", "text"),
    [({"keys": "demo:wrong-s3cret"}, "credentials"), ({"url": "http://127.0.0.1:9/api/v3"}, "127.0.0.1")],
    ids=["credentials", "nobody there"],
)
def test_an_unreachable_service_gives_one_line_per_order(account: Shell, given: dict[str, str], text: str) -> None:
    path = account.write("a.json", orders(2))
    for options in ([], ["--dry-run"]):
        ended = account.submit(path, *options, patience="1", **given)
        assert (ended.code, ended.outcomes) == (3, {"H-0": "held", "H-1": "held"})
        assert text in ended.error
        assert "s3cret" not in ended.error + ended.out
    assert account.submit(path).code == 0


def test_a_batch_of_another_running_copy(account: Shell) -> None:
    path = account.write("a.json", orders(1))
    assert account.submit(path, "--batch", "mine").code == 0
    with_more = account.write("a.json", orders(2))
    other = Store(account.folder / "data")
    try:
        number = other.account_id(str(account.service.url if account.service else ""), "1")
        batches = [batch for n in range(1, number + 1) for batch in other.batches.all(n) if batch.name == "mine"]
        (batch,) = batches
        assert other.batches.claim(batch.id)
        other.batches.stage(batch.id, [NewStaged({})])
        ended = account.submit(with_more, "--batch", "mine")
        assert (ended.code, ended.outcomes) == (3, {"H-0": "verified", "H-1": "held"})
        assert f"process {os.getpid()}" in ended.error
        assert account.writes() == 1
    finally:
        other.close()
    assert account.submit(with_more, "--batch", "mine").outcomes == {"H-0": "verified", "H-1": "verified"}


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["submit", "a.json"], "SENDCLOUD_PUBLIC_KEY"),
        (["submit", "--demo", "--read-only", "a.json"], "--read-only"),
        (["submit", "--demo"], "FILE"),
        (["check"], "FILE"),
        (["check", "--shop", "mine", "a.json"], "mine"),
        (["check", "--encoding", "klingon", "a.json"], "'klingon' is not a known encoding"),
        (["submit", "--demo", "--patience", "0", "a.json"], "seconds"),
        (["submit", "--demo", "--retry-for", "0", "a.json"], "seconds"),
        (["submit", "--demo", "--updates", "maybe", "a.json"], "maybe"),
        (["submit", "--demo", "--url", "https://other.example", "a.json"], "--demo"),
    ],
    ids=" ".join,
)
def test_usage_errors_are_one_sentence(shell: Shell, arguments: list[str], text: str) -> None:
    ended = shell.run(*arguments)
    assert (ended.code, ended.out, ended.error.count("\n")) == (2, "", 1)
    assert text in ended.error
    assert not (shell.folder / "data").exists()


def test_check_names_a_missing_half_of_a_key_pair(shell: Shell) -> None:
    with environment(SENDCLOUD_PUBLIC_KEY="x"), pytest.raises(SystemExit) as ended:
        main(["check", "a.json"])
    assert ended.value.code == 2
    assert b"SENDCLOUD_SECRET_KEY" in shell.capture.readouterr().err


def test_help_describes_updates_and_exit_codes(shell: Shell) -> None:
    text = " ".join(shell.run("submit", "--help").out.split())
    for word in (
        "--updates",
        "(default: send",
        "--only-good",
        "--dry-run",
        "--retry-for",
        "--patience",
        "--batch",
        "exit codes",
        "143",
    ):
        assert word in text
    for word in ("check FILE", "submit FILE"):
        assert word in shell.run("--help").out


def test_a_file_without_dates_does_not_change_dates(account: Shell) -> None:
    class FrozenTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2026, 11, 29, 12, 0, 30, tzinfo=tz)

    account.monkeypatch.setattr("tui.headless.datetime", FrozenTime)
    path = account.write("rows.csv", "\n".join(CSV.splitlines()[:2]) + "\n")
    first = account.submit(path)
    assert first.outcomes == {"1067": "verified"}, first
    assert (account.submit(path).lines, account.writes()) == (first.lines, 1)
    assert account.submit(path, "--batch", "another").outcomes == {"1067": "verified"}
    assert account.writes() == 1


def test_demo_account(shell: Shell) -> None:
    ended = shell.submit(shell.write("a.json", orders(2)), "--demo")
    assert (ended.code, set(ended.outcomes.values())) == (0, {"verified"}), ended


def test_sixty_orders_with_thirty_percent_faults(account: Shell) -> None:
    """More runs: SENDCLOUD_FAULTY=500 pytest tests/test_headless.py -k faults."""
    count = int(os.environ.get("SENDCLOUD_FAULTY", "60"))
    path = account.write("many.json", orders(count))
    names = [f"H-{n}" for n in range(count)]
    assert account.service is not None
    share = 0.3 / 5
    account.service.set_faults(**dict.fromkeys(["lost", "dropped", "error", "html_after", "rate_limited"], share), retry_after="none")  # fmt: skip
    for _ in range(5):
        ended = account.submit(path, patience="10")
        assert [line["order_id"] for line in ended.lines] == names
        assert set(ended.outcomes.values()) <= {"verified", "unknown", "missing", "held"}
        if ended.code == 0:
            break
    account.service.set_faults()
    ended = account.submit(path, patience="10")
    assert (ended.code, set(ended.outcomes.values())) == (0, {"verified"}), ended.error
    assert account.remote_ids(*names) == sorted(names)


def test_a_saved_mapping(account: Shell) -> None:
    path = account.write("odd.csv", "Zahl;Was\n1067;Candle\n")
    ended = account.run("check", path)
    assert (ended.code, "Zahl" in ended.error) == (1, True)
    assert account.run("check", "--mapping", "ours", path).code == 2
    store = Store(account.folder / "data")
    item = ("order_details", "order_items", "*", "name")
    mapping = ColumnMapping(("Zahl", "Was"), (("order_number",), item), "ours")
    store.screen_states.put(store.account_id("https://x.example", "1"), "import.mapping:ours", mapping.to_json())
    store.close()
    ended = account.run("check", "--json", "--mapping", "ours", path)
    assert {line["order_id"] for line in ended.lines} == {"1067"}


def test_standard_input(account: Shell) -> None:
    data = json.dumps(orders(2)).encode()
    account.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert account.submit("-").outcomes == {"H-0": "verified", "H-1": "verified"}
    account.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert (account.submit("-").code, account.writes()) == (0, 1)


def test_a_held_guess_is_sent_when_it_is_accepted_in_a_later_run(account: Shell) -> None:
    path = account.write("weights.csv", "Order number;Integration;Name;Street;Zip;City;Country;Item;Quantity;Price;Product weight\n"
                         "W1;7;Rita;Weg 1;04109;Leipzig;DE;Cup;2;1,00;200\n")  # fmt: skip
    held = account.submit(path)
    assert [line["outcome"] for line in held.lines] == ["held"]
    (guess,) = [problem for problem in held.lines[0]["problems"] if problem["code"] == "confirm_unit"]
    assert guess["detail"].endswith(" To confirm: --accept unit.")
    assert account.writes() == 0
    sent = account.submit(path, "--accept", "unit")
    assert [line["outcome"] for line in sent.lines] == ["verified"], sent.error
    (info,) = [problem for problem in sent.lines[0]["problems"] if problem["code"] == "confirmed"]
    assert info["severity"] == "info"
    assert "Product weight" in info["detail"]


def test_an_order_that_is_not_to_be_shipped_is_sent_only_if_that_is_named(shell: Shell) -> None:
    path = shell.write("status.csv", "Order number;Name;Street;Zip;City;Country;Item;Line total;Status\n"
                       "1;Rita;Weg 1;04109;Leipzig;DE;Cup;7,00;Ready 4 pick\n"
                       "2;Otto;Weg 2;04109;Leipzig;DE;Cup;7,00;cancelled\n")  # fmt: skip
    for accepted, held in (
        ([], "12"),
        (["--accept", "status"], "2"),
        (["--accept", "all"], "2"),
        (["--accept", "cancelled"], "1"),
        (["--accept", "all, cancelled"], ""),
    ):
        ended = shell.run("check", "--shop", "7", "--json", *accepted, path)
        errors = [line["order_id"] for line in ended.lines if line["blocks"] == "send"]
        assert "".join(errors) == held, accepted
    assert "--accept cancelled" in shell.run("check", "--shop", "7", path).out


def test_values_that_are_not_in_the_file_are_counted_and_listed(shell: Shell) -> None:
    path = shell.write(
        "short.csv",
        "Order number;Name;Street;Zip;City;Country;Item;Line total\n1;Rita;Weg 1;04109;Leipzig;DE;Cup;7,00\n",
    )
    ended = shell.run("check", "--shop", "7", path)
    assert "Items, quantity: assumed (1)" in ended.error
    assert "quantity: info" not in ended.out
    assert "Items 1, quantity: info: 1 is assumed" in shell.run("check", "--shop", "7", "--verbose", path).out


def test_an_unknown_kind_of_guess_is_a_usage_error(shell: Shell) -> None:
    ended = shell.run("check", "--accept", "prices", shell.write("a.csv", CSV))
    assert ended.code == 2
    assert "'prices' is not a kind of guess" in ended.error

"""`list`, `show` and `count`: queries as arguments, output, exit codes, and what is read first."""

import csv
import io
import json

import pytest
from shell import Shell
from watched_service import serve_sandbox

from tui.sandbox.app import SandboxSettings
from tui.sandbox.shipments import kind_of


def test_every_order_is_a_line_of_json_with_its_problems(account: Shell) -> None:
    ended = account.run("list", "--json")
    assert ended.code == 0
    assert len(ended.lines) == 20
    keys = {"id", "order_id", "order_number", "integration", "state", "label", "problems", "read_at"}
    assert all(line.keys() == keys for line in ended.lines)
    assert {line["state"] for line in ended.lines} <= {"open", "finished", "unknown"}
    problems = [problem for line in ended.lines for problem in line["problems"]]
    assert problems
    assert all(problem.keys() >= {"code", "pointer", "severity", "blocks", "detail"} for problem in problems)
    assert {problem["blocks"] for problem in problems} <= {"send", "ship", "nothing"}
    assert "20 orders of 20" in ended.error


def test_arguments_that_are_no_options_are_the_query(account: Shell) -> None:
    everything = account.run("list", "--json", "--raw").lines
    addresses = [line["document"].get("shipping_address") or {} for line in everything]
    countries = [address.get("country_code") for address in addresses]
    # Codes only: `country:Nederland` is read as a name and finds orders of NL, too.
    country = next(code for code in countries if code and len(code) == 2)
    inside = account.run("list", "--json", "--cached", f"country:{country}")
    outside = account.run("list", f"-country:{country}", "--json", "--cached")
    with_dashes = account.run("list", "--json", "--cached", "--", f"-country:{country}")
    assert len(inside.lines) == countries.count(country)
    assert len(outside.lines) == len(countries) - countries.count(country)
    assert with_dashes.out == outside.out
    # The newest orders depend on the date; not each of them has a city.
    id, city = next(
        (line["id"], address["city"])
        for line, address in zip(everything, addresses, strict=True)
        if address.get("city")
    )
    assert id in {line["id"] for line in account.run("list", "--json", "--cached", f"city:{city}").lines}


def test_text_csv_limit_and_columns(account: Shell) -> None:
    text = account.run("list", "--limit", "3", "sort:number")
    header, *rows = text.out.splitlines()
    assert header.split()[:2] == ["order", "shop"]
    assert len(rows) == 3
    table = account.run("list", "--csv", "--columns", "number,city,quantity", "--cached")
    found = list(csv.reader(io.StringIO(table.out.removeprefix("\ufeff"))))
    assert found[0] == ["order", "city", "quantity"]
    assert len(found) == 21


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("list", "town:Gent"), "There is no field 'town'"),
        (("list", "--colums", "a"), "--colums is not an option"),
        (("list", "--columns", "number,colour"), "There is no column 'colour'"),
        (("list", "--json", "--csv"), "--json and --csv cannot be combined"),
        (("list", "--cached", "--refresh"), "--cached and --refresh cannot be combined"),
        (("count", "--by", "colour"), "Orders cannot be counted by 'colour'"),
        (("show",), "show needs the number or id of an order"),
    ],
)
def test_usage_errors(account: Shell, arguments: tuple[str, ...], sentence: str) -> None:
    ended = account.run(*arguments)
    assert ended.code == 2
    assert sentence in ended.error
    assert ended.out == ""


def test_no_order_found_is_exit_code_1(account: Shell) -> None:
    assert account.run("list", "zebrafinch", "--json").code == 1
    assert account.run("show", "zebrafinch").code == 1
    assert account.run("count", "zebrafinch").code == 1


def test_an_order_is_shown_by_number_and_by_id(account: Shell) -> None:
    first = account.run("list", "--json", "--limit", "1").lines[0]
    for name in (first["order_number"], first["id"], first["order_number"].lower()):
        shown = account.run("show", "--json", "--cached", name).lines
        assert first["id"] in {line["id"] for line in shown}
        assert shown[0]["document"]["order_number"] == first["order_number"]
        assert shown[0]["writes"] == []
    text = account.run("show", "--cached", first["id"]).out
    assert text.startswith(first["order_number"])
    assert json.loads(text[text.index("\n{") :])["id"] == first["id"]


def test_counts_by_facets(account: Shell) -> None:
    ended = account.run("count", "--by", "country,why", "--json")
    (counts,) = ended.lines
    assert counts["count"] == 20
    assert sum(counts["country"].values()) <= 20
    code, number = next(iter(counts["why"].items()))
    assert len(account.run("list", f"why:{code}", "--json", "--cached").lines) == number
    text = account.run("count", "--cached", "--by", "country").out
    assert text.splitlines()[0].split() == ["20", "orders"]


def test_the_cache_answers_while_the_service_is_gone(account: Shell) -> None:
    before = account.run("list", "--json").out
    assert account.service is not None
    url = account.service.url
    gone = account.run("list", "--json", url="http://127.0.0.1:9/api/v3")
    assert gone.code == 3
    assert gone.out == ""
    assert account.run("list", "--json", "--cached", url=url).out == before


def test_a_refused_key_is_exit_code_3(account: Shell) -> None:
    assert account.run("list", keys="demo:wrong").code == 3


def test_no_cache_leaves_no_orders_on_disk(account: Shell) -> None:
    assert account.run("list", "--no-cache", "--json").code == 0
    assert not list((account.folder / "data").glob("cache-*"))
    assert account.run("list", "--json").code == 0
    assert list((account.folder / "data").glob("cache-*"))


def test_hostile_texts_do_not_reach_the_terminal(shell: Shell) -> None:
    hostile = "\x1b]52;c;aGk=\x07\x9b31m\u202e=cmd()"
    planted = {
        "id": "99000001",
        "order_id": hostile,
        "order_number": hostile,
        "order_details": {"integration": {"id": 7}, "status": {"code": hostile}},
        "shipping_address": {"name": hostile, "country_code": hostile},
    }
    with serve_sandbox(SandboxSettings(orders=1, plant=(json.dumps(planted).encode(),))) as service:
        shell.service = service
        for arguments in (("list",), ("count", "--by", "status,country"), ("show", "99000001"), ("list", "--json")):
            out = shell.run(*arguments).out
            assert out
            assert not any(
                (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 or char == "\u202e" for char in out
            )
        assert "'=" not in shell.run("list", "--csv", "--columns", "city").out


def test_labels_are_asked_for_by_show_and_known_to_list(shell: Shell) -> None:
    with serve_sandbox(SandboxSettings(orders=600)) as service:
        shell.service = service
        everything = shell.run("list", "--json").lines
        assert {line["label"] for line in everything} == {None}
        # Young orders of the sandbox have no label yet.
        open_lines = shell.run("list", "--json", "--cached", "is:open", "created<-3d").lines
        at = next(line for line in open_lines if kind_of(int(line["id"])) == (("READY_TO_SEND", "Ready to send"),))
        (shown,) = shell.run("show", "--json", at["id"]).lines
        assert (shown["label"]["made"], shown["label"]["carrier"], shown["state"]) == (True, "PostNL", "finished")
        assert "label made" in shell.run("show", "--cached", at["id"]).out
        found = shell.run("list", "--json", "--cached", "is:labelled").lines
        assert [(line["id"], line["label"]) for line in found] == [(at["id"], shown["label"])]
        assert at["id"] not in {line["id"] for line in shell.run("list", "--json", "--cached", "is:open").lines}
        other = next(line for line in open_lines if line["state"] == "open" and not kind_of(int(line["id"])))
        assert "open according to the shop" in shell.run("show", "--cached", other["id"]).out
        (shown,) = shell.run("show", "--json", other["id"]).lines
        assert (shown["label"]["made"], shown["state"]) == (False, "open")

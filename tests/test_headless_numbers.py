"""`check` and `submit`: files without the order ids of the shop, whose orders the shop has already."""

import pytest
from order_files import FILES
from shell import SHOP, Shell

FIRST = str(FILES / "number-exists-without-id.first.csv")
AGAIN = str(FILES / "number-exists-without-id.csv")


def test_order_number_of_another_order_of_the_shop_holds_the_order(account: Shell) -> None:
    shop = ("--shop", str(SHOP))
    first = account.submit(FIRST, *shop)
    assert first.outcomes == {"5512166000001": "verified"}
    checked = account.run("check", "--json", AGAIN, *shop)
    assert checked.code == 1
    (found,) = [line for line in checked.lines if line["blocks"] == "send"]
    assert (found["code"], found["pointer"]) == ("number_exists", "/order_id")
    assert "5512166000001" in found["detail"]
    writes = account.writes()
    second = account.submit(AGAIN, *shop)
    assert (second.code, second.outcomes) == (1, {"#9001": "held"})
    assert second.lines[0]["problems"][0]["code"] == "number_exists"
    assert account.writes() == writes
    assert account.remote_ids("#9001", "5512166000001") == ["5512166000001"]


def test_second_run_of_a_file_without_ids_does_not_report_itself(account: Shell) -> None:
    shop = ("--shop", str(SHOP))
    first = account.submit(AGAIN, *shop)
    assert (first.code, first.outcomes) == (0, {"#9001": "verified"})
    assert account.run("check", AGAIN, *shop).code == 0
    again = account.submit(AGAIN, *shop)
    assert (again.code, again.outcomes) == (0, {"#9001": "verified"})


def test_numbers_that_were_not_looked_up_are_warned_about(account: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.work.writes.lookup._MANY", 0)
    monkeypatch.setattr("tui.work.writes.lookup._MAX_SINGLE", 0)
    monkeypatch.setattr("tui.work.writes.lookup._MAX_LISTED_PAGES", 0)
    ended = account.run("check", "--json", FIRST, "--shop", str(SHOP))
    (found,) = [line for line in ended.lines if line["code"] == "number_unchecked"]
    assert (found["severity"], found["pointer"]) == ("warning", "/order_number")
    assert "1 that cannot ship yet, 0 with warnings only" in ended.error

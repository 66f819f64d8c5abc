"""A whole session in a real terminal over real HTTP, killed half-way: correct, stage, get refused, correct, send, verify."""

import copy
import json
from pathlib import Path

from pseudo_terminal import Start
from sandbox_harness import ORDER
from watched_service import Service


def three_orders(folder: Path) -> Path:
    """Write a file of three orders; the service refuses the second one's currency, for which the app only warns."""
    orders = []
    for number in (1, 2, 3):
        order = copy.deepcopy(ORDER)
        order |= {"order_id": f"job-{number}", "order_number": f"JOB-{number}"}
        order["shipping_details"] = {"measurement": {"weight": {"value": 1, "unit": "kg"}}}
        orders.append(order)
    orders[1]["payment_details"]["total_price"]["currency"] = "CHF"
    path = folder / "three.json"
    path.write_text(json.dumps(orders), encoding="utf-8")
    return path


def test_whole_job_killed_half_way(start: Start, service: Service, tmp_path: Path) -> None:
    terminal = start()
    # Filter yesterday's orders of one shop, and correct two fields of one of them.
    terminal.press("6")
    terminal.wait(lambda t: "all read" in t.lines[2])
    terminal.press("/")
    terminal.type("date:yesterday")
    terminal.press("enter")
    terminal.wait(lambda t: "/ date:yesterday" in t.lines[2] and "all read" in t.lines[2])
    terminal.wait(lambda t: t.lines[4].startswith(">"))
    # Find the first order that has an address.
    for line in range(5, 12):
        if "address" not in terminal.lines[line - 1]:
            break
        terminal.press("j")
        terminal.wait(lambda t, line=line: t.lines[line].startswith(">"))
    terminal.press("enter")
    terminal.wait("1 Ship to")
    terminal.press("enter", "ctrl+e", "ctrl+u")
    terminal.type("Jeroen Maes")
    terminal.press("enter", "enter", "ctrl+e", "ctrl+u")
    terminal.type("Maes NV")
    terminal.press("enter", "w")
    terminal.wait("1 order will be written")
    terminal.press("y")
    terminal.wait("verified")
    (write,) = service.writes()
    corrected = service.order(write[1].rpartition("/")[2])["shipping_address"]
    assert (corrected["name"], corrected["company_name"]) == ("Jeroen Maes", "Maes NV")

    # Stage three orders from a file; one is refused, so nothing is written.
    terminal.press("B")
    terminal.wait("Nothing is staged")
    terminal.press("a")
    terminal.wait("Add  b blank")
    terminal.press("f")
    terminal.type(str(three_orders(tmp_path)))
    terminal.press("enter")
    terminal.wait("JOB-3")
    terminal.press("w")
    terminal.wait("3 orders will be written")
    terminal.press("y")
    terminal.wait("1! refused 1")
    assert service.orders(order_id="job-1") == []
    terminal.press("n")
    terminal.wait("order total currency")
    terminal.wait("service ")
    terminal.wait(lambda t: t.line_with("order total currency").startswith(">S"))

    # Correct the field, send again, and kill the app before the orders are verified.
    terminal.press("enter", "ctrl+e", "ctrl+u")
    terminal.type("EUR")
    terminal.press("enter", "w")
    terminal.wait("3 orders will be written")
    service.watched.held_method = "POST"
    terminal.press("y")
    service.until(lambda: service.orders(order_id="job-3"))
    terminal.kill()
    service.watched.held_method = None

    # The app opens at that field; the list behind it shows the send states.
    terminal = start(ready="Pay, payment status, paid?")
    terminal.press("q")
    terminal.wait("verified 3")
    for number in (1, 2, 3):
        (order,) = service.orders(order_id=f"job-{number}")
        assert order["payment_details"]["total_price"]["currency"] == "EUR"
    assert len([write for write in service.writes() if write[0] == "POST"]) == 2

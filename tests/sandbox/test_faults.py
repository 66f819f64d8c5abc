"""What goes wrong on request, and only then."""

import json
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sandbox_harness import NOW, Bench, MakeBench, order

from tui.sandbox.faults import AnswerLost, Breaker, Fault, FaultRule, Faults, RetryAfter

CONTROL = "http://sandbox/sandbox/faults"


async def arm(bench: Bench, **faults: Any) -> None:
    answer = await bench.client.put(CONTROL, json=faults)
    assert answer.status_code == 200, answer.text


def once(fault: str, method: str = "*", path: str = "*", times: int = 1) -> dict[str, Any]:
    return {"fault": fault, "times": times, "method": method, "path": path}


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        ("error", False),
        ("html", False),
        ("rate_limited", False),
        ("unauthorised", False),
        ("error_after", True),
        ("html_after", True),
    ],
)
async def test_a_write_fails_before_or_after_it_happened(bench: Bench, fault: str, written: bool) -> None:
    await arm(bench, rules=[once(fault, "POST", "/orders")])
    answer = await bench.post(order())
    status = {"error": 500, "error_after": 500, "html": 502, "html_after": 502, "rate_limited": 429}.get(fault, 401)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html") == fault.startswith("html")
    assert len(await bench.everything()) == written
    assert (await bench.post(order())).status_code == 201


@pytest.mark.parametrize(("fault", "written"), [("dropped", False), ("lost", True), ("cut", True)])
async def test_without_a_socket_a_lost_answer_raises(bench: Bench, fault: str, written: bool) -> None:
    await arm(bench, rules=[once(fault, "POST", "/orders")])
    with pytest.raises(AnswerLost):
        await bench.post(order())
    assert len(await bench.everything()) == written


async def test_a_busy_order_is_told_as_the_document_does(bench: Bench) -> None:
    await arm(bench, busy=1)
    answer = await bench.post(order())
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"pointer": "/data"}
    assert await bench.everything() == []
    invalid = await bench.post({})
    assert invalid.json()["errors"][0]["source"]["pointer"].startswith("/data/attributes/[0]")


async def test_saving_can_be_slow(make_bench: MakeBench) -> None:
    bench = make_bench(settle=2.0)
    await arm(bench, slow=1)
    id = (await bench.post(order())).json()["data"][0]["id"]
    bench.clock.seconds += 19
    assert (await bench.client.get(f"/orders/{id}")).status_code == 404
    bench.clock.seconds += 1.1
    assert (await bench.client.get(f"/orders/{id}")).status_code == 200
    await arm(bench, settle=0)
    assert (await bench.post(order(order_id="2"))).status_code == 201
    assert len(await bench.everything()) == 2


async def test_latency_is_waited_for_every_time(bench: Bench) -> None:
    await arm(bench, latency=300)
    await bench.client.get("/orders")
    await bench.client.get("/integrations")
    await bench.client.get(CONTROL)
    assert bench.clock.slept == [0.3, 0.3]


async def test_waiting_is_told_in_every_form_or_not_at_all(bench: Bench) -> None:
    await arm(bench, rate_limited=1)
    told = [(await bench.client.get("/orders")).headers.get("retry-after") for _ in range(6)]
    assert told[0] == told[3] == "1"
    assert told[1] is told[4] is None
    assert parsedate_to_datetime(str(told[2])).timestamp() == NOW.timestamp() + 1
    await arm(bench, rate_limited=1, retry_after="none")
    assert "retry-after" not in (await bench.client.get("/orders")).headers


async def test_faults_are_counted_down_and_can_be_called_off(bench: Bench) -> None:
    await arm(bench, rules=[once("error", "GET", "/orders/*", times=2)])
    assert (await bench.client.get("/orders")).status_code == 200
    assert [(await bench.client.get("/orders/1")).status_code for _ in range(3)] == [500, 500, 404]
    await arm(bench, error=1)
    assert (await bench.client.get(CONTROL)).json()["rules"] == [
        {"fault": "error", "rate": 1.0, "times": None, "method": "*", "path": "*"}
    ]
    await arm(bench)
    assert (await bench.client.get("/orders")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"nonsense": 1},
        {"lost": 2},
        {"lost": "x"},
        {"latency": -1},
        {"latency": "nan"},
        {"retry_after": "never"},
        {"rules": {}},
        {"rules": [{"fault": "lost", "often": 1}]},
        {"rules": [{"fault": "lost", "times": 0}]},
    ],
)
async def test_nonsense_is_refused_and_changes_nothing(bench: Bench, body: Any) -> None:
    await arm(bench, latency=5)
    answer = await bench.client.put(CONTROL, json=body)
    assert answer.status_code == 400
    assert (await bench.client.get(CONTROL)).json()["latency"] == 5


async def test_the_control_path_needs_credentials(bench: Bench) -> None:
    bench.client.auth = None
    assert (await bench.client.put(CONTROL, json={"error": 1})).status_code == 401


def test_rates_are_drawn_from_the_seed() -> None:
    def drawn(seed: int) -> list[Fault | None]:
        breaker = Breaker(seed, lambda: 0.0, Faults(rules=(FaultRule(Fault.LOST, 0.1),)))
        return [breaker.strike("GET", "/orders") for _ in range(1000)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 60 < sum(fault is Fault.LOST for fault in drawn(1)) < 140


def test_options_say_the_same_as_the_control_path() -> None:
    read = Faults.parse(["latency=300", "lost=0.1", "busy=1:POST:/orders", "error", "settle=4", "retry_after=date"])
    assert read == Faults(
        300.0,
        4.0,
        RetryAfter.DATE,
        (FaultRule(Fault.LOST, 0.1), FaultRule(Fault.BUSY, 1.0, None, "POST", "/orders"), FaultRule(Fault.ERROR)),
    )
    assert Faults.from_json(json.loads(json.dumps(read.to_json()))) == read


@pytest.mark.parametrize("option", ["nonsense=1", "lost=x", "lost=3", "latency", "=1", "settle=-1"])
def test_wrong_options_are_refused(option: str) -> None:
    with pytest.raises(ValueError):
        Faults.parse([option])

"""Injected faults: their schedule and their effect on requests."""

import json
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sandbox_harness import NOW, MakeSandbox, SandboxHarness, order

from tui.sandbox.faults import Fault, FaultInjector, FaultRule, Faults, ResponseLost, RetryAfter

CONTROL = "http://sandbox/sandbox/faults"


async def set_faults(harness: SandboxHarness, **faults: Any) -> None:
    response = await harness.client.put(CONTROL, json=faults)
    assert response.status_code == 200, response.text


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
async def test_a_write_fails_before_or_after_it_is_carried_out(
    harness: SandboxHarness, fault: str, written: bool
) -> None:
    await set_faults(harness, rules=[once(fault, "POST", "/orders")])
    response = await harness.post(order())
    status = {"error": 500, "error_after": 500, "html": 502, "html_after": 502, "rate_limited": 429}.get(fault, 401)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html") == fault.startswith("html")
    assert len(await harness.everything()) == written
    assert (await harness.post(order())).status_code == 201


@pytest.mark.parametrize(("fault", "written"), [("dropped", False), ("lost", True), ("cut", True)])
async def test_without_a_socket_a_lost_response_raises(harness: SandboxHarness, fault: str, written: bool) -> None:
    await set_faults(harness, rules=[once(fault, "POST", "/orders")])
    with pytest.raises(ResponseLost):
        await harness.post(order())
    assert len(await harness.everything()) == written


async def test_the_busy_error_equals_the_documents(harness: SandboxHarness) -> None:
    await set_faults(harness, busy=1)
    response = await harness.post(order())
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"] == {"pointer": "/data"}
    assert await harness.everything() == []
    invalid = await harness.post({})
    assert invalid.json()["errors"][0]["source"]["pointer"].startswith("/data/attributes/[0]")


async def test_saving_can_be_slow(make_sandbox: MakeSandbox) -> None:
    harness = make_sandbox(settle=2.0)
    await set_faults(harness, slow=1)
    id = (await harness.post(order())).json()["data"][0]["id"]
    harness.clock.seconds += 19
    assert (await harness.client.get(f"/orders/{id}")).status_code == 404
    harness.clock.seconds += 1.1
    assert (await harness.client.get(f"/orders/{id}")).status_code == 200
    await set_faults(harness, settle=0)
    assert (await harness.post(order(order_id="2"))).status_code == 201
    assert len(await harness.everything()) == 2


async def test_latency_applies_to_every_request(harness: SandboxHarness) -> None:
    await set_faults(harness, latency=300)
    await harness.client.get("/orders")
    await harness.client.get("/integrations")
    await harness.client.get(CONTROL)
    assert harness.clock.slept == [0.3, 0.3]


async def test_retry_after_formats(harness: SandboxHarness) -> None:
    await set_faults(harness, rate_limited=1)
    values = [(await harness.client.get("/orders")).headers.get("retry-after") for _ in range(6)]
    assert values[0] == values[3] == "1"
    assert values[1] is values[4] is None
    assert parsedate_to_datetime(str(values[2])).timestamp() == NOW.timestamp() + 1
    await set_faults(harness, rate_limited=1, retry_after="none")
    assert "retry-after" not in (await harness.client.get("/orders")).headers


async def test_faults_are_counted_down_and_can_be_cleared(harness: SandboxHarness) -> None:
    await set_faults(harness, rules=[once("error", "GET", "/orders/*", times=2)])
    assert (await harness.client.get("/orders")).status_code == 200
    assert [(await harness.client.get("/orders/1")).status_code for _ in range(3)] == [500, 500, 404]
    await set_faults(harness, error=1)
    assert (await harness.client.get(CONTROL)).json()["rules"] == [
        {"fault": "error", "rate": 1.0, "times": None, "method": "*", "path": "*"}
    ]
    await set_faults(harness)
    assert (await harness.client.get("/orders")).status_code == 200


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
async def test_invalid_faults_are_refused(harness: SandboxHarness, body: Any) -> None:
    await set_faults(harness, latency=5)
    response = await harness.client.put(CONTROL, json=body)
    assert response.status_code == 400
    assert (await harness.client.get(CONTROL)).json()["latency"] == 5


@pytest.mark.parametrize("number", ["1e9999999999999999999", "-1e9999999999999999999", "1e999", "NaN"])
@pytest.mark.parametrize("key", ["latency", "settle", "lost"])
async def test_numbers_that_cannot_be_computed_with_are_refused(harness: SandboxHarness, number: str, key: str) -> None:
    response = await harness.client.put(CONTROL, content=f'{{"{key}": {number}}}')
    assert response.status_code == 400, response.text


@pytest.mark.parametrize("number", ["1e9999999999999999999", "1e999999", "9" * 5000])
@pytest.mark.parametrize("name", ["page_size", "integration", "cursor"])
async def test_parameters_that_are_no_numbers_do_not_break_the_list(
    harness: SandboxHarness, number: str, name: str
) -> None:
    response = await harness.client.get("/orders", params={name: number})
    assert response.status_code in (200, 400, 404)


async def test_the_control_path_requires_credentials(harness: SandboxHarness) -> None:
    harness.client.auth = None
    assert (await harness.client.put(CONTROL, json={"error": 1})).status_code == 401


def test_rates_are_drawn_from_the_seed() -> None:
    def pick_all(seed: int) -> list[Fault | None]:
        fault_injector = FaultInjector(seed, lambda: 0.0, Faults(rules=(FaultRule(Fault.LOST, 0.1),)))
        return [fault_injector.pick_fault("GET", "/orders") for _ in range(1000)]

    assert pick_all(1) == pick_all(1) != pick_all(2)
    assert 60 < sum(fault is Fault.LOST for fault in pick_all(1)) < 140


def test_options_equal_the_control_path() -> None:
    read = Faults.parse(["latency=300", "lost=0.1", "busy=1:POST:/orders", "error", "settle=4", "retry_after=date"])
    assert read == Faults(
        300.0,
        4.0,
        RetryAfter.DATE,
        (FaultRule(Fault.LOST, 0.1), FaultRule(Fault.BUSY, 1.0, None, "POST", "/orders"), FaultRule(Fault.ERROR)),
    )
    assert Faults.from_json(json.loads(json.dumps(read.to_json()))) == read


@pytest.mark.parametrize("option", ["nonsense=1", "lost=x", "lost=3", "latency", "=1", "settle=-1"])
def test_invalid_options_are_refused(option: str) -> None:
    with pytest.raises(ValueError):
        Faults.parse([option])

"""The sandbox on a real socket."""

import os
import signal
import subprocess
import sys

import httpx
import pytest
from sandbox_harness import NOW, order

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.serve import serving

SETTINGS = SandboxSettings(orders=300, settle=0.0, now=NOW)


@pytest.fixture(scope="module")
def base() -> object:
    with serving(SETTINGS) as url:
        yield url


@pytest.fixture
def client(base: str) -> object:
    with httpx.Client(base_url=base, auth=("demo", "demo")) as client:
        yield client
        client.put(base.replace("/api/v3", "/sandbox/faults"), json={})


def set_faults(client: httpx.Client, **faults: object) -> None:
    client.put(str(client.base_url).replace("/api/v3/", "/sandbox/faults"), json=faults).raise_for_status()


def test_pages_and_their_links(client: httpx.Client, base: str) -> None:
    response = client.get("/orders")
    following = response.links["next"]["url"]
    assert following.startswith(f"{base}/orders?cursor=")
    assert len(client.get(following).json()["data"]) == 100


@pytest.mark.parametrize(("fault", "written"), [("dropped", False), ("lost", True), ("cut", True)])
def test_a_cut_response_ends_the_connection(client: httpx.Client, fault: str, written: bool) -> None:
    key = f"cut off by {fault}"
    set_faults(client, rules=[{"fault": fault, "times": 1, "method": "POST"}])
    with pytest.raises(httpx.TransportError):
        client.post("/orders", json=[order(order_id=key)])
    assert len(client.get("/orders", params={"order_id": key}).json()["data"]) == written


def test_half_a_page_is_an_error(client: httpx.Client) -> None:
    set_faults(client, cut=1)
    with client.stream("GET", "/orders") as response:
        assert response.status_code == 200
        assert int(response.headers["content-length"]) > 1000
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()


def test_a_sandbox_passed_in_stays_open() -> None:
    sandbox = Sandbox(SETTINGS)
    for _ in range(2):
        with serving(sandbox) as url:
            assert httpx.get(f"{url}/integrations", auth=("demo", "demo")).status_code == 200
    assert sandbox.data.count() == 300
    sandbox.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_its_url_and_ends_quietly(number: signal.Signals) -> None:
    code = "from tui.sandbox.serve import *; run(SandboxSettings(orders=5), 0)"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    url = next(word for word in line.split() if word.startswith("http"))
    assert "demo" in line
    assert len(httpx.get(f"{url}/orders", auth=("demo", "demo")).json()["data"]) == 5
    process.send_signal(number)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out, errors) == (0, "", "")

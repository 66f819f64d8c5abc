"""Proxies and certificates of the environment: each mistake is one sentence with the variable's name."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sandbox_harness import ORDER

from tui.api import network
from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.errors import ConfigError, Unreachable
from tui.sandbox.app import SandboxSettings
from tui.sandbox.serve import serving

SERVICE = "https://panel.sendcloud.sc/api/v3"
CERTIFICATE_FILE = """-----BEGIN CERTIFICATE-----
bm90IGEgY2VydGlmaWNhdGU=
-----END CERTIFICATE-----
"""


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*network.PROXIES, "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in network.CERTIFICATES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("HTTPS_PROXY", "ftp://proxy.example", "HTTPS_PROXY is not the address of a proxy"),
        ("https_proxy", "http://[bad", "https_proxy is not the address of a proxy"),
        ("ALL_PROXY", "http://user:geheim@proxy.example:99999999", "ALL_PROXY is not the address of a proxy"),
        ("http_proxy", "http://a b", "http_proxy is not the address of a proxy"),
        ("ALL_PROXY", "socks4://127.0.0.1:1080", "ALL_PROXY is not the address of a proxy"),
        ("NO_PROXY", "good.example,ba d.example:x", "NO_PROXY is not a list of hosts"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE cannot be read (No such file or directory): /nowhere"),
        ("SSL_CERT_DIR", "/nowhere", "SSL_CERT_DIR cannot be read (No such file or directory): /nowhere"),
        ("SSL_CERT_FILE", "/etc/passwd", "SSL_CERT_FILE names a file without certificates in PEM format: /etc/passwd"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, text: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as raised:
        Client(SERVICE, BasicAuth("a", "b"))
    assert text in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_damaged_certificate_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(CERTIFICATE_FILE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(ConfigError, match="without certificates"):
        network.trusted_certificates()


def test_certificates_are_those_of_the_system_unless_they_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert type(network.trusted_certificates()).__module__.startswith("truststore")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    context = network.trusted_certificates()
    assert type(context) is ssl.SSLContext
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_socks_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:1080")
    monkeypatch.setattr(network, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"ALL_PROXY names a SOCKS proxy.*sendcloud-orders\[socks\]"):
        network.check_proxies()


def test_the_variable_that_is_used_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert network.proxy_variable(SERVICE) == ""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert network.proxy_variable(SERVICE) == "ALL_PROXY"
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:2")
    assert network.proxy_variable(SERVICE) == "https_proxy"
    monkeypatch.setenv("NO_PROXY", "other.example, sendcloud.sc")
    assert network.proxy_variable(SERVICE) == ""


async def test_a_proxy_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    client = Client(SERVICE, BasicAuth("a", "b"), retry_for=0)
    with pytest.raises(Unreachable, match=r"Nothing was sent\. Check the network, the proxy in HTTPS_PROXY"):
        await client.auth_metadata()
    await client.aclose()


async def test_a_proxy_that_refuses_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n") as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        client = Client(SERVICE, BasicAuth("a", "b"), retry_for=0)
        with pytest.raises(Unreachable, match=r"the proxy refused the connection \(407.*Nothing was sent"):
            await client.patch_order("1", {"a": 1})
        await client.aclose()


async def test_a_socks_proxy_is_used() -> None:
    pytest.importorskip("socksio")
    plant = (str.encode(json.dumps(ORDER | {"id": "9"})),)
    with serving(SandboxSettings(orders=0, plant=plant)) as url, socks_proxy() as (port, hosts):
        transport = httpx.AsyncHTTPTransport(proxy=f"socks5h://127.0.0.1:{port}")
        client = Client(url, BasicAuth("demo", "demo"), transport=transport)
        assert (await client.get_order("9"))["id"] == "9"
        await client.aclose()
    assert hosts == ["127.0.0.1"]


@contextmanager
def proxy(answer: bytes) -> Iterator[int]:
    """Answers each connection in this way."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def socks_proxy() -> Iterator[tuple[int, list[str]]]:
    """A SOCKS5 proxy without authentication (RFC 1928) for one connection; also yields the hosts it was asked for."""
    hosts: list[str] = []

    def copy(source: socket.socket, target: socket.socket) -> None:
        while data := source.recv(65536):
            target.sendall(data)

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.recv(2 + connection.recv(2, socket.MSG_PEEK)[1])
        connection.sendall(b"\x05\x00")
        kind = connection.recv(4)[3]
        host = socket.inet_ntoa(connection.recv(4)) if kind == 1 else connection.recv(connection.recv(1)[0]).decode()
        hosts.append(host)
        remote = socket.create_connection((host, int.from_bytes(connection.recv(2), "big")))
        connection.sendall(b"\x05\x00\x00\x01" + bytes(6))
        threading.Thread(target=copy, args=(remote, connection), daemon=True).start()
        copy(connection, remote)
        remote.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1], hosts

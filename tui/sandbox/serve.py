"""Serves a sandbox on a socket, with uvicorn."""

import signal
import socket
import threading
from asyncio import BaseTransport, Transport
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from tui.sandbox.app import API, Sandbox, SandboxSettings

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import Receive, Scope, Send


def run(settings: SandboxSettings, port: int, host: str = "127.0.0.1") -> None:
    """Serve until a signal. Prints one line with the URL and the credentials as soon as it is listening.

    Raises ImportError without uvicorn, OSError if the port is in use, ValueError for invalid settings.
    """
    listener = _listen(host, port)
    sandbox = Sandbox(settings)
    public, _, secret = settings.credentials.partition(":")
    try:
        server = _server(sandbox)
        print(f"Sandbox listening on {_url(listener)} with public key {public} and secret key {secret}", flush=True)
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        sandbox.close()
        listener.close()


@contextmanager
def serving(settings: SandboxSettings | Sandbox, port: int = 0) -> Iterator[str]:
    """Serve in a thread on 127.0.0.1 and yield the base URL, with /api/v3. A Sandbox passed in is not closed."""
    listener = _listen("127.0.0.1", port)
    sandbox = settings if isinstance(settings, Sandbox) else Sandbox(settings)
    server = _server(sandbox)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield _url(listener)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        if sandbox is not settings:
            sandbox.close()


def _listen(host: str, port: int) -> socket.socket:
    # Without IPPROTO_TCP asyncio leaves Nagle's algorithm on, and each request takes 44 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    # Connections made before the server runs are queued.
    listener.listen(128)
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{API}"


def _server(sandbox: Sandbox) -> "uvicorn.Server":
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    connections: dict[tuple[str, int], Transport] = {}

    class Severable(H11Protocol):
        """Remembers its transport, so that a fault can close the connection."""

        def connection_made(self, transport: BaseTransport) -> None:
            self.peer: tuple[str, int] = transport.get_extra_info("peername")[:2]
            connections[self.peer] = cast(Transport, transport)
            super().connection_made(cast(Transport, transport))

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.peer, None)
            super().connection_lost(exc)

    async def app(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http":
            peer = tuple(scope["client"])

            def sever() -> None:
                # The client may have closed it first.
                if peer in connections:
                    connections[peer].close()

            extensions = {**scope.get("extensions", {}), "sandbox.sever": sever}
            scope = {**scope, "extensions": extensions}
        await sandbox.asgi(scope, receive, send)

    config = uvicorn.Config(
        app,
        http=Severable,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)

"""Faulty services on real sockets: each gives the same answer to every request and records the requests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from skipped_time import CLOCK

ANSWERS = {
    "401": b"HTTP/1.1 401 No\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    "403": b"HTTP/1.1 403 No\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    "429": b"HTTP/1.1 429 Slow\r\nretry-after: 60\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    "429 at once": b"HTTP/1.1 429 Slow\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
    "500": b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
    "HTML": b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 14\r\n\r\n<html>hi</html>"[:-1],
    "half a JSON": b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"data":[',
    "a cut answer": b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"data":[',
    "another type": b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 4\r\n\r\n\x89PNG",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "dropped": b"",
    "hangs": None,
}
"""The answers by name; None means no answer and an open connection."""


@dataclass
class BadServer:
    """The URL it listens on, and the head of each request that it received."""

    url: str
    heads: list[bytes] = field(default_factory=list)


@contextmanager
def bad_service(answer: bytes | None) -> Iterator[BadServer]:
    """Serve this answer on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    bad = BadServer(f"http://127.0.0.1:{listener.getsockname()[1]}/api/v3")
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection.makefile("rb") as file:
                head = b"".join(iter(file.readline, b"\r\n"))
            bad.heads.append(head)
            if answer is None:
                CLOCK.hangs()
                held.append(connection)
                continue
            connection.sendall(answer.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield bad
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


def redirect(status: int, url: str) -> bytes:
    """Return a redirect to another URL."""
    return f"HTTP/1.1 {status} There\r\nlocation: {url}\r\ncontent-length: 0\r\n\r\n".encode()

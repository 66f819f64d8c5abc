"""Runs the README's first command in an 80x24 pseudo-terminal until the screen shows orders, then quits with Q.

    python3 .ci/demo.py COMMAND

Uses only the standard library. Exits with 0 if the app showed its list and exited with 0.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

TIMEOUT = 300.0
SHOWN = re.compile("€ *[0-9]".encode())
"""The total of an order. Only changed cells are painted, so a longer text may arrive in several pieces."""


def main(command: str) -> int:
    child, master = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp("bash", ["bash", "-euo", "pipefail", "-c", command])  # noqa: S606, S607
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown, seen, deadline = False, b"", time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if not select.select([master], [], [], 1.0)[0]:
            continue
        try:
            data = os.read(master, 65536)
        except OSError:  # raised on Linux when the other end is closed
            break
        if not data:
            break
        seen = (seen + data)[-200_000:]
        if not shown and SHOWN.search(plain(seen)):
            shown = True
            os.write(master, b"Q")
    else:
        os.killpg(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if shown and status == 0:
        print("the demo showed its orders and exited with 0")
        return 0
    print(plain(seen).decode("utf-8", "replace")[-4000:])
    print(f"orders were {'' if shown else 'never '}shown; the exit status was {status}")
    return 1


def plain(stream: bytes) -> bytes:
    """The output without escape sequences."""
    return re.sub(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-B0]|[=>7-9])", b"", stream)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""OpenSSH's server on this machine, with keys made for the test, and the program behind it."""

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pseudo_terminal import ROOT, Terminal

_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True, slots=True)
class SshServer:
    """`program`: the command that starts the app, with its environment."""

    folder: Path
    port: int
    program: Path

    def connect(self, command: str, *, size: tuple[int, int] = (80, 24)) -> Terminal:
        """Run a command through `ssh -tt`, on a terminal."""
        options = [
            f"UserKnownHostsFile={self.folder / 'known_hosts'}",
            f"IdentityFile={self.folder / 'user_key'}",
            "IdentitiesOnly=yes",
            "StrictHostKeyChecking=yes",
            "LogLevel=ERROR",
        ]
        given = [word for option in options for word in ("-o", option)]
        ssh = str(shutil.which("ssh"))
        destination = f"{getpass.getuser()}@127.0.0.1"
        return Terminal(
            [ssh, "-F", "/dev/null", "-tt", "-p", str(self.port), *given, destination, command],
            environment={"HOME": str(self.folder)},
            size=size,
        )


@contextmanager
def ssh_server(folder: Path, environment: Mapping[str, str], *arguments: str) -> Iterator[SshServer]:
    """Serve on a free port. Skips the test where OpenSSH's server is not installed."""
    sshd = shutil.which("sshd", path=_PATH)
    if sshd is None or shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
        pytest.skip("OpenSSH's client and server are not installed")
    folder.mkdir(mode=0o700)
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
    (folder / "config").write_text(
        f"HostKey {folder / 'host_key'}\nAuthorizedKeysFile {folder / 'user_key.pub'}\nPidFile none\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\n"
        "PermitRootLogin prohibit-password\nPrintMotd no\nPrintLastLog no\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # the server does not start as root without it
    program = folder / "program"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    command = shlex.join([sys.executable, "-m", "tui", *arguments])
    program.write_text("\n".join(["#!/bin/sh", *lines, f"cd {shlex.quote(str(ROOT))}", f"exec {command}"]) + "\n")
    program.chmod(0o700)
    listening = ["-D", "-e", "-f", str(folder / "config"), "-o", f"ListenAddress=127.0.0.1:{port}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([sshd, *listening], stderr=log)
    try:
        _wait_until_listening(server, port)
        yield SshServer(folder, port, program)
    finally:
        server.terminate()
        server.wait()


def _wait_until_listening(server: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(200):
        if server.poll() is not None:
            pytest.skip("OpenSSH's server does not start for this user")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            try:
                server.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError("the SSH server does not listen")

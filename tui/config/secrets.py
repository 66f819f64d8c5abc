"""Reads secrets from where they are kept: the environment, a command, the system's keyring, or the settings file."""

import importlib
import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from typing import IO, Any, Final

from tui.config.profiles import EnvironmentSecret, KeyringSecret, Secret, SecretCommand, SecretSource
from tui.config.settings import CLIENT_SECRET, SECRET_KEY, SettingsError

KEYRING: Final = "sendcloud-orders"
"""The name of our entries in the keyring."""

_SECONDS: Final = 10.0
_MOST_BYTES: Final = 64 * 1024

_taken: dict[str, Secret] = {}


def take_from_environment() -> None:
    """Remove the secrets from the environment, which editors and commands that are started later inherit.

    Called once, when the program starts.
    """
    _taken.clear()
    for variable in (SECRET_KEY, CLIENT_SECRET):
        value = os.environ.pop(variable, "")
        if value:
            _taken[variable] = Secret(value)


def reveal(source: SecretSource) -> Secret:
    """The secret. May take ten seconds. Raises SettingsError, without any part of the secret, if it is not available."""
    match source:
        case Secret():
            return source
        case EnvironmentSecret(variable):
            return _from_environment(variable)
        case SecretCommand(arguments):
            return _from_command(arguments)
        case KeyringSecret(user):
            return _from_keyring(user)


def _from_environment(variable: str) -> Secret:
    given = os.environ.get(variable, "")
    if given:
        return Secret(given)
    if variable in _taken:
        return _taken[variable]
    raise SettingsError(
        f"The secret is missing: set {variable} in the environment, or add secret_command or keyring to the profile"
    )


def _from_command(arguments: tuple[str, ...]) -> Secret:
    program = arguments[0]
    try:
        # A session of its own: it cannot read from the terminal, and all its processes can be ended together.
        process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            close_fds=True,
        )
    except OSError as error:
        raise SettingsError(f"secret_command {program} cannot be started: {error.strerror}") from None
    with process:
        try:
            output, complaint = _read(process)
            code = process.wait(timeout=1.0)
        except (TimeoutError, subprocess.TimeoutExpired):
            _end_group(process)
            raise SettingsError(
                f"secret_command {program} did not end within {_SECONDS:.0f} seconds and was stopped"
            ) from None
    if code:
        reason = " ".join(complaint.decode("utf-8", "replace").split())[:200]
        raise SettingsError(f"secret_command {program} failed with code {code}{f': {reason}' if reason else ''}")
    try:
        secret = output.decode("utf-8").split("\n", 1)[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise SettingsError(f"secret_command {program} printed something that is not text") from None
    if not secret:
        raise SettingsError(f"secret_command {program} printed no secret")
    return Secret(secret)


def _read(process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
    """What a process prints until it closes both streams. Raises TimeoutError; more than the limit is dropped."""
    deadline = time.monotonic() + _SECONDS
    found: dict[int, bytearray] = {}
    with selectors.DefaultSelector() as selector:
        for stream in _streams(process):
            selector.register(stream, selectors.EVENT_READ)
            found[stream.fileno()] = bytearray()
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            for key, _ in selector.select(left):
                data = os.read(key.fd, 4096)
                if not data:
                    selector.unregister(key.fileobj)
                found[key.fd] += data[: _MOST_BYTES - len(found[key.fd])]
    output, complaint = (bytes(found[stream.fileno()]) for stream in _streams(process))
    return output, complaint


def _streams(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    if process.stdout is None or process.stderr is None:
        raise TypeError("the process has no pipes")
    return process.stdout, process.stderr


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """End the process and its children; it is the leader of their group."""
    with suppress(ProcessLookupError):  # they ended at this moment
        os.killpg(process.pid, signal.SIGKILL)


def _from_keyring(user: str) -> Secret:
    keyring = _keyring()
    try:
        secret = keyring.get_password(KEYRING, user)
    except keyring.errors.KeyringError as error:
        raise SettingsError(f"the keyring cannot be read: {error}") from None
    if not secret:
        raise SettingsError(f"the keyring has no secret for {user}; add it with: keyring set {KEYRING} {user}")
    return Secret(secret)


def _keyring() -> Any:
    try:
        importlib.import_module("keyring.errors")
        return importlib.import_module("keyring")
    except ImportError:
        raise SettingsError(
            "keyring is not installed; install it with: pip install 'sendcloud-orders[keyring]'"
        ) from None


def save_in_keyring(user: str, secret: Secret) -> None:
    """Put a secret into the system's keyring. Raises SettingsError."""
    keyring = _keyring()
    try:
        keyring.set_password(KEYRING, user, secret.value)
    except keyring.errors.KeyringError as error:
        raise SettingsError(f"the keyring does not accept the secret: {error}") from None


def remove_from_keyring(user: str) -> None:
    """Remove a secret from the system's keyring; one that is not there is no error. Raises SettingsError."""
    keyring = _keyring()
    try:
        if keyring.get_password(KEYRING, user) is not None:
            keyring.delete_password(KEYRING, user)
    except keyring.errors.KeyringError as error:
        raise SettingsError(f"the keyring cannot be changed: {error}") from None

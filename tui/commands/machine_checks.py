"""The checks of `doctor` that need no service: versions, terminal, folders, disk, database, settings, cache."""

import locale
import os
import platform
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from tui import __version__
from tui.api.wording import count_of
from tui.commands.findings import Check, DoctorFinding, Surroundings, quoted, shown
from tui.config.profiles import Basic, ClientCredentials, EnvironmentSecret, KeyringSecret, Secret, SecretCommand
from tui.config.settings import SettingsError, read_settings
from tui.config.terminal_defaults import terminal_values
from tui.crash_reports import all_reports
from tui.store.db import StoreError
from tui.store.inspection import SQLITE_VERSION, inspect_caches, inspect_store
from tui.store.last_screen import LastOutput
from tui.store.sessions import running_sessions

_PACKAGES: Final = ("textual", "httpx", "pydantic", "starlette", "simplejson", "tomlkit", "keyring", "uvicorn")
_LEAST_SPACE: Final = 200 * 2**20
_SLOW_ESCAPE: Final = 50
"""Milliseconds that tmux may wait after Escape before it is noticed."""


def check_versions(_: Surroundings) -> Iterator[DoctorFinding]:
    names = [f"{name} {_version(name)}" for name in _PACKAGES]
    yield DoctorFinding("versions", f"sendcloud-orders {__version__}, Python {platform.python_version()}")
    yield DoctorFinding("versions", f"SQLite {SQLITE_VERSION}, {', '.join(names)}")
    yield DoctorFinding("versions", f"{platform.system()} {platform.release()} {platform.machine()}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def check_terminal(around: Surroundings) -> Iterator[DoctorFinding]:
    size = _terminal_size()
    if size is None:
        yield DoctorFinding("terminal", "no terminal")
        return
    columns, lines = size
    small = "" if columns >= 80 and lines >= 24 else "Enlarge the window to 80 columns and 24 lines."
    yield DoctorFinding("terminal", f"{columns} columns, {lines} lines", small)
    term = around.environment.get("TERM", "")
    unusable = term in ("", "dumb", "unknown")
    yield DoctorFinding("terminal", f"TERM is {term or 'not set'}", _SET_TERM if unusable else "")


_SET_TERM: Final = "Set TERM to the type of the terminal, such as xterm-256color; inside tmux, tmux-256color."


def _terminal_size() -> tuple[int, int] | None:
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        try:
            if stream is not None:
                columns, lines = os.get_terminal_size(stream.fileno())
                return columns, lines
        except (OSError, ValueError):
            continue  # it is redirected
    return None


def check_colours(around: Surroundings) -> Iterator[DoctorFinding]:
    environment = around.environment
    term, colour = environment.get("TERM", ""), environment.get("COLORTERM", "")
    if environment.get("NO_COLOR"):
        found = "none, because NO_COLOR is set"
    elif colour in ("truecolor", "24bit"):
        found = "16 million"
    else:
        found = "256" if "256color" in term else "16"
    yield DoctorFinding("terminal", f"colours: {found}")


def check_encoding(_: Surroundings) -> Iterator[DoctorFinding]:
    encoding = locale.getpreferredencoding(do_setlocale=False).upper().replace("_", "-")
    is_utf8 = encoding in ("UTF-8", "UTF8")
    yield DoctorFinding(
        "terminal", f"encoding {encoding}", "" if is_utf8 else "Set LANG to a UTF-8 locale, such as C.UTF-8."
    )


def check_ssh(around: Surroundings) -> Iterator[DoctorFinding]:
    if around.environment.get("SSH_CONNECTION") or around.environment.get("SSH_TTY"):
        yield DoctorFinding("terminal", "over SSH")


def check_tmux(around: Surroundings) -> Iterator[DoctorFinding]:
    if not around.environment.get("TMUX"):
        return
    escape = _tmux("show-options", "-sv", "escape-time")
    if escape is None:
        yield DoctorFinding("tmux", "its settings cannot be read")
        return
    slow = escape.isdigit() and int(escape) > _SLOW_ESCAPE
    yield DoctorFinding(
        "tmux", f"escape-time {escape} ms", "Put into ~/.tmux.conf: set -sg escape-time 10" if slow else ""
    )
    term = _tmux("show-options", "-gv", "default-terminal") or ""
    is_plain = "256color" not in term and term != ""
    remedy = "Put into ~/.tmux.conf: set -g default-terminal tmux-256color" if is_plain else ""
    yield DoctorFinding("tmux", f"default-terminal {term}", remedy)
    clipboard = _tmux("show-options", "-sv", "set-clipboard") or ""
    is_off = clipboard == "off"
    remedy = "Y cannot copy. Put into ~/.tmux.conf: set -s set-clipboard on" if is_off else ""
    yield DoctorFinding("tmux", f"set-clipboard {clipboard}", remedy)


def _tmux(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["tmux", *arguments], capture_output=True, text=True, timeout=2.0, check=True)  # noqa: S603, S607
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def check_output(around: Surroundings) -> Iterator[DoctorFinding]:
    drawing = terminal_values(around.environment)
    animations = "no animations" if drawing["TEXTUAL_ANIMATIONS"] == "none" else "animations"
    frames, wait = drawing["TEXTUAL_FPS"], drawing["ESCDELAY"]
    yield DoctorFinding("output", f"at most {frames} frames a second, {animations}, Esc is waited for {wait} ms")
    last = LastOutput.load(around.data)
    if last is None:
        return
    per_key = f", {last.size / last.keys:.0f} bytes per key" if last.keys > 0 else ""
    saved = f", {1 - last.cells / last.drawn:.0%} of the drawn cells saved" if last.drawn > 0 else ""
    frames, keys = count_of(last.frames, "frame"), count_of(last.keys, "key")
    yield DoctorFinding("output", f"the last run sent {last.size} bytes in {frames} for {keys}{per_key}")
    yield DoctorFinding("output", f"{count_of(last.cells, 'cell')} sent{saved}")


def check_folders(around: Surroundings) -> Iterator[DoctorFinding]:
    for folder, what in ((around.settings.parent, "settings"), (around.data, "data")):
        if not folder.exists():
            yield DoctorFinding("folders", f"{what}: {shown(folder)} does not exist yet")
            continue
        mode = stat.S_IMODE(folder.stat().st_mode)
        remedy = ""
        if mode & 0o077:
            remedy = f"Other users may look into it. Run: chmod 700 {quoted(folder)}"
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            remedy = "It is not writable for you. Correct its owner and rights."
        yield DoctorFinding("folders", f"{what}: {shown(folder)}, mode {mode:03o}", remedy)


def check_space(around: Surroundings) -> Iterator[DoctorFinding]:
    folder = next(parent for parent in (around.data, *around.data.absolute().parents) if parent.exists())
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize
    remedy = "" if free >= _LEAST_SPACE else f"Make room on the disk of {shown(folder)}."
    yield DoctorFinding("disk", f"{free // 2**20} MB free for the data folder", remedy)


def check_database(around: Surroundings) -> Iterator[DoctorFinding]:
    found = inspect_store(around.data)
    if found is None:
        yield DoctorFinding("database", "none yet")
        return
    remedy = ""
    if found.problem:
        remedy = f"Quit all copies of the app, keep a copy of {shown(found.path)}, then: sendcloud-orders restore FILE"
    elif not found.format:
        remedy = f"{shown(found.path)} is not a database of this app. Move it away."
    elif found.format > found.newest_format:
        remedy = "It was written by a newer version. Update this one."
    state = f"not intact ({found.problem})" if found.problem else f"intact, format {found.format}"
    yield DoctorFinding("database", f"{found.size // 1024} kB, {state}", remedy)
    running = len(running_sessions(around.data / "locks"))
    yield DoctorFinding("database", f"open in {count_of(running, 'running copy', 'running copies')} of the app")


def check_settings(around: Surroundings) -> Iterator[DoctorFinding]:
    if not around.settings.exists():
        yield DoctorFinding("settings", f"{shown(around.settings)} does not exist; the defaults are used")
        return
    mode = stat.S_IMODE(around.settings.stat().st_mode)
    try:
        settings = read_settings()
    except SettingsError as error:
        yield DoctorFinding("settings", f"{error}", "Correct it with: sendcloud-orders config edit")
        return
    yield DoctorFinding("settings", f"valid, {count_of(len(settings.profiles), 'profile')}, mode {mode:03o}")


def check_profile_source(around: Surroundings) -> Iterator[DoctorFinding]:
    profile = around.profile
    if profile is None:
        try:
            read_settings()
        except SettingsError:
            return  # `check_settings` says so; there may be an account in the file
        yield DoctorFinding(
            "account", "none configured; sendcloud-orders without options connects one, --demo needs none"
        )
        return
    if profile.credentials is None:
        yield DoctorFinding("account", f"{profile.title}, inside the app; it needs no account")
        return
    rights = "read only" if profile.read_only else "writes"
    yield DoctorFinding(
        "account", f"{profile.title}, {rights}, {profile.base_url}, secret from {_source(profile.credentials)}"
    )


def _source(credentials: Basic | ClientCredentials) -> str:
    match credentials.secret:
        case EnvironmentSecret():
            return "the environment"
        case SecretCommand(arguments):
            return f"the command {arguments[0]}"
        case KeyringSecret():
            return "the keyring"
        case Secret():
            return "the settings file or the environment"


def check_proxies(around: Surroundings) -> Iterator[DoctorFinding]:
    """Their values may contain passwords and are not shown."""
    names = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
    set_ = [name for name in names if around.environment.get(name) or around.environment.get(name.lower())]
    yield DoctorFinding("network", f"variables: {', '.join(set_) or 'none'}")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        value = around.environment.get(name)
        if value and not os.access(value, os.R_OK):
            yield DoctorFinding("network", f"{name} cannot be read", f"Correct {name}, or unset it.")


def check_cache(around: Surroundings) -> Iterator[DoctorFinding]:
    for cache in inspect_caches(around.data):
        if cache.problem:
            remedy = f"Delete {shown(cache.path)}; its orders are read again."
            yield DoctorFinding("cache", f"{cache.path.name} cannot be read: {cache.problem}", remedy)
        elif cache.read_at is None:
            yield DoctorFinding("cache", f"{cache.path.name} is empty")
        else:
            hours = (around.now - cache.read_at) / 3600
            orders = count_of(cache.orders, "order")
            yield DoctorFinding("cache", f"{cache.path.name}: {orders}, read {max(0.0, hours):.1f} hours ago")


def check_crashes(around: Surroundings) -> Iterator[DoctorFinding]:
    reports = all_reports(around.data)
    if reports:
        at = datetime.fromtimestamp(reports[-1].stat().st_mtime, UTC).isoformat(timespec="seconds")
        yield DoctorFinding("crashes", f"{count_of(len(reports), 'report')}, the newest of {at}: {shown(reports[-1])}")


MACHINE_CHECKS: Final[tuple[Check, ...]] = (
    check_versions,
    check_terminal,
    check_colours,
    check_encoding,
    check_ssh,
    check_tmux,
    check_output,
    check_folders,
    check_space,
    check_database,
    check_settings,
    check_profile_source,
    check_proxies,
    check_cache,
    check_crashes,
)


def run_checks(around: Surroundings) -> Iterator[DoctorFinding]:
    """The findings of all checks. What cannot be looked at is a finding too."""
    for check in MACHINE_CHECKS:
        try:
            yield from check(around)
        except (OSError, StoreError) as error:
            name = check.__name__.removeprefix("check_").replace("_", " ")
            yield DoctorFinding(name, f"cannot be checked: {error}", "Correct the rights of the file, then try again.")

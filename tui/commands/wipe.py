"""The command `wipe`: lists everything that the app keeps on this machine, and removes it."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui.api.wording import count_of
from tui.arguments import has_terminal
from tui.commands.output import PROBLEMS, SUCCESS, USAGE, CommandEnded, ask, guarded, print_lines, say
from tui.config.locations import config_folder, data_folder
from tui.config.profiles import KeyringSecret, Profile
from tui.config.secrets import remove_from_keyring
from tui.config.settings import SettingsError, read_settings
from tui.store.db import StoreError
from tui.store.sessions import running_sessions
from tui.store.store import FILE, OWN_FILES, Store
from tui.widgets.text import safe

_WORD: Final = "wipe"

_IN_CONFIG: Final = (
    ("settings.toml", "settings, profiles, and their secrets if they are in the file"),
    (".settings.toml.*", "a copy that was not completed"),
    (".edited-*-settings.toml", "a copy that was open in $EDITOR"),
)
"""What the app makes in the folder of the settings. Other files stay."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    path: Path
    what: str
    size: int


def wipe(options: argparse.Namespace) -> int:
    """List what is kept, ask for a typed word unless `--yes` is given, and remove it. Returns the exit code."""
    return guarded(lambda: _wipe(yes=options.yes))


def _wipe(*, yes: bool) -> int:
    locks = data_folder() / "locks"
    is_running = bool(running_sessions(locks))
    # Opening the store makes files, which are then listed too.
    unsent = "" if is_running else _unsent()
    files = list(stored_files())
    secrets = _keyring_entries()
    if not files and not secrets:
        say("Nothing is kept on this machine.")
        return SUCCESS
    print_lines(safe(line) for line in _listing(files, secrets))
    if is_running:
        raise CommandEnded("Another copy of the app is running. Quit it first. Nothing was removed.", PROBLEMS)
    if unsent:
        say(unsent)
    if not yes and not _is_confirmed():
        say("Nothing was removed.")
        return PROBLEMS
    for profile in secrets:
        _forget(profile)
    for file in files:
        file.path.unlink(missing_ok=True)
    data = data_folder()
    for folder in (*data.glob("scratch/*"), data / "scratch", data / "crashes", locks, data, config_folder()):
        _remove_if_empty(folder)
    say(f"Removed: {len(files) + len(secrets)}.")
    return SUCCESS


def stored_files() -> Iterator[StoredFile]:
    """The files that the app made. A link is listed, but not what it leads to."""
    for folder, patterns in ((data_folder(), OWN_FILES), (config_folder(), _IN_CONFIG)):
        for pattern, what in patterns:
            for path in sorted(folder.glob(pattern)):
                if path.is_symlink() or path.is_file():
                    yield StoredFile(path, what, path.lstat().st_size)


def _keyring_entries() -> list[Profile]:
    """The profiles whose secret is in the keyring."""
    try:
        profiles = read_settings().profiles.values()
    except SettingsError as error:
        say(f"{error}. Secrets in the keyring are not removed.")
        return []
    return [profile for profile in profiles if isinstance(_source(profile), KeyringSecret)]


def _source(profile: Profile) -> object:
    return profile.credentials.secret if profile.credentials is not None else None


def _listing(files: list[StoredFile], secrets: list[Profile]) -> Iterator[str]:
    width = max((len(str(file.size)) for file in files), default=0)
    for file in files:
        yield f"{file.size:>{width}} bytes  {file.path}  {file.what}"
    for profile in secrets:
        yield f"keyring  the secret of profile {profile.name}"


def _unsent() -> str:
    """A sentence about work that will be lost; empty if there is none."""
    if not (data_folder() / FILE).exists():
        return ""
    try:
        store = Store(data_folder())
        try:
            counts = store.unsent()
        finally:
            store.close()
    except StoreError as error:
        return f"It is not known whether there is unsent work: {error}."
    unsent = ", ".join(count_of(count, what) for what, count in counts.items() if count)
    return f"This will be lost: {unsent}." if unsent else ""


def _is_confirmed() -> bool:
    if not has_terminal():
        raise CommandEnded("wipe asks before it removes anything; without a terminal use --yes.", USAGE)
    return ask(f'Type "{_WORD}" to remove all of this: ') == _WORD


def _forget(profile: Profile) -> None:
    source = _source(profile)
    if isinstance(source, KeyringSecret):
        try:
            remove_from_keyring(source.user)
        except SettingsError as error:
            raise CommandEnded(f"Profile {profile.name!r}: {error}. Nothing else was removed.", PROBLEMS) from None


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()

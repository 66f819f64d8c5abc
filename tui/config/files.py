"""Writes `settings.toml`: other tables and comments stay, and the old file stays until the new one is complete."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tui.config.locations import settings_file
from tui.config.settings import SettingsError, parse_settings, read_file


def add_profile(name: str, values: Mapping[str, str | bool | Sequence[str]], *, default: bool) -> Path:
    """Add a profile with these keys, as the default if wanted, and return the file. Raises SettingsError.

    A file that is invalid, or has a profile of this name, is left unchanged.
    """
    import tomlkit

    path = settings_file()
    text, mode = read_file(path)
    if name in parse_settings(text, path, mode).profiles:
        raise SettingsError(f"{path} has a profile {name!r} already; choose another name")
    document = tomlkit.parse(text)
    if default:
        document["default"] = name
    if "profiles" not in document:
        document["profiles"] = tomlkit.table(is_super_table=True)
    table = tomlkit.table()
    table.update(values)
    document["profiles"][name] = table
    written = tomlkit.dumps(document)
    parse_settings(written, path)
    write_settings(written)
    return path


def change_setting(table: str, key: str, value: str | int | bool | None) -> None:
    """Set a key of a table, or remove it, which restores the default. Raises SettingsError; then nothing is changed."""
    import tomlkit

    path = settings_file()
    text, mode = read_file(path)
    parse_settings(text, path, mode)
    document = tomlkit.parse(text)
    if value is not None:
        document.setdefault(table, tomlkit.table())[key] = value
    elif table in document:
        document[table].pop(key, None)
    written = tomlkit.dumps(document)
    parse_settings(written, path)
    write_settings(written)


def write_settings(text: str) -> None:
    """Replace the settings file, private to the user. Raises SettingsError; the old file is then unchanged."""
    # A link, such as one into a folder under version control, stays a link.
    path = Path(os.path.realpath(settings_file()))
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # left by a process that was killed
            new.unlink()
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise SettingsError(f"{error.strerror}: {path} cannot be written") from None

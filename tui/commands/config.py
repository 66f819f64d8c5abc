"""The commands `config path`, `show`, `check` and `edit`: the settings file, never its secrets."""

import codecs
import os
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from tui.arguments import has_terminal
from tui.commands.output import PROBLEMS, SUCCESS, USAGE, CommandEnded, ask, guarded, print_lines, say
from tui.config.files import write_settings
from tui.config.locations import settings_file
from tui.config.profiles import Profile
from tui.config.settings import Settings, SettingsError, parse_settings, read_file, read_settings
from tui.widgets.text import safe

_NEW_FILE = """# Settings and profiles of sendcloud-orders. `sendcloud-orders config check` checks this file.

# default = "shop"
#
# [profiles.shop]
# public_key = "…"
# secret_command = ["pass", "show", "sendcloud/shop"]   # or: keyring = true, or: secret_key = "…"
# read_only = true
"""


def config_path() -> int:
    """Print the path of the settings file, which may not exist."""
    return guarded(lambda: _print(str(settings_file())))


def config_show() -> int:
    """Print the settings without secrets and comments. Raises SettingsError."""
    return guarded(_show)


def config_check() -> int:
    """Report whether the settings and the addresses of the profiles are valid. Returns 0 if they are, else 1."""
    return guarded(_check)


def config_edit() -> int:
    """Edit the settings in $VISUAL or $EDITOR. The file is replaced once it is valid."""
    return guarded(_edit)


def _print(line: str) -> int:
    print_lines([safe(line)])
    return SUCCESS


def _show() -> int:
    import tomlkit

    read_settings()
    path = settings_file()
    if not path.exists():
        say(f"There is no settings file; {path} would be it.")
        return SUCCESS
    values = tomllib.loads(read_file(path)[0])
    for profile in values.get("profiles", {}).values():
        _hide(profile)
    print_lines(safe(line) for line in tomlkit.dumps(values).rstrip("\n").split("\n"))
    return SUCCESS


def _hide(profile: dict[str, Any]) -> None:
    for key in ("secret_key", "client_secret"):
        if key in profile:
            profile[key] = "(hidden)"
    if "secret_command" in profile:
        # The arguments may name secrets, or be one.
        profile["secret_command"] = [profile["secret_command"][0], "…"]


def _check() -> int:
    try:
        settings = read_settings()
    except SettingsError as error:
        say(f"{error}.")
        return PROBLEMS
    problems = [problem for profile in settings.profiles.values() if (problem := _problem(profile))]
    for problem in problems:
        say(problem)
    if problems:
        return PROBLEMS
    return _print(_summary(settings))


def _problem(profile: Profile) -> str:
    from tui.service import check_profile

    try:
        check_profile(profile)
    except ValueError as error:
        return f"Profile {profile.name!r}: {error}"
    return ""


def _summary(settings: Settings) -> str:
    path = settings_file()
    if not path.exists():
        return f"{path} does not exist; the defaults are used."
    default = settings.profile()
    names = ", ".join(settings.profiles) or "none"
    return f"{path} is valid. Profiles: {names}. Default: {default.name if default else 'none'}."


def _edit() -> int:
    path = settings_file()
    if not has_terminal():
        raise CommandEnded(f"config edit needs a terminal. Without one, change {path} and run config check.", USAGE)
    copy = path.with_name(f".edited-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else _NEW_FILE.encode()
        with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(before)
        text = _edited(copy, path)
    finally:
        copy.unlink(missing_ok=True)
    if text is None or text.encode() == before.removeprefix(codecs.BOM_UTF8):
        say("Nothing was changed.")
        return SUCCESS
    write_settings(text)
    return _print(_summary(read_settings()))


def _edited(copy: Path, path: Path) -> str | None:
    """Let the user edit the copy until it is valid; None if the user gives up."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    while True:
        status = subprocess.run([*shlex.split(command), str(copy)], check=False).returncode  # noqa: S603 - the user's editor
        if status:
            raise CommandEnded(f"{command} ended with code {status}. Nothing was changed.", PROBLEMS)
        try:
            text = copy.read_text(encoding="utf-8-sig")
            parse_settings(text, path)
            return text
        except UnicodeDecodeError:
            say(f"{path} would not be UTF-8 text.")
        except SettingsError as error:
            say(f"{error}.")
        if not _asks_again():
            return None


def _asks_again() -> bool:
    answer = ask("Enter edits it again, q gives up: ")
    return answer is not None and answer.lower() != "q"

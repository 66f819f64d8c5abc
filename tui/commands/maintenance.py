"""The command lines of `config`, `doctor`, `backup`, `restore` and `wipe`."""

from collections.abc import Callable, Sequence
from typing import Final

from tui.arguments import CommandParser, UsageError, add_account, chosen_profile, run_or_usage_error

Run = Callable[[Sequence[str]], int]


def _config(arguments: Sequence[str]) -> int:
    parser = CommandParser("config", "Show, check or edit the settings and profiles.")
    parser.add_argument(
        "action",
        choices=("path", "show", "check", "edit"),
        help="path: print the path of settings.toml; show: print the settings without secrets; check: report what is "
        "invalid, exit code 1; edit: edit the file in $VISUAL or $EDITOR",
    )
    options = parser.parse_args(arguments)

    from tui.config.secrets import take_from_environment

    take_from_environment()  # the editor does not need them

    from tui.commands.config import config_check, config_edit, config_path, config_show

    run = {"path": config_path, "show": config_show, "check": config_check, "edit": config_edit}[options.action]
    return run_or_usage_error(run)


def _doctor(arguments: Sequence[str]) -> int:
    parser = CommandParser(
        "doctor",
        "Report what is wrong with the terminal, the disk, the settings, the network and the account, and what helps.",
        "The output has no secrets, to be pasted into a bug report. Exit codes: 0 no problem, 1 problems.",
    )
    add_account(parser)
    parser.add_argument("--offline", action="store_true", help="send no request")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    choice, problem = None, ""
    try:
        choice = chosen_profile(options)
    except UsageError as error:
        problem = str(error)

    from tui.commands.doctor import doctor

    return doctor(options, choice, problem)


def _backup(arguments: Sequence[str]) -> int:
    parser = CommandParser(
        "backup", "Write drafts, staged orders, journal and marks to a new file. It has no credentials."
    )
    parser.add_argument("file", metavar="FILE", help="a file that does not exist")
    options = parser.parse_args(arguments)

    from tui.commands.backup import backup_command

    return backup_command(options)


def _restore(arguments: Sequence[str]) -> int:
    parser = CommandParser("restore", "Replace drafts, staged orders, journal and marks by those of a backup.")
    parser.add_argument("file", metavar="FILE", help="a file that backup made")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)

    from tui.commands.backup import restore_command

    return restore_command(options)


def _wipe(arguments: Sequence[str]) -> int:
    parser = CommandParser("wipe", "List everything that is kept on this machine, and remove it after a typed word.")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)

    from tui.commands.wipe import wipe

    return wipe(options)


COMMANDS: Final[dict[str, Run]] = {
    "config": _config,
    "doctor": _doctor,
    "backup": _backup,
    "restore": _restore,
    "wipe": _wipe,
}

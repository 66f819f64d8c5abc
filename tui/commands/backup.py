"""The commands `backup` and `restore`: the store as one file, without the cache, which is read again."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from tui.arguments import has_terminal
from tui.commands.output import PROBLEMS, SUCCESS, USAGE, CommandEnded, ask, guarded, say
from tui.config.locations import data_folder
from tui.store.backup import StoreInUse, back_up, check_backup, restore
from tui.store.db import StoreError
from tui.store.store import FILE


def backup_command(options: argparse.Namespace) -> int:
    """Write a backup of drafts, staged orders, journal and marks to a new file. Returns the exit code."""
    return guarded(lambda: _backup(Path(options.file)))


def restore_command(options: argparse.Namespace) -> int:
    """Replace the store by a backup, after a question unless `--yes` is given. Returns the exit code."""
    return guarded(lambda: _restore(Path(options.file), yes=options.yes))


def _backup(file: Path) -> int:
    try:
        back_up(data_folder(), file)
    except StoreError as error:
        raise CommandEnded(f"{error}.", USAGE) from error
    say(f"{file} has a backup of {file.stat().st_size} bytes. It contains customers' data and no credentials.")
    return SUCCESS


def _restore(file: Path, *, yes: bool) -> int:
    try:
        check_backup(file)
        if (data_folder() / FILE).exists() and not yes and not _is_confirmed():
            say("Nothing was changed.")
            return PROBLEMS
        kept = restore(data_folder(), file, datetime.now(UTC))
    except StoreInUse as error:
        raise CommandEnded(f"{error}. Nothing was changed.", PROBLEMS) from error
    except StoreError as error:
        raise CommandEnded(f"{error}. Nothing was changed.", USAGE) from error
    say(f"Restored from {file}.{f' What was there before is in {kept}.' if kept else ''}")
    say("What was sent after the backup was made is not in its journal; orders are read again from the service.")
    return SUCCESS


def _is_confirmed() -> bool:
    if not has_terminal():
        raise CommandEnded("restore asks before it replaces the present data; without a terminal use --yes.", USAGE)
    return ask("Replace the present drafts, staged orders and journal? y replaces them: ") == "y"

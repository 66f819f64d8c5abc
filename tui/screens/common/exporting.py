"""Exports a list to a file that the user names."""

from collections.abc import Awaitable
from datetime import date
from pathlib import Path
from typing import Any

from tui.api.wording import count_of
from tui.screens.common.screen import BaseScreen
from tui.widgets.input_line import InputLine
from tui.work.typed_paths import at_home, completed, not_taken


async def ask_export_path(
    screen: BaseScreen[Any], line: InputLine, name: str, ending: str = "jsonl", day: date | None = None
) -> Path | None:
    """Ask for a file name, proposing a new one with a date, by default today's. Returns None if the user cancels."""
    account = screen.workspace.account
    day = day or screen.workspace.now().astimezone(account.zone).date()
    proposed = not_taken(account.store.path.parent, f"{name}-{day:%Y-%m-%d}", ending)
    answer = await line.ask(line.prompt, str(proposed), complete=completed)
    if answer == "":
        screen.show_notice("No file name entered; nothing was exported.")
    return at_home(Path(answer)) if answer else None


async def report_export(screen: BaseScreen[Any], exporting: Awaitable[int], noun: str, path: Path) -> None:
    """Await an export and show how many things were exported, or why it failed."""
    with screen.report_store_errors():
        try:
            count = await exporting
        except FileExistsError:
            screen.show_notice(f"The file exists already; nothing was written. {path}", "warning")
        except OSError as error:
            screen.show_notice(f"The file cannot be written: {error.strerror}. {path}", "error")
        else:
            screen.show_notice(f"{count_of(count, noun)} exported, readable only by you, to {path}")

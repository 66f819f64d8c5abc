"""Runs the app for a profile. What the first frame does not need is imported later."""

import os
import sys
import threading
from contextlib import suppress
from dataclasses import replace

from tui.accounts import Accounts
from tui.app import OrdersApp
from tui.config.locations import data_folder
from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.crash_reports import write_report
from tui.first_paint import FirstPaint
from tui.service import check_profile

_SWITCH_INTERVAL = 0.001
"""Seconds after which a thread lets another one run."""


def run(
    profile: Profile | None,
    settings: Settings,
    *,
    start: str = "",
    paint: FirstPaint | None = None,
    mouse: bool = False,
    no_cache: bool = False,
    read_only: bool = False,
) -> int:
    """Run the app and return its exit code; without a profile it starts with the choice of one.

    `start`: what identifies the command (`start_of`). `paint`: what the terminal shows already.

    Raises ValueError for an invalid address or credentials.
    """
    settings = replace(settings, no_cache=no_cache)
    if profile is not None:
        check_profile(profile)
    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        raise ValueError("A terminal is required: standard error must not be redirected, because Textual draws on it")
    accounts = Accounts(profile, settings=settings, read_only=read_only)
    options = _options(mouse, no_cache)
    app = OrdersApp(profile, accounts, data_folder(), settings=settings, options=options, start=start)
    app.first_paint, app.shown_before = paint, () if paint is None else paint.lines
    threading.excepthook = _report_thread
    # A background thread that computes keeps the keys waiting for this long, instead of Python's 5 ms.
    sys.setswitchinterval(_SWITCH_INTERVAL)
    code = app.run(mouse=mouse or settings.mouse)
    for sentence in app.last_words:
        print(sentence, file=sys.stderr)
    return code if isinstance(code, int) else app.return_code or 0


def _options(mouse: bool, no_cache: bool) -> dict[str, tuple[str, str]]:
    """The settings that options and the environment decide for this start: their values in words, and from where."""
    options = {}
    if mouse:
        options["terminal.mouse"] = ("on", "option --mouse")
    if no_cache:
        options["cache.keep_days"] = ("in memory only", "option --no-cache")
    if os.environ.get("NO_COLOR"):
        options["display.theme"] = ("no colours", "environment NO_COLOR")
    return options


def _report_thread(failed: threading.ExceptHookArgs) -> None:
    """Report an error that ended a thread. Python would print its text, which may contain data, over the screen."""
    is_lost_terminal = (
        isinstance(failed.exc_value, OSError) and failed.thread and failed.thread.name == "textual-output"
    )
    if failed.exc_value is not None and not is_lost_terminal:
        with suppress(OSError):
            write_report(data_folder(), failed.exc_value)

"""Runs the app for a profile. What the first frame does not need is imported later."""

import sys
import threading
from contextlib import suppress
from dataclasses import replace

from tui.app import OrdersApp
from tui.crash_reports import write_report
from tui.service import check_profile, connect
from tui.settings import Profile, data_folder, read_settings


def run(profile: Profile, *, mouse: bool = False, no_cache: bool = False) -> int:
    """Run the app and return its exit code. Raises ValueError for an invalid address, credentials or settings."""
    settings = replace(read_settings(), no_cache=no_cache)
    check_profile(profile)
    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        raise ValueError("A terminal is required: standard error must not be redirected, because Textual draws on it")
    app = OrdersApp(profile.name, lambda: connect(profile), data_folder(), settings=settings)
    threading.excepthook = _report_thread
    code = app.run(mouse=mouse)
    for sentence in app.last_words:
        print(sentence, file=sys.stderr)
    return code if isinstance(code, int) else app.return_code or 0


def _report_thread(failed: threading.ExceptHookArgs) -> None:
    """Report an error that ended a thread. Python would print its text, which may contain data, over the screen."""
    is_lost_terminal = (
        isinstance(failed.exc_value, OSError) and failed.thread and failed.thread.name == "textual-output"
    )
    if failed.exc_value is not None and not is_lost_terminal:
        with suppress(OSError):
            write_report(data_folder(), failed.exc_value)

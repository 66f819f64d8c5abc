"""Runs the app for a profile. What the first frame does not need is imported later."""

import os
import sys
from dataclasses import replace

from tui.accounts import Accounts
from tui.app import OrdersApp
from tui.config.locations import data_folder
from tui.config.profiles import Profile
from tui.config.settings import read_settings
from tui.service import check_profile


def run(profile: Profile | None, *, mouse: bool = False, no_cache: bool = False) -> int:
    """Run the app and return its exit code; without a profile it starts with the choice of one.

    Raises ValueError for an invalid address, credentials or settings.
    """
    settings = replace(read_settings(), no_cache=no_cache)
    if profile is not None:
        check_profile(profile)
    app = OrdersApp(profile, Accounts(profile), data_folder(), settings=settings, options=_options(mouse, no_cache))
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

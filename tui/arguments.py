"""What all command lines share: the parser, usage errors, and the options that choose an account."""

import argparse
import os
import sys

from tui.config.service_urls import OWN_URL

# For type checkers this name is true. `--help` does not wait for the import of typing.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from tui.config.choice import ProfileChoice
    from tui.config.profiles import Profile
    from tui.config.settings import Settings

CREDENTIALS = """credentials come from a profile of settings.toml or from the environment, never from the command line:
  SENDCLOUD_PUBLIC_KEY, SENDCLOUD_SECRET_KEY        the key pair of an integration (HTTP Basic)
  SENDCLOUD_CLIENT_ID, SENDCLOUD_CLIENT_SECRET      OAuth2 client credentials
  SENDCLOUD_TOKEN_URL                               the OAuth2 token endpoint; required unless the service is
                                                    Sendcloud's own
  SENDCLOUD_PARTNER_ID                              sent with every upsert, for partners"""


class UsageError(Exception):
    """Invalid usage; the message is one sentence for users."""


class CommandParser(argparse.ArgumentParser):
    """A parser whose errors are UsageErrors. Options must be written in full."""

    def __init__(self, command: str, description: str, details: str = "", *, usage: str | None = None) -> None:
        super().__init__(
            prog=f"sendcloud-orders {command}".rstrip(),
            usage=usage,
            description=description,
            epilog=details,
            formatter_class=_formatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> "NoReturn":
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Lays the help out for the width of the terminal. argparse would import shutil for it, with all compressions."""
    columns = os.environ.get("COLUMNS", "")
    try:
        width = int(columns) if columns.isdecimal() else os.get_terminal_size(1).columns
    except OSError:
        width = 80
    return argparse.RawDescriptionHelpFormatter(prog, width=(width or 80) - 2)


def add_account(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose an account."""
    parser.add_argument("--demo", action="store_true", help="use the embedded sandbox; needs no account")
    parser.add_argument("--profile", metavar="NAME", help="use this profile of settings.toml instead of the default")
    parser.add_argument(
        "--url", metavar="BASE", help=f"base URL of the API for credentials in the environment (default: {OWN_URL})"
    )
    parser.add_argument("--read-only", action="store_true", help="never write to the service")


def required_profile(options: argparse.Namespace) -> "tuple[Profile, Settings]":
    """The profile that options, environment or settings name, with the settings. Raises UsageError if there is none."""
    profile, settings = chosen_profile(options)
    if profile is None and options.url is None and settings.profiles:
        raise UsageError(f"settings.toml has no default; use --profile with one of: {', '.join(settings.profiles)}.")
    if profile is None:
        raise UsageError(
            "No credentials: set SENDCLOUD_PUBLIC_KEY and SENDCLOUD_SECRET_KEY (or SENDCLOUD_CLIENT_ID and "
            "SENDCLOUD_CLIENT_SECRET) in the environment, add a profile to settings.toml, or use --demo to try it without "
            "an account."
        )
    return profile, settings


def chosen_profile(options: argparse.Namespace) -> "ProfileChoice":
    """The profile that options, environment or settings name, if any. The secrets are removed from the environment.

    Raises UsageError.
    """
    from tui.config.choice import choose_profile
    from tui.config.secrets import take_from_environment

    try:
        return choose_profile(name=options.profile, url=options.url, demo=options.demo, read_only=options.read_only)
    except ValueError as error:
        raise UsageError(sentence(str(error))) from None
    finally:
        take_from_environment()


def run_or_usage_error(work: "Callable[[], int]") -> int:
    """Run a command whose ValueErrors are errors of usage."""
    try:
        return work()
    except ValueError as error:
        raise UsageError(sentence(str(error))) from None


def has_terminal() -> bool:
    """Whether a question can be asked and answered."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def sentence(text: str) -> str:
    """A text on one line that ends with a full stop."""
    return f"{' '.join(text.split()).rstrip('.')}."

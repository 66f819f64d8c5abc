"""The command line: arguments, clear refusals, exit codes. Nothing heavy is imported before it is needed."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

USAGE = 2
OWN_URL = "https://panel.sendcloud.sc/api/v3"

_CREDENTIALS = """credentials come from the environment, never from the command line:
  SENDCLOUD_PUBLIC_KEY, SENDCLOUD_SECRET_KEY        the key pair of an integration (HTTP Basic)
  SENDCLOUD_CLIENT_ID, SENDCLOUD_CLIENT_SECRET      OAuth2 client credentials
  SENDCLOUD_TOKEN_URL                               where the OAuth2 token is had; required unless the service
                                                    is Sendcloud's own
  SENDCLOUD_PARTNER_ID                              sent with every upsert, if you are a partner"""


class Refused(Exception):
    """The start is refused; the message is one sentence for people."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the process with its exit code: 0 well, 2 wrong use."""
    try:
        sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments)))
    except Refused as refusal:
        print(f"sendcloud-orders: {refusal}", file=sys.stderr)
        sys.exit(USAGE)


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["sandbox"]:
        return _sandbox(arguments[1:])
    return _app(_app_parser().parse_args(arguments))


def _app_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sendcloud-orders",
        description="Triage of e-commerce orders in Sendcloud, from the keyboard, over SSH.",
        epilog=_CREDENTIALS + "\n\nsendcloud-orders sandbox --help: the same API, served on this machine.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--demo", action="store_true", help="work on the embedded sandbox; no account is needed")
    parser.add_argument(
        "--url", metavar="BASE", default=OWN_URL, help=f"base URL of the API, taken as it is ({OWN_URL})"
    )
    parser.add_argument("--read-only", action="store_true", help="never write to the service")
    parser.add_argument(
        "--mouse", action="store_true", help="take the mouse too; off, the terminal selects text with it"
    )
    parser.add_argument("--version", action="version", version=f"sendcloud-orders {_version()}")
    return parser


def _app(options: argparse.Namespace) -> int:
    if options.demo and options.url != OWN_URL:
        raise Refused("--demo works on the embedded sandbox, so it takes no --url.")
    credentials = None if options.demo else _credentials_given()
    _check_terminal()

    from tui.settings import Basic, ClientCredentials, Profile, Secret

    if credentials is None:
        profile = Profile("DEMO sandbox", "http://sandbox.invalid/api/v3", None, options.read_only)
    else:
        kind, name, secret = credentials
        made = (
            Basic(name, Secret(secret))
            if kind == "basic"
            else ClientCredentials(name, Secret(secret), _token_url(options.url))
        )
        partner = os.environ.get("SENDCLOUD_PARTNER_ID") or None
        profile = Profile(_host_of(options.url), options.url, made, options.read_only, partner)
    # From here on the environment is handed on to editors and shells, which need no secrets.
    for variable in ("SENDCLOUD_SECRET_KEY", "SENDCLOUD_CLIENT_SECRET"):
        os.environ.pop(variable, None)
    _terminal_defaults()

    from tui.start import run

    try:
        return run(profile, mouse=options.mouse)
    except ValueError as error:
        raise Refused(_sentence(str(error))) from None


def _credentials_given() -> tuple[str, str, str]:
    pairs = (
        ("basic", "SENDCLOUD_PUBLIC_KEY", "SENDCLOUD_SECRET_KEY"),
        ("oauth", "SENDCLOUD_CLIENT_ID", "SENDCLOUD_CLIENT_SECRET"),
    )
    for kind, name, secret in pairs:
        given = os.environ.get(name, ""), os.environ.get(secret, "")
        if all(given):
            return kind, *given
        if any(given):
            raise Refused(f"Only one of {name} and {secret} is set; both are needed.")
    raise Refused(
        "No credentials: set SENDCLOUD_PUBLIC_KEY and SENDCLOUD_SECRET_KEY (or SENDCLOUD_CLIENT_ID and "
        "SENDCLOUD_CLIENT_SECRET) in the environment, or try it without an account with --demo."
    )


def _token_url(base: str) -> str:
    given = os.environ.get("SENDCLOUD_TOKEN_URL")
    if given:
        return given
    if _host_of(base) == _host_of(OWN_URL) and base.startswith("https://"):
        return "https://account.sendcloud.com/oauth2/token/"
    raise Refused("Set SENDCLOUD_TOKEN_URL too: a client secret goes to no host that was not named.")


def _host_of(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or url
    except ValueError:
        raise Refused(f"{url[:80]!r} is no URL.") from None


def _check_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Refused("It needs a terminal: standard input and output must not be redirected.")
    if os.environ.get("TERM", "") in ("dumb", "unknown", ""):
        raise Refused(
            "This terminal (TERM is empty or dumb) cannot place text; it needs one like xterm, tmux or screen."
        )


def _terminal_defaults() -> None:
    # Read by Textual when it is imported: nothing moves by itself, and a slow line may split escape sequences.
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ:
        os.environ.setdefault("ESCDELAY", "400")
        os.environ.setdefault("TEXTUAL_FPS", "30")


def _sandbox(arguments: list[str]) -> int:
    parser = _Parser(
        prog="sendcloud-orders sandbox",
        description="Serve the sandbox on this machine only: the same API, on SQLite, without an account.",
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=int, default=8750, help="port on 127.0.0.1; 0 takes a free one (8750)")
    parser.add_argument("--data", metavar="FILE", help="keep the orders in this file (in memory)")
    parser.add_argument(
        "--credentials", metavar="PUBLIC:SECRET", default="demo:demo", help="what it accepts (demo:demo)"
    )
    parser.add_argument("--orders", type=int, metavar="N", default=2000, help="how many orders to make (2000)")
    parser.add_argument("--settle", type=float, metavar="SECONDS", default=2.0, help="how long saving takes (2)")
    parser.add_argument("--seed", type=int, metavar="N", default=1, help="the same seed makes the same orders (1)")
    parser.add_argument("--now", metavar="TIME", help="stop its clock at this time, as 2026-11-23T08:00:00Z")
    parser.add_argument("--odd", action="store_true", help="answer as the real service does against its own document")
    parser.add_argument("--limits", action="store_true", help="refuse more than 1000 reads or 100 writes a minute")
    parser.add_argument("--reset", action="store_true", help="begin anew, whatever is in the file")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME=VALUE", help="a fault, as latency=300 or lost=0.1"
    )
    options = parser.parse_args(arguments)

    from tui.sandbox.command import serve

    try:
        return serve(options)
    except ValueError as error:
        raise Refused(_sentence(str(error))) from None


def _sentence(text: str) -> str:
    return f"{' '.join(text.split()).rstrip('.')}."


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sendcloud-orders")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    main()

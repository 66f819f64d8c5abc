"""The command line: arguments, clear refusals, exit codes. Nothing heavy is imported before it is needed."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tui.settings import Profile

USAGE = 2
OWN_URL = "https://panel.sendcloud.sc/api/v3"

_CREDENTIALS = """credentials come from the environment, never from the command line:
  SENDCLOUD_PUBLIC_KEY, SENDCLOUD_SECRET_KEY        the key pair of an integration (HTTP Basic)
  SENDCLOUD_CLIENT_ID, SENDCLOUD_CLIENT_SECRET      OAuth2 client credentials
  SENDCLOUD_TOKEN_URL                               where the OAuth2 token is had; required unless the service
                                                    is Sendcloud's own
  SENDCLOUD_PARTNER_ID                              sent with every upsert, if you are a partner"""

_PAIRS = (
    ("basic", "SENDCLOUD_PUBLIC_KEY", "SENDCLOUD_SECRET_KEY"),
    ("oauth", "SENDCLOUD_CLIENT_ID", "SENDCLOUD_CLIENT_SECRET"),
)

_OTHERS = """without the screen:
  sendcloud-orders check FILE     what is wrong with a file of orders; needs no account
  sendcloud-orders submit FILE    stage, send and verify the orders of a file
  sendcloud-orders sandbox        the same API, served on this machine; sendcloud-orders sandbox --help
The others tell more with --help, too. FILE may be - for standard input: ssh host sendcloud-orders submit - < orders.csv"""

_CODES = """exit codes, the highest that applies:
  0  all well (warnings included)
  1  problems: an order has errors, was refused, is held, differs or is missing
  2  wrong use, or no such file
  3  the service could not be reached, did not let us, or another running copy has the batch
  4  the outcome of an order is not known yet; run the same again
  130, 143  stopped by SIGINT or SIGTERM; what was sent is known, run the same again"""

_SUBMIT_MORE = """Standard output has a line of JSON for every order of the file, those finished in an earlier run included:
order_id, integration, id, outcome, problems. The outcome is verified, differs, missing, refused, held or unknown;
accepted with --no-verify; would-create, would-update or same with --dry-run. Progress goes to standard error.
Running the same file again sends nothing twice: it goes on where the last run ended."""


class UsageError(Exception):
    """The start is refused; the message is one sentence for people."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the process with its exit code: 0 well, 2 wrong use."""
    _fill_closed_streams()
    try:
        sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments)))
    except UsageError as refusal:
        print(f"sendcloud-orders: {refusal}", file=sys.stderr)
        sys.exit(USAGE)


def _fill_closed_streams() -> None:
    """Let a standard stream that was closed (`>&-`) lead nowhere: no file of ours takes its number, nothing fails by it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["sandbox"]:
        return _sandbox(arguments[1:])
    if arguments[:1] == ["check"]:
        return _check(_check_parser().parse_args(arguments[1:]))
    if arguments[:1] == ["submit"]:
        return _submit(_submit_parser().parse_args(arguments[1:]))
    return _app(_app_parser().parse_args(arguments))


def _app_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sendcloud-orders",
        description="Triage of e-commerce orders in Sendcloud, from the keyboard, over SSH.",
        epilog=_CREDENTIALS + "\n\n" + _OTHERS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_account(parser)
    parser.add_argument(
        "--mouse", action="store_true", help="take the mouse too; off, the terminal selects text with it"
    )
    parser.add_argument("--version", action="version", version=f"sendcloud-orders {_version()}")
    return parser


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="work on the embedded sandbox; no account is needed")
    parser.add_argument(
        "--url", metavar="BASE", default=OWN_URL, help=f"base URL of the API, taken as it is ({OWN_URL})"
    )
    parser.add_argument("--read-only", action="store_true", help="never write to the service")


def _file_parser(command: str, description: str, more: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"sendcloud-orders {command}",
        description=description,
        epilog=f"{more}\n\n{_CODES}\n\n{_CREDENTIALS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", help="JSON, JSON lines, CSV, TSV or .xlsx; - is standard input")
    _add_account(parser)
    parser.add_argument("--shop", type=_shop, metavar="ID", help="integration of the orders that name none")
    parser.add_argument("--mapping", metavar="NAME", help="a saved mapping of columns, by its name")
    parser.add_argument(
        "--retry-for",
        "--patience",
        dest="retry_for",
        type=_seconds,
        metavar="SECONDS",
        help="how long to look up a lost answer before the request is sent again (60), to verify accepted orders (240), "
        "and to retry while the service is down or busy (60); --patience is the former name",
    )
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = _file_parser(
        "check",
        "Say what is wrong with a file of orders: a line a problem, with its place, the order and the field.",
        "Without credentials nothing but the file is asked. With them, or --demo, the account is asked too: is the shop\n"
        "there, which orders would be new, which would change one that is there.",
    )
    parser.add_argument("--json", action="store_true", help="an object a line for each problem")
    return parser


def _submit_parser() -> argparse.ArgumentParser:
    parser = _file_parser(
        "submit", "Stage the orders of a file, send them, and follow each until it is seen.", _SUBMIT_MORE
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what would be created, updated, or is the same"
    )
    parser.add_argument(
        "--only-good", action="store_true", help="send the others where some have errors; without it, nothing is sent"
    )
    parser.add_argument("--no-verify", action="store_true", help="end when the orders are accepted; do not follow them")
    parser.add_argument("--batch", metavar="NAME", help="stage into the batch of this name (one named after the file)")
    parser.add_argument(
        "--updates",
        choices=("send", "hold"),
        default="send",
        help="whether orders that are there already are changed; the screen holds them, this sends them (send)",
    )
    return parser


def _shop(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no id of an integration; it is a number from 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1.0 <= seconds <= 86_400.0:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} will not do; it is a number of seconds from 1 to 86400")
    return seconds


def _check(options: argparse.Namespace) -> int:
    asked = options.demo or any(os.environ.get(name) for pair in _PAIRS for name in pair[1:])
    profile = _profile(options) if asked else None

    from tui.headless import check

    return _run_or_refuse(lambda: check(options, profile))


def _submit(options: argparse.Namespace) -> int:
    if options.read_only and not options.dry_run:
        raise UsageError("--read-only never writes, so nothing can be submitted; --dry-run says what would be.")
    profile = _profile(options)

    from tui.headless import submit

    return _run_or_refuse(lambda: submit(options, profile))


def _app(options: argparse.Namespace) -> int:
    profile = _profile(options, _check_terminal)
    _terminal_defaults()

    from tui.start import run

    return _run_or_refuse(lambda: run(profile, mouse=options.mouse))


def _run_or_refuse(work: Callable[[], int]) -> int:
    try:
        return work()
    except ValueError as error:
        raise UsageError(_sentence(str(error))) from None


def _profile(options: argparse.Namespace, check: Callable[[], None] = lambda: None) -> "Profile":
    """The profile that options and environment name; `check` comes after it is known that there is one."""
    if options.demo and options.url != OWN_URL:
        raise UsageError("--demo works on the embedded sandbox, so it takes no --url.")
    credentials = None if options.demo else _credentials_given()
    check()

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
    return profile


def _credentials_given() -> tuple[str, str, str]:
    for kind, name, secret in _PAIRS:
        given = os.environ.get(name, ""), os.environ.get(secret, "")
        if all(given):
            return kind, *given
        if any(given):
            raise UsageError(f"Only one of {name} and {secret} is set; both are needed.")
    raise UsageError(
        "No credentials: set SENDCLOUD_PUBLIC_KEY and SENDCLOUD_SECRET_KEY (or SENDCLOUD_CLIENT_ID and "
        "SENDCLOUD_CLIENT_SECRET) in the environment, or try it without an account with --demo."
    )


def _token_url(base: str) -> str:
    given = os.environ.get("SENDCLOUD_TOKEN_URL")
    if given:
        return given
    if _host_of(base) == _host_of(OWN_URL) and base.startswith("https://"):
        return "https://account.sendcloud.com/oauth2/token/"
    raise UsageError("Set SENDCLOUD_TOKEN_URL too: a client secret goes to no host that was not named.")


def _host_of(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or url
    except ValueError:
        raise UsageError(f"{url[:80]!r} is no URL.") from None


def _check_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("It needs a terminal: standard input and output must not be redirected.")
    if os.environ.get("TERM", "") in ("dumb", "unknown", ""):
        raise UsageError(
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
        raise UsageError(_sentence(str(error))) from None


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

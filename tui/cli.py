"""The command line: arguments, usage errors, exit codes. Heavy modules are imported only when needed."""

import argparse
import gc
import os
import sys

from tui import __version__
from tui.arguments import (
    CREDENTIALS,
    CommandParser,
    UsageError,
    add_account,
    chosen_profile,
    has_terminal,
    required_profile,
    run_or_usage_error,
)

TYPE_CHECKING = False  # not imported from typing: see tui.arguments
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from tui.first_paint import FirstPaint

USAGE, CRASHED, INTERRUPTED = 2, 70, 130
_NO_TERMINALS = ("dumb", "unknown", "")
"""Values of TERM for terminals that cannot position text."""

_OTHERS = """headless commands:
  sendcloud-orders list QUERY     print the orders that match a query
  sendcloud-orders count QUERY    count the orders that match, by reason, country, …
  sendcloud-orders show ORDER     print one order with its problems, by number or id
  sendcloud-orders check FILE     report the problems of a file of orders; needs no account
  sendcloud-orders submit FILE    stage, send and verify the orders of a file
  sendcloud-orders doctor         report what is wrong with terminal, disk, settings, network and account
  sendcloud-orders config ACTION  path, show, check or edit: the settings and profiles
  sendcloud-orders backup FILE    copy drafts, staged orders and journal to a file; restore FILE copies them back
  sendcloud-orders wipe           list all that is kept on this machine, and remove it
  sendcloud-orders sandbox        serve the same API on this machine; sendcloud-orders sandbox --help
The other commands have --help too. FILE may be - for standard input: ssh host sendcloud-orders submit - < orders.csv"""

_CODES = """exit codes, the highest that applies:
  0  success (also with warnings)
  1  problems: an order has errors, was refused, is held, differs or is missing
  2  usage error, or no such file
  3  the service is unreachable or denied access, or another running copy of the app owns the batch
  4  the outcome of an order is not known yet; run the same command again
  130, 143  stopped by SIGINT or SIGTERM; run the same command again to continue"""

_SUBMIT_OUTPUT = """Standard output is one line of JSON for every order of the file, including those finished in an earlier run:
order_id, integration, id, outcome, problems. The outcome is verified, differs, missing, refused, held or unknown;
accepted with --no-verify; would-create, would-update or same with --dry-run. Progress goes to standard error.
Running the same file again sends nothing twice: it continues where the last run ended."""


def main(arguments: "Sequence[str] | None" = None) -> "NoReturn":
    """Run the command and exit with its code: 0 for success, 2 for invalid usage."""
    _fill_closed_streams()
    try:
        sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments)))
    except UsageError as error:
        print(f"sendcloud-orders: {error}", file=sys.stderr)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        from tui.config.locations import data_folder
        from tui.crash_reports import describe

        print(f"sendcloud-orders: {describe(data_folder(), error)}", file=sys.stderr)
        sys.exit(CRASHED)


def _fill_closed_streams() -> None:
    """Redirect closed standard streams (`>&-`) to /dev/null, so that no file we open gets their descriptor."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # returns the lowest free number, which is this one
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
    if arguments[:1] in (["list"], ["show"], ["count"]):
        return _orders(arguments[0], arguments[1:])
    if arguments[:1] in (["config"], ["doctor"], ["backup"], ["restore"], ["wipe"]):
        from tui.commands.maintenance import COMMANDS

        return COMMANDS[arguments[0]](arguments[1:])
    return _app(_app_parser().parse_args(arguments))


def _app_parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        "",
        "Triage e-commerce orders in Sendcloud from the keyboard, locally or over SSH.",
        CREDENTIALS + "\n\n" + _OTHERS,
    )
    add_account(parser)
    parser.add_argument("--no-cache", action="store_true", help="keep orders that are read in memory only")
    parser.add_argument(
        "--mouse", action="store_true", help="enable the mouse; by default the terminal selects text with it"
    )
    parser.add_argument("--version", action="version", version=f"sendcloud-orders {__version__}")
    return parser


def _file_parser(command: str, description: str, details: str) -> argparse.ArgumentParser:
    parser = CommandParser(command, description, f"{details}\n\n{_CODES}\n\n{CREDENTIALS}")
    parser.add_argument("file", metavar="FILE", help="JSON, JSON lines, CSV, TSV or .xlsx; - is standard input")
    add_account(parser)
    parser.add_argument("--shop", type=_shop, metavar="ID", help="integration id for orders that have none")
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help="encoding of a table, such as cp850 or 'Mac Roman'; by default it is detected",
    )
    parser.add_argument("--mapping", metavar="NAME", help="name of a saved column mapping")
    parser.add_argument(
        "--accept",
        type=_guess_kinds,
        default=frozenset(),
        metavar="KINDS",
        help="confirm guesses about how a table was read: "
        f"{', '.join(GUESS_KINDS)} or all, separated by commas; otherwise orders that depend on a guess are held. "
        "'all' does not include 'cancelled', which sends orders that should not be shipped according to the file",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="also print where each value came from that is not in the file",
    )
    parser.add_argument(
        "--retry-for",
        "--patience",
        dest="retry_for",
        type=_seconds,
        metavar="SECONDS",
        help="how long to look up an order whose response was lost before it is sent again, to verify accepted orders, "
        "and to retry while the service is unreachable or busy (default: 60, 240 and 60); a write in flight always has 30 seconds",
    )
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = _file_parser(
        "check",
        "Report the problems of a file of orders: one line per problem, with position, order and field.",
        "Without credentials only the file is checked. With credentials in the environment, --profile or --demo the\n"
        "account is checked too: whether the shop exists, and which orders are new or would update existing ones.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object per problem")
    return parser


def _submit_parser() -> argparse.ArgumentParser:
    parser = _file_parser("submit", "Stage the orders of a file, send them, and verify each of them.", _SUBMIT_OUTPUT)
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="only report which orders would be created or updated, and which are unchanged",
    )
    parser.add_argument(
        "--only-good",
        action="store_true",
        help="skip orders with errors; by default one error keeps all from being sent",
    )
    parser.add_argument(
        "--no-verify", action="store_true", help="exit once the orders are accepted, without verifying them"
    )
    parser.add_argument(
        "--batch", metavar="NAME", help="name of the batch to stage into (default: named after the file)"
    )
    parser.add_argument(
        "--updates",
        choices=("send", "hold"),
        default="send",
        help="what to do with orders that already exist (default: send; the app holds them instead)",
    )
    return parser


GUESS_KINDS = ("price", "weight", "unit", "items", "encoding", "status", "address", "cancelled")


def _guess_kinds(text: str) -> frozenset[str]:
    kinds = frozenset(text.replace(" ", "").lower().split(","))
    if unknown := sorted(kinds - {*GUESS_KINDS, "all"}):
        expected = f"{', '.join(GUESS_KINDS)} or all"
        raise argparse.ArgumentTypeError(f"{unknown[0][:40]!r} is not a kind of guess: expected {expected}")
    # An order that was cancelled, refunded or shipped is sent only if that is named.
    return kinds - {"all"} | (frozenset(GUESS_KINDS) - {"cancelled"} if "all" in kinds else frozenset())


def _shop(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not an integration id: expected a number from 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1.0 <= seconds <= 86_400.0:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not valid: expected 1 to 86400 seconds")
    return seconds


def _check(options: argparse.Namespace) -> int:
    from tui.config.choice import ProfileChoice, has_credentials
    from tui.config.settings import read_settings

    # A default profile is not used, so that a file can be checked without a network.
    use_account = options.demo or options.profile is not None or has_credentials()
    choice = ProfileChoice(*required_profile(options)) if use_account else None

    from tui.work.gc_pause import gc_paused

    with gc_paused():
        from tui.headless import check

    return run_or_usage_error(lambda: check(options, *(choice or ProfileChoice(None, read_settings()))))


def _submit(options: argparse.Namespace) -> int:
    if options.read_only and not options.dry_run:
        raise UsageError("--read-only never writes, so submit cannot send; use --dry-run to see what it would do.")
    profile, settings = required_profile(options)
    if profile.read_only and not options.dry_run:
        raise UsageError(
            f"Profile {profile.name!r} is read only, so submit cannot send; use --dry-run to see what it would do."
        )

    from tui.work.gc_pause import gc_paused

    with gc_paused():
        from tui.headless import submit

    return run_or_usage_error(lambda: submit(options, profile, settings))


def _orders(command: str, arguments: list[str]) -> int:
    """Run a command on the orders of the account. Arguments that are no options are the query, also `-country:DE`."""
    parser = _orders_parser(command)
    options, words = parser.parse_known_args(arguments)
    if command == "show":
        options.order = " ".join(words)
        if not options.order:
            raise UsageError("show needs the number or id of an order; see sendcloud-orders show --help.")
    else:
        misspelt = next((word for word in words if word.startswith("--") and word != "--"), None)
        if misspelt is not None and "--" not in words[: words.index(misspelt)]:
            raise UsageError(f"{misspelt} is not an option; see sendcloud-orders {command} --help.")
        options.query = words
    if options.json and getattr(options, "csv", False):
        raise UsageError("--json and --csv cannot be combined.")
    if options.cached and options.refresh:
        raise UsageError("--cached and --refresh cannot be combined.")
    profile, settings = required_profile(options)

    from tui.work.gc_pause import gc_paused

    with gc_paused():
        from tui.commands.orders import count_orders, list_orders, show_order

    run_command = {"list": list_orders, "show": show_order, "count": count_orders}[command]
    return run_or_usage_error(lambda: run_command(options, profile, settings))


_ORDERS_HELP = {
    "list": ("[QUERY…]", "Print the orders that match a query; without a query, all."),
    "show": ("ORDER", "Print one order, its problems and what was sent."),
    "count": ("[QUERY…]", "Print how many orders match a query."),
}
_READING = """New and open orders are read first, with progress on standard error. Orders are kept in a cache on this machine.
Exit codes: 0 found, 1 none found, 2 usage error, 3 the service is unreachable or denied access."""


def _orders_parser(command: str) -> argparse.ArgumentParser:
    words, description = _ORDERS_HELP[command]
    parser = CommandParser(
        command, description, f"{_READING}\n\n{CREDENTIALS}", usage=f"sendcloud-orders {command} [options] {words}"
    )
    add_account(parser)
    parser.add_argument("--cached", action="store_true", help="use the cache only; send no request")
    parser.add_argument("--refresh", action="store_true", help="read all open orders again first")
    parser.add_argument("--no-cache", action="store_true", help="keep the orders in memory only")
    parser.add_argument("--json", action="store_true", help="JSON: one object per line")
    if command == "list":
        parser.add_argument("--csv", action="store_true", help="CSV for spreadsheets")
        parser.add_argument("--columns", metavar="A,B", default="", help="columns of the text or CSV output")
        parser.add_argument("--limit", type=_count, metavar="N", help="print at most N orders")
        parser.add_argument("--raw", action="store_true", help="add the whole order to each line of JSON")
    if command == "count":
        parser.add_argument(
            "--by", metavar="A,B", default="", help="fields to count by: why, country, shop, status, sku, …"
        )
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return int(text)


def _app(options: argparse.Namespace) -> int:
    # The collector would search the imported modules again and again; the app enables it before the first frame.
    gc.disable()
    if not _has_app_terminal():
        return _open_app(options, "", None)

    from tui.first_paint import first_paint, start_of

    start = start_of(vars(options), os.environ)
    with first_paint(start) as paint:
        return _open_app(options, start, paint)


def _open_app(options: argparse.Namespace, start: str, paint: "FirstPaint | None") -> int:
    # In a terminal, the app lets the user choose; a profile or a URL that was asked for is required.
    asks = has_terminal() and options.profile is None and options.url is None
    profile, settings = chosen_profile(options) if asks else required_profile(options)
    _check_terminal()
    _terminal_defaults()

    from tui.start import run

    return run_or_usage_error(
        lambda: run(
            profile,
            settings,
            start=start,
            paint=paint,
            mouse=options.mouse,
            no_cache=options.no_cache,
            read_only=options.read_only,
        )
    )


def _has_app_terminal() -> bool:
    return has_terminal() and os.environ.get("TERM", "") not in _NO_TERMINALS


def _check_terminal() -> None:
    if not has_terminal():
        raise UsageError("A terminal is required: standard input and output must not be redirected.")
    if not _has_app_terminal():
        raise UsageError(
            "This terminal cannot position text (TERM is empty or dumb); use a terminal type such as xterm, tmux or screen."
        )


def _terminal_defaults() -> None:
    from tui.config.terminal_defaults import terminal_defaults

    if os.environ.get("NO_COLOR") == "":  # means nothing, says no-color.org; Textual looks only whether it is there
        del os.environ["NO_COLOR"]
    os.environ.update(terminal_defaults(os.environ))


def _sandbox(arguments: list[str]) -> int:
    parser = CommandParser(
        "sandbox", "Serve the sandbox on this machine only: the same API, stored in SQLite, without an account."
    )
    parser.add_argument("--port", type=int, default=8750, help="port on 127.0.0.1; 0 picks a free one (default: 8750)")
    parser.add_argument("--data", metavar="FILE", help="file to store the orders in (default: in memory)")
    parser.add_argument(
        "--credentials", metavar="PUBLIC:SECRET", default="demo:demo", help="accepted key pair (default: demo:demo)"
    )
    parser.add_argument("--orders", type=int, metavar="N", default=2000, help="number of orders (default: 2000)")
    parser.add_argument(
        "--settle", type=float, metavar="SECONDS", default=2.0, help="delay until a POST can be read (default: 2)"
    )
    parser.add_argument("--seed", type=int, metavar="N", default=1, help="seed of the generated orders (default: 1)")
    parser.add_argument("--now", metavar="TIME", help="freeze the date at this time, for example 2026-11-23T08:00:00Z")
    parser.add_argument(
        "--odd", action="store_true", help="deviate from the API documentation as the real service does"
    )
    parser.add_argument("--limits", action="store_true", help="refuse more than 1000 reads or 100 writes per minute")
    parser.add_argument("--reset", action="store_true", help="recreate the file")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME=VALUE", help="add a fault: latency=300, lost=0.1, ..."
    )
    options = parser.parse_args(arguments)

    from tui.sandbox.command import serve

    return run_or_usage_error(lambda: serve(options))


if __name__ == "__main__":
    main()

"""`sendcloud-orders sandbox`: converts the options to settings and starts the server."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from tui.sandbox.data import DamagedSandboxError, NotASandboxError
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.settings import SandboxSettings


def serve(options: argparse.Namespace) -> int:
    """Serve until interrupted and return the exit code. Raises ValueError for invalid options."""
    if options.data and Path(options.data).is_dir():
        raise ValueError(f"{options.data} is a folder; --data takes the name of a file.")
    settings = SandboxSettings(
        data=Path(options.data) if options.data else ":memory:",
        credentials=options.credentials,
        orders=options.orders,
        settle=options.settle,
        seed=options.seed,
        now=_time(options.now) if options.now else None,
        odd=options.odd,
        limits=options.limits,
        reset=options.reset,
        faults=_faults(options.fault),
    )
    if not 0 <= options.port <= 65535:
        raise ValueError(f"{options.port} is not a port number from 0 to 65535.")
    from tui.sandbox.serve import run

    try:
        run(settings, options.port)
    except NotASandboxError as error:
        raise ValueError(f"--data: {error}; choose another name") from None
    except DamagedSandboxError as error:
        raise ValueError(f"--data: {error}; start the sandbox with --reset to fill it again") from None
    except ImportError:
        print('sendcloud-orders: Serving needs uvicorn: pip install "sendcloud-orders[sandbox]"', file=sys.stderr)
        return 2
    except OSError as error:
        if error.filename is not None:
            raise ValueError(f"--data cannot be used ({error.strerror}): {error.filename}") from None
        raise ValueError(f"Port {options.port} cannot be used: {error.strerror or error}.") from None
    return 0


def _faults(given: list[str]) -> Faults:
    try:
        return Faults.parse(given)
    except ValueError as error:
        known = ", ".join(("latency", "settle", "retry_after", *Fault))
        raise ValueError(f"Invalid --fault: {error}. Known names are {known}.") from None


def _time(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a valid time; use a form like 2026-11-23T08:00:00Z.") from None
    if when.tzinfo is None:
        raise ValueError("--now requires a time zone, for example 2026-11-23T08:00:00Z.")
    return when

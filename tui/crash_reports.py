"""Reports of internal errors: versions and where in the code, never a value or the text of an exception."""

import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_FOLDER: Final = "crashes"
_KEPT: Final = 20
_PACKAGES: Final = ("sendcloud-orders", "textual", "rich", "httpx", "pydantic", "starlette", "simplejson")


def write_report(folder: Path, error: BaseException) -> Path:
    """Write a report of an error below the data folder, readable by the user only. Returns its path. Raises OSError."""
    reports = folder / _FOLDER
    reports.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}.txt"
    with open(os.open(reports / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(report_text(error))
    for old in all_reports(folder)[:-_KEPT]:
        old.unlink(missing_ok=True)
    return reports / name


def describe(folder: Path, error: BaseException, *, ends: bool = True) -> str:
    """Write a report of an error. Returns the sentences for the user. `ends`: whether the error ends the program."""
    try:
        report = f"The report, which contains no data, is {write_report(folder, error)}"
    except OSError as failed:
        report = f"No report could be written ({failed.strerror}):\n{report_text(error)}"
    saved = " What you entered is saved: start again to continue." if ends else ""
    return f"Internal error ({where(error)}).{saved} {report}"


def all_reports(folder: Path) -> list[Path]:
    """The reports below the data folder, the oldest first."""
    return sorted((folder / _FOLDER).glob("crash-*.txt"))


def where(error: BaseException) -> str:
    """The type of an error and the place of its last frame: `KeyError in tui/app.py, line 12`."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {_short(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def report_text(error: BaseException) -> str:
    """The report: versions, then the types and stacks of the error and of those that led to it."""
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')}  {where(error)}", ""]
    lines += [f"{name} {version}" for name, version in _versions()]
    lines += [f"TERM {os.environ.get('TERM', '')[:40]!a}", ""]
    lines += _stacks(error, "", set())
    return "\n".join(lines) + "\n"


def _stacks(error: BaseException, title: str, seen: set[int]) -> list[str]:
    """The stack of an error, then those of its cause, its context and its parts. Source lines are those of programs."""
    if id(error) in seen:
        return []
    seen.add(id(error))
    lines = [f"{title}{type(error).__module__}.{type(error).__qualname__}{_number(error)}"]
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"  {_short(frame.filename)}:{frame.lineno} {frame.name}")
        lines += [f"    {frame.line}"] if frame.line else []
    if error.__cause__ is not None:
        lines += _stacks(error.__cause__, "caused by ", seen)
    elif error.__context__ is not None and not error.__suppress_context__:
        lines += _stacks(error.__context__, "while handling ", seen)
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            lines += _stacks(part, "part ", seen)
    return lines


def _number(error: BaseException) -> str:
    """What is known about an error of the system or of SQLite without its text."""
    if isinstance(name := getattr(error, "sqlite_errorname", None), str):
        return f" {name}"
    return f" errno {error.errno}" if isinstance(error, OSError) and error.errno is not None else ""


def _short(filename: str) -> str:
    """A path without the user's folders."""
    parts = Path(filename).parts
    for top in ("tui", "site-packages", "tests"):
        if top in parts:
            start = len(parts) - 1 - parts[::-1].index(top)
            return "/".join(parts[start if top != "site-packages" else start + 1 :])
    return parts[-1] if parts else "?"


def _versions() -> list[tuple[str, str]]:
    import sqlite3
    from importlib.metadata import PackageNotFoundError, version

    found = [("Python", platform.python_version()), ("SQLite", sqlite3.sqlite_version)]
    found += [("system", f"{sys.platform} {platform.release()} {platform.machine()}")]
    for name in _PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "not installed"))
    return found

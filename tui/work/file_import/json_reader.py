"""Reads orders from JSON: the entries that are orders, and the others with place and reason."""

import os
import stat
from pathlib import Path

from tui.api.codec import LIMIT, CodecError, Json, decode
from tui.orders.parsed import ParsedFile, ParsedOrder, RefusedEntry
from tui.work.file_import.foreign_json import system_of, system_of_file
from tui.work.typed_paths import at_home

MAX_ORDERS_PER_FILE = 10_000
"""The maximum number of orders in one file."""


class ImportFileError(ValueError):
    """The file could not be read. The message says why."""


def describe_paste(text: str) -> str:
    """Describe pasted orders: JSON or rows of cells. Empty if the text has none."""
    if text.lstrip()[:1] in ("[", "{"):
        return f"{len(text)} characters of JSON"
    rows = text.splitlines()
    return f"{len(rows)} rows of cells" if len(rows) > 1 and "\t" in text else ""


def read_file(path: Path) -> bytes:
    """Read the bytes of a file. Raises ImportFileError for everything that can be wrong with it."""
    path = at_home(path)
    try:
        # A pipe or a terminal would block the app.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as file:
            found = os.fstat(file.fileno())
            if stat.S_ISDIR(found.st_mode):
                raise ImportFileError(f"{path} is a directory. Nothing was added.")
            if not stat.S_ISREG(found.st_mode):
                raise ImportFileError(f"{path} is not a regular file. Nothing was added.")
            if found.st_size > LIMIT:
                size, most = found.st_size // 2**20, LIMIT // 2**20
                raise ImportFileError(f"{path} has {size} MB; at most {most} MB are read. Nothing was added.")
            return file.read(LIMIT + 1)
    except ImportFileError:
        raise
    except FileNotFoundError:
        raise ImportFileError(f"There is no file {path}. Nothing was added.") from None
    except IsADirectoryError:
        raise ImportFileError(f"{path} is a directory. Nothing was added.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ImportFileError(f"{path} cannot be read: {reason}. Nothing was added.") from None


def read_orders(data: bytes | str) -> ParsedFile:
    """Parse a list of orders or one order, with or without a `data` object around it, or JSON lines.

    Raises ImportFileError.
    """
    from tui.orders.edits.upsert import to_upsert  # 5 ms, for JSON only

    if not data.strip():
        raise ImportFileError("It is empty. Nothing was added.")
    entries, refused = _entries(data)
    if entries and all(system_of(entry) for _, entry in entries):
        raise ImportFileError(_foreign(system_of(entries[0][1])))
    if len(entries) > MAX_ORDERS_PER_FILE:
        raise ImportFileError(_too_many(f"{len(entries):,}"))
    orders = []
    for place, entry in entries:
        if not isinstance(entry, dict):
            refused.append(RefusedEntry(place, f"is {_json_type(entry)}, not an order"))
        elif not entry:
            refused.append(RefusedEntry(place, "is an empty object"))
        elif system := system_of(entry):
            refused.append(RefusedEntry(place, f"is not the service's form of an order (looks like {system})"))
        else:
            document, notes = to_upsert(entry, keep_id=True)
            orders.append(ParsedOrder(document, place, len(notes)))
    return ParsedFile(tuple(orders), tuple(refused))


def _entries(data: bytes | str) -> tuple[list[tuple[str, Json]], list[RefusedEntry]]:
    try:
        whole = decode(data, unique=True)
    except CodecError as error:
        lines = _lines(data)
        if lines is None:
            raise ImportFileError(f"It is not JSON: {error}. Nothing was added.") from None
        return lines
    if system := system_of_file(whole):
        raise ImportFileError(_foreign(system))
    if isinstance(whole, dict) and isinstance(whole.get("data"), list | dict) and "order_details" not in whole:
        whole = whole["data"]
    if isinstance(whole, list):
        if not whole:
            raise ImportFileError("It is an empty list. Nothing was added.")
        return [(f"entry {number}", entry) for number, entry in enumerate(whole, 1)], []
    return [("the order", whole)], []


def _lines(data: bytes | str) -> tuple[list[tuple[str, Json]], list[RefusedEntry]] | None:
    """Parse JSON lines; None unless there are several lines and some of them are JSON objects."""
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
    entries: list[tuple[str, Json]] = []
    refused: list[RefusedEntry] = []
    for number, line in enumerate(data.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entries.append((f"line {number}", decode(line, unique=True)))
            if len(entries) > MAX_ORDERS_PER_FILE:
                raise ImportFileError(_too_many(f"about {data.count(chr(10)) + 1:,}"))
        except CodecError as error:
            refused.append(RefusedEntry(f"line {number}", f"is not JSON: {error.detail}"))
    objects = sum(isinstance(entry, dict) for _, entry in entries)
    is_lines = objects >= len(refused) and len(entries) + len(refused) > 1 and data.lstrip().startswith("{")
    return (entries, refused) if objects and is_lines else None


def _foreign(system: str) -> str:
    return f"This is not the service's form of an order (looks like {system}); export CSV. Nothing was added."


def _too_many(count: str) -> str:
    return f"It has {count} orders; at most {MAX_ORDERS_PER_FILE:,} are imported at once. Split it into parts. Nothing was added."


def _json_type(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a number"

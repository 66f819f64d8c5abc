"""What is wrong with `settings.toml`, as one sentence with the line, the key and the nearest valid key.

Values of profiles are never part of a message: any of them may be a secret in the wrong place.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from tui.config.schema import INCONSISTENT, SettingsFile

_KEY = "[key]"
"""Pydantic's name for a key of a table with free keys."""


def sentence_of(problem: ErrorDetails, text: str) -> str:
    """The line and what is wrong there: `, line 2: 'keep' in [journal] is not a setting; did you mean 'keep_days'?`"""
    names, kind, hint = _place(problem["loc"])
    line = line_of(names, text)
    *tables, key = names or [""]
    place = _table(tables)
    code = problem["type"]
    if code == INCONSISTENT:
        return f"{line}: {_table(names).removeprefix(' in ')} {problem['msg']}"
    if problem["loc"][-1:] == (_KEY,) or code == "extra_forbidden":
        valid = _valid_keys(kind)
        return f"{line}: {unknown(key, place, valid) if valid else f'{key!r} is not {hint}'}"
    if _is_table(kind):
        return f"{line}: {key} must be a table: {_table(names).removeprefix(' in ')}"
    value = "" if names[0] == "profiles" else f" = {problem['input']!r}"
    return f"{line}: {key}{value}{place} must be {hint}"


def unknown(key: str, place: str, valid: Sequence[str]) -> str:
    """A sentence about a key that does not exist, with the nearest that does; if none is near, with all."""
    nearest = get_close_matches(key, valid, 1)
    advice = f"did you mean {nearest[0]!r}?" if nearest else f"it must be one of {', '.join(valid)}"
    return f"{key!r}{place} is not a setting; {advice}"


def line_of(names: Sequence[str], text: str) -> str:
    """`, line 7`: the line that has the last of these keys; empty if it is not found."""
    number = line_number(names, text)
    return f", line {number}" if number is not None else ""


def line_number(names: Sequence[str], text: str) -> int | None:
    """The number of the line that has the last of these keys, each of which is looked for after the one before."""
    lines, found = ["" if line.lstrip().startswith("#") else line for line in text.splitlines()], 0
    for name in names:
        pattern = re.compile(rf"(?:^|[\s.\[{{,\"']){re.escape(name)}[\"']?\s*(?:=|\]|\.)")
        found = next((number for number in range(found, len(lines)) if pattern.search(lines[number])), found)
    return found + 1 if names and pattern.search(lines[found]) else None


def _place(location: Sequence[str | int]) -> tuple[list[str], Any, str]:
    """The keys of a location as the file has them, the type there, and what the value must be.

    Of an unknown key, the type is that of its table. Parts below a value, such as positions in a list, are left out.
    """
    kind: Any = SettingsFile
    names: list[str] = []
    hint = ""
    for part in location:
        if part == _KEY:
            break
        fields = kind.model_fields if _is_model(kind) else None
        if fields is None and get_origin(kind) is not dict:
            break
        names.append(str(part))
        if fields is None:
            if location[-1] == _KEY and len(names) == len(location) - 1:
                break
            kind = get_args(kind)[1]
        elif str(part) in fields:
            kind, hint = fields[str(part)].annotation, fields[str(part)].description or ""
        else:
            break
    return names, kind, hint


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_table(kind: Any) -> bool:
    return _is_model(kind) or get_origin(kind) is dict


def _valid_keys(kind: Any) -> Sequence[str]:
    """The keys of a table; none if they are free."""
    if _is_model(kind):
        return tuple(kind.model_fields)
    key = get_args(kind)[0]
    return get_args(key) if get_origin(key) is Literal else ()


def _table(names: Sequence[str]) -> str:
    """The name of a table as the file has it: ` in [shops."7".checks]`; empty for the root."""
    shown = [name if re.fullmatch(r"[A-Za-z_-]+", name) else f'"{name}"' for name in names]
    return f" in [{'.'.join(shown)}]" if shown else ""

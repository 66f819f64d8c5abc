"""Regular expressions that are compiled when they are first used: most files need only few of them."""

import re
from typing import Any, AnyStr, cast


def late_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Like `re.compile`, but nothing is compiled until a method of the result is used."""
    return cast(re.Pattern[AnyStr], _LatePattern(pattern, flags))


class _LatePattern:
    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._arguments: Any = pattern, flags

    def __getattr__(self, name: str) -> Any:
        # Called only for what the instance does not have yet. `re` keeps the compiled pattern for the other methods.
        found = getattr(re.compile(*self._arguments), name)
        setattr(self, name, found)
        return found

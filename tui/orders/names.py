"""Normalizes names that people and shops give to columns and statuses, for comparison."""

import re
from functools import lru_cache
from typing import Final

from tui.orders.addresses.formats import normalize

_LIGATURES: Final = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"})


@lru_cache(maxsize=1024)
def normalized(name: str) -> str:
    """Normalize a name for comparison: `Ship-to ZIP_code` becomes `ship to zip code`."""
    name = re.sub(r"(?<=[a-z])['’]s\b", "", name)  # `Recipient's city`
    # `shipping.address.city` is a path, `C.P.` is an abbreviation.
    apart = re.sub(
        r"(?<=[^\W\d_]{2})\.(?=[^\W\d_]{2})", " ", re.sub(r"\b([dl])['’]", r"\1 ", name, flags=re.IGNORECASE)
    )
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", apart.replace("MwSt", "Mwst"))
    return normalize(apart.replace("#", " number ").translate(_LIGATURES))

"""Pens: the colours and attributes of text, as SGR parameters such as `1;31;48;5;7`; "" is the terminal's default."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

RESET: Final = "\x1b[m"


@lru_cache(maxsize=512)
def normalized(codes: str) -> str:
    """The pen without parameters that select the default colours."""
    attributes, foreground, background = _parts(codes)
    if foreground == "39" or background == "49":
        shown = [color for color, default in ((foreground, "39"), (background, "49")) if color not in ("", default)]
        return ";".join([*sorted(attributes), *shown])
    return codes


@lru_cache(maxsize=512)
def change(old: str, new: str) -> str:
    """The shortest output that changes one pen into another."""
    if old == new:
        return ""
    if not new:
        return RESET
    if not old:
        return f"\x1b[{new}m"
    old_parts, new_parts = _parts(old), _parts(new)
    codes = sorted({_END_CODES.get(ended, "0") for ended in old_parts[0] - new_parts[0]})
    # 22 ends both bold and dim, so the remaining attributes are set again.
    codes += sorted(new_parts[0] if codes else new_parts[0] - old_parts[0])
    for before, after, default in zip(old_parts[1:], new_parts[1:], ("39", "49"), strict=True):
        if before != after:
            codes.append(after or default)
    whole = f"\x1b[0;{new}m"
    return whole if "0" in codes else min(whole, f"\x1b[{';'.join(codes)}m", key=len)


@lru_cache(maxsize=512)
def of_blank(codes: str) -> str:
    """The visible part of a pen on a blank cell: the background, unless the pen underlines or swaps colours."""
    attributes, _, background = _parts(codes)
    return background if attributes <= _INVISIBLE_ON_BLANKS else codes


@lru_cache(maxsize=512)
def is_background(codes: str) -> bool:
    """Whether a pen is nothing but a background, or the default pen."""
    attributes, foreground, _ = _parts(codes)
    return not attributes and not foreground


@lru_cache(maxsize=512)
def _parts(codes: str) -> tuple[frozenset[str], str, str]:
    """Attributes, foreground and background of a pen."""
    attributes: set[str] = set()
    foreground = background = ""
    numbers = iter(codes.split(";") if codes else ())
    for number in numbers:
        if number in ("38", "48"):
            kind = next(numbers)
            color = ";".join([number, kind, *_take(numbers, 1 if kind == "5" else 3)])
            foreground, background = (color, background) if number == "38" else (foreground, color)
        elif number in _FOREGROUNDS:
            foreground = number
        elif number in _BACKGROUNDS:
            background = number
        else:
            attributes.add(number)
    return frozenset(attributes), foreground, background


def _take(numbers: Iterable[str], count: int) -> list[str]:
    return [number for _, number in zip(range(count), numbers, strict=False)]


_END_CODES: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_INVISIBLE_ON_BLANKS: Final = frozenset({"1", "2", "3", "5"})
_FOREGROUNDS: Final = frozenset(map(str, (*range(30, 38), 39, *range(90, 98))))
_BACKGROUNDS: Final = frozenset(map(str, (*range(40, 48), 49, *range(100, 108))))

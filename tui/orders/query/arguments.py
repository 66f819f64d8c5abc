"""A query from the arguments of a command, from which the shell has removed the quotes."""

import re
from collections.abc import Sequence
from typing import Final

from tui.orders.query.syntax import OPERATORS, quote
from tui.orders.query.vocabulary import ALIASES, FIELDS

_NAMES: Final = "|".join((*FIELDS, *ALIASES, "is", "why", "sort"))
_SEVERAL_TERMS: Final = re.compile(rf'["()]|\s(or|not)\s|^not\s|\s-?({_NAMES})(:|[<>]=?)', re.IGNORECASE)
_FIELD: Final = re.compile(rf"(-*)({OPERATORS.pattern})?")


def from_arguments(arguments: Sequence[str]) -> str:
    """The query that arguments make: `city:Den Haag` is one argument and becomes `city:"Den Haag"`.

    An argument with spaces is a phrase, unless it has several terms. A comma without a space after it separates
    alternatives, as in `city:Den Haag,Delft`. The first `--` is left out.
    """
    given = list(arguments)
    if "--" in given:
        given.remove("--")
    return " ".join(_term(argument) for argument in given if argument.strip())


def _term(argument: str) -> str:
    if not re.search(r"\s", argument) or _SEVERAL_TERMS.search(argument):
        return argument
    field = _FIELD.match(argument)
    before = field[0] if field is not None else ""
    rest = argument[len(before) :]
    values = re.split(r",(?!\s)", rest) if before.strip("-") else [rest]
    return before + ",".join(quote(value) if re.search(r"\s", value) else value for value in values)

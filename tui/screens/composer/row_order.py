"""Which orders of a batch are listed, and how they are sorted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import is_

from tui.api.codec import Document
from tui.api.pointer import Pointer
from tui.orders.paths import ANY
from tui.orders.summary import order_name, searchable_text
from tui.screens.composer.rows import TABS, location_text, tab_of
from tui.work.batches.staged_order import Finding, StagedOrder
from tui.work.batches.staging import Staging

_PROBLEM = "problem:"


@dataclass(slots=True)
class RowSorting:
    """The order of the rows, made once when it is chosen, so that no row moves away under the hand.

    `by`: "", "problem", "state", "number", or the path of a column.
    """

    by: str = ""
    down: bool = False
    _ranks: dict[str, int] = field(default_factory=dict)

    def choose(self, by: str) -> None:
        """Sort by this; choosing the same again reverses the order."""
        self.down = bool(by) and by == self.by and not self.down
        self.by = by
        self._ranks.clear()

    def sorted(self, staging: Staging, orders: Sequence[StagedOrder]) -> list[StagedOrder]:
        if not self.by:
            return list(orders)
        if not self._ranks:
            ranked = sorted(staging.orders, key=_key_of(self.by, staging), reverse=self.down)
            self._ranks = {order.id: rank for rank, order in enumerate(ranked)}
        last = len(self._ranks)
        return sorted(orders, key=lambda order: self._ranks.get(order.id, last))


@dataclass(slots=True)
class SearchIndex:
    """The searchable texts of each order, cached while order and problems are unchanged."""

    _of: dict[str, tuple[Document, str]] = field(default_factory=dict)
    _problems: dict[str, tuple[list[Finding], str]] = field(default_factory=dict)

    def of(self, order: StagedOrder) -> str:
        """The order and its source as text, in lower case."""
        kept = self._of.get(order.id)
        if kept is None or kept[0] is not order.document:
            text = f"{searchable_text(order.document)}\n{order.source.lower()}"
            kept = self._of[order.id] = (order.document, text)
        return kept[1]

    def problems(self, staging: Staging, order: StagedOrder) -> str:
        """The problems of the order as text, in lower case."""
        found = staging.findings(order)
        kept = self._problems.get(order.id)
        if kept is None or len(kept[0]) != len(found) or not all(map(is_, kept[0], found)):
            kept = self._problems[order.id] = (found, _problem_text(found))
        return kept[1]


def fits(staging: Staging, order: StagedOrder, words: str, texts: SearchIndex) -> bool:
    """Whether an order contains all these words, in its document, source or problems.

    `problem:word` searches problems only; `problem:` alone matches any problem.
    """
    found = words.lower().split()
    if not found:
        return True
    problems, text = "", texts.of(order)
    if any(word.startswith(_PROBLEM) for word in found) or not _has(text, found):
        problems = texts.problems(staging, order)
        text = f"{text}\n{problems}"
    for word in found:
        if word.startswith(_PROBLEM):
            if not problems or word.removeprefix(_PROBLEM) not in problems:
                return False
        elif word not in text:
            return False
    return True


def _problem_text(found: Sequence[Finding]) -> str:
    return "\n".join(
        f"{finding.problem.title} {location_text(finding)} {finding.problem.detail}"
        for finding in found
        if not finding.stale
    ).lower()


def _has(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _key_of(by: str, staging: Staging) -> Callable[[StagedOrder], tuple[object, ...]]:
    match by:
        case "problem":
            return lambda order: _problem_key(staging, order)
        case "state":
            tabs = list(TABS)
            return lambda order: (tabs.index(tab_of(staging.send_state(order))),)
        case "number":
            return lambda order: _natural(order_name(order.document))
        case path:
            pointer = Pointer(tuple("0" if token == ANY else token for token in path.split("/")))
            return lambda order: _value_key(pointer, order)


def _problem_key(staging: Staging, order: StagedOrder) -> tuple[object, ...]:
    """Errors first, then warnings, equal problems together, then orders without problems."""
    found = next((finding for finding in staging.findings(order) if not finding.stale), None)
    if found is None:
        return (2, "", "")
    return (0 if found.stops else 1, location_text(found).casefold(), found.problem.detail)


def _value_key(pointer: Pointer, order: StagedOrder) -> tuple[object, ...]:
    """Empty values first, then numbers, then texts in natural order."""
    value = pointer.get(order.document)
    if isinstance(value, str) and value:
        return (2, *_natural(value))
    if value is None or (not value and not isinstance(value, int)):
        return (0,)
    if isinstance(value, list | dict | bool | str):
        return (3, str(value))
    return (1, value)


def _natural(text: str) -> tuple[object, ...]:
    """`T10` after `T9`."""
    parts: list[object] = []
    word = ""
    for char in text.casefold():
        if word and (char.isascii() and char.isdigit()) != (word[-1].isascii() and word[-1].isdigit()):
            parts.append(_part(word))
            word = ""
        word += char
    return (*parts, _part(word))


def _part(word: str) -> tuple[int, int, str]:
    return (0, int(word), "") if word.isascii() and word.isdigit() and len(word) < 100 else (1, 0, word)

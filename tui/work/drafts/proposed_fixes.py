"""The proposed fixes of many orders, by kind of problem, with the values that each would change."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.pointer import Pointer
from tui.orders.checks.fix import Fix
from tui.orders.progress import OnProgress, Progress


@dataclass(frozen=True, slots=True)
class OrderFix:
    """The fix of one problem of one order. `document`: the order with its draft, as the fix was made for."""

    key: str
    document: Document
    problem: Problem
    fix: Fix

    @property
    def changes(self) -> list[tuple[Pointer, Json]]:
        """The values that would change, by pointer."""
        return [(pointer, value) for pointer, value in self.fix.values if pointer.get(self.document) != value]


async def proposed_fixes(
    orders: Sequence[tuple[str, Document]],
    check: Callable[[Document], Iterable[Problem]],
    propose: Callable[[Document, Problem], Fix | None],
    progress: OnProgress = lambda _: None,
) -> dict[str, list[OrderFix]]:
    """The fixes for some orders (keys and documents) by the code of the problem, the most frequent kind first.

    Other tasks run between the orders.

    `check` finds the problems of an order, `propose` a fix for one of them. Of an order, each kind of problem has one fix.
    """
    found: dict[str, list[OrderFix]] = {}
    for number, (key, document) in enumerate(orders, 1):
        progress(Progress(number, len(orders)))
        await asyncio.sleep(0)
        seen: set[str] = set()
        for problem in check(document):
            if problem.code in seen or (fix := propose(document, problem)) is None:
                continue
            entry = OrderFix(key, document, problem, fix)
            if entry.changes:
                seen.add(problem.code)
                found.setdefault(problem.code, []).append(entry)
    return dict(sorted(found.items(), key=lambda kind: -len(kind[1])))

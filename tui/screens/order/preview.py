"""An order as lines of a preview, and its problems as a mark and a short text."""

from collections.abc import Callable, Iterator, Sequence

from tui.api.codec import Document
from tui.api.errors import Problem, Severity
from tui.api.wording import count_of, shorten
from tui.orders.checks.fix import Fix
from tui.orders.checks.fixes import fix_for
from tui.orders.fields import label_of
from tui.orders.paths import DELIVERY_INDICATOR, ITEMS, NOTES, PAYMENT_STATUS, SHIPPING_OPTION, STATUS, TOTAL
from tui.orders.summary import address_lines, item_count, money_at, tags_of, text_at
from tui.widgets.lines import Piece
from tui.widgets.text import safe

_LONGEST_FIX = 70
"""Characters of a proposal, so that it takes two lines at most beside the address. The form shows all of it."""


def state_mark(problems: Sequence[Problem]) -> tuple[str, str]:
    """The mark of an order and its style: `!` will not ship, `~` has warnings."""
    if any(problem.severity is Severity.ERROR for problem in problems):
        return "!", "error"
    return ("~", "warning") if problems else (" ", "")


def why_text(problems: Sequence[Problem]) -> str:
    """The first reason in short, and how many more there are."""
    if not problems:
        return ""
    first = problems[0].title or problems[0].detail
    return first if len(problems) == 1 else f"{first} +{len(problems) - 1}"


def preview_lines(
    order: Document,
    problems: Sequence[Problem],
    beside_address: int | None = None,
    propose: Callable[[Document, Problem], Fix | None] = fix_for,
    state: str = "",
    ordered: str = "",
) -> Iterator[list[Piece]]:
    """The lines of a preview: on the left the address, on the right why the order will not ship, and the proposed fixes.

    `beside_address` limits the lines of reasons beside the address; the others follow at the end, none is left out.
    `state`: whether the order is open, and who says so. `ordered`: when it was, if no column shows that.
    """
    left: list[Piece] = [(safe(line), "") for line in address_lines(order)] or [("no shipping address", "error")]
    right: list[Piece] = []
    for problem in problems:
        error = problem.severity is Severity.ERROR
        text = problem.title or problem.detail
        where = label_of(problem.pointer)
        right.append((f"{'!' if error else '~'} {safe(text)}", "error" if error else "warning"))
        proposal = propose(order, problem)
        if proposal is not None:
            right.append((f"    m: {safe(shorten(proposal.text, _LONGEST_FIX))}", "info"))
        elif where.startswith("Items"):
            right.append((f"    {safe(where)}", "dim"))
    most = len(right) if beside_address is None else max(len(left), beside_address)
    right, later = right[:most], right[most:]
    for row in range(max(len(left), len(right))):
        yield [(left[row] if row < len(left) else ("", "")), right[row] if row < len(right) else ("", "")]
    count = item_count(order)
    facts = [
        f"ordered {ordered}" if ordered else "",
        count_of(count, "item") if count is not None else "no items",
        f"{money_at(order, TOTAL)} {text_at(order, PAYMENT_STATUS)}".strip(),
        text_at(order, STATUS),
        state,
        text_at(order, SHIPPING_OPTION),
        text_at(order, DELIVERY_INDICATOR),
    ]
    if tags := tags_of(order):
        facts.append("tags: " + ", ".join(tags))
    yield [(safe(" · ".join(filter(None, facts))), "dim")]
    if note := text_at(order, NOTES):
        yield [(f'note: "{safe(note)}"', "info")]
    items = ITEMS.get(order)
    names = [text_at(item, ITEMS.of("name")) for item in items] if isinstance(items, list) else []
    if names:
        yield [(safe(", ".join(names[:12])), "dim")]
    yield from ([piece] for piece in later)

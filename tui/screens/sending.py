"""From drafts to the review, and from its `y` to the service."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tui.api.codec import Json
from tui.api.errors import Severity
from tui.orders.entry import show_value
from tui.orders.fields import field_at, label_of
from tui.orders.glance import order_name
from tui.orders.preflight import preflight
from tui.screens.listing import Onway
from tui.screens.review import Parcel, ReviewPlan, ReviewScreen
from tui.screens.rooms import told_if_not_kept
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe
from tui.work.correct import Standing, Way
from tui.work.drafts import Clash, Draft

if TYPE_CHECKING:
    from tui.screens.base import HouseScreen

_MARKS = {
    Way.SENDING: (">", "info"),
    Way.FOLLOWED: (">", "info"),
    Way.CHANGED: ("#", "conflict"),
    Way.REFUSED: ("S", "service"),
    Way.BUSY: ("*", "warning"),
    Way.UNKNOWN: ("#", "conflict"),
    Way.NOT_APPLIED: ("*", "warning"),
    Way.NOT_SENT: ("*", "warning"),
    Way.GONE: ("#", "conflict"),
    Way.DIFFERS: ("S", "service"),
    Way.CONFIRMED: ("=", "good"),
    Way.DELETED: ("=", "good"),
}


def standing_mark(standing: Standing, draft: Draft | None) -> Onway | None:
    """How the table tells what became of an order; a confirmed one with a new draft is a draft again."""
    if standing.way is Way.CONFIRMED and draft is not None:
        return None
    mark, tone = _MARKS[standing.way]
    words = standing.words if standing.way is not Way.CONFIRMED else str(standing.way)
    return Onway(mark, words, tone)


def review_drafts(screen: "HouseScreen", drafts: Sequence[Draft]) -> None:
    """Read the orders again, then show what would go; nothing is sent before `y` there."""
    if not drafts:
        screen.say("There is nothing to review: no order was changed.")
        return
    screen.say(f"Reading {len(drafts)} order{'' if len(drafts) == 1 else 's'} again …")
    screen.run_worker(_review(screen, drafts), name="read drafts again", group="review", exclusive=True)


async def _review(screen: "HouseScreen", drafts: Sequence[Draft]) -> None:
    bench = screen.house.bench
    stopped: dict[str, Standing] = {}
    clashes: dict[str, Sequence[Clash]] = {}
    for draft in drafts:
        standing = bench.corrections.standing(draft.order_id)
        if standing is not None and bench.corrections.is_unsettled(draft.order_id):
            stopped[draft.order_id] = standing
            continue
        found = await bench.corrections.read_again(draft)
        if found is not None and found.way is Way.CHANGED:
            clashes[draft.order_id] = found.clashes
        elif found is not None:
            stopped[draft.order_id] = found
    if not screen.is_current:
        return
    if screen.is_typing:
        screen.say("The review is ready; w shows it.")
        return
    parcels = [parcel_of(draft, stopped.get(draft.order_id), clashes.get(draft.order_id, ())) for draft in drafts]
    ready = [
        (draft, parcel.body)
        for draft, parcel in zip(drafts, parcels, strict=True)
        if parcel.body is not None and not bench.client.read_only
    ]
    notes = ["This account is opened for reading only."] if bench.client.read_only else []
    title = order_name(drafts[0].edit.document) if len(drafts) == 1 else f"{len(drafts)} orders"
    plan = ReviewPlan(title, parcels, len(ready), notes)
    screen.house.open_screen(ReviewScreen(plan, lambda: _send(screen, ready)))


def _send(screen: "HouseScreen", ready: Iterable[tuple[Draft, Json]]) -> None:
    corrections = screen.house.bench.corrections
    count = 0
    for draft, body in ready:
        count += 1
        work = told_if_not_kept(screen.house, corrections.send(draft, body))
        screen.app.run_worker(work, name=f"send order {draft.order_id}")
    screen.say(f"{count} order{' is' if count == 1 else 's are'} on the way; the table shows each.")


def parcel_of(draft: Draft, stopped: Standing | None, clashes: Sequence[Clash] = ()) -> Parcel:
    """One draft as the review shows it: field, was, will be; what changed there meanwhile; warnings; what cannot go."""
    patch = draft.patch
    name = order_name(draft.edit.document)
    lines: list[list[Piece]] = []
    carried = {change.pointer for change in patch.carried}
    blocked = {one.pointer: one.reason for one in patch.blocked}
    for change in draft.edit.changes():
        known = field_at(change.pointer)
        kind = known.kind if known is not None else "json"
        mark = "*" if change.pointer in carried else "!"
        lines.append(
            [
                (f"  {mark} ", "changed" if mark == "*" else "error"),
                (fit(label_of(change.pointer), 24) + " ", ""),
                (fit(show_value(kind, change.was), 22) + " ", "dim"),
                (safe(show_value(kind, change.now)), "changed"),
            ]
        )
        if change.pointer in blocked:
            lines.append([(f"      not sent: {safe(blocked[change.pointer])}", "error")])
    for clash in clashes:
        known = field_at(clash.pointer)
        kind = known.kind if known is not None else "json"
        base, theirs = show_value(kind, clash.base), show_value(kind, clash.theirs)
        words = f"the service changed this too: {base} became {theirs}, which yours replaces"
        lines.append([(f"  # {safe(label_of(clash.pointer))}: {safe(words)}", "conflict")])
    for invalid in patch.invalid:
        tone = "warning" if invalid.soft else "error"
        lines.append(
            [(f"  {'~' if invalid.soft else '!'} {safe(label_of(invalid.pointer))}: {safe(invalid.detail)}", tone)]
        )
    for problem in preflight(draft.edit.document):
        mark = "!" if problem.severity is Severity.ERROR else "~"
        lines.append([(f"  {mark} still: {safe(problem.title or problem.detail)}", "warning")])
    if stopped is not None:
        lines.append([(f"  # not sent: {safe(stopped.words)}", "conflict")])
    wrong = [invalid for invalid in patch.invalid if not invalid.soft]
    if wrong:
        lines.append([("  # not sent: the lines with ! have to be mended first", "conflict")])
    sendable = bool(patch.body) and stopped is None and not wrong
    heading = f"{name}{'' if sendable else ' · nothing is sent'}"
    body: Json = patch.body if sendable else None
    return Parcel(heading, lines, f"PATCH /orders/{draft.order_id}", body)

"""Reviews drafts, and sends them after `y`."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.cells import cell_len

from tui.api.codec import Document, Json
from tui.api.errors import Severity
from tui.api.models import Operation
from tui.api.pointer import ABSENT
from tui.api.wording import count_of
from tui.keymap import Context, KeyOf, usual_key
from tui.orders.checks.registry import find_problems
from tui.orders.display import change_label, display_value
from tui.orders.edits.request_choice import RequestChoice
from tui.orders.fields import label_of
from tui.orders.summary import order_name
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace_actions import start_write
from tui.screens.review.screen import ReviewItem, ReviewPlan, ReviewScreen
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe
from tui.work.drafts.drafts import Draft
from tui.work.drafts.sender import DraftSendStatus

_READ_AT_ONCE = 5
_LABEL, _LONGEST_LABEL = 24, 32
_WAS, _LONGEST_WAS = 22, 160


def review_drafts(screen: BaseScreen[Any], drafts: Sequence[Draft], notes: Sequence[str] = ()) -> None:
    """Read the orders again, then show the review with these notes on top. Nothing is sent before `y`."""
    if not drafts:
        screen.show_notice("There is nothing to review: no order was changed.")
    else:
        screen.show_notice(f"Reading {count_of(len(drafts), 'order')} again …")
        screen.run_worker(_review(screen, drafts, notes), name="read drafts again", group="review", exclusive=True)


async def _review(screen: BaseScreen[Any], drafts: Sequence[Draft], notes: Sequence[str]) -> None:
    account = screen.workspace.account
    turns = asyncio.Semaphore(_READ_AT_ONCE)

    async def read(draft: Draft) -> DraftSendStatus | None:
        if account.draft_sender.is_unsettled(draft.order_id):
            return account.draft_sender.status(draft.order_id)
        async with turns:
            return await account.draft_sender.read_again(draft)

    stopped = await asyncio.gather(*map(read, drafts))
    if not screen.is_attached:
        return
    if screen.is_typing or not screen.is_active:
        screen.show_notice(f"The review is ready; {screen.key('review')} shows it.")
        return
    items = [review_item(draft, found, account.key) for draft, found in zip(drafts, stopped, strict=True)]
    ready = [
        (draft, draft.sending.body)
        for draft, item in zip(drafts, items, strict=True)
        if item.body is not None and not account.client.read_only
    ]
    notes = [*notes, *(["Read-only: this account cannot write."] if account.client.read_only else [])]
    title = order_name(drafts[0].edit.document) if len(drafts) == 1 else f"{len(drafts)} orders"
    plan = ReviewPlan(title, items, len(ready), notes)
    screen.show_notice("")
    if await screen.ask_screen(ReviewScreen(screen.workspace, plan)) is not None:
        _send(screen, ready)


def _send(screen: BaseScreen[Any], ready: Iterable[tuple[Draft, Document]]) -> None:
    draft_sender = screen.workspace.account.draft_sender
    count = 0
    for draft, body in ready:
        count += 1
        start_write(screen.workspace, draft_sender.send(draft, body), name=f"send order {draft.order_id}")
    screen.show_notice(f"{count_of(count, 'order is', 'orders are')} in flight; the table shows each.")


def differences(draft: Draft) -> list[list[Piece]]:
    """The lines of a draft: its changes, conflicts, and values taken from the service."""
    return [*_change_lines(draft, draft.sending), *_conflict_lines(draft), *_merged_lines(draft)]


def review_item(draft: Draft, stopped: DraftSendStatus | None, key: KeyOf = usual_key) -> ReviewItem:
    """A draft in the review: old and new values, the request, changes on the service, warnings."""
    sending, name = draft.sending, order_name(draft.edit.document)
    sendable = sending.can_send and stopped is None and not draft.undecided
    lines: list[list[Piece]] = [*_change_lines(draft, sending), *_conflict_lines(draft), *_merged_lines(draft)]
    if sending.operation is Operation.POST:
        lines.extend(_full_order_lines(sending))
    for marked, found in (("!", sending.invalid), ("~", sending.tolerated)):
        tone = "error" if marked == "!" else "warning"
        lines.extend([(f"  {marked} {safe(label_of(issue.pointer))}: {safe(issue.detail)}", tone)] for issue in found)
    for problem in find_problems(draft.edit.document):
        mark = "!" if problem.severity is Severity.ERROR else "~"
        lines.append([(f"  {mark} still: {safe(problem.title or problem.detail)}", "warning")])
    if stopped is not None:
        lines.append([(f"  # not sent: {safe(stopped.message)}", "conflict")])
    elif draft.undecided:
        lines.append(
            [
                (
                    f"  # not sent: {key('empty_value', Context.EDIT)} in the form chooses which side to keep",
                    "conflict",
                )
            ]
        )
    if sending.invalid:
        lines.append([("  # not sent: fix the lines with ! first", "conflict")])
    request = f"PATCH /orders/{draft.order_id}"
    body: Json = sending.body
    if sending.operation is Operation.POST:
        request, body = "POST /orders", [sending.body]
    target = f" · {request}" if sendable else " · nothing is sent"
    return ReviewItem(f"{name}{target}", lines, request, body if sendable else None)


def _change_lines(draft: Draft, sending: RequestChoice) -> Iterator[list[Piece]]:
    blocked = {blocked_field.pointer: blocked_field.reason for blocked_field in sending.blocked}
    labels = [(change, change_label(change)) for change in draft.edit.changes()]
    wide = max(_LABEL, min(_LONGEST_LABEL, max((cell_len(safe(label)) for _, label in labels), default=0)))
    for change, words in labels:
        reason = blocked.get(change.pointer, "")
        was = display_value(change.pointer, change.was)
        yield [
            (f"  {'!' if reason else '*'} ", "error" if reason else "changed"),
            (fit(words, wide) + " ", ""),
            (fit(was, _WAS) + " ", "dim"),
            (safe(display_value(change.pointer, change.now)), "changed"),
        ]
        if (whole := cell_len(safe(was))) > _WAS:
            # Removed text is often at the end, such as the house number of a street.
            yield [(f"      was {fit(was, min(whole, _LONGEST_WAS))}", "dim")]
        if reason:
            yield [(f"      not sent: {safe(reason)}", "error")]


def _conflict_lines(draft: Draft) -> Iterator[list[Piece]]:
    for conflict in draft.conflicts:
        label = label_of(draft.edit.to_positions(conflict.pointer) or conflict.pointer)
        there = f"was {display_value(conflict.pointer, conflict.base)}, now {display_value(conflict.pointer, conflict.theirs)} on the service"
        if conflict in draft.undecided:
            yield [
                (
                    f"  # {safe(label)}: {safe(there)}, {safe(display_value(conflict.pointer, conflict.mine))} here",
                    "conflict",
                )
            ]
        elif conflict.decided:
            yield [(f"  ~ {safe(label)}: {safe(there)}; your value overwrites it", "warning")]


def _merged_lines(draft: Draft) -> Iterator[list[Piece]]:
    mine = {change.pointer for change in draft.edit.changes()}
    # Changes made locally since are listed as such.
    for change in (change for change in draft.taken if change.pointer not in mine):
        became = f"{display_value(change.pointer, change.was)} became {display_value(change.pointer, change.now)}"
        yield [(f"  = the service changed {safe(label_of(change.pointer))}: {safe(became)}; kept", "info")]


def _full_order_lines(sending: RequestChoice) -> Iterator[list[Piece]]:
    """The consequences of an upsert, shown before it is sent (Q2.6, Q2.7, Q2.9)."""
    reasons: dict[str, list[str]] = {}
    for field in sending.not_patchable:
        reasons.setdefault(field.reason, []).append(label_of(field.pointer))
    for reason, places in reasons.items():
        more = " …" if len(places) > 3 else ""
        yield [(f"  ~ sent as a full order because of {safe('; '.join(places[:3]))}{more}: {safe(reason)}", "warning")]
    yield [
        (
            "  ~ the full order is sent as it was just read: changes made by others at the same moment are overwritten",
            "warning",
        )
    ]
    lost = [label_of(change.pointer) for change in sending.carried if change.now is ABSENT and not change.moved]
    if lost:
        yield [(f"  ~ left out of the full order; the result is verified: {safe(', '.join(lost))}", "warning")]
    for what, places in _conversions(sending).items():
        shown = ", ".join(places[:4]) + (f" and {len(places) - 4} more" if len(places) > 4 else "")
        yield [(f"  ~ {safe(what)}: {safe(shown)}", "dim")]


def _conversions(sending: RequestChoice) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for conversion in sending.conversions:
        places.setdefault(conversion.text, []).append(label_of(conversion.pointer))
    return places

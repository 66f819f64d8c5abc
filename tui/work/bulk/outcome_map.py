"""Finds the send state of a job's order from its write in the journal, or from the verification of that write."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from tui.api.pointer import Scope
from tui.store.journal import Write, WriteState
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.bulk.job import JobOrder
from tui.work.writes.send_state import SendState, project
from tui.work.writes.serialization import edited_order, problems_from_json

OrderOutcome: TypeAlias = tuple[SendState, str]
"""A state and a message. An order whose write was never sent, or not even recorded, is ready again."""


def writes_of(store: Store, account_id: int, orders: Iterable[JobOrder]) -> dict[str, int]:
    """Find the write of each order that was recorded when the order was sent."""
    after = {order.id: order.after for order in orders if order.after is not None}
    if not after:
        return {}
    found: dict[str, int] = {}
    for write in reversed(store.writes.all(account_id, after=min(after.values()), limit=-1)):
        for id in filter(None, [write.new.order_id, *(edited_order(item.staged) for item in write.new.items)]):
            if id in after and write.id > after[id]:
                found.setdefault(id, write.id)
    return found


def outcomes_of(store: Store, orders: Iterable[JobOrder]) -> dict[str, OrderOutcome]:
    """Find the outcome of each order in the journal. Each write is read once, however many orders it has."""
    found: dict[str, OrderOutcome] = {}
    order_ids: dict[int | None, list[str]] = {}
    for order in orders:
        order_ids.setdefault(order.write, []).append(order.id)
    for id, ids in order_ids.items():
        write = store.writes.get(id) if id is not None else None
        by_verification = (
            {
                (order_id := _order_of(verification)): outcome_of(verification, order_id)
                for verification in store.verifications.of_write(id)
            }
            if id
            else {}
        )
        for order_id in ids:
            end = by_verification.get(order_id) or (outcome_of(write, order_id) if write is not None else None)
            found[order_id] = end or (SendState.READY, "")
    return found


def outcome_of(news: Write | Verification, order_id: str) -> OrderOutcome | None:
    """The state and message of one order after a step of its write or the end of its verification; None if they do not
    change."""
    if isinstance(news, Verification):
        return None if news.state is VerificationState.SUPERSEDED else (project(news.state), _MESSAGES[news.state])
    match news.state:
        case WriteState.RECORDED | WriteState.NOT_SENT:
            return SendState.READY, ""
        case WriteState.REFUSED if order_id not in _refused_in(news):
            return SendState.READY, _BESIDE
        case WriteState.SENT:
            # Only the process that sends it knows that its answer may still come.
            return SendState.UNKNOWN, _LOST
    return project(news.state), _MESSAGES[news.state]


def _refused_in(write: Write) -> set[str]:
    """The orders that a refusal names; all orders if it names none (Q2.3)."""
    orders = [edited_order(item.staged) for item in write.new.items]
    positions = (problem.order for problem in problems_from_json(write.last.problems) if problem.scope is Scope.ORDER)
    named = {orders[position] for position in positions if position is not None and position < len(orders)}
    return {id for id in named if id} or orders_of(write)


def orders_of(news: Write | Verification) -> set[str]:
    """The existing orders that a write or verification is about."""
    if isinstance(news, Verification):
        return {_order_of(news)}
    return {id for id in [news.new.order_id, *(edited_order(item.staged) for item in news.new.items)] if id}


def _order_of(follow: Verification) -> str:
    return edited_order(follow.staged) or (follow.remote_id if follow.staged is None else None) or ""


NOT_WRITTEN_WITH_OTHERS: Final = frozenset({SendState.REFUSED, SendState.NOT_SENT})
"""The states of orders that an upsert did not write because another order in it was refused."""

_BESIDE = "not written: another order of the request was refused; this one can be sent again"
_LOST = "the answer was lost; the order is being looked up"
_GONE = "the order no longer exists"

_MESSAGES: Final[Mapping[str, str]] = {
    WriteState.UNKNOWN: _LOST,
    WriteState.ANSWERED: "accepted; it is read back next",
    WriteState.REFUSED: "refused, nothing was written; the form of the order shows the problems",
    WriteState.BUSY: "the service was still processing the order; nothing was written",
    WriteState.GONE: _GONE,
    WriteState.NOT_APPLIED: "the answer was lost and nothing was written",
    WriteState.ACCEPTED: "accepted, but not readable yet; it is read again automatically",
    WriteState.CONFIRMED: "verified: read back as sent",
    WriteState.VERIFIED: "verified: read back as sent",
    WriteState.DIFFERS: "accepted, but the order shows other values",
    WriteState.MISSING: _GONE,
}
"""Messages by the text of a state. States of writes and verifications with the same text have the same meaning."""

"""How the order of a job ended: by the standing of its correction, or by what the journal has of it."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from tui.api.pointer import Scope
from tui.store.journal import Write, WriteState
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.bulk.job import JobOrder, JobOrderState
from tui.work.drafts.sender import DraftSendState
from tui.work.writes.serialization import edited_order, problems_from_json

OrderOutcome: TypeAlias = tuple[JobOrderState, str]
"""A state and its words. What was recorded and certainly did not go out waits again, as does what was not even recorded."""


def writes_of(store: Store, account_id: int, orders: Iterable[JobOrder]) -> dict[str, int]:
    """By order, the write that was made when it was about to go, where one was recorded."""
    looked_for = {order.id: order.after for order in orders if order.after is not None}
    if not looked_for:
        return {}
    found: dict[str, int] = {}
    for write in reversed(store.writes.all(account_id, after=min(looked_for.values()), limit=-1)):
        for id in filter(None, [write.new.order_id, *(edited_order(item.staged) for item in write.new.items)]):
            if id in looked_for and write.id > looked_for[id]:
                found.setdefault(id, write.id)
    return found


def ends_of(store: Store, orders: Iterable[JobOrder]) -> dict[str, OrderOutcome]:
    """By order, what the journal has of it. Each write is read once, whatever went in it."""
    found: dict[str, OrderOutcome] = {}
    together: dict[int | None, list[str]] = {}
    for order in orders:
        together.setdefault(order.write, []).append(order.id)
    for id, orders_of_it in together.items():
        write = store.writes.get(id) if id is not None else None
        follows = {_order_of(one): _FOLLOWED.get(one.state) for one in store.verifications.of_write(id)} if id else {}
        for order_id in orders_of_it:
            end = follows.get(order_id) or (end_of(write, order_id) if write is not None else None)
            found[order_id] = end or (JobOrderState.WAITING, "")
    return found


def end_of(news: Write | Verification, order_id: str) -> OrderOutcome | None:
    """What the step of a write, or the end of following, means for one order of it; None: nothing."""
    if isinstance(news, Verification):
        return _FOLLOWED.get(news.state)
    if news.state is WriteState.REFUSED and order_id not in _refused_in(news):
        return JobOrderState.WAITING, _BESIDE
    return _WRITTEN[news.state]


def _refused_in(write: Write) -> set[str]:
    """The orders that a refusal names; all of them where it names none (Q2.3)."""
    orders = [edited_order(item.staged) for item in write.new.items]
    said = (one.order for one in problems_from_json(write.last.problems) if one.scope is Scope.ORDER)
    named = {orders[place] for place in said if place is not None and place < len(orders)}
    return {id for id in named if id} or orders_of(write)


def orders_of(news: Write | Verification) -> set[str]:
    """The orders of the service that the news are of."""
    if isinstance(news, Verification):
        return {_order_of(news)}
    return {id for id in [news.new.order_id, *(edited_order(item.staged) for item in news.new.items)] if id}


def _order_of(follow: Verification) -> str:
    return edited_order(follow.staged) or (follow.remote_id if follow.staged is None else None) or ""


COME_BACK: Final = frozenset({DraftSendState.REFUSED, DraftSendState.NOT_SENT})
"""How those stand that an upsert did not write because of another order in it."""

STATES: Final = {
    DraftSendState.SENDING: JobOrderState.SENDING,
    DraftSendState.CHANGED: JobOrderState.CHANGED,
    DraftSendState.REFUSED: JobOrderState.REFUSED,
    DraftSendState.BUSY: JobOrderState.NOT_SENT,
    DraftSendState.FOLLOWED: JobOrderState.FOLLOWED,
    DraftSendState.UNKNOWN: JobOrderState.UNKNOWN,
    DraftSendState.NOT_APPLIED: JobOrderState.NOT_SENT,
    DraftSendState.NOT_SENT: JobOrderState.NOT_SENT,
    DraftSendState.GONE: JobOrderState.GONE,
    DraftSendState.DIFFERS: JobOrderState.DIFFERS,
    DraftSendState.CONFIRMED: JobOrderState.CONFIRMED,
    DraftSendState.DELETED: JobOrderState.GONE,
}

_BESIDE = "nothing written: another order of the same request was refused; it can go again"
_LOST = "its answer was lost; it is looked up"
_GONE = "it is not there any more"
_DIFFERS = "sent, and the order shows something else"

_WRITTEN: Final = {
    WriteState.RECORDED: (JobOrderState.WAITING, ""),
    WriteState.SENT: (JobOrderState.UNKNOWN, _LOST),
    WriteState.UNKNOWN: (JobOrderState.UNKNOWN, _LOST),
    WriteState.ANSWERED: (JobOrderState.FOLLOWED, "taken, and to be read again"),
    WriteState.NOT_SENT: (JobOrderState.WAITING, ""),
    WriteState.REFUSED: (JobOrderState.REFUSED, "refused, nothing written; its form says where"),
    WriteState.BUSY: (JobOrderState.NOT_SENT, "the service was busy with it; nothing was written"),
    WriteState.GONE: (JobOrderState.GONE, _GONE),
    WriteState.NOT_APPLIED: (JobOrderState.NOT_SENT, "the answer was lost and nothing was written"),
    WriteState.ACCEPTED: (JobOrderState.FOLLOWED, "accepted, not visible yet; it is being looked for"),
    WriteState.CONFIRMED: (JobOrderState.CONFIRMED, "confirmed: read again as sent"),
    WriteState.VERIFIED: (JobOrderState.CONFIRMED, "confirmed: seen as sent"),
    WriteState.DIFFERS: (JobOrderState.DIFFERS, _DIFFERS),
    WriteState.MISSING: (JobOrderState.GONE, _GONE),
}

_FOLLOWED: Final = {
    VerificationState.ACCEPTED: (JobOrderState.FOLLOWED, "accepted, not visible yet; it is being looked for"),
    VerificationState.VERIFIED: (JobOrderState.CONFIRMED, "confirmed: seen as sent"),
    VerificationState.DIFFERS: (JobOrderState.DIFFERS, _DIFFERS),
    VerificationState.MISSING: (JobOrderState.GONE, _GONE),
}

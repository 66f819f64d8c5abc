"""Corrections: drafts on their way to the service as PATCHes, each from the last look before it to its end."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from tui.api.client import Client
from tui.api.codec import Document, Json, decode, encode, same
from tui.api.errors import ApiError, NotFound, Origin, Problem
from tui.api.models import Operation
from tui.orders.edits.compare import Mismatch
from tui.orders.edits.merge import Clash
from tui.orders.edits.patch import from_patch, is_same_order, seen_in
from tui.orders.edits.request_choice import Sending, whole_order
from tui.orders.edits.upsert import STAMPS, to_upsert
from tui.orders.fields import field_at
from tui.orders.value_parser import show_value
from tui.store.journal import Road
from tui.store.store import Store
from tui.store.verifications import Follow, FollowState
from tui.work.drafts.drafts import Draft, Drafts
from tui.work.writes.outbox import Outbox, Outgoing
from tui.work.writes.outcomes import (
    Accepted,
    Confirmed,
    Deleted,
    Differs,
    NotApplied,
    NothingSent,
    Outcome,
    StillUnknown,
    WasBusy,
    WasGone,
    WasRefused,
)
from tui.work.writes.serialization import (
    changes_to_json,
    edited_order,
    mismatch_from_json,
    problem_from_json,
    problem_to_json,
    staged_for_edit,
)


class Way(StrEnum):
    """Where the correction or deletion of an order stands."""

    SENDING = "on its way"
    CHANGED = "changed there since"
    REFUSED = "refused"
    BUSY = "busy"
    FOLLOWED = "accepted, not seen yet"
    UNKNOWN = "outcome unknown"
    NOT_APPLIED = "not applied"
    NOT_SENT = "not sent"
    GONE = "gone"
    DIFFERS = "differs"
    CONFIRMED = "confirmed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one order's correction: where it stands, a sentence, and problems at its fields."""

    way: Way
    words: str
    at: datetime
    problems: tuple[Problem, ...] = ()
    clashes: tuple[Clash, ...] = ()
    document: Document | None = field(default=None, repr=False)


_KEPT = "standing:"
_READ_AT_ONCE = 5
_UNSETTLED = (Way.SENDING, Way.FOLLOWED, Way.UNKNOWN)


class Corrections:
    """Sends drafts and deletes orders of one account. `on_change` hears the id of each order that has news."""

    def __init__(
        self,
        client: Client,
        store: Store,
        account: int,
        drafts: Drafts,
        outbox: Outbox,
        *,
        now: Callable[[], datetime],
        on_change: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._store = store
        self._account = account
        self._drafts = drafts
        self._outbox = outbox
        self._now = now
        self.on_change = on_change
        self._standings: dict[str, Standing] = {}
        for key, kept in store.state.all(account, _KEPT).items():
            standing = _load(kept)
            if standing is not None:
                self._standings[key.removeprefix(_KEPT)] = standing

    def standing(self, order_id: str) -> Standing | None:
        return self._standings.get(order_id)

    @property
    def sending(self) -> int:
        """How many orders are on their way or not settled."""
        return sum(one.way in _UNSETTLED for one in self._standings.values())

    @property
    def going(self) -> int:
        """How many orders were told to go, or are being deleted, and have no end yet."""
        return sum(one.way is Way.SENDING for one in self._standings.values())

    def is_unsettled(self, order_id: str) -> bool:
        """Whether a write of this order has no end yet, so that no other may go."""
        standing = self._standings.get(order_id)
        return standing is not None and standing.way in _UNSETTLED

    def forget(self, order_id: str) -> None:
        """The user has seen it, or changed what it was about; what has no end yet is not forgotten."""
        if self.is_unsettled(order_id):
            return
        if self._standings.pop(order_id, None) is not None:
            self._store.state.delete(self._account, _KEPT + order_id)
            self.on_change(order_id)

    async def read_again(self, draft: Draft) -> Standing | None:
        """Read the order and set the draft on it. What keeps it from being reviewed is returned."""
        try:
            document = await self._client.get_order(draft.order_id)
        except NotFound as error:
            if error.proven:
                return self._stand(draft.order_id, Way.GONE, "The order is not there any more; the edit is kept.")
            return self._stand(draft.order_id, Way.NOT_SENT, str(error))
        except ApiError as error:
            return self._stand(draft.order_id, Way.NOT_SENT, str(error))
        self._drafts.rebase(draft, document, self._now())
        if draft.undecided:
            words = "Changed there too: c at each field marked # decides which side stands."
            return self._stand(draft.order_id, Way.CHANGED, words, clashes=draft.undecided, document=document)
        return None

    async def send(self, draft: Draft, reviewed: Json, *, job: str | None = None) -> Standing:
        """Look at the order once more, and send what was reviewed if it still is what the draft says.

        `reviewed`: the body of the PATCH, or the order of the upsert, as `draft.sending` gave it.
        """
        order_id = draft.order_id
        self._stand(order_id, Way.SENDING, "on its way")
        base = draft.edit.base
        stopped = await self.read_again(draft)
        if stopped is not None:
            return stopped
        sending = draft.sending
        if sending.operation is not None and not same(sending.body, reviewed):
            words = "The order changed on the service since the review; nothing was sent. Review it again."
            return self._stand(order_id, Way.CHANGED, words, document=draft.edit.base)
        if (kept := self._not_to_send(draft, sending)) is not None:
            return kept
        before = draft.edit.base if not is_same_order(base, draft.edit.base) else base
        if sending.operation is Operation.POST:
            outgoing, changes = _outgoing(draft, sending)
            return self.settle_upsert(await self._outbox.upsert([outgoing], {outgoing.staged: changes}, job=job))[
                order_id
            ]
        outcome = await self._outbox.patch(
            order_id, encode(sending.body), before, changes_to_json(sending.carried), job=job
        )
        return self.settle(order_id, outcome)

    async def send_together(self, drafts: Sequence[Draft], *, job: str | None = None) -> dict[str, Standing]:
        """Read up to 100 orders again and send them whole in one upsert, all of them or none (Q2.3, Q6.4).

        What is the same already, cannot go, or has clashes stays here, and the others go without it.
        """
        for draft in drafts:
            self._stand(draft.order_id, Way.SENDING, "on its way")
        turns = asyncio.Semaphore(_READ_AT_ONCE)

        async def read(draft: Draft) -> Standing | None:
            async with turns:
                return await self.read_again(draft)

        ends: dict[str, Standing] = {}
        going: list[Outgoing] = []
        changes: dict[str, Json] = {}
        for draft, stopped in zip(drafts, await asyncio.gather(*map(read, drafts)), strict=True):
            sending = whole_order(draft.edit)
            kept = stopped or self._not_to_send(draft, sending)
            if kept is not None:
                ends[draft.order_id] = kept
                continue
            outgoing, changes[outgoing.staged] = _outgoing(draft, sending)
            going.append(outgoing)
        if going:
            ends |= self.settle_upsert(await self._outbox.upsert(going, changes, job=job))
        return ends

    def _not_to_send(self, draft: Draft, sending: Sending) -> Standing | None:
        """Where nothing is to go, or may go, the words for it."""
        if sending.operation is None:
            if sending.blocked:
                return self._stand(draft.order_id, Way.NOT_SENT, f"nothing sent: {sending.blocked[0].reason}")
            return self._stand(draft.order_id, Way.CONFIRMED, "The service says so already.", document=draft.edit.base)
        if sending.invalid:
            words = f"nothing sent: {sending.invalid[0].detail}"
            return self._stand(draft.order_id, Way.NOT_SENT, words)
        return None

    async def delete(self, order_id: str, base: Document) -> Standing:
        """Delete an order; what it was is kept in the journal."""
        self._stand(order_id, Way.SENDING, "being deleted")
        return self.settle(order_id, await self._outbox.delete(order_id, base))

    def settle(self, order_id: str, outcome: Outcome) -> Standing:
        """What an outcome means for the order and its draft."""
        match outcome:
            case Confirmed(document=document):
                self._set_on(order_id, document)
                return self._stand(order_id, Way.CONFIRMED, "confirmed: read again as sent", document=document)
            case Differs(mismatches=mismatches, document=document):
                self._set_on(order_id, document)
                words = "sent, and the order shows something else; see its fields"
                problems = [mismatch_problem(one) for one in mismatches]
                return self._stand(order_id, Way.DIFFERS, words, problems, document=document)
            case Deleted(already=already):
                draft = self._drafts.get(order_id)
                if draft is not None:
                    self._drafts.drop(draft)
                return self._stand(order_id, Way.DELETED, "was gone already" if already else "deleted")
            case WasRefused(problems=problems, error=error):
                first = problems[0].detail if problems else str(error)
                told = self._in_order(order_id, outcome, problems)
                return self._stand(order_id, Way.REFUSED, f"refused, nothing written: {first}", told)
            case WasBusy(error=error):
                return self._stand(order_id, Way.BUSY, f"nothing was written, and it can be sent again: {error}")
            case WasGone():
                return self._stand(order_id, Way.GONE, "the order is not there any more; the edit is kept")
            case NotApplied():
                return self._stand(
                    order_id, Way.NOT_APPLIED, "the answer was lost and nothing was written; it can be sent again"
                )
            case NothingSent(error=error):
                return self._stand(
                    order_id, Way.NOT_SENT, str(error) if error else "it had not gone out when the app ended"
                )
            case StillUnknown():
                return self._stand(
                    order_id, Way.UNKNOWN, "the answer was lost; r looks it up, and so does the next start"
                )
            case Accepted():
                return self._stand(order_id, Way.FOLLOWED, "accepted, not visible yet; it is being looked for")

    def settle_upsert(self, outcome: Outcome) -> dict[str, Standing]:
        """What an upsert of edits has come to, by order; empty if it was none of edits."""
        orders = {item.staged: order_id for item in outcome.write.new.items if (order_id := edited_order(item.staged))}
        if not isinstance(outcome, WasRefused):
            return {order_id: self.settle(order_id, outcome) for order_id in orders.values()}
        ends: dict[str, Standing] = {}
        for staged, order_id in orders.items():
            problems = outcome.by_staged.get(staged, () if len(orders) > 1 else outcome.problems)
            if problems or len(orders) == 1:
                ends[order_id] = self.settle(order_id, WasRefused(outcome.write, problems, {}, outcome.error))
            else:
                words = "nothing written: another order of the same request was refused; it can go again"
                ends[order_id] = self._stand(order_id, Way.NOT_SENT, words)
        return ends

    def settle_any(self, outcome: Outcome) -> list[Standing]:
        """What the end of a write means for the orders of the service that it was about; none for the composer's."""
        order_id = outcome.write.new.order_id
        return [self.settle(order_id, outcome)] if order_id is not None else [*self.settle_upsert(outcome).values()]

    def _in_order(self, order_id: str, outcome: WasRefused, problems: Sequence[Problem]) -> list[Problem]:
        """The problems at their places in the order, where a PATCH has places of its own."""
        draft = self._drafts.get(order_id)
        new = outcome.write.new
        if new.road is not Road.PATCH or draft is None:
            return [*problems]
        body = decode(new.body)
        return [replace(one, pointer=from_patch(one.pointer, body, draft.edit.document)) for one in problems]

    def look_up_again(self, orders: Iterable[str]) -> list[str]:
        """Of these orders, those with a write whose outcome is unknown; they count as being looked up from here on."""
        found = [id for id in orders if (one := self._standings.get(id)) is not None and one.way is Way.UNKNOWN]
        for order_id in found:
            self.looking_up(order_id)
        return found

    def looking_up(self, order_id: str) -> Standing:
        """A write of this order had no end when an app ended; its outcome is being looked up."""
        return self._stand(order_id, Way.SENDING, "its answer was lost; it is being looked up")

    def follow_ended(self, follow: Follow) -> None:
        """What the follower found of a PATCH that was accepted."""
        order_id = edited_order(follow.staged) if follow.staged is not None else follow.remote_id
        if order_id is None:
            return
        if follow.state is FollowState.VERIFIED:
            draft = self._drafts.get(order_id)
            if draft is not None and isinstance(follow.expected, dict):
                # What was changed since it was sent, and what was not carried, stays.
                base = draft.edit.base
                if follow.staged is None:
                    self._set_on(order_id, seen_in(base, follow.expected))
                else:
                    stamps = {key: base[key] for key in (*STAMPS, "id") if key in base}
                    self._set_on(order_id, {**to_upsert(follow.expected, keep_id=False)[0], **stamps})
            self._stand(order_id, Way.CONFIRMED, "confirmed: seen as sent")
        elif follow.state is FollowState.DIFFERS:
            problems = [mismatch_problem(mismatch_from_json(one)) for one in _list(follow.mismatches)]
            self._stand(order_id, Way.DIFFERS, "sent, and the order shows something else; see its fields", problems)
        elif follow.state is FollowState.MISSING:
            self._stand(order_id, Way.GONE, "the order is not there any more; the edit is kept")

    def _set_on(self, order_id: str, document: Document) -> None:
        draft = self._drafts.get(order_id)
        if draft is None:
            return
        self._drafts.rebase(draft, document, self._now(), sent=True)
        if not draft.edit.dirty:
            self._drafts.drop(draft)

    def _stand(
        self,
        order_id: str,
        way: Way,
        words: str,
        problems: Sequence[Problem] = (),
        *,
        clashes: Sequence[Clash] = (),
        document: Document | None = None,
    ) -> Standing:
        standing = Standing(way, words, self._now(), tuple(problems), tuple(clashes), document)
        self._standings[order_id] = standing
        # What is under way or done is known from the journal; the rest must still be there after a restart.
        if way in (Way.CONFIRMED, Way.DELETED):
            self._store.state.delete(self._account, _KEPT + order_id)
        elif way is not Way.SENDING:
            self._store.state.put(self._account, _KEPT + order_id, _dump(standing), durable=True)
        self.on_change(order_id)
        return standing


def _outgoing(draft: Draft, sending: Sending) -> tuple[Outgoing, Json]:
    """The whole order of a draft on its way, and its changes as the journal keeps them."""
    staged = staged_for_edit(draft.order_id)
    return Outgoing(staged, 1, sending.body, draft.edit.base), changes_to_json(sending.carried)


def mismatch_problem(mismatch: Mismatch) -> Problem:
    """What was sent and is not there, as a problem at its field."""
    known = field_at(mismatch.pointer)
    kind = known.kind if known is not None else "json"
    there = show_value(kind, mismatch.actual)
    return Problem(
        f"sent {show_value(kind, mismatch.expected)}, the service shows {there}",
        code="differs",
        pointer=mismatch.pointer,
        origin=Origin.SERVICE,
    )


def _dump(standing: Standing) -> Json:
    return {
        "way": standing.way,
        "words": standing.words,
        "at": standing.at.isoformat(),
        "problems": [problem_to_json(problem) for problem in standing.problems],
    }


def _load(kept: Json) -> Standing | None:
    if not isinstance(kept, dict):
        return None
    problems = tuple(problem_from_json(one) for one in _list(kept.get("problems")))
    way = Way(str(kept["way"]))
    return Standing(way, str(kept["words"]), datetime.fromisoformat(str(kept["at"])), problems)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []

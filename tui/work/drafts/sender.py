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
from tui.orders.edits.merge import Conflict
from tui.orders.edits.patch import expected_after_patch, from_patch, is_same_order
from tui.orders.edits.request_choice import RequestChoice, choose_upsert
from tui.orders.edits.upsert import STAMPS, to_upsert
from tui.orders.fields import field_at
from tui.orders.value_parser import show_value
from tui.store.journal import WriteKind
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.drafts.drafts import Draft, Drafts
from tui.work.writes.outbox import Outbox, Outgoing
from tui.work.writes.outcomes import (
    OrderDeleted,
    OrderGone,
    WriteAccepted,
    WriteConfirmed,
    WriteDeferred,
    WriteDiffers,
    WriteNotApplied,
    WriteNotSent,
    WriteOutcome,
    WriteRefused,
    WriteUnresolved,
)
from tui.work.writes.serialization import (
    changes_to_json,
    edited_order,
    mismatch_from_json,
    problem_from_json,
    problem_to_json,
    staged_for_edit,
)


class DraftSendState(StrEnum):
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
class DraftSendStatus:
    """What is known of one order's correction: where it stands, a sentence, and problems at its fields."""

    way: DraftSendState
    words: str
    at: datetime
    problems: tuple[Problem, ...] = ()
    clashes: tuple[Conflict, ...] = ()
    document: Document | None = field(default=None, repr=False)


_KEPT = "standing:"
_READ_AT_ONCE = 5
_UNSETTLED = (DraftSendState.SENDING, DraftSendState.FOLLOWED, DraftSendState.UNKNOWN)


class DraftSender:
    """Sends drafts and deletes orders of one account. `on_change` hears the id of each order that has news."""

    def __init__(
        self,
        client: Client,
        store: Store,
        account_id: int,
        drafts: Drafts,
        outbox: Outbox,
        *,
        now: Callable[[], datetime],
        on_change: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._store = store
        self._account_id = account_id
        self._drafts = drafts
        self._outbox = outbox
        self._now = now
        self.on_change = on_change
        self._standings: dict[str, DraftSendStatus] = {}
        for key, kept in store.screen_states.all(account_id, _KEPT).items():
            standing = _load(kept)
            if standing is not None:
                self._standings[key.removeprefix(_KEPT)] = standing

    def standing(self, order_id: str) -> DraftSendStatus | None:
        return self._standings.get(order_id)

    @property
    def sending(self) -> int:
        """How many orders are on their way or not settled."""
        return sum(one.way in _UNSETTLED for one in self._standings.values())

    @property
    def going(self) -> int:
        """How many orders were told to go, or are being deleted, and have no end yet."""
        return sum(one.way is DraftSendState.SENDING for one in self._standings.values())

    def is_unsettled(self, order_id: str) -> bool:
        """Whether a write of this order has no end yet, so that no other may go."""
        standing = self._standings.get(order_id)
        return standing is not None and standing.way in _UNSETTLED

    def forget(self, order_id: str) -> None:
        """The user has seen it, or changed what it was about; what has no end yet is not forgotten."""
        if self.is_unsettled(order_id):
            return
        if self._standings.pop(order_id, None) is not None:
            self._store.screen_states.delete(self._account_id, _KEPT + order_id)
            self.on_change(order_id)

    async def read_again(self, draft: Draft) -> DraftSendStatus | None:
        """Read the order and set the draft on it. What keeps it from being reviewed is returned."""
        try:
            document = await self._client.get_order(draft.order_id)
        except NotFound as error:
            if error.confirmed_by_service:
                return self._stand(
                    draft.order_id, DraftSendState.GONE, "The order is not there any more; the edit is kept."
                )
            return self._stand(draft.order_id, DraftSendState.NOT_SENT, str(error))
        except ApiError as error:
            return self._stand(draft.order_id, DraftSendState.NOT_SENT, str(error))
        self._drafts.rebase(draft, document, self._now())
        if draft.undecided:
            words = "Changed there too: c at each field marked # decides which side stands."
            return self._stand(
                draft.order_id, DraftSendState.CHANGED, words, clashes=draft.undecided, document=document
            )
        return None

    async def send(self, draft: Draft, reviewed: Json, *, job: str | None = None) -> DraftSendStatus:
        """Look at the order once more, and send what was reviewed if it still is what the draft says.

        `reviewed`: the body of the PATCH, or the order of the upsert, as `draft.sending` gave it.
        """
        order_id = draft.order_id
        self._stand(order_id, DraftSendState.SENDING, "on its way")
        base = draft.edit.base
        stopped = await self.read_again(draft)
        if stopped is not None:
            return stopped
        sending = draft.sending
        if sending.operation is not None and not same(sending.body, reviewed):
            words = "The order changed on the service since the review; nothing was sent. Review it again."
            return self._stand(order_id, DraftSendState.CHANGED, words, document=draft.edit.base)
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

    async def send_together(self, drafts: Sequence[Draft], *, job: str | None = None) -> dict[str, DraftSendStatus]:
        """Read up to 100 orders again and send them whole in one upsert, all of them or none (Q2.3, Q6.4).

        What is the same already, cannot go, or has clashes stays here, and the others go without it.
        """
        for draft in drafts:
            self._stand(draft.order_id, DraftSendState.SENDING, "on its way")
        turns = asyncio.Semaphore(_READ_AT_ONCE)

        async def read(draft: Draft) -> DraftSendStatus | None:
            async with turns:
                return await self.read_again(draft)

        ends: dict[str, DraftSendStatus] = {}
        going: list[Outgoing] = []
        changes: dict[str, Json] = {}
        for draft, stopped in zip(drafts, await asyncio.gather(*map(read, drafts)), strict=True):
            sending = choose_upsert(draft.edit)
            kept = stopped or self._not_to_send(draft, sending)
            if kept is not None:
                ends[draft.order_id] = kept
                continue
            outgoing, changes[outgoing.staged] = _outgoing(draft, sending)
            going.append(outgoing)
        if going:
            ends |= self.settle_upsert(await self._outbox.upsert(going, changes, job=job))
        return ends

    def _not_to_send(self, draft: Draft, sending: RequestChoice) -> DraftSendStatus | None:
        """Where nothing is to go, or may go, the words for it."""
        if sending.operation is None:
            if sending.blocked:
                return self._stand(
                    draft.order_id, DraftSendState.NOT_SENT, f"nothing sent: {sending.blocked[0].reason}"
                )
            return self._stand(
                draft.order_id, DraftSendState.CONFIRMED, "The service says so already.", document=draft.edit.base
            )
        if sending.invalid:
            words = f"nothing sent: {sending.invalid[0].detail}"
            return self._stand(draft.order_id, DraftSendState.NOT_SENT, words)
        return None

    async def delete(self, order_id: str, base: Document) -> DraftSendStatus:
        """Delete an order; what it was is kept in the journal."""
        self._stand(order_id, DraftSendState.SENDING, "being deleted")
        return self.settle(order_id, await self._outbox.delete(order_id, base))

    def settle(self, order_id: str, outcome: WriteOutcome) -> DraftSendStatus:
        """What an outcome means for the order and its draft."""
        match outcome:
            case WriteConfirmed(document=document):
                self._set_on(order_id, document)
                return self._stand(
                    order_id, DraftSendState.CONFIRMED, "confirmed: read again as sent", document=document
                )
            case WriteDiffers(mismatches=mismatches, document=document):
                self._set_on(order_id, document)
                words = "sent, and the order shows something else; see its fields"
                problems = [mismatch_problem(one) for one in mismatches]
                return self._stand(order_id, DraftSendState.DIFFERS, words, problems, document=document)
            case OrderDeleted(already=already):
                draft = self._drafts.get(order_id)
                if draft is not None:
                    self._drafts.drop(draft)
                return self._stand(order_id, DraftSendState.DELETED, "was gone already" if already else "deleted")
            case WriteRefused(problems=problems, error=error):
                first = problems[0].detail if problems else str(error)
                told = self._in_order(order_id, outcome, problems)
                return self._stand(order_id, DraftSendState.REFUSED, f"refused, nothing written: {first}", told)
            case WriteDeferred(error=error):
                return self._stand(
                    order_id, DraftSendState.BUSY, f"nothing was written, and it can be sent again: {error}"
                )
            case OrderGone():
                return self._stand(order_id, DraftSendState.GONE, "the order is not there any more; the edit is kept")
            case WriteNotApplied():
                return self._stand(
                    order_id,
                    DraftSendState.NOT_APPLIED,
                    "the answer was lost and nothing was written; it can be sent again",
                )
            case WriteNotSent(error=error):
                return self._stand(
                    order_id, DraftSendState.NOT_SENT, str(error) if error else "it had not gone out when the app ended"
                )
            case WriteUnresolved():
                return self._stand(
                    order_id, DraftSendState.UNKNOWN, "the answer was lost; r looks it up, and so does the next start"
                )
            case WriteAccepted():
                return self._stand(
                    order_id, DraftSendState.FOLLOWED, "accepted, not visible yet; it is being looked for"
                )

    def settle_upsert(self, outcome: WriteOutcome) -> dict[str, DraftSendStatus]:
        """What an upsert of edits has come to, by order; empty if it was none of edits."""
        orders = {item.staged: order_id for item in outcome.write.new.items if (order_id := edited_order(item.staged))}
        if not isinstance(outcome, WriteRefused):
            return {order_id: self.settle(order_id, outcome) for order_id in orders.values()}
        ends: dict[str, DraftSendStatus] = {}
        for staged, order_id in orders.items():
            problems = outcome.by_staged.get(staged, () if len(orders) > 1 else outcome.problems)
            if problems or len(orders) == 1:
                ends[order_id] = self.settle(order_id, WriteRefused(outcome.write, problems, {}, outcome.error))
            else:
                words = "nothing written: another order of the same request was refused; it can go again"
                ends[order_id] = self._stand(order_id, DraftSendState.NOT_SENT, words)
        return ends

    def settle_any(self, outcome: WriteOutcome) -> list[DraftSendStatus]:
        """What the end of a write means for the orders of the service that it was about; none for the composer's."""
        order_id = outcome.write.new.order_id
        return [self.settle(order_id, outcome)] if order_id is not None else [*self.settle_upsert(outcome).values()]

    def _in_order(self, order_id: str, outcome: WriteRefused, problems: Sequence[Problem]) -> list[Problem]:
        """The problems at their places in the order, where a PATCH has places of its own."""
        draft = self._drafts.get(order_id)
        new = outcome.write.new
        if new.kind is not WriteKind.PATCH or draft is None:
            return [*problems]
        body = decode(new.body)
        return [replace(one, pointer=from_patch(one.pointer, body, draft.edit.document)) for one in problems]

    def look_up_again(self, orders: Iterable[str]) -> list[str]:
        """Of these orders, those with a write whose outcome is unknown; they count as being looked up from here on."""
        found = [
            id for id in orders if (one := self._standings.get(id)) is not None and one.way is DraftSendState.UNKNOWN
        ]
        for order_id in found:
            self.looking_up(order_id)
        return found

    def looking_up(self, order_id: str) -> DraftSendStatus:
        """A write of this order had no end when an app ended; its outcome is being looked up."""
        return self._stand(order_id, DraftSendState.SENDING, "its answer was lost; it is being looked up")

    def follow_ended(self, follow: Verification) -> None:
        """What the follower found of a PATCH that was accepted."""
        order_id = edited_order(follow.staged) if follow.staged is not None else follow.remote_id
        if order_id is None:
            return
        if follow.state is VerificationState.VERIFIED:
            draft = self._drafts.get(order_id)
            if draft is not None and isinstance(follow.expected, dict):
                # What was changed since it was sent, and what was not carried, stays.
                base = draft.edit.base
                if follow.staged is None:
                    self._set_on(order_id, expected_after_patch(base, follow.expected))
                else:
                    stamps = {key: base[key] for key in (*STAMPS, "id") if key in base}
                    self._set_on(order_id, {**to_upsert(follow.expected, keep_id=False)[0], **stamps})
            self._stand(order_id, DraftSendState.CONFIRMED, "confirmed: seen as sent")
        elif follow.state is VerificationState.DIFFERS:
            problems = [mismatch_problem(mismatch_from_json(one)) for one in _list(follow.mismatches)]
            self._stand(
                order_id, DraftSendState.DIFFERS, "sent, and the order shows something else; see its fields", problems
            )
        elif follow.state is VerificationState.MISSING:
            self._stand(order_id, DraftSendState.GONE, "the order is not there any more; the edit is kept")

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
        way: DraftSendState,
        words: str,
        problems: Sequence[Problem] = (),
        *,
        clashes: Sequence[Conflict] = (),
        document: Document | None = None,
    ) -> DraftSendStatus:
        standing = DraftSendStatus(way, words, self._now(), tuple(problems), tuple(clashes), document)
        self._standings[order_id] = standing
        # What is under way or done is known from the journal; the rest must still be there after a restart.
        if way in (DraftSendState.CONFIRMED, DraftSendState.DELETED):
            self._store.screen_states.delete(self._account_id, _KEPT + order_id)
        elif way is not DraftSendState.SENDING:
            self._store.screen_states.put(self._account_id, _KEPT + order_id, _dump(standing), durable=True)
        self.on_change(order_id)
        return standing


def _outgoing(draft: Draft, sending: RequestChoice) -> tuple[Outgoing, Json]:
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


def _dump(standing: DraftSendStatus) -> Json:
    return {
        "way": standing.way,
        "words": standing.words,
        "at": standing.at.isoformat(),
        "problems": [problem_to_json(problem) for problem in standing.problems],
    }


def _load(kept: Json) -> DraftSendStatus | None:
    if not isinstance(kept, dict):
        return None
    problems = tuple(problem_from_json(one) for one in _list(kept.get("problems")))
    way = DraftSendState(str(kept["way"]))
    return DraftSendStatus(way, str(kept["words"]), datetime.fromisoformat(str(kept["at"])), problems)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []

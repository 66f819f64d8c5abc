"""Sends drafts: reads the order again, sends the change, and keeps the send state of each order."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from tui.api.client import Client
from tui.api.codec import Document, Json, as_list, decode, encode, same
from tui.api.errors import ApiError, NotFound, Problem, ReportedBy
from tui.api.models import Operation
from tui.keymap import Context, KeyOf, usual_key
from tui.orders.display import display_value
from tui.orders.edits.compare import Mismatch
from tui.orders.edits.patch import expected_after_patch, from_patch, is_same_order
from tui.orders.edits.request_choice import RequestChoice, choose_upsert
from tui.orders.edits.upsert import STAMPS, to_upsert
from tui.store.db import StoreError
from tui.store.journal import Write, WriteKind, WriteState
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.drafts.drafts import Draft, Drafts
from tui.work.unsaved import Unsaved
from tui.work.writes.outbox import Outbox, Outgoing
from tui.work.writes.outcomes import (
    OrderDeleted,
    OrderGone,
    ResultNotStored,
    WriteAccepted,
    WriteDiffers,
    WriteNotSent,
    WriteOutcome,
    WriteRefused,
    WriteUnknown,
    WriteVerified,
)
from tui.work.writes.send_state import DRAFT_TEXTS, OPEN, SendState, from_stored, project
from tui.work.writes.serialization import (
    changes_to_json,
    edited_order,
    mismatch_from_json,
    problem_from_json,
    problem_to_json,
    problems_from_json,
    staged_for_edit,
)


@dataclass(frozen=True, slots=True)
class DraftSendStatus:
    """The send state of the draft or deletion of one order, with a message for the user and problems at their fields.

    `document` is the order as it was read when this state was reached. `deleted`: the order was deleted.
    """

    state: SendState
    message: str
    at: datetime
    problems: tuple[Problem, ...] = ()
    document: Document | None = field(default=None, repr=False)
    deleted: bool = False


_KEY = "standing:"
_AWAITED = frozenset({SendState.ACCEPTED, SendState.UNKNOWN})
_READ_AT_ONCE = 5
_GONE = "the order no longer exists; the draft is kept"
_DIFFERS = "accepted, but the order shows other values; see its fields"


class DraftSender:
    """Sends drafts and deletes orders of one account.

    `on_change` is called with the id of an order after its status changed, `on_read` with an order as it was read
    before it is written.
    """

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
        unsaved: Unsaved | None = None,
    ) -> None:
        self._unsaved = unsaved if unsaved is not None else Unsaved()
        self._client = client
        self._store = store
        self._account_id = account_id
        self._drafts = drafts
        self._outbox = outbox
        self._now = now
        self.on_change = on_change
        self.key: KeyOf = usual_key
        """The names of the keys of commands, for sentences."""
        self.on_read: Callable[[Document], None] = lambda _: None
        self._statuses: dict[str, DraftSendStatus] = {}
        for key, stored in store.screen_states.all(account_id, _KEY).items():
            status = _load(stored)
            if status is not None:
                self._statuses[key.removeprefix(_KEY)] = status

    def status(self, order_id: str) -> DraftSendStatus | None:
        """The send state of an order; None if nothing was sent, or it was forgotten."""
        return self._statuses.get(order_id)

    @property
    def unsettled(self) -> int:
        """How many orders have a write whose result is not known yet."""
        return sum(status.state.is_open for status in self._statuses.values())

    @property
    def in_flight(self) -> int:
        """How many orders are being sent or deleted now."""
        return sum(status.state is SendState.SENDING for status in self._statuses.values())

    def is_unsettled(self, order_id: str) -> bool:
        """Whether the result of a write of this order is not known yet, so that no other may be sent."""
        status = self._statuses.get(order_id)
        return status is not None and status.state.is_open

    @property
    def being_written(self) -> frozenset[str]:
        """The orders that have a write whose result is not known yet."""
        return frozenset(order_id for order_id, status in [*self._statuses.items()] if status.state.is_open)

    def forget(self, order_id: str) -> None:
        """Drop the status of an order, unless it is unsettled: the user has seen it, or changed the draft since."""
        if self.is_unsettled(order_id):
            return
        if self._statuses.pop(order_id, None) is not None:
            self._store.screen_states.delete(self._account_id, _KEY + order_id)
            self.on_change(order_id)

    async def read_again(self, draft: Draft) -> DraftSendStatus | None:
        """Read the order and rebase the draft on it. Returns the status that keeps it from being reviewed, if any."""
        order_id = draft.order_id
        try:
            document = await self._client.get_order(order_id)
        except NotFound as error:
            if error.confirmed_by_service:
                return self._set(order_id, SendState.CONFLICT, "The order no longer exists; the draft is kept.")
            return self._set(order_id, SendState.NOT_SENT, str(error))
        except ApiError as error:
            return self._set(order_id, SendState.NOT_SENT, str(error))
        self.on_read(document)
        self._drafts.rebase(draft, document, self._now())
        if draft.undecided:
            chooses = self.key("empty_value", Context.EDIT)
            message = f"Also changed on the service: {chooses} at each field marked # chooses the value."
            return self._set(order_id, SendState.CONFLICT, message, document=document)
        return None

    async def send(self, draft: Draft, reviewed: Json, *, job: str | None = None) -> DraftSendStatus:
        """Read the order once more, and send what was reviewed if the draft still says the same.

        `reviewed`: the body of the PATCH, or the order of the upsert, as `draft.sending` gave it.
        """
        try:
            return await self._send(draft, reviewed, job)
        except StoreError as error:
            return self._not_stored(draft.order_id, error)

    async def _send(self, draft: Draft, reviewed: Json, job: str | None) -> DraftSendStatus:
        order_id = draft.order_id
        self._set(order_id, SendState.SENDING, "in flight")
        base = draft.edit.base
        stopped = await self.read_again(draft)
        if stopped is not None:
            return stopped
        sending = draft.sending
        if sending.operation is not None and not same(sending.body, reviewed):
            message = "The order changed on the service since the review; nothing was sent. Review it again."
            return self._set(order_id, SendState.CONFLICT, message, document=draft.edit.base)
        if (status := self._check(draft, sending)) is not None:
            return status
        before = draft.edit.base if not is_same_order(base, draft.edit.base) else base
        if sending.operation is Operation.POST:
            outgoing, changes = _outgoing(draft, sending)
            outcome = await self._outbox.upsert([outgoing], {outgoing.staged: changes}, job=job)
            return self.settle_upsert(outcome)[order_id]
        changes = changes_to_json(sending.carried)
        return self.settle(order_id, await self._outbox.patch(order_id, encode(sending.body), before, changes, job=job))

    async def send_as_upsert(self, drafts: Sequence[Draft], *, job: str | None = None) -> dict[str, DraftSendStatus]:
        """Read up to 100 orders again and send them as full orders in one upsert, all of them or none (Q2.3, Q6.4).

        Orders that are unchanged, cannot be sent, or have conflicts are left out; the others are sent without them.
        """
        try:
            return await self._send_all(drafts, job)
        except StoreError as error:
            return {draft.order_id: self._not_stored(draft.order_id, error) for draft in drafts}

    async def _send_all(self, drafts: Sequence[Draft], job: str | None) -> dict[str, DraftSendStatus]:
        for draft in drafts:
            self._set(draft.order_id, SendState.SENDING, "in flight")
        slots = asyncio.Semaphore(_READ_AT_ONCE)

        async def read(draft: Draft) -> DraftSendStatus | None:
            async with slots:
                return await self.read_again(draft)

        statuses: dict[str, DraftSendStatus] = {}
        outgoing: list[Outgoing] = []
        changes: dict[str, Json] = {}
        for draft, stopped in zip(drafts, await asyncio.gather(*map(read, drafts)), strict=True):
            sending = choose_upsert(draft.edit)
            status = stopped or self._check(draft, sending)
            if status is not None:
                statuses[draft.order_id] = status
                continue
            order, changes[order.staged] = _outgoing(draft, sending)
            outgoing.append(order)
        if outgoing:
            statuses |= self.settle_upsert(await self._outbox.upsert(outgoing, changes, job=job))
        return statuses

    def _check(self, draft: Draft, sending: RequestChoice) -> DraftSendStatus | None:
        """The status of a draft that has nothing to send, or must not be sent; None if it may be sent."""
        order_id = draft.order_id
        if sending.operation is None:
            if sending.blocked:
                return self._set(order_id, SendState.NOT_SENT, f"nothing sent: {sending.blocked[0].reason}")
            message = "Already set on the service."
            return self._set(order_id, SendState.VERIFIED, message, document=draft.edit.base)
        if sending.invalid:
            return self._set(order_id, SendState.NOT_SENT, f"nothing sent: {sending.invalid[0].detail}")
        return None

    async def delete(self, order_id: str, base: Document) -> DraftSendStatus:
        """Delete an order; its document is kept in the journal."""
        self._set(order_id, SendState.SENDING, "being deleted")
        try:
            return self.settle(order_id, await self._outbox.delete(order_id, base))
        except StoreError as error:
            return self._not_stored(order_id, error)

    def _not_stored(self, order_id: str, error: StoreError) -> DraftSendStatus:
        """Set the status of an order after an error of the store: nothing was sent, unless the error says otherwise."""
        if isinstance(error, ResultNotStored):
            self._unsaved.keep("results", self._store.flush)
            return self._set(order_id, SendState.UNKNOWN, str(error))
        return self._set(order_id, SendState.NOT_SENT, str(error))

    def settle(self, order_id: str, outcome: WriteOutcome) -> DraftSendStatus:
        """Set the status of an order from the outcome of its write, and rebase or drop its draft."""
        state = project(outcome.write.state)
        match outcome:
            case WriteVerified(document=document):
                self._rebase(order_id, document)
                return self._set(order_id, state, "verified: read back as sent", document=document)
            case WriteDiffers(mismatches=mismatches, document=document):
                self._rebase(order_id, document)
                return self._set(order_id, state, _DIFFERS, map(mismatch_problem, mismatches), document=document)
            case OrderDeleted(already=already):
                draft = self._drafts.get(order_id)
                if draft is not None:
                    # What cannot be stored now is stored later.
                    with suppress(StoreError):
                        self._drafts.drop(draft)
                return self._set(order_id, state, "already deleted" if already else "deleted", deleted=True)
            case WriteRefused(problems=problems, error=error):
                first = problems[0].detail if problems else str(error)
                placed = self._placed(order_id, outcome, problems)
                return self._set(order_id, state, f"refused, nothing written: {first}", placed)
            case OrderGone():
                return self._set(order_id, state, _GONE)
            case WriteNotSent(error=error):
                return self._set(order_id, state, _not_sent(outcome.write.state, error))
            case WriteUnknown():
                return self._set(
                    order_id,
                    state,
                    f"the answer was lost; {self.key('refresh', Context.TRIAGE)} looks the order up, as does the next "
                    "start",
                )
            case WriteAccepted():
                return self._set(order_id, state, "accepted, but not readable yet; it is read again automatically")

    def settle_upsert(self, outcome: WriteOutcome) -> dict[str, DraftSendStatus]:
        """Set the status of each order of an upsert of drafts; empty for an upsert of staged orders."""
        orders = {item.staged: order_id for item in outcome.write.new.items if (order_id := edited_order(item.staged))}
        if not isinstance(outcome, WriteRefused):
            return {order_id: self.settle(order_id, outcome) for order_id in orders.values()}
        statuses: dict[str, DraftSendStatus] = {}
        for staged, order_id in orders.items():
            problems = outcome.by_staged.get(staged, () if len(orders) > 1 else outcome.problems)
            if problems or len(orders) == 1:
                statuses[order_id] = self.settle(order_id, WriteRefused(outcome.write, problems, {}, outcome.error))
            else:
                message = "not written: another order of the request was refused; this one can be sent again"
                statuses[order_id] = self._set(order_id, SendState.NOT_SENT, message)
        return statuses

    def settle_any(self, outcome: WriteOutcome) -> list[DraftSendStatus]:
        """Set the status of each existing order of any write; empty for an upsert of staged orders."""
        order_id = outcome.write.new.order_id
        return [self.settle(order_id, outcome)] if order_id is not None else [*self.settle_upsert(outcome).values()]

    def _placed(self, order_id: str, outcome: WriteRefused, problems: Sequence[Problem]) -> list[Problem]:
        """The problems with their pointers in the order; a PATCH body has other positions."""
        draft = self._drafts.get(order_id)
        new = outcome.write.new
        if new.kind is not WriteKind.PATCH or draft is None:
            return [*problems]
        body = decode(new.body)
        return [
            replace(problem, pointer=from_patch(problem.pointer, body, draft.edit.document)) for problem in problems
        ]

    def catch_up(self) -> None:
        """Set the status of orders whose write ended when the app could not note it any more: it was killed, or the disk
        was full. The journal has the result."""
        for order_id in [id for id, status in self._statuses.items() if status.state in _AWAITED]:
            found = self._store.journal_queries.find(self._account_id, order=order_id)
            write = self._store.writes.get(found[0][0]) if found else None
            if write is not None and project(write.state) not in OPEN:
                self._end(order_id, write)

    def _end(self, order_id: str, write: Write) -> None:
        for verification in self._store.verifications.of_write(write.id):
            if order_id in (edited_order(verification.staged), verification.remote_id):
                self.on_verification(verification, None)
                return
        deleted = write.new.kind is WriteKind.DELETE and write.state is WriteState.CONFIRMED
        if deleted and (draft := self._drafts.get(order_id)) is not None:
            self._drafts.drop(draft)
        # A draft that was written is rebased when the order is read again, which is always before it is sent.
        problems = problems_from_json(write.last.problems)
        self._set(order_id, project(write.state), "found in the journal after a restart", problems, deleted=deleted)

    def look_up_again(self, orders: Iterable[str]) -> list[str]:
        """Mark those of these orders whose result is unknown as being looked up, and return their ids."""
        found = [id for id in orders if (status := self.status(id)) and status.state is SendState.UNKNOWN]
        for order_id in found:
            self.looking_up(order_id)
        return found

    def looking_up(self, order_id: str) -> DraftSendStatus:
        """Set the status of an order whose lost answer is being looked up."""
        return self._set(order_id, SendState.SENDING, "the answer was lost; the order is being looked up")

    def on_write(self, write: Write) -> None:
        """Set the status of the orders of a write whose answer was just lost, while they are in flight."""
        if write.state is not WriteState.UNKNOWN:
            return
        for order_id in (write.new.order_id, *(edited_order(item.staged) for item in write.new.items)):
            status = self.status(order_id) if order_id is not None else None
            if order_id is not None and status is not None and status.state is SendState.SENDING:
                self.looking_up(order_id)

    def on_verification(self, verification: Verification, document: Document | None) -> None:
        """Set the status of an order from the result of the verifier. `document`: the order as it was read."""
        order_id = edited_order(verification.staged) if verification.staged is not None else verification.remote_id
        if order_id is None:
            return
        state = project(verification.state)
        if verification.state is VerificationState.VERIFIED:
            self._rebase_verified(order_id, verification)
            self._set(order_id, state, "verified: read back as sent", document=document)
        elif verification.state is VerificationState.DIFFERS:
            problems = [mismatch_problem(mismatch_from_json(stored)) for stored in as_list(verification.mismatches)]
            self._set(order_id, state, _DIFFERS, problems, document=document)
        elif verification.state is VerificationState.MISSING:
            self._set(order_id, state, _GONE)

    def _rebase_verified(self, order_id: str, verification: Verification) -> None:
        """Rebase the draft on what was verified; changes made since it was sent, or not sent with it, stay."""
        draft = self._drafts.get(order_id)
        if draft is None or not isinstance(verification.expected, dict):
            return
        base = draft.edit.base
        if verification.staged is None:
            self._rebase(order_id, expected_after_patch(base, verification.expected))
        else:
            stamps = {key: base[key] for key in (*STAMPS, "id") if key in base}
            self._rebase(order_id, {**to_upsert(verification.expected, keep_id=False)[0], **stamps})

    def _rebase(self, order_id: str, document: Document) -> None:
        draft = self._drafts.get(order_id)
        if draft is None:
            return
        # What cannot be stored now is stored later.
        with suppress(StoreError):
            self._drafts.rebase(draft, document, self._now(), sent=True)
        with suppress(StoreError):
            if not draft.edit.dirty:
                self._drafts.drop(draft)

    def _set(
        self,
        order_id: str,
        state: SendState,
        message: str,
        problems: Iterable[Problem] = (),
        *,
        document: Document | None = None,
        deleted: bool = False,
    ) -> DraftSendStatus:
        status = DraftSendStatus(state, message, self._now(), tuple(problems), document, deleted)
        self._statuses[order_id] = status
        # What cannot be stored now is stored later.
        with suppress(StoreError):
            self._unsaved.attempt(_KEY + order_id, lambda: self._store_status(order_id, status))
        self.on_change(order_id)
        return status

    def _store_status(self, order_id: str, status: DraftSendStatus) -> None:
        # The journal knows what is being sent and what is done; the rest must survive a restart.
        if status.state is SendState.VERIFIED:
            self._store.screen_states.delete(self._account_id, _KEY + order_id)
        elif status.state is not SendState.SENDING:
            self._store.screen_states.put(self._account_id, _KEY + order_id, _dump(status), durable=True)


def _outgoing(draft: Draft, sending: RequestChoice) -> tuple[Outgoing, Json]:
    """The full order of a draft as it is sent, and its changes as the journal keeps them."""
    staged = staged_for_edit(draft.order_id)
    return Outgoing(staged, 1, sending.body, draft.edit.base), changes_to_json(sending.carried)


def _not_sent(state: WriteState, error: ApiError | None) -> str:
    """Why nothing was written, and what can be done."""
    match state:
        case WriteState.BUSY:
            return f"nothing was written, and it can be sent again: {error}"
        case WriteState.NOT_APPLIED:
            return "the answer was lost and nothing was written; it can be sent again"
    return str(error) if error else "the app ended before it was sent"


def mismatch_problem(mismatch: Mismatch) -> Problem:
    """A difference between what was sent and what the service shows, as a problem at its field."""
    sent, shown = (display_value(mismatch.pointer, value) for value in (mismatch.expected, mismatch.actual))
    return Problem(
        f"sent {sent}, the service shows {shown}",
        code="differs",
        pointer=mismatch.pointer,
        reported_by=ReportedBy.SERVICE,
    )


def _dump(status: DraftSendStatus) -> Json:
    return {
        "way": DRAFT_TEXTS[status.state],
        "words": status.message,
        "at": status.at.isoformat(),
        "problems": [problem_to_json(problem) for problem in status.problems],
    }


def _load(stored: Json) -> DraftSendStatus | None:
    if not isinstance(stored, dict):
        return None
    problems = tuple(problem_from_json(problem) for problem in as_list(stored.get("problems")))
    at = datetime.fromisoformat(str(stored["at"]))
    return DraftSendStatus(from_stored(str(stored["way"])), str(stored["words"]), at, problems)

"""Corrections: drafts on their way to the service as PATCHes, each from the last look before it to its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tui.api.client import Client
from tui.api.codec import Document, Json, encode, same
from tui.api.errors import ApiError, NotFound, Origin, Problem
from tui.api.pointer import ABSENT
from tui.orders.compare import Mismatch
from tui.orders.entry import show_value
from tui.orders.fields import field_at
from tui.orders.patch import is_same_order, seen_in
from tui.store.follows import Follow, FollowState
from tui.store.store import Store
from tui.work.drafts import Clash, Draft, Drafts
from tui.work.outbox import Outbox
from tui.work.outcomes import (
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
from tui.work.records import mismatch_from_json, problem_from_json, problem_to_json


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
        clashes = self._drafts.rebase(draft, document, self._now())
        if clashes:
            words = "Changed on the service too; yours stays unless you revert it. Look, and send again."
            return self._stand(draft.order_id, Way.CHANGED, words, clashes=clashes, document=document)
        return None

    async def send(self, draft: Draft, reviewed: Json) -> Standing:
        """Look at the order once more, and send what was reviewed if it still is what the draft says."""
        order_id = draft.order_id
        self._stand(order_id, Way.SENDING, "on its way")
        base = draft.edit.base
        stopped = await self.read_again(draft)
        if stopped is not None:
            return stopped
        patch = draft.patch
        if not same(patch.body, reviewed):
            words = "The order changed on the service since the review; nothing was sent. Review it again."
            return self._stand(order_id, Way.CHANGED, words, document=draft.edit.base)
        if not patch.body:
            return self._stand(order_id, Way.CONFIRMED, "The service says so already.", document=draft.edit.base)
        changes: Json = [
            {"pointer": str(change.pointer)}
            | ({} if change.was is ABSENT else {"was": change.was})
            | ({} if change.now is ABSENT else {"now": change.now})
            for change in patch.carried
        ]
        before = draft.edit.base if not is_same_order(base, draft.edit.base) else base
        outcome = await self._outbox.patch(order_id, encode(patch.body), before, changes)
        return self.settle(order_id, outcome)

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
                return self._stand(order_id, Way.REFUSED, f"refused, nothing written: {first}", problems)
            case WasBusy(error=error):
                return self._stand(order_id, Way.BUSY, f"nothing written, w sends again: {error}")
            case WasGone():
                return self._stand(order_id, Way.GONE, "the order is not there any more; the edit is kept")
            case NotApplied():
                return self._stand(
                    order_id, Way.NOT_APPLIED, "the answer was lost and nothing was written; w sends again"
                )
            case NothingSent(error=error):
                return self._stand(
                    order_id, Way.NOT_SENT, str(error) if error else "it had not gone out when the app ended"
                )
            case StillUnknown():
                return self._stand(
                    order_id, Way.UNKNOWN, "the answer was lost; it is looked up again at the next start"
                )
            case Accepted():
                return self._stand(order_id, Way.FOLLOWED, "accepted, not visible yet; it is being looked for")

    def looking_up(self, order_id: str) -> Standing:
        """A write of this order had no end when an app ended; its outcome is being looked up."""
        return self._stand(order_id, Way.SENDING, "its answer was lost; it is being looked up")

    def follow_ended(self, follow: Follow) -> None:
        """What the follower found of a PATCH that was accepted."""
        if follow.staged is not None or follow.remote_id is None:
            return
        order_id = follow.remote_id
        if follow.state is FollowState.VERIFIED:
            draft = self._drafts.get(order_id)
            if draft is not None and isinstance(follow.expected, dict):
                # What was changed since it was sent, and what the PATCH could not carry, stays.
                self._set_on(order_id, seen_in(draft.edit.base, follow.expected))
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
        self._drafts.rebase(draft, document, self._now())
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

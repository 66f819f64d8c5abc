"""Sending a batch: what may go, in requests of at most 100, and what each answer means for every order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.pointer import Scope
from tui.orders.batch import LIMIT
from tui.orders.patch import is_same_order
from tui.store.batches import StagedState
from tui.work.lookup import key_of
from tui.work.outbox import AlreadySent, Outgoing
from tui.work.outcomes import Accepted, NotApplied, NothingSent, Outcome, StillUnknown, WasBusy, WasRefused
from tui.work.records import problem_to_json, problems_from_json
from tui.work.staged import Does, StagedOrder, Standing, keys_of_lists, told_by

if TYPE_CHECKING:
    from tui.work.staging import Staging
    from tui.work.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Going:
    """A staged order as it was reviewed."""

    id: str
    version: int
    document: Document
    does: Does
    remote: Document | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The requests that would go, and which orders stay here, each with the reason."""

    requests: tuple[tuple[Going, ...], ...]
    staying: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        return sum(len(request) for request in self.requests)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a request, in a sentence; `problems` are those that speak of none of its orders."""

    at: datetime
    words: str
    tone: str
    problems: tuple[Problem, ...] = ()


_STAYS = {
    Standing.REFUSED: "the service refused it and nothing was changed there; z lets it go all the same",
    Standing.TO_FIX: "it has problems to fix; z lets it go all the same",
    Standing.UPDATE: "it would change an existing order; z releases it",
    Standing.HELD: "held; z releases it",
    Standing.SENT: "it is with the service already",
    Standing.VERIFIED: "the service has it, verified",
    Standing.DOUBT: "what became of it is to be looked at first; r looks again, z lets a missing one go again",
    Standing.SAME: "the service has it just so",
}


class Shipping:
    """Sends for a Staging, one request after the other, and remembers what was said of the last sending."""

    def __init__(self, bench: "Workbench", staging: "Staging") -> None:
        self._bench = bench
        self._staging = staging
        self.waiting: set[str] = set()
        self.said: list[Said] = []

    def load(self) -> None:
        """What was said of the last sending of the batch that is open now."""
        self.said = self._load()

    def cancel(self) -> None: ...

    def plan(self, orders: Sequence[StagedOrder]) -> Plan:
        """What may go of these; orders that others of the same plan would overwrite stay."""
        going: list[Going] = []
        staying: list[tuple[str, str]] = []
        keys: set[tuple[str, str]] = set()
        for order in orders:
            standing = self._staging.standing(order)
            key = key_of(order.document)
            if standing is not Standing.READY:
                staying.append((order.id, _STAYS[standing]))
            elif order.id in self.waiting:
                staying.append((order.id, "it is about to go"))
            elif order.does is Does.UNKNOWN:
                staying.append((order.id, "it is not known yet whether the service has it"))
            elif all(key) and key in keys:
                staying.append((order.id, "another order of this sending has the same order id and shop"))
            else:
                keys.add(key)
                going.append(Going(order.id, order.version, order.document, order.does, order.remote))
        requests = tuple(tuple(going[start : start + LIMIT]) for start in range(0, len(going), LIMIT))
        return Plan(requests, tuple(staying))

    async def send(self, plan: Plan) -> None:
        """Send the requests of a plan in turn; when one did not reach the service the others stay here.

        Raises CannotChange, and sends nothing more, once another copy has the batch.
        """
        self.said = []
        self.waiting |= {one.id for request in plan.requests for one in request}
        try:
            for request in plan.requests:
                outcome = await self._send(request)
                if isinstance(outcome, NothingSent | StillUnknown):
                    break
        finally:
            self.waiting -= {one.id for request in plan.requests for one in request}
            self._staging.on_change()

    async def _send(self, request: Sequence[Going]) -> Outcome | None:
        self._staging.make_sure()
        # There is no version to send along (Q3.14): what would be overwritten is read just before.
        unread = await self._staging.look([one.id for one in request if one.does is Does.UPDATE], again=True)
        if unread is not None:
            self._say(f"What would be updated could not be read again; nothing was sent. {unread}", "warning")
            return None
        self._staging.make_sure()
        going = [one for one in request if self._goes(one)]
        if len(going) < len(request):
            count = len(request) - len(going)
            self._say(f"{_orders(count)} changed since the review and stayed here.", "warning")
        if not going:
            return None
        outgoing = [Outgoing(one.id, one.version, one.document, one.remote) for one in going]
        keys: dict[str, Json] = {}
        for one in going:
            order = self._staging.get(one.id)
            if order is not None:
                keys[one.id] = keys_of_lists(order.edit)
        try:
            outcome = await self._bench.outbox.upsert(outgoing, keys)
        except AlreadySent as error:
            held = set(error.staged)
            self._say(
                f"{_orders(len(held))} of {len(going)} were with the service already and do not go again.", "info"
            )
            rest = [one for one in going if one.id not in held]
            return await self._send(rest) if rest else None
        self.settle(outcome)
        self.waiting -= {one.id for one in going}
        return outcome

    def _goes(self, one: Going) -> bool:
        order = self._staging.get(one.id)
        if order is None or order.version != one.version or self._staging.standing(order) is not Standing.READY:
            return False
        if order.remote is None or one.remote is None:
            return order.remote is one.remote
        return is_same_order(one.remote, order.remote)

    def settle(self, outcome: Outcome) -> None:
        """What the end of a write means for its orders, kept and told in a sentence."""
        items = outcome.write.new.items
        count = len(items)
        match outcome:
            case Accepted():
                self._staging.written(outcome.write, told={})
                again = f"{_orders(count)} accepted; each is looked for until the service shows it."
                self._say(again, "good")
            case WasRefused(problems=problems, error=error):
                told = {item.staged: told_by(outcome.write, item.staged) for item in items}
                self._staging.written(outcome.write, told=told)
                named = sum(bool(one) for one in told.values())
                found = sum(len(one) for one in told.values())
                rest = [
                    one
                    for one in problems
                    if count > 1 or one.scope not in (Scope.THIS, Scope.BATCH) or not one.pointer
                ]
                self._say(_refusal(count, named, found, len(rest), str(error)), "service", rest)
            case WasBusy(error=error):
                self._staging.written(outcome.write, told={}, state=StagedState.DRAFT)
                words = (
                    f"The service is still busy with one of these; nothing was written. {_orders(count)} can go again"
                )
                self._say(f"{words}: w.", "warning", error.problems)
            case NotApplied():
                self._staging.written(outcome.write, told={})
                words = f"The answer was lost, and long looking shows that nothing was written. {_orders(count)}"
                self._say(f"{words} can go again: w.", "warning")
            case NothingSent(error=error):
                self._staging.written(outcome.write)
                why = str(error) if error is not None else "The app ended before it went out."
                problems = error.problems if error is not None else ()
                self._say(f"{why} {_orders(count)} can go again: w.", "warning", problems)
            case StillUnknown():
                self._staging.written(outcome.write)
                words = f"The answer was lost and {_orders(count)} could not be found yet"
                self._say(
                    f"{words}: nothing goes again before that is known; r looks, and sends again what is not there.",
                    "conflict",
                )
            case _:
                raise AssertionError(f"an upsert never ends as {type(outcome).__name__}")

    def _say(self, words: str, tone: str, problems: Sequence[Problem] = ()) -> None:
        self.said.append(Said(self._bench.now(), words, tone, tuple(problems)))
        kept: list[Json] = [
            {
                "at": one.at.isoformat(),
                "words": one.words,
                "tone": one.tone,
                "problems": [problem_to_json(problem) for problem in one.problems],
            }
            for one in self.said
        ]
        self._bench.store.state.put(self._bench.account, f"{_KEPT}.{self._staging.batch}", kept, durable=True)

    def _load(self) -> list[Said]:
        kept = self._bench.store.state.get(self._bench.account, f"{_KEPT}.{self._staging.batch}")
        return [
            Said(
                datetime.fromisoformat(str(one["at"])),
                str(one["words"]),
                str(one["tone"]),
                tuple(problems_from_json(one["problems"])),
            )
            for one in (kept if isinstance(kept, list) else [])
            if isinstance(one, dict)
        ]


_KEPT = "staging.said"


def _refusal(count: int, named: int, found: int, rest: int, error: str) -> str:
    all_of = "the order" if count == 1 else f"all {count} orders"
    words = f"The service refused {all_of} sent; nothing was written"
    if not named:
        return f"{words}. It names no order: {error}"
    words += f": {_problems(found)}" if count == 1 else f". {_problems(found)} in {_orders(named)}"
    words += f", {rest} of the request as a whole" if rest else ""
    return words + (f"; {count - named} not named can go again: w." if count > named else ".")


def _orders(count: int) -> str:
    return f"{count} order{'' if count == 1 else 's'}"


def _problems(count: int) -> str:
    return f"{count} problem{'' if count == 1 else 's'}"

"""A staged order as the store has it, completed by what the journal and the verifier know of it."""

from dataclasses import replace

from tui.store.batches import Staged, StagedState
from tui.store.journal import WriteState
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.batches.staged_order import RemoteSnapshot, ServiceProblem, StagedOrder, mark_of, staged_from, told_by
from tui.work.drafts.sender import mismatch_problem
from tui.work.writes.serialization import mismatch_from_json

_TAKEN = (VerificationState.ACCEPTED, VerificationState.VERIFIED, VerificationState.DIFFERS)


def recalled(row: Staged, store: Store, account_id: int) -> StagedOrder:
    """The order of a row, also where the app ended between an answer and what it means."""
    order = staged_from(row)
    if order.state is StagedState.REFUSED and all(one.version != order.version for one in order.told):
        refused = store.writes.all(account_id, staged=order.id, states=[WriteState.REFUSED], limit=1)
        order.told = told_by(refused[0]).get(order.id, ()) if refused else ()
    know_accepted(order, store)
    return order


def know_accepted(order: StagedOrder, store: Store) -> None:
    """Note what the service took of an order, so that the next change of it is an update; and what differs there."""
    if order.remote_id is None and order.state is not StagedState.DIFFERS:
        return
    last = next((one for one in reversed(store.verifications.of_staged(order.id)) if one.state in _TAKEN), None)
    if last is None or not isinstance(last.expected, dict):
        return
    if order.looked is None or order.looked.key != order.key or order.looked.at <= last.since:
        order.looked = RemoteSnapshot(order.key, last.updated_at, last.expected)
    if order.state is StagedState.DIFFERS:
        order.told = _differing(order, last)


def _differing(order: StagedOrder, follow: Verification) -> tuple[ServiceProblem, ...]:
    told = []
    for kept in follow.mismatches if isinstance(follow.mismatches, list) else []:
        mismatch = mismatch_from_json(kept)
        problem = mismatch_problem(mismatch)
        value = mark_of(mismatch.pointer.get(order.document))
        keyed = replace(problem, pointer=order.edit.to_keys(problem.pointer))
        told.append(ServiceProblem(keyed, follow.updated_at, follow.version or 0, value))
    return tuple(told)

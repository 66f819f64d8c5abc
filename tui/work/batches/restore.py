"""Restores a staged order from its row, the journal and its verification."""

from collections.abc import Iterable
from dataclasses import replace

from tui.api.codec import as_list
from tui.store.batches import Staged, StagedState
from tui.store.journal import WriteState
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.batches.staged_order import (
    RemoteSnapshot,
    ServiceProblem,
    StagedOrder,
    fingerprint,
    load_staged,
    problems_by_order,
)
from tui.work.drafts.sender import mismatch_problem
from tui.work.writes.serialization import mismatch_from_json

_ANSWERED = (VerificationState.ACCEPTED, VerificationState.VERIFIED, VerificationState.DIFFERS)


def read_orders(store: Store, account_id: int, ids: Iterable[str]) -> list[StagedOrder]:
    """Read staged orders from disk and restore them. Raises StoreError."""
    return [restore_order(row, store, account_id) for row in store.batches.staged(ids)]


def restore_order(row: Staged, store: Store, account_id: int) -> StagedOrder:
    """Load a staged order, even if the app ended after it received an answer and before it applied it."""
    order = load_staged(row)
    if order.state is StagedState.REFUSED and all(
        problem.version != order.version for problem in order.service_problems
    ):
        refused = store.writes.all(account_id, staged=order.id, states=[WriteState.REFUSED], limit=1)
        order.service_problems = problems_by_order(refused[0]).get(order.id, ()) if refused else ()
    apply_accepted(order, store)
    return order


def apply_accepted(order: StagedOrder, store: Store) -> None:
    """Set the accepted version as the snapshot of an order, so that its next change is an update, and add its
    mismatches as problems."""
    if order.remote_id is None and order.state is not StagedState.DIFFERS:
        return
    last = next(
        (
            verification
            for verification in reversed(store.verifications.of_staged(order.id))
            if verification.state in _ANSWERED
        ),
        None,
    )
    if last is None or not isinstance(last.expected, dict):
        return
    if order.snapshot is None or order.snapshot.key != order.key or order.snapshot.at <= last.since:
        order.snapshot = RemoteSnapshot(order.key, last.updated_at, last.expected)
    if order.state is StagedState.DIFFERS:
        order.service_problems = _mismatch_problems(order, last)


def _mismatch_problems(order: StagedOrder, follow: Verification) -> tuple[ServiceProblem, ...]:
    problems = []
    for mismatch in map(mismatch_from_json, as_list(follow.mismatches)):
        problem = mismatch_problem(mismatch)
        value = fingerprint(mismatch.pointer.get(order.document))
        keyed = replace(problem, pointer=order.edit.to_keys(problem.pointer))
        problems.append(ServiceProblem(keyed, follow.updated_at, follow.version or 0, value))
    return tuple(problems)

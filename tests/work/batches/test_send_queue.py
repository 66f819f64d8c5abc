"""The order of requests while sending, and the effect of each answer on the remaining orders."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.work.batches.send_queue import (
    PlannedOrder,
    SendAborted,
    SendAccepted,
    SendAnswer,
    SendAttempt,
    SendLater,
    SendPause,
    SendQueue,
    SendRefused,
    SendSkipped,
    split_into_requests,
)
from tui.work.batches.staged_order import PlannedAction


def planned_orders(*sizes: int) -> tuple[PlannedOrder, ...]:
    return tuple(PlannedOrder(str(n), 1, {}, PlannedAction.NEW, None, size) for n, size in enumerate(sizes))


def names(orders: tuple[PlannedOrder, ...]) -> str:
    return " ".join(order.id for order in orders)


@pytest.mark.parametrize(
    ("sizes", "limit", "most", "groups"),
    [
        ((), 2, 99, []),
        ((1, 1, 1), 2, 99, ["0 1", "2"]),
        ((40, 40, 40), 9, 100, ["0 1", "2"]),
        ((500, 1, 1), 9, 100, ["0", "1 2"]),
        ((1, 500, 1), 9, 100, ["0", "1", "2"]),
        ((48, 48), 9, 100, ["0 1"]),
        ((48, 49), 9, 100, ["0", "1"]),
    ],
)
def test_orders_are_split_by_count_and_size(sizes: tuple[int, ...], limit: int, most: int, groups: list[str]) -> None:
    assert list(map(names, split_into_requests(planned_orders(*sizes), limit, most))) == groups


def run_queue(
    make_queue: SendQueue, answer: Callable[[tuple[PlannedOrder, ...]], SendAnswer]
) -> tuple[list[str], float]:
    """Run a queue against `answer`; return the requests and the time that it took."""
    sent, now = [], 0.0
    while (step := make_queue.next(now)) is not None:
        if isinstance(step, SendPause):
            assert step.seconds > 0
            now += step.seconds
            continue
        sent.append(names(step.orders))
        assert len(sent) < 1000
        make_queue.apply_answer(step, answer(step.orders), now)
    return sent, now


def refusing(*rounds: set[str]) -> Callable[[tuple[PlannedOrder, ...]], SendAnswer]:
    """A service that checks the schema first, and everything else only if that passes (Q2.4)."""

    def answer(orders: tuple[PlannedOrder, ...]) -> SendAnswer:
        ids = {order.id for order in orders}
        for wrong in rounds:
            if ids & wrong:
                return SendRefused(frozenset(ids & wrong))
        return SendAccepted()

    return answer


def make_queue(*groups: tuple[PlannedOrder, ...], continue_after_refusal: bool = True) -> SendQueue:
    queue = SendQueue(continue_after_refusal, (10.0, 20.0, 40.0))
    queue.add(groups)
    return queue


def test_orders_not_named_by_a_refusal_are_sent_again() -> None:
    queue = make_queue(planned_orders(1, 1, 1, 1, 1))
    sent, _ = run_queue(queue, refusing({"1"}, {"0", "4"}))
    assert sent == ["0 1 2 3 4", "0 2 3 4", "2 3"]
    assert (queue.refused, queue.accepted) == ({"0", "1", "4"}, {"2", "3"})


def test_refusals_continue_until_every_order_is_refused() -> None:
    queue = make_queue(planned_orders(1, 1))
    assert run_queue(queue, refusing({"0"}, {"1"}))[0] == ["0 1", "1"]
    assert (queue.refused, queue.accepted) == ({"0", "1"}, set())


def test_without_permission_the_rest_of_a_refused_request_is_not_resent() -> None:
    orders = planned_orders(1, 1, 1)
    assert run_queue(make_queue(orders[:2], orders[2:], continue_after_refusal=False), refusing({"0"}))[0] == [
        "0 1",
        "2",
    ]


@given(st.integers(1, 60), st.sets(st.integers(0, 59)), st.sets(st.integers(0, 59)), st.integers(1, 20))
def test_settled_orders_are_never_sent_again(count: int, first: set[int], second: set[int], limit: int) -> None:
    queue = make_queue(*split_into_requests(planned_orders(*[1] * count), limit))
    wrong = {str(number) for number in first | second if number < count}
    sent, _ = run_queue(queue, refusing({str(number) for number in first}, {str(number) for number in second}))
    assert queue.refused == wrong
    assert queue.accepted == {str(number) for number in range(count)} - wrong
    assert len(sent) <= 3 * len(split_into_requests(planned_orders(*[1] * count), limit)), (
        "two rounds of errors, then it is accepted"
    )


@pytest.mark.parametrize("bad", [0, 37, 99])
def test_unnamed_bad_order_is_found_by_bisection(bad: int) -> None:
    queue = make_queue(planned_orders(*[1] * 100))

    def answer(orders: tuple[PlannedOrder, ...]) -> SendAnswer:
        if any(order.id == str(bad) for order in orders):
            return SendRefused(frozenset({str(bad)}) if len(orders) == 1 else frozenset())
        return SendAccepted()

    sent, _ = run_queue(queue, answer)
    assert queue.refused == {str(bad)}
    assert len(queue.accepted) == 99
    assert len(sent) < 20


def test_error_of_every_request_stops_the_bisection() -> None:
    queue = make_queue(*split_into_requests(planned_orders(*[1] * 500)))
    sent, _ = run_queue(queue, lambda _: SendRefused(frozenset()))
    assert len(sent) == 8
    assert (queue.accepted, queue.refused) == (set(), set())


def test_too_large_request_is_halved_without_permission() -> None:
    queue = make_queue(planned_orders(*[1] * 8), continue_after_refusal=False)
    sent, _ = run_queue(
        queue, lambda orders: SendRefused(frozenset(), too_large=True) if len(orders) > 2 else SendAccepted()
    )
    assert len(queue.accepted) == 8
    assert sent[-1] == "6 7"


def test_busy_orders_back_off_while_others_are_sent() -> None:
    orders = planned_orders(1, 1, 1)
    busy = {"0": 2}

    def answer(orders: tuple[PlannedOrder, ...]) -> SendAnswer:
        if busy.get(orders[0].id, 0):
            busy[orders[0].id] -= 1
            return SendLater("busy")
        return SendAccepted()

    queue = make_queue(orders[:1], orders[1:2], orders[2:])
    assert run_queue(queue, answer) == (["0", "1", "2", "0", "0"], 30.0)
    assert queue.accepted == {"0", "1", "2"}


@pytest.mark.parametrize(("answer", "tries", "time"), [(SendLater("b"), 4, 70), (SendLater("b", 25, 1), 2, 25)])
def test_waiting_for_a_busy_service_ends(answer: SendLater, tries: int, time: float) -> None:
    queue = make_queue(planned_orders(1))
    sent, now = run_queue(queue, lambda _: answer)
    assert (len(sent), now, queue.abandoned) == (tries, time, 1)


def test_sending_stops_when_the_service_refuses_all_access() -> None:
    orders = planned_orders(1, 1, 1)
    queue = make_queue(orders[:1], orders[1:2], orders[2:])
    assert run_queue(queue, lambda orders: SendAborted() if orders[0].id == "1" else SendSkipped())[0] == ["0", "1"]


def test_cleared_orders_are_not_sent() -> None:
    queue = make_queue(planned_orders(1, 1))
    assert queue.clear() == 2
    assert queue.next(0.0) is None
    queue.apply_answer(SendAttempt(planned_orders(1)), SendAccepted(), 0.0)
    assert queue.next(0.0) is None

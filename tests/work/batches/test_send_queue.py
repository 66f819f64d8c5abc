"""What goes next in a sending, and what each answer means for the rest."""

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


def going(*sizes: int) -> tuple[PlannedOrder, ...]:
    return tuple(PlannedOrder(str(n), 1, {}, PlannedAction.NEW, None, size) for n, size in enumerate(sizes))


def names(orders: tuple[PlannedOrder, ...]) -> str:
    return " ".join(one.id for one in orders)


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
    assert list(map(names, split_into_requests(going(*sizes), limit, most))) == groups


def drive(course: SendQueue, judge: Callable[[tuple[PlannedOrder, ...]], SendAnswer]) -> tuple[list[str], float]:
    """Go through a course as `judge` answers; the requests, and the time that it took."""
    sent, now = [], 0.0
    while (step := course.next(now)) is not None:
        if isinstance(step, SendPause):
            assert step.seconds > 0
            now += step.seconds
            continue
        sent.append(names(step.orders))
        assert len(sent) < 1000
        course.apply_answer(step, judge(step.orders), now)
    return sent, now


def naming(*rounds: set[str]) -> Callable[[tuple[PlannedOrder, ...]], SendAnswer]:
    """A service that looks at shapes first, and at the rest only when those are right (Q2.4)."""

    def judge(orders: tuple[PlannedOrder, ...]) -> SendAnswer:
        ids = {one.id for one in orders}
        for wrong in rounds:
            if ids & wrong:
                return SendRefused(frozenset(ids & wrong))
        return SendAccepted()

    return judge


def course(*groups: tuple[PlannedOrder, ...], goes_on: bool = True) -> SendQueue:
    made = SendQueue(goes_on, (10.0, 20.0, 40.0))
    made.add(groups)
    return made


def test_orders_not_named_by_a_refusal_are_sent_again() -> None:
    made = course(going(1, 1, 1, 1, 1))
    sent, _ = drive(made, naming({"1"}, {"0", "4"}))
    assert sent == ["0 1 2 3 4", "0 2 3 4", "2 3"]
    assert (made.refused, made.accepted) == ({"0", "1", "4"}, {"2", "3"})


def test_refusals_continue_until_every_order_is_refused() -> None:
    made = course(going(1, 1))
    assert drive(made, naming({"0"}, {"1"}))[0] == ["0 1", "1"]
    assert (made.refused, made.accepted) == ({"0", "1"}, set())


def test_without_permission_the_rest_of_a_refused_request_is_not_resent() -> None:
    orders = going(1, 1, 1)
    assert drive(course(orders[:2], orders[2:], goes_on=False), naming({"0"}))[0] == ["0 1", "2"]


@given(st.integers(1, 60), st.sets(st.integers(0, 59)), st.sets(st.integers(0, 59)), st.integers(1, 20))
def test_settled_orders_are_never_sent_again(count: int, first: set[int], second: set[int], limit: int) -> None:
    made = course(*split_into_requests(going(*[1] * count), limit))
    wrong = {str(one) for one in first | second if one < count}
    sent, _ = drive(made, naming({str(one) for one in first}, {str(one) for one in second}))
    assert made.refused == wrong
    assert made.accepted == {str(one) for one in range(count)} - wrong
    assert len(sent) <= 3 * len(split_into_requests(going(*[1] * count), limit)), (
        "two rounds of errors, then it is taken"
    )


@pytest.mark.parametrize("bad", [0, 37, 99])
def test_unnamed_bad_order_is_found_by_bisection(bad: int) -> None:
    made = course(going(*[1] * 100))

    def judge(orders: tuple[PlannedOrder, ...]) -> SendAnswer:
        if any(one.id == str(bad) for one in orders):
            return SendRefused(frozenset({str(bad)}) if len(orders) == 1 else frozenset())
        return SendAccepted()

    sent, _ = drive(made, judge)
    assert made.refused == {str(bad)}
    assert len(made.accepted) == 99
    assert len(sent) < 20


def test_error_of_every_request_stops_the_bisection() -> None:
    made = course(*split_into_requests(going(*[1] * 500)))
    sent, _ = drive(made, lambda _: SendRefused(frozenset()))
    assert len(sent) == 8
    assert (made.accepted, made.refused) == (set(), set())


def test_too_large_request_is_halved_without_permission() -> None:
    made = course(going(*[1] * 8), goes_on=False)
    sent, _ = drive(
        made, lambda orders: SendRefused(frozenset(), too_large=True) if len(orders) > 2 else SendAccepted()
    )
    assert len(made.accepted) == 8
    assert sent[-1] == "6 7"


def test_busy_orders_back_off_while_others_are_sent() -> None:
    orders = going(1, 1, 1)
    busy = {"0": 2}

    def judge(orders: tuple[PlannedOrder, ...]) -> SendAnswer:
        if busy.get(orders[0].id, 0):
            busy[orders[0].id] -= 1
            return SendLater("busy")
        return SendAccepted()

    made = course(orders[:1], orders[1:2], orders[2:])
    assert drive(made, judge) == (["0", "1", "2", "0", "0"], 30.0)
    assert made.accepted == {"0", "1", "2"}


@pytest.mark.parametrize(("answer", "tries", "time"), [(SendLater("b"), 4, 70), (SendLater("b", 25, 1), 2, 25)])
def test_waiting_for_a_busy_service_ends(answer: SendLater, tries: int, time: float) -> None:
    made = course(going(1))
    sent, now = drive(made, lambda _: answer)
    assert (len(sent), now, made.abandoned) == (tries, time, 1)


def test_sending_stops_when_the_service_refuses_all_access() -> None:
    orders = going(1, 1, 1)
    made = course(orders[:1], orders[1:2], orders[2:])
    assert drive(made, lambda one: SendAborted() if one[0].id == "1" else SendSkipped())[0] == ["0", "1"]


def test_cleared_orders_are_not_sent() -> None:
    made = course(going(1, 1))
    assert made.clear() == 2
    assert made.next(0.0) is None
    made.apply_answer(SendAttempt(going(1)), SendAccepted(), 0.0)
    assert made.next(0.0) is None

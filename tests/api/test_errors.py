"""Every known shape of error body becomes problems; every status becomes one exception with a message."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api import errors
from tui.api.error_bodies import error_for, is_busy, read_problems
from tui.api.errors import (
    ApiError,
    ConfigError,
    Forbidden,
    InvalidCursor,
    InvalidRequest,
    InvalidResponse,
    NotAuthorised,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Problem,
    RateLimited,
    Redirected,
    RequestRefused,
    ServerFault,
    ServiceBusy,
)
from tui.api.pointer import ROOT, Dialect, Pointer, Scope

JSON = "application/json"


def read(body: Any, status: int = 400, dialect: Dialect = Dialect.POST) -> list[Problem]:
    return read_problems(status, json.dumps(body).encode(), JSON, dialect)


def one(body: Any, status: int = 400, dialect: Dialect = Dialect.POST) -> Problem:
    (problem,) = read(body, status, dialect)
    return problem


def test_a_problem_of_a_batch_has_its_order_pointer_and_raw_pointer() -> None:
    raw = "/data/attributes/[1]/order_details/order_items/0/quantity"
    problem = one(
        {"errors": [{"status": "400", "code": "invalid", "detail": "Field required", "source": {"pointer": raw}}]}
    )
    assert problem == Problem(
        "Field required",
        code="invalid",
        status=400,
        scope=Scope.ORDER,
        order=1,
        pointer=Pointer.of("order_details", "order_items", 0, "quantity"),
        raw_pointer=raw,
    )


def test_problems_keep_their_order() -> None:
    problems = read(
        {"errors": [{"detail": "a", "source": {"pointer": f"/data/attributes/[{n}]/order_id"}} for n in (2, 0)]}
    )
    assert [problem.order for problem in problems] == [2, 0]


ENTRY = {"status": "400", "code": "invalid", "detail": "Wrong"}


@pytest.mark.parametrize(
    ("body", "detail", "code"),
    [
        ({"errors": [ENTRY]}, "Wrong", "invalid"),
        ({"errors": ENTRY}, "Wrong", "invalid"),
        ([ENTRY], "Wrong", "invalid"),
        (ENTRY, "Wrong", "invalid"),
        ({"error": {"message": "Wrong", "code": 400, "request": "api/v2"}}, "Wrong", "400"),
        ({"error": "invalid_client", "error_description": "No such client"}, "No such client", "invalid_client"),
        ({"error": "Wrong"}, "Wrong", "Wrong"),
        ({"message": "Wrong"}, "Wrong", ""),
        ({"detail": "Wrong"}, "Wrong", ""),
        ({"detail": "Wrong", "errors": []}, "Wrong", ""),
        ({"errors": "Wrong"}, "Wrong", ""),
        ({"errors": ["Wrong"]}, "Wrong", ""),
        ("Wrong", "Wrong", ""),
        ({"errors": [{"status": 404, "code": "not_found", "title": "Not Found"}]}, "Not Found", "not_found"),
        (
            {"errors": [{"status": "400", "code": "extra_forbidden", "detail": None}]},
            "Extra forbidden",
            "extra_forbidden",
        ),
        ({"errors": [{"status": "400", "code": "null", "detail": "Wrong"}]}, "Wrong", "null"),
        ({"errors": [{"status": [1], "code": {"a": 1}, "detail": ["Wrong", "twice"]}]}, "Wrong twice", '{"a":1}'),
        ({"errors": [{"detail": "Wrong", "source": None}]}, "Wrong", ""),
        ({"errors": [{"detail": "Wrong", "source": 7.5}]}, "Wrong", ""),
        ({"errors": [{"detail": "Wrong", "source": {"pointer": None, "parameter": {}}}]}, "Wrong", ""),
        ({"errors": [None, {}, "", {"detail": "Wrong"}]}, "Wrong", ""),
        ({"errors": {"non_field_errors": ["Wrong"]}}, "Wrong", ""),
    ],
)
def test_problems_without_a_pointer(body: Any, detail: str, code: str) -> None:
    problem = one(body)
    assert (problem.detail, problem.code, problem.pointer, problem.raw_pointer) == (detail, code, ROOT, None)
    assert problem.scope is Scope.BATCH


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"errors": {"order_number": ["Field required"]}}, [("order_number", "Field required")]),
        ({"errors": {"order_number": "Field required"}}, [("order_number", "Field required")]),
        (
            {"order_number": ["a", "b"], "status": ["c"]},
            [("order_number", "a"), ("order_number", "b"), ("status", "c")],
        ),
        ({"errors": {"order_details": {"status": {"code": ["a"]}}}}, [("order_details/status/code", "a")]),
        ({"errors": {"order_details.status": ["a"]}}, [("order_details/status", "a")]),
        ({"errors": {"tags": [{"detail": "a"}, "b"]}}, [("tags", "a"), ("tags", "b")]),
        ({"errors": {"tags": 5, "notes": None}}, [("tags", "5")]),
        ({"detail": [{"loc": ["body", "order_id"], "msg": "a", "type": "missing"}]}, [("order_id", "a")]),
    ],
)
def test_maps_of_fields_to_messages(body: Any, expected: list[tuple[str, str]]) -> None:
    problems = read(body, dialect=Dialect.PATCH)
    assert [("/".join(problem.pointer.tokens), problem.detail) for problem in problems] == expected


@pytest.mark.parametrize(
    "body",
    [
        {"errors": {"1": {"order_id": ["a"]}}},
        {"errors": {"[1]": {"order_id": ["a"]}}},
        {"errors": [{}, {"order_id": ["a"]}]},
        [{}, {"order_id": ["a"]}],
    ],
)
def test_maps_and_lists_of_a_batch_name_the_order(body: Any) -> None:
    problem = one(body)
    assert (problem.scope, problem.order, problem.pointer) == (Scope.ORDER, 1, Pointer.of("order_id"))


@pytest.mark.parametrize("name", ["parameter", "header"])
def test_parameters_and_headers_have_the_scope_of_the_request(name: str) -> None:
    problem = one({"errors": [{"code": "invalid_choice", "detail": "No", "source": {name: "integration"}}]})
    assert (getattr(problem, name), problem.scope, problem.raw_pointer) == ("integration", Scope.REQUEST, None)


@pytest.mark.parametrize(
    ("status", "expected"), [("400", 400), (404, 404), ("422 Unprocessable", 422), (True, 400), ("x", 400), (-1, 400)]
)
def test_status_of_any_type(status: Any, expected: int) -> None:
    assert one({"errors": [{"status": status, "detail": "a", "code": "b"}]}).status == expected


@pytest.mark.parametrize(
    ("status", "dialect", "scope"),
    [
        (400, Dialect.POST, Scope.BATCH),
        (400, Dialect.PATCH, Scope.THIS),
        (401, Dialect.POST, Scope.REQUEST),
        (429, Dialect.PATCH, Scope.REQUEST),
        (500, Dialect.POST, Scope.REQUEST),
    ],
)
def test_scope_of_a_problem_without_a_pointer(status: int, dialect: Dialect, scope: Scope) -> None:
    assert one({"detail": "a"}, status, dialect).scope is scope


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"", JSON, "400 Bad Request with an empty body"),
        (b"   ", "text/plain", "empty body"),
        (b"no such host", "text/plain", "no such host"),
        (
            b"<html><head><title>502 Bad &amp; Gateway</title></head><h1>Oops</h1>",
            "text/html",
            "502 Bad & Gateway – Oops",
        ),
        (
            b"<html><head><title>400 Bad Request</title></head></html>",
            "text/html",
            "from the service (400 Bad Request).",
        ),
        (b"<!DOCTYPE html><p>Sign in to <b>Wi-Fi</b><script>evil()</script>", JSON, "Sign in to Wi-Fi"),
        (b'{"errors": [{"status": "400", "de', JSON, "incomplete or corrupt"),
        (b"{}", JSON, "400 Bad Request without a reason"),
        (b"null", JSON, "without a reason"),
        (b"[]", JSON, "without a reason"),
        (b"7", JSON, "The response was: 7"),
        (b'{"errors": NaN}', JSON, "incomplete or corrupt"),
        (b"\xff\xfe\x00", JSON, "\ufffd"),
    ],
)
def test_bodies_that_are_not_json(body: bytes, content_type: str, text: str) -> None:
    (problem,) = read_problems(400, body, content_type, Dialect.POST)
    assert text in problem.detail
    assert "evil" not in problem.detail


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"errors":' * 150 + b"1" + b"}" * 150,
        b'{"a":' * 150 + b'["x"]' + b"}" * 150,
        json.dumps({"errors": {"k" * 5000: {"k" * 5000: {str(n): ["x"] for n in range(5000)}}}}).encode(),
        json.dumps({"errors": [{"detail": "x", "source": {"pointer": "/" * 500_000}}]}).encode(),
        json.dumps({"errors": [{"detail": "x"}] * 60_000}).encode(),
        b"<" * 2_000_000,
        b"<title" * 200_000,
        b'{"detail": "' + b"x" * 3_000_000 + b'"}',
        b'{"errors": [{"detail": "\\ud800", "source": {"pointer": "\\udfff"}}]}',
        b'{"errors": [{"status": 1e999999999, "detail": 1e5}]}',
    ],
)
def test_hostile_bodies_are_read_quickly(body: bytes) -> None:
    started = time.process_time()
    problems = read_problems(400, body, JSON, Dialect.POST)
    message = str(error_for(400, body, JSON, request_line="", dialect=Dialect.POST, write=True))
    assert time.process_time() - started < 5
    assert 1 <= len(problems) <= 20_001
    assert len(message) < 1000


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(["errors", "error", "detail", "source", "pointer", "code", "status", "title", "loc", "x"])
            | st.text(max_size=4),
            below,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "body", [[[[""]]], [["", " "]], {"name": [[""]]}, {"error": "x", "message": [""]}, [{"a": [" "]}]]
)
def test_blank_details_are_replaced(body: Any) -> None:
    assert all(problem.detail.strip() for problem in read_problems(400, json.dumps(body).encode(), JSON, Dialect.POST))


@given(body=JSON_VALUES, status=st.integers(0, 999), dialect=st.sampled_from(Dialect))
def test_any_json_yields_problems(body: Any, status: int, dialect: Dialect) -> None:
    problems = read_problems(status, json.dumps(body).encode(), JSON, dialect)
    assert problems
    assert all(problem.detail.strip() for problem in problems)


@given(body=st.binary(max_size=200), status=st.integers(0, 999), content_type=st.text(max_size=20))
def test_any_bytes_yield_problems(body: bytes, status: int, content_type: str) -> None:
    assert all(problem.detail for problem in read_problems(status, body, content_type, Dialect.PATCH))


BUSY_DETAIL = "We are still processing a previous request. Please try again in a moment."


@pytest.mark.parametrize(
    ("status", "pointer", "detail", "busy"),
    [
        (400, "/data", BUSY_DETAIL, True),
        (400, "/data/", "Please TRY AGAIN", True),
        (400, "data", "is being processed", True),
        (400, "/data", "Invalid", False),
        (400, "/data/attributes/", BUSY_DETAIL, False),
        (400, None, BUSY_DETAIL, False),
        (409, "/data", BUSY_DETAIL, False),
    ],
)
def test_a_busy_order_is_recognised_by_pointer_and_detail(
    status: int, pointer: str | None, detail: str, busy: bool
) -> None:
    problems = read({"errors": [{"detail": detail, "source": {"pointer": pointer}}]}, status)
    assert is_busy(status, problems) is busy


def test_a_busy_order_beside_an_invalid_one_is_not_retried() -> None:
    problems = read({"errors": [{"detail": BUSY_DETAIL, "source": {"pointer": "/data"}}, {"detail": "Field required"}]})
    assert not is_busy(400, problems)


BODY = json.dumps({"errors": [{"status": "4", "code": "c", "detail": "Because"}]}).encode()


@pytest.mark.parametrize(
    ("status", "write", "kind", "text"),
    [
        (400, True, RequestRefused, "Because. Nothing was changed. Correct"),
        (400, False, RequestRefused, "try again"),
        (
            401,
            False,
            NotAuthorised,
            "credentials. Check both keys and the address in the settings. Nothing was read, and no",
        ),
        (401, True, NotAuthorised, "It says: Because."),
        (403, True, Forbidden, "lack the permission"),
        (404, True, NotFound, "Because"),
        (409, True, RequestRefused, "Because"),
        (410, True, NotFound, "deleted"),
        (413, True, RequestRefused, "Because"),
        (429, True, RateLimited, "pause"),
        (500, False, ServerFault, "Try again later"),
        (500, True, OutcomeUnknown, "look the order up"),
        (599, True, OutcomeUnknown, "look the order up"),
        (302, False, Redirected, "not followed"),
        (307, True, Redirected, "Nothing was changed"),
        (303, True, OutcomeUnknown, "look the order up"),
        (303, False, Redirected, "not followed"),
        (700, True, OutcomeUnknown, "look"),
    ],
)
def test_exception_for_each_status(status: int, write: bool, kind: type[ApiError], text: str) -> None:
    error = error_for(status, BODY, JSON, request_line="PATCH /orders/12", dialect=Dialect.PATCH, write=write)
    assert type(error) is kind
    assert text in str(error)
    assert (error.status, error.body, error.request_line) == (status, BODY, "PATCH /orders/12")
    assert bool(error.problems) is (kind is not Redirected and status != 303)


def test_the_message_counts_problems_and_has_no_control_characters() -> None:
    details = ["\x1b]0;owned\x07 first\u202e", "b", "c"]
    body = json.dumps({"errors": [{"detail": detail, "code": "x", "status": "400"} for detail in details]}).encode()
    error = error_for(400, body, JSON, request_line="", dialect=Dialect.POST, write=True)
    assert "(and 2 more problems)" in str(error)
    assert str(error).isprintable()
    assert error.problems[0].detail == details[0]


def test_not_found_is_confirmed_by_the_service_only_with_a_json_body() -> None:
    confirmed = error_for(404, BODY, JSON, request_line="", dialect=Dialect.PATCH, write=False)
    page = error_for(404, b"<html>nginx", "text/html", request_line="", dialect=Dialect.PATCH, write=False)
    assert isinstance(confirmed, NotFound)
    assert isinstance(page, NotFound)
    assert (confirmed.confirmed_by_service, page.confirmed_by_service) == (True, False)


def test_the_exception_tree_matches_the_docstring() -> None:
    drawn = {line.split("──")[1].split()[0] for line in (errors.__doc__ or "").splitlines() if "──" in line}
    defined = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, ApiError | ConfigError)
    } - {
        "ApiError",
        "ConfigError",
    }
    assert drawn == defined
    assert set(errors.__all__) >= defined
    assert issubclass(InvalidCursor, NotFound)
    assert issubclass(InvalidRequest, NotSent)
    assert issubclass(InvalidRequest, ValueError)
    assert {
        kind for kind in (ServiceBusy, NotFound, Forbidden, InvalidResponse) if issubclass(kind, RequestRefused)
    } == set()


@pytest.mark.parametrize(("write", "kind"), [(False, InvalidResponse), (True, OutcomeUnknown)])
def test_an_answer_that_nothing_changed_has_its_own_sentence(write: bool, kind: type[ApiError]) -> None:
    error = error_for(304, b"", "", request_line="GET /orders", dialect=Dialect.BODY, write=write)
    assert type(error) is kind
    assert "nothing has changed (304)" in str(error)
    assert "redirect" not in str(error)


def test_long_ids_are_shortened_in_the_middle() -> None:
    id = "A" * 100 + "-1234"
    assert errors.one_line(f"Order {id} is unknown.") == f"Order {'A' * 30}…{'A' * 24}-1234 is unknown."
    assert errors.one_line("x" * 60) == "x" * 60

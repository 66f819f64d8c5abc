"""What the sandbox answers: JSON texts, and errors in the shape and the words of the document's examples."""

from collections.abc import Mapping

from starlette.responses import Response

from tui.api.codec import Document, Json, encode

STILL_PROCESSING = "We are still processing a previous request. Please try again in a moment."
ORDER_NOT_FOUND = "The order could not be found with the search criteria given"
ITEM_NOT_FOUND = "Could not find specified item."
"""The detail of a PATCH's 400 and of its 404 (Q3.13)."""
WRONG_PASSWORD = "Invalid username/password."  # noqa: S105


def answer(status: int, text: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """JSON that is text already."""
    return Response(text, status, dict(headers or {}), "application/json")


def answer_json(status: int, value: Json, headers: Mapping[str, str] | None = None) -> Response:
    return answer(status, encode(value), headers)


def error(
    status: int,
    code: str,
    detail: str,
    *,
    title: str | None = None,
    pointer: str | None = None,
    parameter: str | None = None,
    header: str | None = None,
) -> Document:
    """One error. Its status is text, as in the Orders document (Q5.1.3)."""
    node: Document = {"status": str(status), "code": code}
    if title is not None:
        node["title"] = title
    node["detail"] = detail
    for key, value in (("pointer", pointer), ("parameter", parameter), ("header", header)):
        if value is not None:
            node["source"] = {key: value}
    return node


def refuse(status: int, *errors: Document, headers: Mapping[str, str] | None = None) -> Response:
    return answer_json(status, {"errors": list(errors)}, headers)


def order_not_found(detail: str = ORDER_NOT_FOUND) -> Response:
    return refuse(404, error(404, "not_found", detail, title="Not found"))


def cursor_not_found() -> Response:
    return refuse(404, error(404, "not_found", "Invalid cursor", title="Invalid cursor"))


def integration_not_found() -> Response:
    """Here the document's examples have a number as status (Q5.1.3)."""
    detail = "The Integration could not be found with the search criteria given"
    return refuse(404, {"status": 404, "code": "not_found", "title": "Not Found", "detail": detail})


def no_credentials() -> Response:
    node = error(401, "authentication_failed", "Authentication credentials were not provided.", title="No credentials")
    return refuse(401, node, headers=_CHALLENGE)


def wrong_credentials(as_recorded: bool) -> Response:
    """As the document has it, or as it was recorded from the service (Q5.1.7)."""
    if as_recorded:
        node = error(401, "authentication_failed", WRONG_PASSWORD, pointer="/data")
    else:
        detail = "The username or password provided is incorrect. Please make a request with the valid credentials."
        node = error(401, "authentication_failed", detail, title=WRONG_PASSWORD)
    return refuse(401, node, headers=_CHALLENGE)


_CHALLENGE = {"www-authenticate": 'Basic realm="api"'}

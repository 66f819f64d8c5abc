"""Responses of the sandbox: JSON, and errors with the shape and texts of the document's examples."""

from collections.abc import Mapping

from starlette.responses import Response

from tui.api.codec import Document, Json, encode

STILL_PROCESSING = "We are still processing a previous request. Please try again in a moment."
ORDER_NOT_FOUND = "The order could not be found with the search criteria given"
ITEM_NOT_FOUND = "Could not find specified item."
"""The detail of both the 400 and the 404 of a PATCH (Q3.13)."""
WRONG_PASSWORD = "Invalid username/password."  # noqa: S105


def raw_response(status: int, text: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """A response with JSON that is already encoded."""
    return Response(text, status, dict(headers or {}), "application/json")


def json_response(status: int, value: Json, headers: Mapping[str, str] | None = None) -> Response:
    return raw_response(status, encode(value), headers)


def error_object(
    status: int,
    code: str,
    detail: str,
    *,
    title: str | None = None,
    pointer: str | None = None,
    parameter: str | None = None,
    header: str | None = None,
) -> Document:
    """One error object. Its status is text, as in the Orders document (Q5.1.3)."""
    node: Document = {"status": str(status), "code": code}
    if title is not None:
        node["title"] = title
    node["detail"] = detail
    for key, value in (("pointer", pointer), ("parameter", parameter), ("header", header)):
        if value is not None:
            node["source"] = {key: value}
    return node


def error_response(status: int, *errors: Document, headers: Mapping[str, str] | None = None) -> Response:
    return json_response(status, {"errors": list(errors)}, headers)


def order_not_found(detail: str = ORDER_NOT_FOUND) -> Response:
    return error_response(404, error_object(404, "not_found", detail, title="Not found"))


def cursor_not_found() -> Response:
    return error_response(404, error_object(404, "not_found", "Invalid cursor", title="Invalid cursor"))


def integration_not_found() -> Response:
    """The error for an unknown integration.

    Unlike other errors, it has a number as status in the document's examples (Q5.1.3).
    """
    detail = "The Integration could not be found with the search criteria given"
    return error_response(404, {"status": 404, "code": "not_found", "title": "Not Found", "detail": detail})


def no_credentials() -> Response:
    node = error_object(
        401, "authentication_failed", "Authentication credentials were not provided.", title="No credentials"
    )
    return error_response(401, node, headers=_CHALLENGE)


def wrong_credentials(as_recorded: bool) -> Response:
    """The error as in the document, or as recorded from the service (Q5.1.7)."""
    if as_recorded:
        node = error_object(401, "authentication_failed", WRONG_PASSWORD, pointer="/data")
    else:
        detail = "The username or password provided is incorrect. Please make a request with the valid credentials."
        node = error_object(401, "authentication_failed", detail, title=WRONG_PASSWORD)
    return error_response(401, node, headers=_CHALLENGE)


_CHALLENGE = {"www-authenticate": 'Basic realm="api"'}

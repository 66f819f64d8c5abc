"""Turns an unsuccessful response into an exception of `tui.api.errors`, and its body into problems."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus

from tui.api.codec import CodecError, Document, Json, decode, encode
from tui.api.errors import (
    ApiError,
    Forbidden,
    InvalidResponse,
    NotAuthorised,
    NotFound,
    OutcomeUnknown,
    Problem,
    RateLimited,
    Redirected,
    RequestRefused,
    ServerFault,
    ServiceBusy,
    one_line,
)
from tui.api.pointer import ROOT, Dialect, Scope, Target, read_pointer
from tui.api.wording import count_of

__all__ = ["error_for", "is_busy", "read_problems"]

_BUSY = re.compile(r"process(?:ing|ed)|try again", re.IGNORECASE)


def is_busy(status: int, problems: Iterable[Problem]) -> bool:
    """Whether a response is the one 400 that may be retried: a busy order, reported at `/data` (Q2.10)."""
    found = list(problems)
    return status == 400 and bool(found) and all(_is_busy_problem(problem) for problem in found)


def _is_busy_problem(problem: Problem) -> bool:
    return (problem.raw_pointer or "").strip("/") == "data" and bool(_BUSY.search(problem.detail))


def error_for(
    status: int,
    body: bytes,
    content_type: str,
    *,
    request_line: str,
    dialect: Dialect,
    write: bool,
    detail: str = "",
) -> ApiError:
    """The exception for an unsuccessful response. `detail` adds what else is known, such as a redirect's host."""
    problems = () if 300 <= status < 400 else tuple(read_problems(status, body, content_type, dialect))
    kind, message = _kind_of(status, problems, write, detail)
    error = kind(message, problems=problems, status=status, body=body, request_line=request_line)
    if isinstance(error, NotFound):
        error.confirmed_by_service = _is_json(body)
    return error


def _kind_of(status: int, problems: tuple[Problem, ...], write: bool, detail: str) -> tuple[type[ApiError], str]:
    reason = _summary(problems)
    unchanged = "Nothing was changed" if write else "Nothing was read"
    unknown = "It may or may not have been carried out: look the order up before sending again."
    if status == 304:
        kind = OutcomeUnknown if write else InvalidResponse
        return kind, (
            f"The answer was that nothing has changed (304), which was not asked for; a proxy may keep old answers. "
            f"{unknown if write else unchanged + '. Try again later.'}"
        )
    if 300 <= status < 400:
        if write and status == 303:  # a server may answer a completed write with "see other"
            return OutcomeUnknown, f"The service answered with a redirect ({status}){detail}. {unknown}"
        return Redirected, (
            f"The service redirects to another address ({status}){detail}. The redirect was not followed, so that the "
            f"credentials are not sent elsewhere. {unchanged}. Log in to the network if it needs that (captive portal), or check the address in the settings."
        )
    if status == 401:
        return NotAuthorised, (
            "The service does not accept these credentials. Check both keys and the address in the settings. "
            f"{unchanged}, and no more requests are sent. It says: {reason}"
        )
    if status == 403:
        return Forbidden, f"These credentials lack the permission: {reason} {unchanged}."
    if status in (404, 410):
        return NotFound, f"Not found: {reason} {unchanged}. The order may have been deleted."
    if status == 429:
        return RateLimited, f"The service asked for a pause: {reason} {unchanged}. Wait, then try again."
    if is_busy(status, problems):
        return (
            ServiceBusy,
            f"The service is still processing this order: {reason} {unchanged}. Send the same again in a moment.",
        )
    if 400 <= status < 500:
        advice = "Correct the problem, then send again." if write else "Correct the request, then try again."
        return RequestRefused, f"The service refused the request ({status}): {reason} {unchanged}. {advice}"
    if write:
        return OutcomeUnknown, f"The service failed during the write ({status}): {reason} {unknown}"
    return ServerFault, f"The service failed ({status}): {reason} {unchanged}. Try again later."


def _summary(problems: tuple[Problem, ...]) -> str:
    if not problems:
        return ""
    first = one_line(problems[0].detail, 300)
    more = len(problems) - 1
    if more:
        first = f"{first.rstrip('.')} (and {count_of(more, 'more problem')})"
    return first if first[-1:] in (".", "!", "?") else first + "."


# The body is untrusted: sizes, depths and types are bounded.

_BODY_LIMIT = 16 * 1024 * 1024
_MOST_PROBLEMS = 20_000
_DEEPEST_MAP = 16
_LONGEST_PATH = 1_000
_LONGEST_TEXT = 2_000
_ERROR_KEYS = frozenset({"detail", "title", "message", "msg", "code", "status", "source"})
_NO_FIELD = frozenset({"", "non_field_errors", "__all__", "detail", "errors", "error", "message"})


def read_problems(status: int, body: bytes, content_type: str, dialect: Dialect) -> list[Problem]:
    """All problems of an error body, in every shape seen so far (Q5.1). Never raises, never empty."""
    try:
        value = decode(body, limit=_BODY_LIMIT)
    except CodecError:
        return [_from_text(status, body, content_type, dialect)]
    reader = _ErrorReader(status, dialect)
    problems: list[Problem] = []
    for problem in reader.read(value):
        if len(problems) == _MOST_PROBLEMS:
            problems.append(Problem(f"More than {_MOST_PROBLEMS} problems; the rest are not listed.", status=status))
            break
        # Replace a blank message by one that says that no reason was given.
        problems.append(problem if problem.detail.strip() else replace(problem, detail=_no_reason(status, value)))
    return problems or [reader.plain(_no_reason(status, value))]


def _no_reason(status: int, value: Json) -> str:
    empty = value is None or value == {} or value == []
    rest = "" if empty else f" The response was: {one_line(_as_text(value), 200)}"
    return f"The service answered {_status_text(status)} without a reason.{rest}"


def _from_text(status: int, body: bytes, content_type: str, dialect: Dialect) -> Problem:
    text = body[: _LONGEST_TEXT * 8].decode("utf-8", "replace").strip().removeprefix("\ufeff").strip()
    reader = _ErrorReader(status, dialect)
    if not text:
        return reader.plain(f"The service answered {_status_text(status)} with an empty body.")
    if "html" in content_type.lower() or re.match(
        r"<(?:!doctype|html|head|body|\?xml|[a-z]+[\s>])", text, re.IGNORECASE
    ):
        summary, status_text = one_line(_page_text(text), 200), _status_text(status)
        ending = f": {summary}" if summary not in ("", status_text) else "."
        return reader.plain(f"A web page was returned instead of a response from the service ({status_text}){ending}")
    if text[0] in "{[":
        return reader.plain(f"The response ({_status_text(status)}) was incomplete or corrupt: {one_line(text, 200)}")
    return reader.plain(text[:_LONGEST_TEXT])


def _page_text(text: str) -> str:
    from html import unescape  # 1 ms and 0.2 MB, for web pages only

    title = re.search(r"<title[^>]{0,200}>([^<]{1,500})", text, re.IGNORECASE)
    heading = re.search(r"<h1[^>]{0,200}>([^<]{1,500})", text, re.IGNORECASE)
    if title or heading:
        found = [match[1].strip() for match in (title, heading) if match]
        return unescape(" – ".join(dict.fromkeys(found)))
    without_code = re.sub(r"<(script|style)\b.*?(?:</\1>|\Z)", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return unescape(re.sub(r"<[^>]*>?", " ", without_code))


def _status_text(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


class _ErrorReader:
    """Reads problems from the JSON of one error body."""

    def __init__(self, status: int, dialect: Dialect) -> None:
        self._status = status
        self._dialect = dialect

    def plain(self, detail: str) -> Problem:
        """A problem without a pointer; it concerns the batch if there is one (Q5.2)."""
        return Problem(detail, status=self._status, scope=self._default_scope)

    @property
    def _default_scope(self) -> Scope:
        if self._status in (401, 403, 429) or self._status >= 500:
            return Scope.REQUEST
        return Scope.BATCH if self._dialect in (Dialect.POST, Dialect.LABEL) else Scope.THIS

    def read(self, value: Json) -> Iterator[Problem]:
        if isinstance(value, list):
            yield from self._list(value)
        elif isinstance(value, dict):
            yield from self._top(value)
        elif isinstance(value, str) and value.strip():
            yield self.plain(value[:_LONGEST_TEXT])

    def _top(self, value: Document) -> Iterator[Problem]:
        errors = value.get("errors")
        if isinstance(errors, list) and errors:
            yield from self._list(errors)
        elif isinstance(errors, dict) and errors:
            yield from [self._entry(errors)] if _is_entry(errors) else self._map(errors, (), 0)
        elif isinstance(errors, str) and errors.strip():
            yield self.plain(errors[:_LONGEST_TEXT])
        elif isinstance(error := value.get("error"), dict) and error:
            yield from [self._entry(error)] if _is_entry(error) else self._map(error, (), 0)
        elif isinstance(error, str) and error.strip():
            # The shape of OAuth2 errors: a code, and perhaps a description.
            description = value.get("error_description") or value.get("message") or value.get("detail") or error
            yield Problem(
                _as_text(description).strip() or error,
                code=error[:_LONGEST_TEXT],
                status=self._status,
                scope=self._default_scope,
            )
        elif isinstance(detail := value.get("detail"), list) and detail:
            yield from self._list(detail)
        elif _is_entry(value):
            yield self._entry(value)
        elif "errors" not in value and "error" not in value:
            yield from self._map(value, (), 0)

    def _list(self, values: list[Json]) -> Iterator[Problem]:
        for position, value in enumerate(values):
            if isinstance(value, dict) and value and not _is_entry(value):
                # A list of field maps: positions are those of the batch.
                yield from self._map(value, (str(position),) if self._default_scope is Scope.BATCH else (), 0)
            elif isinstance(value, dict) and value:
                yield self._entry(value)
            elif isinstance(value, list):
                yield from (self.plain(text) for text in _texts(value))
            elif value is not None and value != "" and value != {}:
                yield self.plain(_as_text(value))

    def _map(self, value: Document, path: tuple[str, ...], depth: int) -> Iterator[Problem]:
        """Read a map of fields to messages, lists of messages, or nested maps."""
        for key, below in value.items():
            # Nested fields are written as "order_details.status" or as "order_details/status".
            nested = path if key in _NO_FIELD else (*path, *re.split(r"[./]", key[:_LONGEST_PATH]))
            if isinstance(below, dict) and below and not _is_entry(below) and depth < _DEEPEST_MAP:
                yield from self._map(below, nested, depth + 1)
                continue
            listed = below if isinstance(below, list) else [below]
            # In a list of maps, some possibly empty, the index of a map is the index of the item it is about.
            indexed = listed is below and all(isinstance(item, dict) and not _is_entry(item) for item in listed)
            for position, item in enumerate(listed):
                if isinstance(item, dict) and _is_entry(item):
                    yield self._entry(item, self._raw_pointer(nested))
                elif isinstance(item, dict) and item and depth < _DEEPEST_MAP:
                    yield from self._map(item, (*nested, str(position)) if indexed else nested, depth + 1)
                elif item is not None and item != "" and item != {} and item != []:
                    yield self._at(self._raw_pointer(nested), _as_text(item))

    def _raw_pointer(self, path: tuple[str, ...]) -> str | None:
        joined = "/".join(part for part in path if part)[:_LONGEST_PATH]
        if not joined:
            return None
        positioned = self._dialect is Dialect.POST and path[0].strip("[]").isdigit()
        return f"/data/attributes/{joined}" if positioned else joined

    def _at(self, raw: str | None, detail: str, code: str = "", title: str = "", status: int | None = None) -> Problem:
        target = self._target(raw)
        return Problem(
            detail if detail.strip() else _no_reason(self._status, None),
            code=code,
            title=title,
            status=status if status is not None else self._status,
            scope=target.scope,
            order=target.order,
            pointer=target.pointer,
            raw_pointer=raw,
        )

    def _target(self, raw: str | None) -> Target:
        return Target(self._default_scope, None, ROOT, "") if raw is None else read_pointer(raw, self._dialect)

    def _entry(self, entry: Document, default_pointer: str | None = None) -> Problem:
        source = entry.get("source")
        raw, parameter, header = default_pointer, None, None
        if isinstance(source, dict):
            raw = _path(source.get("pointer")) or default_pointer
            parameter, header = _path(source.get("parameter")), _path(source.get("header"))
        elif source:
            raw = _path(source) or default_pointer
        if raw is None:
            raw = _path(entry.get("loc"))
        title = _as_text(entry.get("title"))
        code = _as_text(entry.get("code") if entry.get("code") is not None else entry.get("type"))
        detail = next((text for key in ("detail", "message", "msg") if (text := _as_text(entry.get(key)))), "")
        detail = detail or title or (code.replace("_", " ").capitalize() if code and code != "null" else "")
        detail = detail or _no_reason(self._status, None)
        problem = self._at(raw, detail, code, title, _status(entry.get("status")))
        if parameter is None and header is None:
            return problem
        return Problem(
            problem.detail,
            code=problem.code,
            title=problem.title,
            status=problem.status,
            scope=problem.scope if raw is not None else Scope.REQUEST,
            order=problem.order,
            pointer=problem.pointer,
            raw_pointer=raw,
            parameter=parameter,
            header=header,
        )


def _is_entry(value: Document) -> bool:
    """Whether an object is one error, not a map of fields that happen to be called `status` or `message`."""
    if isinstance(value.get("source"), dict) or ("code" in value and "status" in value):
        return True
    has_text = any(isinstance(value.get(key), str) for key in ("detail", "message", "msg", "title"))
    return has_text and (
        _ERROR_KEYS & value.keys() == value.keys() or any(key in value for key in ("detail", "msg", "message"))
    )


def _path(value: Json) -> str | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, list):
        return "/".join(_as_text(part) for part in value)[:_LONGEST_PATH] or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _status(value: Json) -> int | None:
    if isinstance(value, str) and (match := re.match(r"\s*([1-9][0-9]{2})\b", value)):
        return int(match[1])
    return value if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 999 else None


def _texts(values: list[Json]) -> Iterator[str]:
    return (text for value in values if (text := _as_text(value)).strip())


def _as_text(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return " ".join(str(part) for part in value)[:_LONGEST_TEXT]
    return encode(value).decode("ascii")[:_LONGEST_TEXT]


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(decode(body, limit=_BODY_LIMIT), dict | list)
    except CodecError:
        return False

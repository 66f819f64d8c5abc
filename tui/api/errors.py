"""What can go wrong on the wire: `Problem`, one complaint at one place, and the exceptions a caller can act on.

ApiError
├── NotSent            refused here; nothing left this machine
│   ├── ReadOnly       the account is opened for reading: nothing to do
│   └── InvalidRequest also a ValueError; the call itself is wrong (empty batch, more than 100): correct the call
├── Unreachable        no connection, or a read without an answer: nothing changed, try again later
├── OutcomeUnknown     a write whose answer was lost, cut or 5xx: look the order up before anything goes again
├── RequestRefused     400 and any other 4xx: nothing changed, show the problems at their fields
├── ServiceBusy        400, the order is still being processed by another request: nothing changed, wait, send again
├── NotAuthorised      401: stop everything, ask for other credentials
├── Forbidden          403: these credentials may not do this; the session goes on
├── NotFound           404 and 410: the order is not there (`confirmed_by_service` says whether the service itself said so)
│   └── InvalidCursor  404 for a cursor: begin at page one
├── RateLimited        429 after patience: nothing changed, wait
├── ServerFault        5xx for a read, after some tries: nothing changed, try again later
├── InvalidResponse    a 2xx for a read that is not what it must be
└── Redirected         3xx: not followed, the address is wrong

ConfigError            a ValueError: the address or the credentials cannot be used; raised before any request
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus

from tui.api.codec import CodecError, Document, Json, decode, encode
from tui.api.pointer import ROOT, Dialect, Pointer, Scope, Target, read_pointer
from tui.api.wording import count_of

__all__ = [
    "ApiError",
    "ConfigError",
    "Forbidden",
    "InvalidCursor",
    "InvalidRequest",
    "InvalidResponse",
    "NotAuthorised",
    "NotFound",
    "NotSent",
    "Origin",
    "OutcomeUnknown",
    "Problem",
    "RateLimited",
    "ReadOnly",
    "Redirected",
    "RequestRefused",
    "ServerFault",
    "ServiceBusy",
    "Severity",
    "Unreachable",
    "error_for",
    "is_busy",
    "one_line",
    "read_problems",
]


class Severity(StrEnum):
    """Whether a problem stops a send."""

    ERROR = "error"
    WARNING = "warning"


class Origin(StrEnum):
    """Who found a problem."""

    LOCAL = "here"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint. `detail` is a stranger's text when it comes from the service: made safe when it is shown.

    `pointer` is within the order of `scope`; `raw_pointer` is its text as the service sent it, None where it sent none.
    """

    detail: str
    code: str = ""
    title: str = ""
    status: int | None = None
    scope: Scope = Scope.THIS
    order: int | None = None
    pointer: Pointer = ROOT
    raw_pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    severity: Severity = Severity.ERROR
    origin: Origin = Origin.SERVICE


class ConfigError(ValueError):
    """The address or the credentials cannot be used as they were given."""


class ApiError(Exception):
    """A request did not do what was asked. `str()` is a sentence for people, without credentials.

    `body` is the answer's body as it came (as far as it came), `request_line` is like "PATCH /orders/12".
    """

    def __init__(
        self,
        message: str,
        *,
        problems: Iterable[Problem] = (),
        status: int | None = None,
        body: bytes = b"",
        request_line: str = "",
    ) -> None:
        super().__init__(message)
        self.problems = tuple(problems)
        self.status = status
        self.body = body
        self.request_line = request_line


class NotSent(ApiError):
    """Refused on this side: nothing left this machine."""


class ReadOnly(NotSent):
    """A write was asked of a client that is opened for reading only."""


class InvalidRequest(NotSent, ValueError):
    """The call cannot be right whatever the service thinks: an empty batch, more than 100 orders, an id of letters."""


class Unreachable(ApiError):
    """There was no connection, so nothing was sent; or a read was broken off, so nothing changed."""


class OutcomeUnknown(ApiError):
    """A write went out and nobody knows whether it was done. Look it up before anything goes again."""


class RequestRefused(ApiError):
    """The service understood and said no; nothing was changed. Its problems say where and why."""


class ServiceBusy(ApiError):
    """An order is still being processed by an earlier request (Q2.10); nothing was changed. Send the same again later."""


class NotAuthorised(ApiError):
    """The credentials were not accepted. Nothing further is sent with them on its own account."""


class Forbidden(ApiError):
    """The credentials are good, but not for this."""


class NotFound(ApiError):
    """There is no such thing. `confirmed_by_service`: the service said so itself, and not some page in between."""

    confirmed_by_service: bool = False


class InvalidCursor(NotFound):
    """The place in the list is no longer known to the service (Q4.5). Begin at page one."""


class RateLimited(ApiError):
    """The service asked for a pause that is longer than a request waits. `retry_after` is in seconds where known."""

    retry_after: float | None = None


class ServerFault(ApiError):
    """The service failed while reading, several times."""

    retry_after: float | None = None


class InvalidResponse(ApiError):
    """The answer says success and is not what it must be: no JSON, too large, or about another order."""

    final: bool = False
    """Whether asking again cannot help."""


class Redirected(ApiError):
    """The service pointed elsewhere. Credentials do not follow (Q4.17)."""


_BUSY = re.compile(r"process(?:ing|ed)|try again", re.IGNORECASE)


def is_busy(status: int, problems: Iterable[Problem]) -> bool:
    """Whether an answer is the one 400 that may be sent again: a busy order, told at `/data` (Q2.10)."""
    told = list(problems)
    return status == 400 and bool(told) and all(_tells_busy(problem) for problem in told)


def _tells_busy(problem: Problem) -> bool:
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
    """The exception for an answer that is no success. `detail` is what else is known, such as where a redirect leads."""
    problems = () if 300 <= status < 400 else tuple(read_problems(status, body, content_type, dialect))
    kind, message = _kind_of(status, problems, write, detail)
    error = kind(message, problems=problems, status=status, body=body, request_line=request_line)
    if isinstance(error, NotFound):
        error.confirmed_by_service = _is_json(body)
    return error


def _kind_of(status: int, problems: tuple[Problem, ...], write: bool, detail: str) -> tuple[type[ApiError], str]:
    said = _said(problems)
    unchanged = "Nothing was changed" if write else "Nothing was read"
    unknown = "It may have been done or not: look the order up before sending again."
    if 300 <= status < 400:
        if write and status == 303:  # "see other" is how a server answers a write that it has done
            return OutcomeUnknown, f"The service answered with a redirect ({status}){detail}. {unknown}"
        return Redirected, (
            f"The service points to another address ({status}){detail}. It was not followed, so that the credentials "
            f"stay where they belong. {unchanged}. Check the address in the settings."
        )
    if status == 401:
        return NotAuthorised, (
            f"The service does not accept these credentials: {said} {unchanged}, and nothing more is sent. "
            "Check the public and the secret key (or the client id and its secret) and that they belong to this address."
        )
    if status == 403:
        return Forbidden, f"These credentials may not do this: {said} {unchanged}."
    if status in (404, 410):
        return NotFound, f"The service does not know this: {said} {unchanged}. It may have been deleted."
    if status == 429:
        return RateLimited, f"The service asks for a pause: {said} {unchanged}. Wait, then try again."
    if is_busy(status, problems):
        return (
            ServiceBusy,
            f"The service is still busy with this order: {said} {unchanged}. Send the same again in a moment.",
        )
    if 400 <= status < 500:
        after = "Correct what it names, then send again." if write else "Correct what was asked for, then ask again."
        return RequestRefused, f"The service refused this ({status}): {said} {unchanged}. {after}"
    if write:
        return OutcomeUnknown, f"The service failed while it was writing ({status}): {said} {unknown}"
    return ServerFault, f"The service failed ({status}): {said} {unchanged}. Try again later."


def _said(problems: tuple[Problem, ...]) -> str:
    if not problems:
        return ""
    first = one_line(problems[0].detail, 300)
    more = len(problems) - 1
    if more:
        first = f"{first.rstrip('.')} (and {count_of(more, 'more problem')})"
    return first if first[-1:] in (".", "!", "?") else first + "."


def one_line(text: str, longest: int = 300) -> str:
    """A stranger's text as one printable line: control characters and bidirectional marks become spaces."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: longest * 4]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


# Everything below turns one body into problems. A body is a stranger's: sizes, depths and types are bounded.

_BODY_LIMIT = 16 * 1024 * 1024
_MOST_PROBLEMS = 20_000
_DEEPEST_MAP = 16
_LONGEST_PATH = 1_000
_LONGEST_TEXT = 2_000
_ERROR_KEYS = frozenset({"detail", "title", "message", "msg", "code", "status", "source"})
_NO_FIELD = frozenset({"", "non_field_errors", "__all__", "detail", "errors", "error", "message"})


def read_problems(status: int, body: bytes, content_type: str, dialect: Dialect) -> list[Problem]:
    """Every complaint of an error body, in all shapes that were ever seen (Q5.1). Never raises, never empty."""
    try:
        value = decode(body, limit=_BODY_LIMIT)
    except CodecError:
        return [_from_text(status, body, content_type, dialect)]
    reader = _ErrorReader(status, dialect)
    problems: list[Problem] = []
    for problem in reader.read(value):
        if len(problems) == _MOST_PROBLEMS:
            problems.append(Problem(f"More than {_MOST_PROBLEMS} problems; the rest is not listed.", status=status))
            break
        # A message of blanks says nothing; the words for nothing said are better.
        problems.append(problem if problem.detail.strip() else replace(problem, detail=_unsaid(status, value)))
    return problems or [reader.plain(_unsaid(status, value))]


def _unsaid(status: int, value: Json) -> str:
    silent = value is None or value == {} or value == []
    rest = "" if silent else f" It said: {one_line(_as_text(value), 200)}"
    return f"The service answered {_status_words(status)} without saying why.{rest}"


def _from_text(status: int, body: bytes, content_type: str, dialect: Dialect) -> Problem:
    text = body[: _LONGEST_TEXT * 8].decode("utf-8", "replace").strip().removeprefix("\ufeff").strip()
    reader = _ErrorReader(status, dialect)
    if not text:
        return reader.plain(f"The service answered {_status_words(status)} with an empty body.")
    if "html" in content_type.lower() or re.match(
        r"<(?:!doctype|html|head|body|\?xml|[a-z]+[\s>])", text, re.IGNORECASE
    ):
        says = one_line(_page_words(text), 200)
        words = f": {says}" if says else "."
        return reader.plain(f"A web page came instead of an answer of the service ({_status_words(status)}){words}")
    if text[0] in "{[":
        return reader.plain(f"The answer ({_status_words(status)}) was cut or garbled: {one_line(text, 200)}")
    return reader.plain(text[:_LONGEST_TEXT])


def _page_words(text: str) -> str:
    title = re.search(r"<title[^>]{0,200}>([^<]{1,500})", text, re.IGNORECASE)
    heading = re.search(r"<h1[^>]{0,200}>([^<]{1,500})", text, re.IGNORECASE)
    if title or heading:
        found = [match[1].strip() for match in (title, heading) if match]
        return html.unescape(" – ".join(dict.fromkeys(found)))
    without_code = re.sub(r"<(script|style)\b.*?(?:</\1>|\Z)", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>?", " ", without_code))


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


class _ErrorReader:
    """Reads the JSON of one error body."""

    def __init__(self, status: int, dialect: Dialect) -> None:
        self._status = status
        self._dialect = dialect

    def plain(self, detail: str) -> Problem:
        """A complaint about no place in particular: at the batch where there is one (Q5.2)."""
        return Problem(detail, status=self._status, scope=self._nowhere)

    @property
    def _nowhere(self) -> Scope:
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
            # OAuth2's form: a code, and perhaps words.
            words = value.get("error_description") or value.get("message") or value.get("detail") or error
            yield Problem(
                _as_text(words).strip() or error, code=error[:_LONGEST_TEXT], status=self._status, scope=self._nowhere
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
                # A list of field maps: its positions are those of the batch.
                yield from self._map(value, (str(position),) if self._nowhere is Scope.BATCH else (), 0)
            elif isinstance(value, dict) and value:
                yield self._entry(value)
            elif isinstance(value, list):
                yield from (self.plain(text) for text in _texts(value))
            elif value is not None and value != "" and value != {}:
                yield self.plain(_as_text(value))

    def _map(self, value: Document, path: tuple[str, ...], depth: int) -> Iterator[Problem]:
        """A map of fields to messages, to lists of messages, or to such maps again."""
        for key, below in value.items():
            # "order_details.status" and "order_details/status" are both in use for nested fields.
            here = path if key in _NO_FIELD else (*path, *re.split(r"[./]", key[:_LONGEST_PATH]))
            if isinstance(below, dict) and below and not _is_entry(below) and depth < _DEEPEST_MAP:
                yield from self._map(below, here, depth + 1)
                continue
            listed = below if isinstance(below, list) else [below]
            # Maps in a list, empty ones among them, stand at the places of what they speak of.
            placed = listed is below and all(isinstance(item, dict) and not _is_entry(item) for item in listed)
            for position, item in enumerate(listed):
                if isinstance(item, dict) and _is_entry(item):
                    yield self._entry(item, self._place(here))
                elif isinstance(item, dict) and item and depth < _DEEPEST_MAP:
                    yield from self._map(item, (*here, str(position)) if placed else here, depth + 1)
                elif item is not None and item != "" and item != {} and item != []:
                    yield self._at(self._place(here), _as_text(item))

    def _place(self, path: tuple[str, ...]) -> str | None:
        joined = "/".join(part for part in path if part)[:_LONGEST_PATH]
        if not joined:
            return None
        positioned = self._dialect is Dialect.POST and path[0].strip("[]").isdigit()
        return f"/data/attributes/{joined}" if positioned else joined

    def _at(self, raw: str | None, detail: str, code: str = "", title: str = "", status: int | None = None) -> Problem:
        target = self._target(raw)
        return Problem(
            detail if detail.strip() else _unsaid(self._status, None),
            code=code,
            title=title,
            status=status if status is not None else self._status,
            scope=target.scope,
            order=target.order,
            pointer=target.pointer,
            raw_pointer=raw,
        )

    def _target(self, raw: str | None) -> Target:
        return Target(self._nowhere, None, ROOT, "") if raw is None else read_pointer(raw, self._dialect)

    def _entry(self, entry: Document, place: str | None = None) -> Problem:
        source = entry.get("source")
        raw, parameter, header = place, None, None
        if isinstance(source, dict):
            raw = _path(source.get("pointer")) or place
            parameter, header = _path(source.get("parameter")), _path(source.get("header"))
        elif source:
            raw = _path(source) or place
        if raw is None:
            raw = _path(entry.get("loc"))
        title = _as_text(entry.get("title"))
        code = _as_text(entry.get("code") if entry.get("code") is not None else entry.get("type"))
        detail = next((text for key in ("detail", "message", "msg") if (text := _as_text(entry.get(key)))), "")
        detail = detail or title or (code.replace("_", " ").capitalize() if code and code != "null" else "")
        detail = detail or _unsaid(self._status, None)
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
    """Whether an object is one error, and not a map of fields that may happen to be called `status` or `message`."""
    if isinstance(value.get("source"), dict) or ("code" in value and "status" in value):
        return True
    spoken = any(isinstance(value.get(key), str) for key in ("detail", "message", "msg", "title"))
    return spoken and (
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

"""Parses the `Link` header (RFC 8288), of which only the cursors are used (Q4.1–4.3)."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

__all__ = ["Cursors", "Link", "read_cursors", "read_links"]


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its target as written, absolute or not, and its relation types in lower case."""

    target: str
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cursors:
    """The opaque cursors of the next and the previous page.

    `unusable`: there is a link to a next page, but it has no usable cursor, so the list does not end here.
    """

    next: str | None = None
    previous: str | None = None
    unusable: bool = False


_TARGET = re.compile(r"[\s,]*<([^>]*)>")
_PARAMETER = re.compile(r"\s*;\s*([^\s=;,\"]*)(?:\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*)))?")


def read_links(header: str) -> list[Link]:
    """All links of a header, or of several joined by commas. Malformed parts are skipped; never raises."""
    links: list[Link] = []
    position = max(0, header.find("<"))
    while target := _TARGET.match(header, position):
        position = target.end()
        relations: str | None = None
        has_anchor = False
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            name = parameter[1].lower()
            value = re.sub(r"\\(.)", r"\1", parameter[2]) if parameter[2] is not None else (parameter[3] or "")
            if name == "rel" and relations is None:  # only the first one counts
                relations = value
            has_anchor = has_anchor or name == "anchor"
        if relations and not has_anchor:  # a link with an anchor is about another resource
            links.append(Link(target[1].strip(), tuple(relations.lower().split())))
        following = header.find("<", position)
        position = following if following >= 0 else len(header)
    return links


def read_cursors(header: str | None) -> Cursors:
    """The cursors of the next and the previous page. Hosts and paths of the links are ignored (Q4.3)."""
    forward: str | None = None
    backward: str | None = None
    announced = False
    for link in read_links(header or ""):
        cursor = _cursor(link.target)
        if "next" in link.relations:
            announced = True
            forward = forward or cursor
        if "prev" in link.relations or "previous" in link.relations:
            backward = backward or cursor
    return Cursors(forward, backward, announced and forward is None)


def _cursor(target: str) -> str | None:
    try:
        query = urlsplit(target).query
    except ValueError:
        return None
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "cursor" and value:
            # A plus stays a plus: cursors are base64 or times with "+01:00", and neither contains blanks.
            return unquote(value, errors="surrogateescape")
    return None

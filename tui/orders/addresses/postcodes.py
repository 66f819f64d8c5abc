"""Finds the postcode and city in a text, and the country whose format they have."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Final

from tui.orders.addresses import vocabulary
from tui.orders.addresses.formats import (
    LIKELY_COUNTRIES,
    AddressFormat,
    country_named,
    dialling_code,
    format_of,
    loose_format,
    normalize,
    state_named,
)

_POINTS_NAMED, _POINTS_PLATE, _POINTS_PHONE, _POINTS_WORDS, _POINTS_CURRENT, _POINTS_MAIL = 10, 8, 4, 3, 2, 1
_SCORE_FULL, _SCORE_PARTIAL, _SCORE_WRONG = 3, 1, -4
_MIN_SCORE: Final = 2
_DISTINCTIVE_SHAPE: Final = {"NL": 4, "GB": 4, "CA": 4, "PT": 3, "IE": 3}
"""Points for postcode formats that hardly any other country has."""
_MAX_CITY_LENGTH: Final = 60
_MAX_COUNTRY_WORDS: Final = 5
_MAX_POSTCODES_PER_LINE: Final = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence for a country other than the postcode, as points by country code. `current`: the order's country."""

    points: dict[str, int] = field(default_factory=dict)
    current: str = ""
    named: str = ""
    cache: "dict[str, PostcodeMatch | None]" = field(default_factory=dict, compare=False, repr=False)
    """Matches found with this evidence so far, by text."""

    @classmethod
    def of(cls, text: str, current: str) -> "Evidence":
        """Collect evidence from the whole text: phone numbers and e-mail addresses."""
        points: dict[str, int] = {}
        for code in LIKELY_COUNTRIES:
            dial = dialling_code(code)
            if dial and re.search(rf"(?:\+|\b00) ?\(?{dial}(?!\d{{13}})", text):
                points[code] = _POINTS_PHONE
            ending = "uk" if code == "GB" else code.lower()
            if re.search(rf"@[\w.-]{{1,80}}\.{ending}\b", text, re.IGNORECASE):
                points[code] = points.get(code, 0) + _POINTS_MAIL
        code = current.strip().upper() if re.fullmatch("[A-Za-z]{2}", current.strip()) else country_named(current)
        if code:
            points[code] = points.get(code, 0) + _POINTS_CURRENT
        return cls(points, code)

    def with_lines(self, lines: Sequence[str], named: str = "") -> "Evidence":
        """Add evidence from lines: country names, street words, legal forms of companies."""
        points = dict(self.points)
        streets: set[str] = set()
        companies: set[str] = set()
        for line in lines:
            if len(line) > 160:
                continue
            named = named or country_named(line)
            companies |= {*(vocabulary.company_countries(line) or ()), *vocabulary.locker_countries(line)}
            if re.search(r"\d", line):
                streets |= set(vocabulary.street_words(line))
        for code in [*streets, *companies]:
            points[code] = points.get(code, 0) + _POINTS_WORDS
        if named:
            points[named] = points.get(named, 0) + _POINTS_NAMED
        return Evidence(points, self.current, named)

    @property
    def countries(self) -> list[str]:
        """The countries whose postcodes are searched, likeliest first."""
        return list(dict.fromkeys([*sorted(self.points, key=lambda code: -self.points[code]), *LIKELY_COUNTRIES]))


@dataclass(frozen=True, slots=True)
class PostcodeMatch:
    """A postcode and the text around it. `candidates`: the countries that match equally well, if several do.

    `before`: text on the same line before postcode and city. `named`: words that name the country. `certain`: city and
    postcode are written together as is usual in that country.
    """

    country: str
    postcode: str
    city: str
    state: str
    state_words: str
    before: str
    named: str
    source: str
    city_words: str
    score: int
    certain: bool
    precedes_city: bool
    has_state: bool
    candidates: tuple[str, ...] = ()


def best_postcode(text: str, evidence: Evidence) -> PostcodeMatch | None:
    """Find the best postcode in a line or in the parts between its commas."""
    if text not in evidence.cache:
        evidence.cache[text] = _find_best_postcode(text, evidence)
    return evidence.cache[text]


def _find_best_postcode(text: str, evidence: Evidence) -> PostcodeMatch | None:
    found = [
        match
        for part in dict.fromkeys([text, *text.split(",")])
        if (match := find_postcode(part.strip(), evidence)) is not None
    ]
    return max(found, key=lambda match: match.score, default=None)


def find_postcode(text: str, evidence: Evidence, *, is_prose: bool = False) -> PostcodeMatch | None:
    """Find the postcode in a text without commas, by the best matching country; None if nothing looks like one."""
    if len(text) > 160 or not re.search(r"\d", text) or vocabulary.is_unit(text) or vocabulary.is_box(text):
        return None
    found: list[PostcodeMatch] = []
    for code in evidence.countries:
        format = format_of(code)
        if format is not None:
            found += _find_by_format(text, format, evidence)
    if not found and evidence.named:
        found += _find_by_format(text, loose_format(evidence.named), evidence)
    best = max(found, key=lambda match: match.score, default=None)
    if best is None or best.score < _MIN_SCORE + (2 if is_prose else 0):
        return None
    candidates = tuple(dict.fromkeys(match.country for match in found if match.score == best.score))
    return replace(best, candidates=candidates) if len(candidates) > 1 else best


def is_city(text: str) -> bool:
    """Whether the text may be a town: Den Haag, Paris 07, Lyon CEDEX 03."""
    if not text or len(text) > _MAX_CITY_LENGTH or len(text.split()) > 7 or "@" in text:
        return False
    name = re.sub(r"(?:\s+cedex)?(?:\s+\d{1,2})?$", "", text, flags=re.IGNORECASE)
    return bool(re.match(r"['’(]?[^\W\d_]", name)) and not re.search(r"[\d:!?@<>]", name) and len(name) > 1


def without_country(text: str) -> tuple[str, str, str]:
    """Split off a country name at the end: the rest of the text, the country code, and the name as written."""
    words = text.split()
    for count in range(min(_MAX_COUNTRY_WORDS, len(words)), 0, -1):
        name = " ".join(words[-count:])
        code = country_named(name.strip("()"))
        if code:
            return " ".join(words[:-count]).rstrip(" ,-("), code, name
    return text, "", ""


def _find_by_format(text: str, format: AddressFormat, evidence: Evidence) -> Iterable[PostcodeMatch]:
    for found in islice(format.postcode.finditer(text), _MAX_POSTCODES_PER_LINE):
        before, after = text[: found.start()].strip(" ,-–"), text[found.end() :].strip(" ,-–.")
        plate = found["plate"] or found["letter"] or ""
        read = _match_before_city if format.precedes_city else _match_after_city
        match = read(before, after, found["zip"], format)
        if match is None:
            continue
        score = match.score + evidence.points.get(format.code, 0) + _shape_points(found["zip"], match)
        if plate:
            score += _POINTS_PLATE
        if match.named:
            named = country_named(match.named.strip("()"))
            score += _POINTS_NAMED if named == format.code else -_POINTS_NAMED
        named_words = " ".join(filter(None, (plate, match.named)))
        yield replace(match, score=score, named=named_words, source=found["zip"])


def _shape_points(postcode: str, match: PostcodeMatch) -> int:
    country = match.country
    if country == "US":
        return 4 if match.state and match.score >= _SCORE_FULL else 0
    if country == "PL":
        return 3 if "-" in postcode else -1
    if country == "IT":
        return 2 if match.state else 0
    if country in ("SE", "CZ", "SK", "GR"):
        return 1 if " " in postcode else -1
    return _DISTINCTIVE_SHAPE.get(country, 0)


def _match(format: AddressFormat, postcode: str, score: int, **more: str) -> PostcodeMatch:
    values = dict.fromkeys(("city", "state", "state_words", "before", "named", "city_words"), "") | more
    return PostcodeMatch(
        format.code,
        postcode,
        source=postcode,
        score=score,
        certain=score >= _SCORE_FULL,
        precedes_city=format.precedes_city,
        has_state=format.has_state,
        city=values["city"],
        state=values["state"],
        state_words=values["state_words"],
        before=values["before"],
        named=values["named"],
        city_words=values["city_words"],
    )


def _match_before_city(before: str, after: str, postcode: str, format: AddressFormat) -> PostcodeMatch | None:
    """Match a postcode before the city: `1012 AB Amsterdam`."""
    city, code, named = without_country(after)
    state, state_words = "", ""
    if format.has_state:
        whole, whole_state, whole_words = _without_state(after, format.code)
        if whole_state and (not code or code != format.code):
            city, code, named, state, state_words = whole, "", "", whole_state, whole_words
        else:
            city, state, state_words = _without_state(city, format.code)
    if is_city(city):
        score = _SCORE_FULL if not before else _SCORE_FULL - 1 if re.search(r"\d", before) else 0
        if (
            re.search(r"\d", city) is None
            and vocabulary.street_words(city)
            and len(city.split()) > 1
            and _is_street(city)
        ):
            score = _SCORE_WRONG
    elif not after:
        if not before:
            return _match(format, postcode, _SCORE_PARTIAL)
        if is_city(before):
            return _match(format, postcode, _SCORE_PARTIAL, city=before, city_words=before)
        score, city = 0, ""
    elif not city and code == format.code and not before:
        # A town named like its country: Luxembourg.
        return _match(format, postcode, _SCORE_FULL, city=after, city_words=after)
    elif not city and code and not before:
        return _match(format, postcode, _SCORE_PARTIAL, named=named)
    else:
        return None
    return _match(
        format,
        postcode,
        score,
        city=city,
        city_words=city,
        state=state,
        state_words=state_words,
        before=before,
        named=named,
    )


def _is_street(text: str) -> bool:
    first = normalize(text).split()[0]
    last = normalize(text).split()[-1]
    return first in ("rue", "avenue", "via", "calle", "ul", "boulevard", "chemin") or last in (
        ["street", "road", "lane", "avenue", "ave", "drive", "st", "rd", "blvd", "nw", "ne", "sw", "se"]
    )


def _match_after_city(before: str, after: str, postcode: str, format: AddressFormat) -> PostcodeMatch | None:
    """Match a postcode after the city: `London SW1A 2AA`, `Springfield IL 62704`."""
    rest, _, named = without_country(after)
    if rest:
        if before or not is_city(rest):
            return None
        return _match(format, postcode, _SCORE_PARTIAL, city=rest, city_words=rest, named=named)
    city, state, state_words = _without_state(before, format.code) if format.has_state else (before, "", "")
    if not city:
        return _match(
            format,
            postcode,
            _SCORE_FULL if state else _SCORE_PARTIAL,
            state=state,
            state_words=state_words,
            named=named,
        )
    if is_city(city) and not vocabulary.street_words(city):
        score = _SCORE_FULL if state or not format.has_state else _SCORE_PARTIAL
        return _match(
            format, postcode, score, city=city, city_words=city, state=state, state_words=state_words, named=named
        )
    street, town = _street_and_town(city)
    return _match(
        format,
        postcode,
        _SCORE_FULL - 1 if state or not format.has_state else 0,
        city=town,
        city_words=town,
        state=state,
        state_words=state_words,
        before=street,
        named=named,
    )


def _street_and_town(text: str) -> tuple[str, str]:
    """Split `10 Downing Street London`: the town begins after the last street word."""
    words = text.split()
    last = next((n for n in range(len(words) - 1, 0, -1) if vocabulary.street_words(f"x {words[n]}")), None)
    town_start = len(words) - 1 if last is None or last + 1 >= len(words) else last + 1
    if not re.search(r"\d", text):
        return "", text
    return " ".join(words[:town_start]), " ".join(words[town_start:])


@cache
def _without_state(text: str, country: str) -> tuple[str, str, str]:
    """Split off a state at the end, as in `Roma (RM)`, `New York NY`: the rest, the state's code, and the state as written."""
    inner = re.fullmatch(r"(.*?)\s*\(([^()]{1,40})\)", text)
    if inner is not None and (code := state_named(country, inner[2])):
        return inner[1], code, inner[2]
    words = text.split()
    for count in range(min(3, len(words)), 0, -1):
        name = " ".join(words[-count:])
        letters = name.replace(".", "")
        is_letters = len(letters) <= 3 and letters.isupper()
        # A town may be named like its province, so only letters, or a name after a town, count as a state.
        if (code := state_named(country, name)) and (
            is_letters or (country in ("US", "CA", "AU") and count < len(words) + 1)
        ):
            return " ".join(words[:-count]).rstrip(" ,"), code, name
    return text, "", ""

"""Where the postcode and the city of an address stand in a text, and by which country's way they are written."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Final

from tui.orders.addresses import vocabulary as words_of
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

_NAMED, _BY_PLATE, _BY_PHONE, _BY_WORDS, _BY_NOW, _BY_MAIL = 10, 8, 4, 3, 2, 1
_FULL, _SOME, _WRONG = 3, 1, -4
_ENOUGH: Final = 2
_OWN_SHAPE: Final = {"NL": 4, "GB": 4, "CA": 4, "PT": 3, "IE": 3}
"""Points for postcodes that hardly anybody else has."""
_LONGEST_CITY: Final = 60
_COUNTRY_WORDS: Final = 5
_POSTCODES_A_LINE: Final = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a country besides the postcode: points by code. `current`: the country of the order as it is."""

    points: dict[str, int] = field(default_factory=dict)
    current: str = ""
    named: str = ""
    known: "dict[str, PostcodeMatch | None]" = field(default_factory=dict, compare=False, repr=False)
    """What was found in texts so far, with this evidence."""

    @classmethod
    def of(cls, text: str, current: str) -> "Evidence":
        """From the whole text: phone numbers and mail addresses."""
        points: dict[str, int] = {}
        for code in LIKELY_COUNTRIES:
            dial = dialling_code(code)
            if dial and re.search(rf"(?:\+|\b00) ?\(?{dial}(?!\d{{13}})", text):
                points[code] = _BY_PHONE
            ending = "uk" if code == "GB" else code.lower()
            if re.search(rf"@[\w.-]{{1,80}}\.{ending}\b", text, re.IGNORECASE):
                points[code] = points.get(code, 0) + _BY_MAIL
        code = current.strip().upper() if re.fullmatch("[A-Za-z]{2}", current.strip()) else country_named(current)
        if code:
            points[code] = points.get(code, 0) + _BY_NOW
        return cls(points, code)

    def seen(self, lines: Sequence[str], named: str = "") -> "Evidence":
        """With what these lines say: the name of a country on a line, words of streets, forms of companies."""
        points = dict(self.points)
        streets: set[str] = set()
        companies: set[str] = set()
        for line in lines:
            if len(line) > 160:
                continue
            named = named or country_named(line)
            companies |= {*(words_of.company_countries(line) or ()), *words_of.locker_countries(line)}
            if re.search(r"\d", line):
                streets |= set(words_of.street_words(line))
        for code in [*streets, *companies]:
            points[code] = points.get(code, 0) + _BY_WORDS
        if named:
            points[named] = points.get(named, 0) + _NAMED
        return Evidence(points, self.current, named)

    @property
    def countries(self) -> list[str]:
        """Those whose postcodes are looked for."""
        return list(dict.fromkeys([*sorted(self.points, key=lambda code: -self.points[code]), *LIKELY_COUNTRIES]))


@dataclass(frozen=True, slots=True)
class PostcodeMatch:
    """A postcode and what stands around it. `tied`: the countries that fit equally well, if several do.

    `before`: what stands on the same line before it all. `named`: the words that name the country, with it.
    `certain`: city and postcode stand together as they do in that country.
    """

    country: str
    postcode: str
    city: str
    state: str
    state_words: str
    before: str
    named: str
    words: str
    city_words: str
    score: int
    certain: bool
    leads: bool
    has_state: bool
    tied: tuple[str, ...] = ()


def best_postcode(text: str, evidence: Evidence) -> PostcodeMatch | None:
    """The postcode of a line or of what stands between its commas."""
    if text not in evidence.known:
        evidence.known[text] = _best_anchor(text, evidence)
    return evidence.known[text]


def _best_anchor(text: str, evidence: Evidence) -> PostcodeMatch | None:
    found = [
        anchor
        for part in dict.fromkeys([text, *text.split(",")])
        if (anchor := find_postcode(part.strip(), evidence)) is not None
    ]
    return max(found, key=lambda anchor: anchor.score, default=None)


def find_postcode(text: str, evidence: Evidence, *, is_prose: bool = False) -> PostcodeMatch | None:
    """The postcode in a text without commas, by the country that fits best; None where nothing looks like one."""
    if len(text) > 160 or not re.search(r"\d", text) or words_of.is_unit(text) or words_of.is_box(text):
        return None
    found: list[PostcodeMatch] = []
    for code in evidence.countries:
        format = format_of(code)
        if format is not None:
            found += _by_format(text, format, evidence)
    if not found and evidence.named:
        found += _by_format(text, loose_format(evidence.named), evidence)
    best = max(found, key=lambda anchor: anchor.score, default=None)
    if best is None or best.score < _ENOUGH + (2 if is_prose else 0):
        return None
    tied = tuple(dict.fromkeys(anchor.country for anchor in found if anchor.score == best.score))
    return replace(best, tied=tied) if len(tied) > 1 else best


def is_city(text: str) -> bool:
    """Whether it may be the name of a town: Den Haag, Paris 07, Lyon CEDEX 03."""
    if not text or len(text) > _LONGEST_CITY or len(text.split()) > 7 or "@" in text:
        return False
    name = re.sub(r"(?:\s+cedex)?(?:\s+\d{1,2})?$", "", text, flags=re.IGNORECASE)
    return bool(re.match(r"['’(]?[^\W\d_]", name)) and not re.search(r"[\d:!?@<>]", name) and len(name) > 1


def without_country(text: str) -> tuple[str, str, str]:
    """A text without the name of a country at its end, its code, and the words of the name."""
    words = text.split()
    for count in range(min(_COUNTRY_WORDS, len(words)), 0, -1):
        name = " ".join(words[-count:])
        code = country_named(name.strip("()"))
        if code:
            return " ".join(words[:-count]).rstrip(" ,-("), code, name
    return text, "", ""


def _by_format(text: str, format: AddressFormat, evidence: Evidence) -> Iterable[PostcodeMatch]:
    for match in islice(format.postcode.finditer(text), _POSTCODES_A_LINE):
        before, after = text[: match.start()].strip(" ,-–"), text[match.end() :].strip(" ,-–.")
        plate = match["plate"] or match["letter"] or ""
        reader = _led if format.leads else _followed
        anchor = reader(before, after, match["zip"], format)
        if anchor is None:
            continue
        score = anchor.score + evidence.points.get(format.code, 0) + _shape_points(match["zip"], anchor)
        if plate:
            score += _BY_PLATE
        if anchor.named:
            named = country_named(anchor.named.strip("()"))
            score += _NAMED if named == format.code else -_NAMED
        named_words = " ".join(filter(None, (plate, anchor.named)))
        yield replace(anchor, score=score, named=named_words, words=match["zip"])


def _shape_points(postcode: str, anchor: PostcodeMatch) -> int:
    country = anchor.country
    if country == "US":
        return 4 if anchor.state and anchor.score >= _FULL else 0
    if country == "PL":
        return 3 if "-" in postcode else -1
    if country == "IT":
        return 2 if anchor.state else 0
    if country in ("SE", "CZ", "SK", "GR"):
        return 1 if " " in postcode else -1
    return _OWN_SHAPE.get(country, 0)


def _anchor(format: AddressFormat, postcode: str, score: int, **more: str) -> PostcodeMatch:
    values = dict.fromkeys(("city", "state", "state_words", "before", "named", "city_words"), "") | more
    return PostcodeMatch(
        format.code,
        postcode,
        words=postcode,
        score=score,
        certain=score >= _FULL,
        leads=format.leads,
        has_state=format.has_state,
        city=values["city"],
        state=values["state"],
        state_words=values["state_words"],
        before=values["before"],
        named=values["named"],
        city_words=values["city_words"],
    )


def _led(before: str, after: str, postcode: str, format: AddressFormat) -> PostcodeMatch | None:
    """The postcode leads: `1012 AB Amsterdam`."""
    city, code, named = without_country(after)
    state, state_words = "", ""
    if format.has_state:
        whole, whole_state, whole_words = _without_state(after, format.code)
        if whole_state and (not code or code != format.code):
            city, code, named, state, state_words = whole, "", "", whole_state, whole_words
        else:
            city, state, state_words = _without_state(city, format.code)
    if is_city(city):
        score = _FULL if not before else _FULL - 1 if re.search(r"\d", before) else 0
        if (
            re.search(r"\d", city) is None
            and words_of.street_words(city)
            and len(city.split()) > 1
            and _is_street(city)
        ):
            score = _WRONG
    elif not after:
        if not before:
            return _anchor(format, postcode, _SOME)
        if is_city(before):
            return _anchor(format, postcode, _SOME, city=before, city_words=before)
        score, city = 0, ""
    elif not city and code == format.code and not before:
        # A town called as its country is: Luxembourg.
        return _anchor(format, postcode, _FULL, city=after, city_words=after)
    elif not city and code and not before:
        return _anchor(format, postcode, _SOME, named=named)
    else:
        return None
    return _anchor(
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


def _followed(before: str, after: str, postcode: str, format: AddressFormat) -> PostcodeMatch | None:
    """The postcode follows: `London SW1A 2AA`, `Springfield IL 62704`."""
    rest, _, named = without_country(after)
    if rest:
        if before or not is_city(rest):
            return None
        return _anchor(format, postcode, _SOME, city=rest, city_words=rest, named=named)
    city, state, state_words = _without_state(before, format.code) if format.has_state else (before, "", "")
    if not city:
        return _anchor(format, postcode, _FULL if state else _SOME, state=state, state_words=state_words, named=named)
    if is_city(city) and not words_of.street_words(city):
        score = _FULL if state or not format.has_state else _SOME
        return _anchor(
            format, postcode, score, city=city, city_words=city, state=state, state_words=state_words, named=named
        )
    street, town = _street_and_town(city)
    return _anchor(
        format,
        postcode,
        _FULL - 1 if state or not format.has_state else 0,
        city=town,
        city_words=town,
        state=state,
        state_words=state_words,
        before=street,
        named=named,
    )


def _street_and_town(text: str) -> tuple[str, str]:
    """`10 Downing Street London`: the town begins behind the last word that is a street."""
    words = text.split()
    last = next((n for n in range(len(words) - 1, 0, -1) if words_of.street_words(f"x {words[n]}")), None)
    place = len(words) - 1 if last is None or last + 1 >= len(words) else last + 1
    if not re.search(r"\d", text):
        return "", text
    return " ".join(words[:place]), " ".join(words[place:])


@cache
def _without_state(text: str, country: str) -> tuple[str, str, str]:
    """A text without the state at its end, its code, and its words: `Roma (RM)`, `New York NY`."""
    inner = re.fullmatch(r"(.*?)\s*\(([^()]{1,40})\)", text)
    if inner is not None and (code := state_named(country, inner[2])):
        return inner[1], code, inner[2]
    words = text.split()
    for count in range(min(3, len(words)), 0, -1):
        name = " ".join(words[-count:])
        letters = name.replace(".", "")
        is_letters = len(letters) <= 3 and letters.isupper()
        # A town may be called as its province is: only letters, or a name behind a town's, are a state here.
        if (code := state_named(country, name)) and (
            is_letters or (country in ("US", "CA", "AU") and count < len(words) + 1)
        ):
            return " ".join(words[:-count]).rstrip(" ,"), code, name
    return text, "", ""

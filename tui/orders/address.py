"""A block of text, as people write addresses, read into the fields of an address.

Nothing is corrected: values are the words that stand there, and what has no place is told. The postcode is looked
for first, by the formats of the countries that may be meant; what stands above and below it follows from there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from tui.api.codec import Document
from tui.orders import addresswords as words_of
from tui.orders.anchors import Anchor, Evidence, best_anchor, find_anchor, is_city
from tui.orders.blocks import Section, clean, sections
from tui.orders.postal import country_named, plain, state_named
from tui.orders.preflight import split_street

FIELDS: Final = (
    "name",
    "company_name",
    "address_line_1",
    "house_number",
    "address_line_2",
    "po_box",
    "postal_code",
    "city",
    "country_code",
    "state_province_code",
    "phone_number",
    "email",
)
"""The fields of an address that a block may have, in the order of the form."""

_MOST_ABOVE: Final = 8
_WORD: Final = re.compile(r"\w+")
_NUMBER_ALONE: Final = re.compile(
    r"(?:(?:nr|no|n[°º]?)\.? ?)?\d{1,5}(?: ?[-/+] ?\d{1,5})?(?: ?[-/]? ?[A-Za-z]{1,3}){0,2}(?: (?:bis|ter))?",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*[,;|•·]\s*|\s+[-–—]\s+(?=\d|\D{3})|(?<=[^\W\d_]{4})[.!?]\s+(?=[^\W\d_])")
"""Between the parts of an address on one line: commas, bars, dashes, and the end of a sentence."""
_PHONE: Final = re.compile(r"[+(]?\d[\d ()./–-]{5,24}\d")
_PHONE_INSIDE: Final = re.compile(r"(?<![\w+])\+\d[\d ()./–-]{7,22}\d(?![\w-])")
_PHONE_LABEL: Final = re.compile(
    r"(?P<label>[^\W\d_]{1,12}\.?(?: ?(?:nr|no)\.)?|[☎📞📱✆]\ufe0f?)[ .]{0,3}(?P<phone>[+(]?\d.{5,30})"
)
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}")


class Sure(StrEnum):
    """How sure a value is: by a label or a form that nothing else has, by its place, or only because nothing fits better."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Found:
    """One value, and the words of the text that it came from."""

    field: str
    value: str
    sure: Sure
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a block says. Every word of it is in `found`, in `passed` or in `unplaced`.

    `passed`: labels and greetings that were understood. `split`: street and number, where the number stands inside
    the street; an offer, never made here. `maybe`: the countries that it may be, where the text decides it not.
    `others`: further addresses in the text, which are in `unplaced`.
    """

    found: tuple[Found, ...]
    split: tuple[str, str] | None
    unplaced: tuple[str, ...]
    passed: tuple[str, ...]
    maybe: tuple[str, ...] = ()
    others: int = 0

    def get(self, field: str) -> Found | None:
        return next((one for one in self.found if one.field == field), None)

    def value(self, field: str) -> str:
        found = self.get(field)
        return found.value if found is not None else ""


def read_address(text: str, current: Document | None = None, *, choice: int = 0, billing: bool = False) -> Reading:
    """Read a block. `current` is the address of the order as it is now, which decides what the text leaves open.

    `choice` takes another of several addresses; those under a heading of the wanted kind come first. Any text is
    taken; one of 64 KB is read in well under a second.
    """
    cleaned = clean(text)
    country = current.get("country_code") if current is not None else None
    parts = _addresses(sections(cleaned), country if isinstance(country, str) else "", billing)
    mine = parts[choice % len(parts)] if parts else None
    reader = _Reader(Evidence.of(cleaned, country if isinstance(country, str) else ""))
    if mine is not None:
        reader.read(mine)
        for part in parts:
            if part is not mine:
                reader.leave(part)
    others = sum(_has_address(part, reader.evidence) for part in parts if part is not mine)
    return reader.reading(cleaned, others)


def _addresses(parts: list[Section], country: str, billing: bool) -> list[Section]:
    """The parts, those first that have an address of the wanted kind."""
    evidence = Evidence.of("", country)
    apart = [one for part in parts for one in _parted(part, evidence)]
    wanted = "billing" if billing else "header"
    rank = {wanted: 0, "": 1, "header": 1, "billing": 2, "old": 3}
    ordered = sorted(apart, key=lambda part: (not _has_address(part, evidence), rank[part.kind]))
    with_address = [part for part in ordered if _has_address(part, evidence)]
    if len(with_address) > 1:
        return ordered
    # One address only: headings and labels around it belong to it, whatever order they come in.
    return [_joined(apart)] if not any(part.kind == "old" for part in apart) else ordered


def _joined(parts: Sequence[Section]) -> Section:
    whole = Section()
    for part in parts:
        for name in ("lines", "labelled", "passed", "left"):
            getattr(whole, name).extend(getattr(part, name))
    return whole


def _has_address(part: Section, evidence: Evidence) -> bool:
    labels = {kind for kind, _, _ in part.labelled}
    if labels & {"postal_code", "place"} or {"street", "city"} <= labels:
        return True
    return any(found.certain for line in part.lines if (found := best_anchor(line.text, evidence)) is not None)


def _parted(part: Section, evidence: Evidence) -> list[Section]:
    """A part with several postcodes, cut between them."""
    places = [
        place
        for place, line in enumerate(part.lines)
        if (found := best_anchor(line.text, evidence)) is not None and found.certain
    ]
    if len(places) < 2:
        return [part]
    cuts = [0]
    for place, following in pairwise(places):
        gaps = [n for n in range(place + 1, following + 1) if part.lines[n].gap]
        after = place + 1
        while after < following and country_named(part.lines[after].text):
            after += 1
        cuts.append(gaps[-1] if gaps else after)
    cuts.append(len(part.lines))
    pieces = [Section(part.kind, part.lines[a:b]) for a, b in pairwise(cuts)]
    pieces[0].labelled, pieces[0].passed, pieces[0].left = part.labelled, part.passed, part.left
    return pieces


@dataclass(slots=True)
class _Piece:
    """A line, or what stands between its commas. `row`: which line it is of."""

    text: str
    row: int
    gap: bool = False


class _Reader:
    """Reads one part of a text; what it has found so far."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._found: dict[str, Found] = {}
        self._left: list[str] = []
        self._passed: list[str] = []
        self._maybe: tuple[str, ...] = ()
        self._street_country = ""

    def reading(self, text: str, others: int) -> Reading:
        found = tuple(self._found[field] for field in FIELDS if field in self._found)
        street = self._found.get("address_line_1")
        split = split_street(street.value) if street is not None and "house_number" not in self._found else None
        self._account_for(text)
        for told in (self._left, self._passed):
            told.sort(key=lambda words: place if (place := text.find(words.split("\n")[0][:40])) >= 0 else len(text))
        maybe = () if "country_code" in self._found else self._maybe
        return Reading(found, split, tuple(self._left), tuple(self._passed), maybe, others)

    def leave(self, part: Section) -> None:
        """Tell all of a part that is not read."""
        self._left += [line.text for line in part.lines] + [words for _, _, words in part.labelled] + part.left
        self._passed += part.passed

    def read(self, part: Section) -> None:
        self._passed += part.passed
        self._left += part.left
        self._read_labels(part.labelled)
        pieces = self._pieces(part)
        seen = [*(line.text for line in part.lines), *(piece.text for piece in pieces), self._value("address_line_1")]
        self.evidence = self.evidence.seen(seen, self._value("country_code"))
        place, anchor = self._anchor(pieces)
        if anchor is not None:
            self._read_around(pieces, place, anchor)
        else:
            self._read_without(pieces)
        self._take_country_by_labels()

    # Values.

    def _value(self, field: str) -> str:
        return self._found[field].value if field in self._found else ""

    def _put(self, field: str, value: str, sure: Sure, words: str) -> None:
        """Take a value; a second one for the same field is told as not placed."""
        value = value.strip(" ,;")
        if not value:
            self._leave(words)
        elif field not in self._found:
            self._found[field] = Found(field, value, sure, words)
        elif plain(self._found[field].value) == plain(value):
            self._passed.append(words)
        else:
            self._leave(words)

    def _join(self, field: str, value: str, sure: Sure, words: str) -> None:
        """Take a value, or put it behind the one that is there."""
        old = self._found.pop(field, None)
        if old is not None:
            value, words = f"{old.value}, {value}", f"{old.words}\n{words}"
        self._put(field, value, sure, words)

    def _leave(self, words: str) -> None:
        if words.strip(" ,;.:-<>()"):
            self._left.append(words)

    def _account_for(self, text: str) -> None:
        """Whatever happened: a word that is nowhere yet is told as not placed."""
        told = [found.words for found in self._found.values()] + self._left + self._passed
        known = Counter(word for one in told for word in _WORD.findall(one))
        missing = []
        for word in _WORD.findall(text):
            if known[word]:
                known[word] -= 1
            else:
                missing.append(word)
        if missing:
            self._left.append(" ".join(missing))

    # What has a label.

    def _read_labels(self, labelled: Iterable[tuple[str, str, str]]) -> None:
        names: dict[str, tuple[str, str]] = {}
        numbers: list[tuple[str, str]] = []
        for kind, value, words in labelled:
            match kind:
                case "given" | "family":
                    names.setdefault(kind, (value, words)) if kind not in names else self._leave(words)
                case "number" | "addition":
                    numbers.append((value, words))
                case "street":
                    self._put("address_line_1", value, Sure.SURE, words)
                case "place":
                    self._read_place(value, words)
                case "country":
                    code = country_named(value)
                    self._put("country_code", code, Sure.SURE, words)
                case "state":
                    self._put("state_province_code", value, Sure.LIKELY, words)
                case "phone_number":
                    self._read_phone_label(value, words)
                case "email":
                    found = next((token for token in map(_bare, value.split()) if _EMAIL.fullmatch(token)), "")
                    self._put("email", found, Sure.SURE, words)
                case "po_box":
                    code = words_of.locker_code(value)
                    self._put("po_box", code or words, Sure.SURE, words)
                case _:
                    self._put(kind, value, Sure.SURE, words)
        named = self._found.get("name")
        if "family" in names and "given" not in names and named is not None:
            # Where the given name is only called name.
            names["given"] = (named.value, named.words)
            del self._found["name"]
        if names:
            both = [names[kind] for kind in ("given", "family") if kind in names]
            self._put("name", " ".join(value for value, _ in both), Sure.SURE, "\n".join(words for _, words in both))
        if numbers:
            number = " ".join(value for value, _ in numbers)
            self._put("house_number", number, Sure.SURE, "\n".join(words for _, words in numbers))

    def _read_place(self, value: str, words: str) -> None:
        anchor = best_anchor(value, self.evidence)
        if anchor is None:
            self._put("city", value, Sure.LIKELY, words)
            return
        self._put("postal_code", anchor.postcode, Sure.SURE, words)
        self._put("city", anchor.city, Sure.SURE, "")
        self._take_state(anchor)

    def _read_phone_label(self, value: str, words: str) -> None:
        tokens = value.split()
        inside = next((token for token in map(_bare, tokens) if _EMAIL.fullmatch(token)), "")
        number = " ".join(token for token in tokens if inside not in token or not inside)
        found = _PHONE.match(number)
        if found is None:
            self._leave(words)
            return
        rest = number[found.end() :].strip(" ,;/|")
        self._put("phone_number", found[0], Sure.SURE, words.replace(rest, "") if rest else words)
        self._leave(rest)
        if inside:
            self._put("email", inside, Sure.LIKELY, "")

    # Pieces.

    def _pieces(self, part: Section) -> list[_Piece]:
        """The free lines without e-mail and phone; one that has the postcode in it is cut at its commas."""
        pieces: list[_Piece] = []
        for row, line in enumerate(part.lines):
            text = self._without_contacts(line.text)
            if not text.strip(" ,;.:-<>()|/"):
                continue
            found = [stopped for part in _BETWEEN.split(text) if (stopped := _unstopped(part))]
            if len(found) > 1 and not self._is_cut(found):
                found = [text]
            kept = found if len(found) == 1 else [rest for one in found if (rest := self._without_phone(one))]
            pieces += [_Piece(one, row, line.gap) for one in kept]
        return pieces

    def _is_cut(self, found: Sequence[str]) -> bool:
        """Whether these stand between commas because each is a part of the address: one has the postcode, or the country."""
        return bool(country_named(found[-1])) or any(best_anchor(one, self.evidence) is not None for one in found)

    def _without_contacts(self, text: str) -> str:
        if "@" in text:
            kept = []
            for token in text.split():
                bare = _bare(token)
                if _EMAIL.fullmatch(bare) and "email" not in self._found:
                    self._put("email", bare, Sure.SURE, bare)
                elif bare != self._value("email"):
                    kept.append(token)
                else:
                    self._passed.append(bare)
            text = " ".join(kept)
        inside = _PHONE_INSIDE.search(text)
        if inside is not None:
            self._put("phone_number", inside[0], Sure.SURE, inside[0])
            head, _, label = text[: inside.start()].rstrip(" ,;-|/.:").rpartition(" ")
            if words_of.LABELS.get(plain(label)) == "phone_number":
                self._passed.append(label)
            else:
                head = text[: inside.start()]
            text = f"{head.rstrip(' ,;-|/')} {text[inside.end() :].lstrip(' ,;-|/')}".strip()
            if not text:
                return ""
        return self._without_phone(text)

    def _without_phone(self, text: str) -> str:
        labelled = _PHONE_LABEL.fullmatch(text)
        if labelled is not None and _PHONE.fullmatch(labelled["phone"]):
            label = plain(labelled["label"])
            if not label or words_of.LABELS.get(label) == "phone_number":
                self._put("phone_number", labelled["phone"], Sure.SURE, text)
                return ""
            if label == "fax":
                self._leave(text)
                return ""
        digits = sum(sign.isdigit() for sign in text)
        if 9 <= digits <= 15 and text[0] in "+0(1" and _PHONE.fullmatch(text):
            self._put("phone_number", text, Sure.LIKELY, text)
            return ""
        return text

    # Around the postcode.

    def _anchor(self, pieces: Sequence[_Piece]) -> tuple[int, Anchor | None]:
        best: Anchor | None = None
        place = -1
        for index, piece in enumerate(pieces):
            found = find_anchor(piece.text, self.evidence, is_prose=words_of.is_prose(piece.text))
            if found is not None and (best is None or found.score > best.score):
                best, place = found, index
        return place, best

    def _read_around(self, pieces: list[_Piece], place: int, anchor: Anchor) -> None:
        here = pieces[place]
        above, below = pieces[:place], pieces[place + 1 :]
        self._put("postal_code", anchor.postcode, Sure.SURE if anchor.certain else Sure.LIKELY, anchor.words)
        self._take_country(anchor)
        city = anchor.city
        if city:
            self._put("city", city, Sure.LIKELY if anchor.certain else Sure.GUESS, anchor.city_words)
        elif "city" not in self._found:
            self._city_beside(anchor, above, below)
        self._take_state(anchor)
        if anchor.before:
            above.append(_Piece(anchor.before, here.row))
        below = self._read_below(below, anchor)
        self._read_signature(below)
        self._read_above(above, is_glued=bool(anchor.before))

    def _city_beside(self, anchor: Anchor, above: list[_Piece], below: list[_Piece]) -> None:
        """The city is on the line beside the postcode: below where it follows there, else above."""
        following = below[0].text if below else ""
        if anchor.leads and is_city(following) and not country_named(following) and not words_of.is_closing(following):
            self._put("city", following, Sure.LIKELY, following)
            del below[0]
            return
        if not above:
            return
        head, comma, last = above[-1].text.rpartition(",")
        text = last.strip() if comma else above[-1].text
        if not is_city(text):
            return
        if comma:
            above[-1].text = head.strip()
        else:
            above.pop()
        if anchor.has_state and not anchor.state:
            words = text.split()
            if len(words) > 1 and (code := state_named(anchor.country, words[-1])):
                self._put("state_province_code", code, Sure.LIKELY, words[-1])
                text = " ".join(words[:-1])
        self._put("city", text, Sure.LIKELY, text)

    def _read_below(self, pieces: Sequence[_Piece], anchor: Anchor) -> list[_Piece]:
        """What follows the postcode: the country, a province; what else there is comes back."""
        rest = list(pieces)
        while rest:
            text = rest[0].text
            code = country_named(text)
            state = state_named(anchor.country, text) if anchor.has_state else ""
            if (
                state
                and "state_province_code" not in self._found
                and not (code and code == self._value("country_code"))
            ):
                self._put("state_province_code", state, Sure.LIKELY, text)
            elif code and ("country_code" not in self._found or code == self._value("country_code")):
                known = self._found.pop("country_code", None)
                self._put("country_code", code, Sure.SURE, f"{known.words}\n{text}" if known is not None else text)
            elif "city" not in self._found and is_city(text) and not words_of.is_closing(text) and not rest[0].gap:
                self._put("city", text, Sure.GUESS, text)
            else:
                break
            del rest[0]
        return rest

    def _read_signature(self, pieces: Sequence[_Piece]) -> None:
        is_closed = False
        for piece in pieces:
            if words_of.is_closing(piece.text) or words_of.is_greeting(piece.text):
                self._passed.append(piece.text)
                is_closed = True
            elif is_closed and _is_person(piece.text) and "name" not in self._found:
                self._put("name", piece.text, Sure.GUESS, piece.text)
            else:
                self._leave(piece.text)

    def _read_above(self, pieces: list[_Piece], is_glued: bool) -> None:
        signed = self._found.get("name")
        is_signed = signed is not None and signed.sure is Sure.GUESS
        block = self._block_above(pieces)
        if is_glued and len(block) == 1 and ("name" not in self._found or is_signed):
            block = _unglued(block[0])
        place = _street_place([piece.text for piece in block], alone="name" in self._found and not is_signed)
        before = block if place is None else block[:place]
        if is_signed and signed is not None and any(_is_person(piece.text) for piece in before):
            # Who signs is another one, or the same.
            del self._found["name"]
            self._read_names(before)
            named = self._found.get("name")
            same = named is not None and set(plain(signed.value).split()) <= set(plain(named.value).split())
            (self._passed if same else self._left).append(signed.words)
        else:
            self._read_names(before)
        if place is not None:
            self._read_street(block[place])
            for piece in block[place + 1 :]:
                self._read_detail(piece.text)
        self._box_as_street()

    def _block_above(self, pieces: Sequence[_Piece]) -> list[_Piece]:
        """The pieces above the postcode that belong to the address, its number joined to its street."""
        block: list[_Piece] = []
        has_street = False
        rest = list(pieces)
        is_open = all(piece.gap for piece in rest[1:])
        while rest and len(block) < _MOST_ABOVE:
            piece = rest[-1]
            if words_of.is_greeting(piece.text) or words_of.is_closing(piece.text):
                break
            if words_of.is_prose(piece.text):
                name = _after_prose(piece.text) if block and piece.row == block[0].row else ""
                if name:
                    self._leave(piece.text[: -len(name)].strip())
                    block.insert(0, _Piece(name, piece.row))
                    rest.pop()
                break
            if block and block[0].gap and block[0].row != piece.row and has_street and len(block) > 1 and not is_open:
                break
            has_street = has_street or bool(_street_score(piece.text))
            block[:0] = _with_name_apart(piece)
            rest.pop()
        for piece in rest:
            if words_of.is_greeting(piece.text) or words_of.is_closing(piece.text):
                self._passed.append(piece.text)
            else:
                self._leave(piece.text)
        return self._with_numbers(block)

    def _with_numbers(self, block: list[_Piece]) -> list[_Piece]:
        """A number between commas goes back to its street; one on a line of its own stood apart."""
        joined: list[_Piece] = []
        for place, piece in enumerate(block):
            if not _NUMBER_ALONE.fullmatch(piece.text):
                if joined and _NUMBER_ALONE.fullmatch(joined[-1].text) and joined[-1].row == piece.row:
                    piece = _Piece(f"{joined.pop().text}, {piece.text}", piece.row, piece.gap)
                joined.append(piece)
                continue
            beside = joined[-1] if joined else None
            following = block[place + 1].text if place + 1 < len(block) and block[place + 1].row == piece.row else ""
            leads = bool(words_of.street_words(following)) and not re.search(r"\d", following)
            if beside is not None and words_of.street_words(beside.text):
                leads = False
            if not leads and beside is not None and beside.row == piece.row and not re.search(r"\d", beside.text):
                joined[-1] = _Piece(f"{beside.text}, {piece.text}", beside.row, beside.gap)
            elif following:
                joined.append(piece)
            elif "house_number" not in self._found and len(block) > 1:
                self._put("house_number", piece.text, Sure.SURE, piece.text)
            else:
                joined.append(piece)
        return joined

    def _read_names(self, pieces: Sequence[_Piece]) -> None:
        """Who it is for, and what else stands above the street."""
        plain_ones: list[str] = []
        for piece in pieces:
            text = piece.text
            if words_of.is_honorific(text):
                self._passed.append(text)
            elif person := words_of.attention(text):
                self._put("name", person, Sure.SURE, text)
            elif words_of.is_box(text) or words_of.locker_code(text):
                self._read_detail(text)
            elif words_of.is_unit(text):
                self._join("address_line_2", text, Sure.LIKELY, text)
            elif words_of.is_company(text) and "company_name" not in self._found:
                sure = Sure.SURE if words_of.company_countries(text) is not None else Sure.LIKELY
                self._put("company_name", text, sure, text)
            else:
                plain_ones.append(text)
        self._read_plain_names(plain_ones)

    def _read_plain_names(self, texts: list[str]) -> None:
        titled = next((place for place, text in enumerate(texts) if words_of.has_honorific(text)), 0)
        if texts and "name" not in self._found:
            name = texts.pop(titled)
            sure = Sure.LIKELY if _is_person(name) else Sure.GUESS
            self._put("name", name, sure, name)
        for text in texts:
            if "company_name" not in self._found and not re.search(r"\d", text):
                self._put("company_name", text, Sure.GUESS, text)
            else:
                self._join("address_line_2", text, Sure.GUESS, text)

    def _read_street(self, piece: _Piece) -> None:
        text = piece.text
        if words_of.is_box(text):
            self._read_detail(text)
            return
        parts = text.split(", ")
        units = []
        while len(parts) > 1 and words_of.is_unit(parts[-1]):
            units.insert(0, parts.pop())
        while len(parts) > 1 and words_of.is_unit(parts[0]):
            units.append(parts.pop(0))
        for unit in units:
            self._join("address_line_2", unit, Sure.LIKELY, unit)
        text = ", ".join(parts)
        sure = Sure.SURE if words_of.is_locker(text) else Sure.LIKELY if _street_score(text) > 1 else Sure.GUESS
        self._put("address_line_1", text, sure, text)

    def _read_detail(self, text: str) -> None:
        """What stands beside a street: a box, a locker's code, a floor, a part of the town."""
        if words_of.is_box(text):
            self._put("po_box", text, Sure.SURE, text)
        elif code := words_of.locker_code(text):
            self._put("po_box", code, Sure.LIKELY, text)
        elif words_of.is_closing(text) or words_of.is_prose(text):
            self._leave(text)
        else:
            self._join("address_line_2", text, Sure.LIKELY if words_of.is_unit(text) else Sure.GUESS, text)

    def _box_as_street(self) -> None:
        """The service wants a street; where there is a box only, carriers print that."""
        box = self._found.get("po_box")
        if box is not None and "address_line_1" not in self._found and words_of.is_box(box.value):
            self._put("address_line_1", box.value, Sure.GUESS, "")

    # Without a postcode.

    def _read_without(self, pieces: list[_Piece]) -> None:
        """A street with a number, and what stands around it; else nothing but the country is known."""
        texts = [piece.text for piece in pieces]
        scores = [0 if words_of.is_prose(text) else _street_score(text) for text in texts]
        place = scores.index(max(scores)) if scores and max(scores) > 2 else None
        if place is None or "address_line_1" in self._found:
            self._read_loose(pieces)
            return
        below = pieces[place + 1 :]
        while below and words_of.is_unit(below[0].text):
            self._join("address_line_2", below[0].text, Sure.LIKELY, below[0].text)
            del below[0]
        if below and "city" not in self._found and is_city(below[0].text) and not country_named(below[0].text):
            if not words_of.is_closing(below[0].text) and not words_of.is_prose(below[0].text):
                self._put("city", below[0].text, Sure.GUESS, below[0].text)
                del below[0]
        if below and (code := country_named(below[0].text)):
            self._put("country_code", code, Sure.SURE, below[0].text)
            del below[0]
        self._read_signature(below)
        self._read_above(pieces[: place + 1], is_glued=False)

    def _read_loose(self, pieces: Sequence[_Piece]) -> None:
        """Nothing here says where; labels may have said it."""
        is_short = len(pieces) == 1
        is_closed = False
        for piece in pieces:
            text = piece.text
            if code := country_named(text):
                self._put("country_code", code, Sure.SURE, text)
            elif words_of.is_greeting(text) or words_of.is_closing(text):
                is_closed = is_closed or words_of.is_closing(text)
                self._passed.append(text)
            elif words_of.is_box(text):
                self._put("po_box", text, Sure.SURE, text)
            elif person := words_of.attention(text):
                self._put("name", person, Sure.SURE, text)
            elif words_of.is_company(text) and not words_of.is_prose(text) and "company_name" not in self._found:
                self._put("company_name", text, Sure.LIKELY, text)
            elif is_short and _street_score(text) > 1 and not words_of.is_prose(text):
                self._put("address_line_1", text, Sure.LIKELY, text)
            elif is_closed and _is_person(text) and self._found and "name" not in self._found:
                self._put("name", text, Sure.GUESS, text)
            else:
                self._leave(text)
        self._box_as_street()

    # The country.

    def _take_country(self, anchor: Anchor) -> None:
        if anchor.named:
            self._put("country_code", anchor.country, Sure.SURE, anchor.named)
        elif anchor.tied:
            self._maybe = anchor.tied
        elif anchor.country and "country_code" not in self._found:
            self._put("country_code", anchor.country, Sure.LIKELY, "")

    def _take_state(self, anchor: Anchor) -> None:
        if anchor.state:
            self._put("state_province_code", anchor.state, Sure.SURE, anchor.state_words)

    def _take_country_by_labels(self) -> None:
        """By a postcode that had a label, if nothing else told the country; and the state by the country."""
        postcode = self._value("postal_code")
        if postcode and "country_code" not in self._found and not self._maybe:
            anchor = best_anchor(postcode, self.evidence)
            if anchor is not None and not anchor.tied:
                self._put("country_code", anchor.country, Sure.LIKELY, "")
            elif anchor is not None:
                self._maybe = anchor.tied
        state = self._found.get("state_province_code")
        country = self._value("country_code") or self.evidence.current
        if state is not None and country and (code := state_named(country, state.value)):
            self._found["state_province_code"] = Found(state.field, code, Sure.SURE, state.words)


def _bare(token: str) -> str:
    return token.removeprefix("<mailto:").removeprefix("mailto:").strip("<>()[]{},;:\"'.|")


def _unstopped(text: str) -> str:
    """Without the stop at its end, if that ends a sentence and no abbreviation."""
    text = text.strip()
    word = text.rpartition(" ")[2]
    return (
        text[:-1]
        if re.fullmatch(r"[^\W\d_]{4,}[.!?]", word) and plain(word[:-1])[-3:] != "str"
        else text.strip(".") and text
    )


def _is_person(text: str) -> bool:
    """Whether it may be somebody's name."""
    words = text.split()
    return 1 <= len(words) <= 6 and not re.search(r"\d", text) and not words_of.is_company(text)


def _after_prose(text: str) -> str:
    """The name at the end of `please send it to Jan Jansen`."""
    words = text.split()
    place = len(words)
    while place and (
        words[place - 1][:1].isupper() or plain(words[place - 1]) in ("de", "van", "der", "den", "von", "la", "da")
    ):
        place -= 1
    while place < len(words) and not words[place][:1].isupper():
        place += 1
    return " ".join(words[place:])


def _street_score(text: str) -> int:
    """How surely it is a street: 4 a locker, 3 a word for streets and a number, 2 a number at an end, or a box, 1 such a word."""
    if words_of.is_locker(text):
        return 4
    if words_of.is_box(text):
        return 2
    if len(text) > 100 or words_of.is_unit(text) or words_of.attention(text):
        return 0
    has_word = bool(words_of.street_words(text))
    has_number = bool(re.search(r"\d", text)) and bool(re.search(r"[^\W\d]{2}", text))
    if has_word and has_number:
        return 3
    if has_number and not words_of.locker_code(text) and split_street(text) is not None:
        return 2
    return 1 if has_word and not words_of.is_company(text) else 0


def _street_place(texts: Sequence[str], *, alone: bool) -> int | None:
    """Which piece is the street. `alone`: the name is known, so that one piece left is the street."""
    if not texts:
        return None
    scores = [_street_score(text) for text in texts]
    streets = [score for text, score in zip(texts, scores, strict=True) if not words_of.is_box(text)]
    if max(streets, default=0) > 1:
        # A box beside a street is not the street.
        scores = [0 if words_of.is_box(text) else score for text, score in zip(texts, scores, strict=True)]
    best = max(scores)
    if best > 1 or (best == 1 and len(texts) > 1):
        return len(scores) - 1 - scores[::-1].index(best)
    if alone or best == 1:
        return len(texts) - 1
    return len(texts) - 1 if len(texts) > 1 and not words_of.is_company(texts[-1]) else None


def _with_name_apart(piece: _Piece) -> list[_Piece]:
    """`Jan Jansen, Kerkstraat 12` as two."""
    name, comma, street = piece.text.partition(", ")
    if comma and _is_person(name) and not words_of.street_words(name) and _street_score(street) > 1:
        return [_Piece(name, piece.row, piece.gap), _Piece(street, piece.row)]
    return [piece]


def _unglued(piece: _Piece) -> list[_Piece]:
    """Name and street of a line that has both: `Jan Jansen Kerkstraat 12`."""
    split = split_street(piece.text)
    words = piece.text.split()
    if split is None or not words[0][:1].isalpha():
        return [piece]
    end = len(split[0].split())
    first = next((n for n in range(1, end) if words_of.street_words(f"x {words[n]}")), None)
    if first is None and end > 2:
        first = end - 1
    if first is None or first < 2:
        return [piece]
    return [_Piece(" ".join(words[:first]), piece.row), _Piece(" ".join(words[first:]), piece.row)]

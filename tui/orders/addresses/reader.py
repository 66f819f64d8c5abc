"""A block of text, as people write addresses, read into the fields of an address.

Nothing is corrected: values are the words that stand there, and what has no place is told. The postcode is looked
for first, by the formats of the countries that may be meant; what stands above and below it follows from there.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tui.api.codec import Document
from tui.orders.addresses import vocabulary as words_of
from tui.orders.addresses.contacts import without_contacts, without_phone
from tui.orders.addresses.formats import country_named, is_british_county, normalize, state_named
from tui.orders.addresses.labels import read_labels
from tui.orders.addresses.postcodes import Evidence, PostcodeMatch, best_postcode, find_postcode, is_city
from tui.orders.addresses.result import Confidence, FoundValue, ParsedAddress, ParsedFields
from tui.orders.addresses.sections import AddressSection, clean, sections
from tui.orders.addresses.streets import (
    NUMBER_ALONE,
    StreetPart,
    after_prose,
    is_person,
    split_name,
    split_name_at_comma,
    street_index,
    street_score,
)

_MOST_ABOVE: Final = 8
_BETWEEN: Final = re.compile(
    r"\s*[,;|•·]\s*|\s+[-–—]\s+(?=\d|\D{3})"
    r"|(?:(?:(?<=[^\W\d_]{4})|(?<=\d[A-Z]{2}))[.!?]\s+(?=[^\W\d_])|(?<=[^\W\d_]{6})[.!?]\s+(?=\d))(?<![Ss][Tt][Rr]\. )"
)
"""Between the parts of an address on one line: commas, bars, dashes, and the end of a sentence."""


def read_address(
    text: str, current: Document | None = None, *, choice: int = 0, billing: bool = False
) -> ParsedAddress:
    """Read a block. `current` is the address of the order as it is now, which decides what the text leaves open.

    `choice` takes another of several addresses; those under a heading of the wanted kind come first. Any text is
    taken; one of 64 KB is read in well under a second.
    """
    cleaned = clean(text)
    country = current.get("country_code") if current is not None else None
    parts = _addresses(sections(cleaned), country if isinstance(country, str) else "", billing)
    mine = parts[choice % len(parts)] if parts else None
    reader = _AddressReader(Evidence.of(cleaned, country if isinstance(country, str) else ""))
    if mine is not None:
        reader.read(mine)
        for part in parts:
            if part is not mine:
                reader.leave(part)
    others = sum(_has_address(part, reader.evidence) for part in parts if part is not mine)
    return reader.got.reading(cleaned, others)


def _addresses(parts: list[AddressSection], country: str, billing: bool) -> list[AddressSection]:
    """The parts, those first that have an address of the wanted kind."""
    evidence = Evidence.of("", country)
    apart = [one for part in parts for one in _parted(part, evidence)]
    wanted = "billing" if billing else "header"
    rank = {"": 1, "header": 1, "billing": 2, "old": 3} | {wanted: 0}
    ordered = sorted(apart, key=lambda part: (not _has_address(part, evidence), rank[part.kind]))
    with_address = [part for part in ordered if _has_address(part, evidence)]
    if len(with_address) > 1:
        return ordered
    # One address only: headings and labels around it belong to it, whatever order they come in.
    return [_joined(apart)] if not any(part.kind == "old" for part in apart) else ordered


def _joined(parts: Sequence[AddressSection]) -> AddressSection:
    whole = AddressSection()
    for part in parts:
        for name in ("lines", "labelled", "passed", "left"):
            getattr(whole, name).extend(getattr(part, name))
    return whole


def _has_address(part: AddressSection, evidence: Evidence) -> bool:
    labels = {kind for kind, _, _ in part.labelled}
    if labels & {"postal_code", "place"} or {"street", "city"} <= labels:
        return True
    return any(found.certain for line in part.lines if (found := best_postcode(line.text, evidence)) is not None)


def _parted(part: AddressSection, evidence: Evidence) -> list[AddressSection]:
    """A part with several postcodes, cut between them."""
    places = [
        place
        for place, line in enumerate(part.lines)
        if (found := best_postcode(line.text, evidence)) is not None and found.certain
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
    pieces = [AddressSection(part.kind, part.lines[a:b]) for a, b in pairwise(cuts)]
    pieces[0].labelled, pieces[0].passed, pieces[0].left = part.labelled, part.passed, part.left
    return pieces


class _AddressReader:
    """Reads one part of a text; what it has found so far."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.got = ParsedFields()

    def leave(self, part: AddressSection) -> None:
        """Tell all of a part that is not read."""
        for line in part.lines:
            is_polite = words_of.is_greeting(line.text) or words_of.is_closing(line.text)
            (self.got.passed if is_polite else self.got.left).append(line.text)
        self.got.left += [words for _, _, words in part.labelled] + part.left
        self.got.passed += part.passed

    def read(self, part: AddressSection) -> None:
        self.got.passed += part.passed
        self.got.left += part.left
        read_labels(self.got, part.labelled, self.evidence)
        pieces = self._pieces(part)
        seen = [
            *(line.text for line in part.lines),
            *(piece.text for piece in pieces),
            self.got.value("address_line_1"),
        ]
        self.evidence = self.evidence.seen(seen, self.got.value("country_code"))
        place, anchor = self._anchor(pieces)
        if anchor is not None:
            self._read_around(pieces, place, anchor)
        else:
            self._read_without(pieces)
        self._take_country_by_labels()

    # Pieces.

    def _pieces(self, part: AddressSection) -> list[StreetPart]:
        """The free lines without e-mail and phone; one that has the postcode in it is cut at its commas."""
        pieces: list[StreetPart] = []
        for row, line in enumerate(part.lines):
            text = without_contacts(self.got, line.text)
            if not text.strip(" ,;.:-<>()|/"):
                continue
            found = [stopped for part in _BETWEEN.split(text) if (stopped := _unstopped(part))]
            if len(found) < 2 or not self._is_cut(found):
                found = [text]
            kept = found if len(found) == 1 else [rest for one in found if (rest := without_phone(self.got, one))]
            pieces += [StreetPart(one, row, line.gap) for one in kept]
        return pieces

    def _is_cut(self, found: Sequence[str]) -> bool:
        """Whether these stand between commas because each is a part of the address: one has the postcode, or the country."""
        return bool(country_named(found[-1])) or any(best_postcode(one, self.evidence) is not None for one in found)

    # Around the postcode.

    def _anchor(self, pieces: Sequence[StreetPart]) -> tuple[int, PostcodeMatch | None]:
        best: PostcodeMatch | None = None
        place = -1
        for index, piece in enumerate(pieces):
            found = find_postcode(piece.text, self.evidence, is_prose=words_of.is_prose(piece.text))
            if found is not None and (best is None or found.score > best.score):
                best, place = found, index
        return place, best

    def _read_around(self, pieces: list[StreetPart], place: int, anchor: PostcodeMatch) -> None:
        here = pieces[place]
        above, below = pieces[:place], pieces[place + 1 :]
        self.got.put(
            "postal_code", anchor.postcode, Confidence.SURE if anchor.certain else Confidence.LIKELY, anchor.words
        )
        self._take_country(anchor)
        city = anchor.city
        if anchor.country == "GB" and is_british_county(city) and above and _is_town(above[-1].text):
            self.got.put("state_province_code", state_named("GB", city), Confidence.LIKELY, city)
            city = above.pop().text
            self.got.put("city", city, Confidence.LIKELY, city)
        elif city:
            self.got.put("city", city, Confidence.LIKELY if anchor.certain else Confidence.GUESS, anchor.city_words)
        elif "city" not in self.got.found:
            self._city_beside(anchor, above, below)
        self._take_state(anchor)
        if anchor.before:
            above.append(StreetPart(anchor.before, here.row))
        below = self._read_below(below, anchor)
        self._read_signature(below)
        self._read_above(above, is_glued=bool(anchor.before))

    def _city_beside(self, anchor: PostcodeMatch, above: list[StreetPart], below: list[StreetPart]) -> None:
        """The city is on the line beside the postcode: below where it follows there, else above."""
        following = below[0].text if below else ""
        if anchor.leads and is_city(following) and not country_named(following) and not words_of.is_closing(following):
            self.got.put("city", following, Confidence.LIKELY, following)
            del below[0]
            return
        if anchor.country == "GB" and len(above) > 2 and is_british_county(above[-1].text) and is_city(above[-2].text):
            county = above.pop().text
            self.got.put("state_province_code", state_named("GB", county), Confidence.LIKELY, county)
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
                self.got.put("state_province_code", code, Confidence.LIKELY, words[-1])
                text = " ".join(words[:-1])
        self.got.put("city", text, Confidence.LIKELY, text)

    def _read_below(self, pieces: Sequence[StreetPart], anchor: PostcodeMatch) -> list[StreetPart]:
        """What follows the postcode: the country, a province; what else there is comes back."""
        rest = list(pieces)
        while rest:
            text = rest[0].text
            code = country_named(text)
            state = state_named(anchor.country, text) if anchor.has_state else ""
            if (
                state
                and "state_province_code" not in self.got.found
                and not (code and code == self.got.value("country_code"))
            ):
                self.got.put("state_province_code", state, Confidence.LIKELY, text)
            elif code and ("country_code" not in self.got.found or code == self.got.value("country_code")):
                known = self.got.found.pop("country_code", None)
                self.got.put(
                    "country_code",
                    code,
                    Confidence.SURE,
                    "\n".join(filter(None, (known.words if known is not None else "", text))),
                )
            elif "city" not in self.got.found and is_city(text) and not words_of.is_closing(text) and not rest[0].gap:
                self.got.put("city", text, Confidence.GUESS, text)
            else:
                break
            del rest[0]
        return rest

    def _read_signature(self, pieces: Sequence[StreetPart]) -> None:
        is_closed = False
        for piece in pieces:
            if words_of.is_closing(piece.text) or words_of.is_greeting(piece.text):
                self.got.passed.append(piece.text)
                is_closed = True
            elif is_closed and is_person(piece.text) and "name" not in self.got.found:
                self.got.put("name", piece.text, Confidence.GUESS, piece.text)
            elif re.fullmatch(r"\d{9,13}", piece.text) and "phone_number" not in self.got.found:
                self.got.put("phone_number", piece.text, Confidence.GUESS, piece.text)
            else:
                self.got.leave(piece.text)

    def _read_above(self, pieces: list[StreetPart], is_glued: bool) -> None:
        signed = self.got.found.get("name")
        is_signed = signed is not None and signed.sure is Confidence.GUESS
        block = self._block_above(pieces)
        if is_glued and len(block) == 1 and ("name" not in self.got.found or is_signed):
            block = split_name(block[0])
        place = street_index([piece.text for piece in block], alone="name" in self.got.found and not is_signed)
        before = block if place is None else block[:place]
        if is_signed and signed is not None and any(is_person(piece.text) for piece in before):
            # Who signs is another one, or the same.
            del self.got.found["name"]
            self._read_names(before)
            named = self.got.found.get("name")
            same = named is not None and set(normalize(signed.value).split()) <= set(normalize(named.value).split())
            (self.got.passed if same else self.got.left).append(signed.words)
        else:
            self._read_names(before)
        if place is not None:
            self._read_street(block[place])
            for piece in block[place + 1 :]:
                self._read_detail(piece.text)
        self._box_as_street()

    def _block_above(self, pieces: Sequence[StreetPart]) -> list[StreetPart]:
        """The pieces above the postcode that belong to the address, its number joined to its street."""
        block: list[StreetPart] = []
        has_street = False
        rest = list(pieces)
        is_open = all(piece.gap for piece in rest[1:])
        while rest and len(block) < _MOST_ABOVE:
            piece = rest[-1]
            if words_of.is_greeting(piece.text) or words_of.is_closing(piece.text):
                break
            if words_of.is_prose(piece.text):
                name = after_prose(piece.text)
                if not (piece.row == block[0].row if block else street_score(name) > 1):
                    name = ""
                if name:
                    self.got.leave(piece.text[: -len(name)].strip())
                    block.insert(0, StreetPart(name, piece.row))
                    rest.pop()
                break
            if block and block[0].gap and block[0].row != piece.row and has_street and len(block) > 1 and not is_open:
                break
            has_street = has_street or bool(street_score(piece.text))
            block[:0] = split_name_at_comma(piece)
            rest.pop()
        for piece in rest:
            if words_of.is_greeting(piece.text) or words_of.is_closing(piece.text):
                self.got.passed.append(piece.text)
            else:
                self.got.leave(piece.text)
        return self._with_numbers(block)

    def _with_numbers(self, block: list[StreetPart]) -> list[StreetPart]:
        """A number between commas goes back to its street; one on a line of its own stood apart."""
        joined: list[StreetPart] = []
        for place, piece in enumerate(block):
            if not NUMBER_ALONE.fullmatch(piece.text):
                if joined and NUMBER_ALONE.fullmatch(joined[-1].text) and joined[-1].row == piece.row:
                    piece = StreetPart(f"{joined.pop().text}, {piece.text}", piece.row, piece.gap)
                joined.append(piece)
                continue
            beside = joined[-1] if joined else None
            following = block[place + 1].text if place + 1 < len(block) and block[place + 1].row == piece.row else ""
            leads = bool(words_of.street_words(following)) and not re.search(r"\d", following)
            if beside is not None and words_of.street_words(beside.text):
                leads = False
            if not leads and beside is not None and beside.row == piece.row and not re.search(r"\d", beside.text):
                joined[-1] = StreetPart(f"{beside.text}, {piece.text}", beside.row, beside.gap)
            elif following:
                joined.append(piece)
            elif "house_number" not in self.got.found and len(block) > 1:
                self.got.put("house_number", piece.text, Confidence.SURE, piece.text)
            else:
                joined.append(piece)
        return joined

    def _read_names(self, pieces: Sequence[StreetPart]) -> None:
        """Who it is for, and what else stands above the street."""
        plain_ones: list[str] = []
        for piece in pieces:
            text, comma, unit = piece.text.rpartition(", ")
            if comma and words_of.is_unit(unit) and not words_of.is_unit(text):
                self.got.join("address_line_2", unit, Confidence.LIKELY, unit)
            else:
                text = piece.text
            if words_of.is_honorific(text):
                self.got.passed.append(text)
            elif person := words_of.attention(text):
                self.got.put("name", person, Confidence.SURE, text)
            elif words_of.is_box(text) or words_of.locker_code(text):
                self._read_detail(text)
            elif words_of.is_unit(text):
                self.got.join("address_line_2", text, Confidence.LIKELY, text)
            elif words_of.is_company(text) and "company_name" not in self.got.found:
                sure = Confidence.SURE if words_of.company_countries(text) is not None else Confidence.LIKELY
                self.got.put("company_name", text, sure, text)
            else:
                plain_ones.append(text)
        self._read_plain_names(plain_ones)

    def _read_plain_names(self, texts: list[str]) -> None:
        titled = next((place for place, text in enumerate(texts) if words_of.has_honorific(text)), 0)
        if texts and "name" not in self.got.found:
            name = texts.pop(titled)
            sure = Confidence.LIKELY if is_person(name) else Confidence.GUESS
            self.got.put("name", name, sure, name)
        for text in texts:
            is_house = normalize(text).startswith("the ") and self.got.value("country_code") == "GB"
            if is_house:
                self.got.join("address_line_2", text, Confidence.GUESS, text)
            elif "company_name" not in self.got.found and not re.search(r"\d", text):
                self.got.put("company_name", text, Confidence.GUESS, text)
            else:
                self.got.join("address_line_2", text, Confidence.GUESS, text)

    def _read_street(self, piece: StreetPart) -> None:
        text = piece.text
        if words_of.is_box(text):
            self._read_detail(text)
            return
        parts = text.split(", ")
        units: list[str] = []
        while len(parts) > 1 and words_of.is_unit(parts[-1]):
            units.insert(0, parts.pop())
        while len(parts) > 1 and words_of.is_unit(parts[0]):
            units.append(parts.pop(0))
        for unit in units:
            self.got.join("address_line_2", unit, Confidence.LIKELY, unit)
        text = ", ".join(parts)
        sure = (
            Confidence.SURE
            if words_of.is_locker(text)
            else Confidence.LIKELY
            if street_score(text) > 1
            else Confidence.GUESS
        )
        self.got.put("address_line_1", text, sure, text)

    def _read_detail(self, text: str) -> None:
        """What stands beside a street: a box, a locker's code, a floor, a part of the town."""
        if words_of.is_box(text):
            self.got.put("po_box", text, Confidence.SURE, text)
        elif code := words_of.locker_code(text):
            self.got.put("po_box", code, Confidence.LIKELY, text)
        elif words_of.is_closing(text) or words_of.is_prose(text):
            self.got.leave(text)
        else:
            self.got.join(
                "address_line_2", text, Confidence.LIKELY if words_of.is_unit(text) else Confidence.GUESS, text
            )

    def _box_as_street(self) -> None:
        """The service wants a street; where there is a box only, carriers print that."""
        box = self.got.found.get("po_box")
        if box is not None and "address_line_1" not in self.got.found and words_of.is_box(box.value):
            self.got.put("address_line_1", box.value, Confidence.GUESS, "")

    # Without a postcode.

    def _read_without(self, pieces: list[StreetPart]) -> None:
        """A street with a number, and what stands around it; else nothing but the country is known."""
        texts = [piece.text for piece in pieces]
        scores = [0 if words_of.is_prose(text) else street_score(text) for text in texts]
        place = scores.index(max(scores)) if scores and max(scores) > 2 else None
        if place is None or "address_line_1" in self.got.found:
            self._read_loose(pieces)
            return
        below = pieces[place + 1 :]
        while below and words_of.is_unit(below[0].text):
            self.got.join("address_line_2", below[0].text, Confidence.LIKELY, below[0].text)
            del below[0]
        if below and "city" not in self.got.found and _is_town(below[0].text):
            self.got.put("city", below[0].text, Confidence.GUESS, below[0].text)
            del below[0]
        if below and (code := country_named(below[0].text)):
            self.got.put("country_code", code, Confidence.SURE, below[0].text)
            del below[0]
        self._read_signature(below)
        self._read_above(pieces[: place + 1], is_glued=False)

    def _read_loose(self, pieces: Sequence[StreetPart]) -> None:
        """Nothing here says where; labels may have said it."""
        is_short = len(pieces) == 1
        is_closed = False
        for piece in pieces:
            text = piece.text
            if code := country_named(text):
                self.got.put("country_code", code, Confidence.SURE, text)
            elif words_of.is_greeting(text) or words_of.is_closing(text):
                is_closed = is_closed or words_of.is_closing(text)
                self.got.passed.append(text)
            elif words_of.is_box(text):
                self.got.put("po_box", text, Confidence.SURE, text)
            elif person := words_of.attention(text):
                self.got.put("name", person, Confidence.SURE, text)
            elif words_of.company_countries(text) is not None and not words_of.is_prose(text):
                self.got.put("company_name", text, Confidence.LIKELY, text)
            elif is_short and street_score(text) > 1 and not words_of.is_prose(text):
                self.got.put("address_line_1", text, Confidence.LIKELY, text)
            elif is_closed and is_person(text) and self.got.found and "name" not in self.got.found:
                self.got.put("name", text, Confidence.GUESS, text)
            else:
                self.got.leave(text)
        self._box_as_street()

    # The country.

    def _take_country(self, anchor: PostcodeMatch) -> None:
        if anchor.named:
            self.got.put("country_code", anchor.country, Confidence.SURE, anchor.named)
        elif anchor.tied:
            self.got.maybe = anchor.tied
        elif "country_code" not in self.got.found and self.evidence.named in ("", anchor.country):
            self.got.put("country_code", anchor.country, Confidence.LIKELY, "")

    def _take_state(self, anchor: PostcodeMatch) -> None:
        if anchor.state:
            self.got.put("state_province_code", anchor.state, Confidence.SURE, anchor.state_words)

    def _take_country_by_labels(self) -> None:
        """By a postcode that had a label, if nothing else told the country; and the state by the country."""
        postcode = self.got.value("postal_code")
        if postcode and "country_code" not in self.got.found and not self.got.maybe:
            anchor = best_postcode(postcode, self.evidence)
            if anchor is not None and not anchor.tied:
                self.got.put("country_code", anchor.country, Confidence.LIKELY, "")
            elif anchor is not None:
                self.got.maybe = anchor.tied
        state = self.got.found.get("state_province_code")
        country = self.got.value("country_code") or self.evidence.current
        if state is not None and country and (code := state_named(country, state.value)):
            self.got.found["state_province_code"] = FoundValue(state.field, code, Confidence.SURE, state.words)


def _is_town(text: str) -> bool:
    """Whether it may be a town and is nothing else that stands below a street."""
    is_else = country_named(text) or words_of.is_closing(text) or words_of.is_prose(text)
    return is_city(text) and not is_else


def _unstopped(text: str) -> str:
    """Without the stop at its end, if that ends a sentence and no abbreviation."""
    text = text.strip()
    word = text.rpartition(" ")[2]
    return (
        text[:-1]
        if re.fullmatch(r"[^\W\d_]{4,}[.!?]", word) and normalize(word[:-1])[-3:] != "str"
        else text.strip(".") and text
    )

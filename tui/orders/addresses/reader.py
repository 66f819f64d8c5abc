"""Parses a block of text, as people write addresses, into address fields.

Nothing is corrected: values are words of the text, and words without a field are reported. The postcode is found first,
by the formats of the likely countries. The lines above and below are read relative to it.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tui.api.codec import Document
from tui.orders.addresses import vocabulary
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

_MAX_LINES_ABOVE: Final = 8
_SEPARATOR: Final = re.compile(
    r"\s*[,;|•·]\s*|\s+[-–—]\s+(?=\d|\D{3})"
    r"|(?:(?:(?<=[^\W\d_]{4})|(?<=\d[A-Z]{2}))[.!?]\s+(?=[^\W\d_])|(?<=[^\W\d_]{6})[.!?]\s+(?=\d))(?<![Ss][Tt][Rr]\. )"
)
"""Separators between the parts of an address on one line: commas, bars, dashes, and the end of a sentence."""


def read_address(
    text: str, current: Document | None = None, *, choice: int = 0, billing: bool = False
) -> ParsedAddress:
    """Parse an address. `current`: the order's address, used to decide what the text leaves open.

    `choice` selects one of several addresses; those under a heading of the wanted kind come first. Any text is accepted.
    A text of 64 KB is parsed in well under a second.
    """
    cleaned = clean(text)
    country = current.get("country_code") if current is not None else None
    sections_ = _addresses(sections(cleaned), country if isinstance(country, str) else "", billing)
    chosen = sections_[choice % len(sections_)] if sections_ else None
    reader = _AddressReader(Evidence.of(cleaned, country if isinstance(country, str) else ""))
    if chosen is not None:
        reader.read(chosen)
        for part in sections_:
            if part is not chosen:
                reader.skip(part)
    other_addresses = sum(_has_address(part, reader.evidence) for part in sections_ if part is not chosen)
    return reader.parsed.result(cleaned, other_addresses)


def _addresses(parts: list[AddressSection], country: str, billing: bool) -> list[AddressSection]:
    """Sort the sections so that those with an address of the wanted kind come first."""
    evidence = Evidence.of("", country)
    apart = [text_part for part in parts for text_part in _split_at_postcodes(part, evidence)]
    wanted = "billing" if billing else "header"
    rank = {"": 1, "header": 1, "billing": 2, "old": 3} | {wanted: 0}
    ordered = sorted(apart, key=lambda part: (not _has_address(part, evidence), rank[part.kind]))
    with_address = [part for part in ordered if _has_address(part, evidence)]
    if len(with_address) > 1:
        return ordered
    # With only one address, all headings and labels belong to it, in any order.
    return [_join(apart)] if not any(part.kind == "old" for part in apart) else ordered


def _join(parts: Sequence[AddressSection]) -> AddressSection:
    whole = AddressSection()
    for part in parts:
        for name in ("lines", "labelled", "ignored", "unplaced"):
            getattr(whole, name).extend(getattr(part, name))
    return whole


def _has_address(part: AddressSection, evidence: Evidence) -> bool:
    labels = {kind for kind, _, _ in part.labelled}
    if labels & {"postal_code", "place"} or {"street", "city"} <= labels:
        return True
    return any(found.certain for line in part.lines if (found := best_postcode(line.text, evidence)) is not None)


def _split_at_postcodes(part: AddressSection, evidence: Evidence) -> list[AddressSection]:
    """Split a section between its postcodes, if it has several."""
    places = [
        index
        for index, line in enumerate(part.lines)
        if (found := best_postcode(line.text, evidence)) is not None and found.certain
    ]
    if len(places) < 2:
        return [part]
    cuts = [0]
    for index, following in pairwise(places):
        gaps = [n for n in range(index + 1, following + 1) if part.lines[n].gap]
        after = index + 1
        while after < following and country_named(part.lines[after].text):
            after += 1
        cuts.append(gaps[-1] if gaps else after)
    cuts.append(len(part.lines))
    pieces = [AddressSection(part.kind, part.lines[a:b]) for a, b in pairwise(cuts)]
    pieces[0].labelled, pieces[0].ignored, pieces[0].unplaced = part.labelled, part.ignored, part.unplaced
    return pieces


class _AddressReader:
    """Reads one section of a text."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.parsed = ParsedFields()

    def skip(self, part: AddressSection) -> None:
        """Report all words of a section that is not read."""
        for line in part.lines:
            is_polite = vocabulary.is_greeting(line.text) or vocabulary.is_closing(line.text)
            (self.parsed.ignored if is_polite else self.parsed.unplaced).append(line.text)
        self.parsed.unplaced += [words for _, _, words in part.labelled] + part.unplaced
        self.parsed.ignored += part.ignored

    def read(self, part: AddressSection) -> None:
        self.parsed.ignored += part.ignored
        self.parsed.unplaced += part.unplaced
        read_labels(self.parsed, part.labelled, self.evidence)
        pieces = self._pieces(part)
        seen = [
            *(line.text for line in part.lines),
            *(piece.text for piece in pieces),
            self.parsed.value("address_line_1"),
        ]
        self.evidence = self.evidence.with_lines(seen, self.parsed.value("country_code"))
        index, match = self._find_match(pieces)
        if match is not None:
            self._read_around_postcode(pieces, index, match)
        else:
            self._read_without_postcode(pieces)
        self._complete_country_and_state()

    # Pieces.

    def _pieces(self, part: AddressSection) -> list[StreetPart]:
        """The unlabelled lines without e-mail and phone; a line with the postcode is split at its separators."""
        pieces: list[StreetPart] = []
        for row, line in enumerate(part.lines):
            text = without_contacts(self.parsed, line.text)
            if not text.strip(" ,;.:-<>()|/"):
                continue
            found = [stopped for part in _SEPARATOR.split(text) if (stopped := _strip_full_stop(part))]
            if len(found) < 2 or not self._should_split(found):
                found = [text]
            kept = (
                found
                if len(found) == 1
                else [rest for text_part in found if (rest := without_phone(self.parsed, text_part))]
            )
            pieces += [StreetPart(text_part, row, line.gap) for text_part in kept]
        return pieces

    def _should_split(self, found: Sequence[str]) -> bool:
        """Whether the parts of a line are parts of an address: one of them has the postcode or the country."""
        return bool(country_named(found[-1])) or any(
            best_postcode(text_part, self.evidence) is not None for text_part in found
        )

    # Around the postcode.

    def _find_match(self, pieces: Sequence[StreetPart]) -> tuple[int, PostcodeMatch | None]:
        best: PostcodeMatch | None = None
        best_index = -1
        for index, piece in enumerate(pieces):
            found = find_postcode(piece.text, self.evidence, is_prose=vocabulary.is_prose(piece.text))
            if found is not None and (best is None or found.score > best.score):
                best, best_index = found, index
        return best_index, best

    def _read_around_postcode(self, pieces: list[StreetPart], index: int, match: PostcodeMatch) -> None:
        line_part = pieces[index]
        above, below = pieces[:index], pieces[index + 1 :]
        self.parsed.put(
            "postal_code", match.postcode, Confidence.SURE if match.certain else Confidence.LIKELY, match.source
        )
        self._put_country(match)
        city = match.city
        if match.country == "GB" and is_british_county(city) and above and _is_town(above[-1].text):
            self.parsed.put("state_province_code", state_named("GB", city), Confidence.LIKELY, city)
            city = above.pop().text
            self.parsed.put("city", city, Confidence.LIKELY, city)
        elif city:
            self.parsed.put("city", city, Confidence.LIKELY if match.certain else Confidence.GUESS, match.city_words)
        elif "city" not in self.parsed.found:
            self._read_city_beside(match, above, below)
        self._put_state(match)
        if match.before:
            above.append(StreetPart(match.before, line_part.row))
        below = self._read_below(below, match)
        self._read_signature(below)
        self._read_above(above, is_glued=bool(match.before))

    def _read_city_beside(self, match: PostcodeMatch, above: list[StreetPart], below: list[StreetPart]) -> None:
        """Read the city from the line next to the postcode: below if the country writes it after the postcode, else above."""
        following = below[0].text if below else ""
        if (
            match.precedes_city
            and is_city(following)
            and not country_named(following)
            and not vocabulary.is_closing(following)
        ):
            self.parsed.put("city", following, Confidence.LIKELY, following)
            del below[0]
            return
        if match.country == "GB" and len(above) > 2 and is_british_county(above[-1].text) and is_city(above[-2].text):
            county = above.pop().text
            self.parsed.put("state_province_code", state_named("GB", county), Confidence.LIKELY, county)
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
        if match.has_state and not match.state:
            words = text.split()
            if len(words) > 1 and (code := state_named(match.country, words[-1])):
                self.parsed.put("state_province_code", code, Confidence.LIKELY, words[-1])
                text = " ".join(words[:-1])
        self.parsed.put("city", text, Confidence.LIKELY, text)

    def _read_below(self, pieces: Sequence[StreetPart], match: PostcodeMatch) -> list[StreetPart]:
        """Read country and province below the postcode, and return the remaining parts."""
        rest = list(pieces)
        while rest:
            text = rest[0].text
            code = country_named(text)
            state = state_named(match.country, text) if match.has_state else ""
            if (
                state
                and "state_province_code" not in self.parsed.found
                and not (code and code == self.parsed.value("country_code"))
            ):
                self.parsed.put("state_province_code", state, Confidence.LIKELY, text)
            elif code and ("country_code" not in self.parsed.found or code == self.parsed.value("country_code")):
                known = self.parsed.found.pop("country_code", None)
                self.parsed.put(
                    "country_code",
                    code,
                    Confidence.SURE,
                    "\n".join(filter(None, (known.source if known is not None else "", text))),
                )
            elif (
                "city" not in self.parsed.found
                and is_city(text)
                and not vocabulary.is_closing(text)
                and not rest[0].gap
            ):
                self.parsed.put("city", text, Confidence.GUESS, text)
            else:
                break
            del rest[0]
        return rest

    def _read_signature(self, pieces: Sequence[StreetPart]) -> None:
        is_closed = False
        for piece in pieces:
            if vocabulary.is_closing(piece.text) or vocabulary.is_greeting(piece.text):
                self.parsed.ignored.append(piece.text)
                is_closed = True
            elif is_closed and is_person(piece.text) and "name" not in self.parsed.found:
                self.parsed.put("name", piece.text, Confidence.GUESS, piece.text)
            elif re.fullmatch(r"\d{9,13}", piece.text) and "phone_number" not in self.parsed.found:
                self.parsed.put("phone_number", piece.text, Confidence.GUESS, piece.text)
            else:
                self.parsed.add_unplaced(piece.text)

    def _read_above(self, pieces: list[StreetPart], is_glued: bool) -> None:
        signed = self.parsed.found.get("name")
        is_signed = signed is not None and signed.confidence is Confidence.GUESS
        block = self._block_above(pieces)
        if is_glued and len(block) == 1 and ("name" not in self.parsed.found or is_signed):
            block = split_name(block[0])
        index = street_index(
            [piece.text for piece in block], is_name_known="name" in self.parsed.found and not is_signed
        )
        before = block if index is None else block[:index]
        if is_signed and signed is not None and any(is_person(piece.text) for piece in before):
            # The signature may be another person, or the recipient.
            del self.parsed.found["name"]
            self._read_names(before)
            named = self.parsed.found.get("name")
            same = named is not None and set(normalize(signed.value).split()) <= set(normalize(named.value).split())
            (self.parsed.ignored if same else self.parsed.unplaced).append(signed.source)
        else:
            self._read_names(before)
        if index is not None:
            self._read_street(block[index])
            for piece in block[index + 1 :]:
                self._read_detail(piece.text)
        self._box_as_street()

    def _block_above(self, pieces: Sequence[StreetPart]) -> list[StreetPart]:
        """The parts above the postcode that belong to the address, with the number joined to its street."""
        block: list[StreetPart] = []
        has_street = False
        rest = list(pieces)
        is_open = all(piece.gap for piece in rest[1:])
        while rest and len(block) < _MAX_LINES_ABOVE:
            piece = rest[-1]
            if vocabulary.is_greeting(piece.text) or vocabulary.is_closing(piece.text):
                break
            if vocabulary.is_prose(piece.text):
                name = after_prose(piece.text)
                if not (piece.row == block[0].row if block else street_score(name) > 1):
                    name = ""
                if name:
                    self.parsed.add_unplaced(piece.text[: -len(name)].strip())
                    block.insert(0, StreetPart(name, piece.row))
                    rest.pop()
                break
            if block and block[0].gap and block[0].row != piece.row and has_street and len(block) > 1 and not is_open:
                break
            has_street = has_street or bool(street_score(piece.text))
            block[:0] = split_name_at_comma(piece)
            rest.pop()
        for piece in rest:
            if vocabulary.is_greeting(piece.text) or vocabulary.is_closing(piece.text):
                self.parsed.ignored.append(piece.text)
            else:
                self.parsed.add_unplaced(piece.text)
        return self._join_numbers(block)

    def _join_numbers(self, block: list[StreetPart]) -> list[StreetPart]:
        """Join a number between commas to its street. A number on its own line stays separate."""
        joined: list[StreetPart] = []
        for index, piece in enumerate(block):
            if not NUMBER_ALONE.fullmatch(piece.text):
                if joined and NUMBER_ALONE.fullmatch(joined[-1].text) and joined[-1].row == piece.row:
                    piece = StreetPart(f"{joined.pop().text}, {piece.text}", piece.row, piece.gap)
                joined.append(piece)
                continue
            beside = joined[-1] if joined else None
            following = block[index + 1].text if index + 1 < len(block) and block[index + 1].row == piece.row else ""
            leads = bool(vocabulary.street_words(following)) and not re.search(r"\d", following)
            if beside is not None and vocabulary.street_words(beside.text):
                leads = False
            if not leads and beside is not None and beside.row == piece.row and not re.search(r"\d", beside.text):
                joined[-1] = StreetPart(f"{beside.text}, {piece.text}", beside.row, beside.gap)
            elif following:
                joined.append(piece)
            elif "house_number" not in self.parsed.found and len(block) > 1:
                self.parsed.put("house_number", piece.text, Confidence.SURE, piece.text)
            else:
                joined.append(piece)
        return joined

    def _read_names(self, pieces: Sequence[StreetPart]) -> None:
        """Read the recipient and other lines above the street."""
        plain_ones: list[str] = []
        for piece in pieces:
            text, comma, unit = piece.text.rpartition(", ")
            if comma and vocabulary.is_unit(unit) and not vocabulary.is_unit(text):
                self.parsed.join("address_line_2", unit, Confidence.LIKELY, unit)
            else:
                text = piece.text
            if vocabulary.is_honorific(text):
                self.parsed.ignored.append(text)
            elif person := vocabulary.attention(text):
                self.parsed.put("name", person, Confidence.SURE, text)
            elif vocabulary.is_box(text) or vocabulary.locker_code(text):
                self._read_detail(text)
            elif vocabulary.is_unit(text):
                self.parsed.join("address_line_2", text, Confidence.LIKELY, text)
            elif vocabulary.is_company(text) and "company_name" not in self.parsed.found:
                confidence = Confidence.SURE if vocabulary.company_countries(text) is not None else Confidence.LIKELY
                self.parsed.put("company_name", text, confidence, text)
            else:
                plain_ones.append(text)
        self._read_plain_names(plain_ones)

    def _read_plain_names(self, texts: list[str]) -> None:
        titled = next((index for index, text in enumerate(texts) if vocabulary.has_honorific(text)), 0)
        if texts and "name" not in self.parsed.found:
            name = texts.pop(titled)
            confidence = Confidence.LIKELY if is_person(name) else Confidence.GUESS
            self.parsed.put("name", name, confidence, name)
        for text in texts:
            is_house = normalize(text).startswith("the ") and self.parsed.value("country_code") == "GB"
            if is_house:
                self.parsed.join("address_line_2", text, Confidence.GUESS, text)
            elif "company_name" not in self.parsed.found and not re.search(r"\d", text):
                self.parsed.put("company_name", text, Confidence.GUESS, text)
            else:
                self.parsed.join("address_line_2", text, Confidence.GUESS, text)

    def _read_street(self, piece: StreetPart) -> None:
        text = piece.text
        if vocabulary.is_box(text):
            self._read_detail(text)
            return
        parts = text.split(", ")
        units: list[str] = []
        while len(parts) > 1 and vocabulary.is_unit(parts[-1]):
            units.insert(0, parts.pop())
        while len(parts) > 1 and vocabulary.is_unit(parts[0]):
            units.append(parts.pop(0))
        for unit in units:
            self.parsed.join("address_line_2", unit, Confidence.LIKELY, unit)
        text = ", ".join(parts)
        confidence = (
            Confidence.SURE
            if vocabulary.is_locker(text)
            else Confidence.LIKELY
            if street_score(text) > 1
            else Confidence.GUESS
        )
        self.parsed.put("address_line_1", text, confidence, text)

    def _read_detail(self, text: str) -> None:
        """Read a line next to the street: a PO box, a locker code, a floor, a district."""
        if vocabulary.is_box(text):
            self.parsed.put("po_box", text, Confidence.SURE, text)
        elif code := vocabulary.locker_code(text):
            self.parsed.put("po_box", code, Confidence.LIKELY, text)
        elif vocabulary.is_closing(text) or vocabulary.is_prose(text):
            self.parsed.add_unplaced(text)
        else:
            self.parsed.join(
                "address_line_2", text, Confidence.LIKELY if vocabulary.is_unit(text) else Confidence.GUESS, text
            )

    def _box_as_street(self) -> None:
        """Use a PO box as the street if there is none, because the service requires a street and carriers print it."""
        box = self.parsed.found.get("po_box")
        if box is not None and "address_line_1" not in self.parsed.found and vocabulary.is_box(box.value):
            self.parsed.put("address_line_1", box.value, Confidence.GUESS, "")

    # Without a postcode.

    def _read_without_postcode(self, pieces: list[StreetPart]) -> None:
        """Read a street with a number and the lines around it. Without one, only the country can be known."""
        texts = [piece.text for piece in pieces]
        scores = [0 if vocabulary.is_prose(text) else street_score(text) for text in texts]
        index = scores.index(max(scores)) if scores and max(scores) > 2 else None
        if index is None or "address_line_1" in self.parsed.found:
            self._read_loose_lines(pieces)
            return
        below = pieces[index + 1 :]
        while below and vocabulary.is_unit(below[0].text):
            self.parsed.join("address_line_2", below[0].text, Confidence.LIKELY, below[0].text)
            del below[0]
        if below and "city" not in self.parsed.found and _is_town(below[0].text):
            self.parsed.put("city", below[0].text, Confidence.GUESS, below[0].text)
            del below[0]
        if below and (code := country_named(below[0].text)):
            self.parsed.put("country_code", code, Confidence.SURE, below[0].text)
            del below[0]
        self._read_signature(below)
        self._read_above(pieces[: index + 1], is_glued=False)

    def _read_loose_lines(self, pieces: Sequence[StreetPart]) -> None:
        """Read lines without a postcode or street. Labels may have given those."""
        is_short = len(pieces) == 1
        is_closed = False
        for piece in pieces:
            text = piece.text
            if code := country_named(text):
                self.parsed.put("country_code", code, Confidence.SURE, text)
            elif vocabulary.is_greeting(text) or vocabulary.is_closing(text):
                is_closed = is_closed or vocabulary.is_closing(text)
                self.parsed.ignored.append(text)
            elif vocabulary.is_box(text):
                self.parsed.put("po_box", text, Confidence.SURE, text)
            elif person := vocabulary.attention(text):
                self.parsed.put("name", person, Confidence.SURE, text)
            elif vocabulary.company_countries(text) is not None and not vocabulary.is_prose(text):
                self.parsed.put("company_name", text, Confidence.LIKELY, text)
            elif is_short and street_score(text) > 1 and not vocabulary.is_prose(text):
                self.parsed.put("address_line_1", text, Confidence.LIKELY, text)
            elif is_closed and is_person(text) and self.parsed.found and "name" not in self.parsed.found:
                self.parsed.put("name", text, Confidence.GUESS, text)
            else:
                self.parsed.add_unplaced(text)
        self._box_as_street()

    # The country.

    def _put_country(self, match: PostcodeMatch) -> None:
        if match.named:
            self.parsed.put("country_code", match.country, Confidence.SURE, match.named)
        elif match.candidates:
            self.parsed.possible_countries = match.candidates
        elif "country_code" not in self.parsed.found and self.evidence.named in ("", match.country):
            self.parsed.put("country_code", match.country, Confidence.LIKELY, "")

    def _put_state(self, match: PostcodeMatch) -> None:
        if match.state:
            self.parsed.put("state_province_code", match.state, Confidence.SURE, match.state_words)

    def _complete_country_and_state(self) -> None:
        """Find the country by a labelled postcode, if it is still unknown, and the state by the country."""
        postcode = self.parsed.value("postal_code")
        if postcode and "country_code" not in self.parsed.found and not self.parsed.possible_countries:
            match = best_postcode(postcode, self.evidence)
            if match is not None and not match.candidates:
                self.parsed.put("country_code", match.country, Confidence.LIKELY, "")
            elif match is not None:
                self.parsed.possible_countries = match.candidates
        state = self.parsed.found.get("state_province_code")
        country = self.parsed.value("country_code") or self.evidence.current
        if state is not None and country and (code := state_named(country, state.value)):
            self.parsed.found["state_province_code"] = FoundValue(state.field, code, Confidence.SURE, state.source)


def _is_town(text: str) -> bool:
    """Whether the text may be a town and is nothing else that is written below a street."""
    is_else = country_named(text) or vocabulary.is_closing(text) or vocabulary.is_prose(text)
    return is_city(text) and not is_else


def _strip_full_stop(text: str) -> str:
    """Remove a final full stop if it ends a sentence rather than an abbreviation."""
    text = text.strip()
    word = text.rpartition(" ")[2]
    return (
        text[:-1]
        if re.fullmatch(r"[^\W\d_]{4,}[.!?]", word) and normalize(word[:-1])[-3:] != "str"
        else text.strip(".") and text
    )

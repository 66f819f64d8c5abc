"""Values that stand behind a label: `Straße: Hauptstr. 5`."""

from collections.abc import Iterable

from tui.orders.addresses import vocabulary as words_of
from tui.orders.addresses.contacts import EMAIL, PHONE, strip_punctuation
from tui.orders.addresses.formats import country_named
from tui.orders.addresses.postcodes import Evidence, best_postcode
from tui.orders.addresses.result import Confidence, ParsedFields


def read_labels(got: ParsedFields, labelled: Iterable[tuple[str, str, str]], evidence: Evidence) -> None:
    """Take all that stood behind a label, which says surely what it is."""
    names: dict[str, tuple[str, str]] = {}
    numbers: list[tuple[str, str]] = []
    for kind, value, words in labelled:
        match kind:
            case "given" | "family":
                names.setdefault(kind, (value, words)) if kind not in names else got.leave(words)
            case "number" | "addition":
                numbers.append((value, words))
            case "street":
                got.put("address_line_1", value, Confidence.SURE, words)
            case "place":
                _read_place(got, value, words, evidence)
            case "country":
                code = country_named(value)
                got.put("country_code", code, Confidence.SURE, words)
            case "state":
                got.put("state_province_code", value, Confidence.LIKELY, words)
            case "phone_number":
                _read_phone_label(got, value, words)
            case "email":
                found = next((token for token in map(strip_punctuation, value.split()) if EMAIL.fullmatch(token)), "")
                got.put("email", found, Confidence.SURE, words)
            case "po_box":
                code = words_of.locker_code(value)
                got.put("po_box", code or words, Confidence.SURE, words)
            case _:
                got.put(kind, value, Confidence.SURE, words)
    named = got.found.get("name")
    if "family" in names and "given" not in names and named is not None:
        # Where the given name is only called name.
        names["given"] = (named.value, named.words)
        del got.found["name"]
    if names:
        both = [names[kind] for kind in ("given", "family") if kind in names]
        got.put("name", " ".join(value for value, _ in both), Confidence.SURE, "\n".join(words for _, words in both))
    if numbers:
        number = " ".join(value for value, _ in numbers)
        got.put("house_number", number, Confidence.SURE, "\n".join(words for _, words in numbers))


def _read_place(got: ParsedFields, value: str, words: str, evidence: Evidence) -> None:
    anchor = best_postcode(value, evidence)
    if anchor is None:
        got.put("city", value, Confidence.LIKELY, words)
        return
    got.put("postal_code", anchor.postcode, Confidence.SURE, words)
    got.put("city", anchor.city, Confidence.SURE, "")
    if anchor.state:
        got.put("state_province_code", anchor.state, Confidence.SURE, anchor.state_words)


def _read_phone_label(got: ParsedFields, value: str, words: str) -> None:
    tokens = value.split()
    inside = next((token for token in map(strip_punctuation, tokens) if EMAIL.fullmatch(token)), "")
    number = " ".join(token for token in tokens if inside not in token or not inside)
    found = PHONE.match(number)
    if found is None:
        got.leave(words)
        return
    rest = number[found.end() :].strip(" ,;/|")
    got.put("phone_number", found[0], Confidence.SURE, words.replace(rest, "") if rest else words)
    got.leave(rest)
    if inside:
        got.put("email", inside, Confidence.LIKELY, "")

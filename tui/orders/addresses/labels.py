"""Reads values that follow a label: `Straße: Hauptstr. 5`."""

from collections.abc import Iterable

from tui.orders.addresses import vocabulary
from tui.orders.addresses.contacts import EMAIL, PHONE, strip_punctuation
from tui.orders.addresses.formats import country_named
from tui.orders.addresses.postcodes import Evidence, best_postcode
from tui.orders.addresses.result import Confidence, ParsedFields


def read_labels(parsed: ParsedFields, labelled: Iterable[tuple[str, str, str]], evidence: Evidence) -> None:
    """Read all labelled values. The label decides the field."""
    names: dict[str, tuple[str, str]] = {}
    numbers: list[tuple[str, str]] = []
    for kind, value, source in labelled:
        match kind:
            case "given" | "family":
                names.setdefault(kind, (value, source)) if kind not in names else parsed.add_unplaced(source)
            case "number" | "addition":
                numbers.append((value, source))
            case "street":
                parsed.put("address_line_1", value, Confidence.SURE, source)
            case "place":
                _read_place(parsed, value, source, evidence)
            case "country":
                code = country_named(value)
                parsed.put("country_code", code, Confidence.SURE, source)
            case "state":
                parsed.put("state_province_code", value, Confidence.LIKELY, source)
            case "phone_number":
                _read_phone_label(parsed, value, source)
            case "email":
                found = next((token for token in map(strip_punctuation, value.split()) if EMAIL.fullmatch(token)), "")
                parsed.put("email", found, Confidence.SURE, source)
            case "po_box":
                code = vocabulary.locker_code(value)
                parsed.put("po_box", code or source, Confidence.SURE, source)
            case _:
                parsed.put(kind, value, Confidence.SURE, source)
    named = parsed.found.get("name")
    if "family" in names and "given" not in names and named is not None:
        # The given name may only be labelled "name".
        names["given"] = (named.value, named.source)
        del parsed.found["name"]
    if names:
        both = [names[kind] for kind in ("given", "family") if kind in names]
        parsed.put(
            "name", " ".join(value for value, _ in both), Confidence.SURE, "\n".join(source for _, source in both)
        )
    if numbers:
        number = " ".join(value for value, _ in numbers)
        parsed.put("house_number", number, Confidence.SURE, "\n".join(source for _, source in numbers))


def _read_place(parsed: ParsedFields, value: str, source: str, evidence: Evidence) -> None:
    match = best_postcode(value, evidence)
    if match is None:
        parsed.put("city", value, Confidence.LIKELY, source)
        return
    parsed.put("postal_code", match.postcode, Confidence.SURE, source)
    parsed.put("city", match.city, Confidence.SURE, "")
    if match.state:
        parsed.put("state_province_code", match.state, Confidence.SURE, match.state_words)


def _read_phone_label(parsed: ParsedFields, value: str, source: str) -> None:
    tokens = value.split()
    email = next((token for token in map(strip_punctuation, tokens) if EMAIL.fullmatch(token)), "")
    number = " ".join(token for token in tokens if email not in token or not email)
    found = PHONE.match(number)
    if found is None:
        parsed.add_unplaced(source)
        return
    rest = number[found.end() :].strip(" ,;/|")
    parsed.put("phone_number", found[0], Confidence.SURE, source.replace(rest, "") if rest else source)
    parsed.add_unplaced(rest)
    if email:
        parsed.put("email", email, Confidence.LIKELY, "")

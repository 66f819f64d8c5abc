"""Detects one-byte encodings by the words that their letters make.

Every candidate decodes every byte to something, so a wrong one is recognised by its words only: symbols and control
characters inside words (`Grš§e`), capitals after small letters (`JŸrg`), and letters beside each other that no language
combines (`Dvoøák`).
"""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from tui.orders.patterns import late_pattern

ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
    "iso8859-15": "Latin-9",
    "mac_roman": "Mac Roman",
    "cp850": "DOS CP850",
    "cp437": "DOS CP437",
    "cp1250": "Windows-1250",
    "iso8859-2": "Latin-2",
    "cp852": "DOS CP852",
    "cp1254": "Windows-1254",
    "cp1257": "Windows-1257",
}
"""The supported encodings and their names."""

_OTHER_NAMES: Final = {"iso8859-1": "cp1252", "ascii": "utf-8", "utf-16": "utf-16-le", "iso8859-9": "cp1254"}
"""Encodings that are read as another one, by the names of Python's codecs."""

_PRIORS: Final = {
    "cp1252": 0.15,
    "mac_roman": 0.0,
    "cp850": 0.0,
    "cp437": -0.05,
    "iso8859-15": 0.0,
    "cp1250": 0.0,
    "cp1254": 0.0,
    "cp852": -0.1,
    "iso8859-2": -0.05,
}
"""The candidates, and how much likelier than others each is. Windows-1252 also stands for Latin-1."""

_SMALL_MARGIN: Final = 0.45
"""The lead per letter over the next best decoding below which an encoding is only a guess."""
_MAX_WORDS: Final = 1500
_MAX_LENGTH: Final = 60
"""The maximum number of characters of a word that is used."""
_MAX_BYTES: Final = 4_000_000
_WORD: Final = late_pattern(rb"(?<![A-Za-z0-9'.&-])[A-Za-z0-9'.&-]*+[\x80-\xff][A-Za-z0-9\x80-\xff'.&-]*")
"""A word with letters outside ASCII. It begins at its first letter, so that long words without any cost little."""

_ALPHABETS: Final = (
    "äöüß",  # German
    "éèêëàâçîïôûùüÿœæ",  # French
    "áéíóúñüçªº",  # Spanish
    "àèéìíîòóùú",  # Italian
    "àèéíïòóúüç",  # Catalan
    "ãõáâàéêíóôúüç",  # Portuguese
    "éëïöüóèêáíúàûâôîç",  # Dutch
    "åäöéüáà",  # Swedish and Finnish
    "æøåéüöäóèòô",  # Danish and Norwegian
    "áéíóúýðþæö",  # Icelandic
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "čćđšžëäöü",  # Croatian, Slovene, Serbian
    "ăâîșțşţ",  # Romanian
    "çğıöşüâîû",  # Turkish
    "äöõüšž",  # Estonian
    "āčēģīķļņšūž",  # Latvian
    "ąčęėįšųūž",  # Lithuanian
)
_WEIGHTS: Final = {
    sign: weight
    for signs, weight in (
        ("ăąćčďđěęğıłľĺńňőŕřśșşšťțţůűźżžāēģīķļņūėįų", 0.55),
        ("ÿ", 0.2),
        ("ðþœìýò", 0.45),
        ("êâîôûïëãõúæù", 0.9),
        ("äöüéßèàáíóøåçñ", 1.0),
    )
    for sign in signs
}
"""How usual a letter is in European names, at most 1."""
_VOWELS: Final = frozenset("aeiouyäöüéèêëàâîïôûùáíóúãõåæøìòýąęěůőűăıāēīūėįųœÿ")
_TYPOGRAPHIC: Final = frozenset("‘’“”„–—…€£§°®©™«»·•¿¡²³½¼¾´ºª\xa0¨±")

_IMPOSSIBLE: Final = late_pattern(
    "|".join(
        (
            r"ñ(?![aeiouáéíóúü'])",  # ń of Polish
            r"(?:cz|sz|rz|zw|[zkw])[êñæ]",
            r"[aeiou]æ",  # ć at the end of Croatian names
            r"æ(?![a-zåøéóò])",
            r"(?:[èê][aoué])|[aeiou]è[aeiouáé]",  # č
            r"[aeiouáéí]ø|ø[áéí]",  # ř
            r"[ìù][b-df-hj-np-tv-z]",  # ě and ů
            r"[a-zçöüý]þ|\bý[bcdfghjklmnpqrstvz]|ð[dct]|yý",  # ş, İ, ğ and ı
            r"[qwzcşç][a-zýðþ]*[ðþ]|[ðþ][a-zýðþ]*[qwzcüç]|[bcdfghjklmnprstvz]ý[a-zý]*[zw]",
            r"\bð|\bğ|\bı",
            r"[bdfghjklmnpqrstvwxz]č(?:[bcdfgjlmnpqrstvwxz]|e[a-z]?s\b)",  # è
            r"ŕ(?![a-z])|[a-z]ŕ[aeou]|ę[aeou]|ň[bcdfghjlmpqrtvwxz]|ů[aeiouy]|ď[bcdfglmpqrstvwxz]|ľ[aeouy]{2}",
            r"aä|äa|[bcdfghjkmnpqrstvwxz]ı[bcdfghjkmpqrtvwxz]*(?:aa|w)",
            r"[kqwy][a-zăâî]*ţ|ţ[a-zăâî]*[kqwy]|[a-z]ê(?![a-z])",
            r"[a-zé]ă\b(?<!aă)|[ãå]š",
        )
    )
)
"""Letters that only a wrong decoding combines, each line for the letter that was meant."""


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """A detected encoding. `examples`: words as read, if the encoding is only a guess."""

    encoding: str
    examples: tuple[str, ...] = ()


def choose_encoding(data: bytes) -> EncodingChoice:
    """Choose the one-byte encoding that makes the likeliest words."""
    words = list(dict.fromkeys(islice((match[0] for match in _WORD.finditer(data[:_MAX_BYTES])), 20_000)))[:_MAX_WORDS]
    if not words:
        return EncodingChoice("cp1252")
    letters = sum(byte >= 0x80 for word in words for byte in word)
    readings = {encoding: [decode_bytes(word, encoding) for word in words] for encoding in _PRIORS}
    scores = {
        encoding: sum(map(_word_score, read)) / letters + _PRIORS[encoding] for encoding, read in readings.items()
    }
    best = max(scores, key=lambda encoding: scores[encoding])
    read = readings[best]
    has_rival = any(
        _lead(read, other) + _PRIORS[best] - _PRIORS[encoding] < _SMALL_MARGIN
        for encoding, other in readings.items()
        if other != read
    )
    if not has_rival and read == readings["cp1252"]:
        return EncodingChoice(best)
    lettered = [word.strip("'.&-") for word in read if any(_is_letter(sign) for sign in word if not sign.isascii())]
    return EncodingChoice(best, tuple(sorted(lettered, key=lambda word: not 4 <= len(word) <= 20)[:3]))


def likeliness(word: str) -> float:
    """How likely the letters outside ASCII of a word are, from about -4 to 1.5 for each; 0 without such letters."""
    count = sum(not sign.isascii() for sign in word)
    return _word_score(word) / count if count else 0.0


def encoding_named(name: str) -> str:
    """The supported encoding with this name, which may be spelled in any usual way. Raises ValueError."""
    by_label = {label.casefold(): encoding for encoding, label in ENCODINGS.items()}
    if (found := by_label.get(name.strip().casefold())) is not None:
        return found
    try:
        codec = codecs.lookup(name.strip().replace(" ", "_")).name
    except LookupError:
        codec = ""
    by_codec = {codecs.lookup(encoding).name: encoding for encoding in ENCODINGS}
    if (found := by_codec.get(_OTHER_NAMES.get(codec, codec))) is None:
        raise ValueError(f"{name[:40]!r} is not a known encoding: expected one of {', '.join(ENCODINGS.values())}")
    return found


def describe_guess(choice: EncodingChoice) -> str:
    """A sentence that asks to confirm a guessed encoding; empty if it is none."""
    if not choice.examples:
        return ""
    words = ", ".join(f'"{word[:30]}"' for word in choice.examples)
    return f"The letters of the file were read as {ENCODINGS[choice.encoding]}, for example {words}."


def decode_bytes(data: bytes, encoding: str) -> str:
    """Decode bytes; those that the encoding leaves undefined become control characters, as in browsers."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return "".join(_character(byte, encoding) for byte in data)


@lru_cache(maxsize=4096)
def _character(byte: int, encoding: str) -> str:
    return bytes((byte,)).decode(encoding, errors="ignore") or chr(byte)


def _lead(read: Sequence[str], other: Sequence[str]) -> float:
    """The lead per letter of a decoding over another one, in the words that they decode differently."""
    differing = [(own, theirs) for own, theirs in zip(read, other, strict=True) if own != theirs]
    letters = sum(not sign.isascii() for own, _ in differing for sign in own)
    return sum(_word_score(own) - _word_score(theirs) for own, theirs in differing) / max(letters, 1)


def _is_letter(sign: str) -> bool:
    return sign.isalpha() and sign not in "ªº"


@lru_cache(maxsize=16_384)
def _word_score(word: str) -> float:
    """How likely a word with letters outside ASCII is. Each such letter adds at most 1.5."""
    if len(word) > _MAX_LENGTH:
        return 0.0
    if len(word) == 1 and _is_letter(word):
        return 0.1 if word.islower() and word.lower() in _WEIGHTS else -0.4
    lowered = word.lower()
    score = sum(_sign_score(word, lowered, place) for place, sign in enumerate(word) if not sign.isascii())
    special = {sign for sign in lowered if not sign.isascii() and _is_letter(sign)}
    if special:
        score += 0.4 if any(special <= set(alphabet) for alphabet in _ALPHABETS) else -0.8
    return score - 1.6 * len(_IMPOSSIBLE.findall(lowered))


def _sign_score(word: str, lowered: str, place: int) -> float:
    sign = word[place]
    before, after = word[place - 1] if place else "", word[place + 1] if place + 1 < len(word) else ""
    if "\x80" <= sign <= "\x9f":
        return -4.0
    if not _is_letter(sign):
        return _symbol_score(sign, before, after)
    small = lowered[place] if len(lowered) == len(word) else sign.lower()
    if (score := _WEIGHTS.get(small)) is None:
        return -2.0
    if small == "õ" and after.lower() != "e":
        score = 0.3  # only õe is Portuguese; the rest is Estonian, or ő of Hungarian
    if before.isdigit() or (sign.isupper() and before.islower()):
        score -= 2.5
    elif sign.islower() and sign != "ß" and before.isupper() and after.isupper():
        score -= 2.0
    elif sign.isupper() and before.isupper() and after.islower() and place == 1:
        score -= 1.5
    return score + _neighbour_score(small, before.lower(), after.lower())


def _symbol_score(sign: str, before: str, after: str) -> float:
    inside = before.isalpha() and after.isalpha()
    if sign == "’":
        return 0.6 if before.isalpha() else 0.0
    if sign == "\xa0":
        return -0.3 if inside else 0.1
    if sign not in _TYPOGRAPHIC:
        return -3.0 if inside else -1.5
    if inside:
        return -0.6 if sign in "–—·" else -2.5
    if sign in "ºª":
        return 0.3 if before.isdigit() or before in ("n", "N") else -0.7
    if sign in "–—€°“”„‘«»":
        return 0.3
    return -0.7 if before.isalpha() or after.isalpha() else 0.0


def _neighbour_score(small: str, before: str, after: str) -> float:
    """Vowels are usually beside consonants, and consonants beside vowels."""
    letters = [sign for sign in (before, after) if sign.isalpha()]
    vowels = [sign in _VOWELS for sign in letters]
    if small in _VOWELS:
        if small in "ãõïë":
            return 0.1
        return -0.8 if len(letters) == 2 and all(vowels) else 0.1
    return -1.2 if len(letters) == 2 and not any(vowels) else 0.1

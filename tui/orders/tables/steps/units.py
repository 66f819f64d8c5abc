"""Units of weights and sizes, as people and shops write them."""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import Final

from tui.orders.addresses.formats import normalize

_WORDS: Final = {
    "kg": "kg|kgs|kilo|kilos|kilogram|kilograms|kilogramm|kilogramme|kilogrammes|kilogrammi|kilogramo|kilogramos|chilo|chili"
    "|chilogrammo|chilogrammi|kilogramy|kilogramow|quilo|quilos|quilograma|quilogramas",
    "g": "g|gr|grs|gm|gms|gram|grams|gramm|gramme|grammes|grammen|gramo|gramos|grammo|grammi|gramy|gramow|grama|gramas",
    "lbs": "lb|lbs|pound|pounds|libra|libras|libbra|libbre",
    "oz": "oz|ozs|ounce|ounces|unze|unzen|once|onces|onza|onzas|oncia|uncja|uncje|onca|oncas",
    "cm": "cm|cms|centimeter|centimeters|centimetre|centimetres|zentimeter|centimetro|centimetros|centimetri|centymetr",
    "mm": "mm|millimeter|millimeters|millimetre|millimetres|milimetro|milimetros|millimetri|milimetr",
    "m": "m|meter|meters|metre|metres|metro|metros|metri|metr",
    "in": "in|inch|inches|zoll|pouce|pouces|pulgada|pulgadas|pollice|pollici|cal|tum|tomme|polegada|polegadas",
}
"""The units of the service, and other names for them (EN, DE, FR, NL, ES, IT, PL, SV, DA, PT)."""

_KILOGRAMS: Final = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523"),
}
_MEASURE: Final = re.compile(r"([\d.,'’\s\xa0]*\d)\s*([^\W\d_]+)\.?")

_STATED: Final = {"kg": (frozenset({"street name", "house number", "order reference", "item value", "weight"}),)}
"""By unit, the formats whose weights are in it by their documentation, as names of their columns: the service's own CSV."""


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    return {word: unit for unit, words in _WORDS.items() for word in words.split("|")}


@lru_cache(maxsize=1024)
def unit_named(text: str) -> str:
    """The unit with this name, or ""."""
    return _by_word().get(normalize(text), "")


@lru_cache(maxsize=8192)
def with_short_unit(text: str) -> str:
    """A measure with the service's name of its unit: `400 g` for `400 Gramm`. Other texts are unchanged."""
    match = _MEASURE.fullmatch(text)
    return f"{match[1]} {unit}" if match is not None and (unit := unit_named(match[2])) else text


def in_kilograms(weight: Decimal, unit: str) -> Decimal | None:
    """The weight in kilograms; None if the unit is unknown."""
    return weight * _KILOGRAMS[unit] if unit in _KILOGRAMS else None


def stated_unit(names: Collection[str]) -> str:
    """The unit of weights in the format that has these normalized column names, or ""."""
    return next((unit for unit, formats in _STATED.items() if any(sign.issubset(names) for sign in formats)), "")


def propose_weight_unit(weights: Sequence[Decimal], *, is_american: bool = False) -> str:
    """The most plausible unit of these weights, by their size."""
    typical = median(weights) if weights else Decimal(0)
    has_decimals = any(weight != weight.to_integral_value() for weight in weights)
    if is_american:
        return "lbs" if has_decimals and typical < 20 else "oz" if typical < 200 else "g"
    return "g" if typical >= 70 or (typical >= 20 and not has_decimals) else "kg"


def propose_size_unit(sizes: Sequence[Decimal]) -> str:
    """The most plausible unit of these sizes of parcels, by their size."""
    return "mm" if sizes and median(sizes) >= 150 else "cm"

"""Proposes the units of weights and sizes of a file that does not say them."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from statistics import median
from typing import Final

_KILOGRAMS: Final = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523"),
}
_STATED: Final = {"kg": (frozenset({"street name", "house number", "order reference", "item value", "weight"}),)}
"""By unit, the formats whose weights are in it by their documentation, as names of their columns: the service's own CSV."""


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

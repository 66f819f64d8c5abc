"""The checks `due` and `late` as conditions: they depend on the time, so the facts have only when an order is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final

from tui.orders.query.conditions import All, Between, Condition, Not, OneOf
from tui.orders.query.times import period

DEADLINE_CODES: Final = ("late", "due")
_IS_OPEN: Final = OneOf("stage", ("open", "unknown"))
_OFF, _ERROR = "off", "error"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When the two checks fire. `now`: with a zone. `zone`: the profile's, in which days begin.

    `levels`: by code and the id of a shop, the shop's setting of the check: off, error or warning.
    """

    now: datetime
    zone: tzinfo
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_late(self) -> Condition:
        """The open orders that are past their time."""
        return All((Between("due", high=self.now.timestamp(), excludes_high=True), _IS_OPEN))

    @property
    def is_due(self) -> Condition:
        """The open orders that are due today or earlier."""
        return All((Between("due", high=self._end_of_today, excludes_high=True), _IS_OPEN))

    def found(self, code: str) -> Condition:
        """The orders that the check `late` or `due` has a problem for. An order that is late is no longer due."""
        off = self._shops(code, _OFF)
        return All((self._fires(code), Not(OneOf("shop", off)))) if off else self._fires(code)

    def with_severity(self, severity: str) -> tuple[Condition, ...]:
        """The orders that each of the checks has an error for, or a warning; none where that cannot be."""
        return tuple(part for code in DEADLINE_CODES if (part := self._graded(code, severity)) is not None)

    def _graded(self, code: str, severity: str) -> Condition | None:
        raised = self._shops(code, _ERROR)
        if severity == _ERROR:
            return All((self._fires(code), OneOf("shop", raised))) if raised else None
        other = (*raised, *self._shops(code, _OFF))
        return All((self._fires(code), Not(OneOf("shop", other)))) if other else self._fires(code)

    def _fires(self, code: str) -> Condition:
        if code == "late":
            return self.is_late
        return All((Between("due", self.now.timestamp(), self._end_of_today, excludes_high=True), _IS_OPEN))

    def _shops(self, code: str, level: str) -> tuple[str, ...]:
        return tuple(sorted(shop for shop, found in self.levels.get(code, {}).items() if found == level))

    @property
    def _end_of_today(self) -> float | None:
        return period("today", self.now, self.zone).end

"""Caches seeded sandboxes: the orders of an in-memory sandbox are made once per worker and copied afterwards."""

from dataclasses import replace
from datetime import datetime

from tui.sandbox import seeding
from tui.sandbox.data import SandboxData
from tui.sandbox.settings import SandboxSettings

_seed = seeding._seed
_files: dict[tuple[int, int, bool, datetime], bytes] = {}


def seed(settings: SandboxSettings, now: datetime) -> SandboxData:
    """Return a seeded sandbox; one in memory with a fixed date is a copy of the first with the same settings."""
    if settings.data != ":memory:" or settings.now is None:
        return _seed(settings, now)
    key = (settings.seed, settings.orders, settings.odd, now)
    if key not in _files:
        data = _seed(settings, now)
        _files[key] = data.connection.serialize()
        return data
    data = _seed(replace(settings, orders=0), now)
    data.connection.deserialize(_files[key])
    return data


def use_seed_cache() -> None:
    seeding._seed = seed

"""The orders that a sandbox in memory begins with are made once for each worker, and copied from then on."""

from dataclasses import replace
from datetime import datetime

from tui.sandbox import seeding
from tui.sandbox.data import SandboxData
from tui.sandbox.settings import SandboxSettings

_seed = seeding._seed
_files: dict[tuple[int, int, bool, datetime], bytes] = {}


def seed(settings: SandboxSettings, now: datetime) -> SandboxData:
    """A sandbox of these settings at a fixed date, in memory, is a copy of the first one."""
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

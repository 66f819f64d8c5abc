"""Opens the sandbox's file as it has to be today: seeded once, and with the days that were missed since."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from tui.api.codec import Document, decode
from tui.sandbox.data import FIRST_ID, SandboxData, row_of
from tui.sandbox.seed_orders import SPAN_DAYS, Span, missed, seeded
from tui.sandbox.settings import SandboxSettings
from tui.sandbox.shops import exception_logs, integrations
from tui.sandbox.times import MICRO, to_micros, to_text


def now_of(settings: SandboxSettings) -> datetime:
    """The date that the sandbox lives at."""
    moment = settings.now or datetime.fromtimestamp(settings.clock(), UTC)
    return moment.astimezone(UTC)


def open_stock(settings: SandboxSettings) -> SandboxData:
    """Raises ValueError for a file that will not do."""
    now = now_of(settings)
    with _alone(settings.data):
        fresh = settings.data == ":memory:" or settings.reset or not Path(settings.data).exists()
        data = _seed(settings, now) if fresh else SandboxData(settings.data)
    with data.writing():
        if not fresh:
            _catch_up(data, settings, now)
        data.set_shops(integrations(now))
        data.set_logs(exception_logs(now))
        for text in settings.plant:
            _plant(data, cast(Document, decode(text)), to_micros(now))
    return data


@contextmanager
def _alone(file: Path | str) -> Iterator[None]:
    """Two that start at the same moment must not both make the file."""
    if file == ":memory:":
        yield
        return
    place = Path(file)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(place.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _seed(settings: SandboxSettings, now: datetime) -> SandboxData:
    numbers: dict[int, int] = {}
    span = Span(now - timedelta(days=SPAN_DAYS), now)
    rows = seeded(settings.seed, span, settings.orders, odd=settings.odd, first_id=FIRST_ID, numbers=numbers)
    data = SandboxData.create(settings.data, rows)
    with data.writing():
        data.set_note("seeded_orders", settings.orders)
        data.keep_free(FIRST_ID + settings.orders - 1)
        _note_seeded(data, now, numbers)
    return data


def _catch_up(data: SandboxData, settings: SandboxSettings, now: datetime) -> None:
    """Orders of the time since the last start, if an hour or a midnight went by; of 30 days at most."""
    last, orders, numbers = (data.note(key) for key in ("seeded_until", "seeded_orders", "numbers"))
    if not (isinstance(last, int) and isinstance(orders, int) and orders and isinstance(numbers, dict)):
        return
    until = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=last)
    if now - until < timedelta(hours=1) and (now <= until or now.date() == until.date()):
        return
    span = Span(max(until, now - timedelta(days=SPAN_DAYS)), now)
    counted = {int(shop): cast(int, number) for shop, number in numbers.items()}
    count = missed(orders / SPAN_DAYS, span)
    first = data.next_id()
    data.put(seeded(settings.seed, span, count, odd=settings.odd, first_id=first, numbers=counted))
    data.keep_free(first + count - 1)
    _note_seeded(data, now, counted)


def _note_seeded(data: SandboxData, now: datetime, numbers: dict[int, int]) -> None:
    data.set_note("seeded_until", to_micros(now))
    data.set_note("numbers", {str(shop): number for shop, number in numbers.items()})


def _plant(data: SandboxData, order: Document, now: int) -> None:
    id = int(str(order.get("id") or data.next_id()))
    data.keep_free(id)
    stamp = to_text(now - now % MICRO)
    data.put([row_of(id, {"created_at": stamp, "modified_at": stamp, **order})])

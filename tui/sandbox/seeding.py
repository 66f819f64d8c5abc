"""Opens the sandbox's file: seeds it once, then adds the orders placed since the last start."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from tui.api.codec import Document, decode
from tui.sandbox.data import FIRST_ID, DamagedSandboxError, NotASandboxError, SandboxData, files_of, row_of
from tui.sandbox.seed_orders import SPAN_DAYS, Span, generate_orders, missed_order_count
from tui.sandbox.settings import SandboxSettings
from tui.sandbox.shops import exception_logs, integrations
from tui.sandbox.times import MICRO, to_micros, to_text


def current_time(settings: SandboxSettings) -> datetime:
    """The current date and time of the sandbox."""
    moment = settings.now or datetime.fromtimestamp(settings.clock(), UTC)
    return moment.astimezone(UTC)


def open_data(settings: SandboxSettings) -> SandboxData:
    """Open or create the data. Raises ValueError for an unusable file."""
    now = current_time(settings)
    with _locked(settings.data):
        new = settings.data == ":memory:" or settings.reset or not Path(settings.data).exists()
        set_aside: Path | None = None
        try:
            data = _seed(settings, now) if new else SandboxData(settings.data)
        except (NotASandboxError, DamagedSandboxError):
            if not settings.rebuild:
                raise
            set_aside = _rename(Path(settings.data), now)
            new, data = True, _seed(settings, now)
        data.set_aside = set_aside
    with data.writing():
        if not new:
            _catch_up(data, settings, now)
        data.set_shops(integrations(now))
        data.set_logs(exception_logs(now))
        for text in settings.plant:
            _plant(data, cast(Document, decode(text)), to_micros(now))
    return data


@contextmanager
def _locked(file: Path | str) -> Iterator[None]:
    """Lock the file, so that two sandboxes starting at the same time do not both create it."""
    if file == ":memory:":
        yield
        return
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Opened without changing it: the name may be taken.
    with path.with_name(path.name + ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _rename(path: Path, now: datetime) -> Path:
    """Give an unusable file and what SQLite keeps beside it another name, which is returned."""
    new = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S%f}")
    for file, new_name in zip(files_of(path), files_of(new), strict=True):
        with suppress(FileNotFoundError):
            file.rename(new_name)
    return new


def _seed(settings: SandboxSettings, now: datetime) -> SandboxData:
    numbers: dict[int, int] = {}
    span = Span(now - timedelta(days=SPAN_DAYS), now)
    rows = generate_orders(settings.seed, span, settings.orders, odd=settings.odd, first_id=FIRST_ID, numbers=numbers)
    data = SandboxData.create(settings.data, rows)
    with data.writing():
        data.set_value("seeded_orders", settings.orders)
        data.reserve_ids(FIRST_ID + settings.orders - 1)
        _note_seeded(data, now, numbers)
    return data


def _catch_up(data: SandboxData, settings: SandboxSettings, now: datetime) -> None:
    """Add the orders since the last start, if an hour or a midnight has passed; at most 30 days of them."""
    last, orders, numbers = (data.value(key) for key in ("seeded_until", "seeded_orders", "numbers"))
    if not (isinstance(last, int) and isinstance(orders, int) and orders and isinstance(numbers, dict)):
        return
    until = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=last)
    if now - until < timedelta(hours=1) and (now <= until or now.date() == until.date()):
        return
    span = Span(max(until, now - timedelta(days=SPAN_DAYS)), now)
    last_numbers = {int(shop): cast(int, number) for shop, number in numbers.items()}
    count = missed_order_count(orders / SPAN_DAYS, span)
    first = data.next_id()
    data.put(generate_orders(settings.seed, span, count, odd=settings.odd, first_id=first, numbers=last_numbers))
    data.reserve_ids(first + count - 1)
    _note_seeded(data, now, last_numbers)


def _note_seeded(data: SandboxData, now: datetime, numbers: dict[int, int]) -> None:
    data.set_value("seeded_until", to_micros(now))
    data.set_value("numbers", {str(shop): number for shop, number in numbers.items()})


def _plant(data: SandboxData, order: Document, now: int) -> None:
    id = int(str(order.get("id") or data.next_id()))
    data.reserve_ids(id)
    stamp = to_text(now - now % MICRO)
    data.put([row_of(id, {"created_at": stamp, "modified_at": stamp, **order})])

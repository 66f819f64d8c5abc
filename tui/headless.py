"""The headless commands `check` and `submit`: arguments in; output lines and exit codes out."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.api.codec import LIMIT
from tui.api.errors import Blocks, Problem, ReportedBy, Severity
from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.commands.output import (
    DENIED,
    PROBLEMS,
    SUCCESS,
    UNKNOWN,
    USAGE,
    CommandEnded,
    Interrupted,
    WaitLine,
    guarded,
    json_line,
    print_lines,
    say,
    say_if,
    write_error,
)
from tui.config.locations import data_folder
from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.config.time_zone import local_zone
from tui.orders.checks.context import AccountShops, ShopSettings
from tui.orders.fields import field_at, label_of
from tui.orders.parsed import GuessKind, How, with_hint
from tui.orders.paths import ANY
from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.mapping import ColumnMapping
from tui.orders.tables.text.encodings import encoding_named
from tui.widgets.text import safe
from tui.work.file_import.json_reader import ImportFileError, read_file
from tui.work.file_import.reader import read_source
from tui.work.file_import.validate import FileEntry, entries_of

if TYPE_CHECKING:
    from tui.service import Service
    from tui.store.store import Store
    from tui.work.submit.probe import RemoteStatus
    from tui.work.submit.results import SubmitResult
    from tui.work.submit.run import Submission

STANDARD_INPUT = "-"
_CONFIRM = "--accept {kind}"
"""How a guess is confirmed."""

_MIN_SHARED = 3
"""Orders from which a warning that most of them share is printed once."""


def check(options: argparse.Namespace, profile: Profile | None, settings: Settings) -> int:
    """Check a file, and with a profile its account too. Returns the exit code."""
    return guarded(lambda: _check(options, profile, settings))


def submit(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    """Send the orders of a file and verify them. Returns the exit code."""
    return guarded(lambda: _submit(options, profile, settings))


# check


def _check(options: argparse.Namespace, profile: Profile | None, settings: Settings) -> int:
    name, entries = _entries(options, settings)
    known: dict[int, RemoteStatus] = {}
    code = SUCCESS
    if profile is not None:
        entries, known, code = _check_account(entries, profile, settings, options.retry_for)
    if options.json:
        print_lines(json_line(_check_line(*one)) for one in _reported(entries, known, infos=True))
    else:
        print_lines(_check_lines(name, list(_reported(entries, known, infos=options.verbose))))
    bad = sum(bool(entry.errors) for entry in entries)
    unshippable = sum(entry.severity is Severity.ERROR and not entry.errors for entry in entries)
    warned = sum(entry.severity is Severity.WARNING for entry in entries)
    counts = [f"{bad} with errors", f"{warned} with warnings only"]
    if unshippable:
        counts.insert(1, f"{unshippable} that cannot ship yet")
    if known:
        actions = [status.action.value for status in known.values()]
        counts += [
            f"{actions.count('new')} new, {actions.count('UPDATE')} to update, {actions.count('same')} unchanged"
        ]
    say(f"{name}: {count_of(len(entries), 'order')}, {', '.join(counts)}.{_infos(entries)}")
    return max(code, PROBLEMS if bad else SUCCESS)


def _check_account(
    entries: list[FileEntry], profile: Profile, settings: Settings, retry_for: float | None
) -> tuple[list[FileEntry], "dict[int, RemoteStatus]", int]:
    """Check the entries against the account; if that fails, return them unchanged with an error code."""
    from tui.api.errors import ApiError
    from tui.commands.signals import run_until_signal
    from tui.service import connect
    from tui.work.submit.probe import probe
    from tui.work.submit.retry import retry
    from tui.work.waiting import waits_named

    retry_for = 10.0 if retry_for is None else retry_for
    service = connect(profile, settings, retry_for)
    say_if(service.notice)
    now = datetime.now(UTC)

    async def ask() -> "tuple[list[FileEntry], dict[int, RemoteStatus]]":
        try:
            async with waits_named(service.client, "Ctrl+C stops", WaitLine().show):
                return await retry(lambda: probe(service.client, entries, now, settings.shops), retry_for)
        finally:
            await service.client.aclose()

    try:
        return *run_until_signal(ask()), SUCCESS
    except ApiError as error:
        say(f"The account could not be checked; these are the results for the file alone. {error}")
        return entries, {}, DENIED
    finally:
        service.close()


def _reported(
    entries: Iterable[FileEntry], known: "Mapping[int, RemoteStatus]", *, infos: bool
) -> Iterator[tuple[FileEntry, Problem]]:
    """What is printed about each entry."""
    for entry in entries:
        for problem in (*entry.problems, *_update(known.get(entry.position)), *(entry.infos if infos else ())):
            yield entry, problem


def _update(known: "RemoteStatus | None") -> list[Problem]:
    if known is None or known.action.value != "UPDATE":
        return []
    from tui.work.submit.results import changes_text

    detail = f"This updates an existing order: {changes_text(known.changes)}."
    return [Problem(detail, "update", severity=Severity.WARNING, reported_by=ReportedBy.LOCAL)]


def _check_line(entry: FileEntry, problem: Problem) -> dict[str, object]:
    return {"order": entry.position, "order_id": entry.order_id, **_problem(entry, problem)}


def _check_lines(name: str, found: Sequence[tuple[FileEntry, Problem]]) -> Iterator[str]:
    """A line for each problem. One that most orders share and that does not hold them is one line."""
    texts = [(entry, problem, _field(problem), _prefix(problem)) for entry, problem in found]
    counts = Counter(
        (field, prefix, problem.detail)
        for _, problem, field, prefix in texts
        if prefix and field and problem.severity is not Severity.INFO
    )
    total = len({entry.position for entry, _, _, _ in texts})
    shared = {key for key, count in counts.items() if count >= _MIN_SHARED and count * 2 > total}
    for field, prefix, detail in dict.fromkeys((field, prefix, problem.detail) for _, problem, field, prefix in texts):
        if (field, prefix, detail) in shared:
            yield safe(f"{name} {field}: {prefix}{detail} ({counts[field, prefix, detail]} times)")
    for entry, problem, field, prefix in texts:
        if (field, prefix, problem.detail) not in shared:
            yield _check_text(name, entry, problem, field)


def _prefix(problem: Problem) -> str:
    """What comes before the text of a problem that does not hold the order."""
    match problem.blocks:
        case Blocks.SEND:
            return ""
        case Blocks.SHIP:
            return "cannot ship yet: "
    return f"{problem.severity}: "


def _check_text(name: str, entry: FileEntry, problem: Problem, field: str) -> str:
    row, column = entry.cell(problem.pointer)
    where = [name, str(row) if row is not None else entry.place, *([column] if column is not None else [])]
    order = f" {entry.order_id}" if entry.order_id else ""
    # A pipe may end on a terminal too, as with `head`; the raw text is available with `--json`.
    return safe(
        f"{':'.join(where)}{order}{f' {field}' if field else ''}: {_prefix(problem)}{with_hint(problem, _CONFIRM)}"
    )


def _field(problem: Problem) -> str:
    return label_of(problem.pointer) if problem.pointer.tokens else ""


def _any_item_label(pointer: Pointer) -> str:
    """The label of a value without the number of its item, so that values can be counted by field."""
    field = field_at(pointer)
    return label_of(Pointer(field.path)).replace(f" {ANY}", "") if field is not None else label_of(pointer)


def _infos(entries: Iterable[FileEntry]) -> str:
    """The infos counted by kind, as the end of the last line; empty if there are none."""
    places = Counter(
        (pointer, derivation.how)
        for entry in entries
        if entry.parsed is not None
        for pointer, derivation in entry.parsed.derived.items()
        if derivation.how is not How.GIVEN
    )
    if not places:
        return ""
    counts: Counter[str] = Counter()
    for (pointer, how), count in places.items():
        counts[f"{_any_item_label(pointer)}: {how}"] += count
    kinds = "; ".join(f"{kind} ({count})" for kind, count in counts.most_common())
    return f" Not in the file: {kinds}. --verbose lists them."


# submit


def _submit(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    name, entries = _entries(options, settings)
    if options.dry_run:
        return _dry_run(entries, profile, settings, options.retry_for)
    import asyncio

    from tui.service import connect
    from tui.store.db import StoreError
    from tui.work.batches.catalog import BatchLocked, checked_name

    try:
        batch = checked_name(_batch_name(name) if options.batch is None else options.batch)
    except BatchLocked as error:
        raise CommandEnded(str(error), USAGE) from error
    service = connect(profile, settings, options.retry_for)
    say_if(service.notice)
    try:
        return asyncio.run(_submitted(options, profile, service, name, batch, entries, settings.shops))
    except StoreError as error:
        # The run has not started; orders sent by an earlier one are recognised by the next.
        print_lines(json_line(_not_opened(entry, str(error))) for entry in entries)
        say(f"Nothing was sent: {error}")
        return DENIED
    finally:
        service.close()


async def _submitted(
    options: argparse.Namespace,
    profile: Profile,
    service: "Service",
    name: str,
    batch: str,
    entries: list[FileEntry],
    settings: Mapping[int, ShopSettings],
) -> int:
    import asyncio

    from tui.api.errors import ApiError
    from tui.commands.signals import Signals
    from tui.store.db import StoreError
    from tui.store.store import Store, utc_now
    from tui.work.account import open_account, open_remembered
    from tui.work.batches.staging import BatchLocked, Staging
    from tui.work.submit.results import SubmitOptions
    from tui.work.submit.retry import retry
    from tui.work.submit.run import Submission
    from tui.work.waiting import waits_named

    submit_options = SubmitOptions(
        options.only_good, not options.no_verify, options.updates == "send", options.retry_for
    )
    store = Store(data_folder(), profile=profile.name)
    say_if(store.notice)
    progress_line = ProgressLine()
    signals = Signals()
    try:
        arguments = {"now": utc_now, "zone": local_zone(), "schedule": submit_options.schedule}
        account = open_remembered(service.client, store, service.name, **arguments)  # type: ignore[arg-type]
        if account is None:
            opening = retry(
                lambda: open_account(service.client, store, service.name, **arguments),  # type: ignore[arg-type]
                submit_options.retry_seconds,
            )
            try:
                async with waits_named(service.client, "Ctrl+C stops", WaitLine().show):
                    account = await signals.during(opening)
            except ApiError as error:
                progress_line.end()
                print_lines(json_line(_not_opened(entry, str(error))) for entry in entries)
                say(f"The account cannot be opened. {error}")
                return DENIED
        if account.identity_notice:
            say(account.identity_notice)
        account.shop_settings = settings
        staging = Staging(account, batch)
        run = Submission(account, staging, entries, name, submit_options, progress_line.show)
        signals.stop = run.stop
        signals.writes_in_flight = lambda: service.client.writes_in_flight
        code = SUCCESS
        try:
            async with waits_named(service.client, "Ctrl+C stops", WaitLine().show):
                await run.run()
            store.flush()
        except BatchLocked as error:
            progress_line.end()
            say(str(error))
            code = DENIED
        except StoreError as error:
            progress_line.end()
            run.ended_by(error)
            say(f"{error}. Orders already sent will be recognised on the next run.")
            code = DENIED
        progress_line.end()
        code = max(code, _print_results(run))
        if signals.code:
            say("Stopped. Run the same command again to continue.")
        return signals.code or code
    except asyncio.CancelledError:
        if not signals.code:
            raise
        raise Interrupted(signals.code - 128) from None
    finally:
        signals.close()
        await _cancel_tasks()
        _close(store)
        await service.client.aclose()


def _print_results(run: "Submission") -> int:
    """Print the result of every order and return the exit code."""
    from tui.work.submit.results import SubmitOutcome

    results = run.results()
    print_lines(json_line(_result_line(result)) for result in results)
    counts = Counter(result.outcome for result in results)
    summary = ", ".join(f"{counts[outcome]} {outcome}" for outcome in SubmitOutcome if counts[outcome])
    requests = count_of(run.requests, "write request")
    say(f"{count_of(len(results), 'order')}: {summary or 'nothing to do'}; {requests}.")
    code = SUCCESS
    if run.unreachable is not None:
        say(run.unreachable)
        code = DENIED
    if counts[SubmitOutcome.UNKNOWN]:
        return UNKNOWN
    well = {SubmitOutcome.VERIFIED, SubmitOutcome.ACCEPTED}
    return max(code, SUCCESS if counts.keys() <= well else PROBLEMS)


def _dry_run(entries: list[FileEntry], profile: Profile, settings: Settings, retry_for: float | None) -> int:
    from tui.work.submit.results import SubmitOutcome, SubmitResult, changes_text, note

    entries, known, code = _check_account(entries, profile, settings, retry_for)
    outcomes = {"new": SubmitOutcome.WOULD_CREATE, "UPDATE": SubmitOutcome.WOULD_UPDATE, "same": SubmitOutcome.SAME}
    results = []
    for entry in entries:
        status = known.get(entry.position)
        if entry.errors or status is None:
            reason = () if entry.errors else (note("Whether the service has this order is not known."),)
            results.append(SubmitResult(entry, SubmitOutcome.HELD, None, (*entry.problems, *reason)))
            continue
        outcome = outcomes[status.action.value]
        notes = (note(f"This would change {changes_text(status.changes)}."),) if status.changes else ()
        results.append(SubmitResult(entry, outcome, status.id, (*entry.problems, *notes)))
    print_lines(json_line(_result_line(result)) for result in results)
    bad = sum(result.outcome is SubmitOutcome.HELD for result in results)
    say(f"{count_of(len(results), 'order')}, {bad} of them cannot be sent. Nothing was sent.")
    return max(code, PROBLEMS if any(entry.errors for entry in entries) else SUCCESS)


def _result_line(result: "SubmitResult") -> dict[str, object]:
    entry = result.entry
    return {
        "order_id": entry.order_id,
        "integration": entry.integration,
        "id": result.id,
        "outcome": result.outcome.value,
        "problems": [
            {**_problem(entry, problem), "from": "service" if problem.reported_by is ReportedBy.SERVICE else "here"}
            for problem in (*result.problems, *entry.infos)
        ],
    }


def _not_opened(entry: FileEntry, reason: str) -> dict[str, object]:
    from tui.work.submit.results import SubmitOutcome, SubmitResult, note

    problems = entry.problems if entry.errors else (*entry.problems, note(f"Not sent: {reason}"))
    return _result_line(SubmitResult(entry, SubmitOutcome.HELD, None, tuple(problems)))


def _close(store: "Store") -> None:
    """Close the store after all output. An error is reported, but changes no outcome."""
    from tui.store.db import StoreError

    try:
        store.close()
    except StoreError as error:
        say(f"{error}.")


async def _cancel_tasks() -> None:
    """Cancel remaining tasks; a write in flight is resolved from the journal at the next start."""
    import asyncio

    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class ReadingProgress:
    """Progress of reading and checking a file, shown on a terminal if it takes longer than a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._terminal = sys.stderr.isatty()
        self._clock = clock
        self._from = clock()
        self._shown: float | None = None

    def listener(self, task: str) -> OnProgress:
        """A callback that shows the progress of one task."""

        def show(progress: Progress) -> None:
            now = self._clock()
            if self._terminal and now - self._from >= 1.0 and (self._shown is None or now - self._shown >= 0.1):
                self._shown = now
                write_error(f"\r\x1b[K{progress.task or task} {progress.done:,} of {progress.total:,}")

        return show

    def end(self) -> None:
        """Clear the line, so that other output can follow."""
        if self._shown is not None:
            write_error("\r\x1b[K")
            self._shown = None


class ProgressLine:
    """Progress on standard error: a line that is overwritten on a terminal, otherwise at most one line per second."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = 0.0
        self._shown = ""
        self._open = False

    def show(self, progress: Progress) -> None:
        text = progress.task + (f" {progress.done} of {progress.total}" if progress.total else "")
        now = time.monotonic()
        least = 0.1 if self._terminal else 1.0
        if text == self._shown or (self._last and now - self._last < least):
            return
        self._last, self._shown = now, text
        if self._terminal:
            self._open = True
            write_error(f"\r\x1b[K{safe(text)}")
        else:
            write_error(f"{text}\n")

    def end(self) -> None:
        """Clear the line, so that other output can follow."""
        if self._open:
            write_error("\r\x1b[K")
            self._open = False


# Shared by both commands.


def _entries(options: argparse.Namespace, settings: Settings) -> tuple[str, list[FileEntry]]:
    """The name of the source and its entries. Raises CommandEnded."""
    name = "standard input" if options.file == STANDARD_INPUT else options.file
    encoding = encoding_named(options.encoding) if options.encoding else ""
    try:
        source = _standard_input() if options.file == STANDARD_INPUT else read_file(Path(options.file))
    except ImportFileError as error:
        raise CommandEnded(_without_added(error), USAGE) from error
    reading = ReadingProgress()
    try:
        mapping = _mapping(options.mapping) if options.mapping is not None else None
        progress = reading.listener("reading rows,")
        intake = read_source(
            source,
            Path(name).name,
            shop=options.shop,
            mapping=mapping,
            accepted=[GuessKind(kind) for kind in options.accept],
            encoding=encoding,
            progress=progress,
            now=datetime.now(local_zone()),
        )
        shops = AccountShops(settings=settings.shops)
        entries = entries_of(intake, shops, reading.listener("checking orders,"))
    except ImportFileError as error:
        raise CommandEnded(_without_added(error), PROBLEMS) from error
    finally:
        reading.end()
    for sentence in intake.notes:
        say(f"{name}: {sentence}")
    return name, entries


def _mapping(name: str) -> ColumnMapping:
    """The column mapping saved under this name. Raises CommandEnded."""
    from tui.store.db import StoreError
    from tui.store.store import Store
    from tui.work.file_import.mappings import find_saved_mapping

    try:
        store = Store(data_folder())
        try:
            found = find_saved_mapping(store, name)
        finally:
            store.close()
    except StoreError as error:
        raise CommandEnded(str(error), DENIED) from error
    if found is None:
        raise CommandEnded(
            f"There is no saved mapping {name!r} on this machine; mappings are saved on the import screen.", USAGE
        )
    return found


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise ImportFileError("There is no standard input to read.")
    if sys.stdin.isatty():
        say("Reading orders from this terminal; press Ctrl+D to end the input.")
    data = sys.stdin.buffer.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ImportFileError(f"Standard input exceeds the limit of {LIMIT // 2**20} MB.")
    return data


def _without_added(error: ImportFileError) -> str:
    return str(error).removesuffix(" Nothing was added.")


def _batch_name(name: str) -> str:
    """The name of a batch for a file; long names are shortened in the middle."""
    from tui.work.batches.catalog import LONGEST_NAME

    batch = " ".join(f"submit {Path(name).name}".split())
    half = LONGEST_NAME // 2
    return batch if len(batch) <= LONGEST_NAME else f"{batch[: half - 1]}…{batch[-half:]}"


def _problem(entry: FileEntry, problem: Problem) -> dict[str, object]:
    row, column = entry.cell(problem.pointer)
    found: dict[str, object] = {
        "pointer": str(problem.pointer),
        "code": problem.code,
        "severity": problem.severity.value,
        "blocks": problem.blocks.value,
        "detail": with_hint(problem, _CONFIRM),
    }
    if row is not None:
        found["row"] = row
    if column is not None:
        found["column"] = column
    return found

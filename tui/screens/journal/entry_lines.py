"""A write of the journal as lines: the changed fields, the steps with their times, the service's messages."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from tui.keymap import Context, KeyOf
from tui.orders.display import display_value
from tui.orders.fields import label_of
from tui.orders.formats import exact_time_text
from tui.orders.paths import PAYMENT_STATUS, TOTAL
from tui.orders.summary import address_lines, money_at, text_at
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe
from tui.work.journal.entries import JournalEntry, Part, at, description
from tui.work.journal.undo import LOST
from tui.work.stored import Event, JournalRow, OrderNames, WriteKind

EntryLine = list[Piece]

CLOCK_BACK = "< The clock was set back before this write; the list is in the order of writing."

_BESIDE = 64
"""Minimum width of a pane for field, old and new value side by side."""


def entry_lines(entry: JournalEntry, zone: tzinfo, width: int) -> Iterator[EntryLine]:
    """All lines of a write."""
    write = entry.write
    text, tone = entry.description, entry.state.style
    yield [(f"{exact_time_text(write.at.astimezone(zone))}  ", ""), (safe(text), tone)]
    yield [(safe(f"{write.by} · {write.profile or 'no profile'} · {entry.base_url}"), "dim")]
    yield [(safe(f"{write.new.method} {write.new.path}"), "dim")]
    if write.new.job:
        yield [(safe(f"part of: {write.new.job}"), "info")]
    yield from _service_lines(entry)
    for part in entry.parts:
        yield []
        yield from _part_lines(entry, part, width)
    yield []
    yield from step_lines(entry.steps, zone)


def preview_lines(entry: JournalEntry, zone: tzinfo, width: int, most: int, key: KeyOf) -> Iterator[EntryLine]:
    """A summary of a write of one order, in about `most` + 2 lines."""
    lines = list(_service_lines(entry))
    if entry.is_deletion:
        lines.append([(safe(f"{key('undo', Context.JOURNAL)} stages it as a new order. {LOST}"), "info")])
        order = entry.parts[0].before or {}
        lines.extend([(f"  {safe(line)}", "")] for line in address_lines(order))
        lines.append([(safe(f"  {money_at(order, TOTAL)} {text_at(order, PAYMENT_STATUS)}"), "")])
    else:
        lines.extend(line for part in entry.parts for line in change_lines(part, width))
    if len(lines) > max(most, 2):
        more = len(lines) - most + 1
        lines[most - 1 :] = [[(f"  … {more} more, {key('open', Context.JOURNAL)} shows all", "dim")]]
    yield from lines
    yield from step_lines(entry.steps, zone, short=True)
    yield _who(entry.write.by, entry.write.profile, entry.write.new.job)


def many_lines(
    brief: JournalRow, named: Sequence[OrderNames], steps: Sequence[Event], zone: tzinfo, key: KeyOf
) -> Iterator[EntryLine]:
    """A summary of a write of many orders, without loading their documents."""
    shown = ", ".join(names.name for names in named[:12]) + (f" and {len(named) - 12} more" if len(named) > 12 else "")
    yield [(safe(shown), "")]
    yield [(f"{key('open', Context.JOURNAL)} shows the change of each.", "dim")]
    yield from step_lines(steps, zone, short=True)
    yield _who(brief.by, brief.profile, brief.job)


def _who(by: str, profile: str, job: str | None) -> EntryLine:
    parts = [f"by {by}", f"as {profile}" if profile else "", f"part of: {job}" if job else ""]
    return [(safe(" · ".join(filter(None, parts))), "dim")]


def _part_lines(entry: JournalEntry, part: Part, width: int) -> Iterator[EntryLine]:
    what = "was new" if part.before is None else "deleted" if entry.write.new.kind is WriteKind.DELETE else ""
    id = f" #{part.remote_id}" if part.remote_id else ""
    yield [(safe(part.named.name), "title"), (safe(f"{id}{f' · {what}' if what else ''}"), "dim")]
    yield from change_lines(part, width)


def change_lines(part: Part, width: int) -> Iterator[EntryLine]:
    """Field, old and new value: side by side, or below each other if that is too wide."""
    label = max(12, min(26, width * 3 // 10))
    was = max(10, min(24, (width - label) // 2 - 4))
    for change in part.changes:
        pointer = at(change)
        name = f"order of {label_of(pointer).lower()}" if change.moved else label_of(pointer)
        before, now = safe(display_value(pointer, change.was)), safe(display_value(pointer, change.now))
        if width < _BESIDE:
            yield [("  * ", "changed"), (safe(name), "")]
            yield [("    was ", "dim"), (before, "dim")]
            yield [("    now ", "dim"), (now, "changed")]
            continue
        yield [
            ("  * ", "changed"),
            (fit(name, label) + " ", ""),
            (fit(before, was) + " ", "dim"),
            (now, "changed"),
        ]


def _service_lines(entry: JournalEntry) -> Iterator[EntryLine]:
    """The service's messages, and the values that it has instead."""
    for problem in entry.problems:
        where = f"{label_of(problem.pointer)}: " if problem.pointer.tokens else ""
        yield [("  S ", "service"), (safe(where + (problem.detail or problem.title)), "service")]
    detail = entry.write.last.detail
    if isinstance(detail, dict) and isinstance(error := detail.get("error"), str) and not entry.problems:
        yield [("  S ", "service"), (safe(error), "service")]


def step_lines(steps: Sequence[Event], zone: tzinfo, *, short: bool = False) -> Iterator[EntryLine]:
    """The steps of a write; `short`: in one line, without repetitions."""
    if short:
        parts: list[str] = []
        last: datetime | None = None
        for step in steps:
            moment = step.at.astimezone(zone)
            when = f"{moment:%H:%M:%S} " if last is None or moment.replace(microsecond=0) != last else ""
            last = moment.replace(microsecond=0)
            parts.append(f"{when}{description(step.state, WriteKind.PATCH)}")
        yield [(" > ".join(parts), "dim")]
        return
    earlier: datetime | None = None
    for step in steps:
        if earlier is not None and step.at < earlier:
            yield [("      the clock was set back here", "warning")]
        earlier = step.at
        status = f" {step.status}" if step.status is not None else ""
        yield [
            (f"  {exact_time_text(step.at.astimezone(zone))} ", "dim"),
            (safe(f"{description(step.state, WriteKind.PATCH)}{status}"), ""),
        ]
        if isinstance(step.detail, dict) and "left_by" in step.detail:
            yield [("      the app quit here; the next start resumed it", "dim")]

"""Reads an address from text: an input to paste or type it, and the found fields beside the current values."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import Document, Json
from tui.api.models import Kind, Operation
from tui.api.pointer import Absent, Pointer
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.addresses.proposal import FieldEffect, ProposedField, propose, values_for, wants_split
from tui.orders.addresses.reader import read_address
from tui.orders.addresses.result import Confidence
from tui.orders.countries import country_name
from tui.orders.fields import field_at
from tui.orders.paths import BILL_TO, SHIP_TO
from tui.orders.value_parser import SHOWN_EMPTY, show_value
from tui.screens.common.commands import handles
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.comparison import ComparisonList, ComparisonNote, ComparisonRow
from tui.widgets.dialogs import QuestionBar
from tui.widgets.editing.multiline_input import MultilineInput
from tui.widgets.lines import LineView, Piece
from tui.widgets.status import RuleLine
from tui.widgets.text import SUBSTITUTES

STEP: Final = "address from text"
"""The name of the undo step."""

_BURST: Final = 0.03
"""Seconds between two keys. Faster keys are treated as a paste, because some terminals do not mark pastes."""
_LONG: Final = 4000
_LATER: Final = 0.1
_WIDE: Final = 120
_EXAMPLE: Final = "Kerkstraat 1\n1012 AB Amsterdam\nNederland"
_HINT: Final = "Paste or type the address here."
_TITLES: Final = {SHIP_TO: "shipping address", BILL_TO: "billing address"}


class AddressScreen(BaseScreen[list[tuple[Pointer, Json]]]):
    """Shows what an address text would change, and returns the accepted values on Enter. It sends nothing.

    `document`: the order as edited. `name`: its number or name for the title. `key`: the store key of the text, kept
    until the address is accepted. `text`: text pasted before.
    """

    WHERE = Context.ADDRESS
    CSS: ClassVar[str] = """
    #address { height: 1fr; layout: vertical; }
    #address #text { height: 8; layout: vertical; }
    #address.-beside #text { height: 5; }
    #address #proposal { height: 1fr; layout: vertical; }
    #address.-wide { layout: horizontal; }
    #address.-wide #text { width: 50; height: 1fr; }
    """

    def __init__(
        self,
        workspace: Workspace,
        document: Document,
        *,
        name: str,
        key: str,
        pointer: Pointer = SHIP_TO,
        operation: Operation = Operation.PATCH,
        text: str = "",
    ) -> None:
        super().__init__(workspace)
        self._document = document
        self._name = name
        self._key = f"address:{key}:{pointer}"
        self._pointer = pointer
        self._other = BILL_TO if pointer == SHIP_TO else SHIP_TO
        self._operation = operation
        self._pasted = text
        self._reading = read_address("")
        self._lines: tuple[ProposedField, ...] = ()
        self._left_out: set[str] = set()
        self._split: bool | None = None
        self._also_other = False
        self._choice = 0
        self._tab_at = 0.0
        self._in_text = True
        self.box = MultilineInput(hint=_HINT, typing_hook=self._keep, id="block")
        self._text_rule = RuleLine("Address text", "Tab: proposal", id="text-rule")
        self._rule = RuleLine(id="rule")
        self._fields = ComparisonList(empty="No address found yet.", id="fields")

    def compose(self) -> ComposeResult:
        text = Container(self._text_rule, self.box, id="text")
        return self.framed(Container(text, Container(self._rule, self._fields, id="proposal"), id="address"))

    @property
    def list_view(self) -> LineView:
        return self._fields

    @property
    def is_typing(self) -> bool:
        return True

    def on_mount(self) -> None:
        account = self.workspace.account
        self.title_line.set(self.workspace.heading, f"{self._name} · {_TITLES[self._pointer]} from text")
        kept = account.store.screen_states.get(account.account_id, self._key)
        text = self._pasted or (kept if isinstance(kept, str) else "")
        if text:
            self.box.fill(text)
            with self.report_store_errors():
                self._keep(self.box.text)
        else:
            # Loading country names and formats takes 0.25 s, less than typing an address.
            loading = asyncio.to_thread(read_address, _EXAMPLE)
            self.run_worker(loading, name="load the formats of addresses")
        self._in_text = not text
        self._arrange()
        self._read()
        if text and not self._pasted:
            self.show_notice(
                f"Text from before: a paste replaces it, {self.key('text')} edits it, {self.key('accept')} accepts it."
            )

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#address").set_class(event.size.width >= _WIDE, "-wide")

    # The text.

    def _keep(self, text: str) -> None:
        state = self.workspace.account.store.screen_states
        with self.report_store_errors():
            if text:
                state.put(self.workspace.account.account_id, self._key, text)
            else:
                state.delete(self.workspace.account.account_id, self._key)

    @on(MultilineInput.Changed)
    def _changed(self, event: MultilineInput.Changed) -> None:
        self._choice = 0
        self._left_out.clear()
        self._split = None
        self.show_notice("")
        if event.pasted:
            self.go_to(False)
        if event.control.notice:
            self.show_notice(event.control.notice[:1].upper() + event.control.notice[1:] + ".", "warning")
        if len(event.text) > _LONG and not event.pasted:
            # A long text that arrives key by key is parsed when the keys pause.
            self.set_timer(_LATER, lambda: self._read() if self.is_attached else None, name=self._key)
        else:
            self._read()

    def pasted(self, text: str) -> None:
        """A paste outside the input replaces the text."""
        self.box.fill("")
        self.box.insert(text)

    def on_key(self, event: events.Key) -> None:
        if self._in_text and event.key == "tab":
            event.stop()
            event.prevent_default()
            self._tab_at = event.time
            self.go_to(False)
        elif (
            not self._in_text
            and self._tab_at
            and 0 <= event.time - self._tab_at < _BURST
            and not self.query_one(QuestionBar).is_open
        ):
            # Nobody types that fast: the Tab is part of a paste that the terminal sent key by key.
            event.stop()
            event.prevent_default()
            self._tab_at = 0.0
            self.go_to(True)
            self.box.insert("\t" + ("\n" if event.key == "enter" else event.character or ""), pasted=False)
        else:
            self._tab_at = 0.0

    @handles(text=True)
    def go_to(self, in_text: bool) -> None:
        """Focus the text or the proposal."""
        self._in_text = in_text
        self._arrange()

    def _arrange(self) -> None:
        self.query_one("#address").set_class(not self._in_text, "-beside")
        self._text_rule.set("Address text", ("Tab: proposal" if self._in_text else "e: edit it"))
        self.show_keys()
        self.show_status()
        self.give_focus()

    def give_focus(self) -> None:
        (self.box if self._in_text else self.list_view).focus(scroll_visible=False)

    def show_keys(self) -> None:
        if self._in_text:
            self.key_line.set([("Tab", "proposal"), ("Enter", "next line"), ("Esc", "close, keep text")])
        else:
            super().show_keys()

    # The proposal.

    def _read(self) -> None:
        node = self._pointer.get(self._document)
        self._reading = read_address(
            self.box.text,
            node if isinstance(node, dict) else None,
            choice=self._choice,
            billing=self._pointer == BILL_TO,
        )
        self._propose()

    def _propose(self) -> None:
        self._lines = propose(
            self._reading, self._document, self._pointer, split=self._is_split, operation=self._operation
        )
        if not self._reading.found:
            self._lines = ()
        self._fields.load([self._row(line) for line in self._lines], self._notes())
        self._show_rule()
        self.show_status()
        if not self._in_text:
            first = next((found for found in self._reading.found if found.source), None)
            self.call_after_refresh(self.box.scroll_to_text, first.source.split("\n")[0] if first is not None else "")

    @property
    def _is_split(self) -> bool:
        if self._split is None:
            return wants_split(self._reading, self._pointer.get(self._document))
        return self._split

    def _row(self, line: ProposedField) -> ComparisonRow:
        known = field_at(self._pointer / line.field)
        kind = known.kind if known is not None else Kind.TEXT
        label = known.caption if known is not None else line.field
        now = self._shown(kind, line.now)
        match line.effect:
            case FieldEffect.SET | FieldEffect.CLEAR:
                wanted = self._shown(kind, line.value) if line.value else SHOWN_EMPTY
                is_taken = self._is_taken(line)
                guess = "guess" if line.confidence is Confidence.GUESS else ""
                note = "clear" if line.effect is FieldEffect.CLEAR else guess
                tone = "warning" if line.confidence is Confidence.GUESS or self._unsendable(line) else ""
                return ComparisonRow(
                    line.field, "+" if is_taken else "-", label, now, wanted, note if is_taken else "excluded", tone
                )
            case FieldEffect.SAME:
                return ComparisonRow(line.field, "", label, now, self._shown(kind, line.value), "unchanged")
            case FieldEffect.STAYS:
                return ComparisonRow(line.field, "", label, now, "", "stays")
            case _:
                return ComparisonRow(line.field, "~", label, now, "", "stays", "warning")

    def _shown(self, kind: str, value: Json | Absent) -> str:
        shown = show_value(kind, value)
        name = country_name(value) if kind == Kind.COUNTRY and isinstance(value, str) else ""
        return f"{shown} {name}" if name else shown

    def _unsendable(self, line: ProposedField) -> bool:
        """Whether the value contains placeholders for characters that cannot be shown; they are never sent."""
        return any(sign in SUBSTITUTES for sign in line.value)

    def _is_taken(self, line: ProposedField) -> bool:
        return line.writes and line.field not in self._left_out and not self._unsendable(line)

    def _notes(self) -> list[ComparisonNote]:
        reading = self._reading
        notes: list[ComparisonNote] = []
        if reading.split is not None:
            street, number = reading.split
            joined = f"in the street; {self.key('split')} separates it: {street} │ {number}"
            where = f"separate; {self.key('split')} moves it into the street" if self._is_split else joined
            notes.append(ComparisonNote(f"The house number is {where}", "info"))
        if reading.other_addresses:
            notes.append(
                ComparisonNote(
                    f"{reading.other_addresses} more in the text; {self.key('another')} shows another", "warning", "~"
                )
            )
        if reading.possible_countries:
            names = ", ".join(reading.possible_countries[:5])
            notes.append(ComparisonNote(f"The text has no country; the postcode fits {names}", "warning", "~"))
        if any(line.effect is FieldEffect.MIXES for line in self._lines):
            notes.append(
                ComparisonNote(
                    "Fields with ~ keep the old address's value, because they cannot be cleared", "warning", "~"
                )
            )
        if any(self._unsendable(line) for line in self._lines):
            notes.append(
                ComparisonNote(
                    "A value has placeholders for characters that cannot be shown; e: delete them", "error", "!"
                )
            )
        notes += [ComparisonNote(f"not recognized: {text}", "warning", "~") for text in reading.unplaced[:40]]
        if len(reading.unplaced) > 40:
            notes.append(ComparisonNote(f"not recognized: {len(reading.unplaced) - 40} more lines", "warning", "~"))
        if reading.ignored:
            notes.append(ComparisonNote("ignored: " + " · ".join(reading.ignored[:20])))
        return notes

    def _show_rule(self) -> None:
        count = sum(self._is_taken(line) for line in self._lines)
        possible = sum(line.writes for line in self._lines)
        title = f"{count} of {possible} included" if self._lines else "No address yet"
        if self._lines and self._reading.unplaced:
            title += f" · {len(self._reading.unplaced)} not recognized, below"
        other = _TITLES[self._other].removesuffix(" address")
        self._rule.set(title, f"{other} too: {'YES' if self._also_other else 'no'} (b)")

    def status_items(self) -> Sequence[str | Piece]:
        if not self._reading.found:
            return ["the text is kept until you accept the address"]
        # In the text, all keys but Tab are text.
        take = f"{'Tab, then ' if self._in_text else ''}{self.key('accept')} makes"
        facts: list[str | Piece] = [f"nothing is sent; {take} a draft"]
        if self._also_other:
            count = len(self._values()) - sum(self._is_taken(line) for line in self._lines)
            facts.append((f"{_TITLES[self._other]} too: {count_of(count, 'field')}", "info"))
        return facts

    def _values(self) -> list[tuple[Pointer, Json]]:
        out = {line.field for line in self._lines if line.writes and not self._is_taken(line)}
        other = self._other if self._also_other else None
        return values_for(self._lines, self._document, self._pointer, other, excluded=out, operation=self._operation)

    # Keys.

    @handles("accept")
    def take(self, key: str) -> None:
        # Ignore an Enter that was typed before the proposal was shown.
        painted_at = self.list_view.painted_at
        if painted_at is None or self.key_time < painted_at:
            self.show_notice("Enter was pressed before this was shown; press it again to accept.")
            return
        if not self._reading.found:
            self.show_notice(f"No address found in the text; {self.key('text')} edits it.")
            return
        values = self._values()
        if not values:
            self.show_notice("Nothing would change.")
        else:
            self._keep("")
            self.dismiss(values)

    @handles("exclude")
    def leave_out(self, key: str) -> None:
        row = next((line for line in self._lines if line.field == self._fields.cursor_key), None)
        if row is None or not row.writes:
            self.show_notice("There is nothing to exclude here.")
        elif self._unsendable(row):
            self.show_notice(
                f"The value has characters that cannot be sent; {self.key('text')} edits the text.",
                "warning",
            )
        else:
            self._left_out ^= {row.field}
            self._propose()
            self.list_view.move(1)

    @handles("other_address")
    def other_address(self, key: str) -> None:
        self._also_other = not self._also_other
        self._propose()

    @handles("split")
    def split(self, key: str) -> None:
        if self._reading.split is None:
            self.show_notice("No house number was found in the street.")
        else:
            self._split = not self._is_split
            self._propose()

    @handles("another")
    def other_reading(self, key: str) -> None:
        if not self._reading.other_addresses:
            self.show_notice("The text has no other address.")
        else:
            self._choice = (self._choice + 1) % (self._reading.other_addresses + 1)
            self._left_out.clear()
            self._split = None
            self._read()


def looks_like_address(text: str) -> bool:
    """Whether a paste may be an address: several lines or commas, with words and a number."""
    has_parts = len(text.strip().splitlines()) > 1 or "," in text
    has_both = re.search(r"\d", text) is not None and re.search(r"[^\W\d_]{3}", text) is not None
    return text.lstrip()[:1] not in ("[", "{") and has_parts and has_both


async def offer_address(screen: BaseScreen[Any], text: str) -> bool:
    """Ask whether to read a paste as an address."""
    lines = sum(bool(line.strip()) for line in text.splitlines())
    description = f"Pasted {lines} lines." if lines > 1 else "Pasted a line with commas."
    return await screen.ask(description, [("a", "read as address")]) is not None

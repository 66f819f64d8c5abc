"""The one table of commands: keys, titles, help, and where each works. Key lines, `?`, palette and README come from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Context(StrEnum):
    """The places a command can work in."""

    TRIAGE = "triage"
    EDIT = "edit"
    COMPOSER = "composer"
    ADDRESS = "address"
    REVIEW = "review"
    PAGER = "pager"
    REQUESTS = "requests"
    BULK = "change over many"
    JOBS = "changes"
    JOURNAL = "journal"
    RECHECK = "recheck"
    JSON = "JSON"
    IMPORT = "import"
    BATCHES = "batches"
    HISTORY = "history"


class Pane(StrEnum):
    """The panes of the composer, each of which has a key line of its own."""

    LIST = "list"
    TABLE = "table"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Command:
    """`keys` are printable characters as they are, others by Textual's name. `brief` is its word on the key line.

    `marked`: `;` before the key makes it act on the marks. `more`: what it does in one sentence.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    more: str
    where: frozenset[Context]
    brief: str = ""
    marked: bool = False
    panes: tuple[tuple[Pane, str], ...] = ()
    """Words for the key lines of single panes, in place of `brief`. An empty word leaves the command out there."""

    def brief_in(self, pane: Pane | None) -> str:
        """Its word on the key line of a pane."""
        return next((word for one, word in self.panes if one is pane), self.brief)


_LISTS: Final = tuple(Context)
_HOMES: Final = (Context.TRIAGE, Context.EDIT, Context.COMPOSER)
_ROOMS: Final = (*_HOMES, Context.JOURNAL)
_STRIPS: Final = (*_HOMES, Context.BULK)
_WALKED: Final = (*_ROOMS, Context.RECHECK)


def _command(
    id: str,
    keys: str,
    title: str,
    more: str,
    where: Iterable[Context],
    brief: str = "",
    *,
    marked: bool = False,
    panes: Mapping[Pane, str] | None = None,
) -> Command:
    words = tuple((panes or {}).items())
    return Command(id, tuple(keys.split()), title, more, frozenset(where), brief, marked, words)


COMMANDS: Final = (
    _command("down", "j down", "down", "One line down.", _LISTS),
    _command("up", "k up", "up", "One line up.", _LISTS),
    _command("first", "g home", "first", "To the first line.", _LISTS),
    _command("last", "G end", "last", "To the last line that was read.", _LISTS),
    _command("page_down", "pagedown", "page down", "A page down.", _LISTS),
    _command("page_up", "pageup", "page up", "A page up.", _LISTS),
    _command("half_down", "ctrl+d", "half a page down", "Half a page down.", _LISTS),
    _command("half_up", "ctrl+u", "half a page up", "Half a page up.", _LISTS),
    _command(
        "tab_next",
        "l right",
        "next on the strip",
        "The next shop, group or state on the strip.",
        (*_ROOMS, Context.BULK),
    ),
    _command("tab_previous", "h left", "previous on the strip", "The one before it.", (*_ROOMS, Context.BULK)),
    _command(
        "tab_number",
        "0 1 2 3 4 5 6 7 8 9",
        "go to a number of the strip",
        "To it on the strip; 0 is all.",
        (*_ROOMS, Context.BULK),
    ),
    _command(
        "pane",
        "tab",
        "next pane",
        "To the next pane, and back.",
        (Context.TRIAGE, Context.COMPOSER, Context.BULK, Context.JOURNAL, Context.IMPORT),
        panes={Pane.TABLE: "form", Pane.FORM: "list"},
    ),
    _command(
        "open",
        "enter",
        "open",
        "Open the order; in a form, edit the field.",
        (
            *(place for place in _WALKED if place is not Context.EDIT),
            Context.REQUESTS,
            Context.BULK,
            Context.JOBS,
            Context.BATCHES,
            Context.HISTORY,
        ),
        "open",
        panes={Pane.TABLE: "edit", Pane.FORM: "edit"},
    ),
    _command("edit_field", "enter", "edit the field", "Edit the field; Enter there takes it.", (Context.EDIT,), "edit"),
    _command(
        "edit_line", "enter i", "edit the line", "Edit the text, beginning in this line.", (Context.JSON,), "edit"
    ),
    _command(
        "as_json_edit",
        "E",
        "whole order as JSON",
        "The order as one JSON text; there, the text in $EDITOR.",
        (*_HOMES, Context.JSON),
    ),
    _command(
        "apply",
        "w",
        "apply",
        "The draft becomes what the text says; nothing is sent.",
        (Context.JSON,),
        "apply",
    ),
    _command("next_order", "J", "next order", "The next order of the list, also inside the form.", _ROOMS),
    _command("previous_order", "K", "previous order", "The order before it.", _ROOMS),
    _command(
        "next_problem",
        "n",
        "next problem",
        "The next problem, on this order and on to the next.",
        (*_WALKED, Context.JSON),
        "next !",
    ),
    _command("previous_problem", "N", "previous problem", "The problem before it.", (*_WALKED, Context.JSON)),
    _command(
        "filter",
        "/",
        "narrow",
        "Filter by number, id, status, date, or any words.",
        _ROOMS,
        "narrow",
        panes={Pane.TABLE: "", Pane.FORM: ""},
    ),
    _command(
        "mark",
        "space",
        "mark",
        "Mark this order, or take the mark off.",
        (Context.TRIAGE, Context.COMPOSER),
        "mark",
        panes={Pane.FORM: ""},
    ),
    _command(
        "marks",
        "*",
        "marks",
        "Mark all in sight, none, invert; those with problems, or with the same one.",
        (Context.TRIAGE, Context.COMPOSER),
    ),
    _command(
        "on_marked", ";", "on the marked", "The next key acts on all marked orders.", (Context.TRIAGE, Context.COMPOSER)
    ),
    _command(
        "fix",
        "m",
        "mend as proposed",
        "Take the proposal for the problem here, as a draft.",
        (Context.TRIAGE, Context.EDIT, Context.RECHECK),
        "fix",
    ),
    _command(
        "fix_problem",
        "m",
        "mend as proposed",
        "Take the proposal for the problem here; on the marked, of this problem of all, shown before it is done.",
        (Context.COMPOSER,),
        "fix",
        marked=True,
    ),
    _command(
        "absent",
        "c",
        "empty, null or absent",
        "Choose what nothing is to mean in this field; of a conflict, which side stands.",
        (Context.EDIT, Context.BULK),
    ),
    _command(
        "entry_up",
        "<",
        "move up",
        "Move an item or a tax number of the form up; a column of the table left.",
        (Context.EDIT, Context.COMPOSER),
    ),
    _command("entry_down", ">", "move down", "Move it down; the column right.", (Context.EDIT, Context.COMPOSER)),
    _command(
        "set_field",
        "c",
        "set a field",
        "A field, or a saved change by its name: here a draft, on many a dry run. Composer: one value on all marked; "
        "of a field or cell, what nothing is to mean.",
        (Context.TRIAGE, Context.COMPOSER),
        marked=True,
        panes={Pane.FORM: "clear"},
    ),
    _command(
        "tags",
        "t",
        "tags",
        "Add and remove tags; others' tags stay.",
        (Context.TRIAGE, Context.BULK),
        marked=True,
    ),
    _command(
        "repeat", ".", "repeat", "The last change once more, on this order or many.", (Context.TRIAGE,), marked=True
    ),
    _command("changes", "C", "changes", "The last changes over many orders, and their results.", (Context.TRIAGE,)),
    _command(
        "only_empty",
        "e",
        "only where empty",
        "Set this field only where there is nothing yet.",
        (Context.BULK,),
        "empty",
    ),
    _command(
        "save", "S", "save", "Keep this change under a name for the next time, or forget it.", (Context.BULK,), "save"
    ),
    _command(
        "choose",
        "enter",
        "choose",
        "The field that this column goes to; of a value that is the same for all, the value; of an order, all of it.",
        (Context.IMPORT,),
        "choose",
    ),
    _command("stage", "w", "stage", "Stage the orders as shown; nothing is sent.", (Context.IMPORT,), "stage"),
    _command(
        "nowhere",
        "D",
        "nowhere",
        "Let this column go nowhere, or take the value for all away.",
        (Context.IMPORT,),
        "nowhere",
    ),
    _command("constant", "a", "same for all", "A value for all rows that say nothing.", (Context.IMPORT,), "for all"),
    _command(
        "delimiter", "d", "delimiter", "Comma, semicolon, tab or bar between cells.", (Context.IMPORT,), "delimiter"
    ),
    _command("encoding", "e", "encoding", "How the file's letters are written.", (Context.IMPORT,), "encoding"),
    _command("decimal", "s", "decimal sign", "Point or comma.", (Context.IMPORT,), "decimal"),
    _command("quote", "'", "quotes", "Double, single, or none around cells.", (Context.IMPORT,)),
    _command("dates", "o", "dates", "Day or month first in 01/02/2026.", (Context.IMPORT,)),
    _command("header", "f", "first row", "Whether the first row names the columns.", (Context.IMPORT,)),
    _command("sheet", "t", "sheet", "The next sheet of a workbook.", (Context.IMPORT,)),
    _command("derive", "v", "work out", "Work out what is missing, or leave it absent.", (Context.IMPORT,)),
    _command("refused", "X", "refused rows", "The rows that cannot be taken, and why, as a file.", (Context.IMPORT,)),
    _command(
        "save_mapping",
        "S",
        "save",
        "Keep this mapping under a name; it is offered again for the same columns.",
        (Context.IMPORT,),
        "save",
    ),
    _command(
        "leave_out",
        "space",
        "leave out",
        "Leave this order, or field, out, or take it in again.",
        (Context.BULK, Context.ADDRESS),
        "leave out",
    ),
    _command("road", "o", "road", "By PATCH one by one, or whole orders together.", (Context.BULK,), "road"),
    _command("pause", "z", "pause", "Begin no further order, or go on. Ctrl+C cancels.", (Context.BULK,), "pause"),
    _command("retry", "R", "try again", "A new dry run on the orders of the state shown.", (Context.BULK,), "retry"),
    _command(
        "revert", "backspace", "as it was read", "Give this field back what was read.", (Context.EDIT, Context.COMPOSER)
    ),
    _command(
        "undo",
        "u",
        "undo",
        "Take back the last change of a draft, or of a text; in the journal, draft the inverse.",
        (*_WALKED, Context.JSON, Context.BATCHES),
        panes={Pane.FORM: "undo"},
    ),
    _command("redo", "U", "redo", "Do it again.", (*_HOMES, Context.JSON)),
    _command(
        "add",
        "a",
        "add",
        "Triage: stage a copy in the composer. Form: add or copy an item. Composer: blank order, copy, or file. "
        "Change over many: a field. Batches: a new one.",
        (*_STRIPS, Context.BATCHES),
        "add",
        marked=True,
        panes={Pane.TABLE: "", Pane.FORM: "item"},
    ),
    _command(
        "drop",
        "D",
        "delete",
        "Triage: delete the order, after its number is typed. Form: remove an item. Composer and change over many: drop.",
        (*_STRIPS, Context.JOBS, Context.BATCHES),
        marked=True,
    ),
    _command(
        "review",
        "w",
        "review",
        "See every change as it will go; y there sends.",
        (*_WALKED, Context.BULK),
        "review",
        marked=True,
    ),
    _command(
        "hold",
        "z",
        "hold or release",
        "Keep an order back from sending, or let it go.",
        (Context.COMPOSER,),
        "hold",
        marked=True,
        panes={Pane.TABLE: "", Pane.FORM: ""},
    ),
    _command(
        "address",
        "A",
        "address from a text",
        "Paste or type an address as people write it; it is read into the fields, as a draft.",
        _HOMES,
        "address",
        panes={Pane.LIST: "", Pane.TABLE: ""},
    ),
    _command(
        "take",
        "enter",
        "take",
        "Take what the text says, but for what is left out, as a draft.",
        (Context.ADDRESS,),
        "take",
    ),
    _command(
        "other_address",
        "b",
        "also the other address",
        "The billing address becomes the same, too; or the shipping address.",
        (Context.ADDRESS,),
        "billing too",
    ),
    _command(
        "split",
        "s",
        "house number apart",
        "Take the number out of the street, or put it back.",
        (Context.ADDRESS,),
        "number",
    ),
    _command("another", "o", "another address", "The next one, where the text has several.", (Context.ADDRESS,)),
    _command("text", "e tab", "edit the text", "Back into the text.", (Context.ADDRESS,), "edit text"),
    _command("rename", "e", "rename", "Give this batch another name.", (Context.BATCHES,), "rename"),
    _command(
        "take_over",
        "t",
        "take over",
        "Take this batch from the running copy of the app that has it; that one can then only look.",
        (Context.BATCHES,),
        "take over",
    ),
    _command(
        "go_on",
        "c",
        "go on after a refusal",
        "Whether orders that a refusal does not name go again by themselves.",
        (Context.REVIEW,),
        "go on",
    ),
    _command("send", "y", "send", "Send what the review shows.", (Context.REVIEW,), "send"),
    _command(
        "not_send", "n", "do not send", "Leave the review; nothing is sent, nothing is lost.", (Context.REVIEW,), "not"
    ),
    _command(
        "as_json",
        "v",
        "as JSON",
        "The bodies as they will go, or the whole entry, and back to the fields.",
        (Context.REVIEW, Context.BULK, Context.JOURNAL),
        "JSON",
    ),
    _command(
        "view",
        "v",
        "view",
        "Form: usual, all, changed, required fields. Staged orders: list, problems, table of fields, history.",
        (Context.EDIT, Context.COMPOSER, Context.HISTORY),
        "view",
        panes={Pane.TABLE: "history", Pane.FORM: "fields"},
    ),
    _command(
        "long_text",
        "p",
        "long text",
        "The whole value, or the whole order as JSON, in a pane; in the history, the bodies that were sent.",
        (*_HOMES, Context.JSON, Context.HISTORY),
    ),
    _command(
        "differences",
        "d",
        "differences",
        "What the draft changes: field, what it was, what it will be.",
        (Context.TRIAGE, Context.EDIT),
    ),
    _command(
        "refresh",
        "r",
        "read this again",
        "Read it again: the order, an unknown write, in a dry run all of them.",
        (*_HOMES, Context.BULK, Context.RECHECK, Context.BATCHES, Context.JOBS, Context.HISTORY),
    ),
    _command(
        "refresh_all",
        "R",
        "read all again",
        "Read the list and the shops again; cursor and marks stay.",
        (Context.TRIAGE,),
    ),
    _command(
        "sort",
        "s",
        "sort",
        "Choose what the list is sorted by.",
        (Context.TRIAGE, Context.COMPOSER, Context.JOURNAL),
        panes={Pane.LIST: "sort", Pane.TABLE: "sort"},
    ),
    _command(
        "columns",
        "C",
        "columns",
        "Choose the columns of the table by typing.",
        (Context.COMPOSER,),
        "columns",
        panes={Pane.LIST: "", Pane.FORM: ""},
    ),
    _command(
        "batches",
        "B",
        "composer",
        "The batch of staged orders that was used last; from there, all batches.",
        (*_ROOMS, Context.BATCHES),
    ),
    _command(
        "journal",
        "L",
        "journal",
        "What was written, by whom, when, and how it ended; of the order here, its newest write.",
        (*_WALKED, Context.REQUESTS),
    ),
    _command(
        "recheck",
        "r",
        "read today's changes again",
        "Read the orders of today's confirmed changes again: which were taken back.",
        (Context.JOURNAL,),
    ),
    _command("order", "o", "the order", "The form of the order that this is about.", (Context.JOURNAL,)),
    _command(
        "export",
        "X",
        "export",
        "What this list shows into a file of JSON lines; the history also as CSV.",
        (Context.JOURNAL, Context.HISTORY),
        "export",
    ),
    _command("shops", "I", "shops", "The connected shops, and why one fails.", (Context.TRIAGE,)),
    _command("request_log", "T", "requests", "Every request: method, path, status, time, bodies.", _WALKED),
    _command("back_and_forth", "-", "where I was", "Between this and the last place.", _ROOMS),
    _command("palette", ":", "command", "Any command by its name.", _LISTS),
    _command("keys", "?", "keys", "The keys that work here, then all.", _LISTS, "keys"),
    _command("stop", "ctrl+c", "stop reading", "Stop what is being read; writes are never stopped.", _LISTS),
    _command("repaint", "ctrl+l", "repaint", "Draw the screen again.", _LISTS),
    _command("suspend", "ctrl+z", "suspend", "Back to the shell; fg brings the app back.", _LISTS),
    _command("back", "q escape", "back", "Back; what was typed stays.", _LISTS),
    _command("quit", "Q", "quit", "Leave the app; everything is kept.", _LISTS),
)

NAMES: Final = {
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
}
"""How keys are called in texts, where their own name will not do."""


def key_name(key: str) -> str:
    """A key as people write it: `Ctrl+D`, `Enter`, `j`."""
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    return NAMES.get(key, key)


def commands_in(where: Context) -> tuple[Command, ...]:
    return tuple(command for command in COMMANDS if where in command.where)


def lookup(where: Context) -> dict[str, Command]:
    """Key to command of one place."""
    return {key: command for command in commands_in(where) for key in command.keys}


def clashes() -> list[str]:
    """Keys that would mean two things in one place; a test wants none."""
    found = []
    for where in Context:
        taken: dict[str, str] = {}
        for command in commands_in(where):
            for key in command.keys:
                if key in taken:
                    found.append(f"{where}: {key} is {taken[key]} and {command.id}")
                taken[key] = command.id
    return found

"""The table of commands: keys, titles, help, contexts. Key lines, `?`, the palette and the README are made from it.

`tui.user_keys` looks commands up by screen and key, with the keys that the user chose.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


class Context(StrEnum):
    """The screens and panes in which a command can work."""

    TRIAGE = "triage"
    EDIT = "edit"
    COMPOSER = "composer"
    ADDRESS = "address"
    REVIEW = "review"
    PAGER = "pager"
    REQUESTS = "requests"
    BULK = "bulk change"
    JOBS = "bulk changes"
    JOURNAL = "journal"
    RECHECK = "recheck"
    JSON = "JSON"
    IMPORT = "import"
    BATCHES = "batches"
    HISTORY = "history"
    FACETS = "facets"
    VIEWS = "views"
    SETTINGS = "settings"


class Pane(StrEnum):
    """The panes of the composer, each of which has a key line of its own."""

    LIST = "list"
    TABLE = "table"
    FORM = "form"


class Purpose(StrEnum):
    """What a user wants to do with a command; the help groups commands by it, in this order."""

    MOVE = "Move"
    FIND = "Find and mark"
    CHANGE = "Change"
    IMPORT = "Import"
    SEND = "Check and send"
    VIEW = "View"
    GO_TO = "Go to"
    APP = "App"


@dataclass(frozen=True, slots=True)
class Command:
    """`keys`: printable characters as they are, other keys by Textual's names. `label`: the word on the key line.

    `help`: what the command does, in a sentence. `marked`: after `;` it acts on all marked orders.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    contexts: frozenset[Context]
    purpose: Purpose
    label: str = ""
    marked: bool = False
    pane_labels: tuple[tuple[Pane, str], ...] = ()
    """Words for the key lines of single panes, in place of `label`. An empty word leaves the command out there."""

    def label_in(self, pane: Pane) -> str:
        """The command's word on the key line of a pane."""
        return next((label for shown_in, label in self.pane_labels if shown_in is pane), self.label)


_ALL: Final = tuple(Context)
_ORDER_SCREENS: Final = (Context.TRIAGE, Context.EDIT, Context.COMPOSER)
_MAIN_SCREENS: Final = (*_ORDER_SCREENS, Context.JOURNAL)
_WITH_BULK: Final = (*_ORDER_SCREENS, Context.BULK)
_WITH_RECHECK: Final = (*_MAIN_SCREENS, Context.RECHECK)


def _command(
    id: str,
    keys: str,
    title: str,
    help: str,
    contexts: Iterable[Context],
    purpose: Purpose,
    label: str = "",
    *,
    marked: bool = False,
    panes: Mapping[Pane, str] | None = None,
) -> Command:
    labels = tuple((panes or {}).items())
    return Command(id, tuple(keys.split()), title, help, frozenset(contexts), purpose, label, marked, labels)


COMMANDS: Final = (
    _command("down", "j down", "down", "Move one line down.", _ALL, Purpose.MOVE),
    _command("up", "k up", "up", "Move one line up.", _ALL, Purpose.MOVE),
    _command("first", "g home", "first", "Go to the first line.", _ALL, Purpose.MOVE),
    _command("last", "G end", "last", "Go to the last line.", _ALL, Purpose.MOVE),
    _command("page_down", "pagedown", "page down", "Scroll one page down.", _ALL, Purpose.MOVE),
    _command("page_up", "pageup", "page up", "Scroll one page up.", _ALL, Purpose.MOVE),
    _command("half_down", "ctrl+d", "half a page down", "Scroll half a page down.", _ALL, Purpose.MOVE),
    _command("half_up", "ctrl+u", "half a page up", "Scroll half a page up.", _ALL, Purpose.MOVE),
    _command(
        "tab_next",
        "l right",
        "next tab",
        "Go to the next tab: a shop, group or state.",
        (
            *_MAIN_SCREENS,
            Context.BULK,
            Context.FACETS,
        ),
        Purpose.MOVE,
    ),
    _command(
        "tab_previous",
        "h left",
        "previous tab",
        "Go to the previous tab.",
        (
            *_MAIN_SCREENS,
            Context.BULK,
            Context.FACETS,
        ),
        Purpose.MOVE,
    ),
    _command(
        "tab_number",
        "0 1 2 3 4 5 6 7 8 9",
        "tab by number",
        "Go to the tab with this number; 0 shows all.",
        (
            *_MAIN_SCREENS,
            Context.BULK,
            Context.FACETS,
        ),
        Purpose.MOVE,
    ),
    _command(
        "pane",
        "tab",
        "next pane",
        "Go to the next pane.",
        (
            Context.TRIAGE,
            Context.COMPOSER,
            Context.BULK,
            Context.JOURNAL,
            Context.IMPORT,
        ),
        Purpose.MOVE,
        panes={Pane.TABLE: "form", Pane.FORM: "list"},
    ),
    _command(
        "open",
        "enter",
        "open",
        "Open the line at the cursor; in a form, edit the field.",
        (
            *(context for context in _WITH_RECHECK if context is not Context.EDIT),
            Context.REQUESTS,
            Context.BULK,
            Context.JOBS,
            Context.BATCHES,
            Context.HISTORY,
            Context.FACETS,
            Context.VIEWS,
            Context.SETTINGS,
        ),
        Purpose.MOVE,
        "open",
        panes={Pane.TABLE: "edit", Pane.FORM: "edit"},
    ),
    _command(
        "edit_field",
        "enter",
        "edit the field",
        "Edit the field; Enter accepts the value.",
        (Context.EDIT,),
        Purpose.CHANGE,
        "edit",
    ),
    _command(
        "edit_line",
        "enter i",
        "edit the line",
        "Edit the text, starting in this line.",
        (Context.JSON,),
        Purpose.CHANGE,
        "edit",
    ),
    _command(
        "as_json_edit",
        "E",
        "whole order as JSON",
        "Edit the whole order as JSON; in the JSON editor, open the text in $EDITOR.",
        (
            Context.EDIT,
            Context.COMPOSER,
            Context.JSON,
        ),
        Purpose.CHANGE,
    ),
    _command(
        "as_text",
        "E",
        "as text",
        "Edit the whole order as JSON. On marked orders: edit columns of your choice as a table in $EDITOR.",
        (Context.TRIAGE,),
        Purpose.CHANGE,
        marked=True,
    ),
    _command(
        "apply", "w", "apply", "Apply the text to the draft; nothing is sent.", (Context.JSON,), Purpose.CHANGE, "apply"
    ),
    _command(
        "next_order",
        "J",
        "next order",
        "Go to the next order of the list, also from inside a form.",
        _MAIN_SCREENS,
        Purpose.MOVE,
    ),
    _command(
        "previous_order", "K", "previous order", "Go to the previous order of the list.", _MAIN_SCREENS, Purpose.MOVE
    ),
    _command(
        "next_problem",
        "n",
        "next problem",
        "Go to the next problem of this order, then to the next order that needs attention; done and snoozed ones are skipped.",
        (
            *_WITH_RECHECK,
            Context.JSON,
        ),
        Purpose.FIND,
        "next !",
    ),
    _command(
        "previous_problem",
        "N",
        "previous problem",
        "Go to the previous problem.",
        (
            *_WITH_RECHECK,
            Context.JSON,
        ),
        Purpose.FIND,
    ),
    _command(
        "filter",
        "/",
        "filter",
        "Filter the list by number, id, status, date, or any text; in triage, by a query over all orders.",
        _MAIN_SCREENS,
        Purpose.FIND,
        "filter",
        panes={Pane.TABLE: "", Pane.FORM: ""},
    ),
    _command(
        "views",
        "v",
        "views",
        "Open a saved view by its letter, save the query as a view, or choose the columns of a view.",
        (Context.TRIAGE,),
        Purpose.FIND,
        "views",
    ),
    _command(
        "save_view",
        "S",
        "save the query",
        "Save the query of the list as a view.",
        (Context.VIEWS,),
        Purpose.FIND,
        "save",
    ),
    _command(
        "facets",
        "F",
        "facets",
        "Count the listed orders by reason, shop, country, status, SKU and more, and narrow the list to one value.",
        (Context.TRIAGE,),
        Purpose.FIND,
        "facets",
    ),
    _command(
        "exclude_value",
        "e",
        "exclude",
        "Show only the orders without this value.",
        (Context.FACETS,),
        Purpose.FIND,
        "exclude",
    ),
    _command(
        "same_customer",
        "=",
        "same customer",
        "List all orders with the same e-mail, phone number or address.",
        (Context.TRIAGE,),
        Purpose.FIND,
    ),
    _command(
        "learn_status",
        "e",
        "what the status means",
        "Say whether this shop's status means open or finished; all its orders with that status follow.",
        (Context.TRIAGE,),
        Purpose.FIND,
    ),
    _command(
        "switch_check",
        "W",
        "frequent warnings",
        "Switch off a warning that many open orders of a shop have, or switch it on again.",
        (Context.TRIAGE,),
        Purpose.FIND,
    ),
    _command(
        "seen",
        "S",
        "seen",
        "Set all orders to seen; is:new and is:changed then list only later changes.",
        (Context.TRIAGE,),
        Purpose.FIND,
    ),
    _command(
        "done",
        "x",
        "done",
        "Set the order to done on this machine, or reset it. A change of the order resets it, too.",
        (Context.TRIAGE,),
        Purpose.CHANGE,
        "done",
        marked=True,
    ),
    _command(
        "snooze",
        "z",
        "snooze",
        "Hide the order from the work list until a time, or until it changes.",
        (Context.TRIAGE,),
        Purpose.CHANGE,
        "later",
        marked=True,
    ),
    _command(
        "flag",
        "f",
        "flag",
        "Flag the order on this machine, or remove the flag.",
        (Context.TRIAGE,),
        Purpose.CHANGE,
        marked=True,
    ),
    _command(
        "private_note",
        "i",
        "private note",
        "Write a note about the order, which stays on this machine.",
        (Context.TRIAGE,),
        Purpose.CHANGE,
    ),
    _command(
        "copy",
        "Y",
        "copy",
        "Copy the number, id, address, e-mail or the whole order to the clipboard of your terminal.",
        (Context.TRIAGE,),
        Purpose.VIEW,
    ),
    _command(
        "panel",
        "o",
        "open in the panel",
        "Open the order in Sendcloud's panel in a browser, or show the address if there is none, as over SSH.",
        (Context.TRIAGE,),
        Purpose.VIEW,
    ),
    _command(
        "mark",
        "space",
        "mark",
        "Mark this order, or remove its mark.",
        (
            Context.TRIAGE,
            Context.COMPOSER,
        ),
        Purpose.FIND,
        "mark",
        panes={Pane.FORM: ""},
    ),
    _command(
        "range",
        "V",
        "mark a range",
        "Start a range at this order; the same key at its other end marks all orders between.",
        (Context.TRIAGE,),
        Purpose.FIND,
    ),
    _command(
        "marks",
        "*",
        "marks",
        "Mark all listed orders, none, the others, or those with problems or with the same problem; keep marks.",
        (
            Context.TRIAGE,
            Context.COMPOSER,
        ),
        Purpose.FIND,
    ),
    _command(
        "on_marked",
        ";",
        "on marked orders",
        "Apply the next key to all marked orders.",
        (
            Context.TRIAGE,
            Context.COMPOSER,
        ),
        Purpose.FIND,
    ),
    _command(
        "fix",
        "m",
        "apply the fix",
        "Apply the proposed fix of this problem to the draft. On marked orders: one kind of fix, after a preview.",
        (
            Context.TRIAGE,
            Context.EDIT,
            Context.RECHECK,
        ),
        Purpose.CHANGE,
        "fix",
        marked=True,
    ),
    _command(
        "fix_problem",
        "m",
        "apply the fix",
        "Apply the proposed fix of this problem. On marked orders: fix this problem in all of them, after a preview.",
        (Context.COMPOSER,),
        Purpose.CHANGE,
        "fix",
        marked=True,
    ),
    _command(
        "empty_value",
        "c",
        "empty, null or absent",
        "Choose how an empty value of this field is sent; at a conflict, choose which side to keep.",
        (
            Context.EDIT,
            Context.BULK,
        ),
        Purpose.CHANGE,
    ),
    _command(
        "move_up",
        "<",
        "move up",
        "Move an item or a tax number of the form up; in the table, move a column left.",
        (
            Context.EDIT,
            Context.COMPOSER,
        ),
        Purpose.CHANGE,
    ),
    _command(
        "move_down",
        ">",
        "move down",
        "Move an item or a tax number of the form down; in the table, move a column right.",
        (
            Context.EDIT,
            Context.COMPOSER,
        ),
        Purpose.CHANGE,
    ),
    _command(
        "set_field",
        "c",
        "set a field",
        "Set a field, or apply a saved change by name: in triage as a draft or, on marked orders, "
        "as a dry run. Composer: set one value, also on all marked orders, or choose how an empty value "
        "is sent.",
        (
            Context.TRIAGE,
            Context.COMPOSER,
        ),
        Purpose.CHANGE,
        marked=True,
        panes={Pane.FORM: "clear"},
    ),
    _command(
        "tags",
        "t",
        "tags",
        "Add and remove tags; other tags stay.",
        (
            Context.TRIAGE,
            Context.BULK,
        ),
        Purpose.CHANGE,
        marked=True,
    ),
    _command(
        "repeat",
        ".",
        "repeat",
        "Repeat the last change on this order or on marked ones.",
        (Context.TRIAGE,),
        Purpose.CHANGE,
        marked=True,
    ),
    _command(
        "changes",
        "C",
        "bulk changes",
        "List the latest bulk changes and their results.",
        (Context.TRIAGE,),
        Purpose.GO_TO,
    ),
    _command(
        "only_empty",
        "e",
        "only where empty",
        "Set this field only where it is empty.",
        (Context.BULK,),
        Purpose.CHANGE,
        "empty",
    ),
    _command(
        "save",
        "S",
        "save",
        "Save this change under a name, or delete a saved one.",
        (Context.BULK,),
        Purpose.CHANGE,
        "save",
    ),
    _command(
        "choose",
        "enter",
        "choose",
        "Choose the field of this column, the value for all rows, or see the whole order.",
        (Context.IMPORT,),
        Purpose.IMPORT,
        "choose",
    ),
    _command(
        "stage", "w", "stage", "Stage the orders as shown; nothing is sent.", (Context.IMPORT,), Purpose.IMPORT, "stage"
    ),
    _command(
        "ignore_column",
        "D",
        "ignore",
        "Ignore this column, or remove the value for all rows.",
        (Context.IMPORT,),
        Purpose.IMPORT,
        "ignore",
    ),
    _command(
        "constant",
        "a",
        "value for all rows",
        "Set a value for all rows that have none.",
        (Context.IMPORT,),
        Purpose.IMPORT,
        "for all",
    ),
    _command(
        "delimiter",
        "d",
        "delimiter",
        "Choose the delimiter: comma, semicolon, tab or vertical bar.",
        (Context.IMPORT,),
        Purpose.IMPORT,
        "delimiter",
    ),
    _command(
        "encoding",
        "e",
        "encoding",
        "Choose the file's character encoding.",
        (Context.IMPORT,),
        Purpose.IMPORT,
        "encoding",
    ),
    _command(
        "decimal",
        "s",
        "decimal sign",
        "Choose the decimal sign: point or comma.",
        (Context.IMPORT,),
        Purpose.IMPORT,
        "decimal",
    ),
    _command(
        "quote",
        "'",
        "quotes",
        "Choose the quotes around cells: double, single, or none.",
        (Context.IMPORT,),
        Purpose.IMPORT,
    ),
    _command(
        "dates",
        "o",
        "dates",
        "Choose whether day or month comes first in 01/02/2026.",
        (Context.IMPORT,),
        Purpose.IMPORT,
    ),
    _command(
        "header",
        "f",
        "first row",
        "Choose whether the first row has the names of the columns.",
        (Context.IMPORT,),
        Purpose.IMPORT,
    ),
    _command("sheet", "t", "sheet", "Switch to the next sheet of the workbook.", (Context.IMPORT,), Purpose.IMPORT),
    _command(
        "fill_in", "v", "fill in", "Fill in missing values, or leave them absent.", (Context.IMPORT,), Purpose.IMPORT
    ),
    _command(
        "refused",
        "X",
        "refused rows",
        "Save the rows that cannot be imported, with the reasons, to a file.",
        (Context.IMPORT,),
        Purpose.IMPORT,
    ),
    _command(
        "save_mapping",
        "S",
        "save",
        "Save this mapping under a name; it is offered again for the same columns.",
        (Context.IMPORT,),
        Purpose.IMPORT,
        "save",
    ),
    _command(
        "exclude",
        "space",
        "exclude",
        "Exclude this order or field, or include it again.",
        (
            Context.BULK,
            Context.ADDRESS,
        ),
        Purpose.CHANGE,
        "exclude",
    ),
    _command(
        "method",
        "o",
        "method",
        "Choose how to send: single PATCH requests, or batches of full orders.",
        (Context.BULK,),
        Purpose.SEND,
        "method",
    ),
    _command(
        "pause",
        "z",
        "pause",
        "Pause before the next order, or resume. To cancel: stop reading.",
        (Context.BULK,),
        Purpose.SEND,
        "pause",
    ),
    _command(
        "retry",
        "R",
        "try again",
        "Start a new dry run with the orders in the state shown.",
        (Context.BULK,),
        Purpose.SEND,
        "retry",
    ),
    _command(
        "revert",
        "backspace",
        "revert the field",
        "Restore the value of this field as it was read.",
        (
            Context.EDIT,
            Context.COMPOSER,
        ),
        Purpose.CHANGE,
    ),
    _command(
        "undo",
        "u",
        "undo",
        "Undo the last change to a draft or text, in the order list also done, snooze, flag and note; in the journal, draft "
        "the reverse of a write.",
        (
            *_WITH_RECHECK,
            Context.JSON,
            Context.BATCHES,
        ),
        Purpose.CHANGE,
        panes={Pane.FORM: "undo"},
    ),
    _command(
        "redo",
        "U",
        "redo",
        "Redo the change that was undone last.",
        (
            *_ORDER_SCREENS,
            Context.JSON,
        ),
        Purpose.CHANGE,
    ),
    _command(
        "add",
        "a",
        "add",
        "Triage: stage a copy in the composer. Form: add or copy an item. Composer: add a blank "
        "order, a copy, or a file. Bulk change: add a field. Batches: create a batch.",
        (
            *_WITH_BULK,
            Context.BATCHES,
        ),
        Purpose.CHANGE,
        "add",
        marked=True,
        panes={Pane.TABLE: "", Pane.FORM: "item"},
    ),
    _command(
        "drop",
        "D",
        "delete",
        "Triage: delete the order after its number was typed. Form: remove an item. Other lists: "
        "remove the line from the list.",
        (
            *_WITH_BULK,
            Context.JOBS,
            Context.BATCHES,
            Context.VIEWS,
        ),
        Purpose.CHANGE,
        marked=True,
    ),
    _command(
        "review",
        "w",
        "review",
        "Review all changes as they will be sent; y sends them.",
        (
            *_WITH_RECHECK,
            Context.BULK,
        ),
        Purpose.SEND,
        "review",
        marked=True,
    ),
    _command(
        "hold",
        "z",
        "hold or release",
        "Hold an order back from sending, or release it.",
        (Context.COMPOSER,),
        Purpose.SEND,
        "hold",
        marked=True,
        panes={Pane.TABLE: "", Pane.FORM: ""},
    ),
    _command(
        "address",
        "A",
        "address from text",
        "Paste or type an address as text; it is split into fields as a draft.",
        _ORDER_SCREENS,
        Purpose.CHANGE,
        "address",
        panes={Pane.LIST: "", Pane.TABLE: ""},
    ),
    _command(
        "accept",
        "enter",
        "accept",
        "Apply the address to the draft, without excluded fields.",
        (Context.ADDRESS,),
        Purpose.CHANGE,
        "accept",
    ),
    _command(
        "other_address",
        "b",
        "also the other address",
        "Set the other address (billing or shipping) to the same values too.",
        (Context.ADDRESS,),
        Purpose.CHANGE,
        "billing too",
    ),
    _command(
        "split",
        "s",
        "separate house number",
        "Move the house number out of the street, or back into it.",
        (Context.ADDRESS,),
        Purpose.CHANGE,
        "number",
    ),
    _command(
        "another",
        "o",
        "another address",
        "Use the next address of the text, if it has several.",
        (Context.ADDRESS,),
        Purpose.CHANGE,
    ),
    _command("text", "e tab", "edit the text", "Return to the text.", (Context.ADDRESS,), Purpose.CHANGE, "edit text"),
    _command("rename", "e", "rename", "Rename this batch.", (Context.BATCHES,), Purpose.CHANGE, "rename"),
    _command(
        "take_over",
        "t",
        "take over",
        "Take this batch over from another running copy of the app, which then can only view it.",
        (Context.BATCHES,),
        Purpose.CHANGE,
        "take over",
    ),
    _command(
        "toggle_resend",
        "c",
        "resend after a refusal",
        "Toggle whether orders without errors are sent again automatically after a refusal.",
        (Context.REVIEW,),
        Purpose.SEND,
        "resend",
    ),
    _command("send", "y", "send", "Send what the review shows.", (Context.REVIEW,), Purpose.SEND, "send"),
    _command(
        "not_send",
        "n",
        "do not send",
        "Leave the review without sending; drafts and staged orders stay.",
        (Context.REVIEW,),
        Purpose.SEND,
        "cancel",
    ),
    _command(
        "as_json",
        "v",
        "as JSON",
        "Show the request bodies or the whole entry as JSON, or switch back to the fields.",
        (
            Context.REVIEW,
            Context.BULK,
            Context.JOURNAL,
        ),
        Purpose.VIEW,
        "JSON",
    ),
    _command(
        "view",
        "v",
        "view",
        "Switch the view. Form: usual, all, changed, required fields. Staged orders: list, "
        "problems, table of fields, history.",
        (
            Context.EDIT,
            Context.COMPOSER,
            Context.HISTORY,
        ),
        Purpose.VIEW,
        "view",
        panes={Pane.TABLE: "history", Pane.FORM: "fields"},
    ),
    _command(
        "long_text",
        "p",
        "long text",
        "Show the whole value and where an imported one came from, or the order as JSON; in the history, the bodies sent.",
        (
            *_ORDER_SCREENS,
            Context.IMPORT,
            Context.JSON,
            Context.HISTORY,
        ),
        Purpose.VIEW,
    ),
    _command(
        "differences",
        "d",
        "differences",
        "List the changes of the draft with old and new values.",
        (
            Context.TRIAGE,
            Context.EDIT,
        ),
        Purpose.VIEW,
    ),
    _command(
        "refresh",
        "r",
        "refresh",
        "Read the order again, or look up an unknown write; in a dry run, read all orders again.",
        (
            *_ORDER_SCREENS,
            Context.BULK,
            Context.RECHECK,
            Context.BATCHES,
            Context.JOBS,
            Context.HISTORY,
        ),
        Purpose.VIEW,
    ),
    _command(
        "refresh_all",
        "R",
        "refresh all",
        "Read all open orders and the shops again, or resume reading; cursor and marks stay.",
        (Context.TRIAGE,),
        Purpose.VIEW,
    ),
    _command(
        "sort",
        "s",
        "sort",
        "Choose the sort order of the list.",
        (
            Context.TRIAGE,
            Context.COMPOSER,
            Context.JOURNAL,
        ),
        Purpose.FIND,
        panes={Pane.LIST: "sort", Pane.TABLE: "sort"},
    ),
    _command(
        "columns",
        "C",
        "columns",
        "Choose, move and size the columns of the table, in triage those of the view at the cursor.",
        (Context.COMPOSER, Context.VIEWS),
        Purpose.VIEW,
        "columns",
        panes={Pane.LIST: "", Pane.FORM: ""},
    ),
    _command(
        "batches",
        "B",
        "composer",
        "Open the most recent batch of staged orders; in the composer, list all batches.",
        (
            *_MAIN_SCREENS,
            Context.BATCHES,
        ),
        Purpose.GO_TO,
    ),
    _command(
        "journal",
        "L",
        "journal",
        "Open the journal: all writes with user, time and outcome. Starts at the newest write of this order.",
        (
            *_WITH_RECHECK,
            Context.REQUESTS,
        ),
        Purpose.GO_TO,
    ),
    _command(
        "recheck",
        "r",
        "recheck today's changes",
        "Read the orders of today's confirmed changes again and list those that were reverted.",
        (Context.JOURNAL,),
        Purpose.VIEW,
    ),
    _command("order", "o", "the order", "Open the order of this line.", (Context.JOURNAL,), Purpose.GO_TO),
    _command(
        "export",
        "X",
        "export",
        "Export the list to a file: orders as CSV, JSON lines or a pick list; the history also as CSV; the journal also as the report of a day.",
        (
            Context.TRIAGE,
            Context.JOURNAL,
            Context.HISTORY,
        ),
        Purpose.VIEW,
        "export",
        marked=True,
    ),
    _command(
        "shops",
        "I",
        "shops",
        "List the connected shops, with the error of a failing one.",
        (Context.TRIAGE,),
        Purpose.GO_TO,
    ),
    _command(
        "request_log",
        "T",
        "requests",
        "List all requests with method, path, status, time and bodies.",
        _WITH_RECHECK,
        Purpose.GO_TO,
    ),
    _command(
        "previous_screen",
        "-",
        "previous screen",
        "Switch between this screen and the previous one.",
        _MAIN_SCREENS,
        Purpose.GO_TO,
    ),
    _command(
        "profiles",
        "P",
        "switch profile",
        "Open another account or the sandbox, or connect an account. Drafts and staged orders stay.",
        _MAIN_SCREENS,
        Purpose.GO_TO,
    ),
    _command(
        "settings",
        "O",
        "settings",
        "Choose theme, density, formats, mouse, watch, limits, and how long orders are kept.",
        _MAIN_SCREENS,
        Purpose.APP,
    ),
    _command("palette", ":", "command", "Run any command by its name.", _ALL, Purpose.APP),
    _command("keys", "?", "keys", "List the keys of this screen, then all others.", _ALL, Purpose.APP, "keys"),
    _command(
        "stop", "ctrl+c", "stop reading", "Stop reading from the service; writes are never stopped.", _ALL, Purpose.APP
    ),
    _command("repaint", "ctrl+l", "repaint", "Redraw the screen.", _ALL, Purpose.APP),
    _command(
        "suspend", "ctrl+z", "suspend", "Suspend the app and return to the shell; fg resumes it.", _ALL, Purpose.APP
    ),
    _command("back", "q escape", "back", "Go back; unsaved input is kept.", _ALL, Purpose.APP),
    _command("quit", "Q", "quit", "Quit the app; drafts and staged orders are kept.", _ALL, Purpose.APP),
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
    "delete": "Delete",
    "insert": "Insert",
    "shift+tab": "Shift+Tab",
}
"""The names of keys in texts, where they differ from Textual's."""


def key_name(key: str) -> str:
    """The name of a key for users: `Ctrl+D`, `Enter`, `j`."""
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    return NAMES.get(key, key.upper() if key[1:].isdecimal() else key)


KeyOf: TypeAlias = Callable[[str, Context], str]
"""Gives the name of the key of a command on a screen, for sentences. The user's keys: `tui.user_keys.Keymap.key`."""


def usual_key(id: str, context: Context) -> str:
    """The name of the usual key of a command. Raises LookupError if the command does not work on this screen."""
    for command in COMMANDS:
        if command.id == id and context in command.contexts:
            return key_name(command.keys[0])
    raise LookupError(f"{id} does not work in {context}")

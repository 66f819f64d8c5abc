"""Routes: destinations as values. Screens pass them to `Workspace.go`; only the navigator knows the screens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.api.pointer import Pointer
from tui.keymap import Context
from tui.widgets.pager import TextLine


@dataclass(frozen=True, slots=True)
class OpenTriage:
    """The order list, below all other screens."""


@dataclass(frozen=True, slots=True)
class EditOrder:
    """The form of one existing order. `as_json`: open the order as JSON."""

    order_id: str
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class OpenComposer:
    """The composer. `paste`: text to read orders from."""

    paste: str = ""


@dataclass(frozen=True, slots=True)
class OpenBatches:
    """The list of batches."""


@dataclass(frozen=True, slots=True)
class OpenHistory:
    """The history of the open batch."""


@dataclass(frozen=True, slots=True)
class OpenJournal:
    """The journal. `order_id`: start at the newest write of this order."""

    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class OpenBulk:
    """One bulk change. `field`: open the editor of this field."""

    job_id: str
    field: Pointer | None = None


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """The list of bulk changes."""


@dataclass(frozen=True, slots=True)
class ShowText:
    """A page of untrusted text, which is made safe when shown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ShowLines:
    """A page of styled lines."""

    title: str
    lines: Sequence[TextLine]


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """The help of a context."""

    where: Context


@dataclass(frozen=True, slots=True)
class ShowPalette:
    """The palette of the top screen's commands."""


@dataclass(frozen=True, slots=True)
class ShowRequestLog:
    """The request log."""


@dataclass(frozen=True, slots=True)
class OpenSettings:
    """The settings."""


@dataclass(frozen=True, slots=True)
class Back:
    """The previous screen on the stack; the last screen stays open."""


@dataclass(frozen=True, slots=True)
class SwitchBack:
    """The place visited before this one."""


@dataclass(frozen=True, slots=True)
class Repaint:
    """Redraw the screen."""


@dataclass(frozen=True, slots=True)
class Suspend:
    """Suspend the process."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Quit the app."""


@dataclass(frozen=True, slots=True)
class SwitchProfile:
    """Another profile, chosen from a list; everything of this one is closed."""


Place: TypeAlias = OpenTriage | EditOrder | OpenComposer | OpenJournal
"""The routes that the next start can restore."""

Page: TypeAlias = (
    Place
    | OpenBatches
    | OpenHistory
    | OpenBulk
    | OpenJobs
    | ShowText
    | ShowLines
    | ShowHelp
    | ShowRequestLog
    | OpenSettings
)
"""The routes that a screen shows."""

Route: TypeAlias = Page | ShowPalette | Back | SwitchBack | Repaint | Suspend | SwitchProfile | Leave

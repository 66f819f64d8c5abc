"""Where to go, as values. A screen passes one to `Workspace.go`; only the navigator knows which screen shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.api.pointer import Pointer
from tui.keymap import Context
from tui.widgets.pager import TextLine


@dataclass(frozen=True, slots=True)
class OpenTriage:
    """The list of orders, which is below all other screens."""


@dataclass(frozen=True, slots=True)
class EditOrder:
    """The form of one order of the service. `as_json`: begin with the order as JSON."""

    order_id: str
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class OpenComposer:
    """The staged orders. `paste`: a text to read orders from."""

    paste: str = ""


@dataclass(frozen=True, slots=True)
class OpenBatches:
    """The list of batches."""


@dataclass(frozen=True, slots=True)
class OpenHistory:
    """What was sent of the open batch."""


@dataclass(frozen=True, slots=True)
class OpenJournal:
    """All writes. `order_id`: begin at the newest write of this order."""

    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class OpenBulk:
    """One change of many orders. `field`: begin with the editor of this field."""

    job_id: str
    field: Pointer | None = None


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """The last changes of many orders."""


@dataclass(frozen=True, slots=True)
class ShowText:
    """A page with a text from outside, which is made safe when it is shown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ShowLines:
    """A page with lines in styles."""

    title: str
    lines: Sequence[TextLine]


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """The keys of a place."""

    where: Context


@dataclass(frozen=True, slots=True)
class ShowPalette:
    """The commands of the screen in front, to choose one by its name."""


@dataclass(frozen=True, slots=True)
class ShowRequestLog:
    """The requests that were made."""


@dataclass(frozen=True, slots=True)
class Back:
    """The screen below; the last one stays."""


@dataclass(frozen=True, slots=True)
class SwitchBack:
    """The place before this one."""


@dataclass(frozen=True, slots=True)
class Repaint:
    """Draw everything again."""


@dataclass(frozen=True, slots=True)
class Suspend:
    """Put the process into the background."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End the app."""


Place: TypeAlias = OpenTriage | EditOrder | OpenComposer | OpenJournal
"""Where the next start can begin."""

Page: TypeAlias = (
    Place | OpenBatches | OpenHistory | OpenBulk | OpenJobs | ShowText | ShowLines | ShowHelp | ShowRequestLog
)
"""What a screen shows."""

Route: TypeAlias = Page | ShowPalette | Back | SwitchBack | Repaint | Suspend | Leave

"""What an order is edited as when it is edited as one JSON text: a draft of the service's order, or a staged one."""

from collections.abc import Callable
from typing import Any

from tui.api.codec import Document
from tui.api.models import Operation
from tui.orders.edits.json_merge import check_change, check_new, keep_fixed_fields, rebase
from tui.orders.summary import order_name
from tui.screens.common.screen import BaseScreen
from tui.screens.order.json_editor import JsonDocument, JsonScreen
from tui.work.batches.staged_order import StagedOrder
from tui.work.drafts.drafts import Draft

_STEP = "edited as JSON"
_TAKEN = "Drafted as JSON says; u takes it back."


def draft_place(order_id: str) -> str:
    """Under which name the text of an order of the service is kept."""
    return f"order {order_id}"


def open_draft_as_json(
    screen: BaseScreen[Any], draft: Draft, now: Callable[[], Draft], save: Callable[[Draft], None]
) -> None:
    """Edit a draft as one text. `now` gives the draft as it is when the text is taken, `save` keeps and shows it."""
    base = draft.edit.base

    def take(began: Document, wanted: Document) -> str:
        current = now()
        document = rebase(began, keep_fixed_fields(current.edit.base, wanted), current.edit.document)
        if not current.edit.replace_document(document, _STEP):
            return "The draft says all that already."
        save(current)
        return _TAKEN

    screen.workspace.open(
        JsonScreen(
            screen.workspace,
            JsonDocument(
                draft_place(draft.order_id),
                order_name(draft.edit.document),
                draft.edit.document,
                Operation.PATCH,
                lambda wanted: check_change(base, wanted),
                take,
            ),
        )
    )


def open_staged_as_json(screen: BaseScreen[Any], order: StagedOrder, taken: Callable[[], None]) -> None:
    """Edit a staged order as one text; `taken` shows what came of it."""
    base = order.edit.base if order.fixed else None
    staging = screen.workspace.staging

    def take(began: Document, wanted: Document) -> str:
        document = wanted if base is None else keep_fixed_fields(base, wanted)
        if not staging.editing.replace_document(order.id, began, document, _STEP):
            return "The order says all that already."
        taken()
        return _TAKEN

    screen.workspace.open(
        JsonScreen(
            screen.workspace,
            JsonDocument(
                f"staged {order.id}",
                order_name(order.document),
                order.document,
                Operation.POST,
                lambda wanted: check_new(base, wanted),
                take,
            ),
        )
    )

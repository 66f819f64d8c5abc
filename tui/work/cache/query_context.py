"""What a query refers to besides the orders: shops, checks, drafts, private marks, and what is new."""

import re
from collections.abc import Collection

from tui.orders.checks.registry import CHECKS, title_of
from tui.orders.query.language import QueryContext
from tui.work.account import Account
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.private_marks import OrderMarks

_PLACEHOLDER = re.compile(r"\{\w+\}")


def query_context(
    account: Account, orders: LocalOrders, marks: OrderMarks, marked: Collection[str] = ()
) -> QueryContext:
    """The context of a query as of now. `marked`: the keys of the orders marked in the list."""
    seen = orders.seen_at
    return QueryContext(
        now=account.now(),
        zone=account.zone,
        shops={str(shop.id): shop.name for shop in account.shops or account.earlier_shops},
        titles={check.code: f"{title_of(check.code)} {_PLACEHOLDER.sub('', check.title)}" for check in CHECKS},
        keys={
            "draft": [draft.order_id for draft in account.drafts.all()],
            "marked": marked,
            "new": orders.cache.new_since(seen),
            "changed": orders.cache.changed_since(seen),
            "flagged": marks.keys(lambda mark: mark.flagged_at),
            "snoozed": marks.keys(lambda mark: mark.snoozed_until),
            "done": marks.keys(lambda mark: mark.done_at),
        },
    )

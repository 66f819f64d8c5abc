"""What a query refers to in addition to the orders: shops, checks, drafts, private marks, and what is new."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from tui.orders.checks.registry import CHECKS, title_of
from tui.orders.query.language import QueryContext
from tui.work.account import Account
from tui.work.cache.deadlines import deadlines_of
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.private_marks import OrderMarks
from tui.work.journal.overwritten import overwritten

_PLACEHOLDER = re.compile(r"\{\w+\}")


class _KeySets(Mapping[str, Collection[str]]):
    """Sets of order keys by name, each made when a query asks for it."""

    def __init__(self, makers: Mapping[str, Callable[[], Collection[str]]]) -> None:
        self._makers = makers

    def __getitem__(self, name: str) -> Collection[str]:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def query_context(
    account: Account, orders: LocalOrders, marks: OrderMarks, marked: Collection[str] = ()
) -> QueryContext:
    """The context of a query as of now. `marked`: the keys of the orders marked in the list."""
    return QueryContext(
        now=account.now(),
        zone=account.zone,
        shops={str(shop.id): shop.name for shop in account.shops or account.earlier_shops},
        titles={check.code: f"{title_of(check.code)} {_PLACEHOLDER.sub('', check.title)}" for check in CHECKS},
        keys=_KeySets(
            {
                "draft": lambda: [draft.order_id for draft in account.drafts.all()],
                "marked": lambda: marked,
                "new": lambda: orders.cache.new_since(orders.seen_at),
                "changed": lambda: orders.cache.changed_since(orders.seen_at),
                "flagged": lambda: marks.keys(lambda mark: mark.flagged_at),
                "snoozed": lambda: marks.keys(lambda mark: mark.snoozed_until),
                "done": lambda: marks.keys(lambda mark: mark.done_at),
                "overwritten": lambda: overwritten(account, orders),
            }
        ),
        levels=deadlines_of(account).levels,
    )

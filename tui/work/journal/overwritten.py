"""Which corrections the shop's synchronisation has overwritten since, according to the orders in the cache (Q3.15)."""

from datetime import timedelta

from tui.store.journal import WriteKind
from tui.work.account import Account
from tui.work.cache.local_orders import LocalOrders
from tui.work.journal.entries import open_entry
from tui.work.journal.recheck import DONE, RecheckResult, compare_with

_DAYS = 14


def overwritten(account: Account, orders: LocalOrders) -> frozenset[str]:
    """The keys of the orders in which a value corrected in the last two weeks has its old value again."""
    queries = account.store.journal_queries
    since = account.now() - timedelta(days=_DAYS)
    rows = queries.find(account.account_id, states=DONE, kinds=(WriteKind.PATCH,), since=since)
    entries = [open_entry(account.store, account.client.base_url, id) for id, _ in reversed(rows)]
    found = compare_with((entry for entry in entries if entry is not None), orders.document)
    return frozenset(change.order_id for change in found if change.result is RecheckResult.REVERTED)

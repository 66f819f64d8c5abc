"""Opens the cache of an account's orders."""

from tui.store.order_cache import OrderCache, cache_path
from tui.work.account import Account
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.order_knowledge import OrderKnowledge


def open_orders(account: Account, knowledge: OrderKnowledge, *, in_memory: bool = False) -> LocalOrders:
    """Open the cache of an account next to its store, or in memory. Raises StoreError."""
    path = None if in_memory else cache_path(account.store.path.parent, account.account_id)
    return LocalOrders(OrderCache(path), knowledge.facts, lambda: knowledge.version, account.now)

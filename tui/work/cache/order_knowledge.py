"""`OrderKnowledge`: what the checks and the queries know about an account's orders in addition to the orders."""

import hashlib
from dataclasses import replace

from tui.api.codec import Document, as_document
from tui.api.errors import Problem
from tui.api.query import order_key
from tui.orders.checks.context import CheckContext
from tui.orders.checks.deadline import due_at
from tui.orders.checks.facts import CheckedOrder, text_of
from tui.orders.checks.fix import Fix
from tui.orders.checks.fixes import FROM_HISTORY, fix_for
from tui.orders.checks.registry import CHECKS, find_problems
from tui.orders.columns import ListedOrder
from tui.orders.order_state import OrderState, order_state
from tui.orders.paths import SHOP
from tui.orders.query.conditions import Facts
from tui.orders.query.facts import FactsContext, facts_of
from tui.orders.summary import ordered_at, text_at
from tui.store.order_cache import OrderCache
from tui.work.account import Account
from tui.work.cache.related_orders import duplicate_orders, related_orders
from tui.work.cache.sku_history import checked_items, sku_history

_STATUSES = "statuses"
_FORMAT = "1"
"""Increase this when the computation of facts changes, so that those in the cache are computed again."""


class OrderKnowledge:
    """Judges the orders of an account: their state, their problems, when they are due."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._statuses = as_document(account.store.screen_states.get(account.account_id, _STATUSES))

    @property
    def version(self) -> str:
        """Names what the facts depend on: the checks, and what is known about the shops."""
        types = sorted((shop.id, shop.kind) for shop in self._account.shops or self._account.earlier_shops)
        known = f"{_FORMAT} {[(check.code, check.blocks.value) for check in CHECKS]} {types} {sorted(self._account.shop_settings.items())}"
        return hashlib.sha256(known.encode()).hexdigest()[:12]

    def state(self, document: Document) -> OrderState:
        """Whether the order is open according to its shop."""
        return _state(document, self._context(document))

    def learn(self, shop_id: str, code: str, state: OrderState | None) -> None:
        """Note what a status means in a shop; None forgets it. The facts of its orders have to be made again.

        Raises StoreError.
        """
        of_shop = {known: meaning.value for known, meaning in self._learned(shop_id).items()}
        of_shop.pop(code.lower(), None)
        if state is not None:
            of_shop[code.lower()] = state.value
        stored: Document = {**self._statuses, shop_id: dict(of_shop)}
        self._account.store.screen_states.put(self._account.account_id, _STATUSES, stored)
        self._statuses = stored

    def _learned(self, shop_id: str) -> dict[str, OrderState]:
        known = as_document(self._statuses.get(shop_id))
        return {code: OrderState(str(state)) for code, state in known.items() if state in [*OrderState]}

    def problems(self, document: Document) -> tuple[Problem, ...]:
        """The problems that the checks find now, errors first."""
        return self._problems(document, self._context(document))

    def problems_among(self, document: Document, cache: OrderCache) -> tuple[Problem, ...]:
        """What the checks find now, with those that compare the order with the others in the cache. Raises StoreError."""
        key = order_key(document)
        context = replace(
            self._context(document),
            related={key: related_orders(cache, document)},
            duplicates={key: duplicate_orders(cache, document)},
        )
        return self._problems(document, context)

    def _problems(self, document: Document, context: CheckContext) -> tuple[Problem, ...]:
        return tuple(find_problems(document, replace(context, now=self._account.now())))

    def fix(self, document: Document, problem: Problem, cache: OrderCache) -> Fix | None:
        """The fix that is proposed for a problem, including values from earlier orders of the same articles."""
        context = self._context(document)
        if problem.code in FROM_HISTORY:  # reading earlier orders is slow, and other fixes do not need them
            skus = [text_of(item.document, "sku") for item in checked_items(document)]
            context = replace(context, history=sku_history(cache, skus))
        return fix_for(document, problem, context)

    def listed(self, document: Document, problems: tuple[Problem, ...] | None = None) -> ListedOrder:
        """The order with what is found about it now, for lists and exports. `problems`: those found, if they are known."""
        account, shop = self._account, self._account.shop(text_at(document, SHOP))
        context = self._context(document)
        found = self._problems(document, context) if problems is None else problems
        return ListedOrder(
            document,
            found,
            _state(document, context).value,
            shop.name if shop is not None else "",
            account.now(),
            account.zone,
            due_at(document, context.shop),
        )

    def facts(self, document: Document) -> Facts:
        """The facts that queries use. They do not depend on the time; see `is:due` and `is:late`."""
        context = self._context(document)
        found = tuple((problem.code, problem.severity.value) for problem in find_problems(document, context))
        order, shop = CheckedOrder.of(document, context.shop), context.shop
        facts = facts_of(
            document,
            FactsContext(
                stage=_state(document, context).value,
                problems=found,
                is_abroad=bool(order.country) and order.country != shop.sender_country,
                needs_customs=order.declared,
                due=due_at(document, shop),
            ),
        )
        placed = ordered_at(document)
        if placed is not None:
            facts.codes["day"] = placed.astimezone(self._account.zone).date().isoformat()
        if carrier := facts.texts.get("carrier"):
            facts.codes["carrier_code"] = carrier.partition("\n")[0]
        return facts

    def _context(self, document: Document) -> CheckContext:
        shop_id = text_at(document, SHOP)
        shop = self._account.shop(shop_id)
        return replace(
            self._account.known_shops.context(document),
            shop_type=shop.kind if shop is not None else None,
            learned=self._learned(shop_id),
        )


def _state(document: Document, context: CheckContext) -> OrderState:
    return order_state(document, context.shop_type, context.learned)

"""`OrderKnowledge`: what the checks and the queries know about an account's orders in addition to the orders."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from operator import is_

from tui.api.codec import Document, as_document
from tui.api.errors import Problem
from tui.api.query import id_number, order_key
from tui.orders.checks.context import CheckContext, SkuHistory
from tui.orders.checks.deadline import due_at
from tui.orders.checks.facts import CheckedOrder
from tui.orders.checks.fix import Fix
from tui.orders.checks.fixes import fix_for
from tui.orders.checks.registry import CHECKS, find_problems
from tui.orders.columns import ListedOrder
from tui.orders.labels import label_text, state_with_label
from tui.orders.order_state import OrderState, order_state
from tui.orders.paths import SHOP
from tui.orders.query.conditions import Condition, Facts
from tui.orders.query.facts import FactsContext, facts_of
from tui.orders.summary import ordered_at, text_at
from tui.store.order_cache import CachedOrder, OrderCache
from tui.work.account import Account
from tui.work.cache.deadlines import deadlines_of
from tui.work.cache.frequent_warnings import FrequentWarning, frequent_warnings
from tui.work.cache.related_orders import duplicate_orders, related_orders

_STATUSES = "statuses"
_MOST_CONTEXTS = 1000
_FORMAT = "2"
"""Increase this when the computation of facts changes, so that those in the cache are computed again."""


class OrderKnowledge:
    """Judges the orders of an account: their state, their problems, when they are due."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._statuses = as_document(account.store.screen_states.get(account.account_id, _STATUSES))
        self._contexts: tuple[tuple[object, ...], dict[str, CheckContext]] = ((), {})
        """By shop, with the objects that they were made from."""

    @property
    def version(self) -> str:
        """Names what the facts depend on: the checks, and what is known about the shops."""
        account = self._account
        types = sorted((shop.id, shop.kind) for shop in account.shops or account.earlier_shops)
        shops = f"{types} {sorted(account.shop_settings.items())} {account.senders} {account.meanings} {sorted(account.phone_options)}"
        known = f"{_FORMAT} {[(check.code, check.blocks.value) for check in CHECKS]} {shops}"
        return hashlib.sha256(known.encode()).hexdigest()[:12]

    @property
    def late_errors(self) -> tuple[Condition, ...]:
        """The orders that are late or due now, of the shops that take that for an error."""
        return deadlines_of(self._account).with_severity("error")

    def state(self, order: CachedOrder) -> OrderState:
        """Whether an order is open: according to its label, or else to its shop."""
        return state_with_label(_state(order.document, self._context(order.document)), order.label)

    def state_text(self, order: CachedOrder) -> str:
        """What is known about whether an order is open, for users. Contains untrusted text."""
        return label_text(order.label, _state(order.document, self._context(order.document)), self._account.zone)

    def learn(self, shop_id: str, code: str, state: OrderState | None) -> None:
        """Note what a status means in a shop; None forgets it. The facts of its orders have to be made again.

        Raises StoreError.
        """
        of_shop = {known: meaning.value for known, meaning in self._decided(shop_id).items()}
        of_shop.pop(code.lower(), None)
        if state is not None:
            of_shop[code.lower()] = state.value
        stored: Document = {**self._statuses, shop_id: dict(of_shop)}
        self._account.store.screen_states.put(self._account.account_id, _STATUSES, stored)
        self._statuses = stored

    def _learned(self, shop_id: str) -> dict[str, OrderState]:
        """States by status code: as the user decided, else as a Prestashop's own statuses say."""
        return {**self._account.meanings.get(id_number(shop_id) or 0, {}), **self._decided(shop_id)}

    def _decided(self, shop_id: str) -> dict[str, OrderState]:
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

    def fix(self, document: Document, problem: Problem, history: Mapping[str, SkuHistory]) -> Fix | None:
        """The fix that is proposed for a problem, including values from earlier orders of the same articles."""
        return fix_for(document, problem, replace(self._context(document), history=history))

    def frequent_warnings(self, cache: OrderCache) -> tuple[FrequentWarning, ...]:
        """The warnings that many open orders of a shop have. Raises StoreError."""
        return frequent_warnings(self._account, cache)

    def listed(self, order: CachedOrder, problems: tuple[Problem, ...] | None = None) -> ListedOrder:
        """The order with what is found about it now, for lists and exports. `problems`: those found, if they are known."""
        document, account = order.document, self._account
        shop = account.shop(text_at(document, SHOP))
        context = self._context(document)
        found = self._problems(document, context) if problems is None else problems
        return ListedOrder(
            document,
            found,
            self.state(order).value,
            shop.name if shop is not None else "",
            account.now(),
            account.zone,
            due_at(document, context.shop),
        )

    def facts(self, document: Document) -> Facts:
        """The facts that queries use. They do not depend on the time; see `Deadlines`."""
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
        """The context of an order's shop; the same object until something that is known about the shops changes."""
        account = self._account
        basis = (account.known_shops, account.meanings, self._statuses, account.shops, account.earlier_shops)
        known, contexts = self._contexts
        if len(known) != len(basis) or not all(map(is_, known, basis)):
            contexts = {}
            # In one step, since facts are made in threads.
            self._contexts = (basis, contexts)
        shop_id = text_at(document, SHOP)
        context = contexts.get(shop_id)
        if context is None:
            shop = account.shop(shop_id)
            context = replace(
                account.known_shops.context(document),
                shop_type=shop.kind if shop is not None else None,
                learned=self._learned(shop_id),
            )
            if len(contexts) < _MOST_CONTEXTS:
                contexts[shop_id] = context
        return context


def _state(document: Document, context: CheckContext) -> OrderState:
    return order_state(document, context.shop_type, context.learned)

"""Saved views, facets, orders of the same customer, and what counts as new."""

import asyncio

from tui.api.codec import Document
from tui.orders.checks.registry import title_of
from tui.orders.order_state import OrderState
from tui.orders.paths import SHIP_TO, SHOP, STATUS
from tui.orders.query.conditions import All, OneOf
from tui.orders.query.folding import fold_value
from tui.orders.query.saved_views import LETTERS, QueryView
from tui.orders.query.syntax import quote
from tui.orders.summary import email_of, phone_of, text_at
from tui.screens.common.commands import handles
from tui.screens.common.questions import ask_which
from tui.screens.triage.facets import FacetScreen
from tui.screens.triage.order_list import ALL, OrderCommands, OrderList
from tui.screens.triage.views.view_counts import ViewCounts
from tui.screens.triage.views.view_screen import ViewScreen
from tui.work.cache.frequent_warnings import SHARE


class ViewCommands(OrderCommands):
    """Commands that choose what the list shows."""

    def __init__(self, orders: OrderList, counts: ViewCounts) -> None:
        super().__init__(orders)
        self._counts = counts

    @handles("views")
    async def choose(self, key: str) -> None:
        orders, line = self._orders, self._orders.filter_line.filter
        view = await self._screen.ask_screen(ViewScreen(self._workspace, orders.views, line, self._counts.count))
        if view is not None and view.name:
            orders.show_view(view)
        elif view is not None:
            await self._save(line)

    def show(self, shop: str, line: str) -> None:
        """Show the orders of a shop, or of all shops, that match a query."""
        self._orders.tab_bar.select(shop)
        self._orders.set_query(line)

    async def _save(self, line: str) -> None:
        """Ask for a name and a letter, and save the query as a view with the columns of the list."""
        entered = await self._orders.prompt.ask("letter and name of the view: ")
        letter, _, name = (entered or "").partition(" ")
        if letter not in tuple(LETTERS) or not name.strip():
            self._screen.show_notice("Not saved. Enter a lowercase letter, a space and a name, such as: w wholesale.")
            return
        views = self._orders.views
        views.put(QueryView(letter, name.strip(), line, views.current.columns))
        views.letter = letter
        self._counts.look_again()
        self._screen.show_notice(f"Saved: v {letter} shows {name.strip()}.")

    @handles("facets")
    async def show_facets(self, key: str) -> None:
        index = self._workspace.orders
        term = await self._screen.ask_screen(FacetScreen(self._workspace, index.condition, len(index.window)))
        if term is not None:
            self._orders.set_query(f"{self._orders.filter_line.filter} {term}".strip())

    @handles("same_customer")
    def show_customer(self, key: str) -> None:
        order = self._orders.order
        line = _customer_query(order) if order is not None else ""
        if not line:
            self._screen.show_notice("This order has no e-mail, phone number or address.")
        else:
            self.show(ALL, line)

    @handles("learn_status")
    async def learn_status(self, key: str) -> None:
        order = self._orders.order
        code = text_at(order, STATUS).strip() if order is not None else ""
        if order is None or not code:
            self._screen.show_notice("This order has no status.")
            return
        index, shop_id = self._workspace.orders, text_at(order, SHOP)
        shop = self._workspace.account.shop(shop_id)
        name = shop.name if shop is not None else "this shop"
        answers = [("o", "open"), ("f", "finished"), ("u", "unknown"), ("d", "default")]
        answer = await self._screen.ask(f"{code} is", answers)
        if answer is None:
            return
        states = {"o": OrderState.OPEN, "f": OrderState.FINISHED, "u": OrderState.UNKNOWN}
        index.knowledge.learn(shop_id, code, states.get(answer))
        of_status = (OneOf("shop", (fold_value(shop_id),)), OneOf("status", (fold_value(code),)))
        index.local.cache.mark_outdated(All(of_status))
        await self._judge_again()
        self._screen.show_notice(f"Orders of {name} with the status {code} were judged again; nothing was sent.")

    @handles("switch_check")
    async def switch_check(self, key: str) -> None:
        """Switch a frequent warning of a shop off, or one that was switched off on again; first those of this order's shop."""
        account, index = self._workspace.account, self._workspace.orders
        await asyncio.to_thread(index.find_frequent)
        here = text_at(self._orders.order, SHOP) if self._orders.order is not None else ""
        choices = [(warning.shop, warning.code, False, f"off: {warning}") for warning in index.frequent]
        choices += [
            (shop, code, True, f"on again: {title_of(code)}") for shop, code in account.switched_checks.all_off()
        ]
        choices.sort(key=lambda choice: str(choice[0]) != here)
        if not choices:
            share = f"No shop has a warning that is on more than {SHARE:.0%} of its open orders."
            self._screen.show_notice(f"{share} Other checks are switched in settings.toml.")
            return
        names = {shop.id: shop.name for shop in account.shops or account.earlier_shops}
        titles = [f"{text}, {names.get(shop, shop)}" for shop, _, _, text in choices]
        chosen = await ask_which(self._screen, "Switch", titles)
        if chosen is None:
            return
        shop, code, is_on, _ = choices[chosen]
        account.switched_checks.switch(shop, code, is_on=is_on)
        of_shop = OneOf("shop", (str(shop),))
        index.local.cache.mark_outdated(of_shop if is_on else All((of_shop, OneOf("problem", (code,)))))
        index.forget_problems()
        await self._judge_again()
        state, hint = (
            ("on again", "") if is_on else ("off", f" {self._screen.key('switch_check')} switches it on again.")
        )
        self._screen.show_notice(f"{title_of(code)} is switched {state} for {names.get(shop, shop)}.{hint}")

    async def _judge_again(self) -> None:
        """Compute the facts of the orders again that are outdated, and show the list as it is then."""
        while await asyncio.to_thread(self._workspace.orders.local.describe_outdated):
            pass
        self._orders.reader.look_again()

    @handles("seen")
    def set_seen(self, key: str) -> None:
        self._workspace.orders.local.set_seen()
        self._orders.reader.look_again()
        self._screen.show_notice(
            f"All orders are now seen; {self._screen.key('views')} n shows orders that come in later."
        )


def _customer_query(order: Document) -> str:
    """The query for orders with the same e-mail, phone number, or street and postcode."""
    email, phone = email_of(order), phone_of(order)
    street = f"{text_at(order, SHIP_TO / 'address_line_1')} {text_at(order, SHIP_TO / 'house_number')}".strip()
    postcode = text_at(order, SHIP_TO / "postal_code")
    terms = [f"{name}:{quote(value)}" for name, value in (("email", email), ("phone", phone)) if value.strip()]
    if street and postcode:
        terms.append(f"(street:{quote(street)} postcode:{quote(postcode)})")
    return " or ".join(terms)

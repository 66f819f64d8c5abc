"""An opened account: its client, its stored data, its shops, and the services that work on its orders."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import cast

from tui.api.client import Client
from tui.api.codec import Document, Json, as_document, as_list
from tui.api.errors import Forbidden, InvalidResponse, NotFound, RequestRefused
from tui.api.query import id_number, id_text
from tui.api.request_log import RequestLog
from tui.keymap import KeyOf, usual_key
from tui.orders.checks.context import NO_SHOPS, AccountShops, ShopSettings
from tui.orders.checks.senders import Sender, with_sender
from tui.orders.order_state import OrderState
from tui.store.account_join import IDENTITY
from tui.store.journal import Write
from tui.store.store import Store
from tui.store.verifications import Verification
from tui.work.drafts.drafts import Drafts
from tui.work.drafts.sender import DraftSender
from tui.work.shop_details import options_with_phone, prestashop_meanings, sender_addresses
from tui.work.switched_checks import SwitchedChecks
from tui.work.unsaved import Unsaved
from tui.work.writes.backoff import Now, RetrySchedule, Sleep
from tui.work.writes.outbox import Outbox
from tui.work.writes.verifier import Verifier

_SHOPS, _SENDERS, _STATUSES, _PHONE_OPTIONS = "shops", "senders", "shop_statuses", "phone_options"
_KEPT = ("id", "shop_name", "type", "started_failing_at")
"""What is stored of an integration: its document may have the shop's own secrets (Q10.3)."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The parts of an integration that triage shows. `raw` is the document as received."""

    id: int
    name: str
    kind: str
    failing_since: str
    raw: Document = field(repr=False)

    @classmethod
    def read(cls, raw: Document) -> "Shop | None":
        number = id_number(id_text(raw.get("id")))
        if number is None:
            return None
        name, kind, failing = (raw.get(key) for key in ("shop_name", "type", "started_failing_at"))
        return cls(
            number,
            name if isinstance(name, str) and name.strip() else f"shop {number}",
            kind if isinstance(kind, str) else "",
            failing if isinstance(failing, str) else "",
            raw,
        )


@dataclass(slots=True)
class Account:
    """`account_id` is the store's number of the account. `shops` is None until the shops are known.

    `shops_hidden`: the service does not list the shops for these credentials; there may be some.
    """

    client: Client
    store: Store
    account_id: int
    drafts: Drafts
    now: Callable[[], datetime]
    zone: tzinfo
    outbox: Outbox
    verifier: Verifier
    draft_sender: DraftSender
    switched_checks: SwitchedChecks
    shops: list[Shop] | None = None
    shops_hidden: bool = False
    own_shop: int | None = None
    earlier_shops: Sequence[Shop] = ()
    """The shops as they were read the last time."""
    shop_settings: Mapping[int, ShopSettings] = field(default_factory=dict)
    """What the user's settings say about shops, by their ids."""
    identity_notice: str = ""
    """What the user should know about whose credentials these are; empty if there is nothing unusual."""
    senders: tuple[Sender, ...] = ()
    """Where the account sends from, as read last; empty if the service does not say."""
    phone_options: frozenset[str] = frozenset()
    """The shipping options that require a phone number, as read last."""
    meanings: Mapping[int, Mapping[str, OrderState]] = field(default_factory=dict)
    """What the statuses of Prestashops mean, as read last: by the shop's id and the status code in lower case."""
    unsaved: Unsaved = field(default_factory=Unsaved)
    """What could not be stored and is stored again later."""
    listeners: list[Callable[[Write | Verification], None]] = field(default_factory=list)
    """Functions to call after each step of a write and at the end of each verification."""
    key: KeyOf = usual_key
    """The names of the keys of commands, for sentences."""
    on_read_back: Callable[[Document], None] = lambda _: None
    """Called with each order that the verifier has read, as this app has written it."""
    _known: tuple[object, ...] = (None,) * 5
    _known_shops: AccountShops = NO_SHOPS
    _reading: "asyncio.Task[list[Shop]] | None" = None

    @property
    def log(self) -> RequestLog:
        return self.client.log

    async def first_shops(self) -> list[Shop]:
        """The shops as read in this run, by one request even for several callers. Raises what `read_shops` raises."""
        if self._reading is None or (self._reading.done() and (self._reading.cancelled() or self._reading.exception())):
            self._reading = asyncio.create_task(self.read_shops())
        return await asyncio.shield(self._reading)

    async def read_shops(self) -> list[Shop]:
        """Read the integrations again, and what the checks need to know about them.

        The result is empty if the service has no such list, or does not show it to these credentials.
        """
        rows: tuple[Document, ...] = ()
        self.shops_hidden = True
        with suppress(NotFound, Forbidden, RequestRefused):
            rows = tuple(await self.client.list_integrations())
            self.shops_hidden = False
            self.store.screen_states.put(self.account_id, _SHOPS, [_kept(row) for row in rows])
        found = [shop for shop in map(Shop.read, rows) if shop is not None]
        self.shops = _sorted(found)
        await self._read_details()
        return self.shops

    async def _read_details(self) -> None:
        """Read where the shops send from and what their statuses mean. What cannot be read stays as it was."""
        prestashops = [shop.id for shop in self.shops or () if "prestashop" in shop.kind.lower()]
        senders, meanings = await asyncio.gather(
            sender_addresses(self.client),
            asyncio.gather(*(prestashop_meanings(self.client, shop) for shop in prestashops)),
        )
        screen_states = self.store.screen_states
        if senders is not None and senders != self.senders:
            self.senders = senders
            stored = [[sender.country, sender.postcode] for sender in senders]
            screen_states.put(self.account_id, _SENDERS, cast(Json, stored))
        read = {shop: states for shop, states in zip(prestashops, meanings, strict=True) if states is not None}
        if read and read != self.meanings:
            self.meanings = {**self.meanings, **read}
            names: Document = {str(shop): {**states} for shop, states in self.meanings.items()}
            screen_states.put(self.account_id, _STATUSES, names)

    async def refresh(self) -> None:
        """Read the shops again because the user asked for it, and the shipping options: their list is read by a POST."""
        await self.read_shops()
        options = await options_with_phone(self.client)
        if options is not None:
            self.phone_options = options
            self.store.screen_states.put(self.account_id, _PHONE_OPTIONS, [*sorted(options)])

    @property
    def latest_shops(self) -> Sequence[Shop]:
        """The shops as they were read last, in this run or in an earlier one."""
        return self.earlier_shops if self.shops is None else self.shops

    @property
    def shop_ids(self) -> frozenset[int] | None:
        """The ids of all shops of the account; None where they are not known."""
        return None if self.shops is None or self.shops_hidden else frozenset(shop.id for shop in self.shops)

    @property
    def being_written(self) -> frozenset[str]:
        """The ids of the orders that have a write whose result is not known yet."""
        accepted = {verification.remote_id for verification in self.verifier.pending}
        return self.draft_sender.being_written | {remote_id for remote_id in accepted if remote_id is not None}

    @property
    def known_shops(self) -> AccountShops:
        """What the checks of orders need to know about the shops; the same object until something changes."""
        known = (self.shops, self.shop_settings, self.senders, self.phone_options, self.switched_checks.by_shop)
        if any(one is not before for one, before in zip(known, self._known, strict=True)):
            default = with_sender(ShopSettings(zone=self.zone), self.senders)
            settings = {shop: with_sender(own, self.senders) for shop, own in self.shop_settings.items()}
            settings = self.switched_checks.applied_to(settings, default)
            self._known_shops = AccountShops(self.shop_ids, settings, default, self.phone_options)
            self._known = known
        return self._known_shops

    def shop(self, id: str) -> Shop | None:
        """Return the shop with this id, which comes from an order and may be any text.

        Until the shops are read, those of the last time are known.
        """
        number = id_number(id)
        return next((shop for shop in self.shops or self.earlier_shops if shop.id == number), None)


def _sorted(shops: Iterable[Shop]) -> list[Shop]:
    # The service sorts by the last read, and tab numbers should not change without a reason.
    return sorted(shops, key=lambda shop: (shop.name.casefold(), shop.id))


def _kept(integration: Document) -> Document:
    return {name: integration[name] for name in _KEPT if name in integration}


async def open_account(
    client: Client,
    store: Store,
    credentials_name: str,
    *,
    now: Callable[[], datetime],
    zone: tzinfo,
    sleep: Sleep = asyncio.sleep,
    schedule: RetrySchedule | None = None,
) -> Account:
    """Ask the service whose credentials these are, and open the data of that account.

    If the service does not say (the request is not in its document, Q7.3), the work is kept under the credentials, and
    joins the account at the first opening after the service has said it. Raises NotAuthorised, and the error if the
    service cannot be reached.
    """
    credentials = _credentials_account(client, store, credentials_name)
    known = store.screen_states.get(credentials, IDENTITY)
    user, own_shop, notice = (known if isinstance(known, str) else None), None, ""
    try:
        metadata = await client.auth_metadata()
        user, own_shop = metadata.user_id, metadata.integration_id
    except (NotFound, Forbidden, RequestRefused):
        pass  # this service does not say it, or not to these credentials
    except InvalidResponse as error:
        notice = f"It is not known whose account this is. {error}"
    account_id = credentials
    if user is not None:
        account_id = store.account_id(client.base_url, user)
        left = store.join(credentials, account_id)
        notice = _left_notice(left) or notice
        if left is None and known is None:
            account_id = credentials  # where its work is
        else:
            store.screen_states.put(credentials, IDENTITY, user)
    account = _account(client, store, account_id, own_shop, now, zone, sleep, schedule)
    account.identity_notice = notice
    return account


async def open_known(
    client: Client, store: Store, credentials_name: str, *, now: Callable[[], datetime], zone: tzinfo
) -> Account:
    """Open the last account of these credentials, or ask the service whose they are; raises what `open_account` raises."""
    known = open_remembered(client, store, credentials_name, now=now, zone=zone)
    return known if known is not None else await open_account(client, store, credentials_name, now=now, zone=zone)


def open_remembered(
    client: Client,
    store: Store,
    credentials_name: str,
    *,
    now: Now,
    zone: tzinfo,
    sleep: Sleep = asyncio.sleep,
    schedule: RetrySchedule | None = None,
) -> Account | None:
    """Open the last account of these credentials without a request; None if they were never used here."""
    credentials = _credentials_account(client, store, credentials_name)
    user = store.screen_states.get(credentials, IDENTITY)
    if not isinstance(user, str):
        return None
    account_id = store.account_id(client.base_url, user)
    left = store.join(credentials, account_id)
    account = _account(client, store, account_id, None, now, zone, sleep, schedule)
    account.identity_notice = _left_notice(left)
    return account


def _credentials_account(client: Client, store: Store, credentials_name: str) -> int:
    """The account in which the work of credentials is kept until it is known whose they are."""
    return store.account_id(client.base_url, f"credentials {credentials_name}")


def _left_notice(left: int | None) -> str:
    """A notice about work that did not join the account; `left`: as `Store.join` returns it."""
    if left is None:
        return "Work from before it was known whose account this is joins it when no other copy of the app is running."
    if left:
        return (
            f"Not shown: {'1 draft or mark' if left == 1 else f'{left} drafts or marks'} from before it was known whose "
            "account this is, because the same orders have others. They join once those are sent or dropped."
        )
    return ""


def _account(
    client: Client,
    store: Store,
    account_id: int,
    own_shop: int | None,
    now: Callable[[], datetime],
    zone: tzinfo,
    sleep: Sleep = asyncio.sleep,
    schedule: RetrySchedule | None = None,
) -> Account:
    unsaved = Unsaved()
    drafts = Drafts(store, account_id, now, unsaved)

    def verified(news: Verification, document: Document | None) -> None:
        if document is not None:
            account.on_read_back(document)
        account.draft_sender.on_verification(news, document)
        notify(news)

    def written(news: Write) -> None:
        account.draft_sender.on_write(news)
        notify(news)

    def notify(news: Write | Verification) -> None:
        for listener in account.listeners:
            listener(news)

    verifier = Verifier(client, store, account_id, now=now, sleep=sleep, schedule=schedule, on_change=verified)
    outbox = Outbox(
        client,
        store,
        account_id,
        now=now,
        sleep=sleep,
        schedule=schedule,
        on_change=written,
        on_accepted=verifier.wake,
    )
    draft_sender = DraftSender(client, store, account_id, drafts, outbox, now=now, unsaved=unsaved)
    switched = SwitchedChecks(store, account_id)
    account = Account(
        client, store, account_id, drafts, now, zone, outbox, verifier, draft_sender, switched, own_shop=own_shop
    )
    account.unsaved = unsaved
    draft_sender.key = lambda id, screen: account.key(id, screen)
    documents = map(as_document, as_list(store.screen_states.get(account_id, _SHOPS)))
    account.earlier_shops = _sorted(shop for shop in map(Shop.read, documents) if shop is not None)
    account.senders = tuple(
        Sender(str(country), str(postcode))
        for country, postcode in map(as_list, as_list(store.screen_states.get(account_id, _SENDERS)))
    )
    account.phone_options = frozenset(map(str, as_list(store.screen_states.get(account_id, _PHONE_OPTIONS))))
    account.meanings = {
        int(shop): {code: OrderState(str(state)) for code, state in as_document(states).items()}
        for shop, states in as_document(store.screen_states.get(account_id, _STATUSES)).items()
    }
    return account

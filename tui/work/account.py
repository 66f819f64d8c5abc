"""An opened account: its client, its stored data, its shops, and the services that work on its orders."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from tui.api.client import Client
from tui.api.codec import Document, as_document, as_list
from tui.api.errors import Forbidden, InvalidResponse, NotFound, RequestRefused
from tui.api.query import id_number, id_text
from tui.api.request_log import RequestLog
from tui.orders.checks.context import AccountShops, ShopSettings
from tui.store.journal import Write
from tui.store.store import Store
from tui.store.verifications import Verification
from tui.work.drafts.drafts import Drafts
from tui.work.drafts.sender import DraftSender
from tui.work.unsaved import Unsaved
from tui.work.writes.backoff import Now, RetrySchedule, Sleep
from tui.work.writes.outbox import Outbox
from tui.work.writes.verifier import Verifier

_REMEMBERED = "user"
_SHOPS = "shops"
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
    shops: list[Shop] | None = None
    shops_hidden: bool = False
    own_shop: int | None = None
    earlier_shops: Sequence[Shop] = ()
    """The shops as they were read the last time."""
    shop_settings: Mapping[int, ShopSettings] = field(default_factory=dict)
    """What the user's settings say about shops, by their ids."""
    unsaved: Unsaved = field(default_factory=Unsaved)
    """What could not be stored and is stored again later."""
    listeners: list[Callable[[Write | Verification], None]] = field(default_factory=list)
    """Functions to call after each step of a write and at the end of each verification."""

    @property
    def log(self) -> RequestLog:
        return self.client.log

    async def read_shops(self) -> list[Shop]:
        """Read the integrations again.

        The result is empty if the service has no such list, or does not show it to these credentials.
        """
        rows: tuple[Document, ...] = ()
        self.shops_hidden = True
        with suppress(NotFound, Forbidden, RequestRefused):
            rows = tuple(await self.client.list_integrations())
            self.shops_hidden = False
            self.store.screen_states.put(self.account_id, _SHOPS, [_kept(row) for row in rows])
        found = [shop for shop in map(Shop.read, rows) if shop is not None]
        # The service sorts by the last read, and tab numbers should not change without a reason.
        self.shops = sorted(found, key=lambda shop: (shop.name.casefold(), shop.id))
        return self.shops

    @property
    def shop_ids(self) -> frozenset[int] | None:
        """The ids of all shops of the account; None where they are not known."""
        return None if self.shops is None or self.shops_hidden else frozenset(shop.id for shop in self.shops)

    @property
    def known_shops(self) -> AccountShops:
        """What the checks of orders need to know about the shops."""
        return AccountShops(self.shop_ids, self.shop_settings, ShopSettings(zone=self.zone))

    def shop(self, id: str) -> Shop | None:
        """Return the shop with this id, which comes from an order and may be any text.

        Until the shops are read, those of the last time are known.
        """
        number = id_number(id)
        return next((shop for shop in self.shops or self.earlier_shops if shop.id == number), None)


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

    If the service does not say (the request is not in its document, Q7.3), the public name of the credentials is used
    as the user id. Raises NotAuthorised, and the error if the service cannot be reached.
    """
    local = store.account_id(client.base_url, f"credentials {credentials_name}")
    own_shop: int | None = None
    try:
        metadata = await client.auth_metadata()
        user, own_shop = metadata.user_id, metadata.integration_id
        store.screen_states.put(local, _REMEMBERED, user)
    except (NotFound, Forbidden, RequestRefused, InvalidResponse):
        remembered = store.screen_states.get(local, _REMEMBERED)
        user = str(remembered) if remembered else f"credentials {credentials_name}"
    return _account(client, store, store.account_id(client.base_url, user), own_shop, now, zone, sleep, schedule)


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
    local = store.account_id(client.base_url, f"credentials {credentials_name}")
    user = store.screen_states.get(local, _REMEMBERED)
    if not isinstance(user, str):
        return None
    return _account(client, store, store.account_id(client.base_url, user), None, now, zone, sleep, schedule)


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

    def notify(news: Write | Verification) -> None:
        if isinstance(news, Verification):
            account.draft_sender.on_verification(news)
        for listener in account.listeners:
            listener(news)

    verifier = Verifier(client, store, account_id, now=now, sleep=sleep, schedule=schedule, on_change=notify)
    outbox = Outbox(
        client,
        store,
        account_id,
        now=now,
        sleep=sleep,
        schedule=schedule,
        on_change=notify,
        on_accepted=verifier.wake,
    )
    draft_sender = DraftSender(client, store, account_id, drafts, outbox, now=now, unsaved=unsaved)
    account = Account(client, store, account_id, drafts, now, zone, outbox, verifier, draft_sender, own_shop=own_shop)
    account.unsaved = unsaved
    documents = map(as_document, as_list(store.screen_states.get(account_id, _SHOPS)))
    account.earlier_shops = [shop for shop in map(Shop.read, documents) if shop is not None]
    return account

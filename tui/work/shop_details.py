"""What the service says about shops apart from their list: sender addresses, shipping options, Prestashop statuses.

That a service does not answer such a question, or not with these credentials, is normal. The list of shops reports errors
of the connection.
"""

from contextlib import suppress

from tui.api.client import Client
from tui.api.codec import as_document, as_list
from tui.api.errors import ApiError
from tui.orders.checks.senders import Sender, read_senders
from tui.orders.order_state import OrderState, prestashop_states


async def sender_addresses(client: Client) -> tuple[Sender, ...] | None:
    """The account's sender addresses; None if they cannot be read."""
    try:
        return read_senders(await client.list_sender_addresses())
    except ApiError:
        return None


async def options_with_phone(client: Client) -> frozenset[str] | None:
    """The codes of the shipping options that require a phone number (SQ7.5); None if they cannot be read."""
    try:
        options = await client.list_shipping_options()
    except ApiError:
        return None
    return frozenset(
        code
        for option in options
        if isinstance(code := option.get("code"), str)
        and "to_telephone" in as_list(as_document(option.get("requirements")).get("fields"))
    )


async def prestashop_meanings(client: Client, shop: int) -> dict[str, OrderState] | None:
    """What the statuses of a Prestashop mean, by code (`order_state`); None if they cannot be read.

    The mapping decides first, and may be missing.
    """
    try:
        statuses = await client.shop_order_statuses(shop, show_deleted=True)
    except ApiError:
        return None
    mapping = None
    with suppress(ApiError):
        mapping = as_document(await client.shop_order_status_mapping(shop)).get("mapping")
    return prestashop_states(list(statuses), mapping)

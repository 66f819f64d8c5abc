"""The page of connected shops: kind, last read, and why one is failing."""

from collections.abc import Sequence

from tui.api.codec import Document
from tui.api.errors import ApiError
from tui.api.query import read_instant
from tui.keymap import Context
from tui.orders.checks.registry import title_of
from tui.orders.formats import time_text
from tui.work.account import Account, Shop
from tui.work.cache.frequent_warnings import FrequentWarning

_LOGS = 5


async def shops_text(account: Account, frequent: Sequence[FrequentWarning]) -> str:
    """The page as untrusted text, with the frequent warnings of each shop and the checks that are switched off for it.

    For failing shops, the newest entries of the service's log are read.
    """
    parts: list[str] = []
    for shop in account.shops or ():
        lines = [f"{shop.name}  ({shop.kind or 'kind unknown'}, integration {shop.id})"]
        lines.append(
            f"    last read {_time(account, shop.raw.get('last_fetched_at'))}   {shop.raw.get('shop_url') or ''}"
        )
        sent_from = account.known_shops.of(shop.id)
        place = f"{sent_from.sender_country} {sent_from.sender_postcode}".strip()
        by = "by the account's sender addresses" if account.senders else "by the settings, or assumed"
        lines.append(f"    sends from {place} ({by})")
        if shop.failing_since:
            lines.append(
                f"    ! FAILING since {_time(account, shop.failing_since)}: orders are not imported, no status updates sent"
            )
            lines.extend(await _reasons(account, shop))
        lines += [f"    ~ {warning}; not shown on each order" for warning in frequent if warning.shop == shop.id]
        if off := account.switched_checks.off(shop.id):
            lines.append(f"    switched off: {', '.join(map(title_of, sorted(off)))}")
        if off or any(warning.shop == shop.id for warning in frequent):
            lines.append(
                f"    {account.key('switch_check', Context.TRIAGE)} in the order list switches these checks off and on"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts) or "The service lists no shops for these credentials."


async def _reasons(account: Account, shop: Shop) -> list[str]:
    try:
        page = await account.client.integration_logs(shop.id, page_size=_LOGS)
    except ApiError as error:
        return [f"      the reason could not be read: {error}"]
    return [f"      {_time(account, log.get('created_at'))}  {_reason(log)}" for log in page.logs] or [
        "      no reason logged"
    ]


def _reason(log: Document) -> str:
    # Headers and bodies of these logs may contain the shop's secrets (Q10.3), so only the reason is shown.
    facts = (log.get("response_code"), log.get("exception_type"), log.get("exception"))
    return "  ".join(str(word) for word in facts if word not in (None, ""))


def _time(account: Account, value: object) -> str:
    when = read_instant(value) if isinstance(value, str) else None
    return time_text(when.astimezone(account.zone)) if when is not None else "never"

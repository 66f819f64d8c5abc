"""Seed data: the account's integrations, the exception logs of the failing one, and the Prestashop's statuses."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tui.api.codec import Document, Json
from tui.sandbox.seed_data import FAILING_SHOP, PRESTASHOP, SHOPS, STATUS_TEXTS
from tui.sandbox.seed_orders import failing_since
from tui.sandbox.times import to_micros, to_text

LOGS = 60
LANGUAGES = ("en-us", "en-gb", "fr-fr", "de-de", "nl-nl", "es-es", "it-it")

_SORTS = {
    "integration_type": "type",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "last_fetch": "last_fetched_at",
    "failing_since": "started_failing_at",
}
"""The sort keys differ from the names of the fields (Q10.2)."""


def integrations(now: datetime) -> Iterator[Document]:
    """All shops, as GET /integrations returns them."""
    for age, shop in enumerate(SHOPS, 2):
        fetched = now - timedelta(minutes=age, seconds=age * 7)
        failing = failing_since(now) if shop.id == FAILING_SHOP else None
        if failing is not None:
            fetched = failing - timedelta(minutes=4)
        carriers: Json = ["postnl", "dhl"] if age % 2 else []
        yield {
            "id": shop.id,
            "shop_name": shop.name,
            "shop_url": shop.url,
            "type": shop.type,
            "started_failing_at": None if failing is None else _seconds(failing),
            "last_fetched_at": _seconds(fetched) if shop.share else None,
            "created_at": _seconds(now - timedelta(days=400 * age)),
            "updated_at": _seconds(now - timedelta(days=9 * age)),
            "service_point_enabled": bool(carriers),
            "service_point_carriers": carriers,
            "webhook_active": shop.type == "api",
            "webhook_url": f"{shop.url}hooks/sendcloud" if shop.type == "api" else None,
            "feedback_type": ("eager", "delayed", "none")[age % 3],
        }


def sorted_integrations(shops: list[Document], sort: str) -> list[Document]:
    """Sort by a known key, else by `last_fetch` and `created_at`. Shops without a value come first."""
    field = _SORTS.get(sort.removeprefix("-"))
    if field is None:
        return sorted(shops, key=lambda shop: (str(shop["last_fetched_at"] or ""), str(shop["created_at"])))
    return sorted(shops, key=lambda shop: str(shop[field] or ""), reverse=sort.startswith("-"))


def exception_logs(now: datetime) -> Iterator[tuple[int, int, Document]]:
    """Shop, time in microseconds and document of each log of the failing shop, oldest first. They hold secrets (Q10.3)."""
    started = failing_since(now)
    step = (now - started) / LOGS
    base = next(shop.url for shop in SHOPS if shop.id == FAILING_SHOP).rstrip("/")
    for number in range(LOGS):
        moment = started + step * number
        expired = number < LOGS // 2
        log: Document = {
            "id": 9001 + number,
            "integration_id": FAILING_SHOP,
            "base_url": base,
            "full_url": f"{base}/rest/V1/orders?page={number}",
            "method": "GET",
            "response_code": 401 if expired else 495,
            "response": {
                "headers": {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "PHPSESSID=not-for-your-eyes"},
                "body": "<!doctype html>\n<title>SSL Certificate Error</title>\n\u001b[31m[/red]",
            },
            "request": {"headers": {"Authorization": "Bearer not-for-your-eyes"}, "payload": None},
            "created_at": to_text(to_micros(moment)),
            "exception_type": "requests.exceptions.HTTPError" if expired else "requests.exceptions.SSLError",
            "exception": "The consumer isn't authorized to access %resources." if expired else "An SSL error occurred",
            "protected": False,
            "additional_data": "",
        }
        yield FAILING_SHOP, to_micros(moment), log


def shop_statuses(integration: int, language: str, show_deleted: bool, now: datetime) -> list[Json]:
    """The statuses of the Prestashop; other types of shop have none (Q10.4)."""
    if integration != PRESTASHOP:
        return []
    index = {"nl-nl": 1, "de-de": 2}.get(language, 0)
    return [
        {
            "external_id": id,
            "status": texts[index],
            "deleted_at": _seconds(now - timedelta(days=20)) if deleted else None,
            "translations": [
                {"status": text, "language": tag} for text, tag in zip(texts, ("en-gb", "nl-nl", "de-de"), strict=True)
            ],
        }
        for id, texts, deleted in STATUS_TEXTS
        if show_deleted or not deleted
    ]


def status_mapping(integration: int) -> Document:
    """The shop's status for each of Sendcloud's categories; one refers to a deleted status."""
    ids = {"READY_TO_SEND": "3", "IN_TRANSIT": "4", "DELIVERED": "5", "CANCEL": "17-B"}
    deleted = {id for id, _, is_deleted in STATUS_TEXTS if is_deleted}
    mapping: list[Json] = [
        {"status_category": category, "external_id": id, "is_valid": id not in deleted}
        for category, id in ids.items()
        if integration == PRESTASHOP
    ]
    return {"integration_id": integration, "mapping": mapping}


def _seconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

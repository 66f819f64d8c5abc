"""Whether an order is open or finished."""

from typing import Any

import pytest
from official_documents import document as official
from official_documents import needs_document

from tui.orders.order_state import OrderState, order_state, prestashop_states
from tui.orders.status_words import is_on_hold, is_unpaid


def state(code: Any, shop_type: str | None = None, learned: Any = None, message: Any = None) -> str:
    order = {"order_details": {"status": {"code": code, "message": message}}}
    return order_state(order, shop_type, learned or {}).value


@pytest.mark.parametrize(
    ("shop_type", "finished", "open_", "unknown"),
    [
        ("shopify_v2", "fulfilled|Cancelled|refunded|voided", "partial|unfulfilled|on_hold", "xyz"),
        ("woocommerce", "completed|wc-completed|cancelled|refunded|fully refunded", "processing|on-hold|pending", "custom"),
        ("magento_v2", "complete|closed|canceled", "processing|pending|holded|new", "q1"),
        ("amazon", "Shipped|Canceled", "Unshipped|PartiallyShipped|Pending", "?"),
        ("prestashop_v2", "4|5|6|7", "2|3|9", "81"),
        ("shopware", "2|7|abgeschlossen", "0|1|in Bearbeitung", "55"),
        ("api", "completed|shipped|delivered|cancelled|storniert|annulé|verzonden|livré|spedito|entregado|levererad",
         "unfulfilled|unshipped|processing|open|paid|offen", "fulfilled|4|"),
        (None, "fulfilled|shipped|voided|returned", "partial|ready to ship|zu versenden", ""),
    ],
)  # fmt: skip
def test_state_of_usual_statuses(shop_type: str | None, finished: str, open_: str, unknown: str) -> None:
    for expected, statuses in (("finished", finished), ("open", open_), ("unknown", unknown)):
        assert {code: state(code, shop_type) for code in statuses.split("|")} == dict.fromkeys(
            statuses.split("|"), expected
        )


def test_the_message_decides_where_the_code_is_not_understood() -> None:
    assert state("81", "prestashop", message="Expédié") == "finished"
    assert state("81", "prestashop", message="En cours de préparation") == "open"
    assert state("fulfilled", "api", message="Order has been fulfilled") == "unknown"


def test_what_was_learned_decides_first() -> None:
    learned = {"fulfilled": OrderState.OPEN, "4": OrderState.OPEN}
    assert state("Fulfilled", "api", learned) == "open"
    assert state("4", "prestashop", learned) == "open"
    assert state(4, "prestashop", learned) == "open"


@pytest.mark.parametrize("order", [{}, {"order_details": None}, {"order_details": {"status": 3}}])
def test_an_order_without_a_status_is_unknown(order: Any) -> None:
    assert order_state(order, "shopify", {}) is OrderState.UNKNOWN


@needs_document()
def test_statuses_of_a_prestashop() -> None:
    paths = official("integrations")["paths"]
    example = paths["/shop-order-statuses"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    found = prestashop_states(example["Response"]["value"]["data"])
    assert found == {"17-b": OrderState.FINISHED, "14-a": OrderState.FINISHED}
    mapping = [
        {"status_category": "READY_TO_SEND", "external_id": "17-B", "is_valid": True},
        {"status_category": "DELIVERED", "external_id": "12"},
        {"status_category": "CANCEL", "external_id": "1", "is_valid": False},
        {"status_category": "IN_TRANSIT", "external_id": None},
    ]
    assert prestashop_states(None, mapping) == {"17-b": OrderState.OPEN, "12": OrderState.FINISHED}
    assert state("17-B", "prestashop_v2", prestashop_states(None, mapping)) == "open"


@pytest.mark.parametrize(
    ("unpaid", "not_unpaid"),
    [
        (
            "unpaid|not paid|Pending|payment_pending|pending payment|awaiting payment|waiting for payment|open|due|overdue"
            "|partially_paid|niet betaald|onbetaald|openstaand|offen|unbezahlt|nicht bezahlt|impayé|non payé|failed",
            "paid|refunded|authorized|accepted|received|confirmed|cod|x||was 1",
        )
    ],
)
def test_words_of_payments_that_are_still_to_come(unpaid: str, not_unpaid: str) -> None:
    assert [text for text in unpaid.split("|") if not is_unpaid(text)] == []
    assert [text for text in not_unpaid.split("|") if is_unpaid(text)] == []
    assert is_unpaid("x", "Niet betaald")
    assert not is_unpaid("paid", "was pending")


def test_words_of_orders_on_hold() -> None:
    words = "on hold|onhold|on-hold|on_hold|hold|holded|in de wacht|zurückgestellt|angehalten|en attente|en espera|in sospeso"
    assert [text for text in words.split("|") if not is_on_hold(text)] == []
    assert [text for text in ["withholding", "processing", "open", "x", ""] if is_on_hold(text)] == []
    assert is_on_hold("x", "On hold")
    assert not is_on_hold("processing", "was on hold")

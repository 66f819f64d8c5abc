"""Order times in a column of their own are joined to the date."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from order_files import read_rows_of, value, warnings

from tui.orders.parsed import How
from tui.orders.paths import ORDERED_AT
from tui.work.file_import.reader import read_source

ITEM = {"Order number": "1", "Item name": "Candle", "Quantity": "1", "Unit price": "10.00"}


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("Order date", "Order time"),
        ("Bestelldatum", "Uhrzeit"),
        ("Date de commande", "Heure"),
        ("Besteldatum", "Tijd"),
        ("Fecha", "Hora"),
        ("Data ordine", "Ora"),
        ("Data zamówienia", "Godzina"),
        ("Orderdatum", "Klockslag"),
        ("Ordredato", "Klokkeslæt"),
    ],
)
@pytest.mark.parametrize("text", ["14:30", "2:30 PM", "14:30:00", "14.30", "1430"])
def test_time_is_joined_to_the_date(date: str, time: str, text: str) -> None:
    (order,) = read_rows_of({**ITEM, date: "2026-08-02", time: text}).orders
    assert value(order, str(ORDERED_AT)) == "2026-08-02T14:30:00+00:00"
    assert order.derived[ORDERED_AT].how is How.COMPUTED
    assert not warnings(order)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("02.08.2026", "2026-08-02T14:30:00+02:00"), ("02.11.2026", "2026-11-02T14:30:00+01:00")],
)
def test_time_has_the_offset_of_its_date(day: str, expected: str) -> None:
    text = f"Order number;Name;Bestelldatum;Uhrzeit;Item;Qty\n1;Rita;{day};14:30;Candle;1\n"
    now = datetime(2026, 11, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    (order,) = read_source(text.encode(), "orders.csv", shop=7, now=now).orders
    assert value(order, str(ORDERED_AT)) == expected


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        ("2026-08-02", "after lunch", "2026-08-02T00:00:00+00:00"),
        ("2026-08-02 09:15", "14:30", "2026-08-02T09:15:00+00:00"),
    ],
)
def test_time_that_cannot_be_joined_is_reported(date: str, time: str, expected: str) -> None:
    (order,) = read_rows_of({**ITEM, "Order date": date, "Order time": time}).orders
    assert value(order, str(ORDERED_AT)) == expected
    assert [code for code, _ in warnings(order)] == ["order_time"]


def test_same_time_in_both_columns_is_no_problem() -> None:
    (order,) = read_rows_of({**ITEM, "Order date": "2026-08-02 14:30:05", "Order time": "14:30"}).orders
    assert value(order, str(ORDERED_AT)) == "2026-08-02T14:30:05+00:00"
    assert not warnings(order)


def test_column_of_times_with_dates_is_the_order_date_if_there_is_no_other() -> None:
    (order,) = read_rows_of({**ITEM, "Order time": "2026-08-02 14:30"}).orders
    assert value(order, str(ORDERED_AT)) == "2026-08-02T14:30:00+00:00"

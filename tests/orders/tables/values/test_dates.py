"""Tests for dates and times: names of months, zones, and the order of day and month in each column."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from table_files import text

from tui.api.pointer import Pointer
from tui.orders.addresses.months import MONTHS
from tui.orders.parsed import ParsedFile
from tui.orders.paths import ORDERED_AT
from tui.orders.tables.layout import detect_layout
from tui.orders.tables.mapping import suggest_mapping
from tui.orders.tables.rows import to_orders
from tui.orders.tables.table import parse_table
from tui.orders.tables.values.dates import UNCLEAR_ORDER, Unread, date_order, parse_time

NOW = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Berlin"))
UPDATED_AT = Pointer.of("order_details", "order_updated_at")


def read(table: list[list[str]]) -> ParsedFile:
    data = text(table)
    found = parse_table(data, detect_layout(data))
    return to_orders(found, suggest_mapping(found.header), now=NOW, shop=7)


@pytest.mark.parametrize(
    "written",
    [
        *("Aug-02-26", "02-Aug-26", "2-Aug-2026", "02 AUG 2026", "02AUG2026", "2026-Aug-02", "2026 Aug 2"),
        *("Aug 2, 2026", "August 2nd, 2026", "Aug. 2, '26", "Sunday, August 2, 2026", "Sun Aug 2 2026"),
        *("2. August 2026", "2. Aug. 2026", "So., 2. August 2026", "Sonntag, den 2. August 2026"),
        *("2 août 2026", "le 2 août 2026", "dimanche 2 août 2026", "2 aoû. 2026"),
        *("2 augustus 2026", "zo 2 aug. 2026", "zondag 2 augustus 2026"),
        *("2 de agosto de 2026", "domingo, 2 de agosto de 2026", "2 ago 2026", "2 ago. 2026"),
        *("2 agosto 2026", "domenica 2 agosto 2026", "2 sierpnia 2026", "niedziela, 2 sierpnia 2026 r.", "2 sie 2026"),
        *(
            "2 augusti 2026",
            "sön 2 aug 2026",
            "den 2. august 2026",
            "søndag den 2. aug. 2026",
            "dom., 2 de ago. de 2026",
        ),
        *("2026-08-02", "2026/8/2", "20260802", "02.08.2026", "2. 8. 2026", "02.08.26"),
    ],
)
@pytest.mark.parametrize("time", ["", " 00:00", ", 00:00:00", " 12:00 AM"])
def test_day_is_read_in_every_usual_form(written: str, time: str) -> None:
    assert parse_time(written + time, "", NOW) == "2026-08-02T00:00:00+02:00"


@pytest.mark.parametrize("name", MONTHS)
def test_every_name_of_a_month_is_read(name: str) -> None:
    found = parse_time(f"3 {name} 2026", "", NOW)
    assert isinstance(found, str)
    assert found.startswith(f"2026-{MONTHS[name]:02}-03T")
    assert parse_time(f"{name.title()}. 3, 2026", "", NOW) == found


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Aug 2, 2026 9:15:32 AM", "2026-08-02T09:15:32+02:00"),
        ("Aug-02-26 14:05:12 PDT", "2026-08-02T14:05:12-07:00"),
        ("Sun, 02 Aug 2026 00:30:00 +0200", "2026-08-02T00:30:00+02:00"),
        ("Sun, 02 Aug 2026 00:30:00 -0700 (PDT)", "2026-08-02T00:30:00-07:00"),
        ("Sun Aug 02 2026 14:05:00 GMT+0200 (Central European Summer Time)", "2026-08-02T14:05:00+02:00"),
        ("2. August 2026 um 14:05 Uhr", "2026-08-02T14:05:00+02:00"),
        ("2. Aug. 2026, 14.05 Uhr", "2026-08-02T14:05:00+02:00"),
        ("le 2 août 2026 à 14:05", "2026-08-02T14:05:00+02:00"),
        ("2 août 2026 à 14h05", "2026-08-02T14:05:00+02:00"),
        ("2 augustus 2026 om 14:05 uur", "2026-08-02T14:05:00+02:00"),
        ("2 ago 2026, 2:05 p. m.", "2026-08-02T14:05:00+02:00"),
        ("terça-feira, 4 de agosto de 2026 às 14:05", "2026-08-04T14:05:00+02:00"),
        ("mar. 4 août 2026", "2026-08-04T00:00:00+02:00"),
        ("Mar 4, 2026", "2026-03-04T00:00:00+01:00"),
        ("2. aug. 2026 kl. 14.05", "2026-08-02T14:05:00+02:00"),
        ("2 luglio 2026 ore 14:05", "2026-07-02T14:05:00+02:00"),
        ("2:05 PM Aug 2, 2026", "2026-08-02T14:05:00+02:00"),
        ("20260802T140500Z", "2026-08-02T14:05:00+00:00"),
        ("2026-08-02T14:05", "2026-08-02T14:05:00+02:00"),
        ("2026-01-02 14:05", "2026-01-02T14:05:00+01:00"),
        ("12/25/26", "2026-12-25T00:00:00+01:00"),
        ("25/12/98", "1998-12-25T00:00:00+01:00"),
    ],
)
def test_time_and_zone_are_read(written: str, wanted: str) -> None:
    assert parse_time(written, "", NOW) == wanted


@pytest.mark.parametrize("order", ["", "dmy"])
@pytest.mark.parametrize("written", ["26-08-02", "26/08/15"])
def test_date_that_may_begin_with_its_year_is_not_read(written: str, order: str) -> None:
    assert parse_time(written, order, NOW) == Unread(UNCLEAR_ORDER)


@pytest.mark.parametrize(
    ("written", "offset"),
    [
        ("2026-03-29 01:59", "+01:00"),
        ("2026-03-29 03:00", "+02:00"),
        ("2026-10-25 01:59", "+02:00"),
        ("2026-10-25 03:00", "+01:00"),
    ],
)
def test_local_time_has_the_offset_of_its_date(written: str, offset: str) -> None:
    assert parse_time(written, "", NOW) == f"{written.replace(' ', 'T')}:00{offset}"


@pytest.mark.parametrize(
    "written",
    [
        *(
            "02/08/2026",
            "02-08-2026",
            "2/8/26 9:15",
            "31-02-2026",
            "2 Foo 2026",
            "32 Aug 2026",
            "Aug 2",
            "2026",
            "Aug 2026",
        ),
        *("now", "14:30", "2 PM", "-12h", "yesterday 10:00", "46145", "2026-08-02 25:00", "Aug 2, 2026 13:30 PM"),
        *("25/12/2026 0:30 AM", "May the 4th", "", "Order of Aug 2, 2026", "Aug 2, 2026 - Sep 3, 2026", "9" * 99),
    ],
)
def test_other_texts_are_no_time(written: str) -> None:
    assert isinstance(parse_time(written, "", NOW), Unread)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["01/02/2026", "24/12/2026 10:00"], "dmy"),
        (["01/02/2026", "12/24/26", "x"], "mdy"),
        (["Mon 12/24/2026"], "mdy"),
        (["01/02/2026"], ""),
        (["24/12/2026", "12/24/2026"], ""),
        (["24.12.2026", "2026-12-24", "Aug-24-26"], ""),
    ],
)
def test_order_of_a_column(cells: list[str], order: str) -> None:
    assert date_order(cells) == order


def test_each_column_has_its_own_order_of_day_and_month() -> None:
    header = ["Order number", "Order date", "Updated at"]
    first, _ = read([header, ["A", "08/02/2026", "03/08/2026"], ["B", "12/31/2026", "31/12/2026"]]).orders
    assert ORDERED_AT.get(first.document) == "2026-08-02T00:00:00+02:00"
    assert UPDATED_AT.get(first.document) == "2026-08-03T00:00:00+02:00"


def test_column_that_decides_nothing_is_a_problem() -> None:
    header = ["Order number", "Order date"]
    [order] = read([header, ["A", "08/02/2026"]]).orders
    assert [(problem.pointer, problem.code) for problem in order.problems] == [(ORDERED_AT, "unread")]
    assert "day or month first" in order.problems[0].detail

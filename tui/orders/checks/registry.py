"""The registry of all checks: their codes, what they block, and their texts; and `find_problems`, which runs them.

The functions are in one module per group, each named as its code (or as `function` says). They are imported when the
first order is checked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Final, TypeAlias

from tui.api.codec import Document
from tui.api.errors import Blocks, Problem, ReportedBy, Severity
from tui.orders.checks.context import NO_CONTEXT, CheckContext, Level
from tui.orders.checks.facts import CheckedOrder, Found

Function: TypeAlias = Callable[[CheckedOrder, CheckContext], Iterable[Found]]

ADDRESS = "address"
WEIGHT = "weight"
CUSTOMS = "customs"
MONEY = "money"
ORDER = "order"
DAMAGE = "damage"

SEND, SHIP, NOTHING = Blocks.SEND, Blocks.SHIP, Blocks.NOTHING
_TO = "/shipping_address"
_ITEM = "/order_details/order_items/*"
_TAXES = "/customs_details/tax_numbers/sender"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `pointer` and `fires` are for the README; `title` and `detail` are filled with the values found."""

    group: str
    code: str
    blocks: Blocks
    pointer: str
    fires: str
    title: str
    detail: str
    function: str = ""

    @property
    def severity(self) -> Severity:
        """An error if it blocks anything."""
        return Severity.WARNING if self.blocks is Blocks.NOTHING else Severity.ERROR

    def problem(self, found: Found, blocks: Blocks) -> Problem:
        """The problem at the first pointer that was found."""
        title, detail = self.title, self.detail
        if found.values:
            title, detail = title.format_map(found.values), detail.format_map(found.values)
        return Problem(
            detail,
            self.code,
            title,
            pointer=found.pointers[0],
            severity=Severity.WARNING if blocks is Blocks.NOTHING else Severity.ERROR,
            reported_by=ReportedBy.LOCAL,
            sendable=blocks is Blocks.SHIP,
        )


# fmt: off
CHECKS: Final = (
    # The address.
    Check(ADDRESS, "no_address", SHIP, _TO, "there is no shipping address, and the customer does not collect the order",
          "no address", "The order has no shipping address."),
    Check(ADDRESS, "no_name", SHIP, f"{_TO}/name", "the address has no name",
          "no name", "The address has no name."),
    Check(ADDRESS, "no_street", SHIP, f"{_TO}/address_line_1", "the address has neither a street nor a PO box",
          "no street", "The address has no street."),
    Check(ADDRESS, "no_house_number", SHIP, f"{_TO}/house_number",
          "street and line 2 have no digit, in a country where houses have numbers",
          "no house number", "The address has no house number."),
    Check(ADDRESS, "street_number", NOTHING, f"{_TO}/house_number", "the house number is part of the street",
          "number in street", "The house number is part of the street; some carriers need it in its own field."),
    Check(ADDRESS, "swapped_lines", NOTHING, f"{_TO}/address_line_1", "the street is in line 2, the addition in the street",
          "lines swapped?", "The street seems to be in line 2, and the addition in the street."),
    Check(ADDRESS, "no_postcode", SHIP, f"{_TO}/postal_code", "no postcode, in a country that has them",
          "no postcode", "The address has no postcode."),
    Check(ADDRESS, "postcode", SHIP, f"{_TO}/postal_code", "the postcode does not have the country's format",
          "postcode {postcode}?", "Postcodes in {country} have a different format."),
    Check(ADDRESS, "no_city", SHIP, f"{_TO}/city", "no city, in a country that needs one",
          "no city", "The address has no city."),
    Check(ADDRESS, "city_postcode", NOTHING, f"{_TO}/city", "the city field also contains a postcode or the country",
          "city {city}?", "The city seems to contain the postcode or the country, too."),
    Check(ADDRESS, "no_country", SHIP, f"{_TO}/country_code", "the address has no country",
          "no country", "The address has no country."),
    Check(ADDRESS, "unknown_country", SHIP, f"{_TO}/country_code", "the country is not an ISO 3166-1 code",
          "country {country}?", "{country!r} is not a two-letter country code."),
    Check(ADDRESS, "state", SHIP, f"{_TO}/state_province_code",
          "no state, or not one of the country's states (Australia, Canada, Italy, USA)",
          "{title}", "Addresses in {country} need a state or province, such as its ISO 3166-2 code."),
    Check(ADDRESS, "territory", SHIP, f"{_TO}/country_code", "the postcode is that of a territory with its own country code",
          "{postcode} is {code}", "The postcode {postcode} is in {there}, which has the country code {code}."),
    Check(ADDRESS, "too_long", SHIP, f"{_TO}/*", "longer than the carrier allows (if the limits of the carrier are known)",
          "{label} too long ({length}/{limit})", "The carrier ({carrier}) accepts at most {limit} characters; this value has {length}."),
    Check(ADDRESS, "long", NOTHING, f"{_TO}/*", "longer than the strictest carrier allows (if the carrier is not known)",
          "{label} long ({length}/{limit})", "Some carriers print at most {limit} characters; this value has {length}."),
    Check(ADDRESS, "email_in_name", NOTHING, f"{_TO}/name", "the name contains an e-mail address",
          "e-mail in the name", "There is an e-mail address in the name."),
    Check(ADDRESS, "email_format", NOTHING, f"{_TO}/email", "the text in the e-mail field is not an e-mail address",
          "e-mail {email}?", "{email!r} is not an e-mail address, so the recipient gets no messages."),
    Check(ADDRESS, "phone_missing", SHIP, f"{_TO}/phone_number",
          "no phone number, and the shipping option requires one, to any country or to this one",
          "no phone number", "{reason} requires the recipient's phone number."),
    Check(ADDRESS, "phone_format", NOTHING, f"{_TO}/phone_number", "the phone number contains letters, or does not have 6 to 15 digits",
          "phone {phone}?", "A phone number has 6 to 15 digits and no letters."),
    Check(ADDRESS, "non_latin", NOTHING, f"{_TO}/*", "letters that are not Latin, in a country other than the sender's",
          "not in Latin letters", "Some carriers accept only Latin letters."),
    Check(ADDRESS, "service_point", SHIP, "/service_point_details/id",
          "the shipping option (or, without one, the delivery wish) is a service point, but none is chosen",
          "no service point", "The delivery is to a service point, but the order names none: enter its number, or choose another shipping option."),
    Check(ADDRESS, "no_post_number", SHIP, f"{_TO}/address_line_2",
          "a Packstation in Germany, without the recipient's customer number (Postnummer)",
          "no Postnummer", "A Packstation needs the recipient's customer number (Postnummer, 6 to 10 digits)."),
    # Weights.
    Check(WEIGHT, "no_weight", SHIP, "/shipping_details/measurement/weight/value",
          "the parcel has no weight with a unit, and not every item has one",
          "no weight{which}", "The parcel has no weight with a unit, and not every item has one."),
    Check(WEIGHT, "zero_weight", SEND, f"{_ITEM}/measurement/weight/value", "a weight is zero or negative",
          "weight 0", "A weight must be more than zero; the service refuses this value."),
    Check(WEIGHT, "weight_sum", NOTHING, "/shipping_details/measurement/weight/value", "the parcel is lighter than its items",
          "parcel lighter than items", "The parcel weighs {total}, but its items weigh {items}."),
    Check(WEIGHT, "weight_implausible", NOTHING, f"{_ITEM}/measurement/weight/value",
          "a parcel over 70 kg, an item over 30 kg (see the settings), or a weight under 1 g",
          "weight {weight}?", "The weight is implausible: {weight}. The unit may be wrong."),
    # Customs.
    Check(CUSTOMS, "no_customs", SHIP, "/customs_details/shipment_type", "there are no customs details",
          "no customs data", "{country} needs a customs declaration; invoice number and shipment type are missing."),
    Check(CUSTOMS, "hs_code", SHIP, f"{_ITEM}/hs_code", "an item has no HS code",
          "no HS code, {items}", "Customs in {country} require an HS code for every item."),
    Check(CUSTOMS, "hs_format", SHIP, f"{_ITEM}/hs_code",
          "an HS code does not have 6 to 15 digits (apart from dots and spaces), or its chapter is not 01 to 97, without 77",
          "HS code {value}?", "An HS code has 6 to 15 digits and begins with a chapter from 01 to 97."),
    Check(CUSTOMS, "hs_chapter", NOTHING, f"{_ITEM}/hs_code", "the HS code is of chapter 98 or 99",
          "HS code {value}?", "Chapters 98 and 99 are national and not valid in other countries."),
    Check(CUSTOMS, "origin", SHIP, f"{_ITEM}/country_of_origin", "an item has no country of origin, or an invalid code",
          "no origin, {items}", "Customs in {country} require the origin of every item, as a two-letter country code."),
    Check(CUSTOMS, "item_value", SHIP, f"{_ITEM}/total_price", "an item has no price, or the price is 0",
          "no value, {items}", "Customs in {country} require the value of every item, including gifts."),
    Check(CUSTOMS, "customs_currency", SHIP, f"{_ITEM}/total_price/currency", "the prices of the items are in several currencies",
          "currencies {currencies}", "A customs declaration must use one currency; the items use {currencies}."),
    Check(CUSTOMS, "vague_description", SHIP, f"{_ITEM}/name", "an item is described only by a word such as gift or goods",
          "vague description, {items}", "Customs refuse descriptions such as {value!r}; say what the goods are."),
    Check(CUSTOMS, "eori", NOTHING, _TAXES, "no valid EORI number, for goods over 1,000 euros or for a business",
          "{title}", "Exports above 1,000 euros and to businesses need the EORI number: two letters and up to 15 characters; add it as a tax number in the form."),
    Check(CUSTOMS, "ioss", NOTHING, _TAXES,
          "no valid IOSS number, for goods up to 150 euros that enter the EU",
          "{title}", "Goods up to 150 euros enter the EU without import VAT with an IOSS number: IM and ten digits; add it as a tax number in the form."),
    Check(CUSTOMS, "invoice_number", SHIP, "/customs_details/commercial_invoice_number", "the invoice has no number",
          "no invoice number", "Customs in {country} require the number of the commercial invoice."),
    Check(CUSTOMS, "dangerous_goods", NOTHING, f"{_ITEM}/dangerous_goods/id_number",
          "dangerous goods without UN number or class, to any destination",
          "no {what}", "Dangerous goods need a {what}."),
    # Money.
    Check(MONEY, "currency", NOTHING, "/payment_details/total_price/currency",
          "the currency is not EUR, GBP or USD, or the currency of an item differs from the order's",
          "currency {currency}", "The currency is {currency}. {reason}"),
    Check(MONEY, "totals", NOTHING, "/payment_details/total_price/value", "the lines do not add up to the order's total",
          "lines add up to {lines}",
          "The lines add up to {lines}, but the order total is {total}. The service does not check this."),
    Check(MONEY, "negative_line", SHIP, f"{_ITEM}/total_price/value", "a line has a negative price, such as a discount",
          "price {amount}", "No label can be made for an order with a negative price; enter a discount in the order's costs."),
    Check(MONEY, "unpaid", NOTHING, "/payment_details/status/code", "the shop reports the payment as unpaid or pending",
          "{payment}", "The shop reports the payment as {payment}."),
    # The order.
    Check(ORDER, "no_items", SEND, "/order_details/order_items", "the order has no items",
          "no items", "The order has no items."),
    Check(ORDER, "no_item_name", NOTHING, f"{_ITEM}/name", "an item has no name",
          "no item name", "The item has no name."),
    Check(ORDER, "quantity", SEND, f"{_ITEM}/quantity", "a quantity is below 1",
          "quantity {quantity}", "The quantity must be at least 1."),
    Check(ORDER, "twin_items", NOTHING, f"{_ITEM}/name", "two items have the same name and SKU",
          "item twice", "Item {first} has the same name and SKU. A PATCH finds items by name, so a change to either is sent as a full order.",
          "same_items"),
    Check(ORDER, "duplicate", NOTHING, "/order_number", "another order looks the same, among the orders read so far",
          "same as {others}?", "This may be the same order as {others}."),
    Check(ORDER, "combine", NOTHING, _TO, "other open orders go to the same recipient and address",
          "same address: {others}", "Other open orders go to the same address: {reasons}."),
    Check(ORDER, "on_hold", NOTHING, "/order_details/status/code", "the status or a tag says that the order is on hold",
          "on hold", "The {reason} says that the order must not be shipped yet."),
    Check(ORDER, "cancelled", SHIP, "/payment_details/status/code",
          "the payment was cancelled or refunded, but the order is open",
          "payment {payment}", "The payment is {payment}, but the order is open. It should not be shipped."),
    Check(ORDER, "due", NOTHING, "/order_details/order_created_at", "the order must be handed over today",
          "due today {time}", "The order must be handed over today by {time}."),
    Check(ORDER, "late", NOTHING, "/order_details/order_created_at", "the time of the handover has passed",
          "late since {since}", "The order had to be handed over by {since}."),
    Check(ORDER, "unknown_shop", SEND, "/order_details/integration/id", "the account has no such integration",
          "shop {shop}?", "This account has no integration {shop}. Enter the number of one of its shops in a new order; an order that exists keeps its shop."),
    Check(ORDER, "long_id", NOTHING, "/order_id", "the order id is longer than 64 characters",
          "order id long ({length})", "The service may refuse order ids of more than {limit} characters; this one has {length}. Only a new order can have another id; a in the order list stages a copy."),
    # Damage by spreadsheets.
    Check(DAMAGE, "lost_zeros", NOTHING, "/**", "a code, postcode or phone number lacks its leading zeros",
          "zeros lost: {value}", "A spreadsheet seems to have removed the leading zeros."),
    Check(DAMAGE, "scientific", NOTHING, "/**", "a number is written as 1E+10",
          "1E+ number: {value}", "A spreadsheet has abbreviated this number; digits may be lost."),
    Check(DAMAGE, "serial_date", NOTHING, "/**", "a date is written as a spreadsheet's day number",
          "date as a number: {value}", "This is a date, written as a spreadsheet's day number."),
    Check(DAMAGE, "decimal_comma", NOTHING, "/**", "an HS code has a comma instead of a dot",
          "comma in a code: {value}", "A spreadsheet seems to have replaced the dot in this code with a comma."),
    Check(DAMAGE, "formula", NOTHING, "/**", "a value is a formula",
          "formula: {value}", "This is a spreadsheet formula, not its result."),
    Check(DAMAGE, "html_entity", NOTHING, "/**", "a text has characters of HTML, such as `&#39;` or `&amp;`",
          "HTML: {value}", "A shop has written characters as HTML; the label would show them like this."),
    Check(DAMAGE, "number_as_date", NOTHING, "/**", "a house number or a code is written as a date",
          "date: {value}", "A spreadsheet seems to have turned this number into a date."),
    Check(DAMAGE, "number_as_decimal", NOTHING, "/**", "a code ends in .0",
          "decimal zero: {value}", "A spreadsheet seems to have added a decimal zero to this number."),
    Check(DAMAGE, "lost_plus", NOTHING, "/**", "a phone number begins with the country code, but without the +",
          "phone without +: {value}", "A spreadsheet seems to have removed the leading +."),
)
# fmt: on
"""All checks, by group. Within one order, problems of the same severity are reported in this sequence."""

DAMAGE_CODES: Final = frozenset(check.code for check in CHECKS if check.group == DAMAGE)
CODES: Final = tuple(check.code for check in CHECKS)
_BY_CODE: Final = {check.code: check for check in CHECKS}
_LEVELS: Final = {Level.ERROR: Blocks.SHIP, Level.WARNING: Blocks.NOTHING}


def title_of(code: str) -> str:
    """The title of a kind of problem, without the values of one order: `no HS code`. An unknown code is its own title."""
    check = _BY_CODE.get(code)
    if check is not None and ("{" not in check.title or check.title.startswith("no ")):
        title = check.title.partition("{")[0].rstrip(" ,").rstrip("?")
        if title != "no":
            return title
    return code.replace("_", " ").replace("hs ", "HS ")


@cache
def _groups() -> dict[str, ModuleType]:
    from tui.orders.checks import address, customs, money, order, weight

    return {ADDRESS: address, WEIGHT: weight, CUSTOMS: customs, MONEY: money, ORDER: order}


@cache
def _functions() -> dict[str, tuple[Check, Function]]:
    """All checks by code, but those for damage, which is found in one pass over the document."""
    return {
        check.code: (check, getattr(_groups()[check.group], check.function or check.code))
        for check in CHECKS
        if check.group != DAMAGE
    }


@cache
def _checks_of(declared: bool) -> tuple[tuple[Check, Function], ...]:
    """The checks of an order. Those that find nothing without a customs declaration are left out to save time."""
    return tuple(
        entry
        for code, entry in _functions().items()
        if declared or entry[0].group != CUSTOMS or code == "dangerous_goods"
    )


def find_problems(document: Document, context: CheckContext = NO_CONTEXT) -> list[Problem]:
    """Run all checks on an order: errors first, then warnings.

    For a damaged value only the damage is reported; it blocks what the other problems of the value would block.
    """
    damaged = {problem.pointer: problem for problem in find_damage(document, context)}
    problems = []
    order = CheckedOrder.of(document, context.shop)
    for problem in _run(order, context, _checks_of(order.declared)):
        damage = damaged.get(problem.pointer)
        if damage is None:
            problems.append(problem)
        elif problem.severity.rank < damage.severity.rank:
            damaged[problem.pointer] = replace(damage, severity=problem.severity, sendable=problem.sendable)
    problems += damaged.values()
    if len(problems) > 1:
        problems.sort(key=_rank)
    return problems


def _rank(problem: Problem) -> tuple[bool, bool]:
    """Errors that block sending first, then those that block shipping, then warnings."""
    return problem.severity is not Severity.ERROR, problem.sendable


def find_damage(document: Document, context: CheckContext = NO_CONTEXT) -> list[Problem]:
    """Run the checks for damage by spreadsheets only: warnings, in document order."""
    from tui.orders.checks.damage import damaged_values

    problems = []
    for code, found in damaged_values(document):
        blocks = _blocks(_BY_CODE[code], context)
        if blocks is not None:
            problems.append(_BY_CODE[code].problem(found, blocks))
    return problems


def run_check(code: str, document: Document, context: CheckContext = NO_CONTEXT) -> list[Problem]:
    """Run one check by its code. Raises KeyError for an unknown code, and for one of damage."""
    return list(_run(CheckedOrder.of(document, context.shop), context, (_functions()[code],)))


def at_every_item(document: Document, problem: Problem, context: CheckContext = NO_CONTEXT) -> Sequence[Problem]:
    """The problem at each value that it concerns, if it concerns several."""
    if problem.code not in _functions():
        return [problem]
    _, function = _functions()[problem.code]
    for found in function(CheckedOrder.of(document, context.shop), context):
        if found.pointers[0] == problem.pointer:
            return [replace(problem, pointer=pointer) for pointer in found.pointers]
    return [problem]


def _run(order: CheckedOrder, context: CheckContext, checks: Iterable[tuple[Check, Function]]) -> Iterator[Problem]:
    levels = context.shop.checks
    for check, function in checks:
        blocks = check.blocks if not levels else _blocks(check, context)
        if blocks is not None:
            for found in function(order, context):
                yield check.problem(found, blocks)


def _blocks(check: Check, context: CheckContext) -> Blocks | None:
    """What a problem of the check blocks in this shop; None if the shop has switched the check off."""
    level = context.shop.checks.get(check.code)
    if level is None or (level is Level.ERROR and check.severity is Severity.ERROR):
        return check.blocks
    return _LEVELS.get(level)

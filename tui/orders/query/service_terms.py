"""Which terms of a query the service can answer, and who answered them.

A term is sent only if the service's answer contains ours. The service has filters for few fields, of which it takes one
value each, ignoring case only (Q4.7-4.13). `number:` is never sent: the service compares whole numbers, we look for parts.
`status:` also finds a status by its message and `id:` also Sendcloud's id, by which the service does not filter.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tui.api.query import OrderQuery, id_number
from tui.api.wording import count_of
from tui.orders.query.conditions import Between, OneOf
from tui.orders.query.language import Query
from tui.orders.query.meaning import QueryContext, meaning
from tui.orders.query.syntax import Both, Term

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """`query`: what the service is asked, without sort and page size. `answered`: the terms that it answers, as text.

    The answer has all orders that the whole query finds, and others.
    """

    query: OrderQuery
    answered: tuple[str, ...]


def service_terms(query: Query, context: QueryContext) -> ServiceTerms | None:
    """The terms of a query that the service can answer; None if it can answer none of them."""
    asked = OrderQuery()
    answered: list[str] = []
    for part in query.tree.parts if isinstance(query.tree, Both) else (query.tree,):
        if isinstance(part, Term) and (narrowed := _narrowed(asked, part, context)) is not None:
            asked = narrowed
            answered.append(str(part))
    return ServiceTerms(asked, tuple(answered)) if answered else None


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """How many orders the service sent for a query that matched it. `is_complete`: there are no others."""

    count: int
    is_complete: bool


def within_shop(terms: ServiceTerms | None, shop: str) -> ServiceTerms | None:
    """The terms within one shop, whose orders the list shows; the shop alone, if the service can answer no term."""
    number = id_number(shop)
    if number is None or (terms is not None and terms.query.integration):
        return terms
    query, answered = (OrderQuery(), ()) if terms is None else (terms.query, terms.answered)
    return ServiceTerms(replace(query, integration=(number,)), (f"shop:{shop}", *answered))


def who_answered(terms: ServiceTerms, answer: ServiceAnswer) -> str:
    """A sentence about who answered a query, and over how many orders, while not all orders are read."""
    asked = f"The service was asked for {' '.join(terms.answered)}"
    if answer.is_complete:
        return f"{asked}: {count_of(answer.count, 'order')}. The rest of the query was answered from these."
    return f"{asked}: the first {count_of(answer.count, 'order')}. The others follow when all orders are read."


def _narrowed(asked: OrderQuery, term: Term, context: QueryContext) -> OrderQuery | None:
    """The query with one more term, or None if the service cannot answer it or another term already uses its filter."""
    if not term.name or any(value.is_word for value in term.values):
        return None
    condition = meaning(term, context)
    text = term.values[0].text.strip()
    is_single = len(term.values) == 1 and text.isascii()
    match term.name, condition:
        case "shop", OneOf(_, ids) if not asked.integration:
            # The service refuses a query for a shop that the account does not have (Q4.7).
            numbers = tuple(number for shop in ids if shop in context.shops and (number := id_number(shop)))
            return replace(asked, integration=numbers) if len(numbers) == len(ids) else None
        case "status", _ if term.operator == ":=" and is_single and asked.status is None:
            return replace(asked, status=text)
        case "id", _ if is_single and id_number(text) is None and asked.order_id is None:
            return replace(asked, order_id=text)
        case "created", Between(_, low, high):
            return replace(
                asked,
                order_created_at_min=_latest(asked.order_created_at_min, _date(low, -_DAY)),
                order_created_at_max=_earliest(asked.order_created_at_max, _date(high, _DAY)),
            )
        case "updated", Between(_, low, high):
            return replace(
                asked,
                order_updated_at_min=_latest(asked.order_updated_at_min, _date(low, -_DAY)),
                order_updated_at_max=_earliest(asked.order_updated_at_max, _date(high, _DAY)),
            )
        case _:
            return None


def _date(seconds: float | None, wider: timedelta) -> date | None:
    """The day of an instant, one day wider: the zone of the service's dates is unknown (Q4.9)."""
    try:
        return None if seconds is None else (datetime.fromtimestamp(seconds, UTC) + wider).date()
    except (OverflowError, ValueError):
        return None


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)

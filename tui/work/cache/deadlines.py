"""When the checks `due` and `late` fire for an account's orders, as of now."""

from tui.orders.query.deadlines import DEADLINE_CODES, Deadlines
from tui.work.account import Account


def deadlines_of(account: Account) -> Deadlines:
    """The conditions as of now, with what the shops have set for the two checks."""
    settings = account.known_shops.settings.items()
    levels = {
        code: {str(shop): of_shop.checks[code].value for shop, of_shop in settings if code in of_shop.checks}
        for code in DEADLINE_CODES
    }
    return Deadlines(account.now(), account.zone, levels)

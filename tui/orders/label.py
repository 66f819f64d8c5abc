"""`Label`: what the service answered about an order's labels. See `tui.orders.labels`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """What the service answered about an order's labels.

    `asked_at`: seconds since 1970. `is_made`: there is a label that is not cancelled; None if the answer does not say.
    `status` and `carrier`: of the newest shipment, as the service names them. `made_at`: seconds since 1970. `note`: why
    the answer does not say.
    """

    asked_at: float
    is_made: bool | None
    status: str = ""
    carrier: str = ""
    made_at: float | None = None
    tracking: str = ""
    note: str = ""

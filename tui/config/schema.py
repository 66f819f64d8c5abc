"""The one schema of `settings.toml`: its tables, their keys, and what each value must be.

The descriptions complete the sentence `key = value must be …`; of a table with free keys, `'key' is not …`.
"""

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tui.config.profiles import COLOURS, token_url_of
from tui.config.service_urls import OWN_URL
from tui.orders.checks.context import Level
from tui.orders.checks.registry import CODES
from tui.orders.formats import DateStyle, NumberStyle

MAX_DAYS = 36500
THEMES = ("dark", "light", "ansi", "high-contrast")
"""The names of the themes, which are defined where colours are."""
DENSITIES = ("normal", "compact", "list")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INCONSISTENT = "inconsistent"
"""The code of errors about a whole table; their message is a sentence without the table's name."""
_WEIGHT = "a weight in kilograms"
_TEXT = "a text"
_TRUTH = "true or false"
_DAYS = f"a number of days from 1 to {MAX_DAYS}"

Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=500)]
Url = Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^https?://[^\s@]+$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class SettingsTable(BaseModel):
    """A table without unknown keys."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class JournalTable(SettingsTable):
    keep_days: int | None = Field(default=None, strict=True, ge=1, le=MAX_DAYS, description=_DAYS)


class CacheTable(SettingsTable):
    keep_days: int = Field(default=90, strict=True, ge=1, le=MAX_DAYS, description=_DAYS)


class DisplayTable(SettingsTable):
    theme: Literal[THEMES] = Field(default="dark", description=f"one of {', '.join(THEMES)}")  # type: ignore[valid-type]
    density: Literal[DENSITIES] = Field(default="normal", description=f"one of {', '.join(DENSITIES)}")  # type: ignore[valid-type]
    dates: DateStyle = Field(default=DateStyle.NAMES, description=f"one of {', '.join(DateStyle)}")
    numbers: NumberStyle = Field(default=NumberStyle.POINT, description=f"one of {', '.join(NumberStyle)}")


class TerminalTable(SettingsTable):
    mouse: bool = Field(default=False, strict=True, description=_TRUTH)
    scroll: bool = Field(default=True, strict=True, description=_TRUTH)


class LimitsTable(SettingsTable):
    """Requests per minute. The service's own limits are the highest values; other programs may share them."""

    reads: int = Field(default=1000, strict=True, ge=2, le=1000, description="a number of requests a minute, 2 to 1000")
    writes: int = Field(default=100, strict=True, ge=2, le=100, description="a number of requests a minute, 2 to 100")


class MarksTable(SettingsTable):
    tags: dict[Literal["done", "snoozed", "flagged"], Annotated[str, Field(pattern=r"^\S(.*\S)?$")]] = Field(
        default={},
        description="a tag: a text without blanks around it",
    )

    @field_validator("tags")
    @classmethod
    def _are_different(cls, tags: dict[str, str]) -> dict[str, str]:
        if len(set(tags.values())) < len(tags):
            raise _inconsistent("has one tag for two marks")
        return tags


class WatchTable(SettingsTable):
    every: str | None = Field(
        default=None,
        pattern="^(?:[1-9][0-9]{0,2}m|(?:[1-9]|1[0-9]|2[0-4])h)$",
        description='a time from "1m" to "24h", such as "5m"',
    )

    @property
    def seconds(self) -> float | None:
        every = self.every
        return None if every is None else int(every[:-1]) * (60.0 if every.endswith("m") else 3600.0)


class ShopTable(SettingsTable):
    sender_country: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", description="the two letters of a country, such as NL"
    )
    sender_postcode: str | None = Field(default=None, description=_TEXT)
    handling_days: int | None = Field(
        default=None, strict=True, ge=0, le=60, description="a number of days from 0 to 60"
    )
    cut_off: time | None = Field(default=None, description='a time of day, such as "16:00"')
    days_off: list[Literal[WEEKDAYS] | date] = Field(  # type: ignore[valid-type]
        default=[], description='a list of dates such as 2026-12-25 and of weekdays such as "sunday"'
    )
    heaviest_order: Decimal | None = Field(default=None, gt=0, description=_WEIGHT)
    heaviest_item: Decimal | None = Field(default=None, gt=0, description=_WEIGHT)
    checks: dict[Literal[CODES], Level] = Field(default={}, description='"off", "error" or "warning"')  # type: ignore[valid-type]


class ProfileTable(SettingsTable):
    """One account. It has the public part of one key pair, and says where the secret part is."""

    url: Url = Field(default=OWN_URL, description="the base URL of the API, without credentials")
    public_key: Text | None = Field(default=None, description=_TEXT)
    secret_key: SecretStr | None = Field(default=None, min_length=1, description=_TEXT)
    client_id: Text | None = Field(default=None, description=_TEXT)
    client_secret: SecretStr | None = Field(default=None, min_length=1, description=_TEXT)
    token_url: Url | None = Field(default=None, description="the URL of the OAuth2 token endpoint, without credentials")
    secret_command: list[Text] | None = Field(
        default=None,
        min_length=1,
        description='a list of a program and its arguments, such as ["pass", "show", "shop"]',
    )
    keyring: bool = Field(default=False, strict=True, description=_TRUTH)
    partner_id: Text | None = Field(default=None, description=_TEXT)
    label: Name | None = Field(default=None, description="a text of 1 to 40 characters")
    colour: Literal[COLOURS] | None = Field(default=None, description=f"one of {', '.join(COLOURS)}")  # type: ignore[valid-type]
    read_only: bool = Field(default=False, strict=True, description=_TRUTH)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        public = [name for name in ("public_key", "client_id") if getattr(self, name)]
        if len(public) != 1:
            raise _inconsistent("needs either public_key or client_id")
        own_secret, other_secret = "secret_key", "client_secret"
        if public == ["client_id"]:
            own_secret, other_secret = other_secret, own_secret
        if getattr(self, other_secret):
            raise _inconsistent(f"has {other_secret}, which does not belong to {public[0]}; use {own_secret}")
        sources = [name for name in (own_secret, "secret_command", "keyring") if getattr(self, name)]
        if len(sources) > 1:
            raise _inconsistent(f"has both {sources[0]} and {sources[1]}; keep one")
        if self.client_id and not (self.token_url or token_url_of(self.url)):
            raise _inconsistent("needs token_url: the client secret is only sent to a host that you name")
        return self


class SettingsFile(SettingsTable):
    default: Name | None = Field(default=None, description="the name of a profile")
    cache: CacheTable = CacheTable()
    display: DisplayTable = DisplayTable()
    journal: JournalTable = JournalTable()
    keys: dict[str, Any] = {}
    limits: LimitsTable = LimitsTable()
    marks: MarksTable = MarksTable()
    terminal: TerminalTable = TerminalTable()
    watch: WatchTable = WatchTable()
    profiles: dict[Name, ProfileTable] = Field(
        default={}, description="the name of a profile: 1 to 40 visible characters"
    )
    shops: dict[int, ShopTable] = Field(default={}, description="the number of a shop")


def _inconsistent(message: str) -> PydanticCustomError:
    return PydanticCustomError(INCONSISTENT, "{message}", {"message": message})

"""`SwitchedChecks`: the checks that the user has switched off for a shop with a key, in addition to the settings file."""

from collections.abc import Mapping
from dataclasses import replace

from tui.api.codec import Json, as_document, as_list
from tui.orders.checks.context import Level, ShopSettings
from tui.store.store import Store

_STORED = "checks off"


class SwitchedChecks:
    """Of one account, kept in its store. A check that is switched off here is off whatever the settings file says."""

    def __init__(self, store: Store, account_id: int) -> None:
        self._store = store
        self._account_id = account_id
        stored = as_document(store.screen_states.get(account_id, _STORED))
        self.by_shop: Mapping[int, frozenset[str]] = {
            int(shop): frozenset(code for code in as_list(codes) if isinstance(code, str))
            for shop, codes in stored.items()
            if shop.isdecimal()
        }

    def off(self, shop: int) -> frozenset[str]:
        """The codes of the checks that are switched off for a shop."""
        return self.by_shop.get(shop, frozenset())

    def all_off(self) -> list[tuple[int, str]]:
        """The shops and codes of all checks that are switched off."""
        return [(shop, code) for shop, codes in sorted(self.by_shop.items()) for code in sorted(codes)]

    def switch(self, shop: int, code: str, *, is_on: bool) -> None:
        """Switch a check on or off for a shop. Raises StoreError."""
        codes = self.off(shop) - {code} if is_on else self.off(shop) | {code}
        changed = {**self.by_shop, shop: codes}
        stored: dict[str, Json] = {str(known): [*sorted(off)] for known, off in changed.items() if off}
        self._store.screen_states.put(self._account_id, _STORED, stored)
        self.by_shop = changed

    def applied_to(self, settings: Mapping[int, ShopSettings], default: ShopSettings) -> dict[int, ShopSettings]:
        """The settings of the shops with the checks that are switched off."""
        merged = dict(settings)
        for shop, codes in self.by_shop.items():
            of_shop = merged.get(shop, default)
            merged[shop] = replace(of_shop, checks={**of_shop.checks, **dict.fromkeys(codes, Level.OFF)})
        return merged

"""The addresses of Sendcloud's own service. Apart from profiles, so that `--help` need not import these."""

from typing import Final

OWN_URL: Final = "https://panel.sendcloud.sc/api/v3"
OWN_TOKEN_URL: Final = "https://account.sendcloud.com/oauth2/token/"  # noqa: S105

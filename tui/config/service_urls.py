"""The addresses of Sendcloud's own service, apart from the profiles so that `--help` needs nothing else."""

OWN_URL = "https://panel.sendcloud.sc/api/v3"
OWN_TOKEN_URL = "https://account.sendcloud.com/oauth2/token/"  # noqa: S105

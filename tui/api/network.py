"""What the environment says about the network: proxies, and which certificates are trusted.

Values of these variables may contain credentials and are not shown, except for the paths of certificates.
"""

import os
import ssl
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import truststore

from tui.api.errors import InvalidVariable

PROXIES = ("https_proxy", "http_proxy", "all_proxy")
"""The variables of proxies in lower case. Each may also be in upper case; the one in lower case is preferred."""

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def check_proxies() -> None:
    """Raise InvalidVariable if a proxy of the environment cannot be used."""
    for name, value in _given(*PROXIES):
        address = value if "://" in value else f"http://{value}"
        try:
            scheme = httpx.Proxy(address).url.scheme
            # httpx accepts any host, and Python checks ports only when they are read.
            is_valid = bool(urlsplit(address).hostname) and " " not in address and (urlsplit(address).port or 0) >= 0
        except (ValueError, httpx.InvalidURL):
            is_valid = False
        if not is_valid:
            raise InvalidVariable(
                name, "is not the address of a proxy, such as http://proxy.example:3128 or socks5://127.0.0.1:1080."
            )
        if scheme.startswith("socks") and find_spec("socksio") is None:
            raise InvalidVariable(
                name,
                "names a SOCKS proxy, which needs a package that is not installed: "
                "pip install 'sendcloud-orders[socks]'.",
            )
    for name, value in _given("no_proxy"):
        for host in value.split(","):
            try:
                httpx.URL(host.strip() if "://" in host else f"all://{host.strip().lstrip('.')}")
            except httpx.InvalidURL:
                raise InvalidVariable(name, "is not a list of hosts separated by commas.") from None


def trusted_certificates() -> ssl.SSLContext:
    """Those that SSL_CERT_FILE and SSL_CERT_DIR name, else those that this system trusts, with those of a company.

    Raises InvalidVariable if they cannot be read.
    """
    given = [(name, path) for name in CERTIFICATES if (path := os.environ.get(name))]
    if not given:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name, path in given:
        try:
            if name == "SSL_CERT_FILE":
                context.load_verify_locations(cafile=path)
            else:
                os.listdir(path)
                context.load_verify_locations(capath=path)
        except ssl.SSLError:
            raise InvalidVariable(name, f"names a file without certificates in PEM format: {path}") from None
        except OSError as error:
            raise InvalidVariable(name, f"cannot be read ({error.strerror}): {path}") from None
    return context


def proxy_variable(url: str) -> str:
    """The name of the variable whose proxy requests to this URL use; empty if they use none."""
    parts = httpx.URL(url)
    if proxy_bypass(parts.host):
        return ""
    names = [f"{parts.scheme}_proxy", "all_proxy"]
    used = next((name for name in names if name.removesuffix("_proxy") in getproxies()), None)
    return next((name for name, _ in _given(used)), "") if used is not None else ""


def _given(*names: str) -> Iterator[tuple[str, str]]:
    """The variables that are set, with their values."""
    for name in names:
        for variable in (name, name.upper()):
            if value := os.environ.get(variable, "").strip():
                yield variable, value
                break

"""Access to the service: requests, documents, errors, and the schema of orders."""

import sys

# If the packages of httpx's command-line program are installed, it imports them: 3 MB and 40 ms. This tells it that they
# are not; where httpx is imported already, nothing changes.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

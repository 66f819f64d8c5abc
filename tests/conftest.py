"""Properties are searched alike on every run and on every machine, however slow; by hand they can be searched further.

SENDCLOUD_EXAMPLES=5000 pytest tests/api: so many examples of each property, others on each run.
"""

import os

from hypothesis import settings

_EXAMPLES = int(os.environ.get("SENDCLOUD_EXAMPLES", "0"))

settings.register_profile("house", deadline=None, derandomize=not _EXAMPLES, max_examples=_EXAMPLES or 100)
settings.load_profile("house")

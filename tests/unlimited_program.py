"""Runs the program without its limit of requests per minute, which the sandbox does not need."""

from tui.api.budget import Budget, Rate
from tui.cli import main

if __name__ == "__main__":
    no_limit = Rate(600_000, 10_000)
    clock, sleep, _reads, _writes, longest = Budget.__init__.__defaults__ or ()
    Budget.__init__.__defaults__ = (clock, sleep, no_limit, no_limit, longest)
    main()

"""Run by hand: the figures of speed, bytes and memory with their aims, as one table.

    python tests/bench/run.py [COLUMNSxROWS] [--only NAME] [--large] [--record]

Each program runs in a pseudo-terminal as a truecolor xterm, by default of 120x40; our app reads from a sandbox over
HTTP. Ratios are to a bare Textual app, or to the least that Python needs, measured in the same run. A key's time is the
median from writing it to the first byte, or to the last one before 100 ms without output; times of starts are the
shortest of several. Changed cells are counted by an emulator. `--only` measures one group: start, form, batch or
programs. `--large` adds 200,000 orders, which take ten minutes more. `--record` keeps the run for the README.
"""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from app_figures import batch_figures, form_figures, start_figures  # noqa: E402
from command_figures import program_figures  # noqa: E402
from figures import Figure, this_run  # noqa: E402
from steps import loads, switched_interval  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("size", nargs="?", default="120x40")
    parser.add_argument("--only", choices=("start", "form", "batch", "programs", "large"))
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    columns, _, lines = options.size.partition("x")
    size = int(columns), int(lines)
    groups = {
        "start": lambda: start_figures(size),
        "form": lambda: form_figures(size),
        "batch": lambda: batch_figures(size),
        "programs": program_figures,
    }
    if options.large or options.only == "large":
        from large_account import large_figures

        groups["large"] = lambda: large_figures(size)
    figures: list[Figure] = []
    busy = [loads()]
    with switched_interval():
        for name, measure in groups.items():
            if options.only in (None, name):
                figures += measure()
                busy.append(loads())
    run = this_run(size, busy, figures)
    print(f"{run.heading()}\n\n{run.table()}")
    if options.record:
        run.save()


if __name__ == "__main__":
    main()

"""Every step of a run fails once: file operations, commits, requests and responses, in every manner.

After each failure the app starts again on what is left. Nothing that was reported as done is lost, nothing is done
twice, and nothing was reported as done that was not. Then the user finishes the work.

Steps of each journey by kind, in a complete run (SENDCLOUD_STEPS=all) of 6,992 runs in 28 minutes on a busy machine
with two cores, of which none failed:

    journey       open    write    fsync   rename   commit  request response
    edit            22       37        7        0       12        0        0
    bulk            22      199       23        0       30       15       15
    import          22       31        4        0        6        0        0
    stage           22       37       12        0       13        0        0
    send            25      309       26        0       38       14       14
    undo            22      187       17        0       25       10       10
    sync            22       38        2        0        9        1        1
    migrate         30      115       13        0        6        0        0
    export          26        9        5        0        2        0        0
    all            213      962      109        0      141       40       40

The manners are in `faulty_disk.MANNERS`. No part of the app renames a file yet; `rename` counts from the first one on.
Earlier complete runs found: a draft that waited forever for a result that the journal had, after a kill between the two
commits; and an order cache that was replaced after any error of opening it.
"""

import asyncio
import os
import shutil
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random

import pytest
from earlier_store import write_store
from faulty_disk import MANNERS, Kind, Manner, PowerCut, Steps, faulty_disk
from faulty_world import REPORTED, World
from journeys import JOURNEYS

ALL = os.environ.get("SENDCLOUD_STEPS", "") == "all"
"""Try every step in every manner instead of a sample."""

ONLY = os.environ.get("SENDCLOUD_STEP", "")
"""Repeat one failure: the kind, the number and the manner of the step, such as `write 12 torn`."""

SAMPLE = 7
"""The number of failures of each journey in a run of the suite."""


class Failures:
    """Runs a journey with one failing step at a time. Each run starts from the same prepared world."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.journey, self._folder = name, JOURNEYS[name], folder
        self.world = World(folder / "prepared", has_history=name == "migrate")
        self._runs = count(1)

    async def prepare(self) -> None:
        if self.name == "migrate":
            write_store(self._folder / "prepared")
        else:
            with faulty_disk(self._folder, self.world.steps):
                await self.world.open()
                await self.journey.prepare(self.world)
                await self.world.stop()
                await self.world.close()
        self.world.save()

    async def run(self, steps: Steps) -> None:
        """Run, fail, restart, check, finish and check again."""
        world, folder = self.world, self._folder / f"{next(self._runs)}"
        world.random = Random(f"{steps.kind} {steps.at}")
        shutil.copytree(self._folder / "prepared", folder, ignore=shutil.ignore_patterns("*-shm"))
        world.restore(folder, steps)
        with faulty_disk(folder, steps) as disk:
            steps.is_running = True
            try:
                await asyncio.wait_for(self._journey(), 30)
            except PowerCut:
                assert steps.is_cut
            except REPORTED:
                assert steps.is_reached
            await world.end(disk, folder.with_name(f"{folder.name} again"))
        with faulty_disk(world.folder, world.steps):  # nothing fails, but nothing waits for the real disk
            await world.open()
            world.assert_consistent()
            await self.journey.check(world)
            await world.recover()
            world.assert_consistent()
            await self.journey.check(world)
            await self.journey.finish(world)
            world.assert_consistent()
            world.assert_settled()
            await self.journey.end(world)
            await world.stop()
            await world.close()
        shutil.rmtree(folder)
        shutil.rmtree(world.folder)

    async def give_up(self) -> None:
        """Close what a failed run left open."""
        await self.world.stop()
        await self.world.close()

    async def _journey(self) -> None:
        await self.world.open()
        await self.journey.run(self.world)


async def prepared(name: str, folder: Path) -> tuple[Failures, Counter[Kind]]:
    """A journey that was prepared and ran once without a failure, and its number of steps of each kind."""
    failures = Failures(name, folder)
    await failures.prepare()
    steps = Steps()
    await failures.run(steps)
    return failures, steps.counts


async def run_once(failures: Failures, kind: Kind, at: int, manner: Manner) -> bool:
    """Run with this failure. Returns whether the run came that far."""
    steps = Steps(kind, at, manner)
    try:
        await failures.run(steps)
    except BaseException as error:
        error.add_note(f"SENDCLOUD_STEP='{kind} {at} {manner}' pytest {__file__} -k {failures.name}: {steps.last}")
        raise
    return steps.is_reached


CASES = [(name, kind) for name in JOURNEYS for kind in Kind] if ALL else [(name, None) for name in JOURNEYS]


@pytest.mark.parametrize(("name", "kind"), CASES)
async def test_nothing_is_lost_or_done_twice(name: str, kind: Kind | None, tmp_path: Path) -> None:
    failures, counts = await prepared(name, tmp_path)
    if ONLY:
        only, at, manner = ONLY.split()
        assert await run_once(failures, Kind(only), int(at), Manner(manner)), "the run did not come that far"
    elif kind is None:
        numbers = [(each, at) for each, total in counts.items() for at in range(1, total + 1)]
        points = [(each, at, manner) for each, at in numbers for manner in MANNERS[each]]
        for point in Random(f"sample {name}").sample(points, SAMPLE):
            await run_once(failures, *point)
    else:
        await run_all(failures, kind, counts[kind])
    failures.world.sandbox.close()


def report(line: str) -> None:
    """Append a line to the file that SENDCLOUD_STEPS_REPORT names."""
    with open(os.environ.get("SENDCLOUD_STEPS_REPORT", os.devnull), "a") as file:
        file.write(f"{line}\n")


async def run_all(failures: Failures, kind: Kind, total: int) -> None:
    """Let each step of a kind fail in each manner: the first, the second and so on, until a run completes."""
    runs, failed = 0, list[Exception]()
    for manner in MANNERS[kind]:
        for at in count(1):
            runs += 1
            try:
                if not await run_once(failures, kind, at, manner):
                    break
            except Exception as error:
                failed.append(error)
                await failures.give_up()
    report(f"{failures.name} {kind}: {total} steps, {runs} runs, {len(failed)} failed")
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {runs} runs", failed[:20])

"""Figures with their aims, printed as a table, and kept as JSON so that the README can quote them."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded.json"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `unit`: ms, B, s, ×, MB or %. `aim`: the largest value that meets it; None: for information.

    `detail`: what a ratio was computed from, or the fastest of the times.
    """

    title: str
    value: float
    unit: str
    aim: float | None = None
    detail: str = ""

    @property
    def misses(self) -> bool:
        return self.aim is not None and self.value > self.aim

    def cells(self) -> tuple[str, str, str, str, str]:
        return (
            self.title,
            _number(self.value, self.unit),
            "" if self.aim is None else f"≤ {_number(self.aim, self.unit)}",
            "misses" if self.misses else "",
            self.detail,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of one run: when, on what, of which commit, and how busy the machine was."""

    date: str
    commit: str
    machine: str
    load: str
    size: str
    figures: list[Figure]

    def table(self) -> str:
        """The figures as a Markdown table."""
        rows = [("what", "figure", "aim", "", "measured"), *(figure.cells() for figure in self.figures)]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], "| --- | --- | --- | --- | --- |", *lines[1:]])

    def heading(self) -> str:
        missing = sum(figure.misses for figure in self.figures)
        aims = sum(figure.aim is not None for figure in self.figures)
        return f"{self.date}, commit {self.commit}, {self.size}, {self.machine}, {self.load}: {aims - missing} of {aims} aims met."

    def save(self) -> None:
        RECORDED.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load_recorded() -> Run | None:
    """The run that was recorded last; None if none was."""
    if not RECORDED.exists():
        return None
    content = json.loads(RECORDED.read_text(encoding="utf-8"))
    content["figures"] = [Figure(**figure) for figure in content["figures"]]
    return Run(**content)


def this_run(size: tuple[int, int], loads: Sequence[float], figures: list[Figure]) -> Run:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    load = f"load {min(loads):.1f} to {max(loads):.1f}"
    return Run(date.today().isoformat(), commit, machine(), load, f"{size[0]}×{size[1]}", figures)


def machine() -> str:
    """The machine in words: processor, system, versions."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    import textual

    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"Textual {textual.__version__}"
    )


def _number(value: float, unit: str) -> str:
    if unit == "B" and value >= 1000:
        return f"{value / 1000:.1f} kB"
    text = (
        f"{value:.2f}" if unit in ("×", "s", "%") and value < 10 else f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    )
    return f"{text} {unit}"

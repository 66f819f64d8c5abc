"""The generated parts of the README: its commands and its tables. `python tests/readme_parts.py` writes the tables.

The keymap, the checks and the words of the query language come from the app, the figures from the recorded run.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []

sys.path.append(str(ROOT / "tests" / "bench"))

from figures import load_recorded  # noqa: E402

from tui.keymap import COMMANDS, Command, Context, key_name  # noqa: E402
from tui.orders.checks.registry import CHECKS  # noqa: E402
from tui.orders.query.vocabulary import FIELDS, IS_WORDS, SYNTAX, FieldKind  # noqa: E402


def text() -> str:
    return README.read_text(encoding="utf-8")


def block(name: str) -> str:
    """Return the text between `<!-- name -->` and `<!-- /name -->`."""
    found = re.findall(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text(), re.DOTALL)
    if len(found) != 1:
        raise ValueError(f"README.md has {len(found)} blocks called {name}, expected one")
    return str(found[0])


def command(name: str) -> str:
    """Return the shell command in the code fence of a block."""
    fence = re.fullmatch(r"```sh\n(.*?)\n```", block(name).strip(), re.DOTALL)
    if fence is None:
        raise ValueError(f"the block {name} of README.md is not one fence of sh")
    return fence[1]


def key_table() -> str:
    """Return the keymap as a table: the commands of all contexts first, then the others."""
    rows = ["| keys | command | name in `settings.toml` | where | what it does |", "| --- | --- | --- | --- | --- |"]
    rows += [_row(command) for command in sorted(COMMANDS, key=lambda command: command.contexts != frozenset(Context))]
    return "\n".join(rows)


def _row(command: Command) -> str:
    keys = [key_name(key) for key in command.keys]
    if keys == list("0123456789"):
        keys = ["0–9"]
    places = (
        "everywhere"
        if command.contexts == frozenset(Context)
        else ", ".join(place for place in Context if place in command.contexts)
    )
    title = f"{command.title}, also `;`" if command.marked else command.title
    shown = " ".join(f"`{key}`" for key in keys)
    return f"| {shown} | {title} | `{command.id}` | {places} | {command.help.replace('|', '&#124;')} |"


def query_table() -> str:
    """Return the forms, fields and words of the query language as a table."""
    rows = ["| example | what it finds |", "| --- | --- |"]
    rows += [f"| `{example}` | {text[0].upper()}{text[1:]}. |" for example, text in SYNTAX]
    rows += [f"| {_fields(kind)} | {text} |" for kind, text in _KINDS.items()]
    words = " ".join(f"`{word}`" for word in IS_WORDS)
    rows.append(f"| {words} | After `is:`; `?` on the filter line explains each. |")
    return "\n".join(rows)


_KINDS = {
    FieldKind.TEXT: "Text fields: the value is a part of them.",
    FieldKind.EXACT: "Fields that are equal to the value. Countries also by name, shops by id or name.",
    FieldKind.NUMBER: "Numbers. `weight` is in kg, or has a unit: `2.5kg`, `400g`; `items` counts lines, `total` ignores the currency.",
    FieldKind.DATE: "Dates, in the profile's time zone. `created` and `updated` are the shop's.",
}


def _fields(kind: FieldKind) -> str:
    return " ".join(f"`{field.name}`" for field in FIELDS.values() if field.kind is kind)


def check_table() -> str:
    """Return the checks of orders as a table."""
    rows = ["| group | code | when it fires | pointer | severity | blocks |", "| --- | --- | --- | --- | --- | --- |"]
    rows += [
        f"| {check.group} | `{check.code}` | {check.fires} | `{check.pointer}` | {check.severity} | {check.blocks} |"
        for check in CHECKS
    ]
    return "\n".join(rows)


def figure_table() -> str:
    """Return the figures of the recorded run, with its date, commit and machine."""
    run = load_recorded()
    if run is None:
        return "No run on a quiet machine has been recorded yet."
    return f"{run.heading()}\n\n{run.table()}"


TABLES = {"keys": key_table, "query": query_table, "checks": check_table, "figures": figure_table}


def write_tables() -> None:
    """Write the current tables into the README."""
    readme = text()
    for name, make in TABLES.items():
        table = make()
        readme = readme.replace(
            f"<!-- {name} -->\n{block(name)}\n<!-- /{name} -->", f"<!-- {name} -->\n{table}\n<!-- /{name} -->"
        )
    README.write_text(readme, encoding="utf-8")


if __name__ == "__main__":
    write_tables()

"""Texts and docstrings are plain technical English: phrases of an earlier private style must not return."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PHRASES = {
    r"\bjust so\b": "say 'unchanged', 'identical' or 'already up to date'",
    r"\b(?:is|are|was|stays?|it be) so\b(?! (?:that|far|long|many|much|few|large|small|slow|fast))": "name the state",
    r"\bso already\b": "say 'already set'",
    r"\bin the hands of\b": "say 'locked by' or 'owned by'",
    r"\bleads there\b": "say which key goes where",
    r"\bgoes? again\b": "say 'is sent again' or 'retried'",
    r"\bgoes? whole\b": "say 'is sent as a full order'",
    r"\bwent nowhere\b|\bgoes? nowhere\b": "say 'is ignored' or 'is not imported'",
    r"\bwhat becomes? of\b|\bwhat became of\b": "say 'the result of' or 'the outcome of'",
    r"\bwhosoever\b|\bwhatsoever\b|\bwhatever becomes\b": "archaic",
    r"\banew\b": "say 'again'",
    r"\bby (?:itself|themselves)\b": "say 'automatically' or 'alone'",
    r"\bno more than is\b": "archaic",
    r"\bin spite of\b": "say 'despite' or 'anyway'",
    r"\bto be mended\b|\bmend(?:s|ed|ing)?\b": "say 'fix'",
    r"\bfor ever\b": "say 'forever'",
    r"\bwhoever\b": "say who: the caller, the user, the screen",
    r"\bdesks?\b|\bcouriers?\b|\bparcels? of\b": "a metaphor, or a word of shipping",
    r"\btwins?\b": "say 'duplicate'",
    r"\broads?\b": "say 'write kind' or 'sent as'",
    r"\bon (?:its|their) way\b|\bunder way\b": "say 'in flight' or 'in progress'",
    r"\bis had\b|\bcan be had\b|\bto be had\b": "say 'is available'",
    r"\bis told\b|\bare told\b|\btells? of\b": "say 'is reported' or 'reports'",
    r"\bkept apart\b|\beach apart\b": "say 'separately'",
    r"\bas it (?:stands|lies|goes)\b": "say what it is",
    r"\bstands? (?:in|at|on|behind|before|there|here)\b": "say 'is in' or 'is shown'",
    r"\bin sight\b": "say 'visible'",
    r"\bcomes? to (?:its|an|their) end\b": "say 'finishes'",
    r"\bended well\b|\ball is well\b|\ball well\b": "say 'succeeded'",
    r"\bmeanwhile there\b|\bthence\b|\bhence\b|\bwhence\b|\bthereof\b|\btherein\b": "archaic",
    r"\bwhat is (?:not|known|wrong|there|left|kept|typed|shown|read|sent) (?:of|in) (?:it|them)\b": "use a noun",
    r"\brejected\b": "the glossary says 'refused'",
}
"""Maps a phrase (a regular expression, case ignored) to a replacement."""

ALLOWED = {
    r"\broads?\b": ("tui/store/", "tui/sandbox/seed_data.py", "tui/work/journal/entries.py"),
    r"\btwins?\b": ("tui/work/batches/duplicates.py",),
    r"\bon (?:its|their) way\b|\bunder way\b": ("tui/work/writes/send_state.py",),
}
"""Modules in which a phrase is a stored name (a column, a JSON key, a value) or part of an address."""

WORD_LISTS = frozenset(["tui/orders/addresses/vocabulary.py"])
"""Modules that list the words of addresses in many languages."""


def python_files() -> list[Path]:
    paths = sorted((ROOT / "tui").rglob("*.py"))
    return [path for path in paths if str(path.relative_to(ROOT)) not in WORD_LISTS]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield docstrings, string literals with a space in them, and comments, each with its line."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def findings(where: str, line: int, text: str) -> Iterator[str]:
    for phrase, advice in PHRASES.items():
        if where.startswith(ALLOWED.get(phrase, ("/",))):
            continue
        for found in re.finditer(phrase, text, re.IGNORECASE):
            yield f"{where}:{line + text[: found.start()].count(chr(10))}: '{found[0]}': {advice}"


def test_texts_and_docstrings_are_plain_english() -> None:
    found = [
        violation
        for path in python_files()
        for line, text in texts(path)
        for violation in findings(str(path.relative_to(ROOT)), line, text)
    ]
    assert found == []


def test_the_readme_is_plain_english() -> None:
    assert list(findings("README.md", 1, (ROOT / "README.md").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text", ["It is so already.", "Nothing goes again.", "3 cells went nowhere", "in the hands of A"]
)
def test_phrases_of_the_old_style_are_found(text: str) -> None:
    assert list(findings("text", 1, text))

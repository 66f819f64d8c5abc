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
    r"\bin the hands of\b|\bin other hands\b": "say 'locked by' or 'owned by'",
    r"\bleads there\b": "say which key goes where",
    r"\bgo(?:es)? again\b|\bwent again\b": "say 'is sent again' or 'retried'",
    r"\bgo(?:es)? whole\b|\bwent whole\b": "say 'is sent as a full order'",
    r"\bgo(?:es)? nowhere\b|\bwent nowhere\b": "say 'is ignored' or 'is not imported'",
    r"\bgo(?:es)? on\b|\bwent on\b|\bgone on\b|\bgoing on\b": "say 'continues'",
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
    r"\bstands?\b(?! for\b)|\bstood\b": "say 'is', 'is shown' or 'is unchanged'",
    r"\bhears? of\b|\bheard of\b": "say 'is notified of'",
    r"\bwhat (?:\w+ ){1,4}?(?<!to\s)(?:do|does) with\b": "use a noun or a verb: 'operations on', 'handles'",
    r"\bthe way back\b": "say 'the inverse' or 'undo'",
    r"\bnot there any ?more\b": "say 'no longer exists'",
    r"\b(?:a|an|the|one|each|every|last|another|paused) sending\b": "say 'send run', or use the verb",
    r"\bdecisions? \d": "the numbered decisions are not part of this project; state the reason",
    r"\bin sight\b": "say 'visible'",
    r"\bcomes? to (?:its|an|their) end\b": "say 'finishes'",
    r"\bended well\b|\ball is well\b|\ball well\b": "say 'succeeded'",
    r"\bmeanwhile there\b|\bthence\b|\bhence\b|\bwhence\b|\bthereof\b|\btherein\b": "archaic",
    r"\bwhat is (?:not|known|wrong|there|left|kept|typed|shown|read|sent) (?:of|in) (?:it|them)\b": "use a noun",
    r"\brejected\b": "the glossary says 'refused'",
}
"""Maps a phrase (a regular expression, case ignored) to a replacement."""

IDENTIFIERS = re.compile(r"(?:^|_)(?:parcels?|couriers?|desks?|twins?|bench|benches)(?:_|$)", re.IGNORECASE)
"""Words that no name in the code has: they mean something else in shipping, or are metaphors."""

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


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield docstrings, string literals with a space in them, and comments, each with its line.

    A formatted string is one text, with `…` for each value. Comments on consecutive lines are one text.
    """
    parts: set[ast.AST] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) and node not in parts:
            parts.update(value for value in ast.walk(node) if isinstance(value, ast.Constant | ast.JoinedStr))
            yield node.lineno, "".join(joined(node))
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    yield from strings_in(value.value)
        elif node not in parts:
            yield from strings_in(node, deep=False)
    block: list[str] = []
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if block and token.start[0] != first + len(block):
                yield first, "\n".join(block)
                block = []
            first = first if block else token.start[0]
            block.append(token.string.lstrip("# "))
    if block:
        yield first, "\n".join(block)


def joined(node: ast.JoinedStr) -> Iterator[str]:
    for value in node.values:
        yield value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else "…"


def strings_in(node: ast.AST, *, deep: bool = True) -> Iterator[tuple[int, str]]:
    for part in ast.walk(node) if deep else (node,):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value:
            yield part.lineno, part.value


def identifiers(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], re.sub(r"(?<=[a-z])(?=[A-Z])", "_", token.string)


def findings(where: str, line: int, text: str) -> Iterator[str]:
    for phrase, advice in PHRASES.items():
        if where.startswith(ALLOWED.get(phrase, ("/",))):
            continue
        for found in re.finditer(phrase.replace(" ", r"\s+"), text, re.IGNORECASE):
            yield f"{where}:{line + text[: found.start()].count(chr(10))}: '{found[0]}': {advice}"


def test_texts_and_docstrings_are_plain_english() -> None:
    found = [
        violation
        for path in python_files()
        for line, text in texts(path.read_text(encoding="utf-8"))
        for violation in findings(str(path.relative_to(ROOT)), line, text)
    ]
    assert found == []


def test_names_have_no_words_of_shipping_and_no_metaphors() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in python_files()
        for line, name in identifiers(path.read_text(encoding="utf-8"))
        if IDENTIFIERS.search(name)
    ]
    assert found == []


def test_the_readme_is_plain_english() -> None:
    assert list(findings("README.md", 1, (ROOT / "README.md").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "It is so already.",
        "Nothing goes again.",
        "it can go again",
        "3 cells went nowhere",
        "in the hands of A",
        "it goes\n    whole",
        "decides which side stands",
        "What the keys do with orders.",
    ],
)
def test_phrases_of_the_old_style_are_found(text: str) -> None:
    assert list(findings("text", 1, text))


@pytest.mark.parametrize("text", ["What a user wants to do with it.", "`*` stands for every item.", "undergo again"])
def test_plain_english_is_not_found(text: str) -> None:
    assert not list(findings("text", 1, text))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('f"{a} goes {b} again"', ["… goes … again"]),
        ('f"{a} of " f"{b:>3} are"', ["… of … are"]),
        ("f\"{a if b else 'goes again'} x\"", ["… x", "goes again"]),
        ("x = 1  # it goes\n# again\n\n# other", ["it goes\nagain", "other"]),
    ],
)
def test_formatted_strings_and_comments_are_read_as_one_text(source: str, expected: list[str]) -> None:
    assert [text for _, text in texts(source)] == expected

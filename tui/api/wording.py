"""Counts and long values in English sentences."""


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 order`, `2 orders`. `plural` is given where it is not the noun with an s."""
    return f"{number} {word_for(number, noun, plural)}"


def word_for(number: int, noun: str, plural: str | None = None) -> str:
    """The form of a noun, or of a verb given with both its forms, that goes with a number."""
    return noun if number == 1 else plural or f"{noun}s"


def shorten(text: str, longest: int) -> str:
    """A text of at most so many characters, shortened in the middle: the ends of ids and values tell them apart."""
    if len(text) <= longest:
        return text
    end = (longest - 1) // 2
    return f"{text[: longest - 1 - end]}…{text[len(text) - end :]}"

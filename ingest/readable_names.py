"""Names and values in messages: as a person can read them, cut where they are long, and counted where they are many."""

from collections.abc import Collection

SHOWN_CHARACTERS = 60
SHOWN_NAMES = 20


def shown(name: str) -> str:
    """A name as `repr` shows it: blanks and signs that can't be seen are seen."""
    return cut(repr(name))


def plain_or_shown(name: str) -> str:
    """A name unchanged if it is one printable word, otherwise as `shown`."""
    return cut(name) if name and name.isprintable() and name == name.strip() and "," not in name else shown(name)


def cut(text: str) -> str:
    """The beginning of a text; of a long one also how long it is."""
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}… ({len(text):,} characters)"


def listed(names: Collection[str]) -> str:
    """Names, the first of many, and how many more there are."""
    first = ", ".join(plain_or_shown(name) for name in list(names)[:SHOWN_NAMES])
    more = len(names) - SHOWN_NAMES
    return first if more <= 0 else f"{first} and {more:,} more"

"""Counts in sentences: 1 row, 2,000 rows."""


def counted(number: int, singular: str) -> str:
    """A number and what it counts."""
    return f"{number:,} {noun(number, singular)}"


def noun(number: int, singular: str) -> str:
    """A noun as it stands after a number."""
    return singular if number == 1 else f"{singular}s"

"""The columns that a SELECT asks for, parsed from its text, so that a result can be checked against its statement."""

import re
from collections.abc import Sequence
from functools import lru_cache

# One entry a column: its name, or None where the text gives it none (an expression without alias).
Names = tuple[str | None, ...]

_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*' | `(?:[^`\\]|\\.|``)*` | "(?:[^"\\]|\\.|"")*" | [\w$]+ | --[^\n]* | /\*.*?\*/ | \S""",
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_CLAUSES = "FROM PREWHERE WHERE GROUP HAVING WINDOW QUALIFY ORDER LIMIT OFFSET SETTINGS FORMAT INTO"
_ENDS = frozenset([*_CLAUSES.split(), "UNION", "INTERSECT", "EXCEPT"])


@lru_cache(maxsize=1024)
def expected_columns(sql: str) -> Names | None:
    """The columns of a SELECT's result, in order; None where the text does not say, as for `*` over a table."""
    return _columns([token for token in _TOKEN.findall(sql) if not token.startswith(("--", "/*"))])


def differs(expected: Names | None, names: Sequence[str]) -> bool:
    """Whether a result with columns `names` belongs to another statement. A result without columns has no rows."""
    if expected is None or not names:
        return False
    return len(expected) != len(names) or any(
        wanted is not None and wanted != name for wanted, name in zip(expected, names, strict=True)
    )


def _columns(tokens: Sequence[str]) -> Names | None:
    tokens = _unwrapped(tokens)
    begin = _find(tokens, 0, frozenset({"SELECT"}))
    if begin is None or tokens[0].upper() not in {"SELECT", "WITH"}:
        return None
    begin += 1
    if begin < len(tokens) and tokens[begin].upper() == "DISTINCT":
        begin += 1
    end = _find(tokens, begin, _ENDS)
    rest = tokens[end:] if end is not None else []
    names: list[str | None] = []
    for item in _split(tokens[begin:end]):
        if item[0] == "*" or list(item[1:3]) == [".", "*"]:
            below = _columns_below(rest, item)
            if below is None:
                return None
            names += below
        else:
            names.append(_name(item))
    return tuple(names)


def _columns_below(rest: Sequence[str], star: Sequence[str]) -> Names | None:
    """The columns that `*` or `alias.*` stands for: those of the subquery after FROM. None where that is a table, where
    `*` spans a join, and for what changes the star (EXCEPT, REPLACE)."""
    if len(rest) < 2 or rest[0].upper() != "FROM" or rest[1] != "(" or star[-1] != "*":
        return None
    end = _end_of(rest, 1)
    after = rest[end + 1 :]
    if len(star) > 1:
        is_whole = [token.upper() for token in after[:2]] == ["AS", star[0].upper()]
    else:
        clause = after[: next((at for at, token in enumerate(after) if token.upper() in _ENDS), len(after))]
        is_whole = not any(token == "," or token.upper() == "JOIN" for token in clause)
    return _columns(rest[2:end]) if is_whole else None


def _name(item: Sequence[str]) -> str | None:
    """The name of one selected item: after its alias, or the item's own where it is a plain column."""
    if len(item) >= 3 and item[-2].upper() == "AS":
        return _unquoted(item[-1])
    return _unquoted(item[0]) if len(item) == 1 and not item[0][0].isdigit() and item[0][0] not in "'-" else None


def _unquoted(token: str) -> str:
    if token[0] in '`"':
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    return token


def _unwrapped(tokens: Sequence[str]) -> Sequence[str]:
    """What stands in parentheses around the whole first SELECT."""
    while tokens and tokens[0] == "(":
        tokens = tokens[1 : _end_of(tokens, 0)]
    return tokens


def _end_of(tokens: Sequence[str], begin: int) -> int:
    """The index at which the bracket at `begin` closes."""
    depth = 0
    for index in range(begin, len(tokens)):
        depth += (tokens[index] in _OPEN) - (tokens[index] in _CLOSE)
        if depth == 0:
            return index
    return len(tokens)


def _find(tokens: Sequence[str], begin: int, words: frozenset[str]) -> int | None:
    """The first index from `begin` on that holds one of some keywords outside of brackets."""
    depth = 0
    for index in range(begin, len(tokens)):
        depth += (tokens[index] in _OPEN) - (tokens[index] in _CLOSE)
        if depth == 0 and tokens[index].upper() in words:
            return index
    return None


def _split(tokens: Sequence[str]) -> list[Sequence[str]]:
    """A list of items by its commas outside of brackets."""
    items, begin, depth = [], 0, 0
    for index, token in enumerate(tokens):
        depth += (token in _OPEN) - (token in _CLOSE)
        if token == "," and depth == 0:
            items.append(tokens[begin:index])
            begin = index + 1
    items.append(tokens[begin:])
    return [item for item in items if item]

"""The engine's own parse of a statement: one form of writing it, and the tree of its nodes.

The statement is a value of a function until it is known to be one SELECT, so nothing of it runs meanwhile.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput, EngineFault

# Longer ones are made by programs, which have other ways.
LONGEST = 20_000
_TOKEN = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.|``)*`|\"(?:[^\"\\]|\\.|\"\")*\"|[A-Za-z_]\w*|\d[\w.]*|\s+|.", re.DOTALL
)
# A quoted name that the tree's lines can show without being taken for something else.
_QUOTED_NAME = re.compile(r"`[A-Za-z_][A-Za-z0-9_ ]*`")
_ALIAS = re.compile(r" \(alias ([^()]*)\)")
_CHILDREN = re.compile(r" \(children \d+\)$")
_LINE = re.compile(r"( *)(\w+)(.*)")
_FAULT = re.compile(r"(?:Code: \d+\. )?(?:DB::Exception: )?(.*)", re.DOTALL)
_ENDS = re.compile(
    r"\bin (?:scope|query)\b|: [Ww]hile |\(version |\. Maybe you meant|\. \([A-Z_]+\)|\. Stack trace|\n", re.IGNORECASE
)


@dataclass(frozen=True)
class Node:
    """A node: its kind, such as `Function`, what follows it on its line, the name that the statement gives it, and the
    nodes below."""

    kind: str
    text: str
    alias: str = ""
    below: "list[Node]" = field(default_factory=list)

    def all(self) -> "Iterator[Node]":
        """This node and those below."""
        yield self
        for one in self.below:
            yield from one.all()


def normalised(engine: Engine, sql: str) -> str:
    """One SELECT as the engine writes it, on one line and without comments.

    Raises: BadInput for anything else, several statements among them.
    """
    if len(sql) > LONGEST:
        raise BadInput(f"The statement has {len(sql):,} characters; at most {LONGEST:,}.")
    if not sql.strip():
        raise BadInput("There is no statement. Give one SELECT, such as: marquee sql 'SELECT 1'.")
    try:
        found = engine.query("SELECT formatQuerySingleLine({statement:String}) AS written", {"statement": sql})
    except EngineFault as error:
        raise BadInput(told(error)) from error
    written = str(found.scalar())
    words = tokens(written)
    if words[0].upper() not in ("SELECT", "WITH"):
        raise BadInput("Only one SELECT is run here, and nothing that changes data.")
    for word in words:
        if word[0] in '`"' and not _QUOTED_NAME.fullmatch(word):
            raise BadInput(f"The name {word} has other characters than letters, digits, spaces and underscores.")
    return written


def tokens(written: str) -> list[str]:
    """The tokens of a statement as the engine writes it; joined they are the statement."""
    return _TOKEN.findall(written)


def tree_of(engine: Engine, written: str) -> Node:
    """The tree of a statement that `normalised` returned. It is parsed inside of parentheses, where a SELECT can have
    neither a format nor a file to write to.

    Raises: BadInput for a statement that can't stand there.
    """
    # Texts stay out of the tree, whose lines show them as they are.
    blank = "".join("''" if word.startswith("'") else word for word in tokens(written))
    try:
        lines = [str(line) for (line,) in engine.query(f"EXPLAIN AST SELECT * FROM ({blank})").rows]
    except EngineFault as error:
        raise BadInput(f"The statement is not a plain SELECT. {told(error)}") from error
    subquery = _parsed(lines)
    for kind in ("ExpressionList", "SelectQuery", "TablesInSelectQuery", "TablesInSelectQueryElement"):
        subquery = _only(subquery, kind)
    found = _only(_only(subquery, "TableExpression"), "Subquery")
    if len(found.below) != 1:
        raise _not_plain()
    return found.below[0]


def told(error: EngineFault, *hidden: object) -> str:
    """What the engine says is wrong, without the statement that was composed around, and without hidden values."""
    found = _FAULT.fullmatch(error.told)
    said = _ENDS.split(found[1] if found else error.told)[0].strip(" :.")[:300]
    for value in hidden:
        said = said.replace(str(value), "...")
    return f"{said}."


def _only(node: Node, kind: str) -> Node:
    """The only node of a kind below a node."""
    found = [one for one in node.below if one.kind == kind]
    # The list of what is selected stands beside the tables.
    if len(found) != 1:
        raise _not_plain()
    return found[0]


def _not_plain() -> BadInput:
    return BadInput("The statement is not a plain SELECT.")


def _parsed(lines: list[str]) -> Node:
    """The tree of indented lines.

    Raises: BadInput for lines that are no tree.
    """
    root: Node | None = None
    path: list[Node] = []
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None or (root is None) != (not found[1]) or len(found[1]) > len(path):
            raise _not_plain()
        text = _CHILDREN.sub("", found[3])
        node = Node(found[2], _ALIAS.sub("", text).strip(), " ".join(_ALIAS.findall(text)))
        del path[len(found[1]) :]
        if path:
            path[-1].below.append(node)
        root = root or node
        path.append(node)
    if root is None:
        raise _not_plain()
    return root

"""What SQL of one's own may say: one SELECT over the masked tables, with functions that only compute.

Every node of the engine's tree must be of a kind that is listed here.
"""

from collections.abc import Collection

from warehouse.errors import Forbidden
from warehouse.own_sql.functions import instead_of, is_allowed
from warehouse.own_sql.syntax_tree import Node, tokens

_KINDS = frozenset(
    {
        *("SelectWithUnionQuery", "SelectIntersectExceptQuery", "SelectQuery", "ExpressionList", "Subquery"),
        *("TablesInSelectQuery", "TablesInSelectQueryElement", "TableExpression", "TableIdentifier", "TableJoin"),
        *("ArrayJoin", "WithElement", "Identifier", "Literal", "Function", "OrderByElement"),
        *("Asterisk", "QualifiedAsterisk", "ColumnsTransformerList", "ColumnsExceptTransformer"),
        *("WindowDefinition", "WindowListElement"),
    }
)
_SAID = {
    "Set": "SETTINGS can't be given",
    "QueryParameter": "Parameters {name:Type} can't be given",
    "ColumnsApplyTransformer": "APPLY can't be used",
}
# These read a table if a name stands to their right.
_MEMBERSHIP = frozenset({"in", "notin"})


def check(written: str, tree: Node, tables: Collection[str]) -> None:
    """Check a statement as the engine writes it, and its tree; `tables` may be read.

    Raises: Forbidden with what can't be used.
    """
    if "RECURSIVE" in (word.upper() for word in tokens(written)):
        raise Forbidden("WITH RECURSIVE can't be used here.")
    for node in tree.all():
        if node.kind not in _KINDS:
            raise Forbidden(f"{_SAID.get(node.kind, f'{node.kind} can not be used')} here.")
        if node.kind == "SelectWithUnionQuery" and [one.kind for one in node.below] != ["ExpressionList"]:
            raise Forbidden("FORMAT and INTO OUTFILE can't be used here. Use --format and --output.")
        if node.kind == "TableExpression" and any(one.kind == "Function" for one in node.below):
            raise Forbidden(f"Table functions can't be used here. Tables: {', '.join(tables)}.")
        if node.kind == "TableIdentifier" and "." in node.text:
            raise Forbidden(f"There is no table {node.text} here. Tables: {', '.join(tables)}.")
        if node.kind == "Function":
            _check_function(node)


def _check_function(node: Node) -> None:
    if not is_allowed(node.text):
        raise Forbidden(f"The function {node.text[:60]} can't be used here.{instead_of(node.text)}")
    if node.text.lower() == "lambda" and node.alias:
        # The engine would call it in the place of a function of that name, in the masks too.
        raise Forbidden(f"A lambda can't have a name here, as {node.alias[:60]}. Write it where it is used.")
    if node.text.lower() in _MEMBERSHIP:
        arguments = next((one.below for one in node.below if one.kind == "ExpressionList"), [])
        if len(arguments) != 2 or arguments[1].kind in ("Identifier", "TableIdentifier"):
            raise Forbidden("IN takes values here, or a subquery in parentheses, and no name.")


def table_names(tree: Node) -> list[str]:
    """The names of tables, and of the statement's own WITH, that a tree reads; sorted."""
    return sorted({node.text for node in tree.all() if node.kind == "TableIdentifier"})

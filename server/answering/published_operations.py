"""Published operations, which clients, `/api/{operation}`, the command line and embeds run: what one is, and the
`.graphql` files of those that Marquee brings.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from hashlib import sha256
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from graphql import DocumentNode, ListTypeNode, NonNullTypeNode, TypeNode, parse, print_ast, value_from_ast_untyped

from schema.chosen_operation import operation_of
from server.answering.questions_in_parameters import range_of
from server.client_files import OPERATIONS
from server.strict_json import loaded
from warehouse.errors import BadInput

# Marks the id of a document that was asked by its hash alone.
PERSISTED = "persisted:"
# Names in a refusal. Those that Marquee brings come first, and are fewer.
_MOST_LISTED = 100


class PersistedQueryNotSupported(BadInput):
    """A hash without a document, of no published one. Clients know the sentence, and send the document itself."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"


@dataclass(frozen=True)
class Operation:
    """One published operation. `kinds` maps each variable to its type's name, `[T]` for lists."""

    name: str
    document: str
    kinds: Mapping[str, str]

    @property
    def description(self) -> str:
        """What its document says of it in comments before it begins."""
        lines = takewhile(lambda line: line.startswith("#"), self.document.lstrip().splitlines())
        return " ".join(line.removeprefix("#").strip() for line in lines)

    @cached_property
    def document_id(self) -> str:
        """The id that clients may send instead of the document: `sha256:` and the hash of its text."""
        return f"sha256:{sha256(self.document.encode()).hexdigest()}"

    def default(self, name: str) -> Any:
        """A variable's default value; None if it has none."""
        definition = operation_of(parse(self.document))
        for variable in (definition and definition.variable_definitions) or ():
            if variable.variable.name.value == name and variable.default_value is not None:
                return value_from_ast_untyped(variable.default_value)
        return None

    def variables(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Parse variables from text: numbers, booleans, and JSON for objects and lists.

        Raises: BadInput for an unknown variable, or text that doesn't fit its type.
        """
        return {name: self._value(name, text) for name, text in texts.items()}

    def _value(self, name: str, text: str) -> Any:
        kind = self.kinds.get(name)
        if kind is None:
            known = ", ".join(self.kinds) or "none"
            near = get_close_matches(name, self.kinds, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise BadInput(f"{self.name or 'The document'} has no variable {name[:60]}.{meant} It has: {known}.")
        try:
            return _READERS.get(kind, _other)(text)
        except ValueError as error:
            raise BadInput(f"{name} is {text!r}, expected a value of the type {kind}.") from error


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text] if text in ("true", "false") else _no_value()


def _no_value() -> bool:
    raise ValueError("no truth value")


def _other(text: str) -> Any:
    """Parsed JSON if the text looks like an object or list (inputs), else the text itself (scalars, enums)."""
    return loaded(text.encode()) if re.match(r"\s*[\[{]", text) or text == "null" else text


_READERS: Mapping[str, Callable[[str], Any]] = {
    "Int": int,
    "Long": int,
    "Float": float,
    "Boolean": _truth,
    "String": str,
    "ID": str,
    "TimeRange": lambda text: None if text == "null" else range_of(text),
}


def published(folder: Path = OPERATIONS) -> Mapping[str, Operation]:
    """The operations of a folder by name. Each file holds one operation of the same name."""
    found = {}
    for path in sorted(folder.glob("*.graphql")):
        document = path.read_text(encoding="utf-8")
        operation = operation_in(document, parse(document))
        if operation is None or operation.name != path.stem:
            raise BadInput(f"{path.name} must hold exactly one operation, named {path.stem}.")
        found[path.stem] = operation
    return found


def operation_in(document: str, parsed: DocumentNode) -> Operation | None:
    """The one operation of a document; None if it has none, or several. One without a name is called ''."""
    definition = operation_of(parsed)
    if definition is None:
        return None
    kinds = {variable.variable.name.value: _kind(variable.type) for variable in definition.variable_definitions or ()}
    return Operation(definition.name.value if definition.name else "", document, kinds)


def pick(operations: Mapping[str, Operation], name: str, beside: Collection[str] = ()) -> Operation:
    """An operation by name. What else may be meant are the names `beside`.

    Raises: BadInput listing published operations.
    """
    if name not in operations:
        known = {one.lower(): one for one in (*operations, *beside)}
        near = get_close_matches(name.lower(), known, n=1)
        meant = f" Did you mean {known[near[0]]}?" if near else ""
        listed = [*islice(operations, _MOST_LISTED), *(["..."] if len(operations) > _MOST_LISTED else [])]
        raise BadInput(f"There is no operation {name[:100]}.{meant} Published: {', '.join(listed)}.")
    return operations[name]


def pick_by_id(operations: Mapping[str, Operation], document_id: str) -> Operation:
    """An operation by its document id, of `operations` by id.

    Raises: BadInput for an unknown id; PersistedQueryNotSupported if it is a hash alone.
    """
    by_hash = document_id.startswith(PERSISTED)
    wanted = f"sha256:{document_id.removeprefix(PERSISTED).lower()}" if by_hash else document_id
    if wanted in operations:
        return operations[wanted]
    if by_hash:
        raise PersistedQueryNotSupported("PersistedQueryNotSupported")
    raise BadInput(
        "No published operation has this documentId. It is sha256: followed by the SHA-256 of the document: a file in "
        "this server's client/operations, or what an admin published."
    )


def _kind(node: TypeNode) -> str:
    if isinstance(node, NonNullTypeNode):
        return _kind(node.type)
    return f"[{_kind(node.type)}]" if isinstance(node, ListTypeNode) else print_ast(node)

"""Requests that nobody would send on purpose: documents grown from the schema, documents and bodies damaged in every
way we know, drawn from a seed.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from server.answering.published_operations import Operation, published

_JSON = {"Content-Type": "application/json"}
_WORDS = ("UTC", "Asia/Kolkata", "P7D", "P1Y", "P-1D", "2026-03-01", "2026-02-30", "Drama", "US", "10", "x", "", "'")
_WHOLE = (0, 1, -1, 2, 7, 100, 1_000, 2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, 2**64, 10**40)
_NUMBERS = (*_WHOLE, 1.5, -0.0, 1e308)
_TEXTS = (
    *_WORDS,
    '"',
    "\\",
    "\u0000",
    "\ud83c",
    "\u202e",
    "ﷺ" * 50,
    "a" * 5_000,
    "%s%n{x:String}",
    "'; DROP TABLE users; --",
    "{uint32_0:UInt32}",
    "../../etc/passwd",
    "${jndi:ldap://x}",
)
_TOKENS = (*"{}()[]:!$@&|=", "...", "on", "fragment", "query", "mutation", "subscription", "null", '"""', "#")
_KINDS = (
    *("application/json", "application/json; charset=utf-16", "application/graphql", "text/plain", ""),
    *("application/x-www-form-urlencoded", "multipart/form-data"),
)


@dataclass(frozen=True)
class Wire:
    """One HTTP request, as it goes out; the token is the sender's."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


def requests(chance: Random, schema: GraphQLSchema) -> Iterator[Wire]:
    """Requests without end: about half of them carry documents that are valid but strange."""
    grower = _Grower(schema, chance)
    operations = list(published().values())
    whole = [operation.document for operation in operations]
    while True:
        match chance.randrange(10):
            case 0 | 1 | 2 | 3 | 4:
                yield _posted({"query": grower.document(), "variables": grower.variables()})
            case 5 | 6:
                document = chance.choice([*whole, grower.document()])
                yield _posted({"query": _damaged(document, chance), "variables": {}})
            case 7:
                yield Wire("POST", "/graphql", {"Content-Type": chance.choice(_KINDS)}, _body(chance))
            case 8:
                yield _operation(chance, operations)
            case 9:
                yield _elsewhere(chance, grower)


def _posted(body: Any) -> Wire:
    return Wire("POST", "/graphql", _JSON, json.dumps(body).encode())


@dataclass
class _Grower:
    """Grows documents along the schema: fields and arguments that exist, with values that may be of their types."""

    schema: GraphQLSchema
    chance: Random
    depth: int = 5

    def document(self) -> str:
        """One operation, sometimes with fragments, directives, variables and more operations."""
        root = self.schema.mutation_type if self.chance.random() < 0.03 else self.schema.query_type
        assert root is not None
        kind = "mutation" if root is self.schema.mutation_type else "query"
        body = self._selection(root, self.depth)
        text = f"{kind} Q($n: Int, $s: String, $b: Boolean = true) {body}"
        if self.chance.random() < 0.15:
            name = self.chance.choice([one for one in self.schema.type_map if not one.startswith("__")])
            text += (
                f" fragment F on {name} {{ ...F __typename }}"
                if self.chance.random() < 0.3
                else " query R { __typename }"
            )
        return text

    def variables(self) -> dict[str, Any]:
        """Values for some of the variables, and for some that are not there."""
        names = self.chance.sample(("n", "s", "b", "where", "x"), self.chance.randrange(4))
        return {name: self.chance.choice((1, -5, "x", None, True, [], {}, 1.5, "P7D")) for name in names}

    def _selection(self, parent: GraphQLObjectType, depth: int) -> str:
        names = self.chance.sample(list(parent.fields), min(len(parent.fields), self.chance.randrange(1, 5)))
        shown = [self._field(name, parent.fields[name], depth) for name in names]
        if self.chance.random() < 0.1:
            shown.append(
                self.chance.choice(
                    ("__typename", f"... on {parent.name} {{ __typename }}", "...F", "__schema { types { name } }")
                )
            )
        return f"{{ {' '.join(shown)} }}"

    def _field(self, name: str, one: GraphQLField, depth: int) -> str:
        alias = f"{self.chance.choice('abc')}{self.chance.randrange(3)}: " if self.chance.random() < 0.2 else ""
        given = {key: argument for key, argument in one.args.items() if self._wants(argument)}
        arguments = ", ".join(f"{key}: {self._value(argument.type, 3)}" for key, argument in given.items())
        directive = self.chance.choice(("", "", "", "", " @include(if: $b)", " @skip(if: true)", " @deprecated"))
        named = get_named_type(one.type)
        below = ""
        if isinstance(named, GraphQLObjectType):
            below = self._selection(named, depth - 1) if depth else "{ __typename }"
        return f"{alias}{name}{f'({arguments})' if arguments else ''}{directive} {below}".strip()

    def _wants(self, argument: GraphQLArgument) -> bool:
        return isinstance(argument.type, GraphQLNonNull) or self.chance.random() < 0.35

    def _value(self, kind: GraphQLInputType, depth: int) -> str:
        if self.chance.random() < 0.04:
            return self.chance.choice(("null", "$n", "$s", "$missing", "{}", "[]", "[[]]", "ENUM", "true", '"x"', "1"))
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, depth)
        if isinstance(kind, GraphQLList):
            return f"[{', '.join(self._value(kind.of_type, depth) for _ in range(self.chance.randrange(4)))}]"
        if isinstance(kind, GraphQLEnumType):
            return str(self.chance.choice(list(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            if not depth:
                return "{}"
            names = self.chance.sample(list(kind.fields), min(len(kind.fields), self.chance.randrange(3)))
            return f"{{{', '.join(f'{name}: {self._value(kind.fields[name].type, depth - 1)}' for name in names)}}}"
        return self._scalar(kind.name)

    def _scalar(self, name: str) -> str:
        match name:
            case "Int" | "Long" | "Float":
                return str(self.chance.choice(_NUMBERS))
            case "Boolean":
                return self.chance.choice(("true", "false"))
            case _:
                return json.dumps(self.chance.choice(_TEXTS))


def _damaged(text: str, chance: Random) -> str:
    """A text with one to six pieces cut, doubled, swapped or put in."""
    for _ in range(chance.randrange(1, 7)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randrange(1, 30))
        piece = text[start:end]
        token, odd = chance.choice(_TOKENS), chance.choice(_TEXTS)
        new = ("", piece * 2, piece[::-1], piece + token, token * 200, odd, chr(chance.randrange(1, 0x2FF)))
        text = text[:start] + chance.choice(new) + text[end:]
    return text


def _body(chance: Random) -> bytes:
    """Bytes that are no request, or nearly one."""
    whole = _dumped({"query": "{ dashboard { views } }", "variables": {"a": [1]}, "operationName": None})
    deep = chance.choice((b"[", b'{"a":', b'{"query":')) * chance.choice((10, 1_000, 50_000))
    cut = whole[: chance.randrange(len(whole))]
    flipped = bytearray(whole)
    for _ in range(chance.randrange(1, 4)):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    strange: Sequence[Any] = (
        None,
        [],
        "x",
        1e400,
        [{"query": "{ __typename }"}] * 3,
        {"query": 1},
        {"query": ["{ a }"]},
        {"query": "{ __typename }", "variables": []},
        {"query": "{ __typename }", "variables": {"a": {"b": [None] * 500}}},
        {"query": "{ __typename }", "operationName": 7},
        {"query": "{ __typename }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}},
        {"documentId": "sha256:0"},
    )
    return chance.choice(
        (b"", cut, deep, bytes(flipped), b"\xef\xbb\xbf" + whole, b"\xff\xfe\x00", _dumped(chance.choice(strange)))
    )


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def _operation(chance: Random, operations: Sequence[Operation]) -> Wire:
    """A published operation, or nearly one, with parameters of its own or others."""
    operation = chance.choice(operations)
    name = operation.name if chance.random() < 0.9 else _damaged(operation.name, chance)
    given = {
        key: str(chance.choice((*_TEXTS, *_NUMBERS)))
        for key in [*operation.kinds, "format", "x"]
        if chance.random() < 0.3
    }
    if "format" in given and chance.random() < 0.8:
        given["format"] = chance.choice(("csv", "parquet", "arrow", "json"))
    return Wire("GET", f"/api/{_quoted(name)}?{_query(given)}")


def _elsewhere(chance: Random, grower: _Grower) -> Wire:
    """Other methods, paths and parameters."""
    return chance.choice(
        (
            Wire("GET", f"/graphql?{_query({'query': grower.document(), 'variables': chance.choice(_TEXTS)})}"),
            Wire("GET", f"/embed/{_quoted(chance.choice(_TEXTS))}?{_query({'token': chance.choice(_TEXTS)})}"),
            Wire("GET", f"/{_quoted(chance.choice(_TEXTS))}"),
            Wire(chance.choice(("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")), "/graphql"),
            Wire(
                "POST",
                "/graphql",
                {**_JSON, "Accept": chance.choice(("text/event-stream", "*/*;q=0", ""))},
                _body(chance),
            ),
        )
    )


def _query(given: dict[str, str]) -> str:
    return "&".join(f"{_quoted(key)}={_quoted(value)}" for key, value in given.items())


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode(errors="surrogatepass"))

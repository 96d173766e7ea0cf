"""Writes `marquee_client/generated`: the schema's inputs as types, and each published operation's result and methods.

    python client/python/generate.py [FOLDER]

ariadne-codegen does this too, but needs a graphql-core older than the server's own in the same environment, and makes
either synchronous or asynchronous methods. What is written here is small because published operations select concrete
types, without fragments; others are refused.
"""

import hashlib
import keyword
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLType,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TypeNode,
    VariableDefinitionNode,
    build_schema,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_scalar_type,
    parse,
    print_ast,
    type_from_ast,
)

CLIENT = Path(__file__).parent.parent
SCHEMA, OPERATIONS = CLIENT.parent / "schema" / "schema.graphql", CLIENT / "operations"
TARGET = Path(__file__).parent / "marquee_client" / "generated"
QUESTIONS = ("viewing", "rating")
# What a scalar is in an answer, and what it may be in a variable; any other is passed as it is.
ANSWERED = {
    "Boolean": "bool",
    "Date": "datetime.date",
    "DateTime": "datetime.datetime",
    "Duration": "str",
    "Float": "float",
    "ID": "str",
    "Int": "int",
    "JSON": "Any",
    "Long": "int",
    "Moment": "datetime.datetime",
    "String": "str",
    "TimeZone": "str",
}
GIVEN = {**ANSWERED, "Date": "Day", "DateTime": "Instant", "ID": "str | int", "Moment": "Instant"}
QUALIFIED = {name: f"inputs.{GIVEN[name]}" for name in ("Date", "DateTime", "Moment")}
# Fields of a root field that hold its rows.
ROWS = frozenset({"nodes", "edges", "rows"})
HEAD = '"""{}, written by `generate.py`."""\n\n'


@dataclass(frozen=True)
class Operation:
    """One published operation with the comment above it."""

    name: str
    text: str
    node: OperationDefinitionNode

    @property
    def summary(self) -> str:
        """What it answers, as a docstring."""
        comment = " ".join(line[1:].strip() for line in self.text.splitlines() if line.startswith("#"))
        return comment.replace("\\", "\\\\").replace('"""', "'''") or f"The subscription {self.name}."

    @property
    def method(self) -> str:
        """The name of its method."""
        return snake(self.name)

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation


def snake(name: str) -> str:
    """`watchHours` as Python writes it: `watch_hours`; a keyword gets an underscore."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{text}_" if keyword.iskeyword(text) else text


def pascal(name: str) -> str:
    """`watchHours` as classes are named: `WatchHours`."""
    return name[:1].upper() + name[1:]


def operations() -> list[Operation]:
    """The published operations, by name."""
    found = []
    for path in sorted(OPERATIONS.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        (node,) = parse(text).definitions
        assert isinstance(node, OperationDefinitionNode), path.name
        found.append(Operation(path.stem, text, node))
    return found


def typed(kind: GraphQLType, names: Mapping[str, str], optional: bool = True) -> str:
    """A type as an annotation; `names` are those of scalars, others keep their own."""
    if is_non_null_type(kind):
        return typed(kind.of_type, names, optional=False)
    named = get_named_type(kind)
    if is_list_type(kind):
        text = f"list[{typed(kind.of_type, names)}]"
    else:
        text = names.get(named.name, "Any" if is_scalar_type(named) else named.name)
    return f"{text} | None" if optional and text != "Any" else text


def inputs(schema: GraphQLSchema) -> Iterator[str]:
    """Enums as literals, and inputs as dictionaries of known keys."""
    yield HEAD.format("Inputs and enums of the schema")
    yield "import datetime\nfrom typing import Any, Literal, Required, TypedDict\n\n"
    yield "Day = str | datetime.date\nInstant = Day | datetime.datetime\n"
    kinds = [kind for name, kind in sorted(schema.type_map.items()) if not name.startswith("__")]
    for kind in kinds:
        if isinstance(kind, GraphQLEnumType):
            yield f"{kind.name} = {literal(kind.values)}\n"
    for kind in kinds:
        if isinstance(kind, GraphQLInputObjectType):
            yield f"{kind.name} = TypedDict(\n    {kind.name!r},\n    {{\n"
            for name, one in kind.fields.items():
                hint = typed(one.type, GIVEN)
                needed = is_non_null_type(one.type) and one.ast_node is not None and one.ast_node.default_value is None
                shown = f"Required[{hint}]" if needed else hint
                yield f"        {name!r}: {shown!r},\n"
            yield "    },\n    total=False,\n)\n"


def literal(names: Sequence[str] | Mapping[str, object]) -> str:
    """A type of some texts only."""
    return f"Literal[{', '.join(map(repr, names))}]"


@dataclass
class Results:
    """The classes of one operation's result, innermost first."""

    schema: GraphQLSchema
    classes: list[str]

    def add(self, name: str, parent: GraphQLObjectType, selection: SelectionSetNode, summary: str = "") -> str:
        """Add the class of a selection; returns its name."""
        lines = []
        for node in selection.selections:
            if not isinstance(node, FieldNode) or node.directives:
                raise SystemExit(f"{name}: published operations have fields only, without fragments and directives.")
            key = node.alias.value if node.alias else node.name.value
            hint = self.hint(f"{name}{pascal(key)}", answered_type(parent.fields[node.name.value]), node)
            python = snake(key)
            lines.append(f"    {python}: {hint}" + (f' = Field(alias="{key}")' if python != key else ""))
        head = f'    """{summary}"""\n\n' if summary else ""
        self.classes.append(f"class {name}(Model):\n{head}" + "\n".join(lines) + "\n")
        return name

    def hint(self, name: str, kind: GraphQLOutputType, node: FieldNode) -> str:
        """The annotation of a field."""
        named = get_named_type(kind)
        if node.selection_set is None:
            names = {**ANSWERED, named.name: f"inputs.{named.name}"} if isinstance(named, GraphQLEnumType) else ANSWERED
            return typed(kind, names)
        if not isinstance(named, GraphQLObjectType):
            raise SystemExit(f"{name}: published operations select concrete types only.")
        return typed(kind, {named.name: self.add(name, named, node.selection_set)})


def answered_type(field: GraphQLField) -> GraphQLOutputType:
    """A field's type in an answer without errors: what is null only beside an error is not null."""
    directives = (field.ast_node.directives if field.ast_node else None) or ()
    kind = field.type
    if isinstance(kind, GraphQLNonNull) or all(one.name.value != "semanticNonNull" for one in directives):
        return kind
    return GraphQLNonNull(kind)


def root_of(schema: GraphQLSchema, operation: Operation) -> GraphQLObjectType:
    """The type that an operation selects from."""
    root = schema.get_root_type(operation.kind)
    assert root is not None
    return root


def results(schema: GraphQLSchema, published: Sequence[Operation]) -> Iterator[str]:
    """The result of each operation as a model."""
    yield HEAD.format("Results of published operations")
    yield "import datetime\nfrom typing import Any\n\nfrom pydantic import Field\n\n"
    yield "from marquee_client.generated import inputs\nfrom marquee_client.model import Model\n"
    for operation in published:
        made = Results(schema, [])
        made.add(operation.name, root_of(schema, operation), operation.node.selection_set, operation.summary)
        yield from (f"\n\n{one}" for one in made.classes)


def documents(published: Sequence[Operation]) -> Iterator[str]:
    """Each operation's document, with the hash by which a server knows it."""
    yield HEAD.format("Documents of published operations")
    yield "from marquee_client.generated import results\nfrom marquee_client.operation import Operation\n"
    for one in published:
        digest = hashlib.sha256(one.text.encode()).hexdigest()
        arguments = f"{one.name!r}, {print_ast(one.node)!r}, {digest!r}, results.{one.name}"
        queries = "" if one.kind is OperationType.QUERY else ", is_query=False"
        yield f"\n{one.method.upper()} = Operation({arguments}{queries})\n"


def methods(schema: GraphQLSchema, published: Sequence[Operation]) -> Iterator[str]:
    """A method for each operation, waiting and awaited, and those that ask for tables."""
    yield HEAD.format("Methods of published operations")
    yield "from collections.abc import AsyncGenerator, Generator, Sequence\nfrom typing import Any\n\n"
    yield "from marquee_client.questions import AsyncQuestion, Question\n"
    yield "from marquee_client.generated import documents, inputs, questions, results\n"
    yield "from marquee_client.operation_methods import AsyncRunner, AsyncTables, Runner, Tables\n"
    yield "from marquee_client.tables import AsyncTable, Table\n"
    yield '\n\nclass Methods(Runner):\n    """Published operations, answered when a method returns."""\n'
    yield from (method(schema, one) for one in published)
    yield from (question_method(schema, root) for root in QUESTIONS)
    yield '\n\nclass AsyncMethods(AsyncRunner):\n    """Published operations, to be awaited."""\n'
    yield from (method(schema, one, is_async=True) for one in published)
    yield from (question_method(schema, root, "Async") for root in QUESTIONS)
    lists = [one for one in published if is_table(schema, one)]
    for kind in ("", "Async"):
        yield f'\n\nclass {kind}OperationTables({kind}Tables):\n    """Published operations that answer one list."""\n'
        yield from (table_method(schema, one, f"{kind}Table") for one in lists)


def method(schema: GraphQLSchema, one: Operation, is_async: bool = False) -> str:
    """The method that runs an operation."""
    result, head, run = f"results.{one.name}", "def", "self.run"
    if one.kind is OperationType.SUBSCRIPTION:
        result = f"AsyncGenerator[{result}, None]" if is_async else f"Generator[{result}, None, None]"
        run = "self.subscribe"
    elif is_async:
        head, run = "async def", "await self.run"
    arguments, variables = signature(schema, one)
    return (
        f"\n    {head} {one.method}(self{arguments}) -> {result}:\n"
        f'        """{one.summary}"""\n        return {run}(documents.{one.method.upper()}, {variables})\n'
    )


def question_method(schema: GraphQLSchema, root: str, kind: str = "") -> str:
    """The method that asks any measures by any dimensions of a root field."""
    assert schema.query_type is not None
    field, title = schema.query_type.fields[root], pascal(root)
    arguments = {**field.args, **get_named_type(field.type).fields["rows"].args}
    lists = {"by": f"questions.{title}Dimension", "attributes": "str", "orderBy": f"questions.{title}Order"}
    parameters = [f"measures: Sequence[questions.{title}Measure]"]
    parameters += [f"{snake(name)}: Sequence[{of}] = ()" for name, of in lists.items() if name in arguments]
    parameters += ["last: str | None = None", *(f"{name}: inputs.Instant | None = None" for name in ("from_", "to"))]
    others = [name for name in arguments if name not in (*lists, "range", "top")]
    for name in others:
        kind_of = get_named_type(arguments[name].type)
        ours = {kind_of.name: f"inputs.{kind_of.name}"} if not is_scalar_type(kind_of) else QUALIFIED
        parameters.append(f"{snake(name)}: {typed(arguments[name].type, {**GIVEN, **ours})} = None")
    values = [f"{name!r}: {snake(name)}" for name in ("top", "last", "from", "to", *others)]
    attributes = "attributes" if "attributes" in arguments else "()"
    return (
        f"\n    def {root}(self, *, {', '.join(parameters)}, top: int | None = None) -> "
        f"{kind}Question[questions.{title}Row]:\n"
        f'        """Any measures by any dimensions of `{root}`. `top` keeps so many values of the first dimension by '
        'the first measure, and all others in a row; an order with a minus is descending."""\n'
        f"        return self.ask({root!r}, measures, by, {attributes}, order_by, {{{', '.join(values)}}})\n"
    )


def table_method(schema: GraphQLSchema, one: Operation, result: str) -> str:
    """The method that asks an operation as a table."""
    arguments, variables = signature(schema, one)
    return (
        f"\n    def {one.method}(self{arguments}) -> {result}:\n"
        f'        """{one.summary}"""\n        return self.table({one.name!r}, {variables})\n'
    )


def signature(schema: GraphQLSchema, one: Operation) -> tuple[str, str]:
    """The parameters of an operation's method, and the variables made of them."""
    found = sorted(one.node.variable_definitions or (), key=lambda variable: not is_needed(variable))
    arguments = [f"{snake(each.variable.name.value)}: {parameter(schema, each)}" for each in found]
    variables = [f"{each.variable.name.value!r}: {snake(each.variable.name.value)}" for each in found]
    return (", *, " + ", ".join(arguments) if arguments else ""), f"{{{', '.join(variables)}}}"


def is_needed(variable: VariableDefinitionNode) -> bool:
    """Whether a variable has to be given."""
    return variable.type.kind == "non_null_type" and variable.default_value is None


def parameter(schema: GraphQLSchema, variable: VariableDefinitionNode) -> str:
    """A parameter's annotation and default; None leaves the variable out."""
    node: TypeNode = variable.type
    kind = type_from_ast(schema, node)
    assert kind is not None
    named = get_named_type(kind)
    is_ours = isinstance(named, GraphQLInputObjectType | GraphQLEnumType)
    hint = typed(kind, {**GIVEN, **QUALIFIED, **({named.name: f"inputs.{named.name}"} if is_ours else {})})
    if is_needed(variable):
        return hint
    return f"{hint} = None" if hint.endswith("None") or hint == "Any" else f"{hint} | None = None"


def is_table(schema: GraphQLSchema, one: Operation) -> bool:
    """Whether an operation answers one list, so that the server gives it as a file."""
    nodes = [node for node in one.node.selection_set.selections if isinstance(node, FieldNode)]
    if one.kind is not OperationType.QUERY or len(nodes) != 1:
        return False
    kind = root_of(schema, one).fields[nodes[0].name.value].type
    if is_list_type(kind.of_type if is_non_null_type(kind) else kind):
        return True
    below = nodes[0].selection_set.selections if nodes[0].selection_set else ()
    return sum(isinstance(node, FieldNode) and node.name.value in ROWS for node in below) == 1


def questions(schema: GraphQLSchema) -> Iterator[str]:
    """Names that questions in parameters take, and what a row of an answer holds."""
    yield HEAD.format("Measures, dimensions and rows of questions in parameters")
    yield "from typing import Any, Literal, TypedDict\n"
    for root in QUESTIONS:
        assert schema.query_type is not None
        rows = get_named_type(schema.query_type.fields[root].type).fields["rows"]
        row, tested = get_named_type(rows.type), get_named_type(rows.args["having"].type).fields
        by = [snake(name).lower() for name in get_named_type(rows.args["by"].type).values]
        dimensions = [camel(name) for name in by if name != "attribute"]
        measures = [name for name in row.fields if name in tested]
        yield f"\n{pascal(root)}Measure = {literal(measures)}\n{pascal(root)}Dimension = {literal(dimensions)}\n"
        ordered = [*measures, *dimensions, "time"]
        yield f"{pascal(root)}Order = {literal([*ordered, *(f'-{name}' for name in ordered)])}\n"
        fields = {name: leaf(one) for name, one in row.fields.items() if name != "id"}
        grains = {name: "str" for name in dimensions if name not in fields}
        compared = {name: pascal(root) + pascal(name) for name in ("previous", "change") if name in fields}
        for name, title in compared.items():
            inner = get_named_type(row.fields[name].type)
            yield dictionary(title, {key: leaf(one) for key, one in inner.fields.items() if key in measures})
        yield dictionary(f"{pascal(root)}Row", {**fields, **grains, **compared})


def leaf(field: GraphQLField) -> str:
    """What a cell of a row holds."""
    kind = answered_type(field)
    return "dict[str, Any] | None" if isinstance(get_named_type(kind), GraphQLObjectType) else typed(
        kind, {**ANSWERED, "Date": "str", "DateTime": "str", "Moment": "str"}
    )  # fmt: skip


def dictionary(title: str, fields: Mapping[str, str]) -> str:
    """A dictionary of known keys, none of which has to be there."""
    return f"\n\nclass {title}(TypedDict, total=False):\n" + "".join(
        f"    {key}: {hint}\n" for key, hint in fields.items()
    )


def camel(name: str) -> str:
    """`watch_hours` as the API writes it: `watchHours`."""
    first, *rest = name.split("_")
    return first + "".join(map(pascal, rest))


def main(folder: Path = TARGET) -> None:
    """Write all modules into a folder."""
    schema, published = build_schema(SCHEMA.read_text(encoding="utf-8")), operations()
    made = {
        "__init__": [HEAD.format("What the schema and the published operations say").rstrip() + "\n"],
        "inputs": inputs(schema),
        "results": results(schema, published),
        "documents": documents(published),
        "methods": methods(schema, published),
        "questions": questions(schema),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, parts in made.items():
        (folder / f"{name}.py").write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))

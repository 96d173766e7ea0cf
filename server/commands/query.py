"""`marquee query`: run a published operation, or a question in options; prints it, or writes it into a file."""

import asyncio
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from schema.access_policy import RoleLimits, limits_of
from schema.roles import Role
from server.commands.audit_record import operator
from server.commands.local_session import LocalSession
from server.commands.query_document import document_of
from server.identity.principal import Principal
from warehouse.errors import BadInput
from warehouse.model.columns import UNKNOWN
from warehouse.plurals import counted

if TYPE_CHECKING:
    from server.answering.execution import Executed
    from server.answering.operations import Operation
    from server.answering.request import GraphQLRequest
    from server.answering.service import Service
    from server.export.table import Column, Shape

_WIDTH = 160
_HELP = "--help"
# Fields that name something rather than measure it. A missing value here is printed as a word.
_DIMENSIONS = frozenset(
    {
        *("genre", "director", "releaseYear", "device", "quality", "attribute", "country", "subscription"),
        *("ageBand", "age", "gender", "home", "other"),
    }
)
# Fields that distinguish rows. An answer with one row covers everybody.
_VALUES = _DIMENSIONS | {"value"}


class OutputFormat(StrEnum):
    """The output format."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"
    XLSX = "xlsx"


_PRINTED = frozenset({OutputFormat.TABLE, OutputFormat.JSON})
# They can't be printed.
_BINARY = frozenset({OutputFormat.PARQUET, OutputFormat.ARROW, OutputFormat.XLSX})


def query(
    ctx: typer.Context,
    operation: Annotated[
        str,
        typer.Argument(
            help="A published operation, such as TopMovies; viewing or rating; or a document: '{ ... }', a file "
            "*.graphql, - for standard input.",
        ),
    ],
    output: Annotated[OutputFormat, typer.Option("--format", help="How to print the answer.")] = OutputFormat.TABLE,
    file: Annotated[
        str, typer.Option("--output", help="Write the answer into this file, instead of printing it.")
    ] = "",
    role: Annotated[Role, typer.Option(help="The role to ask as: its masks apply.")] = Role.ANALYST,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print which table answered and why; as admin also the cost and SQL.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV with texts as they are, for programs: a spreadsheet may run them.")
    ] = False,
) -> None:
    """Run a published operation; its variables are options: `marquee query TopMovies --limit 5`. Or ask anything:
    `marquee query viewing --measures views,viewers --by country --last P7D --where device:Mobile`, or a document of
    your own: `marquee query '{ genres { genre views } }'`. `marquee query TopMovies --help` lists its variables."""
    session: LocalSession = ctx.obj
    if _HELP in (operation, *ctx.args):
        session.out(_help_of(operation) or ctx.get_help())
        return
    service = session.service()
    # Imported late: --help and forwarded commands don't need GraphQL.
    from server.export.result_age_columns import dated
    from server.export.table import shape_of

    _check(output, file, raw)
    own = document_of(session, operation)
    texts = _texts(ctx.args)
    asked = _document_to_ask(service, own, operation, texts)
    executed = asyncio.run(_executed(service, role, asked or operation, texts, output, explain))
    errors = executed.body.get("errors")
    if errors:
        raise BadInput("\n".join(error["message"] for error in errors))
    for said in _notes(executed.body.get("extensions", {}).get("marquee", {})):
        session.say(f"Note: {said}")
    data = executed.body["data"]
    if explain:
        session.out(_explained(executed.body["extensions"]["marquee"]["paths"], output))
    elif own and output is OutputFormat.JSON:
        # Also one that no table can hold.
        _hand_out(session, orjson.dumps(data, option=orjson.OPT_INDENT_2), file)
    else:
        shape = shape_of(service.schema.core, asked.document if asked else service.operations[operation].document)
        if output not in _PRINTED:
            shape, data = dated(shape, executed.body)
        _hand_out(session, written(shape, data, output, "answer" if own else operation, raw), file)
        if not (asked or file) and output is OutputFormat.TABLE:
            _tell_rest(session, shape, data, service.operations[operation], texts, limits_of(role))


def _document_to_ask(
    service: "Service", own: "Operation | None", name: str, texts: Mapping[str, str]
) -> "GraphQLRequest | None":
    """The request of a document of one's own, or of a question in options; None for a published operation."""
    from server.answering.questions import QUESTIONS, question
    from server.answering.request import GraphQLRequest

    if own:
        return GraphQLRequest(own.document, variables=own.variables(texts), only_queries=True)
    return question(service.schema.core, name).request(texts) if name in QUESTIONS else None


async def _executed(
    service: "Service",
    role: Role,
    asked: "GraphQLRequest | str",
    texts: Mapping[str, str],
    output: OutputFormat,
    explain: bool,
) -> "Executed":
    """The answer to a request, or to a published operation by its name."""
    from server.identity.callers import Caller

    caller = Caller(Principal(operator(), role))
    if not isinstance(asked, str):
        return await service.run_document(caller, replace(asked, explains=explain))
    if output not in _PRINTED and not explain:
        return await service.run_for_file(caller, asked, texts)
    return await service.run_operation(caller, asked, texts, explain)


def _help_of(name: str) -> str | None:
    """What a published operation is, and its variables as options; None for what is none, such as `viewing`.

    Raises: BadInput for a name that nothing has.
    """
    if not name.isidentifier():
        return None
    from server.answering.operations import pick, published
    from server.answering.questions import QUESTIONS

    if name in QUESTIONS:
        return None
    operation = pick(published(), name)
    lines = [f"marquee query {name} [OPTIONS]", "", operation.description, ""]
    width = max((len(_option(one)) for one in operation.kinds), default=0)
    for one, kind in operation.kinds.items():
        default = operation.default(one)
        end = "" if default is None else f"  [default: {default}]"
        lines.append(f"  {_option(one):<{width}}  {kind}{end}")
    lines += ["", "Objects and lists are written as JSON. Options for the output: marquee query --help"]
    return "\n".join(lines)


def _option(name: str) -> str:
    """A variable as `_texts` reads it: `timeZone` is `--time-zone`."""
    return "--" + re.sub(r"(?=[A-Z])", "-", name).lower()


def _check(output: OutputFormat, file: str, raw: bool) -> None:
    """Raises: BadInput for options that do not go together."""
    if raw and output is not OutputFormat.CSV:
        raise BadInput("--raw is for --format csv only.")
    if output in _BINARY and not file:
        raise BadInput(f"{output.value} can't be printed. Add --output answer.{output.value}")


def _notes(told: Mapping[str, Any]) -> Iterator[str]:
    """What a reader should know of an answer: filters without matches, and results that are stale."""
    for note in told.get("unmatched", ()):
        meant = f" Did you mean {note['suggestion']!r}?" if note["suggestion"] else ""
        yield f"no rows have the {note['filter']} {note['value']!r}.{meant}"
    for result in told.get("results", ()):
        if result["isStale"]:
            job, computed_at = result["job"], result["computedAt"]
            yield f"{job} was computed at {computed_at}, and the data are newer. Run `marquee spark {job}`."


def _tell_rest(
    session: LocalSession,
    shape: "Shape",
    data: Mapping[str, Any],
    operation: "Operation",
    texts: Mapping[str, str],
    limits: RoleLimits,
) -> None:
    """Print what a printed table leaves out and how to get it, unless it is complete or as requested."""
    shown, total = len(shape.rows(data)), shape.total(data)
    if total is not None:
        if shown < total:
            whole = "all of them with --format csv" if total <= limits.max_rows else "narrow them with --where"
            session.out(f"{shown:,} of {total:,} rows. More with --first, up to {limits.page_rows:,}; {whole}.")
        return
    for name in ("limit", "first"):
        if name in operation.kinds and name not in texts and shape.is_list and shown == operation.default(name):
            session.out(f"The first {counted(shown, 'row')}. More with --{name}.")
            return


def written(shape: "Shape", data: Mapping[str, Any], output: OutputFormat, name: str, raw: bool = False) -> bytes:
    """An answer's data in a format; tables print a word for an empty dimension."""
    match output:
        case OutputFormat.JSON:
            return orjson.dumps(data, option=orjson.OPT_INDENT_2)
        case OutputFormat.TABLE:
            return _printed(shape, data).encode()
    from server.export.answer_format import AnswerFormat
    from server.export.files import encoded

    return encoded(shape, data, AnswerFormat(output.value), name, raw)


def _hand_out(session: LocalSession, content: bytes, name: str) -> None:
    """Print, or write into a file.

    Raises: BadInput if the file can't be written.
    """
    if not name:
        session.out(content.decode().rstrip("\n"))
        return
    try:
        session.resolve(name).write_bytes(content)
    except OSError as error:
        raise BadInput(f"{name} can't be written: {error.strerror or error}. Check --output.") from error


def _explained(paths: Mapping[str, Any], output: OutputFormat) -> str:
    """The plan of each answer; as text, one fact per line."""
    if output is OutputFormat.JSON:
        return orjson.dumps(paths, option=orjson.OPT_INDENT_2).decode()
    lines = []
    for path, note in paths.items():
        plan = note["plan"]
        lines += [f"{path}  {note['range']['from']} to {note['range']['to']}", f"  served by {plan['source']}"]
        lines += [f"  read {pieces}" for pieces in plan["pieces"]]
        lines += [f"  not by {rollup}: {reason}" for rollup, reason in plan["rejected"].items()]
        if plan["sql"]:
            read = f"{counted(plan['rows_read'], 'row')}, {plan['bytes_read']:,} bytes"
            lines += [f"  read {read} in {plan['elapsed_ms']:.1f} ms", f"  {plan['sql']}"]
    return "\n".join(lines)


def _texts(arguments: list[str]) -> dict[str, str]:
    """`--limit 5` and `--limit=5` as {"limit": "5"}; `--time-zone` is `timeZone`."""
    texts: dict[str, str] = {}
    left = iter(arguments)
    for argument in left:
        if not argument.startswith("--"):
            raise BadInput(f"Unexpected argument {argument!r}. Variables are options: --limit 5")
        name, given, text = argument[2:].partition("=")
        value = text if given else next(left, None)
        if value is None:
            raise BadInput(f"{argument} has no value.")
        first, *rest = name.split("-")
        texts[first + "".join(part.capitalize() for part in rest)] = value
    return texts


def _printed(shape: "Shape", data: Mapping[str, Any]) -> str:
    rows = shape.rows(data)
    if len(rows) == 1:
        # A single row is easier to read vertically.
        width = max(len(column.name) for column in shape.columns)
        return "\n".join(f"{column.name:<{width}}  {_cell(column, rows[0])}" for column in shape.columns)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in shape.columns:
        table.add_column(column.name, justify="right" if column.is_number else "left")
    for row in rows:
        table.add_row(*(_cell(column, row, _VALUES) for column in shape.columns))
    console = Console(file=io.StringIO(), width=_WIDTH)
    console.print(table)
    printed: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in printed.rstrip("\n").split("\n"))


def _cell(column: "Column", row: Any, dimensions: frozenset[str] = _DIMENSIONS) -> str:
    value = column.value(row)
    # The value of a check is a number, not a dimension.
    named = column.field in dimensions and not (column.field == "value" and column.is_number)
    return UNKNOWN if value is None and named else _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)

"""`marquee sql`: one SELECT of an operator's own over masked tables; `warehouse/own_sql` decides what it may say."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from schema.access_policy import access_of
from schema.roles import Role
from server.commands.answer_output import OutputFormat, as_json, check_output, hand_out, written
from server.commands.audit_record import operator
from server.commands.exit_codes import WrongUsage
from server.commands.local_session import LocalSession
from server.commands.screen import Screen
from warehouse.audit.record import current
from warehouse.errors import BadInput
from warehouse.query.local_time import instant_text

if TYPE_CHECKING:
    from server.export.table import Shape
    from warehouse.own_sql.answer import Answer

_STDIN = "-"
_MOST_INT = 2**63


def sql(
    ctx: typer.Context,
    statement: Annotated[
        str, typer.Argument(help="One SELECT; - reads it from standard input.", show_default=False)
    ] = "",
    tables: Annotated[bool, typer.Option("--tables", help="List the tables and their columns.")] = False,
    output: Annotated[OutputFormat, typer.Option("--format", help="How to print the answer.")] = OutputFormat.TABLE,
    file: Annotated[
        str, typer.Option("--output", help="Write the answer into this file, instead of printing it; - is stdout.")
    ] = "",
    role: Annotated[
        Role, typer.Option(help="The role to ask this machine's warehouse as: its masks apply.")
    ] = Role.ANALYST,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV with texts as they are, for programs: a spreadsheet may run them.")
    ] = False,
) -> None:
    """Run one SELECT on this machine's warehouse, over its tables as a role sees them, masks applied. For its operator:
    no server offers it. Prefer `marquee query` for numbers that are published: it defines them once."""
    session: LocalSession = ctx.obj
    if bool(statement) == tables:
        raise WrongUsage("Give one SELECT, or - to read it from standard input, or --tables.")
    check_output(output, file, raw, session.screen)
    access = access_of(operator(), role, {}, session.hash_key())
    warehouse = session.warehouse()
    # Imported late: a forwarded command does not need it.
    from warehouse.own_sql.answer import TABLES, answered, columns_of

    if tables:
        for table in TABLES:
            session.out(f"{table}: {', '.join(columns_of(table))}")
        return
    record = current()
    if record is not None:
        record.role = role.value
    text = session.stdin().read().decode(errors="replace") if statement == _STDIN else statement
    shape, data = _table(answered(warehouse, text, access))
    if output is OutputFormat.JSON:
        hand_out(session, as_json(data["rows"]), output, file)
        return
    screen = Screen() if file else session.screen
    hand_out(session, written(shape, data, output, "answer", raw, screen), output, file)


def _table(answer: "Answer") -> "tuple[Shape, dict[str, Any]]":
    """An answer as a table of exports.

    Raises: BadInput for two columns of one name.
    """
    from server.export.table import Column, Shape

    for name in answer.names:
        if answer.names.count(name) > 1:
            raise BadInput(f"Two columns are called {name}. Name them with AS.")
    rows = [dict(zip(answer.names, map(_plain, row), strict=True)) for row in answer.rows]
    # No field of the schema: what a column measures is the statement's to say.
    columns = [Column(name, (name,), _kind_of([row[name] for row in rows]), "") for name in answer.names]
    texts = {one.name for one in columns if str(one.kind) == "string"}
    for row in rows:
        for name in texts:
            row[name] = _text(row[name])
    return Shape(("rows",), tuple(columns), is_list=True), {"rows": rows}


def _plain(value: Any) -> Any:
    """A value as JSON has it; instants are in UTC."""
    match value:
        case datetime():
            return instant_text(value.replace(tzinfo=value.tzinfo or UTC), "auto")
        case date():
            return value.isoformat()
        case None | bool() | float() | str():
            return value
        case int():
            return value if abs(value) < _MOST_INT else str(value)
        case list() | tuple():
            return [_plain(one) for one in value]
        case dict():
            return {str(key): _plain(one) for key, one in value.items()}
    return str(value)


def _kind_of(values: list[Any]) -> Any:
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.bool_()
    if kinds and kinds <= {int, float}:
        return pa.int64() if kinds == {int} else pa.float64()
    return pa.string()


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()

"""`marquee query`: asks a published operation, a question in options or a document of one's own; here or a server."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from schema.access_policy import RoleLimits, limits_of
from schema.roles import Role
from server.commands.answer_output import OutputFormat, as_json, check_output, hand_out, written
from server.commands.audit_record import operator
from server.commands.completion import complete_operation
from server.commands.exit_codes import WrongUsage
from server.commands.local_session import LocalSession
from server.commands.query_document import STDIN, document_of
from server.commands.screen import Screen
from server.identity.principal import Principal
from warehouse.errors import BadInput
from warehouse.plurals import counted

if TYPE_CHECKING:
    from server.answering.published_operations import Operation
    from server.answering.questions_in_parameters import Question
    from server.answering.service import Service
    from server.commands.remote_server import RemoteServer
    from server.export.table import Shape

_HELP = "--help"

Url = Annotated[str, typer.Option("--url", help="Ask this server instead of this machine's warehouse; or MARQUEE_URL.")]
Token = Annotated[
    str,
    typer.Option(
        "--token",
        help="The token for it; - reads it from stdin. All users of this machine can see arguments: better set "
        "MARQUEE_TOKEN, or sign in with marquee login.",
    ),
]
Format = Annotated[OutputFormat, typer.Option("--format", help="How to print the answer.")]
Output = Annotated[
    str, typer.Option("--output", help="Write the answer into this file, instead of printing it; - is stdout.")
]


def query(
    ctx: typer.Context,
    operation: Annotated[
        str,
        typer.Argument(
            help="A published operation, such as TopMovies; viewing or rating; or a document: '{ ... }', a file "
            "*.graphql, - for standard input.",
            autocompletion=complete_operation,
        ),
    ],
    output: Format = OutputFormat.TABLE,
    file: Output = "",
    role: Annotated[
        Role | None,
        typer.Option(help="The role to ask this machine's warehouse as: its masks apply; default: analyst."),
    ] = None,
    url: Url = "",
    token: Token = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Print which table answered and why; as admin also the cost and SQL.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV with texts as they are, for programs: a spreadsheet may run them.")
    ] = False,
) -> None:
    """Run a published operation; its variables and filters are options: `marquee query TopMovies --limit 5 --country
    DE`. Or ask anything: `marquee query viewing --measures views,viewers --by country --range P7D --device Mobile`, or
    a document of your own: `marquee query '{ genres { genre views } }'`. `marquee query TopMovies --help` lists what it
    takes."""
    session: LocalSession = ctx.obj
    if _HELP in (operation, *ctx.args):
        session.out(_help_of(session, operation) or ctx.get_help())
        return
    if operation.startswith("--"):
        raise WrongUsage(f"What is asked comes first: marquee query TopMovies {operation}; see marquee query --help.")
    check_output(output, file, raw, session.screen)
    # Imported late: --help and forwarded commands don't need HTTP.
    from server.commands.remote_server import remote_server

    server = remote_server(session, url, token)
    if server is None:
        service: Service | None = session.service()
    else:
        service = None
        _check_remote(operation, role, explain, token)
    asked = _asked(session, operation, ctx.args, service)
    source = _Here(service, role or Role.ANALYST, explain) if service else _There(server)  # type: ignore[arg-type]
    if isinstance(source, _There) and output.is_file and asked.own is None:
        hand_out(session, source.file(asked, output, raw), output, file)
        return
    body = source.answer(asked, output.is_file and not explain)
    if body.get("errors"):
        raise BadInput("\n".join(str(error["message"]) for error in body["errors"]))
    for said in _notes(body.get("extensions", {}).get("marquee", {})):
        session.say(f"Note: {said}")
    if explain:
        session.out(_explained(body["extensions"]["marquee"]["paths"], output))
        return
    _show(session, asked, body, output, file, raw, limits_of(role or Role.ANALYST))


@dataclass(frozen=True)
class _Asked:
    """What is asked: a document of one's own, a question, or a published operation; and its variables as texts. One
    that an admin published on another server is known there alone: none of the three is set.
    """

    name: str
    texts: Mapping[str, str]
    own: "Operation | None" = None
    question: "Question | None" = None
    published: "Operation | None" = None

    def shape(self, data: Mapping[str, Any]) -> "Shape":
        """The table of the answer's data.

        Raises: BadInput where it can't be one.
        """
        from server.commands.exported_schema import exported_schema
        from server.export.table import shape_of

        if self.question:
            return shape_of(exported_schema(), self.question.request(self.texts).document)
        found = self.own or self.published
        if found:
            return shape_of(exported_schema(), found.document)
        from server.export.inferred_table import inferred_shape

        return inferred_shape(data)


@dataclass(frozen=True)
class _Here:
    """This machine's warehouse."""

    service: "Service"
    role: Role
    explains: bool

    def answer(self, asked: _Asked, is_file: bool) -> Mapping[str, Any]:
        """The body of the answer; for a file, with all rows of a paged list."""
        return asyncio.run(self._answer(asked, is_file))

    async def _answer(self, asked: _Asked, is_file: bool) -> Mapping[str, Any]:
        from server.answering.request import GraphQLRequest
        from server.identity.callers import Caller

        caller = Caller(Principal(operator(), self.role))
        if asked.published:
            if is_file:
                executed, _ = await self.service.run_for_file(caller, asked.name, asked.texts)
                return executed.body
            return (await self.service.run_operation(caller, asked.name, asked.texts, self.explains)).body
        if asked.question:
            request = asked.question.request(asked.texts)
        else:
            assert asked.own is not None
            variables = asked.own.variables(asked.texts)
            request = GraphQLRequest(asked.own.document, variables=variables, only_queries=True)
        return (await self.service.run_document(caller, replace(request, explains=self.explains))).body


@dataclass(frozen=True)
class _There:
    """A server, by its public API."""

    server: "RemoteServer" = field(repr=False)

    def answer(self, asked: _Asked, is_file: bool) -> Mapping[str, Any]:  # noqa: ARG002 - as of _Here
        """The body of the answer. Files of published operations and questions come as `file`."""
        if asked.own is None:
            return self.server.answer(asked.name, asked.texts)
        from server.answering.execution import changes

        if changes(asked.own.document, None):
            raise BadInput("A document that is asked here may not contain a mutation. Send it to /graphql.")
        return self.server.run(asked.own.document, asked.own.variables(asked.texts))

    def file(self, asked: _Asked, output: OutputFormat, raw: bool) -> bytes:
        """The answer as a file of the server's making."""
        form = {"format": output.value, **({"raw": "true"} if raw else {})}
        return self.server.file(asked.name, {**asked.texts, **form})


def _asked(session: LocalSession, name: str, arguments: list[str], service: "Service | None") -> _Asked:
    """What a name or document and options ask, of this machine's service or of a server.

    Raises: BadInput.
    """
    from server.answering.published_operations import pick, published
    from server.answering.questions_in_parameters import QUESTIONS, question
    from server.commands.exported_schema import exported_schema
    from server.commands.query_options import options_of, texts_in

    given = texts_in(arguments)
    own = document_of(session, name, reads_here=service is None)
    if own:
        return _Asked("answer", options_of(own).texts(given), own=own)
    if name in QUESTIONS:
        found = question(exported_schema(), name)
        return _Asked(name, options_of(found).texts(given), question=found)
    operations = service.operations if service else published()
    if service is None and name not in operations and name.isidentifier():
        return _Asked(name, given)
    operation = pick(operations, name, QUESTIONS)
    return _Asked(name, options_of(operation).texts(given), published=operation)


def _check_remote(operation: str, role: Role | None, explains: bool, token: str) -> None:
    """Raises: WrongUsage for options that are of this machine's warehouse."""
    if role is not None:
        raise WrongUsage("--role is for this machine's warehouse. On a server the token has the role.")
    if explains:
        raise WrongUsage("--explain is for this machine's warehouse. Ask a server's /graphql for the `plan` instead.")
    if operation == token == STDIN:
        raise WrongUsage("Standard input can't be both the document and the token. Set MARQUEE_TOKEN.")


def _help_of(session: LocalSession, name: str) -> str | None:
    """What an operation or a question is asked with; None for a document.

    Raises: BadInput for a name that nothing has.
    """
    if not name.isidentifier():
        return None
    from server.answering.published_operations import pick
    from server.answering.questions_in_parameters import QUESTIONS, question
    from server.commands.exported_schema import exported_schema
    from server.commands.query_options import help_of

    if name in QUESTIONS:
        return help_of(question(exported_schema(), name))
    return help_of(pick(session.operations([name]), name, QUESTIONS))


def _show(
    session: LocalSession,
    asked: _Asked,
    body: Mapping[str, Any],
    output: OutputFormat,
    file: str,
    raw: bool,
    limits: RoleLimits,
) -> None:
    """Print an answer, or write it into a file."""
    from server.export.result_age_columns import dated

    if output is OutputFormat.JSON:
        # Also one that no table can hold.
        hand_out(session, as_json(body["data"]), output, file)
        return
    shape, data = asked.shape(body["data"]), body["data"]
    if output.is_file:
        shape, data = dated(shape, body)
    screen = Screen() if file else session.screen
    hand_out(session, written(shape, data, output, asked.name, raw, screen), output, file)
    if asked.published and not file and output is OutputFormat.TABLE:
        _tell_rest(session, shape, data, asked.published, asked.texts, limits)


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

"""`marquee token`: prints tokens, nothing else; never opens the warehouse."""

from typing import Annotated, Any

import orjson
import typer

from schema.policy import Role, access_of
from server.operations import published
from server.principal import Principal
from server.session import Session
from server.terms import make_grant, parse_embed_ttl, parse_scope, parse_ttl
from warehouse.errors import BadInput

app = typer.Typer(no_args_is_help=True, help="Issue tokens.")

Scope = Annotated[
    list[str] | None, typer.Option("--scope", metavar="NAME=VALUE[,VALUE]", help="Rows it may see: country=US,CA.")
]
Ttl = Annotated[str, typer.Option("--ttl", help="How long it lives: 90s, 30m, 1h, 7d.")]
Subject = Annotated[str, typer.Option(help="Who it stands for, in the audit log.")]


@app.command("issue")
def issue_token(
    ctx: typer.Context,
    role: Annotated[Role, typer.Option(help="viewer, analyst, admin or ingest.")],
    scope: Scope = None,
    ttl: Ttl = "1h",
    subject: Subject = "cli",
) -> None:
    """Print a token of a role."""
    if role is Role.EMBED:
        raise BadInput("An embed token is made for one operation: marquee token embed --operation DailyTrends")
    session: Session = ctx.obj
    principal = Principal(subject, role, parse_scope(scope or []))
    if role is not Role.INGEST:
        access_of(subject, role, principal.scope)
    session.out(session.tokens().issue(principal, parse_ttl(ttl)).token)


@app.command("embed")
def embed_token(
    ctx: typer.Context,
    operation: Annotated[list[str], typer.Option(help="A published operation that it runs; can be repeated.")],
    variables: Annotated[str, typer.Option(help="Variables that the page can't override, as a JSON object.")] = "{}",
    scope: Scope = None,
    origin: Annotated[
        str | None, typer.Option(help="The only origin whose pages may frame it: https://example.com")
    ] = None,
    ttl: Ttl = "1h",
    subject: Subject = "embed",
) -> None:
    """Print a token that shows panels in frames."""
    session: Session = ctx.obj
    grant = make_grant(published(), operation, _variables(variables), origin)
    rows = parse_scope(scope or [])
    access_of(subject, Role.EMBED, rows)
    principal = Principal(subject, Role.EMBED, rows, grant)
    session.out(session.tokens().issue(principal, parse_embed_ttl(ttl)).token)


def _variables(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"--variables is no JSON: {error.msg}.") from error
    if not isinstance(found, dict):
        raise BadInput('--variables must be a JSON object: {"days": 30}')
    return found

"""`marquee token`: prints tokens, nothing else; never opens the warehouse."""

from typing import Annotated, Any

import orjson
import typer

from schema.policy import Role, access_of
from server.operations import pick, published
from server.session import Session
from server.settings import ORIGIN
from server.tokens import Grant, Principal, issue, parse_scope, parse_ttl
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
    session.out(issue(session.secret(), principal, parse_ttl(ttl)))


@app.command("embed")
def embed_token(
    ctx: typer.Context,
    operation: Annotated[str, typer.Option(help="The published operation that it runs, and nothing else.")],
    variables: Annotated[str, typer.Option(help="Variables that the page can't override, as a JSON object.")] = "{}",
    scope: Scope = None,
    origin: Annotated[
        str | None, typer.Option(help="The only origin whose pages may frame it: https://example.com")
    ] = None,
    ttl: Ttl = "1h",
    subject: Subject = "embed",
) -> None:
    """Print a token that shows one panel in a frame."""
    session: Session = ctx.obj
    chosen = pick(published(), operation)
    fixed = _variables(variables)
    unknown = sorted(set(fixed) - set(chosen.kinds))
    if unknown:
        raise BadInput(f"{operation} has no variable {unknown[0]}. It has: {', '.join(chosen.kinds) or 'none'}.")
    if origin is not None and not ORIGIN.fullmatch(origin):
        raise BadInput(f"--origin is {origin!r}, expected a scheme and a host without a path: https://example.com")
    rows = parse_scope(scope or [])
    access_of(subject, Role.EMBED, rows)
    principal = Principal(subject, Role.EMBED, rows, Grant(operation, fixed, origin))
    session.out(issue(session.secret(), principal, parse_ttl(ttl)))


def _variables(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"--variables is no JSON: {error.msg}.") from error
    if not isinstance(found, dict):
        raise BadInput('--variables must be a JSON object: {"days": 30}')
    return found

"""`marquee token`: issues, inspects and revokes tokens, and makes links that sign in.

Only `revoke` opens the warehouse, and `embed` for operations that admins published.
Commands that read operations or check signatures import what they need themselves.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from schema.access_policy import access_of
from schema.roles import Role
from server.commands.local_session import LocalSession
from server.identity.principal import EVERY_WRITE, Principal
from server.identity.token_lifetimes import parse_embed_ttl, parse_link_ttl, parse_ttl
from server.identity.token_options import parse_scope, parse_writes
from warehouse.errors import BadInput
from warehouse.model.countries import is_assigned, meant_country
from warehouse.query.local_time import instant_text

if TYPE_CHECKING:
    from graphql import GraphQLSchema

app = typer.Typer(no_args_is_help=True)

# How each JSON web token begins: {" in base64.
_TOKEN = "eyJ"

Scope = Annotated[
    list[str] | None, typer.Option("--scope", metavar="NAME=VALUE[,VALUE]", help="Rows it may see: country=US,CA.")
]
Ttl = Annotated[str, typer.Option("--ttl", help="Time to live: 90s, 30m, 1h, 7d.")]
Subject = Annotated[str, typer.Option(help="Whom the token identifies in the audit log.")]


@app.command("issue")
def issue_token(
    ctx: typer.Context,
    role: Annotated[Role, typer.Option(help="viewer, analyst, admin or ingest.")],
    scope: Scope = None,
    ttl: Ttl = "1h",
    subject: Subject = "cli",
    tables: Annotated[str, typer.Option(help="ingest: the tables it may send rows of: viewing_sessions,ratings.")] = "",
    columns: Annotated[
        str, typer.Option(help="ingest: the columns it may send beside required ones: users.username,users.age.")
    ] = "",
    max_rows: Annotated[str, typer.Option(help="ingest: how many rows its subject may send a day: 1M/d.")] = "",
    source: Annotated[str, typer.Option(help="ingest: what its loads are called in the ledger.")] = "",
) -> None:
    """Print a new token for a role."""
    if role is Role.EMBED:
        raise BadInput("An embed token is made for one operation: marquee token embed --operation DailyTrends")
    writes = parse_writes(tables, columns, max_rows, source)
    if writes != EVERY_WRITE and role is not Role.INGEST:
        raise BadInput("--tables, --columns, --max-rows and --source are for the role ingest only.")
    session: LocalSession = ctx.obj
    principal = Principal(subject, role, parse_scope(scope or []), writes=writes)
    if role is not Role.INGEST:
        access_of(subject, role, principal.scope)
    _tell_unassigned(session, principal)
    session.out(session.tokens().issue(principal, parse_ttl(ttl)).token)


@app.command("link")
def sign_in_link(
    ctx: typer.Context,
    role: Annotated[Role, typer.Option(help="viewer, analyst or admin.")],
    scope: Scope = None,
    ttl: Annotated[str, typer.Option("--ttl", help="How long they stay signed in: 90s, 30m, 8h, 7d.")] = "8h",
    within: Annotated[str, typer.Option(help="How long the link can be used; at most 7d.")] = "1h",
    subject: Subject = "cli",
) -> None:
    """Print a link that signs in once in a browser."""
    from server.identity.token_service import check_signs_in

    check_signs_in(role)
    session: LocalSession = ctx.obj
    principal = Principal(subject, role, parse_scope(scope or []))
    access_of(subject, role, principal.scope)
    _tell_unassigned(session, principal)
    made = session.tokens().issue_link(principal, parse_ttl(ttl), parse_link_ttl(within, "--within"))
    settings = session.settings
    session.out(f"{settings.page_address(settings.host, settings.port)}/#link={made.token}")


@app.command("embed")
def embed_token(
    ctx: typer.Context,
    operation: Annotated[list[str], typer.Option(help="A published operation the token may run; can be repeated.")],
    variables: Annotated[str, typer.Option(help="Variables that the page can't override, as a JSON object.")] = "{}",
    scope: Scope = None,
    origin: Annotated[
        str | None, typer.Option(help="The only origin whose pages may frame it: https://example.com")
    ] = None,
    ttl: Ttl = "1h",
    subject: Subject = "embed",
    reusable: Annotated[
        bool, typer.Option("--reusable", help="It opens frames until it expires, not only once.")
    ] = False,
) -> None:
    """Print a token that shows panels in frames."""
    from server.identity.embed_grants import make_grant

    session: LocalSession = ctx.obj
    grant = make_grant(session.operations(operation), operation, _variables(variables), origin, _schema, reusable)
    rows = parse_scope(scope or [])
    access_of(subject, Role.EMBED, rows)
    principal = Principal(subject, Role.EMBED, rows, grant)
    _tell_unassigned(session, principal)
    session.out(session.tokens().issue(principal, parse_embed_ttl(ttl)).token)


@app.command("inspect")
def inspect_token(
    ctx: typer.Context,
    token: Annotated[str, typer.Argument(help="-, to read the token from stdin.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print a token's content, whether it is accepted here or why not, and what it may see. Exit 1 if it is not
    accepted. Revocation is not checked.
    """
    from server.identity.inspection import inspect

    session: LocalSession = ctx.obj
    _refuse_token(token)
    found = asyncio.run(inspect(session.tokens(), sys.stdin.readline().strip() if token == "-" else token))
    session.out(found.as_json() if as_json else found.as_text())
    if not found.accepted:
        raise typer.Exit(1)


@app.command("revoke")
def revoke_token(
    ctx: typer.Context,
    token: Annotated[str, typer.Argument(help="The token's id (`jti`), or - to read the token from stdin.")] = "",
    subject: Annotated[str, typer.Option(help="Instead: all tokens of a subject that were issued until now.")] = "",
    issuer: Annotated[str, typer.Option(help="With --subject: whose tokens; default: Marquee's own.")] = "marquee",
) -> None:
    """Revoke a token before it expires, or all of a subject; a running server applies it too."""
    session: LocalSession = ctx.obj
    if bool(token) == bool(subject):
        raise BadInput("Name what to revoke: a token's id, - for a token on stdin, or --subject.")
    _refuse_token(token)
    if token == "-":
        with session.stdin() as stdin:
            token = stdin.readline().decode(errors="replace").strip()
    revocations = session.warehouse().revocations
    from server.identity.token_service import LocalTokenService

    token_service = LocalTokenService(session.tokens(), {}, revocations, _schema)
    if subject:
        asyncio.run(token_service.revoke_subject(access_of("cli", Role.ADMIN, {}), subject, issuer))
        session.say(f"All tokens of {subject} that were issued until now are revoked.")
        return
    # Our ids have no dots; a token has two.
    named = (None, token) if token.count(".") == 2 else (token, None)
    ended = asyncio.run(token_service.revoke(access_of("cli", Role.ADMIN, {}), *named))
    session.say(f"The token {ended.token_id} is revoked.")


@app.command("rotate-secret")
def rotate_secret(
    ctx: typer.Context,
    grace: Annotated[
        str, typer.Option(help="How long tokens signed by the former secret stay valid; 0: end at once.")
    ] = "1h",
) -> None:
    """Make a new secret to sign tokens; running servers pick it up by themselves."""
    session: LocalSession = ctx.obj
    still = timedelta(0) if grace == "0" else parse_ttl(grace, name="--grace")
    session.secrets().rotate(still)
    until = instant_text(datetime.now(UTC) + still, "seconds")
    session.say(
        f"A new secret signs tokens. Earlier ones stay valid until {until}, or until they expire."
        if still
        else "A new secret signs tokens. Earlier ones are no longer valid: issue new ones."
    )


def _refuse_token(text: str) -> None:
    """Raises: BadInput for a whole token among the arguments of the command."""
    if text.startswith(_TOKEN):
        raise BadInput(
            "All users of this machine can see the arguments of a command. Give - and send the token on stdin."
        )


def _schema() -> "GraphQLSchema":
    from resolvers.root import build_schema

    return build_schema().core


def _tell_unassigned(session: LocalSession, principal: Principal) -> None:
    """Note scope countries that ISO 3166 doesn't assign. They are allowed, because loads accept any two letters."""
    for code in principal.scope.get("country", ()):
        if not is_assigned(code):
            meant = meant_country(code)
            session.say(
                f"Note: ISO 3166 has no country {code}{f'; {meant} may be meant' if meant else ''}. The token reaches "
                f"users who were loaded with {code}."
            )


def _variables(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"--variables is not valid JSON: {error.msg}.") from error
    if not isinstance(found, dict):
        raise BadInput('--variables must be a JSON object: {"days": 30}')
    return found

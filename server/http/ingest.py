"""`POST /ingest/{table}` loads rows; `GET /ingest/rejects/{request}` returns the rejected ones.

A token that sends rows can't read any, so what its answers say must not depend on what is stored.
"""

from dataclasses import asdict
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ingest.files.file_format import BY_MEDIA_TYPE, FileFormat
from ingest.profiles.profile import Profile, profile_of
from schema.access_policy import check_writes, reads_rejected
from schema.roles import Role
from server.answering.audit import recorded
from server.answering.service import Service
from server.http.bodies import received
from server.http.disconnect import ClientLeft
from server.http.requests import UnsupportedType, caller_of, read_texts
from server.http.responses import CLIENT_LEFT, data, refusal
from server.http.sent_corrections import corrections_of
from server.http.sent_profiles import profile_document
from server.identity.principal import Principal
from server.ingesting.delivery import MOST_KEY, Delivery, DeliveryResult, Sender, request_id
from server.ingesting.intake import Intake
from warehouse.audit.record import AuditKind, Record
from warehouse.errors import BadInput, Forbidden, MarqueeError
from warehouse.tables.incoming_schemas import INCOMING

MOST_REJECTS = 1_000


async def ingest(request: Request) -> Response:
    """Load the valid rows of a request's body, or refuse the whole body with the reason."""
    try:
        with recorded(request, AuditKind.LOAD, f"POST {request.url.path}"[:200]) as record:
            answer = await _taken(request, record)
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)
    except MarqueeError as error:
        return refusal(error)
    replayed = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return data(answer.content, replayed)


async def rejects(request: Request) -> Response:
    """The rows of a request that were not taken: its sender sees which of them are malformed and why, an admin all that
    are quarantined, with their content, how many by reason, and the counts of the load that they came with.
    """
    try:
        with recorded(request, operation="GET /ingest/rejects") as record:
            principal = (await caller_of(request)).principal
            intake, identity = intake_of(request), request.path_params["request"]
            more: dict[str, Any] = {}
            if reads_rejected(principal.role, principal.scope):
                found = [asdict(one) for one in await intake.rejects(identity, MOST_REJECTS + 1)]
                more = await intake.outcome(identity)
            elif principal.role is Role.INGEST:
                malformed = await intake.malformed_rows(identity, sender_of(principal))
                found = [_told(*one) for one in malformed]
            else:
                raise Forbidden("Your role may not see rejected rows. Use the token that sent them, or an admin's.")
            shown = found[:MOST_REJECTS]
            record.rows = len(shown)
    except MarqueeError as error:
        return refusal(error)
    is_cut = {"more": True} if len(found) > MOST_REJECTS else {}
    return data(orjson.dumps({"rejects": shown, **is_cut, **more}))


def _told(row: int, reason: str, column: str) -> dict[str, Any]:
    """What the sender of a malformed row hears: nothing that does not follow from the row alone."""
    return {"row": row, "reason": reason, **({"column": column} if column else {})}


async def _taken(request: Request, record: Record) -> DeliveryResult:
    service: Service = request.app.state.service
    intake = intake_of(request)
    principal = (await caller_of(request)).principal
    table, sender = request.path_params["table"], sender_of(principal)
    # Checked first: without the right to write, an unknown table is answered the same as a known one.
    writes = principal.writes
    check_writes(principal.role, principal.scope, table if table in INCOMING else "users", writes.tables)
    if table not in INCOMING:
        raise BadInput(f"There is no table {table} to load. Tables: {', '.join(INCOMING)}.")
    parameters = read_texts(request)
    name = parameters.pop("profile", "")
    corrected = parameters.pop("corrections", "")
    if unknown := sorted(parameters):
        raise BadInput(f"Unknown parameter {unknown[0]}: the body's Content-Type alone sets its format.")
    profile = profile_of(profile_document(name)) if name else Profile()
    corrections = corrections_of(corrected)
    kind, key = kind_of(request), _key(request)
    with intake.capacity.reserve(sender) as reservation:
        most_bytes = service.settings.ingest_body_bytes
        async with received(request, intake, reservation, most_bytes, table, kind) as body:
            delivery = Delivery(
                request_id(sender, key), body.fingerprint, table, sender, kind, body.path, body.size_bytes, writes
            )
            delivery.read_by(name, profile)
            delivery.correct(corrected, corrections)
            answer = await intake.take(delivery)
    record.note(f"load {answer.load_id} of {table}{', repeated' if answer.replayed else ''}")
    record.rows = answer.accepted
    return answer


def intake_of(request: Request) -> Intake:
    """The intake of this process."""
    intake: Intake = request.app.state.intake
    return intake


def sender_of(principal: Principal) -> Sender:
    """The sender of a request with this token."""
    return Sender(principal.subject, principal.issuer or "")


def kind_of(request: Request) -> FileFormat:
    """The format of a body, by its Content-Type.

    Raises: UnsupportedType.
    """
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named not in BY_MEDIA_TYPE:
        raise UnsupportedType(
            f"The body's type is {named or 'not given'}. Send Content-Type: {', '.join(BY_MEDIA_TYPE)}."
        )
    return BY_MEDIA_TYPE[named]


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= MOST_KEY and key.isprintable()):
        raise BadInput(f"The Idempotency-Key is empty, too long or not printable. Send 1 to {MOST_KEY} characters.")
    return key

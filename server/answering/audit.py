"""Audit records of requests: who asked, what was asked, and the outcome.

Each entry point opens a record with `recorded`; the service adds the asker, the document and the outcome. Records hold
neither tokens nor variables.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from starlette.requests import HTTPConnection

from server.answering.execution import Executed
from server.identity.principal import Principal
from warehouse.audit.record import OK, AuditKind, Record, Take, current, joined, recording
from warehouse.errors import MarqueeError

# Records wait in memory, and anybody chooses the path of a request.
_LONGEST_TEXT = 200
UNKNOWN = "unknown"


def recorded(
    connection: HTTPConnection, kind: AuditKind = AuditKind.OPERATION, operation: str = ""
) -> AbstractContextManager[Record]:
    """Open the record of a request and write it when the block ends. An exception is recorded as a refusal."""
    return recording(
        connection.app.state.service.warehouse.audit.take,
        Record(kind, operation[:_LONGEST_TEXT], address=address_of(connection)),
    )


def address_of(connection: HTTPConnection) -> str:
    """The client's network address. A proxy may pass on anything that a client calls its address."""
    try:
        return str(ip_address(connection.client.host)) if connection.client else UNKNOWN
    except ValueError:
        return UNKNOWN


def refused(connection: HTTPConnection, error: MarqueeError, principal: Principal | None = None) -> None:
    """Record a refusal that is sent to the client without raising."""
    with recorded(connection) as record:
        record.outcome = error.code
        if principal is not None:
            name_asker(principal)


@contextmanager
def answering(take: Take, principal: Principal, address: str) -> Iterator[Record]:
    """The record of an operation: the open one of its entry point, or else a new one."""
    with joined(take, Record(AuditKind.OPERATION, address=address)) as record:
        name_asker(principal)
        yield record


def name_asker(principal: Principal) -> None:
    """Set the asker of the open record, if there is one."""
    record = current()
    if record is not None:
        record.subject, record.role = principal.subject, principal.role.value
        record.issuer, record.token_id = principal.issuer or "", principal.token_id or ""
        record.scope = tuple(f"{name}={value}" for name, values in principal.scope.items() for value in values)


def name_document(record: Record, document: str, name: str | None) -> None:
    """Set a record's document and operation name."""
    record.operation, record.document_hash = name or record.operation, document_hash(document)


def conclude(record: Record, executed: Executed) -> None:
    """Record the outcome of an operation: a fresh or cached answer, a refusal, or one more event."""
    record.operation = record.operation or executed.operation or ", ".join(executed.fields)
    record.fields, record.unmasked = executed.fields, executed.unmasked
    record.rows, record.outcome = record.rows + rows_of(executed.body), outcome_of(executed)


def document_hash(document: str) -> str:
    """SHA-256 of a document's text, in hex."""
    return sha256(document.encode("utf-8", "replace")).hexdigest()


def outcome_of(executed: Executed) -> str:
    """OK, or the code of the first error of a GraphQL response, or of what a mutation refused."""
    errors = executed.body.get("errors")
    code: str = errors[0]["extensions"]["code"] if errors else executed.refused or OK
    return code


def rows_of(body: Mapping[str, Any]) -> int:
    """The number of rows in a GraphQL response: the lists of each root field, or 1 for an object without lists."""
    return sum(map(_rows, (body.get("data") or {}).values()))


def _rows(value: Any) -> int:
    if isinstance(value, list):
        return len(value)
    if not isinstance(value, Mapping):
        return int(value is not None)
    lists = [one for one in value.values() if isinstance(one, list)]
    return sum(map(len, lists)) if lists else 1

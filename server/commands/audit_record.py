"""The operator: the user who runs commands on this machine, and a command's audit record."""

import os
import pwd
from collections.abc import Mapping, Sequence

from warehouse.audit.record import AuditKind, Record

# First word of a command → kind of audit record. All other commands are operator actions.
_KINDS: Mapping[str, AuditKind] = {"ingest": AuditKind.LOAD, "query": AuditKind.OPERATION, "sql": AuditKind.OPERATION}


def command_record(words: Sequence[str]) -> Record:
    """The audit record of a command, given its name's words. Its subject is this machine's user."""
    kind = _KINDS.get(words[0], AuditKind.ADMIN)
    return Record(kind, " ".join(words), subject=operator(), role="admin")


def operator() -> str:
    """The user who runs this process, as the subject in audit records."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return f"cli:{name}"

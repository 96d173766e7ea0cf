"""The operator: who runs commands on this machine, and the record that a command leaves in the audit log."""

import os
import pwd
from collections.abc import Mapping, Sequence

from warehouse.audit.record import AuditKind, Record

# The first word of a command → what its record is of; all others are actions of an operator.
_KINDS: Mapping[str, AuditKind] = {"ingest": AuditKind.LOAD, "query": AuditKind.OPERATION}


def command_record(words: Sequence[str]) -> Record:
    """The record of a command, by the words that name it: run by whoever has the machine's account."""
    kind = _KINDS.get(words[0], AuditKind.ADMIN)
    return Record(kind, " ".join(words), subject=operator(), role="admin")


def operator() -> str:
    """Who runs this process, as the subject of what commands do."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return f"cli:{name}"

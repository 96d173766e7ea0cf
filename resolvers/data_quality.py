"""`dataQuality`: the results of the checks after loads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry

from resolvers.cache_ids import Identity
from resolvers.cells import Cells
from resolvers.context import context_of
from resolvers.selection import TYPENAME, Selected, selection_of
from resolvers.strawberry_internals import raw
from schema.data_quality import First, OfStatus, OfTable
from warehouse.checks.check_results import Round, rounds
from warehouse.checks.declarations import CHECKS
from warehouse.checks.finding import Finding
from warehouse.query.local_time import instant_text


async def data_quality(
    info: strawberry.Info, first: First = 10, table: OfTable = None, status: OfStatus = None
) -> Cells:
    """Results of the data quality checks after loads, newest first; loads still waiting for their checks have none yet.
    Not for tokens with a row scope, because checks count everybody's rows.
    """
    context, asked = context_of(info), selection_of(raw(info))
    found = await context.work(
        lambda: rounds(context.warehouse.engine, context.access, first, table and table.value, status or ())
    )
    # `status` chooses checks too, so the arguments are part of an id.
    whole = Identity(asked.name, sorted(asked.arguments.items()))
    return Cells([_cells(asked.children, each, whole.of(each.last.table, each.last.load_id)) for each in found])


def _cells(selected: Sequence[Selected], found: Round, identity: str) -> dict[str, Any]:
    return {one.key: identity if one.name == "id" else _cell(one, found, identity) for one in selected}


def _cell(one: Selected, found: Round, identity: str) -> Any:
    match one.name:
        case "load":
            return found.last.load_id
        case "first_load":
            return found.loads[0].load_id
        case "loads":
            return len(found.loads)
        case "table":
            return found.last.table.upper()
        case "done_at":
            return _instant(found.last.done_at)
        case "checked_at":
            return _instant(found.checked_at)
        case "undone":
            return found.undone
        case "status":
            return found.status.name if found.status else None
        case "checks":
            whole = Identity(identity)
            return [{each.key: _check_cell(each, check, whole) for each in one.children} for check in found.findings]
        case name:
            return one.type_name if name == TYPENAME else found.total(name)


def _check_cell(one: Selected, finding: Finding, whole: Identity) -> Any:
    match one.name:
        case "id":
            return whole.of(finding.check, finding.subject)
        case "check":
            return finding.check.upper()
        case "label":
            return CHECKS[finding.check].label
        case "status":
            return finding.status.name
        case "subject":
            return finding.subject or None
        case name:
            return one.type_name if name == TYPENAME else getattr(finding, name)


def _instant(instant: datetime | None) -> str | None:
    return instant_text(instant, "milliseconds") if instant else None

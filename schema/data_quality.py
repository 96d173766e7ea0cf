"""Data quality: the results of checks after loads."""

from typing import Annotated, Any

import strawberry

from schema.cache_id import cache_id
from schema.described_enums import described
from schema.enums import LoadedTable, QualityCheckName
from schema.scalars import DateTime, Long
from warehouse.checks.declarations import MOST_ROUNDS, Status

described(
    "The result of a check. FAIL is worse than WARN; NOT_ENOUGH_DATA means too little data to tell.", name="CheckStatus"
)(Status)

First = Annotated[
    int, strawberry.argument(description=f"How many rounds of checks, newest first; at most {MOST_ROUNDS}.")
]
OfTable = Annotated[
    Any, strawberry.argument(graphql_type=LoadedTable | None, description="Only rounds of loads of this table.")
]
OfStatus = Annotated[
    list[Status] | None,
    strawberry.argument(description="Only rounds with one of these results, and only the checks with these."),
]


@strawberry.type(description="The result of one check; `label`, bounds and advice are as in the documentation.")
class QualityCheck:
    """Grain: one check, per column or dimension if it has one."""

    id: strawberry.ID = cache_id()
    check: Any = strawberry.field(graphql_type=QualityCheckName, description="Which check.")
    label: str = strawberry.field(description="The check's display name.")
    subject: str | None = strawberry.field(description="The column or dimension checked.")
    status: Status = strawberry.field(description="The result.")
    value: float | None = strawberry.field(description="The measured value, a fraction.")
    expected: float | None = strawberry.field(description="The usual value, a fraction.")
    threshold: float | None = strawberry.field(
        description="The bound that the value crossed, or that it would have to cross for a warning."
    )
    sentence: str = strawberry.field(description="The finding, and what to do about it.")


@strawberry.type(description="Loads of one table that were checked together, and the results.")
class LoadQuality:
    """Grain: one round of checks."""

    id: strawberry.ID = cache_id()
    load: Long = strawberry.field(description="The load's number in the ledger; the last one if there are several.")
    first_load: Long = strawberry.field(description="The number of the first load; the same as `load` if there is one.")
    loads: Long = strawberry.field(description="The number of loads; small loads are checked together.")
    undone: Long = strawberry.field(description="How many of the loads were undone since.")
    table: Any = strawberry.field(graphql_type=LoadedTable, description="The table.")
    done_at: DateTime = strawberry.field(description="When the last load finished, UTC.")
    checked_at: DateTime | None = strawberry.field(description="When they were checked; null before that.")
    rows: Long = strawberry.field(description="All rows in their files: accepted, duplicates and quarantined.")
    accepted: Long = strawberry.field(description="New rows.")
    duplicates: Long = strawberry.field(description="Rows that already existed.")
    quarantined: Long = strawberry.field(description="Rows that are in the quarantine now.")
    status: Status | None = strawberry.field(description="The worst result; null before the check.")
    checks: list[QualityCheck] = strawberry.field(description="The results, check by check.")

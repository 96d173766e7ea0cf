"""Data quality: what the checks found after loads."""

from typing import Annotated

import strawberry

from schema.scalars import Long
from warehouse.checks.declared import MOST_ROUNDS, Status

strawberry.enum(
    Status,
    name="CheckStatus",
    description="What a check says: FAIL is worse than WARN; NOT_ENOUGH_DATA says that there is too little to tell.",
)

First = Annotated[int, strawberry.argument(description=f"How many rounds, the newest first; at most {MOST_ROUNDS}.")]
OfTable = Annotated[str | None, strawberry.argument(description="Rounds of this table only: `viewing_sessions`.")]
OfStatus = Annotated[
    list[Status] | None,
    strawberry.argument(description="Rounds that found one of these, and of their checks these alone."),
]


@strawberry.type(description="What one check measured. `label`, bounds and advice are those of the documentation.")
class QualityCheck:
    """Grain: one check, of one column or dimension where it has one."""

    check: str = strawberry.field(description="The check's name: `volume`, `nulls`, `shift`, ...")
    label: str = strawberry.field(description="The check's name, to read.")
    subject: str | None = strawberry.field(description="The column or dimension that it is of.")
    status: Status
    value: float | None = strawberry.field(description="What was measured, a fraction.")
    expected: float | None = strawberry.field(description="What is usual, a fraction.")
    threshold: float | None = strawberry.field(
        description="The bound that the value crossed, or would have to cross to be a warning."
    )
    sentence: str = strawberry.field(description="What was found, and what to do about it.")


@strawberry.type(description="Loads of one table that were checked together, and what was found.")
class LoadQuality:
    """Grain: one round of checks."""

    load: Long = strawberry.field(description="The load's number, as the ledger has it; of several the last.")
    first_load: Long = strawberry.field(description="The first of them; the same where it is one load.")
    loads: Long = strawberry.field(description="How many they are: small loads are checked together.")
    undone: Long = strawberry.field(description="How many of them were taken back since.")
    table: str
    done_at: str = strawberry.field(description="When the last of them was done, ISO 8601, UTC.")
    checked_at: str | None = strawberry.field(description="When they were checked; null while they wait for it.")
    rows: Long = strawberry.field(description="The rows of their files: accepted, duplicates and quarantined.")
    accepted: Long = strawberry.field(description="Rows that they brought.")
    duplicates: Long = strawberry.field(description="Rows that were there already.")
    quarantined: Long = strawberry.field(description="Rows that are kept aside now.")
    status: Status | None = strawberry.field(description="The worst that was found; null while they wait.")
    checks: list[QualityCheck]

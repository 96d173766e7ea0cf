"""The insights: questions that grouping can't answer. They read sessions, because no rollup has the data."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import strawberry

from resolvers.cache_ids import Identity
from resolvers.cells import Cells
from resolvers.context import context_of, path_of
from resolvers.filters import filter_of
from resolvers.selection import TYPENAME, Selected, selection_of
from resolvers.strawberry_internals import raw
from resolvers.unknown_values import note_filter
from schema.arguments import UTC, AsOf, Range, ViewingWhere, Zone
from schema.insights import By, CohortGrain, Periods
from warehouse.access import Access
from warehouse.insights.concurrency import concurrency as concurrency_of
from warehouse.insights.funnel import completion_funnel as completion_funnel_of
from warehouse.insights.playback_quality import quality as quality_of
from warehouse.insights.retention import RetentionRequest
from warehouse.insights.retention import retention as retention_of
from warehouse.insights.sessions import Sessions
from warehouse.insights.stickiness import stickiness as stickiness_of
from warehouse.model.facts import FACTS
from warehouse.query.local_time import Grain
from warehouse.query.reader import Reader

CohortLength = Annotated[CohortGrain, strawberry.argument(description="The length of cohorts and periods.")]
BucketSize = Annotated[Grain, strawberry.argument(description="The size of buckets.")]

_SOURCE = FACTS["viewing"].table
# No rollup has the data of an insight, so none is considered. The cost is not measured.
_PLAN: Mapping[str, Any] = {"source": _SOURCE, "rejected": {}, "pieces": [_SOURCE], "elapsed_ms": None, "sql": None}

# What tells the parts of an insight apart, by their type.
_KEYS: Mapping[str, Sequence[str]] = {
    "Cohort": ("start",),
    "CohortReturn": ("period",),
    "FunnelStep": ("reached",),
    "ConcurrencyPeak": ("time",),
    "StickyDay": ("day",),
    "QualityRow": ("value",),
}

# A function of `warehouse.insights` applied to the resolved sessions.
Insight = Callable[[Reader, Sessions, Access], Any]


async def retention(
    info: strawberry.Info,
    cohort: CohortLength = CohortGrain.WEEK,
    periods: Periods = 8,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    as_of: AsOf = None,
) -> Cells:
    """Retention by week or month after people's first session, for the cohorts that begin in the range.

    A cohort is everybody whose first session ever (that you may see) is in its week or month, and who has a session
    there that matches `where`; returns count matching sessions too. Cohorts and periods are counted whole, even beyond
    the range. A period is over once there is a session on its last local day or later.
    """

    def computed(reader: Reader, sessions: Sessions, access: Access) -> Any:
        return retention_of(reader, RetentionRequest(sessions, Grain(cohort.value), periods), access)

    return await _answered(info, computed, range, time_zone, where, as_of)


async def completion_funnel(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    as_of: AsOf = None,
) -> Cells:
    """How many sessions in the range started, and how many reached 25, 50, 75 and 90 % of the film."""
    return await _answered(info, completion_funnel_of, range, time_zone, where, as_of)


async def concurrency(
    info: strawberry.Info,
    grain: BucketSize = Grain.HOUR,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    as_of: AsOf = None,
) -> Cells:
    """The largest number of people watching at the same moment, for every bucket of the range, including empty ones.

    A session lasts from its start for its watch time, and may begin before the range. If the range cuts a bucket, only
    the part inside counts.
    """

    def computed(reader: Reader, sessions: Sessions, access: Access) -> Any:
        return concurrency_of(reader, sessions, grain, access)

    return await _answered(info, computed, range, time_zone, where, as_of)


async def stickiness(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    as_of: AsOf = None,
) -> Cells:
    """Daily viewers divided by monthly viewers, for every local day that the range touches. Days are counted whole;
    months may reach back before the range.
    """
    return await _answered(info, stickiness_of, range, time_zone, where, as_of)


async def quality(
    info: strawberry.Info,
    by: By,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    as_of: AsOf = None,
) -> Cells:
    """Buffering interruptions by device, country or picture quality, most views first."""

    def computed(reader: Reader, sessions: Sessions, access: Access) -> Any:
        return quality_of(reader, sessions, by, access)

    return await _answered(info, computed, range, time_zone, where, as_of)


async def _answered(
    info: strawberry.Info, insight: Insight, range: Range, zone: str, where: Any, as_of: str | None
) -> Cells:
    context = context_of(info)
    context.admit()
    load = await context.load_as_of(as_of, zone)
    window = await context.window(range, zone, as_of=load)
    sessions = Sessions(window.span, zone, filter_of(where), load)
    await note_filter(context, raw(info), sessions.where, load)
    path = path_of(raw(info))

    def computed() -> Any:
        reader, access = context.warehouse.reader, context.access
        return insight(reader, sessions.told_to(reader, access), access)

    found = await context.work(computed, path)
    note = context.note(raw(info), window.span, zone, (_SOURCE,))
    # Days are counted whole, sessions reach into the range, and people come back after it.
    note["unbounded"] = True
    if context.explains:
        note["plan"] = _PLAN
    selected = selection_of(raw(info))
    asked = Identity(selected.name, sorted(selected.arguments.items()), window.span)
    return Cells(_shaped(found, selected.children, asked))


def _shaped(found: Any, selected: Sequence[Selected], whole: Identity) -> Any:
    """One or more records shaped by the selection; field names equal the records' attribute names. `whole` identifies
    what they are parts of.
    """
    if isinstance(found, list | tuple):
        return [_shaped(one, selected, whole) for one in found]
    kind = selected[0].type_name if selected else ""
    identity = whole.of(kind, *(str(getattr(found, name)) for name in _KEYS.get(kind, ())))
    return {one.key: _cell(found, one, identity) for one in selected}


def _cell(record: Any, one: Selected, identity: str) -> Any:
    if one.name == TYPENAME:
        return one.type_name
    if one.name == "id":
        return identity
    value = getattr(record, one.name)
    if one.children:
        return _shaped(value, one.children, Identity(identity))
    return value.isoformat() if isinstance(value, date) else value

"""The completion funnel: how many sessions started, and how many reached a quarter, half, ... of the film."""

from dataclasses import dataclass

from warehouse.access import Access
from warehouse.insights.sessions import Sessions
from warehouse.model.measures import COMPLETED_FROM, COMPLETION_UNITS
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader

# Shares of the film in millionths; 0 is the start, and the last one is where a view counts as completed.
STEPS_E6 = (0, 250_000, 500_000, 750_000, COMPLETED_FROM)


@dataclass(frozen=True)
class FunnelStep:
    """Sessions that reached a share of the film, their distinct users, and the sessions' share of those started.

    `share` is None where nothing started.
    """

    reached: float
    views: int
    viewers: int
    share: float | None


@dataclass(frozen=True)
class Funnel:
    """The steps, from the start on, and how many of the started sessions have no completion."""

    steps: tuple[FunnelStep, ...]
    unknown_views: int


def completion_funnel(reader: Reader, sessions: Sessions, access: Access) -> Funnel:
    """Sessions and their users per step. Each step includes the next one.

    A session without a completion counts as started only. So the first step's views are the measure `views`, and the
    last step's are `completed_views`, for the same range and filter. Without sessions all steps are zero.
    """
    parameters = Parameters()
    source = sessions.source_sql(("user_key", "completion_e6"), access, parameters)
    unknown = "isNull(completion_e6)"
    figures = [f"countIf({unknown})", f"groupBitmapIf(user_key, {unknown})"]
    for step in STEPS_E6:
        reached = f"ifNull(completion_e6, 0) >= {parameters.add(step, 'UInt32')}"
        figures += [f"countIf({reached})", f"groupBitmapIf(user_key, {reached})"]
    sql = f"SELECT {', '.join(figures)} FROM {source} WHERE {sessions.counts_sql(access, parameters)}"
    found = sessions.ask(reader, sql, parameters, access).rows[0]
    told = [
        (views if access.told(viewers) else 0, access.told(viewers))
        for views, viewers in zip(found[::2], found[1::2], strict=True)
    ]
    (unknown_views, _), *counts = told
    started = counts[0][0]
    steps = (
        FunnelStep(step / COMPLETION_UNITS, views, viewers, views / started if started else None)
        for step, (views, viewers) in zip(STEPS_E6, counts, strict=True)
    )
    return Funnel(tuple(steps), unknown_views)

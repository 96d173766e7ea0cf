"""The whole oracle: the data that the API must answer a question with."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.oracle import insights, panels
from tests.oracle.clock import clock_of
from tests.oracle.facts import Asker, Seen
from tests.oracle.grouping import answer_grouped
from tests.oracle.rows import World
from tests.oracle.selections import Cell, key

ANSWERS: Mapping[str, Callable[[Cell, Seen], Any]] = {
    "viewing": answer_grouped,
    "rating": answer_grouped,
    "dashboard": panels.answer_dashboard,
    "dailyTrends": panels.answer_daily,
    "hourlyTrends": panels.answer_hourly,
    "genres": panels.answer_ranked,
    "devices": panels.answer_ranked,
    "countries": panels.answer_ranked,
    "topMovies": panels.answer_ranked,
    "retention": insights.answer_retention,
    "completionFunnel": insights.answer_funnel,
    "concurrency": insights.answer_concurrency,
    "stickiness": insights.answer_stickiness,
    "quality": insights.answer_quality,
}


def answer(
    question: Cell, world: World, asker: Asker | None = None, earlier: Mapping[str, World] | None = None
) -> dict[str, Any]:
    """The data of a question over the rows of a world, or of what it was at a moment that `asOf` names."""
    args = question.get("args", {})
    zone = args.get("timeZone", "UTC")
    if "asOf" in args:
        world = (earlier or {})[args["asOf"]]
    seen = Seen(world, asker or Asker(), clock_of(zone))
    return {key(question): ANSWERS[question["name"]](question, seen)}

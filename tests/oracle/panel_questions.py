"""Random questions of the panels, and the deeper ones."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from tests.oracle.arguments import as_of, shared
from tests.oracle.selections import Cell, cell
from tests.oracle.worlds import Setting

COMPARISONS = ("PREVIOUS_PERIOD", "PREVIOUS_YEAR")
ORDERS = ("VIEWS", "VIEWERS", "WATCH_HOURS", "COMPLETION_RATE", "AVERAGE_RATING")
FIGURES = ("users", "viewers", "views", "watchHours", "completionRate", "averageRating")
RANKED: Mapping[str, Sequence[str]] = {
    "genres": ("genre", "views", "viewers", "watchHours", "completionRate", "averageRating"),
    "devices": ("device", "views", "viewers", "watchHours", "bufferingPerView"),
    "countries": ("country", "users", "viewers", "views", "watchHours"),
    "topMovies": ("movie", "views", "viewers", "watchHours", "completionRate", "averageRating"),
}


def _dashboard(chance: Random, setting: Setting) -> Cell:
    args, _ = shared(chance, setting)
    found = [cell(name) for name in chance.sample(FIGURES, 4)]
    if chance.random() < 0.7:
        args["compareTo"] = chance.choice(COMPARISONS)
    if "compareTo" in args or chance.random() < 0.2:
        found += [cell(name, *map(cell, chance.sample(FIGURES, 3))) for name in ("previous", "change")]
    return cell("dashboard", *found, **args)


def _daily(chance: Random, setting: Setting) -> Cell:
    args, _ = shared(chance, setting)
    if chance.random() < 0.2:
        args["days"] = chance.choice((1, 3, 10))
        args.pop("range", None)
    return cell("dailyTrends", *map(cell, ("day", "views", "viewers", "watchHours", "completionRate")), **args)


def _hourly(chance: Random, setting: Setting) -> Cell:
    args, _ = shared(chance, setting)
    return cell("hourlyTrends", *map(cell, ("hour", "views", "viewers", "watchHours")), **args)


def _ranked(chance: Random, setting: Setting) -> Cell:
    name = chance.choice(tuple(RANKED))
    args, _ = shared(chance, setting)
    label, *measures = RANKED[name]
    if name in ("countries", "topMovies") and chance.random() < 0.4:
        args["limit"] = chance.randrange(1, 6)
    found = [cell(label), *map(cell, chance.sample(measures, 3))]
    if name == "topMovies":
        if chance.random() < 0.7:
            args["orderBy"] = chance.choice(ORDERS)
        movie = cell("movie", *map(cell, ("id", "title", "genre", "averageRating", "views")))
        found = [cell("rank"), movie, *found[1:]]
    return cell(name, *found, **args)


def _retention(chance: Random, setting: Setting) -> Cell:
    args = shared(chance, setting)[0] | as_of(chance, setting)
    args |= {"cohort": chance.choice(("WEEK", "MONTH")), "periods": chance.choice((1, 3, 6))}
    returns = cell("returns", *map(cell, ("period", "start", "viewers", "share")))
    return cell("retention", *map(cell, ("start", "viewers", "complete")), returns, **args)


def _funnel(chance: Random, setting: Setting) -> Cell:
    args = shared(chance, setting)[0] | as_of(chance, setting)
    steps = cell("steps", *map(cell, ("reached", "views", "viewers", "share")))
    return cell("completionFunnel", steps, cell("unknownViews"), **args)


def _concurrency(chance: Random, setting: Setting) -> Cell:
    args, reach = shared(chance, setting)
    args |= as_of(chance, setting)
    args["grain"] = reach.unit or chance.choice(
        ("QUARTER_HOUR", "HOUR", "DAY", "WEEK") if reach.days <= 60 else ("DAY", "MONTH", "YEAR")
    )
    return cell("concurrency", cell("time"), cell("peakViewers"), **args)


def _stickiness(chance: Random, setting: Setting) -> Cell:
    args = shared(chance, setting)[0] | as_of(chance, setting)
    return cell("stickiness", *map(cell, ("day", "dailyViewers", "monthlyViewers", "stickiness")), **args)


def _quality(chance: Random, setting: Setting) -> Cell:
    args = shared(chance, setting)[0] | as_of(chance, setting)
    args["by"] = chance.choice(("DEVICE", "COUNTRY", "QUALITY"))
    found = ("value", "views", "bufferingPerView", "bufferedShare", "bufferingP50", "bufferingP95", "bufferingP99")
    return cell("quality", *map(cell, found), **args)


# The more often one stands here, the more often it is asked.
PANELS: Sequence[Callable[[Random, Setting], Cell]] = (
    *(_dashboard, _dashboard, _daily, _hourly, _ranked, _ranked, _ranked),
    *(_retention, _funnel, _concurrency, _stickiness, _quality),
)

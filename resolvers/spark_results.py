"""Results of Spark jobs other than charts; each resolver reads its records and adds films and users."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

import strawberry

from resolvers.cache_ids import Identity
from resolvers.cells import Cells
from resolvers.context import Context, context_of, note_ages
from resolvers.nodes import FILM_ID, movie_cells, user_cells
from resolvers.selection import TYPENAME, Selected, selection_of
from resolvers.strawberry_internals import raw
from resolvers.unknown_values import FILM, note_argument
from schema.arguments import Most, MovieId, UserId
from schema.node_ids import source_id
from schema.spark_results import By, MostTravellers, OfCountry, OfDevice, OfGenre, OfUser
from warehouse.model.countries import country_code
from warehouse.query.local_time import instant_text
from warehouse.spark_results import ages, churn, patterns, quality_windows, reports
from warehouse.spark_results import forecast as coming
from warehouse.spark_results import geography as places
from warehouse.spark_results import recommendations as recommended
from warehouse.spark_results.patterns import PatternBy

# Node field → the record's key field, and the function that fetches nodes by key.
_NODES = {"movie": ("movie_key", movie_cells), "user": ("user_key", user_cells)}
_BROUGHT = dict(_NODES.values())
# Deprecated fields, and those that replace them.
_OLD_NAMES: Mapping[str, str] = {"active_viewers": "viewers", "sessions": "views"}
# What tells records of a type apart, within what they are parts of.
_KEYS: Mapping[str, Sequence[str]] = {
    "ViewingPattern": ("value",),
    "CountryReach": ("country",),
    "ReachedMovie": ("movie_key",),
    "TasteDistance": ("country", "other"),
    "Traveller": ("movie_key",),
    "Recommendation": ("movie_key",),
    "SimilarMovie": ("movie_key",),
    "ChurnRisk": ("user_key",),
    "ChurnFeature": ("name",),
    "ChurnCalibration": ("predicted", "observed"),
    "ForecastDay": ("genre", "day"),
    "QualityAlert": ("start", "device", "country"),
    "ModelReport": ("job", "metric"),
    "JobResult": ("job",),
}


async def viewing_patterns(info: strawberry.Info, by: By = PatternBy.ALL, user_id: OfUser = None) -> Cells:
    """How people watch: visits, binges, times of day and devices, over everybody you may see or by one attribute. Empty
    until `marquee spark patterns` has run.
    """
    context = context_of(info)
    await note_ages(context, raw(info), "patterns")
    one = None if user_id is None else source_id("User", str(user_id))
    found = await context.work(lambda: patterns.patterns(context.warehouse.engine, by, one, context.access))
    return await _rows(info, found)


async def geography(info: strawberry.Info, limit: MostTravellers = 10) -> Cells:
    """Where films are watched: their reach in each country, differences in taste between countries, and films that
    travel.
    A token limited to countries sees only those. Empty until `marquee spark geography` has run.
    """
    context = context_of(info)
    await note_ages(context, raw(info), "geography")
    parts = {
        "countries": lambda: places.countries(context.warehouse.engine, context.access),
        "distances": lambda: places.distances(context.warehouse.engine, context.access),
        "travellers": lambda: places.travellers(context.warehouse.engine, limit, context.access),
    }
    cells: dict[str, Any] = {}
    selected = selection_of(raw(info))
    whole = _asked(selected)
    for one in selected.children:
        if one.name in (TYPENAME, "id"):
            cells[one.key] = one.type_name if one.name == TYPENAME else whole.of()
            continue
        found = await context.work(parts[one.name])
        cells[one.key] = None if found is None else await _shaped(context, found, one.children, whole)
    return Cells(cells)


async def recommendations(info: strawberry.Info, user_id: UserId, limit: Most = 20) -> Cells:
    """What a user may like next, best first. Empty for an unknown user, and until `marquee spark recommendations` has
    run.
    Not for tokens with a row scope, because the model is trained on everybody.
    """
    context = context_of(info)
    await note_ages(context, raw(info), "recommendations")
    found = await context.work(
        lambda: recommended.recommendations(
            context.warehouse.engine, source_id("User", str(user_id)), limit, context.access
        )
    )
    return await _rows(info, found)


async def similar_movies(info: strawberry.Info, id: MovieId, limit: Most = 20) -> Cells:
    """The films most similar to one. Empty for an unknown film, and until `marquee spark recommendations` has run. Not
    for tokens with a row scope, because the model is trained on everybody.
    """
    context, film = context_of(info), source_id("Movie", str(id))
    await note_ages(context, raw(info), "recommendations")
    found = await context.work(
        lambda: recommended.similar_movies(context.warehouse.engine, film, limit, context.access)
    )
    if not found:
        await note_argument(context, raw(info), FILM, film, "id")
    return await _rows(info, found)


async def churn_risk(info: strawberry.Info, limit: Most = 20) -> Cells:
    """Active users who may not come back within 30 days, highest probability first, with the features behind the
    prediction. Empty until `marquee spark churn` has run. Not for tokens with a row scope, because the model is trained
    on everybody.
    """
    context = context_of(info)
    await note_ages(context, raw(info), "churn")
    return await _rows(
        info, await context.work(lambda: churn.churn_risk(context.warehouse.engine, limit, context.access))
    )


async def churn_calibration(info: strawberry.Info) -> Cells:
    """How reliable the probabilities of `churnRisk` are: later users in ten groups by predicted probability, lowest
    first.
    Not for tokens with a row scope, because the groups include everybody.
    """
    context = context_of(info)
    await note_ages(context, raw(info), "churn")
    return await _rows(info, await context.work(lambda: churn.calibration(context.warehouse.engine, context.access)))


async def forecast(info: strawberry.Info, genre: OfGenre = None) -> Cells:
    """Forecast views per genre, by genre and day. Empty until `marquee spark forecast` has run. Not for tokens with a
    row scope, because the forecast uses the weekdays of all genres.
    """
    context = context_of(info)
    await note_ages(context, raw(info), "forecast")
    found = await context.work(lambda: coming.forecast(context.warehouse.engine, genre, context.access))
    if genre is not None and not found:
        await note_argument(context, raw(info), "genre", genre, "genre")
    return await _rows(info, found)


async def quality_alerts(
    info: strawberry.Info, limit: Most = 20, device: OfDevice = None, country: OfCountry = None
) -> Cells:
    """Where playback buffered more than usual, newest first. A token limited to countries sees only those. Empty until
    `marquee spark quality` has run.
    """
    context = context_of(info)
    await note_ages(context, raw(info), "quality")
    code = None if country is None else country_code(country)
    found = await context.work(
        lambda: quality_windows.alerts(context.warehouse.engine, limit, device, code, context.access)
    )
    for name, value in (("device", device), ("country", code)):
        if value is not None and not found:
            await note_argument(context, raw(info), name, value, name)
    return await _rows(info, found)


async def model_reports(info: strawberry.Info) -> Cells:
    """The models' scores on held-out data next to a simple baseline, by job and metric. Not for tokens with a row
    scope, because models are evaluated on everybody.
    """
    context = context_of(info)
    await note_ages(context, raw(info), *reports.REPORTS)
    return await _rows(info, await context.work(lambda: reports.reports(context.warehouse.engine, context.access)))


async def job_results(info: strawberry.Info) -> Cells:
    """What Spark's jobs computed: how old each result is, by which model it was made, and the model's figures. Jobs
    that have not run are left out. Empty under a row scope, because results reveal rows outside it.
    """
    context = context_of(info)
    reader = context.warehouse.reader
    found = await context.work(lambda: ages.computed_results(reader, context.access, context.most_behind))
    return await _rows(info, found)


async def rows_of_records(info: strawberry.Info, records: Sequence[Any], parent: str) -> Cells:
    """Records shaped by the selection, as parts of the node whose id is `parent`."""
    selected = selection_of(raw(info))
    whole = Identity(selected.name, parent, sorted(selected.arguments.items(), key=str))
    return Cells(await _shaped(context_of(info), records, selected.children, whole))


def _asked(selected: Selected) -> Identity:
    return Identity(selected.name, sorted(selected.arguments.items(), key=str))


async def _rows(info: strawberry.Info, records: Sequence[Any]) -> Cells:
    selected = selection_of(raw(info))
    return Cells(await _shaped(context_of(info), records, selected.children, _asked(selected)))


async def _shaped(
    context: Context, records: Sequence[Any], selected: Sequence[Selected], whole: Identity | Sequence[Identity]
) -> list[dict[str, Any]]:
    """Records shaped by the selection, column by column, so that all films are fetched in one statement. `whole`
    identifies what they are parts of, for all or for each.
    """
    wholes = [whole] * len(records) if isinstance(whole, Identity) else whole
    identities = await _identities(context, records, selected, wholes) if _needs_ids(selected) else []
    columns = [await _column(context, records, one, identities) for one in selected]
    return [dict(zip((one.key for one in selected), row, strict=True)) for row in zip(*columns, strict=True)]


def _needs_ids(selected: Sequence[Selected]) -> bool:
    """Whether ids are selected, of the records or of parts of them."""
    return any(one.name == "id" or (one.name not in _NODES and _needs_ids(one.children)) for one in selected)


async def _identities(
    context: Context, records: Sequence[Any], selected: Sequence[Selected], wholes: Sequence[Identity]
) -> list[str]:
    """The ids of records: by what tells them apart within what they are parts of, films and users by their own ids."""
    kind = selected[0].type_name
    columns: list[list[Any]] = []
    for name in _KEYS.get(kind, ()):
        values = [getattr(record, name) for record in records]
        if name in _BROUGHT:
            nodes = await _BROUGHT[name](context, values, (FILM_ID,))
            values = [nodes.get(value, {}).get(FILM_ID.key) for value in values]
        columns.append(values)
    keys = list(zip(*columns, strict=True)) if columns else [()] * len(records)
    return [whole.of(kind, *map(str, key)) for whole, key in zip(wholes, keys, strict=True)]


async def _column(context: Context, records: Sequence[Any], one: Selected, identities: Sequence[str]) -> list[Any]:
    if one.name == TYPENAME:
        return [one.type_name] * len(records)
    if one.name == "id":
        return list(identities)
    if one.name in _NODES:
        key, bring = _NODES[one.name]
        nodes = await bring(context, (getattr(record, key) for record in records), one.children)
        return [nodes.get(getattr(record, key)) for record in records]
    values = [getattr(record, _OLD_NAMES.get(one.name, one.name)) for record in records]
    if one.name == "job":
        return [job.upper() for job in values]
    if not one.children:
        return [_leaf(value) for value in values]
    wholes = [Identity(identity) for identity in identities] or [Identity()] * len(records)
    if all(isinstance(value, list) for value in values):
        parents = [whole for whole, value in zip(wholes, values, strict=True) for _ in value]
        below = iter(await _shaped(context, list(chain.from_iterable(values)), one.children, parents))
        return [[next(below) for _ in value] for value in values]
    return list(await _shaped(context, values, one.children, wholes))


def _leaf(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value, "seconds")
    return value.isoformat() if isinstance(value, date) else value

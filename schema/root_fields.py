"""The root fields, one record each: the lowest role that may ask it, whether its answer is cached, what it costs.

`resolvers/root.py` binds each to its resolver and its type. A field without a record is open to nobody.

A cost of 1 is meant as about a millisecond of the engine at ten million sessions. Costs are judgement, after the
design's figures; what matters is how fields stand to each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schema.roles import Role


@dataclass(frozen=True)
class Weight:
    """`base` is for a statement of the field; `rows` are expected where no argument says how many. What reads sessions
    themselves costs its base again for every quarter of the range.
    """

    base: int
    rows: int = 1
    reads_sessions: bool = False


# A statement with a short answer: what costs as much as any other.
STATEMENT = Weight(10, rows=20)


@dataclass(frozen=True)
class RootField:
    """`role` is the lowest that may ask the field. An answer is `cacheable` where it depends on the data and on what
    the asker may see, and on nothing else: it is given to the next asker who may see the same.
    """

    name: str
    role: Role
    weight: Weight = STATEMENT
    cacheable: bool = False


def _cached(name: str, weight: Weight) -> RootField:
    """A field that everybody may ask who reads, and whose answers are cached."""
    return RootField(name, Role.VIEWER, weight, cacheable=True)


_FIELDS = (
    RootField("viewer", Role.VIEWER, Weight(0)),
    # Panels: one statement over rollups.
    _cached("dashboard", Weight(20)),
    _cached("dailyTrends", Weight(10, rows=90)),
    _cached("hourlyTrends", Weight(10, rows=24)),
    _cached("genres", Weight(10, rows=30)),
    _cached("devices", Weight(10, rows=10)),
    _cached("countries", Weight(10, rows=50)),
    _cached("topMovies", Weight(20, rows=10)),
    # Each selected `rows`, `totals` and `plan` is a statement.
    _cached("viewing", Weight(20, rows=1_000)),
    _cached("rating", Weight(10, rows=1_000)),
    # Pages, and single nodes.
    _cached("users", Weight(20, rows=20)),
    _cached("movies", Weight(20, rows=20)),
    _cached("ratings", Weight(20, rows=20)),
    _cached("user", Weight(10)),
    _cached("movie", Weight(10)),
    RootField("auditLog", Role.ADMIN),
    _cached("rankings", Weight(10, rows=10)),
    # Insights read sessions, for no rollup can answer them; retention all before the range, too.
    _cached("retention", Weight(200, reads_sessions=True)),
    _cached("completionFunnel", Weight(50, reads_sessions=True)),
    _cached("concurrency", Weight(100, reads_sessions=True)),
    _cached("stickiness", Weight(100, reads_sessions=True)),
    _cached("quality", Weight(50, reads_sessions=True)),
    # What checks found is kept: two statements, over few rows.
    RootField("dataQuality", Role.ANALYST, Weight(10, rows=10)),
    # What jobs computed: small tables, but for people's, which are added up or searched.
    _cached("viewingPatterns", Weight(20, rows=50)),
    _cached("geography", Weight(10, rows=500)),
    _cached("recommendations", Weight(10, rows=20)),
    _cached("similarMovies", Weight(10, rows=20)),
    RootField("churnRisk", Role.ANALYST, Weight(20, rows=20)),
    RootField("churnCalibration", Role.ANALYST, Weight(10, rows=10)),
    _cached("forecast", Weight(10, rows=400)),
    _cached("qualityAlerts", Weight(10, rows=20)),
    RootField("modelReports", Role.ANALYST, Weight(10, rows=20)),
    # Runs are few; one that is followed is read again and again, most often from memory.
    RootField("pipelineRuns", Role.ADMIN, Weight(10, rows=10)),
    RootField("pipelineRun", Role.ADMIN, Weight(10)),
    RootField("freshness", Role.VIEWER),
    # Mutations.
    RootField("createEmbedToken", Role.ADMIN),
    RootField("revokeToken", Role.ADMIN),
    RootField("runPipeline", Role.ADMIN),
    RootField("cancelPipeline", Role.ADMIN),
)
ROOT_FIELDS: Mapping[str, RootField] = MappingProxyType({field.name: field for field in _FIELDS})
# What the executor answers from the schema itself: no statement, but a large answer.
_INTROSPECTION = {"__schema": Weight(50), "__type": Weight(10), "__typename": Weight(0)}


def weight_of(name: str) -> Weight:
    """What a field at the root of a document costs, by its name; one that is not there will be refused."""
    field = ROOT_FIELDS.get(name)
    return _INTROSPECTION.get(name, STATEMENT) if field is None else field.weight

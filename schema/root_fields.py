"""The root fields, one record each: the lowest role that may query it, whether its answer is cached, and its cost.


`resolvers/root.py` binds each to its resolver and type. A field without a record is closed to everybody.
A cost of 1 is about a millisecond of engine time at ten million sessions. Costs are estimates after the design's
figures; their ratios matter most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schema.roles import Role


@dataclass(frozen=True)
class Weight:
    """`base` is the cost of one statement; `rows` is the expected number if no argument limits it. A field that reads
    sessions costs its base for each quarter of the range, and `least` for what it reads before and around it. `groups`
    are a panel's own; with a filter it may need the sessions. `ranked` is the cost of sorting a list by what sessions
    or ratings sum up to.
    """

    base: int
    rows: int = 1
    reads_sessions: bool = False
    groups: tuple[str, ...] | None = None
    ranked: int = 0
    least: int = 0
    reads_ratings: bool = False


# A typical statement with a short answer.
STATEMENT = Weight(10, rows=20)


@dataclass(frozen=True)
class RootField:
    """`role` is the lowest that may query the field. An answer is `cacheable` if it depends only on the data and on
    what the asker may see; it is reused for askers with the same access. Fields whose answers do not fold groups of too
    few people are closed to roles with a minimum group size.
    """

    name: str
    role: Role
    weight: Weight = STATEMENT
    cacheable: bool = False
    folds: bool = False


def _cached(name: str, weight: Weight) -> RootField:
    """A cached field, open to every role that may read."""
    return RootField(name, Role.VIEWER, weight, cacheable=True)


def _folded(name: str, weight: Weight) -> RootField:
    """A cached field that folds groups of too few people."""
    return RootField(name, Role.VIEWER, weight, cacheable=True, folds=True)


_FIELDS = (
    RootField("viewer", Role.VIEWER, Weight(0), folds=True),
    # What can be asked: no statement, but a long answer; and the values of a dimension, a panel's statement.
    _folded("metrics", Weight(1, rows=20)),
    _folded("dimensionValues", Weight(10, rows=50, groups=())),
    # Panels: one statement over rollups.
    _folded("dashboard", Weight(20, groups=())),
    _folded("dailyTrends", Weight(20, rows=90, groups=("time",))),
    _folded("hourlyTrends", Weight(10, rows=24, groups=("hour_of_day",))),
    _folded("genres", Weight(10, rows=30, groups=("genre",))),
    _folded("devices", Weight(10, rows=10, groups=("device",))),
    _folded("countries", Weight(10, rows=50, groups=("country",))),
    _folded("topMovies", Weight(20, rows=10, groups=("movie",))),
    # Each selected `rows`, `totals` and `plan` is a statement, with rows by its own arguments.
    _folded("viewing", Weight(20, rows=1_000)),
    _folded("rating", Weight(10, rows=1_000, reads_ratings=True)),
    # Pages, and single nodes.
    _cached("users", Weight(20, rows=20, ranked=80)),
    _folded("movies", Weight(20, rows=20, ranked=10)),
    _cached("ratings", Weight(20, rows=20)),
    # Each type of nodes takes the rule of the field that shows one.
    _folded("node", Weight(10)),
    _folded("nodes", Weight(20, rows=20)),
    _cached("user", Weight(10)),
    _folded("movie", Weight(10)),
    RootField("auditLog", Role.ADMIN),
    _cached("rankings", Weight(10, rows=10)),
    # Insights read sessions, because no rollup can answer them; retention also reads everything before the range.
    _folded("retention", Weight(100, reads_sessions=True, least=60)),
    _folded("completionFunnel", Weight(50, reads_sessions=True, least=10)),
    _folded("concurrency", Weight(100, reads_sessions=True, least=50)),
    _folded("stickiness", Weight(100, reads_sessions=True, least=35)),
    _folded("quality", Weight(50, reads_sessions=True, least=10)),
    # Experiments are few. One reads its sessions, and those of the weeks before, for each fact; with segments twice.
    RootField("experiments", Role.ANALYST, Weight(10, rows=20)),
    RootField("experiment", Role.ANALYST, Weight(200, rows=20)),
    RootField("experimentPower", Role.ANALYST, Weight(50, reads_sessions=True, least=50)),
    # Results of checks are stored: two statements over few rows.
    RootField("dataQuality", Role.ANALYST, Weight(10, rows=10)),
    # Job results: small tables, except those per person, which are aggregated or searched.
    _cached("viewingPatterns", Weight(20, rows=50)),
    _cached("geography", Weight(10, rows=500)),
    _cached("recommendations", Weight(10, rows=20)),
    _cached("similarMovies", Weight(10, rows=20)),
    RootField("churnRisk", Role.ANALYST, Weight(20, rows=20)),
    RootField("churnCalibration", Role.ANALYST, Weight(10, rows=10)),
    _cached("forecast", Weight(10, rows=400)),
    _cached("qualityAlerts", Weight(10, rows=20)),
    RootField("modelReports", Role.ANALYST, Weight(10, rows=20)),
    RootField("jobResults", Role.ANALYST, Weight(10, rows=7)),
    # Runs are few; a followed one is read again and again, mostly from memory.
    RootField("pipelineRuns", Role.ADMIN, Weight(10, rows=10)),
    RootField("pipelineRun", Role.ADMIN, Weight(10)),
    RootField("freshness", Role.VIEWER, folds=True),
    # Boards hold questions and no answers.
    RootField("boards", Role.VIEWER, Weight(10, rows=20), folds=True),
    RootField("board", Role.VIEWER, Weight(10), folds=True),
    # Alerts are few; their figures were computed when they were judged.
    RootField("alerts", Role.ANALYST, Weight(10, rows=20)),
    RootField("alert", Role.ANALYST, Weight(10, rows=100)),
    RootField("reports", Role.ANALYST, Weight(10, rows=20)),
    # Tokens that servers made are few.
    RootField("tokens", Role.ADMIN, Weight(10, rows=50)),
    # Looked up in memory; their documents are the answer.
    RootField("publishedOperations", Role.ADMIN, Weight(1, rows=100)),
    # Mutations.
    RootField("saveBoard", Role.VIEWER, folds=True),
    RootField("deleteBoard", Role.VIEWER, folds=True),
    RootField("saveAlert", Role.ANALYST),
    RootField("deleteAlert", Role.ANALYST),
    RootField("acknowledgeAlert", Role.ANALYST),
    RootField("silenceAlert", Role.ANALYST),
    RootField("saveReport", Role.ANALYST),
    RootField("deleteReport", Role.ANALYST),
    RootField("publishOperation", Role.ADMIN),
    RootField("unpublishOperation", Role.ADMIN),
    RootField("createToken", Role.ADMIN),
    RootField("createSignInLink", Role.ADMIN),
    RootField("createEmbedToken", Role.ADMIN),
    RootField("revokeToken", Role.ADMIN),
    RootField("runPipeline", Role.ADMIN),
    RootField("cancelPipeline", Role.ADMIN),
)
ROOT_FIELDS: Mapping[str, RootField] = MappingProxyType({field.name: field for field in _FIELDS})
# Answered from the schema: no statement, but a large answer.
_INTROSPECTION = {"__schema": Weight(50), "__type": Weight(10), "__typename": Weight(0)}


def weight_of(name: str) -> Weight:
    """The cost of a root field by name; an unknown field has a default, because it will be refused."""
    field = ROOT_FIELDS.get(name)
    return _INTROSPECTION.get(name, STATEMENT) if field is None else field.weight

"""Types of Spark job results: viewing patterns, geography, recommendations, churn, forecast, quality alerts, model
reports, and how old each result is.
"""

from typing import Annotated, Any

import strawberry

from schema.cache_id import cache_id
from schema.described_enums import described
from schema.enums import SparkJob
from schema.nodes import Movie, User
from schema.scalars import Date, DateTime, Long
from warehouse.spark_results.geography import CLOSEST, TOP_MOVIES
from warehouse.spark_results.patterns import PatternBy

described("The attribute to group people by.", name="PatternBy")(PatternBy)

By = Annotated[PatternBy, strawberry.argument(description="One row per value of this.")]
OfUser = Annotated[strawberry.ID | None, strawberry.argument(description="Only this user, by `id` or `sourceId`.")]
OfGenre = Annotated[str | None, strawberry.argument(description="Only this genre; `Unknown` for films without one.")]
OfDevice = Annotated[
    str | None, strawberry.argument(description="Only this device; `Unknown` for sessions without one.")
]
OfCountry = Annotated[
    str | None, strawberry.argument(description="Only this country; `Unknown` for users without one.")
]
MostTravellers = Annotated[int, strawberry.argument(description="The maximum number of films in `travellers`.")]


@strawberry.type(
    description="Shares of sessions by the hour they start in the viewer's own time zone; they add up to 1."
)
class Dayparts:
    """One object."""

    id: strawberry.ID = cache_id()
    night: float | None = strawberry.field(description="0 to 5 o'clock.")
    morning: float | None = strawberry.field(description="6 to 11 o'clock.")
    afternoon: float | None = strawberry.field(description="12 to 17 o'clock.")
    evening: float | None = strawberry.field(description="18 to 23 o'clock.")


@strawberry.type(description="How people of one segment watch. A visit is a series of sessions up to 30 minutes apart.")
class ViewingPattern:
    """Grain: one value of the attribute."""

    id: strawberry.ID = cache_id()
    value: str | None = strawberry.field(
        description="The value; null for everybody or one user, if unknown, or hidden from your role."
    )
    viewers: Long = strawberry.field(description="People who watched, exact.")
    views: Long = strawberry.field(description="Sessions that started.")
    sessions: Long = strawberry.field(description="Sessions that started.", deprecation_reason="Use `views`.")
    visits: Long = strawberry.field(description="Visits.")
    sessions_per_visit: float | None = strawberry.field(description="Sessions per visit.")
    minutes_per_visit: float | None = strawberry.field(description="Minutes watched per visit.")
    binge_runs: Long = strawberry.field(
        description="Runs of three or more sessions within a visit, each with at least 70 % of the film watched."
    )
    binges_per_viewer: float | None = strawberry.field(description="Binge runs per person.")
    longest_binge: Long = strawberry.field(description="Sessions in the longest run of one person; 0 if there is none.")
    dayparts: Dayparts = strawberry.field(description="When sessions start.")
    devices_per_viewer: float | None = strawberry.field(description="Average number of devices per person.")
    switches_per_visit: float | None = strawberry.field(description="Device changes per visit.")


@strawberry.type(description="A film in one country.")
class ReachedMovie:
    """Grain: one film in one country."""

    id: strawberry.ID = cache_id()
    rank: int = strawberry.field(description="1 reached the most people; ties are sorted by title, then id.")
    movie: Movie = strawberry.field(description="The film.")
    views: Long = strawberry.field(description="Sessions of the country's viewers.")
    viewers: Long = strawberry.field(description="People of the country who watched it, exact.")
    reach: float | None = strawberry.field(description="`viewers` divided by the country's viewers, 0-1.")


@strawberry.type(description="One country and what it watches.")
class CountryReach:
    """Grain: one country."""

    id: strawberry.ID = cache_id()
    country: str | None = strawberry.field(description="ISO 3166 alpha-2; null if unknown, or hidden from your role.")
    viewers: Long = strawberry.field(description="People of the country who watched anything, exact.")
    active_viewers: Long = strawberry.field(
        description="People of the country who watched anything, exact.", deprecation_reason="Use `viewers`."
    )
    top_movies: list[ReachedMovie] = strawberry.field(description=f"The first {TOP_MOVIES} by reach.")


@strawberry.type(description="The difference in taste between two countries.")
class TasteDistance:
    """Grain: one pair of countries, in both directions."""

    id: strawberry.ID = cache_id()
    country: str | None = strawberry.field(description="One country, ISO 3166 alpha-2.")
    other: str | None = strawberry.field(description="The other country.")
    distance: float = strawberry.field(
        description="0 for the same taste, 1 for nothing in common: the Jensen-Shannon distance of genre shares."
    )


@strawberry.type(description="A film that is watched away from home.")
class Traveller:
    """Grain: one film."""

    id: strawberry.ID = cache_id()
    rank: int = strawberry.field(description="1 travels most.")
    movie: Movie = strawberry.field(description="The film.")
    home: str | None = strawberry.field(description="The country where its reach is greatest.")
    countries: int = strawberry.field(description="The number of countries where it was watched.")
    views: Long = strawberry.field(description="Sessions in all countries.")
    abroad_share: float = strawberry.field(description="The share of views outside its home, 0-1.")
    evenness: float = strawberry.field(
        description="How evenly it reaches all countries, 0-1: the normalised entropy of its reach."
    )


@strawberry.type(description="Where films are watched.")
class Geography:
    """One object; each part is a separate statement."""

    id: strawberry.ID = cache_id()
    countries: list[CountryReach] = strawberry.field(description="Most active viewers first.")
    distances: list[TasteDistance] = strawberry.field(
        description=f"For each country the {CLOSEST} closest ones, closest first."
    )
    travellers: list[Traveller] | None = strawberry.field(
        description="The films that travel most; null for a token with a row scope, as all countries matter."
    )


@strawberry.type(description="A film that a user may like.")
class Recommendation:
    """Grain: one film for one user."""

    id: strawberry.ID = cache_id()
    rank: int = strawberry.field(description="1 is the best; up to 20 are stored.")
    score: float = strawberry.field(description="The model's score; only comparable within one user.")
    movie: Movie = strawberry.field(description="The film.")
    by_model: bool = strawberry.field(
        description="Whether the model made it. False for users whom it does not know: what is watched most in their"
        " country, where `score` is the share of its viewers who did."
    )


@strawberry.type(description="A film that is similar to another.")
class SimilarMovie:
    """Grain: one pair of films."""

    id: strawberry.ID = cache_id()
    rank: int = strawberry.field(description="1 is the most similar; up to 20 are stored.")
    similarity: float = strawberry.field(
        description="1 if watched by the same people; 0 or less if they have nothing in common."
    )
    movie: Movie = strawberry.field(description="The film.")


@strawberry.type(description="One feature of a user that the model used.")
class ChurnFeature:
    """Grain: one feature of one user."""

    id: strawberry.ID = cache_id()
    name: str = strawberry.field(description="The feature's name.")
    value: float = strawberry.field(description="The user's value.")
    importance: float | None = strawberry.field(
        description="The feature's weight in the model over everybody, 0-1; null if not reported."
    )


@strawberry.type(description="An active user who may not come back.")
class ChurnRisk:
    """Grain: one user."""

    id: strawberry.ID = cache_id()
    probability: float = strawberry.field(description="The probability of no session within 30 days, 0-1.")
    user: User = strawberry.field(description="The user.")
    features: list[ChurnFeature] = strawberry.field(description="The features behind it, greatest weight first.")


@strawberry.type(description="Users with a similar churn risk: the prediction and the outcome.")
class ChurnCalibration:
    """Grain: one tenth of the probability range, for later users that the model had not seen."""

    id: strawberry.ID = cache_id()
    predicted: float = strawberry.field(description="The mean predicted probability of not coming back, 0-1.")
    observed: float = strawberry.field(description="The share that did not come back, 0-1.")
    users: Long = strawberry.field(description="The number of users.")


@strawberry.type(description="Forecast views.")
class ForecastDay:
    """Grain: one genre on one day."""

    id: strawberry.ID = cache_id()
    genre: str | None = strawberry.field(description="Null for films without one.")
    day: Date = strawberry.field(description="UTC.")
    views: float = strawberry.field(description="Expected sessions.")
    low: float = strawberry.field(description="The lower bound of the 80 % interval.")
    high: float = strawberry.field(description="The upper bound of the 80 % interval.")
    by_model: bool = strawberry.field(
        description="Whether the model made it; false: last week's same day, which was closer on past days."
    )


@strawberry.type(description="A time window in which a device in a country buffered more than usual.")
class QualityAlert:
    """Grain: one window, device and country."""

    id: strawberry.ID = cache_id()
    start: DateTime = strawberry.field(description="UTC.")
    end: DateTime = strawberry.field(description="UTC, excluded.")
    device: str | None = strawberry.field(description="Null for sessions without one.")
    country: str | None = strawberry.field(description="ISO 3166 alpha-2; null if unknown, or hidden from your role.")
    views: Long = strawberry.field(description="Sessions that started in the window.")
    sessions: Long = strawberry.field(
        description="Sessions that started in the window.", deprecation_reason="Use `views`."
    )
    buffering_per_view: float = strawberry.field(description="Buffering interruptions per session.")
    usual: float = strawberry.field(description="The same over all earlier windows of the device in the country.")


@strawberry.type(description="A score of a job's model on held-out data.")
class ModelReport:
    """Grain: one metric of one job."""

    id: strawberry.ID = cache_id()
    job: Any = strawberry.field(graphql_type=SparkJob, description="The job that made the model.")
    metric: str = strawberry.field(description="The metric's name.")
    model: float | None = strawberry.field(description="The model's score.")
    baseline: float | None = strawberry.field(description="The score of the simple baseline to beat.")
    rows: Long = strawberry.field(description="The number of rows it was measured on.")


@strawberry.type(description="The result of one job as a whole: how old it is, and how good its model.")
class JobResult:
    """Grain: one job."""

    id: strawberry.ID = cache_id()
    job: Any = strawberry.field(graphql_type=SparkJob, description="The job.")
    computed_at: DateTime = strawberry.field(
        description="When it was computed, UTC; of charts, which are computed by month, the newest."
    )
    data_through: DateTime | None = strawberry.field(
        description="The start of the newest session that it was made of, UTC; null if not recorded."
    )
    is_stale: bool = strawberry.field(
        description="Whether the data is newer than the result by more than `MARQUEE_RESULT_STALE_HOURS`."
    )
    rows: Long = strawberry.field(description="The number of rows in all of its tables.")
    model: str | None = strawberry.field(description="The model and its settings, in words; null for plain figures.")
    figures: list[ModelReport] = strawberry.field(description="The model's scores on held-out data, by metric.")

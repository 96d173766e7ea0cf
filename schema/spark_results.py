"""The types of what Spark's jobs computed: how people watch, where, what they may like, who may leave, what comes, what
buffers, and how well the models do.
"""

from typing import Annotated

import strawberry

from schema.nodes import Movie, User
from schema.scalars import Date, Long
from warehouse.spark_results.geography import CLOSEST, TOP_MOVIES
from warehouse.spark_results.patterns import PatternBy

strawberry.enum(PatternBy, name="PatternBy", description="What people are told apart by.")

By = Annotated[PatternBy, strawberry.argument(description="One row per value of this.")]
OfUser = Annotated[strawberry.ID | None, strawberry.argument(description="Of this user alone.")]
OfGenre = Annotated[
    str | None, strawberry.argument(description="Of this genre alone; `Unknown`: of films without one.")
]
OfDevice = Annotated[
    str | None, strawberry.argument(description="Of this device alone; `Unknown`: of sessions that do not say it.")
]
OfCountry = Annotated[
    str | None, strawberry.argument(description="Of this country alone; `Unknown`: of users without one.")
]
MostTravellers = Annotated[int, strawberry.argument(description="At most so many films that travel.")]


@strawberry.type(
    description="Shares of sessions by the local hour of their start, in the viewer's own zone; together 1."
)
class Dayparts:
    """One object."""

    night: float | None = strawberry.field(description="0 to 5 o'clock.")
    morning: float | None = strawberry.field(description="6 to 11 o'clock.")
    afternoon: float | None = strawberry.field(description="12 to 17 o'clock.")
    evening: float | None = strawberry.field(description="18 to 23 o'clock.")


@strawberry.type(description="How the people of one segment watch. A visit is sessions with gaps of up to 30 minutes.")
class ViewingPattern:
    """Grain: one value of what people are told apart by."""

    value: str | None = strawberry.field(
        description="The value; null for everybody, for one user, where nothing is known, and where your role does not "
        "see it."
    )
    viewers: Long = strawberry.field(description="People who watched, exact.")
    sessions: Long
    visits: Long
    sessions_per_visit: float | None
    minutes_per_visit: float | None = strawberry.field(description="Minutes watched in a visit.")
    binge_runs: Long = strawberry.field(
        description="Runs of three or more sessions in a row within a visit, each watched to 70 % of the film or more."
    )
    binges_per_viewer: float | None
    longest_binge: Long = strawberry.field(description="Sessions of the longest run of one person; 0 without a run.")
    dayparts: Dayparts
    devices_per_viewer: float | None = strawberry.field(description="Devices that a person used, on average.")
    switches_per_visit: float | None = strawberry.field(description="Changes of the device within a visit.")


@strawberry.type(description="A film in one country.")
class ReachedMovie:
    """Grain: one film in one country."""

    rank: int = strawberry.field(description="1 reached most people; ties go by title, then id.")
    movie: Movie
    views: Long = strawberry.field(description="Sessions of the country's viewers.")
    viewers: Long = strawberry.field(description="People of the country who watched it, exact.")
    reach: float | None = strawberry.field(description="`viewers` over the country's active viewers, 0-1.")


@strawberry.type(description="One country and what it watches.")
class CountryReach:
    """Grain: one country."""

    country: str | None = strawberry.field(
        description="ISO 3166 alpha-2; null where it is not known, and where your role does not see it."
    )
    active_viewers: Long = strawberry.field(description="People of the country who watched anything, exact.")
    top_movies: list[ReachedMovie] = strawberry.field(description=f"The first {TOP_MOVIES} by reach.")


@strawberry.type(description="How far the tastes of two countries lie apart.")
class TasteDistance:
    """Grain: one country and another, in both directions."""

    country: str | None
    other: str | None
    distance: float = strawberry.field(
        description="0 is the same taste, 1 none in common: the Jensen-Shannon distance of the genres' shares of views."
    )


@strawberry.type(description="A film that is watched away from home.")
class Traveller:
    """Grain: one film."""

    rank: int = strawberry.field(description="1 travels most.")
    movie: Movie
    home: str | None = strawberry.field(description="The country of its greatest reach.")
    countries: int = strawberry.field(description="In how many it was watched.")
    views: Long = strawberry.field(description="Sessions in all countries.")
    abroad_share: float = strawberry.field(description="The share of its views outside its home, 0-1.")
    evenness: float = strawberry.field(
        description="How evenly it reaches all countries, 0-1: the normalised entropy of its reach."
    )


@strawberry.type(description="Where films are watched.")
class Geography:
    """One object; its parts are statements of their own."""

    countries: list[CountryReach] = strawberry.field(description="Most active viewers first.")
    distances: list[TasteDistance] = strawberry.field(
        description=f"By country, the closest first; of each country the {CLOSEST} closest."
    )
    travellers: list[Traveller] | None = strawberry.field(
        description="Those that travel most; null for a token with a row scope, for all countries tell it."
    )


@strawberry.type(description="A film that a user may like.")
class Recommendation:
    """Grain: one film for one user."""

    rank: int = strawberry.field(description="1 is the best, 20 the last that is kept.")
    score: float = strawberry.field(description="The model's; compares within one user only.")
    movie: Movie


@strawberry.type(description="A film that is like another.")
class SimilarMovie:
    """Grain: one film beside another."""

    rank: int = strawberry.field(description="1 is most alike, 20 the last that is kept.")
    similarity: float = strawberry.field(
        description="1 is watched by the same people; 0 and below have nothing in common."
    )
    movie: Movie


@strawberry.type(description="One figure of a user that a model used.")
class ChurnFeature:
    """Grain: one feature of one user."""

    name: str
    value: float
    importance: float | None = strawberry.field(
        description="How much the feature weighs in the model, over everybody, 0-1; null where that was not told."
    )


@strawberry.type(description="A user who was active, and may not come back.")
class ChurnRisk:
    """Grain: one user."""

    probability: float = strawberry.field(description="That they have no session within 30 days, 0-1.")
    user: User
    features: list[ChurnFeature] = strawberry.field(description="What it was told from, what weighs most first.")


@strawberry.type(description="Users of a like risk of churn: what the model said of them, and what became of them.")
class ChurnCalibration:
    """Grain: one tenth of the probability, of later users whom the model had not seen."""

    predicted: float = strawberry.field(description="Their mean probability of not coming back, 0-1.")
    observed: float = strawberry.field(description="The share that did not come back, 0-1.")
    users: Long = strawberry.field(description="How many they are.")


@strawberry.type(description="Views to come.")
class ForecastDay:
    """Grain: one genre on one day."""

    genre: str | None = strawberry.field(description="Null: of films without one.")
    day: Date = strawberry.field(description="UTC.")
    views: float = strawberry.field(description="Expected sessions.")
    low: float = strawberry.field(description="80 % of what may be lies from here ...")
    high: float = strawberry.field(description="... to here.")


@strawberry.type(description="A window of time in which a device buffered more in a country than is usual for it.")
class QualityAlert:
    """Grain: one window, device and country."""

    start: str = strawberry.field(description="ISO 8601, UTC.")
    end: str = strawberry.field(description="ISO 8601, UTC; excluded.")
    device: str | None = strawberry.field(description="Null: of sessions that do not say it.")
    country: str | None = strawberry.field(
        description="ISO 3166 alpha-2; null where it is not known, and where your role does not see it."
    )
    sessions: Long = strawberry.field(description="Sessions that started in the window.")
    buffering_per_view: float = strawberry.field(description="Interruptions by buffering per session.")
    usual: float = strawberry.field(description="The same over all windows before of the device in the country.")


@strawberry.type(description="What a job measured of its model, on what it had held back.")
class ModelReport:
    """Grain: one metric of one job."""

    job: str = strawberry.field(description="`recommendations`, `churn` or `forecast`.")
    metric: str
    model: float | None
    baseline: float | None = strawberry.field(description="The same of the simple rule that the model has to beat.")
    rows: Long = strawberry.field(description="What it was measured on.")

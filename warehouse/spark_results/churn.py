"""Who may not come back: users with the model's probability, its features, and how well it is calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.columns import Kind, stored_columns
from warehouse.query.masked_source import USERS, Source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import check_limit, released_to, user_keys_sql

JOB = "churn"
CHURN = Source(
    "churn",
    "user_churn",
    # `features` is a Map, which is taken apart only here.
    stored_columns(user_key=Kind.KEY, probability=Kind.NUMBER, score=Kind.NUMBER, features=Kind.JSON),
)
WEIGHTS = Source("churn's features", "churn_features", stored_columns(feature=Kind.TEXT, importance=Kind.NUMBER))
TENTHS = Source(
    "churn's calibration",
    "churn_calibration",
    stored_columns(bin=Kind.NUMBER, predicted=Kind.NUMBER, observed=Kind.NUMBER, users=Kind.NUMBER),
)


@dataclass(frozen=True)
class Feature:
    """One feature of a user; `importance` is its share in the model's decisions over all users."""

    name: str
    value: float
    importance: float | None


@dataclass(frozen=True)
class Risk:
    """One user who was active, and the probability that they do not come back within 30 days."""

    user_key: int
    probability: float
    features: Sequence[Feature]


@dataclass(frozen=True)
class Tenth:
    """Held-out users whose probability lies in one tenth: its mean, and the share of them that did not come back."""

    predicted: float
    observed: float
    users: int


def calibration(engine: Engine, access: Access) -> Sequence[Tenth]:
    """The tenths that have users, lowest first. Empty when the job has not run.

    Raises: Forbidden under a scope.
    """
    parameters = Parameters()
    source = read(TENTHS, TENTHS.columns, released_to(access, JOB), parameters)
    found = engine.query(f"SELECT predicted, observed, users FROM {source} ORDER BY bin", parameters.values)
    return [Tenth(*row) for row in found.rows]


def churn_risk(engine: Engine, limit: int, access: Access, user_id: str | None = None) -> Sequence[Risk]:
    """The users that the asker sees, or the one with an id, highest probability first, then by the model's score, then
    by id; their features by importance, then by name.

    Empty when the job has not run. Raises: BadInput for a limit out of bounds; Forbidden under a scope.
    """
    check_limit(limit, access)
    parameters, seen = Parameters(), released_to(access, JOB)
    users = read(USERS, ("user_key", "id"), access, parameters)
    who = "" if user_id is None else f"WHERE user_key IN {user_keys_sql(access, parameters, user_id)} "
    found = engine.query(
        "SELECT user_key, probability, mapKeys(features), mapValues(features) "
        f"FROM {read(CHURN, CHURN.columns, seen, parameters)} AS risks INNER JOIN {users} AS known USING (user_key) "
        f"{who}ORDER BY probability DESC, score DESC, id LIMIT {parameters.add(limit, 'UInt32')}",
        parameters.values,
    )
    weights = _weights(engine, seen)
    return [Risk(key, probability, _features(names, values, weights)) for key, probability, names, values in found.rows]


def _weights(engine: Engine, seen: Access) -> dict[str, float]:
    parameters = Parameters()
    source = read(WEIGHTS, WEIGHTS.columns, seen, parameters)
    found = engine.query(f"SELECT feature, importance FROM {source}", parameters.values)
    return dict(map(tuple, found.rows))


def _features(names: Sequence[str], values: Sequence[float], weights: dict[str, float]) -> list[Feature]:
    features = [Feature(name, value, weights.get(name)) for name, value in zip(names, values, strict=True)]
    return sorted(features, key=lambda one: (-(one.importance or 0), one.name))

"""Stand-ins of what Spark's jobs would compute of any world: cruder figures of the same reach, by plain SQL.

Each depends on all rows on which the job's own does, so that an answer which tells too much differs between twins.
"""

from warehouse import Warehouse

_COUNTRY = "ifNull(nullIf(dictGet('users_dictionary', 'country', user_key), ''), 'Unknown')"
_OF_MOVIE = "dictGet('movies_dictionary', '{}', movie_key)"
_TITLE, _ID, _GENRE = (_OF_MOVIE.format(name) for name in ("title", "id", "genre"))
_VIEWED = f"(SELECT *, {_COUNTRY} AS country FROM viewing_sessions)"
_AUDIENCES = (
    f"(SELECT country, movie_key, count() AS views, uniqExact(user_key) AS viewers FROM {_VIEWED} "
    "GROUP BY country, movie_key)"
)
# How much everybody watched: what a model of everybody depends on.
_EVERYBODY = "(SELECT count() FROM viewing_sessions)"

STAND_INS = {
    "user_patterns": (
        "SELECT user_key, count(), uniqExact(toDate(start_time)), sum(watch_minutes_e4), intDiv(count(), 3), "
        "least(count(), 5), countIf(toHour(start_time) < 6), countIf(toHour(start_time) BETWEEN 6 AND 11), "
        "countIf(toHour(start_time) BETWEEN 12 AND 17), countIf(toHour(start_time) > 17), uniqExact(device_type), 1 "
        "FROM viewing_sessions GROUP BY user_key"
    ),
    "country_reach": (
        "SELECT country, movie_key, views, viewers, active, "
        f"row_number() OVER (PARTITION BY country ORDER BY viewers DESC, {_TITLE}, {_ID}) FROM {_AUDIENCES} AS films "
        f"INNER JOIN (SELECT country, uniqExact(user_key) AS active FROM {_VIEWED} GROUP BY country) AS people "
        "USING (country)"
    ),
    "country_distances": (
        "SELECT a.country, b.country, abs(a.views - b.views) / (a.views + b.views) FROM "
        f"(SELECT country, count() AS views FROM {_VIEWED} GROUP BY country) AS a CROSS JOIN "
        f"(SELECT country, count() AS views FROM {_VIEWED} GROUP BY country) AS b WHERE a.country != b.country"
    ),
    "travelling_movies": (
        "SELECT movie_key, argMax(country, (viewers, country)), count(), sum(views), 1 - max(views) / sum(views), "
        f"1 / count(), row_number() OVER (ORDER BY sum(views) DESC, {_ID}) FROM {_AUDIENCES} GROUP BY movie_key"
    ),
    "user_recommendations": (
        f"SELECT user_key, row_number() OVER (PARTITION BY user_key ORDER BY count() DESC, {_ID}) AS rank, movie_key, "
        f"count() / {_EVERYBODY} FROM viewing_sessions GROUP BY user_key, movie_key"
    ),
    "popular_movies": (
        f"SELECT country, row_number() OVER (PARTITION BY country ORDER BY viewers DESC, {_ID}) AS rank, movie_key, "
        f"viewers / {_EVERYBODY} FROM {_AUDIENCES}"
    ),
    "similar_movies": (
        f"SELECT movie_key, row_number() OVER (PARTITION BY movie_key ORDER BY {_ID.replace('movie_key', 'other')}), "
        f"other, 1 / {_EVERYBODY} FROM (SELECT movie_key, arrayJoin((SELECT groupUniqArray(movie_key) FROM movies)) "
        "AS other FROM movies) WHERE other != movie_key"
    ),
    "recommendation_report": f"SELECT 'ndcg_at_10', 1 / {_EVERYBODY}, 0.25, {_EVERYBODY}",
    "user_churn": (
        f"SELECT user_key, 1 / count() AS share, map('share', count() / {_EVERYBODY}), share FROM viewing_sessions "
        "GROUP BY user_key"
    ),
    "churn_features": f"SELECT 'share', 1 / {_EVERYBODY}",
    "churn_calibration": f"SELECT 0, 1 / {_EVERYBODY}, 0.5, {_EVERYBODY}",
    "churn_report": f"SELECT 'auc', 1 / {_EVERYBODY}, 0.5, {_EVERYBODY}",
    "view_forecast": (
        f"SELECT {_GENRE} AS genre, toDate('2026-04-01') + arrayJoin([0, 1]) AS day, count(), 0, {_EVERYBODY}, true "
        "FROM viewing_sessions GROUP BY genre, day"
    ),
    "forecast_report": f"SELECT 'mae', 1 / {_EVERYBODY}, 2, {_EVERYBODY}",
    "quality_windows": (
        "SELECT toStartOfDay(start_time) AS start, start + INTERVAL 1 DAY, "
        "ifNull(nullIf(device_type, ''), 'Unknown') AS device, country, count(), countIf(buffering_count > 0), "
        "sum(ifNull(buffering_count, 0)) AS events, "
        f"events / count() AS per_view, 1 / count(), per_view > 2 FROM {_VIEWED} GROUP BY start, device, country"
    ),
}


def reckon(warehouse: Warehouse) -> None:
    """Fill the tables of results from the world that is loaded."""
    for table, sql in STAND_INS.items():
        warehouse.engine.command(f"INSERT INTO {table} {sql}")

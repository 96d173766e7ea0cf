"""Buffering per device and country in windows of event time, and which of them are alerts: pure DataFrame transforms.

`checked` and `buffering_windows` work on streams and tables; `stored_windows` on the sessions of a warehouse; and
`with_alerts` on the windows of either.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

UNKNOWN = "Unknown"
GROUP = ("device", "country")
# An alert needs at least twice the usual buffering, in two of three of at least ten sessions, with the usual value from
# at least a hundred sessions. The ratio alone would raise an alert for one session on a bad line.
ALERT_RATIO = 2
ALERT_SESSIONS = 10
ALERT_SHARE = 2 / 3
USUAL_SESSIONS = 100

_ID_NUMBER = "^[0-9]{1,20}$"
_ID_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_GREATEST_ID = "18446744073709551615"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_SECONDS = "^-?[0-9]{1,12}$"
_EARLIEST = "1990-01-01T00:00:00Z"
# The mark for bytes that are not UTF-8, and the character that is not allowed in texts.
_BROKEN = "[\\x00\\ufffd]"


def checked(cells: DataFrame) -> DataFrame:
    """Cells of session files as sessions, by the rules of `marquee ingest load`.

    cells: id, user_id, movie_id, start_time (digits of seconds since 1970, see spark/instants.py),
    watch_duration_minutes, completion_rate, device_type, buffering_count, fault; all texts or NULL.

    Result, one row each: id, user_id (a number's digits or a UUID in small letters), start_time (instant), device
    ('Unknown' where not said), buffering (NULL where not said), fault (NULL, or what is wrong with the row: then the
    others mean nothing).
    """
    text = {name: F.nullif(F.btrim(name, F.lit(" \t\r\n")), F.lit("")) for name in cells.columns}
    minutes, completion, buffering = (
        _number(text[name]) for name in ("watch_duration_minutes", "completion_rate", "buffering_count")
    )
    start = _instant(text["start_time"])
    rules = {
        "id": _is_id(text["id"]),
        "user_id": _is_id(text["user_id"]),
        "movie_id": _is_id(text["movie_id"]),
        "start_time": start.between(F.lit(_EARLIEST).cast("timestamp"), F.current_timestamp()),
        "watch_duration_minutes": minutes.between(0, 1440),
        "completion_rate": text["completion_rate"].isNull() | completion.between(0, 1),
        "device_type": text["device_type"].isNull() | ~text["device_type"].rlike(_BROKEN),
        "buffering_count": text["buffering_count"].isNull()
        | (buffering.between(0, 65_535) & (buffering == F.floor(buffering))),
    }
    faults = [F.when(~F.coalesce(holds, F.lit(False)), f"{name} can't be read") for name, holds in rules.items()]
    return cells.select(
        _id(text["id"]).alias("id"),
        _id(text["user_id"]).alias("user_id"),
        start.alias("start_time"),
        F.coalesce(F.nullif("device_type", F.lit("")), F.lit(UNKNOWN)).alias("device"),
        buffering.alias("buffering"),
        F.coalesce("fault", *faults).alias("fault"),
    )


def buffering_windows(sessions: DataFrame, user_countries: DataFrame, window: str, lateness: str) -> DataFrame:
    """Sessions counted in tumbling windows, aligned to the epoch; each id once, whichever of its rows comes first.

    sessions: id, user_id, start_time, device, buffering. As a stream, a session that starts more than `lateness` before
    the newest that was seen in an earlier batch is left out, and a window comes once it is so far back.
    user_countries: user_id, country; one row a user.
    window, lateness: durations such as '15 minutes'.

    Result, one row per window, device and country, in no order: window_start, window_end, device, country ('Unknown'
    where the user is not known), sessions, known_sessions (that say how often they buffered), buffered_sessions,
    buffering_events.
    """
    once = sessions.withWatermark("start_time", lateness).dropDuplicatesWithinWatermark(["id"])
    placed = once.join(user_countries, "user_id", "left").withColumn("country", F.coalesce("country", F.lit(UNKNOWN)))
    return _counted(placed, window)


def stored_windows(sessions: DataFrame, window: str, lateness: str) -> DataFrame:
    """The sessions of a warehouse, counted in the same windows; each is there once.

    sessions: start_time, device, country, buffering. A window counts if the newest session starts `lateness` after its
    end.

    Result: as `buffering_windows` gives it.
    """
    counted = _counted(sessions, window)
    newest = sessions.agg((F.max("start_time") - F.expr(f"INTERVAL {lateness}")).alias("through"))
    return counted.join(F.broadcast(newest), F.col("window_end") <= F.col("through")).drop("through")


def _counted(placed: DataFrame, window: str) -> DataFrame:
    return (
        placed.groupBy(F.window("start_time", window), *GROUP)
        .agg(
            F.count("*").alias("sessions"),
            F.count("buffering").alias("known_sessions"),
            F.count_if(F.col("buffering") > 0).alias("buffered_sessions"),
            F.coalesce(F.sum("buffering"), F.lit(0)).cast("bigint").alias("buffering_events"),
        )
        .select(
            F.col("window.start").alias("window_start"),
            F.col("window.end").alias("window_end"),
            *GROUP,
            *("sessions", "known_sessions", "buffered_sessions", "buffering_events"),
        )
    )


def with_alerts(windows: DataFrame) -> DataFrame:
    """Windows beside what was usual before them: for the same device in the same country, over all earlier windows.

    windows: as `buffering_windows` gives them.

    Result, one row each: its columns but known_sessions, buffering_per_view (events per session that says it, 0 where
    none does), usual (the same over all windows before, 0 where there is none) and alert: at least twice what is usual,
    where two in three of at least ten such sessions buffered, and what is usual is told by at least a hundred.
    """
    before = Window.partitionBy(*GROUP).orderBy("window_start").rowsBetween(Window.unboundedPreceding, -1)
    usual_sessions = F.coalesce(F.sum("known_sessions").over(before), F.lit(0))
    usual_events = F.coalesce(F.sum("buffering_events").over(before), F.lit(0))
    return (
        windows.withColumn("buffering_per_view", _ratio(F.col("buffering_events"), F.col("known_sessions")))
        .withColumn("usual_sessions", usual_sessions)
        .withColumn("usual", _ratio(usual_events, F.col("usual_sessions")))
        .withColumn(
            "alert",
            (F.col("known_sessions") >= ALERT_SESSIONS)
            & (F.col("usual_sessions") >= USUAL_SESSIONS)
            & (F.col("buffered_sessions") >= ALERT_SHARE * F.col("known_sessions"))
            & (F.col("buffering_per_view") >= ALERT_RATIO * F.col("usual")),
        )
        .drop("known_sessions", "usual_sessions")
    )


def _ratio(events: Column, sessions: Column) -> Column:
    return F.when(sessions > 0, events / sessions).otherwise(0.0)


def _number(text: Column) -> Column:
    return F.when(text.rlike(_NUMBER), text.try_cast("double"))


def _instant(text: Column) -> Column:
    return F.when(text.rlike(_SECONDS), F.timestamp_seconds(text.try_cast("bigint")))


def _is_id(text: Column) -> Column:
    number = _id(text)
    fits = (F.length(number) < len(_GREATEST_ID)) | (number <= _GREATEST_ID)
    return F.when(text.rlike(_ID_NUMBER), fits).otherwise(F.lower(text).rlike(_ID_UUID))


def _id(text: Column) -> Column:
    """The id as the warehouse shows it: digits without leading zeros, or a UUID in lower case."""
    return F.lower(F.regexp_replace(text, "^0+(?=[0-9]+$)", ""))

"""How each user watches: visits, binge runs, parts of the day, devices. Spark SQL over DataFrames, one row a user.

A visit goes on while the next session starts at most 30 minutes after the end of all that was watched in it so far: the
latest of start plus watched minutes. A binge run is three or more sessions in a row inside one visit, each of them
watched to 70 % of the film or more. Parts of the day are those of the user's own clock, by the pinned rules of zones.
"""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark.local_time import rules_of

UNKNOWN = "Unknown"
VISIT_GAP_MINUTES = 30
BINGE_SESSIONS = 3
WATCHED_E6 = 700_000
# The result's column for devices is one byte; what a client sends as its device is free text.
MOST_DEVICES = 255

# Sessions of a user in their order. Rows that are equal in all of this are interchangeable.
_IN_ORDER = "(PARTITION BY user_key ORDER BY start_us, movie_key, device, watch_e4, completion_e6"

_SQL = f"""
WITH timed AS (
    SELECT user_key,
           movie_key,
           start_time,
           unix_micros(start_time) AS start_us,
           unix_micros(start_time) + watch_minutes_e4 * 6000 AS end_us,
           watch_minutes_e4 AS watch_e4,
           completion_e6,
           device,
           coalesce(completion_e6 >= {WATCHED_E6}, false) AS watched
    FROM {{sessions}}
),
opened AS (
    SELECT *,
           row_number() OVER {_IN_ORDER}) AS place,
           coalesce(
               start_us > {VISIT_GAP_MINUTES} * 60000000
                   + max(end_us) OVER {_IN_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
               true
           ) AS opens_visit
    FROM timed
),
numbered AS (
    SELECT *,
           count_if(opens_visit) OVER {_IN_ORDER} ROWS UNBOUNDED PRECEDING) AS visit,
           -- How many sessions in a row were watched, this one included: the places since the last that was not, or
           -- since the visit began.
           place - max(CASE WHEN NOT watched THEN place WHEN opens_visit THEN place - 1 END)
                       OVER {_IN_ORDER} ROWS UNBOUNDED PRECEDING) AS run
    FROM opened
),
switched AS (
    SELECT *,
           last(CASE WHEN device <> '{UNKNOWN}' THEN struct(visit, device) END)
               IGNORE NULLS OVER {_IN_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM numbered
),
local AS (
    SELECT switched.*,
           pmod(
               floor((start_us div 1000000 + coalesce(
                   try_element_at(filter(changes, one -> one.from_s <= start_us div 1000000), -1).offset_s, 0
               )) / 3600),
               24
           ) AS hour
    FROM switched LEFT JOIN {{clocks}} AS clocks USING (user_key)
)
SELECT user_key,
       count(*) AS sessions,
       count_if(opens_visit) AS visits,
       sum(watch_e4) AS watch_minutes_e4,
       count_if(run = {BINGE_SESSIONS}) AS binge_runs,
       max(CASE WHEN run >= {BINGE_SESSIONS} THEN run ELSE 0 END) AS longest_binge,
       count_if(hour < 6) AS night,
       count_if(hour >= 6 AND hour < 12) AS morning,
       count_if(hour >= 12 AND hour < 18) AS afternoon,
       count_if(hour >= 18) AS evening,
       least(count(DISTINCT nullif(device, '{UNKNOWN}')), {MOST_DEVICES}) AS devices,
       count_if(before.visit = visit AND before.device <> device AND device <> '{UNKNOWN}') AS device_switches
FROM local
GROUP BY user_key
"""


def user_patterns(spark: SparkSession, sessions: DataFrame, users: DataFrame) -> DataFrame:
    """Each user's habits, over all of their sessions.

    sessions: user_key, movie_key, start_time (instant), device ('Unknown' where not said), watch_minutes_e4,
    completion_e6 (NULL where not said); one row a session.
    users: user_key, time_zone (IANA); who is not among them lives in UTC.

    Result, one row per user with a session, in no order: user_key, sessions, visits, watch_minutes_e4, binge_runs,
    longest_binge (in sessions; 0 without a run), night (sessions that start from 0:00 to before 6:00), morning (to
    12:00), afternoon (to 18:00), evening, devices (distinct ones that are known), device_switches (sessions on another
    known device than the one known before in the same visit). All but `longest_binge` and `devices` are counts that may
    be added up over users.
    """
    return spark.sql(_SQL, sessions=sessions, clocks=_clocks(spark, sessions, users))


def _clocks(spark: SparkSession, sessions: DataFrame, users: DataFrame) -> DataFrame:
    """The changes of each user's clock while there are sessions: user_key, changes (from_s, offset_s), in order."""
    zones = [row.time_zone for row in users.select("time_zone").distinct().collect() if row.time_zone]
    span = sessions.agg(F.unix_seconds(F.min("start_time")), F.unix_seconds(F.max("start_time"))).first()
    oldest, newest = (span[0] or 0, span[1] or 0) if span else (0, 0)
    rows = []
    for zone, changes in rules_of(zones).items():
        begun = [change for change in changes if change[0] <= newest]
        # The one in force at the oldest session, and those since.
        before = sum(at <= oldest for at, _ in begun)
        rows.append((zone, begun[max(0, before - 1) :]))
    clocks = spark.createDataFrame(rows, "time_zone string, changes array<struct<from_s bigint, offset_s int>>")
    return users.select("user_key", "time_zone").join(F.broadcast(clocks), "time_zone").select("user_key", "changes")

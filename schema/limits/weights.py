"""What each root field costs: one readable table. A cost of 1 is meant as about a millisecond of the engine at ten
million sessions; they are judgement, after the design's figures, and what matters is how fields stand to each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Weight:
    """`base` is for a statement of the field; `rows` are expected where no argument says how many. What reads sessions
    themselves costs its base again for every quarter of the range.
    """

    base: int
    rows: int = 1
    reads_sessions: bool = False


WEIGHTS: Mapping[str, Weight] = MappingProxyType(
    {
        "viewer": Weight(0),
        # Panels: one statement over rollups.
        "dashboard": Weight(20),
        "dailyTrends": Weight(10, rows=90),
        "hourlyTrends": Weight(10, rows=24),
        "genres": Weight(10, rows=30),
        "devices": Weight(10, rows=10),
        "countries": Weight(10, rows=50),
        "topMovies": Weight(20, rows=10),
        # Each selected `rows`, `totals` and `plan` is a statement.
        "viewing": Weight(20, rows=1_000),
        "rating": Weight(10, rows=1_000),
        # Insights read sessions, for no rollup can answer them; retention all before the range, too.
        "retention": Weight(200, reads_sessions=True),
        "completionFunnel": Weight(50, reads_sessions=True),
        "concurrency": Weight(100, reads_sessions=True),
        "stickiness": Weight(100, reads_sessions=True),
        "quality": Weight(50, reads_sessions=True),
        # Pages, and single nodes.
        "users": Weight(20, rows=20),
        "movies": Weight(20, rows=20),
        "ratings": Weight(20, rows=20),
        "user": Weight(10),
        "movie": Weight(10),
        "rankings": Weight(10, rows=10),
        # What jobs computed: small tables, but for people's, which are added up or searched.
        "viewingPatterns": Weight(20, rows=50),
        "geography": Weight(10, rows=500),
        "recommendations": Weight(10, rows=20),
        "similarMovies": Weight(10, rows=20),
        "churnRisk": Weight(20, rows=20),
        "churnCalibration": Weight(10, rows=10),
        "forecast": Weight(10, rows=400),
        "qualityAlerts": Weight(10, rows=20),
        "modelReports": Weight(10, rows=20),
        # What checks found is kept: two statements, over few rows.
        "dataQuality": Weight(10, rows=10),
        # Runs are few; one that is followed is read again and again, most often from memory.
        "pipelineRuns": Weight(10, rows=10),
        "pipelineRun": Weight(10),
        # The schema itself: no statement, but a large answer.
        "__schema": Weight(50),
        "__type": Weight(10),
        "__typename": Weight(0),
    }
)
# What has no line above: a statement.
OTHER = Weight(10, rows=20)

# Selected below a root field, these are statements of their own.
STATEMENTS = frozenset({"rows", "totals", "plan", "edges", "totalCount", "countries", "distances", "travellers"})
# Another range beside the first; the past, where rollups do not reach.
COMPARED, PAST = 2, 5
# Whole answers are encoded and sent: so many cells cost 1.
CELLS = 500
# The rows that a field may be asked for, beyond which its resolver refuses.
MOST_ROWS = 10_000
QUARTER_DAYS = 90
# Data rarely reaches further back.
MOST_QUARTERS = 40

"""The jobs of the pipeline: what each reads, the parts of its result, and the content each part is made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType

from spark.local_time import rules_of
from warehouse.model.country_zones import OTHERWISE, zone_of_country
from warehouse.staging.snapshot import Piece, Reads


@dataclass(frozen=True)
class JobRequest:
    """A request for a run: the months `first` to `last`, both included, None for no limit; `through`, the newest
    session's start; job-specific `options`; and for a stream the folder of its `files`.
    """

    through: datetime
    first: date | None = None
    last: date | None = None
    options: Sequence[str] = ()
    files: str = ""

    def has(self, month: str) -> bool:
        """Whether a month (`YYYYMM`) is requested."""
        after = self.first is None or month >= f"{self.first:%Y%m}"
        return after and (self.last is None or month <= f"{self.last:%Y%m}")


# Every possible part → the content it is made from.
Contents = Callable[[Sequence[Piece], JobRequest], Mapping[str, str]]


def _whole(pieces: Sequence[Piece], request: JobRequest) -> Mapping[str, str]:
    """The one part of a result made from all data; '' if it needs sessions and there are none."""
    sessions = [piece.rows for piece in pieces if piece.table == "viewing_sessions"]
    if sessions and not any(sessions):
        return {"": ""}
    return {"": _told(_contents_of(pieces), *request.options)}


def _patterns(pieces: Sequence[Piece], request: JobRequest) -> Mapping[str, str]:
    """Everything, and the rules of the zones in which people's clocks are."""
    contents = _whole(pieces, request)
    rules = repr(sorted(rules_of({OTHERWISE, *zone_of_country().values()}).items()))
    return {part: _told([content], rules) if content else "" for part, content in contents.items()}


def _contents_of(pieces: Sequence[Piece]) -> list[str]:
    return [piece.content for piece in pieces if piece.content]


@dataclass(frozen=True)
class Job:
    """A module of `spark/jobs`, the snapshot tables it reads, and the parts of its result.

    `reads` names with each table the columns whose change changes the result, and no others: a part is computed again
    when those of its rows changed. Genre and title stand in the rows of sessions, so a film that nobody watched, or a
    corrected duration, changes nothing.

    Raise `version` when the job computes something different: it causes a full recomputation. `by_month` jobs report
    each finished part, which is swapped in at once. A job that `streams` runs even if no table has changed.
    """

    module: str
    reads: Reads
    version: int = 1
    contents: Contents = _whole
    by_month: bool = False
    streams: bool = False

    def fingerprints(self, pieces: Sequence[Piece], request: JobRequest) -> Mapping[str, str]:
        """Part → fingerprint of its input and the job's version."""
        contents = self.contents(pieces, request)
        return {part: _told([str(self.version), content]) if content else "" for part, content in contents.items()}


def _charts(pieces: Sequence[Piece], request: JobRequest) -> Mapping[str, str]:
    """The content of each month's charts: its sessions with their films' genres and titles, those of the next month,
    into which its weeks reach, and the end of the data; '' if there are no sessions.
    """
    months = {piece.part: piece.content for piece in pieces if piece.table == "viewing_sessions" and piece.rows}
    parts = sorted({*months, *(f"{_first(month) - timedelta(days=1):%Y%m}" for month in months)})
    contents = {}
    for part in filter(request.has, parts):
        later = f"{_first(part) + timedelta(days=31):%Y%m}"
        near = [months[month] for month in (part, later) if month in months]
        # No chart of the month ends later than this, so later data doesn't change them.
        end = _first(part) + timedelta(days=39)
        contents[part] = _told(near, min(request.through, end).isoformat())
    return contents


def _first(month: str) -> datetime:
    return datetime.strptime(month, "%Y%m").replace(tzinfo=UTC)


def _told(files: Sequence[str], *more: str) -> str:
    return sha256("\n".join([*files, *more]).encode()).hexdigest()[:32]


_LOOKED_UP: tuple[str, ...] = ()

JOBS: Mapping[str, Job] = MappingProxyType(
    {
        "rankings": Job(
            "spark.jobs.rankings",
            {
                "viewing_sessions": ("movie_key", "start_time", "device", "country", "genre", "title"),
                "movies": _LOOKED_UP,
            },
            contents=_charts,
            by_month=True,
        ),
        "patterns": Job(
            "spark.jobs.patterns",
            {
                "viewing_sessions": (
                    *("user_key", "movie_key", "start_time", "device", "watch_minutes_e4", "completion_e6"),
                    "time_zone",
                ),
                "users": _LOOKED_UP,
            },
            contents=_patterns,
        ),
        "geography": Job(
            "spark.jobs.geography",
            {"viewing_sessions": ("user_key", "movie_key", "country", "genre", "title"), "movies": _LOOKED_UP},
        ),
        "recommendations": Job(
            "spark.jobs.recommendations",
            {
                "viewing_sessions": ("user_key", "movie_key", "start_time", "completion_e6", "country"),
                "ratings": ("user_key", "movie_key", "rating_e2", "start_time"),
            },
            version=2,
        ),
        "churn": Job(
            "spark.jobs.churn",
            {
                "viewing_sessions": (
                    *("user_key", "movie_key", "start_time", "device", "watch_minutes_e4", "completion_e6"),
                    "buffering_count",
                )
            },
            version=2,
        ),
        "forecast": Job("spark.jobs.forecast", {"viewing_sessions": ("start_time", "genre"), "movies": _LOOKED_UP}),
        "quality": Job(
            "spark.jobs.quality", {"viewing_sessions": ("start_time", "device", "country", "buffering_count")}
        ),
    }
)
# Jobs that take a folder in which session files arrive; their results are those of the jobs of the same names.
STREAMS: Mapping[str, Job] = MappingProxyType(
    {"quality": Job("spark.jobs.quality", {"user_countries": ("id", "country")}, streams=True)}
)

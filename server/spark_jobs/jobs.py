"""The jobs that the pipeline runs: what each reads, which parts its result has, and from which content each is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType

from warehouse.staging.snapshot import Piece


@dataclass(frozen=True)
class JobRequest:
    """What a run is asked for: the months from `first` to `last`, both included, None without an end; the newest
    session's start `through`; and `options` of the job's own.
    """

    through: datetime
    first: date | None = None
    last: date | None = None
    options: Sequence[str] = ()

    def has(self, month: str) -> bool:
        """Whether a month (`YYYYMM`) is among those asked for."""
        after = self.first is None or month >= f"{self.first:%Y%m}"
        return after and (self.last is None or month <= f"{self.last:%Y%m}")


# Part → the content that it is made from; of the parts that there can be.
Contents = Callable[[Sequence[Piece], JobRequest], Mapping[str, str]]


def _whole(pieces: Sequence[Piece], request: JobRequest) -> Mapping[str, str]:
    """A result that is made from everything has one part; '' where it is made of sessions, and there are none."""
    sessions = [piece.rows for piece in pieces if piece.table == "viewing_sessions"]
    if sessions and not any(sessions):
        return {"": ""}
    return {"": _told([piece.file for piece in pieces], *request.options)}


@dataclass(frozen=True)
class Job:
    """A module of `spark/jobs`, the tables of the snapshot that it reads, and the parts of its result.

    A new `version` has everything computed again: raise it when the job computes something else. `by_month` jobs tell
    of each part when it is whole, and it is swapped in right away. A job that `streams` has work whatever the tables
    say.
    """

    module: str
    reads: tuple[str, ...]
    version: int = 1
    contents: Contents = _whole
    by_month: bool = False
    streams: bool = False

    def fingerprints(self, pieces: Sequence[Piece], request: JobRequest) -> Mapping[str, str]:
        """Part → fingerprint of what it is made from, and by which version."""
        contents = self.contents(pieces, request)
        return {part: _told([str(self.version), content]) if content else "" for part, content in contents.items()}


def _charts(pieces: Sequence[Piece], request: JobRequest) -> Mapping[str, str]:
    """The charts that begin in a month are made from its sessions and those of the next one, into which its weeks
    reach, and from how far the data reach; '' where there are no sessions.
    """
    months = {piece.part: piece.file for piece in pieces if piece.table == "viewing_sessions" and piece.rows}
    films = [piece.file for piece in pieces if piece.table == "movies"]
    parts = sorted({*months, *(f"{_first(month) - timedelta(days=1):%Y%m}" for month in months)})
    contents = {}
    for part in filter(request.has, parts):
        later = f"{_first(part) + timedelta(days=31):%Y%m}"
        near = [months[month] for month in (part, later) if month in months]
        # Later than this no chart of the month can end: from then on more data makes none of them complete.
        end = _first(part) + timedelta(days=39)
        contents[part] = _told([*near, *films], min(request.through, end).isoformat())
    return contents


def _first(month: str) -> datetime:
    return datetime.strptime(month, "%Y%m").replace(tzinfo=UTC)


def _told(files: Sequence[str], *more: str) -> str:
    return sha256("\n".join([*files, *more]).encode()).hexdigest()[:32]


JOBS: Mapping[str, Job] = MappingProxyType(
    {
        "rankings": Job("spark.jobs.rankings", ("viewing_sessions", "movies"), contents=_charts, by_month=True),
        "patterns": Job("spark.jobs.patterns", ("viewing_sessions", "users")),
        "geography": Job("spark.jobs.geography", ("viewing_sessions", "movies")),
        "recommendations": Job("spark.jobs.recommendations", ("viewing_sessions", "ratings")),
        "churn": Job("spark.jobs.churn", ("viewing_sessions",)),
        "forecast": Job("spark.jobs.forecast", ("viewing_sessions", "movies")),
        "quality": Job("spark.jobs.quality", ("user_countries",), streams=True),
    }
)

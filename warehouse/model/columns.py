"""Columns that a question can read, per fact and table: SQL over what is stored, and which mask covers it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from warehouse.access import Strategy
from warehouse.query.masks import age_band_sql


class Kind(StrEnum):
    """How values of a column are compared and shown."""

    TEXT = "TEXT"
    TEXTS = "TEXTS"
    NUMBER = "NUMBER"
    SMALL_NUMBER = "SMALL_NUMBER"
    ID = "ID"
    KEY = "KEY"
    INSTANT = "INSTANT"
    DATE = "DATE"
    JSON = "JSON"
    MEASURE = "MEASURE"


@dataclass(frozen=True)
class Column:
    """One readable column.

    `sql` reads only the stored columns in `needs`. `covered_by` names the policy's column (`users.age`) whose mask
    applies; strategies in `survives` leave this column as it is, because it shows no more than the mask does. A text
    that `may_lack` is shown as NULL where it is empty or UNKNOWN: nothing is known.
    """

    slug: str
    sql: str
    needs: tuple[str, ...]
    kind: Kind = Kind.TEXT
    covered_by: str | None = None
    survives: frozenset[Strategy] = frozenset()
    may_lack: bool = False

    @property
    def first_session(self) -> bool:
        """Whether the column is of the user's first session, which a source joins in."""
        return self.sql.startswith(FIRST_SESSIONS)


# The word for a missing text where NULL can't stand: in rollups and Spark's files, and in filters and scopes. A client
# that sends it says as much as one that sends nothing.
UNKNOWN = "Unknown"

# The half-hour of the UTC day, 0-47: hours of the day of most zones are made of them.
HALF_HOUR, HALF_HOUR_S = "half_hour", 1_800

# The alias under which a source joins each user's first session.
FIRST_SESSIONS = "first_sessions"
_LOOKUP = re.compile(r"dictGet\('(\w+)_dictionary', '(\w+)', \w+\)")


def lookup_sql(table: str, attribute: str, key: str) -> str:
    """SQL of a film's or user's present attribute, by dense key."""
    return f"dictGet('{table}_dictionary', '{attribute}', {key})"


def lookups_then(sql: str) -> tuple[str, Mapping[str, Sequence[str]]]:
    """The same SQL with look-ups of present attributes replaced by columns of `movies_then` and `users_then`, and which
    columns of which of the two it needs: how a source reads attributes as of an earlier load."""
    needed: dict[str, list[str]] = {}
    for match in _LOOKUP.finditer(sql):
        columns = needed.setdefault(match[1], [])
        if match[2] not in columns:
            columns.append(match[2])
    return _LOOKUP.sub(r"\1_then.\2", sql), needed


def _stored(slug: str, kind: Kind = Kind.TEXT, covered_by: str | None = None) -> Column:
    return Column(slug, slug, (slug,), kind, covered_by)


def known_sql(text: str) -> str:
    """SQL of a text, NULL where it says nothing."""
    return f"nullIf(nullIf({text}, ''), '{UNKNOWN}')"


def named_sql(text: str) -> str:
    """SQL of a text that may be NULL, UNKNOWN where it is: what filters compare."""
    return f"ifNull({text}, '{UNKNOWN}')"


def lacking(slug: str, sql: str, needs: str, covered_by: str | None = None) -> Column:
    """A column of a text that may say nothing."""
    return Column(slug, sql, (needs,), covered_by=covered_by, may_lack=True)


def _named(column: str) -> str:
    return f"if({column} = '', '{UNKNOWN}', {column})"


def _of_movie(slug: str, kind: Kind = Kind.TEXT, sql: str = "{}", may_lack: bool = False) -> Column:
    stored = "release_date" if slug == "release_year" else slug
    sql = sql.format(lookup_sql("movies", stored, "movie_key"))
    return Column(slug, sql, ("movie_key",), kind, may_lack=may_lack)


def _user_gets(stored: str) -> str:
    return lookup_sql("users", stored, "user_key")


def _by_slug(*columns: Column) -> Mapping[str, Column]:
    return MappingProxyType({column.slug: column for column in columns})


def stored_columns(**kinds: Kind) -> Mapping[str, Column]:
    """Columns that are shown as they are stored, by name."""
    return _by_slug(*(_stored(slug, kind) for slug, kind in kinds.items()))


_RELEASE_YEAR = "toYear({})"

MOVIE_ATTRIBUTES = (
    _of_movie("title"),
    _of_movie("genre", may_lack=True),
    _of_movie("genres", Kind.TEXTS),
    _of_movie("director", may_lack=True),
    _of_movie("release_year", Kind.NUMBER, _RELEASE_YEAR),
    _of_movie("release_date", Kind.DATE),
)

USER_ATTRIBUTES = (
    lacking("country", _named(_user_gets("country")), "user_key", "users.country"),
    lacking("subscription", _named(_user_gets("subscription")), "user_key", "users.subscription"),
    lacking("gender", _named(_user_gets("gender")), "user_key", "users.gender"),
    Column(
        "age_band",
        age_band_sql(_user_gets("age")),
        ("user_key",),
        covered_by="users.age",
        survives=frozenset({Strategy.BAND}),
        may_lack=True,
    ),
)

VIEWING_COLUMNS = _by_slug(
    _stored("start_time", Kind.INSTANT),
    Column(
        HALF_HOUR, f"toUInt8(intDiv(toUInt32(start_time) % 86400, {HALF_HOUR_S}))", ("start_time",), Kind.SMALL_NUMBER
    ),
    _stored("movie_key", Kind.KEY),
    _stored("user_key", Kind.KEY),
    _stored("load_id", Kind.KEY),
    lacking("device", _named("device_type"), "device_type"),
    lacking("quality", _named("quality"), "quality"),
    _stored("watch_minutes_e4", Kind.NUMBER),
    _stored("completion_e6", Kind.NUMBER),
    _stored("buffering_count", Kind.NUMBER),
    _stored("attributes", Kind.JSON),
    Column("first_start", f"{FIRST_SESSIONS}.first_start", ("user_key",), Kind.INSTANT),
    *MOVIE_ATTRIBUTES,
    *USER_ATTRIBUTES,
)

RATING_COLUMNS = _by_slug(
    Column("start_time", "rating_date", ("rating_date",), Kind.INSTANT),
    _stored("movie_key", Kind.KEY),
    _stored("user_key", Kind.KEY),
    _stored("load_id", Kind.KEY),
    _stored("rating_e2", Kind.NUMBER),
    *MOVIE_ATTRIBUTES,
    *USER_ATTRIBUTES,
)

USER_COLUMNS = _by_slug(
    _stored("user_key", Kind.KEY),
    _stored("id", Kind.ID),
    _stored("username", covered_by="users.username"),
    _stored("email", covered_by="users.email"),
    lacking("country", _named("country"), "country", "users.country"),
    lacking("subscription", _named("subscription"), "subscription", "users.subscription"),
    _stored("age", Kind.NUMBER, covered_by="users.age"),
    Column(
        "age_band",
        age_band_sql("age"),
        ("age",),
        covered_by="users.age",
        survives=frozenset({Strategy.BAND}),
        may_lack=True,
    ),
    lacking("gender", _named("gender"), "gender", "users.gender"),
)

MOVIE_COLUMNS = _by_slug(
    _stored("movie_key", Kind.KEY),
    _stored("id", Kind.ID),
    _stored("title"),
    lacking("genre", "genre", "genre"),
    _stored("genres", Kind.TEXTS),
    _stored("duration_minutes", Kind.NUMBER),
    _stored("release_date", Kind.DATE),
    Column("release_year", _RELEASE_YEAR.format("release_date"), ("release_date",), Kind.NUMBER),
    lacking("director", "director", "director"),
)

REVIEW_COLUMNS = _by_slug(
    _stored("id", Kind.ID),
    _stored("movie_key", Kind.KEY),
    _stored("user_key", Kind.KEY),
    _stored("rating_e2", Kind.NUMBER),
    _stored("review_text", covered_by="ratings.review_text"),
    _stored("rating_date", Kind.INSTANT),
    *USER_ATTRIBUTES,
    *(column for column in MOVIE_ATTRIBUTES if column.slug == "genre"),
)

"""Readable columns per fact and table: SQL over stored columns, and the mask that applies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from warehouse.access import Strategy
from warehouse.model.time_steps import HALF_HOUR_S
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
class Lookup:
    """An attribute of a film or user, looked up by a row's dense key: its present value, or as of a load."""

    table: str
    attribute: str
    key: str

    @property
    def sql(self) -> str:
        """SQL of the present value."""
        return lookup_sql(self.table, self.attribute, self.key)

    @property
    def as_of_sql(self) -> str:
        """SQL of the value as of a load: a column of the joined versions."""
        return f"{self.versions}.{self.attribute}"

    @property
    def versions(self) -> str:
        """The alias of the joined versions."""
        return f"{self.table}_then"


def _same(value: str) -> str:
    return value


@dataclass(frozen=True)
class Column:
    """One readable column.

    `sql` reads only the stored columns in `needs`. With a `lookup`, `sql` is `shaped` applied to the value.
    `first_session` marks columns of the user's first session, which a source joins as FIRST_SESSIONS. `covered_by` is
    the policy's column (`users.age`) whose mask applies; strategies in `survives` leave this column unmasked, because
    it reveals no more than the mask. With `may_lack`, an empty or UNKNOWN text is shown as NULL.
    """

    slug: str
    sql: str
    needs: tuple[str, ...]
    kind: Kind = Kind.TEXT
    covered_by: str | None = None
    survives: frozenset[Strategy] = frozenset()
    may_lack: bool = False
    first_session: bool = False
    lookup: Lookup | None = None
    shaped: Callable[[str], str] = _same

    def as_of_load(self) -> "Column":
        """The same column, with its look-up as of a load."""
        return self if self.lookup is None else replace(self, sql=self.shaped(self.lookup.as_of_sql))


# Stands for a missing text where there is no NULL: in rollups, Spark's files, filters and scopes. A source that sends
# this word is treated as sending nothing.
UNKNOWN = "Unknown"

# The half-hour of the UTC day, 0-47. In most time zones, local hours consist of whole half-hours.
HALF_HOUR = "half_hour"

# The alias under which a source joins each user's first session.
FIRST_SESSIONS = "first_sessions"


def lookup_sql(table: str, attribute: str, key: str) -> str:
    """SQL of a film's or user's present attribute, by dense key."""
    return f"dictGet('{table}_dictionary', '{attribute}', {key})"


def _stored(slug: str, kind: Kind = Kind.TEXT, covered_by: str | None = None) -> Column:
    return Column(slug, slug, (slug,), kind, covered_by)


def known_sql(text: str) -> str:
    """SQL of a text; NULL if empty or UNKNOWN."""
    return f"nullIf(nullIf({text}, ''), '{UNKNOWN}')"


def named_sql(text: str) -> str:
    """SQL of a nullable text with UNKNOWN for NULL, for comparison in filters."""
    return f"ifNull({text}, '{UNKNOWN}')"


def lacking(slug: str, sql: str, needs: str, covered_by: str | None = None) -> Column:
    """A text column whose value may be missing."""
    return Column(slug, sql, (needs,), covered_by=covered_by, may_lack=True)


def _named(column: str) -> str:
    return f"if({column} = '', '{UNKNOWN}', {column})"


def _of_movie(
    slug: str,
    kind: Kind = Kind.TEXT,
    attribute: str = "",
    shaped: Callable[[str], str] = _same,
    may_lack: bool = False,
) -> Column:
    lookup = Lookup("movies", attribute or slug, "movie_key")
    return Column(slug, shaped(lookup.sql), (lookup.key,), kind, may_lack=may_lack, lookup=lookup, shaped=shaped)


def _of_user(
    slug: str,
    attribute: str = "",
    shaped: Callable[[str], str] = _named,
    survives: frozenset[Strategy] = frozenset(),
) -> Column:
    lookup = Lookup("users", attribute or slug, "user_key")
    return Column(
        slug,
        shaped(lookup.sql),
        (lookup.key,),
        covered_by=f"users.{lookup.attribute}",
        survives=survives,
        may_lack=True,
        lookup=lookup,
        shaped=shaped,
    )


def _by_slug(*columns: Column) -> Mapping[str, Column]:
    return MappingProxyType({column.slug: column for column in columns})


def stored_columns(**kinds: Kind) -> Mapping[str, Column]:
    """Columns shown as stored, by name."""
    return _by_slug(*(_stored(slug, kind) for slug, kind in kinds.items()))


def _year_sql(day: str) -> str:
    return f"toYear({day})"


MOVIE_ATTRIBUTES = (
    _of_movie("title"),
    _of_movie("genre", may_lack=True),
    _of_movie("genres", Kind.TEXTS),
    _of_movie("director", may_lack=True),
    _of_movie("release_year", Kind.NUMBER, "release_date", _year_sql),
    _of_movie("release_date", Kind.DATE),
)

USER_ATTRIBUTES = (
    _of_user("country"),
    _of_user("subscription"),
    _of_user("gender"),
    _of_user("age_band", "age", age_band_sql, frozenset({Strategy.BAND})),
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
    Column("first_start", f"{FIRST_SESSIONS}.first_start", ("user_key",), Kind.INSTANT, first_session=True),
    *MOVIE_ATTRIBUTES,
    *USER_ATTRIBUTES,
)

# Of single sessions: what `sessions` of a user show. Attributes have paths that a role may not read.
SESSION_COLUMNS = _by_slug(
    _stored("id", Kind.ID),
    *(column for slug, column in VIEWING_COLUMNS.items() if slug not in ("attributes", "first_start", HALF_HOUR)),
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
    Column("release_year", _year_sql("release_date"), ("release_date",), Kind.NUMBER),
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

EXPERIMENT_COLUMNS = _by_slug(
    _stored("experiment_key", Kind.KEY),
    _stored("id", Kind.ID),
    _stored("name"),
    _stored("start_time", Kind.INSTANT),
    _stored("end_time", Kind.INSTANT),
    _stored("control"),
    _stored("shares", Kind.TEXTS),
)

ASSIGNMENT_COLUMNS = _by_slug(
    _stored("id", Kind.ID),
    _stored("user_key", Kind.KEY),
    _stored("experiment_key", Kind.KEY),
    _stored("variant"),
    _stored("exposed_at", Kind.INSTANT),
    *USER_ATTRIBUTES,
)

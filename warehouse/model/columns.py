"""Columns that a question can read, per fact and table: SQL over what is stored, and which mask covers it."""

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
    """An attribute of a film or user, found by the dense key that a row has: as it is now, or as of a load."""

    table: str
    attribute: str
    key: str

    @property
    def sql(self) -> str:
        """SQL of the present attribute."""
        return lookup_sql(self.table, self.attribute, self.key)

    @property
    def as_of_sql(self) -> str:
        """SQL of the attribute as of a load: a column of the versions that a source joins in."""
        return f"{self.versions}.{self.attribute}"

    @property
    def versions(self) -> str:
        """The alias under which a source joins the versions."""
        return f"{self.table}_then"


def _same(value: str) -> str:
    return value


@dataclass(frozen=True)
class Column:
    """One readable column.

    `sql` reads only the stored columns in `needs`. Where the column comes from a `lookup`, `sql` is what `shaped` makes
    of the looked-up value. `first_session` says that it is of the user's first session, which a source joins in as
    FIRST_SESSIONS. `covered_by` names the policy's column (`users.age`) whose mask applies; strategies in `survives`
    leave this column as it is, because it shows no more than the mask does. A text that `may_lack` is shown as NULL
    where it is empty or UNKNOWN: nothing is known.
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
        """The column that reads its look-up from the versions as of a load."""
        return self if self.lookup is None else replace(self, sql=self.shaped(self.lookup.as_of_sql))


# The word for a missing text where there is no NULL: in rollups and Spark's files, and in filters and scopes. A source
# that sends it is treated like one that sends nothing.
UNKNOWN = "Unknown"

# The half-hour of the UTC day, 0-47: hours of the day of most zones are made of them.
HALF_HOUR = "half_hour"

# The alias under which a source joins each user's first session.
FIRST_SESSIONS = "first_sessions"


def lookup_sql(table: str, attribute: str, key: str) -> str:
    """SQL of a film's or user's present attribute, by dense key."""
    return f"dictGet('{table}_dictionary', '{attribute}', {key})"


def _stored(slug: str, kind: Kind = Kind.TEXT, covered_by: str | None = None) -> Column:
    return Column(slug, slug, (slug,), kind, covered_by)


def known_sql(text: str) -> str:
    """SQL of a text, NULL where it is empty or UNKNOWN."""
    return f"nullIf(nullIf({text}, ''), '{UNKNOWN}')"


def named_sql(text: str) -> str:
    """SQL of a text that may be NULL, with UNKNOWN for NULL, as filters compare it."""
    return f"ifNull({text}, '{UNKNOWN}')"


def lacking(slug: str, sql: str, needs: str, covered_by: str | None = None) -> Column:
    """A column of a text that may be missing."""
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
    """Columns that are shown as they are stored, by name."""
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

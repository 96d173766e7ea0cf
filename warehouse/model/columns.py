"""Columns that a question can read, per fact and table: SQL over what is stored, and which mask covers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from warehouse.access import Strategy
from warehouse.masks import age_band_sql


class Kind(StrEnum):
    """How values of a column are compared and shown."""

    TEXT = "TEXT"
    TEXTS = "TEXTS"
    NUMBER = "NUMBER"
    ID = "ID"
    KEY = "KEY"
    INSTANT = "INSTANT"
    DATE = "DATE"


@dataclass(frozen=True)
class Column:
    """One readable column.

    `sql` reads only the stored columns in `needs`. `covered_by` names the policy's column (`users.age`) whose mask
    applies; strategies in `survives` leave this column as it is, because it shows no more than the mask does.
    """

    slug: str
    sql: str
    needs: tuple[str, ...]
    kind: Kind = Kind.TEXT
    covered_by: str | None = None
    survives: frozenset[Strategy] = frozenset()


def _stored(slug: str, kind: Kind = Kind.TEXT, covered_by: str | None = None) -> Column:
    return Column(slug, slug, (slug,), kind, covered_by)


def _named(column: str) -> str:
    return f"if({column} = '', 'Unknown', {column})"


def _of_movie(slug: str, kind: Kind = Kind.TEXT, sql: str = "{}") -> Column:
    stored = "release_date" if slug == "release_year" else slug
    return Column(slug, sql.format(f"dictGet('movies_dictionary', '{stored}', movie_key)"), ("movie_key",), kind)


def _user_gets(stored: str) -> str:
    return f"dictGet('users_dictionary', '{stored}', user_key)"


def _by_slug(*columns: Column) -> Mapping[str, Column]:
    return MappingProxyType({column.slug: column for column in columns})


_RELEASE_YEAR = "toYear({})"

MOVIE_ATTRIBUTES = (
    _of_movie("title"),
    _of_movie("genre"),
    _of_movie("genres", Kind.TEXTS),
    _of_movie("director"),
    _of_movie("release_year", Kind.NUMBER, _RELEASE_YEAR),
)

USER_ATTRIBUTES = (
    Column("country", _named(_user_gets("country")), ("user_key",), covered_by="users.country"),
    Column("subscription", _named(_user_gets("subscription")), ("user_key",), covered_by="users.subscription"),
    Column("gender", _named(_user_gets("gender")), ("user_key",), covered_by="users.gender"),
    Column(
        "age_band",
        age_band_sql(_user_gets("age")),
        ("user_key",),
        covered_by="users.age",
        survives=frozenset({Strategy.BAND}),
    ),
)

VIEWING_COLUMNS = _by_slug(
    _stored("start_time", Kind.INSTANT),
    _stored("movie_key", Kind.KEY),
    _stored("user_key", Kind.KEY),
    Column("device", _named("device_type"), ("device_type",)),
    Column("quality", _named("quality"), ("quality",)),
    _stored("watch_minutes_e4", Kind.NUMBER),
    _stored("completion_e6", Kind.NUMBER),
    _stored("buffering_count", Kind.NUMBER),
    *MOVIE_ATTRIBUTES,
    *USER_ATTRIBUTES,
)

RATING_COLUMNS = _by_slug(
    Column("start_time", "rating_date", ("rating_date",), Kind.INSTANT),
    _stored("movie_key", Kind.KEY),
    _stored("user_key", Kind.KEY),
    _stored("rating_e2", Kind.NUMBER),
    *MOVIE_ATTRIBUTES,
    *USER_ATTRIBUTES,
)

USER_COLUMNS = _by_slug(
    _stored("user_key", Kind.KEY),
    _stored("id", Kind.ID),
    _stored("username", covered_by="users.username"),
    _stored("email", covered_by="users.email"),
    Column("country", _named("country"), ("country",), covered_by="users.country"),
    Column("subscription", _named("subscription"), ("subscription",), covered_by="users.subscription"),
    _stored("age", Kind.NUMBER, covered_by="users.age"),
    Column("age_band", age_band_sql("age"), ("age",), covered_by="users.age", survives=frozenset({Strategy.BAND})),
    Column("gender", _named("gender"), ("gender",), covered_by="users.gender"),
)

MOVIE_COLUMNS = _by_slug(
    _stored("movie_key", Kind.KEY),
    _stored("id", Kind.ID),
    _stored("title"),
    _stored("genre"),
    _stored("genres", Kind.TEXTS),
    _stored("duration_minutes", Kind.NUMBER),
    _stored("release_date", Kind.DATE),
    Column("release_year", _RELEASE_YEAR.format("release_date"), ("release_date",), Kind.NUMBER),
    _stored("director"),
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

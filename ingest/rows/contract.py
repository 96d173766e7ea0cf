"""The contract of each table's files: columns by name, which are required, and the kind of their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa

from ingest.value_kinds import (
    CountryCode,
    Date,
    HashedId,
    Id,
    Instant,
    Kind,
    Scaled,
    Text,
    TextList,
    VariantShares,
    Whole,
)
from warehouse.tables.incoming_schemas import ABSENT, offered

MINUTES_A_DAY = 1_440
OLDEST_AGE = 150
REST = "attributes"
"""The incoming column that takes what a file has beyond its contract, in tables that have one."""

LONGEST_REVIEW = 20_000
LONGEST_VARIANT = 100
# An experiment may be planned: up to the last instant that a DateTime holds.
_ANY_INSTANT = Instant(2**32 - 1, "a time from 1990 to 2106, in ISO 8601 or as epoch seconds or milliseconds")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file, `name`, and the column of `INCOMING` that it becomes, `target`."""

    name: str
    target: str
    kind: Kind
    required: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns of one table's files, in the order of the incoming schema."""

    table: str
    columns: tuple[Column, ...]
    hashes_ids: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The rows that the columns become."""
        return offered(self.table)

    @property
    def names(self) -> frozenset[str]:
        """The columns' names in a file."""
        return frozenset(column.name for column in self.columns)

    @property
    def numbers(self) -> frozenset[str]:
        """The columns of numbers, by their names in a file."""
        return frozenset(column.name for column in self.columns if isinstance(column.kind, Scaled | Whole))

    @property
    def lists(self) -> frozenset[str]:
        """The columns that may hold lists, by their names in a file."""
        return frozenset(column.name for column in self.columns if isinstance(column.kind, TextList | VariantShares))

    @property
    def keeps_rest(self) -> bool:
        """Whether columns beyond the contract are kept."""
        return REST in self.schema.names

    @property
    def keeps_known(self) -> bool:
        """Whether an absent column keeps the stored value, while an empty one clears it."""
        return ABSENT.name in self.schema.names

    @property
    def person(self) -> str | None:
        """The column with the person's id; films and experiments have none."""
        return {"users": "id", "movies": None, "experiments": None}.get(self.table, "user_id")

    def missing(self, names: frozenset[str]) -> list[str]:
        """The required columns that are not among `names`."""
        return [column.name for column in self.columns if column.required and column.name not in names]


def contract_for(table: str, now_s: int, *, hash_ids: bool = False) -> Contract:
    """The contract of a table's files. `now_s` is the present in epoch seconds; with `hash_ids` any text is an id.

    Raises: KeyError for a table that no files are loaded into.
    """
    return Contract(table, _columns(now_s, HashedId() if hash_ids else Id())[table], hash_ids)


def _columns(now_s: int, key: Kind) -> Mapping[str, tuple[Column, ...]]:
    whole16 = Whole(0, 65_535, pa.uint16())
    return MappingProxyType(
        {
            "movies": (
                Column("id", "id", key, required=True),
                Column("title", "title", Text(), required=True),
                Column("genres", "genres", TextList()),
                Column("duration", "duration_minutes", whole16),
                Column("release_date", "release_date", Date()),
                Column("director", "director", Text()),
            ),
            "users": (
                Column("id", "id", key, required=True),
                Column("username", "username", Text()),
                Column("email", "email", Text()),
                Column("country", "country", CountryCode()),
                Column("subscription", "subscription", Text()),
                Column("age", "age", Whole(0, OLDEST_AGE, pa.uint8())),
                Column("gender", "gender", Text()),
            ),
            "viewing_sessions": (
                Column("id", "id", key, required=True),
                Column("user_id", "user_id", key, required=True),
                Column("movie_id", "movie_id", key, required=True),
                Column("start_time", "start_time", Instant(now_s), required=True),
                Column(
                    "watch_duration_minutes",
                    "watch_minutes_e4",
                    Scaled(0, MINUTES_A_DAY, 4, pa.uint32(), "minutes"),
                    required=True,
                ),
                Column("completion_rate", "completion_e6", Scaled(0, 1, 6, pa.uint32(), "a fraction")),
                Column("device_type", "device_type", Text()),
                Column("quality", "quality", Text()),
                Column("buffering_count", "buffering_count", whole16),
            ),
            "ratings": (
                Column("id", "id", key, required=True),
                Column("user_id", "user_id", key, required=True),
                Column("movie_id", "movie_id", key, required=True),
                Column("rating", "rating_e2", Scaled(0.5, 5, 2, pa.uint16(), "a rating"), required=True),
                Column("review_text", "review_text", Text(LONGEST_REVIEW)),
                Column("rating_date", "rating_date", Instant(now_s), required=True),
            ),
            "experiments": (
                Column("id", "id", key, required=True),
                Column("name", "name", Text(), required=True),
                Column("start_time", "start_time", _ANY_INSTANT, required=True),
                Column("end_time", "end_time", _ANY_INSTANT),
                Column("control", "control", Text(LONGEST_VARIANT), required=True),
                Column("shares", "shares", VariantShares()),
            ),
            "assignments": (
                Column("id", "id", key, required=True),
                Column("user_id", "user_id", key, required=True),
                Column("experiment_id", "experiment_id", key, required=True),
                Column("variant", "variant", Text(LONGEST_VARIANT), required=True),
                Column("exposed_at", "exposed_at", Instant(now_s), required=True),
            ),
        }
    )

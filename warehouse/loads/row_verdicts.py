"""Verdicts on incoming rows of a fact: which are stored, which repeat known ones, which are refused, and why."""

from dataclasses import dataclass

from warehouse.engine.fence import Fence
from warehouse.model.rollups import ROLLUPS

DUPLICATE = "DUPLICATE"
FORGOTTEN = "FORGOTTEN"
_DAY_S = 86_400
# Both ways take equally long at eight users per row, measured with half a million users.
_MORE_USERS = 8


@dataclass(frozen=True)
class Subject:
    """What a fact's rows are about besides a user: the dimension that has it, and the reason to leave out a row whose
    subject is not there. `name` begins its key and its id."""

    name: str
    table: str

    @property
    def key(self) -> str:
        """The column with its dense key."""
        return f"{self.name}_key"

    @property
    def id(self) -> str:
        """The incoming column with the source's id."""
        return f"{self.name}_id"

    @property
    def unknown(self) -> str:
        """The reason why a row of an unknown one is left out."""
        return f"UNKNOWN_{self.name.upper()}"


MOVIE, EXPERIMENT = Subject("movie", "movies"), Subject("experiment", "experiments")


@dataclass(frozen=True)
class FactTable:
    """How one fact's incoming rows become stored rows.

    `stored` maps a column to SQL over `i`, an incoming row; `content` is what two rows of one id are compared by.
    """

    table: str
    time: str
    stored: tuple[tuple[str, str], ...]
    content: tuple[str, ...]
    rollups: tuple[str, ...]
    subject: Subject = MOVIE

    @property
    def references(self) -> tuple[str, ...]:
        """The stored columns with dense keys."""
        return "user_key", self.subject.key

    @property
    def names(self) -> tuple[str, ...]:
        """The stored columns that files bring."""
        return tuple(name for name, _ in self.stored)

    @property
    def content_hash(self) -> str:
        """SQL of a stored row's content, to tell a repeated row from a conflicting one."""
        return self._content_hash("toUInt128(0)", "toUInt128(0)")

    @property
    def incoming_hash(self) -> str:
        """SQL of an incoming row's content, comparable with a stored row's, and different from all of them if its user
        or subject is unknown.
        """
        subject = self.subject
        return self._content_hash("if(user_key = 0, user_id, 0)", f"if({subject.key} = 0, {subject.id}, 0)")

    def _content_hash(self, unknown_user: str, unknown_subject: str) -> str:
        # All unknown users have the key 0: only the id tells them apart.
        keys = ", ".join(self.references)
        return f"cityHash64({keys}, {unknown_user}, {unknown_subject}, {', '.join(self.content)})"


FACT_TABLES = {
    "viewing_sessions": FactTable(
        "viewing_sessions",
        "start_time",
        (
            ("start_time", "i.start_time"),
            ("watch_minutes_e4", "assumeNotNull(i.watch_minutes_e4)"),
            ("completion_e6", "i.completion_e6"),
            ("device_type", "toLowCardinality(ifNull(i.device_type, ''))"),
            ("quality", "toLowCardinality(ifNull(i.quality, ''))"),
            ("buffering_count", "i.buffering_count"),
            ("attributes", "i.attributes"),
        ),
        (
            "start_time",
            "watch_minutes_e4",
            "ifNull(toInt64(completion_e6), -1)",
            "device_type",
            "quality",
            "ifNull(toInt32(buffering_count), -1)",
        ),
        tuple(rollup.name for rollup in ROLLUPS),
    ),
    "ratings": FactTable(
        "ratings",
        "rating_date",
        (
            ("rating_e2", "assumeNotNull(i.rating_e2)"),
            ("review_text", "ifNull(i.review_text, '')"),
            ("rating_date", "i.rating_date"),
        ),
        ("rating_e2", "review_text", "rating_date"),
        (),
    ),
    "assignments": FactTable(
        "assignments",
        "exposed_at",
        (
            ("variant", "toLowCardinality(i.variant)"),
            ("exposed_at", "i.exposed_at"),
        ),
        ("variant", "exposed_at"),
        (),
        EXPERIMENT,
    ),
}


def joining_sql(rows: int, users: int) -> str:
    """The SETTINGS clause for looking up the keys of `rows` rows among `users` users; empty to let the engine decide.

    By default the engine hashes the side with fewer rows. A batch's rows are wide: with half a million users, hashing
    them took twice as long as hashing the users. Hashing the rows pays only with far more users.
    """
    return "" if users > _MORE_USERS * rows else " SETTINGS query_plan_join_swap_table = 'false'"


@dataclass(frozen=True)
class Batch:
    """The rows in a fact's incoming table, which `fence` names, and the rules for sifting them.

    `barred` is SQL over `k`, a row with its keys, of whether its user was forgotten. It takes precedence over every
    other reason, because the others keep the row's content. `standing` is SQL that selects the stored rows that count;
    `is_first` says that nothing of this load is staged yet.
    """

    fact: FactTable
    fence: Fence
    barred: str
    standing: str
    is_first: bool

    @property
    def _incoming(self) -> str:
        return self.fence.scratch_table(f"{self.fact.table}_incoming")

    @property
    def repeats_sql(self) -> str:
        """A SELECT of four numbers: ids that come more than once, stored rows that have one of the ids, the rows of the
        batch, and all users.
        """
        incoming = self._incoming
        counted = " + ".join(f"(SELECT count() FROM {table} WHERE {known})" for table, known in self._known())
        sizes = f"(SELECT count() FROM {incoming}), (SELECT count() FROM users)"
        return f"SELECT (SELECT count() - uniqExact(id) FROM {incoming}), {counted}, {sizes}"

    @property
    def first_of_ids_sql(self) -> str:
        """A SELECT of ids that are stored or repeated: the first row (0: stored before) and its content."""
        incoming = self._incoming
        known = " UNION ALL ".join(
            f"SELECT id, {self.fact.content_hash} AS content, toUInt64(0) AS row FROM {table} WHERE {known}"
            for table, known in self._known()
        )
        return f"""
            SELECT id, argMin(content, row) AS first_content, min(row) AS first_row FROM (
                {known}
                UNION ALL
                SELECT id, content, row FROM ({self._keyed_sql()})
                WHERE id IN (SELECT id FROM {incoming} GROUP BY id HAVING count() > 1)
            ) GROUP BY id
        """

    def sifted_sql(self, first_of_ids: str) -> str:
        """A SELECT of the incoming rows as stored rows, each with its `row` and the `reason` for leaving it out, or ''.

        `first_of_ids` is the table with the result of `first_of_ids_sql`; '' where that is empty.
        """
        if not first_of_ids:
            return f"SELECT k.*, {self._reason_sql()} AS reason FROM ({self._keyed_sql()}) AS k"
        repeats = (
            f"f.id != 0 AND f.first_row != k.row AND f.first_content = k.content, '{DUPLICATE}', "
            "f.id != 0 AND f.first_row != k.row, 'CONFLICT', "
        )
        return (
            f"SELECT k.*, {self._reason_sql(repeats)} AS reason FROM ({self._keyed_sql()}) AS k "
            f"ANY LEFT JOIN {first_of_ids} AS f ON k.id = f.id"
        )

    def _reason_sql(self, repeats: str = "") -> str:
        return (
            f"multiIf({self.barred}, '{FORGOTTEN}', {repeats}"
            f"k.user_key = 0, 'UNKNOWN_USER', k.{self.fact.subject.key} = 0, '{self.fact.subject.unknown}', '')"
        )

    def _keyed_sql(self) -> str:
        """Incoming rows with dense keys (0 where the user or film is unknown) and a hash of their content."""
        stored = ", ".join(f"{sql} AS {name}" for name, sql in self.fact.stored)
        about = self.fact.subject
        return f"""
            SELECT *, {self.fact.incoming_hash} AS content FROM (
                SELECT i.id AS id, i.row AS row, i.user_id AS user_id, i.{about.id} AS {about.id},
                    u.user_key AS user_key, s.{about.key} AS {about.key}, {stored}
                FROM {self._incoming} AS i
                ANY LEFT JOIN (SELECT id, user_key FROM users) AS u ON i.user_id = u.id
                ANY LEFT JOIN (SELECT id, {about.key} FROM {about.table}) AS s ON i.{about.id} = s.id
            )
        """

    def _known(self) -> list[tuple[str, str]]:
        """Tables, and SQL that selects their rows with an id of the batch.

        Ids are compared with stored rows within a day of the batch's time span (without that bound the whole table
        would be read), with this load's earlier batches, and with earlier rows of the batch.
        """
        incoming, time = self._incoming, self.fact.time
        known = (
            f"id IN (SELECT id FROM {incoming}) AND {self.standing} AND {time} BETWEEN "
            f"(SELECT min({time}) - {_DAY_S} FROM {incoming}) AND (SELECT max({time}) + {_DAY_S} FROM {incoming})"
        )
        staging = self.fence.scratch_table(f"{self.fact.table}_staging")
        tables = [self.fact.table] if self.is_first else [self.fact.table, staging]
        return [(table, known) for table in tables]

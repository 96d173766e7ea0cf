"""Sifting: which incoming rows of a fact are stored, which repeat known ones, and which are refused for a reason."""

from dataclasses import dataclass

from warehouse.model.rollups import ROLLUPS

DUPLICATE = "DUPLICATE"
FORGOTTEN = "FORGOTTEN"
_DAY_S = 86_400


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

    @property
    def names(self) -> tuple[str, ...]:
        """The stored columns that files bring."""
        return tuple(name for name, _ in self.stored)

    @property
    def content_hash(self) -> str:
        """SQL of a stored row's content, to tell a repeated row from a conflicting one."""
        return f"cityHash64(user_key, movie_key, {', '.join(self.content)})"


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
            ("attributes", "CAST(ifNull(i.attributes, '{}') AS JSON(max_dynamic_paths = 64))"),
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
}


def sifting_sql(fact: FactTable, barred: str, standing: str) -> str:
    """A SELECT of the incoming rows as stored rows, each with its `row` and the `reason` it is left out for, or ''.

    `barred` is SQL over `i`, an incoming row, of whether its user was forgotten; that comes before every other reason,
    because no other may keep what the row says. `standing` is SQL of the stored rows that count.

    An id is known from the stored rows within a day of the batch's time span (an unlimited check would read the table),
    from this load's earlier batches, and from earlier rows of the batch.
    """
    return f"""
        SELECT k.* EXCEPT (content, barred), multiIf(
            k.barred, '{FORGOTTEN}',
            f.id != 0 AND f.first_row != k.row AND f.first_content = k.content, '{DUPLICATE}',
            f.id != 0 AND f.first_row != k.row, 'CONFLICT',
            k.user_key = 0, 'UNKNOWN_USER',
            k.movie_key = 0, 'UNKNOWN_MOVIE',
            '') AS reason
        FROM ({_keyed_sql(fact, barred)}) AS k ANY LEFT JOIN ({_first_of_ids_sql(fact, standing)}) AS f ON k.id = f.id
    """


def _keyed_sql(fact: FactTable, barred: str = "0") -> str:
    """Incoming rows with dense keys (0 where the user or film is unknown) and a hash of their content."""
    stored = ", ".join(f"{sql} AS {name}" for name, sql in fact.stored)
    return f"""
        SELECT *, {fact.content_hash} AS content FROM (
            SELECT i.id AS id, i.row AS row, u.user_key AS user_key, m.movie_key AS movie_key,
                {barred} AS barred, {stored}
            FROM {fact.table}_incoming AS i
            ANY LEFT JOIN (SELECT id, user_key FROM users) AS u ON i.user_id = u.id
            ANY LEFT JOIN (SELECT id, movie_key FROM movies) AS m ON i.movie_id = m.id
        )
    """


def _first_of_ids_sql(fact: FactTable, standing: str) -> str:
    """Ids that are known or come more than once: the first row of each (0: stored before) and its content."""
    incoming = f"{fact.table}_incoming"
    known = " UNION ALL ".join(
        f"""
        SELECT id, {fact.content_hash} AS content, toUInt64(0) AS row FROM {table}
        WHERE id IN (SELECT id FROM {incoming}) AND {standing}
        AND {fact.time} BETWEEN (SELECT min({fact.time}) - {_DAY_S} FROM {incoming})
            AND (SELECT max({fact.time}) + {_DAY_S} FROM {incoming})
        """
        for table in (fact.table, f"{fact.table}_staging")
    )
    return f"""
        SELECT id, argMin(content, row) AS first_content, min(row) AS first_row FROM (
            {known}
            UNION ALL
            SELECT id, content, row FROM ({_keyed_sql(fact)})
            WHERE id IN (SELECT id FROM {incoming} GROUP BY id HAVING count() > 1)
        ) GROUP BY id
    """

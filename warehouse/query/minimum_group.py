"""The minimum group size: SQL that hides groups of fewer people than a role may see.

It is applied in two places. Below the filter, a person's attributes are shown only if enough users share all of them,
so filters, groups and sorts never see the attributes of others (`told_people_sql`). Above the groups, rows of too few
people are folded into one (`folded_sql`).
"""

from collections.abc import Mapping, Sequence

from warehouse.model.measures import AGGREGATES, Aggregate
from warehouse.query.row_order import OTHERS

# Columns that say what a person is like. Together they may be of one person only.
PEOPLE = frozenset({"country", "subscription", "age_band", "gender"})
# A source's column: whether these may be told of the row's person. A leg's column: rows of people of whom not.
IS_TOLD, IS_FOLDED = "is_told", "is_folded"
# Counts the people of a group.
VIEWERS = AGGREGATES["viewers"]


def told_people_sql(users: str, minimum: str) -> str:
    """The subquery of the keys of users who share all their shown attributes with enough others to be at least
    `minimum`.

    `users` has the columns PEOPLE, as the asker sees them. All others are one group. If they are too few to be a group,
    the smallest shown group joins them.
    """
    attributes = ", ".join(f"ifNull({column}, '')" for column in sorted(PEOPLE))
    groups = f"SELECT ({attributes}) AS alike, count() AS n, groupArray(user_key) AS people FROM {users} GROUP BY alike"
    # In ascending order all groups that are too small come first; `smaller` people are in groups before this one.
    smaller = "sum(n) OVER (ORDER BY n, alike ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return (
        f"SELECT arrayJoin(people) FROM (SELECT n, people, {smaller} AS smaller FROM ({groups})) "
        f"WHERE n >= {minimum} AND (smaller = 0 OR smaller >= {minimum})"
    )


def with_viewers(aggregates: Sequence[Aggregate]) -> list[Aggregate]:
    """The aggregates, and the set of users by which groups are measured."""
    return list(dict.fromkeys((*aggregates, VIEWERS)))


def folded_sql(
    rows: str, groups: Sequence[str], aggregates: Sequence[Aggregate], measures: Mapping[str, str], minimum: str
) -> str:
    """Measures of each group of at least `minimum` users; all others are one row without values, marked OTHERS. If that
    row has too few users, the smallest shown group joins it. If nothing is left to join, there is no row.

    `rows` have the columns `groups`, OTHERS, IS_FOLDED and states of the aggregates. `measures` is result column → SQL
    over the aggregates, by name.
    """
    names = [*groups, OTHERS, IS_FOLDED]
    gathered = ", ".join(f"{aggregate.gathered} AS {aggregate.slug}" for aggregate in aggregates)
    grouped = f"SELECT {', '.join(names)}, {gathered} FROM ({rows}) GROUP BY {', '.join(names)}"
    counted = f"SELECT *, bitmapCardinality(viewers) AS people, {IS_FOLDED} OR people < {minimum} AS is_small"
    placed = (
        "SELECT *, groupBitmapMergeIf(viewers, is_small) OVER () AS small_people, "
        f"row_number() OVER (ORDER BY is_small, people, {', '.join(names)}) AS place FROM ({counted} FROM ({grouped}))"
    )
    folds = f"(p.is_small OR (p.place = 1 AND p.small_people > 0 AND p.small_people < {minimum}))"
    cells = [f"if({folds}, NULL, p.{name}) AS {name}" for name in groups]
    cells += [f"toUInt8({folds} OR p.{OTHERS}) AS {OTHERS}", *(f"p.{one.slug} AS {one.slug}" for one in aggregates)]
    shown = [*groups, OTHERS]
    figures = [f"{sql} AS {name}" for name, sql in measures.items()]
    return (
        f"SELECT {', '.join([*shown, *figures])} FROM (SELECT {', '.join(cells)} FROM ({placed}) AS p) "
        f"GROUP BY {', '.join(shown)} HAVING {VIEWERS.merge} >= {minimum}"
    )


def total_sql(rows: str, measures: Mapping[str, str], empty: Mapping[str, str], minimum: str) -> str:
    """Measures of all rows in one row, or their `empty` values if these are of fewer than `minimum` users."""
    cells = (f"if({VIEWERS.merge} >= {minimum}, {sql}, {empty[name]}) AS {name}" for name, sql in measures.items())
    return f"SELECT {', '.join(cells)} FROM ({rows})"

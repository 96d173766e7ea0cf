"""SQL of one's own reads masked tables and nothing else: each attack is refused, and the questions are answered."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.access_policy import access_of
from schema.roles import Role
from warehouse import Warehouse, open_warehouse
from warehouse.access import Access
from warehouse.audit.record import AuditKind, Record, recording
from warehouse.errors import BadInput, Forbidden, MarqueeError, TooExpensive
from warehouse.own_sql.answer import TABLES, answered, columns_of
from warehouse.own_sql.functions import FUNCTIONS, is_allowed
from warehouse.own_sql.syntax_tree import LONGEST

KEY = b"k" * 32
# The small world has no experiments.
EMPTY = {"experiments", "assignments"}
VIEWER = access_of("v", Role.VIEWER, {}, KEY)
ADMIN = access_of("a", Role.ADMIN, {}, KEY)


@pytest.fixture(scope="module")
def opened_world(world_folder: Path) -> Iterator[Warehouse]:
    """The small world."""
    with open_warehouse(f"chdb://{world_folder}") as warehouse:
        yield warehouse


ATTACKS = {
    # Other tables than the masked ones.
    "a stored table by its database": "SELECT username FROM marquee.users",
    "quoted": "SELECT username FROM `marquee`.`users`",
    "quoted as one name": "SELECT username FROM `marquee.users`",
    "a stored table of ours": "SELECT * FROM viewing_sessions_undone",
    "versions of users": "SELECT * FROM users_versions",
    "staged rows": "SELECT * FROM users_incoming",
    "the audit log": "SELECT * FROM audit_log",
    "a dictionary as a table": "SELECT * FROM users_dictionary",
    "system tables": "SELECT * FROM system.tables",
    "the standard's tables": "SELECT * FROM information_schema.columns",
    "in a subquery": "SELECT * FROM (SELECT * FROM system.users)",
    "in a scalar": "SELECT (SELECT count() FROM system.tables)",
    "in a join": "SELECT * FROM users JOIN system.one ON 1 = 1",
    "in a comma": "SELECT * FROM users, system.one",
    "in a union": "SELECT id FROM users UNION ALL SELECT name FROM system.tables",
    "in an intersection": "SELECT id FROM users INTERSECT SELECT name FROM system.tables",
    "in a WITH": "WITH t AS (SELECT * FROM marquee.users) SELECT * FROM t",
    "in a WITH of a table's own name": "WITH users AS (SELECT * FROM marquee.users) SELECT * FROM users",
    "a table's name in a WITH": "WITH users AS (SELECT 1 AS n) SELECT n FROM users",
    "right of IN": "SELECT 1 IN system.one",
    "right of IN, a stored table": "SELECT id FROM users WHERE 1 IN users_versions",
    "right of NOT IN": "SELECT 1 NOT IN (users_versions) FROM users",
    "right of IN in EXISTS": "SELECT EXISTS (SELECT 1 FROM users_versions)",
    # Functions.
    "file": "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "url": "SELECT * FROM url('http://127.0.0.1:1', 'CSV', 'a String')",
    "s3": "SELECT * FROM s3('https://x/y.csv')",
    "remote": "SELECT * FROM remote('127.0.0.1', 'system', 'tables')",
    "executable": "SELECT * FROM executable('x.sh', 'TSV', 'a String')",
    "merge": "SELECT * FROM merge('marquee', 'users')",
    "numbers": "SELECT * FROM numbers(1000000000000)",
    "generated rows": "SELECT * FROM generateRandom('a UInt8')",
    "view": "SELECT * FROM view(SELECT * FROM system.one)",
    "a dictionary's table": "SELECT * FROM dictionary('users_dictionary')",
    "input": "SELECT * FROM input('a String')",
    "python": "SELECT * FROM Python('x')",
    "a file's text": "SELECT file('/etc/passwd')",
    "a dictionary": "SELECT dictGet('users_dictionary', 'age', toUInt32(1))",
    "a dictionary in a lambda": "SELECT arrayMap(k -> dictGetOrNull('users_dictionary', 'age', k), [1])",
    "a dictionary as an alias": "WITH dictGet('users_dictionary', 'age', toUInt32(1)) AS x SELECT x",
    "a function of one's own": "WITH x -> file(x) AS f SELECT f('/etc/passwd')",
    "a join table": "SELECT joinGet('marquee.users', 'email', 1)",
    "a column there": "SELECT hasColumnInTable('marquee', 'users', 'email')",
    "settings": "SELECT getSetting('max_threads')",
    "who runs it": "SELECT currentUser()",
    "where": "SELECT hostName()",
    "the environment": "SELECT getMacro('x'), serverUUID()",
    "sleeping": "SELECT sleep(3)",
    "errors at will": "SELECT throwIf(1)",
    "addresses of code": "SELECT demangle(addressToSymbol(1))",
    "catboost": "SELECT catboostEvaluate('/x', 1)",
    "states by hand": "SELECT finalizeAggregation(initializeAggregation('sumState', 1))",
    "aggregates by name": "SELECT arrayReduce('groupArray', [1])",
    "parsing another statement": "SELECT formatQuery('SELECT 1')",
    "a cast to a state": "SELECT CAST('' AS AggregateFunction(sum, UInt8))",
    "a function in APPLY": "SELECT * APPLY(sleep) FROM users",
    "a function in COLUMNS": "SELECT COLUMNS('a') APPLY(hostName) FROM users",
    "a function in REPLACE": "SELECT * REPLACE(hostName() AS id) FROM users",
    "in ORDER BY": "SELECT id FROM users ORDER BY sleep(1)",
    "in a window": "SELECT sum(1) OVER (ORDER BY hostName()) FROM users",
    "in LIMIT": "SELECT id FROM users LIMIT (SELECT count() FROM system.tables)",
    # Names that the masks would call.
    "a lambda in the place of a mask's function": "WITH (x, y, z) -> x AS substringUTF8 SELECT email FROM users",
    "a lambda in the place of a condition": "WITH (a, b) -> 1 AS `in` SELECT DISTINCT country FROM viewing_sessions",
    "a lambda that another name stands for": "WITH (x, y, z) -> x AS f, f AS substringUTF8 SELECT email FROM users",
    "a lambda named where it is used": "SELECT arrayMap(((x, y, z) -> x) AS substringUTF8, [1], [1], [1]) FROM users",
    "a lambda named in a subquery": "SELECT * FROM (WITH (x, y, z) -> x AS substringUTF8 SELECT email FROM users)",
    "a lambda in capitals": "WITH (x, y, z) -> x AS SUBSTRINGUTF8 SELECT email FROM users",
    # Statements.
    "two": "SELECT 1; SELECT 2",
    "two, the second after a comment": "SELECT 1 /* ; */; -- \n DROP TABLE users",
    "a change": "DROP TABLE users",
    "a change in a WITH": "WITH 1 AS x INSERT INTO users SELECT x",
    "an insert": "INSERT INTO users SELECT * FROM users",
    "a new table": "CREATE TABLE x ENGINE = Memory AS SELECT 1",
    "a file to write": "SELECT 1 INTO OUTFILE '/tmp/marquee_hole' FORMAT CSV",
    "a file to write, in parentheses": "(SELECT 1) INTO OUTFILE '/tmp/marquee_hole'",
    "a format": "SELECT 1 FORMAT JSON",
    "settings of its own": "SELECT 1 SETTINGS max_execution_time = 0",
    "settings of a subquery": "SELECT * FROM (SELECT 1 SETTINGS readonly = 0)",
    "a parameter": "SELECT {x:String}",
    "a parameter of the mask's": "SELECT {uint64_0:UInt64}",
    "explaining": "EXPLAIN SELECT * FROM users",
    "showing": "SHOW TABLES",
    "setting": "SET readonly = 0",
    "a system command": "SYSTEM SHUTDOWN",
    "without an end": "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT n FROM t",
    "unbalanced": "SELECT 1) UNION ALL (SELECT name FROM system.tables",
    "nothing": " -- nothing",
    "lines of a tree in a name": "SELECT 1 AS `x\n    TableIdentifier users` FROM system.one",
    "a keyword as a table": "WITH `FROM` AS (SELECT 1) SELECT * FROM `FROM`",
    "what a rename would turn into a table": "WITH e5 AS (SELECT 1) SELECT 1e5 FROM users_versions, e5",
    "a null byte": "SELECT 1\0",
    "too long": f"SELECT {'1+' * LONGEST}1",
    "too deep": f"SELECT {'(' * 3000}1{')' * 3000}",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_with_a_sentence(opened_world: Warehouse, name: str) -> None:
    with pytest.raises((BadInput, Forbidden)) as refused:
        answered(opened_world, ATTACKS[name], ADMIN)
    said = str(refused.value)
    assert said.endswith((".", "?"))
    assert not re.search(r"own_sql_|SETTINGS max_|Stack trace|version \d", said), said
    assert not Path("/tmp/marquee_hole").exists()


@pytest.mark.parametrize("table", [table for table in TABLES if table not in EMPTY])
def test_a_name_of_the_statement_s_own_changes_nothing_below_a_mask(opened_world: Warehouse, table: str) -> None:
    plain = answered(opened_world, f"SELECT * FROM {table} ORDER BY 1, 2, 3", VIEWER).rows
    assert plain
    for name in columns_of(table):
        named = f"WITH 'other' AS {name} SELECT * FROM {table} ORDER BY 1, 2, 3"
        assert answered(opened_world, named, VIEWER).rows == plain, name
        least = f"(SELECT min({name}) FROM {table})"
        inner = f"SELECT arrayMap({name} -> {least}, ['other'])[1], {least}"
        [(inside, outside)] = answered(opened_world, inner, VIEWER).rows
        assert inside == outside, name


def test_masks_stand_below_everything_that_a_statement_says(opened_world: Warehouse) -> None:
    names = answered(opened_world, "SELECT username, email, age, gender FROM users", VIEWER).rows
    assert len(names) > 3
    assert all(re.fullmatch(r"(.\*\*\*)?", row[0]) for row in names)
    assert all(re.fullmatch(r"(.\*\*\*@.*)?", row[1]) for row in names)
    assert {row[3] for row in names} == {None}
    assert not {type(row[2]) for row in names} & {int}
    raw = [row[0] for row in answered(opened_world, "SELECT email FROM users WHERE email != ''", ADMIN).rows]
    assert raw
    for text in raw[:3]:
        ways = (
            f"SELECT count() FROM users WHERE email = '{text}'",
            f"SELECT countIf(email = '{text}') FROM users",
            f"SELECT sum(email = '{text}') FROM (SELECT email FROM users ORDER BY email)",
            f"WITH t AS (SELECT email FROM users) SELECT count() FROM t WHERE email IN ('{text}')",
            f"SELECT count() FROM viewing_sessions JOIN users USING (user_key) WHERE users.email = '{text}'",
        )
        assert [answered(opened_world, way, VIEWER).rows[0][0] for way in ways] == [0] * len(ways)


def test_a_table_has_the_rows_of_the_stored_one(opened_world: Warehouse) -> None:
    for table in TABLES:
        stored = opened_world.engine.query(f"SELECT count() FROM {table}").scalar()
        assert answered(opened_world, f"SELECT count() FROM {table}", VIEWER).rows == [(stored,)]
        if stored:
            assert list(answered(opened_world, f"SELECT * FROM {table} LIMIT 1", ADMIN).names) == columns_of(table)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1 + 1 AS n -- two", [(2,)]),
        ("SELECT 'a;b' AS x, 'it''s' AS y, '--' AS z", [("a;b", "it's", "--")]),
        ("WITH own AS (SELECT 1 AS n) SELECT n + 1 AS m FROM own", [(2,)]),
        ("WITH 2 AS n, t AS (SELECT n AS m) SELECT m FROM t", [(2,)]),
        ("SELECT 1 AS n UNION ALL SELECT 1", [(1,), (1,)]),
        ("SELECT count() > 0 AS x FROM users AS u JOIN viewing_sessions AS s ON u.user_key = s.user_key", [(1,)]),
        ("SELECT 'a{database}b' AS x FROM users LIMIT 1", [("a{database}b",)]),
        ("SELECT 3 IN (1, 2, 3) AS x, 4 IN (SELECT 4) AS y", [(1, 1)]),
        ("SELECT arrayMap(x -> x * 2, [1, 2]) AS x", [([2, 4],)]),
        ("SELECT sumIf(n, n > 1) AS x FROM (SELECT 1 AS n UNION ALL SELECT 2)", [(2,)]),
        ("SELECT toYear(toDate('2026-03-01') + INTERVAL 1 YEAR) AS x", [(2027,)]),
        (
            "SELECT n, row_number() OVER (ORDER BY n DESC) AS r FROM (SELECT arrayJoin([1, 2]) AS n) ORDER BY n",
            [(1, 2), (2, 1)],
        ),
    ],
)
def test_plain_questions_are_answered(
    opened_world: Warehouse, statement: str, expected: list[tuple[object, ...]]
) -> None:
    assert [tuple(row) for row in answered(opened_world, statement, VIEWER).rows] == expected


def test_a_scope_holds_and_too_many_rows_are_refused(opened_world: Warehouse) -> None:
    german = access_of("g", Role.ANALYST, {"country": ("DE",)}, KEY)
    assert answered(opened_world, "SELECT DISTINCT country FROM viewing_sessions", german).rows == [("DE",)]
    few = Access(subject="f", role="viewer", max_rows=2)
    with pytest.raises(TooExpensive, match="more than 2 rows"):
        answered(opened_world, "SELECT id FROM viewing_sessions", few)
    with pytest.raises(Forbidden, match="fewer than 5 people"):
        answered(opened_world, "SELECT 1", Access(subject="f", role="viewer", minimum_group=5))


def test_a_misspelt_name_is_answered_with_what_it_may_be(opened_world: Warehouse) -> None:
    for statement, meant in (
        ("SELECT 1 FROM usrs", "users"),
        ("SELECT cuntry FROM users", "country"),
        ("SELECT cont() FROM users", "count"),
    ):
        with pytest.raises(MarqueeError, match=f"Did you mean {meant}?"):
            answered(opened_world, statement, ADMIN)


def test_the_audit_record_names_tables_and_what_was_unmasked(opened_world: Warehouse) -> None:
    taken: list[Record] = []
    admin = access_of("a", Role.ADMIN, {}, KEY)
    with recording(taken.append, Record(AuditKind.OPERATION, "sql")):
        answered(opened_world, "SELECT email FROM users LIMIT 2", admin)
    (record,) = taken
    assert (record.fields, record.rows, record.outcome) == (("users",), 2, "OK")
    assert "users.email" in record.unmasked
    assert len(record.document_hash) == 64


def test_the_functions_are_those_of_the_engine_and_none_is_named_by_chance(opened_world: Warehouse) -> None:
    known = {str(name).lower() for (name,) in opened_world.engine.query("SELECT name FROM system.functions").rows}
    assert sorted(FUNCTIONS - known) == ["exists", "lambda"], "the parser alone knows these two"
    for name in ("sumIf", "countDistinctIf", "uniqExactOrNull"):
        assert is_allowed(name)
    for name in ("sumState", "sumMerge", "dictGetIf", "if2", "fileIf", ""):
        assert not is_allowed(name)


def test_a_message_ends_before_the_statement_that_was_composed(opened_world: Warehouse) -> None:
    with pytest.raises(BadInput) as refused:
        answered(opened_world, "SELECT count() FROM users PREWHERE email = 'x'", VIEWER)
    said = str(refused.value)
    assert "PREWHERE" in said
    assert not re.search(r"SELECT|In query|marquee\.|users_", said), said


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        ("CAST('1' AS UInt8)", "Use toString, toInt64, toFloat64, toDate or toDateTime."),
        ("has(genres, 'Drama')", "Use arrayExists(x -> x = 'Drama', genres)."),
    ],
)
def test_a_function_that_is_refused_is_answered_with_what_does_the_same(
    opened_world: Warehouse, call: str, instead: str
) -> None:
    with pytest.raises(Forbidden, match=re.escape(instead)):
        answered(opened_world, f"SELECT {call} FROM movies", VIEWER)
    used = "SELECT count() > 0 AS x FROM movies WHERE arrayExists(x -> x = 'Drama', genres)"
    assert answered(opened_world, used, VIEWER).rows == [(1,)]

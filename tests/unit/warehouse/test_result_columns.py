"""What columns a SELECT asks for, read off its text; what the text does not tell is not guessed."""

import pytest

from warehouse.engine.result_columns import differs, expected_columns


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT a, b AS c FROM t", ("a", "c")),
        ("SELECT count() FROM t", (None,)),
        (
            "SELECT count(), max(x) AS newest, `odd name` FROM t WHERE a IN (SELECT b FROM u)",
            (None, "newest", "odd name"),
        ),
        ("SELECT DISTINCT day FROM (SELECT 1 AS day UNION ALL SELECT 2 AS day) ORDER BY day", ("day",)),
        ("SELECT if(a, (1, 2), (3, 4)) AS pair, 'x, AS y FROM' AS text FROM t", ("pair", "text")),
        ("SELECT {p0:Array(String)} AS kept, [1, 2] AS list", ("kept", "list")),
        ("WITH a AS (SELECT x FROM t) SELECT y, z AS w FROM a", ("y", "w")),
        ("SELECT * FROM (SELECT a, b + 1 AS c FROM t) WHERE a > 1", ("a", "c")),
        ("SELECT *, 1 AS present FROM (SELECT a FROM t)", ("a", "present")),
        ("SELECT q.* FROM (SELECT a, b FROM t) AS q ANY LEFT JOIN (SELECT c FROM u) AS r ON q.a = r.c", ("a", "b")),
        ("SELECT a FROM t SETTINGS max_threads = 1", ("a",)),
        ("(SELECT a FROM t) UNION ALL (SELECT b FROM u)", ("a",)),
        ("SELECT a -- b, c\n, d /* e, f */ FROM t", ("a", "d")),
        ("SELECT t.a, t.b AS c FROM t", (None, "c")),
        ("SELECT 1", (None,)),
        ("SELECT a * b FROM t", (None,)),
        ("select a as b from t", ("b",)),
        # Not told by the text.
        ("SELECT * FROM t", None),
        ("SELECT * EXCEPT (a) FROM (SELECT a, b FROM t)", None),
        ("SELECT * FROM (SELECT a FROM t) JOIN (SELECT b FROM u) ON a = b", None),
        ("SELECT * FROM (SELECT a FROM t), (SELECT b FROM u)", None),
        ("EXPLAIN SELECT a FROM t", None),
        ("SHOW TABLES", None),
        ("", None),
    ],
)
def test_the_columns_of_a_statement(sql: str, columns: tuple[str | None, ...] | None) -> None:
    assert expected_columns(sql) == columns


def test_a_result_differs_by_its_number_of_columns_or_by_a_name() -> None:
    assert differs(("a", None), ["a"])
    assert differs(("a", None), ["b", "c"])
    assert not differs(("a", None), ["a", "c"])


def test_a_result_without_columns_has_no_rows_and_a_star_promises_nothing() -> None:
    assert not differs(("a",), [])
    assert not differs(None, ["a", "b"])

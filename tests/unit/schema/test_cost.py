"""What a request costs: told from document and variables alone, and held against the role's budget."""

from typing import Any

import pytest
from graphql import build_schema, get_named_type, parse

from resolvers.export_schema import FILE
from schema.access_policy import LIMITS
from schema.limits.cost import check_budget, estimate
from schema.roles import Role
from server.answering.published_operations import published
from warehouse.errors import TooExpensive

# The seven panels of the dashboard in one request.
DASHBOARD = """
query Seven($range: TimeRange, $compareTo: Comparison = PREVIOUS_PERIOD) {
  dashboard(range: $range, compareTo: $compareTo) { users viewers views watchHours
    previous { viewers views } change { viewers views } }
  dailyTrends(range: $range) { day views viewers watchHours completionRate }
  hourlyTrends(range: $range) { hour views viewers watchHours }
  genres(range: $range) { genre views viewers watchHours completionRate averageRating }
  devices(range: $range) { device views viewers watchHours bufferingPerView }
  countries(range: $range) { country users viewers views watchHours }
  topMovies(range: $range) { rank movie { id title genre } views viewers watchHours completionRate averageRating }
}"""


def cost(document: str, **variables: Any) -> int:
    return estimate(parse(document), variables)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ viewer { role } }", 0),
        ("{ __typename }", 0),
        # A statement, and ten rows of two cells.
        ("{ topMovies(limit: 10) { rank views } }", 20 + 1),
        ("{ topMovies(limit: 1000) { rank views } }", 20 + 4),
        # Compared: the statement reads two ranges.
        ("{ dashboard(compareTo: PREVIOUS_YEAR) { views } }", 2 * 20 + 1),
        ("{ dashboard(compareTo: null) { views } }", 20 + 1),
        # Two statements, a thousand rows of two cells at most, and one of totals.
        ("{ viewing { rows(by: [GENRE]) { genre views } totals { views } } }", 2 * 20 + 5),
        ("{ viewing { rows(by: [GENRE], limit: 10) { genre views } } }", 20 + 1),
        ('{ viewing(asOf: "2026-01-01") { rows(by: [GENRE], limit: 10) { genre views } } }', 114),
        # Without groups it is one row; attributes are groups too.
        ("{ viewing { rows { views } } }", 20 + 1),
        ('{ viewing { rows(attributes: ["app"]) { views viewers } } }', 20 + 25 + 45 + 4),
        ("{ viewing { a: rows(by: [MOVIE]) { views } b: rows(by: [MOVIE]) { views } } }", 2 * 20 + 4),
        # A year of hours has 8,784 boundaries.
        ('{ viewing(range: {last: "P1Y"}) { rows(by: [HOUR], limit: 10) { views } } }', 20 + 366 + 1),
        ('{ dailyTrends(range: {last: "P1Y"}) { day views } }', 20 + 49 + 1),
        ('{ viewing(range: {last: "P1Y"}) { rows(by: [WEEK], limit: 10) { views } } }', 20 + 1),
        # A filter that no rollup of the panel stores: its sessions are read, by the range's part of a quarter.
        ('{ genres(where: {country: {eq: "DE"}}) { genre views } }', 10 + 25 + 30 + 1),
        ('{ genres(range: {last: "P9D"}, where: {country: {eq: "DE"}}) { genre views } }', 10 + 25 + 3 + 1),
        ("{ users(orderBy: {field: VIEWS, direction: DESC}) { edges { node { id } } } }", 20 + 80 + 1),
        # Insights read sessions: so much around the range, and by quarters of a year in it.
        ("{ concurrency { time } }", 50 + 100 + 1),
        ('{ concurrency(range: {last: "P90D"}) { time } }', 50 + 100 + 1),
        ('{ concurrency(range: {last: "P180D"}) { time } }', 50 + 200 + 1),
        ('{ concurrency(range: {from: "2025-01-01", to: "2026-01-01"}) { time } }', 457),
        ('{ concurrency(range: {from: "0001-01-01", to: "9999-01-01"}) { time } }', 50 + 4_000 + 1),
        ("{ users(first: 100) { totalCount edges { node { id email } } } }", 2 * 20 + 1),
        ("{ __schema { types { name } } }", 50 + 1),
    ],
)
def test_the_cost_of_a_request_is_read_off_the_table(document: str, expected: int) -> None:
    assert cost(document) == expected


def test_fragments_and_aliases_cost_what_they_stand_for() -> None:
    once = cost("{ concurrency { time } }")
    assert cost("{ a: concurrency { time } b: concurrency { time } }") == 2 * once
    spread = "{ ...A ...B } fragment A on Query { a: concurrency { time } } fragment B on Query { ...A }"
    assert cost(spread) == 2 * once


def test_what_is_left_out_costs_nothing() -> None:
    document = "query ($no: Boolean!) { concurrency @include(if: $no) { time } retention @skip(if: true) { start } }"
    assert cost(document, no=False) == 0
    assert cost(document, no=True) == 151


def test_variables_count_as_given_and_defaults_where_they_are_not() -> None:
    document = 'query ($r: TimeRange = {last: "P1Y"}) { concurrency(range: $r) { time } }'
    assert (cost(document), cost(document, r={"last": "P1D"}), cost(document, r=None)) == (458, 53, 151)


def test_a_count_costs_the_same_however_it_is_written() -> None:
    document = "query ($n: Int!) { users(first: $n) { edges { node { id email } } } }"
    assert (cost(document, n=1000), cost(document, n=1000.0), cost(document, n=1e300)) == (24, 24, 60)


@pytest.mark.parametrize(
    "variables",
    [{"r": 5}, {"r": {"last": [1]}}, {"r": {"from": {}, "to": None}}, {"r": {"last": "P99999D"}}, {"n": {}}],
)
def test_values_of_another_kind_are_left_to_execution_to_refuse(variables: dict[str, Any]) -> None:
    document = "query ($r: TimeRange, $n: Int) { topMovies(range: $r, limit: $n) { rank } }"
    assert cost(document, **variables) == 21


ODD: list[Any] = [
    *([], [[]], [None], {}, [{}], {"field": []}, {"field": {}}, {"field": None}, {"field": [["VIEWS"]]}, {"last": {}}),
    *({"from": [], "to": 7}, {"and": {}}, {"not": [[None]]}, {"or": 5}, {"movie": []}, {"country": {"eq": {}}}),
    *(True, 0, -1, 1.5, 1e300, 10**400, "", "\0", "P0D", "9" * 400, ["DAY", {}, None, [[]]]),
]


def _documents_with_a_variable() -> list[str]:
    """Each argument of each root field, and of the fields right below it, given by the variable `v`."""
    query = build_schema(FILE.read_text(encoding="utf-8")).query_type
    assert query is not None
    roots = [f"{name}({one}: $v)" for name, field in query.fields.items() for one in field.args]
    below = [
        f"{name} {{ {inner}({one}: $v) {{ __typename }} }}"
        for name, field in query.fields.items()
        for inner, its in getattr(get_named_type(field.type), "fields", {}).items()
        for one in its.args
    ]
    return [f"query ($v: X) {{ {field} {{ __typename }} }}" for field in roots] + [
        f"query ($v: X) {{ {field} }}" for field in below
    ]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_no_value_of_any_argument_breaks_the_estimate(odd: Any) -> None:
    documents = _documents_with_a_variable()
    assert len(documents) > 150
    for document in documents:
        assert estimate(parse(document), {"v": odd}) >= 0, document


def test_an_operation_is_picked_by_name() -> None:
    document = parse("query A { viewer { role } } query B { concurrency { time } }")
    assert [estimate(document, {}, name) for name in (None, "A", "B", "C")] == [0, 0, 151, 0]


def test_the_dashboard_fits_a_viewer_s_budget_five_times_over() -> None:
    assert 5 * cost(DASHBOARD) <= LIMITS[Role.VIEWER].query_cost


@pytest.mark.parametrize("name", published())
def test_a_published_operation_fits_an_embed_s_budget(name: str) -> None:
    assert cost(published()[name].document) <= LIMITS[Role.EMBED].query_cost


def test_no_minute_is_smaller_than_one_request() -> None:
    assert all(limits.query_cost <= limits.cost_per_minute for limits in LIMITS.values())


def test_a_request_beyond_the_budget_is_told_estimate_budget_and_way_out() -> None:
    check_budget(1_000, 1_000)
    with pytest.raises(TooExpensive, match=r"costs 1,001; .* may cost 1,000\. Ask for a shorter range"):
        check_budget(1_001, 1_000)


def rows_by(groups: list[str], fields: str) -> int:
    """What rows by some groups cost, beyond the cells of the answer."""
    return cost(f"{{ viewing(limit: 1) {{ rows(by: [{', '.join(groups)}]) {{ {fields} }} }} }}") - 1


def test_groups_and_heavy_measures_cost_what_they_make_the_engine_do() -> None:
    """The first took 3.2 s of a processor when it cost 21. A unit is a thousandth of a second."""
    groups = ["HOUR", "MOVIE", "COUNTRY", "DEVICE", "QUALITY", "AGE_BAND"]
    assert 320 <= rows_by(groups, "viewers watchMinutesP95 watchMinutesP50 newViewers") <= 32_000
    assert rows_by(["COUNTRY"], "country views watchHours") == 20 + 5
    assert rows_by(["COUNTRY"], "country viewers") == 30 + 3


def test_each_group_and_each_heavier_measure_costs_more() -> None:
    groups = ["COUNTRY", "DEVICE", "QUALITY", "AGE_BAND", "GENRE", "GENDER"]
    by_groups = [rows_by(groups[:count], "views") for count in range(1, 7)]
    assert by_groups == [21, 87, 97, 108, 118, 129]
    measures = ("views", "viewers", "watchMinutesP50", "viewers watchMinutesP50")
    assert [rows_by([], fields) for fields in measures] == [20, 30, 93, 108]


def test_the_same_measure_twice_costs_once() -> None:
    assert rows_by([], "a: viewers b: viewers") == rows_by([], "viewers")


def test_groups_given_by_a_variable_cost_the_same() -> None:
    document = "query ($by: [ViewingDimension!]) { viewing(limit: 1) { rows(by: $by) { views } } }"
    assert cost(document, by=["COUNTRY", "DEVICE", "QUALITY"]) == 96 + 2
    assert cost(document, by="COUNTRY") == 20 + 2


def test_a_question_of_a_film_costs_what_the_root_field_does() -> None:
    """So that walking is no way around a budget."""
    walked = '{ movie(id: "1") { trend(range: {last: "P10Y"}) { day viewers } } }'
    asked = '{ dailyTrends(range: {last: "P10Y"}, where: {movie: {eq: "1"}}) { day viewers } }'
    assert cost(asked) <= cost(walked) <= cost(asked) + 20
    one, three = (
        f"{{ nodes(ids: {ids}) {{ ... on Movie {{ ratings(first: 1000) {{ nodes {{ id rating }} }} }} }} }}"
        for ids in ('["Movie:1"]', '["Movie:1", "Movie:2", "Movie:3"]')
    )
    assert cost(three) - cost(one) == 2 * (cost(one) - cost('{ nodes(ids: ["Movie:1"]) { id } }'))


def test_the_number_of_ids_may_be_a_variable() -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { churnRisk { probability } } } }"
    costs = [cost(document, ids=[f"User:{number}" for number in range(count)]) for count in (1, 30)]
    assert costs[1] > 20 * costs[0] / 2


def test_each_search_of_a_list_costs_as_much_as_the_list() -> None:
    plain, one, many = (
        estimate(parse(f"{{ users(first: 1{where}) {{ totalCount }} }}"), {})
        for where in (
            "",
            ', where: {email: {contains: "a"}}',
            ", where: {or: [" + ", ".join('{not: {email: {startsWith: "a"}}}' for _ in range(60)) + "]}",
        )
    )
    assert (plain, one, many) == (21, 41, 1221)

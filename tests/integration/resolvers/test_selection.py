"""Selections count as GraphQL says they do: aliases, fragments, @skip and @include, __typename."""

from typing import Any

import pytest

from tests.integration.resolvers.conftest import ANALYST, VIEWER, Door

VIEWS = 700


def viewing(door: Door, document: str, **variables: Any) -> Any:
    return door.ask(document, VIEWER, **variables)["viewing"]


def test_cells_stand_under_their_alias(door: Door) -> None:
    rows = viewing(door, "{ viewing { rows(by: [COUNTRY]) { where: country n: views again: views } } }")["rows"]
    assert list(rows[0]) == ["where", "n", "again"]
    assert all(row["n"] == row["again"] for row in rows)
    assert sum(row["n"] for row in rows) == VIEWS


def test_each_aliased_rows_is_a_query_of_its_own(door: Door) -> None:
    document = "{ viewing { all: rows { views } byDevice: rows(by: [DEVICE]) { device views } totals { views } } }"
    found = viewing(door, document)
    assert found["all"] == [{"views": VIEWS}]
    assert [row["device"] for row in found["byDevice"]] == ["Phone", "Tablet", "TV", None]
    assert sum(row["views"] for row in found["byDevice"]) == VIEWS


def test_the_same_panel_twice_under_two_names(door: Door) -> None:
    document = '{ a: dashboard { views } b: dashboard(range: {last: "P1D"}) { views } }'
    found = door.ask(document, VIEWER)
    assert found["a"]["views"] == VIEWS
    assert 0 < found["b"]["views"] < VIEWS


def test_fragments_are_part_of_the_selection(door: Door) -> None:
    document = """
        query { viewing { rows(by: [COUNTRY]) { ...Where ... on ViewingRow { views } ... { viewers } } ...Rest } }
        fragment Where on ViewingRow { ...Country }
        fragment Country on ViewingRow { country }
        fragment Rest on Viewing { totals { views } }"""
    plain = viewing(door, "{ viewing { rows(by: [COUNTRY]) { country views viewers } totals { views } } }")
    assert viewing(door, document) == plain


def test_a_field_that_two_fragments_select_is_one_field(door: Door) -> None:
    document = """
        query { viewing(range: {from: "2026-03-21", to: "2026-04-05"}, compareTo: PREVIOUS_PERIOD) {
            rows(by: [COUNTRY]) { ...A ...B } } }
        fragment A on ViewingRow { country previous { views } }
        fragment B on ViewingRow { previous { viewers } country }"""
    rows = viewing(door, document)["rows"]
    assert {tuple(row) for row in rows} == {("country", "previous")}
    assert {tuple(row["previous"]) for row in rows} == {("views", "viewers")}


@pytest.mark.parametrize(
    "document",
    [
        "query ($on: Boolean!) { viewing { rows(by: [COUNTRY]) { country @include(if: $on) views } } }",
        "query ($on: Boolean!) { viewing { rows(by: [COUNTRY]) { ... @include(if: $on) { country } views } } }",
        """query ($on: Boolean!) { viewing { rows(by: [COUNTRY]) { ...Where @include(if: $on) views } } }
           fragment Where on ViewingRow { country }""",
        """query ($on: Boolean!) { viewing { rows(by: [COUNTRY]) { ...Where views } } }
           fragment Where on ViewingRow { country @include(if: $on) }""",
    ],
)
def test_arguments_group_whether_the_dimension_is_selected_or_not(door: Door, document: str) -> None:
    shown, left_out = (viewing(door, document, on=on)["rows"] for on in (True, False))
    assert [row["country"] for row in shown] == ["DE", "HU", "IN", "US", None]
    assert left_out == [{"views": row["views"]} for row in shown]


def test_rows_without_groups_are_one(door: Door) -> None:
    assert viewing(door, "{ viewing { rows { views } none: rows(by: []) { views } } }") == {
        "rows": [{"views": VIEWS}],
        "none": [{"views": VIEWS}],
    }


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "rows { country views }",
            "country is selected, but rows are not grouped by it. Add it to `by`: rows(by: [COUNTRY])",
        ),
        ("rows(by: [DEVICE]) { ageBand }", "rows(by: [DEVICE, AGE_BAND])"),
        ("rows(by: [DAY]) { time(grain: WEEK) }", "rows(by: [DAY, WEEK])"),
        ("rows(by: [DEVICE]) { time }", "rows(by: [DEVICE, DAY])"),
        ("rows(by: [DAY, WEEK]) { time }", "`by` has several grains: DAY, WEEK. Say which one"),
        ('rows(by: [DAY]) { attribute(path: "app") }', "Add it to `attributes` of `rows`."),
        ("rows(by: [DAY]) { ... { a: country } }", "rows(by: [DAY, COUNTRY])"),
    ],
)
def test_a_selected_dimension_that_is_not_in_by_is_refused_with_what_to_add(door: Door, rows: str, said: str) -> None:
    (error,) = door.answer(f"{{ viewing {{ {rows} }} }}", ANALYST)["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert said in error["message"]


def test_everything_skipped_leaves_an_empty_answer(door: Door) -> None:
    document = "query ($on: Boolean!) { viewing { rows @include(if: $on) { views } } }"
    assert viewing(door, document, on=False) == {}


def test_typename_is_known_at_every_level(door: Door) -> None:
    document = """{ __typename
        viewing { __typename rows(by: [MOVIE]) { __typename movie { __typename id } views previous { __typename } }
                  totals { __typename } plan(by: [MOVIE]) { __typename rejected { __typename } } }
        dashboard(compareTo: PREVIOUS_PERIOD) {
            __typename previous { __typename } change { __typename views } }
        topMovies(limit: 1) { __typename movie { __typename } }
        dailyTrends(days: 1) { __typename } hourlyTrends { __typename } genres { __typename } devices { __typename }
        countries { __typename }
        users(first: 1) { __typename edges { __typename node { __typename } } pageInfo { __typename } }
        ratings(first: 1) { __typename edges { node { __typename movie { __typename } } } }
        movie(id: "1") { __typename } viewer { __typename masks { __typename } } }"""
    found = door.ask(document, VIEWER)
    assert found["__typename"] == "Query"
    assert found["viewing"]["rows"][0]["__typename"] == "ViewingRow"
    assert found["viewing"]["rows"][0]["movie"]["__typename"] == "Movie"
    assert found["viewing"]["totals"] == {"__typename": "ViewingFigures"}
    assert found["dashboard"]["previous"] == {"__typename": "DashboardFigures"}
    assert found["dashboard"]["change"]["__typename"] == "DashboardChange"
    assert found["topMovies"][0] == {"__typename": "TopMovie", "movie": {"__typename": "Movie"}}
    assert len(found["hourlyTrends"]) == 24
    assert found["users"]["edges"] == [{"__typename": "UserEdge", "node": {"__typename": "User"}}]
    assert found["ratings"]["edges"] == [{"node": {"__typename": "Rating", "movie": {"__typename": "Movie"}}}]
    assert found["viewer"]["__typename"] == "Viewer"


def test_cells_come_in_the_order_of_the_selection(door: Door) -> None:
    document = """{ viewing { totals { viewers views } rows(by: [COUNTRY]) { views country }
                  plan(by: [COUNTRY]) { source } } }"""
    found = viewing(door, document)
    assert list(found) == ["totals", "rows", "plan"]
    assert list(found["totals"]) == ["viewers", "views"]
    assert list(found["rows"][0]) == ["views", "country"]


INTROSPECTION = '{ __schema { queryType { name } } __type(name: "User") { fields { name } } }'


def test_an_analyst_can_introspect_the_schema(door: Door) -> None:
    found = door.ask(INTROSPECTION, ANALYST)
    assert found["__schema"] == {"queryType": {"name": "Query"}}
    assert {"name": "email"} in found["__type"]["fields"]


@pytest.mark.parametrize(
    "document",
    [INTROSPECTION, "{ ...F } fragment F on Query { a: __schema { types { name } } }", "{ viewer { __type } }"],
)
def test_a_viewer_can_not(door: Door, document: str) -> None:
    body = door.answer(document, VIEWER)
    assert "data" not in body
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]


def test_a_viewer_is_not_told_what_a_misspelt_name_may_have_meant(door: Door) -> None:
    for document in (
        "{ viewr { role } }",
        "{ viewing { rows(by: [DAYS]) { time(grain: DAYS) } } }",
        "{ dashboard(wher: {}) { views } }",
    ):
        told, untold = (door.answer(document, token)["errors"][0]["message"] for token in (ANALYST, VIEWER))
        assert "Did you mean" in told
        assert told.startswith(untold)
        assert "Did you mean" not in untold

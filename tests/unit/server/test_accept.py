"""Which media type an answer has, by the client's `Accept`: quality, how closely a type is named, order."""

import pytest

from server.http.accept import EVENTS, GRAPHQL, JSON, json_kind, preferred, wants_events

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
APOLLO = "application/graphql-response+json,application/json;q=0.9"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON ; charset=utf-8", JSON),
        (GRAPHQL, GRAPHQL),
        (URQL, GRAPHQL),
        (APOLLO, GRAPHQL),
        ("application/json, application/graphql-response+json", JSON),
        ("application/json;q=0.5, application/graphql-response+json;q=0.6", GRAPHQL),
        ("application/graphql-response+json;q=0, application/json;q=0.1", JSON),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("application/json;q=0, */*;q=0.1", GRAPHQL),
        ("application/json;q=nonsense, application/graphql-response+json;q=0.2", GRAPHQL),
        ("text/html", JSON),
        ("x" * 5_000 + ",;,/;q=,", JSON),
    ],
)
def test_json_has_the_type_that_the_client_likes_best(header: str | None, expected: str) -> None:
    assert json_kind(header) == expected


@pytest.mark.parametrize(
    ("header", "of_a_query", "of_a_subscription"),
    [
        (None, False, False),
        ("*/*", False, False),
        ("application/json", False, False),
        (EVENTS, True, True),
        (URQL, False, True),
        ("text/event-stream, application/json", False, True),
        ("text/event-stream;q=0, application/json", False, False),
        ("text/event-stream, application/json;q=0", True, True),
    ],
)
def test_events_are_for_subscriptions_or_where_json_is_not_accepted(
    header: str | None, of_a_query: bool, of_a_subscription: bool
) -> None:
    assert (wants_events(header, False), wants_events(header, True)) == (of_a_query, of_a_subscription)


def test_what_nobody_offers_is_accepted_by_nobody() -> None:
    assert preferred("text/html", (JSON, EVENTS)) is None

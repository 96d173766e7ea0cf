"""Options of `marquee query NAME`: variables by their names, and fields of a filter, which become one `where`."""

import json

import pytest

from server.answering.published_operations import published
from server.answering.questions_in_parameters import question
from server.commands.exit_codes import WrongUsage
from server.commands.exported_schema import exported_schema
from server.commands.query_options import option, options_of, texts_in

TRENDS = options_of(published()["DailyTrends"])
VIEWING = options_of(question(exported_schema(), "viewing"))


def test_words_become_names_and_values() -> None:
    given = ["--time-zone", "Asia/Tokyo", "--limit=5", "--order-by", "-views"]
    assert texts_in(given) == {"timeZone": "Asia/Tokyo", "limit": "5", "orderBy": "-views"}
    assert option("timeZone") == "--time-zone"


def test_filters_become_one_where() -> None:
    texts = TRENDS.texts({"days": "3", "country": "DE,AT", "releaseYear": "2020"})
    assert (texts["days"], json.loads(texts["where"])) == (
        "3",
        {"releaseYear": {"eq": 2020}, "country": {"in": ["DE", "AT"]}},
    )
    both = TRENDS.texts({"where": "genre:Drama", "device": "TV"})
    assert json.loads(both["where"]) == {"and": [{"genre": {"eq": "Drama"}}, {"device": {"eq": "TV"}}]}
    assert TRENDS.texts({"where": "null"}) == {"where": "null"}
    assert options_of(published()["Viewer"]).texts({}) == {}


def test_a_name_of_a_question_may_be_written_in_any_way() -> None:
    assert VIEWING.texts({"TIMEZONE": "UTC", "compare_to": "previousPeriod"}) == {
        "timeZone": "UTC",
        "compareTo": "previousPeriod",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"contry": "DE"}, "DailyTrends has no option --contry. Did you mean --country?"),
        ({"formt": "csv"}, "DailyTrends has no option --formt. Did you mean --format?"),
        ({"timeZone": "UTC", "timezone": "UTC"}, "--time-zone is given twice."),
    ],
)
def test_what_can_not_be_is_said(given: dict[str, str], said: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        TRENDS.texts(given)
    assert str(refused.value).startswith(said)

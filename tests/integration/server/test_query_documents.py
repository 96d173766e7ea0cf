"""`marquee query` asks documents too, lists an operation's variables, and says what is wrong in a sentence."""

import json
from pathlib import Path

import pytest

from tests.integration.server.commands import Place
from tests.integration.server.test_relay import furnished

BY_GENRE = "{ genres { genre views } }"
TOP = "query Top($n: Int!, $zone: TimeZone) { topMovies(limit: $n, timeZone: $zone) { rank movie { title } } }"


@pytest.fixture(scope="module")
def filled_place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A place with the small world."""
    return furnished(tmp_path_factory.mktemp("asked"), world_folder)


def test_a_document_is_asked_wherever_it_stands(filled_place: Place) -> None:
    (filled_place.folder / "genres.graphql").write_text(BY_GENRE, encoding="utf-8")
    ways = (filled_place.run("query", BY_GENRE), filled_place.run("query", "genres.graphql"))
    piped = filled_place.run("query", "-", stdin=BY_GENRE)
    assert [one.returncode for one in (*ways, piped)] == [0, 0, 0], piped.stderr
    assert ways[0].stdout == ways[1].stdout == piped.stdout
    published = filled_place.run("query", "Genres", "--format", "json").stdout
    shown = filled_place.run("query", BY_GENRE, "--format", "json").stdout
    expected = {row["genre"]: row["views"] for row in json.loads(published)["genres"]}
    assert {row["genre"]: row["views"] for row in json.loads(shown)["genres"]} == expected
    assert len(expected) > 3


def test_its_variables_are_options_and_it_can_be_a_file(filled_place: Place) -> None:
    done = filled_place.run("query", TOP, "--n", "2", "--zone", "Asia/Kolkata", "--format", "csv")
    assert done.stdout.splitlines()[0] == "rank,movie.title"
    assert [line.partition(",")[0] for line in done.stdout.splitlines()[1:]] == ["1", "2"]
    both = filled_place.run("query", "{ viewer { role } genres { genre } }", "--format", "json")
    assert json.loads(both.stdout)["viewer"] == {"role": "ANALYST"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((TOP, "--m", "2"), "Top has no variable m. It has: n, zone."),
        ((TOP, "--n", "two"), "n is 'two', expected a value of the type Int."),
        (("{ nope }",), "Cannot query field 'nope' on type 'Query'."),
        (("{ genres {",), "Syntax Error: Expected Name, found <EOF>."),
        (("query A { viewer { role } } query B { viewer { role } }",), "The document must have exactly one operation."),
        (('mutation { revokeToken(input: {token: "x"}) { userErrors { message } } }',), "may not contain a mutation"),
        (("nothing.graphql",), "nothing.graphql can't be read: No such file or directory."),
        (("{ viewer { role } genres { genre } }",), "can't be a table. Send one for each, or take JSON."),
        (("topmovie",), "There is no operation topmovie. Did you mean TopMovies? Published: "),
    ],
)
def test_what_is_wrong_is_said(filled_place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    done = filled_place.run("query", *arguments)
    assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr


def test_help_after_an_operation_is_about_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    done = place.run("query", "TopMovies", "--help")
    assert "The most watched films of a range." in done.stdout
    assert "  --time-zone  TimeZone  [default: UTC]" in done.stdout
    assert not (tmp_path / ".marquee").exists()
    for arguments in (("--help",), ("viewing", "--help"), (BY_GENRE, "--help")):
        assert "marquee query [OPTIONS]" in place.run("query", *arguments).stdout
    assert place.run("query", "Nothing", "--help").returncode == 1

"""`marquee query` asks documents too, lists an operation's variables, and says what is wrong in a sentence."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.ipc as ipc
import pytest

from tests.conftest import ROOT
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


@pytest.mark.slow
def test_filters_and_ranges_are_options_of_what_takes_them(filled_place: Place) -> None:
    def views(*arguments: str) -> int:
        done = filled_place.run("query", *arguments, "--format", "json")
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        (root,) = json.loads(done.stdout).values()
        return sum(row["views"] for row in (root["rows"] if isinstance(root, dict) else root))

    where = 'where: {country: {in: ["DE", "US"]}, device: {eq: "Phone"}}'
    written = '{ dailyTrends(range: {last: "P9D"}, ' + where + ") { views } }"
    expected = views(written)
    assert 0 < expected < views("DailyTrends", "--range", "P9D")
    some = ("--range", "P9D", "--country", "DE,US", "--device", "Phone")
    assert views("DailyTrends", *some) == views("viewing", "--measures", "views", *some) == expected
    mixed = ("--range", "P9D", "--country", "DE,US", "--where", '{"device": {"eq": "Phone"}}')
    assert views("DailyTrends", *mixed) == expected


@pytest.mark.slow
def test_bytes_are_piped_as_they_are_written_into_a_file(filled_place: Place) -> None:
    asked = (sys.executable, "-c", "from server.cli import main; main()", "query", "Genres", "--format", "arrow")
    piped = subprocess.run(
        (*asked, "--output", "-"),
        cwd=filled_place.folder,
        env={**filled_place.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    table = ipc.open_stream(io.BytesIO(piped.stdout)).read_all()
    assert table.column_names[:2] == ["genre", "views"]
    assert filled_place.run("query", "Genres", "--format", "arrow", "--output", "genres.arrow").stdout == ""
    assert (filled_place.folder / "genres.arrow").read_bytes() == piped.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((TOP, "--n", "two"), "n is 'two', expected a value of the type Int."),
        (("{ nope }",), "Cannot query field 'nope' on type 'Query'."),
        (("{ genres {",), "Syntax Error: Expected Name, found <EOF>."),
        (("query A { viewer { role } } query B { viewer { role } }",), "The document must have exactly one operation."),
        (('mutation { revokeToken(input: {token: "x"}) { userErrors { message } } }',), "may not contain a mutation"),
        (("nothing.graphql",), "nothing.graphql can't be read: No such file or directory."),
        (("{ viewer { role } genres { genre } }",), "can't be a table. Send one for each, or take JSON."),
        (("viewing", "--measures", "veiws"), "viewing has no measure 'veiws'. Did you mean views?"),
        (("viewing", "--measures", "views", "--by", "contry"), "viewing has no dimension 'contry'. Did you mean co"),
        (("viewing", "--measures", "views", "--range", "/2026-01-01"), "expected a duration, P7D, or two ends"),
        (("viewing", "--measures", "views", "--release-year", "x"), "releaseYear is 'x', expected a whole number."),
        (("veiwing",), "There is no operation veiwing. Did you mean viewing?"),
        (("topmovie",), "There is no operation topmovie. Did you mean TopMovies? Published: "),
    ],
)
def test_what_is_wrong_is_said(filled_place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    done = filled_place.run("query", *arguments)
    assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((TOP, "--m", "2"), "Top has no option --m. Did you mean --n? It has: --n, --zone."),
        (("viewing", "--measure", "views"), "viewing has no option --measure. Did you mean --measures? It has: "),
        (("viewing", "--measures", "views", "--contry", "DE"), "viewing has no option --contry. Did you mean --count"),
        (("viewing", "--measures", "views", "--device", "TV", "--device", "Phone"), "--device is given twice."),
        (("TopMovies", "--formt", "json"), "TopMovies has no option --formt. Did you mean --format?"),
        (("Genres", "--format", "parquet"), "parquet can't be printed. Add --output answer.parquet"),
        (
            ("TopMovies", "--format", "tabel"),
            "'tabel' is not one of table, json, csv, ndjson, parquet, arrow, xlsx.",
        ),
        (("--limit", "3"), "What is asked comes first: marquee query TopMovies --limit"),
        (("TopMovies", "x"), "Unexpected argument 'x'. Variables are options: --limit 5"),
        (("TopMovies", "--limit"), "--limit has no value."),
        (("TopMovies", "--raw"), "--raw is for --format csv only."),
    ],
)
def test_options_that_can_not_be_are_wrong_usage(
    filled_place: Place, arguments: tuple[str, ...], sentence: str
) -> None:
    done = filled_place.run("query", *arguments)
    assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr


def test_help_after_an_operation_is_about_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    done = place.run("query", "TopMovies", "--help")
    assert "The most watched films of a range." in done.stdout
    assert "  --time-zone  TimeZone  [default: UTC]" in done.stdout
    assert not (tmp_path / ".marquee").exists()
    for arguments in (("--help",), (BY_GENRE, "--help")):
        assert "marquee query [OPTIONS]" in place.run("query", *arguments).stdout
    question = place.run("query", "viewing", "--help").stdout
    assert "Measures: views, viewers, " in question
    assert "--country, --subscription" in question
    assert place.run("query", "Nothing", "--help").returncode == 1

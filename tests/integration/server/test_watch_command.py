"""`marquee ingest watch` as a process: alone, beside a server that holds the folder, told to end, and killed."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.server.commands import Place

pytestmark = pytest.mark.slow

PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder with a warehouse of its own, and files on their way into `incoming`."""
    folder = tmp_path_factory.mktemp("watch")
    (folder / "incoming").mkdir()
    return Place(folder)


def drop(place: Place, name: str, *films: int) -> Path:
    """A file arrives at once, as a rename lets it."""
    path = place.folder / "incoming" / name
    path.parent.mkdir(exist_ok=True)
    hidden = path.with_name(f".{path.name}")
    hidden.write_text("id,title\n" + "".join(f"{film},Metropolis\n" for film in films))
    hidden.rename(path)
    return path


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def counted(place: Place) -> dict[str, int]:
    """How many loads brought rows, and how many rows."""
    loads = json.loads(place.run("ingest", "status", "--json").stdout)["loads"]
    return {"loads": sum(one["accepted"] > 0 for one in loads), "rows": sum(one["accepted"] for one in loads)}


def test_once_loads_what_is_there_and_tells_a_line_a_file(place: Place) -> None:
    drop(place, "movies.csv", 1, 2)
    (place.folder / "incoming" / "users.csv").write_text("name\nada\n")
    done = place.run("ingest", "watch", "incoming", "--once", "--every", "0.2", "--json")
    assert done.returncode == 1
    loaded, refused = (json.loads(line) for line in done.stdout.splitlines())
    assert (loaded["outcome"], loaded["table"], loaded["rows"], loaded["accepted"]) == ("loaded", "movies", 2, 2)
    assert loaded["moved_to"].endswith("incoming/done/movies/movies.csv")
    assert (refused["outcome"], refused["reason"]) == ("refused", "it lacks the required column id; it has name")
    again = place.run("ingest", "watch", "incoming", "--once", "--every", "0.2")
    assert (again.returncode, again.stdout) == (0, "")


def test_it_loads_through_the_server_that_holds_the_folder_and_ends_when_told_to(place: Place) -> None:
    before = counted(place)
    with place.serving(), place.start("ingest", "watch", "incoming", "--every", "0.1") as watching:
        first = drop(place, "movies/a.csv", 3)
        until(lambda: not first.exists())
        second = drop(place, "movies/b.csv", 4, 5)
        until(lambda: not second.exists())
        watching.send_signal(signal.SIGTERM)
        out, err = watching.communicate(timeout=PATIENCE_S)
        assert watching.returncode == 0
    assert out.splitlines() == [
        "movies: a.csv is loaded, 1 row: 1 accepted, 0 duplicates, 0 quarantined.",
        "movies: b.csv is loaded, 2 rows: 2 accepted, 0 duplicates, 0 quarantined.",
    ]
    assert err.startswith("Watching incoming. Ctrl-C stops after the current file.")
    assert counted(place) == {"loads": before["loads"] + 2, "rows": before["rows"] + 3}


def test_between_files_the_warehouse_is_free_for_others(place: Place) -> None:
    with place.start("ingest", "watch", "incoming", "--every", "0.1") as watching:
        path = drop(place, "movies/c.csv", 6)
        until(lambda: not path.exists())
        until(lambda: place.run("warehouse", "migrate").returncode == 0)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(timeout=PATIENCE_S) == 0


def test_a_watcher_that_was_killed_leaves_each_row_once(place: Place) -> None:
    before = counted(place)["rows"]
    paths = [drop(place, f"movies/k{number}.csv", 100 + number) for number in range(3)]
    with place.start("ingest", "watch", "incoming", "--every", "0.1") as watching:
        until(lambda: not paths[0].exists())
        watching.send_signal(signal.SIGKILL)
        watching.wait(timeout=PATIENCE_S)
    assert place.run("ingest", "watch", "incoming", "--once", "--every", "0.2").returncode == 0
    assert counted(place)["rows"] == before + 3
    assert sorted(path.name for path in (place.folder / "incoming/done/movies").glob("k*")) == [
        *("k0.csv", "k1.csv", "k2.csv"),
    ]

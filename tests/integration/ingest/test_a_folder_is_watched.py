"""A watched folder: what arrives whole is loaded once and put away; what is not its fault leaves it where it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.commands.watch import loading
from ingest.watching import watch as watching
from ingest.watching.drop_folder import DropFolder
from ingest.watching.watch import Outcome, Watch
from tests.integration.ingest.conftest import Session
from warehouse.command_session import FinishedCommand, RunCommand

pytestmark = pytest.mark.slow

FILMS = "id,title\n1,Metropolis\n"


@dataclass
class Dropped:
    """A watched folder, its warehouse, and what was told of its files. With a `trouble` commands fail."""

    session: Session
    path: Path
    now_s: float = 100.0
    trouble: str = ""
    told: list[Outcome] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path.mkdir()
        self.folder = DropFolder(self.path)
        self.folder.prepare()
        self.watch = Watch(self.folder, lambda: loading(self.running), clock=lambda: self.now_s)

    @contextmanager
    def running(self) -> Iterator[RunCommand]:
        """Runs commands in this process."""
        yield self.run

    def run(self, argv: list[str]) -> FinishedCommand:
        self.commands.append(Path(argv[3]).name)
        if self.trouble:
            return FinishedCommand(1, "", f"{self.trouble}\n")
        self.session.stdout.truncate(0)
        self.session.stdout.seek(0)
        return FinishedCommand(self.session.run(*argv[1:]), self.session.stdout.getvalue(), "")

    def drop(self, name: str, content: str = FILMS) -> Path:
        """A file arrives, and is whole."""
        path = self.path / name
        path.write_text(content)
        return path

    def look(self, times: int = 2) -> list[str]:
        """Look so often; what was told of files: name, outcome, and rows where it was loaded."""
        self.told.clear()
        for _ in range(times):
            self.watch.look(self.told.append)
        return [f"{one.arrival.path.name} {one.outcome} {_rows(one)}" for one in self.told]

    def files(self, where: str = "") -> list[str]:
        """The files in a part of the folder."""
        root = self.path / where
        return sorted(str(one.relative_to(root)) for one in root.rglob("*") if one.is_file())


def _rows(one: Outcome) -> str:
    return "/".join(str(one.report.get(name, "-")) for name in ("accepted", "duplicates"))


@pytest.fixture(scope="module")
def module_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One warehouse for all tests of the module; each brings films of its own."""
    made = Session(tmp_path_factory.mktemp("watched"))
    yield made
    made.warehouse().close()


@pytest.fixture
def dropped(module_session: Session, tmp_path: Path) -> Dropped:
    """A new watched folder."""
    return Dropped(module_session, tmp_path / "incoming")


def test_a_file_is_loaded_once_it_has_not_changed_from_look_to_look(dropped: Dropped) -> None:
    path = dropped.drop("movies/films.csv", "id,title\n101,Metropolis\n")
    assert dropped.look(1) == []
    with path.open("a") as file:
        file.write("102,Faust\n")
    assert dropped.look(1) == []
    assert dropped.look(1) == ["films.csv loaded 2/0"]
    assert dropped.files() == ["done/movies/films.csv"]
    assert dropped.look() == []


def test_the_table_is_told_by_the_folder_or_by_the_name(dropped: Dropped) -> None:
    dropped.drop("movies-2026-11-23.csv", "id,title\n111,Faust\n")
    dropped.drop("users.csv", "id,username\n111,ada\n")
    dropped.drop("movies/users.csv", "id,title\n112,Nosferatu\n")
    dropped.drop("moviesque.csv")
    assert dropped.look() == ["movies-2026-11-23.csv loaded 1/0", "users.csv loaded 1/0", "users.csv loaded 1/0"]
    assert dropped.files("done") == ["movies/movies-2026-11-23.csv", "movies/users.csv", "users/users.csv"]
    assert [one.name for one in dropped.folder.strange()] == ["moviesque.csv"]


def test_a_refused_file_has_its_reason_beside_it(dropped: Dropped) -> None:
    dropped.drop("movies/films.csv", "id,name\n121,Metropolis\n")
    dropped.drop("movies/notes.doc", "no data")
    assert dropped.look() == ["films.csv refused 0/0", "notes.doc refused 0/0"]
    assert dropped.files() == [
        *("refused/movies/films.csv", "refused/movies/films.csv.txt"),
        *("refused/movies/notes.doc", "refused/movies/notes.doc.txt"),
    ]
    reason = (dropped.path / "refused/movies/films.csv.txt").read_text()
    assert reason == "it lacks the required column title; it has id, name. Perhaps --map name=title\n"


def test_what_is_being_written_is_not_touched(dropped: Dropped) -> None:
    for name in (".films.csv.x7", "films.csv.part", "films.csv.tmp", "films.csv.CRDOWNLOAD", "films.csv~"):
        dropped.drop(f"movies/{name}")
    dropped.drop("movies/films.csv", "")
    (dropped.path / "movies/folder.csv").mkdir()
    os.mkfifo(dropped.path / "movies/pipe.csv")
    assert dropped.look(3) == []
    (dropped.path / "movies/films.csv.part").rename(dropped.path / "movies/whole.csv")
    assert [one.partition(" ")[0] for one in dropped.look()] == ["whole.csv"]


def test_a_file_that_stays_empty_for_a_minute_is_refused(dropped: Dropped) -> None:
    path = dropped.drop("movies/films.csv", "")
    assert dropped.look() == []
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert dropped.look() == ["films.csv refused 0/0"]


def test_the_same_name_again_overwrites_nothing(dropped: Dropped) -> None:
    for number in (131, 132, 133):
        dropped.drop("movies/films.csv.gz", f"id,title\n{number},Metropolis\n")
        dropped.drop("movies/films.csv", f"id,title\n{number},Metropolis\n")
        dropped.look()
    assert dropped.files("done") == ["movies/films.csv", "movies/films~2.csv", "movies/films~3.csv"]
    assert dropped.files("refused") == [
        *("movies/films.csv.gz", "movies/films.csv.gz.txt"),
        *("movies/films~2.csv.gz", "movies/films~2.csv.gz.txt"),
        *("movies/films~3.csv.gz", "movies/films~3.csv.gz.txt"),
    ]
    assert "132" in (dropped.path / "done/movies/films~2.csv").read_text()


def test_a_reason_takes_the_name_of_no_other_refused_file(dropped: Dropped) -> None:
    (dropped.path / "refused/movies").mkdir()
    other = dropped.drop("refused/movies/films.csv.txt", "somebody's")
    dropped.drop("movies/films.csv", "no header")
    assert dropped.look() == ["films.csv refused 0/0"]
    assert other.read_text() == "somebody's"
    assert dropped.files("refused") == ["movies/films.csv.txt", "movies/films~2.csv", "movies/films~2.csv.txt"]


def test_a_kill_between_load_and_move_makes_repeats_and_nothing_else(dropped: Dropped) -> None:
    path = dropped.drop("movies/films.csv", "id,title\n141,Metropolis\n")
    assert dropped.session.run("load", "movies", str(path)) == 0
    assert dropped.look() == ["films.csv loaded 0/1"]
    assert dropped.files() == ["done/movies/films.csv"]


def test_what_is_not_the_files_fault_leaves_it_there_and_is_tried_again_ever_more_rarely(dropped: Dropped) -> None:
    dropped.drop("movies/films.csv", "id,title\n151,Metropolis\n")
    dropped.trouble = "The disk of the warehouse is full. Make room and try again; nothing of this load was kept."
    assert dropped.look() == ["films.csv waiting -/-"]
    assert dropped.told[0].reason == f"{dropped.trouble} It is tried again in 2 s."
    assert dropped.look() == []
    waits = []
    for _ in range(7):
        before = dropped.now_s
        while not dropped.look(1):
            dropped.now_s += 1
        waits.append(dropped.now_s - before)
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert dropped.files() == ["movies/films.csv"]
    dropped.trouble = ""
    dropped.now_s += 60
    assert dropped.look(1) == ["films.csv loaded 1/0"]
    assert dropped.watch.waiting == 0


def test_a_file_that_is_in_trouble_keeps_none_of_the_others_out(dropped: Dropped) -> None:
    dropped.drop("movies/a.csv", "id,title\n161,Metropolis\n")
    dropped.drop("movies/b.csv", "id,title\n162,Faust\n")
    dropped.look(1)
    dropped.trouble = "A defect of Marquee."
    assert dropped.look(1) == ["a.csv waiting -/-"]
    dropped.trouble = ""
    assert dropped.look(1) == ["b.csv loaded 1/0"]
    assert dropped.commands == ["a.csv", "b.csv"]


def test_a_file_that_is_loaded_and_cannot_be_moved_is_not_loaded_again(
    dropped: Dropped, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped.drop("movies/films.csv", "id,title\n171,Metropolis\n")

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as read_only:
        read_only.setattr(Path, "replace", refuse)
        assert dropped.look() == ["films.csv waiting -/-"]
    assert dropped.told[0].reason.startswith("it is loaded, but can't be moved: Read-only file system.")
    assert dropped.files() == ["movies/films.csv"], "nothing is left where it could not be moved to"
    dropped.now_s += watching.FIRST_WAIT_S
    assert dropped.look(1) == ["films.csv loaded 1/0"]
    assert dropped.commands == ["films.csv"]


def test_symbolic_links_are_left_alone_and_named(dropped: Dropped, tmp_path: Path) -> None:
    """Who may drop files must not have any file of the service's loaded, and shown as rows that were kept aside."""
    secret = tmp_path / "secret.csv"
    secret.write_text(FILMS)
    (dropped.path / "movies/films.csv").symlink_to(secret)
    (dropped.path / "movies-link.csv").symlink_to(secret)
    (dropped.path / "users").rmdir()
    (dropped.path / "users").symlink_to(tmp_path)
    assert dropped.look(3) == []
    assert [one.name for one in dropped.folder.strange()] == ["films.csv", "movies-link.csv", "users"]
    assert secret.exists()


def test_a_folder_that_is_gone_is_an_error_until_it_is_back(dropped: Dropped) -> None:
    away = dropped.path.rename(dropped.path.with_name("away"))
    with pytest.raises(FileNotFoundError):
        dropped.look(1)
    away.rename(dropped.path)
    dropped.drop("movies/films.csv", "id,title\n181,Metropolis\n")
    assert dropped.look() == ["films.csv loaded 1/0"]


def test_a_file_that_goes_away_meanwhile_is_no_trouble(dropped: Dropped) -> None:
    path = dropped.drop("movies/films.csv")
    dropped.look(1)
    arrivals = dropped.folder.arrivals()
    path.unlink()
    with loading(dropped.running) as load:
        assert [dropped.watch._dealt_with(one, load) for one in arrivals] == [None]
    assert dropped.watch.waiting == 0


def test_what_is_no_folder_is_wrong_usage(dropped: Dropped) -> None:
    session = Session(dropped.path)
    assert session.run("watch", "nowhere", "--once") == 2
    assert "nowhere is not a folder to watch: No such file or directory" in session.stderr.getvalue()

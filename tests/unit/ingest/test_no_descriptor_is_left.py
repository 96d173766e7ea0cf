"""Where no file can be opened any more, that is told as what it is: a good file is neither damaged nor wrong."""

import errno
from pathlib import Path

import pytest

from ingest.loading.failure_boundaries import refusing
from ingest.problems import FileRefused
from ingest.profiles.profile import read_profile
from warehouse.errors import Overloaded


def raised(number: int, *, is_wrapped: bool) -> None:
    try:
        raise OSError(number, "Too many open files")
    except OSError as error:
        if is_wrapped:
            raise FileRefused("a.csv", "it can't be read") from error
        raise


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_file_is_not_refused_for_a_descriptor_that_is_lacking(number: int, is_wrapped: bool) -> None:
    with pytest.raises(Overloaded, match="as many files and connections open as it may"), refusing("a.csv"):
        raised(number, is_wrapped=is_wrapped)


def test_a_profile_is_not_wrong_for_a_descriptor_that_is_lacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text('table = "movies"\n')

    def none_left(*_: object, **__: object) -> str:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", none_left)
        with pytest.raises(Overloaded):
            read_profile("own", tmp_path)
    assert read_profile("own", tmp_path) == {"table": "movies"}

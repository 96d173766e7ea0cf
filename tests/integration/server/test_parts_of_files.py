"""Files are read in parts, as readers of Parquet do: the end first, then the columns they want."""

import io
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from server.export import file_encoder
from server.export.answer_format import AnswerFormat
from server.export.files import AnswerFile, answer_file
from server.export.table import Shape
from tests.integration.resolvers.conftest import VIEWER, Door, bearer

FILE = "/api/TopMovies?format=parquet"


@pytest.fixture(scope="module")
def whole(door: Door) -> httpx.Response:
    response = door.get(FILE, VIEWER)
    assert (response.status_code, response.headers["accept-ranges"]) == (200, "bytes")
    return response


def part(door: Door, **headers: str) -> httpx.Response:
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return door.request("GET", FILE, headers={**bearer(VIEWER), **shown})


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=-8", -8, None),
        ("bytes=10-", 10, None),
        ("bytes=4-999999999", 4, None),
        ("bytes=-999999999", 0, None),
    ],
)
def test_a_range_is_that_part_of_the_file(
    door: Door, whole: httpx.Response, asked: str, first: int, end: int | None
) -> None:
    response = part(door, range=asked)
    size, expected = len(whole.content), whole.content[first:end]
    start = first if first >= 0 else size + first
    assert (response.status_code, response.content) == (206, expected)
    assert response.headers["content-range"] == f"bytes {start}-{start + len(expected) - 1}/{size}"
    assert response.headers["content-length"] == str(len(expected))
    assert response.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0", "bytes=999999999-9999999999"])
def test_a_range_beyond_the_end_is_416_with_the_length(door: Door, whole: httpx.Response, asked: str) -> None:
    response = part(door, range=asked)
    assert (response.status_code, response.content) == (416, b"")
    assert response.headers["content-range"] == f"bytes */{len(whole.content)}"


@pytest.mark.parametrize("asked", ["bytes=5-3", "bytes=0-1,4-5", "lines=1-2", "bytes=", "bytes=a-b", "bytes=-", "x"])
def test_what_is_no_single_range_gets_the_whole_file(door: Door, whole: httpx.Response, asked: str) -> None:
    response = part(door, range=asked)
    assert (response.status_code, response.content) == (200, whole.content)


def test_parts_of_two_files_are_not_mixed(door: Door, whole: httpx.Response) -> None:
    tag = whole.headers["etag"]
    assert part(door, range="bytes=0-3", if_range=tag).status_code == 206
    assert part(door, range="bytes=0-3", if_range='"old"').content == whole.content
    assert part(door, range="bytes=0-3", if_match=tag).status_code == 206
    assert part(door, range="bytes=0-3", if_match='"old"').status_code == 412
    assert part(door, if_none_match=f'"old", {tag}').status_code == 304


def test_a_refusal_has_no_parts(door: Door) -> None:
    response = door.request("GET", FILE, headers={"range": "bytes=0-3"})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


class Remote(io.RawIOBase):
    """A file over HTTP that is read in ranges, as filesystems of readers do."""

    def __init__(self, door: Door) -> None:
        self.door, self.at = door, 0
        self.size = int(door.request("HEAD", FILE, headers=bearer(VIEWER)).headers["content-length"])
        self.read_from: list[int] = []

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self.at + size, self.size)
        if end <= self.at:
            return b""
        response = part(self.door, range=f"bytes={self.at}-{end - 1}")
        assert response.status_code == 206
        self.read_from.append(self.at)
        self.at = end
        return response.content


def test_a_reader_of_parquet_reads_in_ranges(door: Door) -> None:
    remote = Remote(door)
    found = pq.ParquetFile(pa.PythonFile(remote, mode="r")).read(columns=["rank", "views"])
    shown = door.get("/api/TopMovies", VIEWER).json()["data"]["topMovies"]
    assert found.to_pylist() == [{"rank": row["rank"], "views": row["views"]} for row in shown]
    assert len(remote.read_from) > 1


@pytest.mark.parametrize("kind", ["csv", "arrow"])
def test_other_files_have_parts_too(door: Door, kind: str) -> None:
    path = f"/api/TopMovies?format={kind}"
    whole = door.get(path, VIEWER).content
    response = door.request("GET", path, headers={**bearer(VIEWER), "Range": "bytes=-5"})
    assert (response.status_code, response.content) == (206, whole[-5:])


def test_a_file_that_is_read_in_parts_is_made_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[str]()

    def counting(shape: Shape, data: Any, kind: AnswerFormat, name: str, raw: bool) -> AnswerFile:
        made.append(name)
        return answer_file(shape, data, kind, name, raw)

    monkeypatch.setattr(file_encoder, "answer_file", counting)
    asked = "/api/viewing?measures=views&by=movie&format=xlsx"
    whole = door.get(asked, VIEWER)
    parts = [door.request("GET", asked, headers={**bearer(VIEWER), "Range": f"bytes={at}-{at}"}) for at in range(9)]
    assert b"".join(part.content for part in parts) == whole.content[:9]
    assert door.get(asked, VIEWER).content == whole.content
    assert made == ["viewing"]

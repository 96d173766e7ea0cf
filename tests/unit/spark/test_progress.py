"""A parent process can read a job's progress line by line."""

import json

import pytest

from spark.progress import Progress


def test_each_event_is_one_json_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("rankings")
    progress.tell("started")
    progress.tell("failed", message="no Parquet files\nto read")
    out, err = capsys.readouterr()
    first, second = map(json.loads, err.splitlines())
    assert out == ""
    assert (first["job"], first["event"]) == ("rankings", "started")
    assert (second["event"], second["message"]) == ("failed", "no Parquet files\nto read")
    assert 0 <= first["seconds"] <= second["seconds"]

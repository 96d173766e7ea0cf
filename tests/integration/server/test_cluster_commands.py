"""Commands about a cluster print SQL and connect to nothing; others open nothing while MARQUEE_CLUSTER is set."""

from pathlib import Path

import pytest

from tests.integration.server.commands import Place

ADDRESS = "clickhouse://loader:word@nobody.invalid/films_data"


def test_the_tables_of_a_cluster_are_printed_without_asking_anybody(tmp_path: Path) -> None:
    place = Place(tmp_path, {"MARQUEE_CLUSTER": "films", "MARQUEE_WAREHOUSE": ADDRESS})
    done = place.run("warehouse", "cluster-tables")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "CREATE DATABASE IF NOT EXISTS `films_data` ON CLUSTER films ENGINE = Atomic;"
    assert (
        "CREATE OR REPLACE TABLE viewing_sessions ON CLUSTER films AS viewing_sessions_local "
        "ENGINE = Distributed('films', 'films_data', 'viewing_sessions_local', user_key);"
    ) in lines
    assert lines[-1].startswith("INSERT INTO schema_migrations (number, name, checksum) VALUES (1, ")


def test_migrations_that_are_applied_are_left_out(tmp_path: Path) -> None:
    place = Place(tmp_path, {"MARQUEE_CLUSTER": "films", "MARQUEE_WAREHOUSE": ADDRESS})
    printed = place.run("warehouse", "cluster-tables", "--after", "34").stdout
    assert "CREATE TABLE IF NOT EXISTS reports ON CLUSTER films" in printed
    assert "CREATE TABLE IF NOT EXISTS boards" not in printed
    assert "CREATE DATABASE" not in printed


def test_the_rollups_of_one_shard_are_filled_from_its_own_facts(tmp_path: Path) -> None:
    printed = Place(tmp_path, {"MARQUEE_CLUSTER": "films"}).run("warehouse", "cluster-fill").stdout
    assert printed.startswith("TRUNCATE TABLE daily_analytics_local;\nINSERT INTO daily_analytics_local SELECT step, ")
    assert printed.count("FROM viewing_sessions_local WHERE") == 6


@pytest.mark.parametrize(
    ("settings", "command", "said"),
    [
        ({}, ("warehouse", "cluster-tables"), "Name the cluster in MARQUEE_CLUSTER"),
        ({}, ("warehouse", "cluster-fill"), "Name the cluster in MARQUEE_CLUSTER"),
        ({"MARQUEE_CLUSTER": "films"}, ("warehouse", "cluster-tables"), "MARQUEE_CLUSTER needs a server's address"),
        ({"MARQUEE_CLUSTER": "films"}, ("warehouse", "status"), "MARQUEE_CLUSTER is set."),
        ({"MARQUEE_CLUSTER": "films"}, ("ingest", "status"), "MARQUEE_CLUSTER is set."),
        ({"MARQUEE_CLUSTER": "films"}, ("serve", "--port", "8099"), "MARQUEE_CLUSTER is set."),
        ({"MARQUEE_CLUSTER": "films"}, ("warehouse", "accounts"), "accounts and row policies of one server"),
        ({"MARQUEE_CLUSTER": "films"}, ("spark", "rankings"), "MARQUEE_CLUSTER is set."),
        ({"MARQUEE_CLUSTER": "a b"}, ("warehouse", "cluster-fill"), "The setting cluster is 'a b'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_can_t_be_done_is_said(
    settings: dict[str, str], command: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = Place(tmp_path, settings).run(*command)
    assert done.returncode != 0
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".marquee" / "warehouse").exists()

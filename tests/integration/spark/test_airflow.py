"""The DAG as Airflow itself runs it, in an environment of its own: a file that was dropped is loaded, everything is
verified, and a job computes from it. The commands of the other jobs are checked in `unit/spark/test_airflow_dag.py`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.integration.server.commands import MARQUEE, Place
from warehouse import open_warehouse

pytestmark = pytest.mark.slow

SIZE = ("--movies", "20", "--users", "100", "--sessions", "2000", "--ratings", "200", "--until", "2026-11-20")
FILMS = '{"id": 901, "title": "Metropolis"}\n'
# Tasks that Airflow takes for done.
SKIPPED = "^(patterns|geography|recommendations|churn|forecast|quality)$"
RUN_S = 500


def airflow(environment: dict[str, str], *arguments: str) -> str:
    """What a command of Airflow writes; it must end well."""
    command = [environment["AIRFLOW"], *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=RUN_S, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5_000:]
    return done.stdout + done.stderr


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Airflow with our DAG, beside the `marquee` that is tested."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=RUN_S)
    python = str(tmp_path / "venv" / "bin" / "python")
    lock = str(ROOT / "requirements-airflow.txt")
    subprocess.run([python, str(ROOT / "tools" / "install.py"), lock], check=True, timeout=RUN_S)
    (tmp_path / "dags").mkdir()
    shutil.copy(ROOT / "spark" / "airflow_dag.py", tmp_path / "dags")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MARQUEE_")},
        "PATH": f"{MARQUEE.parent}:{os.environ['PATH']}",
        "AIRFLOW": str(tmp_path / "venv" / "bin" / "airflow"),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }


def test_airflow_runs_the_dag(tmp_path: Path, environment: dict[str, str]) -> None:
    place = Place(tmp_path / "place")
    place.folder.mkdir()
    made = place.run("ingest", "generate", *SIZE)
    assert made.returncode == 0, made.stderr
    (place.folder / "incoming" / "movies").mkdir(parents=True)
    (place.folder / "incoming" / "movies" / "new.ndjson").write_text(FILMS, encoding="utf-8")
    airflow(environment, "db", "migrate")
    airflow(environment, "variables", "set", "marquee_folder", str(place.folder))
    told = airflow(environment, "dags", "test", "marquee", "2026-11-20", "--mark-success-pattern", SKIPPED)
    assert "state=success" in told
    with open_warehouse(f"chdb://{place.folder / '.marquee' / 'warehouse'}") as warehouse:
        assert warehouse.engine.query("SELECT title FROM movies WHERE title = 'Metropolis'").scalar() == "Metropolis"
        assert warehouse.engine.query("SELECT DISTINCT job FROM spark_results").rows == [("rankings",)]
        assert warehouse.engine.query("SELECT count() > 0 FROM movie_rankings").scalar()

"""Every result of a job has an age: in the answer's extensions, in files, and in `jobResults` with its figures."""

import io
from datetime import datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from schema import access_policy
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from tests.integration.resolvers.conftest import ANALYST, VIEWER, Door, token_of, without_ids
from warehouse.access import Access
from warehouse.spark_results.ages import age_of

COMPUTED, NEWEST, BEFORE = "2026-04-10T20:00:30Z", "2026-04-10T18:00:00Z", "2026-04-07T18:00:00Z"
THERE = token_of(Role.ADMIN, {"country": ("DE",)})


def ages(door: Door, document: str, token: str = ANALYST) -> Any:
    return door.answer(document, token)["extensions"]["marquee"]["results"]


def age(path: str, job: str, computed: str | None, through: str | None, stale: bool | None) -> dict[str, Any]:
    return {"path": path, "job": job, "computedAt": computed, "dataThrough": through, "isStale": stale}


def test_an_answer_says_how_old_each_result_is_that_it_is_made_of(door: Door) -> None:
    found = ages(
        door,
        """{ who: churnRisk { probability } recommendations(userId: "10") { rank } forecast { views }
             rankings { rank } }""",
    )
    # Three days of sessions came after churn's, and loads long after the forecast; charts were never computed.
    assert found == [
        age("forecast", "forecast", COMPUTED, NEWEST, True),
        age("rankings", "rankings", None, None, None),
        age("recommendations", "recommendations", COMPUTED, NEWEST, False),
        age("who", "churn", COMPUTED, BEFORE, True),
    ]


def test_an_answer_of_several_jobs_has_the_age_of_each(door: Door) -> None:
    assert [(one["path"], one["job"]) for one in ages(door, "{ modelReports { metric } }")] == [
        *(("modelReports", job) for job in ("churn", "forecast", "recommendations")),
    ]


def test_a_result_is_stale_when_the_data_are_ahead_by_more_than_the_setting(service: Service) -> None:
    reader, everybody = service.warehouse.reader, Access("ada", "analyst")
    behind = {hours: age_of(reader, "churn", everybody, timedelta(hours=hours)).is_stale for hours in (71, 72, 73)}
    assert behind == {71: True, 72: False, 73: False}


def test_job_results_tell_the_model_and_its_figures(door: Door) -> None:
    (found,) = door.ask(published()["JobResults"].document, ANALYST).values()
    assert [(row["job"], row["isStale"], row["rows"], row["model"]) for row in found] == [
        ("CHURN", True, 7, "eight trees"),
        ("FORECAST", True, 7, None),
        ("RECOMMENDATIONS", False, 7, None),
    ]
    assert found[0]["computedAt"] == COMPUTED
    assert found[0]["dataThrough"] == BEFORE
    assert without_ids(found[0]["figures"]) == [
        {"metric": "auc", "model": 0.75, "baseline": 0.5, "rows": 100},
        {"metric": "observed_rate", "model": 0.25, "baseline": None, "rows": 100},
    ]


def test_files_have_the_age_in_columns_of_their_own(door: Door) -> None:
    answer = door.get("/api/ChurnRisk", ANALYST, params={"format": "parquet"})
    rows = pq.read_table(io.BytesIO(answer.content)).to_pylist()
    assert [(row["probability"], row["computedAt"], row["dataThrough"], row["isStale"]) for row in rows] == [
        *((0.875, *map(datetime.fromisoformat, (COMPUTED, BEFORE)), True) for _ in range(2)),
        (0.125, *map(datetime.fromisoformat, (COMPUTED, BEFORE)), True),
    ]
    # Rows of several jobs have each its own.
    lines = door.get("/api/ModelReports", ANALYST, params={"format": "csv"}).text.splitlines()
    assert lines[0].endswith(",computedAt,dataThrough,isStale")
    assert [line.rsplit(",", 3)[1:] for line in lines[1:]] == [
        *([COMPUTED, BEFORE, "true"] for _ in range(2)),
        [COMPUTED, NEWEST, "true"],
        [COMPUTED, NEWEST, "false"],
    ]
    # A file of a result that was never computed has the columns too; others have none.
    assert door.get("/api/Rankings", ANALYST, params={"format": "csv"}).text.rstrip().endswith("isStale")
    assert "computedAt" not in door.get("/api/Devices", ANALYST, params={"format": "csv"}).text


def test_a_scope_is_told_no_age_because_it_tells_of_rows_outside(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    document = "{ viewingPatterns { viewers } geography { countries { country } } }"
    assert ages(door, document, THERE) == [
        age("geography", "geography", None, None, None),
        age("viewingPatterns", "patterns", None, None, None),
    ]
    assert door.ask("{ jobResults { job } }", THERE) == {"jobResults": []}
    monkeypatch.setattr(access_policy, "RELEASED", frozenset({"churn"}))
    assert door.ask("{ jobResults { job } }", THERE) == {"jobResults": [{"job": "CHURN"}]}


def test_viewers_may_not_query_job_results(door: Door) -> None:
    (error,) = door.answer("{ jobResults { job } }", VIEWER)["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"

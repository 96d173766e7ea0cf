"""An Airflow 3 DAG that runs the same commands as a pipeline run. To use it, copy this file into your DAGs folder.
Marquee itself neither needs nor installs Airflow.

The variable `marquee_folder` names the folder with `marquee.toml` or `.marquee` on the worker. Where the warehouse is
embedded, that must be the server's machine: a command is sent to the server then, and its exit code comes back. Every
command may run again: files that were loaded are repeats, and what has not changed is not computed again. A job that
has nothing to publish, because there is too little data or its model is no better than the baseline, ends well and says
so. For a backfill of charts, trigger the DAG with the parameters `first` and `last`, months such as 2026-01.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

# The months to rank, for a backfill; all that changed otherwise.
MONTH = {"type": ["null", "string"], "pattern": "^[0-9]{4}-[0-9]{2}$"}
RANGE = (
    "{% if params.first %}--from {{ params.first }}{% endif %} {% if params.last %}--to {{ params.last }}{% endif %}"
)

with DAG(
    dag_id="marquee",
    description="Load what arrived, verify, and compute with Spark.",
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    # One Spark job runs at a time, and one run of all.
    max_active_runs=1,
    max_active_tasks=1,
    params={"first": Param(None, **MONTH), "last": Param(None, **MONTH)},
    default_args={
        "cwd": "{{ var.value.marquee_folder }}",
        "append_env": True,
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        # Longer than MARQUEE_SPARK_TIMEOUT_SECONDS, at which a job says itself what was not finished.
        "execution_timeout": timedelta(hours=1),
    },
):
    load = BashOperator(
        task_id="load", bash_command='marquee ingest watch "${MARQUEE_DROP_FOLDER:-incoming}" --once --json'
    )
    verify = BashOperator(task_id="verify", bash_command="marquee warehouse verify --json")
    jobs = [
        BashOperator(task_id="rankings", bash_command="marquee spark rankings --json $RANGE", env={"RANGE": RANGE}),
        BashOperator(task_id="patterns", bash_command="marquee spark patterns --json"),
        BashOperator(task_id="geography", bash_command="marquee spark geography --json"),
        BashOperator(task_id="recommendations", bash_command="marquee spark recommendations --json"),
        BashOperator(task_id="churn", bash_command="marquee spark churn --json"),
        BashOperator(task_id="forecast", bash_command="marquee spark forecast --json"),
        BashOperator(task_id="quality", bash_command="marquee spark quality --json"),
    ]
    # What is computed is computed from data that was verified; one job that fails keeps no other back.
    load >> verify >> jobs

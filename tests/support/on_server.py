"""`pytest --on-server`: a test that opens a warehouse in a folder gets one on a server, in a database of its own.

The server is the stand-in, or the one that `MARQUEE_TEST_CLICKHOUSE` names (`clickhouse://user:password@host:port`), on
which databases called `marquee_test_...` are made and dropped. Tests of folders themselves are left out; `OF_FOLDERS`
says which, and why. Commands that tests start as processes keep their folders.
"""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path

import clickhouse_connect
import pytest

import warehouse
from server.commands import local_session
from tests.integration.warehouse.modes import served_engine
from warehouse.engine import address

TRUE_SERVER = "MARQUEE_TEST_CLICKHOUSE"
# The same for the workers of a run: a variable with the prefix of settings is refused where settings are read.
_HANDED_DOWN = "TEST_CLICKHOUSE"
PREFIX = "marquee_test_"
# Below tests/integration: what is not run on a server, and why.
OF_FOLDERS: Mapping[str, str] = {
    "docs/": "the docs' commands, as one reads them, in a folder",
    "real/": "data that is fetched; its questions are those of the other folders",
    "resolvers/test_own_sql_holds_nothing_up.py::test_a_load_is_shown_while_a_long_statement_runs": (
        "the embedded engine: on a server, loads of the process that asks wait for its SQL"
    ),
    "resolvers/test_own_sql_holds_nothing_up.py::test_a_statement_runs_again_if_what_it_looks_up_changed": "the same",
    "server/test_files_are_private.py": "modes of a folder's files",
    "server/test_two_loaders_of_one_folder.py": "a folder's lock",
    "server/test_relay.py": "the socket beside a folder",
    "server/test_commands_import_little.py": "what a command loads before the folder's lock",
    "server/test_the_wheel_needs_no_checkout.py": "an installed wheel, in a folder",
    "server/test_backup_commands.py": "copies of a folder",
    **dict.fromkeys(
        (
            "server/test_commands_and_pipes.py",
            "server/test_commands_ask_servers.py",
            "server/test_commands_run_published_operations.py",
            "server/test_completion.py",
            "server/test_query_documents.py",
            "server/test_relayed_commands_read_what_they_name.py",
            "server/test_rolling_restart.py",
            "server/test_sql_command.py",
            "server/test_stopping.py",
            "server/test_token_commands.py::test_a_running_server_learns_of_revocations_and_rotations_at_once",
        ),
        "commands, in a copy of a folder",
    ),
    "server/test_commands.py::test_a_held_folder_is_named_in_one_line_with_its_holder": "a folder's lock",
    "server/test_audit_of_processes.py": "commands, with a folder of theirs",
    "server/test_what_goes_on_ends_with_its_server.py": "commands, with a folder of theirs",
    "server/test_demo_activity.py::test_what_spark_computes_is_computed_in_the_background": (
        "commands, with a folder of theirs"
    ),
    "server/test_answers_in_flight.py::test_many_that_ask_the_same_are_one_computation": (
        "on a server each asker looks for the version of the data"
    ),
    "server/test_kept_answers.py::test_who_may_see_the_same_asks_the_engine_once": (
        "on a server each asker looks for the version of the data"
    ),
    "server/test_kept_answers_end.py::test_an_answer_since_a_load_that_was_told_will_do_for_who_says_so": (
        "on a server what others changed counts as a correction, before which no answer will do"
    ),
    "server/test_kept_answers_end.py::test_the_statements_of_one_request_meet_one_state_of_the_data": (
        "this process's lock of the data; on a server in test_processes_show_one_world.py"
    ),
    "server/test_kept_answers_end.py::test_a_request_that_loads_overtake_again_and_again_holds_them_back": "the same",
    "server/test_kept_answers_end.py::test_who_holds_loads_back_waits_for_nobody_who_waits_for_a_load": "the same",
    "server/test_pipeline.py::test_a_snapshot_that_was_tampered_with_is_written_again_before_it_is_read": (
        "behind a server that can't reach the files only their rows are counted"
    ),
    "server/test_rows_over_http.py::test_no_body_is_left_behind": "the inbox beside a folder",
    "server/test_bodies_that_stop.py::test_who_leaves_half_way_has_sent_nothing": "the inbox beside a folder",
    "server/test_commands.py::test_a_folder_that_can_not_be_is_named_with_what_to_do": "folders that can't be made",
    "server/test_mcp_over_stdio.py": "commands, with a folder of theirs",
    "server/test_metrics.py::test_what_is_now_is_told": "the disk of a folder, among other figures",
    "server/test_metrics.py::test_the_board_and_the_alerts_ask_for_figures_that_there_are": "the same",
    "server/test_requests_are_observed.py::test_an_answer_that_was_kept_says_so_and_asks_nothing": (
        "on a server a kept answer asks for the version of the data"
    ),
    "server/test_memory_is_released.py": "the embedded engine's memory",
    "server/test_spark_runs_are_killed.py": "processes that are killed, with a folder of theirs",
    "server/test_rows_survive_kills.py": "processes that are killed, with a folder of theirs",
    "spark/test_airflow.py": "commands, with a folder of theirs",
    "warehouse/test_backups.py": "copies of a folder",
    "warehouse/test_cluster_tables.py::test_a_cluster_has_the_tables_of_one_server": "compared with those of a folder",
    "warehouse/test_copies_in_use.py": "copies of a folder",
    "warehouse/test_crash_recovery.py": "processes that are killed, with a folder of theirs",
    "warehouse/test_damaged_parts.py": "torn files of a folder",
    "warehouse/test_forgetting.py::test_no_file_on_disk_keeps_the_person": "the bytes of a folder's files",
    "warehouse/test_forgetting_is_carried_through.py": "processes that are killed, with a folder of theirs",
    "warehouse/test_forgotten_stay_out.py": "copies of a folder",
    "warehouse/test_full_disk.py": "the disk of a folder",
    "warehouse/test_kills_lose_nothing.py": "processes that are killed, with a folder of theirs",
    "warehouse/test_loads_are_taken_back.py::test_what_was_known_before_is_so_after_a_kill_amid_an_undo": (
        "processes that are killed, with a folder of theirs"
    ),
    "warehouse/test_loads_pass_readers.py": "the embedded engine: a server's statement waits for its answer to begin",
    "warehouse/test_memory_is_bounded.py": "the embedded engine's memory",
    "warehouse/test_old_attributes_become_texts.py": "a folder of an earlier version",
    "warehouse/test_pipeline_runs.py::test_what_a_dead_process_left_at_work_is_interrupted_when_the_folder_is_opened": (
        "opening a folder, which nobody else has; on a server a run without signs of life is found a minute later"
    ),
    "warehouse/test_power_cuts_lose_nothing.py": "the disk of a folder",
    "warehouse/test_processes_start_without_pandas.py": "what a process loads",
    "warehouse/test_rebuild.py::test_months_that_only_a_dead_load_had_are_emptied_on_opening": (
        "processes that are killed, with a folder of theirs"
    ),
    "warehouse/test_released_schemas_migrate.py": "folders of earlier versions",
    "warehouse/test_results_are_swapped.py": "processes that are killed, with a folder of theirs",
    "warehouse/test_retention.py": "a copy of a folder; on a server in test_processes_notice_every_change.py",
    "warehouse/test_shared_loads.py::test_a_killed_process_leaves_all_of_it_or_nothing": (
        "processes that are killed, with a folder of theirs"
    ),
    "warehouse/test_snapshot_in_an_object_store.py": (
        "the embedded engine takes credentials from its process; a server has its own"
    ),
    "warehouse/test_verify_commands.py": "commands, with a folder of theirs",
}


class OnServer:
    """Puts the warehouses of folders on a server, from the beginning of a run to its end."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._databases: set[str] = set()
        self._parse = address.parse
        self._true_server = os.environ.pop(TRUE_SERVER, "") or os.environ.get(_HANDED_DOWN, "")
        os.environ[_HANDED_DOWN] = self._true_server

    def begin(self) -> None:
        """Read every address of a folder as one of a database."""
        for module in (address, warehouse, local_session):
            module.parse = self.parse  # type: ignore[attr-defined]

    def end(self) -> None:
        """Drop what was made."""
        if self._databases:
            client = clickhouse_connect.get_client(
                host=self._server.host,
                port=self._server.port,
                username=self._server.user,
                password=self._server.password,
            )
            for database in self._databases if self._true_server else ():
                client.command(f"DROP DATABASE IF EXISTS `{database}` SYNC")
            client.close()
        self._stack.close()

    def parse(self, text: str, base: Path | None = None) -> address.Address:
        """An address; of a folder, the database that stands for it."""
        found = self._parse(text, base)
        if not isinstance(found, address.Embedded):
            return found
        database = PREFIX + hashlib.sha256(str(found.folder).encode()).hexdigest()[:16]
        self._databases.add(database)
        return replace(self._server, database=database)

    @property
    def _server(self) -> address.Server:
        found = self._parse(self._true_server or self._stand_in())
        assert isinstance(found, address.Server)
        return found

    @cache  # noqa: B019 - there is one of these, as long as the run
    def _stand_in(self) -> str:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        return self._stack.enter_context(served_engine(folder)).address()


def is_of_folders(item: pytest.Item, root: Path) -> bool:
    """Whether a test is about a folder itself, or asks for an embedded warehouse by name."""
    path = item.path.relative_to(root / "tests").as_posix()
    if not path.startswith("integration/"):
        return True
    file = path.removeprefix("integration/")
    test = f"{file}::{getattr(item, 'originalname', item.name)}"
    if any(one in (file, test) or (one.endswith("/") and file.startswith(one)) for one in OF_FOLDERS):
        return True
    modes = getattr(getattr(item, "callspec", None), "params", {})
    given = getattr(item, "fixturenames", ())
    return modes.get("mode") == "embedded" or not {"forgettable_folder", "embedded"}.isdisjoint(given)

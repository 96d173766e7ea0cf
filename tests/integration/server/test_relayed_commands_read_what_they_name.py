"""A relayed command waits for standard input only if it reads it, and needs no secret that only a server reads."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.integration.server.commands import Place
from tests.integration.server.test_relay import furnished

pytestmark = pytest.mark.slow


def test_a_command_with_output_to_stdout_leaves_an_open_stdin_alone(
    tmp_path: Path, world_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path / "client-secret"
    secret.write_text("of the provider\n")
    secret.chmod(0o600)
    provider = {
        "MARQUEE_OIDC_ISSUER": "https://provider.invalid",
        "MARQUEE_OIDC_CLIENT_ID": "marquee",
        "MARQUEE_OIDC_CLIENT_SECRET_FILE": secret.name,
        "MARQUEE_PUBLIC_URL": "https://marquee.invalid",
    }
    place = furnished(tmp_path, world_folder)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    asking = Place(elsewhere, {"MARQUEE_WAREHOUSE": f"chdb://{tmp_path}/.marquee/warehouse"})
    reading, writing = os.pipe()
    try:
        with Place(place.folder, provider).serving() as served:
            assert served.process.poll() is None
            for asked in (
                ("query", "Genres", "--format", "csv", "--output", "-"),
                ("sql", "SELECT 1 AS genre", "--format", "csv", "--output", "-"),
            ):
                process = asking.start(*asked, stdin=reading)
                try:
                    said, wrong = process.communicate(timeout=60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
                assert (process.returncode, wrong) == (0, "")
                assert said.startswith("genre")
    finally:
        os.close(reading)
        os.close(writing)

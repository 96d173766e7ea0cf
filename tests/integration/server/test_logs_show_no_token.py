"""A real server that fails with a token in its hands, and logs all it can, leaves no token on stderr."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.integration.server.commands import Place, first_lines, free_port

# The real command, with one door that breaks: its error, as errors do, quotes what was asked.
BROKEN = """
import logging, sys
from server.http import pages
from server.cli import main

def broken(request, name, ancestors):
    frame = sys._getframe(1).f_locals["request"]
    logging.getLogger("uvicorn.error").warning("asked for %s", frame.url)
    raise RuntimeError(f"{frame.url} with {frame.headers.raw}")

pages._page = broken
main()
"""


@pytest.mark.slow
def test_an_internal_failure_leaves_no_token_in_the_log(tmp_path: Path) -> None:
    place, port = Place(tmp_path, {"MARQUEE_LOG_LEVEL": "debug"}), free_port()
    minted = place.run("token", "embed", "--operation", "TopMovies")
    token = minted.stdout.strip()
    assert token.startswith("eyJ"), minted.stderr
    command = [sys.executable, "-c", BROKEN, "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        first_lines(process, 1)
        url, headers = f"http://127.0.0.1:{port}/embed/TopMovies", {"Authorization": f"Bearer {token}"}
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport) as client:
            assert client.get(url, params={"token": token}, headers=headers).status_code == 500
        process.terminate()
        log = process.communicate(timeout=30)[1]
    assert "RuntimeError: http://127.0.0.1" in log
    assert log.count("token=[redacted]") >= 2
    assert not [part for part in (token, *token.split(".")) if part in log]

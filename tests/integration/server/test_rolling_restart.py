"""Two servers behind a real nginx are restarted one after the other, and no request fails."""

import shutil
import signal
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.integration.server.commands import Place, Served, first_lines, free_port
from tests.integration.server.proxy import nginx_path, proxying

DOCUMENT = {"query": "{ viewer { role } }"}


@pytest.fixture(scope="module")
def nginx() -> Path:
    return nginx_path()


@dataclass
class Askers:
    """Threads that ask without a pause; `answers` counts status codes, and errors by their names."""

    address: str
    token: str
    answers: Counter[str] = field(default_factory=Counter)
    ending: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Ask until told to end, on connections that stay open."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=60) as client:
            while not self.ending.is_set():
                for method, path in (("GET", "/api/Viewer"), ("POST", "/graphql")):
                    try:
                        response = client.request(method, path, json=DOCUMENT if method == "POST" else None)
                        told = "data" if "data" in response.json() else response.text
                        self.answers[f"{response.status_code} {told}"] += 1
                    except httpx.HTTPError as error:
                        self.answers[repr(error)] += 1


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_request_fails_while_two_servers_are_restarted(nginx: Path, world_folder: Path, tmp_path: Path) -> None:
    """Each server has a copy of one warehouse, as two have one ClickHouse server."""
    keys = {name: str(tmp_path / name.lower()) for name in ("MARQUEE_SECRET_FILE", "MARQUEE_HASH_KEY_FILE")}
    places, ports = [], [free_port(), free_port()]
    for name in ("one", "two"):
        shutil.copytree(world_folder, tmp_path / name / ".marquee" / "warehouse", symlinks=True)
        places.append(Place(tmp_path / name, {**keys, "MARQUEE_DRAIN_SECONDS": "2", "MARQUEE_PROXIES": "127.0.0.1"}))
    token = places[0].run("token", "issue", "--role", "viewer").stdout.strip()

    def started(place: Place, port: int) -> Served:
        process = place.start("serve", "--port", str(port))
        served = Served(process, f"http://127.0.0.1:{port}", first_lines(process, 1))
        served.wait()
        return served

    with ExitStack() as stack:
        servers = [started(place, port) for place, port in zip(places, ports, strict=True)]
        stack.callback(_kill, servers)
        address = stack.enter_context(proxying(nginx, tmp_path / "nginx", ports))
        askers = Askers(address, token)
        threads = [threading.Thread(target=askers.ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for index, (place, port) in enumerate(zip(places, ports, strict=True)):
                servers[index].process.send_signal(signal.SIGTERM)
                servers[index].process.communicate(timeout=90)
                assert servers[index].process.returncode == 0
                servers[index] = started(place, port)
        finally:
            askers.ending.set()
            for thread in threads:
                thread.join()
    assert set(askers.answers) == {"200 data"}, askers.answers
    assert askers.answers.total() > 20


def _kill(servers: list[Served]) -> None:
    for one in servers:
        one.process.kill()
        one.process.communicate()

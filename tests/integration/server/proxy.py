"""A real nginx, as docs/nginx.conf describes it, in front of servers of a test."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.integration.server.commands import Served, free_port


def nginx_path() -> Path:
    """The path of nginx; fails, with what to install, where there is none."""
    found = subprocess.run([ROOT / "tools" / "nginx"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return Path(found.stdout.strip())


@contextmanager
def proxying(
    nginx: Path, folder: Path, upstreams: Sequence[int], prefix: str = "", strips: bool = False
) -> Iterator[str]:
    """A proxy in front of two servers, below a path prefix, which it may take off; yields the address."""
    folder.mkdir()
    port = free_port()
    described = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    for was, now in zip((8000, 8001, 8002), (port, *upstreams), strict=True):
        described, count = re.subn(rf"127\.0\.0\.1:{was}\b", f"127.0.0.1:{now}", described)
        assert count == 1
    described = described.replace("location / {", f"location {prefix}/ {{")
    if strips:
        described = described.replace("proxy_pass http://marquee;", "proxy_pass http://marquee/;")
    paths = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{paths}\n{described}\n}}\n",
        encoding="utf-8",
    )
    command = [str(nginx), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            address = f"http://127.0.0.1:{port}{prefix}"
            Served(process, address, []).wait()
            yield address
        finally:
            process.terminate()

"""Tools of other makers, as `docs/clients.md` sets them up: a generator, Grafana's Infinity and Google Sheets.

Grafana and Google can't be run here: the calls that their settings and script make are.
"""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.integration.docs.conftest import SHOWN_ADDRESS
from tests.integration.docs.pages import Block, blocks
from tests.integration.resolvers.conftest import ANALYST, bearer
from tests.integration.server.sockets import Host
from tests.support.node import RUN_S, printed

PAGE = ROOT / "docs" / "clients.md"
GOOGLE = """
import { execFileSync } from 'node:child_process';
const PropertiesService = { getScriptProperties: () => ({ getProperty: () => process.env.MARQUEE_TOKEN }) };
const UrlFetchApp = {
  fetch: (address, { headers }) => {
    const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    return { getContentText: () => execFileSync('curl', ['-sS', '--fail', ...lines, address]).toString() };
  },
};
const Utilities = { parseCsv: (text) => text.trim().split(/\\r?\\n/).map((line) => line.split(',')) };
"""


def recipe(language: str, sign: str) -> Block:
    """The one block of the page in a language that has a text."""
    [found] = [block for block in blocks(PAGE) if block.language == language and sign in block.text]
    return found


@pytest.mark.slow
def test_a_package_that_ariadne_codegen_writes_asks(host: Host, tmp_path: Path) -> None:
    lock = str(ROOT / "requirements-clients.txt")
    install = [sys.executable, str(ROOT / "tools" / "install.py"), "--target", str(tmp_path / "packages"), lock]
    subprocess.run(install, check=True, timeout=RUN_S)
    (tmp_path / "pyproject.toml").write_text(recipe("toml", "ariadne-codegen").text, encoding="utf-8")
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "devices.graphql").write_text(recipe("graphql", "query Devices").text, encoding="utf-8")
    schema = httpx.get(f"http://127.0.0.1:{host.port}/schema.graphql", headers=bearer(ANALYST)).raise_for_status()
    (tmp_path / "schema.graphql").write_text(schema.text, encoding="utf-8")
    generate = [sys.executable, "-m", "ariadne_codegen"]
    found = {"PYTHONPATH": str(tmp_path / "packages"), "PATH": "/usr/bin:/bin"}
    subprocess.run(generate, cwd=tmp_path, env=found, capture_output=True, check=True, timeout=RUN_S)
    address = f"127.0.0.1:{host.port}"
    *code, last = recipe("python", "marquee_queries").text.rstrip().replace(SHOWN_ADDRESS, address).split("\n")
    command = [sys.executable, "-c", "\n".join([f"token = {ANALYST!r}", *code])]
    done = subprocess.run(command, cwd=tmp_path, env=found, capture_output=True, text=True, check=False, timeout=RUN_S)
    assert (done.stdout.strip(), done.stderr) == (last.removeprefix("# "), "")


def test_the_query_of_a_grafana_panel_has_its_columns(host: Host) -> None:
    query = json.loads(recipe("json", "root_selector").text)
    address = query["url"].replace(SHOWN_ADDRESS, f"127.0.0.1:{host.port}")
    found = httpx.request(query["url_options"]["method"], address, headers=bearer(ANALYST)).raise_for_status().json()
    for name in query["root_selector"].split("."):
        found = found[name]
    assert found
    for column in query["columns"]:
        kind = {"timestamp": str, "number": int}[column["type"]]
        assert all(isinstance(row[column["selector"]], kind) for row in found), column


def test_the_function_of_a_sheet_is_a_table_of_numbers(host: Host, packages: Path) -> None:
    script = recipe("js", "UrlFetchApp").text.replace(SHOWN_ADDRESS, f"127.0.0.1:{host.port}")
    call = """
    console.log(JSON.stringify(MARQUEE('measures=views,viewers&by=device&last=P28D')));
    Utilities.parseCsv = () => [['007', '1e3', '0x10', ' ', '', '12', '-1.5']];
    console.log(JSON.stringify(MARQUEE('measures=views')));
    """
    command = ("node", "--input-type=module", "--eval", f"{GOOGLE}{script}{call}")
    shown = printed(packages, *command, MARQUEE_TOKEN=ANALYST)
    (header, *rows), odd = map(json.loads, shown.splitlines())
    assert odd == [["007", "1e3", "0x10", " ", "", 12, -1.5]]
    assert header == ["device", "views", "viewers"]
    assert rows
    assert all(isinstance(views, int) and views > 0 for _, views, _ in rows)

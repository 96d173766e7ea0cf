"""One server of a cluster, as far as the embedded engine is one: it knows the cluster `films` and its own macros, and
an empty Keeper in its memory. Nobody listens at the cluster's addresses, and nothing runs ON CLUSTER.

`python -m tests.support.cluster_node FOLDER` reads a JSON list of statements from stdin and writes a JSON list of
their results: rows as texts, or the engine's error code.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import chdb

CLUSTER = "films"
_CONFIG = f"""
<clickhouse>
    <zookeeper><implementation>testkeeper</implementation></zookeeper>
    <macros><shard>01</shard><replica>a</replica></macros>
    <remote_servers><{CLUSTER}>
        <shard><replica><host>127.0.0.1</host><port>1</port></replica></shard>
        <shard><replica><host>127.0.0.1</host><port>2</port></replica></shard>
    </{CLUSTER}></remote_servers>
</clickhouse>
"""


def results(folder: Path, statements: Sequence[str]) -> list[Any]:
    """Run statements on a new server, one after the other, in a process of their own: rows, or an error code."""
    asked = json.dumps(list(statements))
    command = [sys.executable, "-m", "tests.support.cluster_node", str(folder)]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    found: list[Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Answer what stdin asks, and leave at once: the Keeper in memory does not end well."""
    folder = Path(sys.argv[1])
    config = folder / "node.xml"
    config.write_text(_CONFIG, encoding="utf-8")
    connect: Any = chdb.connect
    connection = connect(f"{folder / 'node'}?config-file={quote(str(config))}")
    told = [_told(connection, statement) for statement in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)


def _told(connection: Any, statement: str) -> Any:
    try:
        found = connection.query(statement, "JSONCompactStrings")
    except RuntimeError as error:
        code = re.search(r"Code: (\d+)", str(error))
        return {"code": int(code[1]) if code else 0, "message": str(error)[:400]}
    text = found.bytes().decode()
    return json.loads(text)["data"] if text else []


if __name__ == "__main__":
    main()

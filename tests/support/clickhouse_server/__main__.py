"""Serve a folder until ended: `python -m tests.support.clickhouse_server PORT FOLDER [--account name:password]`."""

import argparse
import sys
from http.server import ThreadingHTTPServer
from pathlib import Path

from tests.support.clickhouse_server.accounts import read_accounts
from tests.support.clickhouse_server.engine import Engine
from tests.support.clickhouse_server.handler import Handler


class Server(ThreadingHTTPServer):
    """As many connections as come."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Serve until ended; the first line of stdout is the port."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.clickhouse_server")
    parser.add_argument("port", type=int, help="0 for any")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--account", action="append", default=[], help="name:password, and :confined")
    parser.add_argument("--profile", action="append", default=[], help="a setting of all accounts: name=value")
    asked = parser.parse_args()
    Handler.engine = Engine(asked.folder)
    Handler.profile = dict(text.split("=", 1) for text in asked.profile)
    Handler.accounts = read_accounts(asked.account)
    server = Server(("127.0.0.1", asked.port), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

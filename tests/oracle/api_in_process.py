"""Asking the API in this process: a world in a warehouse of its own, and documents through the schema, without HTTP."""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resolvers.context import Context
from resolvers.root import Schema, build_schema
from schema.access_policy import access_of
from schema.roles import Role
from server.answering.execution import execute
from tests.oracle.loading import load_world
from tests.oracle.rows import World
from warehouse import Warehouse, open_warehouse


@dataclass(frozen=True)
class Api:
    """The API over one warehouse."""

    warehouse: Warehouse
    schema: Schema
    runner: asyncio.Runner

    def body(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        role: Role = Role.ANALYST,
        scope: Mapping[str, tuple[str, ...]] | None = None,
    ) -> dict[str, Any]:
        """The whole body of an answer."""

        async def run() -> dict[str, Any]:
            context = Context(self.warehouse, access_of("oracle", role, scope or {}, b""))
            try:
                return (await execute(self.schema, document, variables, context)).body
            finally:
                await context.statements.drain()

        return self.runner.run(run())

    def ask(self, document: str, **variables: Any) -> Any:
        """The data of a document that must go through."""
        body = self.body(document, variables)
        assert "errors" not in body, body["errors"]
        return body["data"]


@contextmanager
def served(world: World, loads: int = 1) -> Iterator[Api]:
    """The API over a new warehouse that holds a world, each table loaded in some loads."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_warehouse(f"chdb://{Path(folder) / 'warehouse'}") as warehouse,
        asyncio.Runner() as runner,
    ):
        load_world(warehouse, world, loads)
        yield Api(warehouse, build_schema(), runner)

"""Of root fields that fail, the first in the document is told: an answer is the same at every asking."""

import asyncio

import pytest
import strawberry

from resolvers.cells import CellsExecutor


@strawberry.type
class Query:
    """Fields that take a while, in seconds, and fail or not; and such as wait for one another."""

    @strawberry.field
    async def fails(self, after: float, name: str) -> int:
        """A failure that says its name."""
        await asyncio.sleep(after)
        raise ValueError(name)

    @strawberry.field
    async def meets(self, info: strawberry.Info) -> bool:
        """True once all fields that meet have come this far."""
        await asyncio.wait_for(info.context["barrier"].wait(), 30)
        return True

    @strawberry.field
    async def succeeds(self, after: float) -> int:
        """A value."""
        await asyncio.sleep(after)
        return 1


SCHEMA = strawberry.Schema(Query, execution_context_class=CellsExecutor)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ('{ a: fails(after: 0.05, name: "slow") b: fails(after: 0, name: "fast") }', "slow"),
        ('{ a: fails(after: 0, name: "fast") b: fails(after: 0.05, name: "slow") }', "fast"),
        ('{ a: succeeds(after: 0.05) b: fails(after: 0, name: "fast") c: fails(after: 0, name: "last") }', "fast"),
    ],
)
def test_the_first_in_the_document_is_told(document: str, told: str) -> None:
    found = asyncio.run(SCHEMA.execute(document))
    assert (found.data, [error.message for error in found.errors or ()]) == (None, [told])


def test_fields_run_at_the_same_time() -> None:
    async def met() -> object:
        context = {"barrier": asyncio.Barrier(3)}
        return (await SCHEMA.execute("{ a: meets b: meets c: meets }", context_value=context)).data

    assert asyncio.run(met()) == {"a": True, "b": True, "c": True}
